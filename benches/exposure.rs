//! Thirty branch days against thirty runs: branches share the way to them and the world.

use coexist::analysis::branch::{Reach, Study, follow};
use coexist::kernel::{Key, Span, Time};
use coexist::plan::course::{Course, Point};
use coexist::plan::{Plan, Rollback, Scripted};
use coexist::scenario;
use coexist::simulate;
use coexist::world::reader::Memory;
use coexist::world::{Trouble, World};
use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::path::Path;

/// Thirty branches that roll back, and going on, in one world; and the same thirty rollbacks and the plan itself as runs, which
/// share the world as well.
fn thirty(criterion: &mut Criterion, file: &str, strategy: &str, first: u32, every: u32, title: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(file);
    let scenario = scenario::load(&path).unwrap_or_else(|rejected| panic!("{}", rejected.report));
    let named = |plan: &&Plan| plan.name == strategy;
    let mut plan = scenario.plans.iter().find(named).expect("the strategy").clone();
    plan.rollback
        .get_or_insert_with(|| Rollback::usual(scenario.facts.calendar.horizon));
    let days: Vec<u32> = (0..30).map(|number| first + every * number).collect();
    let points = [days.iter().copied().map(Point::Day).collect::<Vec<_>>()];
    let rolls_back = |&day: &u32| {
        let mut plan = plan.clone();
        let rollback = plan.rollback.as_mut().expect("it says how to roll back");
        rollback.scripted = Some(Scripted::At(Time(i64::from(day) * Span::DAY.0)));
        plan
    };
    let mut plans: Vec<Plan> = days.iter().map(rolls_back).collect();
    plans.push(plan.clone());
    let plans: Vec<&Plan> = plans.iter().collect();
    let study = Study {
        trouble: Trouble::None,
        courses: vec![Course::GoOn, Course::RollBack],
        decision: Span::ZERO,
        ahead: Span::DAY * 30,
    };
    let key = Key {
        seed: scenario.seed,
        replication: 1,
    };
    let draw = || World::draw(scenario.facts.clone(), key, false);
    let mut group = criterion.benchmark_group(format!("exposure: {title}"));
    group.sample_size(10);
    let mut memory = Memory::default();
    group.bench_function("one run", |bencher| {
        bencher.iter(|| simulate::replay_all_in(black_box(&draw()), &[&plan], &mut memory));
    });
    group.bench_function("thirty branch days, followed for thirty days", |bencher| {
        bencher.iter(|| {
            follow(
                black_box(&draw()),
                &[&plan],
                &points,
                &study,
                Reach::Horizon,
                &mut memory,
            )
        });
    });
    group.bench_function("thirty runs that roll back, and one that goes on", |bencher| {
        bencher.iter(|| simulate::replay_all_in(black_box(&draw()), &plans, &mut memory));
    });
    group.finish();
}

fn week(criterion: &mut Criterion) {
    thirty(
        criterion,
        "bad-week.toml",
        "nobody-watches",
        7,
        3,
        "bad week, 1,200 users, 20 weeks",
    );
}

fn company(criterion: &mut Criterion) {
    thirty(
        criterion,
        "contoso.toml",
        "pilot-by-community",
        17,
        8,
        "contoso, 10,000 users, 44 weeks",
    );
}

criterion_group!(benches, week, company);
criterion_main!(benches);
