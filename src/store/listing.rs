//! What a manifest says of the folder it lies in.

use super::{Kind, MANIFEST};
use crate::bounded;
use crate::mutant;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// Version of the layout of all result files.
pub const SCHEMA: u32 = 2;

/// No manifest is larger.
const LARGEST: u64 = 16 << 20;

/// Whose the files of a folder are, and which.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listing {
    /// By what command they were written.
    pub kind: &'static Kind,
    /// Name of the scenario.
    pub scenario: String,
    /// The files by their names, relative with `/`, and the BLAKE3 of their bytes in hexadecimal digits.
    pub files: BTreeMap<String, String>,
}

/// What is read of a manifest. Results of `run` named no command and listed no files in the first layout.
#[derive(Deserialize)]
struct Written {
    schema: u32,
    program: String,
    scenario: String,
    #[serde(default)]
    analysis: String,
    #[serde(default)]
    files: BTreeMap<String, String>,
}

/// Why a folder is not one of ours.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unlike {
    /// There is no manifest.
    Missing,
    /// The manifest cannot be read, or is not one of this program.
    Foreign,
    /// It is of another layout.
    Layout(u32),
    /// It is of another command or scenario: of these.
    Other(&'static str, String),
}

impl Listing {
    /// Reads the manifest of a folder.
    ///
    /// # Errors
    /// If it is missing, too large or no regular file, cannot be read, or is not one of this program and layout.
    pub fn read(dir: &Path) -> Result<Listing, Unlike> {
        let text = match manifest_text(dir) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Unlike::Missing),
            Err(_) => return Err(Unlike::Foreign),
        };
        let written: Written = serde_json::from_str(&text).map_err(|_| Unlike::Foreign)?;
        if written.program != env!("CARGO_PKG_NAME") {
            return Err(Unlike::Foreign);
        }
        if written.schema != SCHEMA {
            return Err(Unlike::Layout(written.schema));
        }
        Ok(Listing {
            kind: Kind::named(&written.analysis).ok_or(Unlike::Foreign)?,
            scenario: written.scenario,
            files: written.files,
        })
    }

    /// [`Listing::read`], if it is of this command and scenario.
    ///
    /// # Errors
    /// If it is not.
    pub fn of(dir: &Path, kind: &Kind, scenario: &str) -> Result<Listing, Unlike> {
        let listing = Listing::read(dir)?;
        if listing.kind == kind && listing.scenario == scenario {
            Ok(listing)
        } else {
            Err(Unlike::Other(listing.kind.analysis, listing.scenario))
        }
    }

    /// Does a file of ours hold what was written?
    pub fn is_as_written(&self, dir: &Path, name: &str) -> bool {
        let listed = self.files.get(name);
        listed.is_some_and(|listed| digest(&dir.join(name)).is_ok_and(|found| found == *listed))
    }

    /// Is a file of this name ours? A manifest that lists what its command cannot write is not believed.
    pub fn owns(&self, name: &str) -> bool {
        name == MANIFEST
            || mutant::is("foreign-files-go")
            || (self.files.contains_key(name) && self.kind.writes(name))
    }
}

/// The text of a manifest.
///
/// # Errors
/// If it cannot be read, is no regular file or is larger than any manifest of ours.
pub fn manifest_text(dir: &Path) -> io::Result<String> {
    let bytes = bounded::read(&dir.join(MANIFEST), LARGEST)?;
    String::from_utf8(bytes).map_err(io::Error::other)
}

/// BLAKE3 of the bytes of a regular file, in hexadecimal digits.
///
/// # Errors
/// If it cannot be read.
pub(super) fn digest(path: &Path) -> io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    io::copy(&mut bounded::open(path, u64::MAX)?, &mut hasher)?;
    Ok(hasher.finalize().to_hex().to_string())
}

#[cfg(test)]
mod tests {
    use super::super::kind::GATE;
    use super::*;
    use std::fs;

    fn read(text: &str) -> Result<Listing, Unlike> {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(MANIFEST), text).unwrap();
        Listing::of(dir.path(), &GATE, "x")
    }

    #[test]
    fn only_manifests_of_this_program_layout_command_and_scenario_are_believed() {
        let ours = r#"{"schema":2,"program":"coexist","analysis":"gate","scenario":"x","files":{}}"#;
        assert!(read(ours).is_ok());
        for (there, instead, why) in [
            ("coexist", "evil", Unlike::Foreign),
            ("\"schema\":2", "\"schema\":99", Unlike::Layout(99)),
            ("gate", "run", Unlike::Other("run", "x".into())),
            ("\"x\"", "\"y\"", Unlike::Other("gate", "y".into())),
            ("gate", "notes", Unlike::Foreign),
            ("{}}", "{}", Unlike::Foreign),
        ] {
            assert_eq!(read(&ours.replace(there, instead)), Err(why), "{instead}");
        }
        assert_eq!(
            read(r#"{"manifest_version":3,"name":"an extension"}"#),
            Err(Unlike::Foreign)
        );
        let empty = tempfile::tempdir().unwrap();
        assert_eq!(Listing::of(empty.path(), &GATE, "x"), Err(Unlike::Missing));
    }

    #[test]
    fn what_the_command_cannot_write_is_not_ours_though_it_is_listed() {
        let text = r#"{"schema":2,"program":"coexist","analysis":"gate","scenario":"x",
            "files":{"levels.csv":"","../../thesis.txt":"","notes.docx":""}}"#;
        let listing = read(text).unwrap();
        assert!(listing.owns("levels.csv") && listing.owns(MANIFEST));
        assert!(!listing.owns("../../thesis.txt") && !listing.owns("notes.docx"));
    }
}
