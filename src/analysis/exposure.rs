//! Rollback exposure: at chosen points of the programme, what turning back would take against going on, and until when it
//! stays within a budget.

use super::branch::{Branched, Study, follow};
use crate::experiment::{Options, Stopped, each, thread_pool};
use crate::kernel::{Key, Span};
use crate::outcome::{Quantity, Toll};
use crate::plan::course::{Course, Point};
use crate::plan::{Plan, Rollback};
use crate::scenario::Scenario;
use crate::scenario::exposure::{Asked, When, Wrong};
use crate::world::reader::Memory;
use crate::world::{Index, Trouble, World};
use std::sync::Arc;

/// Branches are a week apart if they span so many days or more, else a day.
const WEEKLY_FROM: u32 = 56;

/// What is asked, with nothing left open.
#[derive(Clone, PartialEq, Debug)]
pub struct Question {
    /// Strategies, as indices into the scenario's plans.
    pub strategies: Vec<usize>,
    /// The points as asked, in order.
    pub whens: Vec<When>,
    /// The same points by strategy, see [`Question::strategies`].
    pub points: Vec<Vec<Point>>,
    /// What happens at each.
    pub study: Study,
    /// What the budget is about.
    pub measure: Quantity,
    /// The most that turning back may take more than the other course.
    pub budget: Option<f64>,
    /// The quantile over worlds that must be within the budget; `None` = the mean.
    pub quantile: Option<f64>,
    /// The other course.
    pub against: Course,
}

impl Question {
    /// Fills in what is not asked: all strategies that move somebody; no trouble; followed for the longest look-ahead of the
    /// strategies, but at most half of the horizon; branches from the day before the first wave until the look-ahead behind the
    /// last, as far as it fits; cost, by its mean, against going on.
    ///
    /// # Errors
    /// If a strategy or stage is not there, nobody moves, or a point leaves too few days to look ahead.
    pub fn new(scenario: &Scenario, asked: &Asked) -> Result<Question, Wrong> {
        let strategies = strategies(scenario, asked)?;
        let plans: Vec<&Plan> = strategies.iter().map(|&index| &scenario.plans[index]).collect();
        let days = scenario.facts.calendar.days();
        let look_ahead = plans.iter().map(|plan| plan.look_ahead.days() as u32).max();
        let ahead = asked
            .ahead_days
            .unwrap_or_else(|| look_ahead.unwrap_or(1).min(days / 2).max(1));
        let whens = if asked.at.is_empty() {
            usual_days(&plans, days, ahead, asked.every_days)?
        } else {
            sorted(&asked.at)
        };
        let points = (plans.iter())
            .map(|plan| whens.iter().map(|when| when.of(plan)).collect())
            .collect::<Result<Vec<Vec<Point>>, Wrong>>()?;
        for (place, when) in whens.iter().enumerate() {
            let planned = (plans.iter().zip(&points)).map(|(plan, points)| planned_day(plan, points[place]));
            let day = planned.min().unwrap_or(0);
            if day + i64::from(ahead) > i64::from(days) {
                return Err(too_late(when, day, ahead, days));
            }
        }
        let trouble = asked.trouble.unwrap_or(Trouble::None);
        let against = asked.against.unwrap_or(Course::GoOn);
        let mut courses = vec![Course::GoOn, Course::RollBack];
        if trouble != Trouble::None {
            courses.push(Course::FixForward);
        } else if against == Course::FixForward {
            let what = "without a trouble there is nothing to fix".into();
            return Err((what, "name a trouble, or compare with `go-on`".into()));
        }
        Ok(Question {
            strategies,
            whens,
            points,
            study: Study {
                trouble,
                courses,
                decision: Span::from_hours_f64(asked.decision_hours.unwrap_or(0.0)),
                ahead: Span::DAY * i64::from(ahead),
            },
            measure: asked.measure.unwrap_or(Quantity::Cost),
            budget: asked.budget,
            quantile: asked.quantile,
            against,
        })
    }

    /// The points whose order is one of time: the days, or the stages if there are no days.
    pub fn sequence(&self) -> Vec<usize> {
        let is_day = |when: &When| matches!(when, When::Day(_));
        let any_day = self.whens.iter().any(is_day);
        (0..self.whens.len())
            .filter(|&place| is_day(&self.whens[place]) == any_day)
            .collect()
    }

    fn place_of(&self, course: Course) -> Option<usize> {
        self.study.courses.iter().position(|&own| own == course)
    }
}

/// The day of a point if every wave starts as planned; it never starts earlier.
fn planned_day(plan: &Plan, point: Point) -> i64 {
    match point {
        Point::Day(day) => day.into(),
        Point::After(wave, days) => plan.waves[wave as usize].start.day() + i64::from(days),
    }
}

/// What is wrong with a point from which the horizon is nearer than the look-ahead.
fn too_late(when: &When, day: i64, ahead: u32, days: u32) -> Wrong {
    let place = match when {
        When::Day(_) => format!("day {day}"),
        When::After(wave, after) => format!("`after:{wave}+{after}`, day {day} at the earliest,"),
    };
    let what = format!("from {place} nobody can look {ahead} days ahead: the horizon is day {days}");
    let help = match days.checked_sub(ahead) {
        Some(last) => format!("branch on day {last} at the latest, or look less far ahead"),
        None => format!("look at most {days} days ahead"),
    };
    (what, help)
}

fn strategies(scenario: &Scenario, asked: &Asked) -> Result<Vec<usize>, Wrong> {
    let moves = |index: &usize| !scenario.plans[*index].waves.is_empty();
    let mut found: Vec<usize> = if asked.strategies.is_empty() {
        (0..scenario.plans.len()).filter(moves).collect()
    } else {
        let index = |name: &String| scenario.plans.iter().position(|plan| plan.name == *name);
        let unknown = asked.strategies.iter().find(|name| index(name).is_none());
        if let Some(name) = unknown {
            let names: Vec<&str> = scenario.plans.iter().map(|plan| plan.name.as_str()).collect();
            return Err((
                format!("there is no strategy `{name}`"),
                format!("it has: {}", names.join(", ")),
            ));
        }
        asked.strategies.iter().filter_map(index).collect()
    };
    found.sort_unstable();
    found.dedup();
    if let Some(&still) = found.iter().find(|index| !moves(index)) {
        let what = format!(
            "strategy `{}` moves nobody, so there is nothing to turn back",
            scenario.plans[still].name
        );
        return Err((what, "name a strategy with waves".into()));
    }
    if found.is_empty() {
        let what = "no strategy moves anybody, so there is nothing to turn back".into();
        return Err((what, "add a table `[[strategies]]` with waves".into()));
    }
    Ok(found)
}

/// Days in order, then stages as written; none twice.
fn sorted(whens: &[When]) -> Vec<When> {
    let mut days: Vec<When> = whens
        .iter()
        .filter(|when| matches!(when, When::Day(_)))
        .cloned()
        .collect();
    days.sort_by_key(|when| match when {
        When::Day(day) => *day,
        When::After(..) => 0,
    });
    days.dedup();
    for stage in whens.iter().filter(|when| matches!(when, When::After(..))) {
        if !days.contains(stage) {
            days.push(stage.clone());
        }
    }
    days
}

fn usual_days(plans: &[&Plan], days: u32, ahead: u32, every: Option<u32>) -> Result<Vec<When>, Wrong> {
    let starts = || {
        plans
            .iter()
            .flat_map(|plan| &plan.waves)
            .map(|wave| wave.start.day().max(0) as u32)
    };
    let first = starts().min().unwrap_or(0).saturating_sub(1);
    let latest = days.saturating_sub(ahead);
    let last = (starts().max().unwrap_or(0) + ahead).min(latest);
    if ahead > days || first > last {
        let what = format!(
            "the first wave leaves fewer than {ahead} days to look ahead before the horizon, day {days}"
        );
        return Err((what, "look less far ahead, or simulate a longer time".into()));
    }
    let step = every.unwrap_or(if last - first >= WEEKLY_FROM { 7 } else { 1 });
    Ok((first..=last).step_by(step as usize).map(When::Day).collect())
}

/// What an exposure analysis found, as plain data.
#[derive(Clone, Debug)]
pub struct Exposure {
    /// What was asked.
    pub question: Question,
    /// First replication.
    pub first: u64,
    /// Number of replications.
    pub replications: u64,
    /// Seed.
    pub seed: u64,
    /// Did uncertain parameters take their medians?
    pub fix_uncertain: bool,
    /// `found[strategy][point][replication]`
    pub found: Vec<Vec<Vec<Branched>>>,
}

/// Branches every strategy at its points in every world; `progress` is called once after each world, from any thread.
/// Worlds are reduced in the order of replications, so that the result has the same bits for any number of threads.
///
/// # Errors
/// When it was stopped, or its threads could not be started.
pub fn run(
    scenario: &Scenario,
    question: Question,
    options: &Options<'_>,
    progress: &(dyn Fn() + Sync),
) -> Result<Exposure, Stopped> {
    let mut facts = Arc::clone(&scenario.facts);
    if let Trouble::Defect(_) = question.study.trouble {
        question.study.trouble.declare(Arc::make_mut(&mut facts));
    }
    let plans = plans_that_can_roll_back(scenario, &question);
    let plans: Vec<&Plan> = plans.iter().collect();
    let index = Arc::new(Index::new(&facts));
    let one = |memory: &mut Memory, &replication: &u64| {
        let key = Key {
            seed: options.seed,
            replication,
        };
        let mut world = World::draw_with(Arc::clone(&facts), Arc::clone(&index), key, options.fix_uncertain);
        world.declare(question.study.trouble);
        let found = follow(&world, &plans, &question.points, &question.study, memory);
        progress();
        found
    };
    let replications: Vec<u64> = options.replications.clone().collect();
    let worlds = each(
        &thread_pool(options.threads)?,
        &replications,
        options.stop,
        |&replication| replication,
        one,
    )?;
    let found = by_strategy(worlds, &question);
    Ok(Exposure {
        first: options.replications.start,
        replications: options.replications.end - options.replications.start,
        seed: options.seed,
        fix_uncertain: options.fix_uncertain,
        found,
        question,
    })
}

/// The plans of a question; one that says nothing of a rollback gets the usual one, which changes nothing else.
pub fn plans_that_can_roll_back(scenario: &Scenario, question: &Question) -> Vec<Plan> {
    let horizon = scenario.facts.calendar.horizon;
    let ready = |&index: &usize| {
        let mut plan = scenario.plans[index].clone();
        plan.rollback.get_or_insert_with(|| Rollback::usual(horizon));
        plan
    };
    question.strategies.iter().map(ready).collect()
}

fn by_strategy(worlds: Vec<Vec<Vec<Branched>>>, question: &Question) -> Vec<Vec<Vec<Branched>>> {
    let mut found =
        vec![vec![Vec::with_capacity(worlds.len()); question.whens.len()]; question.strategies.len()];
    for world in worlds {
        for (strategy, points) in world.into_iter().enumerate() {
            for (point, branched) in points.into_iter().enumerate() {
                found[strategy][point].push(branched);
            }
        }
    }
    found
}

impl Exposure {
    /// The worlds in which a strategy comes to a point and can turn back there: replication and what came of it.
    pub fn worlds(&self, strategy: usize, point: usize) -> impl Iterator<Item = (u64, &Branched)> {
        let decides = |(_, branched): &(u64, &Branched)| !branched.followed.is_empty();
        (self.first..).zip(&self.found[strategy][point]).filter(decides)
    }

    /// Worlds in which a strategy comes to a point early enough to look ahead from it.
    pub fn reached(&self, strategy: usize, point: usize) -> usize {
        let branched = self.found[strategy][point].iter();
        branched.filter(|branched| branched.at.is_some()).count()
    }

    fn toll(&self, branched: &Branched, course: Course) -> Toll {
        let place = self.question.place_of(course).expect("a course of the study");
        branched.followed[place].toll
    }

    /// A quantity on a course, in every world that [`Exposure::worlds`] gives.
    ///
    /// # Panics
    /// If the course is none of the study.
    pub fn values(
        &self,
        strategy: usize,
        point: usize,
        course: Course,
        quantity: Quantity,
    ) -> Vec<Option<f64>> {
        self.worlds(strategy, point)
            .map(|(_, branched)| self.toll(branched, course).get(quantity))
            .collect()
    }

    /// How much more of a quantity turning back takes than another course, world by world. Worlds in which it is missing on
    /// either are left out.
    ///
    /// # Panics
    /// If the course is none of the study.
    pub fn differences(
        &self,
        strategy: usize,
        point: usize,
        against: Course,
        quantity: Quantity,
    ) -> Vec<f64> {
        self.worlds(strategy, point)
            .filter_map(|(_, branched)| self.price_in(branched, against, quantity))
            .collect()
    }

    /// How much more of a quantity turning back takes than another course in one world; `None` if there is nothing to
    /// decide or it is missing on either.
    ///
    /// # Panics
    /// If the course is none of the study.
    pub fn price_in(&self, branched: &Branched, against: Course, quantity: Quantity) -> Option<f64> {
        if branched.followed.is_empty() {
            return None;
        }
        let back = self.toll(branched, Course::RollBack).get(quantity)?;
        Some(back - self.toll(branched, against).get(quantity)?)
    }

    /// What the budget is about: [`Exposure::differences`] of its measure from its course.
    pub fn prices(&self, strategy: usize, point: usize) -> Vec<f64> {
        self.differences(strategy, point, self.question.against, self.question.measure)
    }
}
