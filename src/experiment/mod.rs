//! The experiment: every strategy replayed in the same worlds, one world per replication.
//!
//! Worlds are drawn and replayed in parallel and reduced one after another in the order of replications, so that
//! results have the same bits for any number of threads, and a strategy's results do not depend on which others run.
//! Memory holds one row of metrics per replication and strategy, and one histogram per day, measure and strategy.

pub mod breakdowns;
mod digest;
pub mod memory;
pub mod parallel;
pub mod results;
pub mod summary;

pub use breakdowns::Breakdowns;
pub use parallel::{Broken, each, guard, thread_pool};
pub use results::{Daily, InLot, Results};
pub use summary::{Comparison, Interval, Summary};

use crate::kernel::Key;
use crate::mutant;
use crate::plan::Plan;
use crate::scenario::Scenario;
use crate::simulate::{self, replay_all_in, replay_each_in};
use crate::world::reader::Memory;
use crate::world::{Index, World};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

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
    /// A fault of the program struck.
    Broken(Broken),
}

/// An experiment that ended early.
#[derive(Debug)]
pub struct Unfinished {
    /// The results of all worlds before the one in which it ended.
    pub finished: Results,
    /// Why it ended.
    pub why: Stopped,
}

impl From<Box<Unfinished>> for Stopped {
    fn from(unfinished: Box<Unfinished>) -> Stopped {
        unfinished.why
    }
}

/// Replays every strategy in every world; `progress` is called once after each replication, from any thread.
///
/// # Errors
/// When the experiment was stopped, its threads could not be started, or a fault of the program struck in a world.
pub fn run(
    scenario: &Scenario,
    options: &Options<'_>,
    progress: &(dyn Fn() + Sync),
) -> Result<Results, Box<Unfinished>> {
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
/// When the experiment was stopped, its threads could not be started, or a fault of the program struck in a world.
pub fn extend(
    scenario: &Scenario,
    options: &Options<'_>,
    mut results: Results,
    progress: &(dyn Fn() + Sync),
) -> Result<Results, Box<Unfinished>> {
    let unfinished = |mut finished: Results, why| {
        finished.close();
        Box::new(Unfinished { finished, why })
    };
    let pool = match thread_pool(options.threads) {
        Ok(pool) => pool,
        Err(why) => return Err(unfinished(results, why)),
    };
    let plans: Vec<&Plan> = results
        .strategies
        .iter()
        .map(|&index| &scenario.plans[index])
        .collect();
    // Who is in which wave is told, and what falls on whom, of the plan in the lot shown.
    let shown: Vec<Option<Plan>> = plans.iter().map(|plan| plan.shown()).collect();
    let runs: Vec<(&Plan, simulate::Options)> = (plans.iter().copied().zip(&shown))
        .map(|(plan, shown)| (plan, shown.is_none()))
        .chain(shown.iter().flatten().map(|plan| (plan, true)))
        .map(|(plan, breakdown)| {
            let options = simulate::Options {
                breakdown,
                ..simulate::Options::default()
            };
            (plan, options)
        })
        .collect();
    let index = Arc::new(Index::new(&scenario.facts));
    let one = |memory: &mut Memory, &replication: &u64| {
        let world = draw_with(scenario, &index, options.seed, replication, options.fix_uncertain);
        let world = if mutant::is("strategies-meet") {
            draw_with(
                scenario,
                &index,
                options.seed ^ plans.len() as u64,
                replication,
                options.fix_uncertain,
            )
        } else {
            world
        };
        let outcomes = replay_each_in(&world, &runs, memory);
        progress();
        outcomes
    };
    let mut next = results.first + results.replications;
    if mutant::is("extend-skips-a-world") && results.replications > 0 {
        next += 1;
    }
    while next < options.replications.end {
        let end = (next + CHUNK).min(options.replications.end);
        let chunk: Vec<u64> = (next..end).collect();
        next = end;
        let (outcomes, why) = match each(&pool, &chunk, options.stop, |&replication| replication, one) {
            Ok(outcomes) => (outcomes, None),
            Err(halted) => (halted.done, Some(halted.why)),
        };
        let reversed = mutant::is("reduce-as-they-come") && pool.current_num_threads() > 1;
        let outcomes: Vec<_> = if reversed {
            outcomes.into_iter().rev().collect()
        } else {
            outcomes
        };
        for outcomes in outcomes {
            results.add(scenario, outcomes);
        }
        if let Some(why) = why {
            return Err(unfinished(results, why));
        }
    }
    results.close();
    Ok(results)
}

/// The strategies without repeats, in the order of the scenario, the base among them.
pub fn with_base(strategies: &[usize], base: usize) -> Vec<usize> {
    let mut all = strategies.to_vec();
    all.push(base);
    all.sort_unstable();
    all.dedup();
    all
}

/// Which of these strategies a fault of the program strikes in a world: the first that it strikes alone. `None` if it strikes
/// none of them alone.
pub fn culprit(
    scenario: &Scenario,
    strategies: &[usize],
    seed: u64,
    replication: u64,
    fix_uncertain: bool,
) -> Option<usize> {
    let strikes = |&&strategy: &&usize| {
        let alone = || {
            let world = draw(scenario, seed, replication, fix_uncertain);
            replay_all_in(&world, &[&scenario.plans[strategy]], &mut Memory::default());
        };
        guard(alone).is_err()
    };
    strategies.iter().find(strikes).copied()
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
    let seed = if mutant::is("draw-in-order") {
        static DRAWN: AtomicU64 = AtomicU64::new(0);
        seed ^ DRAWN.fetch_add(1, Ordering::Relaxed)
    } else {
        seed
    };
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
