//! How two scenarios, or two strategies of one, differ, in words.

use super::words;
use crate::scenario::input::Line;
use crate::scenario::keys::{self, Declared};
use std::collections::BTreeSet;
use std::fmt::Write;

/// One of the two that are compared.
#[derive(Clone, Debug)]
pub struct Side {
    /// What it is called.
    pub name: String,
    /// Its values.
    pub lines: Vec<Line>,
}

impl Side {
    /// One strategy of a scenario: its values, with paths from the strategy on; nothing if it does not have it.
    pub fn strategy(lines: &[Line], name: &str) -> Option<Side> {
        let front = format!("strategies.{name}.");
        let own = lines.iter().filter_map(|line| {
            let path = line.path.strip_prefix(&front)?;
            Some(Line {
                path: path.into(),
                ..line.clone()
            })
        });
        let lines: Vec<Line> = own.filter(|line| line.path != "name").collect();
        (!lines.is_empty()).then(|| Side {
            name: name.into(),
            lines,
        })
    }

    fn value(&self, path: &str) -> Option<&Line> {
        self.lines.iter().find(|line| line.path == path)
    }

    fn has_table(&self, table: &str) -> bool {
        let front = format!("{table}.");
        self.lines.iter().any(|line| line.path.starts_with(&front))
    }
}

/// Every difference, table by table: first what both have and say differently, or only one says; a table that only one
/// has is told once, with its keys.
pub fn diff(one: &Side, other: &Side) -> String {
    let declared = keys::all(keys::scenario());
    let mut out = String::new();
    let mut told: BTreeSet<String> = BTreeSet::new();
    let mut header = String::new();
    let mut count = 0;
    // Keys that say how a file is written, not what it says.
    let is_way = |line: &&Line| ["like", "without", "extends"].contains(&last(&line.path));
    let all = one
        .lines
        .iter()
        .chain(other.lines.iter().filter(|line| one.value(&line.path).is_none()));
    let mut all: Vec<&Line> = all.filter(|line| !is_way(line)).collect();
    // Tables stay together, in the order in which they are met first.
    let mut tables: Vec<&str> = Vec::new();
    for line in &all {
        if !tables.contains(&table(&line.path)) {
            tables.push(table(&line.path));
        }
    }
    all.sort_by_key(|line| tables.iter().position(|known| *known == table(&line.path)));
    for line in all {
        let (here, there) = (one.value(&line.path), other.value(&line.path));
        let key = declared
            .iter()
            .find(|found| found.path == line.key)
            .map(|found| found.key);
        let default = key.and_then(Declared::default_text);
        let said = |line: Option<&Line>| line.map(|line| line.text.clone()).or(default.clone());
        if said(here) == said(there) {
            continue;
        }
        let own = table(&line.path);
        if let Some((owner, missing)) = only_one(own, one, other) {
            if told.insert(missing.clone()) {
                count += 1;
                let _ = writeln!(out, "[{missing}] only in {}", owner.name);
                let front = format!("{missing}.");
                for line in owner.lines.iter().filter(|line| line.path.starts_with(&front)) {
                    let _ = writeln!(out, "  {} = {}", &line.path[front.len()..], line.text);
                }
                header.clear();
            }
            continue;
        }
        count += 1;
        let shown = if own.is_empty() {
            "top level".to_owned()
        } else {
            format!("[{own}]")
        };
        if shown != header {
            let _ = writeln!(out, "{shown}");
            header = shown;
        }
        let text = |line: Option<&Line>| line.map_or_else(|| absent(key), |line| line.text.clone());
        let _ = writeln!(out, "  {}: {} -> {}", last(&line.path), text(here), text(there));
        if let Some(key) = key {
            let meaning = words::unlinked(key.about().meaning);
            let _ = writeln!(out, "    {}", words::first_sentence(&meaning));
        }
    }
    match count {
        0 => format!(
            "{} and {} say the same
",
            one.name, other.name
        ),
        1 => format!(
            "1 difference, from {} to {}
{out}",
            one.name, other.name
        ),
        count => format!(
            "{count} differences, from {} to {}
{out}",
            one.name, other.name
        ),
    }
}

/// What holds where a key is not written.
fn absent(key: Option<&dyn Declared>) -> String {
    match key.and_then(Declared::default_text) {
        Some(default) => format!("{default} (not written)"),
        None => "not written".into(),
    }
}

/// The outermost table around a place that only one of the two has, and which one.
fn only_one<'s>(own: &str, one: &'s Side, other: &'s Side) -> Option<(&'s Side, String)> {
    let mut at = String::new();
    for part in own.split('.').filter(|part| !part.is_empty()) {
        if !at.is_empty() {
            at.push('.');
        }
        at.push_str(part);
        match (one.has_table(&at), other.has_table(&at)) {
            (true, false) => return Some((one, at)),
            (false, true) => return Some((other, at)),
            _ => {}
        }
    }
    None
}

fn table(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |split| split.0)
}

fn last(path: &str) -> &str {
    path.rsplit_once('.').map_or(path, |split| split.1)
}
