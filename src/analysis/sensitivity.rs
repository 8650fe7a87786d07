//! What drives the result, and which assumptions would turn the verdict.
//!
//! Three looks at the same worlds, all in the unit of the metric:
//!
//! 1. *Exclusion*: every risk is switched off in turn. What it adds is the paired difference with and without it.
//! 2. *Ranges*: every uncertain quantity is put at the two ends of its stated 90 % interval in turn, while all others
//!    vary as stated.
//! 3. *Screening*: trajectories through the ranges of all uncertain quantities together (see
//!    [`screening`](super::screening)), which also finds what matters only in company.
//!
//! Intervals of one look hold together, and quantities whose intervals overlap are not ranked; see
//! [`ranks`](super::ranks).

use super::ranks::{Ranks, apart, difference, level, ranked};
use super::replay::{Case, Options, replay};
use super::screening::Trajectory;
use super::vary::{Change, Quantity, Risk};
use crate::experiment::Stopped;
use crate::experiment::summary::{Interval, LEVEL};
use crate::outcome::Outcome;
use crate::outcome::metric::Metric;
use crate::plan::Plan;
use crate::scenario::Scenario;
use crate::stats;
use crate::world::{Facts, Mark};

/// Probabilities of the ends of a stated 90 % interval.
const ENDS: [f64; 2] = [0.05, 0.95];

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// Strategies, as places in the scenario's plans; repeats and the base are left out.
    pub strategies: Vec<usize>,
    /// Metrics, each once; see [`is_measurable`].
    pub metrics: Vec<Metric>,
    /// Worlds of exclusion and ranges, from replication 0.
    pub worlds: u64,
    /// Trajectories of the screening, each in the world of its number; 0 = no screening.
    pub trajectories: u64,
}

/// How a strategy compares with the base.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The metric is clearly lower.
    Lower,
    /// The metric is clearly higher.
    Higher,
    /// The interval of the difference holds 0.
    Unclear,
}

impl Verdict {
    fn of(difference: &Interval) -> Verdict {
        match difference.ends {
            Some((low, _)) if low > 0.0 => Verdict::Higher,
            Some((_, high)) if high < 0.0 => Verdict::Lower,
            _ => Verdict::Unclear,
        }
    }
}

/// A strategy against the base.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Against {
    /// Paired difference, strategy minus base.
    pub difference: Interval,
    /// What it says.
    pub verdict: Verdict,
}

/// A risk switched off.
#[derive(Clone, PartialEq, Debug)]
pub struct Exclusion {
    /// What the risk adds to the metric of the strategy: with it minus without it.
    pub adds: Interval,
    /// The comparison without it.
    pub against_base: Against,
}

/// One end of a range.
#[derive(Clone, PartialEq, Debug)]
pub struct End {
    /// Metric of the strategy at this end minus as it is.
    pub effect: Interval,
    /// The comparison at this end.
    pub against_base: Against,
}

/// An uncertain quantity at the ends of its range.
#[derive(Clone, PartialEq, Debug)]
pub struct Swing {
    /// At the 5 % and the 95 % quantile.
    pub ends: [End; 2],
    /// Metric at the upper end minus at the lower end.
    pub across: Interval,
}

/// Elementary effects of an uncertain quantity, per whole range.
#[derive(Clone, PartialEq, Debug)]
pub struct Screened {
    /// Mean size of the effects.
    pub mu_star: Interval,
    /// Mean of the effects with their signs.
    pub mu: Interval,
    /// Standard deviation of the effects; `None` below two trajectories. It is large where the effect depends on the other
    /// quantities, on the place in the range, or on the world.
    pub sigma: Option<f64>,
}

/// Everything about one strategy and one metric.
#[derive(Clone, PartialEq, Debug)]
pub struct Answer {
    /// The strategy, as a place in the scenario's plans.
    pub strategy: usize,
    /// The metric.
    pub metric: Metric,
    /// The metric of the strategy as the scenario states everything.
    pub as_is: Interval,
    /// The comparison as the scenario states everything.
    pub against_base: Against,
    /// By risk, as in [`Sensitivity::risks`], with ranks by size.
    pub exclusions: Vec<(Exclusion, Ranks)>,
    /// All risks switched off together; `None` below two.
    pub without_any: Option<Exclusion>,
    /// By quantity, as in [`Sensitivity::quantities`], with ranks by size.
    pub swings: Vec<(Swing, Ranks)>,
    /// By quantity; empty without trajectories.
    pub screened: Vec<(Screened, Ranks)>,
}

/// An assumption that was tried.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Assumption {
    /// This risk does not exist.
    Without(Risk),
    /// None of the risks exists.
    WithoutAny,
    /// This quantity has this value: an end of its range.
    At(Quantity, f64),
}

/// What an assumption does to the verdict.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Turn {
    /// From clearly lower to clearly higher or back.
    Reverses,
    /// From a clear difference to none.
    Undoes,
    /// From no clear difference to one.
    Decides,
}

/// An assumption that turns the verdict.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Flip {
    /// The assumption.
    pub assumption: Assumption,
    /// What it does.
    pub turn: Turn,
    /// The comparison under it.
    pub against_base: Against,
    /// Does it rest on an estimate that nobody published?
    pub unpublished: bool,
}

/// Everything found.
#[derive(Clone, PartialEq, Debug)]
pub struct Sensitivity {
    /// Risks that the scenario has, in the order of [`Risk::ALL`].
    pub risks: Vec<Risk>,
    /// Quantities with a range.
    pub quantities: Vec<Quantity>,
    /// The two ends of the range of each.
    pub ranges: Vec<[f64; 2]>,
    /// Worlds of exclusion and ranges.
    pub worlds: u64,
    /// Trajectories of the screening.
    pub trajectories: u64,
    /// Seed.
    pub seed: u64,
    /// By strategy, then metric.
    pub answers: Vec<Answer>,
}

/// Can differences of this metric be taken in every world? Days until something is done can: one that is not reached
/// counts as the horizon, which makes differences smaller than they are. Other metrics that may be missing cannot.
pub fn is_measurable(metric: Metric) -> bool {
    let counts_as_horizon = [Metric::CompletionDay, Metric::Day98, Metric::RetirementDay];
    !metric.definition().may_be_missing || counts_as_horizon.contains(&metric)
}

/// Number of worlds that a question replays, for a progress bar.
pub fn effort(facts: &Facts, question: &Question) -> u64 {
    let risks = present_risks(facts).len();
    let quantities = Quantity::uncertain(facts).len();
    let cases = 1 + risks + usize::from(risks > 1) + 2 * quantities;
    cases as u64 * question.worlds + screening_trajectories(quantities, question) * (quantities as u64 + 1)
}

/// Number of times that a question replays a plan.
pub fn replays(facts: &Facts, question: &Question) -> f64 {
    (effort(facts, question) * (question.strategies.len() as u64 + 1)) as f64
}

/// Worlds, if nobody says otherwise and the scenario does not ask for fewer.
pub const WORLDS: u32 = 50;

impl Question {
    /// What is asked about these strategies if nobody says otherwise: lost attendee-hours, in at most [`WORLDS`] worlds.
    pub fn usual(strategies: Vec<usize>, worlds: u32) -> Question {
        Question {
            strategies,
            metrics: vec![Metric::LostHours],
            worlds: worlds.min(WORLDS).into(),
            trajectories: 0,
        }
    }
}

fn present_risks(facts: &Facts) -> Vec<Risk> {
    Risk::ALL
        .iter()
        .copied()
        .filter(|risk| risk.is_present(facts))
        .collect()
}

fn screening_trajectories(quantities: usize, question: &Question) -> u64 {
    if quantities == 0 { 0 } else { question.trajectories }
}

/// Replays all variations and gathers what they say.
///
/// # Errors
/// When the analysis was stopped, or its threads could not be started.
pub fn analyse(
    scenario: &Scenario,
    question: &Question,
    options: Options<'_>,
    progress: &(dyn Fn() + Sync),
) -> Result<Sensitivity, Stopped> {
    let facts = &*scenario.facts;
    let mut found = Sensitivity::new(facts, question, options.seed);
    let mut strategies = question.strategies.clone();
    strategies.sort_unstable();
    strategies.dedup();
    strategies.retain(|&strategy| strategy != scenario.base);
    // The base comes first, then the strategies.
    let plans: Vec<&Plan> = std::iter::once(&scenario.base)
        .chain(&strategies)
        .map(|&plan| &scenario.plans[plan])
        .collect();
    let case = |changes: Vec<Change>, worlds: std::ops::Range<u64>| Case {
        changes,
        plans: plans.clone(),
        worlds,
    };
    let trajectories: Vec<Trajectory> = (0..found.trajectories)
        .map(|number| Trajectory::draw(options.seed, number, found.quantities.len()))
        .collect();
    let mut cases: Vec<Case<'_>> = (found.variations().into_iter())
        .map(|changes| case(changes, 0..question.worlds))
        .collect();
    let first_point = cases.len();
    for (number, trajectory) in (0..).zip(&trajectories) {
        let points = trajectory.points().into_iter();
        cases.extend(points.map(|point| case(found.at(facts, &point), number..number + 1)));
    }
    let horizon = f64::from(facts.calendar.days());
    let keep = |outcome: &Outcome| -> Vec<f64> {
        let value = |&metric: &Metric| outcome.row.get(metric).unwrap_or(horizon);
        question.metrics.iter().map(value).collect()
    };
    let all = replay(scenario, &cases, options, &keep, progress)?;
    for (place, &strategy) in strategies.iter().enumerate() {
        for (column, &metric) in question.metrics.iter().enumerate() {
            let values = |case: &Vec<Vec<Vec<f64>>>, plan: usize| -> Vec<f64> {
                case[plan].iter().map(|row| row[column]).collect()
            };
            let pair = |case| Pair {
                own: values(case, place + 1),
                base: values(case, 0),
            };
            let (cases, points) = all.split_at(first_point);
            let cases: Vec<Pair> = cases.iter().map(pair).collect();
            let points: Vec<f64> = points.iter().flat_map(|case| values(case, place + 1)).collect();
            let answer = found.answer((strategy, metric), &cases, &trajectories, &points);
            found.answers.push(answer);
        }
    }
    Ok(found)
}

/// A metric in the same worlds.
struct Pair {
    own: Vec<f64>,
    base: Vec<f64>,
}

impl Pair {
    fn against_base(&self, level: f64) -> Against {
        let difference = difference(&self.own, &self.base, level);
        Against {
            verdict: Verdict::of(&difference),
            difference,
        }
    }
}

impl Sensitivity {
    /// What is to be tried, without answers.
    fn new(facts: &Facts, question: &Question, seed: u64) -> Sensitivity {
        let quantities = Quantity::uncertain(facts);
        Sensitivity {
            risks: present_risks(facts),
            ranges: (quantities.iter())
                .map(|quantity| ENDS.map(|p| quantity.at(facts, p)))
                .collect(),
            worlds: question.worlds,
            trajectories: screening_trajectories(quantities.len(), question),
            quantities,
            seed,
            answers: Vec::new(),
        }
    }

    /// Changes of each case but those of the screening: none, each risk off, all off if there are several, each quantity
    /// at its lower and at its upper end.
    fn variations(&self) -> Vec<Vec<Change>> {
        let off = |risks: &[Risk]| -> Vec<Change> { risks.iter().map(|&risk| Change::Off(risk)).collect() };
        let mut variations = vec![Vec::new()];
        variations.extend(self.risks.iter().map(|&risk| off(&[risk])));
        if self.risks.len() > 1 {
            variations.push(off(&self.risks));
        }
        for (&quantity, range) in self.quantities.iter().zip(&self.ranges) {
            variations.extend(range.map(|value| vec![Change::Fix(quantity, value)]));
        }
        variations
    }

    /// All quantities at a place in the unit cube of their ranges.
    fn at(&self, facts: &Facts, point: &[f64]) -> Vec<Change> {
        let [low, high] = ENDS;
        let change = |(&quantity, x): (&Quantity, &f64)| {
            Change::Fix(quantity, quantity.at(facts, low + (high - low) * x))
        };
        self.quantities.iter().zip(point).map(change).collect()
    }

    fn answer(
        &self,
        (strategy, metric): (usize, Metric),
        cases: &[Pair],
        trajectories: &[Trajectory],
        points: &[f64],
    ) -> Answer {
        let (as_is, varied) = cases.split_first().expect("the case without changes");
        let verdicts = level(cases.len());
        let (off, ends) = varied.split_at(varied.len() - 2 * self.quantities.len());
        let exclusion = |case: &Pair| Exclusion {
            adds: difference(&as_is.own, &case.own, level(off.len())),
            against_base: case.against_base(verdicts),
        };
        let exclusions: Vec<Exclusion> = off.iter().take(self.risks.len()).map(exclusion).collect();
        let swings: Vec<Swing> = ends
            .chunks(2)
            .map(|pair| Swing {
                ends: [0, 1].map(|end| End {
                    effect: difference(&pair[end].own, &as_is.own, level(ends.len())),
                    against_base: pair[end].against_base(verdicts),
                }),
                across: difference(&pair[1].own, &pair[0].own, level(self.quantities.len())),
            })
            .collect();
        let screened = screen(self.quantities.len(), trajectories, points);
        Answer {
            strategy,
            metric,
            as_is: stats::mean_interval(&as_is.own, LEVEL).into(),
            against_base: as_is.against_base(verdicts),
            without_any: off.get(self.risks.len()).map(exclusion),
            exclusions: ranked(exclusions, |one| one.adds),
            swings: ranked(swings, |one| one.across),
            screened: ranked(screened, |one| one.mu_star),
        }
    }
}

/// Elementary effects of each of so many quantities, from the values at the points of all trajectories.
fn screen(quantities: usize, trajectories: &[Trajectory], points: &[f64]) -> Vec<Screened> {
    if trajectories.is_empty() {
        return Vec::new();
    }
    let effects: Vec<Vec<f64>> = (trajectories.iter())
        .zip(points.chunks(quantities + 1))
        .map(|(trajectory, values)| trajectory.effects(values, apart))
        .collect();
    let screened = |quantity: usize| {
        let own: Vec<f64> = effects.iter().map(|effects| effects[quantity]).collect();
        let sizes: Vec<f64> = own.iter().map(|effect| effect.abs()).collect();
        let tally: stats::Tally = own.iter().copied().collect();
        Screened {
            mu_star: stats::mean_interval(&sizes, level(quantities)).into(),
            mu: stats::mean_interval(&own, level(quantities)).into(),
            sigma: tally.variance().map(libm::sqrt),
        }
    };
    (0..quantities).map(screened).collect()
}

impl Sensitivity {
    /// Every assumption tried on an answer, in the order in which they were tried, and the comparison under it.
    pub fn assumptions(&self, answer: &Answer) -> Vec<(Assumption, Against)> {
        let without = (self.risks.iter().zip(&answer.exclusions))
            .map(|(&risk, (one, _))| (Assumption::Without(risk), one.against_base));
        let without_any = (answer.without_any.iter()).map(|one| (Assumption::WithoutAny, one.against_base));
        let ends = (self.quantities.iter().zip(&self.ranges))
            .zip(&answer.swings)
            .flat_map(|((&quantity, range), (swing, _))| {
                [0, 1].map(|end| (Assumption::At(quantity, range[end]), swing.ends[end].against_base))
            });
        without.chain(without_any).chain(ends).collect()
    }

    /// The assumptions that turn the verdict of an answer, in the order in which they were tried.
    pub fn flips(&self, facts: &Facts, answer: &Answer) -> Vec<Flip> {
        let was = answer.against_base.verdict;
        let flip = |(assumption, against_base): (Assumption, Against)| {
            let turn = match (was, against_base.verdict) {
                (old, new) if old == new => return None,
                (Verdict::Unclear, _) => Turn::Decides,
                (_, Verdict::Unclear) => Turn::Undoes,
                _ => Turn::Reverses,
            };
            Some(Flip {
                assumption,
                turn,
                against_base,
                unpublished: self.is_unpublished(facts, assumption),
            })
        };
        self.assumptions(answer).into_iter().filter_map(flip).collect()
    }

    /// Does an assumption rest on an estimate that nobody published?
    pub fn is_unpublished(&self, facts: &Facts, assumption: Assumption) -> bool {
        match assumption {
            Assumption::Without(risk) => risk.is_estimated(facts),
            Assumption::WithoutAny => self.risks.iter().any(|risk| risk.is_estimated(facts)),
            Assumption::At(quantity, _) => quantity.mark(facts) == Mark::Estimated,
        }
    }
}
