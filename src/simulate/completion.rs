//! Who has come to the new side for good, and since when nearly all of those who can have (model book, 10.1).

use super::Simulation;
use super::state::State;
use crate::kernel::{Observer, Time};
use crate::mutant;
use crate::outcome::Entry;
use crate::world::profile::SignIn;
use crate::world::{UserId, World};

/// How far somebody is on the way to the new side.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Coming {
    /// Homed there with a client that works fully.
    Complete,
    /// Told to install a client that would, on a machine that never does and is visited by nobody.
    Never,
    NotYet,
}

/// How far everybody is, and since when.
#[derive(Clone, Debug)]
pub(crate) struct Completion {
    of: Vec<Coming>,
    complete: u32,
    never: u32,
    /// Since when everybody is complete.
    pub(crate) since: Option<Time>,
    /// When nearly all of those who can were for the first time.
    pub(crate) nearly_first: Option<Time>,
    /// Since when nearly all of those who can are, for good if there was a rollback.
    nearly_since: Option<Time>,
}

impl Completion {
    pub(crate) fn new(users: usize) -> Completion {
        Completion {
            of: vec![Coming::NotYet; users],
            complete: 0,
            never: 0,
            since: None,
            nearly_first: None,
            nearly_since: None,
        }
    }

    fn set(&mut self, user: UserId, coming: Coming) {
        let before = std::mem::replace(&mut self.of[user as usize], coming);
        self.complete += u32::from(coming == Coming::Complete);
        self.complete -= u32::from(before == Coming::Complete);
        self.never += u32::from(coming == Coming::Never);
        self.never -= u32::from(before == Coming::Never);
    }

    /// Are 98 % of those of the employees who can complete? Where nobody is left, nobody has come.
    fn is_near(&self, employees: u32) -> bool {
        let never = if mutant::is("never-counts") { 0 } else { self.never };
        let can = u64::from(employees - never);
        self.complete > 0 && u64::from(self.complete) * 100 >= can * 98
    }

    /// A rollback is ordered: who has come has not come for good.
    pub(super) fn turns_back(&mut self) {
        self.nearly_since = None;
    }
}

impl State {
    fn coming(&self, world: &World, user: UserId) -> Coming {
        let machine = &self.machines[world.machine_start[user as usize] as usize];
        let is_new = !world.facts.is_legacy(self.pool[user as usize]);
        if !self.staff.is_here(user) {
            Coming::NotYet
        } else if is_new && self.sign_in(world, user) == SignIn::Full {
            Coming::Complete
        } else if machine.pending && machine.never {
            Coming::Never
        } else {
            Coming::NotYet
        }
    }

    /// The home, the client or the order of the first machine of a user may have changed.
    pub(super) fn note_coming(&mut self, world: &World, user: UserId) {
        let coming = self.coming(world, user);
        self.completion.set(user, coming);
    }

    /// When the course ended, if it has.
    pub(crate) fn course_end(&self) -> Option<Time> {
        let nearly = self.completion.nearly_since;
        match (self.moves_anybody, self.retires) {
            (false, _) => Some(Time::ZERO),
            (true, false) => nearly,
            (true, true) => Some(nearly?.max(self.retired_at?)),
        }
    }
}

impl<O: Observer<Entry>> Simulation<'_, O> {
    /// How far a user is may have changed.
    pub(super) fn note_completion(&mut self, now: Time, user: UserId) {
        self.state.note_coming(self.world, user);
        let employees = self.state.staff.employees;
        let completion = &mut self.state.completion;
        if completion.complete < employees || completion.complete == 0 {
            completion.since = None;
        } else {
            completion.since.get_or_insert(now);
        }
        if completion.is_near(employees) {
            completion.nearly_first.get_or_insert(now);
        }
        self.note_course(now);
    }

    /// Notes since when nearly everybody has come to the new side. Once a rollback was ordered, only the last time counts.
    pub(super) fn note_course(&mut self, now: Time) {
        let completion = &mut self.state.completion;
        if completion.is_near(self.state.staff.employees) {
            completion.nearly_since.get_or_insert(now);
        } else if self.state.counts.rollbacks > 0 {
            completion.nearly_since = None;
        }
    }
}
