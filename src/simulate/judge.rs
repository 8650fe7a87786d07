//! Every occurrence judged at its start, by the causes in order.

use super::Simulation;
use super::state::{JOIN, ON_LEGACY, ON_NEW, Running, SeriesState, UNSCHEDULED};
use crate::kernel::{Observer, Span, Time};
use crate::outcome::log::Label;
use crate::outcome::{Action, Cause, Entry, Subject};
use crate::world::profile::Join;
use crate::world::{FormatId, Occurrence, PoolId, Series, ServerId, Setting, Window};

/// How the expected people join, counted.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Attendance {
    expected: u32,
    blocked: u32,
    reduced: u32,
    /// Sides on which internal people are homed: bits of [`ON_LEGACY`] and [`ON_NEW`].
    sides: u8,
}

impl Attendance {
    /// Adds a person who joins like that, with the bit of the own side.
    #[inline]
    pub(super) fn add(&mut self, join: u8, side: u8) {
        self.expected += 1;
        self.blocked += u32::from(join == Join::None as u8);
        self.reduced += u32::from(join == Join::Reduced as u8);
        self.sides |= side;
    }
}

impl<O: Observer<Entry>> Simulation<'_, O> {
    pub(super) fn judge(&mut self, window: &Window, occurrence: &Occurrence) {
        let now = occurrence.start;
        let series = &window.series[occurrence.slot as usize];
        let state = self.state.series[occurrence.slot as usize];
        let home = self.state.pool[series.id.organiser as usize];
        let pool = self.state.host_of(self.world, home);
        let (cause, attendance) = self.find_cause(window, series, state, (home, pool), now);
        if attendance.sides == ON_LEGACY | ON_NEW {
            self.state.counts.mixed += 1;
            self.count_day(now, super::account::MIXED);
        }
        let verdict = match cause {
            Some(_) => Label::Broken,
            None if attendance.blocked + attendance.reduced > 0 => Label::Impaired,
            None => Label::Ok,
        };
        let lost = self.count_verdict(now, series.duration, cause, attendance);
        let subject = Subject::Occurrence(series.id, occurrence.number);
        let format = if state.format == UNSCHEDULED {
            Label::Unscheduled
        } else {
            Label::Format(state.format)
        };
        let entry = Entry::new(
            now,
            Action::Judged,
            subject,
            format,
            verdict,
            cause.unwrap_or(Cause::None),
        );
        let Attendance {
            expected,
            blocked,
            reduced,
            ..
        } = attendance;
        self.log(entry.with([expected.into(), blocked.into(), reduced.into(), lost.0]));
        match cause {
            None => self.keep_running(series, occurrence, pool, attendance, state.format),
            Some(Cause::CannotSchedule | Cause::StaleAfterRollback | Cause::StaleAfterMove) => {
                self.organiser_learns(window, now, occurrence.slot, occurrence.number);
            }
            Some(_) => {}
        }
    }

    /// The first cause that applies, and who comes. People are looked at even when an earlier cause applies: they
    /// are the ones affected.
    fn find_cause(
        &self,
        window: &Window,
        series: &Series,
        state: SeriesState,
        (home, pool): (PoolId, PoolId),
        now: Time,
    ) -> (Option<Cause>, Attendance) {
        let host = self.world.facts.release(pool);
        let attendance = self.attendance(window, series, host, state.format, now);
        let applies = |cause: Cause, is_so: bool| is_so && self.options.without != Some(cause);
        let Attendance {
            expected, blocked, ..
        } = attendance;
        let too_many = f64::from(blocked) > self.fixed.value(Setting::BreakThreshold) * f64::from(expected);
        let cause = if applies(Cause::CannotSchedule, state.format == UNSCHEDULED) {
            Some(Cause::CannotSchedule)
        } else if applies(state.killed_by, !state.alive) {
            Some(state.killed_by)
        } else if applies(
            Cause::PoolOutage,
            !self.state.serving[usize::from(pool)] || self.is_unknown_to_the_pair(home, series),
        ) {
            Some(Cause::PoolOutage)
        } else if applies(Cause::AttendeesBlocked, expected - blocked < 2 || too_many) {
            Some(Cause::AttendeesBlocked)
        } else {
            None
        };
        (cause, attendance)
    }

    fn attendance(
        &self,
        window: &Window,
        series: &Series,
        host: ServerId,
        format: FormatId,
        now: Time,
    ) -> Attendance {
        let profile = &self.world.facts.profile;
        // An unscheduled meeting has no format; nobody's way to join matters then.
        let format = if format == UNSCHEDULED { 0 } else { format };
        let reach = self.fixed.reach(host, format);
        let phone = series.dial_in && profile.phone[usize::from(host)][usize::from(format)] != Join::None;
        let mut attendance = Attendance::default();
        if self.state.edge.is_down_somewhere() {
            return self.attendance_through_edges(window, series, (host, format), phone, now);
        }
        let mut add = |code: u16| {
            let way = reach[usize::from(code)];
            attendance.add((way & JOIN).max(u8::from(phone)), way & (ON_LEGACY | ON_NEW));
        };
        let code = &self.state.code;
        add(code[series.id.organiser as usize]);
        let attendees = window.attendees_of(series);
        if self.fixed.all_active {
            attendees.iter().for_each(|&user| add(code[user as usize]));
        } else {
            let site = self.world.facts.users[series.id.organiser as usize].site;
            let date = self.world.facts.calendar.sites[usize::from(site)].date(now);
            attendees
                .iter()
                .filter(|&&user| window.is_active(user, date))
                .for_each(|&user| add(code[user as usize]));
        }
        add_guests(
            &mut attendance,
            series,
            profile.web[usize::from(host)][usize::from(format)],
            phone,
        );
        attendance
    }

    /// Counts the verdict; returns the time lost.
    fn count_verdict(&mut self, now: Time, duration: Span, cause: Option<Cause>, who: Attendance) -> Span {
        self.count_day(now, super::account::JUDGED);
        let each = duration.min(self.fixed.fallback);
        let (lost, affected) = match cause {
            Some(cause) => {
                self.count_broken(now, cause);
                (each * i64::from(who.expected), who.expected)
            }
            None => {
                let is_ok = who.blocked + who.reduced == 0;
                if is_ok {
                    self.state.counts.ok += 1;
                } else {
                    self.state.counts.impaired += 1;
                    self.count_day(now, super::account::IMPAIRED);
                }
                let weight = self.fixed.value(Setting::ReducedWeight);
                let reduced = (each.0 as f64 * weight).round() as i64 * i64::from(who.reduced);
                (
                    each * i64::from(who.blocked) + Span(reduced),
                    who.blocked + who.reduced,
                )
            }
        };
        self.state.counts.lost += lost;
        self.state.counts.full += duration * i64::from(affected);
        lost
    }

    fn count_broken(&mut self, now: Time, cause: Cause) {
        let index = cause as usize - Cause::CannotSchedule as usize;
        self.state.counts.broken[index] += 1;
        self.count_day(now, super::account::BROKEN);
        self.count_day(now, super::account::BROKEN + 1 + index);
    }

    fn keep_running(
        &mut self,
        series: &Series,
        occurrence: &Occurrence,
        pool: PoolId,
        who: Attendance,
        format: FormatId,
    ) {
        while self
            .state
            .running
            .front()
            .is_some_and(|running| running.end <= occurrence.start)
        {
            self.state.running.pop_front();
        }
        self.state.running.push_back(Running {
            start: occurrence.start,
            end: occurrence.start + series.duration,
            id: series.id,
            number: occurrence.number,
            pool,
            expected: who.expected,
            blocked: who.blocked,
            reduced: who.reduced,
            format,
        });
    }

    /// A pool stopped serving: the occurrences that it hosts are cut off.
    pub(super) fn drop_running(&mut self, now: Time, pool: PoolId) {
        if self.options.without == Some(Cause::PoolOutage) {
            return;
        }
        let (cut, left): (Vec<Running>, Vec<Running>) = std::mem::take(&mut self.state.running)
            .into_iter()
            .filter(|running| running.end > now)
            .partition(|running| running.pool == pool);
        self.state.running = left.into();
        for running in cut {
            self.drop_one(now, running);
        }
    }

    /// What was lost at the start stays lost; people who had joined lose the rest, up to the fallback time. Somebody
    /// reduced who is cut off has lost a part already and then everything: both count.
    fn drop_one(&mut self, now: Time, running: Running) {
        let joined = running.expected - running.blocked;
        let lost = (running.end - now).min(self.fixed.fallback) * i64::from(joined);
        let counts = &mut self.state.counts;
        if running.blocked + running.reduced == 0 {
            counts.ok -= 1;
        } else {
            counts.impaired -= 1;
            self.uncount_impaired(running.start);
        }
        let counts = &mut self.state.counts;
        counts.dropped += 1;
        counts.lost += lost;
        counts.full += (running.end - running.start) * i64::from(joined - running.reduced);
        self.count_broken(running.start, Cause::PoolOutage);
        let subject = Subject::Occurrence(running.id, running.number);
        let format = Label::Format(running.format);
        let entry = Entry::new(
            now,
            Action::Dropped,
            subject,
            format,
            Label::Broken,
            Cause::PoolOutage,
        );
        self.log(entry.with([joined.into(), lost.0, 0, 0]));
    }
}

/// Guests come by browser if they can, for whom it is the full way in; by phone they are reduced.
fn add_guests(attendance: &mut Attendance, series: &Series, web: Join, phone: bool) {
    let guests = u32::from(series.anonymous) + u32::from(series.federated);
    if guests == 0 {
        return;
    }
    let by_web = if web == Join::None {
        0
    } else {
        u32::from(series.guests_with_browser)
    };
    let others = guests - by_web;
    attendance.expected += guests;
    attendance.reduced += if web == Join::Reduced { by_web } else { 0 };
    if phone {
        attendance.reduced += others;
    } else {
        attendance.blocked += others;
    }
}
