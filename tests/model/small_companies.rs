//! Rules worked out by hand in companies of two or three people.
//!
//! `ann` and `bob` work in Leeds, nine hours behind `ken` in Tokyo. Nothing fails by chance; every test writes the few
//! meetings that it needs and says in its comments why what must come out comes out.

use crate::common::{self, at, replay, times};
use coexist::kernel::{Key, Span, Time};
use coexist::outcome::log::Label;
use coexist::outcome::{Action, Cause, Entry, Measure, Metric, Subject};
use coexist::scenario::{self, Scenario};
use coexist::world::{Absence, RemoteDay, Stay, Tables, World};

const COMPANY: &str = r#"
schema = 1
name = "small"
profile = "ocs2007r2-to-lync2013"
seed = 1

[calendar]
start = "2013-03-04"
days = DAYS

[[sites]]
name = "leeds"
utc_offset = "+00:00"
hours = "09:00-17:00"

[[sites]]
name = "tokyo"
utc_offset = "+09:00"
hours = "09:00-17:00"

[[pools]]
name = "old"
release = "ocs2007r2"
site = "leeds"
front_ends = 1

[[pools]]
name = "new"
release = "lync2013"
site = "leeds"
front_ends = 3

[[pools]]
name = "pair"
release = "lync2013"
site = "tokyo"
front_ends = 3
PAIR

[population]
people = "people.csv"
turnover = TURNOVER

[people]
active = ACTIVE
second_machine = 0

[meetings]
calendar = "calendar.csv"
repair_delay_hours = 0.001
resend_compliance = COMPLIANCE
resend_delay_days = DELAY
repair_on_break = REACT

[moves]
failure = FAILURE
retry_failure = FAILURE
batch_failure = 0
interruption_low_minutes = 0
interruption_high_minutes = 0
exception_hours = EXCEPTION

[installs]
lag_factor = 0
failure = 0
downgrade_failure = 0
"#;

const PEOPLE: &str = "user,site,client\nann,leeds,oc2007r2\nbob,leeds,BOB\nken,tokyo,oc2007r2\n";

const COLUMNS: &str = "organiser,start,minutes,attendees,created,every_days,occurrences\n";

/// Everybody moves to `new` on Tuesday at six, client and all.
const GO: &str = r#"
[[strategies]]
name = "go"

[strategies.waves]
start = "2013-03-05T06:00"
all = true

[strategies.target]
to = "new"

[strategies.moves]
threads = 0
timed = false
max_attempts = 2

[strategies.rollout]
client = "lync2013"
mode = "with"
"#;

/// A company whose switches are written as `NAME=value`; what is not written has no effect.
fn company(switches: &[(&str, &str)], calendar: &str, rest: &str) -> Scenario {
    let usual = [
        ("DAYS", "28"),
        ("PAIR", ""),
        ("TURNOVER", "false"),
        ("ACTIVE", "1"),
        ("COMPLIANCE", "0"),
        ("FAILURE", "0"),
        ("EXCEPTION", "2"),
        ("BOB", "oc2007r2"),
        ("REACT", "0"),
        ("DELAY", "3"),
    ];
    let (mut text, mut people) = (format!("{COMPANY}{rest}"), PEOPLE.to_string());
    for (name, value) in usual {
        let own = switches.iter().find(|switch| switch.0 == name);
        let value = own.map_or(value, |switch| switch.1);
        (text, people) = (text.replace(name, value), people.replace(name, value));
    }
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
    write("small.toml", &text);
    write("people.csv", &people);
    write("pilot.csv", "user\nann\n");
    write("calendar.csv", &format!("{COLUMNS}{calendar}"));
    scenario::load(&folder.path().join("small.toml")).unwrap_or_else(|rejected| panic!("{}", rejected.report))
}

fn world(scenario: &Scenario) -> World {
    common::world(scenario, 0)
}

/// The same world with tables that say something else.
fn changed(scenario: &Scenario, change: impl FnOnce(&mut Tables)) -> World {
    let world = world(scenario);
    let mut tables = world.tables();
    change(&mut tables);
    World::from_tables(scenario.facts.clone(), world.key, tables)
}

/// Of every judged occurrence: start, people expected, people blocked.
fn judged(log: &[Entry]) -> Vec<(Time, i64, i64)> {
    let rows = log.iter().filter(|entry| entry.action == Action::Judged);
    rows.map(|entry| (entry.at, entry.detail[0], entry.detail[1]))
        .collect()
}

/// At 16:00 in Leeds it is 01:00 of the next date in Tokyo. Ken is away on date 1, so he misses the meeting of day 0, and
/// not that of day 1. He leaves with date 3, which begins for him at 15:00 of day 2: he is not expected on day 2.
#[test]
fn people_are_away_and_gone_by_their_own_dates() {
    let calendar = "ann,2013-03-04 16:00,30,ken;bob,2013-03-01 10:00,1,4\n";
    let scenario = company(&[("ACTIVE", "0.9"), ("TURNOVER", "true")], calendar, GO);
    let ken = 2;
    let world = changed(&scenario, |tables| {
        tables.absences = vec![Absence { user: ken, date: 1 }];
        let stay = Stay {
            from: i64::MIN,
            until: 3,
        };
        tables.stays = vec![(ken, stay)];
    });
    let (_, log) = replay(&scenario, &world, "stay");
    let expected: Vec<_> = judged(&log).iter().map(|row| (row.0, row.1)).collect();
    assert_eq!(
        expected,
        [(at(0, 16), 2), (at(1, 16), 3), (at(2, 16), 2), (at(3, 16), 2)]
    );
}

/// A meeting of two takes place if the other one is there by the own date: Ken is away on date 2 and meets Ann on the
/// days 0 (his date 1) and 2 (his date 3), but not on day 1.
#[test]
fn a_meeting_takes_place_by_the_dates_of_those_invited() {
    let calendar = "ann,2013-03-04 16:00,30,ken,2013-03-01 10:00,1,3\n";
    let scenario = company(&[("ACTIVE", "0.9")], calendar, GO);
    let world = changed(&scenario, |tables| {
        tables.absences = vec![Absence { user: 2, date: 2 }];
    });
    let (_, log) = replay(&scenario, &world, "stay");
    assert_eq!(judged(&log), [(at(0, 16), 2, 0), (at(2, 16), 2, 0)]);
}

/// The legacy edge is down all week. Ken is outside the office on his date 2, so he cannot come in on day 1 at 16:00; Ann
/// and Bob are enough for the meeting. On day 2 it is the date 3 for him, and he is in.
#[test]
fn people_are_outside_by_their_own_dates() {
    let calendar = "ann,2013-03-05 16:00,30,ken;bob,2013-03-01 10:00,1,2\n";
    let edge = "[edge]\nshared = true\n\n[[outages]]\nedge = \"legacy\"\nat = \"2013-03-04\"\nhours = 168\n";
    let settings = "[parameters]\nedge.mtbf_hours = 0\npools.mtbf_hours = 0\n";
    let scenario = company(&[], calendar, &format!("{edge}\n{settings}{GO}"));
    let world = changed(&scenario, |tables| {
        tables.remote_days = vec![RemoteDay { user: 2, date: 2 }];
        tables.traits.iter_mut().for_each(|traits| traits.browser = false);
    });
    let (_, log) = replay(&scenario, &world, "stay");
    assert_eq!(judged(&log), [(at(1, 16), 3, 1), (at(2, 16), 3, 0)]);
}

/// Ann arranges one meeting on Wednesday, after her move, for a Saturday. It will be judged, so a rollback ordered between
/// those days would break it: it is exposed at the ends of Wednesday, Thursday and Friday (days 2, 3, 4), no longer than that.
/// A series that falls out on days off is exposed on Monday only.
#[test]
fn a_single_meeting_on_a_day_off_is_exposed() {
    let single = "ann,2013-03-09 10:00,30,bob,2013-03-06 10:00,,\n";
    let series = "ann,2013-03-09 10:00,30,bob,2013-03-06 10:00,1,3\n";
    for (calendar, held, exposed) in [
        (single, &[at(5, 10)][..], [0, 0, 1, 1, 1, 0, 0, 0]),
        (series, &[at(7, 10)], [0, 0, 1, 1, 1, 1, 1, 0]),
    ] {
        let scenario = company(&[], calendar, GO);
        let (outcome, log) = replay(&scenario, &world(&scenario), "go");
        assert_eq!(times(&log, Action::Judged), held);
        let measures = Measure::all(3, scenario.facts.profile.clients.len());
        let place = measures
            .iter()
            .position(|&known| known == Measure::ExposureMeetings);
        let column = place.expect("a measure");
        let found: Vec<u32> = (0..8).map(|day| outcome.timeline.get(day, column)).collect();
        assert_eq!(found, exposed);
        assert_eq!(outcome.row.get(Metric::PeakExposureMeetings), Some(1.0));
    }
}

/// Ann moves on Tuesday (day 1) and has the new client in the morning. Bob moves on Wednesday with a client that cannot sign
/// in, so at the end of that day one of two is stranded and the trigger turns everybody back at once (day 3). Ann's
/// downgrade takes ten working days, to 17:00 of day 16. After five days of remediation it all happens again from
/// Monday 17:00 (day 21) on: Ann has the new client on day 22, Bob moves at 17:00, at midnight (day 23) everybody is turned back,
/// and Ann's machine is done at 17:00 of day 36. Both clearings take 13 days and 17 hours.
#[test]
fn a_rollback_that_is_not_cleared_leaves_its_length_unknown() {
    let rest = r#"
[parameters]
installs.forced_factor = 100
programme.decision_hours = 0

[[strategies]]
name = "turn"

[strategies.waves]
start = "2013-03-05T06:00"
size = 1
every_days = 1
order = "listed"

[strategies.target]
to = "new"

[strategies.moves]
threads = 0
timed = false

[strategies.rollout]
client = "lync2013"
mode = "with"

[strategies.rollback]
attempts = 2
remediation_days = 5

[[strategies.triggers]]
stranded_per_100 = 40
"#;
    let took = 13.0 + 17.0 / 24.0;
    for (days, cleared) in [("20", Some(took)), ("30", None), ("40", Some(took))] {
        let meeting = "ann,2013-03-04 10:00,30,bob,,,\n";
        let scenario = company(&[("DAYS", days), ("BOB", "oc2007")], meeting, rest);
        let world = changed(&scenario, |tables| {
            for (machine, lag) in tables.machines.iter_mut().zip([0.1, 50.0, 50.0]) {
                machine.lag_days = lag;
            }
        });
        let (outcome, log) = replay(&scenario, &world, "turn");
        let ordered = [at(3, 0), at(23, 0)];
        let so_far = if days == "20" { &ordered[..1] } else { &ordered };
        assert_eq!(times(&log, Action::RollbackOrdered), so_far);
        let found = outcome.row.get(Metric::DowngradeDays);
        assert_eq!(found.is_some(), cleared.is_some(), "{days} days: {found:?}");
        if let (Some(found), Some(cleared)) = (found, cleared) {
            assert!((found - cleared).abs() < 1e-9, "{days} days: {found}");
        }
    }
}

/// Half of the moves fail and are left to a person, who takes days. Whoever is turned back before that is not moved by that person
/// any more: in the second attempt everybody moves when it begins, or when a person ordered by that attempt is done.
#[test]
fn a_move_by_hand_does_not_survive_a_rollback() {
    let rollback = "\n[strategies.rollback]\nat = \"2013-03-07\"\nattempts = 2\nremediation_days = 3\n";
    let go = GO.replace("max_attempts = 2", "max_attempts = 1");
    let switches = [("FAILURE", "0.5"), ("EXCEPTION", "60"), ("DAYS", "60")];
    let meeting = "ann,2013-03-04 10:00,30,bob,,,\n";
    let scenario = company(&switches, meeting, &format!("{go}{rollback}"));
    let (mut survivors, mut own) = (0, 0);
    for replication in 0..40 {
        let key = Key {
            seed: scenario.seed,
            replication,
        };
        let world = World::draw(scenario.facts.clone(), key, false);
        let (_, log) = replay(&scenario, &world, "go");
        let Some(&resumed) = times(&log, Action::Resumed).first() else {
            continue;
        };
        let promised = |entry: &&Entry| entry.action == Action::MoveException;
        let (late, early): (Vec<&Entry>, Vec<&Entry>) =
            log.iter().filter(promised).partition(|entry| entry.at >= resumed);
        survivors += early.iter().filter(|entry| entry.detail[0] > resumed.0).count();
        for moved in log
            .iter()
            .filter(|entry| entry.action == Action::Moved && entry.at > resumed)
        {
            let is_own = |entry: &&&Entry| entry.subject == moved.subject && entry.detail[0] == moved.at.0;
            assert!(late.iter().any(|entry| is_own(&entry)), "{moved:?}");
            own += 1;
        }
    }
    assert!(survivors > 5 && own > 5, "too few cases: {survivors}, {own}");
}

/// When persons are done with the moves that all tries failed, ascending.
fn done_by_hand(log: &[Entry]) -> Vec<Time> {
    let rows = log.iter().filter(|entry| entry.action == Action::MoveException);
    let mut done: Vec<Time> = rows.map(|entry| Time(entry.detail[0])).collect();
    done.sort_unstable();
    done
}

/// Both tries of everybody fail on Tuesday at six, and persons are done with two of them on that day, while the
/// pool is down from Tuesday 07:00 to Thursday 09:00. The plan waits: they move when it serves, and the third, whose turn comes
/// later, when that work is done. Nothing is tried again.
#[test]
fn a_move_by_hand_waits_for_the_pool_and_is_done() {
    let outage = "\n[[outages]]\npool = \"new\"\nat = \"2013-03-05T07:00\"\nhours = 50\n";
    let meeting = "ann,2013-03-04 10:00,30,bob,,,\n";
    let scenario = company(&[("FAILURE", "1")], meeting, &format!("{GO}{outage}"));
    let (outcome, log) = replay(&scenario, &world(&scenario), "go");
    assert_eq!(times(&log, Action::MoveException), [at(1, 6); 3]);
    let done = done_by_hand(&log);
    assert!(
        done[1] < at(3, 9),
        "two are done while the pool is down: {done:?}"
    );
    let moved: Vec<Time> = done.iter().map(|done| (*done).max(at(3, 9))).collect();
    assert_eq!(times(&log, Action::Moved), moved);
    assert_eq!(outcome.row.get(Metric::MovesFailed), Some(6.0));
}

/// The same, but the plan moves people to the pair of a pool that has failed over, which it has an hour after it stopped: half
/// an hour until it is decided, half an hour for it. While it is down they move to the pair, all when the persons are done.
#[test]
fn a_move_by_hand_follows_a_failover() {
    let outage = "\n[[outages]]\npool = \"new\"\nat = \"2013-03-05T07:00\"\nhours = 50\n";
    let failover = "\n[strategies.failover]\nafter_minutes = 30\n";
    let meeting = "ann,2013-03-04 10:00,30,bob,,,\n";
    let go = GO.replace("timed = false", "timed = false\nwhen_down = \"failover\"");
    let switches = [("FAILURE", "1"), ("PAIR", "pair = \"new\"")];
    let scenario = company(&switches, meeting, &format!("{go}{failover}{outage}"));
    let (outcome, log) = replay(&scenario, &world(&scenario), "go");
    let done = done_by_hand(&log);
    assert!(done[0] > at(1, 8) && done[1] < at(3, 9), "{done:?}");
    for moved in log.iter().filter(|entry| entry.action == Action::Moved) {
        let pool = if moved.at < at(3, 9) { 2 } else { 1 };
        assert_eq!(moved.to, Label::Pool(pool), "{moved:?}");
    }
    assert_eq!(times(&log, Action::Moved), done);
    assert_eq!(outcome.row.get(Metric::MovesFailed), Some(6.0));
}

/// A single meeting went stale when Ann moved on Tuesday (day 1). She would send it again some days later, but its only
/// occurrence has broken by then on the same day, and it is over: nothing is sent again, however long the calendar is.
/// A series that goes on is sent again.
#[test]
fn what_is_over_is_not_sent_again() {
    let single = "ann,2013-03-05 10:00,30,bob,2013-03-01 10:00,,\n";
    let series = "ann,2013-03-05 10:00,30,bob,2013-03-01 10:00,7,8\n";
    for (calendar, sent) in [(single, 0), (series, 1)] {
        for days in ["14", "28", "42"] {
            let scenario = company(&[("DAYS", days), ("COMPLIANCE", "1")], calendar, GO);
            let (outcome, log) = replay(&scenario, &world(&scenario), "go");
            let due = log.iter().find(|entry| entry.action == Action::RepairPlanned);
            let due = due.expect("Ann is told to resend").detail[0];
            assert!(at(1, 10).0 < due && due < at(14, 0).0, "due {due} says nothing");
            assert_eq!(times(&log, Action::SeriesRepaired).len(), sent, "{days} days");
            assert_eq!(outcome.row.get(Metric::Repaired), Some(sent as f64));
        }
    }
}

/// Everybody is on the new side from Tuesday (day 1) on. Both series were stale, broke on Wednesday (day 2) at 09:45 and at
/// 09:15, and were sent again seconds later. The pool stops at 10:00, and its pair knows what was sent out until 09:30:
/// on Thursday, while the pair stands in, Ann's series is unknown, and Bob's takes place by browser.
#[test]
fn what_was_sent_again_just_before_a_pool_stopped_is_unknown_to_its_pair() {
    let calendar = "ann,2013-03-06 09:45,10,ken,2013-03-01 10:00,1,2\nbob,2013-03-06 09:15,10,ken,2013-03-01 10:00,1,2\n";
    let outage = "\n[strategies.failover]\nafter_minutes = 30\n\n[[outages]]\npool = \"new\"\nat = \"2013-03-06T10:00\"\nhours = 48\n";
    let switches = [("REACT", "1"), ("PAIR", "pair = \"new\"")];
    let scenario = company(&switches, calendar, &format!("{GO}{outage}"));
    let world = changed(&scenario, |tables| {
        tables.traits.iter_mut().for_each(|traits| traits.browser = true);
    });
    let (_, log) = replay(&scenario, &world, "go");
    let causes: Vec<(Time, Cause)> = log
        .iter()
        .filter(|entry| entry.action == Action::Judged)
        .map(|entry| (entry.at, entry.cause))
        .collect();
    let quarter = Span(Span::HOUR.0 / 4);
    assert_eq!(
        causes,
        [
            (at(2, 9) + quarter, Cause::StaleAfterMove),
            (at(2, 9) + quarter * 3, Cause::StaleAfterMove),
            (at(3, 9) + quarter, Cause::None),
            (at(3, 9) + quarter * 3, Cause::PoolOutage),
        ]
    );
}

/// The pool is down from Wednesday (day 2) 10:00 to Friday 10:00, and the pair stands in from 11:00 on. What Ann arranges at
/// 10:15, while nobody serves her, and at 12:00, while the pair does, is both unscheduled; she sends both again when
/// she can, which is on Friday at 10:00 at the earliest.
#[test]
fn nothing_is_scheduled_while_the_own_pool_is_down() {
    let calendar =
        "ann,2013-03-18 09:00,10,bob,2013-03-06 10:15,,\nann,2013-03-18 11:00,10,bob,2013-03-06 12:00,,\n";
    let outage = "\n[[outages]]\npool = \"new\"\nat = \"2013-03-06T10:00\"\nhours = 48\n";
    for failover in ["", "\n[strategies.failover]\nafter_minutes = 30\n"] {
        let rest = format!("{GO}{failover}{outage}");
        for (compliance, cause) in [("0", Cause::CannotSchedule), ("1", Cause::None)] {
            let switches = [
                ("COMPLIANCE", compliance),
                ("DELAY", "0.1"),
                ("PAIR", "pair = \"new\""),
            ];
            let scenario = company(&switches, calendar, &rest);
            let (_, log) = replay(&scenario, &world(&scenario), "go");
            let made = |entry: &&Entry| entry.action == Action::SeriesCreated;
            assert!(
                log.iter()
                    .filter(made)
                    .all(|entry| entry.to == Label::Unscheduled)
            );
            let held: Vec<Cause> = log
                .iter()
                .filter(|entry| entry.action == Action::Judged)
                .map(|entry| entry.cause)
                .collect();
            let sent = times(&log, Action::SeriesRepaired);
            assert!(sent.iter().all(|sent| *sent >= at(4, 10)), "{sent:?}");
            let wanted = if compliance == "0" { 0 } else { 2 };
            assert_eq!((held, sent.len()), (vec![cause; 2], wanted));
        }
    }
}

/// All three move on Tuesday (day 1), Bob with a client that cannot sign in; he leaves at the midnight that ends the day. At
/// that day's end one of three is stranded: 33.3 of 100, which is more than 30.
#[test]
fn people_stranded_and_moved_are_counted_at_the_same_instant() {
    let rest = format!("{GO}\n[[strategies.triggers]]\nstranded_per_100 = 30\n");
    let meeting = "ann,2013-03-04 10:00,30,ken,,,\n";
    let scenario = company(&[("TURNOVER", "true"), ("BOB", "oc2007")], meeting, &rest);
    let world = changed(&scenario, |tables| {
        tables
            .machines
            .iter_mut()
            .for_each(|machine| machine.lag_days = 50.0);
        let stay = Stay {
            from: i64::MIN,
            until: 2,
        };
        tables.stays = vec![(1, stay)];
    });
    let (_, log) = replay(&scenario, &world, "go");
    let seen = log.iter().find(|entry| entry.action == Action::Evaluated);
    let seen = seen.expect("the trigger fails");
    assert_eq!(
        (seen.at, seen.detail[..2].to_vec()),
        (at(2, 0), vec![33_333_333, 3])
    );
}

/// Ann is the pilot from Tuesday (day 1) 13:00 on: half a working day, then five whole ones to the next Tuesday (day 8) at
/// 17:00 make 5.5 user-days, and so long the defect is hidden. A wave at 18:00 comes just after that, and the pilot has found
/// it. A wave at 16:00 comes an hour too early: the defect has escaped, and with that hour, and another of Bob's, it is found
/// at the end of the day. Nobody works in Tokyo then.
#[test]
fn a_pilot_discovers_from_its_first_to_its_last_instant() {
    let plan = r#"
[[defects]]
name = "x"
count = 30
discovery_user_days = 1000
severity = [0, 0, 0, 1]

[[strategies]]
name = "go"

[strategies.pilot]
choose = "listed"
list = "pilot.csv"
start = "2013-03-05T13:00"

[strategies.waves]
start = "2013-03-12THOUR:00"
all = true

[strategies.target]
to = "new"

[strategies.moves]
threads = 0
timed = false
"#;
    let meeting = "ann,2013-03-04 10:00,30,ken,,,\n";
    for (hour, found, escaped) in [("18", at(8, 18), 0.0), ("16", at(9, 0), 1.0)] {
        let scenario = company(&[], meeting, &plan.replace("HOUR", hour));
        let world = changed(&scenario, |tables| {
            tables.defects.truncate(1);
            tables.defects[0].hidden_user_days = 5.5;
        });
        let (outcome, log) = replay(&scenario, &world, "go");
        assert_eq!(times(&log, Action::DefectFound), [found], "a wave at {hour}");
        assert_eq!(outcome.row.get(Metric::DefectsEscaped), Some(escaped));
        assert_eq!(outcome.row.get(Metric::DefectsInPilot), Some(1.0 - escaped));
    }
}

/// A hundred installs in Leeds at 25 a day, all ready when Tuesday begins: one every 1/25 of the eight hours, the first 19
/// minutes and 12 seconds after nine, 25 on Tuesday, and the last on Friday (day 4) at 17:00, after 4.0 working days.
#[test]
fn installs_are_carried_evenly_over_the_working_hours() {
    let meeting = "ann,2013-03-04 10:00,30,ken,,,\n";
    let go = GO.replace("mode = \"with\"", "mode = \"with\"\ninstalls_per_day = 25");
    let scenario = company(&[], meeting, &go);
    let world = changed(&scenario, |tables| {
        tables.traits[0].machines = 100;
        let first = tables.machines[0];
        let of_others: Vec<_> = tables.machines[1..].to_vec();
        tables.machines = (0..100)
            .map(|number| coexist::world::Machine { number, ..first })
            .chain(of_others)
            .collect();
    });
    let (_, log) = replay(&scenario, &world, "go");
    let done: Vec<Time> = log
        .iter()
        .filter(|entry| {
            entry.action == Action::Installed && matches!(entry.subject, Subject::Machine(0 | 1, _))
        })
        .map(|entry| entry.at)
        .collect();
    let each = Span(Span::HOUR.0 * 8 / 25);
    assert_eq!(done.len(), 101);
    assert_eq!((done[0], done[1]), (at(1, 9) + each, at(1, 9) + each * 2));
    assert_eq!((done[24], done[25]), (at(1, 17), at(2, 9) + each));
    assert_eq!(done[99], at(4, 17));
}
