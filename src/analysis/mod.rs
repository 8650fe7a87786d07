//! Answers from the results of an experiment: comparisons, limits, choices of a world. Pure; it knows no presentation.

pub mod comparison;
pub mod limits;
pub mod occasion;
