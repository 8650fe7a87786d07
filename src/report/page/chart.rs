//! A chart on the page: the drawing, its numbers at the pointer and by keyboard, a key that hides and shows, and a table beside it.

use super::html::table;
use crate::report::document::Grid;
use crate::report::figure::{self, Data, Figure, Series};
use jiff::civil::Date;
use maud::{Markup, PreEscaped, html};
use serde_json::{Value, json};

/// A chart with all that belongs to it. A kind of chart without data is a drawing alone.
pub(super) fn chart(chart: &Figure, start: Date) -> Markup {
    let frame = chart.frame();
    let data = chart.data(start);
    html! {
        figure class="chart" {
            figcaption { strong { (frame.title) } br; (frame.subtitle) }
            @if let Some(data) = &data { (readout(data)) }
            div class="scroll" tabindex="0" role="group" aria-label=(frame.title) {
                (PreEscaped(figure::bare_svg(chart)))
            }
            @if let Some(data) = &data {
                (numbers(data))
                // The numbers are read as JSON: no letter of a name may end the element.
                script type="application/json" { (PreEscaped(packed(data).to_string().replace('<', "\\u003c"))) }
            }
        }
    }
}

/// The values at the cursor, in the key; shown by the script, for without it there is no cursor.
fn readout(data: &Data) -> Markup {
    let has_values = |group: usize| data.series.iter().any(|series| series.group == Some(group));
    html! {
        div class=(if data.is_rows { "readout rows" } else { "readout" }) hidden {
            p class="at" { b {} " " span {} }
            div class="key" {
                @for (group, (colour, name)) in data.groups.iter().enumerate() {
                    div {
                        button type="button" aria-pressed="true" {
                            svg viewBox="0 0 9 9" aria-hidden="true" { path class=(figure::fill_class(*colour)) d="M0 0h9v9H0z" {} }
                            (name)
                        }
                        @if has_values(group) { span {} }
                    }
                }
            }
            output class="told" aria-live="polite" {}
        }
    }
}

/// The numbers as a table.
fn numbers(data: &Data) -> Markup {
    let title = |series: &Series| match series.group.map(|group| data.groups[group].1.as_str()) {
        Some(group) if group != series.name => format!("{}, {group}", series.name),
        _ => series.name.clone(),
    };
    let mut grid = Grid::of_numbers(&data.along, data.series.iter().map(title));
    let (places, which) = data.in_table();
    for place in places {
        let values = data.series.iter().map(|series| series.values[place].clone());
        grid.push(
            std::iter::once(data.positions[place].1.clone())
                .chain(values)
                .collect(),
        );
    }
    let all = if data.first.is_some() {
        "timeline.csv has every day"
    } else {
        "replications.csv has every world"
    };
    html! {
        details class="numbers" {
            summary { "Numbers of this chart" }
            p class="remark" { (data.what) "." @if !which.is_empty() { " " (which) "; " (all) "." } }
            (table(&grid, "numbers of the chart"))
        }
    }
}

/// The data as the script reads them: days as a date and a count, and of equal neighbours one with the number of others.
fn packed(data: &Data) -> Value {
    let runs = |values: &[String]| -> Vec<Value> {
        let equal = values.chunk_by(|a, b| a == b);
        equal
            .flat_map(|run| {
                std::iter::once(json!(run[0])).chain((run.len() > 1).then(|| json!(run.len() - 1)))
            })
            .collect()
    };
    let series: Vec<Value> = data
        .series
        .iter()
        .map(|series| json!([series.name, series.group, runs(&series.values)]))
        .collect();
    let mut packed = json!({ "what": data.what, "series": series });
    if data.is_rows {
        packed["rows"] = json!(true);
    }
    match data.first {
        Some(first) => {
            packed["first"] = json!(first.to_string());
            packed["days"] = json!(data.positions.len());
        }
        None => {
            let texts: Vec<&str> = data.positions.iter().map(|(_, text)| text.as_str()).collect();
            let places = data
                .positions
                .iter()
                .map(|(place, _)| (place * 1e4).round() / 1e4);
            packed["texts"] = json!(texts);
            packed["at"] = json!(places.collect::<Vec<f64>>());
        }
    }
    packed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::figure::{Colour, Compare, CompareRow, Frame};

    const STYLE: &str = include_str!("style.css");
    const COLOURS: [&str; 7] = ["blue", "vermillion", "green", "purple", "orange", "sky", "grey"];

    /// The colour of a custom property: of a light page the first, of a dark one the second.
    fn colour(name: &str, is_dark: bool) -> f64 {
        let property = format!("--{name}:#");
        let mut written = STYLE.split(&property).skip(1);
        let written = written.nth(usize::from(is_dark)).expect(name);
        let digits: String = written.chars().take_while(char::is_ascii_hexdigit).collect();
        let digits = match digits.len() {
            3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
            _ => digits,
        };
        let level = |place: usize| {
            let level = f64::from(u8::from_str_radix(&digits[place..place + 2], 16).expect(name)) / 255.0;
            if level <= 0.04045 {
                level / 12.92
            } else {
                libm::pow((level + 0.055) / 1.055, 2.4)
            }
        };
        0.2126 * level(0) + 0.7152 * level(2) + 0.0722 * level(4)
    }

    /// Contrast as the Web Content Accessibility Guidelines 2.2 define it.
    fn contrast(a: &str, b: &str, is_dark: bool) -> f64 {
        let (a, b) = (colour(a, is_dark), colour(b, is_dark));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn texts_and_marks_have_contrast_on_light_and_dark_pages() {
        for is_dark in [false, true] {
            for under in ["back", "shade"] {
                for text in ["ink", "soft"] {
                    assert!(
                        contrast(text, under, is_dark) >= 4.5,
                        "{text} on {under}, dark: {is_dark}"
                    );
                }
                for mark in COLOURS {
                    assert!(
                        contrast(mark, under, is_dark) >= 3.0,
                        "{mark} on {under}, dark: {is_dark}"
                    );
                }
            }
            for fill in COLOURS {
                // On blue, texts have the colour of the page; see the areas of a stack.
                let text = if fill == "blue" { "back" } else { "on" };
                assert!(
                    contrast(text, fill, is_dark) >= 4.5,
                    "{text} on {fill}, dark: {is_dark}"
                );
            }
            let greys = ["back", "shade", "grid", "grey", "soft", "ink"];
            for (place, one) in greys.iter().enumerate() {
                for other in &greys[place + 1..] {
                    assert!(
                        contrast(one, other, is_dark) >= 1.05,
                        "{one}, {other}, dark: {is_dark}"
                    );
                }
            }
        }
    }

    #[test]
    fn table_and_script_have_the_numbers_of_the_chart_and_no_name_ends_the_script() {
        let row = |name: &str, label: &str| CompareRow {
            name: name.into(),
            colour: Colour::Blue,
            mean: 9.0,
            interval: None,
            p10: 1.0,
            p90: 20.0,
            label: label.into(),
            difference: String::new(),
        };
        let figure = Figure::Compare(Compare {
            frame: Frame::default(),
            x_label: "meetings".into(),
            range: "10–90 % of worlds".into(),
            rows: vec![row("</script>", "9 ± 1"), row("late", "8 ± 1")],
            log_scale: false,
        });
        let page = chart(&figure, jiff::civil::date(2026, 6, 1)).into_string();
        let table: Vec<&str> = page
            .split("<td")
            .skip(1)
            .map(|cell| cell.split(['>', '<']).nth(1).unwrap())
            .collect();
        assert_eq!(
            table,
            ["&lt;/script&gt;", "9 ± 1", "1 to 20", "late", "8 ± 1", "1 to 20"]
        );
        let (_, json) = page.split_once("application/json\">").expect("a script");
        let (json, after) = json.split_once("</script>").expect("its end");
        assert_eq!(after, "</figure>");
        let read: Value = serde_json::from_str(json).expect("JSON");
        // The second column is the same twice: once, and once more.
        assert_eq!(
            read["series"][1],
            json!(["10–90 % of worlds", null, ["1 to 20", 1]])
        );
        assert_eq!(read["texts"], json!(["</script>", "late"]));
        assert_eq!(read["at"], json!([0.25, 0.75]));
    }
}
