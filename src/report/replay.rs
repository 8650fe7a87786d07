//! Files of a replay: the event log of one strategy in one world.

use super::csv_file::Tables;
use super::days;
use super::log_csv::LogWriter;
use super::manifest::VERSION;
use super::story::Storyteller;
use crate::outcome::{DayDigests, Outcome};
use crate::plan::Plan;
use crate::scenario::Scenario;
use crate::simulate::simulate;
use crate::store::kind::REPLAY;
use crate::store::{Claim, NotWritten, SCHEMA, Written, at};
use crate::world::World;
use serde::Serialize;

/// What it takes to repeat a replay.
#[derive(Serialize)]
struct ReplayManifest<'a> {
    schema: u32,
    program: &'static str,
    version: &'static str,
    analysis: &'static str,
    scenario: &'a str,
    input_digest: &'a str,
    set: &'a [String],
    seed: u64,
    replication: u64,
    /// Was the world read from files, and so perhaps changed?
    world_was_read: bool,
    strategy: &'a str,
    /// Digest of the event log.
    digest: String,
}

/// One strategy, replayed in one world.
pub struct Replayed {
    /// What came of it.
    pub outcome: Outcome,
    /// Its story.
    pub story: String,
    /// Number of entries in the event log.
    pub entries: u64,
    /// Where they are.
    pub written: Written,
}

/// Replays a strategy of a scenario in a world and writes its event log, once more for Excel if asked for.
///
/// # Errors
/// If the log cannot be written; an earlier one is then untouched.
pub fn record(
    world: &World,
    plan: &Plan,
    world_was_read: bool,
    scenario: &Scenario,
    claim: Claim,
    excel: bool,
) -> Result<Replayed, NotWritten> {
    let mut replayed = None;
    let written = claim.write(|dir| {
        let tables = Tables::new(dir, excel)?;
        let path = tables.path("events.csv");
        let (file, twin) = tables.create("events.csv").map_err(at(&path))?;
        let writer = LogWriter::with_twin(&world.facts, plan, file, twin);
        let listening = (writer, (Storyteller::new(&world.facts, plan), DayDigests::new()));
        let (outcome, (writer, (teller, days))) = simulate(world, plan, listening);
        let entries = writer.finish().map_err(at(&path))?;
        let calendar = &world.facts.calendar;
        days::write(tables, calendar, &days.finish(calendar.days()))?;
        let story = teller.finish(&outcome);
        let manifest = ReplayManifest {
            schema: SCHEMA,
            program: env!("CARGO_PKG_NAME"),
            version: VERSION,
            analysis: REPLAY.analysis,
            scenario: &scenario.facts.name,
            input_digest: &scenario.digest,
            set: &scenario.overrides,
            seed: world.key.seed,
            replication: world.key.replication,
            world_was_read,
            strategy: &plan.name,
            digest: format!("{:016x}", outcome.digest),
        };
        replayed = Some((outcome, story, entries));
        Ok(manifest)
    })?;
    let (outcome, story, entries) = replayed.expect("what was written was replayed");
    Ok(Replayed {
        outcome,
        story,
        entries,
        written,
    })
}
