//! Letters: those that are not shown as themselves, because they steer a terminal or a printer or turn the order of what is read; and
//! the order of names.

use crate::mutant;
use std::borrow::Cow;
use std::cmp::Ordering;

/// Stands where a letter would have steered instead of being shown.
const REPLACEMENT: char = '\u{FFFD}';

/// Does a letter steer instead of being shown? Control characters of ASCII and of Latin 1, separators of lines and paragraphs, and
/// those that turn the direction of writing (Unicode 16.0, section 23.1 and 23.2; UAX #9, section 2). Marks that only say which
/// direction a neighbour has (U+200E, U+200F, U+061C) turn nothing.
pub fn steers(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FFF9}'..='\u{FFFB}')
}

/// A text whose letters are all shown as themselves. Line ends stay.
pub fn shown(text: &str) -> Cow<'_, str> {
    if text.chars().any(|letter| letter != '\n' && steers(letter)) {
        let shown = |letter| match letter {
            '\n' => '\n',
            letter if steers(letter) => REPLACEMENT,
            letter => letter,
        };
        text.chars().map(shown).collect::<String>().into()
    } else {
        text.into()
    }
}

/// A text that may be coloured: as [`shown`], but the sequences of ECMA-48 that only set colours and weights stay.
pub fn coloured(text: &str) -> Cow<'_, str> {
    if mutant::is("letters-steer") || !text.chars().any(|letter| letter != '\n' && steers(letter)) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\x1b') {
        let (before, from) = rest.split_at(at);
        out.push_str(&shown(before));
        let length = style_length(from);
        match length {
            Some(length) => out.push_str(&from[..length]),
            None => out.push(REPLACEMENT),
        }
        rest = &from[length.unwrap_or(1)..];
    }
    out.push_str(&shown(rest));
    out.into()
}

/// The length of the sequence at the beginning of a text, if it is one that sets colours and weights: `ESC [ 1 ; 31 m`.
fn style_length(text: &str) -> Option<usize> {
    let numbers = text.strip_prefix("\x1b[")?;
    let end = numbers.find(|letter: char| !letter.is_ascii_digit() && letter != ';')?;
    numbers[end..].starts_with('m').then_some(end + 3)
}

/// The order of two names in their normal shape, capitals counting as small letters.
pub fn compare(one: &str, other: &str) -> Ordering {
    if one.is_ascii() && other.is_ascii() {
        return one
            .bytes()
            .map(|byte| byte.to_ascii_lowercase())
            .cmp(other.bytes().map(|byte| byte.to_ascii_lowercase()));
    }
    one.to_lowercase().cmp(&other.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_is_replaced_and_line_ends_stay() {
        assert_eq!(shown("plain\ntext ä שלום"), "plain\ntext ä שלום");
        assert_eq!(
            shown("a\x1b[31mRED\x07\r\u{9b}31m\u{202e}b\tc"),
            "a�[31mRED���31m�b�c"
        );
    }

    #[test]
    fn colours_stay_and_nothing_else_does() {
        let text = "\x1b[1;31mred\x1b[0m\n";
        assert_eq!(coloured(text), text);
        assert_eq!(coloured("\x1b]0;title\x07\x1b[2Jx\x1b"), "�]0;title��[2Jx�");
        assert_eq!(coloured("\x1b[31"), "�[31");
    }
}
