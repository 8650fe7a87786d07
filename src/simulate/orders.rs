//! The order among topology tasks: what is completed, what waits, what is violated, and what breaks meanwhile.

use super::Simulation;
use super::tasks::Stage;
use crate::kernel::{Observer, Time};
use crate::outcome::{Action, Cause, Entry, Subject};
use crate::plan::Plan;
use crate::plan::tasks::{Tasks, is_per_pool};
use crate::world::{Edge, Effect, PoolId, Side, Step, Window, World};

/// Pools of more than one front end, but of fewer than an order among tasks demands because of what it places there.
pub(super) fn thin_pools(world: &World, plan: &Plan) -> Vec<bool> {
    let demands = |edge: &Edge, front_ends: u32| match edge.before {
        Step::FrontEnds(least) => edge.effect == Effect::Placement && (2..least).contains(&front_ends),
        _ => false,
    };
    let facts = &world.facts;
    let is_thin = |id: PoolId| {
        let front_ends = facts.pools[usize::from(id)].front_ends;
        let has_tasks = plan.tasks.is_some() && !facts.is_legacy(id);
        has_tasks && facts.profile.edges.iter().any(|edge| demands(edge, front_ends))
    };
    (0..facts.pools.len() as PoolId).map(is_thin).collect()
}

impl<O: Observer<Entry>> Simulation<'_, O> {
    /// Is a step completed at a pool, or everywhere? What the company does not need counts as completed.
    pub(super) fn is_complete(&self, tasks: &Tasks, step: Step, pool: Option<PoolId>) -> bool {
        match step {
            Step::FirstMove => self.state.tasks.first_move,
            Step::LastMove => self.state.tasks.last_move,
            Step::FrontEnds(_) => true,
            Step::Retirement => match pool {
                Some(pool) => self.state.retired[usize::from(pool)],
                None => (0..self.state.retired.len())
                    .all(|pool| self.state.retired[pool] || !self.world.facts.is_legacy(pool as PoolId)),
            },
            Step::Task(task) if !tasks.states(task) => true,
            Step::Task(task) => {
                let mut jobs = tasks.jobs_of(task, pool).peekable();
                !tasks.skips(task, pool)
                    && jobs.peek().is_some()
                    && jobs.all(|job| self.stage(job as u32) == Stage::Done)
            }
        }
    }

    /// Has a step begun at a pool, or anywhere? The first move only counts while somebody is on the new side.
    pub(super) fn has_begun(&self, tasks: &Tasks, step: Step, pool: Option<PoolId>) -> bool {
        match step {
            Step::Task(task) => tasks
                .jobs_of(task, pool)
                .any(|job| matches!(self.stage(job as u32), Stage::Runs | Stage::Done)),
            Step::FirstMove => self.state.tasks.first_move && self.users_moved() > 0,
            Step::Retirement => match pool {
                Some(pool) => self.state.retired[usize::from(pool)],
                None => self.state.retired_at.is_some(),
            },
            other => self.is_complete(tasks, other, pool),
        }
    }

    /// The pool at which an edge is looked at, if it is a matter of single pools.
    pub(super) fn place_of(&self, edge: &Edge, pool: Option<PoolId>) -> Option<PoolId> {
        let facts = &self.world.facts;
        pool.filter(|_| is_per_pool(facts, edge.before) && is_per_pool(facts, edge.after))
    }

    /// Must a step wait for an earlier one? What the plan violates is not waited for.
    pub(super) fn must_wait(&self, tasks: &Tasks, step: Step, pool: Option<PoolId>) -> bool {
        let edges = self.world.facts.profile.edges.iter().zip(&tasks.kept);
        edges.into_iter().any(|(edge, &kept)| {
            kept && edge.after == step && !self.is_complete(tasks, edge.before, self.place_of(edge, pool))
        })
    }

    /// Would a step be in vain, because what it needs is not completed?
    pub(super) fn is_too_early(&self, tasks: &Tasks, step: Step, pool: Option<PoolId>) -> bool {
        self.world.facts.profile.edges.iter().any(|edge| {
            edge.effect == Effect::Again
                && edge.after == step
                && !self.is_complete(tasks, edge.before, self.place_of(edge, pool))
        })
    }

    pub(super) fn is_moves_blocked(&self, tasks: &Tasks) -> bool {
        self.world.facts.profile.edges.iter().any(|edge| {
            let matters = edge.after == Step::FirstMove || self.has_begun(tasks, edge.after, None);
            edge.effect == Effect::Moves && matters && !self.is_complete(tasks, edge.before, None)
        })
    }

    /// Has the later step of an edge begun and the earlier one not been completed, at a pool where that matters?
    pub(super) fn is_violated(&self, edge: &Edge, pool: Option<PoolId>) -> bool {
        let pool = self.place_of(edge, pool);
        self.plan.tasks.as_ref().is_some_and(|tasks| {
            self.has_begun(tasks, edge.after, pool) && !self.is_complete(tasks, edge.before, pool)
        })
    }

    /// Is an edge with this effect violated?
    pub(super) fn has_effect(&self, effect: Effect, pool: Option<PoolId>) -> bool {
        let edges = &self.world.facts.profile.edges;
        edges
            .iter()
            .any(|edge| edge.effect == effect && self.is_violated(edge, pool))
    }

    /// What the violated orders and the outages of this moment break.
    pub(super) fn refresh_effects(&mut self, window: &Window, now: Time) {
        let plan = self.plan;
        let Some(tasks) = &plan.tasks else { return };
        for pool in 0..self.world.facts.pools.len() {
            let id = Some(pool as PoolId);
            let lost = self.state.tasks.dial_in_outages[pool] > 0
                || (self.world.facts.is_legacy(pool as PoolId) && self.has_effect(Effect::DialIn, id));
            if std::mem::replace(&mut self.state.tasks.no_phone[pool], lost) != lost {
                let action = if lost {
                    Action::DialInDown
                } else {
                    Action::DialInUp
                };
                self.log_change(now, action, Subject::Pool(pool as PoolId), Cause::None);
            }
        }
        let down = self.state.tasks.federation_outages > 0 || self.has_effect(Effect::Federation, None);
        match (down, self.state.tasks.federation_down) {
            (true, None) => {
                self.state.tasks.federation_down = Some(now);
                self.log_change(now, Action::FederationDown, Subject::Plan, Cause::None);
            }
            (false, Some(since)) => {
                self.state.tasks.federation_down = None;
                self.state.tasks.federation_lost += now - since;
                self.log_change(now, Action::FederationUp, Subject::Plan, Cause::None);
            }
            _ => {}
        }
        self.state.tasks.cut_off = self.has_effect(Effect::Conversations, None);
        for (side, effect) in [(Side::Legacy, Effect::LegacyEdge), (Side::New, Effect::Outside)] {
            let shut = self.has_effect(effect, None);
            self.refresh_outside(window, now, side, shut);
        }
        self.refresh_applications(window, now);
        let blocked = self.is_moves_blocked(tasks);
        if std::mem::replace(&mut self.state.tasks.moves_blocked, blocked) && !blocked {
            self.start_moves(window, now);
        }
    }
}
