//! What comes out of one replication of one strategy, as plain data.

pub mod breakdown;
pub mod days;
pub mod goal;
pub mod log;
pub mod metric;
pub mod passage;
pub mod timeline;
pub mod toll;

pub use breakdown::Breakdown;
pub use days::{Day, DayDigests};
pub use log::{Action, Cause, Entry, Subject};
pub use metric::{Better, Metric, Row};
pub use passage::Passage;
pub use timeline::{Measure, Timeline};
pub use toll::{Quantity, Toll};

/// Result of one replication of one strategy.
#[derive(Clone, PartialEq, Debug)]
pub struct Outcome {
    /// One value per [`Metric`].
    pub row: Row,
    /// One row per day.
    pub timeline: Timeline,
    /// What the gates did, in the order of the plan's gates.
    pub gates: Vec<Passage>,
    /// Digest of the event log: two outcomes with equal digests went through the same events.
    pub digest: u64,
    /// Departments, sites and waves, if they were asked for.
    pub breakdown: Option<Breakdown>,
}
