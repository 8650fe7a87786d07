//! CSV lists, as spreadsheets, shells and migration tools write them.
//!
//! A list is kept as its text and, for each column that is read, where its cells stand in it: eight bytes a cell. What a
//! cell says is looked up there.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::fault::{Faults, Located, Place, Sources};
use super::{NoText, decode, names, quoted_list, suggestion};
use crate::letters;
use crate::mutant;

/// How many errors, and how many warnings, of one list are shown; the others are only counted.
pub const CSV_FAULTS_SHOWN: usize = 20;
/// More faults of one list than these that say the same of other rows are shown as some examples and a count.
const CSV_FAULTS_ALIKE: usize = 5;

/// Which columns a list has, and what else they may be called.
#[derive(Debug, Clone, Copy, Default)]
pub struct Columns<'a> {
    /// Those that must be there; the first one tells whether a list is in the program's own form.
    pub required: &'a [&'a str],
    /// Those that may be there.
    pub optional: &'a [&'a str],
    /// Those of which the planner says what they are called in this list.
    pub named: &'a [(String, Located<String>)],
    /// A column that stands for the first required one where that is not there: whoever has a key of their own needs no name.
    pub stand_in: Option<&'a str>,
    /// What other programs call them, likelier names first; tried in lists that are not in the program's own form.
    pub elsewhere: &'a [(&'a str, &'a [&'a str])],
}

/// A CSV list.
#[derive(Debug, Clone, Default)]
pub struct CsvTable {
    /// Which text the list is: an index into [`Sources`].
    pub file: usize,
    /// The columns asked for that are there, as they were asked for.
    pub columns: Vec<String>,
    /// What those columns are called in the list.
    pub written: Vec<String>,
    /// The columns that are not read, as they are written.
    pub unknown: Vec<String>,
    /// Where the header stands; nothing if there is none.
    pub header: Option<Place>,
    /// A column that another one stands for, and that one.
    stand_in: Option<(String, String)>,
    /// Were columns found by the names that other programs give them?
    pub is_foreign: bool,
    text: Arc<String>,
    /// Where the rows stand that have a cell for each column of the header; none if a required column is missing.
    rows: Vec<Stretch>,
    /// Where the cells stand that are read, row by row: what is looked at together lies together.
    cells: Vec<Stretch>,
    /// How many cells of a row are kept, and which of them each column is.
    width: usize,
    slots: Vec<usize>,
    /// The cells, by their place in a row and by row, whose text is not simply what stands there.
    rewritten: BTreeMap<(u32, u32), String>,
    /// Where the lines of the text begin, once somebody asks for the number of one.
    lines: OnceCell<Vec<u32>>,
}

/// A stretch of a text of at most 4 GB.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    start: u32,
    end: u32,
}

impl Stretch {
    fn of(range: &Range<usize>) -> Stretch {
        let short = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Stretch {
            start: short(range.start),
            end: short(range.end),
        }
    }

    fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl CsvTable {
    /// Whether a column is there.
    pub fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|known| known == column)
            || self
                .stand_in
                .as_ref()
                .is_some_and(|stand_in| stand_in.0 == column)
    }

    /// A column, found once for many rows; it holds nothing if it is not there.
    pub fn column(&self, name: &str) -> Column {
        Column(match self.is_empty() {
            true => None,
            false => self.row(0).column(name),
        })
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Are there no rows?
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// A row, counted from 0.
    pub fn row(&self, index: usize) -> Row<'_> {
        Row { list: self, index }
    }

    /// All rows in their order.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.rows.len()).map(|index| self.row(index))
    }

    /// Forgets a column: it is as if it were not there.
    pub fn forget(&mut self, column: &str) {
        if let Some(at) = self.columns.iter().position(|known| known == column) {
            self.columns.remove(at);
            self.slots.remove(at);
            self.unknown.push(self.written.remove(at));
        }
    }

    /// The line, counted from 1, on which a position stands.
    fn line(&self, at: u32) -> usize {
        let lines = self.lines.get_or_init(|| {
            let ends = self.text.bytes().zip(0_u32..).filter(|(byte, _)| *byte == b'\n');
            std::iter::once(0).chain(ends.map(|(_, end)| end + 1)).collect()
        });
        lines.partition_point(|&line| line <= at)
    }
}

/// A column of a list, for reading many of its cells.
#[derive(Debug, Clone, Copy)]
pub struct Column(Option<usize>);

/// A row of a CSV list.
#[derive(Debug, Clone, Copy)]
pub struct Row<'l> {
    list: &'l CsvTable,
    index: usize,
}

/// What a cell says as it stands in the text: without quotes and blanks around it.
fn plain(written: &str) -> &str {
    let trimmed = written.trim();
    let inner = trimmed.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    inner.map_or(trimmed, str::trim)
}

impl<'l> Row<'l> {
    /// The row's number, counted from 0.
    pub fn index(self) -> usize {
        self.index
    }

    /// The line of the file on which the row begins, counted from 1.
    pub fn line(self) -> usize {
        self.list.line(self.list.rows[self.index].start)
    }

    /// The whole row.
    pub fn place(self) -> Place {
        Place {
            file: self.list.file,
            span: self.list.rows[self.index].range(),
        }
    }

    /// The place of a column among the cells of a row.
    fn column(self, column: &str) -> Option<usize> {
        let place = |column: &str| {
            let at = self.list.columns.iter().position(|known| known == column);
            at.map(|at| self.list.slots[at])
        };
        let stand_in = || {
            let (absent, other) = self.list.stand_in.as_ref()?;
            (absent == column).then(|| place(other)).flatten()
        };
        place(column).or_else(stand_in)
    }

    /// The cell in a column, without blanks around it; empty if the column is not there.
    pub fn get(self, column: &str) -> &'l str {
        self.cell(Column(self.column(column)))
    }

    /// [`Row::get`], in a column found before.
    pub fn cell(self, column: Column) -> &'l str {
        let Some(at) = column.0 else { return "" };
        if !self.list.rewritten.is_empty()
            && let Some(cell) = self.list.rewritten.get(&(at as u32, self.index as u32))
        {
            return cell;
        }
        plain(&self.list.text[self.list.cells[self.index * self.list.width + at].range()])
    }

    /// The cell in a column, unless it is empty or the column is not there.
    pub fn value(self, column: &str) -> Option<&'l str> {
        Some(self.get(column)).filter(|cell| !cell.is_empty())
    }

    /// The cell in a column with its place, unless it is empty or the column is not there.
    pub fn located(self, column: &str) -> Option<Located<String>> {
        let value = self.value(column)?.to_owned();
        Some(Located {
            value,
            place: self.place_of(column),
            key: self.key(column),
        })
    }

    /// Where the cell in a column stands; the whole row if the column is not there or the cell is empty.
    pub fn place_of(self, column: &str) -> Place {
        match self.column(column) {
            Some(at) if !self.get(column).is_empty() => Place {
                file: self.list.file,
                span: self.list.cells[self.index * self.list.width + at].range(),
            },
            _ => self.place(),
        }
    }

    /// The row and column in words, such as `row 12, column department`; an empty name stands for the whole row.
    pub fn key(self, column: &str) -> String {
        match column {
            "" => format!("row {}", self.line()),
            _ => format!("row {}, column {column}", self.line()),
        }
    }

    /// Reports an error in a column; an empty name stands for the whole row.
    pub fn error(self, faults: &mut Faults, column: &str, what: impl Into<String>, help: impl Into<String>) {
        faults.error(Some(self.place_of(column)), self.key(column), what, help);
    }

    /// Reports a cell that a spreadsheet would take for a formula in files written for other programs.
    pub fn refuse_formula(self, faults: &mut Faults, column: &str) {
        let name = self.get(column);
        if names::is_formula(name) {
            let what = format!("`{name}` begins like a formula: a spreadsheet would compute it, not show it");
            self.error(faults, column, what, "begin the name with a letter or a digit");
        }
    }

    /// Reports a warning in a column; an empty name stands for the whole row.
    pub fn warning(
        self,
        faults: &mut Faults,
        column: &str,
        what: impl Into<String>,
        help: impl Into<String>,
    ) {
        faults.warning(Some(self.place_of(column)), self.key(column), what, help);
    }
}

/// Reads a CSV list given as the bytes of a file. The path is only shown.
///
/// Accepts UTF-8 and UTF-16, with or without a byte order mark; lines that end in LF, CR LF or CR; a leading `#TYPE` or `sep=` line; and
/// commas, semicolons or tabs, whichever the header has most of. Columns are found by name in any order and case: by what the planner
/// says they are called, by their own names, or else by what other programs call them.
/// Other columns are not read, which is a warning; rows without any content are passed over, above the header, too. Empty cells at the end of a row
/// may be left out or be too many. Cells are given in their normal shape (see [`names::normal`]).
pub fn read_csv(
    sources: &mut Sources,
    path: &str,
    content: Vec<u8>,
    wanted: &Columns<'_>,
    faults: &mut Faults,
) -> CsvTable {
    let text = match decode(content) {
        Ok(text) => text,
        Err(NoText { text, at, what, help }) => {
            let file = sources.add(path, text);
            let place = Place {
                file,
                span: at..at + 1,
            };
            faults.error(Some(place), "", what, help);
            return CsvTable {
                file,
                ..CsvTable::default()
            };
        }
    };
    let text = Arc::new(text);
    let file = sources.add_shared(path, text.clone());
    sources.show_at_most(file, CSV_FAULTS_SHOWN, CSV_FAULTS_ALIKE);
    let mut table = CsvTable {
        file,
        text: text.clone(),
        ..CsvTable::default()
    };
    let (start, separator) = beginning(&text);
    let mut records = Records::new(&text, start, separator, file);
    let mut record = Record::default();
    let header = loop {
        match records.next(&mut record, faults) {
            false => break None,
            true if record.is_blank(&text) => {}
            true => break Some(record.clone()),
        }
    };
    let Some(header) = header else {
        let help = format!("write the header {}", header_example(wanted));
        faults.error(Some(Place { file, span: 0..0 }), "", "the list is empty", help);
        return table;
    };
    table.header = Some(Place {
        file,
        span: header.span.clone(),
    });
    let columns = find_columns(&header, path, wanted, faults, &mut table);
    let missing = wanted.required.iter().any(|name| !table.has(name));
    table.width = table.columns.len();
    table.slots = (0..table.width).collect();
    while records.next(&mut record, faults) {
        if record.is_blank(&text) {
            continue;
        }
        level(&mut record, &columns, wanted.required, &table.columns, &text);
        if record.spans.len() != columns.len() {
            let (found, wanted) = (cells(record.spans.len()), cells(columns.len()));
            let what = format!("this row has {found}, but the header has {wanted}");
            let help = "write one cell for each column; a cell that contains the separator must stand \
                        between double quotes";
            let place = Place {
                file,
                span: record.span.clone(),
            };
            let line = table.line(Stretch::of(&record.span).start);
            faults.error(Some(place), format!("row {line}"), what, help);
            continue;
        }
        if !missing {
            table.take(&record, &columns, faults);
        }
    }
    if !missing {
        warn_of_unread(&table, wanted, faults);
    }
    table
}

impl CsvTable {
    /// Adds a row; cells that hold letters which steer a terminal are reported.
    fn take(&mut self, record: &Record, columns: &[Option<usize>], faults: &mut Faults) {
        let row = self.rows.len();
        self.rows.push(Stretch::of(&record.span));
        let cells = self.cells.len();
        self.cells
            .resize(cells + self.width, Stretch { start: 0, end: 0 });
        for (place, span) in record.spans.iter().enumerate() {
            let Some(column) = columns[place] else { continue };
            self.cells[cells + column] = Stretch::of(span);
            let simple = plain(&self.text[span.clone()]);
            let cell = match &record.unescaped {
                Some(cells) => names::normal(&cells[place]),
                None if simple.bytes().all(|byte| (0x20..0x7F).contains(&byte)) => continue,
                None => names::normal(simple),
            };
            if cell != simple {
                let cell = cell.into_owned();
                self.rewritten.insert((column as u32, row as u32), cell);
            }
            let row = self.row(row);
            let cell = row.get(&self.columns[column]);
            if let Some(letter) = cell.chars().find(|&letter| letters::steers(letter)) {
                let code = u32::from(letter);
                let what = format!(
                    "this cell holds a letter that is not shown but steers the terminal (U+{code:04X})"
                );
                row.error(faults, &self.columns[column], what, "leave that letter out");
            }
        }
    }
}

/// Where the header begins, or what stands for it, and what separates cells.
fn beginning(text: &str) -> (usize, u8) {
    let (mut start, mut separator) = (0, None);
    loop {
        let line = &text[start..];
        let length = line.find('\n').map_or(line.len(), |newline| newline + 1);
        let trimmed = line[..length].trim().trim_matches('"');
        if let Some(mark) = trimmed.get(..4).filter(|mark| mark.eq_ignore_ascii_case("sep=")) {
            separator = trimmed[mark.len()..]
                .bytes()
                .next()
                .filter(u8::is_ascii)
                .or(separator);
        } else if length == 0 || !(trimmed.is_empty() || trimmed.starts_with("#TYPE")) {
            break;
        }
        start += length;
    }
    let separator = separator.unwrap_or_else(|| find_separator(&text[start..]));
    (start, separator)
}

/// Gives a row as many cells as there are columns, if that is only a matter of empty cells at its end: spreadsheets leave them out, or
/// write too many.
fn level(record: &mut Record, columns: &[Option<usize>], required: &[&str], names: &[String], text: &str) {
    while record.spans.len() > columns.len()
        && record
            .spans
            .last()
            .is_some_and(|span| plain(&text[span.clone()]).is_empty())
    {
        record.spans.pop();
    }
    let is_required =
        |column: &Option<usize>| column.is_some_and(|column| required.contains(&names[column].as_str()));
    let left_out = columns.get(record.spans.len()..).unwrap_or_default();
    if !left_out.iter().any(is_required) {
        let end = record.span.end;
        record.spans.extend(left_out.iter().map(|_| end..end));
        if let Some(cells) = &mut record.unescaped {
            cells.resize(columns.len().max(cells.len()), String::new());
        }
    }
}

/// Which of the columns asked for each column of the header is. Reports missing and repeated columns.
fn find_columns(
    header: &Record,
    path: &str,
    wanted: &Columns<'_>,
    faults: &mut Faults,
    table: &mut CsvTable,
) -> Vec<Option<usize>> {
    let text = table.text.clone();
    let file = table.file;
    let written: Vec<String> = match &header.unescaped {
        Some(cells) => cells.iter().map(|cell| cell.trim().to_owned()).collect(),
        None => header
            .spans
            .iter()
            .map(|span| plain(&text[span.clone()]).to_owned())
            .collect(),
    };
    let is_called = |written: &str, name: &str| written.to_lowercase() == name.trim().to_lowercase();
    let mut columns: Vec<Option<usize>> = vec![None; written.len()];
    let take = |table: &mut CsvTable, name: &str, at: usize, columns: &mut Vec<Option<usize>>| {
        columns[at] = Some(table.columns.len());
        table.columns.push(name.to_owned());
        table.written.push(written[at].clone());
    };
    for (name, called) in wanted.named {
        match written.iter().position(|column| is_called(column, called)) {
            Some(at) if columns[at].is_none() => take(table, name, at, &mut columns),
            Some(_) => {
                let what = format!("the column `{}` cannot be two things", called.value);
                faults.error_at(called, what, "name another column");
            }
            None => {
                let what = format!("`{path}` has no column `{}`", called.value);
                let found = written.iter().map(String::as_str).filter(|name| !name.is_empty());
                let help = match suggestion(called, found.clone()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("the columns found are {}", quoted_list(found)),
                };
                faults.error_at(called, what, help);
            }
        }
    }
    let is_named = |name: &str| wanted.named.iter().any(|named| named.0 == name);
    let mut repeated: Vec<usize> = Vec::new();
    for at in 0..written.len() {
        let known = wanted.required.iter().chain(wanted.optional);
        let known = known.copied().find(|name| is_called(&written[at], name));
        let Some(name) = known.filter(|name| columns[at].is_none() && !is_named(name)) else {
            continue;
        };
        if table.has(name) {
            let place = Place {
                file,
                span: header.spans[at].clone(),
            };
            let what = format!("there are two columns `{name}`");
            faults.error(
                Some(place),
                format!("column {name}"),
                what,
                "remove or rename one of them",
            );
            repeated.push(at);
        } else {
            take(table, name, at, &mut columns);
        }
    }
    if let (Some(first), Some(other)) = (wanted.required.first(), wanted.stand_in)
        && !table.has(first)
        && !is_named(first)
        && table.has(other)
    {
        table.stand_in = Some(((*first).to_owned(), other.to_owned()));
    }
    // A list of another program is known by having none of the program's own main column.
    if wanted
        .required
        .first()
        .is_some_and(|first| !table.has(first) && !is_named(first))
    {
        for (name, others) in wanted.elsewhere {
            let found = others.iter().find_map(|other| {
                let mut places = (0..written.len()).filter(|at| columns[*at].is_none());
                if mutant::is("columns-as-they-stand") {
                    return places.next();
                }
                places.find(|at| is_called(&written[*at], other))
            });
            if let (Some(at), false) = (found, table.has(name) || is_named(name)) {
                take(table, name, at, &mut columns);
                table.is_foreign = true;
            }
        }
    }
    for (at, column) in columns.iter().enumerate() {
        if column.is_none() && !written[at].is_empty() && !repeated.contains(&at) {
            table.unknown.push(written[at].clone());
        }
    }
    let is_missing = |name: &&&str| !table.has(name) && !is_named(name);
    let missing: Vec<&str> = wanted.required.iter().filter(is_missing).copied().collect();
    if !missing.is_empty() {
        let what = match missing.as_slice() {
            [name] => format!("missing column `{name}`"),
            names => format!("missing columns {}", quoted_list(names.iter().copied())),
        };
        let unknown = || table.unknown.iter().map(String::as_str);
        let similar = missing.iter().filter_map(|name| {
            suggestion(name, unknown()).map(|found| format!("rename the column `{found}` to `{name}`"))
        });
        let similar: Vec<String> = similar.collect();
        let help = if similar.is_empty() {
            let written = written.iter().map(String::as_str).filter(|name| !name.is_empty());
            format!("the columns found are {}", quoted_list(written))
        } else {
            similar.join("; ")
        };
        faults.error(
            Some(Place {
                file,
                span: header.span.clone(),
            }),
            "row of column names",
            what,
            help,
        );
    }
    columns
}

/// Warns of columns that are not read: of one that resembles an absent one, and of all others together.
fn warn_of_unread(table: &CsvTable, wanted: &Columns<'_>, faults: &mut Faults) {
    // An export has many columns, and what is read of it is told in another place.
    if table.is_foreign || !wanted.named.is_empty() {
        return;
    }
    let known = || wanted.required.iter().chain(wanted.optional).copied();
    let absent = || known().filter(|name| !table.has(name));
    let (slips, others): (Vec<&String>, Vec<&String>) =
        (table.unknown.iter()).partition(|column| suggestion(column, absent()).is_some());
    for column in slips {
        let what = format!("the column `{column}` is not read");
        let help =
            suggestion(column, absent()).map_or(String::new(), |name| format!("did you mean `{name}`?"));
        faults.warning(table.header.clone(), format!("column {column}"), what, help);
    }
    if !others.is_empty() {
        let names = quoted_list(others.iter().map(|name| name.as_str()));
        let what = match others.len() {
            1 => format!("the column {names} is not read"),
            count => format!("{count} columns are not read: {names}"),
        };
        let all = quoted_list(known());
        faults.warning(
            table.header.clone(),
            "row of column names",
            what,
            format!("the columns of this list are {all}"),
        );
    }
}

fn cells(count: usize) -> String {
    if count == 1 {
        "1 cell".to_owned()
    } else {
        format!("{count} cells")
    }
}

fn header_example(wanted: &Columns<'_>) -> String {
    let names = if wanted.required.is_empty() {
        wanted.optional
    } else {
        wanted.required
    };
    format!("`{}` and a row for each entry", names.join(","))
}

/// The separator a header has most of, outside quotes.
fn find_separator(text: &str) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if !quoted => {
                counts
                    .iter_mut()
                    .filter(|(separator, _)| *separator == byte)
                    .for_each(|(_, n)| *n += 1);
            }
            _ => {}
        }
    }
    // The first of those with the highest count, so that a single column counts as separated by commas.
    counts
        .iter()
        .rev()
        .max_by_key(|(_, count)| *count)
        .map_or(b',', |(separator, _)| *separator)
}

/// A row of a list with the places of its cells.
#[derive(Debug, Clone, Default)]
struct Record {
    span: Range<usize>,
    spans: Vec<Range<usize>>,
    /// What the cells say, if quotes make that something else than what stands there.
    unescaped: Option<Vec<String>>,
}

impl Record {
    fn is_blank(&self, text: &str) -> bool {
        self.spans
            .iter()
            .all(|span| plain(&text[span.clone()]).is_empty())
    }
}

/// The rows of a text, one after another.
struct Records<'t> {
    text: &'t str,
    start: usize,
    separator: u8,
    file: usize,
    reader: csv::Reader<&'t [u8]>,
    cells: csv::ByteRecord,
    is_over: bool,
}

impl<'t> Records<'t> {
    fn new(text: &'t str, start: usize, separator: u8, file: usize) -> Records<'t> {
        let reader = csv::ReaderBuilder::new()
            .delimiter(separator)
            .has_headers(false)
            .flexible(true)
            .from_reader(&text.as_bytes()[start..]);
        Records {
            text,
            start,
            separator,
            file,
            reader,
            cells: csv::ByteRecord::new(),
            is_over: false,
        }
    }

    fn position(&self) -> usize {
        self.start + usize::try_from(self.reader.position().byte()).unwrap_or(usize::MAX)
    }

    /// Reads the next row; gives whether there is one.
    fn next(&mut self, record: &mut Record, faults: &mut Faults) -> bool {
        let from = self.position();
        if self.is_over {
            return false;
        }
        match self.reader.read_byte_record(&mut self.cells) {
            Ok(true) => {}
            Ok(false) => return false,
            Err(error) => {
                let place = Place {
                    file: self.file,
                    span: from..from,
                };
                faults.error(Some(place), "", format!("this row cannot be read: {error}"), "");
                self.is_over = true;
                return false;
            }
        }
        let to = self.position();
        // A record may be preceded by the ends of earlier lines.
        let raw = &self.text[from..to];
        let begin = to - raw.trim_start_matches(['\r', '\n']).len();
        let end = from + raw.trim_end_matches(['\r', '\n']).len();
        record.span = begin..end.max(begin);
        record.spans.clear();
        let unclosed = cell_spans(self.text, record.span.clone(), self.separator, &mut record.spans);
        if let Some(quote) = unclosed {
            let place = Place {
                file: self.file,
                span: quote..quote + 1,
            };
            let line = 1 + self.text[..quote].matches('\n').count();
            let line = line - self.text[begin..quote].matches('\n').count();
            let help = "end the cell with another double quote; within a cell write it twice";
            faults.error(
                Some(place),
                format!("row {line}"),
                "this quote is never closed",
                help,
            );
            self.is_over = true;
            return false;
        }
        let agree = record.spans.len() == self.cells.len();
        if !agree {
            record.spans.clear();
            record.spans.resize(self.cells.len(), record.span.clone());
        }
        let has_quotes = !agree || self.text.as_bytes()[record.span.clone()].contains(&b'"');
        // Quotes around a cell and nowhere else are simply left out.
        let is_simple =
            |at: usize| plain(&self.text[record.spans[at].clone()]).as_bytes() == self.cells[at].trim_ascii();
        record.unescaped = (has_quotes && !(0..self.cells.len()).all(is_simple)).then(|| {
            let cell = |cell: &[u8]| String::from_utf8_lossy(cell).into_owned();
            self.cells.iter().map(cell).collect()
        });
        true
    }
}

/// Finds where the cells of a record stand; gives the quote that is never closed, if there is one.
fn cell_spans(
    text: &str,
    record: Range<usize>,
    separator: u8,
    spans: &mut Vec<Range<usize>>,
) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut start = record.start;
    let mut quote = None;
    let mut at = record.start;
    while at < record.end {
        match quote {
            Some(_) if bytes[at] == b'"' && bytes[..record.end].get(at + 1) == Some(&b'"') => at += 1,
            Some(_) if bytes[at] == b'"' => quote = None,
            Some(_) => {}
            None if bytes[at] == b'"' && at == start => quote = Some(at),
            None if bytes[at] == separator => {
                spans.push(start..at);
                start = at + 1;
            }
            None => {}
        }
        at += 1;
    }
    spans.push(start..record.end);
    quote
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUIRED: &[&str] = &["user", "department"];
    const OPTIONAL: &[&str] = &["site"];
    const COLUMNS: Columns<'static> = Columns {
        required: REQUIRED,
        optional: OPTIONAL,
        named: &[],
        stand_in: None,
        elsewhere: &[],
    };

    fn read(content: impl AsRef<[u8]>) -> (CsvTable, String) {
        let (mut sources, mut faults) = (Sources::new(), Faults::new());
        let content = content.as_ref().to_vec();
        let table = read_csv(&mut sources, "people.csv", content, &COLUMNS, &mut faults);
        (table, faults.render(&sources, false))
    }

    fn list(table: &CsvTable) -> Vec<String> {
        let row = |row: Row<'_>| {
            format!(
                "{}:{}|{}|{}",
                row.line(),
                row.get("user"),
                row.get("department"),
                row.get("site")
            )
        };
        table.rows().map(row).collect()
    }

    #[test]
    fn a_missing_column_is_one_fault() {
        let (table, shown) = read("user,departement,phone\nann,it,1\nbob,hr,2\n");
        let expected = "\
error: missing column `department`
 --> people.csv:1:1
  |
1 | user,departement,phone
  | ^^^^^^^^^^^^^^^^^^^^^^
  |
  = key: row of column names
  = help: rename the column `departement` to `department`

1 error
";
        assert_eq!(shown, expected);
        assert!(table.is_empty());
        let (_, shown) = read("name,phone\nann,1\n");
        assert!(
            shown.starts_with("error: missing columns `user`, `department`\n"),
            "{shown}"
        );
        assert!(
            shown.contains("= help: the columns found are `name`, `phone`\n"),
            "{shown}"
        );
        let (_, shown) = read("");
        assert!(
            shown.starts_with("error: the list is empty\n --> people.csv:1:1\n"),
            "{shown}"
        );
    }

    #[test]
    fn ragged_rows_are_faults_and_blank_rows_are_not() {
        let (table, shown) = read("user,department\nann,it\n\n,\nbob\ncy,hr\ndee,it,x\n");
        let expected = "\
error: this row has 1 cell, but the header has 2 cells
 --> people.csv:5:1
  |
5 | bob
  | ^^^
  |
  = key: row 5
  = help: write one cell for each column; a cell that contains the separator must stand between double quotes

error: this row has 3 cells, but the header has 2 cells
 --> people.csv:7:1
  |
7 | dee,it,x
  | ^^^^^^^^
  |
  = key: row 7
  = help: write one cell for each column; a cell that contains the separator must stand between double quotes

2 errors
";
        assert_eq!(shown, expected);
        assert_eq!(list(&table), ["2:ann|it|", "6:cy|hr|"]);
    }

    #[test]
    fn marks_type_lines_and_separators_are_understood() {
        let wanted = ["2:ann|it|Lyon", "3:bob|hr|"];
        let text = "User; DEPARTMENT ;phone;site\r\nann;it;1;Lyon\r\nbob;hr;2;\r\n";
        let (table, shown) = read(text);
        assert_eq!(list(&table), wanted);
        let expected = "\
warning: the column `phone` is not read
 --> people.csv:1:1
  |
1 | User; DEPARTMENT ;phone;site
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = key: row of column names
  = help: the columns of this list are `user`, `department`, `site`

1 warning
";
        assert_eq!(shown, expected);
        assert_eq!(table.unknown, ["phone"]);
        assert_eq!(table.columns, ["user", "department", "site"]);
        for text in [
            format!("\u{feff}{text}"),
            text.replace(';', "\t"),
            text.replace("\r\n", "\n"),
        ] {
            assert_eq!(list(&read(text).0), wanted);
        }
        let later = ["3:ann|it|Lyon", "4:bob|hr|"];
        let header = "#TYPE Selected.System.Management.Automation.PSCustomObject\r\n";
        assert_eq!(
            list(&read(format!("{header}{}", text.replace(';', ","))).0),
            later
        );
        assert_eq!(list(&read(format!("\u{feff}{header}{text}")).0), later);
        assert_eq!(list(&read(format!("sep=;\r\n{text}")).0), later);
        let wide: Vec<u16> = format!("\u{feff}{text}").encode_utf16().collect();
        let little: Vec<u8> = wide.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = wide.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        assert_eq!(list(&read(&little).0), wanted);
        assert_eq!(list(&read(big).0), wanted);
        assert!(
            read(&little[..little.len() - 1])
                .1
                .starts_with("error: this character is not valid UTF-16")
        );
    }

    #[test]
    fn cells_know_their_places() {
        let (mut sources, mut faults) = (Sources::new(), Faults::new());
        let text = "\"user\",department,site\r\n\r\n\"Ann, \"\"A\"\"\nB\",it,Lyon\r\nbob, hr ,Rome\r\n";
        let table = read_csv(
            &mut sources,
            "people.csv",
            text.as_bytes().to_vec(),
            &COLUMNS,
            &mut faults,
        );
        assert_eq!(list(&table), ["3:Ann, \"A\" B|it|Lyon", "5:bob|hr|Rome"]);
        table.row(0).warning(&mut faults, "user", "odd name", "");
        table.row(1).error(
            &mut faults,
            "department",
            "no department `hr`",
            "did you mean `it`?",
        );
        table.row(1).error(&mut faults, "", "odd row", "");
        let expected = "\
warning: odd name
 --> people.csv:3:1
  |
3 | \"Ann, \"\"A\"\"
  | ^^^^^^^^^^^
  |
  = key: row 3, column user

error: odd row
 --> people.csv:5:1
  |
5 | bob, hr ,Rome
  | ^^^^^^^^^^^^^
  |
  = key: row 5

error: no department `hr`
 --> people.csv:5:5
  |
5 | bob, hr ,Rome
  |     ^^^^
  |
  = key: row 5, column department
  = help: did you mean `it`?

2 errors, 1 warning
";
        assert_eq!(faults.render(&sources, false), expected);
        assert_eq!(sources.describe(&table.row(1).place()), "people.csv:5");
    }

    #[test]
    fn quotes_left_open_and_bytes_that_are_not_text() {
        let (table, shown) = read("user,department\nann,it\nbob,\"hr\ncy,it\n");
        let expected = "\
error: this quote is never closed
 --> people.csv:3:5
  |
3 | bob,\"hr
  |     ^
  |
  = key: row 3
  = help: end the cell with another double quote; within a cell write it twice

1 error
";
        assert_eq!(shown, expected);
        assert_eq!(list(&table), ["2:ann|it|"]);
        let (_, shown) = read(b"user,department\nRen\xe9,it\n");
        assert!(
            shown.starts_with("error: this character is not valid UTF-8\n --> people.csv:2:4\n"),
            "{shown}"
        );
    }

    #[test]
    fn only_so_many_faults_of_a_list_are_shown() {
        let mut text = "user,department\n".to_owned();
        for row in 0..54 {
            text.push_str(if row % 2 == 0 { "x\n" } else { "x,y,z\n" });
        }
        let (_, shown) = read(text);
        assert_eq!(shown.matches("this row has 1 cell,").count(), 3);
        assert_eq!(shown.matches("this row has 3 cells,").count(), 3);
        assert_eq!(
            shown
                .matches("error: people.csv: and 24 more like this one\n")
                .count(),
            2
        );
        assert!(shown.ends_with("\n\n54 errors\n"), "{shown}");
    }

    #[test]
    fn two_columns_of_the_same_name() {
        let (_, shown) = read("user,department,User\nann,it,x\n");
        assert!(
            shown.starts_with("error: there are two columns `user`\n --> people.csv:1:17\n"),
            "{shown}"
        );
    }

    #[test]
    fn no_text_makes_the_reader_panic() {
        let pieces = [
            "user",
            "department",
            ",",
            ";",
            "\"",
            "\n",
            "\r\n",
            "\r",
            "é",
            "#TYPE",
            " ",
            "\t",
            "sep=",
        ];
        let mut state = 7_u64;
        for _ in 0..4000 {
            let mut text = if state.is_multiple_of(2) {
                String::new()
            } else {
                "user,department\n".to_owned()
            };
            for _ in 0..10 {
                state = state
                    .wrapping_mul(6364136223846793005)
                    .wrapping_add(1442695040888963407);
                text.push_str(pieces[(state >> 33) as usize % pieces.len()]);
            }
            read(&text);
        }
    }
}
