//! A fault of the program in one world: told with the command that repeats it, and the worlds before it kept.

use super::command::{self, Replays};
use super::failure::Failure;
use super::terminal;
use crate::experiment::{self, Broken, Results, Stopped};
use crate::mutant;
use crate::report::{self, number};
use crate::store::kind::RUN;

/// What is told of a fault of the program that struck while `strategies` were replayed in a world.
pub(super) fn told(broken: &Broken, replays: Replays<'_>, strategies: &[usize]) -> String {
    let Replays {
        scenario,
        seed,
        fix_uncertain,
        ..
    } = replays;
    let world = broken.replication;
    let command = match experiment::culprit(scenario, strategies, seed, world, fix_uncertain) {
        Some(strategy) => replays.command(&scenario.plans[strategy].name, world),
        None => command::own(),
    };
    format!(
        "a fault of this program, not of the scenario, struck in world {world}, so there are no results: {}\n  This repeats it, \
         and should go to whoever maintains the program, with the scenario and its files:\n    {command}",
        broken.what
    )
}

/// What is told of an analysis that ended early.
pub(super) fn explained(failure: Failure, replays: Replays<'_>) -> Failure {
    match failure {
        Failure::Broken(broken) => {
            let all: Vec<usize> = (0..replays.scenario.plans.len()).collect();
            Failure::Failed(told(&broken, replays, &all))
        }
        other => other,
    }
}

/// What is told of a run that ended early. Worlds that were done before a fault of the program are kept; `known` of them are
/// already.
pub(super) fn kept(finished: &Results, why: Stopped, known: u64, replays: Replays<'_>) -> Failure {
    let Stopped::Broken(broken) = why else {
        return why.into();
    };
    let told = told(&broken, replays, &finished.strategies);
    if finished.replications <= known || mutant::is("worlds-before-lost") {
        return Failure::Failed(told);
    }
    let place = report::unfinished_place(replays.out, replays.scenario);
    let written = report::claim(&place, replays.scenario, &RUN)
        .map_err(|refused| refused.to_string())
        .and_then(|claim| {
            report::write_unfinished(replays.scenario, finished, claim).map_err(|error| error.to_string())
        });
    let (place, count) = (place.display(), number::whole(finished.replications as f64));
    Failure::Failed(match written {
        Ok(written) => {
            written.notes.iter().for_each(|note| terminal::tell(note));
            format!(
                "{told}\n  The {count} worlds before it are kept in {place}: with a program in which this is mended, the same \
                 command with --extend goes on from there"
            )
        }
        Err(why) => format!("{told}\n  The {count} worlds before it could not be kept in {place}: {why}"),
    })
}
