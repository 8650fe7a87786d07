//! What is said about keys is what reading them does: the manual, the schema and `explain` hold every key.

use crate::common::toml_files;
use coexist::guide::{explain, page, schema};
use coexist::report::tables;
use coexist::scenario::keys::{self, Form, Section};
use serde_json::Value;
use std::path::Path;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Set to write the tables of the manual anew.
const RENEW: &str = "COEXIST_RENEW_MANUAL";

fn files() -> [(&'static str, &'static Section); 2] {
    [("scenario", keys::scenario()), ("profile", keys::profile_file())]
}

/// The manual with every table of keys as the declarations give it, and the tables that it has.
fn renewed(page: &str) -> (String, Vec<(String, String)>) {
    let mut out = String::new();
    let mut had = Vec::new();
    let mut rest = page;
    while let Some(at) = rest.find("<!-- ").filter(|_| rest.contains("<!-- end -->")) {
        let start = at + rest[at..].find('\n').expect("the end of the line of a marker") + 1;
        let marker = rest[at..start].trim();
        let end = start + rest[start..].find("<!-- end -->").expect("the end of a table");
        out.push_str(&rest[..start]);
        let inner = marker.trim_start_matches("<!-- ").trim_end_matches(" -->");
        let table = if inner == "parameters" {
            page::parameters()
        } else if let Some(place) = inner.strip_prefix("columns of ") {
            let declared = tables::ALL
                .iter()
                .find(|table| place == format!("{}: {}.csv", table.command, table.name));
            declared
                .unwrap_or_else(|| panic!("no table `{place}` is declared"))
                .manual()
        } else {
            let (file, path) = inner
                .strip_prefix("keys of the ")
                .and_then(|rest| rest.split_once(" file: "))
                .unwrap_or_else(|| panic!("`{marker}` is no marker of a table"));
            let path = if path == "top level" { "" } else { path };
            had.push((file.to_owned(), path.to_owned()));
            let root = files()
                .into_iter()
                .find(|(name, _)| *name == file)
                .expect("a file")
                .1;
            page::table(root, path).unwrap_or_else(|| panic!("the {file} file has no table `{path}`"))
        };
        out.push_str(&table);
        out.push_str("<!-- end -->");
        rest = &rest[end + "<!-- end -->".len()..];
    }
    out.push_str(rest);
    (out, had)
}

#[test]
fn the_tables_of_the_manual_are_those_of_the_declarations() {
    let path = Path::new(ROOT).join("docs/formats.md");
    let page = std::fs::read_to_string(&path).expect("the manual");
    let (wanted, _) = renewed(&page);
    if std::env::var_os(RENEW).is_some() {
        std::fs::write(&path, &wanted).expect("the manual can be written");
    }
    let differs = page.lines().zip(wanted.lines()).find(|(is, wanted)| is != wanted);
    assert!(
        page == wanted,
        "docs/formats.md differs from the declared keys, first in\n{differs:?}\n{RENEW}=1 cargo test --test program keys writes it anew"
    );
}

#[test]
fn every_table_of_results_is_in_the_manual_and_every_column_has_a_meaning() {
    let page = std::fs::read_to_string(Path::new(ROOT).join("docs/formats.md")).expect("the manual");
    for table in tables::ALL {
        let marker = format!("<!-- columns of {}: {}.csv -->", table.command, table.name);
        assert_eq!(page.matches(&marker).count(), 1, "{marker}");
        let keys = table.keys();
        for (place, key) in keys.iter().enumerate() {
            assert!(!keys[..place].contains(key), "{}: `{key}` twice", table.name);
            let meaning = table.column(key).expect("it is declared").meaning;
            assert!(
                !meaning.is_empty() && !meaning.ends_with('.'),
                "{}: `{key}`",
                table.name
            );
        }
    }
}

#[test]
fn every_key_is_in_the_manual() {
    let page = std::fs::read_to_string(Path::new(ROOT).join("docs/formats.md")).expect("the manual");
    let (_, had) = renewed(&page);
    let mut shown: Vec<String> = Vec::new();
    for (file, root) in files() {
        for (_, path) in had.iter().filter(|had| had.0 == file) {
            shown.push(page::table(root, path).expect("a table"));
        }
    }
    for (_, root) in files() {
        for found in keys::all(root) {
            let parent = found.path.rsplit_once('.').map_or("", |split| split.0);
            let table = page::table(root, parent).unwrap_or_default();
            let rows: Vec<&str> = table.lines().skip(2).collect();
            let is_there = rows
                .iter()
                .any(|row| row.contains(&format!("`{}`", found.key.name())))
                && rows
                    .iter()
                    .all(|row| shown.iter().any(|shown| shown.contains(row)))
                || page.contains(&format!("| `{}` |", found.path));
            assert!(is_there, "docs/formats.md has no row for `{}`", found.path);
        }
    }
}

#[test]
fn every_key_is_explained_with_its_meaning() {
    for (file, root) in files() {
        for found in keys::all(root) {
            let text =
                explain::explain(&found.path, 10_000).unwrap_or_else(|what| panic!("{}: {what}", found.path));
            let meaning = found.key.about().meaning;
            assert!(
                !meaning.trim().is_empty() && !found.key.about().since.is_empty(),
                "{}",
                found.path
            );
            let first = meaning.split(['[', '.']).next().unwrap_or_default();
            assert!(text.contains(first), "{file} {}: {text}", found.path);
        }
    }
}

#[test]
fn a_key_that_is_not_there_is_answered_with_the_nearest() {
    let answer = explain::explain("strategies.pilot.sizes", 80).expect_err("no such key");
    assert_eq!(
        answer,
        "there is no key `strategies.pilot.sizes`; did you mean `strategies.pilot.size`?"
    );
    let answer = explain::explain("frobnicate", 80).expect_err("no such key");
    assert_eq!(
        answer,
        "there is no key `frobnicate`; `coexist explain` lists all tables, `coexist explain TABLE` its keys"
    );
}

#[test]
fn one_key_in_words() {
    let text = explain::explain("strategies.rollback.remediation_days", 72).expect("a key");
    let wanted = "\
strategies.rollback.remediation_days
  From the end of a rollback to the next attempt, which begins with the
  first wave whose people are not all on the new side and shifts the
  later ones.
  Written        in [strategies.rollback] of the scenario file
  Takes          count, d
  Range          0 to 3,640
  Default        28
  Figure         an estimate that nobody published
  Since          version 0.1
  Example
    [strategies.rollback]
    remediation_days = 28
";
    assert_eq!(text, wanted);
}

/// A TOML document as the value that a schema is held against.
fn value(path: &Path) -> Option<Value> {
    fn converted(value: toml::Value) -> Value {
        match value {
            toml::Value::String(text) => text.into(),
            toml::Value::Integer(number) => number.into(),
            toml::Value::Float(number) => number.into(),
            toml::Value::Boolean(truth) => truth.into(),
            toml::Value::Datetime(at) => at.to_string().into(),
            toml::Value::Array(values) => values.into_iter().map(converted).collect(),
            toml::Value::Table(table) => table
                .into_iter()
                .map(|(key, value)| (key, converted(value)))
                .collect(),
        }
    }
    let text = std::fs::read_to_string(path).ok()?;
    Some(converted(toml::Value::Table(text.parse().ok()?)))
}

#[test]
fn the_schemas_are_schemas_and_every_shipped_file_keeps_them() {
    for (schema, folder) in [
        (schema::scenario(), "scenarios"),
        (schema::profile(), "scenarios/profiles"),
    ] {
        assert!(jsonschema::meta::is_valid(&schema), "{folder}");
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        for path in toml_files(folder) {
            let value = value(&path).expect("TOML");
            let faults: Vec<String> = validator
                .iter_errors(&value)
                .map(|fault| format!("{}: {fault}", fault.instance_path()))
                .collect();
            assert!(faults.is_empty(), "{}: {faults:#?}", path.display());
        }
    }
}

/// Is what was written no name of something in the file, which a schema does not know?
fn names_no_thing(block: &str) -> bool {
    let key = block.lines().find_map(|line| line.trim().strip_prefix("= key: "));
    let mut path = String::new();
    let mut inside = false;
    for letter in key.unwrap_or_default().chars() {
        match letter {
            '[' => inside = true,
            ']' => inside = false,
            letter if !inside => path.push(letter),
            _ => {}
        }
    }
    let found = keys::all(keys::scenario())
        .into_iter()
        .find(|found| found.path == path);
    !found.is_some_and(|found| matches!(found.key.form(), Form::NameOf(_)))
}

/// Faults that a schema can see: they concern one value, or the keys of one table.
const SEEN: [&str; 8] = [
    "error: unknown key ",
    "error: missing key `",
    "error: missing table",
    "; it must be between ",
    "; it must be at least ",
    " must be a ",
    " must be true or false",
    " which is not one of the words allowed",
];

#[test]
fn what_a_schema_can_refuse_it_refuses() {
    let scenario = jsonschema::validator_for(&schema::scenario()).expect("a schema");
    let mut refused = 0;
    for path in toml_files("scenarios/invalid") {
        let Some(value) = value(&path) else { continue };
        let faults =
            std::fs::read_to_string(path.with_extension("stderr")).expect("the words of the refusal");
        // A fault of a list or a profile is none of the scenario's, and names of things are not known to a schema.
        let own = path.file_name().expect("a name").to_string_lossy().into_owned();
        let blocks = faults
            .split("\n\n")
            .filter(|block| block.contains(&format!("{own}:")));
        let is_seen = |block: &str| {
            names_no_thing(block)
                && SEEN
                    .iter()
                    .any(|word| block.lines().next().is_some_and(|line| line.contains(word)))
        };
        let seen: Vec<&str> = blocks.filter(|block| is_seen(block)).collect();
        if !seen.is_empty() {
            refused += 1;
            assert!(
                !scenario.is_valid(&value),
                "{} keeps the schema, but\n{}",
                path.display(),
                seen.join("\n")
            );
        }
    }
    assert!(refused >= 3, "{refused}");
}

#[test]
fn defaults_that_are_said_in_words_are_those_that_hold() {
    let file = Path::new(ROOT).join("scenarios/by-hand.toml");
    let with = |written: &[String]| {
        let scenario =
            coexist::scenario::load_with(&file, written).unwrap_or_else(|rejected| panic!("{rejected}"));
        format!("{:?}", scenario.facts.meetings)
    };
    let unset = coexist::scenario::from_text(
        "plain",
        "schema = 1\nname = \"plain\"\nprofile = \"yardstick\"\n[calendar]\nflat = true\ndays = 30\n[[pools]]\nname = \"a\"\n\
         release = \"old\"\nfront_ends = 1\n[[pools]]\nname = \"b\"\nrelease = \"new\"\nfront_ends = 1\n[population]\nusers = 20\n",
    )
    .unwrap_or_else(|rejected| panic!("{rejected}"));
    let usual = format!("{:?}", unset.facts.meetings);
    let all = keys::all(keys::scenario());
    let said = ["sizes", "durations", "occurrences"].map(|key| {
        let found = all
            .iter()
            .find(|found| found.path == format!("meetings.{key}"))
            .expect("a key");
        format!("meetings.{key}={}", found.key.about().absent.trim_matches('`'))
    });
    let rest = [
        "meetings.levels={team=0.4,department=0.3,site=0.2,everyone=0.1}",
        "meetings.warm_start=true",
        "meetings.grid_minutes=15",
    ];
    let all: Vec<String> = said.into_iter().chain(rest.map(str::to_owned)).collect();
    let written = with(&all);
    let after = |text: &str| {
        text.split_once(", sizes")
            .map(|split| split.1.to_owned())
            .expect("sizes")
    };
    assert_eq!(after(&written), after(&usual));
}
