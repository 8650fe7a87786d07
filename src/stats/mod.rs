//! Statistics of repeated runs: running moments, confidence intervals, quantiles and mergeable histograms.
//!
//! Everything here is a pure function of its input and gives the same bits on every platform: logarithms and
//! the like come from `libm`, quantiles of distributions are rounded to twelve significant digits.

mod histogram;
mod interval;
mod quantile;
mod tally;

pub use histogram::CountHistogram;
pub use interval::{
    Estimate, Interval, PairedDifference, mean_interval, normal_quantile, paired_difference,
    proportion_interval, settle, student_t_quantile,
};
pub use quantile::{quantile, quantile_interval, quantile_with_missing};
pub use tally::Tally;
