//! The list of pending events.
//!
//! **Tie rule.** Events leave ordered by their time, and at the same time by the event type's own [`Ord`]:
//! by content and by nothing else. When an event was inserted never matters, so a copy of the list refilled in
//! any other order gives the same sequence. A scenario decides what happens first at one instant by the order
//! of the variants and fields of its event type.
//!
//! Events equal in time and content may be pending more than once; they leave one by one and cannot be told
//! apart.
//!
//! The list is an implicit 4-ary heap. Cancelling takes the event out at once, so [`EventList::peek`] is a
//! single read and nothing cancelled is ever counted, seen or stored. It costs a scan of the list, which is a
//! good bargain while cancellations are rare beside insertions.

use super::heap::Heap;
use super::time::Time;

/// Pending events, earliest first; see the [module](self) for the tie rule.
#[derive(Clone, Debug)]
pub struct EventList<E: Copy + Ord> {
    heap: Heap<(Time, E)>,
}

impl<E: Copy + Ord> EventList<E> {
    /// An empty list.
    pub const fn new() -> Self {
        EventList { heap: Heap::new() }
    }

    /// An empty list with room for `capacity` events before it allocates again.
    pub fn with_capacity(capacity: usize) -> Self {
        EventList {
            heap: Heap::with_capacity(capacity),
        }
    }

    /// Adds an event at a time; O(log n). The list keeps no clock: an event before the last one popped is
    /// accepted and leaves next.
    #[inline]
    pub fn push(&mut self, at: Time, event: E) {
        self.heap.push((at, event));
    }

    /// Removes and returns the first event; O(log n).
    #[inline]
    pub fn pop(&mut self) -> Option<(Time, E)> {
        self.heap.pop()
    }

    /// The event [`EventList::pop`] would return; O(1).
    #[inline]
    pub fn peek(&self) -> Option<(Time, E)> {
        self.heap.peek()
    }

    /// Cancels one pending event equal to this in time and content. True if there was one; it is gone then.
    /// O(n): it scans the list.
    pub fn cancel(&mut self, at: Time, event: E) -> bool {
        self.heap.remove((at, event))
    }

    /// Keeps the pending events for which `wanted` holds, and drops the others. O(n log n) at worst.
    pub fn retain(&mut self, mut wanted: impl FnMut(Time, E) -> bool) {
        self.heap.retain(|&(at, event)| wanted(at, event));
    }

    /// How many events are pending.
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether no event is pending.
    pub fn is_empty(&self) -> bool {
        self.heap.len() == 0
    }

    /// Drops every pending event, keeping the memory.
    pub fn clear(&mut self) {
        self.heap.clear();
    }
}

impl<E: Copy + Ord> Default for EventList<E> {
    fn default() -> Self {
        EventList::new()
    }
}
