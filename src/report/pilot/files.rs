//! `pilots.csv`, `steps.csv` and `pilot.json`.

use super::{Source, charts, word};
use crate::analysis::pilot::{Along, Design, Found};
use crate::plan::pilot::Trial;
use crate::report::Extras;
use crate::report::analysis::{self, AnalysisManifest};
use crate::report::records::{Cell, Records, interval};
use crate::scenario::Scenario;
use crate::stats::Verdict;
use crate::store::kind::PILOT;
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
    let tables = [("pilots", from.pilot_records()), ("steps", from.step_records())];
    let figures = if extras.charts {
        charts::figures(from)
    } else {
        Vec::new()
    };
    analysis::write(scenario, claim, from.manifest(), &tables, &figures, extras)
}

impl Source<'_> {
    fn manifest(&self) -> AnalysisManifest {
        let found = self.found;
        let mut manifest = AnalysisManifest::new(&PILOT, self.scenario, found.seed, found.worlds);
        manifest.strategies = vec![self.strategy().into()];
        let trial = |trial: Trial| match trial {
            Trial::Without => serde_json::json!("none"),
            Trial::With {
                size,
                composition,
                days,
            } => serde_json::json!({ "size": size, "choose": composition.word(), "days": days }),
        };
        let tried = found.question.variants.iter().map(|variant| trial(variant.trial));
        let refused = found.question.refused.iter().map(|(refused, _)| trial(*refused));
        let design = match found.question.design {
            Design::Crossed => "crossed",
            Design::OneAtATime => "one-at-a-time",
        };
        manifest.settings = serde_json::json!({
            "design": design,
            "pilots": tried.collect::<Vec<_>>(),
            "impossible": refused.collect::<Vec<_>>(),
            "user_cost": found.question.user_cost,
        });
        manifest
    }

    fn pilot_records(&self) -> Records {
        let mut columns = vec!["strategy", "pilot", "choose", "people", "days", "as_written"];
        columns.extend(["found", "found_low", "found_high"]);
        columns.extend(["more_found", "more_found_low", "more_found_high"]);
        columns.extend(["escaped", "escaped_low", "escaped_high"]);
        columns.extend(["harm_hours", "harm_hours_low", "harm_hours_high"]);
        columns.extend(["hours_avoided", "hours_avoided_low", "hours_avoided_high"]);
        columns.extend([
            "meetings_avoided",
            "meetings_avoided_low",
            "meetings_avoided_high",
        ]);
        columns.extend(["completed", "completed_share", "completed_low", "completed_high"]);
        columns.extend(["ended", "comparable"]);
        columns.extend(["days_lost", "days_lost_low", "days_lost_high"]);
        columns.extend(["cost_avoided", "cost_avoided_low", "cost_avoided_high"]);
        columns.extend(["price", "price_low", "price_high"]);
        columns.extend([
            "cost",
            "cost_low",
            "cost_high",
            "saved",
            "saved_low",
            "saved_high",
        ]);
        let mut records = Records::new(&columns);
        let variants = &self.found.question.variants;
        for (place, (variant, answer)) in variants.iter().zip(&self.found.answers).enumerate() {
            let (choose, days) = match variant.trial {
                Trial::Without => ("none", 0),
                Trial::With {
                    composition, days, ..
                } => (composition.word(), days),
            };
            let mut row: Vec<Cell> = vec![
                self.strategy().into(),
                self.name(place).into(),
                choose.into(),
                Cell::Count(variant.people as u64),
                Cell::Count(days.into()),
                Cell::Truth(variant.as_written),
            ];
            for one in [
                &answer.found,
                &answer.more_found,
                &answer.escaped,
                &answer.harm,
                &answer.avoided,
                &answer.meetings_avoided,
            ] {
                row.extend(interval(one));
            }
            let (count, share) = answer.completed;
            row.push(Cell::Count(count));
            let worlds = self.found.worlds.max(1) as f64;
            row.extend([count as f64 / worlds, share.low, share.high].map(|share| Cell::Number(Some(share))));
            row.push(Cell::Count(answer.ended.count));
            row.push(Cell::Truth(answer.is_compared()));
            let money = [&answer.cost_avoided, &answer.price, &answer.cost, &answer.saved];
            for one in std::iter::once(&answer.days_lost).chain(money) {
                row.extend(interval(one));
            }
            records.push(row);
        }
        records
    }

    fn step_records(&self) -> Records {
        let mut columns = vec!["strategy", "along", "smaller", "larger", "from", "to"];
        columns.extend(["more_found", "more_found_low", "more_found_high"]);
        columns.extend(["saves", "saves_low", "saves_high"]);
        columns.extend(["each", "each_low", "each_high"]);
        columns.extend(["each_avoided", "each_avoided_low", "each_avoided_high"]);
        columns.extend(["each_price", "each_price_low", "each_price_high"]);
        columns.extend(["decision", "further_worlds"]);
        let mut records = Records::new(&columns);
        for step in &self.found.steps {
            let along = match step.along {
                Along::Size => "size",
                Along::Length => "length",
            };
            let mut row: Vec<Cell> = vec![self.strategy().into(), along.into()];
            row.extend([step.from, step.to].map(|place| Cell::Text(self.name(place))));
            row.extend(self.ends(step).map(|end| Cell::Number(Some(end))));
            for one in [
                &step.more_found,
                &step.saves,
                &step.each,
                &step.each_avoided,
                &step.each_price,
            ] {
                row.extend(interval(one));
            }
            row.push(word(step.decision()).into());
            let further = match step.decision() {
                Some(Verdict::Undecided { further }) => further,
                _ => None,
            };
            row.push(Cell::Number(further.map(|further| further as f64)));
            records.push(row);
        }
        records
    }
}
