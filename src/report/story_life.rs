//! The part of a story that tells who knew what when and what was decided: gates, triggers, defects, the help desk.

use super::story::{Kind, Weight};
use super::{number, words};
use crate::kernel::{Span, Time};
use crate::outcome::log::Label;
use crate::outcome::{Action, Cause, Entry, Metric, Outcome, Subject};
use crate::plan::Plan;
use crate::plan::gate::{Choice, Criterion, Observed, Verdict};
use crate::world::Facts;

/// What has been observed since the last decision.
#[derive(Debug, Default)]
pub(super) struct Life {
    /// The last evaluation of each criterion, with its gate or trigger.
    last: Vec<Seen>,
}

/// A criterion was evaluated.
#[derive(Clone, Copy, Debug)]
struct Seen {
    at: Time,
    subject: Subject,
    observed: Observed,
    verdict: Verdict,
    value: f64,
}

/// A sentence of the story.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) text: String,
    pub(super) kind: Kind,
    pub(super) weight: Weight,
    /// What was looked at, if it turns the story.
    pub(super) asked: Option<Asked>,
}

impl Told {
    fn turn(text: String) -> Told {
        Told {
            text,
            kind: Kind::Turn,
            weight: Weight::Turn,
            asked: None,
        }
    }
}

/// What a gate or a trigger that did not pass had looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Asked {
    /// The days that it looked at.
    pub(super) from: Time,
    pub(super) to: Time,
    /// Did it ask for open defects of severity 1, and did they speak against going on?
    pub(super) defects: bool,
    /// Likewise for what outages cause.
    pub(super) outages: bool,
}

impl Life {
    /// What there is to say about an entry.
    pub(super) fn hear(&mut self, entry: &Entry, plan: &Plan, facts: &Facts) -> Option<Told> {
        match entry.action {
            Action::Evaluated => {
                self.note(entry);
                None
            }
            Action::WaveHeld if entry.cause == Cause::Gate => {
                let wave = super::log_csv::subject(entry.subject, facts, plan);
                let gate = Subject::Gate(gate_before(plan, entry.subject)?);
                let why = self.why(plan, gate, entry.at, facts);
                let why = if why.is_empty() {
                    String::new()
                } else {
                    format!(": {why}")
                };
                Some(Told {
                    asked: self.asked(plan, gate),
                    ..Told::turn(format!("{wave} is due, but its gate holds it{why}."))
                })
            }
            Action::Decided => Some(self.decision(entry, plan, facts)),
            Action::RolledBack => Some(Told::turn(
                "The rollback is complete: everybody concerned is back and has the old client.".into(),
            )),
            Action::Resumed => {
                let wave = super::log_csv::subject(entry.subject, facts, plan);
                Some(Told::turn(format!("A further attempt begins with {wave}.")))
            }
            Action::DefectFound if entry.detail[0] <= 2 => Some(Told {
                text: format!(
                    "A defect of severity {} is found, after {} user-days of work with it; its fix is due {}.",
                    entry.detail[0],
                    number::whole(entry.detail[1] as f64 / 1e6),
                    super::dates::instant(&facts.calendar, Time(entry.detail[2]))
                ),
                kind: Kind::Defect,
                weight: if entry.detail[0] == 1 {
                    Weight::Matters
                } else {
                    Weight::Spare
                },
                asked: None,
            }),
            _ => None,
        }
    }

    fn note(&mut self, entry: &Entry) {
        let (Label::Observed(observed), Label::Verdict(verdict)) = (entry.from, entry.to) else {
            return;
        };
        self.last
            .retain(|row| !(row.subject == entry.subject && (row.at < entry.at || row.observed == observed)));
        self.last.push(Seen {
            at: entry.at,
            subject: entry.subject,
            observed,
            verdict,
            value: entry.detail[0] as f64 / 1e6,
        });
    }

    fn decision(&self, entry: &Entry, plan: &Plan, facts: &Facts) -> Told {
        let asker = super::log_csv::subject(entry.subject, facts, plan);
        let the = if matches!(entry.subject, Subject::Gate(_)) {
            "the "
        } else {
            ""
        };
        let what = match entry.to {
            Label::Choice(Choice::GoOn) => "go on",
            Label::Choice(Choice::Stop) => "stop here",
            _ => "roll back",
        };
        let why = self.why(plan, entry.subject, entry.at, facts);
        let goes_on = entry.to == Label::Choice(Choice::GoOn);
        let because = match why.is_empty() {
            true => String::new(),
            false if goes_on => format!(", although {why}"),
            false => format!(", because {why}"),
        };
        let text = format!("Decided at {the}{asker}: {what}{because}.");
        let has_failed = |row: &Seen| row.subject == entry.subject && row.verdict == Verdict::Fail;
        let (kind, weight) = match goes_on {
            true if why.is_empty() => (Kind::Passed, Weight::Spare),
            true if !self.last.iter().any(has_failed) => (Kind::Passed, Weight::Matters),
            _ => (Kind::Turn, Weight::Turn),
        };
        Told {
            text,
            kind,
            weight,
            asked: self.asked(plan, entry.subject).filter(|_| weight == Weight::Turn),
        }
    }

    /// What spoke against going on when it was last looked at.
    fn against(&self, subject: Subject) -> impl Iterator<Item = &Seen> {
        let against = move |row: &&Seen| row.subject == subject && row.verdict != Verdict::Pass;
        self.last.iter().filter(against)
    }

    /// The days that were looked at, and for what.
    fn asked(&self, plan: &Plan, subject: Subject) -> Option<Asked> {
        let window = match subject {
            Subject::Gate(gate) => plan.gate(gate).1.window,
            Subject::Trigger(trigger) => plan.triggers[usize::from(trigger)].window,
            _ => return None,
        };
        let to = self.against(subject).map(|row| row.at).max()?;
        let failed = || self.against(subject).filter(|row| row.verdict == Verdict::Fail);
        let is_defects = |row: &Seen| row.observed == Observed::OpenSeverity1;
        Some(Asked {
            from: to - Span(i64::from(window.max(1)) * Span::DAY.0),
            to,
            defects: failed().any(is_defects),
            outages: failed().any(|row| !is_defects(row)),
        })
    }

    /// The criteria that did not pass when they were last looked at, and when that was if it was not today.
    fn why(&self, plan: &Plan, subject: Subject, now: Time, facts: &Facts) -> String {
        let criteria: &[Criterion] = match subject {
            Subject::Gate(gate) => &plan.gate(gate).1.criteria,
            Subject::Trigger(trigger) => &plan.triggers[usize::from(trigger)].criteria,
            _ => return String::new(),
        };
        let reasons: Vec<String> = self
            .against(subject)
            .filter_map(|row| {
                let mut criteria = criteria.iter();
                let criterion = criteria.find(|criterion| criterion.observed == row.observed)?;
                Some(reason(criterion, row.verdict, row.value))
            })
            .collect();
        let seen = match self.against(subject).map(|row| row.at).max() {
            Some(at) if at.day() < now.day() => {
                let date = super::dates::long(facts.calendar.date(at.day()));
                format!(", as seen on {date}")
            }
            _ => String::new(),
        };
        format!("{}{seen}", reasons.join(", and "))
    }
}

fn gate_before(plan: &Plan, wave: Subject) -> Option<u16> {
    let Subject::Wave(wave) = wave else { return None };
    plan.gate_before(wave as usize).map(|(number, _, _)| number)
}

/// `21.1 % of the tries to move failed (limit 15 %)`
fn reason(criterion: &Criterion, verdict: Verdict, value: f64) -> String {
    let limit = match verdict {
        Verdict::Fail => criterion.fail,
        _ => criterion.pass,
    };
    let observed = criterion.observed;
    if value <= limit {
        return format!(
            "there were too few {} to judge {}",
            observed.sample(),
            words::observed(observed)
        );
    }
    let limit = words::observed_value(observed, limit);
    let seen = words::observed_value(observed, value);
    let what = match observed {
        Observed::OpenSeverity1 if value == 1.0 => "1 defect of severity 1 was open".into(),
        Observed::OpenSeverity1 => format!("{seen} defects of severity 1 were open"),
        Observed::Tickets => format!("{seen} tickets came per 100 moved users and week"),
        Observed::ReportedBroken => {
            format!("reported broken meetings, of moved people less others, were {seen}")
        }
        Observed::FailedMoves => format!("{seen} of the tries to move failed"),
        Observed::Stranded => format!("{seen} of 100 moved users could not sign in"),
    };
    format!("{what} (limit {limit})")
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
