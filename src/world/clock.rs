//! The operational clock of a site: time measured in expected meeting load.
//!
//! One *load unit* is one working day. The clock stands still outside the working hours, at weekends and on
//! holidays; inside them it runs at two speeds, one in the busy hours and one in the rest. A Poisson process of
//! constant rate in this clock is the process of meetings that people arrange.

use super::Site;
use crate::kernel::{Span, Time};

/// Cumulative load over scenario time, and its inverse.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    offset: Span,
    /// (time of day in ms, load) at which the speed changes within a working day; from (opening, 0) to (closing, 1).
    knots: Vec<(f64, f64)>,
    first_date: i64,
    /// Working days before each date, counted from `first_date`, and one more for the end.
    days_before: Vec<u32>,
    /// The working dates.
    dates: Vec<i64>,
    /// Working days per calendar day.
    share: f64,
}

impl Clock {
    /// The clock of a site over a range of dates; `busy_share` of a day's load lies in the busy hours.
    pub(super) fn new(site: &Site, busy_share: f64, dates: std::ops::RangeInclusive<i64>) -> Clock {
        let first_date = *dates.start();
        let mut clock = Clock {
            offset: site.offset,
            knots: knots(site, busy_share),
            first_date,
            days_before: vec![0],
            dates: Vec::new(),
            share: working_share(site),
        };
        for date in dates {
            if site.day_length() > Span::ZERO && site.is_working_day(date) {
                clock.dates.push(date);
            }
            clock.days_before.push(clock.dates.len() as u32);
        }
        clock
    }

    /// Working days per calendar day.
    pub(super) fn share(&self) -> f64 {
        self.share
    }

    /// Load before an instant.
    pub(super) fn load(&self, at: Time) -> f64 {
        let local = at + self.offset;
        let last = self.days_before.len() as i64 - 2;
        let row = (local.day() - self.first_date).clamp(0, last) as usize;
        let before = self.days_before[row];
        if self.days_before[row + 1] == before {
            return f64::from(before);
        }
        f64::from(before) + interpolate(local.0.rem_euclid(Span::DAY.0) as f64, &self.knots, |knot| knot)
    }

    /// The instant at which the load has reached a value, rounded down to a millisecond.
    pub(super) fn at(&self, load: f64) -> Time {
        let last = self.dates.len().saturating_sub(1);
        let day = (load.max(0.0) as usize).min(last);
        let rest = (load - day as f64).clamp(0.0, 1.0);
        let of_day = interpolate(rest, &self.knots, |(time, load)| (load, time));
        Time(self.dates[day] * Span::DAY.0 + of_day as i64) - self.offset
    }

    /// Does the site work at all?
    pub(super) fn runs(&self) -> bool {
        !self.dates.is_empty()
    }
}

/// Working days per calendar day of a site, over the full weeks that its table covers.
pub(super) fn working_share(site: &Site) -> f64 {
    let length = site.working.len();
    let weeks = if length < 7 { length } else { length - length % 7 };
    site.working[..weeks].iter().filter(|&&day| day).count() as f64 / weeks.max(1) as f64
}

/// Are there busy hours, and working hours beside them?
pub(super) fn has_busy_hours(site: &Site) -> bool {
    let busy = site.busy.1 - site.busy.0;
    busy > Span::ZERO && busy < site.day_length()
}

fn knots(site: &Site, busy_share: f64) -> Vec<(f64, f64)> {
    let ms = |span: Span| span.0 as f64;
    let (open, close) = (ms(site.hours.0), ms(site.hours.1));
    if !has_busy_hours(site) {
        return vec![(open, 0.0), (close, 1.0)];
    }
    let (from, to) = (ms(site.busy.0), ms(site.busy.1));
    let quiet = (close - open) - (to - from);
    let before = (1.0 - busy_share) * (from - open) / quiet;
    let mut knots = vec![
        (open, 0.0),
        (from, before),
        (to, before + busy_share),
        (close, 1.0),
    ];
    knots.dedup_by(|next, last| next.0 <= last.0);
    knots
}

/// Straight lines through the knots, read as (from, to) by `axes`.
fn interpolate(at: f64, knots: &[(f64, f64)], axes: impl Fn((f64, f64)) -> (f64, f64)) -> f64 {
    let mut left = axes(knots[0]);
    for &knot in &knots[1..] {
        let right = axes(knot);
        if at < right.0 && right.0 > left.0 {
            let share = (at - left.0).max(0.0) / (right.0 - left.0);
            return left.1 + share * (right.1 - left.1);
        }
        left = right;
    }
    left.1
}
