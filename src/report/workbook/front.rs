//! The first sheet: what the results say, what they are of, how to repeat them, and where what is.

use super::Book;
use super::column::readable;
use super::column::{Shape, column};
use super::sheet::{Formats, Sheet, for_paper, held, write};
use crate::report::figure::Figure;
use crate::report::packet::{file, same};
use crate::report::records::{Cell, Records};
use crate::scenario::Scenario;
use crate::store::NotWritten;
use rust_xlsxwriter::{Format, Url, Worksheet, XlsxError};
use serde::Serialize;
use std::path::Path;

/// Name of the first sheet.
pub(super) const FRONT: &str = "Summary";
/// Columns over which a sentence goes, and about how many letters fit into them.
const SPAN: (u16, usize) = (4, 115);

/// What stands on the first sheet, in this order.
#[derive(Default)]
pub(super) struct Front {
    /// Sentences that say what was found.
    pub(super) lead: Vec<String>,
    /// What it is of, and how to repeat it.
    pub(super) facts: Vec<(String, Cell)>,
    /// A table, turned: a column for each of its rows.
    pub(super) table: Option<Records>,
}

impl Front {
    /// The sheet, for a workbook with these other ones.
    pub(super) fn sheet(
        &self,
        scenario: &Scenario,
        sheets: &[Sheet],
        formats: &Formats,
    ) -> Result<Worksheet, XlsxError> {
        let mut sheet = Worksheet::new();
        let plain = |sheet: &mut Worksheet, at, cell: &Cell| write(sheet, at, cell, Shape::Plain, formats);
        sheet.set_column_width(0, 34)?.set_column_range_width(1, 16, 24)?;
        sheet.write_string_with_format(0, 0, held(&scenario.facts.title), &formats.title)?;
        let mut row = 1;
        for text in &self.lead {
            let lines = text.chars().count().div_ceil(SPAN.1).max(1);
            sheet.merge_range(row as u32, 0, row as u32, SPAN.0, &held(text), &formats.text)?;
            sheet.set_row_height(row as u32, 15.5 * lines as f64)?;
            row += 1;
        }
        row += 1;
        for (name, cell) in &self.facts {
            plain(&mut sheet, (row, 0), &name.as_str().into())?;
            match cell {
                // A text that goes on over the empty cells to its right.
                Cell::Text(text) => drop(sheet.write_string(row as u32, 1, held(text))?),
                other => write(&mut sheet, (row, 1), other, Shape::Id, formats)?,
            }
            row += 1;
        }
        row = self.write_table(&mut sheet, self.table_row(), scenario, formats)?;
        for (place, word) in ["Sheet", "Rows", "File with the same rows"]
            .into_iter()
            .enumerate()
        {
            sheet.write_string_with_format(row as u32, place as u16, word, &formats.header)?;
        }
        for other in sheets {
            row += 1;
            let link = Url::new(format!("internal:'{}'!A1", other.title)).set_text(&other.title);
            sheet.write_url(row as u32, 0, link)?;
            plain(&mut sheet, (row, 1), &Cell::Count(other.rows as u64))?;
            let file = format!("{} {}", other.source, other.remark());
            sheet.write_string_with_format(row as u32, 2, file.trim(), &Format::new().set_indent(1))?;
        }
        for_paper(&mut sheet, FRONT)?;
        Ok(sheet)
    }

    /// The row in which the table begins.
    pub(super) fn table_row(&self) -> usize {
        self.lead.len() + self.facts.len() + 3
    }

    /// Writes the table from a row on; the row behind it.
    fn write_table(
        &self,
        sheet: &mut Worksheet,
        first: usize,
        scenario: &Scenario,
        formats: &Formats,
    ) -> Result<usize, XlsxError> {
        let Some(table) = &self.table else {
            return Ok(first);
        };
        for (place, key) in table.columns().iter().enumerate() {
            let row = first + place;
            let column = column(scenario, table.declared(key), key);
            sheet.write_string_with_format(
                row as u32,
                0,
                &column.title,
                if place == 0 {
                    &formats.header
                } else {
                    &formats.text
                },
            )?;
            for (number, cells) in table.rows().iter().enumerate() {
                match (&cells[place], place) {
                    (Cell::Text(name), 0) => {
                        sheet.write_string_with_format(
                            row as u32,
                            number as u16 + 1,
                            name,
                            &formats.header,
                        )?;
                    }
                    (cell, _) => write(sheet, (row, number + 1), cell, column.shape, formats)?,
                }
            }
        }
        Ok(first + table.columns().len() + 1)
    }
}

/// Writes the workbook of a study: what its charts say, what its manifest says, and its tables.
///
/// # Errors
/// If it cannot be written.
pub(in crate::report) fn study(
    dir: &Path,
    book: Book<'_>,
    manifest: &impl Serialize,
    figures: &[(String, Figure)],
) -> Result<(), NotWritten> {
    let Ok(serde_json::Value::Object(manifest)) = serde_json::to_value(manifest) else {
        unreachable!("a manifest has keys");
    };
    let text = |key: &str| {
        manifest
            .get(key)
            .and_then(|value| value.as_str())
            .unwrap_or_default()
    };
    let number = |key: &str| {
        manifest
            .get(key)
            .and_then(serde_json::Value::as_u64)
            .unwrap_or_default()
    };
    let scenario = book.scenario;
    let command = format!(
        "coexist {} {}{}",
        text("analysis"),
        file(scenario),
        same(scenario, number("seed"), false)
    );
    let mut facts = vec![(
        "Command, with the settings below".to_string(),
        Cell::from(command),
    )];
    for key in [
        "replications",
        "seed",
        "first_replication",
        "fix_uncertain",
        "base",
        "strategies",
        "metrics",
        "settings",
        "version",
        "input_digest",
        "result_digest",
    ] {
        match (key, &manifest[key]) {
            (_, serde_json::Value::Object(settings)) => {
                facts.extend(settings.iter().map(|(key, value)| (readable(key), said(value))));
            }
            ("replications", value) => facts.push(("Worlds".into(), said(value))),
            (key, value) => facts.push((readable(key), said(value))),
        }
    }
    let front = Front {
        lead: figures
            .iter()
            .map(|(_, figure)| format!("{}.", figure.frame().title))
            .collect(),
        facts,
        table: None,
    };
    book.write(dir, &front, None)
}

/// A value of a manifest as a cell: lists in one, separated by commas.
fn said(value: &serde_json::Value) -> Cell {
    match value {
        serde_json::Value::Null => Cell::Number(None),
        serde_json::Value::Bool(truth) => Cell::Truth(*truth),
        serde_json::Value::Number(number) => match number.as_u64() {
            Some(count) => Cell::Count(count),
            None => Cell::Number(number.as_f64()),
        },
        serde_json::Value::String(text) => text.as_str().into(),
        serde_json::Value::Array(all) if all.iter().all(serde_json::Value::is_string) => {
            let all: Vec<&str> = all.iter().filter_map(|one| one.as_str()).collect();
            all.join(", ").into()
        }
        other => other.to_string().into(),
    }
}
