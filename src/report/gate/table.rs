//! What `gate` prints.

use super::{Source, share};
use crate::analysis::gate::{FEW, Found, Scope, Share};
use crate::report::number;
use crate::report::table::{Style, item, paragraph};
use crate::report::words::{amount, explained, noun};
use crate::scenario::Scenario;
use std::fmt::Write;

/// Everything that the command prints; `place` is where the files are.
pub fn print(scenario: &Scenario, found: &Found, style: Style, place: Option<&str>) -> String {
    let from = Source { scenario, found };
    let mut out = String::new();
    let _ = writeln!(out, "{}", style.bold(&scenario.facts.title));
    out.push_str(&paragraph(&from.worlds(), style));
    out.push('\n');
    out.push_str(&from.levels(style));
    for scope in from.scopes() {
        let heading = match scope {
            Scope::First => "The gate in front of production",
            Scope::Any => "Any gate of the plan",
        };
        let _ = writeln!(out, "\n{}", style.bold(heading));
        out.push_str(&paragraph(&from.sentence(scope), style));
        out.push_str(&from.scope(scope, style));
    }
    for threshold in 0..found.question.around.len() {
        let text = format!("{}: {}", from.threshold(threshold), from.fails(threshold));
        out.push_str(&item(&text, style));
    }
    out.push('\n');
    out.push_str(&paragraph(&from.legend(), style));
    out.push_str(&explained(&out, style));
    if let Some(place) = place {
        let _ = writeln!(out, "Wrote {place}");
    }
    out
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

    fn levels(&self, style: Style) -> String {
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
        let rows: Vec<Vec<String>> = (0..self.found.bad.len()).map(row).collect();
        style.table(
            &["Defect level", "mean number", "bad releases", "P(bad)"],
            &rows,
            true,
        )
    }

    fn scope(&self, scope: Scope, style: Style) -> String {
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
        let rows: Vec<Vec<String>> = self.found.of(scope, self.found.reading()).map(row).collect();
        style.table(&header, &rows, true)
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
