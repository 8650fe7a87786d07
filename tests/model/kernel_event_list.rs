//! The event list against plain oracles, and its independence of insertion order.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use coexist::kernel::{EventList, Key, Purpose, Stream, Time};

#[derive(Copy, Clone)]
struct Test;

impl Purpose for Test {
    fn code(self) -> u32 {
        1
    }
}

#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Event {
    First(u8),
    Second { from: u8, to: u8 },
}

fn stream(index: u64) -> Stream {
    Key {
        seed: 11,
        replication: 0,
    }
    .stream(Test, 0, index)
}

/// Few distinct times and contents, so that ties and identical events are common.
fn draw(random: &mut Stream, times: u64) -> (Time, Event) {
    let at = Time(random.below(times) as i64 - 3);
    let event = if random.chance(0.5) {
        Event::First(random.below(3) as u8)
    } else {
        Event::Second {
            from: random.below(2) as u8,
            to: random.below(2) as u8,
        }
    };
    (at, event)
}

/// A binary heap, and cancellation by rebuilding it without one equal event.
#[derive(Default)]
struct Oracle(BinaryHeap<Reverse<(Time, Event)>>);

impl Oracle {
    fn cancel(&mut self, at: Time, event: Event) -> bool {
        let mut items = std::mem::take(&mut self.0).into_vec();
        let place = items.iter().position(|&Reverse(item)| item == (at, event));
        if let Some(place) = place {
            items.remove(place);
        }
        self.0 = items.into();
        place.is_some()
    }
}

#[test]
fn it_agrees_with_a_binary_heap_under_random_operations() {
    let mut hits = 0;
    let mut misses = 0;
    for round in 0..300 {
        let mut random = stream(round);
        let times = [4, 40, 4000][round as usize % 3];
        // Some rounds grow, some hover near empty.
        let pushes = if round % 2 == 0 { 0.6 } else { 0.45 };
        let mut list = EventList::new();
        let mut oracle = Oracle::default();
        for _ in 0..1500 {
            let (at, event) = draw(&mut random, times);
            let choice = random.uniform();
            if choice < pushes {
                list.push(at, event);
                oracle.0.push(Reverse((at, event)));
            } else if choice < 0.85 {
                assert_eq!(list.pop(), oracle.0.pop().map(|Reverse(item)| item));
            } else if choice < 0.999 {
                // Half of the cancellations aim at an event known to be pending.
                let target = match oracle
                    .0
                    .iter()
                    .nth(random.below(oracle.0.len() as u64 + 1) as usize)
                {
                    Some(&Reverse(item)) if random.chance(0.5) => item,
                    _ => (at, event),
                };
                let cancelled = list.cancel(target.0, target.1);
                assert_eq!(cancelled, oracle.cancel(target.0, target.1));
                *if cancelled { &mut hits } else { &mut misses } += 1;
            } else {
                list.clear();
                oracle.0.clear();
            }
            assert_eq!(list.peek(), oracle.0.peek().map(|&Reverse(item)| item));
            assert_eq!(list.len(), oracle.0.len());
            assert_eq!(list.is_empty(), oracle.0.is_empty());
        }
        while let Some(item) = list.pop() {
            assert_eq!(Some(Reverse(item)), oracle.0.pop());
        }
        assert!(oracle.0.is_empty());
    }
    assert!(
        hits > 1000 && misses > 1000,
        "both outcomes must be exercised: {hits}, {misses}"
    );
}

#[test]
fn the_order_of_insertion_does_not_matter() {
    let mut random = stream(1000);
    let mut items: Vec<_> = (0..500).map(|_| draw(&mut random, 20)).collect();
    let mut expected = items.clone();
    expected.sort();
    for _ in 0..50 {
        random.shuffle(&mut items);
        let mut list = EventList::with_capacity(items.len());
        for &(at, event) in &items {
            list.push(at, event);
        }
        let copy = list.clone();
        for mut list in [list, copy] {
            let popped: Vec<_> = std::iter::from_fn(|| list.pop()).collect();
            assert_eq!(popped, expected);
        }
    }
}

#[test]
fn cancelling_any_one_event_leaves_the_others_in_order() {
    // Every place of heaps of every small size, so that the repair goes both up and down.
    for size in 1..60 {
        let mut random = stream(2000 + size);
        let items: Vec<_> = (0..size).map(|_| draw(&mut random, 100)).collect();
        for &(at, event) in &items {
            let mut list = EventList::new();
            for &(at, event) in &items {
                list.push(at, event);
            }
            assert!(list.cancel(at, event));
            let mut expected = items.clone();
            expected.remove(expected.iter().position(|&item| item == (at, event)).unwrap());
            expected.sort();
            assert_eq!(list.peek(), expected.first().copied());
            assert_eq!(std::iter::from_fn(|| list.pop()).collect::<Vec<_>>(), expected);
        }
    }
}

#[test]
fn cancelling_identical_events_removes_one_at_a_time() {
    let mut list = EventList::new();
    for _ in 0..3 {
        list.push(Time(5), Event::First(1));
    }
    assert!(list.cancel(Time(5), Event::First(1)));
    assert!(list.cancel(Time(5), Event::First(1)));
    assert_eq!(list.pop(), Some((Time(5), Event::First(1))));
    assert!(!list.cancel(Time(5), Event::First(1)));
    assert!(list.is_empty() && list.peek().is_none() && list.pop().is_none());
}

#[test]
fn an_event_pushed_again_after_it_was_cancelled_is_pending() {
    let mut list = EventList::new();
    list.push(Time(5), Event::First(1));
    assert!(list.cancel(Time(5), Event::First(1)));
    list.push(Time(5), Event::First(1));
    assert_eq!((list.len(), list.pop()), (1, Some((Time(5), Event::First(1)))));
}
