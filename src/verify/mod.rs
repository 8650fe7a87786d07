//! Checks.
pub mod theory;
