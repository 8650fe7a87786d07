//! Who is meant: the same person under names of several shapes.
//!
//! Names are compared in their normal shape, capitals counting as small letters, without the scheme of an address
//! (`sip:anna@contoso.com`). The domain of an address may be another one than in the list of people, or be missing: then a whole
//! domain counts as the company's own in a list if at least half of the names that bear it there, each counted once, are those of
//! people but for the domain, and no other domain has ten times as many such names. An outsider who shares a name with
//! somebody is so not taken for that person.

use super::super::input::{CsvTable, Reader, Row, names};
use super::Note;
use crate::mutant;
use crate::world::User;
use std::cell::{OnceCell, RefCell};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Schemes of addresses that say nothing about who is meant.
const SCHEMES: [&str; 5] = ["sip:", "sips:", "smtp:", "mailto:", "im:"];

/// A name without the scheme of an address.
pub(in crate::scenario) fn bare(name: &str) -> &str {
    let scheme = SCHEMES.into_iter().find(|scheme| {
        let front = name.get(..scheme.len());
        front.is_some_and(|front| front.eq_ignore_ascii_case(scheme))
    });
    scheme.map_or(name, |scheme| name[scheme.len()..].trim_start())
}

/// A name without its domain.
fn local(name: &str) -> &str {
    name.split_once('@').map_or(name, |split| split.0)
}

/// The domain of a name in small letters, if it has one.
fn domain(name: &str) -> Option<String> {
    name.split_once('@').map(|split| split.1.to_lowercase())
}

/// The people, by name.
pub(in crate::scenario) struct Directory<'u> {
    users: &'u [User],
    /// The people by name, if they are not in that order.
    by_name: Option<Vec<u32>>,
    /// The people by name without domain, and their domains, once somebody asks for them.
    locals: OnceCell<(Vec<u32>, BTreeSet<String>)>,
}

impl<'u> Directory<'u> {
    pub(in crate::scenario) fn new(users: &'u [User]) -> Directory<'u> {
        let is_sorted = users.is_sorted_by(|one, other| names::compare(&one.name, &other.name).is_le());
        let by_name = (!is_sorted).then(|| {
            let mut order: Vec<u32> = (0..users.len() as u32).collect();
            order.sort_by(|one, other| {
                names::compare(&users[*one as usize].name, &users[*other as usize].name)
            });
            order
        });
        Directory {
            users,
            by_name,
            locals: OnceCell::new(),
        }
    }

    /// How many people there are.
    pub(in crate::scenario) fn len(&self) -> usize {
        self.users.len()
    }

    /// The people.
    pub(in crate::scenario) fn users(&self) -> &'u [User] {
        self.users
    }

    /// Somebody of exactly this name.
    fn exactly(&self, name: &str) -> Option<u32> {
        let order = |user: &User| names::compare(&user.name, name);
        match &self.by_name {
            None => self.users.binary_search_by(order).ok().map(|user| user as u32),
            Some(sorted) => {
                let found = sorted.binary_search_by(|user| order(&self.users[*user as usize]));
                found.ok().map(|place| sorted[place])
            }
        }
    }

    fn locals(&self) -> &(Vec<u32>, BTreeSet<String>) {
        self.locals.get_or_init(|| {
            let mut order: Vec<u32> = (0..self.users.len() as u32).collect();
            order.sort_by(|one, other| self.compare_locals(*one, local(&self.users[*other as usize].name)));
            let domains = self.users.iter().filter_map(|user| domain(&user.name)).collect();
            (order, domains)
        })
    }

    fn compare_locals(&self, user: u32, name: &str) -> Ordering {
        names::compare(local(&self.users[user as usize].name), name)
    }

    /// The only one whose name is this but for the domain.
    fn without_domain(&self, name: &str) -> Option<u32> {
        let name = local(name);
        let sorted = &self.locals().0;
        let at = sorted.partition_point(|user| self.compare_locals(*user, name).is_lt());
        let is_here = |place: usize| {
            sorted
                .get(place)
                .is_some_and(|user| self.compare_locals(*user, name).is_eq())
        };
        (is_here(at) && !is_here(at + 1)).then(|| sorted[at])
    }

    /// Do people of the company have this domain?
    fn has_domain(&self, domain: &str) -> bool {
        self.locals().1.contains(domain)
    }
}

/// The names of one list, and how they were matched.
pub(in crate::scenario) struct Met<'a> {
    directory: &'a Directory<'a>,
    reader: &'a Reader,
    /// Domains that count as the company's own in this list; the empty one stands for names without any.
    own: BTreeSet<String>,
    matched: RefCell<Note>,
}

impl<'a> Met<'a> {
    /// The names in some columns of a list.
    pub(in crate::scenario) fn in_list(
        directory: &'a Directory<'a>,
        list: &CsvTable,
        columns: &[&str],
        reader: &'a Reader,
    ) -> Met<'a> {
        let names = list
            .rows()
            .flat_map(|row| columns.iter().map(move |column| row.get(column)));
        Met::with(directory, names, reader)
    }

    /// Names, as they stand in a list.
    pub(in crate::scenario) fn with<'n>(
        directory: &'a Directory<'a>,
        names: impl Iterator<Item = &'n str>,
        reader: &'a Reader,
    ) -> Met<'a> {
        // Of each domain that is not the company's: its names, and how many of them are those of people but for it.
        let mut domains: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut met: BTreeSet<u32> = BTreeSet::new();
        for name in names {
            let name = bare(name);
            if let Some(user) = directory.exactly(name) {
                met.insert(user);
                continue;
            }
            if name.is_empty() {
                continue;
            }
            let domain = domain(name).unwrap_or_default();
            if domain.is_empty() || !directory.has_domain(&domain) {
                domains
                    .entry(domain)
                    .or_default()
                    .insert(local(name).to_lowercase());
            }
        }
        let counted: Vec<(String, usize, usize)> = domains
            .into_iter()
            .map(|(domain, names)| {
                let known = names
                    .iter()
                    .filter(|name| directory.without_domain(name).is_some());
                (domain, known.count(), names.len())
            })
            .collect();
        let most = counted
            .iter()
            .map(|(_, known, _)| *known)
            .max()
            .unwrap_or(0)
            .max(met.len());
        let is_own = |(_, known, all): &(String, usize, usize)| {
            known * 2 >= *all && (known * 10 >= most || mutant::is("outsider-is-kin"))
        };
        let own = counted
            .into_iter()
            .filter(is_own)
            .map(|(domain, ..)| domain)
            .collect();
        Met {
            directory,
            reader,
            own,
            matched: RefCell::new(Note::new(
                "name matched without its domain",
                "names matched without their domain",
            )),
        }
    }

    /// Who is meant by a name, if it is anybody of the company.
    pub(in crate::scenario) fn find(&self, name: &str) -> Option<u32> {
        let name = bare(name);
        self.directory.exactly(name).or_else(|| {
            if !self.own.contains(&domain(name).unwrap_or_default()) {
                return None;
            }
            let user = self.directory.without_domain(name)?;
            let known = || format!("{name} is {}", self.directory.users[user as usize].name);
            self.matched.borrow_mut().add(known);
            Some(user)
        })
    }

    /// The user whom a row names in a column; reported if there is none.
    pub(in crate::scenario) fn required(&self, row: Row<'_>, column: &str) -> Option<u32> {
        self.or_help(
            row,
            column,
            "write the name of somebody in the population, or remove the row",
        )
    }

    /// [`Met::required`], with what to write instead.
    pub(in crate::scenario) fn or_help(&self, row: Row<'_>, column: &str, help: &str) -> Option<u32> {
        let name = self.written(row, column)?;
        let found = self.find(name);
        if found.is_none() {
            let what = format!("there is no user `{name}`");
            self.reader
                .with_faults(|faults| row.error(faults, column, what, help));
        }
        found
    }

    /// The name in a column; reported if there is none.
    pub(in crate::scenario) fn written<'r>(&self, row: Row<'r>, column: &str) -> Option<&'r str> {
        let name = row.value(column);
        if name.is_none() {
            let what = format!("this row has no {column}");
            self.reader
                .with_faults(|faults| row.error(faults, column, what, "write a name, or remove the row"));
        }
        name
    }

    /// What was matched in another shape.
    pub(in crate::scenario) fn notes(&self) -> Note {
        self.matched.borrow().clone()
    }
}
