//! Joiners and leavers.
//!
//! A joiner is homed on the new side from a date of the plan on, once the first wave has started, as long as the
//! programme goes forward and the target pool takes people; before that, and in a rollback, on the old side. Who joins
//! on the old side goes with a further wave behind the last one. Where waves follow departments, who joins goes with the
//! last wave of the own department if that is still to come, and is homed on the new side at once if it has started. A
//! leaver's account and series end at once, and with them everything that was waiting for that person; nobody replaces a
//! leaver in a wave.

use super::Simulation;
use super::event::{Direction, Event};
use super::state::{Fixed, Service};
use crate::kernel::{Observer, Span, Time};
use crate::outcome::log::Label;
use crate::outcome::{Action, Cause, Entry, Subject};
use crate::plan::RolloutMode;
use crate::world::{PoolId, UserId, Window, World};
use std::collections::BTreeMap;

/// Who is employed, and whom the programme has yet to move.
#[derive(Clone, Debug)]
pub(crate) struct Staff {
    here: Vec<bool>,
    /// How many are employed.
    pub(crate) employees: u32,
    /// By user: in a wave, or on the old side since joining or going back.
    to_move: Vec<bool>,
    /// Those of them who are on the old side.
    pub(crate) unmoved: u32,
    /// Who joined on the old side and goes with a wave, in the order of joining.
    joined_in: BTreeMap<u32, Vec<UserId>>,
    /// The wave of each of them.
    wave_of: BTreeMap<UserId, u32>,
    /// Whose pool is, or once was, a legacy one.
    was_on_old: Vec<bool>,
    pub(crate) joined: u32,
    pub(crate) left: u32,
}

impl Staff {
    pub(crate) fn new(world: &World, fixed: &Fixed) -> Staff {
        let here: Vec<bool> = (0..world.facts.users.len() as UserId)
            .map(|user| world.stay(user).from == i64::MIN)
            .collect();
        let mut to_move = vec![false; here.len()];
        let facts = &world.facts;
        for &user in fixed.waves.iter().flatten() {
            to_move[user as usize] = facts.is_legacy(facts.users[user as usize].pool);
        }
        Staff {
            employees: here.iter().filter(|&&is_here| is_here).count() as u32,
            unmoved: to_move.iter().filter(|&&moves| moves).count() as u32,
            was_on_old: (here.iter().zip(&facts.users))
                .map(|(&is_here, user)| is_here && facts.is_legacy(user.pool))
                .collect(),
            here,
            to_move,
            joined_in: BTreeMap::new(),
            wave_of: BTreeMap::new(),
            joined: 0,
            left: 0,
        }
    }

    pub(crate) fn is_here(&self, user: UserId) -> bool {
        self.here[user as usize]
    }

    /// Somebody has moved.
    pub(crate) fn note_move(&mut self, user: UserId, direction: Direction) {
        match direction {
            Direction::Forward => {
                self.unmoved -= u32::from(std::mem::take(&mut self.to_move[user as usize]));
            }
            Direction::Back => {
                self.must_move(user);
                self.was_on_old[user as usize] = true;
            }
        }
    }

    /// Has this person ever been homed on the old side?
    pub(crate) fn was_on_old(&self, user: UserId) -> bool {
        self.was_on_old[user as usize]
    }

    fn must_move(&mut self, user: UserId) {
        let before = std::mem::replace(&mut self.to_move[user as usize], true);
        self.unmoved += u32::from(!before);
    }
}

impl<O: Observer<Entry>> Simulation<'_, O> {
    pub(super) fn schedule_turnover(&mut self) {
        if self.world.has_no_turnover() {
            return;
        }
        let facts = &self.world.facts;
        for user in 0..facts.users.len() as UserId {
            let stay = self.world.stay(user);
            let site = &facts.calendar.sites[usize::from(facts.users[user as usize].site)];
            let last = i64::from(facts.calendar.days());
            if stay.from > i64::MIN && stay.from <= last {
                self.state
                    .events
                    .push(site.midnight(stay.from).max(Time::ZERO), Event::Joins(user));
            }
            if stay.until <= last {
                self.state
                    .events
                    .push(site.midnight(stay.until).max(Time::ZERO), Event::Leaves(user));
            }
        }
    }

    pub(super) fn joins(&mut self, window: &Window, now: Time, user: UserId) {
        let index = user as usize;
        let home = self.world.facts.users[index].pool;
        let target =
            self.plan.target[usize::from(home)].filter(|&target| self.takes_joiners(now, user, target));
        let pool = target.unwrap_or(home);
        let first = self.world.facts.users[index].client;
        let client = match (target, &self.plan.rollout) {
            (Some(_), Some(rollout)) => rollout.client,
            _ => first,
        };
        self.state.staff.here[index] = true;
        self.state.staff.was_on_old[index] = self.world.facts.is_legacy(pool);
        self.state.staff.employees += 1;
        self.state.staff.joined += 1;
        self.state.pool[index] = pool;
        self.state.users_on[usize::from(pool)] += 1;
        self.state.users_with[usize::from(client)] += 1;
        for machine in self.machines_of(user) {
            let state = &mut self.state.machines[machine as usize];
            (state.client, state.goal) = (client, client);
            self.state.upgraded_machines += u32::from(client != first);
        }
        self.state.since[index] = now;
        let (subject, blank) = (Subject::User(user), Label::Blank);
        let to = Label::Pool(pool);
        self.log(Entry::new(now, Action::Joined, subject, blank, to, Cause::None));
        self.note_side(user);
        self.refresh(window, now, user);
        if target.is_some() {
            self.refresh_effects(window, now);
        } else {
            self.take_along(now, user);
        }
    }

    /// Is somebody who would be homed on a legacy pool homed on its target?
    fn takes_joiners(&self, now: Time, user: UserId, target: PoolId) -> bool {
        if self.state.retired[usize::from(self.world.facts.users[user as usize].pool)] {
            return true;
        }
        let is_time = self.plan.joiners_from.is_some_and(|from| from <= now);
        let next = self.state.programme.next_wave;
        let department_is_gone = self.department_wave(user).is_some_and(|wave| wave < next);
        let has_room =
            u64::from(self.state.users_on[usize::from(target)]) < self.world.facts.capacity(target);
        (is_time || department_is_gone)
            && self.state.last_wave.is_some()
            && self.goes_forward()
            && has_room
            && self.state.is_whole(target)
            && !self.state.tasks.moves_blocked
            && !self.lacks_front_ends(target)
    }

    /// The last wave of the department of somebody who joins, where waves follow departments.
    fn department_wave(&self, user: UserId) -> Option<u32> {
        let department = self.world.facts.users[user as usize].department as usize;
        let wave = self
            .fixed
            .last_wave_of_department
            .get(department)
            .copied()
            .flatten();
        wave.filter(|_| self.plan.cadence.by_department)
    }

    /// Who has joined on the old side goes with the last wave of the own department, if waves follow departments and that
    /// one is still to come, or else with a further wave.
    fn take_along(&mut self, now: Time, user: UserId) {
        let home = self.state.pool[user as usize];
        if self.plan.cadence.further.is_none() || self.plan.target[usize::from(home)].is_none() {
            return;
        }
        self.state.staff.must_move(user);
        let next = self.state.programme.next_wave;
        match self.department_wave(user).filter(|&wave| wave >= next) {
            Some(wave) => self.joins_wave(user, wave),
            None => self.joins_further_wave(now, user),
        }
    }

    fn joins_wave(&mut self, user: UserId, wave: u32) {
        self.state.staff.joined_in.entry(wave).or_default().push(user);
        self.state.staff.wave_of.insert(user, wave);
    }

    /// Somebody goes with the last further wave, or with a new one behind it if that one is full or has started: one step
    /// behind, or as many more as it takes to come after this moment and half a step after the wave that started last.
    fn joins_further_wave(&mut self, now: Time, user: UserId) {
        let size = self.plan.cadence.further.unwrap_or(u32::MAX) as usize;
        let listed = self.fixed.waves.len();
        let count = self.wave_count();
        let programme = &self.state.programme;
        let members = |wave: usize| {
            let joined = self.state.staff.joined_in.get(&(wave as u32));
            joined.map_or(0, Vec::len)
        };
        let last = count - 1;
        if last >= listed && last >= programme.next_wave as usize && members(last) < size {
            self.joins_wave(user, last as u32);
            return;
        }
        let every = self.plan.cadence.every;
        let mut earliest = now;
        if self.state.last_wave.is_some() {
            earliest = earliest.max(programme.stage_start() + every / 2);
        }
        let mut date = self.wave_date(last) + every;
        let lack = earliest - (date + programme.slip);
        if programme.next_wave as usize >= count && lack > Span::ZERO {
            date += every * ((lack.0 + every.0 - 1) / every.0);
        }
        self.state.programme.further.push(date);
        self.joins_wave(user, count as u32);
        if self.goes_forward() && self.state.programme.next_wave as usize == count {
            self.schedule_wave(now);
        }
    }

    /// Where people get the new client ahead of the move, whoever joins a wave late gets it with the wave.
    pub(super) fn tell_early(&mut self, window: &Window, now: Time, user: UserId) {
        let mode = self.plan.rollout.as_ref().map(|rollout| rollout.mode);
        if matches!(mode, Some(RolloutMode::Before(_))) {
            self.tell_user(window, now, user);
        }
    }

    /// The wave of somebody, if any.
    pub(super) fn wave_of(&self, user: UserId) -> Option<u32> {
        let listed = self.fixed.wave_of[user as usize];
        let joined = || self.state.staff.wave_of.get(&user).copied();
        (listed != u32::MAX).then_some(listed).or_else(joined)
    }

    /// Is somebody employed, on the old side, and to be moved?
    fn is_left_to_move(&self, user: UserId) -> bool {
        let home = self.state.pool[user as usize];
        self.state.staff.is_here(user)
            && !self.is_moved(user)
            && self.plan.target[usize::from(home)].is_some()
    }

    /// Everybody of a wave, whether or not they are still here: its own people, and who joined since.
    fn members_of(&self, wave: u32) -> [&[UserId]; 2] {
        let own = self.fixed.waves.get(wave as usize);
        let joined = self.state.staff.joined_in.get(&wave);
        [own, joined].map(|users| users.map_or(&[][..], Vec::as_slice))
    }

    /// Is anybody of a wave left to move?
    pub(super) fn has_people_left(&self, wave: u32) -> bool {
        let members = self.members_of(wave);
        members
            .into_iter()
            .flatten()
            .any(|&user| self.is_left_to_move(user))
    }

    /// The people who move with a wave that starts: its own who are left to move, and who has joined it since.
    pub(super) fn people_of_wave(&self, wave: u32) -> [Vec<UserId>; 2] {
        self.members_of(wave).map(|users| {
            let left = users.iter().copied();
            left.filter(|&user| self.is_left_to_move(user)).collect()
        })
    }

    /// Everybody who is here and went, or would have gone, with a wave.
    pub(super) fn went_with(&self, wave: u32) -> Vec<UserId> {
        let members = self.members_of(wave).into_iter().flatten().copied();
        members.filter(|&user| self.state.staff.is_here(user)).collect()
    }

    /// A further attempt begins: who joined, is on the old side and in no wave goes with a further one.
    pub(super) fn gather_joiners(&mut self, now: Time) {
        if self.plan.cadence.further.is_none() {
            return;
        }
        let facts = &self.world.facts;
        let joiners = facts.residents() as UserId..facts.users.len() as UserId;
        for user in joiners {
            if self.wave_of(user).is_none() && self.is_left_to_move(user) {
                self.joins_further_wave(now, user);
            }
        }
    }

    pub(super) fn leaves(&mut self, window: &Window, now: Time, user: UserId) {
        let index = user as usize;
        self.account_for(window, user, now);
        self.count_exposure_of(window, user, now);
        let was_moved = self.is_moved(user);
        let pool = self.state.pool[index];
        let client = self.state.client(self.world, user);
        let (subject, blank) = (Subject::User(user), Label::Blank);
        let from = Label::Pool(pool);
        self.log(Entry::new(now, Action::Left, subject, from, blank, Cause::None));
        self.cancel_series(window, now, user);
        let state = &mut self.state;
        state.staff.here[index] = false;
        state.staff.employees -= 1;
        state.staff.left += 1;
        state.users_on[usize::from(pool)] -= 1;
        state.users_with[usize::from(client)] -= 1;
        state.stranded_users -= u32::from(state.service[index] == Service::Stranded);
        state.service[index] = Service::Full;
        state.queue.retain(|job| job.user != user);
        state.by_hand.retain(|job| job.user != user);
        if std::mem::take(&mut state.staff.to_move[index]) && !was_moved {
            state.staff.unmoved -= 1;
        }
        state.pool[index] = self.world.facts.users[index].pool;
        self.watches.iter_mut().for_each(|watch| watch.forget(user));
        let downgrades = self.hand_in_machines(user);
        self.note_side(user);
        self.note_completion(now, user);
        self.stop_waiting_for(window, now, user, &downgrades);
        self.note_last_move(window, now);
        self.try_retirement(window, now);
        self.reconsider_wave(window, now);
    }

    /// The machines are set up for whoever comes next. Returns the numbers of those that were to be downgraded.
    fn hand_in_machines(&mut self, user: UserId) -> Vec<u8> {
        let first = self.world.facts.users[user as usize].client;
        let mut downgrades = Vec::new();
        for machine in self.machines_of(user) {
            let number = self.world.machines[machine as usize].number;
            let state = &mut self.state.machines[machine as usize];
            if state.pending && state.goal == first && state.client != first {
                downgrades.push(number);
            }
            self.state.upgraded_machines -= u32::from(state.client != first);
            (state.client, state.goal) = (first, first);
            state.order += 1;
            state.pending = false;
        }
        downgrades
    }

    /// A rollback under way has nobody to bring back, and no machine to downgrade, in place of a leaver.
    fn stop_waiting_for(&mut self, window: &Window, now: Time, user: UserId, downgrades: &[u8]) {
        if let Some(rollback) = &mut self.state.rollback {
            rollback.waiting[user as usize] = false;
        }
        for &number in downgrades {
            self.downgraded(window, now, user, number);
        }
        self.came_back(now, user);
    }

    fn cancel_series(&mut self, window: &Window, now: Time, user: UserId) {
        for &slot in window.series_of(user) {
            let series = &window.series[slot as usize];
            if !std::mem::take(&mut self.state.series[slot as usize].exists) {
                continue;
            }
            self.refresh_exposure(window, now, slot);
            if !series.is_over(now) {
                self.log_change(
                    now,
                    Action::SeriesCancelled,
                    Subject::Series(series.id),
                    Cause::None,
                );
            }
        }
    }
}
