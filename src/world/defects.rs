//! Defects of the new release: what lurks in it, for whom, and how long it stays hidden.
//!
//! The number of defects of a class is Poisson; each is hidden until the people whom it concerns have used the new
//! release for a gamma distributed number of working days in all, exponentially unless its shape is stated. With a common scope the defects found by
//! an exposure are the process of Goel and Okumoto ("Time-dependent error-detection rate model for software
//! reliability", IEEE Transactions on Reliability 28, 1979) in exposure time: mean `a (1 - exp(-t / m))` for `a`
//! defects with mean exposure `m`.

use super::{ClientId, Draw, Facts, Mark, Purpose, SiteId, UserId};
use crate::kernel::random::{combine, entity_id};
use crate::kernel::{Key, Time, distribution};

/// Whom the defects of a class concern; the defect itself names the site, department, application or client.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ScopeKind {
    /// Everybody on the new side.
    Everyone,
    /// People of one site, drawn by its number of people.
    Site,
    /// People of one department, drawn by its number of people.
    Department,
    /// People whose departments use one application, drawn evenly.
    Application,
    /// People who work outside the office half of the time or more.
    Remote,
    /// People who work with one client release of the new side, wherever they are homed, drawn evenly.
    Client,
}

/// Whom a defect concerns.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Scope {
    /// Everybody on the new side.
    Everyone,
    /// People of a site on the new side.
    Site(SiteId),
    /// People of a department on the new side.
    Department(u32),
    /// People on the new side whose departments use an application.
    Application(u32),
    /// People on the new side who work outside the office half of the time or more.
    Remote,
    /// People who work with a client release.
    Client(ClientId),
}

/// A kind of defects that a scenario expects.
#[derive(Clone, PartialEq, Debug)]
pub struct DefectClass {
    /// Stable name; unique.
    pub name: String,
    /// Stable id for keyed draws.
    pub id: u64,
    /// Mean number in a world.
    pub count: Draw,
    /// Where the mean comes from.
    pub mark: Mark,
    /// Whom they concern.
    pub scope: ScopeKind,
    /// One particular thing instead of a drawn one.
    pub named: Option<Scope>,
    /// Shares of severity 1 (worst) to 4.
    pub severity: [f64; 4],
    /// Mean exposure until one is discovered, in working user-days.
    pub discovery_user_days: f64,
    /// Shape of the gamma distribution of that exposure; 1 = exponential.
    pub discovery_shape: f64,
    /// Median days from discovery to the fix (lognormal, sigma 0.7), by severity.
    pub fix_days: [f64; 4],
    /// Probability that an unfixed defect breaks a meeting of an organiser whom it concerns, by severity.
    pub hit: [f64; 4],
    /// Tickets per 100 working user-days of people whom it concerns, by severity.
    pub tickets: [f64; 4],
}

/// A defect of the new release.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Defect {
    /// Its class, as a place in [`Facts::defects`].
    pub class: u16,
    /// Its number within the class, from 0.
    pub number: u16,
    /// Stable id for keyed draws.
    pub id: u64,
    /// Whom it concerns.
    pub scope: Scope,
    /// From 1, the worst, to 4.
    pub severity: u8,
    /// Exposure at which it is discovered, in working user-days.
    pub hidden_user_days: f64,
    /// Days from discovery to the fix.
    pub fix_days: f64,
    /// When it begins and is found at once, if it is declared ([`Time::NEVER`]: when somebody says so); `None` for a
    /// defect of the release, which lurks from the start.
    pub begins: Option<Time>,
}

impl Defect {
    /// Probability that it breaks a meeting of an organiser whom it concerns.
    pub fn hit(&self, facts: &Facts) -> f64 {
        facts.defects[usize::from(self.class)].hit[usize::from(self.severity) - 1]
    }

    /// Tickets per working user-day of people whom it concerns.
    pub fn ticket_rate(&self, facts: &Facts) -> f64 {
        facts.defects[usize::from(self.class)].tickets[usize::from(self.severity) - 1] / 100.0
    }
}

impl DefectClass {
    /// Usual median days from discovery to the fix, by severity (estimates).
    pub const FIX_DAYS: [f64; 4] = [3.0, 10.0, 30.0, 90.0];
    /// Usual probability of breaking a meeting, by severity (estimates).
    pub const HIT: [f64; 4] = [0.25, 0.05, 0.01, 0.0];
    /// Usual tickets per 100 working user-days, by severity (estimates).
    pub const TICKETS: [f64; 4] = [2.0, 0.5, 0.1, 0.02];

    /// Id of the defect of a number.
    pub fn defect_id(&self, number: u16) -> u64 {
        combine(self.id, u64::from(number))
    }
}

/// Mean number of defects of a class.
pub(super) fn mean(class: &DefectClass, key: Key, fix_uncertain: bool) -> f64 {
    let entity = || entity_id(&format!("defects.{}.count", class.name));
    let u = match fix_uncertain {
        true => 0.5,
        false => key.uniform(Purpose::Parameter, entity(), 0),
    };
    class.count.value(u).max(0.0)
}

/// All defects of a world, by class and number. Counts are nested: with a larger mean the same ones come first.
pub(super) fn draw_defects(facts: &Facts, key: Key, fix_uncertain: bool) -> Vec<Defect> {
    let mut defects = Vec::new();
    for (class, kind) in (0..).zip(&facts.defects) {
        let mean = mean(kind, key, fix_uncertain);
        let count = key.stream(Purpose::DefectCount, kind.id, 0).poisson(mean);
        for number in 0..count.min(u64::from(u16::MAX)) as u16 {
            defects.push(draw_defect(facts, key, class, kind, number));
        }
    }
    defects
}

pub(super) fn draw_defect(facts: &Facts, key: Key, class: u16, kind: &DefectClass, number: u16) -> Defect {
    let id = kind.defect_id(number);
    let mut stream = key.stream(Purpose::Defect, id, 0);
    let severity = stream.choose_weighted(&kind.severity);
    let hidden = distribution::gamma(stream.uniform(), kind.discovery_user_days, kind.discovery_shape);
    let fix = distribution::lognormal(stream.uniform(), kind.fix_days[severity], 0.7);
    let drawn = scope(facts, kind.scope, &mut stream);
    Defect {
        class,
        number,
        id,
        scope: kind.named.unwrap_or(drawn),
        severity: severity as u8 + 1,
        hidden_user_days: hidden,
        fix_days: fix,
        begins: None,
    }
}

fn scope(facts: &Facts, kind: ScopeKind, stream: &mut crate::kernel::Stream) -> Scope {
    let anybody = stream.below(facts.users.len() as u64) as usize;
    match kind {
        ScopeKind::Everyone => Scope::Everyone,
        ScopeKind::Remote => Scope::Remote,
        ScopeKind::Site => Scope::Site(facts.users[anybody].site),
        ScopeKind::Department => Scope::Department(facts.users[anybody].department),
        ScopeKind::Application => {
            Scope::Application(stream.below(facts.applications.len().max(1) as u64) as u32)
        }
        ScopeKind::Client => {
            let new: Vec<ClientId> = (0..facts.profile.clients.len())
                .filter(|&client| !facts.profile.client_legacy[client])
                .map(|client| client as ClientId)
                .collect();
            match new[..] {
                [] => Scope::Everyone,
                _ => Scope::Client(new[stream.below(new.len() as u64) as usize]),
            }
        }
    }
}

/// Bit set of the users whom a scope names; whether they are on the new side, or have the client, is another matter.
pub fn scope_mask(facts: &Facts, remote_share: impl Fn(UserId) -> f64, scope: Scope) -> Vec<u64> {
    let mut mask = vec![0_u64; facts.users.len().div_ceil(64)];
    for (place, user) in facts.users.iter().enumerate() {
        let within = match scope {
            Scope::Everyone | Scope::Client(_) => true,
            Scope::Site(site) => user.site == site,
            Scope::Department(department) => user.department == department,
            Scope::Application(application) => facts
                .applications
                .get(application as usize)
                .is_some_and(|application| application.departments.contains(&user.department)),
            Scope::Remote => remote_share(place as UserId) >= 0.5,
        };
        mask[place / 64] |= u64::from(within) << (place % 64);
    }
    mask
}
