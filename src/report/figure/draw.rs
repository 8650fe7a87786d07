//! What all charts have in common: the words around them, the key, axes and labels that keep apart.

use plotters::style::RGBColor;

use super::canvas::{
    Anchor, Canvas, GRID, INK, MUTED, Marker, SHADE, Type, WIDTH, Weight, ellipsis, fit, text_width,
};
use super::scale::{Scale, ticks_between};
use super::{Frame, TimeAxis};

/// Space left free at the left and right edge of the chart.
pub(super) const MARGIN: f64 = 24.0;
/// Size of tick texts and labels.
pub(super) const LABEL: f64 = 12.5;
/// Size of notes.
pub(super) const NOTE: f64 = 11.5;

/// A rectangle of the chart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Area {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

/// Writes title, subtitle and footer; returns the space between them.
pub(super) fn frame(canvas: &Canvas, frame: &Frame) -> Area {
    let width = WIDTH - 2.0 * MARGIN;
    let style = Type::semibold(20.5, INK);
    let (size, lines) = fit(&frame.title, style, 15.0, width, 2);
    let mut y = canvas.lines(&lines, MARGIN, 34.0, Anchor::Start, style.sized(size));
    let style = Type::regular(13.5, MUTED);
    let (size, lines) = fit(&frame.subtitle, style, 11.5, width, 2);
    y = canvas.lines(&lines, MARGIN, y - 2.0, Anchor::Start, style.sized(size));

    let style = Type::regular(11.0, MUTED);
    let (size, lines) = fit(&frame.footer, style, 9.0, width, 2);
    let first = canvas.height() - 15.0 - (lines.len().max(1) - 1) as f64 * size * 1.25;
    canvas.lines(&lines, MARGIN, first, Anchor::Start, style.sized(size));
    Area {
        left: MARGIN,
        right: WIDTH - MARGIN,
        top: y + 2.0,
        bottom: first - 20.0,
    }
}

/// The picture in front of a key entry.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sample {
    /// A filled box.
    Fill(RGBColor, f64),
    /// A line of this width with this dash pattern.
    Line(RGBColor, f64, &'static [f64]),
    /// A marker.
    Dot(RGBColor, Marker),
}

/// Draws the sample of a key entry centred at `y`; returns its width.
pub(super) fn sample(canvas: &Canvas, sample: Sample, x: f64, y: f64) -> f64 {
    match sample {
        Sample::Fill(colour, alpha) => {
            canvas.rect((x, y - 5.5), (x + 11.0, y + 5.5), colour, alpha);
            11.0
        }
        Sample::Line(colour, width, pattern) => {
            canvas.dashed(&[(x, y), (x + 26.0, y)], width, colour, pattern);
            26.0
        }
        Sample::Dot(colour, marker) => {
            canvas.marker(marker, (x + 5.0, y), 5.0, colour);
            10.0
        }
    }
}

fn sample_width(sample: Sample) -> f64 {
    match sample {
        Sample::Fill(..) => 11.0,
        Sample::Line(..) => 26.0,
        Sample::Dot(..) => 10.0,
    }
}

/// Writes the key in rows from the top of the area; returns the area below.
pub(super) fn key(canvas: &Canvas, entries: &[(Sample, String)], area: Area) -> Area {
    if entries.is_empty() {
        return area;
    }
    let style = Type::regular(12.5, INK);
    let (mut x, mut y) = (area.left, area.top + 3.0);
    for (picture, name) in entries {
        let room = area.right - area.left - sample_width(*picture) - 6.0;
        let name = ellipsis(&super::canvas::clean(name), style.size, style.weight, room);
        let width = sample_width(*picture) + 6.0 + text_width(&name, style.size, style.weight);
        if x > area.left && x + width > area.right {
            x = area.left;
            y += 19.0;
        }
        let after = x + sample(canvas, *picture, x, y) + 6.0;
        canvas.text_centred(&name, after, y, Anchor::Start, style);
        x += width + 20.0;
    }
    Area {
        top: y + 19.0,
        ..area
    }
}

/// Moves labels apart: `wanted` are the wished centres, `heights` the label heights. The result stays between
/// `low` and `high` as long as the labels fit there, and keeps the order of the wishes.
pub(super) fn push_apart(wanted: &[f64], heights: &[f64], low: f64, high: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|&a, &b| wanted[a].total_cmp(&wanted[b]));
    let total: f64 = heights.iter().sum();
    let squeeze = if total > high - low {
        ((high - low) / total).max(0.1)
    } else {
        1.0
    };
    let mut placed = wanted.to_vec();
    let mut free = low;
    for &index in &order {
        let half = heights[index] * squeeze / 2.0;
        placed[index] = placed[index].max(free + half);
        free = placed[index] + half;
    }
    let mut free = high;
    for &index in order.iter().rev() {
        let half = heights[index] * squeeze / 2.0;
        placed[index] = placed[index].min(free - half);
        free = placed[index] - half;
    }
    placed
}

/// One plot over time.
#[derive(Clone, Debug)]
pub(super) struct TimePlot {
    /// The plot rectangle.
    pub(super) area: Area,
    first_day: f64,
    last_day: f64,
    scale: Scale,
}

impl TimePlot {
    /// Horizontal position of a day; days outside the axis are moved to its end.
    pub(super) fn x(&self, day: f64) -> f64 {
        let place = (day - self.first_day) / (self.last_day - self.first_day);
        let place = if place.is_nan() {
            0.0
        } else {
            place.clamp(0.0, 1.0)
        };
        self.area.left + place * (self.area.right - self.area.left)
    }

    /// Is this day on the axis?
    pub(super) fn shows(&self, day: f64) -> bool {
        (self.first_day - 1e-9..=self.last_day + 1e-9).contains(&day)
    }

    /// Vertical position of a value.
    pub(super) fn y(&self, value: f64) -> f64 {
        self.area.bottom - self.scale.place(value) * (self.area.bottom - self.area.top)
    }

    /// The days of the axis for which `values` holds a number, as day and value; a single day is drawn as wide
    /// as a day.
    pub(super) fn days(&self, values: &[f64]) -> Vec<(f64, f64)> {
        let mut days: Vec<(f64, f64)> = values
            .iter()
            .enumerate()
            .map(|(index, &value)| (self.first_day + index as f64, value))
            .take_while(|(day, _)| *day <= self.last_day + 1e-9)
            .collect();
        if let [(day, value)] = days[..] {
            days.push((day + 1.0, value));
        }
        days
    }
}

/// The days of the axis, made usable: finite, and the last one after the first one.
pub(super) fn days_of(axis: &TimeAxis) -> (f64, f64) {
    let first = if axis.first_day.is_finite() {
        axis.first_day.clamp(-1e6, 1e6)
    } else {
        0.0
    };
    let last = if axis.last_day.is_finite() {
        axis.last_day.clamp(-1e6, 1e6)
    } else {
        first
    };
    (first, if last > first { last } else { first + 1.0 })
}

/// What is written above one panel.
#[derive(Clone, Debug, Default)]
pub(super) struct PanelHead {
    pub(super) name: String,
    pub(super) note: String,
}

/// Lays out one plot per head in a grid with common axes and draws everything but the data.
/// `right` is kept free at the right for labels.
pub(super) fn time_grid(
    canvas: &Canvas,
    area: Area,
    axis: &TimeAxis,
    y_label: &str,
    scale: &Scale,
    heads: &[PanelHead],
    right: f64,
) -> Vec<TimePlot> {
    let count = heads.len().max(1);
    let columns = match count {
        1..=3 => count,
        4 => 2,
        5 | 6 => 3,
        7 | 8 => 4,
        more => more.div_ceil(4).max(4),
    };
    let rows = count.div_ceil(columns);
    let (first_day, last_day) = days_of(axis);

    let y_ticks = thinned(scale.ticks(), if rows > 2 { 3 } else { 6 });
    let tick = Type::regular(if columns > 3 { NOTE } else { LABEL }, MUTED);
    let tick_width = y_ticks
        .iter()
        .map(|(_, text)| text_width(text, tick.size, tick.weight))
        .fold(0.0, f64::max);
    let left = area.left + tick_width + 8.0;
    let gap = if columns > 3 { 20.0 } else { 26.0 };
    let right_edge = area.right - right.max(6.0);
    let width = (right_edge - left - gap * (columns - 1) as f64) / columns as f64;

    // Everything written above the panels, so that all plots get the same height.
    let name_style = Type::semibold(13.0, INK);
    let note_style = Type::regular(11.5, MUTED);
    let names: Vec<(f64, Vec<String>)> = heads
        .iter()
        .map(|head| fit(&head.name, name_style, 10.5, width, 2))
        .collect();
    let notes: Vec<(f64, Vec<String>)> = heads
        .iter()
        .map(|head| fit(&head.note, note_style, 9.0, width, 1))
        .collect();
    let name_lines = names.iter().map(|name| name.1.len()).max().unwrap_or(0) as f64;
    let note_lines = notes.iter().map(|note| note.1.len()).max().unwrap_or(0) as f64;
    let head_height = name_lines * 16.0 + note_lines * 15.0;
    let y_label_height = if y_label.trim().is_empty() { 0.0 } else { 18.0 };
    let probe = TimePlot {
        area: Area {
            left,
            right: left + width,
            top: 0.0,
            bottom: 1.0,
        },
        first_day,
        last_day,
        scale: scale.clone(),
    };
    let flags = mark_labels(axis, &probe, area.right, count == 1);
    let flag_rows = flags.iter().map(|flag| flag.row + 1).max().unwrap_or(0) as f64;
    let flag_height = if flag_rows > 0.0 {
        flag_rows * 15.0 + 4.0
    } else {
        0.0
    };
    let row_gap = 20.0;
    let axis_height = if axis.label.trim().is_empty() { 22.0 } else { 42.0 };
    let top = area.top + y_label_height + 8.0;
    let height = ((area.bottom - axis_height - top - flag_height) - (rows - 1) as f64 * row_gap)
        / rows as f64
        - head_height;
    let height = height.max(24.0);

    if y_label_height > 0.0 {
        let style = Type::regular(12.5, MUTED);
        let text = ellipsis(
            &super::canvas::clean(y_label),
            style.size,
            style.weight,
            area.right - area.left,
        );
        canvas.text(&text, area.left, area.top + 10.0, Anchor::Start, style);
    }

    let mut plots = Vec::new();
    let mut y = top;
    for row in 0..rows {
        let extra = if row == 0 { flag_height } else { 0.0 };
        let plot_top = y + head_height + extra;
        for column in 0..columns {
            let index = row * columns + column;
            if index >= count {
                break;
            }
            let x = left + column as f64 * (width + gap);
            let plot = TimePlot {
                area: Area {
                    left: x,
                    right: x + width,
                    top: plot_top,
                    bottom: plot_top + height,
                },
                first_day,
                last_day,
                scale: scale.clone(),
            };
            for (value, text) in &y_ticks {
                let at = plot.y(*value);
                canvas.line((x, at), (x + width, at), 1.0, GRID);
                if column == 0 {
                    canvas.text_centred(text, x - 8.0, at, Anchor::End, tick);
                }
            }
            if let (Some(name), Some(note)) = (names.get(index), notes.get(index)) {
                // Heads stand on the plot, so that a short one is not torn off from its panel.
                let lines = name.1.len() as f64 * 16.0 + note.1.len() as f64 * 15.0;
                let base = y + head_height - lines + 7.0;
                let mut at = base;
                for line in &name.1 {
                    canvas.text(line, x, at, Anchor::Start, name_style.sized(name.0));
                    at += 16.0;
                }
                canvas.lines(&note.1, x, at - 0.5, Anchor::Start, note_style.sized(note.0));
            }
            let lowest = index + columns >= count;
            time_axis(canvas, axis, &plot, lowest, tick);
            plots.push(plot);
        }
        y = plot_top + height + row_gap;
    }
    for flag in &flags {
        if let Some(plot) = plots.first() {
            let base = plot.area.top - 6.0 - flag.row as f64 * 15.0;
            canvas.text(
                &flag.text,
                flag.left,
                base,
                Anchor::Start,
                Type::regular(FLAG, MUTED),
            );
            if flag.riser {
                let x = flag.at;
                canvas.dashed(&[(x, base - 9.0), (x, plot.area.top)], 1.0, MUTED, &[3.0, 3.0]);
            }
        }
    }
    if let (Some(plot), false) = (plots.last(), axis.label.trim().is_empty()) {
        let style = Type::regular(12.5, MUTED);
        let text = ellipsis(
            &super::canvas::clean(&axis.label),
            style.size,
            style.weight,
            area.right - left,
        );
        canvas.text(&text, left, plot.area.bottom + 39.0, Anchor::Start, style);
    }
    plots
}

/// Every n-th tick, so that at most about `most` are left.
fn thinned(ticks: Vec<(f64, String)>, most: usize) -> Vec<(f64, String)> {
    let stride = (ticks.len().saturating_sub(1)).div_ceil(most.max(1)).max(1);
    ticks.into_iter().step_by(stride).collect()
}

/// The base line of a plot with its ticks; texts only if `texts`.
fn time_axis(canvas: &Canvas, axis: &TimeAxis, plot: &TimePlot, texts: bool, style: Type) {
    let area = plot.area;
    canvas.plot(area.left, area.right, area.top, area.bottom);
    canvas.line((area.left, area.bottom), (area.right, area.bottom), 1.2, MUTED);
    let given: Vec<(f64, String)> = axis
        .ticks
        .iter()
        .filter(|(day, _)| day.is_finite() && *day >= plot.first_day - 1e-9 && *day <= plot.last_day + 1e-9)
        .map(|(day, text)| (*day, super::canvas::clean(text)))
        .collect();
    let ticks = if axis.ticks.is_empty() {
        let count = ((area.right - area.left) / 75.0) as usize;
        ticks_between(plot.first_day, plot.last_day, count.max(2))
    } else {
        given
    };
    let widths: Vec<f64> = ticks
        .iter()
        .map(|(_, text)| text_width(text, style.size, style.weight))
        .collect();
    let clear = |stride: usize| {
        let shown: Vec<usize> = (0..ticks.len()).step_by(stride).collect();
        shown.windows(2).all(|pair| {
            let apart = plot.x(ticks[pair[1]].0) - plot.x(ticks[pair[0]].0);
            apart >= (widths[pair[0]] + widths[pair[1]]) / 2.0 + 10.0
        })
    };
    let stride = (1..=ticks.len().max(1))
        .find(|&stride| clear(stride))
        .unwrap_or(1);
    for (index, (day, text)) in ticks.iter().enumerate() {
        let x = plot.x(*day);
        let named = index % stride == 0;
        canvas.line(
            (x, area.bottom),
            (x, area.bottom + if named { 5.0 } else { 3.0 }),
            1.0,
            MUTED,
        );
        if texts && named {
            let half = widths[index] / 2.0;
            let at = x.min(WIDTH - 6.0 - half).max(6.0 + half);
            canvas.text(text, at, area.bottom + 19.0, Anchor::Middle, style);
        }
    }
}

/// Size of the labels of marks and spans.
const FLAG: f64 = 11.5;

/// The label of a mark or span, above the plot.
struct Flag {
    at: f64,
    left: f64,
    text: String,
    row: usize,
    riser: bool,
}

/// Places the labels of marks and spans in rows above the first plot: later days low, earlier ones above them,
/// so that no riser crosses a text.
fn mark_labels(axis: &TimeAxis, plot: &TimePlot, right: f64, with_spans: bool) -> Vec<Flag> {
    let inside = |day: f64| day.is_finite() && day >= plot.first_day && day <= plot.last_day;
    let mut wanted: Vec<(f64, bool, &str)> = Vec::new();
    for (day, label) in &axis.marks {
        if inside(*day) {
            wanted.push((plot.x(*day), true, label.as_str()));
        }
    }
    for (from, to, label) in axis.spans.iter().filter(|_| with_spans) {
        if from.is_finite() && to.is_finite() && *to >= plot.first_day && *from <= plot.last_day {
            // Of several spans with one label, only the first carries it.
            if !wanted.iter().any(|(_, mark, other)| !mark && other == label) {
                wanted.push((plot.x(*from), false, label.as_str()));
            }
        }
    }
    wanted.retain(|(_, _, label)| !label.trim().is_empty());
    wanted.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.2.cmp(b.2)));
    let mut flags: Vec<Flag> = Vec::new();
    for (x, mark, label) in wanted {
        let offset = if mark { 4.0 } else { 0.0 };
        let text = ellipsis(&super::canvas::clean(label), FLAG, Weight::Regular, 240.0);
        let width = text_width(&text, FLAG, Weight::Regular);
        let left = (x + offset).min(right - width);
        let free = |row: usize| {
            flags.iter().filter(|flag| flag.row == row).all(|flag| {
                let other = text_width(&flag.text, FLAG, Weight::Regular);
                left + width + 10.0 <= flag.left || flag.left + other + 10.0 <= left
            }) && flags.iter().all(|flag| {
                // A text must not lie on the riser of a label above it.
                flag.row <= row || !flag.riser || flag.at < left - 3.0 || flag.at > left + width + 3.0
            })
        };
        let Some(row) = (0..4).find(|&row| free(row)) else {
            continue;
        };
        let crossed = flags.iter().any(|flag| {
            let end = flag.left + text_width(&flag.text, FLAG, Weight::Regular);
            flag.row < row && x > flag.left - 3.0 && x < end + 3.0
        });
        flags.push(Flag {
            at: x,
            left,
            text,
            row,
            riser: mark && !crossed && left > x,
        });
    }
    flags
}

/// Shades the spans of the axis. On top of filled areas, `over` makes them a veil.
pub(super) fn spans(canvas: &Canvas, axis: &TimeAxis, plot: &TimePlot, over: bool) {
    for (from, to, _) in &axis.spans {
        if !(from.is_finite() && to.is_finite()) || *to < plot.first_day || *from > plot.last_day {
            continue;
        }
        let (left, right) = (plot.x(*from), plot.x(*to).max(plot.x(*from) + 1.0));
        let (colour, alpha) = if over { (INK, 0.12) } else { (SHADE, 1.0) };
        canvas.rect((left, plot.area.top), (right, plot.area.bottom), colour, alpha);
        if !over {
            for (value, _) in plot.scale.ticks() {
                canvas.line((left, plot.y(value)), (right, plot.y(value)), 1.0, GRID);
            }
            let base = plot.area.bottom;
            canvas.line((plot.area.left, base), (plot.area.right, base), 1.2, MUTED);
        }
    }
}

/// Key entries for the shaded spans, which carry no labels of their own when there are several panels.
pub(super) fn span_entries(axis: &TimeAxis, over: bool) -> Vec<(Sample, String)> {
    let mut names: Vec<&str> = Vec::new();
    for (_, _, label) in &axis.spans {
        let label = label.trim();
        if !label.is_empty() && !names.contains(&label) {
            names.push(label);
        }
    }
    if names.is_empty() {
        return Vec::new();
    }
    let picture = if over {
        Sample::Fill(INK, 0.14)
    } else {
        Sample::Fill(GRID, 1.0)
    };
    vec![(picture, names.join(", "))]
}

/// Draws the vertical marks of the axis.
pub(super) fn marks(canvas: &Canvas, axis: &TimeAxis, plot: &TimePlot) {
    for (day, _) in &axis.marks {
        if day.is_finite() && *day >= plot.first_day && *day <= plot.last_day {
            let x = plot.x(*day);
            canvas.dashed(
                &[(x, plot.area.top), (x, plot.area.bottom)],
                1.2,
                INK,
                &[3.0, 3.0],
            );
        }
    }
}

/// Draws a horizontal value axis with its vertical grid; `label` is written below.
pub(super) fn value_axis(canvas: &Canvas, area: Area, scale: &Scale, label: &str, lines: bool) {
    ticked_axis(canvas, area, scale, &scale.ticks(), lines);
    let label = super::canvas::clean(label);
    if !label.is_empty() {
        let label = if scale.is_logarithmic() {
            format!("{label} (logarithmic scale)")
        } else {
            label
        };
        let style = Type::regular(12.5, MUTED);
        let text = ellipsis(&label, style.size, style.weight, WIDTH - MARGIN - area.left);
        canvas.text(&text, area.left, area.bottom + 39.0, Anchor::Start, style);
    }
}

/// Draws the ticks of a horizontal axis, their texts where there is room, and with `lines` the grid.
pub(super) fn ticked_axis(canvas: &Canvas, area: Area, scale: &Scale, ticks: &[(f64, String)], lines: bool) {
    canvas.plot(area.left, area.right, area.top, area.bottom);
    let style = Type::regular(LABEL, MUTED);
    let mut end = f64::NEG_INFINITY;
    let widest = ticks
        .iter()
        .map(|tick| text_width(&tick.1, style.size, style.weight))
        .fold(0.0, f64::max);
    let room = (area.right - area.left) / (widest + 16.0);
    let linear = !scale.is_logarithmic();
    let stride = if linear {
        (ticks.len() as f64 / room.max(1.0)).ceil().max(1.0) as usize
    } else {
        1
    };
    for (index, (value, text)) in ticks.iter().enumerate() {
        let x = area.left + scale.place(*value) * (area.right - area.left);
        if lines {
            canvas.line((x, area.top), (x, area.bottom), 1.0, GRID);
        } else {
            canvas.line((x, area.bottom), (x, area.bottom + 5.0), 1.0, MUTED);
        }
        let half = text_width(text, style.size, style.weight) / 2.0;
        let at = x.min(WIDTH - 6.0 - half);
        if index % stride == 0 && at - half >= end + 8.0 {
            canvas.text(text, at, area.bottom + 19.0, Anchor::Middle, style);
            end = at + half;
        }
    }
}
