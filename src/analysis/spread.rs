//! How much of the spread between worlds is known: which quantities are drawn, and from whose ranges.

use super::vary::Quantity;
use crate::world::{Draw, Facts, Mark};

/// Counts of ranges.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Spread {
    /// Quantities that every world draws for itself.
    pub ranges: usize,
    /// Those of them whose range is a convention of this program, because no source gives one.
    pub ours: usize,
    /// Estimates that nobody published and that are the same in every world, although they could be drawn.
    pub held_fixed: usize,
}

impl Spread {
    /// Counts the ranges of a scenario.
    pub fn of(facts: &Facts) -> Spread {
        let uncertain = Quantity::uncertain(facts);
        let fixed = |parameter: &&crate::world::Parameter| {
            parameter.mark == Mark::Estimated
                && parameter.setting.definition().may_vary()
                && matches!(parameter.draw, Draw::Fixed(_))
        };
        Spread {
            ranges: uncertain.len(),
            ours: uncertain
                .iter()
                .filter(|quantity| quantity.draw(facts).is_usual())
                .count(),
            held_fixed: facts.parameters.iter().filter(fixed).count(),
        }
    }

    /// What the spread of the results rests on, in words.
    pub fn sentence(&self) -> String {
        if self.ours == 0 && self.held_fixed > 0 {
            let drawn = match self.held_fixed {
                1 => "draws it",
                _ => "draws them",
            };
            return format!(
                "spread too small: {} held fixed (`uncertain = \"all\"` {drawn})",
                counted(self.held_fixed, "estimate")
            );
        }
        match self.ranges {
            0 => "no quantity is uncertain".into(),
            1 => format!(
                "the only range is {}",
                if self.ours == 1 { "ours" } else { "stated" }
            ),
            all => format!("{} of {all} ranges are ours", self.ours),
        }
    }
}

fn counted(count: usize, one: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        count => format!("{count} {one}s"),
    }
}
