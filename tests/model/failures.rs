//! Outages, failover, the edge and maintenance, in cases small enough to be derived by hand.
//!
//! The calendar is flat, so every hour is a working hour of everybody; nothing but the written outages happens to
//! pools, and moves and installs take no time unless a case says so.

use crate::common::{shipped, world, written};
use coexist::kernel::{Nothing, Span};
use coexist::outcome::{Metric, Outcome};
use coexist::plan::Plan;
use coexist::report::log_csv::LogWriter;
use coexist::report::{self, world_files};
use coexist::scenario::Scenario;
use coexist::simulate::simulate;
use coexist::store::kind::WORLD;
use coexist::world::World;

const HEAD: &str = r#"
schema = 1
name = "case"
profile = "ocs2007r2-to-lync2013"
seed = 3

[calendar]
days = 10
flat = true

[[sites]]
name = "here"

[[sites]]
name = "there"

[[pools]]
name = "old"
release = "ocs2007r2"
site = "here"
front_ends = 1

[[pools]]
name = "a"
release = "lync2013"
site = "here"
front_ends = 3
pair = "b"

[[pools]]
name = "b"
release = "lync2013"
site = "there"
front_ends = 3

[people]
active = 1.0
browser_able = 1.0
second_machine = 0.0

[moves]
failure = 0.0
batch_failure = 0.0
interruption_low_minutes = 0.0
interruption_high_minutes = 0.0

[installs]
lag_factor = 0.0
failure = 0.0

[parameters]
pools.failback_users_per_hour = 8
people.remote = 0.5

[meetings]
starts_per_user_day = 12.0
sizes = [[3, 1.0]]
warm_start = false
ad_hoc_share = 0.0
recurring_share = 0.0
open_share = 0.0
anonymous_share = 0.0
anonymous_guests = 0.0
federated_guests = 0.0
dial_in_share = 0.0
lead_median_days = 0.5
lead_p90_days = 0.5
large_per_user_week = 0.0
resend_compliance = 0.0
repair_on_break = 0.0

[population]
users = 4
team_size = 4
"#;

/// Everybody moves to pool `a` at the start of day 1.
const MOVED: &str = r#"
[[strategies]]
name = "moved"
[strategies.waves]
start_day = 1
all = true
[strategies.moves]
threads = 0
timed = false
[strategies.target]
to = "a"
[strategies.rollout]
client = "lync2013"
"#;

const FAILOVER: &str = "[strategies.failover]\nafter_minutes = 30\n";

const HOUR: i64 = Span::HOUR.0;
const DAY: i64 = Span::DAY.0;
const MINUTE: i64 = Span::MINUTE.0;

struct Line {
    at: i64,
    event: String,
    subject: String,
    to: String,
    cause: String,
    detail: String,
}

impl Line {
    fn number(&self, key: &str) -> i64 {
        let found = self.detail.split(';').filter_map(|pair| pair.split_once('='));
        found
            .filter(|pair| pair.0 == key)
            .find_map(|pair| pair.1.parse().ok())
            .unwrap_or_else(|| panic!("no {key} in {}", self.detail))
    }
}

fn load(parts: &[&str]) -> Scenario {
    written(&parts.concat())
}

fn replay(scenario: &Scenario, world: &World, plan: &Plan) -> (Outcome, Vec<Line>) {
    let mut text = Vec::new();
    let (outcome, writer) = simulate(world, plan, LogWriter::new(&scenario.facts, plan, &mut text));
    writer.finish().unwrap();
    let mut file = csv::Reader::from_reader(text.as_slice());
    let lines = file.records().map(|record| {
        let record = record.unwrap();
        Line {
            at: record[1].parse().unwrap(),
            event: record[3].into(),
            subject: record[4].into(),
            to: record[6].into(),
            cause: record[7].into(),
            detail: record[8].into(),
        }
    });
    (outcome, lines.collect())
}

/// The last strategy of a scenario in its first world.
fn run(parts: &[&str]) -> (Outcome, Vec<Line>) {
    let scenario = load(parts);
    let plan = scenario.plans.last().unwrap();
    replay(&scenario, &world(&scenario, 0), plan)
}

/// Instant and event of the lines that tell of one of these, as `event subject`.
fn told(lines: &[Line], events: &[&str]) -> Vec<(i64, String)> {
    lines
        .iter()
        .filter(|line| events.contains(&line.event.as_str()))
        .map(|line| (line.at, format!("{} {}", line.event, line.subject)))
        .collect()
}

fn expect(lines: &[Line], events: &[&str], expected: &[(i64, &str)]) {
    let expected: Vec<(i64, String)> = expected.iter().map(|(at, what)| (*at, (*what).into())).collect();
    assert_eq!(told(lines, events), expected);
}

fn hours(outcome: &Outcome, metric: Metric) -> f64 {
    outcome.row.get(metric).unwrap()
}

const POOLS: [&str; 2] = ["pool_down", "pool_up"];
const PAIRS: [&str; 4] = [
    "failover_ordered",
    "failed_over",
    "failback_started",
    "failed_back",
];

#[test]
fn a_site_takes_its_pools_down_and_no_others() {
    let outage = "[[outages]]\nsite = \"here\"\nday = 3\nhours = 5\n";
    let (outcome, lines) = run(&[HEAD, outage, MOVED]);
    expect(
        &lines,
        &["site_down", "site_up", "pool_down", "pool_up"],
        &[
            (3 * DAY, "site_down here"),
            (3 * DAY, "pool_down old"),
            (3 * DAY, "pool_down a"),
            (3 * DAY + 5 * HOUR, "site_up here"),
            (3 * DAY + 5 * HOUR, "pool_up old"),
            (3 * DAY + 5 * HOUR, "pool_up a"),
        ],
    );
    assert_eq!(hours(&outcome, Metric::OutageHours), 4.0 * 5.0);
    let during = lines
        .iter()
        .filter(|line| line.event == "judged" && (3 * DAY..3 * DAY + 5 * HOUR).contains(&line.at));
    assert!(during.clone().count() > 0);
    assert!(during.into_iter().all(|line| line.cause == "pool_outage"));
    let (outcome, _) = run(&[HEAD, &outage.replace("\"here\"", "\"there\""), MOVED]);
    assert_eq!(hours(&outcome, Metric::OutageHours), 0.0);
}

/// Two of three front ends are enough to go on, but not to start again after the back end was down.
#[test]
fn a_pool_that_its_back_end_stopped_needs_the_quorum_to_start() {
    let outages = r#"
[[outages]]
pool = "a"
front_end = 2
day = 3
hours = 10
[[outages]]
pool = "a"
back_end = true
at = "2000-01-06T02:00"
hours = 1
"#;
    let (outcome, lines) = run(&[HEAD, outages, MOVED]);
    expect(
        &lines,
        &[
            "server_down",
            "server_up",
            "back_end_down",
            "back_end_up",
            "pool_down",
            "pool_up",
        ],
        &[
            (3 * DAY, "server_down a:1"),
            (3 * DAY + 2 * HOUR, "back_end_down a"),
            (3 * DAY + 2 * HOUR, "pool_down a"),
            (3 * DAY + 3 * HOUR, "back_end_up a"),
            (3 * DAY + 10 * HOUR, "server_up a:1"),
            (3 * DAY + 10 * HOUR, "pool_up a"),
        ],
    );
    assert_eq!(hours(&outcome, Metric::OutageHours), 4.0 * 8.0);
}

#[test]
fn an_edge_that_is_down_blocks_exactly_the_people_outside() {
    let edge = "[edge]\n[[outages]]\nedge = \"legacy\"\nday = 3\nhours = 24\n";
    let scenario = load(&[HEAD, edge, MOVED]);
    let world = world(&scenario, 0);
    let tables = world.tables();
    let outside = |user: u32| {
        let mut days = tables.remote_days.iter();
        days.any(|day| day.user == user && day.date == 3)
    };
    let away = (0..4).filter(|&user| outside(user)).count();
    assert!((1..4).contains(&away), "choose another seed: {away} are outside");

    let (stay, lines) = replay(&scenario, &world, &scenario.plans[0]);
    assert_eq!(hours(&stay, Metric::OutageHours), 24.0 * away as f64);
    let mut blocked = 0;
    for line in lines.iter().filter(|line| line.event == "judged") {
        let number = line.subject.rsplit_once('/').unwrap().0;
        let series = tables.series.iter().find(|series| {
            let user = &scenario.facts.users[series.id.organiser as usize].name;
            format!("{user}#{}", series.id.number) == number
        });
        let series = series.unwrap();
        let people = &tables.attendees[series.attendees as usize..][..usize::from(series.attendee_count)];
        let expected = std::iter::once(series.id.organiser).chain(people.iter().copied());
        let is_down = (3 * DAY..4 * DAY).contains(&line.at);
        let kept_out = expected.filter(|&user| is_down && outside(user)).count() as i64;
        assert_eq!(line.number("blocked"), kept_out);
        blocked += kept_out;
    }
    assert!(blocked > 0);

    // Those who moved come in by the new edge, unless the old one is shared.
    let (moved, _) = replay(&scenario, &world, &scenario.plans[1]);
    assert_eq!(hours(&moved, Metric::OutageHours), 0.0);
    for (shared, hours_without) in [
        ("", 24.0),
        ("own_from_day = 5\n", 24.0),
        ("own_from_day = 2\n", 0.0),
    ] {
        let edge = edge.replace("[edge]\n", &format!("[edge]\nshared = true\n{shared}"));
        let scenario = load(&[HEAD, &edge, MOVED]);
        let world = self::world(&scenario, 0);
        let (moved, _) = replay(&scenario, &world, &scenario.plans[1]);
        assert_eq!(
            hours(&moved, Metric::OutageHours),
            hours_without * away as f64,
            "{shared}"
        );
    }
}

/// Anonymous guests come in by the edge of the pool that hosts the meeting, federated ones by the legacy edge.
#[test]
fn guests_are_kept_out_by_the_edge_that_they_need() {
    let head = HEAD
        .replace("anonymous_guests = 0.0", "anonymous_guests = 0.4")
        .replace("federated_guests = 0.0", "federated_guests = 0.3")
        .replace("anonymous_share = 0.0", "anonymous_share = 1.0")
        .replace("people.remote = 0.5", "people.remote = 0.0")
        .replace("sizes = [[3, 1.0]]", "sizes = [[6, 1.0]]");
    for (side, anonymous_out, federated_out) in [("legacy", false, true), ("new", true, false)] {
        let edge = format!("[edge]\n[[outages]]\nedge = \"{side}\"\nday = 3\nhours = 24\n");
        let scenario = load(&[&head, &edge, MOVED]);
        let world = world(&scenario, 0);
        let tables = world.tables();
        let (_, lines) = replay(&scenario, &world, &scenario.plans[1]);
        let mut seen = 0;
        for line in lines.iter().filter(|line| line.event == "judged") {
            let name = line.subject.rsplit_once('/').unwrap().0;
            let series = tables.series.iter().find(|series| {
                let user = &scenario.facts.users[series.id.organiser as usize].name;
                format!("{user}#{}", series.id.number) == name
            });
            let series = series.unwrap();
            let is_down = (3 * DAY..4 * DAY).contains(&line.at);
            if !is_down || series.created.0 < DAY {
                continue;
            }
            let out = |is_out: bool, guests: u16| if is_out { i64::from(guests) } else { 0 };
            let kept_out = out(anonymous_out, series.anonymous) + out(federated_out, series.federated);
            assert_eq!(line.number("blocked"), kept_out);
            seen += kept_out;
        }
        assert!(seen > 0, "{side}");
    }
}

fn back_end(pool: &str, at: &str, hours: &str) -> String {
    format!("[[outages]]\npool = \"{pool}\"\nback_end = true\nat = \"{at}\"\nhours = {hours}\n")
}

/// Down at 0:00, decided at 0:30, served by the pair from 1:00; up at 6:00, four users at eight an hour: back at 6:30.
#[test]
fn a_failover_by_the_minute() {
    let outage = back_end("a", "2000-01-06T00:00", "6");
    let (outcome, lines) = run(&[HEAD, &outage, MOVED, FAILOVER]);
    let down = 3 * DAY;
    let back = down + 6 * HOUR + 30 * MINUTE;
    expect(
        &lines,
        &PAIRS,
        &[
            (down + 30 * MINUTE, "failover_ordered a"),
            (down + HOUR, "failed_over a"),
            (down + 6 * HOUR, "failback_started a"),
            (back, "failed_back a"),
        ],
    );
    assert_eq!(hours(&outcome, Metric::OutageHours), 4.0);
    assert_eq!(hours(&outcome, Metric::LimitedHours), 4.0 * 5.5);

    // Meetings: nobody's before the failover; then everybody comes by browser, but for what the pair does not know. Nobody
    // schedules until the pool has its users back.
    let created = |name: &str| {
        let series = name.rsplit_once('/').unwrap().0;
        let made = lines
            .iter()
            .find(|line| line.event == "series_created" && line.subject == series);
        made.unwrap()
    };
    let mut seen = [0; 4];
    for line in lines
        .iter()
        .filter(|line| line.event == "judged" && (down..down + DAY).contains(&line.at))
    {
        let made = created(&line.subject);
        let (place, verdict, cause) = if made.to == "unscheduled" {
            assert!((down..back).contains(&made.at));
            (0, "broken", "cannot_schedule")
        } else if line.at < down + HOUR || (line.at < back && made.at > down - 30 * MINUTE) {
            (1, "broken", "pool_outage")
        } else if line.at < back {
            (2, "impaired", "")
        } else {
            (3, "ok", "")
        };
        assert_eq!(
            (line.to.as_str(), line.cause.as_str()),
            (verdict, cause),
            "{} at {}",
            line.subject,
            line.at
        );
        seen[place] += 1;
    }
    assert!(seen.iter().all(|&count| count > 0), "{seen:?}");
}

/// Communicator 2007 R2 is limited on the new side, and cannot sign in while another pool stands in.
#[test]
fn a_client_that_cannot_sign_in_at_the_pair_stays_out() {
    let moved = MOVED.replace("[strategies.rollout]\nclient = \"lync2013\"\n", "");
    let outage = back_end("a", "2000-01-06T00:00", "6");
    let (outcome, _) = run(&[HEAD, &outage, &moved, FAILOVER]);
    assert_eq!(hours(&outcome, Metric::OutageHours), 4.0 * 6.5);
    assert_eq!(hours(&outcome, Metric::LimitedHours), 4.0 * (9.0 * 24.0 - 6.5));
}

#[test]
fn a_pool_that_is_back_before_the_decision_or_before_the_pair_is_ready_keeps_its_users() {
    for (length, ordered) in [("0.5", 0), ("0.75", 1)] {
        let outage = back_end("a", "2000-01-06T00:00", length);
        let (outcome, lines) = run(&[HEAD, &outage, MOVED, FAILOVER]);
        assert_eq!(told(&lines, &PAIRS).len(), ordered);
        assert_eq!(hours(&outcome, Metric::LimitedHours), 0.0);
        let expected = 4.0 * length.parse::<f64>().unwrap();
        assert_eq!(hours(&outcome, Metric::OutageHours), expected);
    }
}

#[test]
fn a_pair_that_is_down_as_well_takes_over_when_it_is_back() {
    // The pair is down from 0:45, in the middle of the preparation, to 2:00.
    let outages = back_end("a", "2000-01-06T00:00", "6") + &back_end("b", "2000-01-06T00:45", "1.25");
    let (outcome, lines) = run(&[HEAD, &outages, MOVED, FAILOVER]);
    let down = 3 * DAY;
    expect(
        &lines,
        &PAIRS,
        &[
            (down + 30 * MINUTE, "failover_ordered a"),
            (down + 2 * HOUR, "failover_ordered a"),
            (down + 2 * HOUR + 30 * MINUTE, "failed_over a"),
            (down + 6 * HOUR, "failback_started a"),
            (down + 6 * HOUR + 30 * MINUTE, "failed_back a"),
        ],
    );
    assert_eq!(hours(&outcome, Metric::OutageHours), 4.0 * 2.5);
    assert_eq!(hours(&outcome, Metric::LimitedHours), 4.0 * 4.0);

    // The pair fails while it stands in: the users have nothing until it is back.
    let outages = back_end("a", "2000-01-06T00:00", "6") + &back_end("b", "2000-01-06T03:00", "1");
    let (outcome, lines) = run(&[HEAD, &outages, MOVED, FAILOVER]);
    assert_eq!(told(&lines, &PAIRS).len(), 4);
    assert_eq!(hours(&outcome, Metric::OutageHours), 4.0 * 2.0);
    assert_eq!(hours(&outcome, Metric::LimitedHours), 4.0 * 4.5);
}

#[test]
fn moves_to_a_failed_pool_wait_or_go_to_its_pair() {
    let outage = back_end("a", "2000-01-06T00:00", "10");
    let moved = MOVED.replace("start_day = 1", "start = \"2000-01-06T03:00\"");
    let at = |lines: &[Line]| -> Vec<(i64, String)> {
        let moves = lines.iter().filter(|line| line.event == "moved");
        moves.map(|line| (line.at, line.to.clone())).collect()
    };
    let (_, lines) = run(&[HEAD, &outage, &moved, FAILOVER]);
    assert_eq!(at(&lines), vec![(3 * DAY + 10 * HOUR, "a".to_string()); 4]);
    let follows = moved.replace("timed = false", "timed = false\nwhen_down = \"failover\"");
    let (_, lines) = run(&[HEAD, &outage, &follows, FAILOVER]);
    assert_eq!(at(&lines), vec![(3 * DAY + 3 * HOUR, "b".to_string()); 4]);
}

/// A move lasts 1000 s, so none can end before maintenance that begins at 0:15.
#[test]
fn moves_keep_clear_of_maintenance() {
    let head = HEAD.replace(
        "[moves]\n",
        "[moves]\nrate_one_thread = 0.001\nrate_24_threads = 0.001\n",
    );
    let moved = MOVED.replace("threads = 0\ntimed = false", "threads = 1");
    let outage = "[[outages]]\npool = \"a\"\nat = \"2000-01-04T00:15\"\nhours = 1\n";
    let first = |outage: &str| {
        let (_, lines) = run(&[&head, outage, &moved]);
        let cause = |event: &str| {
            lines
                .iter()
                .find(|line| line.event == event)
                .map(|line| line.cause.clone())
        };
        assert_eq!(told(&lines, &POOLS).len(), 2);
        assert_eq!(cause("server_down"), cause("server_up"));
        let moves = told(&lines, &["moved"]);
        assert_eq!(moves.len(), 4);
        (moves[0].0, cause("server_down").unwrap())
    };
    let move_time = 1_000_000;
    assert_eq!(first(outage), (DAY + move_time, "script".into()));
    let planned = format!("{outage}planned = true\n");
    let free = DAY + 75 * MINUTE;
    assert_eq!(first(&planned), (free + move_time, "planned".into()));
}

#[test]
fn a_rolling_restart_leaves_the_pool_serving() {
    let outage = "[[outages]]\npool = \"a\"\nday = 3\nhours = 1\nplanned = true\nupgrade_domains = 3\n";
    let (outcome, lines) = run(&[HEAD, outage, MOVED]);
    let at = |domain: i64| 3 * DAY + domain * 80 * MINUTE;
    expect(
        &lines,
        &["server_down", "server_up", "pool_down"],
        &[
            (at(0), "server_down a:0"),
            (at(0) + HOUR, "server_up a:0"),
            (at(1), "server_down a:1"),
            (at(1) + HOUR, "server_up a:1"),
            (at(2), "server_down a:2"),
            (at(2) + HOUR, "server_up a:2"),
        ],
    );
    assert_eq!(hours(&outcome, Metric::OutageHours), 0.0);
    assert!(
        lines
            .iter()
            .filter(|line| line.event == "server_down")
            .all(|line| line.cause == "planned")
    );
}

#[test]
fn an_edge_that_never_fails_and_pairs_that_never_take_over_change_nothing() {
    let digest = |parts: &[&str]| run(parts).0.digest;
    let plain = digest(&[&HEAD.replace("pair = \"b\"\n", ""), MOVED]);
    assert_eq!(digest(&[HEAD, MOVED]), plain);
    assert_eq!(digest(&[HEAD, MOVED, FAILOVER]), plain);
    assert_eq!(digest(&[HEAD, "[edge]\n", MOVED]), plain);
}

#[test]
fn with_everything_failing_nothing_is_lost_and_files_give_the_same() {
    let scenario = shipped("failures.toml");
    for replication in 0..3 {
        let world = world(&scenario, replication);
        let mut taking_place = 0;
        let mut reader = world.reader();
        while let Some(window) = reader.next() {
            taking_place += window.occurrences.len();
        }
        let folder = tempfile::tempdir().unwrap();
        let files = folder.path().join("world");
        let claim = report::claim(&files, &scenario, &WORLD).expect("a free place");
        world_files::write(&world, &scenario, false, claim).expect("written");
        let copy = world_files::read(&files, scenario.facts.clone()).expect("read");
        assert_eq!(copy.tables(), world.tables());
        for plan in &scenario.plans {
            let (outcome, _) = simulate(&world, plan, Nothing);
            assert_eq!(outcome, simulate(&copy, plan, Nothing).0, "{}", plan.name);
            let get = |metric| outcome.row.get(metric).unwrap();
            assert_eq!(get(Metric::Judged), taking_place as f64);
            assert_eq!(get(Metric::Judged), get(Metric::Held) + get(Metric::Broken));
        }
    }
}

#[test]
fn everything_happens_in_the_shipped_scenario() {
    let scenario = shipped("failures.toml");
    let mut missing: Vec<&str> = vec![
        "server_down",
        "back_end_down",
        "site_down",
        "edge_down",
        "edge_in_use",
        "failover_ordered",
        "failed_over",
        "failback_started",
        "failed_back",
        "dropped",
        "rollback_ordered",
    ];
    for replication in 0..3 {
        let world = world(&scenario, replication);
        for plan in &scenario.plans {
            let (_, lines) = replay(&scenario, &world, plan);
            missing.retain(|event| lines.iter().all(|line| line.event != *event));
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}
