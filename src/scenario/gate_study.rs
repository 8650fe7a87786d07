//! `[gate_study]`: when a release is bad.

use super::closest;
use super::input::Table;
use super::keys;
use crate::outcome::Metric;
use crate::outcome::metric::{Better, DEFINITIONS};

/// A release is bad if what it adds to this metric, without any gate, exceeds the limit.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct HarmLimit {
    /// The harm.
    pub metric: Metric,
    /// The most that a good release does, in the unit of the metric.
    pub limit: f64,
}

/// Can a metric be the harm of a release? Less of it must be better, and no world may lack it.
pub fn is_harm(metric: Metric) -> bool {
    let definition = metric.definition();
    definition.better == Better::Lower && !definition.may_be_missing
}

/// The metric of that name.
///
/// # Errors
/// What is wrong with it, and what to write instead.
pub fn harm(name: &str) -> Result<Metric, (String, String)> {
    let names = || DEFINITIONS.iter().map(|definition| definition.name);
    match Metric::named(name) {
        None => Err((format!("there is no metric `{name}`"), closest(name, names()))),
        Some(metric) if !is_harm(metric) => Err((
            format!("`{name}` is no harm that every world has"),
            "write for example `lost_attendee_hours`, `meetings_broken` or `cost`".into(),
        )),
        Some(metric) => Ok(metric),
    }
}

/// Reads the table.
pub(super) fn read(root: &Table) -> Option<HarmLimit> {
    let table = root.opt_table(&keys::top::GATE_STUDY)?;
    let name = table.require(&keys::gate_study::HARM);
    let limit = table.require(&keys::gate_study::LIMIT);
    let metric = name.and_then(|name| match harm(&name.value) {
        Ok(metric) => Some(metric),
        Err((what, help)) => {
            table.fault("harm", what, help);
            None
        }
    });
    table.finish();
    Some(HarmLimit {
        metric: metric?,
        limit: limit?.value,
    })
}
