//! `results.xlsx`, read back: the numbers of the tables as numbers, dates as dates, texts as texts whatever they look like, and
//! nobody's name who is not to be named.

use crate::common::{shipped, succeed};
use calamine::{Data, DataType, Range, Reader, Xlsx, open_workbook};
use std::fs;
use std::io::BufReader;
use std::path::Path;

type Book = Xlsx<BufReader<fs::File>>;

/// Departments whose names a spreadsheet could take for something else, and one of few people.
const NAMES: [&str; 4] = ["cmd|' /C calc'!A0", "<b>&amp;", "_x0041_", "2026-03-04"];
const FEW: &str = "board of three";
const TITLE: &str = "=cmd|' /C calc'!A0";

/// Twenty-eight people in odd departments, one of them with a name of three hundred letters, who move in two waves or all at once.
fn odd(place: &Path) {
    let row = |number: usize| {
        let name = if number == 0 {
            "n".repeat(300)
        } else {
            format!("person-{number}")
        };
        let department = if number < 25 { NAMES[number % 4] } else { FEW };
        format!("{name},\"{department}\",old\n")
    };
    let rows: String = (0..28).map(row).collect();
    fs::write(place.join("people.csv"), format!("user,department,pool\n{rows}")).unwrap();
    let text = format!(
        r#"
schema = 1
name = "odd"
title = "{TITLE}"
profile = "ocs2007r2-to-lync2013"
seed = 5
calendar = {{ start = "2026-03-02", weeks = 5 }}
sites = [{{ name = "leeds", hours = "09:00-17:00" }}]
population = {{ people = "people.csv" }}
pools = [
    {{ name = "old", release = "ocs2007r2", front_ends = 1 }},
    {{ name = "new", release = "lync2013", front_ends = 3 }},
]
objectives = {{ meetings_broken = 1, cost = 10 }}
cost = {{ currency = "EUR" }}
limits = [
    {{ metric = "meetings_broken", share_of = "meetings_judged", at_most = 0.03 }},
    {{ metric = "day_98pct_complete", by = "2026-03-20" }},
]
[[strategies]]
name = "in-waves"
[strategies.waves]
start = "2026-03-09"
size = 14
every_days = 7
[strategies.rollout]
client = "lync2013"
mode = "with"
[[strategies]]
name = "at-once"
[strategies.waves]
start = "2026-03-16"
all = true
[strategies.rollout]
client = "lync2013"
mode = "with"
"#
    );
    fs::write(place.join("odd.toml"), text).unwrap();
}

fn run(place: &Path, more: &[&str]) -> Book {
    succeed(place, &[&["run", "odd.toml", "--quiet"], more].concat());
    book(place, "odd")
}

fn book(place: &Path, folder: &str) -> Book {
    open_workbook(place.join("output").join(folder).join("results.xlsx")).unwrap()
}

/// A table: header and rows.
fn table(place: &Path, folder: &str, name: &str) -> Vec<Vec<String>> {
    let path = place.join("output").join(folder).join(name);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_path(path)
        .unwrap();
    let lines = reader
        .records()
        .map(|line| line.unwrap().iter().map(String::from).collect());
    lines.collect()
}

/// Does a cell hold what the field of the table says?
fn is_same(field: &str, cell: &Data) -> bool {
    match cell {
        Data::Empty => field.is_empty(),
        Data::Float(number) => field.parse() == Ok(*number),
        Data::Bool(truth) => field.parse() == Ok(*truth),
        Data::DateTime(date) => {
            let (year, month, day, ..) = date.to_ymd_hms_milli();
            field == format!("{year:04}-{month:02}-{day:02}")
        }
        Data::String(text) => field.strip_prefix('\'').unwrap_or(field) == text,
        _ => false,
    }
}

/// The sheet has the rows of the table, cell by cell, as what they are.
fn compare(sheet: &Range<Data>, table: &[Vec<String>]) {
    for (number, line) in table.iter().enumerate().skip(1) {
        for (place, field) in line.iter().enumerate() {
            let (cell, column) = (
                sheet.get((number, place)).unwrap_or(&Data::Empty),
                &table[0][place],
            );
            // What Excel would take for an escape is escaped itself; the reader leaves that as it is.
            let cell = &match cell {
                Data::String(text) => Data::String(text.replace("_x005F_", "_")),
                other => other.clone(),
            };
            assert!(is_same(field, cell), "row {number}, {column}: {field} {cell:?}");
            let is_number = field.parse::<f64>().is_ok() && column != "digest";
            assert_eq!(is_number, cell.is_float(), "row {number}, {column}: {cell:?}");
        }
    }
}

#[test]
fn every_cell_of_a_table_is_in_its_sheet_as_what_it_is() {
    let place = tempfile::tempdir().unwrap();
    odd(place.path());
    let mut book = run(place.path(), &["--replications", "24", "--names"]);
    for (sheet, name) in [
        ("Limits", "limits.csv"),
        ("Plan against plan", "pairs.csv"),
        ("Comparison", "comparisons.csv"),
        ("Metrics", "summary.csv"),
        ("Per replication", "replications.csv"),
        ("Departments", "departments.csv"),
        ("Sites", "sites.csv"),
        ("Waves", "wave-sizes.csv"),
        ("People", "waves.csv"),
    ] {
        let sheet = book.worksheet_range(sheet).unwrap();
        let table = table(place.path(), "odd", name);
        assert_eq!(sheet.height(), table.len(), "{name}");
        compare(&sheet, &table);
    }
    let departments = book.worksheet_range("Departments").unwrap();
    for name in NAMES.into_iter().chain([FEW]) {
        let is_it = |cell: &Data| {
            cell.get_string()
                .is_some_and(|text| text.replace("_x005F_", "_") == name)
        };
        assert!(departments.used_cells().any(|(.., cell)| is_it(cell)), "{name}");
    }
    let dates = departments
        .used_cells()
        .filter(|(.., cell)| matches!(cell, Data::DateTime(_)));
    assert!(dates.count() > 10);
}

#[test]
fn a_day_is_one_row_with_all_its_measures() {
    let place = tempfile::tempdir().unwrap();
    odd(place.path());
    let sheet = run(place.path(), &["--replications", "24"])
        .worksheet_range("By day")
        .unwrap();
    let table = table(place.path(), "odd", "timeline.csv");
    let measures = table
        .iter()
        .filter(|line| line[0] == "stay" && line[1] == "0")
        .count();
    assert_eq!((sheet.height() - 1) * measures, table.len() - 1);
    assert_eq!(sheet.width(), 3 + 4 * measures);
    for (number, line) in table.iter().skip(1).enumerate() {
        let (row, first) = (1 + number / measures, 3 + number % measures * 4);
        // Strategy, day, date; mean, P10, P50, P90.
        for (place, column) in [
            (0, 0),
            (1, 1),
            (2, 2),
            (4, first),
            (6, first + 1),
            (8, first + 2),
            (10, first + 3),
        ] {
            let cell = sheet.get((row, column)).unwrap_or(&Data::Empty);
            assert!(is_same(&line[place], cell), "{line:?}: {cell:?}");
        }
    }
}

/// All texts of all sheets.
fn texts(book: &mut Book) -> Vec<String> {
    let sheets = book.worksheets();
    let cells = sheets.iter().flat_map(|(_, sheet)| sheet.used_cells());
    cells
        .filter_map(|(.., cell)| cell.get_string().map(String::from))
        .collect()
}

#[test]
fn nobody_is_named_unless_that_is_asked_for_and_no_text_is_a_formula() {
    let place = tempfile::tempdir().unwrap();
    odd(place.path());
    let is_person = |text: &&String| text.starts_with("person-") || text.starts_with("nnn");
    let mut named = run(place.path(), &["--replications", "4", "--names"]);
    let found = texts(&mut named);
    // Everybody once for each of two plans.
    assert_eq!(found.iter().filter(is_person).count(), 2 * 28);
    assert!(found.contains(&"n".repeat(300)) && found.contains(&TITLE.to_string()));
    assert!(found.iter().any(|text| text == FEW));
    let mut plain = run(place.path(), &["--replications", "4"]);
    let found = texts(&mut plain);
    assert_eq!(found.iter().find(is_person), None);
    assert!(!found.iter().any(|text| text.contains(FEW)));
    assert!(found.iter().any(|text| text == NAMES[0]));
    for mut book in [named, plain] {
        for sheet in book.sheet_names() {
            let formulas = book.worksheet_formula(&sheet).unwrap();
            assert_eq!(formulas.used_cells().count(), 0, "{sheet}");
        }
    }
}

#[test]
fn the_same_results_are_the_same_bytes_and_charts_can_be_left_out() {
    let place = tempfile::tempdir().unwrap();
    odd(place.path());
    let bytes = |more: &[&str]| {
        let names = run(place.path(), &[&["--replications", "4"], more].concat()).sheet_names();
        (
            fs::read(place.path().join("output/odd/results.xlsx")).unwrap(),
            names,
        )
    };
    let (first, with) = bytes(&["--threads", "1"]);
    // The clock of a file in a zip has steps of two seconds.
    std::thread::sleep(std::time::Duration::from_millis(2_100));
    assert!(first == bytes(&["--threads", "2"]).0);
    let (second, without) = bytes(&["--no-charts"]);
    assert!(first != second);
    assert_eq!(with[..2], ["Summary", "Charts"]);
    assert_eq!([&with[..1], &with[2..]].concat(), without);
}

#[test]
fn a_study_has_a_sheet_for_each_of_its_tables() {
    let place = tempfile::tempdir().unwrap();
    let words = [
        "sensitivity",
        &shipped("by-hand.toml"),
        "--replications",
        "4",
        "--no-charts",
        "--quiet",
    ];
    succeed(place.path(), &words);
    let folder = "by-hand-sensitivity";
    let mut book = book(place.path(), folder);
    let tables = ["Risks", "Ranges", "Screening", "Assumptions"];
    assert_eq!(book.sheet_names(), [&["Summary"], &tables[..]].concat());
    for name in tables {
        let sheet = book.worksheet_range(name).unwrap();
        compare(
            &sheet,
            &table(place.path(), folder, &format!("{}.csv", name.to_lowercase())),
        );
    }
    let front = book.worksheet_range("Summary").unwrap();
    let manifest =
        fs::read_to_string(place.path().join("output").join(folder).join("manifest.json")).unwrap();
    let digest = front
        .rows()
        .find(|row| row[0] == Data::String("Result digest".into()));
    assert!(manifest.contains(digest.unwrap()[1].get_string().unwrap()));
}
