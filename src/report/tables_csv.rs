//! `replications.csv`, the same in the lot shown, and `timeline.csv`, as they are written. Numbers are written with the fewest digits that give the same bits back.

use super::csv_file::{Table, Tables};
use super::recorded::{IN_LOT, REPLICATIONS};
use super::records::Cell;
use super::strategy_name;
use super::tables as declared;
use crate::experiment::summary::LEVEL;
use crate::experiment::{Daily, Results};
use crate::outcome::{Row, metric};
use crate::scenario::Scenario;
use crate::stats;
use crate::store::NotWritten;
use std::fs::File;

/// The metrics of a strategy in every world, and the digests of its event logs.
type Worlds<'a> = (usize, &'a [Row], &'a [u64]);

/// One line per replication and strategy, one column per metric; in a further table, those of plans in the lot shown, where
/// there are any.
pub(super) fn replications(
    tables: Tables<'_>,
    scenario: &Scenario,
    results: &Results,
) -> Result<(), NotWritten> {
    let worlds = results.rows.iter().zip(&results.digests).enumerate();
    let worlds: Vec<Worlds<'_>> = worlds
        .map(|(strategy, (rows, digests))| (strategy, &rows[..], &digests[..]))
        .collect();
    worlds_table(tables, REPLICATIONS, scenario, results, &worlds)?;
    let shown = results.in_lot.iter().enumerate();
    let shown: Vec<Worlds<'_>> = shown
        .filter_map(|(strategy, shown)| {
            let shown = shown.as_ref()?;
            Some((strategy, &shown.rows[..], &shown.digests[..]))
        })
        .collect();
    if shown.is_empty() {
        return Ok(());
    }
    worlds_table(tables, IN_LOT, scenario, results, &shown)
}

fn worlds_table(
    tables: Tables<'_>,
    name: &str,
    scenario: &Scenario,
    results: &Results,
    worlds: &[Worlds<'_>],
) -> Result<(), NotWritten> {
    let names = metric::DEFINITIONS.iter().map(|definition| definition.name);
    let mut columns = declared::REPLICATIONS.keys();
    columns.extend(names);
    tables.write(name, &columns, |table| {
        for index in 0..results.replications as usize {
            for &(strategy, rows, digests) in worlds {
                let mut line = vec![
                    Cell::Count(results.first + index as u64),
                    strategy_name(scenario, results, strategy).into(),
                    format!("{:016x}", digests[index]).into(),
                ];
                line.extend(rows[index].0.iter().copied().map(Cell::Number));
                table.row(&line)?;
            }
        }
        Ok(())
    })
}

/// Mean and quantiles of every daily count.
pub(super) fn timeline(
    tables: Tables<'_>,
    name: &str,
    scenario: &Scenario,
    results: &Results,
) -> Result<(), NotWritten> {
    let columns = declared::TIMELINE.keys();
    tables.write(name, &columns, |table| {
        for (strategy, daily) in results.daily.iter().enumerate() {
            timeline_of(table, strategy_name(scenario, results, strategy), daily, scenario)?;
        }
        Ok(())
    })
}

fn timeline_of(
    table: &mut Table<'_, File>,
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
                strategy.into(),
                Cell::Count(day as u64),
                date.as_str().into(),
                name.as_str().into(),
                Cell::Number(Some(daily.mean(day, column))),
            ];
            let histogram = daily.histogram(day, column);
            let quantiles = [0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95];
            line.extend(quantiles.map(|p| {
                let carried = stats::carries_quantile(histogram.count(), p, LEVEL);
                if carried {
                    Cell::Count(histogram.quantile(p))
                } else {
                    Cell::Number(None)
                }
            }));
            table.row(&line)?;
        }
    }
    Ok(())
}
