//! How often the limits of a scenario hold.

use crate::experiment::Results;
use crate::experiment::summary::LEVEL;
use crate::outcome::goal::Limit;
use crate::stats::{Interval, exact_proportion_interval};

/// What the worlds say of a limit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Holding {
    /// It holds as often as wanted, surely: the whole interval is at least the probability wanted.
    Surely,
    /// It holds often enough in these worlds, but the interval reaches below.
    Probably,
    /// It does not hold often enough in these worlds, but the interval reaches the probability wanted.
    ProbablyNot,
    /// It does not hold often enough: the whole interval is below.
    SurelyNot,
}

impl Holding {
    /// Does it hold as often as wanted in the worlds that there are?
    pub fn is_met(self) -> bool {
        matches!(self, Holding::Surely | Holding::Probably)
    }
}

/// How often something holds for a strategy.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Held {
    /// Worlds in which it does.
    pub count: u64,
    /// Of so many.
    pub n: u64,
    /// Clopper and Pearson's interval of the probability.
    pub interval: Interval,
    /// Against the probability wanted.
    pub holding: Holding,
}

impl Held {
    /// How often it holds in these worlds, with an interval of this level.
    pub(super) fn new(worlds: &[bool], wanted: f64, level: f64) -> Held {
        let (count, n) = (
            worlds.iter().filter(|&&holds| holds).count() as u64,
            worlds.len() as u64,
        );
        let interval = exact_proportion_interval(count, n, level);
        let enough = count as f64 >= wanted * n as f64;
        let holding = match (enough, interval.low >= wanted, interval.high < wanted) {
            (true, true, _) => Holding::Surely,
            (true, false, _) => Holding::Probably,
            (false, _, true) => Holding::SurelyNot,
            (false, _, false) => Holding::ProbablyNot,
        };
        Held {
            count,
            n,
            interval,
            holding,
        }
    }

    /// Share of the worlds in which it holds.
    pub fn share(&self) -> f64 {
        self.count as f64 / self.n.max(1) as f64
    }
}

/// The limits of a scenario for one strategy.
#[derive(Clone, PartialEq, Debug)]
pub struct Judged {
    /// One for each limit, in their order.
    pub each: Vec<Held>,
    /// All of them in the same world; wanted as often as the least of them.
    pub all: Held,
}

/// Judges the limits for a strategy (position in [`Results::strategies`]).
pub fn judge(results: &Results, strategy: usize, limits: &[Limit]) -> Judged {
    let rows = &results.rows[strategy];
    let holds: Vec<Vec<bool>> = limits
        .iter()
        .map(|limit| {
            let whole = |row: &crate::outcome::Row| limit.share_of.and_then(|whole| row.get(whole));
            rows.iter()
                .map(|row| limit.holds(row.get(limit.metric), whole(row)))
                .collect()
        })
        .collect();
    let together: Vec<bool> = (0..rows.len())
        .map(|world| holds.iter().all(|limit| limit[world]))
        .collect();
    let least = limits.iter().map(|limit| limit.probability).fold(1.0, f64::min);
    Judged {
        each: holds
            .iter()
            .zip(limits)
            .map(|(worlds, limit)| Held::new(worlds, limit.probability, LEVEL))
            .collect(),
        all: Held::new(&together, least, LEVEL),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_that_straddles_is_said_so() {
        let worlds = |good: usize| (0..100).map(|world| world < good).collect::<Vec<bool>>();
        assert_eq!(Held::new(&worlds(100), 0.9, LEVEL).holding, Holding::Surely);
        assert_eq!(Held::new(&worlds(90), 0.9, LEVEL).holding, Holding::Probably);
        assert_eq!(Held::new(&worlds(88), 0.9, LEVEL).holding, Holding::ProbablyNot);
        assert_eq!(Held::new(&worlds(50), 0.9, LEVEL).holding, Holding::SurelyNot);
        assert!(Holding::Probably.is_met() && !Holding::ProbablyNot.is_met());
    }
}
