//! Rollback exposure: at chosen points of the programme, what turning back would take against going on, and until when it
//! stays within a budget.

use super::branch::{Branched, Reach, Strand, Stuck, Study, follow};
use super::no_return::{Branches, no_return};
use crate::experiment::{Options, Stopped, each, thread_pool};
use crate::kernel::{Key, Span};
use crate::outcome::{Quantity, Toll};
use crate::plan::course::{Course, Point};
use crate::plan::{Plan, Rollback};
use crate::scenario::Scenario;
use crate::scenario::exposure::{Asked, StuckLimits, When, Wrong};
use crate::world::reader::Memory;
use crate::world::{Facts, Index, Trouble, World};
use std::sync::Arc;

/// Branches are a week apart if they span so many days or more, else a day.
const WEEKLY_FROM: u32 = 56;

/// What is asked, with nothing left open.
#[derive(Clone, PartialEq, Debug)]
pub struct Question {
    /// Strategies, as indices into the scenario's plans.
    pub strategies: Vec<usize>,
    /// The points by strategy, in order: those asked, and those between them at which a limit was looked for.
    pub whens: Vec<Vec<When>>,
    /// The same as points of the plans.
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
    /// The most days that turning back may take.
    pub window_days: Option<f64>,
    /// From when on the programme as a whole cannot be taken back.
    pub stuck: StuckLimits,
}

impl Question {
    /// About how many times a plan is replayed to its end in so many worlds: what follows a point counts as a part of it. Holding
    /// goes on a half longer than the others, and looking closer between two points takes about as many points again.
    pub fn replays(&self, scenario: &Scenario, worlds: u64) -> f64 {
        let part = self.study.ahead.days() / f64::from(scenario.facts.calendar.days());
        let courses = self.study.courses.len() as f64 + 0.5;
        let points: usize = self.whens.iter().map(Vec::len).sum();
        worlds as f64 * (self.strategies.len() as f64 + 2.0 * points as f64 * courses * part)
    }

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
        let mut courses = vec![Course::GoOn, Course::RollBack, Course::Hold];
        if trouble != Trouble::None {
            courses.push(Course::FixForward);
        } else if against == Course::FixForward {
            let what = "without a trouble there is nothing to fix".into();
            return Err((what, "name a trouble, or compare with `go-on`".into()));
        }
        Ok(Question {
            whens: vec![whens; strategies.len()],
            strategies,
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
            window_days: asked.window_days,
            stuck: asked.stuck,
        })
    }

    /// The points of a strategy whose order is one of time: the days, or the stages if there are no days.
    pub fn sequence(&self, strategy: usize) -> Vec<usize> {
        let is_day = |when: &When| matches!(when, When::Day(_));
        let whens = &self.whens[strategy];
        let any_day = whens.iter().any(is_day);
        (0..whens.len())
            .filter(|&place| is_day(&whens[place]) == any_day)
            .collect()
    }

    /// Puts a day between the points of a strategy; gives its place.
    fn insert(&mut self, strategy: usize, day: u32) -> usize {
        let earlier = |when: &When| matches!(when, When::Day(own) if *own < day);
        let place = self.whens[strategy].partition_point(earlier);
        self.whens[strategy].insert(place, When::Day(day));
        self.points[strategy].insert(place, Point::Day(day));
        place
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
    /// `stuck[strategy][replication][day]`: who has no way back, if the plan is carried out as it is.
    pub stuck: Vec<Vec<Vec<Stuck>>>,
    /// By day of the scenario: does anyone work on it?
    pub works: Vec<bool>,
}

/// Branches every strategy at its points in every world; `progress` is called once after each world, from any thread.
/// Worlds are reduced in the order of replications, so that the result has the same bits for any number of threads. A limit that
/// is passed between two branch days is then looked for between them, by halves, until they are neighbouring working days.
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
    let worlds = Worlds {
        plans: plans_that_can_roll_back(scenario, &question),
        index: Arc::new(Index::new(&facts)),
        facts,
        options,
        threads: thread_pool(options.threads)?,
    };
    let facts_days = i64::from(scenario.facts.calendar.days());
    let points: Vec<(usize, Vec<Point>)> = question.points.iter().cloned().enumerate().collect();
    let (found, stuck) = worlds.branch(&question, &points, Reach::Horizon, progress)?;
    let mut exposure = Exposure {
        first: options.replications.start,
        replications: options.replications.end - options.replications.start,
        seed: options.seed,
        fix_uncertain: options.fix_uncertain,
        found,
        stuck,
        works: (0..facts_days)
            .map(|day| scenario.facts.calendar.is_anyone_at_work(day))
            .collect(),
        question,
    };
    halve(&worlds, &mut exposure)?;
    Ok(exposure)
}

/// What is branched, and where.
struct Worlds<'a> {
    plans: Vec<Plan>,
    facts: Arc<Facts>,
    index: Arc<Index>,
    options: &'a Options<'a>,
    threads: rayon::ThreadPool,
}

/// By strategy, point and replication; and by strategy, replication and day.
type Found = (Vec<Vec<Vec<Branched>>>, Vec<Vec<Vec<Stuck>>>);

impl Worlds<'_> {
    /// Branches plans, each by its place in the question, at points.
    fn branch(
        &self,
        question: &Question,
        points: &[(usize, Vec<Point>)],
        reach: Reach,
        progress: &(dyn Fn() + Sync),
    ) -> Result<Found, Stopped> {
        let options = self.options;
        let plans: Vec<&Plan> = points.iter().map(|&(place, _)| &self.plans[place]).collect();
        let points: Vec<Vec<Point>> = points.iter().map(|(_, points)| points.clone()).collect();
        let one = |memory: &mut Memory, &replication: &u64| {
            let key = Key {
                seed: options.seed,
                replication,
            };
            let (facts, index) = (Arc::clone(&self.facts), Arc::clone(&self.index));
            let mut world = World::draw_with(facts, index, key, options.fix_uncertain);
            world.declare(question.study.trouble);
            let found = follow(&world, &plans, &points, &question.study, reach, memory);
            progress();
            found
        };
        let replications: Vec<u64> = options.replications.clone().collect();
        let worlds = each(
            &self.threads,
            &replications,
            options.stop,
            |&replication| replication,
            one,
        )?;
        Ok(by_strategy(worlds, &points))
    }
}

/// Looks for the limits between the branch days where they are passed.
fn halve(worlds: &Worlds<'_>, exposure: &mut Exposure) -> Result<(), Stopped> {
    let strategies = exposure.question.strategies.len();
    loop {
        let wanted: Vec<(usize, Vec<u32>)> = (0..strategies)
            .map(|strategy| (strategy, days_between(exposure, strategy)))
            .filter(|(_, days)| !days.is_empty())
            .collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let points: Vec<(usize, Vec<Point>)> = (wanted.iter())
            .map(|(strategy, days)| (*strategy, days.iter().copied().map(Point::Day).collect()))
            .collect();
        let (found, _) = worlds.branch(&exposure.question, &points, Reach::Branches, &|| {})?;
        for ((strategy, days), found) in wanted.into_iter().zip(found) {
            for (day, found) in days.into_iter().zip(found) {
                let place = exposure.question.insert(strategy, day);
                exposure.found[strategy].insert(place, found);
            }
        }
    }
}

/// For each limit that is passed between two branch days, the working day in the middle of those between them.
fn days_between(exposure: &Exposure, strategy: usize) -> Vec<u32> {
    let answer = no_return(exposure, strategy);
    let middle = |branches: &Branches| {
        let last = branches.last?;
        let (from, to) = (branches.sequence[last], *branches.sequence.get(last + 1)?);
        let days = &exposure.question.whens[strategy];
        let (When::Day(from), When::Day(to)) = (&days[from], &days[to]) else {
            return None;
        };
        let between = exposure.working_days_between(*from, *to);
        between.get(between.len() / 2).copied()
    };
    let mut days: Vec<u32> = [&answer.price, &answer.time]
        .into_iter()
        .flatten()
        .filter_map(middle)
        .collect();
    days.sort_unstable();
    days.dedup();
    days
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

fn by_strategy(worlds: Vec<Vec<Strand>>, points: &[Vec<Point>]) -> Found {
    let count = worlds.len();
    let room = |points: &Vec<Point>| vec![Vec::with_capacity(count); points.len()];
    let mut found: Vec<Vec<Vec<Branched>>> = points.iter().map(room).collect();
    let mut stuck = vec![Vec::with_capacity(count); points.len()];
    for world in worlds {
        for (strategy, strand) in world.into_iter().enumerate() {
            for (point, branched) in strand.found.into_iter().enumerate() {
                found[strategy][point].push(branched);
            }
            stuck[strategy].push(strand.stuck);
        }
    }
    (found, stuck)
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

    /// Working days after one day and before another.
    pub fn working_days_between(&self, from: u32, to: u32) -> Vec<u32> {
        let works = |&day: &u32| self.works.get(day as usize).copied().unwrap_or(false);
        (from + 1..to).filter(works).collect()
    }

    /// The day of a point of a strategy; that of a stage is the first on which a world comes to it.
    pub fn day_of(&self, strategy: usize, point: usize) -> u32 {
        match self.question.whens[strategy][point] {
            When::Day(day) => day,
            When::After(..) => {
                let at = self.found[strategy][point]
                    .iter()
                    .filter_map(|branched| branched.at);
                at.min().map_or(0, |at| at.day().max(0) as u32)
            }
        }
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

    /// The two parts of a price, world by world: turning back itself (rolling back less holding), and not having gone on
    /// meanwhile (holding less the other course). They add up to [`Exposure::price_in`] exactly, in every world. While nobody has moved there is nothing to turn back. Worlds in which
    /// the quantity is missing on any course are left out.
    pub fn parts(&self, strategy: usize, point: usize, against: Course, quantity: Quantity) -> Vec<[f64; 2]> {
        let of = |branched: &Branched, course: Course| self.toll(branched, course).get(quantity);
        self.worlds(strategy, point)
            .filter_map(|(_, branched)| {
                let hold = of(branched, Course::Hold)?;
                if branched.moved == 0 {
                    // A rollback of nobody is none: the plan goes on.
                    return Some([0.0, of(branched, Course::RollBack)? - of(branched, against)?]);
                }
                Some([
                    of(branched, Course::RollBack)? - hold,
                    hold - of(branched, against)?,
                ])
            })
            .collect()
    }

    /// People whom rolling back at a point would leave on the new side: in how many of the worlds that can turn back there
    /// anybody, and how many people at most.
    pub fn left_behind(&self, strategy: usize, point: usize) -> (u64, f64) {
        let people = self.values(strategy, point, Course::RollBack, Quantity::FixedForward);
        let people = people.into_iter().flatten().filter(|&people| people > 0.0);
        people.fold((0, 0.0), |(worlds, most), people| (worlds + 1, people.max(most)))
    }

    /// What the budget is about: [`Exposure::differences`] of its measure from its course.
    pub fn prices(&self, strategy: usize, point: usize) -> Vec<f64> {
        self.differences(strategy, point, self.question.against, self.question.measure)
    }
}
