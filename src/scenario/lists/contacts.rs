//! The list of contacts.

use super::super::input::{CsvTable, Reader};
use super::{Directory, ListRead, Met, Note};
use crate::world::Contacts;
use std::collections::BTreeSet;

/// What to do about people who are not in the population.
const OUTSIDER: &str = "write the name of somebody in the population, remove the row, or skip and count such rows with \
                        `outsiders = \"ignore\"` in [population]";

/// Reads contacts, each of which counts in both directions. Rows with people from outside are skipped and counted if
/// that is wanted, else faults.
pub(in crate::scenario) fn read(
    reader: &Reader,
    directory: &Directory<'_>,
    list: &CsvTable,
    skips_outsiders: bool,
    read: &mut ListRead,
) -> Option<Contacts> {
    let met = Met::in_list(directory, list, &["from", "to"], reader);
    let mut outside = Note::new("row with an outsider skipped", "rows with outsiders skipped");
    let mut themselves = Note::new(
        "row of somebody with themselves skipped",
        "rows of people with themselves skipped",
    );
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    let mut known = 0;
    for row in list.rows() {
        let ends = ["from", "to"].map(|column| match skips_outsiders {
            false => met.or_help(row, column, OUTSIDER),
            true => met.written(row, column).and_then(|name| {
                let found = met.find(name);
                if found.is_none() {
                    outside.add(|| name.to_owned());
                }
                found
            }),
        });
        let [Some(from), Some(to)] = ends else { continue };
        known += 1;
        if from == to {
            themselves.add(|| row.get("from").to_owned());
        } else {
            pairs.extend([(from, to), (to, from)]);
        }
    }
    let are_read = list.has("from") && list.has("to");
    if are_read && pairs.is_empty() && known + outside.count == list.len() {
        let what = match (known, outside.count) {
            (0, 0) => "the list holds no contact",
            (0, _) => "the list holds no contact of two people of the company",
            _ => "the list holds no contact but those of people with themselves",
        };
        let help = "write a row for each two people who know each other, or leave `contacts` out";
        reader.with_faults(|faults| faults.error(list.header.clone(), "columns from, to", what, help));
        return None;
    }
    let all = pairs.len();
    pairs.sort_unstable();
    pairs.dedup();
    let mut repeated = Note::new("contact written once more", "contacts written once more");
    repeated.count = (all - pairs.len()) / 2;
    let users = directory.len();
    let mut contacts = Contacts {
        start: vec![0; users + 1],
        to: Vec::with_capacity(pairs.len()),
    };
    let people: BTreeSet<u32> = pairs.iter().map(|pair| pair.0).collect();
    read.found = vec![
        (("contact", "contacts"), pairs.len() / 2),
        (("person with contacts", "people with contacts"), people.len()),
    ];
    for note in [outside, themselves, repeated, met.notes()] {
        read.note(note);
    }
    for (from, to) in pairs {
        contacts.start[from as usize + 1] += 1;
        contacts.to.push(to);
    }
    for user in 0..users {
        contacts.start[user + 1] += contacts.start[user];
    }
    Some(contacts)
}
