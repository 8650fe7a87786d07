//! `verify`: the program checked against theory.

use super::args::Verify;
use super::failure::Failure;
use super::terminal;
use crate::report::checks;
use crate::verify::{self, Options};

/// Makes all checks, prints them, and fails if one fails.
pub(super) fn verify(arguments: &Verify) -> Result<(), Failure> {
    let options = Options {
        seed: arguments.seed,
        threads: arguments.threads.unwrap_or(0),
        effort: arguments.effort,
    };
    let checks = verify::verify(&options)
        .map_err(|reason| Failure::Failed(format!("could not start threads: {reason}")))?;
    terminal::print(&checks::tables(&checks, options.seed, terminal::style()))?;
    match checks::failures(&checks) {
        None => Ok(()),
        Some(failures) => Err(Failure::Failed(failures)),
    }
}
