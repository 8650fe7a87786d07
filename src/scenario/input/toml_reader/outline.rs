//! The outline of a TOML text: its headers and keys, and what is opened and never closed. It is read with less than a parser knows,
//! so that it can be read where a parser is lost.

use std::ops::Range;

/// The header of a table, or of a table of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Header {
    /// Its line, from the first bracket.
    pub(super) span: Range<usize>,
    /// Is it `[[written so]]`?
    pub(super) is_of_list: bool,
    /// The parts of its name.
    pub(super) path: Vec<String>,
}

/// Something opened that is never closed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Unclosed {
    /// Where it is opened.
    pub(super) at: usize,
    /// `[`, `{` or `"` (for `"""` and `'''`).
    pub(super) bracket: char,
    /// Where something begins that cannot stand in it; the end of the text if nothing does.
    pub(super) before: usize,
}

/// What a text holds.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Outline {
    /// All headers, in their order.
    pub(super) headers: Vec<Header>,
    /// How many lines hold a key with `=`.
    pub(super) keys: usize,
    /// How many lines hold anything else: no header, no comment, no part of a value.
    pub(super) odd: usize,
    /// The first line that is an element or the end of a list that is not open, behind a key.
    pub(super) stray: Option<usize>,
    /// The key above it.
    pub(super) key_before: Option<String>,
    /// The first thing that is never closed.
    pub(super) unclosed: Option<Unclosed>,
}

impl Outline {
    /// Reads a text.
    pub(super) fn of(text: &str) -> Outline {
        let mut outline = Outline::default();
        let mut open: Vec<(usize, char)> = Vec::new();
        let mut start = 0;
        while start < text.len() {
            let end = text[start..]
                .find('\n')
                .map_or(text.len(), |length| start + length);
            let line = &text[start..end];
            let begin = start + (line.len() - line.trim_start().len());
            let trimmed = line.trim();
            let is_header = header(trimmed).is_some();
            let is_key = key_length(trimmed).is_some();
            if let Some(&(at, bracket)) = open.last()
                && (is_header || (is_key && bracket == '['))
            {
                outline.unclosed.get_or_insert(Unclosed {
                    at,
                    bracket,
                    before: begin,
                });
                open.clear();
            }
            let mut value = begin..end;
            if open.is_empty() {
                if trimmed.is_empty() || trimmed.starts_with('#') {
                    value.start = end;
                } else if let Some((is_of_list, path)) = header(trimmed) {
                    let span = begin..begin + trimmed.len();
                    outline.headers.push(Header {
                        span,
                        is_of_list,
                        path,
                    });
                    value.start = end;
                } else if let Some(length) = key_length(trimmed).filter(|_| !trimmed.starts_with('{')) {
                    outline.keys += 1;
                    if outline.stray.is_none() {
                        outline.key_before = Some(trimmed[..length - 1].trim().to_owned());
                    }
                    value.start = begin + length;
                } else {
                    if trimmed.starts_with(['{', '}', ']']) && outline.key_before.is_some() {
                        outline.stray.get_or_insert(begin);
                    }
                    outline.odd += 1;
                    value.start = end;
                }
            }
            match brackets(text, value, &mut open) {
                Ok(()) => start = end + 1,
                Err(at) => match text[at + 3..].find(&text[at..at + 3]) {
                    // The rest of the line is behind the closing quotes.
                    Some(length) => {
                        let close = at + 3 + length + 3;
                        let rest = text[close..]
                            .find('\n')
                            .map_or(text.len(), |length| close + length);
                        let _ = brackets(text, close..rest, &mut open);
                        start = rest + 1;
                    }
                    None => {
                        outline.unclosed.get_or_insert(Unclosed {
                            at,
                            bracket: '"',
                            before: text.len(),
                        });
                        return outline;
                    }
                },
            }
        }
        if let Some(&(at, bracket)) = open.first() {
            outline.unclosed.get_or_insert(Unclosed {
                at,
                bracket,
                before: text.len(),
            });
        }
        outline
    }
}

/// Follows the brackets of a part of a line; the start of a text of several lines ends it.
fn brackets(text: &str, part: Range<usize>, open: &mut Vec<(usize, char)>) -> Result<(), usize> {
    let bytes = text.as_bytes();
    let mut at = part.start;
    while at < part.end {
        match bytes[at] {
            b'#' => return Ok(()),
            quote @ (b'"' | b'\'') => {
                let three = [quote; 3];
                if bytes[at..].starts_with(&three) {
                    let inside = &text[at + 3..part.end];
                    match inside.find(&text[at..at + 3]) {
                        Some(length) => at += 3 + length + 2,
                        None => return Err(at),
                    }
                } else {
                    at = closing(bytes, at, part.end);
                }
            }
            bracket @ (b'[' | b'{') => open.push((at, char::from(bracket))),
            b']' | b'}' => {
                open.pop();
            }
            _ => {}
        }
        at += 1;
    }
    Ok(())
}

/// Where a text of one line is closed, or where the line ends.
fn closing(bytes: &[u8], open: usize, end: usize) -> usize {
    let mut at = open + 1;
    while at < end {
        match bytes[at] {
            b'\\' if bytes[open] == b'"' => at += 1,
            byte if byte == bytes[open] => return at,
            _ => {}
        }
        at += 1;
    }
    end
}

/// A header: whether it is of a list, and its parts. One bracket too few at its end does not matter.
fn header(line: &str) -> Option<(bool, Vec<String>)> {
    let inside = line.strip_prefix('[')?;
    let (is_of_list, inside) = match inside.strip_prefix('[') {
        Some(inside) => (true, inside),
        None => (false, inside),
    };
    let name = inside.split(['#', ']']).next()?;
    let parts: Vec<String> = name
        .trim()
        .split('.')
        .map(|part| part.trim().trim_matches(['"', '\'']).to_owned())
        .collect();
    let begins = |part: &String| part.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
    let plain = |part: &String| part.chars().all(|c| c.is_alphanumeric() || "-_ ".contains(c));
    let behind = inside[name.len()..].trim_start_matches([']', ' ', '\t']);
    let ends = behind.is_empty() || behind.starts_with('#');
    (ends && parts.iter().all(begins) && parts.iter().all(plain)).then_some((is_of_list, parts))
}

/// The length of a key with its `=` at the beginning of a line.
fn key_length(line: &str) -> Option<usize> {
    let at = line.find('=')?;
    let key = line[..at].trim();
    let plain = |c: char| c.is_alphanumeric() || "-_.\"' ".contains(c);
    (!key.is_empty() && key.chars().all(plain)).then_some(at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(outline: &Outline) -> Vec<String> {
        let name = |header: &Header| match header.is_of_list {
            true => format!("[[{}]]", header.path.join(".")),
            false => format!("[{}]", header.path.join(".")),
        };
        outline.headers.iter().map(name).collect()
    }

    #[test]
    fn headers_and_keys_are_found_and_values_are_passed_over() {
        let text = "a = 1 # [no]\n[b]\nc = [\n  1, # ]\n  \"]\",\n]\n[[d.e]] # yes\nf = { g = [1] }\nh = \"\"\"\n[no]\n\"\"\"\n[i]\n";
        let outline = Outline::of(text);
        assert_eq!(names(&outline), ["[b]", "[[d.e]]", "[i]"]);
        assert_eq!((outline.keys, outline.odd, outline.unclosed), (4, 0, None));
    }

    #[test]
    fn what_is_never_closed_is_found_where_it_is_opened() {
        for (text, bracket, before) in [
            ("a = [1, 2\nb = 3\n", '[', "b = 3"),
            ("a = [\n  1,\n[b]\nc = 1\n", '[', "[b]"),
            ("a = { b = 1\n[c]\n", '{', "[c]"),
            ("a = [ { b = 1 },\n", '[', ""),
            ("a = \"\"\"text\nb = 1\n", '"', ""),
        ] {
            let unclosed = Outline::of(text).unclosed.unwrap_or_else(|| panic!("{text}"));
            assert_eq!((unclosed.at, unclosed.bracket), (4, bracket), "{text}");
            assert!(text[unclosed.before..].starts_with(before), "{text}");
        }
        let sound = "a = [\n  [1, 2],\n  [3],\n]\nb = { c = [\"x\"], d = { e = 1 } }\n";
        assert_eq!(Outline::of(sound).unclosed, None);
    }
}
