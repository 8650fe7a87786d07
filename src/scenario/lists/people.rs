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

/// The columns of a list of people, each found once.
struct Sheet<'l> {
    reader: &'l Reader,
    list: &'l CsvTable,
    /// The column that tells people apart: `id`, or else `user`.
    key: &'static str,
    keys: Column,
    users: Column,
    departments: Column,
    teams: Column,
    groups: Column,
    /// Who goes when, if the list says it.
    waves: Option<Column>,
}

impl<'l> Sheet<'l> {
    fn new(reader: &'l Reader, list: &'l CsvTable) -> Sheet<'l> {
        let key = if list.has("id") { "id" } else { "user" };
        Sheet {
            reader,
            list,
            key,
            keys: list.column(key),
            users: list.column("user"),
            departments: list.column("department"),
            teams: list.column("team"),
            groups: list.column("group"),
            waves: super::when(list).map(|column| list.column(column)),
        }
    }

    fn key(&self, row: Row<'l>) -> &'l str {
        bare(row.cell(self.keys))
    }

    fn name(&self, row: Row<'l>) -> &'l str {
        bare(row.cell(self.users))
    }

    /// The rows by key, ties as they stand.
    fn in_order(&self) -> Vec<(u128, u32)> {
        let rows = self.list.rows();
        let mut order: Vec<(u128, u32)> = rows
            .map(|row| (front(self.key(row)), row.index() as u32))
            .collect();
        if !mutant::is("rows-as-they-stand") {
            let key = |row: u32| self.key(self.list.row(row as usize));
            order.sort_unstable_by(|one, other| {
                let full = || names::compare(key(one.1), key(other.1));
                one.0.cmp(&other.0).then_with(full).then(one.1.cmp(&other.1))
            });
        }
        order
    }

    fn fault(&self, row: Row<'l>, column: &str, what: impl Into<String>, help: &str) {
        self.reader
            .with_faults(|faults| row.error(faults, column, what, help));
    }

    /// Does a row say who is meant? Reported if not.
    fn is_named(&self, row: Row<'l>) -> bool {
        if self.name(row).is_empty() {
            self.fault(
                row,
                "user",
                "this row has no user",
                "write a name, or remove the row",
            );
        } else if self.key(row).is_empty() {
            self.fault(
                row,
                "id",
                "this row has no id",
                "write one, or leave the column out",
            );
        } else {
            return true;
        }
        false
    }

    /// Reports cells that a spreadsheet would take for formulas.
    fn refuse_formulas(&self, row: Row<'l>) {
        let name = self.name(row);
        if names::is_formula(name) {
            let what = format!("`{name}` begins like a formula: a spreadsheet would compute it, not show it");
            self.fault(row, "user", what, "begin the name with a letter or a digit");
        }
        let words = [
            Some(self.departments),
            Some(self.teams),
            Some(self.groups),
            self.waves,
        ];
        if words
            .into_iter()
            .flatten()
            .any(|column| names::is_formula(row.cell(column)))
        {
            self.reader.with_faults(|faults| {
                for column in ["department", "team", "group", "wave", "date"] {
                    row.refuse_formula(faults, column);
                }
            });
        }
    }

    /// Is this the person of the row before, and do all cells say the same? Reported if they do not.
    fn is_repeated(&self, before: Option<Row<'l>>, row: Row<'l>) -> Result<Option<Row<'l>>, Faulty> {
        let key = self.key(row);
        let Some(before) = before.filter(|before| names::compare(self.key(*before), key).is_eq()) else {
            return Ok(None);
        };
        let says_the_same = |column: &String| column == self.key || before.get(column) == row.get(column);
        if self.list.columns.iter().all(says_the_same) {
            return Ok(Some(before));
        }
        let (column, line) = (self.key, before.line());
        let what = match before.get(column) {
            same if same == row.get(column) => {
                format!("{column} `{key}` is already on line {line}, with other cells")
            }
            other => format!(
                "{column} `{key}` is already on line {line} as `{other}`, with other cells: capitals tell nobody from another"
            ),
        };
        self.fault(row, column, what, "keep one of the two rows");
        Err(Faulty)
    }
}

/// The things of the scenario that a list names.
struct Places<'n> {
    sites: Named<'n>,
    pools: Named<'n>,
    clients: Named<'n>,
}

/// What a row names of them: a site, a pool, a client.
type Found = (Option<usize>, Option<usize>, Option<usize>);

impl<'n> Places<'n> {
    fn new(list: &CsvTable, known: &'n Known) -> Places<'n> {
        let renamed = |(name, written): (&String, &String)| !name.eq_ignore_ascii_case(written);
        let is_loose = list.is_foreign || list.columns.iter().zip(&list.written).any(renamed);
        let clients = known
            .profile
            .clients
            .iter()
            .map(|client| client.name.as_str())
            .collect();
        Places {
            sites: Named::new(list, "site", site_names(known), is_loose),
            pools: Named::new(list, "pool", pool_names(known), is_loose),
            clients: Named::new(list, "client", clients, is_loose),
        }
    }

    /// What a row names; every fault of it is reported.
    fn of(&mut self, reader: &Reader, row: Row<'_>) -> Result<Found, Faulty> {
        let site = self.sites.of(reader, row);
        let pool = self.pools.of(reader, row);
        let client = self.clients.of(reader, row);
        Ok((site?, pool?, client?))
    }
}

fn site_names<'n>(known: &'n Known) -> Vec<&'n str> {
    known
        .place
        .calendar
        .sites
        .iter()
        .map(|site| site.name.as_str())
        .collect()
}

fn pool_names<'n>(known: &'n Known) -> Vec<&'n str> {
    known.pools.iter().map(|pool| pool.name.as_str()).collect()
}

/// The people as they are read, and what they belong to.
struct Company<'a> {
    known: &'a Known<'a>,
    /// Shares of client releases, for whoever has none.
    shares: &'a [f64],
    users: Vec<User>,
    departments: Numbers<&'a str>,
    teams: Numbers<(u32, &'a str)>,
    groups: Numbers<&'a str>,
    waves: Numbers<&'a str>,
    wave_of: Vec<u32>,
    /// The old pools that serve a site.
    homes: BTreeMap<SiteId, Vec<PoolId>>,
}

impl<'a> Company<'a> {
    fn new(known: &'a Known<'a>, shares: &'a [f64], people: usize) -> Company<'a> {
        Company {
            known,
            shares,
            users: Vec::with_capacity(people),
            departments: Numbers::new(),
            teams: Numbers::new(),
            groups: Numbers::new(),
            waves: Numbers::new(),
            wave_of: Vec::new(),
            homes: BTreeMap::new(),
        }
    }

    /// Adds the person of a row.
    fn add(&mut self, sheet: &Sheet<'a>, row: Row<'a>, (site, pool, client): Found) -> Result<(), Faulty> {
        let known = self.known;
        let site = site.unwrap_or(0) as SiteId;
        // A department keeps its name across sites; people without one form the department of their site.
        let site_name = &known.place.calendar.sites[usize::from(site)].name;
        let department_name = written(row, sheet.departments).unwrap_or(site_name);
        let department = self.departments.of(department_name, department_name);
        let team = written(row, sheet.teams);
        let team = self
            .teams
            .of((department, team.unwrap_or("")), team.unwrap_or(department_name));
        let key = sheet.key(row);
        let id = if mutant::is("name-as-written") {
            entity_id(key)
        } else {
            id_of(key)
        };
        let draws = Key {
            seed: known.seed,
            replication: 0,
        };
        let client = client.map_or_else(
            || draw_client(self.shares, &mut draws.stream(Purpose::Population, id, 0)),
            |client| client as ClientId,
        );
        let is_new = |pool: usize| !known.profile.servers[usize::from(known.pools[pool].server)].legacy;
        let pool = match pool {
            Some(pool) if is_new(pool) => {
                let (name, pool) = (sheet.name(row), &known.pools[pool].name);
                let what = format!("user `{name}` starts on `{pool}`, a pool of the new side");
                sheet.fault(row, "pool", what, "write the old pool where the person lives now");
                return Err(Faulty);
            }
            Some(pool) => pool as PoolId,
            None => {
                let pools = self.homes.entry(site).or_insert_with(|| known.legacy_pools(site));
                pools[department as usize % pools.len()]
            }
        };
        let group = written(row, sheet.groups).map(|group| self.groups.of(group, group));
        if let Some(column) = sheet.waves {
            let wave = row.cell(column);
            self.wave_of.push(self.waves.of(wave, wave));
        }
        self.users.push(User {
            name: sheet.name(row).to_owned(),
            id,
            site,
            department,
            team,
            pool,
            client,
            group,
        });
        Ok(())
    }

    /// How many of what there are.
    fn counts(&self) -> Vec<((&'static str, &'static str), usize)> {
        let pools: BTreeSet<PoolId> = self.users.iter().map(|user| user.pool).collect();
        let sites: BTreeSet<SiteId> = self.users.iter().map(|user| user.site).collect();
        vec![
            (("person", "people"), self.users.len()),
            (("department", "departments"), self.departments.names.len()),
            (("team", "teams"), self.teams.names.len()),
            (("pool", "pools"), pools.len()),
            (("site", "sites"), sites.len()),
        ]
    }

    /// Reports a name that two people have: lists could not say who of them is meant.
    fn names_are_unique(&self, sheet: &Sheet<'a>) -> bool {
        if sheet.key == "user" {
            return true;
        }
        let mut names: Vec<&str> = self.users.iter().map(|user| user.name.as_str()).collect();
        names.sort_unstable_by(|one, other| names::compare(one, other));
        let Some(pair) = names
            .windows(2)
            .find(|pair| names::compare(pair[0], pair[1]).is_eq())
        else {
            return true;
        };
        let name = pair[0];
        let what = format!(
            "two people with different `id` are called `{name}`, and lists could not tell which of them is meant"
        );
        let help = "give one of them another name";
        let mut rows = sheet
            .list
            .rows()
            .filter(|row| names::compare(sheet.name(*row), name).is_eq());
        if let Some(row) = rows.nth(1) {
            sheet.fault(row, "user", what, help);
        }
        false
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
    forget_strange(
        list,
        &[("site", site_names(known)), ("pool", pool_names(known))],
        read,
    );
    let list = &*list;
    let sheet = Sheet::new(reader, list);
    let mut places = Places::new(list, known);
    let mut company = Company::new(known, shares, list.len());
    let mut schemes = Note::new(
        "name without the scheme of its address",
        "names without the scheme of their address",
    );
    let mut before: Option<Row<'_>> = None;
    let mut repeated: Vec<(Row<'_>, usize)> = Vec::new();
    let mut sound = true;
    for (_, row) in sheet.in_order() {
        let row = list.row(row as usize);
        let found = places.of(reader, row);
        if !sheet.is_named(row) {
            sound = false;
            continue;
        }
        let written = row.cell(sheet.users);
        if sheet.name(row).len() < written.len() {
            schemes.add(|| written.to_owned());
        }
        sheet.refuse_formulas(row);
        match sheet.is_repeated(before, row) {
            Ok(Some(other)) => {
                repeated.push((row, other.line()));
                continue;
            }
            Ok(None) => {}
            Err(Faulty) => sound = false,
        }
        before = Some(row);
        let added = found.and_then(|found| company.add(&sheet, row, found));
        sound &= added.is_ok();
    }
    repeated.sort_by_key(|(row, _)| row.index());
    warn_of_repeated(reader, &repeated, "user");
    sound = company.names_are_unique(&sheet) && sound;
    read.found = company.counts();
    let mut merged = Note::new(
        "row that says the same as another",
        "rows that say the same as others",
    );
    for (row, _) in &repeated {
        merged.add(|| row.get("user").to_owned());
    }
    for note in [schemes, places.sites.loose, places.pools.loose, merged] {
        read.note(note);
    }
    let has_waves = sheet.waves.is_some();
    sound.then(|| People {
        users: company.users,
        departments: company.departments.names,
        teams: company.teams.names,
        contacts: None,
        turnover: false,
        waves: has_waves.then_some((company.waves.names, company.wave_of)),
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
