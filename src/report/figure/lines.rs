//! Lines over time, one for each strategy, with bands.

use super::canvas::{
    Anchor, Canvas, INK, MUTED, Type, Weight, clean, fit, repeats, series_style, text_width,
};
use super::data::with_ends;
use super::draw::{self, PanelHead, Sample, TimePlot};
use super::scale::Scale;
use super::{Colour, Data, Line, Lines, Series};
use crate::report::dates;
use jiff::civil::Date;

/// Opacity of a band.
const BAND: f64 = 0.13;
/// Room for the picture of a line before its name.
const PICTURE: f64 = 36.0;
/// Width of the names at most.
const NAMES: f64 = 176.0;
/// Sizes of a name and of the remark under it.
const SIZES: [f64; 2] = [12.5, 11.0];
/// Dash pattern of the level.
const LEVEL: &[f64] = &[7.0, 4.0];

/// The value of each day with the ends of its band.
pub(super) fn data(figure: &Lines, start: Date) -> Data {
    let each_day = figure.days.windows(2).all(|pair| pair[1] - pair[0] == 1.0)
        && figure.days.first() == Some(&figure.axis.first_day);
    let mut data = Data::of_days(&figure.axis, figure.days.len(), start);
    if !each_day {
        let (first, last) = draw::days_of(&figure.axis);
        let place = |&day: &f64| {
            (
                (day - first) / (last - first),
                dates::long(dates::after(start, day as i64)),
            )
        };
        data.positions = figure.days.iter().map(place).collect();
        data.first = None;
    }
    let value = |line: &Line, day: usize| {
        let at = |values: &[f64]| values.get(day).copied().unwrap_or(f64::NAN);
        with_ends(at(&line.values), Some((at(&line.low), at(&line.high))))
    };
    let series = figure.lines.iter().enumerate().map(|(index, line)| Series {
        name: clean(&line.name),
        group: Some(index),
        values: (0..data.positions.len()).map(|day| value(line, day)).collect(),
    });
    let has_band = figure.lines.iter().any(|line| !line.low.is_empty());
    Data {
        what: match has_band {
            true => format!("{} ({})", figure.y_label, figure.band),
            false => figure.y_label.clone(),
        },
        series: series.collect(),
        groups: figure
            .lines
            .iter()
            .map(|line| (line.colour, clean(&line.name)))
            .collect(),
        ..data
    }
}

/// Draws the figure.
pub(super) fn draw(canvas: &Canvas, figure: &Lines) {
    let area = draw::frame(canvas, &figure.frame);
    let level = figure.level.as_ref().filter(|(level, _)| level.is_finite());
    let values = || {
        let each = figure
            .lines
            .iter()
            .flat_map(|line| [&line.values, &line.low, &line.high]);
        let each = each.flatten().copied();
        each.chain(level.map(|(level, _)| *level))
    };
    let scale = match figure.is_root {
        true => Scale::root(values()),
        false => Scale::linear(values(), 5),
    };
    let mut keys = Vec::new();
    if figure.lines.iter().any(|line| !line.low.is_empty()) {
        let hue = match &figure.lines[..] {
            [only] => only.colour,
            _ => Colour::Grey,
        };
        keys.push((Sample::Fill(hue.rgb(), 2.0 * BAND), figure.band.clone()));
    }
    keys.extend(level.map(|(_, label)| (Sample::Line(INK, 1.4, LEVEL), label.clone())));
    let area = draw::key(canvas, &keys, area);
    let labels: Vec<Label> = figure
        .lines
        .iter()
        .map(|line| Label::new(&line.name, &line.note))
        .collect();
    let widest = labels.iter().map(Label::width).fold(0.0, f64::max);
    let right = if labels.is_empty() {
        0.0
    } else {
        widest + PICTURE + 10.0
    };
    let heads = [PanelHead::default()];
    let plots = draw::time_grid(canvas, area, &figure.axis, &figure.y_label, &scale, &heads, right);
    let Some(plot) = plots.first() else { return };
    draw::spans(canvas, &figure.axis, plot, false);
    let colours: Vec<Colour> = figure.lines.iter().map(|line| line.colour).collect();
    let points = |values: &[f64]| -> Vec<(f64, f64)> {
        let days = figure.days.iter().zip(values);
        let known = days.filter(|(day, value)| day.is_finite() && value.is_finite() && plot.shows(**day));
        known.map(|(&day, &value)| (plot.x(day), plot.y(value))).collect()
    };
    for (index, line) in figure.lines.iter().enumerate() {
        let mut band = points(&line.high);
        band.extend(points(&line.low).into_iter().rev());
        canvas.group(index, || canvas.polygon(&band, line.colour.rgb(), BAND));
    }
    if let Some((level, _)) = level {
        let y = plot.y(*level);
        canvas.dashed(&[(plot.area.left, y), (plot.area.right, y)], 1.4, INK, LEVEL);
    }
    for (index, line) in figure.lines.iter().enumerate() {
        let (_, pattern) = series_style(line.colour, repeats(&colours, index));
        canvas.group(index, || {
            canvas.dashed(&points(&line.values), 2.4, line.colour.rgb(), pattern);
        });
    }
    draw::marks(canvas, &figure.axis, plot);
    names(canvas, figure, plot, &colours, labels);
}

/// The name of a line and a remark, as written beside it.
struct Label {
    size: f64,
    name: Vec<String>,
    note: (f64, Vec<String>),
}

impl Label {
    fn new(name: &str, note: &str) -> Label {
        let (size, name) = fit(name, Type::semibold(SIZES[0], INK), 10.0, NAMES, 2);
        let note = fit(note, Type::regular(SIZES[1], MUTED), 9.5, NAMES, 2);
        Label { size, name, note }
    }

    fn width(&self) -> f64 {
        let widths = |lines: &[String], size: f64, weight: Weight| {
            let each = lines.iter().map(|line| text_width(line, size, weight));
            each.fold(0.0, f64::max)
        };
        let note = widths(&self.note.1, self.note.0, Weight::Regular);
        widths(&self.name, self.size, Weight::Semibold).max(note)
    }

    fn height(&self) -> f64 {
        self.name.len() as f64 * self.size * 1.25 + self.note.1.len() as f64 * self.note.0 * 1.25 + 5.0
    }
}

/// Names at the right edge, each as near to the end of its line as the others allow, with a picture of the line. Where there is no
/// room for remarks they are left out.
fn names(canvas: &Canvas, figure: &Lines, plot: &TimePlot, colours: &[Colour], mut labels: Vec<Label>) {
    let [top, bottom] = [plot.area.top, plot.area.bottom + 8.0];
    let total = |labels: &[Label]| labels.iter().map(Label::height).sum::<f64>();
    if total(&labels) > bottom - top {
        labels.iter_mut().for_each(|label| label.note.1.clear());
    }
    let last = |index: usize| {
        let values = figure.lines[index].values.iter().rev();
        values
            .copied()
            .find(|value| value.is_finite())
            .map_or(plot.area.bottom, |value| plot.y(value))
    };
    let wanted: Vec<f64> = (0..labels.len())
        .map(|index| last(index) + index as f64 * 1e-6)
        .collect();
    let heights: Vec<f64> = labels.iter().map(Label::height).collect();
    let placed = draw::push_apart(&wanted, &heights, top, bottom);
    for ((index, label), y) in labels.iter().enumerate().zip(placed) {
        let line = &figure.lines[index];
        let (_, pattern) = series_style(line.colour, repeats(colours, index));
        let x = plot.area.right + 8.0;
        let first = y - label.height() / 2.0 + label.size + 1.5;
        let middle = first - label.size * 0.36;
        canvas.dashed(
            &[(x, middle), (x + PICTURE - 7.0, middle)],
            2.4,
            line.colour.rgb(),
            pattern,
        );
        let x = x + PICTURE;
        let next = canvas.lines(
            &label.name,
            x,
            first,
            Anchor::Start,
            Type::semibold(label.size, INK),
        );
        let (size, lines) = &label.note;
        canvas.lines(lines, x, next - 1.0, Anchor::Start, Type::regular(*size, MUTED));
    }
}
