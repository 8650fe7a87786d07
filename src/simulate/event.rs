//! Everything that can happen, as flat values.
//!
//! The order of the variants, then of their fields, *is* the tie rule: simultaneous events are taken in this order,
//! by content, never by insertion. Classes: 1 the day just ended; 2 plan commands; 3 capacity down, then up; 4 user
//! state; 5 series created, then repaired; 6 occurrences judged, which come
//! from the world's own stream after every event of their instant. A consequence at the same instant in an earlier
//! class runs next.

use crate::world::{SeriesId, UserId};

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
    MoveDone(Job),
    ExceptionDone(Job),
    InterruptionEnds { user: UserId },
    InstallReady { machine: u32, order: u16 },
    TechnicianDone { machine: u32, order: u16 },
    SeriesCreated(SeriesId),
    Repair { series: SeriesId, stale: u16 },
}

/// Index of a keyed draw of a move or install: bits 62 and 63 hold the direction, 32 to 61 the attempt of the
/// programme (from 0, [`State::programme`](super::state::State::programme)), the rest the try.
pub(crate) fn draw_index(direction: Direction, programme: u16, attempt: u8) -> u64 {
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
            for programme in [0, 1, 2, u16::MAX] {
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
