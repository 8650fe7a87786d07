//! `pilot`: what other pilots would find and save.

use super::args::Pilot;
use super::check::{load, strategy};
use super::failure::Failure;
use super::run::{progress_bar, stop_on_interrupt};
use super::terminal;
use crate::analysis::pilot::{self, Asked, Question};
use crate::analysis::replay::Options;
use crate::plan::pilot::length;
use crate::report;
use crate::scenario::Scenario;
use std::sync::atomic::Ordering;

/// Replays all pilots, writes the files, prints the table.
pub(super) fn pilot(arguments: &Pilot) -> Result<(), Failure> {
    let scenario = load(&arguments.file, &arguments.common.set)?;
    let chosen = match &arguments.strategy {
        Some(name) => strategy(&scenario, "--strategy", name)?,
        None => only_pilot(&scenario)?,
    };
    let asked = Asked {
        sizes: arguments.size.clone(),
        days: arguments.days.clone(),
        compositions: arguments.choose.clone(),
        user_cost: arguments.user_cost,
    };
    let question = Question::new(&scenario, chosen, &asked)
        .map_err(|what| Failure::Usage(format!("{}: {what}", scenario.path)))?;
    let stop = stop_on_interrupt()?;
    let worlds = u64::from(arguments.replications.unwrap_or(scenario.replications));
    let options = Options {
        seed: arguments.common.seed.unwrap_or(scenario.seed),
        threads: arguments.common.threads.unwrap_or(0),
        stop: &stop,
    };
    let bar = progress_bar(pilot::effort(worlds), arguments.common.quiet);
    let found = pilot::run(&scenario, question, worlds, options, &|| bar.inc(1));
    bar.finish_and_clear();
    let found = found?;
    if stop.load(Ordering::Relaxed) {
        return Err(Failure::Interrupted);
    }
    let place = report::pilot::write(
        &scenario,
        &found,
        &arguments.common.out,
        !arguments.common.no_charts,
    )?;
    let place = format!("{}/", place.display());
    terminal::print(&report::pilot::print(
        &scenario,
        &found,
        terminal::style(),
        Some(&place),
    ))
}

/// The strategy with a pilot, if there is only one.
fn only_pilot(scenario: &Scenario) -> Result<usize, Failure> {
    let has_one = |place: &usize| length(&scenario.plans[*place]).is_some();
    let found: Vec<usize> = (0..scenario.plans.len()).filter(has_one).collect();
    match found[..] {
        [only] => Ok(only),
        [] => Err(Failure::Usage(format!(
            "{}: no strategy has a pilot before its waves; add a table [strategies.pilot] to one",
            scenario.path
        ))),
        _ => {
            let names: Vec<&str> = found
                .iter()
                .map(|&place| scenario.plans[place].name.as_str())
                .collect();
            Err(Failure::Usage(format!(
                "{}: several strategies have a pilot; add --strategy with one of {}",
                scenario.path,
                names.join(", ")
            )))
        }
    }
}
