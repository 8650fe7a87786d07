//! `packet`: a run, and every study that the first page for the change board needs beside it.

use super::args::Packet;
use super::broken::{explained, kept};
use super::check::load;
use super::claim::{claim, written};
use super::command::Replays;
use super::failure::Failure;
use super::run::progress_bar;
use super::{interrupt, memory, terminal};
use crate::analysis::{exposure, gate, replay, sensitivity};
use crate::experiment::{self, Options, Results};
use crate::report::goals::Judgement;
use crate::report::packet::{self, Shown};
use crate::report::page::{self, About, Stored};
use crate::report::study::Study;
use crate::report::{self, number};
use crate::scenario::Scenario;
use crate::scenario::exposure::Asked;
use crate::store::kind::PACKET;

/// Worlds of a quick look.
const QUICK: u32 = 40;
/// States that branches hold at once for a strategy, as in every other study of them.
const STATES: usize = 2;

/// Runs all strategies, then the studies of the plan that the page is about, and writes the page.
pub(super) fn packet(arguments: &Packet) -> Result<(), Failure> {
    let scenario = load(&arguments.file, &arguments.common.set)?;
    let common = &arguments.common;
    let place = report::place(&common.out, &scenario, &PACKET);
    let claim = claim(&place, &scenario, &PACKET, common.wait)?;
    let most = if arguments.quick { QUICK } else { u32::MAX };
    let count = arguments.replications.unwrap_or(scenario.replications).min(most);
    let plans = scenario.plans.len();
    let asking = Asking {
        scenario: &scenario,
        quiet: common.quiet,
        charts: !common.no_charts,
        worlds: count,
        options: Options {
            strategies: (0..plans).collect(),
            replications: 0..u64::from(count),
            seed: common.seed.unwrap_or(scenario.seed),
            threads: memory::threads(&scenario, plans.max(STATES), count.into(), common.threads)?,
            fix_uncertain: false,
            stop: interrupt::flag(),
        },
        replays: Replays {
            scenario: &scenario,
            seed: common.seed.unwrap_or(scenario.seed),
            fix_uncertain: false,
            out: &common.out,
        },
    };
    let patient = interrupt::patiently();
    let results = asking.run()?;
    let judgement = Judgement::new(&scenario, &results);
    let studies = match packet::subject(&scenario, &results, &judgement) {
        Some(subject) => asking.studies(subject, packet::turns(&scenario, &results, &judgement))?,
        None => Vec::new(),
    };
    drop(patient);
    if interrupt::is_set() {
        return Err(Failure::Interrupted);
    }
    let shown = Shown {
        charts: !common.no_charts,
        names: arguments.names,
    };
    let run = packet::packet(&scenario, &results, &judgement, shown);
    let stored: Vec<Stored> = studies.iter().map(Study::stored).collect();
    let abouts: Vec<About> = studies.iter().map(Study::about).collect();
    let document = page::together(run, &stored);
    let about = report::about(&scenario, &results);
    let place = written(packet::write(&document, &about, &abouts, claim))?;
    terminal::print(&packet::told(&document, &place))
}

/// What all steps have in common.
struct Asking<'a> {
    scenario: &'a Scenario,
    quiet: bool,
    charts: bool,
    worlds: u32,
    options: Options<'a>,
    replays: Replays<'a>,
}

impl Asking<'_> {
    /// All strategies. Before the first world is counted, one is timed, and it is told how long everything may take.
    fn run(&self) -> Result<Results, Failure> {
        if !self.quiet {
            self.foretell();
        }
        self.tell(&format!("all strategies in {} worlds", self.worlds));
        let bar = progress_bar(self.worlds.into(), self.quiet);
        let results = experiment::run(self.scenario, &self.options, &|| bar.inc(1));
        bar.finish_and_clear();
        results.map_err(|unfinished| kept(&unfinished.finished, unfinished.why, u64::MAX, self.replays))
    }

    /// Tells how long it may take, by the time that one world takes; the studies are counted for the plan that takes longest.
    fn foretell(&self) {
        let clock = indicatif::ProgressBar::hidden();
        let one = Options {
            replications: 0..1,
            threads: 1,
            ..self.options.clone()
        };
        if experiment::run(self.scenario, &one, &|| ()).is_err() {
            return;
        }
        let plans = self.options.strategies.len() as f64;
        let replay = clock.elapsed().as_secs_f64() / plans;
        let worlds = u64::from(self.worlds);
        let studies = self.options.strategies.iter().map(|&plan| {
            let [turning, gates] = [
                self.turning_back_asked(plan)
                    .map(|asked| asked.replays(self.scenario, worlds)),
                gate::Question::usual(self.scenario, plan, worlds).map(|asked| gate::replays(&asked)),
            ]
            .map(Option::unwrap_or_default);
            turning + gates
        });
        let replays = plans * worlds as f64 + studies.fold(0.0, f64::max);
        let minutes = replay * replays / self.options.threads as f64 / 60.0;
        let long = match minutes {
            short if short < 1.0 => "less than a minute".into(),
            minutes => format!("about {} minutes", number::whole(minutes.ceil())),
        };
        terminal::tell(&format!(
            "this takes {long} with {} threads",
            self.options.threads
        ));
    }

    /// The studies of a plan, and what turns the verdict about it if the run has not shown it.
    fn studies(&self, subject: usize, turns: bool) -> Result<Vec<Study>, Failure> {
        let name = &self.scenario.plans[subject].name;
        let count = u64::from(self.worlds);
        let options = replay::Options {
            seed: self.options.seed,
            threads: self.options.threads,
            stop: self.options.stop,
        };
        let mut studies = Vec::new();
        if let Some(question) = self.turning_back_asked(subject) {
            self.tell(&format!(
                "turning back with {name} at {} points",
                question.whens[0].len()
            ));
            let one = Options {
                strategies: question.strategies.clone(),
                ..self.options.clone()
            };
            studies.push(self.study(
                count,
                |progress| Ok(exposure::run(self.scenario, question, &one, progress)?),
                report::exposure::study,
            )?);
        }
        if let Some(question) = gate::Question::usual(self.scenario, subject, count) {
            self.tell(&format!(
                "the gates of {name} at {} defect levels",
                question.levels.len()
            ));
            let length = gate::effort(&question);
            studies.push(self.study(
                length,
                |progress| Ok(gate::run(self.scenario, question, options, progress)?),
                report::gate::study,
            )?);
        }
        if !turns && subject != self.scenario.base {
            let question = sensitivity::Question::usual(vec![subject], self.worlds);
            self.tell(&format!("what would turn the verdict about {name}"));
            let length = sensitivity::effort(&self.scenario.facts, &question);
            studies.push(self.study(
                length,
                |progress| Ok(sensitivity::analyse(self.scenario, &question, options, progress)?),
                report::sensitivity::study,
            )?);
        }
        Ok(studies)
    }

    /// What is asked about turning back with a plan; `None` if nothing can be.
    fn turning_back_asked(&self, plan: usize) -> Option<exposure::Question> {
        let asked = Asked {
            strategies: vec![self.scenario.plans[plan].name.clone()],
            ..self.scenario.exposure.clone()
        };
        exposure::Question::new(self.scenario, &asked).ok()
    }

    fn study<F>(
        &self,
        length: u64,
        analyse: impl FnOnce(&(dyn Fn() + Sync)) -> Result<F, Failure>,
        study: impl FnOnce(&Scenario, &F, bool) -> Study,
    ) -> Result<Study, Failure> {
        let bar = progress_bar(length, self.quiet);
        let found = analyse(&|| bar.inc(1));
        bar.finish_and_clear();
        let found = found.map_err(|failure| explained(failure, self.replays))?;
        Ok(study(self.scenario, &found, self.charts))
    }

    fn tell(&self, text: &str) {
        if !self.quiet {
            terminal::tell(text);
        }
    }
}
