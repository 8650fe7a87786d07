//! The binomial distribution, and the exact interval of a probability.

use super::Interval;
use super::interval::assert_level;

/// Probability that exactly `k` of `n` independent trials succeed, each with probability `p`, `0 < p < 1`; `q` is `1 - p`,
/// given apart because one of the two may be too small for the other to tell.
pub(super) fn exactly(n: u64, k: u64, p: f64, q: f64) -> f64 {
    let (size, hits) = (n as f64, k as f64);
    let ways = libm::lgamma(size + 1.0) - libm::lgamma(hits + 1.0) - libm::lgamma(size - hits + 1.0);
    let log = |share: f64, other: f64| {
        if share <= 0.5 {
            libm::log(share)
        } else {
            libm::log1p(-other)
        }
    };
    libm::exp(ways + hits * log(p, q) + (size - hits) * log(q, p))
}

/// Probability that at most `k` of `n` succeed. Each tail is summed from the side of the mean, where its terms are
/// largest, by the ratio of neighbours.
fn at_most(n: u64, k: u64, p: f64, q: f64) -> f64 {
    if k >= n {
        return 1.0;
    }
    if (k as f64) < n as f64 * p {
        down_from(n, k, p, q)
    } else {
        1.0 - down_from(n, n - k - 1, q, p)
    }
}

/// Sum of the probabilities of `k`, `k - 1`, ... successes, until they no longer count.
fn down_from(n: u64, k: u64, p: f64, q: f64) -> f64 {
    let mut term = exactly(n, k, p, q);
    let mut sum = term;
    for number in (1..=k).rev() {
        term *= number as f64 / (n - number + 1) as f64 * (q / p);
        sum += term;
        if term < 1e-17 * sum {
            break;
        }
    }
    sum
}

/// The probability at which at most `k` of `n` succeed with probability `tail`, `k < n`; by bisection, to the last bit.
fn where_at_most(n: u64, k: u64, tail: f64) -> (f64, f64) {
    let (mut low, mut high) = (0.0, 1.0);
    loop {
        let middle = 0.5 * (low + high);
        if middle == low || middle == high {
            return (low, high);
        }
        if at_most(n, k, middle, 1.0 - middle) > tail {
            low = middle;
        } else {
            high = middle;
        }
    }
}

/// The probability at which at least `k` of `n` succeed with probability `tail`, `k > 0`.
fn where_at_least(n: u64, k: u64, tail: f64) -> (f64, f64) {
    let (mut low, mut high) = (0.0, 1.0);
    loop {
        let middle = 0.5 * (low + high);
        if middle == low || middle == high {
            return (low, high);
        }
        // At least k succeed where at most n - k fail.
        if at_most(n, n - k, 1.0 - middle, middle) < tail {
            low = middle;
        } else {
            high = middle;
        }
    }
}

/// Exact interval of a probability of which `successes` of `n` independent trials succeeded: the probabilities that
/// neither one-sided binomial test rejects at `(1 - level) / 2`.
///
/// C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial",
/// Biometrika 26 (1934) 404-413. Its coverage is never below `level` and often well above, so it is wider than the score
/// interval of [`proportion_interval`](super::proportion_interval), whose coverage is `level` on average only. Without
/// trials it is `[0, 1]`.
///
/// # Panics
///
/// If `successes > n`, or unless `0 < level < 1`.
pub fn exact_proportion_interval(successes: u64, n: u64, level: f64) -> Interval {
    assert!(successes <= n, "{successes} successes in {n} trials");
    assert_level(level);
    let tail = 0.5 * (1.0 - level);
    // Of the two neighbours at which bisection ends, each end is the outer one.
    Interval {
        low: if successes == 0 {
            0.0
        } else {
            where_at_least(n, successes, tail).0
        },
        high: if successes == n {
            1.0
        } else {
            where_at_most(n, successes, tail).1
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_tails_are_everything() {
        for (n, p) in [(20, 0.5), (400, 0.95), (100_000, 1e-4), (100_000, 0.37)] {
            let (mean, deviation) = (n as f64 * p, (n as f64 * p * (1.0 - p)).sqrt());
            for distance in [-3.0, -1.0, 0.0, 1.0, 3.0] {
                let k = (mean + distance * deviation).clamp(0.0, n as f64 - 1.0) as u64;
                // Each summed from its own end, though one of them begins beyond the mean.
                let (below, above) = (down_from(n, k, p, 1.0 - p), down_from(n, n - k - 1, 1.0 - p, p));
                assert!((below + above - 1.0).abs() < 1e-9, "{n} {k} {p}: {below} {above}");
                assert!((at_most(n, k, p, 1.0 - p) - below).abs() < 1e-9, "{n} {k} {p}");
            }
        }
    }

    #[test]
    fn tails_by_hand() {
        let close = |value: f64, expected: f64| assert!((value / expected - 1.0).abs() < 1e-12, "{value}");
        close(at_most(10, 2, 0.5, 0.5), 56.0 / 1024.0);
        close(at_most(10, 9, 0.5, 0.5), 1023.0 / 1024.0);
        close(at_most(3, 0, 0.1, 0.9), 0.729);
        assert_eq!(at_most(7, 7, 0.1, 0.9), 1.0);
        // A probability that 1 - p cannot hold.
        close(exactly(4, 4, 1.0, 1e-20), 1.0);
        close(exactly(4, 3, 1.0, 1e-20), 4e-20);
    }
}
