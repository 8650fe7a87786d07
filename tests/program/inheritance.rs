//! Plans without repetition: a strategy like another one, a file that extends another one, and what differs in words.

use coexist::guide::diff::{Side, diff};
use coexist::scenario::{self, Scenario};
use std::path::{Path, PathBuf};

const COMPANY: &str = r#"
schema = 1
name = "base"
profile = "ocs2007r2-to-lync2013"
[calendar]
start = "2013-03-04"
weeks = 20
[[sites]]
name = "here"
hours = "09:00-17:00"
[[pools]]
name = "old"
release = "ocs2007r2"
front_ends = 2
[[pools]]
name = "new"
release = "lync2013"
front_ends = 3
[population]
users = 300
"#;

const PLAIN: &str = r#"
[[strategies]]
name = "plain"
title = "Fifty a week"
allow_unsafe = true
tasks = [
  { name = "back_up", start = "2013-03-04" },
  { name = "patch_legacy", start = "2013-03-05" },
  { name = "deploy_pool", start = "2013-03-06" },
  { name = "merge_topologies", after = "deploy_pool" },
  { name = "replicate_users", after = "merge_topologies" },
  { name = "configure_pool", after = "replicate_users" },
  { name = "deploy_edge", start = "2013-04-22" },
  { name = "validate_edge", after = "deploy_edge", days = 1 },
  { name = "federation", start = "2013-05-04" },
  { name = "access_numbers", after = "last_move", days = 2 },
  { name = "conference_directories", after = "access_numbers" },
  { name = "voicemail", after = "last_move", days = 5 },
  { name = "legacy_edge", after = "last_move", days = 7 },
  { name = "back_compat_site", after = "retirement", days = 7 },
]
[strategies.pilot]
start = "2013-03-18"
size = 20
[strategies.waves]
start = "2013-04-08"
size = 50
[strategies.rollout]
client = "lync2013"
[strategies.retirement]
at = "2013-06-10"
"#;

/// Files in a folder of their own.
fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    let first = folder.path().join(files[0].0);
    (folder, first)
}

fn load(path: &Path) -> Scenario {
    scenario::load(path).unwrap_or_else(|rejected| panic!("{rejected}"))
}

/// The report on a scenario that is refused, without the folder.
fn refused(files: &[(&str, &str)]) -> String {
    let (folder, first) = folder(files);
    let report = scenario::load(&first).expect_err("a faulty scenario").report;
    report.replace(
        &format!("{}/", folder.path().display().to_string().replace('\\', "/")),
        "",
    )
}

#[test]
fn a_strategy_like_another_is_the_plan_written_out() {
    let changes = "[[strategies]]\nname = \"other\"\nlike = \"plain\"\nwithout = [\"pilot\", \"tasks.voicemail\"]\n\
                   tasks = [{ name = \"legacy_edge\", start = \"2013-07-01\" }]\n[strategies.waves]\nsize = 100\n";
    let (_kept, short) = folder(&[("a.toml", &format!("{COMPANY}{PLAIN}{changes}"))]);
    let written = PLAIN
        .replace("name = \"plain\"\ntitle = \"Fifty a week\"", "name = \"other\"")
        .replace("[strategies.pilot]\nstart = \"2013-03-18\"\nsize = 20\n", "")
        .replace(
            "  { name = \"voicemail\", after = \"last_move\", days = 5 },
",
            "",
        )
        .replace("after = \"last_move\", days = 7", "start = \"2013-07-01\"")
        .replace("size = 50", "size = 100");
    let (_kept, long) = folder(&[("a.toml", &format!("{COMPANY}{PLAIN}{written}"))]);
    let (short, long) = (load(&short), load(&long));
    assert_eq!(short.plans, long.plans);
    assert_eq!(short.plans[2].title, "other", "a title is a strategy's own");
}

#[test]
fn likes_form_chains_in_any_order() {
    let third = "[[strategies]]\nname = \"third\"\nlike = \"second\"\n[strategies.waves]\nevery_weeks = 2\n";
    let second = "[[strategies]]\nname = \"second\"\nlike = \"plain\"\n[strategies.waves]\nsize = 70\n";
    let (_kept, path) = folder(&[("a.toml", &format!("{COMPANY}{third}{second}{PLAIN}"))]);
    let scenario = load(&path);
    let sizes: Vec<usize> = scenario.plans[1..]
        .iter()
        .map(|plan| plan.waves[1].users.len())
        .collect();
    assert_eq!(sizes, [70, 70, 50]);
    let distance = |plan: usize| scenario.plans[plan].waves[2].start - scenario.plans[plan].waves[1].start;
    assert_eq!(distance(1), distance(2) * 2);
}

#[test]
fn an_override_reaches_those_who_take_over_and_goes_into_what_is_taken_over() {
    let second = "[[strategies]]\nname = \"second\"\nlike = \"plain\"\n";
    let (_kept, path) = folder(&[("a.toml", &format!("{COMPANY}{PLAIN}{second}"))]);
    let sizes = |written: &str| {
        let scenario =
            scenario::load_with(&path, &[written.to_owned()]).unwrap_or_else(|rejected| panic!("{rejected}"));
        [1, 2].map(|plan: usize| scenario.plans[plan].waves[1].users.len())
    };
    assert_eq!(sizes("strategies.plain.waves.size=60"), [60, 60]);
    assert_eq!(sizes("strategies.second.waves.size=60"), [50, 60]);
    let hours = "strategies.second.tasks.back_up.hours=9";
    let scenario =
        scenario::load_with(&path, &[hours.to_owned()]).unwrap_or_else(|rejected| panic!("{rejected}"));
    let first = |plan: usize| scenario.plans[plan].tasks.as_ref().expect("tasks").jobs[0].duration;
    assert_ne!(first(1), first(2));
}

#[test]
fn a_file_that_extends_another_is_the_file_written_out() {
    let own = "extends = \"shared/base.toml\"\nname = \"own\"\nwithout = [\"strategies.plain\"]\n[calendar]\nweeks = 22\n\
               [[pools]]\nname = \"new\"\nfront_ends = 4\n[[strategies]]\nname = \"mine\"\n[strategies.waves]\nstart = \"2013-04-08\"\nall = true\n";
    let people = "user,department\nanna,x\nbert,x\ncara,y\n";
    let listed = COMPANY.replace("users = 300", "people = \"people.csv\"");
    let (_kept, path) = folder(&[
        ("own.toml", own),
        ("shared/base.toml", &format!("{listed}{PLAIN}")),
        ("shared/people.csv", people),
    ]);
    let scenario = load(&path);
    assert_eq!(scenario.facts.name, "own");
    assert_eq!(scenario.facts.title, "own");
    assert_eq!(
        scenario.facts.users.len(),
        3,
        "paths stay relative to the file that holds them"
    );
    assert_eq!(scenario.facts.pools[1].front_ends, 4);
    assert_eq!(scenario.facts.calendar.days(), 22 * 7);
    let names: Vec<&str> = scenario.plans.iter().map(|plan| plan.name.as_str()).collect();
    assert_eq!(names, ["stay", "mine"]);
    assert_eq!(
        scenario.inputs.len(),
        3,
        "the results are not written over any of the files"
    );
}

#[test]
fn what_cannot_be_taken_over_is_told_once_with_its_place() {
    let text = format!(
        "{COMPANY}[[strategies]]\nname = \"a\"\nlike = \"b\"\n[[strategies]]\nname = \"c\"\nlike = \"d\"\n[[strategies]]\nname = \"d\"\nlike = \"c\"\n"
    );
    let report = refused(&[("a.toml", &text)]);
    let wanted = "\
error: `like` names `b`, which is not among the strategies
  --> a.toml:23:8
   |
23 | like = \"b\"
   |        ^^^
   |
   = key: strategies[0].like
   = help: did you mean `c`?

error: `d` takes over itself, by way of `d`, `c`
  --> a.toml:25:8
";
    assert!(
        report.starts_with(wanted.split("\n\n").next().expect("a fault")),
        "{report}"
    );
    assert!(report.contains("takes over itself"), "{report}");
    assert!(report.ends_with("3 errors\n"), "{report}");
}

#[test]
fn a_fault_that_is_taken_over_is_told_once() {
    let faulty = PLAIN.replace("size = 50", "size = 0");
    let text = format!("{COMPANY}{faulty}[[strategies]]\nname = \"second\"\nlike = \"plain\"\n");
    let report = refused(&[("a.toml", &text)]);
    assert_eq!(report.matches("`size` is 0").count(), 1, "{report}");
    assert!(report.ends_with("\n\n1 error\n"), "{report}");
}

#[test]
fn without_something_that_is_not_there_and_without_anything_to_leave_out() {
    let text = format!(
        "{COMPANY}{PLAIN}[[strategies]]\nname = \"b\"\nlike = \"plain\"\nwithout = [\"waves.sice\"]\n[[strategies]]\nname = \"c\"\nwithout = [\"pilot\"]\n[strategies.waves]\nstart = \"2013-04-08\"\nall = true\n"
    );
    let report = refused(&[("a.toml", &text)]);
    assert!(
        report.contains("`waves.sice` is not in `plain`, so it cannot be left out"),
        "{report}"
    );
    assert!(report.contains("help: did you mean `waves.size`?"), "{report}");
    assert!(
        report.contains("`without` says what is not taken over, but there is no `like`"),
        "{report}"
    );
    assert!(report.ends_with("2 errors\n"), "{report}");
}

#[test]
fn files_in_a_circle_and_files_that_are_not_there() {
    let report = refused(&[
        ("a.toml", "extends = \"b.toml\"\nname = \"a\"\n"),
        ("b.toml", "extends = \"a.toml\"\n"),
    ]);
    assert!(
        report.contains("error: `a.toml` takes over itself\n --> b.toml:1:11"),
        "{report}"
    );
    let report = refused(&[("a.toml", "extends = \"c.toml\"\nname = \"a\"\n")]);
    assert!(
        report.contains("the file `c.toml` cannot be read: there is no such file"),
        "{report}"
    );
}

#[test]
fn differences_in_words() {
    let second = "[[strategies]]\nname = \"second\"\ntitle = \"Fifty a week\"\nlike = \"plain\"\nwithout = [\"pilot\"]\n[strategies.waves]\nsize = 100\n\
                  order = \"random\"\n[strategies.rollout]\nstaged = true\n";
    let (_kept, path) = folder(&[("a.toml", &format!("{COMPANY}{PLAIN}{second}"))]);
    let lines = scenario::lines(&path).unwrap_or_else(|rejected| panic!("{rejected}"));
    let [one, other] = ["plain", "second"].map(|name| Side::strategy(&lines, name).expect("a strategy"));
    let wanted = "\
3 differences, from plain to second
[pilot] only in plain
  start = \"2013-03-18\"
  size = 20
[waves]
  size: 50 -> 100
    People in a wave
[rollout]
  staged: false (not written) -> true
    The old client is kept beside the new one
";
    assert_eq!(diff(&one, &other), wanted);
    assert_eq!(diff(&one, &one), "plain and plain say the same\n");
}
