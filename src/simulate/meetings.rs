//! Series: created, made stale or converted by moves, repaired.

use super::Simulation;
use super::event::Event;
use super::state::{SeriesState, UNSCHEDULED, label};
use crate::kernel::random::combine;
use crate::kernel::{Observer, Span, Time, distribution};
use crate::outcome::log::Label;
use crate::outcome::{Action, Cause, Entry, Subject};
use crate::world::{Carry, Category, FormatId, PoolId, Purpose, Series, SeriesId, Setting, UserId, Window};

impl<O: Observer<Entry>> Simulation<'_, O> {
    /// Takes the state of the series over into the slots of a new window.
    pub(super) fn take_over(&mut self, window: &Window) {
        let old = std::mem::take(&mut self.state.series);
        self.state.series.resize(window.series.len(), SeriesState::ABSENT);
        for (state, &slot) in old.iter().zip(&window.remap) {
            if slot != u32::MAX {
                self.state.series[slot as usize] = *state;
            }
        }
    }

    pub(super) fn series_entity(&self, id: SeriesId) -> u64 {
        combine(
            self.world.facts.users[id.organiser as usize].id,
            u64::from(id.number),
        )
    }

    /// The format in which a user can schedule now. Nobody can while the own pool does not serve, whether or not another one
    /// stands in; an ad hoc meeting then has the format that it would have, and breaks because of the outage.
    pub(super) fn can_schedule(&self, series: &Series) -> Option<FormatId> {
        let organiser = series.id.organiser;
        let pool = self.state.pool[organiser as usize];
        let is_served = match series.category {
            Category::AdHoc => !self.state.is_failed_over(pool),
            _ => self.state.is_whole(pool),
        };
        if !is_served {
            return None;
        }
        let client = self.state.client(self.world, organiser);
        self.world.facts.creates(client, pool, series.kind)
    }

    pub(super) fn create_series(&mut self, window: &Window, now: Time, slot: u32) {
        let series = &window.series[slot as usize];
        let format = self.can_schedule(series).unwrap_or(UNSCHEDULED);
        self.state.counts.created += 1;
        self.state.series[slot as usize] = SeriesState {
            exists: true,
            alive: true,
            format,
            sent: now,
            ..SeriesState::ABSENT
        };
        self.refresh_exposure(window, now, slot);
        self.log(Entry::new(
            now,
            Action::SeriesCreated,
            Subject::Series(series.id),
            Label::Blank,
            label(format),
            Cause::None,
        ));
    }

    /// What a move from one pool to another does to the mover's series. A forced move discards them, those that were
    /// stale already included: nothing brings them back but sending them again.
    pub(super) fn carry_series(
        &mut self,
        window: &Window,
        now: Time,
        user: UserId,
        (from, to): (PoolId, PoolId),
        forced: bool,
    ) {
        let facts = &self.world.facts;
        let (source, target) = (usize::from(facts.release(from)), usize::from(facts.release(to)));
        let cause = if facts.is_legacy(to) {
            Cause::StaleAfterRollback
        } else {
            Cause::StaleAfterMove
        };
        let mut discarded = 0;
        for &slot in window.series_of(user) {
            let series = &window.series[slot as usize];
            let state = self.state.series[slot as usize];
            if !state.exists || state.format == UNSCHEDULED || series.is_over(now) {
                continue;
            }
            if forced {
                discarded += i64::from(!state.discarded);
                if state.alive {
                    self.kill(window, now, slot, cause);
                }
                self.state.series[slot as usize].discarded = true;
                continue;
            }
            let profile = &self.world.facts.profile;
            let carry = profile.carries[source][target][usize::from(state.format)];
            let restored = profile.restores[source][target][usize::from(state.format)] && !state.discarded;
            match (state.alive, carry) {
                (true, Carry::Stale) => self.kill(window, now, slot, cause),
                (true, Carry::Converted(format)) => self.convert(now, series.id, slot, format),
                (true, Carry::Carried) => {}
                (false, _) if restored && state.killed_by != cause => self.restore(now, series.id, slot),
                (false, _) => {}
            }
        }
        if discarded > 0 {
            let blank = Label::Blank;
            let subject = Subject::User(user);
            let entry = Entry::new(now, Action::Discarded, subject, blank, blank, Cause::PoolOutage);
            self.log(entry.with([discarded, 0, 0, 0]));
        }
    }

    fn kill(&mut self, window: &Window, now: Time, slot: u32, cause: Cause) {
        let state = &mut self.state.series[slot as usize];
        state.alive = false;
        state.killed_by = cause;
        state.stale += 1;
        state.broke = None;
        let format = label(state.format);
        let id = window.series[slot as usize].id;
        self.log(Entry::new(
            now,
            Action::SeriesStale,
            Subject::Series(id),
            format,
            Label::Blank,
            cause,
        ));
    }

    fn convert(&mut self, now: Time, id: SeriesId, slot: u32, format: FormatId) {
        let state = &mut self.state.series[slot as usize];
        let from = label(std::mem::replace(&mut state.format, format));
        self.log(Entry::new(
            now,
            Action::SeriesConverted,
            Subject::Series(id),
            from,
            label(format),
            Cause::None,
        ));
    }

    fn restore(&mut self, now: Time, id: SeriesId, slot: u32) {
        let state = &mut self.state.series[slot as usize];
        state.alive = true;
        state.broke = None;
        let format = label(state.format);
        self.log(Entry::new(
            now,
            Action::SeriesRestored,
            Subject::Series(id),
            Label::Blank,
            format,
            Cause::Rollback,
        ));
    }

    /// A user's client or pool changed: dead and unscheduled series that can be sent again are planned for it.
    pub(super) fn reconsider_series(&mut self, window: &Window, now: Time, user: UserId) {
        for &slot in window.series_of(user) {
            let state = self.state.series[slot as usize];
            if state.exists && !state.works() && window.series[slot as usize].last() > now {
                self.plan_repair(window, now, slot, true);
            }
        }
    }

    /// Plans the repair of a series from the moment it is possible: unasked (`told`), and after an occurrence that
    /// broke.
    fn plan_repair(&mut self, window: &Window, now: Time, slot: u32, told: bool) {
        let series = window.series[slot as usize];
        let Some(format) = self.can_schedule(&series) else {
            return;
        };
        let state = self.state.series[slot as usize];
        if told {
            self.plan_resend(now, &series, format, state.stale);
        }
        if let Some(occurrence) = state.broke {
            self.plan_reaction(now, &series, occurrence, state.stale);
        }
    }

    fn plan_resend(&mut self, now: Time, series: &Series, format: FormatId, stale: u16) {
        let compliance = self.fixed.value(Setting::ResendCompliance);
        if compliance <= 0.0 {
            return;
        }
        let subject = Subject::Series(series.id);
        let (entity, index) = (
            self.series_entity(series.id),
            u64::from(format) << 32 | u64::from(stale),
        );
        if self.draw(now, subject, Purpose::Resends, entity, index) < compliance {
            let u = self.draw(now, subject, Purpose::ResendDelay, entity, index);
            let days = distribution::lognormal(u, self.fixed.value(Setting::ResendDelay), 1.0);
            self.push_repair(
                now,
                now + Span::from_days_f64(days),
                series.id,
                stale,
                Cause::Proactive,
            );
        }
    }

    fn plan_reaction(&mut self, now: Time, series: &Series, occurrence: u32, stale: u16) {
        let share = self.fixed.value(Setting::RepairOnBreak);
        if share <= 0.0 {
            return;
        }
        let subject = Subject::Occurrence(series.id, occurrence);
        let (entity, index) = (self.series_entity(series.id), u64::from(occurrence) << 1);
        if self.draw(now, subject, Purpose::RepairDelay, entity, index) < share {
            let u = self.draw(now, subject, Purpose::RepairDelay, entity, index | 1);
            let hours = distribution::lognormal(u, self.fixed.value(Setting::RepairDelay), 1.0);
            self.push_repair(
                now,
                now + Span::from_hours_f64(hours),
                series.id,
                stale,
                Cause::Reactive,
            );
        }
    }

    fn push_repair(&mut self, now: Time, at: Time, series: SeriesId, stale: u16, cause: Cause) {
        self.state.events.push(at, Event::Repair { series, stale });
        let entry = Entry::new(
            now,
            Action::RepairPlanned,
            Subject::Series(series),
            Label::Blank,
            Label::Blank,
            cause,
        );
        self.log(entry.with([at.0, i64::from(stale), 0, 0]));
    }

    /// An occurrence broke because its series was dead or unscheduled: its organiser learns of it.
    pub(super) fn organiser_learns(&mut self, window: &Window, now: Time, slot: u32, occurrence: u32) {
        let series = window.series[slot as usize];
        if series.category == Category::AdHoc || series.last() <= now {
            return;
        }
        self.state.series[slot as usize].broke = Some(occurrence);
        self.plan_repair(window, now, slot, false);
    }

    /// A repair is due. It is void if the series was cancelled or is over, works, went stale again, or cannot be scheduled
    /// now. A series stays in the window for some days after it is over, so its end is asked here.
    pub(super) fn repair(&mut self, window: &Window, now: Time, id: SeriesId, stale: u16) {
        let Some(slot) = window.slot_of(id) else { return };
        let state = self.state.series[slot as usize];
        let series = &window.series[slot as usize];
        if !state.exists || state.works() || state.stale != stale || series.is_over(now) {
            return;
        }
        let Some(format) = self.can_schedule(series) else {
            return;
        };
        let from = label(state.format);
        let state = &mut self.state.series[slot as usize];
        state.alive = true;
        state.format = format;
        state.sent = now;
        state.discarded = false;
        state.broke = None;
        self.refresh_exposure(window, now, slot);
        self.state.counts.repaired += 1;
        self.log(Entry::new(
            now,
            Action::SeriesRepaired,
            Subject::Series(id),
            from,
            Label::Format(format),
            Cause::None,
        ));
    }
}
