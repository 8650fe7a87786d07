//! Configuration faults: found by test runs, fixed, and striking meetings until then.

use super::{Book, DAY, Line, Result};
use crate::chance::{self, FAULT_FOUND, FAULT_HITS};
use coexist::world::{FaultKind, Place};

/// A fault: found and fixed, if ever.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Fault {
    pub(super) found: bool,
    pub(super) due: Option<i64>,
    pub(super) fixed: bool,
}

impl Book<'_> {
    fn fault_named(&self, name: &str) -> Result<usize> {
        let of = |fault: &coexist::world::Fault| {
            let model = &self.facts.faults[usize::from(fault.model)];
            let place = match model.place {
                Place::Pool(pool) => &self.facts.pools[usize::from(pool)].name,
                Place::Site(site) => &self.facts.calendar.sites[usize::from(site)].name,
            };
            format!("{}@{place}:{}", model.kind.word(), fault.number)
        };
        let found = self.tables.faults.iter().position(|fault| of(fault) == name);
        found.ok_or_else(|| format!("the world has no fault {name}"))
    }

    fn entity_of_fault(&self, number: usize) -> u64 {
        let fault = &self.tables.faults[number];
        let model = &self.facts.faults[usize::from(fault.model)];
        chance::combine(model.id, fault.number.into())
    }

    pub(super) fn fault(&mut self, line: &Line<'_>) -> Result<()> {
        if line.event == "fault_struck" {
            self.struck = Some(line.subject.to_string());
            return Ok(());
        }
        let number = self.fault_named(line.subject)?;
        let fault = &mut self.tasks.faults[number];
        if line.event == "fault_fixed" {
            fault.fixed = true;
            return Self::fits(fault.due.take() == Some(line.at));
        }
        let fix = line.at + (self.tables.faults[number].fix_days * DAY as f64).round() as i64;
        if std::mem::replace(&mut fault.found, true) || line.number("fixed_ms")? != fix {
            return Err(format!("found before, or fixed at {fix}"));
        }
        fault.due = Some(fix);
        Ok(())
    }

    pub(super) fn next_test_run(&self) -> Option<i64> {
        let testing = self.plan.testing.as_ref()?;
        let due = testing.start.0 + testing.every.0 * self.tasks.test_runs;
        (due < testing.end.0).then_some(due)
    }

    /// A run of the tests: each fault that it looks for is found by its own draw.
    pub(super) fn test_run(&mut self, line: &Line<'_>) -> Result<()> {
        let run = line.number("run")? as u64;
        if self.next_test_run() != Some(line.at) || run != self.tasks.test_runs as u64 {
            return Err(format!(
                "run {} is due at {:?}",
                self.tasks.test_runs,
                self.next_test_run()
            ));
        }
        self.tasks.test_runs += 1;
        let checks = &self.plan.testing.as_ref().ok_or("there are no tests")?.checks;
        let (mut found, mut open) = (0, 0);
        for (number, fault) in self.tables.faults.iter().enumerate() {
            let model = &self.facts.faults[usize::from(fault.model)];
            let state = self.tasks.faults[number];
            if state.fixed || !checks.contains(&model.kind) {
                continue;
            }
            let fix = line.at + (fault.fix_days * DAY as f64).round() as i64;
            let now = state.due == Some(fix);
            let finds = self
                .chance
                .uniform(FAULT_FOUND, self.entity_of_fault(number), run)
                < model.found;
            if now != finds && (now || !state.found) {
                return Err(format!("fault {number} is found in this run: {finds}"));
            }
            found += i64::from(now);
            open += i64::from(state.found);
        }
        let said = (line.number("found")?, line.number("open")?);
        if said == (found, open) {
            Ok(())
        } else {
            Err(format!("{found} found, {open} open"))
        }
    }

    /// Does a fault of the host pool strike an occurrence?
    pub(super) fn is_struck(&self, series: usize, number: u32, host: usize) -> bool {
        let entity = self.entity_of_series(series);
        (self.tables.faults.iter().enumerate()).any(|(place, fault)| {
            let model = &self.facts.faults[usize::from(fault.model)];
            let here = model.kind == FaultKind::Modality && model.place == Place::Pool(host as u16);
            let entity = chance::combine(self.entity_of_fault(place), entity);
            here && !self.tasks.faults[place].fixed
                && self.chance.uniform(FAULT_HITS, entity, number.into()) < model.hit
        })
    }
}
