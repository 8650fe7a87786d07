//! The front as a chart of the first two metrics.

use super::{Source, directed};
use crate::analysis::optimize::Standing;
use crate::report::charts::footer;
use crate::report::figure::{Colour, Figure, Frame, Scatter, ScatterPoint};
use crate::report::number;

/// The finalists with their intervals, and those dropped by their means in the search.
pub(super) fn front(from: Source<'_>) -> Figure {
    let found = from.found;
    let [across, up] = [0, 1].map(|place| found.question.metrics[place]);
    let confirmed = |number: usize| found.finalists.iter().any(|one| one.candidate == number);
    let mut points: Vec<ScatterPoint> = (found.candidates.iter().enumerate())
        .filter(|(number, candidate)| !candidate.means.is_empty() && !confirmed(*number))
        .map(|(_, candidate)| ScatterPoint {
            name: String::new(),
            kind: 2,
            at: (candidate.means[0], candidate.means[1]),
            intervals: [None, None],
        })
        .collect();
    points.extend(found.finalists.iter().map(|one| ScatterPoint {
        name: from.name(one.candidate),
        kind: usize::from(!one.standing.is_front()),
        at: (one.means[0].mean, one.means[1].mean),
        intervals: [one.means[0].ends, one.means[1].ends],
    }));
    let worlds = number::whole(f64::from(found.question.confirm));
    Figure::Scatter(Scatter {
        frame: Frame {
            title: title(from),
            subtitle: format!("Finalists in {worlds} worlds that no candidate had seen in the search"),
            footer: footer(from.scenario, found.seed),
        },
        x_label: directed(across, from.scenario),
        y_label: directed(up, from.scenario),
        kinds: vec![
            (Colour::Blue, "on the front".into()),
            (Colour::Vermillion, "not on it".into()),
            (Colour::Grey, "not confirmed, mean of the search".into()),
        ],
        points,
    })
}

/// What was found, in one sentence.
fn title(from: Source<'_>) -> String {
    let found = from.found;
    let front: Vec<_> = (found.finalists.iter())
        .filter(|one| one.standing.is_front())
        .collect();
    let strategy = from.strategy();
    match &front[..] {
        [] => format!("No finalist of {strategy} holds the limits often enough"),
        [one] if one.candidate == 0 => format!("No other plan than {strategy} as written is on the front"),
        [one] => {
            let word = if one.standing == Standing::Surely {
                "surely"
            } else {
                "apparently"
            };
            let values = found.candidates[one.candidate].values.join(", ");
            format!("{strategy} with {values} is {word} best on all metrics")
        }
        many => format!(
            "{} plans of {strategy} remain: none of them is better than another on all metrics",
            many.len()
        ),
    }
}
