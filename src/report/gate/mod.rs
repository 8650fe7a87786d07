//! The operating characteristic of gates: table, files and charts.

mod charts;
mod said;
mod tables;

use super::document::{Answer, Block, Topic};
use super::number;
use super::study::Study;
use super::words::fails;
use crate::analysis::gate::{Found, Reading, Scope, Share};
use crate::scenario::Scenario;

/// What was found, with charts if they are wanted.
pub fn study(scenario: &Scenario, found: &Found, charts: bool) -> Study {
    let from = Source { scenario, found };
    let figures = if charts { charts::figures(from) } else { Vec::new() };
    Study {
        manifest: from.manifest(),
        title: scenario.facts.title.clone(),
        start: scenario.facts.calendar.start,
        heading: "How good the gates are",
        said: said::said(from),
        tables: from.tables(),
        figures,
        answers: vec![from.answer()],
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

    /// `as planned`, `x 2`
    fn threshold(&self, place: usize) -> String {
        match self.found.question.around[place] {
            1.0 => "as planned".into(),
            factor => format!("x {}", number::exact(factor)),
        }
    }

    /// `open_severity_1 > 0, tickets_per_100 > 40`
    fn criteria(&self, place: usize) -> String {
        let words = self.found.criteria[place].iter().map(|criterion| {
            format!(
                "{} > {}",
                criterion.observed.word(),
                number::exact(criterion.fail)
            )
        });
        words.collect::<Vec<_>>().join(", ")
    }

    /// `fails with more than 0 open defects of severity 1, or more than 40 tickets per 100 moved users and week`
    fn fails(&self, place: usize) -> String {
        let criteria = self.found.criteria[place].iter().map(fails);
        format!("fails with {}", criteria.collect::<Vec<_>>().join(", or "))
    }

    /// How good the gates are, in a sentence for each scope.
    fn answer(&self) -> Answer {
        let sentences = self.scopes().into_iter().map(|scope| match scope {
            Scope::First => format!("The gate in front of production: {}", self.sentence(scope)),
            Scope::Any => format!("Any gate: {}", self.sentence(scope)),
        });
        Answer {
            topic: Topic::Gates,
            strategy: Some(self.strategy().into()),
            said: vec![Block::Items(sentences.collect())],
        }
    }

    /// The gate in front of production if there is one, and all of them if there are more.
    fn scopes(&self) -> Vec<Scope> {
        let plan = &self.scenario.plans[self.found.question.strategy];
        let is_first = |before: u32| plan.waves[before as usize - 1].is_pilot;
        match (
            plan.gates.iter().any(|gate| is_first(gate.before)),
            plan.gates.len(),
        ) {
            (true, 1) => vec![Scope::First],
            (true, _) => vec![Scope::First, Scope::Any],
            (false, _) => vec![Scope::Any],
        }
    }

    /// "As planned, at defect level x 1, it stopped 0 of 23 bad releases for good, and held 77 of 100 good ones, 12 of them for good;
    /// the waves of the others started 12 days later on average." Empty if the gates were not tried as planned.
    fn sentence(&self, scope: Scope) -> String {
        let point = |reading| self.found.as_planned(scope, reading);
        let (Some(stopped), Some(held)) = (point(Reading::Stopped), point(Reading::Held)) else {
            return String::new();
        };
        let level = number::exact(self.found.question.levels[held.level]);
        let bad = stopped.goes_on_if_bad;
        let bad = match bad.of {
            0 => "there was no bad release to stop".into(),
            of => format!(
                "it stopped {} of {} bad releases for good",
                number::whole((of - bad.count) as f64),
                number::whole(of as f64)
            ),
        };
        let good = held.stops_if_good;
        let for_good = match stopped.stops_if_good.count {
            0 => String::new(),
            count => format!(", {} of them for good", number::whole(count as f64)),
        };
        let days = held.days_if_good.map_or(String::new(), |days| {
            let days = number::three_digits(days);
            let unit = if days == "1" { "day" } else { "days" };
            let gates = self.scenario.plans[self.found.question.strategy].gates.len();
            let with = if scope == Scope::First && gates > 1 {
                ", with all gates,"
            } else {
                ""
            };
            let whose = if for_good.is_empty() {
                ", whose waves"
            } else {
                "; the waves of the others"
            };
            format!("{whose}{with} started {days} {unit} later on average")
        });
        let good = match good.of {
            0 => "there was no good one to hold".into(),
            of => format!(
                "held {} of {} good ones{for_good}{days}",
                number::whole(good.count as f64),
                number::whole(of as f64)
            ),
        };
        format!("As planned, at defect level x {level}, {bad}, and {good}.")
    }

    fn reading(&self) -> &'static str {
        match self.found.reading() {
            Reading::Held => {
                "is held up by the criteria of the gate on a day on which the wave is due, for however long"
            }
            Reading::Stopped => {
                "is stopped for good by the gate: a rollback, an end, or a hold until the horizon"
            }
        }
    }
}

fn scope_word(scope: Scope) -> &'static str {
    match scope {
        Scope::First => "first",
        Scope::Any => "any",
    }
}

fn reading_word(reading: Reading) -> &'static str {
    match reading {
        Reading::Held => "held",
        Reading::Stopped => "stopped",
    }
}

/// `12 % (8-17)`, of few worlds `2 of 17 (1-36)`, or `-` without worlds.
fn share(share: &Share) -> String {
    match share.value() {
        None => "-".into(),
        Some(_) => {
            let ends = [share.interval.low, share.interval.high].map(|end| number::whole(100.0 * end));
            format!(
                "{} ({}-{})",
                number::share(share.count, share.of),
                ends[0],
                ends[1]
            )
        }
    }
}
