//! Tables of `exposure`: `exposure`, `no-return`, `hindsight` and `worlds`.

use super::{Words, charts, planned};
use crate::analysis::exposure::Exposure;
use crate::analysis::no_return::{Bound, LEVEL, NoReturn, no_return};
use crate::kernel::Time;
use crate::outcome::Quantity;
use crate::plan::course::Course;
use crate::report::Extras;
use crate::report::analysis::{self, AnalysisManifest};
use crate::report::records::{Cell, Records};
use crate::scenario::Scenario;
use crate::scenario::exposure::trouble_word;
use crate::stats;
use crate::store::kind::EXPOSURE;
use crate::store::{Claim, NotWritten, Written};
use crate::world::Trouble;
use serde_json::json;

/// Writes all files of a claimed folder.
///
/// # Errors
/// If anything cannot be written; earlier results are then untouched.
pub fn write(
    scenario: &Scenario,
    exposure: &Exposure,
    claim: Claim,
    extras: Extras,
) -> Result<Written, NotWritten> {
    let words = Words { scenario, exposure };
    let figures = if extras.charts {
        charts::figures(scenario, exposure)
    } else {
        Vec::new()
    };
    analysis::write(claim, manifest(words), &tables(words), &figures, extras.excel)
}

/// The result digest of the manifest.
pub(super) fn digest(words: Words<'_>) -> String {
    analysis::digest(&tables(words))
}

/// All tables in the order of their description.
fn tables(words: Words<'_>) -> [(&'static str, Records); 5] {
    [
        ("exposure", summary(words)),
        ("prices", prices(words)),
        ("no-return", points_of_no_return(words)),
        ("hindsight", hindsight(words)),
        ("worlds", worlds(words)),
    ]
}

fn manifest(words: Words<'_>) -> AnalysisManifest {
    let Words { scenario, exposure } = words;
    let question = &exposure.question;
    let study = &question.study;
    let mut manifest = AnalysisManifest::new(&EXPOSURE, scenario, exposure.seed, exposure.replications);
    manifest.first_replication = exposure.first;
    manifest.fix_uncertain = exposure.fix_uncertain;
    let strategies = 0..question.strategies.len();
    manifest.strategies = strategies
        .map(|strategy| words.strategy(strategy).into())
        .collect();
    manifest.metrics = vec![question.measure.word().into()];
    let points: Vec<String> = (0..question.whens.len())
        .map(|point| words.point_word(point))
        .collect();
    let courses: Vec<&str> = study.courses.iter().map(|course| course.word()).collect();
    let loss_hours = match study.trouble {
        Trouble::PoolLoss(_, length) => Some(length.hours()),
        _ => None,
    };
    manifest.settings = json!({
        "points": points,
        "trouble": trouble_word(study.trouble, &scenario.facts),
        "loss_hours": loss_hours,
        "decision_hours": study.decision.hours(),
        "ahead_days": study.ahead.days(),
        "courses": courses,
        "budget": question.budget,
        "quantile": question.quantile,
        "against": question.against.word(),
    });
    manifest
}

/// Quantiles in files.
const QUANTILES: [f64; 7] = [0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95];

/// One row per strategy, point, course (or difference of two) and quantity.
fn summary(words: Words<'_>) -> Records {
    let mut records = Records::new(&[
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
    ]);
    let question = &words.exposure.question;
    for strategy in 0..question.strategies.len() {
        for point in 0..question.whens.len() {
            let place = (strategy, point);
            for &course in &question.study.courses {
                for quantity in Quantity::ALL {
                    let values = words.exposure.values(strategy, point, course, quantity);
                    records.push(row(words, place, course.word(), quantity, &values));
                }
            }
            let others = question.study.courses.iter();
            for &course in others.filter(|&&course| course != Course::RollBack) {
                let name = format!("{} - {}", Course::RollBack.word(), course.word());
                for quantity in Quantity::ALL {
                    let values = words.exposure.differences(strategy, point, course, quantity);
                    let values: Vec<Option<f64>> = values.into_iter().map(Some).collect();
                    records.push(row(words, place, &name, quantity, &values));
                }
            }
        }
    }
    records
}

fn row(
    words: Words<'_>,
    (strategy, point): (usize, usize),
    course: &str,
    quantity: Quantity,
    values: &[Option<f64>],
) -> Vec<Cell> {
    let known: Vec<f64> = values.iter().flatten().copied().collect();
    let complete = !known.is_empty() && known.len() == values.len();
    let estimate = complete.then(|| stats::mean_interval(&known, 0.95));
    let ends = estimate.and_then(|estimate| estimate.interval);
    let mut sorted = known.clone();
    sorted.sort_unstable_by(f64::total_cmp);
    let quantiles = QUANTILES.map(|p| {
        if !stats::carries_quantile(values.len() as u64, p, LEVEL) {
            None
        } else if complete {
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
    let date = planned.map(|at| calendar.date(at.day()).to_string());
    let mut row = vec![
        words.strategy(strategy).into(),
        words.point_word(point).into(),
        Cell::Number(planned.map(Time::days)),
        date.unwrap_or_default().into(),
        Cell::Number((!moved.is_empty()).then(|| moved.iter().sum::<f64>() / moved.len() as f64)),
        course.into(),
        quantity.word().into(),
        quantity.unit().into(),
        Cell::Count(values.len() as u64),
        Cell::Count(known.len() as u64),
        Cell::Number(estimate.map(|estimate| estimate.mean)),
        Cell::Number(ends.map(|ends| ends.low)),
        Cell::Number(ends.map(|ends| ends.high)),
    ];
    row.extend(quantiles.map(Cell::Number));
    row
}

/// One row per strategy, point, world and course.
fn worlds(words: Words<'_>) -> Records {
    let mut columns = vec![
        "strategy",
        "point",
        "replication",
        "time_ms",
        "moved",
        "course",
        "digest",
    ];
    columns.extend(Quantity::ALL.map(Quantity::word));
    let mut records = Records::new(&columns);
    let question = &words.exposure.question;
    for strategy in 0..question.strategies.len() {
        for point in 0..question.whens.len() {
            for (replication, branched) in words.exposure.worlds(strategy, point) {
                for (course, followed) in question.study.courses.iter().zip(&branched.followed) {
                    let time = branched.at.map_or(String::new(), |at| at.0.to_string());
                    let mut row = vec![
                        words.strategy(strategy).into(),
                        words.point_word(point).into(),
                        Cell::Count(replication),
                        time.into(),
                        Cell::Count(branched.moved.into()),
                        course.word().into(),
                        format!("{:016x}", followed.digest).into(),
                    ];
                    row.extend(followed.toll.0.map(Cell::Number));
                    records.push(row);
                }
            }
        }
    }
    records
}

/// The points of no return of every strategy, if there is a budget.
fn answers(words: Words<'_>) -> Vec<(&str, NoReturn)> {
    let strategies = 0..words.exposure.question.strategies.len();
    strategies
        .filter_map(|strategy| Some((words.strategy(strategy), no_return(words.exposure, strategy)?)))
        .collect()
}

/// A bound as a point of the command line; empty for before the first.
fn point_of(words: Words<'_>, answer: &NoReturn, bound: Bound) -> Cell {
    let point = bound.map(|place| words.point_word(answer.sequence[place]));
    point.unwrap_or_default().into()
}

fn is_last(answer: &NoReturn, bound: Bound) -> Cell {
    Cell::Truth(bound == Some(answer.sequence.len() - 1))
}

/// The price at every point of the sequence, one row per strategy and point.
fn prices(words: Words<'_>) -> Records {
    let columns = [
        "strategy",
        "point",
        "worlds",
        "price",
        "low_all95",
        "high_all95",
        "within",
    ];
    let mut records = Records::new(&columns);
    for (strategy, answer) in answers(words) {
        for (&point, price) in answer.sequence.iter().zip(&answer.prices) {
            records.push(vec![
                strategy.into(),
                words.point_word(point).into(),
                Cell::Count(price.n as u64),
                Cell::Number(price.value),
                Cell::Number(price.interval.map(|ends| ends.low)),
                Cell::Number(price.interval.map(|ends| ends.high)),
                Cell::Truth(price.value.is_some_and(|value| value <= answer.budget)),
            ]);
        }
    }
    records
}

/// One row per strategy.
fn points_of_no_return(words: Words<'_>) -> Records {
    let mut records = Records::new(&[
        "strategy",
        "budget",
        "planning",
        "planning_is_last",
        "planning_no_earlier_than",
        "planning_no_later_than",
        "is_bounded",
        "worlds_needed",
        "hindsight_worlds",
        "hindsight_p10",
        "hindsight_p50",
        "hindsight_p90",
        "hindsight_before_the_first",
        "hindsight_up_to_the_last",
    ]);
    for (strategy, answer) in answers(words) {
        let point = |bound: Bound| point_of(words, &answer, bound);
        let (never, always) = answer.hindsight_ends();
        records.push(vec![
            strategy.into(),
            Cell::Number(Some(answer.budget)),
            point(answer.planning),
            is_last(&answer, answer.planning),
            point(answer.surely.flatten()),
            point(answer.possibly.flatten()),
            Cell::Truth(answer.surely.is_some() && answer.possibly.is_some()),
            Cell::Number(answer.needed.map(|needed| needed as f64)),
            Cell::Count(answer.hindsight.len() as u64),
            point(answer.hindsight_quantile(0.1)),
            point(answer.hindsight_quantile(0.5)),
            point(answer.hindsight_quantile(0.9)),
            Cell::Number(Some(never)),
            Cell::Number(Some(always)),
        ]);
    }
    records
}

/// One row per strategy and world that can turn back at the first point.
fn hindsight(words: Words<'_>) -> Records {
    let columns = ["strategy", "replication", "hindsight_point", "up_to_the_last"];
    let mut records = Records::new(&columns);
    for (strategy, answer) in answers(words) {
        for &(replication, bound) in &answer.hindsight {
            records.push(vec![
                strategy.into(),
                Cell::Count(replication),
                point_of(words, &answer, bound),
                is_last(&answer, bound),
            ]);
        }
    }
    records
}
