//! What falls on which department, site and wave. Kept only where it is asked for; nothing depends on it.

use super::Simulation;
use super::state::Service;
use crate::kernel::{Observer, Span, Time};
use crate::outcome::Entry;
use crate::outcome::breakdown::{Breakdown, Division, DivisionDay, WaveCount};
use crate::plan::Plan;
use crate::world::{Facts, UserId, World};

/// Who has come to the new side, of each division.
#[derive(Clone, Copy, Default)]
struct Standing {
    employed: u32,
    moved: u32,
    stranded: u32,
}

/// The accounts of departments, sites and waves.
#[derive(Clone)]
pub(crate) struct Divisions {
    found: Breakdown,
    /// Has this person been moved to the new side at least once?
    moved_once: Vec<bool>,
}

impl Divisions {
    pub(crate) fn new(world: &World, plan: &Plan) -> Divisions {
        let facts = &world.facts;
        let divisions = facts.departments.len() + facts.calendar.sites.len();
        Divisions {
            found: Breakdown {
                divisions: vec![Division::default(); divisions],
                waves: vec![WaveCount::default(); plan.waves.len()],
                ..Breakdown::default()
            },
            moved_once: vec![false; facts.users.len()],
        }
    }

    fn of_user(&mut self, divisions: [usize; 2]) -> impl Iterator<Item = &mut Division> {
        let all = &mut self.found.divisions;
        let [department, site] = all.get_disjoint_mut(divisions).expect("a department and a site");
        [department, site].into_iter()
    }

    /// Working time of a person who cannot sign in, and with a limited client.
    pub(super) fn add_hours(&mut self, divisions: [usize; 2], stranded: Span, limited: Span) {
        for division in self.of_user(divisions) {
            division.stranded += stranded;
            division.limited += limited;
        }
    }

    /// A broken meeting of an organiser, which starts on a day.
    pub(super) fn add_broken(&mut self, divisions: [usize; 2], day: u32) {
        for division in self.of_user(divisions) {
            division.broken += 1;
        }
        for division in divisions {
            self.found.days.entry((day, division as u32)).or_default().broken += 1;
        }
    }

    pub(super) fn note_moved(&mut self, user: UserId) {
        self.moved_once[user as usize] = true;
    }

    pub(super) fn note_start(&mut self, wave: u32, now: Time) {
        if let Some(wave) = self.found.waves.get_mut(wave as usize) {
            wave.started.get_or_insert(now);
        }
    }

    fn end_day(&mut self, day: u32, standings: &[Standing]) {
        for (number, (division, now)) in (0..).zip(self.found.divisions.iter_mut().zip(standings)) {
            if now.employed > 0 && now.moved * 100 >= now.employed * 98 {
                division.moved.get_or_insert(day);
            }
            division.worst = division.worst.max(now.stranded);
            if now.stranded > 0 {
                let entry: &mut DivisionDay = self.found.days.entry((day, number)).or_default();
                entry.stranded = now.stranded;
            }
        }
    }
}

/// The two divisions that somebody belongs to, as places in [`Breakdown::divisions`].
fn divisions_of(facts: &Facts, user: UserId) -> [usize; 2] {
    let person = &facts.users[user as usize];
    [
        person.department as usize,
        facts.departments.len() + usize::from(person.site),
    ]
}

impl<O: Observer<Entry>> Simulation<'_, O> {
    /// Lets the accounts of divisions, if they are kept, take note of somebody.
    pub(super) fn note_for_divisions(&mut self, user: UserId, note: impl FnOnce(&mut Divisions, [usize; 2])) {
        if let Some(divisions) = &mut self.state.divisions {
            note(divisions, divisions_of(&self.world.facts, user));
        }
    }

    pub(super) fn end_day_of_divisions(&mut self, day: u32) {
        let Some(mut divisions) = self.state.divisions.take() else {
            return;
        };
        let facts = &self.world.facts;
        let mut standings = vec![Standing::default(); divisions.found.divisions.len()];
        for user in self.employees() {
            let moved = u32::from(self.is_moved(user));
            let stranded = u32::from(self.state.service[user as usize] == Service::Stranded);
            for division in divisions_of(facts, user) {
                let standing = &mut standings[division];
                standing.employed += 1;
                standing.moved += moved;
                standing.stranded += stranded;
            }
        }
        divisions.end_day(day, &standings);
        self.state.divisions = Some(divisions);
    }

    /// The accounts at the horizon.
    pub(super) fn breakdown(&mut self) -> Option<Breakdown> {
        let Divisions {
            mut found,
            moved_once,
        } = *self.state.divisions.take()?;
        for (wave, people) in found.waves.iter_mut().zip(&self.fixed.waves) {
            for &user in people {
                let count = if moved_once[user as usize] {
                    &mut wave.moved
                } else if !self.state.staff.is_here(user) {
                    &mut wave.left
                } else if wave.started.is_some() {
                    &mut wave.failed
                } else {
                    &mut wave.waiting
                };
                *count += 1;
            }
        }
        Some(found)
    }
}
