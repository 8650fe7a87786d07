//! What `exposure` prints: a table per strategy and its points of no return in words.

mod charts;
mod files;

pub use files::write;

use super::table::{NARROW, Style, item, labelled, paragraph};
use super::{dates, number};
use crate::analysis::exposure::Exposure;
use crate::analysis::no_return::{Bound, LEVEL, NoReturn, no_return};
use crate::kernel::{Span, Time};
use crate::outcome::Quantity;
use crate::plan::course::Course;
use crate::scenario::Scenario;
use crate::scenario::exposure::{When, trouble_word};
use crate::stats;
use crate::world::Trouble;
use comfy_table::CellAlignment;
use std::fmt::Write;

/// Words about an exposure analysis that tables, files and charts share.
#[derive(Clone, Copy)]
pub(super) struct Words<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) exposure: &'a Exposure,
}

impl<'a> Words<'a> {
    /// Name of a strategy.
    pub(super) fn strategy(&self, strategy: usize) -> &'a str {
        let index = self.exposure.question.strategies[strategy];
        &self.scenario.plans[index].name
    }

    /// The day of a point on its own: `10 May 2013`, `wave 3 + 1 d`.
    pub(super) fn point(&self, point: usize) -> String {
        match &self.exposure.question.whens[point] {
            When::Day(day) => dates::long(self.scenario.facts.calendar.date(i64::from(*day))),
            When::After(wave, days) => format!("{wave} + {days} d"),
        }
    }

    /// A point as it is written on the command line.
    pub(super) fn point_word(&self, point: usize) -> String {
        match &self.exposure.question.whens[point] {
            When::Day(day) => day.to_string(),
            When::After(wave, days) => format!("after:{wave}+{days}"),
        }
    }

    /// The trouble in words: `no trouble`, `a severity-1 defect for everyone`.
    pub(super) fn trouble(&self) -> String {
        let facts = &self.scenario.facts;
        let trouble = self.exposure.question.study.trouble;
        let word = trouble_word(trouble, facts);
        match trouble {
            Trouble::None => "no trouble".into(),
            Trouble::PoolLoss(pool, length) => {
                let pool = pool.map_or("all new pools".into(), |pool| {
                    facts.pools[usize::from(pool)].name.clone()
                });
                format!("loss of {pool} for {} h", number::exact(length.hours()))
            }
            Trouble::Defect(_) => {
                let mut scope = word.trim_start_matches("defect:").replacen(':', " ", 1);
                if scope == "everyone" {
                    scope = "for everyone".into();
                } else {
                    scope = format!("for {scope}");
                }
                format!("a defect of severity 1 {scope}")
            }
        }
    }

    /// `cost of turning back instead of going on, mean`
    pub(super) fn price(&self) -> String {
        let question = &self.exposure.question;
        format!(
            "{} of turning back instead of {}",
            noun(question.measure),
            doing(question.against)
        )
    }

    /// `mean`, `P90`
    pub(super) fn statistic(&self) -> String {
        let percent = |p: f64| format!("P{}", number::exact(p * 100.0));
        self.exposure.question.quantile.map_or("mean".into(), percent)
    }

    pub(super) fn ahead(&self) -> String {
        number::exact(self.exposure.question.study.ahead.days())
    }
}

/// A course as something that people do.
pub(super) fn doing(course: Course) -> &'static str {
    match course {
        Course::GoOn => "going on",
        Course::FixForward => "fixing forward",
        Course::RollBack => "rolling back",
    }
}

/// A quantity as a noun.
pub(super) fn noun(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::Broken => "broken meetings",
        Quantity::LostHours => "lost attendee-hours",
        Quantity::Stranded => "stranded users",
        Quantity::StrandedHours => "stranded user-hours",
        Quantity::HoursUntilServed => "hours until everyone is served",
        Quantity::Downgraded => "downgrades",
        Quantity::RolledBack => "users moved back",
        Quantity::FixedForward => "users fixed forward",
        Quantity::Tickets => "tickets",
        Quantity::Cost => "cost",
    }
}

/// Everything that `exposure` prints. `place` is where the files are.
pub fn table(scenario: &Scenario, exposure: &Exposure, style: Style, place: Option<&str>) -> String {
    let words = Words { scenario, exposure };
    let mut out = header(words, style);
    for strategy in 0..exposure.question.strategies.len() {
        let plan = &scenario.plans[exposure.question.strategies[strategy]];
        let title = paragraph(&format!("{} - {}", plan.name, plan.title), style);
        out.push('\n');
        out.push_str(&title.replacen(&plan.name, &style.bold(&plan.name), 1));
        out.push_str(&paragraph(&courses_title(words), style));
        out.push_str(&numbers(style, &COURSES, &courses_rows(words, strategy)));
        out.push_str(&paragraph(&price_title(words), style));
        out.push_str(&numbers(style, &PRICES, &price_rows(words, strategy)));
        for sentence in sentences(words, strategy) {
            out.push_str(&item(&sentence, style));
        }
    }
    out.push('\n');
    out.push_str(&paragraph(&legend(words), style));
    if let Some(place) = place {
        let _ = writeln!(out, "Wrote {place}");
    }
    let _ = writeln!(out, "Result digest {}", &files::digest(words)[..12]);
    out
}

fn header(words: Words<'_>, style: Style) -> String {
    let (exposure, question) = (words.exposure, &words.exposure.question);
    let mut out = String::new();
    let title = paragraph(&words.scenario.facts.title, style);
    out.push_str(&style.bold(title.trim_end()));
    out.push('\n');
    let mut line = |label: &str, text: &str| out.push_str(&labelled(label, text, style));
    let count = number::whole(exposure.replications as f64);
    let fixed = if exposure.fix_uncertain {
        ", uncertain parameters at their medians"
    } else {
        ""
    };
    line("Worlds", &format!("{count} (seed {}){fixed}", exposure.seed));
    line(
        "Trouble",
        &format!(
            "{}, beginning at every branch, alike on all courses",
            words.trouble()
        ),
    );
    if question.study.decision > Span::ZERO && question.study.trouble != Trouble::None {
        let hours = number::exact(question.study.decision.hours());
        line("Order", &format!("{hours} h after the trouble"));
    }
    line("Followed", &format!("{} days from every branch", words.ahead()));
    if let Some(budget) = question.budget {
        let text = format!(
            "{} for the {} {}",
            number::exact(budget),
            words.statistic(),
            words.price()
        );
        line("Budget", &text);
    }
    out
}

/// A table of numbers; columns as wide as what they hold.
fn numbers(style: Style, header: &[&str], rows: &[Vec<String>]) -> String {
    if style.width < NARROW {
        return style.table(header, rows, true);
    }
    let mut table = style.lines();
    table.set_header(header).add_rows(rows);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    format!("{}\n", table.trim_fmt())
}

const COURSES: [&str; 6] = [
    "branch",
    "moved",
    "broken meetings",
    "users stranded",
    "served after, h",
    "machines back",
];

fn courses_title(words: Words<'_>) -> String {
    let order: Vec<&str> = shown_order(words).into_iter().map(doing).collect();
    format!(
        "In the {} days after the branch, {}:",
        words.ahead(),
        order.join(" / ")
    )
}

fn courses_rows(words: Words<'_>, strategy: usize) -> Vec<Vec<String>> {
    let row = |point: usize| courses_row(words, strategy, point);
    (0..words.exposure.question.whens.len()).map(row).collect()
}

fn courses_row(words: Words<'_>, strategy: usize, point: usize) -> Vec<String> {
    let exposure = words.exposure;
    let n = exposure.worlds(strategy, point).count();
    if n == 0 {
        let mut row = vec![words.point(point)];
        row.resize(COURSES.len(), String::new());
        return row;
    }
    let each = |text: &dyn Fn(Course) -> String| {
        let cells: Vec<String> = shown_order(words).into_iter().map(text).collect();
        cells.join(" / ")
    };
    let mean = |course: Course, quantity: Quantity| {
        let values = exposure.values(strategy, point, course, quantity);
        number::three_digits(values.iter().flatten().sum::<f64>() / n as f64)
    };
    let served = |course: Course| {
        let values = exposure.values(strategy, point, course, Quantity::HoursUntilServed);
        stats::quantile_with_missing(&values, 0.5).map_or("-".into(), hours)
    };
    let moved = exposure
        .worlds(strategy, point)
        .map(|(_, branched)| f64::from(branched.moved));
    vec![
        words.point(point),
        number::three_digits(moved.sum::<f64>() / n as f64),
        each(&|course| mean(course, Quantity::Broken)),
        each(&|course| mean(course, Quantity::Stranded)),
        each(&served),
        mean(Course::RollBack, Quantity::Downgraded),
    ]
}

/// Hours to a tenth, so that the millisecond between a trouble and its order does not show.
fn hours(hours: f64) -> String {
    number::three_digits((hours * 10.0).round() / 10.0)
}

const PRICES: [&str; 5] = ["branch", "worlds", "price", "P10 to P90", "budget"];

fn price_title(words: Words<'_>) -> String {
    let price = words.price();
    let unit = match words.exposure.question.measure {
        Quantity::Cost => String::new(),
        other => format!(" ({})", other.unit()),
    };
    format!("The price, {price}{unit}, {} over worlds:", words.statistic())
}

fn price_rows(words: Words<'_>, strategy: usize) -> Vec<Vec<String>> {
    let exposure = words.exposure;
    let answer = no_return(exposure, strategy);
    let row = |point: usize| {
        let mut prices = exposure.prices(strategy, point);
        prices.sort_unstable_by(f64::total_cmp);
        if prices.is_empty() {
            let mut row = vec![words.point(point), "0".into()];
            row.resize(PRICES.len(), String::new());
            return row;
        }
        let spread = if stats::carries_quantile(prices.len() as u64, 0.9, LEVEL) {
            range(stats::quantile(&prices, 0.1), stats::quantile(&prices, 0.9))
        } else {
            format!("all: {}", range(prices[0], prices[prices.len() - 1]))
        };
        let (price, within) = price(&prices, exposure.question.quantile, answer.as_ref(), point);
        vec![
            words.point(point),
            number::whole(prices.len() as f64),
            price,
            spread,
            within.map_or(String::new(), |within| {
                if within { "within" } else { "over" }.into()
            }),
        ]
    };
    (0..exposure.question.whens.len()).map(row).collect()
}

/// The courses in the order of cells: rolling back first.
pub(super) fn shown_order(words: Words<'_>) -> Vec<Course> {
    let mut courses = vec![Course::RollBack];
    let others = words.exposure.question.study.courses.iter();
    courses.extend(others.filter(|&&course| course != Course::RollBack));
    courses
}

fn range(low: f64, high: f64) -> String {
    let (low, high) = (number::three_digits(low), number::three_digits(high));
    if low == high {
        low
    } else {
        format!("{low} to {high}")
    }
}

/// The price with its interval, which holds together with those of the other branches where there is a budget, and whether
/// it is within the budget.
fn price(
    sorted: &[f64],
    quantile: Option<f64>,
    answer: Option<&NoReturn>,
    point: usize,
) -> (String, Option<bool>) {
    let own = answer.and_then(|answer| {
        let place = answer.sequence.iter().position(|&own| own == point)?;
        Some((answer.prices[place], answer.budget))
    });
    let (value, interval) = match (own, quantile) {
        (Some((price, _)), _) => (price.value.unwrap_or(f64::NAN), price.interval),
        (None, Some(p)) => (
            stats::quantile(sorted, p),
            stats::quantile_interval(sorted, p, LEVEL),
        ),
        (None, None) => {
            let estimate = stats::mean_interval(sorted, LEVEL);
            (estimate.mean, estimate.interval)
        }
    };
    let text = match interval {
        Some(ends) if quantile.is_none() => number::signed(value, Some((ends.high - ends.low) / 2.0)),
        Some(ends) => format!("{} ({})", number::three_digits(value), range(ends.low, ends.high)),
        None => number::three_digits(value),
    };
    (text, own.map(|(_, budget)| value <= budget))
}

/// A place of a sequence in words.
fn bound(words: Words<'_>, answer: &NoReturn, bound: Bound) -> String {
    bound.map_or("a time before the first branch".into(), |place| {
        words.point(answer.sequence[place])
    })
}

/// The finding about the planning point, which charts have as their title.
pub(super) fn planning(words: Words<'_>, strategy: usize, answer: &NoReturn) -> String {
    let name = words.strategy(strategy);
    let budget = number::exact(answer.budget);
    let (what, last) = (
        format!("{} {}", words.statistic(), words.price()),
        answer.sequence.len() - 1,
    );
    match answer.planning {
        None => format!("{name}: the {what} is above {budget} from the first branch on"),
        Some(place) if place == last => {
            let until = words.point(answer.sequence[last]);
            format!("{name}: no point of no return up to {until}; the {what} stays within {budget}")
        }
        Some(place) => {
            let until = words.point(answer.sequence[place]);
            format!("{name}: planning point of no return {until}; up to it the {what} is within {budget}")
        }
    }
}

fn sentences(words: Words<'_>, strategy: usize) -> Vec<String> {
    let exposure = words.exposure;
    let mut sentences = Vec::new();
    if let Some(answer) = no_return(exposure, strategy) {
        sentences.push(format!("{}.", planning(words, strategy, &answer)));
        sentences.push(certainty(words, &answer));
        sentences.push(hindsight(words, &answer));
    }
    sentences.extend(fixed_forward(words, strategy));
    sentences.extend(fewer_worlds(words, strategy));
    sentences
}

fn certainty(words: Words<'_>, answer: &NoReturn) -> String {
    let points = answer.sequence.len();
    match (answer.surely, answer.possibly, answer.needed) {
        (Some(surely), Some(possibly), _) => {
            let last = Some(points - 1);
            let answer = match (surely, possibly) {
                _ if surely == last => "it comes after the last branch, if at all".into(),
                (None, None) => "it is before the first branch".into(),
                _ if surely == possibly => format!("it is {}", bound(words, answer, surely)),
                _ => {
                    let high = if possibly == last {
                        "after the last branch, if at all".into()
                    } else {
                        bound(words, answer, possibly)
                    };
                    format!("it lies between {} and {high}", bound(words, answer, surely))
                }
            };
            format!("With the intervals of all {points} branches holding together at 95 %, {answer}.")
        }
        (_, _, Some(needed)) => format!(
            "Too few worlds for intervals of all {points} branches at once: at least {needed} that can turn back at each \
             are needed."
        ),
        _ => String::new(),
    }
}

fn hindsight(words: Words<'_>, answer: &NoReturn) -> String {
    let [low, median, high] = [0.1, 0.5, 0.9].map(|p| bound(words, answer, answer.hindsight_quantile(p)));
    let (never, always) = answer.hindsight_ends();
    format!(
        "In hindsight (one point for each world, known only afterwards, no rule for a plan): P10 {low}, P50 {median}, \
         P90 {high}; over the budget from the first branch on in {}, within it up to the last in {}.",
        number::percent(never),
        number::percent(always)
    )
}

fn fixed_forward(words: Words<'_>, strategy: usize) -> Option<String> {
    let exposure = words.exposure;
    let count = |point: usize| {
        let values = exposure.values(strategy, point, Course::RollBack, Quantity::FixedForward);
        let sum: f64 = values.iter().flatten().sum();
        (sum / values.len().max(1) as f64, point)
    };
    let most = (0..exposure.question.whens.len())
        .map(count)
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    let (mean, point) = most.filter(|most| most.0 > 0.0)?;
    Some(format!(
        "Past a technical point of no return people cannot go back and are fixed forward: {} on average after {}.",
        number::three_digits(mean),
        words.point(point)
    ))
}

fn fewer_worlds(words: Words<'_>, strategy: usize) -> Option<String> {
    let exposure = words.exposure;
    let fewer = (0..exposure.question.whens.len())
        .any(|point| (exposure.worlds(strategy, point).count() as u64) < exposure.replications);
    fewer.then(|| {
        "Some branches rest on fewer worlds: in the others the stage does not come early enough, or the programme has \
         turned back already by itself."
            .into()
    })
}

fn legend(words: Words<'_>) -> String {
    let intervals = match (words.exposure.question.budget, words.exposure.question.quantile) {
        (Some(_), None) => "± is the 95 % interval of the mean; those of all branches hold together",
        (None, None) => "± is the 95 % interval of the mean, for each branch alone",
        (Some(_), Some(_)) => "In brackets are 95 % intervals; those of all branches hold together",
        (None, Some(_)) => "In brackets are 95 % intervals, for each branch alone",
    };
    format!(
        "Meetings, users and machines are means over worlds, hours medians (-: later than {} days). P10 to P90 is the \
         range of outcomes of the price (all of them with fewer than 36 worlds). {intervals}.",
        words.ahead()
    )
}

/// The instant of a point in the plan: the day, or the planned start of the wave and the days after it.
pub(super) fn planned(words: Words<'_>, strategy: usize, point: usize) -> Option<Time> {
    let plan = &words.scenario.plans[words.exposure.question.strategies[strategy]];
    words.exposure.question.points[strategy][point].at(|wave| Some(plan.waves.get(wave as usize)?.start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_of_one_number_is_that_number() {
        assert_eq!(range(3.0, 3.0), "3");
        assert_eq!(range(-3.0, 1234.0), "-3 to 1,230");
    }

    #[test]
    fn a_price_over_the_budget_is_told() {
        let answer = NoReturn {
            budget: 10.0,
            sequence: vec![4],
            prices: vec![crate::analysis::no_return::Price {
                n: 3,
                value: Some(12.0),
                interval: None,
            }],
            planning: None,
            surely: None,
            possibly: None,
            needed: None,
            hindsight: Vec::new(),
        };
        assert_eq!(
            price(&[11.0, 12.0, 13.0], None, Some(&answer), 4),
            ("12".into(), Some(false))
        );
        assert_eq!(price(&[2.0], Some(0.5), None, 0), ("2".into(), None));
        assert_eq!(hours(1.0 / 3_600_000.0), "0");
    }
}
