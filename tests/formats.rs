//! `docs/formats.md` names everything that the program reads and writes.

use coexist::outcome::metric;
use coexist::outcome::{Action, Cause, Measure};
use coexist::report::log_csv::event;
use coexist::world::parameter::DEFINITIONS;

const PAGE: &str = include_str!("../docs/formats.md");

/// The part of the page under one heading of the second level.
fn section(title: &str) -> &'static str {
    let heading = format!("\n## {title}\n");
    let at = PAGE
        .find(&heading)
        .unwrap_or_else(|| panic!("docs/formats.md has no section `{title}`"));
    let text = &PAGE[at + heading.len()..];
    text.find("\n## ").map_or(text, |end| &text[..end])
}

/// A line of a table whose first cell names the word.
fn row(section: &'static str, word: &str) -> Option<&'static str> {
    section.lines().find(|line| {
        line.strip_prefix('|')
            .and_then(|line| line.split('|').next())
            .is_some_and(|cell| cell.contains(&format!("`{word}`")))
    })
}

fn cells(row: &str) -> Vec<&str> {
    row.trim_matches('|').split('|').map(str::trim).collect()
}

/// Names that the page lacks.
fn check(missing: Vec<String>) {
    assert!(missing.is_empty(), "docs/formats.md lacks {}", missing.join(", "));
}

fn actions() -> Vec<Action> {
    use Action::*;
    vec![
        WaveStarted,
        MoveFailed,
        Moved,
        Interrupted,
        Served,
        InstallOrdered,
        InstallFailed,
        Installed,
        TechnicianStarted,
        ServerDown,
        ServerUp,
        PoolDown,
        PoolUp,
        SeriesCreated,
        SeriesStale,
        SeriesRestored,
        SeriesConverted,
        RepairPlanned,
        SeriesRepaired,
        Judged,
        Dropped,
        RollbackOrdered,
        DowngradesCleared,
        Retired,
        MoveException,
        ContactsLost,
        Drawn,
        DayEnded,
        Discarded,
        BackEndDown,
        BackEndUp,
        SiteDown,
        SiteUp,
        EdgeDown,
        EdgeUp,
        EdgeInUse,
        FailoverOrdered,
        FailedOver,
        FailbackStarted,
        FailedBack,
    ]
}

fn causes() -> Vec<Cause> {
    use Cause::*;
    vec![
        CannotSchedule,
        StaleAfterRollback,
        StaleAfterMove,
        PoolOutage,
        AttendeesBlocked,
        Plan,
        Chance,
        Script,
        Proactive,
        Reactive,
        Rollback,
        Batch,
        Planned,
    ]
}

#[test]
fn every_parameter_has_its_row_with_default_unit_mark_and_source() {
    let table = section("Scenario file");
    let mut missing = Vec::new();
    for definition in DEFINITIONS {
        let source = if definition.source.is_empty() {
            "-"
        } else {
            definition.source
        };
        let says = row(table, definition.key).map(cells).is_some_and(|cells| {
            cells[1].parse() == Ok(definition.default)
                && cells[3..]
                    == [
                        definition.unit,
                        definition.mark.word(),
                        source,
                        definition.meaning,
                    ]
                && cells[2].split_once(" to ").is_some_and(|(low, high)| {
                    low.parse() == Ok(definition.low) && high.parse() == Ok(definition.high)
                })
        });
        if !says {
            missing.push(definition.key.to_string());
        }
    }
    check(missing);
}

#[test]
fn every_metric_has_its_row_with_unit_and_meaning_in_order() {
    let table = section("replications.csv");
    let mut missing = Vec::new();
    let mut last = 0;
    for definition in metric::DEFINITIONS {
        let found = row(table, definition.name);
        let says = found.map(cells).is_some_and(|cells| {
            cells[1] == definition.unit
                && cells[3] == if definition.may_be_missing { "yes" } else { "no" }
                && cells[4] == definition.meaning
        });
        let at = found.and_then(|row| table.find(row)).unwrap_or(0);
        if !says || at <= last {
            missing.push(definition.name.to_string());
        }
        last = at;
    }
    check(missing);
}

#[test]
fn every_timeline_measure_is_named() {
    let (pools, clients) = (vec!["<pool>".to_string()], vec!["<client>".to_string()]);
    let table = section("timeline.csv");
    let names = Measure::all(1, 1)
        .into_iter()
        .map(|measure| measure.name(&pools, &clients));
    check(names.filter(|name| row(table, name).is_none()).collect());
}

#[test]
fn every_event_is_named_with_its_code() {
    let (table, digests) = (section("events.csv"), section("Digests").replace('\n', " "));
    let lacks = |action: &Action| {
        let word = event(*action);
        row(table, word).is_none() || !digests.contains(&format!(" {} `{word}`", *action as u8))
    };
    check(
        actions()
            .into_iter()
            .filter(lacks)
            .map(|action| event(action).into())
            .collect(),
    );
}

#[test]
fn every_cause_is_named_in_the_order_of_its_codes() {
    let text = section("events.csv").replace('\n', " ");
    let list = &text[text.find("Causes: ").expect("a list of causes")..];
    let places: Vec<Option<usize>> = causes()
        .iter()
        .map(|cause| list.find(&format!("`{}`", cause.word())))
        .collect();
    let missing = causes()
        .into_iter()
        .zip(&places)
        .filter(|(_, place)| place.is_none());
    check(missing.map(|(cause, _)| cause.word().into()).collect());
    assert!(
        places.is_sorted(),
        "the causes are not in the order of their codes"
    );
}

/// The lists above are complete: codes run without a gap in each block, and this match knows no further variant.
#[test]
fn the_lists_of_events_and_causes_are_complete() {
    let codes: Vec<u8> = actions().into_iter().map(|action| action as u8).collect();
    assert_eq!(codes, (1..=29).chain(60..=70).collect::<Vec<u8>>());
    let codes: Vec<u8> = causes().into_iter().map(|cause| cause as u8).collect();
    assert_eq!(codes, (1..=12).chain([40]).collect::<Vec<u8>>());
    let known = |cause: Cause| match cause {
        Cause::None
        | Cause::CannotSchedule
        | Cause::StaleAfterRollback
        | Cause::StaleAfterMove
        | Cause::PoolOutage
        | Cause::AttendeesBlocked
        | Cause::Plan
        | Cause::Chance
        | Cause::Script
        | Cause::Proactive
        | Cause::Reactive
        | Cause::Rollback
        | Cause::Batch
        | Cause::Planned => true,
    };
    assert!(causes().into_iter().all(known));
}
