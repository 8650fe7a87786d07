//! The search over plans: known optima, the same answer whatever the threads, worlds that no candidate has seen.

use crate::common::file;
use coexist::analysis::optimize::{self, Fate, Found, NotFound, Question, RESERVED, Standing};
use coexist::analysis::replay::{Case, Options, replay};
use coexist::outcome::{Metric, Outcome};
use coexist::report::{self, Extras};
use coexist::scenario::optimize::vary;
use coexist::scenario::{Scenario, load_with};
use coexist::store::kind::OPTIMIZE;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::AtomicBool;

const METRICS: [Metric; 2] = [Metric::OutageHours, Metric::Cost];

fn load(overrides: &[&str]) -> Scenario {
    let path = file("best-day.toml");
    let overrides: Vec<String> = overrides.iter().map(ToString::to_string).collect();
    load_with(&path, &overrides).unwrap_or_else(|rejected| panic!("{}", rejected.report))
}

fn question(days: &str) -> Question {
    Question {
        strategy: 1,
        metrics: METRICS.into(),
        vary: vec![vary(&format!("waves.start_day={days}")).expect("several values")],
        max_candidates: 200,
        worlds: 80,
        finalists: 8,
        confirm: 100,
    }
}

fn searched(scenario: &Scenario, question: Question, threads: usize) -> Result<Found, NotFound> {
    let stop = AtomicBool::new(false);
    let options = Options {
        seed: scenario.seed,
        threads,
        stop: &stop,
    };
    optimize::run(scenario, question, options, &|| {})
}

fn front(found: &Found) -> Vec<&str> {
    let front = found.finalists.iter().filter(|one| one.standing.is_front());
    front
        .map(|one| found.candidates[one.candidate].values[0].as_str())
        .collect()
}

/// Means of both metrics of the plan with this start day, by plain replays in other worlds.
fn enumerated(scenario: &Scenario, day: u32) -> [f64; 2] {
    let plan = scenario
        .plan_with("move", &[format!("waves.start_day={day}")])
        .expect("a sound plan");
    let stop = AtomicBool::new(false);
    let options = Options {
        seed: scenario.seed,
        threads: 0,
        stop: &stop,
    };
    let case = Case {
        changes: Vec::new(),
        plans: vec![&plan],
        worlds: 1_000_000..1_002_000,
    };
    let keep = |outcome: &Outcome| METRICS.map(|metric| outcome.row.get(metric).expect("a value"));
    let rows = replay(scenario, &[case], options, &keep, &|| {}).expect("it runs")[0][0].clone();
    [0, 1].map(|metric| rows.iter().map(|row| row[metric]).sum::<f64>() / rows.len() as f64)
}

/// The derivation stands in `scenarios/best-day.toml`.
#[test]
fn the_search_finds_the_front_that_enumeration_finds() {
    let scenario = load(&[]);
    let days = [2, 4, 6, 8];
    let means = days.map(|day| enumerated(&scenario, day));
    let is_dominated = |one: [f64; 2]| {
        means
            .iter()
            .any(|by| by[0] <= one[0] && by[1] <= one[1] && *by != one)
    };
    let expected: Vec<String> = (days.iter().zip(means))
        .filter(|(_, means)| !is_dominated(*means))
        .map(|(day, _)| format!("waves.start_day={day}"))
        .collect();
    assert_eq!(
        expected,
        ["waves.start_day=2", "waves.start_day=8"],
        "as derived by hand"
    );
    let found = searched(&scenario, question("2,4,6,8,12"), 2).expect("an answer");
    assert_eq!(front(&found), expected);
    assert_eq!(
        found,
        searched(&scenario, question("2,4,6,8,12"), 1).expect("an answer")
    );
    for one in found.finalists.iter().filter(|one| one.standing.is_front()) {
        assert_eq!(one.standing, Standing::Surely);
    }
    // Day 6 is the plan as written, day 12 is after the horizon, and day 4 is beaten by day 8, rightly so.
    assert_eq!(found.candidates[3].fate, Fate::Same(0));
    assert!(matches!(found.candidates[5].fate, Fate::Impossible(_)));
    assert_eq!(found.candidates[2].fate, Fate::Beaten { round: 1, by: 4 });
    assert_eq!(
        found.candidates[2].worlds, 50,
        "whoever is dropped is replayed no more"
    );
    assert!(means[3][0] <= means[1][0] && means[3][1] < means[1][1]);
}

#[test]
fn a_limit_drops_who_breaks_it() {
    let limit = r#"limits=[{metric="outage_user_hours", at_most=10, probability=0.9}]"#;
    let scenario = load(&[limit]);
    let found = searched(&scenario, question("2,4,8"), 2).expect("an answer");
    assert_eq!(front(&found), ["waves.start_day=2"]);
    for one in [0, 2, 3] {
        let fate = &found.candidates[one].fate;
        assert_eq!(
            *fate,
            Fate::BreaksLimit {
                round: 1,
                limit: 0,
                held: 0
            }
        );
    }
    assert_eq!(
        found.finalists[0].standing,
        Standing::Reference,
        "as written, for comparison"
    );
}

#[test]
fn a_search_over_more_than_it_may_try_is_the_same_again() {
    let scenario = load(&[]);
    let few = || {
        let mut question = question("1,2,3,4,5,6,7,8");
        question.max_candidates = 3;
        question
    };
    let found = searched(&scenario, few(), 2).expect("an answer");
    assert_eq!(found.candidates.len(), 4, "three, and the plan as written");
    assert_eq!(found, searched(&scenario, few(), 1).expect("an answer"));
    let tried = found.candidates[1..].iter().map(|one| one.values[0].clone());
    let all: Vec<String> = (1..=8).map(|day| format!("waves.start_day={day}")).collect();
    assert!(tried.into_iter().all(|one| all.contains(&one)));
}

/// The confirmed means are those of the reserved worlds, where no world of the search can be.
#[test]
fn finalists_are_estimated_in_reserved_worlds() {
    let scenario = load(&[]);
    let found = searched(&scenario, question("2,8"), 2).expect("an answer");
    assert!(u64::from(u32::MAX) < RESERVED);
    let stop = AtomicBool::new(false);
    let options = Options {
        seed: scenario.seed,
        threads: 0,
        stop: &stop,
    };
    let case = Case {
        changes: Vec::new(),
        plans: vec![&scenario.plans[1]],
        worlds: RESERVED..RESERVED + 100,
    };
    let keep = |outcome: &Outcome| outcome.row.get(Metric::Cost).expect("a cost");
    let costs = replay(&scenario, &[case], options, &keep, &|| {}).expect("it runs")[0][0].clone();
    let mean = costs.iter().sum::<f64>() / costs.len() as f64;
    assert!((found.finalists[0].means[1].mean - mean).abs() < 1e-9 * mean);
    assert_ne!(found.candidates[0].means[1], found.finalists[0].means[1].mean);
}

#[test]
fn nothing_possible_is_an_error() {
    let scenario = load(&[]);
    match searched(&scenario, question("12,13"), 1) {
        Err(NotFound::AllImpossible(reason)) => assert!(reason.contains("day 12"), "{reason}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let refused = |question: Question| question.check().expect_err("an error");
    let own = || question("2,4");
    let nothing = Question {
        vary: Vec::new(),
        ..own()
    };
    assert!(refused(nothing).starts_with("there is nothing to vary; write for example --vary 'pilot.size="));
    let metrics = |metrics: &[Metric]| Question {
        metrics: metrics.into(),
        ..own()
    };
    assert!(refused(metrics(&[Metric::Cost])).contains("two or three metrics, not 1"));
    assert!(refused(metrics(&[Metric::Cost, Metric::Moved])).starts_with("users_moved: neither"));
    assert!(
        refused(metrics(&[Metric::Cost, Metric::TicketWaitP95]))
            .starts_with("ticket_wait_p95: it is missing")
    );
}

/// Every file below a directory with its bytes.
fn bytes(place: &Path, all: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(place).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            bytes(&path, all);
        } else {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            all.insert(name, std::fs::read(&path).expect("a file"));
        }
    }
}

#[test]
fn all_files_have_the_same_bytes_on_one_and_two_threads() {
    let scenario = load(&[]);
    let written = [1, 2].map(|threads| {
        let place = tempfile::tempdir().expect("a directory");
        let found = searched(&scenario, question("2,4,8"), threads).expect("an answer");
        let claim = report::claim(&place.path().join("x"), &scenario, &OPTIMIZE).expect("a free place");
        let extras = Extras {
            charts: true,
            excel: false,
            names: false,
        };
        let study = report::optimize::study(&scenario, &found, true);
        study.write(&scenario, claim, extras).expect("files");
        let mut all = BTreeMap::new();
        bytes(place.path(), &mut all);
        all
    });
    let names: Vec<&str> = written[0].keys().map(String::as_str).collect();
    let expected = [
        "candidates.csv",
        "front.csv",
        "front.png",
        "front.svg",
        "limits.csv",
        "manifest.json",
        "optimize.json",
        "report.html",
        "report.json.gz",
        "results.xlsx",
        "summary.md",
    ];
    assert_eq!(names, expected);
    assert!(written[0] == written[1]);
}

#[test]
fn the_command_says_what_reproduces_the_winner() {
    let place = tempfile::tempdir().expect("a directory");
    let path = file("best-day.toml");
    let start = |more: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_coexist"))
            .arg("optimize")
            .arg(&path)
            .args([
                "--quiet",
                "--no-charts",
                "--replications",
                "20",
                "--confirm",
                "20",
            ])
            .args(more)
            .current_dir(place.path())
            .output()
            .expect("it starts")
    };
    let done = start(&[]);
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert!(
        text.contains("--set strategies.move.waves.start_day=2 --strategy move"),
        "{text}"
    );
    let wrong = start(&["--vary", "waves.start_day=2"]);
    assert_eq!(wrong.status.code(), Some(2));
    let error = String::from_utf8_lossy(&wrong.stderr).replace("\r\n", "\n");
    let expected = "error: --vary waves.start_day=2: there are no two values to choose from; write a key of the strategy \
                    and two values or more, such as `pilot.size=50,100`\n";
    assert_eq!(error, expected);
}
