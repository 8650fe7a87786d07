//! The paper that a change board signs: a page that stands for itself, and what it rests on.
//!
//! Nothing is computed here that another output does not show, too: verdicts, limits, points and the headline list are those of
//! [`crate::analysis`], in the words of the terminal.

mod behind;
mod first;
mod proposal;

use super::document::{Block, Document};
use super::goals::Judgement;
use super::manifest::VERSION;
use super::number;
use super::page::{self, About, Stored};
use crate::experiment::Results;
use crate::outcome::Metric;
use crate::scenario::Scenario;
use crate::shell::{quoted, setting};
use crate::store::kind::PACKET;
use crate::store::{Claim, NotWritten, SCHEMA, Written};
use proposal::Proposal;
use serde::Serialize;
use std::path::Path;

/// Divisions with fewer people are not named unless that is asked for.
pub(super) const NAMED_FROM: usize = 5;

/// What a page says beyond what it must.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shown {
    /// Charts.
    pub charts: bool,
    /// Names of people, and of departments and sites under five people.
    pub names: bool,
}

/// What a packet is made from.
struct Source<'a> {
    scenario: &'a Scenario,
    results: &'a Results,
    judgement: &'a Judgement,
    proposal: Proposal,
    shown: Shown,
}

/// The plan that a packet is about, as an index into the scenario's plans; `None` if no plan moves anybody.
pub fn subject(scenario: &Scenario, results: &Results, judgement: &Judgement) -> Option<usize> {
    let proposal = Proposal::new(scenario, results, &judgement.verdict);
    let subject = proposal.subject(results, &judgement.verdict)?;
    Some(results.strategies[subject])
}

/// The packet about the results of a run; what takes a study is left open.
pub fn packet(scenario: &Scenario, results: &Results, judgement: &Judgement, shown: Shown) -> Document {
    let source = Source {
        scenario,
        results,
        judgement,
        proposal: Proposal::new(scenario, results, &judgement.verdict),
        shown,
    };
    Document {
        title: scenario.facts.title.clone(),
        start: scenario.facts.calendar.start,
        subject: source.subject().map(|subject| source.name(subject).into()),
        first: source.first_page(),
        behind: source.behind(),
        footer: source.footer(),
    }
}

/// What is kept of the page of a run.
pub(super) fn stored(document: Document) -> Stored {
    Stored {
        document,
        answers: Vec::new(),
    }
}

/// Does the run say what turns the verdict about the plan that its page is about?
pub fn turns(scenario: &Scenario, results: &Results, judgement: &Judgement) -> bool {
    let shown = Shown {
        charts: false,
        names: false,
    };
    let source = Source {
        scenario,
        results,
        judgement,
        proposal: Proposal::new(scenario, results, &judgement.verdict),
        shown,
    };
    source.what_would_turn_it().is_ok()
}

/// What is told of a page that was written: its first sentence, and where it is.
pub fn told(document: &Document, place: &str) -> String {
    format!("{}\nWrote {place}report.html\n", lead(document))
}

/// The first sentence of a document.
fn lead(document: &Document) -> &str {
    let blocks = document.first.iter().flat_map(|section| &section.blocks);
    let mut leads = blocks.filter_map(|block| match block {
        Block::Lead(text) => Some(text.as_str()),
        _ => None,
    });
    leads.next().unwrap_or_default()
}

/// What it takes to repeat a packet: what the results on its page have in common, and whose they are.
#[derive(Serialize)]
struct PacketManifest<'a> {
    schema: u32,
    program: &'static str,
    #[serde(flatten)]
    run: &'a About,
    /// The studies beside the run.
    studies: &'a [About],
}

/// Writes a packet of its own, about a run and studies of the same scenario.
///
/// # Errors
/// If anything cannot be written; earlier results are then untouched.
pub fn write(
    document: &Document,
    run: &About,
    studies: &[About],
    claim: Claim,
) -> Result<Written, NotWritten> {
    let run = About {
        analysis: PACKET.analysis.into(),
        ..run.clone()
    };
    claim.write(|dir| {
        page::write(dir, document)?;
        Ok(PacketManifest {
            schema: SCHEMA,
            program: env!("CARGO_PKG_NAME"),
            run: &run,
            studies,
        })
    })
}

/// The scenario file as it is called where it lies.
pub(super) fn file(scenario: &Scenario) -> String {
    let name = Path::new(&scenario.path).file_name();
    quoted(&name.map_or_else(|| "scenario.toml".into(), |name| name.to_string_lossy()))
}

/// What a command needs to be about the same results.
pub(super) fn same(scenario: &Scenario, seed: u64, fix_uncertain: bool) -> String {
    let mut same = format!(" --seed {seed}");
    for written in &scenario.overrides {
        same.push_str(&format!(" --set {}", setting(written)));
    }
    if fix_uncertain {
        same.push_str(" --fix-uncertain");
    }
    same
}

/// The command that makes the results of a run again.
pub(super) fn again(scenario: &Scenario, results: &Results) -> String {
    let same = same(scenario, results.seed, results.fix_uncertain);
    format!(
        "coexist run {} --replications {}{same}",
        file(scenario),
        results.replications
    )
}

/// The command that replays a strategy in a world.
pub(super) fn replay(scenario: &Scenario, results: &Results, strategy: &str, replication: u64) -> String {
    let same = same(scenario, results.seed, results.fix_uncertain);
    let (file, strategy) = (file(scenario), quoted(strategy));
    format!("coexist replay {file} --strategy {strategy} --replication {replication}{same}")
}

impl Source<'_> {
    fn name(&self, strategy: usize) -> &str {
        super::strategy_name(self.scenario, self.results, strategy)
    }

    /// Mean over worlds of a metric that every world has.
    fn mean(&self, strategy: usize, metric: Metric) -> f64 {
        let values = self.results.values(strategy, metric);
        let sum: f64 = values.iter().flatten().sum();
        sum / values.len().max(1) as f64
    }

    /// Title of a strategy where it has one that says more than its name.
    fn title(&self, strategy: usize) -> String {
        let plan = &self.scenario.plans[self.results.strategies[strategy]];
        if plan.title == plan.name || plan.title.is_empty() {
            plan.name.clone()
        } else {
            format!("{} ({})", plan.title, plan.name)
        }
    }

    fn file(&self) -> String {
        file(self.scenario)
    }

    fn same(&self) -> String {
        same(self.scenario, self.results.seed, self.results.fix_uncertain)
    }

    /// What a study that replays a plan so many times takes: `, about 1.4 times as long as this run`; nothing if it cannot be asked.
    fn effort(&self, replays: Option<f64>) -> String {
        let run = (self.results.strategies.len() as u64 * self.results.replications) as f64;
        replays.map_or(String::new(), |replays| {
            let times = number::rounded((replays / run).max(0.1), 1);
            format!(", about {times} times as long as this run")
        })
    }

    fn replay(&self, strategy: usize, replication: u64) -> String {
        replay(self.scenario, self.results, self.name(strategy), replication)
    }

    fn footer(&self) -> String {
        let short = |digest: &str| digest[..digest.len().min(12)].to_string();
        format!(
            "Results: {} · seed {} · {} · coexist {VERSION} · input digest {} · result digest {}",
            self.scenario.facts.name,
            self.results.seed,
            crate::plan::check::counted(self.results.replications as usize, "world"),
            short(&self.scenario.digest),
            short(&self.results.digest)
        )
    }
}
