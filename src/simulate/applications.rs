//! Applications: each lives on a pool, is moved and taken back with its task, stops with its pool, and is lost when the
//! pool is retired under it.

use super::Simulation;
use super::defects::contains;
use crate::kernel::{Observer, Time};
use crate::outcome::log::Label;
use crate::outcome::{Action, Cause, Entry, Subject};
use crate::plan::Plan;
use crate::plan::tasks::{Job, new_home};
use crate::world::{Edge, Effect, PoolId, Step, UserId, Window, World};

/// Where the applications of one strategy are, and for whom they work.
#[derive(Clone, Debug)]
pub(crate) struct Applications {
    /// Pool of each application.
    pub(crate) home: Vec<PoolId>,
    /// Was its pool retired under it?
    lost: Vec<bool>,
    /// Is it out of work for people of the legacy side, and of the new side?
    down: Vec<[bool; 2]>,
    is_any_down: bool,
    /// The pool that moved applications go to.
    new_home: Option<PoolId>,
}

impl Applications {
    pub(crate) fn new(world: &World, plan: &Plan) -> Applications {
        let applications = &world.facts.applications;
        Applications {
            home: applications.iter().map(|application| application.pool).collect(),
            lost: vec![false; applications.len()],
            down: vec![[false; 2]; applications.len()],
            is_any_down: false,
            new_home: new_home(&world.facts, plan),
        }
    }

    /// Is any out of work for anybody?
    pub(crate) fn is_any_down(&self) -> bool {
        self.is_any_down
    }
}

impl<O: Observer<Entry>> Simulation<'_, O> {
    /// How many applications somebody who works goes without: those that the person uses and that are out of work for
    /// them, or all of them without service, but for those whose whole day has been counted as lost already. Accounts are
    /// closed at the end of each day, so the hours of an account lie within the day that the note is about.
    pub(super) fn applications_lost(&self, user: UserId, has_service: bool) -> i64 {
        let side = usize::from(contains(&self.state.on_new, user));
        let masks = self.fixed.application_masks.iter();
        masks
            .zip(&self.state.without_application)
            .zip(&self.state.applications.down)
            .filter(|((users, without), down)| {
                contains(users, user) && !contains(without, user) && (!has_service || down[side])
            })
            .count() as i64
    }

    /// For whom an application is out of work at this moment.
    fn application_down(&self, number: usize) -> [bool; 2] {
        let state = &self.state.applications;
        if state.lost[number] || !self.state.serving[usize::from(state.home[number])] {
            return [true; 2];
        }
        let application = &self.world.facts.applications[number];
        let Some(task) = application.moved_by else {
            return [false; 2];
        };
        let of_task = |edge: &&Edge| edge.effect == Effect::Applications && edge.after == Step::Task(task);
        let has_moved = state.home[number] != application.pool;
        let mut down = [false; 2];
        for edge in self.world.facts.profile.edges.iter().filter(of_task) {
            if edge.before == Step::LastMove {
                down[0] |= has_moved && self.is_violated(edge, Some(application.pool));
            } else if self.is_violated(edge, Some(application.pool)) {
                down = [true; 2];
            }
        }
        down
    }

    /// Something that applications depend on may have changed.
    pub(super) fn refresh_applications(&mut self, window: &Window, now: Time) {
        let applications = 0..self.state.applications.home.len();
        let down: Vec<[bool; 2]> = applications.map(|number| self.application_down(number)).collect();
        if self.state.applications.down == down {
            return;
        }
        self.account_for_all(window, now);
        self.state.applications.down = down;
        let state = &mut self.state.applications;
        state.is_any_down = state.down.iter().any(|down| *down != [false; 2]);
    }

    /// A task is completed: it takes the applications of its pool, or of every pool, to the new side.
    pub(super) fn move_applications(&mut self, now: Time, job: &Job) {
        let Some(to) = self.state.applications.new_home else {
            return;
        };
        for number in self.applications_of(job) {
            let from = self.state.applications.home[number];
            if self.world.facts.is_legacy(from) {
                self.state.applications.home[number] = to;
                self.state.applications.lost[number] = false;
                self.log_application(
                    now,
                    Action::ApplicationMoved,
                    number,
                    (from, Some(to)),
                    Cause::Plan,
                );
            }
        }
    }

    /// A task has been taken back, and with it its applications.
    pub(super) fn return_applications(&mut self, now: Time, job: &Job) {
        for number in self.applications_of(job) {
            let from = self.state.applications.home[number];
            let to = self.world.facts.applications[number].pool;
            if from != to {
                self.state.applications.home[number] = to;
                self.log_application(
                    now,
                    Action::ApplicationReturned,
                    number,
                    (from, Some(to)),
                    Cause::Rollback,
                );
                self.lose_left_behind(now, to);
            }
        }
    }

    fn applications_of(&self, job: &Job) -> Vec<usize> {
        let concerned = |number: &usize| {
            let application = &self.world.facts.applications[*number];
            let here = job.pool.is_none_or(|pool| pool == application.pool);
            application.moved_by == Some(job.task) && here
        };
        (0..self.state.applications.home.len())
            .filter(concerned)
            .collect()
    }

    /// Applications on a pool that is retired are lost. A plan without tasks does all of them in time.
    pub(super) fn lose_left_behind(&mut self, now: Time, pool: PoolId) {
        for number in 0..self.state.applications.home.len() {
            let here = self.state.applications.home[number] == pool && self.state.retired[usize::from(pool)];
            if !here || self.state.applications.lost[number] {
                continue;
            }
            let task = self.world.facts.applications[number].moved_by;
            match self.state.applications.new_home {
                Some(to) if self.plan.tasks.is_none() && task.is_some() => {
                    self.state.applications.home[number] = to;
                    self.log_application(
                        now,
                        Action::ApplicationMoved,
                        number,
                        (pool, Some(to)),
                        Cause::Plan,
                    );
                }
                _ => {
                    self.state.applications.lost[number] = true;
                    self.log_application(now, Action::ApplicationLost, number, (pool, None), Cause::Order);
                }
            }
        }
    }

    /// Must the retirement of these pools wait for an application that the plan moves in time?
    pub(super) fn waits_for_applications(&self, pools: &[PoolId]) -> bool {
        let Some(tasks) = &self.plan.tasks else {
            return false;
        };
        let home = &self.state.applications.home;
        (home.iter().zip(&tasks.in_time)).any(|(home, &in_time)| in_time && pools.contains(home))
    }

    fn log_application(
        &mut self,
        now: Time,
        action: Action,
        number: usize,
        (from, to): (PoolId, Option<PoolId>),
        cause: Cause,
    ) {
        let subject = Subject::Application(number as u16);
        let to = to.map_or(Label::Blank, Label::Pool);
        self.log(Entry::new(now, action, subject, Label::Pool(from), to, cause));
    }
}
