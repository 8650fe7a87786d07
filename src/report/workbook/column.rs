//! How a column is shown, by its declaration: the one place that decides it.

use crate::outcome::metric;
use crate::report::column::{Columns, What};
use crate::report::words::{capital, measured, money};
use crate::scenario::Scenario;

/// How the cells of a column look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    /// As they are: words, amounts with about three digits, truths.
    Plain,
    /// Numbers by which something is called, without separators.
    Id,
    /// Shares, in per cent.
    Share,
    /// Dates, written as `2013-03-04`.
    Date,
}

/// A column.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Column {
    pub(super) key: String,
    pub(super) title: String,
    pub(super) shape: Shape,
    /// What it means, where that is known.
    pub(super) note: Option<&'static str>,
}

/// Keys of numbers by which something is called.
const IDS: [&str; 7] = [
    "replication",
    "lot",
    "day",
    "from_day",
    "to_day",
    "time_ms",
    "round",
];

/// How the column with this key is shown, as it is declared; one that nobody declares is a metric, or called after something.
pub(super) fn column(scenario: &Scenario, declared: Option<&'static Columns>, key: &str) -> Column {
    let metric = metric::ALL
        .iter()
        .copied()
        .find(|one| one.definition().name == key);
    let shape = match declared.map(|columns| columns.kind.what) {
        Some(What::Date) => Shape::Date,
        Some(What::Share) => Shape::Share,
        None if key.contains("share") => Shape::Share,
        _ if IDS.contains(&key) => Shape::Id,
        _ => Shape::Plain,
    };
    let unit = declared.map_or("", |columns| columns.kind.unit);
    let currency = money(scenario).filter(|_| unit == "currency" || key.starts_with("cost"));
    let title = match (
        metric,
        currency.or(Some(unit).filter(|unit| !unit.is_empty() && *unit != "currency")),
    ) {
        (Some(metric), _) => capital(&measured(metric, scenario)),
        (None, Some(unit)) => format!("{} ({unit})", readable(key)),
        (None, None) => readable(key),
    };
    let meaning = declared.map(|columns| columns.meaning);
    Column {
        key: key.into(),
        title,
        shape,
        note: metric.map(|metric| metric.definition().meaning).or(meaning),
    }
}

/// A key as words: `Slip P10`, `Reached low 95 %`. What stands behind a colon is a name, and stays.
pub(super) fn readable(key: &str) -> String {
    let (words, name) = key
        .split_once(':')
        .map_or((key, None), |(words, name)| (words, Some(name)));
    let word = |word: &str| match (word, word.strip_prefix('p')) {
        ("low95", _) => "low 95 %".into(),
        ("high95", _) => "high 95 %".into(),
        ("98", _) => "98 %".into(),
        (_, Some(digits)) if digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("P{digits}")
        }
        _ => word.into(),
    };
    let words: Vec<String> = words.split(['_', '-']).map(word).collect();
    let name = name.map_or(String::new(), |name| format!(" {name}"));
    capital(&words.join(" ")) + &name
}
