//! Columns of the tables of results, declared once: key, what it holds, unit and meaning. From a declaration come the headers of
//! files, formats and notes of the workbook, and the tables of the manual.

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    /// The name of something in the scenario, or of a metric.
    Name,
    /// Words.
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    /// True or false.
    Truth,
    /// A whole number.
    Whole,
    /// A number.
    Number,
    /// A number from 0 to 1.
    Share,
    /// A date, as 2013-04-15.
    Date,
    /// Hexadecimal digits.
    Digest,
}

/// What a column holds, in which unit, and whether always.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Kind {
    /// What it holds.
    pub what: What,
    /// The unit; empty where there is none, or where another column says it.
    pub unit: &'static str,
    /// May a cell be empty?
    pub may_be_empty: bool,
}

/// The name of something.
pub(super) const NAME: Kind = Kind::of(What::Name);
/// Words.
pub(super) const TEXT: Kind = Kind::of(What::Text);
/// True or false.
pub(super) const TRUTH: Kind = Kind::of(What::Truth);
/// A whole number.
pub(super) const WHOLE: Kind = Kind::of(What::Whole);
/// A number.
pub(super) const NUMBER: Kind = Kind::of(What::Number);
/// A number from 0 to 1.
pub(super) const SHARE: Kind = Kind::of(What::Share);
/// A date.
pub(super) const DATE: Kind = Kind::of(What::Date);
/// Hexadecimal digits.
pub(super) const DIGEST: Kind = Kind::of(What::Digest);

/// One of these words.
pub(super) const fn word(words: &'static [&'static str]) -> Kind {
    Kind::of(What::Word(words))
}

impl Kind {
    const fn of(what: What) -> Kind {
        Kind {
            what,
            unit: "",
            may_be_empty: false,
        }
    }

    /// The same, but a cell may be empty.
    pub(super) const fn or_empty(self) -> Kind {
        Kind {
            may_be_empty: true,
            ..self
        }
    }

    /// The same in this unit.
    pub(super) const fn unit(self, unit: &'static str) -> Kind {
        Kind { unit, ..self }
    }

    /// As the manual says it.
    fn words(self) -> String {
        let mut words = match self.what {
            What::Name => "name".to_string(),
            What::Text => "text".into(),
            What::Word(words) => {
                let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
                words.join(", ")
            }
            What::Truth => "boolean".into(),
            What::Whole => "whole number".into(),
            What::Number => "number".into(),
            What::Share => "share".into(),
            What::Date => "date".into(),
            What::Digest => "hexadecimal digits".into(),
        };
        if !self.unit.is_empty() {
            words.push_str(&format!(", {}", self.unit));
        }
        if self.may_be_empty {
            words.push_str(", may be empty");
        }
        words
    }
}

/// Columns that say something together, such as a mean and the ends of its interval; mostly one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Columns {
    /// Their keys: the headers in files.
    pub keys: &'static [&'static str],
    /// What they hold.
    pub kind: Kind,
    /// What they mean.
    pub meaning: &'static str,
}

/// Declares columns.
pub(super) const fn cols(keys: &'static [&'static str], kind: Kind, meaning: &'static str) -> Columns {
    Columns { keys, kind, meaning }
}

/// A table of results.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Table {
    /// The command that writes it.
    pub command: &'static str,
    /// Its name: its file is `<name>.csv`.
    pub name: &'static str,
    /// Its columns from left to right.
    pub columns: &'static [Columns],
}

impl Table {
    /// Keys of all columns from left to right.
    pub fn keys(&self) -> Vec<&'static str> {
        self.columns
            .iter()
            .flat_map(|group| group.keys)
            .copied()
            .collect()
    }

    /// The declaration of a column by its key.
    pub fn column(&self, key: &str) -> Option<&'static Columns> {
        self.columns.iter().find(|group| group.keys.contains(&key))
    }

    /// The table of columns in the manual, in Markdown.
    pub fn manual(&self) -> String {
        let mut out = String::from("| Column | Type | Meaning |\n|---|---|---|\n");
        for group in self.columns {
            let keys: Vec<String> = group.keys.iter().map(|key| format!("`{key}`")).collect();
            out.push_str(&format!(
                "| {} | {} | {} |\n",
                keys.join(", "),
                group.kind.words(),
                group.meaning
            ));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static THINGS: Table = Table {
        command: "run",
        name: "things",
        columns: &[
            cols(&["count"], WHOLE.unit("people"), "How many"),
            cols(&["low", "high"], NUMBER.or_empty(), "The ends"),
            cols(&["word"], word(&["a", "b"]), "Which"),
        ],
    };

    #[test]
    fn headers_and_manual_come_from_the_same_declaration() {
        assert_eq!(THINGS.keys(), ["count", "low", "high", "word"]);
        assert_eq!(THINGS.column("high").map(|group| group.meaning), Some("The ends"));
        assert_eq!(THINGS.column("none"), None);
        assert_eq!(
            THINGS.manual(),
            "| Column | Type | Meaning |\n|---|---|---|\n\
             | `count` | whole number, people | How many |\n\
             | `low`, `high` | number, may be empty | The ends |\n| `word` | `a`, `b` | Which |\n"
        );
    }
}
