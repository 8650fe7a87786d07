//! `pilot`: what other pilots would find and save.

use super::analysis::carry_out;
use super::args::Pilot;
use super::check::{load, strategy};
use super::failure::Failure;
use crate::analysis::pilot::{self, Asked, Question};
use crate::plan::pilot::length;
use crate::report;
use crate::scenario::Scenario;
use crate::store::kind::PILOT;

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
    let worlds = u64::from(arguments.replications.unwrap_or(scenario.replications));
    carry_out(
        &arguments.common,
        &scenario,
        &PILOT,
        pilot::effort(worlds),
        |options, progress| Ok(pilot::run(&scenario, question, worlds, options, progress)?),
        report::pilot::study,
    )
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
