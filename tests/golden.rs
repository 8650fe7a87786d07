//! Every shipped scenario gives the results that it gave before, bit for bit, in every build and on every machine: change detection, no
//! validation. When a change of the rules changes results, `scripts/renew-goldens` renews them, with a reason for the changelog.

use coexist::kernel::Key;
use coexist::outcome::{Day, DayDigests};
use coexist::scenario::{self, Scenario};
use coexist::simulate::simulate;
use coexist::world::World;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Worlds of each scenario.
const WORLDS: u64 = 2;
/// Set by the script that renews.
const RENEW: &str = "COEXIST_RENEW_GOLDENS";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn golden() -> PathBuf {
    root().join("tests/golden_results.txt")
}

/// Names of the shipped scenarios.
fn shipped() -> Vec<String> {
    let files = fs::read_dir(root().join("scenarios")).expect("the shipped scenarios");
    let mut names: Vec<String> = files
        .map(|file| file.expect("a file").file_name().to_string_lossy().into_owned())
        .filter_map(|name| name.strip_suffix(".toml").map(str::to_owned))
        .collect();
    names.sort();
    names
}

/// Digest of one replication of one strategy: of its metrics and daily counts and its log, and of each of its days, cut to 16 bits.
fn digests(scenario: &Scenario, strategy: usize, replication: u64) -> (u64, Vec<u16>) {
    let key = Key {
        seed: scenario.seed,
        replication,
    };
    let world = World::draw(scenario.facts.clone(), key, false);
    let (outcome, days) = simulate(&world, &scenario.plans[strategy], DayDigests::new());
    let mut hasher = blake3::Hasher::new();
    for value in &outcome.row.0 {
        // A value that is missing is told from every number.
        hasher.update(&value.map_or(u64::MAX, f64::to_bits).to_le_bytes());
    }
    for value in &outcome.timeline.values {
        hasher.update(&value.to_le_bytes());
    }
    hasher.update(&outcome.digest.to_le_bytes());
    let whole = u64::from_le_bytes(hasher.finalize().as_bytes()[..8].try_into().expect("eight bytes"));
    let cut = |day: Day| (day.digest >> 48) as u16;
    let days = days
        .finish(scenario.facts.calendar.days())
        .into_iter()
        .map(cut)
        .collect();
    (whole, days)
}

/// All lines: `scenario strategy replication digest days`.
fn lines(name: &str) -> Vec<(String, u64, Vec<u16>)> {
    let path = root().join("scenarios").join(format!("{name}.toml"));
    let scenario = scenario::load(&path).unwrap_or_else(|rejected| panic!("{}", rejected.report));
    let mut lines = Vec::new();
    for (strategy, plan) in scenario.plans.iter().enumerate() {
        for replication in 0..WORLDS {
            let (whole, days) = digests(&scenario, strategy, replication);
            lines.push((format!("{name} {} {replication}", plan.name), whole, days));
        }
    }
    lines
}

fn written(days: &[u16]) -> String {
    days.iter().map(|day| format!("{day:04x}")).collect()
}

#[test]
fn every_shipped_scenario_gives_the_results_that_it_gave_before() {
    let found: Vec<(String, u64, Vec<u16>)> = shipped().iter().flat_map(|name| lines(name)).collect();
    if std::env::var_os(RENEW).is_some() {
        let text: String = found
            .iter()
            .map(|(of, whole, days)| format!("{of} {whole:016x} {}\n", written(days)))
            .collect();
        fs::write(golden(), text).expect("the file of digests");
        return;
    }
    let text = fs::read_to_string(golden()).expect("the file of digests");
    let mut before: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
    for line in text.lines() {
        let (rest, days) = line.rsplit_once(' ').expect("days");
        let (of, whole) = rest.rsplit_once(' ').expect("a digest");
        before.insert(of, (whole, days));
    }
    let mut differ = Vec::new();
    for (of, whole, days) in &found {
        let Some((was, days_before)) = before.remove(of.as_str()) else {
            differ.push(format!("{of}: not there before"));
            continue;
        };
        if was == format!("{whole:016x}") {
            continue;
        }
        let days = written(days);
        let pairs = days.as_bytes().chunks(4).zip(days_before.as_bytes().chunks(4));
        let first = pairs.enumerate().find(|(_, (now, before))| now != before);
        let place = first.map_or(
            "the events are the same, the counts differ".to_owned(),
            |(day, _)| format!("first on day {day}"),
        );
        differ.push(format!("{of}: {place}"));
    }
    differ.extend(before.into_keys().map(|of| format!("{of}: gone")));
    assert!(
        differ.is_empty(),
        "results differ from those of before (scenario, strategy, replication):\n{}\n`coexist replay` of it with this program and with an \
         earlier one, and `--against`, name the first event. If it is meant, renew with: scripts/renew-goldens \"REASON\"",
        differ.join("\n")
    );
}
