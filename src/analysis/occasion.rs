//! A world chosen by meaning instead of by number: `worst:broken`, `p50:cost`, `first:rollback`, `missed:gate`.

use crate::outcome::{Metric, Row};

/// What makes a world worth looking at.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Occasion {
    /// That with the worst value of a metric.
    Worst(Metric),
    /// That with the best value.
    Best(Metric),
    /// That whose value is nearest to a quantile of all, given in percent.
    Quantile(f64, Metric),
    /// The first in which a metric is not zero, or is reached.
    First(Metric),
    /// The first in which defects escaped and nobody turned back.
    MissedGate,
}

/// The place of an occasion among the rows of a strategy, one for each world; the earliest of equals. `None` if there is no
/// such world.
pub fn find(rows: &[Row], occasion: Occasion) -> Option<usize> {
    match occasion {
        Occasion::Worst(metric) => extreme(rows, metric, true),
        Occasion::Best(metric) => extreme(rows, metric, false),
        Occasion::Quantile(percent, metric) => nearest(rows, metric, percent),
        Occasion::First(metric) => rows.iter().position(|row| happened(row, metric)),
        Occasion::MissedGate => rows.iter().position(missed_by_gates),
    }
}

/// A value in which higher is worse; what is missing is worst of all, since it never came.
fn badness(row: &Row, metric: Metric) -> f64 {
    use crate::outcome::metric::Better;
    let value = row.get(metric).unwrap_or(f64::INFINITY);
    match metric.definition().better {
        Better::Higher => -value,
        Better::Lower | Better::Neither => value,
    }
}

fn extreme(rows: &[Row], metric: Metric, worst: bool) -> Option<usize> {
    let sign = if worst { 1.0 } else { -1.0 };
    let mut found: Option<(f64, usize)> = None;
    for (place, row) in rows.iter().enumerate() {
        let value = sign * badness(row, metric);
        if found.is_none_or(|(most, _)| value > most) {
            found = Some((value, place));
        }
    }
    found.map(|(_, place)| place)
}

/// The world at the rank of the quantile when all are sorted by value, the missing ones last.
fn nearest(rows: &[Row], metric: Metric, percent: f64) -> Option<usize> {
    let value = |row: &Row| row.get(metric).unwrap_or(f64::INFINITY);
    let mut sorted: Vec<f64> = rows.iter().map(value).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let rank = (percent / 100.0 * sorted.len() as f64).ceil() as usize;
    let wanted = *sorted.get(rank.clamp(1, sorted.len().max(1)) - 1)?;
    rows.iter().position(|row| value(row) == wanted)
}

/// Somebody went back, something was reached or counted.
fn happened(row: &Row, metric: Metric) -> bool {
    row.get(metric)
        .is_some_and(|value| metric.definition().may_be_missing || value != 0.0)
}

fn missed_by_gates(row: &Row) -> bool {
    let escaped = row.get(Metric::DefectsEscaped).unwrap_or(0.0) > 0.0;
    escaped && row.get(Metric::Rollbacks) == Some(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(metric: Metric, values: &[Option<f64>]) -> Vec<Row> {
        let row = |value: &Option<f64>| {
            let mut row = Row::new();
            row.set(metric, *value);
            row
        };
        values.iter().map(row).collect()
    }

    #[test]
    fn the_earliest_of_the_worst_the_best_and_the_middle() {
        let broken = rows(Metric::Broken, &[3.0, 9.0, 1.0, 9.0, 1.0].map(Some));
        let find = |occasion| find(&broken, occasion);
        assert_eq!(find(Occasion::Worst(Metric::Broken)), Some(1));
        assert_eq!(find(Occasion::Best(Metric::Broken)), Some(2));
        assert_eq!(find(Occasion::Quantile(50.0, Metric::Broken)), Some(0));
        assert_eq!(find(Occasion::Quantile(100.0, Metric::Broken)), Some(1));
    }

    #[test]
    fn more_held_meetings_are_better_and_a_missing_day_is_worst() {
        let held = rows(Metric::Held, &[3.0, 9.0].map(Some));
        assert_eq!(find(&held, Occasion::Worst(Metric::Held)), Some(0));
        let days = rows(Metric::CompletionDay, &[Some(5.0), None, Some(9.0)]);
        assert_eq!(find(&days, Occasion::Worst(Metric::CompletionDay)), Some(1));
        assert_eq!(find(&days, Occasion::First(Metric::CompletionDay)), Some(0));
    }

    #[test]
    fn a_gate_has_missed_what_escaped_without_a_rollback() {
        let mut both = rows(Metric::DefectsEscaped, &[0.0, 2.0, 2.0].map(Some));
        for (row, rollbacks) in both.iter_mut().zip([0.0, 1.0, 0.0]) {
            row.set(Metric::Rollbacks, Some(rollbacks));
        }
        assert_eq!(find(&both, Occasion::MissedGate), Some(2));
        assert_eq!(find(&both[..2], Occasion::MissedGate), None);
    }
}
