//! Faults found in input files, and how they are shown.

use std::collections::BTreeMap;
use std::ops::{Deref, Range};

use crate::letters;
use annotate_snippets::renderer::{AnsiColor, Style};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// A stretch of one of the texts read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Which text: an index into [`Sources`].
    pub file: usize,
    /// The bytes concerned.
    pub span: Range<usize>,
}

/// A value together with where it was written and the key it was written under.
#[derive(Debug, Clone, PartialEq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub place: Place,
    /// The dotted path of its key.
    pub key: String,
}

impl<T> Located<T> {
    /// The same place with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Located<U> {
        Located {
            value: change(self.value),
            place: self.place,
            key: self.key,
        }
    }
}

impl<T> Deref for Located<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

#[derive(Debug, Clone)]
struct Source {
    path: String,
    text: String,
    shown: usize,
}

/// The texts read, in the order they were read.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    list: Vec<Source>,
}

impl Sources {
    /// No texts yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text and gives its index. The path is only shown, with forward slashes on every system.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<String>) -> usize {
        let path = letters::shown(&path.into()).replace('\\', "/");
        self.list.push(Source {
            path,
            text: text.into(),
            shown: usize::MAX,
        });
        self.list.len() - 1
    }

    /// Shows at most so many errors, and so many warnings, of this text; the others are only counted.
    pub fn show_at_most(&mut self, file: usize, faults: usize) {
        self.list[file].shown = faults;
    }

    /// The path of a text as shown.
    pub fn path(&self, file: usize) -> &str {
        &self.list[file].path
    }

    /// A text.
    pub fn text(&self, file: usize) -> &str {
        &self.list[file].text
    }

    /// The line, counted from 1, on which a place begins.
    pub fn line(&self, place: &Place) -> usize {
        self.excerpt(place).number
    }

    /// A place as `path:line`.
    pub fn describe(&self, place: &Place) -> String {
        format!("{}:{}", self.path(place.file), self.line(place))
    }

    /// The line a place begins on, and the part of that line it covers.
    fn excerpt(&self, place: &Place) -> Excerpt<'_> {
        let text = self.text(place.file);
        let mut at = boundary(text, place.span.start, -1);
        // Past the end of the last line: point at the end of that line instead of an empty one.
        if at == text.len() && text.ends_with('\n') {
            at = text.trim_end_matches(['\r', '\n']).len();
        }
        let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let end = text[at..].find('\n').map_or(text.len(), |newline| at + newline);
        let line = text[start..end].trim_end_matches('\r');
        let from = (at - start).min(line.len());
        let to = boundary(line, place.span.end.saturating_sub(start), 1).clamp(from, line.len());
        Excerpt {
            number: text[..start].matches('\n').count() + 1,
            line,
            span: from..to,
        }
    }
}

/// The character boundary nearest to a position, in the direction given.
fn boundary(text: &str, at: usize, step: isize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at = at.saturating_add_signed(step);
    }
    at
}

struct Excerpt<'s> {
    number: usize,
    line: &'s str,
    span: Range<usize>,
}

/// How bad a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The input cannot be used.
    Error,
    /// The input can be used, but probably does not say what was meant.
    Warning,
}

/// Something wrong in an input file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Whether the input can still be used.
    pub severity: Severity,
    /// Where it is, if it is anywhere.
    pub place: Option<Place>,
    /// The dotted path of the key concerned, or the row and column; empty if neither applies.
    pub key: String,
    /// What is wrong.
    pub what: String,
    /// What to write instead; may be empty.
    pub help: String,
}

/// Collects faults.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    list: Vec<Fault>,
}

impl Faults {
    /// No faults yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a fault.
    pub fn push(&mut self, fault: Fault) {
        self.list.push(fault);
    }

    /// Adds an error.
    pub fn error(
        &mut self,
        place: Option<Place>,
        key: impl Into<String>,
        what: impl Into<String>,
        help: impl Into<String>,
    ) {
        let (key, what, help) = (key.into(), what.into(), help.into());
        self.push(Fault {
            severity: Severity::Error,
            place,
            key,
            what,
            help,
        });
    }

    /// Adds a warning.
    pub fn warning(
        &mut self,
        place: Option<Place>,
        key: impl Into<String>,
        what: impl Into<String>,
        help: impl Into<String>,
    ) {
        let (key, what, help) = (key.into(), what.into(), help.into());
        self.push(Fault {
            severity: Severity::Warning,
            place,
            key,
            what,
            help,
        });
    }

    /// Adds an error about a value read earlier.
    pub fn error_at<T>(&mut self, value: &Located<T>, what: impl Into<String>, help: impl Into<String>) {
        self.error(Some(value.place.clone()), value.key.clone(), what, help);
    }

    /// Adds a warning about a value read earlier.
    pub fn warning_at<T>(&mut self, value: &Located<T>, what: impl Into<String>, help: impl Into<String>) {
        self.warning(Some(value.place.clone()), value.key.clone(), what, help);
    }

    /// Takes over the faults of another collector.
    pub fn extend(&mut self, other: Faults) {
        self.list.extend(other.list);
    }

    /// Whether nothing at all was found.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether the input cannot be used.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|fault| fault.severity == Severity::Error)
    }

    /// The faults by file and position, each once; those without a place come last.
    pub fn sorted(&self) -> Vec<&Fault> {
        let order = |fault: &Fault| {
            fault
                .place
                .as_ref()
                .map_or((usize::MAX, 0), |place| (place.file, place.span.start))
        };
        let mut faults: Vec<&Fault> = Vec::with_capacity(self.list.len());
        let mut sorted: Vec<&Fault> = self.list.iter().collect();
        sorted.sort_by_key(|fault| order(fault));
        for fault in sorted {
            let here = faults
                .iter()
                .rev()
                .take_while(|earlier| order(earlier) == order(fault));
            if !here.into_iter().any(|earlier| *earlier == fault) {
                faults.push(fault);
            }
        }
        faults
    }

    /// The last line of a rendering, such as `3 errors, 1 warning`; empty if there are no faults.
    pub fn summary(&self) -> String {
        let faults = self.sorted();
        let count = |severity: Severity, name: &str| {
            let count = faults.iter().filter(|fault| fault.severity == severity).count();
            match count {
                0 => None,
                1 => Some(format!("1 {name}")),
                _ => Some(format!("{count} {name}s")),
            }
        };
        let parts = [
            count(Severity::Error, "error"),
            count(Severity::Warning, "warning"),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// Shows every fault with the line it is on, then counts them.
    ///
    /// The text is the same on every system and in every terminal; with `colour` it carries ANSI escapes.
    pub fn render(&self, sources: &Sources, colour: bool) -> String {
        let renderer = if colour { coloured() } else { Renderer::plain() };
        let mut text = String::new();
        let mut seen: BTreeMap<(usize, Severity), usize> = BTreeMap::new();
        let faults = self.sorted();
        let total = |file: usize, severity: Severity| {
            let same = |fault: &&&Fault| {
                fault.severity == severity && fault.place.as_ref().is_some_and(|place| place.file == file)
            };
            faults.iter().filter(same).count()
        };
        for fault in &faults {
            let level = match fault.severity {
                Severity::Error => Level::ERROR,
                Severity::Warning => Level::WARNING,
            };
            let mut more = None;
            if let Some(place) = &fault.place {
                let count = seen.entry((place.file, fault.severity)).or_insert(0);
                *count += 1;
                let shown = sources.list[place.file].shown;
                if *count == shown.saturating_add(1) {
                    let rest = total(place.file, fault.severity) - shown;
                    more = Some(format!(
                        "{}: and {rest} more like these",
                        sources.path(place.file)
                    ));
                } else if *count > shown {
                    continue;
                }
            }
            let group = match more {
                Some(more) => Group::with_title(level.primary_title(more)),
                None => report(fault, level, sources),
            };
            text.push_str(&renderer.render(&[group]));
            text.push_str("\n\n");
        }
        let summary = self.summary();
        if !summary.is_empty() {
            text.push_str(&summary);
            text.push('\n');
        }
        text
    }
}

fn report<'s>(fault: &'s Fault, level: Level<'s>, sources: &'s Sources) -> Group<'s> {
    let mut group = Group::with_title(level.primary_title(letters::shown(&fault.what)));
    if let Some(place) = &fault.place {
        let excerpt = sources.excerpt(place);
        let snippet = Snippet::source(excerpt.line)
            .path(sources.path(place.file))
            .line_start(excerpt.number);
        group = group.element(snippet.annotation(AnnotationKind::Primary.span(excerpt.span)));
    }
    if !fault.key.is_empty() {
        group = group.element(Level::NOTE.with_name("key").message(letters::shown(&fault.key)));
    }
    if !fault.help.is_empty() {
        group = group.element(Level::HELP.message(letters::shown(&fault.help)));
    }
    group
}

/// Colours fixed here, since the renderer's own ones differ between systems.
fn coloured() -> Renderer {
    let bold = |colour: AnsiColor| colour.on_default().bold();
    Renderer::styled()
        .hyperlink(false)
        .error(bold(AnsiColor::BrightRed))
        .warning(bold(AnsiColor::Yellow))
        .note(bold(AnsiColor::BrightGreen))
        .help(bold(AnsiColor::BrightCyan))
        .line_num(bold(AnsiColor::BrightBlue))
        .context(bold(AnsiColor::BrightBlue))
        .emphasis(Style::new().bold())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_without_a_place_is_a_title_with_its_key() {
        let mut faults = Faults::new();
        faults.error(
            None,
            "runs",
            "`--runs` is 0; it must be at least 1",
            "write `--runs 100`",
        );
        let expected = "error: `--runs` is 0; it must be at least 1\n\
                        \x20|\n = key: runs\n = help: write `--runs 100`\n\n1 error\n";
        assert_eq!(faults.render(&Sources::new(), false), expected);
    }

    #[test]
    fn faults_come_by_file_and_position_each_once() {
        let mut sources = Sources::new();
        let first = sources.add("dir\\a.toml", "x = 1\r\ny = \"é\"\r\n");
        let second = sources.add("b.toml", "z = 1\n");
        let mut faults = Faults::new();
        faults.warning(
            Some(Place {
                file: second,
                span: 0..1,
            }),
            "z",
            "odd",
            "",
        );
        faults.error(None, "", "nowhere", "");
        faults.error(
            Some(Place {
                file: first,
                span: 11..15,
            }),
            "y",
            "bad",
            "",
        );
        faults.error(
            Some(Place {
                file: first,
                span: 11..15,
            }),
            "y",
            "bad",
            "",
        );
        let shown = faults.render(&sources, false);
        let expected = "\
error: bad
 --> dir/a.toml:2:5
  |
2 | y = \"é\"
  |     ^^^
  |
  = key: y

warning: odd
 --> b.toml:1:1
  |
1 | z = 1
  | ^
  |
  = key: z

error: nowhere

2 errors, 1 warning
";
        assert_eq!(shown, expected);
        assert!(faults.has_errors());
        assert_eq!(
            sources.describe(&Place {
                file: first,
                span: 11..15
            }),
            "dir/a.toml:2"
        );
    }

    #[test]
    fn a_place_over_several_lines_shows_the_first() {
        let mut sources = Sources::new();
        let file = sources.add("a.toml", "x = [\n  1,\n]\n");
        let mut faults = Faults::new();
        faults.warning(Some(Place { file, span: 4..13 }), "", "long", "");
        faults.warning(Some(Place { file, span: 14..14 }), "", "end", "");
        let expected = "\
warning: long
 --> a.toml:1:5
  |
1 | x = [
  |     ^

warning: end
 --> a.toml:3:2
  |
3 | ]
  |  ^

2 warnings
";
        assert_eq!(faults.render(&sources, false), expected);
    }

    #[test]
    fn colours_change_nothing_but_escapes() {
        let mut sources = Sources::new();
        let file = sources.add("a.toml", "x = 1\n");
        let mut faults = Faults::new();
        faults.error(Some(Place { file, span: 4..5 }), "x", "bad", "write 2");
        let plain = anstream::adapter::strip_str(&faults.render(&sources, true)).to_string();
        assert_eq!(plain, faults.render(&sources, false));
        assert_ne!(faults.render(&sources, true), plain);
    }
}
