//! A reader of scenario files of its own: what people decided about defects, the desk, the board, gates and triggers.

use crate::programmes::{self, Job, Skipped};
use crate::rules::{Rules, file};
use coexist::plan::Plan;
use coexist::world::Facts;
use jiff::civil::Date;
use std::path::Path;
use toml::{Table, Value};

const DAY: i64 = 86_400_000;
const MINUTE: i64 = 60_000;
const ALL_DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// An application, and from when on it works on the new side.
pub(crate) struct Application {
    pub(crate) name: String,
    /// Where it lives at the start.
    pub(crate) pool: String,
    /// The task that moves it.
    pub(crate) moved_by: Option<String>,
    pub(crate) departments: Vec<String>,
    pub(crate) works_from: Option<i64>,
}

/// A limit on something observed.
pub(crate) struct Criterion {
    pub(crate) observed: &'static str,
    pub(crate) pass: f64,
    pub(crate) fail: f64,
    pub(crate) sample: f64,
}

/// The gates of a strategy.
pub(crate) struct Gates {
    pub(crate) only_after_pilot: bool,
    pub(crate) pilot: i64,
    pub(crate) stage: i64,
    pub(crate) window: i64,
    pub(crate) marginal_goes: bool,
    pub(crate) recheck: i64,
    pub(crate) max_hold: i64,
    pub(crate) then: String,
    pub(crate) criteria: Vec<Criterion>,
}

/// Who goes back.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Extent {
    Everyone,
    LastWave,
    Pool(String),
}

/// A condition that orders a rollback.
pub(crate) struct Trigger {
    pub(crate) window: i64,
    pub(crate) criteria: Vec<Criterion>,
    pub(crate) extent: Extent,
}

/// When a rollback is ordered whatever happens.
pub(crate) enum Scripted {
    At(i64),
    /// So long after the start of the wave of this name.
    After(String, i64),
}

/// How a strategy goes back.
pub(crate) struct Back {
    pub(crate) scripted: Option<Scripted>,
    pub(crate) extent: Extent,
    pub(crate) attempts: i64,
    pub(crate) remediation: i64,
}

/// How clients are upgraded, as far as it says when.
pub(crate) struct Rollout {
    pub(crate) at_will: bool,
    pub(crate) staged: bool,
    /// In milliseconds after the order.
    pub(crate) deadline: Option<i64>,
}

/// When everyday tickets come up.
pub(crate) struct Background {
    /// Factors from Monday to Sunday.
    pub(crate) weekdays: Option<Vec<f64>>,
    pub(crate) holiday: f64,
    pub(crate) priority: i64,
}

/// One strategy of a scenario file.
pub(crate) struct Script {
    pub(crate) applications: Vec<Application>,
    /// What is carried out beside moves, unless the strategy speaks of nothing.
    pub(crate) jobs: Option<Vec<Job>>,
    /// What is left out, with the pool if only there.
    skipped: Skipped,
    /// Names of the kinds of defects.
    pub(crate) kinds: Vec<String>,
    /// By kind and severity: probability to break a meeting, tickets of 100 people in a day.
    pub(crate) hit: Vec<[f64; 4]>,
    pub(crate) tickets: Vec<[f64; 4]>,
    /// Agents on duty from each instant on.
    pub(crate) duty: Option<Vec<(i64, i64)>>,
    /// What is said about everyday tickets at the desk of the scenario, if there is one.
    pub(crate) background: Option<Background>,
    /// How clients are upgraded.
    pub(crate) rollout: Rollout,
    /// Instants at which the board meets.
    pub(crate) board: Option<Vec<i64>>,
    /// Dates of pilot and waves, without what is lost.
    pub(crate) starts: Vec<i64>,
    /// The step from one wave to the next, whether waves pile up, and whether they follow departments.
    pub(crate) every: i64,
    pub(crate) catch_up: bool,
    pub(crate) by_department: bool,
    /// People in each further wave of those who join, if there are any.
    pub(crate) further: Option<usize>,
    /// The lot that the strategy names, and the seed of the file.
    pub(crate) lot: Option<i64>,
    pub(crate) seed: i64,
    pub(crate) gates: Option<Gates>,
    /// Does the first wave wait for clean coexistence tests?
    pub(crate) tests_required: bool,
    pub(crate) triggers: Vec<Trigger>,
    pub(crate) back: Option<Back>,
    /// The last day, counted from the start, on which the old side is supported.
    pub(crate) last_day_of_support: Option<i64>,
}

fn whole(table: &Table, key: &str, otherwise: i64) -> i64 {
    table
        .get(key)
        .map_or(otherwise, |value| value.as_integer().expect(key))
}

fn number(value: &Value) -> f64 {
    value
        .as_float()
        .or(value.as_integer().map(|whole| whole as f64))
        .expect("a number")
}

fn text<'a>(table: &'a Table, key: &str, otherwise: &'a str) -> &'a str {
    table
        .get(key)
        .map_or(otherwise, |value| value.as_str().expect(key))
}

fn tables<'a>(table: &'a Table, key: &str) -> Vec<&'a Table> {
    let of = |value: &'a Value| value.as_array().expect("an array");
    let entries = table.get(key).map(of).into_iter().flatten();
    entries.map(|entry| entry.as_table().expect("a table")).collect()
}

fn words(table: &Table, key: &str) -> Option<Vec<String>> {
    let entries = table.get(key)?.as_array().expect("an array");
    let word = |entry: &Value| entry.as_str().expect("a word").to_string();
    Some(entries.iter().map(word).collect())
}

fn four(table: &Table, key: &str, otherwise: [f64; 4]) -> [f64; 4] {
    let Some(written) = table.get(key) else {
        return otherwise;
    };
    let numbers: Vec<f64> = written.as_array().expect("an array").iter().map(number).collect();
    numbers.try_into().expect("four numbers")
}

/// `hh:mm`
fn clock(text: &str) -> i64 {
    let (hours, minutes) = text.split_once(':').expect("hh:mm");
    let part = |text: &str| text.parse::<i64>().expect("a number");
    (part(hours) * 60 + part(&minutes[..2])) * MINUTE
}

struct Calendar {
    start: Date,
    days: i64,
}

impl Calendar {
    /// A date, a date and time, or a day number under a key of its own.
    fn moment(&self, table: &Table, key: &str, by_day: &str) -> Option<i64> {
        if let Some(day) = table.get(by_day) {
            return Some((number(day) * DAY as f64).round() as i64);
        }
        let written = match table.get(key)? {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let (date, time) = written.split_at(10);
        let date: Date = date.parse().expect("a date");
        let days = self.start.until(date).expect("dates of one calendar").get_days();
        let time = time.trim_start_matches([' ', 'T']);
        let of_day = if time.is_empty() { 0 } else { clock(time) };
        Some(i64::from(days) * DAY + of_day)
    }

    /// Is this day of the scenario one of these weekdays?
    fn is_one_of(&self, day: i64, weekdays: &[String]) -> bool {
        let date = self.start.saturating_add(jiff::Span::new().days(day));
        let name = format!("{:?}", date.weekday()).to_lowercase();
        weekdays
            .iter()
            .any(|weekday| name.starts_with(&weekday.to_lowercase()[..3]))
    }

    /// Agents on duty from each instant on at which their number changes.
    fn duty(&self, desk: &Table) -> Vec<(i64, i64)> {
        let mut shifts = tables(desk, "shifts");
        if shifts.is_empty() {
            shifts.push(desk);
        }
        let mut on_duty: Vec<(i64, i64, i64)> = Vec::new();
        for shift in shifts {
            let hours = shift.get("hours").map(|hours| hours.as_str().expect("hours"));
            let (from, to) = hours.map_or((0, DAY), |hours| {
                let (from, to) = hours.split_once('-').expect("from-to");
                (clock(from.trim()), clock(to.trim()))
            });
            let usual = if hours.is_some() {
                &ALL_DAYS[..5]
            } else {
                &ALL_DAYS[..]
            };
            let days = words(shift, "days").unwrap_or(usual.iter().map(|day| day.to_string()).collect());
            for day in (0..=self.days).filter(|day| self.is_one_of(*day, &days)) {
                on_duty.push((day * DAY + from, day * DAY + to, whole(shift, "agents", 0)));
            }
        }
        let mut instants: Vec<i64> = on_duty.iter().flat_map(|shift| [shift.0, shift.1]).collect();
        instants.push(0);
        instants.sort_unstable();
        instants.dedup();
        let agents = |at: i64| {
            let now = on_duty.iter().filter(|shift| (shift.0..shift.1).contains(&at));
            now.map(|shift| shift.2).sum::<i64>()
        };
        let mut duty: Vec<(i64, i64)> = Vec::new();
        for at in instants {
            if duty.last().is_none_or(|last| last.1 != agents(at)) {
                duty.push((at, agents(at)));
            }
        }
        duty
    }
}

fn criteria(table: &Table) -> Vec<Criterion> {
    let known = [
        "open_severity_1",
        "tickets_per_100",
        "reported_broken",
        "failed_moves",
        "stranded_per_100",
    ];
    let criterion = |observed: &'static str| {
        let written = table.get(observed)?;
        Some(match written.as_table() {
            None => Criterion {
                observed,
                pass: number(written),
                fail: number(written),
                sample: 0.0,
            },
            Some(inner) => Criterion {
                observed,
                pass: number(inner.get("pass").unwrap_or(&inner["fail"])),
                fail: number(&inner["fail"]),
                sample: inner.get("sample").map_or(0.0, number),
            },
        })
    };
    known.into_iter().filter_map(criterion).collect()
}

fn extent(table: &Table) -> Extent {
    match text(table, "extent", "everyone") {
        "everyone" => Extent::Everyone,
        "last_wave" => Extent::LastWave,
        _ => Extent::Pool(text(table, "pool", "").to_string()),
    }
}

fn gates(table: &Table) -> Gates {
    let days = |key: &str, otherwise: i64| whole(table, key, otherwise) * DAY;
    Gates {
        only_after_pilot: text(table, "after", "every_wave") == "pilot",
        pilot: days("pilot_days", 30),
        stage: days("stage_days", 3),
        window: whole(table, "window_days", 7),
        marginal_goes: text(table, "marginal", "hold") == "go_on",
        recheck: days("recheck_days", 1),
        max_hold: days("max_hold_days", 28),
        then: text(table, "then", "roll_back").to_string(),
        criteria: criteria(table),
    }
}

fn back(calendar: &Calendar, table: &Table) -> Back {
    let after = table.get("after_wave").map(|wave| match wave.as_integer() {
        Some(0) => "pilot".to_string(),
        number => format!("wave {}", number.expect("a number")),
    });
    let scripted = match after {
        Some(wave) => Some(Scripted::After(wave, whole(table, "days", 0) * DAY)),
        None => calendar.moment(table, "at", "day").map(Scripted::At),
    };
    Back {
        scripted,
        extent: extent(table),
        attempts: whole(table, "attempts", 1),
        remediation: whole(table, "remediation_days", 28) * DAY,
    }
}

/// The task that moves applications of a kind, if the profile has it.
fn usual_task(kind: &str) -> &str {
    match kind {
        "application" | "bot" | "contact_centre" => "trusted_applications",
        "response_group" => "response_groups",
        "access_number" => "access_numbers",
        "conference_directory" => "conference_directories",
        other => other,
    }
}

impl Script {
    /// Is a task left out that would be needed, here or anywhere?
    pub(crate) fn skips(&self, task: &str, pool: Option<&str>) -> bool {
        self.skipped
            .iter()
            .any(|(name, at)| name == task && (at.is_none() || pool.is_none() || at.as_deref() == pool))
    }

    pub(crate) fn of(path: &Path, facts: &Facts, rules: &Rules, plan: &Plan) -> Script {
        let root = file(path);
        let calendar = Calendar {
            start: facts.calendar.start,
            days: facts.calendar.horizon.0 / DAY,
        };
        let empty = Table::new();
        let own = tables(&root, "strategies")
            .into_iter()
            .find(|table| table["name"].as_str() == Some(&plan.name))
            .unwrap_or(&empty);
        let inner = |key: &str| own.get(key).map(|table| table.as_table().expect("a table"));
        let of_root = |key: &str| root.get(key).map(|table| table.as_table().expect("a table"));
        let is_old = |table: &&Table| {
            let release = text(table, "release", "");
            rules
                .servers
                .iter()
                .zip(&rules.legacy)
                .any(|(server, legacy)| *legacy && server == release)
        };
        let pools = tables(&root, "pools");
        let first_old = pools.iter().find(|pool| is_old(pool)).or(pools.first());
        let usual_pool = first_old.map_or("", |pool| text(pool, "name", ""));
        let moved_by = |table: &Table| {
            let usual = usual_task(text(table, "kind", "application"));
            let task = text(table, "moved_by", usual);
            rules
                .tasks
                .iter()
                .any(|known| known.name == task)
                .then(|| task.to_string())
        };
        let legacy: Vec<(usize, String)> = (pools.iter().enumerate())
            .filter(|(_, pool)| is_old(pool))
            .map(|(number, pool)| (number, text(pool, "name", "").to_string()))
            .collect();
        let (jobs, skipped) = programmes::jobs(own, &rules.tasks, &legacy, |table| {
            calendar.moment(table, "start", "start_day")
        })
        .map_or((None, Vec::new()), |(jobs, skipped)| (Some(jobs), skipped));
        let application = |table: &&Table| Application {
            name: text(table, "name", "").to_string(),
            pool: text(table, "pool", usual_pool).to_string(),
            moved_by: moved_by(table),
            departments: words(table, "departments").expect("departments"),
            works_from: if text(table, "compatible", "yes") == "yes" {
                Some(0)
            } else {
                calendar.moment(table, "works_from", "works_from_day")
            },
        };
        let kinds = tables(&root, "defects");
        let gates = inner("gates").map(gates);
        let tests_required = inner("testing")
            .and_then(|testing| testing.get("required"))
            .is_some_and(|required| required.as_bool() == Some(true));
        let trigger = |table: &&Table| Trigger {
            window: whole(table, "window_days", 7),
            criteria: criteria(table),
            extent: extent(table),
        };
        let triggers: Vec<Trigger> = tables(own, "triggers").iter().map(trigger).collect();
        let may_go_back =
            !triggers.is_empty() || gates.as_ref().is_some_and(|gates| gates.then == "roll_back");
        let unwritten = may_go_back.then_some(Back {
            scripted: None,
            extent: Extent::Everyone,
            attempts: 1,
            remediation: 0,
        });
        Script {
            jobs,
            skipped,
            applications: tables(&root, "applications").iter().map(application).collect(),
            kinds: kinds
                .iter()
                .map(|kind| text(kind, "name", "").to_string())
                .collect(),
            hit: kinds
                .iter()
                .map(|kind| four(kind, "hit", [0.25, 0.05, 0.01, 0.0]))
                .collect(),
            tickets: kinds
                .iter()
                .map(|kind| four(kind, "tickets_per_100_user_days", [2.0, 0.5, 0.1, 0.02]))
                .collect(),
            duty: inner("desk").or(of_root("desk")).map(|desk| calendar.duty(desk)),
            background: of_root("desk").map(|desk| Background {
                weekdays: desk.get("background_weekdays").map(|factors| {
                    let factors = factors.as_array().expect("an array");
                    factors.iter().map(number).collect()
                }),
                holiday: desk.get("background_holiday").map_or(0.0, number),
                priority: whole(desk, "background_priority", 3),
            }),
            rollout: Rollout {
                at_will: inner("rollout").is_some_and(|table| text(table, "regime", "forced") == "voluntary"),
                staged: inner("rollout")
                    .and_then(|table| table.get("staged"))
                    .is_some_and(|staged| staged.as_bool() == Some(true)),
                deadline: inner("rollout")
                    .and_then(|table| table.get("deadline_days"))
                    .map(|days| number(days) as i64 * DAY),
            },
            board: of_root("board").map(|board| {
                let usual = ALL_DAYS[..5].iter().map(|day| day.to_string()).collect();
                let days = words(board, "days").unwrap_or(usual);
                let at = clock(text(board, "at", "10:00"));
                let meets = (0..=calendar.days).filter(|day| calendar.is_one_of(*day, &days));
                meets.map(|day| day * DAY + at).collect()
            }),
            every: inner("waves").map_or(7 * DAY, every),
            catch_up: inner("waves")
                .and_then(|waves| waves.get("catch_up"))
                .is_some_and(|catch_up| catch_up.as_bool() == Some(true)),
            by_department: inner("waves").is_some_and(|waves| text(waves, "order", "random") == "department"),
            further: inner("waves").map(|waves| further(waves, facts.users.len() - facts.joiners)),
            lot: own.get("lot").and_then(Value::as_integer),
            seed: whole(&root, "seed", 1),
            starts: starts(&calendar, inner("pilot"), inner("waves"), plan.waves.len() as i64),
            back: inner("rollback")
                .map(|table| back(&calendar, table))
                .or(unwritten),
            gates,
            tests_required,
            triggers,
            last_day_of_support: of_root("cost")
                .and_then(|cost| calendar.moment(cost, "end_of_support", ""))
                .map(|at| at / DAY),
        }
    }
}

fn starts(calendar: &Calendar, pilot: Option<&Table>, waves: Option<&Table>, count: i64) -> Vec<i64> {
    let at = |table: &Table| calendar.moment(table, "start", "start_day").expect("a start");
    let mut starts: Vec<i64> = pilot.into_iter().map(at).collect();
    if let Some(waves) = waves {
        let every = every(waves);
        let left = count - starts.len() as i64;
        starts.extend((0..left).map(|number| at(waves) + every * number));
    }
    starts
}

/// From one wave to the next.
fn every(waves: &Table) -> i64 {
    let days = waves.get("every_days").and_then(Value::as_integer);
    days.unwrap_or_else(|| 7 * whole(waves, "every_weeks", 1)) * DAY
}

/// The last size that is written: a number, or a share of everybody.
fn further(waves: &Table, users: usize) -> usize {
    let last = match waves.get("size") {
        Some(Value::Array(sizes)) => sizes.last(),
        other => other,
    };
    match last {
        Some(Value::String(share)) => {
            let share: f64 = share.trim_end_matches(['%', ' ']).parse().expect("a share");
            ((share / 100.0 * users as f64 - 1e-9).ceil() as usize).max(1)
        }
        Some(size) => size.as_integer().expect("a size") as usize,
        None => usize::MAX,
    }
}
