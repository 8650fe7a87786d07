//! Queues built from the event list, the station and keyed streams, against queueing theory.

use coexist::kernel::{EventList, Key, Purpose, Span, Station, Time};
use statrs::distribution::{ContinuousCDF, StudentsT};

#[derive(Copy, Clone)]
enum Draw {
    Gap,
    Service,
    Class,
}

impl Purpose for Draw {
    fn code(self) -> u32 {
        self as u32
    }
}

#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Event {
    Departure { customer: u64 },
    Arrival { customer: u64 },
}

/// A queue with exponential gaps and services of mean one hour, and two classes of priority.
struct Queue {
    servers: usize,
    utilisation: f64,
    /// The probability of class 0, which goes first.
    first_class: f64,
}

#[derive(Copy, Clone)]
struct Customer {
    class: u8,
    arrived: Time,
    started: Option<Time>,
    departed: Option<Time>,
}

struct Run {
    customers: Vec<Customer>,
    /// Integrals over time up to the horizon, in customer-milliseconds.
    present_area: i64,
    busy_area: i64,
}

impl Queue {
    fn run(&self, key: Key, horizon: Time) -> Run {
        let gap = Span::HOUR.0 as f64 / (self.utilisation * self.servers as f64);
        let mut gaps = key.stream(Draw::Gap, 0, 0);
        let mut next_gap = move || Span(gaps.exponential(gap).round() as i64);
        let service = |customer| {
            Span(
                key.stream(Draw::Service, 0, customer)
                    .exponential(Span::HOUR.0 as f64)
                    .round() as i64,
            )
        };
        let mut events = EventList::new();
        let mut station = Station::new(self.servers);
        let mut run = Run {
            customers: Vec::new(),
            present_area: 0,
            busy_area: 0,
        };
        let mut now = Time::ZERO;
        events.push(now + next_gap(), Event::Arrival { customer: 0 });
        while let Some((at, event)) = events.pop() {
            let until = at.min(horizon);
            let elapsed = (until - now).0;
            run.present_area += elapsed * (station.waiting() + station.busy()) as i64;
            run.busy_area += elapsed * station.busy() as i64;
            now = until;
            if at > horizon {
                break;
            }
            match event {
                Event::Arrival { customer } => {
                    let class = u8::from(key.uniform(Draw::Class, 0, customer) >= self.first_class);
                    run.customers.push(Customer {
                        class,
                        arrived: now,
                        started: None,
                        departed: None,
                    });
                    if let Some(customer) = station.arrive(now, class, customer) {
                        run.customers[customer as usize].started = Some(now);
                        events.push(now + service(customer), Event::Departure { customer });
                    }
                    events.push(
                        now + next_gap(),
                        Event::Arrival {
                            customer: customer + 1,
                        },
                    );
                }
                Event::Departure { customer } => {
                    run.customers[customer as usize].departed = Some(now);
                    if let Some((customer, arrived)) = station.depart(now) {
                        let record = &mut run.customers[customer as usize];
                        assert_eq!(record.arrived, arrived);
                        record.started = Some(now);
                        events.push(now + service(customer), Event::Departure { customer });
                    }
                }
            }
        }
        run
    }
}

/// Erlang's C formula: the probability of having to wait with `servers` servers and this utilisation.
fn erlang_c(servers: usize, utilisation: f64) -> f64 {
    let offered = servers as f64 * utilisation;
    let mut term = 1.0;
    let mut sum = 0.0;
    for k in 0..servers {
        sum += term;
        term *= offered / (k + 1) as f64;
    }
    term / (term + (1.0 - utilisation) * sum)
}

/// The mean wait in units of the mean service.
fn mean_wait(servers: usize, utilisation: f64) -> f64 {
    erlang_c(servers, utilisation) / (servers as f64 * (1.0 - utilisation))
}

/// The mean and the half width of its 0.999 confidence interval by the method of batch means.
fn batch_means(values: &[f64], batches: usize) -> (f64, f64) {
    let size = values.len() / batches;
    let means: Vec<f64> = values
        .chunks_exact(size)
        .take(batches)
        .map(|batch| batch.iter().sum::<f64>() / size as f64)
        .collect();
    let count = batches as f64;
    let mean = means.iter().sum::<f64>() / count;
    let variance = means.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (count - 1.0);
    let quantile = StudentsT::new(0.0, 1.0, count - 1.0).unwrap().inverse_cdf(0.9995);
    (mean, quantile * (variance / count).sqrt())
}

const BATCHES: usize = 40;
const WARM_UP: usize = 20_000;
const HORIZON: Time = Time(1_000_000 * Span::HOUR.0);
const KEY: Key = Key {
    seed: 1961,
    replication: 0,
};

/// Waits in hours after the warm-up, of those customers of a class who started.
fn waits(run: &Run, class: impl Fn(u8) -> bool) -> Vec<f64> {
    run.customers[WARM_UP..]
        .iter()
        .filter(|customer| class(customer.class))
        .filter_map(|customer| {
            customer
                .started
                .map(|started| (started - customer.arrived).hours())
        })
        .collect()
}

fn check_wait(servers: usize, utilisation: f64) {
    let run = Queue {
        servers,
        utilisation,
        first_class: 1.0,
    }
    .run(KEY, HORIZON);
    let (mean, half) = batch_means(&waits(&run, |_| true), BATCHES);
    let expected = mean_wait(servers, utilisation);
    println!("M/M/{servers}: {mean} +- {half}, theory {expected}");
    assert!(
        (mean - expected).abs() < half,
        "mean wait {mean} is not {expected} within {half}"
    );
    assert!(
        half < 0.05 * expected,
        "the interval is too wide to say anything: {half}"
    );
    // The interval must be able to tell a slightly busier queue.
    let wrong = mean_wait(servers, utilisation + 0.02);
    assert!(
        (mean - wrong).abs() > half,
        "the test could not tell {wrong} from {mean} within {half}"
    );
    let busy = run.busy_area as f64 / (HORIZON.0 as f64 * servers as f64);
    assert!(
        (busy - utilisation).abs() < 0.01,
        "utilisation {busy} is not {utilisation}"
    );
    // The probability of waiting at all, as seen by arrivals.
    let delayed: Vec<f64> = waits(&run, |_| true)
        .iter()
        .map(|&wait| f64::from(u8::from(wait > 0.0)))
        .collect();
    let (mean, half) = batch_means(&delayed, BATCHES);
    let expected = erlang_c(servers, utilisation);
    assert!(
        (mean - expected).abs() < half,
        "probability of waiting {mean} is not {expected} within {half}"
    );
}

#[test]
fn the_formula_has_known_values() {
    assert!((erlang_c(1, 0.8) - 0.8).abs() < 1e-15);
    assert!((mean_wait(1, 0.8) - 4.0).abs() < 1e-14);
    // Two servers: C = 2 r^2 / (1 + r).
    assert!((erlang_c(2, 0.75) - 2.0 * 0.5625 / 1.75).abs() < 1e-15);
}

#[test]
fn one_server_waits_as_theory_says() {
    check_wait(1, 0.8);
}

#[test]
fn three_servers_wait_as_erlang_says() {
    check_wait(3, 0.75);
}

/// Cobham, "Priority assignment in waiting line problems", Operations Research 2 (1954): with residual work
/// `R`, class 0 waits `R / (1 - r0)` and class 1 `R / ((1 - r0)(1 - r))`; here `R = r` service times.
#[test]
fn priorities_wait_as_cobham_says() {
    let queue = Queue {
        servers: 1,
        utilisation: 0.8,
        first_class: 0.4,
    };
    let run = queue.run(KEY, HORIZON);
    let load = 0.8 * 0.4;
    for (class, expected) in [(0, 0.8 / (1.0 - load)), (1, 0.8 / ((1.0 - load) * (1.0 - 0.8)))] {
        let (mean, half) = batch_means(&waits(&run, |other| other == class), BATCHES);
        println!("class {class}: {mean} +- {half}, theory {expected}");
        assert!(
            (mean - expected).abs() < half,
            "class {class}: {mean} is not {expected} within {half}"
        );
        assert!(half < 0.06 * expected);
    }
}

/// Little's law over a finite horizon is an identity: the time integral of the number present is the sum of
/// the times spent, both cut at the horizon. In integers it holds exactly.
#[test]
fn littles_law_is_an_identity() {
    for (servers, utilisation) in [(1, 0.8), (3, 0.75), (2, 1.1), (50, 0.9)] {
        for replication in 0..20 {
            let horizon = Time((1000 + 37 * replication as i64) * Span::HOUR.0 + 11);
            let queue = Queue {
                servers,
                utilisation,
                first_class: 0.3,
            };
            let run = queue.run(Key { seed: 3, replication }, horizon);
            let cut = |time: Option<Time>| time.unwrap_or(horizon);
            let spent: Span = run.customers.iter().map(|c| cut(c.departed) - c.arrived).sum();
            assert_eq!(run.present_area, spent.0);
            let served: Span = run
                .customers
                .iter()
                .map(|c| cut(c.departed) - c.started.unwrap_or(horizon))
                .sum();
            assert_eq!(run.busy_area, served.0);
            assert!(spent > Span::ZERO);
        }
    }
}
