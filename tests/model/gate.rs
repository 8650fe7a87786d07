//! The operating characteristic of a gate against the derivation in `scenarios/by-hand-gate.toml`.

use crate::common::shipped_with;
use coexist::analysis::gate::{Found, Question, Reading, Scope, Share, run, with_thresholds};
use coexist::analysis::replay::Options;
use coexist::outcome::Metric;
use coexist::scenario::Scenario;
use coexist::scenario::gate_study::HarmLimit;
use statrs::distribution::{Binomial, Discrete, DiscreteCDF, Poisson};
use std::sync::atomic::AtomicBool;

fn load(set: &[&str]) -> Scenario {
    shipped_with("by-hand-gate.toml", set)
}

fn found(scenario: &Scenario, levels: &[f64], worlds: u64, threads: usize) -> Found {
    let question = Question {
        strategy: 1,
        harm: scenario.gate_study.expect("it says when a release is bad"),
        levels: levels.to_vec(),
        around: vec![1.0, 2.0, 4.0],
        worlds,
    };
    let stop = AtomicBool::new(false);
    let options = Options {
        seed: scenario.seed,
        threads,
        stop: &stop,
    };
    run(scenario, question, options, &|| {}).expect("it runs to its end")
}

/// Mean number of defects at level 1, and the probability that one is found with severity 1 before the gate.
const MEAN: f64 = 3.0;

fn p() -> f64 {
    0.5 * (1.0 - libm::exp(-1.125))
}

/// Probability that there are n defects with n in the range, and that the gate goes on.
fn goes_on(mean: f64, threshold: u64, numbers: std::ops::Range<u64>) -> f64 {
    let defects = Poisson::new(mean).expect("a mean");
    numbers
        .map(|n| {
            let found = Binomial::new(p(), n).expect("a probability");
            defects.pmf(n) * found.cdf(threshold)
        })
        .sum()
}

/// Within four standard errors.
fn agrees(share: &Share, expected: f64) {
    let value = share.value().expect("some worlds");
    let error = libm::sqrt((expected * (1.0 - expected)).max(0.0) / share.of as f64);
    assert!(
        (value - expected).abs() <= 4.0 * error + 1e-12,
        "{share:?} against {expected}"
    );
}

#[test]
fn the_gate_of_a_scenario_derived_by_hand_agrees_with_the_derivation() {
    let levels = [0.5, 1.0, 2.0];
    let found = found(&load(&[]), &levels, 1500, 2);
    assert!(found.can_stop);
    assert_eq!(found.means, [1.5, 3.0, 6.0]);
    for (level, bad) in levels.iter().zip(&found.bad) {
        let good = Poisson::new(level * MEAN).expect("a mean").cdf(2);
        agrees(bad, 1.0 - good);
    }
    let mut compared = 0;
    for point in found.of(Scope::First, Reading::Stopped) {
        let mean = levels[point.level] * MEAN;
        // 0, then one more with each multiple above 1.
        let threshold = point.threshold as u64;
        let findings = Poisson::new(mean * p()).expect("a mean");
        agrees(&point.goes_on, findings.cdf(threshold));
        let good = Poisson::new(mean).expect("a mean").cdf(2);
        agrees(
            &point.goes_on_if_bad,
            goes_on(mean, threshold, 3..80) / (1.0 - good),
        );
        agrees(&point.stops_if_good, 1.0 - goes_on(mean, threshold, 0..3) / good);
        compared += 1;
    }
    assert_eq!(compared, 9);
    let alone = libm::exp(-MEAN * p());
    assert!((goes_on(MEAN, 0, 0..80) - alone).abs() < 1e-12, "thinning");
}

#[test]
fn a_release_without_defects_is_good_and_goes_on() {
    let found = found(&load(&[]), &[0.0], 30, 2);
    assert_eq!((found.bad[0].count, found.bad[0].of), (0, 30));
    for point in &found.points {
        assert_eq!((point.goes_on.count, point.goes_on.of), (30, 30));
        assert_eq!(point.goes_on_if_bad.value(), None);
        assert_eq!(point.stops_if_good.value(), Some(0.0));
    }
}

#[test]
fn more_defects_never_open_a_gate_and_a_higher_threshold_never_closes_it() {
    let found = found(&load(&[]), &[0.0, 0.5, 1.0, 2.0], 60, 2);
    for reading in [Reading::Held, Reading::Stopped] {
        for one in found.of(Scope::Any, reading) {
            for other in found.of(Scope::Any, reading) {
                let worse = other.level >= one.level && other.threshold <= one.threshold;
                if worse {
                    assert!(other.goes_on.count <= one.goes_on.count, "{one:?} {other:?}");
                }
            }
        }
    }
}

/// Here what is held is stopped three days later; with a plan that goes on in the end nothing is ever stopped.
#[test]
fn holding_and_stopping_are_told_apart() {
    let usual = found(&load(&[]), &[1.0], 40, 2);
    let counts = |found: &Found, reading: Reading| -> Vec<u64> {
        let points = found.of(Scope::First, reading);
        points.map(|point| point.goes_on.count).collect()
    };
    assert_eq!(counts(&usual, Reading::Held), counts(&usual, Reading::Stopped));
    let patient = found(&load(&["strategies.gated.gates.then=\"go_on\""]), &[1.0], 40, 2);
    assert!(!patient.can_stop);
    assert_eq!(patient.reading(), Reading::Held);
    assert_eq!(counts(&patient, Reading::Held), counts(&usual, Reading::Held));
    assert_eq!(counts(&patient, Reading::Stopped), [40, 40, 40]);
}

#[test]
fn thresholds_of_zero_move_by_one_and_others_by_their_factor() {
    let scenario = load(&["strategies.gated.gates.stranded_per_100={ pass = 10, fail = 20, sample = 5 }"]);
    let limits = |threshold: usize| -> Vec<(f64, f64)> {
        let plan = with_thresholds(&scenario.plans[1], &[0.5, 1.0, 2.0, 3.0], threshold);
        let criteria = plan.gates[0].criteria.iter();
        criteria.map(|one| (one.pass, one.fail)).collect()
    };
    assert_eq!(limits(0), [(0.0, 0.0), (5.0, 10.0)]);
    assert_eq!(limits(1), [(0.0, 0.0), (10.0, 20.0)]);
    assert_eq!(limits(2), [(1.0, 1.0), (20.0, 40.0)]);
    assert_eq!(limits(3), [(2.0, 2.0), (30.0, 60.0)]);
}

#[test]
fn nothing_depends_on_the_number_of_threads() {
    let scenario = load(&[]);
    assert_eq!(
        found(&scenario, &[0.5, 1.0], 20, 1),
        found(&scenario, &[0.5, 1.0], 20, 2)
    );
}

#[test]
fn the_scenario_says_when_a_release_is_bad() {
    assert_eq!(
        load(&["gate_study.limit=4"]).gate_study,
        Some(HarmLimit {
            metric: Metric::DefectsOpen,
            limit: 4.0
        })
    );
}

#[test]
fn a_sentence_says_what_the_gate_as_planned_did() {
    use coexist::report::{gate, terminal::Style};
    let style = Style {
        unicode: false,
        colour: false,
        width: 4000,
    };
    let scenario = load(&[]);
    let found = found(&scenario, &[0.5, 1.0, 2.0], 100, 2);
    let (stopped, held) = [Reading::Stopped, Reading::Held]
        .map(|reading| found.as_planned(Scope::First, reading).expect("it was tried"))
        .into();
    assert_eq!(found.question.levels[held.level], 1.0);
    let (bad, good) = (stopped.goes_on_if_bad, held.stops_if_good);
    assert_eq!(bad.of + good.of, 100);
    // A gate that holds for good lets no wave start late.
    assert_eq!(held.days_if_good, None);
    assert_eq!(stopped.stops_if_good.count, good.count);
    let expected = format!(
        "As planned, at defect level x 1, it stopped {} of {} bad releases for good, and held {} of {} good ones, {} of them for \
         good.",
        bad.of - bad.count,
        bad.of,
        good.count,
        good.of,
        good.count
    );
    let said = gate::study(&scenario, &found, false).print(style, "x");
    assert!(said.contains(&expected), "{expected}\n{said}");
    // One that lets everything go on in the end stops nothing: it only takes time, by hand the three days of its patience.
    let patient = load(&["strategies.gated.gates.then=go_on"]);
    let found = self::found(&patient, &[1.0], 100, 2);
    let held = found
        .as_planned(Scope::First, Reading::Held)
        .expect("it was tried");
    let stopped = found
        .as_planned(Scope::First, Reading::Stopped)
        .expect("it was tried");
    assert_eq!(stopped.goes_on_if_bad.count, stopped.goes_on_if_bad.of);
    let days = held.days_if_good.expect("some good releases are held");
    assert!((2.5..=4.5).contains(&days), "{days}");
    let expected = format!(
        "it stopped 0 of {} bad releases for good",
        stopped.goes_on_if_bad.of
    );
    let said = gate::study(&patient, &found, false).print(style, "x");
    assert!(said.contains(&expected), "{expected}\n{said}");
}
