//! Rollback: who goes back and how; retirement.

use super::Simulation;
use super::event::Direction;
use super::programme::Phase;
use super::state::RollbackState;
use crate::kernel::{Observer, Time};
use crate::outcome::log::Label;
use crate::outcome::{Action, Cause, Entry, Subject};
use crate::plan::{Choreography, Extent};
use crate::world::{Setting, UserId, Window};

impl<O: Observer<Entry>> Simulation<'_, O> {
    /// Cancels what is not yet moved, orders downgrades, and moves users back in the plan's order.
    pub(super) fn order_rollback(&mut self, window: &Window, now: Time, extent: Extent, cause: Cause) {
        let Some(plan) = &self.plan.rollback else { return };
        self.state.programme.phase = Phase::Back;
        let scope = self.scope(extent);
        let scope = self.leave_out_fixed(now, scope);
        self.state.queue.clear();
        self.state.counts.rollbacks += 1;
        self.state.rollback = Some(RollbackState {
            ordered: now,
            downgrades_left: 0,
            waiting: vec![false; self.state.pool.len()],
            returning: vec![false; self.state.pool.len()],
            left: 0,
        });
        self.state.counts.first_rollback.get_or_insert(now);
        self.state.completion.turns_back();
        let back: Vec<UserId> = scope
            .iter()
            .copied()
            .filter(|&user| self.is_moved(user))
            .collect();
        let downgrades = self.machines_to_downgrade(&scope);
        self.note_going(now, &back);
        if let Some(rollback) = &mut self.state.rollback {
            rollback.left = back.len() as u32;
            for &user in &back {
                rollback.returning[user as usize] = true;
            }
        }
        let entry = Entry::new(
            now,
            Action::RollbackOrdered,
            Subject::Plan,
            Label::Blank,
            Label::Blank,
            cause,
        );
        self.log(entry.with([back.len() as i64, downgrades.len() as i64, 0, 0]));
        self.withdraw_orders();
        self.undo_tasks(window, now, extent);
        let leaving = self.split_by_choreography(&back, &downgrades, plan.choreography);
        self.enqueue(&leaving, Direction::Back);
        self.order_downgrades(window, now, &downgrades);
        self.start_moves(window, now);
        self.finish_rollback(now);
    }

    /// A user is back on the old side.
    pub(super) fn came_back(&mut self, now: Time, user: UserId) {
        if let Some(rollback) = &mut self.state.rollback
            && std::mem::take(&mut rollback.returning[user as usize])
        {
            rollback.left -= 1;
            self.finish_rollback(now);
        }
    }

    fn finish_rollback(&mut self, now: Time) {
        let done = |rollback: &RollbackState| rollback.left == 0 && rollback.downgrades_left == 0;
        if self.state.rollback.as_ref().is_some_and(done) {
            self.rolled_back(now);
        }
    }

    pub(super) fn is_moved(&self, user: UserId) -> bool {
        !self.world.facts.is_legacy(self.state.pool[user as usize])
    }

    /// Everybody employed.
    pub(super) fn employees(&self) -> impl Iterator<Item = UserId> {
        (0..self.world.facts.users.len() as UserId).filter(|&user| self.state.staff.is_here(user))
    }

    fn scope(&self, extent: Extent) -> Vec<UserId> {
        let users = &self.world.facts.users;
        let here = self.employees();
        match extent {
            Extent::Everyone => here.collect(),
            Extent::Pool(pool) => here.filter(|&user| users[user as usize].pool == pool).collect(),
            Extent::LastWave => self
                .state
                .last_wave
                .map_or(Vec::new(), |wave| self.went_with(wave)),
        }
    }

    fn machines_to_downgrade(&self, scope: &[UserId]) -> Vec<u32> {
        if !self.world.facts.profile.downgrade_on_rollback {
            return Vec::new();
        }
        let first = |user: UserId| self.world.facts.users[user as usize].client;
        scope
            .iter()
            .flat_map(|&user| self.machines_of(user).map(move |machine| (user, machine)))
            .filter(|&(user, machine)| self.state.machines[machine as usize].client != first(user))
            .map(|(_, machine)| machine)
            .collect()
    }

    /// Installs under way are withdrawn: the programme has stopped.
    fn withdraw_orders(&mut self) {
        for machine in 0..self.state.machines.len() as u32 {
            if self.state.machines[machine as usize].pending {
                self.withdraw(machine);
            }
        }
    }

    /// Who moves back at once; the others are noted as waiting for a downgrade.
    fn split_by_choreography(
        &mut self,
        back: &[UserId],
        downgrades: &[u32],
        choreography: Choreography,
    ) -> Vec<UserId> {
        let machines = &self.world.machines;
        let mut primary = vec![false; self.state.pool.len()];
        for &machine in downgrades {
            let machine = &machines[machine as usize];
            primary[machine.user as usize] |= machine.number == 0;
        }
        let waits = |user: UserId| match choreography {
            Choreography::MoveFirst => false,
            Choreography::Paired => primary[user as usize],
            Choreography::DowngradeFirst => !downgrades.is_empty(),
        };
        let (waiting, leaving): (Vec<UserId>, Vec<UserId>) = back.iter().partition(|&&user| waits(user));
        if let Some(rollback) = &mut self.state.rollback {
            for user in waiting {
                rollback.waiting[user as usize] = true;
            }
        }
        leaving
    }

    fn order_downgrades(&mut self, window: &Window, now: Time, downgrades: &[u32]) {
        if let Some(rollback) = &mut self.state.rollback {
            rollback.downgrades_left = downgrades.len() as u32;
            if downgrades.is_empty() {
                self.note_cleared(now);
            }
        }
        let factor = self.fixed.value(Setting::ForcedFactor);
        for &machine in downgrades {
            let user = self.world.machines[machine as usize].user;
            let goal = self.world.facts.users[user as usize].client;
            self.order(window, now, machine, goal, factor, Cause::Rollback);
        }
    }

    /// A machine has its old client again: its user, or everybody, may now move back.
    pub(super) fn downgraded(&mut self, window: &Window, now: Time, user: UserId, number: u8) {
        let Some(plan) = &self.plan.rollback else { return };
        let Some(rollback) = &mut self.state.rollback else {
            return;
        };
        rollback.downgrades_left -= 1;
        let all_done = rollback.downgrades_left == 0;
        let mut leaving = Vec::new();
        if plan.choreography == Choreography::Paired && number == 0 && rollback.waiting[user as usize] {
            rollback.waiting[user as usize] = false;
            leaving.push(user);
        }
        if all_done {
            let waiting = std::mem::take(&mut rollback.waiting);
            leaving.extend((0..waiting.len() as UserId).filter(|&user| waiting[user as usize]));
            rollback.waiting = vec![false; waiting.len()];
            self.note_cleared(now);
            self.log_change(now, Action::DowngradesCleared, Subject::Plan, Cause::None);
        }
        if !leaving.is_empty() {
            self.enqueue(&leaving, Direction::Back);
            self.start_moves(window, now);
        }
        self.finish_rollback(now);
    }

    /// The last downgrade is done: the longest of several rollbacks counts.
    fn note_cleared(&mut self, now: Time) {
        if let Some(rollback) = &self.state.rollback {
            let took = now - rollback.ordered;
            let longest = &mut self.state.counts.downgrades_took;
            *longest = Some(longest.map_or(took, |before| before.max(took)));
        }
    }

    /// Retires the pools of the plan once the day has come and they are empty.
    pub(super) fn try_retirement(&mut self, window: &Window, now: Time) {
        let Some(retirement) = &self.plan.retirement else {
            return;
        };
        let empty = |&pool: &u16| self.state.users_on[usize::from(pool)] == 0;
        let due = now >= retirement.at && self.state.retired_at.is_none() && !self.state.programme.halted;
        if !due
            || !self.goes_forward()
            || !retirement.pools.iter().all(empty)
            || !self.may_retire(&retirement.pools)
            || self.waits_for_applications(&retirement.pools)
        {
            return;
        }
        self.state.retired_at = Some(now);
        for &pool in &retirement.pools {
            self.state.retired[usize::from(pool)] = true;
            self.log_change(now, Action::Retired, Subject::Pool(pool), Cause::Plan);
            self.note_retirement(now, pool);
            self.lose_left_behind(now, pool);
        }
        self.refresh_applications(window, now);
        self.go_on(window, now);
    }
}
