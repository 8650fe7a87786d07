//! The verdict: decided once, said alike by every output, and held at more and more worlds.

use crate::common::{command, file, succeeds, toml_files};
use coexist::analysis::limits::Standing;
use coexist::analysis::verdict::{Decision, Look, Recommendation, Verdict};
use coexist::experiment::{self, Options};
use coexist::kernel::Key;
use coexist::kernel::distribution::standard_normal_quantile;
use coexist::scenario;
use coexist::stats::{self, Direction, Question};
use coexist::world::Purpose;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

/// Runs a scenario file; gives what it printed and its folder of results.
fn run(file: &Path, out: &Path, replications: u32) -> (String, PathBuf) {
    let mut command = command();
    command.args(["run", file.to_str().unwrap(), "--quiet", "--replications"]);
    command.args([&replications.to_string(), "--out", out.to_str().unwrap()]);
    let printed = succeeds(&mut command);
    let place = fs::read_dir(out).unwrap().next().unwrap().unwrap().path();
    (printed, place)
}

/// Text without breaks of lines.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The title of a chart, which an SVG may break into lines.
fn texts(svg: &str) -> String {
    let mut out = String::new();
    for piece in svg.split('<') {
        if let Some((tag, text)) = piece.split_once('>')
            && (tag.starts_with("text") || tag.starts_with("tspan"))
        {
            out.push_str(text);
            out.push(' ');
        }
    }
    flat(&out)
}

/// What the outputs of a run said.
#[derive(Default)]
struct Said {
    /// How many runs recommended one plan.
    recommended: usize,
    /// How many charts named a plan as best in broken meetings.
    best: usize,
}

/// Reads the outputs of a run: the terminal says the sentence of summary.json; `pairs.csv` holds what it rests on; a strategy that
/// is said to be best is better than or tied with every other one there, and the chart says the same.
fn read(file: &Path, worlds: u32, said: &mut Said) {
    let dir = tempfile::tempdir().unwrap();
    let (printed, place) = run(file, dir.path(), worlds);
    let printed = flat(&printed);
    let name = file.file_name().unwrap().to_string_lossy().into_owned();
    let summary: Value = serde_json::from_slice(&fs::read(place.join("summary.json")).unwrap()).unwrap();
    let verdict = &summary["verdict"];
    let sentence = verdict["sentence"].as_str().unwrap();
    assert!(printed.contains(&flat(sentence)), "{name}: {sentence}\n{printed}");
    // What is escaped on the page are quotation marks and the like.
    let page = fs::read_to_string(place.join("report.html")).unwrap();
    let plain = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")]
        .into_iter()
        .fold(page, |page, (escaped, plain)| page.replace(escaped, plain));
    assert!(plain.contains(sentence), "{name}: {sentence}");
    let pairs = fs::read_to_string(place.join("pairs.csv")).unwrap();
    let rows: Vec<Vec<&str>> = pairs
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect())
        .collect();
    assert_eq!(rows.len(), verdict["pairs"].as_array().unwrap().len(), "{name}");
    let answer = verdict["answer"].as_str().unwrap();
    let named: Vec<&str> = (verdict["strategies"].as_array().unwrap().iter())
        .map(|name| name.as_str().unwrap())
        .collect();
    assert!(
        named.iter().all(|name| sentence.contains(name)),
        "{name}: {sentence}"
    );
    // Does a row say that this plan is worse than another, or that nobody knows?
    let loses = |row: &Vec<&str>, best: &str| {
        let wins: &[&str] = match (row[2] == best, row[3] == best) {
            (true, false) => &["better", "tied"],
            (false, true) => &["worse", "tied"],
            _ => return false,
        };
        !wins.contains(&row[8])
    };
    if answer == "recommended" {
        said.recommended += 1;
        let lost = rows.iter().find(|row| loses(row, named[0]));
        assert_eq!(lost, None, "{name}: {sentence}");
    }
    // The limits of the headline list are those of limits.csv.
    let limits = fs::read_to_string(place.join("limits.csv")).unwrap();
    let headline = fs::read_to_string(place.join("headline.csv")).unwrap();
    for line in headline.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let own = limits
            .lines()
            .skip(1)
            .filter(|limit| limit.starts_with(&format!("{},", cells[0])));
        let kept = own.filter(|limit| limit.contains(",kept,") && !limit.contains(",all,"));
        if !cells[2].is_empty() {
            assert_eq!(cells[2].parse::<usize>().unwrap(), kept.count(), "{name}: {line}");
        }
    }
    let chart = fs::read_to_string(place.join("charts").join("strategies-compared.svg")).unwrap();
    let chart = texts(&chart);
    if let Some((_, best)) = chart.split_once("Best in broken meetings: ") {
        let best = best.split([',', ' ']).next().unwrap();
        let broken: Vec<&Vec<&str>> = rows.iter().filter(|row| row[0] == "meetings_broken").collect();
        assert!(
            broken.iter().any(|row| row[2] == best || row[3] == best),
            "{name}: {chart}"
        );
        let tied = chart.contains(", tied");
        assert!(
            tied || broken.iter().all(|row| !loses(row, best)),
            "{name}: {chart}"
        );
        said.best += usize::from(!tied);
    }
    assert!(
        !printed.contains("of 1 systems") && !printed.contains("after 0 worlds"),
        "{name}"
    );
}

#[test]
fn no_two_outputs_of_a_shipped_scenario_disagree() {
    let files = toml_files("scenarios");
    assert!(files.len() > 10);
    for file in files {
        let worlds = if file.ends_with("contoso.toml") { 2 } else { 3 };
        read(&file, worlds, &mut Said::default());
    }
}

/// So few worlds seldom say that a plan is best: two scenarios in which one is, in every world.
#[test]
fn no_two_outputs_disagree_where_a_plan_is_best() {
    let dir = tempfile::tempdir().unwrap();
    let mut said = Said::default();
    // Who moves later meets less often the guests that the new side shuts out.
    let breaks = three("")
        .replace("completion_day = 0.5", "meetings_broken = 0.1")
        .replace("users = 5", "users = 300")
        .replace("start_day = 5", "start_day = 25")
        .replace("start_day = 9", "start_day = 50");
    for (name, text) in [("fast.toml", three("")), ("breaks.toml", breaks)] {
        let file = dir.path().join(name);
        fs::write(&file, text).unwrap();
        read(&file, 60, &mut said);
    }
    assert_eq!((said.recommended, said.best), (2, 1));
}

#[test]
fn the_terminal_result_fits_a_page_of_45_lines_and_80_columns() {
    let dir = tempfile::tempdir().unwrap();
    let (printed, _) = run(&file("contoso.toml"), dir.path(), 2);
    assert!(
        printed.lines().count() <= 45,
        "{}\n{printed}",
        printed.lines().count()
    );
    assert!(
        printed
            .lines()
            // A command is never broken: it is there to be copied.
            .filter(|line| !line.starts_with("Replay the worst world: "))
            .all(|line| line.chars().count() <= 80),
        "{printed}"
    );
}

/// Three strategies that move everybody on days 1, 5 and 9.
fn three(base: &str) -> String {
    let strategy = |name: &str, day: u32| {
        format!(
            "[[strategies]]\nname = \"{name}\"\n[strategies.waves]\nstart_day = {day}\nall = true\n[strategies.rollout]\n\
             client = \"lync2013\"\n"
        )
    };
    format!(
        "schema = 1\nname = \"three\"\nprofile = \"ocs2007r2-to-lync2013\"\n{base}replications = 60\nseed = 1\n[calendar]\ndays = 60\n\
         flat = true\n[[pools]]\nname = \"old\"\nrelease = \"ocs2007r2\"\nfront_ends = 1\n[[pools]]\nname = \"new\"\n\
         release = \"lync2013\"\nfront_ends = 2\n[population]\nusers = 5\nclients = {{ oc2007r2 = 1.0 }}\n[meetings]\n\
         starts_per_user_day = 0.2\nsizes = [[2, 1.0]]\n[installs]\nlag_factor = 0.0\nfailure = 0.0\n[objectives]\n\
         completion_day = 0.5\n{}{}{}",
        strategy("fast", 1),
        strategy("slow", 5),
        strategy("slower", 9)
    )
}

fn verdict_of(text: &str, worlds: u64) -> (Verdict, Vec<String>) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("three.toml");
    fs::write(&file, text).unwrap();
    let scenario = scenario::load(&file).unwrap_or_else(|rejected| panic!("{}", rejected.report));
    let stop = AtomicBool::new(false);
    let options = Options {
        strategies: (0..scenario.plans.len()).collect(),
        replications: 0..worlds,
        seed: scenario.seed,
        threads: 1,
        fix_uncertain: false,
        stop: &stop,
    };
    let results = experiment::run(&scenario, &options, &|| {}).unwrap();
    let names = (results.strategies.iter())
        .map(|&index| scenario.plans[index].name.clone())
        .collect();
    (Verdict::new(&scenario, &results), names)
}

#[test]
fn a_base_that_moves_people_competes_and_no_base_changes_the_verdict() {
    // `fast` completes four days earlier than the next one in every world.
    let mut found = Vec::new();
    for base in ["base = \"fast\"\n", "base = \"stay\"\n", ""] {
        let (verdict, names) = verdict_of(&three(base), 60);
        let Recommendation::Recommended(one) = verdict.recommendation else {
            panic!("{base}: {:?}", verdict.recommendation)
        };
        assert_eq!(names[one], "fast", "{base}");
        assert!(verdict.candidates.iter().all(|&one| names[one] != "stay"));
        found.push(verdict.pairs);
    }
    assert_eq!(found[0], found[1]);
    assert_eq!(found[1], found[2]);
}

#[test]
fn without_an_indifference_nothing_is_recommended_and_a_broken_limit_excludes() {
    let (verdict, _) = verdict_of(
        &three("").replace("completion_day = 0.5", "completion_day = 0"),
        20,
    );
    assert_eq!(verdict.recommendation, Recommendation::NoIndifference);
    let limit = "[[limits]]\nmetric = \"completion_day\"\nat_most = 3\nprobability = 0.5\n[[strategies]]\nname = \"fast\"";
    let limited = three("").replace("[[strategies]]\nname = \"fast\"", limit);
    let (verdict, names) = verdict_of(&limited, 60);
    let place = |name: &str| names.iter().position(|own| own == name).unwrap();
    assert_eq!(verdict.standing(place("fast")), Standing::Kept);
    assert_eq!(verdict.standing(place("slow")), Standing::Broken);
    assert_eq!(
        verdict.limits[place("slow")].each[0].would_hold.map(f64::floor),
        Some(5.0)
    );
    assert_eq!(
        verdict.recommendation,
        Recommendation::OnlyOneKeeps(place("fast"))
    );
    let none = limited.replace("at_most = 3", "at_most = 0.5");
    let (verdict, _) = verdict_of(&none, 60);
    assert_eq!(verdict.recommendation, Recommendation::NoneKeepsLimits);
}

#[test]
fn the_same_strategy_twice_is_tied() {
    let twice = three("")
        .replace("start_day = 5", "start_day = 1")
        .replace("start_day = 9", "start_day = 1");
    let (verdict, _) = verdict_of(&twice, 20);
    assert!(verdict.pairs.iter().all(|pair| pair.decision == Decision::Tied));
    assert_eq!(
        verdict.recommendation,
        Recommendation::Tied(verdict.candidates.clone())
    );
}

/// Differences of two plans that are alike but for chance: at 100, 200, 400 and 800 worlds it is looked which is better. In 95 %
/// of the runs, no look may find a difference.
#[test]
fn looking_again_and_again_errs_in_one_of_twenty_runs_at_most() {
    const RUNS: u64 = 4000;
    let mut wrong = 0;
    for run in 0..RUNS {
        let key = Key {
            seed: 2013,
            replication: run,
        };
        let normal = |world: u64| standard_normal_quantile(key.uniform(Purpose::Screening, 1, world));
        let values: Vec<f64> = (0..800).map(normal).collect();
        let none = vec![0.0; 800];
        let finds = |&worlds: &usize| {
            let question = Question {
                own: &values[..worlds],
                base: &none[..worlds],
                direction: Direction::Lower,
                indifference: 0.0,
            };
            let answer = stats::compare(&[question], Look::at(worlds as u64).level())[0];
            matches!(answer.verdict, stats::Verdict::Better | stats::Verdict::Worse)
        };
        wrong += u64::from([100, 200, 400, 800].iter().any(finds));
    }
    let share = stats::exact_proportion_interval(wrong, RUNS, 0.999);
    assert!(share.low <= 0.05, "{wrong} of {RUNS}");
    // And it is not needlessly careful: at one level for all looks it would err in more than one of ten.
    assert!(wrong > RUNS / 100, "{wrong} of {RUNS}");
}
