//! A generic discrete-event kernel: simulated time, pending events, keyed random numbers, distributions,
//! service stations and observers.
//!
//! The kernel knows no server, no file and no migration. Everything in it is deterministic: no result depends
//! on insertion order, on memory addresses, on the wall clock or on the number of threads, and every
//! transcendental function goes through `libm`, so that the same inputs give the same bits on every platform.

pub mod distribution;
pub mod event_list;
mod heap;
pub mod observe;
pub mod random;
pub mod station;
pub mod time;

pub use event_list::EventList;
pub use observe::{Digest, Log, Nothing, Observer, Record};
pub use random::{Key, Purpose, Stream};
pub use station::Station;
pub use time::{Span, Time};
