//! The readable story of one replication, told in dated sentences.

use super::story_life::{Asked, Life};
use super::words::capital;
use super::{dates, number};
use crate::kernel::{Observer, Span, Time};
use crate::outcome::log::Label;
use crate::outcome::{Action, Cause, Entry, Metric, Outcome, Subject};
use crate::plan::Plan;
use crate::world::{Calendar, Facts, SeriesId};

/// Most lines of a story, unless more of them turn it.
const MOST: usize = 60;
/// Outages that matter as they are; of further ones only those that lead to something.
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
    /// Lines of what is not over yet, by what began it and to what.
    open: Vec<(Action, Subject, usize)>,
    /// Lines of defects of severity 1, and when they are fixed.
    severe: Vec<(usize, Time)>,
    /// Departments of fewer people are not named, and nobody is; 0: everybody is.
    named_from: usize,
}

/// How much a story needs a sentence: what is left out first comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Weight {
    /// A step of what was to be expected.
    Detail,
    /// What was to be expected.
    Spare,
    /// What was not.
    Matters,
    /// What turns the story; always told.
    Turn,
}

/// What a sentence is about, to say what was left out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Kind {
    /// A wave starts, and what becomes of it.
    Wave,
    /// A wave is held or skipped, but not by a gate.
    Held,
    /// A gate lets a wave go.
    Passed,
    /// A task starts or is taken back.
    Task,
    /// Something is out of service, or its users are served in another place.
    Outage,
    /// A defect is found.
    Defect,
    /// The first meeting that breaks for a reason.
    Example,
    /// How far a rollback is.
    WayBack,
    /// Something works no longer, or works again.
    Change,
    /// What turns the story.
    Turn,
}

impl Kind {
    /// One, and several.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Kind::Wave => ("start of a wave", "starts of waves"),
            Kind::Held => ("wave held or skipped", "waves held or skipped"),
            Kind::Passed => ("passed gate", "passed gates"),
            Kind::Task => ("step of a task", "steps of tasks"),
            Kind::Outage => ("outage or failover", "outages or failovers"),
            Kind::Defect => ("found defect", "found defects"),
            Kind::Example => (
                "first broken meeting of a kind",
                "first broken meetings of a kind",
            ),
            Kind::WayBack => ("day of a rollback", "days of rollbacks"),
            Kind::Change => ("change of a service", "changes of services"),
            Kind::Turn => ("turn", "turns"),
        }
    }
}

/// Sentences that say the same of several things on one day are one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Alike {
    Retired,
    NoReturn,
    DialIn,
    DialInAgain,
}

/// A sentence.
#[derive(Debug)]
struct Line {
    at: Time,
    text: String,
    kind: Kind,
    weight: Weight,
    /// Of what lasts: until when; `Some(None)` if it is not over.
    until: Option<Option<Time>>,
    /// Of what can be said of several: which, and when the last of them followed.
    alike: Option<(Alike, Vec<String>, Time)>,
}

impl Line {
    fn new(at: Time, text: String, kind: Kind, weight: Weight) -> Line {
        Line {
            at,
            text,
            kind,
            weight,
            until: None,
            alike: None,
        }
    }

    /// The whole sentence.
    fn sentence(&self, calendar: &Calendar) -> String {
        if let Some((alike, pools, last)) = &self.alike {
            let behind = if *last > self.at {
                let time = dates::instant(calendar, *last);
                format!(
                    ", one after another until {}",
                    time.rsplit(' ').next().unwrap_or_default()
                )
            } else {
                String::new()
            };
            return alike.sentence(pools, &behind);
        }
        match self.until {
            None => self.text.clone(),
            Some(Some(until)) => format!("{}, until {}.", self.text, dates::instant(calendar, until)),
            Some(None) => format!("{}, and so to the end of the simulated time.", self.text),
        }
    }
}

impl Alike {
    fn sentence(self, pools: &[String], behind: &str) -> String {
        let pools = match pools {
            [one] => format!("pool {one}"),
            [others @ .., last] => format!("pools {} and {last}", others.join(", ")),
            [] => String::new(),
        };
        let is = if pools.starts_with("pools") { "are" } else { "is" };
        match self {
            Alike::Retired => format!("{} {is} retired{behind}.", capital(&pools)),
            Alike::NoReturn => format!("From now on nobody can go back to {pools}{behind}."),
            Alike::DialIn => {
                format!("Dial-in to the meetings of people from {pools} stops working{behind}.")
            }
            Alike::DialInAgain => {
                format!("Dial-in to the meetings of people from {pools} works again{behind}.")
            }
        }
    }
}

/// Moves since the last wave started.
#[derive(Debug, Default)]
struct Moves {
    /// Line of that wave.
    wave: Option<usize>,
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
    minor_defects: u64,
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
            open: Vec::new(),
            severe: Vec::new(),
            named_from: 0,
        }
    }

    /// The same, but people and departments under so many people stay without a name.
    pub fn without_names(self, under: usize) -> Self {
        Storyteller {
            named_from: under,
            ..self
        }
    }

    /// A meeting with who arranged it: `anna#3/14 of anna (sales)`.
    fn meeting(&self, entry: &Entry, organiser: u32) -> String {
        let user = &self.facts.users[organiser as usize];
        let department = self.facts.departments.get(user.department as usize);
        let department = department.map_or("", String::as_str);
        if self.named_from == 0 {
            return format!("{} of {} ({department})", self.subject(entry), user.name);
        }
        let residents = &self.facts.users[..self.facts.residents()];
        let people = residents
            .iter()
            .filter(|other| other.department == user.department);
        match people.count() {
            few if few < self.named_from => "a meeting".into(),
            _ => format!("a meeting of somebody ({department})"),
        }
    }

    fn tell(&mut self, at: Time, text: String, kind: Kind, weight: Weight) {
        self.lines.push(Line::new(at, text, kind, weight));
    }

    /// Tells that something begins of which [`Storyteller::over`] tells the end.
    fn begin(&mut self, entry: &Entry, text: String, kind: Kind, weight: Weight) {
        self.open.push((entry.action, entry.subject, self.lines.len()));
        let mut line = Line::new(entry.at, text, kind, weight);
        line.until = Some(None);
        self.lines.push(line);
    }

    fn over(&mut self, entry: &Entry, what: Action) {
        let is_it = |open: &(Action, Subject, usize)| (open.0, open.1) == (what, entry.subject);
        if let Some(place) = self.open.iter().position(is_it) {
            let line = self.open.remove(place).2;
            self.lines[line].until = Some(Some(entry.at));
        }
    }

    /// Tells something of a pool, in the sentence that says the same of others on that day.
    fn alike(&mut self, entry: &Entry, alike: Alike, kind: Kind, weight: Weight) {
        let pool = self.subject(entry);
        let same = |line: &&mut Line| {
            let is_same = matches!(&line.alike, Some((own, ..)) if *own == alike);
            is_same && line.at.day() == entry.at.day()
        };
        if let Some((_, pools, last)) = (self.lines.iter_mut())
            .find(same)
            .and_then(|line| line.alike.as_mut())
        {
            pools.push(pool);
            *last = entry.at;
            return;
        }
        let mut line = Line::new(entry.at, String::new(), kind, weight);
        line.alike = Some((alike, vec![pool], entry.at));
        self.lines.push(line);
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
            Action::PoolUp => self.over(entry, Action::PoolDown),
            Action::SiteDown => {
                let text = format!("Site {} is down", self.subject(entry));
                self.begin(entry, text, Kind::Outage, Weight::Spare);
            }
            Action::SiteUp => self.over(entry, Action::SiteDown),
            Action::EdgeDown => {
                let text = format!("The edge of the {} side is down", self.subject(entry));
                self.begin(entry, text, Kind::Outage, Weight::Spare);
            }
            Action::EdgeUp => self.over(entry, Action::EdgeDown),
            Action::FailedOver => {
                let pair = super::log_csv::label(entry.to, self.facts);
                let text = format!("The users of pool {} are served by {pair}", self.subject(entry));
                self.begin(entry, text, Kind::Outage, Weight::Detail);
            }
            Action::FailedBack => self.over(entry, Action::FailedOver),
            Action::SeriesStale => self.seen.stale += 1,
            Action::SeriesRepaired => self.seen.repaired += 1,
            Action::Judged => self.judged(entry),
            Action::Dropped => self.dropped(entry),
            Action::RollbackOrdered => self.rollback(entry),
            Action::DowngradesCleared => self.cleared(entry),
            Action::Retired => self.alike(entry, Alike::Retired, Kind::Turn, Weight::Turn),
            Action::NoReturn => self.alike(entry, Alike::NoReturn, Kind::Turn, Weight::Turn),
            Action::DialInDown => self.alike(entry, Alike::DialIn, Kind::Change, Weight::Matters),
            Action::DialInUp => self.alike(entry, Alike::DialInAgain, Kind::Change, Weight::Matters),
            Action::FederationDown => {
                let text = "Federated guests are shut out".into();
                self.begin(entry, text, Kind::Change, Weight::Matters);
            }
            Action::FederationUp => self.over(entry, Action::FederationDown),
            Action::TaskStarted
            | Action::TaskUndoStarted
            | Action::VoicemailLost
            | Action::ApplicationMoved
            | Action::ApplicationReturned
            | Action::ApplicationLost
            | Action::TaskInVain
            | Action::GatePassed => self.task(entry),
            Action::WaveHeld if entry.cause != Cause::Gate => self.task(entry),
            Action::WaveSkipped => self.task(entry),
            Action::ContactsLost => self.seen.contacts_lost += 1,
            Action::Discarded => self.seen.discarded += 1,
            Action::DayEnded => self.backlog(entry.at),
            _ => {}
        }
        if entry.action == Action::DefectFound {
            match entry.detail[0] {
                1 => self.severe.push((self.lines.len(), Time(entry.detail[2]))),
                2 => {}
                _ => self.seen.minor_defects += 1,
            }
        }
        if let Some(told) = self.life.hear(entry, self.plan, self.facts) {
            if let Some(asked) = told.asked {
                keep(&mut self.lines, &self.severe, asked);
            }
            self.tell(entry.at, capital(&told.text), told.kind, told.weight);
        }
    }

    fn subject(&self, entry: &Entry) -> String {
        super::log_csv::subject(entry.subject, self.facts, self.plan)
    }

    /// Topology tasks, what their order breaks, and the gate of the tests.
    fn task(&mut self, entry: &Entry) {
        let subject = self.subject(entry);
        let (text, kind, weight) = match entry.action {
            Action::TaskStarted => (format!("Task {subject} starts."), Kind::Task, Weight::Detail),
            Action::TaskUndoStarted => {
                let text = format!("Task {subject} is taken back.");
                (text, Kind::Task, Weight::Detail)
            }
            Action::VoicemailLost => (
                format!(
                    "The voicemail of {} from pool {subject} is lost.",
                    count(entry.detail[0] as u64, "person", "people")
                ),
                Kind::Change,
                Weight::Matters,
            ),
            Action::ApplicationMoved => (
                format!("The application {subject} lives on the new side now."),
                Kind::Change,
                Weight::Spare,
            ),
            Action::ApplicationReturned => (
                format!("The application {subject} is back on its old pool."),
                Kind::Change,
                Weight::Spare,
            ),
            Action::ApplicationLost => (
                format!("The application {subject} was left on a pool that is gone: nobody has it."),
                Kind::Change,
                Weight::Matters,
            ),
            Action::TaskInVain => (
                format!("{} was in vain: what it needs is not done.", capital(&subject)),
                Kind::Task,
                Weight::Matters,
            ),
            Action::WaveHeld => {
                let why = match entry.cause {
                    Cause::Unfinished => "people of an earlier wave are still to be moved",
                    Cause::Script => "a trouble is being fixed first",
                    _ => "the coexistence tests are not clean",
                };
                let text = format!("{} is held: {why}.", capital(&subject));
                (text, Kind::Held, Weight::Spare)
            }
            Action::WaveSkipped => (
                format!("{} is skipped: nobody of it is left to move.", capital(&subject)),
                Kind::Held,
                Weight::Spare,
            ),
            _ => match entry.detail[0] as f64 / Span::DAY.0 as f64 {
                late if late < 0.05 => (
                    "The coexistence tests are clean; the waves start as planned.".into(),
                    Kind::Passed,
                    Weight::Spare,
                ),
                late => (
                    format!(
                        "The coexistence tests are clean; the waves start {late:.1} days later than planned."
                    ),
                    Kind::Passed,
                    Weight::Matters,
                ),
            },
        };
        self.tell(entry.at, text, kind, weight);
    }

    fn wave(&mut self, entry: &Entry) {
        self.close_moves();
        let name = capital(&self.subject(entry));
        let people = count(entry.detail[0] as u64, "person", "people");
        self.moves = Moves {
            wave: Some(self.lines.len()),
            last: entry.at,
            ..Moves::default()
        };
        self.tell(
            entry.at,
            format!("{name} starts: {people}."),
            Kind::Wave,
            Weight::Spare,
        );
    }

    /// Tells what became of the moves since the last wave started, in the sentence about that wave.
    fn close_moves(&mut self) {
        let moves = std::mem::take(&mut self.moves);
        if moves.moved == 0 && moves.failed == 0 {
            return;
        }
        let moved = number::whole(moves.moved.into());
        let troubles = troubles(moves.failed, moves.left);
        let Some(wave) = moves.wave else {
            let people = count(moves.moved.into(), "person", "people");
            self.tell(
                moves.last,
                format!("{people} moved{troubles}."),
                Kind::Wave,
                Weight::Spare,
            );
            return;
        };
        let line = &mut self.lines[wave];
        let [began, last] = [line.at, moves.last].map(|at| dates::instant(&self.facts.calendar, at));
        let by = if began == last {
            " at once".into()
        } else {
            format!(" by {last}")
        };
        line.text = format!(
            "{}; {moved} moved{by}{troubles}.",
            line.text.trim_end_matches('.')
        );
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
        let weight = if self.seen.outages <= OUTAGES {
            Weight::Matters
        } else {
            Weight::Spare
        };
        let text = format!("Pool {} is out of service", self.subject(entry));
        self.begin(entry, text, Kind::Outage, weight);
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
        let text = format!(
            "First meeting broken because {}: {}; {people}.",
            reason(entry.cause),
            self.meeting(entry, organiser)
        );
        self.tell(entry.at, text, Kind::Example, Weight::Matters);
    }

    fn rollback(&mut self, entry: &Entry) {
        self.close_moves();
        let [users, machines, ..] = entry.detail;
        let text = format!(
            "A rollback is ordered: {} to move back, {} to downgrade.",
            count(users as u64, "person", "people"),
            count(machines as u64, "machine", "machines")
        );
        self.tell(entry.at, text, Kind::Turn, Weight::Turn);
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
            self.tell(now, text, Kind::WayBack, Weight::Detail);
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
            Kind::WayBack,
            Weight::Matters,
        );
    }

    /// The whole story: at most 60 lines, unless more of them turn it.
    pub fn finish(self, outcome: &Outcome) -> String {
        self.finish_within(MOST, outcome)
    }

    /// The same in at most so many lines.
    pub fn finish_within(mut self, most: usize, outcome: &Outcome) -> String {
        self.close_moves();
        if self.back.users > 0 {
            let people = count(self.back.users.into(), "person has", "people have");
            let text = format!(
                "{people} moved back{}.",
                troubles(self.back.failed, self.back.left)
            );
            self.tell(self.back.last_move, text, Kind::WayBack, Weight::Matters);
        }
        self.completion(outcome);
        self.lines.sort_by_key(|line| line.at);
        let closing = self.closing(outcome);
        let cut = shorten(&mut self.lines, most.saturating_sub(closing.len() + 1));
        let calendar = &self.facts.calendar;
        let told = |line: &Line| {
            let at = dates::instant(calendar, line.at);
            format!("{at}  {}\n", line.sentence(calendar))
        };
        let mut out: String = self.lines.iter().map(told).collect();
        out.push_str(&left_out(&cut, self.seen.minor_defects));
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
                "98 % of the people who can be are on the new side and fully served.".into(),
                Kind::Turn,
                Weight::Turn,
            );
        }
        if let Some(day) = all {
            self.tell(
                instant(day),
                "Everybody is on the new side and fully served, and stays so.".into(),
                Kind::Turn,
                Weight::Turn,
            );
        }
    }

    fn closing(&self, outcome: &Outcome) -> Vec<String> {
        let row = |metric| outcome.row.get(metric).unwrap_or(0.0);
        let mut lines = vec![format!(
            "At the end of the simulated time: {} meetings judged, {} broken, {} impaired; {} attendee-hours lost.",
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
            lines.push("Even then not everybody is on the new side and fully served.".into());
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

/// Keeps what led to something: the defects of severity 1 that were open, or the outages in the days that were looked at.
fn keep(lines: &mut [Line], severe: &[(usize, Time)], asked: Asked) {
    if asked.defects {
        for &(line, fixed) in severe {
            if lines[line].at <= asked.to && fixed > asked.to {
                lines[line].weight = Weight::Turn;
            }
        }
    }
    if asked.outages {
        for line in lines {
            let is_seen = line.at <= asked.to && line.until.flatten().is_none_or(|until| until > asked.from);
            if line.kind == Kind::Outage && line.weight > Weight::Detail && is_seen {
                line.weight = Weight::Turn;
            }
        }
    }
}

/// Leaves out lines until the rest has room, those of the least weight first, of these the middle ones first, and none that turns
/// the story; returns how many went of each kind.
fn shorten(lines: &mut Vec<Line>, room: usize) -> Vec<(Kind, u64)> {
    let mut cut: Vec<(Kind, u64)> = Vec::new();
    for weight in [Weight::Detail, Weight::Spare, Weight::Matters] {
        let has_weight = |&at: &usize| lines[at].weight == weight;
        let of_weight: Vec<usize> = (0..lines.len()).filter(has_weight).collect();
        let many = of_weight.len().min(lines.len().saturating_sub(room));
        let first = (of_weight.len() - many) / 2;
        let gone = &of_weight[first..first + many];
        for &at in gone {
            let kind = lines[at].kind;
            match cut.iter_mut().find(|(own, _)| *own == kind) {
                Some((_, count)) => *count += 1,
                None => cut.push((kind, 1)),
            }
        }
        let mut place = 0;
        lines.retain(|_| {
            place += 1;
            gone.binary_search(&(place - 1)).is_err()
        });
    }
    cut.sort();
    cut
}

/// What the story leaves out, by kind; nothing if it leaves out nothing.
fn left_out(cut: &[(Kind, u64)], minor_defects: u64) -> String {
    let mut kinds: Vec<String> = (cut.iter())
        .map(|&(kind, number)| {
            let (one, many) = kind.words();
            count(number, one, many)
        })
        .collect();
    if minor_defects > 0 {
        kinds.push(count(
            minor_defects,
            "found defect of severity 3 or 4",
            "found defects of severity 3 or 4",
        ));
    }
    if kinds.is_empty() {
        return String::new();
    }
    format!("Left out here, but in events.csv: {}.\n", kinds.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(at: i64, kind: Kind, weight: Weight) -> Line {
        Line::new(Time(at), String::new(), kind, weight)
    }

    #[test]
    fn a_long_story_keeps_what_matters_and_says_what_it_leaves_out() {
        let of = |at| match at % 10 {
            0 => line(at, Kind::Turn, Weight::Turn),
            1..=3 => line(at, Kind::Wave, Weight::Spare),
            _ => line(at, Kind::Task, Weight::Detail),
        };
        let mut lines: Vec<Line> = (0..100).map(of).collect();
        let cut = shorten(&mut lines, 35);
        assert_eq!(cut, [(Kind::Wave, 5), (Kind::Task, 60)]);
        assert_eq!(lines.len(), 35);
        assert_eq!(
            left_out(&cut, 1),
            "Left out here, but in events.csv: 5 starts of waves, 60 steps of tasks, 1 found defect of severity 3 or 4.\n"
        );
        assert_eq!((lines[0].at, lines[34].at), (Time(0), Time(93)));
        assert!(lines.is_sorted_by_key(|line| line.at));
        // However little room there is, what turns the story stays.
        assert_eq!(shorten(&mut lines, 3), [(Kind::Wave, 25)]);
        assert!(lines.iter().all(|line| line.weight == Weight::Turn));
        assert_eq!(lines.len(), 10);
        assert_eq!(shorten(&mut lines, 3), []);
        assert_eq!(left_out(&[], 0), "");
    }

    #[test]
    fn what_led_to_a_decision_is_kept() {
        let outage = |at, until: Option<i64>| {
            let mut line = line(at, Kind::Outage, Weight::Spare);
            line.until = Some(until.map(Time));
            line
        };
        let kept = |defects, outages| {
            let mut lines = vec![
                outage(10, Some(20)),
                outage(12, Some(35)),
                outage(40, None),
                outage(60, Some(61)),
                line(41, Kind::Outage, Weight::Detail),
                line(42, Kind::Defect, Weight::Matters),
                line(43, Kind::Defect, Weight::Matters),
                line(51, Kind::Defect, Weight::Matters),
            ];
            let severe = [(5, Time(49)), (6, Time(55)), (7, Time(70))];
            let asked = Asked {
                from: Time(30),
                to: Time(50),
                defects,
                outages,
            };
            keep(&mut lines, &severe, asked);
            let is_kept = |&place: &usize| lines[place].weight == Weight::Turn;
            (0..lines.len()).filter(is_kept).collect::<Vec<_>>()
        };
        // Under way in those days: not what was over before, and not what came later.
        assert_eq!(kept(false, true), [1, 2]);
        // Open then: not what was fixed, and not what was found later.
        assert_eq!(kept(true, false), [6]);
        assert_eq!(kept(true, true), [1, 2, 6]);
        assert!(kept(false, false).is_empty());
    }

    #[test]
    fn several_pools_are_one_sentence() {
        let names = ["a", "b", "c"].map(String::from);
        assert_eq!(Alike::Retired.sentence(&names[..1], ""), "Pool a is retired.");
        assert_eq!(
            Alike::Retired.sentence(&names, ""),
            "Pools a, b and c are retired."
        );
        assert_eq!(
            Alike::NoReturn.sentence(&names[..2], ", one after another until 21:00"),
            "From now on nobody can go back to pools a and b, one after another until 21:00."
        );
    }

    #[test]
    fn words() {
        assert_eq!(count(1, "person", "people"), "1 person");
        assert_eq!(count(1_200, "person", "people"), "1,200 people");
    }
}
