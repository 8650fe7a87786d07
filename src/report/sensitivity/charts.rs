//! Tornado charts: what risks add, and what ranges move.

use super::{Source, rank, signed, words};
use crate::analysis::ranks::Ranks;
use crate::analysis::sensitivity::Answer;
use crate::experiment::Interval;
use crate::report::charts::footer;
use crate::report::figure::{Figure, Frame, Tornado, TornadoEnd, TornadoRow};
use crate::report::number;
use crate::report::words::{measured, noun};

/// Most rows of a chart; the smaller ones are in the tables.
const ROWS: usize = 16;

/// All charts with the names of their files.
pub(super) fn figures(from: Source<'_>) -> Vec<(String, Figure)> {
    let mut figures = Vec::new();
    for answer in &from.found.answers {
        let name = format!("{}-{}", from.strategy(answer), answer.metric.definition().name);
        if !from.found.risks.is_empty() {
            figures.push((format!("risks-{name}"), Figure::Tornado(from.risks_chart(answer))));
        }
        if !from.found.quantities.is_empty() {
            figures.push((
                format!("ranges-{name}"),
                Figure::Tornado(from.ranges_chart(answer)),
            ));
        }
    }
    figures
}

/// One candidate for the title: its name, what it does, and its ranks.
struct Driver {
    name: String,
    effect: Interval,
    ranks: Ranks,
}

impl Source<'_> {
    fn frame(&self, title: String, measure: &str) -> Frame {
        let worlds = number::whole(self.found.worlds as f64);
        Frame {
            title,
            subtitle: format!("{measure}; {worlds} worlds, the same for every bar"),
            footer: footer(self.scenario, self.found.seed),
        }
    }

    fn risks_chart(&self, answer: &Answer) -> Tornado {
        let mut rows: Vec<(f64, TornadoRow)> = Vec::new();
        let mut drivers = Vec::new();
        for (risk, (one, ranks)) in self.found.risks.iter().zip(&answer.exclusions) {
            let row = TornadoRow {
                name: words(risk.name()),
                ends: vec![end(&one.adds)],
                label: signed(&one.adds),
                rank: format!("rank {}", rank(*ranks)),
            };
            rows.push((one.adds.mean, row));
            drivers.push(Driver {
                name: words(risk.name()),
                effect: one.adds,
                ranks: *ranks,
            });
        }
        let of = format!("the {} of {}", noun(answer.metric), self.strategy(answer));
        let title = match leading(drivers) {
            Leading::None => format!("No risk clearly changes {of}"),
            Leading::One(driver) => {
                let verb = if driver.effect.mean < 0.0 {
                    "take away"
                } else {
                    "add"
                };
                let size = number::with_half_width(driver.effect.mean.abs(), driver.effect.half_width());
                format!("Of all risks, {} {verb} most to {of}: {size}", driver.name)
                    .replace("take away most to", "take away most from")
            }
            Leading::Many(names) => format!("No single risk leads in {of}: {names} cannot be ranked"),
        };
        let adds = format!(
            "What each risk adds to the {}",
            measured(answer.metric, self.scenario)
        );
        Tornado {
            frame: self.frame(title, &adds),
            x_label: format!(
                "{}: with the risk minus without it",
                measured(answer.metric, self.scenario)
            ),
            ends: vec!["added by the risk".into()],
            rows: longest_first(rows),
        }
    }

    fn ranges_chart(&self, answer: &Answer) -> Tornado {
        let mut rows: Vec<(f64, TornadoRow)> = Vec::new();
        let mut drivers = Vec::new();
        for (place, (swing, ranks)) in answer.swings.iter().enumerate() {
            let [low, high] = self.found.ranges[place].map(number::exact);
            let row = TornadoRow {
                name: format!("{} {low} to {high}", self.key(place)),
                ends: swing.ends.iter().map(|one| end(&one.effect)).collect(),
                label: signed(&swing.across),
                rank: format!("rank {}", rank(*ranks)),
            };
            rows.push((swing.across.mean, row));
            drivers.push(Driver {
                name: self.key(place),
                effect: swing.across,
                ranks: *ranks,
            });
        }
        let of = format!("the {} of {}", noun(answer.metric), self.strategy(answer));
        let title = match leading(drivers) {
            Leading::None => format!("No range clearly moves {of}"),
            Leading::One(driver) => {
                format!(
                    "{} moves {of} most: by {} across its range",
                    driver.name,
                    signed(&driver.effect)
                )
            }
            Leading::Many(names) => format!("No single range leads in {of}: {names} cannot be ranked"),
        };
        let measure = format!(
            "Change of the {} at the ends of each 90 % range",
            measured(answer.metric, self.scenario)
        );
        Tornado {
            frame: self.frame(title, &measure),
            x_label: format!(
                "{}: at the end minus as stated; the number is the change across",
                measured(answer.metric, self.scenario)
            ),
            ends: vec!["lower end of the range".into(), "upper end".into()],
            rows: longest_first(rows),
        }
    }
}

fn end(effect: &Interval) -> TornadoEnd {
    TornadoEnd {
        value: effect.mean,
        interval: effect.ends,
    }
}

fn longest_first(mut rows: Vec<(f64, TornadoRow)>) -> Vec<TornadoRow> {
    rows.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()));
    rows.into_iter().take(ROWS).map(|row| row.1).collect()
}

/// Who is at the top.
enum Leading {
    /// Nobody has a clear effect.
    None,
    /// One is larger than all others.
    One(Driver),
    /// Several that have a clear effect cannot be told apart.
    Many(String),
}

/// A ranking is stated only where the intervals allow one.
fn leading(drivers: Vec<Driver>) -> Leading {
    let mut top: Vec<Driver> = (drivers.into_iter())
        .filter(|driver| driver.effect.is_clear() && driver.ranks.0 == 1)
        .collect();
    top.sort_by(|a, b| b.effect.mean.abs().total_cmp(&a.effect.mean.abs()));
    match top.len() {
        0 => Leading::None,
        1 => Leading::One(top.remove(0)),
        2 => Leading::Many(format!("{} and {}", top[0].name, top[1].name)),
        many => Leading::Many(format!("{}, {} and {} more", top[0].name, top[1].name, many - 2)),
    }
}
