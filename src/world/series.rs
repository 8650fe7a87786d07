//! Meetings of a world: series, their occurrences, and the window of time in which both lie in memory.

use super::UserId;
use crate::kernel::{Span, Time};

/// Identity of a series: its organiser and a number that is unique for that organiser.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SeriesId {
    /// Who arranges it.
    pub organiser: UserId,
    /// Unique for the organiser; ascending in order of creation.
    pub number: u32,
}

/// Web conference or audio conference.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum Kind {
    /// Web conference.
    Web = 0,
    /// Audio conference.
    Audio = 1,
}

/// How a meeting comes about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum Category {
    /// Started without an invitation.
    AdHoc = 0,
    /// A recurring series.
    Recurring = 1,
    /// One-time, open to everybody in the company.
    Open = 2,
    /// One-time with anonymous guests.
    Anonymous = 3,
    /// One-time, invited people only.
    Closed = 4,
}

/// A meeting series. A one-time or ad hoc meeting is a series of one occurrence.
///
/// Aligned to a line of the processor's cache, which it fills: judging an occurrence waits for one line, not two.
#[repr(align(64))]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Series {
    /// Identity.
    pub id: SeriesId,
    /// When the organiser arranges it (before zero for a warm start). An ad hoc meeting is created when it starts.
    pub created: Time,
    /// Start of the first occurrence.
    pub first: Time,
    /// From one occurrence to the next; zero for a single one.
    pub period: Span,
    /// Number of occurrences, those on days off included (they do not take place).
    pub occurrences: u32,
    /// Scheduled length.
    pub duration: Span,
    /// First attendee in [`Window::attendees`]; the organiser is not among them.
    pub attendees: u32,
    /// Number of internal attendees without the organiser.
    pub attendee_count: u16,
    /// Anonymous guests.
    pub anonymous: u16,
    /// Federated guests.
    pub federated: u16,
    /// How many of the guests can join by browser.
    pub guests_with_browser: u16,
    /// Web or audio.
    pub kind: Kind,
    /// How it comes about.
    pub category: Category,
    /// Is dial-in offered?
    pub dial_in: bool,
}

impl Series {
    /// Start of occurrence `k` (from 0).
    pub fn start(&self, k: u32) -> Time {
        self.first + self.period * i64::from(k)
    }

    /// Start of the last occurrence.
    pub fn last(&self) -> Time {
        self.start(self.occurrences - 1)
    }

    /// Is it over at an instant? Its last occurrence has started before.
    pub fn is_over(&self, now: Time) -> bool {
        self.last() < now
    }

    /// Number of occurrence slots that start in `(from, to]`. Days off are not taken out.
    pub fn slots_between(&self, from: Time, to: Time) -> u32 {
        if self.period == Span::ZERO {
            return u32::from(self.first > from && self.first <= to);
        }
        // Slots with start <= t: floor((t - first) / period) + 1, within 0..=occurrences.
        let until = |t: Time| {
            ((t - self.first).0.div_euclid(self.period.0) + 1).clamp(0, i64::from(self.occurrences))
        };
        (until(to) - until(from)) as u32
    }
}

/// One occurrence that takes place in a window.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Occurrence {
    /// When it starts.
    pub start: Time,
    /// Its series, as a slot of [`Window::series`].
    pub slot: u32,
    /// Which occurrence of the series, from 0.
    pub number: u32,
}

/// The part of a world's calendar that lies in memory: time `[from, to)`.
///
/// Holds every series that was created before `to` and may still have an occurrence at or after `from` (ad hoc
/// meetings only if they start in the window).
#[derive(Clone, Debug, Default)]
pub struct Window {
    /// Start of the window.
    pub from: Time,
    /// End of the window (not included).
    pub to: Time,
    /// The series, in the order carried over first (as before), then those created in this window by
    /// (created, id).
    pub series: Vec<Series>,
    /// Attendees of all series.
    pub attendees: Vec<UserId>,
    /// For each slot of the window before: its slot here, or `u32::MAX` if that series is over.
    pub remap: Vec<u32>,
    /// Slots created in this window, in order of (created, id); slots created before time zero are in the first
    /// window's list, too (with negative times). Ad hoc meetings are included.
    pub created: std::ops::Range<u32>,
    /// Occurrences that start in the window and take place, in order of (start, series id, number).
    pub occurrences: Vec<Occurrence>,
    /// Slots of scheduled (not ad hoc) series by organiser: `by_organiser[start[u]..start[u + 1]]`, each user's
    /// ascending by number.
    pub organiser_start: Vec<u32>,
    /// See [`Window::organiser_start`].
    pub by_organiser: Vec<u32>,
    /// First calendar date (days since the scenario's start date) that `active` covers.
    pub first_date: i64,
    /// Bit sets of the users that are active on a date, `words_per_date` words each.
    pub active: Vec<u64>,
    /// The same for users who are outside the office; empty if nobody ever is, as far as it matters.
    pub remote: Vec<u64>,
    /// Words of one date in `active`.
    pub words_per_date: usize,
}

impl Window {
    /// Is this user active on that date (days since the scenario's start date, in the person's own time zone)?
    ///
    /// # Panics
    /// If the window does not cover the date.
    pub fn is_active(&self, user: UserId, date: i64) -> bool {
        let row = usize::try_from(date - self.first_date).expect("date before the window");
        self.active[row * self.words_per_date + user as usize / 64] >> (user % 64) & 1 == 1
    }

    /// Is this user outside the office on that date, if active?
    ///
    /// # Panics
    /// If the window does not cover the date.
    pub fn is_remote(&self, user: UserId, date: i64) -> bool {
        let row = usize::try_from(date - self.first_date).expect("date before the window");
        let word = row * self.words_per_date + user as usize / 64;
        !self.remote.is_empty() && self.remote[word] >> (user % 64) & 1 == 1
    }

    /// Scheduled series of an organiser, as slots; some may be created only later in the window.
    pub fn series_of(&self, user: UserId) -> &[u32] {
        let user = user as usize;
        &self.by_organiser[self.organiser_start[user] as usize..self.organiser_start[user + 1] as usize]
    }

    /// Internal attendees of a series, without the organiser.
    pub fn attendees_of(&self, series: &Series) -> &[UserId] {
        &self.attendees[series.attendees as usize..][..usize::from(series.attendee_count)]
    }

    /// Slot of a scheduled series, if it is in the window.
    pub fn slot_of(&self, id: SeriesId) -> Option<u32> {
        let slots = self.series_of(id.organiser);
        let at = slots
            .binary_search_by_key(&id.number, |&slot| self.series[slot as usize].id.number)
            .ok()?;
        Some(slots[at])
    }
}
