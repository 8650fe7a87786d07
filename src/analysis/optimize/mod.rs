//! A search over plans: which values of declared keys of a strategy are best?
//!
//! 1. *Candidates*: the plan as written, and the full cross product of the declared values. If that is more than allowed,
//!    a subset is taken that depends on nothing but the seed and the numbers of the combinations.
//! 2. *Race*: all candidates are replayed in the same worlds, in rounds; see `race`.
//! 3. *Confirmation*: the finalists are replayed in worlds from [`RESERVED`] on, which neither the search nor `run` ever
//!    uses, and only these estimates are reported. What made a candidate a winner by luck is so left behind.
//!
//! Nothing depends on the number of threads: worlds are gathered in order, and every choice is made from the gathered
//! values alone.

mod candidates;
mod confirm;
mod race;

pub use confirm::{Finalist, Standing};

use super::ranks::difference;
use super::replay::{Case, Options, replay};
use super::sensitivity::is_measurable;
use crate::experiment::Stopped;
use crate::outcome::metric::Better;
use crate::outcome::{Metric, Outcome};
use crate::plan::Plan;
use crate::scenario::Scenario;
use crate::scenario::optimize::Vary;
use std::ops::Range;

/// First replication of the confirmation. `run` and the search number their worlds with 32 bits and never come here.
pub const RESERVED: u64 = 1 << 32;

/// Most combinations that a subset is chosen from.
const COMBINATIONS: u64 = 1_000_000;

/// What is asked.
#[derive(Clone, PartialEq, Debug)]
pub struct Question {
    /// The strategy, as a place in the scenario's plans.
    pub strategy: usize,
    /// Two or three metrics.
    pub metrics: Vec<Metric>,
    /// What is varied.
    pub vary: Vec<Vary>,
    /// Most combinations that are tried.
    pub max_candidates: u32,
    /// Worlds of the search, from replication 0.
    pub worlds: u32,
    /// Most finalists.
    pub finalists: u32,
    /// Worlds of the confirmation, from [`RESERVED`].
    pub confirm: u32,
}

impl Question {
    /// Can it be answered?
    ///
    /// # Errors
    /// What is wrong with it, and what to do instead.
    pub fn check(&self) -> Result<(), String> {
        if self.vary.is_empty() {
            return Err(
                "there is nothing to vary; write for example --vary 'pilot.size=50,100,200', or a table \
                        [[optimize.vary]] with `key = \"pilot.size\"` and `values = [50, 100, 200]`"
                    .into(),
            );
        }
        if !(2..=3).contains(&self.metrics.len()) {
            return Err(format!(
                "a front has two or three metrics, not {}; write for example --metric lost_attendee_hours,cost",
                self.metrics.len()
            ));
        }
        for &metric in &self.metrics {
            let name = metric.definition().name;
            if metric.definition().better == Better::Neither {
                return Err(format!(
                    "{name}: neither less nor more of it is better; choose another, such as lost_attendee_hours"
                ));
            }
            if !is_measurable(metric) {
                return Err(format!(
                    "{name}: it is missing in some worlds, so differences in the same worlds cannot be taken; choose \
                     another, such as lost_attendee_hours, cost or completion_day"
                ));
            }
        }
        match candidates::combinations(&self.vary) {
            Some(count) if count <= COMBINATIONS => Ok(()),
            _ => Err("there are more than 1,000,000 combinations; vary fewer keys or values".into()),
        }
    }
}

/// What became of a candidate in the search.
#[derive(Clone, PartialEq, Debug)]
pub enum Fate {
    /// Its plan is faulty: the first line of the reason.
    Impossible(String),
    /// Its plan is that of an earlier candidate.
    Same(usize),
    /// It surely breaks a limit.
    BreaksLimit {
        /// Round, from 1.
        round: usize,
        /// Which limit of the scenario.
        limit: usize,
        /// Worlds in which it held.
        held: u64,
    },
    /// Another is surely no worse on all metrics and better on one.
    Beaten {
        /// Round, from 1.
        round: usize,
        /// By which candidate.
        by: usize,
    },
    /// Never dropped, but others were before it in the choice of finalists.
    Spare,
    /// Replayed anew in the confirmation.
    Finalist,
}

/// A plan that is tried.
#[derive(Clone, PartialEq, Debug)]
pub struct Candidate {
    /// Values in the place of the strategy's own, as `key=value`; none = the plan as written.
    pub values: Vec<String>,
    /// What became of it.
    pub fate: Fate,
    /// Worlds in which it was replayed in the search.
    pub worlds: u64,
    /// Means of the metrics in these worlds; empty if there were none.
    pub means: Vec<f64>,
}

/// Everything found.
#[derive(Clone, PartialEq, Debug)]
pub struct Found {
    /// What was asked.
    pub question: Question,
    /// Seed.
    pub seed: u64,
    /// Number of combinations, the plan as written apart.
    pub combinations: u64,
    /// All candidates, the plan as written first.
    pub candidates: Vec<Candidate>,
    /// Worlds at the end of each round that took place.
    pub rounds: Vec<u64>,
    /// Those who were confirmed, the plan as written always among them.
    pub finalists: Vec<Finalist>,
}

/// Values of one candidate, world by world.
#[derive(Clone, Debug, Default)]
struct Series {
    /// By metric; less is better.
    values: Vec<Vec<f64>>,
    /// By limit: does it hold?
    holds: Vec<Vec<bool>>,
}

impl Series {
    fn worlds(&self) -> usize {
        self.values.first().map_or(0, Vec::len)
    }

    fn append(&mut self, more: Series) {
        if self.values.is_empty() {
            *self = more;
            return;
        }
        for (own, more) in self.values.iter_mut().zip(more.values) {
            own.extend(more);
        }
        for (own, more) in self.holds.iter_mut().zip(more.holds) {
            own.extend(more);
        }
    }

    /// Means by metric; less is better.
    fn means(&self) -> Vec<f64> {
        let mean = |values: &Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
        self.values.iter().map(mean).collect()
    }

    /// Is it surely no worse on any metric, and better on one? A difference that was the same in all worlds counts as
    /// known.
    fn surely_beats(&self, other: &Series, level: f64) -> bool {
        let upper: Option<Vec<f64>> = (self.values.iter().zip(&other.values))
            .map(|(own, other)| difference(own, other, level).ends.map(|ends| ends.1))
            .collect();
        upper.is_some_and(|upper| upper.iter().all(|&end| end <= 0.0) && upper.iter().any(|&end| end < 0.0))
    }
}

/// Is `a` no larger anywhere and smaller somewhere?
fn dominates(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(a, b)| a <= b) && a.iter().zip(b).any(|(a, b)| a < b)
}

/// 1 if less is better, -1 if more is.
fn sign(metric: Metric) -> f64 {
    match metric.definition().better {
        Better::Higher => -1.0,
        Better::Lower | Better::Neither => 1.0,
    }
}

/// Replays plans in the same worlds.
fn series(
    scenario: &Scenario,
    metrics: &[Metric],
    plans: Vec<&Plan>,
    worlds: Range<u64>,
    options: Options<'_>,
    progress: &(dyn Fn() + Sync),
) -> Result<Vec<Series>, Stopped> {
    let horizon = f64::from(scenario.facts.calendar.days());
    let limits = &scenario.goals.limits;
    let keep = |outcome: &Outcome| -> (Vec<f64>, Vec<bool>) {
        let row = &outcome.row;
        let value = |&metric: &Metric| sign(metric) * row.get(metric).unwrap_or(horizon);
        let holds = |limit: &crate::outcome::goal::Limit| limit.holds(row);
        (
            metrics.iter().map(value).collect(),
            limits.iter().map(holds).collect(),
        )
    };
    let case = Case {
        changes: Vec::new(),
        plans,
        worlds,
    };
    let mut all = replay(scenario, &[case], options, &keep, progress)?;
    let gather = |rows: Vec<(Vec<f64>, Vec<bool>)>| Series {
        values: (0..metrics.len())
            .map(|metric| rows.iter().map(|row| row.0[metric]).collect())
            .collect(),
        holds: (0..limits.len())
            .map(|limit| rows.iter().map(|row| row.1[limit]).collect())
            .collect(),
    };
    Ok(all.swap_remove(0).into_iter().map(gather).collect())
}

/// Why there is no answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NotFound {
    /// Stopped, or without threads.
    Stopped(Stopped),
    /// Every combination is faulty: the first reason.
    AllImpossible(String),
}

impl From<Stopped> for NotFound {
    fn from(stopped: Stopped) -> NotFound {
        NotFound::Stopped(stopped)
    }
}

/// Searches and confirms. `progress` is called once after each world of a round and of the confirmation.
///
/// # Errors
/// When the search was stopped, its threads could not be started, or all combinations are impossible.
///
/// # Panics
/// Unless the question passes [`Question::check`].
pub fn run(
    scenario: &Scenario,
    question: Question,
    options: Options<'_>,
    progress: &(dyn Fn() + Sync),
) -> Result<Found, NotFound> {
    let (mut candidates, plans) = candidates::all(scenario, &question, options)?;
    let reason = |candidate: &Candidate| match &candidate.fate {
        Fate::Impossible(reason) => Some(reason.clone()),
        _ => None,
    };
    let reasons: Option<Vec<String>> = candidates[1..].iter().map(reason).collect();
    if let Some(first) = reasons.and_then(|reasons| reasons.into_iter().next()) {
        return Err(NotFound::AllImpossible(first));
    }
    let race = race::run(scenario, &question, &mut candidates, &plans, options, progress)?;
    let finalists = confirm::run(scenario, &question, &candidates, &plans, options, progress)?;
    Ok(Found {
        combinations: candidates::combinations(&question.vary).unwrap_or(u64::MAX),
        seed: options.seed,
        question,
        candidates,
        rounds: race,
        finalists,
    })
}
