//! The event log of one replication as CSV, with names.

use super::csv_file::Table;
use super::records::Cell;
use crate::kernel::{Observer, Time};
use crate::outcome::log::Label;
use crate::outcome::{Action, Entry, Subject};
use crate::plan::Plan;
use crate::plan::gate::{Choice, Verdict};
use crate::world::{Facts, Place, Side};
use std::io::Write;

/// Writes every entry of an event log as a line.
pub struct LogWriter<'a, W: Write> {
    facts: &'a Facts,
    plan: &'a Plan,
    file: csv::Result<Table<'static, W>>,
    entries: u64,
}

impl<'a, W: Write> LogWriter<'a, W> {
    /// Starts a log with its header.
    pub fn new(facts: &'a Facts, plan: &'a Plan, to: W) -> Self {
        Self::with_twin(facts, plan, to, None)
    }

    /// Starts a log with its header, and its twin for Excel if there is one.
    pub fn with_twin(facts: &'a Facts, plan: &'a Plan, to: W, excel: Option<W>) -> Self {
        let header = [
            "seq",
            "time_ms",
            "date_time",
            "event",
            "subject",
            "from",
            "to",
            "cause",
            "detail",
        ];
        LogWriter {
            facts,
            plan,
            file: Table::new(&header, to, excel),
            entries: 0,
        }
    }

    /// Finishes the log; returns the number of entries.
    ///
    /// # Errors
    /// The first thing that went wrong while writing.
    pub fn finish(self) -> csv::Result<u64> {
        self.file?.finish()?;
        Ok(self.entries)
    }

    fn cells(&self, entry: &Entry) -> [Cell; 9] {
        [
            Cell::Count(self.entries),
            Cell::Whole(entry.at.0),
            self.facts.calendar.date_time(entry.at).into(),
            event(entry.action).into(),
            subject(entry.subject, self.facts, self.plan).into(),
            label(entry.from, self.facts).into(),
            label(entry.to, self.facts).into(),
            entry.cause.word().into(),
            detail(entry).into(),
        ]
    }
}

impl<W: Write> Observer<Entry> for LogWriter<'_, W> {
    const LISTENS: bool = true;

    fn record(&mut self, entry: Entry) {
        let cells = self.cells(&entry);
        if let Ok(file) = &mut self.file {
            match file.row(&cells) {
                Ok(()) => self.entries += 1,
                Err(error) => self.file = Err(error),
            }
        }
    }
}

/// Word for an action.
pub fn event(action: Action) -> &'static str {
    match action {
        Action::WaveStarted => "wave_started",
        Action::MoveFailed => "move_failed",
        Action::Moved => "moved",
        Action::Interrupted => "interrupted",
        Action::Served => "served",
        Action::InstallOrdered => "install_ordered",
        Action::InstallFailed => "install_failed",
        Action::DeadlinePassed => "deadline_passed",
        Action::Installed => "installed",
        Action::TechnicianStarted => "technician_started",
        Action::ServerDown => "server_down",
        Action::ServerUp => "server_up",
        Action::PoolDown => "pool_down",
        Action::PoolUp => "pool_up",
        Action::SeriesCreated => "series_created",
        Action::SeriesStale => "series_stale",
        Action::SeriesRestored => "series_restored",
        Action::SeriesConverted => "series_converted",
        Action::RepairPlanned => "repair_planned",
        Action::SeriesRepaired => "series_repaired",
        Action::Judged => "judged",
        Action::Dropped => "dropped",
        Action::RollbackOrdered => "rollback_ordered",
        Action::DowngradesCleared => "downgrades_cleared",
        Action::Retired => "retired",
        Action::MoveException => "move_exception",
        Action::ContactsLost => "contacts_lost",
        Action::Drawn => "drawn",
        Action::DayEnded => "day_ended",
        Action::Discarded => "discarded",
        Action::WaveHeld => "wave_held",
        Action::WaveSkipped => "wave_skipped",
        Action::LotDrawn => "lot_drawn",
        Action::Evaluated => "evaluated",
        Action::Decided => "decided",
        Action::RolledBack => "rolled_back",
        Action::Resumed => "resumed",
        Action::Exposed => "exposed",
        Action::DefectFound => "defect_found",
        Action::DefectFixed => "defect_fixed",
        Action::TicketOpened => "ticket_opened",
        Action::TicketTaken => "ticket_taken",
        Action::TicketClosed => "ticket_closed",
        Action::TicketGivenUp => "ticket_given_up",
        Action::ShiftChanged => "shift_changed",
        Action::DefectHits => "defect_hits",
        Action::Reported => "reported",
        Action::Joined => "joined",
        Action::Left => "left",
        Action::SeriesCancelled => "series_cancelled",
        Action::TaskStarted => "task_started",
        Action::TaskCompleted => "task_completed",
        Action::TaskWaits => "task_waits",
        Action::TaskCancelled => "task_cancelled",
        Action::TaskUndoStarted => "task_undo_started",
        Action::TaskUndone => "task_undone",
        Action::DialInDown => "dial_in_down",
        Action::DialInUp => "dial_in_up",
        Action::FederationDown => "federation_down",
        Action::FederationUp => "federation_up",
        Action::VoicemailLost => "voicemail_lost",
        Action::NoReturn => "no_return",
        Action::FixedForward => "fixed_forward",
        Action::TestRun => "test_run",
        Action::FaultFound => "fault_found",
        Action::FaultFixed => "fault_fixed",
        Action::FaultStruck => "fault_struck",
        Action::GatePassed => "gate_passed",
        Action::ApplicationMoved => "application_moved",
        Action::ApplicationReturned => "application_returned",
        Action::ApplicationLost => "application_lost",
        Action::TaskInVain => "task_in_vain",
        Action::BackEndDown => "back_end_down",
        Action::BackEndUp => "back_end_up",
        Action::SiteDown => "site_down",
        Action::SiteUp => "site_up",
        Action::EdgeDown => "edge_down",
        Action::EdgeUp => "edge_up",
        Action::EdgeInUse => "edge_in_use",
        Action::FailoverOrdered => "failover_ordered",
        Action::FailedOver => "failed_over",
        Action::FailbackStarted => "failback_started",
        Action::FailedBack => "failed_back",
    }
}

/// Words for the sources of tickets, by their codes.
const TICKET_SOURCES: [&str; 6] = ["move", "client", "meeting", "stranded", "defect", "background"];

/// Name of a subject: `source:user` for a ticket, without a user if nobody in particular opened it, `organiser#number` for a series, with `/k` for its occurrence k, `user:0` for a machine.
pub fn subject(subject: Subject, facts: &Facts, plan: &Plan) -> String {
    let user = |user: u32| facts.users[user as usize].name.as_str();
    let pool = |pool: u16| facts.pools[usize::from(pool)].name.as_str();
    match subject {
        Subject::User(id) => user(id).into(),
        Subject::Machine(id, number) => format!("{}:{number}", user(id)),
        Subject::Pool(id) => pool(id).into(),
        Subject::Server(id, server) => format!("{}:{server}", pool(id)),
        Subject::Series(id) => format!("{}#{}", user(id.organiser), id.number),
        Subject::Occurrence(id, number) => format!("{}#{}/{number}", user(id.organiser), id.number),
        Subject::Wave(wave) => plan.wave_name(wave as usize),
        Subject::Plan => plan.name.clone(),
        Subject::Day(day) => format!("day {day}"),
        Subject::Gate(gate) => {
            format!("gate before {}", plan.wave_name(plan.gate(gate).0))
        }
        Subject::Trigger(trigger) => format!("trigger {}", trigger + 1),
        Subject::Defect(defect) => format!("defect {defect}"),
        Subject::Ticket(source, caller) => {
            let caller = facts
                .users
                .get(caller as usize)
                .map_or("", |user| user.name.as_str());
            format!("{}:{caller}", TICKET_SOURCES[usize::from(source)])
        }
        Subject::Task(job) => plan.tasks.as_ref().map_or_else(String::new, |tasks| {
            crate::plan::tasks::name(facts, &tasks.jobs[job as usize])
        }),
        Subject::Application(number) => facts.applications[usize::from(number)].name.clone(),
        Subject::Fault(model, number) => {
            let model = &facts.faults[usize::from(model)];
            let place = match model.place {
                Place::Pool(pool) => &facts.pools[usize::from(pool)].name,
                Place::Site(site) => &facts.calendar.sites[usize::from(site)].name,
            };
            format!("{}@{place}:{number}", model.kind.word())
        }
        Subject::Site(site) => facts.calendar.sites[usize::from(site)].name.clone(),
        Subject::Edge(side) => Side::ALL[usize::from(side)].word().into(),
    }
}

/// Name of one side of a change.
pub fn label(label: Label, facts: &Facts) -> String {
    match label {
        Label::Blank => String::new(),
        Label::Pool(pool) => facts.pools[usize::from(pool)].name.clone(),
        Label::Client(client) => facts.profile.clients[usize::from(client)].name.clone(),
        Label::Format(format) => facts.profile.formats[usize::from(format)].name.clone(),
        Label::Unscheduled => "unscheduled".into(),
        Label::Ok => "ok".into(),
        Label::Impaired => "impaired".into(),
        Label::Broken => "broken".into(),
        Label::Observed(observed) => observed.word().into(),
        Label::Verdict(Verdict::Pass) => "pass".into(),
        Label::Verdict(Verdict::Marginal) => "marginal".into(),
        Label::Verdict(Verdict::Fail) => "fail".into(),
        Label::Choice(Choice::GoOn) => "go_on".into(),
        Label::Choice(Choice::RollBack) => "roll_back".into(),
        Label::Choice(Choice::Stop) => "stop".into(),
    }
}

/// What the numbers of an action mean.
fn keys(action: Action) -> &'static [&'static str] {
    match action {
        Action::WaveStarted => &["users", "joined", "late_ms"],
        Action::LotDrawn => &["lot", "seed"],
        Action::MoveFailed | Action::Moved => &["try"],
        Action::Interrupted | Action::TechnicianStarted => &["length_ms"],
        Action::InstallOrdered => &["ready_ms"],
        Action::RepairPlanned => &["due_ms", "times_stale"],
        Action::Discarded => &["series"],
        Action::Judged => &["expected", "blocked", "reduced", "lost_ms"],
        Action::Dropped => &["affected", "lost_ms"],
        Action::RollbackOrdered => &["users", "machines"],
        Action::MoveException | Action::FailoverOrdered | Action::FailbackStarted => &["done_ms"],
        Action::Evaluated => &["value_millionths", "sample"],
        Action::Exposed => &["user_days_millionths", "so_far_millionths"],
        Action::DefectFound => &["severity", "user_days_millionths", "fix_ms"],
        Action::TicketOpened => &["a", "b", "priority"],
        Action::TicketTaken => &["a", "b", "waited_ms", "work_ms"],
        Action::TicketClosed | Action::TicketGivenUp => &["a", "b", "open_ms"],
        Action::ShiftChanged => &["agents"],
        Action::DefectHits => &["defect", "value_millionths"],
        Action::TaskStarted | Action::TaskUndoStarted => &["end_ms"],
        Action::VoicemailLost => &["users"],
        Action::TestRun => &["run", "found", "open"],
        Action::FaultFound => &["fixed_ms"],
        Action::GatePassed => &["held_ms"],
        Action::Drawn => &["purpose", "index", "value_millionths"],
        _ => &[],
    }
}

/// The numbers of an entry as `key=value;key=value`.
pub fn detail(entry: &Entry) -> String {
    let pairs = keys(entry.action).iter().zip(entry.detail);
    let texts: Vec<String> = pairs
        .map(|(&key, value)| match key {
            // Indices of draws use all 64 bits.
            "index" => format!("{key}={}", value as u64),
            "ready_ms" if value == Time::NEVER.0 => format!("{key}=never"),
            _ => format!("{key}={value}"),
        })
        .collect();
    texts.join(";")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Cause;

    #[test]
    fn numbers_have_keys() {
        let blank = Label::Blank;
        let entry = Entry::new(
            Time(5),
            Action::Judged,
            Subject::Plan,
            blank,
            Label::Broken,
            Cause::PoolOutage,
        );
        assert_eq!(
            detail(&entry.with([6, 5, 1, 900])),
            "expected=6;blocked=5;reduced=1;lost_ms=900"
        );
        let entry = Entry::new(Time(5), Action::Drawn, Subject::Plan, blank, blank, Cause::Chance);
        assert_eq!(
            detail(&entry.with([20, -1, 7, 0])),
            format!("purpose=20;index={};value_millionths=7", u64::MAX)
        );
    }
}
