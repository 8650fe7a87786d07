//! CSV lists, as spreadsheets and shells write them.

use std::collections::BTreeMap;
use std::ops::Range;

use super::fault::{Faults, Located, Place, Sources};
use super::{NoText, decode, names, quoted_list, suggestion};
use crate::letters;

/// How many errors, and how many warnings, of one list are shown; the others are only counted.
pub const CSV_FAULTS_SHOWN: usize = 20;
/// More faults of one list than these that say the same of other rows are shown as some examples and a count.
const CSV_FAULTS_ALIKE: usize = 5;

/// A CSV list.
#[derive(Debug, Clone, Default)]
pub struct CsvTable {
    /// Which text the list is: an index into [`Sources`].
    pub file: usize,
    /// The rows that have a cell for each column of the header; none if a required column is missing.
    pub rows: Vec<Row>,
    /// The columns asked for that are there, as they were asked for.
    pub columns: Vec<String>,
    /// The columns nobody asked for, as they are written.
    pub unknown: Vec<String>,
    /// Where the header stands; nothing if there is none.
    pub header: Option<Place>,
}

impl CsvTable {
    /// Whether a column is there.
    pub fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|known| known == column)
    }
}

/// A row of a CSV list.
#[derive(Debug, Clone)]
pub struct Row {
    /// The line of the file on which the row begins, counted from 1.
    pub line: usize,
    /// The whole row.
    pub place: Place,
    cells: BTreeMap<String, (String, Range<usize>)>,
}

impl Row {
    /// The cell in a column, without blanks around it; empty if the column is not there.
    pub fn get(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", |(cell, _)| cell)
    }

    /// The cell in a column, unless it is empty or the column is not there.
    pub fn value(&self, column: &str) -> Option<&str> {
        Some(self.get(column)).filter(|cell| !cell.is_empty())
    }

    /// The cell in a column with its place, unless it is empty or the column is not there.
    pub fn located(&self, column: &str) -> Option<Located<String>> {
        let value = self.value(column)?.to_owned();
        Some(Located {
            value,
            place: self.place_of(column),
            key: self.key(column),
        })
    }

    /// Where the cell in a column stands; the whole row if the column is not there or the cell is empty.
    pub fn place_of(&self, column: &str) -> Place {
        match self.cells.get(column) {
            Some((cell, span)) if !cell.is_empty() => Place {
                file: self.place.file,
                span: span.clone(),
            },
            _ => self.place.clone(),
        }
    }

    /// The row and column in words, such as `row 12, column department`; an empty name stands for the whole row.
    pub fn key(&self, column: &str) -> String {
        match column {
            "" => format!("row {}", self.line),
            _ => format!("row {}, column {column}", self.line),
        }
    }

    /// Reports an error in a column; an empty name stands for the whole row.
    pub fn error(&self, faults: &mut Faults, column: &str, what: impl Into<String>, help: impl Into<String>) {
        faults.error(Some(self.place_of(column)), self.key(column), what, help);
    }

    /// Reports cells that hold letters which steer a terminal.
    fn refuse_odd_letters(&self, faults: &mut Faults) {
        for (column, (cell, _)) in &self.cells {
            if let Some(letter) = cell.chars().find(|&letter| letters::steers(letter)) {
                let code = u32::from(letter);
                let what = format!(
                    "this cell holds a letter that is not shown but steers the terminal (U+{code:04X})"
                );
                self.error(faults, column, what, "leave that letter out");
            }
        }
    }

    /// Reports a cell that a spreadsheet would take for a formula in files written for other programs.
    pub fn refuse_formula(&self, faults: &mut Faults, column: &str) {
        let name = self.get(column);
        if names::is_formula(name) {
            let what = format!("`{name}` begins like a formula: a spreadsheet would compute it, not show it");
            self.error(faults, column, what, "begin the name with a letter or a digit");
        }
    }

    /// Reports a warning in a column; an empty name stands for the whole row.
    pub fn warning(
        &self,
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
/// commas, semicolons or tabs, whichever the header has most of. Columns are found by name in any order and case.
/// Other columns are not read, which is a warning; rows without any content are passed over, above the header, too. Empty cells at the end of a row
/// may be left out or be too many. Cells are given in their normal shape (see [`names::normal`]).
pub fn read_csv(
    sources: &mut Sources,
    path: &str,
    content: impl AsRef<[u8]>,
    required: &[&str],
    optional: &[&str],
    faults: &mut Faults,
) -> CsvTable {
    let text = match decode(content.as_ref()) {
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
    let file = sources.add(path, text.clone());
    sources.show_at_most(file, CSV_FAULTS_SHOWN, CSV_FAULTS_ALIKE);
    let mut table = CsvTable {
        file,
        ..CsvTable::default()
    };

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
    let is_blank = |record: &Record| record.cells.iter().all(|cell| cell.trim().is_empty());
    let mut records = records(&text, start, separator, file, faults)
        .into_iter()
        .skip_while(is_blank);
    let Some(header) = records.next() else {
        let help = format!("write the header {}", header_example(required, optional));
        faults.error(Some(Place { file, span: 0..0 }), "", "the list is empty", help);
        return table;
    };
    table.header = Some(Place {
        file,
        span: header.span.clone(),
    });
    let columns = find_columns(&header, file, required, optional, faults, &mut table);
    let missing = required
        .iter()
        .any(|name| !columns.iter().flatten().any(|column| column == name));
    for mut record in records {
        if is_blank(&record) {
            continue;
        }
        level(&mut record, &columns, required);
        let place = Place {
            file,
            span: record.span.clone(),
        };
        if record.cells.len() != columns.len() {
            let (found, wanted) = (cells(record.cells.len()), cells(columns.len()));
            let what = format!("this row has {found}, but the header has {wanted}");
            let help = "write one cell for each column; a cell that contains the separator must stand \
                        between double quotes";
            faults.error(Some(place), format!("row {}", record.line), what, help);
            continue;
        }
        let known = columns.iter().zip(record.cells.into_iter().zip(record.spans));
        let cells = known.filter_map(|(column, (cell, span))| {
            column
                .as_ref()
                .map(|column| (column.clone(), (names::normal(&cell).into_owned(), span)))
        });
        let row = Row {
            line: record.line,
            place,
            cells: cells.collect(),
        };
        row.refuse_odd_letters(faults);
        table.rows.push(row);
    }
    if missing {
        table.rows.clear();
    } else {
        warn_of_unread(&table, required, optional, faults);
    }
    table
}

/// Gives a row as many cells as there are columns, if that is only a matter of empty cells at its end: spreadsheets leave them out, or
/// write too many.
fn level(record: &mut Record, columns: &[Option<String>], required: &[&str]) {
    while record.cells.len() > columns.len() && record.cells.last().is_some_and(|cell| cell.trim().is_empty())
    {
        record.cells.pop();
        record.spans.pop();
    }
    let is_required = |column: &Option<String>| {
        let name = column.as_deref();
        name.is_some_and(|name| required.contains(&name))
    };
    let left_out = columns.get(record.cells.len()..).unwrap_or_default();
    if !left_out.iter().any(is_required) {
        let end = record.span.end;
        record.spans.extend(left_out.iter().map(|_| end..end));
        record.cells.extend(left_out.iter().map(|_| String::new()));
    }
}

/// What each column of the header was asked for as. Reports missing and repeated columns.
fn find_columns(
    header: &Record,
    file: usize,
    required: &[&str],
    optional: &[&str],
    faults: &mut Faults,
    table: &mut CsvTable,
) -> Vec<Option<String>> {
    let mut columns: Vec<Option<String>> = Vec::new();
    for (written, span) in header.cells.iter().zip(&header.spans) {
        let written = written.trim();
        let mut wanted = required.iter().chain(optional);
        let known = wanted.find(|name| name.to_lowercase() == written.to_lowercase());
        let column = known.map(|name| (*name).to_owned());
        match &column {
            Some(name) if columns.contains(&column) => {
                let (place, key) = (
                    Place {
                        file,
                        span: span.clone(),
                    },
                    format!("column {name}"),
                );
                let what = format!("there are two columns `{name}`");
                faults.error(Some(place), key, what, "remove or rename one of them");
                columns.push(None);
                continue;
            }
            Some(name) => table.columns.push(name.clone()),
            None if written.is_empty() => {}
            None => table.unknown.push(written.to_owned()),
        }
        columns.push(column);
    }
    let missing: Vec<&str> = required.iter().copied().filter(|name| !table.has(name)).collect();
    if !missing.is_empty() {
        let what = match missing.as_slice() {
            [name] => format!("missing column `{name}`"),
            names => format!("missing columns {}", quoted_list(names.iter().copied())),
        };
        let unknown = || table.unknown.iter().map(String::as_str);
        let similar = missing.iter().filter_map(|name| {
            elsewhere(name, unknown())
                .or_else(|| suggestion(name, unknown()))
                .map(|found| format!("rename the column `{found}` to `{name}`"))
        });
        let similar: Vec<String> = similar.collect();
        let help = if similar.is_empty() {
            let written = header
                .cells
                .iter()
                .map(|name| name.trim())
                .filter(|name| !name.is_empty());
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

/// The column that other programs call otherwise, if it is there: Get-CsUser and Active Directory, Exchange, Outlook.
fn elsewhere<'w>(name: &str, mut columns: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    const OTHERS: [(&str, &[&str]); 5] = [
        (
            "user",
            &[
                "sipaddress",
                "userprincipalname",
                "primarysmtpaddress",
                "emailaddress",
                "samaccountname",
                "mail",
            ],
        ),
        ("organiser", &["organizer", "meeting organizer", "organizeremail"]),
        ("attendees", &["required attendees", "attendee", "invitees"]),
        ("from", &["caller", "sender", "senderaddress", "fromuser"]),
        ("to", &["callee", "recipient", "recipientaddress", "touser"]),
    ];
    let (_, others) = OTHERS.iter().find(|(known, _)| *known == name)?;
    columns.find(|column| others.contains(&column.trim().to_lowercase().as_str()))
}

/// Warns of columns that are not read: of one that resembles an absent one, and of all others together.
fn warn_of_unread(table: &CsvTable, required: &[&str], optional: &[&str], faults: &mut Faults) {
    let absent = || {
        required
            .iter()
            .chain(optional)
            .copied()
            .filter(|name| !table.has(name))
    };
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
        let all = quoted_list(required.iter().chain(optional).copied());
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

fn header_example(required: &[&str], optional: &[&str]) -> String {
    let names = if required.is_empty() { optional } else { required };
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

struct Record {
    line: usize,
    span: Range<usize>,
    cells: Vec<String>,
    spans: Vec<Range<usize>>,
}

/// All records from a position on, with the places of their cells.
fn records(text: &str, start: usize, separator: u8, file: usize, faults: &mut Faults) -> Vec<Record> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(&text.as_bytes()[start..]);
    let mut records = Vec::new();
    let mut record = csv::StringRecord::new();
    let (mut counted, mut line) = (0, 1);
    loop {
        let from = start + usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                let place = Place {
                    file,
                    span: from..from,
                };
                faults.error(Some(place), "", format!("this row cannot be read: {error}"), "");
                break;
            }
        }
        let to = start + usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
        // A record may be preceded by the ends of earlier lines.
        let raw = &text[from..to];
        let begin = to - raw.trim_start_matches(['\r', '\n']).len();
        let end = from + raw.trim_end_matches(['\r', '\n']).len();
        line += text[counted..begin].matches('\n').count();
        counted = begin;
        let span = begin..end.max(begin);
        let (spans, unclosed) = cell_spans(text, span.clone(), separator);
        if let Some(quote) = unclosed {
            let place = Place {
                file,
                span: quote..quote + 1,
            };
            let help = "end the cell with another double quote; within a cell write it twice";
            faults.error(
                Some(place),
                format!("row {line}"),
                "this quote is never closed",
                help,
            );
            break;
        }
        let cells: Vec<String> = record.iter().map(str::to_owned).collect();
        let spans = if spans.len() == cells.len() {
            spans
        } else {
            vec![span.clone(); cells.len()]
        };
        records.push(Record {
            line,
            span,
            cells,
            spans,
        });
    }
    records
}

/// Where the cells of a record stand, and the quote that is never closed, if there is one.
fn cell_spans(text: &str, record: Range<usize>, separator: u8) -> (Vec<Range<usize>>, Option<usize>) {
    let bytes = text.as_bytes();
    let mut spans = Vec::new();
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
    (spans, quote)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUIRED: &[&str] = &["user", "department"];
    const OPTIONAL: &[&str] = &["site"];

    fn read(content: impl AsRef<[u8]>) -> (CsvTable, String) {
        let (mut sources, mut faults) = (Sources::new(), Faults::new());
        let table = read_csv(
            &mut sources,
            "people.csv",
            content,
            REQUIRED,
            OPTIONAL,
            &mut faults,
        );
        (table, faults.render(&sources, false))
    }

    fn list(table: &CsvTable) -> Vec<String> {
        let row = |row: &Row| {
            format!(
                "{}:{}|{}|{}",
                row.line,
                row.get("user"),
                row.get("department"),
                row.get("site")
            )
        };
        table.rows.iter().map(row).collect()
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
        assert!(table.rows.is_empty());
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
        let table = read_csv(&mut sources, "people.csv", text, REQUIRED, OPTIONAL, &mut faults);
        assert_eq!(list(&table), ["3:Ann, \"A\" B|it|Lyon", "5:bob|hr|Rome"]);
        table.rows[0].warning(&mut faults, "user", "odd name", "");
        table.rows[1].error(
            &mut faults,
            "department",
            "no department `hr`",
            "did you mean `it`?",
        );
        table.rows[1].error(&mut faults, "", "odd row", "");
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
        assert_eq!(sources.describe(&table.rows[1].place), "people.csv:5");
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
