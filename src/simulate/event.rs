//! Everything that can happen, as flat values.
//!
//! The order of the variants, then of their fields, *is* the tie rule: simultaneous events are taken in this order,
//! by content, never by insertion. Classes: 1 the day just ended; 2 plan commands; 3 capacity down, then up; 4 user
//! state; 5 series created, then repaired; 6 occurrences judged, which come
//! from the world's own stream after every event of their instant. A consequence at the same instant in an earlier
//! class runs next.

use crate::world::{PoolId, SeriesId, UserId};

/// Direction of a move or install.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Direction {
    /// To the new side.
    Forward = 0,
    /// Back to the old side.
    Back = 1,
}

/// A try to move a user.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Job {
    pub(crate) user: UserId,
    pub(crate) direction: Direction,
    /// From 1.
    pub(crate) attempt: u8,
    /// First user of the batch: the batch fails as one.
    pub(crate) batch: UserId,
    /// Was the source down and the move forced?
    pub(crate) forced: bool,
}

/// An event.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Event {
    DayEnd(u32),
    Rollback,
    WaveStart(u32),
    Told { user: UserId },
    Retirement,
    WindowOpens,
    ServerDown(u32),
    ServerUp(u32),
    EdgeInUse,
    FailoverDue { pool: PoolId, round: u32 },
    FailoverDone { pool: PoolId, round: u32 },
    FailbackDone { pool: PoolId, round: u32 },
    MoveDone(Job),
    ExceptionDone(Job),
    InterruptionEnds { user: UserId },
    InstallReady { machine: u32, order: u16 },
    TechnicianDone { machine: u32, order: u16 },
    SeriesCreated(SeriesId),
    Repair { series: SeriesId, stale: u16 },
}

/// Index of a keyed draw of a move or install: direction, programme attempt (always 0 so far), try.
pub(crate) fn draw_index(direction: Direction, attempt: u8) -> u64 {
    (direction as u64) << 62 | u64::from(attempt)
}
