//! `metrics`: what the metrics mean, all of them or those that a word finds.

use super::failure::Failure;
use super::terminal;
use crate::outcome::metric::{DEFINITIONS, Definition};
use crate::report::run;

/// Prints the table of metrics whose name or meaning has all of the words.
pub(super) fn metrics(words: &[String]) -> Result<(), Failure> {
    let words: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let holds = |definition: &Definition| {
        let text = format!("{} {}", definition.name, definition.meaning).to_lowercase();
        words.iter().all(|word| text.contains(word))
    };
    let found: Vec<&Definition> = DEFINITIONS
        .iter()
        .filter(|definition| holds(definition))
        .collect();
    if found.is_empty() {
        let what = format!(
            "no metric has `{}` in its name or meaning; `coexist metrics` lists all",
            words.join(" ")
        );
        return Err(Failure::Usage(what));
    }
    terminal::print(&run::metrics(&found, terminal::style()))
}
