//! A document as a page, and its first page as text for a ticket.

mod chart;
mod html;
mod markdown;
mod stored;

use super::document::Document;
use crate::store::{NotWritten, at};
use std::fs;
use std::path::Path;

pub use html::page;
pub use markdown::text;
pub use stored::{About, STORED, Stored, together};

/// Name of the page in a folder of results.
const PAGE: &str = "report.html";
/// Name of the text.
const TEXT: &str = "summary.md";

/// Writes both into a directory.
///
/// # Errors
/// If one cannot be written.
pub(super) fn write(dir: &Path, document: &Document) -> Result<(), NotWritten> {
    for (name, text) in [(PAGE, page(document)), (TEXT, text(document))] {
        let path = dir.join(name);
        fs::write(&path, text).map_err(at(&path))?;
    }
    Ok(())
}
