//! A document: what is said, in which order, without how it looks. Pages and texts are made from it.

use super::figure::Figure;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A document with a first page that stands for itself, and what stands behind it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Document {
    /// Its title.
    pub title: String,
    /// The first day of its charts.
    pub start: Date,
    /// The strategy that it is about, by name.
    pub subject: Option<String>,
    /// What the first page says; it fits one sheet of paper.
    pub first: Vec<Section>,
    /// What stands behind it.
    pub behind: Vec<Section>,
    /// Where all of it comes from.
    pub footer: String,
}

/// A part of a document under a heading.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Section {
    /// Its heading; may be empty.
    pub title: String,
    /// May it stand beside another one where there is room?
    pub is_narrow: bool,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// Something said.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Block {
    /// The sentence that counts most.
    Lead(String),
    /// A paragraph.
    Text(String),
    /// Items of a list.
    Items(Vec<String>),
    /// Labels, each with what belongs to it.
    Facts(Vec<(String, String)>),
    /// A table.
    Table(Grid),
    /// A chart.
    Chart(Box<Figure>),
    /// Bars, one for each day.
    Strip(Strip),
    /// Something that can be typed.
    Command(String),
    /// Lines to sign on: who.
    Signatures(Vec<String>),
    /// A remark in small letters.
    Remark(String),
    /// What was not studied, until a study answers it.
    Open(Topic, String),
}

/// What a document leaves to a study.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Topic {
    /// What turning back costs, and until when it is possible.
    TurningBack,
    /// Which estimate would turn the verdict.
    TurnsVerdict,
    /// How good the gates are.
    Gates,
}

/// What a study says in the place of what a document left open.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Answer {
    /// What it is about.
    pub topic: Topic,
    /// The strategy that it is about; none: all of them.
    pub strategy: Option<String>,
    /// What is said there.
    pub said: Vec<Block>,
}

/// A table.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Grid {
    /// Titles of the columns.
    pub columns: Vec<Column>,
    /// Rows with a cell for each column, of one line or more.
    pub rows: Vec<Vec<String>>,
    /// Must it fit a narrow terminal? Then it has no lines, and names are broken behind hyphens.
    pub is_tight: bool,
}

/// A column.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Column {
    /// Its title.
    pub title: String,
    /// Does it hold numbers, so that it stands to the right?
    pub is_number: bool,
}

impl Grid {
    /// A table without rows. Titles that begin with `#` are those of columns of numbers.
    pub fn new(titles: &[&str]) -> Grid {
        let column = |title: &&str| Column {
            title: title.trim_start_matches('#').into(),
            is_number: title.starts_with('#'),
        };
        Grid {
            columns: titles.iter().map(column).collect(),
            rows: Vec::new(),
            is_tight: false,
        }
    }

    /// A table without rows: a column of words, and columns of numbers behind it.
    pub fn of_numbers(first: &str, others: impl IntoIterator<Item = String>) -> Grid {
        let numbers = others.into_iter().map(|title| Column {
            title,
            is_number: true,
        });
        let words = Column {
            title: first.into(),
            is_number: false,
        };
        Grid {
            columns: std::iter::once(words).chain(numbers).collect(),
            rows: Vec::new(),
            is_tight: false,
        }
    }

    /// A complete table: a column of words, and columns of numbers behind it.
    ///
    /// # Panics
    /// If a row has not a cell for each column.
    pub fn with_numbers(titles: &[&str], rows: Vec<Vec<String>>) -> Grid {
        let mut grid = Grid::of_numbers(titles[0], titles[1..].iter().map(|title| (*title).into()));
        rows.into_iter().for_each(|row| grid.push(row));
        grid
    }

    /// Adds a row.
    ///
    /// # Panics
    /// If it has not a cell for each column.
    pub fn push(&mut self, row: Vec<String>) {
        assert_eq!(row.len(), self.columns.len(), "a cell for each column: {row:?}");
        self.rows.push(row);
    }
}

/// A count over days, as bars.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Strip {
    /// What it shows, for those who do not see it.
    pub description: String,
    /// A value for each day.
    pub values: Vec<f64>,
    /// Day and text of ticks.
    pub ticks: Vec<(f64, String)>,
    /// Freezes: from, to (exclusive).
    pub freezes: Vec<(f64, f64)>,
}

impl Document {
    /// Says what a study answers, at the beginning of the section that left it open; nothing if that is about another strategy, or
    /// nothing was left open.
    pub fn answer(&mut self, answer: &Answer) {
        if answer.strategy.is_some() && answer.strategy != self.subject {
            return;
        }
        for section in self.first.iter_mut().chain(&mut self.behind) {
            let is_open = |block: &Block| matches!(block, Block::Open(topic, _) if *topic == answer.topic);
            if let Some(place) = section.blocks.iter().position(is_open) {
                section.blocks.remove(place);
                section.blocks.splice(0..0, answer.said.iter().cloned());
            }
        }
    }
}

impl Section {
    /// A part without anything said yet.
    pub fn new(title: &str) -> Section {
        Section {
            title: title.into(),
            is_narrow: false,
            blocks: Vec::new(),
        }
    }

    /// The same, beside another one where there is room.
    pub fn narrow(self) -> Section {
        Section {
            is_narrow: true,
            ..self
        }
    }

    /// Says something more.
    pub fn with(mut self, block: Block) -> Section {
        self.blocks.push(block);
        self
    }

    /// Says something more in paragraphs, those left out that are empty.
    pub fn text(self, text: impl Into<String>) -> Section {
        let text = text.into();
        if text.is_empty() {
            self
        } else {
            self.with(Block::Text(text))
        }
    }

    /// Says something more, if there is anything to say.
    pub fn maybe(mut self, block: Option<Block>) -> Section {
        self.blocks.extend(block);
        self
    }
}
