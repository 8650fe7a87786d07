//! The race: candidates in the same worlds, round after round, hopeless ones dropped.
//!
//! Rounds end after 50, 100, 200, ... worlds. After each, a candidate is dropped if it surely breaks a limit (the upper end
//! of Clopper and Pearson's interval is below the probability wanted), or if another one surely beats it: on every metric
//! the paired interval shows the other no worse, and on one better. Only such a candidate may beat another under limits
//! that holds each limit in every world so far in which the other does. Whoever is dropped never returns.
//!
//! O. Maron and A. W. Moore, "The racing algorithm: model selection for lazy learners", Artificial Intelligence Review 11
//! (1997) 193-225. The levels are Bonferroni's: 2.5 % for all differences (pairs, metrics, rounds) and 2.5 % for all limits
//! (candidates, limits, rounds), so that under the usual assumption of Student's interval no decision of the whole race
//! is wrong with 95 %.

use super::{Candidate, Fate, Question, Series, dominates, series, sign};
use crate::analysis::ranks::level;
use crate::analysis::replay::Options;
use crate::experiment::Stopped;
use crate::outcome::goal::Limit;
use crate::plan::Plan;
use crate::scenario::Scenario;
use crate::stats::exact_proportion_interval;

/// Worlds of the first round. Two candidates that did the same in all of them count as equal: what tells them apart happens
/// in fewer than 6 % of the worlds (with 95 %), or never.
const FIRST: u64 = 50;

/// Ends of the rounds.
pub(super) fn rounds(worlds: u64) -> Vec<u64> {
    let mut ends: Vec<u64> = std::iter::successors(Some(FIRST), |end| Some(end * 2))
        .take_while(|&end| end < worlds)
        .collect();
    ends.push(worlds);
    ends
}

/// Levels of the decisions.
struct Levels {
    differences: f64,
    limits: f64,
}

/// Runs the race, notes every fate, and returns the ends of the rounds.
pub(super) fn run(
    scenario: &Scenario,
    question: &Question,
    candidates: &mut [Candidate],
    plans: &[Option<Plan>],
    options: Options<'_>,
    progress: &(dyn Fn() + Sync),
) -> Result<Vec<u64>, Stopped> {
    let limits = &scenario.goals.limits;
    let ends = rounds(question.worlds.into());
    let mut alive: Vec<usize> = (0..plans.len()).filter(|&one| plans[one].is_some()).collect();
    let (count, metrics) = (alive.len(), question.metrics.len());
    let levels = Levels {
        differences: level(count * (count - 1) * metrics * ends.len()),
        limits: level(2 * count * limits.len() * ends.len()),
    };
    let mut all: Vec<Series> = vec![Series::default(); plans.len()];
    let mut first = 0;
    for (round, &end) in (1..).zip(&ends) {
        let own: Vec<&Plan> = alive.iter().filter_map(|&one| plans[one].as_ref()).collect();
        let more = series(scenario, &question.metrics, own, first..end, options, progress)?;
        for (&one, more) in alive.iter().zip(more) {
            all[one].append(more);
        }
        first = end;
        for &one in &alive {
            if let Some(fate) = broken(&all[one], limits, round, levels.limits) {
                candidates[one].fate = fate;
            }
        }
        alive.retain(|&one| candidates[one].fate == Fate::Spare);
        for (one, by) in beaten(&alive, &all, levels.differences) {
            candidates[one].fate = Fate::Beaten { round, by };
        }
        alive.retain(|&one| candidates[one].fate == Fate::Spare);
    }
    for (candidate, series) in candidates.iter_mut().zip(&all) {
        candidate.worlds = series.worlds() as u64;
        let signs = question.metrics.iter().map(|&metric| sign(metric));
        candidate.means = series
            .means()
            .iter()
            .zip(signs)
            .map(|(mean, sign)| mean * sign)
            .collect();
    }
    for one in finalists(alive, &all, limits, question.finalists as usize) {
        candidates[one].fate = Fate::Finalist;
    }
    Ok(ends)
}

/// The first limit that it surely breaks.
fn broken(series: &Series, limits: &[Limit], round: usize, level: f64) -> Option<Fate> {
    (0..limits.len()).find_map(|limit| {
        let worlds = &series.holds[limit];
        let held = worlds.iter().filter(|&&holds| holds).count() as u64;
        let high = exact_proportion_interval(held, worlds.len() as u64, level).high;
        (high < limits[limit].probability).then_some(Fate::BreaksLimit { round, limit, held })
    })
}

/// Who is surely beaten, and by whom: if possible by somebody who is not beaten. Means decide who can beat whom, so
/// nobody beats another in a circle and somebody is always left.
fn beaten(alive: &[usize], all: &[Series], level: f64) -> Vec<(usize, usize)> {
    let holds_where = |by: usize, one: usize| {
        let mut limits = all[by].holds.iter().zip(&all[one].holds);
        limits.all(|(by, one)| by.iter().zip(one).all(|(by, one)| *by || !one))
    };
    let better = |one: usize| -> Vec<usize> {
        let others = alive.iter().copied();
        others
            .filter(|&by| by != one && holds_where(by, one) && all[by].surely_beats(&all[one], level))
            .collect()
    };
    let by: Vec<(usize, Vec<usize>)> = alive.iter().map(|&one| (one, better(one))).collect();
    let is_beaten = |one: usize| by.iter().any(|(other, by)| *other == one && !by.is_empty());
    let choose = |by: &[usize]| {
        by.iter()
            .copied()
            .find(|&by| !is_beaten(by))
            .or(by.first().copied())
    };
    by.iter()
        .filter_map(|(one, by)| choose(by).map(|by| (*one, by)))
        .collect()
}

/// The finalists among those left: first those who hold every limit often enough in the worlds so far, then by how many
/// of the others have better means on all metrics, then by number.
fn finalists(alive: Vec<usize>, all: &[Series], limits: &[Limit], most: usize) -> Vec<usize> {
    let means: Vec<Vec<f64>> = all.iter().map(Series::means).collect();
    let misses = |one: usize| {
        limits.iter().zip(&all[one].holds).any(|(limit, worlds)| {
            let held = worlds.iter().filter(|&&holds| holds).count();
            (held as f64) < limit.probability * worlds.len() as f64
        })
    };
    let behind = |one: usize| {
        alive
            .iter()
            .filter(|&&by| misses(by) <= misses(one) && dominates(&means[by], &means[one]))
            .count()
    };
    let mut order: Vec<(bool, usize, usize)> =
        alive.iter().map(|&one| (misses(one), behind(one), one)).collect();
    order.sort_unstable();
    order
        .into_iter()
        .take(most.max(1))
        .map(|(_, _, one)| one)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_double_and_end_with_the_last_world() {
        assert_eq!(rounds(300), [50, 100, 200, 300]);
        assert_eq!(rounds(50), [50]);
        assert_eq!(rounds(5), [5]);
    }

    #[test]
    fn who_keeps_fewer_limits_beats_nobody() {
        let series = |value: f64, holds: bool| Series {
            values: vec![vec![value; 20], vec![1.0; 20]],
            holds: vec![vec![holds; 20]],
        };
        assert_eq!(
            beaten(&[0, 1], &[series(2.0, true), series(1.0, true)], 0.99),
            [(0, 1)]
        );
        assert!(beaten(&[0, 1], &[series(2.0, true), series(1.0, false)], 0.99).is_empty());
    }
}
