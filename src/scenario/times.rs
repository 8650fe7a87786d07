//! Dates, times of day, offsets and change windows as scenarios write them.

use super::input::key::{Key, Parsed, Texts, When};
use super::input::{Located, Table};
use super::keys;
use crate::kernel::{Span, Time};
use jiff::civil::{Date, DateTime, Weekday};

/// A point in time as written: it becomes a [`Time`] once the start date is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Moment {
    /// Midnight at the start of a date.
    Date(Date),
    /// A date and time of day.
    DateTime(DateTime),
    /// A day number from the scenario's start.
    Day(i64),
}

impl Moment {
    /// The instant, on the scenario's clock.
    pub(super) fn time(self, start: Date) -> Time {
        match self {
            Moment::Date(date) => Time(days_from(start, date) * Span::DAY.0),
            Moment::DateTime(at) => {
                let clock = at.time();
                let seconds = i64::from(clock.hour()) * 3600
                    + i64::from(clock.minute()) * 60
                    + i64::from(clock.second());
                Time(days_from(start, at.date()) * Span::DAY.0 + seconds * Span::SECOND.0)
            }
            Moment::Day(day) => Time(day * Span::DAY.0),
        }
    }
}

/// Days from one date to another.
pub(super) fn days_from(start: Date, date: Date) -> i64 {
    start.until(date).map_or(0, |span| i64::from(span.get_days()))
}

/// Days that a moment may be counted from the start.
const DAYS: std::ops::RangeInclusive<i64> = 0..=36_500;

/// Reads a moment: a date, a date and time, or a day number; a second key holds the day number alone.
pub(super) fn opt_moment(table: &Table, key: &Key<When>) -> Option<Located<Moment>> {
    let day = table.day_item(key).and_then(|item| item.integer(DAYS));
    let day = day.map(|day| day.map(Moment::Day));
    let Some(item) = table.item(key) else { return day };
    let (key, day_key) = (key.name(), key.kind.0);
    if table.has(day_key) {
        table.fault(
            day_key,
            format!("`{key}` and `{day_key}` say the same thing"),
            format!("keep only `{key}`"),
        );
        return None;
    }
    if item.is_number() {
        return item.integer(DAYS).map(|day| day.map(Moment::Day));
    }
    let with_time = match item.is_string() {
        true => item.string().is_some_and(|text| text.trim().contains(['T', ' '])),
        false => item.kind() == "a date and time",
    };
    if with_time {
        item.datetime().map(|at| at.map(Moment::DateTime))
    } else {
        item.date().map(|date| date.map(Moment::Date))
    }
}

/// As [`opt_moment`], for a moment that must be there.
pub(super) fn moment(table: &Table, key: &Key<When>) -> Option<Located<Moment>> {
    let found = opt_moment(table, key);
    let (key, day_key) = (key.name(), key.kind.0);
    if found.is_none() && !table.has(key) && !table.has(day_key) && !table.is_damaged() {
        let header = format!("missing key `{key}`: when?");
        table.fault(
            key,
            header,
            format!("write `{key}` with a date such as \"2013-04-08\", or `{day_key} = 35`"),
        );
    }
    found
}

/// Minutes and hours written as `09:30`; `24:00` is the end of a day.
fn clock(text: &str) -> Option<Span> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let two = |text: &str| {
        if text.len() == 2 {
            text.parse::<u32>().ok()
        } else {
            None
        }
    };
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    (minutes < 60 && hours * 60 + minutes <= 24 * 60).then(|| Span::MINUTE * i64::from(hours * 60 + minutes))
}

/// A time of day such as `18:00`.
pub(super) fn time_of_day(text: &str) -> Result<Span, String> {
    clock(text)
        .filter(|&span| span < Span::DAY)
        .ok_or_else(|| "hours and minutes are two digits each".into())
}

/// An offset from UTC such as `+01:00`.
pub(super) fn offset(text: &str) -> Result<Span, String> {
    let text = text.trim();
    let (sign, rest) = match text.chars().next() {
        Some('+') => (1, &text[1..]),
        Some('-') => (-1, &text[1..]),
        _ => return Err("it begins with `+` or `-`".into()),
    };
    match clock(rest) {
        Some(span) if span <= Span::HOUR * 14 => Ok(span * sign),
        _ => Err("hours and minutes are two digits each, at most 14:00".into()),
    }
}

/// Hours of a day such as `09:00-17:00`.
pub(super) fn hours(text: &str) -> Result<(Span, Span), String> {
    let Some((from, to)) = text.split_once('-') else {
        return Err("the `-` between two times is missing".into());
    };
    match (clock(from), clock(to)) {
        (Some(from), Some(to)) if from < to => Ok((from, to)),
        (Some(from), Some(to)) if from == to => {
            Err("it ends when it begins (a whole day is `00:00-24:00`)".into())
        }
        (Some(_), Some(Span::ZERO)) => Err("midnight at the end of a day is `24:00`".into()),
        (Some(_), Some(_)) => Err("it ends before it begins".into()),
        _ => Err("hours and minutes are two digits each".into()),
    }
}

/// Whose hours of a day are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Whose {
    /// Working hours of a site, on its own clock.
    Site,
    /// Busy hours of a site.
    Busy,
    /// Hours of a shift of the help desk.
    Shift,
}

impl Whose {
    /// How to say hours across midnight in another way.
    fn instead(self, from: Span, to: Span) -> String {
        let (length, later) = (to + Span::DAY - from, Span::DAY - from);
        match self {
            Whose::Site => format!(
                "write `hours = \"00:00-{}\"` and a `utc_offset` that is {} later, with `working_days` a day later: the \
                 same hours on another clock",
                text(length),
                text(later)
            ),
            Whose::Busy => "write busy hours that end at `24:00`, or begin at `00:00`".into(),
            Whose::Shift => format!(
                "write two shifts: `shifts = [{{ agents = 2, hours = \"{}-24:00\" }}, {{ agents = 2, hours = \
                 \"00:00-{}\" }}]`",
                text(from),
                text(to)
            ),
        }
    }
}

/// A time of day as it is written.
fn text(at: Span) -> String {
    format!(
        "{:02}:{:02}",
        at.0 / Span::HOUR.0,
        at.0 % Span::HOUR.0 / Span::MINUTE.0
    )
}

/// Reads hours of a day. Those across midnight are refused with another way to say the same.
pub(super) fn opt_hours(
    table: &Table,
    hours: &Key<Parsed<(Span, Span)>>,
    whose: Whose,
) -> Option<Located<(Span, Span)>> {
    let written = table.item(hours)?;
    let key = hours.name();
    if written.is_string()
        && let Some(text) = written.string()
        && let Some((from, to)) = text.split_once('-')
        && let (Some(from), Some(to)) = (clock(from), clock(to))
        && from > to
        && to > Span::ZERO
        && from < Span::DAY
    {
        let what = format!(
            "`{}` goes across midnight, from {} to {} on the next day: that cannot be said yet",
            table.path_of(key),
            self::text(from),
            self::text(to)
        );
        table.fault(key, what, whose.instead(from, to));
        return None;
    }
    table.get(hours)
}

/// A day of the week, by its English name or the first three letters of it.
pub(super) fn weekday(text: &str) -> Option<Weekday> {
    const DAYS: [(&str, Weekday); 7] = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    let text = text.trim().to_lowercase();
    DAYS.iter()
        .find(|(name, _)| text == *name || text == name[..3])
        .map(|day| day.1)
}

/// Reads an array of days of the week.
pub(super) fn weekdays(table: &Table, key: &Key<Texts>, default: &[Weekday]) -> Vec<Weekday> {
    let Some(items) = table.get(key) else {
        return default.to_vec();
    };
    let mut days = Vec::new();
    for item in items {
        match weekday(&item) {
            Some(day) => days.push(day),
            None => table.reader().error_at(
                &item,
                format!("{:?} is not a day of the week", item.value),
                "write `Mon`, `Tue`, `Wed`, `Thu`, `Fri`, `Sat` or `Sun`",
            ),
        }
    }
    days
}

/// Change windows as written.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Windows {
    days: Vec<Weekday>,
    from: Span,
    length: Span,
}

pub(super) const WEEK: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

/// Days on which people work unless it is said otherwise.
pub(super) const WORKING_DAYS: [Weekday; 5] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
];

/// Reads a table of change windows.
pub(super) fn windows(table: &Table) -> Windows {
    let mut days = weekdays(table, &keys::windows::DAYS, &WEEK);
    if days.is_empty() && table.has("days") {
        // What is faulty has been told; that nothing is ever open then would only follow from it.
        days = WEEK.to_vec();
    }
    let from = table
        .get(&keys::windows::FROM)
        .map_or(Span::ZERO, |from| from.value);
    let hours = table.get_or_default(&keys::windows::HOURS);
    table.finish();
    Windows {
        days,
        from,
        length: Span::from_hours_f64(hours),
    }
}

/// Open times until the horizon, merged, with freezes cut out; no windows are always open.
pub(super) fn open_times(
    windows: Option<&Windows>,
    start: Date,
    horizon: Time,
    freezes: &[(Time, Time)],
) -> Vec<(Time, Time)> {
    let mut open: Vec<(Time, Time)> = Vec::new();
    match windows {
        None => open.push((Time::ZERO, horizon)),
        Some(windows) => {
            for day in -8..=horizon.day() {
                let date = start.saturating_add(jiff::Span::new().days(day));
                let from = Time(day * Span::DAY.0) + windows.from;
                let to = from + windows.length;
                if !windows.days.contains(&date.weekday())
                    || to <= Time::ZERO
                    || from >= horizon
                    || to <= from
                {
                    continue;
                }
                let from = from.max(Time::ZERO);
                match open.last_mut() {
                    Some(last) if last.1 >= from => last.1 = last.1.max(to),
                    _ => open.push((from, to)),
                }
            }
        }
    }
    for &(from, to) in freezes {
        open = open
            .into_iter()
            .flat_map(|(open, shut)| [(open, shut.min(from)), (open.max(to), shut)])
            .filter(|(open, shut)| open < shut)
            .collect();
    }
    open
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_and_hours() {
        assert_eq!(offset("-05:30"), Ok(-(Span::HOUR * 5 + Span::MINUTE * 30)));
        assert!(offset("1:00").is_err() && offset("+1:00").is_err() && offset("+15:00").is_err());
        assert_eq!(hours("09:00-24:00"), Ok((Span::HOUR * 9, Span::DAY)));
        assert!(hours("17:00-09:00").is_err() && hours("09:60-10:00").is_err());
        assert_eq!(weekday(" SUN"), Some(Weekday::Sunday));
    }

    #[test]
    fn windows_are_merged_and_freezes_cut_out() {
        let start = jiff::civil::date(2013, 3, 4);
        let windows = Windows {
            days: vec![Weekday::Friday, Weekday::Saturday],
            from: Span::HOUR * 18,
            length: Span::HOUR * 30,
        };
        let day = |day: i64, hour: i64| Time(day * Span::DAY.0 + hour * Span::HOUR.0);
        let open = open_times(Some(&windows), start, day(14, 0), &[(day(5, 0), day(6, 0))]);
        // The first days still see the window of the Saturday before.
        assert_eq!(
            open,
            [
                (day(4, 18), day(5, 0)),
                (day(6, 0), day(7, 0)),
                (day(11, 18), day(14, 0))
            ]
        );
        assert_eq!(open_times(None, start, day(3, 0), &[(day(0, 0), day(9, 0))]), []);
    }
}
