//! What a study found, in one shape: what is said, tables and charts. The terminal, the tables, the JSON file, the page and the text
//! are made from it.

use super::csv_file::Tables;
use super::document::{Answer, Block, Document, Section};
use super::figure::Figure;
use super::files::{Extras, write_charts};
use super::manifest::VERSION;
use super::page::{self, About, Stored};
use super::records::Records;
use super::terminal::{self, Style};
use super::workbook::{self, Book};
use crate::scenario::Scenario;
use crate::store::{CHARTS, Claim, Kind, NotWritten, SCHEMA, Written, write_json};
use jiff::civil::Date;
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

/// What a study found.
#[derive(Debug)]
pub struct Study {
    /// What it takes to repeat it.
    pub(super) manifest: AnalysisManifest,
    /// Title of the scenario.
    pub(super) title: String,
    /// The first day of its charts.
    pub(super) start: Date,
    /// What it is about, as a heading.
    pub(super) heading: &'static str,
    /// What is said, in the order of the terminal.
    pub(super) said: Vec<Section>,
    /// Tables by their names.
    pub(super) tables: Vec<(&'static str, Records)>,
    /// Charts by their names.
    pub(super) figures: Vec<(String, Figure)>,
    /// What it answers on the first page of a packet.
    pub(super) answers: Vec<Answer>,
}

/// The manifest's fields, then every table under its name.
#[derive(Serialize)]
struct Json<'a> {
    #[serde(flatten)]
    manifest: &'a AnalysisManifest,
    #[serde(flatten)]
    tables: BTreeMap<&'a str, &'a Records>,
}

impl Study {
    /// The same with the digest of its tables: BLAKE3 of them as CSV, one after the other.
    pub(super) fn sealed(mut self) -> Study {
        let mut hasher = blake3::Hasher::new();
        for (_, records) in &self.tables {
            hasher.update(&records.to_csv());
        }
        self.manifest.result_digest = hasher.finalize().to_hex().to_string();
        self
    }

    /// What the command prints; `place` is where the files are.
    pub fn print(&self, style: Style, place: &str) -> String {
        let title = Section::new(&self.title);
        let mut sections = self.said.clone();
        match sections.first_mut() {
            Some(first) if first.title.is_empty() => first.title = self.title.clone(),
            _ => sections.insert(0, title),
        }
        let said = terminal::text(&sections, style);
        format!(
            "{said}Wrote {place}\nResult digest {}\n",
            &self.manifest.result_digest[..12]
        )
    }

    /// Its page: what is said, and charts behind it.
    pub fn document(&self) -> Document {
        let manifest = &self.manifest;
        let mut charts = Section::new(&format!("{}, in charts", self.heading));
        for (_, figure) in &self.figures {
            charts = charts.with(Block::Chart(Box::new(figure.clone())));
        }
        let mut first = self.said.clone();
        if let Some(section) = first.first_mut().filter(|section| section.title.is_empty()) {
            section.title = self.heading.into();
        }
        let words = terminal::explained(&self.said);
        first.extend(words.map(|words| Section::new("").with(Block::Remark(words))));
        Document {
            title: self.title.clone(),
            start: self.start,
            subject: None,
            first,
            behind: if self.figures.is_empty() {
                Vec::new()
            } else {
                vec![charts]
            },
            footer: format!(
                "{} · seed {} · {} worlds · coexist {VERSION} · input digest {} · result digest {}",
                manifest.scenario,
                manifest.seed,
                manifest.replications,
                &manifest.input_digest[..12],
                &manifest.result_digest[..12]
            ),
        }
    }

    /// Its document with what it answers.
    pub fn stored(&self) -> Stored {
        Stored {
            document: self.document(),
            answers: self.answers.clone(),
        }
    }

    /// What tells its results from others.
    pub fn about(&self) -> About {
        let manifest = &self.manifest;
        About {
            version: VERSION.into(),
            scenario: manifest.scenario.clone(),
            input_digest: manifest.input_digest.clone(),
            set: manifest.set.clone(),
            seed: manifest.seed,
            fix_uncertain: manifest.fix_uncertain,
            analysis: manifest.analysis.into(),
            replications: manifest.replications,
            result_digest: manifest.result_digest.clone(),
        }
    }

    /// Writes its folder: `<table>.csv` for each table, `<study>.json`, its page, the workbook, charts if there are any, and the manifest.
    ///
    /// # Errors
    /// If anything cannot be written; earlier results are then untouched.
    pub fn write(&self, scenario: &Scenario, claim: Claim, extras: Extras) -> Result<Written, NotWritten> {
        let manifest = &self.manifest;
        let json = Json {
            manifest,
            tables: self
                .tables
                .iter()
                .map(|(name, records)| (*name, records))
                .collect(),
        };
        claim.write(|dir| {
            let book = Book::new(scenario, extras.names);
            let files = Tables::new(dir, extras.excel)?.with(&book);
            for (name, records) in &self.tables {
                files.write_all(&format!("{name}.csv"), records)?;
            }
            write_json(&dir.join(format!("{}.json", manifest.analysis)), &json)?;
            let stored = self.stored();
            page::write(dir, &stored.document)?;
            stored.write(dir)?;
            workbook::study(dir, book, manifest, &self.figures)?;
            if !self.figures.is_empty() {
                write_charts(&dir.join(CHARTS), &self.figures)?;
            }
            Ok(manifest)
        })
    }
}
