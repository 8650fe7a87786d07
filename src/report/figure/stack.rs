//! Stacked areas over time.

use plotters::style::{RGBColor, WHITE};

use super::canvas::{Anchor, Canvas, INK, Type, Weight, clean, fit, text_width};
use super::data::amount;
use super::draw::{self, LABEL, PanelHead, Sample, TimePlot};
use super::scale::Scale;
use super::{Colour, Data, Series, Stack, StackLayer};
use jiff::civil::Date;

/// Opacity of the areas.
const FILL: f64 = 0.86;

/// The height of every layer on each day.
pub(super) fn data(figure: &Stack, start: Date) -> Data {
    let groups = groups(figure);
    let days = figure
        .panels
        .iter()
        .map(|panel| longest(&panel.layers))
        .max()
        .unwrap_or(0);
    let data = Data::of_days(&figure.axis, days, start);
    let layers = figure
        .panels
        .iter()
        .flat_map(|panel| panel.layers.iter().map(move |layer| (panel, layer)));
    let series = layers.map(|(panel, layer)| Series {
        name: clean(if figure.panels.len() > 1 {
            &panel.name
        } else {
            &layer.name
        }),
        group: Some(group_in(&groups, layer)),
        values: (0..data.positions.len())
            .map(|day| amount(usable(layer.values.get(day).copied().unwrap_or(0.0))))
            .collect(),
    });
    Data {
        what: figure.y_label.clone(),
        series: series.collect(),
        groups: groups
            .iter()
            .map(|(colour, name)| (*colour, clean(name)))
            .collect(),
        ..data
    }
}

/// Draws the figure.
pub(super) fn draw(canvas: &Canvas, figure: &Stack) {
    let area = draw::frame(canvas, &figure.frame);
    let several = figure.panels.len() > 1;
    let scale = Scale::linear(figure.panels.iter().flat_map(|panel| totals(&panel.layers)), 5);
    let heads: Vec<PanelHead> = figure
        .panels
        .iter()
        .map(|panel| PanelHead {
            name: if several {
                panel.name.clone()
            } else {
                String::new()
            },
            note: String::new(),
        })
        .collect();
    let groups = groups(figure);
    let style = Type::regular(LABEL, INK);
    let mut labels: Vec<(f64, Vec<String>)> = Vec::new();
    let (area, right) = if several {
        let mut keys = entries(&groups);
        keys.extend(draw::span_entries(&figure.axis, true));
        (draw::key(canvas, &keys, area), 0.0)
    } else {
        let layers = figure
            .panels
            .first()
            .map(|panel| panel.layers.as_slice())
            .unwrap_or_default();
        labels = layers
            .iter()
            .map(|layer| fit(&layer.name, style, 11.0, 170.0, 3))
            .collect();
        let widest = labels
            .iter()
            .flat_map(|(size, lines)| lines.iter().map(|line| text_width(line, *size, Weight::Regular)))
            .fold(0.0, f64::max);
        (area, if layers.is_empty() { 0.0 } else { widest + 30.0 })
    };
    let plots = draw::time_grid(canvas, area, &figure.axis, &figure.y_label, &scale, &heads, right);
    for (plot, panel) in plots.iter().zip(&figure.panels) {
        let edges = edges(&panel.layers);
        areas(canvas, plot, &panel.layers, &edges, &groups);
        for (value, _) in scale.ticks().iter().skip(1) {
            let y = plot.y(*value);
            canvas.polygon(
                &[
                    (plot.area.left, y - 0.4),
                    (plot.area.right, y - 0.4),
                    (plot.area.right, y + 0.4),
                    (plot.area.left, y + 0.4),
                ],
                WHITE,
                0.22,
            );
        }
        draw::spans(canvas, &figure.axis, plot, true);
        if several {
            let marks: Vec<f64> = figure.axis.marks.iter().map(|(day, _)| plot.x(*day)).collect();
            inner_labels(canvas, plot, &panel.layers, &edges, (&marks, &groups));
        } else {
            edge_labels(canvas, plot, &panel.layers, &edges, &labels);
        }
        draw::marks(canvas, &figure.axis, plot);
        let (left, right, bottom) = (plot.area.left, plot.area.right, plot.area.bottom);
        canvas.line((left, bottom), (right, bottom), 1.2, super::canvas::MUTED);
    }
}

fn usable(value: f64) -> f64 {
    if value.is_finite() && value > 0.0 {
        value.min(1e15)
    } else {
        0.0
    }
}

fn longest(layers: &[StackLayer]) -> usize {
    layers.iter().map(|layer| layer.values.len()).max().unwrap_or(0)
}

fn totals(layers: &[StackLayer]) -> Vec<f64> {
    let value = |layer: &StackLayer, day: usize| usable(layer.values.get(day).copied().unwrap_or(0.0));
    (0..longest(layers))
        .map(|day| layers.iter().map(|layer| value(layer, day)).sum())
        .collect()
}

/// The lower edge of each layer and, last, the top of the stack; one value per day.
fn edges(layers: &[StackLayer]) -> Vec<Vec<f64>> {
    let days = longest(layers);
    let mut edges = vec![vec![0.0; days]];
    for layer in layers {
        let below = &edges[edges.len() - 1];
        let above = (0..days)
            .map(|day| below[day] + usable(layer.values.get(day).copied().unwrap_or(0.0)))
            .collect();
        edges.push(above);
    }
    edges
}

/// What a layer is over all panels.
type Group = (Colour, String);

fn group_of(layer: &StackLayer) -> Group {
    (layer.colour, layer.name.clone())
}

fn group_in(groups: &[Group], layer: &StackLayer) -> usize {
    let own = group_of(layer);
    groups.iter().position(|other| *other == own).unwrap_or(0)
}

/// The layers over all panels, the top layer last.
fn groups(figure: &Stack) -> Vec<Group> {
    let mut seen = Vec::new();
    for layer in figure.panels.iter().flat_map(|panel| &panel.layers) {
        if !seen.contains(&group_of(layer)) {
            seen.push(group_of(layer));
        }
    }
    seen
}

fn entries(groups: &[Group]) -> Vec<(Sample, String)> {
    let entry = |(colour, name): &Group| (Sample::Fill(colour.rgb(), FILL), name.clone());
    groups.iter().map(entry).collect()
}

fn areas(canvas: &Canvas, plot: &TimePlot, layers: &[StackLayer], edges: &[Vec<f64>], groups: &[Group]) {
    let line = |edge: &[f64]| -> Vec<(f64, f64)> {
        plot.days(edge)
            .into_iter()
            .map(|(day, value)| (plot.x(day), plot.y(value)))
            .collect()
    };
    for (layer, pair) in layers.iter().zip(edges.windows(2)) {
        if pair[0] == pair[1] {
            continue;
        }
        let mut outline = line(&pair[1]);
        outline.extend(line(&pair[0]).into_iter().rev());
        canvas.group(group_in(groups, layer), || {
            canvas.polygon(&outline, layer.colour.rgb(), FILL);
        });
    }
    // White lines between the layers, but not where the layer below has no height at all.
    for (index, pair) in edges.windows(2).enumerate() {
        if index + 1 < layers.len() && pair[0] != pair[1] {
            canvas.path(&line(&pair[1]), 1.1, WHITE);
        }
    }
}

/// Labels at the right of a single panel, at the height of their layers on the last day.
fn edge_labels(
    canvas: &Canvas,
    plot: &TimePlot,
    layers: &[StackLayer],
    edges: &[Vec<f64>],
    labels: &[(f64, Vec<String>)],
) {
    let last = |edge: &[f64]| plot.days(edge).last().map_or(0.0, |(_, value)| *value);
    let wanted: Vec<f64> = edges
        .windows(2)
        .enumerate()
        .map(|(index, pair)| (plot.y(last(&pair[0])) + plot.y(last(&pair[1]))) / 2.0 - index as f64 * 1e-6)
        .collect();
    let heights: Vec<f64> = labels
        .iter()
        .map(|(size, lines)| (lines.len() as f64 * size * 1.25 + 5.0).max(20.0))
        .collect();
    let placed = draw::push_apart(&wanted, &heights, plot.area.top - 8.0, plot.area.bottom + 8.0);
    for ((layer, (size, lines)), y) in layers.iter().zip(labels).zip(placed) {
        let x = plot.area.right + 8.0;
        draw::sample(canvas, Sample::Fill(layer.colour.rgb(), FILL), x, y);
        let style = Type::regular(*size, INK);
        let first = y + size * 0.36 - (lines.len().max(1) - 1) as f64 * size * 0.625;
        canvas.lines(lines, x + 17.0, first, Anchor::Start, style);
    }
}

/// Names inside the areas of a small panel, where an area is large enough for its name.
fn inner_labels(
    canvas: &Canvas,
    plot: &TimePlot,
    layers: &[StackLayer],
    edges: &[Vec<f64>],
    (marks, groups): (&[f64], &[Group]),
) {
    let size = 11.0;
    for (layer, pair) in layers.iter().zip(edges.windows(2)) {
        let width = text_width(&layer.name, size, Weight::Regular);
        let low: Vec<(f64, f64)> = plot
            .days(&pair[0])
            .iter()
            .map(|p| (plot.x(p.0), plot.y(p.1)))
            .collect();
        let high: Vec<(f64, f64)> = plot
            .days(&pair[1])
            .iter()
            .map(|p| (plot.x(p.0), plot.y(p.1)))
            .collect();
        let mut best: Option<(f64, f64, f64)> = None;
        for start in 0..low.len() {
            let from = low[start].0 + 5.0;
            let to = from + width;
            if to > plot.area.right - 5.0 || low.last().is_none_or(|point| point.0 < to) {
                break;
            }
            if marks.iter().any(|&mark| mark > from - 4.0 && mark < to + 4.0) {
                continue;
            }
            let inside: Vec<usize> = (start..low.len())
                .take_while(|&day| day == start || low[day - 1].0 < to + 5.0)
                .collect();
            let roof = inside.iter().map(|&day| high[day].1).fold(f64::MIN, f64::max);
            let floor = inside.iter().map(|&day| low[day].1).fold(f64::MAX, f64::min);
            if floor - roof >= 17.0 && best.is_none_or(|(_, y0, y1)| floor - roof > (y1 - y0) * 1.001) {
                best = Some((from, roof, floor));
            }
        }
        if let Some((x, roof, floor)) = best {
            let style = Type::regular(size, text_on(layer.colour));
            canvas.group(group_in(groups, layer), || {
                canvas.on_fill(|| {
                    canvas.text_centred(&layer.name, x, (roof + floor) / 2.0, Anchor::Start, style);
                });
            });
        }
    }
}

/// The text colour with enough contrast on a fill.
fn text_on(colour: Colour) -> RGBColor {
    match colour {
        Colour::Blue | Colour::Ink => WHITE,
        _ => INK,
    }
}
