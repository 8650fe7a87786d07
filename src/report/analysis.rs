//! Files of an analysis: tables as CSV, all of them with the head of the manifest as JSON, charts, and the manifest.

use super::Extras;
use super::csv_file::Tables;
use super::figure::Figure;
use super::files::write_charts;
use super::manifest::VERSION;
use super::records::Records;
use super::workbook::{self, Book};
use crate::scenario::Scenario;
use crate::store::{CHARTS, Claim, Kind, NotWritten, SCHEMA, Written, write_json};
use serde::Serialize;
use std::collections::BTreeMap;

/// What it takes to repeat an analysis. No clock, no host, no number of threads.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub(super) struct AnalysisManifest {
    /// Version of the layout.
    schema: u32,
    /// Name of the program.
    program: &'static str,
    /// Version of the program.
    version: &'static str,
    /// The command.
    analysis: &'static str,
    /// Name of the scenario.
    scenario: String,
    /// Its title.
    title: String,
    /// Digest of all input files and overrides.
    input_digest: String,
    /// Values put in the place of the scenario file's own, as written.
    set: Vec<String>,
    /// Seed.
    seed: u64,
    /// First replication.
    pub(super) first_replication: u64,
    /// Number of replications from there on.
    replications: u64,
    /// Were uncertain parameters at their medians?
    pub(super) fix_uncertain: bool,
    /// The base strategy.
    base: String,
    /// Strategies that were looked at.
    pub(super) strategies: Vec<String>,
    /// Metrics or quantities that were looked at.
    pub(super) metrics: Vec<String>,
    /// What the command was asked, with nothing left open.
    pub(super) settings: serde_json::Value,
    /// BLAKE3 of the CSV files, one after the other in the order of their description.
    result_digest: String,
}

impl AnalysisManifest {
    /// A manifest without strategies, metrics, settings and digest.
    pub(super) fn new(
        kind: &'static Kind,
        scenario: &Scenario,
        seed: u64,
        replications: u64,
    ) -> AnalysisManifest {
        AnalysisManifest {
            schema: SCHEMA,
            program: env!("CARGO_PKG_NAME"),
            version: VERSION,
            analysis: kind.analysis,
            scenario: scenario.facts.name.clone(),
            title: scenario.facts.title.clone(),
            input_digest: scenario.digest.clone(),
            set: scenario.overrides.clone(),
            seed,
            first_replication: 0,
            replications,
            fix_uncertain: false,
            base: scenario.plans[scenario.base].name.clone(),
            strategies: Vec::new(),
            metrics: Vec::new(),
            settings: serde_json::Value::Null,
            result_digest: String::new(),
        }
    }
}

/// The manifest's fields, then every table under its name.
#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    manifest: &'a AnalysisManifest,
    #[serde(flatten)]
    tables: BTreeMap<&'a str, &'a Records>,
}

/// Writes the folder of an analysis: `<table>.csv` for each table, `<analysis>.json`, charts if there are any, the workbook
/// and the manifest.
///
/// # Errors
/// If anything cannot be written; earlier results are then untouched.
pub(super) fn write(
    scenario: &Scenario,
    claim: Claim,
    mut manifest: AnalysisManifest,
    tables: &[(&str, Records)],
    figures: &[(String, Figure)],
    extras: Extras,
) -> Result<Written, NotWritten> {
    manifest.result_digest = digest(tables);
    let document = Document {
        manifest: &manifest,
        tables: tables.iter().map(|(name, records)| (*name, records)).collect(),
    };
    claim.write(|dir| {
        let book = Book::new(scenario, extras.names);
        let files = Tables::new(dir, extras.excel)?.with(&book);
        for (name, records) in tables {
            files.write_all(&format!("{name}.csv"), records)?;
        }
        write_json(&dir.join(format!("{}.json", manifest.analysis)), &document)?;
        if !figures.is_empty() {
            write_charts(&dir.join(CHARTS), figures)?;
        }
        workbook::study(dir, book, &manifest, figures)?;
        Ok(&manifest)
    })
}

/// BLAKE3 of tables as CSV, one after the other.
pub(super) fn digest(tables: &[(&str, Records)]) -> String {
    let mut hasher = blake3::Hasher::new();
    for (_, records) in tables {
        hasher.update(&records.to_csv());
    }
    hasher.finalize().to_hex().to_string()
}
