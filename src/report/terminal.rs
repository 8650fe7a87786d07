//! A document as text for a terminal.

use super::document::{Block, Grid, Section};
use super::words::glossary;
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, Width, presets};

/// How to print.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Style {
    /// Lines drawn with box characters, else with ASCII.
    pub unicode: bool,
    /// Headings in bold, warnings in yellow.
    pub colour: bool,
    /// Columns.
    pub width: u16,
}

/// Fewer columns than this hold no table that can be read.
const NARROW: u16 = 60;

/// Behind this letter a name may be broken.
const BREAK: char = '\u{200b}';

/// Sections below each other, and the line that explains the words of the trade in them.
pub fn text(sections: &[Section], style: Style) -> String {
    let mut out = said(sections, style);
    if let Some(words) = glossary(&out) {
        out.push_str(&paragraph(&words, style));
    }
    out
}

/// The sentence that explains the words of the trade in sections, if they have any.
pub(super) fn explained(sections: &[Section]) -> Option<String> {
    let wide = Style {
        unicode: false,
        colour: false,
        width: u16::MAX,
    };
    glossary(&said(sections, wide))
}

fn said(sections: &[Section], style: Style) -> String {
    let mut out = String::new();
    for section in sections {
        if !out.is_empty() {
            out.push('\n');
        }
        if !section.title.is_empty() {
            let title = paragraph(&section.title, style);
            out.push_str(&style.bold(title.trim_end()));
            out.push('\n');
        }
        for block in &section.blocks {
            out.push_str(&self::block(block, style));
        }
    }
    out
}

/// What can only be looked at is left out.
fn block(block: &Block, style: Style) -> String {
    match block {
        Block::Lead(text) => {
            let said = paragraph(text, style);
            let lead = said.lines().next().unwrap_or_default();
            said.replacen(lead, &style.bold(lead), 1)
        }
        Block::Text(text) | Block::Remark(text) | Block::Open(_, text) => {
            let said = paragraph(text, style);
            said.replacen(WARNING, &style.warning(), usize::from(text.starts_with(WARNING)))
        }
        Block::Items(items) => items.iter().map(|text| item(text, style)).collect(),
        Block::Facts(facts) => (facts.iter())
            .map(|(label, text)| wrapped(&format!("{label:<11}"), text, style))
            .collect(),
        Block::Command(command) => format!("{command}\n"),
        Block::Table(grid) => style.grid(grid),
        Block::Chart(_) | Block::Strip(_) | Block::Signatures(_) => String::new(),
    }
}

/// What a paragraph begins with that warns.
pub(super) const WARNING: &str = "warning:";

impl Style {
    /// What a pipe gets: no colours, no signs beyond ASCII, 80 columns.
    #[cfg(test)]
    pub(super) const PLAIN: Style = Style {
        unicode: false,
        colour: false,
        width: 80,
    };

    fn bold(self, text: &str) -> String {
        if self.colour {
            format!("\x1b[1m{text}\x1b[0m")
        } else {
            text.into()
        }
    }

    fn warning(self) -> String {
        if self.colour {
            format!("\x1b[33m{WARNING}\x1b[0m")
        } else {
            WARNING.into()
        }
    }

    /// A table. Where columns would be too narrow to read, every row becomes a list.
    fn grid(self, grid: &Grid) -> String {
        if self.width < NARROW {
            return self.lists(grid);
        }
        if grid.is_tight {
            return self.tight(grid).unwrap_or_else(|| self.lists(grid));
        }
        let mut table = self.lines();
        let titles = grid.columns.iter().map(|column| column.title.as_str());
        table.set_header(titles.collect::<Vec<_>>()).add_rows(&grid.rows);
        let has_numbers = grid.columns.iter().any(|column| column.is_number);
        if let Some(labels) = table.column_mut(0).filter(|_| has_numbers) {
            // Labels are broken between words only, and no more often than they must.
            let widest = |parts: &mut dyn Iterator<Item = &str>| {
                parts.map(|part| part.chars().count()).max().unwrap_or(0) as u16 + 2
            };
            let cells = || grid.rows.iter().map(|row| row[0].as_str());
            let word = widest(&mut cells().flat_map(str::split_whitespace));
            let line = widest(&mut cells().flat_map(str::lines));
            let width = word.clamp(21, 36).min(line);
            labels.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(width)));
        }
        for (column, declared) in table.column_iter_mut().zip(&grid.columns) {
            if declared.is_number {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        format!("{}\n", table.trim_fmt())
    }

    /// Every row as a list.
    fn lists(self, grid: &Grid) -> String {
        let mut out = String::new();
        for row in &grid.rows {
            out.push_str(&wrapped("", &row[0], self));
            for (column, cell) in grid.columns.iter().zip(row).skip(1) {
                if !cell.is_empty() {
                    let [title, cell] = [column.title.replace('\n', " "), cell.replace('\n', ", ")];
                    out.push_str(&wrapped("  ", &format!("{title}: {cell}"), self));
                }
            }
        }
        out
    }

    fn lines(self) -> Table {
        let mut table = Table::new();
        table
            .load_style(if self.unicode {
                presets::UTF8_FULL_CONDENSED
            } else {
                presets::ASCII_FULL_CONDENSED
            })
            .force_no_tty()
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(self.width);
        table
    }

    /// Columns as wide as their longest line, numbers to the right, a rule below the header; names are broken behind a hyphen
    /// where the table would be too wide. `None` if it is too wide all the same.
    fn tight(self, grid: &Grid) -> Option<String> {
        let header: Vec<String> = grid.columns.iter().map(|column| column.title.clone()).collect();
        let rows: Vec<Vec<String>> = (grid.rows.iter())
            .map(|row| {
                let mut row = row.clone();
                row[0] = row[0].replace('-', &format!("-{BREAK}"));
                row
            })
            .collect();
        let widest = |column: usize| {
            let cells = rows.iter().chain([&header]).map(|row| row[column].as_str());
            let length = |line: &str| line.chars().filter(|&letter| letter != BREAK).count();
            cells.flat_map(str::lines).map(length).max().unwrap_or(0)
        };
        let mut widths: Vec<usize> = (0..header.len()).map(widest).collect();
        let total = widths.iter().sum::<usize>() + widths.len() - 1;
        let parts = rows.iter().flat_map(|row| row[0].split(BREAK));
        let longest = parts.map(|part| part.chars().count()).max().unwrap_or(0);
        let least = longest.max(header[0].len());
        let less = total
            .saturating_sub(usize::from(self.width))
            .min(widths[0].saturating_sub(least));
        widths[0] -= less;
        if total - less > usize::from(self.width) {
            return None;
        }
        let mut out = String::new();
        line_up(&mut out, &header, &widths);
        let rule = if self.unicode { "─" } else { "-" };
        let rule: Vec<String> = widths.iter().map(|&width| rule.repeat(width)).collect();
        line_up(&mut out, &rule, &widths);
        for mut row in rows {
            row[0] = broken(&row[0], widths[0]);
            line_up(&mut out, &row, &widths);
        }
        Some(out)
    }
}

/// A name in lines of at most a width, broken behind hyphens.
fn broken(name: &str, width: usize) -> String {
    let mut lines: Vec<String> = vec![String::new()];
    for part in name.split(BREAK) {
        let last = lines.last_mut().expect("there is a line");
        if !last.is_empty() && last.chars().count() + part.chars().count() > width {
            lines.push(part.into());
        } else {
            last.push_str(part);
        }
    }
    lines.join("\n")
}

fn line_up(out: &mut String, cells: &[String], widths: &[usize]) {
    let height = cells.iter().map(|cell| cell.lines().count()).max().unwrap_or(1);
    for number in 0..height {
        let mut line = String::new();
        for (place, (cell, &width)) in cells.iter().zip(widths).enumerate() {
            let text = cell.lines().nth(number).unwrap_or("");
            let gap = if place == 0 { "" } else { " " };
            let pad = " ".repeat(width.saturating_sub(text.chars().count()));
            line.push_str(gap);
            if place == 0 {
                line.push_str(text);
                line.push_str(&pad);
            } else {
                line.push_str(&pad);
                line.push_str(text);
            }
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
}

/// An item of a list, wrapped and indented.
fn item(text: &str, style: Style) -> String {
    wrapped("  ", text, style)
}

/// Text in lines of at most the width.
fn paragraph(text: &str, style: Style) -> String {
    wrapped("", text, style)
}

/// Text in lines of at most the width, all after the first indented like the first.
fn wrapped(start: &str, text: &str, style: Style) -> String {
    let indent = " ".repeat(start.chars().count());
    let width = usize::from(style.width.max(40));
    let mut out = String::new();
    let mut line = start.to_string();
    let mut is_empty = true;
    for word in text.replace(" %", "\u{a0}%").split(' ') {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > width {
            out.push_str(&line);
            out.push('\n');
            line.clone_from(&indent);
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(&word.replace('\u{a0}', " "));
        is_empty = false;
    }
    out.push_str(&line);
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const NARROW: Style = Style {
        width: 45,
        ..Style::PLAIN
    };

    fn grid(is_tight: bool) -> Grid {
        let mut grid = Grid::new(&["plan", "#meetings\nbroken"]);
        grid.push(vec!["pilot-by-community".into(), "1-2\n3 %".into()]);
        grid.is_tight = is_tight;
        grid
    }

    #[test]
    fn names_are_broken_behind_hyphens() {
        assert_eq!(
            broken("pilot-\u{200b}by-\u{200b}community", 12),
            "pilot-by-\ncommunity"
        );
        let style = Style {
            width: 62,
            ..Style::PLAIN
        };
        let mut wide = grid(true);
        wide.rows[0][1] = "9".repeat(50);
        let text = style.grid(&wide);
        assert!(
            text.ends_with("\npilot-by-   99999999999999999999999999999999999999999999999999\ncommunity\n"),
            "{text}"
        );
    }

    #[test]
    fn tables_are_aligned_and_become_lists_where_there_is_no_room() {
        assert_eq!(
            Style::PLAIN.grid(&grid(true)),
            "plan               meetings\n                     broken\n------------------ --------\n\
             pilot-by-community      1-2\n                        3 %\n"
        );
        assert_eq!(
            NARROW.grid(&grid(true)),
            "pilot-by-community\n  meetings broken: 1-2, 3 %\n"
        );
        assert_eq!(NARROW.grid(&grid(true)), NARROW.grid(&grid(false)));
    }

    #[test]
    fn sections_have_headings_and_words_of_the_trade_are_explained_at_the_end() {
        let said = [
            Section::new("Title").text("Up to the horizon."),
            Section::new("").with(Block::Items(vec!["one".into()])).text(""),
        ];
        assert_eq!(
            text(&said, Style::PLAIN),
            "Title\nUp to the horizon.\n\n  one\nWords: horizon = the end of the simulated time.\n"
        );
        let long = Section::new(&"word ".repeat(40)).text("word ".repeat(40));
        assert!(
            text(&[long], NARROW)
                .lines()
                .all(|line| line.chars().count() <= 45)
        );
    }
}
