//! `sensitivity`: what drives the result.

use super::analysis::carry_out;
use super::args::Sensitivity;
use super::check::{load, strategies, strategy};
use super::failure::Failure;
use crate::analysis::sensitivity::{self, Question, WORLDS, is_measurable};
use crate::outcome::Metric;
use crate::report;
use crate::store::kind::SENSITIVITY;

/// Replays all variations, writes the files, prints the tables.
pub(super) fn sensitivity(arguments: &Sensitivity) -> Result<(), Failure> {
    let metrics = metrics(&arguments.metric)?;
    let mut scenario = load(&arguments.file, &arguments.common.set)?;
    if let Some(base) = &arguments.base {
        scenario.base = strategy(&scenario, "--base", base)?;
    }
    let worlds = arguments
        .replications
        .unwrap_or(scenario.replications.min(WORLDS));
    let question = Question {
        strategies: strategies(&scenario, &arguments.strategy)?,
        metrics,
        worlds: worlds.into(),
        trajectories: arguments.trajectories.into(),
    };
    carry_out(
        &arguments.common,
        &scenario,
        &SENSITIVITY,
        sensitivity::effort(&scenario.facts, &question),
        |options, progress| Ok(sensitivity::analyse(&scenario, &question, options, progress)?),
        report::sensitivity::study,
    )
}

/// The metrics asked for, or lost attendee-hours.
fn metrics(asked: &[Metric]) -> Result<Vec<Metric>, Failure> {
    if let Some(metric) = asked.iter().find(|&&metric| !is_measurable(metric)) {
        let name = metric.definition().name;
        let message = format!(
            "--metric {name}: it is missing in some worlds, so differences in the same worlds cannot be taken; choose \
             another, such as lost_attendee_hours, cost or completion_day"
        );
        return Err(Failure::Usage(message));
    }
    if asked.is_empty() {
        return Ok(vec![Metric::LostHours]);
    }
    let mut metrics: Vec<Metric> = Vec::new();
    for &metric in asked {
        if !metrics.contains(&metric) {
            metrics.push(metric);
        }
    }
    Ok(metrics)
}
