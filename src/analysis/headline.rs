//! The headline list: what is said first about every strategy, in this order, by every output.

use super::limits::Standing;
use super::no_return::Technical;
use super::verdict::Verdict;
use crate::experiment::Results;
use crate::experiment::summary::LEVEL;
use crate::outcome::{Metric, Row};
use crate::scenario::Scenario;
use crate::stats::{self, Interval};

/// A part of the list.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Item {
    /// Limits kept, of so many.
    Limits,
    /// When 98 % are done, P50 to P90.
    Done,
    /// Meetings broken, number and share, P10 to P90.
    Broken,
    /// People who cannot sign in at the end of the worst day, P90.
    Stranded,
    /// The last day to turn back.
    TurnBack,
    /// The chance of a rollback.
    Rollback,
    /// What the programme costs, P10 to P90.
    Cost,
}

impl Item {
    /// All, in order.
    pub const ALL: [Item; 7] = [
        Item::Limits,
        Item::Done,
        Item::Broken,
        Item::Stranded,
        Item::TurnBack,
        Item::Rollback,
        Item::Cost,
    ];

    /// Name in files.
    pub fn word(self) -> &'static str {
        match self {
            Item::Limits => "limits_kept",
            Item::Done => "done_98",
            Item::Broken => "meetings_broken",
            Item::Stranded => "stranded_worst_day",
            Item::TurnBack => "last_day_to_turn_back",
            Item::Rollback => "chance_of_rollback",
            Item::Cost => "cost",
        }
    }
}

/// Values over worlds from low to high: P10 and P90, or all of them where there are too few worlds for these.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Spread {
    /// P10, or the least.
    pub low: f64,
    /// The mean.
    pub mean: f64,
    /// P90, or the greatest.
    pub high: f64,
}

/// A day that may not come by the horizon, over worlds.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Days {
    /// P50; `None` if later than the horizon.
    pub median: Option<f64>,
    /// P90, or the latest where there are too few worlds; `None` if later than the horizon.
    pub late: Option<f64>,
    /// Worlds in which it comes.
    pub reached: u64,
}

/// How often something happens.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Chance {
    /// Worlds in which it does.
    pub count: u64,
    /// Clopper and Pearson's 95 % interval of the probability.
    pub interval: Interval,
}

/// The parts of the list that follow from metrics alone.
#[derive(Clone, PartialEq, Debug)]
pub struct Measured {
    /// When 98 % of those who can be are done.
    pub done: Days,
    /// Machines that never install the new client, whose users cannot: mean.
    pub never: f64,
    /// Meetings broken.
    pub broken: Spread,
    /// The same as a share of all meetings judged.
    pub broken_share: Spread,
    /// The share of the worst week.
    pub worst_week: Spread,
    /// People who cannot sign in at the end of the worst day: P90, or the most where there are too few worlds.
    pub stranded: f64,
    /// How often it rolls back.
    pub rollback: Chance,
    /// Cost.
    pub cost: Spread,
}

/// The headline list of one strategy.
#[derive(Clone, PartialEq, Debug)]
pub struct Headline {
    /// Position in [`Results::strategies`].
    pub strategy: usize,
    /// Does it move anybody?
    pub moves: bool,
    /// Limits kept and limits stated; `None` without limits.
    pub limits: Option<[usize; 2]>,
    /// The worst standing to a limit.
    pub standing: Standing,
    /// What follows from its metrics.
    pub found: Measured,
    /// The same in the lot shown, which lists of people are made from, and its number; `None`: all worlds have the same plan.
    pub in_lot: Option<(u64, Measured)>,
    /// Until when turning back works.
    pub technical: Technical,
    /// Are there enough worlds for P10 and P90?
    pub carries_tenths: bool,
}

/// The headline lists of all strategies.
pub fn headlines(scenario: &Scenario, results: &Results, verdict: &Verdict) -> Vec<Headline> {
    (0..results.strategies.len())
        .map(|strategy| headline(scenario, results, verdict, strategy))
        .collect()
}

fn headline(scenario: &Scenario, results: &Results, verdict: &Verdict, strategy: usize) -> Headline {
    let carries_tenths = stats::carries_quantile(results.replications, 0.9, LEVEL);
    let limits = verdict.limits.get(strategy).map(|judged| {
        let kept = judged.each.iter().filter(|held| held.standing == Standing::Kept);
        [kept.count(), judged.each.len()]
    });
    let plan = &scenario.plans[results.strategies[strategy]];
    let in_lot = results.in_lot[strategy].as_ref().map(|shown| {
        let lot = plan.lot_shown().unwrap_or(0);
        (lot, Measured::of(&shown.rows, carries_tenths))
    });
    Headline {
        strategy,
        moves: plan.moves_anybody(),
        limits,
        standing: verdict.standing(strategy),
        found: Measured::of(&results.rows[strategy], carries_tenths),
        in_lot,
        technical: Technical::of_run(results, strategy, scenario.exposure.stuck),
        carries_tenths,
    }
}

impl Measured {
    fn of(rows: &[Row], carries_tenths: bool) -> Measured {
        let values = |metric: Metric| -> Vec<f64> {
            let values = rows.iter().map(|row| row.get(metric));
            values.map(|value| value.unwrap_or(0.0)).collect()
        };
        let spread_of = |metric: Metric| spread(values(metric), carries_tenths);
        let share = |(broken, judged): (f64, f64)| if judged > 0.0 { broken / judged } else { 0.0 };
        let both = values(Metric::Broken).into_iter().zip(values(Metric::Judged));
        let rollbacks = values(Metric::Rollbacks);
        let count = rollbacks.iter().filter(|&&rollbacks| rollbacks > 0.0).count() as u64;
        let days: Vec<Option<f64>> = rows.iter().map(|row| row.get(Metric::Day98)).collect();
        Measured {
            done: Days {
                median: stats::quantile_with_missing(&days, 0.5),
                late: stats::quantile_with_missing(&days, if carries_tenths { 0.9 } else { 1.0 }),
                reached: days.iter().flatten().count() as u64,
            },
            never: spread_of(Metric::NeverUpgraded).mean,
            broken: spread_of(Metric::Broken),
            broken_share: spread(both.map(share).collect(), carries_tenths),
            worst_week: spread_of(Metric::WorstWeek),
            stranded: spread_of(Metric::PeakStranded).high,
            rollback: Chance {
                count,
                interval: stats::exact_proportion_interval(count, rows.len() as u64, LEVEL),
            },
            cost: spread_of(Metric::Cost),
        }
    }
}

/// The range of [`Summary::range`](crate::experiment::Summary::range), of values that are no metric themselves, too.
fn spread(mut values: Vec<f64>, carries_tenths: bool) -> Spread {
    let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
    values.sort_unstable_by(f64::total_cmp);
    let (low, high) = if carries_tenths { (0.1, 0.9) } else { (0.0, 1.0) };
    let [low, high] = [low, high].map(|p| match values[..] {
        [] => 0.0,
        _ => stats::quantile(&values, p),
    });
    Spread { low, mean, high }
}
