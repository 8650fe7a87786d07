//! What drives the result: tables, files and charts of a sensitivity analysis.

mod charts;
mod said;
mod tables;

use super::document::{Answer, Block, Topic};
use super::number;
use super::study::Study;
use crate::analysis::ranks::Ranks;
use crate::analysis::sensitivity::{
    Against, Answer as Answered, Assumption, Flip, Sensitivity, Turn, Verdict,
};
use crate::experiment::Interval;
use crate::outcome::Metric;
use crate::outcome::metric::Better;
use crate::scenario::Scenario;

/// What was found, with charts if they are wanted.
pub fn study(scenario: &Scenario, found: &Sensitivity, charts: bool) -> Study {
    let from = Source { scenario, found };
    let figures = if charts { charts::figures(from) } else { Vec::new() };
    Study {
        manifest: from.manifest(),
        title: scenario.facts.title.clone(),
        start: scenario.facts.calendar.start,
        heading: "What drives the result",
        said: said::said(from),
        tables: from.tables(),
        figures,
        answers: from.answers(),
    }
    .sealed()
}

/// What everything here is about.
#[derive(Clone, Copy, Debug)]
struct Source<'a> {
    scenario: &'a Scenario,
    found: &'a Sensitivity,
}

impl Source<'_> {
    fn strategy(&self, answer: &Answered) -> &str {
        &self.scenario.plans[answer.strategy].name
    }

    fn base(&self) -> &str {
        &self.scenario.plans[self.scenario.base].name
    }

    fn key(&self, quantity: usize) -> String {
        self.found.quantities[quantity].key(&self.scenario.facts)
    }

    fn flips(&self, answer: &Answered) -> Vec<Flip> {
        self.found.flips(&self.scenario.facts, answer)
    }

    /// What turns the verdict about each strategy in the first metric.
    fn answers(&self) -> Vec<Answer> {
        let Some(first) = self.found.answers.first() else {
            return Vec::new();
        };
        let about = self
            .found
            .answers
            .iter()
            .filter(|answer| answer.metric == first.metric);
        let said = |answer: &Answered| Answer {
            topic: Topic::TurnsVerdict,
            strategy: Some(self.strategy(answer).into()),
            said: vec![Block::Items(vec![self.turning(answer)])],
        };
        about.map(said).collect()
    }

    /// Which assumptions turn the verdict, in a sentence: `pilot against stay in cost: 2 of the 14 assumptions tried turn it: ...`.
    fn turning(&self, answer: &Answered) -> String {
        let flips = self.flips(answer);
        let pair = format!(
            "{} against {} in {}",
            self.strategy(answer),
            self.base(),
            super::words::noun(answer.metric)
        );
        let tried = self.tried();
        match &flips[..] {
            [] => format!("{pair}: none of the {tried} assumptions tried turns it."),
            some => {
                let told =
                    |flip: &Flip| format!("{} {} it", self.assumption(flip.assumption), turn(flip.turn));
                let told: Vec<String> = some.iter().take(2).map(told).collect();
                let more = some.len().saturating_sub(told.len());
                let more = if more > 0 {
                    format!(", and {more} more")
                } else {
                    String::new()
                };
                format!(
                    "{pair}: of the {tried} assumptions tried, {}{more}.",
                    told.join("; ")
                )
            }
        }
    }

    /// How many assumptions were tried on each answer.
    fn tried(&self) -> usize {
        let risks = self.found.risks.len();
        risks + usize::from(risks > 1) + 2 * self.found.quantities.len()
    }

    fn assumption(&self, assumption: Assumption) -> String {
        match assumption {
            Assumption::Without(risk) => format!("without {}", words(risk.name())),
            Assumption::WithoutAny => "without any of these risks".into(),
            Assumption::At(quantity, value) => {
                format!(
                    "{} = {}",
                    quantity.key(&self.scenario.facts),
                    number::exact(value)
                )
            }
        }
    }
}

/// A name as words: `late-installs` is "late installs".
fn words(name: &str) -> String {
    name.replace(['-', '_'], " ")
}

fn verdict(verdict: Verdict, metric: Metric) -> &'static str {
    match (verdict, metric.definition().better) {
        (Verdict::Unclear, _) => "no clear difference",
        (Verdict::Lower, Better::Lower) | (Verdict::Higher, Better::Higher) => "better",
        (Verdict::Lower, Better::Higher) | (Verdict::Higher, Better::Lower) => "worse",
        (Verdict::Lower, Better::Neither) => "lower",
        (Verdict::Higher, Better::Neither) => "higher",
    }
}

fn turn(turn: Turn) -> &'static str {
    match turn {
        Turn::Reverses => "reverses",
        Turn::Undoes => "undoes",
        Turn::Decides => "decides",
    }
}

fn signed(interval: &Interval) -> String {
    number::signed(interval.mean, interval.half_width())
}

fn against(against: &Against, metric: Metric) -> String {
    format!(
        "{}, {}",
        signed(&against.difference),
        verdict(against.verdict, metric)
    )
}

/// `1`, or `2 to 4` where the intervals overlap.
fn rank((from, to): Ranks) -> String {
    if from == to {
        from.to_string()
    } else {
        format!("{from} to {to}")
    }
}
