//! `gate`: how often gates let a bad release go on and stop a good one.

use super::analysis::carry_out;
use super::args::Gate;
use super::check::{load, strategy};
use super::failure::Failure;
use crate::analysis::gate::{self, Question};
use crate::report;
use crate::scenario::Scenario;
use crate::store::kind::GATE;

/// Replays all levels and thresholds, writes the files, prints the table.
pub(super) fn gate(arguments: &Gate) -> Result<(), Failure> {
    let scenario = load(&arguments.file, &arguments.common.set)?;
    let question = question(arguments, &scenario)?;
    carry_out(
        &arguments.common,
        &scenario,
        &GATE,
        gate::effort(&question),
        |options, progress| Ok(gate::run(&scenario, question, options, progress)?),
        report::gate::study,
    )
}

fn question(arguments: &Gate, scenario: &Scenario) -> Result<Question, Failure> {
    let path = &scenario.path;
    let chosen = match &arguments.strategy {
        Some(name) => strategy(scenario, "--strategy", name)?,
        None => only_gates(scenario)?,
    };
    let plan = &scenario.plans[chosen];
    if plan.gates.is_empty() {
        let what = format!(
            "{path}: strategy `{}` has no gates; add a table [strategies.gates]",
            plan.name
        );
        return Err(Failure::Usage(what));
    }
    if scenario.facts.defects.is_empty() {
        let what = format!("{path}: a release without defects is always good; add a table [[defects]]");
        return Err(Failure::Usage(what));
    }
    let Some(harm) = arguments.limit.or(scenario.gate_study) else {
        let what = format!(
            "{path}: when is a release bad? Add --limit lost_attendee_hours=500, for example, or a table [gate_study] \
             with `harm` and `limit`"
        );
        return Err(Failure::Usage(what));
    };
    let ascending = |values: &[f64]| {
        let mut values = values.to_vec();
        values.sort_unstable_by(f64::total_cmp);
        values.dedup();
        values
    };
    Ok(Question {
        strategy: chosen,
        harm,
        levels: ascending(&arguments.levels),
        around: gate::distinct(plan, &ascending(&arguments.around)),
        worlds: arguments.replications.unwrap_or(scenario.replications).into(),
    })
}

/// The strategy with gates, if there is only one.
fn only_gates(scenario: &Scenario) -> Result<usize, Failure> {
    let has_some = |place: &usize| !scenario.plans[*place].gates.is_empty();
    let found: Vec<usize> = (0..scenario.plans.len()).filter(has_some).collect();
    match found[..] {
        [only] => Ok(only),
        [] => Err(Failure::Usage(format!(
            "{}: no strategy has gates; add a table [strategies.gates] to one",
            scenario.path
        ))),
        _ => {
            let names = found.iter().map(|&place| scenario.plans[place].name.as_str());
            Err(Failure::Usage(format!(
                "{}: several strategies have gates; add --strategy with one of {}",
                scenario.path,
                names.collect::<Vec<_>>().join(", ")
            )))
        }
    }
}
