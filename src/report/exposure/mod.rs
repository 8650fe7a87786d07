//! What turning back would take: tables for every strategy, and its points of no return in words.

mod charts;
mod tables;

use super::document::{Answer, Block, Grid, Section, Topic};
use super::study::Study;
use super::words::{amount, capital, money};
use super::{number, turning_back};
use crate::analysis::exposure::Exposure;
use crate::analysis::no_return::{
    Bound, Branches, DAYS_QUANTILE, LEVEL, Last, NoReturn, days_to_go_back, no_return,
};
use crate::kernel::{Span, Time};
use crate::outcome::Quantity;
use crate::plan::course::Course;
use crate::scenario::Scenario;
use crate::scenario::exposure::{When, trouble_word};
use crate::stats;
use crate::world::Trouble;

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
    pub(super) fn point(&self, strategy: usize, point: usize) -> String {
        match &self.exposure.question.whens[strategy][point] {
            When::Day(day) => turning_back::date(&self.scenario.facts.calendar, *day),
            When::After(wave, days) => format!("{wave} + {days} d"),
        }
    }

    /// A point as it is written on the command line.
    pub(super) fn point_word(&self, strategy: usize, point: usize) -> String {
        match &self.exposure.question.whens[strategy][point] {
            When::Day(day) => day.to_string(),
            When::After(wave, days) => format!("after:{wave}+{days}"),
        }
    }

    /// Number of points of a strategy.
    pub(super) fn points(&self, strategy: usize) -> usize {
        self.exposure.question.whens[strategy].len()
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
        Course::Hold => "holding",
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
        Quantity::DaysToGoBack => "days to go back",
    }
}

/// What was found, with charts if they are wanted.
pub fn study(scenario: &Scenario, exposure: &Exposure, charts: bool) -> Study {
    let words = Words { scenario, exposure };
    let mut said = vec![Section::new("").with(Block::Facts(header(words)))];
    said.extend((0..exposure.question.strategies.len()).map(|strategy| turning_back_with(words, strategy)));
    said.push(Section::new("").with(Block::Remark(legend(words))));
    Study {
        manifest: tables::manifest(words),
        title: scenario.facts.title.clone(),
        start: scenario.facts.calendar.start,
        heading: "What turning back would take",
        said,
        tables: tables::tables(words),
        figures: if charts {
            charts::figures(scenario, exposure)
        } else {
            Vec::new()
        },
        answers: (0..exposure.question.strategies.len())
            .map(|strategy| answer(words, strategy))
            .collect(),
    }
    .sealed()
}

/// Everything about turning back with a strategy: tables, then sentences.
fn turning_back_with(words: Words<'_>, strategy: usize) -> Section {
    let plan = &words.scenario.plans[words.exposure.question.strategies[strategy]];
    let mut section = Section::new(&format!("{} - {}", plan.name, plan.title));
    section = section.with(Block::Table(Grid::with_numbers(
        &TAKES,
        takes_rows(words, strategy),
    )));
    for quantity in [Quantity::Broken, Quantity::Stranded] {
        section.blocks.extend(by_course(words, strategy, quantity));
    }
    section
        .text(price_title(words))
        .with(Block::Table(Grid::with_numbers(
            &PRICES,
            price_rows(words, strategy),
        )))
        .with(Block::Items(sentences(words, strategy)))
}

/// What the first page says: the finding, and what it costs and takes on the first day, in the middle and on the last.
fn answer(words: Words<'_>, strategy: usize) -> Answer {
    let found = no_return(words.exposure, strategy);
    let finding = turning_back::finding(&words.scenario.facts.calendar, &found);
    Answer {
        topic: Topic::TurningBack,
        strategy: Some(words.strategy(strategy).into()),
        said: vec![
            Block::Text(format!("{}.", capital(&finding))),
            Block::Text(examples(words, strategy, &found)),
        ],
    }
}

/// What was asked.
fn header(words: Words<'_>) -> Vec<(String, String)> {
    let (exposure, question) = (words.exposure, &words.exposure.question);
    let mut facts = Vec::new();
    let mut line = |label: &str, text: &str| facts.push((label.to_string(), text.to_string()));
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
        let unit = question.measure.unit();
        let text = format!(
            "{} for the {} {}",
            amount(&number::exact(budget), unit, words.scenario),
            words.statistic(),
            words.price()
        );
        line("Budget", &text);
    }
    if let Some(days) = question.window_days {
        let text = format!("{} days to go back, in nine worlds of ten", number::exact(days));
        line("Window", &text);
    }
    facts
}

/// `In 40 worlds, turning back instead of going on: on 14 Jun 2013 cost 1,200 ± 100 EUR (mean), days to go back 2.1 (P90); ...`
fn examples(words: Words<'_>, strategy: usize, answer: &NoReturn) -> String {
    let exposure = words.exposure;
    let prices = price_rows(words, strategy);
    let question = &exposure.question;
    let decides = |point: &usize| exposure.worlds(strategy, *point).next().is_some();
    let places: Vec<usize> = question.sequence(strategy).into_iter().filter(decides).collect();
    let mut chosen = match places[..] {
        [] => return "At no point that was asked about can anybody turn back.".into(),
        _ => vec![places[0], places[places.len() / 2], places[places.len() - 1]],
    };
    chosen.dedup();
    let each: Vec<String> = (chosen.into_iter())
        .map(|point| {
            let money = |cell: &str| paid(cell, question.measure, words.scenario);
            let [price, itself, meanwhile] = [2, 3, 4].map(|column| money(&prices[point][column]));
            format!(
                "on {} it {price} (means: turning back itself {itself}, not going on {meanwhile}), {} days (P90)",
                words.point(strategy, point),
                days(words, strategy, point)
            )
        })
        .collect();
    format!(
        "In {} worlds, {} ({}), and days that it takes: {}. {} {}",
        number::whole(exposure.replications as f64),
        words.price(),
        words.statistic(),
        each.join("; "),
        price_sentence(words, answer, strategy).replace(" (--budget)", ""),
        time_sentence(words, answer, strategy).replace(" (--window-days)", "")
    )
}

/// A difference as people say it: of money `costs 12 EUR` or `saves 12 EUR`.
fn paid(cell: &str, measure: Quantity, scenario: &Scenario) -> String {
    let said = |text: &str| amount(text, measure.unit(), scenario);
    match (measure, cell.strip_prefix('-')) {
        (Quantity::Cost, Some(saved)) => format!("saves {}", said(saved)),
        (Quantity::Cost, None) => format!("costs {}", said(cell.trim_start_matches('+'))),
        _ => format!("adds {}", said(cell)),
    }
}

const TAKES: [&str; 4] = ["branch", "moved", "no way back", "days to go back, P90"];

/// Who has moved, who cannot go back, and how long it takes.
fn takes_rows(words: Words<'_>, strategy: usize) -> Vec<Vec<String>> {
    let row = |point: usize| {
        let moved = words.exposure.worlds(strategy, point);
        let moved: Vec<f64> = moved.map(|(_, branched)| f64::from(branched.moved)).collect();
        if moved.is_empty() {
            return nobody(words, strategy, point, TAKES.len());
        }
        vec![
            words.point(strategy, point),
            number::three_digits(moved.iter().sum::<f64>() / moved.len() as f64),
            left_behind(words, strategy, point),
            days(words, strategy, point),
        ]
    };
    (0..words.points(strategy)).map(row).collect()
}

/// What a quantity comes to on every course, branch by branch; a sentence where it is 0 throughout.
fn by_course(words: Words<'_>, strategy: usize, quantity: Quantity) -> Vec<Block> {
    let ahead = format!("In the {} days after the branch", words.ahead());
    let order = shown_order(words);
    let mean = |point: usize, course: Course| {
        let values = words.exposure.values(strategy, point, course, quantity);
        values.iter().flatten().sum::<f64>() / values.len() as f64
    };
    let mut titles = vec!["branch"];
    titles.extend(order.iter().map(|&course| doing(course)));
    let mut is_zero = true;
    let row = |point: usize| {
        if words.exposure.worlds(strategy, point).next().is_none() {
            return nobody(words, strategy, point, titles.len());
        }
        let means: Vec<f64> = order.iter().map(|&course| mean(point, course)).collect();
        is_zero &= means.iter().all(|&mean| mean == 0.0);
        let cells = means.into_iter().map(number::three_digits);
        std::iter::once(words.point(strategy, point))
            .chain(cells)
            .collect()
    };
    let rows: Vec<Vec<String>> = (0..words.points(strategy)).map(row).collect();
    if is_zero {
        return vec![Block::Text(format!(
            "{ahead}, {}: 0 on every course.",
            noun(quantity)
        ))];
    }
    vec![
        Block::Text(format!("{ahead}, {} when", noun(quantity))),
        Block::Table(Grid::with_numbers(&titles, rows)),
    ]
}

/// The row of a branch at which nobody can turn back.
fn nobody(words: Words<'_>, strategy: usize, point: usize, cells: usize) -> Vec<String> {
    let mut row = vec![words.point(strategy, point), "nobody can turn back".into()];
    row.resize(cells, String::new());
    row
}

/// Who is left behind by rolling back: nobody, or how many at most, in how many worlds.
fn left_behind(words: Words<'_>, strategy: usize, point: usize) -> String {
    let n = words.exposure.worlds(strategy, point).count();
    match words.exposure.left_behind(strategy, point) {
        (0, _) => "0".into(),
        (worlds, most) => format!("{} in {worlds} of {n}", number::whole(most)),
    }
}

/// The ninetieth percentile of the days that going back takes; longer than the look-ahead where it is not reached.
fn days(words: Words<'_>, strategy: usize, point: usize) -> String {
    let mut days = days_to_go_back(words.exposure, strategy, point);
    days.sort_unstable_by(f64::total_cmp);
    if stats::carries_quantile(days.len() as u64, DAYS_QUANTILE, LEVEL) {
        time(words, stats::quantile(&days, DAYS_QUANTILE))
    } else {
        match days[days.len() - 1] {
            most if most.is_finite() => format!("at most {}", time(words, most)),
            more => format!("{} in some", time(words, more)),
        }
    }
}

fn time(words: Words<'_>, days: f64) -> String {
    if days.is_finite() {
        number::three_digits((days * 100.0).round() / 100.0)
    } else {
        format!("over {}", words.ahead())
    }
}

const PRICES: [&str; 7] = [
    "branch",
    "worlds",
    "price",
    "of it turning back",
    "not going on",
    "P10 to P90",
    "budget",
];

fn price_title(words: Words<'_>) -> String {
    let price = words.price();
    let unit = match words.exposure.question.measure {
        Quantity::Cost => money(words.scenario).map_or(String::new(), |currency| format!(", in {currency}")),
        _ => String::new(),
    };
    format!(
        "The price, {price}{unit}, {} over worlds; its two parts, turning back itself (instead of holding) and not going on \
         meanwhile, are means:",
        words.statistic()
    )
}

fn price_rows(words: Words<'_>, strategy: usize) -> Vec<Vec<String>> {
    let exposure = words.exposure;
    let answer = no_return(exposure, strategy);
    let row = |point: usize| {
        let mut prices = exposure.prices(strategy, point);
        prices.sort_unstable_by(f64::total_cmp);
        if prices.is_empty() {
            return nobody(words, strategy, point, PRICES.len());
        }
        let spread = if stats::carries_quantile(prices.len() as u64, 0.9, LEVEL) {
            range(stats::quantile(&prices, 0.1), stats::quantile(&prices, 0.9))
        } else {
            format!("all: {}", range(prices[0], prices[prices.len() - 1]))
        };
        let (price, within) = price(&prices, exposure.question.quantile, answer.price.as_ref(), point);
        let [itself, meanwhile] = parts(words, strategy, point);
        vec![
            words.point(strategy, point),
            number::whole(prices.len() as f64),
            price,
            number::three_digits(itself),
            number::three_digits(meanwhile),
            spread,
            within.map_or(String::new(), |within| {
                let stuck = match exposure.left_behind(strategy, point) {
                    (0, _) => "",
                    _ => ", but not for all",
                };
                format!("{}{stuck}", if within { "within" } else { "over" })
            }),
        ]
    };
    (0..words.points(strategy)).map(row).collect()
}

/// Means of the two parts of a price.
pub(super) fn parts(words: Words<'_>, strategy: usize, point: usize) -> [f64; 2] {
    let question = &words.exposure.question;
    let parts = words
        .exposure
        .parts(strategy, point, question.against, question.measure);
    let mean = |part: usize| parts.iter().map(|parts| parts[part]).sum::<f64>() / parts.len().max(1) as f64;
    [mean(0), mean(1)]
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
    branches: Option<&Branches>,
    point: usize,
) -> (String, Option<bool>) {
    let own = branches.and_then(|branches| {
        let place = branches.sequence.iter().position(|&own| own == point)?;
        Some((branches.measured[place], branches.limit))
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

/// The finding about a strategy, which charts have as their title: the point that binds.
pub(super) fn finding(words: Words<'_>, strategy: usize, answer: &NoReturn) -> String {
    let question = &words.exposure.question;
    if !answer.decides && (question.budget.is_some() || question.window_days.is_some()) {
        return format!(
            "{}: nobody can turn back at the first branch",
            words.strategy(strategy)
        );
    }
    let calendar = &words.scenario.facts.calendar;
    format!(
        "{}: {}",
        words.strategy(strategy),
        turning_back::finding(calendar, answer)
    )
}

/// The three points and what else is to be said.
fn sentences(words: Words<'_>, strategy: usize) -> Vec<String> {
    let answer = no_return(words.exposure, strategy);
    let calendar = &words.scenario.facts.calendar;
    let limits = words.exposure.question.stuck;
    let technical = turning_back::technical(calendar, &answer.technical, limits);
    let mut sentences = vec![
        format!("{}.", finding(words, strategy, &answer)),
        format!("Technical: {technical}."),
        price_sentence(words, &answer, strategy),
        time_sentence(words, &answer, strategy),
    ];
    if answer.price.is_some() {
        sentences.push(hindsight(words, strategy, &answer));
    }
    sentences.extend(fewer_worlds(words, strategy));
    sentences
}

/// A bound of branches in words.
fn bound(words: Words<'_>, strategy: usize, branches: &Branches, bound: Bound) -> String {
    match bound {
        None => "before the first branch".into(),
        Some(place) if place + 1 == branches.sequence.len() => {
            format!(
                "{}, the last branch, or later",
                words.point(strategy, branches.sequence[place])
            )
        }
        Some(place) => words.point(strategy, branches.sequence[place]),
    }
}

/// Where a limit is passed, by branches: `until between 30 Sep 2013 and 7 Oct 2013`.
fn passed(words: Words<'_>, strategy: usize, branches: &Branches) -> String {
    let point = |place: usize| words.point(strategy, branches.sequence[place]);
    match branches.last {
        None => format!("not even at the first branch, {}", point(0)),
        Some(place) if place + 1 == branches.sequence.len() => {
            format!("at every branch up to {}", point(place))
        }
        Some(place) => format!("until {}, no longer at {}", point(place), point(place + 1)),
    }
}

fn certainty(words: Words<'_>, strategy: usize, branches: &Branches) -> String {
    let points = branches.sequence.len();
    match (branches.surely, branches.possibly, branches.needed) {
        (Some(surely), Some(possibly), _) if surely == possibly => {
            format!("; the intervals of all {points} branches at once (95 %) say the same")
        }
        (Some(surely), Some(possibly), _) => format!(
            "; by the intervals of all {points} branches at once (95 %) from {} to {}",
            bound(words, strategy, branches, surely),
            bound(words, strategy, branches, possibly)
        ),
        (_, _, Some(needed)) => format!(
            "; intervals of all {points} branches at once take at least {needed} worlds that can turn back at each"
        ),
        _ => String::new(),
    }
}

fn price_sentence(words: Words<'_>, answer: &NoReturn, strategy: usize) -> String {
    let Some(branches) = &answer.price else {
        return if words.exposure.question.budget.is_some() {
            "Price: nobody can turn back at the first branch.".into()
        } else {
            "Price: no budget stated (--budget).".into()
        };
    };
    let low_because = match (answer.technical.last(), branches.last) {
        (Last::Day(technical), Some(place))
            if words.exposure.day_of(strategy, branches.sequence[place]) > technical =>
        {
            format!(
                ". After {} it says little: who has no way back costs nothing",
                turning_back::date(&words.scenario.facts.calendar, technical)
            )
        }
        _ => String::new(),
    };
    format!(
        "Price: {} of turning back instead of {} within {}: {}{}{low_because}.",
        if words.exposure.question.quantile.is_some() {
            format!(
                "{} of the {}",
                words.statistic(),
                noun(words.exposure.question.measure)
            )
        } else {
            format!("mean {}", noun(words.exposure.question.measure))
        },
        doing(words.exposure.question.against),
        amount(
            &number::exact(branches.limit),
            words.exposure.question.measure.unit(),
            words.scenario
        ),
        passed(words, strategy, branches),
        certainty(words, strategy, branches)
    )
}

fn time_sentence(words: Words<'_>, answer: &NoReturn, strategy: usize) -> String {
    let Some(branches) = &answer.time else {
        return if words.exposure.question.window_days.is_some() {
            "Time: nobody can turn back at the first branch.".into()
        } else {
            "Time: no window stated (--window-days).".into()
        };
    };
    format!(
        "Time: going back within {} days, in nine worlds of ten: {}{}.",
        number::exact(branches.limit),
        passed(words, strategy, branches),
        certainty(words, strategy, branches)
    )
}

fn hindsight(words: Words<'_>, strategy: usize, answer: &NoReturn) -> String {
    let Some(branches) = &answer.price else {
        return String::new();
    };
    let [low, median, high] =
        [0.1, 0.5, 0.9].map(|p| bound(words, strategy, branches, answer.hindsight_quantile(p)));
    let (never, always) = answer.hindsight_ends();
    let of = answer.hindsight.len() as u64;
    let often = |share: f64| number::worlds(libm::round(share * of as f64) as u64, of);
    format!(
        "In hindsight (one point of the price for each world, known only afterwards, no rule for a plan): P10 {low}, \
         P50 {median}, P90 {high}; over the budget from the first branch on in {}, within it up to the last in {}.",
        often(never),
        often(always)
    )
}

/// Which branches rest on fewer worlds, and which on none.
fn fewer_worlds(words: Words<'_>, strategy: usize) -> Vec<String> {
    let exposure = words.exposure;
    let worlds = |point: usize| exposure.worlds(strategy, point).count() as u64;
    let points = || 0..words.points(strategy);
    let mut said = Vec::new();
    let none: Vec<String> = points()
        .filter(|&point| worlds(point) == 0)
        .map(|point| words.point(strategy, point))
        .collect();
    if !none.is_empty() {
        said.push(format!(
            "Left out, because no world can turn back there (it has already, or does not come so far in time): {}.",
            none.join(", ")
        ));
    }
    if points().any(|point| (1..exposure.replications).contains(&worlds(point))) {
        said.push(
            "Some branches rest on fewer worlds: in the others the stage does not come early enough, or the programme has \
             turned back already by itself."
                .into(),
        );
    }
    said
}

fn legend(words: Words<'_>) -> String {
    let intervals = match (words.exposure.question.budget, words.exposure.question.quantile) {
        (Some(_), None) => "± is the 95 % interval of the mean; those of all branches hold together",
        (None, None) => "± is the 95 % interval of the mean, for each branch alone",
        (Some(_), Some(_)) => "In brackets are 95 % intervals; those of all branches hold together",
        (None, Some(_)) => "In brackets are 95 % intervals, for each branch alone",
    };
    format!(
        "Meetings and users are means over worlds. Days to go back: from the order until 98 % of those who go back are served \
         on the old side and one test run has followed (over {}: not within the look-ahead). P10 to P90 is the range of outcomes \
         of the price (all of them with fewer than 36 worlds). {intervals}.",
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
    fn a_difference_below_zero_saves() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/bad-week.toml");
        let scenario = crate::scenario::load(&path).expect("a scenario");
        let said = |cell, measure| paid(cell, measure, &scenario);
        assert_eq!(said("-26,100 ± 1,700", Quantity::Cost), "saves 26,100 ± 1,700");
        assert_eq!(said("+2,500 ± 900", Quantity::Cost), "costs 2,500 ± 900");
        assert_eq!(said("0", Quantity::Cost), "costs 0");
        assert!(said("-3", Quantity::Broken).starts_with("adds -3"));
    }

    #[test]
    fn a_price_over_the_budget_is_told() {
        let measured = crate::analysis::no_return::Measured {
            n: 3,
            value: Some(12.0),
            interval: None,
        };
        let branches = Branches {
            limit: 10.0,
            sequence: vec![4],
            measured: vec![measured],
            last: None,
            surely: None,
            possibly: None,
            needed: None,
        };
        assert_eq!(
            price(&[11.0, 12.0, 13.0], None, Some(&branches), 4),
            ("12".into(), Some(false))
        );
        assert_eq!(price(&[2.0], Some(0.5), None, 0), ("2".into(), None));
    }
}
