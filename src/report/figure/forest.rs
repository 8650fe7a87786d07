//! Values with intervals against a line: a row for each plan or pair of plans, a panel for each metric.

use plotters::style::WHITE;

use super::canvas::{Anchor, Canvas, INK, MUTED, SHADE, Type, Weight, clean, fit, series_style, text_width};
use super::compare::column;
use super::draw::{self, Area, Sample};
use super::scale::Scale;
use super::{Data, Forest, ForestCell, ForestPanel, Series};

/// Space between panels.
const GAP: f64 = 34.0;
/// Size of the numbers beside the points.
const NUMBER: f64 = 10.5;
/// Dash pattern of the line.
const LINE: &[f64] = &[5.0, 3.5];

/// What each panel has for each row.
pub(super) fn data(figure: &Forest) -> Data {
    let rows = figure.rows.len().max(1) as f64;
    let place = |(index, row): (usize, &String)| ((index as f64 + 0.5) / rows, clean(row));
    let series = figure.panels.iter().map(|panel| Series {
        name: clean(&panel.name),
        group: None,
        values: (0..figure.rows.len())
            .map(|row| {
                panel
                    .cells
                    .get(row)
                    .and_then(Option::as_ref)
                    .map_or(String::new(), |cell| cell.label.clone())
            })
            .collect(),
    });
    Data {
        along: "plan".into(),
        what: figure.intervals.clone(),
        is_rows: true,
        positions: figure.rows.iter().enumerate().map(place).collect(),
        series: series.collect(),
        ..Data::default()
    }
}

/// Draws the figure.
pub(super) fn draw(canvas: &Canvas, figure: &Forest) {
    let area = draw::frame(canvas, &figure.frame);
    let used = |kind: &usize| {
        figure.panels.iter().flat_map(|panel| &panel.cells).any(|cell| {
            cell.as_ref()
                .is_some_and(|cell| cell.kind == *kind && cell.value.is_some())
        })
    };
    let kinds = figure.kinds.iter().enumerate().filter(|(kind, _)| used(kind));
    let mut keys: Vec<(Sample, String)> = kinds
        .map(|(_, (colour, name))| {
            (
                Sample::Dot(colour.rgb(), series_style(*colour, 0).0),
                name.clone(),
            )
        })
        .collect();
    if !keys.is_empty() {
        if figure
            .panels
            .iter()
            .flat_map(|panel| panel.cells.iter().flatten())
            .any(|cell| cell.interval.is_some())
        {
            keys.push((Sample::Line(INK, 1.8, &[]), figure.intervals.clone()));
        }
        keys.push((Sample::Line(INK, 1.3, LINE), figure.line.clone()));
        if figure.panels.iter().any(|panel| panel.zone > 0.0) {
            keys.push((Sample::Fill(SHADE, 1.0), figure.zone.clone()));
        }
    }
    let area = draw::key(canvas, &keys, area);
    let count = figure.panels.len().max(1) as f64;
    let heads: Vec<(f64, Vec<String>)> = figure
        .panels
        .iter()
        .map(|panel| {
            fit(
                &panel.name,
                Type::semibold(13.0, INK),
                10.5,
                (area.right - area.left) / (count + 1.0),
                2,
            )
        })
        .collect();
    let lines = heads.iter().map(|head| head.1.len()).max().unwrap_or(0) as f64;
    let top = area.top + 6.0 + lines * 16.0 + 4.0;
    let bottom = area.bottom - 42.0;
    let rows = figure.rows.len().max(1) as f64;
    let height = ((bottom - top) / rows).min(90.0);
    let bottom = top + height * rows;
    let style = Type::regular((height * 0.4).clamp(8.8, 12.5), INK);
    let names = column(
        figure.rows.iter().map(String::as_str),
        style,
        250.0,
        if height < 21.0 { 1 } else { 2 },
    );
    let left = area.left + names.width + 16.0;
    let width = (area.right - left - GAP * (count - 1.0)) / count;
    for row in 0..figure.rows.len() {
        let y = top + (row as f64 + 0.5) * height;
        names.write(canvas, row, area.left, y, Anchor::Start, style);
        if row % 2 == 1 {
            let (from, to) = (y - height / 2.0, y + height / 2.0);
            canvas.rect((left - 6.0, from), (area.right, to), INK, 0.025);
        }
    }
    for (index, (panel, head)) in figure.panels.iter().zip(&heads).enumerate() {
        let x = left + index as f64 * (width + GAP);
        let plot = Area {
            left: x,
            right: x + width,
            top,
            bottom,
        };
        let base = top - 8.0 - (head.1.len().max(1) - 1) as f64 * 16.0;
        let style = Type::semibold(13.0, INK).sized(head.0);
        head.1
            .iter()
            .enumerate()
            .for_each(|(line, text)| canvas.text(text, x, base + line as f64 * 16.0, Anchor::Start, style));
        one(canvas, figure, panel, plot, height);
    }
}

fn values(panel: &ForestPanel) -> impl Iterator<Item = f64> + '_ {
    let cells = panel.cells.iter().flatten().flat_map(|cell| {
        let (low, high) = cell.interval.unwrap_or((f64::NAN, f64::NAN));
        [cell.value.unwrap_or(f64::NAN), low, high]
    });
    let zone = [panel.at - panel.zone, panel.at + panel.zone];
    cells.chain(zone).filter(|value| value.is_finite())
}

fn one(canvas: &Canvas, figure: &Forest, panel: &ForestPanel, plot: Area, height: f64) {
    let scale = if panel.ticks.is_empty() {
        Scale::linear(values(panel), ((plot.right - plot.left) / 70.0) as usize).ending_at_data(values(panel))
    } else {
        let (low, high) = values(panel).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
        let margin = ((high - low) * 0.12).max(4.0);
        Scale::between(low - margin, high + margin)
    };
    let x = |value: f64| plot.left + scale.place(value) * (plot.right - plot.left);
    if panel.zone > 0.0 {
        canvas.rect(
            (x(panel.at - panel.zone), plot.top),
            (x(panel.at + panel.zone), plot.bottom),
            SHADE,
            1.0,
        );
    }
    let inside = |tick: &&(f64, String)| (0.001..=0.999).contains(&scale.place(tick.0));
    let mut ticks: Vec<(f64, String)> = match panel.ticks.is_empty() {
        true => scale.ticks(),
        false => panel.ticks.iter().filter(inside).cloned().collect(),
    };
    for (value, text) in &mut ticks {
        // The text would touch that of the next panel.
        let half = text_width(text, draw::LABEL, Weight::Regular) / 2.0 - GAP / 2.0 + 4.0;
        if x(*value) - half < plot.left || x(*value) + half > plot.right {
            text.clear();
        }
    }
    draw::ticked_axis(canvas, plot, &scale, &ticks, true);
    canvas.line((plot.left, plot.bottom), (plot.right, plot.bottom), 1.2, MUTED);
    canvas.dashed(
        &[(x(panel.at), plot.top), (x(panel.at), plot.bottom)],
        1.3,
        INK,
        LINE,
    );
    let small = Type::regular(11.5, MUTED);
    let (size, label) = fit(&panel.x_label, small, 9.0, plot.right - plot.left, 1);
    canvas.lines(
        &label,
        plot.left,
        plot.bottom + 36.0,
        Anchor::Start,
        small.sized(size),
    );
    for (row, cell) in panel.cells.iter().enumerate() {
        let y = plot.top + (row as f64 + 0.5) * height;
        if let Some(cell) = cell {
            point(canvas, figure, cell, (plot, y, height), &x);
        }
    }
}

/// A point with its interval and its number, which stands where there is room.
fn point(
    canvas: &Canvas,
    figure: &Forest,
    cell: &ForestCell,
    (plot, y, height): (Area, f64, f64),
    x: &impl Fn(f64) -> f64,
) {
    let colour = figure
        .kinds
        .get(cell.kind)
        .map_or(super::Colour::Ink, |kind| kind.0);
    let finite = |ends: &(f64, f64)| ends.0.is_finite() && ends.1.is_finite();
    let ends = cell.interval.filter(finite).map(|(low, high)| (x(low), x(high)));
    let at = cell.value.filter(|value| value.is_finite()).map(x);
    if let Some((low, high)) = ends {
        canvas.line((low, y), (high, y), 1.8, colour.rgb());
        for end in [low, high] {
            canvas.line((end, y - 3.5), (end, y + 3.5), 1.8, colour.rgb());
        }
    }
    if let Some(at) = at {
        canvas.marker(
            series_style(colour, 0).0,
            (at, y),
            (height * 0.2).clamp(3.0, 5.0),
            colour.rgb(),
        );
    }
    let text = clean(&cell.label);
    let width = text_width(&text, NUMBER, Weight::Regular);
    let (low, high) = match (at, ends) {
        (Some(at), Some((low, high))) => (low.min(at - 5.0), high.max(at + 5.0)),
        (Some(at), None) => (at - 5.0, at + 5.0),
        // What has no value is said at the end at which it would be.
        _ => (plot.right, plot.right),
    };
    let style = Type::regular(NUMBER, INK);
    let (left, y, anchor) = if high + 6.0 + width <= plot.right {
        (high + 6.0, y, Anchor::Start)
    } else if low - 6.0 - width >= plot.left {
        (low - 6.0, y, Anchor::End)
    } else if height >= 30.0 {
        // Above its interval, within the panel.
        let middle = at.unwrap_or(plot.right) - width / 2.0;
        let left = middle.min(plot.right - width).max(plot.left);
        (left, y - 12.0, Anchor::Start)
    } else {
        return;
    };
    let from = if anchor == Anchor::Start {
        left
    } else {
        left - width
    };
    canvas.rect((from - 1.5, y - 6.0), (from + width + 1.5, y + 6.0), WHITE, 0.8);
    canvas.text_centred(&text, left, y, anchor, style);
}
