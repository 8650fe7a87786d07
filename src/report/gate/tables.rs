//! `levels.csv`, `characteristic.csv` and `gate.json`.

use super::{Source, reading_word, scope_word};
use crate::analysis::gate::{FEW, Share};
use crate::report::records::{Cell, Records};
use crate::report::study::AnalysisManifest;
use crate::report::tables;
use crate::store::kind::GATE;

/// Count, worlds, share and interval.
fn cells(share: &Share) -> [Cell; 5] {
    [
        Cell::Count(share.count),
        Cell::Count(share.of),
        Cell::Number(share.value()),
        Cell::Number(Some(share.interval.low)),
        Cell::Number(Some(share.interval.high)),
    ]
}

impl Source<'_> {
    /// All tables, in the order of their description.
    pub(super) fn tables(&self) -> Vec<(&'static str, Records)> {
        vec![
            ("levels", self.level_records()),
            ("characteristic", self.characteristic()),
        ]
    }

    pub(super) fn manifest(&self) -> AnalysisManifest {
        let question = &self.found.question;
        let mut manifest = AnalysisManifest::new(&GATE, self.scenario, self.found.seed, question.worlds);
        manifest.strategies = vec![self.strategy().into()];
        manifest.metrics = vec![question.harm.metric.definition().name.into()];
        manifest.settings = serde_json::json!({
            "limit": question.harm.limit,
            "levels": question.levels,
            "around": question.around,
        });
        manifest
    }

    fn level_records(&self) -> Records {
        let mut records = Records::of(&tables::LEVELS);
        let question = &self.found.question;
        for (place, bad) in self.found.bad.iter().enumerate() {
            let mut row: Vec<Cell> = vec![
                self.strategy().into(),
                Cell::Number(Some(question.levels[place])),
                Cell::Number(Some(self.found.means[place])),
                question.harm.metric.definition().name.into(),
                Cell::Number(Some(question.harm.limit)),
            ];
            row.extend(cells(bad));
            records.push(row);
        }
        records
    }

    fn characteristic(&self) -> Records {
        let mut records = Records::of(&tables::CHARACTERISTIC);
        for point in &self.found.points {
            let mut row: Vec<Cell> = vec![
                self.strategy().into(),
                scope_word(point.scope).into(),
                reading_word(point.reading).into(),
                Cell::Number(Some(self.found.question.around[point.threshold])),
                self.criteria(point.threshold).into(),
                Cell::Number(Some(self.found.question.levels[point.level])),
                Cell::Number(Some(self.found.means[point.level])),
            ];
            for share in [&point.goes_on, &point.goes_on_if_bad, &point.stops_if_good] {
                row.extend(cells(share));
            }
            row.push(Cell::Number(point.days_if_good));
            let few = point.goes_on_if_bad.of.min(point.stops_if_good.of) < FEW;
            row.push(Cell::Truth(few));
            records.push(row);
        }
        records
    }
}
