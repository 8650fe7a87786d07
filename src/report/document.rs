//! A document: what is said, in which order, without how it looks. Pages and texts are made from it.

use super::figure::Figure;

/// A document with a first page that stands for itself, and what stands behind it.
#[derive(Clone, PartialEq, Debug)]
pub struct Document {
    /// Its title.
    pub title: String,
    /// What the first page says; it fits one sheet of paper.
    pub first: Vec<Section>,
    /// What stands behind it.
    pub behind: Vec<Section>,
    /// Where all of it comes from.
    pub footer: String,
}

/// A part of a document under a heading.
#[derive(Clone, PartialEq, Debug)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// May it stand beside another one where there is room?
    pub is_narrow: bool,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// Something said.
#[derive(Clone, PartialEq, Debug)]
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
}

/// A table.
#[derive(Clone, PartialEq, Debug)]
pub struct Grid {
    /// Titles of the columns.
    pub columns: Vec<Column>,
    /// Rows with a cell for each column, of one line or more.
    pub rows: Vec<Vec<String>>,
}

/// A column.
#[derive(Clone, PartialEq, Debug)]
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
        }
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
#[derive(Clone, PartialEq, Debug)]
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

    /// Says something more, if there is anything to say.
    pub fn maybe(mut self, block: Option<Block>) -> Section {
        self.blocks.extend(block);
        self
    }
}
