//! `explain` and `schema`: what is known of the keys of a scenario.

use super::args::{Explain, Schema};
use super::failure::Failure;
use super::terminal;
use crate::guide::{explain, schema};

/// Prints what a key or a table is.
pub(super) fn explain(arguments: &Explain) -> Result<(), Failure> {
    let written = arguments.key.as_deref().unwrap_or("");
    let width = usize::from(terminal::style().width);
    match explain::explain(written, width) {
        Ok(text) => terminal::print(&text),
        Err(what) => Err(Failure::Usage(what)),
    }
}

/// Prints the schema of the scenario file, or of the profile file.
pub(super) fn schema(arguments: &Schema) -> Result<(), Failure> {
    let schema = match arguments.profile {
        true => schema::profile(),
        false => schema::scenario(),
    };
    terminal::print(&format!("{schema:#}\n"))
}
