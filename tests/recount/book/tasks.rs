//! Topology tasks, what their violated orders break, and applications.

use super::faults::Fault;
use super::{Book, DAY, Line, Result};
use crate::programmes::{After, Edge, Job, Moment};

/// How far a job is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    Open,
    /// Until then.
    Runs(i64),
    Done,
    /// Being taken back until then.
    Back(i64),
    Undone,
    Cancelled,
}

/// What an outage of a task takes away.
#[derive(Clone, PartialEq, Debug)]
struct Outage {
    of: String,
    pool: Option<usize>,
    until: i64,
}

/// What follows from the tasks at an instant.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Effects {
    /// By pool that people came from: nobody joins their meetings by phone.
    pub(super) no_phone: Vec<bool>,
    pub(super) federation_down: bool,
    /// The legacy edge out of use, the new side closed to the outside.
    pub(super) shut: [bool; 2],
    pub(super) cut_off: bool,
    pub(super) moves_blocked: bool,
    /// Nobody can be taken back.
    pub(super) stuck: bool,
    /// By application: out of work for people of the legacy side, of the new side.
    pub(super) down: Vec<[bool; 2]>,
}

impl Effects {
    fn none(pools: usize, applications: usize) -> Effects {
        Effects {
            no_phone: vec![false; pools],
            federation_down: false,
            shut: [false; 2],
            cut_off: false,
            moves_blocked: false,
            stuck: false,
            down: vec![[false; 2]; applications],
        }
    }
}

/// Where the tasks stand.
pub(super) struct TaskBook {
    stages: Vec<Stage>,
    early: Vec<bool>,
    /// Jobs that said that they wait.
    waits: Vec<bool>,
    completed: Vec<Option<i64>>,
    outages: Vec<Outage>,
    pub(super) effects: Effects,
    /// What the log has said of dial-in, federation and shut edges.
    told: Effects,
    last: i64,
    moved: usize,
    last_move: bool,
    retired: Vec<bool>,
    any_retired: bool,
    /// Pool of each application, and whether it is lost.
    home: Vec<usize>,
    lost: Vec<bool>,
    /// Lines about applications that must follow at this instant.
    owed: Vec<String>,
    in_vain: i64,
    federation_since: i64,
    federation_lost: i64,
    no_return: Vec<Option<i64>>,
    /// Has the log said so?
    no_return_told: Vec<bool>,
    fixed_forward: i64,
    pub(super) faults: Vec<Fault>,
    cut_off_pairs: i64,
    pub(super) test_runs: i64,
}

impl TaskBook {
    pub(super) fn new(jobs: usize, pools: usize, homes: Vec<usize>, faults: usize) -> TaskBook {
        let applications = homes.len();
        TaskBook {
            stages: vec![Stage::Open; jobs],
            early: vec![false; jobs],
            waits: vec![false; jobs],
            completed: vec![None; jobs],
            outages: Vec::new(),
            effects: Effects::none(pools, applications),
            told: Effects::none(pools, applications),
            last: 0,
            moved: 0,
            last_move: false,
            retired: vec![false; pools],
            any_retired: false,
            lost: vec![false; applications],
            home: homes,
            owed: Vec::new(),
            in_vain: 0,
            federation_since: 0,
            federation_lost: 0,
            no_return: vec![None; pools],
            no_return_told: vec![false; pools],
            fixed_forward: 0,
            faults: vec![Fault::default(); faults],
            cut_off_pairs: 0,
            test_runs: 0,
        }
    }
}

impl TaskBook {
    pub(super) fn home_of(&self, application: usize) -> usize {
        self.home[application]
    }
}

impl Book<'_> {
    pub(super) fn effects_stuck(&self) -> bool {
        self.tasks.effects.stuck
    }

    fn is_first_way(&self) -> bool {
        self.programme.is_first_way()
    }

    fn jobs(&self) -> &[Job] {
        self.script.jobs.as_deref().unwrap_or_default()
    }

    /// Is the step completed at a pool, or everywhere? What the strategy does not state counts as completed.
    fn is_complete(&self, step: &str, pool: Option<usize>) -> bool {
        let book = &self.tasks;
        match step {
            "first_move" => book.moved > 0,
            "last_move" => book.last_move,
            "front_ends_up" => true,
            "retirement" => match pool {
                Some(pool) => book.retired[pool],
                None => (0..book.retired.len()).all(|pool| book.retired[pool] || !self.is_old(pool)),
            },
            task => {
                let here = |job: &&(usize, &Job)| Self::concerns(job.1, task, pool);
                let all: Vec<(usize, &Job)> = self.jobs().iter().enumerate().collect();
                if !all.iter().any(|job| job.1.task == task) && !self.script.skips(task, None) {
                    return true;
                }
                let pool_name = pool.map(|pool| self.facts.pools[pool].name.as_str());
                let mut jobs = all.iter().filter(here).peekable();
                !self.script.skips(task, pool_name)
                    && jobs.peek().is_some()
                    && jobs.all(|job| book.stages[job.0] == Stage::Done)
            }
        }
    }

    fn has_begun(&self, step: &str, pool: Option<usize>) -> bool {
        let book = &self.tasks;
        match step {
            "retirement" => pool.map_or(book.any_retired, |pool| book.retired[pool]),
            "first_move" | "last_move" | "front_ends_up" => self.is_complete(step, pool),
            task => (self.jobs().iter().zip(&book.stages)).any(|(job, stage)| {
                Self::concerns(job, task, pool) && matches!(stage, Stage::Runs(_) | Stage::Done)
            }),
        }
    }

    fn concerns(job: &Job, task: &str, pool: Option<usize>) -> bool {
        job.task == task && (job.pool.is_none() || pool.is_none() || job.pool == pool)
    }

    pub(super) fn is_old(&self, pool: usize) -> bool {
        self.rules.legacy[self.server[pool]]
    }

    /// The pool, if both steps are done for each pool on its own.
    fn place_of(&self, edge: &Edge, pool: Option<usize>) -> Option<usize> {
        let own = |step: &str| {
            step == "retirement"
                || self
                    .rules
                    .tasks
                    .iter()
                    .any(|task| task.name == step && task.per_pool)
        };
        pool.filter(|_| own(&edge.before) && own(&edge.after))
    }

    fn is_violated(&self, edge: &Edge, pool: Option<usize>) -> bool {
        let pool = self.place_of(edge, pool);
        self.has_begun(&edge.after, pool) && !self.is_complete(&edge.before, pool)
    }

    fn has_effect(&self, effect: &str, pool: Option<usize>) -> bool {
        let mut edges = self.rules.edges.iter();
        edges.any(|edge| edge.effect == effect && self.is_violated(edge, pool))
    }

    /// Is a pool too small for the copies of people's data, and a front end of it down?
    pub(super) fn lacks_copies(&self, pool: usize) -> bool {
        let front_ends = self.up[pool].len() as i64;
        let demands = |edge: &Edge| {
            edge.before == "front_ends_up" && edge.effect == "placement" && edge.front_ends > front_ends
        };
        self.script.jobs.is_some()
            && !self.is_old(pool)
            && front_ends > 1
            && self.up[pool].contains(&false)
            && self.rules.edges.iter().any(demands)
    }

    /// What follows from the tasks now.
    fn effects_at(&self, at: i64) -> Effects {
        let mut effects = Effects::none(self.facts.pools.len(), self.script.applications.len());
        if self.script.jobs.is_some() {
            let out = |of: &str, pool: Option<usize>| {
                let mut outages = self.tasks.outages.iter();
                outages.any(|outage| {
                    outage.of == of
                        && outage.until > at
                        && (outage.pool.is_none() || pool.is_none() || outage.pool == pool)
                })
            };
            for pool in 0..effects.no_phone.len() {
                effects.no_phone[pool] = out("dial_in", Some(pool))
                    || (self.is_old(pool) && self.has_effect("dial_in", Some(pool)));
            }
            effects.federation_down = out("federation", None) || self.has_effect("federation", None);
            effects.shut = [
                self.has_effect("legacy_edge", None),
                self.has_effect("outside", None),
            ];
            effects.cut_off = self.has_effect("conversations", None);
            effects.stuck = self.has_effect("return", None);
            effects.moves_blocked = self.rules.edges.iter().any(|edge| {
                let matters = edge.after == "first_move" || self.has_begun(&edge.after, None);
                edge.effect == "moves" && matters && !self.is_complete(&edge.before, None)
            });
        }
        for (number, down) in effects.down.iter_mut().enumerate() {
            *down = self.application_down(number);
        }
        effects
    }

    fn application_down(&self, number: usize) -> [bool; 2] {
        let application = &self.script.applications[number];
        let home = self.tasks.home[number];
        let origin = self.pools[application.pool.as_str()];
        if self.tasks.lost[number] || !self.serving[home] {
            return [true; 2];
        }
        let Some(task) = application
            .moved_by
            .as_ref()
            .filter(|_| self.script.jobs.is_some())
        else {
            return [false; 2];
        };
        let mut down = [false; 2];
        for edge in self
            .rules
            .edges
            .iter()
            .filter(|edge| edge.effect == "applications" && edge.after == **task)
        {
            if self.is_violated(edge, Some(origin)) {
                let for_all = edge.before != "last_move";
                down[1] |= for_all;
                down[0] |= for_all || home != origin;
            }
        }
        down
    }

    /// Time goes on to a line: whatever the tasks did until then has been said, and outages end.
    pub(super) fn tasks_until(&mut self, at: i64) -> Result<()> {
        if at == self.tasks.last {
            return Ok(());
        }
        while let Some(end) = self
            .tasks
            .outages
            .iter()
            .map(|outage| outage.until)
            .min()
            .filter(|end| *end <= at)
        {
            self.all_is_told(end)?;
            self.tasks.outages.retain(|outage| outage.until > end);
            self.tasks.last = end;
            self.look_at_effects(end);
            if end == at {
                return Ok(());
            }
        }
        self.all_is_told(at)?;
        self.tasks.last = at;
        Ok(())
    }

    /// Before this instant nothing is left unsaid.
    fn all_is_told(&self, at: i64) -> Result<()> {
        if self.tasks.last >= at {
            return Ok(());
        }
        let book = &self.tasks;
        let said = |effects: &Effects| (effects.no_phone.clone(), effects.federation_down, effects.shut);
        if said(&book.told) != said(&book.effects) || !book.owed.is_empty() {
            let (told, is) = (said(&book.told), said(&book.effects));
            return Err(format!(
                "said of dial-in, federation and edges: {told:?}, it is {is:?}; owed: {:?}",
                book.owed
            ));
        }
        if self.next_test_run().is_some_and(|due| due < at) {
            return Err("a run of the tests is missing".into());
        }
        let retirement = self.plan.retirement.as_ref().filter(|_| book.any_retired);
        if retirement.is_some_and(|plan| plan.pools.iter().any(|pool| !book.retired[usize::from(*pool)])) {
            return Err("the other pools are to be retired at the same instant".into());
        }
        let pools = book.no_return.iter().zip(&book.no_return_told);
        if pools.into_iter().any(|(at, told)| at.is_some() != *told) {
            return Err("it was not said that there is no return to a pool".into());
        }
        for (job, stage) in self.jobs().iter().zip(&book.stages) {
            if matches!(stage, Stage::Runs(end) | Stage::Back(end) if *end < at) {
                return Err(format!("{} should have ended", job.name));
            }
        }
        let is_late = |(number, job): (usize, &Job)| {
            let due = self.due(job).is_some_and(|due| due < at);
            due && !job.in_window && book.stages[number] == Stage::Open && !book.waits[number]
        };
        let late = self.jobs().iter().enumerate().find(|job| is_late(*job));
        match late {
            Some((_, job)) if self.is_first_way() => Err(format!("{} should have begun", job.name)),
            _ => match book
                .faults
                .iter()
                .find(|fault| fault.due.is_some_and(|due| due < at))
            {
                Some(fault) => Err(format!("a fault should have been fixed: {fault:?}")),
                None => Ok(()),
            },
        }
    }

    /// When a job is due on the first way forward, as far as that is known.
    fn due(&self, job: &Job) -> Option<i64> {
        match &job.start {
            Moment::At(at) => Some(*at),
            Moment::AfterJob(other) => self.tasks.completed[*other],
            Moment::After(After { step, wait }) => {
                let jobs = self.jobs().iter().enumerate();
                let here = jobs.filter(|(_, other)| Self::concerns(other, step, job.pool));
                let ends: Vec<Option<i64>> = here.map(|(number, _)| self.tasks.completed[number]).collect();
                let all = ends.iter().copied().collect::<Option<Vec<i64>>>()?;
                all.into_iter().max().map(|end| end + wait)
            }
        }
    }

    /// What the tasks do now; accounts are closed where that matters to people.
    pub(super) fn look_at_effects(&mut self, at: i64) {
        let now = self.effects_at(at);
        let before = &self.tasks.effects;
        if now.federation_down != before.federation_down {
            if now.federation_down {
                self.tasks.federation_since = at;
            } else {
                self.tasks.federation_lost += at - self.tasks.federation_since;
            }
        }
        let changes = now.down != before.down || now.shut != before.shut;
        if changes {
            self.account_for_everybody(at);
        }
        self.tasks.effects = now;
        if changes {
            self.reopen_accounts(at);
        }
    }

    /// A line that tells of a task, an application, or what tasks take away; `None` for any other.
    pub(super) fn tasks_line(&mut self, line: &Line<'_>) -> Option<Result<()>> {
        Some(match line.event {
            "task_started" | "task_completed" | "task_in_vain" | "task_waits" | "task_cancelled"
            | "task_undo_started" | "task_undone" => self.task(line),
            "application_moved" | "application_returned" | "application_lost" => self.application(line),
            "dial_in_down" | "dial_in_up" => self.pool_named(line.subject).and_then(|pool| {
                let down = line.event == "dial_in_down";
                self.tasks.told.no_phone[pool] = down;
                Self::fits(self.tasks.effects.no_phone[pool] == down)
            }),
            "federation_down" | "federation_up" => {
                let down = line.event == "federation_down";
                self.tasks.told.federation_down = down;
                Self::fits(self.tasks.effects.federation_down == down)
            }
            "edge_down" | "edge_up" if line.cause == "order" => {
                let (side, down) = (usize::from(line.subject == "new"), line.event == "edge_down");
                self.tasks.told.shut[side] = down;
                Self::fits(self.tasks.effects.shut[side] == down)
            }
            "no_return" => self.pool_named(line.subject).and_then(|pool| {
                let told = std::mem::replace(&mut self.tasks.no_return_told[pool], true);
                Self::fits(self.tasks.no_return[pool] == Some(line.at) && !told)
            }),
            "fixed_forward" => self.stays(line),
            "fault_found" | "fault_fixed" | "fault_struck" => self.fault(line),
            _ => return None,
        })
    }

    pub(super) fn fits(is_so: bool) -> Result<()> {
        if is_so {
            Ok(())
        } else {
            Err("neither tasks nor orders say so".into())
        }
    }

    fn task(&mut self, line: &Line<'_>) -> Result<()> {
        let found = self.jobs().iter().position(|job| job.name == line.subject);
        let number = found.ok_or("there is no such task")?;
        let job = self.jobs()[number].clone();
        let kind = self
            .rules
            .tasks
            .iter()
            .find(|task| task.name == job.task)
            .expect("known")
            .clone();
        let stage = self.tasks.stages[number];
        let next = match (line.event, stage) {
            ("task_waits", Stage::Open | Stage::Cancelled | Stage::Undone) => {
                self.tasks.waits[number] = true;
                return Ok(());
            }
            ("task_started", Stage::Open | Stage::Cancelled | Stage::Undone) => {
                self.starts(number, &job, line)?;
                let end = line.at + job.duration;
                Self::ends_then(line, end)?;
                self.out(
                    &kind.outage,
                    kind.outage_length.unwrap_or(job.duration),
                    &job,
                    line.at,
                );
                if kind.is_final {
                    self.no_way_back(job.pool, line.at);
                }
                Stage::Runs(end)
            }
            ("task_completed", Stage::Runs(end)) if end == line.at && !self.tasks.early[number] => {
                self.tasks.completed[number] = Some(end);
                self.take_along(&job, line.at);
                Stage::Done
            }
            ("task_in_vain", Stage::Runs(end)) if end == line.at && self.tasks.early[number] => {
                self.tasks.in_vain += job.duration;
                self.tasks.waits[number] = true;
                Stage::Open
            }
            ("task_cancelled", Stage::Runs(_)) if !kind.is_final => match kind.undo {
                // What is under way is taken back like what is done.
                Some(_) => Stage::Done,
                None => Stage::Cancelled,
            },
            ("task_undo_started", Stage::Done) => {
                let (length, without) = kind.undo.ok_or("it cannot be taken back")?;
                Self::ends_then(line, line.at + length)?;
                self.out(&kind.outage, without, &job, line.at);
                Stage::Back(line.at + length)
            }
            ("task_undone", Stage::Back(end)) if end == line.at => {
                self.bring_home(&job, line.at);
                Stage::Undone
            }
            _ => return Err(format!("not now: {stage:?}")),
        };
        self.tasks.stages[number] = next;
        self.look_at_effects(line.at);
        Ok(())
    }

    fn ends_then(line: &Line<'_>, end: i64) -> Result<()> {
        match line.number("end_ms")? {
            said if said == end => Ok(()),
            _ => Err(format!("it ends at {end}")),
        }
    }

    fn starts(&mut self, number: usize, job: &Job, line: &Line<'_>) -> Result<()> {
        let due = self.due(job);
        let on_time = due == Some(line.at) || self.tasks.waits[number] || job.in_window;
        let known = matches!(&job.start, Moment::At(_) | Moment::AfterJob(_))
            || matches!(&job.start, Moment::After(after) if self.rules.tasks.iter().any(|task| task.name == after.step));
        if self.is_first_way() && known && !on_time {
            return Err(format!("it is due at {due:?}"));
        }
        let needs = |edge: &&Edge| edge.effect == "again" && edge.after == job.task;
        let early = (self.rules.edges.iter().filter(needs))
            .any(|edge| !self.is_complete(&edge.before, self.place_of(edge, job.pool)));
        if early && self.tasks.early[number] {
            return Err("it would be in vain once more".into());
        }
        self.tasks.early[number] = early;
        self.tasks.waits[number] = false;
        Ok(())
    }

    fn out(&mut self, of: &Option<String>, length: i64, job: &Job, at: i64) {
        if let Some(of) = of.as_ref().filter(|_| length > 0) {
            self.tasks.outages.push(Outage {
                of: of.clone(),
                pool: job.pool,
                until: at + length,
            });
        }
    }

    fn no_way_back(&mut self, pool: Option<usize>, at: i64) {
        for id in 0..self.tasks.no_return.len() {
            if pool.map_or(self.is_old(id), |pool| pool == id) {
                self.tasks.no_return[id].get_or_insert(at);
            }
        }
    }

    /// Somebody whom a rollback leaves on the new side must have no old pool to go to.
    fn stays(&mut self, line: &Line<'_>) -> Result<()> {
        let user = self.user(line.subject)?;
        let gone = self.tasks.no_return[usize::from(self.facts.users[user].pool)].is_some();
        self.tasks.fixed_forward += 1;
        self.tasks_fixed.insert(user);
        Self::fits(self.on_new(user) && (gone || self.tasks.effects.stuck))
    }

    fn applications_of(&self, job: &Job) -> Vec<usize> {
        let concerned = |number: &usize| {
            let application = &self.script.applications[*number];
            let here = job
                .pool
                .is_none_or(|pool| pool == self.pools[application.pool.as_str()]);
            here && application.moved_by.as_ref() == Some(&job.task)
        };
        (0..self.tasks.home.len()).filter(concerned).collect()
    }

    fn new_home(&self) -> Option<usize> {
        let targets = self.plan.target.iter().flatten().map(|pool| usize::from(*pool));
        let first = targets.filter(|pool| !self.is_old(*pool)).min();
        first.or_else(|| (0..self.server.len()).find(|pool| !self.is_old(*pool)))
    }

    fn owe(&mut self, event: &str, number: usize, (from, to): (usize, Option<usize>), cause: &str) {
        let name = |pool: usize| self.facts.pools[pool].name.as_str();
        let to = to.map_or("", name);
        let said = Self::say(
            event,
            &self.script.applications[number].name,
            name(from),
            to,
            cause,
            "",
        );
        self.tasks.owed.push(said);
    }

    fn take_along(&mut self, job: &Job, _at: i64) {
        let Some(to) = self.new_home() else { return };
        for number in self.applications_of(job) {
            let from = self.tasks.home[number];
            if self.is_old(from) {
                self.owe("application_moved", number, (from, Some(to)), "plan");
                (self.tasks.home[number], self.tasks.lost[number]) = (to, false);
            }
        }
    }

    fn bring_home(&mut self, job: &Job, at: i64) {
        for number in self.applications_of(job) {
            let from = self.tasks.home[number];
            let to = self.pools[self.script.applications[number].pool.as_str()];
            if from != to {
                self.owe("application_returned", number, (from, Some(to)), "rollback");
                self.tasks.home[number] = to;
                self.leave_behind(to, at);
            }
        }
    }

    /// Who is on a retired pool is lost, or comes along if the strategy speaks of no tasks.
    fn leave_behind(&mut self, pool: usize, _at: i64) {
        for number in 0..self.tasks.home.len() {
            if self.tasks.home[number] != pool || !self.tasks.retired[pool] || self.tasks.lost[number] {
                continue;
            }
            let has_task = self.script.applications[number].moved_by.is_some();
            match self.new_home() {
                Some(to) if self.script.jobs.is_none() && has_task => {
                    self.owe("application_moved", number, (pool, Some(to)), "plan");
                    self.tasks.home[number] = to;
                }
                _ => {
                    self.owe("application_lost", number, (pool, None), "order");
                    self.tasks.lost[number] = true;
                }
            }
        }
    }

    fn application(&mut self, line: &Line<'_>) -> Result<()> {
        let said = Self::say(
            line.event,
            line.subject,
            line.from,
            line.to,
            line.cause,
            line.detail,
        );
        let place = self.tasks.owed.iter().position(|owed| *owed == said);
        let place = place.ok_or_else(|| format!("owed are {:?}", self.tasks.owed))?;
        self.tasks.owed.remove(place);
        Ok(())
    }

    /// A legacy pool is retired; those retired with it follow at once.
    pub(super) fn pool_retired(&mut self, line: &Line<'_>) -> Result<()> {
        let pool = self.pool_named(line.subject)?;
        let planned = self.plan.retirement.as_ref();
        let due = planned.is_some_and(|plan| plan.at.0 <= line.at && plan.pools.contains(&(pool as u16)));
        let lived_in = (0..self.home.len()).any(|user| self.is_here(user) && self.home[user] == pool);
        if lived_in || !due || !self.programme.is_going_forward() {
            return Err("not yet: people live there, or it is not planned".into());
        }
        (self.tasks.retired[pool], self.tasks.any_retired) = (true, true);
        self.no_way_back(Some(pool), line.at);
        self.leave_behind(pool, line.at);
        self.look_at_effects(line.at);
        Ok(())
    }

    /// A user has moved: first and last moves count.
    pub(super) fn note_moved(&mut self, line: &Line<'_>) -> Result<()> {
        let (user, to) = (self.user(line.subject)?, self.pool_named(line.to)?);
        let forward = !self.is_old(to);
        let from = self.pool_named(line.from)?;
        self.now_on_new(!self.is_old(from), forward);
        self.note_to_move(user, !forward);
        self.tasks.last_move |= forward && self.is_nobody_to_move();
        self.look_at_effects(line.at);
        Ok(())
    }

    /// Somebody was on the new side or not, and is now or not.
    pub(super) fn now_on_new(&mut self, before: bool, after: bool) {
        self.tasks.moved += usize::from(after);
        self.tasks.moved -= usize::from(before);
    }

    /// Somebody has left who was perhaps the last one to move.
    pub(super) fn note_left(&mut self, at: i64) {
        if self.tasks.moved > 0 {
            self.tasks.last_move |= self.is_nobody_to_move();
            self.look_at_effects(at);
        }
    }

    /// Remediation begins: the last move is still to come.
    pub(super) fn begin_again(&mut self, at: i64) {
        self.tasks.last_move = false;
        self.look_at_effects(at);
    }

    pub(super) fn may_move(&self, line: &Line<'_>, forward: bool) -> Result<()> {
        let blocked = forward && self.tasks.effects.moves_blocked;
        if line.event == "move_failed" && (line.cause == "not_ready") != blocked {
            return Err(format!("moves are blocked: {blocked}"));
        }
        Ok(())
    }

    /// The end of a day on which the sides are cut off from each other.
    pub(super) fn count_cut_off(&mut self, at: i64) {
        if self.tasks.effects.cut_off {
            let users = self.employees() as i64;
            let moved = (0..self.home.len()).filter(|user| self.on_new(*user)).count() as i64;
            let day = (at - 1) / DAY;
            let working = (0..self.home.len()).filter(|user| self.works_on(*user, day));
            let others = working.map(|user| if self.on_new(user) { users - moved } else { moved });
            let pairs: i64 = others.sum();
            self.tasks.cut_off_pairs += pairs;
        }
    }

    pub(super) fn cut_off_share(&self) -> f64 {
        self.tasks.cut_off_pairs as f64 / ((self.home.len() - self.facts.joiners) as f64 - 1.0).max(1.0)
    }

    /// Can people go back to this pool no more?
    pub(super) fn is_past_return(&self, pool: usize) -> bool {
        self.tasks.effects.stuck || self.tasks.no_return[pool].is_some()
    }

    pub(super) fn count_tasks(&self) -> [(&'static str, Option<f64>); 3] {
        let hours = |ms: i64| ms as f64 / 3_600_000.0;
        let book = &self.tasks;
        let open = match book.effects.federation_down {
            true => self.horizon() - book.federation_since,
            false => 0,
        };
        [
            ("task_hours_in_vain", Some(hours(book.in_vain))),
            (
                "federation_outage_hours",
                Some(hours(book.federation_lost + open)),
            ),
            ("users_fixed_forward", Some(book.fixed_forward as f64)),
        ]
    }
}
