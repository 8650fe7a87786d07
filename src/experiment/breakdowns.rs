//! Departments, sites and waves over all replications of one strategy.

use crate::outcome::Breakdown;
use crate::plan::Plan;
use crate::scenario::Scenario;
use crate::stats::CountHistogram;
use std::collections::BTreeMap;

/// How what happened to a division of the organisation is distributed over replications.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DivisionFound {
    /// Days on which it has moved, of those replications in which it does.
    pub moved: CountHistogram,
    /// Broken meetings.
    pub broken: CountHistogram,
    /// Working time in which people cannot sign in, in whole minutes.
    pub stranded: CountHistogram,
    /// Working time with limited clients, in whole minutes.
    pub limited: CountHistogram,
    /// People who cannot sign in at the end of its worst day.
    pub worst: CountHistogram,
}

/// What happened in a division on one day, added up over replications.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct DayFound {
    /// People who cannot sign in at the end of the day.
    pub stranded: u64,
    /// Broken meetings.
    pub broken: u64,
}

/// What became of a wave.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct WaveFound {
    /// How many days after its written date it starts, of those replications in which it does.
    pub slip: CountHistogram,
    /// People of the four counts of [`WaveCount`](crate::outcome::breakdown::WaveCount), in their order, added up over
    /// replications.
    pub people: [u64; 4],
}

/// Everything about departments, sites and waves.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Breakdowns {
    /// Number of replications.
    pub replications: u64,
    /// Departments, then sites.
    pub divisions: Vec<DivisionFound>,
    /// By (day, division), where anything happened in any replication.
    pub days: BTreeMap<(u32, u32), DayFound>,
    /// Waves of the plan.
    pub waves: Vec<WaveFound>,
}

impl Breakdowns {
    /// Nothing yet.
    pub fn new(scenario: &Scenario, plan: &Plan) -> Breakdowns {
        let facts = &scenario.facts;
        Breakdowns {
            divisions: vec![DivisionFound::default(); facts.departments.len() + facts.calendar.sites.len()],
            waves: vec![WaveFound::default(); plan.waves.len()],
            ..Breakdowns::default()
        }
    }

    /// Takes in one replication of the plan.
    pub(super) fn add(&mut self, plan: &Plan, one: &Breakdown) {
        let minutes = |span: crate::kernel::Span| span.minutes() as u64;
        self.replications += 1;
        for (found, division) in self.divisions.iter_mut().zip(&one.divisions) {
            if let Some(day) = division.moved {
                found.moved.add(day.into());
            }
            found.broken.add(division.broken.into());
            found.stranded.add(minutes(division.stranded));
            found.limited.add(minutes(division.limited));
            found.worst.add(division.worst.into());
        }
        for (&at, day) in &one.days {
            let found = self.days.entry(at).or_default();
            found.stranded += u64::from(day.stranded);
            found.broken += u64::from(day.broken);
        }
        for ((found, wave), written) in self.waves.iter_mut().zip(&one.waves).zip(&plan.waves) {
            if let Some(started) = wave.started {
                found
                    .slip
                    .add((started.day() - written.start.day()).max(0) as u64);
            }
            let counts = [wave.moved, wave.left, wave.failed, wave.waiting];
            for (sum, count) in found.people.iter_mut().zip(counts) {
                *sum += u64::from(count);
            }
        }
    }

    /// Of each division the day on which, over all replications, most of its people cannot sign in; if that never happens, the one on
    /// which most meetings break. The earliest of equals; `None` if nothing ever happens.
    pub fn worst_days(&self) -> Vec<Option<u32>> {
        let mut worst: Vec<Option<((u64, u64), u32)>> = vec![None; self.divisions.len()];
        for (&(day, division), found) in &self.days {
            // Where nobody is shut out, broken meetings decide; else not even between equals.
            let harm = (found.stranded, if found.stranded > 0 { 0 } else { found.broken });
            let worst = &mut worst[division as usize];
            if worst.is_none_or(|(most, _)| harm > most) {
                *worst = Some((harm, day));
            }
        }
        worst.into_iter().map(|worst| Some(worst?.1)).collect()
    }
}
