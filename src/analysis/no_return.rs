//! Points of no return: until when turning back still works, stays affordable, and fits the window.
//!
//! Three points, each *the last day on which turning back still* is what it must be:
//!
//! - *technical*: it works. The day before the first day at the end of which, in enough of **all** worlds, enough of the people
//!   who have moved have no way back ([`StuckLimits`]). It comes from daily counts, so that a plain run gives it.
//! - *price*: the mean (or a quantile) over worlds of what turning back takes more than the other course is within a budget.
//! - *time*: the ninetieth percentile of the days from the order until 98 % of those who go back are served and validated is
//!   within a window. Not reached is longer than any window.
//!
//! Price and time are known at branches only, and lie between two of them until these are neighbouring working days. The earliest
//! of the three is the one that binds. The *hindsight day* is another matter: one for each world, known only when it is over.

use super::branch::Stuck;
use super::exposure::Exposure;
use crate::experiment::Results;
use crate::outcome::{Measure, Metric, Quantity};
use crate::plan::course::Course;
use crate::scenario::exposure::StuckLimits;
use crate::stats::{self, Interval};

/// Level at which all intervals of a strategy hold together.
pub const LEVEL: f64 = 0.95;

/// The quantile over worlds of the days that going back takes.
pub const DAYS_QUANTILE: f64 = 0.9;

/// Something measured at a point, over worlds.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Measured {
    /// Worlds that it rests on.
    pub n: usize,
    /// Mean, or the quantile that is asked for; infinite if it is not reached within the look-ahead, `None` without worlds.
    pub value: Option<f64>,
    /// Its interval, which holds together with those of all other points; `None` with too few worlds.
    pub interval: Option<Interval>,
}

/// The last place of a sequence up to which something holds everywhere; `None` if not even at the first.
pub type Bound = Option<usize>;

/// What branches say of a limit. Bounds are places in `sequence`.
#[derive(Clone, PartialEq, Debug)]
pub struct Branches {
    /// The most that is allowed.
    pub limit: f64,
    /// The points in order of time at which anybody can turn back, as places in the question.
    pub sequence: Vec<usize>,
    /// What was measured at each.
    pub measured: Vec<Measured>,
    /// Up to it everything is within the limit.
    pub last: Bound,
    /// Up to it even the upper ends of all intervals are; missing if an interval is.
    pub surely: Option<Bound>,
    /// Up to it the lower ends are, so the true point is no later; missing if an interval is.
    pub possibly: Option<Bound>,
    /// Worlds needed for an interval at every point, if there are too few.
    pub needed: Option<u64>,
}

/// Where a point of no return lies, in days of the scenario.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Last {
    /// Before this day, the first that was looked at.
    Before(u32),
    /// On this day: the next one (or the next working day) is too late.
    Day(u32),
    /// On the first of these days or later, but before the second.
    Between(u32, u32),
    /// Not before this day, the last that was looked at.
    NotBefore(u32),
}

impl Last {
    /// Earlier points have smaller ones.
    fn order(self) -> i64 {
        match self {
            Last::Before(day) => i64::from(day) - 1,
            Last::Day(day) | Last::Between(day, _) => day.into(),
            Last::NotBefore(_) => i64::MAX,
        }
    }
}

/// The technical point.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Technical {
    /// All worlds.
    pub worlds: u64,
    /// The first day at the end of which too many have no way back in too many worlds; `None` if there is none by the horizon.
    pub first: Option<u32>,
    /// In so many worlds on that day, or on the day with most of them.
    pub count: u64,
    /// Clopper and Pearson's 95 % interval of that share.
    pub interval: Interval,
    /// Worlds in which anybody at all has no way back at the end of some day.
    pub ever: u64,
    /// Most people without a way back at the end of a day in any world.
    pub most: u32,
    /// Number of days looked at.
    pub days: u32,
}

impl Technical {
    /// From the number of worlds, by day, in which too many have no way back, and the most people of each world.
    fn new(worlds: u64, by_day: &[u64], most: &[u32], limits: StuckLimits) -> Technical {
        let enough = |count: &u64| *count > 0 && *count as f64 / worlds as f64 >= limits.worlds;
        let first = by_day.iter().position(enough);
        let count = first.map_or_else(|| by_day.iter().copied().max().unwrap_or(0), |day| by_day[day]);
        Technical {
            worlds,
            first: first.map(|day| day as u32),
            count,
            interval: stats::exact_proportion_interval(count, worlds, LEVEL),
            ever: most.iter().filter(|&&people| people > 0).count() as u64,
            most: most.iter().copied().max().unwrap_or(0),
            days: by_day.len() as u32,
        }
    }

    /// Of a strategy (position in [`Results::strategies`]) of a plain run.
    pub fn of_run(results: &Results, strategy: usize, limits: StuckLimits) -> Technical {
        let daily = &results.daily[strategy];
        let column = daily.column(Measure::NoWayBackShare);
        let by_day: Vec<u64> = (0..daily.days)
            .map(|day| daily.histogram(day, column).count_from(limits.per_mille()))
            .collect();
        let most = results.values(strategy, Metric::PeakNoWayBack);
        let most: Vec<u32> = most.into_iter().map(|most| most.unwrap_or(0.0) as u32).collect();
        Technical::new(results.replications, &by_day, &most, limits)
    }

    /// Of a strategy (its place in the question) of an exposure analysis.
    pub fn of_branches(exposure: &Exposure, strategy: usize) -> Technical {
        let (worlds, limits) = (&exposure.stuck[strategy], exposure.question.stuck);
        let days = worlds.first().map_or(0, Vec::len);
        let by_day: Vec<u64> = (0..days)
            .map(|day| {
                let share = |world: &&Vec<Stuck>| u64::from(world[day].per_mille) >= limits.per_mille();
                worlds.iter().filter(share).count() as u64
            })
            .collect();
        let most: Vec<u32> = (worlds.iter())
            .map(|world| world.iter().map(|day| day.people).max().unwrap_or(0))
            .collect();
        Technical::new(worlds.len() as u64, &by_day, &most, limits)
    }

    /// The last day on which turning back works.
    pub fn last(&self) -> Last {
        match self.first {
            None => Last::NotBefore(self.days.saturating_sub(1)),
            Some(0) => Last::Before(0),
            Some(day) => Last::Day(day - 1),
        }
    }
}

/// What a point of no return is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    /// It works.
    Technical,
    /// It is within the budget.
    Price,
    /// It fits the window.
    Time,
}

impl Kind {
    /// All, in the order in which ties are decided.
    pub const ALL: [Kind; 3] = [Kind::Technical, Kind::Price, Kind::Time];

    /// Name in files.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Technical => "technical",
            Kind::Price => "price",
            Kind::Time => "time",
        }
    }
}

/// Points of no return of one strategy.
#[derive(Clone, PartialEq, Debug)]
pub struct NoReturn {
    /// Until when it works.
    pub technical: Technical,
    /// Can anybody turn back at the first point, in any world?
    pub decides: bool,
    /// Until when it is affordable; `None` if no budget is stated, or nobody can turn back at the first point.
    pub price: Option<Branches>,
    /// Until when it fits the window; `None` if none is stated, or nobody can turn back at the first point.
    pub time: Option<Branches>,
    /// The hindsight point of the price, of every world that can turn back at the first point.
    pub hindsight: Vec<(u64, Bound)>,
    lasts: [Option<Last>; 3],
}

impl NoReturn {
    /// Where a point lies; `None` if it is not asked for.
    pub fn last(&self, kind: Kind) -> Option<Last> {
        self.lasts[kind as usize]
    }

    /// The last day up to which turning back was found to be all that it must be, if no point binds.
    pub fn looked_until(&self) -> u32 {
        let lasts = self.lasts.iter().flatten();
        let days = lasts.filter_map(|last| match last {
            Last::NotBefore(day) => Some(*day),
            _ => None,
        });
        days.min().unwrap_or(0)
    }

    /// The point that binds: the earliest of those that there are. `None` if turning back is all that it must be for as long as
    /// was looked.
    pub fn binding(&self) -> Option<(Kind, Last)> {
        let found = Kind::ALL
            .into_iter()
            .filter_map(|kind| Some((kind, self.last(kind)?)));
        found
            .filter(|(_, last)| !matches!(last, Last::NotBefore(_)))
            .min_by_key(|&(kind, last)| (last.order(), kind))
    }
}

/// The points of no return of a strategy, by its place in the question.
pub fn no_return(exposure: &Exposure, strategy: usize) -> NoReturn {
    let question = &exposure.question;
    let mut sequence = question.sequence(strategy);
    // Beyond a point at which no world has anything to decide, nothing can be said.
    let decides = |&point: &usize| exposure.worlds(strategy, point).next().is_some();
    sequence.truncate(sequence.iter().take_while(|point| decides(point)).count());
    let asked = |limit: Option<f64>| limit.filter(|_| !sequence.is_empty());
    let price = asked(question.budget).map(|budget| {
        let values = |point: usize| exposure.prices(strategy, point);
        Branches::new(&sequence, budget, question.quantile, values)
    });
    let time = asked(question.window_days).map(|window| {
        let values = |point: usize| days_to_go_back(exposure, strategy, point);
        Branches::new(&sequence, window, Some(DAYS_QUANTILE), values)
    });
    let technical = Technical::of_branches(exposure, strategy);
    let last = |branches: &Option<Branches>| {
        let branches = branches.as_ref()?;
        let day = |place: usize| exposure.day_of(strategy, branches.sequence[place]);
        Some(match branches.place(branches.last, day) {
            Last::Between(from, to) if exposure.working_days_between(from, to).is_empty() => Last::Day(from),
            last => last,
        })
    };
    NoReturn {
        lasts: [Some(technical.last()), last(&price), last(&time)],
        hindsight: price.as_ref().map_or(Vec::new(), |price| {
            hindsight(exposure, strategy, &price.sequence, price.limit)
        }),
        technical,
        decides: !sequence.is_empty(),
        price,
        time,
    }
}

/// Days that going back takes from a point, in every world in which anybody can; none while nobody has moved, infinite if longer
/// than the look-ahead.
pub fn days_to_go_back(exposure: &Exposure, strategy: usize, point: usize) -> Vec<f64> {
    let days = exposure.values(strategy, point, Course::RollBack, Quantity::DaysToGoBack);
    let worlds = exposure.worlds(strategy, point).zip(days);
    worlds
        .map(|((_, branched), days)| match days {
            Some(days) => days,
            None if branched.moved == 0 => 0.0,
            None => f64::INFINITY,
        })
        .collect()
}

impl Branches {
    fn new(
        sequence: &[usize],
        limit: f64,
        quantile: Option<f64>,
        values: impl Fn(usize) -> Vec<f64>,
    ) -> Branches {
        let level = stats::bonferroni_level(LEVEL, sequence.len() as u64);
        let measured: Vec<Measured> = (sequence.iter())
            .map(|&point| measure(values(point), quantile, level))
            .collect();
        let ends: Option<Vec<Interval>> = measured.iter().map(|measured| measured.interval).collect();
        let up_to = |end: fn(&Interval) -> f64| Some(last_within(ends.as_ref()?.iter().map(end), limit));
        Branches {
            limit,
            last: last_within(measured.iter().filter_map(|measured| measured.value), limit),
            surely: up_to(|interval| interval.high),
            possibly: up_to(|interval| interval.low),
            needed: ends.is_none().then(|| needed(quantile, level)),
            sequence: sequence.to_vec(),
            measured,
        }
    }

    /// A bound in days.
    fn place(&self, bound: Bound, day: impl Fn(usize) -> u32) -> Last {
        match bound {
            None => Last::Before(day(0)),
            Some(place) if place + 1 == self.sequence.len() => Last::NotBefore(day(place)),
            Some(place) => Last::Between(day(place), day(place + 1)),
        }
    }
}

fn measure(mut values: Vec<f64>, quantile: Option<f64>, level: f64) -> Measured {
    values.sort_unstable_by(f64::total_cmp);
    let n = values.len();
    if n == 0 {
        return Measured {
            n,
            value: None,
            interval: None,
        };
    }
    let (value, interval) = match quantile {
        Some(p) => (
            stats::quantile(&values, p),
            stats::quantile_interval(&values, p, level),
        ),
        None => {
            let estimate = stats::mean_interval(&values, level);
            (estimate.mean, estimate.interval)
        }
    };
    Measured {
        n,
        value: Some(value),
        interval,
    }
}

/// The last place up to which all values are within a limit.
fn last_within(values: impl Iterator<Item = f64>, limit: f64) -> Bound {
    values.take_while(|&value| value <= limit).count().checked_sub(1)
}

fn needed(quantile: Option<f64>, level: f64) -> u64 {
    quantile
        .and_then(|p| stats::quantile_sample_size(p, level))
        .unwrap_or(2)
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
        let last = self
            .price
            .as_ref()
            .and_then(|price| price.sequence.len().checked_sub(1));
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
    use super::*;

    const LIMITS: StuckLimits = StuckLimits {
        share: 0.01,
        worlds: 0.1,
    };

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

    #[test]
    fn the_technical_point_is_the_day_before_the_first_day_with_enough_worlds() {
        // Of 20 worlds, two are enough. On day 2 one is not; day 3 is the first.
        let most = [0, 0, 7, 9];
        let found = Technical::new(20, &[0, 0, 1, 2, 20, 0], &most, LIMITS);
        assert_eq!((found.first, found.last()), (Some(3), Last::Day(2)));
        assert_eq!((found.count, found.ever, found.most), (2, 2, 9));
        assert!(found.interval.low < 0.1 && found.interval.high > 0.1);
        let never = Technical::new(20, &[0, 1, 0], &[0, 3], LIMITS);
        assert_eq!((never.first, never.last()), (None, Last::NotBefore(2)));
        assert_eq!((never.count, never.ever, never.most), (1, 1, 3));
        assert_eq!(Technical::new(20, &[20], &[1], LIMITS).last(), Last::Before(0));
    }

    #[test]
    fn no_world_without_a_way_back_is_no_point_whatever_the_limits() {
        let none = StuckLimits {
            share: 0.0,
            worlds: 0.0,
        };
        assert_eq!(Technical::new(5, &[0, 0], &[0; 5], none).first, None);
    }

    #[test]
    fn the_earliest_point_binds_and_the_technical_one_of_equals() {
        let last = |lasts| {
            let technical = Technical::new(1, &[0], &[0], LIMITS);
            NoReturn {
                technical,
                decides: true,
                price: None,
                time: None,
                hindsight: Vec::new(),
                lasts,
            }
        };
        let day = |day| Some(Last::Day(day));
        assert_eq!(
            last([day(9), Some(Last::Between(3, 10)), None]).binding(),
            Some((Kind::Price, Last::Between(3, 10)))
        );
        assert_eq!(
            last([day(9), day(9), day(9)]).binding(),
            Some((Kind::Technical, Last::Day(9)))
        );
        let open = Some(Last::NotBefore(4));
        assert_eq!(
            last([open, None, Some(Last::Before(5))]).binding(),
            Some((Kind::Time, Last::Before(5)))
        );
        assert_eq!(last([open, open, None]).binding(), None);
    }
}
