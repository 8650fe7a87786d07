//! A key in words: what it takes, within which limits, what holds without it.

use crate::report::number;
use crate::scenario::keys::{Declared, Form, Need, Notation};

/// What a key takes, with its unit.
pub(super) fn kind(key: &dyn Declared) -> String {
    let with_unit = |kind: String| match key.about().unit {
        "" | "share" => kind,
        unit => format!("{kind}, {unit}"),
    };
    match key.form() {
        Form::Either(one, other) => format!("{}, or {}", with_unit(of(&one)), with_article(&other)),
        form => with_unit(of(&form)),
    }
}

fn of(form: &Form) -> String {
    match form {
        Form::Text => "string".into(),
        Form::Name | Form::NameOf(_) => "name".into(),
        Form::Path => "path".into(),
        Form::Whole(Some(_), _) => "count".into(),
        Form::Whole(None, _) => "whole number".into(),
        Form::Real(low, high) if *low == 0.0 && *high == 1.0 => "share".into(),
        Form::Real(..) => "number".into(),
        Form::Flag => "boolean".into(),
        Form::Words(words) => words
            .iter()
            .map(|word| format!("`{word}`"))
            .collect::<Vec<_>>()
            .join(", "),
        Form::Date => "date".into(),
        Form::Moment => "moment".into(),
        Form::Notation(Notation::Hours) => "hours".into(),
        Form::Notation(Notation::Clock) => "string `hh:mm`".into(),
        Form::Notation(Notation::Offset) => "string `±hh:mm`".into(),
        Form::Notation(Notation::Weekday) => "weekday".into(),
        Form::Notation(Notation::Percent) => "`\"10 %\"`".into(),
        Form::List(inner, least, most) => match (&**inner, most) {
            (Form::Words(_), _) => format!("array of {}", of(inner)),
            (_, Some(most)) if least == most => format!("array of {most} {}", several(inner)),
            _ => format!("array of {}", several(inner)),
        },
        Form::Tuple(places) => {
            let places: Vec<String> = places.iter().map(of).collect();
            format!("[{}]", places.join(", "))
        }
        Form::Either(one, other) => format!("{}, or {}", of(one), with_article(other)),
        Form::Any => "value".into(),
        Form::Table(_) => "table".into(),
        Form::Tables(..) => "array of tables".into(),
    }
}

fn with_article(form: &Form) -> String {
    match form {
        Form::Table(_) => "a table".into(),
        other => of(other),
    }
}

fn several(form: &Form) -> String {
    match form {
        Form::Text => "strings".into(),
        Form::NameOf(_) | Form::Name => "names".into(),
        Form::Tuple(_) => format!("pairs {}", of(form)),
        Form::Either(one, other) => format!("{} or {}", several(one), several(other)),
        Form::Any => "values".into(),
        other => format!("{}s", of(other)),
    }
}

/// A text without the links of the manual: `[people.csv](#people)` is `people.csv`.
pub(super) fn unlinked(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("](#") {
        let (front, behind) = rest.split_at(at);
        let Some((label, end)) = front.rfind('[').zip(behind.find(')')) else {
            break;
        };
        out.push_str(&front[..label]);
        out.push_str(&front[label + 1..]);
        rest = &behind[end + 1..];
    }
    out.push_str(rest);
    out
}

/// The beginning of a meaning, for lists.
pub(super) fn first_sentence(meaning: &str) -> &str {
    let end = meaning.find(". ").or_else(|| meaning.find(": "));
    end.map_or(meaning, |end| &meaning[..end])
}

/// The limits of what a key takes; empty if there are none.
pub(super) fn limits(key: &dyn Declared) -> String {
    let limits = key.about().limits;
    let of_form = range(&key.form());
    match (of_form.as_str(), limits) {
        (range, "") => range.into(),
        ("", limits) => limits.into(),
        (range, limits) => format!("{range}; {limits}"),
    }
}

fn range(form: &Form) -> String {
    let whole = |value: i64| number::whole(value as f64);
    match form {
        Form::Whole(Some(low), Some(high)) if low == high => whole(*low),
        Form::Whole(Some(low), Some(high)) => format!("{} to {}", whole(*low), whole(*high)),
        Form::Whole(Some(low), None) => format!("from {}", whole(*low)),
        Form::Real(low, high) if (*low, *high) == (0.0, 1.0) => String::new(),
        // Wide open: the limits are said in words.
        Form::Real(low, _) if *low < -1e14 => String::new(),
        Form::Real(low, high) => format!("{} to {}", figure(*low), figure(*high)),
        Form::NameOf(what) => (*what).into(),
        Form::List(inner, ..) => range(inner),
        Form::Either(one, _) => range(one),
        _ => String::new(),
    }
}

/// A limit as people write it.
pub(super) fn figure(value: f64) -> String {
    if value.abs() >= 1e6 {
        format!("{value:e}")
    } else if value == libm::round(value) {
        number::whole(value)
    } else {
        value.to_string()
    }
}

/// What holds if a key is absent: its default, or what must be; empty for a key that must always be there.
pub(super) fn default(key: &dyn Declared) -> String {
    let about = key.about();
    match (key.default_text(), about.need) {
        (Some(text), _) => bare(&text),
        (None, Need::Always) => String::new(),
        (None, Need::When(when)) => match about.absent {
            "" => when.into(),
            absent => format!("{when}; {absent}"),
        },
        (None, Need::Never) if about.absent.is_empty() => "-".into(),
        (None, Need::Never) => about.absent.into(),
    }
}

/// What holds if a key is absent, for a sentence.
pub(super) fn plain_default(key: &dyn Declared) -> String {
    let text = default(key);
    if text == "-" {
        return "nothing".into();
    }
    let inner = text.strip_prefix("- (").and_then(|text| text.strip_suffix(')'));
    inner.map_or(text.clone(), str::to_owned)
}

/// A default without the quotes of TOML.
fn bare(text: &str) -> String {
    if let Some(word) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        format!("`{word}`")
    } else if text.starts_with('[') {
        format!("`{text}`")
    } else {
        text.into()
    }
}

/// A value that a key could have, as it is written in TOML; nothing where no value is likelier than another.
pub(super) fn example(key: &dyn Declared) -> Option<String> {
    if let Some(text) = key.default_text().filter(|text| !text.is_empty()) {
        return Some(text);
    }
    of_form(&key.form())
}

fn of_form(form: &Form) -> Option<String> {
    Some(match form {
        Form::Whole(low, high) => {
            let fits =
                |value: &i64| low.is_none_or(|low| low <= *value) && high.is_none_or(|high| *value <= high);
            [10, 2, 1].into_iter().find(fits).or(*low)?.to_string()
        }
        Form::Real(low, high) => {
            let fits = |value: &f64| (*low..=*high).contains(value);
            [0.5, 5.0, 100.0]
                .into_iter()
                .find(fits)
                .unwrap_or(*low)
                .to_string()
        }
        Form::Flag => "true".into(),
        Form::Words(words) => format!("{:?}", words.first()?),
        Form::Date => "\"2027-03-01\"".into(),
        Form::Moment => "\"2027-03-01T18:00\"".into(),
        Form::Notation(Notation::Hours) => "\"09:00-17:00\"".into(),
        Form::Notation(Notation::Clock) => "\"18:00\"".into(),
        Form::Notation(Notation::Offset) => "\"+01:00\"".into(),
        Form::Notation(Notation::Weekday) => "\"Mon\"".into(),
        Form::Notation(Notation::Percent) => "\"10 %\"".into(),
        Form::List(inner, least, _) => {
            let one = of_form(inner)?;
            format!("[{}]", vec![one; (*least).max(1)].join(", "))
        }
        Form::Tuple(places) => {
            let places: Option<Vec<String>> = places.iter().map(of_form).collect();
            format!("[{}]", places?.join(", "))
        }
        Form::Either(one, _) => of_form(one)?,
        Form::Text | Form::Name | Form::NameOf(_) | Form::Path | Form::Any => return None,
        Form::Table(_) | Form::Tables(..) => return None,
    })
}
