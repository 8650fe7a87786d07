//! `replay`: one strategy in one world, with its story, its event log and a comparison with the recorded run.

use super::args::{Replay, Which};
use super::check::{load, strategy};
use super::failure::Failure;
use super::terminal;
use crate::analysis::occasion::{self, Occasion};
use crate::experiment;
use crate::kernel::Key;
use crate::outcome::{Outcome, Row};
use crate::plan::Plan;
use crate::report::log_csv::LogWriter;
use crate::report::story::Storyteller;
use crate::report::{Manifest, files, number, recorded_digest, recorded_rows, world_files};
use crate::scenario::Scenario;
use crate::simulate::simulate;
use crate::world::World;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Replays, tells, writes, compares.
pub(super) fn replay(arguments: &Replay) -> Result<(), Failure> {
    let scenario = load(&arguments.file, &arguments.set)?;
    let plan = &scenario.plans[strategy(&scenario, "--strategy", &arguments.strategy)?];
    let world = find_world(arguments, &scenario)?;
    let Key { seed, replication } = world.key;
    let log = log_path(arguments, &scenario, replication)?;
    let (outcome, story, entries) = record(&world, plan, &log)?;
    let compared = compare(arguments, &scenario, world.key, &outcome);
    let mut text = format!(
        "{} - {}, world {replication} of seed {seed}\n\n{story}\n",
        plan.name, plan.title
    );
    text.push_str(&format!(
        "Wrote {} entries to {}\n",
        number::whole(entries as f64),
        log.display()
    ));
    text.push_str(&format!("Digest {:016x}", outcome.digest));
    if let Ok(agreement) = &compared {
        text.push_str(&format!(" {agreement}"));
    }
    text.push('\n');
    terminal::print(&text)?;
    compared.map(|_| ())
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
    let place = files::place(&arguments.out, scenario);
    let covers = |manifest: &Manifest| manifest.covers(scenario, seed, arguments.fix_uncertain);
    if !Manifest::read(&place).as_ref().is_some_and(covers) {
        return Err(Failure::Usage(format!(
            "a world is chosen by its meaning among those of a recorded run, and {} holds none of this input and seed; \
             run the scenario first, or give the world's number",
            place.display()
        )));
    }
    let path = place.join("replications.csv");
    let rows = recorded_rows(&path, &arguments.strategy)
        .map_err(|error| Failure::Failed(format!("could not read {}: {error}", path.display())))?;
    let (numbers, rows): (Vec<u64>, Vec<Row>) = rows.into_iter().unzip();
    let found = occasion::find(&rows, occasion).map(|place| numbers[place]);
    found.ok_or_else(|| {
        Failure::Usage(format!(
            "strategy `{}` has no such world among the {} recorded ones; choose another meaning, or run more worlds",
            arguments.strategy,
            numbers.len()
        ))
    })
}

/// The place of the event log, beside the results of runs so that a run does not remove it.
fn log_path(arguments: &Replay, scenario: &Scenario, replication: u64) -> Result<PathBuf, Failure> {
    let dir = arguments
        .out
        .join(format!("{}-replay", scenario.facts.name))
        .join(format!("{}-{replication}", arguments.strategy));
    fs::create_dir_all(&dir).map_err(|error| cannot_write(&dir, &error))?;
    Ok(dir.join("events.csv"))
}

fn cannot_write(path: &Path, error: &dyn std::fmt::Display) -> Failure {
    Failure::Failed(format!("could not write {}: {error}", path.display()))
}

/// Replays one plan, writing its log; returns the outcome, the story and the number of entries.
fn record(world: &World, plan: &Plan, log: &Path) -> Result<(Outcome, String, u64), Failure> {
    let file = File::create(log).map_err(|error| cannot_write(log, &error))?;
    let writer = LogWriter::new(&world.facts, plan, BufWriter::new(file));
    let teller = Storyteller::new(&world.facts, plan);
    let (outcome, (writer, teller)) = simulate(world, plan, (writer, teller));
    let entries = writer.finish().map_err(|error| cannot_write(log, &error))?;
    let story = teller.finish(&outcome);
    Ok((outcome, story, entries))
}

/// Compares with the recorded run, if there is one that must agree; returns the result in words.
fn compare(
    arguments: &Replay,
    scenario: &Scenario,
    key: Key,
    outcome: &Outcome,
) -> Result<&'static str, Failure> {
    let place = files::place(&arguments.out, scenario);
    let Some(manifest) = Manifest::read(&place) else {
        return Ok("(no recorded run to compare with)");
    };
    if !manifest.covers(scenario, key.seed, arguments.fix_uncertain) {
        return Ok("(the recorded run is of another input, seed or version: not compared)");
    }
    let path = place.join("replications.csv");
    let recorded = recorded_digest(&path, &arguments.strategy, key.replication)
        .map_err(|error| Failure::Failed(format!("could not read {}: {error}", path.display())))?;
    let own = format!("{:016x}", outcome.digest);
    match recorded {
        None => Ok("(not in the recorded run: not compared)"),
        Some(recorded) if recorded == own => Ok("matches the recorded run"),
        Some(_) if arguments.world.is_some() => Err(Failure::Mismatch(differing_world(&own))),
        Some(recorded) => Err(Failure::Mismatch(format!(
            "replay differs from the recorded run: {} says digest {recorded} for strategy {} in world {}, the replay \
             has {own}. The input and the seed are the same, so either that file was changed or the program is not \
             the one that wrote it; run again to record anew",
            path.display(),
            arguments.strategy,
            key.replication
        ))),
    }
}

/// What to say when a world that was read does not give the recorded digest.
fn differing_world(own: &str) -> String {
    format!(
        "the world that was read does not replay to the recorded digest but to {own}: its files were changed, or \
         written with other options than the run's; export it again with `coexist world`"
    )
}
