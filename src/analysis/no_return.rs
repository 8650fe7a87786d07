//! Points of no return: until when turning back stays within a budget.
//!
//! Two that must not be taken for each other. The *planning day* can be written into a plan: up to it the mean (or a
//! quantile) over worlds is within the budget on every day. The *hindsight day* is one for each world, known only when it is
//! over: up to it the price in that world was within the budget on every day.

use super::exposure::Exposure;
use crate::stats::{self, Interval};

/// Level at which all intervals of a strategy hold together.
pub const LEVEL: f64 = 0.95;

/// The price of turning back at a point, over worlds.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Price {
    /// Worlds that it rests on.
    pub n: usize,
    /// Mean, or the quantile that is asked for; `None` without worlds.
    pub value: Option<f64>,
    /// Its interval. All intervals of a strategy hold together at [`LEVEL`]. `None` if there are too few worlds.
    pub interval: Option<Interval>,
}

/// The last place of a sequence up to which something holds everywhere; `None` if not even at the first.
pub type Bound = Option<usize>;

/// Points of no return of one strategy. Bounds are places in `sequence`.
#[derive(Clone, PartialEq, Debug)]
pub struct NoReturn {
    /// The budget.
    pub budget: f64,
    /// The points in order of time at which anybody can turn back, as places in the question.
    pub sequence: Vec<usize>,
    /// The price at each.
    pub prices: Vec<Price>,
    /// The planning point: prices are within the budget up to it.
    pub planning: Bound,
    /// Up to it even the upper ends of all intervals are within the budget; missing if an interval is.
    pub surely: Option<Bound>,
    /// Up to it the lower ends are, so the true planning point is no later; missing if an interval is.
    pub possibly: Option<Bound>,
    /// Worlds needed for an interval at every point, if there are too few.
    pub needed: Option<u64>,
    /// The hindsight point of every world that can turn back at the first point.
    pub hindsight: Vec<(u64, Bound)>,
}

/// Prices at all points of the question's sequence.
fn prices(exposure: &Exposure, strategy: usize, sequence: &[usize]) -> Vec<Price> {
    let level = stats::bonferroni_level(LEVEL, sequence.len() as u64);
    let price = |&point: &usize| {
        let mut values = exposure.prices(strategy, point);
        values.sort_unstable_by(f64::total_cmp);
        let n = values.len();
        if n == 0 {
            return Price {
                n,
                value: None,
                interval: None,
            };
        }
        let (value, interval) = match exposure.question.quantile {
            Some(p) => (
                stats::quantile(&values, p),
                stats::quantile_interval(&values, p, level),
            ),
            None => {
                let estimate = stats::mean_interval(&values, level);
                (estimate.mean, estimate.interval)
            }
        };
        Price {
            n,
            value: Some(value),
            interval,
        }
    };
    sequence.iter().map(price).collect()
}

/// The points of no return of a strategy; `None` if there is no budget or nobody can turn back at any point.
pub fn no_return(exposure: &Exposure, strategy: usize) -> Option<NoReturn> {
    let budget = exposure.question.budget?;
    let mut sequence = exposure.question.sequence();
    // Beyond a point at which no world has anything to decide, nothing can be said.
    let decides = |&point: &usize| exposure.worlds(strategy, point).next().is_some();
    sequence.truncate(sequence.iter().take_while(|point| decides(point)).count());
    sequence.first()?;
    let prices = prices(exposure, strategy, &sequence);
    let ends: Option<Vec<Interval>> = prices.iter().map(|price| price.interval).collect();
    let up_to = |end: fn(&Interval) -> f64| {
        let ends = ends.as_ref()?;
        Some(last_within(ends.iter().map(end), budget))
    };
    Some(NoReturn {
        budget,
        planning: last_within(prices.iter().filter_map(|price| price.value), budget),
        surely: up_to(|interval| interval.high),
        possibly: up_to(|interval| interval.low),
        needed: ends.is_none().then(|| needed(exposure, sequence.len())),
        hindsight: hindsight(exposure, strategy, &sequence, budget),
        sequence,
        prices,
    })
}

/// The last place up to which all values are within the budget.
fn last_within(values: impl Iterator<Item = f64>, budget: f64) -> Bound {
    values.take_while(|&value| value <= budget).count().checked_sub(1)
}

fn needed(exposure: &Exposure, points: usize) -> u64 {
    let level = stats::bonferroni_level(LEVEL, points as u64);
    let of_quantile = |p| stats::quantile_sample_size(p, level);
    exposure.question.quantile.and_then(of_quantile).unwrap_or(2)
}

fn hindsight(exposure: &Exposure, strategy: usize, sequence: &[usize], budget: f64) -> Vec<(u64, Bound)> {
    let question = &exposure.question;
    let price = |point: usize, world: usize| {
        let branched = &exposure.found[strategy][point][world];
        exposure.price_in(branched, question.against, question.measure)
    };
    let of_world = |world: usize| {
        price(sequence[0], world)?;
        let prices = sequence.iter().map_while(|&point| price(point, world));
        Some((exposure.first + world as u64, last_within(prices, budget)))
    };
    (0..exposure.replications as usize).filter_map(of_world).collect()
}

impl NoReturn {
    /// A quantile over worlds of the hindsight point: a place of the sequence, or `None` for before the first.
    ///
    /// # Panics
    /// Unless `0 <= p <= 1`.
    pub fn hindsight_quantile(&self, p: f64) -> Bound {
        // Before the first point is 0 here, the first point 1.
        let places: Vec<Option<f64>> = (self.hindsight.iter())
            .map(|(_, bound)| Some(bound.map_or(0.0, |place| place as f64 + 1.0)))
            .collect();
        let place = stats::quantile_with_missing(&places, p)?;
        (place as usize).checked_sub(1)
    }

    /// Share of the worlds in which the hindsight point is before the first point, and in which it is the last.
    pub fn hindsight_ends(&self) -> (f64, f64) {
        let last = Some(self.sequence.len() - 1);
        let share = |wanted: Bound| {
            let count = self
                .hindsight
                .iter()
                .filter(|(_, bound)| *bound == wanted)
                .count();
            count as f64 / self.hindsight.len().max(1) as f64
        };
        (share(None), share(last))
    }
}

#[cfg(test)]
mod tests {
    use super::last_within;

    #[test]
    fn a_budget_that_is_kept_again_later_was_broken_all_the_same() {
        let within = |values: &[f64], budget| last_within(values.iter().copied(), budget);
        assert_eq!(within(&[0.0, 3.0, 9.0, 2.0], 5.0), Some(1));
        assert_eq!(within(&[6.0, 0.0], 5.0), None);
        assert_eq!(within(&[0.0, 5.0], 5.0), Some(1));
    }

    #[test]
    fn a_larger_budget_is_never_exceeded_earlier() {
        let values = [0.0, 1.0, 4.0, 2.0, 8.0, 7.0];
        let bounds: Vec<_> = (0..10)
            .map(|budget| last_within(values.into_iter(), budget.into()))
            .collect();
        assert!(bounds.is_sorted());
    }
}
