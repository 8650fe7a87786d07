//! The value of a pilot: what other sizes, lengths and compositions would find and save, and where the next user or day
//! stops paying.
//!
//! Every pilot is replayed in the same worlds, twice: as the scenario has it, and without any defect. The *harm of
//! defects* is the difference of the two, world by world, so that it holds everything that follows from defects - broken
//! meetings, tickets, gates that hold, rollbacks - and nothing that comes from moving earlier or later. The harm that a
//! pilot *avoids* is that of the plan without a pilot less its own.

use super::horizon::Ending;
use super::ranks::{apart, difference, level};
use super::replay::{Case, Options, replay};
use super::vary::{Change, Risk};
use crate::experiment::Stopped;
use crate::experiment::summary::{Interval, LEVEL};
use crate::outcome::{Metric, Outcome};
use crate::plan::Plan;
use crate::plan::pilot::{Composition, Trial, length};
use crate::scenario::Scenario;
use crate::stats::{self, Direction, Verdict};

/// More pilots than this are not crossed with each other.
pub const MOST_CROSSED: usize = 48;

/// What is asked; what is left empty stays as the strategy has it, and if everything is, all three are varied.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Asked {
    /// People.
    pub sizes: Vec<u32>,
    /// Days from the start of the pilot to the first production wave.
    pub days: Vec<u32>,
    /// How people are chosen.
    pub compositions: Vec<Composition>,
    /// What a pilot user costs beyond what the scenario counts, in its currency.
    pub user_cost: f64,
}

/// How the pilots that are tried go together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Design {
    /// Every size with every length and every composition.
    Crossed,
    /// One of the three at a time, the other two as the strategy has them.
    OneAtATime,
}

/// A pilot that is tried.
#[derive(Clone, PartialEq, Debug)]
pub struct Variant {
    /// The pilot.
    pub trial: Trial,
    /// People in it: groups are kept whole, so that there may be a few more than asked for.
    pub people: usize,
    /// Is it the one that the strategy has?
    pub as_written: bool,
    /// The strategy with it.
    pub plan: Plan,
}

/// A question, compiled.
#[derive(Clone, PartialEq, Debug)]
pub struct Question {
    /// The strategy, as a place in the scenario's plans.
    pub strategy: usize,
    /// Without a pilot, as written, then the others.
    pub variants: Vec<Variant>,
    /// Pilots that the strategy cannot have, and why: the report of the scenario.
    pub refused: Vec<(Trial, String)>,
    /// How they go together.
    pub design: Design,
    /// What a pilot user costs beyond what the scenario counts.
    pub user_cost: f64,
}

/// What was seen in one world.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Seen {
    found: f64,
    escaped: f64,
    lost: f64,
    broken: f64,
    cost: f64,
    completed: Option<f64>,
    ended: bool,
}

/// What a pilot does.
#[derive(Clone, PartialEq, Debug)]
pub struct Answer {
    /// Defects found before production.
    pub found: Interval,
    /// The same, less than without a pilot.
    pub more_found: Interval,
    /// Defects that escaped into production.
    pub escaped: Interval,
    /// Attendee-hours that defects cost.
    pub harm: Interval,
    /// Attendee-hours of them that the pilot avoids.
    pub avoided: Interval,
    /// Meetings broken by what defects cause that the pilot avoids.
    pub meetings_avoided: Interval,
    /// Worlds in which the course ends by the horizon.
    pub ended: Ending,
    /// Do this course and that without a pilot end by the horizon in enough worlds?
    pub comparable: bool,
    /// Does it surely cost less than none without any defect, too? It saves that because people move later.
    pub only_later: bool,
    /// Worlds in which the programme completes before the horizon, and Wilson's interval of their share.
    pub completed: (u64, stats::Interval),
    /// Days by which the programme completes later than without a pilot; one that does not complete counts with the horizon.
    pub days_lost: Interval,
    /// What defects cost without a pilot, less what they cost with it.
    pub cost_avoided: Interval,
    /// What the pilot costs if there are no defects, with its users: avoided less this is what it saves.
    pub price: Interval,
    /// Cost of everything, with that of the pilot users.
    pub cost: Interval,
    /// Cost without a pilot less that.
    pub saved: Interval,
    /// What is saved in the worlds, in ascending order.
    pub saved_by_world: Vec<f64>,
}

/// What a step is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Along {
    /// More people, chosen the same way, for as long.
    Size,
    /// The same people, for longer.
    Length,
}

/// From a pilot to the next larger or longer one.
#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    /// What grows.
    pub along: Along,
    /// The smaller or shorter pilot, as a place in [`Question::variants`].
    pub from: usize,
    /// The larger or longer one.
    pub to: usize,
    /// Defects found before production, more than with the smaller one.
    pub more_found: Interval,
    /// What the larger one saves in all.
    pub saves: Interval,
    /// The same for each additional user or day.
    pub each: Interval,
    /// Of that, what defects cost less.
    pub each_avoided: Interval,
    /// Of that, what the additional user or day costs without defects: avoided less this is what is saved.
    pub each_price: Interval,
    /// Better: the next user or day surely pays. Worse: it surely does not. See [`Step::decision`].
    pub verdict: Verdict,
    /// Do the courses of both end by the horizon in enough worlds? What else is saved may be saved only because people have
    /// not moved yet.
    pub comparable: bool,
    /// Does the longer one surely cost less without any defect, too? It saves that because people move later, and no pilot
    /// finds anything to save it by.
    pub only_later: bool,
}

impl Step {
    /// What the step decides; nothing where the two cannot be compared.
    pub fn decision(&self) -> Option<Verdict> {
        (self.comparable && !self.only_later).then_some(self.verdict)
    }
}

impl Answer {
    /// Can it be said what the pilot saves? What is only put off is no saving.
    pub fn is_compared(&self) -> bool {
        self.comparable && !self.only_later
    }
}

/// Everything found.
#[derive(Clone, PartialEq, Debug)]
pub struct Found {
    /// What was asked.
    pub question: Question,
    /// Worlds, from replication 0.
    pub worlds: u64,
    /// Seed.
    pub seed: u64,
    /// By variant.
    pub answers: Vec<Answer>,
    /// Steps between neighbours.
    pub steps: Vec<Step>,
}

impl Question {
    /// Compiles what is asked of a strategy. Pilots that nobody asked for by name, and that the strategy cannot have, are
    /// left out.
    ///
    /// # Errors
    /// If the strategy has no pilot before waves, cannot do without one, or cannot have one that was asked for: in words.
    pub fn new(scenario: &Scenario, strategy: usize, asked: &Asked) -> Result<Question, String> {
        let plan = &scenario.plans[strategy];
        let name = &plan.name;
        let Some(days) = length(plan) else {
            return Err(format!("strategy `{name}` has no pilot before its waves"));
        };
        let size = plan.waves[0].users.len() as u32;
        let without = compile(scenario, name, Trial::Without)
            .map_err(|report| format!("strategy `{name}` cannot do without its pilot:\n{report}"))?;
        let mut question = Question {
            strategy,
            variants: vec![without],
            refused: Vec::new(),
            design: Design::Crossed,
            user_cost: asked.user_cost,
        };
        question.variants.push(Variant {
            trial: Trial::With {
                size,
                composition: Composition::AsWritten,
                days,
            },
            people: plan.waves[0].users.len(),
            as_written: true,
            plan: plan.clone(),
        });
        let (mut trials, design) = trials(asked, size, days);
        question.design = design;
        let asked_for = |&one: &Composition| trials.iter().any(|&trial| composition(trial) == Some(one));
        let is_written = |&composition: &Composition| {
            let trial = Trial::With {
                size,
                composition,
                days,
            };
            compile(scenario, name, trial).is_ok_and(|same| same.plan == *plan)
        };
        let written = Composition::ALL.into_iter().filter(asked_for).find(is_written);
        let written = written.unwrap_or(Composition::AsWritten);
        let own = question.variants.iter_mut().map(|variant| &mut variant.trial);
        own.chain(&mut trials)
            .for_each(|trial| name_written(trial, written));
        if design == Design::OneAtATime && written == Composition::AsWritten {
            // One department or a list cannot be larger than it is.
            trials
                .iter_mut()
                .for_each(|trial| grow_by_departments(trial, days));
        }
        let is_explicit = *asked
            != Asked {
                user_cost: asked.user_cost,
                ..Asked::default()
            };
        for trial in trials {
            match compile(scenario, name, trial) {
                Ok(variant) => question.add(variant),
                Err(report) if is_explicit => {
                    let shown = describe(trial);
                    return Err(format!("strategy `{name}` cannot have {shown}:\n{report}"));
                }
                Err(report) => question.refused.push((trial, report)),
            }
        }
        Ok(question)
    }

    /// Adds a variant, unless the same plan is there already.
    fn add(&mut self, variant: Variant) {
        if self.variants.iter().all(|known| known.plan != variant.plan) {
            self.variants.push(variant);
        }
    }
}

/// A pilot in words.
pub fn describe(trial: Trial) -> String {
    match trial {
        Trial::Without => "no pilot".into(),
        Trial::With {
            size,
            composition,
            days,
        } => {
            let chosen = match composition {
                Composition::AsWritten => "chosen as written",
                Composition::Random => "chosen at random",
                Composition::Departments => "of whole departments",
                Composition::Volunteers => "of volunteers from everywhere",
                Composition::Teams => "of whole teams",
            };
            format!("a pilot of {size} users {chosen} for {days} days")
        }
    }
}

/// What the strategy has is what this is called.
fn name_written(trial: &mut Trial, name: Composition) {
    if let Trial::With { composition, .. } = trial
        && *composition == Composition::AsWritten
    {
        *composition = name;
    }
}

/// Other sizes of a pilot that is one department or a list are whole departments.
fn grow_by_departments(trial: &mut Trial, written: u32) {
    if let Trial::With {
        composition, days, ..
    } = trial
        && *composition == Composition::AsWritten
        && *days == written
    {
        *composition = Composition::Departments;
    }
}

fn composition(trial: Trial) -> Option<Composition> {
    match trial {
        Trial::Without => None,
        Trial::With { composition, .. } => Some(composition),
    }
}

fn compile(scenario: &Scenario, strategy: &str, trial: Trial) -> Result<Variant, String> {
    let plan = scenario
        .plan_with_pilot(strategy, trial)
        .map_err(|rejected| rejected.report)?;
    let pilot = plan.waves.first().filter(|wave| wave.is_pilot);
    Ok(Variant {
        trial,
        people: pilot.map_or(0, |pilot| pilot.users.len()),
        as_written: false,
        plan,
    })
}

/// The pilots to try. Lengths of two weeks or more are varied in whole weeks, so that the days of the week stay.
fn trials(asked: &Asked, size: u32, days: u32) -> (Vec<Trial>, Design) {
    let is_open = asked.sizes.is_empty() && asked.days.is_empty() && asked.compositions.is_empty();
    let whole = |days: u32| if days < 14 { days } else { (days + 3) / 7 * 7 };
    let mut sizes = if is_open {
        vec![size.div_ceil(2), size, size * 2, size * 4]
    } else {
        asked.sizes.clone()
    };
    let mut lengths = if is_open {
        vec![whole(days.div_ceil(2)), days, whole(days * 2), whole(days * 4)]
    } else {
        asked.days.clone()
    };
    let mut compositions = if is_open {
        Composition::ALL.to_vec()
    } else {
        asked.compositions.clone()
    };
    for list in [&mut sizes, &mut lengths] {
        list.sort_unstable();
        list.dedup();
    }
    compositions.sort_unstable();
    compositions.dedup();
    let or = |list: &[u32], one: u32| if list.is_empty() { vec![one] } else { list.to_vec() };
    let all = (or(&sizes, size), or(&lengths, days));
    let chosen = match compositions.is_empty() {
        true => vec![Composition::AsWritten],
        false => compositions.clone(),
    };
    let with = |size, composition, days| Trial::With {
        size,
        composition,
        days,
    };
    let mut trials = Vec::new();
    if !is_open && all.0.len() * all.1.len() * chosen.len() <= MOST_CROSSED {
        for &composition in &chosen {
            for &days in &all.1 {
                trials.extend(all.0.iter().map(|&size| with(size, composition, days)));
            }
        }
        return (trials, Design::Crossed);
    }
    let written = Composition::AsWritten;
    trials.extend(compositions.iter().map(|&one| with(size, one, days)));
    trials.extend(sizes.iter().map(|&one| with(one, written, days)));
    trials.extend(lengths.iter().map(|&one| with(size, written, one)));
    (trials, Design::OneAtATime)
}

/// Number of worlds that a question replays, for a progress bar.
pub fn effort(worlds: u64) -> u64 {
    2 * worlds
}

/// Replays every pilot in the same worlds, with and without defects.
///
/// # Errors
/// When the analysis was stopped, or its threads could not be started.
pub fn run(
    scenario: &Scenario,
    question: Question,
    worlds: u64,
    options: Options<'_>,
    progress: &(dyn Fn() + Sync),
) -> Result<Found, Stopped> {
    let case = |changes: Vec<Change>| Case {
        changes,
        plans: question.variants.iter().map(|variant| &variant.plan).collect(),
        worlds: 0..worlds,
    };
    let cases = [case(Vec::new()), case(vec![Change::Off(Risk::Defects)])];
    let mut all = replay(scenario, &cases, options, &seen, progress)?;
    let sound = all.pop().expect("two cases");
    let real = all.pop().expect("two cases");
    let horizon = f64::from(scenario.facts.calendar.days());
    let columns: Vec<Column> = (question.variants.iter())
        .zip(real.iter().zip(&sound))
        .map(|(variant, (real, sound))| {
            let own = question.user_cost * variant.people as f64;
            Column::new(real, sound, own, horizon)
        })
        .collect();
    let family = level(columns.len() - 1);
    Ok(Found {
        answers: (columns.iter())
            .map(|column| column.answer(&columns[0], family))
            .collect(),
        steps: steps(&question, &columns),
        question,
        worlds,
        seed: options.seed,
    })
}

fn seen(outcome: &Outcome) -> Seen {
    let value = |metric: Metric| outcome.row.get(metric).unwrap_or(0.0);
    Seen {
        found: value(Metric::DefectsInPilot),
        escaped: value(Metric::DefectsEscaped),
        lost: value(Metric::LostHours),
        broken: value(Metric::Broken),
        cost: value(Metric::Cost),
        completed: outcome.row.get(Metric::CompletionDay),
        ended: outcome.row.get(Metric::CourseEnd).is_some(),
    }
}

/// Values of a variant, world by world.
struct Column {
    found: Vec<f64>,
    escaped: Vec<f64>,
    harm: Vec<f64>,
    broken: Vec<f64>,
    harm_cost: Vec<f64>,
    sound_cost: Vec<f64>,
    cost: Vec<f64>,
    day: Vec<f64>,
    completed: u64,
    ended: Ending,
}

impl Column {
    fn new(real: &[Seen], sound: &[Seen], own_cost: f64, horizon: f64) -> Column {
        let each = |of: fn(&Seen) -> f64| -> Vec<f64> { real.iter().map(of).collect() };
        let harm = |of: fn(&Seen) -> f64| -> Vec<f64> {
            real.iter()
                .zip(sound)
                .map(|(real, sound)| apart(of(real), of(sound)))
                .collect()
        };
        Column {
            found: each(|seen| seen.found),
            escaped: each(|seen| seen.escaped),
            harm: harm(|seen| seen.lost),
            broken: harm(|seen| seen.broken),
            harm_cost: harm(|seen| seen.cost),
            sound_cost: sound.iter().map(|seen| seen.cost + own_cost).collect(),
            cost: real.iter().map(|seen| seen.cost + own_cost).collect(),
            day: real
                .iter()
                .map(|seen| seen.completed.unwrap_or(horizon))
                .collect(),
            completed: real.iter().filter(|seen| seen.completed.is_some()).count() as u64,
            ended: Ending::new(
                real.iter().filter(|seen| seen.ended).count() as u64,
                real.len() as u64,
            ),
        }
    }

    /// Against the plan without a pilot; each interval of a difference has this level.
    fn answer(&self, without: &Column, level: f64) -> Answer {
        let mean = |values: &[f64]| -> Interval { stats::mean_interval(values, LEVEL).into() };
        let worlds = self.found.len() as u64;
        let pairs = without.cost.iter().zip(&self.cost);
        let mut saved: Vec<f64> = pairs.map(|(without, own)| apart(*without, *own)).collect();
        saved.sort_unstable_by(f64::total_cmp);
        let price = difference(&self.sound_cost, &without.sound_cost, level);
        Answer {
            found: mean(&self.found),
            more_found: difference(&self.found, &without.found, level),
            escaped: mean(&self.escaped),
            harm: mean(&self.harm),
            avoided: difference(&without.harm, &self.harm, level),
            meetings_avoided: difference(&without.broken, &self.broken, level),
            ended: self.ended,
            comparable: self.ended.is_enough() && without.ended.is_enough(),
            only_later: price.ends.is_some_and(|ends| ends.1 < 0.0),
            completed: (
                self.completed,
                stats::proportion_interval(self.completed, worlds, LEVEL),
            ),
            days_lost: difference(&self.day, &without.day, level),
            cost_avoided: difference(&without.harm_cost, &self.harm_cost, level),
            price,
            cost: mean(&self.cost),
            saved: difference(&without.cost, &self.cost, level),
            saved_by_world: saved,
        }
    }
}

/// Steps between neighbours that differ in size alone, or in length alone.
fn steps(question: &Question, columns: &[Column]) -> Vec<Step> {
    let variants = &question.variants;
    let mut pairs: Vec<(Along, usize, usize, f64)> = Vec::new();
    for along in [Along::Size, Along::Length] {
        for from in 1..variants.len() {
            let more = |to: usize| grows(along, &variants[from], &variants[to]).map(|by| (by, to));
            let next = (1..variants.len()).filter_map(more).min();
            pairs.extend(next.map(|(by, to)| (along, from, to, by as f64)));
        }
    }
    pairs.sort_by_key(|&(along, from, ..)| {
        let Trial::With {
            size,
            composition,
            days,
        } = variants[from].trial
        else {
            return (along == Along::Length, Composition::AsWritten, 0, 0);
        };
        match along {
            Along::Size => (false, composition, days, size),
            Along::Length => (true, composition, size, days),
        }
    });
    let family = level(pairs.len());
    let step = |&(along, from, to, by): &(Along, usize, usize, f64)| {
        let (small, large) = (&columns[from], &columns[to]);
        let each = |values: &[f64]| -> Vec<f64> { values.iter().map(|cost| cost / by).collect() };
        let compared = stats::paired_difference(&large.cost, &small.cost, family);
        let each_price = difference(&each(&large.sound_cost), &each(&small.sound_cost), family);
        Step {
            along,
            from,
            to,
            more_found: difference(&large.found, &small.found, family),
            saves: difference(&small.cost, &large.cost, family),
            each: difference(&each(&small.cost), &each(&large.cost), family),
            each_avoided: difference(&each(&small.harm_cost), &each(&large.harm_cost), family),
            only_later: along == Along::Length && each_price.ends.is_some_and(|ends| ends.1 < 0.0),
            each_price,
            verdict: stats::mean_verdict(&compared, family, Direction::Lower, 0.0),
            comparable: small.ended.is_enough() && large.ended.is_enough(),
        }
    };
    pairs.iter().map(step).collect()
}

/// By how much the second pilot is larger or longer, if that is all that differs.
fn grows(along: Along, one: &Variant, other: &Variant) -> Option<usize> {
    let (
        Trial::With {
            composition: own,
            days,
            ..
        },
        Trial::With {
            composition: others,
            days: longer,
            ..
        },
    ) = (one.trial, other.trial)
    else {
        return None;
    };
    if own != others {
        return None;
    }
    match along {
        Along::Size => (days == longer && one.people < other.people).then(|| other.people - one.people),
        Along::Length => (one.people == other.people && days < longer).then(|| (longer - days) as usize),
    }
}
