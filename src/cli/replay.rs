//! `replay`: one strategy in one world, with its story, its event log and a comparison with the recorded run.

use super::args::{CsvForm, Replay, Which};
use super::check::{load, strategy};
use super::claim::{claim, written};
use super::failure::Failure;
use super::terminal;
use crate::analysis::occasion::{self, Occasion};
use crate::experiment;
use crate::kernel::Key;
use crate::outcome::{Outcome, Row};
use crate::report::{self, NoRecord, Record, number, replay, words, world_files};
use crate::scenario::Scenario;
use crate::store::kind::{REPLAY, RUN};
use crate::world::World;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Replays, tells, writes, compares.
pub(super) fn replay(arguments: &Replay) -> Result<(), Failure> {
    let scenario = load(&arguments.file, &arguments.set)?;
    let plan = &scenario.plans[strategy(&scenario, "--strategy", &arguments.strategy)?];
    let world = find_world(arguments, &scenario)?;
    let Key { seed, replication } = world.key;
    let place = log_place(arguments, &scenario, world.key);
    if let Some(other) = &arguments.against {
        refuse_other(other, &place, &scenario, &arguments.strategy, world.key)?;
    }
    let claim = claim(&place, &scenario, &REPLAY, arguments.wait)?;
    let replayed = replay::record(
        &world,
        plan,
        arguments.world.is_some(),
        &scenario,
        claim,
        arguments.csv == CsvForm::Excel,
    )?;
    let place = written(Ok(replayed.written))?;
    let compared = compare(arguments, &scenario, world.key, &replayed.outcome);
    let parted = against(arguments, &log_place(arguments, &scenario, world.key))?;
    let mut text = format!(
        "{} - {}, world {replication} of seed {seed}\n\n{}\n",
        plan.name, plan.title, replayed.story
    );
    let explained = words::glossary(&text).map(|words| format!("{words}\n"));
    text.push_str(&explained.unwrap_or_default());
    text.push_str(&format!(
        "Wrote {} entries to {place}events.csv\n",
        number::whole(replayed.entries as f64)
    ));
    text.push_str(&format!("Digest {:016x}", replayed.outcome.digest));
    if let Ok(agreement) = &compared {
        text.push_str(&format!(" {agreement}"));
    }
    text.push('\n');
    if arguments.against.is_some() && parted.is_none() {
        text.push_str("Every day is the same as in the other replay\n");
    }
    terminal::print(&text)?;
    match (compared, parted) {
        (Err(failure), _) => Err(failure),
        (Ok(_), Some(parted)) => Err(Failure::Mismatch(format!("the replays differ: {parted}"))),
        (Ok(_), None) => Ok(()),
    }
}

/// Refuses a directory that no replay can be compared with, before anything is replayed.
fn refuse_other(
    other: &Path,
    place: &Path,
    scenario: &Scenario,
    strategy: &str,
    key: Key,
) -> Result<(), Failure> {
    let refuse = |what: String| Err(Failure::Usage(format!("--against: {what}")));
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    if real(other).is_some_and(|other| real(place) == Some(other)) {
        return refuse(format!(
            "{} is where this replay is written; move the other one first, or choose another --out",
            other.display()
        ));
    }
    report::days::check_record(other, &scenario.facts.name, strategy, key).or_else(refuse)
}

/// Where this replay parts from an earlier one.
fn against(arguments: &Replay, place: &Path) -> Result<Option<String>, Failure> {
    let Some(other) = &arguments.against else {
        return Ok(None);
    };
    report::days::parting(place, other).map_err(|what| Failure::Failed(format!("--against: {what}")))
}

/// The world, drawn or read.
fn find_world(arguments: &Replay, scenario: &Scenario) -> Result<World, Failure> {
    if let Some(dir) = &arguments.world {
        return world_files::read(dir, Arc::clone(&scenario.facts))
            .map_err(|error| Failure::Usage(format!("{error}; write a world with `coexist world`")));
    }
    let seed = arguments.seed.unwrap_or(scenario.seed);
    let replication = match arguments.replication {
        None => 0,
        Some(Which::Number(number)) => number,
        Some(Which::Occasion(occasion)) => recorded_world(arguments, scenario, seed, occasion)?,
    };
    Ok(experiment::draw(
        scenario,
        seed,
        replication,
        arguments.fix_uncertain,
    ))
}

/// The world of the recorded run that has this meaning.
fn recorded_world(
    arguments: &Replay,
    scenario: &Scenario,
    seed: u64,
    occasion: Occasion,
) -> Result<u64, Failure> {
    let place = report::place(&arguments.out, scenario, &RUN);
    let place = place.display();
    let meaning = "a world is chosen by its meaning among those of a recorded run";
    let refuse = |what: String| {
        let instead = "run the scenario first, or give the world's number";
        Failure::Usage(format!("{meaning}, and {place} {what}; {instead}"))
    };
    let none = || refuse("holds none of this input and seed".into());
    let record = Record::open(&arguments.out, scenario).map_err(|why| match why {
        NoRecord::Nothing => none(),
        NoRecord::Unusable(what) => refuse(what),
    })?;
    if !record.manifest.covers(scenario, seed, arguments.fix_uncertain) {
        return Err(none());
    }
    let worlds = record.worlds(&arguments.strategy);
    let worlds = worlds.map_err(|what| refuse(format!("cannot be used: {what}")))?;
    let (numbers, rows): (Vec<u64>, Vec<Row>) = (worlds.into_iter())
        .map(|world| (world.replication, world.row))
        .unzip();
    let found = occasion::find(&rows, occasion).map(|place| numbers[place]);
    found.ok_or_else(|| {
        Failure::Usage(format!(
            "strategy `{}` has no such world among the {} recorded ones; choose another meaning, or run more worlds",
            arguments.strategy,
            numbers.len()
        ))
    })
}

/// The place of the event log, beside the results of runs. A seed that is not the scenario's is part of its name.
fn log_place(arguments: &Replay, scenario: &Scenario, key: Key) -> PathBuf {
    let mut name = format!("{}-{}", arguments.strategy, key.replication);
    if key.seed != scenario.seed {
        name.push_str(&format!("-seed-{}", key.seed));
    }
    report::place(&arguments.out, scenario, &REPLAY).join(name)
}

/// Compares with the recorded run, if there is one that must agree; returns the result in words.
fn compare(arguments: &Replay, scenario: &Scenario, key: Key, outcome: &Outcome) -> Result<String, Failure> {
    let record = match Record::open(&arguments.out, scenario) {
        Ok(record) => record,
        Err(NoRecord::Nothing) => return Ok("(no recorded run to compare with)".into()),
        Err(NoRecord::Unusable(what)) => {
            let place = report::place(&arguments.out, scenario, &RUN);
            return Ok(format!("({} {what}: not compared)", place.display()));
        }
    };
    if !record
        .manifest
        .covers(scenario, key.seed, arguments.fix_uncertain)
    {
        return Ok("(the recorded run is of another input, seed or version: not compared)".into());
    }
    if !record.manifest.strategies.contains(&arguments.strategy) {
        return Ok("(not in the recorded run: not compared)".into());
    }
    let dir = record.dir().display();
    let worlds = record.worlds(&arguments.strategy).map_err(|what| {
        let anew = "nothing can be compared with it; run again to record anew";
        Failure::Mismatch(format!("the recorded run in {dir} was changed: {what}; {anew}"))
    })?;
    let own = outcome.digest;
    match worlds.iter().find(|world| world.replication == key.replication) {
        None => Ok("(not in the recorded run: not compared)".into()),
        Some(recorded) if recorded.digest == own => Ok("matches the recorded run".into()),
        Some(_) if arguments.world.is_some() => Err(Failure::Mismatch(differing_world(own))),
        Some(recorded) => Err(Failure::Mismatch(format!(
            "replay differs from the recorded run: {dir} says digest {:016x} for strategy {} in world {}, the replay \
             has {own:016x}. The input and the seed are the same, so the program is not the one that wrote it; run again to \
             record anew",
            recorded.digest, arguments.strategy, key.replication
        ))),
    }
}

/// What to say when a world that was read does not give the recorded digest.
fn differing_world(own: u64) -> String {
    format!(
        "the world that was read does not replay to the recorded digest but to {own:016x}: its files were changed, or \
         written with other options than the run's; export it again with `coexist world`"
    )
}
