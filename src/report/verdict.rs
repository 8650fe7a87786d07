//! The result in plain words: which strategy is best in what, and by how much.

use super::{number, strategy_name};
use crate::analysis::comparison::Comparisons;
use crate::experiment::summary::{Summary, between};
use crate::experiment::{Interval, Results};
use crate::outcome::Metric;
use crate::scenario::Scenario;
use crate::stats;

/// What is compared, in the words of the answer.
const QUESTIONS: [(Metric, &str, &str); 4] = [
    (Metric::Broken, "Fewest broken meetings", "broken meetings"),
    (Metric::LostHours, "Fewest lost attendee-hours", "h"),
    (Metric::StrandedHours, "Fewest stranded user-hours", "h"),
    (Metric::Downgraded, "Fewest machines downgraded", "machines"),
];

/// Strategies that people choose from: all but the base, unless it is alone.
pub fn candidates(results: &Results) -> Vec<usize> {
    let all = 0..results.strategies.len();
    if results.strategies.len() == 1 {
        all.collect()
    } else {
        all.filter(|&one| one != results.base).collect()
    }
}

/// Mean of a metric that is never missing.
fn mean(results: &Results, strategy: usize, metric: Metric) -> f64 {
    Summary::new(results, strategy, metric)
        .mean
        .map_or(f64::INFINITY, |mean| mean.mean)
}

/// Those candidates that complete in half of the worlds or more, if any do: who turns back or stops half way breaks
/// less because less is done.
pub(super) fn contestants(results: &Results) -> Vec<usize> {
    let completes = |&one: &usize| Summary::new(results, one, Metric::CompletionDay).share_reached() >= 0.5;
    let all = candidates(results);
    let complete: Vec<usize> = all.iter().copied().filter(completes).collect();
    if complete.is_empty() { all } else { complete }
}

/// Are some candidates left out of the ranking because they do not complete?
pub fn some_do_not_complete(results: &Results) -> bool {
    contestants(results).len() < candidates(results).len()
}

/// Contestants, lowest mean first.
pub fn ranked(results: &Results, metric: Metric) -> Vec<usize> {
    let mut candidates = contestants(results);
    candidates.sort_by(|&a, &b| mean(results, a, metric).total_cmp(&mean(results, b, metric)));
    candidates
}

/// One sentence per question, but for those that a selection answers, and one on completion.
pub fn sentences(
    scenario: &Scenario,
    results: &Results,
    comparisons: &Comparisons,
    selected: &[Metric],
) -> Vec<String> {
    let mut sentences: Vec<String> = QUESTIONS
        .iter()
        .filter(|(metric, ..)| !selected.contains(metric))
        .map(|(metric, best, unit)| sentence(scenario, results, comparisons, (*metric, best, unit)))
        .collect();
    sentences.extend(completion(scenario, results));
    sentences
}

fn sentence(
    scenario: &Scenario,
    results: &Results,
    comparisons: &Comparisons,
    (metric, best, unit): (Metric, &str, &str),
) -> String {
    let ranked = ranked(results, metric);
    let (tied, behind) = ties(results, &ranked, metric);
    let names = |strategies: &[usize]| {
        strategies
            .iter()
            .map(|&one| strategy_name(scenario, results, one))
            .collect::<Vec<_>>()
            .join(", ")
    };
    if behind.is_empty() && ranked.len() > 1 {
        return format!("{best}: no clear difference between {}.", names(&ranked));
    }
    let against = against_base(scenario, results, comparisons, tied[0], metric, unit);
    match tied {
        [one] => format!("{best}: {}, {against}.", names(&[*one])),
        [first, others @ ..] => {
            format!(
                "{best}: {}, {against}; tied with {}.",
                names(&[*first]),
                names(others)
            )
        }
        [] => String::new(),
    }
}

/// Can the best strategy not be told apart from the next at 95 %?
pub fn is_tied(results: &Results, metric: Metric) -> bool {
    ties(results, &ranked(results, metric), metric).0.len() > 1
}

/// The best strategies that cannot be told apart from the first at 95 %, and the others.
fn ties<'a>(results: &Results, ranked: &'a [usize], metric: Metric) -> (&'a [usize], &'a [usize]) {
    let clear = |&other: &usize| {
        between(results, other, ranked[0], metric)
            .difference
            .is_some_and(|d| d.is_clear())
    };
    let end = 1 + ranked[1..].iter().position(clear).unwrap_or(ranked.len() - 1);
    ranked.split_at(end)
}

/// `310 ± 12 more than stay`, with the interval of the comparison: that of an objective holds together with the others'.
pub fn against_base(
    scenario: &Scenario,
    results: &Results,
    comparisons: &Comparisons,
    strategy: usize,
    metric: Metric,
    unit: &str,
) -> String {
    let summary = Summary::new(results, strategy, metric);
    let base = strategy_name(scenario, results, results.base);
    let compared = comparisons.of(strategy, metric);
    match compared.map(|compared| Interval::from(compared.answer.difference.estimate)) {
        Some(difference) if difference.mean == 0.0 && !difference.is_clear() => format!("as many as {base}"),
        Some(difference) => {
            let size = number::with_half_width(difference.mean.abs(), difference.half_width());
            let more = if difference.mean < 0.0 { "fewer" } else { "more" };
            let doubt = if difference.is_clear() || difference.ends.is_none() {
                ""
            } else {
                " (no clear difference)"
            };
            format!("{size} {more} than {base}{doubt}")
        }
        None => {
            let own = summary.mean.map_or("?".into(), |mean| {
                number::with_half_width(mean.mean, mean.half_width())
            });
            format!("{own} {unit}")
        }
    }
}

/// Who is done earliest.
fn completion(scenario: &Scenario, results: &Results) -> Option<String> {
    let done = candidates(results)
        .into_iter()
        .filter_map(|one| {
            let days = results.values(one, Metric::CompletionDay);
            let share = days.iter().flatten().count() as f64 / days.len() as f64;
            Some((one, stats::quantile_with_missing(&days, 0.5)?, share))
        })
        .min_by(|a, b| a.1.total_cmp(&b.1));
    let calendar = &scenario.facts.calendar;
    Some(match done {
        Some((one, day, share)) => format!(
            "Earliest completion: {}, by {} in half of the worlds; by the horizon in {}.",
            strategy_name(scenario, results, one),
            super::dates::long(calendar.date(libm::floor(day) as i64)),
            number::percent(share)
        ),
        None => "No strategy completes by the horizon in half of the worlds.".into(),
    })
}
