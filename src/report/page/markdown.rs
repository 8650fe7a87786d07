//! The first page of a document as Markdown, for a ticket.

use crate::report::document::{Block, Document, Grid, Section};
use std::fmt::Write;

/// The text: the first page without what can only be looked at.
pub fn text(document: &Document) -> String {
    let mut out = format!("# {}\n", harmless(&document.title));
    for section in &document.first {
        section_of(&mut out, section);
    }
    let _ = write!(out, "\n---\n\n{}\n", harmless(&document.footer));
    out
}

fn section_of(out: &mut String, section: &Section) {
    if !section.title.is_empty() {
        let _ = write!(out, "\n## {}\n", harmless(&section.title));
    }
    for block in &section.blocks {
        let text = match block {
            Block::Lead(text) => format!("**{}**", harmless(text)),
            Block::Text(text) | Block::Remark(text) => harmless(text),
            Block::Items(items) => lines(items.iter().map(|item| format!("- {}", harmless(item)))),
            Block::Facts(facts) => lines(
                (facts.iter()).map(|(label, text)| format!("- {}: {}", harmless(label), harmless(text))),
            ),
            Block::Open(_, text) => typed(text),
            Block::Command(command) => format!("```\n{command}\n```"),
            Block::Signatures(who) => lines(who.iter().map(|one| format!("- [ ] {}", harmless(one)))),
            Block::Table(grid) => table(grid),
            Block::Strip(strip) => format!("{}.", harmless(&strip.description)),
            Block::Chart(_) => continue,
        };
        let _ = write!(out, "\n{text}\n");
    }
}

fn lines(lines: impl Iterator<Item = String>) -> String {
    lines.collect::<Vec<_>>().join("\n")
}

fn table(grid: &Grid) -> String {
    let row = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
    let titles = grid
        .columns
        .iter()
        .map(|column| harmless(&column.title))
        .collect();
    let rule = |is_number: bool| if is_number { "---:" } else { "---" }.to_string();
    let rules = grid.columns.iter().map(|column| rule(column.is_number)).collect();
    let rows = grid.rows.iter();
    let rows = rows.map(|cells| {
        row(cells
            .iter()
            .map(|cell| harmless(&cell.replace('\n', " · ")))
            .collect())
    });
    lines([row(titles), row(rules)].into_iter().chain(rows))
}

/// A text with commands in it, each between two `\``, which stay.
fn typed(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let part = |(place, part): (usize, &str)| match place % 2 {
        1 => format!("`{part}`"),
        _ => harmless(part),
    };
    parts.map(part).collect()
}

/// Text in which nothing is taken for a mark of Markdown or HTML.
fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' | '\r' => out.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '&' => {
                out.push('\\');
                out.push(letter);
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_text() {
        assert_eq!(
            harmless("<b>a|b</b> *x*\n`c`"),
            "\\<b\\>a\\|b\\</b\\> \\*x\\* \\`c\\`"
        );
        assert_eq!(
            typed("*not* studied: `coexist a_b`."),
            "\\*not\\* studied: `coexist a_b`."
        );
        let mut grid = Grid::new(&["plan", "#broken"]);
        grid.push(vec!["a|b".into(), "1-2".into()]);
        assert_eq!(table(&grid), "| plan | broken |\n| --- | ---: |\n| a\\|b | 1-2 |");
    }
}
