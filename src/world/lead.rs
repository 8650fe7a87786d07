//! The time from arranging a meeting to its first start.

use crate::kernel::{Stream, distribution};

/// Cells of the quantile table.
const CELLS: usize = 2048;
/// Cells at either end in which the quantile is computed, not looked up.
const TAIL: usize = CELLS / 32;

/// A lognormal lead in days. Its quantile function is tabled and read by straight lines between 1/32 and 31/32
/// (relative error below 1e-4 for sigma up to 2) and computed exactly in the tails.
#[derive(Clone, Debug)]
pub(super) struct Lead {
    median: f64,
    sigma: f64,
    quantiles: Vec<f64>,
}

impl Lead {
    /// From the median and the 90 % quantile; without spread if the latter is not the larger one.
    pub(super) fn new(median: f64, p90: f64) -> Lead {
        let sigma = if median > 0.0 && p90 > median {
            distribution::sigma_from_p90(median, p90)
        } else {
            0.0
        };
        let quantile = |cell: usize| distribution::lognormal(cell as f64 / CELLS as f64, median, sigma);
        let within = |cell: usize| (TAIL..=CELLS - TAIL).contains(&cell);
        let tabled = |cell| {
            if sigma > 0.0 && within(cell) {
                quantile(cell)
            } else {
                0.0
            }
        };
        Lead {
            median,
            sigma,
            quantiles: (0..=CELLS).map(tabled).collect(),
        }
    }

    #[inline]
    pub(super) fn draw(&self, stream: &mut Stream) -> f64 {
        if self.sigma == 0.0 {
            return self.median;
        }
        let u = stream.uniform();
        let place = u * CELLS as f64;
        let cell = place as usize;
        if !(TAIL..CELLS - TAIL).contains(&cell) {
            return distribution::lognormal(u, self.median, self.sigma);
        }
        let (left, right) = (self.quantiles[cell], self.quantiles[cell + 1]);
        left + (place - cell as f64) * (right - left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Key;
    use crate::world::Purpose;

    #[test]
    fn the_table_agrees_with_the_quantile() {
        let lead = Lead::new(3.0, 21.0);
        let key = Key {
            seed: 1,
            replication: 0,
        };
        for index in 0..20_000 {
            let exact =
                distribution::lognormal(key.uniform(Purpose::Calendar, 1, index), lead.median, lead.sigma);
            let drawn = lead.draw(&mut key.stream(Purpose::Calendar, 1, index));
            assert!((drawn / exact - 1.0).abs() < 1e-4, "{drawn} {exact}");
        }
        let mut last = 0.0;
        for cell in TAIL..=CELLS - TAIL {
            assert!(lead.quantiles[cell] > last);
            last = lead.quantiles[cell];
        }
    }
}
