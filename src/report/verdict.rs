//! The verdict in words. What is said here was decided by [`crate::analysis::verdict`], and every output says it with these words.

use super::document::{Block, Grid};
use super::words::{self, money, noun};
use super::{number, strategy_name};
use crate::analysis::horizon;
use crate::analysis::limits::{Held, Standing};
use crate::analysis::verdict::{Decision, Recommendation, Verdict};
use crate::experiment::Results;
use crate::experiment::summary::FEW_WORLDS;
use crate::outcome::Metric;
use crate::outcome::goal::Limit;
use crate::scenario::Scenario;

/// A verdict with all that it takes to say it.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    scenario: &'a Scenario,
    results: &'a Results,
    verdict: &'a Verdict,
}

impl<'a> Words<'a> {
    /// Of a verdict about results of a scenario.
    pub fn new(scenario: &'a Scenario, results: &'a Results, verdict: &'a Verdict) -> Words<'a> {
        Words {
            scenario,
            results,
            verdict,
        }
    }

    fn name(self, strategy: usize) -> &'a str {
        strategy_name(self.scenario, self.results, strategy)
    }

    fn names(self, strategies: &[usize]) -> String {
        let names: Vec<&str> = strategies.iter().map(|&one| self.name(one)).collect();
        match &names[..] {
            [] => String::new(),
            [one] => (*one).into(),
            [others @ .., last] => format!("{} and {last}", others.join(", ")),
        }
    }

    /// Its limits, as something that a plan keeps.
    fn limits(self) -> String {
        match self.scenario.goals.limits.len() {
            1 => "the limit".into(),
            more => format!("all {more} limits"),
        }
    }

    /// Why what a plan adds up is that of a part of its course only; nothing if it ends often enough.
    fn caution(self, strategy: usize) -> String {
        let why = horizon::sentence(self.scenario, self.results, strategy);
        why.map_or(String::new(), |why| format!(" What it adds up is {why}."))
    }

    /// Plan against plan: for each objective what is shown, and a table, the row less the column; nothing of fewer than two plans.
    pub(super) fn pairs(self) -> Vec<Block> {
        let plans = &self.verdict.candidates;
        if plans.len() < 2 {
            return Vec::new();
        }
        let names = || plans.iter().map(|&one| self.name(one).to_string());
        let matrix = |place: usize| {
            let mut grid = Grid::of_numbers("plan", names());
            for &one in plans {
                let cells = plans.iter().map(|&other| self.cell(one, other, place));
                grid.push(std::iter::once(self.name(one).into()).chain(cells).collect());
            }
            [
                Block::Text(format!("{}.", self.row_less_column(place))),
                Block::Table(grid),
            ]
        };
        (0..self.verdict.objectives.len()).flat_map(matrix).collect()
    }

    /// The verdict as one sentence.
    pub fn sentence(self) -> String {
        let has_limits = !self.scenario.goals.limits.is_empty();
        match &self.verdict.recommendation {
            Recommendation::NoCandidate => "No strategy moves anybody; there is nothing to decide.".into(),
            Recommendation::Recommended(one) => format!(
                "Recommended: {}{}; in {} it is better than every other plan that breaks no limit, or tied with it{}.",
                self.name(*one),
                if has_limits { format!(", which keeps {}", self.limits()) } else { String::new() },
                self.deciding(),
                self.margin(*one)
            ),
            Recommendation::Tied(tied) => format!(
                "Either of {} can be recommended: in {} they differ by less than is worth naming.",
                self.names(tied),
                self.deciding()
            ),
            Recommendation::Alone(one) if !has_limits => format!(
                "{} is the only plan and no limit is stated: there is nothing to decide.{}",
                self.name(*one),
                self.caution(*one)
            ),
            Recommendation::Alone(one) => format!(
                "{}, the only plan, keeps {}.{}",
                self.name(*one),
                self.limits(),
                self.caution(*one)
            ),
            Recommendation::OnlyOneKeeps(one) => format!(
                "{} keeps {}, and every other plan breaks one; they are not compared otherwise.{}",
                self.name(*one),
                self.limits(),
                self.caution(*one)
            ),
            Recommendation::BetterMayKeep { keeping, better } => format!(
                "No recommendation: {} surely keeps {}, but is not as good as {}, of which that is not sure ({}).",
                self.names(keeping),
                self.limits(),
                self.names(better),
                self.standings(better)
            ),
            Recommendation::NoneKeepsLimits => {
                let stays = |one: &usize| !self.verdict.candidates.contains(one);
                let kept = |&one: &usize| self.verdict.standing(one) == Standing::Kept;
                let others = (0..self.results.strategies.len()).filter(stays);
                let but = match others.filter(kept).count() {
                    0 => "",
                    _ => " but that of moving nobody",
                };
                format!("No strategy keeps all limits{but}; no plan is recommended.")
            }
            Recommendation::LimitsOpen(open) => format!(
                "No recommendation: no plan surely keeps {}. {} may ({}).",
                self.limits(),
                self.names(open),
                self.standings(open)
            ),
            Recommendation::Trade { first, second } => format!(
                "No plan is best in everything. {}{}: {}. {}{}: {}. The scenario does not say which counts more (decide_by).",
                self.name(*first),
                self.doubt(*first),
                self.advantages(*first, *second),
                self.name(*second),
                self.doubt(*second),
                self.advantages(*second, *first)
            ),
            Recommendation::Undecided { among, further } => {
                let more = further.map_or(String::new(), |more| {
                    format!("; about {} more worlds decide", number::three_digits(more as f64))
                });
                format!("Not decided between {}{more}.", self.names(among))
            }
            Recommendation::NoIndifference => {
                "Differences, no recommendation: the scenario does not say which differences count ([objectives])."
                    .into()
            }
            Recommendation::NotComparable(unfinished) => {
                let why = |&one: &usize| {
                    let why = horizon::sentence(self.scenario, self.results, one)?;
                    Some(format!("{}: {why}", self.name(one)))
                };
                let each: Vec<String> = unfinished.iter().filter_map(why).collect();
                format!("No recommendation. {}.", each.join("; "))
            }
        }
    }

    /// How a plan stands to the limits, unless it keeps them.
    fn doubt(self, strategy: usize) -> String {
        match self.verdict.standing(strategy) {
            Standing::Kept => String::new(),
            other => format!(" (limits {})", other.word()),
        }
    }

    /// In what plans are compared.
    fn deciding(self) -> String {
        let metric = |place: usize| noun(self.verdict.objectives[place].metric).to_string();
        match self.verdict.deciding[..] {
            [place] if self.verdict.objectives.len() > 1 => format!("{}, which decides,", metric(place)),
            [place] => metric(place),
            [_, _] => "both objectives".into(),
            ref more => format!("all {} objectives", more.len()),
        }
    }

    /// By how much a recommended plan leads the nearest one, in the first deciding objective in which it is better than another.
    fn margin(self, one: usize) -> String {
        let mut deciding = self.verdict.deciding.iter();
        let lead = deciding.find_map(|&place| self.lead(one, place));
        lead.map_or(String::new(), |lead| format!(" ({lead})"))
    }

    /// By how much a plan leads, in an objective, the one that comes nearest of those that it is better than:
    /// `310 ± 20 fewer broken meetings than big-bang`.
    fn lead(self, one: usize, place: usize) -> Option<String> {
        let is_better = |&&other: &&usize| self.verdict.between(one, other, place) == Some(Decision::Better);
        let others = self.verdict.candidates.iter().filter(is_better);
        let gap = |&&other: &&usize| {
            let gap = self.verdict.difference(one, other, place);
            gap.map_or(f64::INFINITY, |(mean, _)| mean.abs())
        };
        let nearest = *others.min_by(|a, b| gap(a).total_cmp(&gap(b)))?;
        Some(format!(
            "{} than {}",
            self.size(one, nearest, place)?,
            self.name(nearest)
        ))
    }

    /// `310 ± 20 fewer broken meetings`, `12 ± 3 days earlier (98 % done)`, `120,000 ± 8,000 EUR cheaper`
    fn size(self, one: usize, other: usize, place: usize) -> Option<String> {
        let (mean, half) = self.verdict.difference(one, other, place)?;
        let metric = self.verdict.objectives[place].metric;
        let (size, noun) = (number::with_half_width(mean.abs(), half), noun(metric));
        let unit = metric.definition().unit;
        let is_less = mean < 0.0;
        let either = |less: &'static str, more: &'static str| if is_less { less } else { more };
        let money = money(self.scenario).map_or(String::new(), |currency| format!(" {currency}"));
        Some(if metric.is_date() {
            format!("{size} days {} ({noun})", either("earlier", "later"))
        } else if metric == Metric::Cost {
            format!("{size}{money} {}", either("cheaper", "dearer"))
        } else if unit == "currency" {
            format!("{size}{money} {} {noun}", either("less", "more"))
        } else if unit == "d" || (unit == "h" && !noun.contains("hours")) {
            format!("{size} {unit} {} {noun}", either("less", "more"))
        } else {
            format!("{size} {} {noun}", either("fewer", "more"))
        })
    }

    /// Where a plan is better than another one.
    fn advantages(self, one: usize, other: usize) -> String {
        let better: Vec<String> = (0..self.verdict.objectives.len())
            .filter(|&place| self.verdict.between(one, other, place) == Some(Decision::Better))
            .filter_map(|place| self.size(one, other, place))
            .collect();
        better.join(", ")
    }

    fn standings(self, strategies: &[usize]) -> String {
        let each: Vec<String> = strategies
            .iter()
            .map(|&one| format!("{}: {}", self.name(one), self.verdict.standing(one).word()))
            .collect();
        each.join(", ")
    }

    /// What a table of plan against plan in one objective shows: `Broken meetings: row less column; less than 250 is not worth
    /// naming`
    pub(super) fn row_less_column(self, place: usize) -> String {
        let objective = self.verdict.objectives[place];
        let zone = if objective.indifference > 0.0 {
            format!(
                "; less than {} is not worth naming",
                number::exact(objective.indifference)
            )
        } else {
            String::new()
        };
        let what = words::capital(&words::measured(objective.metric, self.scenario));
        format!("{what}: row less column{zone}")
    }

    /// Its cell of two plans: the difference, and below it what is decided; nothing of a plan and itself.
    pub(super) fn cell(self, one: usize, other: usize, place: usize) -> String {
        let difference = self.verdict.difference(one, other, place);
        let decision = self.verdict.between(one, other, place);
        difference
            .zip(decision)
            .map_or(String::new(), |((mean, half), decision)| {
                format!("{}\n{}", number::signed(mean, half), decision.word())
            })
    }

    /// How the plans stand to each other in one metric, as the title of a chart of it. `None` if it is no objective, or there is
    /// only one plan.
    pub fn in_metric(self, metric: Metric) -> Option<String> {
        let place = self
            .verdict
            .objectives
            .iter()
            .position(|objective| objective.metric == metric)?;
        let candidates = &self.verdict.candidates;
        if candidates.len() < 2 {
            return None;
        }
        let best = |&&one: &&usize| self.verdict.best_in(one).contains(&place);
        let best: Vec<usize> = candidates.iter().filter(best).copied().collect();
        let pairs = || {
            let pairs = self.verdict.pairs.iter();
            pairs.filter(move |pair| pair.objective == place)
        };
        let what = noun(metric);
        Some(match best[..] {
            [one] => {
                let lead = self
                    .lead(one, place)
                    .map_or(String::new(), |lead| format!(", {lead}"));
                format!("Best in {what}: {}{lead}", self.name(one))
            }
            [_, _, ..] => format!("Best in {what}: {}, tied", self.names(&best)),
            [] if pairs().all(|pair| pair.decision == Decision::Tied) => {
                format!("No plan differs from another in {what} by more than is worth naming")
            }
            [] if pairs().any(|pair| pair.decision == Decision::NotComparable) => {
                format!("Plans cannot be compared in {what}: not all come to their end by the horizon")
            }
            [] if pairs().any(|pair| matches!(pair.decision, Decision::Undecided(_))) => {
                format!("Which plan is best in {what} is not decided")
            }
            [] => format!("No plan is best in {what}"),
        })
    }

    /// For each limit that not every plan keeps, one line: who breaks it, who is undecided or at the limit, and what would have held.
    pub fn limits_not_kept(self) -> Vec<String> {
        let limits = self.scenario.goals.limits.iter().enumerate();
        limits
            .filter_map(|(place, limit)| self.not_kept(place, limit))
            .collect()
    }

    fn not_kept(self, place: usize, limit: &Limit) -> Option<String> {
        let words = [
            (Standing::Broken, "broken by"),
            (Standing::Undecided, "undecided for"),
            (Standing::AtLimit, "at the limit for"),
        ];
        let mut parts = Vec::new();
        for (standing, word) in words {
            let mut names = Vec::new();
            for &strategy in &self.verdict.candidates {
                let held = &self.verdict.limits.get(strategy)?.each[place];
                if held.standing == standing {
                    names.push(format!("{}{}", self.name(strategy), self.instead(limit, held)));
                }
            }
            if !names.is_empty() {
                parts.push(format!("{word} {}", names.join(", ")));
            }
        }
        let limit = words::limit(limit, self.scenario);
        (!parts.is_empty()).then(|| format!("{limit}: {}.", parts.join("; ")))
    }

    /// `broken meetings at most 3 % of judged meetings in 90 % of the worlds: broken (it holds in 73 % (66 to 79 %) of 200 worlds)
    /// (3.4 % instead); worst week 12 %`
    pub fn limit_line(self, limit: &Limit, held: &Held) -> String {
        let week = held.worst_week.map(|value| self.bound(limit, value));
        format!(
            "{}: {} (it holds in {}){}{}",
            words::limit(limit, self.scenario),
            held.standing.word(),
            often(held),
            self.instead(limit, held),
            week.map_or(String::new(), |week| format!("; worst week {week}"))
        )
    }

    /// What held in the wanted share of these worlds instead, where the limit did not: ` (3.4 % instead)`.
    fn instead(self, limit: &Limit, held: &Held) -> String {
        if held.is_met() {
            return String::new();
        }
        // What is too often not reached has no bound that would hold; how often is in the table above.
        let bound = |value: f64| format!(" ({} instead)", self.bound(limit, value));
        held.would_hold.map_or(String::new(), bound)
    }

    /// A bound of a limit, rounded so that it still holds: `3.4 %`, `17 Jan 2014`, `1,240 h`.
    pub(super) fn bound(self, limit: &Limit, value: f64) -> String {
        if limit.share_of.is_some() {
            return format!("{} %", number::three_digits_up(value * 100.0));
        }
        if limit.metric.is_date() {
            let calendar = &self.scenario.facts.calendar;
            return super::dates::long(calendar.date(libm::floor(value) as i64));
        }
        let unit = limit.metric.definition().unit;
        words::amount(&number::three_digits_up(value), unit, self.scenario)
    }
}

/// `97 % (94 to 99 %) of 200 worlds`; of few, `3 of 4 worlds (19 to 99 %)`
pub(super) fn often(held: &Held) -> String {
    let ends = number::ends(held.interval);
    if held.n < FEW_WORLDS {
        return format!("{} of {} worlds ({ends})", held.count, held.n);
    }
    format!(
        "{} ({ends}) of {} worlds",
        number::percent(held.share()),
        number::whole(held.n as f64)
    )
}
