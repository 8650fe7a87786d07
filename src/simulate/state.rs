//! State of one strategy, and the tables that it looks things up in.

use super::applications::Applications;
use super::breakdown::Divisions;
use super::completion::Completion;
use super::defects::{DefectState, Exposed, Lurking};
use super::desk::DeskState;
use super::discovery::Discovery;
use super::edge::EdgeState;
use super::event::{Event, Job};
use super::exposure::{ExposedDays, Way};
use super::failover::Failover;
use super::gates::Knowledge;
use super::programme::Programme;
use super::turnover::Staff;
use crate::kernel::{EventList, Span, Station, Time};
use crate::outcome::log::Label;
use crate::outcome::{Cause, Measure, Timeline};
use crate::plan::Plan;
use crate::world::defects::{Scope, scope_mask};
use crate::world::profile::{Join, SignIn};
use crate::world::{Carry, ClientId, Facts, FormatId, PoolId, ServerId, Setting, UserId, World};
use std::collections::VecDeque;

/// Format of a series that could not be scheduled.
pub(crate) const UNSCHEDULED: FormatId = FormatId::MAX;

/// How the event log names a format.
pub(crate) fn label(format: FormatId) -> Label {
    if format == UNSCHEDULED {
        Label::Unscheduled
    } else {
        Label::Format(format)
    }
}

/// How a user is served, best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Service {
    Full,
    Limited,
    Stranded,
    /// The pool is out of service or the user is being moved.
    Out,
}

/// Bits of [`Fixed::reach`].
pub(crate) const JOIN: u8 = 3;
pub(crate) const ON_LEGACY: u8 = 4;
pub(crate) const ON_NEW: u8 = 8;

/// Bits of [`Fixed::carried`].
pub(crate) const GOES_STALE: u8 = 1;
pub(crate) const RESTORED: u8 = 2;

/// What does not change while a plan is replayed in a world.
#[derive(Clone)]
pub(crate) struct Fixed {
    clients: usize,
    servers: usize,
    formats: usize,
    pools: usize,
    /// `reach[(host server, format)][code]`: how a person with that code joins, without dial-in, and the side of the
    /// own home pool.
    reach: Vec<u8>,
    /// Home pool of each user at the start.
    pub(crate) home: Vec<PoolId>,
    /// `carries[(from pool, to pool, format)]`: what a move does to a scheduled series of that format.
    carries: Vec<u8>,
    /// Everybody is active every day.
    pub(crate) all_active: bool,
    /// All sites have the same offset: at an instant it is the same date for everybody.
    pub(crate) one_date: bool,
    /// Value of each parameter in this world.
    values: Vec<f64>,
    /// Bit sets of the users of each site.
    pub(crate) site_masks: Vec<Vec<u64>>,
    pub(crate) fallback: Span,
    /// The defects of the world.
    pub(crate) lurking: Vec<Lurking>,
    /// Users of each application, as bit sets.
    pub(crate) application_masks: Vec<Vec<u64>>,
    /// Who is in which wave of the plan, in the order of moving.
    pub(crate) waves: Vec<Vec<UserId>>,
    /// The wave of each user; `u32::MAX` if none.
    pub(crate) wave_of: Vec<u32>,
    /// The wave of the last person of each department; `None` if nobody of it is in one.
    pub(crate) last_wave_of_department: Vec<Option<u32>>,
}

impl Fixed {
    pub(crate) fn new(world: &World, plan: &Plan) -> Fixed {
        let facts = &world.facts;
        let profile = &facts.profile;
        let (clients, servers, formats) = (
            profile.clients.len(),
            profile.servers.len(),
            profile.formats.len(),
        );
        let words = facts.users.len().div_ceil(64);
        let mut site_masks = vec![vec![0u64; words]; facts.calendar.sites.len()];
        for (index, user) in facts.users.iter().enumerate() {
            site_masks[usize::from(user.site)][index / 64] |= 1 << (index % 64);
        }
        let waves = plan.cohorts(facts, world.key);
        let mut wave_of = vec![u32::MAX; facts.users.len()];
        let mut last_wave_of_department = vec![None; facts.departments.len()];
        for (wave, users) in (0..).zip(&waves) {
            for &user in users {
                wave_of[user as usize] = wave;
                let department = facts.users[user as usize].department as usize;
                last_wave_of_department[department] = Some(wave);
            }
        }
        let mut fixed = Fixed {
            waves,
            wave_of,
            last_wave_of_department,
            clients,
            servers,
            formats,
            pools: facts.pools.len(),
            reach: Vec::new(),
            home: facts.users.iter().map(|user| user.pool).collect(),
            carries: carry_table(facts),
            all_active: world.value(Setting::Active) >= 1.0 && world.has_no_turnover(),
            one_date: facts
                .calendar
                .sites
                .windows(2)
                .all(|pair| pair[0].offset == pair[1].offset),
            values: world.values.clone(),
            site_masks,
            fallback: Span::from_minutes_f64(world.value(Setting::Fallback)),
            lurking: Lurking::all(world),
            application_masks: application_masks(facts),
        };
        fixed.reach = fixed.reach_table(world);
        fixed
    }

    fn reach_table(&self, world: &World) -> Vec<u8> {
        let profile = &world.facts.profile;
        let mut table = Vec::with_capacity(self.servers * self.formats * self.codes());
        for host in 0..self.servers {
            for format in 0..self.formats {
                for code in 0..self.codes() {
                    let (browser, full) = (code & 1 == 1, code >> 1 & 1 == 1);
                    let (server, client) = ((code >> 2) % self.servers, (code >> 2) / self.servers);
                    let own = if full {
                        profile.joins[client][host][format]
                    } else {
                        Join::None
                    };
                    // A browser in place of one's own client is a reduced way to join.
                    let web = browser && profile.web[host][format] != Join::None;
                    let join = own.max(if web { Join::Reduced } else { Join::None });
                    let side = if profile.servers[server].legacy {
                        ON_LEGACY
                    } else {
                        ON_NEW
                    };
                    table.push(join as u8 | side);
                }
            }
        }
        table
    }

    fn codes(&self) -> usize {
        self.clients * self.servers * 4
    }

    /// How people of each code join a meeting of `format` on `host`.
    pub(crate) fn reach(&self, host: ServerId, format: FormatId) -> &[u8] {
        let row = usize::from(host) * self.formats + usize::from(format);
        &self.reach[row * self.codes()..(row + 1) * self.codes()]
    }

    /// What a move from one pool to another does to a scheduled series: [`GOES_STALE`] to one that works,
    /// [`RESTORED`] to one that an earlier move made stale.
    pub(crate) fn carried(&self, from: PoolId, to: PoolId, format: FormatId) -> u8 {
        let pools = self.pools;
        self.carries[(usize::from(from) * pools + usize::from(to)) * self.formats + usize::from(format)]
    }

    /// Code of a person's state: client, release of the home pool, full service, browser.
    pub(crate) fn code(&self, client: ClientId, server: ServerId, full: bool, browser: bool) -> u16 {
        let pair = usize::from(client) * self.servers + usize::from(server);
        (pair << 2 | usize::from(full) << 1 | usize::from(browser)) as u16
    }

    pub(crate) fn value(&self, setting: Setting) -> f64 {
        self.values[setting as usize]
    }
}

fn application_masks(facts: &Facts) -> Vec<Vec<u64>> {
    (0..facts.applications.len() as u32)
        .map(|place| scope_mask(facts, |_| 0.0, Scope::Application(place)))
        .collect()
}

fn carry_table(facts: &Facts) -> Vec<u8> {
    let profile = &facts.profile;
    let mut table = Vec::new();
    for from in &facts.pools {
        for to in &facts.pools {
            let (from, to) = (usize::from(from.server), usize::from(to.server));
            for format in 0..profile.formats.len() {
                let stale = profile.carries[from][to][format] == Carry::Stale;
                let restored = profile.restores[from][to][format];
                table.push((u8::from(stale) * GOES_STALE) | (u8::from(restored) * RESTORED));
            }
        }
    }
    table
}

/// State of one series.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct SeriesState {
    pub(crate) exists: bool,
    pub(crate) alive: bool,
    pub(crate) format: FormatId,
    /// When it was last sent out: arranged, or sent again.
    pub(crate) sent: Time,
    /// Which move killed it.
    pub(crate) killed_by: Cause,
    /// Times it went stale.
    pub(crate) stale: u16,
    /// Did a forced move discard it? Then no move back restores it.
    pub(crate) discarded: bool,
    /// Last occurrence that broke because the series was dead or unscheduled, if it has not been repaired since.
    pub(crate) broke: Option<u32>,
    /// Are its future occurrences counted in [`State::exposed_days`]?
    pub(crate) exposed: bool,
}

impl SeriesState {
    pub(crate) const ABSENT: SeriesState = SeriesState {
        exists: false,
        alive: false,
        format: UNSCHEDULED,
        sent: Time::ZERO,
        killed_by: Cause::None,
        stale: 0,
        discarded: false,
        broke: None,
        exposed: false,
    };

    pub(crate) fn works(&self) -> bool {
        self.alive && self.format != UNSCHEDULED
    }
}

/// A machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MachineState {
    pub(crate) client: ClientId,
    /// What it is told to become.
    pub(crate) goal: ClientId,
    /// Number of the last order; earlier orders are void.
    pub(crate) order: u16,
    /// Is an order on its way?
    pub(crate) pending: bool,
    /// Will the pending order never be carried out?
    pub(crate) never: bool,
}

/// A held occurrence that may still be cut off.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Running {
    pub(crate) start: Time,
    pub(crate) end: Time,
    pub(crate) id: crate::world::SeriesId,
    pub(crate) number: u32,
    pub(crate) pool: PoolId,
    pub(crate) expected: u32,
    pub(crate) blocked: u32,
    pub(crate) reduced: u32,
    pub(crate) format: FormatId,
}

/// Causes of broken occurrences, in the order of metrics and daily counts.
pub(crate) const BROKEN_CAUSES: [Cause; 6] = [
    Cause::CannotSchedule,
    Cause::StaleAfterRollback,
    Cause::StaleAfterMove,
    Cause::PoolOutage,
    Cause::AttendeesBlocked,
    Cause::Defect,
];

/// Counts that become metrics.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Counts {
    pub(crate) ok: u64,
    pub(crate) impaired: u64,
    /// By cause, in the order of [`BROKEN_CAUSES`].
    pub(crate) broken: [u64; 6],
    pub(crate) dropped: u64,
    pub(crate) pending: u64,
    pub(crate) created: u64,
    pub(crate) repaired: u64,
    pub(crate) lost: Span,
    pub(crate) full: Span,
    pub(crate) upgraded: u64,
    pub(crate) downgraded: u64,
    pub(crate) technician: Span,
    pub(crate) limited: Span,
    pub(crate) stranded: Span,
    pub(crate) outage: Span,
    /// Working days of people without service, in millionths.
    pub(crate) days_without: i64,
    /// Pairs of an active person and somebody on the other side, over the working days on which they were cut off.
    pub(crate) cut_off_pairs: u64,
    /// Working time of people without their applications, each application by itself.
    pub(crate) applications: Span,
    pub(crate) exceptions: u64,
    /// Days on which both sides were run.
    pub(crate) both_sides: u64,
    /// Days on which a legacy pool ran, and those of them after the end of support.
    pub(crate) old_side: u64,
    pub(crate) unsupported: u64,
    /// Active people homed on the new side, over working days.
    pub(crate) new_side_user_days: u64,
    pub(crate) moved: u64,
    pub(crate) moves_failed: u64,
    pub(crate) rolled_back: u64,
    pub(crate) contacts_lost: u64,
    pub(crate) rollbacks: u64,
    pub(crate) first_rollback: Option<Time>,
    /// Longest time from an order to roll back to its last downgrade.
    pub(crate) downgrades_took: Option<Span>,
    pub(crate) mixed: u64,
    pub(crate) coexistence_user_days: u64,
    pub(crate) peak_meetings: u64,
    pub(crate) peak_clients: u64,
    /// Most people stranded at the end of a day.
    pub(crate) peak_stranded: u32,
    /// Most people, at the end of a day, who have moved from the old side and have no way back.
    pub(crate) peak_no_way_back: u32,
    /// First day at the end of which they are at least [`NO_WAY_BACK`](super::exposure::NO_WAY_BACK) of those who have moved.
    pub(crate) no_return_day: Option<u32>,
}

/// A rollback under way.
#[derive(Clone, Debug)]
pub(crate) struct RollbackState {
    pub(crate) ordered: Time,
    /// Downgrades not yet done.
    pub(crate) downgrades_left: u32,
    /// Users who have to come back and are not yet there, and how many.
    pub(crate) returning: Vec<bool>,
    pub(crate) left: u32,
    /// Users who move back when their own downgrade (or all of them) is done.
    pub(crate) waiting: Vec<bool>,
}

/// Bytes of an event that is still to come, and of what it stands in.
const EVENT: usize = 2 * size_of::<(Time, Event)>();

/// Bytes of the state of one strategy in a world whose window holds so many series. People whose moves and installations lie
/// ahead have an event each.
pub fn bytes_of_state(world: &World, series: f64) -> f64 {
    let each_user = 2 * size_of::<PoolId>()
        + size_of::<u16>()
        + size_of::<Service>()
        + 2 * size_of::<Time>()
        + size_of::<[Exposed; 2]>()
        + size_of::<u32>()
        + EVENT;
    let each_machine = size_of::<MachineState>();
    (world.facts.users.len() * each_user + world.machines.len() * each_machine) as f64
        + series * size_of::<SeriesState>() as f64
}

/// Everything about one strategy that its future depends on.
#[derive(Clone)]
pub(crate) struct State {
    pub(crate) events: EventList<Event>,
    /// Home pool of each user.
    pub(crate) pool: Vec<PoolId>,
    /// Code of each user, see [`Fixed::code`].
    pub(crate) code: Vec<u16>,
    pub(crate) service: Vec<Service>,
    /// Since when each user is served like that, or since the last account.
    pub(crate) since: Vec<Time>,
    /// The user is without service until this instant.
    pub(crate) interrupted: Vec<Time>,
    pub(crate) machines: Vec<MachineState>,
    pub(crate) series: Vec<SeriesState>,
    /// Moves waiting, in order.
    pub(crate) queue: VecDeque<Job>,
    /// Moves that a person makes and that wait for a pool, in order.
    pub(crate) by_hand: Vec<Job>,
    pub(crate) threads_busy: u32,
    /// The next opening of a change window that is already in the event list.
    pub(crate) opening: Option<Time>,
    /// Front ends up, by pool.
    pub(crate) up: Vec<Vec<bool>>,
    /// Does each pool serve by itself? Who serves its users is said by [`State::host_of`].
    pub(crate) serving: Vec<bool>,
    pub(crate) back_end_up: Vec<bool>,
    pub(crate) site_up: Vec<bool>,
    pub(crate) failover: Vec<Failover>,
    pub(crate) edge: EdgeState,
    pub(crate) retired: Vec<bool>,
    pub(crate) running: VecDeque<Running>,
    pub(crate) technicians: Vec<Station<(u32, u16)>>,
    /// Software distribution of each site: one install after the other.
    pub(crate) distribution: Vec<Station<(u32, u16)>>,
    pub(crate) users_on: Vec<u32>,
    pub(crate) users_with: Vec<u32>,
    pub(crate) upgraded_machines: u32,
    pub(crate) stranded_users: u32,
    /// Users whose pool is out of service or who are being moved.
    pub(crate) out_users: u32,
    pub(crate) exposed_days: ExposedDays,
    /// Accounts of departments, sites and waves, where they are kept.
    pub(crate) divisions: Option<Box<Divisions>>,
    /// Where a full rollback would have taken each user at the end of the last day; empty while all have their way home.
    pub(crate) ways_back: Vec<Way>,
    pub(crate) completion: Completion,
    /// Does the plan move anybody, and does it retire the old side?
    pub(crate) moves_anybody: bool,
    pub(crate) retires: bool,
    pub(crate) retired_at: Option<Time>,
    pub(crate) last_wave: Option<u32>,
    pub(crate) rollback: Option<RollbackState>,
    pub(crate) programme: Programme,
    pub(crate) staff: Staff,
    /// What people could know, by day.
    pub(crate) knowledge: Vec<Knowledge>,
    pub(crate) defects: Vec<DefectState>,
    pub(crate) discovery: Discovery,
    /// Each user's days of exposure: on the new side, and with a new client. Empty if nothing lurks.
    pub(crate) exposed: Vec<[Exposed; 2]>,
    /// By application, bit set of the users who go without it for all of this working day.
    pub(crate) without_application: Vec<Vec<u64>>,
    pub(crate) applications: Applications,
    /// Bit set of the users homed on the new side.
    pub(crate) on_new: Vec<u64>,
    /// Bit set of the users who work with a client of the new side.
    pub(crate) with_new_client: Vec<u64>,
    /// How often each user has been stranded.
    pub(crate) times_stranded: Vec<u32>,
    pub(crate) desk: DeskState,
    pub(crate) tasks: super::tasks::TaskState,
    pub(crate) testing: super::testing::TestState,
    pub(crate) counts: Counts,
    pub(crate) timeline: Timeline,
}

impl State {
    pub(crate) fn new(world: &World, plan: &Plan, fixed: &Fixed) -> State {
        let facts = &world.facts;
        let users = facts.users.len();
        let measures = Measure::all(facts.pools.len(), facts.profile.clients.len()).len();
        let mut users_on = vec![0; facts.pools.len()];
        let mut users_with = vec![0; facts.profile.clients.len()];
        for user in &facts.users[..facts.residents()] {
            users_on[usize::from(user.pool)] += 1;
            users_with[usize::from(user.client)] += 1;
        }
        let machine = |machine: &crate::world::Machine| {
            let client = facts.users[machine.user as usize].client;
            MachineState {
                client,
                goal: client,
                order: 0,
                pending: false,
                never: false,
            }
        };
        let mut state = State {
            events: EventList::new(),
            pool: facts.users.iter().map(|user| user.pool).collect(),
            code: vec![0; users],
            service: vec![Service::Full; users],
            since: vec![Time::ZERO; users],
            interrupted: vec![Time::ZERO; users],
            machines: world.machines.iter().map(machine).collect(),
            series: Vec::new(),
            queue: VecDeque::new(),
            by_hand: Vec::new(),
            threads_busy: 0,
            opening: None,
            up: facts
                .pools
                .iter()
                .map(|pool| vec![true; pool.front_ends as usize])
                .collect(),
            serving: vec![true; facts.pools.len()],
            back_end_up: vec![true; facts.pools.len()],
            site_up: vec![true; facts.calendar.sites.len()],
            failover: vec![Failover::NONE; facts.pools.len()],
            edge: EdgeState::new(facts),
            retired: vec![false; facts.pools.len()],
            running: VecDeque::new(),
            technicians: plan
                .technicians
                .iter()
                .map(|&count| Station::new(count.max(1) as usize))
                .collect(),
            distribution: vec![Station::new(1); facts.calendar.sites.len()],
            users_on,
            users_with,
            upgraded_machines: 0,
            stranded_users: 0,
            out_users: 0,
            exposed_days: ExposedDays::new(facts.calendar.days(), plan.look_ahead),
            divisions: None,
            ways_back: Vec::new(),
            completion: Completion::new(users),
            moves_anybody: !plan.waves.is_empty(),
            retires: plan.retirement.is_some(),
            retired_at: None,
            last_wave: None,
            rollback: None,
            programme: Programme::new(plan, fixed),
            staff: Staff::new(world, fixed),
            knowledge: vec![Knowledge::default(); facts.calendar.days() as usize],
            defects: world.defects.iter().map(DefectState::new).collect(),
            discovery: Discovery::new(world),
            exposed: Vec::new(),
            without_application: vec![vec![0; users.div_ceil(64)]; facts.applications.len()],
            applications: Applications::new(world, plan),
            on_new: vec![0; users.div_ceil(64)],
            with_new_client: vec![0; users.div_ceil(64)],
            times_stranded: vec![0; users],
            desk: DeskState::default(),
            tasks: super::tasks::TaskState::new(world, plan),
            testing: super::testing::TestState::new(world, plan),
            counts: Counts::default(),
            timeline: Timeline::new(facts.calendar.days(), measures),
        };
        for user in 0..facts.residents() as UserId {
            let service = state.service_of(world, user, Time::ZERO);
            state.service[user as usize] = service;
            state.stranded_users += u32::from(service == Service::Stranded);
            state.out_users += u32::from(service == Service::Out);
            state.code[user as usize] = state.code_of(world, fixed, user, service);
            state.note_coming(world, user);
        }
        state
    }

    /// Client that a user works with: that of the first machine.
    pub(crate) fn client(&self, world: &World, user: UserId) -> ClientId {
        self.machines[world.machine_start[user as usize] as usize].client
    }

    pub(crate) fn sign_in(&self, world: &World, user: UserId) -> SignIn {
        let server = world.facts.release(self.pool[user as usize]);
        world.facts.profile.sign_in[usize::from(self.client(world, user))][usize::from(server)]
    }

    /// How a user is served now. Somebody whose client cannot sign in is stranded whatever the pool does.
    pub(crate) fn service_of(&self, world: &World, user: UserId, now: Time) -> Service {
        let pool = self.pool[user as usize];
        match self.sign_in(world, user) {
            SignIn::None => Service::Stranded,
            _ if !self.serving[usize::from(self.host_of(world, pool))] => Service::Out,
            _ if self.interrupted[user as usize] > now => Service::Out,
            _ if self.is_failed_over(pool) => self.service_of_the_pair(world, user),
            SignIn::Limited => Service::Limited,
            SignIn::Full if self.lacks_copies(pool) => Service::Limited,
            SignIn::Full => Service::Full,
        }
    }

    /// Is a front end down of a pool that has too few of them for the copies of people's data?
    pub(crate) fn lacks_copies(&self, pool: PoolId) -> bool {
        self.tasks.thin[usize::from(pool)] && self.up[usize::from(pool)].contains(&false)
    }

    pub(crate) fn code_of(&self, world: &World, fixed: &Fixed, user: UserId, service: Service) -> u16 {
        let server = world.facts.release(self.pool[user as usize]);
        let browser = world.traits[user as usize].browser;
        fixed.code(
            self.client(world, user),
            server,
            service == Service::Full,
            browser,
        )
    }
}
