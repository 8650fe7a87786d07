//! One row per risk or quantity: how far it moves the result, with the interval at every end.

use super::canvas::{Anchor, Canvas, INK, MUTED, Type, clean};
use super::compare::{column, rows};
use super::data::with_ends;
use super::draw::{self, Area, Sample};
use super::scale::Scale;
use super::{Colour, Data, Series, Tornado, TornadoRow};

/// Colours of the lower and the upper end of a range.
const ENDS: [Colour; 2] = [Colour::Orange, Colour::Blue];

/// The bars of each row with their intervals, and what is written at its right.
pub(super) fn data(figure: &Tornado) -> Data {
    let ends = figure.ends.iter().enumerate().map(|(index, name)| Series {
        name: clean(name),
        group: Some(index),
        values: figure
            .rows
            .iter()
            .map(|row| {
                row.ends
                    .get(index)
                    .map_or(String::new(), |end| with_ends(end.value, end.interval))
            })
            .collect(),
    });
    let rank = Series {
        name: "rank".into(),
        group: None,
        values: figure.rows.iter().map(|row| row.rank.clone()).collect(),
    };
    let has_ranks = rank.values.iter().any(|text| !text.is_empty());
    let colour = |index: usize| {
        if figure.ends.len() == 1 {
            ENDS[1]
        } else {
            ENDS[index % 2]
        }
    };
    Data {
        along: "risk or quantity".into(),
        what: figure.x_label.clone(),
        is_rows: true,
        positions: rows(figure.rows.iter().map(|row| row.name.as_str())),
        groups: figure
            .ends
            .iter()
            .enumerate()
            .map(|(index, name)| (colour(index), clean(name)))
            .collect(),
        series: ends.chain(has_ranks.then_some(rank)).collect(),
        ..Data::default()
    }
}

/// Draws the figure.
pub(super) fn draw(canvas: &Canvas, figure: &Tornado) {
    let area = draw::frame(canvas, &figure.frame);
    let area = draw::key(canvas, &entries(figure), area);
    let rows = figure.rows.len().max(1) as f64;
    let (top, bottom) = (area.top + 4.0, area.bottom - 42.0);
    let row_height = ((bottom - top) / rows).min(64.0);
    let bottom = top + row_height * rows;
    let name_style = Type::regular(if row_height < 20.0 { 10.5 } else { 13.0 }, INK);
    let texts = |of: fn(&TornadoRow) -> &str| figure.rows.iter().map(of);
    let lines = if row_height < 32.0 { 1 } else { 2 };
    let names = column(texts(|row| &row.name), name_style, 250.0, lines);
    let label_style = Type::semibold(name_style.size - 0.5, INK);
    let labels = column(texts(|row| &row.label), label_style, 150.0, 1);
    let rank_style = Type::regular(name_style.size - 0.5, MUTED);
    let ranks = column(texts(|row| &row.rank), rank_style, 90.0, 1);
    let room = |width: f64| if width > 0.0 { width + 14.0 } else { 0.0 };
    let right = area.right - room(ranks.width);
    let plot = Area {
        left: area.left + names.width + 14.0,
        right: right - room(labels.width) - 6.0,
        top,
        bottom,
    };
    let scale = Scale::linear(figure.rows.iter().flat_map(values), 5);
    draw::value_axis(canvas, plot, &scale, &figure.x_label, true);
    let x = |value: f64| plot.left + scale.place(value) * (plot.right - plot.left);
    for (index, row) in figure.rows.iter().enumerate() {
        let y = plot.top + (index as f64 + 0.5) * row_height;
        bars(canvas, row, &x, y, row_height);
        names.write(canvas, index, plot.left - 14.0, y, Anchor::End, name_style);
        labels.write(canvas, index, right, y, Anchor::End, label_style);
        ranks.write(canvas, index, area.right, y, Anchor::End, rank_style);
    }
    canvas.line((x(0.0), plot.top), (x(0.0), plot.bottom), 1.4, MUTED);
}

/// The bar of every end, the longer one behind, with its interval.
fn bars(canvas: &Canvas, row: &TornadoRow, x: &impl Fn(f64) -> f64, y: f64, row_height: f64) {
    let half = (row_height * 0.27).min(11.0);
    let mut order: Vec<usize> = (0..row.ends.len())
        .filter(|&end| row.ends[end].value.is_finite())
        .collect();
    order.sort_by(|&a, &b| row.ends[b].value.abs().total_cmp(&row.ends[a].value.abs()));
    for (place, end) in order.into_iter().enumerate() {
        let own = &row.ends[end];
        let colour = colour(row, end).rgb();
        // Two bars to the same side: the shorter one is thinner, so that both can be seen.
        let same_side = row
            .ends
            .iter()
            .filter(|other| other.value * own.value > 0.0)
            .count()
            > 1;
        let half = if place > 0 && same_side { half * 0.62 } else { half };
        let (from, to) = (x(0.0).min(x(own.value)), x(0.0).max(x(own.value)));
        canvas.group(end, || {
            canvas.rect((from, y - half), (to, y + half), colour, 0.75);
            if let Some((low, high)) = own
                .interval
                .filter(|ends| ends.0.is_finite() && ends.1.is_finite())
            {
                canvas.line((x(low), y), (x(high), y), 1.6, INK);
                for at in [low, high] {
                    canvas.line((x(at), y - half * 0.5), (x(at), y + half * 0.5), 1.6, INK);
                }
            }
        });
    }
}

fn colour(row: &TornadoRow, end: usize) -> Colour {
    if row.ends.len() == 1 {
        ENDS[1]
    } else {
        ENDS[end % 2]
    }
}

fn values(row: &TornadoRow) -> impl Iterator<Item = f64> {
    row.ends.iter().flat_map(|end| {
        let (low, high) = end.interval.unwrap_or((f64::NAN, f64::NAN));
        [end.value, low, high]
    })
}

fn entries(figure: &Tornado) -> Vec<(Sample, String)> {
    let mut entries: Vec<(Sample, String)> = (figure.ends.iter().enumerate())
        .map(|(end, name)| {
            let colour = if figure.ends.len() == 1 {
                ENDS[1]
            } else {
                ENDS[end % 2]
            };
            (Sample::Fill(colour.rgb(), 0.75), name.clone())
        })
        .collect();
    if figure
        .rows
        .iter()
        .flat_map(|row| &row.ends)
        .any(|end| end.interval.is_some())
    {
        entries.push((
            Sample::Line(INK, 1.6, &[]),
            "95 % intervals that hold together".into(),
        ));
    }
    entries
}
