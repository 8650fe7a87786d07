//! Analyses: the same worlds under changed parameters, and what follows for the comparison of strategies.
//!
//! | file | part |
//! |---|---|
//! | `vary` | what can be changed in a world, and how, while every other draw stays the same |
//! | `replay` | many changed versions of the same worlds, replayed in parallel and gathered in order |
//! | `screening` | trajectories and elementary effects of Morris |
//! | `sensitivity` | what drives the result: exclusion, ranges, screening, assumptions that turn the verdict |
//!
//! Reads scenarios, worlds, rules, outcomes, experiments and statistics; knows neither files nor presentation.

pub mod replay;
pub mod screening;
pub mod sensitivity;
pub mod vary;
