//! The hold model: remove the first of many pending events, add one a random while later.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hint::black_box;

use coexist::kernel::{Digest, EventList, Key, Observer, Purpose, Record, Span, Time};
use criterion::{BenchmarkId, Criterion};

#[derive(Copy, Clone)]
struct Gap;

impl Purpose for Gap {
    fn code(self) -> u32 {
        1
    }
}

/// As large as a typical model's event.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Event {
    kind: u16,
    from: u16,
    to: u32,
}

#[derive(Copy, Clone)]
struct Step([u64; 8]);

impl Record for Step {
    fn words(&self) -> [u64; 8] {
        self.0
    }
}

const KEY: Key = Key {
    seed: 1,
    replication: 1,
};

/// Exponential gaps drawn beforehand, used in a circle, so that only the list is measured.
fn gaps() -> impl FnMut() -> Span {
    let mut stream = KEY.stream(Gap, 0, 0);
    let gaps: Vec<Span> = (0..1 << 16)
        .map(|_| Span(stream.exponential(Span::HOUR.0 as f64).round() as i64))
        .collect();
    let mut next = 0;
    move || {
        next = (next + 1) % gaps.len();
        gaps[next]
    }
}

fn hold(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("hold");
    for pending in [1_000, 100_000] {
        let fill = |gap: &mut dyn FnMut() -> Span| -> Vec<(Time, Event)> {
            (0..pending)
                .map(|number| {
                    (
                        Time::ZERO + gap(),
                        Event {
                            kind: number as u16 % 8,
                            from: number as u16,
                            to: number,
                        },
                    )
                })
                .collect()
        };
        group.bench_function(BenchmarkId::new("EventList", pending), |bencher| {
            let mut gap = gaps();
            let mut list = EventList::new();
            fill(&mut gap)
                .into_iter()
                .for_each(|(at, event)| list.push(at, event));
            bencher.iter(|| {
                let (at, event) = list.pop().expect("the list never empties");
                list.push(at + gap(), event);
            });
        });
        group.bench_function(BenchmarkId::new("BinaryHeap", pending), |bencher| {
            let mut gap = gaps();
            let mut heap: BinaryHeap<Reverse<(Time, Event)>> =
                fill(&mut gap).into_iter().map(Reverse).collect();
            bencher.iter(|| {
                let Reverse((at, event)) = heap.pop().expect("the heap never empties");
                heap.push(Reverse((at + gap(), event)));
            });
        });
    }
    group.finish();
}

fn others(criterion: &mut Criterion) {
    criterion.bench_function("stream/new and one uniform", |bencher| {
        let mut index = 0;
        bencher.iter(|| {
            index += 1;
            black_box(KEY.uniform(Gap, 7, index))
        });
    });
    criterion.bench_function("stream/next uniform", |bencher| {
        let mut stream = KEY.stream(Gap, 7, 0);
        bencher.iter(|| black_box(stream.uniform()));
    });
    criterion.bench_function("digest/record", |bencher| {
        let mut digest = Digest::new();
        let mut number = 0;
        bencher.iter(|| {
            number += 1;
            digest.record(black_box(Step([number, 1, 2, 3, 4, 5, 6, 7])));
        });
        black_box(digest.finish());
    });
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    hold(&mut criterion);
    others(&mut criterion);
    criterion.final_summary();
}
