//! `world`: the world of one replication as files.

use super::args::World;
use super::check::load;
use super::claim::{claim, written};
use super::failure::Failure;
use super::terminal;
use crate::experiment;
use crate::report::world_files;
use crate::store::kind::WORLD;

/// Draws a world and writes it.
pub(super) fn world(arguments: &World) -> Result<(), Failure> {
    let scenario = load(&arguments.file, &arguments.set)?;
    let claim = claim(&arguments.out, &scenario, &WORLD, arguments.wait)?;
    let seed = arguments.seed.unwrap_or(scenario.seed);
    let world = experiment::draw(&scenario, seed, arguments.replication, arguments.fix_uncertain);
    let place = written(world_files::write(
        &world,
        &scenario,
        arguments.fix_uncertain,
        claim,
    ))?;
    terminal::print(&format!(
        "Wrote world {} of seed {seed} to {place}\n",
        arguments.replication
    ))
}
