//! The verdict in words. What is said here was decided by [`crate::analysis::verdict`], and every output says it with these words.

use super::{number, strategy_name};
use crate::analysis::horizon;
use crate::analysis::limits::{Held, Standing};
use crate::analysis::verdict::{Decision, Recommendation, Verdict};
use crate::experiment::Results;
use crate::outcome::Metric;
use crate::outcome::goal::Limit;
use crate::scenario::Scenario;

/// A verdict with all that it takes to say it.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    scenario: &'a Scenario,
    results: &'a Results,
    verdict: &'a Verdict,
}

impl<'a> Words<'a> {
    /// Of a verdict about results of a scenario.
    pub fn new(scenario: &'a Scenario, results: &'a Results, verdict: &'a Verdict) -> Words<'a> {
        Words {
            scenario,
            results,
            verdict,
        }
    }

    fn name(self, strategy: usize) -> &'a str {
        strategy_name(self.scenario, self.results, strategy)
    }

    fn names(self, strategies: &[usize]) -> String {
        let names: Vec<&str> = strategies.iter().map(|&one| self.name(one)).collect();
        match &names[..] {
            [] => String::new(),
            [one] => (*one).into(),
            [others @ .., last] => format!("{} and {last}", others.join(", ")),
        }
    }

    /// The verdict as one sentence.
    pub fn sentence(self) -> String {
        let limits = self.scenario.goals.limits.len();
        let keeps = match limits {
            0 => "no limit is stated".to_string(),
            1 => "it keeps the limit".into(),
            more => format!("it keeps all {more} limits"),
        };
        match &self.verdict.recommendation {
            Recommendation::NoCandidate => "No strategy moves anybody; there is nothing to decide.".into(),
            Recommendation::Recommended(one) => format!(
                "Recommended: {}; {keeps}, and in {} it is better than every other plan that can be considered, or tied with it{}.",
                self.name(*one),
                self.deciding(),
                self.margin(*one)
            ),
            Recommendation::Tied(tied) => format!(
                "Either of {} can be recommended: in {} they differ by less than is worth naming.",
                self.names(tied),
                self.deciding()
            ),
            Recommendation::Alone(one) if limits == 0 => format!(
                "{} is the only plan and no limit is stated: there is nothing to decide.",
                self.name(*one)
            ),
            Recommendation::Alone(one) => {
                format!("{}, the only plan: {keeps}.", self.name(*one))
            }
            Recommendation::NoneKeepsLimits => "No strategy keeps all limits; nobody is recommended.".into(),
            Recommendation::LimitsOpen(open) => format!(
                "No recommendation: no plan surely keeps all limits. {} may ({}).",
                self.names(open),
                self.standings(open)
            ),
            Recommendation::Trade { first, second } => format!(
                "No plan is best in everything. {}: {}. {}: {}. The scenario does not say which counts more (decide_by).",
                self.name(*first),
                self.advantages(*first, *second),
                self.name(*second),
                self.advantages(*second, *first)
            ),
            Recommendation::Undecided { among, further } => {
                let more = further.map_or(String::new(), |more| {
                    format!("; about {} more worlds decide", number::three_digits(more as f64))
                });
                format!("Not decided between {}{more}.", self.names(among))
            }
            Recommendation::NoIndifference => {
                "Differences, no recommendation: the scenario does not say which differences count ([objectives])."
                    .into()
            }
            Recommendation::NotComparable(unfinished) => {
                let why = |&one: &usize| {
                    let why = horizon::sentence(self.scenario, self.results, one)?;
                    Some(format!("{}: {why}", self.name(one)))
                };
                let each: Vec<String> = unfinished.iter().filter_map(why).collect();
                format!("No recommendation. {}.", each.join("; "))
            }
        }
    }

    /// In what plans are compared.
    fn deciding(self) -> String {
        if let Some(metric) = self.scenario.goals.decide_by {
            return format!("{}, which decides,", noun(metric));
        }
        match self.verdict.objectives.len() {
            1 => noun(self.verdict.objectives[0].metric),
            more => format!("all {more} objectives"),
        }
    }

    /// By how much a recommended plan leads the nearest one, in the first objective in which it is better than all others.
    fn margin(self, one: usize) -> String {
        let Some(&place) = self.verdict.best_in(one).first() else {
            return String::new();
        };
        let others = self.verdict.candidates.iter().filter(|&&other| other != one);
        let gap = |&&other: &&usize| {
            let gap = self.verdict.difference(one, other, place);
            gap.map_or(f64::INFINITY, |(mean, _)| mean.abs())
        };
        let Some(&nearest) = others.min_by(|a, b| gap(a).total_cmp(&gap(b))) else {
            return String::new();
        };
        match self.size(one, nearest, place) {
            Some(size) => format!(" ({size} than {})", self.name(nearest)),
            None => String::new(),
        }
    }

    /// `310 ± 20 fewer broken meetings`
    fn size(self, one: usize, other: usize, place: usize) -> Option<String> {
        let (mean, half) = self.verdict.difference(one, other, place)?;
        let metric = self.verdict.objectives[place].metric;
        let size = number::with_half_width(mean.abs(), half);
        Some(match (metric.definition().may_be_missing, mean < 0.0) {
            (true, true) => format!("{size} days earlier ({})", noun(metric)),
            (true, false) => format!("{size} days later ({})", noun(metric)),
            (false, true) if metric == Metric::Cost => format!("{size} cheaper"),
            (false, false) if metric == Metric::Cost => format!("{size} dearer"),
            (false, true) => format!("{size} fewer {}", noun(metric)),
            (false, false) => format!("{size} more {}", noun(metric)),
        })
    }

    /// Where a plan is better than another one.
    fn advantages(self, one: usize, other: usize) -> String {
        let better: Vec<String> = (0..self.verdict.objectives.len())
            .filter(|&place| self.verdict.between(one, other, place) == Some(Decision::Better))
            .filter_map(|place| self.size(one, other, place))
            .collect();
        better.join(", ")
    }

    fn standings(self, strategies: &[usize]) -> String {
        let each: Vec<String> = strategies
            .iter()
            .map(|&one| format!("{}: {}", self.name(one), self.verdict.standing(one).word()))
            .collect();
        each.join(", ")
    }

    /// How the plans stand to each other in one metric, as the title of a chart of it. `None` if it is no objective, or there is
    /// only one plan.
    pub fn in_metric(self, metric: Metric) -> Option<String> {
        let place = self
            .verdict
            .objectives
            .iter()
            .position(|objective| objective.metric == metric)?;
        let candidates = &self.verdict.candidates;
        if candidates.len() < 2 {
            return None;
        }
        let best = |&&one: &&usize| self.verdict.best_in(one).contains(&place);
        let best: Vec<usize> = candidates.iter().filter(best).copied().collect();
        let pairs = || {
            let pairs = self.verdict.pairs.iter();
            pairs.filter(move |pair| pair.objective == place)
        };
        let what = noun(metric);
        Some(match best[..] {
            [one] => format!("Best in {what}: {}{}", self.name(one), self.margin_in(one, place)),
            [_, _, ..] => format!("Best in {what}: {}, tied", self.names(&best)),
            [] if pairs().all(|pair| pair.decision == Decision::Tied) => {
                format!("No plan differs from another in {what} by more than is worth naming")
            }
            [] if pairs().any(|pair| pair.decision == Decision::NotComparable) => {
                format!("Plans cannot be compared in {what}: not all come to their end by the horizon")
            }
            [] => format!("No plan is best in {what}"),
        })
    }

    fn margin_in(self, one: usize, place: usize) -> String {
        let others = self.verdict.candidates.iter().filter(|&&other| other != one);
        let gap = |&&other: &&usize| {
            let gap = self.verdict.difference(one, other, place);
            gap.map_or(f64::INFINITY, |(mean, _)| mean.abs())
        };
        let nearest = others.min_by(|a, b| gap(a).total_cmp(&gap(b)));
        let said = nearest.and_then(|&nearest| {
            Some(format!(
                ", {} than {}",
                self.size(one, nearest, place)?,
                self.name(nearest)
            ))
        });
        said.unwrap_or_default()
    }

    /// For each limit that not every plan keeps, one line: who breaks it, who is undecided or at the limit, and what would have held.
    pub fn limits_not_kept(self) -> Vec<String> {
        let limits = self.scenario.goals.limits.iter().enumerate();
        limits
            .filter_map(|(place, limit)| self.not_kept(place, limit))
            .collect()
    }

    fn not_kept(self, place: usize, limit: &Limit) -> Option<String> {
        let held = |strategy: usize| Some(&self.verdict.limits.get(strategy)?.each[place]);
        let of = |standing: Standing, word: &str| {
            let own = |&&strategy: &&usize| held(strategy).is_some_and(|held| held.standing == standing);
            let each: Vec<String> = (self.verdict.candidates.iter().filter(own))
                .filter_map(|&strategy| {
                    let bound = held(strategy)?
                        .would_hold
                        .map_or("no bound".into(), |value| self.bound(limit, value));
                    Some(format!("{} ({bound})", self.name(strategy)))
                })
                .collect();
            (!each.is_empty()).then(|| format!("{word} {}", each.join(", ")))
        };
        let parts: Vec<String> = [
            of(Standing::Broken, "broken by"),
            of(Standing::Undecided, "undecided for"),
            of(Standing::AtLimit, "at the limit for"),
        ]
        .into_iter()
        .flatten()
        .collect();
        // The first number says what the others are, too.
        let said = parts.join("; ").replacen(')', " would hold)", 1);
        (!parts.is_empty()).then(|| format!("{}: {said}.", limit.text))
    }

    /// `meetings_broken at most 3 % of meetings_judged in 90 %: broken (holds in 73 % of 200 worlds; 3.4 % would hold)`
    pub fn limit_line(self, limit: &Limit, held: &Held) -> String {
        let bound = match held.would_hold {
            _ if held.standing == Standing::Kept => String::new(),
            Some(value) => format!("; {} would", self.bound(limit, value)),
            None => "; no bound by the horizon would".into(),
        };
        format!(
            "{}: {} (it holds in {}{bound})",
            limit.text,
            held.standing.word(),
            often(held)
        )
    }

    fn bound(self, limit: &Limit, value: f64) -> String {
        let definition = limit.metric.definition();
        if limit.share_of.is_some() {
            // Rounded up: what is said to hold must hold.
            return format!("{} %", number::exact((value * 10_000.0 - 1e-9).ceil() / 100.0));
        }
        if definition.may_be_missing && definition.unit == "d" {
            let calendar = &self.scenario.facts.calendar;
            return super::dates::long(calendar.date(libm::floor(value) as i64));
        }
        format!("{} {}", number::three_digits(value), definition.unit)
    }
}

/// `97 % (94 to 99 %) of 200 worlds`
pub(super) fn often(held: &Held) -> String {
    let percent = |share: f64| number::percent(share).replace(" %", "");
    format!(
        "{} ({} to {} %) of {} worlds",
        number::percent(held.share()),
        percent(held.interval.low),
        percent(held.interval.high),
        number::whole(held.n as f64)
    )
}

/// A metric as people say it.
pub(super) fn noun(metric: Metric) -> String {
    match metric {
        Metric::Broken => "broken meetings".into(),
        Metric::LostHours => "lost attendee-hours".into(),
        Metric::StrandedHours => "stranded user-hours".into(),
        Metric::LimitedHours => "limited user-hours".into(),
        Metric::Downgraded => "machines downgraded".into(),
        Metric::CompletionDay => "completion".into(),
        Metric::Day98 => "98 % done".into(),
        other => other.definition().name.replace('_', " "),
    }
}
