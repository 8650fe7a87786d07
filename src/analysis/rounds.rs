//! Worlds added in rounds until means are known well enough.
//!
//! Precision is looked at at the end of rounds only, and rounds have a fixed size, so that the moment of stopping is the
//! same for any number of threads and machines. The first round is large enough for the interval of a mean to be trusted
//! (see [`stats::precision`]).

use crate::experiment::summary::{LEVEL, needs_rollback};
use crate::experiment::{self, Options, Results, Stopped, Unfinished};
use crate::outcome::Metric;
use crate::scenario::Scenario;
use crate::stats::{self, Precision, Target};
use std::sync::atomic::Ordering;

/// Worlds of a round, the first included.
pub const ROUND: u64 = 100;

/// A mean that is to be known.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Wanted {
    /// Of this metric, in every strategy that is judged.
    pub metric: Metric,
    /// So well, at 95 %.
    pub target: Target,
}

/// How well the mean of one strategy is known.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Judged {
    /// Position in [`Results::strategies`].
    pub strategy: usize,
    /// What is asked for.
    pub wanted: Wanted,
    /// The mean; of min(day, horizon) for a day that may be missing. `None` without one.
    pub mean: Option<f64>,
    /// Is it known?
    pub precision: Precision,
}

impl Judged {
    /// Is it known well enough?
    pub fn is_known(&self) -> bool {
        matches!(self.precision, Precision::Known { .. })
    }
}

/// What was wanted of an experiment, and what of it was reached.
#[derive(Clone, PartialEq, Debug)]
pub struct Reached {
    /// What was wanted.
    pub wanted: Vec<Wanted>,
    /// The most worlds that were allowed.
    pub most: u64,
    /// How well each mean is known at the end.
    pub judged: Vec<Judged>,
}

impl Reached {
    /// Is everything known well enough?
    pub fn is_all_known(&self) -> bool {
        self.judged.iter().all(Judged::is_known)
    }
}

/// Can the precision of a metric be asked for? Not of one that has a value only in worlds with a rollback.
pub fn can_be_wanted(metric: Metric) -> bool {
    !needs_rollback(metric)
}

/// How well everything that is wanted is known, by what is wanted, then strategy. Strategies that move nobody are not judged
/// if others are: nothing of the programme varies in them, so that no number of worlds would do.
pub fn judge(scenario: &Scenario, results: &Results, wanted: &[Wanted]) -> Vec<Judged> {
    let moves = |&strategy: &usize| !scenario.plans[results.strategies[strategy]].waves.is_empty();
    let mut strategies: Vec<usize> = (0..results.strategies.len()).filter(moves).collect();
    if strategies.is_empty() {
        strategies = (0..results.strategies.len()).collect();
    }
    let horizon = scenario.facts.calendar.horizon.days();
    let pairs = wanted
        .iter()
        .flat_map(|wanted| strategies.iter().map(move |&strategy| (wanted, strategy)));
    pairs
        .map(|(&wanted, strategy)| {
            let values = values(results, strategy, wanted.metric, horizon);
            let mean = stats::mean_interval(&values, LEVEL).mean;
            Judged {
                strategy,
                wanted,
                mean: mean.is_finite().then_some(mean),
                precision: stats::precision(&values, LEVEL, wanted.target),
            }
        })
        .collect()
}

fn values(results: &Results, strategy: usize, metric: Metric, horizon: f64) -> Vec<f64> {
    let values = results.values(strategy, metric);
    if metric.definition().may_be_missing {
        return stats::restricted_days(&values, horizon);
    }
    values
        .into_iter()
        .map(|value| value.unwrap_or(f64::NAN))
        .collect()
}

/// How many worlds there are after the round that follows on `done` of them.
fn end_of_round(done: u64) -> u64 {
    (done / ROUND + 1) * ROUND
}

/// The worlds that are likely to be needed in all, a multiple of a round.
fn likely(judged: &[Judged], done: u64) -> u64 {
    let needed = judged.iter().filter_map(|judged| match judged.precision {
        Precision::NotYet { needed, .. } => needed,
        Precision::Known { .. } | Precision::Refused(_) => None,
    });
    end_of_round(needed.max().unwrap_or(done).max(done).saturating_sub(1))
}

/// Adds rounds to `earlier` results, or to none, until everything wanted is known or there are as many worlds as
/// `options.replications` allows. `progress` is called once after each world, from any thread, and `expect` after each round
/// with the number of worlds that are likely to be needed.
///
/// # Errors
/// When it was stopped, its threads could not be started, or a fault of the program struck in a world.
pub fn run(
    scenario: &Scenario,
    options: &Options<'_>,
    wanted: &[Wanted],
    earlier: Option<Results>,
    progress: &(dyn Fn() + Sync),
    expect: &dyn Fn(u64),
) -> Result<Results, Box<Unfinished>> {
    let first = options.replications.start;
    let most = options.replications.end - first;
    let upto = |count: u64| Options {
        replications: first..first + count.min(most),
        ..options.clone()
    };
    let mut results = match earlier {
        Some(results) => results,
        None => experiment::run(scenario, &upto(ROUND), progress)?,
    };
    loop {
        let done = results.replications;
        let judged = judge(scenario, &results, wanted);
        if done >= most || (done >= ROUND && judged.iter().all(Judged::is_known)) {
            return Ok(results);
        }
        if options.stop.load(Ordering::Relaxed) {
            return Err(Box::new(Unfinished {
                finished: results,
                why: Stopped::Interrupted,
            }));
        }
        expect(likely(&judged, done).min(most));
        results = experiment::extend(scenario, &upto(end_of_round(done)), results, progress)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_end_at_multiples_of_their_size() {
        assert_eq!(
            [0, 99, 100, 250].map(end_of_round),
            [ROUND, ROUND, 2 * ROUND, 3 * ROUND]
        );
    }
}
