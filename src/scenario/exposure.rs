//! What is asked about turning back: `[exposure]`, and the same words on the command line.

use super::input::key::{Count, Key};
use super::input::{Located, Reader, Table};
use super::keys;
use super::{closest, times};
use crate::kernel::Span;
use crate::outcome::Quantity;
use crate::plan::Plan;
use crate::plan::course::{Course, Point};
use crate::world::defects::Scope;
use crate::world::{Facts, PoolId, Trouble};
use jiff::civil::Date;

/// How long a lost pool is down unless the scenario says, in hours (an estimate).
pub const LOSS_HOURS: f64 = 24.0;

/// A point of the programme, as written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum When {
    /// The start of a day.
    Day(u32),
    /// So many days after the start of the wave of that name.
    After(String, u32),
}

/// From when on a programme as a whole cannot be taken back.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct StuckLimits {
    /// So large a share of the people who have moved, or a larger one, has no way back.
    pub share: f64,
    /// In so large a share of all worlds, or a larger one.
    pub worlds: f64,
}

impl StuckLimits {
    /// The share of people in whole per mille, rounded up, at least 1.
    pub fn per_mille(self) -> u64 {
        ((self.share * 1000.0 - 1e-9).ceil() as u64).max(1)
    }
}

impl Default for StuckLimits {
    fn default() -> Self {
        StuckLimits {
            share: keys::exposure::NO_RETURN_SHARE.usual(),
            worlds: keys::exposure::NO_RETURN_WORLDS.usual(),
        }
    }
}

/// What is asked about turning back; whatever is missing has a default.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Asked {
    /// Names of strategies; none = all that move anybody.
    pub strategies: Vec<String>,
    /// Points at which to branch; none = days at a distance.
    pub at: Vec<When>,
    /// Days from one branch to the next, if no points are given.
    pub every_days: Option<u32>,
    /// The trouble that begins at every branch.
    pub trouble: Option<Trouble>,
    /// Hours from the trouble to the order.
    pub decision_hours: Option<f64>,
    /// Days that every course is followed.
    pub ahead_days: Option<u32>,
    /// What the budget is about.
    pub measure: Option<Quantity>,
    /// The most that turning back may take more than the other course.
    pub budget: Option<f64>,
    /// The quantile over worlds that must be within the budget; the mean if none is named.
    pub quantile: Option<f64>,
    /// The course that turning back is compared with.
    pub against: Option<Course>,
    /// The most days that turning back may take.
    pub window_days: Option<f64>,
    /// From when on the programme as a whole cannot be taken back.
    pub stuck: StuckLimits,
}

/// What is wrong with something written, and what to write instead.
pub type Wrong = (String, String);

/// Reads a point: a day number, a date, or `after:WAVE` with `+DAYS` behind it.
///
/// # Errors
/// If it is none of these.
pub fn when(text: &str, start: Date) -> Result<When, Wrong> {
    let help = "write a date such as 2013-05-10, a day number such as 60, or `after:wave 3` (with `+7` for a week later)";
    let wrong = |what: String| (what, help.to_string());
    if let Some(stage) = text.strip_prefix("after:") {
        let (wave, days) = stage.rsplit_once('+').unwrap_or((stage, "1"));
        let days: u32 = days
            .trim()
            .parse()
            .map_err(|_| wrong(format!("`{days}` is no number of days")))?;
        if days == 0 {
            let what = format!("`{text}`: the wave has only just begun then");
            return Err((what, "write `+1` or more days".into()));
        }
        return Ok(When::After(wave.trim().into(), days));
    }
    if let Ok(day) = text.parse::<u32>() {
        return Ok(When::Day(day));
    }
    let date: Date = text
        .parse()
        .map_err(|_| wrong(format!("`{text}` is neither a day nor a stage")))?;
    u32::try_from(times::days_from(start, date))
        .map(When::Day)
        .map_err(|_| wrong(format!("{date} is before the scenario's start, {start}")))
}

impl When {
    /// The point of a plan.
    ///
    /// # Errors
    /// If the plan has no such wave.
    pub fn of(&self, plan: &Plan) -> Result<Point, Wrong> {
        match self {
            When::Day(day) => Ok(Point::Day(*day)),
            When::After(name, days) => {
                let place = plan.waves.iter().position(|wave| wave.name == *name);
                place.map(|wave| Point::After(wave as u32, *days)).ok_or_else(|| {
                    let waves = plan.waves.iter().map(|wave| wave.name.as_str());
                    let what = format!("strategy `{}` has no stage `{name}`", plan.name);
                    (what, closest(name, waves))
                })
            }
        }
    }
}

/// Reads a trouble: `none`, `defect:SCOPE`, `defect:SCOPE:NAME`, `pool-loss` or `pool-loss:POOL`. A lost pool is down for
/// so many hours.
///
/// # Errors
/// If it is none of these, or names something that the scenario does not have.
pub fn trouble(text: &str, hours: f64, facts: &Facts) -> Result<Trouble, Wrong> {
    let mut words = text.splitn(3, ':').map(str::trim);
    let (kind, second, third) = (words.next().unwrap_or(""), words.next(), words.next());
    match (kind, second, third) {
        ("none", None, None) => Ok(Trouble::None),
        ("pool-loss", pool, None) => {
            let pool = pool.map(|pool| new_pool(pool, facts)).transpose()?;
            Ok(Trouble::PoolLoss(pool, Span::from_hours_f64(hours)))
        }
        ("defect", Some(scope), name) => Ok(Trouble::Defect(read_scope(scope, name, facts)?)),
        _ => Err((
            format!("`{text}` is no trouble"),
            "write `none`, `defect:everyone`, `defect:department:NAME`, `pool-loss` or `pool-loss:POOL`"
                .into(),
        )),
    }
}

/// A trouble in the words in which it is written.
pub fn trouble_word(trouble: Trouble, facts: &Facts) -> String {
    let scope = |kind: &str, name: &str| format!("defect:{kind}:{name}");
    match trouble {
        Trouble::None => "none".into(),
        Trouble::PoolLoss(None, _) => "pool-loss".into(),
        Trouble::PoolLoss(Some(pool), _) => format!("pool-loss:{}", facts.pools[usize::from(pool)].name),
        Trouble::Defect(Scope::Everyone) => "defect:everyone".into(),
        Trouble::Defect(Scope::Remote) => "defect:remote".into(),
        Trouble::Defect(Scope::Site(site)) => scope("site", &facts.calendar.sites[usize::from(site)].name),
        Trouble::Defect(Scope::Department(place)) => scope("department", &facts.departments[place as usize]),
        Trouble::Defect(Scope::Application(place)) => {
            scope("application", &facts.applications[place as usize].name)
        }
        Trouble::Defect(Scope::Client(client)) => {
            scope("client", &facts.profile.clients[usize::from(client)].name)
        }
    }
}

fn new_pool(name: &str, facts: &Facts) -> Result<PoolId, Wrong> {
    let new = |pool: &usize| !facts.is_legacy(*pool as PoolId);
    let names = (0..facts.pools.len()).filter(new);
    find(
        "new pool",
        name,
        names.map(|pool| (pool, facts.pools[pool].name.as_str())),
    )
    .map(|pool| pool as PoolId)
}

fn find<'n>(what: &str, name: &str, known: impl Iterator<Item = (usize, &'n str)>) -> Result<usize, Wrong> {
    let known: Vec<(usize, &str)> = known.collect();
    let found = known.iter().find(|(_, known)| *known == name);
    found.map(|(place, _)| *place).ok_or_else(|| {
        let help = if known.is_empty() {
            format!("the scenario has no {what} at all; leave it out")
        } else {
            closest(name, known.iter().map(|(_, known)| *known))
        };
        (format!("there is no {what} `{name}`"), help)
    })
}

fn read_scope(kind: &str, name: Option<&str>, facts: &Facts) -> Result<Scope, Wrong> {
    let alone = |scope: Scope| match name {
        None => Ok(scope),
        Some(name) => Err((
            format!("a defect that concerns `{kind}` names nothing, but `{name}` is written"),
            format!("write `defect:{kind}`"),
        )),
    };
    let named = |known: Vec<&str>| {
        let name = name.ok_or_else(|| {
            let help = format!("write `defect:{kind}:NAME`");
            (format!("a defect of a {kind} needs its name"), help)
        })?;
        find(kind, name, known.into_iter().enumerate())
    };
    let sites = || {
        facts
            .calendar
            .sites
            .iter()
            .map(|site| site.name.as_str())
            .collect()
    };
    let clients = || {
        facts
            .profile
            .clients
            .iter()
            .map(|client| client.name.as_str())
            .collect()
    };
    let applications = || facts.applications.iter().map(|one| one.name.as_str()).collect();
    let departments = || facts.departments.iter().map(String::as_str).collect();
    match kind {
        "everyone" => alone(Scope::Everyone),
        "remote" => alone(Scope::Remote),
        "site" => Ok(Scope::Site(named(sites())? as u16)),
        "department" => Ok(Scope::Department(named(departments())? as u32)),
        "application" => Ok(Scope::Application(named(applications())? as u32)),
        "client" => Ok(Scope::Client(named(clients())? as u8)),
        _ => {
            let kinds = [
                "everyone",
                "site",
                "department",
                "application",
                "remote",
                "client",
            ];
            Err((
                format!("a defect cannot concern `{kind}`"),
                closest(kind, kinds.into_iter()),
            ))
        }
    }
}

/// `[exposure]` as written.
pub(super) struct Draft {
    strategies: Vec<Located<String>>,
    at: Vec<Located<String>>,
    trouble: Option<Located<String>>,
    hours: f64,
    rest: Asked,
}

/// Quantities that a budget can be about.
fn measures() -> Vec<(&'static str, Quantity)> {
    Quantity::ALL
        .into_iter()
        .filter(|quantity| !quantity.may_be_missing())
        .map(|quantity| (quantity.word(), quantity))
        .collect()
}

/// Reads a measure by its name.
///
/// # Errors
/// If there is none of that name, or a budget cannot be about it.
pub fn measure(text: &str) -> Result<Quantity, Wrong> {
    let found = measures().into_iter().find(|(word, _)| *word == text);
    found.map(|(_, quantity)| quantity).ok_or_else(|| {
        let words = measures().into_iter().map(|(word, _)| word);
        (format!("there is no measure `{text}`"), closest(text, words))
    })
}

/// Reads the table.
pub(super) fn read(root: &Table) -> Option<Draft> {
    let table = root.opt_table(&keys::top::EXPOSURE)?;
    let days = |key: &Key<Count>| table.get(key).map(|days| days.value);
    let trouble = table.get(&keys::exposure::TROUBLE);
    let hours = table.get(&keys::exposure::LOSS_HOURS);
    let is_loss = |trouble: &Located<String>| trouble.value.starts_with("pool-loss");
    if hours.is_some() && !trouble.as_ref().is_some_and(is_loss) {
        let what = "`loss_hours` says how long a lost pool is down, but none is lost";
        table.fault(
            "loss_hours",
            what,
            "write `trouble = \"pool-loss\"`, or leave it out",
        );
    }
    let draft = Draft {
        strategies: table.get(&keys::exposure::STRATEGIES).unwrap_or_default(),
        at: table
            .item(&keys::exposure::AT)
            .and_then(|item| item.items())
            .map_or(Vec::new(), |items| items.iter().filter_map(point).collect()),
        trouble,
        hours: hours.map_or(LOSS_HOURS, |hours| hours.value),
        rest: Asked {
            every_days: days(&keys::exposure::EVERY_DAYS),
            decision_hours: table
                .get(&keys::exposure::DECISION_HOURS)
                .map(|hours| hours.value),
            ahead_days: days(&keys::exposure::AHEAD_DAYS),
            measure: table
                .get_one_of(&keys::exposure::MEASURE, &measures())
                .map(|measure| measure.value),
            budget: table.get(&keys::exposure::BUDGET).map(|budget| budget.value),
            quantile: table
                .get(&keys::exposure::QUANTILE)
                .map(|quantile| quantile.value),
            against: table.get(&keys::exposure::AGAINST).map(|course| course.value),
            window_days: table.get(&keys::exposure::WINDOW_DAYS).map(|days| days.value),
            stuck: StuckLimits {
                share: table.get_or_default(&keys::exposure::NO_RETURN_SHARE),
                worlds: table.get_or_default(&keys::exposure::NO_RETURN_WORLDS),
            },
            ..Asked::default()
        },
    };
    table.finish();
    Some(draft)
}

/// A point in a list: a day number or a text.
fn point(item: &super::input::Item<'_>) -> Option<Located<String>> {
    if item.is_number() {
        return item.integer(0..=36_500).map(|day| day.map(|day| day.to_string()));
    }
    item.string()
}

impl Draft {
    /// What is asked, once everything that it may name is known.
    pub(super) fn compile(&self, reader: &Reader, facts: &Facts, plans: &[Plan]) -> Asked {
        let mut asked = self.rest.clone();
        for name in &self.strategies {
            if !plans.iter().any(|plan| plan.name == name.value) {
                let what = format!("there is no strategy `{}`", name.value);
                reader.error_at(
                    name,
                    what,
                    closest(name, plans.iter().map(|plan| plan.name.as_str())),
                );
            }
            asked.strategies.push(name.value.clone());
        }
        for written in &self.at {
            match when(&written.value, facts.calendar.start) {
                Ok(when) => asked.at.push(when),
                Err((what, help)) => reader.error_at(written, what, help),
            }
        }
        if let Some(written) = &self.trouble {
            match trouble(&written.value, self.hours, facts) {
                Ok(trouble) => asked.trouble = Some(trouble),
                Err((what, help)) => reader.error_at(written, what, help),
            }
        }
        asked
    }
}
