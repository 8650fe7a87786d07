//! What a full rollback ordered at the end of each day would have to undo, and what it would break.

use super::{Book, DAY};

/// The largest numbers over the ends of days.
#[derive(Default)]
pub(super) struct Peaks {
    meetings: i64,
    machines: i64,
}

impl Book<'_> {
    /// The end of a day: machines to be downgraded, and meetings of the time looked ahead that would be stale.
    pub(super) fn expose_rollback(&mut self, at: i64) {
        let machines = if self.rules.downgrades {
            let differs = |(user, clients): (usize, &Vec<usize>)| {
                let first = &self.facts.profile.clients[usize::from(self.facts.users[user].client)].name;
                let others = clients
                    .iter()
                    .filter(|client| self.rules.clients[**client] != *first);
                others.count() as i64
            };
            self.client.iter().enumerate().map(differs).sum()
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
        let (from, to) = (
            self.home[organiser],
            usize::from(self.facts.users[organiser].pool),
        );
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

    pub(super) fn count_peaks(&self) -> [(&'static str, Option<f64>); 2] {
        [
            (
                "peak_rollback_exposure_meetings",
                Some(self.peaks.meetings as f64),
            ),
            ("peak_rollback_exposure_clients", Some(self.peaks.machines as f64)),
        ]
    }
}
