//! What `sensitivity` says.

use super::{Source, against, rank, signed, turn, verdict, words};
use crate::analysis::sensitivity::{Answer, Flip, Swing, Verdict};
use crate::experiment::Interval;
use crate::outcome::Metric;
use crate::report::document::{Block, Grid, Section};
use crate::report::estimates::Estimates;
use crate::report::number;
use crate::report::words::measured;
use std::fmt::Write;

/// Everything that is said, section by section.
pub(super) fn said(from: Source<'_>) -> Vec<Section> {
    let mut sections = vec![Section::new("").text(from.worlds())];
    sections.extend(from.found.answers.iter().map(|answer| from.answer(answer)));
    if from.found.answers.is_empty() {
        sections.push(Section::new("").text("There is no strategy to compare with the base."));
    }
    sections.push(
        Section::new("")
            .with(Block::Remark(LEGEND.into()))
            .text(from.untried()),
    );
    sections
}

/// Is there exactly no effect in any world?
fn is_zero(effect: &Interval) -> bool {
    effect.ends == Some((0.0, 0.0))
}

/// A table, if it has any rows.
fn table(titles: &[&str], rows: Vec<Vec<String>>) -> Option<Block> {
    (!rows.is_empty()).then(|| Block::Table(Grid::with_numbers(titles, rows)))
}

/// What has no effect at all, in one line.
fn without_effect(names: Vec<String>) -> String {
    if names.is_empty() {
        return String::new();
    }
    format!("Without any effect in any world: {}.", names.join(", "))
}

const LEGEND: &str = "All differences are paired, in the same worlds. The ± of one column hold together with 95 %; where \
    such intervals overlap there is no ranking, and the rows share the ranks that are left. \"Adds\" is what the metric is \
    with the risk minus what it is without it. mu* is the mean size of the change across the whole range at random places \
    in the ranges of all others, mu the same with signs, and sigma how much that change differs (Morris).";

impl Source<'_> {
    fn worlds(&self) -> String {
        let found = self.found;
        let worlds = number::whole(found.worlds as f64);
        let mut text = format!(
            "{worlds} worlds (seed {}), the same for every variation",
            found.seed
        );
        if found.trajectories > 0 {
            let _ = write!(
                text,
                "; {} trajectories",
                number::whole(found.trajectories as f64)
            );
        }
        for written in &self.scenario.overrides {
            let _ = write!(text, "; with {written}");
        }
        text
    }

    fn answer(&self, answer: &Answer) -> Section {
        let metric = answer.metric;
        let (strategy, base) = (self.strategy(answer), self.base());
        let title = format!("{strategy} against {base}: {}", measured(metric, self.scenario));
        let as_is = number::with_half_width(answer.as_is.mean, answer.as_is.half_width());
        let compared = against(&answer.against_base, metric);
        let section = Section::new(&title).text(format!("As stated: {as_is}; against {base} {compared}."));
        let section = self.ranges(answer, self.risks(answer, section));
        self.flips_of(answer, self.screening(answer, section))
    }

    fn risks(&self, answer: &Answer, section: Section) -> Section {
        if self.found.risks.is_empty() {
            return section.text("There is no risk to switch off.");
        }
        let without = format!("against {} without it", self.base());
        let (none, mut order): (Vec<usize>, Vec<usize>) =
            (0..self.found.risks.len()).partition(|&risk| is_zero(&answer.exclusions[risk].0.adds));
        let adds = |risk: usize| answer.exclusions[risk].0.adds.mean.abs();
        order.sort_by(|&a, &b| adds(b).total_cmp(&adds(a)));
        let mut rows: Vec<Vec<String>> = (order.into_iter())
            .map(|risk| {
                let (one, ranks) = &answer.exclusions[risk];
                let name = words(self.found.risks[risk].name());
                vec![
                    name,
                    signed(&one.adds),
                    rank(*ranks),
                    against(&one.against_base, answer.metric),
                ]
            })
            .collect();
        if let Some(one) = answer.without_any.as_ref().filter(|_| !rows.is_empty()) {
            let compared = against(&one.against_base, answer.metric);
            rows.push(vec![
                "all of these".into(),
                signed(&one.adds),
                String::new(),
                compared,
            ]);
        }
        let table = table(&["Risk", "adds", "rank", &without], rows);
        let names = none.iter().map(|&risk| words(self.found.risks[risk].name()));
        section.maybe(table).text(without_effect(names.collect()))
    }

    fn ranges(&self, answer: &Answer, section: Section) -> Section {
        if self.found.quantities.is_empty() {
            let text = "No parameter has a range; write one as `{ low = .., high = .., distribution = \"uniform\" }`.";
            return section.text(text);
        }
        let is_inert = |swing: &Swing| swing.ends.iter().all(|end| is_zero(&end.effect));
        let (none, mut order): (Vec<usize>, Vec<usize>) =
            (0..self.found.quantities.len()).partition(|&quantity| is_inert(&answer.swings[quantity].0));
        let across = |quantity: usize| answer.swings[quantity].0.across.mean.abs();
        order.sort_by(|&a, &b| across(b).total_cmp(&across(a)));
        let row = |quantity: usize| {
            let (swing, ranks) = &answer.swings[quantity];
            let [low, high] = self.found.ranges[quantity].map(number::exact);
            let [at_low, at_high] = [0, 1].map(|end| signed(&swing.ends[end].effect));
            let name = format!("{}\n{low} to {high}", self.key(quantity));
            vec![name, at_low, at_high, signed(&swing.across), rank(*ranks)]
        };
        let rows: Vec<Vec<String>> = order.into_iter().map(row).collect();
        let header = [
            "Range (90 %)",
            "at the low end",
            "at the high end",
            "across",
            "rank",
        ];
        let none = none.iter().map(|&quantity| self.key(quantity)).collect();
        section.maybe(table(&header, rows)).text(without_effect(none))
    }

    fn screening(&self, answer: &Answer, section: Section) -> Section {
        let mut order: Vec<usize> = (0..answer.screened.len()).collect();
        let size = |quantity: usize| answer.screened[quantity].0.mu_star.mean;
        order.sort_by(|&a, &b| size(b).total_cmp(&size(a)));
        let row = |quantity: usize| {
            let (one, ranks) = &answer.screened[quantity];
            let mu_star = number::with_half_width(one.mu_star.mean, one.mu_star.half_width());
            let sigma = one
                .sigma
                .filter(|sigma| *sigma > one.mu_star.mean * number::ROUNDING);
            let sigma = sigma.map_or("0".into(), number::three_digits);
            vec![self.key(quantity), mu_star, signed(&one.mu), sigma, rank(*ranks)]
        };
        let rows: Vec<Vec<String>> = order.into_iter().map(row).collect();
        section.maybe(table(&["Screening", "mu*", "mu", "sigma", "rank"], rows))
    }

    fn flips_of(&self, answer: &Answer, section: Section) -> Section {
        let metric: Metric = answer.metric;
        let flips = self.flips(answer);
        let tried = self.tried();
        if flips.is_empty() {
            let text = match answer.against_base.verdict {
                Verdict::Unclear => {
                    format!("None of the {tried} assumptions tried makes a clear difference.")
                }
                clear => format!(
                    "None of the {tried} assumptions tried turns the verdict: {} stays {}.",
                    self.strategy(answer),
                    verdict(clear, metric)
                ),
            };
            return section.text(text);
        }
        let many = if flips.len() == 1 { "turns" } else { "turn" };
        let text = format!(
            "{} of the {tried} assumptions tried {many} the verdict:",
            flips.len()
        );
        let told = |flip: &Flip| {
            let unpublished = if flip.unpublished {
                "; rests on an estimate that nobody published"
            } else {
                ""
            };
            format!(
                "{} {} it: {}{unpublished}",
                self.assumption(flip.assumption),
                turn(flip.turn),
                against(&flip.against_base, metric)
            )
        };
        section
            .text(text)
            .with(Block::Items(flips.iter().map(told).collect()))
    }

    /// What this analysis could not try.
    fn untried(&self) -> String {
        let facts = &self.scenario.facts;
        let varied = (self.found.quantities.iter())
            .filter(|quantity| quantity.mark(facts) == crate::world::Mark::Estimated)
            .count();
        let count = Estimates::count(facts);
        let ranges = match self.found.quantities.len() {
            1 => "1 range was varied".into(),
            many => format!("{many} ranges were varied"),
        };
        format!(
            "{ranges}, {varied} of them estimates that nobody published. {} of {} parameters and {} of {} profile cells are \
             such estimates; those without a range were not varied.",
            count.parameters, count.of_parameters, count.cells, count.of_cells
        )
    }
}
