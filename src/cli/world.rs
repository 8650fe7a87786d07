//! `world`: the world of one replication as files.

use super::args::World;
use super::check::load;
use super::failure::Failure;
use super::terminal;
use crate::experiment;
use crate::report::world_files;

/// Draws a world and writes it.
pub(super) fn world(arguments: &World) -> Result<(), Failure> {
    let scenario = load(&arguments.file, &arguments.set)?;
    let seed = arguments.seed.unwrap_or(scenario.seed);
    let world = experiment::draw(&scenario, seed, arguments.replication, arguments.fix_uncertain);
    world_files::write(&world, &arguments.out)?;
    let place = arguments.out.display();
    terminal::print(&format!(
        "Wrote world {} of seed {seed} to {place}/\n",
        arguments.replication
    ))
}
