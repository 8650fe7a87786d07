//! The recount itself: own state from the lines that tell of changes, every verdict derived again.

use crate::rules::{Rules, Way};
use crate::service::{Failover, Hours, Stage};
use coexist::world::{Category, Facts, Part, Series, Setting, Side, Tables};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) type Counts = BTreeMap<&'static str, i64>;
type Result<T> = std::result::Result<T, String>;

const MINUTE: f64 = 60_000.0;
const DAY: i64 = 86_400_000;

/// A line of the log.
struct Line<'a> {
    at: i64,
    event: &'a str,
    subject: &'a str,
    from: &'a str,
    to: &'a str,
    cause: &'a str,
    detail: &'a str,
}

impl Line<'_> {
    fn number(&self, key: &str) -> Result<i64> {
        let mut pairs = self.detail.split(';').filter_map(|pair| pair.split_once('='));
        let text = pairs
            .find(|pair| pair.0 == key)
            .ok_or_else(|| format!("no {key} in {}", self.detail))?
            .1;
        text.parse().map_err(|_| format!("{key} is {text}"))
    }
}

#[derive(Clone, Copy, PartialEq, Debug)]
struct SeriesState {
    created: bool,
    alive: bool,
    format: Option<usize>,
    killed_by: &'static str,
}

/// What a meeting that takes place may still lose.
struct Running {
    series: usize,
    number: u32,
    end: i64,
    pool: usize,
    joined: i64,
    reduced: i64,
    format: Option<usize>,
}

#[derive(Default)]
struct People {
    expected: i64,
    blocked: i64,
    reduced: i64,
    legacy: bool,
    new: bool,
}

impl People {
    fn add(&mut self, way: Way) {
        self.expected += 1;
        self.blocked += i64::from(way == Way::Blocked);
        self.reduced += i64::from(way == Way::Reduced);
    }
}

pub(crate) struct Book<'a> {
    facts: &'a Facts,
    rules: &'a Rules,
    tables: &'a Tables,
    users: BTreeMap<&'a str, usize>,
    pools: BTreeMap<&'a str, usize>,
    /// Release of each pool as a server of the rules.
    server: Vec<usize>,
    series_at: BTreeMap<(usize, u32), usize>,
    series_of: Vec<Vec<usize>>,
    /// By date since the first of the tables: is each user away?
    away: Vec<Vec<bool>>,
    /// Slots that take place before the horizon and have not been judged.
    awaited: Vec<Vec<bool>>,
    home: Vec<usize>,
    client: Vec<Vec<usize>>,
    interrupted_until: Vec<Option<i64>>,
    up: Vec<Vec<bool>>,
    serving: Vec<bool>,
    back_end_up: Vec<bool>,
    site_up: Vec<bool>,
    pub(crate) failover: Vec<Failover>,
    /// Edges that are down: legacy, new.
    edge_down: [bool; 2],
    /// Have the new pools an edge of their own?
    own_edge: bool,
    remote: BTreeSet<(u32, i64)>,
    hours: Hours,
    /// Time after which a strategy decides that a pair takes over, in ms.
    failover_after: Option<i64>,
    state: Vec<SeriesState>,
    running: Vec<Running>,
    /// Lines that must follow at this instant, in any order.
    due: Vec<String>,
    due_at: i64,
    pub(crate) counts: Counts,
}

impl<'a> Book<'a> {
    pub(crate) fn new(facts: &'a Facts, rules: &'a Rules, tables: &'a Tables, strategy: &str) -> Book<'a> {
        let place = |names: &[String], name: &str| names.iter().position(|known| known == name).expect(name);
        let users = facts.users.len();
        let server = facts
            .pools
            .iter()
            .map(|pool| {
                place(
                    &rules.servers,
                    &facts.profile.servers[usize::from(pool.server)].name,
                )
            })
            .collect();
        let client_of = |user: usize| {
            let name = &facts.profile.clients[usize::from(facts.users[user].client)].name;
            place(&rules.clients, name)
        };
        let mut client: Vec<Vec<usize>> = vec![Vec::new(); users];
        for machine in &tables.machines {
            client[machine.user as usize].push(client_of(machine.user as usize));
        }
        let mut series_of = vec![Vec::new(); users];
        let mut series_at = BTreeMap::new();
        for (index, series) in tables.series.iter().enumerate() {
            series_at.insert((series.id.organiser as usize, series.id.number), index);
            if series.category != Category::AdHoc {
                series_of[series.id.organiser as usize].push(index);
            }
        }
        let mut away = vec![vec![false; users]; (tables.dates.1 - tables.dates.0 + 1) as usize];
        for absence in &tables.absences {
            away[(absence.date - tables.dates.0) as usize][absence.user as usize] = true;
        }
        let new = SeriesState {
            created: false,
            alive: false,
            format: None,
            killed_by: "",
        };
        let mut book = Book {
            users: facts
                .users
                .iter()
                .enumerate()
                .map(|(id, user)| (user.name.as_str(), id))
                .collect(),
            pools: facts
                .pools
                .iter()
                .enumerate()
                .map(|(id, pool)| (pool.name.as_str(), id))
                .collect(),
            server,
            series_at,
            series_of,
            away,
            awaited: Vec::new(),
            home: facts.users.iter().map(|user| usize::from(user.pool)).collect(),
            client,
            interrupted_until: vec![None; users],
            up: facts
                .pools
                .iter()
                .map(|pool| vec![true; pool.front_ends as usize])
                .collect(),
            serving: vec![true; facts.pools.len()],
            back_end_up: vec![true; facts.pools.len()],
            site_up: vec![true; facts.calendar.sites.len()],
            failover: vec![Failover::default(); facts.pools.len()],
            edge_down: [false; 2],
            own_edge: rules.own_edge_from_day() == Some(0),
            remote: tables
                .remote_days
                .iter()
                .map(|day| (day.user, day.date))
                .collect(),
            hours: Hours::new(users),
            failover_after: rules
                .failover_after(strategy)
                .map(|minutes| (minutes * MINUTE).round() as i64),
            state: vec![new; tables.series.len()],
            running: Vec::new(),
            due: Vec::new(),
            due_at: i64::MIN,
            counts: Counts::new(),
            facts,
            rules,
            tables,
        };
        (0..users).for_each(|user| book.serve(user, 0));
        book.awaited = tables.series.iter().map(|series| book.slots_of(series)).collect();
        book
    }

    fn value(&self, setting: Setting) -> f64 {
        self.tables.values[setting as usize]
    }

    fn horizon(&self) -> i64 {
        self.facts.calendar.horizon.0
    }

    fn count(&mut self, name: &'static str, by: i64) {
        *self.counts.entry(name).or_default() += by;
    }

    /// The organiser's local date, in days since the scenario's start date.
    fn date(&self, series: &Series, at: i64) -> i64 {
        let user = &self.facts.users[series.id.organiser as usize];
        (at + self.facts.calendar.sites[usize::from(user.site)].offset.0).div_euclid(DAY)
    }

    fn attendees(&self, series: &Series) -> &'a [u32] {
        &self.tables.attendees[series.attendees as usize..][..usize::from(series.attendee_count)]
    }

    fn is_away(&self, user: u32, date: i64) -> bool {
        usize::try_from(date - self.tables.dates.0)
            .ok()
            .and_then(|row| self.away.get(row))
            .is_some_and(|row| row[user as usize])
    }

    /// Which slots of a series take place before the horizon: not those of recurring series on days off, nor those
    /// for which nobody but the organiser is expected.
    fn slots_of(&self, series: &Series) -> Vec<bool> {
        let site =
            &self.facts.calendar.sites[usize::from(self.facts.users[series.id.organiser as usize].site)];
        (0..series.occurrences)
            .map(|number| {
                let start = series.first.0 + series.period.0 * i64::from(number);
                let date = self.date(series, start);
                let others = series.anonymous + series.federated > 0
                    || self
                        .attendees(series)
                        .iter()
                        .any(|user| !self.is_away(*user, date));
                (0..self.horizon()).contains(&start)
                    && (series.period.0 == 0 || site.is_working_day(date))
                    && others
            })
            .collect()
    }

    /// Reads the whole log.
    pub(crate) fn read(&mut self, log: &[u8]) -> Result<()> {
        let mut file = csv::Reader::from_reader(log);
        let mut record = csv::StringRecord::new();
        let mut seq = 0;
        while file.read_record(&mut record).map_err(|error| error.to_string())? {
            let line = Line {
                at: record[1].parse().map_err(|_| "a time is no number".to_string())?,
                event: &record[3],
                subject: &record[4],
                from: &record[5],
                to: &record[6],
                cause: &record[7],
                detail: &record[8],
            };
            let in_order = record[0] == *seq.to_string();
            seq += 1;
            let done = if in_order {
                self.line(&line)
            } else {
                Err("lines are missing".into())
            };
            done.map_err(|what| format!("{what}\n  at {}", record.iter().collect::<Vec<_>>().join(",")))?;
        }
        self.close()
    }

    fn line(&mut self, line: &Line<'_>) -> Result<()> {
        self.failovers_are_in_time(line.at)?;
        self.change(line)?;
        let all = [
            "pool_up",
            "pool_down",
            "failed_over",
            "failback_started",
            "failed_back",
            "edge_up",
            "edge_down",
            "edge_in_use",
        ];
        let one = ["moved", "interrupted", "served", "installed"];
        if all.contains(&line.event) {
            (0..self.home.len()).for_each(|user| self.serve(user, line.at));
        } else if one.contains(&line.event) {
            let name = line
                .subject
                .rsplit_once(':')
                .map_or(line.subject, |parts| parts.0);
            let user = self.user(if line.event == "installed" {
                name
            } else {
                line.subject
            })?;
            self.serve(user, line.at);
        }
        Ok(())
    }

    /// How a user is served from now on: (in the office, outside it).
    fn serve(&mut self, user: usize, at: i64) {
        let home = self.home[user];
        let host = self.host_of(home);
        let client = self.client[user][0];
        let pair = host != home;
        let interrupted = self.interrupted_until[user].is_some_and(|until| until > at);
        let inside = match self.rules.sign_in(client, self.server[home]) {
            "none" => "stranded",
            _ if !self.serving[host] || interrupted => "outage",
            _ if pair && !self.rules.signs_in_at_the_pair(client) => "outage",
            "full" if !pair => "full",
            _ => "limited",
        };
        let legacy = self.rules.legacy[self.server[home]];
        let outside = match inside {
            "full" | "limited" if self.keeps_out(legacy) => "outage",
            other => other,
        };
        self.hours.change(user, at, [inside, outside]);
    }

    /// Is the edge down by which the pools of a side are reached?
    fn keeps_out(&self, legacy: bool) -> bool {
        self.edge_down[usize::from(!legacy && self.own_edge)]
    }

    /// The pool that serves the users of a pool.
    fn host_of(&self, pool: usize) -> usize {
        match self.failover[pool].stage {
            Stage::Over | Stage::Back => self.pair_of(pool).expect("only pairs fail over"),
            _ => pool,
        }
    }

    fn pair_of(&self, pool: usize) -> Option<usize> {
        let name = self.rules.pair(&self.facts.pools[pool].name)?;
        self.pools.get(name).copied()
    }

    /// No pool is down for longer than the rule says without handing its users over.
    fn failovers_are_in_time(&self, at: i64) -> Result<()> {
        let Some(after) = self.failover_after else {
            return Ok(());
        };
        for pool in 0..self.serving.len() {
            let Some(pair) = self.pair_of(pool) else { continue };
            let own = self.failover[pool];
            let ready = self.serving[pair] && matches!(self.failover[pair].stage, Stage::Own);
            let late = match own.stage {
                Stage::Own => {
                    !self.serving[pool]
                        && ready
                        && (own.stopped + after).max(self.failover[pair].ready_since) < at
                }
                Stage::Ordered => ready && own.done < at,
                Stage::Back => own.done < at,
                Stage::Over => false,
            };
            if late {
                return Err(format!("{} should have failed over", self.facts.pools[pool].name));
            }
        }
        Ok(())
    }

    fn change(&mut self, line: &Line<'_>) -> Result<()> {
        let of_series = ["series_stale", "series_restored", "series_converted", "dropped"];
        if of_series.contains(&line.event) {
            return self.is_due(line);
        }
        if !self.due.is_empty() && (line.at != self.due_at || line.event != "drawn") {
            // Nothing else may come between a change and what follows from it, except what the change itself tells.
            if ![
                "pool_up",
                "pool_down",
                "contacts_lost",
                "failed_over",
                "failed_back",
            ]
            .contains(&line.event)
            {
                return Err(format!("these lines are missing before: {:?}", self.due));
            }
        }
        match line.event {
            "moved" => self.moved(line),
            "interrupted" => {
                let user = self.user(line.subject)?;
                self.interrupted_until[user] = Some(line.at + line.number("length_ms")?);
                Ok(())
            }
            "served" => {
                let user = self.user(line.subject)?;
                let until = self.interrupted_until[user].take();
                if until == Some(line.at) {
                    Ok(())
                } else {
                    Err(format!("the interruption ends at {until:?}"))
                }
            }
            "installed" => self.installed(line),
            "server_down" | "server_up" | "back_end_down" | "back_end_up" | "site_down" | "site_up"
            | "edge_down" | "edge_up" => self.part(line),
            "edge_in_use" => {
                let due = self.rules.own_edge_from_day().map(|day| day * DAY);
                self.own_edge = true;
                if due == Some(line.at) {
                    Ok(())
                } else {
                    Err("the scenario says otherwise".into())
                }
            }
            "failover_ordered" | "failed_over" | "failback_started" | "failed_back" => self.hand_over(line),
            "pool_down" | "pool_up" => self.pool(line),
            "series_created" => self.created(line),
            "series_repaired" => self.repaired(line),
            "judged" => self.judged(line),
            "move_failed" => {
                self.count("moves_failed", 1);
                Ok(())
            }
            "contacts_lost" => {
                self.count("contact_lists_lost", 1);
                Ok(())
            }
            "rollback_ordered" => {
                self.count("rollbacks", 1);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn close(&mut self) -> Result<()> {
        if !self.due.is_empty() {
            return Err(format!("the log ends without {:?}", self.due));
        }
        self.count_hours();
        let horizon = self.horizon();
        for (index, series) in self.tables.series.iter().enumerate() {
            let id = series.id;
            if let Some(slot) = self.awaited[index].iter().position(|awaited| *awaited) {
                return Err(format!("occurrence {slot} of {id:?} was never judged"));
            }
            if self.state[index].created != (series.created.0 < horizon) {
                return Err(format!("{id:?} was not created, or after the horizon"));
            }
            let later = (0..series.occurrences)
                .filter(|number| series.first.0 + series.period.0 * i64::from(*number) >= horizon)
                .count();
            self.count("meetings_pending", later as i64);
        }
        Ok(())
    }

    fn user(&self, name: &str) -> Result<usize> {
        self.users
            .get(name)
            .copied()
            .ok_or_else(|| format!("nobody is called {name}"))
    }

    fn pool_named(&self, name: &str) -> Result<usize> {
        self.pools
            .get(name)
            .copied()
            .ok_or_else(|| format!("no pool is called {name}"))
    }

    /// `organiser#number`
    fn series(&self, name: &str) -> Result<usize> {
        let (user, number) = name
            .rsplit_once('#')
            .ok_or_else(|| format!("{name} is no series"))?;
        let number = number.parse().map_err(|_| format!("{name} has no number"))?;
        let key = (self.user(user)?, number);
        self.series_at
            .get(&key)
            .copied()
            .ok_or_else(|| format!("the world has no series {name}"))
    }

    fn name(&self, series: usize) -> String {
        let id = self.tables.series[series].id;
        format!("{}#{}", self.facts.users[id.organiser as usize].name, id.number)
    }

    fn format_word(&self, format: Option<usize>) -> &str {
        format.map_or("unscheduled", |format| &self.rules.formats[format])
    }

    /// What a line says, as far as it follows from what went before.
    fn say(event: &str, subject: &str, from: &str, to: &str, cause: &str, detail: &str) -> String {
        format!("{event} {subject}: {from} -> {to} {cause} {detail}")
    }

    fn is_due(&mut self, line: &Line<'_>) -> Result<()> {
        let said = Self::say(
            line.event,
            line.subject,
            line.from,
            line.to,
            line.cause,
            line.detail,
        );
        let found = self
            .due
            .iter()
            .position(|due| *due == said && self.due_at == line.at);
        let index =
            found.ok_or_else(|| format!("does not follow; due at {}: {:?}", self.due_at, self.due))?;
        self.due.remove(index);
        Ok(())
    }

    /// The format in which the organiser of a series can make it now.
    fn makes(&self, series: usize) -> Option<usize> {
        let series = &self.tables.series[series];
        let user = series.id.organiser as usize;
        if self.host_of(self.home[user]) != self.home[user] {
            return None;
        }
        self.rules.makes(
            self.client[user][0],
            self.server[self.home[user]],
            series.kind as usize,
        )
    }

    fn moved(&mut self, line: &Line<'_>) -> Result<()> {
        let (user, from, to) = (
            self.user(line.subject)?,
            self.pool_named(line.from)?,
            self.pool_named(line.to)?,
        );
        if self.home[user] != from || from == to {
            return Err(format!(
                "the user is homed on {}",
                self.facts.pools[self.home[user]].name
            ));
        }
        self.home[user] = to;
        let is_back = to == usize::from(self.facts.users[user].pool);
        self.count(
            if is_back {
                "users_rolled_back"
            } else {
                "users_moved"
            },
            1,
        );
        let cause = if self.rules.legacy[self.server[to]] {
            "stale_after_rollback"
        } else {
            "stale_after_move"
        };
        self.due_at = line.at;
        for index in self.series_of[user].clone() {
            self.carry(index, (from, to), cause, line);
        }
        Ok(())
    }

    /// What the move demands of one series: only those matter that can still meet.
    fn carry(&mut self, index: usize, (from, to): (usize, usize), cause: &'static str, line: &Line<'_>) {
        let series = &self.tables.series[index];
        let state = self.state[index];
        let last = series.first.0 + series.period.0 * (i64::from(series.occurrences) - 1);
        let Some(format) = state.format.filter(|_| state.created && last >= line.at) else {
            return;
        };
        let (from, to) = (self.server[from], self.server[to]);
        let carry = self.rules.carry(from, to, format).to_string();
        let forced = line.cause == "pool_outage";
        let name = self.name(index);
        let word = self.format_word(Some(format)).to_string();
        if state.alive && (forced || carry == "stale") {
            (self.state[index].alive, self.state[index].killed_by) = (false, cause);
            self.due
                .push(Self::say("series_stale", &name, &word, "", cause, ""));
        } else if state.alive && carry != "carried" {
            self.state[index].format = self.rules.format(&carry);
            self.due
                .push(Self::say("series_converted", &name, &word, &carry, "", ""));
        } else if !state.alive && state.killed_by != cause && self.rules.restores(from, to, format) {
            self.state[index].alive = true;
            self.due
                .push(Self::say("series_restored", &name, "", &word, "rollback", ""));
        }
    }

    fn installed(&mut self, line: &Line<'_>) -> Result<()> {
        let (user, number) = line.subject.rsplit_once(':').ok_or("no machine")?;
        let (user, number) = (
            self.user(user)?,
            number.parse::<usize>().map_err(|_| "no machine")?,
        );
        let place = |name: &str| self.rules.clients.iter().position(|client| client == name);
        let (from, to) = (place(line.from), place(line.to));
        if from != Some(self.client[user][number]) {
            return Err("the machine had another client".into());
        }
        self.client[user][number] = to.ok_or("no such client")?;
        let first = &self.facts.profile.clients[usize::from(self.facts.users[user].client)].name;
        self.count(
            if line.to == first {
                "clients_downgraded"
            } else {
                "clients_upgraded"
            },
            1,
        );
        Ok(())
    }

    /// Something goes down or comes up, when the world says so.
    fn part(&mut self, line: &Line<'_>) -> Result<()> {
        let down = line.event.ends_with("_down");
        let part = match line.event.rsplit_once('_').map_or("", |parts| parts.0) {
            "server" => {
                let (pool, number) = line.subject.rsplit_once(':').ok_or("no front end")?;
                let number = number.parse::<u32>().map_err(|_| "no front end")?;
                let pool = self.pool_named(pool)?;
                self.up[pool][number as usize] = !down;
                Part::FrontEnd(pool as u16, number)
            }
            "back_end" => {
                let pool = self.pool_named(line.subject)?;
                self.back_end_up[pool] = !down;
                Part::BackEnd(pool as u16)
            }
            "site" => {
                let mut sites = self.facts.calendar.sites.iter();
                let site = sites
                    .position(|site| site.name == line.subject)
                    .ok_or("no site")?;
                self.site_up[site] = !down;
                Part::Site(site as u16)
            }
            _ => {
                let side = usize::from(line.subject == "new");
                self.edge_down[side] = down;
                Part::Edge(Side::ALL[side])
            }
        };
        let is_down = self
            .tables
            .outages
            .iter()
            .any(|outage| outage.part == part && (outage.down.0..outage.up.0).contains(&line.at));
        if is_down == down {
            Ok(())
        } else {
            Err("the world says otherwise".into())
        }
    }

    fn pool(&mut self, line: &Line<'_>) -> Result<()> {
        let pool = self.pool_named(line.subject)?;
        let quorum = self
            .rules
            .serves(self.server[pool], &self.up[pool], self.serving[pool]);
        let site = usize::from(self.facts.pools[pool].site);
        let serves = quorum && self.back_end_up[pool] && self.site_up[site];
        if serves != (line.event == "pool_up") || serves == self.serving[pool] {
            return Err("quorum, back end or site say otherwise".into());
        }
        self.serving[pool] = serves;
        let own = &mut self.failover[pool];
        match (serves, own.stage) {
            (true, Stage::Own | Stage::Ordered) => (own.stage, own.ready_since) = (Stage::Own, line.at),
            (false, Stage::Own) => own.stopped = line.at,
            _ => {}
        }
        if !serves {
            self.cut_off(pool, line.at);
        }
        Ok(())
    }

    /// A pool hands its users over or takes them back, when the rule says so.
    fn hand_over(&mut self, line: &Line<'_>) -> Result<()> {
        let pool = self.pool_named(line.subject)?;
        let pair = self.pair_of(pool).ok_or("a pool without a pair")?;
        let named = if line.to.is_empty() { line.from } else { line.to };
        let own = self.failover[pool];
        let ready = self.serving[pair] && self.failover[pair].stage == Stage::Own;
        let after = self.failover_after.ok_or("nobody decides that here")?;
        let (next, done, is_right) = match line.event {
            "failover_ordered" => {
                let minutes = self.value(Setting::FailoverMinutes);
                let due = (own.stopped + after).max(self.failover[pair].ready_since);
                let in_time = due == line.at && matches!(own.stage, Stage::Own | Stage::Ordered);
                let done = line.at + (minutes * MINUTE).round() as i64;
                (Stage::Ordered, done, in_time && ready && !self.serving[pool])
            }
            "failed_over" => {
                let prepared = own.stage == Stage::Ordered && own.done == line.at && ready;
                let again = own.stage == Stage::Back && !self.serving[pool];
                (Stage::Over, 0, prepared || again)
            }
            "failback_started" => {
                let users = self.home.iter().filter(|home| **home == pool).count() as f64;
                let hours = users / self.value(Setting::FailbackRate);
                let both = self.serving[pool] && self.serving[pair];
                let done = line.at + (hours * 60.0 * MINUTE).round() as i64;
                (Stage::Back, done, own.stage == Stage::Over && both)
            }
            _ => {
                let over = own.stage == Stage::Over && self.serving[pool] && !self.serving[pair];
                let back = own.stage == Stage::Back && (own.done == line.at || !self.serving[pair]);
                (Stage::Own, 0, over || back)
            }
        };
        if !is_right || named != self.facts.pools[pair].name {
            return Err(format!("not now, or not there: {own:?}"));
        }
        if done > 0 && line.number("done_ms")? != done {
            return Err(format!("it is done at {done}"));
        }
        let own = &mut self.failover[pool];
        (own.stage, own.done) = (next, done);
        if next == Stage::Own {
            own.ready_since = line.at;
        }
        Ok(())
    }

    /// Adds up the working time that active people did not have everything.
    fn count_hours(&mut self) {
        let horizon = self.horizon();
        self.hours.close(horizon);
        let stretches = std::mem::take(&mut self.hours.stretches);
        for stretch in stretches {
            let user = stretch.user as u32;
            let site = &self.facts.calendar.sites[usize::from(self.facts.users[stretch.user].site)];
            let offset = site.offset.0;
            for date in (stretch.from + offset).div_euclid(DAY)..=(stretch.to + offset).div_euclid(DAY) {
                if !site.is_working_day(date) || self.is_away(user, date) {
                    continue;
                }
                let midnight = date * DAY - offset;
                let (open, close) = (midnight + site.hours.0.0, midnight + site.hours.1.0);
                let worked = (close.min(stretch.to) - open.max(stretch.from)).max(0);
                let outside = self.remote.contains(&(user, date));
                match stretch.ways[usize::from(outside)] {
                    "limited" => self.count("limited_ms", worked),
                    "stranded" => self.count("stranded_ms", worked),
                    "outage" => self.count("outage_ms", worked),
                    _ => {}
                }
            }
        }
    }

    /// People who had joined lose the rest, up to the fallback time.
    fn cut_off(&mut self, pool: usize, at: i64) {
        self.running.retain(|running| running.end > at);
        let (cut, left): (Vec<Running>, Vec<Running>) = std::mem::take(&mut self.running)
            .into_iter()
            .partition(|running| running.pool == pool);
        self.running = left;
        self.due_at = at;
        let fallback = (self.value(Setting::Fallback) * MINUTE).round() as i64;
        for running in cut {
            let lost = (running.end - at).min(fallback) * running.joined;
            let all_well = running.reduced == 0 && running.joined == self.expected_of(&running);
            self.count(
                if all_well {
                    "meetings_ok"
                } else {
                    "meetings_impaired"
                },
                -1,
            );
            self.count("meetings_dropped", 1);
            self.count("broken_pool_outage", 1);
            self.count("lost_ms", lost);
            let subject = format!("{}/{}", self.name(running.series), running.number);
            let word = self.format_word(running.format).to_string();
            let detail = format!("affected={};lost_ms={lost}", running.joined);
            self.due.push(Self::say(
                "dropped",
                &subject,
                &word,
                "broken",
                "pool_outage",
                &detail,
            ));
        }
    }

    fn expected_of(&self, running: &Running) -> i64 {
        let series = &self.tables.series[running.series];
        let start = series.first.0 + series.period.0 * i64::from(running.number);
        let date = self.date(series, start);
        let internal = self
            .attendees(series)
            .iter()
            .filter(|user| !self.is_away(**user, date))
            .count() as i64;
        1 + internal + i64::from(series.anonymous) + i64::from(series.federated)
    }

    fn created(&mut self, line: &Line<'_>) -> Result<()> {
        let index = self.series(line.subject)?;
        let format = self.makes(index);
        if self.state[index].created || self.tables.series[index].created.0 != line.at {
            return Err("the world says otherwise".into());
        }
        if line.to != self.format_word(format) {
            return Err(format!("it can only be {}", self.format_word(format)));
        }
        self.state[index] = SeriesState {
            created: true,
            alive: true,
            format,
            killed_by: "",
        };
        self.count("series_created", 1);
        Ok(())
    }

    fn repaired(&mut self, line: &Line<'_>) -> Result<()> {
        let index = self.series(line.subject)?;
        let (state, format) = (self.state[index], self.makes(index));
        if !state.created || (state.alive && state.format.is_some()) || format.is_none() {
            return Err(format!("nothing to repair, or no way: {state:?}, {format:?}"));
        }
        if line.from != self.format_word(state.format) || line.to != self.format_word(format) {
            return Err(format!(
                "{} -> {}",
                self.format_word(state.format),
                self.format_word(format)
            ));
        }
        (self.state[index].alive, self.state[index].format) = (true, format);
        self.count("series_repaired", 1);
        Ok(())
    }

    /// How everybody expected joins, if the meeting has a format.
    fn people(&self, index: usize, at: i64) -> People {
        let series = &self.tables.series[index];
        let organiser = series.id.organiser;
        let host = self.server[self.host_of(self.home[organiser as usize])];
        let format = self.state[index].format;
        let phone = format.is_some_and(|format| series.dial_in && self.rules.phone(host, format));
        let web = format.map_or(Way::Blocked, |format| self.rules.web(host, format));
        let date = self.date(series, at);
        let present = self
            .attendees(series)
            .iter()
            .filter(|user| !self.is_away(**user, date));
        let mut people = People::default();
        for &user in std::iter::once(&organiser).chain(present) {
            let id = user as usize;
            let (home, client) = (self.home[id], self.client[id][0]);
            let legacy = self.rules.legacy[self.server[home]];
            let kept_out = self.keeps_out(legacy) && self.remote.contains(&(user, date));
            let served = self.rules.signs_in_fully(client, self.server[home])
                && self.serving[home]
                && self.host_of(home) == home
                && !kept_out
                && self.interrupted_until[id].is_none_or(|until| until <= at);
            let own = match format {
                Some(format) if served => self.rules.joins(client, host, format),
                _ => Way::Blocked,
            };
            let by_web = self.tables.traits[id].browser && web != Way::Blocked && !kept_out;
            let other = by_web || phone;
            people.add(own.max(if other { Way::Reduced } else { Way::Blocked }));
            if legacy {
                people.legacy = true
            } else {
                people.new = true
            }
        }
        // Which guests have a browser matters only while an edge is down: the count starts with another one in
        // each series, anonymous guests before federated ones.
        let guests = u32::from(series.anonymous + series.federated);
        for guest in 0..guests {
            let is_able =
                (guest + series.id.number % guests) % guests < u32::from(series.guests_with_browser);
            let kept_out = if guest < u32::from(series.anonymous) {
                self.keeps_out(self.rules.legacy[host])
            } else {
                self.edge_down[0]
            };
            let by_web = web != Way::Blocked && is_able && !kept_out;
            people.add(match (by_web, phone) {
                (true, _) => web,
                (false, true) => Way::Reduced,
                (false, false) => Way::Blocked,
            });
        }
        people
    }

    /// Was a series arranged too shortly before its pool stopped for the pair to know it?
    fn is_unknown(&self, index: usize) -> bool {
        let series = &self.tables.series[index];
        let home = self.home[series.id.organiser as usize];
        let loss = (self.value(Setting::FailoverLoss) * MINUTE).round() as i64;
        self.host_of(home) != home && series.created.0 > self.failover[home].stopped - loss
    }

    fn verdict(&self, index: usize, people: &People) -> (&'static str, &'static str) {
        let state = self.state[index];
        let organiser = self.tables.series[index].id.organiser as usize;
        let threshold = self.value(Setting::BreakThreshold) * people.expected as f64;
        if state.format.is_none() {
            ("broken", "cannot_schedule")
        } else if !state.alive {
            ("broken", state.killed_by)
        } else if !self.serving[self.host_of(self.home[organiser])] || self.is_unknown(index) {
            ("broken", "pool_outage")
        } else if people.expected - people.blocked < 2 || people.blocked as f64 > threshold {
            ("broken", "attendees_blocked")
        } else if people.blocked + people.reduced > 0 {
            ("impaired", "")
        } else {
            ("ok", "")
        }
    }

    fn judged(&mut self, line: &Line<'_>) -> Result<()> {
        let (name, number) = line.subject.rsplit_once('/').ok_or("no occurrence")?;
        let number: u32 = number.parse().map_err(|_| "no occurrence")?;
        let index = self.series(name)?;
        let series = self.tables.series[index];
        if line.at != series.first.0 + series.period.0 * i64::from(number) {
            return Err("it starts at another time".into());
        }
        let awaited = self.awaited[index].get_mut(number as usize);
        if !awaited.is_some_and(std::mem::take) || !self.state[index].created {
            return Err("it does not take place, or was judged before, or does not exist yet".into());
        }
        let people = self.people(index, line.at);
        let (verdict, cause) = self.verdict(index, &people);
        let lost = self.lost(series.duration.0, verdict, &people);
        let mut said = vec![("expected", people.expected), ("lost_ms", lost)];
        // A meeting that was never scheduled has no format in which anybody could be blocked.
        if self.state[index].format.is_some() {
            said.extend([("blocked", people.blocked), ("reduced", people.reduced)]);
        }
        let same = said
            .iter()
            .map(|(key, value)| Ok(line.number(key)? == *value))
            .collect::<Result<Vec<_>>>()?;
        let format = self.format_word(self.state[index].format);
        if (line.to, line.cause, line.from) != (verdict, cause, format) || same.contains(&false) {
            return Err(format!("recounted: {format} {verdict} {cause} {said:?}"));
        }
        self.count("meetings_judged", 1);
        self.count("lost_ms", lost);
        self.count("mixed_meetings", i64::from(people.legacy && people.new));
        self.count(
            match (verdict, cause) {
                ("ok", _) => "meetings_ok",
                ("impaired", _) => "meetings_impaired",
                (_, "cannot_schedule") => "broken_cannot_schedule",
                (_, "stale_after_rollback") => "broken_stale_after_rollback",
                (_, "stale_after_move") => "broken_stale_after_move",
                (_, "pool_outage") => "broken_pool_outage",
                _ => "broken_attendees_blocked",
            },
            1,
        );
        if verdict != "broken" {
            self.running.retain(|running| running.end > line.at);
            self.running.push(Running {
                series: index,
                number,
                end: line.at + series.duration.0,
                pool: self.host_of(self.home[series.id.organiser as usize]),
                joined: people.expected - people.blocked,
                reduced: people.reduced,
                format: self.state[index].format,
            });
        }
        Ok(())
    }

    fn lost(&self, duration: i64, verdict: &str, people: &People) -> i64 {
        let each = duration.min((self.value(Setting::Fallback) * MINUTE).round() as i64);
        if verdict == "broken" {
            return each * people.expected;
        }
        let reduced = (each as f64 * self.value(Setting::ReducedWeight)).round() as i64;
        each * people.blocked + reduced * people.reduced
    }
}
