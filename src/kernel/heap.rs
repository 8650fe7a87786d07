//! An implicit 4-ary min-heap with removal by content.
//!
//! Four children a node halve the depth of a binary heap, and the four lie side by side in memory, so that a
//! removal touches fewer cache lines (Larkin, Sen and Tarjan, "A back-to-basics empirical study of priority
//! queues", ALENEX 2014). Items are compared by their own order alone: the layout of the vector depends on
//! the history, the sequence of removals does not.

const CHILDREN: usize = 4;

/// A min-heap of small copyable items.
#[derive(Clone, Debug)]
pub(super) struct Heap<T> {
    items: Vec<T>,
}

impl<T: Copy + Ord> Heap<T> {
    pub(super) const fn new() -> Self {
        Heap { items: Vec::new() }
    }

    pub(super) fn with_capacity(capacity: usize) -> Self {
        Heap {
            items: Vec::with_capacity(capacity),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    pub(super) fn clear(&mut self) {
        self.items.clear();
    }

    pub(super) fn peek(&self) -> Option<T> {
        self.items.first().copied()
    }

    pub(super) fn push(&mut self, item: T) {
        let hole = self.items.len();
        self.items.push(item);
        self.sift_up(hole, item);
    }

    pub(super) fn pop(&mut self) -> Option<T> {
        let last = self.items.pop()?;
        let Some(&first) = self.items.first() else {
            return Some(last);
        };
        self.refill(0, last);
        Some(first)
    }

    /// Removes one item equal to `item`; O(n) to find it, O(log n) to repair the heap.
    pub(super) fn remove(&mut self, item: T) -> bool {
        let found = self.items.iter().position(|&other| other == item);
        if let Some(place) = found {
            self.remove_at(place);
        }
        found.is_some()
    }

    /// The smallest item for which `wanted` holds; O(n).
    pub(super) fn smallest(&self, mut wanted: impl FnMut(&T) -> bool) -> Option<T> {
        self.items.iter().copied().filter(|item| wanted(item)).min()
    }

    /// Keeps the items for which `wanted` holds; O(n log n) at worst.
    pub(super) fn retain(&mut self, wanted: impl FnMut(&T) -> bool) {
        self.items.retain(wanted);
        for place in 1..self.items.len() {
            let item = self.items[place];
            self.sift_up(place, item);
        }
    }

    fn remove_at(&mut self, place: usize) {
        let last = self
            .items
            .pop()
            .expect("an item was found, so the heap is not empty");
        if place < self.items.len() {
            self.refill(place, last);
        }
    }

    /// Moves the hole up until `item` fits.
    #[inline]
    fn sift_up(&mut self, mut hole: usize, item: T) {
        let items = &mut self.items[..];
        while hole > 0 {
            let parent = (hole - 1) / CHILDREN;
            if items[parent] <= item {
                break;
            }
            items[hole] = items[parent];
            hole = parent;
        }
        items[hole] = item;
    }

    /// Fills a hole anywhere with an item from the end: moves the hole down to a leaf along the smallest
    /// children, then up until `item` fits, past the place it began if need be, since the item need not
    /// descend from there. An item from the end mostly belongs near the end, so the way down spares the
    /// comparisons with it (as in Wegener's bottom-up heapsort, Theoretical Computer Science 118, 1993).
    #[inline]
    fn refill(&mut self, mut hole: usize, item: T) {
        let items = &mut self.items[..];
        loop {
            let first = CHILDREN * hole + 1;
            let best = match items.get(first..) {
                // The usual case, as a tournament whose outcomes are numbers and not branches, since no
                // processor can predict them.
                Some(&[a, b, c, d, ..]) => {
                    let left = usize::from(b < a);
                    let right = usize::from(d < c);
                    let least_left = [a, b][left];
                    let least_right = [c, d][right];
                    first + [left, 2 + right][usize::from(least_right < least_left)]
                }
                Some(family) => match (0..family.len()).min_by_key(|&place| family[place]) {
                    Some(place) => first + place,
                    None => break,
                },
                None => break,
            };
            items[hole] = items[best];
            hole = best;
        }
        self.sift_up(hole, item);
    }
}
