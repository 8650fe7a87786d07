//! The command line: results go to standard output, everything else to standard error.
//!
//! Exit codes: 0 done, 1 failed while running or checking the program, 2 wrong usage or scenario, 4 a replay differs from the recorded run,
//! 128 and the number of the signal if interrupted: 130 by Ctrl-C, 143 by SIGTERM, 129 by SIGHUP.

mod analysis;
mod args;
mod broken;
mod check;
mod claim;
mod command;
mod demo;
mod exposure;
mod failure;
mod gate;
mod interrupt;
mod keys;
mod memory;
mod metrics;
mod new;
mod optimize;
mod packet;
mod pilot;
mod replay;
mod report;
mod run;
mod sensitivity;
mod terminal;
mod verify;
mod world;

use crate::experiment;
use args::{Arguments, Command};
use clap::Parser;
use failure::Failure;
use std::process::ExitCode;

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    if let Err(error) = interrupt::listen() {
        return Failure::Failed(format!("could not listen for signals: {error}")).report();
    }
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(answer) => return told(&answer),
    };
    let done = experiment::guard(|| carry_out(arguments.command));
    match done {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(failure)) => failure.report(),
        Err(what) => Failure::Failed(format!("{FAULT}: {what}\n  This repeats it, and should go to whoever maintains the program, with all files that it reads:\n    {}", command::own())).report(),
    }
}

/// What is told of a fault of the program.
const FAULT: &str = "a fault of this program, not of what it reads, struck; earlier results are as they were";

/// Does what a command says.
fn carry_out(command: Command) -> Result<(), Failure> {
    match command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Demo(arguments) => demo::demo(&arguments),
        Command::Packet(arguments) => packet::packet(&arguments),
        Command::Report(arguments) => report::report(&arguments),
        Command::Exposure(arguments) => exposure::exposure(&arguments),
        Command::Check(arguments) => check::check(&arguments),
        Command::Replay(arguments) => replay::replay(&arguments),
        Command::World(arguments) => world::world(&arguments),
        Command::Sensitivity(arguments) => sensitivity::sensitivity(&arguments),
        Command::Pilot(arguments) => pilot::pilot(&arguments),
        Command::Gate(arguments) => gate::gate(&arguments),
        Command::Optimize(arguments) => optimize::optimize(&arguments),
        Command::Metrics { words } => metrics::metrics(&words),
        Command::New(arguments) => new::new(&arguments),
        Command::Explain(arguments) => keys::explain(&arguments),
        Command::Diff(arguments) => keys::diff(&arguments),
        Command::Schema(arguments) => keys::schema(&arguments),
        Command::Verify(arguments) => verify::verify(&arguments),
    }
}

/// Tells what the arguments themselves ask for, such as help, or what is wrong with them.
fn told(answer: &clap::Error) -> ExitCode {
    let text = answer.render().ansi().to_string();
    if answer.use_stderr() {
        terminal::tell(&text);
        return ExitCode::from(2);
    }
    match terminal::print(&text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
