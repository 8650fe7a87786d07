//! Names as people write them: the same name in several shapes.

pub use crate::letters::compare;
use std::borrow::Cow;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Letters that are not seen: they come with what was copied from web pages and chats.
fn is_unseen(letter: char) -> bool {
    matches!(
        letter,
        '\u{AD}' | '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}'
    )
}

/// A name in its normal shape: Unicode normal form C, on one line, without blanks around it and letters that are not seen.
pub fn normal(name: &str) -> Cow<'_, str> {
    let trimmed = name.trim();
    if trimmed.contains(['\n', '\r', '\t']) {
        // Lines of one cell of a spreadsheet.
        let words: Vec<&str> = trimmed
            .split(['\n', '\r', '\t', ' '])
            .filter(|word| !word.is_empty())
            .collect();
        return normal(&words.join(" ")).into_owned().into();
    }
    if trimmed.is_ascii() || (is_nfc(trimmed) && !trimmed.contains(is_unseen)) {
        return trimmed.into();
    }
    let seen: String = trimmed
        .chars()
        .filter(|letter| !is_unseen(*letter))
        .nfc()
        .collect();
    seen.trim().to_owned().into()
}

/// A name in its normal shape and in small letters: what tells one from another.
pub fn folded(name: &str) -> String {
    normal(name).to_lowercase()
}

/// Would a spreadsheet take a name for a formula? Dashes alone stand for nothing and are none.
pub fn is_formula(name: &str) -> bool {
    name.starts_with(['=', '+', '-', '@']) && !name.chars().all(|letter| letter == '-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cmp::Ordering;

    #[test]
    fn one_name_in_several_shapes_is_one() {
        for written in [
            "Zo\u{eb}",
            " zoe\u{308}",
            "ZO\u{cb}\u{200b}",
            "\u{feff}zo\u{eb}\u{a0}",
        ] {
            assert_eq!(folded(written), "zo\u{eb}", "{written:?}");
        }
        assert_eq!(normal("a\u{ad}da"), "ada");
        assert_eq!(normal("ada\r\n  quell\t"), "ada quell");
        assert_eq!(compare("Ada", "ada"), Ordering::Equal);
        assert_eq!(compare("ada", "Ben"), Ordering::Less);
        assert_eq!(compare("Z\u{eb}", "z\u{cb}"), Ordering::Equal);
        assert_eq!(compare("z", "\u{e4}"), Ordering::Less);
    }

    #[test]
    fn formulas_are_told_from_names() {
        for name in ["=1+1", "+49", "-rf", "@sum"] {
            assert!(is_formula(name), "{name}");
        }
        for name in ["ada", "-", "--", "a=b", ""] {
            assert!(!is_formula(name), "{name}");
        }
    }
}
