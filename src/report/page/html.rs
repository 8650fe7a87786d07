//! A document as a page: one file that asks nothing of anybody, on a screen and on paper.

use super::chart;
use crate::report::document::{Block, Document, Grid, Section, Strip};
use crate::report::number;
use jiff::civil::Date;
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
/// Nothing is loaded, and nothing is sent.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";
/// Height of the tallest bar, in units of the drawing.
const TALLEST: f64 = 100.0;

/// Of the days, how far from the first the last text may begin: behind it there is no room.
const LAST_TICK: f64 = 0.94;

/// The page of a document.
pub fn page(document: &Document) -> String {
    let sections = |sections: &[Section]| html! { @for one in sections { (section(one, document.start)) } };
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { (document.title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    div class="first" {
                        h1 { (document.title) }
                        (sections(&document.first))
                        footer { (document.footer) }
                    }
                    div class="behind" {
                        (sections(&document.behind))
                    }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string()
}

fn section(section: &Section, start: Date) -> Markup {
    html! {
        section class=[section.is_narrow.then_some("half")] {
            @if !section.title.is_empty() { h2 { (section.title) } }
            @for one in &section.blocks { (block(one, start)) }
        }
    }
}

fn block(block: &Block, start: Date) -> Markup {
    match block {
        Block::Lead(text) => html! { p class="lead" { (text) } },
        Block::Text(text) => html! { p { (text) } },
        Block::Remark(text) => html! { p class="remark" { (text) } },
        Block::Open(_, text) => html! { p class="remark" { (typed(text)) } },
        Block::Items(items) => html! { ul { @for item in items { li { (item) } } } },
        Block::Facts(facts) => html! { dl { @for (label, text) in facts { dt { (label) } dd { (text) } } } },
        Block::Command(command) => html! { code { (command) } },
        Block::Signatures(who) => {
            html! { ul class="sign" { @for one in who { li { span { (one) } span { "date" } } } } }
        }
        Block::Table(grid) => table(grid, "table"),
        Block::Strip(strip) => bars(strip, start),
        Block::Chart(figure) => chart::chart(figure, start),
    }
}

/// A text with commands in it, each between two `\``.
fn typed(text: &str) -> Markup {
    html! {
        @for (place, part) in text.split('`').enumerate() {
            @if place % 2 == 1 { kbd { (part) } } @else { (part) }
        }
    }
}

/// A table; what it is, for those who do not see it.
pub(super) fn table(grid: &Grid, label: &str) -> Markup {
    let class = |place: usize| grid.columns[place].is_number.then_some("n");
    html! {
        div class="scroll" tabindex="0" role="group" aria-label=(label) {
            table {
                thead {
                    tr { @for (place, column) in grid.columns.iter().enumerate() {
                        th scope="col" class=[class(place)] { (column.title.replace('\n', " ")) }
                    } }
                }
                tbody {
                    @for row in &grid.rows {
                        tr { @for (place, cell) in row.iter().enumerate() {
                            td class=[class(place)] { (lines(cell)) }
                        } }
                    }
                }
            }
        }
    }
}

/// A cell, line by line.
fn lines(cell: &str) -> Markup {
    html! {
        @for (number, line) in cell.lines().enumerate() {
            @if number > 0 { br; }
            (line)
        }
    }
}

fn bars(strip: &Strip, start: Date) -> Markup {
    let days = strip.values.len().max(1) as f64;
    let most = strip.values.iter().copied().fold(0.0, f64::max);
    let peak = strip.values.iter().position(|&value| value == most).unwrap_or(0);
    let percent = |day: f64| format!("{:.2}%", 100.0 * day / days);
    let values: Vec<String> = strip.values.iter().map(|&value| number::whole(value)).collect();
    html! {
        figure class="strip" tabindex="0" aria-label=(strip.description)
            data-values=(values.join(" ")) data-first=(start) data-peak=(peak) {
            div class="bars" {
                svg viewBox=(format!("0 0 {days} {TALLEST}")) preserveAspectRatio="none" aria-hidden="true" {
                    @for (from, to) in &strip.freezes {
                        rect class="span" x=(from) y="0" width=(to - from) height=(TALLEST) {}
                    }
                    @for (day, &value) in strip.values.iter().enumerate() {
                        @if value > 0.0 {
                            @let height = (TALLEST * value / most).max(2.0);
                            rect x=(day) y=(format!("{:.1}", TALLEST - height)) width="1" height=(format!("{height:.1}")) {}
                        }
                    }
                }
                div class="cursor" {}
            }
            div class="ticks" aria-hidden="true" {
                @for (day, text) in strip.ticks.iter().filter(|(day, _)| *day < days * LAST_TICK) {
                    span style=(format!("left:{}", percent(*day))) { (text) }
                }
            }
            figcaption {
                (strip.description) "."
                @if !strip.freezes.is_empty() { " Shaded: freezes." }
                output aria-live="polite" {}
            }
        }
    }
}
