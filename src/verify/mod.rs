//! The program checked against theory: `coexist verify`.
//!
//! Every part measures something that the simulator does in a case so simple that theory knows the answer: a formula or a
//! small chain of [`theory`], a property of the generated calendar that is stated beforehand, or an identity that holds
//! in every run. The parts use the same code as a run, and theory uses none of it.
//!
//! | part | what it checks |
//! |---|---|
//! | `desk` | the station as a help desk: Erlang C and Erlang A; Little's law |
//! | `pools` | front ends and the quorum: the binomial and the chain with a restart threshold |
//! | `outages` | time out of service: mean and variance from a start with everything up, and in the long run |
//! | `networks` | topology tasks: critical paths of random networks, and networks whose law is known |
//! | `mixed` | moves in random order: the hypergeometric share of mixed meetings |
//! | `calendar` | the generated calendar: concurrency, kinds of meetings, guests |
//! | `defects` | defects found by an exposure: Goel and Okumoto's mean and variance |
//! | `tickets` | the help desk of the rules, from ticket to agent: Erlang C and Erlang A; Pollaczek and Khinchine; Cobham's priorities |
//! | `conservation` | nobody and nothing is lost or counted twice |
//! | `intervals` | coverage of the intervals that reports print, and of a mean known well enough |
//! | `selection` | how often the best strategy is selected |
//!
//! **The verdict.** A measured quantity passes if theory lies in its confidence interval. There are many of them, and the
//! chance that any fails although all are right is at most [`FAMILY_WISE_ERROR`]: each interval has the level that
//! Bonferroni's inequality asks for. The seed is fixed, so whoever runs the same program sees the same. An identity
//! passes if it holds exactly; what theory only promises to be reached passes unless the promise lies above the interval.
//!
//! **Another check** is a function that gives [`Measurement`]s and a line in [`measure`].

mod calendar;
mod conservation;
mod coverage;
mod defects;
pub mod desk;
pub mod intervals;
mod mixed;
mod networks;
mod outages;
mod pools;
pub mod selection;
pub mod theory;
mod tickets;

use crate::kernel::{Key, Stream};
use crate::scenario::{self, Scenario};
use crate::stats;
use rayon::prelude::*;

/// The chance that any check fails although the program is right.
pub const FAMILY_WISE_ERROR: f64 = 0.001;

/// Seed of the checks when no other is asked for.
pub const SEED: u64 = 1917;

/// How to check.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Options {
    /// Seed of all chance.
    pub seed: u64,
    /// Number of threads; 0 = one per processor. Changes no result.
    pub threads: usize,
    /// Multiplies the number of replications of every check: 4 halves the intervals, in four times the time.
    pub effort: f64,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            seed: SEED,
            threads: 0,
            effort: 1.0,
        }
    }
}

impl Options {
    /// So many replications at an effort of one; never fewer than eight, below which no interval can be trusted.
    fn replications(&self, usual: u64) -> u64 {
        ((usual as f64 * self.effort).round() as u64).max(8)
    }
}

/// Values from independent replications.
#[derive(Clone, PartialEq, Debug)]
pub enum Sample {
    /// The quantity itself, as each replication estimates it without bias.
    Values(Vec<f64>),
    /// Numerator and denominator; the quantity is the ratio of their means.
    Ratios(Vec<[f64; 2]>),
    /// How many of so many independent experiments turned out as asked; the quantity is the probability.
    Share {
        /// How many turned out as asked.
        hits: u64,
        /// Of so many.
        of: u64,
    },
    /// The same, but theory promises at least its value and may be exceeded.
    AtLeast {
        /// How many turned out as asked.
        hits: u64,
        /// Of so many.
        of: u64,
    },
    /// By how much an identity is violated, in all, and how many things were compared.
    Identity {
        /// Zero if the identity holds.
        violation: f64,
        /// How many things were compared.
        compared: u64,
    },
}

/// A quantity that theory knows, as the program shows it; not yet judged.
#[derive(Clone, PartialEq, Debug)]
pub struct Measurement {
    /// The part of the checks that it belongs to; the measurements of a part follow each other.
    pub part: &'static Part,
    /// What was measured; unique within the part.
    pub name: String,
    /// Its unit.
    pub unit: &'static str,
    /// What it is by theory.
    pub theory: f64,
    /// What was seen.
    pub sample: Sample,
}

/// What the checks of one part have in common.
#[derive(PartialEq, Eq, Debug)]
pub struct Part {
    /// Title.
    pub title: &'static str,
    /// What is simulated and how the estimates are made.
    pub what: &'static str,
    /// Where the theory comes from.
    pub source: &'static str,
}

/// A judged measurement.
#[derive(Clone, PartialEq, Debug)]
pub struct Check {
    /// The part of the checks that it belongs to.
    pub part: &'static Part,
    /// What was measured; unique within the part.
    pub name: String,
    /// Its unit.
    pub unit: &'static str,
    /// What it is by theory.
    pub theory: f64,
    /// What it is in the program.
    pub estimate: f64,
    /// Lower end of the interval of the estimate; the estimate itself for an identity.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Replications, or things compared by an identity.
    pub n: u64,
    /// Must it hold exactly?
    pub is_identity: bool,
    /// Does theory lie in the interval, or below it if it is a promise?
    pub passes: bool,
}

impl Check {
    /// For a check that failed: which one, and by how much.
    pub fn failure(&self) -> Option<String> {
        if self.passes {
            return None;
        }
        let Check {
            name,
            unit,
            theory,
            estimate,
            ..
        } = self;
        let title = self.part.title;
        if self.is_identity {
            return Some(format!(
                "{title}: {name}: the two sides differ by {estimate} {unit} in all"
            ));
        }
        let half = (self.high - self.low) / 2.0;
        Some(format!(
            "{title}: {name}: theory {theory:.6} {unit} lies outside {:.6} to {:.6}, {:.1} half-widths from the estimate \
             {estimate:.6}",
            self.low,
            self.high,
            (theory - estimate).abs() / half
        ))
    }
}

/// Makes all checks.
///
/// # Errors
/// If the threads cannot be started.
pub fn verify(options: &Options) -> Result<Vec<Check>, String> {
    measure(options).map(|measurements| judge(&measurements))
}

/// Measures everything, in the order of the parts; the same for any number of threads.
///
/// # Errors
/// If the threads cannot be started.
pub fn measure(options: &Options) -> Result<Vec<Measurement>, String> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(options.threads)
        .build()
        .map_err(|error| error.to_string())?;
    Ok(pool.install(|| {
        let mut all = desk::measure(options, &desk::QUEUES);
        all.extend(pools::measure(options));
        all.extend(outages::measure(options));
        all.extend(networks::measure(options));
        all.extend(mixed::measure(options));
        all.extend(calendar::measure(options));
        all.extend(defects::measure(options));
        all.extend(tickets::measure(options));
        all.extend(conservation::measure(options));
        all.extend(intervals::measure(options));
        all.extend(selection::measure(options));
        all
    }))
}

/// Judges measurements as one family.
pub fn judge(measurements: &[Measurement]) -> Vec<Check> {
    let uncertain = measurements
        .iter()
        .filter(|measurement| !matches!(measurement.sample, Sample::Identity { .. }))
        .count();
    let level = 1.0 - FAMILY_WISE_ERROR / uncertain.max(1) as f64;
    measurements
        .iter()
        .map(|measurement| judge_one(measurement, level))
        .collect()
}

fn judge_one(measurement: &Measurement, level: f64) -> Check {
    let (estimate, ends, n) = match &measurement.sample {
        Sample::Values(values) => mean(values, level),
        Sample::Ratios(pairs) => mean(&linearised(pairs), level),
        Sample::Share { hits, of } | Sample::AtLeast { hits, of } => share(*hits, *of, level),
        Sample::Identity { violation, compared } => (*violation, Some((*violation, *violation)), *compared),
    };
    let (low, high) = ends.unwrap_or((f64::NAN, f64::NAN));
    let Measurement {
        part,
        name,
        unit,
        theory,
        sample,
    } = measurement;
    Check {
        part,
        name: name.clone(),
        unit,
        theory: *theory,
        estimate,
        low,
        high,
        n,
        is_identity: matches!(sample, Sample::Identity { .. }),
        // Nothing compared proves nothing, nor does a value that is not a number.
        passes: n > 0 && *theory <= high && (low <= *theory || matches!(sample, Sample::AtLeast { .. })),
    }
}

fn mean(values: &[f64], level: f64) -> (f64, Option<(f64, f64)>, u64) {
    let estimate = stats::mean_interval(values, level);
    let ends = estimate.interval.map(|interval| (interval.low, interval.high));
    (estimate.mean, ends, estimate.n)
}

fn share(hits: u64, of: u64, level: f64) -> (f64, Option<(f64, f64)>, u64) {
    let interval = stats::proportion_interval(hits, of, level);
    (hits as f64 / of as f64, Some((interval.low, interval.high)), of)
}

/// How many of `experiments` turn out as asked, each with its own stream; `check` tells the streams of one check from those of
/// another.
fn count(options: &Options, check: u64, experiments: u64, turns_out: impl Fn(Stream) -> bool + Sync) -> u64 {
    let one = |replication: u64| {
        let key = Key {
            seed: options.seed,
            replication,
        };
        turns_out(key.stream(Draw::Value, check, 0))
    };
    (0..experiments)
        .into_par_iter()
        .filter(|&experiment| one(experiment))
        .count() as u64
}

/// A scenario that is part of the program.
fn embedded(name: &str, text: &str) -> Scenario {
    scenario::from_text(name, text).unwrap_or_else(|rejected| panic!("{rejected}"))
}

/// Values whose mean is the ratio of the means, and whose spread is that of the ratio to the first order (W. G. Cochran,
/// Sampling Techniques, 3rd ed. 1977, section 6.3).
fn linearised(pairs: &[[f64; 2]]) -> Vec<f64> {
    let sum = |side: usize| pairs.iter().map(|pair| pair[side]).sum::<f64>();
    let ratio = sum(0) / sum(1);
    let mean = sum(1) / pairs.len() as f64;
    pairs
        .iter()
        .map(|[above, below]| ratio + (above - ratio * below) / mean)
        .collect()
}

/// The purposes of draws that the checks make themselves, apart from those of worlds.
#[derive(Clone, Copy)]
enum Draw {
    Start = 1_001,
    Gap = 1_002,
    Service = 1_003,
    Patience = 1_004,
    Order = 1_005,
    Value = 1_006,
}

impl crate::kernel::Purpose for Draw {
    fn code(self) -> u32 {
        self as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PART: Part = Part {
        title: "part",
        what: "",
        source: "",
    };

    fn of(theory: f64, sample: Sample) -> Measurement {
        Measurement {
            part: &PART,
            name: "one".into(),
            unit: "h",
            theory,
            sample,
        }
    }

    #[test]
    fn a_ratio_is_that_of_the_means() {
        let pairs = vec![[1.0, 2.0], [3.0, 4.0], [2.0, 6.0]];
        let values = linearised(&pairs);
        assert!((values.iter().sum::<f64>() / 3.0 - 0.5).abs() < 1e-15);
        assert_eq!(linearised(&[[1.0, 2.0], [2.0, 4.0]]), [0.5, 0.5]);
    }

    #[test]
    fn intervals_widen_with_the_number_of_checks() {
        let one = of(1.0, Sample::Values(vec![0.9, 1.0, 1.2, 1.1, 0.8, 1.0]));
        let width = |checks: &[Check]| checks[0].high - checks[0].low;
        let alone = judge(std::slice::from_ref(&one));
        let many = judge(&vec![one; 50]);
        assert!(alone[0].passes && width(&many) > width(&alone));
    }

    #[test]
    fn a_promise_may_be_exceeded_and_a_share_may_not() {
        let passes = |theory, sample| judge(&[of(theory, sample)])[0].passes;
        let share = Sample::Share { hits: 960, of: 1000 };
        let promise = Sample::AtLeast { hits: 960, of: 1000 };
        for (theory, as_share, as_promise) in [(0.8, false, true), (0.95, true, true), (0.99, false, false)] {
            assert_eq!(passes(theory, share.clone()), as_share);
            assert_eq!(passes(theory, promise.clone()), as_promise);
        }
        assert!(!passes(0.5, Sample::AtLeast { hits: 0, of: 0 }));
    }

    #[test]
    fn what_fails_is_named() {
        let checks = judge(&[
            of(3.0, Sample::Values(vec![0.9, 1.0, 1.1, 1.0, 0.9, 1.1, 1.0, 1.0])),
            of(
                0.0,
                Sample::Identity {
                    violation: 2.0,
                    compared: 9,
                },
            ),
            of(
                0.0,
                Sample::Identity {
                    violation: 0.0,
                    compared: 0,
                },
            ),
        ]);
        assert!(checks.iter().all(|check| !check.passes));
        assert!(
            checks[0]
                .failure()
                .unwrap()
                .starts_with("part: one: theory 3.000000 h lies outside")
        );
        assert_eq!(
            checks[1].failure().unwrap(),
            "part: one: the two sides differ by 2 h in all"
        );
    }
}
