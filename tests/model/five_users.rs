//! The smallest scenario worked out by hand: every occurrence of one replication, and a calendar of its own.
//!
//! What `scenarios/five-users.toml` fixes: u1 moves at 00:00 of day 2, u2 and u3 of day 4, u4 and u5 of day 5, and
//! each gets the client `lync2013` in the same instant. In `turn-back` everybody goes back, client and all, at 00:00
//! of day 7. Every meeting has two people, lasts an hour, offers no dial-in, and nobody can join by browser; what is
//! dead stays dead. With that, for a meeting that organiser `o` arranges with attendee `a`:
//!
//! 1. Arranged before the move of `o`, held at or after it: `meet` is stale on the new side, `stale_after_move`; it
//!    stays so after the move back (switch `legacy_after_rollback`, by default `lost`).
//! 2. Arranged while `o` is on the new side, held after the move back: `https` is stale, `stale_after_rollback`.
//! 3. Held while `o` is on the old side: `meet` there. If `a` is on the new side, `a` joins reduced: `impaired`.
//! 4. Held while `o` is on the new side: `https` there. If `a` is still on the old side, `a` is blocked, so that only
//!    one person can join: `attendees_blocked`.
//! 5. Otherwise `ok`.
//!
//! What is lost: 20 minutes (the fallback time) of both people if the meeting is broken, 0.3 x 20 = 6 minutes of
//! the one who is reduced if it is impaired. What happens at an instant is visible to a meeting that starts then.

use crate::common::shipped;
use coexist::kernel::{Key, Log, Span, Time};
use coexist::outcome::{Action, Cause, Entry, Metric, Row, Subject};
use coexist::scenario::Scenario;
use coexist::simulate::simulate;
use coexist::world::{Category, Kind, Series, SeriesId, Tables, World};
use std::sync::Arc;

/// Occurrences of replication 0: day and time, organiser and attendee, then what becomes of it in `in-turn` and in
/// `turn-back`. Each was arranged exactly one day before.
///
/// Days 1 to 3: only u1 moves. u1's two meetings of day 2 were arranged on day 1, before the move (rule 1); those of
/// day 2 to which u1 is invited are impaired (rule 3). Day 4: u2 and u3 are on the new side, so u3's meetings
/// arranged on day 3 are stale; u4 and u5 are not, so theirs with u1 and u3 are impaired. Day 5: everybody is on the
/// new side; u1 and u3 arranged theirs there (rule 5), u4 before the move (rule 1). Day 6: all arranged on day 5, on
/// the new side. Day 7: all arranged on day 6, on the new side (rule 2 in `turn-back`). Days 8 and 9: all arranged
/// after the move back, and all are on the same side.
const HELD: &[(&str, &str, &str, &str)] = &[
    ("1 11:01:46.814", "u4 u5", "ok", "ok"),
    ("1 12:45:50.881", "u3 u1", "ok", "ok"),
    ("1 15:51:32.978", "u4 u3", "ok", "ok"),
    ("1 16:36:22.679", "u4 u2", "ok", "ok"),
    ("2 00:30:07.622", "u2 u1", "impaired", "impaired"),
    ("2 05:33:12.541", "u1 u2", "stale_after_move", "stale_after_move"),
    ("2 07:08:27.093", "u1 u2", "stale_after_move", "stale_after_move"),
    ("2 09:44:27.247", "u3 u1", "impaired", "impaired"),
    ("2 19:39:37.494", "u5 u4", "ok", "ok"),
    ("2 20:35:19.671", "u5 u2", "ok", "ok"),
    ("2 21:16:56.525", "u2 u3", "ok", "ok"),
    ("3 08:39:28.977", "u2 u3", "ok", "ok"),
    ("3 23:52:01.385", "u2 u3", "ok", "ok"),
    ("4 09:02:59.694", "u3 u5", "stale_after_move", "stale_after_move"),
    ("4 10:44:48.065", "u4 u1", "impaired", "impaired"),
    ("4 12:30:34.223", "u3 u4", "stale_after_move", "stale_after_move"),
    ("4 23:51:52.702", "u5 u3", "impaired", "impaired"),
    ("5 00:37:10.520", "u1 u5", "ok", "ok"),
    ("5 00:56:32.968", "u3 u1", "ok", "ok"),
    ("5 01:42:29.115", "u1 u4", "ok", "ok"),
    ("5 07:32:15.124", "u4 u5", "stale_after_move", "stale_after_move"),
    ("6 08:01:58.766", "u5 u4", "ok", "ok"),
    ("6 11:14:31.135", "u4 u2", "ok", "ok"),
    ("6 13:05:34.152", "u1 u3", "ok", "ok"),
    ("6 14:02:11.966", "u1 u3", "ok", "ok"),
    ("6 15:32:30.939", "u4 u5", "ok", "ok"),
    ("7 06:29:55.311", "u4 u2", "ok", "stale_after_rollback"),
    ("7 07:28:39.152", "u5 u4", "ok", "stale_after_rollback"),
    ("7 08:24:47.573", "u4 u1", "ok", "stale_after_rollback"),
    ("7 09:34:35.912", "u3 u2", "ok", "stale_after_rollback"),
    ("7 13:16:42.211", "u1 u5", "ok", "stale_after_rollback"),
    ("7 13:43:14.144", "u1 u5", "ok", "stale_after_rollback"),
    ("7 15:19:27.417", "u5 u1", "ok", "stale_after_rollback"),
    ("8 00:14:45.783", "u2 u5", "ok", "ok"),
    ("8 01:04:11.769", "u1 u4", "ok", "ok"),
    ("8 11:10:04.872", "u4 u3", "ok", "ok"),
    ("8 14:08:46.826", "u2 u5", "ok", "ok"),
    ("8 14:47:05.385", "u1 u4", "ok", "ok"),
    ("8 22:16:35.755", "u2 u4", "ok", "ok"),
    ("9 07:02:13.105", "u3 u4", "ok", "ok"),
    ("9 07:11:27.290", "u4 u5", "ok", "ok"),
    ("9 15:55:04.031", "u2 u4", "ok", "ok"),
    ("9 23:20:16.597", "u2 u3", "ok", "ok"),
];

fn scenario() -> Scenario {
    shipped("five-users.toml")
}

fn key(scenario: &Scenario) -> Key {
    let seed = scenario.seed;
    Key { seed, replication: 0 }
}

fn day_and_time(at: Time) -> String {
    let (day, rest) = (at.0.div_euclid(Span::DAY.0), at.0.rem_euclid(Span::DAY.0));
    let (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60);
    format!(
        "{day} {hour:02}:{minute:02}:{:02}.{:03}",
        rest / 1000 % 60,
        rest % 1000
    )
}

/// Day and time, people and verdict of every judged occurrence, and the row of metrics.
fn judged(scenario: &Scenario, world: &World, plan: &str) -> (Vec<(String, String, String)>, Row) {
    let tables = world.tables();
    let plan = scenario
        .plans
        .iter()
        .find(|known| known.name == plan)
        .expect("a known strategy");
    let (outcome, log) = simulate(world, plan, Log::<Entry>::new());
    let people = |id: SeriesId| {
        let series = tables
            .series
            .iter()
            .find(|series| series.id == id)
            .expect("a known series");
        format!(
            "u{} u{}",
            id.organiser + 1,
            tables.attendees[series.attendees as usize] + 1
        )
    };
    let verdict = |entry: &Entry| match entry.cause {
        Cause::None => format!("{:?}", entry.to).to_lowercase(),
        cause => cause.word().to_string(),
    };
    let rows = log
        .records()
        .iter()
        .filter(|entry| entry.action == Action::Judged);
    let rows = rows.map(|entry| match entry.subject {
        Subject::Occurrence(id, _) => (day_and_time(entry.at), people(id), verdict(entry)),
        other => panic!("{other:?} was judged"),
    });
    (rows.collect(), outcome.row)
}

fn assert_row(row: &Row, expected: &[(Metric, f64)]) {
    for (metric, value) in expected {
        let found = row.get(*metric).expect("not missing");
        assert!(
            (found - value).abs() < 1e-9,
            "{}: {found}, by hand {value}",
            metric.definition().name
        );
    }
}

fn own(
    rows: impl Iterator<Item = (&'static str, &'static str, &'static str)>,
) -> Vec<(String, String, String)> {
    rows.map(|(at, people, verdict)| (at.into(), people.into(), verdict.into()))
        .collect()
}

#[test]
fn nobody_moves() {
    let scenario = scenario();
    let world = World::draw(Arc::clone(&scenario.facts), key(&scenario), false);
    let (rows, row) = judged(&scenario, &world, "stay");
    assert_eq!(
        rows,
        own(HELD.iter().map(|(at, people, ..)| (*at, *people, "ok")))
    );
    // 48 series; 5 of them are arranged on day 9 and held on day 10, behind the horizon.
    let counts = [
        (Metric::Ok, 43.0),
        (Metric::Pending, 5.0),
        (Metric::Created, 48.0),
        (Metric::LostHours, 0.0),
    ];
    assert_row(&row, &counts);
}

#[test]
fn in_turn() {
    let scenario = scenario();
    let world = World::draw(Arc::clone(&scenario.facts), key(&scenario), false);
    let (rows, row) = judged(&scenario, &world, "in-turn");
    assert_eq!(
        rows,
        own(HELD
            .iter()
            .map(|(at, people, verdict, _)| (*at, *people, *verdict)))
    );
    // Lost: 5 x 2 x 20 + 4 x 6 = 224 minutes.
    let counts = [
        (Metric::Judged, 43.0),
        (Metric::Ok, 34.0),
        (Metric::Impaired, 4.0),
        (Metric::BrokenStaleMove, 5.0),
        (Metric::LostHours, 224.0 / 60.0),
        (Metric::Moved, 5.0),
        (Metric::Upgraded, 5.0),
        (Metric::RolledBack, 0.0),
        (Metric::CompletionDay, 5.0),
    ];
    assert_row(&row, &counts);
}

#[test]
fn turn_back() {
    let scenario = scenario();
    let world = World::draw(Arc::clone(&scenario.facts), key(&scenario), false);
    let (rows, row) = judged(&scenario, &world, "turn-back");
    assert_eq!(
        rows,
        own(HELD
            .iter()
            .map(|(at, people, _, verdict)| (*at, *people, *verdict)))
    );
    // Of the 34 meetings that are well in `in-turn`, the 7 of day 7 break. Lost: 224 + 7 x 2 x 20 = 504 minutes.
    let counts = [
        (Metric::Judged, 43.0),
        (Metric::Ok, 27.0),
        (Metric::Impaired, 4.0),
        (Metric::BrokenStaleMove, 5.0),
        (Metric::BrokenStaleRollback, 7.0),
        (Metric::LostHours, 504.0 / 60.0),
        (Metric::RolledBack, 5.0),
        (Metric::Downgraded, 5.0),
        (Metric::FirstRollbackDay, 7.0),
        (Metric::DowngradeDays, 0.0),
    ];
    assert_row(&row, &counts);
}

/// A calendar made to meet the plan at its edges: organiser, attendee, arranged, first start (hours since the
/// scenario's start), occurrences a day apart.
const EDGES: &[(u32, u32, i64, i64, u32)] = &[
    (1, 2, 24, 48, 1),   // held in the instant of u1's move: the move comes first, rule 1
    (2, 1, 30, 48, 1),   // u1, invited, has moved in that instant: rule 3
    (1, 2, 48, 60, 1),   // arranged in the instant of the move: already https, and u2 is blocked, rule 4
    (1, 4, 60, 84, 7),   // days 3 to 9 at noon: u4 is blocked on days 3 and 4; back on day 7
    (2, 3, 72, 192, 1),  // arranged on day 3, held on day 8: stale by the move of day 4, and stays so
    (1, 2, 80, 168, 1),  // held in the instant of the move back: rule 2
    (5, 1, 120, 132, 1), // arranged in the instant of u5's own move, held at noon of day 5: rule 5
    (3, 4, 168, 200, 1), // arranged in the instant of the move back: on the old side again, rule 5
    (4, 5, 200, 240, 1), // held at the horizon: pending
];

/// The edges in order of time: what becomes of each in `in-turn` and in `turn-back`.
const AT_EDGES: &[(&str, &str, &str, &str)] = &[
    ("2 00:00:00.000", "u1 u2", "stale_after_move", "stale_after_move"),
    ("2 00:00:00.000", "u2 u1", "impaired", "impaired"),
    (
        "2 12:00:00.000",
        "u1 u2",
        "attendees_blocked",
        "attendees_blocked",
    ),
    (
        "3 12:00:00.000",
        "u1 u4",
        "attendees_blocked",
        "attendees_blocked",
    ),
    (
        "4 12:00:00.000",
        "u1 u4",
        "attendees_blocked",
        "attendees_blocked",
    ),
    ("5 12:00:00.000", "u1 u4", "ok", "ok"),
    ("5 12:00:00.000", "u5 u1", "ok", "ok"),
    ("6 12:00:00.000", "u1 u4", "ok", "ok"),
    ("7 00:00:00.000", "u1 u2", "ok", "stale_after_rollback"),
    ("7 12:00:00.000", "u1 u4", "ok", "stale_after_rollback"),
    ("8 00:00:00.000", "u2 u3", "stale_after_move", "stale_after_move"),
    ("8 08:00:00.000", "u3 u4", "ok", "ok"),
    ("8 12:00:00.000", "u1 u4", "ok", "stale_after_rollback"),
    ("9 12:00:00.000", "u1 u4", "ok", "stale_after_rollback"),
];

/// The world of replication 0 with the calendar [`EDGES`] in place of its own.
fn world_of_edges(scenario: &Scenario) -> World {
    let key = key(scenario);
    let drawn = World::draw(Arc::clone(&scenario.facts), key, false).tables();
    let hour = |hours: i64| Time(hours * 3_600_000);
    let series = EDGES
        .iter()
        .enumerate()
        .map(|(place, &(organiser, _, created, first, occurrences))| Series {
            id: SeriesId {
                organiser: organiser - 1,
                number: place as u32,
            },
            created: hour(created),
            first: hour(first),
            period: if occurrences > 1 { Span::DAY } else { Span::ZERO },
            occurrences,
            duration: Span(3_600_000),
            attendees: place as u32,
            attendee_count: 1,
            anonymous: 0,
            federated: 0,
            guests_with_browser: 0,
            kind: Kind::Web,
            category: if occurrences > 1 {
                Category::Recurring
            } else {
                Category::Closed
            },
            dial_in: false,
        });
    let attendees = EDGES.iter().map(|row| row.1 - 1).collect();
    let tables = Tables {
        series: series.collect(),
        attendees,
        ..drawn
    };
    World::from_tables(Arc::clone(&scenario.facts), key, tables)
}

#[test]
fn edges_in_turn() {
    let scenario = scenario();
    let (rows, row) = judged(&scenario, &world_of_edges(&scenario), "in-turn");
    assert_eq!(
        rows,
        own(AT_EDGES
            .iter()
            .map(|(at, people, verdict, _)| (*at, *people, *verdict)))
    );
    // Lost: 5 x 2 x 20 + 6 = 206 minutes.
    let counts = [
        (Metric::Judged, 14.0),
        (Metric::Ok, 8.0),
        (Metric::BrokenBlocked, 3.0),
        (Metric::BrokenStaleMove, 2.0),
        (Metric::Pending, 1.0),
        (Metric::LostHours, 206.0 / 60.0),
    ];
    assert_row(&row, &counts);
}

#[test]
fn edges_turn_back() {
    let scenario = scenario();
    let (rows, row) = judged(&scenario, &world_of_edges(&scenario), "turn-back");
    assert_eq!(
        rows,
        own(AT_EDGES
            .iter()
            .map(|(at, people, _, verdict)| (*at, *people, *verdict)))
    );
    // Four more are broken: 206 + 4 x 2 x 20 = 366 minutes.
    let counts = [
        (Metric::Judged, 14.0),
        (Metric::Ok, 4.0),
        (Metric::BrokenBlocked, 3.0),
        (Metric::BrokenStaleMove, 2.0),
        (Metric::BrokenStaleRollback, 4.0),
        (Metric::Pending, 1.0),
        (Metric::LostHours, 366.0 / 60.0),
    ];
    assert_row(&row, &counts);
}
