//! Pools: front ends go down and up, the quorum table decides whether the pool serves.

use super::Simulation;
use super::event::Event;
use crate::kernel::{Observer, Time};
use crate::outcome::{Action, Cause, Entry, Subject};
use crate::world::{Outage, PoolId, UserId, Window};

impl<O: Observer<Entry>> Simulation<'_, O> {
    pub(super) fn schedule_outages(&mut self) {
        for (number, outage) in self.world.outages.iter().enumerate() {
            self.state
                .events
                .push(outage.down, Event::ServerDown(number as u32));
            self.state.events.push(outage.up, Event::ServerUp(number as u32));
        }
    }

    pub(super) fn server_changes(&mut self, window: &Window, now: Time, outage: u32, up: bool) {
        let outage = self.world.outages[outage as usize];
        self.state.up[usize::from(outage.pool)][outage.front_end as usize] = up;
        let action = if up { Action::ServerUp } else { Action::ServerDown };
        let cause = if self.is_scripted(now, &outage, up) {
            Cause::Script
        } else {
            Cause::Chance
        };
        self.log_change(now, action, Subject::Server(outage.pool, outage.front_end), cause);
        let serves = self.quorum_met(outage.pool);
        if serves != self.state.serving[usize::from(outage.pool)] {
            self.pool_changes(window, now, outage.pool, serves);
        } else if up && self.plan.tasks.is_some() {
            self.start_moves(window, now);
        }
    }

    /// Does the scenario tell of this very change? Where outages told and drawn overlap, the world joins them to one
    /// that begins by one cause and may end by the other.
    fn is_scripted(&self, now: Time, outage: &Outage, up: bool) -> bool {
        self.world.facts.outages.iter().any(|told| {
            told.pool == outage.pool
                && told.front_end.is_none_or(|number| number == outage.front_end)
                && told.down < told.up
                && now == if up { told.up } else { told.down }
        })
    }

    /// A serving pool goes on while enough of its first front ends are up; one that stopped needs more to start.
    fn quorum_met(&self, pool: PoolId) -> bool {
        let up = &self.state.up[usize::from(pool)];
        let server = self.world.facts.release(pool);
        let count = |of_first: usize| up.iter().take(of_first).filter(|&&is_up| is_up).count() as u32;
        let Some(quorum) = self.world.facts.profile.quorum_of(server, up.len() as u32) else {
            return count(up.len()) > 0;
        };
        if self.state.serving[usize::from(pool)] {
            count(quorum.of_first as usize) >= quorum.serve
        } else {
            count(up.len()) >= quorum.start
        }
    }

    fn pool_changes(&mut self, window: &Window, now: Time, pool: PoolId, serves: bool) {
        self.state.serving[usize::from(pool)] = serves;
        let action = if serves { Action::PoolUp } else { Action::PoolDown };
        self.log_change(now, action, Subject::Pool(pool), Cause::None);
        if !serves {
            self.drop_running(now, pool);
        }
        for user in 0..self.state.pool.len() as UserId {
            if self.state.pool[user as usize] == pool {
                let complete = self.state.is_complete(self.world, user);
                self.refresh(window, now, user, complete);
            }
        }
        if serves {
            self.start_moves(window, now);
        }
    }
}
