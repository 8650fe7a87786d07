//! `risks.csv`, `ranges.csv`, `screening.csv`, `assumptions.csv` and `sensitivity.json`.

use super::{Source, charts, turn, verdict};
use crate::analysis::ranks::Ranks;
use crate::analysis::sensitivity::{Against, Answer, Assumption, Sensitivity};
use crate::report::Extras;
use crate::report::analysis::{self, AnalysisManifest};
use crate::report::records::{Cell, Records, interval};
use crate::scenario::Scenario;
use crate::store::kind::SENSITIVITY;
use crate::store::{Claim, NotWritten, Written};

/// Writes the result files of a claimed folder.
///
/// # Errors
/// If anything cannot be written; earlier results are then untouched.
pub fn write(
    scenario: &Scenario,
    found: &Sensitivity,
    claim: Claim,
    extras: Extras,
) -> Result<Written, NotWritten> {
    let from = Source { scenario, found };
    let tables = [
        ("risks", from.risk_records()),
        ("ranges", from.range_records()),
        ("screening", from.screening_records()),
        ("assumptions", from.assumption_records()),
    ];
    let figures = if extras.charts {
        charts::figures(from)
    } else {
        Vec::new()
    };
    analysis::write(scenario, claim, from.manifest(), &tables, &figures, extras)
}

fn ranks((from, to): Ranks) -> [Cell; 2] {
    [Cell::Count(from as u64), Cell::Count(to as u64)]
}

impl Source<'_> {
    fn manifest(&self) -> AnalysisManifest {
        let mut strategies: Vec<String> = Vec::new();
        let mut metrics: Vec<String> = Vec::new();
        for answer in &self.found.answers {
            strategies.push(self.strategy(answer).into());
            metrics.push(answer.metric.definition().name.into());
        }
        strategies.dedup();
        metrics.truncate(metrics.len() / strategies.len().max(1));
        let (seed, worlds) = (self.found.seed, self.found.worlds);
        let mut manifest = AnalysisManifest::new(&SENSITIVITY, self.scenario, seed, worlds);
        manifest.strategies = strategies;
        manifest.metrics = metrics;
        manifest.settings = serde_json::json!({ "trajectories": self.found.trajectories });
        manifest
    }

    /// Strategy, metric and unit.
    fn head(&self, answer: &Answer) -> Vec<Cell> {
        let definition = answer.metric.definition();
        vec![
            self.strategy(answer).into(),
            definition.name.into(),
            self.scenario.unit(definition.unit).into(),
        ]
    }

    fn risk_records(&self) -> Records {
        let columns = [
            "strategy",
            "metric",
            "unit",
            "risk",
            "without_it",
            "estimated",
            "adds",
            "adds_low",
            "adds_high",
            "rank_from",
            "rank_to",
        ];
        let mut records = Records::new(&columns);
        for answer in &self.found.answers {
            for (&risk, (one, own)) in self.found.risks.iter().zip(&answer.exclusions) {
                let mut row = self.head(answer);
                row.extend([risk.name().into(), risk.meaning().into()]);
                row.push(Cell::Truth(risk.is_estimated(&self.scenario.facts)));
                row.extend(interval(&one.adds));
                row.extend(ranks(*own));
                records.push(row);
            }
            if let Some(one) = &answer.without_any {
                let mut row = self.head(answer);
                row.extend(["all".into(), "All of these".into()]);
                let is_estimated = self
                    .found
                    .risks
                    .iter()
                    .any(|risk| risk.is_estimated(&self.scenario.facts));
                row.push(Cell::Truth(is_estimated));
                row.extend(interval(&one.adds));
                row.extend([Cell::Number(None), Cell::Number(None)]);
                records.push(row);
            }
        }
        records
    }

    fn range_records(&self) -> Records {
        let columns = [
            "strategy",
            "metric",
            "unit",
            "quantity",
            "quantity_unit",
            "mark",
            "low",
            "high",
            "at_low",
            "at_low_low",
            "at_low_high",
            "at_high",
            "at_high_low",
            "at_high_high",
            "across",
            "across_low",
            "across_high",
            "rank_from",
            "rank_to",
        ];
        let mut records = Records::new(&columns);
        for answer in &self.found.answers {
            for (place, (swing, own)) in answer.swings.iter().enumerate() {
                let quantity = self.found.quantities[place];
                let mut row = self.head(answer);
                row.push(Cell::Text(self.key(place)));
                row.extend([
                    self.scenario.unit(quantity.unit()).into(),
                    quantity.mark(&self.scenario.facts).word().into(),
                ]);
                row.extend(self.found.ranges[place].map(|end| Cell::Number(Some(end))));
                row.extend(swing.ends.iter().flat_map(|end| interval(&end.effect)));
                row.extend(interval(&swing.across));
                row.extend(ranks(*own));
                records.push(row);
            }
        }
        records
    }

    fn screening_records(&self) -> Records {
        let columns = [
            "strategy",
            "metric",
            "unit",
            "quantity",
            "mu_star",
            "mu_star_low",
            "mu_star_high",
            "mu",
            "mu_low",
            "mu_high",
            "sigma",
            "rank_from",
            "rank_to",
        ];
        let mut records = Records::new(&columns);
        for answer in &self.found.answers {
            for (place, (one, own)) in answer.screened.iter().enumerate() {
                let mut row = self.head(answer);
                row.push(Cell::Text(self.key(place)));
                row.extend(interval(&one.mu_star));
                row.extend(interval(&one.mu));
                row.push(Cell::Number(one.sigma));
                row.extend(ranks(*own));
                records.push(row);
            }
        }
        records
    }

    fn assumption_records(&self) -> Records {
        let columns = [
            "strategy",
            "metric",
            "unit",
            "assumption",
            "value",
            "estimated",
            "difference_to_base",
            "diff_low",
            "diff_high",
            "verdict",
            "turns",
        ];
        let mut records = Records::new(&columns);
        for answer in &self.found.answers {
            let flips = self.flips(answer);
            let mut push = |name: String,
                            value: Option<f64>,
                            is_estimated: bool,
                            tried: Option<Assumption>,
                            one: &Against| {
                let mut row = self.head(answer);
                row.extend([Cell::Text(name), Cell::Number(value), Cell::Truth(is_estimated)]);
                row.extend(interval(&one.difference));
                row.push(verdict(one.verdict, answer.metric).into());
                let flip = flips.iter().find(|flip| Some(flip.assumption) == tried);
                row.push(flip.map_or("", |flip| turn(flip.turn)).into());
                records.push(row);
            };
            push("as-stated".into(), None, false, None, &answer.against_base);
            for (assumption, one) in self.found.assumptions(answer) {
                let is_estimated = self.found.is_unpublished(&self.scenario.facts, assumption);
                let (name, value) = match assumption {
                    Assumption::Without(risk) => (format!("without {}", risk.name()), None),
                    Assumption::WithoutAny => ("without all".into(), None),
                    Assumption::At(quantity, value) => (quantity.key(&self.scenario.facts), Some(value)),
                };
                push(name, value, is_estimated, Some(assumption), &one);
            }
        }
        records
    }
}
