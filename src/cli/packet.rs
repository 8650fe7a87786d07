//! `packet`: a run, and what the first page for the change board needs beside it.

use super::args::Packet;
use super::broken::{explained, kept};
use super::check::load;
use super::claim::{claim, written};
use super::command::Replays;
use super::failure::Failure;
use super::run::progress_bar;
use super::{interrupt, memory, terminal};
use crate::analysis::exposure::{self, Exposure, Question};
use crate::experiment::{self, Options};
use crate::report;
use crate::report::goals::Judgement;
use crate::report::packet::{self, Shown, Studies};
use crate::scenario::exposure::Asked;
use crate::store::kind::PACKET;

/// Worlds of a quick look.
const QUICK: u32 = 40;
/// States that branches hold at once for a strategy, as in every other study of them.
const STATES: usize = 2;

/// Runs all strategies, then asks what turning back would take with the plan that the page is about, and writes the page.
pub(super) fn packet(arguments: &Packet) -> Result<(), Failure> {
    let scenario = load(&arguments.file, &arguments.common.set)?;
    let common = &arguments.common;
    let place = report::place(&common.out, &scenario, &PACKET);
    let claim = claim(&place, &scenario, &PACKET, common.wait)?;
    let written_worlds = arguments.replications.unwrap_or(scenario.replications);
    let count = if arguments.quick {
        written_worlds.min(QUICK)
    } else {
        written_worlds
    };
    let plans = scenario.plans.len();
    let options = Options {
        strategies: (0..plans).collect(),
        replications: 0..u64::from(count),
        seed: common.seed.unwrap_or(scenario.seed),
        threads: memory::threads(&scenario, plans.max(STATES), count.into(), common.threads)?,
        fix_uncertain: false,
        stop: interrupt::flag(),
    };
    let replays = Replays {
        scenario: &scenario,
        seed: options.seed,
        fix_uncertain: false,
        out: &common.out,
    };
    let patient = interrupt::patiently();
    tell(common.quiet, &format!("1 of 2: all strategies in {count} worlds"));
    let bar = progress_bar(count.into(), common.quiet);
    let results = experiment::run(&scenario, &options, &|| bar.inc(1));
    bar.finish_and_clear();
    let results =
        results.map_err(|unfinished| kept(&unfinished.finished, unfinished.why, u64::MAX, replays))?;
    let judgement = Judgement::new(&scenario, &results);
    let subject = packet::subject(&scenario, &results, &judgement);
    let asked = subject.map(|plan| Asked {
        strategies: vec![scenario.plans[plan].name.clone()],
        ..scenario.exposure.clone()
    });
    // A plan of which nothing can be asked is told of as one of which nothing was.
    let question = asked.and_then(|asked| Question::new(&scenario, &asked).ok());
    let found = match question {
        Some(question) => Some(turning_back(arguments, &options, question, replays)?),
        None => None,
    };
    drop(patient);
    if interrupt::is_set() {
        return Err(Failure::Interrupted);
    }
    let shown = Shown {
        charts: !common.no_charts,
        names: arguments.names,
    };
    let studies = Studies {
        exposure: found.as_ref(),
    };
    let document = packet::packet(&scenario, &results, &judgement, studies, shown);
    let place = written(packet::write(&scenario, &results, &document, claim))?;
    terminal::print(&format!(
        "{}\nWrote {place}report.html\n",
        packet::lead(&document)
    ))
}

/// Branches of the plan that the page is about.
fn turning_back(
    arguments: &Packet,
    options: &Options<'_>,
    question: Question,
    replays: Replays<'_>,
) -> Result<Exposure, Failure> {
    let (scenario, count) = (replays.scenario, options.replications.end);
    let plan = &scenario.plans[question.strategies[0]].name;
    let points = question.whens[0].len();
    tell(
        arguments.common.quiet,
        &format!("2 of 2: turning back with {plan} at {points} points in {count} worlds"),
    );
    let options = Options {
        strategies: question.strategies.clone(),
        ..options.clone()
    };
    let bar = progress_bar(count, arguments.common.quiet);
    let found = exposure::run(scenario, question, &options, &|| bar.inc(1));
    bar.finish_and_clear();
    found.map_err(|stopped| explained(stopped.into(), replays))
}

fn tell(quiet: bool, text: &str) {
    if !quiet {
        terminal::tell(text);
    }
}
