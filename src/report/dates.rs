//! Days and instants as people write them.

use crate::kernel::{Span, Time};
use crate::world::Calendar;
use jiff::civil::{Date, Weekday};

/// More days than there are dates.
const MOST_DAYS: i64 = 4_000_000;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

fn month(date: Date) -> &'static str {
    MONTHS[usize::from(date.month().unsigned_abs()) - 1]
}

fn weekday(date: Date) -> &'static str {
    match date.weekday() {
        Weekday::Monday => "Mon",
        Weekday::Tuesday => "Tue",
        Weekday::Wednesday => "Wed",
        Weekday::Thursday => "Thu",
        Weekday::Friday => "Fri",
        Weekday::Saturday => "Sat",
        Weekday::Sunday => "Sun",
    }
}

/// `4 Mar 2013`
pub fn long(date: Date) -> String {
    format!("{} {} {}", date.day(), month(date), date.year())
}

/// The date so many days after another; far outside of what is a date the last or first one that there is.
pub fn after(start: Date, days: i64) -> Date {
    start.saturating_add(jiff::Span::new().days(days.clamp(-MOST_DAYS, MOST_DAYS)))
}

/// `Mon 4 Mar 2013, 09:00`
pub fn instant(calendar: &Calendar, at: Time) -> String {
    let of_day = at.0.rem_euclid(Span::DAY.0);
    let date = calendar.date(at.day());
    format!(
        "{} {}, {:02}:{:02}",
        weekday(date),
        long(date),
        of_day / 3_600_000,
        of_day / 60_000 % 60
    )
}

/// Day and text of ticks of a time axis: month starts; mid-months too, or Mondays, on a short axis.
pub fn ticks(calendar: &Calendar) -> Vec<(f64, String)> {
    let days: Vec<(i64, Date)> = (0..i64::from(calendar.days()))
        .map(|day| (day, calendar.date(day)))
        .collect();
    let choose = |wanted: &dyn Fn(Date) -> bool| -> Vec<(f64, String)> {
        days.iter()
            .filter(|(_, date)| wanted(*date))
            .map(|(day, date)| (*day as f64, tick(*date)))
            .collect()
    };
    let months = choose(&|date| date.day() == 1);
    if months.len() >= 3 {
        return every(months, 12);
    }
    let halves = choose(&|date| matches!(date.day(), 1 | 15));
    if halves.len() >= 3 {
        halves
    } else {
        choose(&|date| date.weekday() == Weekday::Monday)
    }
}

/// At most so many ticks.
fn every(ticks: Vec<(f64, String)>, most: usize) -> Vec<(f64, String)> {
    let step = ticks.len().div_ceil(most);
    ticks.into_iter().step_by(step).collect()
}

fn tick(date: Date) -> String {
    if date.month() == 1 && date.day() == 1 {
        long(date)
    } else {
        format!("{} {}", date.day(), month(date))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(days: i64) -> Calendar {
        Calendar {
            start: jiff::civil::date(2013, 3, 4),
            utc_offset: Span(3_600_000),
            horizon: Time(days * Span::DAY.0),
            sites: Vec::new(),
        }
    }

    #[test]
    fn months_are_marked_at_their_first() {
        let ticks = ticks(&calendar(120));
        assert_eq!(ticks[0], (28.0, "1 Apr".into()));
        assert_eq!(ticks.len(), 4);
    }

    #[test]
    fn a_short_axis_has_weeks() {
        assert_eq!(ticks(&calendar(15))[0], (0.0, "4 Mar".into()));
    }

    #[test]
    fn instants() {
        assert_eq!(
            instant(&calendar(9), Time(Span::DAY.0 + 32_400_000)),
            "Tue 5 Mar 2013, 09:00"
        );
    }
}
