//! Applications live on pools: hours without them are derived by hand in a company of ten people who all work from nine
//! to five, Monday to Friday, and all use the one application.

use crate::common::{at, replay, world, written};
use coexist::kernel::{Key, Log, Span};
use coexist::outcome::log::Label;
use coexist::outcome::{Action, Entry, Metric};
use coexist::scenario::load;
use coexist::simulate::simulate;
use coexist::world::World;
use std::sync::Arc;

const PEOPLE: f64 = 10.0;

/// Five people live on each old pool, the application on `old-2`. Day 0 is a Monday.
const COMPANY: &str = r#"
schema = 1
name = "applications"
profile = "lync2010-to-lync2013"

[calendar]
start = "2013-03-04"
weeks = 8

[[sites]]
name = "leeds"
hours = "09:00-17:00"

[[pools]]
name = "old-1"
release = "lync2010"
front_ends = 1

[[pools]]
name = "old-2"
release = "lync2010"
front_ends = 1

[[pools]]
name = "new"
release = "lync2013"
front_ends = 3

[population]
users = 10
team_size = 5
teams_per_department = 2

[people]
active = 1.0
second_machine = 0.0

[moves]
failure = 0.0
batch_failure = 0.0
interruption_low_minutes = 0.0
interruption_high_minutes = 0.0

[installs]
failure = 0.0
lag_factor = 0.0

[[applications]]
name = "bot"
kind = "bot"
pool = "old-2"
departments = ["leeds-d01"]
MORE
[[strategies]]
name = "plan"
allow_unsafe = true
tasks = [
  { name = "back_up", start_day = 0 },
  { name = "deploy_pool", start_day = 0 },
  { name = "deploy_edge", start_day = 2 },
  { name = "validate_edge", start_day = 3 },
  { name = "federation", start_day = 5 },
  { name = "trusted_applications", WHEN },
  { name = "access_numbers", start_day = 26 },
  { name = "central_management", start_day = 26 },
  { name = "conference_directories", start_day = 27 },
  { name = "legacy_edge", start_day = 40 },
]

[strategies.waves]
start = "2013-03-23"
all = true

[strategies.rollout]
client = "lync2013"

END
"#;

const RETIREMENT: &str = "[strategies.retirement]\nday = 28";

/// Runs a strategy: what stands behind the application, when it is moved, and how the plan ends.
fn run(more: &str, when: &str, end: &str, strategy: &str) -> (f64, Vec<Entry>) {
    let text = COMPANY
        .replace("MORE", more)
        .replace("WHEN", when)
        .replace("END", end);
    let scenario = written(&text);
    let (outcome, log) = replay(&scenario, &world(&scenario, 0), strategy);
    let hours = outcome.row.get(Metric::ApplicationHours).expect("never missing");
    (hours, log)
}

fn outage(pool: &str, day: i64) -> String {
    format!(
        "\n[[outages]]\npool = \"{pool}\"\nat = \"{}\"\nhours = 3\n",
        date(day)
    )
}

/// Ten o'clock on a day of March or April 2013.
fn date(day: i64) -> String {
    let (month, day) = if day < 28 { (3, day + 4) } else { (4, day - 27) };
    format!("2013-{month:02}-{day:02}T10:00")
}

fn first(log: &[Entry], action: Action) -> Option<&Entry> {
    log.iter().find(|entry| entry.action == action)
}

#[test]
fn an_application_stops_with_its_pool_for_everybody_once() {
    // Half of the people have no service either; nobody loses the application twice.
    let (hours, _) = run(&outage("old-2", 2), "start_day = 24", RETIREMENT, "stay");
    assert_eq!(hours, 3.0 * PEOPLE);
    // Another pool takes it from its own people only.
    let (hours, _) = run(&outage("old-1", 2), "start_day = 24", RETIREMENT, "stay");
    assert_eq!(hours, 3.0 * PEOPLE / 2.0);
    let (hours, _) = run("", "start_day = 24", RETIREMENT, "plan");
    assert_eq!(hours, 0.0);
}

#[test]
fn an_application_moves_with_its_task() {
    let outages = outage("old-2", 2) + &outage("old-2", 9) + &outage("new", 10);
    let (hours, log) = run(&outages, "start_day = 7", RETIREMENT, "plan");
    let moved = first(&log, Action::ApplicationMoved).expect("it moves");
    // Two legacy pools one after the other, four hours each.
    assert_eq!(
        (moved.at, moved.from, moved.to),
        (at(7, 8), Label::Pool(1), Label::Pool(2))
    );
    let (old, old_without_it, new) = (3.0 * PEOPLE, 3.0 * PEOPLE / 2.0, 3.0 * PEOPLE);
    assert_eq!(hours, old + old_without_it + new);
}

#[test]
fn an_application_comes_back_with_its_task() {
    let early = "[strategies.rollback]\nday = 20";
    let (_, log) = run("", "start_day = 7", early, "plan");
    let returned = first(&log, Action::ApplicationReturned).expect("it returns");
    assert_eq!((returned.from, returned.to), (Label::Pool(2), Label::Pool(1)));
    let undone = log.iter().filter(|entry| entry.action == Action::TaskUndone);
    assert!(undone.map(|entry| entry.at).any(|undone| undone == returned.at));
    // Back on its old pool it stops with that, and not with the new one.
    let (later, _) = run(&outage("old-2", 35), "start_day = 7", early, "plan");
    assert_eq!(later, 3.0 * PEOPLE);
    let (later, _) = run(&outage("new", 35), "start_day = 7", early, "plan");
    assert_eq!(later, 0.0);
}

#[test]
fn the_retirement_waits_for_an_application_that_is_late() {
    // The source of half of the moves is down until day 30: the last move, and all that comes after it, is late.
    let late = "\n[[outages]]\npool = \"old-1\"\nday = 18\nhours = 288\n";
    let (_, log) = run(late, "after = \"last_move\", days = 2", RETIREMENT, "plan");
    let moved = first(&log, Action::ApplicationMoved).expect("it moves").at;
    let retired = first(&log, Action::Retired).expect("it is retired").at;
    assert!(moved >= at(32, 0), "{moved:?}");
    assert!(
        retired >= moved && retired < moved + Span::DAY,
        "{retired:?}, {moved:?}"
    );
    assert!(first(&log, Action::ApplicationLost).is_none());
}

#[test]
fn an_application_left_behind_is_lost_until_it_is_moved() {
    let days = |from: i64, to: i64| (from..to).filter(|day| day % 7 < 5).count() as f64;
    let (hours, log) = run("", "skip = true", RETIREMENT, "plan");
    let lost = first(&log, Action::ApplicationLost).expect("it is lost");
    assert_eq!(
        (lost.at, lost.from, lost.to),
        (at(28, 0), Label::Pool(1), Label::Blank)
    );
    assert_eq!(hours, days(28, 56) * 8.0 * PEOPLE);
    // Moved on day 35 from nine, eight hours for two pools: until five.
    let (hours, _) = run("", "start = \"2013-04-08T09:00\"", RETIREMENT, "plan");
    assert_eq!(hours, days(28, 36) * 8.0 * PEOPLE);
}

#[test]
fn an_application_that_does_not_work_on_the_new_side_is_gone_for_all_once_it_is_there() {
    let unfit = "compatible = \"no\"\nworks_from_day = 14\n";
    let days = |from: i64, to: i64| (from..to).filter(|day| day % 7 < 5).count() as f64;
    let (hours, _) = run(unfit, "start_day = 7", RETIREMENT, "plan");
    // From the midnight after the move until it works.
    assert_eq!(hours, days(8, 14) * 8.0 * PEOPLE);
    let (hours, _) = run(unfit, "start_day = 24", RETIREMENT, "plan");
    assert_eq!(hours, 0.0, "it works before anybody or anything moves");
}

#[test]
fn without_tasks_an_application_moves_when_its_pool_is_retired() {
    let text = COMPANY.find("tasks = [").expect("tasks");
    let end = COMPANY.find("]\n\n[strategies.waves]").expect("waves");
    let company = format!("{}{}", &COMPANY[..text], &COMPANY[end + 2..]);
    let text = company
        .replace("MORE", "")
        .replace("END", RETIREMENT)
        .replace("allow_unsafe = true\n", "");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("applications.toml");
    std::fs::write(&path, text).expect("a temporary file");
    let scenario = load(&path).unwrap_or_else(|rejected| panic!("{rejected}"));
    let world = World::draw(
        Arc::clone(&scenario.facts),
        Key {
            seed: 0,
            replication: 0,
        },
        false,
    );
    let (outcome, log) = simulate(&world, &scenario.plans[1], Log::<Entry>::new());
    let moved = first(log.records(), Action::ApplicationMoved).expect("it moves");
    assert_eq!(moved.at, at(28, 0));
    assert_eq!(outcome.row.get(Metric::ApplicationHours), Some(0.0));
}
