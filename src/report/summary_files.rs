//! `summary.csv` and `summary.json`: every metric of every strategy, and what the answer rests on.

use super::goals::{self, Judgement};
use super::manifest::VERSION;
use super::records::{Cell, Records, interval as interval_cells};
use super::{strategy_name, tables};
use crate::analysis::spread::Spread;
use crate::analysis::{horizon, staying};
use crate::experiment::summary::Summary;
use crate::experiment::{Interval, Results};
use crate::outcome::metric::{self, Better};
use crate::scenario::Scenario;
use crate::store::{NotWritten, SCHEMA, at};
use crate::world::{Draw, Parameter};
use serde::Serialize;
use std::path::Path;

fn better(better: Better) -> &'static str {
    match better {
        Better::Lower => "lower",
        Better::Higher => "higher",
        Better::Neither => "",
    }
}

/// The table `summary.csv`: one row per strategy and metric.
pub(super) fn records(scenario: &Scenario, results: &Results) -> Records {
    let mut records = Records::of(&tables::SUMMARY);
    for strategy in 0..results.strategies.len() {
        for &metric in metric::ALL {
            let name = strategy_name(scenario, results, strategy);
            records.push(row(scenario, name, &Summary::new(results, strategy, metric)));
        }
    }
    records
}

fn row(scenario: &Scenario, strategy: &str, summary: &Summary) -> Vec<Cell> {
    let definition = summary.metric.definition();
    let against = summary.against_base;
    let reached = summary.interval_reached();
    let mean = |interval: Option<Interval>| {
        interval.map_or([const { Cell::Number(None) }; 3], |own| interval_cells(&own))
    };
    let mut row: Vec<Cell> = vec![
        strategy.into(),
        definition.name.into(),
        scenario.unit(definition.unit).into(),
        better(definition.better).into(),
        Cell::Count(summary.n as u64),
        Cell::Count(summary.reached as u64),
        Cell::Number(reached.map(|reached| reached.low)),
        Cell::Number(reached.map(|reached| reached.high)),
    ];
    row.extend(mean(summary.mean));
    for quantile in summary.quantiles {
        let quantile = quantile.ok();
        row.extend([
            Cell::Number(quantile.and_then(|quantile| quantile.value)),
            Cell::Number(quantile.and_then(|quantile| quantile.low)),
            Cell::Number(quantile.and_then(|quantile| quantile.high)),
        ]);
    }
    row.extend(mean(against.and_then(|against| against.difference)));
    row.push(Cell::Number(against.map(|against| against.share_lower)));
    row.push(Cell::Number(against.map(|against| against.share_higher)));
    row
}

#[derive(Serialize)]
struct ParameterEntry<'a> {
    key: &'static str,
    value: Option<f64>,
    interval90: Option<[f64; 2]>,
    distribution: &'static str,
    range: Option<&'static str>,
    unit: String,
    mark: &'static str,
    source: &'a str,
    meaning: &'static str,
}

fn parameter<'a>(scenario: &Scenario, parameter: &'a Parameter) -> ParameterEntry<'a> {
    let definition = parameter.setting.definition();
    let (distribution, range) = match parameter.draw {
        Draw::Fixed(_) => ("fixed", None),
        Draw::Normal { .. } => ("normal", Some("stated")),
        Draw::Lognormal { .. } => ("lognormal", Some("stated")),
        Draw::Uniform { .. } => ("uniform", Some("stated")),
        Draw::Usual(_) => ("usual", Some("ours")),
    };
    ParameterEntry {
        key: definition.key,
        value: Some(parameter.draw.value(0.5)),
        interval90: parameter.draw.range(),
        distribution,
        range,
        unit: scenario.unit(definition.unit),
        mark: parameter.mark.word(),
        source: &parameter.source,
        meaning: definition.meaning,
    }
}

/// Every parameter with its 90 % range, mark, source and meaning.
pub(super) fn inputs(scenario: &Scenario) -> Records {
    let mut records = Records::of(&tables::INPUTS);
    for one in &scenario.facts.parameters {
        let entry = parameter(scenario, one);
        let [low, high] = entry.interval90.map_or([None; 2], |ends| ends.map(Some));
        records.push(vec![
            entry.key.into(),
            Cell::Number(entry.value),
            Cell::Number(low),
            Cell::Number(high),
            entry.unit.into(),
            entry.distribution.into(),
            entry.range.unwrap_or("").into(),
            entry.mark.into(),
            entry.source.into(),
            entry.meaning.into(),
        ]);
    }
    records
}

/// Every cell of the profile with its mark and source.
pub(super) fn profile_cells(scenario: &Scenario) -> Records {
    let mut records = Records::of(&tables::PROFILE);
    for cell in &scenario.facts.profile.cells {
        records.push(
            [&cell.key, &cell.value, cell.mark.word(), &cell.source]
                .map(Cell::from)
                .into(),
        );
    }
    records
}

/// In how many worlds the course of a strategy ends.
#[derive(Serialize)]
struct EndingEntry<'a> {
    strategy: &'a str,
    ends_in: u64,
    of: u64,
    share: f64,
    low: f64,
    high: f64,
    comparable: bool,
    why_not: Option<String>,
}

impl<'a> EndingEntry<'a> {
    fn of(scenario: &'a Scenario, results: &Results, strategy: usize) -> EndingEntry<'a> {
        let ending = horizon::ending(results, strategy);
        EndingEntry {
            strategy: strategy_name(scenario, results, strategy),
            ends_in: ending.count,
            of: ending.of,
            share: ending.share(),
            low: ending.interval.low,
            high: ending.interval.high,
            comparable: ending.is_enough(),
            why_not: horizon::sentence(scenario, results, strategy),
        }
    }
}

/// From whose ranges worlds are drawn.
#[derive(Serialize)]
struct SpreadEntry {
    ranges: usize,
    ours: usize,
    held_fixed: usize,
}

impl SpreadEntry {
    fn of(facts: &crate::world::Facts) -> SpreadEntry {
        let spread = Spread::of(facts);
        SpreadEntry {
            ranges: spread.ranges,
            ours: spread.ours,
            held_fixed: spread.held_fixed,
        }
    }
}

#[derive(Serialize)]
struct CellEntry<'a> {
    key: &'a str,
    value: &'a str,
    mark: &'static str,
    source: &'a str,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    version: &'static str,
    scenario: &'a str,
    title: &'a str,
    users: usize,
    start: String,
    days: u32,
    seed: u64,
    first_replication: u64,
    replications: u64,
    fix_uncertain: bool,
    base: &'a str,
    input_digest: &'a str,
    result_digest: &'a str,
    metrics: Records,
    comparisons: Vec<goals::ComparisonLine<'a>>,
    selections: Vec<goals::SelectionEntry<'a>>,
    limits: Vec<goals::LimitLine<'a>>,
    verdict: goals::VerdictEntry<'a>,
    endings: Vec<EndingEntry<'a>>,
    spread: SpreadEntry,
    currency: &'a str,
    staying_is_assumed: bool,
    parameters: Vec<ParameterEntry<'a>>,
    profile: &'a str,
    switches: Vec<[&'a str; 2]>,
    profile_cells: Vec<CellEntry<'a>>,
}

fn document<'a>(scenario: &'a Scenario, results: &'a Results, judgement: &'a Judgement) -> Document<'a> {
    let facts = &*scenario.facts;
    Document {
        schema: SCHEMA,
        version: VERSION,
        scenario: &facts.name,
        title: &facts.title,
        users: facts.residents(),
        start: facts.calendar.start.to_string(),
        days: facts.calendar.days(),
        seed: results.seed,
        first_replication: results.first,
        replications: results.replications,
        fix_uncertain: results.fix_uncertain,
        base: strategy_name(scenario, results, results.base),
        input_digest: &scenario.digest,
        result_digest: &results.digest,
        metrics: records(scenario, results),
        comparisons: goals::all_comparisons(scenario, results, judgement),
        selections: goals::selections(scenario, results, judgement),
        limits: goals::all_limits(scenario, results, judgement),
        verdict: goals::verdict(scenario, results, judgement),
        endings: (0..results.strategies.len())
            .map(|strategy| EndingEntry::of(scenario, results, strategy))
            .collect(),
        spread: SpreadEntry::of(&scenario.facts),
        currency: &scenario.currency,
        staying_is_assumed: staying::is_assumed(scenario),
        parameters: (facts.parameters.iter())
            .map(|one| parameter(scenario, one))
            .collect(),
        profile: &facts.profile.name,
        switches: scenario
            .switches
            .iter()
            .map(|(key, value)| [key.as_str(), value.as_str()])
            .collect(),
        profile_cells: facts
            .profile
            .cells
            .iter()
            .map(|cell| CellEntry {
                key: &cell.key,
                value: &cell.value,
                mark: cell.mark.word(),
                source: &cell.source,
            })
            .collect(),
    }
}

/// Writes `summary.json`.
pub(super) fn json(
    path: &Path,
    scenario: &Scenario,
    results: &Results,
    judgement: &Judgement,
) -> Result<(), NotWritten> {
    let text = serde_json::to_string_pretty(&document(scenario, results, judgement)).map_err(at(path))?;
    std::fs::write(path, text + "\n").map_err(at(path))
}
