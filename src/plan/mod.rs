//! The plan: everything that people decide. One plan is one strategy of a scenario.
//!
//! A plan is compiled from the scenario before any world is drawn: cohorts are lists of people, waves have their
//! instants, so that the rules only carry it out.

pub mod agenda;
pub mod check;
pub mod cohort;
pub mod community;
pub mod course;
pub mod desk;
pub mod gate;
pub mod pilot;
pub mod tasks;
pub mod testing;

use crate::kernel::{Key, Span, Time};
use crate::mutant;
use crate::world::{ClientId, Facts, PoolId, UserId};
use cohort::Lottery;
use desk::Desk;
use gate::{Board, Gate, Trigger};
use std::sync::Arc;

/// One strategy, compiled.
#[derive(Clone, PartialEq, Debug)]
pub struct Plan {
    /// Stable name; unique in the scenario.
    pub name: String,
    /// Title shown to people.
    pub title: String,
    /// Pilot (first) and waves in order of start. Empty for `stay`. Who is in them is said for the lot shown; see
    /// [`Plan::cohorts`].
    pub waves: Vec<Wave>,
    /// How waves follow each other, and who comes behind the last of them.
    pub cadence: Cadence,
    /// How a lot decides who is in which wave; `None`: no lot has a say in it.
    pub lottery: Option<Arc<Lottery>>,
    /// Where users of each pool go, by pool; `None` for pools nobody leaves.
    pub target: Vec<Option<PoolId>>,
    /// How moves are carried out.
    pub moves: Moves,
    /// How clients are rolled out; `None` leaves clients alone.
    pub rollout: Option<Rollout>,
    /// Gates between waves, by the wave that waits; at most one for each.
    pub gates: Vec<Gate>,
    /// Conditions that order a rollback.
    pub triggers: Vec<Trigger>,
    /// When decisions about gates and triggers are taken.
    pub board: Board,
    /// From when on joiners are homed on the new side, once the first wave has started; `None`: never.
    pub joiners_from: Option<Time>,
    /// How users go back, and when if it is scripted. Gates and triggers need it, too.
    pub rollback: Option<Rollback>,
    /// Who answers tickets; `None` = there is no help desk.
    pub desk: Option<Desk>,
    /// Retirement of legacy pools.
    pub retirement: Option<Retirement>,
    /// Topology tasks; `None` if they were all done in order before time zero or will be in time.
    pub tasks: Option<tasks::Tasks>,
    /// Coexistence testing.
    pub testing: Option<testing::Testing>,
    /// When the pair of a failed pool takes over; `None`: never.
    pub failover: Option<Failover>,
    /// Technicians by site (index = site).
    pub technicians: Vec<u32>,
    /// Days that the exposure looks ahead.
    pub look_ahead: Span,
    /// Runs although it is harmful.
    pub allow_unsafe: bool,
}

/// People who move together from one instant on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wave {
    /// `pilot`, `wave 1`, ...
    pub name: String,
    /// Its date as written: it starts at the first opening of the change window at or after it.
    pub start: Time,
    /// Who, in the order of moving.
    pub users: Vec<UserId>,
    /// Is it a trial, before production begins?
    pub is_pilot: bool,
    /// People as written, before those of their groups come along; `None`: everybody who is left, or a list.
    pub size: Option<u32>,
    /// Its date, later by as many steps as late starts in front of it take. Set by [`Plan::note_dues`].
    pub shifted: Time,
    /// When it starts if no gate, test or trouble holds the programme; [`Time::NEVER`] if no change window opens for it.
    /// Set by [`Plan::note_dues`].
    pub due: Time,
}

impl Wave {
    /// A wave whose start is its date until [`Plan::note_dues`] says more.
    pub fn new(name: impl Into<String>, start: Time, users: Vec<UserId>) -> Wave {
        let name = name.into();
        Wave {
            is_pilot: name == "pilot",
            name,
            start,
            users,
            size: None,
            shifted: start,
            due: start,
        }
    }
}

/// How waves follow each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cadence {
    /// From the date of one wave to the next: the step by which waves move when one starts late.
    pub every: Span,
    /// People in each further wave, made of those who join on the old side; `None`: there are none.
    pub further: Option<u32>,
    /// How long the stage in front of a further wave lasts at least, if further waves have gates as the others do.
    pub gate_least: Option<Span>,
    /// Are waves in the order of departments? Then who joins goes with the own department.
    pub by_department: bool,
    /// Does a wave start on its date whatever became of the one before, so that moves pile up behind a closed window?
    pub catch_up: bool,
}

impl Default for Cadence {
    fn default() -> Cadence {
        Cadence {
            every: Span::WEEK,
            further: None,
            gate_least: None,
            by_department: false,
            catch_up: false,
        }
    }
}

/// How moves are carried out.
#[derive(Clone, PartialEq, Debug)]
pub struct Moves {
    /// Moves carried out at the same time; 0 = without limit.
    pub threads: u32,
    /// Does a move take time?
    pub timed: bool,
    /// Users in a batch that may fail as a whole.
    pub batch: u32,
    /// Tries before a person has to do it.
    pub max_attempts: u32,
    /// Open change windows in scenario time, ascending, without overlap, freezes cut out; covers the horizon.
    pub windows: Vec<(Time, Time)>,
    /// When source or target is down.
    pub when_down: WhenDown,
}

/// What happens to a move whose source or target pool is out of service.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WhenDown {
    /// It waits.
    Wait,
    /// It is forced when only the source is down: meetings and contact list of the user are discarded.
    Force,
    /// It waits until a pool that is down has failed over: then it leads to the pair of the target, or takes the user
    /// from the pair of the source.
    Failover,
}

/// The rule by which the pair of a failed pool takes over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Failover {
    /// A pool must have been down for so long before it is decided.
    pub after: Span,
}

/// When a machine is told to install the new client.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RolloutMode {
    /// This long before the user's wave starts.
    Before(Span),
    /// At the instant of the user's move.
    With,
    /// This long after the user's move.
    After(Span),
}

/// By which law machines install what they were told to; see [`lag`](crate::world::lag).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Regime {
    /// It is pushed to them.
    Forced,
    /// When their people please.
    Voluntary,
}

/// Client rollout.
#[derive(Clone, PartialEq, Debug)]
pub struct Rollout {
    /// The new client.
    pub client: ClientId,
    /// When each machine is told.
    pub mode: RolloutMode,
    /// Installs in a day, by site; `None` = without limit.
    pub installs_per_day: Vec<Option<u32>>,
    /// Is the old client kept beside the new one?
    pub staged: bool,
    /// Is it pushed, or at will?
    pub regime: Regime,
    /// So long after a machine was told, a technician visits it unless it has begun by itself; `None`: nobody does.
    pub deadline: Option<Span>,
}

/// Who goes back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Extent {
    /// Users of the wave that started last.
    LastWave,
    /// Moved users that came from this pool.
    Pool(PoolId),
    /// Everybody who moved.
    Everyone,
}

/// Order of downgrade and move back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Choreography {
    /// All clients first, then the users.
    DowngradeFirst,
    /// All users at once, clients as they can.
    MoveFirst,
    /// Each user moves back when the own client is downgraded.
    Paired,
}

/// When a rollback is ordered, if it is scripted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scripted {
    /// At a fixed instant.
    At(Time),
    /// So long after the start of a wave, whenever that is.
    AfterWave(u32, Span),
}

/// How users go back.
#[derive(Clone, PartialEq, Debug)]
pub struct Rollback {
    /// When it is ordered whatever happens; `None` = only if a gate or trigger decides so. Happens once.
    pub scripted: Option<Scripted>,
    /// Who goes back (a trigger names its own extent).
    pub extent: Extent,
    /// In what order.
    pub choreography: Choreography,
    /// Windows for moving back (usually all the time), as in [`Moves::windows`].
    pub windows: Vec<(Time, Time)>,
    /// Is the contact store rolled back before a user moves? Skipping it loses the contact list.
    pub contact_store: bool,
    /// Attempts at the programme, the first included.
    pub attempts: u32,
    /// From the end of a rollback to the next attempt.
    pub remediation: Span,
}

impl Rollback {
    /// How users go back if the plan says nothing of it: everybody, each when the own client is downgraded, at any hour
    /// until the horizon, with the contact store, and for good.
    pub fn usual(horizon: Time) -> Rollback {
        Rollback {
            scripted: None,
            extent: Extent::Everyone,
            choreography: Choreography::Paired,
            windows: vec![(Time::ZERO, horizon)],
            contact_store: true,
            attempts: 1,
            remediation: Span::ZERO,
        }
    }

    /// The instant of a rollback that is scripted, if nothing holds the waves.
    pub fn planned(&self, waves: &[Wave]) -> Option<Time> {
        match self.scripted? {
            Scripted::At(at) => Some(at),
            Scripted::AfterWave(wave, delay) => {
                let due = waves.get(wave as usize)?.due;
                (due < Time::NEVER).then(|| due + delay)
            }
        }
    }
}

/// Retirement of legacy pools.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Retirement {
    /// Not before this instant.
    pub at: Time,
    /// Which pools.
    pub pools: Vec<PoolId>,
}

impl Plan {
    /// The plan that changes nothing.
    pub fn stay(pools: usize, sites: usize) -> Plan {
        Plan {
            name: "stay".into(),
            title: "Stay on the old system".into(),
            waves: Vec::new(),
            cadence: Cadence::default(),
            lottery: None,
            target: vec![None; pools],
            moves: Moves {
                threads: 1,
                timed: true,
                batch: 50,
                max_attempts: 3,
                windows: Vec::new(),
                when_down: WhenDown::Wait,
            },
            rollout: None,
            gates: Vec::new(),
            triggers: Vec::new(),
            board: Board::default(),
            joiners_from: None,
            rollback: None,
            desk: None,
            retirement: None,
            tasks: None,
            testing: None,
            failover: None,
            technicians: vec![1; sites],
            look_ahead: Span(30 * Span::DAY.0),
            allow_unsafe: false,
        }
    }

    /// The date of a wave by its place from 0. Waves behind those of the plan follow at the same distance.
    ///
    /// # Panics
    /// If the plan has no waves.
    pub fn date(&self, wave: usize) -> Time {
        match self.waves.get(wave) {
            Some(wave) => wave.start,
            None => {
                let behind = (wave - (self.waves.len() - 1)) as i64;
                self.waves[self.waves.len() - 1].start + self.cadence.every * behind
            }
        }
    }

    /// Number of the lot that lists of people are made from; `None`: no lot decides who is in which wave.
    pub fn lot_shown(&self) -> Option<u64> {
        self.lottery.as_ref().map(|lottery| lottery.shown().replication)
    }

    /// Has it a lot of its own in each world?
    pub fn has_own_lots(&self) -> bool {
        self.lottery
            .as_ref()
            .is_some_and(|lottery| lottery.number.is_none())
    }

    /// The plan in the lot that lists of people are made from, where each world has a lot of its own; `None`: it is the same plan
    /// in every world.
    pub fn shown(&self) -> Option<Plan> {
        let lottery = self.lottery.as_ref().filter(|_| self.has_own_lots())?;
        Some(Plan {
            lottery: Some(Arc::new(Lottery {
                number: self.lot_shown(),
                ..(**lottery).clone()
            })),
            ..self.clone()
        })
    }

    /// The name of a wave by its place from 0, also of those behind the waves of the plan.
    pub fn wave_name(&self, wave: usize) -> String {
        match self.waves.get(wave) {
            Some(wave) => wave.name.clone(),
            None => {
                let has_pilot = self.waves.first().is_some_and(|first| first.is_pilot);
                format!("wave {}", wave + usize::from(!has_pilot))
            }
        }
    }

    /// The gate in front of a wave: its number, itself, and how long the stage before lasts at least. Waves behind those of
    /// the plan wait as the last one does.
    pub fn gate_before(&self, wave: usize) -> Option<(u16, &Gate, Span)> {
        let place = self.gates.iter().position(|gate| gate.before as usize == wave);
        if let Some(place) = place {
            return Some((place as u16, &self.gates[place], self.gates[place].least));
        }
        let (last, least) = (self.gates.last()?, self.cadence.gate_least?);
        let behind = wave.checked_sub(self.waves.len())?;
        Some(((self.gates.len() + behind) as u16, last, least))
    }

    /// The gate of a number, and the place of the wave that waits for it.
    ///
    /// # Panics
    /// If no wave has this gate.
    pub fn gate(&self, number: u16) -> (usize, &Gate) {
        let number = usize::from(number);
        match self.gates.get(number) {
            Some(gate) => (gate.before as usize, gate),
            None => {
                let behind = number - self.gates.len();
                (self.waves.len() + behind, &self.gates[self.gates.len() - 1])
            }
        }
    }

    /// Does it move anybody? A plan that does not is no candidate, and has nothing to turn back.
    pub fn moves_anybody(&self) -> bool {
        !self.waves.is_empty()
    }

    /// When a wave starts that may start from an instant on: at the first opening of the change window. `None` if none
    /// comes.
    pub fn opening(&self, at: Time) -> Option<Time> {
        match self.cadence.catch_up || mutant::is("waves-pile-up") {
            true => Some(at),
            false => tasks::next_open(&self.moves.windows, at),
        }
    }

    /// By how much waves move when the one in front of them starts at an instant: the smallest whole number of steps that
    /// leaves at least half a step between the two starts. `date` is the late wave's, `next` that of the one behind it, without
    /// the `slip` so far. Where dates are closer to each other than a step, their distance is the step.
    pub fn steps_behind(&self, date: Time, next: Time, slip: Span, start: Time) -> Span {
        let step = self.cadence.every.min(next - date);
        let mut behind = Span::ZERO;
        if self.cadence.catch_up || step <= Span::ZERO {
            return behind;
        }
        while let Some(opening) = self.opening((next + slip + behind).max(start)) {
            if opening - start >= step / 2 {
                break;
            }
            behind += step;
        }
        behind
    }

    /// Finds when each wave starts if nothing but closed windows holds it: [`Wave::shifted`] and [`Wave::due`].
    pub fn note_dues(&mut self) {
        let mut slip = Span::ZERO;
        let mut is_shut = false;
        for number in 0..self.waves.len() {
            let date = self.waves[number].start;
            let shifted = date + slip;
            let due = self.opening(shifted).filter(|_| !is_shut);
            self.waves[number].shifted = shifted;
            self.waves[number].due = due.unwrap_or(Time::NEVER);
            match due {
                Some(due) => slip += self.steps_behind(date, self.date(number + 1), slip, due),
                None => is_shut = true,
            }
        }
    }

    /// Who is in which wave of the lot that a world of this key has, in the order of moving: the lot of the plan if it
    /// names one, else that of the world. Some lots have more waves than others, because groups are kept whole.
    pub fn cohorts(&self, facts: &Facts, world: Key) -> Vec<Vec<UserId>> {
        match &self.lottery {
            None => self.waves.iter().map(|wave| wave.users.clone()).collect(),
            Some(lottery) => {
                let mut cohorts = lottery.cohorts(facts, lottery.lot(world));
                cohorts.resize(cohorts.len().max(self.waves.len()), Vec::new());
                cohorts
            }
        }
    }
}
