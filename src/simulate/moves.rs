//! Moves: batches, change windows, tries, interruptions.

use super::Simulation;
use super::desk::Source;
use super::event::{Direction, Event, Job, draw_index};
use super::state::Service;
use crate::kernel::{Observer, Span, Time, distribution};
use crate::outcome::log::Label;
use crate::outcome::{Action, Cause, Entry, Subject};
use crate::plan::WhenDown;
use crate::world::{PoolId, Purpose, Setting, UserId, Window};

impl<O: Observer<Entry>> Simulation<'_, O> {
    /// Queues users in their order, in batches.
    pub(super) fn enqueue(&mut self, users: &[UserId], direction: Direction) {
        for batch in users.chunks(self.plan.moves.batch.max(1) as usize) {
            for &user in batch {
                let job = Job {
                    user,
                    direction,
                    attempt: 1,
                    batch: batch[0],
                    forced: false,
                    programme: self.state.programme.attempt,
                };
                self.state.queue.push_back(job);
            }
        }
    }

    /// Starts as many waiting moves as threads, change windows and pools allow; moves by hand that waited for a pool come first. A
    /// wave that waited for moves to start may follow.
    pub(super) fn start_moves(&mut self, window: &Window, now: Time) {
        self.finish_by_hand(window, now);
        self.start_waiting_moves(window, now);
        self.reconsider_wave(window, now);
    }

    fn start_waiting_moves(&mut self, window: &Window, now: Time) {
        let threads = self.plan.moves.threads;
        let mut looked_at = 0;
        while looked_at < self.state.queue.len() {
            if threads > 0 && self.state.threads_busy >= threads {
                return;
            }
            let job = self.state.queue[looked_at];
            if !self.may_start(now, job) {
                looked_at += 1;
                continue;
            }
            self.state.queue.remove(looked_at);
            self.start_move(window, now, job);
        }
    }

    fn may_start(&mut self, now: Time, job: Job) -> bool {
        let windows = match (job.direction, &self.plan.rollback) {
            (Direction::Back, Some(rollback)) => &rollback.windows,
            _ => &self.plan.moves.windows,
        };
        let next = windows.partition_point(|&(_, close)| close <= now);
        match windows.get(next) {
            Some(&(open, _)) if open <= now => self.pools_allow(job) && !self.meets_maintenance(now, job),
            Some(&(open, _)) => {
                if self.state.opening != Some(open) {
                    self.state.opening = Some(open);
                    self.state.events.push(open, Event::WindowOpens);
                }
                false
            }
            None => false,
        }
    }

    /// Would a job start if a change window were open and a thread free?
    pub(super) fn waits_for_window_only(&self, now: Time, job: Job) -> bool {
        self.pools_allow(job) && !self.meets_maintenance(now, job)
    }

    fn pools_allow(&self, job: Job) -> bool {
        let Some((from, to)) = self.way(job) else {
            return true;
        };
        let state = &self.state;
        let room = u64::from(state.users_on[usize::from(to)]) < self.world.facts.capacity(to);
        let source = match self.plan.moves.when_down {
            WhenDown::Wait => state.is_whole(from),
            WhenDown::Force => true,
            WhenDown::Failover => state.serving[usize::from(state.host_of(self.world, from))],
        };
        let ready = job.direction == Direction::Back || !self.lacks_front_ends(to);
        state.is_whole(to) && source && ready && (room || job.direction == Direction::Back)
    }

    /// Would the move run into maintenance of one of its pools?
    fn meets_maintenance(&self, now: Time, job: Job) -> bool {
        let facts = &self.world.facts;
        let until = now + self.move_time();
        self.way(job).is_some_and(|(from, to)| {
            facts.has_maintenance(from, now, until) || facts.has_maintenance(to, now, until)
        })
    }

    /// Where a job leads from and to; `None` if the user is there already.
    fn way(&self, job: Job) -> Option<(PoolId, PoolId)> {
        let from = self.state.pool[job.user as usize];
        let home = self.world.facts.users[job.user as usize].pool;
        let to = match job.direction {
            Direction::Forward => {
                let target = self.plan.target[usize::from(home)]?;
                match self.plan.moves.when_down {
                    WhenDown::Failover => self.state.host_of(self.world, target),
                    WhenDown::Wait | WhenDown::Force => target,
                }
            }
            Direction::Back => self.way_back(job.user),
        };
        (from != to).then_some((from, to))
    }

    fn start_move(&mut self, window: &Window, now: Time, mut job: Job) {
        let Some((from, _)) = self.way(job) else { return };
        job.forced = self.is_forced(from);
        self.state.threads_busy += 1;
        let time = self.move_time();
        if time == Span::ZERO {
            self.move_done(window, now, job);
        } else {
            self.state.events.push(now + time, Event::MoveDone(job));
        }
    }

    /// With n threads at work a move lasts n / rate(n); the rate grows linearly from 1 to 24 threads.
    fn move_time(&self) -> Span {
        if !self.plan.moves.timed {
            return Span::ZERO;
        }
        let threads = f64::from(self.plan.moves.threads.max(1));
        Span::from_seconds_f64(threads / self.move_rate())
    }

    /// Users moved in a second by all threads together.
    pub(super) fn move_rate(&self) -> f64 {
        let threads = if self.plan.moves.threads == 0 {
            24
        } else {
            self.plan.moves.threads.min(24)
        };
        let one = self.fixed.value(Setting::MoveRateOne);
        let many = self.fixed.value(Setting::MoveRateMany);
        one + (many - one) * f64::from(threads - 1) / 23.0
    }

    /// Whoever has left is not moved; and a rollback takes back whatever was to lead forward, moves by hand included.
    fn is_void(&self, job: Job) -> bool {
        let is_current = self.goes_forward() && job.programme == self.state.programme.attempt;
        (job.direction == Direction::Forward && !is_current) || !self.state.staff.is_here(job.user)
    }

    pub(super) fn move_done(&mut self, window: &Window, now: Time, job: Job) {
        self.state.threads_busy -= 1;
        if let (false, Some(way)) = (self.is_void(job), self.way(job)) {
            if job.direction == Direction::Forward {
                self.knowledge(now).tries += 1;
            }
            match self.failure(now, job, way.1) {
                Some(cause) => self.move_failed(now, job, way, cause),
                None => self.move_user(window, now, job, way),
            }
        }
        if !self.state.queue.is_empty() && self.move_time() > Span::ZERO {
            self.start_moves(window, now);
        }
    }

    fn failure(&mut self, now: Time, job: Job, to: PoolId) -> Option<Cause> {
        if job.direction == Direction::Forward && self.state.tasks.moves_blocked {
            return Some(Cause::NotReady);
        }
        if !self.world.faults.is_empty() && self.fault_stops_move(now, job, to) {
            return Some(Cause::Fault);
        }
        let index = draw_index(job.direction, self.state.programme.attempt, job.attempt);
        let users = &self.world.facts.users;
        if job.attempt == 1 {
            let share = self.fixed.value(Setting::BatchFailure);
            let entity = users[job.batch as usize].id;
            if share > 0.0 {
                let subject = Subject::User(job.batch);
                if self.draw(now, subject, Purpose::BatchFails, entity, index) < share {
                    return Some(Cause::Batch);
                }
            }
        }
        let setting = if job.attempt == 1 {
            Setting::MoveFailure
        } else {
            Setting::MoveRetryFailure
        };
        let share = self.fixed.value(setting);
        let entity = users[job.user as usize].id;
        let fails =
            share > 0.0 && self.draw(now, Subject::User(job.user), Purpose::MoveFails, entity, index) < share;
        fails.then_some(Cause::Chance)
    }

    fn move_failed(&mut self, now: Time, job: Job, (from, to): (PoolId, PoolId), cause: Cause) {
        self.state.counts.moves_failed += 1;
        if job.direction == Direction::Forward {
            self.knowledge(now).failed += 1;
        }
        let subject = Subject::User(job.user);
        let entry = Entry::new(
            now,
            Action::MoveFailed,
            subject,
            Label::Pool(from),
            Label::Pool(to),
            cause,
        );
        self.log(entry.with([job.attempt.into(), 0, 0, 0]));
        if u32::from(job.attempt) < self.plan.moves.max_attempts {
            self.state.queue.push_back(Job {
                attempt: job.attempt + 1,
                ..job
            });
            return;
        }
        self.state.counts.exceptions += 1;
        let user = &self.world.facts.users[job.user as usize];
        let index = draw_index(job.direction, self.state.programme.attempt, 0);
        let u = self.draw(now, subject, Purpose::ExceptionTime, user.id, index);
        let hours = distribution::lognormal(u, self.fixed.value(Setting::ExceptionHours), 0.5);
        let site = &self.world.facts.calendar.sites[usize::from(user.site)];
        let at = site.add_working(now, Span::from_hours_f64(hours));
        self.state.events.push(at, Event::ExceptionDone(job));
        let entry = Entry::new(
            now,
            Action::MoveException,
            subject,
            Label::Blank,
            Label::Blank,
            Cause::None,
        );
        self.log(entry.with([at.0, 0, 0, 0]));
    }

    /// A person has done the work for a user whose tries all failed. The move waits for its pools as any other, but it
    /// is not tried again: it succeeds as soon as they serve, in a change window or not.
    pub(super) fn exception_done(&mut self, window: &Window, now: Time, job: Job) {
        self.state.by_hand.push(job);
        self.finish_by_hand(window, now);
    }

    /// Moves by hand whose pools serve, in the order in which the persons finished.
    fn finish_by_hand(&mut self, window: &Window, now: Time) {
        let mut looked_at = 0;
        while let Some(&(mut job)) = self.state.by_hand.get(looked_at) {
            let way = self.way(job).filter(|_| !self.is_void(job));
            let blocked = job.direction == Direction::Forward && self.state.tasks.moves_blocked;
            if way.is_some() && (blocked || !self.pools_allow(job)) {
                looked_at += 1;
                continue;
            }
            self.state.by_hand.remove(looked_at);
            if let Some(way) = way {
                job.forced = self.is_forced(way.0);
                self.move_user(window, now, job, way);
            }
        }
    }

    /// Does the plan move people away from a pool that does not serve?
    fn is_forced(&self, from: PoolId) -> bool {
        self.plan.moves.when_down == WhenDown::Force && !self.state.serving[usize::from(from)]
    }

    fn move_user(&mut self, window: &Window, now: Time, job: Job, way: (PoolId, PoolId)) {
        let (from, to) = way;
        let user = job.user;
        self.account_for(window, user, now);
        self.count_exposure_of(window, user, now);
        self.state.users_on[usize::from(from)] -= 1;
        self.state.users_on[usize::from(to)] += 1;
        self.state.pool[user as usize] = to;
        let entry = Entry::new(
            now,
            Action::Moved,
            Subject::User(user),
            Label::Pool(from),
            Label::Pool(to),
            if job.forced {
                Cause::PoolOutage
            } else {
                Cause::Plan
            },
        );
        self.log(entry.with([job.attempt.into(), 0, 0, 0]));
        self.count_move(now, job);
        self.state.staff.note_move(user, job.direction);
        self.note_stage(user);
        self.carry_series(window, now, user, way, job.forced);
        for &slot in window.series_of(user) {
            self.refresh_exposure(window, now, slot);
        }
        self.interrupt(now, job);
        self.note_side(user);
        self.refresh(window, now, user);
        self.reconsider_series(window, now, user);
        if job.direction == Direction::Forward {
            self.roll_out_after_move(window, now, user);
        }
        self.tickets_after(now, user, Source::Move, job.direction);
        self.note_move(window, now, job);
        self.try_retirement(window, now);
        if job.direction == Direction::Back {
            self.came_back(now, user);
        }
    }

    fn count_move(&mut self, now: Time, job: Job) {
        let skipped = match job.direction {
            Direction::Forward => {
                self.state.counts.moved += 1;
                self.note_for_divisions(job.user, |divisions, _| divisions.note_moved(job.user));
                false
            }
            Direction::Back => {
                self.state.counts.rolled_back += 1;
                self.plan
                    .rollback
                    .as_ref()
                    .is_some_and(|rollback| !rollback.contact_store)
            }
        };
        if skipped || job.forced {
            self.state.counts.contacts_lost += 1;
            let cause = if job.forced {
                Cause::PoolOutage
            } else {
                Cause::Plan
            };
            self.log_change(now, Action::ContactsLost, Subject::User(job.user), cause);
        }
    }

    fn interrupt(&mut self, now: Time, job: Job) {
        let low = self.fixed.value(Setting::InterruptionLow);
        let high = self.fixed.value(Setting::InterruptionHigh).max(low);
        if high <= 0.0 {
            return;
        }
        let id = self.world.facts.users[job.user as usize].id;
        let index = draw_index(job.direction, self.state.programme.attempt, job.attempt);
        let subject = Subject::User(job.user);
        let u = self.draw(now, subject, Purpose::Interruption, id, index);
        let length = Span::from_minutes_f64(low + (high - low) * u);
        self.state.interrupted[job.user as usize] = now + length;
        self.state
            .events
            .push(now + length, Event::InterruptionEnds { user: job.user });
        let entry = Entry::new(
            now,
            Action::Interrupted,
            subject,
            Label::Blank,
            Label::Blank,
            Cause::None,
        );
        self.log(entry.with([length.0, 0, 0, 0]));
    }

    pub(super) fn interruption_ends(&mut self, window: &Window, now: Time, user: UserId) {
        if self.state.interrupted[user as usize] <= now {
            self.log_change(now, Action::Served, Subject::User(user), Cause::None);
            self.refresh(window, now, user);
        }
    }

    /// Brings everything that follows from a user's pool and client up to date.
    pub(super) fn refresh(&mut self, window: &Window, now: Time, user: UserId) {
        if !self.state.staff.is_here(user) {
            return;
        }
        self.account_for(window, user, now);
        let index = user as usize;
        let service = self.state.service_of(self.world, user, now);
        let before = std::mem::replace(&mut self.state.service[index], service);
        self.state.stranded_users += u32::from(service == Service::Stranded);
        self.state.stranded_users -= u32::from(before == Service::Stranded);
        self.state.out_users += u32::from(service == Service::Out);
        self.state.out_users -= u32::from(before == Service::Out);
        if service == Service::Stranded {
            self.watches
                .iter_mut()
                .for_each(|watch| watch.note_stranded(user));
        }
        if !self.watches.is_empty() {
            let served = !self.is_moved(user) && matches!(service, Service::Full | Service::Limited);
            self.watches
                .iter_mut()
                .for_each(|watch| watch.note_served(user, served));
        }
        if service == Service::Stranded && before != Service::Stranded {
            self.stranded_calls(now, user);
        }
        self.state.code[index] = self.state.code_of(self.world, &self.fixed, user, service);
        self.note_completion(now, user);
    }
}
