//! A world as CSV files, and back: replaying the files gives the same outcome as replaying the world.
//!
//! People and pools are named; instants are milliseconds since the scenario's start; numbers are written with the
//! fewest digits that give the same bits back. A value in a file wins over the key.

use super::csv_file::number as field;
use super::manifest::VERSION;
use crate::bounded;
use crate::kernel::{Key, Span, Time};
use crate::scenario::Scenario;
use crate::store::kind::WORLD;
use crate::store::{Claim, NotWritten, SCHEMA, Written, at};
use crate::world::defects::Scope;
use crate::world::lag::NEVER;
use crate::world::parameter::DEFINITIONS;
use crate::world::{
    Absence, Category, Defect, Facts, Fault, FaultModel, Kind, Machine, Outage, Part, PoolId, RemoteDay,
    Series, SeriesId, Side, SiteId, Stay, Tables, Traits, UserId, World,
};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt::Display;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

/// The file that every exported world has.
const KEY: &str = "key.csv";

/// The longest time from an order until a machine installs that is read; a world draws no longer one but never.
const LONGEST_LAG: f64 = 1e9;
/// Instants further from time zero than this, about 9,500 years, are refused: dates must be able to name them.
const FARTHEST: i64 = 300_000_000_000_000;
/// Ends of outages and of series may lie further away; they are never named.
const FARTHEST_END: i64 = i64::MAX / 4;
/// The most everyday tickets of a day.
const MOST_TICKETS: u32 = 10_000_000;
/// The longest meeting: a week.
const LONGEST_MEETING: i64 = Span::WEEK.0;

const KEY_HEADER: &[&str] = &["seed", "replication", "users", "days", "first_date", "last_date"];
const PARAMETER_HEADER: &[&str] = &["key", "value", "unit"];
const USER_HEADER: &[&str] = &[
    "user",
    "entity",
    "site",
    "department",
    "team",
    "pool",
    "client",
    "group",
    "joiner",
];
const CONTACT_HEADER: &[&str] = &["user", "contact"];
const TRAITS_HEADER: &[&str] = &["user", "remote_share", "browser", "machines", "ticket_proneness"];
const DEFECT_HEADER: &[&str] = &[
    "class",
    "number",
    "scope",
    "of",
    "severity",
    "hidden_user_days",
    "fix_days",
];
const MACHINE_HEADER: &[&str] = &["user", "number", "lag_days", "voluntary_days"];
const OUTAGE_HEADER: &[&str] = &["down_ms", "up_ms", "part", "name", "front_end"];
const STAY_HEADER: &[&str] = &["user", "from", "until"];
const FAULT_HEADER: &[&str] = &["kind", "place", "number", "fix_days"];
const BACKGROUND_HEADER: &[&str] = &["day", "tickets"];
const SERIES_HEADER: &[&str] = &[
    "organiser",
    "number",
    "created_ms",
    "first_ms",
    "period_ms",
    "occurrences",
    "duration_ms",
    "attendees",
    "anonymous",
    "federated",
    "guests_with_browser",
    "kind",
    "category",
    "dial_in",
];
const ATTENDEE_HEADER: &[&str] = &["organiser", "number", "attendee"];
const ABSENCE_HEADER: &[&str] = &["user", "date"];
const REMOTE_HEADER: &[&str] = &["user", "date"];

/// What it takes to draw the world again.
#[derive(Serialize)]
struct WorldManifest<'a> {
    schema: u32,
    program: &'static str,
    version: &'static str,
    analysis: &'static str,
    scenario: &'a str,
    input_digest: &'a str,
    set: &'a [String],
    seed: u64,
    replication: u64,
    fix_uncertain: bool,
}

/// Writes a world of a scenario.
///
/// # Errors
/// If it cannot be written; an earlier one is then untouched.
pub fn write(
    world: &World,
    scenario: &Scenario,
    fix_uncertain: bool,
    claim: Claim,
) -> Result<Written, NotWritten> {
    let tables = world.tables();
    claim.write(|dir| {
        let out = Out {
            dir,
            facts: &world.facts,
        };
        out.key(world.key, &tables)?;
        out.parameters(&tables)?;
        out.users()?;
        out.contacts()?;
        out.people(&tables)?;
        out.outages(&tables)?;
        out.defects(&tables)?;
        out.faults(&tables)?;
        out.background(&tables)?;
        out.stays(&tables)?;
        out.meetings(&tables)?;
        out.absences(&tables)?;
        out.remote_days(&tables)?;
        Ok(WorldManifest {
            schema: SCHEMA,
            program: env!("CARGO_PKG_NAME"),
            version: VERSION,
            analysis: WORLD.analysis,
            scenario: &scenario.facts.name,
            input_digest: &scenario.digest,
            set: &scenario.overrides,
            seed: world.key.seed,
            replication: world.key.replication,
            fix_uncertain,
        })
    })
}

/// Where tables go, and the names in them.
struct Out<'a> {
    dir: &'a Path,
    facts: &'a Facts,
}

impl Out<'_> {
    fn table(
        &self,
        name: &str,
        header: &[&str],
        lines: impl Iterator<Item = Vec<String>>,
    ) -> Result<(), NotWritten> {
        let path = self.dir.join(name);
        let write = || -> csv::Result<()> {
            let mut file = csv::Writer::from_path(&path)?;
            file.write_record(header)?;
            for line in lines {
                file.write_record(line)?;
            }
            Ok(file.flush()?)
        };
        write().map_err(at(&path))
    }

    fn user(&self, user: UserId) -> String {
        self.facts.users[user as usize].name.clone()
    }

    fn key(&self, key: Key, tables: &Tables) -> Result<(), NotWritten> {
        let (first, last) = tables.dates;
        let line = vec![
            key.seed.to_string(),
            key.replication.to_string(),
            self.facts.users.len().to_string(),
            self.facts.calendar.days().to_string(),
            first.to_string(),
            last.to_string(),
        ];
        self.table(KEY, KEY_HEADER, std::iter::once(line))
    }

    fn parameters(&self, tables: &Tables) -> Result<(), NotWritten> {
        let lines = DEFINITIONS
            .iter()
            .zip(&tables.values)
            .map(|(definition, &value)| {
                vec![definition.key.into(), field(Some(value)), definition.unit.into()]
            });
        self.table("parameters.csv", PARAMETER_HEADER, lines)
    }

    /// The people of the scenario, whom it may have generated. Other programs need them; they are not read back.
    fn users(&self) -> Result<(), NotWritten> {
        let residents = self.facts.residents();
        let lines = self.facts.users.iter().enumerate().map(|(place, user)| {
            vec![
                user.name.clone(),
                user.id.to_string(),
                self.facts.calendar.sites[usize::from(user.site)].name.clone(),
                self.facts.departments[user.department as usize].clone(),
                self.facts.teams[user.team as usize].clone(),
                self.facts.pools[usize::from(user.pool)].name.clone(),
                self.facts.profile.clients[usize::from(user.client)].name.clone(),
                user.group.map_or(String::new(), |group| group.to_string()),
                (place >= residents).to_string(),
            ]
        });
        self.table("users.csv", USER_HEADER, lines)
    }

    fn contacts(&self) -> Result<(), NotWritten> {
        let contacts = self.facts.contacts.as_ref();
        let lines = contacts.into_iter().flat_map(|contacts| {
            let of = move |user: usize| {
                &contacts.to[contacts.start[user] as usize..contacts.start[user + 1] as usize]
            };
            (0..self.facts.users.len()).flat_map(move |user| {
                of(user)
                    .iter()
                    .map(move |&contact| vec![self.user(user as UserId), self.user(contact)])
            })
        });
        self.table("contacts.csv", CONTACT_HEADER, lines)
    }

    fn people(&self, tables: &Tables) -> Result<(), NotWritten> {
        let traits = (0..).zip(&tables.traits).map(|(user, traits)| {
            let (share, browser) = (field(Some(traits.remote_share)), traits.browser.to_string());
            let proneness = field(Some(traits.proneness));
            vec![
                self.user(user),
                share,
                browser,
                traits.machines.to_string(),
                proneness,
            ]
        });
        self.table("traits.csv", TRAITS_HEADER, traits)?;
        let machines = tables.machines.iter().map(|machine| {
            vec![
                self.user(machine.user),
                machine.number.to_string(),
                lag_field(machine.lag_days),
                lag_field(machine.voluntary_days),
            ]
        });
        self.table("machines.csv", MACHINE_HEADER, machines)
    }

    fn outages(&self, tables: &Tables) -> Result<(), NotWritten> {
        let lines = tables.outages.iter().map(|outage| {
            let pool = |pool: PoolId| self.facts.pools[usize::from(pool)].name.clone();
            let (name, front_end) = match outage.part {
                Part::FrontEnd(id, number) => (pool(id), number.to_string()),
                Part::BackEnd(id) => (pool(id), String::new()),
                Part::Site(site) => {
                    let site = &self.facts.calendar.sites[usize::from(site)];
                    (site.name.clone(), String::new())
                }
                Part::Edge(side) => (side.word().into(), String::new()),
            };
            vec![
                outage.down.0.to_string(),
                outage.up.0.to_string(),
                part_word(outage.part).into(),
                name,
                front_end,
            ]
        });
        self.table("outages.csv", OUTAGE_HEADER, lines)
    }

    fn defects(&self, tables: &Tables) -> Result<(), NotWritten> {
        let lines = tables.defects.iter().map(|defect| {
            let (scope, of) = scope_words(self.facts, defect.scope);
            vec![
                self.facts.defects[usize::from(defect.class)].name.clone(),
                defect.number.to_string(),
                scope.into(),
                of,
                defect.severity.to_string(),
                field(Some(defect.hidden_user_days)),
                field(Some(defect.fix_days)),
            ]
        });
        self.table("defects.csv", DEFECT_HEADER, lines)
    }

    fn faults(&self, tables: &Tables) -> Result<(), NotWritten> {
        let lines = tables.faults.iter().map(|fault| {
            let model = &self.facts.faults[usize::from(fault.model)];
            vec![
                model.kind.word().to_string(),
                model.place_name(self.facts).to_string(),
                fault.number.to_string(),
                field(Some(fault.fix_days)),
            ]
        });
        self.table("faults.csv", FAULT_HEADER, lines)
    }

    fn background(&self, tables: &Tables) -> Result<(), NotWritten> {
        let line = |(day, count): (usize, &u32)| vec![day.to_string(), count.to_string()];
        let lines = tables.background.iter().enumerate().map(line);
        self.table("background.csv", BACKGROUND_HEADER, lines)
    }

    fn meetings(&self, tables: &Tables) -> Result<(), NotWritten> {
        let series = tables.series.iter().map(|series| self.series(series));
        self.table("series.csv", SERIES_HEADER, series)?;
        let attendees = tables.series.iter().flat_map(|series| {
            let people = &tables.attendees[series.attendees as usize..][..usize::from(series.attendee_count)];
            let line = |&user| {
                vec![
                    self.user(series.id.organiser),
                    series.id.number.to_string(),
                    self.user(user),
                ]
            };
            people.iter().map(line)
        });
        self.table("attendees.csv", ATTENDEE_HEADER, attendees)
    }

    fn series(&self, series: &Series) -> Vec<String> {
        vec![
            self.user(series.id.organiser),
            series.id.number.to_string(),
            series.created.0.to_string(),
            series.first.0.to_string(),
            series.period.0.to_string(),
            series.occurrences.to_string(),
            series.duration.0.to_string(),
            series.attendee_count.to_string(),
            series.anonymous.to_string(),
            series.federated.to_string(),
            series.guests_with_browser.to_string(),
            word(&KINDS, series.kind).into(),
            word(&CATEGORIES, series.category).into(),
            series.dial_in.to_string(),
        ]
    }

    fn absences(&self, tables: &Tables) -> Result<(), NotWritten> {
        let lines = tables
            .absences
            .iter()
            .map(|absence| vec![self.user(absence.user), absence.date.to_string()]);
        self.table("absences.csv", ABSENCE_HEADER, lines)
    }

    fn stays(&self, tables: &Tables) -> Result<(), NotWritten> {
        let lines = tables.stays.iter().map(|&(user, stay)| {
            let date = |date: i64, unless: i64| {
                if date == unless {
                    String::new()
                } else {
                    date.to_string()
                }
            };
            vec![
                self.user(user),
                date(stay.from, i64::MIN),
                date(stay.until, i64::MAX),
            ]
        });
        self.table("stays.csv", STAY_HEADER, lines)
    }

    fn remote_days(&self, tables: &Tables) -> Result<(), NotWritten> {
        let lines = tables
            .remote_days
            .iter()
            .map(|day| vec![self.user(day.user), day.date.to_string()]);
        self.table("remote.csv", REMOTE_HEADER, lines)
    }
}

/// A time to install; an empty cell is never.
fn lag_field(days: f64) -> String {
    field(Some(days).filter(|days| days.is_finite()))
}

/// What a part is called in files.
fn part_word(part: Part) -> &'static str {
    match part {
        Part::FrontEnd(..) => "front_end",
        Part::BackEnd(_) => "back_end",
        Part::Site(_) => "site",
        Part::Edge(_) => "edge",
    }
}

const KINDS: [(&str, Kind); 2] = [("web", Kind::Web), ("audio", Kind::Audio)];

const CATEGORIES: [(&str, Category); 5] = [
    ("ad_hoc", Category::AdHoc),
    ("recurring", Category::Recurring),
    ("open", Category::Open),
    ("anonymous", Category::Anonymous),
    ("closed", Category::Closed),
];

/// Word for a scope, and the name of what it names.
fn scope_words(facts: &Facts, scope: Scope) -> (&'static str, String) {
    match scope {
        Scope::Everyone => ("everyone", String::new()),
        Scope::Remote => ("remote", String::new()),
        Scope::Site(site) => ("site", facts.calendar.sites[usize::from(site)].name.clone()),
        Scope::Department(department) => ("department", facts.departments[department as usize].clone()),
        Scope::Application(place) => ("application", facts.applications[place as usize].name.clone()),
        Scope::Client(client) => ("client", facts.profile.clients[usize::from(client)].name.clone()),
    }
}

fn scope_of(facts: &Facts, scope: &str, of: &str) -> Option<Scope> {
    fn place<'n>(mut names: impl Iterator<Item = &'n str>, of: &str) -> Option<usize> {
        names.position(|name| name == of)
    }
    let site = || place(facts.calendar.sites.iter().map(|site| site.name.as_str()), of);
    let department = || place(facts.departments.iter().map(String::as_str), of);
    let application = || place(facts.applications.iter().map(|one| one.name.as_str()), of);
    let client = || place(facts.profile.clients.iter().map(|one| one.name.as_str()), of);
    Some(match scope {
        "everyone" => Scope::Everyone,
        "remote" => Scope::Remote,
        "site" => Scope::Site(site()? as u16),
        "department" => Scope::Department(department()? as u32),
        "application" => Scope::Application(application()? as u32),
        "client" => Scope::Client(client()? as u8),
        _ => return None,
    })
}

fn word<T: PartialEq>(words: &[(&'static str, T)], value: T) -> &'static str {
    words
        .iter()
        .find(|(_, one)| *one == value)
        .map_or("", |(word, _)| word)
}

/// No table of a world is larger, in bytes.
const LARGEST: u64 = 4 << 30;

/// Why a world could not be read: file, line and what is wrong.
#[derive(Debug)]
pub struct NotRead(String);

impl Display for NotRead {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Reads a world back that was exported from the same scenario.
///
/// # Errors
/// If a file is missing or damaged, or belongs to other users, pools or another horizon.
pub fn read(dir: &Path, facts: Arc<Facts>) -> Result<World, NotRead> {
    let input = In { dir, facts: &facts };
    let (key, dates) = input.key()?;
    let (values, traits) = (input.parameters()?, input.traits()?);
    let tables = Tables {
        values,
        machines: input.machines(&traits)?,
        traits,
        outages: input.outages()?,
        defects: input.defects()?,
        faults: input.faults()?,
        background: input.background()?,
        dates,
        absences: input.absences(dates)?,
        remote_days: input.remote_days(dates)?,
        stays: input.stays()?,
        ..Tables::default()
    };
    let (series, attendees) = input.meetings()?;
    Ok(World::from_tables(
        facts,
        key,
        Tables {
            series,
            attendees,
            ..tables
        },
    ))
}

/// Where tables come from, and what their names mean.
struct In<'a> {
    dir: &'a Path,
    facts: &'a Facts,
}

/// One line of a table.
struct Line<'a> {
    path: &'a Path,
    header: &'a [&'a str],
    number: u64,
    fields: csv::StringRecord,
}

impl Line<'_> {
    fn wrong(&self, column: usize, expected: &str) -> NotRead {
        let (path, number) = (self.path.display(), self.number);
        let (name, found) = (self.header[column], &self.fields[column]);
        NotRead(format!(
            "{path}:{number}: {name} is `{found}`, expected {expected}"
        ))
    }

    fn parse<T: FromStr>(&self, column: usize) -> Result<T, NotRead> {
        self.fields[column]
            .parse()
            .map_err(|_| self.wrong(column, "a number of that column or true or false"))
    }

    /// A number between two bounds; a fraction that is not a number lies between none.
    fn between<T: FromStr + PartialOrd + Display>(
        &self,
        column: usize,
        low: T,
        high: T,
    ) -> Result<T, NotRead> {
        match self.fields[column].parse() {
            Ok(value) if value >= low && value <= high => Ok(value),
            _ => Err(self.wrong(column, &format!("a number from {low} to {high}"))),
        }
    }

    /// A time to install; an empty cell is never.
    fn lag(&self, column: usize) -> Result<f64, NotRead> {
        match self.fields[column].is_empty() {
            true => Ok(NEVER),
            false => self.between(column, 0.0, LONGEST_LAG),
        }
    }

    fn time(&self, column: usize) -> Result<Time, NotRead> {
        Ok(Time(self.between(column, -FARTHEST, FARTHEST)?))
    }

    fn word<T: Copy>(&self, column: usize, words: &[(&str, T)]) -> Result<T, NotRead> {
        let found = words.iter().find(|(word, _)| *word == &self.fields[column]);
        let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        found
            .map(|(_, value)| *value)
            .ok_or_else(|| self.wrong(column, &all.join(" or ")))
    }
}

impl In<'_> {
    fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Reads a table line by line.
    fn table<T>(
        &self,
        name: &str,
        header: &[&str],
        mut row: impl FnMut(&Line<'_>) -> Result<T, NotRead>,
    ) -> Result<Vec<T>, NotRead> {
        let path = self.path(name);
        let failed = |error: csv::Error| NotRead(format!("{}: {error}", path.display()));
        let opened = bounded::open_text(&path, LARGEST).map_err(csv::Error::from);
        let mut file = csv::Reader::from_reader(BufReader::new(opened.map_err(failed)?));
        if file.headers().map_err(failed)?.iter().ne(header.iter().copied()) {
            return Err(NotRead(format!(
                "{}: the header must be {}",
                path.display(),
                header.join(",")
            )));
        }
        let mut rows = Vec::new();
        for fields in file.records() {
            let fields = fields.map_err(failed)?;
            let number = fields.position().map_or(0, csv::Position::line);
            rows.push(row(&Line {
                path: &path,
                header,
                number,
                fields,
            })?);
        }
        Ok(rows)
    }

    fn user(&self, line: &Line<'_>, column: usize) -> Result<UserId, NotRead> {
        self.facts
            .user_named(&line.fields[column])
            .ok_or_else(|| line.wrong(column, "a user of the scenario"))
    }

    fn pool(&self, line: &Line<'_>, column: usize) -> Result<PoolId, NotRead> {
        let found = self
            .facts
            .pools
            .iter()
            .position(|pool| pool.name == line.fields[column]);
        found
            .map(|pool| pool as PoolId)
            .ok_or_else(|| line.wrong(column, "a pool of the scenario"))
    }

    fn site(&self, line: &Line<'_>, column: usize) -> Result<SiteId, NotRead> {
        let sites = &self.facts.calendar.sites;
        let found = sites.iter().position(|site| site.name == line.fields[column]);
        found
            .map(|site| site as SiteId)
            .ok_or_else(|| line.wrong(column, "a site of the scenario"))
    }

    fn key(&self) -> Result<(Key, (i64, i64)), NotRead> {
        let (users, days) = (self.facts.users.len(), self.facts.calendar.days());
        let dates = (-self.facts.calendar.dates_before(), i64::from(days) + 2);
        let keys = self.table(KEY, KEY_HEADER, |line| {
            if line.parse::<usize>(2)? != users {
                return Err(line.wrong(2, &format!("{users}, the users of the scenario")));
            }
            if line.parse::<u32>(3)? != days {
                return Err(line.wrong(3, &format!("{days}, the days of the scenario")));
            }
            let key = Key {
                seed: line.parse(0)?,
                replication: line.parse(1)?,
            };
            for (column, date) in [(4, dates.0), (5, dates.1)] {
                if line.parse::<i64>(column)? != date {
                    return Err(line.wrong(column, &format!("{date}, as the scenario's days have it")));
                }
            }
            Ok((key, dates))
        })?;
        Ok(self.complete(KEY, keys, 1)?[0])
    }

    fn parameters(&self) -> Result<Vec<f64>, NotRead> {
        let mut expected = DEFINITIONS.iter();
        let values = self.table("parameters.csv", PARAMETER_HEADER, |line| match expected.next() {
            Some(definition) if definition.key == &line.fields[0] => {
                line.between(1, definition.low, definition.high)
            }
            Some(definition) => Err(line.wrong(0, definition.key)),
            None => Err(line.wrong(0, "no further line")),
        })?;
        self.complete("parameters.csv", values, DEFINITIONS.len())
    }

    /// Refuses a table with too few or too many lines.
    fn complete<T>(&self, name: &str, rows: Vec<T>, expected: usize) -> Result<Vec<T>, NotRead> {
        if rows.len() == expected {
            return Ok(rows);
        }
        let path = self.path(name);
        Err(NotRead(format!(
            "{}: has {} below the header, expected {expected}",
            path.display(),
            match rows.len() {
                1 => "1 line".to_owned(),
                lines => format!("{lines} lines"),
            }
        )))
    }

    fn traits(&self) -> Result<Vec<Traits>, NotRead> {
        let mut next = 0;
        let rows = self.table("traits.csv", TRAITS_HEADER, |line| {
            if self.user(line, 0)? != next {
                return Err(line.wrong(0, "the users of the scenario in their order"));
            }
            next += 1;
            Ok(Traits {
                remote_share: line.between(1, 0.0, 1.0)?,
                browser: line.parse(2)?,
                machines: line.between(3, 1, u8::MAX)?,
                proneness: line.between(4, 0.0, 1000.0)?,
            })
        })?;
        self.complete("traits.csv", rows, self.facts.users.len())
    }

    /// The machines: of every user as many as `traits` says, numbered from 0.
    fn machines(&self, traits: &[Traits]) -> Result<Vec<Machine>, NotRead> {
        let all = (0..).zip(traits);
        let mut expected =
            all.flat_map(|(user, traits)| (0..traits.machines).map(move |number| (user, number)));
        let rows = self.table("machines.csv", MACHINE_HEADER, |line| {
            let machine = Machine {
                user: self.user(line, 0)?,
                number: line.parse(1)?,
                lag_days: line.lag(2)?,
                voluntary_days: line.lag(3)?,
            };
            match expected.next() {
                Some(place) if place == (machine.user, machine.number) => Ok(machine),
                Some((user, number)) => {
                    let name = &self.facts.users[user as usize].name;
                    let column = usize::from(user == machine.user);
                    let next =
                        format!("machine {number} of {name}; users and numbers ascend, as in traits.csv");
                    Err(line.wrong(column, &next))
                }
                None => Err(line.wrong(0, "no further machine, as in traits.csv")),
            }
        })?;
        let count = traits.iter().map(|traits| usize::from(traits.machines)).sum();
        self.complete("machines.csv", rows, count)
    }

    /// Outages; those of one part neither overlap nor touch.
    fn outages(&self) -> Result<Vec<Outage>, NotRead> {
        let mut rows: Vec<(Outage, u64)> = self.table("outages.csv", OUTAGE_HEADER, |line| {
            let down = line.time(0)?;
            let outage = Outage {
                down,
                up: Time(line.between(1, down.0 + 1, FARTHEST_END)?),
                part: self.part(line)?,
            };
            Ok((outage, line.number))
        })?;
        rows.sort_unstable_by_key(|(outage, _)| (outage.part, outage.down));
        for pair in rows.windows(2) {
            let [(before, first), (after, second)] = [pair[0], pair[1]];
            if before.part == after.part && before.up >= after.down {
                return Err(self.clash(
                    "outages.csv",
                    (first, second),
                    "the outages of a part must neither overlap nor touch",
                ));
            }
        }
        let mut outages: Vec<Outage> = rows.into_iter().map(|(outage, _)| outage).collect();
        outages.sort_unstable();
        Ok(outages)
    }

    fn part(&self, line: &Line<'_>) -> Result<Part, NotRead> {
        match &line.fields[2] {
            "front_end" => {
                let pool = self.pool(line, 3)?;
                let front_ends = self.facts.pools[usize::from(pool)].front_ends;
                let Some(last) = front_ends.checked_sub(1) else {
                    return Err(line.wrong(3, "a pool with front ends"));
                };
                Ok(Part::FrontEnd(pool, line.between(4, 0, last)?))
            }
            "back_end" => Ok(Part::BackEnd(self.pool(line, 3)?)),
            "site" => self.site(line, 3).map(Part::Site),
            "edge" if self.facts.edges.is_some() => {
                let words = Side::ALL.map(|side| (side.word(), side));
                line.word(3, &words).map(Part::Edge)
            }
            "edge" => Err(line.wrong(2, "another part: the scenario has no edge")),
            _ => Err(line.wrong(2, "front_end or back_end or site or edge")),
        }
    }

    fn faults(&self) -> Result<Vec<Fault>, NotRead> {
        let mut before = None;
        self.table("faults.csv", FAULT_HEADER, |line| {
            let told = |model: &FaultModel| {
                model.kind.word() == &line.fields[0] && model.place_name(self.facts) == &line.fields[1]
            };
            let Some(model) = self.facts.faults.iter().position(told) else {
                return Err(line.wrong(0, "a kind and place of the scenario's faults"));
            };
            let fault = Fault {
                model: model as u16,
                number: line.parse(2)?,
                fix_days: line.between(3, 0.0, 1e6)?,
            };
            let place = Some((fault.model, fault.number));
            if place <= before {
                return Err(line.wrong(0, "lines in the order of the scenario's faults and number"));
            }
            before = place;
            Ok(fault)
        })
    }

    /// Everyday tickets: none, or a line for each day of the scenario.
    fn background(&self) -> Result<Vec<u32>, NotRead> {
        let days = self.facts.calendar.days();
        let mut next = 0;
        let counts = self.table("background.csv", BACKGROUND_HEADER, |line| {
            if self.facts.background.is_none() {
                return Err(line.wrong(0, "no line: the scenario has no help desk"));
            }
            if line.parse::<u32>(0)? != next || next >= days {
                return Err(line.wrong(0, "the days of the scenario in their order, from 0"));
            }
            next += 1;
            line.between(1, 0, MOST_TICKETS)
        })?;
        match counts.is_empty() {
            true => Ok(counts),
            false => self.complete("background.csv", counts, days as usize),
        }
    }

    fn defects(&self) -> Result<Vec<Defect>, NotRead> {
        self.table("defects.csv", DEFECT_HEADER, |line| {
            let name: String = line.parse(0)?;
            let class = self.facts.defects.iter().position(|class| class.name == name);
            let class = class.ok_or_else(|| line.wrong(0, "a kind of defects of the scenario"))?;
            let number = line.parse(1)?;
            let severity: u8 = line.between(4, 1, 4)?;
            let (scope, of): (String, String) = (line.parse(2)?, line.parse(3)?);
            let scope = scope_of(self.facts, &scope, &of)
                .ok_or_else(|| line.wrong(2, "a scope, and in the next column whom it names"))?;
            Ok(Defect {
                class: class as u16,
                number,
                id: self.facts.defects[class].defect_id(number),
                scope,
                severity,
                hidden_user_days: line.between(5, 0.0, 1e15)?,
                fix_days: line.between(6, 0.0, 1e6)?,
                begins: None,
            })
        })
    }

    /// Two lines that exclude each other.
    fn clash(&self, name: &str, lines: (u64, u64), what: &str) -> NotRead {
        let (path, first, second) = (self.path(name), lines.0.min(lines.1), lines.0.max(lines.1));
        NotRead(format!(
            "{}:{second}: clashes with line {first}; {what}",
            path.display()
        ))
    }

    fn absences(&self, dates: (i64, i64)) -> Result<Vec<Absence>, NotRead> {
        let days = self.user_days(
            "absences.csv",
            ABSENCE_HEADER,
            dates,
            "a user is absent on a date once",
        )?;
        let absence = |(date, user)| Absence { user, date };
        Ok(days.into_iter().map(absence).collect())
    }

    /// Who joins or leaves. Dates far beyond any horizon are as good as never.
    fn stays(&self) -> Result<Vec<(UserId, Stay)>, NotRead> {
        let residents = self.facts.residents() as UserId;
        let mut before = None;
        self.table("stays.csv", STAY_HEADER, |line| {
            let user = self.user(line, 0)?;
            if Some(user) <= before {
                return Err(line.wrong(0, "users in their order, each once"));
            }
            before = Some(user);
            let joins = user >= residents;
            if joins == line.fields[1].is_empty() {
                let expected = if joins {
                    "a date: somebody who joins"
                } else {
                    "nothing: somebody who is there at the start"
                };
                return Err(line.wrong(1, expected));
            }
            let from = if joins {
                line.between(1, 0, FARTHEST)?
            } else {
                i64::MIN
            };
            let until = if line.fields[2].is_empty() {
                i64::MAX
            } else {
                line.between(2, from.max(0) + 1, FARTHEST)?
            };
            Ok((user, Stay { from, until }))
        })
    }

    fn remote_days(&self, dates: (i64, i64)) -> Result<Vec<RemoteDay>, NotRead> {
        let once = "a user is outside the office on a date once";
        let days = self.user_days("remote.csv", REMOTE_HEADER, dates, once)?;
        let remote_day = |(date, user)| RemoteDay { user, date };
        Ok(days.into_iter().map(remote_day).collect())
    }

    /// Lines of a user and a date, by date and user; each is there once.
    fn user_days(
        &self,
        name: &str,
        header: &[&str],
        dates: (i64, i64),
        once: &str,
    ) -> Result<Vec<(i64, UserId)>, NotRead> {
        let mut rows: Vec<((i64, UserId), u64)> = self.table(name, header, |line| {
            let user = self.user(line, 0)?;
            Ok(((line.between(1, dates.0, dates.1)?, user), line.number))
        })?;
        rows.sort_unstable();
        for pair in rows.windows(2) {
            if pair[0].0 == pair[1].0 {
                return Err(self.clash(name, (pair[0].1, pair[1].1), once));
            }
        }
        Ok(rows.into_iter().map(|(day, _)| day).collect())
    }

    /// Series, and their attendees in the same order.
    fn meetings(&self) -> Result<(Vec<Series>, Vec<UserId>), NotRead> {
        let mut attendees = 0_u32;
        let mut before = None;
        let mut seen = BTreeSet::new();
        let series = self.table("series.csv", SERIES_HEADER, |line| {
            let series = self.series(line, attendees)?;
            let place = Some((series.created, series.id));
            if place <= before {
                return Err(line.wrong(2, "lines in the order of created_ms, organiser and number"));
            }
            before = place;
            if !seen.insert(series.id) {
                return Err(line.wrong(1, "a number that no other series of the organiser has"));
            }
            attendees = attendees
                .checked_add(series.attendee_count.into())
                .ok_or_else(|| line.wrong(7, "fewer attendees in all the file"))?;
            Ok(series)
        })?;
        let mut owners = series
            .iter()
            .flat_map(|series| std::iter::repeat_n(series.id, usize::from(series.attendee_count)));
        let mut owner = None;
        let mut invited = BTreeSet::new();
        let people = self.table("attendees.csv", ATTENDEE_HEADER, |line| {
            let id = SeriesId {
                organiser: self.user(line, 0)?,
                number: line.parse(1)?,
            };
            if owners.next() != Some(id) {
                return Err(line.wrong(
                    0,
                    "the series in the order of series.csv, each as often as it has attendees",
                ));
            }
            if owner != Some(id) {
                owner = Some(id);
                invited.clear();
            }
            let user = self.user(line, 2)?;
            if user == id.organiser {
                return Err(line.wrong(2, "somebody other than the organiser"));
            }
            if !invited.insert(user) {
                return Err(line.wrong(2, "everybody once in a series"));
            }
            Ok(user)
        })?;
        let people = self.complete("attendees.csv", people, attendees as usize)?;
        Ok((series, people))
    }

    fn series(&self, line: &Line<'_>, attendees: u32) -> Result<Series, NotRead> {
        let series = Series {
            id: SeriesId {
                organiser: self.user(line, 0)?,
                number: line.parse(1)?,
            },
            created: line.time(2)?,
            first: line.time(3)?,
            period: Span(line.between(4, 0, FARTHEST)?),
            occurrences: line.between(5, 1, u32::MAX)?,
            duration: Span(line.between(6, 1, LONGEST_MEETING)?),
            attendees,
            attendee_count: line.parse(7)?,
            anonymous: line.parse(8)?,
            federated: line.parse(9)?,
            guests_with_browser: line.parse(10)?,
            kind: line.word(11, &KINDS)?,
            category: line.word(12, &CATEGORIES)?,
            dial_in: line.parse(13)?,
        };
        if series.created > series.first {
            return Err(line.wrong(2, "an instant that is not after first_ms"));
        }
        if series.period > Span::ZERO && series.period < Span::DAY {
            return Err(line.wrong(4, &format!("0 or at least a day, {}", Span::DAY.0)));
        }
        if series.period == Span::ZERO && series.occurrences > 1 {
            return Err(line.wrong(5, "1, as period_ms is 0"));
        }
        let length = i128::from(series.period.0) * i128::from(series.occurrences - 1);
        if i128::from(series.first.0) + length > i128::from(FARTHEST_END) {
            return Err(line.wrong(5, "fewer occurrences"));
        }
        if series.category == Category::AdHoc
            && (series.period > Span::ZERO || series.created != series.first)
        {
            return Err(line.wrong(12, "another word: ad_hoc takes place once, when it is created"));
        }
        let guests = u32::from(series.anonymous) + u32::from(series.federated);
        if guests > u32::from(u16::MAX) {
            return Err(line.wrong(9, &format!("at most {} guests in all", u16::MAX)));
        }
        if u32::from(series.guests_with_browser) > guests {
            return Err(line.wrong(10, &format!("at most {guests}, the guests")));
        }
        Ok(series)
    }
}
