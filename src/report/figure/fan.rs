//! A median with quantile bands over time.

use super::canvas::{Anchor, Canvas, INK, Type, Weight, clean, ellipsis, text_width};
use super::data::with_ends;
use super::draw::{self, LABEL, PanelHead, Sample, TimePlot};
use super::scale::Scale;
use super::{Colour, Data, Fan, FanPanel, Series};
use crate::report::number::three_digits;
use jiff::civil::Date;

/// Opacity of the bands, the widest one first.
const BANDS: [f64; 3] = [0.16, 0.16, 0.24];
/// Dash pattern of the target line.
const TARGET: &[f64] = &[7.0, 4.0];

/// Low and high end of a band of a panel.
type Ends = for<'a> fn(&'a FanPanel) -> (&'a [f64], &'a [f64]);

/// The median of each day with the ends of the widest band that is drawn.
pub(super) fn data(figure: &Fan, start: Date) -> Data {
    let bands: [(Ends, &str); 3] = [
        (|panel| (&panel.p05, &panel.p95), "5 to 95 %"),
        (|panel| (&panel.p10, &panel.p90), "10 to 90 %"),
        (|panel| (&panel.p25, &panel.p75), "25 to 75 %"),
    ];
    let is_drawn = |ends: &Ends| {
        figure
            .panels
            .iter()
            .any(|panel| ends(panel).0.iter().any(|low| low.is_finite()))
    };
    let widest = bands.iter().find(|(ends, _)| is_drawn(ends));
    let days = figure
        .panels
        .iter()
        .map(|panel| panel.p50.len())
        .max()
        .unwrap_or(0);
    let data = Data::of_days(&figure.axis, days, start);
    let value = |panel: &FanPanel, day: usize| {
        let at = |values: &[f64]| values.get(day).copied().unwrap_or(f64::NAN);
        let ends = widest.map(|(ends, _)| ends(panel));
        with_ends(at(&panel.p50), ends.map(|(low, high)| (at(low), at(high))))
    };
    let series = figure.panels.iter().enumerate().map(|(index, panel)| Series {
        name: clean(&panel.name),
        group: Some(index),
        values: (0..data.positions.len()).map(|day| value(panel, day)).collect(),
    });
    Data {
        what: match widest {
            Some((_, share)) => format!("{}, median ({share} of worlds)", figure.y_label),
            None => format!("{}, median", figure.y_label),
        },
        series: series.collect(),
        groups: figure
            .panels
            .iter()
            .map(|panel| (panel.colour, clean(&panel.name)))
            .collect(),
        ..data
    }
}

/// Draws the figure.
pub(super) fn draw(canvas: &Canvas, figure: &Fan) {
    let area = draw::frame(canvas, &figure.frame);
    let target = figure.target.as_ref().filter(|(level, _)| level.is_finite());
    let scale = Scale::linear(
        figure
            .panels
            .iter()
            .flat_map(values)
            .chain(target.map(|(level, _)| *level)),
        5,
    );
    let single = figure.panels.len() <= 1;
    let hue = match figure.panels.as_slice() {
        [first, rest @ ..] if rest.iter().all(|panel| panel.colour == first.colour) => first.colour,
        _ => Colour::Grey,
    };
    let mut keys = if figure.panels.is_empty() {
        Vec::new()
    } else {
        entries(hue, &figure.panels, target)
    };
    if !single {
        keys.extend(draw::span_entries(&figure.axis, false));
    }
    let area = draw::key(canvas, &keys, area);
    let heads: Vec<PanelHead> = figure
        .panels
        .iter()
        .map(|panel| PanelHead {
            name: panel.name.clone(),
            note: panel.note.clone(),
        })
        .collect();
    let right = if single && !figure.panels.is_empty() {
        128.0
    } else {
        0.0
    };
    let plots = draw::time_grid(canvas, area, &figure.axis, &figure.y_label, &scale, &heads, right);
    for (index, (plot, panel)) in plots.iter().zip(&figure.panels).enumerate() {
        draw::spans(canvas, &figure.axis, plot, false);
        let colour = panel.colour.rgb();
        let pairs = [
            (&panel.p05, &panel.p95),
            (&panel.p10, &panel.p90),
            (&panel.p25, &panel.p75),
        ];
        canvas.group(index, || {
            for ((low, high), alpha) in pairs.into_iter().zip(BANDS) {
                for outline in band(plot, low, high) {
                    canvas.polygon(&outline, colour, alpha);
                }
            }
        });
        if let Some((level, _)) = target {
            let y = plot.y(*level);
            let ends = [(plot.area.left, y), (plot.area.right, y)];
            canvas.dashed(&ends, 1.6, Colour::Vermillion.rgb(), TARGET);
        }
        let width = if single { 2.5 } else { 2.1 };
        canvas.group(index, || {
            for piece in pieces(plot, &panel.p50) {
                canvas.path(&piece, width, colour);
            }
        });
        draw::marks(canvas, &figure.axis, plot);
        if single {
            edge_labels(canvas, plot, panel);
        }
    }
}

fn values(panel: &FanPanel) -> impl Iterator<Item = f64> + '_ {
    [
        &panel.p05, &panel.p10, &panel.p25, &panel.p50, &panel.p75, &panel.p90, &panel.p95,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// What lines and bands are, those that are there.
fn entries(hue: Colour, panels: &[FanPanel], target: Option<&(f64, String)>) -> Vec<(Sample, String)> {
    let colour = hue.rgb();
    // What lies on top of each other in the plot is mixed here.
    let middle = 1.0 - (1.0 - BANDS[0]) * (1.0 - BANDS[1]);
    let inner = 1.0 - (1.0 - middle) * (1.0 - BANDS[2]);
    let mut entries = vec![(Sample::Line(colour, 2.5, &[]), "median".to_string())];
    let mut band = |low: for<'a> fn(&'a FanPanel) -> &'a Vec<f64>, alpha: f64, label: &str| {
        let is_there = |panel: &FanPanel| low(panel).iter().any(|value| value.is_finite());
        if panels.iter().any(is_there) {
            entries.push((Sample::Fill(colour, alpha), label.to_string()));
        }
    };
    band(|panel| &panel.p25, inner, "25–75 % of worlds");
    band(|panel| &panel.p10, middle, "10–90 %");
    band(|panel| &panel.p05, BANDS[0], "5–95 %");
    if let Some((_, label)) = target {
        entries.push((Sample::Line(Colour::Vermillion.rgb(), 1.6, TARGET), label.clone()));
    }
    entries
}

/// The pieces of a line between days without a number.
fn pieces(plot: &TimePlot, values: &[f64]) -> Vec<Vec<(f64, f64)>> {
    let mut pieces = vec![Vec::new()];
    for (day, value) in plot.days(values) {
        if value.is_finite() {
            if let Some(piece) = pieces.last_mut() {
                piece.push((plot.x(day), plot.y(value)));
            }
        } else {
            pieces.push(Vec::new());
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// The outlines of a band between days without numbers.
fn band(plot: &TimePlot, low: &[f64], high: &[f64]) -> Vec<Vec<(f64, f64)>> {
    let days = low.len().min(high.len());
    let known = |day: usize| low[day].is_finite() && high[day].is_finite();
    let mask = |values: &[f64]| -> Vec<f64> {
        (0..days)
            .map(|day| if known(day) { values[day] } else { f64::NAN })
            .collect()
    };
    pieces(plot, &mask(high))
        .into_iter()
        .zip(pieces(plot, &mask(low)))
        .map(|(mut upper, lower)| {
            upper.extend(lower.into_iter().rev());
            upper
        })
        .collect()
}

/// Names of the lines at the right edge of a single panel, with their values on the last day.
fn edge_labels(canvas: &Canvas, plot: &TimePlot, panel: &FanPanel) {
    let last = |values: &[f64]| {
        plot.days(values)
            .into_iter()
            .rfind(|(_, value)| value.is_finite())
            .map(|(_, value)| value)
    };
    let mut labels: Vec<(f64, String, Type)> = Vec::new();
    let colour = match panel.colour {
        Colour::Blue | Colour::Ink => panel.colour.rgb(),
        _ => INK,
    };
    let Some(median) = last(&panel.p50) else { return };
    labels.push((
        plot.y(median),
        format!("median {}", three_digits(median)),
        Type::semibold(LABEL, colour),
    ));
    for (name, values) in [("95 %", &panel.p95), ("5 %", &panel.p05)] {
        // Only where the band is open: at a point where all lines meet, one label says it all.
        if let Some(value) = last(values).filter(|value| (plot.y(*value) - plot.y(median)).abs() > 8.0) {
            let style = Type::regular(12.0, super::canvas::MUTED);
            labels.push((plot.y(value), format!("{name}: {}", three_digits(value)), style));
        }
    }
    let wanted: Vec<f64> = labels.iter().map(|label| label.0).collect();
    let heights = vec![17.0; labels.len()];
    let placed = draw::push_apart(&wanted, &heights, plot.area.top - 8.0, plot.area.bottom + 4.0);
    for ((_, text, style), y) in labels.iter().zip(placed) {
        let room = 120.0;
        let text = ellipsis(&clean(text), style.size, style.weight, room);
        debug_assert!(text_width(&text, style.size, Weight::Regular) <= room * 1.1);
        canvas.text_centred(&text, plot.area.right + 9.0, y, Anchor::Start, *style);
    }
}
