//! Drawing primitives in logical coordinates (1000 by 560), with text measured before it is placed.

use std::cell::{Cell, RefCell};
use std::sync::OnceLock;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::register_font;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::Colour;
use crate::letters::steers;

/// Logical width of every chart.
pub(super) const WIDTH: f64 = 1000.0;
/// Logical height of a chart, unless it needs more.
pub(super) const HEIGHT: f64 = 560.0;
/// Steps of the integer grid per logical unit, so that curves show no stairs.
pub(super) const SCALE: f64 = 4.0;

/// The family name under which the typeface is registered.
pub(super) const FAMILY: &str = "Inter";
/// The regular face.
pub(super) static REGULAR: &[u8] = include_bytes!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/assets/fonts/Inter-Regular.ttf"
));
/// The semibold face.
pub(super) static SEMIBOLD: &[u8] = include_bytes!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/assets/fonts/Inter-SemiBold.ttf"
));

/// The factor between the size given to the backend and the size it writes.
const BACKEND_SIZE: f64 = 1.24;

pub(super) const INK: RGBColor = RGBColor(0x1F, 0x29, 0x33);
pub(super) const MUTED: RGBColor = RGBColor(0x5F, 0x6B, 0x7A);
pub(super) const GRID: RGBColor = RGBColor(0xE3, 0xE7, 0xEC);
pub(super) const SHADE: RGBColor = RGBColor(0xEE, 0xF1, 0xF5);

impl Colour {
    /// Red, green and blue.
    pub(in crate::report) fn bytes(self) -> [u8; 3] {
        let RGBColor(red, green, blue) = self.rgb();
        [red, green, blue]
    }

    /// The colour of lines, dots and fills.
    pub(super) const fn rgb(self) -> RGBColor {
        match self {
            Colour::Blue => RGBColor(0x00, 0x72, 0xB2),
            Colour::Vermillion => RGBColor(0xD5, 0x5E, 0x00),
            Colour::Green => RGBColor(0x00, 0x9E, 0x73),
            Colour::Purple => RGBColor(0xCC, 0x79, 0xA7),
            Colour::Orange => RGBColor(0xE6, 0x9F, 0x00),
            Colour::Sky => RGBColor(0x56, 0xB4, 0xE9),
            Colour::Grey => RGBColor(0x7B, 0x85, 0x92),
            Colour::Ink => INK,
        }
    }
}

/// Weight of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Semibold,
}

/// Which end of a text its coordinate gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// Size, weight and colour of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Type {
    pub(super) size: f64,
    pub(super) weight: Weight,
    pub(super) colour: RGBColor,
}

impl Type {
    pub(super) fn regular(size: f64, colour: RGBColor) -> Type {
        Type {
            size,
            weight: Weight::Regular,
            colour,
        }
    }

    pub(super) fn semibold(size: f64, colour: RGBColor) -> Type {
        Type {
            size,
            weight: Weight::Semibold,
            colour,
        }
    }

    pub(super) fn sized(self, size: f64) -> Type {
        Type { size, ..self }
    }
}

/// A shape that tells series apart without colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marker {
    Circle,
    Square,
    Diamond,
    TriangleUp,
    TriangleDown,
    Cross,
    Ring,
    Bar,
}

/// Marker and dash pattern (lengths drawn and left out; empty is solid) of the series with this colour.
/// `repeat` counts earlier series of the same colour.
pub(super) fn series_style(colour: Colour, repeat: usize) -> (Marker, &'static [f64]) {
    const STYLES: [(Marker, &[f64]); 8] = [
        (Marker::Circle, &[]),
        (Marker::Square, &[11.0, 4.0]),
        (Marker::Diamond, &[5.0, 3.5]),
        (Marker::TriangleUp, &[2.0, 3.0]),
        (Marker::TriangleDown, &[11.0, 3.5, 2.5, 3.5]),
        (Marker::Cross, &[17.0, 4.5]),
        (Marker::Ring, &[7.0, 3.0, 2.0, 3.0, 2.0, 3.0]),
        (Marker::Bar, &[16.0, 4.0, 5.0, 4.0]),
    ];
    let index = match colour {
        Colour::Blue => 0,
        Colour::Vermillion => 1,
        Colour::Green => 2,
        Colour::Purple => 3,
        Colour::Orange => 4,
        Colour::Sky => 5,
        Colour::Grey => 6,
        Colour::Ink => 7,
    };
    STYLES[(index + repeat * 3) % STYLES.len()]
}

/// How many earlier entries of `colours` equal the one at `index`.
pub(super) fn repeats(colours: &[Colour], index: usize) -> usize {
    colours[..index]
        .iter()
        .filter(|&&colour| colour == colours[index])
        .count()
}

fn register() {
    static DONE: OnceLock<()> = OnceLock::new();
    DONE.get_or_init(|| {
        // Both faces are part of the program; a face that cannot be read only makes measuring coarser.
        let _ = register_font(FAMILY, FontStyle::Normal, REGULAR);
        let _ = register_font(FAMILY, FontStyle::Bold, SEMIBOLD);
    });
}

/// Width of a text in logical units.
pub(super) fn text_width(text: &str, size: f64, weight: Weight) -> f64 {
    register();
    let style = match weight {
        Weight::Regular => FontStyle::Normal,
        Weight::Semibold => FontStyle::Bold,
    };
    let fine = 1000.0;
    match (FAMILY, fine * BACKEND_SIZE, style).into_font().layout_box(text) {
        Ok((low, high)) => f64::from(high.0 - low.0) / fine * size,
        Err(_) => text.chars().count() as f64 * 0.6 * size,
    }
}

/// The text with an ellipsis, cut so that it fits into `width`.
pub(super) fn ellipsis(text: &str, size: f64, weight: Weight, width: f64) -> String {
    if text_width(text, size, weight) <= width {
        return text.to_string();
    }
    let letters: Vec<char> = text.chars().collect();
    let (mut fits, mut too_long) = (0, letters.len());
    while too_long - fits > 1 {
        let middle = (fits + too_long) / 2;
        if text_width(&cut(&letters, middle), size, weight) <= width {
            fits = middle;
        } else {
            too_long = middle;
        }
    }
    if fits == 0 {
        String::new()
    } else {
        cut(&letters, fits)
    }
}

fn cut(letters: &[char], length: usize) -> String {
    let mut text: String = letters[..length].iter().collect();
    text.truncate(text.trim_end_matches([' ', ',', ';', ':']).len());
    text.push('…');
    text
}

/// Breaks a text at blanks into lines that fit into `width`, as evenly as the number of lines allows; `None` if
/// more than `lines` would be needed.
pub(super) fn wrap(text: &str, size: f64, weight: Weight, width: f64, lines: usize) -> Option<Vec<String>> {
    let full = wrap_greedy(text, size, weight, width, lines)?;
    if full.len() != 2 {
        return Some(full);
    }
    // Two lines: narrow the block while it keeps two lines, so that no single word is left over.
    let mut best = full;
    let mut narrow = width;
    while narrow > width * 0.55 {
        narrow -= width * 0.03;
        match wrap_greedy(text, size, weight, narrow, 2) {
            Some(tighter) if tighter.len() == 2 => best = tighter,
            _ => break,
        }
    }
    Some(best)
}

fn wrap_greedy(text: &str, size: f64, weight: Weight, width: f64, lines: usize) -> Option<Vec<String>> {
    const DOT: &str = " ·";
    // A dot between parts stays with the part before it, and a line break takes its place.
    let mut words: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match words.last_mut() {
            Some(before) if word == DOT.trim_start() => before.push_str(DOT),
            _ => words.push(word.to_string()),
        }
    }
    // A word that is too long for a line may break behind its hyphens; its parts have no blank between them.
    let mut parts: Vec<(String, bool)> = Vec::new();
    for word in words {
        if text_width(&word, size, weight) <= width {
            parts.push((word, true));
        } else {
            let pieces = word.split_inclusive('-').enumerate();
            parts.extend(pieces.map(|(place, piece)| (piece.to_string(), place == 0)));
        }
    }
    let mut done: Vec<String> = Vec::new();
    let mut line = String::new();
    for (part, has_blank) in &parts {
        let longer = match (line.is_empty(), has_blank) {
            (true, _) => part.clone(),
            (false, true) => format!("{line} {part}"),
            (false, false) => format!("{line}{part}"),
        };
        if text_width(&longer, size, weight) <= width {
            line = longer;
            continue;
        }
        if line.is_empty() || text_width(part, size, weight) > width {
            return None;
        }
        let full = std::mem::replace(&mut line, part.clone());
        done.push(full.strip_suffix(DOT).map_or(full.clone(), str::to_string));
        if done.len() >= lines {
            return None;
        }
    }
    if !line.is_empty() {
        done.push(line);
    }
    Some(done)
}

/// Fits a text into `width`: at full size on one line, then smaller down to `smallest`, then on up to `lines`
/// lines, then cut. Returns the size and the lines.
pub(super) fn fit(text: &str, style: Type, smallest: f64, width: f64, lines: usize) -> (f64, Vec<String>) {
    let text = clean(text);
    if text.is_empty() {
        return (style.size, Vec::new());
    }
    let natural = text_width(&text, style.size, style.weight);
    if natural <= width {
        return (style.size, vec![text]);
    }
    if natural * 0.92 <= width && style.size * 0.92 >= smallest {
        return (style.size * width / natural, vec![text]);
    }
    let mut size = style.size;
    while size >= smallest {
        if let Some(wrapped) = wrap(&text, size, style.weight, width, lines) {
            return (size, wrapped);
        }
        size -= 0.5;
    }
    // Nothing fits: fill the lines letter by letter and cut the last one.
    let mut rest = text.as_str();
    let mut out = Vec::new();
    for line in 1..=lines {
        if line == lines || text_width(rest, smallest, style.weight) <= width {
            out.push(ellipsis(rest, smallest, style.weight, width));
            break;
        }
        let mut end = rest.len();
        let mut blank = None;
        let mut reached = String::new();
        for (at, letter) in rest.char_indices() {
            if letter == ' ' {
                blank = Some(at);
            }
            reached.push(letter);
            if text_width(&reached, smallest, style.weight) > width {
                end = blank.unwrap_or(at).max(1);
                break;
            }
        }
        while !rest.is_char_boundary(end) {
            end += 1;
        }
        out.push(rest[..end].to_string());
        rest = rest[end..].trim_start();
    }
    (smallest, out)
}

/// A text without characters that an SVG document cannot hold.
pub(super) fn clean(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| if steers(c) || c == '\u{FFFE}' { ' ' } else { c })
        .collect();
    plain.trim().replace('\u{FFFF}', " ")
}

/// Letter in front of a note in the raw document. [`clean`] takes it out of every text that is drawn.
pub(super) const UNSEEN: char = '\u{1}';

/// A surface to draw on.
pub(super) struct Canvas<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
    height: f64,
    /// Lines drawn so far.
    paths: Cell<usize>,
    dashes: RefCell<Vec<Dashes>>,
}

/// A line, by its place among all lines of the document, and its dash pattern in steps of the integer grid: the backend knows none.
pub(super) type Dashes = (usize, Vec<u32>);

fn pixel(value: f64) -> i32 {
    // Casting saturates and turns "not a number" into zero, so no value can panic here.
    (value * SCALE).round().clamp(-40_000.0, 40_000.0) as i32
}

/// By how much a line may pass a point that is left out, in steps of the integer grid: a third of a logical unit, less than the
/// thinnest line is wide.
const SLACK: f64 = 1.3;

/// The points on the integer grid, without those that a line through their neighbours passes closely enough: a document with
/// hundreds of days stays small and looks the same. Ends are kept (U. Ramer, Computer Graphics and Image Processing 1 (1972)
/// 244-256).
fn outline(points: &[(f64, f64)]) -> Vec<(i32, i32)> {
    let mut pixels: Vec<(i32, i32)> = points.iter().map(|&(x, y)| (pixel(x), pixel(y))).collect();
    pixels.dedup();
    if pixels.len() < 3 {
        return pixels;
    }
    let mut kept = vec![false; pixels.len()];
    (kept[0], kept[pixels.len() - 1]) = (true, true);
    let mut spans = vec![(0, pixels.len() - 1)];
    while let Some((from, to)) = spans.pop() {
        let away = |&at: &usize| distance(pixels[at], pixels[from], pixels[to]);
        let farthest = (from + 1..to).max_by(|a, b| away(a).total_cmp(&away(b)));
        if let Some(at) = farthest.filter(|at| away(at) > SLACK) {
            kept[at] = true;
            spans.extend([(from, at), (at, to)]);
        }
    }
    let mut kept = kept.into_iter();
    pixels.retain(|_| kept.next() == Some(true));
    pixels
}

/// How far a point is from the line between two others.
fn distance(point: (i32, i32), from: (i32, i32), to: (i32, i32)) -> f64 {
    let vector = |a: (i32, i32), b: (i32, i32)| (f64::from(b.0 - a.0), f64::from(b.1 - a.1));
    let ((dx, dy), (px, py)) = (vector(from, to), vector(from, point));
    let length = dx * dx + dy * dy;
    let along = if length > 0.0 {
        ((px * dx + py * dy) / length).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let (x, y) = (px - along * dx, py - along * dy);
    (x * x + y * y).sqrt()
}

fn stroke(width: f64) -> u32 {
    (width * SCALE).round().max(1.0) as u32
}

impl<'a> Canvas<'a> {
    /// A white canvas of this height that writes its document into `document`.
    pub(super) fn new(document: &'a mut String, height: f64) -> Canvas<'a> {
        register();
        let height = libm::round(height);
        let size = ((WIDTH * SCALE) as u32, (height * SCALE) as u32);
        let canvas = Canvas {
            height,
            paths: Cell::new(0),
            dashes: RefCell::default(),
            area: SVGBackend::with_string(document, size).into_drawing_area(),
        };
        let _ = canvas.area.fill(&WHITE);
        canvas
    }

    /// The logical height.
    pub(super) fn height(&self) -> f64 {
        self.height
    }

    /// Closes the document; returns the lines that are to be dashed in it.
    pub(super) fn finish(self) -> Vec<Dashes> {
        // Writing into a string cannot fail.
        let _ = self.area.present();
        self.dashes.into_inner()
    }

    /// Says something about the drawing that is not seen; only [`super::bare_svg`] reads it.
    fn note(&self, words: &str) {
        let style = TextStyle::from((FAMILY, SCALE).into_font());
        let _ = self.area.draw_text(&format!("{UNSEEN}{words}"), &style, (0, 0));
    }

    /// Notes where data are plotted: the values of [`super::Data`] lie in this rectangle.
    pub(super) fn plot(&self, left: f64, right: f64, top: f64, bottom: f64) {
        let [left, right, top, bottom] = [left, right, top, bottom].map(pixel);
        self.note(&format!("plot {left} {top} {} {}", right - left, bottom - top));
    }

    /// Draws what readers of a page can hide: the group of [`super::Data`] at this index.
    pub(super) fn group(&self, index: usize, draw: impl FnOnce()) {
        self.note(&format!("group {index}"));
        draw();
        self.note("end");
    }

    /// Draws texts that lie on a fill, so that they keep apart from it when the page is dark.
    pub(super) fn on_fill(&self, draw: impl FnOnce()) {
        self.note("on");
        draw();
        self.note("end");
    }

    /// A text whose baseline is at `y`.
    pub(super) fn text(&self, text: &str, x: f64, y: f64, anchor: Anchor, style: Type) {
        let text = clean(text);
        if text.is_empty() {
            return;
        }
        let face = match style.weight {
            Weight::Regular => FontStyle::Normal,
            Weight::Semibold => FontStyle::Bold,
        };
        let h = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let font = (FAMILY, style.size * SCALE * BACKEND_SIZE, face).into_font();
        let look = TextStyle::from(font)
            .color(&style.colour)
            .pos(Pos::new(h, VPos::Bottom));
        let _ = self.area.draw_text(&text, &look, (pixel(x), pixel(y)));
    }

    /// Lines of text, the first baseline at `y`; returns the baseline after the last line.
    pub(super) fn lines(&self, lines: &[String], x: f64, y: f64, anchor: Anchor, style: Type) -> f64 {
        let mut y = y;
        for line in lines {
            self.text(line, x, y, anchor, style);
            y += style.size * 1.25;
        }
        y
    }

    /// A text of regular weight whose middle is at `y`.
    pub(super) fn text_centred(&self, text: &str, x: f64, y: f64, anchor: Anchor, style: Type) {
        self.text(text, x, y + style.size * 0.36, anchor, style);
    }

    /// A straight line.
    pub(super) fn line(&self, from: (f64, f64), to: (f64, f64), width: f64, colour: RGBColor) {
        self.path(&[from, to], width, colour);
    }

    /// A solid line through the points.
    pub(super) fn path(&self, points: &[(f64, f64)], width: f64, colour: RGBColor) {
        self.dashed(points, width, colour, &[]);
    }

    /// A line through the points, with a dash pattern (empty is solid).
    pub(super) fn dashed(&self, points: &[(f64, f64)], width: f64, colour: RGBColor, pattern: &[f64]) {
        let pixels = outline(points);
        if pixels.len() < 2 {
            return;
        }
        let number = self.paths.get();
        self.paths.set(number + 1);
        if !pattern.is_empty() {
            let lengths = pattern
                .iter()
                .map(|&length| (length * SCALE).round() as u32)
                .collect();
            self.dashes.borrow_mut().push((number, lengths));
        }
        let style = ShapeStyle {
            color: colour.to_rgba(),
            filled: false,
            stroke_width: stroke(width),
        };
        let _ = self.area.draw(&PathElement::new(pixels, style));
    }

    /// A filled polygon.
    pub(super) fn polygon(&self, points: &[(f64, f64)], colour: RGBColor, alpha: f64) {
        let pixels = outline(points);
        if pixels.len() < 3 {
            return;
        }
        let _ = self.area.draw(&Polygon::new(pixels, colour.mix(alpha)));
    }

    /// A filled rectangle.
    pub(super) fn rect(&self, from: (f64, f64), to: (f64, f64), colour: RGBColor, alpha: f64) {
        let corners = [(pixel(from.0), pixel(from.1)), (pixel(to.0), pixel(to.1))];
        let _ = self
            .area
            .draw(&Rectangle::new(corners, colour.mix(alpha).filled()));
    }

    /// A disc.
    pub(super) fn disc(&self, at: (f64, f64), radius: f64, colour: RGBColor) {
        let _ = self.area.draw(&Circle::new(
            (pixel(at.0), pixel(at.1)),
            stroke(radius) as i32,
            colour.filled(),
        ));
    }

    /// The marker of a series, with a thin white edge so that it stands out on lines.
    pub(super) fn marker(&self, marker: Marker, at: (f64, f64), radius: f64, colour: RGBColor) {
        self.marker_shape(marker, at, radius + 1.4, WHITE);
        self.marker_shape(marker, at, radius, colour);
    }

    /// The marker of a series, without an edge.
    pub(super) fn marker_shape(&self, marker: Marker, (x, y): (f64, f64), r: f64, colour: RGBColor) {
        let shape = |points: &[(f64, f64)]| {
            let placed: Vec<(f64, f64)> = points.iter().map(|&(dx, dy)| (x + dx * r, y + dy * r)).collect();
            self.polygon(&placed, colour, 1.0);
        };
        match marker {
            Marker::Circle => self.disc((x, y), r, colour),
            Marker::Ring => {
                self.disc((x, y), r, colour);
                self.disc((x, y), r * 0.45, WHITE);
            }
            Marker::Square => shape(&[(-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)]),
            Marker::Diamond => shape(&[(0.0, -1.2), (1.2, 0.0), (0.0, 1.2), (-1.2, 0.0)]),
            Marker::TriangleUp => shape(&[(0.0, -1.15), (1.12, 0.85), (-1.12, 0.85)]),
            Marker::TriangleDown => shape(&[(0.0, 1.15), (1.12, -0.85), (-1.12, -0.85)]),
            Marker::Bar => shape(&[(-0.5, -1.15), (0.5, -1.15), (0.5, 1.15), (-0.5, 1.15)]),
            Marker::Cross => shape(&[
                (-0.4, -1.1),
                (0.4, -1.1),
                (0.4, -0.4),
                (1.1, -0.4),
                (1.1, 0.4),
                (0.4, 0.4),
                (0.4, 1.1),
                (-0.4, 1.1),
                (-0.4, 0.4),
                (-1.1, 0.4),
                (-1.1, -0.4),
                (-0.4, -0.4),
            ]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_break_behind_hyphens() {
        let width = text_width("gates-behind-every-", 12.0, Weight::Regular) + 1.0;
        let lines = wrap("gates-behind-every-wave", 12.0, Weight::Regular, width, 2);
        assert_eq!(
            lines,
            Some(vec!["gates-behind-".to_string(), "every-wave".to_string()])
        );
        assert_eq!(
            wrap(
                "Antidisestablishmentarianism",
                12.0,
                Weight::Regular,
                width / 2.0,
                2
            ),
            None
        );
    }

    #[test]
    fn points_that_a_line_passes_are_left_out() {
        // A line, a point a fifth of a unit beside it, a corner, and back: only the corner is seen.
        let points = [(0.0, 0.0), (10.0, 0.0), (20.0, 0.2), (30.0, 0.0), (30.0, 8.0)];
        assert_eq!(outline(&points), [(0, 0), (120, 0), (120, 32)]);
        // A closed shape keeps its far corner.
        let closed = [(0.0, 0.0), (5.0, 5.0), (0.0, 5.0), (0.0, 0.0)];
        assert_eq!(outline(&closed), [(0, 0), (20, 20), (0, 20), (0, 0)]);
        assert_eq!(outline(&[(1.0, 1.0), (1.0, 1.0)]), [(4, 4)]);
    }
}
