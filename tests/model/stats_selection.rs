//! Selection of the best by hand, and what must not matter to it.

use coexist::stats::{Direction, Selection, SelectionRule, select_best};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The confidence is 15/16, so that two times the error is a power of two and nothing is rounded.
const RULE: SelectionRule = SelectionRule {
    direction: Direction::Higher,
    indifference: 1.0,
    confidence: 0.9375,
    first_stage: 3,
};

#[test]
fn two_systems_by_hand() {
    // eta = ((2 / 16)^(-2/2) - 1) / 2 = 3.5, h^2 = 2 * 3.5 * 2 = 14. The first differences 1, 2, 0 have variance 1: the
    // second is dropped when its sum is behind by more than (14 - r) / 2, and all is over after 15.
    let mut rows = vec![[5.0, 4.0], [7.0, 5.0], [1.0, 1.0]];
    let open = select_best(&rows[..2], 2, &RULE);
    assert_eq!((open.selected, open.replications, open.at_most), (None, 2, None));
    let open = select_best(&rows, 2, &RULE);
    // Behind by 3 of 5.5.
    assert_eq!(
        (open.selected, open.survivors.as_slice(), open.at_most),
        (None, [0, 1].as_slice(), Some(15))
    );
    // Behind by 5 = (14 - 4) / 2 exactly, so not yet dropped.
    rows.push([4.0, 2.0]);
    assert_eq!(select_best(&rows, 2, &RULE).selected, None);
    // Behind by 5 of 4.5.
    rows.push([3.0, 3.0]);
    rows.push([0.0, 1000.0]);
    let over = select_best(&rows, 2, &RULE);
    assert_eq!(
        over,
        Selection {
            selected: Some(0),
            survivors: vec![0],
            dropped_after: vec![None, Some(5)],
            replications: 5,
            at_most: Some(5),
        }
    );
    // The other way round, with the signs turned.
    let turned: Vec<[f64; 2]> = rows.iter().map(|row| row.map(|value| -value)).collect();
    let lower = SelectionRule {
        direction: Direction::Lower,
        ..RULE
    };
    assert_eq!(select_best(&turned, 2, &lower), over);
}

#[test]
fn three_systems_share_out_the_error() {
    // eta = ((2 / 16 / 2)^(-1) - 1) / 2 = 7.5, h^2 = 30: over after 31 if the variance is 1.
    let rows = [[1.0, 0.0, 0.0], [2.0, 0.0, 0.0], [0.0, 0.0, 0.0]];
    let open = select_best(&rows, 3, &RULE);
    assert_eq!((open.selected, open.at_most), (None, Some(31)));
    // A third is dropped at once if it is far behind in all worlds, and its values are not read any more.
    let mut rows = vec![[1.0, 0.0, -90.0], [2.0, 0.0, -90.0], [0.0, 0.0, -90.0]];
    rows.push([1.0, 0.0, f64::NAN]);
    let open = select_best(&rows, 3, &RULE);
    assert_eq!(open.dropped_after, [None, None, Some(3)]);
    assert_eq!((open.selected, open.survivors), (None, vec![0, 1]));
}

#[test]
fn equal_systems_are_a_tie() {
    // The same in all worlds: over with the first stage, and the first is named.
    let rows = [[3.0, 3.0], [1.0, 1.0], [2.0, 2.0]];
    let over = select_best(&rows, 2, &RULE);
    assert_eq!(
        (over.selected, over.survivors, over.replications),
        (Some(0), vec![0, 1], 3)
    );
    // Equal but for luck that nearly cancels: differences 1, -1, 1 with variance 4/3, and 14 * 4/3 = 18.7. Behind by 1 after
    // every odd number; 17 is the first at which (18.7 - r) / 2 is less.
    let rows: Vec<[f64; 2]> = (0..200).map(|r| [[1.0, 0.0], [0.0, 1.0]][r % 2]).collect();
    let over = select_best(&rows, 2, &RULE);
    assert_eq!(over.replications, 17);
    assert_eq!(select_best(&rows[..16], 2, &RULE).at_most, Some(19));
    assert_eq!((over.selected, over.survivors), (Some(0), vec![0]));
    let one = select_best::<[f64; 1]>(&[], 1, &RULE);
    assert_eq!((one.selected, one.replications), (Some(0), 0));
}

/// Five systems with noise of their own and a common one, in sixteenths so that sums are exact.
fn worlds(seed: u64) -> Vec<[f64; 5]> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut draw = || (rng.next_u64() % 64) as f64 / 16.0;
    (0..400)
        .map(|_| {
            let common = draw();
            std::array::from_fn(|system| 0.25 * system as f64 + common + draw())
        })
        .collect()
}

#[test]
fn neither_rounds_nor_the_order_of_systems_nor_common_luck_matter() {
    let rule = SelectionRule {
        first_stage: 10,
        ..RULE
    };
    let mut longest = 0;
    for seed in 0..20 {
        let rows = worlds(seed);
        let whole = select_best(&rows, 5, &rule);
        assert!(whole.selected.is_some() && whole.replications >= 10);
        // Replications are added until it is over: the first to be over is the one that the whole tells of.
        for round in [1, 7, 50] {
            let mut there = 0;
            let by_rounds = loop {
                there += round;
                let state = select_best(&rows[..there], 5, &rule);
                assert!(state.at_most.is_none_or(|last| last >= whole.replications));
                if state.selected.is_some() {
                    break state;
                }
            };
            assert_eq!(by_rounds, whole);
        }
        longest = longest.max(whole.replications);
        // Columns turned round.
        let turned: Vec<[f64; 5]> = rows
            .iter()
            .map(|row| std::array::from_fn(|system| row[4 - system]))
            .collect();
        let of_turned = select_best(&turned, 5, &rule);
        assert_eq!(of_turned.selected.map(|system| 4 - system), whole.selected);
        assert_eq!(of_turned.replications, whole.replications);
        // What is common to a world.
        let shifted: Vec<[f64; 5]> = rows
            .iter()
            .enumerate()
            .map(|(place, row)| row.map(|value| value + (place % 9) as f64 * 64.0))
            .collect();
        assert_eq!(select_best(&shifted, 5, &rule), whole);
        // The unit.
        let scaled: Vec<[f64; 5]> = rows.iter().map(|row| row.map(|value| 8.0 * value)).collect();
        let in_unit = SelectionRule {
            indifference: 8.0,
            ..rule
        };
        assert_eq!(select_best(&scaled, 5, &in_unit), whole);
    }
    assert!(longest > 20);
}

#[test]
fn assumptions_are_told() {
    let told = RULE.assumptions(4).join("\n");
    for part in [
        "of 4 systems the one with the highest mean",
        "probability 0.9375",
        "leads all others by 1 or more",
        "joint normal",
        "first 3 replications",
        "experiments, not proved",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
}

#[test]
#[should_panic(expected = "system 1 has no finite value in row 3: inf")]
fn a_value_that_is_missing_is_refused() {
    let rows = [[1.0, 0.0], [2.0, 0.0], [0.0, 0.0], [1.0, f64::INFINITY]];
    select_best(&rows, 2, &RULE);
}

#[test]
#[should_panic(expected = "an indifference zone is a positive number, not 0")]
fn an_indifference_of_zero_is_refused() {
    let rule = SelectionRule {
        indifference: 0.0,
        ..RULE
    };
    select_best(&[[1.0, 0.0]], 2, &rule);
}

#[test]
#[should_panic(expected = "a blind guess among 2")]
fn a_confidence_of_a_blind_guess_is_refused() {
    let rule = SelectionRule {
        confidence: 0.5,
        ..RULE
    };
    select_best(&[[1.0, 0.0]], 2, &rule);
}
