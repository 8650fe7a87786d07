//! Configuration faults of a scenario, and the tests of a strategy that look for them.

use super::input::{NumberOrTable, Table};
use super::keys;
use super::settings::read_mark_and_draw;
use super::times::{self, Moment};
use crate::kernel::random::{combine, entity_id};
use crate::kernel::{Span, Time};
use crate::plan::testing::Testing;
use crate::world::{Draw, FaultKind, FaultModel, Mark, Place, Pool, Site};
use jiff::civil::Date;

/// Largest mean number of faults of one kind at one place.
const MOST: f64 = 1000.0;

/// Reads `[[faults]]`.
pub(super) fn read_faults(root: &Table, pools: Option<&[Pool]>, sites: Option<&[Site]>) -> Vec<FaultModel> {
    let mut models: Vec<FaultModel> = Vec::new();
    for table in root.opt_tables(&keys::top::FAULTS) {
        let kind = table.require(&keys::fault::KIND);
        let key = match kind.as_ref().map(|kind| kind.value) {
            Some(FaultKind::Administration) => &keys::fault::SITE,
            _ => &keys::fault::POOL,
        };
        let is_site = key.name() == keys::fault::SITE.name();
        let names: Option<Vec<(&str, Place)>> = match is_site {
            true => sites.map(|sites| {
                let sites = sites.iter().map(|site| site.name.as_str());
                sites.zip((0..).map(Place::Site)).collect()
            }),
            false => pools.map(|pools| {
                let pools = pools.iter().map(|pool| pool.name.as_str());
                pools.zip((0..).map(Place::Pool)).collect()
            }),
        };
        let place = match &names {
            Some(names) => table.require_one_of(key, names),
            None => table.require(key).and(None),
        };
        let (mean, mark) = match table.require_number_or_table(&keys::fault::MEAN) {
            Some(NumberOrTable::Number(number)) => (Some(Draw::Fixed(number.value)), Mark::Scenario),
            Some(NumberOrTable::Table(interval)) => {
                let (mean, mark, _) = read_mark_and_draw(&interval, 0.0..=MOST);
                (mean, mark)
            }
            None => (None, Mark::Scenario),
        };
        let found = table.get_or_default(&keys::fault::FOUND);
        let fix_days = table.get_or_default(&keys::fault::FIX_DAYS);
        let hit = table.get_or_default(&keys::fault::HIT);
        table.finish();
        let (Some(kind), Some(place), Some(mean)) = (kind, place, mean) else {
            continue;
        };
        let name = match place.value {
            Place::Pool(pool) => pools.map(|pools| pools[usize::from(pool)].name.as_str()),
            Place::Site(site) => sites.map(|sites| sites[usize::from(site)].name.as_str()),
        };
        let id = combine(entity_id(name.unwrap_or_default()), kind.value as u64);
        if models.iter().any(|other| other.id == id) {
            let what = format!(
                "faults of kind `{}` at this place are stated twice",
                kind.value.word()
            );
            table.fault(key.name(), what, "keep one of the two, with the sum as `mean`");
            continue;
        }
        models.push(FaultModel {
            kind: kind.value,
            place: place.value,
            id,
            mean,
            mark,
            found,
            fix_days,
            hit,
        });
    }
    models
}

/// Testing as a strategy states it.
pub(super) struct Draft {
    start: Option<Moment>,
    end: Option<Moment>,
    every: u32,
    checks: Vec<FaultKind>,
    required: bool,
}

/// Reads `[strategies.testing]`.
pub(super) fn read(table: &Table) -> Draft {
    let start = times::moment(table, &keys::testing::START).map(|at| at.value);
    let end = times::opt_moment(table, &keys::testing::END).map(|at| at.value);
    let every = table.get_or_default(&keys::testing::EVERY_DAYS);
    let required = table.get_or_default(&keys::testing::REQUIRED);
    let mut checks: Vec<FaultKind> = FaultKind::ALL.map(|kind| kind.1).to_vec();
    if let Some(item) = table.item(&keys::testing::CHECKS)
        && let Some(items) = item.items()
    {
        checks = items
            .iter()
            .filter_map(|item| item.choice(&FaultKind::ALL))
            .map(|kind| kind.value)
            .collect();
        checks.sort_unstable();
        checks.dedup();
    }
    table.finish();
    Draft {
        start,
        end,
        every,
        checks,
        required,
    }
}

/// Testing on the scenario's clock. Of runs that began before time zero, those in the simulated time are left.
pub(super) fn compile(draft: &Draft, start: Date, horizon: Time) -> Option<Testing> {
    let every = Span::DAY * i64::from(draft.every);
    let written = draft.start?.time(start);
    let over = (Time::ZERO - written).0.max(0) as u64;
    let runs_before = over.div_ceil(every.0 as u64);
    Some(Testing {
        start: written + every * runs_before as i64,
        every,
        end: draft.end.map_or(horizon, |end| end.time(start)).min(horizon),
        checks: draft.checks.clone(),
        required: draft.required,
    })
}
