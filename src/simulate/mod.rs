//! The rules: what happens to users, clients, pools and meetings when a plan meets a world.
//!
//! `outcome = simulate(world, plan)` is a pure function. `event::Event` is the whole list of what can happen and,
//! by the order of its variants, the tie rule; [`Simulation`] carries the state of one strategy through the world
//! window by window; each part of the rules has a file of its own:
//!
//! | file | part |
//! |---|---|
//! | `moves` | change windows, tries, interruptions |
//! | `clients` | rollout, installs, technicians, downgrades |
//! | `completion` | who has come to the new side, and since when nearly all have |
//! | `pools` | front ends, back ends, sites, quorum, service |
//! | `failover` | which pool serves whom when one is down |
//! | `edge` | people outside the office and guests when an edge is down |
//! | `meetings` | series created, made stale, repaired |
//! | `judge` | every occurrence judged by the causes in order |
//! | `programme` | the order of waves, holds, decisions, further attempts |
//! | `gates` | what people could know, and how gates and triggers judge it |
//! | `rollback` | who goes back and how, and retirement |
//! | `defects` | what defects reach, their fixes, harm and tickets |
//! | `discovery` | exposure to defects, and when they are found |
//! | `desk` | tickets and the agents who work on them |
//! | `tasks` | topology tasks: started, completed, taken back |
//! | `orders` | the order among them, and what its violation breaks |
//! | `applications` | where applications live, and who goes without them |
//! | `testing` | coexistence tests and configuration faults |
//! | `turnover` | people who join and leave |
//! | `exposure` | what a rollback ordered now would have to undo |
//! | `branch` | stopping at an instant; courses and troubles that begin there; what came of it |
//! | `account` | hours, daily counts, the row of metrics |
//! | `breakdown` | what falls on which department, site and wave |
//!
//! Not here: chance (drawn by the world or keyed), files, presentation.

mod account;
mod applications;
mod branch;
mod breakdown;
mod clients;
mod completion;
mod defects;
mod desk;
mod discovery;
mod edge;
mod event;
mod exposure;
mod failover;
mod gates;
mod judge;
mod meetings;
mod moves;
mod orders;
mod pools;
mod programme;
mod rollback;
mod state;
mod tasks;
mod testing;
mod turnover;

use crate::kernel::{Digest, Observer, Time};
use crate::mutant;
use crate::outcome::{Action, Cause, Entry, Outcome, Subject};
use crate::plan::Plan;
use crate::world::reader::Memory;
use crate::world::{Outage, Purpose, ScriptedOutage, Window, World};
use branch::{Intake, Watch};
use breakdown::Divisions;
use event::Event;
pub use state::bytes_of_state;
use state::{Fixed, State};
use std::borrow::Cow;
use std::sync::Arc;

/// Occurrences whose memory is touched ahead of time.
const AHEAD: usize = 32;

/// What happens next.
#[derive(Clone, Copy)]
enum Next {
    Created(Time),
    Occurrence,
    Own(Time, Event),
}

/// Switches of the rules, for analysis by exclusion, and what is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Options {
    /// This cause of broken meetings is skipped when occurrences are judged.
    pub without: Option<Cause>,
    /// Departments, sites and waves are accounted for, see [`Outcome::breakdown`].
    pub breakdown: bool,
}

/// One strategy on its way through a world. Cloning it copies the whole state: a copy has the same future, also in the
/// middle of a window, see [`Simulation::advance_until`].
#[derive(Clone)]
pub struct Simulation<'w, O> {
    world: &'w World,
    plan: &'w Plan,
    fixed: Arc<Fixed>,
    state: State,
    options: Options,
    digest: Digest,
    observer: O,
    /// What has been taken of the window.
    intake: Intake,
    /// The outages of the world, with those of declared troubles.
    outages: Cow<'w, [Outage]>,
    /// Outages of declared troubles.
    declared: Vec<ScriptedOutage>,
    /// Who is being waited for since a branch; nothing depends on it.
    watches: Vec<Watch>,
}

/// Replays one plan in a world.
///
/// The observer hears every entry of the event log; it cannot change anything.
pub fn simulate<O: Observer<Entry>>(world: &World, plan: &Plan, observer: O) -> (Outcome, O) {
    simulate_with(world, plan, observer, Options::default())
}

/// [`simulate`] with switches.
pub fn simulate_with<O: Observer<Entry>>(
    world: &World,
    plan: &Plan,
    observer: O,
    options: Options,
) -> (Outcome, O) {
    let mut simulation = Simulation::new(world, plan, observer, options);
    let mut reader = world.reader();
    while let Some(window) = reader.next() {
        simulation.advance(window);
    }
    simulation.finish()
}

/// Replays every plan in the same world, all of them through one window of it before the next is read.
/// Outcomes come in the order of the plans; no plan can influence another.
pub fn replay_all(world: &World, plans: &[&Plan]) -> Vec<Outcome> {
    replay_all_in(world, plans, &mut Memory::default())
}

/// [`replay_all`] with memory that an earlier world has used; it leaves no trace in the outcome.
pub fn replay_all_in(world: &World, plans: &[&Plan], memory: &mut Memory) -> Vec<Outcome> {
    let runs: Vec<_> = plans.iter().map(|&plan| (plan, Options::default())).collect();
    replay_each_in(world, &runs, memory)
}

/// [`replay_all_in`], each plan with switches of its own.
pub fn replay_each_in(world: &World, runs: &[(&Plan, Options)], memory: &mut Memory) -> Vec<Outcome> {
    let mut simulations: Vec<_> = runs
        .iter()
        .map(|&(plan, options)| Simulation::new(world, plan, crate::kernel::Nothing, options))
        .collect();
    let mut reader = world.reader_with(std::mem::take(memory));
    while let Some(window) = reader.next() {
        for simulation in &mut simulations {
            simulation.advance(window);
        }
    }
    *memory = reader.into_memory();
    simulations
        .into_iter()
        .map(|simulation| simulation.finish().0)
        .collect()
}

impl<'w, O: Observer<Entry>> Simulation<'w, O> {
    /// The state before time zero.
    pub fn new(world: &'w World, plan: &'w Plan, observer: O, options: Options) -> Self {
        let fixed = Arc::new(Fixed::new(world, plan));
        let mut state = State::new(world, plan, &fixed);
        state.divisions = options.breakdown.then(|| Box::new(Divisions::new(world, plan)));
        let mut simulation = Simulation {
            world,
            plan,
            fixed,
            state,
            options,
            digest: Digest::default(),
            observer,
            intake: Intake::default(),
            outages: Cow::Borrowed(&world.outages),
            declared: Vec::new(),
            watches: Vec::new(),
        };
        simulation.schedule_plan();
        simulation
    }

    fn schedule_plan(&mut self) {
        if self.plan.lottery.is_some() {
            self.state.events.push(Time::ZERO, Event::Lot);
        }
        let horizon = self.world.facts.calendar.horizon;
        for day in 0..self.world.facts.calendar.days() {
            let end = Time((i64::from(day) + 1) * crate::kernel::Span::DAY.0).min(horizon);
            self.state.events.push(end, Event::DayEnd(day));
        }
        self.schedule_programme();
        self.schedule_outages();
        self.schedule_defects();
        self.schedule_workdays();
        self.schedule_desk();
        self.schedule_tasks();
        self.schedule_tests();
        self.schedule_turnover();
        if let Some(retirement) = &self.plan.retirement {
            self.state.events.push(retirement.at, Event::Retirement);
        }
    }

    /// Carries the strategy through one window of the world.
    pub fn advance(&mut self, window: &Window) {
        self.advance_until(window, window.to);
        if window.to >= self.world.facts.calendar.horizon {
            self.close(window);
        }
    }

    /// Carries the strategy on to an instant, which may lie within the window: everything before it has happened, nothing
    /// at it. The window must be the one after the last that was carried through, or the same again.
    pub fn advance_until(&mut self, window: &Window, until: Time) {
        if self.intake.window != Some(window.from) {
            self.take_over(window);
            self.intake = Intake::of(window);
        }
        let until = until.min(window.to);
        while let Some(next) = self.next(window, until) {
            match next {
                Next::Created(now) => {
                    self.create_series(window, now, self.intake.created);
                    self.intake.created += 1;
                }
                Next::Occurrence => {
                    let number = self.intake.occurrence;
                    if number.is_multiple_of(AHEAD) {
                        self.look_ahead(window, number);
                    }
                    self.judge(window, &window.occurrences[number]);
                    self.intake.occurrence += 1;
                }
                Next::Own(now, event) => {
                    self.happens(window, now, event);
                }
            }
        }
    }

    /// The strategy's own next event.
    fn happens(&mut self, window: &Window, now: Time, event: Event) {
        if !self.watches.is_empty() {
            self.look_at_watches(now);
        }
        self.state.events.pop();
        self.dispatch(window, now, event);
    }

    /// Ends the day that an instant is the end of, if there is one that has not been ended. The snapshot of a day is the first
    /// thing that happens at its end, before anything that is decided there. The strategy must have been carried to the
    /// instant, which lies in the window or is the horizon.
    pub fn end_day_at(&mut self, window: &Window, now: Time) {
        if let Some((at, event @ Event::DayEnd(_))) = self.state.events.peek()
            && at == now
        {
            self.happens(window, now, event);
        }
    }

    /// What comes next: the earliest of the strategy's own events and of the world's two streams, ties by the order
    /// of [`Event`]. Occurrences come after all but tickets and observations, so times alone mostly decide.
    fn next(&self, window: &Window, until: Time) -> Option<Next> {
        let own = self.state.events.peek().filter(|(at, _)| *at < until);
        let Intake {
            created, occurrence, ..
        } = self.intake;
        let series = (created < window.created.end)
            .then(|| &window.series[created as usize])
            .filter(|series| series.created < until);
        let occurrence = window
            .occurrences
            .get(occurrence)
            .filter(|occurrence| occurrence.start < until);
        let own_at = own.map_or(Time::NEVER, |(at, _)| at);
        let created_at = series.map_or(Time::NEVER, |series| series.created);
        let occurrence_at = occurrence.map_or(Time::NEVER, |occurrence| occurrence.start);
        let own_later = occurrence_at < own_at
            || (occurrence_at == own_at && own.is_some_and(|(_, event)| event.is_late()));
        if own_later && occurrence_at < created_at {
            return Some(Next::Occurrence);
        }
        match (own, series) {
            (Some((at, event)), Some(series)) => {
                let created = (series.created, Event::SeriesCreated(series.id));
                Some(if at < created_at || (at, event) < created {
                    Next::Own(at, event)
                } else {
                    Next::Created(created_at)
                })
            }
            (Some((at, event)), None) => Some(Next::Own(at, event)),
            (None, Some(_)) => Some(Next::Created(created_at)),
            (None, None) => None,
        }
    }

    /// Touches what the next occurrences will need, so that their memory arrives together and not one after the
    /// other. Changes nothing.
    fn look_ahead(&self, window: &Window, from: usize) {
        let mut touched = 0;
        for occurrence in window.occurrences[from..].iter().take(AHEAD) {
            let first = window.series[occurrence.slot as usize].attendees as usize;
            touched ^= window.attendees.get(first).copied().unwrap_or(0);
            touched ^= u32::from(self.state.series[occurrence.slot as usize].stale);
        }
        std::hint::black_box(touched);
    }

    fn dispatch(&mut self, window: &Window, now: Time, event: Event) {
        match event {
            Event::DayEnd(day) => self.end_day(window, now, day),
            Event::Workday(_) => self.workday(window, now),
            Event::DefectBegins(defect) => self.defect_begins(now, defect),
            Event::Lot => self.tell_lot(now),
            Event::Rollback => self.scripted_rollback(window, now),
            Event::Hold => self.state.programme.on_hold = true,
            Event::HoldEnds => self.end_hold(window, now),
            Event::Halt => self.halt(),
            Event::Decided {
                asker,
                choice,
                attempt,
            } => self.decided(window, now, asker, choice, attempt),
            Event::RenewTasks => self.renew_tasks(window, now),
            Event::Resume { attempt } => self.resume(window, now, attempt),
            Event::WaveStart { wave, attempt } => self.wave_due(window, now, wave, attempt),
            Event::WaveTold { wave, attempt } => self.tell_wave(window, now, wave, attempt),
            Event::TaskDone(job) => self.task_done(window, now, job),
            Event::TaskUndone(job) => self.task_undone(window, now, job),
            Event::TaskOutageEnds(job) => self.task_outage_ends(window, now, job),
            Event::FaultFixed(fault) => self.fault_fixed(now, fault),
            Event::TaskDue(job) => self.task_due(window, now, job),
            Event::TestRun(run) => self.test_run(window, now, run),
            Event::Told { user, attempt } => {
                if attempt == self.state.programme.attempt {
                    self.tell_user(window, now, user);
                }
            }
            Event::Retirement => self.try_retirement(window, now),
            Event::WindowOpens => self.start_moves(window, now),
            Event::ServerDown(outage) => self.server_changes(window, now, outage, false),
            Event::ServerUp(outage) => self.server_changes(window, now, outage, true),
            Event::ShiftChange(shift) => self.shift_change(now, shift),
            Event::BackgroundDay(day) => self.background_tickets(day),
            Event::EdgeInUse => self.use_own_edge(window, now),
            Event::FailoverDue { pool, round } => self.failover_due(now, pool, round),
            Event::FailoverDone { pool, round } => self.failover_done(window, now, pool, round),
            Event::FailbackDone { pool, round } => self.failback_done(window, now, pool, round),
            Event::Leaves(user) => self.leaves(window, now, user),
            Event::Joins(user) => self.joins(window, now, user),
            Event::MoveDone(job) => self.move_done(window, now, job),
            Event::ExceptionDone(job) => self.exception_done(window, now, job),
            Event::InterruptionEnds { user } => self.interruption_ends(window, now, user),
            Event::InstallReady { machine, order } => self.install_ready(window, now, machine, order),
            Event::InstallCarried { machine, order } => self.install_carried(window, now, machine, order),
            Event::DeadlinePassed { machine, order } => self.deadline_passed(now, machine, order),
            Event::TechnicianDone { machine, order } => self.technician_done(window, now, machine, order),
            Event::DefectFixed(defect) => self.defect_fixed(now, defect),
            Event::Repair { series, stale } => self.repair(window, now, series, stale),
            Event::TicketDone { ticket, due } => self.ticket_done(now, ticket, due),
            Event::TicketGivenUp { ticket, opened } => self.ticket_given_up(now, ticket, opened),
            Event::TicketOpened(ticket) => self.ticket_opened(now, ticket),
            Event::Observe(day) => self.observe(now, day),
            Event::SeriesCreated(_) => unreachable!("comes from the world's stream"),
        }
    }

    /// The outcome, after the last window.
    pub fn finish(mut self) -> (Outcome, O) {
        let breakdown = self.breakdown();
        let row = account::row(&self.state, &self.state.counts, self.world);
        (
            Outcome {
                row,
                timeline: self.state.timeline,
                gates: self.state.programme.gates,
                digest: self.digest.finish() ^ u64::from(mutant::is("build-leaks") && cfg!(debug_assertions)),
                breakdown,
            },
            self.observer,
        )
    }

    fn log(&mut self, entry: Entry) {
        self.digest.record(entry);
        if O::LISTENS {
            self.observer.record(entry);
        }
    }

    /// A keyed uniform draw, logged.
    fn draw(&mut self, at: Time, subject: Subject, purpose: Purpose, entity: u64, index: u64) -> f64 {
        let value = self.world.key.uniform(purpose, entity, index);
        self.log(Entry::drawn(at, subject, purpose, index, value));
        value
    }

    fn log_change(&mut self, at: Time, action: Action, subject: Subject, cause: Cause) {
        use crate::outcome::log::Label;
        self.log(Entry::new(at, action, subject, Label::Blank, Label::Blank, cause));
    }
}
