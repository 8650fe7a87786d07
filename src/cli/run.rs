//! `run`: all strategies in many worlds.

use super::args::Run;
use super::broken::kept;
use super::check::{load, strategies, strategy};
use super::claim::{claim, written};
use super::command::Replays;
use super::failure::Failure;
use super::{interrupt, memory, terminal};
use crate::analysis::rounds::{self, Reached};
use crate::experiment::{self, Options, Results, Unfinished};
use crate::report::goals::Judgement;
use crate::report::{self, run as told};
use crate::scenario::Scenario;
use crate::store::kind::RUN;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;

/// Runs the experiment, writes the files, prints the tables.
pub(super) fn run(arguments: &Run) -> Result<(), Failure> {
    run_loaded(arguments, load(&arguments.file, &arguments.common.set)?)
}

fn run_loaded(arguments: &Run, mut scenario: Scenario) -> Result<(), Failure> {
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
    let replays = Replays {
        scenario: &scenario,
        seed: options.seed,
        fix_uncertain: options.fix_uncertain,
        out: &common.out,
    };
    let known = earlier.as_ref().map_or(0, |earlier| earlier.replications);
    let results = simulate(&scenario, &options, arguments, earlier)
        .map_err(|unfinished| kept(&unfinished.finished, unfinished.why, known, replays))?;
    if interrupt::is_set() {
        return Err(Failure::Interrupted);
    }
    let reached = reached(arguments, &scenario, &results);
    let judgement = Judgement::new(&scenario, &results);
    let place = written(report::write_results(
        &scenario,
        &results,
        &judgement,
        reached.as_ref(),
        claim,
        report::Extras {
            names: arguments.names,
            ..common.extras()
        },
    ))?;
    report::remove_unfinished(&common.out, &scenario, &results);
    let replay = replay_command(replays, &results);
    terminal::print(&told::print(
        &scenario,
        &results,
        &judgement,
        reached.as_ref(),
        told::Shown {
            metrics: &arguments.metric,
            details: arguments.details,
            place: &place,
            replay: replay.as_deref(),
        },
        terminal::style(),
    ))?;
    if arguments.require {
        return require_limits(&judgement.broken_limits(&scenario, &results));
    }
    Ok(())
}

/// Fails, after everything was written and printed, if a limit does not hold as often as wanted.
fn require_limits(broken: &[String]) -> Result<(), Failure> {
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
    let strategies = strategies(scenario, &arguments.strategy)?;
    let plans = experiment::with_base(&strategies, scenario.base).len();
    let threads = memory::threads(scenario, plans, count.into(), arguments.common.threads)?;
    Ok(Options {
        strategies,
        replications: 0..u64::from(count),
        seed: arguments.common.seed.unwrap_or(scenario.seed),
        threads,
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
) -> Result<Results, Box<Unfinished>> {
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
    results
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
fn replay_command(replays: Replays<'_>, results: &Results) -> Option<String> {
    let plans = &replays.scenario.plans;
    let (replication, strategy) = results.worst(|one| plans[results.strategies[one]].moves_anybody())?;
    let name = report::strategy_name(replays.scenario, results, strategy);
    Some(replays.command(name, replication))
}

#[cfg(test)]
mod tests {
    use super::super::args::{Arguments, Command};
    use super::*;
    use crate::store::Listing;
    use crate::world::Draw;
    use clap::Parser;
    use std::fs;
    use std::path::Path;
    use std::sync::Arc;

    fn run_of(out: &Path, more: &[&str]) -> Run {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/tasks.toml");
        let out = out.to_str().unwrap();
        let words = ["coexist", "run", file, "--no-charts", "--quiet", "--out", out];
        let arguments = Arguments::try_parse_from(words.iter().chain(more)).unwrap();
        match arguments.command {
            Command::Run(run) => run,
            other => panic!("{other:?}"),
        }
    }

    /// The scenario with a fault of configuration that exists in one world of forty, and that nothing can be drawn for.
    fn odd(run: &Run, is_broken: bool) -> Scenario {
        let mut scenario = load(&run.file, &[]).unwrap_or_else(|_| panic!("a shipped scenario"));
        let model = &mut Arc::make_mut(&mut scenario.facts).faults[2];
        model.mean = Draw::Fixed(0.025);
        if is_broken {
            model.fix_days = -1.0;
        }
        scenario
    }

    fn results(out: &Path) -> Vec<(String, Vec<u8>)> {
        let place = out.join("tasks");
        let names = Listing::read(&place).unwrap().files.into_keys();
        names
            .map(|name| (name.clone(), fs::read(place.join(name)).unwrap()))
            .collect()
    }

    #[test]
    fn a_fault_of_the_program_in_one_world_keeps_the_worlds_before_it_and_they_are_gone_on_from() {
        let dir = tempfile::tempdir().unwrap();
        let kept = dir.path().join("tasks.unfinished");
        for threads in ["1", "2"] {
            let run = run_of(dir.path(), &["--replications", "80", "--threads", threads]);
            let failure = run_loaded(&run, odd(&run, true)).unwrap_err();
            let Failure::Failed(told) = &failure else {
                panic!("{failure:?}");
            };
            let (world, after) = told
                .strip_prefix("a fault of this program, not of the scenario, struck in world ")
                .and_then(|rest| rest.split_once(','))
                .unwrap_or_else(|| panic!("{told}"));
            let world: usize = world.parse().unwrap();
            assert!((1..80).contains(&world), "{told}");
            for words in [
                format!("tasks.toml --strategy stay --replication {world} --seed 30024 --out "),
                format!("The {world} worlds before it are kept in "),
                "the same command with --extend goes on from there".into(),
            ] {
                assert!(after.contains(&words), "{words}: {told}");
            }
            // No table that could be taken for a result.
            let names: Vec<String> = Listing::read(&kept).unwrap().files.into_keys().collect();
            let kept = [
                "daily.json.gz",
                "divisions.json.gz",
                "replications-in-lot.csv",
                "replications.csv",
            ];
            assert_eq!(names, kept);
            assert!(!dir.path().join("tasks").exists());
        }
        let run = run_of(dir.path(), &["--replications", "80", "--extend"]);
        run_loaded(&run, odd(&run, false)).unwrap();
        assert!(!kept.exists());
        let other = tempfile::tempdir().unwrap();
        let run = run_of(other.path(), &["--replications", "80"]);
        run_loaded(&run, odd(&run, false)).unwrap();
        assert!(results(dir.path()) == results(other.path()), "the results differ");
    }

    #[test]
    fn results_are_as_they_were_after_a_fault_of_the_program() {
        let dir = tempfile::tempdir().unwrap();
        let run = run_of(dir.path(), &["--replications", "2"]);
        run_loaded(&run, odd(&run, false)).unwrap();
        let before = results(dir.path());
        let run = run_of(dir.path(), &["--replications", "80"]);
        assert!(run_loaded(&run, odd(&run, true)).is_err());
        assert!(results(dir.path()) == before, "the results changed");
    }
}
