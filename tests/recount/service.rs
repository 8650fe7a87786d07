//! Who is served how and for how long, and which pool has handed its users over.

/// Stage of a pool that may hand its users over to its pair.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) enum Stage {
    /// It serves them itself, or nobody does.
    #[default]
    Own,
    Ordered,
    Over,
    Back,
}

#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Failover {
    pub(crate) stage: Stage,
    /// When the pool stopped.
    pub(crate) stopped: i64,
    /// When the failover or fail-back under way is done.
    pub(crate) done: i64,
    /// Since when the pool could take over from its pair.
    pub(crate) ready_since: i64,
}

/// How a user is served in the office and outside it.
type Ways = [&'static str; 2];

/// A stretch of time in which a user did not have everything.
pub(crate) struct Stretch {
    pub(crate) user: usize,
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) ways: Ways,
}

/// Stretches of all users.
pub(crate) struct Hours {
    now: Vec<(i64, Ways)>,
    pub(crate) stretches: Vec<Stretch>,
}

impl Hours {
    pub(crate) fn new(users: usize) -> Hours {
        Hours {
            now: vec![(0, ["full"; 2]); users],
            stretches: Vec::new(),
        }
    }

    pub(crate) fn change(&mut self, user: usize, at: i64, ways: Ways) {
        let (from, before) = self.now[user];
        if before == ways {
            return;
        }
        if before != ["full"; 2] && from < at {
            self.stretches.push(Stretch {
                user,
                from,
                to: at,
                ways: before,
            });
        }
        self.now[user] = (at, ways);
    }

    /// Ends all stretches.
    pub(crate) fn close(&mut self, at: i64) {
        (0..self.now.len()).for_each(|user| self.change(user, at, ["full"; 2]));
    }
}
