//! `pilots.csv`, `steps.csv` and `pilot.json`.

use super::{Source, word};
use crate::analysis::pilot::{Along, Design};
use crate::plan::pilot::Trial;
use crate::report::records::{Cell, Records, interval};
use crate::report::study::AnalysisManifest;
use crate::report::tables;
use crate::stats::Verdict;
use crate::store::kind::PILOT;

impl Source<'_> {
    /// All tables, in the order of their description.
    pub(super) fn tables(&self) -> Vec<(&'static str, Records)> {
        vec![("pilots", self.pilot_records()), ("steps", self.step_records())]
    }

    pub(super) fn manifest(&self) -> AnalysisManifest {
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
        let mut records = Records::of(&tables::PILOTS);
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
        let mut records = Records::of(&tables::STEPS);
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
