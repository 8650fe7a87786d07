//! Who moves when and on whom what falls: the tables of waves, departments and sites, against the metrics of the same worlds.

use crate::common::{self, command, shipped, succeeds};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

type Line = BTreeMap<String, String>;

fn table(place: &Path, name: &str) -> Vec<Line> {
    common::table(&place.join(name))
}

fn number(line: &Line, column: &str) -> f64 {
    line[column]
        .parse()
        .unwrap_or_else(|_| panic!("{column}: {line:?}"))
}

/// Runs a scenario; gives what it printed and its folder of results.
fn printed(out: &Path, arguments: &[&str]) -> (String, PathBuf) {
    let mut command = command();
    command.arg("run").args(arguments);
    command.args(["--quiet", "--no-charts", "--out", out.to_str().unwrap()]);
    let printed = succeeds(&mut command);
    let place = fs::read_dir(out).unwrap().next().unwrap().unwrap().path();
    (printed, place)
}

fn run(out: &Path, arguments: &[&str]) -> PathBuf {
    printed(out, arguments).1
}

/// The lines of a table that belong to a strategy.
fn of<'a>(lines: &'a [Line], strategy: &'a str) -> impl Iterator<Item = &'a Line> {
    lines.iter().filter(move |line| line["strategy"] == strategy)
}

/// The worlds in which lists of people are made: those of a lot shown, or all of them.
fn worlds(place: &Path, strategy: &str) -> Vec<Line> {
    let mut found = Vec::new();
    for name in ["replications-in-lot.csv", "replications.csv"] {
        if found.is_empty() && place.join(name).exists() {
            found = of(&table(place, name), strategy).cloned().collect();
        }
    }
    found
}

fn mean(worlds: &[Line], column: &str) -> f64 {
    worlds.iter().map(|line| number(line, column)).sum::<f64>() / worlds.len() as f64
}

#[test]
fn everybody_is_in_one_wave_and_what_falls_on_the_divisions_adds_up() {
    let mut moved = 0.0;
    let mut harmed = 0.0;
    for (name, replications) in [
        ("people.toml", "20"),
        ("bad-week.toml", "12"),
        ("failures.toml", "5"),
    ] {
        let out = tempfile::tempdir().unwrap();
        let place = run(out.path(), &[&shipped(name), "--replications", replications]);
        let waves = table(&place, "waves.csv");
        let (sizes, departments, sites) = (
            table(&place, "wave-sizes.csv"),
            table(&place, "departments.csv"),
            table(&place, "sites.csv"),
        );
        let strategies: Vec<String> = table(&place, "headline.csv")
            .into_iter()
            .map(|line| line["strategy"].clone())
            .collect();
        for strategy in &strategies {
            let people: f64 = of(&departments, strategy)
                .map(|line| number(line, "people"))
                .sum();
            let at_sites: f64 = of(&sites, strategy).map(|line| number(line, "people")).sum();
            assert_eq!(people, at_sites);
            let listed: Vec<&Line> = of(&waves, strategy).collect();
            let mut names: Vec<&String> = listed.iter().map(|line| &line["user"]).collect();
            assert!(
                listed.is_empty() || names.len() as f64 == people,
                "{name}, {strategy}"
            );
            names.sort_unstable();
            names.dedup();
            assert_eq!(
                names.len(),
                listed.len(),
                "{name}, {strategy}: nobody stands there twice"
            );
            for wave in of(&sizes, strategy) {
                let own: Vec<&&Line> = listed
                    .iter()
                    .filter(|line| line["wave"] == wave["wave"])
                    .collect();
                assert_eq!(
                    own.len() as f64,
                    number(wave, "assigned"),
                    "{name}, {strategy}: {wave:?}"
                );
                let same = ["planned", "slip_p10", "slip_p90", "starts", "lot"];
                assert!(
                    own.iter()
                        .all(|line| same.iter().all(|column| line[*column] == wave[*column]))
                );
                let all: f64 = ["moved", "left", "failed", "waiting"]
                    .iter()
                    .map(|column| number(wave, column))
                    .sum();
                assert!(
                    (all - number(wave, "assigned")).abs() < 1e-9,
                    "{name}, {strategy}: {wave:?}"
                );
                moved += number(wave, "moved");
            }
            let worlds = worlds(&place, strategy);
            for (column, metric, off) in [
                ("broken_mean", "meetings_broken", 1e-6),
                // Each division is rounded down to whole minutes.
                ("stranded_hours_mean", "stranded_user_hours", 1.0 / 60.0),
                ("limited_hours_mean", "limited_user_hours", 1.0 / 60.0),
            ] {
                for divisions in [&departments, &sites] {
                    let each: Vec<f64> = of(divisions, strategy).map(|line| number(line, column)).collect();
                    let all = each.iter().sum::<f64>();
                    let expected = mean(&worlds, metric);
                    let least = expected - off * each.len() as f64 - 1e-6;
                    assert!(
                        (least..=expected + 1e-6).contains(&all),
                        "{name}, {strategy}: {column} adds up to {all}, the metric is {expected}"
                    );
                    harmed += all;
                }
            }
        }
    }
    assert!(moved > 1000.0 && harmed > 1000.0, "{moved} {harmed}");
}

#[test]
fn the_lot_shown_is_the_plan_that_names_this_lot() {
    let out = tempfile::tempdir().unwrap();
    let file = shipped("people.toml");
    let own = run(&out.path().join("own"), &[&file, "--replications", "10"]);
    let named = [&file, "--replications", "10", "--set", "strategies.by-lot.lot=0"];
    let fixed = run(&out.path().join("fixed"), &named);
    let rows =
        |place: &Path, name: &str| -> Vec<Line> { of(&table(place, name), "by-lot").cloned().collect() };
    assert_eq!(
        rows(&own, "replications-in-lot.csv"),
        rows(&fixed, "replications.csv")
    );
    assert_ne!(rows(&own, "replications.csv"), rows(&fixed, "replications.csv"));
    for name in ["waves.csv", "wave-sizes.csv", "departments.csv", "sites.csv"] {
        assert_eq!(rows(&own, name), rows(&fixed, name), "{name}");
    }
    let headline = |place: &Path| rows(place, "headline.csv");
    let (own, fixed) = (headline(&own), headline(&fixed));
    let lots: Vec<&String> = own.iter().map(|line| &line["lot"]).collect();
    assert_eq!(lots, ["each world its own", "0"]);
    assert_eq!(fixed.len(), 1);
    for column in [
        "meetings_broken_mean",
        "done_98_p50",
        "cost_high",
        "rollback_worlds",
    ] {
        assert_eq!(own[1][column], fixed[0][column], "{column}");
    }
    assert!(own[1]["limits_kept"].is_empty() && own[1]["last_day_to_turn_back"].is_empty());
}

/// What is printed of the lot shown is what the tables have.
#[test]
fn the_lot_shown_is_told_beside_the_mean_over_lots() {
    let out = tempfile::tempdir().unwrap();
    let file = shipped("people.toml");
    let (text, place) = printed(out.path(), &[&file, "--replications", "10", "--details"]);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mean_of = |name: &str| {
        let worlds: Vec<Line> = of(&table(&place, name), "by-lot").cloned().collect();
        mean(&worlds, "meetings_broken")
    };
    let (_, told) = text
        .split_once("by-lot in lot 0, from which waves.csv lists who moves when: ")
        .expect("the lot");
    let (in_lot, over_lots) = told.split_once("; over all lots: ").expect("both");
    for (told, name) in [
        (in_lot, "replications-in-lot.csv"),
        (over_lots, "replications.csv"),
    ] {
        let number: f64 = told.split(' ').next().unwrap().parse().unwrap();
        assert!((number - mean_of(name)).abs() <= 0.05, "{name}: {told}");
    }
    // The scenario does not say what money is counted in.
    assert!(
        over_lots.contains("(means of the same 10 worlds).") && !text.contains(" currency"),
        "{text}"
    );
}

#[test]
fn an_extended_run_has_the_same_lists() {
    let out = tempfile::tempdir().unwrap();
    let file = shipped("people.toml");
    let long = run(&out.path().join("long"), &[&file, "--replications", "40"]);
    let divisions = out.path().join("divisions");
    run(&divisions, &[&file, "--replications", "7"]);
    let divisions = run(&divisions, &[&file, "--replications", "40", "--extend"]);
    for name in [
        "replications-in-lot.csv",
        "waves.csv",
        "wave-sizes.csv",
        "departments.csv",
        "sites.csv",
        "headline.csv",
        "divisions.json.gz",
    ] {
        let read = |place: &Path| fs::read(place.join(name)).unwrap();
        assert!(read(&long) == read(&divisions), "{name}");
    }
}
