//! `replications.csv` and `timeline.csv`. Numbers are written with the fewest digits that give the same bits back.

use super::files::{NotWritten, at};
use super::strategy_name;
use crate::experiment::summary::LEVEL;
use crate::experiment::{Daily, Results};
use crate::outcome::{Metric, Row, metric};
use crate::scenario::Scenario;
use crate::stats;
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

/// The digest of one replication of one strategy in an earlier `replications.csv`.
///
/// # Errors
/// If the file cannot be read.
pub fn recorded_digest(path: &Path, strategy: &str, replication: u64) -> csv::Result<Option<String>> {
    let mut file = csv::Reader::from_path(path)?;
    let wanted = replication.to_string();
    for line in file.records() {
        let line = line?;
        if line.get(0) == Some(&wanted) && line.get(1) == Some(strategy) {
            return Ok(line.get(2).map(String::from));
        }
    }
    Ok(None)
}

/// The replications of one strategy in an earlier `replications.csv`, with their metrics, in the order of the file.
///
/// # Errors
/// If the file cannot be read, or is not such a file.
pub fn recorded_rows(path: &Path, strategy: &str) -> csv::Result<Vec<(u64, Row)>> {
    let lines = recorded(path, strategy)?.into_iter();
    Ok(lines.map(|(replication, _, row)| (replication, row)).collect())
}

/// The same with the digests of the event logs; a digest that cannot be read is 0.
pub(super) fn recorded(path: &Path, strategy: &str) -> csv::Result<Vec<(u64, u64, Row)>> {
    let mut file = csv::Reader::from_path(path)?;
    let columns: Vec<Option<Metric>> = file.headers()?.iter().map(Metric::named).collect();
    let mut rows = Vec::new();
    for line in file.records() {
        let line = line?;
        let Some(Ok(replication)) = line.get(0).map(str::parse) else {
            continue;
        };
        if line.get(1) != Some(strategy) {
            continue;
        }
        let mut row = Row::new();
        for (metric, value) in columns.iter().zip(&line) {
            if let Some(metric) = metric {
                row.set(*metric, value.parse().ok());
            }
        }
        let digest = line
            .get(2)
            .and_then(|digest| u64::from_str_radix(digest, 16).ok());
        rows.push((replication, digest.unwrap_or(0), row));
    }
    Ok(rows)
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
