//! Sites, pools and people: generated from a few numbers, or read from the planner's own lists.

use super::input::{Columns, Item, Located, Reader, Table, names};
use super::lists::{self, Directory, ListRead};
use super::settings::shares_add_up;
use super::times;
use super::{Files, closest, failures, keys};
use crate::kernel::random::entity_id;
use crate::kernel::{Key, Span, Time};
use crate::world::{Calendar, ClientId, Contacts, Pool, PoolId, Profile, Purpose, Site, SiteId, User};
use jiff::civil::{Date, Weekday};
use std::collections::BTreeSet;

/// Days before the start and after the end that calendars know, for meetings arranged or held there.
const MARGIN_DAYS: i64 = 400;

/// Calendar and sites as read.
pub(super) struct Place {
    pub(super) calendar: Calendar,
    pub(super) shares: Vec<f64>,
    pub(super) technicians: Vec<u32>,
    pub(super) installs_per_day: Vec<Option<u32>>,
}

/// Reads `[calendar]` and `[[sites]]`. Gives nothing when no start date is known.
pub(super) fn places(root: &Table) -> Option<Place> {
    let calendar = root.table(&keys::top::CALENDAR);
    let sites = root.opt_tables(&keys::top::SITES);
    let flat = calendar
        .as_ref()
        .is_some_and(|table| table.get_or_default(&keys::calendar::FLAT));
    let mut start = None;
    let mut days = 0;
    let mut offset = None;
    if let Some(table) = &calendar {
        start = if flat {
            let start = table.get(&keys::calendar::START);
            Some(start.map_or(Date::constant(2000, 1, 3), |date| date.value))
        } else {
            table.require(&keys::calendar::START).map(|date| date.value)
        };
        let weeks = table.get(&keys::calendar::WEEKS);
        days = match table.get(&keys::calendar::DAYS) {
            Some(days) => {
                if weeks.is_some() {
                    table.fault(
                        "days",
                        "`weeks` and `days` both say how long",
                        "keep one of the two",
                    );
                }
                days.value
            }
            None => weeks.map_or(0, |weeks| weeks.value * 7),
        };
        if days == 0 && !table.has("days") && !table.has("weeks") && !table.is_damaged() {
            table.fault(
                "weeks",
                "missing key `weeks` in [calendar]: how long is simulated?",
                "write for example `weeks = 40`",
            );
        }
        offset = table.get(&keys::calendar::UTC_OFFSET).map(|at| at.value);
        table.finish();
    }
    if let (Some(start), Some(calendar)) = (start, &calendar)
        && start
            .checked_add(jiff::Span::new().days(i64::from(days) + MARGIN_DAYS))
            .is_err()
    {
        let what = format!("{days} days from {start} end behind the year 9999, where the calendar ends");
        calendar.fault("start", what, "write a date of this century");
        return None;
    }
    if sites.is_empty() && !flat && !root.has("sites") && !root.is_damaged() {
        root.fault(
            "sites",
            "no site is given",
            "add a table `[[sites]]` with `name` and `hours`, or `flat = true` in [calendar]",
        );
    }
    let known_start = start.unwrap_or(Date::constant(2000, 1, 3));
    let mut place = Place {
        calendar: Calendar {
            start: known_start,
            utc_offset: Span::ZERO,
            horizon: Time(i64::from(days) * Span::DAY.0),
            sites: Vec::new(),
        },
        shares: Vec::new(),
        technicians: Vec::new(),
        installs_per_day: Vec::new(),
    };
    let mut utc: Vec<Span> = Vec::new();
    for table in &sites {
        let at = table.get(&keys::site::UTC_OFFSET);
        utc.push(at.map_or(offset.unwrap_or(Span::ZERO), |at| at.value));
    }
    let own = offset.or(utc.first().copied()).unwrap_or(Span::ZERO);
    place.calendar.utc_offset = own;
    let dates = -MARGIN_DAYS..=i64::from(days) + MARGIN_DAYS;
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut shares: Vec<Option<f64>> = Vec::new();
    let mut shares_are_sound = true;
    for (table, &utc) in sites.iter().zip(&utc) {
        let name = table.require(&keys::site::NAME).map_or_else(String::new, |name| {
            refuse_formula(table, &name);
            if !taken.insert(name.value.clone()) {
                table.fault(
                    "name",
                    format!("there are two sites `{}`", name.value),
                    "give each site a name of its own",
                );
            }
            name.value
        });
        let whole_day = (Span::ZERO, Span::DAY);
        let hours = if flat {
            for key in ["hours", "busy", "working_days", "holidays"] {
                if table.has(key) {
                    table.fault(
                        key,
                        format!("a flat calendar has no `{key}`"),
                        "leave it out, or write `flat = false` in [calendar]",
                    );
                }
            }
            None
        } else {
            let hours = match table.has("hours") {
                true => times::opt_hours(table, &keys::site::HOURS, times::Whose::Site),
                false => table.require(&keys::site::HOURS),
            };
            hours.map(|hours| hours.value)
        };
        let hours = hours.unwrap_or(whole_day);
        let middle = if flat {
            hours
        } else {
            (
                hours.0 + (hours.1 - hours.0) / 4,
                hours.1 - (hours.1 - hours.0) / 4,
            )
        };
        let mut busy =
            times::opt_hours(table, &keys::site::BUSY, times::Whose::Busy).map_or(middle, |busy| busy.value);
        if busy.0 < hours.0 || busy.1 > hours.1 {
            table.fault(
                "busy",
                "the busy hours lie outside `hours`",
                "write hours inside the working hours",
            );
            busy = middle;
        }
        let week = [
            Weekday::Monday,
            Weekday::Tuesday,
            Weekday::Wednesday,
            Weekday::Thursday,
            Weekday::Friday,
        ];
        let working = times::weekdays(table, &keys::site::WORKING_DAYS, &week);
        if working.is_empty() && !flat {
            table.fault(
                "working_days",
                "nobody ever works at this site",
                "write days such as [\"Mon\", \"Tue\"]",
            );
        }
        let holidays: BTreeSet<i64> = table
            .get(&keys::site::HOLIDAYS)
            .unwrap_or_default()
            .into_iter()
            .map(|date| times::days_from(known_start, date.value))
            // The outermost weeks stand for all time beyond, so nobody is on holiday there.
            .filter(|day| (dates.start() + 7..dates.end() - 6).contains(day))
            .collect();
        let is_working = |day: i64| {
            let date = known_start.saturating_add(jiff::Span::new().days(day));
            flat || (working.contains(&date.weekday()) && !holidays.contains(&day))
        };
        let share = table.get(&keys::site::SHARE).map(|share| share.value);
        shares_are_sound &= share.is_some() || !table.has("share");
        shares.push(share);
        place
            .technicians
            .push(table.get_or_default(&keys::site::TECHNICIANS));
        place
            .installs_per_day
            .push(table.get(&keys::site::INSTALLS_PER_DAY).map(|count| count.value));
        place
            .calendar
            .sites
            .push(Site::new(name, utc - own, hours, busy, dates.clone(), is_working));
        table.finish();
    }
    if sites.is_empty() {
        let whole_day = (Span::ZERO, Span::DAY);
        let site = Site::new(
            "everywhere".into(),
            Span::ZERO,
            whole_day,
            whole_day,
            dates,
            |_| true,
        );
        place.calendar.sites.push(site);
        place.technicians.push(1);
        place.installs_per_day.push(None);
        shares.push(None);
    }
    place.shares = if shares.iter().all(Option::is_none) {
        vec![1.0 / shares.len() as f64; shares.len()]
    } else {
        let given: Vec<f64> = shares.iter().map(|share| share.unwrap_or(0.0)).collect();
        if let Some(last) = sites.last() {
            shares_are_sound = shares_are_sound && shares_add_up(last, "share", &given);
        }
        given
    };
    if !shares_are_sound {
        // Nobody can be placed by them.
        place.shares.clear();
    }
    (start.is_some() && days > 0).then_some(place)
}

/// Reports a name that a spreadsheet would take for a formula in files written for other programs.
fn refuse_formula(table: &Table, name: &Located<String>) {
    if names::is_formula(&name.value) {
        let what = format!(
            "`{}` begins like a formula: a spreadsheet would compute it, not show it",
            name.value
        );
        table.fault("name", what, "begin the name with a letter or a digit");
    }
}

/// Reads `[[pools]]`. Gives nothing if a pool is faulty.
pub(super) fn pools(root: &Table, profile: Option<&Profile>, place: Option<&Place>) -> Option<Vec<Pool>> {
    let mut sound = true;
    let mut pools: Vec<Pool> = Vec::new();
    let servers: Option<Vec<(&str, u8)>> = profile.map(|profile| {
        profile
            .servers
            .iter()
            .map(|server| server.name.as_str())
            .zip(0..)
            .collect()
    });
    let sites: Option<Vec<(&str, u16)>> = place.map(|place| {
        place
            .calendar
            .sites
            .iter()
            .map(|site| site.name.as_str())
            .zip(0..)
            .collect()
    });
    let mut pairs: Vec<(PoolId, Located<String>)> = Vec::new();
    for table in root.tables(&keys::top::POOLS) {
        let name = table.require(&keys::pool::NAME);
        if let Some(name) = &name {
            refuse_formula(&table, name);
        }
        let server = match &servers {
            Some(servers) => table
                .require_one_of(&keys::pool::RELEASE, servers)
                .map(|server| server.value),
            None => table.require(&keys::pool::RELEASE).and(None),
        };
        let site = match &sites {
            Some(sites) if sites.len() == 1 && !table.has("site") => Some(0),
            Some(sites) => table
                .require_one_of(&keys::pool::SITE, sites)
                .map(|site| site.value),
            None => table.get(&keys::pool::SITE).and(None),
        };
        let front_ends = table.require(&keys::pool::FRONT_ENDS);
        let pair = table.get(&keys::pool::PAIR);
        table.finish();
        if let Some(name) = &name
            && pools.iter().any(|pool| pool.name == name.value)
        {
            table.fault(
                "name",
                format!("there are two pools `{}`", name.value),
                "give each pool a name of its own",
            );
            sound = false;
        }
        match (name, server, site, front_ends) {
            (Some(name), Some(server), Some(site), Some(front_ends)) => {
                let id = entity_id(&name);
                pairs.extend(pair.map(|pair| (pools.len() as PoolId, pair)));
                pools.push(Pool {
                    name: name.value,
                    id,
                    server,
                    site,
                    front_ends: front_ends.value,
                    pair: None,
                });
            }
            _ => sound = false,
        }
    }
    let profile = profile?;
    sound = sound && failures::pair_up(root.reader(), profile, &mut pools, &pairs);
    if sound && !pools.is_empty() {
        for (legacy, side) in [(true, "legacy"), (false, "new")] {
            if !pools
                .iter()
                .any(|pool| profile.servers[usize::from(pool.server)].legacy == legacy)
            {
                let of = |server: &&crate::world::profile::Server| server.legacy == legacy;
                let names: Vec<String> = profile
                    .servers
                    .iter()
                    .filter(of)
                    .map(|server| format!("`{}`", server.name))
                    .collect();
                root.fault(
                    "pools",
                    format!("there is no pool on the {side} side"),
                    format!(
                        "add a table `[[pools]]` with `release` one of {}",
                        names.join(", ")
                    ),
                );
                sound = false;
            }
        }
    }
    (sound && !pools.is_empty()).then_some(pools)
}

/// People and who they know.
#[derive(Default)]
pub(super) struct People {
    pub(super) users: Vec<User>,
    pub(super) departments: Vec<String>,
    pub(super) teams: Vec<String>,
    pub(super) contacts: Option<Contacts>,
    pub(super) turnover: bool,
    /// The waves that a list of people names, and the one of each person.
    pub(super) waves: Option<(Vec<String>, Vec<u32>)>,
}

/// What the lists of people refer to.
pub(super) struct Known<'a> {
    pub(super) profile: &'a Profile,
    pub(super) place: &'a Place,
    pub(super) pools: &'a [Pool],
    pub(super) seed: u64,
}

impl Known<'_> {
    /// Old pools that serve a site: those that stand there, or else all.
    pub(super) fn legacy_pools(&self, site: SiteId) -> Vec<PoolId> {
        let legacy: Vec<PoolId> = (0..)
            .zip(self.pools)
            .filter(|(_, pool)| self.profile.servers[usize::from(pool.server)].legacy)
            .map(|(id, _)| id)
            .collect();
        let here: Vec<PoolId> = legacy
            .iter()
            .copied()
            .filter(|&pool| self.pools[usize::from(pool)].site == site)
            .collect();
        if here.is_empty() { legacy } else { here }
    }
}

/// Reads `[population]`. Without `known` only its keys are checked.
pub(super) fn population(root: &Table, known: Option<&Known>, files: &mut Files) -> Option<People> {
    let table = root.table(&keys::top::POPULATION)?;
    let shares = client_shares(&table, known);
    let paired = table.get_or_default(&keys::population::PAIRED_SHARE);
    let turnover = table.get_or_default(&keys::population::TURNOVER);
    let people = table.get(&keys::population::PEOPLE);
    let contacts = table.get(&keys::population::CONTACTS);
    let made = if people.is_none() && table.has("people") {
        // Its path is faulty, which has been told.
        None
    } else if let Some(path) = &people {
        for key in ["users", "team_size", "teams_per_department", "paired_share"] {
            if table.has(key) {
                let what = format!("`{key}` generates people, but `people` reads them from a list");
                table.fault(key, what, "keep one of the two");
            }
        }
        let named = lists::called(&table, &keys::population::COLUMNS, &lists::PEOPLE);
        let wanted = Columns {
            named: &named,
            ..lists::PEOPLE
        };
        let list = files.csv(table.reader(), path, &wanted);
        match (known, shares, list) {
            (Some(known), Some(shares), Some(mut list)) => {
                let mut read = ListRead::of(&files.shown(path), "people", &list);
                let people = lists::people(table.reader(), known, &shares, &mut list, &mut read);
                files.lists.push(read);
                people
            }
            _ => None,
        }
    } else {
        let users = table.require(&keys::population::USERS);
        let team_size = table.get_or_default(&keys::population::TEAM_SIZE);
        let teams = table.get_or_default(&keys::population::TEAMS_PER_DEPARTMENT);
        match (known, shares, users) {
            (Some(known), Some(shares), Some(users)) if !known.place.shares.is_empty() => {
                Some(generated(known, &shares, users.value, team_size, teams, paired))
            }
            _ => None,
        }
    };
    if people.is_none() && table.has(keys::population::COLUMNS.name()) {
        let what = "`columns` says what the columns of a list of people are called, but there is no `people`";
        table.fault(keys::population::COLUMNS.name(), what, "leave it out");
        table.opt_table(&keys::population::COLUMNS);
    }
    let named = lists::called(&table, &keys::population::CONTACTS_COLUMNS, &lists::CONTACTS);
    let skips_outsiders = table.get_or_default(&keys::population::OUTSIDERS);
    table.finish();
    let wanted = Columns {
        named: &named,
        ..lists::CONTACTS
    };
    let reader = table.reader();
    let list = contacts.and_then(|path| Some((files.csv(reader, &path, &wanted)?, files.shown(&path))));
    let mut people = made?;
    people.turnover = turnover;
    if let Some((list, shown)) = list {
        let mut read = ListRead::of(&shown, "contacts", &list);
        let directory = Directory::new(&people.users);
        people.contacts = lists::contacts(reader, &directory, &list, skips_outsiders, &mut read);
        files.lists.push(read);
    }
    Some(people)
}

/// Shares of client releases; all have the first old client when nothing is said.
fn client_shares(table: &Table, known: Option<&Known>) -> Option<Vec<f64>> {
    let clients = table.opt_table(&keys::population::CLIENTS);
    let profile = known.map(|known| known.profile);
    let Some(clients) = clients else {
        let profile = profile?;
        let first = profile
            .client_legacy
            .iter()
            .position(|&legacy| legacy)
            .unwrap_or(0);
        return Some(
            (0..profile.clients.len())
                .map(|client| f64::from(u8::from(client == first)))
                .collect(),
        );
    };
    let profile = profile?;
    let shares: Vec<f64> = profile
        .clients
        .iter()
        .map(|client| {
            let share = clients.get_named(&keys::clients::SHARE, &client.name);
            share.map_or(0.0, |share| share.value)
        })
        .collect();
    clients.finish();
    shares_add_up(table, "clients", &shares).then_some(shares)
}

pub(super) fn draw_client(shares: &[f64], stream: &mut crate::kernel::Stream) -> ClientId {
    stream.choose_weighted(shares) as ClientId
}

fn generated(
    known: &Known,
    shares: &[f64],
    users: u32,
    team_size: u32,
    per_department: u32,
    paired: f64,
) -> People {
    let mut people = People::default();
    let key = Key {
        seed: known.seed,
        replication: 0,
    };
    let width = users.to_string().len().max(5);
    let team_count = users.div_ceil(team_size);
    let (mut team, mut user, mut share, mut groups) = (0, 0, 0.0, 0);
    let sites = &known.place.calendar.sites;
    let last = known
        .place
        .shares
        .iter()
        .rposition(|&share| share > 0.0)
        .unwrap_or(0);
    for (site, place) in (0..).zip(sites) {
        share += known.place.shares[usize::from(site)];
        // The last site takes the rest, whatever rounding left.
        let end = if usize::from(site) >= last {
            team_count
        } else {
            (libm::round(share * f64::from(team_count)) as u32).min(team_count)
        };
        let pools = known.legacy_pools(site);
        let count = end.saturating_sub(team);
        let digits = count.div_ceil(per_department).to_string().len().max(2);
        let team_digits = count.min(per_department).to_string().len().max(2);
        for here in 0..count {
            if here % per_department == 0 {
                people
                    .departments
                    .push(format!("{}-d{:0digits$}", place.name, here / per_department + 1));
            }
            let department = people.departments.len() as u32 - 1;
            let name = &people.departments[department as usize];
            people
                .teams
                .push(format!("{name}-t{:0team_digits$}", here % per_department + 1));
            let members = team_size.min(users - user);
            let mut open_pair = None;
            for member in 0..members {
                user += 1;
                let name = format!("u{user:0width$}");
                let id = entity_id(&name);
                let mut stream = key.stream(Purpose::Population, id, 0);
                let client = draw_client(shares, &mut stream);
                if member % 2 == 0 {
                    // The first of two neighbours decides for both.
                    open_pair = (member + 1 < members && stream.chance(paired)).then(|| {
                        groups += 1;
                        groups - 1
                    });
                }
                let pool = pools[here as usize % pools.len()];
                let team = people.teams.len() as u32 - 1;
                people.users.push(User {
                    name,
                    id,
                    site,
                    department,
                    team,
                    pool,
                    client,
                    group: open_pair,
                });
            }
        }
        team = end.max(team);
    }
    people
}

/// Finds a name that must be known; reports it with the nearest one otherwise.
pub(super) fn resolve<T: Clone>(
    item: &Located<String>,
    reader: &Reader,
    kind: &str,
    names: &[(&str, T)],
) -> Option<T> {
    let found = names.iter().find(|(name, _)| *name == item.value);
    if found.is_none() {
        let what = format!("there is no {kind} `{}`", item.value);
        reader.error_at(item, what, closest(item, names.iter().map(|name| name.0)));
    }
    found.map(|name| name.1.clone())
}

/// A scripted outage's front end, counted from 1 as people do.
pub(super) fn front_end(item: &Item, pool: &Pool) -> Option<u32> {
    let number = item.count(1..=pool.front_ends.max(1))?;
    Some(number.value - 1)
}
