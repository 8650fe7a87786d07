//! `metrics`: what the metrics mean.

use super::failure::Failure;
use super::terminal;
use crate::report::table;

/// Prints the table of metrics.
pub(super) fn metrics() -> Result<(), Failure> {
    terminal::print(&table::metrics(terminal::style()))
}
