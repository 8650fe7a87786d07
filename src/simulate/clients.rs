//! Clients: rollout, installs, technicians, downgrades.

use super::Simulation;
use super::desk::Source;
use super::event::{Direction, Event, draw_index};
use crate::kernel::random::combine;
use crate::kernel::{Observer, Span, Time};
use crate::outcome::log::Label;
use crate::outcome::{Action, Cause, Entry, Subject};
use crate::plan::{Regime, RolloutMode};
use crate::world::lag::STRAGGLES;
use crate::world::{ClientId, Machine, Purpose, Setting, Site, UserId, Window};

/// No horizon is longer, in days; what takes longer never comes.
const LONGEST_LAG: f64 = 3640.0;

impl<O: Observer<Entry>> Simulation<'_, O> {
    fn machine(&self, machine: u32) -> &Machine {
        &self.world.machines[machine as usize]
    }

    fn subject(&self, machine: u32) -> Subject {
        Subject::Machine(self.machine(machine).user, self.machine(machine).number)
    }

    fn machine_entity(&self, machine: u32) -> u64 {
        let Machine { user, number, .. } = *self.machine(machine);
        combine(self.world.facts.users[user as usize].id, u64::from(number))
    }

    fn site_of(&self, machine: u32) -> &Site {
        let user = &self.world.facts.users[self.machine(machine).user as usize];
        &self.world.facts.calendar.sites[usize::from(user.site)]
    }

    fn site_index(&self, machine: u32) -> usize {
        usize::from(self.world.facts.users[self.machine(machine).user as usize].site)
    }

    pub(super) fn machines_of(&self, user: UserId) -> std::ops::Range<u32> {
        self.world.machine_start[user as usize]..self.world.machine_start[user as usize + 1]
    }

    /// Direction of an order: back to the client that the user started with, or forward.
    fn direction(&self, machine: u32) -> Direction {
        let first = self.world.facts.users[self.machine(machine).user as usize].client;
        if self.state.machines[machine as usize].goal == first {
            Direction::Back
        } else {
            Direction::Forward
        }
    }

    pub(super) fn roll_out_after_move(&mut self, window: &Window, now: Time, user: UserId) {
        match self.plan.rollout.as_ref().map(|rollout| rollout.mode) {
            Some(RolloutMode::With) => self.tell_user(window, now, user),
            Some(RolloutMode::After(delay)) => {
                let attempt = self.state.programme.attempt;
                self.state.events.push(now + delay, Event::Told { user, attempt });
            }
            Some(RolloutMode::Before(_)) | None => {}
        }
    }

    /// The machines of a user are told to install the new client.
    pub(super) fn tell_user(&mut self, window: &Window, now: Time, user: UserId) {
        let Some(rollout) = &self.plan.rollout else { return };
        // Who has moved keeps being upgraded when a programme stops where it is.
        let goes_on = self.goes_forward() || self.has_stopped_with(user);
        if !goes_on || !self.state.staff.is_here(user) {
            return;
        }
        for machine in self.machines_of(user) {
            if self.state.machines[machine as usize].goal != rollout.client {
                self.order(window, now, machine, rollout.client, 1.0, Cause::Plan);
            }
        }
    }

    /// Orders an install; an earlier order for the machine is void.
    pub(super) fn order(
        &mut self,
        window: &Window,
        now: Time,
        machine: u32,
        goal: ClientId,
        factor: f64,
        cause: Cause,
    ) {
        let state = &mut self.state.machines[machine as usize];
        state.goal = goal;
        state.order += 1;
        state.pending = true;
        let (order, from) = (state.order, state.client);
        let ready = self.begins_by_itself(now, machine, factor);
        let visit = self.technician_visits(now, machine, factor, ready);
        self.state.machines[machine as usize].never = ready.is_none() && visit.is_none();
        self.note_completion(now, self.machine(machine).user);
        let subject = self.subject(machine);
        let entry = Entry::new(
            now,
            Action::InstallOrdered,
            subject,
            Label::Client(from),
            Label::Client(goal),
            cause,
        );
        self.log(entry.with([ready.unwrap_or(Time::NEVER).0, 0, 0, 0]));
        match (ready, visit) {
            (_, Some(at)) => self
                .state
                .events
                .push(at, Event::DeadlinePassed { machine, order }),
            (Some(ready), None) if ready == now => self.install_ready(window, now, machine, order),
            (Some(ready), None) => {
                self.state
                    .events
                    .push(ready, Event::InstallReady { machine, order });
            }
            (None, None) => {}
        }
    }

    /// When a machine that is told now begins to install; `None`: never, or after any horizon.
    fn begins_by_itself(&self, now: Time, machine: u32, factor: f64) -> Option<Time> {
        if self.is_switch_back(machine) {
            return Some(now + Span::from_minutes_f64(self.fixed.value(Setting::StagedSwitch)));
        }
        let Machine {
            lag_days,
            voluntary_days,
            ..
        } = *self.machine(machine);
        let regime = self.plan.rollout.as_ref().map(|rollout| rollout.regime);
        // Nobody is asked whether to go back: downgrades are always pushed.
        let at_will = regime == Some(Regime::Voluntary) && self.direction(machine) == Direction::Forward;
        let days = if at_will {
            voluntary_days
        } else {
            lag_days * factor
        };
        // No time of never is not a number.
        if days.is_nan() || days > LONGEST_LAG {
            return None;
        }
        let site = self.site_of(machine);
        Some(match at_will {
            true => now + Span::from_days_f64(days),
            false => site.add_working(now, Span((days * site.day_length().0 as f64).round() as i64)),
        })
    }

    /// When a technician visits a machine that begins by itself at `ready`; `None` if that is early enough, or nobody visits.
    /// The way back never waits for ever: without a deadline, those that would never begin are visited when the last of the
    /// others but the stragglers have.
    fn technician_visits(&self, now: Time, machine: u32, factor: f64, ready: Option<Time>) -> Option<Time> {
        let site = self.site_of(machine);
        let deadline = self.plan.rollout.as_ref().and_then(|rollout| rollout.deadline);
        let visit = match (deadline, ready, self.direction(machine)) {
            (Some(after), _, _) => site.next_working(now + after),
            (None, None, Direction::Back) => {
                let days = STRAGGLES * factor.min(LONGEST_LAG / STRAGGLES);
                site.add_working(now, Span((days * site.day_length().0 as f64).round() as i64))
            }
            (None, _, _) => return None,
        };
        ready.is_none_or(|ready| ready > visit).then_some(visit)
    }

    /// The deadline of an order has come, and nothing has begun by itself.
    pub(super) fn deadline_passed(&mut self, now: Time, machine: u32, order: u16) {
        if self.order_is_void(machine, order) {
            return;
        }
        self.log_change(now, Action::DeadlinePassed, self.subject(machine), Cause::Plan);
        self.call_technician(now, machine, order);
    }

    /// Withdraws the order of a machine.
    pub(super) fn withdraw(&mut self, machine: u32) {
        let state = &mut self.state.machines[machine as usize];
        state.order += 1;
        state.pending = false;
        state.goal = state.client;
        self.state.note_coming(self.world, self.machine(machine).user);
    }

    fn is_switch_back(&self, machine: u32) -> bool {
        self.direction(machine) == Direction::Back
            && self.plan.rollout.as_ref().is_some_and(|rollout| rollout.staged)
    }

    fn order_is_void(&self, machine: u32, order: u16) -> bool {
        let state = &self.state.machines[machine as usize];
        state.order != order || !state.pending
    }

    pub(super) fn install_ready(&mut self, window: &Window, now: Time, machine: u32, order: u16) {
        if self.order_is_void(machine, order) {
            return;
        }
        if self.is_switch_back(machine) {
            return self.set_client(window, now, machine);
        }
        let site = self.site_index(machine);
        if self.carried_each(site).is_none() {
            self.install(window, now, machine, order);
        } else if let Some(job) = self.state.distribution[site].arrive(now, 0, (machine, order)) {
            self.start_install(now, job);
        }
    }

    /// Working time in which software distribution carries one install at a site; nothing if there is no limit.
    fn carried_each(&self, site: usize) -> Option<Span> {
        let a_day = (self.plan.rollout.as_ref()).and_then(|rollout| rollout.installs_per_day[site])?;
        let day = self.world.facts.calendar.sites[site].day_length();
        Some(Span((day.0 as f64 / f64::from(a_day)).round() as i64))
    }

    /// Software distribution takes up an install. One that became void while it waited takes no time.
    fn start_install(&mut self, now: Time, (machine, order): (u32, u16)) {
        let each = self.carried_each(self.site_index(machine));
        let length = each.filter(|_| !self.order_is_void(machine, order));
        let done = self
            .site_of(machine)
            .add_working(now, length.unwrap_or(Span::ZERO));
        self.state
            .events
            .push(done, Event::InstallCarried { machine, order });
    }

    /// Software distribution has carried an install, and takes up the next.
    pub(super) fn install_carried(&mut self, window: &Window, now: Time, machine: u32, order: u16) {
        if !self.order_is_void(machine, order) {
            self.install(window, now, machine, order);
        }
        let site = self.site_index(machine);
        if let Some((job, _)) = self.state.distribution[site].depart(now) {
            self.start_install(now, job);
        }
    }

    fn install(&mut self, window: &Window, now: Time, machine: u32, order: u16) {
        let direction = self.direction(machine);
        let setting = match direction {
            Direction::Forward => Setting::InstallFailure,
            Direction::Back => Setting::DowngradeFailure,
        };
        let share = self.fixed.value(setting);
        let (subject, entity) = (self.subject(machine), self.machine_entity(machine));
        let index = draw_index(direction, self.state.programme.attempt, 1);
        let fails = share > 0.0 && self.draw(now, subject, Purpose::InstallFails, entity, index) < share;
        if fails {
            self.log_change(now, Action::InstallFailed, subject, Cause::Chance);
            self.call_technician(now, machine, order);
        } else {
            self.set_client(window, now, machine);
        }
    }

    fn call_technician(&mut self, now: Time, machine: u32, order: u16) {
        let site = self.site_index(machine);
        if let Some(job) = self.state.technicians[site].arrive(now, 0, (machine, order)) {
            self.start_technician(now, job);
        }
    }

    fn start_technician(&mut self, now: Time, (machine, order): (u32, u16)) {
        let low = self.fixed.value(Setting::TechnicianLow);
        let high = self.fixed.value(Setting::TechnicianHigh).max(low);
        let (subject, entity) = (self.subject(machine), self.machine_entity(machine));
        let index = draw_index(self.direction(machine), self.state.programme.attempt, 1);
        let u = self.draw(now, subject, Purpose::TechnicianTime, entity, index);
        // A job that became void while it waited takes no time.
        let length = if self.order_is_void(machine, order) {
            Span::ZERO
        } else {
            Span::from_minutes_f64(
                (low + (high - low) * u) * self.technician_factor(self.site_index(machine) as u16),
            )
        };
        let site = self.site_of(machine);
        let done = site.add_working(now, length);
        self.state.counts.technician += length;
        let entry = Entry::new(
            now,
            Action::TechnicianStarted,
            subject,
            Label::Blank,
            Label::Blank,
            Cause::None,
        );
        self.log(entry.with([length.0, 0, 0, 0]));
        self.state
            .events
            .push(done, Event::TechnicianDone { machine, order });
    }

    pub(super) fn technician_done(&mut self, window: &Window, now: Time, machine: u32, order: u16) {
        if !self.order_is_void(machine, order) {
            self.set_client(window, now, machine);
        }
        let site = self.site_index(machine);
        if let Some((job, _)) = self.state.technicians[site].depart(now) {
            self.start_technician(now, job);
        }
    }

    fn set_client(&mut self, window: &Window, now: Time, machine: u32) {
        let Machine { user, number, .. } = *self.machine(machine);
        let direction = self.direction(machine);
        self.account_for(window, user, now);
        self.count_exposure_of(window, user, now);
        let state = &mut self.state.machines[machine as usize];
        state.pending = false;
        let goal = state.goal;
        let before = std::mem::replace(&mut state.client, goal);
        self.count_install(direction);
        let entry = Entry::new(
            now,
            Action::Installed,
            Subject::Machine(user, number),
            Label::Client(before),
            Label::Client(goal),
            Cause::None,
        );
        self.log(entry);
        if number == 0 {
            self.state.users_with[usize::from(before)] -= 1;
            self.state.users_with[usize::from(goal)] += 1;
            self.note_side(user);
            self.refresh(window, now, user);
            self.tickets_after(now, user, Source::Client, direction);
            self.reconsider_series(window, now, user);
        }
        if direction == Direction::Back {
            self.downgraded(window, now, user, number);
        }
    }

    fn count_install(&mut self, direction: Direction) {
        match direction {
            Direction::Forward => {
                self.state.counts.upgraded += 1;
                self.state.upgraded_machines += 1;
            }
            Direction::Back => {
                self.state.counts.downgraded += 1;
                self.state.upgraded_machines -= 1;
            }
        }
    }
}
