//! Statistics against published tables, hand calculations and exact counterparts.

use crate::common::close;
use coexist::stats::{
    CountHistogram, Interval, QuantileInterval, SampleTooSmall, Tally, exact_proportion_interval,
    mean_interval, normal_quantile, paired_difference, proportion_interval, quantile, quantile_estimate,
    quantile_interval, quantile_ranks, quantile_sample_size, quantile_with_missing, student_t_quantile,
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

#[test]
fn tally_agrees_with_two_passes() {
    let values = [4.0, 7.0, 13.0, 16.0];
    let tally: Tally = values.iter().map(|value| value + 1e9).collect();
    assert_eq!(tally.count(), 4);
    assert_eq!(tally.mean(), Some(1e9 + 10.0));
    close(tally.variance().unwrap(), 30.0, 1e-9);
    close(tally.standard_error().unwrap(), 7.5f64.sqrt(), 1e-9);
    assert_eq!((tally.min(), tally.max()), (Some(1e9 + 4.0), Some(1e9 + 16.0)));
    let empty = Tally::new();
    assert_eq!(
        (empty.mean(), empty.variance(), empty.min(), empty.max()),
        (None, None, None, None)
    );
    let one: Tally = [-3.0].into_iter().collect();
    assert_eq!(
        (one.mean(), one.variance(), one.max()),
        (Some(-3.0), None, Some(-3.0))
    );
}

#[test]
fn quantiles_of_student_and_normal_agree_with_tables() {
    close(student_t_quantile(399, 0.975), 1.96593, 1e-5);
    for (degrees, p, expected) in [
        (1, 0.975, 12.706_204_736_432_1),
        (2, 0.975, 4.302_652_729_911_28),
        (9, 0.975, 2.262_157_162_740_99),
        (10, 0.95, 1.812_461_122_811_68),
        (29, 0.995, 2.756_385_903_670_76),
        (99, 0.975, 1.984_216_951_586_42),
        (999, 0.975, 1.962_341_461_133_449),
        // Cornish and Fisher (1938): z + (z^3 + z) / 4n + (5z^5 + 16z^3 + 3z) / 96n^2 with z =
        // 1.959963984540054.
        (100_000, 0.975, 1.959_987_707_534_5),
    ] {
        close(student_t_quantile(degrees, p), expected, 1e-8 * expected);
        close(student_t_quantile(degrees, 1.0 - p), -expected, 1e-8 * expected);
    }
    assert_eq!(student_t_quantile(5, 0.5), 0.0);
    // The two ways of computing it meet.
    for p in [0.9, 0.95, 0.975, 0.995, 0.9995] {
        let steps = [998, 999, 1000, 1001, 1002].map(|degrees| student_t_quantile(degrees, p));
        let changes = [1, 2, 3, 4].map(|i| steps[i - 1] - steps[i]);
        changes
            .windows(2)
            .for_each(|pair| close(pair[0], pair[1], 0.01 * pair[0]));
    }
    close(normal_quantile(0.975), 1.959_963_984_540_054, 1e-10);
    close(normal_quantile(0.005), -2.575_829_303_548_901, 1e-10);
    assert_eq!(normal_quantile(0.5), 0.0);
}

#[test]
fn mean_interval_by_hand() {
    // Mean 10, s^2 30, standard error sqrt(7.5), t(3, 0.975) = 3.182446.
    let estimate = mean_interval(&[4.0, 7.0, 13.0, 16.0], 0.95);
    let interval = estimate.interval.unwrap();
    assert_eq!((estimate.mean, estimate.n), (10.0, 4));
    close(interval.low, 10.0 - 3.182446305 * 7.5f64.sqrt(), 1e-6);
    close(interval.high, 10.0 + 3.182446305 * 7.5f64.sqrt(), 1e-6);
}

#[test]
fn mean_interval_of_few_or_identical_values() {
    let none = mean_interval(&[], 0.95);
    assert!(none.mean.is_nan() && none.interval.is_none() && none.n == 0);
    let one = mean_interval(&[2.5], 0.95);
    assert_eq!((one.mean, one.interval, one.n), (2.5, None, 1));
    let same = mean_interval(&[0.1; 7], 0.95);
    assert_eq!(
        (same.mean, same.interval),
        (0.1, Some(Interval { low: 0.1, high: 0.1 }))
    );
}

#[test]
fn paired_difference_by_hand() {
    let (a, b) = ([1.0, 5.0, 3.0, 8.0], [2.0, 3.0, 3.0, 5.0]);
    // Differences -1, 2, 0, 3: mean 1, variance 10/3; variances 8.916667 and 1.583333, together 10.5.
    let pair = paired_difference(&a, &b, 0.9);
    assert_eq!((pair.estimate.mean, pair.estimate.n), (1.0, 4));
    assert_eq!(
        (pair.share_a_less, pair.share_equal, pair.share_a_more),
        (0.25, 0.25, 0.5)
    );
    close(pair.variance_ratio.unwrap(), 10.5 / (10.0 / 3.0), 1e-12);
    let half = 2.353363435 * (10.0f64 / 3.0 / 4.0).sqrt();
    close(pair.estimate.interval.unwrap().low, 1.0 - half, 1e-6);
    close(pair.estimate.interval.unwrap().high, 1.0 + half, 1e-6);
}

#[test]
fn identical_series_differ_by_exactly_nothing() {
    let values = [0.1, 1e17, -3.7];
    let pair = paired_difference(&values, &values, 0.95);
    assert_eq!(pair.estimate.mean, 0.0);
    assert_eq!(pair.estimate.interval, Some(Interval { low: 0.0, high: 0.0 }));
    assert_eq!(
        (pair.share_a_less, pair.share_equal, pair.share_a_more),
        (0.0, 1.0, 0.0)
    );
    assert_eq!(pair.variance_ratio, None);
    let none = paired_difference(&[], &[], 0.95);
    assert!(none.estimate.mean.is_nan() && none.estimate.interval.is_none() && none.variance_ratio.is_none());
    assert_eq!(
        (none.share_a_less, none.share_equal, none.share_a_more),
        (0.0, 0.0, 0.0)
    );
}

#[test]
#[should_panic(expected = "same length")]
fn paired_series_of_different_lengths_are_refused() {
    paired_difference(&[1.0], &[], 0.95);
}

#[test]
fn wilson_intervals_agree_with_published_ones() {
    // R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3.
    for (successes, n, low, high) in [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ] {
        let interval = proportion_interval(successes, n, 0.95);
        close(interval.low, low, 5e-5);
        close(interval.high, high, 5e-5);
        let mirror = proportion_interval(n - successes, n, 0.95);
        close(mirror.low, 1.0 - interval.high, 1e-12);
        close(mirror.high, 1.0 - interval.low, 1e-12);
    }
    assert_eq!(proportion_interval(0, 20, 0.95).low, 0.0);
    assert_eq!(proportion_interval(20, 20, 0.95).high, 1.0);
    // n = z^2 makes the bounds for no success 0 and 1/2: n = 4 with z = 2.
    let level = 0.954_499_736_103_641_6;
    close(proportion_interval(0, 4, level).high, 0.5, 1e-9);
    assert_eq!(proportion_interval(0, 0, 0.95), Interval { low: 0.0, high: 1.0 });
}

#[test]
fn exact_intervals_agree_with_published_ones() {
    // R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 5.
    for (successes, n, low, high) in [
        (81, 263, 0.2527, 0.3676),
        (15, 148, 0.0578, 0.1617),
        (0, 20, 0.0, 0.1684),
        (1, 29, 0.0009, 0.1776),
    ] {
        let interval = exact_proportion_interval(successes, n, 0.95);
        close(interval.low, low, 5e-5);
        close(interval.high, high, 5e-5);
        let mirror = exact_proportion_interval(n - successes, n, 0.95);
        close(mirror.low, 1.0 - interval.high, 1e-12);
        close(mirror.high, 1.0 - interval.low, 1e-12);
    }
    // Nothing in n: the upper end is 1 - 0.025^(1/n), also for many and at other levels.
    for (n, level) in [(1, 0.9), (20, 0.95), (100_000, 0.99), (1_000_000_000, 0.95)] {
        let tail: f64 = 0.5 * (1.0 - level);
        let end = -libm::expm1(libm::log(tail) / n as f64);
        close(exact_proportion_interval(0, n, level).high / end, 1.0, 1e-9);
        assert_eq!(exact_proportion_interval(0, n, level).low, 0.0);
        assert_eq!(exact_proportion_interval(n, n, level).high, 1.0);
    }
    // One in n at the lower end: at least one has the probability of the tail, 1 - (1-p)^n.
    let low = exact_proportion_interval(1, 50, 0.95).low;
    close(low, -libm::expm1(libm::log1p(-0.025) / 50.0), 1e-15);
    assert_eq!(
        exact_proportion_interval(0, 0, 0.95),
        Interval { low: 0.0, high: 1.0 }
    );
}

/// More digits could differ between platforms: the library behind quantiles may call the platform's logarithm.
#[test]
fn quantiles_of_distributions_have_twelve_digits() {
    let rounded = |value: f64| -> f64 { format!("{value:.11e}").parse().expect("a number") };
    for p in [0.001, 0.025, 0.1, 0.3, 0.75, 0.9, 0.975, 0.9995] {
        close(normal_quantile(p), rounded(normal_quantile(p)), 1e-15);
        for degrees in [1, 2, 3, 7, 19, 49, 199, 399, 1000, 1001, 99_999] {
            let t = student_t_quantile(degrees, p);
            close(t / rounded(t), 1.0, 1e-15);
        }
    }
}

#[test]
fn quantile_is_of_type_seven() {
    let sorted = [1.0, 2.0, 4.0, 8.0, 16.0];
    assert_eq!(quantile(&sorted, 0.0), 1.0);
    assert_eq!(quantile(&sorted, 0.25), 2.0);
    assert_eq!(quantile(&sorted, 0.5), 4.0);
    close(quantile(&sorted, 0.9), 12.8, 1e-12);
    close(quantile(&sorted, 0.1), 1.4, 1e-12);
    assert_eq!(quantile(&sorted, 1.0), 16.0);
    assert_eq!(quantile(&[3.0], 0.3), 3.0);
    assert_eq!(quantile(&[1.0, f64::INFINITY], 0.0), 1.0);
    assert_eq!(quantile(&[f64::INFINITY; 2], 0.3), f64::INFINITY);
}

#[test]
fn missing_values_are_larger_than_all() {
    let values = [Some(3.0), None, Some(1.0), Some(2.0), None];
    assert_eq!(quantile_with_missing(&values, 0.0), Some(1.0));
    assert_eq!(quantile_with_missing(&values, 0.2), Some(1.0));
    assert_eq!(quantile_with_missing(&values, 0.21), Some(2.0));
    assert_eq!(quantile_with_missing(&values, 0.6), Some(3.0));
    assert_eq!(quantile_with_missing(&values, 0.61), None);
    assert_eq!(quantile_with_missing(&values, 1.0), None);
    assert_eq!(quantile_with_missing(&[], 0.5), None);
    assert_eq!(quantile_with_missing(&[None], 0.5), None);
    // 100 * 0.07 is more than 7 in binary; the 7th value is meant all the same.
    let hundred: Vec<Option<f64>> = (1..=100).map(|value| Some(f64::from(value))).collect();
    for percent in 1..=100 {
        assert_eq!(
            quantile_with_missing(&hundred, f64::from(percent) / 100.0),
            Some(f64::from(percent))
        );
    }
}

#[test]
fn quantile_interval_by_hand() {
    // Median of ten: P(Y <= 1) = 11/1024 = 0.011, P(Y <= 2) = 56/1024 = 0.055: second and ninth value.
    let ten: Vec<f64> = (1..=10).map(f64::from).collect();
    assert_eq!(
        quantile_interval(&ten, 0.5, 0.95),
        Some(Interval { low: 2.0, high: 9.0 })
    );
    // Six carry the median at 95 % (1/64 < 0.025), five do not (1/32).
    assert_eq!(
        quantile_interval(&ten[..6], 0.5, 0.95),
        Some(Interval { low: 1.0, high: 6.0 })
    );
    assert_eq!(quantile_interval(&ten[..5], 0.5, 0.95), None);
    // A tail that meets the limit: 1/32 on both sides at 93.75 %.
    assert_eq!(
        quantile_interval(&ten[..5], 0.5, 0.9375),
        Some(Interval { low: 1.0, high: 5.0 })
    );
    // Upper quartile of sixteen at 90 %: P(Y <= 8) = 0.0271, P(Y <= 9) = 0.0796; P(Y >= 15) = 0.0635,
    // P(Y >= 16) = 0.0100.
    let sixteen: Vec<f64> = (1..=16).map(f64::from).collect();
    assert_eq!(
        quantile_interval(&sixteen, 0.75, 0.9),
        Some(Interval { low: 9.0, high: 16.0 })
    );
    assert_eq!(quantile_interval(&ten, 0.99, 0.95), None);
    assert_eq!(quantile_interval(&ten, 0.0, 0.95), None);
    assert_eq!(quantile_interval(&ten, 1.0, 0.95), None);
    assert_eq!(quantile_interval(&[], 0.5, 0.95), None);
}

#[test]
fn the_sample_that_carries_a_quantile_is_the_smallest() {
    // ln 0.025 / ln 0.95 = 71.9, / ln 0.9 = 35.01, / ln 0.5 = 5.3; at 90 % ln 0.05 / ln 0.99 = 298.07.
    for (p, level, size) in [
        (0.95, 0.95, 72),
        (0.05, 0.95, 72),
        (0.9, 0.95, 36),
        (0.5, 0.95, 6),
        (0.99, 0.9, 299),
    ] {
        assert_eq!(quantile_sample_size(p, level), Some(size));
    }
    // A limit that is met exactly: 1/32 on either side.
    assert_eq!(quantile_sample_size(0.5, 0.9375), Some(5));
    assert_eq!(quantile_sample_size(0.0, 0.95), None);
    assert_eq!(quantile_sample_size(1.0, 0.95), None);
    for p in [0.01, 0.1, 0.37, 0.5, 0.8, 0.95, 0.999] {
        for level in [0.01, 0.5, 0.9, 0.95, 0.999] {
            let size = quantile_sample_size(p, level).unwrap();
            assert!(
                quantile_ranks(size, p, level).is_some(),
                "{size} for {p} at {level}"
            );
            assert_eq!(quantile_ranks(size - 1, p, level), None, "{p} at {level}");
        }
    }
}

#[test]
fn ranks_enclose_with_their_coverage() {
    // Median of ten, second and ninth: 1 - 22/1024.
    let ranks = quantile_ranks(10, 0.5, 0.95).unwrap();
    assert_eq!((ranks.lower, ranks.upper), (2, 9));
    close(ranks.coverage, 1002.0 / 1024.0, 1e-12);
    for n in [72, 100, 500, 10_000] {
        let ranks = quantile_ranks(n, 0.95, 0.95).unwrap();
        assert!(ranks.coverage >= 0.95 && ranks.lower < ranks.upper && ranks.upper <= n);
        let mirror = quantile_ranks(n, 0.05, 0.95).unwrap();
        assert_eq!(
            (n + 1 - mirror.upper, n + 1 - mirror.lower),
            (ranks.lower, ranks.upper)
        );
    }
}

#[test]
fn a_quantile_and_its_ends_may_lie_beyond_the_horizon() {
    let days = |reached: usize| -> Vec<Option<f64>> {
        (1..=10)
            .rev()
            .map(|day| (day <= reached).then_some(day as f64))
            .collect()
    };
    let interval = |low, high| {
        let coverage = quantile_ranks(10, 0.5, 0.95).unwrap().coverage;
        Ok(QuantileInterval { low, high, coverage })
    };
    let median = |reached| quantile_estimate(&days(reached), 0.5, 0.95);
    assert_eq!(
        (median(10).value, median(10).interval),
        (Some(5.0), interval(Some(2.0), Some(9.0)))
    );
    assert_eq!(
        (median(8).value, median(8).interval),
        (Some(5.0), interval(Some(2.0), None))
    );
    assert_eq!(
        (median(4).value, median(4).interval),
        (None, interval(Some(2.0), None))
    );
    assert_eq!(
        (median(1).value, median(1).interval),
        (None, interval(None, None))
    );

    let late = quantile_estimate(&days(10), 0.95, 0.95);
    let refused = SampleTooSmall {
        n: 10,
        needed: Some(72),
    };
    assert_eq!((late.value, late.interval), (Some(10.0), Err(refused)));
    assert_eq!(
        refused.to_string(),
        "10 worlds cannot bound this quantile on both sides; 72 can"
    );
    let greatest = quantile_estimate(&days(10), 1.0, 0.95).interval.unwrap_err();
    assert_eq!(greatest.needed, None);
    assert_eq!(
        greatest.to_string(),
        "no number of worlds bounds the least or the greatest possible value"
    );
}

/// Values of all sizes.
fn sample(seed: u64, count: usize) -> Vec<u64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..count)
        .map(|_| rng.next_u64() >> (rng.next_u64() % 64))
        .collect()
}

#[test]
fn histogram_totals_are_exact() {
    let values = sample(1, 5000);
    let mut histogram = CountHistogram::new();
    assert!(histogram.is_empty());
    assert_eq!(
        (
            histogram.mean(),
            histogram.min(),
            histogram.max(),
            histogram.sum()
        ),
        (None, None, None, 0)
    );
    for &value in &values {
        histogram.add(value);
    }
    assert_eq!(histogram.count(), 5000);
    assert_eq!(
        histogram.sum(),
        values.iter().map(|&value| u128::from(value)).sum()
    );
    assert_eq!(histogram.min(), values.iter().copied().min());
    assert_eq!(histogram.max(), values.iter().copied().max());
    close(
        histogram.mean().unwrap() / (histogram.sum() as f64 / 5000.0),
        1.0,
        1e-15,
    );
}

#[test]
fn histogram_does_not_depend_on_order() {
    let values = sample(2, 3000);
    let mut whole = CountHistogram::new();
    for &value in values.iter().rev() {
        whole.add(value);
    }
    let parts: Vec<CountHistogram> = values
        .chunks(137)
        .map(|chunk| {
            let mut part = CountHistogram::new();
            for &value in chunk {
                part.add(value);
            }
            part
        })
        .collect();
    let mut forward = CountHistogram::new();
    parts.iter().for_each(|part| forward.merge(part));
    let mut backward = CountHistogram::new();
    parts.iter().rev().for_each(|part| backward.merge(part));
    backward.merge(&CountHistogram::new());
    let mut tree = parts.clone();
    while tree.len() > 1 {
        tree = tree
            .chunks(2)
            .map(|pair| {
                let mut sum = pair[0].clone();
                pair[1..].iter().for_each(|other| sum.merge(other));
                sum
            })
            .collect();
    }
    assert_eq!(forward, whole);
    assert_eq!(backward, whole);
    assert_eq!(tree[0], whole);
}

#[test]
fn adding_many_at_once_is_adding_one_by_one() {
    let (mut one, mut many) = (CountHistogram::new(), CountHistogram::new());
    many.add_n(5000, 0);
    assert!(many.is_empty());
    for _ in 0..9 {
        one.add(70_000);
    }
    one.add(3);
    many.add_n(3, 1);
    many.add_n(70_000, 9);
    assert_eq!(one, many);
}

#[test]
fn histogram_quantiles_are_within_their_bound() {
    for seed in 0..5 {
        let mut values = sample(seed, 2001);
        let mut histogram = CountHistogram::new();
        for &value in &values {
            histogram.add(value);
        }
        values.sort_unstable();
        for step in 0..=1000 {
            let p = f64::from(step) / 1000.0;
            let rank = (1..=2001).find(|&k| k as f64 / 2001.0 >= p).unwrap();
            let (exact, got) = (values[rank - 1], histogram.quantile(p));
            if exact < 1024 {
                assert_eq!(got, exact);
            }
            assert!(
                u128::from(exact.abs_diff(got)) * 1024 <= u128::from(exact),
                "{got} for {exact} at {p}"
            );
        }
        assert_eq!(histogram.quantile(0.0), values[0]);
        assert_eq!(histogram.quantile(1.0), values[2000]);
    }
}

#[test]
fn histogram_buckets_meet_at_their_bounds() {
    // Each value alone between two others: the answer lies in its bucket and the order of values is kept.
    let mut values: Vec<u64> = (0..5000).collect();
    for shift in 12..64 {
        let power = 1u64 << shift;
        values.extend([
            power - 1,
            power,
            power + 1,
            power + (power >> 9) - 1,
            power + (power >> 9),
        ]);
    }
    values.push(u64::MAX);
    values.sort_unstable();
    let answers: Vec<u64> = values
        .iter()
        .map(|&value| {
            let mut histogram = CountHistogram::new();
            histogram.add(0);
            histogram.add(value);
            histogram.add(u64::MAX);
            histogram.quantile(0.5)
        })
        .collect();
    assert!(answers.is_sorted());
    for (&value, &answer) in values.iter().zip(&answers) {
        assert!(
            u128::from(value.abs_diff(answer)) * 1024 <= u128::from(value),
            "{answer} for {value}"
        );
    }
}
