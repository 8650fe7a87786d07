//! Faults found in input files, and how they are shown.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, Range};
use std::sync::Arc;

use crate::letters;
use crate::plan::check::grouped;
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
    text: Arc<String>,
    /// Where its lines begin.
    lines: Vec<usize>,
    /// How many errors, and how many warnings, are shown.
    shown: usize,
    /// More faults than these that say the same of other lines are shown as some examples and a count.
    alike: usize,
}

/// How many errors, and how many warnings, of one text are shown; the others are only counted.
const SHOWN: usize = 100;
/// More than these that are alike are gathered.
const ALIKE: usize = 20;
/// How many of those are shown.
const EXAMPLES: usize = 3;

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
        self.add_shared(path, Arc::new(text.into()))
    }

    /// [`Sources::add`], for a text that somebody else holds, too.
    pub fn add_shared(&mut self, path: impl Into<String>, text: Arc<String>) -> usize {
        let path = letters::shown(&path.into()).replace('\\', "/");
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0).chain(ends.map(|(end, _)| end + 1)).collect();
        self.list.push(Source {
            path,
            text,
            lines,
            shown: SHOWN,
            alike: ALIKE,
        });
        self.list.len() - 1
    }

    /// Shows at most so many errors, and so many warnings, of this text, and of more than so many that are alike some examples; the
    /// others are only counted.
    pub fn show_at_most(&mut self, file: usize, faults: usize, alike: usize) {
        (self.list[file].shown, self.list[file].alike) = (faults, alike);
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
            number: self.list[place.file].lines.partition_point(|&line| line <= start),
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
    /// Is it about how the file is written, not about what it says?
    is_syntax: bool,
}

/// Collects faults.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    list: Vec<Fault>,
    /// Stretches of files that hold a syntax fault: what they seem to say is not to be believed.
    damaged: Vec<Place>,
    /// Is a file lost from some place on? Then nothing is said of what the files mean.
    is_lost: bool,
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
            is_syntax: false,
        });
    }

    /// Adds an error about how a file is written.
    pub(super) fn syntax(&mut self, place: Place, what: String, help: String) {
        self.push(Fault {
            severity: Severity::Error,
            place: Some(place),
            key: String::new(),
            what,
            help,
            is_syntax: true,
        });
    }

    /// Nothing is to be said of what this stretch of a file means.
    pub(super) fn damage(&mut self, file: usize, span: Range<usize>) {
        self.damaged.push(Place { file, span });
    }

    /// Nothing is to be said of what the files mean: one of them cannot be understood from some place on.
    pub(super) fn lose(&mut self) {
        self.is_lost = true;
    }

    /// Takes back that a key is missing: another fault says what stands in its place.
    pub(super) fn withdraw_missing(&mut self, key: &str) {
        self.list
            .retain(|fault| fault.key != key || !fault.what.starts_with("missing "));
    }

    /// Is this fault only what follows from a syntax fault?
    fn follows(&self, fault: &Fault) -> bool {
        let is_in = |damaged: &Place| {
            let place = fault.place.as_ref();
            place.is_some_and(|place| place.file == damaged.file && damaged.span.contains(&place.span.start))
        };
        !fault.is_syntax && (self.is_lost || self.damaged.iter().any(is_in))
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
            is_syntax: false,
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
        self.damaged.extend(other.damaged);
        self.is_lost |= other.is_lost;
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
        let mut sorted: Vec<&Fault> = self.list.iter().filter(|fault| !self.follows(fault)).collect();
        sorted.sort_by_key(|fault| order(fault));
        let mut seen = BTreeSet::new();
        sorted.retain(|fault| {
            // What several tables take over from one is faulty once, under whatever key.
            let key = if fault.place.is_some() { "" } else { &fault.key };
            seen.insert((order(fault), fault.severity, key, &fault.what, &fault.help))
        });
        sorted
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
        let mut show = |group: Group<'_>| {
            text.push_str(&renderer.render(&[group]));
            text.push_str("\n\n");
        };
        let faults = self.sorted();
        let mut alike: BTreeMap<(Option<usize>, Severity, String), (usize, usize)> = BTreeMap::new();
        for fault in &faults {
            alike.entry(fault.likeness()).or_default().0 += 1;
        }
        let mut shown: BTreeMap<(usize, Severity), usize> = BTreeMap::new();
        let mut left_out: BTreeMap<(usize, Severity), usize> = BTreeMap::new();
        for fault in &faults {
            let Some(file) = fault.place.as_ref().map(|place| place.file) else {
                show(report(fault, sources));
                continue;
            };
            let source = &sources.list[file];
            let (all, place) = alike.entry(fault.likeness()).or_default();
            *place += 1;
            let is_gathered = *all > source.alike;
            if is_gathered && *place > EXAMPLES {
                continue;
            }
            let count = shown.entry((file, fault.severity)).or_default();
            if *count == source.shown {
                let more = if is_gathered && *place == EXAMPLES {
                    *all + 1 - EXAMPLES
                } else {
                    1
                };
                *left_out.entry((file, fault.severity)).or_default() += more;
                continue;
            }
            *count += 1;
            show(report(fault, sources));
            if is_gathered && *place == EXAMPLES {
                let what = format!(
                    "{}: and {} more like this one",
                    source.path,
                    grouped((*all - EXAMPLES) as u64)
                );
                show(Group::with_title(fault.severity.level().primary_title(what)));
            }
        }
        for ((file, severity), count) in left_out {
            let what = format!("{}: and {} more", sources.path(file), grouped(count as u64));
            show(Group::with_title(severity.level().primary_title(what)));
        }
        let summary = self.summary();
        if !summary.is_empty() {
            text.push_str(&summary);
            text.push('\n');
        }
        text
    }
}

impl Severity {
    fn level<'s>(self) -> Level<'s> {
        match self {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        }
    }
}

impl Fault {
    /// What faults have in common that say the same of other lines: what is quoted and all numbers do not matter.
    fn likeness(&self) -> (Option<usize>, Severity, String) {
        let mut common = String::new();
        let mut is_quoted = false;
        for letter in self.what.chars() {
            match letter {
                '`' => is_quoted = !is_quoted,
                _ if is_quoted || letter.is_ascii_digit() => {}
                _ => common.push(letter),
            }
        }
        (self.place.as_ref().map(|place| place.file), self.severity, common)
    }
}

fn report<'s>(fault: &'s Fault, sources: &'s Sources) -> Group<'s> {
    let level = fault.severity.level();
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
