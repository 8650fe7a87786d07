//! A world drawn from the facts of a scenario and a key.

use super::arrange::Arrangement;
use super::index::Index;
use super::lag::Laws;
use super::outages::draw_outages;
use super::presence::Presence;
use super::reader::{Memory, Reader};
use super::remote::Remote;
use super::turnover::Stays;
use super::{
    Defect, Facts, Fault, ListedCalendar, Machine, Outage, Purpose, Setting, Stay, Traits, User, UserId,
};
use crate::kernel::random::entity_id;
use crate::kernel::{Key, Span, distribution};
use std::sync::Arc;

/// Everything that chance decides about a scenario, but for draws that are keyed one by one. Immutable; the
/// calendar is read through [`World::reader`].
#[derive(Clone, Debug)]
pub struct World {
    /// The fixed facts.
    pub facts: Arc<Facts>,
    /// Root of all random numbers.
    pub key: Key,
    /// Parameter values in this world, indexed by [`Setting`].
    pub values: Vec<f64>,
    /// Traits by user.
    pub traits: Vec<Traits>,
    /// Machines, by user and number.
    pub machines: Vec<Machine>,
    /// First machine of each user, and the end; length users + 1.
    pub machine_start: Vec<u32>,
    /// Times that parts are down, by (down, up, part); those of one part do not overlap.
    pub outages: Vec<Outage>,
    /// Defects of the new release, by class and number.
    pub defects: Vec<Defect>,
    /// Everyday tickets at the help desk, by day; empty if there are none.
    pub background: Vec<u32>,
    /// Configuration faults that exist, by kind and place in the order of the scenario, then number.
    pub faults: Vec<Fault>,
    pub(super) index: Arc<Index>,
    pub(super) source: Source,
    pub(super) presence: Presence,
    pub(super) remote: Remote,
    pub(super) stays: Stays,
}

/// Where the series of a world come from.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// Drawn epoch by epoch.
    Drawn(Arc<Arrangement>),
    /// Read from a file or table: sorted by (created, id).
    Listed(ListedCalendar),
}

impl World {
    /// Draws a world. With `fix_uncertain` every uncertain parameter has its median.
    pub fn draw(facts: Arc<Facts>, key: Key, fix_uncertain: bool) -> World {
        let index = Arc::new(Index::new(&facts));
        World::draw_with(facts, index, key, fix_uncertain)
    }

    /// [`World::draw`] with an [`Index`] of the same facts that was built before.
    pub fn draw_with(facts: Arc<Facts>, index: Arc<Index>, key: Key, fix_uncertain: bool) -> World {
        let values = draw_values(&facts, key, fix_uncertain);
        let value = |setting: Setting| values[setting as usize];
        let traits: Vec<Traits> = facts
            .users
            .iter()
            .map(|user| draw_traits(user, key, &value))
            .collect();
        let machines = draw_machines(&facts.users, &traits, key, &value);
        let source = match &facts.calendar_file {
            Some(listed) => Source::Listed(listed.clone()),
            None => Source::Drawn(Arc::new(Arrangement::new(&facts, value))),
        };
        World {
            machine_start: starts(&machines, facts.users.len()),
            outages: draw_outages(&facts, key, &value),
            defects: super::defects::draw_defects(&facts, key, fix_uncertain),
            background: super::background::draw_background(&facts, key, &value),
            faults: draw_faults(&facts, key, fix_uncertain),
            presence: Presence::new(value(Setting::Active)),
            remote: Remote::new(&facts, value(Setting::RemoteShare)),
            stays: Stays::draw(&facts, key, &value),
            facts,
            key,
            values,
            traits,
            machines,
            index,
            source,
        }
    }

    /// Value of a parameter in this world.
    pub fn value(&self, setting: Setting) -> f64 {
        self.values[setting as usize]
    }

    /// Value of a parameter that is given in minutes, as a span.
    pub fn span_minutes(&self, setting: Setting) -> Span {
        Span::from_minutes_f64(self.value(setting))
    }

    /// Value of a parameter that is given in hours, as a span.
    pub fn span_hours(&self, setting: Setting) -> Span {
        Span::from_hours_f64(self.value(setting))
    }

    /// Value of a parameter that is given in days, as a span.
    pub fn span_days(&self, setting: Setting) -> Span {
        Span::from_days_f64(self.value(setting))
    }

    /// When a user is employed.
    pub fn stay(&self, user: UserId) -> Stay {
        self.stays.of(user)
    }

    /// Is everybody employed all the time?
    pub fn has_no_turnover(&self) -> bool {
        self.stays.are_all_always()
    }

    /// Machines of a user, by number.
    pub fn machines_of(&self, user: UserId) -> &[Machine] {
        let user = user as usize;
        &self.machines[self.machine_start[user] as usize..self.machine_start[user + 1] as usize]
    }

    /// Reads the calendar from time zero.
    pub fn reader(&self) -> Reader<'_> {
        self.reader_with(Memory::default())
    }

    /// [`World::reader`] in the memory of a former reader, of this or another world.
    pub fn reader_with(&self, memory: Memory) -> Reader<'_> {
        Reader::new(self, memory)
    }
}

/// One uniform per parameter, keyed by its name, through its quantile function; cut at the bounds.
fn draw_values(facts: &Facts, key: Key, fix_uncertain: bool) -> Vec<f64> {
    let u = |definition: &super::parameter::Definition| match fix_uncertain {
        true => 0.5,
        false => key.uniform(Purpose::Parameter, entity_id(definition.key), 0),
    };
    super::parameter::values(&facts.parameters, &u)
}

impl Facts {
    /// The parameters of the world of a key, without drawing anything else of it; see [`World::values`].
    pub fn drawn_parameters(&self, key: Key) -> Vec<f64> {
        draw_values(self, key, false)
    }

    /// The mean number of defects of a class in the world of a key.
    ///
    /// # Panics
    /// If there is no such class.
    pub fn drawn_mean_of_defects(&self, class: usize, key: Key) -> f64 {
        super::defects::mean(&self.defects[class], key, false)
    }

    /// The mean number of configuration faults of a kind in the world of a key.
    ///
    /// # Panics
    /// If there is no such kind.
    pub fn drawn_mean_of_faults(&self, model: usize, key: Key) -> f64 {
        mean_of_faults(&self.faults[model], key, false)
    }
}

fn mean_of_faults(model: &super::FaultModel, key: Key, fix_uncertain: bool) -> f64 {
    let u = match fix_uncertain {
        true => 0.5,
        false => key.uniform(Purpose::FaultMean, model.id, 0),
    };
    model.mean.value(u).max(0.0)
}

fn draw_traits(user: &User, key: Key, value: &impl Fn(Setting) -> f64) -> Traits {
    let mut stream = key.stream(Purpose::Traits, user.id, 0);
    Traits {
        remote_share: remote_share(stream.uniform(), value(Setting::RemoteShare)),
        browser: stream.chance(value(Setting::BrowserAble)),
        machines: 1 + u8::from(stream.chance(value(Setting::SecondMachine))),
        proneness: proneness(stream.uniform(), value(Setting::TicketSpread)),
    }
}

/// Lognormal with mean 1.
fn proneness(u: f64, sigma: f64) -> f64 {
    distribution::lognormal(u, libm::exp(-sigma * sigma / 2.0), sigma)
}

/// Beta(1, b) with `b = (1 - mean) / mean`: many people are hardly ever remote, few mostly. The quantile is
/// `1 - (1 - u)^(1 / b)`.
fn remote_share(u: f64, mean: f64) -> f64 {
    if mean >= 1.0 {
        return 1.0;
    }
    -libm::expm1(libm::log1p(-u) * mean / (1.0 - mean))
}

fn draw_machines(
    users: &[User],
    traits: &[Traits],
    key: Key,
    value: &impl Fn(Setting) -> f64,
) -> Vec<Machine> {
    let laws = Laws::new(value);
    let machines_of = |(place, (user, traits)): (usize, (&User, &Traits))| {
        let machine = |number| {
            let u = key.uniform(Purpose::MachineLag, user.id, u64::from(number));
            Machine {
                user: place as UserId,
                number,
                lag_days: laws.forced(u),
                voluntary_days: laws.voluntary(u),
            }
        };
        (0..traits.machines).map(machine).collect::<Vec<_>>()
    };
    users
        .iter()
        .zip(traits)
        .enumerate()
        .flat_map(machines_of)
        .collect()
}

pub(super) fn starts(machines: &[Machine], users: usize) -> Vec<u32> {
    let mut start = vec![0; users + 1];
    machines
        .iter()
        .for_each(|machine| start[machine.user as usize + 1] += 1);
    for place in 0..users {
        start[place + 1] += start[place];
    }
    start
}

/// Fault i of a kind and place exists if the running sum of i + 1 exponential gaps is at most the mean: a larger mean
/// keeps the faults of a smaller one.
fn draw_faults(facts: &Facts, key: Key, fix_uncertain: bool) -> Vec<Fault> {
    /// More are never looked for.
    const MOST: u32 = 100_000;
    let mut faults = Vec::new();
    for (place, model) in (0..).zip(&facts.faults) {
        let mean = mean_of_faults(model, key, fix_uncertain);
        let mut sum = 0.0;
        for number in 0..MOST {
            let gap = key.uniform(Purpose::FaultExists, model.id, number.into());
            sum += distribution::exponential(gap, 1.0);
            if sum > mean {
                break;
            }
            let u = key.uniform(Purpose::FaultFix, model.id, number.into());
            faults.push(Fault {
                model: place,
                number,
                fix_days: distribution::lognormal(u, model.fix_days, 0.5),
            });
        }
    }
    faults
}
