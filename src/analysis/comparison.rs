//! Every strategy against the base, in the same worlds: what differs, how surely, and which strategy is best.
//!
//! The objectives are compared together: their intervals hold simultaneously at [`LEVEL`], by Bonferroni over objectives
//! times strategies (a day that can be missing counts twice, once as a probability). All other metrics are compared at the
//! same level each for itself.

use super::{horizon, staying};
use crate::experiment::Results;
use crate::experiment::summary::{LEVEL, needs_rollback};
use crate::outcome::Metric;
use crate::outcome::goal::{Goals, Objective};
use crate::outcome::metric::{ALL, Better};
use crate::scenario::Scenario;
use crate::stats::{
    self, Answer, Direction, Question, ReachedDifference, Selection, SelectionRule, Verdict, bonferroni_level,
};

/// Replications of a selection's first stage.
const FIRST_STAGE: u64 = 20;

/// One metric of one strategy against the base.
#[derive(Clone, PartialEq, Debug)]
pub struct Compared {
    /// Position of the strategy in [`Results::strategies`].
    pub strategy: usize,
    /// The metric.
    pub metric: Metric,
    /// Is it one of the objectives? Then its intervals hold together with those of the others.
    pub is_objective: bool,
    /// A difference not worth naming.
    pub indifference: f64,
    /// The difference, own minus base. For a day that can be missing it is that of min(day, horizon).
    pub answer: Answer,
    /// For a day that can be missing, how the probabilities of reaching it differ.
    pub reached: Option<ReachedDifference>,
    /// What that decides, reaching it being better.
    pub reached_verdict: Option<Verdict>,
    /// Can the difference be better or worse at all? Otherwise the verdict means lower for better and higher for worse: the metric
    /// has no direction; it adds up, and one of the two courses ends too seldom; or it is money against staying, and nothing is
    /// assumed about what staying costs.
    pub is_judged: bool,
}

/// All comparisons of an experiment.
#[derive(Clone, PartialEq, Debug)]
pub struct Comparisons {
    /// By metric, objectives first, then by strategy.
    pub rows: Vec<Compared>,
    /// Intervals that hold together.
    pub family: u64,
    /// Level of each of them.
    pub level: f64,
}

impl Comparisons {
    /// Compares all strategies with the base. Metrics that only mean something after a rollback are left out.
    pub fn new(scenario: &Scenario, results: &Results) -> Comparisons {
        let goals = &scenario.goals;
        let days = f64::from(scenario.facts.calendar.days());
        let own = |metric: Metric| {
            let found = goals.objectives.iter().find(|goal| goal.metric == metric);
            found.map_or(0.0, |goal| goal.indifference)
        };
        let objectives: Vec<Metric> = goals.objectives.iter().map(|goal| goal.metric).collect();
        let compared = |metric: &Metric| !needs_rollback(*metric);
        let strategies: Vec<usize> = (0..results.strategies.len())
            .filter(|&one| one != results.base)
            .collect();
        let questions = |metric: &Metric| 1 + u64::from(metric.definition().may_be_missing);
        let of_each: u64 = objectives
            .iter()
            .filter(|&metric| compared(metric))
            .map(questions)
            .sum();
        let family = of_each * strategies.len() as u64;
        let level = bonferroni_level(LEVEL, family);
        let others = ALL.iter().copied().filter(|metric| !objectives.contains(metric));
        let metrics = objectives.iter().copied().map(|metric| (metric, true));
        let mut rows = Vec::new();
        for (metric, is_objective) in metrics.chain(others.map(|metric| (metric, false))) {
            if !compared(&metric) {
                continue;
            }
            for &strategy in &strategies {
                let level = if is_objective { level } else { LEVEL };
                let goal = Objective {
                    metric,
                    indifference: own(metric),
                };
                let mut row = compare(results, strategy, goal, is_objective, level, days);
                row.is_judged &= can_be_judged(scenario, results, [strategy, results.base], metric);
                rows.push(row);
            }
        }
        Comparisons { rows, family, level }
    }

    /// The comparison of a metric of a strategy.
    pub fn of(&self, strategy: usize, metric: Metric) -> Option<&Compared> {
        let mut rows = self.rows.iter();
        rows.find(|row| row.strategy == strategy && row.metric == metric)
    }

    /// The variance ratios of the objectives, unpaired over paired: how many times more worlds of their own would be
    /// needed. Smallest and largest; `None` where nothing varies.
    pub fn pairing(&self) -> Option<(f64, f64)> {
        let ratios = self.rows.iter().filter(|row| row.is_objective);
        let ratios = ratios.filter_map(|row| row.answer.difference.variance_ratio);
        ratios.fold(None, |ends, ratio| {
            let (low, high) = ends.unwrap_or((ratio, ratio));
            Some((ratio.min(low), ratio.max(high)))
        })
    }
}

/// Does a difference of two strategies say which of them is better?
pub fn can_be_judged(scenario: &Scenario, results: &Results, pair: [usize; 2], metric: Metric) -> bool {
    !staying::hides_verdict(scenario, results, pair, metric)
        && horizon::obstacles(results, pair, metric).is_empty()
}

/// The difference of two strategies, positions in [`Results::strategies`], the first less the second, in the same worlds. A day
/// that is missing counts as the end of `days`.
pub(super) fn answer(results: &Results, pair: [usize; 2], goal: Objective, level: f64, days: f64) -> Answer {
    let [own, base] = pair.map(|one| complete(&results.values(one, goal.metric), goal.metric, days));
    let question = Question {
        own: &own,
        base: &base,
        direction: direction(goal.metric),
        indifference: goal.indifference,
    };
    // The level is that of one interval already.
    let [answer] = stats::compare(&[question], level)[..] else {
        unreachable!("one question has one answer")
    };
    answer
}

/// Which values of a metric are better; lower ones where neither is.
pub(super) fn direction(metric: Metric) -> Direction {
    match metric.definition().better {
        Better::Higher => Direction::Higher,
        Better::Lower | Better::Neither => Direction::Lower,
    }
}

fn compare(
    results: &Results,
    strategy: usize,
    goal: Objective,
    is_objective: bool,
    level: f64,
    days_in_all: f64,
) -> Compared {
    let metric = goal.metric;
    let reached = metric.definition().may_be_missing.then(|| {
        let is_reached = |one: usize| {
            results
                .values(one, metric)
                .iter()
                .map(Option::is_some)
                .collect::<Vec<bool>>()
        };
        let [own, base] = [strategy, results.base].map(is_reached);
        stats::reached_difference(&own, &base, level)
    });
    Compared {
        strategy,
        metric,
        is_objective,
        indifference: goal.indifference,
        answer: answer(results, [strategy, results.base], goal, level, days_in_all),
        reached_verdict: reached.map(|reached| {
            let n = results.replications;
            stats::interval_verdict(reached.difference, reached.interval, n, Direction::Higher, 0.0)
        }),
        reached,
        is_judged: metric.definition().better != Better::Neither,
    }
}

/// Values of all worlds; a day that is missing is the horizon.
pub(super) fn complete(values: &[Option<f64>], metric: Metric, horizon: f64) -> Vec<f64> {
    if metric.definition().may_be_missing {
        return stats::restricted_days(values, horizon);
    }
    values.iter().map(|value| value.unwrap_or(0.0)).collect()
}

/// The best of some strategies in an objective.
#[derive(Clone, PartialEq, Debug)]
pub struct Best {
    /// The objective.
    pub objective: Objective,
    /// The strategies, as positions in [`Results::strategies`]; places in `selection` count among them.
    pub among: Vec<usize>,
    /// How far the selection got.
    pub selection: Selection,
    /// What it promises and rests on.
    pub assumptions: Vec<String>,
}

/// Selects the best of some strategies in each objective that has an indifference zone, by Kim and Nelson's procedure
/// ([`stats::select_best`]), from the worlds that there are; nothing of fewer than two. It says when worlds are enough.
pub fn select(results: &Results, goals: &Goals, among: &[usize], horizon: f64) -> Vec<Best> {
    let named = goals.objectives.iter().filter(|goal| goal.indifference > 0.0);
    let selected = named.map(|&objective| {
        let columns: Vec<Vec<f64>> = among
            .iter()
            .map(|&one| complete(&results.values(one, objective.metric), objective.metric, horizon))
            .collect();
        let rows: Vec<Vec<f64>> = (0..results.replications as usize)
            .map(|row| columns.iter().map(|column| column[row]).collect())
            .collect();
        let rule = SelectionRule {
            direction: direction(objective.metric),
            indifference: objective.indifference,
            confidence: LEVEL,
            first_stage: FIRST_STAGE,
        };
        Best {
            objective,
            among: among.to_vec(),
            selection: stats::select_best(&rows, among.len(), &rule),
            assumptions: rule.assumptions(among.len()),
        }
    });
    if among.len() < 2 {
        Vec::new()
    } else {
        selected.collect()
    }
}
