//! Statistics of repeated runs: running moments, confidence intervals, quantiles and mergeable histograms; comparisons in
//! the same worlds, selection of the best, and whether a mean is known well enough.
//!
//! | question | function |
//! |---|---|
//! | how large is a mean, and is it known well enough? | [`mean_interval`], [`precision`] |
//! | what is the probability? | [`proportion_interval`], [`exact_proportion_interval`] |
//! | where does a share of the worlds lie? | [`quantile_interval`], [`quantile_estimate`] |
//! | how do strategies differ from a base, all at once? | [`compare`], [`paired_difference`] |
//! | how do probabilities and days differ that may not be reached? | [`reached_difference`], [`restricted_days`] |
//! | which strategy is best, and when is that sure? | [`select_best`] |
//!
//! Everything here is a pure function of its input and gives the same bits on every platform: logarithms and
//! the like come from `libm`, quantiles of distributions are rounded to twelve significant digits.

mod binomial;
mod compare;
mod histogram;
mod interval;
mod precision;
mod quantile;
mod reach;
mod selection;
mod tally;

pub use binomial::exact_proportion_interval;
pub use compare::{
    Answer, Direction, Question, Share, Verdict, bonferroni_level, compare, interval_verdict, mean_verdict,
};
pub use histogram::{CountHistogram, HistogramParts};
pub use interval::{
    Estimate, Interval, PairedDifference, mean_interval, normal_quantile, paired_difference,
    proportion_interval, settle, student_t_quantile, values_needed,
};
pub use precision::{FEWEST_OTHER_THAN_ZERO, Precision, Refusal, Target, precision};
pub use quantile::{
    QuantileEstimate, QuantileInterval, Ranks, SampleTooSmall, carries_quantile, quantile, quantile_estimate,
    quantile_interval, quantile_ranks, quantile_sample_size, quantile_with_missing,
};
pub use reach::{ReachedDifference, reached_difference, restricted_days};
pub use selection::{Selection, SelectionRule, select_best};
pub use tally::Tally;
