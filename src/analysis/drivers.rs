//! Drivers: which uncertain quantities the difference of two strategies goes with, from the worlds that there are.
//!
//! Every world draws its own value of every uncertain quantity, so a run is an experiment on all of them at once. The rank
//! correlation of the paired difference with the value drawn (C. Spearman, "The proof and measurement of association between
//! two things", American Journal of Psychology 15 (1904) 72-101) shows what it goes with; the intervals are those of Fisher's
//! transformation with the variance 1.06 / (n - 3) for ranks (E. C. Fieller, H. O. Hartley and E. S. Pearson, "Tests for rank
//! correlation coefficients", Biometrika 44 (1957) 470-481), and hold together by Bonferroni. How far the difference runs over
//! the 90 % range of a quantity is a straight line fitted by least squares, with Student's intervals of the mean at both ends.

use super::ranks::{apart, level};
use super::vary::Quantity;
use crate::experiment::Results;
use crate::experiment::summary::{Interval, LEVEL};
use crate::kernel::Key;
use crate::outcome::Metric;
use crate::scenario::Scenario;
use crate::stats;
use crate::world::Mark;

/// With fewer worlds nothing is said.
pub const FEWEST: u64 = 20;

/// An uncertain quantity and the difference of two strategies.
#[derive(Clone, PartialEq, Debug)]
pub struct Driver {
    /// The quantity.
    pub quantity: Quantity,
    /// Rank correlation of the difference with the value drawn; the intervals of all quantities hold together.
    pub correlation: Interval,
    /// The 90 % range of the quantity.
    pub range: [f64; 2],
    /// The mean difference at both ends of the range, by a straight line.
    pub at_ends: [Interval; 2],
    /// The value within the range at which that line changes sign, if it does.
    pub turns_at: Option<f64>,
    /// Is the figure an estimate that nobody published?
    pub unpublished: bool,
    /// Is the range a convention of this program?
    pub ours: bool,
}

impl Driver {
    /// Was it shown that the difference goes with it?
    pub fn is_shown(&self) -> bool {
        self.correlation.is_clear()
    }
}

/// What the difference of two strategies in a metric goes with.
#[derive(Clone, PartialEq, Debug)]
pub struct Drivers {
    /// The strategies, as positions in [`Results::strategies`]; the difference is the first one's less the second one's.
    pub pair: (usize, usize),
    /// The metric.
    pub metric: Metric,
    /// All uncertain quantities, the strongest correlation first.
    pub all: Vec<Driver>,
}

impl Drivers {
    /// Those that were shown, the strongest first.
    pub fn shown(&self) -> impl Iterator<Item = &Driver> {
        self.all.iter().filter(|driver| driver.is_shown())
    }

    /// The one that carries the difference: shown, and surely stronger than all others that were shown.
    pub fn leading(&self) -> Option<&Driver> {
        let mut shown = self.shown();
        let first = shown.next()?;
        let least = size(&first.correlation)[0];
        shown
            .all(|other| size(&other.correlation)[1] < least)
            .then_some(first)
    }
}

/// Least and largest size of what an interval bounds.
fn size(interval: &Interval) -> [f64; 2] {
    let (low, high) = interval.ends.unwrap_or((-1.0, 1.0));
    let least = if low > 0.0 { low } else { (-high).max(0.0) };
    [least, high.max(-low)]
}

/// The values of all uncertain quantities in the worlds of an experiment.
#[derive(Clone, PartialEq, Debug)]
pub struct Drawn {
    quantities: Vec<Quantity>,
    /// By quantity, then world.
    values: Vec<Vec<f64>>,
}

impl Drawn {
    /// Draws them once more, each by its key. `None` where no range is a default one, where uncertain quantities were held at
    /// their medians, and where there are fewer than [`FEWEST`] worlds.
    pub fn of(scenario: &Scenario, results: &Results) -> Option<Drawn> {
        let facts = &scenario.facts;
        let quantities = Quantity::uncertain(facts);
        let are_drawn = quantities.iter().any(|quantity| quantity.draw(facts).is_usual());
        if !are_drawn || results.fix_uncertain || results.replications < FEWEST {
            return None;
        }
        let mut values = vec![Vec::new(); quantities.len()];
        for replication in results.first..results.first + results.replications {
            let seed = results.seed;
            let drawn = Quantity::drawn(&quantities, facts, Key { seed, replication });
            for (column, value) in values.iter_mut().zip(drawn) {
                column.push(value);
            }
        }
        Some(Drawn { quantities, values })
    }

    /// What the difference of two strategies in a metric goes with. `None` for a metric that can be missing.
    pub fn drivers(
        &self,
        scenario: &Scenario,
        results: &Results,
        pair: (usize, usize),
        metric: Metric,
    ) -> Option<Drivers> {
        if metric.definition().may_be_missing {
            return None;
        }
        let facts = &scenario.facts;
        let values = |strategy: usize| results.values(strategy, metric).into_iter().flatten();
        let differences: Vec<f64> = values(pair.0)
            .zip(values(pair.1))
            .map(|(own, other)| apart(own, other))
            .collect();
        let level = level(self.quantities.len());
        let ranks = mid_ranks(&differences);
        let driver = |(&quantity, values): (&Quantity, &Vec<f64>)| {
            let range = [0.05, 0.95].map(|p| quantity.at(facts, p));
            let line = Line::through(values, &differences);
            Driver {
                quantity,
                correlation: rank_correlation(&mid_ranks(values), &ranks, level),
                range,
                at_ends: range.map(|x| line.at(x)),
                turns_at: line.zero().filter(|x| (range[0]..=range[1]).contains(x)),
                unpublished: quantity.mark(facts) == Mark::Estimated,
                ours: quantity.draw(facts).is_usual(),
            }
        };
        let mut all: Vec<Driver> = self.quantities.iter().zip(&self.values).map(driver).collect();
        all.sort_by(|a, b| b.correlation.mean.abs().total_cmp(&a.correlation.mean.abs()));
        Some(Drivers { pair, metric, all })
    }
}

/// Ranks from 1; equal values share the mean of their ranks.
fn mid_ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut from = 0;
    while from < order.len() {
        let equal = order[from..]
            .iter()
            .take_while(|&&place| values[place] == values[order[from]]);
        let to = from + equal.count();
        for &place in &order[from..to] {
            ranks[place] = (from + 1 + to) as f64 / 2.0;
        }
        from = to;
    }
    ranks
}

/// Correlation of ranks, with the interval of this level; 0 without one where nothing varies.
fn rank_correlation(one: &[f64], other: &[f64], level: f64) -> Interval {
    let n = one.len() as f64;
    let (xx, yy, xy) = products(one, other);
    if xx == 0.0 || yy == 0.0 {
        return Interval {
            mean: 0.0,
            ends: None,
        };
    }
    let mean = stats::settle((xy / libm::sqrt(xx * yy)).clamp(-1.0, 1.0));
    let half = stats::normal_quantile((1.0 + level) / 2.0) * libm::sqrt(1.06 / (n - 3.0));
    // At -1 and 1 the transformation has no value; nearer than this no rank correlation of so many comes.
    let nearest = 1.0 - 1.0 / (n * n * n);
    let centre = libm::atanh(mean.clamp(-nearest, nearest));
    Interval {
        mean,
        ends: Some((
            stats::settle(libm::tanh(centre - half)),
            stats::settle(libm::tanh(centre + half)),
        )),
    }
}

/// Sums of squares and of products around the means.
fn products(one: &[f64], other: &[f64]) -> (f64, f64, f64) {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    let (x, y) = (mean(one), mean(other));
    let mut sums = (0.0, 0.0, 0.0);
    for (&a, &b) in one.iter().zip(other) {
        sums.0 += (a - x) * (a - x);
        sums.1 += (b - y) * (b - y);
        sums.2 += (a - x) * (b - y);
    }
    sums
}

/// A straight line by least squares.
struct Line {
    n: f64,
    x: f64,
    y: f64,
    slope: f64,
    xx: f64,
    /// Standard deviation around the line.
    deviation: f64,
}

impl Line {
    fn through(x: &[f64], y: &[f64]) -> Line {
        let n = x.len() as f64;
        let (xx, yy, xy) = products(x, y);
        let slope = if xx > 0.0 { xy / xx } else { 0.0 };
        let left = (yy - slope * xy).max(0.0);
        Line {
            n,
            x: x.iter().sum::<f64>() / n,
            y: y.iter().sum::<f64>() / n,
            slope,
            xx,
            deviation: libm::sqrt(left / (n - 2.0)),
        }
    }

    /// The mean at a place, with its interval.
    fn at(&self, x: f64) -> Interval {
        let from = x - self.x;
        let mean = self.y + self.slope * from;
        let spread = if self.xx > 0.0 { from * from / self.xx } else { 0.0 };
        let error = self.deviation * libm::sqrt(1.0 / self.n + spread);
        let half = stats::student_t_quantile(self.n as u64 - 2, (1.0 + LEVEL) / 2.0) * error;
        Interval {
            mean: stats::settle(mean),
            ends: Some((stats::settle(mean - half), stats::settle(mean + half))),
        }
    }

    /// Where it crosses 0.
    fn zero(&self) -> Option<f64> {
        (self.slope != 0.0).then(|| stats::settle(self.x - self.y / self.slope))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_shared_by_equal_values() {
        assert_eq!(mid_ranks(&[3.0, 1.0, 2.0, 2.0]), [4.0, 1.0, 2.5, 2.5]);
        assert_eq!(mid_ranks(&[5.0; 3]), [2.0; 3]);
    }

    #[test]
    fn a_rank_correlation_is_that_of_the_text_book() {
        // Ten pairs without ties: 1 - 6 * sum of d^2 / (n (n^2 - 1)).
        let x: Vec<f64> = (1..=10).map(f64::from).collect();
        let y = [2.0, 1.0, 4.0, 3.0, 6.0, 5.0, 8.0, 7.0, 10.0, 9.0];
        let found = rank_correlation(&x, &y, 0.95);
        assert!((found.mean - (1.0 - 6.0 * 10.0 / 990.0)).abs() < 1e-11);
        let (low, high) = found.ends.unwrap();
        let half = 1.959_963_984_54 * (1.06_f64 / 7.0).sqrt();
        assert!((libm::atanh(found.mean) - half - libm::atanh(low)).abs() < 1e-9);
        assert!(high < 1.0 && low > 0.0);
        assert_eq!(rank_correlation(&x, &[1.0; 10], 0.95).ends, None);
        assert_eq!(rank_correlation(&x, &x, 0.95).mean, 1.0);
    }

    #[test]
    fn a_line_gives_the_difference_at_the_ends_and_where_it_turns() {
        let x: Vec<f64> = (0..10).map(f64::from).collect();
        let y: Vec<f64> = x.iter().map(|x| 3.0 * x - 6.0).collect();
        let line = Line::through(&x, &y);
        assert_eq!(line.zero(), Some(2.0));
        let end = line.at(9.0);
        assert_eq!(end.mean, 21.0);
        assert!(end.ends.is_some_and(|(low, high)| high - low < 1e-6));
        // By hand: products 8, squares 5 and 16; so the slope is 8 / 5, and 16 - 8 * 8 / 5 is left over for two degrees.
        let line = Line::through(&[0.0, 1.0, 2.0, 3.0], &[1.0, 1.0, 5.0, 5.0]);
        assert!((line.slope - 1.6).abs() < 1e-12);
        assert!((line.deviation * line.deviation - 1.6).abs() < 1e-12);
    }

    #[test]
    fn the_leading_one_is_surely_the_strongest() {
        let driver = |low: f64, high: f64| Driver {
            quantity: Quantity::Setting(crate::world::Setting::CostLimited),
            correlation: Interval {
                mean: (low + high) / 2.0,
                ends: Some((low, high)),
            },
            range: [0.0, 1.0],
            at_ends: [Interval {
                mean: 0.0,
                ends: None,
            }; 2],
            turns_at: None,
            unpublished: true,
            ours: true,
        };
        let leads = |all: Vec<Driver>| {
            let metric = Metric::Cost;
            Drivers {
                pair: (0, 1),
                metric,
                all,
            }
            .leading()
            .is_some()
        };
        assert!(leads(vec![driver(0.5, 0.8)]));
        assert!(leads(vec![driver(-0.8, -0.5), driver(0.2, 0.4)]));
        assert!(
            leads(vec![driver(0.5, 0.8), driver(-0.2, 0.6)]),
            "the other was not shown"
        );
        assert!(!leads(vec![driver(0.5, 0.8), driver(0.3, 0.6)]));
        assert!(!leads(vec![driver(-0.2, 0.6)]));
        assert!(!leads(vec![]));
    }
}
