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

    /// The first instant of the schedule that is not before an instant, as if the runs never ended.
    pub fn next_from(&self, instant: Time) -> Time {
        let gap = (instant - self.start).max(Span::ZERO);
        self.start
            + self.every
                * gap
                    .0
                    .div_euclid(self.every.0)
                    .saturating_add(i64::from(gap.0.rem_euclid(self.every.0) > 0))
    }
}
