//! `replications.csv` and `timeline.csv`, as they are written. Numbers are written with the fewest digits that give the same bits back.

use super::strategy_name;
use crate::experiment::summary::LEVEL;
use crate::experiment::{Daily, Results};
use crate::outcome::metric;
use crate::scenario::Scenario;
use crate::stats;
use crate::store::{NotWritten, at};
use std::path::Path;

/// A number, or nothing if it is missing.
pub(super) fn field(value: Option<f64>) -> String {
    // Adding zero turns -0 into 0.
    value.map(|value| (value + 0.0).to_string()).unwrap_or_default()
}

/// One line per replication and strategy, one column per metric.
pub(super) fn replications(path: &Path, scenario: &Scenario, results: &Results) -> Result<(), NotWritten> {
    let write = || -> csv::Result<()> {
        let mut file = csv::Writer::from_path(path)?;
        let names = metric::DEFINITIONS.iter().map(|definition| definition.name);
        file.write_record(["replication", "strategy", "digest"].into_iter().chain(names))?;
        for index in 0..results.replications as usize {
            for strategy in 0..results.strategies.len() {
                let mut line = vec![
                    (results.first + index as u64).to_string(),
                    strategy_name(scenario, results, strategy).to_string(),
                    format!("{:016x}", results.digests[strategy][index]),
                ];
                line.extend(results.rows[strategy][index].0.iter().map(|value| field(*value)));
                file.write_record(&line)?;
            }
        }
        Ok(file.flush()?)
    };
    write().map_err(at(path))
}

/// Mean and quantiles of every daily count.
pub(super) fn timeline(path: &Path, scenario: &Scenario, results: &Results) -> Result<(), NotWritten> {
    let write = || -> csv::Result<()> {
        let mut file = csv::Writer::from_path(path)?;
        file.write_record([
            "strategy", "day", "date", "measure", "mean", "p05", "p10", "p25", "p50", "p75", "p90", "p95",
        ])?;
        for (strategy, daily) in results.daily.iter().enumerate() {
            timeline_of(
                &mut file,
                strategy_name(scenario, results, strategy),
                daily,
                scenario,
            )?;
        }
        Ok(file.flush()?)
    };
    write().map_err(at(path))
}

fn timeline_of(
    file: &mut csv::Writer<std::fs::File>,
    strategy: &str,
    daily: &Daily,
    scenario: &Scenario,
) -> csv::Result<()> {
    let facts = &scenario.facts;
    let pools: Vec<String> = facts.pools.iter().map(|pool| pool.name.clone()).collect();
    let clients: Vec<String> = facts
        .profile
        .clients
        .iter()
        .map(|client| client.name.clone())
        .collect();
    let names: Vec<String> = daily
        .measures
        .iter()
        .map(|measure| measure.name(&pools, &clients))
        .collect();
    for day in 0..daily.days {
        let date = facts.calendar.date(day as i64).to_string();
        for (column, name) in names.iter().enumerate() {
            let mut line = vec![
                strategy.to_string(),
                day.to_string(),
                date.clone(),
                name.clone(),
                field(Some(daily.mean(day, column))),
            ];
            let histogram = daily.histogram(day, column);
            let quantiles = [0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95];
            line.extend(quantiles.map(|p| {
                if stats::carries_quantile(histogram.count(), p, LEVEL) {
                    histogram.quantile(p).to_string()
                } else {
                    String::new()
                }
            }));
            file.write_record(&line)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_round_trip_and_missing_is_empty() {
        assert_eq!(field(None), "");
        assert_eq!(field(Some(-0.0)), "0");
        assert_eq!(field(Some(0.1 + 0.2)).parse::<f64>().unwrap(), 0.1 + 0.2);
        assert_eq!(field(Some(12.0)), "12");
    }
}
