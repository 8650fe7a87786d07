//! Coexistence testing: runs that find configuration faults, the gate before the first wave, and faults gone live.

use super::Simulation;
use super::event::{Event, Job, draw_index};
use crate::kernel::random::combine;
use crate::kernel::{Observer, Span, Time};
use crate::outcome::log::Label;
use crate::outcome::{Action, Cause, Entry, Subject};
use crate::plan::Plan;
use crate::world::{Fault, FaultKind, FaultModel, Place, PoolId, Purpose, SeriesId, SiteId, Window, World};

/// State of the tests of one strategy.
#[derive(Clone, Debug)]
pub(crate) struct TestState {
    found: Vec<bool>,
    fixed: Vec<bool>,
    /// Must the first wave still wait for a clean run?
    is_gated: bool,
    /// Unfixed faults that strike meetings, by pool.
    modality: Vec<Vec<u32>>,
    pub(crate) live: u64,
}

impl TestState {
    pub(crate) fn new(world: &World, plan: &Plan) -> TestState {
        let faults = world.faults.len();
        let mut modality = vec![Vec::new(); world.facts.pools.len()];
        for (number, fault) in (0..).zip(&world.faults) {
            let model = &world.facts.faults[usize::from(fault.model)];
            if let (FaultKind::Modality, Place::Pool(pool)) = (model.kind, model.place) {
                modality[usize::from(pool)].push(number);
            }
        }
        TestState {
            found: vec![false; faults],
            fixed: vec![false; faults],
            is_gated: plan.testing.as_ref().is_some_and(|testing| testing.required),
            modality,
            live: 0,
        }
    }

    /// Faults that tests have found.
    pub(crate) fn found(&self) -> usize {
        self.found.iter().filter(|&&found| found).count()
    }
}

impl<O: Observer<Entry>> Simulation<'_, O> {
    pub(super) fn schedule_tests(&mut self) {
        if let Some(at) = self.plan.testing.as_ref().and_then(|testing| testing.run(0)) {
            self.state.events.push(at, Event::TestRun(0));
        }
    }

    fn model(&self, fault: &Fault) -> &FaultModel {
        &self.world.facts.faults[usize::from(fault.model)]
    }

    fn fault_entity(&self, fault: &Fault) -> u64 {
        combine(self.model(fault).id, u64::from(fault.number))
    }

    pub(super) fn test_run(&mut self, window: &Window, now: Time, run: u32) {
        let (world, plan) = (self.world, self.plan);
        let Some(testing) = &plan.testing else { return };
        let (mut found, mut open) = (0, 0);
        for (number, fault) in world.faults.iter().enumerate() {
            let model = &world.facts.faults[usize::from(fault.model)];
            if self.state.testing.fixed[number] || !testing.checks.contains(&model.kind) {
                continue;
            }
            if self.state.testing.found[number] {
                open += 1;
                continue;
            }
            let subject = Subject::Fault(fault.model, fault.number);
            let entity = self.fault_entity(fault);
            let u = self.draw(now, subject, Purpose::FaultFound, entity, run.into());
            if u < model.found {
                (found, open) = (found + 1, open + 1);
                self.state.testing.found[number] = true;
                let fixed = now + Span::from_days_f64(fault.fix_days);
                self.state.events.push(fixed, Event::FaultFixed(number as u32));
                let blank = Label::Blank;
                let entry = Entry::new(now, Action::FaultFound, subject, blank, blank, Cause::None);
                self.log(entry.with([fixed.0, 0, 0, 0]));
            }
        }
        let blank = Label::Blank;
        let entry = Entry::new(now, Action::TestRun, Subject::Plan, blank, blank, Cause::Plan);
        self.log(entry.with([run.into(), found, open, 0]));
        if open == 0 && std::mem::replace(&mut self.state.testing.is_gated, false) {
            self.open_gate(window, now);
        }
        if let Some(next) = testing.run(run + 1) {
            self.state.events.push(next, Event::TestRun(run + 1));
        }
    }

    pub(super) fn fault_fixed(&mut self, now: Time, number: u32) {
        self.state.testing.fixed[number as usize] = true;
        for pool in &mut self.state.testing.modality {
            pool.retain(|&other| other != number);
        }
        let fault = &self.world.faults[number as usize];
        let subject = Subject::Fault(fault.model, fault.number);
        self.log_change(now, Action::FaultFixed, subject, Cause::None);
    }

    /// The first clean run: a wave that was held for it goes on.
    fn open_gate(&mut self, window: &Window, now: Time) {
        let held = self.held_for(now);
        let blank = Label::Blank;
        let entry = Entry::new(now, Action::GatePassed, Subject::Plan, blank, blank, Cause::None);
        self.log(entry.with([held.0, 0, 0, 0]));
        self.release_wave(window, now);
    }

    /// Do the tests still hold the first wave?
    pub(super) fn tests_hold(&self) -> bool {
        self.state.testing.is_gated
    }

    /// Faults that are not fixed when the first user moves.
    pub(super) fn note_live_faults(&mut self) {
        let fixed = &self.state.testing.fixed;
        self.state.testing.live = fixed.iter().filter(|&&fixed| !fixed).count() as u64;
    }

    /// Does a fault of the target pool make a move fail?
    pub(super) fn fault_stops_move(&mut self, now: Time, job: Job, to: PoolId) -> bool {
        let world = self.world;
        for (number, fault) in world.faults.iter().enumerate() {
            let model = &world.facts.faults[usize::from(fault.model)];
            let is_here = model.kind == FaultKind::Service && model.place == Place::Pool(to);
            if !is_here || self.state.testing.fixed[number] || model.hit <= 0.0 {
                continue;
            }
            let entity = combine(self.fault_entity(fault), world.facts.users[job.user as usize].id);
            let index = draw_index(job.direction, self.state.programme.attempt, job.attempt);
            let subject = Subject::User(job.user);
            if self.draw(now, subject, Purpose::FaultStopsMove, entity, index) < model.hit {
                return true;
            }
        }
        false
    }

    /// Does a fault of the host pool strike an occurrence?
    pub(super) fn fault_strikes(&mut self, now: Time, pool: PoolId, id: SeriesId, number: u32) -> bool {
        let world = self.world;
        let faults = self.state.testing.modality[usize::from(pool)].clone();
        for fault in faults.iter().map(|&fault| &world.faults[fault as usize]) {
            let organiser = world.facts.users[id.organiser as usize].id;
            let series = combine(organiser, u64::from(id.number));
            let entity = combine(self.fault_entity(fault), series);
            let subject = Subject::Occurrence(id, number);
            let u = self.draw(now, subject, Purpose::FaultHits, entity, number.into());
            if u < self.model(fault).hit {
                self.log_change(now, Action::FaultStruck, subject, Cause::Fault);
                return true;
            }
        }
        false
    }

    /// How much longer technicians take at a site because of its faults.
    pub(super) fn technician_factor(&self, site: SiteId) -> f64 {
        let faults = self.world.faults.iter().zip(&self.state.testing.fixed);
        let slower = faults
            .filter(|(_, fixed)| !**fixed)
            .map(|(fault, _)| self.model(fault));
        1.0 + slower
            .filter(|model| model.kind == FaultKind::Administration && model.place == Place::Site(site))
            .map(|model| model.hit)
            .sum::<f64>()
    }
}
