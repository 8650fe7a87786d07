//! The list of people.

use super::super::closest;
use super::super::input::{Column, CsvTable, Reader, Row, names};
use super::super::people::{Known, People, draw_client};
use super::{ListRead, Note, bare, warn_of_repeated};
use crate::kernel::Key;
use crate::kernel::random::entity_id;
use crate::mutant;
use crate::world::{ClientId, PoolId, Purpose, SiteId, User};
use std::collections::{BTreeMap, BTreeSet};

/// A number for each distinct name, in order of first appearance.
struct Numbers<K> {
    numbers: BTreeMap<K, u32>,
    names: Vec<String>,
}

impl<K: Ord> Numbers<K> {
    fn new() -> Numbers<K> {
        Numbers {
            numbers: BTreeMap::new(),
            names: Vec::new(),
        }
    }

    fn of(&mut self, key: K, name: &str) -> u32 {
        let names = &mut self.names;
        *self.numbers.entry(key).or_insert_with(|| {
            names.push(name.to_owned());
            names.len() as u32 - 1
        })
    }
}

/// Things of the scenario that a column names.
struct Named<'n> {
    column: &'static str,
    cells: Column,
    exact: BTreeMap<&'n str, usize>,
    names: Vec<&'n str>,
    /// May capitals differ, and full names of machines stand for their first part?
    is_loose: bool,
    loose: Note,
    seen: BTreeSet<usize>,
}

impl<'n> Named<'n> {
    fn new(list: &CsvTable, column: &'static str, names: Vec<&'n str>, is_loose: bool) -> Named<'n> {
        // Of two of the same name the first counts.
        let exact = names
            .iter()
            .enumerate()
            .rev()
            .map(|(place, name)| (*name, place))
            .collect();
        Named {
            column,
            cells: list.column(column),
            exact,
            names,
            is_loose,
            loose: Note::new(
                "name of a pool or site matched in another shape",
                "names of pools and sites matched in another shape",
            ),
            seen: BTreeSet::new(),
        }
    }

    fn find(&self, name: &str) -> Option<usize> {
        let only = |is_it: &dyn Fn(&str) -> bool| {
            let mut found = (0..self.names.len()).filter(|place| is_it(self.names[*place]));
            found.next().filter(|_| found.next().is_none())
        };
        let found = self.exact.get(name).copied();
        found.or_else(|| {
            let first = name.split('.').next().unwrap_or(name);
            let same = |one: &str, other: &str| names::compare(one, other).is_eq();
            let loose = || {
                only(&|known| same(known, name))
                    .or_else(|| only(&|known| same(known, first)))
                    .or_else(|| only(&|known| same(known.split('.').next().unwrap_or(known), first)))
            };
            self.is_loose.then(loose).flatten()
        })
    }

    /// What a row names: nothing if its cell is empty, an error if there is no such thing.
    fn of(&mut self, reader: &Reader, row: Row<'_>) -> Result<Option<usize>, Faulty> {
        let name = row.cell(self.cells);
        if name.is_empty() {
            return Ok(None);
        }
        let Some(place) = self.find(name) else {
            let what = format!("there is no {} `{name}`", self.column);
            let help = closest(name, self.names.iter().copied());
            reader.with_faults(|faults| row.error(faults, self.column, what, help));
            return Err(Faulty);
        };
        if name != self.names[place] {
            let known = self.names[place];
            self.loose.add(|| format!("{name} is {known}"));
        }
        self.seen.insert(place);
        Ok(Some(place))
    }
}

/// A fault was reported.
struct Faulty;

/// The first letters of a key in small letters, for sorting: the order of these numbers is that of the names.
fn front(key: &str) -> u128 {
    let mut front = [0_u8; 16];
    let put = |front: &mut [u8; 16], bytes: &mut dyn Iterator<Item = u8>| {
        front
            .iter_mut()
            .zip(bytes)
            .for_each(|(place, byte)| *place = byte);
    };
    if key.is_ascii() {
        put(&mut front, &mut key.bytes().map(|byte| byte.to_ascii_lowercase()));
    } else {
        put(&mut front, &mut key.to_lowercase().bytes());
    }
    u128::from_be_bytes(front)
}

/// Leaves out the columns of an export in which nothing of the scenario is named.
fn forget_strange(list: &mut CsvTable, named: &[(&'static str, Vec<&str>)], read: &mut ListRead) {
    if !list.is_foreign {
        return;
    }
    for (column, names) in named {
        let known = Named::new(list, column, names.clone(), true);
        let mut strange = Note::new(
            "column left out: it names nothing of the scenario",
            "columns left out: they name nothing of the scenario",
        );
        let mut values = list.rows().filter_map(|row| row.value(column)).peekable();
        let example = values.peek().map(|value| (*value).to_owned());
        let is_strange = list.has(column) && !values.any(|value| known.find(value).is_some());
        drop(values);
        if is_strange {
            let at = list.columns.iter().position(|known| known == column);
            let written = at.map_or(String::new(), |at| list.written[at].clone());
            strange.add(|| {
                format!(
                    "{written}, for example {}",
                    example.unwrap_or_else(|| "empty".into())
                )
            });
            list.forget(column);
            read.used = list
                .columns
                .iter()
                .cloned()
                .zip(list.written.iter().cloned())
                .collect();
            read.unused.push(written);
            read.note(strange);
        }
    }
}

/// Reads a list of people. Nothing comes of it if anything in it is faulty.
pub(in crate::scenario) fn read(
    reader: &Reader,
    known: &Known,
    shares: &[f64],
    list: &mut CsvTable,
    read: &mut ListRead,
) -> Option<People> {
    if list.is_empty() {
        if list.has("user") {
            reader.with_faults(|faults| {
                faults.error(
                    list.header.clone(),
                    "column user",
                    "the list holds nobody",
                    "write a row for each person",
                );
            });
        }
        return None;
    }
    let site_names: Vec<&str> = known
        .place
        .calendar
        .sites
        .iter()
        .map(|site| site.name.as_str())
        .collect();
    let pool_names: Vec<&str> = known.pools.iter().map(|pool| pool.name.as_str()).collect();
    let client_names: Vec<&str> = known
        .profile
        .clients
        .iter()
        .map(|client| client.name.as_str())
        .collect();
    forget_strange(
        list,
        &[("site", site_names.clone()), ("pool", pool_names.clone())],
        read,
    );
    let list = &*list;
    let is_loose = list.is_foreign
        || list
            .columns
            .iter()
            .zip(&list.written)
            .any(|(name, written)| !name.eq_ignore_ascii_case(written));
    let mut sites = Named::new(list, "site", site_names, is_loose);
    let mut pools = Named::new(list, "pool", pool_names, is_loose);
    let mut clients = Named::new(list, "client", client_names, is_loose);
    let draws = Key {
        seed: known.seed,
        replication: 0,
    };
    let key_column = if list.has("id") { "id" } else { "user" };
    let when = super::when(list);
    let has_waves = when.is_some();
    let (keys, user_column) = (list.column(key_column), list.column("user"));
    let [department_column, team_column, group_column, wave_column] =
        ["department", "team", "group", when.unwrap_or("wave")].map(|column| list.column(column));
    let words = [department_column, team_column, group_column, wave_column];
    let mut order: Vec<(u128, u32)> = list
        .rows()
        .map(|row| (front(bare(row.cell(keys))), row.index() as u32))
        .collect();
    if !mutant::is("rows-as-they-stand") {
        order.sort_unstable_by(|one, other| {
            let full = || {
                names::compare(
                    bare(list.row(one.1 as usize).cell(keys)),
                    bare(list.row(other.1 as usize).cell(keys)),
                )
            };
            one.0.cmp(&other.0).then_with(full).then(one.1.cmp(&other.1))
        });
    }
    let (mut departments, mut teams, mut groups, mut waves) =
        (Numbers::new(), Numbers::new(), Numbers::new(), Numbers::new());
    let mut schemes = Note::new(
        "name without the scheme of its address",
        "names without the scheme of their address",
    );
    let mut users: Vec<User> = Vec::with_capacity(list.len());
    let mut wave_of: Vec<u32> = Vec::new();
    let mut before: Option<Row<'_>> = None;
    let mut repeated: Vec<(Row<'_>, usize)> = Vec::new();
    let mut homes: BTreeMap<SiteId, Vec<PoolId>> = BTreeMap::new();
    let mut sound = true;
    for (_, row) in order {
        let row = list.row(row as usize);
        let found = (
            sites.of(reader, row),
            pools.of(reader, row),
            clients.of(reader, row),
        );
        let (name, key) = (bare(row.cell(user_column)), bare(row.cell(keys)));
        if let Some((column, what)) = match (name.is_empty(), key.is_empty()) {
            (true, _) => Some(("user", "this row has no user")),
            (_, true) => Some(("id", "this row has no id")),
            _ => None,
        } {
            let help = if column == "user" {
                "write a name, or remove the row"
            } else {
                "write one, or leave the column out"
            };
            reader.with_faults(|faults| row.error(faults, column, what, help));
            sound = false;
            continue;
        }
        if name.len() < row.cell(user_column).len() {
            schemes.add(|| row.cell(user_column).to_owned());
        }
        if names::is_formula(name) || words.iter().any(|column| names::is_formula(row.cell(*column))) {
            reader.with_faults(|faults| {
                for column in ["user", "department", "team", "group", "wave"] {
                    row.refuse_formula(faults, column);
                }
            });
        }
        if let Some(before) = before.filter(|before| names::compare(bare(before.cell(keys)), key).is_eq()) {
            let is_key = |column: &str| column == key_column || (column == "user" && key_column == "user");
            if list
                .columns
                .iter()
                .all(|column| is_key(column) || before.get(column) == row.get(column))
            {
                repeated.push((row, before.line()));
                continue;
            }
            let what = match before.get(key_column) {
                same if same == row.get(key_column) => format!(
                    "{key_column} `{key}` is already on line {}, with other cells",
                    before.line()
                ),
                other => format!(
                    "{key_column} `{key}` is already on line {} as `{other}`, with other cells: capitals tell nobody from another",
                    before.line()
                ),
            };
            reader.with_faults(|faults| row.error(faults, key_column, what, "keep one of the two rows"));
            sound = false;
        }
        before = Some(row);
        let (Ok(site), Ok(pool), Ok(client)) = found else {
            sound = false;
            continue;
        };
        let site = site.unwrap_or(0) as SiteId;
        let site_name = sites.names[usize::from(site)];
        // A department keeps its name across sites; people without one form the department of their site.
        let department_name = written(row, department_column).unwrap_or(site_name);
        let department = departments.of(department_name, department_name);
        let team = written(row, team_column);
        let team = teams.of((department, team.unwrap_or("")), team.unwrap_or(department_name));
        let id = if mutant::is("name-as-written") {
            entity_id(key)
        } else {
            id_of(key)
        };
        let client = client.map_or_else(
            || draw_client(shares, &mut draws.stream(Purpose::Population, id, 0)),
            |client| client as ClientId,
        );
        let pool = match pool {
            Some(pool) if !known.profile.servers[usize::from(known.pools[pool].server)].legacy => {
                let what = format!(
                    "user `{name}` starts on `{}`, a pool of the new side",
                    pools.names[pool]
                );
                let help = "write the old pool where the person lives now";
                reader.with_faults(|faults| row.error(faults, "pool", what, help));
                sound = false;
                0
            }
            Some(pool) => pool as PoolId,
            None => {
                let pools = homes.entry(site).or_insert_with(|| known.legacy_pools(site));
                pools[department as usize % pools.len()]
            }
        };
        let group = written(row, group_column).map(|group| groups.of(group, group));
        if has_waves {
            let wave = row.cell(wave_column);
            wave_of.push(waves.of(wave, wave));
        }
        users.push(User {
            name: name.to_owned(),
            id,
            site,
            department,
            team,
            pool,
            client,
            group,
        });
    }
    repeated.sort_by_key(|(row, _)| row.index());
    warn_of_repeated(reader, &repeated, "user");
    read.found = vec![
        (("person", "people"), users.len()),
        (("department", "departments"), departments.names.len()),
        (("team", "teams"), teams.names.len()),
        (
            ("pool", "pools"),
            users
                .iter()
                .map(|user| user.pool)
                .collect::<BTreeSet<PoolId>>()
                .len(),
        ),
        (
            ("site", "sites"),
            users
                .iter()
                .map(|user| user.site)
                .collect::<BTreeSet<SiteId>>()
                .len(),
        ),
    ];
    let mut merged = Note::new(
        "row that says the same as another",
        "rows that say the same as others",
    );
    for (row, _) in &repeated {
        merged.add(|| row.get("user").to_owned());
    }
    for note in [schemes, sites.loose, pools.loose, merged] {
        read.note(note);
    }
    sound.then(|| People {
        users,
        departments: departments.names,
        teams: teams.names,
        contacts: None,
        turnover: false,
        waves: has_waves.then_some((waves.names, wave_of)),
    })
}

/// What a cell says, unless it is empty.
fn written<'l>(row: Row<'l>, column: Column) -> Option<&'l str> {
    Some(row.cell(column)).filter(|cell| !cell.is_empty())
}

/// The number of a key of chance: that of the key in small letters.
fn id_of(key: &str) -> u64 {
    if key.is_ascii() {
        // The same as below, without a copy on the heap for most names.
        let mut letters = [0_u8; 64];
        if let Some(room) = letters.get_mut(..key.len()) {
            room.copy_from_slice(key.as_bytes());
            room.make_ascii_lowercase();
            if let Ok(lower) = std::str::from_utf8(room) {
                return entity_id(lower);
            }
        }
    }
    entity_id(&names::folded(key))
}
