//! Answers from the same worlds: comparisons and limits of an experiment, and what changes when parameters do.
//!
//! | file | part |
//! |---|---|
//! | `comparison`, `limits`, `occasion` | what the results of one experiment say |
//! | `vary` | what can be changed in a world, and how, while every other draw stays the same |
//! | `replay` | many changed versions of the same worlds, replayed in parallel and gathered in order |
//! | `ranks` | intervals that hold together, and the ranks that they leave |
//! | `screening` | trajectories and elementary effects of Morris |
//! | `sensitivity` | what drives the result: exclusion, ranges, screening, assumptions that turn the verdict |
//!
//! Reads scenarios, worlds, rules, outcomes, experiments and statistics; knows neither files nor presentation.

pub mod comparison;
pub mod limits;
pub mod occasion;
pub mod ranks;
pub mod replay;
pub mod screening;
pub mod sensitivity;
pub mod vary;
