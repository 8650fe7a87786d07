//! A drawing as part of a page: colours are classes, so that the page decides them for light, dark and paper, and everything is
//! written as shortly as it can be.

use std::fmt::Write;

use plotters::style::{RGBColor, WHITE};

use super::Colour;
use super::canvas::{GRID, INK, MUTED, SHADE, UNSEEN};
use super::render::{attribute, escape, text_tag};

/// Size of a text that says none.
const SIZE: &str = "50.0";

/// Class of each colour; a page has a custom property of the same name.
const CLASSES: [(&str, RGBColor); 12] = [
    ("ink", INK),
    ("soft", MUTED),
    ("grid", GRID),
    ("shade", SHADE),
    ("back", WHITE),
    ("blue", Colour::Blue.rgb()),
    ("vermillion", Colour::Vermillion.rgb()),
    ("green", Colour::Green.rgb()),
    ("purple", Colour::Purple.rgb()),
    ("orange", Colour::Orange.rgb()),
    ("sky", Colour::Sky.rgb()),
    ("grey", Colour::Grey.rgb()),
];

/// The class of a colour as a fill.
pub fn fill_class(colour: Colour) -> String {
    format!("f-{}", class(&hex(colour.rgb())).unwrap_or("ink"))
}

fn hex(RGBColor(red, green, blue): RGBColor) -> String {
    format!("#{red:02X}{green:02X}{blue:02X}")
}

fn class(written: &str) -> Option<&'static str> {
    let of = CLASSES.iter().find(|(_, colour)| hex(*colour) == written);
    of.map(|(name, _)| *name)
}

/// The backend's document for a page, with what a listener is told.
pub(super) fn svg(raw: &str, description: &str) -> String {
    let mut page = Page::default();
    let mut lines = raw.lines();
    let head = lines.next().unwrap_or_default();
    let view = attribute(head, "viewBox").unwrap_or("0 0 4000 2240");
    let view = cropped(raw, view);
    while let Some(line) = lines.next() {
        if line.starts_with("<text ") {
            let text = lines.next().unwrap_or_default();
            lines.next();
            match text.strip_prefix(UNSEEN) {
                Some(note) => page.note(note),
                None => page.text(line, text.trim()),
            }
        } else if line.starts_with('<') && !line.starts_with("</") {
            page.shape(line);
        }
    }
    page.flush();
    format!(
        "<svg class=\"drawing\" viewBox=\"{view}\" role=\"img\" aria-label=\"{}\">{}</svg>",
        escape(description).replace('"', "&quot;"),
        page.out
    )
}

/// Room below the lowest shape of a cropped drawing.
const BELOW: f64 = 60.0;

/// The view without what is empty below everything that is drawn.
fn cropped(raw: &str, view: &str) -> String {
    let edges: Vec<f64> = view.split(' ').filter_map(|edge| edge.parse().ok()).collect();
    let [left, top, width, height] = edges[..] else {
        return view.into();
    };
    let bottom = |line: &str| {
        let of = |name| attribute(line, name).and_then(|text| text.parse::<f64>().ok());
        if line.starts_with("<rect") {
            // The ground is as large as the drawing.
            return of("width")
                .filter(|own| *own < width)
                .and(Some(of("y")? + of("height")?));
        }
        if let Some(points) = attribute(line, "points") {
            let heights = points
                .split_whitespace()
                .filter_map(|point| point.split_once(',')?.1.parse().ok());
            return heights.reduce(f64::max);
        }
        Some(of("cy").or(of("y"))? + of("r").unwrap_or(0.0))
    };
    let lowest = raw.lines().filter_map(bottom).fold(0.0, f64::max);
    format!("{left} {top} {width} {}", (lowest + BELOW).min(height))
}

/// What is written, and a path that the next shape may still join: attributes and outline.
#[derive(Default)]
struct Page {
    out: String,
    in_group: bool,
    open: Option<(String, String)>,
}

impl Page {
    fn flush(&mut self) {
        if let Some((look, outline)) = self.open.take() {
            let _ = write!(self.out, "<path{look} d=\"{outline}\"/>");
        }
    }

    /// What [`super::canvas::Canvas`] notes: `plot LEFT TOP WIDTH HEIGHT`, `group INDEX`, `on` and `end`.
    fn note(&mut self, note: &str) {
        self.flush();
        let words: Vec<&str> = note.split(' ').collect();
        match words[..] {
            ["plot", left, top, width, height] => {
                let outline = format!("M{left} {top}h{width}v{height}h-{width}z");
                let _ = write!(self.out, "<path class=\"plot\" d=\"{outline}\"/>");
            }
            ["group", index] => {
                self.in_group = true;
                let _ = write!(self.out, "<g data-group=\"{index}\">");
            }
            ["on"] => self.out.push_str("<g class=\"on\">"),
            _ => {
                self.in_group = false;
                self.out.push_str("</g>");
            }
        }
    }

    fn text(&mut self, tag: &str, text: &str) {
        self.flush();
        let tag = text_tag(tag);
        let of = |name| attribute(&tag, name).unwrap_or_default();
        let mut classes = Vec::new();
        // Text is black or grey; on a page that is dark, the page decides what that is.
        if let Some(class) = class(of("fill")).filter(|class| *class != "ink") {
            classes.push(format!("f-{class}"));
        }
        classes.extend(match of("text-anchor") {
            "middle" => Some("mid".into()),
            "end" => Some("end".into()),
            _ => None,
        });
        if !of("font-weight").is_empty() {
            classes.push("bold".into());
        }
        let _ = write!(self.out, "<text x=\"{}\" y=\"{}\"", of("x"), of("y"));
        if !classes.is_empty() {
            let _ = write!(self.out, " class=\"{}\"", classes.join(" "));
        }
        if of("font-size") != SIZE {
            let _ = write!(self.out, " font-size=\"{}\"", of("font-size"));
        }
        let _ = write!(self.out, ">{text}</text>");
    }

    fn shape(&mut self, line: &str) {
        let of = |name| attribute(line, name).unwrap_or_default();
        let number = |name| of(name).parse::<i32>().unwrap_or(0);
        let is_line = line.starts_with("<polyline");
        let mut look = if is_line {
            paint(" class=\"s-", "stroke", of("stroke"))
                + &format!(" stroke-width=\"{}\"", of("stroke-width"))
                + &match of("stroke-dasharray") {
                    "" => String::new(),
                    lengths => format!(" stroke-dasharray=\"{lengths}\""),
                }
        } else {
            paint(" class=\"f-", "fill", of("fill"))
        };
        let opacity = of("opacity").parse().unwrap_or(1.0);
        // What shines through has too little contrast, and only bands must: bars and areas are solid on a page.
        let is_band = opacity < if self.in_group { 0.4 } else { 0.5 };
        if is_band {
            let _ = write!(
                look,
                " opacity=\"{}\"",
                format!("{opacity:.2}").trim_start_matches('0')
            );
        }
        let is_rectangle = line.starts_with("<rect");
        let outline = if line.starts_with("<circle") {
            self.flush();
            let (x, y, r) = (number("cx"), number("cy"), number("r"));
            let _ = write!(self.out, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\"{look}/>");
            return;
        } else if is_rectangle {
            let (x, y) = (number("x"), number("y"));
            let (width, height) = (number("width"), number("height"));
            format!("M{x} {y}h{width}v{height}h{}z", -width)
        } else {
            outline(of("points")) + if is_line { "" } else { "z" }
        };
        // Neighbours of one look are one path: lines and rectangles look the same so, if nothing shines through.
        match &mut self.open {
            Some((other, all)) if *other == look && !is_band && (is_line || is_rectangle) => {
                all.push_str(&outline);
            }
            _ => {
                self.flush();
                self.open = Some((look, outline));
            }
        }
    }
}

fn paint(class_is: &str, attribute: &str, written: &str) -> String {
    match class(written) {
        Some(class) => format!("{class_is}{class}\""),
        None => format!(" {attribute}=\"{written}\""),
    }
}

/// The points as an outline of steps, which are shorter than places.
fn outline(points: &str) -> String {
    let point = |text: &str| -> Option<(i32, i32)> {
        let (x, y) = text.split_once(',')?;
        Some((x.parse().ok()?, y.parse().ok()?))
    };
    let mut out = String::new();
    let (mut at, mut last) = (None, ' ');
    for (x, y) in points.split_whitespace().filter_map(point) {
        let Some((from_x, from_y)) = at.replace((x, y)) else {
            let _ = write!(out, "M{x} {y}");
            continue;
        };
        let (command, steps) = match (x - from_x, y - from_y) {
            (right, 0) => ('h', vec![right]),
            (0, down) => ('v', vec![down]),
            (right, down) => ('l', vec![right, down]),
        };
        for (place, step) in steps.into_iter().enumerate() {
            if place == 0 && command != last {
                out.push(command);
            } else if step >= 0 {
                out.push(' ');
            }
            let _ = write!(out, "{step}");
        }
        last = command;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outlines_are_steps() {
        assert_eq!(outline("1,2 4,2 6,2 6,9 4,10 5,8"), "M1 2h3 2v7l-2 1 1-2");
        assert_eq!(outline(""), "");
    }

    #[test]
    fn lines_of_one_look_are_one_path_and_notes_stay() {
        let line = |points: &str, width: u32| {
            format!(
                "<polyline fill=\"none\" opacity=\"1\" stroke=\"#0072B2\" stroke-width=\"{width}\" points=\"{points} \"/>"
            )
        };
        let note = |words: &str| format!("<text x=\"0\">\n{UNSEEN}{words}\n</text>");
        let raw = [
            "<svg>".into(),
            line("0,0 4,0", 9),
            line("0,3 4,3", 9),
            note("group 0"),
            line("0,6 4,6", 9),
            note("end"),
            "</svg>".into(),
        ];
        assert_eq!(
            svg(&raw.join("\n"), "a \"b\""),
            "<svg class=\"drawing\" viewBox=\"0 0 4000 66\" role=\"img\" aria-label=\"a &quot;b&quot;\">\
             <path class=\"s-blue\" stroke-width=\"9\" d=\"M0 0h4M0 3h4\"/><g data-group=\"0\">\
             <path class=\"s-blue\" stroke-width=\"9\" d=\"M0 6h4\"/></g></svg>"
        );
    }
}
