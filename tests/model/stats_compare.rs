//! Comparisons at once, verdicts, precision, and what may not be reached: by hand, and by relations that must hold.

use crate::common::close;
use coexist::stats::{
    Direction, FEWEST_OTHER_THAN_ZERO, Interval, Precision, Question, Refusal, Target, Verdict,
    bonferroni_level, compare, interval_verdict, mean_interval, paired_difference, precision,
    proportion_interval, reached_difference, restricted_days, student_t_quantile, values_needed,
};
use proptest::prelude::*;

const OWN: [f64; 6] = [1.0, 5.0, 3.0, 8.0, 2.0, 4.0];
const BASE: [f64; 6] = [4.0, 9.0, 5.0, 11.0, 2.0, 9.0];

fn question(direction: Direction, indifference: f64) -> Question<'static> {
    Question {
        own: &OWN,
        base: &BASE,
        direction,
        indifference,
    }
}

#[test]
fn a_family_shares_out_its_error() {
    close(bonferroni_level(0.95, 5), 0.99, 1e-15);
    assert_eq!(bonferroni_level(0.95, 1), 0.95);
    assert_eq!(bonferroni_level(0.95, 0), 0.95);

    let one = compare(&[question(Direction::Lower, 0.0)], 0.95);
    let five = compare(&[question(Direction::Lower, 0.0); 5], 0.95);
    assert_eq!(
        one[0].difference.estimate,
        paired_difference(&OWN, &BASE, 0.95).estimate
    );
    for answer in &five {
        assert_eq!(answer.level, bonferroni_level(0.95, 5));
        // Differences -3, -4, -2, -3, 0, -5: mean -17/6, squares 63 - 289/6 = 89/6, variance 89/30; t(5, 0.995) = 4.0321.
        let interval = answer.difference.estimate.interval.unwrap();
        let half = 4.032_143 * (89.0f64 / 30.0 / 6.0).sqrt();
        close(interval.low, -17.0 / 6.0 - half, 1e-5);
        close(interval.high, -17.0 / 6.0 + half, 1e-5);
        close(
            answer.difference.deviation.unwrap(),
            (89.0f64 / 30.0).sqrt(),
            1e-12,
        );
    }
    // Alone the interval leaves out zero; as one of two hundred it does not.
    assert_eq!(one[0].verdict, Verdict::Better);
    assert!(matches!(
        compare(&[question(Direction::Lower, 0.0); 200], 0.95)[0].verdict,
        Verdict::Undecided { further: Some(1..) }
    ));
    assert_eq!(compare(&[], 0.95), []);
}

#[test]
fn worlds_won_lost_and_tied_add_up() {
    let answers = compare(
        &[question(Direction::Lower, 0.0), question(Direction::Higher, 0.0)],
        0.9,
    );
    let counts = |place: usize| {
        let answer = &answers[place];
        [answer.won.count, answer.lost.count, answer.tied.count]
    };
    assert_eq!((counts(0), counts(1)), ([5, 0, 1], [0, 5, 1]));
    assert_eq!(answers[0].won.interval, proportion_interval(5, 6, 0.9));
    assert_eq!(answers[0].tied.interval, proportion_interval(1, 6, 0.9));
}

#[test]
fn what_pairing_saved_by_hand() {
    // Differences -1, 2, 0, 3 with variance 10/3; variances 8.916667 and 1.583333, together 10.5.
    let pair = paired_difference(&[1.0, 5.0, 3.0, 8.0], &[2.0, 3.0, 3.0, 5.0], 0.9);
    close(pair.variance_saved.unwrap(), 1.0 - 10.0 / 3.0 / 10.5, 1e-12);
    // Everything saved where the difference is the same in all worlds: no factor says so, a share does.
    let pair = paired_difference(&[1.0, 2.0, 4.0], &[0.0, 1.0, 3.0], 0.9);
    assert_eq!((pair.variance_ratio, pair.variance_saved), (None, Some(1.0)));
    // Pairing with the opposite luck doubles the variance: (1 + 1) / 4.
    let pair = paired_difference(&[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0], 0.9);
    assert_eq!(
        (pair.variance_ratio, pair.variance_saved),
        (Some(0.5), Some(-1.0))
    );
    // Nothing varies, or there is one pair only.
    let pair = paired_difference(&[1.0, 1.0], &[3.0, 3.0], 0.9);
    assert_eq!((pair.variance_ratio, pair.variance_saved), (None, None));
    let pair = paired_difference(&[1.0], &[3.0], 0.9);
    assert_eq!(
        (pair.variance_ratio, pair.variance_saved, pair.deviation),
        (None, None, None)
    );
}

#[test]
fn verdicts_by_hand() {
    let verdict = |low: f64, high: f64, indifference: f64| {
        let interval = Interval { low, high };
        interval_verdict(0.5 * (low + high), interval, 100, Direction::Lower, indifference)
    };
    assert_eq!(verdict(-3.0, -1.0, 0.0), Verdict::Better);
    assert_eq!(verdict(1.0, 3.0, 0.0), Verdict::Worse);
    // All of it beside zero but reaching beyond the indifference: better, though perhaps by little.
    assert_eq!(verdict(-3.0, -1.0, 2.0), Verdict::Better);
    // All of it within the indifference: tied, on whichever side of zero.
    assert_eq!(verdict(-2.0, -1.0, 2.0), Verdict::Tied);
    assert_eq!(verdict(-1.0, 2.0, 2.0), Verdict::Tied);
    assert_eq!(verdict(0.0, 0.0, 0.0), Verdict::Tied);
    // Zero at an end is contained. A half-width below the mean of 1 would decide: the 100 there are may just do.
    assert_eq!(verdict(-2.0, 0.0, 0.0), Verdict::Undecided { further: Some(1) });
    // Mean 1, half-width 3: a third of it leaves out zero, nine times as many replications.
    assert_eq!(verdict(-2.0, 4.0, 0.0), Verdict::Undecided { further: Some(800) });
    // An indifference of 2.5 is sooner decided: a half-width of 1.5, four times as many.
    assert_eq!(verdict(-2.0, 4.0, 2.5), Verdict::Undecided { further: Some(300) });
    // A mean of exactly zero is never decided without an indifference, nor is what is not a number.
    assert_eq!(verdict(-2.0, 2.0, 0.0), Verdict::Undecided { further: None });
    assert_eq!(
        verdict(f64::NAN, f64::NAN, 1.0),
        Verdict::Undecided { further: None }
    );
    assert_eq!(
        verdict(f64::NEG_INFINITY, -1.0, 1.0),
        Verdict::Better,
        "an end may be infinite"
    );
}

#[test]
fn further_replications_are_those_that_decide() {
    let values = |n: usize| -> Vec<f64> { (0..n).map(|i| [3.0, -2.0, 1.0, -1.0][i % 4]).collect() };
    let own = values(40);
    let answers = |own: &[f64], indifference: f64| {
        let base = vec![0.0; own.len()];
        let question = Question {
            own,
            base: &base,
            direction: Direction::Higher,
            indifference,
        };
        compare(&[question], 0.95)[0].verdict
    };
    let further = |verdict| match verdict {
        Verdict::Undecided { further } => further.expect("it can be estimated") as usize,
        decided => panic!("{decided:?}"),
    };
    // The mean is 0.25. By as many more of the same kind it is told from zero, and not long before.
    let more = further(answers(&own, 0.0)).next_multiple_of(4);
    assert_eq!(answers(&values(40 + more + 4), 0.0), Verdict::Better);
    assert!(matches!(
        answers(&values(40 + more - 16), 0.0),
        Verdict::Undecided { .. }
    ));
    // Against an indifference of one it is sooner found to be tied.
    let fewer = further(answers(&values(20), 1.0)).next_multiple_of(4);
    assert!(fewer < more);
    assert_eq!(answers(&values(20 + fewer + 4), 1.0), Verdict::Tied);
    // One world, or a value that is missing, decides and estimates nothing.
    assert_eq!(answers(&[1.0], 0.0), Verdict::Undecided { further: None });
    assert_eq!(
        answers(&[1.0, f64::INFINITY, 2.0], 0.0),
        Verdict::Undecided { further: None }
    );
}

#[test]
fn the_values_needed_are_the_fewest() {
    for level in [0.8, 0.95, 0.999_9] {
        for half_width in [10.0, 1.0, 0.3, 0.02] {
            let enough =
                |n: u64| student_t_quantile(n - 1, 0.5 + 0.5 * level) * 2.0 / (n as f64).sqrt() <= half_width;
            let needed = values_needed(2.0, half_width, level).unwrap();
            assert!(enough(needed) && (needed == 2 || !enough(needed - 1)), "{needed}");
        }
    }
    assert_eq!(values_needed(0.0, 1.0, 0.95), Some(2));
    for (deviation, half_width) in [
        (1.0, 0.0),
        (1.0, -1.0),
        (1.0, 1e-9),
        (f64::NAN, 1.0),
        (1.0, f64::NAN),
    ] {
        assert_eq!(values_needed(deviation, half_width, 0.95), None);
    }
}

proptest! {
    /// Neither better nor worse while zero is possible; tied only within the indifference; and a mirror turns the words.
    #[test]
    fn verdicts_keep_to_their_interval(
        pairs in prop::collection::vec((-9i32..10, -9i32..10), 0..12),
        shift in -4i32..5,
        indifference in 0u32..6,
    ) {
        let own: Vec<f64> = pairs.iter().map(|pair| f64::from(pair.0 + shift)).collect();
        let base: Vec<f64> = pairs.iter().map(|pair| f64::from(pair.1)).collect();
        let indifference = f64::from(indifference);
        let asked = |own, base, direction| {
            compare(&[Question { own, base, direction, indifference }], 0.9)[0]
        };
        let answer = asked(&own, &base, Direction::Lower);
        let interval = answer.difference.estimate.interval;
        match answer.verdict {
            Verdict::Better => prop_assert!(interval.unwrap().high < 0.0 && interval.unwrap().low < -indifference),
            Verdict::Worse => prop_assert!(interval.unwrap().low > 0.0 && interval.unwrap().high > indifference),
            Verdict::Tied => prop_assert!(
                interval.unwrap().low >= -indifference && interval.unwrap().high <= indifference
            ),
            Verdict::Undecided { further } => {
                prop_assert!(further != Some(0));
                if let Some(interval) = interval {
                    prop_assert!(interval.low <= 0.0 && interval.high >= 0.0);
                }
            }
        }
        let turned = match answer.verdict {
            Verdict::Better => Verdict::Worse,
            Verdict::Worse => Verdict::Better,
            same => same,
        };
        prop_assert_eq!(asked(&own, &base, Direction::Higher).verdict, turned);
        prop_assert_eq!(asked(&base, &own, Direction::Lower).verdict, turned);
    }
}

/// Thirty values with mean 20 and variance 6 * 6.5 / 29.
fn steady() -> Vec<f64> {
    (0..30).map(|i| [18.5, 21.5, 19.0, 21.0, 20.0][i % 5]).collect()
}

#[test]
fn precision_by_hand() {
    let values = steady();
    let interval = mean_interval(&values, 0.95).interval.unwrap();
    let half = 0.5 * (interval.high - interval.low);
    close(
        half,
        2.045_230 * (6.0 * (2.25 + 2.25 + 1.0 + 1.0) / 29.0 / 30.0f64).sqrt(),
        1e-5,
    );
    let known = Precision::Known { half_width: half };
    assert_eq!(precision(&values, 0.95, Target::Absolute(half)), known);
    // Known to a share g of the true mean if to g / (1 + g) of the estimate: 20 g / (1 + g) = half.
    let share = half / (20.0 - half);
    assert_eq!(
        precision(&values, 0.95, Target::Relative(share * 1.000_001)),
        known
    );
    let Precision::NotYet {
        half_width,
        wanted,
        needed,
    } = precision(&values, 0.95, Target::Relative(0.01))
    else {
        panic!("1 % is not reached")
    };
    assert_eq!(half_width, half);
    close(wanted, 20.0 * 0.01 / 1.01, 1e-12);
    let deviation = (6.0 * 6.5 / 29.0f64).sqrt();
    assert_eq!(needed, values_needed(deviation, wanted, 0.95));
    assert!(needed.unwrap() > 30);
    // Just missed: one more at least.
    let Precision::NotYet { needed, .. } = precision(&values, 0.95, Target::Absolute(half * 0.999_999_9))
    else {
        panic!("it is missed")
    };
    assert_eq!(needed, Some(31));
}

#[test]
fn precision_is_refused_with_a_reason() {
    let refused = |values: &[f64], target: Target| match precision(values, 0.95, target) {
        Precision::Refused(refusal) => refusal,
        other => panic!("{other:?}"),
    };
    let both = [Target::Absolute(100.0), Target::Relative(0.5)];
    for target in both {
        // However wide the target: nine events in a thousand worlds are too few, ten are not.
        let mut rare = vec![0.0; 1000];
        rare[..9].fill(1.0);
        assert_eq!(
            refused(&rare, target),
            Refusal::TooFewOtherThanZero { seen: 9, of: 1000 }
        );
        rare[9] = -2.0;
        assert!(!matches!(
            precision(&rare, 0.95, target),
            Precision::Refused(Refusal::TooFewOtherThanZero { .. })
        ));
        assert_eq!(
            refused(&[], target),
            Refusal::TooFewOtherThanZero { seen: 0, of: 0 }
        );
        assert_eq!(refused(&[7.5; 50], target), Refusal::NoVariation { value: 7.5 });
        let mut missing = steady();
        missing[3] = f64::INFINITY;
        assert_eq!(refused(&missing, target), Refusal::NoMean);
    }
    let about_zero: Vec<f64> = steady().iter().map(|value| value - 20.0).collect();
    let interval = mean_interval(&about_zero, 0.95).interval.unwrap();
    assert_eq!(
        refused(&about_zero, Target::Relative(0.5)),
        Refusal::ContainsZero { interval }
    );
    assert!(matches!(
        precision(&about_zero, 0.95, Target::Absolute(1.0)),
        Precision::Known { .. }
    ));
    assert_eq!(FEWEST_OTHER_THAN_ZERO, 10);

    let interval = Interval { low: -1.0, high: 2.5 };
    for (refusal, text) in [
        (
            Refusal::TooFewOtherThanZero { seen: 9, of: 1000 },
            "only 9 of 1000 worlds have a value other than zero, fewer than 10: run more worlds, or ask for the probability \
             instead of the mean",
        ),
        (
            Refusal::NoVariation { value: 7.5 },
            "all worlds have the value 7.5: what does not vary is not known by its interval; leave this metric out of the \
             target",
        ),
        (
            Refusal::ContainsZero { interval },
            "the interval -1 to 2.5 contains zero: state an absolute precision, in the metric's unit",
        ),
        (
            Refusal::NoMean,
            "a world has no value, so there is no mean: ask for a quantile, or for the probability of reaching it",
        ),
    ] {
        assert_eq!(refusal.to_string(), text);
    }
}

/// Two lists with these counts: both, own only, base only, neither.
fn pairs(counts: [u64; 4]) -> (Vec<bool>, Vec<bool>) {
    [(true, true), (true, false), (false, true), (false, false)]
        .into_iter()
        .zip(counts)
        .flat_map(|(pair, count)| (0..count).map(move |_| pair))
        .unzip()
}

fn reached(counts: [u64; 4]) -> coexist::stats::ReachedDifference {
    let (own, base) = pairs(counts);
    reached_difference(&own, &base, 0.95)
}

#[test]
fn newcombes_paired_intervals_agree_with_published_ones() {
    // Airway hyper-responsiveness of 21 children before and after a transplantation: M. W. Fagerland, S. Lydersen and P.
    // Laake, Statistics in Medicine 33 (2014) 2850-2875.
    let seen = reached([1, 1, 7, 12]);
    close(seen.difference, -6.0 / 21.0, 1e-15);
    close(seen.interval.low, -0.507, 5e-4);
    close(seen.interval.high, -0.026, 5e-4);
    assert_eq!(
        [seen.both, seen.own_only, seen.base_only, seen.neither],
        [1, 1, 7, 12]
    );
    // By hand: Wilson's intervals of 19 and of 14 of 41, put together by squares with the corrected correlation (14 * 22 -
    // 41/2) / sqrt(19 * 22 * 14 * 27) = 0.72328.
    let seen = reached([14, 5, 0, 22]);
    let (one, other) = (
        proportion_interval(19, 41, 0.95),
        proportion_interval(14, 41, 0.95),
    );
    let correlation = (14.0 * 22.0 - 20.5) / (19.0f64 * 22.0 * 14.0 * 27.0).sqrt();
    let (below, above) = (19.0 / 41.0 - one.low, other.high - 14.0 / 41.0);
    let arm = (below * below - 2.0 * correlation * below * above + above * above).sqrt();
    close(seen.interval.low, 5.0 / 41.0 - arm, 1e-12);
    close(seen.interval.low, 0.011_483, 1e-6);
    close(seen.interval.high, 0.226_493, 1e-6);
}

#[test]
fn reached_differences_at_their_edges() {
    // Exchanging the two turns the interval round.
    let (seen, turned) = (reached([9, 4, 2, 15]), reached([9, 2, 4, 15]));
    close(seen.interval.low, -turned.interval.high, 1e-15);
    close(seen.interval.high, -turned.interval.low, 1e-15);
    // Equal in all worlds, or never reached: no difference, but a width that shrinks.
    for counts in [[10, 0, 0, 10], [0, 0, 0, 20], [20, 0, 0, 0]] {
        let (few, many) = (reached(counts), reached(counts.map(|count| 100 * count)));
        assert_eq!(few.difference, 0.0);
        assert!(few.interval.low < -0.05 && few.interval.high > 0.05);
        assert!(many.interval.low > -0.01 && many.interval.high < 0.01);
    }
    let all = reached([0, 20, 0, 0]);
    assert_eq!((all.difference, all.interval.high), (1.0, 1.0));
    let none = reached([0; 4]);
    let anything = Interval { low: -1.0, high: 1.0 };
    assert!(none.difference.is_nan() && none.interval == anything);
}

/// Summed over all tables of 40 worlds: the coverage is what theory of large samples says, or a little more.
#[test]
fn reached_differences_cover_about_as_often_as_they_say() {
    const WORLDS: u64 = 40;
    let factorials: Vec<f64> = (0..=WORLDS as usize)
        .map(|n| libm::lgamma(n as f64 + 1.0))
        .collect();
    let cases = [
        [0.4, 0.1, 0.1, 0.4],
        [0.5, 0.25, 0.05, 0.2],
        [0.7, 0.15, 0.05, 0.1],
        [0.25, 0.25, 0.25, 0.25],
        [0.1, 0.05, 0.35, 0.5],
    ];
    let mut coverage = [0.0; 5];
    for both in 0..=WORLDS {
        for own_only in 0..=WORLDS - both {
            for base_only in 0..=WORLDS - both - own_only {
                let counts = [both, own_only, base_only, WORLDS - both - own_only - base_only];
                let interval = reached(counts).interval;
                for (case, coverage) in cases.iter().zip(&mut coverage) {
                    let truth = case[1] - case[2];
                    if interval.low <= truth && truth <= interval.high {
                        let log = counts.iter().zip(case).fold(
                            factorials[WORLDS as usize],
                            |log, (&count, share)| {
                                log - factorials[count as usize] + count as f64 * libm::log(*share)
                            },
                        );
                        *coverage += libm::exp(log);
                    }
                }
            }
        }
    }
    println!("exact coverage: {coverage:?}");
    for one in coverage {
        assert!((0.94..0.98).contains(&one), "{coverage:?}");
    }
    close(coverage.iter().sum::<f64>() / 5.0, 0.957, 0.012);
}

#[test]
fn days_are_restricted_to_the_horizon() {
    let days = [Some(3.0), None, Some(120.0), Some(91.0), Some(90.0)];
    assert_eq!(restricted_days(&days, 91.0), [3.0, 91.0, 91.0, 91.0, 90.0]);
    assert!(restricted_days(&[], 91.0).is_empty());
}
