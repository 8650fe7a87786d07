//! The key tables of the manual, in Markdown.

use super::words;
use crate::scenario::keys::{self, Found, Section};
use crate::world::parameter::DEFINITIONS;
use std::fmt::Write;

/// The table of the keys of a table, which is named by its path in a file (`""` at the top level, `strategies.pilot`),
/// without the parameters that it holds; nothing if there is no such table.
pub fn table(root: &'static Section, path: &str) -> Option<String> {
    let found = keys::all(root);
    let own: Vec<&Found> = found.iter().filter(|found| in_table(found, path)).collect();
    if own.is_empty() {
        return None;
    }
    let has_options = own.iter().any(|found| !found.key.about().option.is_empty());
    let mut page = String::from(match has_options {
        true => "| Key | Option | Type | Default | Range | Meaning |\n|---|---|---|---|---|---|\n",
        false => "| Key | Type | Default | Range | Meaning |\n|---|---|---|---|---|\n",
    });
    for found in own {
        let key = found.key;
        let name = match key.day_name() {
            Some(day) => format!("`{}` or `{day}`", key.name()),
            None => format!("`{}`", key.name()),
        };
        let option = match key.about().option {
            "" => String::new(),
            option => format!("`{option}`"),
        };
        let rest = [
            words::kind(key),
            words::default(key),
            words::limits(key),
            key.about().meaning.into(),
        ];
        let mut cells = vec![name];
        cells.extend(has_options.then_some(option));
        cells.extend(rest);
        page.push('|');
        for cell in cells {
            let space = if cell.is_empty() { "" } else { " " };
            let _ = write!(page, "{space}{} |", escaped(&cell));
        }
        page.push('\n');
    }
    Some(page)
}

/// The table of all parameters.
pub fn parameters() -> String {
    let mut page = String::from(
        "| Key | Default | Range | Unit | Mark | Source | Meaning |\n|---|---|---|---|---|---|---|\n",
    );
    for definition in DEFINITIONS {
        let least = definition.setting.least();
        let low = if least > definition.low {
            format!("{}, or {}", words::figure(definition.low), words::figure(least))
        } else {
            words::figure(definition.low)
        };
        let _ = writeln!(
            page,
            "| `{}` | {} | {low} to {} | {} | {} | {} | {} |",
            definition.key,
            definition.default,
            words::figure(definition.high),
            definition.unit,
            definition.mark.word(),
            if definition.source.is_empty() {
                "-"
            } else {
                definition.source
            },
            escaped(definition.meaning)
        );
    }
    page
}

/// Does a key stand in the table of that path, and is it no parameter?
fn in_table(found: &Found, path: &str) -> bool {
    let parent = found.path.rsplit_once('.').map_or("", |split| split.0);
    parent == path && !DEFINITIONS.iter().any(|definition| definition.key == found.path)
}

fn escaped(text: &str) -> String {
    text.replace('|', "\\|")
}
