//! The event log of one replication: one entry per state change and per keyed draw used.
//!
//! Entries are numbers; names come in when a log is written ([`crate::report`]).

use crate::kernel::{Record, Time};
use crate::plan::gate::{Choice, Observed, Verdict};
use crate::world::{Purpose, SeriesId};

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum Action {
    /// A wave starts; subject wave; details: people to move, those of them who joined since, how late it is in ms.
    WaveStarted = 1,
    /// A try of a move ended in failure; subject user; from, to pools; detail try.
    MoveFailed = 2,
    /// A user is homed on another pool; subject user; from, to pools; detail try.
    Moved = 3,
    /// The interruption of a moved user starts; subject user; detail its length in ms.
    Interrupted = 4,
    /// It ends.
    Served = 5,
    /// A machine is told to install or downgrade; subject machine; from, to clients; cause plan or rollback; detail
    /// instant when it is ready.
    InstallOrdered = 6,
    /// An install or downgrade failed; a technician is needed; subject machine.
    InstallFailed = 7,
    /// A machine has another client; subject machine; from, to clients.
    Installed = 8,
    /// A technician starts on a machine; detail length of the job in ms.
    TechnicianStarted = 9,
    /// A front end goes down; subject server; cause script or chance.
    ServerDown = 10,
    /// A front end comes up; likewise.
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
    /// A repair is planned; subject series; details: instant when it is due, times that the series went stale.
    RepairPlanned = 18,
    /// A series was sent again; from, to formats.
    SeriesRepaired = 19,
    /// An occurrence is judged; subject occurrence; from = format; to = verdict; cause; details: expected, blocked,
    /// reduced (both 0 if it is unscheduled), lost time in ms.
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
    /// A contact list is lost; subject user; cause plan, or pool outage if the move was forced.
    ContactsLost = 26,
    /// A keyed draw was used; details: purpose, index, value (millionths).
    Drawn = 27,
    /// A day ended.
    DayEnded = 28,
    /// Meetings of a user were discarded by a forced move; subject user; detail number of series.
    Discarded = 29,
    /// A wave is due, and its gate has not been passed, the tests are not clean, or people of a wave before wait for a
    /// window; subject wave.
    WaveHeld = 30,
    /// A criterion of a gate, or one of a trigger that fails, is evaluated; from = what is observed, to = verdict;
    /// details: value in millionths, size of the sample.
    Evaluated = 31,
    /// The board has decided; subject gate or trigger; to = choice.
    Decided = 32,
    /// A rollback is complete: everybody concerned is back and downgraded.
    RolledBack = 33,
    /// A further attempt begins; subject the wave it begins with.
    Resumed = 34,
    /// A defect has been exposed on a day; details: user-days of the day, user-days so far.
    Exposed = 35,
    /// A defect is discovered; details: severity, user-days so far, instant of the fix.
    DefectFound = 36,
    /// A defect is fixed.
    DefectFixed = 37,
    /// A ticket is opened; details: the two numbers that name it, priority.
    TicketOpened = 38,
    /// An agent begins with a ticket; details: its two numbers, how long it waited, work in ms.
    TicketTaken = 39,
    /// A task starts; subject task; detail instant when it ends.
    TaskStarted = 40,
    /// A task is done; subject task.
    TaskCompleted = 41,
    /// A task is due, but the step before it is not completed; subject task.
    TaskWaits = 42,
    /// A task under way is given up; subject task.
    TaskCancelled = 43,
    /// A task begins to be taken back; subject task; detail instant when it ends.
    TaskUndoStarted = 44,
    /// A task has been taken back; subject task.
    TaskUndone = 45,
    /// Nobody can join by phone the meetings of people who came from a pool; subject pool.
    DialInDown = 46,
    /// They can again.
    DialInUp = 47,
    /// Federated guests are shut out.
    FederationDown = 48,
    /// They are not any more.
    FederationUp = 49,
    /// Voicemail contacts are left behind on a retired pool; subject pool; detail users who came from it.
    VoicemailLost = 50,
    /// Nobody can go back to a pool any more; subject pool.
    NoReturn = 51,
    /// A user cannot go back in a rollback and stays; subject user.
    FixedForward = 52,
    /// A test run ends; details: its number, faults found, faults known and not fixed.
    TestRun = 53,
    /// A test run finds a fault; subject fault; detail instant when it is fixed.
    FaultFound = 54,
    /// A fault is fixed; subject fault.
    FaultFixed = 55,
    /// A fault strikes an occurrence; subject occurrence.
    FaultStruck = 56,
    /// The tests are clean for the first time; detail how long the first wave has been held for them.
    GatePassed = 57,
    /// A ticket is closed; details: its two numbers, how long it was open.
    TicketClosed = 80,
    /// A caller has given up; details: the ticket's two numbers, how long the caller waited.
    TicketGivenUp = 81,
    /// Another number of agents is on duty; detail agents.
    ShiftChanged = 82,
    /// An unfixed defect hits an occurrence; details: the defect, the uniform that decided it (millionths).
    DefectHits = 83,
    /// The organiser reports a broken occurrence.
    Reported = 84,
    /// Somebody joins; subject user; to = pool.
    Joined = 85,
    /// Somebody leaves; subject user; from = pool.
    Left = 86,
    /// The organiser of a series has left: it is cancelled; subject series.
    SeriesCancelled = 87,
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
    /// An application is on the new side; subject application; from, to pools.
    ApplicationMoved = 90,
    /// It is back on its old pool; subject application; from, to pools.
    ApplicationReturned = 91,
    /// Its pool is retired under it: nobody has it until it is moved; subject application; from pool.
    ApplicationLost = 92,
    /// Nobody has begun to install on a machine by its deadline: a technician visits it; subject machine.
    DeadlinePassed = 110,
    /// A task was done before what it needs, and is to be done again after that; subject task.
    TaskInVain = 93,
    /// A wave is due, and nobody of it is left to move; subject wave.
    WaveSkipped = 76,
    /// The lot that decides who is in which wave; subject plan; details: its number, its seed.
    LotDrawn = 77,
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
    /// A gate, by its place in the plan.
    Gate(u16),
    /// A trigger, by its place in the plan.
    Trigger(u16),
    /// A defect, by its place in the world.
    Defect(u16),
    /// A ticket: code of its source, and its user.
    Ticket(u8, u32),
    /// A job of the plan's tasks.
    Task(u32),
    /// A configuration fault: what is told about it in the scenario, and number.
    Fault(u16, u32),
    /// A site.
    Site(u16),
    /// The edge of a side: 0 legacy, 1 new.
    Edge(u8),
    /// An application, by its place in the scenario.
    Application(u16),
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
    /// Something observed.
    Observed(Observed),
    /// Verdict of a gate.
    Verdict(Verdict),
    /// What was decided.
    Choice(Choice),
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
    /// A defect of the new release.
    Defect = 13,
    /// A gate.
    Gate = 14,
    /// A trigger.
    Trigger = 15,
    /// A task that moves need is not done.
    NotReady = 30,
    /// The order of tasks.
    Order = 31,
    /// A configuration fault.
    Fault = 32,
    /// Maintenance, known in advance.
    Planned = 40,
    /// People of an earlier wave still wait for a change window.
    Unfinished = 46,
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
            Cause::Defect => "defect",
            Cause::Gate => "gate",
            Cause::Trigger => "trigger",
            Cause::NotReady => "not_ready",
            Cause::Order => "order",
            Cause::Fault => "fault",
            Cause::Planned => "planned",
            Cause::Unfinished => "unfinished",
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
            Subject::Gate(gate) => pack(10, gate.into(), 0),
            Subject::Trigger(trigger) => pack(11, trigger.into(), 0),
            Subject::Defect(defect) => pack(12, defect.into(), 0),
            Subject::Ticket(source, user) => pack(13, user, source.into()),
            Subject::Task(job) => pack(20, job, 0),
            Subject::Fault(model, number) => pack(21, model.into(), number),
            Subject::Site(site) => pack(22, site.into(), 0),
            Subject::Edge(side) => pack(23, side.into(), 0),
            Subject::Application(number) => pack(24, number.into(), 0),
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
            Label::Observed(observed) => 8 << 16 | observed as u64,
            Label::Verdict(verdict) => 9 << 16 | verdict as u64,
            Label::Choice(choice) => 10 << 16 | choice as u64,
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
