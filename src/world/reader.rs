//! The calendar of a world, read window by window.
//!
//! A window is as long as an epoch of the generator; the first one also holds the warm start. Series that may
//! still have an occurrence are carried over from window to window, the others are forgotten, so that memory is
//! proportional to what is alive and not to the horizon.

use super::arrange::{Arrangement, EPOCH, Epoch, Epochs};
use super::draw::Source;
use super::presence::{self, Blocks, Presence};
use super::sorting::Buckets;
use super::{Category, Occurrence, Series, UserId, Window, World};
use crate::kernel::{Span, Time};

/// Reads the windows of a world in order of time. Make one with [`World::reader`].
pub struct Reader<'w> {
    world: &'w World,
    /// Number of the epoch that the next window covers.
    epoch: u32,
    window: Window,
    blocks: Blocks,
    remote_blocks: Blocks,
    everyone: bool,
    /// Series of a file or table read so far.
    listed: usize,
    space: Space,
}

/// The memory of a reader, without content that matters. Handing it from world to world saves asking the system
/// for it again.
#[derive(Default)]
pub struct Memory {
    window: Window,
    space: Space,
}

/// Space that is used again in each window.
#[derive(Default)]
struct Space {
    drawn: Vec<Series>,
    attendees: Vec<UserId>,
    order: Vec<(Time, u32)>,
    organisers: Vec<UserId>,
    order_buckets: Buckets<(Time, u32)>,
    occurrence_buckets: Buckets<Occurrence>,
}

impl<'w> Reader<'w> {
    pub(super) fn new(world: &'w World, memory: Memory) -> Reader<'w> {
        let Memory { mut window, space } = memory;
        window.series.clear();
        window.attendees.clear();
        let everyone = matches!(world.presence, Presence::Everyone) && world.stays.are_all_always();
        Reader {
            world,
            epoch: 1,
            window,
            blocks: Blocks::default(),
            remote_blocks: Blocks::default(),
            everyone,
            listed: 0,
            space,
        }
    }

    /// Gives the memory back, for [`World::reader_with`].
    pub fn into_memory(self) -> Memory {
        Memory {
            window: self.window,
            space: self.space,
        }
    }

    /// The next window, or `None` after the horizon. It is valid until the next call.
    #[allow(clippy::should_implement_trait)] // a lending iterator: the window is lent, not given
    pub fn next(&mut self) -> Option<&Window> {
        let from = Time::ZERO + EPOCH * (i64::from(self.epoch) - 1);
        if from >= self.world.facts.calendar.horizon {
            return None;
        }
        self.window.from = from;
        self.window.to = (from + EPOCH).min(self.world.facts.calendar.horizon);
        self.fill_active();
        self.carry_over();
        let first = self.window.series.len() as u32;
        self.create();
        self.window.created = first..self.window.series.len() as u32;
        self.list_occurrences();
        self.list_by_organiser();
        self.epoch += 1;
        Some(&self.window)
    }

    /// Covers the local dates of all sites, those of the last day before the window included: accounts of that day are
    /// closed in this window.
    fn fill_active(&mut self) {
        let before = self.world.facts.calendar.dates_before();
        let (first, last) = (self.window.from.day() - before, self.window.to.day() + 2);
        let World {
            facts,
            key,
            presence,
            remote,
            traits,
            stays,
            ..
        } = self.world;
        presence.fill(
            facts,
            *key,
            &mut self.blocks,
            (first, last),
            &mut self.window.active,
        );
        remote.fill(
            facts,
            *key,
            traits,
            &mut self.remote_blocks,
            (first, last),
            &mut self.window.remote,
        );
        self.window.first_date = first;
        self.window.words_per_date = presence::words(facts);
        stays.restrict(first, self.window.words_per_date, &mut self.window.active);
    }

    /// Keeps the series that may still have an occurrence, in their order.
    fn carry_over(&mut self) {
        let Window {
            from, series, remap, ..
        } = &mut self.window;
        remap.clear();
        let (mut kept, mut invited) = (0, 0);
        for slot in 0..series.len() {
            let next = series[slot];
            if next.is_over(*from) {
                remap.push(u32::MAX);
                continue;
            }
            remap.push(kept as u32);
            invited += usize::from(next.attendee_count);
            series[kept] = next;
            kept += 1;
        }
        series.truncate(kept);
        if self.window.attendees.len() > 3 * invited {
            self.forget_attendees();
        }
    }

    /// Rewrites the attendees when most belong to series that are over.
    fn forget_attendees(&mut self) {
        let (window, space) = (&mut self.window, &mut self.space);
        std::mem::swap(&mut window.attendees, &mut space.attendees);
        window.attendees.clear();
        for series in &mut window.series {
            let from = series.attendees as usize;
            series.attendees = window.attendees.len() as u32;
            let invited = &space.attendees[from..from + usize::from(series.attendee_count)];
            window.attendees.extend_from_slice(invited);
        }
    }

    fn create(&mut self) {
        match &self.world.source {
            Source::Drawn(arrangement) => {
                if self.epoch == 1 && arrangement.warm_start() {
                    self.draw(arrangement, &arrangement.epoch(Epoch::PAST));
                }
                let (from, to) = (self.window.from, self.window.to);
                let epoch = Epoch {
                    number: self.epoch,
                    from,
                    to,
                };
                self.draw(arrangement, &arrangement.epoch(epoch));
            }
            Source::Listed(listed) => self.read(&listed.series, &listed.attendees),
        }
    }

    fn draw(&mut self, arrangement: &Arrangement, epoch: &Epochs<'_>) {
        let World {
            facts,
            key,
            index,
            stays,
            ..
        } = self.world;
        let (window, space) = (&mut self.window, &mut self.space);
        space.drawn.clear();
        let mut attendees = std::mem::take(&mut window.attendees);
        for user in 0..facts.users.len() as UserId {
            let is_active = |user, date| self.everyone || window.is_active(user, date);
            let drawn = &mut space.drawn;
            arrangement.draw(
                facts,
                (index, stays),
                *key,
                user,
                epoch,
                is_active,
                drawn,
                &mut attendees,
            );
        }
        window.attendees = attendees;
        // Drawn by organiser and creation: the place breaks ties as the identity does.
        space.order.clear();
        space.order.extend(
            space
                .drawn
                .iter()
                .enumerate()
                .map(|(place, series)| (series.created, place as u32)),
        );
        space.order_buckets.sort(&mut space.order, |row| row.0, Ord::cmp);
        window
            .series
            .extend(space.order.iter().map(|&(_, place)| space.drawn[place as usize]));
    }

    fn read(&mut self, series: &[Series], attendees: &[UserId]) {
        while let Some(next) = series
            .get(self.listed)
            .filter(|next| next.created < self.window.to)
        {
            if !next.is_over(self.window.from) && self.is_arranged(next) {
                append(&mut self.window, next, attendees);
            }
            self.listed += 1;
        }
    }

    /// Slots by organiser: a counting sort of the organisers that `list_occurrences` has noted.
    fn list_by_organiser(&mut self) {
        let window = &mut self.window;
        let users = self.world.facts.users.len();
        let start = &mut window.organiser_start;
        for place in 1..start.len() {
            start[place] += start[place - 1];
        }
        window.by_organiser.clear();
        window.by_organiser.resize(start[users + 1] as usize, 0);
        for (slot, &organiser) in self.space.organisers.iter().enumerate() {
            if organiser != UserId::MAX {
                let next = &mut start[organiser as usize + 1];
                window.by_organiser[*next as usize] = slot as u32;
                *next += 1;
            }
        }
        start.pop();
        if matches!(self.world.source, Source::Listed(_)) {
            // A file may number its series in another order than that of their creation.
            for user in 0..users {
                let range = window.organiser_start[user] as usize..window.organiser_start[user + 1] as usize;
                window.by_organiser[range]
                    .sort_unstable_by_key(|&slot| window.series[slot as usize].id.number);
            }
        }
    }

    /// Looks at every series once: its occurrences in the window, and its organiser (none for an ad hoc meeting),
    /// counted by organiser two places further on.
    fn list_occurrences(&mut self) {
        let mut occurrences = std::mem::take(&mut self.window.occurrences);
        let mut counts = std::mem::take(&mut self.window.organiser_start);
        occurrences.clear();
        counts.clear();
        counts.resize(self.world.facts.users.len() + 2, 0);
        self.space.organisers.clear();
        let window = &self.window;
        for (slot, series) in window.series.iter().enumerate() {
            let scheduled = series.category != Category::AdHoc;
            let organiser = series.id.organiser;
            counts[organiser as usize + 2] += u32::from(scheduled);
            self.space
                .organisers
                .push(if scheduled { organiser } else { UserId::MAX });
            for number in slots_in(series, window.from, window.to) {
                if self.takes_place(series, number) {
                    occurrences.push(Occurrence {
                        start: series.start(number),
                        slot: slot as u32,
                        number,
                    });
                }
            }
        }
        let id = |occurrence: &Occurrence| window.series[occurrence.slot as usize].id;
        self.space.occurrence_buckets.sort(
            &mut occurrences,
            |row| row.start,
            |a, b| {
                a.start
                    .cmp(&b.start)
                    .then_with(|| id(a).cmp(&id(b)))
                    .then(a.number.cmp(&b.number))
                    .then(a.slot.cmp(&b.slot))
            },
        );
        self.window.occurrences = occurrences;
        self.window.organiser_start = counts;
    }

    /// Is the organiser of a listed series employed when it is arranged? Before time zero everybody was.
    fn is_arranged(&self, series: &Series) -> bool {
        let World { facts, stays, .. } = self.world;
        let organiser = series.id.organiser;
        let site = &facts.calendar.sites[usize::from(facts.users[organiser as usize].site)];
        series.created < Time::ZERO || stays.covers(organiser, site.date(series.created))
    }

    /// Has the organiser left by then?
    fn is_cancelled(&self, series: &Series, number: u32) -> bool {
        let World { facts, stays, .. } = self.world;
        if stays.are_all_always() {
            return false;
        }
        let organiser = series.id.organiser;
        let site = &facts.calendar.sites[usize::from(facts.users[organiser as usize].site)];
        !stays.covers(organiser, site.date(series.start(number)))
    }

    /// A slot of a series does not take place on a day off of the organiser, nor if fewer than two people are expected,
    /// each by the own date.
    fn takes_place(&self, series: &Series, number: u32) -> bool {
        if self.is_cancelled(series, number) {
            return false;
        }
        let guests = series.anonymous + series.federated;
        if series.period == Span::ZERO && (guests > 0 || (self.everyone && series.attendee_count > 0)) {
            return true;
        }
        let facts = &self.world.facts;
        let start = series.start(number);
        if facts.falls_out(series, start) {
            return false;
        }
        let active =
            |&user: &UserId| self.everyone || self.window.is_active(user, facts.date_of(user, start));
        guests > 0 || self.window.attendees_of(series).iter().any(active)
    }
}

fn append(window: &mut Window, series: &Series, attendees: &[UserId]) {
    let first = window.attendees.len() as u32;
    let from = series.attendees as usize;
    window
        .attendees
        .extend_from_slice(&attendees[from..from + usize::from(series.attendee_count)]);
    window.series.push(Series {
        attendees: first,
        ..*series
    });
}

/// The numbers of the slots of a series that start in `[from, to)`.
#[inline]
fn slots_in(series: &Series, from: Time, to: Time) -> std::ops::Range<u32> {
    if series.period == Span::ZERO {
        return 0..u32::from(series.first >= from && series.first < to);
    }
    // Slots with start < t: ceil((t - first) / period), within 0..=occurrences.
    let before = |t: Time| {
        let slots = ((t - series.first).0 - 1).div_euclid(series.period.0) + 1;
        slots.clamp(0, i64::from(series.occurrences)) as u32
    };
    before(from)..before(to)
}
