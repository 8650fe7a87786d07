//! Files of `exposure`: `exposure.csv`, `worlds.csv`, `no-return.csv`, `exposure.json`, `manifest.json` and charts.

use super::exposure::{Words, planned};
use super::exposure_charts;
use super::files::{self, NotWritten, at};
use super::manifest::{MANIFEST, SCHEMA, VERSION};
use super::tables_csv::field;
use crate::analysis::exposure::Exposure;
use crate::analysis::no_return::{Bound, NoReturn, no_return};
use crate::outcome::Quantity;
use crate::plan::course::Course;
use crate::scenario::Scenario;
use crate::scenario::exposure::trouble_word;
use crate::stats;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Where the results of the exposure of a scenario lie below `out`.
fn place(out: &Path, scenario: &Scenario) -> PathBuf {
    out.join(format!("{}-exposure", scenario.facts.name))
}

/// Writes all files below `out`, charts too if asked for; returns their directory.
///
/// # Errors
/// If anything cannot be written; earlier results are then untouched.
pub fn write_exposure(
    scenario: &Scenario,
    exposure: &Exposure,
    out: &Path,
    with_charts: bool,
) -> Result<PathBuf, NotWritten> {
    let place = place(out, scenario);
    files::check_is_ours(&place, MANIFEST)?;
    let words = Words { scenario, exposure };
    files::replace_directory(&place, |dir| {
        summary_csv(&dir.join("exposure.csv"), words)?;
        worlds_csv(&dir.join("worlds.csv"), words)?;
        hindsight_csv(&dir.join("hindsight.csv"), words)?;
        json(&dir.join("exposure.json"), &document(words))?;
        if with_charts {
            files::write_figures(&dir.join("charts"), &exposure_charts::figures(scenario, exposure))?;
        }
        json(&dir.join(MANIFEST), &manifest(words))
    })?;
    Ok(place)
}

fn json(path: &Path, value: &impl Serialize) -> Result<(), NotWritten> {
    let text = serde_json::to_string_pretty(value).map_err(at(path))?;
    std::fs::write(path, text + "\n").map_err(at(path))
}

/// Quantiles in files.
const QUANTILES: [f64; 7] = [0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95];

/// One quantity of one course, or of the difference of two, at one point.
#[derive(Serialize)]
struct Line<'a> {
    strategy: &'a str,
    point: String,
    day: Option<f64>,
    date: Option<String>,
    moved_mean: Option<f64>,
    course: String,
    quantity: &'static str,
    unit: &'static str,
    worlds: usize,
    reached: usize,
    mean: Option<f64>,
    mean_low95: Option<f64>,
    mean_high95: Option<f64>,
    p05: Option<f64>,
    p10: Option<f64>,
    p25: Option<f64>,
    p50: Option<f64>,
    p75: Option<f64>,
    p90: Option<f64>,
    p95: Option<f64>,
}

fn lines(words: Words<'_>) -> Vec<Line<'_>> {
    let question = &words.exposure.question;
    let mut lines = Vec::new();
    for strategy in 0..question.strategies.len() {
        for point in 0..question.whens.len() {
            for &course in &question.study.courses {
                for quantity in Quantity::ALL {
                    let values = words.exposure.values(strategy, point, course, quantity);
                    lines.push(line(
                        words,
                        (strategy, point),
                        course.word().into(),
                        quantity,
                        &values,
                    ));
                }
            }
            for &course in question
                .study
                .courses
                .iter()
                .filter(|&&course| course != Course::RollBack)
            {
                for quantity in Quantity::ALL {
                    let values = words.exposure.differences(strategy, point, course, quantity);
                    let values: Vec<Option<f64>> = values.into_iter().map(Some).collect();
                    let name = format!("{} - {}", Course::RollBack.word(), course.word());
                    lines.push(line(words, (strategy, point), name, quantity, &values));
                }
            }
        }
    }
    lines
}

fn line<'a>(
    words: Words<'a>,
    (strategy, point): (usize, usize),
    course: String,
    quantity: Quantity,
    values: &[Option<f64>],
) -> Line<'a> {
    let known: Vec<f64> = values.iter().flatten().copied().collect();
    let complete = !known.is_empty() && known.len() == values.len();
    let estimate = complete.then(|| stats::mean_interval(&known, 0.95));
    let ends = estimate.and_then(|estimate| estimate.interval);
    let mut sorted = known.clone();
    sorted.sort_unstable_by(f64::total_cmp);
    let [p05, p10, p25, p50, p75, p90, p95] = QUANTILES.map(|p| {
        if complete {
            Some(stats::quantile(&sorted, p))
        } else {
            stats::quantile_with_missing(values, p)
        }
    });
    let planned = planned(words, strategy, point);
    let calendar = &words.scenario.facts.calendar;
    let moved: Vec<f64> = (words.exposure.worlds(strategy, point))
        .map(|(_, branched)| f64::from(branched.moved))
        .collect();
    Line {
        strategy: words.strategy(strategy),
        point: words.point_word(point),
        day: planned.map(crate::kernel::Time::days),
        date: planned.map(|at| calendar.date(at.day()).to_string()),
        moved_mean: (!moved.is_empty()).then(|| moved.iter().sum::<f64>() / moved.len() as f64),
        course,
        quantity: quantity.word(),
        unit: quantity.unit(),
        worlds: values.len(),
        reached: known.len(),
        mean: estimate.map(|estimate| estimate.mean),
        mean_low95: ends.map(|ends| ends.low),
        mean_high95: ends.map(|ends| ends.high),
        p05,
        p10,
        p25,
        p50,
        p75,
        p90,
        p95,
    }
}

impl Line<'_> {
    fn fields(&self) -> Vec<String> {
        let mut fields = vec![
            self.strategy.to_string(),
            self.point.clone(),
            field(self.day),
            self.date.clone().unwrap_or_default(),
            field(self.moved_mean),
            self.course.clone(),
            self.quantity.into(),
            self.unit.into(),
            self.worlds.to_string(),
            self.reached.to_string(),
        ];
        let numbers = [
            self.mean,
            self.mean_low95,
            self.mean_high95,
            self.p05,
            self.p10,
            self.p25,
            self.p50,
            self.p75,
            self.p90,
            self.p95,
        ];
        fields.extend(numbers.map(field));
        fields
    }
}

const HEADER: [&str; 20] = [
    "strategy",
    "point",
    "day",
    "date",
    "moved_mean",
    "course",
    "quantity",
    "unit",
    "worlds",
    "reached",
    "mean",
    "mean_low95",
    "mean_high95",
    "p05",
    "p10",
    "p25",
    "p50",
    "p75",
    "p90",
    "p95",
];

fn summary_csv(path: &Path, words: Words<'_>) -> Result<(), NotWritten> {
    let write = || -> csv::Result<()> {
        let mut file = csv::Writer::from_path(path)?;
        file.write_record(HEADER)?;
        for line in lines(words) {
            file.write_record(line.fields())?;
        }
        Ok(file.flush()?)
    };
    write().map_err(at(path))
}

/// One line per strategy, point, world and course.
fn worlds_csv(path: &Path, words: Words<'_>) -> Result<(), NotWritten> {
    let question = &words.exposure.question;
    let write = || -> csv::Result<()> {
        let mut file = csv::Writer::from_path(path)?;
        let start = [
            "strategy",
            "point",
            "replication",
            "time_ms",
            "moved",
            "course",
            "digest",
        ];
        file.write_record(start.into_iter().chain(Quantity::ALL.map(Quantity::word)))?;
        for strategy in 0..question.strategies.len() {
            for point in 0..question.whens.len() {
                for (replication, branched) in words.exposure.worlds(strategy, point) {
                    for (course, followed) in question.study.courses.iter().zip(&branched.followed) {
                        let mut line = vec![
                            words.strategy(strategy).to_string(),
                            words.point_word(point),
                            replication.to_string(),
                            branched.at.map_or(String::new(), |at| at.0.to_string()),
                            branched.moved.to_string(),
                            course.word().into(),
                            format!("{:016x}", followed.digest),
                        ];
                        line.extend(followed.toll.0.map(field));
                        file.write_record(&line)?;
                    }
                }
            }
        }
        Ok(file.flush()?)
    };
    write().map_err(at(path))
}

/// One line per strategy and world: its hindsight point.
fn hindsight_csv(path: &Path, words: Words<'_>) -> Result<(), NotWritten> {
    let write = || -> csv::Result<()> {
        let mut file = csv::Writer::from_path(path)?;
        file.write_record(["strategy", "replication", "hindsight_point", "up_to_the_last"])?;
        for strategy in 0..words.exposure.question.strategies.len() {
            let Some(answer) = no_return(words.exposure, strategy) else {
                continue;
            };
            for &(replication, bound) in &answer.hindsight {
                let is_last = bound == Some(answer.sequence.len() - 1);
                file.write_record([
                    words.strategy(strategy),
                    &replication.to_string(),
                    &point_of(words, &answer, bound).unwrap_or_default(),
                    &is_last.to_string(),
                ])?;
            }
        }
        Ok(file.flush()?)
    };
    write().map_err(at(path))
}

/// The point of a bound as it is written on the command line; `None` for before the first.
fn point_of(words: Words<'_>, answer: &NoReturn, bound: Bound) -> Option<String> {
    bound.map(|place| words.point_word(answer.sequence[place]))
}

/// What was asked.
#[derive(Serialize)]
struct Asked {
    points: Vec<String>,
    trouble: String,
    loss_hours: Option<f64>,
    decision_hours: f64,
    ahead_days: f64,
    courses: Vec<&'static str>,
    measure: &'static str,
    budget: Option<f64>,
    quantile: Option<f64>,
    against: &'static str,
}

fn asked(words: Words<'_>) -> Asked {
    let question = &words.exposure.question;
    let study = &question.study;
    Asked {
        points: (0..question.whens.len())
            .map(|point| words.point_word(point))
            .collect(),
        trouble: trouble_word(study.trouble, &words.scenario.facts),
        loss_hours: match study.trouble {
            crate::world::Trouble::PoolLoss(_, length) => Some(length.hours()),
            _ => None,
        },
        decision_hours: study.decision.hours(),
        ahead_days: study.ahead.days(),
        courses: study.courses.iter().map(|course| course.word()).collect(),
        measure: question.measure.word(),
        budget: question.budget,
        quantile: question.quantile,
        against: question.against.word(),
    }
}

/// The price at one point of the sequence.
#[derive(Serialize)]
struct PriceEntry {
    point: String,
    worlds: usize,
    value: Option<f64>,
    low_all95: Option<f64>,
    high_all95: Option<f64>,
}

/// Points of no return of one strategy. A point that is `null` is before the first.
#[derive(Serialize)]
struct NoReturnEntry<'a> {
    strategy: &'a str,
    budget: f64,
    prices: Vec<PriceEntry>,
    planning: Option<String>,
    planning_is_last: bool,
    planning_no_earlier_than: Option<String>,
    planning_no_later_than: Option<String>,
    worlds_needed: Option<u64>,
    hindsight_worlds: usize,
    hindsight_p10: Option<String>,
    hindsight_p50: Option<String>,
    hindsight_p90: Option<String>,
    hindsight_before_the_first: f64,
    hindsight_up_to_the_last: f64,
}

fn no_return_entry(words: Words<'_>, strategy: usize) -> Option<NoReturnEntry<'_>> {
    let answer = no_return(words.exposure, strategy)?;
    let word = |bound: Bound| point_of(words, &answer, bound);
    let price = |(&point, price): (&usize, &crate::analysis::no_return::Price)| PriceEntry {
        point: words.point_word(point),
        worlds: price.n,
        value: price.value,
        low_all95: price.interval.map(|ends| ends.low),
        high_all95: price.interval.map(|ends| ends.high),
    };
    let (never, always) = answer.hindsight_ends();
    Some(NoReturnEntry {
        strategy: words.strategy(strategy),
        budget: answer.budget,
        prices: answer.sequence.iter().zip(&answer.prices).map(price).collect(),
        planning: word(answer.planning),
        planning_is_last: answer.planning == Some(answer.sequence.len() - 1),
        planning_no_earlier_than: answer.surely.and_then(word),
        planning_no_later_than: answer.possibly.and_then(word),
        worlds_needed: answer.needed,
        hindsight_worlds: answer.hindsight.len(),
        hindsight_p10: word(answer.hindsight_quantile(0.1)),
        hindsight_p50: word(answer.hindsight_quantile(0.5)),
        hindsight_p90: word(answer.hindsight_quantile(0.9)),
        hindsight_before_the_first: never,
        hindsight_up_to_the_last: always,
    })
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    version: &'static str,
    scenario: &'a str,
    title: &'a str,
    seed: u64,
    first_replication: u64,
    replications: u64,
    fix_uncertain: bool,
    input_digest: &'a str,
    result_digest: &'a str,
    asked: Asked,
    no_return: Vec<NoReturnEntry<'a>>,
    lines: Vec<Line<'a>>,
}

fn document(words: Words<'_>) -> Document<'_> {
    let Words { scenario, exposure } = words;
    Document {
        schema: SCHEMA,
        version: VERSION,
        scenario: &scenario.facts.name,
        title: &scenario.facts.title,
        seed: exposure.seed,
        first_replication: exposure.first,
        replications: exposure.replications,
        fix_uncertain: exposure.fix_uncertain,
        input_digest: &scenario.digest,
        result_digest: &exposure.digest,
        asked: asked(words),
        no_return: (0..exposure.question.strategies.len())
            .filter_map(|strategy| no_return_entry(words, strategy))
            .collect(),
        lines: lines(words),
    }
}

/// What it takes to repeat the analysis. No clock, no host, no number of threads.
#[derive(Serialize)]
struct ExposureManifest<'a> {
    schema: u32,
    program: &'static str,
    version: &'static str,
    command: &'static str,
    scenario: &'a str,
    input_digest: &'a str,
    seed: u64,
    first_replication: u64,
    replications: u64,
    fix_uncertain: bool,
    strategies: Vec<&'a str>,
    asked: Asked,
    result_digest: &'a str,
}

fn manifest(words: Words<'_>) -> ExposureManifest<'_> {
    let Words { scenario, exposure } = words;
    ExposureManifest {
        schema: SCHEMA,
        program: env!("CARGO_PKG_NAME"),
        version: VERSION,
        command: "exposure",
        scenario: &scenario.facts.name,
        input_digest: &scenario.digest,
        seed: exposure.seed,
        first_replication: exposure.first,
        replications: exposure.replications,
        fix_uncertain: exposure.fix_uncertain,
        strategies: (exposure.question.strategies.iter())
            .map(|&index| scenario.plans[index].name.as_str())
            .collect(),
        asked: asked(words),
        result_digest: &exposure.digest,
    }
}
