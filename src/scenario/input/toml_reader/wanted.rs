//! What a value must be, in words, and an example of it.

use super::super::quoted_list;
use std::fmt::Display;
use std::ops::{Bound, RangeBounds};

/// The limits of a range in words; empty if it has none.
pub(super) fn limits<T: Display>(range: &impl RangeBounds<T>) -> String {
    let low = match range.start_bound() {
        Bound::Included(low) => Some((format!("at least {low}"), format!("{low}"), true)),
        Bound::Excluded(low) => Some((format!("more than {low}"), String::new(), false)),
        Bound::Unbounded => None,
    };
    let high = match range.end_bound() {
        Bound::Included(high) => Some((format!("at most {high}"), format!("{high}"), true)),
        Bound::Excluded(high) => Some((format!("less than {high}"), String::new(), false)),
        Bound::Unbounded => None,
    };
    match (low, high) {
        (Some((_, low, true)), Some((_, high, true))) => format!("between {low} and {high}"),
        (Some((low, ..)), Some((high, ..))) => format!("{low} and {high}"),
        (Some((words, ..)), None) | (None, Some((words, ..))) => words,
        (None, None) => String::new(),
    }
}

/// An example within a range: the first of these that fits, or else the lower or upper limit.
pub(super) fn example<T: PartialOrd + Copy>(range: &impl RangeBounds<T>, tries: &[T]) -> T {
    let limit = |bound: Bound<&T>| match bound {
        Bound::Included(value) | Bound::Excluded(value) => Some(*value),
        Bound::Unbounded => None,
    };
    let fits = tries.iter().copied().find(|value| range.contains(value));
    fits.or(limit(range.start_bound()))
        .or(limit(range.end_bound()))
        .unwrap_or(tries[0])
}

/// What a value must be: in words, and an example as it would be written.
pub struct Wanted {
    pub(super) words: String,
    pub(super) example: String,
}

impl Wanted {
    /// In words, with an example as it would be written.
    pub fn new(words: impl Into<String>, example: impl Into<String>) -> Self {
        Wanted {
            words: words.into(),
            example: example.into(),
        }
    }

    /// Text.
    pub fn string() -> Self {
        Self::new("a string", "\"text\"")
    }

    /// True or false.
    pub fn boolean() -> Self {
        Self::new("true or false", "true")
    }

    /// A date.
    pub fn date() -> Self {
        Self::new("a date", "2025-03-10")
    }

    pub(super) fn datetime() -> Self {
        Self::new("a date and time", "2025-03-10T09:00:00")
    }

    pub(super) fn time_of_day() -> Self {
        Self::new("a time of day", "09:00:00")
    }

    pub(super) fn integer(range: &impl RangeBounds<i64>) -> Self {
        Self::new("a whole number", example(range, &[5, 100, 0]).to_string())
    }

    pub(super) fn float(range: &impl RangeBounds<f64>) -> Self {
        Self::new("a number", example(range, &[0.5, 5.0, 100.0]).to_string())
    }

    /// A count within a range.
    pub fn count(range: &impl RangeBounds<u32>) -> Self {
        Self::whole(&wide(range))
    }

    /// A whole number within a range.
    pub fn whole(range: &impl RangeBounds<i64>) -> Self {
        bounded(Self::integer(range), &limits(range))
    }

    /// A number within a range.
    pub fn real(range: &impl RangeBounds<f64>) -> Self {
        bounded(Self::float(range), &limits(range))
    }

    /// An array of numbers within a range.
    pub fn reals(range: &impl RangeBounds<f64>) -> Self {
        Self::new("an array of numbers", format!("[{}]", Self::float(range).example))
    }

    /// One of a few words.
    pub fn one_of(words: &[&str]) -> Self {
        let first = words.first().copied().unwrap_or_default();
        Self::new(
            format!("one of {}", quoted_list(words.iter().copied())),
            format!("{first:?}"),
        )
    }
}

fn bounded(wanted: Wanted, limits: &str) -> Wanted {
    let words = match limits {
        "" => wanted.words,
        _ if limits.starts_with("between") => format!("{} {limits}", wanted.words),
        _ => format!("{} of {limits}", wanted.words),
    };
    Wanted { words, ..wanted }
}

pub(super) fn wide(range: &impl RangeBounds<u32>) -> (Bound<i64>, Bound<i64>) {
    let low = match range.start_bound() {
        Bound::Included(low) => Bound::Included(i64::from(*low)),
        Bound::Excluded(low) => Bound::Included(i64::from(*low) + 1),
        Bound::Unbounded => Bound::Included(0),
    };
    let high = match range.end_bound() {
        Bound::Included(high) => Bound::Included(i64::from(*high)),
        Bound::Excluded(high) => Bound::Included(i64::from(*high) - 1),
        Bound::Unbounded => Bound::Unbounded,
    };
    (low, high)
}
