//! Branches: a strategy is stopped at an instant, cloned, and every clone takes a course of its own under a trouble that
//! all of them share. What comes of it is counted from the branch on.
//!
//! Orders and troubles go into the event list like everything that a plan or the world causes, so that a branch has the
//! future of a fresh run that scripts the same.

use super::Simulation;
use super::account;
use super::event::Event;
use super::state::Service;
use crate::kernel::{Observer, Span, Time};
use crate::outcome::{Entry, Metric, Quantity, Row, Toll};
use crate::plan::course::Course;
use crate::world::outages::with_told;
use crate::world::{ScriptedOutage, Struck, Trouble, UserId, Window};
use std::borrow::Cow;

/// What has been taken of a window.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Intake {
    /// Start of the window.
    pub(super) window: Option<Time>,
    /// Next slot of a series to be created.
    pub(super) created: u32,
    /// Next occurrence.
    pub(super) occurrence: usize,
}

impl Intake {
    /// Nothing yet.
    pub(super) fn of(window: &Window) -> Intake {
        Intake {
            window: Some(window.from),
            created: window.created.start,
            occurrence: 0,
        }
    }
}

/// What is counted from an instant on.
#[derive(Clone, Debug)]
pub(super) struct Watch {
    /// The branch.
    from: Time,
    /// Before this instant nobody is waited for: the order has not been given.
    ordered: Time,
    /// The instant that was looked at last.
    looked: Time,
    /// When everyone was served again.
    served: Option<Time>,
    /// Bit set of the users who could not sign in at some time.
    stranded: Vec<u64>,
    /// Who goes back since the first order, if there is one.
    going: Option<Going>,
    /// The metrics at the branch.
    before: Row,
}

/// People on their way back.
#[derive(Clone, Debug)]
struct Going {
    ordered: Time,
    /// By user: goes back, and is not served on the old side yet.
    waits: Vec<Waits>,
    /// Of so many who are still employed.
    people: u32,
    /// So many are not served.
    waiting: u32,
    /// When enough of them were served for the first time, with every task taken back.
    done: Option<Time>,
}

/// Does somebody who goes back wait for service?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Waits {
    /// Does not go back, or has left.
    NotConcerned,
    /// Is not served on the old side.
    Yes,
    /// Is served on the old side.
    No,
}

/// One in so many of those who go back is not waited for: 98 % count as all.
const STRAGGLERS: u32 = 50;

impl Going {
    fn are_enough_served(&self) -> bool {
        self.waiting <= self.people / STRAGGLERS
    }
}

impl Watch {
    pub(super) fn note_stranded(&mut self, user: UserId) {
        self.stranded[user as usize / 64] |= 1 << (user % 64);
    }

    /// Somebody is served on the old side, or is not.
    pub(super) fn note_served(&mut self, user: UserId, served: bool) {
        let Some(going) = &mut self.going else { return };
        let now = if served { Waits::No } else { Waits::Yes };
        let waits = &mut going.waits[user as usize];
        if *waits != Waits::NotConcerned {
            going.waiting -= u32::from(*waits == Waits::Yes);
            going.waiting += u32::from(now == Waits::Yes);
            *waits = now;
        }
    }

    /// Somebody has left.
    pub(super) fn forget(&mut self, user: UserId) {
        let Some(going) = &mut self.going else { return };
        let waits = std::mem::replace(&mut going.waits[user as usize], Waits::NotConcerned);
        going.people -= u32::from(waits != Waits::NotConcerned);
        going.waiting -= u32::from(waits == Waits::Yes);
    }
}

/// Quantities that are a metric now less the same metric at the branch.
const DIFFERENCES: [(Quantity, Metric); 8] = [
    (Quantity::Broken, Metric::Broken),
    (Quantity::LostHours, Metric::LostHours),
    (Quantity::StrandedHours, Metric::StrandedHours),
    (Quantity::Downgraded, Metric::Downgraded),
    (Quantity::RolledBack, Metric::RolledBack),
    (Quantity::FixedForward, Metric::FixedForward),
    (Quantity::Tickets, Metric::Tickets),
    (Quantity::Cost, Metric::Cost),
];

impl<O: Observer<Entry>> Simulation<'_, O> {
    /// Lets a declared trouble begin at an instant that is still to come. Gives the instant at which it is over.
    ///
    /// The world of a declared defect must have been made ready with [`World::declare`](crate::world::World::declare).
    pub fn strike(&mut self, trouble: Trouble, at: Time) -> Option<Time> {
        match trouble {
            Trouble::None => None,
            Trouble::Defect(_) => {
                let defect = self.world.defects.len() - 1;
                self.state.events.push(at, Event::DefectBegins(defect as u16));
                Some(at + Span::from_days_f64(self.world.defects[defect].fix_days))
            }
            Trouble::PoolLoss(_, length) => {
                for pool in trouble.pools(&self.world.facts) {
                    self.tell_outage(ScriptedOutage {
                        place: Struck::Pool(pool),
                        down: at,
                        up: at + length,
                        planned: false,
                    });
                }
                self.reschedule_outages(at);
                Some(at + length)
            }
        }
    }

    fn tell_outage(&mut self, outage: ScriptedOutage) {
        self.outages = Cow::Owned(with_told(&self.world.facts, &self.outages, &outage));
        self.declared.push(outage);
    }

    /// Outages that are told join with those drawn, which may then begin earlier or end later: all that is still to come
    /// is put into the event list anew.
    fn reschedule_outages(&mut self, from: Time) {
        let events = &mut self.state.events;
        events.retain(|_, event| !matches!(event, Event::ServerDown(_) | Event::ServerUp(_)));
        for (number, outage) in (0..).zip(self.outages.iter()) {
            if outage.down >= from {
                events.push(outage.down, Event::ServerDown(number));
            }
            if outage.up >= from {
                events.push(outage.up, Event::ServerUp(number));
            }
        }
    }

    /// Orders a course at an instant that is still to come. `fixed` is when the trouble is over: fixing forward lasts until
    /// then, and is going on if that is no later than the order.
    ///
    /// A rollback needs a plan that says how, see [`Rollback`](crate::plan::Rollback); it is none while nobody is on the
    /// new side.
    pub fn set_course(&mut self, course: Course, at: Time, fixed: Option<Time>) {
        let events = &mut self.state.events;
        match (course, fixed) {
            (Course::RollBack, _) => events.push(at, Event::Rollback),
            (Course::FixForward, Some(fixed)) if fixed > at => {
                events.push(at, Event::Hold);
                events.push(fixed, Event::HoldEnds);
            }
            (Course::Hold, _) => events.push(at, Event::Halt),
            (Course::GoOn | Course::FixForward, _) => {}
        }
    }

    /// Counts from the instant to which the strategy has been carried, as [`Simulation::toll`] tells; the order is given at
    /// `ordered`, which is no earlier. A day that ends at the instant has ended before it: see [`Simulation::end_day_at`].
    pub fn watch(&mut self, window: &Window, from: Time, ordered: Time) {
        self.end_day_at(window, from);
        let mut watch = Watch {
            from,
            ordered,
            looked: ordered,
            served: None,
            stranded: vec![0; self.state.pool.len().div_ceil(64)],
            going: None,
            before: self.row_at(window, from),
        };
        for (user, &service) in (0..).zip(&self.state.service) {
            if service == Service::Stranded {
                watch.note_stranded(user);
            }
        }
        self.watches.push(watch);
    }

    /// Digest of the event log so far.
    pub fn digest(&self) -> u64 {
        self.digest.finish()
    }

    /// By day, at its end: people who moved from the old side and have no way back, and their share of all who did, in per
    /// mille. Zero for days that have not ended.
    pub fn no_way_back(&self) -> impl Iterator<Item = (u32, u32)> {
        let timeline = &self.state.timeline;
        let fixed_columns = self.state.users_on.len() + self.state.users_with.len();
        (0..timeline.days()).map(move |day| {
            let cell = |measure: usize| timeline.get(day, fixed_columns + measure);
            (cell(account::NO_WAY_BACK), cell(account::NO_WAY_BACK_SHARE))
        })
    }

    /// Users homed on the new side.
    pub fn users_on_new_side(&self) -> u32 {
        self.users_moved()
    }

    /// Forgets whatever a clone was counting.
    pub fn watch_nothing(&mut self) {
        self.watches.clear();
    }

    /// What has been counted since the earliest [`Simulation::watch`] that has not been asked for, up to the instant to
    /// which the strategy has been carried; it is counted no longer. `None` if nothing is being counted. A day that ends at the
    /// instant is part of it. Values are whole multiples of 1/65,536, so that differences of them add up exactly.
    pub fn toll(&mut self, window: &Window, at: Time) -> Option<Toll> {
        if self.watches.is_empty() {
            return None;
        }
        self.end_day_at(window, at);
        self.look_at_watches(at);
        let watch = self.watches.remove(0);
        let after = self.row_at(window, at);
        let mut toll = Toll::default();
        for (quantity, metric) in DIFFERENCES {
            let difference = after.get(metric).zip(watch.before.get(metric));
            toll.set(quantity, difference.map(|(after, before)| snap(after - before)));
        }
        let stranded: u32 = watch.stranded.iter().map(|word| word.count_ones()).sum();
        toll.set(Quantity::Stranded, Some(stranded.into()));
        let served = watch.served.map(|served| snap((served - watch.from).hours()));
        toll.set(Quantity::HoursUntilServed, served);
        toll.set(Quantity::DaysToGoBack, self.days_to_go_back(&watch, at));
        Some(toll)
    }

    /// From the order until enough of those who go back are served, every task is taken back, and one test run has followed.
    /// The run is the next of the plan's schedule, which is thought to go on for it; a plan without tests has none. Missing
    /// without an order, or if it is later than this instant.
    fn days_to_go_back(&self, watch: &Watch, at: Time) -> Option<f64> {
        let going = watch.going.as_ref()?;
        let done = going.done?;
        let validated = self
            .plan
            .testing
            .as_ref()
            .map_or(done, |testing| testing.next_from(done));
        (validated <= at).then(|| snap((validated - going.ordered).days()))
    }

    /// A rollback is ordered that takes these people back; the first one since a branch is the one that is timed.
    pub(super) fn note_going(&mut self, now: Time, back: &[UserId]) {
        if self.watches.is_empty() {
            return;
        }
        let mut waits = vec![Waits::NotConcerned; self.state.pool.len()];
        for &user in back {
            waits[user as usize] = Waits::Yes;
        }
        let going = Going {
            ordered: now,
            waits,
            people: back.len() as u32,
            waiting: back.len() as u32,
            done: None,
        };
        for watch in &mut self.watches {
            watch.going.get_or_insert_with(|| going.clone());
        }
    }

    /// The metrics as they would be if all accounts were closed now. Those that look at the horizon look at it.
    fn row_at(&self, window: &Window, now: Time) -> Row {
        account::row(&self.state, &self.counts_at(window, now), self.world)
    }

    /// The next event is at an instant: was everyone served at the one before it?
    pub(super) fn look_at_watches(&mut self, now: Time) {
        let are_undone = self.is_undone();
        for watch in &mut self.watches {
            let looked = watch.looked;
            if let Some(going) = watch.going.as_mut().filter(|going| going.done.is_none())
                && now > looked
                && are_undone
                && going.are_enough_served()
            {
                going.done = Some(looked.max(going.ordered));
            }
        }
        let waits = |watch: &Watch| watch.served.is_none() && now > watch.looked;
        let served = self.watches.iter().any(waits) && self.is_everyone_served();
        for watch in &mut self.watches {
            if waits(watch) && served {
                watch.served = Some(watch.looked);
            }
            watch.looked = now.max(watch.ordered);
        }
    }

    /// Can everyone sign in, does every pool with users serve, is nobody being moved just now, does no declared defect harm
    /// anybody, and is no rollback under way?
    fn is_everyone_served(&self) -> bool {
        let declared = |defect: &usize| self.world.defects[*defect].begins.is_some();
        self.state.stranded_users == 0
            && self.state.out_users == 0
            && !self.is_going_back()
            && !(0..self.world.defects.len())
                .filter(declared)
                .any(|defect| self.harms_anybody(defect))
    }
}

/// The nearest multiple of 1/65,536. Differences and sums of such numbers are exact up to 2^36.
fn snap(value: f64) -> f64 {
    const STEPS: f64 = 65_536.0;
    (value * STEPS).round() / STEPS
}
