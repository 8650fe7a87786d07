//! The plan: everything that people decide. One plan is one strategy of a scenario.
//!
//! A plan is compiled from the scenario before any world is drawn: cohorts are lists of people, waves have their
//! instants, so that the rules only carry it out.

pub mod check;
pub mod cohort;
pub mod community;
pub mod course;
pub mod desk;
pub mod gate;
pub mod pilot;
pub mod tasks;
pub mod testing;

use crate::kernel::{Span, Time};
use crate::world::{ClientId, PoolId, UserId};
use desk::Desk;
use gate::{Board, Gate, Trigger};

/// One strategy, compiled.
#[derive(Clone, PartialEq, Debug)]
pub struct Plan {
    /// Stable name; unique in the scenario.
    pub name: String,
    /// Title shown to people.
    pub title: String,
    /// Pilot (first) and waves in order of start. Empty for `stay`.
    pub waves: Vec<Wave>,
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
    /// Moves start at this instant or at the next opening of the change window.
    pub start: Time,
    /// Who, in the order of moving.
    pub users: Vec<UserId>,
    /// Is it a trial, before production begins?
    pub is_pilot: bool,
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

    /// The instant of a rollback that is scripted, if the waves start as planned.
    pub fn planned(&self, waves: &[Wave]) -> Option<Time> {
        match self.scripted? {
            Scripted::At(at) => Some(at),
            Scripted::AfterWave(wave, delay) => Some(waves.get(wave as usize)?.start + delay),
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
}
