//! Departments, sites and waves, from the lines alone.

use super::accounts::Service;
use super::{Book, DAY, Line};
use coexist::kernel::{Span, Time};
use coexist::outcome::breakdown::{Breakdown, Part, WaveCount};
use coexist::world::Facts;

pub(super) struct Parts {
    found: Breakdown,
    /// Who is in which wave, and who has been on the new side.
    waves: Vec<Vec<u32>>,
    moved: Vec<bool>,
}

impl Parts {
    pub(super) fn new(facts: &Facts, waves: Vec<Vec<u32>>, of_plan: usize) -> Parts {
        let parts = facts.departments.len() + facts.calendar.sites.len();
        Parts {
            found: Breakdown {
                parts: vec![Part::default(); parts],
                waves: vec![WaveCount::default(); of_plan],
                ..Breakdown::default()
            },
            waves,
            moved: vec![false; facts.users.len()],
        }
    }
}

impl Book<'_> {
    /// The department and the site of somebody.
    fn parts_of(&self, user: usize) -> [usize; 2] {
        let person = &self.facts.users[user];
        let departments = self.facts.departments.len();
        [person.department as usize, departments + usize::from(person.site)]
    }

    pub(super) fn lose_for_parts(&mut self, user: usize, way: Service, hours: i64) {
        for part in self.parts_of(user) {
            let part = &mut self.parts.found.parts[part];
            match way {
                Service::Limited => part.limited += Span(hours),
                Service::Stranded => part.stranded += Span(hours),
                Service::Full | Service::Out => {}
            }
        }
    }

    pub(super) fn break_for_parts(&mut self, organiser: u32, at: i64) {
        for part in self.parts_of(organiser as usize) {
            self.parts.found.parts[part].broken += 1;
            let day = ((at / DAY) as u32, part as u32);
            self.parts.found.days.entry(day).or_default().broken += 1;
        }
    }

    pub(super) fn note_for_parts(&mut self, line: &Line<'_>) {
        match line.event {
            "moved" => {
                if let Ok(user) = self.user(line.subject) {
                    self.parts.moved[user] |= self.on_new(user);
                }
            }
            "wave_started" => {
                let wave = self.plan.waves.iter().position(|wave| wave.name == line.subject);
                if let Some(wave) = wave {
                    let started = &mut self.parts.found.waves[wave].started;
                    *started = Some(started.unwrap_or(Time(line.at)));
                }
            }
            "day_ended" => self.end_day_of_parts((line.at - 1) / DAY),
            _ => {}
        }
    }

    fn end_day_of_parts(&mut self, day: i64) {
        let day = day as u32;
        // People, those on the new side, and those who cannot sign in.
        let mut counts = vec![[0u32; 3]; self.parts.found.parts.len()];
        for user in (0..self.home.len()).filter(|user| self.is_here(*user)) {
            let of = [true, self.on_new(user), self.is_stranded(user)];
            for part in self.parts_of(user) {
                for (count, is) in counts[part].iter_mut().zip(of) {
                    *count += u32::from(is);
                }
            }
        }
        let found = &mut self.parts.found;
        for (number, [people, moved, stranded]) in (0..).zip(counts) {
            let part = &mut found.parts[number as usize];
            if people > 0 && f64::from(moved) >= 0.98 * f64::from(people) {
                part.moved = Some(part.moved.unwrap_or(day));
            }
            part.worst = part.worst.max(stranded);
            if stranded > 0 {
                found.days.entry((day, number)).or_default().stranded = stranded;
            }
        }
    }

    /// Broken meetings of each day on which any break.
    pub(super) fn broken_by_day(&self) -> impl Iterator<Item = (u32, u32)> {
        let departments = self.facts.departments.len() as u32;
        let of_departments = self
            .parts
            .found
            .days
            .iter()
            .filter(move |(at, _)| at.1 < departments);
        of_departments.map(|(at, day)| (at.0, day.broken))
    }

    /// What was found, at the end of the log.
    pub(crate) fn breakdown(&self) -> Breakdown {
        let mut found = self.parts.found.clone();
        for (wave, people) in found.waves.iter_mut().zip(&self.parts.waves) {
            let (moved, others): (Vec<usize>, Vec<usize>) = people
                .iter()
                .map(|user| *user as usize)
                .partition(|user| self.parts.moved[*user]);
            let here = others.iter().filter(|user| self.is_here(**user)).count() as u32;
            wave.moved = moved.len() as u32;
            wave.left = others.len() as u32 - here;
            match wave.started {
                Some(_) => wave.failed = here,
                None => wave.waiting = here,
            }
        }
        found
    }
}
