//! The recount itself: own state from the lines that tell of changes, every verdict derived again.

mod accounts;
mod defects;
mod desk;
mod divisions;
mod exposure;
mod failures;
mod faults;
mod installs;
mod programme;
mod tasks;
mod turnover;

use crate::chance::{Chance, REPORTS};
use crate::rules::{Rules, Way};
use crate::script::Script;
use accounts::Accounts;
use coexist::plan::Plan;
use coexist::world::{Category, Facts, Series, Setting, Tables};
use defects::{Hit, Lurking};
use desk::Desk;
use divisions::Divisions;
use exposure::Peaks;
use failures::Failing;
use installs::Installs;
use programme::{Day, Programme};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use tasks::TaskBook;
use turnover::Staff;

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
    fn text(&self, key: &str) -> Result<&str> {
        let mut pairs = self.detail.split(';').filter_map(|pair| pair.split_once('='));
        let pair = pairs.find(|pair| pair.0 == key);
        Ok(pair.ok_or_else(|| format!("no {key} in {}", self.detail))?.1)
    }

    fn number(&self, key: &str) -> Result<i64> {
        let text = self.text(key)?;
        text.parse().map_err(|_| format!("{key} is {text}"))
    }
}

#[derive(Clone, Copy, PartialEq, Debug)]
struct SeriesState {
    created: bool,
    alive: bool,
    format: Option<usize>,
    killed_by: &'static str,
    times_stale: i64,
    discarded: bool,
    /// When it was arranged, or last sent again.
    sent: i64,
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
    peaks: Peaks,
    home: Vec<usize>,
    client: Vec<Vec<usize>>,
    interrupted_until: Vec<Option<i64>>,
    up: Vec<Vec<bool>>,
    serving: Vec<bool>,
    failing: Failing,
    staff: Staff,
    /// Pools that are retired.
    retired: Vec<bool>,
    state: Vec<SeriesState>,
    running: Vec<Running>,
    /// Has a rollback been ordered? From then on machines are told to go back only.
    is_turned_back: bool,
    /// Who was just moved by force, and must lose the contact list next.
    forced: Option<String>,
    tasks: TaskBook,
    /// Whom the rollback that comes next leaves on the new side.
    tasks_fixed: BTreeSet<usize>,
    /// The occurrence that a configuration fault strikes.
    struck: Option<String>,
    /// Lines that must follow at this instant, in any order.
    due: Vec<String>,
    due_at: i64,
    script: &'a Script,
    plan: &'a Plan,
    chance: Chance,
    /// Lines that must follow next, one after the other, with their instants.
    exact: VecDeque<(i64, String)>,
    /// The next day of the scenario that begins.
    next_day: i64,
    /// What became known on each day.
    days: Vec<Day>,
    lurking: Vec<Lurking>,
    /// Up to which each user's exposure to defects is counted, and the next midnight at which it must be.
    exposed_until: Vec<i64>,
    next_exposure: i64,
    /// Fixes to come.
    promised: BTreeSet<(i64, &'static str, usize)>,
    in_production: bool,
    /// The last line said that a defect breaks the next occurrence.
    hit: Option<Hit>,
    /// The next line must report this occurrence.
    to_report: Option<(String, usize, u32)>,
    installs: Installs,
    desk: Desk,
    programme: Programme,
    accounts: Accounts,
    divisions: Divisions,
    /// Kinds of lines that occurred: the event with its sides, for those that decide something, and its cause.
    pub(crate) seen: BTreeSet<String>,
    pub(crate) counts: Counts,
}

fn pool_at(facts: &Facts, name: &str) -> usize {
    let mut pools = facts.pools.iter();
    pools.position(|pool| pool.name == name).expect("a pool")
}

impl<'a> Book<'a> {
    pub(crate) fn new(
        facts: &'a Facts,
        (rules, script): (&'a Rules, &'a Script),
        plan: &'a Plan,
        tables: &'a Tables,
        chance: Chance,
    ) -> Book<'a> {
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
            times_stale: 0,
            discarded: false,
            sent: 0,
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
            staff: Staff::new(facts, tables, &plan.cohorts(facts, chance.0)),
            retired: vec![false; facts.pools.len()],
            failing: Failing::new(
                facts,
                tables,
                rules.own_edge_from_day() == Some(0),
                rules.failover_after(&plan.name),
            ),
            state: vec![new; tables.series.len()],
            running: Vec::new(),
            peaks: Peaks::default(),
            is_turned_back: false,
            forced: None,
            tasks: TaskBook::new(
                script.jobs.as_ref().map_or(0, Vec::len),
                facts.pools.len(),
                script
                    .applications
                    .iter()
                    .map(|application| pool_at(facts, &application.pool))
                    .collect(),
                tables.faults.len(),
            ),
            tasks_fixed: BTreeSet::new(),
            struck: None,
            due: Vec::new(),
            due_at: i64::MIN,
            chance,
            exact: VecDeque::new(),
            next_day: 0,
            days: vec![Day::default(); (facts.calendar.horizon.0 / DAY) as usize + 1],
            lurking: vec![
                Lurking {
                    worked: vec![0; facts.calendar.sites.len()],
                    ..Lurking::default()
                };
                tables.defects.len()
            ],
            exposed_until: vec![0; users],
            next_exposure: DAY,
            promised: BTreeSet::new(),
            in_production: false,
            hit: None,
            to_report: None,
            installs: Installs::default(),
            desk: Desk::new(users, script.duty.as_deref()),
            programme: Programme::new(script, plan.cohorts(facts, chance.0), users),
            accounts: Accounts::new(users, script.applications.len()),
            divisions: Divisions::new(facts, plan.cohorts(facts, chance.0), plan.waves.len()),
            seen: BTreeSet::new(),
            counts: Counts::new(),
            script,
            plan,
            facts,
            rules,
            tables,
        };
        book.awaited = tables.series.iter().map(|series| book.slots_of(series)).collect();
        book.open_accounts();
        book.begin_programme();
        book.look_at_effects(0);
        book.expect_background();
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

    /// A user's own local date.
    fn date_of(&self, user: u32, at: i64) -> i64 {
        let site = usize::from(self.facts.users[user as usize].site);
        (at + self.facts.calendar.sites[site].offset.0).div_euclid(DAY)
    }

    fn attendees(&self, series: &Series) -> &'a [u32] {
        &self.tables.attendees[series.attendees as usize..][..usize::from(series.attendee_count)]
    }

    fn is_away(&self, user: u32, date: i64) -> bool {
        usize::try_from(date - self.tables.dates.0)
            .ok()
            .and_then(|row| self.away.get(row))
            .is_some_and(|row| row[user as usize])
            || !self.is_employed(user, date)
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
                        .any(|user| !self.is_away(*user, self.date_of(*user, start)));
                (0..self.horizon()).contains(&start)
                    && self.is_employed(series.id.organiser, date)
                    && (series.period.0 == 0 || site.is_working_day(date))
                    && others
            })
            .collect()
    }

    /// Metrics of defects, desk and programme.
    pub(crate) fn metrics(&self) -> Vec<(&'static str, Option<f64>)> {
        let defects = self
            .count_defects()
            .map(|(name, count)| (name, Some(count as f64)));
        let others = self
            .count_tickets()
            .into_iter()
            .chain(self.count_installs())
            .chain(self.count_programme());
        let progress = self.count_progress().into_iter().chain(self.count_peaks());
        let progress = progress.chain(self.count_tasks()).chain(self.count_turnover());
        defects.into_iter().chain(others).chain(progress).collect()
    }

    /// Reads the whole log.
    pub(crate) fn read(&mut self, log: &[u8]) -> Result<()> {
        let mut file = csv::Reader::from_reader(log);
        let mut record = csv::StringRecord::new();
        let (mut seq, mut last) = (0, i64::MIN);
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
            let in_order = record[0] == *seq.to_string() && line.at >= last;
            (seq, last) = (seq + 1, line.at);
            let done = if in_order {
                self.line(&line)
            } else {
                Err("lines are missing, or time goes back".into())
            };
            done.map_err(|what| format!("{what}\n  at {}", record.iter().collect::<Vec<_>>().join(",")))?;
        }
        self.close()
    }

    /// What must have happened before a line; was the line itself due, word by word?
    fn before(&mut self, line: &Line<'_>) -> Result<bool> {
        if let Some(hit) = &self.hit
            && (line.event != "judged" || line.subject != hit.occurrence)
        {
            return Err(format!("a defect breaks {} next", hit.occurrence));
        }
        if let Some((occurrence, ..)) = &self.to_report
            && (line.event != "reported" || line.subject != occurrence)
            && !Self::is_draw_of(line, REPORTS)
        {
            return Err(format!("{occurrence} was not reported"));
        }
        if self.is_to_order() && line.event != "rollback_ordered" {
            return Err("a rollback is to be ordered first".into());
        }
        self.end_exposures(line);
        self.begin_days(line);
        self.observe_before(line);
        if let Some((at, next)) = self.exact.pop_front() {
            let said = Self::say(
                line.event,
                line.subject,
                line.from,
                line.to,
                line.cause,
                line.detail,
            );
            if (line.at, &said) != (at, &next) {
                return Err(format!("instead of {next} at {at}"));
            }
            return Ok(true);
        }
        self.no_defect_is_overdue(line.at)?;
        self.no_ticket_is_overdue(line.at)?;
        self.no_visit_is_overdue(line.at)?;
        self.no_step_is_overdue(line.at)?;
        Ok(false)
    }

    /// Exposure to defects is counted at the end of each day, before all else at that midnight, and before a wave starts.
    /// A line that changes whom a defect reaches comes after what was before it.
    fn end_exposures(&mut self, line: &Line<'_>) {
        if self.lurking.is_empty() {
            return;
        }
        while self.next_exposure <= line.at {
            self.expose(self.next_exposure);
            self.next_exposure += DAY;
        }
        let starts = ["exposed", "defect_found", "wave_started"].contains(&line.event);
        if starts && self.exact.is_empty() {
            self.expose(line.at);
        }
        let name = match line.event {
            "moved" | "left" => line.subject,
            "installed" => line.subject.rsplit_once(':').map_or("", |machine| machine.0),
            _ => return,
        };
        if let Ok(user) = self.user(name) {
            self.expose_one(user, line.at);
        }
    }

    /// A day begins after the end of the day before it, and before all else at its midnight.
    fn begin_days(&mut self, line: &Line<'_>) {
        loop {
            let (day, midnight) = (self.next_day, self.next_day * DAY);
            let of_end = ["exposed", "defect_found", "day_ended"].contains(&line.event);
            let ends = of_end && line.at == midnight;
            if midnight > line.at || midnight >= self.horizon() || ends {
                return;
            }
            self.next_day += 1;
            if self.lurking.is_empty() && self.script.applications.is_empty() {
                continue;
            }
            let working: Vec<bool> = (0..self.home.len())
                .map(|user| self.works_on(user, day))
                .collect();
            self.lose_applications(midnight, &working);
            self.defect_tickets(day, &working);
        }
    }

    fn line(&mut self, line: &Line<'_>) -> Result<()> {
        let decides = ["evaluated", "decided"].contains(&line.event);
        let source = if line.event.starts_with("ticket") {
            line.subject.split(':').next().unwrap_or_default()
        } else {
            ""
        };
        let sides = if decides {
            [line.from, line.to]
        } else {
            ["", source]
        };
        let kind = [line.event, sides[0], sides[1], line.cause]
            .map(str::trim)
            .join(" ");
        if !self.seen.contains(&kind) {
            self.seen.insert(kind);
        }
        self.failovers_are_in_time(line.at)?;
        self.no_turnover_is_overdue(line.at)?;
        self.tasks_until(line.at)?;
        if ["task_completed", "task_undo_started"].contains(&line.event) {
            self.cut_over(line.subject, line.event == "task_completed");
        }
        let opens = [
            "pool_up",
            "server_up",
            "failed_over",
            "failed_back",
            "task_completed",
            "task_undone",
            "left",
        ];
        if opens.contains(&line.event) {
            self.programme.opened_at = line.at;
        }
        if !self.before(line)? {
            self.follow(line)?;
            self.account_for_line(line);
            self.note_for_divisions(line);
        }
        Ok(())
    }

    fn follow(&mut self, line: &Line<'_>) -> Result<()> {
        let of_series = [
            "series_stale",
            "series_restored",
            "series_converted",
            "series_cancelled",
            "discarded",
            "dropped",
        ];
        if of_series.contains(&line.event) {
            return self.is_due(line);
        }
        if !self.due.is_empty() && (line.at != self.due_at || line.event != "drawn") {
            // Nothing else may come between a change and what follows from it, except what the change itself tells.
            let told = [
                "pool_up",
                "pool_down",
                "failed_over",
                "failed_back",
                "contacts_lost",
            ];
            if !told.contains(&line.event) {
                return Err(format!("these lines are missing before: {:?}", self.due));
            }
        }
        if let Some(followed) = self.tasks_line(line) {
            return followed;
        }
        if let Some(followed) = self.failing(line) {
            self.look_at_effects(line.at);
            return followed;
        }
        match line.event {
            "moved" => {
                self.moved(line)?;
                self.moves(line)?;
                self.note_moved(line)?;
                self.tickets_after(line)
            }
            "interrupted" => {
                let user = self.user(line.subject)?;
                self.interrupted_until[user] = Some(line.at + line.number("length_ms")?);
                Ok(())
            }
            "joined" => self.joined(line),
            "left" => {
                self.hands_in(line.subject);
                self.left(line)
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
            "installed" => {
                self.no_longer_waits(Some(line.subject));
                self.installed(line)?;
                self.downgraded(line)?;
                self.tickets_after(line)
            }
            "series_created" => self.created(line),
            "series_repaired" => self.repaired(line),
            "judged" => self.judged(line),
            "move_failed" => {
                self.count("moves_failed", 1);
                self.moves(line)
            }
            "contacts_lost" => {
                self.count("contact_lists_lost", 1);
                let forced = self.forced.take().is_some_and(|user| user == line.subject);
                Self::has_cause(line, if forced { "pool_outage" } else { "plan" })
            }
            "move_exception" => self.moved_by_hand(line),
            "technician_started" => {
                self.accounts.technicians += line.number("length_ms")?;
                Ok(())
            }
            "retired" => {
                let pool = self.pool_named(line.subject)?;
                self.retired[pool] = true;
                self.accounts.retired.get_or_insert(line.at);
                self.pool_retired(line)
            }
            "day_ended" => {
                self.account_for_everybody(line.at);
                self.end_of_day(line.at);
                self.count_cut_off(line.at);
                self.note_day(line.at);
                self.expose_rollback(line.at);
                Ok(())
            }
            "exposed" | "defect_found" | "evaluated" => Err("nothing of the kind is due".into()),
            "defect_fixed" => self.defect_fixed(line),
            "defect_hits" => {
                self.hit = Some(Hit {
                    occurrence: line.subject.to_string(),
                    defect: line.number("defect")?,
                    millionths: line.number("value_millionths")?,
                });
                Ok(())
            }
            "reported" => self.reported(line),
            "ticket_opened" | "ticket_taken" | "ticket_closed" | "ticket_given_up" | "shift_changed" => {
                self.at_desk(line)
            }
            "rollback_ordered" => {
                self.is_turned_back = true;
                self.no_longer_waits(None);
                self.note_everybodys_coming();
                self.turn_back();
                self.in_programme(line)
            }
            "resumed" => {
                self.is_turned_back = false;
                self.in_programme(line)
            }
            "wave_started" | "wave_held" | "wave_skipped" | "decided" | "downgrades_cleared"
            | "rolled_back" | "test_run" | "gate_passed" => self.in_programme(line),
            "install_ordered" => {
                let cause = if self.is_turned_back { "rollback" } else { "plan" };
                Self::has_cause(line, cause)?;
                self.install_ordered(line)
            }
            "deadline_passed" => self.deadline_passed(line),
            "repair_planned" => {
                let index = self.series(line.subject)?;
                let times = self.state[index].times_stale;
                if line.number("times_stale")? == times {
                    Ok(())
                } else {
                    Err(format!("it went stale {times} times"))
                }
            }
            "drawn" if Self::is_draw_of(line, REPORTS) => {
                let (name, number) = line.subject.rsplit_once('/').ok_or("no occurrence")?;
                let number = number.parse().map_err(|_| "no occurrence")?;
                let entity = self.entity_of_series(self.series(name)?);
                let value = self.chance.uniform(REPORTS, entity, number);
                if line.number("value_millionths")? == (value * 1e6).round() as i64 {
                    Ok(())
                } else {
                    Err(format!("the draw is {value}"))
                }
            }
            "install_failed" | "drawn" => Ok(()),
            // Tasks and what follows from them are lines of another file.
            "voicemail_lost" => Ok(()),
            "lot_drawn" => self.lot(line),
            other => Err(format!("{other} is unknown")),
        }
    }

    fn is_draw_of(line: &Line<'_>, purpose: u32) -> bool {
        line.event == "drawn" && line.number("purpose") == Ok(purpose.into())
    }

    fn has_cause(line: &Line<'_>, cause: &str) -> Result<()> {
        if line.cause == cause {
            Ok(())
        } else {
            Err(format!("the cause is {cause}"))
        }
    }

    fn close(&mut self) -> Result<()> {
        if !self.due.is_empty() {
            return Err(format!("the log ends without {:?}", self.due));
        }
        let horizon = self.horizon();
        self.close_programme()?;
        self.tasks_until(horizon)?;
        self.close_desk()?;
        self.no_defect_is_overdue(horizon)?;
        self.no_turnover_is_overdue(horizon)?;
        for (index, series) in self.tables.series.iter().enumerate() {
            let id = series.id;
            if let Some(slot) = self.awaited[index].iter().position(|awaited| *awaited) {
                return Err(format!("occurrence {slot} of {id:?} was never judged"));
            }
            if self.staff.cancelled.contains(&index) {
                continue;
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
        self.count("discarded", i64::from(line.event == "discarded"));
        Ok(())
    }

    /// The format in which the organiser of a series can make it now.
    fn makes(&self, series: usize) -> Option<usize> {
        let series = &self.tables.series[series];
        let user = series.id.organiser as usize;
        let is_down = !self.serving[self.home[user]] && series.category != Category::AdHoc;
        if is_down || self.host_of(self.home[user]) != self.home[user] {
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
        self.note_side_of(user);
        let is_back = self.rules.legacy[self.server[to]];
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
        let discarded: i64 = self.series_of[user]
            .clone()
            .into_iter()
            .map(|index| i64::from(self.carry(index, (from, to), cause, line)))
            .sum();
        if line.cause == "pool_outage" {
            self.forced = Some(line.subject.to_string());
        }
        if discarded > 0 {
            let detail = format!("series={discarded}");
            let due = Self::say("discarded", line.subject, "", "", "pool_outage", &detail);
            self.due.push(due);
        }
        Ok(())
    }

    /// What the move demands of one series: only those matter that can still meet. Does the move discard it?
    fn carry(
        &mut self,
        index: usize,
        (from, to): (usize, usize),
        cause: &'static str,
        line: &Line<'_>,
    ) -> bool {
        let series = &self.tables.series[index];
        let state = self.state[index];
        let last = series.first.0 + series.period.0 * (i64::from(series.occurrences) - 1);
        let Some(format) = state.format.filter(|_| state.created && last >= line.at) else {
            return false;
        };
        let (from, to) = (self.server[from], self.server[to]);
        let carry = self.rules.carry(from, to, format).to_string();
        let forced = line.cause == "pool_outage";
        let name = self.name(index);
        let word = self.format_word(Some(format)).to_string();
        if state.alive && (forced || carry == "stale") {
            (self.state[index].alive, self.state[index].killed_by) = (false, cause);
            self.state[index].times_stale += 1;
            self.due
                .push(Self::say("series_stale", &name, &word, "", cause, ""));
        } else if state.alive && carry != "carried" {
            self.state[index].format = self.rules.format(&carry);
            self.due
                .push(Self::say("series_converted", &name, &word, &carry, "", ""));
        } else if !state.alive
            && state.killed_by != cause
            && !state.discarded
            && !forced
            && self.rules.restores(from, to, format)
        {
            self.state[index].alive = true;
            self.due
                .push(Self::say("series_restored", &name, "", &word, "rollback", ""));
        }
        self.state[index].discarded |= forced;
        forced && !state.discarded
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

    /// People who had joined lose the rest, up to the fallback time; those reduced only what is left of what they can
    /// lose at most.
    fn cut_off(&mut self, pool: usize, at: i64) {
        self.running.retain(|running| running.end > at);
        let (cut, left): (Vec<Running>, Vec<Running>) = std::mem::take(&mut self.running)
            .into_iter()
            .partition(|running| running.pool == pool);
        self.running = left;
        self.due_at = at;
        let fallback = (self.value(Setting::Fallback) * MINUTE).round() as i64;
        for running in cut {
            let rest = (running.end - at).min(fallback);
            let most = self.tables.series[running.series].duration.0.min(fallback);
            let left = most - self.lost_when_reduced(most);
            let lost = rest * (running.joined - running.reduced) + rest.min(left) * running.reduced;
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
            let series = &self.tables.series[running.series];
            let start = series.first.0 + series.period.0 * i64::from(running.number);
            self.break_for_divisions(series.id.organiser, start);
            self.count("lost_ms", lost);
            let duration = self.tables.series[running.series].duration.0;
            self.count("full_ms", duration * (running.joined - running.reduced));
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
        let internal = self
            .attendees(series)
            .iter()
            .filter(|user| !self.is_away(**user, self.date_of(**user, start)))
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
            times_stale: 0,
            discarded: false,
            sent: line.at,
        };
        self.count("series_created", 1);
        Ok(())
    }

    fn repaired(&mut self, line: &Line<'_>) -> Result<()> {
        let index = self.series(line.subject)?;
        let (state, format) = (self.state[index], self.makes(index));
        let series = &self.tables.series[index];
        let last = series.first.0 + series.period.0 * (i64::from(series.occurrences) - 1);
        if last < line.at {
            return Err("it is over".into());
        }
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
        (self.state[index].discarded, self.state[index].sent) = (false, line.at);
        self.count("series_repaired", 1);
        Ok(())
    }

    /// How everybody expected joins, if the meeting has a format.
    fn people(&self, index: usize, at: i64) -> People {
        let series = &self.tables.series[index];
        let organiser = series.id.organiser;
        let host = self.server[self.host_of(self.home[organiser as usize])];
        let format = self.state[index].format;
        let origin = usize::from(self.facts.users[organiser as usize].pool);
        let offered = series.dial_in && !self.tasks.effects.no_phone[origin];
        let phone = format.is_some_and(|format| offered && self.rules.phone(host, format));
        let web = format.map_or(Way::Blocked, |format| self.rules.web(host, format));
        let present = self
            .attendees(series)
            .iter()
            .filter(|user| !self.is_away(**user, self.date_of(**user, at)));
        let mut people = People::default();
        for &user in std::iter::once(&organiser).chain(present) {
            let id = user as usize;
            let (home, client) = (self.home[id], self.client[id][0]);
            let legacy = self.rules.legacy[self.server[home]];
            let kept_out = self.keeps_out(legacy) && self.is_outside(user, self.date_of(user, at));
            let served = self.rules.signs_in_fully(client, self.server[home])
                && self.serving[home]
                && !self.lacks_copies(home)
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
        // Which guests have a browser matters only while some cannot come in: the count starts with another one in
        // each series, anonymous guests before federated ones.
        let guests = u32::from(series.anonymous + series.federated);
        for guest in 0..guests {
            let is_able =
                (guest + series.id.number % guests) % guests < u32::from(series.guests_with_browser);
            let kept_out = if guest < u32::from(series.anonymous) {
                self.keeps_out(self.rules.legacy[host])
            } else {
                self.keeps_federated_out()
            };
            let by_web = web != Way::Blocked && is_able && !kept_out;
            people.add(match (by_web, phone) {
                (true, _) => web,
                (false, true) => Way::Reduced,
                (false, false) => Way::Blocked,
            });
        }
        if format.is_none() {
            // There is no meeting that anybody could be kept out of.
            (people.blocked, people.reduced) = (0, 0);
        }
        people
    }

    fn verdict(&self, index: usize, people: &People, hit: bool) -> (&'static str, &'static str) {
        let state = self.state[index];
        let organiser = self.tables.series[index].id.organiser as usize;
        let threshold = self.value(Setting::BreakThreshold) * people.expected as f64;
        if state.format.is_none() {
            ("broken", "cannot_schedule")
        } else if !state.alive {
            ("broken", state.killed_by)
        } else if !self.serving[self.host_of(self.home[organiser])] || self.is_unknown(index) {
            ("broken", "pool_outage")
        } else if hit {
            ("broken", "defect")
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
        let mut people = self.people(index, line.at);
        let hit = self.broken_by(index, number);
        let (mut verdict, cause) = self.verdict(index, &people, hit.is_some());
        let host = self.host_of(self.home[series.id.organiser as usize]);
        let struck = verdict != "broken" && self.is_struck(index, number, host);
        if struck != (self.struck.take().as_deref() == Some(line.subject)) {
            return Err(format!("a configuration fault strikes it: {struck}"));
        }
        if struck {
            people.reduced = people.expected - people.blocked;
            verdict = "impaired";
        }
        let said = self.hit.take();
        let due = hit.filter(|_| cause == "defect");
        if said != due {
            return Err(format!(
                "recounted: {verdict} {cause}; the line before should be {due:?}, not {said:?}"
            ));
        }
        let lost = self.lost(series.duration.0, verdict, &people);
        let said = [
            ("expected", people.expected),
            ("blocked", people.blocked),
            ("reduced", people.reduced),
            ("lost_ms", lost),
        ];
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
        let affected = if verdict == "broken" {
            people.expected
        } else {
            people.blocked + people.reduced
        };
        self.count("full_ms", series.duration.0 * affected);
        self.count("mixed_meetings", i64::from(people.legacy && people.new));
        self.count(
            match (verdict, cause) {
                ("ok", _) => "meetings_ok",
                ("impaired", _) => "meetings_impaired",
                (_, "cannot_schedule") => "broken_cannot_schedule",
                (_, "stale_after_rollback") => "broken_stale_after_rollback",
                (_, "stale_after_move") => "broken_stale_after_move",
                (_, "pool_outage") => "broken_pool_outage",
                (_, "defect") => "broken_defect",
                _ => "broken_attendees_blocked",
            },
            1,
        );
        let day = (line.at / DAY) as usize;
        let side = usize::from(self.on_new(series.id.organiser as usize));
        self.days[day].judged[side] += 1;
        if verdict == "broken" {
            self.break_for_divisions(series.id.organiser, line.at);
        }
        if verdict == "broken" && self.is_reported(index, number) {
            self.to_report = Some((line.subject.to_string(), index, number));
        }
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

    /// Does the organiser report this broken occurrence?
    fn is_reported(&self, index: usize, number: u32) -> bool {
        let share = self.value(Setting::ReportShare);
        let value = || {
            self.chance
                .uniform(REPORTS, self.entity_of_series(index), number.into())
        };
        self.is_watched() && share > 0.0 && value() < share
    }

    fn reported(&mut self, line: &Line<'_>) -> Result<()> {
        let (_, index, number) = self.to_report.take().ok_or("nobody reports it")?;
        let organiser = self.tables.series[index].id.organiser as usize;
        let side = usize::from(self.on_new(organiser));
        self.days[(line.at / DAY) as usize].reported[side] += 1;
        self.meeting_is_reported(index, number, line.at);
        Ok(())
    }

    fn lost(&self, duration: i64, verdict: &str, people: &People) -> i64 {
        let each = duration.min((self.value(Setting::Fallback) * MINUTE).round() as i64);
        if verdict == "broken" {
            return each * people.expected;
        }
        each * people.blocked + self.lost_when_reduced(each) * people.reduced
    }

    /// What somebody reduced loses where somebody blocked loses `each`.
    fn lost_when_reduced(&self, each: i64) -> i64 {
        (each as f64 * self.value(Setting::ReducedWeight)).round() as i64
    }
}
