//! What `gate` says.

use super::{Source, share};
use crate::analysis::gate::{FEW, Scope, Share};
use crate::report::document::{Block, Grid, Section};
use crate::report::number;
use crate::report::words::{amount, noun};
use std::fmt::Write;

/// Everything that is said, section by section.
pub(super) fn said(from: Source<'_>) -> Vec<Section> {
    let mut sections = vec![
        Section::new("").text(from.worlds()),
        Section::new("").with(Block::Table(from.levels())),
    ];
    for scope in from.scopes() {
        let heading = match scope {
            Scope::First => "The gate in front of production",
            Scope::Any => "Any gate of the plan",
        };
        let section = Section::new(heading).text(from.sentence(scope));
        sections.push(section.with(Block::Table(from.scope(scope))));
    }
    let thresholds = 0..from.found.question.around.len();
    let thresholds = thresholds.map(|place| format!("{}: {}", from.threshold(place), from.fails(place)));
    if let Some(last) = sections.last_mut() {
        last.blocks.push(Block::Items(thresholds.collect()));
    }
    sections.push(Section::new("").with(Block::Remark(from.legend())));
    sections
}

/// A share, with a star if it rests on few worlds.
fn starred(one: &Share) -> String {
    let few = if one.of < FEW { " *" } else { "" };
    format!("{}{few}", share(one))
}

impl Source<'_> {
    fn worlds(&self) -> String {
        let question = &self.found.question;
        let definition = question.harm.metric.definition();
        let mut text = format!(
            "Gates of {}: {} worlds (seed {}) at every defect level, the same for every threshold; a release is bad if, without \
             gates and triggers, it adds more than {} to \"{}\" ({})",
            self.strategy(),
            number::whole(question.worlds as f64),
            self.found.seed,
            amount(
                &number::exact(question.harm.limit),
                definition.unit,
                self.scenario
            ),
            noun(question.harm.metric),
            definition.name
        );
        for written in &self.scenario.overrides {
            let _ = write!(text, "; with {written}");
        }
        text
    }

    fn levels(&self) -> Grid {
        let row = |place: usize| {
            let bad = &self.found.bad[place];
            vec![
                format!("x {}", number::exact(self.found.question.levels[place])),
                number::exact(self.found.means[place]),
                format!(
                    "{} of {}",
                    number::whole(bad.count as f64),
                    number::whole(bad.of as f64)
                ),
                share(bad),
            ]
        };
        let titles = ["Defect level", "mean number", "bad releases", "P(bad)"];
        Grid::with_numbers(&titles, (0..self.found.bad.len()).map(row).collect())
    }

    fn scope(&self, scope: Scope) -> Grid {
        let header = [
            "Threshold",
            "level",
            "P(go on)",
            "P(go on | bad)",
            "P(stop | good)",
        ];
        let row = |point: &crate::analysis::gate::Point| {
            vec![
                self.threshold(point.threshold),
                format!("x {}", number::exact(self.found.question.levels[point.level])),
                share(&point.goes_on),
                starred(&point.goes_on_if_bad),
                starred(&point.stops_if_good),
            ]
        };
        let points = self.found.of(scope, self.found.reading());
        Grid::with_numbers(&header, points.map(row).collect())
    }

    fn legend(&self) -> String {
        let other = match self.found.can_stop {
            true => " How often it is held up at all is in characteristic.csv.",
            false => {
                " The gates of this plan can hold, but never stop it: in the end they let everything go on."
            }
        };
        format!(
            "A release stops if the programme {}; otherwise it goes on.{other} The level multiplies the mean number of \
             every class of defects. In brackets are exact 95 % intervals (Clopper and Pearson), each on its own, in per \
             cent. * rests on fewer than {FEW} worlds; - on none.",
            self.reading()
        )
    }
}
