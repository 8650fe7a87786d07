//! When machines install: by themselves, by the law of the rollout, or when a technician visits them.

use super::{Book, DAY, Line, MINUTE, Result};
use coexist::world::Setting;
use std::collections::BTreeMap;

/// What takes longer than any horizon never comes.
const LONGEST: f64 = 3640.0;
/// Times that come out of products may differ by rounding.
const ROUNDING: i64 = 2;

/// Orders that nobody has begun to carry out: when a technician visits, if one does.
#[derive(Default)]
pub(super) struct Installs {
    left_alone: BTreeMap<String, Option<i64>>,
}

impl Book<'_> {
    /// When so many of a site's working days have passed.
    fn after_working_days(&self, user: usize, from: i64, days: f64) -> i64 {
        let site = &self.facts.calendar.sites[usize::from(self.facts.users[user].site)];
        let mut left = (days * (site.hours.1.0 - site.hours.0.0) as f64).round() as i64;
        let mut date = (from + site.offset.0).div_euclid(DAY);
        if left == 0 {
            return from;
        }
        loop {
            let midnight = date * DAY - site.offset.0;
            let open = (midnight + site.hours.0.0).max(from);
            let here = if site.is_working_day(date) {
                (midnight + site.hours.1.0 - open).max(0)
            } else {
                0
            };
            if here >= left {
                return open + left;
            }
            left -= here;
            date += 1;
        }
    }

    pub(super) fn install_ordered(&mut self, line: &Line<'_>) -> Result<()> {
        let (name, number) = line.subject.rsplit_once(':').ok_or("no machine")?;
        let user = self.user(name)?;
        let number: u8 = number.parse().map_err(|_| "no machine")?;
        let machine = self
            .tables
            .machines
            .iter()
            .find(|machine| (machine.user as usize, machine.number) == (user, number))
            .ok_or("no such machine")?;
        let first = &self.facts.profile.clients[usize::from(self.facts.users[user].client)].name;
        let (back, rollout) = (line.to == first, &self.script.rollout);
        let factor = match line.cause {
            "rollback" => self.value(Setting::ForcedFactor),
            _ => 1.0,
        };
        let reachable = |days: f64| days <= LONGEST;
        let ready = if back && rollout.staged {
            Some(line.at + (self.value(Setting::StagedSwitch) * MINUTE).round() as i64)
        } else if rollout.at_will && !back {
            let days = machine.voluntary_days;
            reachable(days).then(|| line.at + (days * DAY as f64).round() as i64)
        } else {
            let days = machine.lag_days * factor;
            reachable(days).then(|| self.after_working_days(user, line.at, days))
        };
        let told = line.text("ready_ms")?;
        let fits = match ready {
            None => told == "never",
            Some(ready) => told
                .parse::<i64>()
                .is_ok_and(|told| (told - ready).abs() <= ROUNDING),
        };
        if !fits {
            return Err(format!("it is ready at {ready:?}"));
        }
        let visit = match (rollout.deadline, ready, back) {
            (Some(after), _, _) => Some(self.next_working(user, line.at + after)),
            (None, None, true) => Some(self.after_working_days(user, line.at, 15.0 * factor)),
            _ => None,
        };
        let subject = line.subject.to_owned();
        if ready.is_none_or(|ready| visit.is_some_and(|visit| ready > visit)) {
            self.installs.left_alone.insert(subject, visit);
        } else {
            self.installs.left_alone.remove(&subject);
        }
        if number == 0 {
            self.note_completion(user, line.at);
        }
        Ok(())
    }

    /// Is a user's first machine told to install what it never does, and visited by nobody?
    pub(super) fn never_installs(&self, user: usize) -> bool {
        let machine = format!("{}:0", self.facts.users[user].name);
        self.installs.left_alone.get(&machine) == Some(&None)
    }

    pub(super) fn deadline_passed(&mut self, line: &Line<'_>) -> Result<()> {
        match self.installs.left_alone.remove(line.subject).flatten() {
            Some(at) if at == line.at => Ok(()),
            at => Err(format!("a technician is due at {at:?}")),
        }
    }

    /// The machine has its client, or its order is withdrawn; all of them without a name.
    pub(super) fn no_longer_waits(&mut self, subject: Option<&str>) {
        match subject {
            Some(subject) => drop(self.installs.left_alone.remove(subject)),
            None => self.installs.left_alone.clear(),
        }
    }

    /// A leaver hands the machines in.
    pub(super) fn hands_in(&mut self, user: &str) {
        self.installs
            .left_alone
            .retain(|subject, _| subject.rsplit_once(':').is_none_or(|(name, _)| name != user));
    }

    /// No visit is overdue.
    pub(super) fn no_visit_is_overdue(&self, at: i64) -> Result<()> {
        let overdue = self
            .installs
            .left_alone
            .iter()
            .find(|(_, visit)| visit.is_some_and(|visit| visit < at));
        overdue.map_or(Ok(()), |(machine, visit)| {
            Err(format!("nobody visited {machine} at {visit:?}"))
        })
    }

    pub(super) fn count_installs(&self) -> [(&'static str, Option<f64>); 1] {
        let never = self.installs.left_alone.values().filter(|visit| visit.is_none());
        [("clients_never_upgraded", Some(never.count() as f64))]
    }
}
