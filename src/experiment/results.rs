//! What an experiment found, as plain data.

use super::{Breakdowns, Options, digest};
use crate::outcome::{Measure, Metric, Outcome, Row, Timeline};
use crate::scenario::Scenario;
use crate::stats::CountHistogram;

/// Everything an experiment found.
#[derive(Clone, Debug)]
pub struct Results {
    /// Strategies that ran, as indices into the scenario's plans, ascending.
    pub strategies: Vec<usize>,
    /// Which of them is the base that the others are compared with.
    pub base: usize,
    /// First replication.
    pub first: u64,
    /// Number of replications.
    pub replications: u64,
    /// Seed.
    pub seed: u64,
    /// Did uncertain parameters take their medians?
    pub fix_uncertain: bool,
    /// `rows[strategy][replication]`
    pub rows: Vec<Vec<Row>>,
    /// `digests[strategy][replication]`: digests of the event logs.
    pub digests: Vec<Vec<u64>>,
    /// Daily counts by strategy.
    pub daily: Vec<Daily>,
    /// Departments, sites and waves by strategy, of the plan in the lot shown.
    pub breakdowns: Vec<Breakdowns>,
    /// By strategy, what becomes of its plan in the lot shown, where each world has a lot of its own.
    pub in_lot: Vec<Option<InLot>>,
    /// Digest by strategy.
    pub strategy_digests: Vec<String>,
    /// Digest of all of it.
    pub digest: String,
}

/// A plan in the lot that lists of people are made from, in the same worlds.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct InLot {
    /// Its metrics, by replication.
    pub rows: Vec<Row>,
    /// Digests of its event logs.
    pub digests: Vec<u64>,
}

/// Daily counts of one strategy over all replications.
#[derive(Clone, Debug)]
pub struct Daily {
    /// What the columns are.
    pub measures: Vec<Measure>,
    /// Number of days.
    pub days: usize,
    histograms: Vec<CountHistogram>,
}

impl Daily {
    /// Nothing counted yet.
    pub fn new(days: usize, measures: Vec<Measure>) -> Daily {
        let cells = days * measures.len();
        Daily {
            measures,
            days,
            histograms: vec![CountHistogram::new(); cells],
        }
    }

    fn add(&mut self, timeline: &Timeline) {
        debug_assert_eq!(
            timeline.values.len(),
            self.histograms.len(),
            "a timeline of another shape"
        );
        for (cell, &value) in self.histograms.iter_mut().zip(&timeline.values) {
            cell.add(u64::from(value));
        }
    }

    /// Counts that were kept in a file: one histogram by day, then measure. `None` if there are not so many.
    pub fn of_histograms(
        days: usize,
        measures: Vec<Measure>,
        histograms: Vec<CountHistogram>,
    ) -> Option<Daily> {
        (histograms.len() == days * measures.len()).then_some(Daily {
            measures,
            days,
            histograms,
        })
    }

    /// All histograms, by day, then measure.
    pub fn histograms(&self) -> &[CountHistogram] {
        &self.histograms
    }

    /// How the count of a day is distributed over replications.
    pub fn histogram(&self, day: usize, column: usize) -> &CountHistogram {
        &self.histograms[day * self.measures.len() + column]
    }

    /// Mean of the count of a day over replications.
    pub fn mean(&self, day: usize, column: usize) -> f64 {
        self.histogram(day, column).mean().unwrap_or(0.0)
    }

    /// Column of a measure.
    ///
    /// # Panics
    /// If the scenario does not count it.
    pub fn column(&self, measure: Measure) -> usize {
        self.measures
            .iter()
            .position(|&own| own == measure)
            .expect("a measure that the scenario counts")
    }
}

/// What a scenario counts on each day.
pub fn measures(scenario: &Scenario) -> Vec<Measure> {
    let facts = &scenario.facts;
    Measure::all(facts.pools.len(), facts.profile.clients.len())
}

impl Results {
    /// Nothing yet.
    pub(super) fn new(scenario: &Scenario, strategies: Vec<usize>, options: &Options<'_>) -> Results {
        let daily = Daily::new(scenario.facts.calendar.days() as usize, measures(scenario));
        let count = strategies.len();
        let plans = || strategies.iter().map(|&index| &scenario.plans[index]);
        let breakdowns = plans().map(|plan| Breakdowns::new(scenario, plan)).collect();
        let in_lot = plans()
            .map(|plan| plan.has_own_lots().then(InLot::default))
            .collect();
        Results {
            base: strategies
                .iter()
                .position(|&index| index == scenario.base)
                .expect("the base runs"),
            strategies,
            first: options.replications.start,
            replications: 0,
            seed: options.seed,
            fix_uncertain: options.fix_uncertain,
            rows: vec![Vec::new(); count],
            digests: vec![Vec::new(); count],
            daily: vec![daily; count],
            breakdowns,
            in_lot,
            strategy_digests: Vec::new(),
            digest: String::new(),
        }
    }

    /// Takes in the outcomes of the next replication: one per strategy, and behind them one per strategy that is shown in a lot.
    pub(super) fn add(&mut self, scenario: &Scenario, mut outcomes: Vec<Outcome>) {
        self.replications += 1;
        let mut in_lots = outcomes.split_off(self.strategies.len()).into_iter();
        for (strategy, outcome) in outcomes.into_iter().enumerate() {
            self.daily[strategy].add(&outcome.timeline);
            self.rows[strategy].push(outcome.row);
            self.digests[strategy].push(outcome.digest);
            let breakdown = match &mut self.in_lot[strategy] {
                None => outcome.breakdown,
                Some(shown) => in_lots.next().and_then(|outcome| {
                    shown.rows.push(outcome.row);
                    shown.digests.push(outcome.digest);
                    outcome.breakdown
                }),
            };
            let plan = &scenario.plans[self.strategies[strategy]];
            let breakdown = breakdown.expect("departments and waves are accounted for");
            self.breakdowns[strategy].add(plan, &breakdown);
        }
    }

    /// Sets the digests of all that it holds.
    pub fn close(&mut self) {
        self.strategy_digests = (0..self.strategies.len())
            .map(|strategy| digest::of_strategy(self, strategy))
            .collect();
        self.digest = digest::of_all(&self.strategy_digests);
    }

    /// A metric in every replication.
    pub fn values(&self, strategy: usize, metric: Metric) -> Vec<Option<f64>> {
        self.rows[strategy].iter().map(|row| row.get(metric)).collect()
    }

    /// The replication in which most meetings were broken, as (replication, strategy); the earliest of equals. Only strategies
    /// that can be carried out take part, if there are any: those of which `moves` is true.
    pub fn worst(&self, moves: impl Fn(usize) -> bool) -> Option<(u64, usize)> {
        let all = 0..self.strategies.len();
        let movers: Vec<usize> = all.clone().filter(|&strategy| moves(strategy)).collect();
        let among = if movers.is_empty() { all.collect() } else { movers };
        let mut worst: Option<(f64, u64, usize)> = None;
        for strategy in among {
            for (replication, value) in (self.first..).zip(self.values(strategy, Metric::Broken)) {
                let value = value.unwrap_or(0.0);
                if worst.is_none_or(|(most, ..)| value > most) {
                    worst = Some((value, replication, strategy));
                }
            }
        }
        worst.map(|(_, replication, strategy)| (replication, strategy))
    }
}
