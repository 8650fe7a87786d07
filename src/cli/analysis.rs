//! What all analyses do alike: replay with a progress bar until done or interrupted, write the files, print the tables.

use super::args::Common;
use super::broken::explained;
use super::claim::{claim, written};
use super::command::Replays;
use super::failure::Failure;
use super::run::progress_bar;
use super::{interrupt, memory, terminal};
use crate::analysis::replay::Options;
use crate::report::place;
use crate::report::study::Study;
use crate::scenario::Scenario;
use crate::store::Kind;

/// States that an analysis holds at once for each strategy: its own, and one of a branch or of a changed copy.
const STATES: usize = 2;

/// Analyses a scenario, in `length` steps of the progress bar; then writes and prints what was found. Whoever interrupts it
/// leaves earlier results as they were.
pub(super) fn carry_out<F>(
    common: &Common,
    scenario: &Scenario,
    kind: &'static Kind,
    length: u64,
    analyse: impl FnOnce(Options<'_>, &(dyn Fn() + Sync)) -> Result<F, Failure>,
    study: impl FnOnce(&Scenario, &F, bool) -> Study,
) -> Result<(), Failure> {
    let claim = claim(&place(&common.out, scenario, kind), scenario, kind, common.wait)?;
    let options = Options {
        seed: common.seed.unwrap_or(scenario.seed),
        threads: memory::threads(scenario, STATES * scenario.plans.len(), length, common.threads)?,
        stop: interrupt::flag(),
    };
    let bar = progress_bar(length, common.quiet);
    let patient = interrupt::patiently();
    let found = analyse(options, &|| bar.inc(1));
    bar.finish_and_clear();
    drop(patient);
    let replays = Replays {
        scenario,
        seed: options.seed,
        fix_uncertain: false,
        out: &common.out,
    };
    let found = found.map_err(|failure| explained(failure, replays))?;
    if interrupt::is_set() {
        return Err(Failure::Interrupted);
    }
    let extras = common.extras();
    let study = study(scenario, &found, extras.charts);
    let place = written(study.write(scenario, claim, extras))?;
    terminal::print(&study.print(terminal::style(), &place))
}
