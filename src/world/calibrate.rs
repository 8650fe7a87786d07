//! Rates of meetings, such that a site shows the concurrency that is asked for.
//!
//! **Rates.** Let `l` be the number of occurrences that take place per user and working day (load unit). A share
//! `a` of them is ad hoc, the rest is scheduled and falls on the four scheduled categories by their shares. A
//! category of share `q` needs meetings created at the rate
//!
//! ```text
//! c = l q / P(held)                      one-time
//! c = l q / (P(held) n w)                recurring: n slots on average, a share w of them on working days
//! c = l q / (P(held) Active)             ad hoc: started only by people who are active that day
//! ```
//!
//! **Seats.** A meeting of size `s` has `m = s - 1` places beside its organiser. Each is independently an anonymous
//! guest with probability `p_a` (never in a closed meeting; the first place of a meeting with anonymous guests
//! always is one), a federated guest with probability `p_f`, else an internal attendee (probability `p_i`), who
//! comes if active (probability `A`). With neither guest nor active attendee the meeting is not held:
//!
//! ```text
//! P(held) = 1 - (p_i (1 - A))^m          E[internal seats; held] = 1 + A m p_i - (p_i (1 - A))^m
//! ```
//!
//! and with a first anonymous guest, `m >= 1`: P(held) = 1, E = 1 + A (m - 1) p_i.
//!
//! **Guests.** `p_a` and `p_f` solve: expected guests over expected participants are the shares asked for, where
//! the categories count by their share of occurrences (`W_an`, `W_cl` those with anonymous guests and closed):
//!
//! ```text
//! (1 - W_cl - W_an) M p_a + W_an (P(m >= 1) + (M - P(m >= 1)) p_a) = share_a E[s],   M = E[m]
//! p_f (M - W_an P(m >= 1)) = share_f E[s]
//! ```
//!
//! **Concurrency.** `O_r` is the mean time that a meeting started in region `r` (busy hours, quiet hours) of a day
//! spends in working hours, `B_r` in busy hours: the overlap of `[x, x + d)` with the hours of its day, and with
//! those of the next day if that is a working day, integrated over the starts `x` in `r` (in pieces of one minute,
//! rounded down to the grid for scheduled meetings) and the durations `d`, each kind weighed by its seats. With a
//! share `v` of starts in the busy hours the seats in progress over the active users are
//!
//! ```text
//! l (v O_busy + (1 - v) O_quiet) / (A H) = Concurrency,        H = length of the working day
//! ```
//!
//! which gives `l`; and `v` is chosen so that the busy hours hold the share `BusyShare` of the seat time,
//! `v B_busy + (1 - v) B_quiet = BusyShare (v O_busy + (1 - v) O_quiet)`, because meetings begun in a busy hour
//! reach into a quiet one. Where the scenario states the rate itself, `v` is `BusyShare`.

use super::clock::{has_busy_hours, working_share};
use super::{Category, Facts, MeetingModel, Setting, Site};
use crate::kernel::Span;

/// People in a large meeting.
pub(super) const LARGE: u32 = 250;

/// Place of the large meetings in [`Rates::creation`], after the categories.
pub(super) const LARGE_PLACE: usize = 5;

/// Probabilities of a place beside the organiser.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Places {
    pub(super) anonymous: f64,
    pub(super) federated: f64,
}

/// Rates of one site.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Rates {
    /// Meetings (series) created per user and load unit, by category, and large ones. Ad hoc ones before thinning.
    pub(super) creation: [f64; 6],
    /// Share of a day's load in the busy hours.
    pub(super) busy_share: f64,
}

/// Shares of occurrences by category, in the order of [`Category`].
fn shares(value: impl Fn(Setting) -> f64) -> [f64; 5] {
    let [recurring, open, anonymous] = [
        Setting::RecurringShare,
        Setting::OpenShare,
        Setting::AnonymousShare,
    ]
    .map(value_of(&value));
    let closed = (1.0 - recurring - open - anonymous).max(0.0);
    let total = recurring + open + anonymous + closed;
    let ad_hoc = value(Setting::AdHocShare);
    let scheduled = (1.0 - ad_hoc) / total;
    [
        ad_hoc,
        scheduled * recurring,
        scheduled * open,
        scheduled * anonymous,
        scheduled * closed,
    ]
}

fn value_of(value: &impl Fn(Setting) -> f64) -> impl Fn(Setting) -> f64 {
    |setting| value(setting)
}

/// Solves the probabilities of a place for the shares of guests.
pub(super) fn places(model: &MeetingModel, value: impl Fn(Setting) -> f64) -> Places {
    let shares = shares(&value);
    let (with_guest, closed) = (
        shares[Category::Anonymous as usize],
        shares[Category::Closed as usize],
    );
    let mean = |of: fn(f64) -> f64| {
        model
            .sizes
            .iter()
            .map(|&(size, share)| share * of(f64::from(size)))
            .sum::<f64>()
    };
    let people = mean(|size| size);
    let beside = mean(|size| (size - 1.0).max(0.0));
    let has_place = mean(|size| f64::from(u8::from(size > 1.0)));
    let free = (1.0 - closed) * beside - with_guest * has_place;
    let ratio = |above: f64, below: f64| {
        if below > 0.0 {
            (above / below).clamp(0.0, 1.0)
        } else {
            0.0
        }
    };
    let anonymous = ratio(
        value(Setting::GuestAnonymous) * people - with_guest * has_place,
        free,
    );
    let federated = ratio(
        value(Setting::GuestFederated) * people,
        beside - with_guest * has_place,
    );
    Places {
        anonymous,
        federated: federated.min(1.0 - anonymous),
    }
}

/// Expected internal seats of a meeting (zero if not held), and the probability that it is held.
fn seats_of(category: Category, size: u32, places: Places, active: f64) -> (f64, f64) {
    let beside = size.saturating_sub(1);
    let closed = category == Category::Closed;
    let internal = 1.0 - places.federated - if closed { 0.0 } else { places.anonymous };
    if category == Category::Anonymous && beside > 0 {
        return (1.0 + active * f64::from(beside - 1) * internal, 1.0);
    }
    let nobody = libm::pow(internal * (1.0 - active), f64::from(beside));
    (1.0 + active * f64::from(beside) * internal - nobody, 1.0 - nobody)
}

/// The same over the distribution of sizes.
fn seats(category: Category, facts: &Facts, places: Places, active: f64) -> (f64, f64) {
    let people = facts.residents() as u32;
    let total: f64 = facts.meetings.sizes.iter().map(|row| row.1).sum();
    facts
        .meetings
        .sizes
        .iter()
        .fold((0.0, 0.0), |(seats, held), &(size, share)| {
            let (more_seats, more_held) = seats_of(category, size.min(people), places, active);
            (
                seats + share / total * more_seats,
                held + share / total * more_held,
            )
        })
}

/// Share of a recurring series' slots that lie on working days, averaged over the working days of the horizon.
fn slots_worked(facts: &Facts, site: &Site) -> f64 {
    let (low, high) = facts.meetings.occurrences;
    let last = i64::from(facts.calendar.days());
    let mut sum = 0.0;
    let mut days = 0.0;
    let longer = |k: u32| f64::from(high - k.clamp(low - 1, high)) / f64::from(high - low + 1);
    for date in (0..last).filter(|&date| site.is_working_day(date)) {
        let worked = (0..high).filter(|&k| site.is_working_day(date - 7 * i64::from(k)));
        sum += worked.map(longer).sum::<f64>();
        days += mean_slots(&facts.meetings);
    }
    if days > 0.0 { sum / days } else { 1.0 }
}

fn mean_slots(model: &MeetingModel) -> f64 {
    (f64::from(model.occurrences.0) + f64::from(model.occurrences.1)) / 2.0
}

/// Mean time in busy hours and in working hours of meetings started in one region of a day, in ms.
#[derive(Clone, Copy, Default, Debug)]
struct Overlap {
    busy: f64,
    all: f64,
}

impl Overlap {
    fn add(&mut self, weight: f64, other: Overlap) {
        self.busy += weight * other.busy;
        self.all += weight * other.all;
    }
}

/// The hours of a site as numbers, and how a meeting overlaps with them.
struct Day<'a> {
    site: &'a Site,
    /// Probability that the day after a working day is one, too.
    next_works: f64,
    grid: i64,
}

impl Day<'_> {
    fn new(site: &Site, grid: i64) -> Day<'_> {
        let works = |date: &i64| site.is_working_day(*date);
        let dates = site.first_date..site.first_date + site.working.len() as i64;
        let (days, pairs) = dates.filter(works).fold((0.0, 0.0), |(days, pairs), date| {
            (days + 1.0, pairs + f64::from(u8::from(works(&(date + 1)))))
        });
        Day {
            site,
            next_works: if days > 0.0 { pairs / days } else { 0.0 },
            grid,
        }
    }

    fn overlap(&self, start: i64, duration: i64) -> Overlap {
        let with = |hours: (Span, Span)| {
            let on = |shift: i64| {
                ((start + duration).min(hours.1.0 + shift) - start.max(hours.0.0 + shift)).max(0)
            };
            on(0) as f64 + self.next_works * on(Span::DAY.0) as f64
        };
        Overlap {
            busy: with(self.site.busy),
            all: with(self.site.hours),
        }
    }

    /// Integral over the starts in `[from, to)`, in ms^2, in pieces of one minute; trapezoids if not on the grid.
    fn integrate(&self, (from, to): (Span, Span), duration: i64, on_grid: bool) -> Overlap {
        let mut sum = Overlap::default();
        let mut at = from.0;
        while at < to.0 {
            let end = (at + Span::MINUTE.0).min(to.0);
            let width = (end - at) as f64;
            if on_grid {
                let start = round_down(self.site, self.grid, at);
                sum.add(width, self.overlap(start, duration));
            } else {
                sum.add(width / 2.0, self.overlap(at, duration));
                sum.add(width / 2.0, self.overlap(end, duration));
            }
            at = end;
        }
        sum
    }

    /// Mean over the starts in the given intervals and over the durations.
    fn mean(&self, intervals: &[(Span, Span)], durations: &[(f64, f64)], on_grid: bool) -> Overlap {
        let length: f64 = intervals.iter().map(|&(from, to)| (to - from).0 as f64).sum();
        let total: f64 = durations.iter().map(|row| row.1).sum();
        let mut mean = Overlap::default();
        for &(minutes, share) in durations {
            let duration = Span::from_minutes_f64(minutes).0;
            for &interval in intervals {
                mean.add(
                    share / total / length,
                    self.integrate(interval, duration, on_grid),
                );
            }
        }
        mean
    }
}

/// A time of day rounded down to the grid, not before opening.
pub(super) fn round_down(site: &Site, grid: i64, of_day: i64) -> i64 {
    if grid == 0 {
        return of_day;
    }
    (of_day - of_day.rem_euclid(grid)).max(site.hours.0.0)
}

/// The mean overlaps by region and kind of start.
struct Regions {
    busy: [Overlap; 2],
    quiet: [Overlap; 2],
}

impl Regions {
    fn new(site: &Site, model: &MeetingModel) -> Regions {
        let day = Day::new(site, Span::MINUTE.0 * i64::from(model.grid_minutes));
        let (hours, busy) = (site.hours, site.busy);
        let over = |intervals: &[(Span, Span)]| {
            [true, false].map(|on_grid| day.mean(intervals, &model.durations, on_grid))
        };
        if has_busy_hours(site) {
            Regions {
                busy: over(&[busy]),
                quiet: over(&[(hours.0, busy.0), (busy.1, hours.1)]),
            }
        } else {
            let all = over(&[hours]);
            Regions {
                busy: all,
                quiet: all,
            }
        }
    }
}

/// Seats per occurrence of scheduled and of ad hoc meetings, weighed into one overlap.
fn weigh(kinds: &[Overlap; 2], seats: [f64; 2]) -> Overlap {
    let mut sum = Overlap::default();
    kinds
        .iter()
        .zip(seats)
        .for_each(|(&overlap, seats)| sum.add(seats, overlap));
    sum
}

/// Share of starts in the busy hours such that they hold `target` of the seat time.
fn busy_starts(busy: Overlap, quiet: Overlap, target: f64) -> f64 {
    let (x, y) = (busy.busy - target * busy.all, quiet.busy - target * quiet.all);
    if x == y {
        target
    } else {
        (-y / (x - y)).clamp(0.0, 1.0)
    }
}

/// The rates of one site.
pub(super) fn rates(facts: &Facts, site: &Site, places: Places, value: impl Fn(Setting) -> f64) -> Rates {
    const CATEGORIES: [Category; 5] = [
        Category::AdHoc,
        Category::Recurring,
        Category::Open,
        Category::Anonymous,
        Category::Closed,
    ];
    let active = value(Setting::Active);
    let shares = shares(&value);
    let working = working_share(site);
    let large = value(Setting::LargePerUserWeek) / (7.0 * working);
    let each = CATEGORIES.map(|category| seats(category, facts, places, active));
    let seats_held = |place: usize| {
        if each[place].1 > 0.0 {
            each[place].0 / each[place].1
        } else {
            0.0
        }
    };
    let mut busy_share = value(Setting::BusyShare);
    let per_day = match facts.meetings.starts_per_user_day {
        Some(rate) => rate / working,
        None => {
            let scheduled = (1..5).map(|place| shares[place] * seats_held(place)).sum();
            let seats = [scheduled, shares[0] * seats_held(0)];
            let regions = Regions::new(site, &facts.meetings);
            let (busy, quiet) = (weigh(&regions.busy, seats), weigh(&regions.quiet, seats));
            busy_share = busy_starts(busy, quiet, busy_share);
            let mix = |busy: Overlap, quiet: Overlap| busy_share * busy.all + (1.0 - busy_share) * quiet.all;
            let large_seats = seats_of(
                Category::Open,
                LARGE.min(facts.residents() as u32),
                places,
                active,
            )
            .0;
            let by_large = large * large_seats * mix(regions.busy[0], regions.quiet[0]);
            let wanted = value(Setting::Concurrency) * active * site.day_length().0 as f64;
            let per_occurrence = mix(busy, quiet);
            if per_occurrence > 0.0 {
                (wanted - by_large).max(0.0) / per_occurrence
            } else {
                0.0
            }
        }
    };
    let mut creation = [0.0; 6];
    for (place, category) in CATEGORIES.into_iter().enumerate() {
        let held = each[place].1;
        let per_meeting = match category {
            Category::AdHoc => held * active,
            Category::Recurring => held * mean_slots(&facts.meetings) * slots_worked(facts, site),
            _ => held,
        };
        creation[place] = if per_meeting > 0.0 {
            per_day * shares[place] / per_meeting
        } else {
            0.0
        };
    }
    creation[LARGE_PLACE] = large;
    let finite = creation.map(|rate| if rate.is_finite() { rate } else { 0.0 });
    Rates {
        creation: finite,
        busy_share,
    }
}
