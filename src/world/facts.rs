//! The fixed facts of a scenario that world and plan rest on.

use super::{
    Calendar, ClientId, Edges, Kind, Parameter, PoolId, Profile, ScriptedOutage, Series, ServerId, SiteId,
    UserId,
};
use crate::kernel::{Span, Time};
use crate::letters;
use std::sync::Arc;

/// A person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct User {
    /// Stable name (sign-in name); unique.
    pub name: String,
    /// Stable id for keyed draws: [`entity_id`](crate::kernel::random::entity_id) of the name.
    pub id: u64,
    /// Where the person works.
    pub site: SiteId,
    /// Index in [`Facts::departments`].
    pub department: u32,
    /// Index in [`Facts::teams`].
    pub team: u32,
    /// Home pool at the start.
    pub pool: PoolId,
    /// Client release at the start.
    pub client: ClientId,
    /// People of one group move together; `None` moves alone.
    pub group: Option<u32>,
}

/// A pool of front ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pool {
    /// Stable name; unique.
    pub name: String,
    /// Stable id for keyed draws.
    pub id: u64,
    /// Server release.
    pub server: ServerId,
    /// Where it stands.
    pub site: SiteId,
    /// Number of front ends.
    pub front_ends: u32,
    /// The pool that takes its users over when this one fails; the pair of that pool is this one.
    pub pair: Option<PoolId>,
}

/// Who writes to whom, as compressed rows: the contacts of user `u` are `to[start[u]..start[u + 1]]`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Contacts {
    /// First contact of each user, and the end; length users + 1.
    pub start: Vec<u32>,
    /// Contacts, ascending within a user, without repeats or the user.
    pub to: Vec<UserId>,
}

/// How meetings arise. Rates and shares that may be uncertain are [`Parameter`]s; this is the rest.
#[derive(Clone, PartialEq, Debug)]
pub struct MeetingModel {
    /// Starting occurrences (or created one-time meetings) per user and calendar day, if the scenario states the
    /// rate itself; otherwise the rate follows from the concurrency.
    pub starts_per_user_day: Option<f64>,
    /// Sizes (people, share), organiser and externals included; shares add up to one.
    pub sizes: Vec<(u32, f64)>,
    /// Durations (minutes, share).
    pub durations: Vec<(f64, f64)>,
    /// Weights of the levels team, department, site, everyone (each includes the inner ones).
    pub levels: [f64; 4],
    /// Are calendars alive at time zero?
    pub warm_start: bool,
    /// Starts are rounded down to multiples of this many minutes; 0 = not rounded.
    pub grid_minutes: u32,
    /// Weeks between occurrences of a series are 1; number of occurrences uniform between these.
    pub occurrences: (u32, u32),
}

/// Meetings told by the scenario, the same in every world. Worlds share them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListedCalendar {
    /// The series, sorted by (created, organiser, number).
    pub series: Arc<[Series]>,
    /// Attendees of all series; [`Series::attendees`] is the first one's place here.
    pub attendees: Arc<[UserId]>,
}

/// What chance decided once for each person.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Traits {
    /// Share of the working time spent outside the office, 0..=1.
    pub remote_share: f64,
    /// Can this person join by browser?
    pub browser: bool,
    /// Number of machines, at least one; the first is the one used in meetings.
    pub machines: u8,
    /// Factor on the tickets that this person opens; mean 1.
    pub proneness: f64,
}

/// What chance decided once for each machine.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Machine {
    /// Its user.
    pub user: UserId,
    /// From 0 within the user.
    pub number: u8,
    /// Time from being told to install until it is ready where installs are pushed, in working days of the site (or days on a
    /// flat calendar); [`NEVER`](super::lag::NEVER) if only a technician does it.
    pub lag_days: f64,
    /// The same where people install at will, in calendar days; [`NEVER`](super::lag::NEVER) if this one never does.
    pub voluntary_days: f64,
}

/// Everything about a scenario that neither chance nor a plan changes.
#[derive(Clone, PartialEq, Debug)]
pub struct Facts {
    /// Stable name of the scenario.
    pub name: String,
    /// Title shown to people.
    pub title: String,
    /// Start date, sites, horizon.
    pub calendar: Calendar,
    /// Compatibility profile.
    pub profile: Profile,
    /// Department names.
    pub departments: Vec<String>,
    /// Team names.
    pub teams: Vec<String>,
    /// Pools, legacy and new.
    pub pools: Vec<Pool>,
    /// People who are there at time zero, sorted by name (see [`letters::compare`]); behind them those who may join, in the order in which they do.
    pub users: Vec<User>,
    /// How many of them may join.
    pub joiners: usize,
    /// Do people join and leave?
    pub turnover: bool,
    /// The communication graph, when there is one; otherwise attendees come from nested levels.
    pub contacts: Option<Contacts>,
    /// How meetings arise.
    pub meetings: MeetingModel,
    /// Every parameter of the rules, indexed by [`Setting`](super::Setting).
    pub parameters: Vec<Parameter>,
    /// Outages told by the scenario.
    pub outages: Vec<ScriptedOutage>,
    /// Configuration faults to be expected on the new side.
    pub faults: Vec<super::FaultModel>,
    /// Applications beside the meetings.
    pub applications: Vec<super::Application>,
    /// Kinds of defects that the new release may have.
    pub defects: Vec<super::DefectClass>,
    /// A calendar read from a file instead of generated.
    pub calendar_file: Option<ListedCalendar>,
    /// What the help desk has to do beside the migration; `None`: nothing.
    pub background: Option<super::Background>,
    /// How people outside the office come in; `None`: by ways that never fail.
    pub edges: Option<Edges>,
    /// From this instant, the end of its last day with support, nobody supports the old side any longer.
    pub unsupported_from: Option<Time>,
}

impl Facts {
    /// How many people are there at time zero. They come first among the users.
    pub fn residents(&self) -> usize {
        self.users.len() - self.joiners
    }

    /// The user of a name, in capitals or small letters.
    pub fn user_named(&self, name: &str) -> Option<UserId> {
        let (residents, joiners) = self.users.split_at(self.residents());
        let find = |users: &[User]| {
            users
                .binary_search_by(|user| letters::compare(&user.name, name))
                .ok()
                .or_else(|| {
                    // People with keys of their own are in the order of those.
                    let in_order =
                        |one: &User, other: &User| letters::compare(&one.name, &other.name).is_le();
                    let is_it = |user: &User| letters::compare(&user.name, name).is_eq();
                    (!users.is_sorted_by(in_order))
                        .then(|| users.iter().position(is_it))
                        .flatten()
                })
        };
        let found = find(residents).or_else(|| Some(residents.len() + find(joiners)?));
        found.map(|user| user as UserId)
    }

    /// The date at an instant where a person works, in days since the scenario's start date.
    pub fn date_of(&self, user: UserId, at: Time) -> i64 {
        self.calendar.sites[usize::from(self.users[user as usize].site)].date(at)
    }

    /// Does a slot of a series that starts then fall out? Those of a series that repeats do on days off at the organiser's
    /// site; who invites to a single meeting means that day.
    pub fn falls_out(&self, series: &Series, start: Time) -> bool {
        let organiser = series.id.organiser;
        let site = &self.calendar.sites[usize::from(self.users[organiser as usize].site)];
        series.period > Span::ZERO && !site.is_working_day(site.date(start))
    }

    /// Server release of a pool.
    pub fn release(&self, pool: PoolId) -> ServerId {
        self.pools[usize::from(pool)].server
    }

    /// Has support of the old side ended at an instant?
    pub fn is_unsupported(&self, at: Time) -> bool {
        self.unsupported_from.is_some_and(|from| at >= from)
    }

    /// Is this pool on the side being retired?
    pub fn is_legacy(&self, pool: PoolId) -> bool {
        self.profile.servers[usize::from(self.release(pool))].legacy
    }

    /// Users that a pool carries: users per front end times front ends.
    pub fn capacity(&self, pool: PoolId) -> u64 {
        let pool = &self.pools[usize::from(pool)];
        u64::from(self.profile.servers[usize::from(pool.server)].users_per_front_end)
            * u64::from(pool.front_ends)
    }

    /// The format in which a user of `pool` with `client` creates a meeting.
    pub fn creates(&self, client: ClientId, pool: PoolId, kind: Kind) -> Option<super::FormatId> {
        self.profile.creates(client, self.release(pool), kind)
    }
}
