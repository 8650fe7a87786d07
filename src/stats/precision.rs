//! Is a mean known well enough?

use std::fmt;

use super::{Interval, Tally, mean_interval, values_needed};

/// Worlds with a value other than zero below which nothing is said to be known: the mean of a rare event, seen a few
/// times, has an interval that cannot be trusted.
pub const FEWEST_OTHER_THAN_ZERO: u64 = 10;

/// How well a mean is to be known.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Target {
    /// The half-width of the interval is at most this, in the unit of the values.
    Absolute(f64),
    /// The mean errs by at most this share of the true mean.
    ///
    /// If the half-width is at most `g / (1 + g)` of the absolute value of the *estimated* mean, then the error is at most
    /// `g` of the *true* one whenever the interval covers it (A. M. Law, Simulation Modeling and Analysis, 5th ed.,
    /// section 9.4.1).
    Relative(f64),
}

/// Is a mean known well enough?
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Precision {
    /// It is.
    Known {
        /// Half-width of the interval, in the unit of the values.
        half_width: f64,
    },
    /// It is not yet.
    NotYet {
        /// Half-width of the interval, in the unit of the values.
        half_width: f64,
        /// The half-width that is asked for; that of a relative target moves with the mean.
        wanted: f64,
        /// Estimate of how many replications it takes in all, more than there are; `None` if more than anybody could run.
        needed: Option<u64>,
    },
    /// The values say nothing about it. More replications may, so it is no reason to stop.
    Refused(Refusal),
}

/// Why values say nothing about the precision of their mean.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Refusal {
    /// Fewer than [`FEWEST_OTHER_THAN_ZERO`] worlds have a value other than zero.
    TooFewOtherThanZero {
        /// How many have.
        seen: u64,
        /// Of so many.
        of: u64,
    },
    /// All values are the same, which an interval of no width would call certainty.
    NoVariation {
        /// The value.
        value: f64,
    },
    /// The interval contains zero, so that a share of the mean has no meaning.
    ContainsZero {
        /// The interval.
        interval: Interval,
    },
    /// A value is missing or infinite, so that there is no mean.
    NoMean,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::TooFewOtherThanZero { seen, of } => write!(
                f,
                "only {seen} of {of} worlds have a value other than zero, fewer than {FEWEST_OTHER_THAN_ZERO}: run more \
                 worlds, or ask for the probability instead of the mean"
            ),
            Refusal::NoVariation { value } => write!(
                f,
                "all worlds have the value {value}: what does not vary is not known by its interval; leave this metric out \
                 of the target"
            ),
            Refusal::ContainsZero { interval } => write!(
                f,
                "the interval {} to {} contains zero: state an absolute precision, in the metric's unit",
                interval.low, interval.high
            ),
            Refusal::NoMean => f.write_str(
                "a world has no value, so there is no mean: ask for a quantile, or for the probability of reaching it",
            ),
        }
    }
}

/// Is the mean of independent values known as well as the target asks, by its Student t interval at `level`?
///
/// Whoever adds replications until it is stops a little more readily where chance has made the interval narrow. The
/// coverage at that moment tends to `level` as the target narrows (Y. S. Chow and H. Robbins, "On the asymptotic theory of
/// fixed-width sequential confidence intervals for the mean", Annals of Mathematical Statistics 36 (1965) 457-462) and
/// falls a percent or two short of it before; the less, the larger the first round. Values with a long tail need a larger
/// one.
///
/// # Panics
///
/// If the target is not positive and finite, or unless `0 < level < 1`.
pub fn precision(values: &[f64], level: f64, target: Target) -> Precision {
    let (Target::Absolute(asked) | Target::Relative(asked)) = target;
    assert!(
        asked > 0.0 && asked.is_finite(),
        "a precision is a positive number, not {asked}"
    );
    if values.iter().any(|value| !value.is_finite()) {
        return Precision::Refused(Refusal::NoMean);
    }
    let (seen, of) = (
        values.iter().filter(|&&value| value != 0.0).count() as u64,
        values.len() as u64,
    );
    if seen < FEWEST_OTHER_THAN_ZERO {
        return Precision::Refused(Refusal::TooFewOtherThanZero { seen, of });
    }
    let tally: Tally = values.iter().copied().collect();
    if tally.min() == tally.max() {
        return Precision::Refused(Refusal::NoVariation { value: values[0] });
    }
    let estimate = mean_interval(values, level);
    let interval = estimate.interval.expect("there are ten values at least");
    let half_width = 0.5 * (interval.high - interval.low);
    let wanted = match target {
        Target::Absolute(asked) => asked,
        Target::Relative(_) if interval.low <= 0.0 && interval.high >= 0.0 => {
            return Precision::Refused(Refusal::ContainsZero { interval });
        }
        Target::Relative(asked) => asked / (1.0 + asked) * estimate.mean.abs(),
    };
    if half_width <= wanted {
        return Precision::Known { half_width };
    }
    let deviation = tally.variance().map_or(f64::NAN, f64::sqrt);
    Precision::NotYet {
        half_width,
        wanted,
        needed: values_needed(deviation, wanted, level).map(|needed| needed.max(of + 1)),
    }
}
