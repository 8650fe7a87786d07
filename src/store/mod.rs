//! Results folders: whose they are, and how new results take the place of earlier ones.
//!
//! A folder is *ours* if it is empty, or if its `manifest.json` says that this program wrote it for the same scenario by the
//! same command. In it, ours are the files that the manifest lists; everything else is *foreign* and is never deleted, moved
//! away or written through. What is to be written is claimed before any work is done ([`claim`]): whatever would refuse it at
//! the end refuses it then.
//!
//! New results are filled into a scratch folder beside the place and put there in one step. A killed process leaves either
//! the earlier results or the new ones at the place, with all foreign files, and a scratch folder that nobody holds any more;
//! the next claim beside it rescues what is left in it and removes it. While a process holds the scratch folder of a place, no
//! other one writes there.
//!
//! What is *not* here: what the files hold. This module knows no scenario and no result.

mod carry;
pub mod kind;
mod listing;
mod place;
mod remove;
mod scratch;
mod swap;

pub use kind::Kind;
pub use listing::{Listing, SCHEMA, Unlike, manifest_text};
pub use place::{Claim, Owner, Refused, Written, claim};
pub use remove::remove;
pub use scratch::{Left, clean_up};

use serde::Serialize;
use std::path::{Path, PathBuf};

/// Name of the file that says whose a folder is.
pub const MANIFEST: &str = "manifest.json";

/// Name of the folder of tables for Excel.
pub const EXCEL: &str = "excel";
/// Name of the folder of charts.
pub const CHARTS: &str = "charts";

/// Why files could not be written: where, and what went wrong.
#[derive(Debug)]
pub struct NotWritten {
    /// The file or directory.
    pub path: PathBuf,
    /// What went wrong.
    pub reason: String,
}

impl std::fmt::Display for NotWritten {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", self.path.display(), self.reason)
    }
}

/// Attaches a path to an error.
pub fn at<E: std::fmt::Display>(path: &Path) -> impl FnOnce(E) -> NotWritten {
    let path = path.to_path_buf();
    move |error| NotWritten {
        path,
        reason: error.to_string(),
    }
}

/// Writes a value as JSON that people can read, with a line end behind it.
///
/// # Errors
/// If the file cannot be written.
pub fn write_json(path: &Path, value: &impl Serialize) -> Result<(), NotWritten> {
    let text = serde_json::to_string_pretty(value).map_err(at(path))?;
    std::fs::write(path, text + "\n").map_err(at(path))
}
