//! Which plan is best: tables, files and chart of a search.

mod chart;
mod said;
mod tables;

use crate::analysis::optimize::{Candidate, Fate, Found, Standing};
use crate::outcome::Metric;
use crate::outcome::goal::Limit;
use crate::outcome::metric::Better;
use crate::report::study::Study;
use crate::report::words::measured;
use crate::scenario::Scenario;

/// What was found, with charts if they are wanted.
pub fn study(scenario: &Scenario, found: &Found, charts: bool) -> Study {
    let from = Source { scenario, found };
    let figures = if charts {
        vec![("front".to_string(), chart::front(from))]
    } else {
        Vec::new()
    };
    Study {
        manifest: from.manifest(),
        title: scenario.facts.title.clone(),
        start: scenario.facts.calendar.start,
        heading: "Which plan is best",
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

    /// `c3`, or `as written`.
    fn name(&self, candidate: usize) -> String {
        match candidate {
            0 => "as written".into(),
            number => format!("c{number}"),
        }
    }

    /// The options that reproduce a candidate, those of the command included.
    fn options(&self, candidate: &Candidate) -> String {
        let own = (candidate.values.iter()).map(|value| format!("strategies.{}.{value}", self.strategy()));
        let all = self.scenario.overrides.iter().cloned().chain(own);
        let quoted = all.map(|text| format!("--set {}", crate::shell::setting(&text)));
        quoted.collect::<Vec<String>>().join(" ")
    }

    /// Why it was dropped, a limit as its text says; empty if it was not.
    fn reason(&self, candidate: &Candidate, limit_in_words: impl Fn(&Limit) -> String) -> String {
        match &candidate.fate {
            Fate::Impossible(reason) => reason.clone(),
            Fate::Same(0) => "this is the plan as written".into(),
            Fate::Same(other) => format!("the same plan as {}", self.name(*other)),
            Fate::BreaksLimit { limit, held, .. } => {
                let limit = limit_in_words(&self.scenario.goals.limits[*limit]);
                format!("{limit}: held in {held} of {} worlds", candidate.worlds)
            }
            Fate::Beaten { by, .. } => format!("beaten by {}", self.name(*by)),
            Fate::Spare | Fate::Finalist => String::new(),
        }
    }
}

/// Short word for a fate.
fn fate(fate: &Fate) -> &'static str {
    match fate {
        Fate::Impossible(_) => "impossible",
        Fate::Same(_) => "same",
        Fate::BreaksLimit { .. } => "breaks-limit",
        Fate::Beaten { .. } => "beaten",
        Fate::Spare => "spare",
        Fate::Finalist => "finalist",
    }
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Surely => "surely",
        Standing::Apparently => "apparently",
        Standing::Behind { surely: true, .. } => "surely behind",
        Standing::Behind { surely: false, .. } => "apparently behind",
        Standing::BreaksLimit { surely: true } => "surely breaks a limit",
        Standing::BreaksLimit { surely: false } => "apparently breaks a limit",
        Standing::Reference => "dropped in the search",
    }
}

/// A metric with its direction: `lost attendee-hours, less is better`.
fn directed(metric: Metric, scenario: &Scenario) -> String {
    let better = match metric.definition().better {
        Better::Higher => "more is better",
        Better::Lower | Better::Neither => "less is better",
    };
    format!("{}, {better}", measured(metric, scenario))
}
