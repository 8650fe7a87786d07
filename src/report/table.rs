//! What a run prints: one table per strategy, a summary in plain words, warnings and the way to the files.

use super::estimates::Estimates;
use super::goals::{self, Judgement};
use super::verdict::Words;
use super::words::{self, explained, money};
use super::{dates, drivers, headline, number, precision, strategy_name};
use crate::analysis::comparison::Compared;
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
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, Width, presets};
use std::fmt::Write;

/// How to print.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Style {
    /// Lines drawn with box characters, else with ASCII.
    pub unicode: bool,
    /// Headings in bold, warnings in yellow.
    pub colour: bool,
    /// Columns.
    pub width: u16,
}

impl Style {
    /// What a pipe gets: no colours, no signs beyond ASCII, 80 columns.
    #[cfg(test)]
    pub(super) const PLAIN: Style = Style {
        unicode: false,
        colour: false,
        width: 80,
    };

    pub(super) fn bold(self, text: &str) -> String {
        if self.colour {
            format!("\x1b[1m{text}\x1b[0m")
        } else {
            text.into()
        }
    }

    fn warning(self) -> &'static str {
        if self.colour {
            "\x1b[33mwarning:\x1b[0m"
        } else {
            "warning:"
        }
    }

    /// A table of rows as long as the header, cells after the first to the right if they are `numbers`. Where columns
    /// would be too narrow to read, every row becomes a list.
    pub(super) fn table(self, header: &[&str], rows: &[Vec<String>], numbers: bool) -> String {
        if self.width < NARROW {
            return self.lists(header, rows);
        }
        let mut table = self.lines();
        table.set_header(header).add_rows(rows);
        if numbers {
            let words = rows.iter().flat_map(|row| row[0].split_whitespace());
            let longest = words.map(|word| word.chars().count()).max().unwrap_or(0) as u16;
            if let Some(labels) = table.column_mut(0) {
                let width = (longest + 2).clamp(21, 36);
                labels.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(width)));
            }
            for column in table.column_iter_mut().skip(1) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        format!("{}\n", table.trim_fmt())
    }

    /// Every row as a list.
    pub(super) fn lists(self, header: &[&str], rows: &[Vec<String>]) -> String {
        let mut out = String::new();
        for row in rows {
            out.push_str(&wrapped("", &row[0], self));
            for (title, cell) in header.iter().zip(row).skip(1) {
                if !cell.is_empty() {
                    let cell = cell.replace('\n', ", ");
                    out.push_str(&wrapped("  ", &format!("{title}: {cell}"), self));
                }
            }
        }
        out
    }

    pub(super) fn lines(self) -> Table {
        let mut table = Table::new();
        table
            .load_style(if self.unicode {
                presets::UTF8_FULL_CONDENSED
            } else {
                presets::ASCII_FULL_CONDENSED
            })
            .force_no_tty()
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(self.width);
        table
    }
}

/// Fewer columns than this hold no table that can be read.
pub(super) const NARROW: u16 = 60;

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
pub fn run(
    scenario: &Scenario,
    results: &Results,
    judgement: &Judgement,
    reached: Option<&Reached>,
    shown: Shown<'_>,
    style: Style,
) -> String {
    let mut out = header(scenario, results, style);
    let words = Words::new(scenario, results, &judgement.verdict);
    out.push('\n');
    let said = paragraph(&words.sentence(), style);
    let lead = said.lines().next().unwrap_or_default();
    out.push_str(&said.replacen(lead, &style.bold(lead), 1));
    out.push('\n');
    out.push_str(&headline::table(scenario, results, &judgement.headlines, style));
    let not_kept = words.limits_not_kept();
    for line in not_kept.iter().take(LIMIT_LINES) {
        out.push_str(&item(line, style));
    }
    if not_kept.len() > LIMIT_LINES {
        out.push_str(&item(
            &format!("and {} more: --details", not_kept.len() - LIMIT_LINES),
            style,
        ));
    }
    let spoken = judgement
        .spoken
        .map(|pair| drivers::sentences(scenario, results, pair, &judgement.drivers));
    for sentence in spoken
        .unwrap_or_default()
        .iter()
        .take(if shown.details { usize::MAX } else { DRIVERS })
    {
        out.push_str(&item(sentence, style));
    }
    for sentence in reached
        .iter()
        .flat_map(|reached| precision::sentences(scenario, results, reached))
    {
        out.push_str(&item(&sentence, style));
    }
    out.push_str(&paragraph(&reading(scenario, results, judgement), style));
    out.push_str(&warnings(scenario, results, style));
    out.push_str(&paragraph(&Estimates::count(&scenario.facts).sentence(), style));
    if shown.details || !shown.metrics.is_empty() {
        out.push_str(&details(scenario, results, judgement, shown, style));
    }
    out.push_str(&explained(&out, style));
    let _ = writeln!(out, "Wrote {}", shown.place);
    let _ = writeln!(
        out,
        "Result digest {}",
        &results.digest[..12.min(results.digest.len())]
    );
    if let Some(replay) = shown.replay {
        let _ = writeln!(out, "Replay the worst world: {replay}");
    }
    out
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
fn details(
    scenario: &Scenario,
    results: &Results,
    judgement: &Judgement,
    shown: Shown<'_>,
    style: Style,
) -> String {
    let mut out = String::new();
    let rows = rows(scenario, results, shown.metrics);
    for strategy in 0..results.strategies.len() {
        out.push('\n');
        out.push_str(&strategy_block(
            scenario, results, judgement, strategy, &rows, style,
        ));
    }
    out.push('\n');
    out.push_str(&pairs(scenario, results, judgement, style));
    if judgement.verdict.family > 1 {
        let together = format!(
            "The {} intervals of plan against plan hold together at 95 %, however often more worlds are looked at.",
            judgement.verdict.family
        );
        out.push_str(&paragraph(&together, style));
    }
    for line in &judgement.headlines {
        if let Some(said) = headline::in_lot(scenario, results, line) {
            out.push_str(&item(&said, style));
        }
    }
    out.push_str(&paragraph(&legend(results, judgement), style));
    if shows_staying_cost(scenario, results, judgement) {
        out.push_str(&paragraph(
            &format!("Money against staying: {}.", staying::sentence()),
            style,
        ));
    }
    if let Some(best) = judgement.selections.first() {
        let rests = format!("What enough worlds rest on. {}", best.assumptions.join(" "));
        out.push('\n');
        out.push_str(&paragraph(&rests, style));
    }
    out.push('\n');
    out
}

/// Plan against plan: a table for each objective, the row less the column.
fn pairs(scenario: &Scenario, results: &Results, judgement: &Judgement, style: Style) -> String {
    let verdict = &judgement.verdict;
    let mut out = String::new();
    if verdict.candidates.len() < 2 {
        return out;
    }
    let name = |one: usize| strategy_name(scenario, results, one);
    let words = Words::new(scenario, results, verdict);
    for place in 0..verdict.objectives.len() {
        out.push_str(&paragraph(&words.row_less_column(place), style));
        let mut header = vec![""];
        header.extend(verdict.candidates.iter().map(|&one| name(one)));
        let rows: Vec<Vec<String>> = (verdict.candidates.iter())
            .map(|&one| {
                let mut row = vec![name(one).to_string()];
                row.extend(
                    verdict
                        .candidates
                        .iter()
                        .map(|&other| words.cell(one, other, place)),
                );
                row
            })
            .collect();
        out.push_str(&style.table(&header, &rows, true));
        out.push('\n');
    }
    out
}

fn header(scenario: &Scenario, results: &Results, style: Style) -> String {
    let facts = &scenario.facts;
    let calendar = &facts.calendar;
    let days = calendar.days();
    let mut out = String::new();
    let _ = writeln!(out, "{}", style.bold(&facts.title));
    let mut line = |label: &str, text: &str| out.push_str(&labelled(label, text, style));
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
    out
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

fn strategy_block(
    scenario: &Scenario,
    results: &Results,
    judgement: &Judgement,
    strategy: usize,
    rows: &[(Metric, String)],
    style: Style,
) -> String {
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
    let table = style.table(&header, &cells, true);
    let title = paragraph(&format!("{} - {}{role}", plan.name, plan.title), style);
    let limits: String = goals::limit_lines(scenario, results, judgement, strategy)
        .into_iter()
        .map(|line| wrapped("  limit ", &line, style))
        .collect();
    format!(
        "{}{table}{limits}",
        title.replacen(&plan.name, &style.bold(&plan.name), 1)
    )
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

fn warnings(scenario: &Scenario, results: &Results, style: Style) -> String {
    let mut out = String::new();
    for &index in &results.strategies {
        let plan = &scenario.plans[index];
        if plan.allow_unsafe {
            let text = format!(
                "strategy `{}` is harmful and runs only because it sets allow_unsafe",
                plan.name
            );
            let told = paragraph(&format!("warning: {text}"), style);
            out.push_str(&told.replacen("warning:", style.warning(), 1));
        }
    }
    out
}

/// `Label      text`, wrapped.
pub(super) fn labelled(label: &str, text: &str, style: Style) -> String {
    wrapped(&format!("{label:<11}"), text, style)
}

/// An item of a list, wrapped and indented.
pub(super) fn item(text: &str, style: Style) -> String {
    wrapped("  ", text, style)
}

/// Text in lines of at most the width.
pub(super) fn paragraph(text: &str, style: Style) -> String {
    wrapped("", text, style)
}

/// Text in lines of at most the width, all after the first indented like the first.
fn wrapped(start: &str, text: &str, style: Style) -> String {
    let indent = " ".repeat(start.chars().count());
    let width = usize::from(style.width.max(40));
    let mut out = String::new();
    let mut line = start.to_string();
    let mut is_empty = true;
    for word in text.replace(" %", "\u{a0}%").split(' ') {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > width {
            out.push_str(&line);
            out.push('\n');
            line.clone_from(&indent);
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(&word.replace('\u{a0}', " "));
        is_empty = false;
    }
    out.push_str(&line);
    out.push('\n');
    out
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
    let rows: Vec<Vec<String>> = shown.iter().map(|definition| row(definition)).collect();
    style.table(&["metric", "unit", "better", "meaning"], &rows, false)
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
    fn text_and_tables_keep_to_the_width() {
        let text = wrapped("Users      ", &"word ".repeat(40), STYLE);
        assert!(text.lines().all(|line| line.chars().count() <= 80));
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
