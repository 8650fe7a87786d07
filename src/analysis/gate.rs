//! The operating characteristic of the gates of a plan: how often they let a bad release go on and stop a good one.
//!
//! The true defect level is the mean number of defects of every class, as a multiple of what the scenario states (the
//! median, where it states a range); a world draws its defects from it. In every world the plan is replayed *without its
//! gates*, with and without the defects: what the release adds to a harm then says whether it is bad or good. In the same
//! world the plan is replayed *with its gates*, at the thresholds of the plan and around them. Triggers are off in all of
//! these, so that nothing but a gate stops the programme.
//!
//! The share of worlds that go on, against the level, is the operating characteristic curve of acceptance sampling (D. C.
//! Montgomery, Introduction to Statistical Quality Control, chapter on acceptance sampling for attributes): going on with a
//! bad release is the consumer's risk, stopping a good one the producer's.

use super::ranks::apart;
use super::replay::{Case, Options, replay};
use super::vary::{Change, Quantity, Risk};
use crate::experiment::Stopped;
use crate::experiment::summary::LEVEL;
use crate::outcome::{Metric, Outcome, Passage};
use crate::plan::Plan;
use crate::plan::gate::{Choice, Criterion};
use crate::scenario::Scenario;
use crate::scenario::gate_study::HarmLimit;
use crate::stats::{self, Interval};

/// Fewer worlds than this are said to be few.
pub const FEW: u64 = 10;

/// What is asked.
#[derive(Clone, PartialEq, Debug)]
pub struct Question {
    /// The strategy, as a place in the scenario's plans; it has gates.
    pub strategy: usize,
    /// When a release is bad.
    pub harm: HarmLimit,
    /// True defect levels, as multiples of the mean numbers that the scenario states; ascending.
    pub levels: Vec<f64>,
    /// Thresholds, as multiples of those of the plan; ascending. A threshold of 0 moves up by 1 for the first multiple above
    /// 1, by 2 for the second, and so on, and stays 0 for those up to 1.
    pub around: Vec<f64>,
    /// Worlds, from replication 0, at every level.
    pub worlds: u64,
}

/// Which gates count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// The one in front of the first production wave.
    First,
    /// Any.
    Any,
}

/// What counts as stopping.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reading {
    /// The criteria of the gate did not let a wave pass that was due, for however long. (Waiting for a decision or for the
    /// board is no hold.)
    Held,
    /// The gate ended the programme: a rollback, an end, or a hold until the horizon.
    Stopped,
}

/// So many of so many worlds, with the exact interval of Clopper and Pearson.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Share {
    /// Worlds in which it is so.
    pub count: u64,
    /// Worlds that it rests on.
    pub of: u64,
    /// Interval of the probability.
    pub interval: Interval,
}

impl Share {
    fn new(worlds: &[bool]) -> Share {
        let count = worlds.iter().filter(|&&is_so| is_so).count() as u64;
        let of = worlds.len() as u64;
        Share {
            count,
            of,
            interval: stats::exact_proportion_interval(count, of, LEVEL),
        }
    }

    /// The share; `None` if it rests on no world.
    pub fn value(&self) -> Option<f64> {
        (self.of > 0).then(|| self.count as f64 / self.of as f64)
    }
}

/// A gate at a true defect level.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Point {
    /// Threshold, as a place in [`Question::around`].
    pub threshold: usize,
    /// Level, as a place in [`Question::levels`].
    pub level: usize,
    /// Which gates count.
    pub scope: Scope,
    /// What counts as stopping.
    pub reading: Reading,
    /// Worlds that go on.
    pub goes_on: Share,
    /// Those of the bad releases.
    pub goes_on_if_bad: Share,
    /// Worlds that stop, of the good releases.
    pub stops_if_good: Share,
    /// By how many days the waves of those start later than without gates, on average; `None` if there are none.
    pub days_if_good: Option<f64>,
}

/// Everything found.
#[derive(Clone, PartialEq, Debug)]
pub struct Found {
    /// What was asked.
    pub question: Question,
    /// Seed.
    pub seed: u64,
    /// Mean number of defects in all, by level.
    pub means: Vec<f64>,
    /// Criteria of the gates at each threshold.
    pub criteria: Vec<Vec<Criterion>>,
    /// Bad releases, by level.
    pub bad: Vec<Share>,
    /// What the plan stops by in the end, so that [`Reading::Stopped`] is possible: else going on is all that can be decided.
    pub can_stop: bool,
    /// By scope, reading, threshold and level.
    pub points: Vec<Point>,
}

impl Found {
    /// What tables and charts show: stopped for good, where the plan can; else held.
    pub fn reading(&self) -> Reading {
        if self.can_stop {
            Reading::Stopped
        } else {
            Reading::Held
        }
    }

    /// The gates as planned, at the level that is nearest to what the scenario states: the point of a scope and reading.
    pub fn as_planned(&self, scope: Scope, reading: Reading) -> Option<&Point> {
        let threshold = self.question.around.iter().position(|&factor| factor == 1.0)?;
        let far = |level: usize| libm::fabs(libm::log(self.question.levels[level].max(1e-9)));
        let level = (0..self.question.levels.len()).min_by(|&a, &b| far(a).total_cmp(&far(b)))?;
        self.of(scope, reading)
            .find(|point| (point.threshold, point.level) == (threshold, level))
    }

    /// The points of a scope and reading.
    pub fn of(&self, scope: Scope, reading: Reading) -> impl Iterator<Item = &Point> {
        (self.points.iter()).filter(move |point| point.scope == scope && point.reading == reading)
    }
}

/// The plan without gates and triggers.
pub fn without_gates(plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    plan.gates.clear();
    plan.triggers.clear();
    plan
}

/// The plan with its gates at this threshold, without triggers.
///
/// # Panics
/// If there is no such threshold.
pub fn with_thresholds(plan: &Plan, around: &[f64], threshold: usize) -> Plan {
    let mut plan = plan.clone();
    plan.triggers.clear();
    let factor = around[threshold];
    let above = around
        .iter()
        .filter(|&&other| other > 1.0 && other <= factor)
        .count();
    let moved = |value: f64| match value == 0.0 {
        true => above as f64,
        false => value * factor,
    };
    for criterion in plan.gates.iter_mut().flat_map(|gate| &mut gate.criteria) {
        criterion.pass = moved(criterion.pass);
        criterion.fail = moved(criterion.fail);
    }
    plan
}

/// The multiples without those whose thresholds are the plan's again: up to 1, thresholds of 0 stay 0.
pub fn distinct(plan: &Plan, around: &[f64]) -> Vec<f64> {
    let as_planned = with_thresholds(plan, &[1.0], 0);
    let is_other =
        |place: &usize| around[*place] >= 1.0 || with_thresholds(plan, around, *place) != as_planned;
    let kept: Vec<f64> = (0..around.len())
        .filter(is_other)
        .map(|place| around[place])
        .collect();
    match kept.is_empty() {
        true => vec![1.0],
        false => kept,
    }
}

/// Number of worlds that a question replays, for a progress bar.
pub fn effort(question: &Question) -> u64 {
    (question.levels.len() as u64 + 1) * question.worlds
}

/// Number of times that a question replays a plan.
pub fn replays(question: &Question) -> f64 {
    (effort(question) * (question.around.len() as u64 + 1)) as f64
}

/// Defect levels that are tried if nobody says otherwise, as multiples of the means that a scenario states.
pub const LEVELS: [f64; 5] = [0.0, 0.5, 1.0, 2.0, 4.0];
/// Thresholds that are tried if nobody says otherwise, as multiples of those of a plan.
pub const AROUND: [f64; 3] = [0.5, 1.0, 2.0];

impl Question {
    /// What is asked of the gates of a plan if nobody says otherwise; `None` if it has none, if nothing can be wrong with the
    /// release, or if the scenario does not say when one is bad.
    pub fn usual(scenario: &Scenario, strategy: usize, worlds: u64) -> Option<Question> {
        let plan = &scenario.plans[strategy];
        let can_be_asked = !plan.gates.is_empty() && !scenario.facts.defects.is_empty();
        Some(Question {
            strategy,
            harm: scenario.gate_study.filter(|_| can_be_asked)?,
            levels: LEVELS.to_vec(),
            around: distinct(plan, &AROUND),
            worlds,
        })
    }
}

/// What was seen in one world of one plan.
struct Seen {
    harm: f64,
    gates: Vec<Passage>,
    slip: f64,
}

/// Replays the plan at every level, without gates and at every threshold.
///
/// # Errors
/// When the analysis was stopped, or its threads could not be started.
pub fn run(
    scenario: &Scenario,
    question: Question,
    options: Options<'_>,
    progress: &(dyn Fn() + Sync),
) -> Result<Found, Stopped> {
    let plan = &scenario.plans[question.strategy];
    let open = without_gates(plan);
    let gated: Vec<Plan> = (0..question.around.len())
        .map(|threshold| with_thresholds(plan, &question.around, threshold))
        .collect();
    let facts = &*scenario.facts;
    let classes = || (0..facts.defects.len()).map(Quantity::Defects);
    let worlds = 0..question.worlds;
    let mut cases = vec![Case {
        changes: vec![Change::Off(Risk::Defects)],
        plans: vec![&open],
        worlds: worlds.clone(),
    }];
    cases.extend(question.levels.iter().map(|level| {
        Case {
            changes: classes()
                .map(|class| Change::Fix(class, level * class.at(facts, 0.5)))
                .collect(),
            plans: std::iter::once(&open).chain(&gated).collect(),
            worlds: worlds.clone(),
        }
    }));
    let metric = question.harm.metric;
    let keep = |outcome: &Outcome| Seen {
        harm: outcome.row.get(metric).unwrap_or(0.0),
        gates: outcome.gates.clone(),
        slip: outcome.row.get(Metric::WaveSlip).unwrap_or(0.0),
    };
    let all = replay(scenario, &cases, options, &keep, progress)?;
    let (sound, levels) = all.split_first().expect("the case without defects");
    let is_bad = |level: &Vec<Vec<Seen>>| -> Vec<bool> {
        let pairs = level[0].iter().zip(&sound[0]);
        pairs
            .map(|(real, sound)| apart(real.harm, sound.harm) > question.harm.limit)
            .collect()
    };
    let bad: Vec<Vec<bool>> = levels.iter().map(is_bad).collect();
    let mut points = Vec::new();
    for scope in [Scope::First, Scope::Any] {
        for reading in [Reading::Held, Reading::Stopped] {
            for threshold in 0..gated.len() {
                for (level, bad) in bad.iter().enumerate() {
                    let stops = |seen: &Seen| stops(plan, seen, scope, reading);
                    let stops: Vec<bool> = levels[level][threshold + 1].iter().map(stops).collect();
                    let slips = levels[level][threshold + 1].iter().zip(&levels[level][0]);
                    // Waves that never start are not late.
                    let goes_on = |seen: &Seen| !self::stops(plan, seen, Scope::Any, Reading::Stopped);
                    let later: Vec<Option<f64>> = slips
                        .map(|(own, open)| goes_on(own).then(|| apart(own.slip, open.slip)))
                        .collect();
                    points.push(point((threshold, level), (scope, reading), &stops, bad, &later));
                }
            }
        }
    }
    let mean: f64 = classes().map(|class| class.at(facts, 0.5)).sum();
    Ok(Found {
        seed: options.seed,
        means: question.levels.iter().map(|level| level * mean).collect(),
        criteria: (gated.iter())
            .map(|plan| plan.gates[0].criteria.clone())
            .collect(),
        bad: bad.iter().map(|bad| Share::new(bad)).collect(),
        can_stop: plan.gates.iter().any(|gate| gate.then != Choice::GoOn),
        points,
        question,
    })
}

/// Did a gate stop the programme?
fn stops(plan: &Plan, seen: &Seen, scope: Scope, reading: Reading) -> bool {
    let is_first =
        |before: u32| !plan.waves[before as usize].is_pilot && plan.waves[before as usize - 1].is_pilot;
    let counts = |before: u32| scope == Scope::Any || is_first(before);
    plan.gates.iter().zip(&seen.gates).any(|(gate, passage)| {
        counts(gate.before)
            && match reading {
                Reading::Held => passage.held,
                Reading::Stopped => passage.stopped(),
            }
    })
}

fn point(
    (threshold, level): (usize, usize),
    (scope, reading): (Scope, Reading),
    stops: &[bool],
    bad: &[bool],
    later: &[Option<f64>],
) -> Point {
    let of = |wanted: bool, stopped: bool| -> Vec<bool> {
        let worlds = stops.iter().zip(bad).filter(|(_, bad)| **bad == wanted);
        worlds.map(|(stops, _)| *stops == stopped).collect()
    };
    let goes_on: Vec<bool> = stops.iter().map(|stops| !stops).collect();
    Point {
        threshold,
        level,
        scope,
        reading,
        goes_on: Share::new(&goes_on),
        goes_on_if_bad: Share::new(&of(true, false)),
        stops_if_good: Share::new(&of(false, true)),
        days_if_good: {
            let worlds = stops.iter().zip(bad).zip(later);
            let good = worlds.filter(|((stops, bad), _)| **stops && !**bad);
            let days: Vec<f64> = good.filter_map(|(_, later)| *later).collect();
            (!days.is_empty()).then(|| days.iter().sum::<f64>() / days.len() as f64)
        },
    }
}
