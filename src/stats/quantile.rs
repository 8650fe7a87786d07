//! Quantiles of samples.

use std::fmt;

use super::Interval;
use super::binomial::exactly;
use super::interval::assert_level;

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

/// The order statistics that bound a quantile of the population.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranks {
    /// Rank of the lower end, counted from 1.
    pub lower: u64,
    /// Rank of the upper end, at most the size of the sample.
    pub upper: u64,
    /// Probability that the two enclose the quantile: `P(lower <= Y < upper)` for `Y` binomial. Exact for a continuous
    /// population; for any other it is at least this.
    pub coverage: f64,
}

/// The ranks of the distribution-free confidence interval of the `p` quantile, in a sample of `n` independent values.
///
/// With `Y` binomial of size `n` and probability `p`, the lower end is the largest `r` with `P(Y <= r-1) <=
/// (1-level)/2` and the upper end the smallest `s` with `P(Y >= s) <= (1-level)/2`. The coverage is at least `level`. W. J.
/// Conover, Practical Nonparametric Statistics, 3rd ed. (1999), section 3.2.
///
/// `None` if the sample is too small to carry the level on both sides (see [`quantile_sample_size`]), as always for `p =
/// 0` and `p = 1`.
///
/// # Panics
///
/// Unless `0 <= p <= 1` and `0 < level < 1`.
pub fn quantile_ranks(n: u64, p: f64, level: f64) -> Option<Ranks> {
    assert_probability(p);
    assert_level(level);
    if n == 0 || p == 0.0 || p == 1.0 {
        return None;
    }
    let limit = tail_limit(level);
    // Each tail is summed from its own end, so that small probabilities are not lost in sums near one.
    let (mut below, mut lower) = (0.0, 0);
    while lower < n {
        let more = below + exactly(n, lower, p, 1.0 - p);
        if more > limit {
            break;
        }
        (below, lower) = (more, lower + 1);
    }
    // The values 0..lower of Y are in the lower tail: r - 1 = lower - 1.
    let (mut above, mut upper) = (0.0, n + 1);
    while upper > 0 {
        let more = above + exactly(n, upper - 1, p, 1.0 - p);
        if more > limit {
            break;
        }
        (above, upper) = (more, upper - 1);
    }
    // The values upper..=n of Y are in the upper tail: s = upper.
    (lower > 0 && upper <= n).then_some(Ranks {
        lower,
        upper,
        coverage: 1.0 - below - above,
    })
}

/// The probability that each tail may have. A tail that meets it up to rounding counts as within.
fn tail_limit(level: f64) -> f64 {
    0.5 * (1.0 - level) * (1.0 + 1e-9)
}

/// The smallest sample that carries a two-sided interval of the `p` quantile.
///
/// The widest interval there is runs from the least value to the greatest; it misses the quantile on one side if all
/// values lie above, with probability `(1-p)^n`, and on the other if all lie below, with probability `p^n`. Neither may
/// exceed `(1-level)/2`, so `n >= ln((1-level)/2) / ln(max(p, 1-p))`: 72 for the 95 % quantile at 95 %, 6 for the median.
/// `None` for `p = 0` and `p = 1`, which no sample bounds on both sides.
///
/// # Panics
///
/// Unless `0 <= p <= 1` and `0 < level < 1`.
pub fn quantile_sample_size(p: f64, level: f64) -> Option<u64> {
    assert_probability(p);
    assert_level(level);
    if p == 0.0 || p == 1.0 {
        return None;
    }
    let limit = tail_limit(level);
    let carries = |n: u64| exactly(n, 0, p, 1.0 - p) <= limit && exactly(n, n, p, 1.0 - p) <= limit;
    let log_share = if p > 0.5 { libm::log(p) } else { libm::log1p(-p) };
    let mut n = (libm::log(limit) / log_share) as u64;
    while n > 1 && carries(n - 1) {
        n -= 1;
    }
    while !carries(n.max(1)) {
        n += 1;
    }
    Some(n.max(1))
}

/// Does a sample of `n` carry a two-sided interval of the `p` quantile, by [`quantile_sample_size`]? A quantile that it does
/// not carry should not be stated.
///
/// # Panics
///
/// Unless `0 <= p <= 1` and `0 < level < 1`.
pub fn carries_quantile(n: u64, p: f64, level: f64) -> bool {
    quantile_sample_size(p, level).is_some_and(|needed| n >= needed)
}

/// Distribution-free confidence interval of the `p` quantile of the population from which `sorted` was drawn: the order
/// statistics at the [`quantile_ranks`].
///
/// `sorted` must be ascending; the result is in its unit. `None` if the sample is too small to carry the level on both
/// sides, as always for `p = 0` and `p = 1`.
///
/// # Panics
///
/// Unless `0 <= p <= 1` and `0 < level < 1`. Builds with debug assertions also panic if the values are not
/// sorted.
pub fn quantile_interval(sorted: &[f64], p: f64, level: f64) -> Option<Interval> {
    debug_assert!(sorted.is_sorted(), "values must be sorted");
    quantile_ranks(sorted.len() as u64, p, level).map(|ranks| Interval {
        low: sorted[ranks.lower as usize - 1],
        high: sorted[ranks.upper as usize - 1],
    })
}

/// A quantile of values of which some may be missing, with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuantileEstimate {
    /// The quantile of the sample, by [`quantile_with_missing`]; `None` if it lies beyond what was observed.
    pub value: Option<f64>,
    /// The interval, or why there is none.
    pub interval: Result<QuantileInterval, SampleTooSmall>,
}

/// An interval of a quantile, of which an end may lie beyond what was observed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuantileInterval {
    /// Lower end; `None` if it is a missing value (then so is the upper end).
    pub low: Option<f64>,
    /// Upper end; `None` if it is a missing value: later than whatever was observed.
    pub high: Option<f64>,
    /// Exact coverage of a continuous population; see [`Ranks::coverage`].
    pub coverage: f64,
}

/// A sample that cannot carry the interval of a quantile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampleTooSmall {
    /// Size of the sample.
    pub n: u64,
    /// The least size that would do, by [`quantile_sample_size`]; `None` if none does.
    pub needed: Option<u64>,
}

impl fmt::Display for SampleTooSmall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SampleTooSmall { n, needed } = self;
        match needed {
            Some(needed) => write!(
                f,
                "{n} worlds cannot bound this quantile on both sides; {needed} can"
            ),
            None => write!(
                f,
                "no number of worlds bounds the least or the greatest possible value"
            ),
        }
    }
}

impl std::error::Error for SampleTooSmall {}

/// The `p` quantile of values of which some are missing because they lie beyond what was observed, with its
/// distribution-free interval at the [`quantile_ranks`]. A missing value counts as larger than every number, so an end
/// may be missing, too. `values` need not be sorted.
///
/// # Panics
///
/// Unless `0 <= p <= 1` and `0 < level < 1`.
pub fn quantile_estimate(values: &[Option<f64>], p: f64, level: f64) -> QuantileEstimate {
    let n = values.len() as u64;
    let interval = match quantile_ranks(n, p, level) {
        None => Err(SampleTooSmall {
            n,
            needed: quantile_sample_size(p, level),
        }),
        Some(ranks) => {
            let mut known: Vec<f64> = values.iter().copied().flatten().collect();
            known.sort_unstable_by(f64::total_cmp);
            Ok(QuantileInterval {
                low: known.get(ranks.lower as usize - 1).copied(),
                high: known.get(ranks.upper as usize - 1).copied(),
                coverage: ranks.coverage,
            })
        }
    };
    QuantileEstimate {
        value: quantile_with_missing(values, p),
        interval,
    }
}
