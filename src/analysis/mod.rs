//! Questions that take more than one run of each strategy. Pure: an analysis reads scenario, world, simulation and
//! statistics, and gives plain data.

pub mod branch;
pub mod exposure;
pub mod no_return;
