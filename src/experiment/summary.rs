//! Statistics of one metric of one strategy.

use super::Results;
use crate::outcome::Metric;
use crate::stats::{self, SampleTooSmall};

/// Level of every interval.
pub const LEVEL: f64 = 0.95;

/// Of fewer worlds no share is said in per cent: `2 of 2` does not sound as if it were known.
pub const FEW_WORLDS: u64 = 20;

/// A mean and the ends of its interval; below two values the ends are missing.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Interval {
    /// Mean.
    pub mean: f64,
    /// Lower and upper end at [`LEVEL`].
    pub ends: Option<(f64, f64)>,
}

impl Interval {
    /// Half of the width; `None` without an interval.
    pub fn half_width(&self) -> Option<f64> {
        self.ends.map(|(low, high)| (high - low) / 2.0)
    }

    /// Does the interval lie on one side of zero?
    pub fn is_clear(&self) -> bool {
        self.ends.is_some_and(|(low, high)| low > 0.0 || high < 0.0)
    }
}

impl From<stats::Estimate> for Interval {
    fn from(estimate: stats::Estimate) -> Interval {
        Interval {
            mean: estimate.mean,
            ends: estimate.interval.map(|interval| (interval.low, interval.high)),
        }
    }
}

/// A strategy against the base strategy in the same worlds.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Comparison {
    /// Mean difference, strategy minus base; `None` if the metric is missing somewhere.
    pub difference: Option<Interval>,
    /// Share of worlds in which the strategy's value is lower. A missing value counts as higher than any other.
    pub share_lower: f64,
    /// Share of worlds in which it is higher.
    pub share_higher: f64,
}

/// Quantiles of every metric.
pub const QUANTILES: [f64; 4] = [0.1, 0.5, 0.9, 0.95];

/// A quantile and its interval at [`LEVEL`]; `None` is later than the horizon.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Quantile {
    /// Of the worlds that there are.
    pub value: Option<f64>,
    /// Lower end.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// Statistics of one metric of one strategy.
#[derive(Clone, PartialEq, Debug)]
pub struct Summary {
    /// The metric.
    pub metric: Metric,
    /// Worlds that it is about: all, or those with a rollback for a metric that needs one.
    pub n: usize,
    /// In how many of them it has a value.
    pub reached: usize,
    /// Mean; `None` if any value is missing (the mean of the others would flatter).
    pub mean: Option<Interval>,
    /// Least and greatest value; `None` if it is missing.
    pub extremes: [Option<f64>; 2],
    /// Quantiles at [`QUANTILES`]; missing values count as later than the horizon, and so may a quantile or the end of an
    /// interval. `Err` if there are too few worlds to bound the quantile on both sides: then it is not stated at all.
    pub quantiles: [Result<Quantile, SampleTooSmall>; 4],
    /// Against the base strategy; `None` for the base itself.
    pub against_base: Option<Comparison>,
}

impl Summary {
    /// Statistics of a metric of one strategy (position in [`Results::strategies`]).
    pub fn new(results: &Results, strategy: usize, metric: Metric) -> Summary {
        let values = about(results, strategy, metric);
        let reached: Vec<f64> = values.iter().flatten().copied().collect();
        let complete = !reached.is_empty() && reached.len() == values.len();
        Summary {
            metric,
            n: values.len(),
            reached: reached.len(),
            mean: complete.then(|| stats::mean_interval(&reached, LEVEL).into()),
            extremes: [
                stats::quantile_with_missing(&values, 0.0),
                stats::quantile_with_missing(&values, 1.0),
            ],
            quantiles: QUANTILES.map(|p| quantile(&values, &reached, p)),
            against_base: (strategy != results.base)
                .then(|| between(results, strategy, results.base, metric)),
        }
    }

    /// The range of outcomes: tenth to ninetieth percentile, or least to most where there are too few worlds for them.
    pub fn range(&self) -> [Option<f64>; 2] {
        match self.quantiles {
            [Ok(low), _, Ok(high), _] => [low.value, high.value],
            _ => self.extremes,
        }
    }

    /// Exact interval of the probability that the metric has a value (Clopper and Pearson); `None` without worlds.
    pub fn interval_reached(&self) -> Option<stats::Interval> {
        let (reached, n) = (self.reached as u64, self.n as u64);
        (n > 0).then(|| stats::exact_proportion_interval(reached, n, LEVEL))
    }

    /// Share of the worlds that it is about in which the metric has a value.
    pub fn share_reached(&self) -> f64 {
        if self.n == 0 {
            0.0
        } else {
            self.reached as f64 / self.n as f64
        }
    }
}

/// Does this metric mean something only after a rollback?
pub fn needs_rollback(metric: Metric) -> bool {
    matches!(metric, Metric::DowngradeDays | Metric::FirstRollbackDay)
}

/// Values of the worlds that the metric is about.
fn about(results: &Results, strategy: usize, metric: Metric) -> Vec<Option<f64>> {
    results.rows[strategy]
        .iter()
        .filter(|row| !needs_rollback(metric) || row.get(Metric::Rollbacks).unwrap_or(0.0) > 0.0)
        .map(|row| row.get(metric))
        .collect()
}

/// A quantile with its interval by order statistics; linear between values if all are there, otherwise one of them.
fn quantile(values: &[Option<f64>], reached: &[f64], p: f64) -> Result<Quantile, SampleTooSmall> {
    let estimate = stats::quantile_estimate(values, p, LEVEL);
    let interval = estimate.interval?;
    let mut value = estimate.value;
    if reached.len() == values.len() {
        let mut sorted = reached.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        value = Some(stats::quantile(&sorted, p));
    }
    Ok(Quantile {
        value,
        low: interval.low,
        high: interval.high,
    })
}

/// One strategy against another in the same worlds.
pub fn between(results: &Results, strategy: usize, reference: usize, metric: Metric) -> Comparison {
    let own = results.values(strategy, metric);
    let base = results.values(reference, metric);
    // For counting who is ahead, a missing value is later than everything.
    let later = |values: &[Option<f64>]| -> Vec<f64> {
        values
            .iter()
            .map(|value| value.unwrap_or(f64::INFINITY))
            .collect()
    };
    let (own, base) = (later(&own), later(&base));
    let complete = own.iter().chain(&base).all(|value| value.is_finite());
    let count = |ahead: fn(&f64, &f64) -> bool| {
        own.iter()
            .zip(&base)
            .filter(|(own, base)| ahead(own, base))
            .count() as f64
            / own.len().max(1) as f64
    };
    Comparison {
        difference: complete.then(|| stats::paired_difference(&own, &base, LEVEL).estimate.into()),
        share_lower: count(|own, base| own < base),
        share_higher: count(|own, base| own > base),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Daily;
    use crate::outcome::Row;

    fn results(values: [&[Option<f64>]; 2], metric: Metric) -> Results {
        let rows = values.map(|values| {
            let row = |value: &Option<f64>| {
                let mut row = Row::new();
                row.set(metric, *value);
                row
            };
            values.iter().map(row).collect()
        });
        Results {
            strategies: vec![0, 1],
            base: 0,
            first: 0,
            replications: values[0].len() as u64,
            seed: 1,
            fix_uncertain: false,
            rows: rows.to_vec(),
            digests: vec![Vec::new(); 2],
            daily: vec![Daily::new(0, Vec::new()); 2],
            breakdowns: Vec::new(),
            in_lot: vec![None; 2],
            strategy_digests: Vec::new(),
            digest: String::new(),
        }
    }

    #[test]
    fn paired_difference_and_shares() {
        let base = [Some(1.0), Some(2.0), Some(3.0), Some(4.0)];
        let own = [Some(2.0), Some(3.0), Some(4.0), Some(4.0)];
        let results = results([&base, &own], Metric::Broken);
        let summary = Summary::new(&results, 1, Metric::Broken);
        let against = summary.against_base.unwrap();
        assert_eq!(against.difference.unwrap().mean, 0.75);
        assert_eq!((against.share_lower, against.share_higher), (0.0, 0.75));
        assert_eq!(summary.extremes, [Some(2.0), Some(4.0)]);
        // Six worlds bound a median, 36 a tenth.
        assert_eq!(
            summary.quantiles[1].unwrap_err(),
            SampleTooSmall {
                n: 4,
                needed: Some(6)
            }
        );
        assert!(Summary::new(&results, 0, Metric::Broken).against_base.is_none());
    }

    #[test]
    fn a_missing_day_is_later_than_the_horizon_and_leaves_no_mean() {
        let base = [None; 8];
        let mut own = [Some(40.0); 8];
        own[6..].fill(None);
        let summary = Summary::new(
            &results([&base, &own], Metric::CompletionDay),
            1,
            Metric::CompletionDay,
        );
        assert_eq!((summary.n, summary.reached, summary.mean), (8, 6, None));
        assert_eq!(summary.extremes, [Some(40.0), None]);
        let median = Quantile {
            value: Some(40.0),
            low: Some(40.0),
            high: None,
        };
        assert_eq!(summary.quantiles[1], Ok(median));
        assert_eq!(summary.quantiles[2].unwrap_err().needed, Some(36));
        assert_eq!(summary.against_base.unwrap().share_lower, 0.75);
        assert!(summary.against_base.unwrap().difference.is_none());
    }

    #[test]
    fn what_needs_a_rollback_is_about_the_worlds_that_have_one() {
        let values = [Some(3.0), None];
        let mut results = results([&values, &values], Metric::DowngradeDays);
        results.rows[1][0].set(Metric::Rollbacks, Some(1.0));
        results.rows[1][1].set(Metric::Rollbacks, Some(0.0));
        assert_eq!(Summary::new(&results, 1, Metric::DowngradeDays).n, 1);
    }
}
