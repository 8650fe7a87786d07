//! Confidence intervals of means, differences and proportions.

use statrs::distribution::{ContinuousCDF, StudentsT};
use statrs::function::erf::erfc_inv;

use super::Tally;

/// A closed interval, in the unit of what it bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end; not below `low`.
    pub high: f64,
}

/// A mean and how well it is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Arithmetic mean, in the unit of the values; NaN if there were none.
    pub mean: f64,
    /// Confidence interval of the mean; `None` below two values.
    pub interval: Option<Interval>,
    /// Number of values.
    pub n: u64,
}

/// Comparison of two series measured in the same worlds (common random numbers).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairedDifference {
    /// Mean of `a - b` with its interval.
    pub estimate: Estimate,
    /// Standard deviation of `a - b`, in the unit of the values; `None` below two pairs.
    pub deviation: Option<f64>,
    /// Share of pairs with `a < b`, 0 to 1.
    pub share_a_less: f64,
    /// Share of pairs with `a == b`, 0 to 1.
    pub share_equal: f64,
    /// Share of pairs with `a > b`, 0 to 1.
    pub share_a_more: f64,
    /// What pairing gained: `(var a + var b) / var(a - b)`, the factor by which independent runs would have
    /// to be more numerous for an interval of the same width. `None` if `var(a - b)` is zero or there are
    /// fewer than two pairs.
    pub variance_ratio: Option<f64>,
    /// The same as a share: `1 - var(a - b) / (var a + var b)`, the part of the variance of a comparison in independent
    /// worlds that pairing saved; negative if pairing made it worse. `None` if neither varies or there are fewer than two
    /// pairs.
    pub variance_saved: Option<f64>,
}

/// Rounds to twelve significant digits: enough for any use here, few enough to hide that the elementary
/// functions of two platforms differ in the last bits.
///
/// `statrs` calls logarithm, exponential and square root through `num_traits::Float`, which is `libm` until any crate
/// of the program enables `num-traits/std`, and the platform's mathematics from then on. Whatever comes out of
/// `statrs` therefore passes through here, and nothing outside this file calls it. Two platforms
/// can still round to neighbours, but only where the true value lies as close to the middle between two numbers of
/// twelve digits as their last bits differ.
pub fn settle(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let scale = libm::pow(10.0, 11.0 - libm::floor(libm::log10(value.abs())));
    libm::round(value * scale) / scale
}

pub(super) fn assert_level(level: f64) {
    assert!(
        level > 0.0 && level < 1.0,
        "a confidence level lies between 0 and 1, not {level}"
    );
}

/// Quantile of the standard normal distribution: the `z` with `P(Z <= z) = p`.
///
/// # Panics
///
/// Unless `0 < p < 1`.
pub fn normal_quantile(p: f64) -> f64 {
    assert!(
        p > 0.0 && p < 1.0,
        "a probability between 0 and 1 is needed, not {p}"
    );
    if p == 0.5 {
        return 0.0;
    }
    settle(-std::f64::consts::SQRT_2 * erfc_inv(2.0 * p))
}

/// Quantile of Student's t distribution: the `t` with `P(T <= t) = p` at `degrees` degrees of freedom.
///
/// "Student", "The probable error of a mean", Biometrika 6 (1908) 1-25.
///
/// # Panics
///
/// Unless `0 < p < 1` and `degrees > 0`.
pub fn student_t_quantile(degrees: u64, p: f64) -> f64 {
    assert!(
        p > 0.0 && p < 1.0,
        "a probability between 0 and 1 is needed, not {p}"
    );
    assert!(degrees > 0, "at least one degree of freedom is needed");
    if p == 0.5 {
        return 0.0;
    }
    if degrees > 1000 {
        // Here the library's inverse loses digits (1.95998 for 1.95999 at 100,000 degrees), while the
        // expansion about the normal quantile has about twelve: M. Abramowitz and I. A. Stegun, Handbook of
        // Mathematical Functions, 26.7.5.
        let (n, z) = (degrees as f64, normal_quantile(p));
        let s = z * z;
        let first = z * (s + 1.0) / 4.0;
        let second = z * ((5.0 * s + 16.0) * s + 3.0) / 96.0;
        let third = z * (((3.0 * s + 19.0) * s + 17.0) * s - 15.0) / 384.0;
        return settle(z + (first + (second + third / n) / n) / n);
    }
    let t =
        StudentsT::new(0.0, 1.0, degrees as f64).expect("location 0, scale 1 and positive degrees are valid");
    settle(t.inverse_cdf(p))
}

fn estimate_of(tally: &Tally, level: f64) -> Estimate {
    let mean = tally.mean().unwrap_or(f64::NAN);
    let interval = tally.standard_error().map(|error| {
        // Nothing varies: not even the rounding of a product may open the interval.
        if tally.min() == tally.max() {
            return Interval {
                low: mean,
                high: mean,
            };
        }
        let half = student_t_quantile(tally.count() - 1, 0.5 + 0.5 * level) * error;
        Interval {
            low: mean - half,
            high: mean + half,
        }
    });
    Estimate {
        mean,
        interval,
        n: tally.count(),
    }
}

/// Mean of independent values with the two-sided Student t interval `mean ± t(n-1, (1+level)/2) · s /
/// sqrt(n)`.
///
/// Below two values there is no interval; without values the mean is NaN. When all values are identical the
/// interval is exactly `[mean, mean]`. The interval has its nominal coverage for normal values and approaches
/// it for others as `n` grows.
///
/// # Panics
///
/// Unless `0 < level < 1`.
pub fn mean_interval(values: &[f64], level: f64) -> Estimate {
    assert_level(level);
    estimate_of(&values.iter().copied().collect(), level)
}

/// Compares `a` and `b` pair by pair: mean of `a - b` with its Student t interval, who is ahead how often,
/// and how much the pairing gained (A. M. Law, Simulation Modeling and Analysis, 5th ed., sections 10.2.1 and
/// 11.2).
///
/// Identical inputs give exactly 0 and `[0, 0]`. Without pairs the mean is NaN and all shares are 0.
///
/// # Panics
///
/// If the lengths differ, or unless `0 < level < 1`.
pub fn paired_difference(a: &[f64], b: &[f64], level: f64) -> PairedDifference {
    assert_eq!(a.len(), b.len(), "paired series must have the same length");
    assert_level(level);
    let mut difference = Tally::new();
    let (mut less, mut equal, mut more) = (0u64, 0u64, 0u64);
    for (&x, &y) in a.iter().zip(b) {
        difference.push(x - y);
        less += u64::from(x < y);
        equal += u64::from(x == y);
        more += u64::from(x > y);
    }
    let share = |count: u64| {
        if a.is_empty() {
            0.0
        } else {
            count as f64 / a.len() as f64
        }
    };
    let variance = |values: &[f64]| values.iter().copied().collect::<Tally>().variance();
    let (unpaired, paired) = (variance(a).zip(variance(b)), difference.variance());
    let variances = unpaired.map(|(of_a, of_b)| of_a + of_b).zip(paired);
    let part = |above: f64, below: f64| (below > 0.0).then(|| above / below);
    PairedDifference {
        estimate: estimate_of(&difference, level),
        deviation: paired.map(f64::sqrt),
        share_a_less: share(less),
        share_equal: share(equal),
        share_a_more: share(more),
        variance_ratio: variances.and_then(|(unpaired, paired)| part(unpaired, paired)),
        variance_saved: variances.and_then(|(unpaired, paired)| part(unpaired - paired, unpaired)),
    }
}

/// How many values are needed until the Student t interval of their mean is no wider than `half_width` on either side: the
/// smallest `n >= 2` with `t(n-1, (1+level)/2) · deviation / sqrt(n) <= half_width`, if the standard deviation of further
/// values is that of the values seen (A. M. Law, Simulation Modeling and Analysis, 5th ed., section 9.4.1).
///
/// `None` if that is more than 10^12, or if `deviation` or `half_width` is not a number; 2 if nothing varies.
///
/// # Panics
///
/// Unless `0 < level < 1`.
pub fn values_needed(deviation: f64, half_width: f64, level: f64) -> Option<u64> {
    assert_level(level);
    let p = 0.5 + 0.5 * level;
    let enough = |n: u64| student_t_quantile(n - 1, p) * deviation <= half_width * libm::sqrt(n as f64);
    let z = normal_quantile(p);
    let by_normal = z * deviation / half_width * (z * deviation / half_width);
    // Student's t is about z + z (z^2 + 1) / 4n, so that it needs (z^2 + 1) / 2 values more; from there in single steps.
    let guess = by_normal + 0.5 * (z * z + 1.0);
    if !guess.is_finite() || guess > 1e12 || half_width <= 0.0 {
        return None;
    }
    let mut n = (guess as u64).max(2);
    while n > 2 && enough(n - 1) {
        n -= 1;
    }
    while !enough(n) {
        n += 1;
    }
    Some(n)
}

/// Score interval of a proportion of which `successes` of `n` independent trials succeeded.
///
/// E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the
/// American Statistical Association 22 (1927) 209-212, without continuity correction. Unlike the textbook
/// interval it stays within `[0, 1]` and keeps a width when nothing or everything succeeded. Without trials
/// it is `[0, 1]`.
///
/// # Panics
///
/// If `successes > n`, or unless `0 < level < 1`.
pub fn proportion_interval(successes: u64, n: u64, level: f64) -> Interval {
    assert!(successes <= n, "{successes} successes in {n} trials");
    assert_level(level);
    if n == 0 {
        return Interval { low: 0.0, high: 1.0 };
    }
    let z = normal_quantile(0.5 + 0.5 * level);
    let trials = n as f64;
    let share = successes as f64 / trials;
    let shrink = 1.0 + z * z / trials;
    let centre = (share + z * z / (2.0 * trials)) / shrink;
    let half = z / shrink * (share * (1.0 - share) / trials + z * z / (4.0 * trials * trials)).sqrt();
    Interval {
        low: if successes == 0 {
            0.0
        } else {
            (centre - half).max(0.0)
        },
        high: if successes == n {
            1.0
        } else {
            (centre + half).min(1.0)
        },
    }
}
