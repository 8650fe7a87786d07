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

/// The syntax faults that are told of those that the parser found, of which only the places are asked: what a fault is, the
/// text tells.
pub(super) fn faults(text: &str, outline: &Outline, errors: &[Range<usize>]) -> Found {
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
fn first_of_lines(text: &str, errors: &[Range<usize>]) -> Vec<(Range<usize>, SyntaxFault)> {
    let mut sorted: Vec<&Range<usize>> = errors.iter().collect();
    sorted.sort_by_key(|span| span.start);
    let mut found: Vec<(Range<usize>, SyntaxFault)> = Vec::new();
    for span in sorted {
        let start = text[..span.start].rfind('\n').map_or(0, |newline| newline + 1);
        if found.last().is_some_and(|(line, _)| line.start == start) && !mutant::is("faults-follow") {
            continue;
        }
        let end = text[span.start..]
            .find('\n')
            .map_or(text.len(), |newline| span.start + newline);
        let line = &text[start..end];
        let (what, help) = words(&text[..start], &text[span.clone()], line, span.start - start);
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
fn repeated_table(text: &str, headers: &[Header], errors: &[Range<usize>]) -> Option<SyntaxFault> {
    let repeated = |header: &&Header| {
        let is_here = |span: &Range<usize>| header.span.contains(&span.start);
        // In a header that is one, nothing else can be wrong.
        is_sound_header(&text[header.span.clone()]) && errors.iter().any(is_here)
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

/// What a syntax fault is, as the text itself tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fault {
    /// A key without `=` and a value.
    NoValue,
    /// `key =` and nothing.
    Missing,
    /// A word that is no value.
    Unquoted,
    /// A key, or the table of a header, that is there already.
    Repeated,
    /// Two elements without a comma between them.
    NoComma,
    /// A header that is none.
    Header,
    /// An array or a table in braces that ends on no line.
    Unclosed(char),
    /// Something like `True`.
    Truth,
    /// A number like 007.
    LeadingZero,
    /// A date that is none.
    Date,
    /// A time of day that is none.
    Time,
    /// Text without its last quote.
    OpenText,
    /// A backslash between double quotes that begins nothing.
    Escape,
    /// Something behind a value.
    Behind,
    /// A key with a sign that no key has, or none at all.
    Key,
    /// A key in braces without `=` behind it.
    NoEquals,
    /// A sign where a value should begin.
    Sign,
    /// A number without digits on one side of its point, or with other letters.
    Number,
    /// A sound line that cannot be read where it stands.
    Other,
}

/// Where a line is cut: the key, and what stands behind its `=`, with where that begins.
fn parts(line: &str) -> Option<(&str, &str, usize)> {
    let mut quote = None;
    for (at, letter) in line.char_indices() {
        match (quote, letter) {
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            (None, '=') => return Some((&line[..at], &line[at + 1..], at + 1)),
            (None, '#') => return None,
            _ => {}
        }
    }
    None
}

/// Is this a key, or several with points between them, with nothing else?
fn is_key(text: &str) -> bool {
    let is_part = |part: &str| {
        let part = part.trim();
        let is_bare = !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
        let is_quoted = part.len() > 1
            && ((part.starts_with('"') && part.ends_with('"'))
                || (part.starts_with('\'') && part.ends_with('\'')));
        is_bare || is_quoted
    };
    // Points inside quotes are rare enough to be read as those between keys.
    text.split('.').all(is_part) || is_part(text)
}

/// Is a line a header in which every sign is in its place?
fn is_sound_header(line: &str) -> bool {
    let line = line.split('#').next().unwrap_or_default().trim();
    let inner = match line.strip_prefix("[[") {
        Some(inner) => inner.strip_suffix("]]"),
        None => line.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')),
    };
    inner.is_some_and(is_key)
}

/// How long the value at the beginning of a text is, if it is one that is complete.
fn complete(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    match first {
        '"' | '\'' => {
            let mut escaped = false;
            for (at, letter) in text.char_indices().skip(1) {
                match letter {
                    _ if escaped => escaped = false,
                    '\\' if first == '"' => escaped = true,
                    letter if letter == first => return Some(at + 1),
                    _ => {}
                }
            }
            None
        }
        '[' | '{' => {
            let mut depth = 0;
            let mut quote = None;
            for (at, letter) in text.char_indices() {
                match (quote, letter) {
                    (Some(open), letter) if open == letter => quote = None,
                    (Some(_), _) => {}
                    (None, '"' | '\'') => quote = Some(letter),
                    (None, '[' | '{') => depth += 1,
                    (None, ']' | '}') => depth -= 1,
                    _ => {}
                }
                if depth == 0 && quote.is_none() {
                    return Some(at + letter.len_utf8());
                }
            }
            None
        }
        _ => {
            let length = text
                .find([' ', '\t', ',', '[', ']', '{', '}', '#', '='])
                .unwrap_or(text.len());
            (length > 0).then_some(length)
        }
    }
}

/// The word around a place: up to what cannot be part of a value that is one word.
fn word(line: &str, at: usize) -> &str {
    let ends = |letter: char| " \t,[]{}=#".contains(letter);
    let at = at.min(line.len());
    let start = line[..at].rfind(ends).map_or(0, |before| before + 1);
    let end = line[at..].find(ends).map_or(line.len(), |length| at + length);
    line[start..end].trim()
}

/// What the fault of a line is that was found so many bytes behind its beginning, on what is written there; `above` is the
/// text above the line.
fn kind(above: &str, line: &str, at: usize, written: &str) -> Fault {
    let at = at.min(line.len());
    if is_header(line) {
        return match is_sound_header(line) && !written.is_empty() {
            true => Fault::Repeated,
            false => Fault::Header,
        };
    }
    let Some((key, value, begins)) = parts(line) else {
        let is_text = line.trim_start().starts_with(['"', '\'']);
        let is_closed = complete(line.trim()).is_some();
        return match is_text && !is_closed {
            true => Fault::OpenText,
            false if line.trim().chars().any(|letter| letter.is_alphanumeric()) => Fault::NoValue,
            false => Fault::Sign,
        };
    };
    if at < begins {
        return match is_key(key) {
            true if is_there(above, key.trim()) => Fault::Repeated,
            true => Fault::Other,
            false => Fault::Key,
        };
    }
    if value.split('#').next().unwrap_or_default().trim().is_empty() {
        return Fault::Missing;
    }
    in_value(line, begins, at, written)
}

/// Is a key written already in the table that a text ends with?
fn is_there(above: &str, key: &str) -> bool {
    let lines = above.lines().rev().take_while(|line| !is_header(line));
    let mut keys = lines.filter_map(parts);
    keys.any(|(other, ..)| other.trim() == key || key.split('.').next() == Some(other.trim()))
}

/// What the fault of a value is, which begins at `begins`.
fn in_value(line: &str, begins: usize, at: usize, written: &str) -> Fault {
    let value = line[begins..].trim_start();
    let start = line.len() - value.len();
    let value = value.trim_end();
    let (before, behind) = (line[..at].trim_end(), line[at..].trim());
    if value.starts_with(['[', '{']) && at > start {
        if let Some(fault) = inside(value, before, behind) {
            return fault;
        }
    } else if complete(value).is_some_and(|length| at >= start + length && value.len() > length) {
        return Fault::Behind;
    }
    let word = word(line, at);
    let lower = word.to_lowercase();
    let number = word.trim_start_matches(['+', '-']);
    let begins_with_digit =
        |text: &str| text.starts_with(|letter: char| letter.is_ascii_digit() || letter == '_');
    let is_date = number.len() >= 5
        && number.as_bytes()[4] == b'-'
        && number.as_bytes()[..4].iter().all(u8::is_ascii_digit);
    let is_open = |quote: char| before.matches(quote).count() % 2 == 1;
    if written.starts_with(['"', '\'']) && complete(written).is_none() {
        Fault::OpenText
    } else if is_open('"') {
        match behind.contains('"') || written.contains('\\') || before.ends_with('\\') {
            true => Fault::Escape,
            false => Fault::OpenText,
        }
    } else if is_open('\'') {
        Fault::OpenText
    } else if lower == "true" || lower == "false" {
        Fault::Truth
    } else if is_date {
        Fault::Date
    } else if begins_with_digit(number)
        && number.contains(':')
        && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b':')
    {
        Fault::Time
    } else if number.starts_with('0') && begins_with_digit(&number[1..]) {
        Fault::LeadingZero
    } else if !number.is_empty()
        && !written.contains(' ')
        && number
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"._eE+-".contains(&byte))
    {
        Fault::Number
    } else if word.is_empty() {
        Fault::Sign
    } else {
        Fault::Unquoted
    }
}

/// What is wrong between the brackets of a value, in front of one place and behind another.
fn inside(value: &str, before: &str, behind: &str) -> Option<Fault> {
    let is_table = value.starts_with('{');
    let last = before.rfind(['{', '[', ',']).map_or(0, |at| at + 1);
    let (opened, segment) = (before[..last].chars().last(), before[last..].trim());
    let is_of_table = is_table && opened != Some('[');
    if behind.is_empty() || behind.starts_with('#') {
        return complete(value)
            .is_none()
            .then(|| Fault::Unclosed(value.chars().next().unwrap_or('[')));
    }
    if is_of_table && !segment.contains('=') {
        // In front of the `=` of a pair.
        return Some(match segment.is_empty() || !is_key(segment) {
            true => Fault::Key,
            false
                if behind.starts_with(['"', '\'', '[', '{'])
                    || behind.starts_with(|c: char| c.is_ascii_digit()) =>
            {
                Fault::NoEquals
            }
            false => Fault::Key,
        });
    }
    if segment.ends_with('=') && behind.starts_with([',', '}', ']']) {
        return Some(Fault::Missing);
    }
    let ends_element = !segment.ends_with('=')
        && before.ends_with(|letter: char| letter.is_alphanumeric() || "\"'])}".contains(letter));
    let is_apart = !before.ends_with(|letter: char| letter.is_alphanumeric())
        || !behind.starts_with(|letter: char| letter.is_alphanumeric());
    (ends_element && is_apart && !behind.starts_with([',', ']', '}'])).then_some(Fault::NoComma)
}

/// The words for a syntax fault: what is wrong, and what to write. The fault begins `at` so many bytes of its line.
fn words(above: &str, written: &str, line: &str, at: usize) -> (String, String) {
    let written = written.trim();
    if let Some(words) = of_letters(line, at) {
        return words;
    }
    let fixed = |what: &str, help: &str| (what.to_owned(), help.to_owned());
    let token =
        match written.is_empty() || !line[..at.min(line.len())].ends_with([' ', '\t', '[', '{', ',', '=']) {
            true => word(line, at),
            false => written,
        };
    match kind(above, line, at, written) {
        Fault::Missing => fixed("a value is missing here", "write a value after `=`"),
        Fault::Unquoted => {
            let help = match token.to_lowercase().as_str() {
                "yes" | "on" => "write `true`, or put text between quotes".to_owned(),
                "no" | "off" => "write `false`, or put text between quotes".to_owned(),
                _ if token.contains('\\') => format!(
                    "write it between quotes, with `/`: `\"{}\"`",
                    token.replace('\\', "/")
                ),
                _ => format!(
                    "write it between quotes: `\"{}\"`",
                    token.trim_matches(['"', '\''])
                ),
            };
            let what = format!("`{token}` is not a value; text must stand between quotes");
            (what, help)
        }
        Fault::Key => fixed(
            "a key is expected here",
            "write letters, digits, `-` and `_`, then `=` and a value; other keys stand between quotes",
        ),
        Fault::NoEquals => fixed("between a key and its value stands `=`", "write `key = value`"),
        Fault::Sign => {
            let sign: String = line[at.min(line.len())..].trim_start().chars().take(1).collect();
            match sign.is_empty() {
                true => fixed("a value is missing here", "write a value after `=`"),
                false => (
                    format!("`{sign}` cannot stand here"),
                    "leave it out, or put text between quotes".to_owned(),
                ),
            }
        }
        Fault::Number => {
            let what = format!("`{token}` is not a number");
            (
                what,
                "write digits, and on both sides of a point: `0.5`, `1e6`".to_owned(),
            )
        }
        Fault::NoValue => fixed("a key without a value", "write `key = value`"),
        Fault::Repeated => {
            let help = "keep one of the two; to list several tables write `[[name]]`";
            (format!("`{written}` {REPEATED}"), help.to_owned())
        }
        Fault::NoComma => fixed("a comma is missing before this", "write `,` between the elements"),
        Fault::Header => header(line, written),
        Fault::Unclosed('{') => fixed("this table is never closed", "end it with `}`"),
        Fault::Unclosed(_) => fixed("this array is never closed", "end it with `]`"),
        Fault::Truth => {
            let what = format!("`{token}` is not a value");
            (what, "write `true` or `false`, in small letters".to_owned())
        }
        Fault::LeadingZero => fixed(
            "a number must not begin with a zero",
            "leave out the leading zeros",
        ),
        Fault::Date => {
            let what = format!("`{token}` is not a date");
            (what, "write year, month and day, such as `2025-03-10`".to_owned())
        }
        Fault::Time => {
            let what = format!("`{token}` is not a time of day");
            (what, "write hours and minutes, such as `08:30`".to_owned())
        }
        Fault::OpenText => fixed(
            "this text is never closed",
            "end it with the quote it begins with",
        ),
        Fault::Escape => {
            let what = "a backslash between double quotes begins a special character".to_owned();
            let value = line.split_once('=').map_or(line, |(_, value)| value).trim();
            let help = match value.split('"').nth(1) {
                Some(path) if value.starts_with('"') => {
                    format!("write `/` in paths: `\"{}\"`", path.replace('\\', "/"))
                }
                _ => "write `/` in paths, and `\\\\` for one backslash".to_owned(),
            };
            (what, help)
        }
        Fault::Behind => {
            let what = "something follows the value on the same line".to_owned();
            let decimal = line.split_once('=').and_then(|(key, value)| {
                let value = value.split('#').next().unwrap_or_default();
                let (whole, fraction) = value.trim().split_once(',')?;
                let is_number = |part: &str| part.parse::<u64>().is_ok();
                (is_number(whole) && is_number(fraction))
                    .then(|| format!("{} = {whole}.{fraction}", key.trim()))
            });
            let help = match decimal {
                Some(written) => format!("write decimal numbers with a point: `{written}`"),
                None => "write one key a line".to_owned(),
            };
            (what, help)
        }
        Fault::Other => fixed(
            "something in front of this is not closed",
            "close the list, the table in braces or the text that is open above",
        ),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of a line between two sound ones.
    fn said(line: &str) -> (String, String) {
        let text = format!("a = 1\n{line}\nz = 2\n");
        let (_, errors) = toml::de::DeTable::parse_recoverable(&text);
        let errors: Vec<Range<usize>> = errors.iter().map(|error| error.span().unwrap_or(0..0)).collect();
        let found = faults(&text, &Outline::of(&text), &errors).faults;
        let first = found
            .into_iter()
            .next()
            .unwrap_or_else(|| panic!("`{line}` is sound"));
        (first.what, first.help)
    }

    #[test]
    fn the_text_tells_what_is_wrong_with_it() {
        for (line, what) in [
            ("front%_ends = 2", "a key is expected here"),
            ("name. = \"x\"", "a key is expected here"),
            ("start == 5", "`=` cannot stand here"),
            ("start = ]5", "`]` cannot stand here"),
            ("share = .5", "`.5` is not a number"),
            ("hours = 4.", "`4.` is not a number"),
            ("hit = [0, 0, ., 0]", "`.` is not a number"),
            (
                "size = 500yes",
                "`500yes` is not a value; text must stand between quotes",
            ),
            (
                "clients = { one = 0.7, two  0.3 }",
                "between a key and its value stands `=`",
            ),
            (
                "weeks = 14 15",
                "`14 15` is not a value; text must stand between quotes",
            ),
            ("weeks = 0510", "a number must not begin with a zero"),
            ("on = True", "`True` is not a value"),
            ("day = 2013-13-01", "`2013-13-01` is not a date"),
            ("at = 25:00:00", "`25:00:00` is not a time of day"),
            ("names = [\"a\" \"b\"]", "a comma is missing before this"),
            (
                "path = \"C:\\new folder\\x\"",
                "a backslash between double quotes begins a special character",
            ),
            ("a = 2", "`a` is written twice"),
            ("word", "a key without a value"),
            ("size =", "a value is missing here"),
            ("\"size", "this text is never closed"),
        ] {
            let found = said(line);
            assert_eq!(found.0, what, "{line}");
            assert!(!found.1.is_empty(), "{line}");
        }
    }

    #[test]
    fn no_words_of_another_crate_are_told() {
        let signs = [
            "\"", "=", "[", "]", "{", "}", ",", "#", " ", "'", "\\", "x", "0", ".", "-", ":", "é", "|",
        ];
        let mut state = 5_u64;
        let mut below = |n: usize| {
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            (state >> 33) as usize % n
        };
        for _ in 0..5000 {
            let mut line: Vec<char> = "pass = { low = 0.5, names = [\"a\", \"b\"] }".chars().collect();
            for _ in 0..=below(3) {
                let at = below(line.len());
                line.splice(at..at + below(2), signs[below(signs.len())].chars());
            }
            let line: String = line.into_iter().collect();
            let text = format!("a = 1\n{line}\nz = 2\n");
            let (_, errors) = toml::de::DeTable::parse_recoverable(&text);
            let spans: Vec<Range<usize>> = errors.iter().map(|error| error.span().unwrap_or(0..0)).collect();
            for fault in faults(&text, &Outline::of(&text), &spans).faults {
                assert!(
                    errors.iter().all(|error| error.message() != fault.what),
                    "{line}: {}",
                    fault.what
                );
                assert!(!fault.help.is_empty(), "{line}");
            }
        }
    }
}
