//! Who is active on which date.

use super::{Facts, Purpose};
use crate::kernel::Key;

/// Dates drawn from one stream.
pub(super) const BLOCK: i64 = 16;
/// Added to a block's number, so that dates before the start have an index, too.
const BLOCK_SHIFT: i64 = 1 << 32;

/// Where active days come from.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Presence {
    /// Everybody is active on every date.
    Everyone,
    /// Each user and date with this probability, by a keyed draw.
    Drawn(f64),
    /// Told: bit sets by date from the first one. Other dates have everybody.
    Listed {
        /// First date covered.
        first_date: i64,
        /// Bit sets of the dates one after the other.
        rows: Vec<u64>,
    },
}

/// Blocks of dates drawn already, ascending.
#[derive(Clone, Default, Debug)]
pub(super) struct Blocks {
    drawn: Vec<(i64, Vec<u64>)>,
}

/// Words of one date.
pub(super) fn words(facts: &Facts) -> usize {
    facts.users.len().div_ceil(64)
}

impl Presence {
    pub(super) fn new(active: f64) -> Presence {
        if active >= 1.0 {
            Presence::Everyone
        } else {
            Presence::Drawn(active)
        }
    }

    /// Writes the bit sets of the dates `first..=last`.
    pub(super) fn fill(
        &self,
        facts: &Facts,
        key: Key,
        blocks: &mut Blocks,
        (first, last): (i64, i64),
        out: &mut Vec<u64>,
    ) {
        let words = words(facts);
        out.clear();
        match self {
            Presence::Everyone => (first..=last).for_each(|_| everybody(facts.users.len(), out)),
            Presence::Listed { first_date, rows } => {
                for date in first..=last {
                    let row = usize::try_from(date - first_date).ok().map(|row| row * words);
                    match row.and_then(|at| rows.get(at..at + words)) {
                        Some(row) => out.extend_from_slice(row),
                        None => everybody(facts.users.len(), out),
                    }
                }
            }
            Presence::Drawn(active) => {
                let share = |_| *active;
                blocks.fill((first, last), words, out, |block| {
                    draw_block(facts, key, Purpose::Activity, share, block)
                });
            }
        }
    }
}

fn everybody(users: usize, out: &mut Vec<u64>) {
    out.extend((0..users.div_ceil(64)).map(|word| match users - word * 64 {
        rest if rest < 64 => (1 << rest) - 1,
        _ => u64::MAX,
    }));
}

impl Blocks {
    /// Appends the bit sets of the dates `first..=last`, drawing the blocks that are missing.
    pub(super) fn fill(
        &mut self,
        (first, last): (i64, i64),
        words: usize,
        out: &mut Vec<u64>,
        draw: impl Fn(i64) -> Vec<u64>,
    ) {
        let needed = first.div_euclid(BLOCK)..=last.div_euclid(BLOCK);
        self.drawn.retain(|block| needed.contains(&block.0));
        for block in needed {
            if self.drawn.iter().all(|drawn| drawn.0 != block) {
                self.drawn.push((block, draw(block)));
            }
        }
        for date in first..=last {
            out.extend_from_slice(self.row(date, words));
        }
    }

    fn row(&self, date: i64, words: usize) -> &[u64] {
        let block = date.div_euclid(BLOCK);
        let drawn = self
            .drawn
            .iter()
            .find(|drawn| drawn.0 == block)
            .expect("the block is covered");
        &drawn.1[date.rem_euclid(BLOCK) as usize * words..][..words]
    }
}

/// One comparison of 32 bits per user and date; each user has a share of days.
pub(super) fn draw_block(
    facts: &Facts,
    key: Key,
    purpose: Purpose,
    share: impl Fn(usize) -> f64,
    block: i64,
) -> Vec<u64> {
    let words = words(facts);
    let mut bits = vec![0_u64; words * BLOCK as usize];
    for (user, person) in facts.users.iter().enumerate() {
        let limit = (share(user) * 4_294_967_296.0) as u64;
        let mut stream = key.stream(purpose, person.id, (block + BLOCK_SHIFT) as u64);
        for pair in 0..BLOCK as usize / 2 {
            let draw = stream.u64();
            let (even, odd) = (
                u64::from((draw & 0xffff_ffff) < limit),
                u64::from((draw >> 32) < limit),
            );
            bits[2 * pair * words + user / 64] |= even << (user % 64);
            bits[(2 * pair + 1) * words + user / 64] |= odd << (user % 64);
        }
    }
    bits
}
