//! Many changed versions of the same worlds, replayed in parallel and gathered in order.

use super::vary::{Change, vary};
use crate::experiment::{Stopped, each, thread_pool};
use crate::kernel::Key;
use crate::outcome::Outcome;
use crate::plan::Plan;
use crate::scenario::Scenario;
use crate::simulate::replay_all_in;
use crate::world::reader::Memory;
use crate::world::{Index, World};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Worlds with the same changes, and who is replayed in them.
#[derive(Clone, Debug)]
pub struct Case<'a> {
    /// What is changed.
    pub changes: Vec<Change>,
    /// Who is replayed, all in the same worlds.
    pub plans: Vec<&'a Plan>,
    /// Which replications.
    pub worlds: Range<u64>,
}

/// How to replay.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// Seed of all chance.
    pub seed: u64,
    /// Number of threads; 0 = one per processor. Changes no result.
    pub threads: usize,
    /// Becomes true when the analysis should stop early.
    pub stop: &'a AtomicBool,
}

/// Replays every case in its worlds and keeps what `keep` takes from each outcome: `[case][plan][world]`, in the order
/// given. `progress` is called once after each world of a case, from any thread.
///
/// # Errors
/// When the analysis was stopped, its threads could not be started, or a fault of the program struck in a world.
pub fn replay<T: Send>(
    scenario: &Scenario,
    cases: &[Case<'_>],
    options: Options<'_>,
    keep: &(dyn Fn(&Outcome) -> T + Sync),
    progress: &(dyn Fn() + Sync),
) -> Result<Vec<Vec<Vec<T>>>, Stopped> {
    let index = Arc::new(Index::new(&scenario.facts));
    let tasks: Vec<(usize, u64)> = (cases.iter().enumerate())
        .flat_map(|(place, case)| case.worlds.clone().map(move |world| (place, world)))
        .collect();
    let one = |memory: &mut Memory, &(place, replication): &(usize, u64)| {
        let case: &Case<'_> = &cases[place];
        let facts = match case.changes[..] {
            [] => Arc::clone(&scenario.facts),
            _ => Arc::new(vary(&scenario.facts, &case.changes)),
        };
        let key = Key {
            seed: options.seed,
            replication,
        };
        let world = World::draw_with(facts, Arc::clone(&index), key, false);
        let kept = replay_all_in(&world, &case.plans, memory)
            .iter()
            .map(keep)
            .collect();
        progress();
        kept
    };
    let threads = thread_pool(options.threads)?;
    let done: Vec<Vec<T>> = each(
        &threads,
        &tasks,
        options.stop,
        |&(_, replication)| replication,
        one,
    )?;
    let mut gathered: Vec<Vec<Vec<T>>> = (cases.iter())
        .map(|case| case.plans.iter().map(|_| Vec::new()).collect())
        .collect();
    for ((place, _), kept) in tasks.into_iter().zip(done) {
        for (plan, value) in kept.into_iter().enumerate() {
            gathered[place][plan].push(value);
        }
    }
    Ok(gathered)
}
