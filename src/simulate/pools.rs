//! Pools: front ends, back ends and sites go down and up; quorum, back end and site decide whether a pool serves.

use super::Simulation;
use super::event::Event;
use crate::kernel::{Observer, Time};
use crate::outcome::{Action, Cause, Entry, Subject};
use crate::world::{Outage, Part, PoolId, UserId, Window};

impl<O: Observer<Entry>> Simulation<'_, O> {
    pub(super) fn schedule_outages(&mut self) {
        for (number, outage) in self.outages.iter().enumerate() {
            self.state
                .events
                .push(outage.down, Event::ServerDown(number as u32));
            self.state.events.push(outage.up, Event::ServerUp(number as u32));
        }
        self.schedule_edge();
    }

    pub(super) fn server_changes(&mut self, window: &Window, now: Time, outage: u32, up: bool) {
        let outage = self.outages[outage as usize];
        let cause = if self.world.facts.is_planned(outage.part, outage.down) {
            Cause::Planned
        } else if self.is_scripted(now, &outage, up) {
            Cause::Script
        } else {
            Cause::Chance
        };
        let either = |if_up: Action, if_down: Action| if up { if_up } else { if_down };
        match outage.part {
            Part::FrontEnd(pool, front_end) => {
                self.state.up[usize::from(pool)][front_end as usize] = up;
                let action = either(Action::ServerUp, Action::ServerDown);
                self.log_change(now, action, Subject::Server(pool, front_end), cause);
                self.reconsider_pool(window, now, pool);
                if self.state.tasks.thin[usize::from(pool)] {
                    self.refresh_users_of(window, now, pool);
                }
                if up && self.plan.tasks.is_some() {
                    self.start_moves(window, now);
                }
            }
            Part::BackEnd(pool) => {
                self.state.back_end_up[usize::from(pool)] = up;
                let action = either(Action::BackEndUp, Action::BackEndDown);
                self.log_change(now, action, Subject::Pool(pool), cause);
                self.reconsider_pool(window, now, pool);
            }
            Part::Site(site) => {
                self.state.site_up[usize::from(site)] = up;
                let action = either(Action::SiteUp, Action::SiteDown);
                self.log_change(now, action, Subject::Site(site), cause);
                for pool in 0..self.world.facts.pools.len() as PoolId {
                    if self.world.facts.pools[usize::from(pool)].site == site {
                        self.reconsider_pool(window, now, pool);
                    }
                }
            }
            Part::Edge(side) => self.edge_changes(window, now, side, up, cause),
        }
    }

    /// Do the scenario or a declared trouble tell of this very change? Where outages told and drawn overlap, the world joins them to one
    /// that begins by one cause and may end by the other.
    fn is_scripted(&self, now: Time, outage: &Outage, up: bool) -> bool {
        let horizon = self.world.facts.calendar.horizon;
        self.world.facts.outages.iter().chain(&self.declared).any(|told| {
            let is_it = |(from, until)| now == if up { until } else { from };
            told.takes_down(outage.part) && told.within(horizon).is_some_and(is_it)
        })
    }

    fn reconsider_pool(&mut self, window: &Window, now: Time, pool: PoolId) {
        let serves = self.can_serve(pool);
        if serves != self.state.serving[usize::from(pool)] {
            self.pool_changes(window, now, pool, serves);
        }
    }

    /// A pool serves if its site and its back end are up and its front ends have the quorum. Whatever stopped it, it
    /// needs as many front ends as any pool that starts.
    fn can_serve(&self, pool: PoolId) -> bool {
        let index = usize::from(pool);
        let facts = &self.world.facts;
        if !self.state.back_end_up[index] || !self.state.site_up[usize::from(facts.pools[index].site)] {
            return false;
        }
        let up = &self.state.up[index];
        match facts.profile.quorum_of(facts.release(pool), up.len() as u32) {
            Some(quorum) => quorum.serves(up, self.state.serving[index]),
            None => up.contains(&true),
        }
    }

    fn pool_changes(&mut self, window: &Window, now: Time, pool: PoolId, serves: bool) {
        self.state.serving[usize::from(pool)] = serves;
        let action = if serves { Action::PoolUp } else { Action::PoolDown };
        self.log_change(now, action, Subject::Pool(pool), Cause::None);
        if !serves {
            self.drop_running(now, pool);
        }
        let stood_in = self.state.is_failed_over(pool);
        self.follow_failover(window, now, pool, serves);
        self.refresh_users_of(window, now, pool);
        if serves && !stood_in {
            self.reconsider_series_of(window, now, pool);
        }
        self.refresh_applications(window, now);
        if serves {
            self.start_moves(window, now);
        } else {
            self.reconsider_wave(window, now);
        }
    }

    /// Users who are homed on a pool, or served by it instead of their own.
    pub(super) fn refresh_users_of(&mut self, window: &Window, now: Time, pool: PoolId) {
        for user in 0..self.state.pool.len() as UserId {
            let home = self.state.pool[user as usize];
            if home == pool || self.state.host_of(self.world, home) == pool {
                self.refresh(window, now, user);
            }
        }
    }
}
