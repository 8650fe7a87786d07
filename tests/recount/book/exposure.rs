//! What a full rollback ordered at the end of each day would have to undo, and what it would break.

use super::{Book, DAY};
use std::collections::{BTreeMap, BTreeSet};

/// The largest numbers over the ends of days.
#[derive(Default)]
pub(super) struct Peaks {
    meetings: i64,
    machines: i64,
    /// Who came from the old side and has no way back.
    stuck: i64,
    /// Who cannot sign in.
    stranded: i64,
    /// First day at the end of which they are at least one in a hundred of those who came from the old side.
    no_return: Option<i64>,
    /// Joiners who have never been on the old side.
    never_old: BTreeSet<usize>,
    /// Where people of pools past their return would go, at the end of the day; none has no way back.
    ways: BTreeMap<usize, Option<usize>>,
}

impl Book<'_> {
    /// Somebody is on another pool.
    pub(super) fn note_side_of(&mut self, user: usize) {
        if self.on_new(user) {
            let joins = user >= self.home.len() - self.facts.joiners;
            if joins && usize::from(self.facts.users[user].pool) != self.home[user] && !self.is_here(user) {
                self.peaks.never_old.insert(user);
            }
        } else {
            self.peaks.never_old.remove(&user);
        }
    }

    /// People of a pool past its return go, one after the other, to the first old pool that still takes people, one of the same
    /// site before all others, as long as there is room beside those who are there or come home.
    fn find_ways(&mut self) {
        let here = |user: &usize| self.is_here(*user);
        let movers: Vec<usize> = (0..self.home.len())
            .filter(here)
            .filter(|user| self.on_new(*user))
            .collect();
        let first = |user: usize| usize::from(self.facts.users[user].pool);
        let mut people = vec![0; self.server.len()];
        for user in (0..self.home.len()).filter(here) {
            people[self.home[user]] += 1;
        }
        for &user in &movers {
            people[first(user)] += 1;
        }
        let open: Vec<usize> = (0..self.server.len())
            .filter(|pool| self.is_old(*pool) && !self.is_past_return(*pool))
            .collect();
        let mut ways = BTreeMap::new();
        for user in movers {
            if self.is_past_return(first(user)) {
                let site = self.facts.pools[first(user)].site;
                let with_room = |pool: &&usize| people[**pool] < self.facts.capacity(**pool as u16);
                let near = |pool: &&usize| self.facts.pools[**pool].site == site;
                let found = (open.iter().filter(with_room).find(near))
                    .or_else(|| open.iter().find(with_room))
                    .copied();
                if let Some(pool) = found {
                    people[pool] += 1;
                }
                ways.insert(user, found);
            }
        }
        self.peaks.ways = ways;
    }

    fn count_stuck(&mut self, at: i64) {
        let from_old = |user: &usize| {
            self.is_old(usize::from(self.facts.users[*user].pool)) && !self.peaks.never_old.contains(user)
        };
        let ways = self.peaks.ways.iter();
        let stuck = ways.filter(|(user, way)| way.is_none() && from_old(user)).count() as i64;
        let moved = (0..self.home.len())
            .filter(|user| self.is_here(*user) && self.on_new(*user) && from_old(user))
            .count() as i64;
        self.peaks.stuck = self.peaks.stuck.max(stuck);
        if stuck > 0 && stuck * 100 >= moved {
            self.peaks.no_return.get_or_insert((at - 1) / DAY);
        }
    }

    /// The end of a day: machines to be downgraded, and meetings of the time looked ahead that would be stale.
    pub(super) fn expose_rollback(&mut self, at: i64) {
        self.peaks.stranded = self.peaks.stranded.max(self.stranded_users());
        self.find_ways();
        self.count_stuck(at);
        let has_way = |user: usize| self.peaks.ways.get(&user) != Some(&None);
        let machines = if self.rules.downgrades {
            let differs = |(user, clients): (usize, &Vec<usize>)| {
                let first = &self.facts.profile.clients[usize::from(self.facts.users[user].client)].name;
                let others = clients
                    .iter()
                    .filter(|client| self.rules.clients[**client] != *first);
                others.count() as i64
            };
            let clients = self.client.iter().enumerate();
            clients.filter(|(user, _)| has_way(*user)).map(differs).sum()
        } else {
            0
        };
        let until = at + self.plan.look_ahead.0;
        let exposed = (0..self.state.len()).filter(|index| self.is_exposed(*index));
        let meetings = exposed.map(|index| self.coming(index, at, until)).sum();
        self.peaks.meetings = self.peaks.meetings.max(meetings);
        self.peaks.machines = self.peaks.machines.max(machines);
    }

    /// Would a series that exists be stale after its organiser has gone back to the pool of the start?
    fn is_exposed(&self, index: usize) -> bool {
        let state = &self.state[index];
        let Some(format) = state.format.filter(|_| state.created) else {
            return false;
        };
        let organiser = self.tables.series[index].id.organiser as usize;
        let to = match self.peaks.ways.get(&organiser) {
            None => usize::from(self.facts.users[organiser].pool),
            Some(Some(pool)) => *pool,
            Some(None) => return false,
        };
        let from = self.home[organiser];
        let (source, target) = (self.server[from], self.server[to]);
        if from == to {
            !state.alive
        } else if state.alive {
            self.rules.carry(source, target, format) == "stale"
        } else {
            let comes_back = self.rules.restores(source, target, format)
                && state.killed_by == "stale_after_move"
                && !state.discarded;
            !comes_back
        }
    }

    /// Occurrences of a series in `(from, until]`; of one that repeats, those on no day off of the organiser's site.
    fn coming(&self, index: usize, from: i64, until: i64) -> i64 {
        let series = &self.tables.series[index];
        let site =
            &self.facts.calendar.sites[usize::from(self.facts.users[series.id.organiser as usize].site)];
        let (first, period) = (series.first.0, series.period.0);
        let slots = i64::from(series.occurrences);
        // The first slot after `from`.
        let next = if period == 0 {
            i64::from(first <= from)
        } else {
            ((from - first).div_euclid(period) + 1).max(0)
        };
        (next..slots)
            .map(|slot| first + slot * period)
            .take_while(|start| *start <= until)
            .filter(|start| period == 0 || site.is_working_day((start + site.offset.0).div_euclid(DAY)))
            .count() as i64
    }

    /// The share of meetings that break in the seven days in which most do.
    fn worst_week(&self) -> f64 {
        let mut weeks = vec![(0, 0); self.days.len().div_ceil(7)];
        for (day, known) in self.days.iter().enumerate() {
            weeks[day / 7].1 += known.judged[0] + known.judged[1];
        }
        for (day, broken) in self.broken_by_day() {
            weeks[day as usize / 7].0 += i64::from(broken);
        }
        let most = weeks.iter().map(|week| week.0).max().unwrap_or(0);
        let worst = weeks.iter().find(|week| week.0 == most && most > 0);
        worst.map_or(0.0, |&(broken, judged)| broken as f64 / judged as f64)
    }

    pub(super) fn count_peaks(&self) -> [(&'static str, Option<f64>); 6] {
        [
            (
                "peak_rollback_exposure_meetings",
                Some(self.peaks.meetings as f64),
            ),
            ("peak_rollback_exposure_clients", Some(self.peaks.machines as f64)),
            ("stranded_peak", Some(self.peaks.stranded as f64)),
            ("broken_share_worst_week", Some(self.worst_week())),
            ("no_way_back_peak", Some(self.peaks.stuck as f64)),
            (
                "technical_no_return_day",
                self.peaks.no_return.map(|day| day as f64),
            ),
        ]
    }
}
