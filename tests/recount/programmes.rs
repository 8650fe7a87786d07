//! A reader of its own for topology tasks: what the profile says of them, and when a strategy carries them out.

use toml::{Table, Value};

const HOUR: f64 = 3_600_000.0;

/// A task of the profile.
#[derive(Clone)]
pub(crate) struct Task {
    pub(crate) name: String,
    hours: f64,
    pub(crate) per_pool: bool,
    /// What is out of service, and for how long if not for all of the task.
    pub(crate) outage: Option<String>,
    pub(crate) outage_length: Option<i64>,
    /// Length of taking it back, and how long that takes the same out of service.
    pub(crate) undo: Option<(i64, i64)>,
    pub(crate) is_final: bool,
}

/// An order among tasks.
pub(crate) struct Edge {
    pub(crate) before: String,
    pub(crate) after: String,
    pub(crate) effect: String,
    pub(crate) front_ends: i64,
}

/// So long after a step.
#[derive(Clone)]
pub(crate) struct After {
    pub(crate) step: String,
    pub(crate) wait: i64,
}

/// When a job starts.
#[derive(Clone)]
pub(crate) enum Moment {
    At(i64),
    After(After),
    /// After the same task at the pool before.
    AfterJob(usize),
}

/// Tasks that are left out, with the pool if only there.
pub(crate) type Skipped = Vec<(String, Option<String>)>;

/// A task to be carried out.
#[derive(Clone)]
pub(crate) struct Job {
    /// As the log calls it.
    pub(crate) name: String,
    pub(crate) task: String,
    pub(crate) pool: Option<usize>,
    pub(crate) start: Moment,
    pub(crate) in_window: bool,
    pub(crate) duration: i64,
}

fn number(value: &Value) -> f64 {
    value
        .as_float()
        .or(value.as_integer().map(|whole| whole as f64))
        .expect("a number")
}

fn flag(table: &Table, key: &str) -> bool {
    table.get(key).and_then(Value::as_bool) == Some(true)
}

fn text(table: &Table, key: &str) -> Option<String> {
    Some(table.get(key)?.as_str().expect("text").to_string())
}

fn ms(value: f64, unit: f64) -> i64 {
    (value * unit).round() as i64
}

/// The tasks of a profile.
pub(crate) fn tasks(profile: &Table) -> Vec<Task> {
    let entries = profile
        .get("tasks")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let task = |entry: &Value| {
        let table = entry.as_table().expect("a table");
        let minutes = |table: &Table| {
            table
                .get("outage_minutes")
                .map(|value| ms(number(value), HOUR / 60.0))
        };
        Task {
            name: text(table, "name").expect("a name"),
            hours: number(&table["hours"]),
            per_pool: text(table, "per").as_deref() == Some("legacy_pool"),
            outage: text(table, "outage"),
            outage_length: minutes(table),
            undo: table.get("undo").map(|undo| {
                let undo = undo.as_table().expect("a table");
                (ms(number(&undo["hours"]), HOUR), minutes(undo).unwrap_or(0))
            }),
            is_final: flag(table, "irreversible"),
        }
    };
    entries.map(task).collect()
}

/// The orders of a profile that apply.
pub(crate) fn edges(profile: &Table, applies: impl Fn(&Value) -> bool) -> Vec<Edge> {
    let entries = profile
        .get("edges")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let edge = |entry: &Value| {
        let table = entry.as_table().expect("a table");
        Edge {
            before: text(table, "before").expect("a step"),
            after: text(table, "after").expect("a step"),
            effect: text(table, "effect").unwrap_or("told".into()),
            front_ends: table.get("front_ends").and_then(Value::as_integer).unwrap_or(0),
        }
    };
    entries.filter(|entry| applies(entry)).map(edge).collect()
}

/// The jobs of a strategy, and what it skips, with the pool if only that one; legacy pools by number and name.
pub(crate) fn jobs(
    strategy: &Table,
    profile: &[Task],
    legacy: &[(usize, String)],
    moment: impl Fn(&Table) -> Option<i64>,
) -> Option<(Vec<Job>, Skipped)> {
    let (mut jobs, mut skipped) = (Vec::new(), Vec::new());
    for entry in strategy.get("tasks")?.as_array().expect("an array") {
        let table = entry.as_table().expect("a table");
        let name = text(table, "name").expect("a name");
        let own = text(table, "pool");
        if flag(table, "skip") {
            skipped.push((name, own));
            continue;
        }
        let task = profile.iter().find(|task| task.name == name).expect("known");
        let here = |pool: &&(usize, String)| own.as_ref().is_none_or(|own| *own == pool.1);
        let pools: Vec<Option<&(usize, String)>> = match task.per_pool {
            true => legacy.iter().filter(here).map(Some).collect(),
            false => vec![None],
        };
        for (turn, pool) in pools.into_iter().enumerate() {
            let start = match text(table, "after") {
                _ if turn > 0 => Moment::AfterJob(jobs.len() - 1),
                Some(step) => Moment::After(After {
                    step,
                    wait: table.get("days").map_or(0, |days| ms(number(days), 24.0 * HOUR)),
                }),
                None => Moment::At(moment(table).expect("a start")),
            };
            jobs.push(Job {
                name: pool.map_or(name.clone(), |pool| format!("{name}@{}", pool.1)),
                task: name.clone(),
                pool: pool.map(|pool| pool.0),
                start,
                in_window: flag(table, "in_window"),
                duration: ms(table.get("hours").map_or(task.hours, number), HOUR),
            });
        }
    }
    Some((jobs, skipped))
}
