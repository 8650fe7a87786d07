//! `coexist` simulates side-by-side migrations: a new system is deployed beside the old, users move in waves, clients
//! are upgraded, and some day somebody asks whether one can still turn back.
//!
//! `outcome = simulate(world, plan)` is a pure function. A [`world`] is everything that chance decides, a [`plan`]
//! everything that people decide; every plan of a scenario is replayed in the same worlds, so that strategies are
//! compared by paired differences. Chance is keyed by (seed, replication, purpose, entity, index) and never consumed
//! in order of events: results are the same bytes for any number of threads.
//!
//! Data flows one way:
//! `cli -> report -> experiment -> simulate -> {world, plan} -> kernel`, `scenario -> {world, plan}`; `analysis` and `verify` stand beside `experiment`; `stats` is a leaf.
//!
//! ```
//! use coexist::{kernel::Key, kernel::Nothing, outcome::Metric, scenario, simulate, world::World};
//! use std::path::Path;
//!
//! let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/five-users.toml");
//! let scenario = scenario::load(&file).expect("a shipped scenario loads");
//! let world = World::draw(scenario.facts.clone(), Key { seed: scenario.seed, replication: 0 }, false);
//! let (outcome, _) = simulate::simulate(&world, &scenario.plans[0], Nothing);
//! let [judged, held, broken] =
//!     [Metric::Judged, Metric::Held, Metric::Broken].map(|metric| outcome.row.get(metric).unwrap());
//! assert_eq!(judged, held + broken);
//! ```

pub mod analysis;
pub mod bounded;
pub mod cli;
pub mod experiment;
pub mod guide;
pub mod kernel;
pub mod letters;
pub mod mutant;
pub mod outcome;
pub mod plan;
pub mod report;
pub mod scenario;
pub mod shell;
pub mod simulate;
pub mod stats;
pub mod store;
pub mod verify;
pub mod world;
