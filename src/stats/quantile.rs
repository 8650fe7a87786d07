//! Quantiles of samples.

use super::Interval;

/// The smallest rank `k` in `1..=n` with `k / n >= p`: the rank of the type 1 quantile.
///
/// The comparison is the one of the quotient, so that `p = 0.07` and `n = 100` give 7 although `100 * 0.07`
/// is a little more than 7 in binary.
pub(super) fn rank(n: u64, p: f64) -> u64 {
    let size = n as f64;
    let mut k = (libm::ceil(size * p) as u64).clamp(1, n);
    while k > 1 && (k - 1) as f64 / size >= p {
        k -= 1;
    }
    while k < n && (k as f64 / size) < p {
        k += 1;
    }
    k
}

pub(super) fn assert_probability(p: f64) {
    assert!(
        (0.0..=1.0).contains(&p),
        "a probability from 0 to 1 is needed, not {p}"
    );
}

/// Quantile of a sample by linear interpolation between order statistics: type 7 of R. J. Hyndman and Y. Fan,
/// "Sample quantiles in statistical packages", The American Statistician 50 (1996) 361-365.
///
/// `sorted` must be ascending and free of NaN; the result is in its unit.
///
/// # Panics
///
/// If `sorted` is empty, or unless `0 <= p <= 1`. Builds with debug assertions also panic if it is not
/// sorted.
pub fn quantile(sorted: &[f64], p: f64) -> f64 {
    assert!(!sorted.is_empty(), "a quantile needs at least one value");
    assert_probability(p);
    debug_assert!(sorted.is_sorted(), "values must be sorted");
    let position = (sorted.len() - 1) as f64 * p;
    let below = position as usize;
    let fraction = position - below as f64;
    match sorted.get(below + 1) {
        Some(&above) if fraction > 0.0 => {
            let low = sorted[below];
            if low == above {
                low
            } else {
                low + fraction * (above - low)
            }
        }
        _ => sorted[below],
    }
}

/// Quantile of values of which some are missing because they lie beyond what was observed: a missing value
/// counts as larger than every number. `values` need not be sorted.
///
/// This is type 1 of Hyndman and Fan (1996), the inverse of the empirical distribution function: the smallest
/// value such that at least the share `p` of all values, missing ones included, does not exceed it. It never
/// interpolates, so it is always one of the values and never mixes a number with a missing one. `None` if it
/// falls on a missing value or there are no values.
///
/// # Panics
///
/// Unless `0 <= p <= 1`.
pub fn quantile_with_missing(values: &[Option<f64>], p: f64) -> Option<f64> {
    assert_probability(p);
    if values.is_empty() {
        return None;
    }
    let k = rank(values.len() as u64, p) as usize - 1;
    let mut known: Vec<f64> = values.iter().copied().flatten().collect();
    if k >= known.len() {
        return None;
    }
    let (_, value, _) = known.select_nth_unstable_by(k, f64::total_cmp);
    Some(*value)
}

/// Distribution-free confidence interval of the `p` quantile of the population from which `sorted` was drawn.
///
/// The ends are order statistics: with `Y` binomial of size `n` and probability `p`, the lower end is `x(r)`
/// for the largest `r` with `P(Y <= r-1) <= (1-level)/2` and the upper end is `x(s)` for the smallest `s`
/// with `P(Y >= s) <= (1-level)/2`. The coverage is at least `level`. W. J. Conover, Practical Nonparametric
/// Statistics, 3rd ed. (1999), section 3.2. `sorted` must be ascending; the result is in its unit.
///
/// `None` if the sample is too small to carry the level on both sides, as always for `p = 0` and `p = 1`.
///
/// # Panics
///
/// Unless `0 <= p <= 1` and `0 < level < 1`. Builds with debug assertions also panic if the values are not
/// sorted.
pub fn quantile_interval(sorted: &[f64], p: f64, level: f64) -> Option<Interval> {
    assert_probability(p);
    assert!(
        level > 0.0 && level < 1.0,
        "a confidence level lies between 0 and 1, not {level}"
    );
    debug_assert!(sorted.is_sorted(), "values must be sorted");
    if sorted.is_empty() || p == 0.0 || p == 1.0 {
        return None;
    }
    let n = sorted.len();
    let tail = 0.5 * (1.0 - level);
    // Each tail is summed from its own end, so that small probabilities are not lost in sums near one. A tail
    // that meets the limit up to rounding counts as within it.
    let limit = tail * (1.0 + 1e-9);
    let mut lower = 0;
    let mut sum = 0.0;
    while lower < n {
        sum += binomial(n, lower, p);
        if sum > limit {
            break;
        }
        lower += 1;
    }
    // The values 0..lower of Y are in the lower tail: r - 1 = lower - 1.
    let mut upper = n + 1;
    sum = 0.0;
    while upper > 0 {
        sum += binomial(n, upper - 1, p);
        if sum > limit {
            break;
        }
        upper -= 1;
    }
    // The values upper..=n of Y are in the upper tail: s = upper.
    if lower == 0 || upper > n || lower > n || upper == 0 {
        return None;
    }
    Some(Interval {
        low: sorted[lower - 1],
        high: sorted[upper - 1],
    })
}

/// Probability that a binomial variable of size `n` and probability `0 < p < 1` is `k`.
fn binomial(n: usize, k: usize, p: f64) -> f64 {
    let (size, hits) = (n as f64, k as f64);
    let ways = libm::lgamma(size + 1.0) - libm::lgamma(hits + 1.0) - libm::lgamma(size - hits + 1.0);
    libm::exp(ways + hits * libm::log(p) + (size - hits) * libm::log1p(-p))
}
