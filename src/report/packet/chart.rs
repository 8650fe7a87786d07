//! A chart on the page: the drawing, its numbers at the pointer and by keyboard, a key that hides and shows, and a table beside it.

use super::super::document::Grid;
use super::super::figure::{self, Data, Figure, Series};
use super::html::table;
use crate::world::Calendar;
use maud::{Markup, PreEscaped, html};
use serde_json::{Value, json};

/// A chart with all that belongs to it. A kind of chart without data is a drawing alone.
pub(super) fn chart(chart: &Figure, calendar: &Calendar) -> Markup {
    let frame = chart.frame();
    let data = chart.data(calendar);
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
