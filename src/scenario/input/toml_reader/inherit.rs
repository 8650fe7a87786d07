//! Tables that take over what another one says: `like = "other"` among named tables, and a whole file under another.
//!
//! What is taken over keeps the place where it was written, so every later fault about it points there.

use super::{Document, Entry, Node, Reader, Value, join, quoted_list, suggestion};
use crate::mutant;
use crate::scenario::input::fault::{Located, Place};
use std::collections::BTreeMap;

/// The key by which a table names the one that it takes over.
pub const LIKE: &str = "like";
/// The key that lists what is not taken over.
pub const WITHOUT: &str = "without";
/// The key by which a file names the one that it takes over.
pub const EXTENDS: &str = "extends";

/// Keys of a table that are its own: a name is that of one table only.
const OWN: [&str; 5] = ["name", "title", LIKE, WITHOUT, EXTENDS];

impl Document {
    /// The file that this one takes over, if it names any.
    pub fn extends(&self) -> Option<Located<String>> {
        text(self.root.entry(EXTENDS)?, EXTENDS)
    }

    /// The index of the text of this document among those read.
    pub fn file(&self) -> usize {
        self.root.file
    }

    /// Takes over what another document says where this one says nothing. Tables are laid over each other key by key, arrays
    /// of named tables name by name; other values count as wholes. What `without` lists is left out first; faults in it go
    /// to the reader.
    pub fn take_over(&mut self, reader: &Reader, base: Document) {
        self.is_damaged |= base.is_damaged;
        let mut under = base.root;
        under.disown();
        leave_out(reader, &mut under, &self.root, "", "the file that it extends");
        self.root = over(&under, &self.root);
    }

    /// Carries out `like` among the tables of the top-level array of that name. Faults go to the reader.
    ///
    /// What `--set` changes in one table holds for those that are like it, too.
    pub fn carry_out_likes(&mut self, reader: &Reader, array: &str) {
        let is_damaged = self.is_damaged;
        let Some(Value::Array(nodes)) = self.root.entry_mut(array).map(|entry| &mut entry.node.value) else {
            return;
        };
        let written = nodes.clone();
        let mut names: BTreeMap<&str, usize> = BTreeMap::new();
        for (index, node) in written.iter().enumerate() {
            if let Some(name) = node.name() {
                names.entry(name).or_insert(index);
            }
        }
        for (index, node) in nodes.iter_mut().enumerate() {
            match whole(reader, array, &written, &names, index, is_damaged) {
                Ok(Some(whole)) => *node = whole,
                Ok(None) => {}
                // What it says on its own is not what is meant.
                Err(Faulty) => node.value = Value::Invalid,
            }
        }
    }
}

impl Document {
    /// Gives a named table of a top-level array its own copy of what it has at a key from another table.
    pub(super) fn own_copy(&mut self, array: &str, name: &str, key: &str) {
        let Some(Value::Array(nodes)) = self.root.entry_mut(array).map(|entry| &mut entry.node.value) else {
            return;
        };
        let named = |name: &str| nodes.iter().position(|node| node.name() == Some(name));
        let Some(own) = named(name) else { return };
        let (mut at, mut steps) = (own, 0);
        let inherited = loop {
            if let Some(entry) = nodes[at].entry(key) {
                break entry.clone();
            }
            let like = nodes[at].entry(LIKE).and_then(|entry| text(entry, LIKE));
            let next = like.and_then(|like| named(&like.value));
            steps += 1;
            match next.filter(|_| steps <= nodes.len()) {
                Some(next) => at = next,
                None => return,
            }
        };
        if let (false, Value::Table(entries)) = (at == own, &mut nodes[own].value) {
            entries.push(inherited);
        }
    }
}

/// What is named by `like` is not there.
struct Faulty;

/// A table with all that it takes over, along the whole chain; nothing if it is like no other.
fn whole(
    reader: &Reader,
    array: &str,
    written: &[Node],
    names: &BTreeMap<&str, usize>,
    index: usize,
    is_damaged: bool,
) -> Result<Option<Node>, Faulty> {
    let path = |index: usize| format!("{array}[{index}]");
    let mut chain = vec![index];
    loop {
        let last = chain[chain.len() - 1];
        let Some(like) = written[last]
            .entry(LIKE)
            .and_then(|entry| text(entry, &format!("{}.{LIKE}", path(last))))
        else {
            break;
        };
        let fault = |what: String, help: String| reader.error_at(&like, what, help);
        match names.get(like.value.as_str()) {
            Some(next) if chain.contains(next) => {
                let around: Vec<&str> = chain.iter().filter_map(|&index| written[index].name()).collect();
                fault(
                    format!(
                        "`{}` takes over itself, by way of {}",
                        like.value,
                        quoted_list(around)
                    ),
                    "let one of them stand on its own, without `like`".into(),
                );
                return Err(Faulty);
            }
            Some(&next) => chain.push(next),
            None if is_damaged => return Err(Faulty),
            None => {
                let others = || {
                    names
                        .iter()
                        .filter(|(_, place)| !chain.contains(place))
                        .map(|(name, _)| *name)
                };
                let help = match suggestion(&like.value, others()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if others().next().is_none() => "leave it out; there is no other table".into(),
                    None => format!("write one of {}", quoted_list(others())),
                };
                fault(
                    format!("`like` names `{}`, which is not among the {array}", like.value),
                    help,
                );
                return Err(Faulty);
            }
        }
    }
    if chain.len() == 1 {
        return Ok(None);
    }
    let mut under = written[chain[chain.len() - 1]].clone();
    for pair in chain.windows(2).rev() {
        let (own, base) = (&written[pair[0]], &written[pair[1]]);
        let base = format!("`{}`", base.name().unwrap_or_default());
        under.disown();
        leave_out(reader, &mut under, own, &path(pair[0]), &base);
        under = over(&under, own);
    }
    Ok(Some(under))
}

/// A text as a located value.
fn text(entry: &Entry, key: &str) -> Option<Located<String>> {
    match &entry.node.value {
        Value::String(text) => Some(Located {
            value: text.trim().to_owned(),
            place: entry.node.place(),
            key: key.to_owned(),
        }),
        _ => None,
    }
}

/// Takes out of a table what another one lists under `without`, each a dotted key; in an array of named tables a table is
/// called by its name.
fn leave_out(reader: &Reader, under: &mut Node, own: &Node, path: &str, base: &str) {
    let Some(Value::Array(listed)) = own.entry(WITHOUT).map(|entry| &entry.node.value) else {
        return;
    };
    for (index, node) in listed.iter().enumerate() {
        let Value::String(wanted) = &node.value else {
            continue;
        };
        let parts: Vec<&str> = wanted.trim().split('.').map(str::trim).collect();
        if !remove(under, &parts) {
            let key = format!("{}[{index}]", join(path, WITHOUT));
            let place = Some(node.place());
            let known = keys_at(under, &parts[..parts.len() - 1]);
            let help = match suggestion(parts[parts.len() - 1], known.iter().copied()) {
                Some(near) => format!(
                    "did you mean `{}`?",
                    [&parts[..parts.len() - 1], &[near]].concat().join(".")
                ),
                None => "leave it out".into(),
            };
            let what = format!("`{wanted}` is not in {base}, so it cannot be left out");
            reader.faults.borrow_mut().error(place, key, what, help);
        }
    }
}

/// The keys, or names of tables, at a place.
fn keys_at<'n>(node: &'n Node, path: &[&str]) -> Vec<&'n str> {
    match (&node.value, path) {
        (Value::Table(entries), []) => entries.iter().map(|entry| entry.key.as_str()).collect(),
        (Value::Array(nodes), []) => nodes.iter().filter_map(Node::name).collect(),
        (Value::Table(_), [first, rest @ ..]) => node
            .entry(first)
            .map_or_else(Vec::new, |entry| keys_at(&entry.node, rest)),
        (Value::Array(nodes), [first, rest @ ..]) => {
            let named = nodes.iter().find(|node| node.name() == Some(first));
            named.map_or_else(Vec::new, |node| keys_at(node, rest))
        }
        _ => Vec::new(),
    }
}

/// Removes what stands at a dotted key; gives whether anything did.
fn remove(node: &mut Node, path: &[&str]) -> bool {
    match (&mut node.value, path) {
        (Value::Table(entries), [last]) => {
            let before = entries.len();
            entries.retain(|entry| entry.key != *last);
            entries.len() < before
        }
        (Value::Array(nodes), [last]) => {
            let before = nodes.len();
            nodes.retain(|node| node.name() != Some(last));
            nodes.len() < before
        }
        (Value::Table(entries), [first, rest @ ..]) => {
            let entry = entries.iter_mut().find(|entry| entry.key == *first);
            entry.is_some_and(|entry| remove(&mut entry.node, rest))
        }
        (Value::Array(nodes), [first, rest @ ..]) => {
            let named = nodes.iter_mut().find(|node| node.name() == Some(first));
            named.is_some_and(|node| remove(node, rest))
        }
        _ => false,
    }
}

/// A value laid over another.
fn over(under: &Node, own: &Node) -> Node {
    let value = match (&under.value, &own.value) {
        // What is written in braces is one value, like a number.
        (Value::Table(below), Value::Table(above)) if !own.inline || mutant::is("braces-merge") => {
            let mut entries = below.clone();
            for entry in above {
                match entries.iter_mut().find(|below| below.key == entry.key) {
                    Some(below) => {
                        *below = Entry {
                            node: over(&below.node, &entry.node),
                            ..entry.clone()
                        }
                    }
                    None => entries.push(entry.clone()),
                }
            }
            Value::Table(entries)
        }
        (Value::Array(below), Value::Array(above)) if are_named(below) && are_named(above) => {
            let mut nodes = below.clone();
            for node in above {
                match nodes.iter_mut().find(|below| below.name() == node.name()) {
                    Some(below) => *below = over(below, node),
                    None => nodes.push(node.clone()),
                }
            }
            Value::Array(nodes)
        }
        (_, value) => value.clone(),
    };
    Node { value, ..own.clone() }
}

fn are_named(nodes: &[Node]) -> bool {
    !nodes.is_empty() && nodes.iter().all(|node| node.name().is_some())
}

impl Node {
    /// Where it stands.
    fn place(&self) -> Place {
        Place {
            file: self.file,
            span: self.span.clone(),
        }
    }

    /// Forgets what is a table's own.
    fn disown(&mut self) {
        if let Value::Table(entries) = &mut self.value {
            entries.retain(|entry| !OWN.contains(&entry.key.as_str()));
        }
    }

    /// The entry of a key, if this is a table that has it.
    fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.value {
            Value::Table(entries) => entries.iter().find(|entry| entry.key == key),
            _ => None,
        }
    }

    fn entry_mut(&mut self, key: &str) -> Option<&mut Entry> {
        match &mut self.value {
            Value::Table(entries) => entries.iter_mut().find(|entry| entry.key == key),
            _ => None,
        }
    }

    /// The name of a table that has one.
    pub(super) fn name(&self) -> Option<&str> {
        match &self.entry("name")?.node.value {
            Value::String(name) => Some(name.trim()),
            _ => None,
        }
    }
}
