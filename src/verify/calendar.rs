//! The generated calendar, measured from its occurrences without any formula of its calibration.

use super::{Measurement, Options, Part, Sample, embedded};
use crate::kernel::{Key, Span};
use crate::world::{Category, Site, World};
use rayon::prelude::*;
use std::sync::Arc;

const CALENDAR: Part = Part {
    title: "The generated calendar against the published user model",
    what: "A thousand people on three sites; occurrences of the first, a middle and the last week, so that the warm start \
           is seen to hold. Concurrency is the seats of internal people in progress, over the working (busy) hours of the \
           organiser's site, over active users. Shares are ratios of means over worlds.",
    source: "Microsoft, Capacity planning using the user models (5 % in meetings, half more in the busy half of the day; \
             60 % scheduled; of these 80 % recurring, 10 % open, 8 % with anonymous guests, 2 % closed; of the \
             participants 15 % anonymous, 10 % federated)",
};

const REPLICATIONS: u64 = 80;
const WEEKS: [i64; 3] = [0, 6, 11];

/// Sums over one week.
#[derive(Clone, Copy, Default)]
struct Week {
    /// Seat time in working and in busy hours, in milliseconds.
    seats: [f64; 2],
    by_category: [f64; 5],
    anonymous: f64,
    federated: f64,
    people: f64,
}

pub(super) fn measure(options: &Options) -> Vec<Measurement> {
    let scenario = embedded("calendar.toml", include_str!("calendar.toml"));
    let worlds: Vec<[Week; 3]> = (0..options.replications(REPLICATIONS))
        .into_par_iter()
        .map(|replication| {
            let key = Key {
                seed: options.seed,
                replication,
            };
            sum_weeks(&World::draw(Arc::clone(&scenario.facts), key, true))
        })
        .collect();
    // Active users' time in five days of eight hours; half of them are busy.
    let time = scenario.facts.users.len() as f64 * 0.8 * 40.0 * Span::HOUR.0 as f64;
    let mut all = Vec::new();
    for (place, week) in WEEKS.iter().enumerate() {
        let mut add = |name: &str, theory: f64, of: &dyn Fn(&Week) -> [f64; 2]| {
            all.push(Measurement {
                part: &CALENDAR,
                name: format!("week {}: {name}", week + 1),
                unit: "",
                theory,
                sample: Sample::Ratios(worlds.iter().map(|weeks| of(&weeks[place])).collect()),
            });
        };
        add("concurrency", 0.05, &|week| [week.seats[0], time]);
        add("concurrency in the busy half", 0.075, &|week| {
            [week.seats[1], time / 2.0]
        });
        let all_starts = |week: &Week| week.by_category.iter().sum::<f64>();
        let ad_hoc = |week: &Week| week.by_category[Category::AdHoc as usize];
        add("scheduled, of all", 0.6, &|week| {
            [all_starts(week) - ad_hoc(week), all_starts(week)]
        });
        for (name, category, share) in [
            ("recurring, of scheduled", Category::Recurring, 0.8),
            ("open, of scheduled", Category::Open, 0.1),
            ("anonymous, of scheduled", Category::Anonymous, 0.08),
            ("closed, of scheduled", Category::Closed, 0.02),
        ] {
            add(name, share, &|week| {
                [
                    week.by_category[category as usize],
                    all_starts(week) - ad_hoc(week),
                ]
            });
        }
        add("anonymous guests, of people", 0.15, &|week| {
            [week.anonymous, week.people]
        });
        add("federated guests, of people", 0.1, &|week| {
            [week.federated, week.people]
        });
    }
    all
}

fn sum_weeks(world: &World) -> [Week; 3] {
    let mut sums = [Week::default(); 3];
    let mut reader = world.reader();
    while let Some(window) = reader.next() {
        for occurrence in &window.occurrences {
            let series = &window.series[occurrence.slot as usize];
            let organiser = &world.facts.users[series.id.organiser as usize];
            let site = &world.facts.calendar.sites[usize::from(organiser.site)];
            let date = site.date(occurrence.start);
            let Some(place) = WEEKS.iter().position(|&week| week == date.div_euclid(7)) else {
                continue;
            };
            let present = window
                .attendees_of(series)
                .iter()
                .filter(|&&other| window.is_active(other, date))
                .count();
            let overlap = |(from, to): (Span, Span)| {
                let midnight = site.midnight(date);
                let end = (midnight + to).min(occurrence.start + series.duration);
                (end - (midnight + from).max(occurrence.start)).0.max(0) as f64
            };
            let seats = (1 + present) as f64;
            let Site { hours, busy, .. } = site;
            let week = &mut sums[place];
            week.seats[0] += seats * overlap(*hours);
            week.seats[1] += seats * overlap(*busy);
            week.by_category[series.category as usize] += 1.0;
            week.anonymous += f64::from(series.anonymous);
            week.federated += f64::from(series.federated);
            week.people += f64::from(1 + series.attendee_count + series.anonymous + series.federated);
        }
    }
    sums
}
