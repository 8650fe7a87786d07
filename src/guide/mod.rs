//! What is said about the keys of scenarios and profiles, all from their declarations ([`crate::scenario::keys`]): words
//! for one key, a schema for editors, the tables of the manual, and a scenario to begin with.

pub mod diff;
pub mod explain;
pub mod page;
pub mod schema;
pub mod template;
mod words;
