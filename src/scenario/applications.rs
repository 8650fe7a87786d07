//! Applications beside the meetings: where they live, who uses them, and which task moves them.

use super::input::{Located, Table};
use super::keys;
use super::people::resolve;
use super::times;
use crate::kernel::Time;
use crate::kernel::random::entity_id;
use crate::world::{Application, Pool, PoolId, Profile, TaskId};
use jiff::civil::Date;

/// Where an application can be, and what can move it.
struct Names<'a> {
    pools: Vec<(&'a str, PoolId)>,
    tasks: Vec<(&'a str, TaskId)>,
    departments: Vec<(&'a str, u32)>,
    /// The first legacy pool, or the first of all.
    usual_pool: PoolId,
}

/// Reads `[[applications]]`; nothing comes of them while pools, profile, people or calendar are at fault.
pub(super) fn read(
    root: &Table,
    (profile, pools): (Option<&Profile>, Option<&[Pool]>),
    departments: Option<&[String]>,
    start: Option<Date>,
) -> Vec<Application> {
    let names = match (profile, pools, departments) {
        (Some(profile), Some(pools), Some(departments)) => Some(Names::new(profile, pools, departments)),
        _ => None,
    };
    let mut applications: Vec<Application> = Vec::new();
    for table in root.opt_tables(&keys::top::APPLICATIONS) {
        let Some(application) = read_one(&table, names.as_ref(), start) else {
            continue;
        };
        if applications
            .iter()
            .any(|earlier| earlier.name == application.name)
        {
            let what = format!("there are two applications `{}`", application.name);
            table.fault("name", what, "give each application a name of its own");
        }
        applications.push(application);
    }
    applications
}

impl<'a> Names<'a> {
    fn new(profile: &'a Profile, pools: &'a [Pool], departments: &'a [String]) -> Names<'a> {
        let is_legacy = |pool: &Pool| profile.servers[usize::from(pool.server)].legacy;
        Names {
            pools: pools.iter().map(|pool| pool.name.as_str()).zip(0..).collect(),
            tasks: (profile.tasks.iter().map(|task| task.name.as_str()))
                .zip(0..)
                .collect(),
            departments: departments.iter().map(String::as_str).zip(0..).collect(),
            usual_pool: pools.iter().position(is_legacy).unwrap_or(0) as PoolId,
        }
    }
}

fn read_one(table: &Table, names: Option<&Names<'_>>, start: Option<Date>) -> Option<Application> {
    let name = table.require(&keys::application::NAME);
    let kind = table.get_or_default(&keys::application::KIND);
    let pool = table.get(&keys::application::POOL);
    let moved_by = table.get(&keys::application::MOVED_BY);
    let used_by = table.require(&keys::application::DEPARTMENTS);
    let works_from = read_compatibility(table, start);
    table.finish();
    let (name, used_by, names) = (name?, used_by?, names?);
    let reader = table.reader();
    let find = |named: &Located<String>| resolve(named, reader, "department", &names.departments);
    let pool = match &pool {
        Some(pool) => resolve(pool, reader, "pool", &names.pools)?,
        None => names.usual_pool,
    };
    let moved_by = match &moved_by {
        Some(task) => Some(resolve(task, reader, "task of the profile", &names.tasks)?),
        None => (names.tasks.iter())
            .find(|(task, _)| *task == kind.usual_task())
            .map(|task| task.1),
    };
    Some(Application {
        id: entity_id(&name.value),
        name: name.value,
        kind,
        pool,
        moved_by,
        departments: used_by.iter().filter_map(find).collect(),
        works_from,
    })
}

/// From when on an application works with the new release.
fn read_compatibility(table: &Table, start: Option<Date>) -> Option<Time> {
    let compatible = table.get_or_default(&keys::application::COMPATIBLE);
    let updated = times::opt_moment(table, &keys::application::WORKS_FROM);
    if updated.is_some() && compatible {
        table.fault(
            "works_from",
            "an application that is compatible needs no `works_from`",
            "write `compatible = \"no\"` beside it, or leave it out",
        );
    }
    if compatible {
        return Some(Time::ZERO);
    }
    Some(updated?.time(start?))
}
