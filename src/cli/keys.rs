//! `explain`, `schema` and `diff`: what is known of the keys of a scenario, and how two differ in them.

use super::args::{Diff, Explain, Schema};
use super::failure::Failure;
use super::terminal;
use crate::guide::diff::{Side, diff as in_words};
use crate::guide::{explain, schema};
use crate::scenario::{self, input::Line};
use std::path::Path;

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

/// Prints how two scenarios, or two strategies of one, differ.
pub(super) fn diff(arguments: &Diff) -> Result<(), Failure> {
    let lines = |path: &Path| scenario::lines(path).map_err(|rejected| Failure::Rejected(rejected.report));
    let first = lines(&arguments.file)?;
    let sides = match &arguments.third {
        None => {
            let second = lines(Path::new(&arguments.second))?;
            let side = |name: String, lines: Vec<Line>| Side { name, lines };
            (
                side(arguments.file.display().to_string(), first),
                side(arguments.second.clone(), second),
            )
        }
        Some(third) => (
            strategy(arguments, &first, &arguments.second)?,
            strategy(arguments, &first, third)?,
        ),
    };
    terminal::print(&in_words(&sides.0, &sides.1))
}

fn strategy(arguments: &Diff, lines: &[Line], name: &str) -> Result<Side, Failure> {
    Side::strategy(lines, name).ok_or_else(|| {
        let names = lines.iter().filter(|line| line.key == "strategies.name");
        let names: Vec<&str> = names.map(|line| line.text.trim_matches('"')).collect();
        Failure::Usage(format!(
            "{} has no strategy `{name}`; it has: {}",
            arguments.file.display(),
            names.join(", ")
        ))
    })
}
