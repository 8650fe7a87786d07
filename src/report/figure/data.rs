//! The numbers of a chart as texts: what stands at the pointer, in a table, and what a screen reader says.

use super::canvas::clean;
use super::draw::days_of;
use super::{
    Colour, Figure, TimeAxis, bars, compare, curves, exceedance, fan, forest, lines, scatter, stack, tornado,
};
use crate::report::{dates, number};
use jiff::civil::{Date, Weekday};

/// The numbers of a chart, place by place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Data {
    /// What the places are, such as "date (end of the day)".
    pub along: String,
    /// What the values are, with their unit.
    pub what: String,
    /// Do the places lie below each other, a row for each, and not side by side?
    pub is_rows: bool,
    /// Each place: how far it is from the left of a plot, of rows from its top, as a share of the plot; and its text.
    pub positions: Vec<(f64, String)>,
    /// The date of the first place, if each is a day.
    pub first: Option<Date>,
    /// What a reader can hide, with its colour.
    pub groups: Vec<(Colour, String)>,
    /// What has a value at each place.
    pub series: Vec<Series>,
}

/// Something that has a value at each place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// Its name.
    pub name: String,
    /// To which of the groups it belongs.
    pub group: Option<usize>,
    /// A text for each place; empty where there is no value.
    pub values: Vec<String>,
}

/// Most rows of a table beside a chart.
pub const MOST_ROWS: usize = 40;

impl Figure {
    /// The numbers that the chart shows, as texts; `None` if it has none that lie at places. Days of an axis with texts are dates
    /// from `start` on.
    pub fn data(&self, start: Date) -> Option<Data> {
        let data = match self {
            Figure::Stack(figure) => stack::data(figure, start),
            Figure::Fan(figure) => fan::data(figure, start),
            Figure::Compare(figure) => compare::data(figure),
            Figure::Exceedance(figure) => exceedance::data(figure),
            Figure::Tornado(figure) => tornado::data(figure),
            Figure::Curves(figure) => curves::data(figure),
            Figure::Scatter(figure) => scatter::data(figure),
            Figure::Lines(figure) => lines::data(figure, start),
            Figure::Forest(figure) => forest::data(figure),
            Figure::Bars(figure) => bars::data(figure),
            Figure::Gantt(_) => return None,
        };
        (!data.positions.is_empty() && !data.series.is_empty()).then_some(data)
    }
}

impl Data {
    /// The places of days, for a chart of counts for each day.
    pub(super) fn of_days(axis: &TimeAxis, days: usize, start: Date) -> Data {
        let (first, last) = days_of(axis);
        let is_calendar = !axis.ticks.is_empty() && first.fract() == 0.0;
        let text = |day: f64| {
            if is_calendar {
                dates::long(dates::after(start, day as i64))
            } else {
                number::exact(day)
            }
        };
        let shown = (0..days).map(|index| first + index as f64);
        let positions = shown.take_while(|day| *day <= last + 1e-9);
        Data {
            along: clean(&axis.label),
            positions: positions
                .map(|day| ((day - first) / (last - first), text(day)))
                .collect(),
            first: is_calendar.then(|| dates::after(start, first as i64)),
            ..Data::default()
        }
    }

    /// The places that a table shows, at most [`MOST_ROWS`], and which these are if they are not all. Of days, the last working day
    /// of each week or month: at the end of a week itself, most things rest.
    pub fn in_table(&self) -> (Vec<usize>, &'static str) {
        let all = self.positions.len();
        if all <= MOST_ROWS {
            return ((0..all).collect(), "");
        }
        let date = |place: usize| {
            let first = self.first?;
            first.checked_add(jiff::Span::new().days(place as i64)).ok()
        };
        let is_friday = |place: &usize| date(*place).is_some_and(|date| date.weekday() == Weekday::Friday);
        let fridays: Vec<usize> = (0..all).filter(is_friday).collect();
        if (1..=MOST_ROWS).contains(&fridays.len()) {
            return (fridays, "Fridays");
        }
        let month = |place: usize| date(place).map(|date| (date.year(), date.month()));
        let is_last = |pair: &[usize]| month(pair[0]) != month(pair[1]);
        let of_months: Vec<usize> = fridays
            .windows(2)
            .filter(|pair| is_last(pair))
            .map(|pair| pair[0])
            .collect();
        if (1..=MOST_ROWS).contains(&of_months.len()) {
            return (of_months, "The last Friday of each month");
        }
        (
            (0..all).step_by(all.div_ceil(MOST_ROWS)).collect(),
            "Some of the values",
        )
    }
}

/// A value with its interval: `12 (3 to 40)`. Without a value it is empty; ends that are the value are left out.
pub(super) fn with_ends(value: f64, ends: Option<(f64, f64)>) -> String {
    if !value.is_finite() {
        return String::new();
    }
    let text = amount(value);
    let ends = ends.filter(|ends| ends.0.is_finite() && ends.1.is_finite());
    match ends.map(|(low, high)| (amount(low), amount(high))) {
        Some((low, high)) if low != text || high != text => format!("{text} ({low} to {high})"),
        _ => text,
    }
}

/// A number to about three digits, with a true minus sign.
pub(super) fn amount(value: f64) -> String {
    signed(&number::three_digits(value))
}

/// The same text with true minus signs in front of numbers.
pub(super) fn signed(text: &str) -> String {
    let words = text.split(' ').map(|word| match word.strip_prefix('-') {
        Some(rest) if rest.starts_with(|letter: char| letter.is_ascii_digit()) => format!("−{rest}"),
        _ => word.to_string(),
    });
    words.collect::<Vec<_>>().join(" ")
}
