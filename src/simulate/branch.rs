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
    /// The metrics at the branch.
    before: Row,
}

impl Watch {
    pub(super) fn note_stranded(&mut self, user: UserId) {
        self.stranded[user as usize / 64] |= 1 << (user % 64);
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
            (Course::GoOn | Course::FixForward, _) => {}
        }
    }

    /// Counts from the instant to which the strategy has been carried, as [`Simulation::toll`] tells; the order is given at
    /// `ordered`, which is no earlier.
    pub fn watch(&mut self, window: &Window, from: Time, ordered: Time) {
        let mut watch = Watch {
            from,
            ordered,
            looked: ordered,
            served: None,
            stranded: vec![0; self.state.pool.len().div_ceil(64)],
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

    /// Users homed on the new side.
    pub fn users_on_new_side(&self) -> u32 {
        self.users_moved()
    }

    /// Forgets whatever a clone was counting.
    pub fn watch_nothing(&mut self) {
        self.watches.clear();
    }

    /// What has been counted since the earliest [`Simulation::watch`] that has not been asked for, up to the instant to
    /// which the strategy has been carried; it is counted no longer. `None` if nothing is being counted.
    pub fn toll(&mut self, window: &Window, at: Time) -> Option<Toll> {
        if self.watches.is_empty() {
            return None;
        }
        self.look_at_watches(at);
        let watch = self.watches.remove(0);
        let after = self.row_at(window, at);
        let mut toll = Toll::default();
        for (quantity, metric) in DIFFERENCES {
            let difference = after.get(metric).zip(watch.before.get(metric));
            toll.set(quantity, difference.map(|(after, before)| after - before));
        }
        let stranded: u32 = watch.stranded.iter().map(|word| word.count_ones()).sum();
        toll.set(Quantity::Stranded, Some(stranded.into()));
        let served = watch.served.map(|served| (served - watch.from).hours());
        toll.set(Quantity::HoursUntilServed, served);
        Some(toll)
    }

    /// The metrics as they would be if all accounts were closed now. Those that look at the horizon look at it.
    fn row_at(&self, window: &Window, now: Time) -> Row {
        account::row(&self.state, &self.counts_at(window, now), self.world)
    }

    /// The next event is at an instant: was everyone served at the one before it?
    pub(super) fn look_at_watches(&mut self, now: Time) {
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
