//! Stacked bars: what a total is made of, a row for each strategy.

use plotters::style::{RGBColor, WHITE};

use super::canvas::{Anchor, Canvas, INK, MUTED, Type, Weight, clean, text_width};
use super::compare::column;
use super::data::with_ends;
use super::draw::{self, Area, Sample};
use super::scale::Scale;
use super::{Bars, Colour, Data, Series};

/// Opacity of the parts.
const FILL: f64 = 0.9;

/// The parts of each row, and its total.
pub(super) fn data(figure: &Bars) -> Data {
    let rows = figure.rows.len().max(1) as f64;
    let place = |(index, row): (usize, &(String, String))| ((index as f64 + 0.5) / rows, clean(&row.0));
    let parts = figure.parts.iter().enumerate().map(|(index, part)| Series {
        name: clean(&part.name),
        group: Some(index),
        values: part.values.iter().map(|&value| with_ends(value, None)).collect(),
    });
    let total = Series {
        name: "total".into(),
        group: None,
        values: figure.rows.iter().map(|row| row.1.clone()).collect(),
    };
    Data {
        along: "strategy".into(),
        what: figure.x_label.clone(),
        is_rows: true,
        positions: figure.rows.iter().enumerate().map(place).collect(),
        series: parts.chain([total]).collect(),
        groups: figure
            .parts
            .iter()
            .map(|part| (part.colour, clean(&part.name)))
            .collect(),
        ..Data::default()
    }
}

/// Draws the figure.
pub(super) fn draw(canvas: &Canvas, figure: &Bars) {
    let area = draw::frame(canvas, &figure.frame);
    let part = |(index, part): (usize, &super::BarsPart)| {
        (
            Sample::Fill(part.colour.rgb(), FILL),
            format!("{} {}", index + 1, part.name),
        )
    };
    let keys: Vec<(Sample, String)> = figure.parts.iter().enumerate().map(part).collect();
    let area = draw::key(canvas, &keys, area);
    let rows = figure.rows.len().max(1) as f64;
    let top = area.top + 4.0;
    let height = ((area.bottom - 42.0 - top) / rows).min(90.0);
    let style = Type::regular(if height < 20.0 { 10.5 } else { 13.0 }, INK);
    let names = column(
        figure.rows.iter().map(|row| row.0.as_str()),
        style,
        220.0,
        if height < 26.0 { 1 } else { 2 },
    );
    let bold = Type::semibold(style.size.min(12.5), INK);
    let totals = column(
        figure.rows.iter().map(|row| row.1.as_str()),
        bold,
        170.0,
        if height < 26.0 { 1 } else { 2 },
    );
    let plot = Area {
        left: area.left + names.width + 14.0,
        right: area.right - totals.width - 14.0,
        top,
        bottom: top + height * rows,
    };
    let value = |row: usize, part: &super::BarsPart| {
        part.values
            .get(row)
            .copied()
            .filter(|value| value.is_finite())
            .unwrap_or(0.0)
    };
    let ends = (0..figure.rows.len()).flat_map(|row| {
        let sum = |sign: f64| {
            figure
                .parts
                .iter()
                .map(|part| value(row, part))
                .filter(|value| value * sign > 0.0)
                .sum::<f64>()
        };
        [sum(-1.0), sum(1.0)]
    });
    let ends: Vec<f64> = ends.collect();
    let scale = Scale::linear(ends.iter().copied(), 6).ending_at_data(ends.iter().copied());
    draw::value_axis(canvas, plot, &scale, &figure.x_label, true);
    let x = |value: f64| plot.left + scale.place(value) * (plot.right - plot.left);
    for row in 0..figure.rows.len() {
        let y = plot.top + (row as f64 + 0.5) * height;
        let half = (height * 0.34).min(20.0);
        let mut reached = [0.0, 0.0];
        for (index, part) in figure.parts.iter().enumerate() {
            let value = value(row, part);
            let side = usize::from(value > 0.0);
            let (from, to) = (x(reached[side]), x(reached[side] + value));
            reached[side] += value;
            if (to - from).abs() < 0.3 {
                continue;
            }
            let (from, to) = (from.min(to), from.max(to));
            canvas.group(index, || {
                canvas.rect((from, y - half), (to, y + half), part.colour.rgb(), FILL);
                canvas.line((to, y - half), (to, y + half), 1.0, WHITE);
            });
            // Whoever cannot tell the colours reads the number, or the name where there is room.
            let style = Type::regular(if half > 8.0 { 11.0 } else { 9.5 }, text_on(part.colour));
            let long = clean(&part.name);
            let short = format!("{}", index + 1);
            let fits = |text: &&String| text_width(text, style.size, Weight::Regular) + 8.0 <= to - from;
            if let (Some(text), true) = ([long, short].iter().find(fits), half > 5.0) {
                canvas.on_fill(|| {
                    canvas.text_centred(text, (from + to) / 2.0, y, Anchor::Middle, style);
                });
            }
        }
        names.write(canvas, row, area.left, y, Anchor::Start, style);
        totals.write(canvas, row, area.right, y, Anchor::End, bold);
    }
    canvas.line((x(0.0), plot.top), (x(0.0), plot.bottom), 1.2, MUTED);
}

fn text_on(colour: Colour) -> RGBColor {
    match colour {
        Colour::Blue | Colour::Ink => WHITE,
        _ => INK,
    }
}
