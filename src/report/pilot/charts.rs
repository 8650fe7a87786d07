//! Charts of `pilot`: what every pilot saves, and what size and length find and save.

use super::{Source, signed};
use crate::analysis::pilot::{Along, Answer};
use crate::experiment::Interval;
use crate::experiment::summary::LEVEL;
use crate::plan::pilot::{Composition, Trial};
use crate::report::charts::footer;
use crate::report::charts::range_word;
use crate::report::figure::{
    Colour, Compare, CompareRow, Curve, CurvePoint, Curves, Figure, Frame, strategy_colour,
};
use crate::report::number;
use crate::report::words::money;
use crate::stats::{Verdict, carries_quantile, quantile};

/// Most rows of the chart of savings.
const ROWS: usize = 20;

/// All charts with the names of their files.
pub(super) fn figures(from: Source<'_>) -> Vec<(String, Figure)> {
    let mut figures = vec![("saved".to_string(), Figure::Compare(from.saved()))];
    for (along, name) in [(Along::Size, "size"), (Along::Length, "length")] {
        if from.found.steps.iter().any(|step| step.along == along) {
            figures.push((format!("found-by-{name}"), Figure::Curves(from.found_by(along))));
            figures.push((
                format!("avoided-by-{name}"),
                Figure::Curves(from.avoided_by(along)),
            ));
            figures.push((format!("saved-by-{name}"), Figure::Curves(from.saved_by(along))));
        }
    }
    figures
}

/// A line of a chart: pilots that differ in size alone, or in length alone.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Line {
    composition: Composition,
    /// The days, or the people.
    other: u64,
}

impl Source<'_> {
    fn frame(&self, title: String, measure: &str) -> Frame {
        let worlds = number::whole(self.found.worlds as f64);
        Frame {
            title,
            subtitle: format!(
                "{measure}; strategy {}, {worlds} worlds, the same for every pilot",
                self.strategy()
            ),
            footer: footer(self.scenario, self.found.seed),
        }
    }

    /// What money is counted in.
    fn money(&self) -> &str {
        money(self.scenario).unwrap_or("money")
    }

    fn saved(&self) -> Compare {
        let answers = &self.found.answers;
        let compared = || answers.iter().skip(1).filter(|answer| answer.is_compared());
        let pays = compared().filter(|answer| answer.saved.ends.is_some_and(|ends| ends.0 > 0.0));
        let loses = compared().filter(|answer| answer.saved.ends.is_some_and(|ends| ends.1 < 0.0));
        let (pays, loses, all) = (pays.count(), loses.count(), compared().count());
        if all == 0 {
            let ends = answers.iter().skip(1).any(|answer| answer.comparable);
            let why = match ends {
                true => "it only puts off the moves",
                false => "the courses do not end by the horizon",
            };
            return self.saved_with(format!("What a pilot saves cannot be said: {why}"));
        }
        let title = match (pays, loses) {
            (0, 0) => "No pilot surely pays, and none surely costs more than it saves".into(),
            (pays, 0) => format!("{pays} of {all} pilots surely save more than they cost"),
            (0, loses) => format!("{loses} of {all} pilots surely cost more than they save"),
            (pays, loses) => {
                format!("Of {all} pilots {pays} surely save more than they cost, and {loses} surely less")
            }
        };
        self.saved_with(title)
    }

    fn saved_with(&self, title: String) -> Compare {
        let answers = &self.found.answers;
        let worlds = answers.iter().map(|answer| answer.saved_by_world.len()).max();
        let carries = carries_quantile(worlds.unwrap_or(0) as u64, 0.9, LEVEL);
        let (low, high) = if carries { (0.1, 0.9) } else { (0.0, 1.0) };
        let row = |place: usize| {
            let answer = &answers[place];
            let at = |p: f64| quantile(&answer.saved_by_world, p);
            let written = self.found.question.variants[place].as_written;
            CompareRow {
                name: self.name(place),
                colour: if written { Colour::Vermillion } else { Colour::Blue },
                mean: answer.saved.mean,
                interval: answer.saved.ends,
                p10: at(low),
                p90: at(high),
                label: signed(&answer.saved),
                difference: if written {
                    "as written".into()
                } else {
                    String::new()
                },
            }
        };
        Compare {
            frame: self.frame(
                title,
                &format!("Cost without a pilot less cost with it, in {}", self.money()),
            ),
            x_label: format!("saved against no pilot, in {}", self.money()),
            range: range_word(carries).into(),
            rows: (1..answers.len()).take(ROWS).map(row).collect(),
            log_scale: false,
        }
    }

    fn found_by(&self, along: Along) -> Curves {
        let title = match self
            .found
            .steps
            .iter()
            .filter(|step| step.along == along)
            .max_by(|a, b| {
                let size = |step: &crate::analysis::pilot::Step| self.ends(step)[1];
                size(a).total_cmp(&size(b))
            }) {
            Some(step) if step.more_found.is_clear() => {
                let [from, to] = self.ends(step).map(number::whole);
                format!(
                    "The last step, from {from} to {to} {}, finds {} more defects before production",
                    units(along),
                    number::with_half_width(step.more_found.mean, step.more_found.half_width())
                )
            }
            _ => format!(
                "The last step to more {} does not surely find more defects",
                units(along)
            ),
        };
        self.curves(
            along,
            self.frame(title, "Defects found before production"),
            "defects found before production",
            |answer| &answer.found,
        )
    }

    fn avoided_by(&self, along: Along) -> Curves {
        let is_end = |place: usize| {
            let mut steps = self.found.steps.iter().filter(|step| step.along == along);
            steps.any(|step| step.from == place || step.to == place)
        };
        let avoided = |place: usize| &self.found.answers[place].cost_avoided;
        let best = (1..self.found.answers.len())
            .filter(|&place| is_end(place))
            .max_by(|&a, &b| avoided(a).mean.total_cmp(&avoided(b).mean));
        let title = best.map_or(String::new(), |place| {
            format!(
                "Of these pilots {} avoids most harm of defects on average: {}",
                self.name(place),
                signed(avoided(place))
            )
        });
        self.curves(
            along,
            self.frame(
                title,
                &format!(
                    "What defects cost without a pilot less what they cost with it, in {}",
                    self.money()
                ),
            ),
            "harm of defects avoided",
            |answer| &answer.cost_avoided,
        )
    }

    fn saved_by(&self, along: Along) -> Curves {
        let steps = || self.found.steps.iter().filter(move |step| step.along == along);
        let title = match steps().rfind(|step| step.decision() == Some(Verdict::Better)) {
            Some(step) => {
                let [from, to] = self.ends(step).map(number::whole);
                format!("From {from} to {to} {} a larger pilot surely pays", units(along))
            }
            None if steps().all(|step| step.decision() == Some(Verdict::Worse)) => {
                format!("No step to more {} pays", units(along))
            }
            None => format!("No step to more {} surely pays", units(along)),
        };
        self.curves(
            along,
            self.frame(
                title,
                &format!("Cost without a pilot less cost with it, in {}", self.money()),
            ),
            "saved against no pilot",
            |answer| &answer.saved,
        )
    }

    fn curves(&self, along: Along, frame: Frame, y_label: &str, of: fn(&Answer) -> &Interval) -> Curves {
        let mut lines: Vec<(Line, Vec<CurvePoint>)> = Vec::new();
        for (place, variant) in self.found.question.variants.iter().enumerate().skip(1) {
            let is_end = |step: &&crate::analysis::pilot::Step| {
                step.along == along && (step.from == place || step.to == place)
            };
            let Trial::With {
                composition, days, ..
            } = variant.trial
            else {
                continue;
            };
            if self.found.steps.iter().find(is_end).is_none() {
                continue;
            }
            let (x, other) = match along {
                Along::Size => (variant.people as f64, u64::from(days)),
                Along::Length => (f64::from(days), variant.people as u64),
            };
            let answer = of(&self.found.answers[place]);
            let point = CurvePoint {
                x,
                y: answer.mean,
                interval: answer.ends,
            };
            let line = Line { composition, other };
            match lines.iter_mut().find(|known| known.0 == line) {
                Some(known) => known.1.push(point),
                None => lines.push((line, vec![point])),
            }
        }
        let curve = |(index, (line, mut points)): (usize, (Line, Vec<CurvePoint>))| {
            points.sort_by(|a, b| a.x.total_cmp(&b.x));
            let other = number::whole(line.other as f64);
            let chosen = line.composition.word().replace('-', " ");
            Curve {
                name: match along {
                    Along::Size => format!("{chosen}, {other} days"),
                    Along::Length => format!("{other} users, {chosen}"),
                },
                colour: strategy_colour(index + 1),
                points,
            }
        };
        Curves {
            frame,
            x_label: match along {
                Along::Size => "users in the pilot".into(),
                Along::Length => "days from the start of the pilot to production".into(),
            },
            y_label: y_label.into(),
            intervals: "95 % interval".into(),
            curves: lines.into_iter().enumerate().map(curve).collect(),
        }
    }
}

fn units(along: Along) -> &'static str {
    match along {
        Along::Size => "users",
        Along::Length => "days",
    }
}
