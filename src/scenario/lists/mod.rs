//! Planners' own lists: people, contacts, pilots and waves, in the program's own form or as other programs export them.

mod contacts;
mod exports;
mod identity;
mod people;
mod survey;

pub(super) use contacts::read as contacts;
pub(super) use exports::{CONTACTS, PEOPLE, USERS, called, when};
pub(super) use identity::{Directory, Met, bare};
pub(super) use people::read as people;

pub use survey::{Survey, survey};

use super::input::{CsvTable, Reader, Row};
use crate::plan::check::grouped;

/// What was read of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListRead {
    /// The file, as it is shown.
    pub path: String,
    /// What the list is: `people`, `contacts`, ...
    pub kind: &'static str,
    /// The program that exported it, if its header tells.
    pub export: Option<&'static str>,
    /// Its rows, blank ones not counted.
    pub rows: usize,
    /// What was found in it: how many of what.
    pub found: Vec<((&'static str, &'static str), usize)>,
    /// What was skipped, merged or matched in another shape.
    pub notes: Vec<Note>,
    /// The columns that were used: what for, and what they are called.
    pub used: Vec<(String, String)>,
    /// The columns that were not.
    pub unused: Vec<String>,
    /// Which text it is, among those read.
    text: usize,
}

/// Something that was skipped, merged or matched in another shape, with the first few cases.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Note {
    /// What was done, for one and for several: `outsider skipped`, `outsiders skipped`.
    pub what: (&'static str, &'static str),
    /// How often.
    pub count: usize,
    /// The first three.
    pub examples: Vec<String>,
}

/// Examples that are kept of what is counted.
const EXAMPLES: usize = 3;

impl Note {
    /// Nothing yet.
    pub fn new(one: &'static str, several: &'static str) -> Note {
        Note {
            what: (one, several),
            count: 0,
            examples: Vec::new(),
        }
    }

    /// One more.
    pub fn add(&mut self, example: impl FnOnce() -> String) {
        self.count += 1;
        if self.examples.len() < EXAMPLES {
            let example = example();
            if !self.examples.contains(&example) {
                self.examples.push(example);
            }
        }
    }
}

impl ListRead {
    /// What is known of a list before its rows are understood.
    pub(super) fn of(path: &str, kind: &'static str, list: &CsvTable) -> ListRead {
        ListRead {
            path: path.into(),
            kind,
            export: exports::program(list),
            rows: list.len(),
            found: Vec::new(),
            notes: Vec::new(),
            used: list
                .columns
                .iter()
                .cloned()
                .zip(list.written.iter().cloned())
                .collect(),
            unused: list.unknown.clone(),
            text: list.file,
        }
    }

    /// Keeps a note of which there is something to tell.
    pub(super) fn note(&mut self, note: Note) {
        if note.count > 0 {
            self.notes.push(note);
        }
    }
}

/// Warns of rows that say once more what others say, each with the line of the other, and count once.
pub(super) fn warn_of_repeated(reader: &Reader, rows: &[(Row<'_>, usize)], column: &str) {
    let Some((first, line)) = rows.first() else {
        return;
    };
    let what = match rows.len() {
        1 => format!("this row says the same as line {line}; the two count once"),
        count => format!(
            "{} rows say the same as others, this one first, as line {line}; each counts once",
            grouped(count as u64)
        ),
    };
    reader.with_faults(|faults| {
        first.warning(
            faults,
            column,
            what,
            "remove them, if they were meant to be others",
        )
    });
}

/// What was found in lists of users: which list, how many, and the names that were matched in another shape.
pub(super) type Matched = std::cell::RefCell<Vec<(usize, usize, Note)>>;

/// Adds what was found in lists of users to what is told of them.
pub(super) fn tell_of_users(lists: &mut [ListRead], matched: &Matched) {
    for (text, users, note) in matched.take() {
        if let Some(list) = lists
            .iter_mut()
            .find(|list| list.text == text && list.found.is_empty())
        {
            list.found = vec![(("person", "people"), users)];
            list.note(note);
        }
    }
}

/// Users named in a list, in its order, each once.
pub(super) fn users(
    reader: &Reader,
    directory: &Directory<'_>,
    list: &CsvTable,
    matched: &Matched,
) -> Vec<u32> {
    let users = users_with(reader, directory, list, "", matched);
    users.into_iter().map(|user| user.0).collect()
}

/// [`users`], each with what a column says.
pub(super) fn users_with(
    reader: &Reader,
    directory: &Directory<'_>,
    list: &CsvTable,
    column: &str,
    matched: &Matched,
) -> Vec<(u32, String)> {
    let met = Met::in_list(directory, list, &["user"], reader);
    let mut seen = vec![false; directory.len()];
    let mut found = Vec::new();
    for row in list.rows() {
        let Some(user) = met.required(row, "user") else {
            continue;
        };
        if std::mem::replace(&mut seen[user as usize], true) {
            let what = format!("user `{}` is listed twice", row.get("user"));
            reader.with_faults(|faults| row.error(faults, "user", what, "keep one of the two rows"));
        } else {
            found.push((user, row.get(column).to_owned()));
        }
    }
    matched.borrow_mut().push((list.file, found.len(), met.notes()));
    found
}
