//! What all analyses do alike: replay with a progress bar until done or interrupted, write the files, print the tables.

use super::args::Common;
use super::failure::Failure;
use super::run::{progress_bar, stop_on_interrupt};
use super::terminal;
use crate::analysis::replay::Options;
use crate::report::files::NotWritten;
use crate::report::table::Style;
use crate::scenario::Scenario;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

/// Analyses a scenario, in `length` steps of the progress bar; then writes and prints what was found. Whoever interrupts it
/// leaves earlier results as they were.
pub(super) fn carry_out<F>(
    common: &Common,
    scenario: &Scenario,
    length: u64,
    analyse: impl FnOnce(Options<'_>, &(dyn Fn() + Sync)) -> Result<F, Failure>,
    write: impl FnOnce(&Scenario, &F, &Path, bool) -> Result<PathBuf, NotWritten>,
    print: impl FnOnce(&Scenario, &F, Style, Option<&str>) -> String,
) -> Result<(), Failure> {
    let stop = stop_on_interrupt()?;
    let options = Options {
        seed: common.seed.unwrap_or(scenario.seed),
        threads: common.threads.unwrap_or(0),
        stop: &stop,
    };
    let bar = progress_bar(length, common.quiet);
    let found = analyse(options, &|| bar.inc(1));
    bar.finish_and_clear();
    let found = found?;
    if stop.load(Ordering::Relaxed) {
        return Err(Failure::Interrupted);
    }
    let place = write(scenario, &found, &common.out, !common.no_charts)?;
    let place = format!("{}/", place.display());
    terminal::print(&print(scenario, &found, terminal::style(), Some(&place)))
}
