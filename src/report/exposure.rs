//! What `exposure` prints: a table per strategy and its points of no return in words.

use super::table::{Style, item, labelled, paragraph};
use super::{dates, number};
use crate::analysis::exposure::Exposure;
use crate::analysis::no_return::{Bound, NoReturn, no_return};
use crate::kernel::{Span, Time};
use crate::outcome::Quantity;
use crate::plan::course::Course;
use crate::scenario::Scenario;
use crate::scenario::exposure::{When, trouble_word};
use crate::stats;
use crate::world::Trouble;
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
                let pool = pool.map_or("all new pools".into(), |pool| facts.pools[usize::from(pool)].name.clone());
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
        format!("{} of turning back instead of {}", noun(question.measure), doing(question.against))
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
        out.push_str(&style.table(&header_row(words), &rows(words, strategy), true));
        for sentence in sentences(words, strategy) {
            out.push_str(&item(&sentence, style));
        }
    }
    out.push('\n');
    out.push_str(&paragraph(&legend(words), style));
    if let Some(place) = place {
        let _ = writeln!(out, "Wrote {place}");
    }
    let _ = writeln!(out, "Result digest {}", &exposure.digest[..12.min(exposure.digest.len())]);
    out
}

fn header(words: Words<'_>, style: Style) -> String {
    let (exposure, question) = (words.exposure, &words.exposure.question);
    let mut out = String::new();
    let _ = writeln!(out, "{}: turning back", style.bold(&words.scenario.facts.title));
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
        &format!("{}, beginning at every branch, alike on all courses", words.trouble()),
    );
    if question.study.decision > Span::ZERO && question.study.trouble != Trouble::None {
        let hours = number::exact(question.study.decision.hours());
        line("Order", &format!("{hours} h after the trouble"));
    }
    line("Followed", &format!("{} days from every branch", words.ahead()));
    if let Some(budget) = question.budget {
        let text = format!("{} for the {} {}", number::exact(budget), words.statistic(), words.price());
        line("Budget", &text);
    }
    out
}

fn header_row(words: Words<'_>) -> Vec<&'static str> {
    let mut header = vec!["Branch", "On the new side", "Broken meetings", "Users stranded", "Served after, h"];
    header.push("Down-grades");
    header.push(match words.exposure.question.measure {
        Quantity::Cost => "Price: cost",
        _ => "Price",
    });
    header.push("P10 to P90");
    header
}

fn rows(words: Words<'_>, strategy: usize) -> Vec<Vec<String>> {
    let exposure = words.exposure;
    let answer = no_return(exposure, strategy);
    (0..exposure.question.whens.len())
        .map(|point| row(words, strategy, point, answer.as_ref()))
        .collect()
}

fn row(words: Words<'_>, strategy: usize, point: usize, answer: Option<&NoReturn>) -> Vec<String> {
    let exposure = words.exposure;
    let question = &exposure.question;
    let n = exposure.worlds(strategy, point).count();
    let mut branch = words.point(point);
    if (n as u64) < exposure.replications {
        let _ = write!(branch, "\nin {n} of {} worlds", exposure.replications);
    }
    if n == 0 {
        let mut row = vec![branch];
        row.resize(8, String::new());
        return row;
    }
    let means = |quantity: Quantity| {
        let mean = |&course: &Course| {
            let values: Vec<f64> = exposure.values(strategy, point, course, quantity).into_iter().flatten().collect();
            number::three_digits(values.iter().sum::<f64>() / values.len().max(1) as f64)
        };
        shown_order(words).iter().map(mean).collect::<Vec<_>>().join(" / ")
    };
    let served = |&course: &Course| {
        let values = exposure.values(strategy, point, course, Quantity::HoursUntilServed);
        stats::quantile_with_missing(&values, 0.5).map_or("-".into(), number::three_digits)
    };
    let served = shown_order(words).iter().map(served).collect::<Vec<_>>().join(" / ");
    let moved: f64 = exposure.worlds(strategy, point).map(|(_, branched)| f64::from(branched.moved)).sum();
    let downgrades = exposure.values(strategy, point, Course::RollBack, Quantity::Downgraded);
    let downgrades: f64 = downgrades.into_iter().flatten().sum();
    let mut prices = exposure.prices(strategy, point);
    prices.sort_unstable_by(f64::total_cmp);
    let (low, high) = (stats::quantile(&prices, 0.1), stats::quantile(&prices, 0.9));
    vec![
        branch,
        number::three_digits(moved / n as f64),
        means(Quantity::Broken),
        means(Quantity::Stranded),
        served,
        number::three_digits(downgrades / n as f64),
        price(&prices, question.quantile, answer, point),
        range(low, high),
    ]
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
    if low == high { low } else { format!("{low} to {high}") }
}

/// The price with its simultaneous interval where there is a budget; an exclamation mark where it is over.
fn price(sorted: &[f64], quantile: Option<f64>, answer: Option<&NoReturn>, point: usize) -> String {
    let own = answer.and_then(|answer| {
        let place = answer.sequence.iter().position(|&own| own == point)?;
        Some((answer.prices[place], answer.budget))
    });
    let (value, interval, budget) = match own {
        Some((price, budget)) => (price.value.unwrap_or(f64::NAN), price.interval, Some(budget)),
        None => match quantile {
            Some(p) => (stats::quantile(sorted, p), None, None),
            None => {
                let estimate = stats::mean_interval(sorted, 0.95);
                (estimate.mean, estimate.interval, None)
            }
        },
    };
    let text = match interval {
        Some(ends) if quantile.is_none() => number::signed(value, Some((ends.high - ends.low) / 2.0)),
        Some(ends) => format!("{}\n({})", number::three_digits(value), range(ends.low, ends.high)),
        None => number::three_digits(value),
    };
    if budget.is_some_and(|budget| value > budget) {
        format!("{text} !")
    } else {
        text
    }
}

/// A place of a sequence in words.
fn bound(words: Words<'_>, answer: &NoReturn, bound: Bound) -> String {
    bound.map_or("before the first branch".into(), |place| words.point(answer.sequence[place]))
}

/// The finding about the planning point, which charts have as their title.
pub(super) fn planning(words: Words<'_>, strategy: usize, answer: &NoReturn) -> String {
    let name = words.strategy(strategy);
    let budget = number::exact(answer.budget);
    let (what, last) = (format!("{} {}", words.statistic(), words.price()), answer.sequence.len() - 1);
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
            let low = surely.map_or("it may lie before the first branch".into(), |_| {
                format!("it is no earlier than {}", bound(words, answer, surely))
            });
            let high = match possibly {
                Some(place) if place + 1 == points => "it may come only after the last".into(),
                Some(_) => format!("no later than {}", bound(words, answer, possibly)),
                None => "it does".into(),
            };
            format!("With the intervals of all {points} branches holding together at 95 %, {low}, and {high}.")
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
    let most = (0..exposure.question.whens.len()).map(count).max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    let (mean, point) = most.filter(|most| most.0 > 0.0)?;
    Some(format!(
        "Past a technical point of no return people cannot go back and are fixed forward: {} on average at {}.",
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
    let order: Vec<&str> = shown_order(words).into_iter().map(doing).collect();
    let over = match words.exposure.question.budget {
        Some(_) => " \"!\" is over the budget; the intervals behind ± hold together at 95 %.",
        None => " ± is the 95 % interval of the mean, for each branch alone.",
    };
    format!(
        "Cells with several numbers are {}; meetings, users and downgrades are means over worlds, hours medians (\"-\": \
         later than {} days). The price is the {}, {} over worlds, in the same worlds; P10 to P90 is its range of \
         outcomes.{over}",
        order.join(" / "),
        words.ahead(),
        words.price(),
        words.statistic()
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
    fn a_price_over_the_budget_is_marked() {
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
        assert_eq!(price(&[11.0, 12.0, 13.0], None, Some(&answer), 4), "12 !");
        assert_eq!(price(&[2.0], Some(0.5), None, 0), "2");
    }
}
