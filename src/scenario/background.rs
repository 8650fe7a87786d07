//! Everyday tickets of the help desk: drawn, or read from a list.

use super::Files;
use super::input::{Columns, CsvTable, Located, Reader, Row, Table};
use super::lists::ListRead;
use super::times::days_from;
use super::{keys, life::DeskDraft};
use crate::world::background::{Contributions, Counts, Factors};
use crate::world::{Background, Calendar, User};
use jiff::civil::Date;

/// Most everyday tickets of a day that a list may name.
const MOST: u32 = 100_000;

/// Columns of the list.
const COLUMNS: Columns<'static> = Columns {
    required: &["date", "count"],
    optional: &[],
    named: &[],
    stand_in: None,
    elsewhere: &[],
};

/// What `[desk]` says about everyday tickets.
#[derive(Clone, Debug)]
pub(super) struct BackgroundDraft {
    list: Option<Located<String>>,
    weekdays: Option<[f64; 7]>,
    holiday: f64,
    priority: u8,
    /// Is their mean stated?
    of_mean: bool,
}

/// Reads the keys of `[desk]` about everyday tickets.
pub(super) fn read(table: &Table) -> BackgroundDraft {
    let list = table.get(&keys::desk::BACKGROUND);
    let of_mean = table.has("background_per_day");
    if list.is_some() {
        for key in [
            "background_utilisation",
            "background_per_day",
            "background_dispersion",
            "background_weekdays",
            "background_holiday",
        ] {
            if table.has(key) {
                let what = format!(
                    "`background` and `{key}` exclude each other: the list says how many tickets there are"
                );
                table.fault(key, what, "keep one of the two");
            }
        }
    } else if of_mean && table.has("background_utilisation") {
        table.fault(
            "background_utilisation",
            "`background_per_day` and `background_utilisation` exclude each other",
            "keep one of the two",
        );
    }
    BackgroundDraft {
        list,
        weekdays: weekdays(table),
        holiday: table.get_or_default(&keys::desk::BACKGROUND_HOLIDAY),
        priority: table.get_or_default(&keys::desk::BACKGROUND_PRIORITY) as u8,
        of_mean,
    }
}

/// Seven factors, from Monday to Sunday.
fn weekdays(table: &Table) -> Option<[f64; 7]> {
    let numbers = table.get(&keys::desk::BACKGROUND_WEEKDAYS)?;
    let factors: Vec<f64> = numbers.iter().map(|number| number.value).collect();
    let help = "write for example `background_weekdays = [1.2, 1, 1, 1, 0.9, 0.1, 0.1]`";
    let key = keys::desk::BACKGROUND_WEEKDAYS.name();
    match <[f64; 7]>::try_from(factors) {
        Ok(factors) if factors.iter().sum::<f64>() > 0.0 => Some(factors),
        Ok(_) => {
            table.fault(key, "all factors are 0: there would be no everyday tickets", help);
            None
        }
        Err(_) => {
            let what = format!("`{key}` must have seven factors, from Monday to Sunday");
            table.fault(key, what, help);
            None
        }
    }
}

/// The everyday tickets of a company with this desk.
pub(super) fn compile(
    desk: &DeskDraft,
    reader: &Reader,
    calendar: &Calendar,
    users: &[User],
    files: &mut Files,
) -> Option<Background> {
    let draft = desk.background.as_ref()?;
    let factors = match &draft.list {
        Some(_) => Factors {
            weekdays: None,
            holiday: 0.0,
        },
        None => Factors {
            weekdays: draft.weekdays,
            holiday: draft.holiday,
        },
    };
    let contributions = Contributions::new(calendar, users, factors);
    let counts = match &draft.list {
        Some(path) => {
            let list = files.csv(reader, path, &COLUMNS)?;
            let mut read = ListRead::of(&files.shown(path), "everyday tickets", &list);
            let counts = listed(reader, path, calendar, &list, &mut read);
            files.lists.push(read);
            Counts::Listed(counts)
        }
        None => Counts::Drawn {
            of_mean: draft.of_mean,
            week_minutes: desk.week_minutes(),
            days: contributions.days(),
            week: contributions.week(),
        },
    };
    Some(Background {
        counts,
        priority: draft.priority,
        weights: contributions.weights(),
    })
}

/// Counts by day of the scenario; a date that is not listed has none.
fn listed(
    reader: &Reader,
    path: &Located<String>,
    calendar: &Calendar,
    list: &CsvTable,
    read: &mut ListRead,
) -> Vec<u32> {
    let mut counts: Vec<Option<(u32, usize)>> = vec![None; calendar.days() as usize];
    let (mut outside, mut tickets) = (0, 0_u64);
    for row in list.rows() {
        let (Some(date), Some(count)) = (date(reader, row), count(reader, row)) else {
            continue;
        };
        let day = usize::try_from(days_from(calendar.start, date)).ok();
        let Some(place) = day.and_then(|day| counts.get_mut(day)) else {
            outside += 1;
            continue;
        };
        if let Some((_, line)) = place {
            let what = format!("the date {date} is written in line {line} already");
            reader.with_faults(|faults| row.error(faults, "date", what, "write each date once"));
            continue;
        }
        *place = Some((count, row.line()));
        tickets += u64::from(count);
    }
    read.found = vec![(("everyday ticket", "everyday tickets"), tickets as usize)];
    let within = counts.iter().flatten().count();
    if within == 0 && outside > 0 {
        let what = format!(
            "none of the dates of `{}` lies in the simulated time, from {} on",
            path.value, calendar.start
        );
        let help =
            "write dates of the simulated time: those of last year, moved by 52 weeks, keep their weekdays";
        reader.error_at(path, what, help);
    } else if within < counts.len() && outside > 0 {
        let what = format!(
            "{} of {} days have no row in `{}`, and no everyday tickets",
            counts.len() - within,
            counts.len(),
            path.value
        );
        reader.warning_at(path, what, "write a row for each day of the simulated time");
    }
    counts
        .into_iter()
        .map(|count| count.map_or(0, |count| count.0))
        .collect()
}

fn date(reader: &Reader, row: Row<'_>) -> Option<Date> {
    let text = row.get("date");
    let date = text.parse().ok();
    if date.is_none() {
        let what = format!("`date` must be a date, found `{text}`");
        reader.with_faults(|faults| row.error(faults, "date", what, "write a date such as 2013-03-04"));
    }
    date
}

fn count(reader: &Reader, row: Row<'_>) -> Option<u32> {
    let text = row.get("count");
    let count = text.parse().ok().filter(|&count| count <= MOST);
    if count.is_none() {
        let what = format!("`count` must be a whole number from 0 to {MOST}, found `{text}`");
        reader.with_faults(|faults| {
            row.error(
                faults,
                "count",
                what,
                "write how many tickets were opened on that day",
            )
        });
    }
    count
}
