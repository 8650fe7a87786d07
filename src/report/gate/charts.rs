//! Charts of `gate`: operating characteristic curves, and the two errors.

use super::{Source, scope_word};
use crate::analysis::gate::{FEW, Point, Scope, Share};
use crate::report::charts::footer;
use crate::report::figure::{Curve, CurvePoint, Curves, Figure, Frame, strategy_colour};
use crate::report::number;

/// What a chart shows of a point.
type Part = fn(&Point) -> &Share;

/// All charts with the names of their files.
pub(super) fn figures(from: Source<'_>) -> Vec<(String, Figure)> {
    let parts: [(&str, &str, Part); 3] = [
        ("characteristic", "Probability to go on", |point| &point.goes_on),
        (
            "go-on-if-bad",
            "Probability to go on with a bad release",
            |point| &point.goes_on_if_bad,
        ),
        ("stop-if-good", "Probability to stop a good release", |point| {
            &point.stops_if_good
        }),
    ];
    let mut figures = Vec::new();
    for scope in from.scopes() {
        for (name, measure, part) in parts {
            let name = format!("{name}-{}", scope_word(scope));
            figures.push((name, Figure::Curves(from.curves(scope, measure, part))));
        }
    }
    figures
}

impl Source<'_> {
    fn curves(&self, scope: Scope, measure: &str, part: Part) -> Curves {
        let found = self.found;
        let which = match scope {
            Scope::First => "the gate in front of production",
            Scope::Any => "any gate",
        };
        let points = |threshold: usize| {
            let of = found.of(scope, found.reading());
            of.filter(move |point| point.threshold == threshold)
        };
        let curve = |threshold: usize| Curve {
            name: self.threshold(threshold),
            colour: strategy_colour(threshold + 1),
            points: points(threshold)
                .filter(|point| part(point).of >= FEW)
                .map(|point| CurvePoint {
                    x: found.means[point.level],
                    y: 100.0 * part(point).value().unwrap_or(f64::NAN),
                    interval: Some((
                        100.0 * part(point).interval.low,
                        100.0 * part(point).interval.high,
                    )),
                })
                .collect(),
        };
        let planned = (found.question.around.iter())
            .position(|&factor| factor == 1.0)
            .unwrap_or(0);
        let shown: Vec<&Point> = points(planned).filter(|point| part(point).of >= FEW).collect();
        let title = match (shown.first(), shown.last()) {
            (Some(first), Some(last)) => {
                let say = |point: &Point| {
                    let value = number::share(part(point).count, part(point).of);
                    format!("{value} at {} defects", number::exact(found.means[point.level]))
                };
                format!(
                    "{measure}, thresholds {}: {}, {}",
                    self.threshold(planned),
                    say(first),
                    say(last)
                )
            }
            _ => format!("{measure}: no level has {FEW} such worlds"),
        };
        Curves {
            frame: Frame {
                title,
                subtitle: format!(
                    "Strategy {}, {which}, against the true defect level; {} worlds at every level, points that rest on fewer than \
                     {FEW} left out",
                    self.strategy(),
                    number::whole(found.question.worlds as f64)
                ),
                footer: footer(self.scenario, found.seed),
            },
            x_label: "mean number of defects in the release".into(),
            y_label: "per cent of worlds".into(),
            intervals: "exact 95 % interval".into(),
            curves: (0..found.question.around.len()).map(curve).collect(),
        }
    }
}
