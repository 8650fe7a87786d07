//! `summary.csv` and `summary.json`: every metric of every strategy, and what the answer rests on.

use super::files::{NotWritten, at};
use super::goals::{self, Judgement};
use super::manifest::{SCHEMA, VERSION};
use super::strategy_name;
use super::tables_csv::field;
use crate::experiment::Results;
use crate::experiment::summary::Summary;
use crate::outcome::metric::{self, Better};
use crate::scenario::Scenario;
use crate::world::{Draw, Parameter};
use serde::Serialize;
use std::path::Path;

/// One line of `summary.csv`, one entry of `summary.json`.
#[derive(Serialize)]
struct Line<'a> {
    strategy: &'a str,
    metric: &'static str,
    unit: &'static str,
    better: &'static str,
    n: usize,
    reached: usize,
    mean: Option<f64>,
    mean_low95: Option<f64>,
    mean_high95: Option<f64>,
    p10: Option<f64>,
    p50: Option<f64>,
    p90: Option<f64>,
    difference_to_base: Option<f64>,
    diff_low95: Option<f64>,
    diff_high95: Option<f64>,
    share_lower: Option<f64>,
    share_higher: Option<f64>,
}

const HEADER: [&str; 17] = [
    "strategy",
    "metric",
    "unit",
    "better",
    "n",
    "reached",
    "mean",
    "mean_low95",
    "mean_high95",
    "p10",
    "p50",
    "p90",
    "difference_to_base",
    "diff_low95",
    "diff_high95",
    "share_lower",
    "share_higher",
];

fn better(better: Better) -> &'static str {
    match better {
        Better::Lower => "lower",
        Better::Higher => "higher",
        Better::Neither => "",
    }
}

fn lines<'a>(scenario: &'a Scenario, results: &Results) -> Vec<Line<'a>> {
    let strategies = 0..results.strategies.len();
    strategies
        .flat_map(|strategy| metric::ALL.iter().map(move |&metric| (strategy, metric)))
        .map(|(strategy, metric)| {
            line(
                strategy_name(scenario, results, strategy),
                &Summary::new(results, strategy, metric),
            )
        })
        .collect()
}

fn line<'a>(strategy: &'a str, summary: &Summary) -> Line<'a> {
    let definition = summary.metric.definition();
    let ends = summary.mean.and_then(|mean| mean.ends);
    let against = summary.against_base;
    let difference = against.and_then(|against| against.difference);
    let difference_ends = difference.and_then(|difference| difference.ends);
    let [p10, p50, p90] = summary.quantiles;
    Line {
        strategy,
        metric: definition.name,
        unit: definition.unit,
        better: better(definition.better),
        n: summary.n,
        reached: summary.reached,
        mean: summary.mean.map(|mean| mean.mean),
        mean_low95: ends.map(|ends| ends.0),
        mean_high95: ends.map(|ends| ends.1),
        p10,
        p50,
        p90,
        difference_to_base: difference.map(|difference| difference.mean),
        diff_low95: difference_ends.map(|ends| ends.0),
        diff_high95: difference_ends.map(|ends| ends.1),
        share_lower: against.map(|against| against.share_lower),
        share_higher: against.map(|against| against.share_higher),
    }
}

impl Line<'_> {
    fn fields(&self) -> Vec<String> {
        let mut fields: Vec<String> = [self.strategy, self.metric, self.unit, self.better]
            .map(String::from)
            .into();
        fields.extend([self.n.to_string(), self.reached.to_string()]);
        let numbers = [
            self.mean,
            self.mean_low95,
            self.mean_high95,
            self.p10,
            self.p50,
            self.p90,
            self.difference_to_base,
            self.diff_low95,
            self.diff_high95,
            self.share_lower,
            self.share_higher,
        ];
        fields.extend(numbers.map(field));
        fields
    }
}

/// Writes `summary.csv`.
pub(super) fn csv(path: &Path, scenario: &Scenario, results: &Results) -> Result<(), NotWritten> {
    let write = || -> csv::Result<()> {
        let mut file = csv::Writer::from_path(path)?;
        file.write_record(HEADER)?;
        for line in lines(scenario, results) {
            file.write_record(line.fields())?;
        }
        Ok(file.flush()?)
    };
    write().map_err(at(path))
}

#[derive(Serialize)]
struct ParameterEntry<'a> {
    key: &'static str,
    value: Option<f64>,
    interval90: Option<[f64; 2]>,
    distribution: &'static str,
    unit: &'static str,
    mark: &'static str,
    source: &'a str,
    meaning: &'static str,
}

fn parameter(parameter: &Parameter) -> ParameterEntry<'_> {
    let definition = parameter.setting.definition();
    let (distribution, interval90) = match parameter.draw {
        Draw::Fixed(_) => ("fixed", None),
        Draw::Normal { low, high } => ("normal", Some([low, high])),
        Draw::Lognormal { low, high } => ("lognormal", Some([low, high])),
        Draw::Uniform { low, high } => ("uniform", Some([low, high])),
    };
    ParameterEntry {
        key: definition.key,
        value: Some(parameter.draw.value(0.5)),
        interval90,
        distribution,
        unit: definition.unit,
        mark: parameter.mark.word(),
        source: &parameter.source,
        meaning: definition.meaning,
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
    metrics: Vec<Line<'a>>,
    comparisons: Vec<goals::ComparisonLine<'a>>,
    selections: Vec<goals::SelectionEntry<'a>>,
    limits: Vec<goals::LimitLine<'a>>,
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
        metrics: lines(scenario, results),
        comparisons: goals::all_comparisons(scenario, results, judgement),
        selections: goals::selections(scenario, results, judgement),
        limits: goals::all_limits(scenario, results, judgement),
        parameters: facts.parameters.iter().map(parameter).collect(),
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
