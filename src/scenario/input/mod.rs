//! Reading what people write: TOML documents and CSV lists, with every fault found in one pass.
//!
//! A [`Reader`] collects the texts read and the faults found in them. Cursors over TOML tables and the rows of
//! CSV lists know where each value stands, so that every fault points at its line and says what to write
//! instead. Nothing here stops at the first fault.

mod csv_reader;
mod fault;
mod toml_reader;

pub use csv_reader::{CSV_FAULTS_SHOWN, CsvTable, Row, read_csv};
pub use fault::{Fault, Faults, Located, Place, Severity, Sources};
pub use toml_reader::{Document, Item, NumberOrTable, Reader, Table};

/// Decodes a text file: UTF-8 with or without a byte order mark, or UTF-16 with one.
///
/// The mark itself is removed. On failure, gives the text with replacement characters, and the byte position in
/// it of the first character that could not be decoded.
fn decode(bytes: &[u8]) -> Result<String, (String, usize)> {
    let wide = |pairs: &[u8], join: fn([u8; 2]) -> u16| {
        let (pairs, rest) = pairs.as_chunks::<2>();
        let mut text = String::new();
        let mut bad = None;
        for character in char::decode_utf16(pairs.iter().map(|pair| join(*pair))) {
            if character.is_err() && bad.is_none() {
                bad = Some(text.len());
            }
            text.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        if !rest.is_empty() {
            bad = bad.or(Some(text.len()));
            text.push(char::REPLACEMENT_CHARACTER);
        }
        match bad {
            None => Ok(text),
            Some(at) => Err((text, at)),
        }
    };
    match bytes {
        [0xFF, 0xFE, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => wide(rest, u16::from_be_bytes),
        _ => {
            let rest = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
            match std::str::from_utf8(rest) {
                Ok(text) => Ok(text.to_owned()),
                Err(error) => Err((String::from_utf8_lossy(rest).into_owned(), error.valid_up_to())),
            }
        }
    }
}

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
