//! What one replication of one strategy did to divisions of the organisation, and what became of each wave.

use crate::kernel::{Span, Time};
use std::collections::BTreeMap;

/// A division of the organisation: the people of a department, or of a site.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Division {
    /// The first day at whose end at least 98 % of those who are employed are on the new side.
    pub moved: Option<u32>,
    /// Broken meetings of organisers who belong to it.
    pub broken: u32,
    /// Working time in which its people cannot sign in.
    pub stranded: Span,
    /// Working time with limited clients.
    pub limited: Span,
    /// Most of its people who cannot sign in at the end of a day.
    pub worst: u32,
}

/// What happened in a division on one day.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct DivisionDay {
    /// People who cannot sign in at the end of the day.
    pub stranded: u32,
    /// Broken meetings that start on the day.
    pub broken: u32,
}

/// What became of the people who are listed in a wave, in the whole programme: each is in one of the four counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct WaveCount {
    /// When it started in the first attempt; `None`: it did not.
    pub started: Option<Time>,
    /// Who has been moved to the new side at least once.
    pub moved: u32,
    /// Who left before that.
    pub left: u32,
    /// Who is employed, and was not moved by the horizon though the wave started.
    pub failed: u32,
    /// Who is employed, and was not moved because the wave did not start.
    pub waiting: u32,
}

/// All divisions and waves.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Breakdown {
    /// Departments in the order of [`Facts::departments`](crate::world::Facts::departments), then the sites of the calendar.
    pub divisions: Vec<Division>,
    /// Days on which something happened, by (day, division).
    pub days: BTreeMap<(u32, u32), DivisionDay>,
    /// The waves of the plan, in their order.
    pub waves: Vec<WaveCount>,
}
