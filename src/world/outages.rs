//! Outages: what fails by chance, what the scenario tells, and what it tells in advance.
//!
//! Every part that can fail has a stream of its own, keyed by its name, and fails from time zero on whether or not a
//! plan uses it. Parts do not know of each other: that a pool needs its back end and its site is a rule of the
//! simulation.

use super::{Facts, PoolId, Purpose, Setting, SiteId};
use crate::kernel::random::entity_id;
use crate::kernel::{Key, Span, Stream, Time};

/// Side of the migration.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Side {
    /// What is retired.
    Legacy = 0,
    /// What replaces it.
    New = 1,
}

impl Side {
    /// Both sides.
    pub const ALL: [Side; 2] = [Side::Legacy, Side::New];

    /// Word used in files.
    pub fn word(self) -> &'static str {
        match self {
            Side::Legacy => "legacy",
            Side::New => "new",
        }
    }
}

/// Something that fails as one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Part {
    /// A front end of a pool, from 0.
    FrontEnd(PoolId, u32),
    /// The database of a pool.
    BackEnd(PoolId),
    /// Power or network of a site, and with it all pools there.
    Site(SiteId),
    /// The edge of one side, by which people outside the office and guests come in.
    Edge(Side),
}

/// One time that one part is down.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Outage {
    /// From this instant.
    pub down: Time,
    /// Until this instant, at most the horizon.
    pub up: Time,
    /// What is down.
    pub part: Part,
}

/// What a scripted outage takes down.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Struck {
    /// All front ends of a pool.
    Pool(PoolId),
    /// One part.
    Part(Part),
}

/// An outage that the scenario tells, the same in every world.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ScriptedOutage {
    /// What goes down.
    pub place: Struck,
    /// From this instant.
    pub down: Time,
    /// Until this instant.
    pub up: Time,
    /// Is it maintenance that is known in advance?
    pub planned: bool,
}

/// The part of a time that lies in the simulated time, which ends at the horizon; nothing if none does.
pub(super) fn in_simulated_time((from, until): (Time, Time), horizon: Time) -> Option<(Time, Time)> {
    let (from, until) = (from.max(Time::ZERO), until.min(horizon));
    (from < until).then_some((from, until))
}

impl ScriptedOutage {
    /// The part of it that lies in the simulated time, which ends at the horizon; nothing if none does.
    pub fn within(&self, horizon: Time) -> Option<(Time, Time)> {
        in_simulated_time((self.down, self.up), horizon)
    }

    /// Does it take down a part?
    pub(crate) fn takes_down(&self, part: Part) -> bool {
        match self.place {
            Struck::Pool(pool) => matches!(part, Part::FrontEnd(of, _) if of == pool),
            Struck::Part(own) => own == part,
        }
    }
}

/// How people outside the office and guests reach the pools.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Edges {
    /// From this instant the new pools are reached by an edge of their own; before it, by the legacy one.
    pub own_from: Time,
}

impl Facts {
    /// Is the part in an outage that was planned, at an instant?
    pub fn is_planned(&self, part: Part, at: Time) -> bool {
        let covers = |outage: &&ScriptedOutage| outage.planned && (outage.down..outage.up).contains(&at);
        self.outages
            .iter()
            .filter(covers)
            .any(|outage| outage.takes_down(part))
    }

    /// Does maintenance that stops the whole pool touch the time from one instant to another, both included?
    pub fn has_maintenance(&self, pool: PoolId, from: Time, to: Time) -> bool {
        let site = self.pools[usize::from(pool)].site;
        let stops = |place: Struck| {
            place == Struck::Pool(pool)
                || place == Struck::Part(Part::BackEnd(pool))
                || place == Struck::Part(Part::Site(site))
        };
        self.outages.iter().any(|outage| {
            outage.planned
                && outage.down < outage.up
                && outage.down <= to
                && outage.up > from
                && stops(outage.place)
        })
    }
}

/// Means of up and down times, in hours.
#[derive(Clone, Copy)]
struct Means {
    up: f64,
    down: f64,
}

impl Means {
    fn new(value: &impl Fn(Setting) -> f64, up: Setting, down: Setting) -> Means {
        Means {
            up: value(up),
            down: value(down),
        }
    }

    fn up_time(self, stream: &mut Stream) -> Span {
        Span::from_hours_f64(stream.exponential(self.up)).max(Span::MILLISECOND)
    }

    fn down_time(self, stream: &mut Stream) -> Span {
        Span::from_hours_f64(stream.exponential(self.down))
    }
}

/// From an instant on, failures are so many times as frequent.
#[derive(Clone, Copy)]
struct Aging {
    from: Time,
    factor: f64,
}

impl Aging {
    /// Nothing, if it would change nothing.
    fn new(facts: &Facts, factor: f64) -> Option<Aging> {
        let from = facts.unsupported_from?;
        (factor != 1.0).then_some(Aging { from, factor })
    }

    /// A time up that begins at an instant, where what is left of it behind [`Aging::from`] passes faster. This is how the
    /// time to an event with a hazard that jumps comes from one with a constant hazard, so a larger factor lets the same
    /// failure come earlier.
    fn shorten(self, at: Time, up: Span) -> Span {
        let before = (self.from - at).max(Span(0)).min(up);
        let left = (up - before).hours() / self.factor;
        (before + Span::from_hours_f64(left)).max(Span::MILLISECOND)
    }
}

/// Does a part belong to the side that is to be retired?
fn is_old(facts: &Facts, part: Part) -> bool {
    match part {
        Part::FrontEnd(pool, _) | Part::BackEnd(pool) => facts.is_legacy(pool),
        Part::Edge(side) => side == Side::Legacy,
        Part::Site(_) => false,
    }
}

/// Failures drawn and outages told, of every part, cut to the simulated time and sorted; those of one part do not overlap.
pub(super) fn draw_outages(facts: &Facts, key: Key, value: &impl Fn(Setting) -> f64) -> Vec<Outage> {
    let mut outages = Vec::new();
    let aging = Aging::new(facts, value(Setting::FailuresUnsupported));
    let mut add = |part: Part, means: Means, purpose: Purpose, entity: u64, index: u64| {
        let mut down = told(facts, part);
        // What is repaired at once is never seen to fail.
        if means.up > 0.0 && means.down > 0.0 {
            let mut stream = key.stream(purpose, entity, index);
            // Front ends are all up when the simulated time begins; everything else is as likely to be down then as
            // at any other time.
            let starts_down = !matches!(part, Part::FrontEnd(..))
                && stream.uniform() < means.down / (means.up + means.down);
            let aging = aging.filter(|_| is_old(facts, part));
            draw_failures(
                facts.calendar.horizon,
                (means, aging),
                starts_down,
                &mut stream,
                &mut down,
            );
        }
        let outage = |(down, up)| Outage { down, up, part };
        outages.extend(merge(down).into_iter().map(outage));
    };
    let front_ends = Means::new(value, Setting::Mtbf, Setting::Mttr);
    let back_ends = Means::new(value, Setting::BackEndMtbf, Setting::BackEndMttr);
    for (number, pool) in (0..).zip(&facts.pools) {
        for front_end in 0..pool.front_ends {
            let part = Part::FrontEnd(number, front_end);
            add(part, front_ends, Purpose::FrontEnd, pool.id, front_end.into());
        }
        add(Part::BackEnd(number), back_ends, Purpose::BackEnd, pool.id, 0);
    }
    let sites = Means::new(value, Setting::SiteMtbf, Setting::SiteMttr);
    for (number, site) in (0..).zip(&facts.calendar.sites) {
        add(
            Part::Site(number),
            sites,
            Purpose::SiteFailure,
            entity_id(&site.name),
            0,
        );
    }
    if facts.edges.is_some() {
        let edges = Means::new(value, Setting::EdgeMtbf, Setting::EdgeMttr);
        for side in Side::ALL {
            let entity = entity_id(side.word());
            add(Part::Edge(side), edges, Purpose::EdgeFailure, entity, 0);
        }
    }
    outages.sort_unstable();
    outages
}

/// The outages of all parts with those of one more that is told, as if the scenario had told it: joined where they
/// overlap or touch, and sorted.
pub(crate) fn with_told(facts: &Facts, outages: &[Outage], told: &ScriptedOutage) -> Vec<Outage> {
    let mut all = Vec::with_capacity(outages.len());
    let mut hit: std::collections::BTreeMap<Part, Vec<(Time, Time)>> = match told.place {
        Struck::Part(part) => [(part, Vec::new())].into(),
        Struck::Pool(pool) => (0..facts.pools[usize::from(pool)].front_ends)
            .map(|front_end| (Part::FrontEnd(pool, front_end), Vec::new()))
            .collect(),
    };
    let within = told.within(facts.calendar.horizon);
    hit.values_mut().for_each(|times| times.extend(within));
    for outage in outages {
        match hit.get_mut(&outage.part) {
            Some(times) => times.push((outage.down, outage.up)),
            None => all.push(*outage),
        }
    }
    for (part, times) in hit {
        all.extend(
            merge(times)
                .into_iter()
                .map(|(down, up)| Outage { down, up, part }),
        );
    }
    all.sort_unstable();
    all
}

fn told(facts: &Facts, part: Part) -> Vec<(Time, Time)> {
    facts
        .outages
        .iter()
        .filter(|outage| outage.takes_down(part))
        .filter_map(|outage| outage.within(facts.calendar.horizon))
        .collect()
}

/// Alternates up times and down times, both exponential. Neither remembers how long it has lasted, so a part that is
/// down at the start is down for as long as after any failure.
fn draw_failures(
    horizon: Time,
    (means, aging): (Means, Option<Aging>),
    starts_down: bool,
    stream: &mut Stream,
    out: &mut Vec<(Time, Time)>,
) {
    let mut at = Time::ZERO;
    if starts_down {
        let up = (at + means.down_time(stream)).min(horizon);
        out.push((at, up));
        at = up;
    }
    loop {
        let up_time = means.up_time(stream);
        let down = at + aging.map_or(up_time, |aging| aging.shorten(at, up_time));
        if down >= horizon {
            return;
        }
        let up = (down + means.down_time(stream)).min(horizon);
        out.push((down, up));
        at = up;
    }
}

/// Joins outages of one part that overlap or touch; drops empty ones.
fn merge(mut outages: Vec<(Time, Time)>) -> Vec<(Time, Time)> {
    outages.retain(|outage| outage.0 < outage.1);
    outages.sort_unstable();
    let mut merged: Vec<(Time, Time)> = Vec::with_capacity(outages.len());
    for (down, up) in outages {
        match merged.last_mut() {
            Some(last) if last.1 >= down => last.1 = last.1.max(up),
            _ => merged.push((down, up)),
        }
    }
    merged
}
