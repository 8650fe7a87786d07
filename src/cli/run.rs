//! `run`: all strategies in many worlds.

use super::args::Run;
use super::check::{load, strategies, strategy};
use super::claim::{claim, written};
use super::failure::Failure;
use super::{interrupt, terminal};
use crate::analysis::rounds::{self, Reached};
use crate::experiment::{self, Options, Results};
use crate::report::goals::Judgement;
use crate::report::{self, table};
use crate::scenario::Scenario;
use crate::store::kind::RUN;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::path::Path;

/// Runs the experiment, writes the files, prints the tables.
pub(super) fn run(arguments: &Run) -> Result<(), Failure> {
    let mut scenario = load(&arguments.file, &arguments.common.set)?;
    if let Some(base) = &arguments.base {
        scenario.base = strategy(&scenario, "--base", base)?;
    }
    if arguments.require && scenario.goals.limits.is_empty() {
        let what =
            "the scenario states no limits to require; write a table [[limits]], or leave out --require";
        return Err(Failure::Usage(what.into()));
    }
    let options = options(arguments, &scenario)?;
    let common = &arguments.common;
    let place = report::place(&common.out, &scenario, &RUN);
    let claim = claim(&place, &scenario, &RUN, common.wait)?;
    let earlier = earlier(arguments, &scenario, &options)?;
    let results = simulate(&scenario, &options, arguments, earlier)?;
    if interrupt::is_set() {
        return Err(Failure::Interrupted);
    }
    let reached = reached(arguments, &scenario, &results);
    let place = written(report::write_results(
        &scenario,
        &results,
        reached.as_ref(),
        claim,
        common.extras(),
    ))?;
    let replay = replay_command(arguments, &scenario, &results);
    terminal::print(&table::run(
        &scenario,
        &results,
        reached.as_ref(),
        &arguments.metric,
        terminal::style(),
        Some(&place),
        replay.as_deref(),
    ))?;
    if arguments.require {
        return require_limits(&scenario, &results);
    }
    Ok(())
}

/// Fails, after everything was written and printed, if a limit does not hold as often as wanted.
fn require_limits(scenario: &Scenario, results: &Results) -> Result<(), Failure> {
    let broken = Judgement::new(scenario, results).broken_limits(scenario, results);
    if broken.is_empty() {
        return Ok(());
    }
    Err(Failure::Limits(format!(
        "limits that do not hold as often as wanted:\n  {}",
        broken.join("\n  ")
    )))
}

fn options(arguments: &Run, scenario: &Scenario) -> Result<Options<'static>, Failure> {
    let count = if arguments.precision.is_empty() {
        arguments.replications.unwrap_or(scenario.replications)
    } else {
        arguments.max_replications
    };
    Ok(Options {
        strategies: strategies(scenario, &arguments.strategy)?,
        replications: 0..u64::from(count),
        seed: arguments.common.seed.unwrap_or(scenario.seed),
        threads: arguments.common.threads.unwrap_or(0),
        fix_uncertain: arguments.fix_uncertain,
        stop: interrupt::flag(),
    })
}

/// The results to be extended, if any are.
fn earlier(arguments: &Run, scenario: &Scenario, options: &Options<'_>) -> Result<Option<Results>, Failure> {
    if !arguments.extend {
        return Ok(None);
    }
    let out = &arguments.common.out;
    let refuse = |what: String| Failure::Usage(format!("--extend: {what}"));
    let earlier = report::resume::read(out, scenario, options).map_err(refuse)?;
    let (done, wanted) = (earlier.replications, options.replications.end);
    if done >= wanted {
        let option = if arguments.precision.is_empty() {
            "--replications"
        } else {
            "--max-replications"
        };
        let place = report::place(out, scenario, &RUN);
        let place = place.display();
        return Err(refuse(format!(
            "{place} has {done} worlds already; ask for more, such as {option} {}",
            done + 100
        )));
    }
    Ok(Some(earlier))
}

fn simulate(
    scenario: &Scenario,
    options: &Options<'_>,
    arguments: &Run,
    earlier: Option<Results>,
) -> Result<Results, Failure> {
    let done = earlier.as_ref().map_or(0, |earlier| earlier.replications);
    let wanted = &arguments.precision;
    let length = if wanted.is_empty() {
        options.replications.end
    } else {
        (done + rounds::ROUND).min(options.replications.end)
    };
    let bar = progress_bar(length, arguments.common.quiet);
    bar.set_position(done);
    bar.reset_eta();
    let progress = || bar.inc(1);
    let _patient = interrupt::patiently();
    let results = match earlier {
        _ if !wanted.is_empty() => {
            let expect = |likely| bar.set_length(likely);
            rounds::run(scenario, options, wanted, earlier, &progress, &expect)
        }
        Some(earlier) => experiment::extend(scenario, options, earlier, &progress),
        None => experiment::run(scenario, options, &progress),
    };
    bar.finish_and_clear();
    Ok(results?)
}

/// How well what was wanted is known.
fn reached(arguments: &Run, scenario: &Scenario, results: &Results) -> Option<Reached> {
    let wanted = arguments.precision.clone();
    (!wanted.is_empty()).then(|| Reached {
        judged: rounds::judge(scenario, results, &wanted),
        most: arguments.max_replications.into(),
        wanted,
    })
}

/// A bar that counts worlds, unless nobody sees it.
pub(super) fn progress_bar(length: u64, quiet: bool) -> ProgressBar {
    if quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style =
        ProgressStyle::with_template(" replaying {bar:30} {human_pos}/{human_len} worlds, {eta} left")
            .expect("a valid template");
    ProgressBar::new(length).with_style(style.progress_chars("##-"))
}

/// The command that replays the world in which most meetings were broken.
fn replay_command(arguments: &Run, scenario: &Scenario, results: &Results) -> Option<String> {
    let (replication, strategy) = results.worst()?;
    let name = report::strategy_name(scenario, results, strategy);
    let mut command = format!(
        "coexist replay {} --strategy {} --replication {replication} --seed {}",
        quoted(&arguments.file.display().to_string()),
        quoted(name),
        results.seed
    );
    for written in &arguments.common.set {
        command.push_str(&format!(" --set {}", quoted(written)));
    }
    if results.fix_uncertain {
        command.push_str(" --fix-uncertain");
    }
    if arguments.common.out != Path::new("output") {
        command.push_str(&format!(
            " --out {}",
            quoted(&arguments.common.out.display().to_string())
        ));
    }
    Some(command)
}

/// A word as a shell reads it.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "-_./:,+@%=".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.into()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_needs_it() {
        assert_eq!(quoted("scenarios/a.toml"), "scenarios/a.toml");
        assert_eq!(quoted("my plan"), "'my plan'");
        assert_eq!(quoted("it's"), "'it'\\''s'");
    }
}
