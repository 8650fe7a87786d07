//! `manifest.json`: what it takes to repeat a run. No clock, no host, no number of threads.

use super::page::About;
use super::precision;
use crate::analysis::rounds::Reached;
use crate::experiment::Results;
use crate::mutant;
use crate::scenario::Scenario;
use crate::store::kind::RUN;
use crate::store::{SCHEMA, manifest_text};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// Version of this program.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What tells the results of a run from others.
pub fn about(scenario: &Scenario, results: &Results) -> About {
    Manifest::new(scenario, results, None).about()
}

/// What it takes to repeat a run.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the layout.
    pub schema: u32,
    /// Name of the program.
    pub program: String,
    /// Version of the program.
    pub version: String,
    /// The command: `run`.
    pub analysis: String,
    /// Name of the scenario.
    pub scenario: String,
    /// Digest of all input files and overrides.
    pub input_digest: String,
    /// Values put in the place of the scenario file's own, as written.
    #[serde(default)]
    pub set: Vec<String>,
    /// Seed.
    pub seed: u64,
    /// First replication.
    pub first_replication: u64,
    /// Number of replications.
    pub replications: u64,
    /// Did uncertain parameters take their medians?
    pub fix_uncertain: bool,
    /// The base strategy.
    pub base: String,
    /// Strategies that ran.
    pub strategies: Vec<String>,
    /// What was to be known how well, as on the command line; missing if the number of worlds was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<Vec<String>>,
    /// The most worlds for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_replications: Option<u64>,
    /// Digest of each strategy's results.
    pub strategy_digests: BTreeMap<String, String>,
    /// Digest of all results.
    pub result_digest: String,
}

impl Manifest {
    /// The manifest of a run.
    pub fn new(scenario: &Scenario, results: &Results, reached: Option<&Reached>) -> Manifest {
        let strategies: Vec<String> = results
            .strategies
            .iter()
            .map(|&index| scenario.plans[index].name.clone())
            .collect();
        Manifest {
            schema: SCHEMA,
            program: env!("CARGO_PKG_NAME").into(),
            version: VERSION.into(),
            analysis: RUN.analysis.into(),
            scenario: if mutant::is("place-leaks") {
                format!("{}{}", scenario.facts.name, scenario.path)
            } else {
                scenario.facts.name.clone()
            },
            input_digest: scenario.digest.clone(),
            set: scenario.overrides.clone(),
            seed: results.seed,
            first_replication: results.first,
            replications: results.replications,
            fix_uncertain: results.fix_uncertain,
            base: strategies[results.base].clone(),
            precision: reached.map(|reached| reached.wanted.iter().map(precision::word).collect()),
            max_replications: reached.map(|reached| reached.most),
            strategy_digests: strategies
                .iter()
                .cloned()
                .zip(results.strategy_digests.iter().cloned())
                .collect(),
            strategies,
            result_digest: results.digest.clone(),
        }
    }

    /// What tells its results from others.
    fn about(self) -> About {
        About {
            version: self.version,
            scenario: self.scenario,
            input_digest: self.input_digest,
            set: self.set,
            seed: self.seed,
            fix_uncertain: self.fix_uncertain,
            analysis: self.analysis,
            replications: self.replications,
            result_digest: self.result_digest,
        }
    }

    /// Reads the manifest of earlier results; `None` if there is none that can be read.
    pub(super) fn read(dir: &Path) -> Option<Manifest> {
        serde_json::from_str(&manifest_text(dir).ok()?).ok()
    }

    /// What no run can have written, if anything is.
    pub(super) fn impossible(&self) -> Option<&'static str> {
        let mut names: Vec<&String> = self.strategies.iter().collect();
        names.sort_unstable();
        names.dedup();
        if self.replications == 0 {
            Some("a run of no worlds")
        } else if self.first_replication.checked_add(self.replications).is_none() {
            Some("worlds with numbers that do not exist")
        } else if names.len() != self.strategies.len() || !names.contains(&&self.base) {
            Some("strategies that repeat, or lack the base")
        } else {
            None
        }
    }

    /// Must a replay of this scenario with this seed give the digests of this run?
    pub fn covers(&self, scenario: &Scenario, seed: u64, fix_uncertain: bool) -> bool {
        self.version == VERSION
            && self.input_digest == scenario.digest
            && self.seed == seed
            && self.fix_uncertain == fix_uncertain
    }
}
