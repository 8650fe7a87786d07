//! A world as plain tables, and back.
//!
//! The tables hold every draw that the world itself makes, so a world made from them equals the original whatever
//! its key; the key is still needed for draws made while simulating.

use super::draw::{Source, starts};
use super::index::Index;
use super::outages::in_simulated_time;
use super::presence::{self, Presence};
use super::remote::Remote;
use super::turnover::{Stay, Stays};
use super::{Defect, Facts, Fault, ListedCalendar, Machine, Outage, Series, Traits, UserId, Window, World};
use crate::kernel::{Key, Time};
use std::sync::Arc;

/// A date on which a user is not active.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Absence {
    /// The user.
    pub user: UserId,
    /// Days since the scenario's start date, in the user's own time zone.
    pub date: i64,
}

/// A date on which a user is outside the office.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct RemoteDay {
    /// The user.
    pub user: UserId,
    /// Days since the scenario's start date, in the user's own time zone.
    pub date: i64,
}

/// Every draw of a world as rows.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Tables {
    /// Parameter values, indexed by [`Setting`](super::Setting).
    pub values: Vec<f64>,
    /// Traits by user.
    pub traits: Vec<Traits>,
    /// Machines by user and number.
    pub machines: Vec<Machine>,
    /// Times that parts are down, sorted.
    pub outages: Vec<Outage>,
    /// Defects by class and number.
    pub defects: Vec<Defect>,
    /// Everyday tickets at the help desk, by day; empty if there are none.
    pub background: Vec<u32>,
    /// Configuration faults.
    pub faults: Vec<Fault>,
    /// Series by (created, id).
    pub series: Vec<Series>,
    /// Attendees of all series; `Series::attendees` is the first one's place here.
    pub attendees: Vec<UserId>,
    /// First and last date that the absences cover.
    pub dates: (i64, i64),
    /// Absences by date and user.
    pub absences: Vec<Absence>,
    /// Who comes or leaves, by user; other residents stay, and other joiners never come.
    pub stays: Vec<(UserId, Stay)>,
    /// Days outside the office by date and user; none where there is no edge.
    pub remote_days: Vec<RemoteDay>,
}

impl World {
    /// All draws of this world. Reads the whole calendar.
    pub fn tables(&self) -> Tables {
        let before = self.facts.calendar.dates_before();
        let mut tables = Tables {
            values: self.values.clone(),
            traits: self.traits.clone(),
            machines: self.machines.clone(),
            outages: self.outages.clone(),
            defects: self.defects.clone(),
            background: self.background.clone(),
            faults: self.faults.clone(),
            stays: self.comings_and_goings(),
            dates: (-before, -before - 1),
            ..Tables::default()
        };
        let mut reader = self.reader();
        while let Some(window) = reader.next() {
            tables.add_series(window);
            tables.add_absences(window, self);
        }
        tables
    }

    fn comings_and_goings(&self) -> Vec<(UserId, Stay)> {
        (0..self.facts.users.len() as UserId)
            .map(|user| (user, self.stay(user)))
            .filter(|&(user, stay)| stay != Stays::unless_told(&self.facts, user))
            .collect()
    }

    /// The world that the tables hold. `facts` must be those of the world that was exported.
    pub fn from_tables(facts: Arc<Facts>, key: Key, tables: Tables) -> World {
        let presence = presence_of(&facts, &tables);
        let remote = remote_of(&facts, &tables);
        let mut rows: Vec<Stay> = (0..facts.users.len() as UserId)
            .map(|user| Stays::unless_told(&facts, user))
            .collect();
        for &(user, stay) in &tables.stays {
            rows[user as usize] = stay;
        }
        let stays = Stays::new(rows, &facts);
        let horizon = facts.calendar.horizon;
        World {
            key,
            machine_start: starts(&tables.machines, facts.users.len()),
            values: tables.values,
            traits: tables.traits,
            machines: tables.machines,
            outages: within(tables.outages, horizon),
            defects: tables.defects,
            background: tables.background,
            faults: tables.faults,
            index: Arc::new(Index::new(&facts)),
            source: Source::Listed(ListedCalendar {
                series: tables.series.into(),
                attendees: tables.attendees.into(),
            }),
            presence,
            remote,
            stays,
            facts,
        }
    }
}

impl Tables {
    fn add_series(&mut self, window: &Window) {
        for slot in window.created.clone() {
            let series = &window.series[slot as usize];
            let attendees = self.attendees.len() as u32;
            self.attendees.extend_from_slice(window.attendees_of(series));
            self.series.push(Series { attendees, ..*series });
        }
    }

    /// Absences are of people who are employed.
    fn add_absences(&mut self, window: &Window, world: &World) {
        let users = world.facts.users.len() as UserId;
        let last = window.first_date + (window.active.len() / window.words_per_date.max(1)) as i64 - 1;
        for date in self.dates.1 + 1..=last {
            let absent =
                (0..users).filter(|&user| !window.is_active(user, date) && world.stays.covers(user, date));
            self.absences.extend(absent.map(|user| Absence { user, date }));
            let remote = (0..users).filter(|&user| window.is_remote(user, date));
            self.remote_days
                .extend(remote.map(|user| RemoteDay { user, date }));
        }
        self.dates.1 = last;
    }
}

/// Outages as a world has them: the part that lies in the simulated time.
fn within(outages: Vec<Outage>, horizon: Time) -> Vec<Outage> {
    let cut = |outage: Outage| {
        let (down, up) = in_simulated_time((outage.down, outage.up), horizon)?;
        Some(Outage { down, up, ..outage })
    };
    outages.into_iter().filter_map(cut).collect()
}

fn remote_of(facts: &Facts, tables: &Tables) -> Remote {
    if tables.remote_days.is_empty() {
        return Remote::Nobody;
    }
    let (first_date, last_date) = tables.dates;
    let words = presence::words(facts);
    let mut rows = vec![0_u64; words * (last_date - first_date + 1).max(0) as usize];
    for day in &tables.remote_days {
        // A day outside the covered dates says nothing about the world.
        let row = usize::try_from(day.date - first_date).unwrap_or(usize::MAX);
        let at = row.saturating_mul(words).saturating_add(day.user as usize / 64);
        if let Some(word) = rows.get_mut(at) {
            *word |= 1 << (day.user % 64);
        }
    }
    Remote::Listed { first_date, rows }
}

fn presence_of(facts: &Facts, tables: &Tables) -> Presence {
    if tables.absences.is_empty() {
        return Presence::Everyone;
    }
    let (first_date, last_date) = tables.dates;
    let words = presence::words(facts);
    let mut rows = Vec::new();
    Presence::Everyone.fill(
        facts,
        Key {
            seed: 0,
            replication: 0,
        },
        &mut presence::Blocks::default(),
        (first_date, last_date),
        &mut rows,
    );
    for absence in &tables.absences {
        // An absence outside the covered dates says nothing about the world.
        let row = usize::try_from(absence.date - first_date).unwrap_or(usize::MAX);
        let at = row
            .saturating_mul(words)
            .saturating_add(absence.user as usize / 64);
        if let Some(word) = rows.get_mut(at) {
            *word &= !(1 << (absence.user % 64));
        }
    }
    Presence::Listed { first_date, rows }
}
