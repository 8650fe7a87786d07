//! The intervals that reports print, and a mean that is known well enough: how often they are right.

use super::{Measurement, Options, Part, Sample, count, coverage};
use crate::kernel::Stream;
use crate::stats::{
    self, Direction, Interval, Precision, Question, Target, Verdict, compare, mean_interval, precision,
};

const COVERAGE: Part = Part {
    title: "Coverage of 95 % intervals",
    what: "Each world is an experiment of its own: a sample is drawn, an interval is made, and it is noted whether that \
           contains the true value. A discrete number cannot have a coverage of 95 % exactly: theory sums what the \
           interval's own test accepts.",
    source: "Student, Biometrika 6 (1908) 1-25; E. B. Wilson, Journal of the American Statistical Association 22 (1927) \
             209-212; C. J. Clopper and E. S. Pearson, Biometrika 26 (1934) 404-413; W. J. Conover, Practical Nonparametric \
             Statistics, 3rd ed. 1999, section 3.2",
};

const PROMISES: Part = Part {
    title: "Comparisons at once, and stopping when a mean is known",
    what: "Theory is a promise that may be exceeded: a check fails only if the promise lies above the interval. Six \
           comparisons with a base in the same worlds, two measures of three strategies, all right at once. And worlds added \
           by the hundred until the mean of a skewed quantity is known to 10 % of itself (95 %, Law's rule): stopping at a \
           moment that chance had a hand in costs some coverage, and no more than 2 % is allowed here.",
    source: "A. M. Law, Simulation Modeling and Analysis, 5th ed. 2015, sections 9.4.1, 9.7 and 10.3",
};

const EXPERIMENTS: u64 = 10_000;
const LEVEL: f64 = 0.95;
/// What stopping by precision must keep of a level of 95 %.
const AFTER_STOPPING: f64 = 0.93;
/// Worlds added at a time until a mean is known.
const ROUND: usize = 100;

/// A check of this file: its name, what theory says, and one experiment.
struct Trial {
    part: &'static Part,
    name: String,
    theory: f64,
    turns_out: Box<dyn Fn(Stream) -> bool + Sync>,
}

/// Makes the experiments of this group.
pub fn measure(options: &Options) -> Vec<Measurement> {
    let trials = [
        student(),
        wilson(),
        clopper_pearson(),
        order_statistics(),
        together(),
        stopping(),
    ];
    let of = options.replications(EXPERIMENTS);
    let measured = trials.into_iter().flatten().zip(0..).map(|(trial, check)| {
        let hits = count(options, check, of, &trial.turns_out);
        Measurement {
            part: trial.part,
            name: trial.name,
            unit: "",
            theory: trial.theory,
            sample: if trial.part == &PROMISES {
                Sample::AtLeast { hits, of }
            } else {
                Sample::Share { hits, of }
            },
        }
    });
    measured.collect()
}

fn contains(interval: Interval, value: f64) -> bool {
    interval.low <= value && value <= interval.high
}

fn student() -> Vec<Trial> {
    let of = |size: usize| Trial {
        part: &COVERAGE,
        name: format!("mean of {size} normal values, Student's t"),
        theory: LEVEL,
        turns_out: Box::new(move |mut stream| {
            let values: Vec<f64> = (0..size).map(|_| 3.0 + 2.0 * stream.standard_normal()).collect();
            mean_interval(&values, LEVEL)
                .interval
                .is_some_and(|interval| contains(interval, 3.0))
        }),
    };
    [2, 5, 20, 100].map(of).into()
}

fn shares(name: &str, theory: fn(u32, f64) -> f64, interval: fn(u64, u64, f64) -> Interval) -> Vec<Trial> {
    let of = |(n, p): (u32, f64)| Trial {
        part: &COVERAGE,
        name: format!("probability {p} from {n}, {name}"),
        theory: theory(n, p),
        turns_out: Box::new(move |mut stream| {
            let successes = (0..n).filter(|_| stream.chance(p)).count() as u64;
            contains(interval(successes, u64::from(n), LEVEL), p)
        }),
    };
    [(20, 0.5), (50, 0.1), (200, 0.02), (200, 0.9)].map(of).into()
}

fn wilson() -> Vec<Trial> {
    shares("Wilson", coverage::of_wilson, stats::proportion_interval)
}

fn clopper_pearson() -> Vec<Trial> {
    shares(
        "Clopper-Pearson",
        coverage::of_clopper_pearson,
        stats::exact_proportion_interval,
    )
}

fn order_statistics() -> Vec<Trial> {
    let of = |(n, p): (u32, f64)| Trial {
        part: &COVERAGE,
        name: format!("{p} quantile from {n}, order statistics"),
        theory: coverage::of_order_statistics(n, p).unwrap_or(f64::NAN),
        turns_out: Box::new(move |mut stream| {
            let mut values: Vec<f64> = (0..n).map(|_| stream.exponential(1.0)).collect();
            values.sort_unstable_by(f64::total_cmp);
            stats::quantile_interval(&values, p, LEVEL)
                .is_some_and(|interval| contains(interval, -libm::log1p(-p)))
        }),
    };
    [(30, 0.5), (100, 0.1), (72, 0.95), (200, 0.9)].map(of).into()
}

/// True differences from the base of the three strategies, in either measure; what is not worth naming.
const DIFFERENCES: [f64; 3] = [0.0, 0.3, -1.0];
const INDIFFERENCE: f64 = 0.3;

/// Two measures of the base and of three strategies in some worlds: a world's luck is common to all, and strategies differ in
/// how much it tells on them.
fn worlds(stream: &mut Stream, worlds: usize) -> [[Vec<f64>; 4]; 2] {
    let mut seen: [[Vec<f64>; 4]; 2] = Default::default();
    for _ in 0..worlds {
        let luck = stream.standard_normal();
        for measure in &mut seen {
            for (strategy, values) in measure.iter_mut().enumerate() {
                let difference = if strategy == 0 {
                    0.0
                } else {
                    DIFFERENCES[strategy - 1]
                };
                let share = 1.0 + 0.2 * strategy as f64;
                values.push(10.0 + difference + 2.0 * share * luck + stream.standard_normal());
            }
        }
    }
    seen
}

fn together() -> Vec<Trial> {
    let of = |n: usize| {
        let turns_out = move |mut stream: Stream| {
            let seen = worlds(&mut stream, n);
            let questions: Vec<Question<'_>> = seen
                .iter()
                .flat_map(|[base, rest @ ..]| {
                    rest.iter().map(move |own| Question {
                        own,
                        base,
                        direction: Direction::Lower,
                        indifference: INDIFFERENCE,
                    })
                })
                .collect();
            let answers = compare(&questions, LEVEL);
            let mut truths = DIFFERENCES.iter().cycle();
            answers.iter().all(|answer| {
                let truth = *truths.next().expect("a cycle has no end");
                let interval = answer.difference.estimate.interval;
                interval.is_some_and(|interval| contains(interval, truth)) && fits(answer.verdict, truth)
            })
        };
        Trial {
            part: &PROMISES,
            name: format!("six comparisons, each from {n} worlds"),
            theory: LEVEL,
            turns_out: Box::new(turns_out),
        }
    };
    [10, 100].map(of).into()
}

/// Is a verdict true of this difference, the lower the better?
fn fits(verdict: Verdict, truth: f64) -> bool {
    match verdict {
        Verdict::Better => truth < 0.0,
        Verdict::Worse => truth > 0.0,
        Verdict::Tied => truth.abs() <= INDIFFERENCE,
        Verdict::Undecided { .. } => true,
    }
}

fn stopping() -> Vec<Trial> {
    let of = |(name, mean, draw): (&str, f64, fn(&mut Stream) -> f64)| Trial {
        part: &PROMISES,
        name: format!("mean of {name}, known to 10 %"),
        theory: AFTER_STOPPING,
        turns_out: Box::new(move |mut stream| {
            let mut values = Vec::new();
            loop {
                values.extend((0..ROUND).map(|_| draw(&mut stream)));
                if let Precision::Known { .. } = precision(&values, LEVEL, Target::Relative(0.1)) {
                    let interval = mean_interval(&values, LEVEL).interval;
                    return interval.is_some_and(|interval| contains(interval, mean));
                }
            }
        }),
    };
    // The mean of a lognormal with median 1 and sigma 0.8 is exp(0.32).
    [
        of(("an exponential", 1.0, |stream| stream.exponential(1.0))),
        of(("a lognormal, sigma 0.8", libm::exp(0.32), |stream| {
            stream.lognormal(1.0, 0.8)
        })),
    ]
    .into()
}
