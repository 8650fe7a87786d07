//! Results folders: nobody's files are lost, results are whole whenever a process ends, one process writes at a time.
//!
//! `COEXIST_KILLS=200` kills that often, not only a few times.

use crate::common::{file, program, start, told};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A folder with the scenario `x`, a small company with gates and defects, and the results of `run` below `out`.
struct Desk {
    folder: TempDir,
}

const RUN: [&str; 6] = ["run", "x.toml", "--no-charts", "--quiet", "--replications", "3"];

impl Desk {
    fn new() -> Desk {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let text = fs::read_to_string(file("by-hand-gate.toml")).expect("the scenario");
        let text = text.replace("name = \"by-hand-gate\"", "name = \"x\"");
        fs::write(folder.path().join("x.toml"), text).expect("a scenario");
        Desk { folder }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program(self.folder.path(), arguments);
        if arguments[0] != "world" {
            command.args(["--out", "out"]);
        }
        command
    }

    fn start(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program starts")
    }

    fn succeed(&self, arguments: &[&str]) -> String {
        let output = self.start(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", told(&output));
        told(&output)
    }

    /// Refused with exit code 2 and these words, before anything is simulated.
    fn refused(&self, arguments: &[&str]) -> String {
        let before = names(self.folder.path());
        let output = self.start(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", told(&output));
        assert!(output.stdout.is_empty(), "{arguments:?} prints results");
        assert_eq!(names(self.folder.path()), before, "{arguments:?} writes");
        told(&output)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.at(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.at(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn manifest(&self, name: &str) -> serde_json::Value {
        serde_json::from_str(&self.read(&format!("{name}/manifest.json"))).expect("a manifest")
    }

    /// Is what the manifest lists there, as it was written? Gives the names of all files.
    fn whole(&self, name: &str) -> BTreeSet<String> {
        let manifest = self.manifest(name);
        let files = manifest["files"].as_object().expect("a list of files");
        for (file, digest) in files {
            let bytes = fs::read(self.at(name).join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
            let own = blake3::hash(&bytes).to_hex();
            assert_eq!(digest, own.as_str(), "{name}/{file} is not as it was written");
        }
        names(&self.at(name))
    }
}

/// All files below a folder; links are not followed.
fn names(dir: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let name = entry.file_name().to_str().expect("a plain name").to_string();
        if entry.file_type().expect("a type").is_dir() {
            found.extend(
                names(&entry.path())
                    .into_iter()
                    .map(|below| format!("{name}/{below}")),
            );
        } else {
            found.insert(name);
        }
    }
    found
}

/// Every command that writes, with the folder that it writes.
fn commands() -> Vec<(Vec<&'static str>, &'static str)> {
    let worlds = ["--no-charts", "--quiet", "--replications", "3"];
    let study = |command: &'static str, more: &[&'static str], place| {
        ([&[command, "x.toml"], &worlds[..], more].concat(), place)
    };
    vec![
        study("run", &[], "out/x"),
        study(
            "exposure",
            &["--strategy", "gated", "--at", "5"],
            "out/x-exposure",
        ),
        study("sensitivity", &["--trajectories", "0"], "out/x-sensitivity"),
        study("pilot", &["--strategy", "gated", "--size", "5"], "out/x-pilot"),
        study("gate", &["--limit", "lost_attendee_hours=1"], "out/x-gate"),
        study(
            "optimize",
            &[
                "--strategy",
                "gated",
                "--vary",
                "pilot.size=8,10",
                "--metric",
                "meetings_broken,cost",
            ],
            "out/x-optimize",
        ),
        (
            vec!["replay", "x.toml", "--strategy", "gated", "--replication", "0"],
            "out/x-replay/gated-0",
        ),
        (
            vec!["world", "x.toml", "--replication", "0", "--out", "out/world"],
            "out/world",
        ),
    ]
}

#[test]
fn foreign_files_stay_and_own_files_that_are_not_written_again_go() {
    let desk = Desk::new();
    for (command, place) in commands() {
        desk.succeed(&command);
        let own = desk.whole(place);
        desk.write(&format!("{place}/notes.docx"), "my remarks");
        desk.write(&format!("{place}/slides/deep/a"), "my slides");
        desk.write(&format!("{place}/charts/mine.png"), "my chart");
        desk.succeed(&command);
        let mut expected = own;
        expected.extend(["notes.docx", "slides/deep/a", "charts/mine.png"].map(String::from));
        assert_eq!(desk.whole(place), expected, "{command:?}");
        assert_eq!(desk.read(&format!("{place}/slides/deep/a")), "my slides");
    }
    let scratch: Vec<String> = (names(&desk.at("out")).into_iter())
        .filter(|name| name.contains(".coexist-"))
        .collect();
    assert_eq!(scratch, [""; 0]);

    let rounds = [
        "run",
        "x.toml",
        "--no-charts",
        "--quiet",
        "--precision",
        "cost=50%",
        "--max-replications",
        "100",
    ];
    desk.succeed(&rounds);
    assert!(desk.whole("out/x").contains("precision.csv"));
    desk.succeed(&RUN);
    assert!(
        !desk.whole("out/x").contains("precision.csv"),
        "a table of another run stays"
    );
}

#[test]
fn charts_go_with_a_word_unless_they_still_fit() {
    let desk = Desk::new();
    let with = ["run", "x.toml", "--quiet", "--replications", "3"];
    desk.succeed(&with);
    desk.write("out/x/charts/mine.png", "my chart");
    let charts = |desk: &Desk| {
        desk.whole("out/x")
            .iter()
            .filter(|name| name.ends_with(".svg"))
            .count()
    };
    let drawn = charts(&desk);
    assert!(drawn > 2);
    assert_eq!(desk.succeed(&RUN), "");
    assert_eq!(charts(&desk), drawn, "the same results keep their charts");
    let gone = "out/x/charts are gone: they showed earlier results; leave out --no-charts to draw new ones\n";
    let more = [
        "run",
        "x.toml",
        "--no-charts",
        "--quiet",
        "--extend",
        "--replications",
        "5",
    ];
    assert_eq!(desk.succeed(&more), gone);
    assert_eq!(charts(&desk), 0);
    assert_eq!(desk.read("out/x/charts/mine.png"), "my chart");
}

#[test]
fn folders_that_are_not_ours_are_refused_before_anything_is_simulated() {
    let desk = Desk::new();
    let refused = |text: &str| {
        // More worlds than could be simulated: a refusal after them would never come.
        let told = desk.refused(&["run", "x.toml", "--quiet", "--replications", "1000000"]);
        assert_eq!(told, format!("error: {text}\n"));
    };
    desk.write("out/x/src/code.js", "precious");
    refused("out/x holds files, but no manifest.json: not written by this program; choose another --out");
    desk.write(
        "out/x/manifest.json",
        r#"{"manifest_version":3,"name":"an extension"}"#,
    );
    refused("out/x holds files, and its manifest.json is not one of this program; choose another --out");
    fs::remove_dir_all(desk.at("out/x")).unwrap();

    desk.succeed(&RUN);
    let manifest = desk.read("out/x/manifest.json");
    desk.write(
        "out/x/manifest.json",
        &manifest.replace("\"schema\": 2", "\"schema\": 99"),
    );
    refused(
        "out/x holds results of another version (layout 99, this one writes 2); move or delete them, or choose another --out",
    );
}

#[test]
fn results_of_another_command_or_scenario_are_refused() {
    let desk = Desk::new();
    let text = desk.read("x.toml").replace("name = \"x\"", "name = \"x-gate\"");
    desk.write("y.toml", &text);
    desk.succeed(&["run", "y.toml", "--no-charts", "--quiet", "--replications", "3"]);
    let gate = [
        "gate",
        "x.toml",
        "--limit",
        "lost_attendee_hours=1",
        "--replications",
        "3",
    ];
    assert_eq!(
        desk.refused(&gate),
        "error: out/x-gate holds the results of `run` of scenario `x-gate`, not those of `gate` of `x`; choose another --out\n"
    );
    let world = ["world", "x.toml", "--replication", "0", "--out", "out/x-gate"];
    assert_eq!(
        desk.refused(&world),
        "error: out/x-gate holds the results of `run` of scenario `x-gate`, not those of `world` of `x`; choose another --out\n"
    );
}

#[test]
fn a_foreign_file_with_a_name_that_is_needed_is_refused() {
    let desk = Desk::new();
    desk.succeed(&RUN);
    desk.write("out/x/charts/rollback-exposure.svg", "drawn by hand");
    let told = desk.refused(&["run", "x.toml", "--quiet", "--replications", "1000000"]);
    assert_eq!(
        told,
        "error: out/x holds charts/rollback-exposure.svg: not written by this program, and needed for a file of that name; \
         move it, or choose another --out\n"
    );
    fs::remove_dir_all(desk.at("out/x/charts")).unwrap();
    desk.write("out/x/precision.csv/inside", "a folder");
    assert!(
        desk.refused(&RUN)
            .contains("out/x holds precision.csv/inside: not written by")
    );
}

#[test]
fn a_scenario_among_its_results_stays_and_is_never_replaced() {
    let desk = Desk::new();
    desk.succeed(&RUN);
    fs::rename(desk.at("x.toml"), desk.at("out/x/x.toml")).unwrap();
    let run = [
        "run",
        "out/x/x.toml",
        "--no-charts",
        "--quiet",
        "--replications",
        "4",
    ];
    desk.succeed(&run);
    assert!(desk.whole("out/x").contains("x.toml"));
    fs::rename(desk.at("out/x/x.toml"), desk.at("out/x/summary.csv")).unwrap();
    let run = [
        "run",
        "out/x/summary.csv",
        "--no-charts",
        "--quiet",
        "--replications",
        "4",
    ];
    let told = desk.refused(&run);
    assert!(
        told.contains("out/x holds summary.csv: not written by this program"),
        "{told}"
    );
}

#[test]
fn an_own_file_that_was_edited_is_kept_under_another_name() {
    let desk = Desk::new();
    desk.succeed(&RUN);
    desk.write("out/x/summary.csv", "edited in a spreadsheet");
    let kept = "out/x/summary.changed.csv was kept: it had been changed since it was written\n";
    assert_eq!(desk.succeed(&RUN), kept);
    assert_eq!(desk.read("out/x/summary.changed.csv"), "edited in a spreadsheet");
    assert!(desk.whole("out/x").contains("summary.changed.csv"));
}

#[test]
fn a_place_that_is_a_file_or_cannot_be_made_is_refused_at_once() {
    let desk = Desk::new();
    desk.write("file", "");
    let run = |out: &str| {
        let arguments = ["run", "x.toml", "--replications", "1000000", "--out", out];
        let output = start(desk.folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(2), "{}", told(&output));
        told(&output)
    };
    assert_eq!(
        run("file"),
        "error: file is a file, not a folder; choose another --out\n"
    );
    assert_eq!(
        run("file/deep"),
        "error: file is a file, not a folder; choose another --out\n"
    );
    desk.write("out/x", "");
    assert_eq!(
        run("out"),
        "error: out/x is a file, not a folder; choose another --out\n"
    );
}

#[test]
fn a_run_that_is_refused_or_fails_leaves_no_folder() {
    let desk = Desk::new();
    let output = desk.start(&["run", "x.toml", "--extend", "--replications", "9"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(!desk.at("out").exists());
}

#[test]
fn results_that_cannot_be_put_in_their_place_are_kept_whole_beside_it() {
    let desk = Desk::new();
    desk.succeed(&RUN);
    let earlier = desk.read("out/x/manifest.json");
    let run = [
        "run",
        "x.toml",
        "--no-charts",
        "--quiet",
        "--replications",
        "1500",
    ];
    for place in ["out/x.new", "out/x.new", "out/x.new-2"] {
        let mut command = desk.command(&run);
        let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let child = child.expect("the program starts");
        while !desk.at("out/.coexist-x/lock").exists() {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(50));
        // A synchronised folder brings a file with a name that will be written.
        desk.write("out/x/precision.csv", "by somebody else");
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(1), "{}", told(&output));
        let says = format!(
            "error: could not write out/x: out/x holds precision.csv: not written by this program, and needed for a file of that \
             name; move it, or choose another --out. The new results are whole in {place}: close what holds files of the old ones \
             open, then rename it, or run again\n"
        );
        assert_eq!(told(&output), says);
        assert_eq!(desk.manifest(place)["replications"], 1500);
        desk.whole(place);
        assert_eq!(desk.read("out/x/manifest.json"), earlier);
        assert_eq!(desk.read("out/x/precision.csv"), "by somebody else");
        fs::remove_file(desk.at("out/x/precision.csv")).unwrap();
        if desk.at("again").exists() {
            // What somebody put beside those results is not lost to the next ones.
            desk.write("out/x.new/notes.docx", "my remarks");
        }
        desk.write("again", "");
    }
    assert_eq!(desk.read("out/x.new/notes.docx"), "my remarks");
}

#[cfg(unix)]
#[test]
fn links_are_resolved_or_replaced_and_never_written_through() {
    use std::os::unix::fs::symlink;
    let desk = Desk::new();
    desk.succeed(&RUN);
    fs::create_dir(desk.at("store")).unwrap();
    fs::rename(desk.at("out/x"), desk.at("store/elsewhere")).unwrap();
    symlink("../store/elsewhere", desk.at("out/x")).unwrap();
    desk.write("victim.txt", "precious");
    fs::remove_file(desk.at("store/elsewhere/summary.csv")).unwrap();
    symlink("../../victim.txt", desk.at("store/elsewhere/summary.csv")).unwrap();
    desk.succeed(&["run", "x.toml", "--no-charts", "--quiet", "--replications", "5"]);
    assert!(
        fs::symlink_metadata(desk.at("out/x")).unwrap().is_symlink(),
        "the link stays"
    );
    assert_eq!(desk.manifest("store/elsewhere")["replications"], 5);
    assert_eq!(desk.read("victim.txt"), "precious");
    assert!(
        fs::symlink_metadata(desk.at("store/elsewhere/summary.csv"))
            .unwrap()
            .is_file()
    );
    desk.whole("store/elsewhere");

    fs::remove_dir_all(desk.at("store")).unwrap();
    let told = desk.refused(&RUN);
    assert_eq!(
        told,
        "error: out/x is a link to a folder that is not there; make that folder, or choose another --out\n"
    );

    desk.write("out/x-replay/gated-0/events.csv", "foreign");
    fs::remove_file(desk.at("out/x-replay/gated-0/events.csv")).unwrap();
    symlink("../../../victim.txt", desk.at("out/x-replay/gated-0/events.csv")).unwrap();
    let replay = ["replay", "x.toml", "--strategy", "gated", "--replication", "0"];
    assert!(desk.refused(&replay).contains("not written by this program"));
    assert_eq!(desk.read("victim.txt"), "precious");
}

#[test]
fn standing_in_the_folder_of_results_is_no_harm() {
    let desk = Desk::new();
    desk.succeed(&RUN);
    let mut command = Command::new(env!("CARGO_BIN_EXE_coexist"));
    let command = command.current_dir(desk.at("out/x"));
    let output = command.args([
        "run",
        "../../x.toml",
        "--no-charts",
        "--replications",
        "4",
        "--out",
        "..",
    ]);
    let output = output.output().expect("the program starts");
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert_eq!(desk.manifest("out/x")["replications"], 4);
    desk.whole("out/x");
}

#[test]
fn the_log_of_another_seed_goes_beside() {
    let desk = Desk::new();
    let replay = ["replay", "x.toml", "--strategy", "gated", "--replication", "0"];
    desk.succeed(&replay);
    let log = desk.read("out/x-replay/gated-0/events.csv");
    desk.succeed(&[&replay[..], &["--seed", "77"]].concat());
    assert_eq!(desk.read("out/x-replay/gated-0/events.csv"), log);
    desk.whole("out/x-replay/gated-0-seed-77");
}

/// Only to wait for processes, and to kill them at some moment of their lives.
#[expect(clippy::disallowed_methods, reason = "no result depends on it")]
fn now() -> Instant {
    Instant::now()
}

/// Starts a run that will not end by itself, and waits until it holds its place.
#[cfg(unix)]
fn endless(desk: &Desk) -> std::process::Child {
    let run = [
        "run",
        "x.toml",
        "--no-charts",
        "--quiet",
        "--replications",
        "1000000",
    ];
    let mut command = desk.command(&run);
    let child = command.stdout(Stdio::null()).stderr(Stdio::piped());
    let child = child.spawn().expect("the program starts");
    let begun = now();
    while !desk.at("out/.coexist-x/lock").exists() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it never begins");
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(100));
    child
}

#[cfg(unix)]
fn send(signal: &str, child: &std::process::Child) {
    let sent = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status();
    assert!(sent.expect("kill is there").success());
}

#[cfg(unix)]
#[test]
fn one_run_writes_at_a_time_and_another_one_can_wait() {
    let desk = Desk::new();
    desk.succeed(&RUN);
    let mut long = endless(&desk);
    let output = desk.start(&RUN);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        told(&output),
        "error: out/x is being written by another run; add --wait to wait for it, or choose another --out\n"
    );
    // Another command and another scenario are not in the way.
    desk.succeed(&[
        "gate",
        "x.toml",
        "--limit",
        "lost_attendee_hours=1",
        "--replications",
        "3",
        "--no-charts",
    ]);
    let mut waiting = desk.command(&[&RUN[..], &["--wait"]].concat());
    let waiting = waiting
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    std::thread::sleep(Duration::from_millis(300));
    send("-TERM", &long);
    assert_eq!(long.wait().expect("it ends").code(), Some(143));
    let output = waiting.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert_eq!(told(&output), "waiting for another run that writes out/x\n");
    assert!(
        !names(&desk.at("out"))
            .iter()
            .any(|name| name.contains(".coexist-"))
    );
}

#[cfg(unix)]
#[test]
fn every_signal_has_its_exit_code_and_leaves_nothing() {
    let desk = Desk::new();
    desk.succeed(&RUN);
    let before = names(&desk.at("out"));
    for (signal, code) in [("-INT", 130), ("-TERM", 143), ("-HUP", 129)] {
        let long = endless(&desk);
        send(signal, &long);
        let output = long.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(code), "{signal}");
        assert_eq!(
            told(&output),
            "interrupted; earlier results are as they were\n",
            "{signal}"
        );
        assert_eq!(names(&desk.at("out")), before, "{signal}");
    }
}

/// Kills every command at many moments: what was there before is whole, or what is new; foreign files are there; the next
/// run finds earlier results and leaves nothing of the dead.
#[test]
fn a_killed_process_loses_nothing() {
    let desk = Desk::new();
    let mut duration = Vec::new();
    for (command, place) in commands() {
        desk.succeed(&command);
        desk.write(&format!("{place}/notes.docx"), "my remarks");
        let begun = now();
        desk.succeed(&command);
        duration.push(begun.elapsed());
    }
    let kills: u32 = std::env::var("COEXIST_KILLS").map_or(28, |kills| kills.parse().expect("a number"));
    let mut interrupted = 0;
    for kill in 0..kills {
        let which = kill as usize % duration.len();
        let (command, place) = &commands()[which];
        let mut child = desk.command(command);
        let child = child.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let mut child = child.expect("the program starts");
        // Most of the files are written at the end.
        let share = f64::from(kill * 617 % 1000) / 1000.0;
        std::thread::sleep(duration[which].mul_f64(0.2 + 0.8 * share));
        child.kill().expect("it is killed");
        let status = child.wait().expect("it ends");
        assert!(
            matches!(status.code(), None | Some(0)),
            "{command:?} failed: {status}"
        );
        interrupted += u32::from(!status.success());
        assert!(desk.whole(place).contains("notes.docx"), "{command:?} {share}");
        assert_eq!(desk.read(&format!("{place}/notes.docx")), "my remarks");
    }
    assert!(interrupted > 0, "every process ended before it was killed");
    desk.succeed(&[
        "run",
        "x.toml",
        "--no-charts",
        "--quiet",
        "--extend",
        "--replications",
        "4",
    ]);
    for (command, place) in commands() {
        desk.succeed(&command);
        desk.whole(place);
    }
    let left: Vec<String> = (names(&desk.at("out")).into_iter())
        .filter(|name| name.contains(".coexist-"))
        .collect();
    assert_eq!(left, [""; 0]);
}
