//! Simulated time: points ([`Time`]) and durations ([`Span`]), both whole milliseconds in an `i64`.
//!
//! Integers make addition exact and associative, so that areas and sums are identities and not
//! approximations. All arithmetic is checked: an overflow panics in every build profile, since a wrapped or
//! saturated clock would silently reorder events. The range is about 292 million years on either side of zero.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

/// A point in simulated time, in milliseconds since the scenario's start; negative before it.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Time(pub i64);

/// A signed duration, in milliseconds.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Span(pub i64);

impl Time {
    /// The scenario's start.
    pub const ZERO: Time = Time(0);

    /// Later than everything that happens.
    pub const NEVER: Time = Time(i64::MAX);

    /// The number of the day this point lies in: day 0 is the first 24 hours after the start, day -1 the 24
    /// hours before it (division by a day, rounded down).
    pub const fn day(self) -> i64 {
        self.0.div_euclid(Span::DAY.0)
    }

    /// Days since the start, with fraction. Exact to about 1 ms within 2^53 ms (285 thousand years).
    pub fn days(self) -> f64 {
        self.0 as f64 / Span::DAY.0 as f64
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Span = Span(0);
    /// One millisecond, the resolution of the clock.
    pub const MILLISECOND: Span = Span(1);
    /// 1000 milliseconds.
    pub const SECOND: Span = Span(1_000);
    /// 60 seconds.
    pub const MINUTE: Span = Span(60_000);
    /// 60 minutes.
    pub const HOUR: Span = Span(3_600_000);
    /// 24 hours.
    pub const DAY: Span = Span(86_400_000);
    /// 7 days.
    pub const WEEK: Span = Span(604_800_000);

    /// The span nearest to a number of seconds, halves of a millisecond rounded away from zero. Saturates at
    /// the ends of the range; not-a-number gives [`Span::ZERO`].
    pub fn from_seconds_f64(seconds: f64) -> Span {
        Span::from_unit(seconds, Span::SECOND)
    }

    /// The span nearest to a number of minutes; rounds and saturates as [`Span::from_seconds_f64`] does.
    pub fn from_minutes_f64(minutes: f64) -> Span {
        Span::from_unit(minutes, Span::MINUTE)
    }

    /// The span nearest to a number of hours; rounds and saturates as [`Span::from_seconds_f64`] does.
    pub fn from_hours_f64(hours: f64) -> Span {
        Span::from_unit(hours, Span::HOUR)
    }

    /// The span nearest to a number of days; rounds and saturates as [`Span::from_seconds_f64`] does.
    pub fn from_days_f64(days: f64) -> Span {
        Span::from_unit(days, Span::DAY)
    }

    /// The product is rounded once to a double, then to whole milliseconds; `as` saturates and maps NaN to 0.
    fn from_unit(count: f64, unit: Span) -> Span {
        Span((count * unit.0 as f64).round() as i64)
    }

    /// The duration in minutes, with fraction.
    pub fn minutes(self) -> f64 {
        self.0 as f64 / Span::MINUTE.0 as f64
    }

    /// The duration in hours, with fraction.
    pub fn hours(self) -> f64 {
        self.0 as f64 / Span::HOUR.0 as f64
    }

    /// The duration in days, with fraction.
    pub fn days(self) -> f64 {
        self.0 as f64 / Span::DAY.0 as f64
    }
}

/// The point `rhs` later. Panics on overflow.
impl Add<Span> for Time {
    type Output = Time;
    fn add(self, rhs: Span) -> Time {
        Time(self.0.checked_add(rhs.0).expect("simulated time overflowed"))
    }
}

/// The point `rhs` earlier. Panics on overflow.
impl Sub<Span> for Time {
    type Output = Time;
    fn sub(self, rhs: Span) -> Time {
        Time(self.0.checked_sub(rhs.0).expect("simulated time overflowed"))
    }
}

/// The signed duration from `rhs` to `self`. Panics on overflow.
impl Sub<Time> for Time {
    type Output = Span;
    fn sub(self, rhs: Time) -> Span {
        Span(self.0.checked_sub(rhs.0).expect("simulated duration overflowed"))
    }
}

/// Panics on overflow.
impl AddAssign<Span> for Time {
    fn add_assign(&mut self, rhs: Span) {
        *self = *self + rhs;
    }
}

/// Panics on overflow.
impl SubAssign<Span> for Time {
    fn sub_assign(&mut self, rhs: Span) {
        *self = *self - rhs;
    }
}

/// Panics on overflow.
impl Add for Span {
    type Output = Span;
    fn add(self, rhs: Span) -> Span {
        Span(self.0.checked_add(rhs.0).expect("simulated duration overflowed"))
    }
}

/// Panics on overflow.
impl Sub for Span {
    type Output = Span;
    fn sub(self, rhs: Span) -> Span {
        Span(self.0.checked_sub(rhs.0).expect("simulated duration overflowed"))
    }
}

/// Panics on overflow.
impl Mul<i64> for Span {
    type Output = Span;
    fn mul(self, rhs: i64) -> Span {
        Span(self.0.checked_mul(rhs).expect("simulated duration overflowed"))
    }
}

/// Rounds towards zero, as integer division does. Panics on division by zero and on overflow.
impl Div<i64> for Span {
    type Output = Span;
    fn div(self, rhs: i64) -> Span {
        assert!(rhs != 0, "a duration was divided by zero");
        Span(self.0.checked_div(rhs).expect("simulated duration overflowed"))
    }
}

/// Panics on overflow, which only the smallest `i64` causes.
impl Neg for Span {
    type Output = Span;
    fn neg(self) -> Span {
        Span(self.0.checked_neg().expect("simulated duration overflowed"))
    }
}

/// Panics on overflow.
impl AddAssign for Span {
    fn add_assign(&mut self, rhs: Span) {
        *self = *self + rhs;
    }
}

/// Panics on overflow.
impl SubAssign for Span {
    fn sub_assign(&mut self, rhs: Span) {
        *self = *self - rhs;
    }
}

/// The total; [`Span::ZERO`] of nothing. Panics on overflow.
impl Sum for Span {
    fn sum<I: Iterator<Item = Span>>(spans: I) -> Span {
        spans.fold(Span::ZERO, |total, span| total + span)
    }
}
