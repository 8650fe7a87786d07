//! The station's order of service, withdrawals and refusals, and a model check against a sorted list.

use coexist::kernel::{Key, Purpose, Station, Time};

#[derive(Copy, Clone)]
struct Test;

impl Purpose for Test {
    fn code(self) -> u32 {
        3
    }
}

#[test]
fn jobs_start_by_priority_then_arrival_then_content() {
    let mut station = Station::new(2);
    assert_eq!(station.arrive(Time(0), 9, 'x'), Some('x'));
    assert_eq!(station.arrive(Time(0), 9, 'y'), Some('y'));
    for (at, priority, job) in [(1, 5, 'c'), (1, 5, 'b'), (2, 1, 'z'), (3, 5, 'a')] {
        assert_eq!(station.arrive(Time(at), priority, job), None);
    }
    assert_eq!((station.waiting(), station.busy(), station.servers()), (4, 2, 2));
    assert_eq!(station.depart(Time(4)), Some(('z', Time(2))));
    assert_eq!(station.depart(Time(4)), Some(('b', Time(1))));
    assert_eq!(station.depart(Time(5)), Some(('c', Time(1))));
    assert_eq!(station.depart(Time(6)), Some(('a', Time(3))));
    assert_eq!((station.depart(Time(7)), station.depart(Time(7))), (None, None));
    assert_eq!((station.waiting(), station.busy()), (0, 0));
}

#[test]
fn a_withdrawn_job_never_starts() {
    let mut station = Station::new(1);
    station.arrive(Time(0), 0, 1);
    station.arrive(Time(1), 0, 2);
    station.arrive(Time(2), 0, 3);
    assert!(station.withdraw(2) && !station.withdraw(2));
    assert!(!station.withdraw(1), "a job in service stays");
    assert_eq!(station.depart(Time(3)), Some((3, Time(2))));
}

#[test]
fn of_equal_waiting_jobs_the_first_to_start_is_withdrawn() {
    let mut station = Station::new(1);
    station.arrive(Time(0), 0, 0);
    station.arrive(Time(1), 7, 1);
    station.arrive(Time(2), 3, 1);
    assert!(station.withdraw(1));
    assert_eq!(station.depart(Time(3)), Some((1, Time(1))));
}

#[test]
fn without_servers_every_job_waits() {
    let mut station = Station::new(0);
    assert_eq!(station.arrive(Time(0), 0, 1), None);
    assert_eq!((station.waiting(), station.busy()), (1, 0));
}

#[test]
#[should_panic(expected = "none was in service")]
fn an_idle_station_has_no_departures() {
    Station::<u8>::new(1).depart(Time(0));
}

#[test]
#[should_panic(expected = "time ran backwards")]
fn time_does_not_run_backwards() {
    let mut station = Station::new(1);
    station.arrive(Time(1), 0, 1);
    station.arrive(Time(0), 0, 2);
}

#[test]
fn it_agrees_with_a_sorted_list_under_random_operations() {
    for round in 0..200 {
        let mut random = Key {
            seed: 8,
            replication: round,
        }
        .stream(Test, 0, 0);
        let servers = random.below(4) as usize;
        let mut station = Station::new(servers);
        let mut busy = 0;
        let mut queue: Vec<(u8, Time, u64)> = Vec::new();
        let mut now = Time::ZERO;
        for _ in 0..500 {
            now.0 += random.below(2) as i64;
            let job = random.below(30);
            match random.below(5) {
                0..=2 => {
                    let priority = random.below(3) as u8;
                    let started = station.arrive(now, priority, job);
                    if busy < servers {
                        busy += 1;
                        assert_eq!(started, Some(job));
                    } else {
                        queue.push((priority, now, job));
                        queue.sort();
                        assert_eq!(started, None);
                    }
                }
                3 if busy > 0 => {
                    let expected = (!queue.is_empty()).then(|| queue.remove(0));
                    busy -= usize::from(expected.is_none());
                    assert_eq!(
                        station.depart(now),
                        expected.map(|(_, arrived, job)| (job, arrived))
                    );
                }
                _ => {
                    let place = queue.iter().position(|entry| entry.2 == job);
                    assert_eq!(station.withdraw(job), place.is_some());
                    place.map(|place| queue.remove(place));
                }
            }
            assert_eq!((station.waiting(), station.busy()), (queue.len(), busy));
        }
    }
}
