//! `optimize`: a search over declared values of a plan.

use super::analysis::carry_out;
use super::args::Optimize;
use super::check::{load, strategy};
use super::failure::Failure;
use crate::analysis::optimize::{self, NotFound, Question};
use crate::outcome::Metric;
use crate::report;
use crate::scenario::Scenario;
use crate::scenario::optimize as words;
use crate::store::kind::OPTIMIZE;

/// Worlds of the search, if nobody says otherwise and the scenario does not ask for fewer.
const WORLDS: u32 = 200;

/// Searches, confirms, writes the files, prints the tables.
pub(super) fn optimize(arguments: &Optimize) -> Result<(), Failure> {
    let scenario = load(&arguments.file, &arguments.common.set)?;
    let question = question(arguments, &scenario)?;
    let refuse = |what: String| Failure::Usage(format!("{}: {what}", scenario.path));
    question.check().map_err(refuse)?;
    let worlds = u64::from(question.worlds) + u64::from(question.confirm);
    let why = |reason: NotFound| match reason {
        NotFound::Stopped(stopped) => stopped.into(),
        NotFound::AllImpossible(first) => Failure::Usage(format!(
            "{}: every combination is impossible; the first because {first}",
            scenario.path
        )),
    };
    carry_out(
        &arguments.common,
        &scenario,
        &OPTIMIZE,
        worlds,
        |options, progress| optimize::run(&scenario, question, options, progress).map_err(why),
        report::optimize::study,
    )
}

/// What the scenario asks, with the options of the command line in the place of its keys.
fn question(arguments: &Optimize, scenario: &Scenario) -> Result<Question, Failure> {
    let asked = &scenario.optimize;
    let place = match (&arguments.strategy, &asked.strategy) {
        (Some(name), _) => strategy(scenario, "--strategy", name)?,
        (None, Some(name)) => strategy(scenario, "strategy", name)?,
        (None, None) if scenario.plans.len() == 2 => 1,
        (None, None) => {
            let names: Vec<&str> = (scenario.plans[1..].iter())
                .map(|plan| plan.name.as_str())
                .collect();
            let (path, names) = (&scenario.path, names.join(", "));
            let what = format!("{path}: say whose plan is to be varied with --strategy; it has: {names}");
            return Err(Failure::Usage(what));
        }
    };
    if scenario.plans[place].name == "stay" {
        let what = "the strategy `stay` has no plan to vary; choose another with --strategy";
        return Err(Failure::Usage(format!("{}: {what}", scenario.path)));
    }
    let read = |text: &String| {
        words::vary(text).map_err(|(what, help)| Failure::Usage(format!("--vary {text}: {what}; {help}")))
    };
    let mut vary = asked.vary.clone();
    for text in &arguments.vary {
        let one = read(text)?;
        // The option goes over the table's own values of the same key.
        vary.retain(|other| other.key != one.key);
        vary.push(one);
    }
    let mut metrics: Vec<Metric> = Vec::new();
    let objectives = || scenario.goals.objectives.iter().map(|own| own.metric).take(2);
    for metric in [&arguments.metric, &asked.metrics]
        .into_iter()
        .find(|list| !list.is_empty())
        .map_or_else(|| objectives().collect(), Vec::clone)
    {
        if !metrics.contains(&metric) {
            metrics.push(metric);
        }
    }
    Ok(Question {
        strategy: place,
        metrics,
        vary,
        max_candidates: arguments.max_candidates,
        worlds: arguments
            .replications
            .unwrap_or(scenario.replications.min(WORLDS)),
        finalists: arguments.finalists,
        confirm: arguments.confirm.unwrap_or(scenario.replications),
    })
}
