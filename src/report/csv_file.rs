//! CSV files of results: plain ones, and beside them, where wanted, the same tables as a German Excel reads them on a double
//! click.
//!
//! A spreadsheet takes text that begins with `=`, `+`, `-` or `@` for a formula, and runs it. Such a cell of a results table gets
//! one `'` before it, and so does one that begins with `'`: whoever takes one `'` off the front of a cell that has one reads what
//! was meant. Numbers never change.

use super::records::{Cell, Records};
use super::workbook::{Book, Filling};
use crate::mutant;
use crate::store::{EXCEL, NotWritten, at};
use std::borrow::Cow;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

/// What begins a file for Excel: without it, it does not read UTF-8.
const MARK: &str = "\u{feff}";

/// A text that no spreadsheet takes for a formula.
fn harmless(text: &str) -> Cow<'_, str> {
    if !mutant::is("formulas-stay") && text.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']) {
        format!("'{text}").into()
    } else {
        text.into()
    }
}

/// The text that was meant by a cell of a results table.
pub(super) fn meant(cell: &str) -> &str {
    cell.strip_prefix('\'').unwrap_or(cell)
}

/// A number with the fewest digits that give the same bits back, or nothing if it is missing.
pub(super) fn number(value: Option<f64>) -> String {
    // Adding zero turns -0 into 0.
    value.map(|value| (value + 0.0).to_string()).unwrap_or_default()
}

fn plain(cell: &Cell) -> Cow<'_, str> {
    match cell {
        Cell::Text(text) => harmless(text),
        Cell::Number(value) => number(*value).into(),
        Cell::Count(count) => count.to_string().into(),
        Cell::Whole(number) => number.to_string().into(),
        Cell::Truth(truth) => truth.to_string().into(),
    }
}

/// As plain, with a decimal comma.
fn german(cell: &Cell) -> Cow<'_, str> {
    match cell {
        Cell::Number(value) => number(*value).replace('.', ",").into(),
        _ => plain(cell),
    }
}

/// A CSV file, row by row, its twin for Excel and its sheet in a workbook if there are such.
pub(super) struct Table<'a, W: Write> {
    plain: csv::Writer<W>,
    excel: Option<csv::Writer<W>>,
    sheet: Option<Filling<'a>>,
}

impl<'a, W: Write> Table<'a, W> {
    /// A table with a header.
    pub(super) fn new(columns: &[&str], to: W, excel: Option<W>) -> csv::Result<Table<'a, W>> {
        let mut plain = csv::Writer::from_writer(to);
        plain.write_record(columns)?;
        let excel = excel.map(|mut to| {
            to.write_all(MARK.as_bytes())?;
            let mut lines = csv::WriterBuilder::new();
            let lines = lines.delimiter(b';').terminator(csv::Terminator::CRLF);
            let mut file = lines.from_writer(to);
            file.write_record(columns)?;
            csv::Result::Ok(file)
        });
        Ok(Table {
            plain,
            excel: excel.transpose()?,
            sheet: None,
        })
    }

    /// Writes a row with a cell for each column.
    pub(super) fn row(&mut self, cells: &[Cell]) -> csv::Result<()> {
        for cell in cells {
            self.plain.write_field(plain(cell).as_bytes())?;
        }
        self.plain.write_record(None::<&[u8]>)?;
        if let Some(excel) = &mut self.excel {
            for cell in cells {
                excel.write_field(german(cell).as_bytes())?;
            }
            excel.write_record(None::<&[u8]>)?;
        }
        if let Some(sheet) = &mut self.sheet {
            sheet.row(cells).map_err(std::io::Error::other)?;
        }
        Ok(())
    }

    /// Everything is written.
    pub(super) fn finish(mut self) -> csv::Result<()> {
        self.plain.flush()?;
        if let Some(mut excel) = self.excel {
            excel.flush()?;
        }
        if let Some(sheet) = self.sheet {
            sheet.finish().map_err(std::io::Error::other)?;
        }
        Ok(())
    }
}

/// Where the tables of a results folder go.
#[derive(Clone, Copy)]
pub(super) struct Tables<'a> {
    dir: &'a Path,
    excel: bool,
    book: Option<&'a Book<'a>>,
}

impl<'a> Tables<'a> {
    /// Tables go into this folder, and, for Excel, into one below it.
    ///
    /// # Errors
    /// If the folder below cannot be made.
    pub(super) fn new(dir: &'a Path, excel: bool) -> Result<Tables<'a>, NotWritten> {
        if excel {
            let below = dir.join(EXCEL);
            fs::create_dir(&below).map_err(at(&below))?;
        }
        let book = None;
        Ok(Tables { dir, excel, book })
    }

    /// They go into a workbook, too.
    pub(super) fn with(self, book: &'a Book<'a>) -> Tables<'a> {
        let book = Some(book);
        Tables { book, ..self }
    }

    /// The path of a plain file.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Creates a file, and its twin if there is one.
    ///
    /// # Errors
    /// If one cannot be created.
    pub(super) fn create(&self, name: &str) -> std::io::Result<(File, Option<File>)> {
        let twin = self.excel.then(|| File::create(self.dir.join(EXCEL).join(name)));
        Ok((File::create(self.path(name))?, twin.transpose()?))
    }

    /// Creates a file, and lets its rows be written.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(super) fn write(
        &self,
        name: &str,
        columns: &[&str],
        rows: impl FnOnce(&mut Table<'_, File>) -> csv::Result<()>,
    ) -> Result<(), NotWritten> {
        let write = || -> csv::Result<()> {
            let (file, twin) = self.create(name)?;
            let mut table = Table::new(columns, file, twin)?;
            table.sheet = self.book.and_then(|book| book.begin(name, columns));
            rows(&mut table)?;
            table.finish()
        };
        write().map_err(at(&self.path(name)))
    }

    /// Writes a table that is complete.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(super) fn write_all(&self, name: &str, records: &Records) -> Result<(), NotWritten> {
        self.write(name, records.columns(), |table| {
            records.rows().iter().try_for_each(|row| table.row(row))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(rows: &[Vec<Cell>]) -> (String, String) {
        let (mut plain, mut excel) = (Vec::new(), Vec::new());
        let mut table = Table::new(&["a", "b"], &mut plain, Some(&mut excel)).unwrap();
        for row in rows {
            table.row(row).unwrap();
        }
        table.finish().unwrap();
        (
            String::from_utf8(plain).unwrap(),
            String::from_utf8(excel).unwrap(),
        )
    }

    #[test]
    fn no_text_is_a_formula_and_every_text_can_be_read_back() {
        for text in [
            "=cmd|' /C calc'!A0",
            "+1",
            "-rf",
            "@SUM(1)",
            "'quoted",
            "''",
            "plain",
            "",
            "a=b",
        ] {
            let cell = harmless(text);
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{text}");
            assert_eq!(meant(&cell), text);
        }
        assert_eq!(harmless("plain"), "plain");
    }

    #[test]
    fn numbers_are_the_same_in_both_forms_but_for_the_comma() {
        let rows = [
            vec![Cell::Number(Some(-1234.5)), "=1+1".into()],
            vec![Cell::Number(None), "a;b".into()],
            vec![Cell::Count(7), Cell::Truth(true)],
        ];
        let (plain, excel) = written(&rows);
        assert_eq!(plain, "a,b\n-1234.5,'=1+1\n,a;b\n7,true\n");
        assert_eq!(excel, "\u{feff}a;b\r\n-1234,5;'=1+1\r\n;\"a;b\"\r\n7;true\r\n");
    }

    #[test]
    fn numbers_round_trip_and_missing_is_empty() {
        assert_eq!(number(None), "");
        assert_eq!(number(Some(-0.0)), "0");
        assert_eq!(number(Some(0.1 + 0.2)).parse::<f64>().unwrap(), 0.1 + 0.2);
        assert_eq!(number(Some(12.0)), "12");
    }
}
