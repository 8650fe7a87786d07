//! `results.xlsx`: the tables of a results folder as planners open them in Excel, one sheet each, and in front of them what they
//! say. A sheet gets the rows of its CSV file while that is written, so nothing is computed twice.

mod column;
mod front;
mod run;
mod sheet;

use front::Front;
pub(super) use front::study;
pub(super) use run::run;

use super::packet::NAMED_FROM;
use super::records::{Cell, Records};
use super::tables;
use crate::mutant;
use crate::scenario::Scenario;
use crate::store::{NotWritten, at};
use column::{Column, column, readable};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};
use sheet::{Formats, Sheet};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::Path;

/// Name of the workbook.
const NAME: &str = "results.xlsx";

/// Sheets of a run in their order: the file that has the same rows, and the name. Tables of studies keep their own order.
const SHEETS: &[(&str, &str)] = &[
    ("limits.csv", "Limits"),
    ("pairs.csv", "Plan against plan"),
    ("comparisons.csv", "Comparison"),
    ("summary.csv", "Metrics"),
    (COSTS, "Cost by kind"),
    (WEEKS, "Broken by week"),
    ("timeline.csv", "By day"),
    ("wave-sizes.csv", "Waves"),
    ("waves.csv", "People"),
    ("departments.csv", "Departments"),
    ("sites.csv", "Sites"),
    ("drivers.csv", "Drivers"),
    ("precision.csv", "Precision"),
    (INPUTS, "Inputs"),
    (PROFILE, "Profile"),
    ("replications.csv", "Per replication"),
    ("replications-in-lot.csv", "Per replication in the lot"),
];

const COSTS: &str = "summary.csv, mean";
const WEEKS: &str = "timeline.csv, sums of means";
const INPUTS: &str = "summary.json, parameters";
const PROFILE: &str = "summary.json, profile_cells";

/// Values of a day that a sheet shows: the columns of timeline.csv behind `measure`, and what they are called.
const SHOWN: [(usize, &str); 4] = [(0, "mean"), (2, "P10"), (4, "P50"), (6, "P90")];

/// A workbook that fills while tables are written.
pub(super) struct Book<'a> {
    scenario: &'a Scenario,
    names: bool,
    /// Departments and sites of so few people that they are named only where that is asked for.
    small: BTreeSet<&'a str>,
    formats: Formats,
    sheets: RefCell<Vec<Sheet>>,
    days: RefCell<Days>,
}

/// Daily means of what charts show: for each strategy, in the order of tables.
#[derive(Default)]
pub(super) struct Days {
    strategies: Vec<String>,
    moved: Vec<Vec<f64>>,
    broken: Vec<Vec<f64>>,
}

/// A table on its way into a workbook.
pub(super) struct Filling<'a> {
    book: &'a Book<'a>,
    sheet: Sheet,
    kind: Kind,
}

enum Kind {
    /// Each row as it is.
    Rows,
    /// All measures of a day side by side: what was gathered of a row.
    Days(Vec<Cell>),
}

impl<'a> Book<'a> {
    /// A workbook about a scenario without sheets; with the names of people and of divisions of few people where asked for.
    pub(super) fn new(scenario: &'a Scenario, names: bool) -> Book<'a> {
        let facts = &*scenario.facts;
        let residents = &facts.users[..facts.residents()];
        let mut departments = vec![0; facts.departments.len()];
        let mut sites = vec![0; facts.calendar.sites.len()];
        for user in residents {
            departments[user.department as usize] += 1;
            sites[usize::from(user.site)] += 1;
        }
        let departments = facts.departments.iter().map(String::as_str).zip(departments);
        let sites = facts
            .calendar
            .sites
            .iter()
            .map(|site| site.name.as_str())
            .zip(sites);
        let small = departments
            .chain(sites)
            .filter(|(_, people)| *people < NAMED_FROM);
        Book {
            scenario,
            names: names || mutant::is("workbook-names"),
            small: small.map(|(name, _)| name).collect(),
            formats: Formats::new(),
            sheets: RefCell::default(),
            days: RefCell::default(),
        }
    }

    /// A sheet for the table of this file, unless it is one of people and they are not to be named.
    pub(super) fn begin<'b>(&'b self, file: &str, keys: &[&str]) -> Option<Filling<'b>> {
        // The headline list stands on the first sheet.
        if (keys.contains(&"user") && !self.names) || file == "headline.csv" {
            return None;
        }
        let stem = file.trim_end_matches(".csv");
        let known = SHEETS
            .iter()
            .find(|(of, _)| *of == file)
            .map(|(_, title)| (*title).to_string());
        let (keys, kind) = match file {
            "timeline.csv" => (&keys[..3], Kind::Days(Vec::new())),
            _ => (keys, Kind::Rows),
        };
        let declared = tables::of(file, keys);
        let columns = keys.iter();
        let columns =
            columns.map(|key| column(self.scenario, declared.and_then(|table| table.column(key)), key));
        Some(Filling {
            book: self,
            sheet: Sheet::new(&known.unwrap_or_else(|| readable(stem)), file, columns.collect()),
            kind,
        })
    }

    /// Adds a sheet that is no CSV file.
    fn add(&self, source: &str, records: &Records) -> Result<(), XlsxError> {
        self.add_wide(source, records, &[], vec![Vec::new(); records.rows().len()])
    }

    /// Adds a sheet with a further column for each of these names, and the cells of each row in them.
    fn add_wide(
        &self,
        source: &str,
        records: &Records,
        names: &[String],
        rows: Vec<Vec<Cell>>,
    ) -> Result<(), XlsxError> {
        let mut filling = self
            .begin(source, records.columns())
            .expect("a table without people");
        for (column, key) in filling.sheet.columns.iter_mut().zip(records.columns()) {
            *column = self::column::column(self.scenario, records.declared(key), key);
        }
        let named = |name: &String| Column {
            title: name.clone(),
            ..column(self.scenario, None, "")
        };
        filling.sheet.columns.extend(names.iter().map(named));
        for (own, more) in records.rows().iter().zip(rows) {
            filling.row(&[own.as_slice(), &more].concat())?;
        }
        filling.finish()
    }

    /// Writes the workbook: the front, a sheet of charts if there are any, the tables.
    fn write(self, dir: &Path, front: &Front, charts: Option<Worksheet>) -> Result<(), NotWritten> {
        let path = dir.join(NAME);
        let mut sheets = self.sheets.into_inner();
        let place = |sheet: &Sheet| SHEETS.iter().position(|(of, _)| *of == sheet.source);
        sheets.sort_by_key(place);
        let write = || -> Result<(), XlsxError> {
            let mut workbook = Workbook::new();
            let title = &self.scenario.facts.title;
            // Nothing of the clock: the same results are the same bytes.
            let properties = DocProperties::new().set_title(title.chars().take(255).collect::<String>());
            let properties = properties.set_author(env!("CARGO_PKG_NAME"));
            workbook.set_properties(&properties.set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?));
            workbook.push_worksheet(front.sheet(self.scenario, &sheets, &self.formats)?);
            if let Some(charts) = charts {
                workbook.push_worksheet(charts);
            }
            for sheet in sheets {
                workbook.push_worksheet(sheet.finish(&self.formats)?);
            }
            workbook.save(&path)
        };
        write().map_err(at(&path))
    }
}

impl Filling<'_> {
    /// Adds a row of the table.
    ///
    /// # Errors
    /// If there are more columns than a sheet can have.
    pub(super) fn row(&mut self, cells: &[Cell]) -> Result<(), XlsxError> {
        match &mut self.kind {
            Kind::Rows => self.line(cells),
            Kind::Days(line) => {
                let [strategy, day, _, Cell::Text(measure), values @ ..] = cells else {
                    unreachable!("a strategy, a day, a date, a measure");
                };
                let full = (line.first() != Some(strategy) || line.get(1) != Some(day)).then(|| {
                    let next = cells[..3].to_vec();
                    std::mem::replace(line, next)
                });
                line.extend(SHOWN.map(|(place, _)| values[place].clone()));
                if let Some(full) = full.filter(|full| !full.is_empty()) {
                    self.line(&full)?;
                }
                if self.sheet.rows == 0 {
                    self.sheet.columns.extend(SHOWN.map(|(_, what)| Column {
                        title: format!("{}, {what}", readable(measure)),
                        note: None,
                        ..column(self.book.scenario, None, measure)
                    }));
                }
                self.book.days.borrow_mut().add(strategy, measure, &values[0]);
                Ok(())
            }
        }
    }

    /// Adds a row of the sheet, unless it names a division of few people.
    fn line(&mut self, cells: &[Cell]) -> Result<(), XlsxError> {
        let is_small = |(column, cell): (&Column, &Cell)| match cell {
            Cell::Text(name) if ["department", "site", "wave"].contains(&column.key.as_str()) => {
                self.book.small.contains(name.as_str())
            }
            _ => false,
        };
        if !self.book.names && self.sheet.columns.iter().zip(cells).any(is_small) {
            self.sheet.unnamed += 1;
            return Ok(());
        }
        self.sheet.row(cells, &self.book.formats)
    }

    /// The table is complete; one without rows becomes no sheet.
    ///
    /// # Errors
    /// If there are more columns than a sheet can have.
    pub(super) fn finish(mut self) -> Result<(), XlsxError> {
        if let Kind::Days(line) = std::mem::replace(&mut self.kind, Kind::Rows)
            && !line.is_empty()
        {
            self.line(&line)?;
        }
        if self.sheet.rows + self.sheet.unnamed > 0 {
            self.book.sheets.borrow_mut().push(self.sheet);
        }
        Ok(())
    }
}

impl Days {
    fn add(&mut self, strategy: &Cell, measure: &str, mean: &Cell) {
        let (Cell::Text(strategy), Cell::Number(Some(mean))) = (strategy, mean) else {
            return;
        };
        if self.strategies.last() != Some(strategy) {
            self.strategies.push(strategy.clone());
            self.moved.push(Vec::new());
            self.broken.push(Vec::new());
        }
        let of = match measure {
            "users_moved" => self.moved.last_mut(),
            "broken" => self.broken.last_mut(),
            _ => None,
        };
        of.into_iter().for_each(|days| days.push(*mean));
    }
}
