//! A digest of each simulated day of an event log.

use super::Entry;
use crate::kernel::{Digest, Observer};

/// What happened on one day.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Day {
    /// Number of entries of the event log.
    pub entries: u64,
    /// Digest of these entries alone, in their order.
    pub digest: u64,
}

/// Listens to an event log and digests each day of it by itself, so that two logs tell on which day they first differ. What
/// happened before the first day belongs to it.
#[derive(Clone, Debug, Default)]
pub struct DayDigests {
    done: Vec<Day>,
    digest: Digest,
}

impl DayDigests {
    /// Nothing has happened yet.
    pub fn new() -> DayDigests {
        DayDigests::default()
    }

    fn close(&mut self) {
        let digest = std::mem::take(&mut self.digest);
        self.done.push(Day {
            entries: digest.count(),
            digest: digest.finish(),
        });
    }

    /// The days, from 0, as many as asked for; on some of them nothing may have happened.
    pub fn finish(mut self, days: u32) -> Vec<Day> {
        while self.done.len() < days as usize {
            self.close();
        }
        self.done
    }
}

impl Observer<Entry> for DayDigests {
    const LISTENS: bool = true;

    fn record(&mut self, entry: Entry) {
        while (self.done.len() as i64) < entry.at.day() {
            self.close();
        }
        self.digest.record(entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{Span, Time};
    use crate::outcome::log::Label;
    use crate::outcome::{Action, Cause, Subject};

    fn days(hours: &[i64]) -> Vec<Day> {
        let mut digests = DayDigests::new();
        for hour in hours {
            let at = Time(hour * Span::HOUR.0);
            digests.record(Entry::new(
                at,
                Action::Moved,
                Subject::Plan,
                Label::Blank,
                Label::Blank,
                Cause::Plan,
            ));
        }
        digests.finish(4)
    }

    #[test]
    fn a_day_depends_on_its_own_entries_only() {
        let (one, other) = (days(&[-5, 1, 30, 49]), days(&[-5, 1, 31, 49]));
        assert_eq!(
            one.iter().map(|day| day.entries).collect::<Vec<_>>(),
            [2, 1, 1, 0]
        );
        let differ: Vec<bool> = one.iter().zip(&other).map(|(one, other)| one != other).collect();
        assert_eq!(differ, [false, true, false, false]);
    }
}
