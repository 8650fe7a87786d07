//! `levels.csv`, `characteristic.csv` and `gate.json`.

use super::{Source, charts, reading_word, scope_word};
use crate::analysis::gate::{FEW, Found, Share};
use crate::report::Extras;
use crate::report::analysis::{self, AnalysisManifest};
use crate::report::records::{Cell, Records};
use crate::scenario::Scenario;
use crate::store::kind::GATE;
use crate::store::{Claim, NotWritten, Written};

/// Writes the result files of a claimed folder.
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
        ("levels", from.level_records()),
        ("characteristic", from.characteristic()),
    ];
    let figures = if extras.charts {
        charts::figures(from)
    } else {
        Vec::new()
    };
    analysis::write(scenario, claim, from.manifest(), &tables, &figures, extras)
}

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
    fn manifest(&self) -> AnalysisManifest {
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
        let columns = [
            "strategy",
            "level",
            "mean_defects",
            "harm",
            "limit",
            "bad",
            "worlds",
            "share_bad",
            "share_bad_low",
            "share_bad_high",
        ];
        let mut records = Records::new(&columns);
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
        let mut columns = vec!["strategy", "gates", "stop_means", "threshold", "criteria"];
        columns.extend(["level", "mean_defects"]);
        columns.extend(["go_on", "worlds", "p_go_on", "p_go_on_low", "p_go_on_high"]);
        columns.extend([
            "go_on_bad",
            "bad",
            "p_go_on_if_bad",
            "p_go_on_if_bad_low",
            "p_go_on_if_bad_high",
        ]);
        columns.extend([
            "stop_good",
            "good",
            "p_stop_if_good",
            "p_stop_if_good_low",
            "p_stop_if_good_high",
        ]);
        columns.extend(["days_if_good", "few_worlds"]);
        let mut records = Records::new(&columns);
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
