//! What the planner wants: `[objectives]` and `[[limits]]`.

use super::closest;
use super::input::Table;
use crate::outcome::Metric;
use crate::outcome::goal::{Goals, Limit, Objective};
use crate::outcome::metric::{DEFINITIONS, MOST};
use jiff::civil::Date;

/// Reads both tables. Dates count from `start`.
pub(super) fn read(root: &Table, start: Option<Date>) -> Goals {
    let mut goals = Goals::default();
    if let Some(table) = root.opt_table("objectives") {
        goals.objectives = objectives(&table);
    }
    for table in root.opt_tables("limits") {
        goals.limits.extend(limit(&table, start));
    }
    goals
}

/// Each key is a metric, its value the difference not worth naming.
fn objectives(table: &Table) -> Vec<Objective> {
    let mut objectives = Vec::new();
    for key in table.keys() {
        let indifference = table.float(key, 0.0..=MOST);
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

fn metric(table: &Table, key: &str) -> Option<Metric> {
    let name = table.opt_string(key)?;
    let found = Metric::named(&name.value);
    if found.is_none() {
        unknown(table, key, &name.value);
    }
    found
}

fn limit(table: &Table, start: Option<Date>) -> Option<Limit> {
    if !table.has("metric") {
        table.fault_here(
            "it does not say what is limited",
            "write `metric = \"meetings_broken\"`, for example",
        );
    }
    let limited = metric(table, "metric");
    let share_of = metric(table, "share_of");
    let at_most = table.opt_float("at_most", 0.0..=MOST);
    let by = table.opt_date("by");
    let probability = table.float_or("probability", 0.0..=1.0, 0.9);
    table.finish();
    let limited = limited?;
    let definition = limited.definition();
    let is_day = definition.may_be_missing && definition.unit == "d";
    if by.is_some() && !is_day {
        let what = format!("`{}` is no day that is reached", definition.name);
        table.fault("by", what, "write `at_most` instead");
        return None;
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
        (None, Some(by)) => Some(Limit {
            metric: limited,
            share_of: None,
            // Until the end of that date.
            at_most: (super::times::days_from(start?, by.value) + 1) as f64,
            probability,
            text: format!("{} by {} {how_often}", definition.name, by.value),
        }),
        _ => {
            table.fault_here(
                "it needs either `at_most` or `by`",
                "write `at_most = 100`, or `by = \"2013-09-30\"` for a day",
            );
            None
        }
    }
}
