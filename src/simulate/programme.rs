//! The programme: which wave comes next, holds, decisions, further attempts.
//!
//! Waves start one after the other, each at the first opening of a change window at or after its date plus the time lost so
//! far (the slip), not before the gate in front of it has been passed, and not while first tries of earlier waves still wait
//! for a window. A late start puts off the waves behind it by whole steps; a hold by as long as it lasts. Who joins on the
//! old side forms further waves behind the last. A wave of which nobody is left to move is skipped. Gates and triggers are observed at the end of each day; a decision takes its time and
//! waits for the board. After a rollback and its remediation the plan may allow a further attempt.

use super::Simulation;
use super::event::{Direction, Event, Job};
use super::state::Fixed;
use crate::kernel::random::entity_id;
use crate::kernel::{Observer, Span, Time, distribution};
use crate::mutant;
use crate::outcome::log::Label;
use crate::outcome::{Action, Cause, Entry, Subject, passage};
use crate::plan::gate::{Choice, Gate, Verdict};
use crate::plan::{Extent, RolloutMode, Scripted};
use crate::world::{Purpose, Setting, UserId, Window};
use std::collections::BTreeMap;

/// Where the programme stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Phase {
    /// Users move to the new side.
    Forward,
    /// Users move back.
    Back,
    /// Rolled back; the causes are being removed before the next attempt.
    Remediation,
    /// Nothing more is begun.
    Over,
}

/// The gate in front of the next wave.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Passage {
    /// There is no gate, or it has been passed.
    Free,
    /// It is evaluated from this instant on.
    Watched(Time),
    /// A decision is on its way.
    Deciding,
}

/// Who asks for a decision.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Asker {
    /// A gate, by its place in the plan.
    Gate(u16),
    /// A trigger, by its place in the plan.
    Trigger(u16),
}

/// State of the programme.
#[derive(Clone, Debug)]
pub(crate) struct Programme {
    pub(crate) phase: Phase,
    /// Attempts that failed so far.
    pub(crate) attempt: u8,
    /// How much later than planned waves start.
    pub(crate) slip: Span,
    /// The wave that starts next.
    pub(crate) next_wave: u32,
    /// When the last wave started.
    stage_start: Time,
    pub(crate) passage: Passage,
    /// The next wave has been due since then and is held by its gate.
    held_since: Option<Time>,
    /// The next wave has been due, and waits for people of an earlier one to be moved.
    crowded: bool,
    /// Has anybody of the wave that is under way been moved?
    stage_moved: bool,
    /// Dates of the further waves of those who join, without the slip.
    pub(super) further: Vec<Time>,
    /// A trigger's decision is on its way.
    alarmed: bool,
    /// Evaluations of each gate and trigger, over all attempts.
    evaluations: BTreeMap<Asker, u32>,
    /// Has a wave that is no pilot started?
    in_production: bool,
    /// The scripted rollback has been ordered.
    scripted_done: bool,
    /// No further wave starts while a trouble is being fixed.
    pub(crate) on_hold: bool,
    /// Nothing new starts any more; the wave that would be next is on hold, too.
    pub(crate) halted: bool,
    /// When each wave started in the first attempt.
    pub(crate) wave_starts: Vec<Option<Time>>,
    /// What the gates did in the first attempt; no rule reads it.
    pub(crate) gates: Vec<passage::Passage>,
}

impl Programme {
    /// When the wave that is under way started.
    pub(super) fn stage_start(&self) -> Time {
        self.stage_start
    }

    pub(crate) fn new(plan: &crate::plan::Plan, fixed: &Fixed) -> Programme {
        Programme {
            phase: Phase::Forward,
            attempt: 0,
            slip: Span::ZERO,
            next_wave: 0,
            stage_start: Time::ZERO,
            passage: Passage::Free,
            held_since: None,
            alarmed: false,
            crowded: false,
            stage_moved: false,
            further: Vec::new(),
            evaluations: BTreeMap::new(),
            in_production: false,
            scripted_done: false,
            on_hold: false,
            halted: false,
            wave_starts: vec![None; fixed.waves.len()],
            gates: vec![passage::Passage::default(); plan.gates.len()],
        }
    }
}

impl<O: Observer<Entry>> Simulation<'_, O> {
    pub(super) fn schedule_programme(&mut self) {
        self.schedule_wave(Time(i64::MIN));
        self.schedule_early_installs(Time::ZERO, 0);
        if let Some(Scripted::At(at)) = self.plan.rollback.as_ref().and_then(|rollback| rollback.scripted) {
            self.state.events.push(at, Event::Rollback);
        }
        if !self.plan.gates.is_empty() || !self.plan.triggers.is_empty() {
            for day in 0..self.world.facts.calendar.days() {
                let end = Time((i64::from(day) + 1) * Span::DAY.0);
                if end < self.world.facts.calendar.horizon {
                    self.state.events.push(end, Event::Observe(day));
                }
            }
        }
    }

    /// Tells the lot that decides who is in which wave.
    pub(super) fn tell_lot(&mut self, now: Time) {
        if let Some(lottery) = &self.plan.lottery {
            let lot = lottery.lot(self.world.key);
            let (action, blank) = (Action::LotDrawn, Label::Blank);
            let entry = Entry::new(now, action, Subject::Plan, blank, blank, Cause::Plan);
            self.log(entry.with([lot.replication as i64, lot.seed as i64, 0, 0]));
        }
    }

    /// How many waves there are, those of people who joined included.
    pub(super) fn wave_count(&self) -> usize {
        self.fixed.waves.len() + self.state.programme.further.len()
    }

    /// The date of a wave, without the slip.
    pub(super) fn wave_date(&self, wave: usize) -> Time {
        match wave.checked_sub(self.fixed.waves.len()) {
            Some(further) => self.state.programme.further[further],
            None => self.plan.date(wave),
        }
    }

    /// By how much the waves behind one move that starts at an instant, beside the slip so far.
    fn steps_behind(&self, wave: usize, slip: Span, start: Time) -> Span {
        if wave + 1 >= self.wave_count() {
            return Span::ZERO;
        }
        let (date, next) = (self.wave_date(wave), self.wave_date(wave + 1));
        self.plan.steps_behind(date, next, slip, start)
    }

    /// When each wave from this one on starts if nothing holds the programme any more; ends with the first that no window
    /// opens for.
    fn expected_starts(&self, from: usize, mut slip: Span) -> Vec<Time> {
        let mut starts = Vec::new();
        for wave in from..self.wave_count() {
            let Some(start) = self.plan.opening(self.wave_date(wave) + slip) else {
                break;
            };
            starts.push(start);
            slip += self.steps_behind(wave, slip, start);
        }
        starts
    }

    /// Puts the next wave on its date, and watches its gate.
    pub(super) fn schedule_wave(&mut self, now: Time) {
        let number = self.state.programme.next_wave;
        if number as usize >= self.wave_count() {
            return;
        }
        let attempt = self.state.programme.attempt;
        let date = self.wave_date(number as usize) + self.state.programme.slip;
        if let Some(at) = self.plan.opening(date.max(now)) {
            let start = Event::WaveStart {
                wave: number,
                attempt,
            };
            self.state.events.push(at, start);
        }
        let gate = self.plan.gate_before(number as usize);
        let programme = &mut self.state.programme;
        programme.held_since = None;
        programme.crowded = false;
        programme.passage = gate.map_or(Passage::Free, |(_, _, least)| {
            Passage::Watched(programme.stage_start + least)
        });
    }

    /// Clients that are rolled out ahead of the waves from this one on; those whose time has passed already, now.
    fn schedule_early_installs(&mut self, now: Time, from: u32) {
        let Some(RolloutMode::Before(lead)) = self.plan.rollout.as_ref().map(|rollout| rollout.mode) else {
            return;
        };
        let programme = &self.state.programme;
        let (attempt, slip) = (programme.attempt, programme.slip);
        let starts = self.expected_starts(from as usize, slip);
        for (wave, start) in (from..self.fixed.waves.len() as u32).zip(starts) {
            let at = (start - lead).max(now);
            self.state.events.push(at, Event::WaveTold { wave, attempt });
        }
    }

    /// People of a wave are told to install ahead of it; if the programme has slipped, later.
    pub(super) fn tell_wave(&mut self, window: &Window, now: Time, wave: u32, attempt: u8) {
        if self.is_stopped(attempt) {
            return;
        }
        let Some(RolloutMode::Before(lead)) = self.plan.rollout.as_ref().map(|rollout| rollout.mode) else {
            return;
        };
        let held = self.held_for(now);
        let next = self.state.programme.next_wave;
        if wave >= next {
            let starts = self.expected_starts(next as usize, self.state.programme.slip + held);
            let Some(start) = starts.get((wave - next) as usize) else {
                return;
            };
            let at = *start - lead;
            if at > now {
                let at = if held > Span::ZERO { now + Span::DAY } else { at };
                self.state.events.push(at, Event::WaveTold { wave, attempt });
                return;
            }
        }
        if self.tests_hold() || self.state.programme.on_hold {
            self.state
                .events
                .push(now + Span::DAY, Event::WaveTold { wave, attempt });
            return;
        }
        let fixed = std::sync::Arc::clone(&self.fixed);
        for &user in &fixed.waves[wave as usize] {
            self.tell_user(window, now, user);
        }
    }

    fn is_stopped(&self, attempt: u8) -> bool {
        let programme = &self.state.programme;
        programme.phase != Phase::Forward || programme.attempt != attempt
    }

    /// A wave is due: it starts unless its gate holds it.
    pub(super) fn wave_due(&mut self, window: &Window, now: Time, wave: u32, attempt: u8) {
        if self.is_stopped(attempt) || self.state.programme.next_wave != wave {
            return;
        }
        if !self.has_people_left(wave) {
            self.skip_wave(now);
            return;
        }
        if !self.may_start_wave() {
            self.state.programme.held_since = Some(now);
            let cause = if self.state.programme.on_hold {
                Cause::Script
            } else if self.tests_hold() {
                Cause::Plan
            } else {
                Cause::Gate
            };
            self.log_change(now, Action::WaveHeld, Subject::Wave(wave), cause);
        } else if self.is_crowded(now) {
            self.state.programme.crowded = true;
            self.log_change(now, Action::WaveHeld, Subject::Wave(wave), Cause::Unfinished);
        } else {
            self.start_wave(window, now);
        }
    }

    /// Nobody of the wave that is due is left to move: the next one comes, without a stage between.
    fn skip_wave(&mut self, now: Time) {
        let wave = self.state.programme.next_wave;
        self.log_change(now, Action::WaveSkipped, Subject::Wave(wave), Cause::None);
        self.state.programme.next_wave += 1;
        self.schedule_wave(now);
    }

    /// Do first tries of people of earlier waves still wait for a change window? Who waits for a pool does not count.
    fn is_crowded(&self, now: Time) -> bool {
        let waits = |job: &Job| {
            job.attempt == 1 && job.direction == Direction::Forward && self.waits_for_window_only(now, *job)
        };
        !self.plan.cadence.catch_up && self.state.queue.iter().any(waits)
    }

    /// The moves that the next wave waited for are under way, or need not be waited for any more: it starts at the first
    /// opening.
    pub(super) fn reconsider_wave(&mut self, window: &Window, now: Time) {
        let programme = &self.state.programme;
        if !programme.crowded || !self.goes_forward() || !self.may_start_wave() || self.is_crowded(now) {
            return;
        }
        let (wave, attempt) = (programme.next_wave, programme.attempt);
        self.state.programme.crowded = false;
        match self.plan.opening(now) {
            Some(at) if at > now => self.state.events.push(at, Event::WaveStart { wave, attempt }),
            Some(_) => self.wave_due(window, now, wave, attempt),
            None => {}
        }
    }

    /// Has the stage that is under way come to an end? Not while its people wait for a window, nor while nobody of it has
    /// moved, because moves are blocked.
    fn is_stage_over(&self, now: Time) -> bool {
        let programme = &self.state.programme;
        let nobody_left = || {
            self.state
                .last_wave
                .is_none_or(|wave| !self.has_people_left(wave))
        };
        self.plan.cadence.catch_up || (!self.is_crowded(now) && (programme.stage_moved || nobody_left()))
    }

    /// Somebody has moved: does the stage that is under way get on?
    pub(super) fn note_stage(&mut self, user: UserId) {
        if self
            .state
            .last_wave
            .is_some_and(|wave| self.wave_of(user) == Some(wave))
        {
            self.state.programme.stage_moved = true;
        }
    }

    /// Notes what the gate in front of a wave does in the first attempt.
    fn note_gate(&mut self, before: u32, note: impl Fn(&mut passage::Passage)) {
        let programme = &mut self.state.programme;
        let gate = self.plan.gates.iter().position(|gate| gate.before == before);
        if let Some(gate) = gate.filter(|_| programme.attempt == 0) {
            note(&mut programme.gates[gate]);
        }
    }

    fn may_start_wave(&self) -> bool {
        let programme = &self.state.programme;
        programme.passage == Passage::Free && !self.tests_hold() && !programme.on_hold
    }

    /// How long the next wave has been held.
    pub(super) fn held_for(&self, now: Time) -> Span {
        self.state
            .programme
            .held_since
            .map_or(Span::ZERO, |since| now - since)
    }

    /// What held the next wave is gone: it starts at the next opening if it was due, and the later ones keep their distance.
    pub(super) fn release_wave(&mut self, window: &Window, now: Time) {
        if !self.goes_forward() || !self.may_start_wave() {
            return;
        }
        let programme = &self.state.programme;
        let (wave, attempt) = (programme.next_wave, programme.attempt);
        if let (Some(since), Some(at)) = (programme.held_since, self.plan.opening(now)) {
            self.state.programme.slip += at - since;
            self.state.programme.held_since = None;
            if at > now {
                self.state.events.push(at, Event::WaveStart { wave, attempt });
            } else {
                self.wave_due(window, now, wave, attempt);
            }
        } else {
            self.reconsider_wave(window, now);
        }
    }

    fn start_wave(&mut self, window: &Window, now: Time) {
        if !mutant::is("discovery-late") {
            self.discover(window, now);
        }
        let number = self.state.programme.next_wave;
        self.state.last_wave = Some(number);
        let [own, late] = self.people_of_wave(number);
        let date = self.wave_date(number as usize);
        let entry = Entry::new(
            now,
            Action::WaveStarted,
            Subject::Wave(number),
            Label::Blank,
            Label::Blank,
            Cause::Plan,
        );
        let people = (own.len() + late.len()) as i64;
        self.log(entry.with([people, late.len() as i64, (now - date).0, 0]));
        if let Some(divisions) = &mut self.state.divisions {
            divisions.note_start(number, now);
        }
        let behind = self.steps_behind(number as usize, self.state.programme.slip, now);
        let programme = &mut self.state.programme;
        programme.slip += behind;
        programme.stage_start = now;
        programme.stage_moved = false;
        programme.next_wave += 1;
        if programme.attempt == 0
            && let Some(start) = programme.wave_starts.get_mut(number as usize)
        {
            start.get_or_insert(now);
        }
        let is_pilot = self
            .plan
            .waves
            .get(number as usize)
            .is_some_and(|wave| wave.is_pilot);
        if !is_pilot && !std::mem::replace(&mut self.state.programme.in_production, true) {
            self.note_escapes();
        }
        self.schedule_wave(now);
        self.script_rollback_after(number, now);
        for &user in &late {
            self.tell_early(window, now, user);
        }
        self.enqueue(&[own, late].concat(), Direction::Forward);
        self.start_moves(window, now);
    }

    fn script_rollback_after(&mut self, wave: u32, now: Time) {
        let scripted = self.plan.rollback.as_ref().and_then(|rollback| rollback.scripted);
        if let Some(Scripted::AfterWave(after, delay)) = scripted
            && after == wave
            && self.state.programme.attempt == 0
        {
            self.state.events.push(now + delay, Event::Rollback);
        }
    }

    /// The scripted rollback: ordered once, unless the programme is going back already.
    pub(super) fn scripted_rollback(&mut self, window: &Window, now: Time) {
        let Some(rollback) = &self.plan.rollback else {
            return;
        };
        if self.state.programme.halted {
            return;
        }
        let programme = &mut self.state.programme;
        let first = !std::mem::replace(&mut programme.scripted_done, true);
        let stands = matches!(programme.phase, Phase::Forward | Phase::Over);
        let moved = (0..self.state.pool.len() as UserId).any(|user| self.is_moved(user));
        if first && stands && moved {
            self.order_rollback(window, now, rollback.extent, Cause::Plan);
        }
    }

    /// The end of a day: gates and triggers look at what people could know.
    pub(super) fn observe(&mut self, now: Time, day: u32) {
        if self.state.programme.phase != Phase::Forward {
            return;
        }
        self.watch_triggers(now, day);
        if let Passage::Watched(from) = self.state.programme.passage
            && from <= now
            && self.is_stage_over(now)
        {
            self.evaluate_gate(now, day);
        }
    }

    fn watch_triggers(&mut self, now: Time, day: u32) {
        let programme = &self.state.programme;
        if programme.alarmed || programme.on_hold || self.state.last_wave.is_none() {
            return;
        }
        for (number, trigger) in (0..).zip(&self.plan.triggers) {
            let verdict = self.judge_criteria(
                now,
                day,
                trigger.window,
                &trigger.criteria,
                Subject::Trigger(number),
            );
            if verdict == Verdict::Fail {
                self.state.programme.alarmed = true;
                self.ask(now, Asker::Trigger(number), Choice::RollBack);
                return;
            }
        }
    }

    fn evaluate_gate(&mut self, now: Time, day: u32) {
        let wave = self.state.programme.next_wave;
        let plan = self.plan;
        let Some((number, gate, _)) = plan.gate_before(wave as usize) else {
            return;
        };
        let verdict = self.judge_criteria(now, day, gate.window, &gate.criteria, Subject::Gate(number));
        let passes = verdict == Verdict::Pass || (verdict == Verdict::Marginal && gate.marginal_goes);
        if !passes && self.state.programme.held_since.is_some() {
            self.note_gate(wave, |gate| gate.held = true);
        }
        if passes {
            self.ask(now, Asker::Gate(number), Choice::GoOn);
        } else if self.has_held_too_long(now, gate) {
            self.note_gate(wave, |gate| gate.ran_out = true);
            self.ask(now, Asker::Gate(number), gate.then);
        } else {
            self.state.programme.passage = Passage::Watched(now + gate.recheck);
        }
    }

    fn has_held_too_long(&self, now: Time, gate: &Gate) -> bool {
        let programme = &self.state.programme;
        programme
            .held_since
            .is_some_and(|since| now >= since + gate.max_hold)
    }

    /// Asks for a decision: it takes a drawn time and then waits for the board. Without a further meeting before the
    /// horizon nothing is decided.
    fn ask(&mut self, now: Time, asker: Asker, choice: Choice) {
        let programme = &mut self.state.programme;
        let subject = match asker {
            Asker::Gate(number) => {
                programme.passage = Passage::Deciding;
                Subject::Gate(number)
            }
            Asker::Trigger(number) => Subject::Trigger(number),
        };
        let evaluations = programme.evaluations.entry(asker).or_default();
        *evaluations += 1;
        let index = u64::from(programme.attempt) << 32 | u64::from(*evaluations);
        let attempt = programme.attempt;
        let entity = match asker {
            Asker::Gate(number) => entity_id(&self.plan.wave_name(self.plan.gate(number).0)),
            Asker::Trigger(number) => u64::from(number),
        };
        let median = self.fixed.value(Setting::DecisionHours);
        let mut ready = now;
        if median > 0.0 {
            let u = self.draw(now, subject, Purpose::DecisionDelay, entity, index);
            ready = now + Span::from_hours_f64(distribution::lognormal(u, median, 0.5));
        }
        if let Some(at) = self.plan.board.next(ready) {
            let event = Event::Decided {
                asker,
                choice,
                attempt,
            };
            self.state.events.push(at, event);
        }
    }

    /// The board has decided.
    pub(super) fn decided(&mut self, window: &Window, now: Time, asker: Asker, choice: Choice, attempt: u8) {
        if self.is_stopped(attempt) {
            return;
        }
        // The wave that waited for this gate may have been skipped meanwhile.
        if let Asker::Gate(number) = asker
            && self.plan.gate(number).0 != self.state.programme.next_wave as usize
        {
            return;
        }
        if self.state.programme.on_hold && choice != Choice::GoOn {
            self.set_aside(now, asker);
            return;
        }
        let (subject, cause) = match asker {
            Asker::Gate(number) => (Subject::Gate(number), Cause::Gate),
            Asker::Trigger(number) => (Subject::Trigger(number), Cause::Trigger),
        };
        let entry = Entry::new(
            now,
            Action::Decided,
            subject,
            Label::Blank,
            Label::Choice(choice),
            cause,
        );
        self.log(entry);
        if let Asker::Gate(number) = asker {
            let before = self.plan.gate(number).0 as u32;
            self.note_gate(before, |gate| gate.decided = Some(choice));
        }
        match choice {
            Choice::GoOn => self.pass_gate(window, now),
            Choice::Stop => {
                self.state.programme.phase = Phase::Over;
                self.state.queue.clear();
            }
            Choice::RollBack => {
                let extent = match asker {
                    Asker::Trigger(number) => self.plan.triggers[usize::from(number)].extent,
                    Asker::Gate(_) => self
                        .plan
                        .rollback
                        .as_ref()
                        .map_or(Extent::Everyone, |rollback| rollback.extent),
                };
                self.order_rollback(window, now, extent, cause);
            }
        }
    }

    /// It has been decided to fix forward: who asked for something else asks again later.
    fn set_aside(&mut self, now: Time, asker: Asker) {
        let programme = &mut self.state.programme;
        match asker {
            Asker::Gate(number) => {
                let recheck = self.plan.gate(number).1.recheck;
                programme.passage = Passage::Watched(now + recheck);
            }
            Asker::Trigger(_) => programme.alarmed = false,
        }
    }

    /// The trouble is fixed: the wave that was due starts, and the later ones keep their distance.
    pub(super) fn end_hold(&mut self, window: &Window, now: Time) {
        self.state.programme.on_hold = false;
        self.release_wave(window, now);
    }

    /// From now on nothing new starts.
    pub(super) fn halt(&mut self) {
        let programme = &mut self.state.programme;
        (programme.on_hold, programme.halted) = (true, true);
    }

    /// Would a rollback ordered now be one? Not while the programme is going back, nor after it has.
    pub fn can_turn_back(&self) -> bool {
        let programme = &self.state.programme;
        let stands = match programme.phase {
            Phase::Forward => true,
            Phase::Over => self.state.counts.rollbacks == 0,
            Phase::Back | Phase::Remediation => false,
        };
        stands && !programme.scripted_done
    }

    pub(super) fn is_going_back(&self) -> bool {
        self.state.programme.phase == Phase::Back
    }

    /// When a wave (its place in the plan) started in the first attempt; `None` if it has not.
    pub fn wave_start(&self, wave: usize) -> Option<Time> {
        self.state.programme.wave_starts.get(wave).copied().flatten()
    }

    fn pass_gate(&mut self, window: &Window, now: Time) {
        self.state.programme.passage = Passage::Free;
        self.release_wave(window, now);
    }

    /// Everybody concerned is back and downgraded: the programme ends, or remediation begins.
    pub(super) fn rolled_back(&mut self, now: Time) {
        let Some(rollback) = &self.plan.rollback else {
            return;
        };
        let programme = &mut self.state.programme;
        if programme.phase != Phase::Back {
            return;
        }
        self.state.rollback = None;
        let next = programme.attempt + 1;
        let again = u32::from(next) < rollback.attempts;
        programme.phase = if again { Phase::Remediation } else { Phase::Over };
        if again {
            let at = now + rollback.remediation;
            self.state.events.push(at, Event::Resume { attempt: next });
            self.state.events.push(now, Event::RenewTasks);
        }
        self.log_change(now, Action::RolledBack, Subject::Plan, Cause::Rollback);
    }

    /// The first wave whose people are not all on the new side.
    fn first_open_wave(&self) -> Option<usize> {
        (0..self.wave_count()).find(|&wave| self.has_people_left(wave as u32))
    }

    /// Remediation begins: tasks that were taken back are done again, as long before the next attempt's first wave as
    /// the plan has it, or at once where that is past.
    pub(super) fn renew_tasks(&mut self, window: &Window, now: Time) {
        let remediation = self.plan.rollback.as_ref().map(|rollback| rollback.remediation);
        if let (Some(wave), Some(remediation)) = (self.first_open_wave(), remediation) {
            let slip = now + remediation - self.wave_date(wave);
            self.redo_tasks(window, now, slip);
        }
    }

    /// A further attempt: from the first wave on whose people are not all on the new side.
    pub(super) fn resume(&mut self, window: &Window, now: Time, attempt: u8) {
        if self.state.programme.halted {
            return;
        }
        let Some(wave) = self.first_open_wave() else {
            return;
        };
        let slip = now - self.wave_date(wave);
        let programme = &mut self.state.programme;
        programme.phase = Phase::Forward;
        programme.attempt = attempt;
        programme.alarmed = false;
        programme.next_wave = wave as u32;
        programme.slip = slip;
        programme.stage_start = now;
        self.log_change(now, Action::Resumed, Subject::Wave(wave as u32), Cause::Plan);
        self.gather_joiners(now);
        self.schedule_early_installs(now, wave as u32);
        self.schedule_wave(now);
        // The remediation was the hold: the first wave of an attempt needs no gate.
        self.state.programme.passage = Passage::Free;
        self.start_moves(window, now);
    }

    /// When the wave that is under way started.
    pub(super) fn stage_start(&self) -> Time {
        self.state.programme.stage_start
    }

    /// Has the programme stopped with this user on the new side?
    pub(super) fn has_stopped_with(&self, user: UserId) -> bool {
        self.state.programme.phase == Phase::Over && self.is_moved(user)
    }

    /// Is the programme moving people to the new side?
    pub(super) fn goes_forward(&self) -> bool {
        self.state.programme.phase == Phase::Forward
    }
}
