//! Observers: what listens to a run without influencing it.
//!
//! A model is generic over its observer, so one that does not listen costs nothing: guard the making of a
//! record with [`Observer::LISTENS`], a constant.

use xxhash_rust::xxh3::Xxh3Default;

/// The number of words of a record.
const WORDS: usize = 8;

/// Something that happened, as a small value.
pub trait Record: Copy {
    /// The record's whole content as eight words, unused ones zero. Records that differ must give different
    /// words, or [`Digest`] will not tell them apart.
    fn words(&self) -> [u64; 8];
}

/// Receives every record of a run, in order.
pub trait Observer<R: Record> {
    /// Whether records reach anything at all. When false, a caller may skip making them.
    const LISTENS: bool;

    /// Receives one record.
    fn record(&mut self, record: R);
}

/// Listens to nothing.
#[derive(Copy, Clone, PartialEq, Eq, Default, Debug)]
pub struct Nothing;

impl<R: Record> Observer<R> for Nothing {
    const LISTENS: bool = false;

    #[inline]
    fn record(&mut self, _record: R) {}
}

/// How many bytes are gathered before they are hashed: 64 records, a multiple of XXH3's 1024-byte block.
const GATHERED: usize = 64 * WORDS * 8;

/// Condenses a run to one number: XXH3-64 of the records' words as little-endian bytes, one after another.
///
/// Equal digests mean, beyond accident, equal runs. The hash is fast, not cryptographic: it guards against
/// mistakes and not against malice.
#[derive(Clone)]
pub struct Digest {
    hasher: Xxh3Default,
    gathered: [u8; GATHERED],
    filled: usize,
    count: u64,
}

impl Digest {
    /// The digest of no records.
    pub fn new() -> Self {
        Digest {
            hasher: Xxh3Default::new(),
            gathered: [0; GATHERED],
            filled: 0,
            count: 0,
        }
    }

    /// The digest of the records so far; more may follow.
    pub fn finish(&self) -> u64 {
        let mut hasher = self.hasher.clone();
        hasher.update(&self.gathered[..self.filled]);
        hasher.digest()
    }

    /// How many records there were so far.
    pub fn count(&self) -> u64 {
        self.count
    }
}

impl Default for Digest {
    fn default() -> Self {
        Digest::new()
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "Digest({:016x} of {} records)",
            self.finish(),
            self.count
        )
    }
}

impl<R: Record> Observer<R> for Digest {
    const LISTENS: bool = true;

    #[inline]
    fn record(&mut self, record: R) {
        let room = &mut self.gathered[self.filled..self.filled + WORDS * 8];
        for (bytes, word) in room.chunks_exact_mut(8).zip(record.words()) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        self.filled += WORDS * 8;
        self.count += 1;
        if self.filled == GATHERED {
            self.hasher.update(&self.gathered);
            self.filled = 0;
        }
    }
}

/// Keeps every record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Log<R> {
    records: Vec<R>,
}

impl<R> Log<R> {
    /// An empty log.
    pub const fn new() -> Self {
        Log { records: Vec::new() }
    }

    /// The records so far, in order.
    pub fn records(&self) -> &[R] {
        &self.records
    }

    /// The records, in order.
    pub fn into_records(self) -> Vec<R> {
        self.records
    }
}

impl<R> Default for Log<R> {
    fn default() -> Self {
        Log::new()
    }
}

impl<R: Record> Observer<R> for Log<R> {
    const LISTENS: bool = true;

    #[inline]
    fn record(&mut self, record: R) {
        self.records.push(record);
    }
}

/// Feeds both, the first one first.
impl<R: Record, A: Observer<R>, B: Observer<R>> Observer<R> for (A, B) {
    const LISTENS: bool = A::LISTENS || B::LISTENS;

    #[inline]
    fn record(&mut self, record: R) {
        self.0.record(record);
        self.1.record(record);
    }
}

/// Feeds the observer referred to.
impl<R: Record, O: Observer<R>> Observer<R> for &mut O {
    const LISTENS: bool = O::LISTENS;

    #[inline]
    fn record(&mut self, record: R) {
        (**self).record(record);
    }
}
