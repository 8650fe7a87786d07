//! Joiners and leavers: how many come and go, what becomes of their meetings, moves and machines.

use crate::common::{replay, world, written};
use coexist::kernel::{Span, Time};
use coexist::outcome::{Action, Entry, Metric, Subject};
use coexist::scenario::load;
use coexist::world::{Stay, UserId, World};
use std::sync::Arc;

const SCENARIO: &str = r#"
schema = 1
name = "turnover"
profile = "ocs2007r2-to-lync2013"
seed = 41

[calendar]
start = "2013-03-04"
weeks = 20

[[sites]]
name = "here"
hours = "09:00-17:00"

[[sites]]
name = "far"
utc_offset = "+05:30"
hours = "09:00-17:00"

[[pools]]
name = "old"
release = "ocs2007r2"
site = "here"
front_ends = 1

[[pools]]
name = "new"
release = "lync2013"
site = "here"
front_ends = 3

[people]
joiners_per_week = 0.02
leavers_per_week = 0.03

[population]
users = 400
turnover = true

[[strategies]]
name = "waves"
joiners_from_day = 56

[strategies.pilot]
start_day = 28
size = 40

[strategies.waves]
start_day = 49
size = 150

[strategies.rollout]
client = "lync2013"
mode = "with"

[[strategies]]
name = "back"
joiners_from_day = 50

[strategies.waves]
start_day = 42
all = true

[strategies.rollout]
client = "lync2013"
mode = "with"

[strategies.rollback]
day = 63
"#;

fn of(log: &[Entry], action: Action) -> impl Iterator<Item = &Entry> {
    log.iter().filter(move |entry| entry.action == action)
}

fn user(entry: &Entry) -> UserId {
    match entry.subject {
        Subject::User(user) => user,
        other => panic!("{other:?} is no user"),
    }
}

/// Is a mean of Poisson or binomial counts within 4.5 standard errors of the theory?
fn check(what: &str, counts: &[f64], mean: f64, variance: f64) {
    let n = counts.len() as f64;
    let estimate = counts.iter().sum::<f64>() / n;
    let error = (variance / n).sqrt();
    assert!(
        (estimate - mean).abs() < 4.5 * error,
        "{what}: {estimate} instead of {mean} ± {error}"
    );
}

#[test]
fn as_many_come_and_go_as_the_rates_say() {
    let scenario = written(SCENARIO);
    let residents = scenario.facts.residents();
    assert_eq!(residents, 400);
    let worlds: Vec<World> = (0..100)
        .map(|replication| world(&scenario, replication))
        .collect();
    let stays = |world: &World, users: std::ops::Range<usize>| -> Vec<Stay> {
        users.map(|user| world.stay(user as UserId)).collect()
    };
    let all = scenario.facts.users.len();
    let days = 140;
    let joined: Vec<f64> = (worlds.iter())
        .map(|world| {
            stays(world, residents..all)
                .iter()
                .filter(|stay| stay.from < days)
                .count() as f64
        })
        .collect();
    // A Poisson process: 2 % of 400 people a week.
    check("joiners", &joined, 160.0, 160.0);
    let left: Vec<f64> = (worlds.iter())
        .map(|world| {
            stays(world, 0..residents)
                .iter()
                .filter(|stay| stay.until <= days)
                .count() as f64
        })
        .collect();
    let gone = 1.0 - libm::exp(-0.03 * 20.0);
    check("leavers", &left, 400.0 * gone, 400.0 * gone * (1.0 - gone));
}

#[test]
fn nobody_meets_before_joining_or_after_leaving() {
    let scenario = written(SCENARIO);
    let world = world(&scenario, 3);
    let facts = &world.facts;
    let date =
        |user: UserId, at: Time| facts.calendar.sites[usize::from(facts.users[user as usize].site)].date(at);
    let (mut by_joiners, mut cancelled) = (0, 0);
    let mut reader = world.reader();
    while let Some(window) = reader.next() {
        for slot in window.created.clone() {
            let series = &window.series[slot as usize];
            let organiser = series.id.organiser;
            let stay = world.stay(organiser);
            by_joiners += usize::from(stay.from > i64::MIN);
            if series.created >= Time::ZERO {
                assert!(stay.covers(date(organiser, series.created)), "{series:?}");
            }
            cancelled += usize::from(!stay.covers(date(organiser, series.last())));
            let created = date(organiser, series.created);
            for &attendee in window.attendees_of(series) {
                assert!(world.stay(attendee).covers(created), "{attendee} in {series:?}");
            }
        }
        for occurrence in &window.occurrences {
            let organiser = window.series[occurrence.slot as usize].id.organiser;
            assert!(world.stay(organiser).covers(date(organiser, occurrence.start)));
        }
        for date in window.from.day() - 1..=window.to.day() + 1 {
            for user in 0..facts.users.len() as UserId {
                assert!(world.stay(user).covers(date) || !window.is_active(user, date));
            }
        }
    }
    assert!(by_joiners > 100 && cancelled > 50, "{by_joiners}, {cancelled}");
}

/// As many people are invited to a meeting as without turnover; only some have left when it takes place.
#[test]
fn meetings_keep_their_size() {
    let invited = |text: &str| {
        let scenario = written(text);
        let (mut people, mut meetings) = (0, 0);
        for replication in 0..4 {
            let world = world(&scenario, replication);
            let mut reader = world.reader();
            while let Some(window) = reader.next() {
                for slot in window.created.clone() {
                    people += u64::from(window.series[slot as usize].attendee_count);
                    meetings += 1;
                }
            }
        }
        people as f64 / f64::from(meetings)
    };
    let off = SCENARIO
        .replace("turnover = true", "")
        .replace("joiners_from_day = 56", "")
        .replace("joiners_from_day = 50", "");
    let (with, without) = (invited(SCENARIO), invited(&off));
    assert!(
        without > 1.0 && (with / without - 1.0).abs() < 0.02,
        "{with}, {without}"
    );
}

#[test]
fn joiners_come_to_the_new_side_from_the_date_of_the_plan() {
    let scenario = written(SCENARIO);
    let world = world(&scenario, 0);
    let (outcome, log) = replay(&scenario, &world, "waves");
    let from = Time(56 * Span::DAY.0);
    let is_new = |entry: &Entry| format!("{:?}", entry.to) == "Pool(1)";
    assert!(of(&log, Action::Joined).all(|entry| is_new(entry) == (entry.at >= from)));
    let joined = of(&log, Action::Joined).count();
    assert_eq!(outcome.row.get(Metric::Joined), Some(joined as f64));
    // Whoever joined on the old side and stayed was moved with a later wave.
    let moved: Vec<UserId> = of(&log, Action::Moved).map(user).collect();
    for entry in of(&log, Action::Joined).filter(|entry| !is_new(entry)) {
        let left = of(&log, Action::Left).any(|other| user(other) == user(entry));
        assert!(left || moved.contains(&user(entry)), "{entry:?}");
    }
    assert!(outcome.row.get(Metric::CompletionDay).is_some());
}

#[test]
fn a_rollback_takes_joiners_back_and_waits_for_nobody_who_has_left() {
    let scenario = written(SCENARIO);
    for replication in 0..5 {
        let world = world(&scenario, replication);
        let (_, log) = replay(&scenario, &world, "back");
        let ordered = of(&log, Action::RollbackOrdered).next().expect("a rollback").at;
        let done = of(&log, Action::RolledBack).next().expect("everybody is back").at;
        let back: Vec<UserId> = of(&log, Action::Moved)
            .filter(|entry| entry.at >= ordered)
            .map(user)
            .collect();
        let residents = scenario.facts.residents() as UserId;
        assert!(back.iter().any(|&user| user >= residents), "no joiner went back");
        // The rollback ends although people leave while it lasts.
        let leavers = of(&log, Action::Left).filter(|entry| entry.at > ordered && entry.at <= done);
        assert!(leavers.count() > 0);
        // From then on people join on the old side.
        let later: Vec<&Entry> = of(&log, Action::Joined)
            .filter(|entry| entry.at > ordered)
            .collect();
        assert!(!later.is_empty());
        assert!(later.iter().all(|entry| format!("{:?}", entry.to) == "Pool(0)"));
    }
}

/// Every day everybody employed is on one pool.
#[test]
fn people_are_conserved() {
    let scenario = written(SCENARIO);
    let world = world(&scenario, 1);
    for strategy in ["stay", "waves", "back"] {
        let (outcome, log) = replay(&scenario, &world, strategy);
        for day in 0..scenario.facts.calendar.days() {
            let end = Time((i64::from(day) + 1) * Span::DAY.0);
            let count = |action: Action| of(&log, action).filter(|entry| entry.at < end).count();
            let pools: u32 = (0..2).map(|pool| outcome.timeline.get(day as usize, pool)).sum();
            let employed = 400 + count(Action::Joined) - count(Action::Left);
            assert_eq!(pools as usize, employed, "{strategy}, day {day}");
        }
    }
}

#[test]
fn without_rates_turnover_changes_nothing() {
    let still = SCENARIO
        .replace("joiners_per_week = 0.02", "joiners_per_week = 0.0")
        .replace("leavers_per_week = 0.03", "leavers_per_week = 0.0");
    let off = still
        .replace("turnover = true", "")
        .replace("joiners_from_day = 56", "")
        .replace("joiners_from_day = 50", "");
    let digest = |text: &str| {
        let scenario = written(text);
        let world = world(&scenario, 2);
        ["stay", "waves", "back"].map(|strategy| replay(&scenario, &world, strategy).0.digest)
    };
    assert_eq!(digest(&still), digest(&off));
}

#[test]
fn a_world_with_turnover_survives_its_tables() {
    let scenario = written(SCENARIO);
    let world = world(&scenario, 4);
    let again = World::from_tables(Arc::clone(&scenario.facts), world.key, world.tables());
    for strategy in ["stay", "waves", "back"] {
        let (first, second) = (
            replay(&scenario, &world, strategy).0,
            replay(&scenario, &again, strategy).0,
        );
        assert_eq!(first.digest, second.digest, "{strategy}");
        assert_eq!(first.row, second.row, "{strategy}");
    }
}

#[test]
fn a_date_for_joiners_needs_joiners() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("case.toml");
    std::fs::write(&path, SCENARIO.replace("turnover = true", "")).expect("a temporary file");
    let said = load(&path).expect_err("it is refused").to_string();
    assert!(
        said.contains("says from when on joiners come to the new side, but nobody joins"),
        "{said}"
    );
    assert!(said.contains("turnover = true"), "{said}");
}
