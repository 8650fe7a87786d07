//! The headline list as a table of strategies that fits 80 columns.

use super::document::Grid;
use super::words::{amount, money};
use super::{dates, number, strategy_name};
use crate::analysis::headline::{Days, Headline, Item, Measured, Spread};
use crate::analysis::limits::Standing;
use crate::analysis::no_return::Last;
use crate::experiment::Results;
use crate::experiment::summary::FEW_WORLDS;
use crate::outcome::Metric;
use crate::plan::check::counted;
use crate::scenario::Scenario;
use crate::world::Calendar;

/// Title of a column, at most so wide that all of them fit.
fn title(item: Item) -> &'static str {
    match item {
        Item::Limits => "limits",
        Item::Done => "98 %\ndone",
        Item::Broken => "meetings\nbroken",
        Item::Stranded => "shut\nout",
        Item::TurnBack => "turn back\nuntil",
        Item::Rollback => "rolled\nback",
        Item::Cost => "cost",
    }
}

/// The table, one row of a few lines for each of these strategies.
pub(super) fn table(scenario: &Scenario, results: &Results, lines: &[&Headline]) -> Grid {
    let items: Vec<Item> = shown(lines.iter().any(|line| line.limits.is_some())).collect();
    let cost = money(scenario).map_or("cost".into(), |currency| format!("cost,\n{currency}"));
    let titles = items.iter().map(|&item| match item {
        Item::Cost => cost.clone(),
        other => title(other).into(),
    });
    let mut grid = Grid::of_numbers("strategy", titles);
    grid.is_tight = true;
    for line in lines {
        let name = strategy_name(scenario, results, line.strategy).to_string();
        let cells = items.iter().map(|&item| cell(scenario, results, line, item));
        grid.push(std::iter::once(name).chain(cells).collect());
    }
    grid
}

/// The items that are shown.
fn shown(has_limits: bool) -> impl Iterator<Item = Item> {
    Item::ALL
        .into_iter()
        .filter(move |&item| item != Item::Limits || has_limits)
}

fn cell(scenario: &Scenario, results: &Results, line: &Headline, item: Item) -> String {
    let calendar = &scenario.facts.calendar;
    match item {
        Item::Limits if !line.moves => "-".into(),
        Item::Limits => limits(line),
        Item::Done if !line.moves => "-".into(),
        Item::Done => done(calendar, line.found.done, results.replications),
        Item::Broken => {
            // Two digits: three would not fit.
            let share = |share: f64| {
                let per_cent = share * 100.0;
                let places = if per_cent >= 10.0 { 0 } else { 2 };
                number::rounded(per_cent, places)
            };
            format!(
                "{}\n{} %",
                spread(line.found.broken),
                range(line.found.broken_share, share)
            )
        }
        Item::Stranded => number::three_digits(line.found.stranded),
        Item::TurnBack if !line.moves => "-".into(),
        Item::TurnBack => turn_back(calendar, line),
        Item::Rollback if !line.moves => "-".into(),
        Item::Rollback => rollback(line, results.replications),
        Item::Cost => spread(line.found.cost),
    }
}

/// What a strategy comes to in the lot that lists of people are made from, beside the mean over lots; `None`: it has no lot of its
/// own in each world.
pub(super) fn in_lot(scenario: &Scenario, results: &Results, line: &Headline) -> Option<String> {
    let (lot, found) = line.in_lot.as_ref()?;
    let mean = |value: &Measured| {
        let [broken, cost] = [value.broken, value.cost].map(|spread| number::three_digits(spread.mean));
        let cost = amount(&cost, Metric::Cost.definition().unit, scenario);
        format!("{broken} broken meetings, cost {cost}")
    };
    Some(format!(
        "{} in lot {lot}, from which waves.csv lists who moves when: {}; over all lots: {} (means of the same {}).",
        strategy_name(scenario, results, line.strategy),
        mean(found),
        mean(&line.found),
        counted(results.replications as usize, "world")
    ))
}

fn limits(line: &Headline) -> String {
    match (line.limits, line.standing) {
        (None, _) => String::new(),
        (Some([kept, of]), Standing::Kept) => format!("{kept} of {of}\nkept"),
        (Some([kept, of]), standing) => {
            let word = match standing {
                Standing::AtLimit => "near",
                Standing::Undecided => "open",
                other => other.word(),
            };
            format!("{kept} of {of}\n{word}")
        }
    }
}

/// A date without its century: `30 Aug 13`.
fn short(calendar: &Calendar, day: f64) -> String {
    let date = dates::long(calendar.date(libm::floor(day) as i64));
    let (front, year) = date.rsplit_once(' ').unwrap_or((&date, ""));
    format!("{front} {}", &year[year.len().saturating_sub(2)..])
}

fn done(calendar: &Calendar, done: Days, worlds: u64) -> String {
    match (done.median, done.late) {
        (None, _) => format!("later\nin {}", often(worlds - done.reached, worlds)),
        (Some(median), Some(late)) if libm::floor(median) == libm::floor(late) => short(calendar, median),
        (Some(median), Some(late)) => format!("{}\n{}", short(calendar, median), short(calendar, late)),
        (Some(median), None) => format!("{}\nor later", short(calendar, median)),
    }
}

fn turn_back(calendar: &Calendar, line: &Headline) -> String {
    match line.technical.last() {
        Last::Day(day) => short(calendar, day.into()),
        Last::Before(_) => "not once".into(),
        _ if line.technical.ever > 0 => format!(
            "all but {}\nin {} of {}",
            number::whole(line.technical.most.into()),
            line.technical.ever,
            line.technical.worlds
        ),
        _ => "the end".into(),
    }
}

/// A whole number of per cent, rounded; only nothing and all are 0 and 100.
fn percent(share: f64) -> String {
    let rounded = (share * 100.0).round();
    let bounded = if share <= 0.0 || share >= 1.0 {
        rounded
    } else {
        rounded.clamp(1.0, 99.0)
    };
    number::whole(bounded)
}

/// In how many worlds: per cent, of few the count.
fn often(count: u64, of: u64) -> String {
    if of < FEW_WORLDS {
        number::share(count, of)
    } else {
        format!("{} %", percent(count as f64 / of as f64))
    }
}

fn rollback(line: &Headline, worlds: u64) -> String {
    let ends = line.found.rollback.interval;
    format!(
        "{}\n{}-{} %",
        often(line.found.rollback.count, worlds),
        percent(ends.low),
        percent(ends.high)
    )
}

/// A spread of amounts. Large ones are in thousands or millions, as the greater end asks for: `77.2-319 k`, `1.2-1.5 m`.
fn spread(spread: Spread) -> String {
    let most = spread.low.abs().max(spread.high.abs());
    let (unit, divisor) = match most {
        most if most >= 999_500.0 => (" m", 1e6),
        most if most >= 99_950.0 => (" k", 1e3),
        _ => ("", 1.0),
    };
    format!(
        "{}{unit}",
        range(spread, |value| number::three_digits(value / divisor))
    )
}

fn range(spread: Spread, text: impl Fn(f64) -> String) -> String {
    let (low, high) = (text(spread.low), text(spread.high));
    if low == high {
        return low;
    }
    let dash = if low.starts_with('-') || high.starts_with('-') {
        " to "
    } else {
        "-"
    };
    format!("{low}{dash}{high}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_say_the_unit_once() {
        let of = |low, high| spread(Spread { low, mean: 0.0, high });
        assert_eq!(of(1_200_000.0, 1_500_000.0), "1.2-1.5 m");
        assert_eq!(of(120_000.0, 150_400.0), "120-150 k");
        assert_eq!(of(77_200.0, 319_000.0), "77.2-319 k");
        assert_eq!(of(-4.0, 3.0), "-4 to 3");
        assert_eq!(
            [0.0, 0.001, 0.5, 0.999, 1.0].map(percent),
            ["0", "1", "50", "99", "100"]
        );
        assert_eq!(
            [often(2, 2), often(0, 4), often(199, 200)],
            ["2 of 2", "0 of 4", "99 %"]
        );
        assert_eq!(of(900.0, 1_500.0), "900-1,500");
        assert_eq!(of(5.0, 5.0), "5");
    }
}
