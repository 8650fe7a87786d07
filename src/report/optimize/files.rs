//! `candidates.csv`, `front.csv` and `optimize.json`.

use super::{Source, chart, fate, standing};
use crate::analysis::optimize::{Fate, Finalist, Found, RESERVED, Standing};
use crate::report::Extras;
use crate::report::analysis::{self, AnalysisManifest};
use crate::report::records::{Cell, Records, interval};
use crate::scenario::Scenario;
use crate::store::kind::OPTIMIZE;
use crate::store::{Claim, NotWritten, Written};

/// Writes the result files below `out`, the chart too if asked for; returns their directory.
///
/// # Errors
/// If anything cannot be written; earlier results are then untouched.
pub fn write(
    scenario: &Scenario,
    found: &Found,
    claim: Claim,
    extras: Extras,
) -> Result<Written, NotWritten> {
    let from = Source { scenario, found };
    let tables = [
        ("candidates", from.candidate_records()),
        ("front", from.front_records()),
        ("limits", from.limit_records()),
    ];
    let figures = if extras.charts {
        vec![("front".to_string(), chart::front(from))]
    } else {
        Vec::new()
    };
    analysis::write(scenario, claim, from.manifest(), &tables, &figures, extras)
}

impl Source<'_> {
    fn manifest(&self) -> AnalysisManifest {
        let question = &self.found.question;
        let worlds = question.worlds.into();
        let mut manifest = AnalysisManifest::new(&OPTIMIZE, self.scenario, self.found.seed, worlds);
        manifest.strategies = vec![self.strategy().into()];
        let names = question.metrics.iter().map(|metric| metric.definition().name);
        manifest.metrics = names.map(Into::into).collect();
        let vary: Vec<serde_json::Value> = (question.vary.iter())
            .map(|one| serde_json::json!({ "key": one.key, "values": one.values }))
            .collect();
        manifest.settings = serde_json::json!({
            "vary": vary,
            "combinations": self.found.combinations,
            "max_candidates": question.max_candidates,
            "rounds": self.found.rounds,
            "finalists": question.finalists,
            "confirm_first_replication": RESERVED,
            "confirm_replications": question.confirm,
        });
        manifest
    }

    fn candidate_records(&self) -> Records {
        let mut records = Records::new(&[
            "candidate",
            "values",
            "fate",
            "round",
            "by",
            "reason",
            "metric",
            "unit",
            "worlds",
            "search_mean",
        ]);
        for (number, candidate) in self.found.candidates.iter().enumerate() {
            let (round, by) = match candidate.fate {
                Fate::Beaten { round, by } => (Some(round as f64), self.name(by)),
                Fate::BreaksLimit { round, .. } => (Some(round as f64), String::new()),
                Fate::Same(by) => (None, self.name(by)),
                Fate::Impossible(_) | Fate::Spare | Fate::Finalist => (None, String::new()),
            };
            for (place, metric) in self.found.question.metrics.iter().enumerate() {
                let definition = metric.definition();
                records.push(vec![
                    self.name(number).into(),
                    candidate.values.join("; ").into(),
                    fate(&candidate.fate).into(),
                    Cell::Number(round),
                    by.clone().into(),
                    self.reason(candidate, |limit| limit.text.clone()).into(),
                    definition.name.into(),
                    self.scenario.unit(definition.unit).into(),
                    Cell::Count(candidate.worlds),
                    Cell::Number(candidate.means.get(place).copied()),
                ]);
            }
        }
        records
    }

    fn front_records(&self) -> Records {
        let mut records = Records::new(&[
            "candidate",
            "options",
            "standing",
            "by",
            "metric",
            "unit",
            "mean",
            "mean_low",
            "mean_high",
            "against_written",
            "against_low",
            "against_high",
            "search_mean",
            "flattered",
        ]);
        for one in &self.found.finalists {
            let candidate = &self.found.candidates[one.candidate];
            for (place, metric) in self.found.question.metrics.iter().enumerate() {
                let definition = metric.definition();
                let mut row = self.head(one);
                row.extend([definition.name.into(), self.scenario.unit(definition.unit).into()]);
                row.extend(interval(&one.means[place]));
                match &one.against {
                    Some(against) => row.extend(interval(&against[place])),
                    None => row.extend([Cell::Number(None), Cell::Number(None), Cell::Number(None)]),
                }
                row.push(Cell::Number(candidate.means.get(place).copied()));
                row.push(Cell::Truth(one.flattered[place]));
                records.push(row);
            }
        }
        records
    }

    fn limit_records(&self) -> Records {
        let mut records = Records::new(&[
            "candidate",
            "options",
            "standing",
            "by",
            "limit",
            "wanted",
            "held",
            "worlds",
            "held_low",
            "held_high",
        ]);
        for one in &self.found.finalists {
            for (limit, held) in self.scenario.goals.limits.iter().zip(&one.limits) {
                let mut row = self.head(one);
                row.extend([
                    limit.text.clone().into(),
                    Cell::Number(Some(limit.probability)),
                    Cell::Count(held.count),
                    Cell::Count(held.n),
                    Cell::Number(Some(held.interval.low)),
                    Cell::Number(Some(held.interval.high)),
                ]);
                records.push(row);
            }
        }
        records
    }

    fn head(&self, one: &Finalist) -> Vec<Cell> {
        let by = match one.standing {
            Standing::Behind { by, .. } => self.name(by),
            _ => String::new(),
        };
        vec![
            self.name(one.candidate).into(),
            self.options(&self.found.candidates[one.candidate]).into(),
            standing(one.standing).into(),
            by.into(),
        ]
    }
}
