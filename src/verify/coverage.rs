//! The exact coverage of the intervals of probabilities and quantiles, by the tests that they invert and the binomial
//! distribution; without the code that makes the intervals.

use super::theory::{at_least, choose};

/// The 97.5 % quantile of the standard normal distribution.
const Z: f64 = 1.959_963_984_540_054;
/// Probability that either tail of a 95 % interval may have.
const TAIL: f64 = 0.025;

/// Probability that exactly `k` of `n` succeed.
fn exactly(k: u32, n: u32, p: f64) -> f64 {
    choose(n, k) * libm::pow(p, f64::from(k)) * libm::pow(1.0 - p, f64::from(n - k))
}

fn covered(n: u32, p: f64, accepts: impl Fn(u32) -> bool) -> f64 {
    (0..=n).filter(|&k| accepts(k)).map(|k| exactly(k, n, p)).sum()
}

/// Wilson's 95 % interval covers `p` whenever the score test of `p` does not reject: `|k/n - p| <= z sqrt(p (1-p) / n)`.
pub(super) fn of_wilson(n: u32, p: f64) -> f64 {
    let size = f64::from(n);
    let farthest = Z * (p * (1.0 - p) / size).sqrt();
    covered(n, p, |k| (f64::from(k) / size - p).abs() <= farthest)
}

/// Clopper and Pearson's covers `p` whenever neither one-sided test rejects: at least and at most `k` successes both have a
/// probability of 2.5 % or more.
pub(super) fn of_clopper_pearson(n: u32, p: f64) -> f64 {
    let at_most = |k: u32| at_least(n - k, n, 1.0 - p);
    covered(n, p, |k| at_least(k, n, p) >= TAIL && at_most(k) >= TAIL)
}

/// The order statistics `r` and `s` enclose the `p` quantile of a continuous population if from `r` to `s - 1` of `n` values
/// lie below: `r` the largest with a probability of at most 2.5 % of fewer than `r`, `s` the smallest with at most 2.5 % of
/// `s` or more. `None` if the sample does not have both.
pub(super) fn of_order_statistics(n: u32, p: f64) -> Option<f64> {
    let fewer_than = |r: u32| at_least(n + 1 - r, n, 1.0 - p);
    let lower = (1..=n).rev().find(|&r| fewer_than(r) <= TAIL)?;
    let upper = (1..=n).find(|&s| at_least(s, n, p) <= TAIL)?;
    Some(covered(n, p, |k| lower <= k && k < upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coverages_by_hand() {
        let close = |value: f64, expected: f64| assert!((value - expected).abs() < 1e-12, "{value}");
        // Four at one half: the score test rejects beyond 0.98 / 2 = 0.49, so 0 and 4.
        close(of_wilson(4, 0.5), 14.0 / 16.0);
        // No tail of four is below 1/16, and those of six are 1/64 and 7/64.
        close(of_clopper_pearson(4, 0.5), 1.0);
        close(of_clopper_pearson(6, 0.5), 62.0 / 64.0);
        // The least and the greatest of six enclose the median but for two of 64 cases; of five they may not.
        close(of_order_statistics(6, 0.5).unwrap(), 62.0 / 64.0);
        assert_eq!(of_order_statistics(5, 0.5), None);
        // Ten: from the second to the ninth.
        close(of_order_statistics(10, 0.5).unwrap(), 1002.0 / 1024.0);
    }
}
