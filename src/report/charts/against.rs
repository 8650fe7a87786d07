//! Charts of a run that set plans against each other, against limits, and show what they cost.

use super::Source;
use crate::analysis::horizon;
use crate::analysis::limits::{Held, Standing};
use crate::analysis::verdict::Decision;
use crate::experiment::summary::{LEVEL, between};
use crate::outcome::Metric;
use crate::outcome::goal::Limit;
use crate::outcome::metric::{Better, COST_KINDS};
use crate::report::figure::{
    Bars, BarsPart, Colour, Exceedance, ExceedanceCurve, Forest, ForestCell, ForestPanel,
};
use crate::report::verdict::Words;
use crate::report::{dates, number, words};
use crate::stats;

/// Panels and rows of a forest plot at most.
const PANELS: usize = 4;
const ROWS: usize = 15;
/// Kinds of cost of which each has a colour of its own; smaller ones are shown together.
const KINDS: usize = 7;

impl Source<'_> {
    /// Every pair of plans in every objective: the difference, against what is not worth naming. As many charts as it takes.
    pub(super) fn pairs(&self) -> Vec<Forest> {
        let verdict = &self.judgement.verdict;
        let Some(lead) = self.lead(&verdict.candidates) else {
            return Vec::new();
        };
        // The plan of the title stands first in its pairs, and these stand first.
        let mut order = verdict.candidates.clone();
        order.sort_by_key(|&one| one != lead);
        let pairs: Vec<(usize, usize)> = order
            .iter()
            .enumerate()
            .flat_map(|(place, &one)| order[place + 1..].iter().map(move |&other| (one, other)))
            .collect();
        let objectives: Vec<usize> = (0..verdict.objectives.len()).collect();
        let decided = |place: usize| {
            verdict
                .candidates
                .iter()
                .filter(move |&&other| other != lead)
                .filter_map(move |&other| verdict.between(lead, other, place))
        };
        let counted = counts(
            &objectives
                .iter()
                .flat_map(|&place| decided(place))
                .collect::<Vec<_>>(),
        );
        let title = format!("{}{}", self.name(lead), counted);
        let mut charts = Vec::new();
        for rows in pairs.chunks(ROWS) {
            for columns in objectives.chunks(PANELS) {
                charts.push(Forest {
                    frame: self.frame(
                        title.clone(),
                        &format!(
                            "Mean differences in the same worlds; all {} intervals hold together at 95 %",
                            verdict.family
                        ),
                    ),
                    rows: rows
                        .iter()
                        .map(|&(one, other)| format!("{} less {}", self.name(one), self.name(other)))
                        .collect(),
                    panels: columns
                        .iter()
                        .map(|&place| self.differences(place, rows))
                        .collect(),
                    kinds: [
                        (Colour::Blue, "first is better"),
                        (Colour::Vermillion, "first is worse"),
                        (Colour::Grey, "tied"),
                        (Colour::Ink, "undecided"),
                        (Colour::Purple, "not comparable"),
                    ]
                    .map(|(colour, name)| (colour, name.into()))
                    .into(),
                    line: "no difference".into(),
                    zone: "not worth naming".into(),
                    intervals: "interval".into(),
                });
            }
        }
        charts
    }

    fn differences(&self, place: usize, rows: &[(usize, usize)]) -> ForestPanel {
        let verdict = &self.judgement.verdict;
        let objective = verdict.objectives[place];
        let cell = |&(one, other): &(usize, usize)| {
            let (mean, half) = verdict.difference(one, other, place)?;
            let decision = verdict.between(one, other, place)?;
            let kind = match decision {
                Decision::Better => 0,
                Decision::Worse => 1,
                Decision::Tied => 2,
                Decision::Undecided(_) => 3,
                Decision::NotComparable => 4,
            };
            // Of what cannot be compared there is nothing to read off.
            if decision == Decision::NotComparable {
                return Some(ForestCell {
                    label: decision.word().into(),
                    kind,
                    ..ForestCell::default()
                });
            }
            Some(ForestCell {
                value: Some(mean),
                interval: half.map(|half| (mean - half, mean + half)),
                label: number::signed(mean, half).replace('-', "−"),
                kind,
            })
        };
        ForestPanel {
            name: words::capital(&words::measured(objective.metric, self.scenario)),
            x_label: match objective.metric.definition().better {
                Better::Higher => "first is better →".into(),
                _ => "← first is better".into(),
            },
            at: 0.0,
            zone: objective.indifference,
            ticks: Vec::new(),
            cells: rows.iter().map(cell).collect(),
        }
    }

    /// Every plan against every limit. As many charts as it takes.
    pub(super) fn limits(&self, strategies: &[usize]) -> Vec<Forest> {
        let limits = &self.scenario.goals.limits;
        let plans = self.candidates_of(strategies);
        let Some(lead) = self.lead(&plans).filter(|_| !limits.is_empty()) else {
            return Vec::new();
        };
        let told = |one: usize| {
            let each = self
                .judgement
                .verdict
                .limits
                .get(one)
                .map_or(&[][..], |judged| &judged.each);
            format!(
                "{} keeps {} of {}",
                self.name(one),
                each.iter().filter(|held| held.standing == Standing::Kept).count(),
                crate::plan::check::counted(each.len(), "limit")
            )
        };
        let mut title = told(lead);
        if let Some(other) = self.rival(&plans) {
            title.push_str(&format!(", {}", told(other)));
        }
        let places: Vec<usize> = (0..limits.len()).collect();
        let each = places.chunks(PANELS - 1).map(|places| Forest {
            frame: self.frame(
                title.clone(),
                "What would have held as often as each limit is wanted to",
            ),
            rows: plans.iter().map(|&one| self.name(one)).collect(),
            panels: places
                .iter()
                .map(|&place| self.limit(place, &limits[place], &plans))
                .collect(),
            kinds: [
                (Colour::Blue, Standing::Kept),
                (Colour::Grey, Standing::AtLimit),
                (Colour::Ink, Standing::Undecided),
                (Colour::Vermillion, Standing::Broken),
            ]
            .map(|(colour, standing)| (colour, standing.word().into()))
            .into(),
            line: "limit".into(),
            zone: String::new(),
            intervals: String::new(),
        });
        each.collect()
    }

    fn limit(&self, place: usize, limit: &Limit, plans: &[usize]) -> ForestPanel {
        let words = Words::new(self.scenario, self.results, &self.judgement.verdict);
        let factor = if limit.share_of.is_some() { 100.0 } else { 1.0 };
        let cell = |&one: &usize| {
            let held: &Held = self.judgement.verdict.limits.get(one)?.each.get(place)?;
            let kind = match held.standing {
                Standing::Kept => 0,
                Standing::AtLimit => 1,
                Standing::Undecided => 2,
                Standing::Broken => 3,
            };
            let often = format!("holds in {}", number::share(held.count, held.n));
            Some(ForestCell {
                value: held.would_hold.map(|value| value * factor),
                interval: None,
                label: match held.would_hold {
                    Some(value) => format!("{} ({often})", words.bound(limit, value)),
                    None => format!("none ({often})"),
                },
                kind,
            })
        };
        let is_date = limit.metric.is_date() && limit.share_of.is_none();
        ForestPanel {
            name: words::capital(&words::limit(limit, self.scenario)),
            x_label: match limit.share_of {
                Some(whole) => format!("% of {}", words::noun(whole)),
                None if is_date => "date".into(),
                None => words::measured(limit.metric, self.scenario),
            },
            at: limit.at_most * factor,
            zone: 0.0,
            ticks: if is_date {
                dates::ticks(&self.scenario.facts.calendar)
            } else {
                Vec::new()
            },
            cells: plans.iter().map(cell).collect(),
        }
    }

    /// How much more the plan of the title costs or loses than the one that it is set against, in the same worlds.
    pub(super) fn paired_loss(&self) -> Option<Exceedance> {
        let strategies: Vec<usize> = (0..self.results.strategies.len()).collect();
        let (one, other) = (self.lead(&strategies)?, self.rival(&strategies)?);
        let has_cost = strategies.iter().any(|&one| {
            self.results
                .values(one, Metric::Cost)
                .iter()
                .flatten()
                .any(|&cost| cost != 0.0)
        });
        let comparable = |metric: &Metric| horizon::obstacles(self.results, [one, other], *metric).is_empty();
        let metric = [Metric::Cost, Metric::LostHours]
            .into_iter()
            .filter(|&metric| metric != Metric::Cost || has_cost)
            .find(comparable)?;
        let values = |one: usize| self.results.values(one, metric);
        let pairs = values(one).into_iter().zip(values(other));
        let mut differences: Vec<f64> = pairs.filter_map(|(own, its)| Some(own? - its?)).collect();
        differences.sort_unstable_by(f64::total_cmp);
        if differences.iter().all(|&difference| difference == 0.0) {
            return None;
        }
        let shares = between(self.results, one, other, metric);
        let worlds = self.results.replications;
        let share = |share: f64| number::worlds((share * worlds as f64).round() as u64, worlds);
        let (verb, unit) = match metric {
            Metric::Cost => (
                "costs",
                words::money(self.scenario).map_or(String::new(), |money| format!(" {money}")),
            ),
            _ => ("loses", " attendee-hours".into()),
        };
        let tail = stats::carries_quantile(worlds, 0.9, LEVEL).then(|| stats::quantile(&differences, 0.9));
        let title = paired_title(
            [&self.name(one), &self.name(other)],
            verb,
            &share(shares.share_higher),
            tail,
            &unit,
        );
        Some(Exceedance {
            frame: self.frame(
                title,
                &format!(
                    "{} of {} less {}, in the same worlds",
                    words::capital(&words::measured(metric, self.scenario)),
                    self.name(one),
                    self.name(other)
                ),
            ),
            x_label: format!("difference in {}", words::measured(metric, self.scenario)),
            curves: vec![ExceedanceCurve {
                name: format!("{} less {}", self.name(one), self.name(other)),
                colour: self.colour(one),
                values: differences,
            }],
            log_scale: false,
            zero: format!(
                "no difference; left of it {} {verb} less ({}), right of it more ({})",
                self.name(one),
                share(shares.share_lower),
                share(shares.share_higher)
            ),
        })
    }

    /// What each strategy costs, by kind.
    pub(super) fn costs(&self, strategies: &[usize]) -> Option<Bars> {
        let lead = self.lead(strategies)?;
        let means =
            |metric: Metric| -> Vec<f64> { strategies.iter().map(|&one| self.mean(one, metric)).collect() };
        let mut kinds: Vec<(Metric, Vec<f64>)> =
            COST_KINDS.into_iter().map(|kind| (kind, means(kind))).collect();
        let size = |values: &[f64]| values.iter().map(|value| value.abs()).sum::<f64>();
        kinds.retain(|(_, values)| size(values) > 0.0);
        if kinds.is_empty() {
            return None;
        }
        let of_lead = strategies.iter().position(|&one| one == lead)?;
        let spent: f64 = kinds.iter().map(|(_, values)| values[of_lead].max(0.0)).sum();
        let largest = kinds
            .iter()
            .max_by(|a, b| a.1[of_lead].total_cmp(&b.1[of_lead]))?;
        let title = match spent > 0.0 {
            true => format!(
                "{} of what {} costs is {}",
                number::percent(largest.1[of_lead] / spent),
                self.name(lead),
                kind_of_cost(largest.0)
            ),
            false => format!("{} costs nothing", self.name(lead)),
        };
        // Largest first; those beyond the colours are shown together.
        kinds.sort_by(|a, b| size(&b.1).total_cmp(&size(&a.1)));
        let others: Vec<(Metric, Vec<f64>)> = kinds.split_off(kinds.len().min(KINDS));
        const COLOURS: [Colour; KINDS] = [
            Colour::Blue,
            Colour::Orange,
            Colour::Green,
            Colour::Vermillion,
            Colour::Sky,
            Colour::Purple,
            Colour::Ink,
        ];
        let mut parts: Vec<BarsPart> = kinds
            .into_iter()
            .zip(COLOURS)
            .map(|((kind, values), colour)| BarsPart {
                name: kind_of_cost(kind).into(),
                colour,
                values,
            })
            .collect();
        if !others.is_empty() {
            let sum = |row: usize| others.iter().map(|(_, values)| values[row]).sum();
            parts.push(BarsPart {
                name: "other kinds".into(),
                colour: Colour::Grey,
                values: (0..strategies.len()).map(sum).collect(),
            });
        }
        let total = |one: usize| {
            let ends = horizon::comparable(self.results, one);
            format!(
                "{}{}",
                self.mean_text(one, Metric::Cost),
                if ends { "" } else { ", not at its end" }
            )
        };
        Some(Bars {
            frame: self.frame(title, "Cost by kind up to the horizon, mean"),
            x_label: words::measured(Metric::Cost, self.scenario),
            rows: strategies
                .iter()
                .map(|&one| (self.name(one), total(one)))
                .collect(),
            parts,
        })
    }

    fn mean(&self, strategy: usize, metric: Metric) -> f64 {
        let values = self.results.values(strategy, metric);
        values.iter().flatten().sum::<f64>() / values.len().max(1) as f64
    }
}

/// `, compared in 3 objectives with 2 plans, ...`: what became of the comparisons of a plan.
fn counts(decisions: &[Decision]) -> String {
    let count = |wanted: fn(&Decision) -> bool| decisions.iter().filter(|decision| wanted(decision)).count();
    let parts = [
        (count(|one| *one == Decision::Better), "better in"),
        (count(|one| *one == Decision::Worse), "worse in"),
        (count(|one| *one == Decision::Tied), "tied in"),
        (count(|one| matches!(one, Decision::Undecided(_))), "undecided in"),
        (count(|one| *one == Decision::NotComparable), "not comparable in"),
    ];
    let mut parts = parts.into_iter().filter(|(count, _)| *count > 0);
    let first = parts.next().map_or(String::new(), |(count, word)| {
        format!(
            " is {word} {count} of {} comparisons with other plans",
            decisions.len()
        )
    });
    parts.fold(first, |text, (count, word)| format!("{text}, {word} {count}"))
}

/// How often the first costs or loses more, and how much more in one world of ten, if the worlds carry that.
fn paired_title([one, other]: [&str; 2], verb: &str, more_in: &str, tail: Option<f64>, unit: &str) -> String {
    let tail = match tail {
        None => String::new(),
        Some(tail) if tail >= 0.0 => format!(
            "; in one world of ten by over {}{unit}",
            number::three_digits(tail)
        ),
        Some(tail) => format!(
            "; in nine of ten it {verb} at least {}{unit} less",
            number::three_digits(-tail)
        ),
    };
    format!("{one} {verb} more than {other} in {more_in}{tail}")
}

/// A kind of cost without the word.
fn kind_of_cost(kind: Metric) -> &'static str {
    let noun = words::noun(kind);
    noun.strip_prefix("cost of ").unwrap_or(noun)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_counts_what_was_decided() {
        use Decision::*;
        assert_eq!(
            counts(&[Better, Better, Worse, Undecided(None), NotComparable]),
            " is better in 2 of 5 comparisons with other plans, worse in 1, undecided in 1, not comparable in 1"
        );
        assert_eq!(counts(&[Tied]), " is tied in 1 of 1 comparisons with other plans");
        assert_eq!(counts(&[]), "");
    }

    #[test]
    fn the_title_of_a_pair_says_its_tail_on_the_right_side() {
        let title = |tail| paired_title(["a", "b"], "costs", "12 % of the worlds", tail, " EUR");
        assert_eq!(
            title(Some(1234.0)),
            "a costs more than b in 12 % of the worlds; in one world of ten by over 1,230 EUR"
        );
        assert_eq!(
            title(Some(-50.0)),
            "a costs more than b in 12 % of the worlds; in nine of ten it costs at least 50 EUR less"
        );
        assert_eq!(title(None), "a costs more than b in 12 % of the worlds");
    }

    #[test]
    fn kinds_of_cost_are_said_shortly() {
        assert_eq!(kind_of_cost(Metric::CostDesk), "the help desk");
        assert_eq!(
            kind_of_cost(Metric::CostBenefit),
            "benefit of the new side, as a negative cost"
        );
    }
}
