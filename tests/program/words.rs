//! The words that planners read: explained where they are printed, money in the scenario's currency, metrics in words, few worlds
//! by their number, and a story that says what it left out.

use crate::common::{file, program, succeeds};
use coexist::outcome::metric::DEFINITIONS;
use coexist::report::words::EXPLAINED;
use std::fs;
use std::path::{Path, PathBuf};

/// What a command prints.
fn printed(place: &Path, command: &str, file: &Path, arguments: &[&str]) -> String {
    let mut program = program(place, &[command]);
    program.arg(file).args(arguments);
    if command != "replay" {
        program.arg("--quiet");
    }
    succeeds(&mut program)
}

/// A shipped scenario that counts money in ounces of gold.
fn in_gold(place: &Path, name: &str) -> PathBuf {
    let text = fs::read_to_string(file(name)).expect("a scenario");
    let gold = "[cost]\ncurrency = \"XAU\"\n";
    let text = if text.contains("\n[cost]\n") {
        text.replacen("[cost]\n", gold, 1)
    } else {
        text.replacen("[[strategies]]", &format!("{gold}\n[[strategies]]"), 1)
    };
    let path = place.join(name);
    fs::write(&path, text).expect("written");
    path
}

/// Every study of a small scenario, with all that it prints. Money is in XAU.
fn studies(place: &Path) -> Vec<(&'static str, String)> {
    let of = |command: &'static str, name: &str, arguments: &[&str]| {
        (command, printed(place, command, &in_gold(place, name), arguments))
    };
    let metrics = "cost,meetings_broken,lost_attendee_hours";
    vec![
        of("exposure", "bad-week.toml", &["--replications", "3"]),
        of(
            "sensitivity",
            "by-hand.toml",
            &["--metric", metrics, "--replications", "6"],
        ),
        of("optimize", "best-day.toml", &["--replications", "40"]),
        of("gate", "by-hand-gate.toml", &["--replications", "12"]),
        of(
            "gate",
            "by-hand-gate.toml",
            &["--replications", "5", "--limit", "cost=10", "--out", "costs"],
        ),
        of(
            "pilot",
            "bad-week.toml",
            &["--strategy", "trigger", "--size", "50", "--replications", "3"],
        ),
        of(
            "replay",
            "bad-week.toml",
            &["--strategy", "trigger", "--replication", "0"],
        ),
    ]
}

/// The words of a text; a name in files is one.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
}

/// What was printed, without the line that explains words, and that line.
fn apart(text: &str) -> (String, String) {
    let Some((front, rest)) = text.split_once("\nWords: ") else {
        return (text.into(), String::new());
    };
    let (line, behind) = rest.split_once("\nWrote ").expect("where the files are");
    (format!("{front}\n{behind}"), line.replace('\n', " "))
}

#[test]
fn each_word_is_explained_where_it_is_printed_and_nowhere_else() {
    let dir = tempfile::tempdir().unwrap();
    let mut outputs = studies(dir.path());
    for details in [
        &["--replications", "2"][..],
        &["--replications", "2", "--details"],
    ] {
        for name in ["bad-week.toml", "five-users.toml", "by-hand.toml"] {
            outputs.push(("run", printed(dir.path(), "run", &file(name), details)));
        }
    }
    let mut seen = [false; EXPLAINED.len()];
    for (command, output) in &outputs {
        let (text, line) = apart(output);
        let text = text.to_lowercase();
        for (number, (word, meaning)) in EXPLAINED.into_iter().enumerate() {
            let is_printed = tokens(&text).any(|token| token.strip_suffix('s').unwrap_or(token) == word);
            let is_explained = line.contains(&format!("{word} = {meaning}"));
            assert_eq!(is_printed, is_explained, "{command}, {word}: {output}");
            seen[number] |= is_printed;
        }
    }
    assert_eq!(seen, [true; EXPLAINED.len()]);
}

/// All files below a place.
fn files(place: &Path, all: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(place).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, all);
        } else {
            all.push(path);
        }
    }
}

/// Does a file say "currency" other than as the name of something?
fn says_currency(path: &Path) -> bool {
    let text = String::from_utf8_lossy(&fs::read(path).expect("a file")).into_owned();
    match path.extension().and_then(|kind| kind.to_str()) {
        Some("csv") => text
            .lines()
            .any(|line| line.split([',', '/']).any(|cell| cell == "currency")),
        Some("json") => text.contains("\"currency\",") || text.contains(": \"currency"),
        Some("svg") => text.contains("currency"),
        _ => false,
    }
}

#[test]
fn money_is_said_in_the_currency_of_the_scenario() {
    let dir = tempfile::tempdir().unwrap();
    for (command, output) in studies(dir.path()) {
        assert!(!output.contains("currency"), "{command}: {output}");
        // A replay tells of no money, and a gate only if it is asked for.
        let tells = !matches!(command, "replay" | "gate") || output.contains("(cost)");
        assert_eq!(output.contains("XAU"), tells, "{command}: {output}");
    }
    let run = printed(
        dir.path(),
        "run",
        &in_gold(dir.path(), "by-hand.toml"),
        &["--details", "--replications", "3"],
    );
    assert!(!run.contains("currency") && run.contains("Cost (XAU)"), "{run}");
    let mut all = Vec::new();
    for folder in ["output", "costs"] {
        files(&dir.path().join(folder), &mut all);
    }
    let bad: Vec<&PathBuf> = all.iter().filter(|path| says_currency(path)).collect();
    assert!(bad.is_empty(), "{bad:?}");
    let units = |path: &str| fs::read_to_string(dir.path().join("output").join(path)).expect(path);
    for table in [
        "by-hand-sensitivity/risks.csv",
        "best-day-optimize/front.csv",
        "bad-week-exposure/exposure.csv",
        "by-hand/summary.csv",
    ] {
        assert!(units(table).contains(",cost,XAU,"), "{table}");
    }
    // A scenario that does not say which has no unit for people, and the word for machines.
    let plain = printed(
        dir.path(),
        "sensitivity",
        &file("by-hand.toml"),
        &["--metric", "cost", "--replications", "3", "--out", "plain"],
    );
    assert!(
        !plain.contains("currency") && plain.contains("against late: cost\n"),
        "{plain}"
    );
    let risks = fs::read_to_string(dir.path().join("plain/by-hand-sensitivity/risks.csv")).unwrap();
    assert!(risks.contains(",cost,currency,"), "{risks}");
}

#[test]
fn people_read_words_instead_of_names_in_files() {
    let dir = tempfile::tempdir().unwrap();
    let names: Vec<&str> = (DEFINITIONS.iter().map(|definition| definition.name))
        .filter(|name| name.contains('_'))
        .chain(["open_severity_1", "tickets_per_100", "reported_broken"])
        .collect();
    for (command, output) in studies(dir.path()) {
        for &name in &names {
            let count = tokens(&output).filter(|&token| token == name).count();
            // The harm of a gate is asked for by its name.
            let most = usize::from(command == "gate" && name == "defects_open_at_end");
            assert!(count <= most, "{command}, {name}: {output}");
        }
    }
    let mut all = Vec::new();
    files(dir.path(), &mut all);
    let charts = all
        .iter()
        .filter(|path| path.extension().is_some_and(|kind| kind == "svg"));
    let mut count = 0;
    for chart in charts {
        let text = fs::read_to_string(chart).expect("a chart");
        for &name in &names {
            assert!(
                !text.contains(name) && !text.contains(&name.replace('_', " ")),
                "{chart:?}: {name}"
            );
        }
        count += 1;
    }
    assert!(count >= 8, "{count} charts");
    let asked = printed(
        dir.path(),
        "run",
        &file("by-hand.toml"),
        &["--metric", "meetings_broken,cost", "--replications", "3"],
    );
    let flat = |text: &str| {
        let words: Vec<&str> = text
            .split([' ', '\n', '|'])
            .filter(|word| !word.is_empty())
            .collect();
        words.join(" ")
    };
    let asked = flat(&asked);
    assert!(asked.contains("Broken meetings"), "{asked}");
    // Once in the table of each of three strategies.
    assert_eq!(asked.matches("(meetings_broken)").count(), 3, "{asked}");
    assert!(!asked.contains("(cost)"), "{asked}");
}

#[test]
fn of_few_worlds_the_number_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let details = |worlds: &str| {
        printed(
            dir.path(),
            "run",
            &file("bad-week.toml"),
            &["--details", "--replications", worlds],
        )
    };
    let percent = |text: &str| {
        let words: Vec<&str> = text.split_whitespace().collect();
        let is_share = |three: &&[&str]| {
            three[0] == "in" && three[1].parse::<f64>().is_ok() && three[2].starts_with('%')
        };
        words.windows(3).filter(is_share).count()
    };
    let few = details("2");
    assert_eq!(percent(&few), 0, "{few}");
    assert!(few.contains("2 of 2"), "{few}");
    let flat = few.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("is not known from so few worlds"), "{few}");
    assert!(!flat.contains("times as many worlds"), "{few}");
    let more = details("20");
    assert!(percent(&more) > 0, "{more}");
    assert!(
        !more.contains("in 20 of 20") && !more.contains("in 0 of 20"),
        "{more}"
    );
}

#[test]
fn what_can_happen_has_its_row_although_it_did_not() {
    let dir = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(file("bad-week.toml")).unwrap();
    let calm = text.replacen("open_severity_1 = 0\nextent", "open_severity_1 = 1000\nextent", 1);
    assert_ne!(calm, text);
    let path = dir.path().join("calm.toml");
    fs::write(&path, calm).unwrap();
    let rows = |strategy: &str| {
        let arguments = ["--details", "--replications", "2", "--strategy", strategy];
        printed(dir.path(), "run", &path, &arguments)
    };
    let zero = |output: &str, label: &str| {
        let mut lines = output
            .lines()
            .filter(|line| line.starts_with(&format!("| {label} ")));
        let line = lines.next().map(str::to_string);
        line.map(|line| line.split('|').nth(2).unwrap().trim() == "0")
    };
    // A trigger may order a rollback, and does not; without one nobody can.
    assert_eq!(zero(&rows("trigger"), "Rollbacks"), Some(true));
    assert_eq!(zero(&rows("nobody-watches"), "Rollbacks"), None);
    assert_eq!(zero(&rows("nobody-watches"), "Tickets"), Some(false));
    // Without a desk there are no tickets, and without defects none escapes.
    let bare = printed(
        dir.path(),
        "run",
        &file("by-hand.toml"),
        &["--details", "--replications", "2"],
    );
    assert_eq!(zero(&bare, "Defects that escaped"), None, "{bare}");
    assert_eq!(zero(&bare, "Broken meetings"), Some(true), "{bare}");
}

#[test]
fn a_limit_is_said_in_words_and_kept_as_written_for_machines() {
    let dir = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(file("by-hand.toml")).unwrap();
    let limits = "[[limits]]\nmetric = \"completion_day\"\nby = \"2000-01-05\"\nprobability = 0.8\n\n\
                  [[limits]]\nmetric = \"cost\"\nat_most = 1\n\n\
                  [[limits]]\nmetric = \"mixed_meetings\"\nshare_of = \"meetings_judged\"\nat_most = 0.025\n\n";
    let path = dir.path().join("limited.toml");
    let text = text
        .replacen("[cost]\n", "[cost]\ncurrency = \"XAU\"\n", 1)
        .replacen("[[strategies]]", &format!("{limits}[[strategies]]"), 1);
    fs::write(&path, text).unwrap();
    let said = printed(dir.path(), "run", &path, &["--details", "--replications", "3"]);
    let flat = said.split_whitespace().collect::<Vec<_>>().join(" ");
    for limit in [
        "completion by 5 Jan 2000 in 80 % of the worlds: ",
        "cost at most 1 XAU in 90 % of the worlds: ",
        "meetings of people from both sides at most 2.5 % of judged meetings in 90 % of the worlds: ",
    ] {
        assert!(flat.contains(limit), "{limit}: {said}");
    }
    assert!(flat.contains("(it holds in 0 of 3 worlds ("), "{said}");
    let table = fs::read_dir(dir.path().join("output"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let table = fs::read_to_string(table.path().join("limits.csv")).unwrap();
    assert!(table.contains("completion_day by 2000-01-05"), "{table}");
    assert!(
        table.contains("mixed_meetings / meetings_judged <= 0.025"),
        "{table}"
    );
}

/// How often an event is in an event log.
fn logged(log: &str, event: &str) -> usize {
    let is_it = |line: &&str| line.split(',').nth(3) == Some(event);
    log.lines().filter(is_it).count()
}

/// The number before some words in the sentence that says what is left out.
fn left(story: &str, what: &str) -> usize {
    let line = story
        .lines()
        .find(|line| line.starts_with("Left out here"))
        .unwrap_or("");
    let mut parts = line.trim_end_matches('.').split([':', ',']);
    let part = parts.find(|part| part.ends_with(what));
    part.map_or(0, |part| part.split_whitespace().next().unwrap().parse().unwrap())
}

#[test]
fn a_story_says_what_it_left_out_and_keeps_what_turned_it() {
    let dir = tempfile::tempdir().unwrap();
    for (name, strategy, world) in [
        ("contoso.toml", "pilot-by-department", "0"),
        ("bad-week.toml", "trigger", "0"),
        ("bad-week.toml", "gates", "1"),
    ] {
        let story = printed(
            dir.path(),
            "replay",
            &file(name),
            &["--strategy", strategy, "--replication", world],
        );
        let folder = name.replace(".toml", "-replay");
        let log = dir
            .path()
            .join("output")
            .join(folder)
            .join(format!("{strategy}-{world}/events.csv"));
        let log = fs::read_to_string(log).expect("the event log");
        let told = |what: &str| story.lines().filter(|line| line.contains(what)).count();
        // Told and left out together are all.
        let tasks = logged(&log, "task_started") + logged(&log, "task_undo_started");
        assert_eq!(told("  Task ") + left(&story, "steps of tasks"), tasks, "{story}");
        let waves = told("  Wave ") - told(" is due, but") + told("  Pilot starts");
        assert_eq!(
            waves + left(&story, "starts of waves"),
            logged(&log, "wave_started"),
            "{story}"
        );
        let found = told("A defect of severity") + left(&story, "found defects");
        let minor = left(&story, "severity 3 or 4");
        assert_eq!(found + minor, logged(&log, "defect_found"), "{story}");
        // What turned it is all there.
        assert_eq!(
            told("A rollback is ordered"),
            logged(&log, "rollback_ordered"),
            "{story}"
        );
        assert_eq!(
            told("A further attempt begins"),
            logged(&log, "resumed"),
            "{story}"
        );
        let decided = |line: &&str| line.split(',').nth(3) == Some("decided") && !line.contains("go_on");
        assert_eq!(
            told(": roll back") + told(": stop here"),
            log.lines().filter(decided).count(),
            "{story}"
        );
        let retired = log
            .lines()
            .filter(|line| line.split(',').nth(3) == Some("retired"));
        let said = story.lines().find(|line| line.contains(" retired"));
        for line in retired {
            let pool = line.split(',').nth(4).unwrap();
            assert!(said.is_some_and(|said| said.contains(pool)), "{pool}: {story}");
        }
        // The defects that were open when it was decided to roll back are told before that.
        if strategy == "trigger" {
            let lines: Vec<&str> = story.lines().collect();
            let place = |what: &str| lines.iter().position(|line| line.contains(what)).unwrap();
            assert!(place("A defect of severity 1") < place("1 defect of severity 1 was open"));
            assert!(story.contains("after 1,056 user-days of work with it"), "{story}");
        }
        let dated = |line: &&str| line.contains(" 2013, ") || line.contains(" 2014, ");
        assert!(story.lines().filter(dated).count() <= 60, "{story}");
    }
}
