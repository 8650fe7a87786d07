//! What a run says: the verdict, a table of strategies, what it rests on, and on demand a table per strategy.

use super::document::{Block, Grid, Section};
use super::estimates::Estimates;
use super::goals::{self, Judgement};
use super::terminal::{self, Style, WARNING};
use super::verdict::Words;
use super::words::{self, money};
use super::{dates, drivers, headline, number, precision, strategy_name};
use crate::analysis::comparison::Compared;
use crate::analysis::headline::Headline;
use crate::analysis::rounds::Reached;
use crate::analysis::staying;
use crate::experiment::Results;
use crate::experiment::summary::{FEW_WORLDS, LEVEL, Summary, needs_rollback};
use crate::outcome::Metric;
use crate::outcome::metric::{self, Better};
use crate::plan::Plan;
use crate::plan::gate::Choice;
use crate::scenario::Scenario;
use crate::stats;
use crate::world::Calendar;
use std::fmt::Write;

/// Rows of the table of a strategy, if nobody asks for others.
const ROWS: [(Metric, &str); 10] = [
    (Metric::Broken, "Broken meetings"),
    (Metric::Downgraded, "Machines downgraded"),
    (Metric::StrandedHours, "Stranded user-hours"),
    (Metric::LostHours, "Lost attendee-hours"),
    (Metric::DowngradeDays, "Days until all are downgraded"),
    (Metric::CompletionDay, "Completion day"),
    (Metric::Rollbacks, "Rollbacks"),
    (Metric::DefectsEscaped, "Defects that escaped"),
    (Metric::Tickets, "Tickets"),
    (Metric::Cost, "Cost"),
];

/// Can a metric be anything but zero for one of the strategies? A zero of what can happen is a result and has its row; of what
/// cannot, there is nothing to tell.
fn can_happen(scenario: &Scenario, results: &Results, metric: Metric) -> bool {
    let mut plans = results.strategies.iter().map(|&plan| &scenario.plans[plan]);
    match metric {
        Metric::Rollbacks => plans.any(may_roll_back),
        Metric::DefectsEscaped => {
            !scenario.facts.defects.is_empty() && plans.any(|plan| !plan.waves.is_empty())
        }
        Metric::Tickets => plans.any(|plan| plan.desk.is_some()),
        _ => true,
    }
}

/// Can a plan order a rollback: by its script, a trigger or a gate?
fn may_roll_back(plan: &Plan) -> bool {
    let scripted = plan
        .rollback
        .as_ref()
        .is_some_and(|rollback| rollback.scripted.is_some());
    scripted || !plan.triggers.is_empty() || plan.gates.iter().any(|gate| gate.then == Choice::RollBack)
}

/// The rows to print: those asked for, or the usual ones.
fn rows(scenario: &Scenario, results: &Results, asked: &[Metric]) -> Vec<(Metric, String)> {
    if !asked.is_empty() {
        return asked
            .iter()
            .map(|&metric| (metric, words::asked(metric)))
            .collect();
    }
    let label = |metric: Metric, label: &str| match (metric, money(scenario)) {
        (Metric::Cost, Some(currency)) => format!("{label} ({currency})"),
        _ => label.into(),
    };
    ROWS.iter()
        .filter(|(metric, _)| can_happen(scenario, results, *metric))
        .map(|&(metric, own)| (metric, label(metric, own)))
        .collect()
}

/// What of a run is printed.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// These metrics in the tables of strategies; the usual ones if it is empty.
    pub metrics: &'a [Metric],
    /// Also a table for every strategy, all pairs, and what intervals and selections rest on.
    pub details: bool,
    /// Where the files are.
    pub place: &'a str,
    /// The command that replays the worst world.
    pub replay: Option<&'a str>,
}

/// Most lines about limits that are not kept.
const LIMIT_LINES: usize = 4;

/// Most sentences about the estimates that carry a difference.
const DRIVERS: usize = 2;

/// Everything that a run prints.
pub fn print(
    scenario: &Scenario,
    results: &Results,
    judgement: &Judgement,
    reached: Option<&Reached>,
    shown: Shown<'_>,
    style: Style,
) -> String {
    let sections = said(scenario, results, judgement, reached, shown);
    let mut out = terminal::text(&sections, style);
    let _ = writeln!(out, "Wrote {}", shown.place);
    let digest = &results.digest[..12.min(results.digest.len())];
    let _ = writeln!(out, "Result digest {digest}");
    if let Some(replay) = shown.replay {
        let _ = writeln!(out, "Replay the worst world: {replay}");
    }
    out
}

/// Everything that is said, section by section.
fn said(
    scenario: &Scenario,
    results: &Results,
    judgement: &Judgement,
    reached: Option<&Reached>,
    shown: Shown<'_>,
) -> Vec<Section> {
    let words = Words::new(scenario, results, &judgement.verdict);
    let about = Section::new(&scenario.facts.title).with(Block::Facts(header(scenario, results)));
    let verdict = Section::new("").with(Block::Lead(words.sentence()));
    let lines: Vec<&Headline> = judgement.headlines.iter().collect();
    let mut items = words.limits_not_kept();
    if items.len() > LIMIT_LINES {
        let more = items.len() - LIMIT_LINES;
        items.truncate(LIMIT_LINES);
        items.push(format!("and {more} more: --details"));
    }
    let spoken = judgement.spoken;
    let drivers = spoken.map_or(Vec::new(), |pair| {
        drivers::sentences(scenario, results, pair, &judgement.drivers)
    });
    items.extend(
        drivers
            .into_iter()
            .take(if shown.details { usize::MAX } else { DRIVERS }),
    );
    items.extend(
        reached
            .into_iter()
            .flat_map(|reached| precision::sentences(scenario, results, reached)),
    );
    let mut table = Section::new("")
        .with(Block::Table(headline::table(scenario, results, &lines)))
        .with(Block::Items(items))
        .text(reading(scenario, results, judgement));
    for warning in warnings(scenario, results) {
        table = table.text(warning);
    }
    let mut sections = vec![
        about,
        verdict,
        table.text(Estimates::count(&scenario.facts).sentence()),
    ];
    if shown.details || !shown.metrics.is_empty() {
        sections.extend(details(scenario, results, judgement, shown));
    }
    sections
}

/// Does a cost stand beside that of a strategy that moves nobody, while nothing is assumed about what staying costs?
fn shows_staying_cost(scenario: &Scenario, results: &Results, judgement: &Judgement) -> bool {
    let stays = (0..results.strategies.len()).any(|one| !judgement.verdict.candidates.contains(&one));
    stays && !staying::is_assumed(scenario)
}

/// How to read the headline table.
fn reading(scenario: &Scenario, results: &Results, judgement: &Judgement) -> String {
    let ranges = if carries_p90(results) {
        "Ranges: P10 to P90; dates: P50, P90. Shut out: people who cannot sign in at the end of the worst day, P90."
    } else {
        "Ranges: least to most; dates: P50, last (percentiles would take 36 worlds). Shut out: people who cannot sign in at the \
         end of the worst day, most."
    };
    format!(
        "{ranges}{} Later: than the simulated time. Turn back until: the last day with a way back for nearly everybody.{} More: --details.",
        who_can(scenario, results, judgement),
        what_cost_is(scenario, results, judgement)
    )
}

/// What a cost beside that of staying is, where nothing is assumed about the latter; a sentence behind a space, or nothing.
pub(super) fn what_cost_is(scenario: &Scenario, results: &Results, judgement: &Judgement) -> &'static str {
    if shows_staying_cost(scenario, results, judgement) {
        " Cost: of the programme; nothing is assumed about what staying costs."
    } else {
        ""
    }
}

/// Who is left out of the 98 %, if anybody is: the most that a plan leaves out; a sentence behind a space, or nothing.
pub(super) fn who_can(scenario: &Scenario, results: &Results, judgement: &Judgement) -> String {
    let most =
        (judgement.headlines.iter()).max_by(|one, other| one.found.never.total_cmp(&other.found.never));
    most.filter(|line| line.found.never > 0.0)
        .map_or(String::new(), |line| {
            format!(
                " 98 % done: of those who can; {} machines of {} never install, the most (mean).",
                number::three_digits(line.found.never),
                strategy_name(scenario, results, line.strategy)
            )
        })
}

/// A table for each strategy, all pairs, and what they rest on.
fn details(scenario: &Scenario, results: &Results, judgement: &Judgement, shown: Shown<'_>) -> Vec<Section> {
    let rows = rows(scenario, results, shown.metrics);
    let strategies = 0..results.strategies.len();
    let mut sections: Vec<Section> = strategies
        .map(|strategy| strategy_section(scenario, results, judgement, strategy, &rows))
        .collect();
    let mut pairs = Section::new("");
    pairs.blocks = Words::new(scenario, results, &judgement.verdict).pairs();
    if judgement.verdict.family > 1 {
        let together = format!(
            "The {} intervals of plan against plan hold together at 95 %, however often more worlds are looked at.",
            judgement.verdict.family
        );
        pairs = pairs.text(together);
    }
    let lots = judgement.headlines.iter();
    let lots = lots.filter_map(|line| headline::in_lot(scenario, results, line));
    pairs = pairs
        .with(Block::Items(lots.collect()))
        .text(legend(results, judgement));
    if shows_staying_cost(scenario, results, judgement) {
        pairs = pairs.text(format!("Money against staying: {}.", staying::sentence()));
    }
    sections.push(pairs);
    if let Some(best) = judgement.selections.first() {
        let rests = format!("What enough worlds rest on. {}", best.assumptions.join(" "));
        sections.push(Section::new("").text(rests));
    }
    sections
}

/// What was simulated.
fn header(scenario: &Scenario, results: &Results) -> Vec<(String, String)> {
    let facts = &scenario.facts;
    let calendar = &facts.calendar;
    let days = calendar.days();
    let mut lines = Vec::new();
    let mut line = |label: &str, text: &str| lines.push((label.to_string(), text.to_string()));
    let users = number::whole(facts.residents() as f64);
    line("Users", &format!("{users} on {} pools", facts.pools.len()));
    let last = dates::long(calendar.date(i64::from(days) - 1));
    line(
        "Simulated",
        &format!("{} to {last} ({days} days)", dates::long(calendar.start)),
    );
    line("Worlds", &worlds(results));
    for written in &scenario.overrides {
        line("With", written);
    }
    lines
}

fn worlds(results: &Results) -> String {
    let count = number::whole(results.replications as f64);
    let shared = if results.strategies.len() > 1 {
        ", each shared by all strategies"
    } else {
        ""
    };
    let fixed = if results.fix_uncertain {
        ", uncertain parameters at their medians"
    } else {
        ""
    };
    format!("{count} (seed {}){shared}{fixed}", results.seed)
}

/// A strategy, metric by metric, and its limits.
fn strategy_section(
    scenario: &Scenario,
    results: &Results,
    judgement: &Judgement,
    strategy: usize,
    rows: &[(Metric, String)],
) -> Section {
    let plan = &scenario.plans[results.strategies[strategy]];
    let is_base = strategy == results.base;
    let base = strategy_name(scenario, results, results.base);
    let against = format!("against {base}");
    let mut header = vec!["", range_title(results), "mean ± 95 %"];
    if !is_base {
        header.push(&against);
    }
    let mut cells = Vec::new();
    for &(metric, ref label) in rows {
        let summary = Summary::new(results, strategy, metric);
        if summary.n > 0 {
            let mut row = vec![
                label.to_string(),
                range(&summary, &scenario.facts.calendar),
                mean(&summary),
            ];
            if !is_base {
                let compared = judgement.comparisons.of(strategy, metric);
                row.push(compared.map_or(String::new(), difference));
            }
            cells.push(row);
        }
    }
    let role = if is_base { " (base)" } else { "" };
    let limits = goals::limit_lines(scenario, results, judgement, strategy).into_iter();
    Section::new(&format!("{} - {}{role}", plan.name, plan.title))
        .with(Block::Table(Grid::with_numbers(&header, cells)))
        .with(Block::Items(limits.map(|line| format!("limit {line}")).collect()))
}

/// Decimal places for the outcomes of a metric: things that are counted have none. `None` where nothing varies.
fn places(summary: &Summary) -> Option<i32> {
    let most = if matches!(summary.metric.definition().unit, "h" | "currency") {
        1
    } else {
        0
    };
    let half_width = summary.mean.and_then(|mean| mean.half_width()).unwrap_or(0.0);
    (half_width > 0.0).then(|| number::decimals(half_width).min(most))
}

/// Can so many worlds bound the tenth and the ninetieth percentile?
pub(super) fn carries_p90(results: &Results) -> bool {
    stats::carries_quantile(results.replications, 0.9, LEVEL)
}

fn range_title(results: &Results) -> &'static str {
    if carries_p90(results) {
        "P10 to P90"
    } else {
        "least to most"
    }
}

/// The range of outcomes; for days, quantiles that may lie after the horizon. Where there are too few worlds for the
/// quantiles, all outcomes.
fn range(summary: &Summary, calendar: &Calendar) -> String {
    let [_, median, high, _] = summary.quantiles;
    let is_date = summary.metric.is_date();
    let day = |value: Option<f64>| match value {
        None => "later than the horizon".into(),
        Some(day) if is_date => dates::long(calendar.date(libm::floor(day) as i64)),
        Some(length) => number::three_digits(length),
    };
    if summary.metric.definition().may_be_missing {
        return match (median, high) {
            (Ok(median), Ok(_)) if median.value.is_none() => "P50 and P90 later than the horizon".into(),
            (Ok(median), Ok(high)) => format!("P50 {}, P90 {}", day(median.value), day(high.value)),
            (Ok(median), Err(_)) if median.value.is_none() => "P50 later than the horizon".into(),
            (Ok(median), Err(_)) => format!("P50 {}, latest {}", day(median.value), day(summary.extremes[1])),
            (Err(_), _) => match summary.extremes.map(day) {
                [least, most] if least == most => least,
                [least, most] => format!("{least} to {most}"),
            },
        };
    }
    let places = places(summary);
    let round = |value| places.map_or_else(|| number::exact(value), |places| number::rounded(value, places));
    let text = |value: Option<f64>| value.map_or("?".into(), round);
    let [low, high] = summary.range().map(text);
    if low == high {
        low
    } else {
        format!("{low} to {high}")
    }
}

/// The interval of the mean; for days, how often they are reached, with the exact interval of that probability.
fn mean(summary: &Summary) -> String {
    if summary.metric.definition().may_be_missing {
        let n = summary.n as u64;
        let share = number::share(summary.reached as u64, n);
        let surely = summary.interval_reached();
        let surely = surely.map_or(String::new(), |surely| format!(" ({})", number::ends(surely)));
        let given = if needs_rollback(summary.metric) && n >= FEW_WORLDS {
            format!(" of {n}")
        } else {
            String::new()
        };
        return format!("reached in {share}{given}{surely}");
    }
    summary.mean.map_or(String::new(), |mean| {
        number::with_half_width(mean.mean, mean.half_width())
    })
}

/// The difference to the base, what it decides, and how often who is ahead.
fn difference(compared: &Compared) -> String {
    let answer = &compared.answer;
    let n = answer.difference.estimate.n;
    let (won, lost) = (answer.won.count, answer.lost.count);
    let is_day = compared.metric.definition().may_be_missing;
    if won == 0 && lost == 0 {
        let same = if is_day { "" } else { "the same in every world" };
        return same.into();
    }
    let estimate = answer.difference.estimate;
    let half = estimate
        .interval
        .map(|interval| (interval.high - interval.low) / 2.0);
    let size = number::signed(estimate.mean, half);
    let unit = if is_day { " d" } else { "" };
    let (ahead, behind) = if compared.is_judged {
        ("ahead", "behind")
    } else {
        ("lower", "higher")
    };
    let ahead = if lost >= won {
        format!("{behind} in {}", number::share(lost, n))
    } else {
        format!("{ahead} in {}", number::share(won, n))
    };
    let unadjusted = if compared.is_objective { "" } else { "*" };
    format!(
        "{size}{unit}{unadjusted}\n{}\n{ahead}",
        goals::verdict_words(compared)
    )
}

fn legend(results: &Results, judgement: &Judgement) -> String {
    let mut text: String = if carries_p90(results) {
        "P10 to P90 is the range of outcomes: eight worlds of ten lie in it. ± is the 95 % interval of the mean; more worlds \
         make it narrower, the range stays."
    } else {
        "All outcomes lie from least to most; percentiles would take 36 worlds. ± is the 95 % interval of the mean, which is \
         rough with so few."
    }
    .into();
    if judgement.comparisons.family > 0 {
        let _ = write!(
            text,
            " Differences are between the same worlds; \"ahead in {}\" counts worlds. The {} intervals of the objectives hold \
             together at 95 %, those with * each for itself. A day counts as the horizon if it is not reached by then.",
            number::share(results.replications * 9 / 10, results.replications),
            judgement.comparisons.family
        );
    }
    if let Some(ends) = judgement.comparisons.pairing() {
        text.push_str(&pairing(ends, results.replications));
    }
    text
}

/// A range of ratios that is wider than by this factor says nothing.
const WIDEST: f64 = 100.0;

/// So many worlds are not called few.
const MANY: u64 = 200;

/// What pairing saves, by the least and the greatest of the variance ratios. Where nothing but rounding varies, and in few
/// worlds, a ratio can be anything.
fn pairing((low, high): (f64, f64), worlds: u64) -> String {
    let [least, most] = [low, high].map(number::three_digits);
    let times = if high > low * WIDEST && worlds < MANY {
        return " How many times more worlds the differences would need without pairing is not known from so few worlds."
            .into();
    } else if high > low * WIDEST {
        format!("{least} to over {}", number::three_digits(low * WIDEST))
    } else if least == most {
        least
    } else {
        format!("{least} to {most}")
    };
    format!(
        " Without pairing the differences of the objectives would usually need {times} times as many worlds."
    )
}

fn warnings(scenario: &Scenario, results: &Results) -> Vec<String> {
    let plans = results.strategies.iter().map(|&index| &scenario.plans[index]);
    let harmful = plans.filter(|plan| plan.allow_unsafe);
    let told = |plan: &Plan| {
        let name = &plan.name;
        format!("{WARNING} strategy `{name}` is harmful and runs only because it sets allow_unsafe")
    };
    harmful.map(told).collect()
}

/// A table of metrics.
pub fn metrics(shown: &[&metric::Definition], style: Style) -> String {
    let row = |definition: &metric::Definition| {
        let better = match definition.better {
            Better::Lower => "lower",
            Better::Higher => "higher",
            Better::Neither => "-",
        };
        let missing = if definition.may_be_missing {
            " (may be missing)"
        } else {
            ""
        };
        vec![
            definition.name.to_string(),
            definition.unit.to_string(),
            better.to_string(),
            format!("{}{missing}", definition.meaning),
        ]
    };
    let mut grid = Grid::new(&["metric", "unit", "better", "meaning"]);
    shown.iter().for_each(|definition| grid.push(row(definition)));
    terminal::text(&[Section::new("").with(Block::Table(grid))], style)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Interval;
    use crate::experiment::summary::Quantile;
    use crate::stats::SampleTooSmall;
    use crate::stats::{Direction, Question, compare};

    const STYLE: Style = Style::PLAIN;

    fn calendar() -> Calendar {
        Calendar {
            start: jiff::civil::date(2013, 3, 4),
            utc_offset: crate::kernel::Span::ZERO,
            horizon: crate::kernel::Time(3_000 * crate::kernel::Span::DAY.0),
            sites: Vec::new(),
        }
    }

    fn summary(metric: Metric, quantiles: [Option<f64>; 3], half: Option<f64>) -> Summary {
        let mean = half.map(|half| Interval {
            mean: 1_234.5,
            ends: Some((1_234.5 - half, 1_234.5 + half)),
        });
        let [low, median, high] = quantiles.map(|value| {
            Ok(Quantile {
                value,
                low: value,
                high: None,
            })
        });
        Summary {
            metric,
            n: 40,
            reached: 32,
            mean,
            extremes: [Some(1.0), Some(2_000.0)],
            quantiles: [low, median, high, high],
            against_base: None,
        }
    }

    #[test]
    fn a_range_has_the_digits_of_the_interval() {
        let quantiles = [Some(1_001.2), Some(1_234.5), Some(1_467.9)];
        assert_eq!(
            range(&summary(Metric::LostHours, quantiles, Some(62.0)), &calendar()),
            "1,000 to 1,470"
        );
        assert_eq!(
            range(&summary(Metric::Broken, quantiles, Some(0.4)), &calendar()),
            "1,001 to 1,468"
        );
        assert_eq!(
            mean(&summary(Metric::LostHours, quantiles, Some(62.0))),
            "1,230 ± 60"
        );
        let mut few = summary(Metric::LostHours, quantiles, Some(62.0));
        few.quantiles[2] = Err(SampleTooSmall {
            n: 10,
            needed: Some(36),
        });
        assert_eq!(range(&few, &calendar()), "0 to 2,000");
    }

    #[test]
    fn days_may_lie_after_the_horizon() {
        let some = summary(Metric::CompletionDay, [Some(60.0), Some(71.2), None], None);
        assert_eq!(
            range(&some, &calendar()),
            "P50 14 May 2013, P90 later than the horizon"
        );
        assert_eq!(mean(&some), "reached in 80 % (64 to 91 %)");
        let none = summary(Metric::CompletionDay, [None; 3], None);
        assert_eq!(range(&none, &calendar()), "P50 and P90 later than the horizon");
        let mut few = some;
        few.quantiles[2] = Err(SampleTooSmall {
            n: 10,
            needed: Some(36),
        });
        assert_eq!(range(&few, &calendar()), "P50 14 May 2013, latest 25 Aug 2018");
    }

    #[test]
    fn differences_name_the_side() {
        let said = |metric: Metric, own: &[f64], indifference: f64| {
            let direction = match metric.definition().better {
                Better::Higher => Direction::Higher,
                Better::Lower | Better::Neither => Direction::Lower,
            };
            let question = Question {
                own,
                base: &[100.0, 200.0, 300.0, 400.0],
                direction,
                indifference,
            };
            difference(&Compared {
                strategy: 1,
                metric,
                is_objective: indifference > 0.0,
                indifference,
                answer: compare(&[question], 0.95)[0],
                reached: None,
                reached_verdict: None,
                is_judged: metric.definition().better != Better::Neither,
            })
        };
        let more = [109.0, 211.0, 309.0, 411.0];
        assert_eq!(
            said(Metric::Broken, &more, 0.0),
            "+10.0 ± 1.8*\nworse\nbehind in 4 of 4"
        );
        assert_eq!(
            said(Metric::Held, &more, 0.0),
            "+10.0 ± 1.8*\nbetter\nahead in 4 of 4"
        );
        assert_eq!(
            said(Metric::Moved, &more, 0.0),
            "+10.0 ± 1.8*\nhigher\nhigher in 4 of 4"
        );
        assert_eq!(
            said(Metric::Broken, &more, 50.0),
            "+10.0 ± 1.8\ntied within 50\nbehind in 4 of 4"
        );
        let unclear = [109.0, 191.0, 301.0, 401.0];
        assert!(said(Metric::Broken, &unclear, 0.0).contains("undecided, about"));
        let same = [100.0, 200.0, 300.0, 400.0];
        assert_eq!(said(Metric::Broken, &same, 0.0), "the same in every world");
    }

    #[test]
    fn a_range_of_ratios_that_says_nothing_is_not_given() {
        let said = |low, high, worlds| pairing((low, high), worlds);
        assert!(said(1.5, 12.0, 10).ends_with("usually need 1.5 to 12 times as many worlds."));
        assert!(said(2.0, 2.0, 10).ends_with("usually need 2 times as many worlds."));
        assert!(said(1.0, 3_890_000.0, 10).ends_with("is not known from so few worlds."));
        assert!(said(1.0, 3_890_000.0, 1_000).ends_with("usually need 1 to over 100 times as many worlds."));
    }

    #[test]
    fn the_table_of_metrics_keeps_to_the_width() {
        let all: Vec<&metric::Definition> = metric::DEFINITIONS.iter().collect();
        assert!(
            metrics(&all, STYLE)
                .lines()
                .all(|line| line.chars().count() <= 80)
        );
        let narrow = Style { width: 45, ..STYLE };
        let list = metrics(&all, narrow);
        assert!(list.lines().all(|line| line.chars().count() <= 45), "{list}");
        assert!(list.contains("\n  meaning: Judged occurrences whose"), "{list}");
        assert!(!list.contains('|'));
    }
}
