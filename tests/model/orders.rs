//! Every order among tasks of both profiles: a plan that violates it is refused, and, where it owns up to it, does a
//! measured harm that the same plan does not do when it keeps the order, in the same worlds.

mod cases;

use cases::{CASES, Case, Lines, SHARED, SHARED_TASKS, text};
use coexist::kernel::{Key, Nothing};
use coexist::outcome::Metric;
use coexist::plan::tasks::{Violation, schedule, violations};
use coexist::scenario::{Scenario, load};
use coexist::simulate::simulate;
use coexist::world::{Step, World};
use std::collections::BTreeSet;
use std::sync::Arc;

fn read(text: &str) -> Result<Scenario, String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("orders.toml");
    std::fs::write(&path, text).expect("a temporary file");
    load(&path).map_err(|rejected| rejected.to_string())
}

fn word(scenario: &Scenario, step: Step) -> &str {
    match step {
        Step::Task(task) => &scenario.facts.profile.tasks[usize::from(task)].name,
        Step::FirstMove => "first_move",
        Step::LastMove => "last_move",
        Step::Retirement => "retirement",
        Step::FrontEnds(_) => "front_ends_up",
    }
}

/// The orders that the plan violates.
fn violated(scenario: &Scenario) -> BTreeSet<(String, String)> {
    let (facts, plan) = (&scenario.facts, &scenario.plans[1]);
    let tasks = plan.tasks.as_ref().expect("tasks");
    let times = schedule(facts, plan, tasks).expect("no task waits for itself");
    let names = |violation: &Violation| {
        let edge = &facts.profile.edges[violation.edge];
        let names = [edge.before, edge.after].map(|step| word(scenario, step).to_string());
        names.into()
    };
    violations(facts, plan, tasks, &times).iter().map(names).collect()
}

/// The metric of the plan, added up over some worlds.
fn measure(scenario: &Scenario, metric: Metric) -> f64 {
    let seed = scenario.seed;
    let of = |replication: u64| {
        let world = World::draw(Arc::clone(&scenario.facts), Key { seed, replication }, false);
        let (outcome, _) = simulate(&world, &scenario.plans[1], Nothing);
        outcome.row.get(metric).expect("never missing")
    };
    (0..2).map(of).sum()
}

fn pairs(lines: Lines) -> impl Iterator<Item = (String, String)> {
    lines.iter().map(|line| (line.0.to_string(), line.1.to_string()))
}

/// Tries one case with one profile; is it an order of that profile?
fn try_case(case: &Case, release: &str) -> bool {
    let at = format!("{release}: {} before {}", case.before, case.after);
    let sound =
        read(&text(release, &[case.setting], case.changes)).unwrap_or_else(|what| panic!("{at}: {what}"));
    let is_known = |edge: &coexist::world::Edge| {
        word(&sound, edge.before) == case.before && word(&sound, edge.after) == case.after
    };
    if !sound.facts.profile.edges.iter().any(is_known) {
        return false;
    }
    let own_up = "allow_unsafe = true\n";
    let sound_text = text(release, &[case.setting], case.changes).replace(own_up, "");
    read(&sound_text).unwrap_or_else(|what| panic!("{at}, kept: {what}"));
    let harmful = case.harmful(release);
    let unsafe_plan = read(&harmful).unwrap_or_else(|what| panic!("{at}: {what}"));
    let before = violated(&sound);
    let new: BTreeSet<_> = violated(&unsafe_plan).difference(&before).cloned().collect();
    let of_profile = |pair: &(String, String)| {
        let names = |step: Step, name: &str| word(&sound, step) == name;
        let edges = &sound.facts.profile.edges;
        edges
            .iter()
            .any(|edge| names(edge.before, &pair.0) && names(edge.after, &pair.1))
    };
    let own = (case.before.to_string(), case.after.to_string());
    let expected: BTreeSet<_> = pairs(case.also).filter(of_profile).chain([own]).collect();
    assert_eq!(new, expected, "{at}");
    // Without owning up to it the plan is refused, or warned of where the order is only recommended.
    let edge = sound
        .facts
        .profile
        .edges
        .iter()
        .find(|edge| is_known(edge))
        .expect("known");
    let said = match read(&harmful.replace(own_up, "")) {
        Ok(scenario) => {
            assert!(edge.recommended, "{at} is not refused");
            scenario.warnings
        }
        Err(said) => said,
    };
    assert!(said.contains(&edge.breaks), "{at}: {said}");
    let (kept, broken) = (measure(&sound, case.harm), measure(&unsafe_plan, case.harm));
    assert!(
        broken > kept + 0.5,
        "{at}: {:?} is {broken}, with the order kept {kept}",
        case.harm
    );
    true
}

#[test]
fn every_order_of_both_profiles_does_its_harm() {
    for release in ["ocs2007r2", "lync2010"] {
        let mut tried = BTreeSet::new();
        for case in &CASES {
            if try_case(case, release) {
                assert!(tried.insert((case.before, case.after)), "{} twice", case.before);
            }
        }
        // Every order of the profile is tried, under whatever switch it holds.
        let mut known = BTreeSet::new();
        for changes in [&[][..], &[SHARED]] {
            let setting = if changes.is_empty() { &[] } else { SHARED_TASKS };
            let scenario = read(&text(release, &[setting], changes)).unwrap_or_else(|what| panic!("{what}"));
            assert_eq!(violated(&scenario), BTreeSet::new(), "the sound plan");
            let edges = &scenario.facts.profile.edges;
            known.extend(edges.iter().map(|edge| {
                let name = |step| word(&scenario, step).to_string();
                (name(edge.before), name(edge.after))
            }));
        }
        let tried: BTreeSet<_> = tried
            .iter()
            .map(|pair| (pair.0.to_string(), pair.1.to_string()))
            .collect();
        assert_eq!(known, tried, "a new order needs a case of its own here");
    }
}
