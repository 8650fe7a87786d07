//! One row per strategy: mean, interval of the mean, range of the runs.

use plotters::style::WHITE;

use super::canvas::{
    Anchor, Canvas, INK, MUTED, Marker, Type, Weight, clean, fit, repeats, series_style, text_width,
};
use super::data::{amount, signed};
use super::draw::{self, Area, Sample};
use super::scale::Scale;
use super::{Colour, Compare, CompareRow, Data, Series};
use crate::report::number;

/// Rows lower than this have their number beside the range instead of above the dot.
const TALL: f64 = 33.0;

/// Mean, interval, range and difference of each row.
pub(super) fn data(figure: &Compare) -> Data {
    let between = |ends: (f64, f64)| both_ends(ends, amount);
    // As many digits as the number in front of it.
    let interval = |ends: (f64, f64)| {
        let places = number::decimals((ends.1 - ends.0) / 2.0);
        both_ends(ends, |end| signed(&number::rounded(end, places)))
    };
    type Cell<'a> = &'a dyn Fn(&CompareRow) -> String;
    let columns: [(&str, Cell<'_>); 4] = [
        ("mean", &|row| signed(&row.label)),
        (INTERVAL, &|row| {
            row.interval.and_then(interval).unwrap_or_default()
        }),
        (&figure.range, &|row| {
            between((row.p10, row.p90)).unwrap_or_default()
        }),
        ("difference", &|row| signed(&row.difference)),
    ];
    let series = columns.iter().map(|(name, cell)| Series {
        name: (*name).to_string(),
        group: None,
        values: figure.rows.iter().map(cell).collect(),
    });
    Data {
        along: "strategy".into(),
        what: figure.x_label.clone(),
        is_rows: true,
        positions: rows(figure.rows.iter().map(|row| row.name.as_str())),
        groups: figure
            .rows
            .iter()
            .map(|row| (row.colour, clean(&row.name)))
            .collect(),
        series: series
            .filter(|series| series.values.iter().any(|text| !text.is_empty()))
            .collect(),
        ..Data::default()
    }
}

fn both_ends((low, high): (f64, f64), text: impl Fn(f64) -> String) -> Option<String> {
    let is_known = low.is_finite() && high.is_finite();
    is_known.then(|| format!("{} to {}", text(low), text(high)))
}

/// The places of rows of equal height.
pub(super) fn rows<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> Vec<(f64, String)> {
    let count = names.len() as f64;
    let place = |(index, name): (usize, &str)| ((index as f64 + 0.5) / count, clean(name));
    names.enumerate().map(place).collect()
}

const INTERVAL: &str = "95 % interval of the mean";

/// Draws the figure.
pub(super) fn draw(canvas: &Canvas, figure: &Compare) {
    let area = draw::frame(canvas, &figure.frame);
    let area = if figure.rows.is_empty() {
        area
    } else {
        draw::key(canvas, &entries(figure), area)
    };
    let rows = figure.rows.len().max(1) as f64;
    let bottom = area.bottom - 42.0;
    let top = area.top + 4.0;
    // One or two rows fill the figure as well as many do, up to a point.
    let most = match figure.rows.len() {
        0 | 1 => 240.0,
        2 => 190.0,
        3 => 125.0,
        _ => 76.0,
    };
    let row_height = ((bottom - top) / rows).min(most);
    let bottom = top + row_height * rows;
    let tall = row_height >= TALL;

    let name_style = Type::regular(if row_height < 18.0 { 10.0 } else { 13.5 }, INK);
    let name_lines = if tall { 2 } else { 1 };
    let names = column(
        figure.rows.iter().map(|row| row.name.as_str()),
        name_style,
        230.0,
        name_lines,
    );
    let left = area.left + names.width + if names.width > 0.0 { 14.0 } else { 4.0 };
    let side_style = Type::regular(if row_height < 18.0 { 10.0 } else { 12.5 }, MUTED);
    let side = column(
        figure.rows.iter().map(|row| row.difference.as_str()),
        side_style,
        190.0,
        name_lines,
    );
    let number_style = Type::semibold(12.5, INK);
    let numbers = column(
        figure.rows.iter().map(|row| row.label.as_str()),
        number_style.sized(side_style.size),
        if tall { 260.0 } else { 130.0 },
        1,
    );
    let mut right = area.right - 12.0;
    if side.width > 0.0 {
        right -= side.width + 12.0;
    }
    if !tall && numbers.width > 0.0 {
        right -= numbers.width + 14.0;
    }
    let plot = Area {
        left,
        right,
        top,
        bottom,
    };

    let values = || figure.rows.iter().flat_map(values);
    let scale = if figure.log_scale || needs_logarithm(&figure.rows) {
        Scale::logarithmic(values())
    } else {
        Scale::linear(values(), 5)
    }
    .ending_at_data(values());
    draw::value_axis(canvas, plot, &scale, &figure.x_label, true);
    let zero = plot.left + scale.place(0.0) * (plot.right - plot.left);
    canvas.line((zero, plot.top), (zero, plot.bottom), 1.2, MUTED);

    let colours: Vec<Colour> = figure.rows.iter().map(|row| row.colour).collect();
    for (index, row) in figure.rows.iter().enumerate() {
        let shift = if tall { 7.0 } else { 0.0 };
        let y = plot.top + (index as f64 + 0.5) * row_height + shift;
        let x = |value: f64| plot.left + scale.place(value) * (plot.right - plot.left);
        let colour = row.colour.rgb();
        let radius = (row_height * 0.16).clamp(2.5, 5.6);
        let thin = if tall { 3.0 } else { 2.0 };
        canvas.group(index, || {
            if row.p10.is_finite() && row.p90.is_finite() {
                let (low, high) = (x(row.p10.min(row.p90)), x(row.p10.max(row.p90)));
                canvas.rect((low, y - thin / 2.0), (high, y + thin / 2.0), colour, 0.45);
                for end in [low, high] {
                    canvas.rect(
                        (end - 0.6, y - thin - 1.5),
                        (end + 0.6, y + thin + 1.5),
                        colour,
                        0.75,
                    );
                }
            }
            if let Some((low, high)) = row
                .interval
                .filter(|(low, high)| low.is_finite() && high.is_finite())
            {
                let narrow = (x(high) - x(low)).abs() < 2.2 * radius;
                let half = (row_height * 0.1).clamp(1.8, 4.0);
                // An interval narrower than the dot would only blur its shape.
                if !narrow {
                    canvas.rect(
                        (x(low.min(high)), y - half),
                        (x(low.max(high)), y + half),
                        colour,
                        0.9,
                    );
                }
            }
            let (marker, _) = series_style(row.colour, repeats(&colours, index));
            if row.mean.is_finite() {
                canvas.marker_shape(marker, (x(row.mean), y), radius, colour);
            }
        });
        names.write(canvas, index, plot.left - 14.0, y, Anchor::End, name_style);
        canvas.group(index, || {
            side.write(canvas, index, area.right, y, Anchor::End, side_style);
            if let (true, Some((size, lines))) = (tall, numbers.cells.get(index)) {
                let style = number_style.sized(*size);
                let text = lines.first().map(String::as_str).unwrap_or_default();
                let half = text_width(text, *size, Weight::Semibold) / 2.0;
                let centre = x(row.mean)
                    .max(plot.left + half + 5.0)
                    .min(plot.right - half + 8.0);
                canvas.rect(
                    (centre - half - 2.0, y - 21.0),
                    (centre + half + 2.0, y - 9.5),
                    WHITE,
                    0.85,
                );
                canvas.text(text, centre, y - 11.0, Anchor::Middle, style);
            } else {
                numbers.write(canvas, index, plot.right + 12.0, y, Anchor::Start, number_style);
            }
        });
    }
}

fn values(row: &CompareRow) -> impl Iterator<Item = f64> {
    let (low, high) = row.interval.unwrap_or((f64::NAN, f64::NAN));
    [row.mean, row.p10, row.p90, low, high].into_iter()
}

/// Whether the rows differ so much that a linear axis would squeeze the small ones into a point.
fn needs_logarithm(rows: &[CompareRow]) -> bool {
    let size = |row: &CompareRow| {
        let top = if row.p90.is_finite() { row.p90.abs() } else { 0.0 };
        if row.mean.is_finite() {
            top.max(row.mean.abs())
        } else {
            top
        }
    };
    let sizes: Vec<f64> = rows.iter().map(size).filter(|&size| size > 0.0).collect();
    let largest = sizes.iter().copied().fold(0.0, f64::max);
    let smallest = sizes.iter().copied().fold(largest, f64::min);
    largest > 40.0 * smallest
}

fn entries(figure: &Compare) -> Vec<(Sample, String)> {
    let mut entries = vec![(Sample::Dot(Colour::Ink.rgb(), Marker::Circle), "mean".to_string())];
    if figure.rows.iter().any(|row| row.interval.is_some()) {
        entries.push((Sample::Line(Colour::Ink.rgb(), 7.0, &[]), INTERVAL.to_string()));
    }
    entries.push((Sample::Line(Colour::Grey.rgb(), 3.0, &[]), figure.range.clone()));
    entries
}

/// A column of texts, each fitted into a width.
pub(super) struct Column {
    cells: Vec<(f64, Vec<String>)>,
    /// Width of the widest.
    pub(super) width: f64,
}

/// The texts, each fitted into a width and a number of lines, in one size.
pub(super) fn column<'t>(
    texts: impl Iterator<Item = &'t str>,
    style: Type,
    width: f64,
    lines: usize,
) -> Column {
    let mut cells: Vec<(f64, Vec<String>)> = texts
        .map(|text| fit(text, style, style.size.min(10.5), width, lines))
        .collect();
    // One size for the whole column.
    let size = cells.iter().map(|cell| cell.0).fold(style.size, f64::min);
    cells.iter_mut().for_each(|cell| cell.0 = size);
    let widths = cells
        .iter()
        .flat_map(|(size, lines)| lines.iter().map(|line| text_width(line, *size, style.weight)));
    let width = widths.fold(0.0, f64::max);
    Column { cells, width }
}

impl Column {
    /// Writes one of the texts, centred on `y`.
    pub(super) fn write(&self, canvas: &Canvas, index: usize, x: f64, y: f64, anchor: Anchor, style: Type) {
        if let Some((size, lines)) = self.cells.get(index) {
            let first = y + size * 0.36 - (lines.len().max(1) - 1) as f64 * size * 0.625;
            canvas.lines(lines, x, first, anchor, style.sized(*size));
        }
    }
}
