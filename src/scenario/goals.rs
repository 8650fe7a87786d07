//! What the planner wants: `[objectives]` and `[[limits]]`.

use super::closest;
use super::input::Table;
use super::input::key::{Key, NameOf};
use super::keys;
use crate::outcome::Metric;
use crate::outcome::goal::{Goals, Limit, Objective};
use crate::outcome::metric::DEFINITIONS;
use crate::world::Calendar;

/// Reads both tables.
pub(super) fn read(root: &Table, calendar: Option<&Calendar>) -> Goals {
    let mut goals = Goals::default();
    if let Some(table) = root.opt_table(&keys::top::OBJECTIVES) {
        goals.objectives = objectives(&table);
    }
    goals.decide_by = decide_by(root, &goals.objectives);
    for table in root.opt_tables(&keys::top::LIMITS) {
        goals.limits.extend(limit(&table, calendar));
    }
    goals
}

/// The objective that decides.
fn decide_by(root: &Table, objectives: &[Objective]) -> Option<Metric> {
    let metric = metric(root, &keys::top::DECIDE_BY)?;
    if objectives.iter().all(|objective| objective.metric != metric) {
        let names = objectives
            .iter()
            .map(|objective| objective.metric.definition().name);
        let what = format!("`{}` is no objective", metric.definition().name);
        let help = closest(metric.definition().name, names);
        root.fault("decide_by", what, help);
        return None;
    }
    Some(metric)
}

/// Each key is a metric, its value the difference not worth naming.
fn objectives(table: &Table) -> Vec<Objective> {
    let mut objectives = Vec::new();
    for key in table.keys() {
        let indifference = table.get_named(&keys::objectives::INDIFFERENCE, key);
        match (Metric::named(key), indifference) {
            (Some(metric), Some(indifference)) => objectives.push(Objective {
                metric,
                indifference: indifference.value,
            }),
            (None, _) => unknown(table, key, key),
            _ => {}
        }
    }
    if table.keys().is_empty() {
        table.fault_here(
            "it names no objective",
            "write for example `meetings_broken = 0`, or leave the table out",
        );
    }
    table.finish();
    objectives
}

fn unknown(table: &Table, key: &str, name: &str) {
    let names = DEFINITIONS.iter().map(|definition| definition.name);
    table.fault(key, format!("there is no metric `{name}`"), closest(name, names));
}

fn metric(table: &Table, key: &Key<NameOf>) -> Option<Metric> {
    let name = table.get(key)?;
    let key = key.name();
    let found = Metric::named(&name.value);
    if found.is_none() {
        unknown(table, key, &name.value);
    }
    found
}

/// A metric and what it is always a part of.
const PARTS: [(Metric, &[Metric]); 5] = [
    (
        Metric::Judged,
        &[
            Metric::Held,
            Metric::Ok,
            Metric::Impaired,
            Metric::Broken,
            Metric::BrokenCannotSchedule,
            Metric::BrokenStaleRollback,
            Metric::BrokenStaleMove,
            Metric::BrokenOutage,
            Metric::BrokenBlocked,
            Metric::BrokenDefect,
            Metric::Dropped,
            Metric::Mixed,
        ],
    ),
    (Metric::Held, &[Metric::Ok, Metric::Impaired]),
    (
        Metric::Broken,
        &[
            Metric::BrokenCannotSchedule,
            Metric::BrokenStaleRollback,
            Metric::BrokenStaleMove,
            Metric::BrokenOutage,
            Metric::BrokenBlocked,
            Metric::BrokenDefect,
            Metric::Dropped,
        ],
    ),
    (Metric::FullHours, &[Metric::LostHours]),
    (Metric::Tickets, &[Metric::TicketsAbandoned]),
];

/// Is a metric a part of another in every world, so that its share is never above 1?
fn is_part(metric: Metric, whole: Metric) -> bool {
    let holds = |(of, parts): &(Metric, &[Metric])| *of == whole && parts.contains(&metric);
    PARTS.iter().any(holds)
}

/// Reports a share that can only be a slip of the pen.
fn check_share(table: &Table, metric: Metric, whole: Metric, at_most: Option<f64>) {
    let name = metric.definition().name;
    if table.has("by") {
        let what = "a date is no share of anything";
        table.fault(
            "share_of",
            what,
            "leave out `share_of`, or write `at_most` instead of `by`",
        );
    } else if metric == whole {
        let what = format!("`{name}` is limited as a share of itself, which is always 1");
        table.fault(
            "share_of",
            what,
            "write what it is a part of, such as `meetings_judged`",
        );
    } else if let Some(share) = at_most.filter(|&share| share >= 1.0 && is_part(metric, whole)) {
        let what = format!(
            "`{name}` is a part of `{}`, so its share is at most 1: this limit holds whatever happens",
            whole.definition().name
        );
        let help = match share < 100.0 {
            true => format!(
                "write a share of the whole: {share} % is `at_most = {}`",
                libm::round(share * 1e4) / 1e6
            ),
            false => "write a share of the whole, such as `at_most = 0.03` for 3 %".into(),
        };
        table.fault("at_most", what, help);
    }
}

/// Reports a last day that nothing is known about.
fn check_day(table: &Table, key: &str, day: f64, shown: &str, calendar: &Calendar) {
    let days = calendar.days();
    let end = calendar.date(days.into());
    if day <= 0.0 {
        let what = format!(
            "{shown} lies before the simulated time, which begins on {}: the limit can never hold",
            calendar.start
        );
        table.fault(
            key,
            what,
            "write a later day, or an earlier `start` in [calendar]",
        );
    } else if day > f64::from(days) {
        let what = format!(
            "{shown} lies behind the simulated time, which ends on {end}: nothing is known about what happens until then"
        );
        let weeks = libm::ceil(day / 7.0);
        let help = match weeks <= 520.0 {
            true => format!("write `weeks = {weeks}` in [calendar], or an earlier day"),
            false => "write an earlier day".into(),
        };
        table.fault(key, what, help);
    }
}

fn limit(table: &Table, calendar: Option<&Calendar>) -> Option<Limit> {
    if !table.has("metric") {
        table.fault_here(
            "it does not say what is limited",
            "write `metric = \"meetings_broken\"`, for example",
        );
    }
    let limited = metric(table, &keys::limit::METRIC);
    let share_of = metric(table, &keys::limit::SHARE_OF);
    let at_most = table.get(&keys::limit::AT_MOST);
    let by = table.get(&keys::limit::BY);
    let probability = table.get_or_default(&keys::limit::PROBABILITY);
    table.finish();
    let limited = limited?;
    let definition = limited.definition();
    let is_day = limited.is_date();
    if by.is_some() && !is_day {
        let what = format!("`{}` is no day that is reached", definition.name);
        table.fault("by", what, "write `at_most` instead");
        return None;
    }
    if let Some(whole) = share_of {
        check_share(table, limited, whole, at_most.as_ref().map(|share| share.value));
    } else if let (true, Some(at_most), Some(calendar)) = (is_day, &at_most, calendar)
        && at_most.value > 0.0
    {
        check_day(
            table,
            "at_most",
            at_most.value,
            &format!("day {}", at_most.value),
            calendar,
        );
    }
    if probability == 0.0 {
        let what = "the limit need not hold in any world, so it always does";
        table.warn("probability", what, "write for example `probability = 0.9`");
    }
    if probability == 1.0 {
        let what = "no number of worlds shows that the limit always holds: at best it is called at the limit, never kept";
        table.warn("probability", what, "write for example `probability = 0.99`");
    }
    let how_often = format!("in {} % of the worlds", libm::round(probability * 100.0));
    match (at_most, by) {
        (Some(at_most), None) => {
            let (whole, unit) = match share_of {
                Some(whole) => (format!(" / {}", whole.definition().name), String::new()),
                None => (String::new(), format!(" {}", definition.unit)),
            };
            Some(Limit {
                metric: limited,
                share_of,
                at_most: at_most.value,
                probability,
                text: format!(
                    "{}{whole} <= {}{unit} {how_often}",
                    definition.name, at_most.value
                ),
            })
        }
        (None, Some(by)) => {
            // Until the end of that date.
            let at_most = (super::times::days_from(calendar?.start, by.value) + 1) as f64;
            check_day(table, "by", at_most, &by.value.to_string(), calendar?);
            Some(Limit {
                metric: limited,
                share_of: None,
                at_most,
                probability,
                text: format!("{} by {} {how_often}", definition.name, by.value),
            })
        }
        // What is there and faulty has been told.
        _ if table.has("at_most") || table.has("by") => None,
        _ => {
            table.fault_here(
                "it needs either `at_most` or `by`",
                "write `at_most = 100`, or `by = \"2013-09-30\"` for a day",
            );
            None
        }
    }
}
