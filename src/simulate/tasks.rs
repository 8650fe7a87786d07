//! Topology tasks: started, completed, waited for, taken back.

use super::Simulation;
use super::event::{Direction, Event, Job as Move};
use super::exposure::Way;
use crate::kernel::{Observer, Span, Time};
use crate::outcome::log::Label;
use crate::outcome::{Action, Cause, Entry, Subject};
use crate::plan::tasks::{Job, Start, next_open};
use crate::plan::{Extent, Plan};
use crate::world::{Edge, Effect, PoolId, Side, Step, Task, TaskOutage, Undo, UserId, Window, World};
use std::collections::BTreeMap;

/// How far a job is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stage {
    /// What it comes after has not happened.
    Idle,
    /// Its start is in the event list.
    Set,
    /// It would start, but waits for an earlier step that the plan means to keep to.
    Waits,
    Runs,
    Done,
    /// It is being taken back, or has been (and may be done again in a further attempt).
    Back,
    /// A rollback came first.
    Void,
}

/// State of the tasks of one strategy.
#[derive(Clone, Debug)]
pub(crate) struct TaskState {
    stages: Vec<Stage>,
    /// Jobs in the order of their completion.
    done: Vec<u32>,
    /// Jobs to be taken back, the last one first.
    back: Vec<u32>,
    /// The job that is being taken back.
    undoing: Option<u32>,
    pub(super) first_move: bool,
    pub(super) last_move: bool,
    /// Outages under way: of federated access, and of dial-in by pool.
    pub(super) federation_outages: u32,
    pub(super) dial_in_outages: Vec<u32>,
    /// Is a job being done, or has it been done, too early to count?
    pub(super) early: Vec<bool>,
    /// Time spent on jobs that were done too early.
    pub(crate) in_vain: Span,
    /// Do conversations between the sides fail?
    pub(crate) cut_off: bool,
    /// Pools with too few front ends for the copies of people's data.
    pub(crate) thin: Vec<bool>,
    /// No move to the new side can succeed.
    pub(crate) moves_blocked: bool,
    /// Federated guests are shut out, since when.
    pub(crate) federation_down: Option<Time>,
    /// Nobody joins by phone the meetings of people who came from this pool.
    pub(crate) no_phone: Vec<bool>,
    /// From when nobody can go back to a pool.
    no_return: Vec<Option<Time>>,
    /// Where those go whose own pool is past its return.
    refuge: BTreeMap<UserId, PoolId>,
    /// People who stay on the new side because they cannot go back.
    pub(crate) fixed_forward: u64,
    /// Time without federated access so far.
    pub(super) federation_lost: Span,
    /// Tasks that are taken back are done again, so much later than planned.
    again: Option<Span>,
}

impl TaskState {
    pub(crate) fn new(world: &World, plan: &Plan) -> TaskState {
        let pools = world.facts.pools.len();
        TaskState {
            stages: vec![Stage::Idle; plan.tasks.as_ref().map_or(0, |tasks| tasks.jobs.len())],
            done: Vec::new(),
            back: Vec::new(),
            undoing: None,
            early: vec![false; plan.tasks.as_ref().map_or(0, |tasks| tasks.jobs.len())],
            in_vain: Span::ZERO,
            cut_off: false,
            thin: super::orders::thin_pools(world, plan),
            first_move: false,
            last_move: false,
            federation_outages: 0,
            dial_in_outages: vec![0; pools],
            moves_blocked: false,
            federation_down: None,
            no_phone: vec![false; pools],
            no_return: vec![None; pools],
            refuge: BTreeMap::new(),
            fixed_forward: 0,
            federation_lost: Span::ZERO,
            again: None,
        }
    }

    /// Time without federated access until the horizon.
    pub(crate) fn federation_lost(&self, horizon: Time) -> Span {
        let open = self.federation_down.map_or(Span::ZERO, |since| horizon - since);
        self.federation_lost + open
    }
}

impl<O: Observer<Entry>> Simulation<'_, O> {
    pub(super) fn schedule_tasks(&mut self) {
        let Some(tasks) = &self.plan.tasks else { return };
        for (number, job) in tasks.jobs.iter().enumerate() {
            if let Start::At(at) = job.start {
                self.state.tasks.stages[number] = Stage::Set;
                self.state.events.push(at, Event::TaskDue(number as u32));
            }
        }
        self.state.tasks.moves_blocked = self.is_moves_blocked(tasks);
    }

    fn job(&self, number: u32) -> Option<(&Job, &Task)> {
        let job = self.plan.tasks.as_ref()?.jobs.get(number as usize)?;
        Some((job, &self.world.facts.profile.tasks[usize::from(job.task)]))
    }

    pub(super) fn stage(&self, number: u32) -> Stage {
        self.state.tasks.stages[number as usize]
    }

    fn log_task(&mut self, now: Time, action: Action, number: u32, cause: Cause, until: Time) {
        let blank = Label::Blank;
        let entry = Entry::new(now, action, Subject::Task(number), blank, blank, cause);
        self.log(entry.with([until.0, 0, 0, 0]));
    }

    /// May these pools be retired as far as the order of tasks goes?
    pub(super) fn may_retire(&self, pools: &[PoolId]) -> bool {
        self.plan.tasks.as_ref().is_none_or(|tasks| {
            let waits = |&pool: &PoolId| self.must_wait(tasks, Step::Retirement, Some(pool));
            !pools.iter().any(waits)
        })
    }

    pub(super) fn task_due(&mut self, window: &Window, now: Time, number: u32) {
        let Some((job, task)) = self.job(number) else {
            return;
        };
        let (pool, duration, windowed) = (job.pool, job.duration, job.in_window);
        let (step, outage, undo) = (Step::Task(job.task), task.outage, task.undo);
        if !matches!(self.stage(number), Stage::Set | Stage::Waits) || self.state.programme.halted {
            return;
        }
        if windowed && let Some(open) = next_open(&self.plan.moves.windows, now).filter(|&open| open > now) {
            self.state.tasks.stages[number as usize] = Stage::Set;
            self.state.events.push(open, Event::TaskDue(number));
            return;
        }
        let plan = self.plan;
        let Some(tasks) = &plan.tasks else { return };
        let too_early = self.is_too_early(tasks, step, pool);
        let waits =
            self.must_wait(tasks, step, pool) || (too_early && self.state.tasks.early[number as usize]);
        if waits {
            if self.stage(number) != Stage::Waits {
                self.state.tasks.stages[number as usize] = Stage::Waits;
                self.log_task(now, Action::TaskWaits, number, Cause::Order, now);
            }
            return;
        }
        self.state.tasks.early[number as usize] = too_early;
        self.state.tasks.stages[number as usize] = Stage::Runs;
        self.log_task(now, Action::TaskStarted, number, Cause::Plan, now + duration);
        self.state.events.push(now + duration, Event::TaskDone(number));
        if let Some((kind, length)) = outage {
            self.start_outage(now, number, (kind, length));
        }
        if undo == Undo::Never {
            self.pass_no_return(now, pool);
        }
        self.refresh_effects(window, now);
    }

    fn start_outage(&mut self, now: Time, number: u32, (kind, length): (TaskOutage, Span)) {
        if length > Span::ZERO {
            self.count_outage(number, kind, 1);
            self.state
                .events
                .push(now + length, Event::TaskOutageEnds(number));
        }
    }

    fn count_outage(&mut self, number: u32, kind: TaskOutage, by: i32) {
        let pool = self.job(number).and_then(|(job, _)| job.pool);
        let state = &mut self.state.tasks;
        let add = |count: &mut u32| *count = count.saturating_add_signed(by);
        match kind {
            TaskOutage::Federation => add(&mut state.federation_outages),
            TaskOutage::DialIn => match pool {
                Some(pool) => add(&mut state.dial_in_outages[usize::from(pool)]),
                None => state.dial_in_outages.iter_mut().for_each(add),
            },
        }
    }

    pub(super) fn task_outage_ends(&mut self, window: &Window, now: Time, number: u32) {
        if let Some((kind, _)) = self.job(number).and_then(|(_, task)| task.outage) {
            self.count_outage(number, kind, -1);
            self.refresh_effects(window, now);
        }
    }

    pub(super) fn task_done(&mut self, window: &Window, now: Time, number: u32) {
        if self.stage(number) != Stage::Runs {
            return;
        }
        if self.state.tasks.early[number as usize] {
            self.done_in_vain(window, now, number);
            return;
        }
        self.state.tasks.stages[number as usize] = Stage::Done;
        self.state.tasks.done.push(number);
        self.log_task(now, Action::TaskCompleted, number, Cause::None, now);
        self.route_federation(number, Side::New);
        if let Some(job) = self.plan.tasks.as_ref().map(|tasks| &tasks.jobs[number as usize]) {
            self.move_applications(now, job);
        }
        self.go_on(window, now);
    }

    /// What the job should have come after was not completed when it began: it is done again once that is.
    fn done_in_vain(&mut self, window: &Window, now: Time, number: u32) {
        let duration = self.job(number).map_or(Span::ZERO, |(job, _)| job.duration);
        self.state.tasks.in_vain += duration;
        self.state.tasks.stages[number as usize] = Stage::Waits;
        self.log_task(now, Action::TaskInVain, number, Cause::Order, now);
        self.task_due(window, now, number);
    }

    /// Something was completed: starts what comes after it and what waited for it.
    pub(super) fn go_on(&mut self, window: &Window, now: Time) {
        let plan = self.plan;
        let Some(tasks) = &plan.tasks else { return };
        for (number, job) in (0..).zip(&tasks.jobs) {
            match (self.stage(number), job.start) {
                (Stage::Idle, Start::AfterJob(other)) if self.stage(other) == Stage::Done => {
                    self.set_due(now, number);
                }
                (Stage::Idle, Start::After(step, wait)) => {
                    let happened = match step {
                        Step::Retirement => self.has_begun(tasks, step, job.pool),
                        Step::Task(task) if !tasks.states(task) => false,
                        _ => self.is_complete(tasks, step, job.pool),
                    };
                    if happened {
                        self.set_due(now + wait, number);
                    }
                }
                (Stage::Waits, _) => self.task_due(window, now, number),
                _ => {}
            }
        }
        self.refresh_effects(window, now);
        self.try_retirement(window, now);
    }

    /// Federated guests come in by the edge of this side if the task is the one that cuts federation over.
    fn route_federation(&mut self, number: u32, side: Side) {
        let outage = self.job(number).and_then(|(_, task)| task.outage);
        if outage.is_some_and(|(kind, _)| kind == TaskOutage::Federation) {
            self.state.edge.federation = side;
        }
    }

    fn set_due(&mut self, at: Time, number: u32) {
        self.state.tasks.stages[number as usize] = Stage::Set;
        self.state.events.push(at, Event::TaskDue(number));
    }

    /// A user has moved.
    pub(super) fn note_move(&mut self, window: &Window, now: Time, job: Move) {
        if job.direction == Direction::Back {
            self.undo_next(window, now);
            if self.users_moved() == 0 {
                self.refresh_effects(window, now);
            }
            return;
        }
        let is_first = !std::mem::replace(&mut self.state.tasks.first_move, true);
        if is_first {
            self.note_live_faults();
        }
        if self.is_last_move() || is_first {
            self.go_on(window, now);
        } else if self.users_moved() == 0 {
            self.refresh_effects(window, now);
        }
    }

    /// Somebody who was yet to be moved has left: perhaps nobody remains.
    pub(super) fn note_last_move(&mut self, window: &Window, now: Time) {
        if self.state.tasks.first_move && self.is_last_move() {
            self.go_on(window, now);
        }
    }

    /// Has everybody moved, for the first time?
    fn is_last_move(&mut self) -> bool {
        let is_last = !self.state.tasks.last_move && self.state.staff.unmoved == 0;
        self.state.tasks.last_move |= is_last;
        is_last
    }
    /// A legacy pool is gone.
    pub(super) fn note_retirement(&mut self, now: Time, pool: PoolId) {
        self.pass_no_return(now, Some(pool));
        let Some(tasks) = &self.plan.tasks else { return };
        let lost = self.world.facts.profile.edges.iter().any(|edge| {
            edge.effect == Effect::Voicemail
                && edge.after == Step::Retirement
                && !self.is_complete(tasks, edge.before, self.place_of(edge, Some(pool)))
        });
        if lost {
            let users = self.world.facts.users.iter().filter(|user| user.pool == pool);
            let entry = Entry::new(
                now,
                Action::VoicemailLost,
                Subject::Pool(pool),
                Label::Blank,
                Label::Blank,
                Cause::Order,
            );
            self.log(entry.with([users.count() as i64, 0, 0, 0]));
        }
    }

    /// From now on nobody can go back to a pool, or to any.
    fn pass_no_return(&mut self, now: Time, pool: Option<PoolId>) {
        for id in 0..self.world.facts.pools.len() as PoolId {
            let concerns = pool.map_or(self.world.facts.is_legacy(id), |pool| pool == id);
            if concerns && self.state.tasks.no_return[usize::from(id)].is_none() {
                self.state.tasks.no_return[usize::from(id)] = Some(now);
                self.log_change(now, Action::NoReturn, Subject::Pool(id), Cause::None);
            }
        }
    }

    /// Where a user goes back to.
    pub(super) fn way_back(&self, user: UserId) -> PoolId {
        let home = self.world.facts.users[user as usize].pool;
        self.state.tasks.refuge.get(&user).copied().unwrap_or(home)
    }

    /// Takes out of a rollback whoever has no way back: who is left stays on the new side, client and all.
    pub(super) fn leave_out_fixed(&mut self, now: Time, scope: Vec<UserId>) -> Vec<UserId> {
        let ways = self.ways_back(&scope);
        let mut going = Vec::new();
        for (user, way) in scope.into_iter().zip(ways) {
            match way {
                Way::Home => going.push(user),
                Way::To(pool) => {
                    self.state.tasks.refuge.insert(user, pool);
                    going.push(user);
                }
                Way::None => {
                    self.state.tasks.fixed_forward += 1;
                    self.log_change(now, Action::FixedForward, Subject::User(user), Cause::Rollback);
                }
            }
        }
        going
    }

    /// Where a rollback of these people, ordered now, would take each of them. Nobody has a way back while a violated order
    /// says so. Those whose pool is past its return go to another legacy pool with room, of the same site if there is one;
    /// where there is none they have no way. Whoever has not moved stays at home.
    pub(super) fn ways_back(&self, scope: &[UserId]) -> Vec<Way> {
        let facts = &self.world.facts;
        let stuck = self.has_effect(Effect::Return, None);
        let gone = |pool: PoolId| stuck || self.state.tasks.no_return[usize::from(pool)].is_some();
        let home = |user: UserId| facts.users[user as usize].pool;
        let legacy: Vec<PoolId> = (0..facts.pools.len() as PoolId)
            .filter(|&pool| facts.is_legacy(pool) && !gone(pool))
            .collect();
        let mut expected: Vec<u64> = self.state.users_on.iter().map(|&users| users.into()).collect();
        for &user in scope.iter().filter(|&&user| self.is_moved(user)) {
            expected[usize::from(home(user))] += 1;
        }
        let way = |&user: &UserId| {
            if !self.is_moved(user) || !gone(home(user)) {
                return Way::Home;
            }
            let site = facts.pools[usize::from(home(user))].site;
            let has_room = |&&pool: &&PoolId| expected[usize::from(pool)] < facts.capacity(pool);
            let refuge = (legacy.iter().filter(has_room))
                .min_by_key(|&&pool| (facts.pools[usize::from(pool)].site != site, pool));
            refuge.map_or(Way::None, |&pool| {
                expected[usize::from(pool)] += 1;
                Way::To(pool)
            })
        };
        scope.iter().map(way).collect()
    }

    /// Has everybody the way home, whatever is ordered?
    pub(super) fn all_can_go_home(&self) -> bool {
        self.state.tasks.no_return.iter().all(Option::is_none) && !self.has_effect(Effect::Return, None)
    }

    /// A rollback cancels what has not begun and takes back, in reverse order, what can be: all tasks if everybody
    /// goes back, those of a pool if its people do, none for a single wave. A task that cannot be taken back and is
    /// under way is finished.
    pub(super) fn undo_tasks(&mut self, window: &Window, now: Time, extent: Extent) {
        let plan = self.plan;
        let Some(tasks) = &plan.tasks else { return };
        let mut back = self.state.tasks.done.clone();
        for number in 0..tasks.jobs.len() as u32 {
            let undo = self.job(number).map(|(_, task)| task.undo);
            let stage = match (self.stage(number), undo) {
                (Stage::Idle | Stage::Set | Stage::Waits, _) => Stage::Void,
                (Stage::Runs, Some(Undo::Takes(..))) => {
                    back.push(number);
                    Stage::Done
                }
                (Stage::Runs, Some(Undo::Stays)) => Stage::Void,
                (stage, _) => stage,
            };
            if self.stage(number) == Stage::Runs && stage != Stage::Runs {
                self.log_task(now, Action::TaskCancelled, number, Cause::Rollback, now);
            }
            self.state.tasks.stages[number as usize] = stage;
        }
        back.retain(|&number| {
            self.job(number).is_some_and(|(job, task)| {
                let concerned = match extent {
                    Extent::Everyone => true,
                    Extent::Pool(pool) => job.pool == Some(pool),
                    Extent::LastWave => false,
                };
                concerned && matches!(task.undo, Undo::Takes(..))
            })
        });
        self.state.tasks.back = back;
        self.undo_next(window, now);
    }

    /// Is everything taken back that a rollback takes back?
    pub(super) fn is_undone(&self) -> bool {
        self.state.tasks.undoing.is_none() && self.state.tasks.back.is_empty()
    }

    /// Starts to take the next task back. What the moves need stays until nobody is on the new side.
    fn undo_next(&mut self, window: &Window, now: Time) {
        if self.state.tasks.undoing.is_some() {
            return;
        }
        let Some(&number) = self.state.tasks.back.last() else {
            return;
        };
        let Some((job, task)) = self.job(number) else {
            return;
        };
        let (step, outage, undo) = (Step::Task(job.task), task.outage, task.undo);
        let edges = &self.world.facts.profile.edges;
        let needed = edges
            .iter()
            .any(|edge| edge.before == step && edge.after == Step::FirstMove);
        let Undo::Takes(duration, without) = undo else {
            return;
        };
        if needed && self.users_moved() > 0 {
            return;
        }
        self.state.tasks.back.pop();
        self.state.tasks.undoing = Some(number);
        self.state.tasks.stages[number as usize] = Stage::Back;
        self.log_task(
            now,
            Action::TaskUndoStarted,
            number,
            Cause::Rollback,
            now + duration,
        );
        self.route_federation(number, Side::Legacy);
        if let Some((kind, _)) = outage {
            self.start_outage(now, number, (kind, without));
        }
        self.state.events.push(now + duration, Event::TaskUndone(number));
        self.refresh_effects(window, now);
    }

    pub(super) fn task_undone(&mut self, window: &Window, now: Time, number: u32) {
        self.state.tasks.undoing = None;
        self.log_task(now, Action::TaskUndone, number, Cause::None, now);
        if let Some(job) = self.plan.tasks.as_ref().map(|tasks| &tasks.jobs[number as usize]) {
            self.return_applications(now, job);
            self.refresh_applications(window, now);
        }
        self.undo_next(window, now);
        if let Some(slip) = self.state.tasks.again {
            self.redo(now, number, slip);
            self.go_on(window, now);
        }
    }

    /// A further attempt comes: what has been cancelled or taken back, or is still to be taken back, is done again.
    pub(super) fn redo_tasks(&mut self, window: &Window, now: Time, slip: Span) {
        if self.plan.tasks.is_none() {
            return;
        }
        let moved = self.users_moved();
        let state = &mut self.state.tasks;
        state.again = Some(slip);
        state.first_move &= moved > 0;
        state.last_move = false;
        for number in 0..self.state.tasks.stages.len() as u32 {
            let back = self.state.tasks.undoing == Some(number) || self.state.tasks.back.contains(&number);
            if !back && matches!(self.stage(number), Stage::Back | Stage::Void) {
                self.redo(now, number, slip);
            }
        }
        self.go_on(window, now);
    }

    fn redo(&mut self, now: Time, number: u32, slip: Span) {
        self.state.tasks.done.retain(|&done| done != number);
        let Some(start) = self.job(number).map(|(job, _)| job.start) else {
            return;
        };
        match start {
            Start::At(at) => self.set_due((at + slip).max(now), number),
            Start::After(..) | Start::AfterJob(_) => self.state.tasks.stages[number as usize] = Stage::Idle,
        }
    }

    /// Are there too few front ends up for the first user of a pool? A pool that has so few for good, or one alone,
    /// is not waited for: the plan check tells of it.
    pub(super) fn lacks_front_ends(&self, pool: PoolId) -> bool {
        if self.plan.tasks.is_none() || self.state.users_on[usize::from(pool)] > 0 {
            return false;
        }
        let up = &self.state.up[usize::from(pool)];
        let least = |edge: &Edge| match edge.before {
            Step::FrontEnds(least) => Some(least as usize),
            _ => None,
        };
        let mut needs = self.world.facts.profile.edges.iter().filter_map(least);
        needs.any(|least| up.len() >= least && up.iter().filter(|&&is_up| is_up).count() < least)
    }
}
