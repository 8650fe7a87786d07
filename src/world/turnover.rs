//! Joiners and leavers: who is employed on which date.
//!
//! Everybody who is there at time zero may leave; joiners take places that the facts hold ready behind the residents,
//! one after the other, and may leave again. A world decides when.

use super::{Contacts, Facts, Purpose, Setting, User, UserId};
use crate::kernel::random::entity_id;
use crate::kernel::{Key, Time, distribution};

/// Dates on which a person is employed, in days since the scenario's start date and the person's own time zone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Stay {
    /// First date; `i64::MIN` for somebody who is there at time zero, `i64::MAX` for a joiner who never comes.
    pub from: i64,
    /// The date after the last one; `i64::MAX` for somebody who does not leave.
    pub until: i64,
}

impl Stay {
    /// Somebody who is always there.
    pub const ALWAYS: Stay = Stay {
        from: i64::MIN,
        until: i64::MAX,
    };
    /// A joiner who never comes.
    pub const NEVER: Stay = Stay {
        from: i64::MAX,
        until: i64::MAX,
    };

    /// Is the person employed on a date?
    pub fn covers(self, date: i64) -> bool {
        self.from <= date && date < self.until
    }
}

impl Facts {
    /// Adds the people who may join behind the residents: so many that a world will hardly ever need more (the mean
    /// number at the largest likely rate, and six standard deviations). Each shares department, site, team, pool,
    /// client and contacts of a resident drawn by `seed`. Without turnover nothing is added.
    pub fn add_joiners(&mut self, seed: u64) {
        let residents = self.users.len();
        if !self.turnover || residents == 0 {
            return;
        }
        let parameter = &self.parameters[Setting::Joiners as usize];
        let rate = Setting::Joiners.cut(parameter.draw.value(0.999));
        let mean = residents as f64 * rate * f64::from(self.calendar.days()) / 7.0;
        self.joiners = if mean > 0.0 {
            (mean + 6.0 * mean.sqrt()).ceil() as usize + 10
        } else {
            0
        };
        let mut prefix = String::from("joiner-");
        while self.users.iter().any(|user| user.name.starts_with(&prefix)) {
            prefix.push('-');
        }
        let key = Key { seed, replication: 0 };
        let mut models = Vec::with_capacity(self.joiners);
        for number in 1..=self.joiners {
            let name = format!("{prefix}{number:05}");
            let id = entity_id(&name);
            let model = key.stream(Purpose::Joiner, id, 0).below(residents as u64) as usize;
            let user = User {
                name,
                id,
                group: None,
                ..self.users[model].clone()
            };
            models.push(model);
            self.users.push(user);
        }
        if let Some(contacts) = &mut self.contacts {
            contacts.add_joiners(&models);
        }
    }
}

impl Contacts {
    /// Each joiner knows whom the model knows, and the model; they know the joiner.
    fn add_joiners(&mut self, models: &[usize]) {
        let residents = self.start.len() - 1;
        let mut rows: Vec<Vec<UserId>> = (0..residents)
            .map(|user| self.to[self.start[user] as usize..self.start[user + 1] as usize].to_vec())
            .collect();
        for (joiner, &model) in (residents..).zip(models) {
            let mut known: Vec<UserId> =
                self.to[self.start[model] as usize..self.start[model + 1] as usize].to_vec();
            known.push(model as UserId);
            known.sort_unstable();
            for &other in &known {
                rows[other as usize].push(joiner as UserId);
            }
            rows.push(known);
        }
        self.start = std::iter::once(0)
            .chain(rows.iter().scan(0, |end, row| {
                *end += row.len() as u32;
                Some(*end)
            }))
            .collect();
        self.to = rows.concat();
    }
}

/// The stays of all people.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Stays {
    /// By user; empty if nobody joins or leaves.
    rows: Vec<Stay>,
    /// Fewest people employed at any instant.
    fewest: usize,
}

impl Stays {
    /// The stays of all people over the days of the calendar; what would come later does not.
    pub(super) fn new(rows: Vec<Stay>, facts: &Facts) -> Stays {
        let midnight = |user: usize, date: i64| {
            let site = &facts.calendar.sites[usize::from(facts.users[user].site)];
            site.midnight(date)
        };
        Stays::over(rows, facts.calendar.days(), midnight)
    }

    fn over(mut rows: Vec<Stay>, days: u32, midnight: impl Fn(usize, i64) -> Time) -> Stays {
        for stay in &mut rows {
            if stay.from > i64::MIN && stay.from >= i64::from(days) {
                *stay = Stay::NEVER;
            } else if stay.until > i64::from(days) {
                stay.until = i64::MAX;
            }
        }
        if rows.iter().all(|&stay| stay == Stay::ALWAYS) {
            return Stays::default();
        }
        Stays {
            fewest: fewest(&rows, midnight),
            rows,
        }
    }

    /// Residents stay and joiners never come.
    pub(super) fn unless_told(facts: &Facts, user: UserId) -> Stay {
        if (user as usize) < facts.residents() {
            Stay::ALWAYS
        } else {
            Stay::NEVER
        }
    }

    /// Chance decides. The k-th joiner comes when so many exponential gaps have passed; each person stays for an
    /// exponential time.
    pub(super) fn draw(facts: &Facts, key: Key, value: &impl Fn(Setting) -> f64) -> Stays {
        if !facts.turnover {
            return Stays::default();
        }
        let residents = facts.residents();
        let week = |u: f64, rate: f64| {
            if rate > 0.0 {
                distribution::waiting_time(u, 7.0 / rate)
            } else {
                f64::INFINITY
            }
        };
        let leaves = |user: usize, from: f64| {
            let u = key.uniform(Purpose::Leaves, facts.users[user].id, 0);
            date(from + week(u, value(Setting::Leavers))).saturating_add(1)
        };
        let mut rows: Vec<Stay> = (0..residents)
            .map(|user| Stay {
                from: i64::MIN,
                until: leaves(user, 0.0),
            })
            .collect();
        let mut arrival = 0.0;
        for user in residents..facts.users.len() {
            let u = key.uniform(Purpose::Joins, entity_id("joiners"), (user - residents) as u64);
            arrival += week(u, value(Setting::Joiners) * residents as f64);
            rows.push(Stay {
                from: date(arrival),
                until: leaves(user, arrival),
            });
        }
        Stays::new(rows, facts)
    }

    pub(super) fn are_all_always(&self) -> bool {
        self.rows.is_empty()
    }

    #[inline]
    pub(super) fn of(&self, user: UserId) -> Stay {
        self.rows.get(user as usize).copied().unwrap_or(Stay::ALWAYS)
    }

    /// Is the person employed on a date?
    #[inline]
    pub(super) fn covers(&self, user: UserId, date: i64) -> bool {
        self.rows.is_empty() || self.rows[user as usize].covers(date)
    }

    /// Fewest people employed at any instant, of so many in all.
    pub(super) fn fewest(&self, all: usize) -> usize {
        if self.rows.is_empty() { all } else { self.fewest }
    }

    /// Takes people out of the bit sets of the dates from `first` on, on the dates on which they are not employed.
    pub(super) fn restrict(&self, first: i64, words: usize, rows: &mut [u64]) {
        if self.rows.is_empty() {
            return;
        }
        for (date, row) in (first..).zip(rows.chunks_exact_mut(words)) {
            for (user, stay) in self.rows.iter().enumerate() {
                if !stay.covers(date) {
                    row[user / 64] &= !(1 << (user % 64));
                }
            }
        }
    }
}

fn date(days: f64) -> i64 {
    // Beyond all horizons a cast saturates.
    days.floor() as i64
}

/// People come and go at the midnights of their own dates: counts along the sorted changes.
fn fewest(rows: &[Stay], midnight: impl Fn(usize, i64) -> Time) -> usize {
    let mut changes: Vec<(Time, i64)> = Vec::new();
    let mut now = 0_i64;
    for (user, stay) in rows.iter().enumerate() {
        if stay.from == i64::MIN {
            now += 1;
        } else if stay.from < i64::MAX {
            changes.push((midnight(user, stay.from), 1));
        }
        if stay.from < i64::MAX && stay.until < i64::MAX {
            changes.push((midnight(user, stay.until), -1));
        }
    }
    // Leavers of an instant before its joiners.
    changes.sort_unstable();
    let mut fewest = now;
    for (_, change) in changes {
        now += change;
        fewest = fewest.min(now);
    }
    fewest.max(0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fewest_are_counted_along_the_dates() {
        let stay = |from, until| Stay { from, until };
        let rows = [
            Stay::ALWAYS,
            stay(i64::MIN, 5),
            stay(5, 9),
            stay(7, i64::MAX),
            Stay::NEVER,
        ];
        let here = |_: usize, date: i64| Time(24 * date);
        assert_eq!(fewest(&rows, here), 1);
        assert_eq!(Stays::over(rows.to_vec(), 20, here).fewest(5), 1);
        assert_eq!(Stays::over(vec![Stay::ALWAYS; 3], 20, here).fewest(3), 3);
        // One comes on the date before another goes, but where the one works that date begins 30 hours later.
        let exchange = [Stay::ALWAYS, stay(i64::MIN, 5), stay(4, i64::MAX)];
        let apart = |user: usize, date: i64| Time(24 * date + if user == 2 { 30 } else { 0 });
        assert_eq!(Stays::over(exchange.to_vec(), 20, here).fewest(3), 2);
        assert_eq!(Stays::over(exchange.to_vec(), 20, apart).fewest(3), 1);
        // Everybody leaves at last, but not within the days that count.
        let far = Stay {
            from: i64::MIN,
            until: 21,
        };
        assert_eq!(Stays::over(vec![far; 3], 20, here), Stays::default());
    }

    #[test]
    fn a_stay_ends_before_its_last_date() {
        let stay = Stay { from: 3, until: 5 };
        assert_eq!(
            [2, 3, 4, 5].map(|date| stay.covers(date)),
            [false, true, true, false]
        );
        assert!(!Stay::NEVER.covers(1 << 40) && Stay::ALWAYS.covers(-5));
    }

    #[test]
    fn bits_are_taken_out_only_on_dates_off() {
        let rows = vec![Stay::ALWAYS, Stay { from: 1, until: 2 }];
        let mut bits = [3, 3, 3];
        Stays::over(rows, 20, |_, date| Time(date)).restrict(0, 1, &mut bits);
        assert_eq!(bits, [1, 3, 1]);
    }
}
