//! Everyday tickets: what the help desk has to do beside the migration, whatever a plan does.
//!
//! On each day the number of tickets is negative binomial: Poisson about a mean that itself is drawn from a gamma distribution
//! (M. Greenwood and G. U. Yule, Journal of the Royal Statistical Society 83 (1920) 255-279), so that its variance is
//! `dispersion` times its mean `m`: the shape of the gamma distribution is `m / (dispersion - 1)`. Both are drawn from one stream
//! of the day, so a larger mean never gives fewer tickets.

use super::{Calendar, Facts, Purpose, Setting, Site, User};
use crate::kernel::{Key, Span, Time, distribution};

/// How many everyday tickets are opened on which day.
#[derive(Clone, PartialEq, Debug)]
pub struct Background {
    /// Where the numbers come from.
    pub counts: Counts,
    /// By day of the scenario, what each site contributes to it: its share of the people of time zero times the factor of its
    /// date; of a day to which no site contributes, the shares alone.
    pub weights: Vec<Vec<f64>>,
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
        /// By day of the scenario, the sum of what the sites contribute.
        days: Vec<f64>,
        /// The same of an ordinary week, all seven days together.
        week: f64,
    },
    /// The same in every world, by day of the scenario.
    Listed(Vec<u32>),
}

/// What a date counts for.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Factors {
    /// From Monday to Sunday; `None`: 1 on the working days of each site, else 0.
    pub weekdays: Option<[f64; 7]>,
    /// On a holiday of a site, in place of the weekday's.
    pub holiday: f64,
}

/// What the sites of a company contribute to the days of a scenario, the same in every world.
pub struct Contributions<'a> {
    calendar: &'a Calendar,
    factors: Factors,
    /// Share of the people of time zero, by site.
    people: Vec<f64>,
    /// Which weekdays are working days, by site, from Monday.
    works: Vec<[bool; 7]>,
}

impl<'a> Contributions<'a> {
    /// Of these people of time zero.
    pub fn new(calendar: &'a Calendar, users: &[User], factors: Factors) -> Contributions<'a> {
        let mut people = vec![0.0; calendar.sites.len()];
        for user in users {
            people[usize::from(user.site)] += 1.0;
        }
        let all = users.len().max(1) as f64;
        let works = |site: &Site| {
            let mut works = [false; 7];
            for (date, &working) in (site.first_date..).zip(&site.working) {
                works[weekday(calendar, date)] |= working;
            }
            works
        };
        Contributions {
            people: people.iter().map(|people| people / all).collect(),
            works: calendar.sites.iter().map(works).collect(),
            calendar,
            factors,
        }
    }

    /// Share of the people times the factor of a weekday.
    fn ordinary(&self, site: usize, weekday: usize) -> f64 {
        let usual = f64::from(u8::from(self.works[site][weekday]));
        self.people[site] * self.factors.weekdays.map_or(usual, |factors| factors[weekday])
    }

    /// The same of a date, which may be a holiday of the site, by site.
    fn on(&self, date: i64) -> Vec<f64> {
        let weekday = weekday(self.calendar, date);
        let of = |(place, site): (usize, &Site)| {
            let is_holiday = self.works[place][weekday] && !site.is_working_day(date);
            match is_holiday {
                true => self.people[place] * self.factors.holiday,
                false => self.ordinary(place, weekday),
            }
        };
        self.calendar.sites.iter().enumerate().map(of).collect()
    }

    /// The sum over sites, by day of the scenario.
    pub fn days(&self) -> Vec<f64> {
        let days = 0..i64::from(self.calendar.days());
        days.map(|day| self.on(day).iter().sum()).collect()
    }

    /// The sum over sites and the days of an ordinary week.
    pub fn week(&self) -> f64 {
        let days = (0..self.people.len()).flat_map(|site| (0..7).map(move |weekday| (site, weekday)));
        days.map(|(site, weekday)| self.ordinary(site, weekday)).sum()
    }

    /// See [`Background::weights`].
    pub fn weights(&self) -> Vec<Vec<f64>> {
        let days = 0..i64::from(self.calendar.days());
        days.map(|day| {
            let weights = self.on(day);
            match weights.iter().sum::<f64>() > 0.0 {
                true => weights,
                false => self.people.clone(),
            }
        })
        .collect()
    }
}

fn weekday(calendar: &Calendar, date: i64) -> usize {
    calendar.date(date).weekday().to_monday_zero_offset() as usize
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
            days,
            week,
        } => {
            let mean = match of_mean {
                true => value(Setting::BackgroundPerDay),
                false => {
                    let work = value(Setting::ServiceMinutes) * week;
                    let minutes = value(Setting::BackgroundUtilisation) * week_minutes;
                    if work > 0.0 { minutes / work } else { 0.0 }
                }
            };
            let dispersion = value(Setting::BackgroundDispersion);
            (0..)
                .zip(days)
                .map(|(day, share)| negative_binomial(key, day, mean * share, dispersion))
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
    let weights = &background.weights[day as usize];
    let time = |number: u32| {
        let mut stream = key.stream(Purpose::BackgroundTime, day.into(), number.into());
        let site = &facts.calendar.sites[stream.choose_weighted(weights)];
        let within = Span((site.day_length().0 as f64 * stream.uniform()) as i64);
        site.midnight(day.into()) + site.hours.0 + within
    };
    (0..count).map(time).collect()
}
