//! Many comparisons in the same worlds at once, and what they decide.

use super::interval::assert_level;
use super::{Interval, PairedDifference, paired_difference, proportion_interval, values_needed};

/// Which of two values is better.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// The lower one, as of broken meetings.
    Lower,
    /// The higher one, as of a share that is reached.
    Higher,
}

impl Direction {
    /// Is `a` better than `b`? Never if either is not a number.
    pub fn prefers(self, a: f64, b: f64) -> bool {
        match self {
            Direction::Lower => a < b,
            Direction::Higher => a > b,
        }
    }
}

/// What an interval of a difference, own minus base, decides.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The whole interval lies on the better side of zero, and not all of it within the indifference.
    Better,
    /// The whole interval lies on the worse side of zero, and not all of it within the indifference.
    Worse,
    /// The whole interval lies within plus or minus the indifference: no difference worth naming.
    Tied,
    /// None of these: the interval contains zero and reaches beyond the indifference.
    Undecided {
        /// Estimate of how many further replications decide; at least 1. `None` if no number that anybody could run does, or
        /// nothing can be estimated from what there is.
        further: Option<u64>,
    },
}

/// One comparison of a family: one measure of one strategy and of the base, replication by replication.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Question<'a> {
    /// Values of the strategy.
    pub own: &'a [f64],
    /// Values of the base in the same replications.
    pub base: &'a [f64],
    /// Which values are better.
    pub direction: Direction,
    /// A difference not worth naming, in the unit of the values; zero if every difference is.
    pub indifference: f64,
}

/// How many replications went one way.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Share {
    /// Replications.
    pub count: u64,
    /// Wilson's interval of the probability, out of all replications.
    pub interval: Interval,
}

/// The answer to a [`Question`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Answer {
    /// Mean of own minus base with its interval at [`Answer::level`], and what pairing saved.
    pub difference: PairedDifference,
    /// Level of this interval alone, so that all intervals of the family hold together at the level asked for.
    pub level: f64,
    /// Replications in which own is better. Its interval has the level asked for, for itself alone.
    pub won: Share,
    /// Replications in which base is better; interval as before.
    pub lost: Share,
    /// Replications in which neither is; interval as before. Won, lost and tied add up to all.
    pub tied: Share,
    /// What the interval of the difference decides.
    pub verdict: Verdict,
}

/// The level that each of `comparisons` intervals needs, so that all hold together with probability `level` at least,
/// whatever their dependence: `1 - (1 - level) / comparisons`, by Bonferroni's inequality (A. M. Law, Simulation Modeling and
/// Analysis, 5th ed., sections 9.7 and 10.3). One comparison or none leaves the level as it is.
///
/// # Panics
///
/// Unless `0 < level < 1`.
pub fn bonferroni_level(level: f64, comparisons: u64) -> f64 {
    assert_level(level);
    1.0 - (1.0 - level) / comparisons.max(1) as f64
}

/// Answers a family of questions together: measures times strategies, say, all against one base. The intervals of the
/// differences hold simultaneously at `level`, by [`bonferroni_level`]; see [`paired_difference`] for what they assume.
///
/// The promise is about one look at a number of replications that was fixed beforehand. Whoever looks again and again, and
/// stops at the first decision, errs more often; [`select_best`](super::select_best) is made for that.
///
/// # Panics
///
/// If the lengths of a question differ, if an indifference is negative or not a number, or unless `0 < level < 1`.
pub fn compare(questions: &[Question<'_>], level: f64) -> Vec<Answer> {
    let each = bonferroni_level(level, questions.len() as u64);
    questions
        .iter()
        .map(|question| answer(question, each, level))
        .collect()
}

fn answer(question: &Question<'_>, each: f64, level: f64) -> Answer {
    let Question {
        own,
        base,
        direction,
        indifference,
    } = *question;
    let difference = paired_difference(own, base, each);
    let n = own.len() as u64;
    let count = |ahead: &[f64], behind: &[f64]| {
        let pairs = ahead.iter().zip(behind);
        pairs.filter(|&(&a, &b)| direction.prefers(a, b)).count() as u64
    };
    let share = |count: u64| Share {
        count,
        interval: proportion_interval(count, n, level),
    };
    let (won, lost) = (count(own, base), count(base, own));
    Answer {
        difference,
        level: each,
        won: share(won),
        lost: share(lost),
        tied: share(n - won - lost),
        verdict: mean_verdict(&difference, each, direction, indifference),
    }
}

/// What a paired difference decides whose interval has this level. For an open verdict, the further replications are those
/// until [`values_needed`] for the half-width `max(|d|, indifference - |d|)`, `d` being the mean difference: an interval
/// that narrow, about the same mean, either leaves out zero or stays within the indifference.
///
/// # Panics
///
/// If the indifference is negative or not a number, or unless `0 < level < 1`.
pub fn mean_verdict(
    difference: &PairedDifference,
    level: f64,
    direction: Direction,
    indifference: f64,
) -> Verdict {
    let estimate = difference.estimate;
    let open = Verdict::Undecided { further: None };
    let Some(interval) = estimate.interval else {
        return open;
    };
    decide(interval, direction, indifference).unwrap_or_else(|| {
        let wanted = half_width_that_decides(estimate.mean, indifference);
        let needed = values_needed(difference.deviation.unwrap_or(f64::NAN), wanted, level);
        Verdict::Undecided {
            further: needed.map(|needed| needed.saturating_sub(estimate.n).max(1)),
        }
    })
}

/// What any other interval of a difference decides that was made from `n` replications and narrows as one over the
/// square root of their number. For an open verdict, the further replications are those until the half-width, the longer
/// arm of the interval, has shrunk to that of [`mean_verdict`]: `n (half / wanted)^2 - n`.
///
/// # Panics
///
/// If the indifference is negative or not a number.
pub fn interval_verdict(
    difference: f64,
    interval: Interval,
    n: u64,
    direction: Direction,
    indifference: f64,
) -> Verdict {
    decide(interval, direction, indifference).unwrap_or_else(|| {
        let half = (interval.high - difference).max(difference - interval.low);
        let ratio = half / half_width_that_decides(difference, indifference);
        let needed = libm::ceil(n as f64 * ratio * ratio);
        Verdict::Undecided {
            further: (needed <= 1e12).then(|| (needed as u64).saturating_sub(n).max(1)),
        }
    })
}

/// The interval about `mean` that leaves out zero or stays within the indifference needs at most this half-width.
fn half_width_that_decides(mean: f64, indifference: f64) -> f64 {
    mean.abs().max(indifference - mean.abs())
}

fn decide(interval: Interval, direction: Direction, indifference: f64) -> Option<Verdict> {
    assert!(
        indifference >= 0.0,
        "an indifference is zero or more, not {indifference}"
    );
    let Interval { low, high } = interval;
    if -indifference <= low && high <= indifference {
        return Some(Verdict::Tied);
    }
    let (lower, higher) = match direction {
        Direction::Lower => (Verdict::Better, Verdict::Worse),
        Direction::Higher => (Verdict::Worse, Verdict::Better),
    };
    if high < 0.0 && low <= high {
        Some(lower)
    } else if low > 0.0 && low <= high {
        Some(higher)
    } else {
        None
    }
}
