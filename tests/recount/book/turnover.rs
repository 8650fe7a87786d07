//! People who join and leave.

use super::{Book, DAY, Line, Result};
use coexist::world::{Category, Facts, Tables};
use std::collections::{BTreeSet, VecDeque};

/// First date of employment and the date after the last one; `None`: since ever, for ever.
type Stay = (Option<i64>, Option<i64>);

pub(super) struct Staff {
    /// By user; `None` for joiners who never come.
    stays: Vec<Option<Stay>>,
    here: Vec<bool>,
    /// Comings and goings that are still due: instant, is it a joiner, user.
    due: VecDeque<(i64, bool, usize)>,
    /// In a wave, or on the old side since joining or going back: yet to be moved.
    to_move: BTreeSet<usize>,
    joined: i64,
    left: i64,
    /// Series that ended with their organiser's employment.
    pub(super) cancelled: BTreeSet<usize>,
}

impl Staff {
    pub(super) fn new(facts: &Facts, tables: &Tables, waves: &[Vec<u32>]) -> Staff {
        let residents = facts.users.len() - facts.joiners;
        let mut stays: Vec<Option<Stay>> = vec![Some((None, None)); residents];
        stays.resize(facts.users.len(), None);
        let mut due = Vec::new();
        for (user, stay) in &tables.stays {
            let user = *user as usize;
            let site = &facts.calendar.sites[usize::from(facts.users[user].site)];
            let from = (stay.from > i64::MIN).then_some(stay.from);
            let until = (stay.until < i64::MAX).then_some(stay.until);
            stays[user] = Some((from, until));
            let mut change = |date: Option<i64>, joins: bool| {
                let at = date.map(|date| (date * DAY - site.offset.0).max(0));
                due.extend(
                    at.filter(|at| *at < facts.calendar.horizon.0)
                        .map(|at| (at, joins, user)),
                );
            };
            change(from, true);
            change(until, false);
        }
        due.sort_unstable();
        Staff {
            here: (0..facts.users.len()).map(|user| user < residents).collect(),
            to_move: (waves.iter().flatten())
                .map(|user| *user as usize)
                .filter(|user| facts.is_legacy(facts.users[*user].pool))
                .collect(),
            stays,
            due: due.into(),
            joined: 0,
            left: 0,
            cancelled: BTreeSet::new(),
        }
    }
}

impl Book<'_> {
    pub(super) fn is_employed(&self, user: u32, date: i64) -> bool {
        self.staff.stays[user as usize].is_some_and(|(from, until)| {
            from.is_none_or(|from| from <= date) && until.is_none_or(|until| date < until)
        })
    }

    pub(super) fn is_here(&self, user: usize) -> bool {
        self.staff.here[user]
    }

    pub(super) fn employees(&self) -> usize {
        self.staff.here.iter().filter(|here| **here).count()
    }

    pub(super) fn no_turnover_is_overdue(&self, at: i64) -> Result<()> {
        match self.staff.due.front() {
            Some((due, _, user)) if *due < at => Err(format!(
                "{} was to join or leave at {due}",
                self.facts.users[*user].name
            )),
            _ => Ok(()),
        }
    }

    fn comes_or_goes(&mut self, line: &Line<'_>) -> Result<usize> {
        let user = self.user(line.subject)?;
        let expected = self.staff.due.pop_front();
        if expected != Some((line.at, line.event == "joined", user)) {
            return Err(format!("expected {expected:?}"));
        }
        Ok(user)
    }

    pub(super) fn joined(&mut self, line: &Line<'_>) -> Result<()> {
        let user = self.comes_or_goes(line)?;
        let person = &self.facts.users[user];
        let home = usize::from(person.pool);
        let target = self.plan.target[home].map(usize::from);
        let to = target.filter(|target| self.takes_joiners(line.at, user, *target));
        let pool = to.unwrap_or(home);
        if self.pool_named(line.to)? != pool {
            return Err(format!("to {}", self.facts.pools[pool].name));
        }
        let client = match (to, &self.plan.rollout) {
            (Some(_), Some(rollout)) => rollout.client,
            _ => person.client,
        };
        let name = &self.facts.profile.clients[usize::from(client)].name;
        let client = self.rules.clients.iter().position(|known| known == name);
        self.client[user].fill(client.ok_or("no such client")?);
        self.home[user] = pool;
        self.note_side_of(user);
        self.now_on_new(false, self.on_new(user));
        self.staff.here[user] = true;
        self.staff.joined += 1;
        if to.is_none() && target.is_some() && self.script.further.is_some() {
            self.staff.to_move.insert(user);
            self.joins_a_wave(user, line.at);
        }
        Ok(())
    }

    fn takes_joiners(&self, at: i64, user: usize, target: usize) -> bool {
        if self.retired[usize::from(self.facts.users[user].pool)] {
            return true;
        }
        let users = (0..self.home.len()).filter(|user| self.is_here(*user) && self.home[*user] == target);
        let is_time = self.plan.joiners_from.is_some_and(|from| from.0 <= at);
        let department = self.department_wave(user);
        (is_time || department.is_some_and(|wave| self.has_started(wave)))
            && self.programme.last_wave.is_some()
            && self.programme.is_going_forward()
            && (users.count() as u64) < self.facts.capacity(target as u16)
            && self.serving[target]
            && self.host_of(target) == target
    }

    pub(super) fn left(&mut self, line: &Line<'_>) -> Result<()> {
        let user = self.comes_or_goes(line)?;
        if self.pool_named(line.from)? != self.home[user] {
            return Err("the user is homed elsewhere".into());
        }
        self.account(user, line.at);
        self.staff.here[user] = false;
        self.staff.left += 1;
        self.due_at = line.at;
        for index in self.series_of[user].clone() {
            let series = &self.tables.series[index];
            let last = series.first.0 + series.period.0 * (i64::from(series.occurrences) - 1);
            if std::mem::take(&mut self.state[index].created) {
                self.staff.cancelled.insert(index);
                if last >= line.at && series.category != Category::AdHoc {
                    let name = self.name(index);
                    self.due
                        .push(Self::say("series_cancelled", &name, "", "", "", ""));
                }
            }
        }
        self.now_on_new(self.on_new(user), false);
        self.home[user] = usize::from(self.facts.users[user].pool);
        let first = &self.facts.profile.clients[usize::from(self.facts.users[user].client)].name;
        let first = self.rules.clients.iter().position(|known| known == first);
        self.client[user].fill(first.ok_or("no such client")?);
        self.forget_tickets_of(user);
        self.staff.to_move.remove(&user);
        self.nobody_waits_for(user, line.at);
        self.note_left(line.at);
        Ok(())
    }

    /// Somebody must be moved, or need not be any more.
    pub(super) fn note_to_move(&mut self, user: usize, must: bool) {
        if must {
            self.staff.to_move.insert(user);
        } else {
            self.staff.to_move.remove(&user);
        }
    }

    pub(super) fn is_nobody_to_move(&self) -> bool {
        self.staff.to_move.is_empty()
    }

    /// A further attempt: joiners on the old side who are in no wave go with a further one.
    pub(super) fn gather_joiners(&mut self, now: i64) {
        let residents = self.facts.users.len() - self.facts.joiners;
        for user in residents..self.facts.users.len() {
            let waits = self.is_here(user) && !self.on_new(user) && self.has_no_wave(user);
            if waits && self.plan.target[self.home[user]].is_some() && self.script.further.is_some() {
                self.joins_further(user, now);
            }
        }
    }

    pub(super) fn count_turnover(&self) -> [(&'static str, Option<f64>); 2] {
        [
            ("users_joined", Some(self.staff.joined as f64)),
            ("users_left", Some(self.staff.left as f64)),
        ]
    }
}
