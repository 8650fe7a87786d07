//! Networks of topology tasks: when each is completed, and how long the longest way through a network is.

use super::{Draw, Measurement, Options, Part, Sample, embedded, theory};
use crate::kernel::{Key, Log, Span, Stream, Time};
use crate::outcome::{Action, Subject};
use crate::plan::Plan;
use crate::plan::tasks::{Job, Start, Tasks};
use crate::scenario::Scenario;
use crate::simulate::simulate;
use crate::world::{Edge, Effect, Facts, Mark, Step, Task, Undo, World};
use rayon::prelude::*;
use std::sync::Arc;

const PATHS: Part = Part {
    title: "Critical paths of random networks of tasks",
    what: "Networks of 2 to 30 tasks, each pair in order with a probability that is drawn for the network, so that they are \
           sparse or dense; durations exponential, of 10 hours on average. All tasks may begin at time zero or at some later \
           instant of the first days, and wait for those before them. Every completion is compared with the longest path of \
           tasks that end there, found by a plain program; the identity says that both have the same distribution, too.",
    source: "J. E. Kelley, Operations Research 9 (1961) 296-320 (critical path)",
};

const LAWS: Part = Part {
    title: "Time until a network of tasks is done",
    what: "Networks whose law is known: k tasks in a row (Erlang), n at once (the last of n exponentials), and n rows of k at \
           once. Durations are exponential with a mean of 10 hours. Share of the networks done after so many hours.",
    source: "D. G. Malcolm, J. H. Roseboom, C. E. Clark and W. Fazar, Operations Research 7 (1959) 646-669 (PERT); A. K. Erlang's \
             distribution: W. Feller, An Introduction to Probability Theory and Its Applications, volume 2, section I.3",
};

const REPLICATIONS: u64 = 1200;
/// Mean duration of a task, in hours.
const MEAN: f64 = 10.0;
/// Rows at once, tasks in each, hours after which it is asked whether all are done.
const ROWS: [(u32, u32, f64); 4] = [(1, 4, 40.0), (6, 1, 25.0), (3, 2, 30.0), (2, 5, 60.0)];

/// A network: earliest starts, durations, and pairs of tasks in order.
struct Network {
    starts: Vec<Time>,
    durations: Vec<Span>,
    orders: Vec<(usize, usize)>,
}

pub(super) fn measure(options: &Options) -> Vec<Measurement> {
    let mut base = embedded("mixed.toml", include_str!("mixed.toml"));
    Arc::make_mut(&mut base.facts).meetings.starts_per_user_day = Some(0.0);
    let replications = options.replications(REPLICATIONS);
    let key = |replication: u64| Key {
        seed: options.seed,
        replication,
    };
    let differences: Vec<(f64, u64)> = (0..replications)
        .into_par_iter()
        .map(|replication| {
            let network = random(key(replication).stream(Draw::Order, 1, 0));
            let done = carry_out(&base, &network, key(replication));
            let longest = longest_paths(&network);
            let apart = |(done, longest): (&Time, &Time)| libm::fabs((done.0 - longest.0) as f64);
            let sum = done.iter().zip(&longest).map(apart).sum();
            (sum, done.len() as u64)
        })
        .collect();
    let mut all = vec![Measurement {
        part: &PATHS,
        name: "completion of every task".into(),
        unit: "ms",
        theory: 0.0,
        sample: Sample::Identity {
            violation: differences.iter().map(|difference| difference.0).sum(),
            compared: differences.iter().map(|difference| difference.1).sum(),
        },
    }];
    for (check, (rows, length, hours)) in (2..).zip(ROWS) {
        let by = Time::ZERO + Span::from_hours_f64(hours);
        let is_done = |replication: u64| {
            let network = in_rows(rows, length, key(replication).stream(Draw::Order, check, 0));
            let done = carry_out(&base, &network, key(replication));
            done.into_iter().max().is_some_and(|last| last <= by)
        };
        let hits = (0..replications)
            .into_par_iter()
            .filter(|&replication| is_done(replication))
            .count() as u64;
        all.push(Measurement {
            part: &LAWS,
            name: format!("rows of {length}, {rows} at once: done after {hours} h"),
            unit: "",
            theory: libm::pow(theory::erlang_distribution(length, hours / MEAN), f64::from(rows)),
            sample: Sample::Share {
                hits,
                of: replications,
            },
        });
    }
    all
}

fn random(mut stream: Stream) -> Network {
    let tasks = 2 + stream.below(29) as usize;
    let dense = stream.uniform();
    let begins_late = stream.uniform();
    let mut network = Network {
        starts: Vec::new(),
        durations: Vec::new(),
        orders: Vec::new(),
    };
    for task in 0..tasks {
        let late = if stream.chance(begins_late) {
            stream.uniform() * 50.0
        } else {
            0.0
        };
        network.starts.push(Time::ZERO + Span::from_hours_f64(late));
        network.durations.push(duration(&mut stream));
        for before in 0..task {
            if stream.chance(dense) {
                network.orders.push((before, task));
            }
        }
    }
    network
}

fn in_rows(rows: u32, length: u32, mut stream: Stream) -> Network {
    let tasks = (rows * length) as usize;
    Network {
        starts: vec![Time::ZERO; tasks],
        durations: (0..tasks).map(|_| duration(&mut stream)).collect(),
        orders: (1..tasks)
            .filter(|task| task % length as usize != 0)
            .map(|task| (task - 1, task))
            .collect(),
    }
}

fn duration(stream: &mut Stream) -> Span {
    Span::from_hours_f64(stream.exponential(MEAN)).max(Span::MILLISECOND)
}

/// When each task is completed in the program.
fn carry_out(base: &Scenario, network: &Network, key: Key) -> Vec<Time> {
    let mut facts = Facts::clone(&base.facts);
    let count = network.durations.len();
    facts.profile.tasks = (0..count)
        .map(|task| Task {
            name: format!("task {task}"),
            title: String::new(),
            phase: String::new(),
            owner: String::new(),
            duration: network.durations[task],
            undo: Undo::Stays,
            per_pool: false,
            optional: false,
            outage: None,
        })
        .collect();
    facts.profile.edges = network
        .orders
        .iter()
        .map(|&(before, after)| Edge {
            before: Step::Task(before as u16),
            after: Step::Task(after as u16),
            effect: Effect::Told,
            breaks: String::new(),
            recommended: false,
            mark: Mark::Scenario,
            source: String::new(),
        })
        .collect();
    let jobs = (0..count)
        .map(|task| Job {
            task: task as u16,
            pool: None,
            start: Start::At(network.starts[task]),
            in_window: false,
            duration: network.durations[task],
            written: 0,
        })
        .collect();
    let plan = Plan {
        tasks: Some(Tasks {
            jobs,
            kept: vec![true; network.orders.len()],
            ..Tasks::default()
        }),
        ..Plan::stay(facts.pools.len(), facts.calendar.sites.len())
    };
    let world = World::draw(Arc::new(facts), key, true);
    let (_, log) = simulate(&world, &plan, Log::new());
    let mut done = vec![Time::NEVER; count];
    for entry in log.records() {
        if let (Action::TaskCompleted, Subject::Task(task)) = (entry.action, entry.subject) {
            done[task as usize] = entry.at;
        }
    }
    done
}

/// When each task is completed by the longest path to its end: tasks are in an order that the network keeps.
fn longest_paths(network: &Network) -> Vec<Time> {
    let mut ends: Vec<Time> = Vec::new();
    for task in 0..network.durations.len() {
        let before = network.orders.iter().filter(|order| order.1 == task);
        let ready = before.map(|order| ends[order.0]).max();
        let start = ready.map_or(network.starts[task], |ready| ready.max(network.starts[task]));
        ends.push(start + network.durations[task]);
    }
    ends
}
