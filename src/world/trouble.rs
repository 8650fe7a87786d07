//! Declared troubles: something bad that is supposed to happen, alike in every world.
//!
//! A trouble is no chance of the world: it begins when [`Simulation::strike`](crate::simulate::Simulation::strike) says so.
//! What it needs of facts and world is laid ready here and changes nothing until then.

use super::defects::draw_defect;
use super::defects::{Scope, ScopeKind};
use super::{DefectClass, Draw, Facts, Mark, PoolId, World};
use crate::kernel::random::entity_id;
use crate::kernel::{Span, Time};
use std::sync::Arc;

/// Something bad that is supposed to happen.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Trouble {
    /// Nothing but what the world holds anyway.
    None,
    /// A defect of severity 1 that concerns these people begins, and is found at once. Its time to the fix is drawn with
    /// purpose [`Purpose::Defect`](super::Purpose::Defect) and the defect as entity; how often it breaks meetings and leads
    /// to tickets is usual for its severity.
    Defect(Scope),
    /// All front ends of a new pool are down for so long; of all new pools if none is named.
    PoolLoss(Option<PoolId>, Span),
}

/// Name of the kind of defects that a declared defect belongs to.
const DECLARED: &str = "declared trouble";

impl Trouble {
    /// Adds the kind of defects that a declared defect belongs to, as the last one. The mean number of defects that it
    /// brings into a world by chance is 0, so that worlds drawn from the facts are as before.
    pub fn declare(self, facts: &mut Facts) {
        let Trouble::Defect(scope) = self else { return };
        facts.defects.push(DefectClass {
            name: DECLARED.into(),
            id: entity_id(DECLARED),
            count: Draw::Fixed(0.0),
            mark: Mark::Scenario,
            scope: ScopeKind::Everyone,
            named: Some(scope),
            severity: [1.0, 0.0, 0.0, 0.0],
            discovery_user_days: 1.0,
            discovery_shape: 1.0,
            fix_days: DefectClass::FIX_DAYS,
            hit: DefectClass::HIT,
            tickets: DefectClass::TICKETS,
        });
    }

    /// The new pools that it takes down.
    pub fn pools(self, facts: &Facts) -> Vec<PoolId> {
        match self {
            Trouble::PoolLoss(Some(pool), _) => vec![pool],
            Trouble::PoolLoss(None, _) => (0..facts.pools.len() as PoolId)
                .filter(|&pool| !facts.is_legacy(pool))
                .collect(),
            Trouble::None | Trouble::Defect(_) => Vec::new(),
        }
    }
}

impl World {
    /// Adds the declared defect, as the last one; it begins at [`Defect::begins`](super::Defect::begins), which is
    /// never unless somebody writes an instant there. The facts must be those that [`Trouble::declare`] has changed.
    ///
    /// # Panics
    /// If the facts have no kind of defects.
    pub fn declare(&mut self, trouble: Trouble) {
        if let Trouble::Defect(_) = trouble {
            let facts = Arc::clone(&self.facts);
            let kind = facts.defects.last().expect("the facts hold the declared kind");
            let class = facts.defects.len() as u16 - 1;
            let mut defect = draw_defect(&facts, self.key, class, kind, 0);
            defect.begins = Some(Time::NEVER);
            self.defects.push(defect);
        }
    }
}
