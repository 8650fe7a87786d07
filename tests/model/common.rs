//! What many of these tests need: a scenario, one of its worlds, and what becomes of a strategy there.

use coexist::kernel::{Key, Log, Span, Time};
use coexist::outcome::{Action, Entry, Metric, Outcome};
use coexist::plan::Plan;
use coexist::scenario::{self, Scenario};
use coexist::simulate::simulate;
use coexist::world::World;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The file of a shipped scenario.
pub(crate) fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name)
}

/// A shipped scenario.
pub(crate) fn shipped(name: &str) -> Scenario {
    shipped_with(name, &[])
}

/// A shipped scenario, with values laid over those of its file.
pub(crate) fn shipped_with(name: &str, set: &[&str]) -> Scenario {
    let set: Vec<String> = set.iter().map(|written| (*written).to_string()).collect();
    scenario::load_with(&file(name), &set).unwrap_or_else(|rejected| panic!("{rejected}"))
}

/// A scenario written for one test, read from a file.
pub(crate) fn written(text: &str) -> Scenario {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("written.toml");
    std::fs::write(&path, text).expect("a temporary file");
    scenario::load(&path).unwrap_or_else(|rejected| panic!("{rejected}"))
}

pub(crate) fn world(scenario: &Scenario, replication: u64) -> World {
    let seed = scenario.seed;
    World::draw(Arc::clone(&scenario.facts), Key { seed, replication }, false)
}

/// Where a strategy stands among those of a scenario.
pub(crate) fn place(scenario: &Scenario, name: &str) -> usize {
    let mut names = scenario.plans.iter().map(|plan| &plan.name);
    names.position(|known| known == name).expect("a strategy")
}

pub(crate) fn plan<'s>(scenario: &'s Scenario, name: &str) -> &'s Plan {
    &scenario.plans[place(scenario, name)]
}

/// A strategy in a world, and its log.
pub(crate) fn replay(scenario: &Scenario, world: &World, strategy: &str) -> (Outcome, Vec<Entry>) {
    let (outcome, log) = simulate(world, plan(scenario, strategy), Log::new());
    (outcome, log.into_records())
}

pub(crate) fn value(outcome: &Outcome, metric: Metric) -> f64 {
    let value = outcome.row.get(metric);
    value.unwrap_or_else(|| panic!("{metric:?} is missing"))
}

/// An instant by day and hour, from time zero.
pub(crate) fn at(day: i64, hour: i64) -> Time {
    Time(day * Span::DAY.0 + hour * Span::HOUR.0)
}

/// When something was done.
pub(crate) fn times(log: &[Entry], action: Action) -> Vec<Time> {
    let entries = log.iter().filter(|entry| entry.action == action);
    entries.map(|entry| entry.at).collect()
}

pub(crate) fn close(actual: f64, expected: f64, tolerance: f64) {
    assert!(
        (actual - expected).abs() <= tolerance,
        "{actual} is not {expected} ± {tolerance}"
    );
}
