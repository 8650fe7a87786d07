//! TOML documents read through cursors that know where every value stands.

mod convert;
pub(super) mod flat;
pub mod inherit;
mod item;
mod outline;
mod overrides;
mod syntax;
mod table;
#[cfg(test)]
mod tests;
mod wanted;

pub use item::{Item, NumberOrTable};
pub use table::Table;
pub(super) use wanted::Wanted;

use std::cell::RefCell;
use std::ops::Range;

use convert::Converter;
use outline::Outline;

use jiff::civil;
use toml::de::{DeTable, DeValue};
use toml::value::Datetime;

use super::csv_reader::{Columns, CsvTable, read_csv};
use super::fault::{Faults, Located, Place, Sources};
use super::{NoText, decode, quoted_list, suggestion};

/// Collects the texts read and the faults found in them.
///
/// It is shared by reference among all cursors; [`Reader::into_parts`] gives both collections back.
#[derive(Debug, Default)]
pub struct Reader {
    sources: RefCell<Sources>,
    faults: RefCell<Faults>,
}

impl Reader {
    /// A reader that has read nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Parses a TOML document, given as text or as the bytes of a file. The path is only shown.
    pub fn document(&self, path: &str, content: impl AsRef<[u8]>) -> Document {
        let (sources, faults) = (&mut self.sources.borrow_mut(), &mut self.faults.borrow_mut());
        Document::parse(sources, path, content, faults)
    }

    /// Reads a CSV list; see [`read_csv`].
    pub fn csv(&self, path: &str, content: Vec<u8>, wanted: &Columns<'_>) -> CsvTable {
        let (sources, faults) = (&mut self.sources.borrow_mut(), &mut self.faults.borrow_mut());
        read_csv(sources, path, content, wanted, faults)
    }

    /// Works on the faults collected so far.
    pub fn with_faults<T>(&self, work: impl FnOnce(&mut Faults) -> T) -> T {
        work(&mut self.faults.borrow_mut())
    }

    /// Adds an error about a value read earlier.
    pub fn error_at<T>(&self, value: &Located<T>, what: impl Into<String>, help: impl Into<String>) {
        self.faults.borrow_mut().error_at(value, what, help);
    }

    /// Adds a warning about a value read earlier.
    pub fn warning_at<T>(&self, value: &Located<T>, what: impl Into<String>, help: impl Into<String>) {
        self.faults.borrow_mut().warning_at(value, what, help);
    }

    /// Adds an error that no line is to blame for, such as a file that cannot be opened.
    pub fn error(&self, key: impl Into<String>, what: impl Into<String>, help: impl Into<String>) {
        self.faults.borrow_mut().error(None, key, what, help);
    }

    /// Whether any error was found so far.
    pub fn has_errors(&self) -> bool {
        self.faults.borrow().has_errors()
    }

    /// A place as `path:line`.
    pub fn describe(&self, place: &Place) -> String {
        self.sources.borrow().describe(place)
    }

    /// Gives back the texts read and the faults found.
    pub fn into_parts(self) -> (Sources, Faults) {
        (self.sources.into_inner(), self.faults.into_inner())
    }
}

/// A parsed TOML document.
///
/// A document with syntax faults keeps what could still be understood. Faults that such damage would cause
/// further on, like keys missing behind a broken line, are not reported.
#[derive(Debug)]
pub struct Document {
    root: Node,
    /// Are there syntax faults?
    is_damaged: bool,
}

impl Document {
    /// Parses a TOML document, reporting every syntax fault found.
    pub fn parse(
        sources: &mut Sources,
        path: &str,
        content: impl AsRef<[u8]>,
        faults: &mut Faults,
    ) -> Document {
        let text = match decode(content.as_ref().to_vec()) {
            Ok(text) => text,
            Err(NoText { text, at, what, help }) => {
                let file = sources.add(path, text);
                let place = Place {
                    file,
                    span: at..at + 1,
                };
                faults.syntax(place, what.into(), help.into());
                let (root, is_damaged) = nothing(file, faults);
                return Document { root, is_damaged };
            }
        };
        let file = sources.add(path, text.clone());
        let (root, is_damaged) = if text
            .lines()
            .all(|line| line.trim().is_empty() || line.trim().starts_with('#'))
        {
            let help = "write keys and tables as in `scenarios/contoso.toml`";
            let what = "this file holds no key and no table";
            faults.syntax(Place { file, span: 0..0 }, what.into(), help.into());
            nothing(file, faults)
        } else {
            parse(&text, file, faults)
        };
        Document { root, is_damaged }
    }

    /// The cursor over the top level of the document.
    pub fn root<'d>(&'d self, reader: &'d Reader) -> Table<'d> {
        let item = Item {
            reader,
            document: self,
            node: &self.root,
            path: String::new(),
        };
        item.cursor()
            .unwrap_or_else(|| unreachable!("the top level of a document is a table"))
    }

    /// Whether the document had syntax faults, so that some of it may be missing.
    pub fn is_damaged(&self) -> bool {
        self.is_damaged
    }
}

/// Parses a text, reporting its syntax faults: its top level, and whether there are any. Of a text that is lost from
/// some place on, nothing else is reported.
fn parse(text: &str, file: usize, faults: &mut Faults) -> (Node, bool) {
    let outline = Outline::of(text);
    if let Some(fault) = syntax::too_many(&outline) {
        faults.syntax(
            Place {
                file,
                span: fault.span,
            },
            fault.what,
            fault.help,
        );
        return nothing(file, faults);
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    let errors: Vec<Range<usize>> = errors.iter().map(|error| error.span().unwrap_or(0..0)).collect();
    let found = syntax::faults(text, &outline, &errors);
    for fault in found.faults {
        let place = Place {
            file,
            span: fault.span,
        };
        faults.syntax(place, fault.what, fault.help);
    }
    if found.is_lost {
        return nothing(file, faults);
    }
    for line in &found.damaged {
        faults.damage(file, line.clone());
    }
    let mut converter = Converter {
        text,
        file,
        damaged: &found.damaged,
        faults,
    };
    let root = converter.node(&DeValue::Table(table.into_inner()), 0..0, "");
    (root, !found.damaged.is_empty())
}

/// What a text says that cannot be understood.
fn nothing(file: usize, faults: &mut Faults) -> (Node, bool) {
    faults.lose();
    let root = Node {
        value: Value::Table(Vec::new()),
        file,
        span: 0..0,
        inline: false,
    };
    (root, true)
}

/// A value with where it stands.
#[derive(Debug, Clone)]
struct Node {
    value: Value,
    /// The text it stands in: an index into [`Sources`].
    file: usize,
    span: Range<usize>,
    /// Whether a table is written as `{ .. }`.
    inline: bool,
}

#[derive(Debug, Clone)]
enum Value {
    String(String),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    Datetime(Datetime),
    Array(Vec<Node>),
    Table(Vec<Entry>),
    /// A value already reported as faulty.
    Invalid,
}

#[derive(Debug, Clone)]
struct Entry {
    key: String,
    span: Range<usize>,
    node: Node,
}

impl Value {
    /// What a value is, in words.
    fn kind(&self) -> &'static str {
        match self {
            Value::String(_) => "a string",
            Value::Integer(_) => "a whole number",
            Value::Float(_) => "a decimal number",
            Value::Boolean(true) => "`true`",
            Value::Boolean(false) => "`false`",
            Value::Datetime(datetime) => match (&datetime.date, &datetime.time, &datetime.offset) {
                (_, _, Some(_)) => "a date and time with an offset",
                (Some(_), Some(_), None) => "a date and time",
                (None, _, None) => "a time of day",
                (Some(_), None, None) => "a date",
            },
            Value::Array(_) => "an array",
            Value::Table(_) => "a table",
            Value::Invalid => "a faulty value",
        }
    }
}

/// Appends a key to a dotted path.
fn join(path: &str, key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let key = if !key.is_empty() && key.chars().all(bare) {
        key.to_owned()
    } else {
        format!("{key:?}")
    };
    if path.is_empty() {
        key
    } else {
        format!("{path}.{key}")
    }
}

/// The last key of a dotted path, with its index if it has one.
fn short(path: &str) -> &str {
    let mut quoted = false;
    let mut start = 0;
    for (at, c) in path.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '.' if !quoted => start = at + 1,
            _ => {}
        }
    }
    &path[start..]
}

/// A dotted path without indexes, as it stands in a header.
fn header_path(path: &str) -> String {
    let mut header = String::new();
    let mut index = false;
    for c in path.chars() {
        match c {
            '[' => index = true,
            ']' => index = false,
            _ if !index => header.push(c),
            _ => {}
        }
    }
    header
}

/// How many days the month of a date has that has fewer than the date says.
pub fn days_of_month(written: &str) -> Option<i8> {
    let date = written.split([' ', 'T']).next()?;
    let mut parts = date.splitn(3, '-');
    let mut part = || parts.next()?.parse::<i16>().ok();
    let (year, month, day) = (part()?, i8::try_from(part()?).ok()?, part()?);
    let first = civil::Date::new(year, month, 1).ok()?;
    let days = first.days_in_month();
    (day > i16::from(days) && day <= 31).then_some(days)
}

/// The most tables of a list of this name.
fn most_tables(header: &str) -> usize {
    match header {
        "strategies" => 1_000,
        _ => 10_000,
    }
}
