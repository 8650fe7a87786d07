//! What `sensitivity` prints.

use super::{Source, against, rank, signed, turn, verdict, words};
use crate::analysis::sensitivity::{Answer, Sensitivity, Swing, Verdict};
use crate::experiment::Interval;
use crate::outcome::Metric;
use crate::report::estimates::Estimates;
use crate::report::number;
use crate::report::table::{Style, item, paragraph};
use crate::report::words::{explained, measured};
use crate::scenario::Scenario;
use std::fmt::Write;

/// Everything that the command prints; `place` is where the files are.
pub fn print(scenario: &Scenario, found: &Sensitivity, style: Style, place: Option<&str>) -> String {
    let from = Source { scenario, found };
    let mut out = String::new();
    let _ = writeln!(out, "{}", style.bold(&scenario.facts.title));
    out.push_str(&paragraph(&from.worlds(), style));
    for answer in &found.answers {
        out.push('\n');
        from.answer(answer, style, &mut out);
    }
    if found.answers.is_empty() {
        out.push_str("\nThere is no strategy to compare with the base.\n");
    }
    out.push('\n');
    out.push_str(&paragraph(LEGEND, style));
    out.push_str(&paragraph(&from.untried(), style));
    out.push_str(&explained(&out, style));
    if let Some(place) = place {
        let _ = writeln!(out, "Wrote {place}");
    }
    out
}

/// Is there exactly no effect in any world?
fn is_zero(effect: &Interval) -> bool {
    effect.ends == Some((0.0, 0.0))
}

/// What has no effect at all, in one line.
fn without_effect(names: Vec<String>, style: Style) -> String {
    if names.is_empty() {
        return String::new();
    }
    paragraph(
        &format!("Without any effect in any world: {}.", names.join(", ")),
        style,
    )
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

    fn answer(&self, answer: &Answer, style: Style, out: &mut String) {
        let metric = answer.metric;
        let (strategy, base) = (self.strategy(answer), self.base());
        let title = format!("{strategy} against {base}: {}", measured(metric, self.scenario));
        let _ = writeln!(out, "{}", style.bold(paragraph(&title, style).trim_end()));
        let as_is = number::with_half_width(answer.as_is.mean, answer.as_is.half_width());
        let compared = against(&answer.against_base, metric);
        out.push_str(&paragraph(
            &format!("As stated: {as_is}; against {base} {compared}."),
            style,
        ));
        self.risks(answer, style, out);
        self.ranges(answer, style, out);
        self.screening(answer, style, out);
        self.flips_of(answer, style, out);
    }

    fn risks(&self, answer: &Answer, style: Style, out: &mut String) {
        if self.found.risks.is_empty() {
            out.push_str(&paragraph("There is no risk to switch off.", style));
            return;
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
        if !rows.is_empty() {
            out.push_str(&style.table(&["Risk", "adds", "rank", &without], &rows, true));
        }
        let names = none.iter().map(|&risk| words(self.found.risks[risk].name()));
        out.push_str(&without_effect(names.collect(), style));
    }

    fn ranges(&self, answer: &Answer, style: Style, out: &mut String) {
        if self.found.quantities.is_empty() {
            let text = "No parameter has a range; write one as `{ low = .., high = .., distribution = \"uniform\" }`.";
            out.push_str(&paragraph(text, style));
            return;
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
        if !rows.is_empty() {
            out.push_str(&style.table(&header, &rows, true));
        }
        out.push_str(&without_effect(
            none.iter().map(|&quantity| self.key(quantity)).collect(),
            style,
        ));
    }

    fn screening(&self, answer: &Answer, style: Style, out: &mut String) {
        if answer.screened.is_empty() {
            return;
        }
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
        out.push_str(&style.table(&["Screening", "mu*", "mu", "sigma", "rank"], &rows, true));
    }

    fn flips_of(&self, answer: &Answer, style: Style, out: &mut String) {
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
            out.push_str(&paragraph(&text, style));
            return;
        }
        let many = if flips.len() == 1 { "turns" } else { "turn" };
        let text = format!(
            "{} of the {tried} assumptions tried {many} the verdict:",
            flips.len()
        );
        out.push_str(&paragraph(&text, style));
        for flip in flips {
            let unpublished = if flip.unpublished {
                "; rests on an estimate that nobody published"
            } else {
                ""
            };
            let text = format!(
                "{} {} it: {}{unpublished}",
                self.assumption(flip.assumption),
                turn(flip.turn),
                against(&flip.against_base, metric)
            );
            out.push_str(&item(&text, style));
        }
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
