//! A histogram of counts that can be merged in any order.

use super::quantile::{assert_probability, rank};

/// Values below this are kept exactly.
const EXACT: u64 = 1024;
/// Buckets per doubling above.
const STEPS: u32 = 512;

/// A histogram of non-negative integers, such as durations in seconds.
///
/// Values below 1024 have a bucket each; above, every doubling is split into 512 buckets of equal width, so a
/// bucket is at most 1/512 of its values wide (the log-linear layout of G. Tene's HdrHistogram, 2012). Count,
/// sum, least and greatest value are exact. All state is integer: the result does not depend on the order in
/// which values were added or histograms merged. Only buckets that occur take memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CountHistogram {
    /// Bucket and how many values it holds; ascending by bucket, never zero.
    buckets: Vec<(u32, u64)>,
    count: u64,
    sum: u128,
    min: u64,
    max: u64,
}

/// Everything a [`CountHistogram`] holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistogramParts {
    /// Bucket and how many values it holds; ascending by bucket, never zero.
    pub buckets: Vec<(u32, u64)>,
    /// Exact sum of the values.
    pub sum: u128,
    /// Exact least value; 0 without values.
    pub min: u64,
    /// Exact greatest value; 0 without values.
    pub max: u64,
}

/// Bucket of a value.
fn bucket_of(value: u64) -> u32 {
    if value < EXACT {
        return value as u32;
    }
    // The ten leading bits are the position; `shift` bits are dropped (1 to 54).
    let shift = u64::BITS - value.leading_zeros() - 10;
    EXACT as u32 + (shift - 1) * STEPS + ((value >> shift) as u32 - STEPS)
}

/// Least value of a bucket and the width of the bucket.
fn bucket_range(bucket: u32) -> (u64, u64) {
    if u64::from(bucket) < EXACT {
        return (u64::from(bucket), 1);
    }
    let above = bucket - EXACT as u32;
    let shift = above / STEPS + 1;
    (u64::from(above % STEPS + STEPS) << shift, 1 << shift)
}

impl CountHistogram {
    /// A histogram without values.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one value.
    ///
    /// # Panics
    ///
    /// If the number of values exceeds `u64::MAX`.
    pub fn add(&mut self, value: u64) {
        self.add_n(value, 1);
    }

    /// Adds a value `n` times; nothing happens for `n = 0`.
    ///
    /// # Panics
    ///
    /// If the number of values exceeds `u64::MAX`.
    pub fn add_n(&mut self, value: u64, n: u64) {
        if n == 0 {
            return;
        }
        self.widen(value, value, n, u128::from(value) * u128::from(n));
        let bucket = bucket_of(value);
        match self.buckets.binary_search_by_key(&bucket, |entry| entry.0) {
            Ok(at) => self.buckets[at].1 += n,
            Err(at) => self.buckets.insert(at, (bucket, n)),
        }
    }

    /// How many values are at least so large. Exact below 1024; above, values of the bucket that this one lies in count.
    pub fn count_from(&self, least: u64) -> u64 {
        let first = self.buckets.partition_point(|entry| entry.0 < bucket_of(least));
        self.buckets[first..].iter().map(|&(_, n)| n).sum()
    }

    /// Adds all values of another histogram.
    ///
    /// # Panics
    ///
    /// If the number of values exceeds `u64::MAX`.
    pub fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        self.widen(other.min, other.max, other.count, other.sum);
        let mut merged = Vec::with_capacity(self.buckets.len().max(other.buckets.len()));
        let mut mine = self.buckets.iter().copied().peekable();
        for &(bucket, n) in &other.buckets {
            while let Some(entry) = mine.next_if(|entry| entry.0 < bucket) {
                merged.push(entry);
            }
            let here = mine.next_if(|entry| entry.0 == bucket).map_or(0, |entry| entry.1);
            merged.push((bucket, here + n));
        }
        merged.extend(mine);
        self.buckets = merged;
    }

    /// Takes `n > 0` values with these extremes and this sum into the exact totals.
    fn widen(&mut self, min: u64, max: u64, n: u64, sum: u128) {
        if self.count == 0 {
            (self.min, self.max) = (min, max);
        } else {
            (self.min, self.max) = (self.min.min(min), self.max.max(max));
        }
        self.count = self
            .count
            .checked_add(n)
            .expect("more than u64::MAX values in a histogram");
        // At most u64::MAX values of at most u64::MAX each: the sum fits.
        self.sum += sum;
    }

    /// All that it holds, to be kept in a file.
    pub fn parts(&self) -> HistogramParts {
        HistogramParts {
            buckets: self.buckets.clone(),
            sum: self.sum,
            min: self.min,
            max: self.max,
        }
    }

    /// The histogram with these parts; `None` if no histogram has them.
    pub fn from_parts(parts: HistogramParts) -> Option<Self> {
        let HistogramParts {
            buckets,
            sum,
            min,
            max,
        } = parts;
        let ascending = buckets.is_sorted_by(|one, next| one.0 < next.0);
        let counts = buckets.iter().map(|&(_, n)| n);
        let count = counts.clone().try_fold(0u64, u64::checked_add)?;
        let extremes = match (buckets.first(), buckets.last()) {
            (Some(first), Some(last)) => bucket_of(min) == first.0 && bucket_of(max) == last.0 && min <= max,
            _ => (min, max, sum) == (0, 0, 0),
        };
        (ascending && extremes && counts.min() != Some(0)).then_some(Self {
            buckets,
            count,
            sum,
            min,
            max,
        })
    }

    /// Number of values.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Has no values?
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Exact sum of the values, in their unit.
    pub fn sum(&self) -> u128 {
        self.sum
    }

    /// Exact mean, rounded once per operand to `f64`, in the unit of the values; `None` without values.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum as f64 / self.count as f64)
    }

    /// Exact least value; `None` without values.
    pub fn min(&self) -> Option<u64> {
        (self.count > 0).then_some(self.min)
    }

    /// Exact greatest value; `None` without values.
    pub fn max(&self) -> Option<u64> {
        (self.count > 0).then_some(self.max)
    }

    /// Type 1 quantile (inverse of the empirical distribution function; Hyndman and Fan 1996), in the unit of
    /// the values.
    ///
    /// Exact below 1024 and at the first and last rank. Elsewhere it is the middle of the bucket that holds
    /// the exact quantile, kept within the extremes; it is off by at most 1/1024 of the exact quantile.
    ///
    /// # Panics
    ///
    /// If there are no values, or unless `0 <= p <= 1`.
    pub fn quantile(&self, p: f64) -> u64 {
        assert!(self.count > 0, "a quantile needs at least one value");
        assert_probability(p);
        self.of_rank(rank(self.count, p))
    }

    /// As [`CountHistogram::quantile`] of a sample of `n` in which those that are not counted here are greater than all others;
    /// `None` if the quantile is one of these.
    ///
    /// # Panics
    ///
    /// If `n` is 0, or unless `0 <= p <= 1`.
    pub fn quantile_of(&self, n: u64, p: f64) -> Option<u64> {
        assert!(n > 0, "a quantile needs at least one value");
        assert_probability(p);
        let target = rank(n, p);
        (target <= self.count).then(|| self.of_rank(target))
    }

    fn of_rank(&self, target: u64) -> u64 {
        if target == 1 {
            return self.min;
        }
        if target == self.count {
            return self.max;
        }
        let mut seen = 0;
        for &(bucket, n) in &self.buckets {
            seen += n;
            if seen >= target {
                let (low, width) = bucket_range(bucket);
                return (low + (width - 1) / 2).clamp(self.min, self.max);
            }
        }
        self.max
    }
}
