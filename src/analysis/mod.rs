//! Answers from the same worlds: comparisons and limits of an experiment, what changes when parameters do, and what
//! turning back would take.
//!
//! | file | part |
//! |---|---|
//! | `comparison`, `limits`, `occasion` | what the results of one experiment say |
//! | `verdict`, `headline` | which strategy can be recommended, decided once for every output; what is said first about each |
//! | `staying`, `spread` | whether staying costs anything, and whose the ranges are that worlds are drawn from |
//! | `horizon` | in how many worlds a course ends, and what can then be compared |
//! | `drivers` | which uncertain quantities a difference goes with |
//! | `rounds` | worlds added in rounds until means are known well enough |
//! | `vary` | what can be changed in a world, and how, while every other draw stays the same |
//! | `replay` | many changed versions of the same worlds, replayed in parallel and gathered in order |
//! | `ranks` | intervals that hold together, and the ranks that they leave |
//! | `screening` | trajectories and elementary effects of Morris |
//! | `sensitivity` | what drives the result: exclusion, ranges, screening, assumptions that turn the verdict |
//! | `pilot` | what other pilots would find and save, and where the next user stops paying |
//! | `gate` | how often gates let a bad release go on and stop a good one |
//! | `branch` | one strategy in one world, cloned at points of its way |
//! | `exposure` | what turning back would take at every branch, over many worlds |
//! | `no_return` | until when turning back works, is within a budget, and fits a window; the hindsight day |
//! | `optimize` | a search over plans: candidates, a race in the same worlds, finalists in worlds that no candidate has seen |
//!
//! Reads scenarios, worlds, rules, outcomes, experiments and statistics; knows neither files nor presentation.

pub mod branch;
pub mod comparison;
pub mod drivers;
pub mod exposure;
pub mod gate;
pub mod headline;
pub mod horizon;
pub mod limits;
pub mod no_return;
pub mod occasion;
pub mod optimize;
pub mod pilot;
pub mod ranks;
pub mod replay;
pub mod rounds;
pub mod screening;
pub mod sensitivity;
pub mod spread;
pub mod staying;
pub mod vary;
pub mod verdict;
