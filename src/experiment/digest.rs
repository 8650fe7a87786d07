//! One number for everything an experiment found.

use super::Results;
use crate::outcome::Row;
use blake3::Hasher;

/// Digest of one strategy: its rows, the digests of its replications and the sums of its timelines. Other
/// strategies have no part in it.
pub(super) fn of_strategy(results: &Results, strategy: usize) -> String {
    let mut hasher = Hasher::new();
    for (row, digest) in results.rows[strategy].iter().zip(&results.digests[strategy]) {
        row_into(&mut hasher, row);
        hasher.update(&digest.to_le_bytes());
    }
    for sum in results.daily[strategy].sums() {
        hasher.update(&sum.to_le_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

/// Digest of the digests of all strategies.
pub(super) fn of_all(digests: &[String]) -> String {
    let mut hasher = Hasher::new();
    for digest in digests {
        hasher.update(digest.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

fn row_into(hasher: &mut Hasher, row: &Row) {
    for value in &row.0 {
        hasher.update(&[u8::from(value.is_some())]);
        hasher.update(&value.unwrap_or(0.0).to_bits().to_le_bytes());
    }
}
