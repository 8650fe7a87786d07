//! The help desk's shifts.

use crate::kernel::Time;

/// Agents on duty over time.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Desk {
    /// Instants at which the number of agents changes, ascending, and the number from then on; before the first
    /// nobody is on duty.
    pub duty: Vec<(Time, u32)>,
}

impl Desk {
    /// Agents on duty at an instant.
    pub fn agents(&self, at: Time) -> u32 {
        let next = self.duty.partition_point(|&(from, _)| from <= at);
        next.checked_sub(1).map_or(0, |place| self.duty[place].1)
    }

    /// A desk that is always open with so many agents.
    pub fn always(agents: u32) -> Desk {
        Desk {
            duty: vec![(Time(i64::MIN), agents)],
        }
    }
}
