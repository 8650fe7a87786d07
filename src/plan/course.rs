//! Courses that a programme can take at a point of it: go on, roll back, fix forward, hold.

use crate::kernel::{Span, Time};

/// What people do at a point of the programme.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Course {
    /// The plan is carried out as it is, with its own gates, triggers and rollback.
    GoOn,
    /// A rollback is ordered, as if the plan had scripted it for that instant.
    RollBack,
    /// Who has moved stays; no further wave starts, and no rollback is decided, until the trouble is fixed.
    FixForward,
    /// From the order on no further wave, task, retirement, rollout, rollback or attempt starts; what is under way ends.
    Hold,
}

impl Course {
    /// All, in the order of files.
    pub const ALL: [Course; 4] = [Course::GoOn, Course::RollBack, Course::FixForward, Course::Hold];

    /// Name in scenarios and files.
    pub fn word(self) -> &'static str {
        match self {
            Course::GoOn => "go-on",
            Course::RollBack => "roll-back",
            Course::FixForward => "fix-forward",
            Course::Hold => "hold",
        }
    }
}

/// A point of the programme.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Point {
    /// The start of a day, before anything happens on it.
    Day(u32),
    /// So many days after the start of a wave, whenever that is. The wave is a place in the plan.
    After(u32, u32),
}

impl Point {
    /// When it is, if the waves start at these instants; `None` if its wave has not started.
    pub fn at(self, wave_start: impl Fn(u32) -> Option<Time>) -> Option<Time> {
        match self {
            Point::Day(day) => Some(Time(i64::from(day) * Span::DAY.0)),
            Point::After(wave, days) => Some(wave_start(wave)? + Span::DAY * i64::from(days)),
        }
    }
}
