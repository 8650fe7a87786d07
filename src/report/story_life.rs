//! The part of a story that tells who knew what when and what was decided: gates, triggers, defects, the help desk.

use super::number;
use crate::kernel::Time;
use crate::outcome::log::Label;
use crate::outcome::{Action, Cause, Entry, Metric, Outcome, Subject};
use crate::plan::Plan;
use crate::plan::gate::{Choice, Criterion, Observed, Verdict};
use crate::world::Facts;

/// What has been observed since the last decision.
#[derive(Debug, Default)]
pub(super) struct Life {
    /// The last evaluation of each criterion, with its gate or trigger.
    last: Vec<(Time, Subject, Observed, Verdict, f64)>,
}

/// A sentence of the story, and whether the story can do without it.
pub(super) type Told = Option<(String, bool)>;

impl Life {
    /// What there is to say about an entry.
    pub(super) fn hear(&mut self, entry: &Entry, plan: &Plan, facts: &Facts) -> Told {
        match entry.action {
            Action::Evaluated => {
                self.note(entry);
                None
            }
            Action::WaveHeld if entry.cause == Cause::Gate => {
                let wave = super::log_csv::subject(entry.subject, facts, plan);
                let why = self.why(plan, Subject::Gate(gate_before(plan, entry.subject)?));
                let why = if why.is_empty() {
                    String::new()
                } else {
                    format!(": {why}")
                };
                Some((format!("{wave} is due, but its gate holds it{why}."), false))
            }
            Action::Decided => Some((self.decision(entry, plan, facts), is_routine(entry))),
            Action::RolledBack => Some((
                "The rollback is complete: everybody concerned is back and has the old client.".into(),
                false,
            )),
            Action::Resumed => {
                let wave = super::log_csv::subject(entry.subject, facts, plan);
                Some((format!("A further attempt begins with {wave}."), false))
            }
            Action::DefectFound if entry.detail[0] <= 2 => Some((
                format!(
                    "A defect of severity {} is found, after {} working days of users; its fix is due {}.",
                    entry.detail[0],
                    number::whole(entry.detail[1] as f64),
                    super::dates::instant(&facts.calendar, Time(entry.detail[2]))
                ),
                entry.detail[0] > 1,
            )),
            _ => None,
        }
    }

    fn note(&mut self, entry: &Entry) {
        let (Label::Observed(observed), Label::Verdict(verdict)) = (entry.from, entry.to) else {
            return;
        };
        self.last
            .retain(|row| !(row.1 == entry.subject && (row.0 < entry.at || row.2 == observed)));
        let value = entry.detail[0] as f64 / 1e6;
        self.last
            .push((entry.at, entry.subject, observed, verdict, value));
    }

    fn decision(&self, entry: &Entry, plan: &Plan, facts: &Facts) -> String {
        let asker = super::log_csv::subject(entry.subject, facts, plan);
        let what = match entry.to {
            Label::Choice(Choice::GoOn) => "go on",
            Label::Choice(Choice::Stop) => "stop here",
            _ => "roll back",
        };
        let why = self.why(plan, entry.subject);
        let why = match entry.to {
            _ if why.is_empty() => String::new(),
            Label::Choice(Choice::GoOn) => format!(", although {why}"),
            _ => format!(", because {why}"),
        };
        format!("Decided at the {asker}: {what}{why}.")
    }

    /// The criteria that did not pass when they were last looked at.
    fn why(&self, plan: &Plan, subject: Subject) -> String {
        let criteria: &[Criterion] = match subject {
            Subject::Gate(gate) => &plan.gate(gate).1.criteria,
            Subject::Trigger(trigger) => &plan.triggers[usize::from(trigger)].criteria,
            _ => return String::new(),
        };
        let reasons: Vec<String> = self
            .last
            .iter()
            .filter(|row| row.1 == subject && row.3 != Verdict::Pass)
            .filter_map(|&(_, _, observed, verdict, value)| {
                let criterion = criteria.iter().find(|criterion| criterion.observed == observed)?;
                Some(reason(criterion, verdict, value))
            })
            .collect();
        reasons.join(", and ")
    }
}

fn gate_before(plan: &Plan, wave: Subject) -> Option<u16> {
    let Subject::Wave(wave) = wave else { return None };
    plan.gate_before(wave as usize).map(|(number, _, _)| number)
}

/// Going on is what everybody expected.
fn is_routine(entry: &Entry) -> bool {
    entry.to == Label::Choice(Choice::GoOn)
}

fn reason(criterion: &Criterion, verdict: Verdict, value: f64) -> String {
    let limit = match verdict {
        Verdict::Fail => criterion.fail,
        _ => criterion.pass,
    };
    let percent = |share: f64| format!("{} %", number::three_digits(share * 100.0));
    let (what, value, limit, above) = match criterion.observed {
        Observed::OpenSeverity1 => (
            "open defects of severity 1",
            number::whole(value),
            number::whole(limit),
            value > limit,
        ),
        Observed::Tickets => (
            "tickets per 100 moved users and week",
            number::three_digits(value),
            number::three_digits(limit),
            value > limit,
        ),
        Observed::ReportedBroken => (
            "reported broken meetings (of moved users, less those of the others)",
            percent(value),
            percent(limit),
            value > limit,
        ),
        Observed::FailedMoves => ("failed moves", percent(value), percent(limit), value > limit),
        Observed::Stranded => (
            "stranded users per 100 moved",
            number::three_digits(value),
            number::three_digits(limit),
            value > limit,
        ),
    };
    if above {
        format!("{what} were {value} and the limit is {limit}")
    } else {
        format!("there was too little to judge {what}")
    }
}

/// The closing sentence about tickets and defects, if there were any.
pub(super) fn closing(outcome: &Outcome) -> Option<String> {
    let get = |metric: Metric| outcome.row.get(metric).unwrap_or(0.0);
    let (tickets, found, escaped) = (
        get(Metric::Tickets),
        get(Metric::DefectsInPilot),
        get(Metric::DefectsEscaped),
    );
    if tickets + found + escaped == 0.0 {
        return None;
    }
    Some(format!(
        "{} tickets, {} given up; defects: {} found in the pilot, {} escaped, {} open at the end.",
        number::whole(tickets),
        number::whole(get(Metric::TicketsAbandoned)),
        number::whole(found),
        number::whole(escaped),
        number::whole(get(Metric::DefectsOpen)),
    ))
}
