//! Commands that can be typed: what is told to people so that they can repeat something.

use crate::scenario::Scenario;
use crate::shell::{quoted, setting};
use std::path::Path;

/// What all replays of a command have in common.
#[derive(Clone, Copy, Debug)]
pub(super) struct Replays<'a> {
    /// What was read.
    pub(super) scenario: &'a Scenario,
    /// Seed of all chance.
    pub(super) seed: u64,
    /// Did uncertain parameters take their medians?
    pub(super) fix_uncertain: bool,
    /// Directory of results.
    pub(super) out: &'a Path,
}

impl Replays<'_> {
    /// The command that replays a strategy in a world.
    pub(super) fn command(&self, strategy: &str, replication: u64) -> String {
        let mut command = format!(
            "coexist replay {} --strategy {} --replication {replication} --seed {}",
            quoted(&self.scenario.path),
            quoted(strategy),
            self.seed
        );
        for written in &self.scenario.overrides {
            command.push_str(&format!(" --set {}", setting(written)));
        }
        if self.fix_uncertain {
            command.push_str(" --fix-uncertain");
        }
        if self.out != Path::new("output") {
            command.push_str(&format!(" --out {}", quoted(&self.out.display().to_string())));
        }
        command
    }
}

/// The command that was typed.
pub(super) fn own() -> String {
    let words = std::env::args_os().skip(1);
    let mut is_setting = false;
    let words = words.map(|word| {
        let word = word.to_string_lossy().into_owned();
        let shown = if is_setting { setting(&word) } else { quoted(&word) };
        is_setting = word == "--set";
        shown
    });
    std::iter::once("coexist".into())
        .chain(words)
        .collect::<Vec<_>>()
        .join(" ")
}
