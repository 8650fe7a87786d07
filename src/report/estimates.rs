//! How much of an answer rests on estimates that nobody published.

use crate::analysis::spread::Spread;
use crate::world::{Facts, Mark};

/// Counts of estimates.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Estimates {
    /// Parameters that are estimates.
    pub parameters: usize,
    /// All parameters.
    pub of_parameters: usize,
    /// Cells of the profile that are estimates.
    pub cells: usize,
    /// All cells of the profile.
    pub of_cells: usize,
    /// From whose ranges worlds are drawn.
    pub spread: Spread,
}

impl Estimates {
    /// Counts the estimates among the facts.
    pub fn count(facts: &Facts) -> Estimates {
        let estimated = |mark: Mark| mark == Mark::Estimated;
        Estimates {
            parameters: facts
                .parameters
                .iter()
                .filter(|parameter| estimated(parameter.mark))
                .count(),
            of_parameters: facts.parameters.len(),
            cells: facts
                .profile
                .cells
                .iter()
                .filter(|cell| estimated(cell.mark))
                .count(),
            of_cells: facts.profile.cells.len(),
            spread: Spread::of(facts),
        }
    }

    /// In words.
    pub fn sentence(&self) -> String {
        format!(
            "{} of {} parameters and {} of {} profile cells are estimates that nobody published; {}; see summary.json.",
            self.parameters,
            self.of_parameters,
            self.cells,
            self.of_cells,
            self.spread.sentence()
        )
    }
}
