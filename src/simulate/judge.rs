//! Every occurrence judged at its start, by the causes in order.

use super::Simulation;
use super::defects::Hit;
use super::state::{BROKEN_CAUSES, JOIN, ON_LEGACY, ON_NEW, Running, SeriesState, UNSCHEDULED, label};
use crate::kernel::{Observer, Span, Time};
use crate::mutant;
use crate::outcome::log::Label;
use crate::outcome::{Action, Cause, Entry, Subject};
use crate::world::profile::Join;
use crate::world::{FormatId, Occurrence, PoolId, Series, ServerId, Setting, UserId, Window};

/// How the expected people join, counted.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Attendance {
    expected: u32,
    blocked: u32,
    reduced: u32,
    /// Sides on which internal people are homed: bits of [`ON_LEGACY`] and [`ON_NEW`].
    sides: u8,
}

/// Why an occurrence breaks.
enum Found {
    Cause(Cause),
    Hit(Hit),
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
        let (cause, mut attendance) = self.find_cause(window, series, occurrence, state, (home, pool));
        let cause = cause.map(|found| self.log_hit(now, series, occurrence, found));
        if cause.is_none() && self.is_struck(now, pool, series, occurrence.number) {
            attendance.reduced = attendance.expected - attendance.blocked;
        }
        if attendance.sides == ON_LEGACY | ON_NEW {
            self.state.counts.mixed += 1;
            self.count_day(now, super::account::MIXED);
        }
        let verdict = match cause {
            Some(_) => Label::Broken,
            None if attendance.blocked + attendance.reduced > 0 => Label::Impaired,
            None => Label::Ok,
        };
        let lost = self.count_verdict(now, series, cause, attendance);
        let subject = Subject::Occurrence(series.id, occurrence.number);
        let entry = Entry::new(
            now,
            Action::Judged,
            subject,
            label(state.format),
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
        self.note_knowledge(series, occurrence, pool, cause.is_some());
        match cause {
            None => self.keep_running(series, occurrence, pool, attendance, state.format),
            Some(Cause::CannotSchedule | Cause::StaleAfterRollback | Cause::StaleAfterMove) => {
                self.organiser_learns(window, now, occurrence.slot, occurrence.number);
            }
            Some(_) => {}
        }
    }

    /// A configuration fault of the host pool leaves everybody who joins with part of the features.
    fn is_struck(&mut self, now: Time, pool: PoolId, series: &Series, number: u32) -> bool {
        !self.world.faults.is_empty() && self.fault_strikes(now, pool, series.id, number)
    }

    /// The first cause that applies, and who comes. People are looked at even when an earlier cause applies: they
    /// are the ones affected.
    fn find_cause(
        &self,
        window: &Window,
        series: &Series,
        occurrence: &Occurrence,
        state: SeriesState,
        (home, pool): (PoolId, PoolId),
    ) -> (Option<Found>, Attendance) {
        let now = occurrence.start;
        let host = self.world.facts.release(pool);
        let attendance = self.attendance(window, series, host, state.format, now);
        let applies = |cause: Cause, is_so: bool| is_so && self.options.without != Some(cause);
        let Attendance {
            expected, blocked, ..
        } = attendance;
        let too_many = f64::from(blocked) > self.fixed.value(Setting::BreakThreshold) * f64::from(expected);
        let cause = if applies(Cause::CannotSchedule, state.format == UNSCHEDULED) {
            Some(Found::Cause(Cause::CannotSchedule))
        } else if applies(state.killed_by, !state.alive) {
            Some(Found::Cause(state.killed_by))
        } else if applies(
            Cause::PoolOutage,
            !self.state.serving[usize::from(pool)] || self.is_unknown_to_the_pair(home, state),
        ) {
            Some(Found::Cause(Cause::PoolOutage))
        } else if let Some(hit) = self.defect_that_breaks(series, occurrence)
            && applies(Cause::Defect, true)
        {
            Some(Found::Hit(hit))
        } else if applies(Cause::AttendeesBlocked, expected - blocked < 2 || too_many) {
            Some(Found::Cause(Cause::AttendeesBlocked))
        } else {
            None
        };
        (cause, attendance)
    }

    /// The cause; a hit of a defect is logged with the draw that decided it.
    fn log_hit(&mut self, now: Time, series: &Series, occurrence: &Occurrence, found: Found) -> Cause {
        let hit = match found {
            Found::Cause(cause) => return cause,
            Found::Hit(hit) => hit,
        };
        let subject = Subject::Occurrence(series.id, occurrence.number);
        let entry = Entry::new(
            now,
            Action::DefectHits,
            subject,
            Label::Blank,
            Label::Blank,
            Cause::Defect,
        );
        self.log(entry.with([hit.defect.into(), (hit.uniform * 1e6).round() as i64, 0, 0]));
        Cause::Defect
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
        // An unscheduled meeting has no format in which anybody could be blocked or reduced: people are only counted,
        // which any format's table does.
        let (unscheduled, format) = (
            format == UNSCHEDULED,
            if format == UNSCHEDULED { 0 } else { format },
        );
        let reach = self.fixed.reach(host, format);
        let home = usize::from(self.fixed.home[series.id.organiser as usize]);
        let phone = series.dial_in
            && !self.state.tasks.no_phone[home]
            && profile.phone[usize::from(host)][usize::from(format)] != Join::None;
        let mut attendance = Attendance::default();
        if self.is_somebody_shut_out() {
            attendance = self.attendance_of_each(window, series, (host, format), phone, now);
            if unscheduled {
                (attendance.blocked, attendance.reduced) = (0, 0);
            }
            return attendance;
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
            let facts = &self.world.facts;
            // Where all sites share an offset, it is the same date for all.
            let is_shared = self.fixed.one_date || mutant::is("organisers-date");
            let shared = is_shared.then(|| facts.date_of(series.id.organiser, now));
            let date = |user: UserId| shared.unwrap_or_else(|| facts.date_of(user, now));
            attendees
                .iter()
                .filter(|&&user| window.is_active(user, date(user)))
                .for_each(|&user| add(code[user as usize]));
        }
        add_guests(
            &mut attendance,
            series,
            profile.web[usize::from(host)][usize::from(format)],
            phone,
        );
        if unscheduled {
            (attendance.blocked, attendance.reduced) = (0, 0);
        }
        attendance
    }

    /// What gates may look back on.
    fn note_knowledge(&mut self, series: &Series, occurrence: &Occurrence, pool: PoolId, broken: bool) {
        let side = usize::from(!self.world.facts.is_legacy(pool));
        let reported = broken && self.report_broken(occurrence.start, series, occurrence);
        let knowledge = self.knowledge(occurrence.start);
        knowledge.judged[side] += 1;
        knowledge.reported[side] += u32::from(reported);
    }

    /// Counts the verdict; returns the time lost.
    fn count_verdict(&mut self, now: Time, series: &Series, cause: Option<Cause>, who: Attendance) -> Span {
        let duration = series.duration;
        self.count_day(now, super::account::JUDGED);
        let each = duration.min(self.fixed.fallback);
        let (lost, affected) = match cause {
            Some(cause) => {
                self.count_broken(now, series.id.organiser, cause);
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
                let reduced = self.lost_by_reduced(each) * i64::from(who.reduced);
                (each * i64::from(who.blocked) + reduced, who.blocked + who.reduced)
            }
        };
        self.state.counts.lost += if mutant::is("rules-change") {
            lost + lost
        } else {
            lost
        };
        self.state.counts.full += duration * i64::from(affected);
        lost
    }

    /// What somebody who joins reduced loses where somebody blocked loses `each`.
    fn lost_by_reduced(&self, each: Span) -> Span {
        Span((each.0 as f64 * self.fixed.value(Setting::ReducedWeight)).round() as i64)
    }

    fn count_broken(&mut self, now: Time, organiser: UserId, cause: Cause) {
        let index = BROKEN_CAUSES
            .iter()
            .position(|&known| known == cause)
            .expect("a cause of broken occurrences");
        self.state.counts.broken[index] += 1;
        self.count_day(now, super::account::BROKEN);
        self.count_day(now, super::account::BROKEN + 1 + index);
        self.note_for_divisions(organiser, |divisions, own| {
            divisions.add_broken(own, now.day() as u32)
        });
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
    /// reduced has lost a part already and loses no more in all than somebody blocked from the start.
    fn drop_one(&mut self, now: Time, running: Running) {
        let joined = running.expected - running.blocked;
        let rest = (running.end - now).min(self.fixed.fallback);
        let each = (running.end - running.start).min(self.fixed.fallback);
        let rest_of_reduced = rest.min(each - self.lost_by_reduced(each));
        let lost = rest * i64::from(joined - running.reduced) + rest_of_reduced * i64::from(running.reduced);
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
        self.count_broken(running.start, running.id.organiser, Cause::PoolOutage);
        let subject = Subject::Occurrence(running.id, running.number);
        let entry = Entry::new(
            now,
            Action::Dropped,
            subject,
            label(running.format),
            Label::Broken,
            Cause::PoolOutage,
        );
        self.log(entry.with([joined.into(), lost.0, 0, 0]));
    }
}

/// Guests come by browser if they can, for whom it is the full way in; by phone they are reduced.
fn add_guests(attendance: &mut Attendance, series: &Series, web: Join, phone: bool) {
    let guests = u32::from(series.anonymous) + u32::from(series.federated);
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
