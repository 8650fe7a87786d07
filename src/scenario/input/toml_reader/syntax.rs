//! Syntax faults of a TOML text: one for each cause, in words of our own.
//!
//! A parser that goes on behind a fault reports what follows from it, too. Only what is sure is told: of a thing that is never closed,
//! the place where it is opened and nothing behind it; of a table that is written twice, that; of a line, its first fault; of a
//! text that is something else altogether, what it looks like.

use super::super::suggestion;
use super::most_tables;
use super::outline::{Header, Outline};
use crate::mutant;
use std::collections::BTreeMap;
use std::ops::Range;

/// Ends what is said of a key that is there twice.
const REPEATED: &str = "is written twice";

/// A syntax fault.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct SyntaxFault {
    /// Where it is.
    pub(super) span: Range<usize>,
    /// What is wrong.
    pub(super) what: String,
    /// What to write instead.
    pub(super) help: String,
}

/// The syntax faults of a text.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Found {
    /// In order of their places.
    pub(super) faults: Vec<SyntaxFault>,
    /// Start and end of each line that has one.
    pub(super) damaged: Vec<Range<usize>>,
    /// What follows cannot be understood, so that nothing can be said of what the text means.
    pub(super) is_lost: bool,
}

/// The syntax faults that are told of those that the parser found, each with its message.
pub(super) fn faults(text: &str, outline: &Outline, errors: &[(Range<usize>, &str)]) -> Found {
    let lost = |fault: SyntaxFault, before: Vec<SyntaxFault>| Found {
        faults: before.into_iter().chain([fault]).collect(),
        damaged: Vec::new(),
        is_lost: true,
    };
    if let Some(fault) = misnamed_list(&outline.headers) {
        return lost(fault, Vec::new());
    }
    if errors.is_empty() {
        return Found::default();
    }
    if let Some(fault) = stray_element(text, outline) {
        return lost(fault, Vec::new());
    }
    if let Some(fault) = something_else(text, outline) {
        return lost(fault, Vec::new());
    }
    let first_of_lines = first_of_lines(text, errors);
    let until = |at: usize| {
        let before = first_of_lines.iter().filter(|(_, fault)| fault.span.start < at);
        before.map(|(_, fault)| fault.clone()).collect()
    };
    if let Some(unclosed) = &outline.unclosed {
        let line = text[..unclosed.at].rfind('\n').map_or(0, |newline| newline + 1);
        return lost(never_closed(text, unclosed), until(line));
    }
    let is_of_header = |(line, fault): &&(Range<usize>, SyntaxFault)| {
        is_header(&text[line.start..line.end - 1]) && !fault.what.ends_with(REPEATED)
    };
    let of_header = first_of_lines
        .iter()
        .find(is_of_header)
        .map(|(_, fault)| fault.clone());
    let repeated = repeated_table(text, &outline.headers, errors);
    let first = of_header
        .into_iter()
        .chain(repeated)
        .min_by_key(|fault| fault.span.start);
    if let Some(fault) = first {
        let at = fault.span.start;
        return lost(fault, until(at));
    }
    Found {
        damaged: first_of_lines.iter().map(|(line, _)| line.clone()).collect(),
        faults: first_of_lines.into_iter().map(|(_, fault)| fault).collect(),
        is_lost: false,
    }
}

/// More tables of a list than are read: no parser needs to see them.
pub(super) fn too_many(outline: &Outline) -> Option<SyntaxFault> {
    let mut counts: BTreeMap<String, (usize, &Header)> = BTreeMap::new();
    for header in outline.headers.iter().filter(|header| header.is_of_list) {
        counts.entry(header.path.join(".")).or_insert((0, header)).0 += 1;
    }
    let (name, (count, first)) = counts.into_iter().find(|(name, (count, _))| {
        // Lists below others begin anew with each of them.
        !name.contains('.') && *count > most_tables(name)
    })?;
    let most = most_tables(&name);
    Some(SyntaxFault {
        span: first.span.clone(),
        what: format!("there are {count} tables [[{name}]], and at most {most} are read"),
        help: "leave out some, or split the scenario".to_owned(),
    })
}

/// The first fault of each line, with the start and end of the line.
fn first_of_lines(text: &str, errors: &[(Range<usize>, &str)]) -> Vec<(Range<usize>, SyntaxFault)> {
    let mut sorted: Vec<&(Range<usize>, &str)> = errors.iter().collect();
    sorted.sort_by_key(|(span, _)| span.start);
    let mut found: Vec<(Range<usize>, SyntaxFault)> = Vec::new();
    for (span, message) in sorted {
        let start = text[..span.start].rfind('\n').map_or(0, |newline| newline + 1);
        if found.last().is_some_and(|(line, _)| line.start == start) && !mutant::is("faults-follow") {
            continue;
        }
        let end = text[span.start..]
            .find('\n')
            .map_or(text.len(), |newline| span.start + newline);
        let line = &text[start..end];
        let (what, help) = words(message, &text[span.clone()], line, span.start - start);
        let fault = SyntaxFault {
            span: span.clone(),
            what,
            help,
        };
        found.push((start..end + 1, fault));
    }
    found
}

fn never_closed(text: &str, unclosed: &super::outline::Unclosed) -> SyntaxFault {
    let (what, end) = match unclosed.bracket {
        '[' => ("array", "]"),
        '{' => ("table", "}"),
        _ => ("text", &text[unclosed.at..unclosed.at + 3]),
    };
    let rest = text[unclosed.before..].lines().next().unwrap_or_default().trim();
    let help = match rest {
        "" => format!("end it with `{end}`"),
        rest => {
            let line = text[..unclosed.before].matches('\n').count() + 1;
            format!("end it with `{end}` before line {line}, `{}`", beginning(rest))
        }
    };
    SyntaxFault {
        span: unclosed.at..unclosed.at + 1,
        what: format!("this {what} is never closed"),
        help,
    }
}

/// The beginning of a line.
fn beginning(line: &str) -> String {
    const LONGEST: usize = 40;
    match line.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{} ...", line[..at].trim_end()),
        None => line.to_owned(),
    }
}

/// A list of tables under a name that is nearly that of the tables which belong to it: `[[strategy]]` before
/// `[strategies.waves]`.
fn misnamed_list(headers: &[Header]) -> Option<SyntaxFault> {
    let is_known = |name: &String| headers.iter().any(|header| header.path == [name.clone()]);
    let orphan = headers
        .iter()
        .find(|header| header.path.len() > 1 && !is_known(&header.path[0]))?;
    let lists = headers
        .iter()
        .filter(|header| header.is_of_list && header.path.len() == 1);
    let names: Vec<&str> = lists.clone().map(|header| header.path[0].as_str()).collect();
    let name = suggestion(&orphan.path[0], names)?;
    let first = lists.into_iter().find(|header| header.path[0] == name)?;
    let (wanted, below) = (&orphan.path[0], orphan.path.join("."));
    Some(SyntaxFault {
        span: first.span.clone(),
        what: format!(
            "the tables `[[{name}]]` and those below them, such as `[{below}]`, have different names"
        ),
        help: format!("write `[[{wanted}]]` for all of them"),
    })
}

/// A table that is written twice.
fn repeated_table(text: &str, headers: &[Header], errors: &[(Range<usize>, &str)]) -> Option<SyntaxFault> {
    let repeated = |header: &&Header| {
        let is_here = |(span, message): &(Range<usize>, &str)| {
            message.starts_with("duplicate key") && header.span.contains(&span.start)
        };
        errors.iter().any(is_here)
    };
    let header = headers.iter().find(repeated)?;
    let name = header.path.join(".");
    let same = headers.iter().filter(|other| other.path == header.path);
    let first = same.clone().next()?;
    let line = text[..first.span.start].matches('\n').count() + 1;
    let count = same.count();
    let times = if count == 2 {
        "twice".to_owned()
    } else {
        format!("{count} times")
    };
    let (what, help) = if first.span == header.span {
        let what = format!("`{name}` is there already, as a key or as another kind of table");
        (what, "keep one of the two".to_owned())
    } else if header.path.len() > 1
        && !headers
            .iter()
            .any(|other| other.is_of_list && header.path.starts_with(&other.path))
    {
        let what = format!("`[{name}]` is written {times}, first on line {line}");
        let above = &header.path[0];
        (
            what,
            format!(
                "keep one of them; if each belongs to another table of a list, begin each with `[[{above}]]`"
            ),
        )
    } else {
        let what = format!("`[{name}]` is written {times}, first on line {line}");
        (
            what,
            format!("keep one of them; if they are several, begin each with `[[{name}]]`"),
        )
    };
    Some(SyntaxFault {
        span: header.span.clone(),
        what,
        help,
    })
}

/// Does a line begin like a header?
fn is_header(line: &str) -> bool {
    line.trim_start().starts_with('[')
}

/// An element or an end of a list that is not opened.
fn stray_element(text: &str, outline: &Outline) -> Option<SyntaxFault> {
    let at = outline.stray?;
    let line = text[at..].lines().next().unwrap_or_default();
    let key = outline.key_before.as_deref().unwrap_or("key");
    Some(SyntaxFault {
        span: at..at + line.trim_end().len(),
        what: "this line belongs to a list, and no list is open here".to_owned(),
        help: format!("begin the list above it: `{key} = [`"),
    })
}

/// Most lines of the text are no TOML: what it looks like.
fn something_else(text: &str, outline: &Outline) -> Option<SyntaxFault> {
    let sound = outline.keys + outline.headers.len();
    if outline.odd < 2 || outline.odd <= sound {
        return None;
    }
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    let is_yaml = |line: &str| {
        let name = line.trim_start_matches("- ");
        name.split_once(':').is_some_and(|(key, rest)| {
            !key.contains([' ', ',', ';']) && (rest.is_empty() || rest.starts_with(' '))
        })
    };
    let looks = if first.starts_with('<') {
        "a web page, or XML"
    } else if first.starts_with(['{', '[']) {
        "JSON"
    } else if is_yaml(first) || lines.next().is_some_and(is_yaml) {
        "YAML"
    } else if first.contains([',', ';', '\t']) {
        "a list (CSV)"
    } else {
        "something else"
    };
    let length = text.lines().next().unwrap_or_default().len();
    Some(SyntaxFault {
        span: 0..length,
        what: format!("this is no TOML: it looks like {looks}"),
        help: "give a file of keys and tables here, such as `scenarios/contoso.toml`; lists are named in it"
            .to_owned(),
    })
}

/// The words for a syntax fault: what is wrong, and what to write. The fault begins `at` so many bytes of its line.
fn words(message: &str, written: &str, line: &str, at: usize) -> (String, String) {
    let written = written.trim();
    if let Some(words) = of_letters(line, at) {
        return words;
    }
    let starts = |start: &str| message.starts_with(start);
    let (what, help) = if starts("string values must be quoted") {
        if written.is_empty() {
            (
                "a value is missing here".to_owned(),
                "write a value after `=`".to_owned(),
            )
        } else {
            let help = match written.to_lowercase().as_str() {
                "yes" | "true" | "on" => "write `true`, or put text between quotes".to_owned(),
                "no" | "false" | "off" => "write `false`, or put text between quotes".to_owned(),
                _ if written.contains('\\') => format!(
                    "write it between quotes, with `/`: `\"{}\"`",
                    written.replace('\\', "/")
                ),
                _ => format!("write it between quotes: `\"{written}\"`"),
            };
            (
                format!("`{written}` is not a value; text must stand between quotes"),
                help,
            )
        }
    } else if starts("key with no value") {
        (
            "a key without a value".to_owned(),
            "write `key = value`".to_owned(),
        )
    } else if starts("duplicate key") {
        let what = format!("`{written}` {REPEATED}");
        (
            what,
            "keep one of the two; to list several tables write `[[name]]`".to_owned(),
        )
    } else if starts("missing comma") {
        (
            "a comma is missing before this".to_owned(),
            "write `,` between the elements".to_owned(),
        )
    } else if is_header(line) {
        header(line, written)
    } else if starts("unclosed array") {
        (
            "this array is never closed".to_owned(),
            "end it with `]`".to_owned(),
        )
    } else if starts("unclosed inline table") {
        (
            "this table is never closed".to_owned(),
            "end it with `}`".to_owned(),
        )
    } else if starts("invalid boolean") {
        (
            format!("`{written}` is not a value"),
            "write `true` or `false`, in small letters".to_owned(),
        )
    } else if starts("unexpected leading zero") {
        (
            "a number must not begin with a zero".to_owned(),
            "leave out the leading zeros".to_owned(),
        )
    } else if starts("invalid date") {
        let what = format!("`{written}` is not a date");
        (what, "write year, month and day, such as `2025-03-10`".to_owned())
    } else if starts("invalid time") {
        (
            format!("`{written}` is not a time of day"),
            "write hours and minutes, such as `08:30`".to_owned(),
        )
    } else if starts("invalid basic string") || starts("invalid literal string") {
        (
            "this text is never closed".to_owned(),
            "end it with the quote it begins with".to_owned(),
        )
    } else if starts("missing escaped value") || message.contains("unicode value") {
        let what = "a backslash between double quotes begins a special character".to_owned();
        let value = line.split_once('=').map_or(line, |(_, value)| value).trim();
        let help = match value.split('"').nth(1) {
            Some(path) if value.starts_with('"') => {
                format!("write `/` in paths: `\"{}\"`", path.replace('\\', "/"))
            }
            _ => "write `/` in paths, and `\\\\` for one backslash".to_owned(),
        };
        (what, help)
    } else if starts("unexpected key or value") {
        let what = "something follows the value on the same line".to_owned();
        let decimal = line.split_once('=').and_then(|(key, value)| {
            let value = value.split('#').next().unwrap_or_default();
            let (whole, fraction) = value.trim().split_once(',')?;
            let is_number = |part: &str| part.parse::<u64>().is_ok();
            (is_number(whole) && is_number(fraction)).then(|| format!("{} = {whole}.{fraction}", key.trim()))
        });
        let help = match decimal {
            Some(written) => format!("write decimal numbers with a point: `{written}`"),
            None => "write one key a line".to_owned(),
        };
        (what, help)
    } else {
        (message.to_owned(), "correct the TOML of this line".to_owned())
    };
    (what, help)
}

/// The words for a faulty header.
fn header(line: &str, written: &str) -> (String, String) {
    let (opened, closed) = if line.trim_start().starts_with("[[") {
        ("[[", "]]")
    } else {
        ("[", "]")
    };
    let inside = line.trim().trim_start_matches('[');
    let name = inside.split(['#', ']']).next().unwrap_or_default();
    let is_part = |part: &str| part.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    let parts: Vec<&str> = name
        .split('.')
        .map(|part| part.trim().trim_matches(['"', '\'']))
        .filter(|part| !part.is_empty() && is_part(part))
        .collect();
    let help = if parts.is_empty() {
        format!("write a name between the brackets: `{opened}name{closed}`")
    } else {
        format!("write `{opened}{}{closed}`", parts.join("."))
    };
    let what = if !inside.trim_end().ends_with(closed) && !inside.contains(closed) {
        "this header is never closed".to_owned()
    } else if written.is_empty() {
        "this is not the name of a table".to_owned()
    } else {
        format!("`{written}` cannot stand in the name of a table")
    };
    (what, help)
}

/// The words for what can be told from the letters of the line itself.
fn of_letters(line: &str, at: usize) -> Option<(String, String)> {
    const QUOTES: [char; 8] = ['“', '”', '„', '‘', '’', '‚', '«', '»'];
    let odd_blank = |c: char| {
        c.is_whitespace() && !matches!(c, ' ' | '\t')
            || matches!(c, '\u{200B}'..='\u{200D}' | '\u{FEFF}' | '\u{2060}')
    };
    if let Some(blank) = line.chars().find(|&c| odd_blank(c) && c != '\r') {
        let what = format!(
            "a blank of another kind stands in this line (U+{:04X})",
            u32::from(blank)
        );
        return Some((what, "write an ordinary blank instead".into()));
    }
    let (key, value) = line
        .split_once('=')
        .map_or((line, None), |(key, value)| (key, Some(value.trim())));
    let bare = key.trim();
    let Some(value) = value else {
        let mut words = line.trim().splitn(2, [' ', '\t']);
        if let (Some(key), Some(value)) = (words.next(), words.next())
            && key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-')
            && !key.is_empty()
        {
            let help = format!("write `{key} = {}`", as_value(value.trim()));
            return Some(("between a key and its value stands `=`".into(), help));
        }
        let (key, value) = line.split_once(':')?;
        let is_key = !key.trim().is_empty()
            && key
                .trim()
                .chars()
                .all(|c| c.is_alphanumeric() || c == '_' || c == '-');
        let help = format!("write `{} = {}`", key.trim(), as_value(value.trim()));
        return is_key.then(|| ("between a key and its value stands `=`, not `:`".into(), help));
    };
    if bare.contains(char::is_whitespace) && !bare.contains(['"', '\'', '.', '{', '[']) && at <= key.len() {
        let joined = bare.split_whitespace().collect::<Vec<_>>().join("_");
        return Some((
            format!("the key `{bare}` holds a blank"),
            format!("write `{joined} = ...`"),
        ));
    }
    let value = value.strip_suffix('\r').unwrap_or(value).trim_end();
    if value.starts_with(QUOTES) {
        let text = value.trim_matches(QUOTES);
        let what = "text stands between straight quotes, not curly ones".to_owned();
        return Some((what, format!("write `{bare} = \"{text}\"`")));
    }
    if let Some((value, _)) = value
        .split_once("//")
        .filter(|(value, _)| !value.trim().starts_with(['"', '\'']) || value.matches('"').count() == 2)
    {
        let what = "a comment begins with `#`, not with `//`".to_owned();
        return Some((what, format!("write `{bare} = {} # ...`", value.trim())));
    }
    if let Some(value) = value.strip_suffix(';') {
        let what = "nothing stands behind a value, not even `;`".to_owned();
        return Some((what, format!("write `{bare} = {}`", value.trim())));
    }
    let value = if value.starts_with(['"', '\'']) {
        value
    } else {
        value.split('#').next().unwrap_or_default().trim_end()
    };
    if let Some(share) = plain_number(value).filter(|_| value.ends_with('%')) {
        return Some((
            format!("`{value}` is not a value"),
            format!("a share is a number, such as `{bare} = {share}`; a count has no `%`"),
        ));
    }
    if let Some(words) = foreign_date(value) {
        let help = format!("write year, month and day: `{bare} = {words}`");
        return Some((format!("`{value}` is not a date"), help));
    }
    if !value.starts_with(['"', '\'', '[', '{']) && value.ends_with('"') && value.matches('"').count() == 1 {
        let what = "this text has no quote at its beginning".to_owned();
        return Some((what, format!("write `{bare} = \"{value}`")));
    }
    None
}

/// A text as a value: a number, true or false as they are, all else between quotes.
fn as_value(text: &str) -> String {
    let is_value = text.parse::<f64>().is_ok()
        || text == "true"
        || text == "false"
        || text.starts_with(['"', '\'', '[', '{']);
    if is_value {
        text.to_owned()
    } else {
        format!("\"{text}\"")
    }
}

/// A number as it is written elsewhere (`5 %`, `0,5`), as it is written here.
pub(super) fn plain_number(written: &str) -> Option<String> {
    let (number, is_share) = match written.trim().strip_suffix('%') {
        Some(number) => (number, true),
        None => (written, false),
    };
    let number: f64 = number
        .trim()
        .replace(',', ".")
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite())?;
    let number = if is_share {
        libm::round(number * 1e9) / 1e11
    } else {
        number
    };
    Some(number.to_string())
}

/// A date as it is written elsewhere (`03/18/2013`, `18.3.2013`, `2013/03/18`), as it is written here. Where month and day could be
/// either, slashes are read as in the USA and points as in Europe.
pub(super) fn foreign_date(written: &str) -> Option<String> {
    let mark = ['/', '.']
        .into_iter()
        .find(|mark| written.matches(*mark).count() == 2)?;
    let parts: Vec<i16> = written
        .split(mark)
        .map(|part| part.trim().parse().ok())
        .collect::<Option<_>>()?;
    let [one, other, last] = parts[..] else {
        return None;
    };
    let (year, month, day) = if one >= 1000 {
        (one, other, last)
    } else if mark == '.' || one > 12 {
        (last, other, one)
    } else {
        (last, one, other)
    };
    if year < 1000 {
        return None;
    }
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    jiff::civil::Date::new(year, month, day)
        .ok()
        .map(|date| date.to_string())
}
