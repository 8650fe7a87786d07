//! Everything that can happen, as flat values.
//!
//! The order of the variants, then of their fields, *is* the tie rule: simultaneous events are taken in this order,
//! by content, never by insertion. Classes: 0 the day just ended; 1 plan commands; 2 capacity down, then up; 3 state
//! of users and defects; 4 series created, then repaired; 5 occurrences judged, which come from the world's own stream;
//! 6 tickets; 7 gates and triggers observed. A consequence at the same instant in an earlier class runs next.

use super::desk::Ticket;
use super::programme::Asker;
use crate::kernel::Time;
use crate::plan::gate::Choice;
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
    /// Attempt of the programme that ordered it; a rollback takes back what its attempt ordered.
    pub(crate) programme: u8,
}

/// An event.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Event {
    DayEnd(u32),
    DefectBegins(u16),
    Workday(u32),
    Lot,
    Rollback,
    Hold,
    HoldEnds,
    Halt,
    Decided {
        asker: Asker,
        choice: Choice,
        attempt: u8,
    },
    RenewTasks,
    Resume {
        attempt: u8,
    },
    WaveStart {
        wave: u32,
        attempt: u8,
    },
    WaveTold {
        wave: u32,
        attempt: u8,
    },
    Told {
        user: UserId,
        attempt: u8,
    },
    TaskDone(u32),
    TaskUndone(u32),
    TaskOutageEnds(u32),
    FaultFixed(u32),
    TaskDue(u32),
    TestRun(u32),
    Retirement,
    WindowOpens,
    ServerDown(u32),
    ServerUp(u32),
    ShiftChange(u32),
    BackgroundDay(u32),
    EdgeInUse,
    FailoverDue {
        pool: PoolId,
        round: u32,
    },
    FailoverDone {
        pool: PoolId,
        round: u32,
    },
    FailbackDone {
        pool: PoolId,
        round: u32,
    },
    Leaves(UserId),
    Joins(UserId),
    MoveDone(Job),
    ExceptionDone(Job),
    InterruptionEnds {
        user: UserId,
    },
    InstallReady {
        machine: u32,
        order: u16,
    },
    InstallCarried {
        machine: u32,
        order: u16,
    },
    DeadlinePassed {
        machine: u32,
        order: u16,
    },
    TechnicianDone {
        machine: u32,
        order: u16,
    },
    DefectFixed(u16),
    SeriesCreated(SeriesId),
    Repair {
        series: SeriesId,
        stale: u16,
    },
    TicketDone {
        ticket: Ticket,
        due: Time,
    },
    TicketGivenUp {
        ticket: Ticket,
        opened: Time,
    },
    TicketOpened(Ticket),
    Observe(u32),
}

impl Event {
    /// Does it come after the occurrences of its instant?
    #[inline]
    pub(crate) fn is_late(self) -> bool {
        matches!(
            self,
            Event::TicketDone { .. }
                | Event::TicketGivenUp { .. }
                | Event::TicketOpened(_)
                | Event::Observe(_)
        )
    }
}

/// Index of a keyed draw of a move or install: bits 62 and 63 hold the direction, 32 to 61 the attempt of the
/// programme (from 0), the rest the try.
pub(crate) fn draw_index(direction: Direction, programme: u8, attempt: u8) -> u64 {
    (direction as u64) << 62 | u64::from(programme) << 32 | u64::from(attempt)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn draws_of_another_direction_attempt_or_try_are_other_draws() {
        let numbers = [0, 1, 2, u8::MAX];
        let mut indices = BTreeSet::new();
        for direction in [Direction::Forward, Direction::Back] {
            for programme in [0, 1, 2, u8::MAX] {
                indices.extend(numbers.map(|attempt| draw_index(direction, programme, attempt)));
            }
        }
        assert_eq!(indices.len(), 32);
    }

    #[test]
    fn draws_of_the_first_attempt_are_as_documented() {
        assert_eq!(draw_index(Direction::Forward, 0, 3), 3);
        assert_eq!(draw_index(Direction::Back, 0, 3), 1 << 62 | 3);
        assert_eq!(draw_index(Direction::Back, 2, 3), 1 << 62 | 2 << 32 | 3);
    }
}
