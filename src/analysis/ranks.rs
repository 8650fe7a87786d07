//! Intervals that hold together, and the ranks that they leave.
//!
//! Each of `m` intervals has the level `1 - 0.05 / m` (C. E. Bonferroni, "Teoria statistica delle classi e calcolo delle
//! probabilita", 1936), so that all of them cover with 95 % at least, however they depend on each other.

use crate::experiment::summary::{Interval, LEVEL};
use crate::stats;

/// Best and worst rank by size that the intervals allow, from 1; equal where a rank is certain.
pub type Ranks = (usize, usize);

/// Level of each of so many intervals that hold together.
pub(super) fn level(of: usize) -> f64 {
    1.0 - (1.0 - LEVEL) / of.max(1) as f64
}

/// Mean of `a - b`, world by world, with its interval.
pub(super) fn difference(a: &[f64], b: &[f64], level: f64) -> Interval {
    let differences: Vec<f64> = a.iter().zip(b).map(|(&a, &b)| apart(a, b)).collect();
    stats::mean_interval(&differences, level).into()
}

/// `a - b` without the digits that only rounding left: equal changes in all worlds shall be equal numbers.
pub(super) fn apart(a: f64, b: f64) -> f64 {
    let largest = a.abs().max(b.abs());
    if largest == 0.0 || !largest.is_finite() {
        return a - b;
    }
    let unit = libm::pow(10.0, libm::floor(libm::log10(largest)) - 11.0);
    stats::settle(libm::round((a - b) / unit) * unit)
}

/// Gives each the range of ranks by size that its interval leaves: one is surely larger than another only if their
/// intervals do not overlap.
pub(super) fn ranked<T>(all: Vec<T>, interval: impl Fn(&T) -> Interval) -> Vec<(T, Ranks)> {
    let sizes: Vec<(f64, f64)> = all.iter().map(|one| size(&interval(one))).collect();
    let ranks = |own: (f64, f64)| {
        let larger = sizes.iter().filter(|other| other.0 > own.1).count();
        let smaller = sizes.iter().filter(|other| other.1 < own.0).count();
        (1 + larger, sizes.len() - smaller)
    };
    let ranks: Vec<Ranks> = sizes.iter().map(|&own| ranks(own)).collect();
    all.into_iter().zip(ranks).collect()
}

/// Interval of the size of what an interval bounds.
fn size(interval: &Interval) -> (f64, f64) {
    match interval.ends {
        None => (0.0, f64::INFINITY),
        Some((low, high)) if low > 0.0 => (low, high),
        Some((low, high)) if high < 0.0 => (-high, -low),
        Some((low, high)) => (0.0, high.max(-low)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(low: f64, high: f64) -> Interval {
        Interval {
            mean: (low + high) / 2.0,
            ends: Some((low, high)),
        }
    }

    #[test]
    fn overlapping_intervals_share_ranks() {
        let ranks = |intervals: &[Interval]| -> Vec<Ranks> {
            ranked(intervals.to_vec(), |one| *one)
                .into_iter()
                .map(|one| one.1)
                .collect()
        };
        assert_eq!(ranks(&[interval(1.0, 2.0), interval(5.0, 6.0)]), [(2, 2), (1, 1)]);
        assert_eq!(
            ranks(&[interval(-6.0, -5.0), interval(1.0, 2.0)]),
            [(1, 1), (2, 2)],
            "by size"
        );
        let three = [interval(1.0, 3.0), interval(2.0, 6.0), interval(4.0, 8.0)];
        assert_eq!(ranks(&three), [(2, 3), (1, 3), (1, 2)]);
        assert_eq!(
            ranks(&[interval(0.0, 0.0), interval(-1.0, 1.0)]),
            [(1, 2), (1, 2)]
        );
        let unknown = Interval {
            mean: 9.0,
            ends: None,
        };
        assert_eq!(ranks(&[unknown, interval(1.0, 2.0)]), [(1, 2), (1, 2)]);
    }

    #[test]
    fn intervals_that_hold_together_are_wider() {
        assert_eq!(level(1), 0.95);
        assert_eq!(level(0), 0.95);
        assert!((level(5) - 0.99).abs() < 1e-12);
    }
}
