//! The help desk: tickets from every source, agents in shifts, priorities, patience.
//!
//! Waiting tickets are taken by priority, then by the time they were opened, then by content. When fewer agents are on
//! duty than tickets in work, those of the lowest priority that came last are put aside and taken up again first; work
//! is so carried over night. A ticket whose turn does not come within its caller's patience is given up.

use super::Simulation;
use super::event::{Direction, Event};
use crate::kernel::random::combine;
use crate::kernel::{Observer, Span, Time, distribution};
use crate::mutant;
use crate::outcome::log::Label;
use crate::outcome::{Action, Cause, Entry, Subject};
use crate::plan::desk::Work as Distribution;
use crate::world::{Facts, Occurrence, Purpose, Series, SeriesId, Setting, UserId, background};
use std::collections::{BTreeMap, BTreeSet};

/// What a ticket is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub(crate) enum Source {
    /// A move, forward or back; `a` direction and programme attempt, `b` how many before.
    Move = 0,
    /// A new client, or an old one again; `a` direction and programme attempt, `b` how many before.
    Client = 1,
    /// A broken meeting of the user; `a` series, `b` occurrence.
    Meeting = 2,
    /// The client cannot sign in; `a` how many times before.
    Stranded = 3,
    /// A defect; `a` its place, `b` how many before.
    Defect = 4,
    /// Everyday work, which the migration has no part in; `a` day, `b` number on that day. Nobody in particular calls.
    Background = 5,
}

/// The user of a ticket that nobody in particular opens.
pub(crate) const NOBODY: UserId = UserId::MAX;

/// A ticket; its content is its identity.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Ticket {
    pub(crate) source: Source,
    pub(crate) user: UserId,
    pub(crate) a: u32,
    pub(crate) b: u32,
}

/// A ticket in work.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Work {
    priority: u8,
    opened: Time,
    due: Time,
    /// Work on the whole ticket.
    length: Span,
}

/// Everyday tickets of a day come up so many days before it begins on the scenario's clock: sites may be ahead of that.
const DAYS_BEFORE: i64 = 2;

/// A ticket's place in the queue: priority, time opened, content.
type Place = (u8, Time, Ticket);

/// State of the desk.
#[derive(Clone, Debug, Default)]
pub(crate) struct DeskState {
    agents: u32,
    waiting: BTreeSet<Place>,
    working: BTreeMap<Ticket, Work>,
    /// Work left on tickets that were put aside, and work on the whole of each.
    aside: BTreeMap<Ticket, (Span, Span)>,
    /// How long each ticket waited for an agent, in ms.
    pub(crate) waits: Vec<i64>,
    pub(crate) opened: u64,
    pub(crate) closed: u64,
    pub(crate) given_up: u64,
    pub(crate) backlog_peak: u64,
    pub(crate) worked: Span,
    /// Everyday tickets opened, and how many of them are open.
    pub(crate) background: u64,
    background_open: u64,
}

impl DeskState {
    /// Tickets of the migration that are open: waiting or in work.
    pub(crate) fn open(&self) -> u64 {
        (self.waiting.len() + self.working.len()) as u64 - self.background_open
    }
}

impl Ticket {
    fn is_background(self) -> bool {
        self.source == Source::Background && !mutant::is("everyday-tickets-count")
    }

    /// Entity and index of its keyed draws: what caused it, and which one of those it is.
    fn key(self, facts: &Facts) -> (u64, u64) {
        let user = facts.users.get(self.user as usize).map_or(0, |user| user.id);
        let entity = combine(combine(self.source as u64, user), u64::from(self.a));
        (entity, u64::from(self.b))
    }
}

impl<O: Observer<Entry>> Simulation<'_, O> {
    pub(super) fn schedule_desk(&mut self) {
        let Some(desk) = &self.plan.desk else { return };
        self.state.desk.agents = desk.agents(Time::ZERO);
        for (shift, &(at, _)) in (0..).zip(&desk.duty) {
            if at > Time::ZERO && at < self.world.facts.calendar.horizon {
                self.state.events.push(at, Event::ShiftChange(shift));
            }
        }
        for day in 0..self.world.background.len() as u32 {
            let at = Time((i64::from(day) - DAYS_BEFORE) * Span::DAY.0);
            if at <= Time::ZERO {
                self.background_tickets(day);
            } else {
                self.state.events.push(at, Event::BackgroundDay(day));
            }
        }
    }

    /// The everyday tickets of a day come up.
    pub(super) fn background_tickets(&mut self, day: u32) {
        let count = self.world.background[day as usize];
        let times = background::times(&self.world.facts, self.world.key, day, count);
        for (number, at) in (0..).zip(times) {
            let ticket = Ticket {
                source: Source::Background,
                user: NOBODY,
                a: day,
                b: number,
            };
            if at >= Time::ZERO {
                self.state.events.push(at, Event::TicketOpened(ticket));
            }
        }
    }

    /// Tickets that a move or an install leads to, over the weeks after it: their number is Poisson, the times decay
    /// by half in each half-life.
    pub(super) fn tickets_after(&mut self, now: Time, user: UserId, source: Source, direction: Direction) {
        if self.plan.desk.is_none() {
            return;
        }
        let setting = match (source, direction) {
            (Source::Client, Direction::Forward) => Setting::ClientTickets,
            (Source::Move, Direction::Back) => Setting::RollbackTickets,
            (Source::Move, Direction::Forward) => Setting::MoveTickets,
            _ => return,
        };
        let half_life = self.fixed.value(Setting::TicketHalfLife);
        // The rate is that of the first week: the whole is larger by the part that comes later.
        let first_week = 1.0 - libm::exp2(-7.0 / half_life);
        let proneness = self.world.traits[user as usize].proneness;
        let mean = self.fixed.value(setting) / 100.0 * proneness / first_week;
        let a = u32::from(self.state.programme.attempt) << 1 | direction as u32;
        let id = combine(
            combine(source as u64, self.world.facts.users[user as usize].id),
            u64::from(a),
        );
        let subject = Subject::Ticket(source as u8, user);
        let count = self.world.key.stream(Purpose::TicketCount, id, 0).poisson(mean);
        self.log(Entry::drawn(now, subject, Purpose::TicketCount, 0, count as f64));
        for number in 0..count as u32 {
            let u = self.draw(now, subject, Purpose::TicketTime, id, number.into());
            let delay = distribution::exponential(u, half_life / std::f64::consts::LN_2);
            let at = self.in_working_hours(user, now + Span::from_days_f64(delay));
            let ticket = Ticket {
                source,
                user,
                a,
                b: number,
            };
            self.state.events.push(at, Event::TicketOpened(ticket));
        }
    }

    fn in_working_hours(&self, user: UserId, at: Time) -> Time {
        let facts = &self.world.facts;
        facts.calendar.sites[usize::from(facts.users[user as usize].site)].next_working(at)
    }

    /// Is a broken occurrence reported by its organiser? If so a ticket is opened and gates may see it.
    pub(super) fn report_broken(&mut self, now: Time, series: &Series, occurrence: &Occurrence) -> bool {
        let watched =
            self.plan.desk.is_some() || !self.plan.gates.is_empty() || !self.plan.triggers.is_empty();
        let share = self.fixed.value(Setting::ReportShare);
        if !watched || share <= 0.0 {
            return false;
        }
        let entity = self.series_entity(series.id);
        let subject = Subject::Occurrence(series.id, occurrence.number);
        if self.draw(now, subject, Purpose::Reports, entity, occurrence.number.into()) >= share {
            return false;
        }
        self.log_change(now, Action::Reported, subject, Cause::Chance);
        if self.plan.desk.is_some() {
            let SeriesId { organiser, number } = series.id;
            let ticket = Ticket {
                source: Source::Meeting,
                user: organiser,
                a: number,
                b: occurrence.number,
            };
            self.state.events.push(now, Event::TicketOpened(ticket));
        }
        true
    }

    /// A user can no longer sign in: after a while the user calls, if it lasts.
    pub(super) fn stranded_calls(&mut self, now: Time, user: UserId) {
        if self.plan.desk.is_none() {
            return;
        }
        let times = &mut self.state.times_stranded[user as usize];
        *times += 1;
        let times = *times;
        let id = self.world.facts.users[user as usize].id;
        let subject = Subject::Ticket(Source::Stranded as u8, user);
        let u = self.draw(now, subject, Purpose::StrandedCall, id, times.into());
        let hours = distribution::lognormal(u, self.fixed.value(Setting::StrandedCallHours), 0.7);
        let at = self.in_working_hours(user, now + Span::from_hours_f64(hours));
        let ticket = Ticket {
            source: Source::Stranded,
            user,
            a: times,
            b: 0,
        };
        self.state.events.push(at, Event::TicketOpened(ticket));
    }

    fn priority(&self, ticket: Ticket) -> u8 {
        match ticket.source {
            Source::Stranded => 1,
            Source::Defect => self.world.defects[ticket.a as usize].severity,
            Source::Meeting => 2,
            Source::Move | Source::Client => 3,
            Source::Background => {
                (self.world.facts.background.as_ref()).map_or(3, |background| background.priority)
            }
        }
    }

    pub(super) fn ticket_opened(&mut self, now: Time, ticket: Ticket) {
        if ticket.source == Source::Stranded {
            let still = self.state.times_stranded[ticket.user as usize] == ticket.a
                && self.state.service[ticket.user as usize] == super::state::Service::Stranded;
            if !still {
                return;
            }
        }
        let only = self.plan.desk.as_ref().and_then(|desk| desk.only);
        if only.is_some_and(|only| only as u8 != ticket.source as u8) {
            return;
        }
        let of_account = matches!(ticket.source, Source::Move | Source::Client);
        if self.plan.desk.is_none() || (of_account && !self.state.staff.is_here(ticket.user)) {
            return;
        }
        let priority = self.priority(ticket);
        if ticket.is_background() {
            self.state.desk.background += 1;
            self.state.desk.background_open += 1;
        } else {
            if ticket.user != NOBODY && super::defects::contains(&self.state.on_new, ticket.user) {
                self.knowledge(now).tickets += 1;
            }
            self.state.desk.opened += 1;
        }
        self.log_ticket(now, Action::TicketOpened, ticket, [priority.into(), 0]);
        self.state.desk.waiting.insert((priority, now, ticket));
        self.take_tickets(now);
        if self.state.desk.waiting.contains(&(priority, now, ticket)) {
            self.wait_patiently(now, ticket);
        }
        self.state.desk.backlog_peak = self.state.desk.backlog_peak.max(self.state.desk.open());
    }

    fn wait_patiently(&mut self, now: Time, ticket: Ticket) {
        let mean = self.fixed.value(Setting::Patience);
        if mean <= 0.0 {
            return;
        }
        let (entity, index) = ticket.key(&self.world.facts);
        let subject = Subject::Ticket(ticket.source as u8, ticket.user);
        let u = self.draw(now, subject, Purpose::Patience, entity, index);
        let at = now + Span::from_hours_f64(distribution::exponential(u, mean));
        self.state
            .events
            .push(at, Event::TicketGivenUp { ticket, opened: now });
    }

    /// Free agents take the first tickets of the queue.
    fn take_tickets(&mut self, now: Time) {
        while self.state.desk.working.len() < self.state.desk.agents as usize {
            let Some((priority, opened, ticket)) = self.state.desk.waiting.pop_first() else {
                return;
            };
            let (left, length) = match self.state.desk.aside.remove(&ticket) {
                Some(put_aside) => put_aside,
                None => {
                    if !ticket.is_background() {
                        self.state.desk.waits.push((now - opened).0);
                    }
                    let length = self.service_time(now, ticket);
                    self.log_ticket(now, Action::TicketTaken, ticket, [(now - opened).0, length.0]);
                    (length, length)
                }
            };
            let due = now + left;
            let work = Work {
                priority,
                opened,
                due,
                length,
            };
            self.state.desk.working.insert(ticket, work);
            self.state.events.push(due, Event::TicketDone { ticket, due });
        }
    }

    fn service_time(&mut self, now: Time, ticket: Ticket) -> Span {
        let (entity, index) = ticket.key(&self.world.facts);
        let subject = Subject::Ticket(ticket.source as u8, ticket.user);
        let u = self.draw(now, subject, Purpose::ServiceTime, entity, index);
        let mean = self.fixed.value(Setting::ServiceMinutes);
        if self
            .plan
            .desk
            .as_ref()
            .is_some_and(|desk| desk.work == Distribution::Exponential)
        {
            return Span::from_minutes_f64(distribution::exponential(u, mean)).max(Span::MILLISECOND);
        }
        let sigma = self.fixed.value(Setting::ServiceSigma);
        // The median of a lognormal with this mean.
        let median = mean * libm::exp(-sigma * sigma / 2.0);
        Span::from_minutes_f64(distribution::lognormal(u, median, sigma)).max(Span::MILLISECOND)
    }

    pub(super) fn ticket_done(&mut self, now: Time, ticket: Ticket, due: Time) {
        let Some(work) = self.state.desk.working.get(&ticket).copied() else {
            return;
        };
        if work.due != due {
            return;
        }
        self.state.desk.working.remove(&ticket);
        if ticket.is_background() {
            self.state.desk.background_open -= 1;
        } else {
            self.state.desk.closed += 1;
            self.state.desk.worked += work.length;
        }
        self.log_ticket(now, Action::TicketClosed, ticket, [(now - work.opened).0, 0]);
        self.take_tickets(now);
    }

    pub(super) fn ticket_given_up(&mut self, now: Time, ticket: Ticket, opened: Time) {
        let place = (self.priority(ticket), opened, ticket);
        if self.state.desk.aside.contains_key(&ticket) || !self.state.desk.waiting.remove(&place) {
            return;
        }
        if ticket.is_background() {
            self.state.desk.background_open -= 1;
        } else {
            self.state.desk.given_up += 1;
        }
        self.log_ticket(now, Action::TicketGivenUp, ticket, [(now - opened).0, 0]);
    }

    /// Another number of agents is on duty.
    pub(super) fn shift_change(&mut self, now: Time, shift: u32) {
        let Some(desk) = &self.plan.desk else { return };
        let agents = desk.duty[shift as usize].1;
        self.state.desk.agents = agents;
        let entry = Entry::new(
            now,
            Action::ShiftChanged,
            Subject::Plan,
            Label::Blank,
            Label::Blank,
            Cause::Plan,
        );
        self.log(entry.with([agents.into(), 0, 0, 0]));
        self.put_aside(now);
        self.take_tickets(now);
    }

    fn put_aside(&mut self, now: Time) {
        let desk = &mut self.state.desk;
        let mut places: Vec<Place> = desk
            .working
            .iter()
            .map(|(&ticket, work)| (work.priority, work.opened, ticket))
            .collect();
        places.sort_unstable();
        for place in places.into_iter().skip(desk.agents as usize) {
            let ticket = place.2;
            if let Some(work) = desk.working.remove(&ticket) {
                desk.aside.insert(ticket, (work.due - now, work.length));
                desk.waiting.insert(place);
            }
        }
    }

    fn log_ticket(&mut self, now: Time, action: Action, ticket: Ticket, numbers: [i64; 2]) {
        let entry = Entry::new(
            now,
            action,
            Subject::Ticket(ticket.source as u8, ticket.user),
            Label::Blank,
            Label::Blank,
            Cause::None,
        );
        let [a, b] = numbers;
        self.log(entry.with([ticket.a.into(), ticket.b.into(), a, b]));
    }
}
