//! The event log of one replication: one entry per state change and per keyed draw used.
//!
//! Entries are numbers; names come in when a log is written ([`crate::report`]).

use crate::kernel::{Record, Time};
use crate::world::{Purpose, SeriesId};

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum Action {
    /// A wave starts; subject wave; detail users.
    WaveStarted = 1,
    /// A try of a move ended in failure; subject user; from, to pools; detail try.
    MoveFailed = 2,
    /// A user is homed on another pool; subject user; from, to pools; detail try.
    Moved = 3,
    /// The interruption of a moved user starts; subject user; detail its length in ms.
    Interrupted = 4,
    /// It ends.
    Served = 5,
    /// A machine is told to install or downgrade; subject machine; from, to clients; detail instant when it is ready.
    InstallOrdered = 6,
    /// An install or downgrade failed; a technician is needed; subject machine.
    InstallFailed = 7,
    /// A machine has another client; subject machine; from, to clients.
    Installed = 8,
    /// A technician starts on a machine; detail length of the job in ms.
    TechnicianStarted = 9,
    /// A front end goes down; subject server.
    ServerDown = 10,
    /// A front end comes up.
    ServerUp = 11,
    /// A pool stops serving; subject pool.
    PoolDown = 12,
    /// A pool serves again.
    PoolUp = 13,
    /// A series is created; subject series; to = format, or none if it is unscheduled.
    SeriesCreated = 14,
    /// A series goes stale; subject series; from = format; cause = which move.
    SeriesStale = 15,
    /// A stale series works again because of a move back; subject series.
    SeriesRestored = 16,
    /// A series goes on in another format; from, to formats.
    SeriesConverted = 17,
    /// A repair is due; subject series; detail instant.
    RepairPlanned = 18,
    /// A series was sent again; from, to formats.
    SeriesRepaired = 19,
    /// An occurrence is judged; subject occurrence; from = format; to = verdict; cause; details: expected, blocked,
    /// reduced, lost time in ms.
    Judged = 20,
    /// A held occurrence is cut off by its pool; subject occurrence; details: people affected, lost time in ms.
    Dropped = 21,
    /// A rollback is ordered; detail users to move back, machines to downgrade.
    RollbackOrdered = 22,
    /// The last downgrade of a rollback is done.
    DowngradesCleared = 23,
    /// A legacy pool is retired; subject pool.
    Retired = 24,
    /// A user is left to a person; subject user; detail instant when done.
    MoveException = 25,
    /// A contact list is lost; subject user.
    ContactsLost = 26,
    /// A keyed draw was used; details: purpose, index, value (millionths).
    Drawn = 27,
    /// A day ended.
    DayEnded = 28,
    /// Meetings of a user were discarded by a forced move; subject user.
    Discarded = 29,
    /// The database of a pool goes down; subject pool.
    BackEndDown = 60,
    /// It comes up.
    BackEndUp = 61,
    /// Power or network of a site fails; subject site.
    SiteDown = 62,
    /// They are back.
    SiteUp = 63,
    /// The edge of a side goes down; subject edge.
    EdgeDown = 64,
    /// It comes up.
    EdgeUp = 65,
    /// From now on the new pools are reached by their own edge; subject edge.
    EdgeInUse = 66,
    /// It is decided that the pair takes over; subject pool; to = pair; detail instant when it is done.
    FailoverOrdered = 67,
    /// The pair serves the users of a pool; subject pool; to = pair.
    FailedOver = 68,
    /// A pool begins to take its users back; subject pool; from = pair; detail instant when it is done.
    FailbackStarted = 69,
    /// It has them back; subject pool; from = pair.
    FailedBack = 70,
}

/// To what it happened.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Subject {
    /// A user.
    User(u32),
    /// A machine: user and number.
    Machine(u32, u8),
    /// A pool.
    Pool(u16),
    /// A front end.
    Server(u16, u32),
    /// A series.
    Series(SeriesId),
    /// An occurrence of a series.
    Occurrence(SeriesId, u32),
    /// A wave of the plan.
    Wave(u32),
    /// The plan as a whole.
    Plan,
    /// A day.
    Day(u32),
    /// A site.
    Site(u16),
    /// The edge of a side: 0 legacy, 1 new.
    Edge(u8),
}

/// One side of a change.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Label {
    /// Nothing to say.
    Blank,
    /// A pool.
    Pool(u16),
    /// A client release.
    Client(u8),
    /// A meeting format.
    Format(u8),
    /// Not scheduled.
    Unscheduled,
    /// Verdict: everybody joined with everything.
    Ok,
    /// Verdict: took place, somebody blocked or reduced.
    Impaired,
    /// Verdict: broken.
    Broken,
}

/// Why.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum Cause {
    /// No particular cause.
    None = 0,
    /// The organiser could not create the meeting.
    CannotSchedule = 1,
    /// A move back made the series stale.
    StaleAfterRollback = 2,
    /// A move to the new side made the series stale.
    StaleAfterMove = 3,
    /// The host pool was out of service.
    PoolOutage = 4,
    /// Too many people could not join.
    AttendeesBlocked = 5,
    /// The plan said so.
    Plan = 6,
    /// Chance.
    Chance = 7,
    /// The scenario's script.
    Script = 8,
    /// The organiser was told to send it again.
    Proactive = 9,
    /// An occurrence broke.
    Reactive = 10,
    /// A rollback.
    Rollback = 11,
    /// A whole batch failed.
    Batch = 12,
    /// Maintenance, known in advance.
    Planned = 40,
}

impl Cause {
    /// Word used in files.
    pub fn word(self) -> &'static str {
        match self {
            Cause::None => "",
            Cause::CannotSchedule => "cannot_schedule",
            Cause::StaleAfterRollback => "stale_after_rollback",
            Cause::StaleAfterMove => "stale_after_move",
            Cause::PoolOutage => "pool_outage",
            Cause::AttendeesBlocked => "attendees_blocked",
            Cause::Plan => "plan",
            Cause::Chance => "chance",
            Cause::Script => "script",
            Cause::Proactive => "told_to_resend",
            Cause::Reactive => "after_broken_meeting",
            Cause::Rollback => "rollback",
            Cause::Batch => "batch",
            Cause::Planned => "planned",
        }
    }
}

/// One entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry {
    /// When.
    pub at: Time,
    /// What.
    pub action: Action,
    /// To what.
    pub subject: Subject,
    /// From.
    pub from: Label,
    /// To.
    pub to: Label,
    /// Why.
    pub cause: Cause,
    /// Numbers, as [`Action`] says.
    pub detail: [i64; 4],
}

impl Subject {
    /// Kind with the occurrence, and the two numbers that name the thing.
    fn words(self) -> [u64; 2] {
        let pack = |tag: u64, a: u32, b: u32| [tag << 32, u64::from(a) << 32 | u64::from(b)];
        match self {
            Subject::User(user) => pack(1, user, 0),
            Subject::Machine(user, number) => pack(2, user, number.into()),
            Subject::Pool(pool) => pack(3, pool.into(), 0),
            Subject::Server(pool, server) => pack(4, pool.into(), server),
            Subject::Series(id) => pack(5, id.organiser, id.number),
            Subject::Occurrence(id, number) => {
                let [tag, name] = pack(6, id.organiser, id.number);
                [tag | u64::from(number), name]
            }
            Subject::Wave(wave) => pack(7, wave, 0),
            Subject::Plan => pack(8, 0, 0),
            Subject::Day(day) => pack(9, day, 0),
            Subject::Site(site) => pack(20, site.into(), 0),
            Subject::Edge(side) => pack(21, side.into(), 0),
        }
    }
}

impl Label {
    fn word(self) -> u64 {
        match self {
            Label::Blank => 0,
            Label::Pool(pool) => 1 << 16 | u64::from(pool),
            Label::Client(client) => 2 << 16 | u64::from(client),
            Label::Format(format) => 3 << 16 | u64::from(format),
            Label::Unscheduled => 4 << 16,
            Label::Ok => 5 << 16,
            Label::Impaired => 6 << 16,
            Label::Broken => 7 << 16,
        }
    }
}

impl Record for Entry {
    fn words(&self) -> [u64; 8] {
        let head =
            (self.action as u64) << 56 | (self.cause as u64) << 48 | self.from.word() << 24 | self.to.word();
        let [kind, name] = self.subject.words();
        let [a, b, c, d] = self.detail.map(|number| number as u64);
        [self.at.0 as u64, head, kind, name, a, b, c, d]
    }
}

impl Entry {
    /// An entry without numbers.
    pub fn new(at: Time, action: Action, subject: Subject, from: Label, to: Label, cause: Cause) -> Entry {
        Entry {
            at,
            action,
            subject,
            from,
            to,
            cause,
            detail: [0; 4],
        }
    }

    /// The same with numbers.
    pub fn with(mut self, detail: [i64; 4]) -> Entry {
        self.detail = detail;
        self
    }

    /// A keyed draw that was used; the value is rounded to millionths for the log.
    pub fn drawn(at: Time, subject: Subject, purpose: Purpose, index: u64, value: f64) -> Entry {
        Entry::new(
            at,
            Action::Drawn,
            subject,
            Label::Blank,
            Label::Blank,
            Cause::Chance,
        )
        .with([purpose as i64, index as i64, (value * 1e6).round() as i64, 0])
    }
}
