//! The parser's tree, turned into the reader's own.

use super::super::fault::{Faults, Place};
use super::{Entry, Node, Value, join, short};
use crate::letters;
use std::ops::Range;
use toml::Spanned;
use toml::de::DeValue;

/// Turns the parser's tree into ours, reporting numbers that do not fit.
pub(super) struct Converter<'c> {
    pub(super) text: &'c str,
    pub(super) file: usize,
    pub(super) damaged: &'c [Range<usize>],
    pub(super) faults: &'c mut Faults,
}

impl Converter<'_> {
    pub(super) fn node(&mut self, value: &DeValue<'_>, span: Range<usize>, path: &str) -> Node {
        let is_damaged = self.damaged.iter().any(|line| line.contains(&span.start));
        let converted = match value {
            // What the parser made of a faulty line is not what was meant.
            value if is_damaged && !matches!(value, DeValue::Array(_) | DeValue::Table(_)) => Value::Invalid,
            DeValue::String(text) => match text.chars().find(|&letter| letters::steers(letter)) {
                None => Value::String(text.clone().into_owned()),
                Some(letter) => self.steering(&span, path, letter),
            },
            DeValue::Integer(integer) => match i64::from_str_radix(integer.as_str(), integer.radix()) {
                Ok(integer) => Value::Integer(integer),
                Err(_) => self.invalid(&span, path, "is too large a number"),
            },
            DeValue::Float(float) => match float.as_str().parse::<f64>() {
                Ok(float) if float.is_finite() => Value::Float(float),
                Ok(_) if float.as_str().contains(|c: char| c.is_ascii_digit()) => {
                    self.invalid(&span, path, "is too large a number")
                }
                _ => self.invalid(&span, path, "is not a finite number"),
            },
            DeValue::Boolean(boolean) => Value::Boolean(*boolean),
            DeValue::Datetime(datetime) => Value::Datetime(*datetime),
            DeValue::Array(array) => {
                let nodes =
                    array
                        .iter()
                        .enumerate()
                        .map(|(index, element): (usize, &Spanned<DeValue<'_>>)| {
                            self.node(element.get_ref(), element.span(), &format!("{path}[{index}]"))
                        });
                Value::Array(nodes.collect())
            }
            DeValue::Table(table) => {
                let mut entries: Vec<Entry> = table
                    .iter()
                    .map(|(key, value)| Entry {
                        key: key.get_ref().clone().into_owned(),
                        span: key.span(),
                        node: self.node(value.get_ref(), value.span(), &join(path, key.get_ref())),
                    })
                    .collect();
                entries.sort_by_key(|entry| entry.span.start);
                Value::Table(entries)
            }
        };
        let inline = self
            .text
            .get(span.clone())
            .is_some_and(|text| text.starts_with('{'));
        Node {
            value: converted,
            file: self.file,
            span,
            inline,
        }
    }

    /// A text with a letter that steers a terminal.
    fn steering(&mut self, span: &Range<usize>, path: &str, letter: char) -> Value {
        let what = format!(
            "`{}` holds a letter that is not shown but steers the terminal (U+{:04X})",
            short(path),
            u32::from(letter)
        );
        let place = Place {
            file: self.file,
            span: span.clone(),
        };
        let written = self.text.get(span.clone()).unwrap_or_default();
        let is_path = ["people", "contacts", "calendar", "list", "profile"].contains(&short(path));
        let help = if is_path
            && written.contains('\\')
            && matches!(letter, '\n' | '\t' | '\r' | '\u{8}' | '\u{c}')
        {
            // `"C:\new"`: between double quotes, a backslash and the letter behind it are one letter.
            format!("write `/` in paths: `{}`", written.replace('\\', "/"))
        } else {
            "leave that letter out".to_owned()
        };
        self.faults.error(Some(place), path, what, help);
        Value::Invalid
    }

    fn invalid(&mut self, span: &Range<usize>, path: &str, what: &str) -> Value {
        let what = format!("`{}` {what}", short(path));
        let place = Place {
            file: self.file,
            span: span.clone(),
        };
        let help = "write an ordinary number, such as `0.5` or `100`";
        self.faults.error(Some(place), path, what, help);
        Value::Invalid
    }
}
