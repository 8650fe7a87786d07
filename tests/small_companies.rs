//! Rules worked out by hand in companies of two or three people.
//!
//! `ann` and `bob` work in Leeds, nine hours behind `ken` in Tokyo. Nothing fails by chance; every test writes the few
//! meetings that it needs and says in its comments why what must come out comes out.

use coexist::kernel::{Key, Log, Span, Time};
use coexist::outcome::log::Label;
use coexist::outcome::{Action, Entry, Measure, Metric, Outcome};
use coexist::scenario::{self, Scenario};
use coexist::simulate::simulate;
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
resend_delay_days = 3
repair_on_break = 0

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
    write("calendar.csv", &format!("{COLUMNS}{calendar}"));
    scenario::load(&folder.path().join("small.toml")).unwrap_or_else(|rejected| panic!("{}", rejected.report))
}

fn world(scenario: &Scenario) -> World {
    let key = Key {
        seed: scenario.seed,
        replication: 0,
    };
    World::draw(scenario.facts.clone(), key, false)
}

/// The same world with tables that say something else.
fn changed(scenario: &Scenario, change: impl FnOnce(&mut Tables)) -> World {
    let world = world(scenario);
    let mut tables = world.tables();
    change(&mut tables);
    World::from_tables(scenario.facts.clone(), world.key, tables)
}

fn replay(scenario: &Scenario, world: &World, name: &str) -> (Outcome, Vec<Entry>) {
    let plan = scenario.plans.iter().find(|plan| plan.name == name);
    let (outcome, log) = simulate(world, plan.expect("the strategy"), Log::new());
    (outcome, log.into_records())
}

/// Day and hour of an entry, from time zero.
fn at(day: i64, hour: i64) -> Time {
    Time(day * Span::DAY.0 + hour * Span::HOUR.0)
}

fn times(log: &[Entry], action: Action) -> Vec<Time> {
    let rows = log.iter().filter(|entry| entry.action == action);
    rows.map(|entry| entry.at).collect()
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
        let place = measures.iter().position(|&known| known == Measure::ExposureMeetings);
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
        for moved in log.iter().filter(|entry| entry.action == Action::Moved && entry.at > resumed) {
            let is_own = |entry: &&&Entry| entry.subject == moved.subject && entry.detail[0] == moved.at.0;
            assert!(late.iter().any(|entry| is_own(&entry)), "{moved:?}");
            own += 1;
        }
    }
    assert!(survivors > 5 && own > 5, "too few cases: {survivors}, {own}");
}

/// Both tries of everybody fail on Tuesday at six, and three persons are done with them on that day or the next, while the
/// pool is down from Tuesday 07:00 to Thursday 09:00. The plan waits: they move when it serves. Nothing is tried again.
#[test]
fn a_move_by_hand_waits_for_the_pool_and_is_done() {
    let outage = "\n[[outages]]\npool = \"new\"\nat = \"2013-03-05T07:00\"\nhours = 50\n";
    let meeting = "ann,2013-03-04 10:00,30,bob,,,\n";
    let scenario = company(&[("FAILURE", "1")], meeting, &format!("{GO}{outage}"));
    let (outcome, log) = replay(&scenario, &world(&scenario), "go");
    let exceptions: Vec<&Entry> = log
        .iter()
        .filter(|entry| entry.action == Action::MoveException)
        .collect();
    assert_eq!(times(&log, Action::MoveException), [at(1, 6); 3]);
    assert!(exceptions.iter().all(|entry| entry.detail[0] < at(3, 9).0));
    assert_eq!(times(&log, Action::Moved), [at(3, 9); 3]);
    assert_eq!(outcome.row.get(Metric::MovesFailed), Some(6.0));
}

/// The same, but the plan moves people to the pair of a pool that has failed over, which it has an hour after it stopped: half
/// an hour until it is decided, half an hour for it. All three move to the pair when the persons are done.
#[test]
fn a_move_by_hand_follows_a_failover() {
    let outage = "\n[[outages]]\npool = \"new\"\nat = \"2013-03-05T07:00\"\nhours = 50\n";
    let failover = "\n[strategies.failover]\nafter_minutes = 30\n";
    let meeting = "ann,2013-03-04 10:00,30,bob,,,\n";
    let go = GO.replace("timed = false", "timed = false\nwhen_down = \"failover\"");
    let switches = [("FAILURE", "1"), ("PAIR", "pair = \"new\"")];
    let scenario = company(&switches, meeting, &format!("{go}{failover}{outage}"));
    let (outcome, log) = replay(&scenario, &world(&scenario), "go");
    let mut done: Vec<Time> = log
        .iter()
        .filter(|entry| entry.action == Action::MoveException)
        .map(|entry| Time(entry.detail[0]))
        .collect();
    done.sort_unstable();
    assert!(done[0] > at(1, 8) && done[2] < at(3, 9), "{done:?}");
    let moved: Vec<&Entry> = log.iter().filter(|entry| entry.action == Action::Moved).collect();
    assert!(moved.iter().all(|entry| entry.to == Label::Pool(2)));
    assert_eq!(times(&log, Action::Moved), done);
    assert_eq!(outcome.row.get(Metric::MovesFailed), Some(6.0));
}
