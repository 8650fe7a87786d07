//! Topology tasks: those of a profile with the order among them, and when a strategy carries them out.

use super::closest;
use super::input::{Located, Reader, Table};
use super::keys;
use super::people::resolve;
use super::profile::Cells;
use super::times::{self, Moment};
use crate::kernel::Span;
use crate::plan::check::Topic;
use crate::plan::tasks::{Job, Start, Tasks};
use crate::world::{Edge, Facts, PoolId, Step, Task, TaskId, Undo};

/// Most tasks of a profile, and most tables of tasks in a strategy.
const MOST: usize = 1000;

/// Words for what the rest of a plan does.
const ANCHORS: [(&str, Step); 3] = [
    ("first_move", Step::FirstMove),
    ("last_move", Step::LastMove),
    ("retirement", Step::Retirement),
];

/// Word for enough front ends at the first move.
const FRONT_ENDS: &str = "front_ends_up";

/// The word of a step.
pub(super) fn word(tasks: &[Task], step: Step) -> String {
    match step {
        Step::Task(task) => tasks[usize::from(task)].name.clone(),
        Step::FrontEnds(_) => FRONT_ENDS.into(),
        anchor => ANCHORS
            .iter()
            .find(|(_, step)| *step == anchor)
            .map_or_else(String::new, |(word, _)| (*word).into()),
    }
}

/// Reads `[[tasks]]` and `[[edges]]` of a profile, which may be absent.
pub(super) fn read_profile(root: &Table, cells: &mut Cells) -> (Vec<Task>, Vec<Edge>) {
    let mut tasks: Vec<Task> = Vec::new();
    for table in root.opt_tables(&keys::profile::top::TASKS) {
        let Some(task) = read_task(&table, cells) else {
            continue;
        };
        if tasks.iter().any(|other| other.name == task.name) {
            let what = format!("`tasks` names `{}` twice", task.name);
            table.fault("name", what, "rename or remove one of the two");
        } else if task.name == FRONT_ENDS || ANCHORS.iter().any(|(word, _)| *word == task.name) {
            let what = format!(
                "`{}` is not the name of a task, but of something the plan does",
                task.name
            );
            table.fault("name", what, "choose another name");
        } else {
            tasks.push(task);
        }
    }
    if tasks.len() > MOST {
        let what = format!("`tasks` has {} entries", tasks.len());
        root.fault("tasks", what, format!("write at most {MOST}"));
        tasks.truncate(MOST);
    }
    let mut edges = Vec::new();
    for table in root.opt_tables(&keys::profile::top::EDGES) {
        if let Some((edge, true)) = read_edge(&table, &tasks, cells) {
            edges.push(edge);
        }
    }
    (tasks, edges)
}

fn read_task(table: &Table, cells: &mut Cells) -> Option<Task> {
    let name = table.require(&keys::profile::task::NAME);
    let title = table.require(&keys::profile::task::TITLE);
    let phase = table.require(&keys::profile::task::PHASE);
    let owner = table.require(&keys::profile::task::OWNER);
    let hours = table.require(&keys::profile::task::HOURS);
    let per_pool = table.get_or_default(&keys::profile::task::PER);
    let optional = table.get_or_default(&keys::profile::task::OPTIONAL);
    let outage = table.get(&keys::profile::task::OUTAGE);
    let minutes = if outage.is_some() {
        table.get(&keys::profile::task::OUTAGE_MINUTES)
    } else {
        None
    };
    let undo = read_undo(table);
    let origin = cells.origin(table);
    table.finish();
    let (name, hours) = (name?.value, hours?.value);
    cells.keep(table, format!("tasks[{name}]"), format!("{hours} h"), origin);
    let duration = Span::from_hours_f64(hours);
    let minutes = minutes.map_or(duration, |minutes| Span::from_minutes_f64(minutes.value));
    Some(Task {
        name,
        title: title?.value,
        phase: phase?.value,
        owner: owner?.value,
        duration,
        undo: undo?,
        per_pool,
        optional,
        outage: outage.map(|outage| (outage.value, minutes)),
    })
}

/// Exactly one of `undo`, `stays = true` and `irreversible = true`.
fn read_undo(table: &Table) -> Option<Undo> {
    let stays = table.get_or_default(&keys::profile::task::STAYS);
    let never = table.get_or_default(&keys::profile::task::IRREVERSIBLE);
    let takes = table.opt_table(&keys::profile::task::UNDO).map(|undo| {
        let hours = undo.require(&keys::profile::undo::HOURS);
        let minutes = undo.get_or_default(&keys::profile::undo::OUTAGE_MINUTES);
        undo.finish();
        Some(Undo::Takes(
            Span::from_hours_f64(hours?.value),
            Span::from_minutes_f64(minutes),
        ))
    });
    match (takes, stays, never) {
        (Some(takes), false, false) => takes,
        (None, true, false) => Some(Undo::Stays),
        (None, false, true) => Some(Undo::Never),
        _ => {
            if !table.is_damaged() {
                table.fault_here(
                    "a task says in exactly one way how it is taken back",
                    "write `undo = { hours = 2 }`, `stays = true` or `irreversible = true`",
                );
            }
            None
        }
    }
}

/// Reads an edge, and whether it holds under the chosen switches.
fn read_edge(table: &Table, tasks: &[Task], cells: &mut Cells) -> Option<(Edge, bool)> {
    let mut steps: Vec<(&str, Step)> = (0..)
        .zip(tasks)
        .map(|(id, task)| (task.name.as_str(), Step::Task(id)))
        .collect();
    steps.extend(ANCHORS);
    let after = table.require_one_of(&keys::profile::order::AFTER, &steps);
    steps.push((FRONT_ENDS, Step::FrontEnds(0)));
    let before = table.require_one_of(&keys::profile::order::BEFORE, &steps);
    let before = match before.as_ref().map(|before| before.value) {
        Some(Step::FrontEnds(_)) => table
            .require(&keys::profile::order::FRONT_ENDS)
            .map(|count| Step::FrontEnds(count.value)),
        other => other,
    };
    let effect = table.get_or_default(&keys::profile::order::EFFECT);
    let recommended = table.get_or_default(&keys::profile::order::RECOMMENDED);
    let breaks = table.require(&keys::profile::order::BREAKS);
    let origin = cells.origin(table);
    let applies = cells.applies(table);
    table.finish();
    let (before, after, applies) = (before?, after?.value, applies?);
    let (mark, source) = origin.clone()?;
    let strength = if recommended { "recommended" } else { "required" };
    if applies {
        let key = format!("edges[{}][{}]", word(tasks, before), word(tasks, after));
        cells.keep(table, key, strength.into(), origin);
    }
    let edge = Edge {
        before,
        after,
        effect,
        breaks: breaks?.value,
        recommended,
        mark,
        source,
    };
    Some((edge, applies))
}

/// A task as a strategy states it.
pub(super) struct Draft {
    here: Located<()>,
    name: Option<Located<String>>,
    start: Option<Located<Moment>>,
    after: Option<Located<String>>,
    days: f64,
    hours: Option<f64>,
    skip: bool,
    pool: Option<Located<String>>,
    in_window: bool,
}

/// Reads `[[strategies.tasks]]`; nothing if there are none.
pub(super) fn read(strategy: &Table, places: &mut Vec<(Topic, Located<()>)>) -> Option<Vec<Draft>> {
    if !strategy.has("tasks") {
        return None;
    }
    let mut drafts = Vec::new();
    for table in strategy.opt_tables(&keys::strategy::TASKS) {
        if drafts.is_empty() {
            places.push((Topic::Tasks, table.here()));
        }
        places.push((Topic::Task(drafts.len() as u32), table.here()));
        let name = table.require(&keys::task::NAME);
        let skip = table.get_or_default(&keys::task::SKIP);
        let pool = table.get(&keys::task::POOL);
        let after = table.get(&keys::task::AFTER);
        let timed = ["start", "start_day", "after", "days", "hours", "in_window"];
        let start = if skip {
            for key in timed.iter().filter(|key| table.has(key)) {
                table.fault(
                    key,
                    format!("a skipped task has no `{key}`"),
                    "leave out one of the two",
                );
            }
            None
        } else if after.is_some() {
            for key in ["start", "start_day"] {
                if table.has(key) {
                    table.fault(
                        key,
                        format!("`after` and `{key}` both say when"),
                        "keep one of the two",
                    );
                }
            }
            None
        } else {
            times::moment(&table, &keys::task::START)
        };
        let days = if after.is_some() {
            table.get_or_default(&keys::task::DAYS)
        } else {
            0.0
        };
        let hours = table.get(&keys::task::HOURS).map(|hours| hours.value);
        let in_window = table.get_or_default(&keys::task::IN_WINDOW);
        table.finish();
        drafts.push(Draft {
            here: table.here(),
            name,
            start,
            after,
            days,
            hours,
            skip,
            pool,
            in_window,
        });
    }
    Some(drafts)
}

/// Compiles what a strategy states; faults are reported, and nothing comes of them.
pub(super) fn compile(reader: &Reader, facts: &Facts, strategy: &str, drafts: &[Draft]) -> Option<Tasks> {
    let known: Vec<(&str, TaskId)> = facts
        .profile
        .tasks
        .iter()
        .map(|task| task.name.as_str())
        .zip(0..)
        .collect();
    let legacy: Vec<(&str, PoolId)> = (0..)
        .zip(&facts.pools)
        .filter(|(id, _)| facts.is_legacy(*id))
        .map(|(id, pool)| (pool.name.as_str(), id))
        .collect();
    let mut tasks = Tasks::default();
    let mut sound = true;
    for (written, draft) in (0..).zip(drafts) {
        let name = draft.name.as_ref();
        let found = name.and_then(|name| resolve(name, reader, "task of the profile", &known));
        let pool = draft
            .pool
            .as_ref()
            .map(|pool| resolve(pool, reader, "pool on the legacy side", &legacy));
        let (Some(name), Some(task), false) = (name, found, pool == Some(None)) else {
            sound = false;
            continue;
        };
        let pool = pool.flatten();
        let definition = &facts.profile.tasks[usize::from(task)];
        if let (Some(pool), false) = (&draft.pool, definition.per_pool) {
            let what = format!("the task `{}` is done once, not for a pool", name.value);
            reader.error_at(pool, what, "leave out `pool`");
            sound = false;
            continue;
        }
        if tasks.jobs_of(task, pool).next().is_some() || tasks.skips(task, pool) {
            let what = format!("strategy `{strategy}` states the task `{}` twice", name.value);
            reader.error_at(
                &draft.here,
                what,
                "keep one of the two, or give each its own `pool`",
            );
            sound = false;
            continue;
        }
        if draft.skip {
            tasks.skipped.push((task, pool, written));
            continue;
        }
        let Some(start) = start_of(reader, facts, draft, &known) else {
            sound = false;
            continue;
        };
        let pools: Vec<Option<PoolId>> = match pool {
            None if definition.per_pool => legacy.iter().map(|pool| Some(pool.1)).collect(),
            pool => vec![pool],
        };
        for (turn, pool) in pools.into_iter().enumerate() {
            let start = if turn == 0 {
                start
            } else {
                Start::AfterJob(tasks.jobs.len() as u32 - 1)
            };
            let duration = draft.hours.map_or(definition.duration, Span::from_hours_f64);
            tasks.jobs.push(Job {
                task,
                pool,
                start,
                in_window: draft.in_window,
                duration,
                written,
            });
        }
    }
    sound.then_some(tasks)
}

fn start_of(reader: &Reader, facts: &Facts, draft: &Draft, known: &[(&str, TaskId)]) -> Option<Start> {
    let Some(after) = &draft.after else {
        return Some(Start::At(draft.start.as_ref()?.time(facts.calendar.start)));
    };
    let wait = Span::from_days_f64(draft.days);
    let anchor = ANCHORS.iter().find(|(word, _)| *word == after.value);
    let task = known.iter().find(|(name, _)| *name == after.value);
    match (anchor, task) {
        (Some((_, step)), _) => Some(Start::After(*step, wait)),
        (None, Some((_, task))) => Some(Start::After(Step::Task(*task), wait)),
        (None, None) => {
            let names = known
                .iter()
                .map(|known| known.0)
                .chain(ANCHORS.iter().map(|anchor| anchor.0));
            let what = format!("there is no task or step `{}`", after.value);
            reader.error_at(after, what, closest(after, names));
            None
        }
    }
}
