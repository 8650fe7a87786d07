//! How a command can end without success.

use super::{interrupt, terminal};
use crate::experiment::{Broken, Stopped};
use crate::letters;
use std::process::ExitCode;

/// Why a command failed; each has its exit code.
#[derive(Debug)]
pub(super) enum Failure {
    /// Something went wrong while running.
    Failed(String),
    /// Wrong usage.
    Usage(String),
    /// The scenario was rejected; the report is complete.
    Rejected(String),
    /// A limit does not hold as often as wanted.
    Limits(String),
    /// A replay differs from the recorded run.
    Mismatch(String),
    /// The process was told to end.
    Interrupted,
    /// A fault of the program struck in a world; to be explained by whoever knows the command.
    Broken(Broken),
    /// Whoever read the output has gone away, which is no failure.
    ReaderGone,
}

impl Failure {
    /// Tells standard error and gives the exit code.
    pub(super) fn report(self) -> ExitCode {
        let (code, message) = match self {
            Failure::Failed(message) => (1, format!("error: {message}")),
            Failure::Usage(message) => (2, format!("error: {message}")),
            // The report is coloured, and shows all that it quotes as letters.
            Failure::Rejected(report) => {
                terminal::tell(&report);
                return ExitCode::from(2);
            }
            Failure::Limits(message) => (3, format!("error: {message}")),
            Failure::Mismatch(message) => (4, format!("error: {message}")),
            Failure::Broken(Broken { replication, what }) => (
                1,
                format!("error: a fault of this program struck in world {replication}: {what}"),
            ),
            Failure::Interrupted => (interrupt::exit_code(), interrupt::INTERRUPTED.into()),
            Failure::ReaderGone => return ExitCode::SUCCESS,
        };
        terminal::tell(&letters::shown(&message));
        ExitCode::from(code)
    }
}

impl From<Stopped> for Failure {
    fn from(stopped: Stopped) -> Failure {
        match stopped {
            Stopped::Interrupted => Failure::Interrupted,
            Stopped::Broken(broken) => Failure::Broken(broken),
            Stopped::Threads(reason) => Failure::Failed(format!("could not start threads: {reason}")),
        }
    }
}

impl From<crate::store::NotWritten> for Failure {
    fn from(error: crate::store::NotWritten) -> Failure {
        Failure::Failed(format!("could not write {error}"))
    }
}
