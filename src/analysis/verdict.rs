//! The verdict: which strategy can be recommended, if any. It is decided here and nowhere else; every output that shows one asks
//! [`Verdict::new`].
//!
//! *Candidates* are all strategies that move people, the base too if it does. Every pair of candidates is compared in every
//! objective, in the same worlds; all these intervals hold together (Bonferroni). *Limits* are judged each at its own probability.
//! A candidate is *recommended* if it keeps all limits, and in every objective is better than or tied with every other candidate
//! that breaks none. Where no candidate is, the verdict says why: nobody keeps the limits, the objectives disagree, worlds are
//! missing, or the scenario does not say which differences count.
//!
//! Whoever looks again at more worlds would err more often: the error of 5 % is spent over looks at 100, 200, 400, ... worlds,
//! see [`Look`].

use super::comparison::{answer, complete, direction};
use super::horizon;
use super::limits::{Judged, Standing, judge};
use crate::experiment::Results;
use crate::experiment::summary::LEVEL;
use crate::mutant;
use crate::outcome::goal::{Goals, Objective};
use crate::scenario::Scenario;
use crate::stats::{self, Answer, bonferroni_level};

/// Worlds of the first look.
const FIRST_LOOK: u64 = 100;

/// Which look at the worlds a number of them is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Look {
    /// From 1: up to 100 worlds, up to 200, up to 400, ...
    pub number: u32,
}

impl Look {
    /// The look at so many worlds.
    pub fn at(worlds: u64) -> Look {
        let mut number = 1;
        let mut most = FIRST_LOOK;
        while worlds > most {
            (number, most) = (number + 1, most.saturating_mul(2));
        }
        Look { number }
    }

    /// The level of this look alone: it spends `1 / (k (k + 1))` of the error, and all looks together spend it once (K. K. G. Lan
    /// and D. L. DeMets, Biometrika 70 (1983) 659-663, with a spending sequence that sums to one).
    pub fn level(self) -> f64 {
        if mutant::is("looks-are-free") {
            return LEVEL;
        }
        let k = f64::from(self.number);
        1.0 - (1.0 - LEVEL) / (k * (k + 1.0))
    }
}

/// What a comparison of two candidates in one objective decides.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Decision {
    /// The first is better.
    Better,
    /// The first is worse.
    Worse,
    /// They differ by less than is worth naming.
    Tied,
    /// More worlds are needed, about so many if that can be said.
    Undecided(Option<u64>),
    /// One of the two does not come to its end often enough, so that less of it is counted.
    NotComparable,
}

impl Decision {
    /// Name in files and tables.
    pub fn word(self) -> &'static str {
        match self {
            Decision::Better => "better",
            Decision::Worse => "worse",
            Decision::Tied => "tied",
            Decision::Undecided(_) => "undecided",
            Decision::NotComparable => "not comparable",
        }
    }

    fn turned(self) -> Decision {
        match self {
            Decision::Better => Decision::Worse,
            Decision::Worse => Decision::Better,
            other => other,
        }
    }
}

/// Two candidates in one objective.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Pair {
    /// Positions in [`Results::strategies`], ascending.
    pub strategies: [usize; 2],
    /// Place of the objective.
    pub objective: usize,
    /// First less second.
    pub answer: Answer,
    /// What it decides about the first.
    pub decision: Decision,
}

/// The verdict in one word with what belongs to it. Strategies are positions in [`Results::strategies`].
#[derive(Clone, PartialEq, Debug)]
pub enum Recommendation {
    /// No strategy moves anybody.
    NoCandidate,
    /// This one can be recommended.
    Recommended(usize),
    /// These are tied with each other in everything, and better than or tied with all others.
    Tied(Vec<usize>),
    /// There is one candidate only, and nothing to compare it with; it keeps all limits.
    Alone(usize),
    /// This one keeps all limits, and every other candidate breaks one.
    OnlyOneKeeps(usize),
    /// The first keep all limits, but the second are better than these, or as good, and may keep them.
    BetterMayKeep {
        /// Who surely keeps all limits.
        keeping: Vec<usize>,
        /// Who is better, and surely breaks none.
        better: Vec<usize>,
    },
    /// Every candidate breaks a limit.
    NoneKeepsLimits,
    /// No candidate surely keeps all limits; these break none surely.
    LimitsOpen(Vec<usize>),
    /// The objectives disagree: the first is better in some, the second in others.
    Trade {
        /// The best in the first objective.
        first: usize,
        /// Better than that in another one.
        second: usize,
    },
    /// More worlds are needed to tell these apart; about so many if that can be said.
    Undecided {
        /// The candidates that are still possible.
        among: Vec<usize>,
        /// Further worlds.
        further: Option<u64>,
    },
    /// Differences that count are not stated, so that nothing can be recommended.
    NoIndifference,
    /// A candidate that keeps the limits does not come to its end often enough.
    NotComparable(Vec<usize>),
}

/// Everything that decides, and what it decides.
#[derive(Clone, PartialEq, Debug)]
pub struct Verdict {
    /// Strategies that move people, as positions in [`Results::strategies`].
    pub candidates: Vec<usize>,
    /// What they are compared in.
    pub objectives: Vec<Objective>,
    /// Places of the objectives that decide: all, unless the scenario names one.
    pub deciding: Vec<usize>,
    /// All pairs of candidates in all objectives.
    pub pairs: Vec<Pair>,
    /// Limits of every strategy, candidates or not; empty without limits.
    pub limits: Vec<Judged>,
    /// Which look this is.
    pub look: Look,
    /// Number of intervals that hold together.
    pub family: u64,
    /// The horizon, in days.
    pub days: f64,
    /// Share of worlds in which each strategy comes to its end by the horizon.
    pub ended: Vec<f64>,
    /// What is decided.
    pub recommendation: Recommendation,
}

impl Verdict {
    /// Compares all candidates, judges the limits, and decides.
    pub fn new(scenario: &Scenario, results: &Results) -> Verdict {
        let goals = &scenario.goals;
        let strategies = 0..results.strategies.len();
        let candidates: Vec<usize> = strategies
            .clone()
            .filter(|&one| scenario.plans[results.strategies[one]].moves_anybody())
            .filter(|&one| !mutant::is("base-never-wins") || one != results.base)
            .collect();
        let look = Look::at(results.replications);
        let ended: Vec<f64> = strategies
            .clone()
            .map(|one| horizon::ending(results, one).share())
            .collect();
        let days = f64::from(scenario.facts.calendar.days());
        let (pairs, family) = compare(results, goals, &candidates, look, days);
        let limits = if goals.limits.is_empty() {
            Vec::new()
        } else {
            strategies
                .map(|one| judge(results, one, &goals.limits, look.level()))
                .collect()
        };
        let mut verdict = Verdict {
            candidates,
            deciding: (0..goals.objectives.len())
                .filter(|&place| {
                    goals
                        .decide_by
                        .is_none_or(|metric| goals.objectives[place].metric == metric)
                })
                .collect(),
            objectives: goals.objectives.clone(),
            pairs,
            limits,
            look,
            family,
            days,
            ended,
            recommendation: Recommendation::NoCandidate,
        };
        verdict.recommendation = verdict.decide(results);
        verdict
    }

    /// The pair of two candidates in an objective, in whatever order they are named; `None` if they are not compared.
    fn pair(&self, one: usize, other: usize, objective: usize) -> Option<&Pair> {
        let wanted = [one.min(other), one.max(other)];
        let mut pairs = self.pairs.iter();
        pairs.find(|pair| pair.objective == objective && pair.strategies == wanted)
    }

    /// What is decided about one candidate against another one in an objective; `None` if they are not compared.
    pub fn between(&self, one: usize, other: usize, objective: usize) -> Option<Decision> {
        let decision = self.pair(one, other, objective)?.decision;
        Some(if one < other { decision } else { decision.turned() })
    }

    /// The difference of one candidate less another one in an objective: mean and half-width, which holds together with all others.
    pub fn difference(&self, one: usize, other: usize, objective: usize) -> Option<(f64, Option<f64>)> {
        let estimate = self.pair(one, other, objective)?.answer.difference.estimate;
        let half = estimate.interval.map(|ends| (ends.high - ends.low) / 2.0);
        let sign = if one < other { 1.0 } else { -1.0 };
        Some((sign * estimate.mean, half))
    }

    /// How a strategy stands to all limits: the worst of them.
    pub fn standing(&self, strategy: usize) -> Standing {
        let judged = self.limits.get(strategy);
        let each = judged.iter().flat_map(|judged| &judged.each);
        each.map(|held| held.standing).max().unwrap_or(Standing::Kept)
    }

    fn decide(&self, results: &Results) -> Recommendation {
        let possible: Vec<usize> = (self.candidates.iter().copied())
            .filter(|&one| self.standing(one) != Standing::Broken)
            .collect();
        if self.candidates.is_empty() {
            return Recommendation::NoCandidate;
        }
        if possible.is_empty() {
            return Recommendation::NoneKeepsLimits;
        }
        let keeping: Vec<usize> = (possible.iter().copied())
            .filter(|&one| self.standing(one) == Standing::Kept)
            .collect();
        if keeping.is_empty() {
            return Recommendation::LimitsOpen(possible);
        }
        if let [one] = possible[..] {
            return match self.candidates.len() {
                1 => Recommendation::Alone(one),
                _ => Recommendation::OnlyOneKeeps(one),
            };
        }
        if self
            .objectives
            .iter()
            .all(|objective| objective.indifference == 0.0)
        {
            return Recommendation::NoIndifference;
        }
        self.choose(results, &keeping, &possible)
    }

    /// Among those that keep all limits, against all that break none.
    fn choose(&self, results: &Results, keeping: &[usize], possible: &[usize]) -> Recommendation {
        let deciding = &self.deciding;
        let decisions = |one: usize| {
            let others = possible.iter().copied().filter(move |&other| other != one);
            others.flat_map(move |other| {
                let each = deciding.iter().copied();
                each.filter_map(move |objective| self.between(one, other, objective))
            })
        };
        let wins = |&one: &usize| {
            decisions(one).all(|decision| matches!(decision, Decision::Better | Decision::Tied))
        };
        let best: Vec<usize> = keeping.iter().copied().filter(wins).collect();
        match best[..] {
            [one] => return Recommendation::Recommended(one),
            [_, _, ..] => return Recommendation::Tied(best),
            [] => {}
        }
        let is_open = |one: usize| decisions(one).any(|decision| decision == Decision::NotComparable);
        let unfinished: Vec<usize> = (possible.iter().copied())
            .filter(|&one| self.ended[one] < horizon::ENOUGH && is_open(one))
            .collect();
        if !unfinished.is_empty() {
            return Recommendation::NotComparable(unfinished);
        }
        // Who is not surely worse than another in everything that differs is still possible.
        let beaten = |one: usize| {
            possible.iter().any(|&other| {
                let decisions = deciding
                    .iter()
                    .filter_map(|&place| self.between(one, other, place));
                let decisions: Vec<Decision> = decisions.collect();
                decisions.contains(&Decision::Worse)
                    && decisions
                        .iter()
                        .all(|decision| matches!(decision, Decision::Worse | Decision::Tied))
            })
        };
        let left: Vec<usize> = possible.iter().copied().filter(|&one| !beaten(one)).collect();
        if !left.iter().any(|one| keeping.contains(one)) {
            return Recommendation::BetterMayKeep {
                keeping: keeping.to_vec(),
                better: left,
            };
        }
        self.trade(results, &left)
            .unwrap_or_else(|| self.undecided(&left, possible))
    }

    /// The best in the first objective, and one that is better than that in another.
    fn trade(&self, results: &Results, left: &[usize]) -> Option<Recommendation> {
        let deciding = &self.deciding;
        let mean = |one: usize, place: usize| {
            let metric = self.objectives[place].metric;
            // As pairs have it: a day that is missing is the horizon.
            let sum: f64 = complete(&results.values(one, metric), metric, self.days)
                .iter()
                .sum();
            match direction(metric) {
                stats::Direction::Lower => sum,
                stats::Direction::Higher => -sum,
            }
        };
        let by = |place: usize| move |a: &usize, b: &usize| mean(*a, place).total_cmp(&mean(*b, place));
        for &place in deciding {
            let first = left.iter().copied().min_by(by(place))?;
            let against = |other: usize, wanted: Decision| {
                deciding
                    .iter()
                    .any(|&place| self.between(first, other, place) == Some(wanted))
            };
            let second = deciding.iter().find_map(|&other_place| {
                let is_worse =
                    |&&other: &&usize| self.between(first, other, other_place) == Some(Decision::Worse);
                let better_ones = left.iter().filter(is_worse);
                better_ones
                    .copied()
                    .filter(|&other| against(other, Decision::Better))
                    .min_by(by(other_place))
            });
            if let Some(second) = second {
                return Some(Recommendation::Trade { first, second });
            }
        }
        None
    }

    /// Those that nobody beats, and whoever cannot be told apart from one of them.
    fn undecided(&self, left: &[usize], possible: &[usize]) -> Recommendation {
        let open = |one: usize, other: usize| {
            let decisions = self
                .deciding
                .iter()
                .filter_map(move |&place| self.between(one, other, place));
            decisions.filter_map(|decision| match decision {
                Decision::Undecided(further) => Some(further),
                _ => None,
            })
        };
        let is_open =
            |&one: &usize| left.contains(&one) || left.iter().any(|&own| open(one, own).next().is_some());
        let among: Vec<usize> = possible.iter().copied().filter(is_open).collect();
        let further = left
            .iter()
            .flat_map(|&own| among.iter().flat_map(move |&one| open(own, one)));
        Recommendation::Undecided {
            further: further.flatten().max(),
            among,
        }
    }

    /// The two candidates that the verdict compares, if it is about two.
    pub fn leading_pair(&self) -> Option<(usize, usize)> {
        match &self.recommendation {
            Recommendation::Trade { first, second } => Some((*first, *second)),
            Recommendation::Tied(all) | Recommendation::Undecided { among: all, .. } => match all[..] {
                [one, other, ..] => Some((one, other)),
                _ => None,
            },
            Recommendation::Recommended(one) => {
                let possible = self
                    .candidates
                    .iter()
                    .filter(|&&other| self.standing(other) != Standing::Broken);
                let mut others = possible.filter(|other| *other != one);
                others.next().map(|&other| (*one, other))
            }
            Recommendation::BetterMayKeep { keeping, better } => Some((keeping[0], better[0])),
            _ => None,
        }
    }

    /// In which objectives a candidate is better than or tied with every other candidate, and better than one at least.
    pub fn best_in(&self, strategy: usize) -> Vec<usize> {
        let others = || self.candidates.iter().copied().filter(|&other| other != strategy);
        let is_best = |&place: &usize| {
            let decisions = others().filter_map(|other| self.between(strategy, other, place));
            let decisions: Vec<Decision> = decisions.collect();
            decisions.contains(&Decision::Better)
                && decisions
                    .iter()
                    .all(|decision| matches!(decision, Decision::Better | Decision::Tied))
        };
        (0..self.objectives.len()).filter(is_best).collect()
    }
}

fn compare(
    results: &Results,
    goals: &Goals,
    candidates: &[usize],
    look: Look,
    days: f64,
) -> (Vec<Pair>, u64) {
    let places: Vec<[usize; 2]> = candidates
        .iter()
        .enumerate()
        .flat_map(|(place, &one)| candidates[place + 1..].iter().map(move |&other| [one, other]))
        .collect();
    let family = (places.len() * goals.objectives.len()) as u64;
    let level = bonferroni_level(look.level(), family);
    let mut pairs = Vec::new();
    for (objective, goal) in goals.objectives.iter().enumerate() {
        for &strategies in &places {
            let answer = answer(results, strategies, *goal, level, days);
            let ends = horizon::obstacles(results, strategies, goal.metric).is_empty();
            let decision = match answer.verdict {
                _ if !ends => Decision::NotComparable,
                stats::Verdict::Better => Decision::Better,
                stats::Verdict::Worse => Decision::Worse,
                stats::Verdict::Tied => Decision::Tied,
                stats::Verdict::Undecided { further } => Decision::Undecided(further),
            };
            pairs.push(Pair {
                strategies,
                objective,
                answer,
                decision,
            });
        }
    }
    (pairs, family)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_at_twice_as_many_worlds_spend_the_error_once() {
        assert_eq!(
            [1, 100, 101, 200, 201, 800, 801].map(|n| Look::at(n).number),
            [1, 1, 2, 2, 3, 4, 5]
        );
        let spent: f64 = (1..=10_000).map(|number| 1.0 - Look { number }.level()).sum();
        assert!(spent < 1.0 - LEVEL && spent > 0.999 * (1.0 - LEVEL), "{spent}");
    }
}
