//! Every key of scenarios and profiles, each declared once: name, kind, range, unit, default, meaning.
//!
//! Readers take what a key is from here, and so do the schema for editors, `coexist explain`, templates and the tables
//! of `docs/formats.md`. A new key is one row here and the line that reads it.

/// Declares a table with its keys: a module with a static for each key and the [`Section`] of them all. The key behind a
/// `*` stands for all whose names are the planner's own.
macro_rules! section {
    (
        $module:ident, $about:literal
        $(, also [$($also:path),*])? $(, parameters $parameters:literal)?;
        $(* $OTHER:ident: $other_kind:ty = $other_value:expr;)?
        $($NAME:ident: $kind:ty = $value:expr;)*
    ) => {
        #[doc = $about]
        pub(in crate::scenario) mod $module {
            #[allow(unused_imports)]
            use super::*;

            $(pub(in crate::scenario) static $OTHER: Key<$other_kind> = $other_value;)?
            $(pub(in crate::scenario) static $NAME: Key<$kind> = $value;)*

            /// The table.
            pub(in crate::scenario) static SECTION: Section = Section {
                about: $about,
                keys: &[$(&$NAME,)* $($(&$also),*)?],
                others: section!(@maybe $(&$OTHER)?),
                parameters: section!(@maybe $($parameters)?),
            };
        }
    };
    (@maybe) => { None };
    (@maybe $given:expr) => { Some($given) };
}

/// Declares keys that several tables have: a module with a static for each.
macro_rules! shared {
    ($module:ident, $about:literal; $($NAME:ident: $kind:ty = $value:expr;)*) => {
        #[doc = $about]
        pub(in crate::scenario) mod $module {
            use super::*;

            $(pub(in crate::scenario) static $NAME: Key<$kind> = $value;)*
        }
    };
}

mod company;
mod plans;
pub(in crate::scenario) mod profile;
mod questions;

pub(in crate::scenario) use company::*;
pub(in crate::scenario) use plans::*;
pub(in crate::scenario) use questions::*;

pub use super::input::key::{About, Declared, Form, Need, Notation, Section};
use crate::world::parameter::{DEFINITIONS, Definition};

/// The scenario file.
pub fn scenario() -> &'static Section {
    &company::top::SECTION
}

/// The profile file.
pub fn profile_file() -> &'static Section {
    &profile::top::SECTION
}

/// A key with the table that it stands in.
#[derive(Clone)]
pub struct Found {
    /// The names of the tables and of the key, with points between them: `strategies.pilot.size`.
    pub path: String,
    /// Its table as a header: `[[strategies]]`, `[strategies.pilot]`; empty at the top level.
    pub header: String,
    /// The key.
    pub key: &'static dyn Declared,
}

/// All keys of a file, in the order in which they are explained; of parameters only those that stand in the tables named
/// after them, not once more under `parameters`.
pub fn all(root: &'static Section) -> Vec<Found> {
    let mut found = Vec::new();
    collect(root, "", false, &mut found);
    found
}

/// The parameters that a table holds, each with the name of its key there.
pub fn parameters(section: &Section) -> impl Iterator<Item = (&'static str, &'static Definition)> {
    let prefix = section.parameters;
    DEFINITIONS.iter().filter_map(move |definition| {
        let (table, key) = definition.key.split_once('.')?;
        (prefix == Some(table)).then_some((key, definition))
    })
}

/// The names of the tables of parameters, in order.
pub fn parameter_tables() -> Vec<&'static str> {
    let mut names: Vec<&str> = Vec::new();
    for definition in DEFINITIONS {
        let name = definition.key.split_once('.').map_or("", |key| key.0);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn collect(section: &'static Section, path: &str, is_list: bool, found: &mut Vec<Found>) {
    let header = match (path, is_list) {
        ("", _) => String::new(),
        (path, true) => format!("[[{path}]]"),
        (path, false) => format!("[{path}]"),
    };
    let mut tables: Vec<(String, &'static Section, bool)> = Vec::new();
    let others = section.others;
    for &key in section.keys.iter().chain(others.iter()) {
        let path = if path.is_empty() {
            key.name().to_owned()
        } else {
            format!("{path}.{}", key.name())
        };
        let mut form = key.form();
        if let Form::Either(_, other) = form {
            form = *other;
        }
        match form {
            Form::Table(inner) => tables.push((path.clone(), inner, false)),
            Form::Tables(inner, _) => tables.push((path.clone(), inner, true)),
            _ => {}
        }
        found.push(Found {
            path,
            header: header.clone(),
            key,
        });
    }
    for (key, definition) in parameters(section) {
        found.push(Found {
            path: format!("{path}.{key}"),
            header: header.clone(),
            key: definition,
        });
    }
    for (path, inner, is_list) in tables {
        collect(inner, &path, is_list, found);
    }
}

impl Declared for Definition {
    fn name(&self) -> &'static str {
        self.key.split_once('.').map_or("", |key| key.1)
    }

    fn form(&self) -> Form {
        let number = Form::Real(self.low, self.high);
        Form::Either(
            Box::new(number),
            Box::new(Form::Table(&company::interval::SECTION)),
        )
    }

    fn default_text(&self) -> Option<String> {
        Some(self.default.to_string())
    }

    fn about(&self) -> About {
        About {
            unit: self.unit,
            mark: Some(self.mark),
            source: self.source,
            ..About::new(self.meaning)
        }
    }

    fn default_range(&self) -> Option<(f64, f64)> {
        Definition::default_range(self)
    }
}
