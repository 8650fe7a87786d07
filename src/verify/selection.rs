//! Selection of the best strategy: how often it is right.

use super::{Measurement, Options, Part, Sample, count};
use crate::kernel::Stream;
use crate::stats::{Direction, SelectionRule, select_best};

const SELECTION: Part = Part {
    title: "Selection of the best of five (Kim and Nelson)",
    what: "Theory is a promise that may be exceeded: a check fails only if the promise lies above the interval. A selection is \
           right if its true mean is less than the indifference, 1, from the best. The means: one best and four behind by \
           the indifference; steps of the indifference; steps of half of it; all equal (any is right then: it must only \
           end). The luck of a world: each strategy's own, or four fifths of the variance common to all, or common but \
           telling on each in its own measure. Variances are those of the first ten worlds.",
    source: "S.-H. Kim and B. L. Nelson, ACM Transactions on Modeling and Computer Simulation 11 (2001) 251-273; for half \
             steps it is found by experiment only",
};

const EXPERIMENTS: u64 = 10_000;
const SYSTEMS: usize = 5;
const ROUND: usize = 16;
const RULE: SelectionRule = SelectionRule {
    direction: Direction::Lower,
    indifference: 1.0,
    confidence: 0.95,
    first_stage: 10,
};

/// Names and means; the lowest is the best and not the first in the list, so that no tie helps.
const MEANS: [(&str, [f64; SYSTEMS]); 4] = [
    ("one best", [1.0, 1.0, 1.0, 0.0, 1.0]),
    ("steps", [4.0, 2.0, 3.0, 0.0, 1.0]),
    ("half steps", [2.0, 1.0, 1.5, 0.0, 0.5]),
    ("all equal", [0.0; SYSTEMS]),
];

/// Names; how much of the common luck and of its own tells on each strategy (standard deviations).
const LUCK: [(&str, [[f64; 2]; SYSTEMS]); 3] = [
    ("own luck", [[0.0, SQRT_2]; SYSTEMS]),
    ("common luck", [[2.0 * SQRT_2, SQRT_2]; SYSTEMS]),
    (
        "uneven luck",
        [[3.0, 0.5], [2.0, 1.0], [2.5, 2.0], [3.5, 1.0], [1.5, 1.5]],
    ),
];
const SQRT_2: f64 = std::f64::consts::SQRT_2;

/// Makes the experiments of this group.
pub fn measure(options: &Options) -> Vec<Measurement> {
    let of = options.replications(EXPERIMENTS);
    let cases = MEANS
        .iter()
        .flat_map(|means| LUCK.iter().map(move |luck| (means, luck)));
    let measured = cases.zip(1_000..).map(|(((shape, means), (kind, luck)), check)| {
        let hits = count(options, check, of, |stream| {
            means[selected(stream, means, luck)] < RULE.indifference
        });
        Measurement {
            part: &SELECTION,
            name: format!("{shape}, {kind}"),
            unit: "",
            theory: RULE.confidence,
            sample: Sample::AtLeast { hits, of },
        }
    });
    measured.collect()
}

/// Which strategy is selected; worlds are added by the round until one is.
fn selected(mut stream: Stream, means: &[f64; SYSTEMS], luck: &[[f64; 2]; SYSTEMS]) -> usize {
    let mut rows: Vec<[f64; SYSTEMS]> = Vec::new();
    loop {
        rows.extend((0..ROUND).map(|_| {
            let common = stream.standard_normal();
            std::array::from_fn(|system| {
                let [of_common, of_own] = luck[system];
                means[system] + of_common * common + of_own * stream.standard_normal()
            })
        }));
        if let Some(best) = select_best(&rows, SYSTEMS, &RULE).selected {
            return best;
        }
    }
}
