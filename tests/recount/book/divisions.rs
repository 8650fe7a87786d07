//! Departments, sites and waves, from the lines alone.

use super::accounts::Service;
use super::{Book, DAY, Line};
use coexist::kernel::{Span, Time};
use coexist::outcome::breakdown::{Breakdown, Division, WaveCount};
use coexist::world::Facts;

pub(super) struct Divisions {
    found: Breakdown,
    /// Who is in which wave, and who has been on the new side.
    waves: Vec<Vec<u32>>,
    moved: Vec<bool>,
}

impl Divisions {
    pub(super) fn new(facts: &Facts, waves: Vec<Vec<u32>>, of_plan: usize) -> Divisions {
        let divisions = facts.departments.len() + facts.calendar.sites.len();
        Divisions {
            found: Breakdown {
                divisions: vec![Division::default(); divisions],
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
    fn divisions_of(&self, user: usize) -> [usize; 2] {
        let person = &self.facts.users[user];
        let departments = self.facts.departments.len();
        [person.department as usize, departments + usize::from(person.site)]
    }

    pub(super) fn lose_for_divisions(&mut self, user: usize, way: Service, hours: i64) {
        for division in self.divisions_of(user) {
            let division = &mut self.divisions.found.divisions[division];
            match way {
                Service::Limited => division.limited += Span(hours),
                Service::Stranded => division.stranded += Span(hours),
                Service::Full | Service::Out => {}
            }
        }
    }

    pub(super) fn break_for_divisions(&mut self, organiser: u32, at: i64) {
        for division in self.divisions_of(organiser as usize) {
            self.divisions.found.divisions[division].broken += 1;
            let day = ((at / DAY) as u32, division as u32);
            self.divisions.found.days.entry(day).or_default().broken += 1;
        }
    }

    pub(super) fn note_for_divisions(&mut self, line: &Line<'_>) {
        match line.event {
            "moved" => {
                if let Ok(user) = self.user(line.subject) {
                    self.divisions.moved[user] |= self.on_new(user);
                }
            }
            "wave_started" => {
                let wave = self.plan.waves.iter().position(|wave| wave.name == line.subject);
                if let Some(wave) = wave {
                    let started = &mut self.divisions.found.waves[wave].started;
                    *started = Some(started.unwrap_or(Time(line.at)));
                }
            }
            "day_ended" => self.end_day_of_divisions((line.at - 1) / DAY),
            _ => {}
        }
    }

    fn end_day_of_divisions(&mut self, day: i64) {
        let day = day as u32;
        // People, those on the new side, and those who cannot sign in.
        let mut counts = vec![[0u32; 3]; self.divisions.found.divisions.len()];
        for user in (0..self.home.len()).filter(|user| self.is_here(*user)) {
            let of = [true, self.on_new(user), self.is_stranded(user)];
            for division in self.divisions_of(user) {
                for (count, is) in counts[division].iter_mut().zip(of) {
                    *count += u32::from(is);
                }
            }
        }
        let found = &mut self.divisions.found;
        for (number, [people, moved, stranded]) in (0..).zip(counts) {
            let division = &mut found.divisions[number as usize];
            if people > 0 && f64::from(moved) >= 0.98 * f64::from(people) {
                division.moved = Some(division.moved.unwrap_or(day));
            }
            division.worst = division.worst.max(stranded);
            if stranded > 0 {
                found.days.entry((day, number)).or_default().stranded = stranded;
            }
        }
    }

    /// Broken meetings of each day on which any break.
    pub(super) fn broken_by_day(&self) -> impl Iterator<Item = (u32, u32)> {
        let departments = self.facts.departments.len() as u32;
        let of_departments = self
            .divisions
            .found
            .days
            .iter()
            .filter(move |(at, _)| at.1 < departments);
        of_departments.map(|(at, day)| (at.0, day.broken))
    }

    /// What was found, at the end of the log.
    pub(crate) fn breakdown(&self) -> Breakdown {
        let mut found = self.divisions.found.clone();
        for (wave, people) in found.waves.iter_mut().zip(&self.divisions.waves) {
            let (moved, others): (Vec<usize>, Vec<usize>) = people
                .iter()
                .map(|user| *user as usize)
                .partition(|user| self.divisions.moved[*user]);
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
