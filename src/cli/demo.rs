//! `demo`: a small company, run at once.

use super::args::{Demo, Run};
use super::failure::Failure;
use super::{run, terminal};
use crate::shell::quoted;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::Path;

/// The scenario that comes with the program.
const TEXT: &str = include_str!("../guide/demo.toml");
/// Where it is written.
const FILE: &str = "demo.toml";

/// Writes the scenario into the current folder, unless it is there, runs it, and says where its page is.
pub(super) fn demo(arguments: &Demo) -> Result<(), Failure> {
    let path = Path::new(FILE);
    let written = File::create_new(path).and_then(|mut file| file.write_all(TEXT.as_bytes()));
    match written {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            if std::fs::read_to_string(path).ok().as_deref() != Some(TEXT) {
                return Err(Failure::Usage(format!(
                    "{FILE} is there already, and is not the demo; run it with `coexist run {FILE}`, or go to another folder"
                )));
            }
        }
        Err(error) => return Err(Failure::Failed(format!("{FILE} could not be written: {error}"))),
    }
    run::run(&Run::of(path, &arguments.out))?;
    let page = arguments.out.join("demo").join("report.html");
    terminal::print(&format!(
        "The page for the change board: {}\nThe scenario: {FILE}. Change it, and `coexist run {FILE}`.\n",
        quoted(&page.display().to_string())
    ))
}
