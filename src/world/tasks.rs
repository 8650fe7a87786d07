//! Topology tasks of a migration and the order among them, as the profile tells them.

use super::{Mark, PoolId};
use crate::kernel::Span;

/// Index of a task in [`Profile::tasks`](super::Profile::tasks).
pub type TaskId = u16;

/// How a completed task is taken back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Undo {
    /// In this time; what [`Task::outage`] names is out of service for the second span.
    Takes(Span, Span),
    /// It may stay as it is when everything else goes back.
    Stays,
    /// Not at all: its start is a point of no return.
    Never,
}

/// What is out of service while a task is carried out or taken back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outage {
    /// Joining by phone.
    DialIn,
    /// Federated access.
    Federation,
}

/// A step of a migration beside the moves of users.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Task {
    /// Stable name used in files.
    pub name: String,
    /// Title shown to people.
    pub title: String,
    /// Phase of the official guide.
    pub phase: String,
    /// Role that carries it out.
    pub owner: String,
    /// How long it takes.
    pub duration: Span,
    /// How it is taken back.
    pub undo: Undo,
    /// Is it done once for each legacy pool?
    pub per_pool: bool,
    /// May a company do without it, because it has nothing of the kind?
    pub optional: bool,
    /// What is out of service while it is carried out, and for how long from its start.
    pub outage: Option<(Outage, Span)>,
}

/// One end of an edge: a task, or something that the rest of the plan does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// A task.
    Task(TaskId),
    /// The first user moves.
    FirstMove,
    /// The last user of the waves has moved.
    LastMove,
    /// A legacy pool is retired.
    Retirement,
    /// At least so many front ends of the pool that users move to are up.
    FrontEnds(u32),
}

/// What happens from the later step on until the earlier one is done, if the order is violated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Nothing that is simulated; the plan check tells it.
    Told,
    /// Moves to the new side fail; before the first of them whatever has begun.
    Moves,
    /// Nobody joins by phone the meetings on the new side of people who came from the pool.
    DialIn,
    /// Federated guests are blocked.
    Federation,
    /// People who came from the pool have no voicemail; counted and logged.
    Voicemail,
    /// The later task is done in vain, and again as soon as the earlier one is completed.
    Again,
    /// Nobody can be moved back.
    Return,
    /// Conversations between people of the two sides fail; at the end of a day, for all of it.
    Conversations,
    /// The legacy edge is as if it were down.
    LegacyEdge,
    /// People on the new side who are outside the office, and anonymous guests of meetings there, are shut out.
    Outside,
    /// Applications that the later task moves work for nobody, or, if the earlier step is the last move, for nobody
    /// on the legacy side. What the earlier task leaves on a retired pool is lost whatever the effect.
    Applications,
    /// With too few front ends there are too few copies of people's data: while one of them is down, service is
    /// limited.
    Placement,
}

impl Effect {
    /// All effects with their words, in the order of their definition.
    pub const ALL: [(&'static str, Effect); 12] = [
        ("told", Effect::Told),
        ("moves", Effect::Moves),
        ("dial_in", Effect::DialIn),
        ("federation", Effect::Federation),
        ("voicemail", Effect::Voicemail),
        ("again", Effect::Again),
        ("return", Effect::Return),
        ("conversations", Effect::Conversations),
        ("legacy_edge", Effect::LegacyEdge),
        ("outside", Effect::Outside),
        ("applications", Effect::Applications),
        ("placement", Effect::Placement),
    ];
}

/// An order between two steps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edge {
    /// To be completed ...
    pub before: Step,
    /// ... before this starts.
    pub after: Step,
    /// What happens otherwise.
    pub effect: Effect,
    /// The same in words.
    pub breaks: String,
    /// Is the order only recommended? Then a violation is harmless and warned of.
    pub recommended: bool,
    /// Stated, derived or estimated.
    pub mark: Mark,
    /// Source key.
    pub source: String,
}

/// What is wrong with a configuration of the new side.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum FaultKind {
    /// A service does not start on a server: moves to the pool fail.
    Service = 1,
    /// A site cannot be administered as it should be: technicians take longer.
    Administration = 2,
    /// A modality does not work on a pool: meetings there are impaired.
    Modality = 3,
}

impl FaultKind {
    /// All kinds, in the order of their codes, with their words.
    pub const ALL: [(&'static str, FaultKind); 3] = [
        ("service", FaultKind::Service),
        ("administration", FaultKind::Administration),
        ("modality", FaultKind::Modality),
    ];

    /// Word used in files.
    pub fn word(self) -> &'static str {
        FaultKind::ALL[self as usize - 1].0
    }
}

/// Where a fault is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Place {
    /// A pool.
    Pool(PoolId),
    /// A site.
    Site(super::SiteId),
}

/// How many configuration faults of one kind at one place are to be expected.
#[derive(Clone, PartialEq, Debug)]
pub struct FaultModel {
    /// What is wrong.
    pub kind: FaultKind,
    /// Where.
    pub place: Place,
    /// Stable id for keyed draws, of kind and place.
    pub id: u64,
    /// Mean number of faults.
    pub mean: super::Draw,
    /// Where the mean comes from.
    pub mark: Mark,
    /// Probability that one test run finds one of them.
    pub found: f64,
    /// Days from finding one until it is fixed: median.
    pub fix_days: f64,
    /// Probability that one strikes a move or a meeting; for administration the share by which jobs last longer.
    pub hit: f64,
}

impl FaultModel {
    /// Name of the pool or site.
    pub fn place_name<'f>(&self, facts: &'f super::Facts) -> &'f str {
        match self.place {
            Place::Pool(pool) => &facts.pools[usize::from(pool)].name,
            Place::Site(site) => &facts.calendar.sites[usize::from(site)].name,
        }
    }
}

/// A configuration fault of a world.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Fault {
    /// Index in [`Facts::faults`](super::Facts::faults).
    pub model: u16,
    /// From 0 within the model.
    pub number: u32,
    /// Days from finding it until it is fixed.
    pub fix_days: f64,
}
