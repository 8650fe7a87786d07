//! Nobody and nothing is lost or counted twice: identities of whole runs, with every cause of broken meetings.
//!
//! Two witnesses are heard beside the metrics: the event log, and the tables of the world, from which the slots that take
//! place are worked out anew.

use super::{Measurement, Options, Part, Sample, embedded};
use crate::kernel::{Key, Observer, Time};
use crate::outcome::{Action, Entry, Measure, Metric, Outcome, Subject};
use crate::simulate::simulate;
use crate::world::{SeriesId, Tables, World};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

const CONSERVATION: Part = Part {
    title: "Conservation",
    what: "Whole runs of three strategies (stay, all over, all over and all back), with outages of both sides: what the \
           metrics, the daily counts, the event log and the world's tables say must add up exactly.",
    source: "Bookkeeping",
};

const REPLICATIONS: u64 = 20;

/// The identities, in the order of the table.
const NAMES: [(&str, &str); 9] = [
    ("every user in one pool at the end of every day", "users"),
    ("moved = homed on the new side + rolled back", "users"),
    ("judged = ok + impaired + broken", "occurrences"),
    ("broken = sum over its causes", "occurrences"),
    ("daily counts add up to the metrics", "occurrences"),
    ("log: every occurrence judged at most once", "occurrences"),
    ("log: those judged are those that take place", "occurrences"),
    ("log: what is cut off was judged before", "occurrences"),
    ("slots = past + judged + not held + pending", "slots"),
];

/// Both sides of each identity: violation and things compared.
type Books = [(f64, u64); NAMES.len()];

/// What the log tells of occurrences.
#[derive(Default)]
struct Register {
    judged: BTreeSet<(SeriesId, u32)>,
    twice: u64,
    cut_off_unjudged: u64,
    cut_off: u64,
}

impl Observer<Entry> for Register {
    const LISTENS: bool = true;

    fn record(&mut self, entry: Entry) {
        let Subject::Occurrence(series, number) = entry.subject else {
            return;
        };
        match entry.action {
            Action::Judged => self.twice += u64::from(!self.judged.insert((series, number))),
            Action::Dropped => {
                self.cut_off += 1;
                self.cut_off_unjudged += u64::from(!self.judged.contains(&(series, number)));
            }
            _ => {}
        }
    }
}

pub(super) fn measure(options: &Options) -> Vec<Measurement> {
    let scenario = embedded("conservation.toml", include_str!("conservation.toml"));
    let books: Vec<Books> = (0..options.replications(REPLICATIONS))
        .into_par_iter()
        .map(|replication| {
            let key = Key {
                seed: options.seed,
                replication,
            };
            let world = World::draw(Arc::clone(&scenario.facts), key, false);
            let slots = Slots::count(&world, &world.tables());
            let mut sums: Books = Default::default();
            for plan in &scenario.plans {
                let (outcome, register) = simulate(&world, plan, Register::default());
                let books = balance(&world, &slots, &outcome, &register);
                for (sum, book) in sums.iter_mut().zip(books) {
                    sum.0 += book.0;
                    sum.1 += book.1;
                }
            }
            sums
        })
        .collect();
    let measurement = |(place, &(name, unit)): (usize, &(&str, &'static str))| Measurement {
        part: &CONSERVATION,
        name: name.into(),
        unit,
        theory: 0.0,
        sample: Sample::Identity {
            violation: books.iter().map(|books| books[place].0).sum(),
            compared: books.iter().map(|books| books[place].1).sum(),
        },
    };
    NAMES.iter().enumerate().map(measurement).collect()
}

/// Slots of all series, sorted out by definition: no windows, no streams.
struct Slots {
    all: u64,
    past: u64,
    held: BTreeSet<(SeriesId, u32)>,
    not_held: u64,
}

impl Slots {
    fn count(world: &World, tables: &Tables) -> Slots {
        let facts = &world.facts;
        let mut slots = Slots {
            all: 0,
            past: 0,
            held: BTreeSet::new(),
            not_held: 0,
        };
        let is_away = |user, date| {
            tables
                .absences
                .binary_search_by_key(&(date, user), |row| (row.date, row.user))
                .is_ok()
        };
        for series in &tables.series {
            let organiser = &facts.users[series.id.organiser as usize];
            let site = &facts.calendar.sites[usize::from(organiser.site)];
            let from = series.attendees as usize;
            let attendees = &tables.attendees[from..from + usize::from(series.attendee_count)];
            slots.all += u64::from(series.occurrences);
            for number in 0..series.occurrences {
                let start = series.start(number);
                if start < Time::ZERO {
                    slots.past += 1;
                } else if start < facts.calendar.horizon {
                    let guests = u32::from(series.anonymous + series.federated);
                    let away = |user: u32| {
                        let own = &facts.calendar.sites[usize::from(facts.users[user as usize].site)];
                        is_away(user, own.date(start))
                    };
                    let present = attendees.iter().filter(|&&user| !away(user)).count();
                    // The organiser always comes; two make a meeting.
                    if site.is_working_day(site.date(start)) && guests as usize + present > 0 {
                        slots.held.insert((series.id, number));
                    } else {
                        slots.not_held += 1;
                    }
                }
            }
        }
        slots
    }
}

fn balance(world: &World, slots: &Slots, outcome: &Outcome, register: &Register) -> Books {
    let facts = &world.facts;
    let get = |metric: Metric| outcome.row.get(metric).unwrap_or(f64::NAN);
    let timeline = &outcome.timeline;
    let measures = Measure::all(facts.pools.len(), facts.profile.clients.len());
    let count = |day: usize, measure: Measure| {
        let column = measures.iter().position(|&known| known == measure);
        f64::from(timeline.get(day, column.expect("every measure has a column")))
    };
    let total = |measure: Measure| (0..timeline.days()).map(|day| count(day, measure)).sum::<f64>();
    let off = |left: f64, right: f64| (left - right).abs();

    let users = facts.users.len() as f64;
    let homed = |day: usize| {
        (0..facts.pools.len())
            .map(|pool| count(day, Measure::UsersOnPool(pool as u16)))
            .sum::<f64>()
    };
    let astray = (0..timeline.days()).map(|day| off(homed(day), users)).sum();
    let on_new: f64 = (0..facts.pools.len() as u16)
        .filter(|&pool| !facts.is_legacy(pool))
        .map(|pool| count(timeline.days() - 1, Measure::UsersOnPool(pool)))
        .sum();
    let judged = get(Metric::Judged);
    let causes = [
        (Metric::BrokenCannotSchedule, Measure::BrokenCannotSchedule),
        (Metric::BrokenStaleRollback, Measure::BrokenStaleRollback),
        (Metric::BrokenStaleMove, Measure::BrokenStaleMove),
        (Metric::BrokenOutage, Measure::BrokenOutage),
        (Metric::BrokenBlocked, Measure::BrokenBlocked),
    ];
    let by_cause: f64 = causes.iter().map(|cause| get(cause.0)).sum();
    let others = [
        (Metric::Judged, Measure::Judged),
        (Metric::Impaired, Measure::Impaired),
        (Metric::Broken, Measure::Broken),
        (Metric::Mixed, Measure::Mixed),
    ];
    let uneven = causes
        .iter()
        .chain(&others)
        .map(|&(metric, measure)| off(get(metric), total(measure)))
        .sum();
    let strangers = slots.held.symmetric_difference(&register.judged).count();
    let n = judged as u64;
    [
        (astray, users as u64 * timeline.days() as u64),
        (
            off(get(Metric::Moved), on_new + get(Metric::RolledBack)),
            users as u64,
        ),
        (
            off(
                judged,
                get(Metric::Ok) + get(Metric::Impaired) + get(Metric::Broken),
            ),
            n,
        ),
        (off(get(Metric::Broken), by_cause), get(Metric::Broken) as u64),
        (uneven, n),
        (register.twice as f64, n),
        (strangers as f64, n),
        (
            register.cut_off_unjudged as f64 + off(register.cut_off as f64, get(Metric::Dropped)),
            register.cut_off,
        ),
        (
            off(
                slots.all as f64,
                (slots.past + slots.not_held) as f64 + judged + get(Metric::Pending),
            ),
            slots.all,
        ),
    ]
}
