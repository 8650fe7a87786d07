//! One key, or one table, in words.

use super::words;
use crate::scenario::keys::{self, Declared, Form, Found, Need, Section};
use crate::world::Mark;
use crate::world::parameter::DEFINITIONS;
use std::fmt::Write;

/// Where a key was looked for and what was found: words about it, or what to write instead.
pub type Answer = Result<String, String>;

/// Explains what is written: a path such as `strategies.pilot.size`, a key such as `size`, or a table such as
/// `strategies.pilot`; without anything, all tables.
///
/// # Errors
/// If nothing is called so: what to write instead.
pub fn explain(written: &str, width: usize) -> Answer {
    let files = [("scenario", keys::scenario()), ("profile", keys::profile_file())];
    if written.trim().is_empty() {
        return Ok(overview(&files, width));
    }
    let wanted = plain(written);
    let mut out = String::new();
    for (file, root) in files {
        let all = keys::all(root);
        let exact: Vec<&Found> = all.iter().filter(|found| is_called(found, &wanted)).collect();
        let chosen = if exact.is_empty() {
            all.iter().filter(|found| ends_with(found, &wanted)).collect()
        } else {
            exact
        };
        for found in chosen {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&one(found, file, &all, width));
        }
    }
    if out.is_empty() {
        Err(instead(&wanted, &files))
    } else {
        Ok(out)
    }
}

/// A path without brackets, indices and the names of strategies; `parameters.` in front of a parameter says nothing.
fn plain(written: &str) -> String {
    let text = written.trim().trim_matches(['[', ']', '`']).trim();
    let text = text
        .strip_prefix("parameters.")
        .filter(|rest| is_parameter(rest))
        .unwrap_or(text);
    text.into()
}

fn is_parameter(path: &str) -> bool {
    DEFINITIONS.iter().any(|definition| definition.key == path)
}

fn is_called(found: &Found, wanted: &str) -> bool {
    found.path == wanted || by_day(found).is_some_and(|path| path == wanted)
}

fn ends_with(found: &Found, wanted: &str) -> bool {
    let behind = |path: &str| {
        path.strip_suffix(wanted)
            .is_some_and(|front| front.ends_with('.'))
    };
    behind(&found.path) || by_day(found).is_some_and(|path| behind(&path))
}

/// The path of the second key of a moment.
fn by_day(found: &Found) -> Option<String> {
    let day = found.key.day_name()?;
    let front = found.path.rsplit_once('.').map(|split| format!("{}.", split.0));
    Some(format!("{}{day}", front.unwrap_or_default()))
}

fn one(found: &Found, file: &str, all: &[Found], width: usize) -> String {
    let key = found.key;
    let about = key.about();
    let mut out = format!("{}\n", found.path);
    let meaning = words::unlinked(about.meaning);
    paragraph(
        &mut out,
        "",
        &format!("{}.", meaning.trim_end_matches('.')),
        width,
    );
    if let Some((section, is_list)) = table_of(key) {
        let header = if is_list {
            format!("[[{}]]", found.path)
        } else {
            format!("[{}]", found.path)
        };
        row(
            &mut out,
            "Written",
            &format!("{header} in the {file} file"),
            width,
        );
        need(&mut out, key, width);
        let _ = writeln!(out, "  Keys");
        keys_of(&mut out, section, &found.path, all, width);
        return out;
    }
    let place = match found.header.as_str() {
        "" => format!("at the top level of the {file} file"),
        header => format!("in {header} of the {file} file"),
    };
    row(&mut out, "Written", &place, width);
    row(&mut out, "Takes", &words::kind(key), width);
    row(&mut out, "Range", &words::limits(key), width);
    need(&mut out, key, width);
    if let Some(day) = key.day_name() {
        row(
            &mut out,
            "Or",
            &format!("`{day}` with a day number from the start"),
            width,
        );
    }
    row(&mut out, "Option", about.option, width);
    if let Some(mark) = about.mark {
        row(&mut out, "Figure", &origin(mark, about.source), width);
    }
    if let Some((low, high)) = key.default_range() {
        let text = format!(
            "{} to {} (90 %; ours: no source gives one)",
            rounded(low),
            rounded(high)
        );
        row(&mut out, "Default range", &text, width);
    }
    row(&mut out, "Since", &format!("version {}", about.since), width);
    if let Some(example) = words::example(key) {
        let mut line = format!("{} = {example}", key.name());
        if is_parameter(&found.path)
            && about.unit != "share"
            && let Some((low, high)) = key.default_range()
        {
            line = format!(
                "{} = {{ low = {}, high = {}, distribution = \"lognormal\" }}",
                key.name(),
                rounded(low),
                rounded(high)
            );
        }
        let _ = writeln!(out, "  Example");
        if !found.header.is_empty() {
            let _ = writeln!(out, "    {}", found.header);
        }
        let _ = writeln!(out, "    {line}");
    }
    out
}

/// A bound of a range of ours, without false precision.
fn rounded(value: f64) -> f64 {
    if value == 0.0 {
        return 0.0;
    }
    let scale = libm::pow(10.0, 1.0 - libm::floor(libm::log10(libm::fabs(value))));
    libm::round(value * scale) / scale
}

fn need(out: &mut String, key: &dyn Declared, width: usize) {
    let about = key.about();
    let text = match (about.need, words::default(key)) {
        (Need::Always, _) => "required".into(),
        (_, text) if text == "-" => "none; it may be absent".into(),
        _ => words::plain_default(key),
    };
    row(out, "Default", &text, width);
}

fn origin(mark: Mark, source: &str) -> String {
    let text = match mark {
        Mark::Stated => "stated by its source",
        Mark::Derived => "derived from stated figures",
        Mark::Estimated => "an estimate that nobody published",
        Mark::Scenario => "to be set by the scenario",
    };
    match source {
        "" => text.into(),
        source => format!("{text} ({source})"),
    }
}

/// The table that a key holds, and whether it is a list of them.
fn table_of(key: &dyn Declared) -> Option<(&'static Section, bool)> {
    match key.form() {
        Form::Table(section) => Some((section, false)),
        Form::Tables(section, _) => Some((section, true)),
        _ => None,
    }
}

fn keys_of(out: &mut String, section: &'static Section, path: &str, all: &[Found], width: usize) {
    let own = all
        .iter()
        .filter(|found| found.path.rsplit_once('.').map_or("", |split| split.0) == path);
    let own: Vec<(&str, &str)> = own
        .map(|found| (found.key.name(), found.key.about().meaning))
        .collect();
    let longest = own.iter().map(|own| own.0.chars().count()).max().unwrap_or(0);
    for (name, meaning) in own {
        let label = format!("    {name}{}", " ".repeat(longest - name.chars().count()));
        paragraph(out, &label, words::first_sentence(meaning), width);
    }
    if section.parameters == Some("") {
        for table in keys::parameter_tables() {
            let _ = writeln!(out, "    {table}");
        }
    }
}

fn row(out: &mut String, label: &str, text: &str, width: usize) {
    if !text.is_empty() {
        paragraph(out, &format!("  {label:<14}"), text, width);
    }
}

/// A text behind a label, its lines below each other.
fn paragraph(out: &mut String, label: &str, text: &str, width: usize) {
    let indent = label.chars().count().max(1) + 1;
    let room = width.saturating_sub(indent).max(20);
    let mut line = String::new();
    let mut first = true;
    let flush = |line: &mut String, first: &mut bool, out: &mut String| {
        let front = if *first {
            format!("{label:<0$}", indent)
        } else {
            " ".repeat(indent)
        };
        let _ = writeln!(out, "{}{}", front, line);
        line.clear();
        *first = false;
    };
    for word in text.split(' ') {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > room {
            flush(&mut line, &mut first, out);
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    flush(&mut line, &mut first, out);
}

/// All tables with what they are.
fn overview(files: &[(&str, &'static Section)], width: usize) -> String {
    let mut out = String::new();
    for (file, root) in files {
        let all = keys::all(root);
        let _ = writeln!(out, "The {file} file, at the top level");
        let plain = all
            .iter()
            .filter(|found| found.header.is_empty() && table_of(found.key).is_none());
        for found in plain {
            paragraph(
                &mut out,
                &format!("  {:<34}", found.path),
                words::first_sentence(found.key.about().meaning),
                width,
            );
        }
        let _ = writeln!(out, "Its tables");
        for found in &all {
            if let Some((_, is_list)) = table_of(found.key) {
                let header = if is_list {
                    format!("[[{}]]", found.path)
                } else {
                    format!("[{}]", found.path)
                };
                paragraph(
                    &mut out,
                    &format!("  {header:<34}"),
                    words::first_sentence(found.key.about().meaning),
                    width,
                );
            }
        }
        out.push('\n');
    }
    out.push_str("`coexist explain strategies.pilot` explains a table, `coexist explain strategies.pilot.size` a key.\n");
    out
}

fn instead(wanted: &str, files: &[(&str, &'static Section)]) -> String {
    let mut names: Vec<String> = Vec::new();
    for (_, root) in files {
        for found in keys::all(root) {
            names.push(found.key.name().to_owned());
            names.push(found.path);
        }
    }
    let near = names
        .iter()
        .map(|name| (strsim::osa_distance(wanted, name), name))
        .min()
        .filter(|(distance, name)| distance * 3 <= wanted.chars().count().max(name.chars().count()));
    match near {
        Some((_, near)) => format!("there is no key `{wanted}`; did you mean `{near}`?"),
        None => format!(
            "there is no key `{wanted}`; `coexist explain` lists all tables, `coexist explain TABLE` its keys"
        ),
    }
}
