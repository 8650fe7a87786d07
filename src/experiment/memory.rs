//! How much memory an experiment will take, before it is taken.

use super::draw;
use crate::mutant;
use crate::outcome::{Measure, metric};
use crate::scenario::Scenario;
use crate::simulate::bytes_of_state;
use std::mem::size_of;

/// Replications that wait for their reduction, at most.
const WAITING: u64 = super::CHUNK;
/// Buckets of one histogram of daily counts, at most, and bytes of each.
const BUCKETS: u64 = 64;
const BUCKET: u64 = 16;
/// Bytes of a department in one outcome: itself, and days on which something happens to it.
const DIVISION: u64 = 4096;

/// What is in use is less than what is taken: lists grow ahead of their content, and are there twice while they are sorted. Measured
/// with 10,000 to 400,000 people: 1.45 to 1.7 times.
const SLACK: f64 = 1.7;
/// The program itself.
const PROGRAM: u64 = 30 << 20;

/// Bytes that an experiment needs.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Need {
    /// For every thread.
    pub thread: u64,
    /// For what all threads share: results.
    pub shared: u64,
}

impl Need {
    /// What `plans` strategies in `replications` worlds need. World 0 is looked at; others differ little.
    pub fn of(scenario: &Scenario, plans: usize, replications: u64) -> Need {
        let facts = &scenario.facts;
        let world = draw(scenario, scenario.seed, 0, true);
        let footprint = world.footprint();
        let state = bytes_of_state(&world, footprint.series);
        let measures = Measure::all(facts.pools.len(), facts.profile.clients.len()).len() as u64;
        let cells = u64::from(facts.calendar.days()) * measures;
        let row = (metric::ALL.len() * size_of::<Option<f64>>() + 64) as u64;
        let histogram = replications.min(BUCKETS) * BUCKET + 64;
        let timelines = replications.min(WAITING) * cells * size_of::<u32>() as u64;
        // Departments and sites: five histograms of a department that is harmed, and its days.
        let divisions = (facts.departments.len() + facts.calendar.sites.len()) as u64;
        let of_divisions = divisions * (5 * histogram + replications.min(WAITING) * DIVISION);
        // Plans with a lot of their own in each world run a second time, in the lot shown.
        let in_lots = scenario.plans.iter().filter(|plan| plan.has_own_lots());
        let in_lots = in_lots.count().min(plans) as u64;
        let runs = plans as u64 + in_lots;
        let of_runs = runs * (replications * row + timelines);
        Need {
            thread: (SLACK * (footprint.bytes + state * runs as f64)) as u64,
            shared: PROGRAM + of_runs + plans as u64 * (cells * histogram + of_divisions),
        }
    }

    /// How many of the wanted threads fit into so many bytes: none if not even one does.
    pub fn threads(&self, wanted: usize, free: u64) -> usize {
        if mutant::is("memory-unasked") {
            return wanted;
        }
        let left = free.saturating_sub(self.shared);
        let fit = left.checked_div(self.thread).unwrap_or(u64::MAX);
        usize::try_from(fit).unwrap_or(usize::MAX).min(wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_are_as_many_as_fit() {
        let need = Need {
            thread: 100,
            shared: 50,
        };
        assert_eq!(
            [49, 149, 150, 349, 350, 1000].map(|free| need.threads(4, free)),
            [0, 0, 1, 2, 3, 4]
        );
    }
}
