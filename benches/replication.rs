//! One replication of shipped scenarios on one thread: world drawn, strategies replayed.

use coexist::analysis::vary::{Change, Risk, vary};
use coexist::kernel::Key;
use coexist::plan::Plan;
use coexist::scenario::{self, Scenario};
use coexist::simulate;
use coexist::world::World;
use coexist::world::reader::Memory;
use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::path::Path;

fn load(name: &str) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name);
    scenario::load(&path).unwrap_or_else(|rejected| panic!("{}", rejected.report))
}

fn draw(scenario: &Scenario, replication: u64) -> World {
    World::draw(
        scenario.facts.clone(),
        Key {
            seed: scenario.seed,
            replication,
        },
        false,
    )
}

fn yardstick(criterion: &mut Criterion) {
    let scenario = load("yardstick.toml");
    let plan = scenario
        .plans
        .iter()
        .find(|plan| plan.name == "yardstick")
        .expect("the yardstick's strategy");
    let mut group = criterion.benchmark_group("yardstick, 10,000 users");
    group.sample_size(20);
    group.bench_function("draw the world and replay one strategy", |bencher| {
        let mut memory = Memory::default();
        bencher.iter(|| simulate::replay_all_in(black_box(&draw(&scenario, 1)), &[plan], &mut memory));
    });
    group.bench_function("draw the world and read its calendar", |bencher| {
        bencher.iter(|| {
            let world = draw(&scenario, 1);
            let mut reader = world.reader();
            let mut occurrences = 0;
            while let Some(window) = reader.next() {
                occurrences += window.occurrences.len();
            }
            occurrences
        });
    });
    group.finish();
}

fn company(criterion: &mut Criterion) {
    let scenario = load("contoso.toml");
    let plans: Vec<_> = scenario.plans.iter().collect();
    let mut group = criterion.benchmark_group("contoso, 10,000 users, 44 weeks");
    group.sample_size(10);
    group.bench_function("one replication, one strategy", |bencher| {
        bencher.iter(|| simulate::replay_all(black_box(&draw(&scenario, 1)), &plans[2..3]));
    });
    group.bench_function("one replication, all strategies", |bencher| {
        bencher.iter(|| simulate::replay_all(black_box(&draw(&scenario, 1)), &plans));
    });
    group.finish();
}

/// The scenario, and a plan, without joiners and leavers, failures, pairs, edges, defects, faults, applications, tasks, tests,
/// gates, triggers, help desk and retirement: moves, clients and meetings alone.
fn strip(file: &str, plan: &mut Plan) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(file);
    let mut bare = scenario::load_with(&path, &["population.turnover=false".into()])
        .unwrap_or_else(|rejected| panic!("{}", rejected.report));
    let facts = std::sync::Arc::make_mut(&mut bare.facts);
    for risk in [Risk::FrontEnds, Risk::BackEnds, Risk::Sites, Risk::Edges] {
        *facts = vary(facts, &[Change::Off(risk)]);
    }
    facts.defects.clear();
    facts.applications.clear();
    facts.faults.clear();
    facts.outages.clear();
    facts.edges = None;
    for pool in &mut facts.pools {
        pool.pair = None;
    }
    plan.gates.clear();
    plan.triggers.clear();
    plan.desk = None;
    plan.tasks = None;
    plan.testing = None;
    plan.failover = None;
    plan.retirement = None;
    bare
}

/// The same company with nothing of the life of a migration, and with all of it.
fn life(criterion: &mut Criterion) {
    for (file, strategy, title) in [
        ("bad-week.toml", "gates", "bad week, 1,200 users, 20 weeks"),
        (
            "contoso.toml",
            "pilot-by-community",
            "contoso, 10,000 users, 44 weeks",
        ),
    ] {
        let mut group = criterion.benchmark_group(format!("life: {title}"));
        group.sample_size(20);
        let scenario = load(file);
        let full = scenario
            .plans
            .iter()
            .find(|plan| plan.name == strategy)
            .expect("the strategy");
        let mut plan = full.clone();
        let bare = strip(file, &mut plan);
        for (name, scenario, plan) in [
            ("everything on", &scenario, full),
            ("everything off", &bare, &plan),
        ] {
            let mut memory = Memory::default();
            group.bench_function(name, |bencher| {
                bencher.iter(|| simulate::replay_all_in(black_box(&draw(scenario, 1)), &[plan], &mut memory));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, yardstick, company, life);
criterion_main!(benches);
