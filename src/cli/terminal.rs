//! Standard output and standard error.

use super::failure::Failure;
use crate::letters;
use crate::report::terminal::Style;
use std::io::{self, IsTerminal, Write};

/// How to print on standard output.
pub(super) fn style() -> Style {
    let is_terminal = io::stdout().is_terminal();
    let choice = anstream::AutoStream::choice(&io::stdout());
    Style {
        unicode: is_terminal,
        colour: choice != anstream::ColorChoice::Never,
        width: width(),
    }
}

/// Columns of the terminal, at most 100; 80 where nobody says.
fn width() -> u16 {
    let stated = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok())
        .filter(|columns| *columns > 0);
    let asked = || comfy_table::Table::new().width();
    stated.or_else(asked).unwrap_or(80).clamp(40, 100)
}

/// Prints results.
///
/// # Errors
/// If standard output cannot be written to; a reader that has gone away is told apart.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    out.write_all(letters::coloured(text).as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::ReaderGone,
            _ => Failure::Failed(format!("could not write to standard output: {error}")),
        })
}

/// Tells people something; it does not matter if nobody listens.
pub(super) fn tell(text: &str) {
    if !text.is_empty() {
        let text = letters::coloured(text.trim_end());
        let _ = writeln!(anstream::stderr().lock(), "{text}");
    }
}
