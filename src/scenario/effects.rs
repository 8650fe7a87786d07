//! What is well formed but can have no effect: it may be meant, so it is warned of. And what would have too much of it.

use super::input::Table;
use super::keys;
use super::times;
use crate::kernel::{Span, Time};
use crate::outcome::Metric;
use crate::outcome::goal::Limit;
use crate::plan::check::{counted, grouped};
use crate::plan::{Plan, WhenDown};
use crate::world::{Calendar, Facts, Pool, PoolId, Setting};
use jiff::civil::Date;

/// Most failures of one kind of part that a world may be expected to have.
const MOST_FAILURES: f64 = 1e6;

/// A scenario whose values are all sound, with what comes of them.
pub(super) struct Read<'a> {
    pub(super) root: &'a Table<'a>,
    pub(super) facts: &'a Facts,
    pub(super) plans: &'a [Plan],
    pub(super) limits: &'a [Limit],
}

impl Read<'_> {
    /// Warns of everything that can have no effect.
    pub(super) fn warn(&self) {
        self.outages();
        self.holidays();
        self.freezes();
        self.limits();
        self.moments();
        self.parameters();
    }

    fn movers(&self) -> impl Iterator<Item = &Plan> {
        self.plans.iter().filter(|plan| !plan.waves.is_empty())
    }

    /// Can anybody be homed on a pool, or an application live there?
    fn is_used(&self, pool: PoolId) -> bool {
        let facts = self.facts;
        let is_home = facts.users.iter().any(|user| user.pool == pool);
        let lives = facts
            .applications
            .iter()
            .any(|application| application.pool == pool);
        let takes = |plan: &Plan| {
            let target = (0..).zip(&plan.target).any(|(from, to)| {
                let comes = || facts.users.iter().any(|user| user.pool == from);
                *to == Some(pool) && comes()
            });
            // A rollback may lead to another pool than the one that somebody came from.
            target || (facts.is_legacy(pool) && plan.rollback.is_some())
        };
        is_home || lives || self.movers().any(takes)
    }

    /// A pool is of use if it is used, or stands in for one that is.
    fn matters(&self, pool: PoolId) -> bool {
        let stands_in = |pair: PoolId| self.is_used(pair);
        let fails_over = self.plans.iter().any(|plan| plan.failover.is_some());
        let pair = self.facts.pools[usize::from(pool)].pair.filter(|_| fails_over);
        self.is_used(pool) || pair.is_some_and(stands_in)
    }

    fn outages(&self) {
        let tables = self.root.opt_tables(&keys::top::OUTAGES);
        for table in &tables {
            let pool = table
                .get(&keys::outage::POOL)
                .and_then(|name| self.pool_named(&name.value));
            if let Some(pool) = pool.filter(|&pool| !self.matters(pool)) {
                let what = format!(
                    "the outage has no effect: nobody is ever homed on pool `{}`",
                    self.facts.pools[usize::from(pool)].name
                );
                table.warn("pool", what, "name another pool, or leave the table out");
            }
            let site = table
                .get(&keys::outage::SITE)
                .and_then(|name| self.site_named(&name.value));
            if let Some(site) = site {
                let here = |(_, pool): &(PoolId, &Pool)| usize::from(pool.site) == site;
                let pools = (0..).zip(&self.facts.pools).filter(here);
                let mut matters = pools.map(|(id, _)| self.matters(id));
                if !matters.any(|matters| matters) {
                    let what = format!(
                        "the outage has no effect: site `{}` has no pool on which anybody is ever homed",
                        self.facts.calendar.sites[site].name
                    );
                    table.warn("site", what, "name another site, or leave the table out");
                }
            }
        }
    }

    fn pool_named(&self, name: &str) -> Option<PoolId> {
        let found = self.facts.pools.iter().position(|pool| pool.name == name);
        found.map(|pool| pool as PoolId)
    }

    fn site_named(&self, name: &str) -> Option<usize> {
        self.facts
            .calendar
            .sites
            .iter()
            .position(|site| site.name == name)
    }

    fn holidays(&self) {
        let calendar = &self.facts.calendar;
        for (table, site) in self
            .root
            .opt_tables(&keys::top::SITES)
            .iter()
            .zip(&calendar.sites)
        {
            let dates = table.get(&keys::site::HOLIDAYS).unwrap_or_default();
            let idle = working_days(table);
            let mut seen: Vec<Date> = Vec::new();
            let mut odd: Vec<String> = Vec::new();
            for date in dates.iter().map(|date| date.value) {
                let why = if seen.contains(&date) {
                    "named twice"
                } else if is_outside(calendar, date) {
                    "outside the simulated time"
                } else if !idle.contains(&date.weekday()) {
                    "a day off anyway"
                } else {
                    ""
                };
                seen.push(date);
                if !why.is_empty() {
                    odd.push(format!("{date} ({why})"));
                }
            }
            let named = odd.len();
            if named > 0 {
                odd.truncate(3);
                let more = match named - odd.len() {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                let what = format!(
                    "holidays of `{}` have no effect: {}{more}",
                    site.name,
                    odd.join(", ")
                );
                table.warn("holidays", what, "correct them, or leave them out");
            }
        }
    }

    fn freezes(&self) {
        let calendar = &self.facts.calendar;
        for table in self.root.opt_tables(&keys::top::FREEZES) {
            let (Some(from), Some(to)) = (table.get(&keys::freeze::FROM), table.get(&keys::freeze::TO))
            else {
                continue;
            };
            let day = |date: Date| times::days_from(calendar.start, date);
            let what = if day(from.value) >= i64::from(calendar.days()) {
                format!(
                    "the freeze has no effect: it begins on {}, behind the simulated time, which ends on {}",
                    from.value,
                    calendar.date(calendar.days().into())
                )
            } else if day(to.value) < 0 {
                format!(
                    "the freeze has no effect: it ends on {}, before the simulated time begins on {}",
                    to.value, calendar.start
                )
            } else if self.movers().next().is_none() {
                "the freeze has no effect: no strategy moves anybody".to_owned()
            } else {
                continue;
            };
            table.warn("from", what, "correct it, or leave the table out");
        }
    }

    fn limits(&self) {
        for (table, limit) in self.root.opt_tables(&keys::top::LIMITS).iter().zip(self.limits) {
            let stands = |metric: Metric| Some((metric, self.why_still(metric)?));
            let of = limit.share_of.and_then(stands).map(|found| ("share_of", found));
            let found = stands(limit.metric).map(|found| ("metric", found)).or(of);
            if let Some((key, (metric, why))) = found {
                let what = format!("`{}` cannot move: {why}", metric.definition().name);
                table.warn(key, what, "leave the limit out, or switch on what it limits");
            }
        }
    }

    /// Why a metric is the same in every world and for every strategy, if it is.
    fn why_still(&self, metric: Metric) -> Option<&'static str> {
        let (facts, plans) = (self.facts, self.plans);
        let any = |has: fn(&Plan) -> bool| plans.iter().any(has);
        let moves = self.movers().next().is_some();
        let still = |moves_it: bool, why: &'static str| (!moves_it).then_some(why);
        use Metric as M;
        match metric {
            M::Moved
            | M::MovesFailed
            | M::CompletionDay
            | M::Day98
            | M::CoexistenceUserDays
            | M::Mixed
            | M::WaveSlip
            | M::PeakExposureMeetings
            | M::PeakExposureClients => still(moves, "no strategy moves anybody"),
            M::Upgraded | M::NeverUpgraded => {
                still(any(|plan| plan.rollout.is_some()), "no strategy has a rollout")
            }
            M::RolledBack
            | M::Rollbacks
            | M::FirstRollbackDay
            | M::DowngradeDays
            | M::Downgraded
            | M::BrokenStaleRollback
            | M::FixedForward => still(
                any(|plan| plan.rollback.is_some()),
                "no strategy has a rollback, nor a gate or trigger that may order one",
            ),
            M::Attempts => still(
                any(|plan| {
                    plan.rollback
                        .as_ref()
                        .is_some_and(|rollback| rollback.attempts > 1)
                }),
                "no strategy has a further attempt",
            ),
            M::ContactsLost => still(
                any(loses_contacts),
                "no strategy forces moves or skips the contact store in a rollback",
            ),
            M::RetirementDay => still(
                any(|plan| plan.retirement.is_some()),
                "no strategy has a retirement",
            ),
            M::NoReturnDay | M::PeakNoWayBack => still(
                any(|plan| plan.retirement.is_some() || plan.tasks.is_some()),
                "no strategy has a retirement or states tasks",
            ),
            M::FederationLost | M::TaskHoursInVain => {
                still(any(|plan| plan.tasks.is_some()), "no strategy states tasks")
            }
            M::Tickets
            | M::TicketsAbandoned
            | M::TicketWaitP95
            | M::BacklogPeak
            | M::DeskHours
            | M::CostDesk => still(
                any(|plan| plan.desk.is_some()),
                "there is no help desk, table [desk]",
            ),
            // They belong to the desk of the scenario, whatever desks its strategies have.
            M::BackgroundTickets => still(facts.background.is_some(), "there is no help desk, table [desk]"),
            M::DefectsInPilot | M::DefectsEscaped | M::DefectsOpen | M::BrokenDefect => {
                still(!facts.defects.is_empty(), "there are no tables [[defects]]")
            }
            M::FaultsFound | M::FaultsLive => {
                still(!facts.faults.is_empty(), "there are no tables [[faults]]")
            }
            M::Joined | M::Left => still(facts.turnover, "`turnover` in [population] is false"),
            M::ApplicationHours => still(
                !facts.applications.is_empty(),
                "there are no tables [[applications]]",
            ),
            _ => None,
        }
    }

    /// Moments from which on something is different, but behind the horizon.
    fn moments(&self) {
        let horizon = self.facts.calendar.horizon;
        let warn = |table: &Table, key: &str, at: Option<Time>, what: &str| {
            let number = format!("{key}_day");
            let key = if table.has(key) { key } else { number.as_str() };
            if table.has(key) && at.is_some_and(|at| at >= horizon) {
                let what = format!(
                    "`{key}` lies behind the simulated time, which ends on {}: {what}",
                    self.facts.calendar.date(horizon.day())
                );
                table.warn(key, what, "write an earlier day, or leave it out");
            }
        };
        if let (Some(table), Some(edges)) = (self.root.opt_table(&keys::top::EDGE), &self.facts.edges) {
            warn(&table, "own_from", Some(edges.own_from), "the edge stays shared");
        }
        let applications = self.root.opt_tables(&keys::top::APPLICATIONS);
        for (table, application) in applications.iter().zip(&self.facts.applications) {
            warn(
                table,
                "works_from",
                application.works_from,
                "it never works with the new release",
            );
        }
        let strategies = self.root.opt_tables(&keys::top::STRATEGIES);
        for table in &strategies {
            let name = table.get(&keys::strategy::NAME).map(|name| name.value);
            let plan = self.plans.iter().find(|plan| Some(&plan.name) == name.as_ref());
            let from = plan.and_then(|plan| plan.joiners_from);
            warn(table, "joiners_from", from, "no joiner comes to the new side");
        }
    }

    /// Parameters of a part that is switched off.
    fn parameters(&self) {
        let value = |setting: Setting| self.facts.parameters[setting as usize].draw.value(0.5);
        let repairs = [
            (Setting::Mtbf, Setting::Mttr),
            (Setting::BackEndMtbf, Setting::BackEndMttr),
            (Setting::SiteMtbf, Setting::SiteMttr),
            (Setting::EdgeMtbf, Setting::EdgeMttr),
        ];
        for (failure, repair) in repairs {
            if value(failure) > 0.0 && value(repair) <= 0.0 {
                let what = "what fails is repaired in no time, so nothing ever fails";
                self.warn_of(failure, what, "write a time to repair above 0, or leave it out");
            }
        }
        self.failures();
        if self.facts.edges.is_none() {
            let what = "it has no effect: the scenario has no table [edge]";
            self.warn_of(Setting::EdgeMtbf, what, "add a table [edge], or leave it out");
        }
        if !self.facts.turnover {
            for setting in [Setting::Joiners, Setting::Leavers] {
                let what = "it has no effect: `turnover` in [population] is false";
                self.warn_of(setting, what, "write `turnover = true` there, or leave it out");
            }
        }
    }

    /// Refuses failures so frequent that a world would consist of little else.
    fn failures(&self) {
        let facts = self.facts;
        let hours = facts.calendar.horizon.0 as f64 / Span::HOUR.0 as f64;
        let ends: u64 = facts.pools.iter().map(|pool| u64::from(pool.front_ends)).sum();
        let edges = if facts.edges.is_some() { 2 } else { 0 };
        let kinds = [
            (Setting::Mtbf, Setting::Mttr, ends),
            (
                Setting::BackEndMtbf,
                Setting::BackEndMttr,
                facts.pools.len() as u64,
            ),
            (
                Setting::SiteMtbf,
                Setting::SiteMttr,
                facts.calendar.sites.len() as u64,
            ),
            (Setting::EdgeMtbf, Setting::EdgeMttr, edges),
        ];
        let at = |setting: Setting, p: f64| setting.cut(facts.parameters[setting as usize].draw.value(p));
        for (failure, repair, parts) in kinds {
            let (up, down) = (at(failure, 0.05), at(repair, 0.05));
            let count = parts as f64 * hours / (up + down);
            if up > 0.0 && down > 0.0 && count > MOST_FAILURES {
                let what = format!(
                    "`{}` lets {} fail about {} times in a world, too often to be simulated",
                    failure.definition().key,
                    counted(parts as usize, "part"),
                    grouped(count as u64)
                );
                let least = libm::ceil(parts as f64 * hours / MOST_FAILURES * 10.0) / 10.0;
                if let Some((table, key)) = self.written(failure) {
                    table.fault(key, what, format!("write 0, or a number from {least}"));
                }
            }
        }
    }

    /// Warns of a parameter, if it is written.
    fn warn_of(&self, setting: Setting, what: &str, help: &str) {
        if let Some((table, key)) = self.written(setting) {
            table.warn(key, what, help);
        }
    }

    /// The table in which a parameter is written, and its key there.
    fn written(&self, setting: Setting) -> Option<(Table<'_>, &'static str)> {
        let (table, key) = setting.definition().key.split_once('.')?;
        // The name of a table of parameters may be that of an array of tables, too.
        let own = self.root.own_table(table);
        let all = self.root.opt_table(&keys::top::PARAMETERS);
        let all = all.and_then(|all| all.table_named(table));
        let written = own.into_iter().chain(all).find(|table| table.has(key))?;
        Some((written, key))
    }
}

fn loses_contacts(plan: &Plan) -> bool {
    let skips = plan
        .rollback
        .as_ref()
        .is_some_and(|rollback| !rollback.contact_store);
    skips || plan.moves.when_down == WhenDown::Force
}

/// The days of the week on which a site works.
fn working_days(table: &Table) -> Vec<jiff::civil::Weekday> {
    times::weekdays(table, &keys::site::WORKING_DAYS, &times::WORKING_DAYS)
}

/// Does a date lie before time zero or behind the horizon, for every site?
fn is_outside(calendar: &Calendar, date: Date) -> bool {
    let day = times::days_from(calendar.start, date);
    // A site's own date may be another than that of the scenario's clock.
    day < -1 || day > i64::from(calendar.days())
}
