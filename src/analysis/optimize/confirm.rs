//! The finalists in worlds that no candidate has seen.

use super::{Candidate, Fate, Question, RESERVED, Series, dominates, series, sign};
use crate::analysis::limits::Held;
use crate::analysis::ranks::{difference, level};
use crate::analysis::replay::Options;
use crate::experiment::{Interval, Stopped};
use crate::plan::Plan;
use crate::scenario::Scenario;
use crate::stats;

/// Where a finalist stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// On the front, surely: against every other one it is clearly better on some metric, or equal in all worlds.
    Surely,
    /// On the front by its means.
    Apparently,
    /// Another has no worse means and one better.
    Behind {
        /// Which candidate.
        by: usize,
        /// Do the intervals say so too?
        surely: bool,
    },
    /// A limit does not hold as often as wanted.
    BreaksLimit {
        /// Is the whole interval below?
        surely: bool,
    },
    /// Dropped in the search, shown for comparison only: the plan as written.
    Reference,
}

impl Standing {
    /// Is it on the front?
    pub fn is_front(self) -> bool {
        matches!(self, Standing::Surely | Standing::Apparently)
    }
}

/// A candidate in the worlds of the confirmation. All intervals of one kind hold together with 95 % over all finalists.
#[derive(Clone, PartialEq, Debug)]
pub struct Finalist {
    /// Which candidate.
    pub candidate: usize,
    /// Where it stands.
    pub standing: Standing,
    /// Mean of each metric.
    pub means: Vec<Interval>,
    /// Paired differences to the plan as written; `None` for itself.
    pub against: Option<Vec<Interval>>,
    /// By metric: was its mean in the search better than its whole interval here?
    pub flattered: Vec<bool>,
    /// How often each limit holds.
    pub limits: Vec<Held>,
}

/// Replays the finalists and the plan as written from [`RESERVED`] on.
pub(super) fn run(
    scenario: &Scenario,
    question: &Question,
    candidates: &[Candidate],
    plans: &[Option<Plan>],
    options: Options<'_>,
    progress: &(dyn Fn() + Sync),
) -> Result<Vec<Finalist>, Stopped> {
    let chosen: Vec<usize> = (0..candidates.len())
        .filter(|&one| one == 0 || candidates[one].fate == Fate::Finalist)
        .collect();
    let own: Vec<&Plan> = chosen.iter().filter_map(|&one| plans[one].as_ref()).collect();
    let worlds = RESERVED..RESERVED + u64::from(question.confirm);
    let all = series(scenario, &question.metrics, own, worlds, options, progress)?;
    let (count, metrics) = (chosen.len(), question.metrics.len());
    let limits = &scenario.goals.limits;
    let held = |series: &Series| -> Vec<Held> {
        let level = level(count * limits.len());
        let each = series.holds.iter().zip(limits);
        each.map(|(worlds, limit)| Held::new(worlds, limit.probability, level))
            .collect()
    };
    let mut finalists: Vec<Finalist> = (chosen.iter().zip(&all))
        .map(|(&candidate, series)| {
            let means = means(question, series, level(count * metrics));
            let searched = &candidates[candidate].means;
            Finalist {
                candidate,
                standing: Standing::Reference,
                against: (candidate != 0)
                    .then(|| differences(question, series, &all[0], level((count - 1) * metrics))),
                flattered: flattered(question, &means, searched),
                means,
                limits: held(series),
            }
        })
        .collect();
    stand(
        &mut finalists,
        candidates,
        &all,
        level(count * (count - 1) / 2 * metrics),
    );
    Ok(finalists)
}

/// Turns what is better when less into the unit of the metric.
fn oriented(interval: Interval, sign: f64) -> Interval {
    let turn = |(low, high): (f64, f64)| if sign < 0.0 { (-high, -low) } else { (low, high) };
    Interval {
        mean: interval.mean * sign,
        ends: interval.ends.map(turn),
    }
}

fn means(question: &Question, series: &Series, level: f64) -> Vec<Interval> {
    let each = question.metrics.iter().zip(&series.values);
    each.map(|(&metric, values)| oriented(stats::mean_interval(values, level).into(), sign(metric)))
        .collect()
}

fn differences(question: &Question, own: &Series, other: &Series, level: f64) -> Vec<Interval> {
    let each = question.metrics.iter().zip(own.values.iter().zip(&other.values));
    each.map(|(&metric, (own, other))| oriented(difference(own, other, level), sign(metric)))
        .collect()
}

fn flattered(question: &Question, means: &[Interval], searched: &[f64]) -> Vec<bool> {
    let each = question.metrics.iter().zip(means.iter().zip(searched));
    each.map(|(&metric, (confirmed, &searched))| {
        confirmed.ends.is_some_and(|(low, high)| {
            if sign(metric) < 0.0 {
                searched > high
            } else {
                searched < low
            }
        })
    })
    .collect()
}

/// Says where each one stands.
fn stand(finalists: &mut [Finalist], candidates: &[Candidate], all: &[Series], level: f64) {
    let too_seldom = |finalist: &Finalist| finalist.limits.iter().any(|held| !held.is_met());
    let is_in = |finalist: &Finalist| candidates[finalist.candidate].fate == Fate::Finalist;
    let holding: Vec<usize> = (0..finalists.len())
        .filter(|&one| is_in(&finalists[one]) && !too_seldom(&finalists[one]))
        .collect();
    for one in 0..finalists.len() {
        let own = all[one].means();
        finalists[one].standing = if !is_in(&finalists[one]) {
            Standing::Reference
        } else if !holding.contains(&one) {
            let surely = (finalists[one].limits.iter()).any(|held| held.interval.high < held.wanted);
            Standing::BreaksLimit { surely }
        } else if let Some(by) = ahead(one, &holding, all, level) {
            let by = finalists[by].candidate;
            Standing::Behind { by, surely: true }
        } else if let Some(&by) = holding.iter().find(|&&by| dominates(&all[by].means(), &own)) {
            let by = finalists[by].candidate;
            Standing::Behind { by, surely: false }
        } else if holding
            .iter()
            .all(|&other| stands_up(&all[one], &all[other], level))
        {
            Standing::Surely
        } else {
            Standing::Apparently
        };
    }
}

/// Who surely beats it.
fn ahead(one: usize, holding: &[usize], all: &[Series], level: f64) -> Option<usize> {
    let beats = |by: &usize| all[*by].surely_beats(&all[one], level);
    holding.iter().copied().find(beats)
}

/// Is it clearly better than the other on some metric, or equal to it in every world?
fn stands_up(own: &Series, other: &Series, level: f64) -> bool {
    let pairs = || own.values.iter().zip(&other.values);
    pairs().all(|(own, other)| own == other)
        || pairs().any(|(own, other)| {
            difference(own, other, level)
                .ends
                .is_some_and(|ends| ends.1 < 0.0)
        })
}
