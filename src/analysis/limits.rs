//! How often the limits of a scenario hold.

use crate::experiment::Results;
use crate::outcome::Metric;
use crate::outcome::goal::Limit;
use crate::stats::{self, Interval, exact_proportion_interval};

/// How a strategy stands to a limit, the worse the later.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Standing {
    /// It holds as often as wanted: the lower end of the interval is at or above the probability wanted.
    Kept,
    /// The whole interval lies near the probability wanted, so that no number of worlds makes much of the difference.
    AtLimit,
    /// None of the others: more worlds are needed.
    Undecided,
    /// It does not hold often enough: the upper end of the interval is below the probability wanted.
    Broken,
}

/// An interval is near the probability wanted if it lies within so much of it.
const NEAR: f64 = 0.05;

impl Standing {
    /// Of an interval, against the probability wanted. Above it, at most half of the room up to 1 is near: what holds in all
    /// worlds is kept.
    pub fn of(interval: Interval, wanted: f64) -> Standing {
        let above = NEAR.min((1.0 - wanted) / 2.0);
        if wanted >= 1.0 && interval.high < 1.0 {
            // One world in which it does not hold is enough.
            return Standing::Broken;
        }
        if interval.low >= wanted - NEAR && interval.high <= wanted + above {
            Standing::AtLimit
        } else if interval.low >= wanted {
            Standing::Kept
        } else if interval.high < wanted {
            Standing::Broken
        } else {
            Standing::Undecided
        }
    }

    /// Name in files.
    pub fn word(self) -> &'static str {
        match self {
            Standing::Kept => "kept",
            Standing::AtLimit => "at the limit",
            Standing::Undecided => "undecided",
            Standing::Broken => "broken",
        }
    }
}

/// How often something holds for a strategy.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Held {
    /// Worlds in which it does.
    pub count: u64,
    /// Of so many.
    pub n: u64,
    /// Clopper and Pearson's interval of the probability.
    pub interval: Interval,
    /// The probability wanted.
    pub wanted: f64,
    /// Against the probability wanted.
    pub standing: Standing,
    /// What would have held in the wanted share of the worlds: the smallest bound, in the unit of the metric, or as a share. `None`
    /// if no bound would, because the value is missing too often; and for all limits together.
    pub would_hold: Option<f64>,
    /// Of a limit on the share of meetings that break: the share of the worst week, of which the same is true.
    pub worst_week: Option<f64>,
}

impl Held {
    /// How often it holds in these worlds, with an interval of this level.
    pub(super) fn new(worlds: &[bool], wanted: f64, level: f64) -> Held {
        let (count, n) = (
            worlds.iter().filter(|&&holds| holds).count() as u64,
            worlds.len() as u64,
        );
        let interval = exact_proportion_interval(count, n, level);
        Held {
            count,
            n,
            interval,
            wanted,
            standing: Standing::of(interval, wanted),
            would_hold: None,
            worst_week: None,
        }
    }

    /// Does it hold as often as wanted in the worlds that there are?
    pub fn is_met(&self) -> bool {
        self.share() >= self.wanted
    }

    /// Share of the worlds in which it holds.
    pub fn share(&self) -> f64 {
        self.count as f64 / self.n.max(1) as f64
    }
}

/// The limits of a scenario for one strategy.
#[derive(Clone, PartialEq, Debug)]
pub struct Judged {
    /// One for each limit, in their order.
    pub each: Vec<Held>,
    /// All of them in the same world; wanted as often as the least of them.
    pub all: Held,
}

/// Judges the limits for a strategy (position in [`Results::strategies`]), with intervals of this level.
pub fn judge(results: &Results, strategy: usize, limits: &[Limit], level: f64) -> Judged {
    let rows = &results.rows[strategy];
    let holds = |limit: &Limit| -> Vec<bool> { rows.iter().map(|row| limit.holds(row)).collect() };
    let holds: Vec<Vec<bool>> = limits.iter().map(holds).collect();
    let together: Vec<bool> = (0..rows.len())
        .map(|world| holds.iter().all(|limit| limit[world]))
        .collect();
    let least = limits.iter().map(|limit| limit.probability).fold(1.0, f64::min);
    let bound = |limit: &Limit| {
        let values: Vec<Option<f64>> = rows.iter().map(|row| limit.value(row)).collect();
        stats::quantile_with_missing(&values, limit.probability)
    };
    let worst_week = |limit: &Limit| {
        let is_broken = (limit.metric, limit.share_of) == (Metric::Broken, Some(Metric::Judged));
        let shares = results.values(strategy, Metric::WorstWeek);
        let share = is_broken.then(|| stats::quantile_with_missing(&shares, limit.probability));
        share.flatten()
    };
    Judged {
        each: holds
            .iter()
            .zip(limits)
            .map(|(worlds, limit)| Held {
                would_hold: bound(limit),
                worst_week: worst_week(limit),
                ..Held::new(worlds, limit.probability, level)
            })
            .collect(),
        all: Held::new(&together, least, level),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_kept_broken_undecided_or_too_near_to_tell() {
        let standing = |low, high| Standing::of(Interval { low, high }, 0.9);
        assert_eq!(standing(0.9, 1.0), Standing::Kept);
        assert_eq!(standing(0.85, 0.95), Standing::AtLimit);
        assert_eq!(standing(0.90, 0.95), Standing::AtLimit);
        assert_eq!(standing(0.90, 0.951), Standing::Kept);
        assert_eq!(standing(0.89, 1.0), Standing::Undecided);
        assert_eq!(standing(0.5, 0.89), Standing::Broken);
        assert_eq!(standing(0.86, 0.89), Standing::AtLimit);
        // Of 0.99, half of the room up to 1 is near: what holds in every world is kept once the interval says so.
        assert_eq!(
            Standing::of(
                Interval {
                    low: 0.991,
                    high: 1.0
                },
                0.99
            ),
            Standing::Kept
        );
        let always = |high| Standing::of(Interval { low: 0.97, high }, 1.0);
        assert_eq!(
            [always(0.9999), always(1.0)],
            [Standing::Broken, Standing::AtLimit]
        );
        assert!(Standing::Kept < Standing::AtLimit && Standing::Undecided < Standing::Broken);
    }
}
