//! Defects found by an exposure.

use super::{Measurement, Options, Part, Sample, embedded, theory};
use crate::kernel::{Key, Log, Span, Time};
use crate::outcome::Action;
use crate::simulate::simulate;
use crate::world::World;
use rayon::prelude::*;
use std::sync::Arc;

const FOUND: Part = Part {
    title: "Defects found by an exposure (Goel and Okumoto)",
    what: "A hundred people, all on the new side from the first day on and all active, so that the exposure grows by 100 \
           user-days a day; 12 defects on average, each hidden for 4,000 user-days on average. The variance is the mean \
           square of the distance from the theoretical mean.",
    source: "A. L. Goel and K. Okumoto, IEEE Transactions on Reliability R-28 (1979) 206-211; the number found is Poisson",
};

const REPLICATIONS: u64 = 2000;
/// After so many working days.
const DAYS: [i64; 4] = [5, 20, 50, 95];

pub(super) fn measure(options: &Options) -> Vec<Measurement> {
    let scenario = embedded("life.toml", include_str!("life.toml"));
    let facts = &scenario.facts;
    let class = &facts.defects[0];
    let people = facts.users.len() as f64;
    let counts: Vec<[f64; DAYS.len()]> = (0..options.replications(REPLICATIONS))
        .into_par_iter()
        .map(|replication| {
            let key = Key {
                seed: options.seed,
                replication,
            };
            let world = World::draw(Arc::clone(facts), key, true);
            let (_, log) = simulate(&world, &scenario.plans[1], Log::new());
            let found = log
                .records()
                .iter()
                .filter(|entry| entry.action == Action::DefectFound);
            let found: Vec<Time> = found.map(|entry| entry.at).collect();
            // People move as day 0 begins, and it counts.
            DAYS.map(|days| {
                let end = Time(days * Span::DAY.0);
                found.iter().filter(|&&at| at <= end).count() as f64
            })
        })
        .collect();
    let mut all = Vec::new();
    for (place, days) in DAYS.into_iter().enumerate() {
        let exposure = people * days as f64;
        let (a, b) = (class.count.value(0.5), 1.0 / class.discovery_user_days);
        let mean = theory::goel_okumoto_mean(a, b, exposure);
        let found =
            |value: fn(f64, f64) -> f64| counts.iter().map(|count| value(count[place], mean)).collect();
        let mut push = |what: &str, theory: f64, values: Vec<f64>| {
            all.push(Measurement {
                part: &FOUND,
                name: format!("{what} after {exposure} user-days"),
                unit: "",
                theory,
                sample: Sample::Values(values),
            });
        };
        push("mean", mean, found(|count, _| count));
        push(
            "variance",
            theory::goel_okumoto_variance(a, b, exposure),
            found(|count, mean| (count - mean) * (count - mean)),
        );
    }
    all
}
