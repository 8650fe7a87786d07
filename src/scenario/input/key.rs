//! Keys as they are declared: what a key is called, what it takes, what it means.
//!
//! A [`Key`] is one row of a [`Section`]. Reading takes the range, the words and the default of a value from there, and so
//! do all texts about keys: there is no second place to keep in step. The kind of a key decides, when the program is
//! compiled, what reading it gives.

use std::fmt::Display;
use std::ops::{Bound, RangeBounds};

use jiff::civil::Date;

use super::fault::Located;
use super::toml_reader::{Item, Wanted};
use crate::world::Mark;
use crate::world::parameter::usual_range;

/// What a value looks like, for whoever has to describe it.
#[derive(Clone, Debug)]
pub enum Form {
    /// Any text.
    Text,
    /// Text that is not blank.
    Name,
    /// The path of a file, relative to the file that holds the key.
    Path,
    /// The name of something else in the file: of what, in words.
    NameOf(&'static str),
    /// A whole number within bounds.
    Whole(Option<i64>, Option<i64>),
    /// A number within bounds.
    Real(f64, f64),
    /// True or false.
    Flag,
    /// One of these words.
    Words(Vec<&'static str>),
    /// A date.
    Date,
    /// A date, a date with a time of day, or a day number.
    Moment,
    /// Text in a notation of its own.
    Notation(Notation),
    /// An array of so many values of a form: at least, at most.
    List(Box<Form>, usize, Option<usize>),
    /// An array whose places have forms of their own.
    Tuple(Vec<Form>),
    /// Either of two forms.
    Either(Box<Form>, Box<Form>),
    /// A value of any form.
    Any,
    /// A table.
    Table(&'static Section),
    /// An array of tables, of which there is at least one where so many are needed.
    Tables(&'static Section, usize),
}

/// A notation of text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Notation {
    /// `09:00-17:00`.
    Hours,
    /// `10:00`.
    Clock,
    /// `+01:00`.
    Offset,
    /// `Mon`, `monday`.
    Weekday,
    /// `10 %`.
    Percent,
}

/// Must a key be there?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Need {
    /// Always.
    Always,
    /// Under a condition, in words: `required without ...`.
    When(&'static str),
    /// Never.
    Never,
}

/// What is said about a key beside its name and its form.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// Must it be there?
    pub need: Need,
    /// What holds if it is absent, in words; empty if the default says it.
    pub absent: &'static str,
    /// Unit of its numbers; may be empty.
    pub unit: &'static str,
    /// Limits beyond those of its form; may be empty.
    pub limits: &'static str,
    /// Where the default comes from, if it is a figure.
    pub mark: Option<Mark>,
    /// Source of the default; may be empty.
    pub source: &'static str,
    /// The option of the command line that says the same; may be empty.
    pub option: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// Version of the program that reads it first.
    pub since: &'static str,
}

impl About {
    /// Said of a key of which nothing special is said.
    pub const fn new(meaning: &'static str) -> About {
        About {
            need: Need::Never,
            absent: "",
            unit: "",
            limits: "",
            mark: None,
            source: "",
            option: "",
            meaning,
            since: "0.1",
        }
    }
}

/// A key whose kind is not known to whoever describes it.
pub trait Declared: Sync {
    /// Its name.
    fn name(&self) -> &'static str;
    /// A second key that may stand instead of it and holds a day number.
    fn day_name(&self) -> Option<&'static str> {
        None
    }
    /// What its value looks like.
    fn form(&self) -> Form;
    /// Its default as it is written in TOML, if it has one.
    fn default_text(&self) -> Option<String>;
    /// What is said about it.
    fn about(&self) -> About;
    /// Its default range, if its value may be drawn: the 5 % and the 95 % quantile.
    fn default_range(&self) -> Option<(f64, f64)> {
        self.about().mark?;
        let Form::Real(low, high) = self.form() else {
            return None;
        };
        let value = self.default_text()?.parse().ok()?;
        usual_range(value, (low, high) == (0.0, 1.0), (low, high))
    }
}

/// A table with its keys.
pub struct Section {
    /// What such a table is.
    pub about: &'static str,
    /// Its keys, in the order in which they are explained.
    pub keys: &'static [&'static dyn Declared],
    /// The key that stands for all others, if their names are the planner's own.
    pub others: Option<&'static dyn Declared>,
    /// Parameters that it holds beside its keys: those whose key begins with this word and a point; every table of
    /// parameters if it is empty.
    pub parameters: Option<&'static str>,
}

impl std::fmt::Debug for Section {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Section")
            .field("about", &self.about)
            .finish_non_exhaustive()
    }
}

/// What a key takes.
pub trait Kind: Sync {
    /// What reading it gives.
    type Value;
    /// What its value looks like.
    fn form(&self) -> Form;
    /// A value as it is written in TOML.
    fn written(&self, value: &Self::Value) -> String;
    /// A second key with a day number.
    fn day_name(&self) -> Option<&'static str> {
        None
    }
}

/// A kind that is read from its own value alone.
pub trait Plain: Kind {
    /// What reading gives: the value with its place, or values that each have one.
    type Read;
    /// What is wanted, for whoever left the key out.
    fn wanted(&self) -> Wanted;
    /// Reads the value; nothing after a fault was reported.
    fn read(&self, item: &Item<'_>) -> Option<Self::Read>;
}

/// A key: one row of its table.
#[derive(Debug)]
pub struct Key<K: Kind> {
    name: &'static str,
    /// What it takes.
    pub kind: K,
    default: Option<K::Value>,
    about: About,
}

impl<K: Kind> Key<K> {
    /// A key that may be absent and has no default.
    pub const fn new(name: &'static str, kind: K, meaning: &'static str) -> Key<K> {
        Key {
            name,
            kind,
            default: None,
            about: About::new(meaning),
        }
    }

    /// It must be there.
    pub const fn required(mut self) -> Self {
        self.about.need = Need::Always;
        self
    }

    /// It must be there under a condition, in words that begin with `required`.
    pub const fn required_when(mut self, when: &'static str) -> Self {
        self.about.need = Need::When(when);
        self
    }

    /// What holds if it is absent.
    pub const fn absent(mut self, what: &'static str) -> Self {
        self.about.absent = what;
        self
    }

    /// Unit of its numbers.
    pub const fn unit(mut self, unit: &'static str) -> Self {
        self.about.unit = unit;
        self
    }

    /// Limits beyond those of its form.
    pub const fn limits(mut self, limits: &'static str) -> Self {
        self.about.limits = limits;
        self
    }

    /// The option of the command line that says the same and comes first.
    pub const fn option(mut self, option: &'static str) -> Self {
        self.about.option = option;
        self
    }

    /// Its default is an estimate that nobody published.
    pub const fn estimated(mut self) -> Self {
        self.about.mark = Some(Mark::Estimated);
        self
    }

    /// Its default is stated by a source.
    pub const fn stated(mut self, source: &'static str) -> Self {
        self.about.mark = Some(Mark::Stated);
        self.about.source = source;
        self
    }

    /// Its name.
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl<K: Kind<Value: Copy>> Key<K> {
    /// What holds if it is absent.
    pub const fn default(mut self, value: K::Value) -> Self {
        self.default = Some(value);
        self
    }

    /// The value that holds if it is absent.
    ///
    /// # Panics
    /// If it is declared without one.
    pub fn usual(&self) -> K::Value {
        self.default
            .unwrap_or_else(|| unreachable!("`{}` is declared without a default", self.name))
    }
}

impl<K: Kind<Value: Sync>> Declared for Key<K> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn day_name(&self) -> Option<&'static str> {
        self.kind.day_name()
    }

    fn form(&self) -> Form {
        self.kind.form()
    }

    fn default_text(&self) -> Option<String> {
        self.default.as_ref().map(|value| self.kind.written(value))
    }

    fn about(&self) -> About {
        self.about
    }
}

/// Text.
#[derive(Clone, Copy, Debug)]
pub struct Text;

/// Text that is not blank.
#[derive(Clone, Copy, Debug)]
pub struct Name;

/// The path of a file.
#[derive(Clone, Copy, Debug)]
pub struct FilePath;

/// The name of something else in the file: of what, in words.
#[derive(Clone, Copy, Debug)]
pub struct NameOf(pub &'static str);

/// A whole number of at least the first and at most the second bound.
#[derive(Clone, Copy, Debug)]
pub struct Count(pub u32, pub Option<u32>);

/// A whole number that may be large or negative.
#[derive(Clone, Copy, Debug)]
pub struct Whole(pub Option<i64>, pub Option<i64>);

/// The version of a format: one number, of which the reader says itself what another one means.
#[derive(Clone, Copy, Debug)]
pub struct Version(pub i64);

/// A number within bounds, which belong to it.
#[derive(Clone, Copy, Debug)]
pub struct Real(pub f64, pub f64);

/// True or false.
#[derive(Clone, Copy, Debug)]
pub struct Flag;

/// One of a few words, each standing for a value.
#[derive(Clone, Copy, Debug)]
pub struct Words<T: 'static>(pub &'static [(&'static str, T)]);

/// A date.
#[derive(Clone, Copy, Debug)]
pub struct Day;

/// A moment; the name of the second key, which holds a day number.
#[derive(Clone, Copy, Debug)]
pub struct When(pub &'static str);

/// Text in a notation.
#[derive(Clone, Copy, Debug)]
pub struct Parsed<T: 'static> {
    /// Which notation.
    pub notation: Notation,
    /// What it is, such as `a time of day`.
    pub wanted: &'static str,
    /// What it looks like, without quotes.
    pub example: &'static str,
    /// Its reader; the error is a clause that says what is wrong.
    pub parse: fn(&str) -> Result<T, String>,
}

/// An array of text.
#[derive(Clone, Copy, Debug)]
pub struct Texts(pub Notated);

/// What the text of an array stands for.
#[derive(Clone, Copy, Debug)]
pub enum Notated {
    /// Text.
    Text,
    /// Names of something else in the file.
    NamesOf(&'static str),
    /// Days of the week.
    Weekdays,
}

/// An array of dates.
#[derive(Clone, Copy, Debug)]
pub struct Days;

/// An array of four numbers, one for each severity, each within bounds.
#[derive(Clone, Copy, Debug)]
pub struct Reals(pub f64, pub f64);

/// A value that is read piece by piece; what it looks like.
#[derive(Clone, Copy, Debug)]
pub struct Shaped(pub fn() -> Form);

/// A table.
#[derive(Clone, Copy, Debug)]
pub struct Sub(pub &'static Section);

/// An array of tables.
#[derive(Clone, Copy, Debug)]
pub struct Subs(pub &'static Section);

/// A number within bounds, or a table that says more.
#[derive(Clone, Copy, Debug)]
pub struct NumberOr(pub f64, pub f64, pub &'static Section);

impl Count {
    /// At least so many.
    pub const fn from(low: u32) -> Count {
        Count(low, None)
    }

    /// Within bounds, which belong to it.
    pub const fn within(low: u32, high: u32) -> Count {
        Count(low, Some(high))
    }

    /// As a range.
    pub fn range(self) -> impl RangeBounds<u32> + Copy {
        (
            Bound::Included(self.0),
            self.1.map_or(Bound::Unbounded, Bound::Included),
        )
    }
}

impl Whole {
    fn range(self) -> impl RangeBounds<i64> + Copy {
        let bound = |limit: Option<i64>| limit.map_or(Bound::Unbounded, Bound::Included);
        (bound(self.0), bound(self.1))
    }
}

/// Defines what most kinds need: the type that reading gives, its form, and how a value is written.
macro_rules! kinds {
    ($($kind:ident $(<$T:ident>)?, $value:ty, |$own:ident| $form:expr, |$shown:ident| $written:expr;)*) => {$(
        impl$(<$T: Clone + PartialEq + Sync>)? Kind for $kind$(<$T>)? {
            type Value = $value;

            fn form(&self) -> Form {
                let $own = self;
                $form
            }

            fn written(&self, $shown: &$value) -> String {
                $written
            }
        }
    )*};
}

fn quoted(text: impl Display) -> String {
    format!("\"{text}\"")
}

kinds! {
    Text, String, |_own| Form::Text, |value| quoted(value);
    Name, String, |_own| Form::Name, |value| quoted(value);
    FilePath, String, |_own| Form::Path, |value| quoted(value);
    NameOf, String, |own| Form::NameOf(own.0), |value| quoted(value);
    Count, u32, |own| Form::Whole(Some(own.0.into()), own.1.map(i64::from)), |value| value.to_string();
    Whole, i64, |own| Form::Whole(own.0, own.1), |value| value.to_string();
    Version, i64, |own| Form::Whole(Some(own.0), Some(own.0)), |value| value.to_string();
    Real, f64, |own| Form::Real(own.0, own.1), |value| value.to_string();
    Flag, bool, |_own| Form::Flag, |value| value.to_string();
    Day, Date, |_own| Form::Date, |value| quoted(value);
    Texts, (), |own| own.form(), |_value| String::new();
    Days, (), |_own| Form::List(Box::new(Form::Date), 0, None), |_value| String::new();
    Reals, [f64; 4], |own| Form::List(Box::new(Form::Real(own.0, own.1)), 4, Some(4)), |value| format!("[{}]", value.map(|value| value.to_string()).join(", "));
    Shaped, (), |own| (own.0)(), |_value| String::new();
    Sub, (), |own| Form::Table(own.0), |_value| String::new();
    Subs, (), |own| Form::Tables(own.0, 0), |_value| String::new();
    NumberOr, f64, |own| Form::Either(Box::new(Form::Real(own.0, own.1)), Box::new(Form::Table(own.2))), |value| value.to_string();
}

impl Texts {
    fn form(&self) -> Form {
        let of = match self.0 {
            Notated::Text => Form::Text,
            Notated::NamesOf(what) => Form::NameOf(what),
            Notated::Weekdays => Form::Notation(Notation::Weekday),
        };
        Form::List(Box::new(of), 0, None)
    }
}

impl<T: Clone + PartialEq + Sync> Kind for Words<T> {
    type Value = T;

    fn form(&self) -> Form {
        Form::Words(self.0.iter().map(|pair| pair.0).collect())
    }

    fn written(&self, value: &T) -> String {
        let pair = self.0.iter().find(|pair| pair.1 == *value);
        quoted(pair.map_or("", |pair| pair.0))
    }
}

impl<T: Sync> Kind for Parsed<T> {
    type Value = T;

    fn form(&self) -> Form {
        Form::Notation(self.notation)
    }

    fn written(&self, _value: &T) -> String {
        String::new()
    }
}

impl Kind for When {
    type Value = ();

    fn form(&self) -> Form {
        Form::Moment
    }

    fn written(&self, _value: &()) -> String {
        String::new()
    }

    fn day_name(&self) -> Option<&'static str> {
        Some(self.0)
    }
}

/// Defines how the kinds are read that have a reader for their value.
macro_rules! plain {
    ($($kind:ident, $given:ty, |$own:ident| $wanted:expr, |$item:ident| $read:expr;)*) => {$(
        impl Plain for $kind {
            type Read = $given;

            fn wanted(&self) -> Wanted {
                let $own = self;
                $wanted
            }

            fn read(&self, $item: &Item<'_>) -> Option<$given> {
                let $own = self;
                let _ = $own;
                $read
            }
        }
    )*};
}

plain! {
    Text, Located<String>, |_own| Wanted::string(), |item| item.string();
    Name, Located<String>, |_own| Wanted::string(), |item| item.name();
    FilePath, Located<String>, |_own| Wanted::string(), |item| item.name();
    NameOf, Located<String>, |_own| Wanted::string(), |item| item.name();
    Count, Located<u32>, |own| Wanted::count(&own.range()), |item| item.count(own.range());
    Whole, Located<i64>, |own| Wanted::whole(&own.range()), |item| item.integer(own.range());
    Version, Located<i64>, |own| Wanted::new("a whole number", own.0.to_string()), |item| item.integer(..);
    Real, Located<f64>, |own| Wanted::real(&(own.0..=own.1)), |item| item.float(own.0..=own.1);
    Flag, Located<bool>, |_own| Wanted::boolean(), |item| item.boolean();
    Day, Located<Date>, |_own| Wanted::date(), |item| item.date();
    Texts, Vec<Located<String>>, |_own| Wanted::new("an array of strings", "[\"text\"]"), |item| item.strings();
    Days, Vec<Located<Date>>, |_own| Wanted::new("an array of dates", "[2025-03-10]"), |item| item.dates();
    Reals, Vec<Located<f64>>, |own| Wanted::reals(&(own.0..=own.1)), |item| item.floats(own.0..=own.1);
}

impl<T: Clone + PartialEq + Sync> Plain for Words<T> {
    type Read = Located<T>;

    fn wanted(&self) -> Wanted {
        let words: Vec<&str> = self.0.iter().map(|pair| pair.0).collect();
        Wanted::one_of(&words)
    }

    fn read(&self, item: &Item<'_>) -> Option<Located<T>> {
        item.choice(self.0)
    }
}

impl<T: Sync> Plain for Parsed<T> {
    type Read = Located<T>;

    fn wanted(&self) -> Wanted {
        Wanted::new(self.wanted, format!("{:?}", self.example))
    }

    fn read(&self, item: &Item<'_>) -> Option<Located<T>> {
        item.parsed(self.wanted, self.example, self.parse)
    }
}
