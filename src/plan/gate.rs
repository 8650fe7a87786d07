//! What a plan watches and how it decides: gates between stages, triggers of a rollback, the board's days.

use super::Extent;
use crate::kernel::{Span, Time};

/// Something that people could know, observed once a day at its end.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum Observed {
    /// Defects of severity 1 that are found and not yet fixed.
    OpenSeverity1 = 0,
    /// Tickets of moved users per 100 moved users and week, over the window.
    Tickets = 1,
    /// Share of reported broken meetings among moved organisers less that among the others, over the window.
    ReportedBroken = 2,
    /// Share of tries to move that failed since the last wave started, by whole days.
    FailedMoves = 3,
    /// Users who cannot sign in, per 100 moved users, at the end of the day.
    Stranded = 4,
}

impl Observed {
    /// All, in the order of their codes.
    pub const ALL: [Observed; 5] = [
        Observed::OpenSeverity1,
        Observed::Tickets,
        Observed::ReportedBroken,
        Observed::FailedMoves,
        Observed::Stranded,
    ];

    /// Key in scenarios, and word in files.
    pub fn word(self) -> &'static str {
        match self {
            Observed::OpenSeverity1 => "open_severity_1",
            Observed::Tickets => "tickets_per_100",
            Observed::ReportedBroken => "reported_broken",
            Observed::FailedMoves => "failed_moves",
            Observed::Stranded => "stranded_per_100",
        }
    }

    /// What the smallest sample is counted in.
    pub fn sample(self) -> &'static str {
        match self {
            Observed::OpenSeverity1 => "defects",
            Observed::Tickets | Observed::Stranded => "moved users",
            Observed::ReportedBroken => "meetings of moved organisers",
            Observed::FailedMoves => "tries",
        }
    }
}

/// A limit on something observed.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Criterion {
    /// What is observed.
    pub observed: Observed,
    /// Above this the result is marginal.
    pub pass: f64,
    /// Above this it is a fail; at least `pass`.
    pub fail: f64,
    /// With a smaller sample than this the result is marginal, see [`Observed::sample`].
    pub sample: f64,
}

/// Result of a criterion, and of a gate: the worst of its criteria.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Verdict {
    /// Go on.
    Pass,
    /// Neither clearly good nor clearly bad, or too little to go by.
    Marginal,
    /// Not good enough.
    Fail,
}

impl Criterion {
    /// The verdict on a value that rests on a sample of this size.
    pub fn judge(&self, value: f64, sample: f64) -> Verdict {
        if sample < self.sample {
            Verdict::Marginal
        } else if value > self.fail {
            Verdict::Fail
        } else if value > self.pass {
            Verdict::Marginal
        } else {
            Verdict::Pass
        }
    }
}

/// When decisions are taken.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Board {
    /// Instants at which the board meets, ascending until past the horizon; none = it decides at any time.
    pub meets: Vec<Time>,
}

impl Board {
    /// The first meeting at or after an instant; `None` if there is none before the horizon.
    pub fn next(&self, at: Time) -> Option<Time> {
        if self.meets.is_empty() {
            return Some(at);
        }
        self.meets
            .get(self.meets.partition_point(|&meeting| meeting < at))
            .copied()
    }
}

/// What a decision does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Choice {
    /// The next wave may start.
    GoOn,
    /// Users of this extent go back.
    RollBack,
    /// No further wave; who has moved stays.
    Stop,
}

/// Must be passed before a wave starts.
#[derive(Clone, PartialEq, Debug)]
pub struct Gate {
    /// The wave that waits for it, as a place in [`Plan::waves`](super::Plan::waves).
    pub before: u32,
    /// The stage before lasts at least so long.
    pub least: Span,
    /// Days that the trailing window covers.
    pub window: u32,
    /// All of them must pass.
    pub criteria: Vec<Criterion>,
    /// Is a marginal result enough?
    pub marginal_goes: bool,
    /// From one evaluation that did not pass to the next.
    pub recheck: Span,
    /// How long the wave may be held beyond its date before `then` is decided.
    pub max_hold: Span,
    /// What is decided then.
    pub then: Choice,
}

/// Orders a rollback when any of its criteria fails.
#[derive(Clone, PartialEq, Debug)]
pub struct Trigger {
    /// Days that the trailing window covers.
    pub window: u32,
    /// One failing is enough.
    pub criteria: Vec<Criterion>,
    /// Who goes back.
    pub extent: Extent,
}
