//! What a plan does, a row for each wave, task and decision.

use super::canvas::{Anchor, Canvas, GRID, INK, MUTED, Marker, Type, fit};
use super::compare::column;
use super::draw::{self, Area, PanelHead, Sample};
use super::scale::Scale;
use super::{Colour, Gantt, GanttKind, GanttRow};

/// Height of a row, if there is room.
const ROW: [f64; 2] = [12.5, 26.0];
/// Space of the chart that is not rows.
const AROUND: f64 = 225.0;

/// Height of the chart: as many rows as it has stay legible.
pub(super) fn height(figure: &Gantt) -> f64 {
    (AROUND + figure.rows.len() as f64 * ROW[0]).clamp(super::canvas::HEIGHT, 2000.0)
}

/// Draws the figure.
pub(super) fn draw(canvas: &Canvas, figure: &Gantt) {
    let area = draw::frame(canvas, &figure.frame);
    let mut keys: Vec<(Sample, String)> = Vec::new();
    let has = |kind: GanttKind| figure.rows.iter().any(|row| row.kind == kind);
    if has(GanttKind::Wave) {
        keys.push((
            Sample::Dot(Colour::Blue.rgb(), Marker::Diamond),
            "wave, planned start".into(),
        ));
        if figure.rows.iter().any(|row| row.range.is_some()) {
            keys.push((Sample::Line(Colour::Blue.rgb(), 5.0, &[]), figure.range.clone()));
        }
    }
    if figure.rows.iter().any(|row| row.has_gate) {
        keys.push((
            Sample::Dot(Colour::Vermillion.rgb(), Marker::Bar),
            "gate before it".into(),
        ));
    }
    if has(GanttKind::Task) {
        keys.push((Sample::Fill(Colour::Green.rgb(), 0.8), "task".into()));
    }
    if has(GanttKind::Event) {
        keys.push((Sample::Dot(INK, Marker::TriangleDown), "from this day".into()));
    }
    keys.extend(draw::span_entries(&figure.axis, false));
    if let Some((_, _, label)) = &figure.no_return {
        keys.push((Sample::Fill(Colour::Vermillion.rgb(), 0.25), label.clone()));
    }
    let area = draw::key(canvas, &keys, area);
    let rows = figure.rows.len().max(1) as f64;
    let style = Type::regular(
        ((area.bottom - area.top - 60.0) / rows * 0.82).clamp(9.0, 12.0),
        INK,
    );
    let names = column(figure.rows.iter().map(|row| row.name.as_str()), style, 250.0, 1);
    let inner = Area {
        left: area.left + names.width + 8.0,
        ..area
    };
    // What is below the rows stands near them where they are few.
    let wanted = rows * ROW[1] + 110.0;
    let inner = Area {
        bottom: inner.bottom.min(inner.top + wanted),
        ..inner
    };
    let axis = super::TimeAxis {
        spans: Vec::new(),
        ..figure.axis.clone()
    };
    let plots = draw::time_grid(
        canvas,
        inner,
        &axis,
        "",
        &Scale::between(0.0, 1.0),
        &[PanelHead::default()],
        20.0,
    );
    let Some(plot) = plots.first() else { return };
    let height = (plot.area.bottom - plot.area.top) / rows;
    draw::spans(canvas, &figure.axis, plot, false);
    for (day, _) in &figure.axis.ticks {
        if plot.shows(*day) {
            canvas.line(
                (plot.x(*day), plot.area.top),
                (plot.x(*day), plot.area.bottom),
                1.0,
                GRID,
            );
        }
    }
    if let Some((from, to, _)) = &figure.no_return {
        let (left, right) = (plot.x(*from), plot.x(*to).max(plot.x(*from) + 2.0));
        canvas.rect(
            (left, plot.area.top),
            (right, plot.area.bottom),
            Colour::Vermillion.rgb(),
            0.18,
        );
        canvas.line(
            (left, plot.area.top),
            (left, plot.area.bottom),
            1.6,
            Colour::Vermillion.rgb(),
        );
    }
    for (index, row) in figure.rows.iter().enumerate() {
        let y = plot.area.top + (index as f64 + 0.5) * height;
        names.write(canvas, index, area.left, y, Anchor::Start, style);
        canvas.line(
            (area.left, y + height / 2.0),
            (plot.area.right, y + height / 2.0),
            0.5,
            GRID,
        );
        bar(canvas, plot, row, y, height, style);
    }
    draw::marks(canvas, &figure.axis, plot);
    canvas.line(
        (plot.area.left, plot.area.bottom),
        (plot.area.right, plot.area.bottom),
        1.2,
        MUTED,
    );
}

/// The picture of a row, with its remark where there is room.
fn bar(canvas: &Canvas, plot: &draw::TimePlot, row: &GanttRow, y: f64, height: f64, style: Type) {
    let (from, to) = (plot.x(row.from), plot.x(row.to));
    let radius = (height * 0.28).clamp(3.0, 5.5);
    let (mut left, mut right) = (from - radius, to + radius);
    match row.kind {
        GanttKind::Task => {
            let half = (height * 0.27).clamp(2.5, 6.0);
            right = to.max(from + 2.5);
            canvas.rect((from, y - half), (right, y + half), Colour::Green.rgb(), 0.8);
        }
        GanttKind::Event => canvas.marker(Marker::TriangleDown, (from, y), radius, INK),
        GanttKind::Wave => {
            if let Some((early, late)) = row.range {
                let (early, late) = (plot.x(early), plot.x(late));
                let half = (height * 0.14).clamp(1.5, 2.6);
                canvas.rect((early, y - half), (late, y + half), Colour::Blue.rgb(), 0.55);
                canvas.line(
                    (late, y - half - 2.0),
                    (late, y + half + 2.0),
                    1.4,
                    Colour::Blue.rgb(),
                );
                (left, right) = (left.min(early), right.max(late));
            }
            if row.has_gate {
                let gate = from - 2.0 * radius - 1.0;
                canvas.marker(Marker::Bar, (gate, y), radius, Colour::Vermillion.rgb());
                left = left.min(gate - radius);
            }
            canvas.marker(Marker::Diamond, (from, y), radius, Colour::Blue.rgb());
        }
    }
    let style = Type::regular((style.size - 1.0).min(10.5), MUTED);
    let before = left - 6.0 - plot.area.left;
    let behind = plot.area.right + 14.0 - right - 6.0;
    let (x, anchor, room) = if behind >= before {
        (right + 6.0, Anchor::Start, behind)
    } else {
        (left - 6.0, Anchor::End, before)
    };
    let (size, lines) = fit(&row.note, style, style.size, room, 1);
    if lines.first().is_some_and(|line| !line.ends_with('…')) {
        canvas.text_centred(&lines[0], x, y, anchor, style.sized(size));
    }
}
