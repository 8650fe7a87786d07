//! A value of a document, with its place and path.

use super::super::fault::{Located, Place};
use super::super::{names, quoted_list, suggestion};
use super::wanted::{Wanted, limits, wide};
use super::{Document, Node, Reader, Table, Value, days_of_month, header_path, most_tables, short, syntax};
use jiff::civil;
use std::cell::RefCell;
use std::fmt::{Debug, Display};
use std::ops::RangeBounds;
use std::str::FromStr;
use toml::value::Datetime;

/// A value of a document, of whatever kind, with its place and path.
///
/// Each reading method gives nothing after reporting a fault, if the value is not what it asks for.
#[derive(Clone)]
pub struct Item<'d> {
    pub(super) reader: &'d Reader,
    pub(super) document: &'d Document,
    pub(super) node: &'d Node,
    pub(super) path: String,
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

    pub(super) fn located<T>(&self, value: T) -> Located<T> {
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
        Some(text.map(|text| names::normal(&text).into_owned()))
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

    pub(super) fn cursor(&self) -> Option<Table<'d>> {
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
