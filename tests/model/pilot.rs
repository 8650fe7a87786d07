//! Other pilots in the same worlds: what they must find, what they must not, and what stays as it was.

use crate::common::{place, shipped, shipped_with};
use coexist::analysis::pilot::{Along, Asked, Design, Found, Question, run};
use coexist::analysis::replay::{Case, Options, replay};
use coexist::analysis::vary::{Change, Quantity};
use coexist::experiment::Interval;
use coexist::kernel::Span;
use coexist::outcome::{Metric, Outcome, Row};
use coexist::plan::Plan;
use coexist::plan::pilot::{Composition, Trial, length};
use coexist::plan::tasks::Start;
use coexist::scenario::Scenario;
use std::sync::atomic::AtomicBool;

/// A gate that lets everything pass.
const OPEN: &str = "strategies.gated.gates.open_severity_1=1000000";

fn rows(scenario: &Scenario, plans: &[&Plan], changes: &[Change], worlds: u64) -> Vec<Vec<Row>> {
    let stop = AtomicBool::new(false);
    let options = Options {
        seed: scenario.seed,
        threads: 2,
        stop: &stop,
    };
    let case = Case {
        changes: changes.to_vec(),
        plans: plans.to_vec(),
        worlds: 0..worlds,
    };
    let keep = |outcome: &Outcome| outcome.row.clone();
    let mut all = replay(scenario, &[case], options, &keep, &|| {}).expect("it runs to its end");
    all.remove(0)
}

fn found(scenario: &Scenario, strategy: &str, asked: &Asked, worlds: u64, threads: usize) -> Found {
    let question = Question::new(scenario, place(scenario, strategy), asked).expect("a sound question");
    let stop = AtomicBool::new(false);
    let options = Options {
        seed: scenario.seed,
        threads,
        stop: &stop,
    };
    run(scenario, question, worlds, options, &|| {}).expect("it runs to its end")
}

fn with(size: u32, composition: Composition, days: u32) -> Trial {
    Trial::With {
        size,
        composition,
        days,
    }
}

fn sizes(sizes: &[u32]) -> Asked {
    Asked {
        sizes: sizes.to_vec(),
        ..Asked::default()
    }
}

fn value(row: &Row, metric: Metric) -> f64 {
    row.get(metric).expect("every world has it")
}

#[test]
fn a_pilot_as_written_is_the_strategy_itself() {
    for (name, strategy) in [
        ("bad-week", "gates"),
        ("by-hand-gate", "gated"),
        ("people", "by-community"),
        ("contoso", "pilot-by-department"),
    ] {
        let scenario = shipped(&format!("{name}.toml"));
        let plan = &scenario.plans[place(&scenario, strategy)];
        let days = length(plan).expect("it has a pilot");
        let trial = with(plan.waves[0].users.len() as u32, Composition::AsWritten, days);
        let same = scenario.plan_with_pilot(strategy, trial).expect("sound");
        assert_eq!(&same, plan, "{name}");
    }
    let scenario = shipped("bad-week.toml");
    let question = Question::new(&scenario, place(&scenario, "gates"), &sizes(&[50])).expect("sound");
    assert!(question.variants[1].as_written);
    let plan = &scenario.plans[place(&scenario, "gates")];
    let both = rows(&scenario, &[plan, &question.variants[1].plan], &[], 3);
    assert_eq!(both[0], both[1]);
}

#[test]
fn what_the_strategy_dates_behind_the_pilot_moves_with_its_length() {
    let scenario = shipped("contoso.toml");
    let strategy = "pilot-by-department";
    let plan = &scenario.plans[place(&scenario, strategy)];
    let days = length(plan).expect("it has a pilot");
    let size = plan.waves[0].users.len() as u32;
    let longer = scenario
        .plan_with_pilot(strategy, with(size, Composition::AsWritten, days + 14))
        .expect("sound");
    let by = Span::DAY * 14;
    assert_eq!(longer.waves[0], plan.waves[0]);
    for (later, wave) in longer.waves.iter().zip(&plan.waves).skip(1) {
        assert_eq!(later.start, wave.start + by);
        assert_eq!(later.users, wave.users);
    }
    assert_eq!(longer.joiners_from, plan.joiners_from.map(|at| at + by));
    let at = |plan: &Plan| plan.retirement.as_ref().map(|one| one.at);
    assert_eq!(at(&longer), at(plan).map(|at| at + by));
    for (gate, own) in longer.gates.iter().zip(&plan.gates) {
        let behind_pilot = plan.waves[own.before as usize - 1].is_pilot;
        assert_eq!(gate.least, own.least + if behind_pilot { by } else { Span::ZERO });
    }
    let jobs = |plan: &Plan| plan.tasks.as_ref().expect("it has tasks").jobs.clone();
    let pilot = plan.waves[0].start;
    for (later, job) in jobs(&longer).iter().zip(jobs(plan)) {
        let expected = match job.start {
            Start::At(at) if at > pilot => Start::At(at + by),
            other => other,
        };
        assert_eq!(later.start, expected);
    }
    assert_eq!(longer.moves, plan.moves, "windows and freezes stay");
}

/// Pilots chosen in one order hold each other.
#[test]
fn a_larger_pilot_never_finds_less() {
    for composition in Composition::ALL {
        let scenario = shipped("bad-week.toml");
        let strategy = "nobody-watches";
        let plans: Vec<Plan> = [30, 60, 120, 240]
            .map(|size| {
                let trial = with(size, composition, 35);
                scenario.plan_with_pilot(strategy, trial).expect("sound")
            })
            .to_vec();
        for pair in plans.windows(2) {
            let [small, large] = [0, 1].map(|one| &pair[one].waves[0].users);
            assert!(small.iter().all(|user| large.contains(user)), "{composition:?}");
        }
        let plans: Vec<&Plan> = plans.iter().collect();
        // Nobody joins a pilot of his own accord, but people may leave: defects of everybody's only.
        let all = rows(&scenario, &plans, &[], 8);
        for world in 0..8 {
            let found = all
                .iter()
                .map(|rows| value(&rows[world], Metric::DefectsInPilot))
                .collect::<Vec<_>>();
            assert!(found.is_sorted(), "{composition:?}, world {world}: {found:?}");
        }
    }
}

#[test]
fn a_pilot_without_a_department_finds_none_of_its_defects() {
    let scenario = shipped("bad-week.toml");
    let facts = &scenario.facts;
    let others = (0..facts.defects.len()).filter(|&class| facts.defects[class].name != "contact-centre");
    let changes: Vec<Change> = others
        .map(|class| Change::Fix(Quantity::Defects(class), 0.0))
        .collect();
    let strategy = "nobody-watches";
    let everywhere = scenario
        .plan_with_pilot(strategy, with(200, Composition::Volunteers, 35))
        .expect("sound");
    let department = &scenario.plans[place(&scenario, strategy)];
    let both = rows(&scenario, &[department, &everywhere], &changes, 10);
    let total = |rows: &[Row]| {
        rows.iter()
            .map(|row| value(row, Metric::DefectsInPilot))
            .sum::<f64>()
    };
    assert_eq!(total(&both[0]), 0.0);
    assert!(total(&both[1]) > 0.0);
}

#[test]
fn without_defects_no_harm_is_avoided() {
    let scenario = shipped_with("by-hand-gate.toml", &["defects.release.count=0"]);
    let found = found(&scenario, "gated", &sizes(&[5, 15]), 20, 2);
    let nothing = Interval {
        mean: 0.0,
        ends: Some((0.0, 0.0)),
    };
    assert_eq!(found.answers.len(), 4);
    for answer in &found.answers {
        for one in [
            &answer.found,
            &answer.harm,
            &answer.avoided,
            &answer.meetings_avoided,
            &answer.cost_avoided,
        ] {
            assert_eq!(*one, nothing);
        }
    }
}

/// Goel and Okumoto: 3 (1 - exp(-10 n / 80)) for n people. They move as day 0 begins, and what day 9 has shown by its end is
/// known when production begins, which makes 10 working days.
#[test]
fn a_pilot_finds_as_many_defects_as_goel_and_okumoto_say() {
    let scenario = shipped_with("by-hand-gate.toml", &[OPEN]);
    let found = found(&scenario, "gated", &sizes(&[5, 15]), 800, 2);
    for (variant, answer) in found.question.variants.iter().zip(&found.answers) {
        let mean = 3.0 * (1.0 - libm::exp(-10.0 * variant.people as f64 / 80.0));
        let (low, high) = answer.found.ends.expect("an interval");
        let half = (high - low) / 2.0;
        // Four standard errors.
        assert!(
            (answer.found.mean - mean).abs() <= 2.1 * half,
            "{} people: {:?} against {mean}",
            variant.people,
            answer.found
        );
    }
}

#[test]
fn steps_go_to_the_next_larger_pilot_and_their_price_is_seen() {
    let scenario = shipped_with("by-hand-gate.toml", &[OPEN]);
    let asked = Asked {
        user_cost: 1000.0,
        ..sizes(&[5, 10, 15])
    };
    let found = found(&scenario, "gated", &asked, 10, 2);
    assert_eq!(found.question.design, Design::Crossed);
    assert_eq!(found.question.variants.len(), 4, "no pilot and three sizes");
    let ends: Vec<(usize, usize)> = (found.steps.iter())
        .map(|step| {
            assert_eq!(step.along, Along::Size);
            let people = |place: usize| found.question.variants[place].people;
            (people(step.from), people(step.to))
        })
        .collect();
    assert_eq!(ends, [(5, 10), (10, 15)]);
    // Nothing that these defects do costs anything, so the price of a user is all that a step is about.
    for step in &found.steps {
        let each = step.each.ends.expect("an interval");
        assert!(each.0 > -1001.0 && each.1 < -999.0, "{each:?}");
        assert_eq!(step.verdict, coexist::stats::Verdict::Worse);
    }
}

#[test]
fn nothing_depends_on_the_number_of_threads() {
    let scenario = shipped("by-hand-gate.toml");
    let one = found(&scenario, "gated", &Asked::default(), 12, 1);
    assert_eq!(one, found(&scenario, "gated", &Asked::default(), 12, 2));
    assert_eq!(one.question.design, Design::OneAtATime);
}

#[test]
fn an_impossible_pilot_is_refused_in_words() {
    let scenario = shipped("by-hand-gate.toml");
    let refused = |strategy: &str, asked: &Asked| {
        Question::new(&scenario, place(&scenario, strategy), asked).expect_err("it is refused")
    };
    assert_eq!(
        refused("stay", &Asked::default()),
        "strategy `stay` has no pilot before its waves"
    );
    let large = refused("gated", &sizes(&[30]));
    assert!(
        large.starts_with("strategy `gated` cannot have a pilot of 30 users chosen at random for 10 days:\n")
            || large.starts_with(
                "strategy `gated` cannot have a pilot of 30 users chosen as written for 10 days:\n"
            ),
        "{large}"
    );
    assert!(
        large.contains("the pilot of 30 users is larger than it can be: the company has 20"),
        "{large}"
    );
}
