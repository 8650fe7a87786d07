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
    /// Pieces of a working day with one speed each, from opening to closing.
    pieces: Vec<Piece>,
    first_date: i64,
    /// Working days before each date, counted from `first_date`, and one more for the end.
    days_before: Vec<u32>,
    /// The working dates.
    dates: Vec<i64>,
    /// Working days per calendar day.
    share: f64,
    /// Every moment counts the same.
    flat: bool,
}

/// A part of the working day in which the clock runs at one speed.
#[derive(Clone, Copy, Debug)]
struct Piece {
    /// Time of day in ms at its start and end.
    time: (f64, f64),
    /// Load of the day at its start and end.
    load: (f64, f64),
    /// ms per load unit; zero if there is no load.
    pace: f64,
}

impl Clock {
    /// The clock of a site over a range of dates; `busy_share` of a day's load lies in the busy hours.
    pub(super) fn new(site: &Site, busy_share: f64, dates: std::ops::RangeInclusive<i64>) -> Clock {
        let first_date = *dates.start();
        let mut clock = Clock {
            offset: site.offset,
            pieces: pieces(site, busy_share),
            first_date,
            days_before: vec![0],
            dates: Vec::new(),
            share: working_share(site),
            flat: false,
        };
        for date in dates {
            if site.day_length() > Span::ZERO && site.is_working_day(date) {
                clock.dates.push(date);
            }
            clock.days_before.push(clock.dates.len() as u32);
        }
        let every_day = clock.dates.len() + 1 == clock.days_before.len();
        clock.flat = every_day && site.day_length() == Span::DAY && !has_busy_hours(site);
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
        let of_day = local.0.rem_euclid(Span::DAY.0) as f64;
        let piece = self
            .pieces
            .iter()
            .find(|piece| of_day < piece.time.1)
            .unwrap_or(self.last());
        let share = ((of_day - piece.time.0) / (piece.time.1 - piece.time.0)).clamp(0.0, 1.0);
        f64::from(before) + piece.load.0 + share * (piece.load.1 - piece.load.0)
    }

    /// The instant at which the load has reached a value, rounded down to a millisecond.
    #[inline]
    pub(super) fn at(&self, load: f64) -> Time {
        if self.flat {
            return Time(self.first_date * Span::DAY.0 + (load * Span::DAY.0 as f64) as i64) - self.offset;
        }
        let last = self.dates.len().saturating_sub(1);
        let day = (load.max(0.0) as usize).min(last);
        let rest = (load - day as f64).clamp(0.0, 1.0);
        let piece = self
            .pieces
            .iter()
            .find(|piece| rest < piece.load.1)
            .unwrap_or(self.last());
        let of_day = (piece.time.0 + (rest - piece.load.0) * piece.pace).min(piece.time.1);
        Time(self.dates[day] * Span::DAY.0 + of_day as i64) - self.offset
    }

    fn last(&self) -> &Piece {
        &self.pieces[self.pieces.len() - 1]
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

fn pieces(site: &Site, busy_share: f64) -> Vec<Piece> {
    let ms = |span: Span| span.0 as f64;
    let (open, close) = (ms(site.hours.0), ms(site.hours.1));
    let (from, to) = (ms(site.busy.0), ms(site.busy.1));
    let knots = if has_busy_hours(site) {
        let quiet = (close - open) - (to - from);
        let before = (1.0 - busy_share) * (from - open) / quiet;
        vec![
            (open, 0.0),
            (from, before),
            (to, before + busy_share),
            (close, 1.0),
        ]
    } else {
        vec![(open, 0.0), (close, 1.0)]
    };
    let piece = |pair: &[(f64, f64)]| {
        let ((time, load), (end, sum)) = (pair[0], pair[1]);
        let pace = if sum > load {
            (end - time) / (sum - load)
        } else {
            0.0
        };
        (end > time).then_some(Piece {
            time: (time, end),
            load: (load, sum),
            pace,
        })
    };
    let pieces: Vec<Piece> = knots.windows(2).filter_map(piece).collect();
    assert!(
        !pieces.is_empty() || site.day_length() <= Span::ZERO,
        "a working day without hours"
    );
    pieces
}
