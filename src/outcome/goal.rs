//! What a planner wants: metrics to be judged by, and limits that must hold.

use super::{Metric, Row};

/// A metric that strategies are judged by.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Objective {
    /// Which.
    pub metric: Metric,
    /// A difference not worth naming, in the unit of the metric; 0 if every difference is.
    pub indifference: f64,
}

/// Something that must hold in a world.
#[derive(Clone, PartialEq, Debug)]
pub struct Limit {
    /// What it is about.
    pub metric: Metric,
    /// If this is given, the metric as a share of this one; nothing of nothing is 0.
    pub share_of: Option<Metric>,
    /// The largest value allowed, in the unit of the metric, or as a share. A value that is missing is larger.
    pub at_most: f64,
    /// In what share of the worlds it must hold.
    pub probability: f64,
    /// The limit in words.
    pub text: String,
}

impl Limit {
    /// What is limited: the metric of a world, or its share; nothing of nothing is 0. `None` where it is missing.
    pub fn value(&self, row: &Row) -> Option<f64> {
        let value = row.get(self.metric)?;
        match self.share_of {
            None => Some(value),
            Some(whole) => row
                .get(whole)
                .map(|whole| if value == 0.0 { 0.0 } else { value / whole }),
        }
    }

    /// Does it hold in a world?
    pub fn holds(&self, row: &Row) -> bool {
        self.value(row).is_some_and(|value| value <= self.at_most)
    }
}

/// What a scenario states as wanted.
#[derive(Clone, PartialEq, Debug)]
pub struct Goals {
    /// In the order of the scenario.
    pub objectives: Vec<Objective>,
    /// In the order of the scenario.
    pub limits: Vec<Limit>,
    /// The objective that decides where objectives disagree; none if the scenario does not say.
    pub decide_by: Option<Metric>,
}

impl Default for Goals {
    /// Broken meetings, lost hours, stranded hours and downgrades, and no limits.
    fn default() -> Goals {
        let objective = |metric| Objective {
            metric,
            indifference: 0.0,
        };
        Goals {
            objectives: [
                Metric::Broken,
                Metric::LostHours,
                Metric::StrandedHours,
                Metric::Downgraded,
            ]
            .map(objective)
            .into(),
            limits: Vec::new(),
            decide_by: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_nothing_holds_and_a_missing_day_does_not() {
        let limit = |share_of| Limit {
            metric: Metric::Broken,
            share_of,
            at_most: 0.01,
            probability: 0.9,
            text: String::new(),
        };
        let row = |broken, judged| {
            let mut row = Row::new();
            row.set(Metric::Broken, broken);
            row.set(Metric::Judged, judged);
            row
        };
        let share = limit(Some(Metric::Judged));
        assert!(share.holds(&row(Some(0.0), Some(0.0))));
        assert!(share.holds(&row(Some(1.0), Some(100.0))) && !share.holds(&row(Some(2.0), Some(100.0))));
        assert!(!limit(None).holds(&row(None, None)));
        // What is said to hold holds: 29 of 100 are 29 %.
        let exact = Limit {
            at_most: 0.29,
            ..share
        };
        assert!(exact.holds(&row(Some(29.0), Some(100.0))));
    }
}
