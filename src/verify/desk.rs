//! The kernel's station as a help desk: Poisson arrivals, exponential services, with patience or without; and Little's
//! law in every run.

use super::{Draw, Measurement, Options, Part, Sample, theory};
use crate::kernel::{EventList, Key, Span, Station, Stream, Time};
use rayon::prelude::*;

/// A queue, in units of the mean service.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Queue {
    /// Servers.
    pub servers: u32,
    /// Work offered, per server.
    pub load: f64,
    /// Mean patience; `None` waits for ever.
    pub patience: Option<f64>,
    /// Customers observed in one replication.
    pub customers: u64,
}

/// A replication is long beside the time in which a queue forgets: about `1 / (1 - load)^2` services of all servers.
const SHORT: u64 = 40_000;
const LONG: u64 = 200_000;

const fn queue(servers: u32, load: f64, patience: Option<f64>, customers: u64) -> Queue {
    Queue {
        servers,
        load,
        patience,
        customers,
    }
}

/// The queues that are checked.
pub const QUEUES: [Queue; 12] = [
    queue(1, 0.5, None, SHORT),
    queue(1, 0.8, None, SHORT),
    queue(1, 0.95, None, LONG),
    queue(5, 0.5, None, SHORT),
    queue(5, 0.8, None, SHORT),
    queue(5, 0.95, None, LONG),
    queue(20, 0.5, None, SHORT),
    queue(20, 0.8, None, SHORT),
    queue(20, 0.95, None, LONG),
    queue(1, 0.8, Some(2.0), SHORT),
    queue(5, 0.95, Some(1.0), SHORT),
    queue(20, 1.1, Some(0.5), SHORT),
];

const ERLANG_C: Part = Part {
    title: "Service station as a help desk, endless patience (M/M/c)",
    what: "The station at which technicians work. Each replication starts with an arrival that finds a number present \
           drawn from the stationary distribution, so that every customer observed finds that distribution; the value of \
           a replication is the mean over its 40,000 customers (200,000 at load 0.95). Waits are in units of the mean \
           service.",
    source: "A. K. Erlang, Elektroteknikeren 13 (1917) 5-13 (Erlang C)",
};

const ERLANG_A: Part = Part {
    title: "Service station as a help desk, with patience (M/M/c+M)",
    what: "As before; a waiting customer leaves after an exponential patience, and the wait counts the time until then.",
    source: "C. Palm, Tele 1 (1957); O. Garnett, A. Mandelbaum and M. Reiman, Manufacturing and Service Operations \
             Management 4 (2002) 208-227 (Erlang A, by its birth-death chain)",
};

const LITTLE: Part = Part {
    title: "Little's law as an identity",
    what: "In every replication above, in whole milliseconds: the integral over time of the number present (waiting) \
           equals the sum of the times spent (waited), both cut at the ends of the run.",
    source: "J. D. C. Little, Operations Research 9 (1961) 383-387 and 59 (2011) 536-549",
};

const REPLICATIONS: u64 = 100;

/// What one replication showed.
#[derive(Clone, Copy, Default)]
struct Seen {
    delayed: u64,
    abandoned: u64,
    waited: Span,
    /// Differences between areas and sums of times: presence and waiting.
    violations: [i64; 2],
    /// Everybody who came, those of the start included.
    came: u64,
}

/// Checks queues, and Little's law in all of their runs.
pub fn measure(options: &Options, queues: &[Queue]) -> Vec<Measurement> {
    measure_with(options, queues, 0)
}

/// The same with more servers in the simulation than theory is told of, to see that the checks notice.
pub fn measure_with(options: &Options, queues: &[Queue], more_servers: u32) -> Vec<Measurement> {
    let replications = options.replications(REPLICATIONS);
    let tasks: Vec<(usize, u64)> = (0..queues.len())
        .flat_map(|place| (0..replications).map(move |replication| (place, replication)))
        .collect();
    let seen: Vec<Seen> = tasks
        .into_par_iter()
        .map(|(place, replication)| {
            let key = Key {
                seed: options.seed,
                replication,
            };
            run(&queues[place], queues[place].servers + more_servers, key)
        })
        .collect();
    let mut all = Vec::new();
    for (queue, seen) in queues.iter().zip(seen.chunks_exact(replications as usize)) {
        all.extend(compare(queue, seen));
    }
    // Parts follow each other: those without patience come first.
    all.sort_by_key(|measurement| measurement.part != &ERLANG_C);
    let compared = seen.iter().map(|seen| seen.came).sum();
    for (kind, name) in ["number present", "number waiting"].into_iter().enumerate() {
        let violation: i64 = seen.iter().map(|seen| seen.violations[kind].abs()).sum();
        all.push(Measurement {
            part: &LITTLE,
            name: name.into(),
            unit: "ms",
            theory: 0.0,
            sample: Sample::Identity {
                violation: violation as f64,
                compared,
            },
        });
    }
    all
}

/// The quantities of a queue beside theory.
fn compare(queue: &Queue, seen: &[Seen]) -> Vec<Measurement> {
    let Queue { servers, load, .. } = *queue;
    let offered = load * f64::from(servers);
    let customers = queue.customers as f64;
    let of = |part, name: &str, unit, theory, value: &dyn Fn(&Seen) -> f64| {
        let patience = queue
            .patience
            .map_or(String::new(), |patience| format!(", patience {patience}"));
        Measurement {
            part,
            name: format!("{name}, c = {servers}, load {load}{patience}"),
            unit,
            theory,
            sample: Sample::Values(seen.iter().map(|seen| value(seen) / customers).collect()),
        }
    };
    let delayed = |seen: &Seen| seen.delayed as f64;
    let waited = |seen: &Seen| seen.waited.hours();
    match queue.patience {
        None => vec![
            of(
                &ERLANG_C,
                "P(wait)",
                "",
                theory::erlang_c(servers, offered),
                &delayed,
            ),
            of(
                &ERLANG_C,
                "mean wait",
                "services",
                theory::erlang_c_mean_wait(servers, offered),
                &waited,
            ),
        ],
        Some(patience) => {
            let expected = theory::erlang_a(servers, offered, patience);
            let abandoned = |seen: &Seen| seen.abandoned as f64;
            vec![
                of(&ERLANG_A, "P(wait)", "", expected.waits, &delayed),
                of(&ERLANG_A, "P(abandon)", "", expected.abandons, &abandoned),
                of(&ERLANG_A, "mean wait", "services", expected.mean_wait, &waited),
            ]
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Departure { customer: u64, arrived: Time },
    Abandons { customer: u64, arrived: Time },
    Arrival { customer: u64 },
}

/// A mean service is an hour of the kernel's clock, so that its milliseconds round nothing that matters.
struct Desk {
    station: Station<u64>,
    events: EventList<Event>,
    services: Stream,
    patience: Option<(Stream, f64)>,
    /// Customers from this number on are observed.
    first: u64,
    /// Of those, how many have started or left.
    done: u64,
    seen: Seen,
    /// Time spent by those who left, and waited by those who no longer wait: everybody.
    spent: Span,
    waited: Span,
}

impl Desk {
    fn arrive(&mut self, now: Time, customer: u64) {
        self.seen.came += 1;
        if self.station.arrive(now, 0, customer).is_some() {
            return self.start(now, customer, now);
        }
        self.seen.delayed += u64::from(customer >= self.first);
        if let Some((stream, mean)) = &mut self.patience {
            let at = now + Span::from_hours_f64(stream.exponential(*mean));
            self.events.push(
                at,
                Event::Abandons {
                    customer,
                    arrived: now,
                },
            );
        }
    }

    fn start(&mut self, now: Time, customer: u64, arrived: Time) {
        let end = now + Span::from_hours_f64(self.services.exponential(1.0));
        self.events.push(end, Event::Departure { customer, arrived });
        self.stop_waiting(now, customer, arrived);
    }

    fn stop_waiting(&mut self, now: Time, customer: u64, arrived: Time) {
        self.waited += now - arrived;
        if customer >= self.first {
            self.done += 1;
            self.seen.waited += now - arrived;
        }
    }
}

/// One replication, until every observed customer has started or left.
fn run(queue: &Queue, servers: u32, key: Key) -> Seen {
    let offered = queue.load * f64::from(queue.servers);
    // Queues share nothing: each has streams of its own.
    let entity = queue.customers << 32
        | u64::from(queue.servers) << 16
        | (queue.load * 1e3) as u64
        | u64::from(queue.patience.is_some()) << 63;
    let stream = |purpose: Draw| key.stream(purpose, entity, 0);
    let first = draw_present(queue, offered, stream(Draw::Start).uniform());
    let mut desk = Desk {
        station: Station::new(servers as usize),
        events: EventList::new(),
        services: stream(Draw::Service),
        patience: queue.patience.map(|mean| (stream(Draw::Patience), mean)),
        first,
        done: 0,
        seen: Seen::default(),
        spent: Span::ZERO,
        waited: Span::ZERO,
    };
    for customer in 0..first {
        desk.arrive(Time::ZERO, customer);
    }
    let mut gaps = stream(Draw::Gap);
    desk.events.push(Time::ZERO, Event::Arrival { customer: first });
    let mut now = Time::ZERO;
    let mut area = [0_i64; 2];
    while desk.done < queue.customers {
        let (at, event) = desk.events.pop().expect("somebody is still waited for");
        let elapsed = (at - now).0;
        area[0] += elapsed * (desk.station.waiting() + desk.station.busy()) as i64;
        area[1] += elapsed * desk.station.waiting() as i64;
        now = at;
        match event {
            Event::Arrival { customer } => {
                desk.arrive(now, customer);
                let next = customer + 1;
                if next < first + queue.customers {
                    let gap = Span::from_hours_f64(gaps.exponential(1.0 / offered));
                    desk.events.push(now + gap, Event::Arrival { customer: next });
                }
            }
            Event::Departure { arrived, .. } => {
                desk.spent += now - arrived;
                if let Some((customer, arrived)) = desk.station.depart(now) {
                    desk.start(now, customer, arrived);
                }
            }
            Event::Abandons { customer, arrived } => {
                if desk.station.withdraw(customer) {
                    desk.spent += now - arrived;
                    desk.seen.abandoned += u64::from(customer >= first);
                    desk.stop_waiting(now, customer, arrived);
                }
            }
        }
    }
    // Those who are still there have spent the time until now.
    while desk.station.waiting() > 0 {
        let (_, arrived) = desk.station.depart(now).expect("somebody waits");
        desk.spent += now - arrived;
        desk.waited += now - arrived;
    }
    while let Some((_, event)) = desk.events.pop() {
        if let Event::Departure { arrived, .. } = event {
            desk.spent += now - arrived;
        }
    }
    desk.seen.violations = [area[0] - desk.spent.0, area[1] - desk.waited.0];
    desk.seen
}

/// The number present that the first arrival finds: the smallest with more than `u` of the probability at or below it.
fn draw_present(queue: &Queue, offered: f64, u: f64) -> u64 {
    let mut left = u;
    let present = theory::number_present(queue.servers, offered, queue.patience);
    for (number, probability) in present.iter().enumerate() {
        if left < *probability {
            return number as u64;
        }
        left -= probability;
    }
    present.len() as u64 - 1
}
