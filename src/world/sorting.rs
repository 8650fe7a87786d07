//! Sorting by time in almost linear time.

use crate::kernel::Time;
use std::cmp::Ordering;

/// Buckets of a counting sort, used again and again.
pub(super) struct Buckets<T> {
    ends: Vec<u32>,
    sorted: Vec<T>,
}

impl<T> Default for Buckets<T> {
    fn default() -> Self {
        Buckets {
            ends: Vec::new(),
            sorted: Vec::new(),
        }
    }
}

impl<T: Copy> Buckets<T> {
    /// Sorts items by a full order that begins with the time: one bucket per item, spread evenly from the first
    /// time to the last, each bucket sorted for itself.
    pub(super) fn sort(
        &mut self,
        items: &mut Vec<T>,
        time: impl Fn(&T) -> Time,
        mut order: impl FnMut(&T, &T) -> Ordering,
    ) {
        let (Some(first), Some(last)) = (items.iter().map(&time).min(), items.iter().map(&time).max()) else {
            return;
        };
        let count = items.len();
        let scale = count as f64 / ((last - first).0 + 1) as f64;
        let bucket = |item: &T| (((time(item) - first).0 as f64 * scale) as usize).min(count - 1);
        self.ends.clear();
        self.ends.resize(count + 1, 0);
        items.iter().for_each(|item| self.ends[bucket(item) + 1] += 1);
        for place in 0..count {
            self.ends[place + 1] += self.ends[place];
        }
        self.sorted.clear();
        self.sorted.resize(count, items[0]);
        for item in items.iter() {
            let end = &mut self.ends[bucket(item)];
            self.sorted[*end as usize] = *item;
            *end += 1;
        }
        // `ends[b]` has moved from the start of bucket b to its end.
        let mut start = 0;
        for &end in &self.ends[..count] {
            if end as usize - start > 1 {
                self.sorted[start..end as usize].sort_unstable_by(&mut order);
            }
            start = end as usize;
        }
        std::mem::swap(items, &mut self.sorted);
    }
}
