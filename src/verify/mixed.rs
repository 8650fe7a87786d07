//! Meetings of people from both releases when people have moved in random order.

use super::{Draw, Measurement, Options, Part, Sample, embedded, theory};
use crate::kernel::{Key, Nothing, Time};
use crate::outcome::{Measure, Metric, Outcome};
use crate::plan::Plan;
use crate::plan::cohort::{Cohorts, Order};
use crate::simulate::simulate;
use crate::world::{Facts, World};
use rayon::prelude::*;
use std::sync::Arc;

const MIXED: Part = Part {
    title: "Share of mixed meetings after moves in random order",
    what: "Sixty people, everybody active and no guests; the first of a random order, another one in every world, move at \
           one instant. Mixed over judged occurrences from then on. It does not matter who meets whom.",
    source: "Hypergeometric, 1 - C(M,k)/C(N,k) - C(N-M,k)/C(N,k) (W. Feller, An Introduction to Probability Theory and \
             Its Applications, volume 1, section II.6)",
};

const REPLICATIONS: u64 = 600;
const SIZES: [u32; 5] = [2, 3, 4, 6, 11];
/// How many of the sixty move.
const MOVED: [u32; 2] = [30, 15];

pub(super) fn measure(options: &Options) -> Vec<Measurement> {
    let scenario = embedded("mixed.toml", include_str!("mixed.toml"));
    let replications = options.replications(REPLICATIONS);
    let plan = &scenario.plans[1];
    let mut all = Vec::new();
    for moved in MOVED {
        for size in SIZES {
            let mut facts = Facts::clone(&scenario.facts);
            facts.meetings.sizes = vec![(size, 1.0)];
            let facts = Arc::new(facts);
            let values = (0..replications)
                .into_par_iter()
                .map(|replication| replicate(&facts, plan, moved, options.seed, replication))
                .collect();
            let everybody = facts.users.len() as u32;
            all.push(Measurement {
                part: &MIXED,
                name: format!("{moved} of {everybody} moved, meetings of {size}"),
                unit: "",
                theory: theory::mixed_share(everybody, moved, size),
                sample: Sample::Values(values),
            });
        }
    }
    all
}

/// The share in one world, with one order of the people.
fn replicate(facts: &Arc<Facts>, plan: &Plan, moved: u32, seed: u64, replication: u64) -> f64 {
    let key = Key { seed, replication };
    let dice = key.stream(Draw::Order, 0, 0).u64();
    let mut plan = plan.clone();
    plan.lottery = None;
    plan.waves[0].users = Cohorts::new(facts, dice).order(&Order::Random);
    plan.waves[0].users.truncate(moved as usize);
    let world = World::draw(Arc::clone(facts), key, true);
    let (outcome, _) = simulate(&world, &plan, Nothing);
    assert_eq!(
        outcome.row.get(Metric::Moved),
        Some(f64::from(moved)),
        "nothing may stop a move here"
    );
    let since = |measure| count_since(facts, &outcome, measure, plan.waves[0].start);
    since(Measure::Mixed) / since(Measure::Judged)
}

fn count_since(facts: &Facts, outcome: &Outcome, measure: Measure, from: Time) -> f64 {
    let column = Measure::all(facts.pools.len(), facts.profile.clients.len())
        .iter()
        .position(|&known| known == measure)
        .expect("every measure has a column");
    (from.day() as usize..outcome.timeline.days())
        .map(|day| f64::from(outcome.timeline.get(day, column)))
        .sum()
}
