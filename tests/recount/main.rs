//! Every verdict and every count derived a second time.
//!
//! The recount takes the world's tables, the profile and scenario files and those lines of the event log that tell of
//! changes; it knows nothing of the rules in the program. Of a judged occurrence it reads subject and time, finds
//! verdict, cause and numbers itself, and only then compares. In the same way it finds what defects do, every ticket
//! and what becomes of it at the desk, every look at a gate or trigger, every decision, rollback and further attempt,
//! and the sums of hours and costs; what tasks and their violated orders take away, where applications are, and whom
//! configuration faults strike; draws for these it makes with a generator of its own. Who is in which wave it takes
//! from the plan. It must agree with every line and with the row of metrics, and must disagree as soon as the program
//! leaves out one cause, or a log has been tampered with.

mod book;
#[path = "../model/orders/cases.rs"]
#[allow(dead_code, reason = "what each order harms is asked elsewhere")]
mod cases;
mod chance;
mod programmes;
mod rules;
mod script;

use book::{Book, Counts};
use chance::Chance;
use coexist::kernel::Key;
use coexist::outcome::metric::COST_KINDS;
use coexist::outcome::{Cause, Metric, Outcome, Row};
use coexist::report::log_csv::LogWriter;
use coexist::scenario::{self, Scenario};
use coexist::simulate::{Options, simulate_with};
use coexist::world::World;
use rules::Rules;
use script::Script;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name)
}

fn load(path: &Path) -> Scenario {
    scenario::load(path).unwrap_or_else(|rejected| panic!("{rejected}"))
}

fn draw(scenario: &Scenario, replication: u64) -> World {
    let seed = scenario.seed;
    World::draw(Arc::clone(&scenario.facts), Key { seed, replication }, false)
}

/// Simulates one strategy and counts again; the counts and kinds of lines, or the first line that differs.
fn recount(
    path: &Path,
    scenario: &Scenario,
    world: &World,
    strategy: usize,
    options: Options,
) -> Result<(Counts, BTreeSet<String>), String> {
    let (log, outcome) = log_of(scenario, world, strategy, options);
    read(path, scenario, world, strategy, &log, &outcome)
}

/// The event log of one strategy, and what came out.
fn log_of(scenario: &Scenario, world: &World, strategy: usize, options: Options) -> (Vec<u8>, Outcome) {
    let options = Options {
        breakdown: true,
        ..options
    };
    let plan = &scenario.plans[strategy];
    let mut log = Vec::new();
    let writer = LogWriter::new(&scenario.facts, plan, &mut log);
    let (outcome, writer) = simulate_with(world, plan, writer, options);
    writer.finish().expect("a log in memory can be written");
    (log, outcome)
}

/// Reads a log and compares what follows from it with metrics, departments, sites and waves.
fn read(
    path: &Path,
    scenario: &Scenario,
    world: &World,
    strategy: usize,
    log: &[u8],
    outcome: &Outcome,
) -> Result<(Counts, BTreeSet<String>), String> {
    let plan = &scenario.plans[strategy];
    let (rules, tables) = (Rules::of(path), world.tables());
    let script = Script::of(path, &scenario.facts, &rules, plan);
    let chance = Chance(world.key);
    let mut book = Book::new(&scenario.facts, (&rules, &script), plan, &tables, chance);
    book.read(log)?;
    compare(&book.counts, &outcome.row)?;
    compare_life(&book, &outcome.row)?;
    let (found, reported) = (Some(book.breakdown()), &outcome.breakdown);
    if &found != reported {
        return Err(format!(
            "departments, sites and waves: recounted {found:?}, reported {reported:?}"
        ));
    }
    Ok((book.counts, book.seen))
}

fn compare(counts: &Counts, row: &Row) -> Result<(), String> {
    let own = |name: &str| counts.get(name).copied().unwrap_or(0);
    let mut expected: Vec<(&str, i64)> = [
        "meetings_judged",
        "meetings_ok",
        "meetings_impaired",
        "broken_cannot_schedule",
        "broken_stale_after_rollback",
        "broken_stale_after_move",
        "broken_pool_outage",
        "broken_attendees_blocked",
        "broken_defect",
        "meetings_dropped",
        "meetings_pending",
        "series_created",
        "series_repaired",
        "clients_upgraded",
        "clients_downgraded",
        "users_moved",
        "users_rolled_back",
        "moves_failed",
        "contact_lists_lost",
        "mixed_meetings",
    ]
    .map(|name| (name, own(name)))
    .to_vec();
    let held = own("meetings_ok") + own("meetings_impaired");
    expected.push(("meetings_held", held));
    expected.push(("meetings_broken", own("meetings_judged") - held));
    for (name, value) in expected {
        let metric = Metric::named(name).expect(name);
        if row.get(metric) != Some(value as f64) {
            return Err(format!(
                "{name}: recounted {value}, reported {:?}",
                row.get(metric)
            ));
        }
    }
    Ok(())
}

/// The metrics of defects, desk, programme, hours and cost.
fn compare_life(book: &Book<'_>, row: &Row) -> Result<(), String> {
    for (name, value) in book.metrics() {
        let reported = row.get(Metric::named(name).expect(name));
        if reported != value {
            return Err(format!("{name}: recounted {value:?}, reported {reported:?}"));
        }
    }
    for (name, value, tolerance) in book.sums() {
        let reported = row.get(Metric::named(name).expect(name));
        if reported.is_none_or(|reported| (reported - value).abs() > tolerance) {
            return Err(format!("{name}: recounted {value}, reported {reported:?}"));
        }
    }
    // Not only nearly: the kinds of cost are the cost.
    let kinds = COST_KINDS.map(|kind| row.get(kind).unwrap_or(f64::NAN));
    let sum: f64 = kinds.iter().fold(0.0, |sum, kind| sum + kind);
    if row.get(Metric::Cost) != Some(sum) {
        return Err(format!(
            "cost: {:?}, and its kinds add up to {sum}",
            row.get(Metric::Cost)
        ));
    }
    Ok(())
}

/// Counts every strategy of a scenario again, in these replications; the kinds of lines that occurred.
fn agrees(path: &Path, replications: std::ops::Range<u64>) -> BTreeSet<String> {
    let scenario = load(path);
    let mut seen = BTreeSet::new();
    for replication in replications {
        let world = draw(&scenario, replication);
        for (strategy, plan) in scenario.plans.iter().enumerate() {
            let counts = recount(path, &scenario, &world, strategy, Options::default());
            let at = format!(
                "{}, {}, replication {replication}",
                scenario.facts.name, plan.name
            );
            let (counts, kinds) = counts.unwrap_or_else(|what| panic!("{at}: {what}"));
            let judged = counts.get("meetings_judged").is_some_and(|judged| *judged > 0);
            let has_meetings = scenario.facts.meetings.starts_per_user_day != Some(0.0);
            assert_eq!(judged, has_meetings, "{at}: something or nothing was judged");
            seen.extend(kinds);
        }
    }
    seen
}

#[test]
fn small_scenarios_agree() {
    agrees(&shipped("five-users.toml"), 0..20);
    agrees(&shipped("people.toml"), 0..3);
    agrees(&shipped("by-hand.toml"), 0..3);
    agrees(&shipped("by-hand-gate.toml"), 0..20);
    agrees(&shipped("calendar.toml"), 0..3);
    agrees(&shipped("tasks.toml"), 0..3);
}

#[test]
fn failures_agree() {
    agrees(&shipped("failures.toml"), 0..3);
}

/// Plans that violate each order among tasks, one after the other.
#[test]
fn violated_orders_agree() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("orders.toml");
    let mut seen = BTreeSet::new();
    for release in ["ocs2007r2", "lync2010"] {
        for case in &cases::CASES {
            std::fs::write(&path, case.harmful(release)).expect("a temporary file");
            seen.extend(agrees(&path, 0..1));
        }
    }
    for kind in [
        "application_lost   order",
        "application_moved   plan",
        "dial_in_down",
        "edge_down   order",
        "federation_down",
        "fixed_forward   rollback",
        "task_in_vain   order",
    ] {
        let occurs = seen.iter().any(|seen| seen.trim() == kind);
        assert!(occurs, "`{kind}` does not occur: {seen:#?}");
    }
}

#[test]
fn the_yardstick_agrees() {
    agrees(&shipped("yardstick.toml"), 0..1);
}

#[test]
fn contoso_agrees() {
    agrees(&shipped("contoso.toml"), 0..1);
}

#[test]
fn contoso_2010_by_the_guide_agrees() {
    agrees(&shipped("contoso-2010.toml"), 0..1);
}

#[test]
fn the_bad_week_agrees() {
    agrees(&shipped("bad-week.toml"), 0..5);
}

#[test]
fn contoso_2010_by_the_table_agrees() {
    agrees(&shipped("contoso-2010-soft.toml"), 0..1);
}

#[test]
fn the_best_day_agrees() {
    agrees(&shipped("best-day.toml"), 0..5);
}

#[test]
fn every_shipped_scenario_is_counted_again() {
    let covered = [
        "bad-week",
        "best-day",
        "by-hand",
        "by-hand-gate",
        "calendar",
        "contoso",
        "contoso-2010",
        "contoso-2010-soft",
        "failures",
        "five-users",
        "people",
        "tasks",
        "yardstick",
    ]
    .map(String::from);
    let mut found: Vec<String> = std::fs::read_dir(shipped(""))
        .expect("the folder exists")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned())
        .collect();
    found.sort();
    assert_eq!(found, covered, "a new scenario needs a test of its own here");
}

/// Sixty people, eight weeks, outages of both sides by script, and a rollback in the middle: every cause occurs.
const EVERY_CAUSE: &str = r#"
schema = 1
name = "every-cause"
title = "Every cause"
profile = "ocs2007r2-to-lync2013"
base = "stay"
replications = 2
seed = 11

[switches]
SWITCHES

[calendar]
start = "2013-03-04"
weeks = 8

[[sites]]
name = "leeds"
utc_offset = "+00:00"
hours = "09:00-17:00"

[[pools]]
name = "old"
release = "ocs2007r2"
site = "leeds"
front_ends = 2

[[pools]]
name = "new"
release = "lync2013"
site = "leeds"
front_ends = 3

[population]
users = 60
team_size = 6
clients = { oc2007r2 = 0.7, oc2007 = 0.3 }

[people]
browser_able = 0.5

[parameters]
pools.mtbf_hours = 200

[[outages]]
pool = "old"
at = "2013-03-12T10:07"
hours = 30

[[outages]]
pool = "new"
at = "2013-03-28T11:07"
hours = 30

[desk]
agents = 1
hours = "09:00-17:00"

[[defects]]
name = "everywhere"
count = 4
severity = [1, 0, 0, 0]
discovery_user_days = 1000
hit = [0.1, 0, 0, 0]

[[strategies]]
name = "turn-back"
title = "And all back"

[strategies.pilot]
size = 10
start = "2013-03-11"
choose = "volunteers"

[strategies.waves]
start = "2013-03-18"
size = 20
every_weeks = 1
order = "department"

[strategies.rollout]
client = "lync2013"
mode = "with"

[strategies.rollback]
at = "2013-04-08"
extent = "everyone"
choreography = "paired"
"#;

fn every_cause(folder: &Path, switches: &str) -> PathBuf {
    let path = folder.join("every-cause.toml");
    std::fs::write(&path, EVERY_CAUSE.replace("SWITCHES", switches)).expect("a temporary file");
    path
}

#[test]
fn every_cause_and_every_switch_agree() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for legacy in ["stale", "carried"] {
        for after in ["lost", "restored"] {
            let switches = format!("legacy_meetings = \"{legacy}\"\nlegacy_after_rollback = \"{after}\"");
            agrees(&every_cause(folder.path(), &switches), 0..2);
        }
    }
}

/// Rollouts at will, with a deadline and without; some never install by themselves, and are visited on the way back.
#[test]
fn installs_at_will_and_deadlines_agree() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("at-will.toml");
    let mut seen = BTreeSet::new();
    for rollout in [
        "regime = \"voluntary\"",
        "regime = \"voluntary\"\ndeadline_days = 12",
        "deadline_days = 5",
    ] {
        let installs =
            "[installs]\nnever = 0.05\nvoluntary_never = 0.3\nvoluntary_median_days = 6\n\n[people]";
        let text = EVERY_CAUSE
            .replace("SWITCHES", "")
            .replace("[people]", installs)
            .replace("mode = \"with\"", &format!("mode = \"with\"\n{rollout}"));
        std::fs::write(&path, text).expect("a temporary file");
        seen.extend(agrees(&path, 0..2));
    }
    for kind in ["deadline_passed", "ticket_closed  background"] {
        assert!(seen.iter().any(|seen| seen.contains(kind)), "{kind}: {seen:#?}");
    }
}

/// The pools go down just when people should leave them, and the plan forces its moves: forward in the first wave,
/// back in the rollback. What a forced move discarded does not come back, whatever the switch says.
#[test]
fn forced_moves_agree() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("forced.toml");
    for after in ["lost", "restored"] {
        let text = EVERY_CAUSE
            .replace("SWITCHES", &format!("legacy_after_rollback = \"{after}\""))
            .replace("2013-03-12T10:07", "2013-03-17T20:07")
            .replace("2013-03-28T11:07", "2013-04-07T20:07")
            .replace(
                "[strategies.rollout]",
                "[strategies.moves]\nwhen_down = \"force\"\n\n[strategies.rollout]",
            );
        std::fs::write(&path, text).expect("a temporary file");
        let scenario = load(&path);
        for replication in 0..2 {
            let world = draw(&scenario, replication);
            let (counts, _) = recount(&path, &scenario, &world, 1, Options::default())
                .unwrap_or_else(|what| panic!("{after}, replication {replication}: {what}"));
            assert!(counts["discarded"] > 20, "hardly anything was forced: {counts:?}");
            assert!(counts["contact_lists_lost"] >= counts["discarded"], "{counts:?}");
        }
    }
}

#[test]
fn leaving_out_a_cause_is_noticed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = every_cause(folder.path(), "legacy_meetings = \"stale\"");
    let scenario = load(&path);
    let world = draw(&scenario, 0);
    let counts = recount(&path, &scenario, &world, 1, Options::default());
    let (counts, _) = counts.expect("agrees with all rules");
    for (cause, metric) in [
        (Cause::CannotSchedule, "broken_cannot_schedule"),
        (Cause::StaleAfterRollback, "broken_stale_after_rollback"),
        (Cause::StaleAfterMove, "broken_stale_after_move"),
        (Cause::PoolOutage, "broken_pool_outage"),
        (Cause::Defect, "broken_defect"),
        (Cause::AttendeesBlocked, "broken_attendees_blocked"),
    ] {
        assert!(
            counts.get(metric).is_some_and(|count| *count > 0),
            "{metric} does not occur: {counts:?}"
        );
        let without = recount(
            &path,
            &scenario,
            &world,
            1,
            Options {
                without: Some(cause),
                ..Options::default()
            },
        );
        let what = without.expect_err("the recount must notice that a cause was left out");
        // A dropped line may be missing first, where outages are left out.
        assert!(what.contains(cause.word()), "{cause:?} noticed as: {what}");
    }
    assert!(counts["meetings_dropped"] > 0, "nothing is cut off: {counts:?}");
}

/// A small company in two time zones, with defects of every scope, applications of both kinds, two overlapping shifts
/// and front ends that fail; the strategies meet every kind of gate, trigger and decision.
const EVERY_TURN: &str = r#"
schema = 1
name = "every-turn"
title = "Every turn"
profile = "PROFILE"
base = "stay"
replications = 2
seed = 5

[calendar]
start = "2013-03-04"
weeks = 26

[[sites]]
name = "leeds"
utc_offset = "+00:00"
hours = "09:00-17:00"
share = 0.6

[[sites]]
name = "boston"
utc_offset = "-05:00"
hours = "08:00-16:30"
share = 0.4
holidays = ["2013-04-15"]

[[pools]]
name = "old-1"
release = "OLD"
site = "leeds"
front_ends = 2

[[pools]]
name = "old-2"
release = "OLD"
site = "boston"
front_ends = 1

[[pools]]
name = "new"
release = "lync2013"
site = "leeds"
front_ends = 3

[population]
users = 120
team_size = 5
teams_per_department = 4

[parameters]
pools.mtbf_hours = 400
moves.failure = 0.1
desk.patience_hours = 3
desk.service_minutes = 90
desk.report_share = 0.6

[[applications]]
name = "bot"
departments = ["leeds-d01"]

[[applications]]
name = "tape"
departments = ["leeds-d02", "boston-d01"]
compatible = "no"
works_from = "2013-06-10"

[[defects]]
name = "any"
count = 3
discovery_user_days = 200

[[defects]]
name = "site"
count = 2
scope = "site"
severity = [0.5, 0.5, 0, 0]
discovery_user_days = 60
tickets_per_100_user_days = [9, 5, 0, 0]

[[defects]]
name = "department"
count = 2
scope = "department"
discovery_user_days = 50

[[defects]]
name = "application"
count = 3
scope = "application"
of = "bot"
severity = [0.8, 0.2, 0, 0]
discovery_user_days = 40
fix_days = [12, 9, 9, 9]

[[defects]]
name = "remote"
count = 2
scope = "remote"
discovery_user_days = 50

[[defects]]
name = "client"
count = 3
scope = "client"
severity = [0.5, 0.5, 0, 0]
discovery_user_days = 80

DESK

BOARD

STRATEGIES
"#;

/// Two shifts that overlap.
const SHIFTS: &str = r#"[desk]
shifts = [
  { agents = 1, hours = "08:00-18:00" },
  { agents = 1, hours = "12:00-22:00", days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] },
]"#;

/// The cohorts of every strategy of [`EVERY_TURN`].
const COHORTS: &str = r#"
[strategies.pilot]
start = "2013-03-11"
size = 20

[strategies.waves]
start = "2013-04-15"
size = 25
every_days = 10
order = "department"

[strategies.rollout]
client = "lync2013"
mode = MODE
"#;

/// What each strategy adds to the cohorts.
const TURNS: [(&str, &str); 8] = [
    (
        "hold-and-back",
        r#"
[strategies.gates]
pilot_days = 14
stage_days = 2
tickets_per_100 = { pass = 2, fail = 4, sample = 10 }
failed_moves = { pass = 0.02, fail = 0.2 }
max_hold_days = 12
[strategies.rollback]
attempts = 3
remediation_days = 10
extent = "last_wave"
"#,
    ),
    (
        "hold-and-stop",
        r#"
[strategies.gates]
window_days = 3
open_severity_1 = 0
stranded_per_100 = 0
max_hold_days = 5
recheck_days = 3
then = "stop"
"#,
    ),
    (
        "hold-and-go",
        r#"
[strategies.gates]
after = "pilot"
reported_broken = { pass = 0.001, fail = 0.01, sample = 5 }
tickets_per_100 = 1
max_hold_days = 9
then = "go_on"
[strategies.retirement]
at = "2013-07-01"
"#,
    ),
    (
        "marginal",
        r#"
[strategies.gates]
stage_days = 5
marginal = "go_on"
reported_broken = { pass = 0, fail = 0.9, sample = 40 }
failed_moves = { pass = 0.01, fail = 0.9 }
"#,
    ),
    (
        "triggers",
        r#"
[[strategies.triggers]]
open_severity_1 = 1
extent = "pool"
pool = "old-1"
[[strategies.triggers]]
window_days = 4
tickets_per_100 = { fail = 12, sample = 30 }
stranded_per_100 = 5
extent = "last_wave"
[strategies.rollback]
attempts = 4
remediation_days = 7
choreography = "move_first"
"#,
    ),
    (
        "both",
        r#"
[strategies.gates]
tickets_per_100 = { pass = 6, fail = 9 }
[[strategies.triggers]]
failed_moves = 0.15
[strategies.rollback]
attempts = 2
choreography = "downgrade_first"
"#,
    ),
    (
        "scripted",
        r#"
[strategies.desk]
agents = 2
[strategies.rollback]
after_wave = 2
days = 6
attempts = 2
remediation_days = 21
extent = "everyone"
[[strategies.triggers]]
open_severity_1 = 0
"#,
    ),
    (
        "on-a-day",
        r#"
[strategies.rollback]
at = "2013-05-08T13:00"
extent = "pool"
pool = "old-2"
contact_store = false
"#,
    ),
];

/// Writes one of five variants of [`EVERY_TURN`]; the last has no help desk.
fn every_turn(folder: &Path, variant: usize) -> PathBuf {
    let path = folder.join("every-turn.toml");
    let (new, old) = (
        ["lync2010-to-lync2013", "ocs2007r2-to-lync2013"],
        ["lync2010", "ocs2007r2"],
    );
    let boards = ["", "[board]\ndays = [\"Tue\", \"Fri\"]\nat = \"15:30\""];
    let modes = [
        "\"with\"",
        "\"after\"\ndays = 3",
        "\"after\"\ndays = 2",
        "\"before\"\ndays = 5",
        "\"with\"",
    ];
    let strategies = TURNS.map(|(name, turn)| {
        let cohorts = COHORTS.replace("MODE", modes[variant]);
        // Without a help desk nothing may look at tickets.
        let turn = match variant {
            4 => turn
                .replace(
                    "tickets_per_100 = { pass = 6, fail = 9 }",
                    "reported_broken = { pass = 0.1, fail = 0.4 }",
                )
                .lines()
                .filter(|line| !line.starts_with("tickets_per_100"))
                .map(|line| format!("{line}\n"))
                .collect(),
            _ => turn.to_string(),
        };
        format!("[[strategies]]\nname = \"{name}\"\nallow_unsafe = true\n{cohorts}{turn}")
    });
    let text = EVERY_TURN
        .replace("PROFILE", new[variant % 2])
        .replace("OLD", old[variant % 2])
        .replace("BOARD", boards[variant / 2 % 2])
        .replace("DESK", if variant < 4 { SHIFTS } else { "" })
        .replace("STRATEGIES", &strategies.join("\n"));
    std::fs::write(&path, text).expect("a temporary file");
    path
}

#[test]
fn every_turn_agrees() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut seen = BTreeSet::new();
    for variant in 0..5 {
        seen.extend(agrees(&every_turn(folder.path(), variant), 0..5));
    }
    let turns = [
        "decided  go_on gate",
        "decided  roll_back gate",
        "decided  roll_back trigger",
        "decided  stop gate",
        "evaluated failed_moves fail ",
        "evaluated failed_moves marginal ",
        "evaluated open_severity_1 fail ",
        "evaluated reported_broken fail ",
        "evaluated reported_broken marginal ",
        "evaluated stranded_per_100 fail ",
        "evaluated tickets_per_100 fail ",
        "evaluated tickets_per_100 marginal ",
        "resumed   plan",
        "rollback_ordered   plan",
        "ticket_closed  client ",
        "ticket_closed  defect ",
        "ticket_closed  meeting ",
        "ticket_closed  move ",
        "ticket_closed  stranded ",
        "ticket_given_up  stranded ",
        "wave_held   gate",
    ];
    for turn in turns {
        assert!(seen.contains(turn), "`{turn}` does not occur: {seen:#?}");
    }
}

/// The log without its line of that number, or with a number of that line changed; lines are counted anew.
fn tampered(log: &str, place: usize, change: Option<&str>) -> String {
    let mut lines = log.lines();
    let mut text = format!("{}\n", lines.next().expect("a header"));
    let mut seq = 0;
    for (number, line) in lines.enumerate() {
        let (_, rest) = line.split_once(',').expect("a first column");
        let rest = match change {
            None if number == place => continue,
            Some(key) if number == place => with_other_number(rest, key),
            _ => rest.to_string(),
        };
        text.push_str(&format!("{seq},{rest}\n"));
        seq += 1;
    }
    text
}

/// The line with 7 added to one of its numbers.
fn with_other_number(line: &str, key: &str) -> String {
    let start = line.find(&format!("{key}=")).expect(key) + key.len() + 1;
    let length = line[start..].find(';').unwrap_or(line.len() - start);
    let number: i64 = line[start..start + length].parse().expect("a number");
    format!("{}{}{}", &line[..start], number + 7, &line[start + length..])
}

#[test]
fn tampering_with_lines_of_tasks_is_noticed() {
    let path = shipped("tasks.toml");
    let scenario = load(&path);
    let kinds: [(&str, &[&str]); 14] = [
        ("task_started", &["end_ms"]),
        ("task_completed", &[]),
        ("task_undo_started", &["end_ms"]),
        ("task_undone", &[]),
        ("dial_in_down", &[]),
        ("dial_in_up", &[]),
        ("federation_down", &[]),
        ("federation_up", &[]),
        ("no_return", &[]),
        ("fault_struck", &[]),
        ("fault_found", &["fixed_ms"]),
        ("fault_fixed", &[]),
        ("test_run", &["found", "open"]),
        ("retired", &[]),
    ];
    let mut found = BTreeSet::new();
    for (strategy, replication) in
        (1..scenario.plans.len()).flat_map(|strategy| [(strategy, 0), (strategy, 1)])
    {
        let world = draw(&scenario, replication);
        let (log, outcome) = log_of(&scenario, &world, strategy, Options::default());
        let log = String::from_utf8(log).expect("a log is text");
        for (event, keys) in kinds {
            let word = format!(",{event},");
            let place = log.lines().skip(1).position(|line| line.contains(&word));
            let Some(place) = place else { continue };
            found.insert(event);
            for change in std::iter::once(None).chain(keys.iter().map(|key| Some(*key))) {
                let text = tampered(&log, place, change);
                let read = read(&path, &scenario, &world, strategy, text.as_bytes(), &outcome);
                assert!(
                    read.is_err(),
                    "strategy {strategy}: {event} without, or with another {change:?}"
                );
            }
        }
    }
    assert_eq!(found.len(), kinds.len(), "only {found:?} occur");
}

#[test]
fn tampering_with_a_log_is_noticed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = every_turn(folder.path(), 1);
    let scenario = load(&path);
    let world = draw(&scenario, 0);
    let kinds: [(&str, &[&str]); 19] = [
        ("exposed", &["user_days_millionths", "so_far_millionths"]),
        ("defect_found", &["severity", "user_days_millionths", "fix_ms"]),
        ("defect_fixed", &[]),
        ("defect_hits", &["defect", "value_millionths"]),
        ("reported", &[]),
        ("ticket_opened", &["a", "b", "priority"]),
        ("ticket_taken", &["a", "b", "waited_ms", "work_ms"]),
        ("ticket_closed", &["a", "b", "open_ms"]),
        ("ticket_given_up", &["a", "b", "open_ms"]),
        ("shift_changed", &["agents"]),
        ("wave_started", &["users"]),
        ("wave_held", &[]),
        ("evaluated", &["value_millionths", "sample"]),
        ("decided", &[]),
        ("rollback_ordered", &["users", "machines"]),
        ("downgrades_cleared", &[]),
        ("rolled_back", &[]),
        ("resumed", &[]),
        ("technician_started", &["length_ms"]),
    ];
    let mut found = BTreeSet::new();
    for strategy in 1..scenario.plans.len() {
        let (log, outcome) = log_of(&scenario, &world, strategy, Options::default());
        let log = String::from_utf8(log).expect("a log is text");
        let is_noticed =
            |text: String| read(&path, &scenario, &world, strategy, text.as_bytes(), &outcome).is_err();
        for (event, keys) in kinds {
            let word = format!(",{event},");
            let places: Vec<usize> = (log.lines().skip(1).enumerate())
                .filter(|(_, line)| line.contains(&word))
                .map(|(place, _)| place)
                .collect();
            let Some(&place) = places.get(places.len() / 2) else {
                continue;
            };
            found.insert(event);
            assert!(
                is_noticed(tampered(&log, place, None)),
                "strategy {strategy}: {event} left out"
            );
            for key in keys {
                assert!(
                    is_noticed(tampered(&log, place, Some(key))),
                    "strategy {strategy}: another {key} of {event}"
                );
            }
        }
    }
    for (event, _) in kinds {
        assert!(found.contains(event), "{event} does not occur");
    }
}
