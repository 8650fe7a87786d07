//! What a list of people holds, before there is a scenario.

use super::super::Rejected;
use super::super::input::Reader;
use super::{PEOPLE, bare, exports};
use crate::bounded;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// More different values than these in a column are no sites, or no pools.
const MOST: usize = 40;

/// What is in a list of people.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Survey {
    /// The program that exported it, if its header tells.
    pub export: Option<&'static str>,
    /// How many people there are.
    pub people: u32,
    /// The sites that it names; none if there are too many for sites.
    pub sites: Vec<String>,
    /// The pools that it names, each with the site of most of its people and how many they are.
    pub pools: Vec<(String, Option<String>, u32)>,
}

/// Looks at a list of people.
///
/// # Errors
/// If it cannot be read, or has no column of names.
pub fn survey(path: &Path) -> Result<Survey, Rejected> {
    let reader = Reader::new();
    let shown = super::super::shown(path);
    let list = match bounded::read(path, super::super::LARGEST_LIST) {
        Ok(bytes) => reader.csv(&shown, bytes, &PEOPLE),
        Err(error) => {
            let what = format!(
                "the list `{shown}` cannot be read: {}",
                super::super::reason(&error)
            );
            reader.error(
                "",
                what,
                "write the path of a list of people, such as an export of Get-CsUser",
            );
            return Err(super::super::rejected(reader, &[]));
        }
    };
    if reader.has_errors() {
        return Err(super::super::rejected(reader, &[]));
    }
    let names: BTreeSet<String> = list
        .rows()
        .map(|row| bare(row.get("user")).to_lowercase())
        .collect();
    let mut sites: BTreeSet<&str> = list.rows().filter_map(|row| row.value("site")).collect();
    if sites.len() > MOST {
        sites.clear();
    }
    let mut pools: BTreeMap<String, BTreeMap<&str, u32>> = BTreeMap::new();
    for row in list.rows() {
        if let Some(pool) = row.value("pool") {
            let site = row
                .value("site")
                .filter(|site| sites.contains(site))
                .unwrap_or("");
            let name = pool.split('.').next().unwrap_or(pool).to_lowercase();
            *pools.entry(name).or_default().entry(site).or_default() += 1;
        }
    }
    if pools.len() > MOST {
        pools.clear();
    }
    let home = |sites: &BTreeMap<&str, u32>| {
        let most = sites
            .iter()
            .max_by_key(|(site, count)| (**count, std::cmp::Reverse(**site)));
        most.map(|(site, _)| (*site).to_owned())
            .filter(|site| !site.is_empty())
    };
    Ok(Survey {
        export: exports::program(&list),
        people: names.len() as u32,
        pools: pools
            .iter()
            .map(|(name, sites)| (name.clone(), home(sites), sites.values().sum()))
            .collect(),
        sites: sites.into_iter().map(str::to_owned).collect(),
    })
}
