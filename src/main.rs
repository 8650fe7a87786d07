//! The program.

use std::process::ExitCode;

fn main() -> ExitCode {
    coexist::cli::main()
}
