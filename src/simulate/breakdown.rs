//! What falls on which department, site and wave. Kept only where it is asked for; nothing depends on it.

use super::Simulation;
use super::state::Service;
use crate::kernel::{Observer, Span, Time};
use crate::outcome::Entry;
use crate::outcome::breakdown::{Breakdown, Part, PartDay, WaveCount};
use crate::plan::Plan;
use crate::world::{Facts, UserId, World};

/// Who has come to the new side, of each part.
#[derive(Clone, Copy, Default)]
struct Standing {
    employed: u32,
    moved: u32,
    stranded: u32,
}

/// The accounts of departments, sites and waves.
#[derive(Clone)]
pub(crate) struct Parts {
    found: Breakdown,
    /// Has this person been moved to the new side at least once?
    moved_once: Vec<bool>,
}

impl Parts {
    pub(crate) fn new(world: &World, plan: &Plan) -> Parts {
        let facts = &world.facts;
        let parts = facts.departments.len() + facts.calendar.sites.len();
        Parts {
            found: Breakdown {
                parts: vec![Part::default(); parts],
                waves: vec![WaveCount::default(); plan.waves.len()],
                ..Breakdown::default()
            },
            moved_once: vec![false; facts.users.len()],
        }
    }

    fn of_user(&mut self, parts: [usize; 2]) -> impl Iterator<Item = &mut Part> {
        let all = &mut self.found.parts;
        let [department, site] = all.get_disjoint_mut(parts).expect("a department and a site");
        [department, site].into_iter()
    }

    /// Working time of a person who cannot sign in, and with a limited client.
    pub(super) fn add_hours(&mut self, parts: [usize; 2], stranded: Span, limited: Span) {
        for part in self.of_user(parts) {
            part.stranded += stranded;
            part.limited += limited;
        }
    }

    /// A broken meeting of an organiser, which starts on a day.
    pub(super) fn add_broken(&mut self, parts: [usize; 2], day: u32) {
        for part in self.of_user(parts) {
            part.broken += 1;
        }
        for part in parts {
            self.found.days.entry((day, part as u32)).or_default().broken += 1;
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
        for (number, (part, now)) in (0..).zip(self.found.parts.iter_mut().zip(standings)) {
            if now.employed > 0 && now.moved * 100 >= now.employed * 98 {
                part.moved.get_or_insert(day);
            }
            part.worst = part.worst.max(now.stranded);
            if now.stranded > 0 {
                let entry: &mut PartDay = self.found.days.entry((day, number)).or_default();
                entry.stranded = now.stranded;
            }
        }
    }
}

/// The two parts that somebody belongs to, as places in [`Breakdown::parts`].
fn parts_of(facts: &Facts, user: UserId) -> [usize; 2] {
    let person = &facts.users[user as usize];
    [
        person.department as usize,
        facts.departments.len() + usize::from(person.site),
    ]
}

impl<O: Observer<Entry>> Simulation<'_, O> {
    /// Lets the accounts of parts, if they are kept, take note of somebody.
    pub(super) fn note_for_parts(&mut self, user: UserId, note: impl FnOnce(&mut Parts, [usize; 2])) {
        if let Some(parts) = &mut self.state.parts {
            note(parts, parts_of(&self.world.facts, user));
        }
    }

    pub(super) fn end_day_of_parts(&mut self, day: u32) {
        let Some(mut parts) = self.state.parts.take() else {
            return;
        };
        let facts = &self.world.facts;
        let mut standings = vec![Standing::default(); parts.found.parts.len()];
        for user in self.employees() {
            let moved = u32::from(self.is_moved(user));
            let stranded = u32::from(self.state.service[user as usize] == Service::Stranded);
            for part in parts_of(facts, user) {
                let standing = &mut standings[part];
                standing.employed += 1;
                standing.moved += moved;
                standing.stranded += stranded;
            }
        }
        parts.end_day(day, &standings);
        self.state.parts = Some(parts);
    }

    /// The accounts at the horizon.
    pub(super) fn breakdown(&mut self) -> Option<Breakdown> {
        let Parts {
            mut found,
            moved_once,
        } = *self.state.parts.take()?;
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
