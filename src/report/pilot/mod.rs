//! The value of a pilot: table, files and charts.

mod charts;
mod said;
mod tables;

use super::number;
use super::study::Study;
use crate::analysis::pilot::{Along, Found, Step};
use crate::experiment::Interval;
use crate::plan::pilot::Trial;
use crate::scenario::Scenario;
use crate::stats::Verdict;

/// What was found, with charts if they are wanted.
pub fn study(scenario: &Scenario, found: &Found, charts: bool) -> Study {
    let from = Source { scenario, found };
    let figures = if charts { charts::figures(from) } else { Vec::new() };
    Study {
        manifest: from.manifest(),
        title: scenario.facts.title.clone(),
        start: scenario.facts.calendar.start,
        heading: "What a pilot is worth",
        said: said::said(from),
        tables: from.tables(),
        figures,
        answers: Vec::new(),
    }
    .sealed()
}

/// What everything here is about.
#[derive(Clone, Copy, Debug)]
struct Source<'a> {
    scenario: &'a Scenario,
    found: &'a Found,
}

impl Source<'_> {
    fn strategy(&self) -> &str {
        &self.scenario.plans[self.found.question.strategy].name
    }

    /// `100 random, 35 d`
    fn name(&self, place: usize) -> String {
        let variant = &self.found.question.variants[place];
        match variant.trial {
            Trial::Without => "no pilot".into(),
            Trial::With {
                composition, days, ..
            } => {
                let people = number::whole(variant.people as f64);
                format!("{people} {}, {days} d", composition.word().replace('-', " "))
            }
        }
    }

    /// From how many to how many of what a step goes, without the unit.
    fn ends(&self, step: &Step) -> [f64; 2] {
        let variant = |place: usize| &self.found.question.variants[place];
        [step.from, step.to].map(|place| match (step.along, variant(place).trial) {
            (Along::Size, _) | (_, Trial::Without) => variant(place).people as f64,
            (Along::Length, Trial::With { days, .. }) => f64::from(days),
        })
    }

    /// `Chosen at random for 35 days, from 50 to 100 users`
    fn step(&self, step: &Step) -> String {
        let [from, to] = self.ends(step).map(number::whole);
        let variant = &self.found.question.variants[step.from];
        let Trial::With {
            composition, days, ..
        } = variant.trial
        else {
            return String::new();
        };
        let chosen = composition.word().replace('-', " ");
        match step.along {
            Along::Size => format!("{chosen}, {days} d: from {from} to {to} users"),
            Along::Length => {
                let people = number::whole(variant.people as f64);
                format!("{people} {chosen}: from {from} to {to} days")
            }
        }
    }

    /// What a step decides, in words.
    fn decision(&self, step: &Step) -> String {
        let next = match step.along {
            Along::Size => "user",
            Along::Length => "day",
        };
        let Some(verdict) = step.decision() else {
            return self.why_not(step);
        };
        match verdict {
            Verdict::Better => format!("the next {next} surely pays"),
            Verdict::Worse => format!("the next {next} surely does not pay"),
            Verdict::Tied => format!("the next {next} changes nothing"),
            Verdict::Undecided {
                further: Some(further),
            } => format!(
                "undecided: about {} further worlds needed",
                number::three_digits(further as f64)
            ),
            Verdict::Undecided { further: None } => "undecided, and more worlds would not help".into(),
        }
    }
}

impl Source<'_> {
    /// Why a step decides nothing: the course of an end of it is not over by the horizon, or it only puts off the moves.
    fn why_not(&self, step: &Step) -> String {
        if step.comparable {
            return "not comparable: without any defect, too, it costs less, only because people move later"
                .into();
        }
        let ends = |place: usize| {
            let ended = self.found.answers[place].ended;
            (!ended.is_enough()).then(|| {
                let worlds = number::worlds(ended.count, ended.of);
                format!("{worlds} with {}", self.name(place))
            })
        };
        let ends: Vec<String> = [step.from, step.to].into_iter().filter_map(ends).collect();
        format!(
            "not comparable: the course ends in {}, and who has not moved by the horizon is spared",
            ends.join(" and ")
        )
    }
}

/// The word of a decision in files.
fn word(decision: Option<Verdict>) -> &'static str {
    match decision {
        Some(Verdict::Better) => "pays",
        Some(Verdict::Worse) => "does-not-pay",
        Some(Verdict::Tied) => "no-difference",
        Some(Verdict::Undecided { .. }) => "undecided",
        None => "not-comparable",
    }
}

fn signed(interval: &Interval) -> String {
    number::signed(interval.mean, interval.half_width())
}
