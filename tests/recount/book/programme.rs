//! The programme: waves, gates, triggers, decisions, rollbacks and further attempts.

use super::{Book, DAY, Line, Result};
use crate::chance::{self, DECISION};
use crate::script::{Criterion, Extent, Gates, Script, Scripted};
use coexist::world::Setting;
use std::collections::{BTreeMap, BTreeSet};

/// What became known on a day.
#[derive(Clone, Default)]
pub(super) struct Day {
    /// Users on the new side at its end.
    pub(super) moved: i64,
    /// Users who cannot sign in at its end.
    pub(super) stranded: i64,
    /// Tickets of users on the new side.
    pub(super) tickets: i64,
    /// Occurrences by the organiser's side, old and new, and those reported.
    pub(super) judged: [i64; 2],
    pub(super) reported: [i64; 2],
    /// Tries of moves to the new side, and those that failed.
    pub(super) tries: i64,
    pub(super) failed: i64,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Phase {
    Forward,
    Back,
    Remediation,
    Over,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Passage {
    Free,
    Watched(i64),
    Deciding,
}

/// A decision that will be taken; its time may be off by rounding.
#[derive(Clone, Debug)]
struct Decision {
    subject: String,
    choice: String,
    from: i64,
    to: i64,
    /// The trigger that asked; none for a gate.
    trigger: Option<usize>,
}

/// Where the programme stands.
pub(super) struct Programme {
    phase: Phase,
    /// Has the lot of the world been told?
    lot_told: bool,
    pub(super) attempt: i64,
    slip: i64,
    next_wave: usize,
    pub(super) last_wave: Option<usize>,
    stage_start: i64,
    passage: Passage,
    /// When the next wave is due.
    due: Option<i64>,
    held_since: Option<i64>,
    /// Do the coexistence tests hold the first wave? And when has their gate opened, before that is said?
    tests_hold: bool,
    tests_clean: Option<i64>,
    alarmed: bool,
    /// How often each gate and trigger, by its name, has asked for a decision.
    asked: BTreeMap<String, u64>,
    decisions: Vec<Decision>,
    next_observation: i64,
    /// A rollback that must be ordered now: its cause and extent.
    to_order: Option<(&'static str, Extent)>,
    scripted_at: Option<i64>,
    ordered_at: i64,
    returning: BTreeSet<usize>,
    downgrading: BTreeSet<(usize, usize)>,
    cleared: Option<i64>,
    done: Option<i64>,
    resume: Option<i64>,
    rollbacks: i64,
    first_rollback: Option<i64>,
    days_to_clear: Option<i64>,
    /// How many waves are listed, and the dates of the further ones.
    listed: usize,
    further: Vec<i64>,
    /// Each user's wave, if any, joiners included.
    wave_of: Vec<usize>,
    /// The wave of the last listed person of each department.
    gone: BTreeMap<u32, usize>,
    /// The next wave waits for people of an earlier one.
    crowded: bool,
    /// Has somebody of the wave under way moved? And whose try to move forward has ended in this attempt?
    stage_moved: bool,
    tried: BTreeSet<usize>,
    /// When a person will have moved each user whose tries all failed.
    by_hand: Vec<Option<i64>>,
    /// When something was last changed that moves may have waited for.
    pub(super) opened_at: i64,
}

impl Programme {
    pub(super) fn new(script: &Script, waves: Vec<Vec<u32>>, users: usize) -> Programme {
        let mut wave_of = vec![usize::MAX; users];
        for (number, wave) in waves.iter().enumerate() {
            for &user in wave {
                wave_of[user as usize] = number;
            }
        }
        Programme {
            lot_told: false,
            listed: waves.len(),
            further: Vec::new(),
            wave_of,
            gone: BTreeMap::new(),
            crowded: false,
            stage_moved: false,
            tried: BTreeSet::new(),
            phase: Phase::Forward,
            attempt: 0,
            slip: 0,
            next_wave: 0,
            last_wave: None,
            stage_start: 0,
            passage: Passage::Free,
            due: None,
            held_since: None,
            tests_hold: script.tests_required,
            tests_clean: None,
            alarmed: false,
            asked: BTreeMap::new(),
            decisions: Vec::new(),
            next_observation: DAY,
            to_order: None,
            scripted_at: match script.back.as_ref().and_then(|back| back.scripted.as_ref()) {
                Some(Scripted::At(at)) => Some(*at),
                _ => None,
            },
            ordered_at: 0,
            returning: BTreeSet::new(),
            downgrading: BTreeSet::new(),
            cleared: None,
            done: None,
            resume: None,
            rollbacks: 0,
            first_rollback: None,
            days_to_clear: None,
            by_hand: vec![None; users],
            opened_at: i64::MIN,
        }
    }

    /// Is the first attempt on its way?
    pub(super) fn is_first_way(&self) -> bool {
        self.phase == Phase::Forward && self.attempt == 0
    }

    pub(super) fn is_going_forward(&self) -> bool {
        self.phase == Phase::Forward
    }

    /// The way forward ends: nothing that was planned on it happens.
    fn turn(&mut self, phase: Phase) {
        self.phase = phase;
        (self.due, self.held_since) = (None, None);
        self.crowded = false;
        self.decisions.clear();
    }
}

impl Book<'_> {
    fn gate_before(&self, wave: usize) -> Option<&Gates> {
        let gates = self.script.gates.as_ref()?;
        let after_pilot = wave > 0 && self.is_pilot(wave - 1);
        let several = self.plan.waves.len() > 1;
        (wave > 0 && several && (after_pilot || !gates.only_after_pilot)).then_some(gates)
    }

    fn is_pilot(&self, wave: usize) -> bool {
        wave == 0 && self.wave_name(0) == "pilot"
    }

    fn wave_name(&self, wave: usize) -> String {
        let has_pilot = self.plan.waves.first().is_some_and(|first| first.name == "pilot");
        match (wave, has_pilot) {
            (0, true) => "pilot".into(),
            _ => format!("wave {}", wave + usize::from(!has_pilot)),
        }
    }

    fn is_moved(&self, user: usize) -> bool {
        !self.rules.legacy[self.server[self.home[user]]]
    }

    fn wave_count(&self) -> usize {
        self.programme.listed + self.programme.further.len()
    }

    /// The date of a wave, without what is lost.
    fn date_of_wave(&self, wave: usize) -> i64 {
        if wave >= self.programme.listed {
            return self.programme.further[wave - self.programme.listed];
        }
        let starts = &self.script.starts;
        let behind = (wave + 1).saturating_sub(starts.len()) as i64;
        starts[wave.min(starts.len() - 1)] + self.script.every * behind
    }

    /// The first opening of a change window at or after an instant.
    fn opening(&self, at: i64) -> Option<i64> {
        match self.script.catch_up {
            true => Some(at),
            false => {
                let mut windows = self.plan.moves.windows.iter();
                let open = windows.find(|(_, close)| close.0 > at)?;
                Some(open.0.0.max(at))
            }
        }
    }

    /// The people of a wave who are still to be moved.
    pub(super) fn left_of(&self, wave: usize) -> Vec<usize> {
        let left = |user: &usize| {
            self.programme.wave_of[*user] == wave
                && self.is_here(*user)
                && !self.is_moved(*user)
                && self.plan.target[self.home[*user]].is_some()
        };
        (0..self.home.len()).filter(left).collect()
    }

    /// What held the next wave is gone, unless something else holds it still.
    fn release(&mut self, now: i64) {
        let opening = self.opening(now);
        let programme = &mut self.programme;
        if programme.passage == Passage::Free
            && !programme.tests_hold
            && programme.phase == Phase::Forward
            && let (Some(since), Some(opening)) = (programme.held_since, opening)
        {
            programme.held_since = None;
            programme.slip += opening - since;
            programme.due = Some(opening);
        }
    }

    /// Before anything happens: the first wave is put on its date.
    pub(super) fn begin_programme(&mut self) {
        for user in 0..self.home.len() {
            let wave = self.programme.wave_of[user];
            if wave < usize::MAX {
                let last = self
                    .programme
                    .gone
                    .entry(self.facts.users[user].department)
                    .or_insert(wave);
                *last = (*last).max(wave);
            }
        }
        self.plan_wave(i64::MIN);
    }

    pub(super) fn lot(&mut self, line: &Line<'_>) -> Result<()> {
        let key = self.chance.0;
        let (lot, seed) = match self.script.lot {
            Some(lot) => (lot, self.script.seed),
            None => (key.replication as i64, key.seed as i64),
        };
        let said = (line.number("lot")?, line.number("seed")?);
        match said == (lot, seed) && line.at == 0 {
            true => {
                self.programme.lot_told = true;
                Ok(())
            }
            false => Err(format!("it is lot {lot} of seed {seed}")),
        }
    }

    /// Puts the next wave on its date.
    fn plan_wave(&mut self, now: i64) {
        let next = self.programme.next_wave;
        if next >= self.wave_count() {
            return;
        }
        let due = self.opening((self.date_of_wave(next) + self.programme.slip).max(now));
        let passage = match self.gate_before(next) {
            Some(gates) => {
                let least = if self.is_pilot(next - 1) {
                    gates.pilot
                } else {
                    gates.stage
                };
                Passage::Watched(self.programme.stage_start + least)
            }
            None => Passage::Free,
        };
        let programme = &mut self.programme;
        programme.due = due;
        (programme.held_since, programme.passage, programme.crowded) = (None, passage, false);
    }

    /// Do people of earlier waves, whose first try has not ended, wait for nothing but a change window?
    fn is_crowded(&self) -> bool {
        let waits = |user: usize| {
            let (from, wave) = (self.home[user], self.programme.wave_of[user]);
            let serves = |pool: usize| self.serves_itself(pool) && self.host_of(pool) == pool;
            wave < self.programme.next_wave
                && self.is_here(user)
                && !self.is_moved(user)
                && !self.programme.tried.contains(&user)
                && self.plan.target[from].is_some_and(|target| serves(from) && serves(usize::from(target)))
        };
        !self.script.catch_up && (0..self.home.len()).any(waits)
    }

    /// Is the stage under way over? Not while its people wait for a window, nor while none of them has moved.
    fn is_stage_over(&self) -> bool {
        let over = || {
            let last = self.programme.last_wave;
            self.programme.stage_moved || last.is_none_or(|wave| self.left_of(wave).is_empty())
        };
        self.script.catch_up || (!self.is_crowded() && over())
    }

    /// Somebody who joins on the old side goes with the own department if its last wave is still to come, else with a further wave.
    pub(super) fn joins_a_wave(&mut self, user: usize, now: i64) {
        let wave = self.department_wave(user);
        match wave.filter(|wave| *wave >= self.programme.next_wave) {
            Some(wave) => self.programme.wave_of[user] = wave,
            None => self.joins_further(user, now),
        }
    }

    /// The wave of the last listed person of somebody's department, where waves follow departments.
    pub(super) fn department_wave(&self, user: usize) -> Option<usize> {
        let wave = self.programme.gone.get(&self.facts.users[user].department);
        wave.copied().filter(|_| self.script.by_department)
    }

    pub(super) fn has_started(&self, wave: usize) -> bool {
        wave < self.programme.next_wave
    }

    pub(super) fn has_no_wave(&self, user: usize) -> bool {
        self.programme.wave_of[user] == usize::MAX
    }

    /// The last further wave, or a new one behind it if that is full or has started.
    pub(super) fn joins_further(&mut self, user: usize, now: i64) {
        let count = self.wave_count();
        let members = self
            .programme
            .wave_of
            .iter()
            .filter(|wave| wave.checked_add(1) == Some(count))
            .count();
        let has_room = members < self.script.further.unwrap_or(0);
        if count > self.programme.listed && !self.has_started(count - 1) && has_room {
            self.programme.wave_of[user] = count - 1;
            return;
        }
        let every = self.script.every;
        let mut date = self.date_of_wave(count - 1) + every;
        if self.programme.next_wave >= count {
            let half = self
                .programme
                .last_wave
                .map_or(now, |_| self.programme.stage_start + every / 2);
            while date + self.programme.slip < now.max(half) {
                date += every;
            }
        }
        self.programme.further.push(date);
        self.programme.wave_of[user] = count;
        if self.programme.phase == Phase::Forward && self.programme.next_wave == count {
            self.plan_wave(now);
        }
    }

    /// The end of a day has passed: gates and triggers are looked at, and what they write is due.
    pub(super) fn observe(&mut self) {
        let end = self.programme.next_observation;
        self.programme.next_observation += DAY;
        if end >= self.horizon() || self.programme.phase != Phase::Forward {
            return;
        }
        self.watch_triggers(end);
        if matches!(self.programme.passage, Passage::Watched(from) if from <= end) && self.is_stage_over() {
            self.look_at_gate(end);
        }
    }

    /// Observes what is due up to this line; for lines of observations also at this very instant.
    pub(super) fn observe_before(&mut self, line: &Line<'_>) {
        while self.programme.next_observation < line.at
            || (self.programme.next_observation == line.at && line.event == "evaluated")
        {
            self.observe();
        }
    }

    fn watch_triggers(&mut self, end: i64) {
        if self.programme.alarmed || self.programme.last_wave.is_none() {
            return;
        }
        let script = self.script;
        for (number, trigger) in script.triggers.iter().enumerate() {
            let subject = format!("trigger {}", number + 1);
            if self.worst(end, trigger.window, &trigger.criteria, &subject, true) == 2 {
                self.programme.alarmed = true;
                self.ask(end, &subject, number as u64, "roll_back", Some(number));
                return;
            }
        }
    }

    fn look_at_gate(&mut self, end: i64) {
        let script = self.script;
        let next = self.programme.next_wave;
        let Some(gates) = script.gates.as_ref() else {
            return;
        };
        let name = self.wave_name(next);
        let (subject, entity) = (format!("gate before {name}"), chance::named(&name));
        let worst = self.worst(end, gates.window, &gates.criteria, &subject, false);
        let too_long = |since: i64| end >= since + gates.max_hold;
        let choice = if worst == 0 || (worst == 1 && gates.marginal_goes) {
            "go_on"
        } else if self.programme.held_since.is_some_and(too_long) {
            &gates.then
        } else {
            self.programme.passage = Passage::Watched(end + gates.recheck);
            return;
        };
        self.programme.passage = Passage::Deciding;
        self.ask(end, &subject, entity, choice, None);
    }

    /// The worst verdict of some criteria: 0 pass, 1 marginal, 2 fail.
    fn worst(
        &mut self,
        end: i64,
        window: i64,
        criteria: &[Criterion],
        subject: &str,
        only_fails: bool,
    ) -> usize {
        let mut worst = 0;
        for criterion in criteria {
            let (value, sample) = self.observed(criterion.observed, end, window);
            let verdict = if sample.is_some_and(|sample| (sample as f64) < criterion.sample) {
                1
            } else {
                usize::from(value > criterion.pass) + usize::from(value > criterion.fail)
            };
            worst = worst.max(verdict);
            if !only_fails || verdict == 2 {
                let word = ["pass", "marginal", "fail"][verdict];
                let millionths = (value * 1e6).round() as i64;
                let detail = format!("value_millionths={millionths};sample={}", sample.unwrap_or(0));
                let said = Self::say("evaluated", subject, criterion.observed, word, "", &detail);
                self.exact.push_back((end, said));
            }
        }
        worst
    }

    /// Value and sample at the end of a day.
    fn observed(&self, what: &str, end: i64, window: i64) -> (f64, Option<i64>) {
        let after = (end / DAY) as usize;
        let trailing = &self.days[after.saturating_sub(window.max(1) as usize)..after];
        let stage = &self.days[((self.programme.stage_start / DAY) as usize).min(after - 1)..after];
        let sum = |days: &[Day], of: fn(&Day) -> i64| days.iter().map(of).sum::<i64>();
        let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
        let moved = self.days[after - 1].moved;
        match what {
            "open_severity_1" => {
                let open = (self.tables.defects.iter().zip(&self.lurking)).filter(|(defect, lurking)| {
                    defect.severity == 1 && lurking.found.is_some() && lurking.fixed.is_none()
                });
                (open.count() as f64, None)
            }
            "tickets_per_100" => {
                let user_weeks = sum(trailing, |day| day.moved) as f64 / 7.0;
                let tickets = sum(trailing, |day| day.tickets) as f64;
                (share(tickets * 100.0, user_weeks), Some(moved))
            }
            "reported_broken" => {
                let new = [
                    sum(trailing, |day| day.reported[1]),
                    sum(trailing, |day| day.judged[1]),
                ];
                let old = [
                    sum(trailing, |day| day.reported[0]),
                    sum(trailing, |day| day.judged[0]),
                ];
                let of = |[part, whole]: [i64; 2]| share(part as f64, whole as f64);
                (of(new) - of(old), Some(new[1]))
            }
            "failed_moves" => {
                let tries = sum(stage, |day| day.tries);
                (
                    share(sum(stage, |day| day.failed) as f64, tries as f64),
                    Some(tries),
                )
            }
            _ => {
                let stranded = self.days[after - 1].stranded as f64;
                (share(stranded * 100.0, moved as f64), Some(moved))
            }
        }
    }

    /// A decision takes its time and then waits for the board.
    fn ask(&mut self, now: i64, subject: &str, entity: u64, choice: &str, trigger: Option<usize>) {
        let asked = self.programme.asked.entry(subject.to_string()).or_default();
        *asked += 1;
        let index = (self.programme.attempt as u64) << 32 | *asked;
        let median = self.value(Setting::DecisionHours);
        let (mut from, mut to) = (now, now);
        if median > 0.0 {
            let u = self.chance.uniform(DECISION, entity, index);
            let millionths = (u * 1e6).round() as i64;
            let detail = format!("purpose={DECISION};index={index};value_millionths={millionths}");
            let said = Self::say("drawn", subject, "", "", "chance", &detail);
            self.exact.push_back((now, said));
            let ready = now + (chance::lognormal(u, median, 0.5) * 3_600_000.0).round() as i64;
            (from, to) = (ready - 1, ready + 1);
        }
        if let Some(board) = &self.script.board {
            let Some(meets) = board.iter().copied().find(|meets| *meets >= from) else {
                return;
            };
            (from, to) = (meets, meets);
        }
        if from < self.horizon() {
            self.programme.decisions.push(Decision {
                subject: subject.to_string(),
                choice: choice.to_string(),
                from,
                to,
                trigger,
            });
        }
    }

    /// Do people look at what is reported?
    pub(super) fn is_watched(&self) -> bool {
        let gated = (0..self.plan.waves.len()).any(|wave| self.gate_before(wave).is_some());
        gated || !self.script.triggers.is_empty() || self.script.duty.is_some()
    }

    pub(super) fn close_programme(&mut self) -> Result<()> {
        while self.programme.next_observation < self.horizon() {
            self.observe();
        }
        if let Some(next) = self.exact.front() {
            return Err(format!("the log ends without {next:?}"));
        }
        if self.plan.lottery.is_some() != self.programme.lot_told {
            return Err("a lot is drawn where, and only where, the plan has one".into());
        }
        self.no_step_is_overdue(self.horizon())
    }

    /// Must a rollback be ordered by the next line?
    pub(super) fn is_to_order(&self) -> bool {
        self.programme.to_order.is_some()
    }

    /// What the programme should have done before this instant.
    pub(super) fn no_step_is_overdue(&mut self, at: i64) -> Result<()> {
        let programme = &self.programme;
        let wave = programme.due.filter(|due| *due < at);
        let decision = programme.decisions.iter().find(|decision| decision.to < at);
        let done = programme.done.or(programme.cleared).filter(|done| *done < at);
        if wave.is_some() || decision.is_some() || done.is_some() {
            return Err(format!(
                "missing before: wave at {wave:?}, {decision:?}, end of a rollback at {done:?}"
            ));
        }
        if programme.resume.is_some_and(|resume| resume < at) {
            if self.first_open_wave().is_some() {
                return Err("the next attempt is missing".into());
            }
            self.programme.resume = None;
        }
        if self.programme.scripted_at.is_some_and(|scripted| scripted < at) {
            self.programme.scripted_at = None;
            if self.may_be_scripted() {
                return Err("the scripted rollback is missing".into());
            }
        }
        Ok(())
    }

    fn may_be_scripted(&self) -> bool {
        matches!(self.programme.phase, Phase::Forward | Phase::Over)
            && (0..self.home.len()).any(|user| self.is_moved(user))
    }

    fn first_open_wave(&self) -> Option<usize> {
        (0..self.wave_count()).find(|wave| !self.left_of(*wave).is_empty())
    }

    /// A line of the programme.
    pub(super) fn in_programme(&mut self, line: &Line<'_>) -> Result<()> {
        let now = line.at;
        match line.event {
            "wave_held" | "wave_started" | "wave_skipped" => self.wave(line),
            "test_run" => {
                self.test_run(line)?;
                let clean = self.programme.tests_hold && line.number("open")? == 0;
                self.programme.tests_clean = clean.then_some(now);
                Ok(())
            }
            "gate_passed" => self.tests_are_clean(line),
            "decided" => self.decided(line),
            "rollback_ordered" => self.rollback_ordered(line),
            "downgrades_cleared" => {
                let due = self.programme.cleared.take();
                due.filter(|due| *due == now).map(|_| ()).ok_or("not now".into())
            }
            "rolled_back" => {
                let due = self.programme.done.take().filter(|due| *due == now);
                if due.is_none() || self.programme.cleared.is_some() {
                    return Err("not everybody is back and downgraded, or it was said before".into());
                }
                let back = self.script.back.as_ref().ok_or("nobody goes back")?;
                let again = self.programme.attempt + 1 < back.attempts;
                let phase = if again { Phase::Remediation } else { Phase::Over };
                self.programme.turn(phase);
                self.programme.resume = again.then_some(now + back.remediation);
                if again && self.first_open_wave().is_some() {
                    self.begin_again(now);
                }
                Ok(())
            }
            _ => self.resumed(line),
        }
    }

    fn wave(&mut self, line: &Line<'_>) -> Result<()> {
        let next = self.programme.next_wave;
        if next >= self.wave_count() {
            return Err("there is no further wave".into());
        }
        let name = self.wave_name(next);
        let crowded = std::mem::take(&mut self.programme.crowded);
        let is_open = self.opening(line.at) == Some(line.at);
        let due = self.programme.due.take();
        let is_due = due == Some(line.at) || (crowded && is_open);
        if line.subject != name || !is_due || self.programme.phase != Phase::Forward {
            return Err(format!("{name} comes next, at {due:?}"));
        }
        let left = self.left_of(next);
        if left.is_empty() != (line.event == "wave_skipped") {
            return Err(format!("{} of it are left", left.len()));
        }
        if left.is_empty() {
            let gate = format!("gate before {name}");
            self.programme
                .decisions
                .retain(|decision| decision.subject != gate);
            self.programme.next_wave += 1;
            self.plan_wave(line.at);
            return Ok(());
        }
        let programme = &mut self.programme;
        let free = programme.passage == Passage::Free && !programme.tests_hold;
        let cause = if programme.tests_hold { "plan" } else { "gate" };
        if free && line.event == "wave_held" && line.cause == "unfinished" {
            self.programme.crowded = true;
            return match self.is_crowded() {
                true => Ok(()),
                false => Err("nobody of an earlier wave waits".into()),
            };
        }
        if !free && line.cause != cause {
            return Err(format!("it is held by the {cause}"));
        }
        if free != (line.event == "wave_started") {
            return Err(format!("its gate: {:?}", programme.passage));
        }
        if !free {
            programme.held_since = Some(line.at);
            return Ok(());
        }
        let residents = self.home.len() - self.facts.joiners;
        let joined = left.iter().filter(|user| **user >= residents).count() as i64;
        let date = self.date_of_wave(next);
        let said = (
            line.number("users")?,
            line.number("joined")?,
            line.number("late_ms")?,
        );
        let people = (left.len() as i64, joined, line.at - date);
        if said != people {
            return Err(format!("it is {people:?}"));
        }
        // Whoever comes behind moves by whole steps, so that half a step lies between the starts.
        if next + 1 < self.wave_count() && !self.script.catch_up {
            let step = self.script.every.min(self.date_of_wave(next + 1) - date);
            let soon = |slip: i64| {
                let opening = self.opening((self.date_of_wave(next + 1) + slip).max(line.at));
                opening.is_some_and(|opening| opening - line.at < step / 2)
            };
            let mut slip = self.programme.slip;
            while step > 0 && soon(slip) {
                slip += step;
            }
            self.programme.slip = slip;
        }
        let programme = &mut self.programme;
        (programme.stage_start, programme.last_wave) = (line.at, Some(next));
        programme.stage_moved = false;
        programme.next_wave += 1;
        if let Some(Scripted::After(name, delay)) =
            self.script.back.as_ref().and_then(|back| back.scripted.as_ref())
            && *name
                == self
                    .plan
                    .waves
                    .get(next)
                    .map_or(String::new(), |wave| wave.name.clone())
            && programme.attempt == 0
        {
            programme.scripted_at = Some(line.at + delay);
        }
        if !self.is_pilot(next) {
            self.production_begins();
        }
        self.plan_wave(line.at);
        Ok(())
    }

    /// The first clean run of the coexistence tests.
    fn tests_are_clean(&mut self, line: &Line<'_>) -> Result<()> {
        let programme = &mut self.programme;
        if programme.tests_clean.take() != Some(line.at) {
            return Err("no run was clean for the first time".into());
        }
        let held = programme.held_since.map_or(0, |since| line.at - since);
        if line.number("held_ms")? != held {
            return Err(format!("the wave was held for {held}"));
        }
        programme.tests_hold = false;
        self.release(line.at);
        Ok(())
    }

    fn decided(&mut self, line: &Line<'_>) -> Result<()> {
        let at_board = self
            .script
            .board
            .as_ref()
            .is_none_or(|board| board.contains(&line.at));
        let fits = |decision: &Decision| {
            decision.subject == line.subject
                && decision.choice == line.to
                && (decision.from..=decision.to).contains(&line.at)
        };
        let place = self.programme.decisions.iter().position(fits);
        let Some(place) = place.filter(|_| at_board) else {
            return Err(format!("to be decided: {:?}", self.programme.decisions));
        };
        let decision = self.programme.decisions.remove(place);
        let cause = if decision.trigger.is_some() {
            "trigger"
        } else {
            "gate"
        };
        if line.cause != cause {
            return Err(format!("a {cause} asked"));
        }
        match line.to {
            "go_on" => {
                self.programme.passage = Passage::Free;
                self.release(line.at);
            }
            "stop" => self.programme.turn(Phase::Over),
            _ => {
                let extent = match decision.trigger {
                    Some(number) => self.script.triggers[number].extent.clone(),
                    None => self
                        .script
                        .back
                        .as_ref()
                        .ok_or("nobody goes back")?
                        .extent
                        .clone(),
                };
                self.programme.turn(Phase::Back);
                self.programme.to_order = Some((cause, extent));
            }
        }
        Ok(())
    }

    fn rollback_ordered(&mut self, line: &Line<'_>) -> Result<()> {
        let ordered = self.programme.to_order.take();
        let extent = match ordered {
            Some((cause, extent)) if cause == line.cause => extent,
            None if line.cause == "plan" => {
                let scripted = self.programme.scripted_at.take();
                if scripted != Some(line.at) || !self.may_be_scripted() {
                    return Err(format!("scripted at {scripted:?}"));
                }
                self.script
                    .back
                    .as_ref()
                    .ok_or("nobody goes back")?
                    .extent
                    .clone()
            }
            other => return Err(format!("ordered is {other:?}")),
        };
        let fixed = std::mem::take(&mut self.tasks_fixed);
        let everybody = (0..self.home.len()).filter(|user| self.is_here(*user));
        let concerned: Vec<usize> = match &extent {
            Extent::Everyone => everybody.collect(),
            Extent::Pool(name) => {
                let pool = self.pool_named(name)?;
                everybody
                    .filter(|user| usize::from(self.facts.users[*user].pool) == pool)
                    .collect()
            }
            Extent::LastWave => {
                let wave = self.programme.last_wave;
                let of_wave = |user: &usize| wave == Some(self.programme.wave_of[*user]);
                everybody.filter(of_wave).collect()
            }
        };
        let stuck = self.script.jobs.is_some() && self.effects_stuck();
        if let Some(user) = concerned
            .iter()
            .find(|user| stuck && self.is_moved(**user) && !fixed.contains(user))
        {
            return Err(format!("user {user} cannot go back"));
        }
        let concerned: Vec<usize> = concerned
            .into_iter()
            .filter(|user| !fixed.contains(user))
            .collect();
        let mut downgrading = BTreeSet::new();
        for &user in concerned.iter().filter(|_| self.rules.downgrades) {
            let first = &self.facts.profile.clients[usize::from(self.facts.users[user].client)].name;
            let others = (self.client[user].iter().enumerate())
                .filter(|(_, client)| self.rules.clients[**client] != *first);
            downgrading.extend(others.map(|(number, _)| (user, number)));
        }
        let returning: BTreeSet<usize> = concerned
            .into_iter()
            .filter(|user| self.is_moved(*user))
            .collect();
        let numbers = (line.number("users")?, line.number("machines")?);
        if numbers != (returning.len() as i64, downgrading.len() as i64) {
            return Err(format!("{} and {}", returning.len(), downgrading.len()));
        }
        let programme = &mut self.programme;
        programme.turn(Phase::Back);
        programme.ordered_at = line.at;
        programme.rollbacks += 1;
        programme.first_rollback.get_or_insert(line.at);
        if downgrading.is_empty() {
            programme.days_to_clear.get_or_insert(0);
        }
        // What was to be moved by hand is not moved any more.
        programme.by_hand.fill(None);
        (programme.returning, programme.downgrading) = (returning, downgrading);
        self.note_end_of_rollback(line.at);
        Ok(())
    }

    /// Somebody leaves: nothing that was ordered for that person is awaited any more.
    pub(super) fn nobody_waits_for(&mut self, user: usize, now: i64) {
        let programme = &mut self.programme;
        programme.by_hand[user] = None;
        let machines = programme.downgrading.len();
        programme.downgrading.retain(|(of, _)| *of != user);
        if programme.downgrading.len() < machines && programme.downgrading.is_empty() {
            programme.cleared = Some(now);
            let took = now - programme.ordered_at;
            programme.days_to_clear = programme.days_to_clear.max(Some(took));
        }
        if machines > programme.downgrading.len() || programme.returning.remove(&user) {
            programme.returning.remove(&user);
            self.note_end_of_rollback(now);
        }
    }

    fn note_end_of_rollback(&mut self, now: i64) {
        let programme = &mut self.programme;
        let over = programme.returning.is_empty() && programme.downgrading.is_empty();
        if programme.phase == Phase::Back && over {
            programme.done = Some(now);
        }
    }

    fn resumed(&mut self, line: &Line<'_>) -> Result<()> {
        let wave = self.first_open_wave().ok_or("everybody is on the new side")?;
        let due = self.programme.resume.take();
        if due != Some(line.at) || line.subject != self.wave_name(wave) {
            return Err(format!("at {due:?}, with {}", self.wave_name(wave)));
        }
        let slip = line.at - self.date_of_wave(wave);
        let programme = &mut self.programme;
        (programme.phase, programme.alarmed) = (Phase::Forward, false);
        programme.attempt += 1;
        (programme.next_wave, programme.stage_start) = (wave, line.at);
        programme.slip = slip;
        programme.tried.clear();
        self.gather_joiners(line.at);
        self.plan_wave(line.at);
        self.programme.passage = Passage::Free;
        Ok(())
    }

    /// A move, or a failed try of one: only people of started waves go forward, only those told go back.
    pub(super) fn moves(&mut self, line: &Line<'_>) -> Result<()> {
        let user = self.user(line.subject)?;
        let forward = !self.rules.legacy[self.server[self.pool_named(line.to)?]];
        self.may_move(line, forward)?;
        let programme = &mut self.programme;
        // A person is not asked twice, and does not try: the move comes when the work is done, or when the pools that
        // it waits for serve.
        let by_hand = match programme.by_hand[user].filter(|_| forward || line.event == "moved") {
            Some(_) if line.event != "moved" => return Err("a person moves this user by hand".into()),
            Some(done) if done == line.at || (done < line.at && programme.opened_at == line.at) => {
                programme.by_hand[user] = None;
                true
            }
            Some(done) => return Err(format!("a person is done at {done}")),
            None => false,
        };
        if forward {
            let day = &mut self.days[(line.at / DAY) as usize];
            day.tries += i64::from(!by_hand);
            day.failed += i64::from(line.event == "move_failed");
            let called = programme.wave_of[user] < programme.next_wave;
            programme.tried.insert(user);
            programme.stage_moved |=
                line.event == "moved" && Some(programme.wave_of[user]) == programme.last_wave;
            if programme.phase != Phase::Forward || !called {
                return Err("nobody has called this user forward".into());
            }
        } else if line.event == "moved" {
            if !programme.returning.remove(&user) {
                return Err("nobody has called this user back".into());
            }
            self.note_end_of_rollback(line.at);
        }
        Ok(())
    }

    pub(super) fn moved_by_hand(&mut self, line: &Line<'_>) -> Result<()> {
        let user = self.user(line.subject)?;
        self.programme.by_hand[user] = Some(line.number("done_ms")?);
        self.accounts.exceptions += 1;
        Ok(())
    }

    /// A machine has its first client again: a downgrade that was ordered.
    pub(super) fn downgraded(&mut self, line: &Line<'_>) -> Result<()> {
        let (user, number) = line.subject.rsplit_once(':').ok_or("no machine")?;
        let user = self.user(user)?;
        let first = &self.facts.profile.clients[usize::from(self.facts.users[user].client)].name;
        if line.to != first {
            return Ok(());
        }
        let machine = (user, number.parse().map_err(|_| "no machine")?);
        let programme = &mut self.programme;
        if !programme.downgrading.remove(&machine) {
            return Err("nobody ordered this downgrade".into());
        }
        if programme.downgrading.is_empty() {
            programme.cleared = Some(line.at);
            let took = line.at - programme.ordered_at;
            programme.days_to_clear = programme.days_to_clear.max(Some(took));
        }
        self.note_end_of_rollback(line.at);
        Ok(())
    }

    pub(super) fn note_day(&mut self, at: i64) {
        let moved = (0..self.home.len()).filter(|user| self.on_new(*user)).count();
        let stranded = self.stranded_users();
        let day = &mut self.days[(at / DAY - 1) as usize];
        (day.moved, day.stranded) = (moved as i64, stranded);
    }

    pub(super) fn count_programme(&self) -> [(&'static str, Option<f64>); 4] {
        let days = |ms: i64| ms as f64 / DAY as f64;
        let programme = &self.programme;
        // The longest of all is not known while one is not done.
        let is_done = programme.downgrading.is_empty();
        let to_clear = programme.days_to_clear.filter(|_| is_done);
        [
            ("attempts", Some(programme.attempt as f64 + 1.0)),
            ("rollbacks", Some(programme.rollbacks as f64)),
            ("first_rollback_day", programme.first_rollback.map(days)),
            ("downgrade_days_to_clear", to_clear.map(days)),
        ]
    }
}
