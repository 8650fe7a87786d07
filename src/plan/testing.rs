//! Coexistence testing: when a plan looks for configuration faults, and whether its first wave waits for the result.

use crate::kernel::{Span, Time};
use crate::world::FaultKind;

/// A schedule of test runs.
#[derive(Clone, PartialEq, Debug)]
pub struct Testing {
    /// First run.
    pub start: Time,
    /// From one run to the next.
    pub every: Span,
    /// No run at this instant or later.
    pub end: Time,
    /// What the runs look for.
    pub checks: Vec<FaultKind>,
    /// Does the first wave wait for a complete clean run?
    pub required: bool,
}

impl Testing {
    /// Instant of the run with this number, from 0, if it takes place.
    pub fn run(&self, number: u32) -> Option<Time> {
        let at = self.start + self.every * i64::from(number);
        (at < self.end).then_some(at)
    }
}
