//! The share of runs above a value, one curve per strategy.

use plotters::style::WHITE;

use super::canvas::{
    Anchor, Canvas, GRID, INK, MUTED, Marker, Type, Weight, clean, fit, repeats, series_style, text_width,
    wrap,
};
use super::draw::{self, Area, LABEL, Sample};
use super::scale::{Scale, number, quantile};
use super::{Colour, Data, Exceedance, Series};
use crate::report::number::share;

/// A curve with its sample in order and its points on the canvas.
struct Curve {
    index: usize,
    name: String,
    colour: Colour,
    marker: Marker,
    pattern: &'static [f64],
    sorted: Vec<f64>,
    points: Vec<(f64, f64)>,
}

/// The curves with their samples in order, and the axis of their values.
fn curves(figure: &Exceedance) -> (Vec<Curve>, Scale) {
    let colours: Vec<Colour> = figure.curves.iter().map(|curve| curve.colour).collect();
    let mut curves: Vec<Curve> = Vec::new();
    for (index, curve) in figure.curves.iter().enumerate() {
        let mut sorted: Vec<f64> = curve
            .values
            .iter()
            .copied()
            .filter(|value| value.is_finite())
            .collect();
        sorted.sort_by(f64::total_cmp);
        let (marker, pattern) = series_style(curve.colour, repeats(&colours, index));
        let name = clean(&curve.name);
        curves.push(Curve {
            index,
            name,
            colour: curve.colour,
            marker,
            pattern,
            sorted,
            points: Vec::new(),
        });
    }
    let values = || curves.iter().flat_map(|curve| curve.sorted.iter().copied());
    let scale = if figure.zero.is_empty() && (figure.log_scale || needs_logarithm(&curves)) {
        Scale::logarithmic(values())
    } else {
        Scale::linear(values(), 6)
    }
    .ending_at_data(values());
    (curves, scale)
}

/// Values along the axis with the share of worlds above each, for every curve.
pub(super) fn data(figure: &Exceedance) -> Data {
    let (curves, scale) = curves(figure);
    let values = scale.steps();
    let above = |curve: &Curve, value: f64| {
        let count = curve.sorted.partition_point(|own| *own <= value);
        match curve.sorted.len() {
            0 => String::new(),
            all => share((all - count) as u64, all as u64),
        }
    };
    let series = curves.iter().map(|curve| Series {
        name: curve.name.clone(),
        group: Some(curve.index),
        values: values.iter().map(|value| above(curve, *value)).collect(),
    });
    Data {
        along: figure.x_label.clone(),
        what: format!("{}: share of worlds above that", figure.x_label),
        positions: values
            .iter()
            .map(|value| (scale.place(*value), number(*value)))
            .collect(),
        groups: curves
            .iter()
            .map(|curve| (curve.colour, curve.name.clone()))
            .collect(),
        series: series.collect(),
        ..Data::default()
    }
}

/// Draws the figure.
pub(super) fn draw(canvas: &Canvas, figure: &Exceedance) {
    let mut area = draw::frame(canvas, &figure.frame);
    let zero: &[f64] = &[5.0, 3.5];
    if !figure.zero.is_empty() {
        let sample = (Sample::Line(INK, 1.3, zero), figure.zero.clone());
        area = draw::key(canvas, &[sample], area);
    }
    let (mut curves, scale) = curves(figure);

    let tick = Type::regular(LABEL, MUTED);
    let left = area.left + text_width("100 %", tick.size, tick.weight) + 8.0;
    let top = area.top + 26.0;
    let wide = Area {
        left,
        right: area.right - 14.0,
        top,
        bottom: area.bottom - 42.0,
    };
    trace(&mut curves, &scale, wide);
    let direct = direct_labels(&curves, wide);
    let plot = if direct.is_some() {
        wide
    } else {
        Area {
            right: area.right - 236.0,
            ..wide
        }
    };
    if direct.is_none() {
        trace(&mut curves, &scale, plot);
    }

    canvas.text(
        "Share of worlds above the value",
        area.left,
        area.top + 8.0,
        Anchor::Start,
        Type::regular(12.5, MUTED),
    );
    for percent in [0, 25, 50, 75, 100] {
        let y = height(plot, f64::from(percent) / 100.0);
        canvas.line((plot.left, y), (plot.right, y), 1.0, GRID);
        let text = if percent == 0 {
            "0".to_string()
        } else {
            format!("{percent} %")
        };
        canvas.text_centred(&text, plot.left - 8.0, y, Anchor::End, tick);
    }
    canvas.line((plot.left, plot.bottom), (plot.right, plot.bottom), 1.2, MUTED);
    draw::value_axis(canvas, plot, &scale, &figure.x_label, false);

    if !figure.zero.is_empty() {
        let x = plot.left + scale.place(0.0) * (plot.right - plot.left);
        canvas.dashed(&[(x, plot.top), (x, plot.bottom)], 1.3, INK, zero);
    }
    for curve in &curves {
        canvas.group(curve.index, || {
            canvas.dashed(&curve.points, 2.4, curve.colour.rgb(), curve.pattern);
        });
    }
    match direct {
        Some(labels) => {
            for (curve, label) in curves.iter().zip(labels) {
                let Some(label) = label else { continue };
                canvas.group(curve.index, || name_beside(canvas, curve, &label));
            }
        }
        None => side_labels(canvas, &curves, plot, area),
    }
}

/// The name of a curve beside it, with its marker.
fn name_beside(canvas: &Canvas, curve: &Curve, label: &Label) {
    canvas.marker(curve.marker, label.dot, 5.0, curve.colour.rgb());
    let width = width_of(&label.lines);
    let left = if label.anchor == Anchor::End {
        label.x - width
    } else {
        label.x
    };
    let (roof, tall) = (label.first_line - NAME, label.lines.len() as f64 * NAME * 1.25);
    canvas.rect(
        (left - 2.0, roof + 1.0),
        (left + width + 2.0, roof + tall),
        WHITE,
        0.85,
    );
    let mut y = label.first_line;
    for line in &label.lines {
        canvas.text(line, label.x, y, label.anchor, Type::semibold(NAME, INK));
        y += NAME * 1.25;
    }
}

/// Whether the curves differ so much that a linear axis would squeeze the small ones into a line.
fn needs_logarithm(curves: &[Curve]) -> bool {
    let mut smallest = f64::INFINITY;
    let mut largest: f64 = 0.0;
    for curve in curves {
        let typical = [0.5, 0.9]
            .into_iter()
            .filter_map(|share| quantile(&curve.sorted, share))
            .find(|&value| value > 0.0);
        if let Some(typical) = typical {
            smallest = smallest.min(typical);
        }
        largest = largest.max(quantile(&curve.sorted, 0.99).unwrap_or(0.0));
    }
    largest > 40.0 * smallest
}

fn height(plot: Area, share: f64) -> f64 {
    plot.bottom - share * (plot.bottom - plot.top)
}

/// Computes the points of the curves, leaving out steps too small to see.
fn trace(curves: &mut [Curve], scale: &Scale, plot: Area) {
    for curve in curves {
        let x = |value: f64| plot.left + scale.place(value) * (plot.right - plot.left);
        let count = curve.sorted.len();
        curve.points.clear();
        if count == 0 {
            continue;
        }
        let mut at = (x(curve.sorted[0]), height(plot, 1.0));
        curve.points.push(at);
        let mut index = 0;
        while index < count {
            let value = curve.sorted[index];
            let mut next = index + 1;
            while next < count && curve.sorted[next] == value {
                next += 1;
            }
            let step = (x(value), height(plot, (count - next) as f64 / count as f64));
            // A step below a third of a unit in both directions waits for the next one.
            if next == count || step.0 - at.0 > 0.35 || step.1 - at.1 > 0.35 {
                curve.points.push((step.0, at.1));
                curve.points.push(step);
                at = step;
            }
            index = next;
        }
    }
}

/// Size of the names of the curves.
const NAME: f64 = 12.5;

/// A label beside its curve.
#[derive(Clone, Debug)]
struct Label {
    dot: (f64, f64),
    x: f64,
    first_line: f64,
    anchor: Anchor,
    lines: Vec<String>,
}

/// Where a name may stand: right of its curve or not, and how far away.
const SIDES: [(bool, f64); 6] = [
    (true, 10.0),
    (false, 10.0),
    (true, 15.0),
    (false, 15.0),
    (true, 21.0),
    (false, 21.0),
];

/// Places for all names beside their curves, or `None` if one of them would touch a curve or another name.
fn direct_labels(curves: &[Curve], plot: Area) -> Option<Vec<Option<Label>>> {
    let mut boxes: Vec<(f64, f64, f64, f64)> = Vec::new();
    let mut labels: Vec<Option<Label>> = vec![None; curves.len()];
    let mut order: Vec<usize> = (0..curves.len())
        .filter(|&index| !curves[index].sorted.is_empty())
        .collect();
    let middle = |index: usize| crossing(&curves[index], plot, 0.5).map_or(0.0, |point| point.0);
    order.sort_by(|&a, &b| middle(b).total_cmp(&middle(a)));
    for index in order {
        let curve = &curves[index];
        let one = vec![curve.name.clone()];
        let two = wrap(&curve.name, NAME, Weight::Semibold, width_of(&one) * 0.62, 2);
        let mut found = None;
        'search: for lines in [Some(one), two].into_iter().flatten() {
            let width = width_of(&lines);
            let tall = lines.len() as f64 * NAME * 1.25;
            for share in [
                0.5, 0.56, 0.44, 0.62, 0.38, 0.68, 0.32, 0.75, 0.25, 0.82, 0.18, 0.88, 0.12, 0.93, 0.07,
            ] {
                let Some(dot) = crossing(curve, plot, share) else {
                    continue;
                };
                for (to_right, gap) in SIDES {
                    let near = if to_right { dot.0 + gap } else { dot.0 - gap };
                    let left = if to_right { near } else { near - width };
                    let bounds = (
                        left - 2.0,
                        dot.1 - tall / 2.0,
                        left + width + 2.0,
                        dot.1 + tall / 2.0,
                    );
                    let inside = bounds.0 > plot.left + 4.0
                        && bounds.2 < plot.right + 14.0
                        && bounds.1 > plot.top + 3.0
                        && bounds.3 < plot.bottom - 4.0;
                    let dot_box = (dot.0 - 7.0, dot.1 - 7.0, dot.0 + 7.0, dot.1 + 7.0);
                    let free = boxes
                        .iter()
                        .all(|other| !touch(bounds, *other) && !touch(dot_box, *other))
                        && curves.iter().all(|curve| !crosses(&curve.points, bounds));
                    if inside && free {
                        boxes.push((
                            bounds.0.min(dot_box.0),
                            bounds.1 - 2.0,
                            bounds.2.max(dot_box.2),
                            bounds.3 + 2.0,
                        ));
                        let first_line = bounds.1 + NAME * 0.98;
                        let anchor = if to_right { Anchor::Start } else { Anchor::End };
                        found = Some(Label {
                            dot,
                            x: near,
                            first_line,
                            anchor,
                            lines,
                        });
                        break 'search;
                    }
                }
            }
        }
        labels[index] = Some(found?);
    }
    Some(labels)
}

fn width_of(lines: &[String]) -> f64 {
    lines
        .iter()
        .map(|line| text_width(line, NAME, Weight::Semibold))
        .fold(0.0, f64::max)
}

fn touch(a: (f64, f64, f64, f64), b: (f64, f64, f64, f64)) -> bool {
    a.0 < b.2 && b.0 < a.2 && a.1 < b.3 && b.1 < a.3
}

/// Whether a curve runs through a rectangle; its pieces are level or upright.
fn crosses(points: &[(f64, f64)], bounds: (f64, f64, f64, f64)) -> bool {
    points.windows(2).any(|pair| {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        touch(
            (
                x0.min(x1) - 1.5,
                y0.min(y1) - 1.5,
                x0.max(x1) + 1.5,
                y0.max(y1) + 1.5,
            ),
            bounds,
        )
    })
}

/// The point where a curve falls to this share.
fn crossing(curve: &Curve, plot: Area, share: f64) -> Option<(f64, f64)> {
    let y = height(plot, share);
    curve
        .points
        .iter()
        .find(|point| point.1 >= y)
        .map(|point| (point.0, y))
}

/// Names in a column at the right, in the order of the curves' medians, tied to them by dash and marker.
fn side_labels(canvas: &Canvas, curves: &[Curve], plot: Area, area: Area) {
    let mut order: Vec<&Curve> = curves.iter().filter(|curve| !curve.sorted.is_empty()).collect();
    order.sort_by(|a, b| {
        let middle = |curve: &Curve| quantile(&curve.sorted, 0.5).unwrap_or(0.0);
        middle(a).total_cmp(&middle(b))
    });
    // Markers at different heights stay apart even if curves coincide.
    let count = order.len().max(1) as f64;
    for (index, curve) in order.iter().enumerate() {
        let share = 0.74 - 0.48 * (index as f64 + 0.5) / count;
        if let Some(dot) = crossing(curve, plot, share) {
            canvas.group(curve.index, || {
                canvas.marker(curve.marker, dot, 5.0, curve.colour.rgb())
            });
        }
    }
    let x = plot.right + 24.0;
    let room = area.right - x - 38.0;
    let space = plot.bottom - plot.top + 8.0;
    let even = space / count;
    let notes = even >= 30.0;
    let style = Type::semibold(NAME.min(even * 0.6), INK);
    let names: Vec<(f64, Vec<String>)> = order
        .iter()
        .map(|curve| {
            fit(
                &curve.name,
                style,
                style.size.min(9.5),
                room,
                if even >= 46.0 { 2 } else { 1 },
            )
        })
        .collect();
    let tall = |name: &(f64, Vec<String>)| {
        name.1.len().max(1) as f64 * name.0 * 1.25 + if notes { 15.0 } else { 0.0 }
    };
    let gap = ((space - names.iter().map(tall).sum::<f64>()) / count).clamp(0.0, 12.0);
    let mut y = plot.top + 4.0;
    for (curve, name) in order.iter().zip(&names) {
        canvas.group(curve.index, || {
            canvas.dashed(&[(x, y), (x + 30.0, y)], 2.4, curve.colour.rgb(), curve.pattern);
            canvas.marker(curve.marker, (x + 15.0, y), 4.5, curve.colour.rgb());
        });
        let (size, lines) = name;
        let end = canvas.lines(
            lines,
            x + 38.0,
            y + size * 0.36,
            Anchor::Start,
            style.sized(*size),
        );
        if notes {
            let middle = quantile(&curve.sorted, 0.5).map(number).unwrap_or_default();
            let high = quantile(&curve.sorted, 0.9).map(number).unwrap_or_default();
            let note = format!("P50 {middle} · P90 {high}");
            canvas.text(&note, x + 38.0, end, Anchor::Start, Type::regular(11.0, MUTED));
        }
        y += tall(name) + gap;
    }
}
