//! Writes the results of a run into its folder.

use super::csv_file::Tables;
use super::figure::{self, Figure};
use super::manifest::Manifest;
use super::recorded::Record;
use super::workbook::{self, Book};
use super::{charts, divisions_csv, drivers, goals, packet, page, summary_files, tables_csv};
use super::{precision, resume};
use crate::analysis::rounds::Reached;
use crate::experiment::Results;
use crate::scenario::Scenario;
use crate::store::kind::RUN;
use crate::store::{self, CHARTS, Claim, Kind, NotWritten, Owner, Refused, Written, at};
use std::fs;
use std::path::{Path, PathBuf};

/// What is written beside the tables of a results folder.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Extras {
    /// Charts.
    pub charts: bool,
    /// Every table once more, as a German Excel reads it.
    pub excel: bool,
    /// Names of departments and sites under five people, on the page and in the workbook; there those of people, too.
    pub names: bool,
}

/// Where a command writes what it finds about a scenario below `out`: `<scenario>` for a run, else `<scenario>-<command>`.
pub fn place(out: &Path, scenario: &Scenario, kind: &Kind) -> PathBuf {
    let name = &scenario.facts.name;
    if *kind == RUN {
        out.join(name)
    } else {
        out.join(format!("{name}-{}", kind.analysis))
    }
}

/// Claims a place for what a command finds about a scenario.
///
/// # Errors
/// If it cannot be written there.
pub fn claim(place: &Path, scenario: &Scenario, kind: &'static Kind) -> Result<Claim, Refused> {
    store::claim(place, owner(scenario, kind))
}

/// Whose results those of a command about a scenario are.
pub fn owner<'a>(scenario: &'a Scenario, kind: &'static Kind) -> Owner<'a> {
    Owner {
        kind,
        scenario: &scenario.facts.name,
        inputs: &scenario.inputs,
    }
}

/// Writes all result files.
///
/// # Errors
/// If anything cannot be written; earlier results are then untouched.
pub fn write_results(
    scenario: &Scenario,
    results: &Results,
    judgement: &goals::Judgement,
    reached: Option<&Reached>,
    claim: Claim,
    extras: Extras,
) -> Result<Written, NotWritten> {
    claim.write(|dir| {
        let book = Book::new(scenario, extras.names);
        let tables = Tables::new(dir, extras.excel)?.with(&book);
        tables.write_all(
            "comparisons.csv",
            &goals::comparisons(scenario, results, judgement),
        )?;
        tables.write_all("limits.csv", &goals::limits(scenario, results, judgement))?;
        tables.write_all("pairs.csv", &goals::pairs(scenario, results, judgement))?;
        let headline = goals::headline(scenario, results, judgement);
        tables.write_all("headline.csv", &headline)?;
        if !judgement.drivers.is_empty() {
            let drivers = drivers::records(scenario, results, &judgement.drivers);
            tables.write_all("drivers.csv", &drivers)?;
        }
        tables_csv::replications(tables, scenario, results)?;
        let summary = summary_files::records(scenario, results);
        tables.write_all("summary.csv", &summary)?;
        summary_files::json(&dir.join("summary.json"), scenario, results, judgement)?;
        tables_csv::timeline(tables, "timeline.csv", scenario, results)?;
        divisions_csv::write(tables, scenario, results)?;
        if extras.charts {
            let figures = charts::figures(scenario, results, judgement);
            write_charts(&dir.join(CHARTS), &figures)?;
        }
        let shown = packet::Shown {
            charts: extras.charts,
            names: extras.names,
        };
        let stored = packet::stored(packet::packet(scenario, results, judgement, shown));
        page::write(dir, &stored.document)?;
        stored.write(dir)?;
        if let Some(reached) = reached {
            tables.write_all("precision.csv", &precision::records(scenario, results, reached))?;
        }
        let of = (scenario, results, judgement);
        workbook::run(dir, book, of, [&summary, &headline], extras.charts)?;
        resume::write(dir, results)?;
        Ok(Manifest::new(scenario, results, reached))
    })
}

/// Where the worlds of a run that a fault of the program ended are kept.
pub fn unfinished_place(out: &Path, scenario: &Scenario) -> PathBuf {
    out.join(format!("{}.unfinished", scenario.facts.name))
}

/// Keeps the worlds of a run that did not come to its end: what is needed to go on, and no table that could be taken for a
/// result.
///
/// # Errors
/// If anything cannot be written.
pub fn write_unfinished(scenario: &Scenario, results: &Results, claim: Claim) -> Result<Written, NotWritten> {
    claim.write(|dir| {
        let tables = Tables::new(dir, false)?;
        tables_csv::replications(tables, scenario, results)?;
        resume::write(dir, results)?;
        Ok(Manifest::new(scenario, results, None))
    })
}

/// Removes what was kept of an unfinished run, after the same run has come to its end.
pub fn remove_unfinished(out: &Path, scenario: &Scenario, results: &Results) {
    let place = unfinished_place(out, scenario);
    let record = Record::open_at(&place, scenario);
    if record.is_ok_and(|record| {
        record
            .manifest
            .covers(scenario, results.seed, results.fix_uncertain)
    }) {
        store::remove(&place, &RUN, &scenario.facts.name);
    }
}

/// Writes every chart as SVG and PNG into a new directory.
pub(super) fn write_charts(dir: &Path, figures: &[(String, Figure)]) -> Result<(), NotWritten> {
    use rayon::prelude::*;
    fs::create_dir(dir).map_err(at(dir))?;
    figures.par_iter().try_for_each(|(name, figure)| {
        let svg = figure::svg(figure);
        let path = dir.join(format!("{name}.svg"));
        fs::write(&path, &svg).map_err(at(&path))?;
        let path = dir.join(format!("{name}.png"));
        let png = figure::png(&svg).map_err(at(&path))?;
        fs::write(&path, png).map_err(at(&path))
    })
}
