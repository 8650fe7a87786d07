//! Defects: exposure, discovery, fixes, broken meetings, tickets.
//!
//! A defect reaches people of its scope who are homed on the new side, or, for a client release, who work with it.
//! How long they have been exposed to it, and when it is found, is said in `discovery`.

use super::Simulation;
use super::desk::{Source, Ticket};
use super::discovery::millionths;
use super::event::Event;
use crate::kernel::random::{Counter, combine};
use crate::kernel::{Observer, Span, Time, distribution};
use crate::outcome::log::Label;
use crate::outcome::{Action, Cause, Entry, Subject};
use crate::world::defects::{Scope, scope_mask};
use crate::world::{ClientId, Defect, Occurrence, Purpose, Series, UserId, Window, World};

/// What does not change about a defect while a plan is replayed.
#[derive(Clone, Debug)]
pub(crate) struct Lurking {
    pub(super) mask: Vec<u64>,
    pub(super) client: Option<ClientId>,
    hit: f64,
    ticket_rate: f64,
    hits: Counter,
}

impl Lurking {
    pub(crate) fn all(world: &World) -> Vec<Lurking> {
        let of = |defect: &crate::world::Defect| Lurking {
            mask: scope_mask(
                &world.facts,
                |user| world.traits[user as usize].remote_share,
                defect.scope,
            ),
            client: match defect.scope {
                Scope::Client(client) => Some(client),
                _ => None,
            },
            hit: defect.hit(&world.facts),
            ticket_rate: defect.ticket_rate(&world.facts),
            hits: world.key.counter(Purpose::DefectHits, defect.id),
        };
        world.defects.iter().map(of).collect()
    }
}

/// A defect breaks an occurrence.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Hit {
    pub(crate) defect: u16,
    /// The draw that decided it.
    pub(crate) uniform: f64,
}

/// How far a defect has come.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct DefectState {
    /// Does it exist yet?
    begun: bool,
    /// Working user-days when it was last counted.
    pub(crate) exposure: f64,
    pub(crate) found: Option<Time>,
    pub(crate) fixed: Option<Time>,
    /// Was it still hidden when the first wave after the pilot started?
    pub(crate) escaped: bool,
}

impl DefectState {
    pub(crate) fn new(defect: &Defect) -> DefectState {
        DefectState {
            begun: defect.begins.is_none(),
            exposure: 0.0,
            found: None,
            fixed: None,
            escaped: false,
        }
    }

    /// Does it harm whom it reaches?
    pub(super) fn is_live(&self) -> bool {
        self.begun && self.fixed.is_none()
    }
}

/// The next ticket that a user would open about a defect.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct DueTicket {
    defect: u16,
    /// How many this user has opened about it.
    number: u32,
    /// On the user's clock of days on the new side, or with a new client.
    at: f64,
}

/// A user's days of exposure and the tickets they will lead to, for one of the two clocks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Exposed {
    days: u32,
    next: f64,
    due: Vec<DueTicket>,
}

/// Bit of a user in a set.
#[inline]
pub(crate) fn contains(set: &[u64], user: UserId) -> bool {
    set[user as usize / 64] >> (user % 64) & 1 == 1
}

fn put(set: &mut [u64], user: UserId, within: bool) {
    let bit = 1 << (user % 64);
    let word = &mut set[user as usize / 64];
    *word = if within { *word | bit } else { *word & !bit };
}

impl<O: Observer<Entry>> Simulation<'_, O> {
    pub(super) fn schedule_defects(&mut self) {
        let horizon = self.world.facts.calendar.horizon;
        for (number, defect) in (0..).zip(&self.world.defects) {
            if let Some(at) = defect.begins.filter(|&at| at < horizon) {
                self.state.events.push(at, Event::DefectBegins(number));
            }
        }
    }

    /// A declared defect begins, and everybody knows.
    pub(super) fn defect_begins(&mut self, now: Time, defect: u16) {
        self.state.defects[usize::from(defect)].begun = true;
        self.defect_found(now, defect);
    }

    pub(super) fn schedule_workdays(&mut self) {
        let works = |application: &crate::world::Application| application.works_from == Some(Time::ZERO);
        if self.fixed.lurking.is_empty() && self.world.facts.applications.iter().all(works) {
            return;
        }
        let users = self.world.facts.users.len();
        self.state.exposed = vec![[Exposed::default(), Exposed::default()]; users];
        for day in 0..self.world.facts.calendar.days() {
            self.state
                .events
                .push(Time(i64::from(day) * Span::DAY.0), Event::Workday(day));
        }
    }

    /// Notes on which side a user is homed, and whether the user works with a new client.
    pub(super) fn note_side(&mut self, user: UserId) {
        let facts = &self.world.facts;
        let on_new = !facts.is_legacy(self.state.pool[user as usize]);
        let client = self.state.client(self.world, user);
        put(&mut self.state.on_new, user, on_new);
        put(
            &mut self.state.with_new_client,
            user,
            !facts.profile.client_legacy[usize::from(client)],
        );
    }

    /// Does a defect exist, unfixed, and reach somebody?
    pub(super) fn harms_anybody(&self, defect: usize) -> bool {
        let lurking = &self.fixed.lurking[defect];
        let side = match lurking.client {
            None => &self.state.on_new,
            Some(_) => &self.state.with_new_client,
        };
        let concerned = |(word, (mask, side)): (usize, (&u64, &u64))| {
            let mut bits = mask & side;
            std::iter::from_fn(move || {
                let user = (bits != 0).then(|| word as UserId * 64 + bits.trailing_zeros());
                bits &= bits.wrapping_sub(1);
                user
            })
        };
        let mut users = lurking.mask.iter().zip(side).enumerate().flat_map(concerned);
        self.state.defects[defect].is_live() && users.any(|user| self.reaches(defect, user))
    }

    /// A working day begins: people on the new side have a further day on the clocks of their tickets.
    pub(super) fn workday(&mut self, window: &Window, now: Time) {
        let noon = now + Span::DAY / 2;
        let mut present = vec![0_u64; self.state.on_new.len()];
        for (site, mask) in self.world.facts.calendar.sites.iter().zip(&self.fixed.site_masks) {
            let date = site.date(noon);
            if !site.is_working_day(date) {
                continue;
            }
            let row = usize::try_from(date - window.first_date).expect("date before the window")
                * window.words_per_date;
            for (word, mask) in mask.iter().enumerate() {
                let active = if self.fixed.all_active {
                    u64::MAX
                } else {
                    window.active[row + word]
                };
                present[word] |= mask & active;
            }
        }
        self.add_application_hours(now, &present);
        for clock in 0..2 {
            for (word, present) in present.iter().enumerate() {
                let set = if clock == 0 {
                    self.state.on_new[word]
                } else {
                    self.state.with_new_client[word]
                };
                let mut bits = present & set;
                while bits != 0 {
                    let user = word as UserId * 64 + bits.trailing_zeros();
                    bits &= bits - 1;
                    self.add_day(now, user, clock);
                }
            }
        }
    }

    /// People on the new side go without an application that does not work there yet, or that an unfixed defect of
    /// severity 1 has taken away; everybody does once an application that does not work there has moved there. The whole day is counted at once, and they are noted, so that hours without
    /// service on that day are not counted for that application again.
    fn add_application_hours(&mut self, now: Time, present: &[u64]) {
        let facts = &self.world.facts;
        let mut lost = Span::ZERO;
        for (place, application) in (0..).zip(&facts.applications) {
            let broken = (self.world.defects.iter().zip(&self.state.defects)).any(|(defect, state)| {
                defect.severity == 1 && defect.scope == Scope::Application(place) && state.is_live()
            });
            let unfit = application.works_from.is_none_or(|from| from > now);
            let home = self.state.applications.home[place as usize];
            let for_all = unfit && !facts.is_legacy(home);
            let fails = broken || unfit;
            let users = &self.fixed.application_masks[place as usize];
            let without = &mut self.state.without_application[place as usize];
            for (word, without) in without.iter_mut().enumerate() {
                let side = if for_all {
                    u64::MAX
                } else {
                    self.state.on_new[word]
                };
                let concerned = present[word] & users[word] & side;
                *without = if fails { concerned } else { 0 };
            }
            for (site, mask) in facts.calendar.sites.iter().zip(&self.fixed.site_masks) {
                let people: u32 = (without.iter().zip(mask))
                    .map(|(without, mask)| (without & mask).count_ones())
                    .sum();
                lost += site.day_length() * i64::from(people);
            }
        }
        self.state.counts.applications += lost;
    }

    pub(super) fn defect_found(&mut self, now: Time, defect: u16) {
        let state = &mut self.state.defects[usize::from(defect)];
        if state.found.is_some() {
            return;
        }
        state.found = Some(now);
        let fix = now + Span::from_days_f64(self.world.defects[usize::from(defect)].fix_days);
        self.state.events.push(fix, Event::DefectFixed(defect));
        let severity = i64::from(self.world.defects[usize::from(defect)].severity);
        let entry = Entry::new(
            now,
            Action::DefectFound,
            Subject::Defect(defect),
            Label::Blank,
            Label::Blank,
            Cause::None,
        );
        self.log(entry.with([severity, state_exposure(&self.state.defects, defect), fix.0, 0]));
    }

    pub(super) fn defect_fixed(&mut self, now: Time, defect: u16) {
        self.state.defects[usize::from(defect)].fixed = Some(now);
        self.log_change(now, Action::DefectFixed, Subject::Defect(defect), Cause::None);
    }

    /// Defects that are found and not fixed.
    pub(super) fn open_defects(&self) -> u32 {
        let open = |state: &&DefectState| state.found.is_some() && state.fixed.is_none();
        self.state.defects.iter().filter(open).count() as u32
    }

    /// Defects of severity 1 that are found and not fixed.
    pub(super) fn open_severity_1(&self) -> u32 {
        let open = |(defect, state): (&crate::world::Defect, &DefectState)| {
            defect.severity == 1 && state.found.is_some() && state.fixed.is_none()
        };
        self.world
            .defects
            .iter()
            .zip(&self.state.defects)
            .filter(|&pair| open(pair))
            .count() as u32
    }

    /// Production begins: what is hidden now has escaped the pilot.
    pub(super) fn note_escapes(&mut self) {
        for state in &mut self.state.defects {
            state.escaped = state.begun && state.found.is_none();
        }
    }

    /// Does an unfixed defect that reaches the organiser break this occurrence? The first that does.
    pub(super) fn defect_that_breaks(&self, series: &Series, occurrence: &Occurrence) -> Option<Hit> {
        let organiser = series.id.organiser;
        let concerned =
            contains(&self.state.on_new, organiser) || contains(&self.state.with_new_client, organiser);
        if !concerned {
            return None;
        }
        let index = combine(self.series_entity(series.id), u64::from(occurrence.number));
        (0..self.fixed.lurking.len()).find_map(|defect| {
            let lurking = &self.fixed.lurking[defect];
            let may =
                lurking.hit > 0.0 && self.state.defects[defect].is_live() && self.reaches(defect, organiser);
            let uniform = if may { lurking.hits.uniform(index) } else { 1.0 };
            (uniform < lurking.hit).then_some(Hit {
                defect: defect as u16,
                uniform,
            })
        })
    }

    /// A user has a further day on a clock: 0 counts days on the new side, 1 days with a new client.
    fn add_day(&mut self, now: Time, user: UserId, clock: usize) {
        if self.state.exposed[user as usize][clock].days == 0 {
            self.first_day(user, clock);
        }
        let exposed = &mut self.state.exposed[user as usize][clock];
        exposed.days += 1;
        if f64::from(exposed.days) < exposed.next {
            return;
        }
        let days = f64::from(exposed.days);
        let mut due = std::mem::take(&mut exposed.due);
        for ticket in &mut due {
            while ticket.at <= days {
                let defect = usize::from(ticket.defect);
                if self.state.defects[defect].fixed.is_some() {
                    ticket.at = f64::INFINITY;
                    break;
                }
                if self.state.defects[defect].begun && self.reaches(defect, user) {
                    self.open_defect_ticket(now, user, ticket.defect, ticket.number);
                }
                ticket.number += 1;
                ticket.at += self.ticket_gap(defect, user, ticket.number);
            }
        }
        due.retain(|ticket| ticket.at.is_finite());
        let exposed = &mut self.state.exposed[user as usize][clock];
        exposed.next = due.iter().map(|ticket| ticket.at).fold(f64::INFINITY, f64::min);
        exposed.due = due;
    }

    fn first_day(&mut self, user: UserId, clock: usize) {
        let mut exposed = Exposed {
            days: 0,
            next: f64::INFINITY,
            due: Vec::new(),
        };
        for defect in 0..self.fixed.lurking.len() {
            let lurking = &self.fixed.lurking[defect];
            let own_clock = usize::from(lurking.client.is_some());
            if own_clock != clock || lurking.ticket_rate <= 0.0 || !contains(&lurking.mask, user) {
                continue;
            }
            let at = self.ticket_gap(defect, user, 0);
            exposed.next = exposed.next.min(at);
            exposed.due.push(DueTicket {
                defect: defect as u16,
                number: 0,
                at,
            });
        }
        self.state.exposed[user as usize][clock] = exposed;
    }

    /// Days on the user's own clock from one ticket about a defect to the next.
    fn ticket_gap(&self, defect: usize, user: UserId, number: u32) -> f64 {
        let id = combine(
            self.world.defects[defect].id,
            self.world.facts.users[user as usize].id,
        );
        let u = self
            .world
            .key
            .uniform(Purpose::DefectTickets, id, u64::from(number) << 1);
        let rate = self.fixed.lurking[defect].ticket_rate * self.world.traits[user as usize].proneness;
        distribution::waiting_time(u, 1.0 / rate)
    }

    /// Some time in the working hours of this day.
    fn open_defect_ticket(&mut self, now: Time, user: UserId, defect: u16, number: u32) {
        let id = combine(
            self.world.defects[usize::from(defect)].id,
            self.world.facts.users[user as usize].id,
        );
        let subject = Subject::Ticket(Source::Defect as u8, user);
        let index = u64::from(number) << 1 | 1;
        let u = self.draw(now, subject, Purpose::DefectTickets, id, index);
        let site = &self.world.facts.calendar.sites[usize::from(self.world.facts.users[user as usize].site)];
        let morning = site.next_working(site.midnight(site.date(now + Span::DAY / 2)).max(now));
        let within = Span((site.day_length().0 as f64 * u) as i64);
        let ticket = Ticket {
            source: Source::Defect,
            user,
            a: defect.into(),
            b: number,
        };
        self.state
            .events
            .push(morning + within, Event::TicketOpened(ticket));
    }
}

fn state_exposure(defects: &[DefectState], defect: u16) -> i64 {
    millionths(defects[usize::from(defect)].exposure)
}
