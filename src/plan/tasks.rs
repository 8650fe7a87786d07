//! The tasks of a plan: when each is to start, and which orders the plan keeps.
//!
//! The same schedule serves the plan check and the rules: what the plan keeps, people wait for; what it violates
//! happens in the plan's order, with the harm that the profile names.

use super::Plan;
use crate::kernel::{Span, Time};
use crate::world::{Edge, Facts, PoolId, Step, TaskId};

/// Every task that a strategy states.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Tasks {
    /// What is carried out: one job for each task, or for each task and legacy pool.
    pub jobs: Vec<Job>,
    /// What is not, though it would be needed, with the pool if only that one is left out, and the number of the table
    /// that says so.
    pub skipped: Vec<(TaskId, Option<PoolId>, u32)>,
    /// Does the plan keep this edge of the profile? People then wait for the earlier step.
    pub kept: Vec<bool>,
    /// Does the plan move this application of the scenario before its pool is retired? The retirement then waits for it.
    pub in_time: Vec<bool>,
}

/// A task to be carried out.
#[derive(Clone, PartialEq, Debug)]
pub struct Job {
    /// Which.
    pub task: TaskId,
    /// At which legacy pool; `None` if it is done once.
    pub pool: Option<PoolId>,
    /// When.
    pub start: Start,
    /// Does it begin in a change window only?
    pub in_window: bool,
    /// How long it takes.
    pub duration: Span,
    /// Number of the table that states it.
    pub written: u32,
}

/// When a job starts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Start {
    /// At this instant.
    At(Time),
    /// So long after a step is completed.
    After(Step, Span),
    /// When another job of the same task is done.
    AfterJob(u32),
}

impl Tasks {
    /// Jobs of a task that concern a pool; all of them if no pool is asked for.
    pub fn jobs_of(&self, task: TaskId, pool: Option<PoolId>) -> impl Iterator<Item = usize> {
        let concerns =
            move |job: &Job| job.task == task && (job.pool.is_none() || pool.is_none() || job.pool == pool);
        (0..self.jobs.len()).filter(move |&job| concerns(&self.jobs[job]))
    }

    /// Is a task left out that would be needed, here or everywhere?
    pub fn skips(&self, task: TaskId, pool: Option<PoolId>) -> bool {
        self.skipped_by(task, pool).is_some()
    }

    /// Number of the table that leaves a task out, here or everywhere.
    fn skipped_by(&self, task: TaskId, pool: Option<PoolId>) -> Option<u32> {
        let fits = |&&(skipped, at, _): &&(TaskId, Option<PoolId>, u32)| {
            skipped == task && (at.is_none() || pool.is_none() || at == pool)
        };
        self.skipped.iter().find(fits).map(|skipped| skipped.2)
    }

    /// Number of the table that says something about a step.
    pub fn written(&self, step: Step, pool: Option<PoolId>) -> Option<u32> {
        let Step::Task(task) = step else { return None };
        let mut jobs = self.jobs_of(task, pool);
        let skipped = self.skipped_by(task, pool);
        skipped.or_else(|| jobs.next().map(|job| self.jobs[job].written))
    }

    /// Is anything said about a task? If not, the company does not need it.
    pub fn states(&self, task: TaskId) -> bool {
        self.jobs.iter().any(|job| job.task == task) || self.skipped.iter().any(|skipped| skipped.0 == task)
    }
}

/// Name of a job: its task's, with `@` and the pool where it is done for each pool.
pub fn name(facts: &Facts, job: &Job) -> String {
    let task = &facts.profile.tasks[usize::from(job.task)].name;
    match job.pool {
        Some(pool) => format!("{task}@{}", facts.pools[usize::from(pool)].name),
        None => task.clone(),
    }
}

/// The first instant from `at` on at which a change window is open.
pub fn next_open(windows: &[(Time, Time)], at: Time) -> Option<Time> {
    let next = windows.partition_point(|&(_, close)| close <= at);
    windows.get(next).map(|&(open, _)| open.max(at))
}

/// Planned start and end of a step at a pool. Moves count with the start of their wave, if nothing holds it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Planned {
    /// From, until.
    Between(Time, Time),
    /// It would be needed and is left out, or never comes.
    Never,
    /// The company does not need it, or the plan does not go so far.
    NotNeeded,
}

/// When every job of a plan is to start and to end; `Err` is a job that waits for itself.
pub fn schedule(facts: &Facts, plan: &Plan, tasks: &Tasks) -> Result<Vec<Planned>, usize> {
    let mut times = vec![None; tasks.jobs.len()];
    let mut open = vec![false; tasks.jobs.len()];
    for job in 0..tasks.jobs.len() {
        visit(facts, plan, tasks, job, &mut times, &mut open)?;
    }
    Ok(times
        .into_iter()
        .map(|time| time.unwrap_or(Planned::Never))
        .collect())
}

fn visit(
    facts: &Facts,
    plan: &Plan,
    tasks: &Tasks,
    number: usize,
    times: &mut Vec<Option<Planned>>,
    open: &mut [bool],
) -> Result<(), usize> {
    if times[number].is_some() {
        return Ok(());
    }
    if std::mem::replace(&mut open[number], true) {
        return Err(number);
    }
    let job = &tasks.jobs[number];
    let due = match job.start {
        Start::At(at) => Some(at),
        Start::AfterJob(other) => {
            visit(facts, plan, tasks, other as usize, times, open)?;
            end_of(times[other as usize])
        }
        Start::After(step, wait) => {
            if let Step::Task(task) = step {
                for other in tasks.jobs_of(task, job.pool) {
                    visit(facts, plan, tasks, other, times, open)?;
                }
            }
            let known: Vec<Planned> = times.iter().map(|time| time.unwrap_or(Planned::Never)).collect();
            match step_times(facts, plan, tasks, &known, step, job.pool) {
                Planned::Between(_, end) => Some(end + wait),
                Planned::Never | Planned::NotNeeded => None,
            }
        }
    };
    let start = match (due, job.in_window) {
        (Some(at), true) => next_open(&plan.moves.windows, at),
        (due, _) => due,
    };
    times[number] = Some(match start {
        Some(start) => Planned::Between(start, start + job.duration),
        None => Planned::Never,
    });
    open[number] = false;
    Ok(())
}

fn end_of(planned: Option<Planned>) -> Option<Time> {
    match planned {
        Some(Planned::Between(_, end)) => Some(end),
        _ => None,
    }
}

/// Planned times of a step at a pool, or of all pools.
pub fn step_times(
    facts: &Facts,
    plan: &Plan,
    tasks: &Tasks,
    times: &[Planned],
    step: Step,
    pool: Option<PoolId>,
) -> Planned {
    let instant = |at: Option<Time>| at.map_or(Planned::NotNeeded, |at| Planned::Between(at, at));
    let moves = |wave: Option<&super::Wave>| match wave {
        Some(wave) if wave.due == Time::NEVER => Planned::Never,
        wave => instant(wave.map(|wave| wave.due)),
    };
    match step {
        Step::FirstMove => moves(plan.waves.first()),
        Step::LastMove => moves(plan.waves.last()),
        Step::Retirement => instant(
            plan.retirement
                .as_ref()
                .filter(|retirement| pool.is_none_or(|pool| retirement.pools.contains(&pool)))
                .map(|retirement| retirement.at),
        ),
        Step::FrontEnds(least) => {
            let small = |&pool: &PoolId| {
                let ends = facts.pools[usize::from(pool)].front_ends;
                ends > 1 && ends < least
            };
            let mut targets = plan.target.iter().flatten();
            if targets.any(small) {
                Planned::Never
            } else {
                Planned::NotNeeded
            }
        }
        Step::Task(task) => {
            if tasks.skips(task, pool) {
                return Planned::Never;
            }
            let mut whole = Planned::NotNeeded;
            for job in tasks.jobs_of(task, pool) {
                whole = match (whole, times[job]) {
                    (_, Planned::Never) => return Planned::Never,
                    (Planned::Between(start, end), Planned::Between(other, until)) => {
                        Planned::Between(start.min(other), end.max(until))
                    }
                    (_, other) => other,
                };
            }
            // Stated for other pools only: here it is left out.
            if whole == Planned::NotNeeded && tasks.states(task) {
                return Planned::Never;
            }
            whole
        }
    }
}

/// Is a step done for each legacy pool on its own?
pub fn is_per_pool(facts: &Facts, step: Step) -> bool {
    match step {
        Step::Task(task) => facts.profile.tasks[usize::from(task)].per_pool,
        Step::Retirement => true,
        _ => false,
    }
}

/// Pools at which an edge is looked at: each legacy pool if both its ends are done for each, else all together.
pub fn pools_of(facts: &Facts, edge: &Edge) -> Vec<Option<PoolId>> {
    if is_per_pool(facts, edge.before) && is_per_pool(facts, edge.after) {
        (0..facts.pools.len() as PoolId)
            .filter(|&pool| facts.is_legacy(pool))
            .map(Some)
            .collect()
    } else {
        vec![None]
    }
}

/// An order that a plan does not keep.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Violation {
    /// Index in the profile's edges.
    pub edge: usize,
    /// At which pool, if it is a matter of single pools.
    pub pool: Option<PoolId>,
    /// When the earlier step is completed; `None` if never.
    pub done: Option<Time>,
    /// When the later one starts.
    pub starts: Time,
}

/// Every order that a plan does not keep.
pub fn violations(facts: &Facts, plan: &Plan, tasks: &Tasks, times: &[Planned]) -> Vec<Violation> {
    let mut found = Vec::new();
    for (number, edge) in facts.profile.edges.iter().enumerate() {
        for pool in pools_of(facts, edge) {
            let at = |step| step_times(facts, plan, tasks, times, step, pool);
            let Planned::Between(starts, _) = at(edge.after) else {
                continue;
            };
            let all_retire = |retirement: &super::Retirement| {
                let legacy = (0..facts.pools.len() as PoolId).filter(|&pool| facts.is_legacy(pool));
                legacy.into_iter().all(|pool| retirement.pools.contains(&pool))
            };
            let done = match at(edge.before) {
                _ if edge.before == Step::Retirement
                    && pool.is_none()
                    && !plan.retirement.as_ref().is_some_and(all_retire) =>
                {
                    None
                }
                Planned::NotNeeded if edge.before == Step::Retirement => None,
                Planned::NotNeeded => continue,
                Planned::Never => None,
                Planned::Between(_, end) if end <= starts => continue,
                Planned::Between(_, end) => Some(end),
            };
            found.push(Violation {
                edge: number,
                pool,
                done,
                starts,
            });
        }
    }
    found
}

/// Notes when its waves start, and which edges a plan keeps. A plan whose tasks cannot be scheduled keeps none; the check refuses it.
pub fn note_kept(facts: &Facts, plan: &mut Plan) {
    plan.note_dues();
    let Some(mut tasks) = plan.tasks.take() else {
        return;
    };
    tasks.kept = vec![true; facts.profile.edges.len()];
    tasks.in_time = vec![false; facts.applications.len()];
    match schedule(facts, plan, &tasks) {
        Ok(times) => {
            for violation in violations(facts, plan, &tasks, &times) {
                tasks.kept[violation.edge] = false;
            }
            let at = plan
                .retirement
                .as_ref()
                .map_or(Time::NEVER, |retirement| retirement.at);
            let in_time = |number| leaves(facts, &tasks, &times, number).is_some_and(|done| done <= at);
            tasks.in_time = (0..facts.applications.len()).map(in_time).collect();
        }
        Err(_) => tasks.kept.fill(false),
    }
    plan.tasks = Some(tasks);
}

/// When a plan is to have moved an application, by its number; `None` if never.
pub fn leaves(facts: &Facts, tasks: &Tasks, times: &[Planned], application: usize) -> Option<Time> {
    let application = &facts.applications[application];
    let task = application.moved_by?;
    if tasks.skips(task, Some(application.pool)) {
        return None;
    }
    let mut jobs = tasks.jobs_of(task, Some(application.pool));
    jobs.next().and_then(|job| end_of(Some(times[job])))
}

/// The pool that applications are moved to: the first of the new pools that the plan moves people to, or else the first
/// new pool. `None` if the scenario has none.
pub fn new_home(facts: &Facts, plan: &Plan) -> Option<PoolId> {
    let targets = plan.target.iter().flatten().copied();
    let is_new = |pool: &PoolId| !facts.is_legacy(*pool);
    let first = targets.filter(is_new).min();
    first.or_else(|| (0..facts.pools.len() as PoolId).find(is_new))
}
