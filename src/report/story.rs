//! The readable story of one replication, told in dated sentences.

use super::story_life::Life;
use super::{dates, number};
use crate::kernel::{Observer, Span, Time};
use crate::outcome::log::Label;
use crate::outcome::{Action, Cause, Entry, Metric, Outcome, Subject};
use crate::plan::Plan;
use crate::world::{Facts, SeriesId};

/// Most lines of a story.
const MOST: usize = 60;
/// Pool outages that are told one by one.
const OUTAGES: u32 = 3;

/// Listens to a replication and tells its story.
#[derive(Debug)]
pub struct Storyteller<'a> {
    facts: &'a Facts,
    plan: &'a Plan,
    lines: Vec<Line>,
    moves: Moves,
    back: Back,
    seen: Seen,
    life: Life,
}

/// A sentence, and whether the story can do without it.
#[derive(Debug)]
struct Line {
    at: Time,
    text: String,
    is_spare: bool,
}

/// Moves since the last wave started.
#[derive(Debug, Default)]
struct Moves {
    wave: String,
    moved: u32,
    failed: u32,
    left: u32,
    last: Time,
}

/// A rollback on its way.
#[derive(Debug, Default)]
struct Back {
    ordered: Option<Time>,
    machines: i64,
    downgraded: i64,
    users: u32,
    failed: u32,
    left: u32,
    last_move: Time,
    told_days: i64,
    is_cleared: bool,
}

/// Counts of the whole replication.
#[derive(Debug, Default)]
struct Seen {
    broken: [u64; 16],
    outages: u32,
    stale: u64,
    repaired: u64,
    contacts_lost: u64,
    discarded: u64,
    failed_installs: u64,
    lost_ms: i64,
}

impl<'a> Storyteller<'a> {
    /// Ready to listen.
    pub fn new(facts: &'a Facts, plan: &'a Plan) -> Self {
        let (lines, moves) = (Vec::new(), Moves::default());
        Storyteller {
            facts,
            plan,
            lines,
            moves,
            back: Back::default(),
            seen: Seen::default(),
            life: Life::default(),
        }
    }

    fn tell(&mut self, at: Time, text: String) {
        self.lines.push(Line {
            at,
            text,
            is_spare: false,
        });
    }

    fn tell_spare(&mut self, at: Time, text: String) {
        self.lines.push(Line {
            at,
            text,
            is_spare: true,
        });
    }

    fn hear(&mut self, entry: &Entry) {
        match entry.action {
            Action::WaveStarted => self.wave(entry),
            Action::Moved => self.moved(entry),
            Action::MoveFailed => self.move_failed(entry),
            Action::MoveException => self.move_left(),
            Action::Installed => self.installed(entry),
            Action::InstallFailed => self.seen.failed_installs += 1,
            Action::PoolDown => self.pool_down(entry),
            Action::PoolUp if self.seen.outages <= OUTAGES => {
                self.tell_spare(entry.at, format!("Pool {} serves again.", self.subject(entry)));
            }
            Action::SiteDown => self.tell_spare(entry.at, format!("Site {} is down.", self.subject(entry))),
            Action::EdgeDown => {
                let text = format!("The edge of the {} side is down.", self.subject(entry));
                self.tell_spare(entry.at, text);
            }
            Action::FailedOver if self.seen.outages <= OUTAGES => {
                let pair = super::log_csv::label(entry.to, self.facts);
                let text = format!("The users of pool {} are served by {pair}.", self.subject(entry));
                self.tell(entry.at, text);
            }
            Action::FailedBack if self.seen.outages <= OUTAGES => {
                let text = format!("Pool {} has its users back.", self.subject(entry));
                self.tell_spare(entry.at, text);
            }
            Action::SeriesStale => self.seen.stale += 1,
            Action::SeriesRepaired => self.seen.repaired += 1,
            Action::Judged => self.judged(entry),
            Action::Dropped => self.dropped(entry),
            Action::RollbackOrdered => self.rollback(entry),
            Action::DowngradesCleared => self.cleared(entry),
            Action::Retired => self.tell(entry.at, format!("Pool {} is retired.", self.subject(entry))),
            Action::TaskStarted
            | Action::TaskUndoStarted
            | Action::DialInDown
            | Action::DialInUp
            | Action::FederationDown
            | Action::FederationUp
            | Action::VoicemailLost
            | Action::ApplicationMoved
            | Action::ApplicationReturned
            | Action::ApplicationLost
            | Action::TaskInVain
            | Action::NoReturn
            | Action::GatePassed => self.task(entry),
            Action::WaveHeld if entry.cause != Cause::Gate => self.task(entry),
            Action::WaveSkipped => self.task(entry),
            Action::ContactsLost => self.seen.contacts_lost += 1,
            Action::Discarded => self.seen.discarded += 1,
            Action::DayEnded => self.backlog(entry.at),
            _ => {}
        }
        if let Some((text, is_spare)) = self.life.hear(entry, self.plan, self.facts) {
            self.lines.push(Line {
                at: entry.at,
                text: capital(&text),
                is_spare,
            });
        }
    }

    fn subject(&self, entry: &Entry) -> String {
        super::log_csv::subject(entry.subject, self.facts, self.plan)
    }

    /// Topology tasks, what their order breaks, and the gate of the tests.
    fn task(&mut self, entry: &Entry) {
        let subject = self.subject(entry);
        let (text, is_spare) = match entry.action {
            Action::TaskStarted => (format!("Task {subject} starts."), true),
            Action::TaskUndoStarted => (format!("Task {subject} is taken back."), true),
            Action::DialInDown => (
                format!("Dial-in to the meetings of people from pool {subject} stops working."),
                false,
            ),
            Action::DialInUp => (
                format!("Dial-in to the meetings of people from pool {subject} works again."),
                true,
            ),
            Action::FederationDown => ("Federated guests are shut out.".into(), false),
            Action::FederationUp => ("Federated guests can join again.".into(), true),
            Action::VoicemailLost => (
                format!(
                    "The voicemail of {} from pool {subject} is lost.",
                    count(entry.detail[0] as u64, "person", "people")
                ),
                false,
            ),
            Action::ApplicationMoved => (
                format!("The application {subject} lives on the new side now."),
                true,
            ),
            Action::ApplicationReturned => (
                format!("The application {subject} is back on its old pool."),
                true,
            ),
            Action::ApplicationLost => (
                format!("The application {subject} was left on a pool that is gone: nobody has it."),
                false,
            ),
            Action::TaskInVain => (
                format!("{} was in vain: what it needs is not done.", capital(&subject)),
                false,
            ),
            Action::NoReturn => (
                format!("From now on nobody can go back to pool {subject}."),
                false,
            ),
            Action::WaveHeld => {
                let why = match entry.cause {
                    Cause::Unfinished => "people of an earlier wave are still to be moved",
                    Cause::Script => "a trouble is being fixed first",
                    _ => "the coexistence tests are not clean",
                };
                (format!("{} is held: {why}.", capital(&subject)), true)
            }
            Action::WaveSkipped => (
                format!("{} is skipped: nobody of it is left to move.", capital(&subject)),
                true,
            ),
            _ => (
                format!(
                    "The coexistence tests are clean; the waves start {:.1} days later than planned.",
                    entry.detail[0] as f64 / Span::DAY.0 as f64
                ),
                false,
            ),
        };
        if is_spare {
            self.tell_spare(entry.at, text);
        } else {
            self.tell(entry.at, text);
        }
    }

    fn wave(&mut self, entry: &Entry) {
        self.close_moves();
        let name = self.subject(entry);
        self.tell_spare(
            entry.at,
            format!(
                "{} starts: {}.",
                capital(&name),
                count(entry.detail[0] as u64, "person", "people")
            ),
        );
        self.moves = Moves {
            wave: name,
            last: entry.at,
            ..Moves::default()
        };
    }

    /// Tells what became of the moves since the last wave started.
    fn close_moves(&mut self) {
        let moves = std::mem::take(&mut self.moves);
        if moves.moved == 0 && moves.failed == 0 {
            return;
        }
        let mut text = format!("{} moved", count(moves.moved.into(), "person", "people"));
        if !moves.wave.is_empty() {
            text.push_str(&format!(" since the start of {}", moves.wave));
        }
        self.tell_spare(moves.last, text + &troubles(moves.failed, moves.left) + ".");
    }

    /// Is this a move back in a rollback?
    fn is_back(&self, entry: &Entry) -> bool {
        self.back.ordered.is_some() && matches!(entry.to, Label::Pool(pool) if self.facts.is_legacy(pool))
    }

    fn move_failed(&mut self, entry: &Entry) {
        if self.is_back(entry) {
            self.back.failed += 1;
        } else {
            self.moves.failed += 1;
        }
    }

    /// A user is left to a person; after a rollback was ordered, only moves back are tried.
    fn move_left(&mut self) {
        if self.back.ordered.is_some() {
            self.back.left += 1;
        } else {
            self.moves.left += 1;
        }
    }

    fn moved(&mut self, entry: &Entry) {
        if self.is_back(entry) {
            self.back.users += 1;
            self.back.last_move = entry.at;
        } else {
            self.moves.moved += 1;
            self.moves.last = entry.at;
        }
    }

    fn installed(&mut self, entry: &Entry) {
        let is_legacy = matches!(entry.to, Label::Client(client) if self.facts.profile.client_legacy[usize::from(client)]);
        self.back.downgraded += i64::from(is_legacy && self.back.ordered.is_some());
    }

    fn pool_down(&mut self, entry: &Entry) {
        self.seen.outages += 1;
        if self.seen.outages <= OUTAGES {
            let text = format!("Pool {} stops serving.", self.subject(entry));
            self.tell(entry.at, text);
        }
    }

    fn judged(&mut self, entry: &Entry) {
        self.seen.lost_ms += entry.detail[3];
        if entry.to == Label::Broken {
            let [expected, blocked, ..] = entry.detail;
            let mut people = format!("{expected} people were expected");
            if entry.cause == Cause::AttendeesBlocked {
                people.push_str(&format!(", {blocked} could not join"));
            }
            self.broken(entry, &people);
        }
    }

    fn dropped(&mut self, entry: &Entry) {
        self.seen.lost_ms += entry.detail[1];
        let people = format!(
            "{} were cut off",
            count(entry.detail[0] as u64, "person", "people")
        );
        self.broken(entry, &people);
    }

    /// Counts a broken meeting; the first of each cause is told as an example.
    fn broken(&mut self, entry: &Entry, people: &str) {
        let number = &mut self.seen.broken[entry.cause as usize];
        *number += 1;
        if *number > 1 {
            return;
        }
        let Subject::Occurrence(SeriesId { organiser, .. }, _) = entry.subject else {
            return;
        };
        let user = &self.facts.users[organiser as usize];
        let department = self
            .facts
            .departments
            .get(user.department as usize)
            .map_or("", String::as_str);
        let text = format!(
            "First meeting broken because {}: {} of {} ({department}); {people}.",
            reason(entry.cause),
            self.subject(entry),
            user.name
        );
        self.tell(entry.at, text);
    }

    fn rollback(&mut self, entry: &Entry) {
        self.close_moves();
        let [users, machines, ..] = entry.detail;
        let text = format!(
            "A rollback is ordered: {} to move back, {} to downgrade.",
            count(users as u64, "person", "people"),
            count(machines as u64, "machine", "machines")
        );
        self.tell(entry.at, text);
        self.back = Back {
            ordered: Some(entry.at),
            machines,
            ..Back::default()
        };
    }

    /// The backlog of downgrades one, three and seven days after the order, then every week.
    fn backlog(&mut self, now: Time) {
        let Some(ordered) = self.back.ordered.filter(|_| !self.back.is_cleared) else {
            return;
        };
        let days = (now - ordered).0 / Span::DAY.0;
        let left = self.back.machines - self.back.downgraded;
        let is_due = days > self.back.told_days && (matches!(days, 1 | 3) || (days > 0 && days % 7 == 0));
        if is_due && left > 0 {
            self.back.told_days = days;
            let text = format!(
                "{} after the order, {} still waiting for the old client; {} moved back.",
                count(days as u64, "day", "days"),
                count(left as u64, "machine is", "machines are"),
                count(self.back.users.into(), "person has", "people have")
            );
            self.tell_spare(now, text);
        }
    }

    fn cleared(&mut self, entry: &Entry) {
        self.back.is_cleared = true;
        let after = self
            .back
            .ordered
            .map_or(0.0, |ordered| (entry.at - ordered).0 as f64 / Span::DAY.0 as f64);
        self.tell(
            entry.at,
            format!("The last downgrade is done, {after:.1} days after the order."),
        );
    }

    /// The whole story, at most 60 lines.
    pub fn finish(mut self, outcome: &Outcome) -> String {
        self.close_moves();
        if self.back.users > 0 {
            let people = count(self.back.users.into(), "person has", "people have");
            let text = format!(
                "{people} moved back{}.",
                troubles(self.back.failed, self.back.left)
            );
            self.tell(self.back.last_move, text);
        }
        self.completion(outcome);
        self.lines.sort_by_key(|line| line.at);
        let closing = self.closing(outcome);
        let room = MOST - closing.len() - 1;
        let cut = shorten(&mut self.lines, room);
        let calendar = &self.facts.calendar;
        let mut out: String = self
            .lines
            .iter()
            .map(|line| format!("{}  {}\n", dates::instant(calendar, line.at), line.text))
            .collect();
        if cut > 0 {
            out.push_str(&format!(
                "({cut} more sentences left out; the event log has everything.)\n"
            ));
        }
        out.extend(closing.iter().map(|line| format!("{line}\n")));
        out
    }

    fn completion(&mut self, outcome: &Outcome) {
        let instant = |day: f64| Time((day * Span::DAY.0 as f64) as i64);
        let (day98, all) = (
            outcome.row.get(Metric::Day98),
            outcome.row.get(Metric::CompletionDay),
        );
        if let Some(day) = day98 {
            self.tell(
                instant(day),
                "98 % of the people are on the new side and fully served.".into(),
            );
        }
        if let Some(day) = all {
            self.tell(
                instant(day),
                "Everybody is on the new side and fully served, and stays so.".into(),
            );
        }
    }

    fn closing(&self, outcome: &Outcome) -> Vec<String> {
        let row = |metric| outcome.row.get(metric).unwrap_or(0.0);
        let mut lines = vec![format!(
            "At the horizon: {} meetings judged, {} broken, {} impaired; {} attendee-hours lost.",
            number::whole(row(Metric::Judged)),
            number::whole(row(Metric::Broken)),
            number::whole(row(Metric::Impaired)),
            number::whole(row(Metric::LostHours)),
        )];
        for (cause, &number) in CAUSES
            .iter()
            .map(|&cause| (cause, &self.seen.broken[cause as usize]))
        {
            if number > 0 {
                lines.push(format!(
                    "  {} broken because {}",
                    number::whole(number as f64),
                    reason(cause)
                ));
            }
        }
        let mut facts = Vec::new();
        let mut fact = |number: u64, one: &str, many: &str| {
            if number > 0 {
                facts.push(count(number, one, many));
            }
        };
        fact(self.seen.stale, "series went stale", "series went stale");
        fact(self.seen.repaired, "was sent again", "were sent again");
        fact(self.seen.failed_installs, "install failed", "installs failed");
        fact(
            self.seen.contacts_lost,
            "contact list was lost",
            "contact lists were lost",
        );
        fact(
            self.seen.discarded,
            "person's meetings were discarded",
            "people's meetings were discarded",
        );
        fact(self.seen.outages.into(), "pool outage", "pool outages");
        if !facts.is_empty() {
            lines.push(format!("{}.", facts.join("; ")));
        }
        lines.extend(super::story_life::closing(outcome));
        if outcome.row.get(Metric::CompletionDay).is_none() && !self.plan.waves.is_empty() {
            lines.push("The migration is not complete at the horizon.".into());
        }
        lines
    }
}

impl Observer<Entry> for Storyteller<'_> {
    const LISTENS: bool = true;

    fn record(&mut self, entry: Entry) {
        self.hear(&entry);
    }
}

/// Causes of broken meetings.
const CAUSES: [Cause; 6] = [
    Cause::CannotSchedule,
    Cause::StaleAfterRollback,
    Cause::StaleAfterMove,
    Cause::PoolOutage,
    Cause::AttendeesBlocked,
    Cause::Defect,
];

/// A cause in words that follow "because".
fn reason(cause: Cause) -> &'static str {
    match cause {
        Cause::CannotSchedule => "its organiser could not schedule it",
        Cause::StaleAfterRollback => "a move back made it stale",
        Cause::StaleAfterMove => "a move to the new side made it stale",
        Cause::PoolOutage => "its pool was out of service",
        Cause::AttendeesBlocked => "too many people could not join",
        Cause::Defect => "a defect of the new release hit it",
        other => other.word(),
    }
}

fn count(number: u64, one: &str, many: &str) -> String {
    format!(
        "{} {}",
        number::whole(number as f64),
        if number == 1 { one } else { many }
    )
}

/// Failed tries and users left to a person, or nothing.
fn troubles(failed: u32, left: u32) -> String {
    let mut text = String::new();
    if failed > 0 {
        text.push_str(&format!("; {} failed", count(failed.into(), "try", "tries")));
    }
    if left > 0 {
        text.push_str(&format!(
            "; {} left to a technician",
            count(left.into(), "move was", "moves were")
        ));
    }
    text
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// Leaves out spare lines, the middle ones first, until the rest has room; returns how many went.
fn shorten(lines: &mut Vec<Line>, room: usize) -> usize {
    let before = lines.len();
    while lines.len() > room {
        let spare: Vec<usize> = (0..lines.len()).filter(|&at| lines[at].is_spare).collect();
        let at = if spare.is_empty() {
            lines.len() - 1
        } else {
            spare[spare.len() / 2]
        };
        lines.remove(at);
    }
    before - lines.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_story_keeps_what_matters() {
        let line = |at, is_spare| Line {
            at: Time(at),
            text: String::new(),
            is_spare,
        };
        let mut lines: Vec<Line> = (0..100).map(|at| line(at, at % 10 != 0)).collect();
        assert_eq!(shorten(&mut lines, 40), 60);
        assert_eq!(lines.iter().filter(|line| !line.is_spare).count(), 10);
        assert_eq!(lines[0].at, Time(0));
        assert_eq!(lines[39].at, Time(99));
    }

    #[test]
    fn words() {
        assert_eq!(count(1, "person", "people"), "1 person");
        assert_eq!(count(1_200, "person", "people"), "1,200 people");
        assert_eq!(capital("wave 1"), "Wave 1");
    }
}
