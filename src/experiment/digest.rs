//! One number for everything an experiment found.

use super::Results;
use crate::outcome::Row;
use crate::stats::HistogramParts;
use blake3::Hasher;

/// Digest of one strategy: its rows, the digests of its replications and its daily counts. Other strategies have no part in
/// it.
pub(super) fn of_strategy(results: &Results, strategy: usize) -> String {
    let mut hasher = Hasher::new();
    for (row, digest) in results.rows[strategy].iter().zip(&results.digests[strategy]) {
        row_into(&mut hasher, row);
        hasher.update(&digest.to_le_bytes());
    }
    for histogram in results.daily[strategy].histograms() {
        histogram_into(&mut hasher, &histogram.parts());
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

fn histogram_into(hasher: &mut Hasher, parts: &HistogramParts) {
    hasher.update(&(parts.buckets.len() as u64).to_le_bytes());
    for (bucket, worlds) in &parts.buckets {
        hasher.update(&bucket.to_le_bytes());
        hasher.update(&worlds.to_le_bytes());
    }
    hasher.update(&parts.sum.to_le_bytes());
    hasher.update(&parts.min.to_le_bytes());
    hasher.update(&parts.max.to_le_bytes());
}

fn row_into(hasher: &mut Hasher, row: &Row) {
    for value in &row.0 {
        hasher.update(&[u8::from(value.is_some())]);
        hasher.update(&value.unwrap_or(0.0).to_bits().to_le_bytes());
    }
}
