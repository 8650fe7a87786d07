//! A table of a document, read key by key.

use super::super::fault::{Located, Place};
use super::super::key::{Count, Declared, Key, Kind, NameOf, NumberOr, Plain, Real, Sub, Subs};
use super::super::{quoted_list, suggestion};
use super::wanted::Wanted;
use super::{Entry, Item, NumberOrTable, Reader, Value, header_path, join, short};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::ops::RangeBounds;

/// A cursor over a table, which remembers the keys asked for.
///
/// What a key takes is declared with it ([`Key`]). A method named `require` reports a missing key; `get` gives nothing
/// if it is absent. All report values of the wrong kind or out of range. When everything was read, [`Table::finish`]
/// reports the keys nobody asked for.
pub struct Table<'d> {
    pub(super) item: Item<'d>,
    pub(super) entries: &'d [Entry],
    pub(super) asked: RefCell<BTreeSet<String>>,
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
        self.get(key).map_or_else(|| key.usual(), |found| found.value)
    }

    /// Reads a key of a table that may be absent, or gives its default.
    ///
    /// # Panics
    /// If the key is declared without a default.
    pub fn value<K>(table: Option<&Table<'d>>, key: &Key<K>) -> K::Value
    where
        K: Plain<Value: Copy, Read = Located<<K as Kind>::Value>>,
    {
        table.map_or_else(|| key.usual(), |table| table.get_or_default(key))
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
    pub(super) fn node(&self, key: &str) -> Option<Item<'d>> {
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
