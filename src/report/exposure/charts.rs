//! Charts of `exposure`: the price of turning back over the programme with its budget, and what each course takes.

use super::{Words, finding, noun, parts, shown_order};
use crate::analysis::exposure::Exposure;
use crate::analysis::no_return::{Kind, LEVEL, Last, NoReturn, no_return};
use crate::outcome::Quantity;
use crate::plan::course::Course;
use crate::report::charts::over_time::{about, end_with_data};
use crate::report::charts::{first_highest, range_word};
use crate::report::figure::{
    Colour, Compare, CompareRow, Fan, FanPanel, Figure, Frame, Line, Lines, TimeAxis,
};
use crate::report::manifest::VERSION;
use crate::report::words::{amount, counted};
use crate::report::{dates, number};
use crate::scenario::Scenario;
use crate::scenario::exposure::When;
use crate::stats;

/// All charts with the names of their files: up to three for each strategy.
pub(super) fn figures(scenario: &Scenario, exposure: &Exposure) -> Vec<(String, Figure)> {
    let words = Words { scenario, exposure };
    let mut figures = Vec::new();
    for strategy in 0..exposure.question.strategies.len() {
        let name = |kind: &str| format!("{kind}-{}", words.strategy(strategy));
        let days = days(words, strategy);
        if days.len() >= 2 && are_close(&days) {
            figures.push((name("price"), Figure::Fan(price(words, strategy, &days))));
            figures.push((name("courses"), Figure::Fan(courses(words, strategy, &days))));
        } else {
            figures.push((name("price"), Figure::Compare(stages(words, strategy))));
        }
        figures
            .extend(no_way_back(words, strategy).map(|figure| (name("no-way-back"), Figure::Lines(figure))));
    }
    figures
}

/// The day points that rest on some world, as day and point.
fn days(words: Words<'_>, strategy: usize) -> Vec<(u32, usize)> {
    let day = |(point, when): (usize, &When)| match when {
        When::Day(day) => Some((*day, point)),
        When::After(..) => None,
    };
    let whens = words.exposure.question.whens[strategy].iter().enumerate();
    whens
        .filter_map(day)
        .filter(|&(_, point)| words.exposure.worlds(strategy, point).next().is_some())
        .collect()
}

/// Branches farther apart are not joined by a line: nobody has looked between them.
const LARGEST_GAP: u32 = 14;

fn are_close(days: &[(u32, usize)]) -> bool {
    days.windows(2).all(|pair| pair[1].0 - pair[0].0 <= LARGEST_GAP)
}

fn frame(words: Words<'_>, title: String, measure: &str) -> Frame {
    let exposure = words.exposure;
    let digest = &words.scenario.digest;
    let worlds = match exposure.replications {
        1 => "1 world".into(),
        count => format!("{} worlds", number::whole(count as f64)),
    };
    Frame {
        title,
        subtitle: format!(
            "{measure}; {} at every branch, followed for {} days; {worlds}",
            words.trouble(),
            words.ahead()
        ),
        footer: format!(
            "Scenario {} · seed {} · coexist {VERSION} · input digest {}",
            words.scenario.facts.name,
            exposure.seed,
            &digest[..digest.len().min(12)]
        ),
    }
}

fn axis(words: Words<'_>, days: &[(u32, usize)], marks: Vec<(f64, String)>) -> TimeAxis {
    let (first, last) = (f64::from(days[0].0), f64::from(days[days.len() - 1].0));
    let ticks = dates::ticks(&words.scenario.facts.calendar);
    TimeAxis {
        label: "day on which the order is given".into(),
        first_day: first,
        last_day: last,
        ticks: ticks
            .into_iter()
            .filter(|(day, _)| (first..=last).contains(day))
            .collect(),
        marks,
        spans: Vec::new(),
    }
}

/// A quantile at every branch, joined by straight lines: one value for each day from the first branch on.
fn joined(days: &[(u32, usize)], value: impl Fn(usize) -> f64) -> Vec<f64> {
    let known: Vec<(u32, f64)> = days.iter().map(|&(day, point)| (day, value(point))).collect();
    let mut joined = vec![known[0].1];
    for pair in known.windows(2) {
        let [(from, low), (to, high)] = [pair[0], pair[1]];
        for day in from + 1..=to {
            let part = f64::from(day - from) / f64::from(to - from);
            joined.push(low + (high - low) * part);
        }
    }
    joined
}

fn panel(
    name: String,
    colour: Colour,
    note: String,
    days: &[(u32, usize)],
    values: impl Fn(usize) -> Vec<f64>,
) -> FanPanel {
    let sorted: Vec<(usize, Vec<f64>)> = days
        .iter()
        .map(|&(_, point)| {
            let mut values = values(point);
            values.sort_unstable_by(f64::total_cmp);
            (point, values)
        })
        .collect();
    let quantile = |p: f64| {
        joined(days, |point| {
            let own = sorted.iter().find(|(own, _)| *own == point);
            // A band that the worlds do not carry is left out; the line in the middle stays.
            let carries = |values: &[f64]| p == 0.5 || stats::carries_quantile(values.len() as u64, p, LEVEL);
            own.filter(|(_, values)| carries(values))
                .map_or(f64::NAN, |(_, values)| stats::quantile(values, p))
        })
    };
    FanPanel {
        name,
        colour,
        p05: quantile(0.05),
        p10: quantile(0.10),
        p25: quantile(0.25),
        p50: quantile(0.50),
        p75: quantile(0.75),
        p90: quantile(0.90),
        p95: quantile(0.95),
        note,
    }
}

/// The points of no return that are known to a day.
fn points(answer: &NoReturn) -> Vec<(f64, String)> {
    let mark = |kind: Kind| {
        let (Last::Day(day) | Last::Between(day, _)) = answer.last(kind)? else {
            return None;
        };
        Some((f64::from(day), format!("last day, {}", kind.word())))
    };
    Kind::ALL.into_iter().filter_map(mark).collect()
}

/// Who has no way back at the end of each day, with the points of no return; `None` if everybody always has one.
fn no_way_back(words: Words<'_>, strategy: usize) -> Option<Lines> {
    let (scenario, exposure) = (words.scenario, words.exposure);
    let worlds = &exposure.stuck[strategy];
    let days = worlds.first().map_or(0, Vec::len);
    let people = |day: usize| -> Vec<f64> {
        let mut people: Vec<f64> = worlds.iter().map(|world| f64::from(world[day].people)).collect();
        people.sort_unstable_by(f64::total_cmp);
        people
    };
    let each: Vec<Vec<f64>> = (0..days).map(people).collect();
    let values: Vec<f64> = each.iter().map(|people| mean(people)).collect();
    let (most, day) = first_highest(&values);
    if most == 0.0 {
        return None;
    }
    let carries = stats::carries_quantile(worlds.len() as u64, 0.9, LEVEL);
    let band = |p: f64| {
        if carries {
            each.iter().map(|people| stats::quantile(people, p)).collect()
        } else {
            Vec::new()
        }
    };
    let date = dates::long(scenario.facts.calendar.date(day as i64));
    let title = format!(
        "{}: up to {} people have no way back on average, on {date}",
        words.strategy(strategy),
        about(most)
    );
    let name = words.strategy(strategy).to_string();
    let mut figure = Lines {
        frame: frame(
            words,
            title,
            "People who have moved and have no way back at the end of each day, mean",
        ),
        axis: TimeAxis {
            label: "date (end of the day)".into(),
            last_day: days.saturating_sub(1) as f64,
            ticks: dates::ticks(&scenario.facts.calendar),
            marks: points(&no_return(exposure, strategy)),
            ..TimeAxis::default()
        },
        y_label: "people".into(),
        days: (0..days).map(|day| day as f64).collect(),
        lines: vec![Line {
            name,
            colour: Colour::Blue,
            values,
            low: band(0.1),
            high: band(0.9),
            note: format!("most {} on {date}", about(most)),
        }],
        band: range_word(true).into(),
        ..Lines::default()
    };
    end_with_data(&mut figure);
    Some(figure)
}

fn price(words: Words<'_>, strategy: usize, days: &[(u32, usize)]) -> Fan {
    let exposure = words.exposure;
    let answer = no_return(exposure, strategy);
    let shown = days[0].0..=days[days.len() - 1].0;
    let mut marks = points(&answer);
    marks.retain(|(day, _)| shown.contains(&(*day as u32)));
    let title = match exposure.question.budget.or(exposure.question.window_days) {
        None if answer.binding().is_none() => dearest(words, strategy, days),
        _ => finding(words, strategy, &answer),
    };
    let price = words.price();
    let bands = "median and quantile bands, straight lines between branches";
    Fan {
        frame: frame(
            words,
            title,
            &format!("{}{}, {bands}", price[..1].to_uppercase(), &price[1..]),
        ),
        axis: axis(words, days, marks),
        y_label: counted(exposure.question.measure, words.scenario),
        panels: vec![panel(
            words.strategy(strategy).into(),
            Colour::Blue,
            String::new(),
            days,
            |point| exposure.prices(strategy, point),
        )],
        target: exposure.question.budget.map(|budget| {
            let of = words.statistic();
            let unit = exposure.question.measure.unit();
            let most = amount(&number::exact(budget), unit, words.scenario);
            (budget, format!("budget of the {of}, {most}"))
        }),
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// The finding without a budget: where turning back itself takes most.
fn dearest(words: Words<'_>, strategy: usize, days: &[(u32, usize)]) -> String {
    let itself = |&(_, point): &(u32, usize)| (parts(words, strategy, point)[0], point);
    let most = days
        .iter()
        .map(itself)
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    let (itself, point) = most.expect("there are days");
    let measure = noun(words.exposure.question.measure);
    if itself <= 0.0 {
        return format!(
            "{}: on no branch day does turning back itself take more {measure} than holding",
            words.strategy(strategy)
        );
    }
    format!(
        "{}: turning back itself takes most on {}, {} more {measure} than holding",
        words.strategy(strategy),
        words.point(strategy, point),
        number::three_digits(itself)
    )
}

fn courses(words: Words<'_>, strategy: usize, days: &[(u32, usize)]) -> Fan {
    let exposure = words.exposure;
    let values = |course: Course, point: usize| -> Vec<f64> {
        let values = exposure.values(strategy, point, course, Quantity::Broken);
        values.into_iter().flatten().collect()
    };
    let most = |course: Course| {
        let means = days.iter().map(|&(_, point)| mean(&values(course, point)));
        means.fold(0.0, f64::max)
    };
    let panels = shown_order(words)
        .into_iter()
        .map(|course| {
            let (name, colour) = match course {
                Course::RollBack => ("roll back", Colour::Vermillion),
                Course::GoOn => ("go on", Colour::Blue),
                Course::FixForward => ("fix forward", Colour::Green),
                Course::Hold => ("hold", Colour::Orange),
            };
            let note = format!("mean at most {}", number::three_digits(most(course)));
            panel(name.into(), colour, note, days, |point| values(course, point))
        })
        .collect();
    let title = format!(
        "{}: turning back breaks up to {} meetings in the {} days after it, going on up to {}",
        words.strategy(strategy),
        number::three_digits(most(Course::RollBack)),
        words.ahead(),
        number::three_digits(most(Course::GoOn))
    );
    Fan {
        frame: frame(
            words,
            title,
            "Broken meetings from the order on, by course, median and quantile bands",
        ),
        axis: axis(words, days, Vec::new()),
        y_label: "meetings".into(),
        panels,
        target: None,
    }
}

/// Prices of stages, which have no common day: one row for each.
fn stages(words: Words<'_>, strategy: usize) -> Compare {
    let exposure = words.exposure;
    let answer = no_return(exposure, strategy);
    let points: Vec<usize> = (0..words.points(strategy))
        .filter(|&point| exposure.worlds(strategy, point).next().is_some())
        .collect();
    let fewest = points.iter().map(|&point| exposure.prices(strategy, point).len());
    let carries = stats::carries_quantile(fewest.min().unwrap_or(0) as u64, 0.9, LEVEL);
    let row = |&point: &usize| {
        let mut values = exposure.prices(strategy, point);
        values.sort_unstable_by(f64::total_cmp);
        let estimate = stats::mean_interval(&values, 0.95);
        let ends = estimate.interval.map(|ends| (ends.low, ends.high));
        // From least to most where the worlds do not carry the outer tenths.
        let (low, high) = if carries { (0.1, 0.9) } else { (0.0, 1.0) };
        CompareRow {
            name: words.point(strategy, point),
            colour: Colour::Blue,
            mean: estimate.mean,
            interval: ends,
            p10: stats::quantile(&values, low),
            p90: stats::quantile(&values, high),
            label: number::with_half_width(estimate.mean, ends.map(|(low, high)| (high - low) / 2.0)),
            difference: format!("{} worlds", values.len()),
        }
    };
    let title = finding(words, strategy, &answer);
    let price = words.price();
    Compare {
        range: range_word(carries).into(),
        frame: frame(
            words,
            title,
            &format!("{}{} by stage", price[..1].to_uppercase(), &price[1..]),
        ),
        x_label: counted(exposure.question.measure, words.scenario),
        rows: points.iter().map(row).collect(),
        log_scale: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches_are_joined_by_straight_lines() {
        let days = [(10, 0), (12, 1), (13, 2)];
        assert_eq!(
            joined(&days, |point| [1.0, 3.0, 0.0][point]),
            [1.0, 2.0, 3.0, 0.0]
        );
    }
}
