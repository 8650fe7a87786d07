//! Who works outside the office on which date.
//!
//! It matters only where there is an edge that may fail; without one nothing is drawn.

use super::presence::{Blocks, draw_block, words};
use super::{Facts, Purpose, Traits};
use crate::kernel::Key;

/// Where days outside the office come from.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Remote {
    /// Nobody is ever outside, as far as it matters.
    Nobody,
    /// Each user and date with the user's own share, by a keyed draw.
    Drawn,
    /// Told: bit sets by date from the first one. On other dates nobody is outside.
    Listed {
        /// First date covered.
        first_date: i64,
        /// Bit sets of the dates one after the other.
        rows: Vec<u64>,
    },
}

impl Remote {
    pub(super) fn new(facts: &Facts, mean_share: f64) -> Remote {
        if facts.edges.is_some() && mean_share > 0.0 {
            Remote::Drawn
        } else {
            Remote::Nobody
        }
    }

    /// Writes the bit sets of the dates `first..=last`; nothing at all if nobody is ever outside.
    pub(super) fn fill(
        &self,
        facts: &Facts,
        key: Key,
        traits: &[Traits],
        blocks: &mut Blocks,
        (first, last): (i64, i64),
        out: &mut Vec<u64>,
    ) {
        let words = words(facts);
        out.clear();
        match self {
            Remote::Nobody => {}
            Remote::Drawn => {
                let share = |user: usize| traits[user].remote_share;
                blocks.fill((first, last), words, out, |block| {
                    draw_block(facts, key, Purpose::RemoteDays, share, block)
                });
            }
            Remote::Listed { first_date, rows } => {
                for date in first..=last {
                    let row = usize::try_from(date - first_date).ok().map(|row| row * words);
                    match row.and_then(|at| rows.get(at..at + words)) {
                        Some(row) => out.extend_from_slice(row),
                        None => out.extend(std::iter::repeat_n(0, words)),
                    }
                }
            }
        }
    }
}
