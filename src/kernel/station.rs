//! A service station: identical servers behind one queue.
//!
//! Waiting jobs start ordered by priority (the lower number first), then by arrival time, then by the job's
//! own [`Ord`]: by content, never by the order of calls. Service is not interrupted. The station keeps no
//! durations and draws nothing; whoever owns it schedules the departure of each job that starts.

use super::heap::Heap;
use super::time::Time;

/// A station with a fixed number of servers and an unlimited queue of jobs.
#[derive(Clone, Debug)]
pub struct Station<J: Copy + Ord> {
    servers: usize,
    busy: usize,
    /// Not empty only while every server is busy.
    queue: Heap<(u8, Time, J)>,
    clock: Option<Time>,
}

impl<J: Copy + Ord> Station<J> {
    /// An idle station. With no servers, every job waits until it is withdrawn.
    pub const fn new(servers: usize) -> Self {
        Station {
            servers,
            busy: 0,
            queue: Heap::new(),
            clock: None,
        }
    }

    /// A job arrives. If a server is free the job starts now and is returned; otherwise it waits.
    ///
    /// # Panics
    ///
    /// If `now` is before an earlier arrival or departure.
    pub fn arrive(&mut self, now: Time, priority: u8, job: J) -> Option<J> {
        self.advance(now);
        if self.busy < self.servers {
            self.busy += 1;
            return Some(job);
        }
        self.queue.push((priority, now, job));
        None
    }

    /// A server finishes its job. The first waiting job, if any, starts now and is returned with the time it
    /// had arrived; its wait was `now` less that time.
    ///
    /// # Panics
    ///
    /// If no server is busy, or `now` is before an earlier arrival or departure.
    pub fn depart(&mut self, now: Time) -> Option<(J, Time)> {
        self.advance(now);
        assert!(
            self.busy > 0,
            "a job departed from a station where none was in service"
        );
        match self.queue.pop() {
            Some((_, arrived, job)) => Some((job, arrived)),
            None => {
                self.busy -= 1;
                None
            }
        }
    }

    /// Takes a waiting job out of the queue. True if it was waiting; a job in service stays. If equal jobs
    /// wait more than once, the one that would start first goes. O(n) in the number of waiting jobs.
    pub fn withdraw(&mut self, job: J) -> bool {
        match self.queue.smallest(|&(_, _, waiting)| waiting == job) {
            Some(entry) => self.queue.remove(entry),
            None => false,
        }
    }

    /// How many jobs wait.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// How many servers are busy, which is how many jobs are in service.
    pub fn busy(&self) -> usize {
        self.busy
    }

    /// How many servers there are.
    pub fn servers(&self) -> usize {
        self.servers
    }

    fn advance(&mut self, now: Time) {
        assert!(
            self.clock.is_none_or(|clock| clock <= now),
            "time ran backwards at a station"
        );
        self.clock = Some(now);
    }
}
