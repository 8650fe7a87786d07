//! Accounts: working hours without full service, daily counts, and the row of metrics.

use super::Simulation;
use super::defects::DefectState;
use super::state::{Counts, Service, State};
use crate::kernel::{Observer, Span, Time};
use crate::outcome::{Action, Cause, Entry, Metric, Row, Subject};
use crate::world::{Setting, UserId, Window, World};

// Columns of the timeline behind those of pools and clients, in the order of `Measure::all`.
const MOVED: usize = 0;
const STRANDED: usize = 1;
pub(super) const JUDGED: usize = 2;
pub(super) const IMPAIRED: usize = 3;
/// Followed by the causes in order.
pub(super) const BROKEN: usize = 4;
pub(super) const MIXED: usize = 11;
pub(super) const EXPOSURE_USERS: usize = 12;
pub(super) const EXPOSURE_MACHINES: usize = 13;
pub(super) const EXPOSURE_MEETINGS: usize = 14;
pub(super) const EXPOSURE_MINUTES: usize = 15;
const OPEN_TICKETS: usize = 16;
const OPEN_DEFECTS: usize = 17;
pub(super) const NO_WAY_BACK: usize = 18;
pub(super) const NO_WAY_BACK_SHARE: usize = 19;

impl<O: Observer<Entry>> Simulation<'_, O> {
    pub(super) fn cell(&mut self, at: Time, measure: usize) -> &mut u32 {
        let fixed_columns = self.state.users_on.len() + self.state.users_with.len();
        self.state.timeline.at(at.day() as usize, fixed_columns + measure)
    }

    pub(super) fn count_day(&mut self, at: Time, measure: usize) {
        *self.cell(at, measure) += 1;
    }

    pub(super) fn uncount_impaired(&mut self, at: Time) {
        *self.cell(at, IMPAIRED) -= 1;
    }

    /// Has a user full service, wherever the user is, with every application?
    fn is_well_served(&self, user: UserId) -> bool {
        self.state.service[user as usize] == Service::Full
            && !self.is_kept_out(user)
            && !self.state.applications.is_any_down()
    }

    /// Adds the working hours of a user since the last account to the service that the user had.
    pub(super) fn account_for(&mut self, window: &Window, user: UserId, now: Time) {
        let since = std::mem::replace(&mut self.state.since[user as usize], now);
        let kept_out = self.is_kept_out(user);
        if self.is_well_served(user) || since >= now {
            return;
        }
        let mut counts = std::mem::take(&mut self.state.counts);
        let (stranded, limited) = (counts.stranded, counts.limited);
        self.add_hours(&mut counts, window, user, (since, now), kept_out);
        let (stranded, limited) = (counts.stranded - stranded, counts.limited - limited);
        self.note_for_divisions(user, |divisions, own| divisions.add_hours(own, stranded, limited));
        self.state.counts = counts;
    }

    /// Adds the working hours of a user over a time in which nothing about the user has changed.
    fn add_hours(
        &self,
        counts: &mut Counts,
        window: &Window,
        user: UserId,
        (since, now): (Time, Time),
        kept_out: bool,
    ) {
        let facts = &self.world.facts;
        let site = &facts.calendar.sites[usize::from(facts.users[user as usize].site)];
        for date in site.date(since)..=site.date(now) {
            if !self.fixed.all_active && !window.is_active(user, date) {
                continue;
            }
            let hours = site.working_on(date, since, now);
            let service = self.service_on(window, user, date, kept_out);
            match service {
                Service::Full => {}
                Service::Limited => counts.limited += hours,
                Service::Stranded => counts.stranded += hours,
                Service::Out => counts.outage += hours,
            }
            let has_service = matches!(service, Service::Full | Service::Limited);
            if !has_service {
                let days = (hours.0 * 1_000_000).checked_div(site.day_length().0);
                counts.days_without += days.unwrap_or(0);
            }
            counts.applications += hours * self.applications_lost(user, has_service);
        }
    }

    /// The counts as they would be if all accounts were closed at an instant up to which the strategy has been carried.
    /// Changes nothing: accounts that are closed more often are rounded more often.
    pub(super) fn counts_at(&self, window: &Window, now: Time) -> Counts {
        let mut counts = self.state.counts;
        for user in 0..self.state.service.len() as UserId {
            let since = self.state.since[user as usize];
            if !self.is_well_served(user) && since < now {
                self.add_hours(&mut counts, window, user, (since, now), self.is_kept_out(user));
            }
        }
        counts
    }
    pub(super) fn end_day(&mut self, window: &Window, now: Time, day: u32) {
        for user in 0..self.state.service.len() as UserId {
            if !self.is_well_served(user) {
                self.account_for(window, user, now);
            }
        }
        self.discover(window, now);
        let noon = Time(i64::from(day) * Span::DAY.0 + Span::DAY.0 / 2);
        self.note_course(now);
        self.write_states(noon);
        self.end_day_of_divisions(day);
        self.write_exposure(window, now, noon);
        self.count_coexistence(window, noon);
        self.count_broken_conversations(window, noon);
        self.state.counts.both_sides += u64::from(self.runs_both_sides());
        self.count_for_staying(window, noon);
        self.log_change(now, Action::DayEnded, Subject::Day(day), Cause::None);
    }

    pub(super) fn users_moved(&self) -> u32 {
        let new = |pool: usize| !self.world.facts.is_legacy(pool as u16);
        (0..self.state.users_on.len())
            .filter(|&pool| new(pool))
            .map(|pool| self.state.users_on[pool])
            .sum()
    }

    fn runs_both_sides(&self) -> bool {
        let begun = self.state.last_wave.is_some() && self.state.retired_at.is_none();
        begun && (self.goes_forward() || self.users_moved() > 0)
    }

    /// What the old side and the new one are paid for on this day.
    fn count_for_staying(&mut self, window: &Window, noon: Time) {
        let facts = &self.world.facts;
        let runs = |pool: usize| facts.is_legacy(pool as u16) && !self.state.retired[pool];
        let old_side = (0..facts.pools.len()).any(runs);
        let unsupported = old_side && facts.is_unsupported(noon);
        let people = if self.world.value(Setting::Benefit) == 0.0 {
            0
        } else {
            self.active_on_new_side(window, noon)
        };
        let counts = &mut self.state.counts;
        counts.old_side += u64::from(old_side);
        counts.unsupported += u64::from(unsupported);
        counts.new_side_user_days += people;
    }

    /// Active people homed on the new side, at sites where it is a working day.
    fn active_on_new_side(&self, window: &Window, noon: Time) -> u64 {
        let sites = self.world.facts.calendar.sites.iter().zip(&self.fixed.site_masks);
        sites
            .filter(|(site, _)| site.is_working_day(site.date(noon)))
            .map(|(site, mask)| {
                let on_new = mask.iter().zip(&self.state.on_new);
                let here: Vec<u64> = on_new.map(|(mask, new)| mask & new).collect();
                match self.fixed.all_active {
                    true => here.iter().map(|word| u64::from(word.count_ones())).sum(),
                    false => active_among(window, site.date(noon), &here),
                }
            })
            .sum()
    }

    fn write_states(&mut self, noon: Time) {
        let day = noon.day() as usize;
        let pools = self.state.users_on.len();
        for pool in 0..pools {
            *self.state.timeline.at(day, pool) = self.state.users_on[pool];
        }
        for client in 0..self.state.users_with.len() {
            *self.state.timeline.at(day, pools + client) = self.state.users_with[client];
        }
        *self.cell(noon, MOVED) = self.users_moved();
        *self.cell(noon, STRANDED) = self.state.stranded_users;
        let counts = &mut self.state.counts;
        counts.peak_stranded = counts.peak_stranded.max(self.state.stranded_users);
        *self.cell(noon, OPEN_TICKETS) = self.state.desk.open() as u32;
        *self.cell(noon, OPEN_DEFECTS) = self.open_defects();
        let moved = self.users_moved();
        let stranded = self.state.stranded_users;
        let knowledge = self.knowledge(noon);
        (knowledge.moved, knowledge.stranded) = (moved, stranded);
    }

    /// While a violated order cuts the sides off from each other, everybody's conversations fail with the share of the
    /// others who are on the other side.
    fn count_broken_conversations(&mut self, window: &Window, noon: Time) {
        if !self.state.tasks.cut_off {
            return;
        }
        let users = u64::from(self.state.staff.employees);
        let moved = u64::from(self.users_moved());
        for (site, mask) in self.world.facts.calendar.sites.iter().zip(&self.fixed.site_masks) {
            let date = site.date(noon);
            if !site.is_working_day(date) {
                continue;
            }
            let on_new: Vec<u64> = (mask.iter().zip(&self.state.on_new))
                .map(|(mask, new)| mask & new)
                .collect();
            let people = |mask: &[u64]| match self.fixed.all_active {
                true => mask.iter().map(|word| u64::from(word.count_ones())).sum(),
                false => active_among(window, date, mask),
            };
            let (all, new) = (people(mask), people(&on_new));
            self.state.counts.cut_off_pairs += (all - new) * moved + new * (users - moved);
        }
    }

    fn count_coexistence(&mut self, window: &Window, noon: Time) {
        let moved = self.users_moved();
        if moved == 0 || moved == self.state.staff.employees {
            return;
        }
        let mut people = 0;
        for (site, mask) in self.world.facts.calendar.sites.iter().zip(&self.fixed.site_masks) {
            let date = site.date(noon);
            if site.is_working_day(date) {
                people += if self.fixed.all_active {
                    mask.iter().map(|word| u64::from(word.count_ones())).sum::<u64>()
                } else {
                    active_among(window, date, mask)
                };
            }
        }
        self.state.counts.coexistence_user_days += people;
    }

    /// Closes the accounts at the horizon.
    pub(super) fn close(&mut self, window: &Window) {
        let calendar = &self.world.facts.calendar;
        let horizon = calendar.horizon;
        self.end_day_at(window, horizon);
        for (series, state) in window.series.iter().zip(&self.state.series) {
            if state.exists {
                let before =
                    series.slots_between(series.first - Span::MILLISECOND, horizon - Span::MILLISECOND);
                self.state.counts.pending += u64::from(series.occurrences - before);
            }
        }
    }
}

fn active_among(window: &Window, date: i64, mask: &[u64]) -> u64 {
    let row = (date - window.first_date) as usize * window.words_per_date;
    let words = &window.active[row..row + window.words_per_date];
    words
        .iter()
        .zip(mask)
        .map(|(active, site)| u64::from((active & site).count_ones()))
        .sum()
}

/// The row of metrics of a strategy with these counts.
pub(super) fn row(state: &State, counts: &Counts, world: &World) -> Row {
    let mut row = Row::new();
    let mut set = |metric: Metric, value: f64| row.set(metric, Some(value));
    let broken: u64 = counts.broken.iter().sum();
    let held = counts.ok + counts.impaired;
    set(Metric::Judged, (held + broken) as f64);
    set(Metric::Held, held as f64);
    set(Metric::Ok, counts.ok as f64);
    set(Metric::Impaired, counts.impaired as f64);
    set(Metric::Broken, broken as f64);
    set(Metric::BrokenCannotSchedule, counts.broken[0] as f64);
    set(Metric::BrokenStaleRollback, counts.broken[1] as f64);
    set(Metric::BrokenStaleMove, counts.broken[2] as f64);
    set(Metric::BrokenOutage, counts.broken[3] as f64);
    set(Metric::BrokenBlocked, counts.broken[4] as f64);
    set(Metric::BrokenDefect, counts.broken[5] as f64);
    set(Metric::Dropped, counts.dropped as f64);
    set(Metric::Pending, counts.pending as f64);
    set(Metric::Created, counts.created as f64);
    set(Metric::Repaired, counts.repaired as f64);
    set(Metric::LostHours, counts.lost.hours());
    set(Metric::FullHours, counts.full.hours());
    set(Metric::Upgraded, counts.upgraded as f64);
    set(Metric::Downgraded, counts.downgraded as f64);
    let never = state
        .machines
        .iter()
        .filter(|machine| machine.pending && machine.never);
    set(Metric::NeverUpgraded, never.count() as f64);
    set(Metric::TechnicianHours, counts.technician.hours());
    set(Metric::StrandedHours, counts.stranded.hours());
    set(Metric::LimitedHours, counts.limited.hours());
    set(Metric::OutageHours, counts.outage.hours());
    set(Metric::Moved, counts.moved as f64);
    set(Metric::MovesFailed, counts.moves_failed as f64);
    set(Metric::RolledBack, counts.rolled_back as f64);
    set(Metric::Joined, f64::from(state.staff.joined));
    set(Metric::Left, f64::from(state.staff.left));
    set(Metric::ContactsLost, counts.contacts_lost as f64);
    set(Metric::Rollbacks, counts.rollbacks as f64);
    set(Metric::CoexistenceUserDays, counts.coexistence_user_days as f64);
    set(Metric::Mixed, counts.mixed as f64);
    set(Metric::PeakExposureMeetings, counts.peak_meetings as f64);
    set(Metric::PeakExposureClients, counts.peak_clients as f64);
    set(Metric::PeakStranded, counts.peak_stranded.into());
    set(Metric::PeakNoWayBack, counts.peak_no_way_back.into());
    set(Metric::FixedForward, state.tasks.fixed_forward as f64);
    let horizon = world.facts.calendar.horizon;
    set(
        Metric::FederationLost,
        state.tasks.federation_lost(horizon).hours(),
    );
    set(Metric::FaultsFound, state.testing.found() as f64);
    set(Metric::FaultsLive, state.testing.live as f64);
    set(Metric::WaveSlip, state.programme.slip.days());
    set(Metric::TaskHoursInVain, state.tasks.in_vain.hours());
    set(Metric::WorstWeek, worst_week(state));
    let days = |at: Option<Time>| at.map(Time::days);
    row.set(Metric::NoReturnDay, counts.no_return_day.map(f64::from));
    row.set(Metric::CompletionDay, days(state.completion.since));
    row.set(Metric::Day98, days(state.completion.nearly_first));
    row.set(Metric::RetirementDay, days(state.retired_at));
    row.set(Metric::CourseEnd, days(state.course_end()));
    row.set(Metric::FirstRollbackDay, days(counts.first_rollback));
    let is_cleared = |_: &Span| {
        state
            .rollback
            .as_ref()
            .is_none_or(|rollback| rollback.downgrades_left == 0)
    };
    let took = counts.downgrades_took.filter(is_cleared);
    row.set(Metric::DowngradeDays, took.map(Span::days));
    row_of_life(&mut row, state, counts, world);
    row
}

/// The share of meetings that broke in the week in which most did.
fn worst_week(state: &State) -> f64 {
    let fixed_columns = state.users_on.len() + state.users_with.len();
    let count = |day: usize, measure: usize| state.timeline.get(day, fixed_columns + measure);
    let days: Vec<usize> = (0..state.timeline.days()).collect();
    let week = |days: &[usize]| {
        let sum = |measure: usize| {
            days.iter()
                .map(|&day| u64::from(count(day, measure)))
                .sum::<u64>()
        };
        (sum(BROKEN), sum(JUDGED))
    };
    let mut worst = (0, 1);
    for week in days.chunks(7).map(week) {
        if week.0 > worst.0 {
            worst = week;
        }
    }
    worst.0 as f64 / worst.1 as f64
}

/// Metrics of defects, help desk and programme.
fn row_of_life(row: &mut Row, state: &State, counts: &Counts, world: &World) {
    let defects = || world.defects.iter().zip(&state.defects);
    let count =
        |wanted: &dyn Fn(&DefectState) -> bool| defects().filter(|(_, state)| wanted(state)).count() as f64;
    let mut set = |metric: Metric, value: f64| row.set(metric, Some(value));
    set(Metric::Attempts, f64::from(state.programme.attempt) + 1.0);
    set(
        Metric::DefectsInPilot,
        count(&|state| state.found.is_some() && !state.escaped),
    );
    set(
        Metric::DefectsEscaped,
        count(&|state| state.escaped && state.exposure > 0.0),
    );
    set(
        Metric::DefectsOpen,
        count(&|state| state.exposure > 0.0 && state.fixed.is_none()),
    );
    let desk = &state.desk;
    set(Metric::Tickets, desk.opened as f64);
    set(Metric::TicketsAbandoned, desk.given_up as f64);
    set(Metric::BackgroundTickets, desk.background as f64);
    set(Metric::BacklogPeak, desk.backlog_peak as f64);
    set(Metric::DeskHours, desk.worked.hours());
    row.set(Metric::TicketWaitP95, wait_p95(&desk.waits));
    row_of_traffic(row, state, counts, world);
}

/// The smallest wait that at least 95 % of the tickets taken up did not exceed, in hours; missing without any.
fn wait_p95(waits: &[i64]) -> Option<f64> {
    let mut waits = waits.to_vec();
    waits.sort_unstable();
    let rank = (waits.len() * 95).div_ceil(100);
    Some(Span(*waits.get(rank.checked_sub(1)?)?).hours())
}

/// Everyday traffic as expected numbers, and what it all costs.
fn row_of_traffic(row: &mut Row, state: &State, counts: &Counts, world: &World) {
    let rate = |setting: Setting| world.value(setting);
    let days_without = counts.days_without as f64 / 1e6;
    let without = (counts.stranded + counts.outage).hours();
    let limited = counts.limited.hours();
    let mut set = |metric: Metric, value: f64| row.set(metric, Some(value));
    // Those that the person would have begun, and as many that others would have begun with the person.
    let others = (world.facts.residents() as f64 - 1.0).max(1.0);
    let cut_off = counts.cut_off_pairs as f64 / others;
    let failed = (2.0 * days_without + cut_off) * rate(Setting::Conversations);
    set(Metric::FailedConversations, failed);
    // A limited client has no voice either.
    set(
        Metric::VoiceHours,
        rate(Setting::VoiceShare) * (without + limited),
    );
    set(Metric::ApplicationHours, counts.applications.hours());
    let hour = rate(Setting::CostUserHour);
    // In the order of the kinds.
    row.set_costs([
        rate(Setting::CostException) * counts.exceptions as f64,
        hour * counts.stranded.hours(),
        hour * rate(Setting::CostLimited) * limited,
        hour * counts.outage.hours(),
        hour * counts.lost.hours(),
        rate(Setting::CostTechnicianHour) * counts.technician.hours(),
        rate(Setting::CostAgentHour) * state.desk.worked.hours(),
        rate(Setting::CostBothSides) * counts.both_sides as f64,
        rate(Setting::CostOldSide) * counts.old_side as f64
            + rate(Setting::CostUnsupported) * counts.unsupported as f64,
        // Without a benefit it is 0, never -0.
        0.0 - rate(Setting::Benefit) * counts.new_side_user_days as f64,
    ]);
}
