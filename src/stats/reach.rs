//! Days that may not be reached: the probability that they are, and their mean up to a horizon.

use super::interval::assert_level;
use super::{Interval, proportion_interval};

/// Two strategies' probabilities of reaching something, in the same worlds.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ReachedDifference {
    /// Worlds in which both reach it.
    pub both: u64,
    /// Worlds in which only the own strategy does.
    pub own_only: u64,
    /// Worlds in which only the base does.
    pub base_only: u64,
    /// Worlds in which neither does.
    pub neither: u64,
    /// Share of the own strategy less that of the base, -1 to 1; NaN without worlds.
    pub difference: f64,
    /// Its interval, within -1 to 1.
    pub interval: Interval,
}

/// The difference of the probabilities of reaching something, own minus base, world by world.
///
/// The interval is method 10 of R. G. Newcombe, "Improved confidence intervals for the difference between binomial
/// proportions based on paired data", Statistics in Medicine 17 (1998) 2635-2650: Wilson's intervals of the two shares,
/// put together by squares and by the correlation of the pairs (which a continuity correction keeps on the safe side).
/// It keeps a width when the two never differ, and its coverage is close to `level` on average, not at least that. Without
/// worlds it is `[-1, 1]`.
///
/// # Panics
///
/// If the lengths differ, or unless `0 < level < 1`.
pub fn reached_difference(own: &[bool], base: &[bool], level: f64) -> ReachedDifference {
    assert_eq!(own.len(), base.len(), "paired series must have the same length");
    assert_level(level);
    let count = |of_own: bool, of_base: bool| {
        let pairs = own.iter().zip(base);
        pairs.filter(|&(&a, &b)| a == of_own && b == of_base).count() as u64
    };
    let [both, own_only, base_only, neither] = [
        count(true, true),
        count(true, false),
        count(false, true),
        count(false, false),
    ];
    let (difference, interval) = paired_shares([both, own_only, base_only, neither], level);
    ReachedDifference {
        both,
        own_only,
        base_only,
        neither,
        difference,
        interval,
    }
}

/// Newcombe's method 10, for the counts of both, the first only, the second only, neither.
fn paired_shares(counts: [u64; 4], level: f64) -> (f64, Interval) {
    let n = counts.iter().sum::<u64>();
    if n == 0 {
        return (f64::NAN, Interval { low: -1.0, high: 1.0 });
    }
    let arms = |hits: u64| {
        let share = hits as f64 / n as f64;
        let interval = proportion_interval(hits, n, level);
        (share - interval.low, interval.high - share)
    };
    let [e, f, g, _] = counts;
    let ((below_1, above_1), (below_2, above_2)) = (arms(e + f), arms(e + g));
    let correlation = corrected_correlation(counts);
    let together = |one: f64, other: f64| {
        let square = one * one - 2.0 * correlation * one * other + other * other;
        libm::sqrt(square.max(0.0))
    };
    let difference = (f as f64 - g as f64) / n as f64;
    let interval = Interval {
        low: (difference - together(below_1, above_2)).max(-1.0),
        high: (difference + together(above_1, below_2)).min(1.0),
    };
    (difference, interval)
}

/// Correlation of the pairs, brought nearer to zero by half a pair in each cell if it is positive; zero if one side never
/// varies.
fn corrected_correlation(counts: [u64; 4]) -> f64 {
    let [e, f, g, h] = counts.map(|count| count as f64);
    let margins = (e + f) * (g + h) * (e + g) * (f + h);
    if margins == 0.0 {
        return 0.0;
    }
    let product = e * h - f * g;
    let corrected = if product > 0.0 {
        (product - 0.5 * (e + f + g + h)).max(0.0)
    } else {
        product
    };
    corrected / libm::sqrt(margins)
}

/// Each day, or the horizon where it is later or not reached. Their mean is the restricted mean (J. O. Irwin, "The standard
/// error of an estimate of expectation of life", Journal of Hygiene 47 (1949) 188-189): it has a value in every world, and
/// a difference of two is the mean number of days gained up to the horizon. In the unit of the days.
///
/// # Panics
///
/// If the horizon or a day is not a number.
pub fn restricted_days(days: &[Option<f64>], horizon: f64) -> Vec<f64> {
    assert!(!horizon.is_nan(), "a horizon is a number");
    let restricted = |day: &Option<f64>| {
        let day = day.unwrap_or(f64::INFINITY);
        assert!(!day.is_nan(), "a day is a number");
        day.min(horizon)
    };
    days.iter().map(restricted).collect()
}
