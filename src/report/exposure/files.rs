//! Tables of `exposure`: `exposure`, `no-return`, `hindsight` and `worlds`.

use super::{Words, charts, planned};
use crate::analysis::exposure::Exposure;
use crate::analysis::no_return::{
    Bound, Branches, DAYS_QUANTILE, Kind, LEVEL, Last, NoReturn, days_to_go_back, no_return,
};
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
    analysis::write(scenario, claim, manifest(words), &tables(words), &figures, extras)
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
        .clone()
        .map(|strategy| words.strategy(strategy).into())
        .collect();
    manifest.metrics = vec![question.measure.word().into()];
    let points: Vec<Vec<String>> = strategies
        .map(|strategy| {
            let points = 0..words.points(strategy);
            points.map(|point| words.point_word(strategy, point)).collect()
        })
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
        "window_days": question.window_days,
        "no_return_share": question.stuck.share,
        "no_return_worlds": question.stuck.worlds,
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
        for point in 0..words.points(strategy) {
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
            let name = format!("{} - {}", Course::Hold.word(), question.against.word());
            for quantity in Quantity::ALL {
                let parts = words.exposure.parts(strategy, point, question.against, quantity);
                let values: Vec<Option<f64>> =
                    parts.into_iter().map(|[_, meanwhile]| Some(meanwhile)).collect();
                records.push(row(words, place, &name, quantity, &values));
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
        words.point_word(strategy, point).into(),
        Cell::Number(planned.map(Time::days)),
        date.unwrap_or_default().into(),
        Cell::Number((!moved.is_empty()).then(|| moved.iter().sum::<f64>() / moved.len() as f64)),
        course.into(),
        quantity.word().into(),
        words.scenario.unit(quantity.unit()).into(),
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
        for point in 0..words.points(strategy) {
            for (replication, branched) in words.exposure.worlds(strategy, point) {
                for (course, followed) in question.study.courses.iter().zip(&branched.followed) {
                    let time = branched.at.map_or(String::new(), |at| at.0.to_string());
                    let mut row = vec![
                        words.strategy(strategy).into(),
                        words.point_word(strategy, point).into(),
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

/// The points of no return of every strategy.
fn answers(words: Words<'_>) -> Vec<(usize, NoReturn)> {
    let strategies = 0..words.exposure.question.strategies.len();
    strategies
        .map(|strategy| (strategy, no_return(words.exposure, strategy)))
        .collect()
}

/// A bound as a point of the command line; empty for before the first.
fn point_of(words: Words<'_>, strategy: usize, branches: &Branches, bound: Bound) -> Cell {
    let point = bound.map(|place| words.point_word(strategy, branches.sequence[place]));
    point.unwrap_or_default().into()
}

fn is_last(branches: &Branches, bound: Bound) -> Cell {
    Cell::Truth(bound == Some(branches.sequence.len() - 1))
}

/// The price, its parts and the time at every point, one row per strategy and point.
fn prices(words: Words<'_>) -> Records {
    let columns = [
        "strategy",
        "point",
        "worlds",
        "price",
        "low_all95",
        "high_all95",
        "within",
        "itself_mean",
        "meanwhile_mean",
        "no_way_back_worlds",
        "no_way_back_most",
        "days_p90",
        "days_within",
    ];
    let mut records = Records::new(&columns);
    for (strategy, answer) in answers(words) {
        for point in 0..words.points(strategy) {
            let n = words.exposure.worlds(strategy, point).count();
            if n == 0 {
                continue;
            }
            let measured = |branches: &Option<Branches>| {
                let branches = branches.as_ref()?;
                let place = branches.sequence.iter().position(|&own| own == point)?;
                let measured = branches.measured[place];
                Some((
                    measured,
                    measured.value.is_some_and(|value| value <= branches.limit),
                ))
            };
            let (price, time) = (measured(&answer.price), measured(&answer.time));
            let ends = price.and_then(|(price, _)| price.interval);
            let [itself, meanwhile] = super::parts(words, strategy, point);
            let (stuck_in, most) = words.exposure.left_behind(strategy, point);
            let mut days = days_to_go_back(words.exposure, strategy, point);
            days.sort_unstable_by(f64::total_cmp);
            let carried = stats::carries_quantile(days.len() as u64, DAYS_QUANTILE, LEVEL);
            let days = carried.then(|| stats::quantile(&days, DAYS_QUANTILE));
            let answer = |within: Option<bool>| within.map_or(Cell::from(""), Cell::Truth);
            records.push(vec![
                words.strategy(strategy).into(),
                words.point_word(strategy, point).into(),
                Cell::Count(n as u64),
                Cell::Number(price.and_then(|(price, _)| price.value)),
                Cell::Number(ends.map(|ends| ends.low)),
                Cell::Number(ends.map(|ends| ends.high)),
                answer(price.map(|(_, within)| within)),
                Cell::Number(Some(itself)),
                Cell::Number(Some(meanwhile)),
                Cell::Count(stuck_in),
                Cell::Number(Some(most)),
                Cell::Number(days.filter(|days| days.is_finite())),
                answer(time.map(|(_, within)| within)),
            ]);
        }
    }
    records
}

/// Three rows per strategy, one for each point of no return, whether it is asked for or not.
fn points_of_no_return(words: Words<'_>) -> Records {
    let mut records = Records::new(&[
        "strategy",
        "kind",
        "binds",
        "limit",
        "answer",
        "from_day",
        "from_date",
        "to_day",
        "to_date",
        "surely",
        "possibly",
        "worlds_needed",
        "worlds",
        "stuck_worlds",
        "stuck_low95",
        "stuck_high95",
        "ever_stuck_worlds",
        "ever_stuck_most",
    ]);
    for (strategy, answer) in answers(words) {
        let binding = answer.binding().map(|(kind, _)| kind);
        for kind in Kind::ALL {
            let branches = match kind {
                Kind::Technical => None,
                Kind::Price => answer.price.as_ref(),
                Kind::Time => answer.time.as_ref(),
            };
            let technical = (kind == Kind::Technical).then_some(answer.technical);
            let limit = match kind {
                Kind::Technical => Some(words.exposure.question.stuck.share),
                _ => branches.map(|branches| branches.limit),
            };
            let (word, from, to) = match answer.last(kind) {
                None => ("not asked", None, None),
                Some(Last::Before(day)) => ("before", None, Some(day)),
                Some(Last::Day(day)) => ("day", Some(day), Some(day + 1)),
                Some(Last::Between(from, to)) => ("between", Some(from), Some(to)),
                Some(Last::NotBefore(day)) => ("not before", Some(day), None),
            };
            let date = |day: Option<u32>| {
                let calendar = &words.scenario.facts.calendar;
                let date = day.map(|day| calendar.date(day.into()).to_string());
                Cell::from(date.unwrap_or_default())
            };
            let count = |count: Option<u64>| count.map_or(Cell::Number(None), Cell::Count);
            let bound = |bound: fn(&Branches) -> Option<Bound>| match branches {
                Some(branches) => {
                    let bound = bound(branches).flatten();
                    point_of(words, strategy, branches, bound)
                }
                None => "".into(),
            };
            records.push(vec![
                words.strategy(strategy).into(),
                kind.word().into(),
                Cell::Truth(binding == Some(kind)),
                Cell::Number(limit),
                word.into(),
                count(from.map(u64::from)),
                date(from),
                count(to.map(u64::from)),
                date(to),
                bound(|branches| branches.surely),
                bound(|branches| branches.possibly),
                count(branches.and_then(|branches| branches.needed)),
                count(technical.map(|technical| technical.worlds)),
                count(technical.map(|technical| technical.count)),
                Cell::Number(technical.map(|technical| technical.interval.low)),
                Cell::Number(technical.map(|technical| technical.interval.high)),
                count(technical.map(|technical| technical.ever)),
                count(technical.map(|technical| technical.most.into())),
            ]);
        }
    }
    records
}

/// One row per strategy and world that can turn back at the first point.
fn hindsight(words: Words<'_>) -> Records {
    let columns = ["strategy", "replication", "hindsight_point", "up_to_the_last"];
    let mut records = Records::new(&columns);
    for (strategy, answer) in answers(words) {
        let Some(branches) = &answer.price else { continue };
        for &(replication, bound) in &answer.hindsight {
            records.push(vec![
                words.strategy(strategy).into(),
                Cell::Count(replication),
                point_of(words, strategy, branches, bound),
                is_last(branches, bound),
            ]);
        }
    }
    records
}
