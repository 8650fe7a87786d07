//! A sheet that is filled row by row with typed cells.

use super::column::{Column, Shape};
use crate::report::records::Cell;
use jiff::civil::Date;
use rust_xlsxwriter::{Color, ExcelDateTime, Format, FormatAlign, FormatBorder, Note, Worksheet, XlsxError};

/// Rows that a sheet can have, header and a last remark among them.
const ROWS: usize = 1 << 20;
/// Cells of one sheet: more than that nobody opens, and they would take gigabytes while they are written.
const CELLS: usize = 2_000_000;
/// Letters that a cell can hold, with room for those that are escaped.
const LETTERS: usize = 30_000;
/// A number with more digits is not kept by a spreadsheet, which has fifteen.
const EXACT: u64 = 1_000_000_000_000_000;
/// The widest that a column is; longer texts are wrapped.
const WIDEST: usize = 48;

/// Columns that stay in sight where they come first.
const NAMES: &[&str] = &[
    "strategy",
    "metric",
    "day",
    "date",
    "department",
    "site",
    "wave",
    "replication",
];

/// The looks of cells.
pub(super) struct Formats {
    /// By decimal places.
    numbers: Vec<Format>,
    id: Format,
    share: Format,
    date: Format,
    pub(super) text: Format,
    pub(super) header: Format,
    pub(super) title: Format,
}

impl Formats {
    pub(super) fn new() -> Formats {
        let top = Format::new().set_align(FormatAlign::Top);
        let number = |format: &str| top.clone().set_num_format(format);
        let places = (0..=6).map(|places| match places {
            0 => number("#,##0"),
            places => number(&format!("#,##0.{}", "0".repeat(places))),
        });
        Formats {
            numbers: places.collect(),
            id: number("0"),
            share: number("0.0 %"),
            date: number("d mmm yyyy"),
            text: top.clone().set_text_wrap().set_indent(1),
            header: top
                .clone()
                .set_bold()
                .set_text_wrap()
                .set_background_color(Color::RGB(0xEE_F1_F5))
                .set_border_bottom(FormatBorder::Thin),
            title: Format::new().set_bold().set_font_size(16),
        }
    }

    /// Three digits, or as many as stand before the point; a whole number as it is.
    fn number(&self, value: f64) -> &Format {
        let size = value.abs();
        let places = if size == libm::trunc(size) || size >= 100.0 {
            0
        } else {
            (2.0 - libm::floor(libm::log10(size))).clamp(0.0, 6.0) as usize
        };
        &self.numbers[places]
    }
}

/// A text as a cell can hold it. `_x0041_` would be read as a letter, so its first sign is written as one.
pub(super) fn held(text: &str) -> String {
    let is_code = |rest: &str| {
        let code = rest.as_bytes();
        code.len() >= 6 && code[5] == b'_' && code[1..5].iter().all(u8::is_ascii_hexdigit) && code[0] == b'x'
    };
    let mut held = String::new();
    for (at, letter) in text.char_indices().take(LETTERS) {
        if letter == '_' && is_code(&text[at + 1..]) {
            held.push_str("_x005F");
        }
        held.push(letter);
    }
    held
}

/// Writes a cell as what it is; a missing value is an empty cell, and no text is ever a formula.
///
/// # Errors
/// If the sheet has no such cell.
pub(super) fn write(
    sheet: &mut Worksheet,
    (row, column): (usize, usize),
    cell: &Cell,
    shape: Shape,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let (row, column) = (row as u32, column as u16);
    let mut number = |value: f64| {
        let format = match shape {
            Shape::Share => &formats.share,
            Shape::Id => &formats.id,
            Shape::Plain | Shape::Date => formats.number(value),
        };
        sheet
            .write_number_with_format(row, column, value + 0.0, format)
            .map(drop)
    };
    match cell {
        Cell::Number(None) => Ok(()),
        Cell::Number(Some(value)) => number(*value),
        Cell::Count(count) if *count < EXACT => number(*count as f64),
        Cell::Whole(whole) if whole.unsigned_abs() < EXACT => number(*whole as f64),
        Cell::Count(count) => sheet.write_string(row, column, count.to_string()).map(drop),
        Cell::Whole(whole) => sheet.write_string(row, column, whole.to_string()).map(drop),
        Cell::Truth(truth) => sheet.write_boolean(row, column, *truth).map(drop),
        Cell::Text(text) if text.is_empty() => Ok(()),
        Cell::Text(text) => match date(text).filter(|_| shape == Shape::Date) {
            Some(date) => sheet
                .write_with_format(row, column, &date, &formats.date)
                .map(drop),
            None => sheet
                .write_string_with_format(row, column, held(text), &formats.text)
                .map(drop),
        },
    }
}

fn date(text: &str) -> Option<ExcelDateTime> {
    let date: Date = text.parse().ok()?;
    let year = u16::try_from(date.year()).ok()?;
    ExcelDateTime::from_ymd(year, date.month().unsigned_abs(), date.day().unsigned_abs()).ok()
}

/// A sheet with a header and rows.
pub(super) struct Sheet {
    pub(super) title: String,
    /// The file with the same rows.
    pub(super) source: String,
    pub(super) columns: Vec<Column>,
    /// Rows below the header.
    pub(super) rows: usize,
    /// Rows for which there is no room.
    left_out: usize,
    /// Rows left out because they are of few people.
    pub(super) unnamed: usize,
    widths: Vec<usize>,
    sheet: Worksheet,
}

impl Sheet {
    pub(super) fn new(title: &str, source: &str, columns: Vec<Column>) -> Sheet {
        Sheet {
            title: title.into(),
            source: source.into(),
            columns,
            rows: 0,
            left_out: 0,
            unnamed: 0,
            widths: Vec::new(),
            sheet: Worksheet::new(),
        }
    }

    /// Adds a row with a cell for each column.
    ///
    /// # Errors
    /// If there are more columns than a sheet can have.
    pub(super) fn row(&mut self, cells: &[Cell], formats: &Formats) -> Result<(), XlsxError> {
        if self.rows >= (ROWS - 2).min(CELLS / cells.len().max(1)) {
            self.left_out += 1;
            return Ok(());
        }
        self.rows += 1;
        self.widths.resize(cells.len(), 0);
        for (place, cell) in cells.iter().enumerate() {
            let shape = self.columns[place].shape;
            write(&mut self.sheet, (self.rows, place), cell, shape, formats)?;
            let width = match cell {
                Cell::Text(text) => text.chars().count(),
                _ => 9,
            };
            self.widths[place] = self.widths[place].max(width);
        }
        Ok(())
    }

    /// What is said about rows that are not here.
    pub(super) fn remark(&self) -> String {
        let mut remark = String::new();
        if self.left_out > 0 {
            remark = format!(
                "The first {} rows; {} more are in {}.",
                self.rows, self.left_out, self.source
            );
        }
        if self.unnamed > 0 {
            let rows = if self.unnamed == 1 { "row" } else { "rows" };
            let text = format!(
                "{} {rows} of fewer than five people not shown (--names shows them).",
                self.unnamed
            );
            remark = format!("{remark} {text}").trim_start().into();
        }
        remark
    }

    /// Writes the header, and sets up the sheet for the screen and for paper.
    ///
    /// # Errors
    /// If there are more columns than a sheet can have.
    pub(super) fn finish(mut self, formats: &Formats) -> Result<Worksheet, XlsxError> {
        let remark = self.remark();
        let last = self.columns.len().saturating_sub(1) as u16;
        let mut lines = 1;
        for (place, column) in self.columns.iter().enumerate() {
            let place = place as u16;
            self.sheet
                .write_string_with_format(0, place, held(&column.title), &formats.header)?;
            if let Some(note) = column.note {
                let lines = note.len().div_ceil(40) as u32 + 1;
                let note = Note::new(note)
                    .add_author_prefix(false)
                    .set_width(260)
                    .set_height(lines * 18);
                self.sheet.insert_note(0, place, &note)?;
            }
            let word = column.title.split(' ').map(|word| word.chars().count() + 4).max();
            let body = self.widths.get(usize::from(place)).copied().unwrap_or(0) + 2;
            let width = body.min(WIDEST).max(word.unwrap_or(0).min(WIDEST));
            lines = lines.max((column.title.chars().count() + 3).div_ceil(width.max(1)));
            self.sheet.set_column_width(place, width as f64)?;
        }
        if self.rows > 0 {
            self.sheet.autofilter(0, 0, self.rows as u32, last)?;
        }
        self.sheet.set_row_height(0, 15.5 * lines as f64)?;
        if !remark.is_empty() {
            self.sheet.write_string(self.rows as u32 + 1, 0, remark)?;
        }
        let names = self
            .columns
            .iter()
            .take_while(|column| NAMES.contains(&column.key.as_str()));
        let names = names.count().clamp(1, 3) as u16;
        self.sheet.set_freeze_panes(1, names)?.set_repeat_rows(0, 0)?;
        for_paper(&mut self.sheet, &self.title)?;
        Ok(self.sheet)
    }
}

/// Landscape, as wide as a page.
///
/// # Errors
/// If the name is none for a sheet.
pub(super) fn for_paper(sheet: &mut Worksheet, title: &str) -> Result<(), XlsxError> {
    sheet
        .set_name(title)?
        .set_landscape()
        .set_paper_size(9)
        .set_print_fit_to_pages(1, 0);
    sheet.set_footer("&L&A&RPage &P of &N");
    Ok(())
}
