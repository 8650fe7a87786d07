//! Comparisons and limits: their words, `comparisons.csv`, `limits.csv`, and their part of `summary.json`.

use super::records::{Cell, Records};
use super::{number, strategy_name};
use crate::analysis::comparison::{Best, Compared, Comparisons, select};
use crate::analysis::limits::{Held, Holding, Judged, judge};
use crate::experiment::Results;
use crate::scenario::Scenario;
use crate::stats::{Interval, Verdict};
use serde::Serialize;

/// Everything that the goals of a scenario say about its results.
pub struct Judgement {
    /// Every strategy against the base.
    pub comparisons: Comparisons,
    /// The best of the contestants, by objective.
    pub best: Vec<Best>,
    /// Limits by strategy; empty without limits.
    pub limits: Vec<Judged>,
}

impl Judgement {
    /// Compares, selects and judges.
    pub fn new(scenario: &Scenario, results: &Results) -> Judgement {
        let horizon = f64::from(scenario.facts.calendar.days());
        let goals = &scenario.goals;
        let judged = |strategy: usize| judge(results, strategy, &goals.limits);
        let strategies = 0..results.strategies.len();
        Judgement {
            comparisons: Comparisons::new(results, goals, horizon),
            best: select(results, goals, &super::verdict::contestants(results), horizon),
            limits: if goals.limits.is_empty() {
                Vec::new()
            } else {
                strategies.map(judged).collect()
            },
        }
    }

    /// Strategies but the base, by name, that do not keep a limit as often as wanted in these worlds, each with the limit
    /// and how often it holds.
    pub fn broken_limits(&self, scenario: &Scenario, results: &Results) -> Vec<String> {
        let alone = results.strategies.len() == 1;
        let mut broken = Vec::new();
        for (strategy, judged) in self.limits.iter().enumerate() {
            if strategy == results.base && !alone {
                continue;
            }
            for (limit, held) in scenario.goals.limits.iter().zip(&judged.each) {
                if !held.holding.is_met() {
                    let name = strategy_name(scenario, results, strategy);
                    broken.push(format!("{name}: {}: it holds in {}", limit.text, often(held)));
                }
            }
        }
        broken
    }
}

/// `97 % (94 to 99 %) of 200 worlds`
pub(super) fn often(held: &Held) -> String {
    let percent = |share: f64| number::percent(share).replace(" %", "");
    format!(
        "{} ({} to {} %) of {} worlds",
        number::percent(held.share()),
        percent(held.interval.low),
        percent(held.interval.high),
        number::whole(held.n as f64)
    )
}

fn holding_word(holding: Holding) -> &'static str {
    match holding {
        Holding::Surely => "holds",
        Holding::Probably => "holds, not surely",
        Holding::ProbablyNot => "does not hold, not surely",
        Holding::SurelyNot => "does not hold",
    }
}

/// One line for each limit, and one for all together.
pub(super) fn limit_lines(scenario: &Scenario, judged: &Judged) -> Vec<String> {
    let limits = &scenario.goals.limits;
    let line =
        |text: &str, held: &Held| format!("{text}: {} - in {}", holding_word(held.holding), often(held));
    let mut lines: Vec<String> = limits
        .iter()
        .zip(&judged.each)
        .map(|(limit, held)| line(&limit.text, held))
        .collect();
    if limits.len() > 1 {
        lines.push(format!("all of them together: in {}", often(&judged.all)));
    }
    lines
}

/// What a comparison decides, in a word or two.
pub(super) fn verdict_words(compared: &Compared) -> String {
    let (better, worse) = if compared.metric.definition().may_be_missing {
        ("earlier", "later")
    } else if compared.is_judged {
        ("better", "worse")
    } else {
        ("lower", "higher")
    };
    match compared.answer.verdict {
        Verdict::Better => better.into(),
        Verdict::Worse => worse.into(),
        Verdict::Tied if compared.indifference > 0.0 => {
            format!("tied within {}", number::exact(compared.indifference))
        }
        Verdict::Tied => "the same".into(),
        Verdict::Undecided { further: Some(more) } => {
            format!(
                "undecided, about {} more worlds",
                number::three_digits(more as f64)
            )
        }
        Verdict::Undecided { further: None } => "undecided".into(),
    }
}

/// One sentence on each selection.
pub(super) fn best_sentences(scenario: &Scenario, results: &Results, judgement: &Judgement) -> Vec<String> {
    (judgement.best.iter())
        .map(|best| {
            let definition = best.objective.metric.definition();
            let zone = format!(
                "{} {}",
                number::exact(best.objective.indifference),
                definition.unit
            );
            let name = |place: usize| strategy_name(scenario, results, best.among[place]);
            match best.selection.selected {
                Some(place) => {
                    let metric = best.objective.metric;
                    let against = super::verdict::against_base(
                        scenario,
                        results,
                        &judgement.comparisons,
                        best.among[place],
                        metric,
                        definition.unit,
                    );
                    format!(
                        "Best in {}: {}, {against}; selected after {} worlds (95 %, indifference {zone}).",
                        definition.name,
                        name(place),
                        number::whole(best.selection.replications as f64)
                    )
                }
                None => {
                    let left: Vec<&str> = best
                        .selection
                        .survivors
                        .iter()
                        .map(|&place| name(place))
                        .collect();
                    let at_most = best.selection.at_most.map_or(String::new(), |most| {
                        format!("; {} worlds decide at the latest", number::whole(most as f64))
                    });
                    format!(
                        "Best in {}: not selected yet between {} (indifference {zone}){at_most}.",
                        definition.name,
                        left.join(", ")
                    )
                }
            }
        })
        .collect()
}

/// One line of `comparisons.csv`, one entry of `summary.json`.
#[derive(Serialize)]
pub(super) struct ComparisonLine<'a> {
    strategy: &'a str,
    metric: &'static str,
    measure: &'static str,
    objective: bool,
    indifference: f64,
    difference: f64,
    low: Option<f64>,
    high: Option<f64>,
    level: f64,
    verdict: &'static str,
    further_worlds: Option<u64>,
    better_in: Option<f64>,
    worse_in: Option<f64>,
    equal_in: Option<f64>,
    better_low95: Option<f64>,
    better_high95: Option<f64>,
    variance_ratio: Option<f64>,
}

const COMPARISON_HEADER: [&str; 17] = [
    "strategy",
    "metric",
    "measure",
    "objective",
    "indifference",
    "difference",
    "low",
    "high",
    "level",
    "verdict",
    "further_worlds",
    "better_in",
    "worse_in",
    "equal_in",
    "better_low95",
    "better_high95",
    "variance_ratio",
];

fn verdict_word(verdict: Verdict) -> (&'static str, Option<u64>) {
    match verdict {
        Verdict::Better => ("better", None),
        Verdict::Worse => ("worse", None),
        Verdict::Tied => ("tied", None),
        Verdict::Undecided { further } => ("undecided", further),
    }
}

fn comparison_lines<'a>(strategy: &'a str, compared: &Compared) -> Vec<ComparisonLine<'a>> {
    let definition = compared.metric.definition();
    let answer = &compared.answer;
    let estimate = answer.difference.estimate;
    let n = estimate.n.max(1) as f64;
    let line = |measure, difference, interval: Option<Interval>, verdict| {
        let (verdict, further_worlds) = verdict_word(verdict);
        ComparisonLine {
            strategy,
            metric: definition.name,
            measure,
            objective: compared.is_objective,
            indifference: compared.indifference,
            difference,
            low: interval.map(|interval| interval.low),
            high: interval.map(|interval| interval.high),
            level: answer.level,
            verdict,
            further_worlds,
            better_in: None,
            worse_in: None,
            equal_in: None,
            better_low95: None,
            better_high95: None,
            variance_ratio: None,
        }
    };
    let is_day = definition.may_be_missing;
    let measure = if is_day { "min_day_horizon" } else { "mean" };
    let mut lines = vec![ComparisonLine {
        better_in: Some(answer.won.count as f64 / n),
        worse_in: Some(answer.lost.count as f64 / n),
        equal_in: Some(answer.tied.count as f64 / n),
        better_low95: Some(answer.won.interval.low),
        better_high95: Some(answer.won.interval.high),
        variance_ratio: answer.difference.variance_ratio,
        ..line(measure, estimate.mean, estimate.interval, answer.verdict)
    }];
    if let (Some(reached), Some(verdict)) = (compared.reached, compared.reached_verdict) {
        lines.push(ComparisonLine {
            indifference: 0.0,
            ..line(
                "probability_reached",
                reached.difference,
                Some(reached.interval),
                verdict,
            )
        });
    }
    lines
}

impl ComparisonLine<'_> {
    fn cells(&self) -> Vec<Cell> {
        let mut cells: Vec<Cell> = [self.strategy, self.metric, self.measure].map(Cell::from).into();
        cells.push(Cell::Truth(self.objective));
        let numbers = [
            Some(self.indifference),
            Some(self.difference),
            self.low,
            self.high,
            Some(self.level),
        ];
        cells.extend(numbers.map(Cell::Number));
        cells.push(self.verdict.into());
        cells.push(self.further_worlds.map_or(Cell::Number(None), Cell::Count));
        let shares = [
            self.better_in,
            self.worse_in,
            self.equal_in,
            self.better_low95,
            self.better_high95,
            self.variance_ratio,
        ];
        cells.extend(shares.map(Cell::Number));
        cells
    }
}

/// All comparisons, line by line.
pub(super) fn all_comparisons<'a>(
    scenario: &'a Scenario,
    results: &Results,
    judgement: &Judgement,
) -> Vec<ComparisonLine<'a>> {
    let rows = judgement.comparisons.rows.iter();
    rows.flat_map(|compared| comparison_lines(strategy_name(scenario, results, compared.strategy), compared))
        .collect()
}

/// The table `comparisons.csv`.
pub(super) fn comparisons(scenario: &Scenario, results: &Results, judgement: &Judgement) -> Records {
    let mut records = Records::new(&COMPARISON_HEADER);
    for line in all_comparisons(scenario, results, judgement) {
        records.push(line.cells());
    }
    records
}

/// One line of `limits.csv`, one entry of `summary.json`.
#[derive(Serialize)]
pub(super) struct LimitLine<'a> {
    strategy: &'a str,
    limit: &'a str,
    wanted: f64,
    holds_in: u64,
    of: u64,
    probability: f64,
    low95: f64,
    high95: f64,
    answer: &'static str,
}

/// All limits of all strategies, and of each strategy all together.
pub(super) fn all_limits<'a>(
    scenario: &'a Scenario,
    results: &Results,
    judgement: &Judgement,
) -> Vec<LimitLine<'a>> {
    let mut lines = Vec::new();
    for (strategy, judged) in judgement.limits.iter().enumerate() {
        let line = |limit, wanted, held: &Held| LimitLine {
            strategy: strategy_name(scenario, results, strategy),
            limit,
            wanted,
            holds_in: held.count,
            of: held.n,
            probability: held.share(),
            low95: held.interval.low,
            high95: held.interval.high,
            answer: holding_word(held.holding),
        };
        let limits = &scenario.goals.limits;
        let each = limits.iter().zip(&judged.each);
        lines.extend(each.map(|(limit, held)| line(&limit.text, limit.probability, held)));
        let least = limits.iter().map(|limit| limit.probability).fold(1.0, f64::min);
        lines.push(line("all", least, &judged.all));
    }
    lines
}

/// The table `limits.csv`; without limits it has no lines.
pub(super) fn limits(scenario: &Scenario, results: &Results, judgement: &Judgement) -> Records {
    let mut records = Records::new(&[
        "strategy",
        "limit",
        "wanted",
        "holds_in",
        "of",
        "probability",
        "low95",
        "high95",
        "answer",
    ]);
    for line in all_limits(scenario, results, judgement) {
        records.push(vec![
            line.strategy.into(),
            line.limit.into(),
            Cell::Number(Some(line.wanted)),
            Cell::Count(line.holds_in),
            Cell::Count(line.of),
            Cell::Number(Some(line.probability)),
            Cell::Number(Some(line.low95)),
            Cell::Number(Some(line.high95)),
            line.answer.into(),
        ]);
    }
    records
}

/// A selection, for `summary.json`.
#[derive(Serialize)]
pub(super) struct SelectionEntry<'a> {
    metric: &'static str,
    indifference: f64,
    among: Vec<&'a str>,
    selected: Option<&'a str>,
    left: Vec<&'a str>,
    worlds: u64,
    decides_at_the_latest: Option<u64>,
    assumptions: &'a [String],
}

/// The selections.
pub(super) fn selections<'a>(
    scenario: &'a Scenario,
    results: &Results,
    judgement: &'a Judgement,
) -> Vec<SelectionEntry<'a>> {
    let entry = |best: &'a Best| {
        let name = |place: &usize| strategy_name(scenario, results, best.among[*place]);
        SelectionEntry {
            metric: best.objective.metric.definition().name,
            indifference: best.objective.indifference,
            among: (0..best.among.len()).map(|place| name(&place)).collect(),
            selected: best.selection.selected.as_ref().map(name),
            left: best.selection.survivors.iter().map(name).collect(),
            worlds: best.selection.replications,
            decides_at_the_latest: best.selection.at_most,
            assumptions: &best.assumptions,
        }
    };
    judgement.best.iter().map(entry).collect()
}
