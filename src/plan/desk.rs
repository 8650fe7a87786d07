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
    /// Tickets of this source alone are opened; `None`: of every one.
    pub only: Option<TicketSource>,
}

/// What a ticket of the migration is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum TicketSource {
    /// A move, forward or back.
    Move = 0,
    /// Another client.
    Client = 1,
    /// A broken meeting that was reported.
    Meeting = 2,
    /// Somebody cannot sign in.
    Stranded = 3,
    /// A defect.
    Defect = 4,
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
            only: None,
        }
    }
}
