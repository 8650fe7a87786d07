//! Reading what people write: TOML documents and CSV lists, with every fault found in one pass.
//!
//! A [`Reader`] collects the texts read and the faults found in them. Cursors over TOML tables and the rows of
//! CSV lists know where each value stands, so that every fault points at its line and says what to write
//! instead. Nothing here stops at the first fault.

mod csv_reader;
mod decode;
mod fault;
pub mod key;
pub mod names;
mod toml_reader;

pub use csv_reader::{CSV_FAULTS_SHOWN, Column, Columns, CsvTable, Row, read_csv};
use decode::{NoText, decode};
pub use fault::{Fault, Faults, Located, Place, Severity, Sources};
pub use toml_reader::flat::Line;
pub use toml_reader::inherit;
pub use toml_reader::{Document, Item, NumberOrTable, Reader, Table, days_of_month};

/// The word among `words` that `written` most resembles, if any is close enough to be a slip of the pen.
fn suggestion<'w>(written: &str, words: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let written = written.trim().to_lowercase();
    let mut best: Option<(usize, &'w str)> = None;
    for word in words {
        let plain = |text: &str| text.to_lowercase().replace(['_', ' '], "-");
        let distance = strsim::osa_distance(&plain(&written), &plain(word));
        let longest = written.chars().count().max(word.chars().count());
        let close = distance * 3 <= longest.max(3);
        if close && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, word));
        }
    }
    best.map(|(_, word)| word)
}

/// Writes names as a list in backquotes: `` `a`, `b` ``.
fn quoted_list<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    words
        .into_iter()
        .map(|word| format!("`{word}`"))
        .collect::<Vec<_>>()
        .join(", ")
}
