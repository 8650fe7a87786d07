//! `sensitivity`: what drives the result.

use super::args::Sensitivity;
use super::check::{load, strategies, strategy};
use super::failure::Failure;
use super::run::{progress_bar, stop_on_interrupt};
use super::terminal;
use crate::analysis::replay::Options;
use crate::analysis::sensitivity::{self, Question, is_measurable};
use crate::outcome::Metric;
use crate::report;
use std::sync::atomic::Ordering;

/// Worlds, if nobody says otherwise and the scenario does not ask for fewer.
const WORLDS: u32 = 50;

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
    let stop = stop_on_interrupt()?;
    let options = Options {
        seed: arguments.common.seed.unwrap_or(scenario.seed),
        threads: arguments.common.threads.unwrap_or(0),
        stop: &stop,
    };
    let bar = progress_bar(
        sensitivity::effort(&scenario.facts, &question),
        arguments.common.quiet,
    );
    let found = sensitivity::analyse(&scenario, &question, options, &|| bar.inc(1));
    bar.finish_and_clear();
    let found = found?;
    if stop.load(Ordering::Relaxed) {
        return Err(Failure::Interrupted);
    }
    let place = report::sensitivity::write(
        &scenario,
        &found,
        &arguments.common.out,
        !arguments.common.no_charts,
    )?;
    let place = format!("{}/", place.display());
    terminal::print(&report::sensitivity::print(
        &scenario,
        &found,
        terminal::style(),
        Some(&place),
    ))
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
