//! `check`: is the scenario sound? And what the other commands need from a scenario file.

use super::args::Check;
use super::failure::Failure;
use super::terminal;
use crate::analysis::horizon;
use crate::plan::check::counted;
use crate::report::estimates::Estimates;
use crate::report::{agenda, dates, number};
use crate::scenario::lists::ListRead;
use crate::scenario::{self, Scenario};
use std::fmt::Write;
use std::path::Path;

/// Reads the scenario and says what it holds.
pub(super) fn check(arguments: &Check) -> Result<(), Failure> {
    let scenario = load(&arguments.file, &arguments.set)?;
    terminal::print(&format!("{}{}", overview(&scenario), plans(&scenario)))
}

/// Reads a scenario with the values that `--set` puts in place; warnings go to standard error.
pub(super) fn load(path: &Path, set: &[String]) -> Result<Scenario, Failure> {
    let scenario = scenario::load_with(path, set).map_err(|rejected| Failure::Rejected(rejected.report))?;
    terminal::tell(&scenario.warnings);
    Ok(scenario)
}

/// Finds a strategy by the name that an option gives.
pub(super) fn strategy(scenario: &Scenario, option: &str, name: &str) -> Result<usize, Failure> {
    let names: Vec<&str> = scenario.plans.iter().map(|plan| plan.name.as_str()).collect();
    names.iter().position(|known| *known == name).ok_or_else(|| {
        let path = &scenario.path;
        Failure::Usage(format!(
            "{option} {name}: {path} has no such strategy; {}",
            instead(name, &names)
        ))
    })
}

/// The strategies that `--strategy` names, or all.
pub(super) fn strategies(scenario: &Scenario, names: &[String]) -> Result<Vec<usize>, Failure> {
    if names.is_empty() {
        return Ok((0..scenario.plans.len()).collect());
    }
    names
        .iter()
        .map(|name| strategy(scenario, "--strategy", name))
        .collect()
}

/// What to write instead of an unknown name.
fn instead(name: &str, known: &[&str]) -> String {
    let all = known.join(", ");
    let near = known
        .iter()
        .map(|known| (strsim::jaro_winkler(name, known), known))
        .filter(|(likeness, _)| *likeness > 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match near {
        Some((_, near)) => format!("did you mean `{near}`? It has: {all}"),
        None => format!("it has: {all}"),
    }
}

fn overview(scenario: &Scenario) -> String {
    let facts = &scenario.facts;
    let calendar = &facts.calendar;
    let days = calendar.days();
    let mut out = String::new();
    let _ = writeln!(out, "{}: sound", scenario.path);
    let _ = writeln!(out, "  {}", facts.title);
    for written in &scenario.overrides {
        let _ = writeln!(out, "  with {written}");
    }
    let users = counted(facts.residents(), "user");
    let _ = writeln!(
        out,
        "  {users}, {}, profile {}",
        counted(facts.pools.len(), "pool"),
        facts.profile.name
    );
    let end = dates::long(calendar.date(i64::from(days) - 1));
    let _ = writeln!(out, "  {} to {end} ({days} days)", dates::long(calendar.start));
    for (index, plan) in scenario.plans.iter().enumerate() {
        let role = if index == scenario.base { " (base)" } else { "" };
        let moved: usize = plan.waves.iter().map(|wave| wave.users.len()).sum();
        let waves = counted(plan.waves.len(), "wave");
        let moved = counted(moved, "user");
        let _ = writeln!(
            out,
            "  strategy {}{role}: {} - {waves}, {moved}",
            plan.name, plan.title
        );
    }
    for plan in &scenario.plans {
        if let Some(weeks) = horizon::weeks_missing(facts, plan) {
            let _ = writeln!(
                out,
                "  strategy {}: even if nothing holds it up, its course ends behind the calendar; `weeks = {weeks}` would do",
                plan.name
            );
        }
    }
    for list in &scenario.lists {
        tell_of(&mut out, list);
    }
    let _ = writeln!(out, "  {} worlds, seed {}", scenario.replications, scenario.seed);
    let _ = writeln!(
        out,
        "  {}",
        Estimates::count(facts)
            .sentence()
            .replace("; see summary.json", "")
    );
    out
}

/// What each strategy does when.
fn plans(scenario: &Scenario) -> String {
    let calendars = agenda::calendars(scenario);
    match calendars.is_empty() {
        true => calendars,
        false => format!("\n{calendars}"),
    }
}

/// What was read of a list.
fn tell_of(out: &mut String, list: &ListRead) {
    let whole = |count: usize| number::whole(count as f64);
    let export = list
        .export
        .map_or(String::new(), |export| format!(", with the columns of {export}"));
    let rows = if list.rows == 1 { "row" } else { "rows" };
    let _ = writeln!(
        out,
        "  {} ({}): {} {rows}{export}",
        list.path,
        list.kind,
        whole(list.rows)
    );
    let found: Vec<String> = list
        .found
        .iter()
        .map(|(what, count)| format!("{} {}", whole(*count), if *count == 1 { what.0 } else { what.1 }))
        .collect();
    if !found.is_empty() {
        let _ = writeln!(out, "    {}", found.join(", "));
    }
    for note in &list.notes {
        let what = if note.count == 1 { note.what.0 } else { note.what.1 };
        let more = if note.count > note.examples.len() {
            ", ..."
        } else {
            ""
        };
        let examples = match note.examples.is_empty() {
            true => String::new(),
            false => format!(": {}{more}", note.examples.join("; ")),
        };
        let _ = writeln!(out, "    {} {what}{examples}", whole(note.count));
    }
    let used = list
        .used
        .iter()
        .map(|(column, written)| match column.eq_ignore_ascii_case(written) {
            true => column.clone(),
            false => format!("{column} = {written}"),
        });
    let _ = writeln!(out, "    columns used: {}", used.collect::<Vec<_>>().join(", "));
    if !list.unused.is_empty() {
        let _ = writeln!(out, "    columns not used: {}", list.unused.join(", "));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_name_is_offered() {
        let known = ["stay", "by-department", "big-bang"];
        assert!(instead("by-departments", &known).starts_with("did you mean `by-department`?"));
        assert_eq!(instead("xyz", &known), "it has: stay, by-department, big-bang");
    }
}
