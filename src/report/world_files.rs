//! A world as CSV files, and back: replaying the files gives the same outcome as replaying the world.
//!
//! People and pools are named; instants are milliseconds since the scenario's start; numbers are written with the
//! fewest digits that give the same bits back. A value in a file wins over the key.

use super::files::{NotWritten, at, check_is_ours, replace_directory};
use super::tables_csv::field;
use crate::kernel::{Key, Span, Time};
use crate::world::parameter::DEFINITIONS;
use crate::world::{
    Absence, Category, Facts, Kind, Machine, Outage, Part, PoolId, RemoteDay, Series, SeriesId, Side, SiteId,
    Tables, Traits, UserId, World,
};
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

/// The file that every exported world has.
const KEY: &str = "key.csv";

const KEY_HEADER: &[&str] = &["seed", "replication", "users", "days", "first_date", "last_date"];
const PARAMETER_HEADER: &[&str] = &["key", "value", "unit"];
const TRAITS_HEADER: &[&str] = &["user", "remote_share", "browser", "machines"];
const MACHINE_HEADER: &[&str] = &["user", "number", "lag_days"];
const OUTAGE_HEADER: &[&str] = &["down_ms", "up_ms", "part", "name", "front_end"];
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

/// Writes a world into a directory, which is created or, if it holds an exported world, replaced.
///
/// # Errors
/// If the directory holds anything else, or cannot be written.
pub fn write(world: &World, dir: &Path) -> Result<(), NotWritten> {
    check_is_ours(dir, KEY)?;
    let tables = world.tables();
    replace_directory(dir, |dir| {
        let out = Out {
            dir,
            facts: &world.facts,
        };
        out.key(world.key, &tables)?;
        out.parameters(&tables)?;
        out.people(&tables)?;
        out.outages(&tables)?;
        out.meetings(&tables)?;
        out.absences(&tables)?;
        out.remote_days(&tables)
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

    fn people(&self, tables: &Tables) -> Result<(), NotWritten> {
        let traits = (0..).zip(&tables.traits).map(|(user, traits)| {
            let (share, browser) = (field(Some(traits.remote_share)), traits.browser.to_string());
            vec![self.user(user), share, browser, traits.machines.to_string()]
        });
        self.table("traits.csv", TRAITS_HEADER, traits)?;
        let machines = tables.machines.iter().map(|machine| {
            vec![
                self.user(machine.user),
                machine.number.to_string(),
                field(Some(machine.lag_days)),
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

    fn remote_days(&self, tables: &Tables) -> Result<(), NotWritten> {
        let lines = tables
            .remote_days
            .iter()
            .map(|day| vec![self.user(day.user), day.date.to_string()]);
        self.table("remote.csv", REMOTE_HEADER, lines)
    }
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

fn word<T: PartialEq>(words: &[(&'static str, T)], value: T) -> &'static str {
    words
        .iter()
        .find(|(_, one)| *one == value)
        .map_or("", |(word, _)| word)
}

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
    let tables = Tables {
        values: input.parameters()?,
        traits: input.traits()?,
        machines: input.machines()?,
        outages: input.outages()?,
        dates,
        absences: input.absences()?,
        remote_days: input.remote_days()?,
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

    fn time(&self, column: usize) -> Result<Time, NotRead> {
        Ok(Time(self.parse(column)?))
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
        let mut file = csv::Reader::from_path(&path).map_err(failed)?;
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
        let name = &line.fields[column];
        let found = self
            .facts
            .users
            .binary_search_by(|user| user.name.as_str().cmp(name));
        found
            .map(|user| user as UserId)
            .map_err(|_| line.wrong(column, "a user of the scenario"))
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
            Ok((key, (line.parse(4)?, line.parse(5)?)))
        })?;
        let path = self.path(KEY);
        keys.first()
            .copied()
            .ok_or_else(|| NotRead(format!("{}: has no line", path.display())))
    }

    fn parameters(&self) -> Result<Vec<f64>, NotRead> {
        let mut expected = DEFINITIONS.iter();
        let values = self.table("parameters.csv", PARAMETER_HEADER, |line| match expected.next() {
            Some(definition) if definition.key == &line.fields[0] => line.parse(1),
            Some(definition) => Err(line.wrong(0, definition.key)),
            None => Err(line.wrong(0, "no further line")),
        })?;
        self.complete("parameters.csv", values, DEFINITIONS.len())
    }

    /// Refuses a table with too few lines.
    fn complete<T>(&self, name: &str, rows: Vec<T>, expected: usize) -> Result<Vec<T>, NotRead> {
        if rows.len() == expected {
            return Ok(rows);
        }
        let path = self.path(name);
        Err(NotRead(format!(
            "{}: has {} lines, expected {expected}",
            path.display(),
            rows.len()
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
                remote_share: line.parse(1)?,
                browser: line.parse(2)?,
                machines: line.parse(3)?,
            })
        })?;
        self.complete("traits.csv", rows, self.facts.users.len())
    }

    fn machines(&self) -> Result<Vec<Machine>, NotRead> {
        let mut before = None;
        self.table("machines.csv", MACHINE_HEADER, |line| {
            let machine = Machine {
                user: self.user(line, 0)?,
                number: line.parse(1)?,
                lag_days: line.parse(2)?,
            };
            let place = Some((machine.user, machine.number));
            if place <= before {
                return Err(line.wrong(0, "lines in the order of user and number"));
            }
            before = place;
            Ok(machine)
        })
    }

    fn outages(&self) -> Result<Vec<Outage>, NotRead> {
        let mut outages = self.table("outages.csv", OUTAGE_HEADER, |line| {
            Ok(Outage {
                down: line.time(0)?,
                up: line.time(1)?,
                part: self.part(line)?,
            })
        })?;
        outages.sort_unstable();
        Ok(outages)
    }

    fn part(&self, line: &Line<'_>) -> Result<Part, NotRead> {
        match &line.fields[2] {
            "front_end" => Ok(Part::FrontEnd(self.pool(line, 3)?, line.parse(4)?)),
            "back_end" => Ok(Part::BackEnd(self.pool(line, 3)?)),
            "site" => self.site(line, 3).map(Part::Site),
            "edge" => {
                let words = Side::ALL.map(|side| (side.word(), side));
                line.word(3, &words).map(Part::Edge)
            }
            _ => Err(line.wrong(2, "front_end or back_end or site or edge")),
        }
    }

    fn remote_days(&self) -> Result<Vec<RemoteDay>, NotRead> {
        self.table("remote.csv", REMOTE_HEADER, |line| {
            Ok(RemoteDay {
                user: self.user(line, 0)?,
                date: line.parse(1)?,
            })
        })
    }

    fn absences(&self) -> Result<Vec<Absence>, NotRead> {
        self.table("absences.csv", ABSENCE_HEADER, |line| {
            Ok(Absence {
                user: self.user(line, 0)?,
                date: line.parse(1)?,
            })
        })
    }

    /// Series, and their attendees in the same order.
    fn meetings(&self) -> Result<(Vec<Series>, Vec<UserId>), NotRead> {
        let mut attendees = 0;
        let mut owners = Vec::new();
        let series = self.table("series.csv", SERIES_HEADER, |line| {
            let series = self.series(line, attendees)?;
            attendees += u32::from(series.attendee_count);
            owners.extend(std::iter::repeat_n(series.id, usize::from(series.attendee_count)));
            Ok(series)
        })?;
        let mut owners = owners.into_iter();
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
            self.user(line, 2)
        })?;
        let people = self.complete("attendees.csv", people, attendees as usize)?;
        Ok((series, people))
    }

    fn series(&self, line: &Line<'_>, attendees: u32) -> Result<Series, NotRead> {
        Ok(Series {
            id: SeriesId {
                organiser: self.user(line, 0)?,
                number: line.parse(1)?,
            },
            created: line.time(2)?,
            first: line.time(3)?,
            period: Span(line.parse(4)?),
            occurrences: line.parse(5)?,
            duration: Span(line.parse(6)?),
            attendees,
            attendee_count: line.parse(7)?,
            anonymous: line.parse(8)?,
            federated: line.parse(9)?,
            guests_with_browser: line.parse(10)?,
            kind: line.word(11, &KINDS)?,
            category: line.word(12, &CATEGORIES)?,
            dial_in: line.parse(13)?,
        })
    }
}
