//! Rollback exposure: what a full rollback ordered now would have to undo, and what it would break.
//!
//! The meetings exposed are counted as they change: whenever a series is created, moved, repaired or made stale,
//! [`Simulation::refresh_exposure`] brings the days of its future occurrences up to date. The plain count over all
//! series stands beside it and is compared with it wherever debug assertions are on, so in every test.

use super::Simulation;
use super::account::{
    EXPOSURE_MACHINES, EXPOSURE_MEETINGS, EXPOSURE_MINUTES, EXPOSURE_USERS, NO_WAY_BACK as NO_WAY,
    NO_WAY_BACK_SHARE,
};
use super::state::{GOES_STALE, RESTORED, SeriesState, UNSCHEDULED};
use crate::kernel::{Observer, Span, Time};
use crate::mutant;
use crate::outcome::{Cause, Entry};
use crate::world::{PoolId, Series, Setting, UserId, Window};

/// Occurrences exposed, by the scenario day in which they start: day d holds those in `(d, d + 1]` days.
#[derive(Clone, Debug, Default)]
pub(crate) struct ExposedDays {
    days: Vec<u32>,
}

impl ExposedDays {
    /// Room for a horizon of so many days and the look-ahead from its last one.
    pub(crate) fn new(days: u32, look_ahead: Span) -> ExposedDays {
        let ahead = look_ahead.0.div_euclid(Span::DAY.0) as usize + 1;
        ExposedDays {
            days: vec![0; days as usize + ahead],
        }
    }

    /// End of what is counted.
    fn end(&self) -> Time {
        Time(self.days.len() as i64 * Span::DAY.0)
    }

    fn day(&mut self, start: Time) -> &mut u32 {
        &mut self.days[(start - Span::MILLISECOND).day() as usize]
    }

    /// Occurrences in `(now, until]`, both of which are midnights.
    fn between(&self, now: Time, until: Time) -> u32 {
        self.days[now.day() as usize..until.day() as usize].iter().sum()
    }
}

/// Where a rollback takes somebody.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Way {
    /// To the pool of the start.
    Home,
    /// To another legacy pool, because that one is past its return.
    To(PoolId),
    /// Nowhere: the person stays on the new side.
    None,
}

/// A share of those who have moved, in per mille: from so many without a way back on, the programme as a whole cannot be
/// taken back.
pub(crate) const NO_WAY_BACK: u32 = 10;

impl<O: Observer<Entry>> Simulation<'_, O> {
    pub(super) fn write_exposure(&mut self, window: &Window, now: Time, noon: Time) {
        self.find_ways_back(window, now);
        self.write_no_way_back(noon);
        let users = self.users_moved() - self.without_way(|_| true);
        let needed = self.world.facts.profile.downgrade_on_rollback;
        let machines = if needed {
            self.state.upgraded_machines - self.machines_without_way()
        } else {
            0
        };
        let meetings = self.exposed_meetings(window, now);
        *self.cell(noon, EXPOSURE_USERS) = users;
        *self.cell(noon, EXPOSURE_MACHINES) = machines;
        *self.cell(noon, EXPOSURE_MEETINGS) = meetings;
        *self.cell(noon, EXPOSURE_MINUTES) = self.estimated_minutes(users, machines);
        let counts = &mut self.state.counts;
        counts.peak_meetings = counts.peak_meetings.max(meetings.into());
        counts.peak_clients = counts.peak_clients.max(machines.into());
    }

    /// Looks where a full rollback would take everybody. Meetings of people whose way has changed are counted in or out.
    fn find_ways_back(&mut self, window: &Window, now: Time) {
        if mutant::is("stuck-go-back") || (self.state.ways_back.is_empty() && self.all_can_go_home()) {
            return;
        }
        let here: Vec<UserId> = self.employees().collect();
        let mut ways = vec![Way::Home; self.state.pool.len()];
        for (&user, way) in here.iter().zip(self.ways_back(&here)) {
            ways[user as usize] = way;
        }
        self.state.ways_back.resize(ways.len(), Way::Home);
        let before = std::mem::replace(&mut self.state.ways_back, ways);
        let changed: Vec<UserId> = (0..)
            .zip(before.iter().zip(&self.state.ways_back))
            .filter(|(_, (before, now))| before != now)
            .map(|(user, _)| user)
            .collect();
        for user in changed {
            for &slot in window.series_of(user) {
                self.refresh_exposure(window, now, slot);
            }
        }
    }

    fn way_back_of(&self, user: UserId) -> Way {
        self.state
            .ways_back
            .get(user as usize)
            .copied()
            .unwrap_or(Way::Home)
    }

    /// Users without a way back of whom something is true.
    fn without_way(&self, holds: impl Fn(UserId) -> bool) -> u32 {
        let ways = (0..).zip(&self.state.ways_back);
        ways.filter(|&(user, &way)| way == Way::None && holds(user))
            .count() as u32
    }

    fn machines_without_way(&self) -> u32 {
        let ways = (0..).zip(&self.state.ways_back);
        let stuck = ways.filter(|(_, way)| **way == Way::None).map(|(user, _)| user);
        let upgraded = |user: UserId| {
            let first = self.world.facts.users[user as usize].client;
            let machines = self.machines_of(user);
            machines
                .filter(|&machine| self.state.machines[machine as usize].client != first)
                .count() as u32
        };
        stuck.map(upgraded).sum()
    }

    /// How many of those who have moved from the old side have no way back.
    fn write_no_way_back(&mut self, noon: Time) {
        let stuck = self.without_way(|user| self.state.staff.was_on_old(user));
        if stuck == 0 {
            return;
        }
        let moved = self
            .employees()
            .filter(|&user| self.is_moved(user) && self.state.staff.was_on_old(user));
        let share = stuck * 1000 / moved.count() as u32;
        *self.cell(noon, NO_WAY) = stuck;
        *self.cell(noon, NO_WAY_BACK_SHARE) = share;
        let counts = &mut self.state.counts;
        counts.peak_no_way_back = counts.peak_no_way_back.max(stuck);
        if share >= NO_WAY_BACK {
            counts.no_return_day.get_or_insert(noon.day() as u32);
        }
    }

    /// Occurrences in `(now, now + look-ahead]` of series that exist and would be stale after a full rollback.
    fn exposed_meetings(&self, window: &Window, now: Time) -> u32 {
        let until = now + self.plan.look_ahead;
        if now.0 % Span::DAY.0 != 0 || self.plan.look_ahead.0 % Span::DAY.0 != 0 {
            return self.exposed_meetings_plain(window, now, until);
        }
        let counted = self.state.exposed_days.between(now, until);
        debug_assert_eq!(counted, self.exposed_meetings_plain(window, now, until));
        counted
    }

    /// The oracle: looks at every series.
    fn exposed_meetings_plain(&self, window: &Window, now: Time, until: Time) -> u32 {
        let rows = window.series.iter().zip(&self.state.series);
        rows.filter(|(series, state)| self.is_exposed(series.id.organiser, state))
            .map(|(series, _)| self.taking_place(series, now, until).count() as u32)
            .sum()
    }

    fn is_exposed(&self, organiser: UserId, state: &SeriesState) -> bool {
        state.exists && state.format != UNSCHEDULED && self.stale_after_rollback(organiser, state)
    }

    /// The state of a series or the pool of its organiser has changed: counts its future occurrences in or out.
    pub(super) fn refresh_exposure(&mut self, window: &Window, now: Time, slot: u32) {
        let series = &window.series[slot as usize];
        let state = self.state.series[slot as usize];
        let exposed = self.is_exposed(series.id.organiser, &state);
        if exposed == state.exposed {
            return;
        }
        self.state.series[slot as usize].exposed = exposed;
        let mut days = std::mem::take(&mut self.state.exposed_days);
        for start in self.taking_place(series, now.max(Time::ZERO), days.end()) {
            let day = days.day(start);
            *day = if exposed { *day + 1 } else { *day - 1 };
        }
        self.state.exposed_days = days;
    }

    fn stale_after_rollback(&self, organiser: UserId, state: &SeriesState) -> bool {
        let from = self.state.pool[organiser as usize];
        let to = match self.way_back_of(organiser) {
            Way::Home => self.fixed.home[organiser as usize],
            Way::To(pool) => pool,
            Way::None => return false,
        };
        if from == to {
            return !state.alive;
        }
        let back = self.fixed.carried(from, to, state.format);
        if state.alive {
            back & GOES_STALE != 0
        } else {
            back & RESTORED == 0 || state.discarded || state.killed_by != Cause::StaleAfterMove
        }
    }

    /// Starts of the occurrences of a series in `(from, until]` that take place as far as anybody can know: who will be
    /// away by then, nobody can.
    fn taking_place(&self, series: &Series, from: Time, until: Time) -> impl Iterator<Item = Time> {
        let facts = &self.world.facts;
        let slots = series.slots_between(from, until);
        let first = series.slots_between(series.first - Span::MILLISECOND, from);
        let series = *series;
        (first..first + slots)
            .map(move |k| series.start(k))
            .filter(move |&start| !facts.falls_out(&series, start))
    }

    /// A plain estimate: users at the move rate, then machines at the pace of installs and technicians.
    fn estimated_minutes(&self, users: u32, machines: u32) -> u32 {
        let moves = if self.plan.moves.timed {
            f64::from(users) / self.move_rate() / 60.0
        } else {
            0.0
        };
        // A site where nobody works has nobody to help.
        let has_people = |site: usize| self.fixed.site_masks[site].iter().any(|users| *users != 0);
        let quota: Option<u32> = self.plan.rollout.as_ref().and_then(|rollout| {
            let quotas = rollout.installs_per_day.iter().enumerate();
            quotas
                .filter(|(site, _)| has_people(*site))
                .map(|(_, quota)| *quota)
                .sum::<Option<u32>>()
        });
        let installs = quota.map_or(0.0, |quota| f64::from(machines) / f64::from(quota.max(1)));
        let job =
            (self.fixed.value(Setting::TechnicianLow) + self.fixed.value(Setting::TechnicianHigh)) / 2.0;
        let work = f64::from(machines) * self.fixed.value(Setting::DowngradeFailure) * job;
        let a_day: f64 = (self.plan.technicians.iter().zip(&self.world.facts.calendar.sites))
            .enumerate()
            .filter(|(site, _)| has_people(*site))
            .map(|(_, (&count, site))| f64::from(count.max(1)) * site.day_length().minutes())
            .sum();
        (moves + installs.max(work / a_day) * 1440.0).round() as u32
    }
}
