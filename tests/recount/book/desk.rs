//! The help desk: every ticket opened, taken, put aside, closed and given up.

use super::{Book, DAY, Line, MINUTE, Result};
use crate::chance::{
    self, BACKGROUND_TIME, DEFECT_TICKETS, PATIENCE, SERVICE_TIME, STRANDED_CALL, TICKET_COUNT, TICKET_TIME,
    combine,
};
use coexist::world::Setting;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

const HOUR: f64 = 3_600_000.0;
const SOURCES: [&str; 6] = ["move", "client", "meeting", "stranded", "defect", "background"];
const MOVE: usize = 0;
const CLIENT: usize = 1;
const MEETING: usize = 2;
const STRANDED: usize = 3;
const DEFECT: usize = 4;
const BACKGROUND: usize = 5;

/// Who opens everyday tickets.
const NOBODY: usize = usize::MAX;

/// Times that come out of logarithms and exponentials may differ by rounding.
const ROUNDING: i64 = 2;

/// Source, user, and the two numbers of a ticket.
pub(super) type Ticket = (usize, usize, i64, i64);

/// Priority, time opened, ticket: waiting tickets are taken in this order.
type Place = (i64, i64, Ticket);

/// A line that the desk must write next.
#[derive(Debug)]
enum Next {
    Shift(i64),
    Taken(Place),
    Closed(Ticket, i64),
}

/// The next ticket of a user about a defect, on the user's clock.
struct Due {
    number: i64,
    at: f64,
}

/// The desk.
#[derive(Default)]
pub(super) struct Desk {
    agents: i64,
    next_shift: usize,
    waiting: BTreeSet<Place>,
    /// In work: priority and time opened, when it is done, work in all.
    working: BTreeMap<Ticket, (i64, i64, i64, i64)>,
    /// Put aside: work left, work in all.
    aside: BTreeMap<Ticket, (i64, i64)>,
    next: VecDeque<Next>,
    /// Tickets that are to be opened, by time.
    to_open: BTreeSet<(i64, Ticket)>,
    opens_at: BTreeMap<Ticket, i64>,
    /// When callers give up, if they still wait.
    patience: BTreeSet<(i64, Ticket)>,
    ever: BTreeSet<Ticket>,
    waits: Vec<i64>,
    given_up: i64,
    closed: i64,
    backlog_peak: i64,
    pub(super) worked: i64,
    /// Each user's working days on the new side, and with a new client.
    days: Vec<[i64; 2]>,
    due: BTreeMap<(usize, usize), Due>,
}

impl Desk {
    /// Tickets that were ever opened: everyday ones, or those of the migration.
    fn opened(&self, everyday: bool) -> i64 {
        let of_kind = |ticket: &&Ticket| (ticket.0 == BACKGROUND) == everyday;
        self.ever.iter().filter(of_kind).count() as i64
    }

    pub(super) fn new(users: usize, duty: Option<&[(i64, i64)]>) -> Desk {
        let duty = duty.unwrap_or(&[]);
        let before = duty.iter().take_while(|shift| shift.0 <= 0).count();
        Desk {
            agents: before.checked_sub(1).map_or(0, |last| duty[last].1),
            next_shift: before,
            days: vec![[0, 0]; users],
            ..Desk::default()
        }
    }

    /// Open tickets of the migration.
    fn open(&self) -> i64 {
        let waiting = self.waiting.iter().map(|place| place.2);
        let all = waiting.chain(self.working.keys().copied());
        all.filter(|ticket| ticket.0 != BACKGROUND).count() as i64
    }
}

impl Book<'_> {
    fn desk_is_there(&self) -> bool {
        self.script.duty.is_some()
    }

    /// The first instant at or after this one in the working hours of the user's site.
    pub(super) fn next_working(&self, user: usize, from: i64) -> i64 {
        let site = &self.facts.calendar.sites[usize::from(self.facts.users[user].site)];
        let mut date = (from + site.offset.0).div_euclid(DAY);
        loop {
            let midnight = date * DAY - site.offset.0;
            if site.is_working_day(date) && from < midnight + site.hours.1.0 {
                return from.max(midnight + site.hours.0.0);
            }
            date += 1;
        }
    }

    /// All everyday tickets of the world: on its day each comes up at a site drawn by its people and the factor of the day
    /// there, at some time of the working hours.
    pub(super) fn expect_background(&mut self) {
        let Some(background) = &self.script.background else {
            return;
        };
        let facts = self.facts;
        let sites = &facts.calendar.sites;
        let people = |site: usize| {
            let here = facts.users[..facts.residents()]
                .iter()
                .filter(|user| usize::from(user.site) == site);
            here.count() as f64 / facts.residents() as f64
        };
        let people: Vec<f64> = (0..sites.len()).map(people).collect();
        let weekday = |date: i64| facts.calendar.date(date).weekday().to_monday_zero_offset() as usize;
        let mut due = Vec::new();
        for (day, &count) in self.tables.background.iter().enumerate() {
            let date = day as i64;
            let factor = |site: usize| {
                let place = &sites[site];
                let dates = place.first_date..place.first_date + place.working.len() as i64;
                let works = dates
                    .filter(|other| weekday(*other) == weekday(date))
                    .any(|other| place.is_working_day(other));
                if works && !place.is_working_day(date) {
                    return background.holiday;
                }
                background
                    .weekdays
                    .as_ref()
                    .map_or(f64::from(u8::from(works)), |factors| factors[weekday(date)])
            };
            let mut weights: Vec<f64> = (0..sites.len()).map(|site| people[site] * factor(site)).collect();
            if weights.iter().sum::<f64>() <= 0.0 {
                weights.clone_from(&people);
            }
            for number in 0..count {
                let mut stream = self.chance.stream(BACKGROUND_TIME, day as u64, number.into());
                let target = stream.uniform() * weights.iter().sum::<f64>();
                let mut sum = 0.0;
                let site = weights.iter().position(|weight| {
                    sum += weight;
                    *weight > 0.0 && target < sum
                });
                let last = weights.iter().rposition(|weight| *weight > 0.0).unwrap_or(0);
                let site = &sites[site.unwrap_or(last)];
                let length = (site.hours.1.0 - site.hours.0.0) as f64;
                let at = date * DAY - site.offset.0 + site.hours.0.0 + (length * stream.uniform()) as i64;
                if at >= 0 {
                    due.push(((BACKGROUND, NOBODY, date, i64::from(number)), at));
                }
            }
        }
        for (ticket, at) in due {
            self.expect_ticket(ticket, at);
        }
    }

    fn expect_ticket(&mut self, ticket: Ticket, at: i64) {
        if self.desk_is_there() && at < self.horizon() {
            self.desk.to_open.insert((at, ticket));
            self.desk.opens_at.insert(ticket, at);
        }
    }

    /// Somebody has left: nothing more is asked about the account.
    pub(super) fn forget_tickets_of(&mut self, user: usize) {
        let concerns = |ticket: &Ticket| ticket.1 == user && [MOVE, CLIENT].contains(&ticket.0);
        self.desk.to_open.retain(|(_, ticket)| !concerns(ticket));
        self.desk
            .opens_at
            .retain(|ticket, at| !concerns(ticket) || *at < self.next_day * DAY);
    }

    /// Tickets in the weeks after a move or a new client.
    pub(super) fn tickets_after(&mut self, line: &Line<'_>) -> Result<()> {
        if !self.desk_is_there() {
            return Ok(());
        }
        let (source, user, back) = if line.event == "moved" {
            let user = self.user(line.subject)?;
            let back = self.home[user] == usize::from(self.facts.users[user].pool);
            (MOVE, user, back)
        } else {
            let (user, machine) = line.subject.rsplit_once(':').ok_or("no machine")?;
            let user = self.user(user)?;
            let first = &self.facts.profile.clients[usize::from(self.facts.users[user].client)].name;
            let back = line.to == first;
            if machine != "0" || back {
                return Ok(());
            }
            (CLIENT, user, back)
        };
        let rate = self.value(match (source, back) {
            (CLIENT, _) => Setting::ClientTickets,
            (_, false) => Setting::MoveTickets,
            (_, true) => Setting::RollbackTickets,
        });
        let half_life = self.value(Setting::TicketHalfLife);
        let first_week = 1.0 - libm::exp2(-7.0 / half_life);
        let mean = rate / 100.0 * self.tables.traits[user].proneness / first_week;
        let a = i64::from(back) + 2 * self.programme.attempt;
        let entity = combine(combine(source as u64, self.entity_of_user(user)), a as u64);
        for b in 0..self.chance.stream(TICKET_COUNT, entity, 0).poisson(mean) {
            let u = self.chance.uniform(TICKET_TIME, entity, b as u64);
            let days = chance::exponential(u, half_life / std::f64::consts::LN_2);
            let at = self.next_working(user, line.at + (days * DAY as f64).round() as i64);
            self.expect_ticket((source, user, a, b), at);
        }
        Ok(())
    }

    pub(super) fn stranded_somebody(&mut self, user: usize, at: i64) {
        let times = self.accounts.times_stranded[user];
        let u = self
            .chance
            .uniform(STRANDED_CALL, self.entity_of_user(user), times as u64);
        let hours = chance::lognormal(u, self.value(Setting::StrandedCallHours), 0.7);
        let at = self.next_working(user, at + (hours * HOUR).round() as i64);
        self.expect_ticket((STRANDED, user, times, 0), at);
    }

    pub(super) fn meeting_is_reported(&mut self, series: usize, number: u32, at: i64) {
        let id = self.tables.series[series].id;
        let ticket = (MEETING, id.organiser as usize, id.number.into(), number.into());
        self.expect_ticket(ticket, at);
    }

    fn gap(&self, user: usize, defect: usize, number: i64) -> f64 {
        let facts = self.tables.defects[defect];
        let tickets = self.script.tickets[usize::from(facts.class)][usize::from(facts.severity) - 1];
        let entity = combine(self.entity_of_defect(defect), self.entity_of_user(user));
        let u = self.chance.uniform(DEFECT_TICKETS, entity, number as u64 * 2);
        // A rate of zero leads to an infinite gap.
        chance::exponential(u, 100.0 / (tickets * self.tables.traits[user].proneness))
    }

    /// A working day of everybody who works: tickets about defects.
    pub(super) fn defect_tickets(&mut self, day: i64, working: &[bool]) {
        if !self.desk_is_there() {
            return;
        }
        for user in (0..working.len()).filter(|user| working[*user]) {
            let new_client = !self.rules.legacy_client[self.client[user][0]];
            for (clock, runs) in [self.on_new(user), new_client].into_iter().enumerate() {
                if runs {
                    self.desk.days[user][clock] += 1;
                    self.tickets_on_clock(user, clock, day);
                }
            }
        }
    }

    fn tickets_on_clock(&mut self, user: usize, clock: usize, day: i64) {
        use coexist::world::defects::Scope;
        let days = self.desk.days[user][clock] as f64;
        for defect in 0..self.lurking.len() {
            let scope = self.tables.defects[defect].scope;
            let of_client = matches!(scope, Scope::Client(_));
            if usize::from(of_client) != clock || self.lurking[defect].fixed.is_some() {
                continue;
            }
            let mut due = self.desk.due.remove(&(user, defect)).unwrap_or_else(|| Due {
                number: 0,
                at: self.gap(user, defect, 0),
            });
            while due.at <= days {
                if self.reaches(defect, user) {
                    let entity = combine(self.entity_of_defect(defect), self.entity_of_user(user));
                    let u = self
                        .chance
                        .uniform(DEFECT_TICKETS, entity, due.number as u64 * 2 + 1);
                    let site = &self.facts.calendar.sites[usize::from(self.facts.users[user].site)];
                    let date = (day * DAY + DAY / 2 + site.offset.0).div_euclid(DAY);
                    let length = (site.hours.1.0 - site.hours.0.0) as f64;
                    let morning = (date * DAY - site.offset.0).max(day * DAY);
                    let at = self.next_working(user, morning) + (length * u) as i64;
                    self.expect_ticket((DEFECT, user, defect as i64, due.number), at);
                }
                due.number += 1;
                due.at += self.gap(user, defect, due.number);
            }
            self.desk.due.insert((user, defect), due);
        }
    }

    /// What should have happened at the desk before this instant.
    pub(super) fn no_ticket_is_overdue(&mut self, at: i64) -> Result<()> {
        if let Some((time, _)) = self.desk_event().filter(|event| event.0 < at) {
            return Err(format!("the desk did not go on at {time}"));
        }
        while let Some(&(time, ticket)) = self.desk.to_open.first() {
            if time + ROUNDING >= at {
                break;
            }
            self.desk.to_open.pop_first();
            self.desk.opens_at.remove(&ticket);
            let (source, user, a, _) = ticket;
            let answered =
                source == STRANDED && !(self.is_stranded(user) && self.accounts.times_stranded[user] == a);
            if !answered {
                return Err(format!("{ticket:?} was not opened at {time}"));
            }
        }
        while let Some(&(time, ticket)) = self.desk.patience.first() {
            if time + ROUNDING >= at {
                break;
            }
            self.desk.patience.pop_first();
            let waits = self.desk.waiting.iter().any(|place| place.2 == ticket);
            if waits && !self.desk.aside.contains_key(&ticket) {
                return Err(format!("the caller of {ticket:?} should have given up at {time}"));
            }
        }
        Ok(())
    }

    /// The desk's next event by itself: a shift (0) or a ticket that is done (1).
    fn desk_event(&self) -> Option<(i64, i64)> {
        let duty = self.script.duty.as_deref().unwrap_or(&[]);
        let shift = duty.get(self.desk.next_shift).map(|shift| (shift.0, 0));
        let done = self.desk.working.values().map(|work| (work.2, 1)).min();
        let first = shift.into_iter().chain(done).min();
        first.filter(|event| event.0 < self.horizon())
    }

    /// Lets the next event happen, and notes what the desk must write.
    fn go_on(&mut self, (now, kind): (i64, i64)) {
        let desk = &mut self.desk;
        if kind == 0 {
            let duty = self.script.duty.as_deref().unwrap_or(&[]);
            desk.agents = duty[desk.next_shift].1;
            desk.next_shift += 1;
            desk.next.push_back(Next::Shift(desk.agents));
            let mut places: Vec<Place> = desk
                .working
                .iter()
                .map(|(ticket, work)| (work.0, work.1, *ticket))
                .collect();
            places.sort_unstable();
            for place in places.split_off(places.len().min(desk.agents as usize)) {
                let work = desk.working.remove(&place.2).expect("it is in work");
                desk.aside.insert(place.2, (work.2 - now, work.3));
                desk.waiting.insert(place);
            }
        } else {
            let done = desk.working.iter().filter(|(_, work)| work.2 == now);
            let ticket = *done.map(|(ticket, _)| ticket).min().expect("one is done");
            let (_, opened, _, work) = desk.working.remove(&ticket).expect("it is in work");
            if ticket.0 != BACKGROUND {
                desk.closed += 1;
                desk.worked += work;
            }
            desk.next.push_back(Next::Closed(ticket, now - opened));
        }
        self.take(now);
    }

    /// Free agents take the first of those who wait; how much work it is only the line will tell.
    fn take(&mut self, now: i64) {
        let desk = &mut self.desk;
        while (desk.working.len() as i64) < desk.agents {
            let Some(place) = desk.waiting.pop_first() else {
                return;
            };
            let (priority, opened, ticket) = place;
            let due = match desk.aside.remove(&ticket) {
                Some((left, work)) => (priority, opened, now + left, work),
                None => {
                    if ticket.0 != BACKGROUND {
                        desk.waits.push(now - opened);
                    }
                    desk.next.push_back(Next::Taken(place));
                    (priority, opened, i64::MAX, 0)
                }
            };
            desk.working.insert(ticket, due);
        }
    }

    fn ticket(&self, line: &Line<'_>) -> Result<Ticket> {
        let (source, user) = line.subject.split_once(':').ok_or("no ticket")?;
        let source = SOURCES
            .iter()
            .position(|known| *known == source)
            .ok_or("no source")?;
        let user = if user.is_empty() { NOBODY } else { self.user(user)? };
        if (source == BACKGROUND) != (user == NOBODY) {
            return Err("only everyday tickets are nobody's".into());
        }
        Ok((source, user, line.number("a")?, line.number("b")?))
    }

    /// A line of the desk.
    pub(super) fn at_desk(&mut self, line: &Line<'_>) -> Result<()> {
        if !self.desk_is_there() {
            return Err("there is no desk".into());
        }
        if line.event == "ticket_opened" || line.event == "ticket_given_up" {
            // Shifts and tickets that are done come before these at the same instant.
            let before = self.desk_event().filter(|event| event.0 <= line.at);
            if !self.desk.next.is_empty() || before.is_some() {
                return Err(format!("before it: {:?}, {before:?}", self.desk.next));
            }
            return if line.event == "ticket_opened" {
                self.opened(line)
            } else {
                self.given_up(line)
            };
        }
        if self.desk.next.is_empty() {
            let event = self.desk_event().filter(|event| event.0 == line.at);
            self.go_on(event.ok_or("nothing happens at the desk now")?);
        }
        let next = self
            .desk
            .next
            .pop_front()
            .ok_or("nothing happens at the desk now")?;
        let fits = match (&next, line.event) {
            (Next::Shift(agents), "shift_changed") => line.number("agents")? == *agents,
            (Next::Closed(ticket, open), "ticket_closed") => {
                self.ticket(line)? == *ticket && line.number("open_ms")? == *open
            }
            (Next::Taken(place), "ticket_taken") => {
                self.ticket(line)? == place.2 && line.number("waited_ms")? == line.at - place.1
            }
            _ => false,
        };
        if !fits {
            return Err(format!("instead of {next:?}"));
        }
        if let Next::Taken(place) = next {
            let work = line.number("work_ms")?;
            let asked = self.work_on(place.2);
            if (work - asked).abs() > ROUNDING {
                return Err(format!("it takes {asked} ms of work"));
            }
            let due = (place.0, place.1, line.at + work, work);
            self.desk.working.insert(place.2, due);
        }
        Ok(())
    }

    fn key_of(&self, ticket: Ticket) -> u64 {
        let (source, user, a, _) = ticket;
        let entity = if user == NOBODY {
            0
        } else {
            self.entity_of_user(user)
        };
        combine(combine(source as u64, entity), a as u64)
    }

    fn work_on(&self, ticket: Ticket) -> i64 {
        let u = self
            .chance
            .uniform(SERVICE_TIME, self.key_of(ticket), ticket.3 as u64);
        let (mean, sigma) = (
            self.value(Setting::ServiceMinutes),
            self.value(Setting::ServiceSigma),
        );
        let minutes = chance::lognormal(u, mean * libm::exp(-sigma * sigma / 2.0), sigma);
        ((minutes * MINUTE).round() as i64).max(1)
    }

    fn opened(&mut self, line: &Line<'_>) -> Result<()> {
        let ticket = self.ticket(line)?;
        let (source, user, a, _) = ticket;
        let expected = self.desk.opens_at.remove(&ticket).ok_or("nothing led to it")?;
        self.desk.to_open.remove(&(expected, ticket));
        if (expected - line.at).abs() > ROUNDING || !self.desk.ever.insert(ticket) {
            return Err(format!("it is due at {expected}, once"));
        }
        if source == STRANDED && (!self.is_stranded(user) || self.accounts.times_stranded[user] != a) {
            return Err("the user is no longer stranded".into());
        }
        let priority = match source {
            STRANDED => 1,
            DEFECT => i64::from(self.tables.defects[a as usize].severity),
            MEETING => 2,
            BACKGROUND => self
                .script
                .background
                .as_ref()
                .map_or(0, |background| background.priority),
            _ => 3,
        };
        if line.number("priority")? != priority {
            return Err(format!("its priority is {priority}"));
        }
        let day = (line.at / DAY) as usize;
        self.days[day].tickets += i64::from(user != NOBODY && self.on_new(user));
        self.desk.waiting.insert((priority, line.at, ticket));
        self.take(line.at);
        if self.desk.waiting.contains(&(priority, line.at, ticket)) {
            let mean = self.value(Setting::Patience);
            if mean > 0.0 {
                let u = self
                    .chance
                    .uniform(PATIENCE, self.key_of(ticket), ticket.3 as u64);
                let hours = chance::exponential(u, mean);
                let at = line.at + (hours * HOUR).round() as i64;
                self.desk.patience.insert((at, ticket));
            }
        }
        self.desk.backlog_peak = self.desk.backlog_peak.max(self.desk.open());
        Ok(())
    }

    fn given_up(&mut self, line: &Line<'_>) -> Result<()> {
        let ticket = self.ticket(line)?;
        let place = self.desk.waiting.iter().find(|place| place.2 == ticket).copied();
        let place = place.filter(|_| !self.desk.aside.contains_key(&ticket));
        let place = place.ok_or("nobody waits for an agent")?;
        let patience = self.desk.patience.iter().find(|patience| patience.1 == ticket);
        let (at, _) = *patience.ok_or("nobody loses patience")?;
        if (at - line.at).abs() > ROUNDING || line.number("open_ms")? != line.at - place.1 {
            return Err(format!("opened at {}, given up at {at}", place.1));
        }
        self.desk.patience.remove(&(at, ticket));
        self.desk.waiting.remove(&place);
        self.desk.given_up += i64::from(ticket.0 != BACKGROUND);
        Ok(())
    }

    /// Nothing is left over at the horizon, and every ticket is accounted for.
    pub(super) fn close_desk(&mut self) -> Result<()> {
        if !self.desk.next.is_empty() {
            return Err(format!("the log ends without {:?}", self.desk.next));
        }
        self.no_ticket_is_overdue(self.horizon())?;
        let opened = self.desk.opened(false);
        if opened != self.desk.closed + self.desk.given_up + self.desk.open() {
            return Err("tickets are lost".into());
        }
        Ok(())
    }

    pub(super) fn count_tickets(&self) -> [(&'static str, Option<f64>); 5] {
        let desk = &self.desk;
        let mut waits = desk.waits.clone();
        waits.sort_unstable();
        // The first wait that is no shorter than 95 % of all of them.
        let p95 = (1..=waits.len()).find(|rank| rank * 100 >= waits.len() * 95);
        [
            ("tickets", Some(desk.opened(false) as f64)),
            ("background_tickets", Some(desk.opened(true) as f64)),
            ("tickets_abandoned", Some(desk.given_up as f64)),
            ("ticket_wait_p95", p95.map(|rank| waits[rank - 1] as f64 / HOUR)),
            ("desk_backlog_peak", Some(desk.backlog_peak as f64)),
        ]
    }
}
