//! What the program promises, seen from the command line: results that depend on nothing but the input, results that
//! stay whole, exit codes, output that can be read anywhere.

use crate::common::{files, load, printed, program, shipped, start, succeed, told};
use coexist::experiment::{self, Options, Results};
use coexist::scenario::Scenario;
use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::AtomicBool;
use tempfile::TempDir;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).expect("a folder").next().is_none()
}

/// Lines of a CSV file that are about one strategy.
fn lines_about(path: &Path, column: usize, strategy: &str) -> Vec<String> {
    let text = fs::read_to_string(path).expect("a result file");
    text.lines()
        .filter(|line| line.split(',').nth(column) == Some(strategy))
        .map(str::to_owned)
        .collect()
}

/// All strategies in these worlds.
fn experiment(scenario: &Scenario, replications: Range<u64>, threads: usize) -> Results {
    let options = Options {
        strategies: (0..scenario.plans.len()).collect(),
        replications,
        seed: scenario.seed,
        threads,
        fix_uncertain: false,
        stop: &AtomicBool::new(false),
    };
    experiment::run(scenario, &options, &|| {}).expect("nobody stops it")
}

/// Forty worlds are more than are held in memory at once.
#[test]
fn every_byte_is_the_same_for_any_number_of_threads() {
    let place = folder();
    let scenario = shipped("people.toml");
    let run = |threads: &str| {
        let arguments = ["run", &scenario, "--replications", "40", "--threads", threads];
        let text = succeed(place.path(), &arguments);
        (text, files(&place.path().join("output/people")))
    };
    let (text, found) = run("1");
    for name in [
        "replications.csv",
        "summary.csv",
        "summary.json",
        "timeline.csv",
        "manifest.json",
        "charts/strategies-compared.svg",
        "charts/broken-meetings-per-day.svg",
        "charts/strategies-compared.png",
    ] {
        assert!(found.contains_key(Path::new(name)), "there is no {name}");
    }
    for threads in ["2", "8"] {
        let (other_text, other) = run(threads);
        assert_eq!(other_text, text, "{threads} threads print something else");
        assert!(
            other.keys().eq(found.keys()),
            "{threads} threads write other files"
        );
        for (name, bytes) in &found {
            assert!(
                other[name] == *bytes,
                "{} differs with {threads} threads",
                name.display()
            );
        }
    }
}

#[test]
fn replication_17_alone_is_row_17_of_100() {
    let place = folder();
    let path = shipped("people.toml");
    let run = ["run", &path, "--replications", "100", "--no-charts"];
    succeed(place.path(), &run);
    let scenario = load(&path);
    let rows = place.path().join("output/people/replications.csv");
    let (all, alone) = (experiment(&scenario, 0..100, 2), experiment(&scenario, 17..18, 1));
    for (index, plan) in scenario.plans.iter().enumerate() {
        let name = &plan.name;
        let replay = ["replay", &path, "--strategy", name, "--replication", "17"];
        let text = succeed(place.path(), &replay);
        assert!(text.contains("matches the recorded run"), "{name}: {text}");
        let digest = format!("{:016x}", alone.digests[index][0]);
        assert!(text.contains(&format!("Digest {digest} ")), "{name}: {text}");
        let line = &lines_about(&rows, 1, name)[17];
        assert!(
            line.starts_with(&format!("17,{name},{digest},")),
            "{name}: {line}"
        );
        assert_eq!(alone.rows[index][0], all.rows[index][17], "{name}");
        assert_eq!(alone.digests[index][0], all.digests[index][17], "{name}");
    }
}

#[test]
fn a_further_strategy_changes_no_line_of_the_others() {
    let place = folder();
    let path = shipped("five-users.toml");
    let text = fs::read_to_string(&path).expect("the scenario");
    let further = r#"
[[strategies]]
name = "at-once"
[strategies.waves]
start_day = 3
size = 5
order = "random"
[strategies.moves]
threads = 0
timed = false
"#;
    let first = text.find("# u00001 moves").expect("the first strategy");
    let list = place.path().join("people");
    fs::create_dir(&list).expect("a folder");
    fs::copy(
        shipped("people/first-of-five.csv"),
        list.join("first-of-five.csv"),
    )
    .expect("the list");
    // Once behind the others and once before them, where every strategy gets another number.
    let behind = format!("{text}{further}");
    let before = format!("{}{further}\n{}", &text[..first], &text[first..]);
    fs::write(place.path().join("alone.toml"), &text).expect("a scenario");
    fs::write(place.path().join("behind.toml"), behind).expect("a scenario");
    fs::write(place.path().join("before.toml"), before).expect("a scenario");
    let digests = |out: &str| {
        let path = place.path().join(out).join("five-users/manifest.json");
        let text = fs::read_to_string(path).expect("a manifest");
        let manifest: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        manifest["strategy_digests"].clone()
    };
    for (file, out) in [
        ("alone.toml", "alone"),
        ("behind.toml", "behind"),
        ("before.toml", "before"),
    ] {
        succeed(place.path(), &["run", file, "--no-charts", "--out", out]);
    }
    for name in ["stay", "in-turn", "turn-back"] {
        for out in ["behind", "before"] {
            for (file, column) in [("replications.csv", 1), ("summary.csv", 0), ("timeline.csv", 0)] {
                let lines = |out: &str| {
                    let path = place.path().join(out).join("five-users").join(file);
                    lines_about(&path, column, name)
                };
                assert!(!lines("alone").is_empty(), "{name} is not in {file}");
                assert_eq!(lines(out), lines("alone"), "{name} in {file}, {out}");
            }
            assert_eq!(digests(out)[name], digests("alone")[name], "{name}, {out}");
        }
    }
}

#[test]
fn any_strategy_can_be_the_base_and_any_metric_a_row() {
    let place = folder();
    let path = shipped("people.toml");
    let run = |more: &[&str]| {
        let mut arguments = vec!["run", path.as_str(), "--replications", "30", "--no-charts"];
        arguments.extend(more);
        succeed(place.path(), &arguments)
    };
    let results = place.path().join("output/people");
    run(&[]);
    let rows = fs::read(results.join("replications.csv")).expect("rows");
    let metrics = ["--metric", "mixed_meetings", "--metric", "users_moved"];
    let text = run(&[&["--base", "by-lot"][..], &metrics].concat());
    assert!(text.contains("by-lot - Volunteers, then in random order (base)"));
    assert!(text.contains("against by-lot"), "{text}");
    let shown = |word: &str| text.lines().filter(|line| line.contains(word)).count();
    assert_eq!(
        (shown("(mixed_meetings)"), shown("(users_moved)")),
        (5, 5),
        "{text}"
    );
    let of_base = lines_about(&results.join("summary.csv"), 0, "by-lot");
    assert!(of_base.iter().all(|line| line.ends_with(",,,,,")), "{of_base:?}");
    assert!(
        rows == fs::read(results.join("replications.csv")).expect("rows"),
        "the base changed the worlds"
    );
}

#[test]
fn output_to_a_pipe_has_no_escape_codes_and_fits_narrow_terminals() {
    let place = folder();
    let path = shipped("people.toml");
    let run = ["run", &path, "--replications", "10", "--no-charts"];
    let commands: [&[&str]; 4] = [&run, &["check", &path], &["metrics"], &["run", "missing.toml"]];
    let settings: [&[(&str, &str)]; 4] = [
        &[("TERM", "xterm-256color")],
        &[("TERM", "xterm-256color"), ("NO_COLOR", "1")],
        &[("COLUMNS", "40")],
        &[("COLUMNS", "1"), ("NO_COLOR", "1")],
    ];
    for arguments in commands {
        for variables in settings {
            let output = program(place.path(), arguments)
                .envs(variables.iter().copied())
                .output()
                .expect("the program starts");
            assert!(
                matches!(code(&output), Some(0 | 2)),
                "{arguments:?}: {}",
                told(&output)
            );
            for text in [printed(&output), told(&output)] {
                assert!(
                    !text.contains('\x1b'),
                    "{arguments:?} with {variables:?} writes escape codes: {text:?}"
                );
            }
        }
    }
    for columns in [40, 59, 60, 100, 500] {
        let output = program(place.path(), &run)
            .env("COLUMNS", columns.to_string())
            .output()
            .expect("the program starts");
        let text = printed(&output);
        // A command is never broken: it is there to be copied.
        let is_command = |line: &&str| line.starts_with("Replay the worst world: ");
        for line in text.lines().filter(|line| !is_command(line)) {
            assert!(
                line.chars().count() <= columns,
                "{columns} columns: {line}\n{text}"
            );
        }
        for words in ["meetings", "turn back", "98 %", "cost", "by-lot"] {
            assert!(
                text.contains(words),
                "{columns} columns: `{words}` is cut\n{text}"
            );
        }
    }
    // What is printed on demand is no wider, and cuts nothing either.
    for columns in [40, 59, 60, 80] {
        let output = program(place.path(), &[&run[..], &["--details"]].concat())
            .env("COLUMNS", columns.to_string())
            .output()
            .expect("the program starts");
        let text = printed(&output);
        for line in text
            .lines()
            .filter(|line| !line.starts_with("Replay the worst world: "))
        {
            assert!(
                line.chars().count() <= columns,
                "{columns} columns: {line}\n{text}"
            );
        }
        for words in [
            "Broken meetings",
            "Machines downgraded",
            "Stranded user-hours",
            "Cost",
        ] {
            assert!(
                text.contains(words),
                "{columns} columns: `{words}` is cut\n{text}"
            );
        }
    }
}

#[test]
fn bad_input_ends_with_2_and_writes_nothing() {
    let place = folder();
    let path = shipped("five-users.toml");
    let invalid = shipped("invalid/misspelt.toml");
    let cases: [&[&str]; 18] = [
        &[],
        &["sensitivity", &path, "--metric", "ticket_wait_p95"],
        &["sensitivity", &path, "--strategy", "in-turns"],
        &["pilot", &path],
        &["pilot", &path, "--choose", "friends"],
        &["gate", &path],
        &["gate", &path, "--limit", "meetings_held=3"],
        &["run", &path, "--set", "strategies.in-turns.waves.size=1"],
        &["run"],
        &["fly"],
        &["run", "missing.toml"],
        &["run", &invalid],
        &["run", &path, "--replications", "0"],
        &["run", &path, "--strategy", "in-turns"],
        &["run", &path, "--base", "in-turns"],
        &["run", &path, "--metric", "mixed_meeting"],
        &["replay", &path, "--strategy", "in-turns", "--replication", "1"],
        &["replay", &path, "--strategy", "in-turn"],
    ];
    for arguments in cases {
        let output = start(place.path(), arguments);
        assert_eq!(code(&output), Some(2), "{arguments:?}: {}", told(&output));
        assert!(output.stdout.is_empty(), "{arguments:?} prints results");
        assert!(!output.stderr.is_empty(), "{arguments:?} says nothing");
        assert!(is_empty(place.path()), "{arguments:?} wrote something");
    }
    let near = told(&start(place.path(), &["run", &path, "--base", "in-turns"]));
    assert!(
        near.contains("--base in-turns") && near.contains("`in-turn`"),
        "{near}"
    );
}

/// The scenario that the guide tells planners to write, with the lists that come with the program.
#[test]
fn the_scenario_of_the_guide_runs_with_ones_own_lists() {
    const GUIDE: &str = include_str!("../../docs/guide/your-own-company.md");
    let place = folder();
    let (_, text) = GUIDE
        .split_once("```toml\n   schema = 1\n")
        .expect("a scenario in the guide");
    let (text, _) = text.split_once("```").expect("its end");
    let scenario = format!("schema = 1\n{text}");
    fs::write(place.path().join("my-company.toml"), scenario).expect("a scenario");
    // Only what the guide asks for: users with departments, and contacts.
    let people = fs::read_to_string(shipped("people/people.csv")).expect("people");
    let people: Vec<String> = people
        .lines()
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            format!("{},{}\n", cells[0], cells[2])
        })
        .collect();
    fs::write(place.path().join("people.csv"), people.concat()).expect("people");
    let contacts = fs::read_to_string(shipped("people/contacts.csv")).expect("contacts");
    fs::write(place.path().join("contacts.csv"), &contacts).expect("contacts");
    let text = succeed(place.path(), &["check", "my-company.toml"]);
    assert!(
        text.contains("24 users") && text.contains("strategy community"),
        "{text}"
    );
    // A name in capitals is the same; one that nobody has is told.
    fs::write(
        place.path().join("contacts.csv"),
        contacts.replace("ada,cara", "ADA,cara\nadda,cara"),
    )
    .expect("contacts");
    let output = start(place.path(), &["check", "my-company.toml"]);
    assert_eq!(code(&output), Some(2));
    let told = told(&output);
    for words in [
        "there is no user `adda`",
        "contacts.csv:3:1",
        "write the name of somebody in the population, remove the row, or skip and count such rows",
    ] {
        assert!(told.contains(words), "{told}");
    }
}

#[test]
fn results_stay_whole_when_a_later_run_fails() {
    let place = folder();
    let path = shipped("five-users.toml");
    succeed(place.path(), &["run", &path]);
    let before = files(place.path());
    let text = fs::read_to_string(&path).expect("the scenario");
    let faulty = folder();
    let faulty_path = faulty.path().join("five-users.toml");
    fs::write(&faulty_path, text.replace("size = 2", "size = \"two\"")).expect("a scenario");
    let faulty_path = faulty_path.to_str().expect("a plain path");
    for arguments in [
        &["run", faulty_path][..],
        &["run", &path, "--strategy", "nobody"],
        &[
            "replay",
            faulty_path,
            "--strategy",
            "in-turn",
            "--replication",
            "0",
        ],
    ] {
        assert_eq!(code(&start(place.path(), arguments)), Some(2), "{arguments:?}");
        assert!(files(place.path()) == before, "{arguments:?} changed the results");
    }
    // Somebody else's files are not replaced.
    let other = folder();
    fs::create_dir(other.path().join("five-users")).expect("a folder");
    fs::write(other.path().join("five-users/thesis.txt"), "mine").expect("a file");
    let out = other.path().to_str().expect("a plain path");
    let output = start(place.path(), &["run", &path, "--out", out]);
    assert_eq!(code(&output), Some(2), "{}", told(&output));
    assert_eq!(files(other.path()).len(), 1);
    assert!(files(place.path()) == before, "the results changed");
}

/// The shipped five users with something added, as a file beside its list.
fn five_users_with(place: &Path, added: &str) -> String {
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let text = fs::read_to_string(scenarios.join("five-users.toml")).expect("a scenario");
    let list = "people/first-of-five.csv";
    fs::create_dir_all(place.join("people")).expect("a folder");
    fs::copy(scenarios.join(list), place.join(list)).expect("a list");
    let at = text.find("[[strategies]]").expect("strategies");
    let path = place.join("goals.toml");
    fs::write(&path, format!("{}{added}\n{}", &text[..at], &text[at..])).expect("a scenario");
    path.to_str().expect("a plain path").into()
}

#[test]
fn a_limit_that_does_not_hold_ends_with_3_and_results_are_there_all_the_same() {
    let place = folder();
    let limits = "[objectives]\nmeetings_broken = 1\nclients_downgraded = 0\ncompletion_day = 2\n\n\
                  [[limits]]\nmetric = \"meetings_broken\"\nat_most = 0\nprobability = 1.0\n\n\
                  [[limits]]\nmetric = \"users_moved\"\nshare_of = \"meetings_judged\"\nat_most = 1000\n";
    let path = five_users_with(place.path(), limits);
    let output = start(place.path(), &["run", &path, "--no-charts", "--require"]);
    assert_eq!(code(&output), Some(3), "{}", told(&output));
    let said = told(&output);
    assert!(
        said.contains("turn-back: broken meetings at most 0 in 100 % of the worlds: broken (it holds in"),
        "{said}"
    );
    assert!(!said.contains("users moved"), "{said}");
    let results = place.path().join("output/five-users");
    let limits = fs::read_to_string(results.join("limits.csv")).expect("limits");
    assert!(
        limits.lines().any(|line| line.starts_with("turn-back,all,0.9,")),
        "{limits}"
    );
    // Two strategies, three objectives of which a day counts twice: eight intervals hold together.
    let together = (1.0 - 0.05 / 8.0).to_string();
    let comparisons = fs::read_to_string(results.join("comparisons.csv")).expect("comparisons");
    let objectives: Vec<&str> = comparisons
        .lines()
        .filter(|line| line.contains(",true,"))
        .collect();
    assert_eq!(objectives.len(), 8, "{comparisons}");
    assert!(
        objectives.iter().all(|line| line.contains(&together)),
        "{comparisons}"
    );
    assert!(
        comparisons
            .lines()
            .filter(|line| line.contains(",false,"))
            .all(|line| line.contains(",0.95,"))
    );

    // Without --require the same run succeeds; without limits there is nothing to require.
    assert!(
        succeed(place.path(), &["run", &path, "--no-charts"])
            .contains("broken meetings at most 0 in 100 % of the worlds: broken by in-turn")
    );
    let shipped = shipped("five-users.toml");
    let output = start(place.path(), &["run", &shipped, "--no-charts", "--require"]);
    assert_eq!(code(&output), Some(2), "{}", told(&output));
    assert!(told(&output).contains("states no limits"), "{}", told(&output));
}

#[test]
fn odd_goals_are_refused_with_their_lines() {
    let place = folder();
    let goals = "[objectives]\nmeetings_brokn = 0\ncost = -1\n\n[[limits]]\nmetric = \"cost\"\nby = \"2013-09-30\"\n\n\
                 [[limits]]\nat_most = 3\n\n[[limits]]\nmetric = \"cost\"\n";
    let path = five_users_with(place.path(), goals);
    let output = start(place.path(), &["check", &path]);
    assert_eq!(code(&output), Some(2), "{}", printed(&output));
    let said = told(&output);
    for expected in [
        "there is no metric `meetings_brokn`",
        "did you mean `meetings_broken`?",
        "`cost` is no day that is reached",
        "it does not say what is limited",
        "it needs either `at_most` or `by`",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
}

#[test]
fn a_world_is_replayed_by_its_meaning() {
    let place = folder();
    let path = shipped("people.toml");
    let replay = |which: &str| {
        let strategy = ["--strategy", "by-lot", "--replication", which];
        start(place.path(), &[&["replay", &path][..], &strategy].concat())
    };
    let output = replay("worst:broken");
    assert_eq!(code(&output), Some(2), "{}", told(&output));
    assert!(
        told(&output).contains("run the scenario first"),
        "{}",
        told(&output)
    );

    succeed(
        place.path(),
        &["run", &path, "--replications", "30", "--no-charts"],
    );
    let rows = lines_about(&place.path().join("output/people/replications.csv"), 1, "by-lot");
    let header = fs::read_to_string(place.path().join("output/people/replications.csv")).expect("rows");
    let column = header
        .lines()
        .next()
        .expect("a header")
        .split(',')
        .position(|name| name == "meetings_broken");
    let broken: Vec<f64> = rows
        .iter()
        .map(|row| {
            row.split(',')
                .nth(column.expect("a column"))
                .expect("a cell")
                .parse()
                .expect("a number")
        })
        .collect();
    let most = broken.iter().copied().fold(f64::MIN, f64::max);
    let worst = broken.iter().position(|value| *value == most).expect("a world");
    let text = printed(&replay("worst:broken"));
    assert!(text.contains(&format!("world {worst} of seed")), "{text}");
    assert!(text.contains("matches the recorded run"), "{text}");
    assert!(printed(&replay("p50:lost")).contains("matches the recorded run"));
    let output = replay("first:rollback");
    assert_eq!(code(&output), Some(2), "{}", told(&output));
    assert!(told(&output).contains("has no such world"), "{}", told(&output));
}

/// Puts the digest of a changed file into the manifest beside it.
fn list_anew(dir: &Path, name: &str) {
    let path = dir.join("manifest.json");
    let text = fs::read_to_string(&path).expect("a manifest");
    let mut manifest: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let digest = blake3::hash(&fs::read(dir.join(name)).expect("the file"));
    manifest["files"][name] = digest.to_hex().as_str().into();
    fs::write(&path, manifest.to_string()).expect("a manifest");
}

#[test]
fn a_replay_that_does_not_match_its_record_ends_with_4() {
    let place = folder();
    let path = shipped("five-users.toml");
    succeed(place.path(), &["run", &path, "--no-charts"]);
    let replay = ["replay", &path, "--strategy", "turn-back", "--replication", "3"];
    assert!(succeed(place.path(), &replay).contains("matches the recorded run"));

    let rows = place.path().join("output/five-users/replications.csv");
    let text = fs::read_to_string(&rows).expect("rows");
    let line = &lines_about(&rows, 1, "turn-back")[3];
    let digest = line.split(',').nth(2).expect("a digest");
    let changed = text.replace(digest, "0123456789abcdef");
    fs::write(&rows, &changed).expect("rows");
    let output = start(place.path(), &replay);
    assert_eq!(code(&output), Some(4), "{}", told(&output));
    let says = "error: the recorded run in output/five-users was changed: replications.csv was changed since the run wrote it; \
                nothing can be compared with it; run again to record anew\n";
    assert_eq!(told(&output), says);

    // The record agrees with itself and yet not with the replay: as if another program had written it.
    list_anew(&place.path().join("output/five-users"), "replications.csv");
    let output = start(place.path(), &replay);
    assert_eq!(code(&output), Some(4), "{}", told(&output));
    assert!(told(&output).contains("0123456789abcdef"), "{}", told(&output));
    assert!(told(&output).contains(digest), "{}", told(&output));

    // Another seed is another run: there is nothing to compare with.
    let mut other = replay.to_vec();
    other.extend(["--seed", "6"]);
    assert!(succeed(place.path(), &other).contains("not compared"));
}

#[test]
fn a_sensitivity_analysis_has_the_same_bytes_for_any_number_of_threads() {
    let place = folder();
    let path = shipped("by-hand.toml");
    let run = |threads: &str, out: &str| {
        let start = [
            "sensitivity",
            &path,
            "--strategy",
            "early",
            "--metric",
            "cost,lost_attendee_hours",
        ];
        let rest = ["--replications", "100", "--threads", threads, "--out", out];
        succeed(place.path(), &[&start[..], &rest[..]].concat())
    };
    let text = run("1", "one");
    assert!(
        text.contains("1 of the 10 assumptions tried turns the verdict"),
        "{text}"
    );
    assert!(text.contains("cost.both_sides_day = 100 reverses it"), "{text}");
    assert!(text.contains("rests on an estimate"), "{text}");
    assert_eq!(text.replace("one/", "three/"), run("3", "three"));
    let (one, three) = (place.path().join("one"), place.path().join("three"));
    let written = files(&one);
    assert!(written == files(&three), "the files differ");
    let names: Vec<String> = written.keys().map(|path| path.display().to_string()).collect();
    for name in [
        "assumptions.csv",
        "charts/ranges-early-cost.png",
        "charts/ranges-early-cost.svg",
        "charts/risks-early-cost.png",
        "charts/risks-early-cost.svg",
        "manifest.json",
        "ranges.csv",
        "risks.csv",
        "screening.csv",
        "sensitivity.json",
    ] {
        assert!(
            names.contains(&format!("by-hand-sensitivity/{name}")),
            "{name} is missing: {names:?}"
        );
    }
}

/// Runs a command on one thread and on two; the text and the files.
fn on_one_and_two_threads(arguments: &[&str]) -> (String, Vec<String>) {
    let place = folder();
    let run = |threads: &str, out: &str| {
        let rest = ["--replications", "12", "--threads", threads, "--out", out];
        succeed(place.path(), &[arguments, &rest[..]].concat())
    };
    let text = run("1", "one");
    assert_eq!(text.replace("one/", "two/"), run("2", "two"));
    let written = files(&place.path().join("one"));
    assert!(written == files(&place.path().join("two")), "the files differ");
    let names = written.keys().map(|path| path.display().to_string());
    (text, names.collect())
}

#[test]
fn pilot_and_gate_have_the_same_bytes_for_any_number_of_threads() {
    let path = shipped("by-hand-gate.toml");
    let (text, names) = on_one_and_two_threads(&["pilot", &path, "--size", "5,10,15", "--user-cost", "40"]);
    assert!(text.contains("as written, 10 d: from 5 to 10 users: "), "{text}");
    let expected = [
        "charts/avoided-by-size.png",
        "charts/avoided-by-size.svg",
        "charts/found-by-size.png",
        "charts/found-by-size.svg",
        "charts/saved-by-size.png",
        "charts/saved-by-size.svg",
        "charts/saved.png",
        "charts/saved.svg",
        "manifest.json",
        "pilot.json",
        "pilots.csv",
        "report.html",
        "report.json.gz",
        "results.xlsx",
        "steps.csv",
        "summary.md",
    ];
    assert_eq!(names, expected.map(|name| format!("by-hand-gate-pilot/{name}")));
    let (text, names) = on_one_and_two_threads(&["gate", &path]);
    assert!(
        text.contains("x 2: fails with more than 1 open defects of severity 1"),
        "{text}"
    );
    assert!(!text.contains("x 0.5: fails"), "it is the plan: {text}");
    let expected = [
        "characteristic.csv",
        "charts/characteristic-first.png",
        "charts/characteristic-first.svg",
        "charts/go-on-if-bad-first.png",
        "charts/go-on-if-bad-first.svg",
        "charts/stop-if-good-first.png",
        "charts/stop-if-good-first.svg",
        "gate.json",
        "levels.csv",
        "manifest.json",
        "report.html",
        "report.json.gz",
        "results.xlsx",
        "summary.md",
    ];
    assert_eq!(names, expected.map(|name| format!("by-hand-gate-gate/{name}")));
}

#[test]
fn odd_questions_about_pilots_and_gates_are_refused_in_these_words() {
    let place = folder();
    let (moves, bad_week, hand) = (
        shipped("by-hand.toml"),
        shipped("bad-week.toml"),
        shipped("by-hand-gate.toml"),
    );
    let refused = |arguments: &[&str], words: &str| {
        let output = start(place.path(), arguments);
        assert_eq!(code(&output), Some(2), "{arguments:?}");
        let told = told(&output);
        assert!(told.contains(words), "{arguments:?}: {told}");
    };
    refused(
        &["pilot", &moves],
        "no strategy has a pilot before its waves; add a table [strategies.pilot] to one",
    );
    refused(
        &["pilot", &bad_week],
        "several strategies have a pilot; add --strategy with one of nobody-watches, gates, trigger",
    );
    refused(
        &["pilot", &hand, "--choose", "friends"],
        "write random, departments, volunteers or teams",
    );
    refused(
        &["pilot", &hand, "--size", "0"],
        "not a whole number of people from 1 to 10000000; write for example --size 50,100,200",
    );
    refused(
        &["pilot", &hand, "--days", "30"],
        "strategy `gated` cannot have a pilot of 10 users chosen as written for 30 days:\nerror: ",
    );
    refused(
        &["pilot", &hand, "--user-cost=-3"],
        "not an amount from 0 to 1000000; write for example --user-cost 40",
    );
    refused(
        &["gate", &moves],
        "no strategy has gates; add a table [strategies.gates] to one",
    );
    refused(
        &["gate", &bad_week],
        "when is a release bad? Add --limit lost_attendee_hours=500, for example, or a table [gate_study] with `harm` and \
         `limit`",
    );
    refused(
        &["gate", &bad_week, "--strategy", "trigger"],
        "strategy `trigger` has no gates; add a table [strategies.gates]",
    );
    refused(
        &["gate", &hand, "--limit", "meetings_held=3"],
        "`meetings_held` is no harm that every world has",
    );
    refused(
        &["gate", &hand, "--limit", "cost"],
        "write a metric and a number, for example lost_attendee_hours=500",
    );
}

#[test]
fn an_override_is_part_of_the_record_and_of_the_replay_command() {
    let place = folder();
    let path = shipped("five-users.toml");
    let set = ["--set", "strategies.in-turn.waves.size=4", "--set", "seed=6"];
    let mut run = vec!["run", &path, "--no-charts", "--replications", "4"];
    run.extend(set);
    let text = succeed(place.path(), &run);
    assert!(
        text.contains("--set strategies.in-turn.waves.size=4 --set seed=6"),
        "{text}"
    );
    let manifest =
        fs::read_to_string(place.path().join("output/five-users/manifest.json")).expect("a manifest");
    let manifest: serde_json::Value = serde_json::from_str(&manifest).expect("JSON");
    assert_eq!(manifest["set"], serde_json::json!([set[1], set[3]]));
    assert_eq!(manifest["seed"], 6);

    let mut replay = vec!["replay", &path, "--strategy", "in-turn", "--replication", "3"];
    assert!(succeed(place.path(), &replay).contains("not compared"));
    replay.extend(set);
    assert!(succeed(place.path(), &replay).contains("matches the recorded run"));
}

#[test]
fn an_exported_world_replays_to_its_record_unless_it_was_changed() {
    let place = folder();
    let path = shipped("five-users.toml");
    succeed(place.path(), &["run", &path, "--no-charts"]);
    succeed(
        place.path(),
        &["world", &path, "--replication", "2", "--out", "two"],
    );
    let replay = ["replay", &path, "--strategy", "in-turn", "--world", "two"];
    assert!(succeed(place.path(), &replay).contains("matches the recorded run"));

    let series = place.path().join("two/series.csv");
    let text = fs::read_to_string(&series).expect("series");
    let (kept, _) = text.trim_end().rsplit_once('\n').expect("some series");
    let gone = text.trim_end().rsplit('\n').next().expect("a last series");
    let mut cells = gone.split(',');
    let (organiser, number) = (cells.next().expect("a name"), cells.next().expect("a number"));
    fs::write(&series, format!("{kept}\n")).expect("series");
    let attendees = place.path().join("two/attendees.csv");
    let start_of_line = format!("{organiser},{number},");
    let text = fs::read_to_string(&attendees).expect("attendees");
    let others: Vec<&str> = text
        .lines()
        .filter(|line| !line.starts_with(&start_of_line))
        .collect();
    fs::write(&attendees, others.join("\n") + "\n").expect("attendees");
    let output = start(place.path(), &replay);
    assert_eq!(code(&output), Some(4), "{}", told(&output));
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_ends_with_130_and_leaves_earlier_results() {
    let place = folder();
    let path = shipped("people.toml");
    let run = ["run", path.as_str(), "--no-charts", "--replications"];
    succeed(place.path(), &[&run[..], &["3"]].concat());
    let before = files(place.path());
    let mut long = program(place.path(), &[&run[..], &["1000000"]].concat())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("the program starts");
    std::thread::sleep(std::time::Duration::from_secs(2));
    let interrupt = Command::new("kill")
        .args(["-INT", &long.id().to_string()])
        .status()
        .expect("kill is there");
    assert!(interrupt.success());
    let status = long.wait().expect("it ends");
    assert_eq!(status.code(), Some(130));
    assert!(files(place.path()) == before, "the results changed");
}

/// Files of a run but those that say how well its means are known.
fn results_alone(place: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = files(place);
    let own = ["manifest.json", "precision.csv", "results.xlsx"];
    files.retain(|name, _| own.iter().all(|own| !name.ends_with(own)));
    files
}

#[test]
fn an_extended_run_has_the_bytes_of_one_long_run() {
    let place = folder();
    let file = shipped("bad-week.toml");
    let arguments = |out: &'static str, count: &'static str| {
        vec![
            "run",
            &file,
            "--strategy",
            "gates",
            "--out",
            out,
            "--replications",
            count,
        ]
    };
    succeed(place.path(), &arguments("long", "45"));
    succeed(place.path(), &arguments("parts", "12"));
    for (count, threads) in [("13", "1"), ("45", "2")] {
        let mut arguments = arguments("parts", count);
        arguments.extend(["--extend", "--threads", threads]);
        succeed(place.path(), &arguments);
    }
    let (long, parts) = (place.path().join("long"), place.path().join("parts"));
    assert!(files(&long) == files(&parts));
    assert!(files(&long).contains_key(Path::new("bad-week/daily.json.gz")));
}

#[test]
fn only_results_of_the_same_run_are_extended() {
    let place = folder();
    let file = shipped("five-users.toml");
    let run = ["run", &file, "--no-charts", "--replications", "5"];
    let refused = |arguments: &[&str]| {
        let all: Vec<&str> = run
            .iter()
            .chain(["--extend"].iter())
            .chain(arguments)
            .copied()
            .collect();
        let output = start(place.path(), &all);
        assert_eq!(code(&output), Some(2), "{arguments:?}");
        told(&output)
    };
    assert_eq!(
        refused(&[]),
        "error: --extend: output/five-users has no earlier results; leave out --extend to run anew\n"
    );
    assert!(is_empty(place.path()));
    succeed(place.path(), &run);
    let before = files(place.path());
    let other = "output/five-users has results of another run";
    assert_eq!(
        refused(&[]),
        "error: --extend: output/five-users has 5 worlds already; ask for more, such as --replications 105\n"
    );
    for (option, says) in [
        ("--seed=9", "seed 5, not 9"),
        ("--fix-uncertain", "without --fix-uncertain"),
        ("--strategy=in-turn", "strategies "),
        ("--base=in-turn", "base "),
        (
            "--set=people.active=0.5",
            "the scenario, a file that it names, or --set has changed since",
        ),
    ] {
        let told = refused(&[option]);
        assert!(told.contains(other) && told.contains(says), "{option}: {told}");
    }
    let rows = place.path().join("output/five-users/replications.csv");
    let text = fs::read_to_string(&rows).unwrap();
    fs::write(&rows, text.replacen(",0,", ",1,", 1)).unwrap();
    let arguments: Vec<&str> = vec!["run", &file, "--no-charts", "--replications", "9", "--extend"];
    let output = start(place.path(), &arguments);
    assert_eq!(code(&output), Some(2));
    let changed = "error: --extend: output/five-users cannot be extended: replications.csv was changed since the run wrote it; \
                   leave out --extend to run anew\n";
    assert_eq!(told(&output), changed);
    fs::write(&rows, text).unwrap();
    assert!(files(place.path()) == before);
}

#[test]
fn worlds_are_added_in_rounds_until_means_are_known() {
    let place = folder();
    let file = shipped("bad-week.toml");
    let run = |out: &str, options: &[&str]| {
        let mut arguments = vec![
            "run",
            &file,
            "--strategy",
            "gates",
            "--base",
            "gates",
            "--no-charts",
            "--out",
            out,
        ];
        arguments.extend(options);
        succeed(place.path(), &arguments)
    };
    let wanted = "broken=6%,completion=4d";
    let one = run("one", &["--precision", wanted, "--threads", "1"]);
    let two = run("two", &["--precision", wanted, "--threads", "2"]);
    let named_two = one
        .replace("--out one", "--out two")
        .replace("Wrote one/", "Wrote two/");
    assert_eq!(named_two, two);
    let bytes = |out: &str| files(&place.path().join(out));
    assert!(bytes("one") == bytes("two"));
    let manifest = &bytes("one")[Path::new("bad-week/manifest.json")];
    let manifest: serde_json::Value = serde_json::from_slice(manifest).unwrap();
    let worlds = manifest["replications"].as_u64().unwrap();
    assert!(worlds > 100 && worlds.is_multiple_of(100), "{worlds}");
    assert_eq!(
        manifest["precision"],
        serde_json::json!(["meetings_broken=6%", "completion_day=4d"])
    );
    // Nothing but the number of worlds is decided by it: it is the run of so many, and the one round less does not do.
    run("same", &["--replications", &worlds.to_string()]);
    let alone = |out: &str| results_alone(&place.path().join(out));
    assert!(alone("same") == alone("one"));
    let fewer = (worlds - 100).to_string();
    let short = run("short", &["--precision", wanted, "--max-replications", &fewer]);
    let short = short.replace("\n  ", " ");
    assert!(
        short.contains(&format!("not reached in the {fewer} worlds allowed")),
        "{short}"
    );
    assert!(short.contains("gates, broken meetings: ±") || short.contains("gates, completion: ±"));
    // What was stopped early goes on as if it never had been.
    run("short", &["--precision", wanted, "--extend"]);
    assert!(bytes("short") == bytes("one"));
}

#[test]
fn what_does_not_vary_or_hardly_ever_happens_is_never_called_known() {
    let place = folder();
    let file = shipped("bad-week.toml");
    let options = [
        "--strategy",
        "gates",
        "--base",
        "gates",
        "--no-charts",
        "--max-replications",
        "100",
    ];
    let mut arguments = vec!["run", &file];
    arguments.extend(options);
    arguments.extend(["--precision", "clients_downgraded=1,users_moved=5%"]);
    let printed = succeed(place.path(), &arguments).replace("\n  ", " ");
    assert!(
        printed.contains(
            "gates, machines downgraded: not known; only 0 of 100 worlds have a value other than zero"
        ),
        "{printed}"
    );
    let csv = fs::read_to_string(place.path().join("output/bad-week/precision.csv")).unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert!(
        lines[1].contains(",clients_downgraded=1,100,0,,,false,,"),
        "{csv}"
    );
    assert!(
        lines[2].contains(",users_moved=5%,100,") && lines[2].contains(",true,"),
        "{csv}"
    );
}

#[test]
fn odd_precisions_are_refused_with_what_to_write() {
    let place = folder();
    let file = shipped("five-users.toml");
    for (options, says) in [
        (
            ["--precision", "meetings_broken"],
            "write METRIC=SIZE, such as meetings_broken=2% or completion=0.5d",
        ),
        (
            ["--precision", "meetings_brokn=2%"],
            "no such metric; did you mean `meetings_broken`?",
        ),
        (
            ["--precision", "cost=0%"],
            "`0%` is no size; write a share such as 2%, or a number above 0 in currency",
        ),
        (
            ["--precision", "completion=1h"],
            "`1h` is no size; write a share such as 2%, or a number above 0 in d",
        ),
        (
            ["--precision", "first_rollback_day=2d"],
            "first_rollback_day has a value only in worlds with a rollback",
        ),
        (
            ["--max-replications", "50"],
            "not a whole number from 100, the size of a round",
        ),
    ] {
        let output = start(place.path(), &["run", &file, options[0], options[1]]);
        assert_eq!(code(&output), Some(2), "{options:?}");
        assert!(told(&output).contains(says), "{options:?}: {}", told(&output));
    }
    assert!(is_empty(place.path()));
}
