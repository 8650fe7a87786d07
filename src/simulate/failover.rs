//! Failover: a pool that is down hands its users to its pair, and takes them back when it serves again.
//!
//! | stage | who serves the users of the pool |
//! |---|---|
//! | own | the pool |
//! | stopped | nobody; it is not yet decided that the pair takes over, or the pair is down as well |
//! | ordered | nobody; the pair is being prepared |
//! | over | the pair, in limited mode |
//! | back | the pair, in limited mode, while the pool takes its users back |

use super::Simulation;
use super::event::Event;
use super::state::{SeriesState, Service, State};
use crate::kernel::{Observer, Span, Time};
use crate::outcome::log::Label;
use crate::outcome::{Action, Cause, Entry, Subject};
use crate::world::{PoolId, Setting, UserId, Window, World};

/// How far a pool has handed its users over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stage {
    Own,
    Stopped,
    Ordered,
    Over,
    Back,
}

/// Stage of one pool.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failover {
    pub(crate) stage: Stage,
    /// Grows with every stage: events of an earlier one are void.
    round: u32,
    /// When the pool stopped, unless it is in the stage `own`.
    stopped: Time,
}

impl Failover {
    pub(crate) const NONE: Failover = Failover {
        stage: Stage::Own,
        round: 0,
        stopped: Time::ZERO,
    };

    fn enter(&mut self, stage: Stage) -> u32 {
        self.stage = stage;
        self.round += 1;
        self.round
    }
}

impl State {
    /// Does the pair serve the users of this pool?
    pub(crate) fn is_failed_over(&self, pool: PoolId) -> bool {
        matches!(self.failover[usize::from(pool)].stage, Stage::Over | Stage::Back)
    }

    /// The pool that serves the users homed on a pool, and hosts their meetings, if it is in service itself.
    pub(crate) fn host_of(&self, world: &World, pool: PoolId) -> PoolId {
        match world.facts.pools[usize::from(pool)].pair {
            Some(pair) if self.is_failed_over(pool) => pair,
            _ => pool,
        }
    }

    /// Does a pool serve its own users, all of them, with everything?
    pub(crate) fn is_whole(&self, pool: PoolId) -> bool {
        self.serving[usize::from(pool)] && !self.is_failed_over(pool)
    }

    /// How the pair serves a user who could sign in at home.
    pub(crate) fn service_of_the_pair(&self, world: &World, user: UserId) -> Service {
        if world.facts.profile.failover_sign_in[usize::from(self.client(world, user))] {
            Service::Limited
        } else {
            Service::Out
        }
    }
}

impl<O: Observer<Entry>> Simulation<'_, O> {
    fn pair_of(&self, pool: PoolId) -> Option<PoolId> {
        self.world.facts.pools[usize::from(pool)].pair
    }

    fn failover(&mut self, pool: PoolId) -> &mut Failover {
        &mut self.state.failover[usize::from(pool)]
    }

    /// A series arranged or sent again so shortly before its pool stopped that the pair does not know it.
    pub(super) fn is_unknown_to_the_pair(&self, pool: PoolId, series: SeriesState) -> bool {
        if !self.state.is_failed_over(pool) {
            return false;
        }
        let stopped = self.state.failover[usize::from(pool)].stopped;
        let loss = Span::from_minutes_f64(self.fixed.value(Setting::FailoverLoss));
        series.sent > stopped - loss
    }

    /// A pool has stopped or started: what becomes of its users, and of those that it serves for its pair.
    pub(super) fn follow_failover(&mut self, window: &Window, now: Time, pool: PoolId, serves: bool) {
        let (Some(policy), Some(pair)) = (&self.plan.failover, self.pair_of(pool)) else {
            return;
        };
        let after = policy.after;
        let stage = self.failover(pool).stage;
        match (serves, stage) {
            (false, Stage::Own) => {
                let own = self.failover(pool);
                own.stopped = now;
                let round = own.enter(Stage::Stopped);
                let event = Event::FailoverDue { pool, round };
                self.state.events.push(now + after, event);
            }
            // The pair still serves; nothing new is decided.
            (false, _) => {
                self.failover(pool).enter(Stage::Over);
                self.log_pair(now, Action::FailedOver, pool, 0);
            }
            (true, Stage::Over) if self.state.serving[usize::from(pair)] => self.start_failback(now, pool),
            (true, Stage::Over) => self.end_failback(window, now, pool),
            (true, _) => {
                self.failover(pool).enter(Stage::Own);
            }
        }
        if serves {
            self.order_failover(now, pair);
        } else if self.failover(pair).stage == Stage::Back {
            self.end_failback(window, now, pair);
        }
    }

    pub(super) fn failover_due(&mut self, now: Time, pool: PoolId, round: u32) {
        if self.failover(pool).round == round {
            self.order_failover(now, pool);
        }
    }

    /// Orders the failover of a pool that has been down for long enough, if its pair can take over.
    fn order_failover(&mut self, now: Time, pool: PoolId) {
        let (Some(policy), Some(pair)) = (&self.plan.failover, self.pair_of(pool)) else {
            return;
        };
        let own = self.state.failover[usize::from(pool)];
        if own.stage != Stage::Stopped || now < own.stopped + policy.after || !self.state.is_whole(pair) {
            return;
        }
        let done = now + Span::from_minutes_f64(self.fixed.value(Setting::FailoverMinutes));
        let round = self.failover(pool).enter(Stage::Ordered);
        self.log_pair(now, Action::FailoverOrdered, pool, done.0);
        self.state.events.push(done, Event::FailoverDone { pool, round });
    }

    pub(super) fn failover_done(&mut self, window: &Window, now: Time, pool: PoolId, round: u32) {
        let Some(pair) = self.pair_of(pool).filter(|_| self.failover(pool).round == round) else {
            return;
        };
        if !self.state.is_whole(pair) {
            // Ordered again as soon as the pair serves.
            self.failover(pool).enter(Stage::Stopped);
            return;
        }
        self.failover(pool).enter(Stage::Over);
        self.log_pair(now, Action::FailedOver, pool, 0);
        self.refresh_users_of(window, now, pool);
        self.start_moves(window, now);
    }

    fn start_failback(&mut self, now: Time, pool: PoolId) {
        let users = f64::from(self.state.users_on[usize::from(pool)]);
        let hours = users / self.fixed.value(Setting::FailbackRate);
        let done = now + Span::from_hours_f64(hours);
        let round = self.failover(pool).enter(Stage::Back);
        self.log_pair(now, Action::FailbackStarted, pool, done.0);
        self.state.events.push(done, Event::FailbackDone { pool, round });
    }

    pub(super) fn failback_done(&mut self, window: &Window, now: Time, pool: PoolId, round: u32) {
        if self.failover(pool).round == round {
            self.end_failback(window, now, pool);
            self.start_moves(window, now);
        }
    }

    /// The pool has its users back; who could not schedule in limited mode can do so again.
    fn end_failback(&mut self, window: &Window, now: Time, pool: PoolId) {
        self.failover(pool).enter(Stage::Own);
        self.log_pair(now, Action::FailedBack, pool, 0);
        self.refresh_users_of(window, now, pool);
        self.reconsider_series_of(window, now, pool);
    }

    /// The users of a pool can schedule again: what is dead or unscheduled is planned to be sent again.
    pub(super) fn reconsider_series_of(&mut self, window: &Window, now: Time, pool: PoolId) {
        for user in 0..self.state.pool.len() as UserId {
            if self.state.pool[user as usize] == pool {
                self.reconsider_series(window, now, user);
            }
        }
    }

    fn log_pair(&mut self, now: Time, action: Action, pool: PoolId, detail: i64) {
        let pair = self.pair_of(pool).map_or(Label::Blank, Label::Pool);
        let (from, to) = match action {
            Action::FailbackStarted | Action::FailedBack => (pair, Label::Blank),
            _ => (Label::Blank, pair),
        };
        let entry = Entry::new(now, action, Subject::Pool(pool), from, to, Cause::None);
        self.log(entry.with([detail, 0, 0, 0]));
    }
}
