//! Tables with named columns, written as CSV and, row by row, as JSON.

use super::column::{Columns, Table};
use super::csv_file::Table as File;
use crate::experiment::Interval;
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

/// A cell.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Cell {
    /// Words.
    Text(String),
    /// A real number, or nothing if it is missing.
    Number(Option<f64>),
    /// A whole number.
    Count(u64),
    /// A whole number that may be negative.
    Whole(i64),
    /// True or false.
    Truth(bool),
}

impl From<String> for Cell {
    fn from(text: String) -> Cell {
        Cell::Text(text)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::Text(text.into())
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Cell::Text(text) => serializer.serialize_str(text),
            // Adding zero turns -0 into 0.
            Cell::Number(number) => number.map(|number| number + 0.0).serialize(serializer),
            Cell::Count(count) => serializer.serialize_u64(*count),
            Cell::Whole(number) => serializer.serialize_i64(*number),
            Cell::Truth(truth) => serializer.serialize_bool(*truth),
        }
    }
}

/// Mean and ends of an interval, as three cells.
pub(super) fn interval(interval: &Interval) -> [Cell; 3] {
    [
        Cell::Number(Some(interval.mean)),
        Cell::Number(interval.ends.map(|ends| ends.0)),
        Cell::Number(interval.ends.map(|ends| ends.1)),
    ]
}

/// A table: columns, and rows with a cell for each.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Records {
    table: &'static Table,
    columns: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
}

impl Records {
    /// A table without rows.
    pub(super) fn of(table: &'static Table) -> Records {
        Records::with(table, [])
    }

    /// The same with further columns of numbers.
    pub(super) fn with(table: &'static Table, further: impl IntoIterator<Item = &'static str>) -> Records {
        let mut columns = table.keys();
        columns.extend(further);
        Records {
            table,
            columns,
            rows: Vec::new(),
        }
    }

    /// What is declared of a column; `None` of a further one.
    pub(super) fn declared(&self, key: &str) -> Option<&'static Columns> {
        self.table.column(key)
    }

    /// Adds a row.
    pub(super) fn push(&mut self, row: Vec<Cell>) {
        assert_eq!(
            row.len(),
            self.columns.len(),
            "a cell for each of {:?}",
            self.columns
        );
        self.rows.push(row);
    }

    /// Names of the columns.
    pub(super) fn columns(&self) -> &[&'static str] {
        &self.columns
    }

    /// All rows, a cell for each column.
    pub(super) fn rows(&self) -> &[Vec<Cell>] {
        &self.rows
    }

    /// The bytes of the plain CSV file.
    ///
    /// # Panics
    /// Never: writing to memory does not fail, and every row has a cell for each column.
    pub(super) fn to_csv(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut table = File::new(&self.columns, &mut bytes, None).expect("memory takes all lines");
        for row in &self.rows {
            table.row(row).expect("memory takes all lines");
        }
        table.finish().expect("memory takes all bytes");
        bytes
    }
}

/// A row with the names of its columns.
struct Named<'a>(&'a [&'static str], &'a [Cell]);

impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, cell) in self.0.iter().zip(self.1) {
            map.serialize_entry(name, cell)?;
        }
        map.end()
    }
}

impl Serialize for Records {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.rows.len()))?;
        for row in &self.rows {
            list.serialize_element(&Named(&self.columns, row))?;
        }
        list.end()
    }
}

#[cfg(test)]
mod tests {
    use super::super::column::{NAME, NUMBER, TRUTH, WHOLE, cols};
    use super::*;

    #[test]
    fn csv_and_json_hold_the_same() {
        static TABLE: Table = Table {
            command: "run",
            name: "things",
            columns: &[
                cols(&["name"], NAME, "Which"),
                cols(&["mean"], NUMBER.or_empty(), "Mean"),
                cols(&["n"], WHOLE, "How many"),
                cols(&["clear"], TRUTH, "Clear?"),
            ],
        };
        let mut records = Records::of(&TABLE);
        records.push(vec![
            "a, b".into(),
            Cell::Number(Some(-0.0)),
            Cell::Count(3),
            Cell::Truth(true),
        ]);
        records.push(vec![
            "c".into(),
            Cell::Number(None),
            Cell::Count(0),
            Cell::Truth(false),
        ]);
        let csv = String::from_utf8(records.to_csv()).unwrap();
        assert_eq!(csv, "name,mean,n,clear\n\"a, b\",0,3,true\nc,,0,false\n");
        let json = serde_json::to_string(&records).unwrap();
        let expected =
            r#"[{"name":"a, b","mean":0.0,"n":3,"clear":true},{"name":"c","mean":null,"n":0,"clear":false}]"#;
        assert_eq!(json, expected);
    }
}
