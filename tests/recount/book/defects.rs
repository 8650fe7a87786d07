//! Defects: whom they reach, exposure, discovery and fix, and the meetings that they break.

use super::{Book, DAY, Line, Result};
use crate::chance::{self, DEFECT_HITS};
use coexist::world::defects::Scope;

/// How far a defect has come.
#[derive(Clone, Default)]
pub(super) struct Lurking {
    /// By site: working time of the people whom it reached.
    pub(super) worked: Vec<i64>,
    /// Millionths of user-days that lines have told.
    pub(super) so_far: i64,
    pub(super) found: Option<i64>,
    pub(super) fixed: Option<i64>,
    /// Was it hidden when production began?
    pub(super) escaped: bool,
}

/// The line before a verdict that names a defect.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Hit {
    pub(super) occurrence: String,
    pub(super) defect: i64,
    pub(super) millionths: i64,
}

impl Book<'_> {
    /// Is the user homed on the new side?
    pub(super) fn on_new(&self, user: usize) -> bool {
        !self.rules.legacy[self.server[self.home[user]]]
    }

    pub(super) fn uses(&self, user: usize, application: usize) -> bool {
        let department = &self.facts.departments[self.facts.users[user].department as usize];
        self.script.applications[application]
            .departments
            .contains(department)
    }

    pub(super) fn reaches(&self, defect: usize, user: usize) -> bool {
        let person = &self.facts.users[user];
        let in_scope = match self.tables.defects[defect].scope {
            Scope::Everyone => true,
            Scope::Site(site) => person.site == site,
            Scope::Department(department) => person.department == department,
            Scope::Application(application) => self.uses(user, application as usize),
            Scope::Remote => self.tables.traits[user].remote_share >= 0.5,
            Scope::Client(client) => {
                let name = &self.facts.profile.clients[usize::from(client)].name;
                return self.rules.clients[self.client[user][0]] == *name;
            }
        };
        in_scope && self.on_new(user)
    }

    /// Does the user work on this day of the scenario, at the local date that it is at noon?
    pub(super) fn works_on(&self, user: usize, day: i64) -> bool {
        let site = &self.facts.calendar.sites[usize::from(self.facts.users[user].site)];
        let date = (day * DAY + DAY / 2 + site.offset.0).div_euclid(DAY);
        site.is_working_day(date) && !self.is_away(user as u32, date)
    }

    /// A user changes side or client, or leaves: the working time before goes to the defects that reached the user.
    pub(super) fn expose_one(&mut self, user: usize, at: i64) {
        let from = std::mem::replace(&mut self.exposed_until[user], at);
        let place = usize::from(self.facts.users[user].site);
        let site = &self.facts.calendar.sites[place];
        let (opens, closes) = (site.hours.0.0, site.hours.1.0);
        let date = |at: i64| (at + site.offset.0).div_euclid(DAY);
        let mut worked = 0;
        for date in date(from)..=date(at) {
            if from < at && site.is_working_day(date) && !self.is_away(user as u32, date) {
                let midnight = date * DAY - site.offset.0;
                worked += ((midnight + closes).min(at) - (midnight + opens).max(from)).max(0);
            }
        }
        if worked == 0 {
            return;
        }
        for defect in 0..self.lurking.len() {
            if self.lurking[defect].fixed.is_none() && self.reaches(defect, user) {
                self.lurking[defect].worked[place] += worked;
            }
        }
    }

    /// The end of a day, or the instant before a wave: what everybody's exposure has come to, and what is found by it.
    pub(super) fn expose(&mut self, at: i64) {
        for user in 0..self.home.len() {
            self.expose_one(user, at);
        }
        for defect in 0..self.lurking.len() {
            let hidden = self.tables.defects[defect].hidden_user_days;
            let lurking = &mut self.lurking[defect];
            let mut exposure = 0.0;
            for (worked, site) in lurking.worked.iter().zip(&self.facts.calendar.sites) {
                if *worked > 0 {
                    exposure += *worked as f64 / (site.hours.1.0 - site.hours.0.0) as f64;
                }
            }
            let so_far = (exposure * 1e6).round() as i64;
            let new = so_far - std::mem::replace(&mut lurking.so_far, so_far);
            if new == 0 {
                continue;
            }
            let detail = format!("user_days_millionths={new};so_far_millionths={so_far}");
            let name = format!("defect {defect}");
            self.exact
                .push_back((at, Self::say("exposed", &name, "", "", "", &detail)));
            if lurking.found.is_none() && exposure >= hidden && at < self.facts.calendar.horizon.0 {
                lurking.found = Some(at);
                let facts = self.tables.defects[defect];
                let fix = at + (facts.fix_days * DAY as f64).round() as i64;
                self.promised.insert((fix, "defect_fixed", defect));
                let severity = facts.severity;
                let detail = format!("severity={severity};user_days_millionths={so_far};fix_ms={fix}");
                self.exact
                    .push_back((at, Self::say("defect_found", &name, "", "", "", &detail)));
            }
        }
    }

    pub(super) fn defect_fixed(&mut self, line: &Line<'_>) -> Result<()> {
        let number = line.subject.strip_prefix("defect ").ok_or("no defect")?;
        let defect: usize = number.parse().map_err(|_| "no defect")?;
        if !self.promised.remove(&(line.at, "defect_fixed", defect)) {
            return Err(format!("not now; to come are {:?}", self.promised));
        }
        self.lurking[defect].fixed = Some(line.at);
        Ok(())
    }

    /// Fixes that should have come before this instant.
    pub(super) fn no_defect_is_overdue(&self, at: i64) -> Result<()> {
        match self.promised.first() {
            Some(first) if first.0 < at => Err(format!("missing: {first:?}")),
            _ => Ok(()),
        }
    }

    pub(super) fn entity_of_user(&self, user: usize) -> u64 {
        chance::named(&self.facts.users[user].name)
    }

    pub(super) fn entity_of_series(&self, series: usize) -> u64 {
        let id = self.tables.series[series].id;
        chance::combine(self.entity_of_user(id.organiser as usize), id.number.into())
    }

    pub(super) fn entity_of_defect(&self, defect: usize) -> u64 {
        let defect = &self.tables.defects[defect];
        let kind = chance::named(&self.script.kinds[usize::from(defect.class)]);
        chance::combine(kind, defect.number.into())
    }

    /// The first unfixed defect that reaches the organiser and whose draw falls below its probability.
    pub(super) fn broken_by(&self, series: usize, number: u32) -> Option<Hit> {
        let organiser = self.tables.series[series].id.organiser as usize;
        let occurrence = chance::combine(self.entity_of_series(series), number.into());
        (0..self.lurking.len()).find_map(|defect| {
            let facts = self.tables.defects[defect];
            let hit = self.script.hit[usize::from(facts.class)][usize::from(facts.severity) - 1];
            if hit <= 0.0 || self.lurking[defect].fixed.is_some() || !self.reaches(defect, organiser) {
                return None;
            }
            let value = self
                .chance
                .counted(DEFECT_HITS, self.entity_of_defect(defect), occurrence);
            (value < hit).then(|| Hit {
                occurrence: format!("{}/{number}", self.name(series)),
                defect: defect as i64,
                millionths: (value * 1e6).round() as i64,
            })
        })
    }

    /// Production begins with the first wave that is no pilot: what is hidden then has escaped.
    pub(super) fn production_begins(&mut self) {
        if !std::mem::replace(&mut self.in_production, true) {
            for lurking in &mut self.lurking {
                lurking.escaped = lurking.found.is_none();
            }
        }
    }

    pub(super) fn count_defects(&self) -> [(&'static str, i64); 3] {
        let count = |is: fn(&Lurking) -> bool| self.lurking.iter().filter(|one| is(one)).count() as i64;
        [
            (
                "defects_found_in_pilot",
                count(|one| one.found.is_some() && !one.escaped),
            ),
            ("defects_escaped", count(|one| one.escaped && one.so_far > 0)),
            (
                "defects_open_at_end",
                count(|one| one.so_far > 0 && one.fixed.is_none()),
            ),
        ]
    }
}
