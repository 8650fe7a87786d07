//! `docs/formats.md` names everything that the program reads and writes.

use crate::common::{load, shipped};
use coexist::kernel::Key;
use coexist::outcome::metric;
use coexist::outcome::{Action, Cause, Measure};
use coexist::plan::Plan;
use coexist::report::log_csv::{LogWriter, event};
use coexist::simulate::simulate;
use coexist::world::{Facts, World};
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_64;

const PAGE: &str = include_str!("../../docs/formats.md");

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
        WaveHeld,
        Evaluated,
        Decided,
        RolledBack,
        Resumed,
        Exposed,
        DefectFound,
        DefectFixed,
        TicketOpened,
        TicketTaken,
        TaskStarted,
        TaskCompleted,
        TaskWaits,
        TaskCancelled,
        TaskUndoStarted,
        TaskUndone,
        DialInDown,
        DialInUp,
        FederationDown,
        FederationUp,
        VoicemailLost,
        NoReturn,
        FixedForward,
        TestRun,
        FaultFound,
        FaultFixed,
        FaultStruck,
        GatePassed,
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
        WaveSkipped,
        LotDrawn,
        TicketClosed,
        TicketGivenUp,
        ShiftChanged,
        DefectHits,
        Reported,
        Joined,
        Left,
        SeriesCancelled,
        ApplicationMoved,
        ApplicationReturned,
        ApplicationLost,
        TaskInVain,
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
        Defect,
        Gate,
        Trigger,
        NotReady,
        Order,
        Fault,
        Planned,
        Unfinished,
    ]
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
    assert_eq!(
        codes,
        (1..=57)
            .chain(60..=70)
            .chain(76..=77)
            .chain(80..=87)
            .chain(90..=93)
            .collect::<Vec<u8>>()
    );
    let codes: Vec<u8> = causes().into_iter().map(|cause| cause as u8).collect();
    assert_eq!(
        codes,
        (1..=15).chain(30..=32).chain([40, 46]).collect::<Vec<u8>>()
    );
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
        | Cause::Defect
        | Cause::Gate
        | Cause::Trigger
        | Cause::NotReady
        | Cause::Order
        | Cause::Fault
        | Cause::Planned
        | Cause::Unfinished => true,
    };
    assert!(causes().into_iter().all(known));
}

/// What the page says of the digest suffices to compute it from events.csv alone.
#[test]
fn the_digest_can_be_computed_from_the_event_log() {
    let scenario = load(shipped("people.toml"));
    let facts = &scenario.facts;
    let (seed, replication) = (scenario.seed, 2);
    let world = World::draw(Arc::clone(facts), Key { seed, replication }, false);
    for plan in &scenario.plans {
        let mut log = Vec::new();
        let (outcome, writer) = simulate(&world, plan, LogWriter::new(facts, plan, &mut log));
        writer.finish().expect("a log in memory can be written");
        let mut bytes = Vec::new();
        for record in csv::Reader::from_reader(log.as_slice()).records() {
            let words = words(&record.expect("a line"), facts, plan);
            bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
        }
        assert_eq!(xxh3_64(&bytes), outcome.digest, "{}", plan.name);
    }
}

/// The eight words of a line, by the section on digests.
fn words(line: &csv::StringRecord, facts: &Facts, plan: &Plan) -> [u64; 8] {
    let place = |found: Option<usize>| found.unwrap_or_else(|| panic!("{line:?}")) as u64;
    let action = actions().into_iter().find(|action| event(*action) == &line[3]);
    let action = action.unwrap_or_else(|| panic!("{line:?}")) as u64;
    let cause = causes().into_iter().find(|cause| cause.word() == &line[7]);
    let pool = |name: &str| facts.pools.iter().position(|pool| pool.name == name);
    let user = |name: &str| place(facts.users.iter().position(|user| user.name == name));
    let side = |name: &str| {
        let client = facts
            .profile
            .clients
            .iter()
            .position(|client| client.name == name);
        let format = facts
            .profile
            .formats
            .iter()
            .position(|format| format.name == name);
        let fixed = ["", "", "", "", "unscheduled", "ok", "impaired", "broken"];
        match (pool(name), client, format) {
            _ if name.is_empty() => 0,
            (Some(pool), ..) => 1 << 16 | pool as u64,
            (_, Some(client), _) => 2 << 16 | client as u64,
            (_, _, Some(format)) => 3 << 16 | format as u64,
            _ => place(fixed.iter().position(|word| *word == name)) << 16,
        }
    };
    let number = |text: &str| text.parse::<u64>().unwrap_or_else(|_| panic!("{line:?}"));
    let subject = &line[4];
    let [tag, name] = if subject == plan.name {
        [8 << 32, 0]
    } else if let Some((user_name, series)) = subject.rsplit_once('#') {
        let (series, occurrence) = series.split_once('/').unwrap_or((series, ""));
        let name = user(user_name) << 32 | number(series);
        match occurrence {
            "" => [5 << 32, name],
            occurrence => [6 << 32 | number(occurrence), name],
        }
    } else if let Some((owner, part)) = subject.rsplit_once(':') {
        match pool(owner) {
            Some(pool) => [4 << 32, (pool as u64) << 32 | number(part)],
            None => [2 << 32, user(owner) << 32 | number(part)],
        }
    } else if let Some(day) = subject.strip_prefix("day ") {
        [9 << 32, number(day) << 32]
    } else if let Some(wave) = plan.waves.iter().position(|wave| wave.name == subject) {
        [7 << 32, (wave as u64) << 32]
    } else if let Some(pool) = pool(subject) {
        [3 << 32, (pool as u64) << 32]
    } else {
        [1 << 32, user(subject) << 32]
    };
    let head =
        action << 56 | cause.map_or(0, |cause| cause as u64) << 48 | side(&line[5]) << 24 | side(&line[6]);
    let at = line[1].parse::<i64>().expect("a time") as u64;
    let mut words = [at, head, tag, name, 0, 0, 0, 0];
    let pairs = line[8].split(';').filter_map(|pair| pair.split_once('='));
    for (word, (_, value)) in words[4..].iter_mut().zip(pairs) {
        *word = value
            .parse::<i64>()
            .map_or_else(|_| number(value), |value| value as u64);
    }
    words
}
