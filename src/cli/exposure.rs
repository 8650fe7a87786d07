//! `exposure`: strategies branched at days and stages.

use super::analysis::carry_out;
use super::args;
use super::check::{load, strategy};
use super::failure::Failure;
use crate::analysis::exposure::{self, Question};
use crate::analysis::replay;
use crate::experiment::Options;
use crate::report;
use crate::scenario::Scenario;
use crate::scenario::exposure::{self as words, Asked, Wrong};
use crate::store::kind::EXPOSURE;
use crate::world::Trouble;

/// Branches, writes the files, prints the tables.
pub(super) fn exposure(arguments: &args::Exposure) -> Result<(), Failure> {
    let scenario = load(&arguments.file, &arguments.common.set)?;
    let asked = asked(arguments, &scenario)?;
    let question = Question::new(&scenario, &asked)
        .map_err(|(what, help)| Failure::Usage(format!("{}: {what}; {help}", scenario.path)))?;
    let count = u64::from(arguments.replications.unwrap_or(scenario.replications));
    let analyse = |options: replay::Options<'_>, progress: &(dyn Fn() + Sync)| {
        let options = Options {
            strategies: question.strategies.clone(),
            replications: 0..count,
            seed: options.seed,
            threads: options.threads,
            fix_uncertain: arguments.fix_uncertain,
            stop: options.stop,
        };
        Ok(exposure::run(&scenario, question, &options, progress)?)
    };
    carry_out(
        &arguments.common,
        &scenario,
        &EXPOSURE,
        count,
        analyse,
        report::exposure::study,
    )
}

/// What the scenario asks, with the options of the command line in the place of its keys.
fn asked(arguments: &args::Exposure, scenario: &Scenario) -> Result<Asked, Failure> {
    let mut asked = scenario.exposure.clone();
    let refuse = |option: &str, written: &str| {
        let option = format!("--{option} {written}");
        move |(what, help): Wrong| Failure::Usage(format!("{option}: {what}; {help}"))
    };
    if !arguments.strategy.is_empty() {
        for name in &arguments.strategy {
            strategy(scenario, "--strategy", name)?;
        }
        asked.strategies.clone_from(&arguments.strategy);
    }
    if !arguments.at.is_empty() {
        let start = scenario.facts.calendar.start;
        let when = |text: &String| words::when(text, start).map_err(refuse("at", text));
        asked.at = arguments.at.iter().map(when).collect::<Result<_, _>>()?;
    }
    if arguments.every.is_some() {
        asked.at.clear();
    }
    if let Some(text) = &arguments.trouble {
        let trouble = words::trouble(text, words::LOSS_HOURS, &scenario.facts);
        asked.trouble = Some(trouble.map_err(refuse("trouble", text))?);
    }
    if let Some(hours) = arguments.loss_hours {
        let Some(Trouble::PoolLoss(pool, _)) = asked.trouble else {
            let what =
                "--loss-hours says how long a lost pool is down, but none is lost; add --trouble pool-loss";
            return Err(Failure::Usage(what.into()));
        };
        asked.trouble = Some(Trouble::PoolLoss(
            pool,
            crate::kernel::Span::from_hours_f64(hours),
        ));
    }
    if let Some(text) = &arguments.measure {
        asked.measure = Some(words::measure(text).map_err(refuse("measure", text))?);
    }
    asked.every_days = arguments.every.or(asked.every_days);
    asked.decision_hours = arguments.decision_hours.or(asked.decision_hours);
    asked.ahead_days = arguments.ahead.or(asked.ahead_days);
    asked.budget = arguments.budget.or(asked.budget);
    asked.quantile = arguments.quantile.or(asked.quantile);
    asked.against = arguments.against.or(asked.against);
    asked.window_days = arguments.window_days.or(asked.window_days);
    Ok(asked)
}
