//! Time out of service of a part that fails and is repaired: its mean and its variance.

use super::{Measurement, Options, Part, Sample, embedded, theory};
use crate::kernel::{Key, Span, Time};
use crate::world::{Draw, Facts, Part as Failing, Setting, World};
use rayon::prelude::*;
use std::sync::Arc;

const TRANSIENT: Part = Part {
    title: "Time out of service of a front end, from a start with everything up",
    what: "The first so many days of the worlds of the pools above: failures after 24 h and repairs in 8 h on average. The \
           variance is the mean square of the distance from the theoretical mean.",
    source: "Two-state Markov chain: D. R. Cox, Renewal Theory, 1962, sections 7.3 and 7.4",
};

const RENEWAL: Part = Part {
    title: "Time out of service of a back end, as likely to be down at the start as later",
    what: "The same of a part whose alternating renewal process is in its long run from time zero on; over a long time the \
           variance grows by 2 u^2 d^2 / (u + d)^3 with the mean times u up and d down.",
    source: "D. R. Cox, Renewal Theory, 1962, section 7.4; L. Takacs, Acta Mathematica Academiae Scientiarum Hungaricae 8 (1957) \
             169-191",
};

const REPLICATIONS: u64 = 3000;
const MTBF: f64 = 24.0;
const MTTR: f64 = 8.0;
const DAYS: [i64; 3] = [1, 5, 200];

pub(super) fn measure(options: &Options) -> Vec<Measurement> {
    let scenario = embedded("pools.toml", include_str!("pools.toml"));
    let mut facts = Facts::clone(&scenario.facts);
    let mut set = |setting: Setting, value: f64| facts.parameters[setting as usize].draw = Draw::Fixed(value);
    set(Setting::Mtbf, MTBF);
    set(Setting::Mttr, MTTR);
    set(Setting::BackEndMtbf, MTBF);
    set(Setting::BackEndMttr, MTTR);
    facts.calendar.horizon = Time(DAYS[DAYS.len() - 1] * Span::DAY.0);
    let facts = Arc::new(facts);
    let down: Vec<[[f64; DAYS.len()]; 2]> = (0..options.replications(REPLICATIONS))
        .into_par_iter()
        .map(|replication| {
            let key = Key {
                seed: options.seed,
                replication,
            };
            let world = World::draw(Arc::clone(&facts), key, true);
            [Failing::FrontEnd(0, 0), Failing::BackEnd(0)].map(|part| {
                DAYS.map(|days| {
                    let end = Time(days * Span::DAY.0);
                    let of_part = world.outages.iter().filter(|outage| outage.part == part);
                    let within =
                        of_part.map(|outage| Span((outage.up.min(end) - outage.down).0.max(0)).hours());
                    within.sum()
                })
            })
        })
        .collect();
    let mut all = Vec::new();
    for (kind, part) in [&TRANSIENT, &RENEWAL].into_iter().enumerate() {
        for (place, days) in DAYS.into_iter().enumerate() {
            let hours = days as f64 * 24.0;
            let (mean, variance) = match kind {
                0 => theory::time_down_from_up(MTBF, MTTR, hours),
                _ => theory::time_down(MTBF, MTTR, hours),
            };
            let days = match days {
                1 => String::from("1 day"),
                days => format!("{days} days"),
            };
            let mut push = |what: &str, unit, theory: f64, value: &dyn Fn(f64) -> f64| {
                let seen = down.iter().map(|down| value(down[kind][place])).collect();
                all.push(Measurement {
                    part,
                    name: format!("{what}, {days}"),
                    unit,
                    theory,
                    sample: Sample::Values(seen),
                });
            };
            push("mean", "h", mean, &|down| down);
            push("variance", "h2", variance, &|down| (down - mean) * (down - mean));
        }
    }
    all
}
