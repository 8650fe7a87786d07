//! What many of these tests need: shipped scenarios, the program in a folder, and what it said and wrote.

use coexist::scenario::{self, Scenario};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file among the shipped scenarios.
pub(crate) fn file(name: &str) -> PathBuf {
    root().join("scenarios").join(name)
}

/// The same, as a word of a command.
pub(crate) fn shipped(name: &str) -> String {
    file(name).to_str().expect("a plain path").into()
}

/// All scenarios or profiles in a folder of the repository, by name.
pub(crate) fn toml_files(folder: &str) -> Vec<PathBuf> {
    let files = fs::read_dir(root().join(folder)).expect("a folder");
    let mut files: Vec<PathBuf> = files
        .map(|file| file.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    files.sort_by_key(|path| path.file_stem().map(std::ffi::OsStr::to_owned));
    assert!(!files.is_empty());
    files
}

pub(crate) fn load(path: impl AsRef<Path>) -> Scenario {
    scenario::load(path.as_ref()).unwrap_or_else(|rejected| panic!("{rejected}"))
}

/// The program, without what the terminal of whoever runs the tests says.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coexist"));
    for variable in ["COLUMNS", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(variable);
    }
    command
}

/// The program in a folder.
pub(crate) fn program(place: &Path, arguments: &[&str]) -> Command {
    let mut command = command();
    command.args(arguments).current_dir(place);
    command
}

pub(crate) fn start(place: &Path, arguments: &[&str]) -> Output {
    program(place, arguments).output().expect("the program starts")
}

/// Starts the program, which must succeed; gives what it prints.
pub(crate) fn succeed(place: &Path, arguments: &[&str]) -> String {
    succeeds(&mut program(place, arguments))
}

/// Starts a command, which must succeed; gives what it prints.
pub(crate) fn succeeds(command: &mut Command) -> String {
    let output = command.output().expect("the program starts");
    assert_eq!(output.status.code(), Some(0), "{command:?}: {}", told(&output));
    printed(&output)
}

pub(crate) fn printed(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

pub(crate) fn told(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

/// Every file below a folder, by its path from there.
pub(crate) fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("a path below").to_path_buf();
                found.insert(name, fs::read(&path).expect("a file"));
            }
        }
    }
    found
}

/// The lines of a table, each by the names of its columns.
pub(crate) fn table(path: &Path) -> Vec<BTreeMap<String, String>> {
    let file = csv::Reader::from_path(path);
    let mut file = file.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    file.deserialize().map(|line| line.expect("a line")).collect()
}
