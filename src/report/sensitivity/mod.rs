//! What drives the result: tables, files and charts of a sensitivity analysis.

mod charts;
mod files;
mod table;

pub use files::write;
pub use table::print;

use super::number;
use crate::analysis::ranks::Ranks;
use crate::analysis::sensitivity::{Against, Answer, Assumption, Flip, Sensitivity, Turn, Verdict};
use crate::experiment::Interval;
use crate::outcome::Metric;
use crate::outcome::metric::Better;
use crate::scenario::Scenario;

/// What everything here is about.
#[derive(Clone, Copy, Debug)]
struct Source<'a> {
    scenario: &'a Scenario,
    found: &'a Sensitivity,
}

impl Source<'_> {
    fn strategy(&self, answer: &Answer) -> &str {
        &self.scenario.plans[answer.strategy].name
    }

    fn base(&self) -> &str {
        &self.scenario.plans[self.scenario.base].name
    }

    fn key(&self, quantity: usize) -> String {
        self.found.quantities[quantity].key(&self.scenario.facts)
    }

    fn flips(&self, answer: &Answer) -> Vec<Flip> {
        self.found.flips(&self.scenario.facts, answer)
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
