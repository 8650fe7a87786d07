//! Keyed random numbers: what a draw depends on, and how draws are distributed.

use std::collections::BTreeSet;

use coexist::kernel::random::{combine, entity_id};
use coexist::kernel::{Key, Purpose, Stream};

#[derive(Copy, Clone)]
struct Code(u32);

impl Purpose for Code {
    fn code(self) -> u32 {
        self.0
    }
}

const KEY: Key = Key {
    seed: 2024,
    replication: 3,
};

fn stream(index: u64) -> Stream {
    KEY.stream(Code(7), 0, index)
}

/// Fails if the mean of the values is more than 4 standard errors from the expected one.
fn assert_mean(values: &[f64], expected: f64, what: &str) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values
        .iter()
        .map(|value| (value - mean) * (value - mean))
        .sum::<f64>()
        / (count - 1.0);
    let error = (variance / count).sqrt();
    assert!(
        (mean - expected).abs() < 4.0 * error,
        "{what}: {mean} is not {expected} within 4 x {error}"
    );
}

#[test]
fn draws_do_not_depend_on_the_order_of_asking() {
    let keys: Vec<(u32, u64, u64)> = (0..6_u32)
        .flat_map(|code| {
            (0..6_u64).flat_map(move |entity| (0..6_u64).map(move |index| (code, entity, index)))
        })
        .collect();
    let ask = |&(code, entity, index): &(u32, u64, u64)| KEY.stream(Code(code), entity, index);
    let forward: Vec<[u64; 3]> = keys
        .iter()
        .map(|key| {
            let mut stream = ask(key);
            [stream.u64(), stream.u64(), stream.u64()]
        })
        .collect();

    // All streams open at once, drawn in turns, in shuffled order, some read far ahead.
    let mut order: Vec<usize> = (0..keys.len()).collect();
    stream(0).shuffle(&mut order);
    let mut streams: Vec<Stream> = keys.iter().map(ask).collect();
    let mut drawn = vec![Vec::new(); keys.len()];
    for _ in 0..3 {
        for &place in &order {
            drawn[place].push(streams[place].u64());
            if place % 3 == 0 {
                let mut ahead = ask(&keys[place]);
                (0..100).for_each(|_| assert_ne!(ahead.u64(), 0));
            }
        }
    }
    assert!(
        drawn
            .iter()
            .zip(&forward)
            .all(|(drawn, expected)| drawn == expected)
    );

    // And on other threads.
    let threaded: Vec<[u64; 3]> = std::thread::scope(|scope| {
        let tasks: Vec<_> = keys
            .iter()
            .map(|key| {
                scope.spawn(|| {
                    let mut stream = ask(key);
                    [stream.u64(), stream.u64(), stream.u64()]
                })
            })
            .collect();
        tasks.into_iter().map(|task| task.join().unwrap()).collect()
    });
    assert_eq!(threaded, forward);
}

#[test]
fn every_part_of_the_key_matters() {
    let mut seen = BTreeSet::new();
    let parts = [0, 1, 2, 1 << 32, 1 << 63, u64::MAX];
    for seed in parts {
        for replication in parts {
            for code in [0, 1, 2, 1 << 31, u32::MAX] {
                for entity in parts {
                    for index in parts {
                        let first = Key { seed, replication }.stream(Code(code), entity, index).u64();
                        assert!(
                            seen.insert(first),
                            "{seed} {replication} {code} {entity} {index} repeats"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn uniform_of_a_key_is_the_first_of_its_stream() {
    for index in 0..100 {
        let mut stream = stream(index);
        let bits = stream.clone().u64();
        let uniform = KEY.uniform(Code(7), 0, index);
        assert_eq!(uniform, stream.uniform());
        assert_eq!(uniform, ((bits >> 12) as f64 + 0.5) / (1_u64 << 52) as f64);
    }
}

#[test]
fn uniforms_are_uniform_and_neighbouring_streams_independent() {
    const COUNT: u64 = 200_000;
    let within: Vec<f64> = {
        let mut stream = stream(0);
        (0..COUNT).map(|_| stream.uniform()).collect()
    };
    let across: Vec<f64> = (0..COUNT).map(|index| KEY.uniform(Code(7), 1, index)).collect();
    let entities: Vec<f64> = (0..COUNT).map(|entity| KEY.uniform(Code(8), entity, 0)).collect();
    let replications: Vec<f64> = (0..COUNT)
        .map(|replication| {
            Key {
                seed: 2024,
                replication,
            }
            .uniform(Code(7), 0, 0)
        })
        .collect();
    for (what, values) in [
        ("within", within),
        ("indices", across),
        ("entities", entities),
        ("replications", replications),
    ] {
        assert!(values.iter().all(|&value| value > 0.0 && value < 1.0));
        assert_mean(&values, 0.5, what);
        assert_mean(&values.iter().map(|u| u * u).collect::<Vec<_>>(), 1.0 / 3.0, what);
        let products: Vec<f64> = values
            .windows(2)
            .map(|pair| (pair[0] - 0.5) * (pair[1] - 0.5))
            .collect();
        assert_mean(&products, 0.0, what);
        // Chi-square on 64 cells: 63 degrees of freedom, mean 63, standard deviation sqrt(126).
        let mut cells = [0.0; 64];
        values.iter().for_each(|u| cells[(u * 64.0) as usize] += 1.0);
        let expected = values.len() as f64 / 64.0;
        let statistic: f64 = cells
            .iter()
            .map(|cell| (cell - expected) * (cell - expected) / expected)
            .sum();
        assert!(
            (statistic - 63.0).abs() < 4.0 * 126.0_f64.sqrt(),
            "{what}: chi-square {statistic}"
        );
    }
}

#[test]
fn below_is_unbiased() {
    for n in [1, 2, 3, 7, 10] {
        let mut stream = stream(n);
        let mut counts = vec![0.0; n as usize];
        for _ in 0..100_000 {
            counts[stream.below(n) as usize] += 1.0;
        }
        let expected = 100_000.0 / n as f64;
        let error = (expected * (1.0 - 1.0 / n as f64)).sqrt();
        assert!(
            counts.iter().all(|count| (count - expected).abs() <= 4.0 * error),
            "{n}: {counts:?}"
        );
    }
    // Near 3/4 of the range, taking a remainder would favour the lowest third twofold.
    let n = 3 << 62;
    let mut stream = stream(100);
    let low: Vec<f64> = (0..50_000)
        .map(|_| f64::from(u8::from(stream.below(n) < 1 << 62)))
        .collect();
    assert_mean(&low, 1.0 / 3.0, "a bound near the range");
    assert!((0..1000).all(|_| stream.below(u64::MAX) < u64::MAX));
}

#[test]
#[should_panic(expected = "below 0")]
fn below_zero_is_refused() {
    stream(0).below(0);
}

#[test]
fn chances_have_their_probability_and_are_nested() {
    let draws: Vec<f64> = (0..100_000)
        .map(|index| f64::from(u8::from(stream(index).chance(0.3))))
        .collect();
    assert_mean(&draws, 0.3, "chance");
    for index in 0..10_000 {
        assert!(!stream(index).chance(0.3) || stream(index).chance(0.31));
        assert!(!stream(index).chance(0.0) && stream(index).chance(1.0) && !stream(index).chance(f64::NAN));
    }
}

#[test]
fn continuous_draws_have_their_moments() {
    const COUNT: usize = 200_000;
    let mut random = stream(1);
    let values: Vec<f64> = (0..COUNT).map(|_| random.exponential(5.0)).collect();
    assert_mean(&values, 5.0, "exponential mean");
    assert_mean(
        &values.iter().map(|x| x * x).collect::<Vec<_>>(),
        50.0,
        "exponential second moment",
    );
    let values: Vec<f64> = (0..COUNT).map(|_| random.standard_normal()).collect();
    assert_mean(&values, 0.0, "normal mean");
    assert_mean(
        &values.iter().map(|x| x * x).collect::<Vec<_>>(),
        1.0,
        "normal second moment",
    );
    assert_mean(
        &values.iter().map(|x| x * x * x * x).collect::<Vec<_>>(),
        3.0,
        "normal fourth moment",
    );
    let values: Vec<f64> = (0..COUNT).map(|_| random.lognormal(2.0, 0.5)).collect();
    assert_mean(&values, 2.0 * libm::exp(0.125), "lognormal mean");
}

#[test]
fn poisson_counts_have_their_moments_and_are_nested() {
    for mean in [0.1, 1.0, 12.5] {
        let counts: Vec<f64> = (0..100_000)
            .map(|index| stream(index).poisson(mean) as f64)
            .collect();
        assert_mean(&counts, mean, "Poisson mean");
        let squares: Vec<f64> = counts
            .iter()
            .map(|count| (count - mean) * (count - mean))
            .collect();
        assert_mean(&squares, mean, "Poisson variance");
        // At the largest mean none is too rare to be seen.
        if mean < 5.0 {
            let none: Vec<f64> = counts
                .iter()
                .map(|&count| f64::from(u8::from(count == 0.0)))
                .collect();
            assert_mean(&none, libm::exp(-mean), "Poisson probability of none");
        }
    }
    for index in 0..2000 {
        let counts = [0.0, 0.5, 1.0, 1.1, 4.0, 4.01, 30.0].map(|mean| stream(index).poisson(mean));
        assert!(counts.is_sorted() && counts[0] == 0, "{counts:?}");
    }
}

#[test]
fn weighted_choices_follow_the_weights() {
    let weights = [0.0, 1.0, 0.0, 3.0, 0.0];
    let mut random = stream(2);
    let chosen: Vec<usize> = (0..100_000).map(|_| random.choose_weighted(&weights)).collect();
    assert!(chosen.iter().all(|place| [1, 3].contains(place)));
    let ones: Vec<f64> = chosen
        .iter()
        .map(|&place| f64::from(u8::from(place == 1)))
        .collect();
    assert_mean(&ones, 0.25, "weight");
    assert_eq!(random.choose_weighted(&[f64::MIN_POSITIVE]), 0);
}

#[test]
#[should_panic(expected = "sum of the weights")]
fn a_choice_among_nothing_is_refused() {
    stream(0).choose_weighted(&[0.0, 0.0]);
}

#[test]
fn shuffles_are_uniform_permutations() {
    let mut random = stream(3);
    let mut counts = std::collections::BTreeMap::new();
    const COUNT: u32 = 120_000;
    for _ in 0..COUNT {
        let mut items = [0, 1, 2, 3];
        random.shuffle(&mut items);
        *counts.entry(items).or_insert(0_u32) += 1;
    }
    assert_eq!(counts.len(), 24);
    let expected = f64::from(COUNT) / 24.0;
    let error = (expected * 23.0 / 24.0).sqrt();
    assert!(
        counts
            .values()
            .all(|&count| (f64::from(count) - expected).abs() < 4.0 * error),
        "{counts:?}"
    );
    random.shuffle::<u8>(&mut []);
}

#[test]
fn entity_numbers_are_distinct() {
    // The published XXH3-64 of no bytes.
    assert_eq!(entity_id(""), 0x2d06_8005_38d3_94c2);
    let names: BTreeSet<u64> = (0..10_000)
        .map(|number| entity_id(&format!("host-{number}")))
        .collect();
    assert_eq!(names.len(), 10_000);
    let pairs: BTreeSet<u64> = (0..300)
        .flat_map(|a| (0..300).map(move |b| combine(a, b)))
        .collect();
    assert_eq!(
        pairs.len(),
        90_000,
        "pairs collide, or their order does not matter"
    );
}
