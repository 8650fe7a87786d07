//! The help desk's shifts.

use crate::kernel::Time;

/// Agents on duty over time.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Desk {
    /// Instants at which the number of agents changes, ascending, and the number from then on; before the first
    /// nobody is on duty.
    pub duty: Vec<(Time, u32)>,
    /// How the work on a ticket is distributed around its mean.
    pub work: Work,
}

/// Distribution of the work on a ticket.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Work {
    /// Lognormal, as desks report it.
    #[default]
    Lognormal,
    /// Exponential, as theory likes it.
    Exponential,
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
            work: Work::Lognormal,
        }
    }
}
