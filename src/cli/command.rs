//! Commands that can be typed: what is told to people so that they can repeat something.

use crate::scenario::Scenario;
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
            command.push_str(&format!(" --set {}", quoted(written)));
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
    let words = words.map(|word| quoted(&word.to_string_lossy()));
    std::iter::once("coexist".into())
        .chain(words)
        .collect::<Vec<_>>()
        .join(" ")
}

/// A word as a shell reads it.
pub(super) fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "-_./:,+@%=".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.into()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_needs_it() {
        assert_eq!(quoted("scenarios/a.toml"), "scenarios/a.toml");
        assert_eq!(quoted("my plan"), "'my plan'");
        assert_eq!(quoted("it's"), "'it'\\''s'");
    }
}
