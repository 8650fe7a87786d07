//! Real time: start date, horizon, sites with time zones, working hours and days off, and the working clock.
//!
//! Scenario time zero is midnight of the start date in the calendar's own UTC offset. A *date* is counted in days
//! since the start date. Offsets are fixed: daylight saving time is not modelled.

use crate::kernel::{Span, Time};
use jiff::civil::Date;

/// Most days between two dates of the Gregorian calendar from the year -9999 to 9999.
const MOST_DAYS: i64 = 7_304_483;

/// A place of work.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Site {
    /// Stable name; unique.
    pub name: String,
    /// Local time minus scenario time.
    pub offset: Span,
    /// Working hours of a working day, as time since local midnight; `None` on a flat calendar (24 h).
    pub hours: (Span, Span),
    /// Busy hours inside the working hours.
    pub busy: (Span, Span),
    /// For each date from `first_date`: is it a working day?
    pub working: Vec<bool>,
    /// First date that `working` covers.
    pub first_date: i64,
    /// For each date from `first_date`: working days before it, counted from `first_date`.
    pub days_before: Vec<u32>,
}

/// Start, horizon and sites.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Calendar {
    /// Date of scenario time zero.
    pub start: Date,
    /// UTC offset of the scenario's clock.
    pub utc_offset: Span,
    /// End of the simulated time (not included).
    pub horizon: Time,
    /// Sites.
    pub sites: Vec<Site>,
}

impl Site {
    /// A site; `is_working` tells working days by date. Covers dates from `first_date` to `last_date`.
    pub fn new(
        name: String,
        offset: Span,
        hours: (Span, Span),
        busy: (Span, Span),
        dates: std::ops::RangeInclusive<i64>,
        is_working: impl Fn(i64) -> bool,
    ) -> Site {
        let first_date = *dates.start();
        let working: Vec<bool> = dates.map(is_working).collect();
        let mut days_before = Vec::with_capacity(working.len() + 1);
        let mut count = 0;
        for &day in &working {
            days_before.push(count);
            count += u32::from(day);
        }
        days_before.push(count);
        Site {
            name,
            offset,
            hours,
            busy,
            working,
            first_date,
            days_before,
        }
    }

    /// Date at this site at an instant.
    pub fn date(&self, at: Time) -> i64 {
        (at + self.offset).day()
    }

    /// Is this date a working day here? Dates outside the covered range repeat its nearest full weeks.
    pub fn is_working_day(&self, date: i64) -> bool {
        self.working[self.index(date)]
    }

    fn index(&self, date: i64) -> usize {
        let row = date - self.first_date;
        let length = self.working.len() as i64;
        if row < 0 {
            row.rem_euclid(7) as usize
        } else if row >= length {
            (length - 7 + (row - length).rem_euclid(7)) as usize
        } else {
            row as usize
        }
    }

    /// Length of a working day.
    pub fn day_length(&self) -> Span {
        self.hours.1 - self.hours.0
    }

    /// Midnight of a local date in scenario time.
    pub fn midnight(&self, date: i64) -> Time {
        Time(date * Span::DAY.0) - self.offset
    }

    /// Working time of one date that lies in `[from, to)`.
    pub fn working_on(&self, date: i64, from: Time, to: Time) -> Span {
        if !self.is_working_day(date) {
            return Span::ZERO;
        }
        let open = self.midnight(date) + self.hours.0;
        let close = self.midnight(date) + self.hours.1;
        Span((close.min(to) - open.max(from)).0.max(0))
    }

    /// Working time in `[from, to)`.
    pub fn working_between(&self, from: Time, to: Time) -> Span {
        if to <= from {
            return Span::ZERO;
        }
        (self.date(from)..=self.date(to))
            .map(|date| self.working_on(date, from, to))
            .sum()
    }

    /// The instant at which `work` of working time has passed since `from`. With no work left it is `from` itself.
    pub fn add_working(&self, from: Time, work: Span) -> Time {
        if work <= Span::ZERO {
            return from;
        }
        let mut left = work;
        let mut date = self.date(from);
        loop {
            let open = (self.midnight(date) + self.hours.0).max(from);
            let here = self.working_on(date, from, self.midnight(date + 1));
            if here >= left {
                return open + left;
            }
            left -= here;
            date += 1;
        }
    }

    /// The first instant at or after `from` in working hours.
    pub fn next_working(&self, from: Time) -> Time {
        let mut date = self.date(from);
        loop {
            if self.is_working_day(date) {
                let open = self.midnight(date) + self.hours.0;
                if from < open {
                    return open;
                }
                if from < self.midnight(date) + self.hours.1 {
                    return from;
                }
            }
            date += 1;
        }
    }
}

impl Calendar {
    /// Number of days of the horizon, the last one possibly short.
    pub fn days(&self) -> u32 {
        (self.horizon.0 + Span::DAY.0 - 1).div_euclid(Span::DAY.0) as u32
    }

    /// Does any site work on this day of the scenario?
    pub fn is_anyone_at_work(&self, day: i64) -> bool {
        self.sites.iter().any(|site| site.is_working_day(day))
    }

    /// Dates before the one on which a window begins that it must know, because sites may lie behind the scenario's clock:
    /// the last day before the window begins on the date before at its own time, or two before.
    pub fn dates_before(&self) -> i64 {
        let is_far_behind = |site: &Site| site.offset < -Span::DAY;
        2 + i64::from(self.sites.iter().any(is_far_behind))
    }

    /// Calendar date of a day of the scenario; far outside of it the first or last one that there is.
    pub fn date(&self, day: i64) -> Date {
        self.start
            .saturating_add(jiff::Span::new().days(day.clamp(-MOST_DAYS, MOST_DAYS)))
    }

    /// An instant as `2013-03-04T09:00:00+01:00` (milliseconds only when there are any).
    pub fn date_time(&self, at: Time) -> String {
        let of_day = at.0.rem_euclid(Span::DAY.0);
        let (hours, minutes) = (of_day / 3_600_000, of_day / 60_000 % 60);
        let (seconds, millis) = (of_day / 1000 % 60, of_day % 1000);
        let fraction = if millis == 0 {
            String::new()
        } else {
            format!(".{millis:03}")
        };
        let offset = self.utc_offset.0 / 60_000;
        let sign = if offset < 0 { '-' } else { '+' };
        format!(
            "{}T{hours:02}:{minutes:02}:{seconds:02}{fraction}{sign}{:02}:{:02}",
            self.date(at.day()),
            offset.abs() / 60,
            offset.abs() % 60
        )
    }
}
