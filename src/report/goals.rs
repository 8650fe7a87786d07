//! Comparisons, limits and the verdict in files: `comparisons.csv`, `pairs.csv`, `limits.csv`, `headline.csv`, and their part of
//! `summary.json`.

use super::records::{Cell, Records};
use super::verdict::{Words, often};
use super::{drivers, number, strategy_name, tables};
use crate::analysis::comparison::{Best, Compared, Comparisons, select};
use crate::analysis::drivers::Drivers;
use crate::analysis::headline::{Headline, Measured, Spread, headlines};
use crate::analysis::limits::Held;
use crate::analysis::no_return::{Last, Technical};
use crate::analysis::verdict::{Decision, Recommendation, Verdict};
use crate::experiment::Results;
use crate::scenario::Scenario;
use crate::stats::{self, Interval};
use serde::Serialize;

/// Everything that the goals of a scenario say about its results.
pub struct Judgement {
    /// Every strategy against the base, for information.
    pub comparisons: Comparisons,
    /// What is decided.
    pub verdict: Verdict,
    /// How far each selection has got, by objective; it decides when worlds are enough, and names nobody.
    pub selections: Vec<Best>,
    /// The headline list of every strategy.
    pub headlines: Vec<Headline>,
    /// The pair of strategies that is spoken of.
    pub spoken: Option<(usize, usize)>,
    /// What the differences of strategies go with, of that pair and against the base.
    pub drivers: Vec<Drivers>,
}

impl Judgement {
    /// Compares, judges and decides.
    pub fn new(scenario: &Scenario, results: &Results) -> Judgement {
        let horizon = f64::from(scenario.facts.calendar.days());
        let goals = &scenario.goals;
        let verdict = Verdict::new(scenario, results);
        let spoken = drivers::spoken(scenario, results, &verdict);
        let pairs = drivers::pairs(results, spoken);
        Judgement {
            comparisons: Comparisons::new(scenario, results),
            selections: select(results, goals, &verdict.candidates, horizon),
            headlines: headlines(scenario, results, &verdict),
            drivers: drivers::find(scenario, results, &pairs, &drivers::metrics(scenario)),
            spoken,
            verdict,
        }
    }

    /// Plans, by name, that do not keep a limit: those that break it, and those that do not hold it as often as wanted in these
    /// worlds.
    pub fn broken_limits(&self, scenario: &Scenario, results: &Results) -> Vec<String> {
        let words = Words::new(scenario, results, &self.verdict);
        let mut broken = Vec::new();
        for &strategy in &self.verdict.candidates {
            let judged = self.verdict.limits.get(strategy);
            let each = judged.iter().flat_map(|judged| &judged.each);
            for (limit, held) in scenario.goals.limits.iter().zip(each) {
                if !held.is_met() {
                    let name = strategy_name(scenario, results, strategy);
                    broken.push(format!("{name}: {}", words.limit_line(limit, held)));
                }
            }
        }
        broken
    }
}

/// One line for each limit of a strategy, and one for all together.
pub(super) fn limit_lines(
    scenario: &Scenario,
    results: &Results,
    judgement: &Judgement,
    strategy: usize,
) -> Vec<String> {
    let words = Words::new(scenario, results, &judgement.verdict);
    let Some(judged) = judgement.verdict.limits.get(strategy) else {
        return Vec::new();
    };
    let limits = scenario.goals.limits.iter().zip(&judged.each);
    let mut lines: Vec<String> = limits
        .map(|(limit, held)| words.limit_line(limit, held))
        .collect();
    if judged.each.len() > 1 {
        lines.push(format!(
            "all of them together, for information: in {}",
            often(&judged.all)
        ));
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
        stats::Verdict::Better => better.into(),
        stats::Verdict::Worse => worse.into(),
        stats::Verdict::Tied if compared.indifference > 0.0 => {
            format!("tied within {}", number::exact(compared.indifference))
        }
        stats::Verdict::Tied => "the same".into(),
        stats::Verdict::Undecided { further: Some(more) } => {
            format!(
                "undecided, about {} more worlds",
                number::three_digits(more as f64)
            )
        }
        stats::Verdict::Undecided { further: None } => "undecided".into(),
    }
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

fn verdict_word(verdict: stats::Verdict) -> (&'static str, Option<u64>) {
    match verdict {
        stats::Verdict::Better => ("better", None),
        stats::Verdict::Worse => ("worse", None),
        stats::Verdict::Tied => ("tied", None),
        stats::Verdict::Undecided { further } => ("undecided", further),
    }
}

fn comparison_lines<'a>(strategy: &'a str, compared: &Compared) -> Vec<ComparisonLine<'a>> {
    let definition = compared.metric.definition();
    let answer = &compared.answer;
    let estimate = answer.difference.estimate;
    let n = estimate.n.max(1) as f64;
    let line = |measure, difference, interval: Option<Interval>, verdict| {
        let (word, further_worlds) = verdict_word(verdict);
        let verdict = match (word, compared.is_judged) {
            ("better" | "worse", false) if difference < 0.0 => "lower",
            ("better" | "worse", false) => "higher",
            (word, _) => word,
        };
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
    let mut records = Records::of(&tables::COMPARISONS);
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
    would_hold: Option<f64>,
    worst_week: Option<f64>,
}

/// All limits of all strategies, and of each strategy all together.
pub(super) fn all_limits<'a>(
    scenario: &'a Scenario,
    results: &Results,
    judgement: &Judgement,
) -> Vec<LimitLine<'a>> {
    let mut lines = Vec::new();
    for (strategy, judged) in judgement.verdict.limits.iter().enumerate() {
        let line = |limit, wanted, held: &Held| LimitLine {
            strategy: strategy_name(scenario, results, strategy),
            limit,
            wanted,
            holds_in: held.count,
            of: held.n,
            probability: held.share(),
            low95: held.interval.low,
            high95: held.interval.high,
            answer: held.standing.word(),
            would_hold: held.would_hold,
            worst_week: held.worst_week,
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
    let mut records = Records::of(&tables::LIMITS);
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
            Cell::Number(line.would_hold),
            Cell::Number(line.worst_week),
        ]);
    }
    records
}

/// How far a selection has got, for `summary.json`.
#[derive(Serialize)]
pub(super) struct SelectionEntry<'a> {
    metric: &'static str,
    indifference: f64,
    among: Vec<&'a str>,
    enough_worlds: bool,
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
    let entry = |best: &'a Best| SelectionEntry {
        metric: best.objective.metric.definition().name,
        indifference: best.objective.indifference,
        among: (best.among.iter())
            .map(|&one| strategy_name(scenario, results, one))
            .collect(),
        enough_worlds: best.selection.selected.is_some(),
        worlds: best.selection.replications,
        decides_at_the_latest: best.selection.at_most,
        assumptions: &best.assumptions,
    };
    judgement.selections.iter().map(entry).collect()
}

/// The verdict, for `summary.json`.
#[derive(Serialize)]
pub(super) struct VerdictEntry<'a> {
    answer: &'static str,
    strategies: Vec<&'a str>,
    sentence: String,
    look: u32,
    level: f64,
    intervals: u64,
    pairs: Records,
    headline: Records,
}

fn answer_word(recommendation: &Recommendation) -> (&'static str, Vec<usize>) {
    match recommendation {
        Recommendation::NoCandidate => ("no candidate", Vec::new()),
        Recommendation::Recommended(one) => ("recommended", vec![*one]),
        Recommendation::Tied(tied) => ("tied", tied.clone()),
        Recommendation::Alone(one) => ("only plan", vec![*one]),
        Recommendation::OnlyOneKeeps(one) => ("only one keeps all limits", vec![*one]),
        Recommendation::BetterMayKeep { keeping, better } => (
            "better may keep the limits",
            [keeping.as_slice(), better].concat(),
        ),
        Recommendation::NoneKeepsLimits => ("no strategy keeps all limits", Vec::new()),
        Recommendation::LimitsOpen(open) => ("limits open", open.clone()),
        Recommendation::Trade { first, second } => ("trade", vec![*first, *second]),
        Recommendation::Undecided { among, .. } => ("undecided", among.clone()),
        Recommendation::NoIndifference => ("differences only", Vec::new()),
        Recommendation::NotComparable(unfinished) => ("not comparable", unfinished.clone()),
    }
}

/// The verdict with what it rests on.
pub(super) fn verdict<'a>(
    scenario: &'a Scenario,
    results: &'a Results,
    judgement: &Judgement,
) -> VerdictEntry<'a> {
    let verdict = &judgement.verdict;
    let (answer, strategies) = answer_word(&verdict.recommendation);
    VerdictEntry {
        answer,
        strategies: (strategies.into_iter())
            .map(|one| strategy_name(scenario, results, one))
            .collect(),
        sentence: Words::new(scenario, results, verdict).sentence(),
        look: verdict.look.number,
        level: stats::bonferroni_level(verdict.look.level(), verdict.family),
        intervals: verdict.family,
        pairs: pairs(scenario, results, judgement),
        headline: headline(scenario, results, judgement),
    }
}

/// The table `pairs.csv`: every candidate against every other one in every objective. All intervals hold together.
pub(super) fn pairs(scenario: &Scenario, results: &Results, judgement: &Judgement) -> Records {
    let mut records = Records::of(&tables::PAIRS);
    for pair in &judgement.verdict.pairs {
        let objective = judgement.verdict.objectives[pair.objective];
        let estimate = pair.answer.difference.estimate;
        let n = estimate.n.max(1) as f64;
        let [one, other] = pair.strategies.map(|one| strategy_name(scenario, results, one));
        let further = match pair.decision {
            Decision::Undecided(further) => further,
            _ => None,
        };
        records.push(vec![
            objective.metric.definition().name.into(),
            Cell::Number(Some(objective.indifference)),
            one.into(),
            other.into(),
            Cell::Number(Some(estimate.mean)),
            Cell::Number(estimate.interval.map(|ends| ends.low)),
            Cell::Number(estimate.interval.map(|ends| ends.high)),
            Cell::Number(Some(pair.answer.level)),
            pair.decision.word().into(),
            further.map_or(Cell::Number(None), Cell::Count),
            Cell::Number(Some(pair.answer.won.count as f64 / n)),
            Cell::Number(Some(pair.answer.lost.count as f64 / n)),
        ]);
    }
    records
}

/// The table `headline.csv`: the headline list, one row for each strategy, and one more for the lot shown where each world has
/// its own.
pub(super) fn headline(scenario: &Scenario, results: &Results, judgement: &Judgement) -> Records {
    let mut records = Records::of(&tables::HEADLINE);
    for line in &judgement.headlines {
        let lot = if line.in_lot.is_some() {
            "each world its own"
        } else {
            ""
        };
        let mut row = vec![
            strategy_name(scenario, results, line.strategy).into(),
            Cell::Truth(line.moves),
        ];
        let [kept, limits] = line
            .limits
            .map_or([None, None], |limits| limits.map(|limits| Some(limits as u64)));
        let standing = line.limits.map_or("", |_| line.standing.word());
        row.extend([count(kept), count(limits), standing.into()]);
        row.extend(measured(scenario, &line.found, Some(&line.technical)));
        row.extend([low_and_high(line), lot.into()]);
        row.extend(three(line.found.worst_week));
        row.push(Cell::Number(Some(line.found.never)));
        records.push(row);
        let Some((lot, found)) = &line.in_lot else {
            continue;
        };
        let mut row = vec![
            strategy_name(scenario, results, line.strategy).into(),
            Cell::Truth(line.moves),
        ];
        row.extend([count(None), count(None), "".into()]);
        row.extend(measured(scenario, found, None));
        row.extend([low_and_high(line), format!("{lot}").into()]);
        row.extend(three(found.worst_week));
        row.push(Cell::Number(Some(found.never)));
        records.push(row);
    }
    records
}

fn count(count: Option<u64>) -> Cell {
    count.map_or(Cell::Number(None), Cell::Count)
}

fn three(spread: Spread) -> [Cell; 3] {
    [spread.low, spread.mean, spread.high].map(|value| Cell::Number(Some(value)))
}

/// What the words `low` and `high` mean.
fn low_and_high(line: &Headline) -> Cell {
    let words = if line.carries_tenths {
        "P10 and P90"
    } else {
        "least and most"
    };
    words.into()
}

/// The columns of `headline.csv` from `done_98_p50` to `cost_high`.
fn measured(scenario: &Scenario, found: &Measured, technical: Option<&Technical>) -> Vec<Cell> {
    let calendar = &scenario.facts.calendar;
    let date = |day: Option<f64>| {
        let date = day.map(|day| calendar.date(libm::floor(day) as i64).to_string());
        Cell::from(date.unwrap_or_default())
    };
    let (turn_back, day) = match technical {
        None => ("", None),
        Some(technical) => match technical.last() {
            Last::Day(day) => ("works until then", Some(f64::from(day))),
            Last::Before(_) => ("never works as a whole", None),
            _ if technical.ever > 0 => ("works for nearly all", None),
            _ => ("works up to the horizon", None),
        },
    };
    let mut cells = vec![
        date(found.done.median),
        date(found.done.late),
        Cell::Count(found.done.reached),
    ];
    cells.extend(three(found.broken));
    cells.extend(three(found.broken_share));
    cells.extend([
        Cell::Number(Some(found.stranded)),
        date(day),
        turn_back.into(),
        count(technical.map(|technical| technical.ever)),
        count(technical.map(|technical| technical.most.into())),
        Cell::Count(found.rollback.count),
        Cell::Number(Some(found.rollback.interval.low)),
        Cell::Number(Some(found.rollback.interval.high)),
    ]);
    cells.extend(three(found.cost));
    cells
}
