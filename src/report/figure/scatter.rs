//! Points of two metrics, each with an interval in both directions.

use super::canvas::{Anchor, Canvas, GRID, INK, MUTED, Marker, Type, WIDTH, clean, text_width};
use super::data::with_ends;
use super::draw::{self, Area, Sample};
use super::scale::Scale;
use super::{Data, Scatter, ScatterPoint, Series};

fn axis(figure: &Scatter, axis: usize) -> Scale {
    Scale::linear(figure.points.iter().flat_map(|point| values(point, axis)), 6)
}

/// The two values of each point, from left to right.
pub(super) fn data(figure: &Scatter) -> Data {
    let is_known = |point: &&ScatterPoint| point.at.0.is_finite() && point.at.1.is_finite();
    let mut points: Vec<&ScatterPoint> = figure.points.iter().filter(is_known).collect();
    points.sort_by(|a, b| a.at.0.total_cmp(&b.at.0).then(a.at.1.total_cmp(&b.at.1)));
    let across = axis(figure, 0);
    let name = |point: &ScatterPoint| {
        let kind = figure.kinds.get(point.kind).map_or("", |(_, name)| name.as_str());
        clean(if point.name.is_empty() { kind } else { &point.name })
    };
    let series = [&figure.x_label, &figure.y_label]
        .into_iter()
        .enumerate()
        .map(|(axis, label)| Series {
            name: clean(label),
            group: None,
            values: points
                .iter()
                .map(|point| with_ends([point.at.0, point.at.1][axis], point.intervals[axis]))
                .collect(),
        });
    Data {
        along: "candidate".into(),
        what: "with 95 % intervals that hold together".into(),
        positions: points
            .iter()
            .map(|point| (across.place(point.at.0), name(point)))
            .collect(),
        groups: figure
            .kinds
            .iter()
            .map(|(colour, name)| (*colour, clean(name)))
            .collect(),
        series: series.collect(),
        ..Data::default()
    }
}

/// Draws the figure.
pub(super) fn draw(canvas: &Canvas, figure: &Scatter) {
    let area = draw::frame(canvas, &figure.frame);
    let area = draw::key(canvas, &entries(figure), area);
    let (across, up) = (axis(figure, 0), axis(figure, 1));
    let style = Type::regular(draw::LABEL, MUTED);
    let ticks = up.ticks();
    let widths = ticks
        .iter()
        .map(|tick| text_width(&tick.1, style.size, style.weight));
    let plot = Area {
        left: area.left + widths.fold(0.0, f64::max) + 12.0,
        right: area.right - 12.0,
        top: area.top + 24.0,
        bottom: area.bottom - 42.0,
    };
    draw::value_axis(canvas, plot, &across, &figure.x_label, true);
    let y = |value: f64| plot.bottom - up.place(value) * (plot.bottom - plot.top);
    let x = |value: f64| plot.left + across.place(value) * (plot.right - plot.left);
    for (value, text) in &ticks {
        canvas.line((plot.left, y(*value)), (plot.right, y(*value)), 1.0, GRID);
        canvas.text(text, plot.left - 8.0, y(*value) + 4.0, Anchor::End, style);
    }
    let label = clean(&figure.y_label);
    canvas.text(&label, area.left, area.top + 10.0, Anchor::Start, style);
    for point in &figure.points {
        let at = (x(point.at.0), y(point.at.1));
        canvas.group(point.kind, || mark(canvas, figure, point, at, (&x, &y)));
    }
    names(canvas, figure, plot, (&x, &y));
}

type Place<'a> = &'a dyn Fn(f64) -> f64;

/// A point with its cross of intervals.
fn mark(canvas: &Canvas, figure: &Scatter, point: &ScatterPoint, at: (f64, f64), (x, y): (Place, Place)) {
    if !at.0.is_finite() || !at.1.is_finite() {
        return;
    }
    let Some((colour, _)) = figure.kinds.get(point.kind) else {
        return;
    };
    if let Some((low, high)) = point.intervals[0] {
        canvas.line((x(low), at.1), (x(high), at.1), 1.8, colour.rgb());
    }
    if let Some((low, high)) = point.intervals[1] {
        canvas.line((at.0, y(low)), (at.0, y(high)), 1.8, colour.rgb());
    }
    let radius = if point.name.is_empty() { 3.0 } else { 5.5 };
    canvas.marker_shape(marker(point.kind), at, radius, colour.rgb());
}

/// The names beside the points, moved apart.
fn names(canvas: &Canvas, figure: &Scatter, plot: Area, (x, y): (Place, Place)) {
    let mut named: Vec<&ScatterPoint> = (figure.points.iter())
        .filter(|point| !point.name.is_empty() && point.at.0.is_finite() && point.at.1.is_finite())
        .collect();
    named.sort_by(|a, b| y(a.at.1).total_cmp(&y(b.at.1)));
    let wanted: Vec<f64> = named.iter().map(|point| y(point.at.1) - 9.0).collect();
    let heights = vec![14.0; wanted.len()];
    let places = draw::push_apart(&wanted, &heights, plot.top, plot.bottom);
    let style = Type::semibold(12.0, INK);
    for (point, height) in named.iter().zip(places) {
        let name = clean(&point.name);
        let at = x(point.at.0);
        let is_left = at + 10.0 + text_width(&name, style.size, style.weight) > WIDTH - draw::MARGIN;
        let (at, anchor) = if is_left {
            (at - 10.0, Anchor::End)
        } else {
            (at + 10.0, Anchor::Start)
        };
        canvas.text(&name, at, height + 4.0, anchor, style);
    }
}

fn marker(kind: usize) -> Marker {
    [Marker::Circle, Marker::Square, Marker::Diamond][kind % 3]
}

fn values(point: &ScatterPoint, axis: usize) -> [f64; 3] {
    let (low, high) = point.intervals[axis].unwrap_or((f64::NAN, f64::NAN));
    [[point.at.0, point.at.1][axis], low, high]
}

fn entries(figure: &Scatter) -> Vec<(Sample, String)> {
    let kinds = figure.kinds.iter().enumerate();
    let mut entries: Vec<(Sample, String)> = kinds
        .filter(|(kind, _)| figure.points.iter().any(|point| point.kind == *kind))
        .map(|(kind, (colour, name))| (Sample::Dot(colour.rgb(), marker(kind)), name.clone()))
        .collect();
    if figure
        .points
        .iter()
        .any(|point| point.intervals.iter().any(Option::is_some))
    {
        let name = "95 % intervals that hold together".to_string();
        entries.push((Sample::Line(INK, 1.8, &[]), name));
    }
    entries
}
