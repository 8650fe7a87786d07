//! A choice among values with given weights, compiled for repeated draws.

use crate::kernel::Stream;

/// Values with weights. A choice with only one possible value takes no draw.
#[derive(Clone, Debug)]
pub(super) struct Choice<T> {
    /// Cumulative weights up to each value, and the value; weights of zero are left out.
    rows: Vec<(f64, T)>,
}

impl<T: Copy> Choice<T> {
    pub(super) fn new(weights: impl IntoIterator<Item = (T, f64)>) -> Choice<T> {
        let mut sum = 0.0;
        let mut rows = Vec::new();
        for (value, weight) in weights {
            if weight > 0.0 {
                sum += weight;
                rows.push((sum, value));
            }
        }
        Choice { rows }
    }

    /// Sum of the weights.
    pub(super) fn total(&self) -> f64 {
        self.rows.last().map_or(0.0, |row| row.0)
    }

    #[inline]
    pub(super) fn draw(&self, stream: &mut Stream) -> T {
        if let [(_, only)] = self.rows[..] {
            return only;
        }
        let target = stream.uniform() * self.total();
        let last = self.rows.len() - 1;
        let place = self.rows.iter().position(|row| target < row.0).unwrap_or(last);
        self.rows[place].1
    }
}
