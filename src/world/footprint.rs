//! How much memory the replay of a world will take, before it is taken.

use super::arrange::Epoch;
use super::draw::Source;
use super::{Machine, Occurrence, Series, Traits, UserId, World};
use crate::kernel::{Span, Time};
use std::mem::size_of;

/// People whose calendars are drawn for an estimate.
const SAMPLE: usize = 500;

/// What a window of a world's calendar holds.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Footprint {
    /// Series that lie in memory at once.
    pub series: f64,
    /// Bytes of the world and its window, without the states of strategies.
    pub bytes: f64,
}

impl World {
    /// What the first window of this world will hold, estimated from the calendars of some of its people. It is the fullest but for
    /// growth: series that recur and were arranged before the start are all in it.
    pub fn footprint(&self) -> Footprint {
        let users = self.facts.users.len();
        let (series, created, invited, occurrences) = match &self.source {
            Source::Drawn(_) => self.sampled(),
            Source::Listed(listed) => {
                let (series, invited) = (listed.series.len() as f64, listed.attendees.len() as f64);
                (series, 0.0, invited, series)
            }
        };
        let each = |count: f64, size: usize| count * size as f64;
        // Slots: their place before, their organiser, and their place by organiser; an order by time is sorted with a copy.
        let calendar = each(series, size_of::<Series>() + 3 * size_of::<u32>())
            + each(created, size_of::<Series>() + 2 * size_of::<(Time, u32)>())
            + each(invited, 2 * size_of::<UserId>())
            + each(occurrences, 2 * size_of::<Occurrence>() + size_of::<u32>());
        let people = each(users as f64, size_of::<Traits>() + 2 * size_of::<u32>())
            + each(self.machines.len() as f64, size_of::<Machine>());
        Footprint {
            series,
            bytes: calendar + people,
        }
    }

    /// Series in the first window, most series created at once, people invited, occurrences.
    fn sampled(&self) -> (f64, f64, f64, f64) {
        let Source::Drawn(arrangement) = &self.source else {
            unreachable!("only what is drawn is sampled");
        };
        let World {
            facts,
            key,
            index,
            stays,
            ..
        } = self;
        let window = (
            Time::ZERO,
            (Time::ZERO + super::arrange::EPOCH).min(facts.calendar.horizon),
        );
        let first = Epoch {
            number: 1,
            from: window.0,
            to: window.1,
        };
        let past = arrangement.warm_start().then_some(Epoch::PAST);
        let users = facts.users.len();
        let step = users.div_ceil(SAMPLE).max(1);
        let scale = users as f64 / users.div_ceil(step).max(1) as f64;
        let (mut alive, mut most, mut invited, mut occurrences) = (0, 0, 0, 0);
        for epoch in past.into_iter().chain([first]) {
            let epoch = arrangement.epoch(epoch);
            let (mut series, mut attendees) = (Vec::new(), Vec::new());
            for user in (0..users).step_by(step) {
                let always = |_, _| true;
                let user = user as UserId;
                arrangement.draw(
                    facts,
                    (index, stays),
                    *key,
                    user,
                    &epoch,
                    always,
                    &mut series,
                    &mut attendees,
                );
            }
            most = most.max(series.len());
            for series in series.iter().filter(|series| series.last() >= window.0) {
                alive += 1;
                invited += usize::from(series.attendee_count);
                occurrences += match series.period {
                    Span::ZERO => u32::from(series.first < window.1),
                    _ => series.slots_between(window.0, window.1),
                };
            }
        }
        let scaled = |count: usize| count as f64 * scale;
        (
            scaled(alive),
            scaled(most),
            scaled(invited),
            f64::from(occurrences) * scale,
        )
    }
}
