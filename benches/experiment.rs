//! Whole experiments: every strategy in several worlds, drawn, replayed and reduced, on one thread and on two.

use coexist::experiment::{self, Options};
use coexist::scenario::{self, Scenario};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::path::Path;
use std::sync::atomic::AtomicBool;

const WORLDS: u64 = 8;

fn load(name: &str) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name);
    scenario::load(&path).unwrap_or_else(|rejected| panic!("{}", rejected.report))
}

/// Times all strategies of a scenario in the first worlds; throughput counts worlds.
fn experiment(criterion: &mut Criterion, file: &str, title: &str) {
    let scenario = load(file);
    let stop = AtomicBool::new(false);
    let mut group = criterion.benchmark_group(title);
    group.sample_size(10).throughput(Throughput::Elements(WORLDS));
    for threads in [1, 2] {
        let options = Options {
            strategies: (0..scenario.plans.len()).collect(),
            replications: 0..WORLDS,
            seed: scenario.seed,
            threads,
            fix_uncertain: false,
            stop: &stop,
        };
        let name = BenchmarkId::new("all strategies in 8 worlds, threads", threads);
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                experiment::run(black_box(&scenario), &options, &|| {}).expect("nobody stops the experiment")
            });
        });
    }
    group.finish();
}

fn company(criterion: &mut Criterion) {
    experiment(
        criterion,
        "contoso.toml",
        "experiment: contoso, 10,000 users, 40 weeks",
    );
}

fn yardstick(criterion: &mut Criterion) {
    experiment(criterion, "yardstick.toml", "experiment: yardstick, 10,000 users");
}

criterion_group!(benches, company, yardstick);
criterion_main!(benches);
