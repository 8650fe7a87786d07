//! Lines through points with an interval at each.

use super::canvas::{Anchor, Canvas, GRID, INK, MUTED, Type, clean, repeats, series_style, text_width};
use super::data::{amount, with_ends};
use super::draw::{self, Area, LABEL, Sample};
use super::scale::Scale;
use super::{Colour, Curve, CurvePoint, Curves, Data, Series};

/// By how much the points of neighbouring lines are moved apart, so that their intervals do not cover each other.
const APART: f64 = 5.0;

/// The axis across.
fn across(figure: &Curves) -> Scale {
    let places = || {
        figure
            .curves
            .iter()
            .flat_map(|curve| &curve.points)
            .map(|point| point.x)
    };
    Scale::linear(places(), 8).ending_at_data(places())
}

/// The height of every line at each place where one has a point.
pub(super) fn data(figure: &Curves) -> Data {
    let across = across(figure);
    let points = figure.curves.iter().flat_map(|curve| &curve.points);
    let mut places: Vec<f64> = points.map(|point| point.x).filter(|x| x.is_finite()).collect();
    places.sort_by(f64::total_cmp);
    places.dedup();
    let value = |curve: &Curve, place: f64| {
        let point = curve.points.iter().find(|point| point.x == place);
        point.map_or(String::new(), |point| with_ends(point.y, point.interval))
    };
    let series = figure.curves.iter().enumerate().map(|(index, curve)| Series {
        name: clean(&curve.name),
        group: Some(index),
        values: places.iter().map(|place| value(curve, *place)).collect(),
    });
    Data {
        along: figure.x_label.clone(),
        what: format!("{}: {} ({})", figure.x_label, figure.y_label, figure.intervals),
        series: series.collect(),
        groups: figure
            .curves
            .iter()
            .map(|curve| (curve.colour, clean(&curve.name)))
            .collect(),
        positions: places
            .iter()
            .map(|place| (across.place(*place), amount(*place)))
            .collect(),
        ..Data::default()
    }
}

/// Draws the figure.
pub(super) fn draw(canvas: &Canvas, figure: &Curves) {
    let area = draw::frame(canvas, &figure.frame);
    let colours: Vec<Colour> = figure.curves.iter().map(|curve| curve.colour).collect();
    let area = draw::key(canvas, &entries(figure, &colours), area);
    let points = || figure.curves.iter().flat_map(|curve| &curve.points);
    let across = across(figure);
    let up = Scale::linear(points().flat_map(values), 6);
    let tick = Type::regular(LABEL, MUTED);
    let widest = up
        .ticks()
        .iter()
        .map(|(_, text)| text_width(text, tick.size, tick.weight))
        .fold(0.0, f64::max);
    let plot = Area {
        left: area.left + widest + 26.0,
        right: area.right - 20.0,
        top: area.top + 24.0,
        bottom: area.bottom - 42.0,
    };
    let label = Type::regular(12.5, MUTED);
    canvas.text(
        &clean(&figure.y_label),
        area.left,
        area.top + 8.0,
        Anchor::Start,
        label,
    );
    let y = |value: f64| plot.bottom - up.place(value) * (plot.bottom - plot.top);
    let x = |value: f64| plot.left + across.place(value) * (plot.right - plot.left);
    for (value, text) in up.ticks() {
        canvas.line((plot.left, y(value)), (plot.right, y(value)), 1.0, GRID);
        canvas.text_centred(&text, plot.left - 18.0, y(value), Anchor::End, tick);
    }
    draw::value_axis(canvas, plot, &across, &figure.x_label, false);
    canvas.line((plot.left, y(0.0)), (plot.right, y(0.0)), 1.4, MUTED);
    let middle = (figure.curves.len() as f64 - 1.0) / 2.0;
    for (index, curve) in figure.curves.iter().enumerate() {
        let (marker, pattern) = series_style(curve.colour, repeats(&colours, index));
        let shift = (index as f64 - middle) * APART;
        let colour = curve.colour.rgb();
        let known = |point: &&CurvePoint| point.x.is_finite() && point.y.is_finite();
        let known: Vec<&CurvePoint> = curve.points.iter().filter(known).collect();
        let place = |point: &CurvePoint| (x(point.x) + shift, y(point.y));
        canvas.group(index, || {
            let line: Vec<(f64, f64)> = known.iter().map(|point| place(point)).collect();
            if line.len() > 1 {
                canvas.dashed(&line, 2.2, colour, pattern);
            }
            for point in known {
                let at = place(point);
                let finite = |ends: &(f64, f64)| ends.0.is_finite() && ends.1.is_finite();
                if let Some((low, high)) = point.interval.filter(finite) {
                    canvas.line((at.0, y(low)), (at.0, y(high)), 1.6, colour);
                    for end in [low, high] {
                        canvas.line((at.0 - 4.0, y(end)), (at.0 + 4.0, y(end)), 1.6, colour);
                    }
                }
                canvas.marker(marker, at, 5.0, colour);
            }
        });
    }
}

fn values(point: &CurvePoint) -> [f64; 3] {
    let (low, high) = point.interval.unwrap_or((f64::NAN, f64::NAN));
    [point.y, low, high]
}

fn entries(figure: &Curves, colours: &[Colour]) -> Vec<(Sample, String)> {
    let name = |(index, curve): (usize, &Curve)| {
        let (marker, _) = series_style(curve.colour, repeats(colours, index));
        (Sample::Dot(curve.colour.rgb(), marker), curve.name.clone())
    };
    let mut entries: Vec<(Sample, String)> = figure.curves.iter().enumerate().map(name).collect();
    entries.push((Sample::Line(INK, 1.6, &[]), figure.intervals.clone()));
    entries
}
