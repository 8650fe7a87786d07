//! Which single estimate carries the difference of two strategies, in words; `drivers.csv`.

use super::records::{Cell, Records, interval};
use super::tables;
use super::words::{money, noun};
use super::{number, strategy_name};
use crate::analysis::comparison::can_be_judged;
use crate::analysis::drivers::{Drawn, Driver, Drivers};
use crate::analysis::horizon;
use crate::analysis::verdict::Verdict;
use crate::experiment::Results;
use crate::outcome::Metric;
use crate::outcome::metric::Better;
use crate::plan::check::counted;
use crate::scenario::Scenario;

/// What the differences of pairs of strategies go with, in each of these metrics. Empty where nothing was drawn from a default
/// range.
pub fn find(
    scenario: &Scenario,
    results: &Results,
    pairs: &[(usize, usize)],
    metrics: &[Metric],
) -> Vec<Drivers> {
    let Some(drawn) = Drawn::of(scenario, results) else {
        return Vec::new();
    };
    let each = pairs
        .iter()
        .flat_map(|&pair| metrics.iter().map(move |&metric| (pair, metric)));
    each.filter_map(|(pair, metric)| drawn.drivers(scenario, results, pair, metric))
        .collect()
}

/// The pairs of which [`records`] tells: every strategy against the base, and the one that is spoken of.
pub(super) fn pairs(results: &Results, spoken: Option<(usize, usize)>) -> Vec<(usize, usize)> {
    let others = (0..results.strategies.len()).filter(|&one| one != results.base);
    let mut pairs: Vec<(usize, usize)> = others.map(|one| (one, results.base)).collect();
    pairs.extend(spoken.filter(|pair| !pairs.contains(pair)));
    pairs
}

/// What a run prints about a pair of strategies, one sentence each: for every metric the one estimate that carries the
/// difference, and once for which metrics none was shown to.
pub fn sentences(
    scenario: &Scenario,
    results: &Results,
    pair: (usize, usize),
    found: &[Drivers],
) -> Vec<String> {
    let mut sentences = Vec::new();
    let mut silent: Vec<&str> = Vec::new();
    let mut looked_at = 0;
    let pair_in_words = pair_in_words(scenario, results, pair);
    for drivers in found.iter().filter(|drivers| drivers.pair == pair) {
        let metric = drivers.metric;
        // What the horizon cuts off says nothing about the two.
        if !horizon::obstacles(results, pair.into(), metric).is_empty() {
            continue;
        }
        let name = noun(metric);
        match drivers.leading() {
            Some(driver) => {
                let has_verdict = can_be_judged(scenario, results, pair.into(), metric);
                let carried = sentence(scenario, metric, driver, has_verdict);
                sentences.push(format!("{pair_in_words}, {name}: {carried}"));
            }
            None => {
                silent.push(name);
                looked_at = looked_at.max(drivers.all.len());
            }
        }
    }
    if !silent.is_empty() {
        let silent = silent.join(", ");
        sentences.push(format!(
            "{pair_in_words}, {silent}: of {} with a range, none alone was shown to carry it.",
            counted(looked_at, "estimate")
        ));
    }
    sentences
}

fn pair_in_words(scenario: &Scenario, results: &Results, (own, other): (usize, usize)) -> String {
    let name = |strategy: usize| strategy_name(scenario, results, strategy);
    format!("{} against {}", name(own), name(other))
}

/// "over the 90 % range of y (0.1 to 0.33), an estimate nobody published, the difference runs from 0.4 m to 2.9 m; which of the two
/// is better turns at y = 0.31."
fn sentence(scenario: &Scenario, metric: Metric, driver: &Driver, has_verdict: bool) -> String {
    let key = driver.quantity.key(&scenario.facts);
    let [low, high] = driver.range.map(number::three_digits);
    let what = match (driver.unpublished, driver.ours) {
        (true, _) => ", an estimate nobody published,",
        (false, true) => ", a range of ours around a published figure,",
        (false, false) => "",
    };
    let [from, to] = driver.at_ends.map(|end| number::three_digits(end.mean));
    let unit = match metric.definition().unit {
        "occurrences" | "count" => "",
        "currency" => &money(scenario).map_or(String::new(), |currency| format!(" {currency}")),
        unit => &format!(" {unit}"),
    };
    let turns = driver
        .turns_at
        .filter(|_| has_verdict)
        .map_or(String::new(), |value| {
            format!(
                "; which of the two is better turns at {key} = {}",
                number::three_digits(value)
            )
        });
    format!(
        "over the 90 % range of {key} ({low} to {high}){what} the difference runs from {from} to {to}{unit}{turns}."
    )
}

/// The pair that is spoken of: the one that the verdict compares; else, of the strategies that move people and whose courses end,
/// the two that are best in the first objective on average; else the only one and the base. `None` if there is none.
pub(super) fn spoken(scenario: &Scenario, results: &Results, verdict: &Verdict) -> Option<(usize, usize)> {
    let metric = metrics(scenario)[0];
    let mean = |strategy: usize| {
        let sum: f64 = results.values(strategy, metric).iter().flatten().sum();
        match metric.definition().better {
            Better::Higher => -sum,
            Better::Lower | Better::Neither => sum,
        }
    };
    let usual = || {
        let ends = |strategy: &usize| horizon::comparable(results, *strategy);
        let mut movers: Vec<usize> = verdict.candidates.iter().copied().filter(ends).collect();
        movers.sort_by(|&a, &b| mean(a).total_cmp(&mean(b)));
        match movers[..] {
            [] => None,
            [only] => (only != results.base).then_some((only, results.base)),
            [best, second, ..] => Some((best, second)),
        }
    };
    verdict.leading_pair().or_else(usual)
}

/// The metrics that are asked about: the objectives, else the cost.
pub fn metrics(scenario: &Scenario) -> Vec<Metric> {
    let objectives: Vec<Metric> = (scenario.goals.objectives.iter())
        .map(|goal| goal.metric)
        .filter(|metric| !metric.definition().may_be_missing)
        .collect();
    match objectives.is_empty() {
        true => vec![Metric::Cost],
        false => objectives,
    }
}

/// `drivers.csv`.
pub(super) fn records(scenario: &Scenario, results: &Results, found: &[Drivers]) -> Records {
    let mut records = Records::of(&tables::DRIVERS);
    for drivers in found {
        push(&mut records, scenario, results, drivers);
    }
    records
}

fn push(records: &mut Records, scenario: &Scenario, results: &Results, drivers: &Drivers) {
    let (own, other) = drivers.pair;
    let leading = drivers.leading().map(|driver| driver.quantity);
    for driver in &drivers.all {
        let mut row: Vec<Cell> = vec![
            strategy_name(scenario, results, own).into(),
            strategy_name(scenario, results, other).into(),
            drivers.metric.definition().name.into(),
            driver.quantity.key(&scenario.facts).as_str().into(),
            driver.quantity.mark(&scenario.facts).word().into(),
            if driver.ours { "ours" } else { "stated" }.into(),
        ];
        row.extend(interval(&driver.correlation));
        row.push(Cell::Truth(driver.is_shown()));
        row.push(Cell::Truth(leading == Some(driver.quantity)));
        row.extend(driver.range.map(|end| Cell::Number(Some(end))));
        driver.at_ends.iter().for_each(|end| row.extend(interval(end)));
        row.push(Cell::Number(driver.turns_at));
        records.push(row);
    }
}
