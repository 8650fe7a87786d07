//! The calendar of a plan in words, a line for each thing that it does.

use super::{dates, number};
use crate::plan::Plan;
use crate::plan::agenda::{Item, Stage, What, agenda};
use crate::plan::check::counted;
use crate::scenario::Scenario;
use std::fmt::Write;

/// Stages that a calendar shows at most; of more, the first and last are shown.
const MOST: usize = 60;

/// The calendars of all strategies that move people.
pub fn calendars(scenario: &Scenario) -> String {
    let plans = scenario.plans.iter().filter(|plan| !plan.waves.is_empty());
    let each: Vec<String> = plans.map(|plan| calendar(scenario, plan)).collect();
    each.join("\n")
}

/// The calendar of one strategy: when each thing comes if no gate, test or trouble holds the programme.
pub fn calendar(scenario: &Scenario, plan: &Plan) -> String {
    let facts = &scenario.facts;
    let mut out = format!("Calendar of {}, if nothing holds it", plan.name);
    if let Some(lottery) = &plan.lottery {
        let _ = match lottery.number {
            Some(lot) => write!(out, " (people of lot {lot} in all worlds)"),
            None => write!(out, " (people of lot 0; each world has its own)"),
        };
    }
    out.push('\n');
    let items = agenda(facts, plan, &scenario.freezes);
    let left_out = items.len().saturating_sub(MOST);
    for (place, item) in items.iter().enumerate() {
        if left_out > 0 && place == MOST / 2 {
            let _ = writeln!(out, "  ... {} more ...", number::whole(left_out as f64));
        }
        if left_out > 0 && (MOST / 2..MOST / 2 + left_out).contains(&place) {
            continue;
        }
        let (what, remarks) = words(scenario, item);
        let at = item
            .at
            .map_or_else(|| "never".into(), |at| dates::instant(&facts.calendar, at));
        let line = format!("  {at:<23} {what:<24} {}", remarks.join("; "));
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}

/// The calendar as rows: when, what, and what there is to say about it.
pub(super) fn rows(scenario: &Scenario, plan: &Plan) -> Vec<[String; 3]> {
    let facts = &scenario.facts;
    let items = agenda(facts, plan, &scenario.freezes);
    let row = |item: &Item| {
        let (what, remarks) = words(scenario, item);
        let never = || "never".into();
        let at = item
            .at
            .map_or_else(never, |at| dates::instant(&facts.calendar, at));
        [at, what, remarks.join("; ")]
    };
    items.iter().map(row).collect()
}

/// What an item is, and what there is to say about it.
fn words(scenario: &Scenario, item: &Item) -> (String, Vec<String>) {
    let facts = &scenario.facts;
    let at = |at| dates::instant(&facts.calendar, at);
    let pool = |pool: u16| facts.pools[usize::from(pool)].name.as_str();
    let mut remarks = Vec::new();
    let day = |at: Option<crate::kernel::Time>| at.map(|at| at.day());
    if let Some(planned) = item.planned
        && day(item.at) != day(item.planned)
    {
        remarks.push(format!("planned {}", at(planned)));
    }
    let what = match &item.what {
        What::Stage(stage) => {
            remarks.extend(of_stage(scenario, item, stage));
            format!("{}: {}", stage.name, counted(stage.people, "user"))
        }
        What::Joiners { before, size } => {
            let who = match before {
                Some(before) => format!("who joins before {}", at(*before)),
                None => "who joins".into(),
            };
            remarks.push(match size {
                Some(size) => format!("{who}, in waves of {}", number::whole((*size).into())),
                None => who,
            });
            "further waves".into()
        }
        What::JoinersFrom => "joiners on the new side".into(),
        What::Task { name, end } => {
            if item.at.is_some_and(|at| at < *end) {
                remarks.push(format!("until {}", at(*end)));
            }
            format!("task {name}")
        }
        What::Tests { every, required } => {
            remarks.push(format!("every {} d", number::exact(every.days())));
            if *required {
                remarks.push("the first wave waits for a clean run".into());
            }
            "coexistence tests".into()
        }
        What::Freeze { until } => {
            remarks.push(format!("until {}", at(*until)));
            "freeze".into()
        }
        What::Rollback => "rollback".into(),
        What::Retirement(pools) => {
            let names: Vec<&str> = pools.iter().map(|&id| pool(id)).collect();
            remarks.push(names.join(", "));
            "retirement".into()
        }
    };
    (what, remarks)
}

/// Why a stage has its date and size, and where its people go.
fn of_stage(scenario: &Scenario, item: &Item, stage: &Stage) -> Vec<String> {
    let facts = &scenario.facts;
    let mut remarks = Vec::new();
    if stage.put_off.0 > 0 {
        remarks.push(format!(
            "put off {} d by stages that start late",
            number::exact(stage.put_off.days())
        ));
    }
    match (item.at, item.planned) {
        (None, _) => remarks.push("no change window opens for it".into()),
        (Some(at), Some(planned)) if at.day() > (planned + stage.put_off).day() => {
            remarks.push("no change window opens before".into());
        }
        _ => {}
    }
    let size = |size: u32| number::whole(size.into());
    match stage.size {
        Some(written) if stage.by_groups() > 0 => remarks.push(format!(
            "{} written, {} more with their groups",
            size(written),
            number::whole(stage.by_groups() as f64)
        )),
        Some(written) if stage.lacking() > 0 => {
            let why = if stage.last {
                "nobody else is left"
            } else {
                "no more are to be had"
            };
            remarks.push(format!("{} written, {why}", size(written)));
        }
        _ => {}
    }
    if stage.gated {
        remarks.push("behind a gate".into());
    }
    let to: Vec<String> = stage
        .to
        .iter()
        .map(|&(pool, count)| {
            let name = &facts.pools[usize::from(pool)].name;
            format!("{name} {}", number::whole(count as f64))
        })
        .collect();
    if !to.is_empty() {
        remarks.push(format!("to {}", to.join(", ")));
    }
    if stage.there > 0 {
        remarks.push(format!(
            "{} on the new side already",
            number::whole(stage.there as f64)
        ));
    }
    for name in &stage.crosses {
        remarks.push(format!("comes behind {name}, planned before it"));
    }
    remarks
}
