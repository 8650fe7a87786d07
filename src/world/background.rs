//! Everyday tickets: what the help desk has to do beside the migration, whatever a plan does.
//!
//! On each day the number of tickets is negative binomial: Poisson about a mean that itself is drawn from a gamma distribution
//! (M. Greenwood and G. U. Yule, Journal of the Royal Statistical Society 83 (1920) 255-279), so that its variance is
//! `dispersion` times its mean `m`: the shape of the gamma distribution is `m / (dispersion - 1)`. Both are drawn from one stream
//! of the day, so a larger mean never gives fewer tickets.

use super::{Facts, Purpose, Setting, User};
use crate::kernel::{Key, Span, Time, distribution};

/// How many everyday tickets are opened on which day.
#[derive(Clone, PartialEq, Debug)]
pub struct Background {
    /// Where the numbers come from.
    pub counts: Counts,
    /// Share of the people of time zero by site.
    pub people: Vec<f64>,
    /// Priority at the desk, from 1 (first) to 4.
    pub priority: u8,
}

/// Numbers of everyday tickets.
#[derive(Clone, PartialEq, Debug)]
pub enum Counts {
    /// Each world draws its own.
    Drawn {
        /// Is their mean stated, rather than the share of the agents' time that they take?
        of_mean: bool,
        /// Agents' minutes in an ordinary week.
        week_minutes: f64,
        /// Factors of the mean from Monday to Sunday; `None`: 1 on the working days of each site, else 0.
        weekdays: Option<[f64; 7]>,
        /// The factor on a holiday, in place of the weekday's.
        holiday: f64,
    },
    /// The same in every world, by day of the scenario.
    Listed(Vec<u32>),
}

impl Background {
    /// Share of these people by site, of which there are so many.
    pub fn people(users: &[User], sites: usize) -> Vec<f64> {
        let mut people = vec![0.0; sites];
        for user in users {
            people[usize::from(user.site)] += 1.0;
        }
        let all = users.len().max(1) as f64;
        people.iter().map(|people| people / all).collect()
    }
}

/// What the sites of a company contribute to a day: shares of the people times factors.
struct Sites<'a> {
    /// Share of the people of time zero.
    people: &'a [f64],
    /// Which weekdays are working days, by site, from Monday.
    works: Vec<[bool; 7]>,
}

impl<'a> Sites<'a> {
    fn of(facts: &'a Facts, people: &'a [f64]) -> Sites<'a> {
        let works = |site: &super::Site| {
            let mut works = [false; 7];
            for (date, &working) in (site.first_date..).zip(&site.working) {
                works[weekday(facts, date)] |= working;
            }
            works
        };
        Sites {
            people,
            works: facts.calendar.sites.iter().map(works).collect(),
        }
    }

    /// Share of the people times the factor of a weekday.
    fn ordinary(&self, site: usize, weekday: usize, weekdays: Option<&[f64; 7]>) -> f64 {
        let usual = f64::from(u8::from(self.works[site][weekday]));
        self.people[site] * weekdays.map_or(usual, |factors| factors[weekday])
    }

    /// The same of a date, which may be a holiday of the site.
    fn on(&self, facts: &Facts, date: i64, weekdays: Option<&[f64; 7]>, holiday: f64) -> Vec<f64> {
        let weekday = weekday(facts, date);
        let of = |(place, site): (usize, &super::Site)| {
            let is_holiday = self.works[place][weekday] && !site.is_working_day(date);
            match is_holiday {
                true => self.people[place] * holiday,
                false => self.ordinary(place, weekday, weekdays),
            }
        };
        facts.calendar.sites.iter().enumerate().map(of).collect()
    }
}

fn weekday(facts: &Facts, date: i64) -> usize {
    facts.calendar.date(date).weekday().to_monday_zero_offset() as usize
}

/// The number of everyday tickets on each day of a world; empty if there are none.
pub(super) fn draw_background(facts: &Facts, key: Key, value: &impl Fn(Setting) -> f64) -> Vec<u32> {
    let Some(background) = &facts.background else {
        return Vec::new();
    };
    match &background.counts {
        Counts::Listed(counts) => counts.clone(),
        Counts::Drawn {
            of_mean,
            week_minutes,
            weekdays,
            holiday,
        } => {
            let sites = Sites::of(facts, &background.people);
            let weekdays = weekdays.as_ref();
            let mean = match of_mean {
                true => value(Setting::BackgroundPerDay),
                false => {
                    let days: f64 = (0..sites.people.len())
                        .flat_map(|site| (0..7).map(move |weekday| (site, weekday)))
                        .map(|(site, weekday)| sites.ordinary(site, weekday, weekdays))
                        .sum();
                    let work = value(Setting::ServiceMinutes) * days;
                    let minutes = value(Setting::BackgroundUtilisation) * week_minutes;
                    if work > 0.0 { minutes / work } else { 0.0 }
                }
            };
            let dispersion = value(Setting::BackgroundDispersion);
            (0..facts.calendar.days())
                .map(|day| {
                    let share: f64 = sites.on(facts, day.into(), weekdays, *holiday).iter().sum();
                    negative_binomial(key, day, mean * share, dispersion)
                })
                .collect()
        }
    }
}

/// The number of a day with this mean, and a variance of `dispersion` times it.
fn negative_binomial(key: Key, day: u32, mean: f64, dispersion: f64) -> u32 {
    if mean <= 0.0 {
        return 0;
    }
    let mut stream = key.stream(Purpose::BackgroundCount, 0, day.into());
    let u = stream.uniform();
    let rate = match dispersion > 1.0 {
        true => distribution::gamma(u, mean, mean / (dispersion - 1.0)),
        false => mean,
    };
    stream.poisson(rate).min(u64::from(u32::MAX)) as u32
}

/// When the everyday tickets of a day are opened, by number: at some time of the working hours of a site, drawn by what the
/// sites contribute to the day.
pub fn times(facts: &Facts, key: Key, day: u32, count: u32) -> Vec<Time> {
    let Some(background) = facts.background.as_ref().filter(|_| count > 0) else {
        return Vec::new();
    };
    let sites = Sites::of(facts, &background.people);
    let mut weights = match &background.counts {
        Counts::Drawn {
            weekdays, holiday, ..
        } => sites.on(facts, day.into(), weekdays.as_ref(), *holiday),
        Counts::Listed(_) => sites.on(facts, day.into(), None, 0.0),
    };
    if weights.iter().sum::<f64>() <= 0.0 {
        weights = background.people.clone();
    }
    let time = |number: u32| {
        let mut stream = key.stream(Purpose::BackgroundTime, day.into(), number.into());
        let site = &facts.calendar.sites[stream.choose_weighted(&weights)];
        let within = Span((site.day_length().0 as f64 * stream.uniform()) as i64);
        site.midnight(day.into()) + site.hours.0 + within
    };
    (0..count).map(time).collect()
}
