//! `risks.csv`, `ranges.csv`, `screening.csv`, `assumptions.csv` and `sensitivity.json`.

use super::{Source, turn, verdict};
use crate::analysis::ranks::Ranks;
use crate::analysis::sensitivity::{Against, Answer, Assumption};
use crate::report::records::{Cell, Records, interval};
use crate::report::study::AnalysisManifest;
use crate::report::tables;
use crate::store::kind::SENSITIVITY;

fn ranks((from, to): Ranks) -> [Cell; 2] {
    [Cell::Count(from as u64), Cell::Count(to as u64)]
}

impl Source<'_> {
    /// All tables, in the order of their description.
    pub(super) fn tables(&self) -> Vec<(&'static str, Records)> {
        vec![
            ("risks", self.risk_records()),
            ("ranges", self.range_records()),
            ("screening", self.screening_records()),
            ("assumptions", self.assumption_records()),
        ]
    }

    pub(super) fn manifest(&self) -> AnalysisManifest {
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
        let mut records = Records::of(&tables::RISKS);
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
        let mut records = Records::of(&tables::RANGES);
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
        let mut records = Records::of(&tables::SCREENING);
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
        let mut records = Records::of(&tables::ASSUMPTIONS);
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
