//! TOML documents read through cursors that know where every value stands.

pub(super) mod flat;
pub mod inherit;
mod outline;
mod overrides;
mod syntax;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Debug, Display};
use std::ops::{Bound, Range, RangeBounds};
use std::str::FromStr;

use outline::Outline;

use crate::letters;
use jiff::civil;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml::value::Datetime;

use super::csv_reader::{Columns, CsvTable, read_csv};
use super::fault::{Faults, Located, Place, Sources};
use super::key::{Count, Declared, Key, Kind, NameOf, NumberOr, Plain, Real, Sub, Subs};
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

/// Turns the parser's tree into ours, reporting numbers that do not fit.
struct Converter<'c> {
    text: &'c str,
    file: usize,
    damaged: &'c [Range<usize>],
    faults: &'c mut Faults,
}

impl Converter<'_> {
    fn node(&mut self, value: &DeValue<'_>, span: Range<usize>, path: &str) -> Node {
        let is_damaged = self.damaged.iter().any(|line| line.contains(&span.start));
        let converted = match value {
            // What the parser made of a faulty line is not what was meant.
            value if is_damaged && !matches!(value, DeValue::Array(_) | DeValue::Table(_)) => Value::Invalid,
            DeValue::String(text) => match text.chars().find(|&letter| letters::steers(letter)) {
                None => Value::String(text.clone().into_owned()),
                Some(letter) => self.steering(&span, path, letter),
            },
            DeValue::Integer(integer) => match i64::from_str_radix(integer.as_str(), integer.radix()) {
                Ok(integer) => Value::Integer(integer),
                Err(_) => self.invalid(&span, path, "is too large a number"),
            },
            DeValue::Float(float) => match float.as_str().parse::<f64>() {
                Ok(float) if float.is_finite() => Value::Float(float),
                Ok(_) if float.as_str().contains(|c: char| c.is_ascii_digit()) => {
                    self.invalid(&span, path, "is too large a number")
                }
                _ => self.invalid(&span, path, "is not a finite number"),
            },
            DeValue::Boolean(boolean) => Value::Boolean(*boolean),
            DeValue::Datetime(datetime) => Value::Datetime(*datetime),
            DeValue::Array(array) => {
                let nodes =
                    array
                        .iter()
                        .enumerate()
                        .map(|(index, element): (usize, &Spanned<DeValue<'_>>)| {
                            self.node(element.get_ref(), element.span(), &format!("{path}[{index}]"))
                        });
                Value::Array(nodes.collect())
            }
            DeValue::Table(table) => {
                let mut entries: Vec<Entry> = table
                    .iter()
                    .map(|(key, value)| Entry {
                        key: key.get_ref().clone().into_owned(),
                        span: key.span(),
                        node: self.node(value.get_ref(), value.span(), &join(path, key.get_ref())),
                    })
                    .collect();
                entries.sort_by_key(|entry| entry.span.start);
                Value::Table(entries)
            }
        };
        let inline = self
            .text
            .get(span.clone())
            .is_some_and(|text| text.starts_with('{'));
        Node {
            value: converted,
            file: self.file,
            span,
            inline,
        }
    }

    /// A text with a letter that steers a terminal.
    fn steering(&mut self, span: &Range<usize>, path: &str, letter: char) -> Value {
        let what = format!(
            "`{}` holds a letter that is not shown but steers the terminal (U+{:04X})",
            short(path),
            u32::from(letter)
        );
        let place = Place {
            file: self.file,
            span: span.clone(),
        };
        let written = self.text.get(span.clone()).unwrap_or_default();
        let is_path = ["people", "contacts", "calendar", "list", "profile"].contains(&short(path));
        let help = if is_path
            && written.contains('\\')
            && matches!(letter, '\n' | '\t' | '\r' | '\u{8}' | '\u{c}')
        {
            // `"C:\new"`: between double quotes, a backslash and the letter behind it are one letter.
            format!("write `/` in paths: `{}`", written.replace('\\', "/"))
        } else {
            "leave that letter out".to_owned()
        };
        self.faults.error(Some(place), path, what, help);
        Value::Invalid
    }

    fn invalid(&mut self, span: &Range<usize>, path: &str, what: &str) -> Value {
        let what = format!("`{}` {what}", short(path));
        let place = Place {
            file: self.file,
            span: span.clone(),
        };
        let help = "write an ordinary number, such as `0.5` or `100`";
        self.faults.error(Some(place), path, what, help);
        Value::Invalid
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

/// The limits of a range in words; empty if it has none.
fn limits<T: Display>(range: &impl RangeBounds<T>) -> String {
    let low = match range.start_bound() {
        Bound::Included(low) => Some((format!("at least {low}"), format!("{low}"), true)),
        Bound::Excluded(low) => Some((format!("more than {low}"), String::new(), false)),
        Bound::Unbounded => None,
    };
    let high = match range.end_bound() {
        Bound::Included(high) => Some((format!("at most {high}"), format!("{high}"), true)),
        Bound::Excluded(high) => Some((format!("less than {high}"), String::new(), false)),
        Bound::Unbounded => None,
    };
    match (low, high) {
        (Some((_, low, true)), Some((_, high, true))) => format!("between {low} and {high}"),
        (Some((low, ..)), Some((high, ..))) => format!("{low} and {high}"),
        (Some((words, ..)), None) | (None, Some((words, ..))) => words,
        (None, None) => String::new(),
    }
}

/// An example within a range: the first of these that fits, or else the lower or upper limit.
fn example<T: PartialOrd + Copy>(range: &impl RangeBounds<T>, tries: &[T]) -> T {
    let limit = |bound: Bound<&T>| match bound {
        Bound::Included(value) | Bound::Excluded(value) => Some(*value),
        Bound::Unbounded => None,
    };
    let fits = tries.iter().copied().find(|value| range.contains(value));
    fits.or(limit(range.start_bound()))
        .or(limit(range.end_bound()))
        .unwrap_or(tries[0])
}

/// What a value must be: in words, and an example as it would be written.
pub struct Wanted {
    words: String,
    example: String,
}

impl Wanted {
    /// In words, with an example as it would be written.
    pub fn new(words: impl Into<String>, example: impl Into<String>) -> Self {
        Wanted {
            words: words.into(),
            example: example.into(),
        }
    }

    /// Text.
    pub fn string() -> Self {
        Self::new("a string", "\"text\"")
    }

    /// True or false.
    pub fn boolean() -> Self {
        Self::new("true or false", "true")
    }

    /// A date.
    pub fn date() -> Self {
        Self::new("a date", "2025-03-10")
    }

    fn datetime() -> Self {
        Self::new("a date and time", "2025-03-10T09:00:00")
    }

    fn time_of_day() -> Self {
        Self::new("a time of day", "09:00:00")
    }

    fn integer(range: &impl RangeBounds<i64>) -> Self {
        Self::new("a whole number", example(range, &[5, 100, 0]).to_string())
    }

    fn float(range: &impl RangeBounds<f64>) -> Self {
        Self::new("a number", example(range, &[0.5, 5.0, 100.0]).to_string())
    }

    /// A count within a range.
    pub fn count(range: &impl RangeBounds<u32>) -> Self {
        Self::whole(&wide(range))
    }

    /// A whole number within a range.
    pub fn whole(range: &impl RangeBounds<i64>) -> Self {
        bounded(Self::integer(range), &limits(range))
    }

    /// A number within a range.
    pub fn real(range: &impl RangeBounds<f64>) -> Self {
        bounded(Self::float(range), &limits(range))
    }

    /// An array of numbers within a range.
    pub fn reals(range: &impl RangeBounds<f64>) -> Self {
        Self::new("an array of numbers", format!("[{}]", Self::float(range).example))
    }

    /// One of a few words.
    pub fn one_of(words: &[&str]) -> Self {
        let first = words.first().copied().unwrap_or_default();
        Self::new(
            format!("one of {}", quoted_list(words.iter().copied())),
            format!("{first:?}"),
        )
    }
}

/// A value of a document, of whatever kind, with its place and path.
///
/// Each reading method gives nothing after reporting a fault, if the value is not what it asks for.
#[derive(Clone)]
pub struct Item<'d> {
    reader: &'d Reader,
    document: &'d Document,
    node: &'d Node,
    path: String,
}

impl Debug for Item<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Item")
            .field("path", &self.path)
            .field("node", self.node)
            .finish_non_exhaustive()
    }
}

impl<'d> Item<'d> {
    /// Where the value stands.
    pub fn place(&self) -> Place {
        Place {
            file: self.node.file,
            span: self.node.span.clone(),
        }
    }

    /// The dotted path of the value; array elements count from 0.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What the value is, in words, such as `a string` or `a table`.
    pub fn kind(&self) -> &'static str {
        self.node.value.kind()
    }

    /// The value as it was written.
    pub fn written(&self) -> String {
        self.reader.sources.borrow().text(self.node.file)[self.node.span.clone()].to_owned()
    }

    /// Whether the value is a string.
    pub fn is_string(&self) -> bool {
        matches!(self.node.value, Value::String(_))
    }

    /// Whether the value is a whole or a decimal number.
    pub fn is_number(&self) -> bool {
        matches!(self.node.value, Value::Integer(_) | Value::Float(_))
    }

    /// Whether the value is a boolean.
    pub fn is_boolean(&self) -> bool {
        matches!(self.node.value, Value::Boolean(_))
    }

    /// Whether the value is a table.
    pub fn is_table(&self) -> bool {
        matches!(self.node.value, Value::Table(_))
    }

    /// Whether the value is an array.
    pub fn is_array(&self) -> bool {
        matches!(self.node.value, Value::Array(_))
    }

    /// Reports an error about this value.
    pub fn fault(&self, what: impl Into<String>, help: impl Into<String>) {
        self.reader
            .faults
            .borrow_mut()
            .error(Some(self.place()), self.path.clone(), what, help);
    }

    /// Reports a warning about this value.
    pub fn warn(&self, what: impl Into<String>, help: impl Into<String>) {
        let place = Some(self.place());
        self.reader
            .faults
            .borrow_mut()
            .warning(place, self.path.clone(), what, help);
    }

    fn located<T>(&self, value: T) -> Located<T> {
        Located {
            value,
            place: self.place(),
            key: self.path.clone(),
        }
    }

    /// The value as a person would write it in an example.
    fn assignment(&self, example: &str) -> String {
        let name = short(&self.path);
        if name.ends_with(']') {
            format!("`{example}`")
        } else {
            format!("`{name} = {example}`")
        }
    }

    fn wrong<T>(&self, wanted: &Wanted) -> Option<T> {
        let found = match &self.node.value {
            Value::Invalid => return None,
            value => value.kind(),
        };
        let number = wanted.words.ends_with("number");
        let help = match &self.node.value {
            Value::String(text) if number && text.trim().parse::<f64>().is_ok_and(f64::is_finite) => {
                format!("write {}, without quotes", self.assignment(text.trim()))
            }
            Value::String(text) if number && syntax::plain_number(text).is_some() => {
                let plain = syntax::plain_number(text).unwrap_or_default();
                format!("write {}, without quotes", self.assignment(&plain))
            }
            Value::String(text) if wanted.words == "true or false" && (text == "true" || text == "false") => {
                format!("write {}, without quotes", self.assignment(text))
            }
            _ => format!("write for example {}", self.assignment(&wanted.example)),
        };
        self.fault(
            format!("`{}` must be {}, found {found}", short(&self.path), wanted.words),
            help,
        );
        None
    }

    fn in_range<T: PartialOrd + Display>(
        &self,
        value: T,
        range: &impl RangeBounds<T>,
        wanted: &Wanted,
    ) -> Option<Located<T>> {
        if range.contains(&value) {
            return Some(self.located(value));
        }
        let limits = limits(range);
        let help = format!("write {} that is {limits}", wanted.words);
        self.fault(
            format!("`{}` is {value}; it must be {limits}", short(&self.path)),
            help,
        );
        None
    }

    /// A string.
    pub fn string(&self) -> Option<Located<String>> {
        match &self.node.value {
            Value::String(text) => Some(self.located(text.clone())),
            _ => self.wrong(&Wanted::string()),
        }
    }

    /// A string that is not blank, without blanks around it.
    pub fn name(&self) -> Option<Located<String>> {
        let text = self.string()?;
        if text.trim().is_empty() {
            let help = format!("write for example {}", self.assignment("\"text\""));
            self.fault(format!("`{}` is empty", short(&self.path)), help);
            return None;
        }
        Some(text.map(|text| super::names::normal(&text).into_owned()))
    }

    /// A whole number within a range.
    pub fn integer(&self, range: impl RangeBounds<i64>) -> Option<Located<i64>> {
        let wanted = Wanted::integer(&range);
        match self.node.value {
            Value::Integer(integer) => self.in_range(integer, &range, &wanted),
            _ => self.wrong(&wanted),
        }
    }

    /// A whole number within a range, as a count.
    pub fn count(&self, range: impl RangeBounds<u32>) -> Option<Located<u32>> {
        let value = self.integer(wide(&range))?;
        let Ok(count) = u32::try_from(value.value) else {
            let what = format!(
                "`{}` is {}; it must be at most {}",
                short(&self.path),
                value.value,
                u32::MAX
            );
            self.fault(what, "write a smaller number");
            return None;
        };
        Some(value.map(|_| count))
    }

    /// A finite number within a range; whole numbers are accepted.
    pub fn float(&self, range: impl RangeBounds<f64>) -> Option<Located<f64>> {
        let wanted = Wanted::float(&range);
        match self.node.value {
            Value::Integer(integer) => self.in_range(integer as f64, &range, &wanted),
            Value::Float(float) => self.in_range(float, &range, &wanted),
            _ => self.wrong(&wanted),
        }
    }

    /// A boolean.
    pub fn boolean(&self) -> Option<Located<bool>> {
        match self.node.value {
            Value::Boolean(boolean) => Some(self.located(boolean)),
            _ => self.wrong(&Wanted::boolean()),
        }
    }

    /// The parts of a date or time, written as such or as a string.
    fn moment<T>(&self, wanted: &Wanted, take: impl Fn(&Datetime) -> Option<T>) -> Option<Located<T>> {
        let found = match &self.node.value {
            Value::Datetime(datetime) => Some(*datetime),
            Value::String(text) => match Datetime::from_str(text.trim()) {
                Ok(datetime) => Some(datetime),
                Err(_) => {
                    let what = match days_of_month(text.trim()) {
                        Some(days) => format!("there is no date {text:?}: that month has {days} days"),
                        None => format!("`{}` must be {}, found {text:?}", short(&self.path), wanted.words),
                    };
                    let help = match syntax::foreign_date(text.trim()) {
                        Some(date) => format!("write year, month and day: {}", self.assignment(&date)),
                        None => format!("write for example {}", self.assignment(&wanted.example)),
                    };
                    self.fault(what, help);
                    return None;
                }
            },
            _ => None,
        };
        let Some(datetime) = found else {
            return self.wrong(wanted);
        };
        match take(&datetime) {
            Some(value) => Some(self.located(value)),
            None => {
                let kind = Value::Datetime(datetime).kind();
                let what = format!("`{}` must be {}, found {kind}", short(&self.path), wanted.words);
                self.fault(
                    what,
                    format!("write for example {}", self.assignment(&wanted.example)),
                );
                None
            }
        }
    }

    /// A date.
    pub fn date(&self) -> Option<Located<civil::Date>> {
        self.moment(&Wanted::date(), |found| {
            match (found.date, found.time, found.offset) {
                (Some(date), None, None) => civil_date(date),
                _ => None,
            }
        })
    }

    /// A date and a time of day, without an offset.
    pub fn datetime(&self) -> Option<Located<civil::DateTime>> {
        self.moment(&Wanted::datetime(), |found| {
            match (found.date, found.time, found.offset) {
                (Some(date), Some(time), None) => Some(civil_date(date)?.to_datetime(civil_time(time)?)),
                _ => None,
            }
        })
    }

    /// A time of day.
    pub fn time_of_day(&self) -> Option<Located<civil::Time>> {
        self.moment(&Wanted::time_of_day(), |found| {
            match (found.date, found.time, found.offset) {
                (None, Some(time), None) => civil_time(time),
                _ => None,
            }
        })
    }

    /// One of a few words.
    pub fn one_of<'w>(&self, words: &[&'w str]) -> Option<Located<&'w str>> {
        let pairs: Vec<(&'w str, &'w str)> = words.iter().map(|word| (*word, *word)).collect();
        self.choice(&pairs)
    }

    /// One of a few words, each standing for a value.
    pub fn choice<T: Clone>(&self, choices: &[(&str, T)]) -> Option<Located<T>> {
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        let Value::String(text) = &self.node.value else {
            return self.wrong(&Wanted::one_of(&words));
        };
        if let Some((_, value)) = choices.iter().find(|(word, _)| word == text) {
            return Some(self.located(value.clone()));
        }
        let help = match suggestion(text, words.iter().copied()) {
            Some(word) => format!("did you mean `{word}`?"),
            None => format!("write one of {}", quoted_list(words.iter().copied())),
        };
        self.fault(
            format!(
                "`{}` is {text:?}, which is not one of the words allowed",
                short(&self.path)
            ),
            help,
        );
        None
    }

    /// A string in a notation of its own. `wanted` says what it is, such as `a duration`; `example` is what one
    /// looks like, without quotes; an error of `parse` is a clause such as `the unit is missing`.
    pub fn parsed<T>(
        &self,
        wanted: &str,
        example: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<Located<T>> {
        let example = format!("{example:?}");
        let Value::String(text) = &self.node.value else {
            return self.wrong(&Wanted::new(wanted, example));
        };
        match parse(text) {
            Ok(value) => Some(self.located(value)),
            Err(why) => {
                let what = format!("`{}` must be {wanted}, found {text:?}: {why}", short(&self.path));
                self.fault(what, format!("write for example {}", self.assignment(&example)));
                None
            }
        }
    }

    /// A table.
    pub fn table(&self) -> Option<Table<'d>> {
        match self.cursor() {
            Some(table) => Some(table),
            None if self.holds_tables() => {
                let header = header_path(&self.path);
                self.fault(
                    format!("`[[{header}]]` is a list of tables, and only one is wanted here"),
                    format!("write `[{header}]`, once"),
                );
                None
            }
            None => self.wrong(&Wanted::new("a table", "{ ... }")),
        }
    }

    fn holds_tables(&self) -> bool {
        let is_table = |node: &Node| matches!(node.value, Value::Table(_)) && !node.inline;
        matches!(&self.node.value, Value::Array(nodes) if !nodes.is_empty() && nodes.iter().all(is_table))
    }

    fn cursor(&self) -> Option<Table<'d>> {
        match &self.node.value {
            Value::Table(entries) => Some(Table {
                item: self.clone(),
                entries,
                asked: RefCell::default(),
            }),
            _ => None,
        }
    }

    /// The elements of an array of anything.
    pub fn items(&self) -> Option<Vec<Item<'d>>> {
        self.elements(&Wanted::new("an array", "[ ... ]"))
    }

    fn elements(&self, wanted: &Wanted) -> Option<Vec<Item<'d>>> {
        let Value::Array(nodes) = &self.node.value else {
            return self.wrong(wanted);
        };
        let element = |(index, node): (usize, &'d Node)| Item {
            path: format!("{}[{index}]", self.path),
            node,
            ..self.clone()
        };
        Some(nodes.iter().enumerate().map(element).collect())
    }

    /// All elements, each read; nothing if the value is no array, and only the good ones otherwise.
    fn each<T>(&self, wanted: &Wanted, read: impl Fn(&Item<'d>) -> Option<T>) -> Option<Vec<T>> {
        Some(self.elements(wanted)?.iter().filter_map(read).collect())
    }

    /// An array of strings; faulty elements are reported and left out.
    pub fn strings(&self) -> Option<Vec<Located<String>>> {
        self.each(&Wanted::new("an array of strings", "[\"text\"]"), Item::string)
    }

    /// An array of numbers; faulty elements are reported and left out.
    pub fn floats(&self, range: impl RangeBounds<f64> + Clone) -> Option<Vec<Located<f64>>> {
        let wanted = format!("[{}]", Wanted::float(&range).example);
        self.each(&Wanted::new("an array of numbers", wanted), |item| {
            item.float(range.clone())
        })
    }

    /// An array of dates; faulty elements are reported and left out.
    pub fn dates(&self) -> Option<Vec<Located<civil::Date>>> {
        self.each(&Wanted::new("an array of dates", "[2025-03-10]"), Item::date)
    }

    /// An array of tables; faulty elements are reported and left out.
    pub fn tables(&self) -> Option<Vec<Table<'d>>> {
        let header = header_path(&self.path);
        match &self.node.value {
            Value::Array(nodes) if nodes.len() > most_tables(&header) => {
                let (count, most) = (nodes.len(), most_tables(&header));
                let what = format!("there are {count} tables [[{header}]], and at most {most} are read");
                self.fault(what, "leave out some, or split the scenario");
                None
            }
            Value::Array(_) => self.each(&Wanted::new("an array of tables", ""), Item::table),
            Value::Invalid => None,
            _ => {
                let what = format!(
                    "`{}` must be an array of tables, found {}",
                    short(&self.path),
                    self.kind()
                );
                self.fault(what, format!("write `[[{header}]]` above each of them"));
                None
            }
        }
    }

    /// Either a number within a range or a table.
    pub fn number_or_table(&self, range: impl RangeBounds<f64>) -> Option<NumberOrTable<'d>> {
        match self.node.value {
            Value::Table(_) => self.table().map(NumberOrTable::Table),
            Value::Integer(_) | Value::Float(_) => self.float(range).map(NumberOrTable::Number),
            _ => {
                let wanted = Wanted::float(&range);
                self.wrong(&Wanted::new("a table or a number", wanted.example))
            }
        }
    }
}

/// A value that may be written as a plain number or as a table.
#[derive(Debug)]
pub enum NumberOrTable<'d> {
    /// The number.
    Number(Located<f64>),
    /// The table.
    Table(Table<'d>),
}

fn wide(range: &impl RangeBounds<u32>) -> (Bound<i64>, Bound<i64>) {
    let low = match range.start_bound() {
        Bound::Included(low) => Bound::Included(i64::from(*low)),
        Bound::Excluded(low) => Bound::Included(i64::from(*low) + 1),
        Bound::Unbounded => Bound::Included(0),
    };
    let high = match range.end_bound() {
        Bound::Included(high) => Bound::Included(i64::from(*high)),
        Bound::Excluded(high) => Bound::Included(i64::from(*high) - 1),
        Bound::Unbounded => Bound::Unbounded,
    };
    (low, high)
}

fn civil_date(date: toml::value::Date) -> Option<civil::Date> {
    civil::Date::new(i16::try_from(date.year).ok()?, date.month as i8, date.day as i8).ok()
}

fn civil_time(time: toml::value::Time) -> Option<civil::Time> {
    let (second, nanosecond) = (time.second.unwrap_or(0), time.nanosecond.unwrap_or(0));
    civil::Time::new(
        time.hour as i8,
        time.minute as i8,
        second as i8,
        i32::try_from(nanosecond).ok()?,
    )
    .ok()
}

/// A cursor over a table, which remembers the keys asked for.
///
/// What a key takes is declared with it ([`Key`]). A method named `require` reports a missing key; `get` gives nothing
/// if it is absent. All report values of the wrong kind or out of range. When everything was read, [`Table::finish`]
/// reports the keys nobody asked for.
pub struct Table<'d> {
    item: Item<'d>,
    entries: &'d [Entry],
    asked: RefCell<BTreeSet<String>>,
}

impl Debug for Table<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Table")
            .field("path", &self.item.path)
            .finish_non_exhaustive()
    }
}

impl<'d> Table<'d> {
    /// Reads a key that must be there.
    pub fn require<K: Plain>(&self, key: &Key<K>) -> Option<K::Read> {
        key.kind.read(&self.required(key.name(), || key.kind.wanted())?)
    }

    /// Reads a key, if it is there.
    pub fn get<K: Plain>(&self, key: &Key<K>) -> Option<K::Read> {
        key.kind.read(&self.node(key.name())?)
    }

    /// Reads a key, or gives its default.
    ///
    /// # Panics
    /// If the key is declared without a default.
    pub fn get_or_default<K>(&self, key: &Key<K>) -> K::Value
    where
        K: Plain<Value: Copy, Read = Located<<K as Kind>::Value>>,
    {
        self.get(key).map_or_else(|| default_of(key), |found| found.value)
    }

    /// Reads a key of a table that may be absent, or gives its default.
    ///
    /// # Panics
    /// If the key is declared without a default.
    pub fn value<K>(table: Option<&Table<'d>>, key: &Key<K>) -> K::Value
    where
        K: Plain<Value: Copy, Read = Located<<K as Kind>::Value>>,
    {
        table.map_or_else(|| default_of(key), |table| table.get_or_default(key))
    }

    /// Where a key was written, if it is there.
    pub fn located(&self, key: &str) -> Option<Located<()>> {
        Some(self.node(key)?.located(()))
    }

    /// Reads a key whose name is the planner's own, as the key declared for all of them says.
    pub fn get_named<K: Plain>(&self, key: &Key<K>, name: &str) -> Option<K::Read> {
        key.kind.read(&self.node(name)?)
    }

    /// Reads a key that must be there and names one of a few things, each standing for a value.
    pub fn require_one_of<T: Clone>(&self, key: &Key<NameOf>, known: &[(&str, T)]) -> Option<Located<T>> {
        let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
        self.required(key.name(), || Wanted::one_of(&words))?
            .choice(known)
    }

    /// Reads a key that names one of a few things, each standing for a value, if it is there.
    pub fn get_one_of<T: Clone>(&self, key: &Key<NameOf>, known: &[(&str, T)]) -> Option<Located<T>> {
        self.node(key.name())?.choice(known)
    }

    /// Reads a number or a table, which must be there.
    pub fn require_number_or_table(&self, key: &Key<NumberOr>) -> Option<NumberOrTable<'d>> {
        let NumberOr(low, high, _) = key.kind;
        let wanted = || Wanted::new("a table or a number", Wanted::float(&(low..=high)).example);
        self.required(key.name(), wanted)?.number_or_table(low..=high)
    }

    /// Reads a number or a table, if it is there.
    pub fn number_or_table(&self, key: &Key<NumberOr>) -> Option<NumberOrTable<'d>> {
        let NumberOr(low, high, _) = key.kind;
        self.node(key.name())?.number_or_table(low..=high)
    }

    /// Reads a parameter, if it is there: a number within its range, or a table.
    pub fn parameter(&self, key: &str, range: impl RangeBounds<f64>) -> Option<NumberOrTable<'d>> {
        self.node(key)?.number_or_table(range)
    }

    /// Reads a number that must be there, within a range that depends on where the table stands.
    pub fn require_within(&self, key: &Key<Real>, range: impl RangeBounds<f64>) -> Option<Located<f64>> {
        self.required(key.name(), || Wanted::real(&range))?.float(range)
    }

    /// Reads a count that must be there, within a range that depends on other keys.
    pub fn require_count_within(
        &self,
        key: &Key<Count>,
        range: impl RangeBounds<u32>,
    ) -> Option<Located<u32>> {
        self.required(key.name(), || Wanted::count(&range))?.count(range)
    }

    /// The value of a key that is read piece by piece, if it is there.
    pub fn item(&self, key: &dyn Declared) -> Option<Item<'d>> {
        self.node(key.name())
    }

    /// The value of the second key of a moment, which holds a day number.
    pub fn day_item(&self, key: &dyn Declared) -> Option<Item<'d>> {
        self.node(key.day_name()?)
    }

    /// The value of a key that is read piece by piece and must be there. `wanted` says what it is, such as `an array`.
    pub fn require_item(&self, key: &dyn Declared, wanted: &str) -> Option<Item<'d>> {
        self.required(key.name(), || Wanted::new(wanted, "..."))
    }

    /// Reads a table, which must be there.
    pub fn table(&self, key: &Key<Sub>) -> Option<Table<'d>> {
        let key = key.name();
        match self.node(key) {
            Some(item) => item.table(),
            None => {
                let header = header_path(&join(&self.item.path, key));
                let help = match self.item.node.inline {
                    true => format!("add `{key} = {{ ... }}`"),
                    false => format!("add a section `[{header}]`"),
                };
                self.missing(key, "missing table", help);
                None
            }
        }
    }

    /// Reads a table, if it is there.
    pub fn opt_table(&self, key: &Key<Sub>) -> Option<Table<'d>> {
        self.node(key.name())?.table()
    }

    /// Reads a table whose name is the planner's own, or comes from a list of such names.
    pub fn table_named(&self, name: &str) -> Option<Table<'d>> {
        self.node(name)?.table()
    }

    /// The table of that name; nothing if it is absent or no table, which is not reported.
    pub fn own_table(&self, name: &str) -> Option<Table<'d>> {
        self.node(name)?.cursor()
    }

    /// Reads an array of tables, of which there must be at least one.
    pub fn tables(&self, key: &Key<Subs>) -> Vec<Table<'d>> {
        let key = key.name();
        let item = self.node(key);
        let empty = |item: &Item<'_>| matches!(&item.node.value, Value::Array(nodes) if nodes.is_empty());
        match &item {
            Some(item) if !empty(item) => item.tables().unwrap_or_default(),
            _ => {
                let header = header_path(&join(&self.item.path, key));
                self.missing(
                    key,
                    "missing tables",
                    format!("add at least one section `[[{header}]]`"),
                );
                Vec::new()
            }
        }
    }

    /// Reads an array of tables; none if it is absent.
    pub fn opt_tables(&self, key: &Key<Subs>) -> Vec<Table<'d>> {
        self.node(key.name())
            .and_then(|item| item.tables())
            .unwrap_or_default()
    }

    /// The value of a key, whatever its kind, if it is there.
    fn node(&self, key: &str) -> Option<Item<'d>> {
        self.allow(&[key]);
        self.peek(key)
    }

    fn peek(&self, key: &str) -> Option<Item<'d>> {
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        Some(Item {
            node: &entry.node,
            path: join(&self.item.path, key),
            ..self.item.clone()
        })
    }

    fn required(&self, key: &str, wanted: impl FnOnce() -> Wanted) -> Option<Item<'d>> {
        let item = self.node(key);
        if item.is_none() {
            let wanted = wanted();
            let help = format!(
                "add `{key} = ...` with {}, such as `{}`",
                wanted.words, wanted.example
            );
            self.missing(key, "missing key", help);
        }
        item
    }

    fn missing(&self, key: &str, what: &str, help: String) {
        // Behind a syntax fault, the key may well have been written.
        if !self.item.document.is_damaged() {
            self.fault(key, format!("{what} `{key}` {}", self.location()), help);
        }
    }

    /// Where this table is, in words.
    fn location(&self) -> String {
        let path = &self.item.path;
        let header = header_path(path);
        match (path.is_empty(), self.item.node.inline, path.ends_with(']')) {
            (true, ..) => "at the top level".to_owned(),
            (_, true, _) => format!("in `{}`", short(path)),
            (_, _, true) => format!("in [[{header}]]"),
            _ => format!("in [{header}]"),
        }
    }

    /// Marks keys as known without reading them.
    pub fn allow(&self, keys: &[&str]) {
        self.asked
            .borrow_mut()
            .extend(keys.iter().map(|key| (*key).to_owned()));
    }

    /// Whether a key is there.
    pub fn has(&self, key: &str) -> bool {
        self.allow(&[key]);
        self.entries.iter().any(|entry| entry.key == key)
    }

    /// All keys there are, in the order they were written.
    pub fn keys(&self) -> Vec<&'d str> {
        self.entries.iter().map(|entry| entry.key.as_str()).collect()
    }

    /// Where the value of a key stands; the header of this table if it is absent.
    pub fn place_of(&self, key: &str) -> Place {
        self.peek(key).map_or_else(|| self.place(), |item| item.place())
    }

    /// Where this table begins: its header, or its braces.
    pub fn place(&self) -> Place {
        self.item.place()
    }

    /// The dotted path of this table, empty at the top level; elements of arrays count from 0.
    pub fn path(&self) -> &str {
        &self.item.path
    }

    /// The dotted path of a key of this table.
    pub fn path_of(&self, key: &str) -> String {
        join(&self.item.path, key)
    }

    /// The reader this table reports to.
    pub fn reader(&self) -> &'d Reader {
        self.item.reader
    }

    /// Whether the document of this table has syntax faults, so that something may be missing from it.
    pub fn is_damaged(&self) -> bool {
        self.item.document.is_damaged()
    }

    /// This table as a located value of its own path, for faults reported later.
    pub fn here(&self) -> Located<()> {
        self.item.located(())
    }

    /// Reports an error about a key: at its value, or at the header of this table if it is absent.
    pub fn fault(&self, key: &str, what: impl Into<String>, help: impl Into<String>) {
        let (place, path) = (self.place_of(key), self.path_of(key));
        self.item
            .reader
            .faults
            .borrow_mut()
            .error(Some(place), path, what, help);
    }

    /// Reports a warning about a key: at its value, or at the header of this table if it is absent.
    pub fn warn(&self, key: &str, what: impl Into<String>, help: impl Into<String>) {
        let (place, path) = (self.place_of(key), self.path_of(key));
        self.item
            .reader
            .faults
            .borrow_mut()
            .warning(Some(place), path, what, help);
    }

    /// Reports an error about this table as a whole.
    pub fn fault_here(&self, what: impl Into<String>, help: impl Into<String>) {
        self.item.fault(what, help);
    }

    /// Reports a warning about this table as a whole.
    pub fn warn_here(&self, what: impl Into<String>, help: impl Into<String>) {
        self.item.warn(what, help);
    }

    /// The key that stands here and that an unknown one resembles, with its line.
    fn twin(&self, unknown: &str) -> Option<(&'d str, usize)> {
        let asked = self.asked.borrow();
        let known = self.entries.iter().filter(|entry| asked.contains(&entry.key));
        let key = suggestion(unknown, known.map(|entry| entry.key.as_str()))?;
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        let place = Place {
            file: entry.node.file,
            span: entry.span.clone(),
        };
        Some((key, self.item.reader.sources.borrow().line(&place)))
    }

    /// Reports many keys at once that nobody asked for and that resemble none: a header is missing above them, most likely.
    fn gather_unknown(&self) -> bool {
        const MANY: usize = 3;
        let asked = self.asked.borrow();
        let unknown: Vec<&Entry> = (self.entries.iter())
            .filter(|entry| !asked.contains(&entry.key))
            .collect();
        let resembles = |entry: &&Entry| suggestion(&entry.key, asked.iter().map(String::as_str)).is_some();
        if unknown.len() < MANY || unknown.iter().any(resembles) {
            return false;
        }
        let first = unknown[0];
        let place = Place {
            file: first.node.file,
            span: first.span.clone(),
        };
        const SHOWN: usize = 5;
        let mut keys = quoted_list(unknown.iter().take(SHOWN).map(|entry| entry.key.as_str()));
        if unknown.len() > SHOWN {
            keys.push_str(&format!(" and {} more", unknown.len() - SHOWN));
        }
        let what = format!("{} unknown keys {}: {keys}", unknown.len(), self.location());
        let help = if asked.is_empty() {
            "remove them; no keys are allowed here".to_owned()
        } else {
            let allowed = quoted_list(asked.iter().map(String::as_str));
            format!("write the header of their table above them; the keys allowed here are {allowed}")
        };
        let path = self.path_of(&first.key);
        self.item
            .reader
            .faults
            .borrow_mut()
            .error(Some(place), path, what, help);
        true
    }

    /// Reports the keys that nobody asked for. To be called when everything was read.
    pub fn finish(&self) {
        let document = self.item.document;
        if document.is_damaged() {
            return;
        }
        if self.gather_unknown() {
            return;
        }
        let asked = self.asked.borrow();
        let present: BTreeMap<&str, ()> = self
            .entries
            .iter()
            .map(|entry| (entry.key.as_str(), ()))
            .collect();
        for entry in self.entries.iter().filter(|entry| !asked.contains(&entry.key)) {
            let absent = asked
                .iter()
                .map(String::as_str)
                .filter(|key| !present.contains_key(key));
            let help = match suggestion(&entry.key, absent) {
                Some(key) => {
                    // That it is missing is told by this.
                    self.item
                        .reader
                        .faults
                        .borrow_mut()
                        .withdraw_missing(&self.path_of(key));
                    format!("did you mean `{key}`?")
                }
                None if asked.is_empty() => "remove it; no keys are allowed here".to_owned(),
                None => match self.twin(&entry.key) {
                    Some((key, line)) => {
                        format!("did you mean `{key}`? It stands already on line {line}; keep one of the two")
                    }
                    None => {
                        let allowed = quoted_list(asked.iter().map(String::as_str));
                        format!("the keys allowed here are {allowed}")
                    }
                },
            };
            let place = Place {
                file: entry.node.file,
                span: entry.span.clone(),
            };
            let what = format!("unknown key `{}` {}", entry.key, self.location());
            let path = self.path_of(&entry.key);
            self.item
                .reader
                .faults
                .borrow_mut()
                .error(Some(place), path, what, help);
        }
    }
}

fn default_of<K: Kind<Value: Copy>>(key: &Key<K>) -> K::Value {
    key.default_value()
        .unwrap_or_else(|| unreachable!("`{}` is declared without a default", key.name()))
}

fn bounded(wanted: Wanted, limits: &str) -> Wanted {
    let words = match limits {
        "" => wanted.words,
        _ if limits.starts_with("between") => format!("{} {limits}", wanted.words),
        _ => format!("{} of {limits}", wanted.words),
    };
    Wanted { words, ..wanted }
}

#[cfg(test)]
mod tests {
    use super::super::key::Notated;
    use super::super::key::{Day, Flag, Name, Notation, Parsed, Texts, Whole, Words};
    use super::*;

    /// Keys of the tests, declared where they are read.
    impl<'d> Table<'d> {
        fn integer(&self, key: &'static str, least: i64) -> Option<Located<i64>> {
            self.require(&Key::new(key, Whole(Some(least), None), ""))
        }

        fn opt_integer(&self, key: &'static str) -> Option<Located<i64>> {
            self.get(&Key::new(key, Whole(None, None), ""))
        }

        fn count_from_1(&self, key: &'static str) -> Option<Located<u32>> {
            self.require(&Key::new(key, Count::from(1), ""))
        }

        fn share(&self, key: &'static str) -> Option<Located<f64>> {
            self.require(&Key::new(key, Real(0.0, 1.0), ""))
        }

        fn date(&self, key: &'static str) -> Option<Located<civil::Date>> {
            self.require(&Key::new(key, Day, ""))
        }

        fn one(&self, key: &'static str) -> Option<Table<'d>> {
            self.table(&Key::new(key, Sub(&NONE), ""))
        }

        fn several(&self, key: &'static str) -> Vec<Table<'d>> {
            self.tables(&Key::new(key, Subs(&NONE), ""))
        }
    }

    static NONE: super::super::key::Section = super::super::key::Section {
        about: "",
        keys: &[],
        others: None,
        parameters: None,
    };

    fn shown(text: &str, read: impl FnOnce(&Table<'_>)) -> String {
        let reader = Reader::new();
        let document = reader.document("s.toml", text);
        read(&document.root(&reader));
        let (sources, faults) = reader.into_parts();
        faults.render(&sources, false)
    }

    #[test]
    fn all_syntax_faults_are_reported_and_cause_no_others() {
        let shown = shown("seed = \nname = coexist\nusers = 0\nruns = 1,5\n", |t| {
            t.integer("seed", 0);
            t.integer("name", 0);
            t.integer("users", 1);
            t.integer("absent", 1);
            t.finish();
        });
        let expected = "\
error: a value is missing here
 --> s.toml:1:8
  |
1 | seed = 
  |        ^
  |
  = help: write a value after `=`

error: `coexist` is not a value; text must stand between quotes
 --> s.toml:2:8
  |
2 | name = coexist
  |        ^^^^^^^
  |
  = help: write it between quotes: `\"coexist\"`

error: `users` is 0; it must be at least 1
 --> s.toml:3:9
  |
3 | users = 0
  |         ^
  |
  = key: users
  = help: write a whole number that is at least 1

error: something follows the value on the same line
 --> s.toml:4:9
  |
4 | runs = 1,5
  |         ^
  |
  = help: write decimal numbers with a point: `runs = 1.5`

4 errors
";
        assert_eq!(shown, expected);
    }

    #[test]
    fn unknown_keys_get_a_suggestion_or_the_list() {
        let shown = shown("[strategy]\nsise = 5\ncolour = 1\nuntil = 2\n", |t| {
            let strategy = t.one("strategy").expect("a table");
            strategy.opt_integer("size");
            strategy.opt_integer("until");
            strategy.finish();
            t.finish();
        });
        let expected = "\
error: unknown key `sise` in [strategy]
 --> s.toml:2:1
  |
2 | sise = 5
  | ^^^^
  |
  = key: strategy.sise
  = help: did you mean `size`?

error: unknown key `colour` in [strategy]
 --> s.toml:3:1
  |
3 | colour = 1
  | ^^^^^^
  |
  = key: strategy.colour
  = help: the keys allowed here are `size`, `until`

2 errors
";
        assert_eq!(shown, expected);
    }

    #[test]
    fn wrong_types_say_what_to_write() {
        let text = "users = \"many\"\nruns = \"12\"\non = 3\nnames = [\"a\", 4]\nshare = \"x\"\n";
        let shown = shown(text, |t| {
            assert_eq!(t.integer("users", 1), None);
            assert_eq!(
                t.get_or_default(&Key::new("runs", Count::from(1), "").default(7)),
                7
            );
            t.require(&Key::new("on", Flag, ""));
            assert_eq!(
                t.require(&Key::new("names", Texts(Notated::Text), ""))
                    .expect("an array")
                    .len(),
                1
            );
            assert!(
                t.require_number_or_table(&Key::new("share", NumberOr(0.0, 1.0, &NONE), ""))
                    .is_none()
            );
            t.finish();
        });
        let expected = "\
error: `users` must be a whole number, found a string
 --> s.toml:1:9
  |
1 | users = \"many\"
  |         ^^^^^^
  |
  = key: users
  = help: write for example `users = 5`

error: `runs` must be a whole number, found a string
 --> s.toml:2:8
  |
2 | runs = \"12\"
  |        ^^^^
  |
  = key: runs
  = help: write `runs = 12`, without quotes

error: `on` must be true or false, found a whole number
 --> s.toml:3:6
  |
3 | on = 3
  |      ^
  |
  = key: on
  = help: write for example `on = true`

error: `names[1]` must be a string, found a whole number
 --> s.toml:4:15
  |
4 | names = [\"a\", 4]
  |               ^
  |
  = key: names[1]
  = help: write for example `\"text\"`

error: `share` must be a table or a number, found a string
 --> s.toml:5:9
  |
5 | share = \"x\"
  |         ^^^
  |
  = key: share
  = help: write for example `share = 0.5`

5 errors
";
        assert_eq!(shown, expected);
    }

    #[test]
    fn nested_arrays_of_tables_have_paths_and_headers() {
        let text = "\
[[strategy]]
name = \"a\"

[[strategy]]
name = \"b\"
window = { from = 2025-03-10 }

[[strategy.wave]]
size = 5

[[strategy.wave]]
size = -5
";
        let shown = shown(text, |t| {
            t.integer("seed", 0);
            t.one("world");
            for strategy in t.several("strategy") {
                strategy.require(&Key::new("name", Name, ""));
                if let Some(window) = strategy.opt_table(&Key::new("window", Sub(&NONE), "")) {
                    assert_eq!(window.path(), "strategy[1].window");
                    window.date("until");
                    window.finish();
                }
                for wave in strategy.opt_tables(&Key::new("wave", Subs(&NONE), "")) {
                    wave.count_from_1("size");
                    wave.share("share");
                    wave.finish();
                }
                strategy.finish();
            }
            t.finish();
        });
        let expected = "\
error: missing key `seed` at the top level
 --> s.toml:1:1
  |
1 | [[strategy]]
  | ^
  |
  = key: seed
  = help: add `seed = ...` with a whole number of at least 0, such as `5`

error: missing table `world` at the top level
 --> s.toml:1:1
  |
1 | [[strategy]]
  | ^
  |
  = key: world
  = help: add a section `[world]`

error: missing key `until` in `window`
 --> s.toml:6:10
  |
6 | window = { from = 2025-03-10 }
  |          ^^^^^^^^^^^^^^^^^^^^^
  |
  = key: strategy[1].window.until
  = help: add `until = ...` with a date, such as `2025-03-10`

error: unknown key `from` in `window`
 --> s.toml:6:12
  |
6 | window = { from = 2025-03-10 }
  |            ^^^^
  |
  = key: strategy[1].window.from
  = help: the keys allowed here are `until`

error: missing key `share` in [[strategy.wave]]
 --> s.toml:8:1
  |
8 | [[strategy.wave]]
  | ^^^^^^^^^^^^^^^^^
  |
  = key: strategy[1].wave[0].share
  = help: add `share = ...` with a number between 0 and 1, such as `0.5`

error: missing key `share` in [[strategy.wave]]
  --> s.toml:11:1
   |
11 | [[strategy.wave]]
   | ^^^^^^^^^^^^^^^^^
   |
   = key: strategy[1].wave[1].share
   = help: add `share = ...` with a number between 0 and 1, such as `0.5`

error: `size` is -5; it must be at least 1
  --> s.toml:12:8
   |
12 | size = -5
   |        ^^
   |
   = key: strategy[1].wave[1].size
   = help: write a whole number that is at least 1

7 errors
";
        assert_eq!(shown, expected);
    }

    #[test]
    fn ranges_words_and_strange_numbers() {
        let text = "a = 1.5\nb = nan\nc = 99999999999999999999\nd = 0\nmode = \"fist\"\nkind = \"zebra\"\ne = 1\nf = 5000000000\ng = true\n";
        let shown = shown(text, |t| {
            t.share("a");
            t.node("b").map(|b| b.float(..));
            t.opt_integer("c");
            t.node("d")
                .map(|d| d.float((Bound::Excluded(0.0), Bound::Unbounded)));
            t.require(&Key::new("mode", Words(&[("first", 1), ("last", 2)]), ""));
            t.require(&Key::new("kind", Words(&[("first", 1), ("last", 2)]), ""));
            t.count_from_1("f");
            t.count_from_1("g");
            assert_eq!(
                t.node("e").and_then(|e| e.float(0.0..)).map(|e| e.value),
                Some(1.0)
            );
            t.finish();
        });
        let titles: Vec<&str> = shown.lines().filter(|line| line.starts_with("error")).collect();
        let expected = [
            "error: `a` is 1.5; it must be between 0 and 1",
            "error: `b` is not a finite number",
            "error: `c` is too large a number",
            "error: `d` is 0; it must be more than 0",
            "error: `mode` is \"fist\", which is not one of the words allowed",
            "error: `kind` is \"zebra\", which is not one of the words allowed",
            "error: `f` is 5000000000; it must be at most 4294967295",
            "error: `g` must be a whole number, found `true`",
        ];
        assert_eq!(titles, expected);
        let helps: Vec<&str> = shown.lines().filter(|line| line.contains("= help")).collect();
        let expected = [
            "  = help: write a number that is between 0 and 1",
            "  = help: write an ordinary number, such as `0.5` or `100`",
            "  = help: write an ordinary number, such as `0.5` or `100`",
            "  = help: write a number that is more than 0",
            "  = help: did you mean `first`?",
            "  = help: write one of `first`, `last`",
            "  = help: write a smaller number",
            "  = help: write for example `g = 5`",
        ];
        assert_eq!(helps, expected);
    }

    #[test]
    fn dates_and_times_are_read_bare_or_quoted() {
        let text = "a = 2025-03-10\nb = \"2025-03-10\"\nc = 2025-03-10T08:30:00\nd = \"2025-03-10 08:30\"\n\
                    e = 08:30\nf = \"08:30:15\"\ng = 2025-03-10T08:30:00Z\nh = \"10.3.2025\"\n";
        let shown = shown(text, |t| {
            let date = civil::date(2025, 3, 10);
            assert_eq!(t.date("a").map(|d| d.value), Some(date));
            assert_eq!(t.get(&Key::new("b", Day, "")).map(|d| d.value), Some(date));
            assert_eq!(
                t.node("c").and_then(|c| c.datetime()).map(|d| d.value),
                Some(date.at(8, 30, 0, 0))
            );
            assert_eq!(
                t.node("d").and_then(|d| d.datetime()).map(|d| d.value),
                Some(date.at(8, 30, 0, 0))
            );
            assert_eq!(
                t.node("e").and_then(|e| e.time_of_day()).map(|d| d.value),
                Some(civil::time(8, 30, 0, 0))
            );
            assert_eq!(
                t.node("f").and_then(|f| f.time_of_day()).map(|d| d.value),
                Some(civil::time(8, 30, 15, 0))
            );
            t.date("c");
            t.node("g").map(|g| g.datetime());
            t.date("h");
            t.finish();
        });
        let titles: Vec<&str> = shown.lines().filter(|line| line.starts_with("error")).collect();
        let expected = [
            "error: `c` must be a date, found a date and time",
            "error: `g` must be a date and time, found a date and time with an offset",
            "error: `h` must be a date, found \"10.3.2025\"",
        ];
        assert_eq!(titles, expected);
    }

    #[test]
    fn strings_in_a_notation_of_their_own() {
        let shown = shown("a = \"5 days\"\nb = \"5\"\nc = 5\n", |t| {
            let parse: fn(&str) -> Result<usize, String> = |text| {
                text.strip_suffix(" days")
                    .ok_or("the unit is missing".to_owned())
                    .map(str::len)
            };
            let duration = Parsed {
                notation: Notation::Clock,
                wanted: "a duration",
                example: "5 days",
                parse,
            };
            assert_eq!(t.require(&Key::new("a", duration, "")).map(|a| a.value), Some(1));
            t.require(&Key::new("b", duration, ""));
            t.get(&Key::new("c", duration, ""));
            t.require(&Key::new("d", duration, ""));
        });
        let titles: Vec<&str> = shown.lines().filter(|line| line.starts_with("error")).collect();
        let expected = [
            "error: missing key `d` at the top level",
            "error: `b` must be a duration, found \"5\": the unit is missing",
            "error: `c` must be a duration, found a whole number",
        ];
        assert_eq!(titles, expected);
        assert!(
            shown.contains("= help: add `d = ...` with a duration, such as `\"5 days\"`"),
            "{shown}"
        );
    }

    #[test]
    fn documents_that_are_not_utf8() {
        let reader = Reader::new();
        let document = reader.document("s.toml", b"a = 1\nname = \"Caf\xe9\"\n");
        document.root(&reader).integer("b", 0);
        let (sources, faults) = reader.into_parts();
        let expected = "\
error: this character is not valid UTF-8
 --> s.toml:2:12
  |
2 | name = \"Caf\u{fffd}\"
  |            ^
  |
  = help: save the file with the encoding UTF-8, in Excel as \"CSV UTF-8\"

1 error
";
        assert_eq!(faults.render(&sources, false), expected);
    }

    #[test]
    fn no_text_makes_the_reader_panic() {
        let pieces = [
            "[", "]", "a", "=", "\"", "'", "{", "}", "\n", ",", "1", ".", "é", "\\", "#", "\r", "[[",
        ];
        let mut state = 7_u64;
        for _ in 0..4000 {
            let mut text = String::new();
            for _ in 0..12 {
                state = state
                    .wrapping_mul(6364136223846793005)
                    .wrapping_add(1442695040888963407);
                text.push_str(pieces[(state >> 33) as usize % pieces.len()]);
            }
            shown(&text, |t| {
                t.integer("a", 0);
                t.several("a");
                t.finish();
            });
        }
    }
}
