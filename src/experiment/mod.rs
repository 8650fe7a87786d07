//! The experiment: every strategy replayed in the same worlds, one world per replication.
//!
//! Worlds are drawn and replayed in parallel and reduced one after another in the order of replications, so that
//! results have the same bits for any number of threads, and a strategy's results do not depend on which others run.
//! Memory holds one row of metrics per replication and strategy, and one histogram per day, measure and strategy.

mod digest;
pub mod results;
pub mod summary;

pub use results::{Daily, Results};
pub use summary::{Comparison, Interval, Summary};

use crate::kernel::Key;
use crate::outcome::Outcome;
use crate::plan::Plan;
use crate::scenario::Scenario;
use crate::simulate::replay_all_in;
use crate::world::reader::Memory;
use crate::world::{Index, World};
use rayon::prelude::*;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Replications that are held in memory before they are reduced. Changes no result.
const CHUNK: u64 = 32;

/// What to run.
#[derive(Clone, Debug)]
pub struct Options<'a> {
    /// Strategies, as indices into the scenario's plans. The base plan is added if it is not among them.
    pub strategies: Vec<usize>,
    /// Which replications.
    pub replications: Range<u64>,
    /// Seed of all chance.
    pub seed: u64,
    /// Number of threads; 0 = one per processor. Changes no result.
    pub threads: usize,
    /// Uncertain parameters take their medians in every world.
    pub fix_uncertain: bool,
    /// Becomes true when the experiment should stop early.
    pub stop: &'a AtomicBool,
}

/// Why there are no results.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stopped {
    /// Somebody asked to stop.
    Interrupted,
    /// The threads could not be started.
    Threads(String),
}

/// Replays every strategy in every world; `progress` is called once after each replication, from any thread.
///
/// # Errors
/// When the experiment was stopped, or its threads could not be started.
pub fn run(
    scenario: &Scenario,
    options: &Options<'_>,
    progress: &(dyn Fn() + Sync),
) -> Result<Results, Stopped> {
    let strategies = with_base(&options.strategies, scenario.base);
    extend(
        scenario,
        options,
        Results::new(scenario, strategies, options),
        progress,
    )
}

/// Adds further worlds to earlier results of the same scenario and seed, up to the end of `options.replications`. The
/// outcome is that of one run of all of them; strategies are those of the results.
///
/// # Errors
/// When the experiment was stopped, or its threads could not be started.
pub fn extend(
    scenario: &Scenario,
    options: &Options<'_>,
    mut results: Results,
    progress: &(dyn Fn() + Sync),
) -> Result<Results, Stopped> {
    let pool = thread_pool(options.threads)?;
    let plans: Vec<&Plan> = results
        .strategies
        .iter()
        .map(|&index| &scenario.plans[index])
        .collect();
    let index = Arc::new(Index::new(&scenario.facts));
    let mut next = results.first + results.replications;
    while next < options.replications.end {
        let chunk = next..(next + CHUNK).min(options.replications.end);
        next = chunk.end;
        let outcomes = pool.install(|| replay_chunk(scenario, &index, &plans, options, chunk, progress))?;
        for outcomes in outcomes {
            results.add(outcomes);
        }
    }
    results.close();
    Ok(results)
}

/// So many threads; 0 = one per processor.
///
/// # Errors
/// If they could not be started.
pub fn thread_pool(threads: usize) -> Result<rayon::ThreadPool, Stopped> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|error| Stopped::Threads(error.to_string()))
}

/// The strategies without repeats, in the order of the scenario, the base among them.
pub fn with_base(strategies: &[usize], base: usize) -> Vec<usize> {
    let mut all = strategies.to_vec();
    all.push(base);
    all.sort_unstable();
    all.dedup();
    all
}

fn replay_chunk(
    scenario: &Scenario,
    index: &Arc<Index>,
    plans: &[&Plan],
    options: &Options<'_>,
    chunk: Range<u64>,
    progress: &(dyn Fn() + Sync),
) -> Result<Vec<Vec<Outcome>>, Stopped> {
    chunk
        .into_par_iter()
        .map_init(Memory::default, |memory, replication| {
            if options.stop.load(Ordering::Relaxed) {
                return Err(Stopped::Interrupted);
            }
            let world = draw_with(scenario, index, options.seed, replication, options.fix_uncertain);
            let outcomes = replay_all_in(&world, plans, memory);
            progress();
            Ok(outcomes)
        })
        .collect()
}

/// The world of one replication.
pub fn draw(scenario: &Scenario, seed: u64, replication: u64, fix_uncertain: bool) -> World {
    let index = Arc::new(Index::new(&scenario.facts));
    draw_with(scenario, &index, seed, replication, fix_uncertain)
}

/// The world of one replication, with an index of the people that all replications share.
fn draw_with(
    scenario: &Scenario,
    index: &Arc<Index>,
    seed: u64,
    replication: u64,
    fix_uncertain: bool,
) -> World {
    let (facts, index) = (Arc::clone(&scenario.facts), Arc::clone(index));
    World::draw_with(facts, index, Key { seed, replication }, fix_uncertain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_always_runs_and_nothing_runs_twice() {
        assert_eq!(with_base(&[2, 1, 2], 0), [0, 1, 2]);
        assert_eq!(with_base(&[], 3), [3]);
    }
}
