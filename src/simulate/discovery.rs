//! Discovery: how long people have worked with what a defect is in, and when that is enough to find it.
//!
//! Exposure is counted in working user-days: whoever is active on a date adds the share of the own working hours of
//! that date during which the defect reaches the person, from the instant of a move or an install on. It is brought up to date at
//! the end of each day and just before a wave starts, and a defect that people have been exposed to for long enough is
//! found then, before anything else happens at that instant.

use super::Simulation;
use super::defects::contains;
use crate::kernel::{Observer, Span, Time};
use crate::outcome::log::Label;
use crate::outcome::{Action, Cause, Entry, Subject};
use crate::world::{UserId, Window, World};
use std::collections::BTreeMap;

/// How far exposure has been counted.
#[derive(Clone, Debug)]
pub(crate) struct Discovery {
    /// Everybody's, up to this instant.
    until: Time,
    /// That of people who have moved, installed or left since, up to a later one.
    ahead: BTreeMap<UserId, Time>,
    /// By defect and site: working time with it, in milliseconds.
    worked: Vec<Vec<i64>>,
    /// By defect: millionths of user-days that the log has told.
    told: Vec<i64>,
}

impl Discovery {
    pub(crate) fn new(world: &World) -> Discovery {
        let (defects, sites) = (world.defects.len(), world.facts.calendar.sites.len());
        Discovery {
            until: Time::ZERO,
            ahead: BTreeMap::new(),
            worked: vec![vec![0; sites]; defects],
            told: vec![0; defects],
        }
    }
}

/// User-days in the unit of the log.
pub(crate) fn millionths(user_days: f64) -> i64 {
    (user_days * 1e6).round() as i64
}

impl<O: Observer<Entry>> Simulation<'_, O> {
    /// A user is about to move, to get another client or to leave: counts what lies before.
    pub(super) fn count_exposure_of(&mut self, window: &Window, user: UserId, now: Time) {
        let discovery = &self.state.discovery;
        let from = discovery.ahead.get(&user).copied().unwrap_or(discovery.until);
        if self.fixed.lurking.is_empty() || from >= now {
            return;
        }
        let facts = &self.world.facts;
        let place = usize::from(facts.users[user as usize].site);
        let site = &facts.calendar.sites[place];
        let worked: Span = (site.date(from)..=site.date(now))
            .filter(|&date| self.fixed.all_active || window.is_active(user, date))
            .map(|date| site.working_on(date, from, now))
            .sum();
        for defect in 0..self.fixed.lurking.len() {
            if worked > Span::ZERO && self.state.defects[defect].is_live() && self.reaches(defect, user) {
                self.state.discovery.worked[defect][place] += worked.0;
            }
        }
        self.state.discovery.ahead.insert(user, now);
    }

    /// Counts everybody's exposure, and finds what has been hidden for long enough.
    pub(super) fn discover(&mut self, window: &Window, now: Time) {
        if self.fixed.lurking.is_empty() || self.state.discovery.until >= now {
            return;
        }
        let ahead: Vec<UserId> = self.state.discovery.ahead.keys().copied().collect();
        let mut others = vec![u64::MAX; self.state.on_new.len()];
        for &user in &ahead {
            self.count_exposure_of(window, user, now);
            others[user as usize / 64] &= !(1 << (user % 64));
        }
        for defect in 0..self.fixed.lurking.len() {
            if self.state.defects[defect].is_live() {
                self.count_exposure_of_others(window, defect, &others, now);
            }
        }
        self.state.discovery.until = now;
        self.state.discovery.ahead.clear();
        for defect in 0..self.fixed.lurking.len() {
            self.tell_exposure(now, defect);
        }
    }

    /// Everybody but those who have been counted one by one since.
    fn count_exposure_of_others(&mut self, window: &Window, defect: usize, others: &[u64], now: Time) {
        let from = self.state.discovery.until;
        for (place, site) in self.world.facts.calendar.sites.iter().enumerate() {
            let mut worked = 0;
            for date in site.date(from)..=site.date(now) {
                let hours = site.working_on(date, from, now);
                if hours > Span::ZERO {
                    worked += hours.0 * self.people_reached(window, defect, others, (place, date));
                }
            }
            self.state.discovery.worked[defect][place] += worked;
        }
    }

    /// How many of these people are active at a site on a date and reached by a defect now.
    fn people_reached(
        &self,
        window: &Window,
        defect: usize,
        among: &[u64],
        (site, date): (usize, i64),
    ) -> i64 {
        let state = &self.state;
        let lurking = &self.fixed.lurking[defect];
        let side = match lurking.client {
            None => &state.on_new,
            Some(_) => &state.with_new_client,
        };
        let row = usize::try_from(date - window.first_date).expect("date before the window")
            * window.words_per_date;
        let mut people = 0;
        for (word, side) in side.iter().enumerate() {
            let mut bits = side & lurking.mask[word] & self.fixed.site_masks[site][word] & among[word];
            if !self.fixed.all_active {
                bits &= window.active[row + word];
            }
            if lurking.client.is_none() {
                people += i64::from(bits.count_ones());
                continue;
            }
            while bits != 0 {
                let user = word as UserId * 64 + bits.trailing_zeros();
                bits &= bits - 1;
                people += i64::from(self.reaches(defect, user));
            }
        }
        people
    }

    fn tell_exposure(&mut self, now: Time, defect: usize) {
        let sites = &self.world.facts.calendar.sites;
        let worked = self.state.discovery.worked[defect].iter().zip(sites);
        let exposure = worked
            .filter(|(worked, _)| **worked > 0)
            .map(|(worked, site)| *worked as f64 / site.day_length().0 as f64)
            .sum::<f64>();
        self.state.defects[defect].exposure = exposure;
        let so_far = millionths(exposure);
        let new = so_far - std::mem::replace(&mut self.state.discovery.told[defect], so_far);
        if new == 0 {
            return;
        }
        let subject = Subject::Defect(defect as u16);
        let blank = Label::Blank;
        let entry = Entry::new(now, Action::Exposed, subject, blank, blank, Cause::None);
        self.log(entry.with([new, so_far, 0, 0]));
        let hidden = self.world.defects[defect].hidden_user_days;
        if exposure >= hidden && now < self.world.facts.calendar.horizon {
            self.defect_found(now, defect as u16);
        }
    }

    /// Does a defect reach a user now?
    pub(super) fn reaches(&self, defect: usize, user: UserId) -> bool {
        let lurking = &self.fixed.lurking[defect];
        contains(&lurking.mask, user)
            && match lurking.client {
                None => contains(&self.state.on_new, user),
                Some(client) => self.state.client(self.world, user) == client,
            }
    }
}
