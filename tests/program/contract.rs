//! The determinism contract where no other test states it: the same input gives the same bytes, whoever computes them, wherever and
//! however; and every promise of docs/promises.md has a test and an injected fault that the test must notice.

use crate::common::{files, program, root, succeeds};
use coexist::mutant::ALL;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Copies a folder.
fn copy(from: &Path, into: &Path) {
    fs::create_dir_all(into).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = into.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

/// Runs a scenario from a folder, with more of an environment; what it printed, and the files of its results.
fn run(
    from: &Path,
    scenario: &str,
    out: &str,
    environment: &[(&str, &str)],
) -> (String, BTreeMap<PathBuf, Vec<u8>>) {
    let mut command = program(from, &["run", scenario, "--replications", "6", "--out", out]);
    let text = succeeds(command.envs(environment.iter().copied()));
    (
        text.replace(out, "OUT").replace(scenario, "SCENARIO"),
        files(&from.join(out)),
    )
}

#[test]
fn language_time_zone_and_place_change_nothing() {
    let one = tempfile::tempdir().expect("a folder");
    copy(&root().join("scenarios"), &one.path().join("scenarios"));
    let plain = run(one.path(), "scenarios/people.toml", "output", &[]);
    let other = tempfile::tempdir().expect("a folder");
    let deep = other.path().join("some where/els\u{e9}");
    copy(&root().join("scenarios"), &deep);
    let environment = [
        ("LC_ALL", "de_DE.UTF-8"),
        ("LANG", "tr_TR.UTF-8"),
        ("TZ", "Pacific/Kiritimati"),
        ("HOME", "/nonexistent"),
    ];
    let elsewhere = run(&deep, "./people.toml", "output", &environment);
    assert!(
        plain
            .1
            .keys()
            .any(|name| name.ends_with("strategies-compared.png"))
    );
    assert_eq!(elsewhere.0, plain.0);
    let names = |run: &(String, BTreeMap<PathBuf, Vec<u8>>)| run.1.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&elsewhere), names(&plain));
    for (name, bytes) in &plain.1 {
        assert!(elsewhere.1[name] == *bytes, "{} differs", name.display());
    }
}

#[test]
fn the_order_of_rows_changes_nothing() {
    let results = |shuffle: bool| {
        let dir = tempfile::tempdir().expect("a folder");
        copy(&root().join("scenarios"), dir.path());
        for list in ["people/people.csv", "people/contacts.csv"].map(|name| dir.path().join(name)) {
            let text = fs::read_to_string(&list).expect("a list");
            let (header, rows) = text.split_once('\n').expect("a header");
            let mut rows: Vec<&str> = rows.lines().collect();
            if shuffle {
                // Every second row first, backwards.
                let (even, odd): (Vec<_>, Vec<_>) = (0..rows.len()).partition(|row| row % 2 == 0);
                rows = odd.iter().rev().chain(&even).map(|&row| rows[row]).collect();
            }
            fs::write(&list, format!("{header}\n{}\n", rows.join("\n"))).expect("a list");
        }
        let (_, mut files) = run(dir.path(), "people.toml", "output", &[]);
        // Only the digest of what was read differs, and what shows it: manifest, summary.json, charts, the page.
        files.retain(|name, _| name.extension().is_some_and(|kind| kind == "csv" || kind == "gz"));
        files.retain(|name, _| !name.ends_with("report.json.gz"));
        files
    };
    let (one, other) = (results(false), results(true));
    assert_eq!(one.len(), 14);
    for (name, bytes) in &one {
        assert!(other[name] == *bytes, "{} differs", name.display());
    }
}

#[test]
fn names_of_strategies_and_pools_that_nobody_uses_change_no_row() {
    let text = fs::read_to_string(root().join("scenarios/people.toml")).expect("a scenario");
    let rows = |text: &str, name: &str| {
        let dir = tempfile::tempdir().expect("a folder");
        copy(&root().join("scenarios"), dir.path());
        fs::write(dir.path().join("people.toml"), text).expect("a scenario");
        let (_, files) = run(dir.path(), "people.toml", "output", &[]);
        let table = String::from_utf8(files[Path::new("people/replications.csv")].clone()).expect("text");
        let of = |line: &str| line.split(',').nth(1) == Some(name);
        let lines: Vec<String> = table
            .lines()
            .filter(|line| of(line))
            .map(|line| line.replace(name, "NAME"))
            .collect();
        assert_eq!(lines.len(), 6, "{name}");
        lines
    };
    let before = rows(&text, "by-lot");
    let renamed = text.replace("name = \"by-lot\"", "name = \"lottery\"");
    assert_eq!(rows(&renamed, "lottery"), before);
    // A site where nobody works, and its pool: people move to pools of their own sites.
    let site = "\n[[sites]]\nname = \"empty\"\nhours = \"09:00-17:00\"\ntechnicians = 9\n";
    let pool = "\n[[pools]]\nname = \"spare\"\nrelease = \"lync2013\"\nsite = \"empty\"\nfront_ends = 1\n\n[population]";
    let spare = text.replacen("\n[population]", &format!("{site}{pool}"), 1);
    assert_ne!(spare, text);
    assert_eq!(rows(&spare, "by-lot"), before);
}

#[test]
fn the_program_that_is_shipped_holds_no_injected_fault() {
    if cfg!(feature = "mutants") {
        return;
    }
    let program = fs::read(env!("CARGO_BIN_EXE_coexist")).expect("the program");
    let holds = |text: &str| program.windows(text.len()).any(|bytes| bytes == text.as_bytes());
    assert!(holds("worlds, {eta} left"));
    assert!(!holds("COEXIST_MUTANT"));
}

/// The tests in a file: `program name`, with the module in the name.
fn tests_in(file: &Path, of: &str, found: &mut BTreeSet<String>) {
    let text = fs::read_to_string(file).expect("a file of tests");
    for part in text.split("#[test]").skip(1) {
        let (_, rest) = part.split_once("fn ").expect("a function");
        let (name, _) = rest.split_once('(').expect("its name");
        found.insert(format!("{of}{name}"));
    }
}

/// Everything that is a test: `program name`. A program is a file in `tests`, or a folder with `main.rs` and its modules.
fn tests() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let entries = |folder: &Path| {
        fs::read_dir(folder)
            .expect("tests")
            .map(|entry| entry.expect("an entry").path())
    };
    let stem = |path: &Path| {
        path.file_stem()
            .and_then(|stem| stem.to_str())
            .expect("a plain name")
            .to_owned()
    };
    for path in entries(&root().join("tests")) {
        let program = stem(&path);
        if path.extension().is_some_and(|end| end == "rs") {
            tests_in(&path, &format!("{program} "), &mut found);
        } else if path.is_dir() {
            for file in entries(&path).filter(|file| file.is_file()) {
                let of = match stem(&file).as_str() {
                    "main" => format!("{program} "),
                    module => format!("{program} {module}::"),
                };
                tests_in(&file, &of, &mut found);
            }
        }
    }
    found
}

#[test]
fn every_promise_names_its_test_and_its_mutant() {
    let page = fs::read_to_string(root().join("docs/promises.md")).expect("the page");
    let rows: Vec<Vec<&str>> = (page.lines())
        .filter(|line| line.starts_with("| ") && line.contains('`'))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let tests = tests();
    let mut told = BTreeSet::new();
    for row in &rows {
        let [promise, test, mutant] = &row[..] else {
            panic!("{row:?}");
        };
        let (test, name) = (test.trim_matches('`'), mutant.trim_matches('`'));
        let mutant = ALL.iter().find(|mutant| mutant.name == name);
        let mutant = mutant.unwrap_or_else(|| panic!("{promise}: there is no mutant `{name}`"));
        assert_eq!(test, format!("{} {}", mutant.program, mutant.test), "{promise}");
        if mutant.program == "lib" {
            let module = mutant
                .test
                .split("::tests::")
                .next()
                .expect("a module")
                .replace("::", "/");
            let name = mutant.test.rsplit("::").next().expect("a name");
            let file = [format!("src/{module}.rs"), format!("src/{module}/mod.rs")]
                .into_iter()
                .find_map(|file| fs::read_to_string(root().join(file)).ok())
                .unwrap_or_else(|| panic!("{promise}: no module {module}"));
            assert!(file.contains(&format!("fn {name}(")), "{promise}: no test {name}");
        } else {
            assert!(tests.contains(test), "{promise}: there is no test `{test}`");
        }
        told.insert(name);
    }
    let all: BTreeSet<&str> = ALL.iter().map(|mutant| mutant.name).collect();
    assert_eq!(told, all);
}
