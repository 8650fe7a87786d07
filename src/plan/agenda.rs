//! The calendar of a plan: when each stage, task and decision comes if nothing holds the programme, beside its written
//! date, and why a stage has another size than written.

use super::Plan;
use super::tasks::{self, Planned, Start};
use crate::kernel::{Span, Time};
use crate::world::{Facts, PoolId};

/// Something that a plan does, at its time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    /// When it comes if nothing holds the programme; `None`: never.
    pub at: Option<Time>,
    /// Its written date, if that is another one.
    pub planned: Option<Time>,
    /// What comes.
    pub what: What,
}

/// What comes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum What {
    /// A pilot or wave.
    Stage(Stage),
    /// People who join on the old side move in further waves from here on.
    Joiners {
        /// Those who join before this instant; `None`: whenever they join.
        before: Option<Time>,
        /// People in each of these waves; `None`: all of them.
        size: Option<u32>,
    },
    /// From here on joiners are homed on the new side.
    JoinersFrom,
    /// A task starts.
    Task {
        /// Its name, with its pool.
        name: String,
        /// When it ends.
        end: Time,
    },
    /// Coexistence tests begin.
    Tests {
        /// Days from one run to the next, in ms.
        every: Span,
        /// Does the first wave wait for a clean run?
        required: bool,
    },
    /// Nobody is moved until then.
    Freeze {
        /// Its end.
        until: Time,
    },
    /// Everybody concerned goes back.
    Rollback,
    /// Legacy pools are retired.
    Retirement(Vec<PoolId>),
}

/// A pilot or wave.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stage {
    /// Its name.
    pub name: String,
    /// People assigned, in the lot shown.
    pub people: usize,
    /// People as written; `None`: all who are left, or a list.
    pub size: Option<u32>,
    /// How many of them move to each pool.
    pub to: Vec<(PoolId, usize)>,
    /// People who have nowhere to move: they are on the new side already.
    pub there: usize,
    /// Is there a gate in front of it?
    pub gated: bool,
    /// Whole steps that stages which start late put it off.
    pub put_off: Span,
    /// Is it the last of those listed, so that it has who is left?
    pub last: bool,
    /// Dated things that it was planned before and now comes behind: their names.
    pub crosses: Vec<String>,
}

impl Stage {
    /// People beyond the written size, who come along with their groups.
    pub fn by_groups(&self) -> usize {
        let size = self.size.map_or(self.people, |size| size as usize);
        self.people.saturating_sub(size)
    }

    /// People that are lacking to the written size.
    pub fn lacking(&self) -> usize {
        let size = self.size.map_or(self.people, |size| size as usize);
        size.saturating_sub(self.people)
    }
}

/// What a plan does, in the order of time; what never comes stands last. Waves hold the people of the lot shown, and know when
/// they start ([`Plan::note_dues`]).
pub fn agenda(facts: &Facts, plan: &Plan, freezes: &[(Time, Time)]) -> Vec<Item> {
    let mut items = dated(facts, plan, freezes);
    let crossable: Vec<(Time, String)> = items.iter().filter_map(crossable).collect();
    for (number, wave) in plan.waves.iter().enumerate() {
        let due = (wave.due < Time::NEVER).then_some(wave.due);
        let passes = |at: Time| wave.start < at && at < wave.due;
        let mut to: Vec<(PoolId, usize)> = Vec::new();
        let mut there = 0;
        for &user in &wave.users {
            let home = facts.users[user as usize].pool;
            let target = plan.target[usize::from(home)].filter(|&target| target != home);
            match target {
                None => there += 1,
                Some(target) => match to.iter_mut().find(|(pool, _)| *pool == target) {
                    Some((_, count)) => *count += 1,
                    None => to.push((target, 1)),
                },
            }
        }
        to.sort_unstable();
        let stage = Stage {
            name: wave.name.clone(),
            people: wave.users.len(),
            size: wave.size,
            to,
            there,
            gated: plan.gate_before(number).is_some(),
            put_off: wave.shifted - wave.start,
            last: number + 1 == plan.waves.len(),
            crosses: crossable
                .iter()
                .filter(|(at, _)| passes(*at))
                .map(|(_, name)| name.clone())
                .collect(),
        };
        items.push(Item {
            at: due,
            planned: (due != Some(wave.start)).then_some(wave.start),
            what: What::Stage(stage),
        });
    }
    items.extend(joiners(facts, plan));
    items.sort_by_key(|item| item.at.unwrap_or(Time::NEVER));
    items
}

/// What has a date of its own, or follows a step.
fn dated(facts: &Facts, plan: &Plan, freezes: &[(Time, Time)]) -> Vec<Item> {
    let item = |at: Option<Time>, what: What| Item {
        at,
        planned: None,
        what,
    };
    let mut items = Vec::new();
    let (first, last) = (plan.waves.first(), plan.waves.last());
    for &(from, until) in freezes {
        // Those that no stage can meet say nothing.
        let meets = first.is_some_and(|wave| until > wave.start)
            && last.is_some_and(|wave| wave.due == Time::NEVER || from <= wave.due);
        if meets {
            items.push(item(Some(from), What::Freeze { until }));
        }
    }
    if let Some(states) = &plan.tasks
        && let Ok(times) = tasks::schedule(facts, plan, states)
    {
        for (job, time) in states.jobs.iter().zip(&times) {
            let name = tasks::name(facts, job);
            let (at, end) = match *time {
                Planned::Between(start, end) => (Some(start), end),
                Planned::Never | Planned::NotNeeded => (None, Time::NEVER),
            };
            let planned = match job.start {
                Start::At(date) if at != Some(date) => Some(date),
                _ => None,
            };
            items.push(Item {
                at,
                planned,
                what: What::Task { name, end },
            });
        }
    }
    if let Some(testing) = &plan.testing {
        let what = What::Tests {
            every: testing.every,
            required: testing.required,
        };
        items.push(item(Some(testing.start), what));
    }
    if let Some(at) = plan.rollback.as_ref().and_then(|back| back.planned(&plan.waves)) {
        items.push(item(Some(at), What::Rollback));
    }
    if let Some(retirement) = &plan.retirement {
        items.push(item(
            Some(retirement.at),
            What::Retirement(retirement.pools.clone()),
        ));
    }
    if let Some(from) = plan
        .joiners_from
        .filter(|_| facts.turnover && !plan.waves.is_empty())
    {
        items.push(item(Some(from), What::JoinersFrom));
    }
    items
}

/// What keeps its date while a stage may be put off beyond it.
fn crossable(item: &Item) -> Option<(Time, String)> {
    let name = match &item.what {
        What::Task { name, .. } => name.clone(),
        What::Retirement(_) => "the retirement".into(),
        What::Rollback => "the rollback".into(),
        What::JoinersFrom => "the date from which joiners are homed on the new side".into(),
        What::Stage(_) | What::Joiners { .. } | What::Tests { .. } | What::Freeze { .. } => return None,
    };
    item.at.map(|at| (at, name))
}

/// The further waves of those who join on the old side.
fn joiners(facts: &Facts, plan: &Plan) -> Option<Item> {
    let size = plan.cadence.further?;
    let last = plan.waves.last()?;
    let from = plan.joiners_from.unwrap_or(Time::NEVER);
    if !facts.turnover || from <= Time::ZERO {
        return None;
    }
    let (date, next) = (last.start, plan.date(plan.waves.len()));
    let slip = last.shifted - last.start;
    let at = (last.due < Time::NEVER).then(|| {
        let behind = plan.steps_behind(date, next, slip, last.due);
        plan.opening(next + slip + behind)
    });
    Some(Item {
        at: at.flatten(),
        planned: None,
        what: What::Joiners {
            before: (from < Time::NEVER).then_some(from),
            size: (size < u32::MAX).then_some(size),
        },
    })
}
