//! Which plan is put before the board, and how it stands to the verdict.

use crate::analysis::limits::Standing;
use crate::analysis::verdict::{Recommendation, Verdict};
use crate::experiment::Results;
use crate::mutant;
use crate::scenario::Scenario;

/// What is proposed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Proposal {
    /// The scenario proposes it, and so does the verdict.
    Agreed(usize),
    /// The scenario proposes it; the verdict recommends another one.
    Against {
        /// What is proposed.
        proposed: usize,
        /// What is recommended.
        recommended: usize,
    },
    /// The scenario proposes it; the verdict recommends none.
    Alone(usize),
    /// The scenario proposes none, so what is recommended is proposed.
    ByVerdict(usize),
    /// The scenario proposes one that was not simulated.
    NotSimulated,
    /// Nobody proposes anything.
    Nobody,
}

impl Proposal {
    pub(super) fn new(scenario: &Scenario, results: &Results, verdict: &Verdict) -> Proposal {
        let recommended = recommended(verdict, !scenario.goals.limits.is_empty());
        let Some(plan) = scenario.packet.proposal else {
            return recommended.map_or(Proposal::Nobody, Proposal::ByVerdict);
        };
        let place = results.strategies.iter().position(|&index| index == plan);
        match (place, recommended) {
            (Some(proposed), _) if mutant::is("page-agrees") => Proposal::Agreed(proposed),
            (None, _) => Proposal::NotSimulated,
            (Some(proposed), Some(recommended)) if proposed == recommended => Proposal::Agreed(proposed),
            (Some(proposed), Some(recommended)) => Proposal::Against {
                proposed,
                recommended,
            },
            (Some(proposed), None) if is_one_of_the_best(verdict, proposed) => Proposal::Agreed(proposed),
            (Some(proposed), None) => Proposal::Alone(proposed),
        }
    }

    /// The plan that is proposed, as a position in [`Results::strategies`].
    pub(super) fn strategy(self) -> Option<usize> {
        match self {
            Proposal::Agreed(one) | Proposal::Alone(one) | Proposal::ByVerdict(one) => Some(one),
            Proposal::Against { proposed, .. } => Some(proposed),
            Proposal::NotSimulated | Proposal::Nobody => None,
        }
    }

    /// The plan that the page is about: what is proposed, else the base if it moves people, else the first plan that does.
    pub(super) fn subject(self, results: &Results, verdict: &Verdict) -> Option<usize> {
        let base = verdict.candidates.contains(&results.base).then_some(results.base);
        self.strategy().or(base).or(verdict.candidates.first().copied())
    }
}

/// The plan that the verdict recommends, if it is one. A plan whose limits are not kept is never recommended.
fn recommended(verdict: &Verdict, has_limits: bool) -> Option<usize> {
    match &verdict.recommendation {
        Recommendation::Recommended(one) | Recommendation::OnlyOneKeeps(one) => Some(*one),
        Recommendation::Alone(one) if has_limits && verdict.standing(*one) == Standing::Kept => Some(*one),
        _ => None,
    }
}

fn is_one_of_the_best(verdict: &Verdict, proposed: usize) -> bool {
    matches!(&verdict.recommendation, Recommendation::Tied(tied) if tied.contains(&proposed))
}
