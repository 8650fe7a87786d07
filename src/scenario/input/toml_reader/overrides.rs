//! Values of a document replaced before it is read: `strategies.NAME.waves.size=50`.
//!
//! What is put in place knows the text that it comes from, so every later fault about it points there.

use super::{Document, Entry, Node, Reader, Value, join, parse, quoted_list, suggestion};
use crate::scenario::input::fault::{Faults, Place};

/// How faults call the text of an override.
const SHOWN: &str = "--set";

impl Document {
    /// Puts a value in the place of a key, which is added if it is not there: `key=value`, both as in TOML, except
    /// that a single word needs no quotes. In an array of tables a table is chosen by its `name`, or by its number
    /// from 0 where none has that name. Faults go to the reader and point at the override.
    ///
    /// A document with syntax faults is left as it is: what the key names may be among what was not understood.
    pub fn set(&mut self, reader: &Reader, written: &str) {
        if self.is_damaged() {
            return;
        }
        if let Some(change) = read(reader, written) {
            self.write_out(&change);
            let faults = &mut reader.faults.borrow_mut();
            put(&mut self.root, change, "", faults);
        }
    }
}

impl Document {
    /// Writes out what a table takes over from another one where a change goes into it: `strategies.b.tasks.x.hours=4` of a
    /// strategy that has its tasks from another.
    fn write_out(&mut self, change: &Entry) {
        let Value::Table(inner) = &change.node.value else {
            return;
        };
        let [named] = &inner[..] else { return };
        let Value::Table(keys) = &named.node.value else {
            return;
        };
        let [key] = &keys[..] else { return };
        if is_front(&named.node) && is_front(&key.node) {
            self.own_copy(&change.key, &named.key, &key.key);
        }
    }
}

/// The one key of an override with its value.
fn read(reader: &Reader, written: &str) -> Option<Entry> {
    let text = with_quotes(written);
    let file = reader.sources.borrow_mut().add(SHOWN, text.clone());
    let mut faults = Faults::new();
    let (root, is_damaged) = parse(&text, file, &mut faults);
    if !is_damaged && !has_one_key(&root) {
        let place = Place {
            file,
            span: 0..text.len(),
        };
        let what = format!("`{text}` does not set one key");
        let help = "write one key and its value, such as `seed=7` or `strategies.NAME.waves.size=50`";
        faults.error(Some(place), "", what, help);
    }
    let is_faulty = faults.has_errors();
    reader.faults.borrow_mut().extend(faults);
    match root.value {
        Value::Table(mut entries) if !is_faulty => entries.pop(),
        _ => None,
    }
}

/// A value that TOML does not know, but that is a plain word, gets its quotes.
fn with_quotes(written: &str) -> String {
    let is_word = |value: &str| {
        let plain = |c: char| c.is_alphanumeric() || "-_./:+ ".contains(c);
        !value.is_empty() && value.chars().all(plain)
    };
    let (_, is_damaged) = parse(written, 0, &mut Faults::new());
    match written.split_once('=') {
        Some((key, value)) if is_damaged && is_word(value.trim()) => {
            format!("{key}=\"{}\"", value.trim())
        }
        _ => written.to_owned(),
    }
}

/// Is this a table written as the front part of a dotted key?
fn is_front(node: &Node) -> bool {
    matches!(node.value, Value::Table(_)) && !node.inline
}

fn has_one_key(node: &Node) -> bool {
    match &node.value {
        Value::Table(entries) if is_front(node) => matches!(&entries[..], [one] if has_one_key(&one.node)),
        _ => true,
    }
}

/// Puts the change where it belongs below a node, whose path is given.
fn put(target: &mut Node, change: Entry, path: &str, faults: &mut Faults) {
    let place = Place {
        file: change.node.file,
        span: change.span.clone(),
    };
    let kind = target.value.kind();
    match &mut target.value {
        Value::Table(entries) => {
            let path = join(path, &change.key);
            match entries.iter_mut().find(|entry| entry.key == change.key) {
                None => entries.push(change),
                Some(entry) if is_front(&change.node) => descend(&mut entry.node, change, &path, faults),
                Some(entry) => *entry = change,
            }
        }
        Value::Array(nodes) if nodes.iter().any(|node| matches!(node.value, Value::Table(_))) => {
            match chosen(nodes, &change.key) {
                Some(_) if !is_front(&change.node) => {
                    let what = format!("`{}` of `{path}` is a table, not a value", change.key);
                    let help = format!("name one of its keys: `{path}.{}.KEY=...`", change.key);
                    faults.error(Some(place), path, what, help);
                }
                Some(index) => {
                    let path = format!("{path}[{index}]");
                    descend(&mut nodes[index], change, &path, faults);
                }
                None => {
                    let what = format!("`{path}` has no table named `{}`", change.key);
                    faults.error(Some(place), path, what, instead(nodes, &change.key));
                }
            }
        }
        _ => {
            let what = format!("`{path}` is {kind} and has no key `{}`", change.key);
            let help = format!("write `{path}=...`");
            faults.error(Some(place), path, what, help);
        }
    }
}

/// Goes on with what follows the first part of a dotted key.
fn descend(target: &mut Node, change: Entry, path: &str, faults: &mut Faults) {
    if let Value::Table(entries) = change.node.value {
        for next in entries {
            put(target, next, path, faults);
        }
    }
}

/// The table of that name, or of that number.
fn chosen(nodes: &[Node], key: &str) -> Option<usize> {
    let named = nodes.iter().position(|node| node.name() == Some(key));
    named.or_else(|| key.parse().ok().filter(|&number: &usize| number < nodes.len()))
}

/// What to write in place of a name that no table has.
fn instead(nodes: &[Node], key: &str) -> String {
    let names: Vec<&str> = nodes.iter().filter_map(Node::name).collect();
    match suggestion(key, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if names.is_empty() => format!("write a number from 0 to {}", nodes.len() - 1),
        None => format!("write one of {}", quoted_list(names)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::input::key::{Key, Section, Subs, Whole};

    static NONE: Section = Section {
        about: "",
        keys: &[],
        others: None,
        parameters: None,
    };

    const TEXT: &str =
        "seed = 1\n[[plans]]\nname = \"a\"\nsize = 2\n[[plans]]\nname = \"b c\"\n[[cuts]]\nat = 3\n";

    /// The document after the overrides, read as `(seed, sizes of the plans, at)`, and what is reported.
    fn after(overrides: &[&str]) -> (Option<i64>, Vec<Option<i64>>, Option<i64>, String) {
        let reader = Reader::new();
        let mut document = reader.document("a.toml", TEXT);
        overrides.iter().for_each(|change| document.set(&reader, change));
        let (mut seed, mut sizes, mut at) = (None, Vec::new(), None);
        {
            let root = document.root(&reader);
            seed = root
                .get(&Key::new("seed", Whole(None, None), ""))
                .map(|seed| seed.value)
                .or(seed);
            for plan in root.opt_tables(&Key::new("plans", Subs(&NONE), "")) {
                plan.allow(&["name"]);
                sizes.push(
                    plan.get(&Key::new("size", Whole(Some(0), Some(9)), ""))
                        .map(|size| size.value),
                );
                plan.finish();
            }
            for cut in root.opt_tables(&Key::new("cuts", Subs(&NONE), "")) {
                at = cut
                    .get(&Key::new("at", Whole(None, None), ""))
                    .map(|at| at.value)
                    .or(at);
            }
            root.finish();
        }
        let (sources, faults) = reader.into_parts();
        (seed, sizes, at, faults.render(&sources, false))
    }

    #[test]
    fn keys_are_replaced_and_added_wherever_they_stand() {
        let found = after(&[
            "seed=7",
            "plans.a.size = 5",
            "plans.\"b c\".size=6",
            "cuts.0.at=4",
        ]);
        assert_eq!(found, (Some(7), vec![Some(5), Some(6)], Some(4), String::new()));
        assert_eq!(after(&["seed=7", "seed=8"]).0, Some(8), "the last one counts");
    }

    #[test]
    fn faults_name_the_override() {
        let cases = [
            ("plans.a.size=ten", "`size` must be a whole number", "--set:1:14"),
            ("plans.a.size=10", "between 0 and 9", "--set:1:14"),
            ("plans.a.sice=1", "unknown key `sice` in [[plans]]", "--set:1:9"),
            (
                "plans.zebra.size=1",
                "`plans` has no table named `zebra`",
                "write one of `a`, `b c`",
            ),
            (
                "plans.a=1",
                "`a` of `plans` is a table, not a value",
                "`plans.a.KEY=...`",
            ),
            (
                "cuts.1.at=1",
                "`cuts` has no table named `1`",
                "write a number from 0 to 0",
            ),
            (
                "seed.x=1",
                "`seed` is a whole number and has no key `x`",
                "`seed=...`",
            ),
            ("seed", "key", "--set:1"),
            ("seed=", "value", "--set:1"),
            (
                "seed=1\nname=2",
                "does not set one key",
                "strategies.NAME.waves.size=50",
            ),
            ("", "does not set one key", "--set"),
        ];
        for (written, what, help) in cases {
            let report = after(&[written]).3;
            assert!(
                report.contains(what) && report.contains(help),
                "{written}:\n{report}"
            );
        }
    }
}
