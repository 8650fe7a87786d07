//! Front ends that fail and are repaired, and the quorum that decides whether their pool serves.
//!
//! The simulator's own worlds and rules: pools of the shipped profile in a scenario without a plan, watched through the
//! event log. Theory is told the numbers of the quorum table and nothing else.

use super::{Measurement, Options, Part, Sample, embedded, theory};
use crate::kernel::{Key, Observer, Span, Time};
use crate::outcome::{Action, Entry, Subject};
use crate::simulate::simulate;
use crate::world::{Facts, Setting, World};
use rayon::prelude::*;
use std::sync::Arc;

const BINOMIAL: Part = Part {
    title: "Availability where a pool starts again with as many front ends as it needs",
    what: "Share of the time in service of days 50 to 600, by when the start with everything up has worn off to less than \
           1e-9. Front ends fail after 24 h and are repaired in 8 h on average, which is often, so that the quorum is put \
           to the test. The rows of three and more front ends are those of the profile with the threshold to start set to \
           the one to serve, and all front ends counting.",
    source: "R. E. Barlow and F. Proschan, Statistical Theory of Reliability and Life Testing, 1975 (k of n, binomial)",
};

const HYSTERESIS: Part = Part {
    title: "Availability where a pool needs more front ends to start than to serve",
    what: "As before, with the rows of the profile as they are: serve while k of the first m are up, start again at s of \
           all. The chain's states are how many of the first m are up, how many of the others, and whether the pool serves.",
    source: "Stationary distribution by W. K. Grassmann, M. I. Taksar and D. P. Heyman, Operations Research 33 (1985) \
             1107-1116",
};

const START: Part = Part {
    title: "Availability of the first two days, from a start with everything up",
    what: "The same runs from time zero, against the same chain, followed in time.",
    source: "Uniformisation: A. Jensen, Skandinavisk Aktuarietidskrift 36 (1953) 87-91",
};

const REPLICATIONS: u64 = 150;
const FIRST_DAYS: Time = Time(2 * Span::DAY.0);
const WORN_OFF: Time = Time(50 * Span::DAY.0);

/// A pool's service as the event log tells it.
#[derive(Clone, Copy)]
struct Service {
    serves: bool,
    since: Time,
    /// Served before the end of the first days, and after the start has worn off.
    early: Span,
    late: Span,
}

impl Service {
    fn until(&mut self, now: Time) {
        if self.serves {
            let overlap = |from: Time, to: Time| Span((now.min(to) - self.since.max(from)).0.max(0));
            let (early, late) = (overlap(Time::ZERO, FIRST_DAYS), overlap(WORN_OFF, Time::NEVER));
            self.early += early;
            self.late += late;
        }
        self.since = now;
    }
}

/// Listens to pools going down and up.
struct Watch(Vec<Service>);

impl Observer<Entry> for Watch {
    const LISTENS: bool = true;

    fn record(&mut self, entry: Entry) {
        let serves = match entry.action {
            Action::PoolUp => true,
            Action::PoolDown => false,
            _ => return,
        };
        if let Subject::Pool(pool) = entry.subject {
            let service = &mut self.0[usize::from(pool)];
            service.until(entry.at);
            service.serves = serves;
        }
    }
}

pub(super) fn measure(options: &Options) -> Vec<Measurement> {
    let scenario = embedded("pools.toml", include_str!("pools.toml"));
    let as_written = Arc::clone(&scenario.facts);
    let mut changed = Facts::clone(&as_written);
    for row in changed.profile.quorum.iter_mut().flatten() {
        row.start = row.serve;
        row.of_first = row.front_ends;
    }
    let changed = Arc::new(changed);
    let replications = options.replications(REPLICATIONS);
    let tasks: Vec<(u64, &Arc<Facts>)> = [&changed, &as_written]
        .into_iter()
        .flat_map(|facts| (0..replications).map(move |replication| (replication, facts)))
        .collect();
    let seen: Vec<Vec<Service>> = tasks
        .into_par_iter()
        .map(|(replication, facts)| {
            let key = Key {
                seed: options.seed,
                replication,
            };
            let world = World::draw(Arc::clone(facts), key, true);
            let service = Service {
                serves: true,
                since: Time::ZERO,
                early: Span::ZERO,
                late: Span::ZERO,
            };
            let watch = Watch(vec![service; facts.pools.len()]);
            let (_, mut watch) = simulate(&world, &scenario.plans[0], watch);
            watch
                .0
                .iter_mut()
                .for_each(|service| service.until(facts.calendar.horizon));
            watch.0
        })
        .collect();
    let (without, with) = seen.split_at(replications as usize);
    let mut all = measure_part(&BINOMIAL, &changed, without);
    all.extend(measure_part(&HYSTERESIS, &as_written, with));
    all.extend(measure_part(&START, &as_written, with));
    all
}

fn measure_part(part: &'static Part, facts: &Facts, seen: &[Vec<Service>]) -> Vec<Measurement> {
    let late = facts.calendar.horizon - WORN_OFF;
    let mut all = Vec::new();
    for (number, place) in facts.pools.iter().enumerate() {
        let Some(rule) = rule_of(facts, number) else {
            continue;
        };
        let theory::Pool {
            front_ends,
            of_first,
            serve,
            start,
            mtbf,
            mttr,
        } = rule;
        let has_hysteresis = start > serve;
        let up = mtbf / (mtbf + mttr);
        let early = part == &START;
        // One row of each kind of quorum suffices for the start.
        let wanted = match front_ends {
            _ if early => matches!(front_ends, 3 | 6 | 9 | 12),
            _ => has_hysteresis == (part == &HYSTERESIS),
        };
        if !wanted {
            continue;
        }
        let first = if of_first == front_ends {
            String::new()
        } else {
            format!("the first {of_first} of ")
        };
        let from = if has_hysteresis {
            format!(", start {start}")
        } else {
            String::new()
        };
        let theory = if early {
            rule.availability_until(Span(FIRST_DAYS.0).hours())
        } else if has_hysteresis {
            rule.availability()
        } else {
            theory::at_least(serve, front_ends, up)
        };
        let share = |service: &Service| {
            if early {
                service.early.0 as f64 / FIRST_DAYS.0 as f64
            } else {
                service.late.0 as f64 / late.0 as f64
            }
        };
        all.push(Measurement {
            part,
            name: format!("{}: serve {serve} of {first}{front_ends}{from}", place.name),
            unit: "",
            theory,
            sample: Sample::Values(seen.iter().map(|services| share(&services[number])).collect()),
        });
    }
    all
}

/// The numbers of a pool, for theory.
fn rule_of(facts: &Facts, number: usize) -> Option<theory::Pool> {
    let pool = &facts.pools[number];
    let row = facts.profile.quorum_of(pool.server, pool.front_ends)?;
    let value = |setting: Setting| facts.parameters[setting as usize].draw.value(0.5);
    Some(theory::Pool {
        front_ends: row.front_ends,
        of_first: row.of_first,
        serve: row.serve,
        start: row.start,
        mtbf: value(Setting::Mtbf),
        mttr: value(Setting::Mttr),
    })
}
