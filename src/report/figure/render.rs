//! From a figure to an SVG document, and from the document to a bitmap.

use std::fmt::Write;
use std::sync::Arc;

use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

use super::canvas::{Canvas, Dashes, FAMILY, HEIGHT, REGULAR, SCALE, SEMIBOLD, UNSEEN, WIDTH, clean};
use super::{
    Figure, Frame, bars, compare, curves, exceedance, fan, forest, gantt, inline, lines, scatter, stack,
    tornado,
};

/// Pixels per logical unit in a bitmap.
const PIXELS: f64 = 2.0;

/// Draws a figure as an SVG document of 1000 by 560, of which only the calendar of a plan with many rows is higher. The same figure always gives the same bytes.
pub fn svg(figure: &Figure) -> String {
    finish(&raw(figure), figure)
}

/// The same as part of a page, which says title, subtitle and footer in its own words and type, and gives classes their colours.
pub fn bare_svg(figure: &Figure) -> String {
    let mut bare = figure.clone();
    *bare.frame_mut() = Frame::default();
    inline::svg(&raw(&bare), &describe(figure))
}

fn raw(figure: &Figure) -> String {
    let mut raw = String::new();
    let height = match figure {
        Figure::Gantt(figure) => gantt::height(figure),
        _ => HEIGHT,
    };
    let canvas = Canvas::new(&mut raw, height);
    match figure {
        Figure::Stack(figure) => stack::draw(&canvas, figure),
        Figure::Fan(figure) => fan::draw(&canvas, figure),
        Figure::Compare(figure) => compare::draw(&canvas, figure),
        Figure::Exceedance(figure) => exceedance::draw(&canvas, figure),
        Figure::Tornado(figure) => tornado::draw(&canvas, figure),
        Figure::Curves(figure) => curves::draw(&canvas, figure),
        Figure::Scatter(figure) => scatter::draw(&canvas, figure),
        Figure::Lines(figure) => lines::draw(&canvas, figure),
        Figure::Forest(figure) => forest::draw(&canvas, figure),
        Figure::Bars(figure) => bars::draw(&canvas, figure),
        Figure::Gantt(figure) => gantt::draw(&canvas, figure),
    }
    let dashes = canvas.finish();
    dashed(&raw, dashes)
}

/// The document with the dash patterns of its lines, for the backend knows none.
fn dashed(raw: &str, dashes: Vec<Dashes>) -> String {
    let mut dashes = dashes.into_iter().peekable();
    let mut paths = 0;
    let mut out = String::with_capacity(raw.len());
    for line in raw.lines() {
        if let Some(rest) = line.strip_prefix("<polyline ") {
            out.push_str("<polyline ");
            if let Some((_, lengths)) = dashes.next_if(|(place, _)| *place == paths) {
                let lengths: Vec<String> = lengths.iter().map(u32::to_string).collect();
                let _ = write!(out, "stroke-dasharray=\"{}\" ", lengths.join(","));
            }
            out.push_str(rest);
            paths += 1;
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
    out
}

/// Rasterises an SVG document from [`svg`] as a PNG of twice its size, with the bundled typeface only.
///
/// # Errors
///
/// If the document is not valid SVG, or the bitmap cannot be encoded.
pub fn png(svg: &str) -> Result<Vec<u8>, String> {
    let mut fonts = fontdb::Database::new();
    fonts.load_font_data(REGULAR.to_vec());
    fonts.load_font_data(SEMIBOLD.to_vec());
    for set_family in [
        fontdb::Database::set_sans_serif_family,
        fontdb::Database::set_serif_family,
    ] {
        set_family(&mut fonts, FAMILY.to_string());
    }
    let options = Options {
        font_family: FAMILY.to_string(),
        fontdb: Arc::new(fonts),
        ..Options::default()
    };
    let tree =
        Tree::from_str(svg, &options).map_err(|error| format!("the chart is not valid SVG: {error}"))?;
    let size = tree.size();
    let (width, height) = (
        (WIDTH * PIXELS) as u32,
        (f64::from(size.height() / size.width()) * WIDTH * PIXELS) as u32,
    );
    let mut bitmap = Pixmap::new(width, height).ok_or("the bitmap of the chart has no size")?;
    bitmap.fill(Color::WHITE);
    let fit = Transform::from_scale(width as f32 / size.width(), height as f32 / size.height());
    resvg::render(&tree, fit, &mut bitmap.as_mut());
    bitmap
        .encode_png()
        .map_err(|error| format!("the chart cannot be encoded as PNG: {error}"))
}

/// Rewrites the backend's document: logical size, accessible description, font stack, exact baselines.
fn finish(raw: &str, figure: &Figure) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut lines = raw.lines();
    let head = lines.next().unwrap_or_default();
    let view = attribute(head, "viewBox").unwrap_or("0 0 4000 2240");
    let frame = figure.frame();
    let height = view.rsplit(' ').next().and_then(|text| text.parse::<f64>().ok());
    let height = height.map_or(HEIGHT, |height| height / SCALE);
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" viewBox=\"{view}\" \
         role=\"img\" font-family=\"Inter, &quot;Segoe UI&quot;, Arial, sans-serif\" stroke-linejoin=\"round\">\n\
         <title>{}</title>\n<desc>{}</desc>\n",
        escape(&frame.title),
        escape(&describe(figure)),
    );
    while let Some(line) = lines.next() {
        let line = line.replace(" opacity=\"1\"", "");
        if line.starts_with("<text ") {
            let text = lines.next().unwrap_or_default();
            let close = lines.next().unwrap_or_default();
            if text.starts_with(UNSEEN) {
                continue;
            }
            let _ = writeln!(out, "{}{}{}", text_tag(&line), text.trim(), close.trim());
        } else {
            let line = line.replace(" \"/>", "\"/>");
            out.push_str(&line);
            out.push('\n');
        }
    }
    out
}

/// The opening tag of a text: the family comes from the root, the baseline is where it was asked for.
pub(super) fn text_tag(tag: &str) -> String {
    let mut tag = tag
        .replace(" dy=\"-0.5ex\"", "")
        .replace(" text-anchor=\"start\"", "");
    tag = tag.replace(&format!(" font-family=\"{FAMILY}\""), "");
    tag = tag.replace("font-weight=\"bold\"", "font-weight=\"600\"");
    if let Some(size) = attribute(&tag, "font-size") {
        let rounded = size
            .parse::<f64>()
            .map_or_else(|_| size.to_string(), |size| format!("{size:.1}"));
        tag = tag.replace(
            &format!("font-size=\"{size}\""),
            &format!("font-size=\"{rounded}\""),
        );
    }
    tag
}

/// The value of an attribute in a tag.
pub(super) fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let from = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    let length = tag[from..].find('"')?;
    Some(&tag[from..from + length])
}

/// What a listener needs to know about the chart.
fn describe(figure: &Figure) -> String {
    let frame = figure.frame();
    let (kind, names): (&str, Vec<&str>) = match figure {
        Figure::Stack(figure) => (
            "Stacked areas over time",
            figure.panels.iter().map(|panel| panel.name.as_str()).collect(),
        ),
        Figure::Fan(figure) => (
            "Median and quantile bands over time",
            figure.panels.iter().map(|panel| panel.name.as_str()).collect(),
        ),
        Figure::Compare(figure) => ("Mean and range per strategy", {
            figure.rows.iter().map(|row| row.name.as_str()).collect()
        }),
        Figure::Exceedance(figure) => ("Share of worlds above a value", {
            figure.curves.iter().map(|curve| curve.name.as_str()).collect()
        }),
        Figure::Tornado(figure) => ("How far each moves the result", {
            figure.rows.iter().map(|row| row.name.as_str()).collect()
        }),
        Figure::Curves(figure) => ("Lines with intervals", {
            figure.curves.iter().map(|curve| curve.name.as_str()).collect()
        }),
        Figure::Scatter(figure) => ("Two metrics of each candidate", {
            let names = figure.points.iter().map(|point| point.name.as_str());
            names.filter(|name| !name.is_empty()).collect()
        }),
        Figure::Lines(figure) => ("Lines over time", {
            figure.lines.iter().map(|line| line.name.as_str()).collect()
        }),
        Figure::Forest(figure) => ("Values with intervals against a line", {
            figure.rows.iter().map(String::as_str).collect()
        }),
        Figure::Bars(figure) => ("Stacked bars", {
            figure.rows.iter().map(|row| row.0.as_str()).collect()
        }),
        Figure::Gantt(figure) => ("Calendar of a plan", {
            figure.rows.iter().map(|row| row.name.as_str()).collect()
        }),
    };
    let mut parts = vec![frame.subtitle.clone(), format!("{kind}: {}", names.join("; "))];
    if let Figure::Compare(figure) = figure {
        parts.extend(
            figure
                .rows
                .iter()
                .map(|row| format!("{}: {} {}", row.name, row.label, row.difference)),
        );
    }
    if let Figure::Tornado(figure) = figure {
        parts.extend(
            figure
                .rows
                .iter()
                .map(|row| format!("{}: {}", row.name, row.label)),
        );
    }
    parts.push(frame.footer.clone());
    parts
        .iter()
        .map(|part| part.trim())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(". ")
}

pub(super) fn escape(text: &str) -> String {
    clean(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
