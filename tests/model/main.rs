//! What the library promises: its rules, its numbers, its statistics and its studies, without the compiled command.
//!
//! All in one program: each program is linked, and compiles what is generic, for itself.

mod applications;
mod branches;
mod calendar;
mod common;
mod cost;
mod failures;
mod five_users;
mod gate;
mod kernel_distribution;
mod kernel_event_list;
mod kernel_golden;
mod kernel_observe;
mod kernel_random;
mod kernel_station;
mod kernel_theory;
mod kernel_time;
mod laws;
mod life;
mod meaning;
mod orders;
mod pilot;
mod plan;
mod promises;
mod properties;
mod sensitivity;
mod small_companies;
mod stats;
mod stats_compare;
mod stats_coverage;
mod stats_selection;
mod tasks;
mod turnover;
mod verify;
mod waves;
mod world;
