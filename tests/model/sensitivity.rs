//! Variations of worlds, and what a sensitivity analysis makes of them: against a derivation by hand, and against the
//! same question asked another way.

use crate::common::{place, shipped, shipped_with};
use coexist::analysis::replay::{Case, Options, replay};
use coexist::analysis::sensitivity::{Answer, Assumption, Question, Sensitivity, Turn, Verdict, analyse};
use coexist::analysis::vary::{Change, Quantity, Risk, vary};
use coexist::experiment::Interval;
use coexist::kernel::Key;
use coexist::outcome::{Metric, Outcome};
use coexist::scenario::{self, Scenario};
use coexist::world::{Draw, Outage, Parameter, Part, Setting, World};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

fn analysed(scenario: &Scenario, strategy: &str, threads: usize) -> Sensitivity {
    let question = Question {
        strategies: vec![place(scenario, strategy)],
        metrics: vec![Metric::Cost, Metric::OutageHours],
        worlds: 100,
        trajectories: 12,
    };
    let stop = AtomicBool::new(false);
    let options = Options {
        seed: scenario.seed,
        threads,
        stop: &stop,
    };
    analyse(scenario, &question, options, &|| {}).expect("it runs to its end")
}

/// Digests of a plan in the first worlds after changes.
fn digests(scenario: &Scenario, strategy: &str, changes: &[Change]) -> Vec<u64> {
    let stop = AtomicBool::new(false);
    let options = Options {
        seed: scenario.seed,
        threads: 2,
        stop: &stop,
    };
    let case = Case {
        changes: changes.to_vec(),
        plans: vec![&scenario.plans[place(scenario, strategy)]],
        worlds: 0..3,
    };
    let keep = |outcome: &Outcome| outcome.digest;
    replay(scenario, &[case], options, &keep, &|| {}).expect("it runs to its end")[0][0].clone()
}

fn is_exactly(interval: &Interval, value: f64) {
    let (low, high) = interval.ends.expect("an interval");
    let near = |x: f64| (x - value).abs() <= 1e-6 * value.abs().max(1e-6);
    assert!(
        near(interval.mean) && near(low) && near(high),
        "{interval:?} is not {value}"
    );
}

fn holds(interval: &Interval, value: f64) {
    let (low, high) = interval.ends.expect("an interval");
    assert!(
        low <= value && value <= high,
        "{interval:?} does not hold {value}"
    );
}

fn exclusion<'a>(found: &Sensitivity, answer: &'a Answer, risk: Risk) -> (&'a Interval, Verdict) {
    let place = found
        .risks
        .iter()
        .position(|&one| one == risk)
        .expect("a risk of the scenario");
    let one = &answer.exclusions[place].0;
    (&one.adds, one.against_base.verdict)
}

/// The derivation stands in `scenarios/by-hand.toml`.
#[test]
fn the_tornado_of_a_scenario_derived_by_hand_agrees_with_the_derivation() {
    let scenario = shipped("by-hand.toml");
    let found = analysed(&scenario, "early", 2);
    let [cost, hours] = &found.answers[..] else {
        panic!("one answer for each metric")
    };
    // Exclusion: hours exactly, their price on average.
    is_exactly(exclusion(&found, hours, Risk::Interruptions).0, 2.5);
    is_exactly(exclusion(&found, hours, Risk::ToldOutages).0, 0.0);
    is_exactly(&hours.without_any.as_ref().expect("several risks").adds, 2.5);
    holds(exclusion(&found, cost, Risk::Interruptions).0, 2.5 * 40.0);
    is_exactly(exclusion(&found, cost, Risk::ToldOutages).0, 0.0);
    holds(&cost.as_is, 8.0 * 300.0 + 2.5 * 40.0);
    // Ranges and screening: the cost is linear, so both are exact and agree.
    let quantities = [
        Quantity::Setting(Setting::CostUserHour),
        Quantity::Setting(Setting::CostBothSides),
    ];
    assert_eq!(found.quantities, quantities);
    assert_eq!(found.ranges, [[20.0, 60.0], [100.0, 500.0]]);
    for (place, (across, rank)) in [(100.0, 2), (3200.0, 1)].into_iter().enumerate() {
        let (swing, ranks) = &cost.swings[place];
        is_exactly(&swing.across, across);
        assert_eq!(*ranks, (rank, rank));
        let (screened, ranks) = &cost.screened[place];
        is_exactly(&screened.mu_star, across);
        is_exactly(&screened.mu, across);
        assert!(screened.sigma.expect("several trajectories") < 1e-6);
        assert_eq!(*ranks, (rank, rank));
    }
    // The verdict, and the one assumption that turns it.
    holds(&cost.against_base.difference, 600.0);
    assert_eq!(cost.against_base.verdict, Verdict::Higher);
    assert_eq!(exclusion(&found, cost, Risk::ToldOutages).1, Verdict::Higher);
    let flips = found.flips(&scenario.facts, cost);
    assert_eq!(flips.len(), 1, "{flips:?}");
    assert_eq!(flips[0].assumption, Assumption::At(quantities[1], 100.0));
    assert_eq!(flips[0].turn, Turn::Reverses);
    assert!(flips[0].unpublished);
    holds(&flips[0].against_base.difference, -200.0);
    assert!(
        found
            .flips(&scenario.facts, hours)
            .iter()
            .all(|flip| flip.turn != Turn::Reverses)
    );
}

#[test]
fn the_other_strategy_pays_for_the_outage() {
    let scenario = shipped_with("by-hand.toml", &["base=early"]);
    let found = analysed(&scenario, "late", 1);
    let [cost, hours] = &found.answers[..] else {
        panic!("one answer for each metric")
    };
    is_exactly(exclusion(&found, hours, Risk::ToldOutages).0, 15.0);
    is_exactly(exclusion(&found, hours, Risk::Interruptions).0, 2.5);
    is_exactly(&hours.without_any.as_ref().expect("several risks").adds, 17.5);
    holds(exclusion(&found, cost, Risk::ToldOutages).0, 600.0);
    let place = found.risks.iter().position(|&risk| risk == Risk::ToldOutages);
    assert_eq!(hours.exclusions[place.expect("told")].1, (1, 1));
}

#[test]
fn nothing_depends_on_the_number_of_threads() {
    let scenario = shipped("by-hand.toml");
    assert_eq!(analysed(&scenario, "early", 1), analysed(&scenario, "early", 3));
}

/// Common random numbers: a quantity fixed at the value that a world had anyway changes nothing at all.
#[test]
fn fixing_a_quantity_at_its_own_value_is_no_change() {
    let scenario = shipped("contoso-2010.toml");
    for replication in 0..3 {
        let key = Key {
            seed: scenario.seed,
            replication,
        };
        let world = World::draw(Arc::clone(&scenario.facts), key, false);
        let changes: Vec<Change> = Quantity::uncertain(&scenario.facts)
            .into_iter()
            .filter_map(|quantity| match quantity {
                Quantity::Setting(setting) => Some(Change::Fix(quantity, world.value(setting))),
                _ => None,
            })
            .collect();
        // Four that are stated; the others have default ranges.
        let is_drawn = |parameter: &&Parameter| !matches!(parameter.draw, Draw::Fixed(_));
        let drawn = scenario.facts.parameters.iter().filter(is_drawn).count();
        assert!(changes.len() == drawn && drawn > 50, "{drawn}");
        let varied = World::draw(Arc::new(vary(&scenario.facts, &changes)), key, false);
        assert_eq!(varied.values, world.values);
        assert_eq!(varied.traits, world.traits);
        assert_eq!(varied.machines, world.machines);
        assert_eq!(varied.outages, world.outages);
        assert_eq!(varied.defects, world.defects);
        assert_eq!(varied.faults, world.faults);
    }
}

#[test]
fn a_change_leaves_every_other_draw_as_it_was() {
    let scenario = shipped("contoso.toml");
    let key = Key {
        seed: scenario.seed,
        replication: 4,
    };
    let world = World::draw(Arc::clone(&scenario.facts), key, false);
    let without = |risk| World::draw(Arc::new(vary(&scenario.facts, &[Change::Off(risk)])), key, false);
    let no_defects = without(Risk::Defects);
    assert!(no_defects.defects.is_empty() && !world.defects.is_empty());
    assert_eq!(no_defects.values, world.values);
    assert_eq!(
        (&no_defects.faults, &no_defects.outages),
        (&world.faults, &world.outages)
    );
    let no_failures = without(Risk::FrontEnds);
    let others = |world: &World| -> Vec<Outage> {
        let is_other = |outage: &&Outage| !matches!(outage.part, Part::FrontEnd(..));
        world.outages.iter().filter(is_other).copied().collect()
    };
    assert!(no_failures.outages.len() < world.outages.len());
    assert_eq!(others(&no_failures), others(&world));
    assert_eq!(
        (&no_failures.machines, &no_failures.defects),
        (&world.machines, &world.defects)
    );
    // A larger mean keeps the defects of a smaller one.
    let count = |mean| {
        let changes = [Change::Fix(Quantity::Defects(0), mean)];
        World::draw(Arc::new(vary(&scenario.facts, &changes)), key, false).defects
    };
    let (few, many) = (count(2.0), count(9.0));
    assert!(few.iter().all(|defect| many.contains(defect)) && many.len() > few.len());
}

/// A risk switched off in memory and the same written into the scenario are one thing.
#[test]
fn switching_off_is_what_the_scenario_would_say() {
    let plain = shipped("bad-week.toml");
    let cases: [(Risk, &[&str]); 5] = [
        (
            Risk::FailedMoves,
            &[
                "moves.failure=0",
                "moves.retry_failure=0",
                "moves.batch_failure=0",
            ],
        ),
        (
            Risk::Interruptions,
            &[
                "moves.interruption_low_minutes=0",
                "moves.interruption_high_minutes=0",
            ],
        ),
        (Risk::LateInstalls, &["installs.lag_factor=0"]),
        (Risk::SlowDecisions, &["programme.decision_hours=0"]),
        (
            Risk::Defects,
            &[
                "defects.release.count=0",
                "defects.client.count=0",
                "defects.contact-centre.count=0",
            ],
        ),
    ];
    let as_is = digests(&plain, "gates", &[]);
    for (risk, set) in cases {
        let written = digests(&shipped_with("bad-week.toml", set), "gates", &[]);
        assert_eq!(
            digests(&plain, "gates", &[Change::Off(risk)]),
            written,
            "{risk:?}"
        );
        assert_ne!(written, as_is, "{risk:?} changes nothing");
    }
}

#[test]
fn every_risk_has_a_name_of_its_own_and_is_off_once_switched_off() {
    let scenario = shipped("failures.toml");
    let mut names: Vec<&str> = Risk::ALL.iter().map(|risk| risk.name()).collect();
    for &risk in Risk::ALL {
        let off = vary(&scenario.facts, &[Change::Off(risk)]);
        assert!(!risk.is_present(&off), "{risk:?}");
        assert!(!risk.meaning().is_empty());
    }
    assert!(Risk::FrontEnds.is_present(&scenario.facts) && Risk::Sites.is_present(&scenario.facts));
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Risk::ALL.len());
}

#[test]
fn without_anything_to_vary_there_is_nothing_to_say() {
    let scenario = scenario::from_text("empty", include_str!("../../scenarios/yardstick.toml"))
        .unwrap_or_else(|rejected| panic!("{rejected}"));
    assert_eq!(Quantity::uncertain(&scenario.facts), []);
}
