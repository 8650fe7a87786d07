//! What people get to see: tables, files, charts, event logs and stories. No chance and no rules.

pub mod agenda;
pub mod charts;
pub mod checks;
pub mod column;
mod csv_file;
pub mod dates;
pub mod days;
mod divisions_csv;
mod document;
pub mod drivers;
pub mod estimates;
pub mod exposure;
pub mod figure;
pub mod files;
pub mod gate;
pub mod goals;
mod headline;
pub mod log_csv;
mod manifest;
pub mod number;
pub mod optimize;
pub mod packet;
pub mod page;
pub mod pilot;
mod precision;
mod recorded;
mod records;
pub mod replay;
pub mod resume;
pub mod run;
pub mod sensitivity;
pub mod story;
mod story_life;
pub mod study;
mod summary_files;
pub mod tables;
mod tables_csv;
pub mod terminal;
mod turning_back;
pub mod verdict;
pub mod words;
mod workbook;
pub mod world_files;

pub use files::{
    Extras, claim, owner, place, remove_unfinished, unfinished_place, write_results, write_unfinished,
};
pub use manifest::{Manifest, about};
pub use recorded::{NoRecord, Record, Recorded};

use crate::experiment::Results;
use crate::scenario::Scenario;

/// Name of a strategy that ran (position in [`Results::strategies`]).
pub fn strategy_name<'a>(scenario: &'a Scenario, results: &Results, strategy: usize) -> &'a str {
    &scenario.plans[results.strategies[strategy]].name
}
