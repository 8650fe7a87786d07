//! What leaves the program: no letter that steers a terminal, tables for a spreadsheet of another country, and the right exit code when
//! nobody can take it.

use crate::common::{program, shipped, start};
use std::fs;

#[test]
fn tables_for_a_german_spreadsheet_lie_beside_the_plain_ones() {
    let place = tempfile::tempdir().expect("a folder");
    let file = shipped("five-users.toml");
    let run = ["run", &file, "--replications", "3", "--no-charts"];
    let results = place.path().join("output/five-users");
    let read =
        |name: &str| fs::read_to_string(results.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(start(place.path(), &run).status.success());
    let plain = read("summary.csv");
    assert!(!results.join("excel").exists());
    let with_excel = [&run[..], &["--csv", "excel"]].concat();
    assert!(start(place.path(), &with_excel).status.success());
    assert_eq!(read("summary.csv"), plain);
    for name in [
        "comparisons.csv",
        "limits.csv",
        "replications.csv",
        "summary.csv",
        "timeline.csv",
    ] {
        let (plain, excel) = (read(name), read(&format!("excel/{name}")));
        let excel = excel
            .strip_prefix('\u{feff}')
            .unwrap_or_else(|| panic!("{name} has no mark"));
        assert!(
            excel.lines().count() == plain.lines().count() && excel.ends_with("\r\n"),
            "{name}"
        );
        let mut reader = csv::ReaderBuilder::new();
        let mut german = reader.delimiter(b';').from_reader(excel.as_bytes());
        let mut english = csv::Reader::from_reader(plain.as_bytes());
        for (german, english) in german.records().zip(english.records()) {
            for (german, english) in german.expect("a row").iter().zip(&english.expect("a row")) {
                // A decimal comma in the place of the point, and nothing else.
                assert_eq!(german.replace(',', "."), english.replace(',', "."), "{name}");
                assert!(
                    english.parse::<f64>().is_err() || !german.contains('.'),
                    "{name}: {german}"
                );
            }
        }
    }
    // Results of one form are extended to those of the other, and tables that are not asked for any more go.
    let more = ["run", &file, "--replications", "5", "--no-charts", "--extend"];
    let output = start(place.path(), &more);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(!results.join("excel").exists());
    let replay = [
        "replay",
        &file,
        "--strategy",
        "in-turn",
        "--replication",
        "0",
        "--csv",
        "excel",
    ];
    assert!(start(place.path(), &replay).status.success());
    let log = place
        .path()
        .join("output/five-users-replay/in-turn-0/excel/events.csv");
    assert!(
        fs::read_to_string(log)
            .expect("a log")
            .starts_with("\u{feff}seq;time_ms;")
    );
}

#[test]
fn no_letter_that_steers_a_terminal_is_printed() {
    let place = tempfile::tempdir().expect("a folder");
    let text = fs::read_to_string(shipped("five-users.toml")).expect("a scenario");
    let odd = "\u{1b}]0;pwned\u{7}\u{9b}31m\u{202e}";
    for (name, text) in [
        (
            "title.toml",
            text.replacen("title = \"", "title = \"\\u001b[31mRED\\u001b]0;x\\u0007\\r", 1),
        ),
        (
            "comment.toml",
            text.replacen("[calendar]", &format!("[calendar] # {odd}\nx = \"{odd}\""), 1),
        ),
        (
            "key.toml",
            text.replacen("[calendar]", "[calendar]\n\"\\u001b[2J\" = 1", 1),
        ),
    ] {
        fs::write(place.path().join(name), text).expect("a scenario");
        let missing = format!("no-{odd}.toml");
        for arguments in [
            &["check", name][..],
            &["run", name, "--no-charts"],
            &["check", &missing],
            &["check", name, odd],
        ] {
            let output = program(place.path(), arguments)
                .env("CLICOLOR_FORCE", "1")
                .output();
            let output = output.expect("the program starts");
            for bytes in [&output.stdout, &output.stderr] {
                let text = String::from_utf8(bytes.clone()).expect("text");
                let plain = coexist::letters::coloured(&text);
                assert_eq!(plain, text, "{arguments:?}");
                assert!(
                    !text.contains("[31mRED") || !text.contains("\u{1b}[31mRED"),
                    "{arguments:?}"
                );
            }
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_ends_with_1_and_a_reader_that_goes_away_with_0() {
    use std::process::Stdio;
    let place = tempfile::tempdir().expect("a folder");
    let file = shipped("five-users.toml");
    for arguments in [
        &["--help"][..],
        &["--version"],
        &["run", "--help"],
        &["metrics"],
        &["check", &file],
        &["run", &file, "--replications", "2", "--no-charts"],
        &["replay", &file, "--strategy", "in-turn", "--replication", "0"],
        &["world", &file, "--replication", "0", "--out", "w"],
    ] {
        let full = fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .expect("a full device");
        let output = program(place.path(), arguments)
            .stdout(full)
            .output()
            .expect("the program starts");
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(
            told.contains("could not write to standard output"),
            "{arguments:?}: {told}"
        );
        let mut child = program(place.path(), arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        drop(child.stdout.take());
        assert_eq!(child.wait().expect("an end").code(), Some(0), "{arguments:?}");
    }
}

#[test]
fn a_width_that_nobody_knows_is_eighty() {
    let place = tempfile::tempdir().expect("a folder");
    let widest = |columns: &str| {
        let output = program(place.path(), &["metrics"])
            .env("COLUMNS", columns)
            .output();
        let text = String::from_utf8(output.expect("the program starts").stdout).expect("text");
        text.lines()
            .map(|line| line.chars().count())
            .max()
            .unwrap_or_default()
    };
    let usual = widest("80");
    assert!(usual > 60);
    for odd in ["0", "-5", "wide", "99999999999"] {
        assert_eq!(widest(odd), usual, "{odd}");
    }
    assert!(widest("60") <= 60);
}

#[test]
fn two_replays_tell_where_they_part() {
    let place = tempfile::tempdir().expect("a folder");
    let file = shipped("five-users.toml");
    let replay = |more: &[&str]| {
        let base = ["replay", &file, "--strategy", "turn-back", "--replication", "0"];
        start(place.path(), &[&base[..], more].concat())
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(replay(&["--out", "one"]).status.success());
    let one = "one/five-users-replay/turn-back-0";
    let same = replay(&["--out", "two", "--against", one]);
    assert_eq!(same.status.code(), Some(0), "{}", text(&same.stderr));
    assert!(text(&same.stdout).contains("Every day is the same as in the other replay"));
    let other = replay(&[
        "--out",
        "three",
        "--set",
        "installs.failure=0.9",
        "--against",
        one,
    ]);
    assert_eq!(other.status.code(), Some(4));
    let told = text(&other.stderr);
    assert!(
        told.contains("the replays differ: the first day that differs is day ")
            && told.contains("\n  there: "),
        "{told}"
    );
    let none = replay(&["--out", "four", "--against", "nowhere"]);
    assert_eq!(none.status.code(), Some(2));
    assert!(text(&none.stderr).contains("--against: nowhere holds no replay"));
    assert!(!place.path().join("four").exists());
    let seed = replay(&["--out", "four", "--seed", "9", "--against", one]);
    assert_eq!(seed.status.code(), Some(2));
    assert!(
        text(&seed.stderr).contains("in world 0 of seed 5; compare with one of the same"),
        "{}",
        text(&seed.stderr)
    );
    let days = place.path().join(one).join("days.csv");
    let written = fs::read_to_string(&days).expect("days");
    fs::write(&days, format!("{written}999,,1,0\n")).expect("days");
    let changed = replay(&["--out", "four", "--against", one]);
    assert_eq!(changed.status.code(), Some(2));
    assert!(text(&changed.stderr).contains("its days.csv was changed since it was written"));
    let itself = replay(&["--out", "one", "--against", one]);
    assert_eq!(itself.status.code(), Some(2));
}
