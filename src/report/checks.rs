//! What `verify` prints: one table per part, with theory, estimate and interval, and what failed.

use super::document::{Block, Grid, Section};
use super::number;
use super::terminal::{self, Style};
use crate::verify::{Check, FAMILY_WISE_ERROR};

/// All checks, part by part, and the verdict.
pub fn tables(checks: &[Check], seed: u64, style: Style) -> String {
    let parts = checks.chunk_by(|one, other| one.part == other.part);
    let mut sections: Vec<Section> = parts.map(part_section).collect();
    sections.push(Section::new("").with(Block::Remark(legend(checks, seed))));
    let failed = checks.iter().filter(|check| !check.passes).count();
    let verdict = if failed == 0 {
        format!("All {} checks passed.", checks.len())
    } else {
        format!("{failed} of {} checks FAILED.", checks.len())
    };
    sections.push(Section::new(&verdict));
    terminal::text(&sections, style)
}

/// Which checks failed and by how much; `None` if none did.
pub fn failures(checks: &[Check]) -> Option<String> {
    let lines: Vec<String> = checks.iter().filter_map(Check::failure).collect();
    if lines.is_empty() {
        return None;
    }
    let (failed, all) = (lines.len(), checks.len());
    Some(format!(
        "{failed} of {all} checks failed:\n  {}",
        lines.join("\n  ")
    ))
}

fn part_section(checks: &[Check]) -> Section {
    let part = checks[0].part;
    let rows = |row: fn(&Check) -> Vec<String>| checks.iter().map(row).collect();
    let grid = if checks[0].is_identity {
        Grid::with_numbers(&["identity", "violation", "compared", ""], rows(identity_row))
    } else {
        Grid::with_numbers(
            &["quantity", "theory", "estimate", "interval", "worlds", ""],
            rows(row),
        )
    };
    Section::new(part.title)
        .text(part.what)
        .with(Block::Table(grid))
        .text(format!("Theory: {}", part.source))
}

/// Theory, estimate and ends to one more digit than the half-width would give a mean.
fn row(check: &Check) -> Vec<String> {
    let half = (check.high - check.low) / 2.0;
    let places = if half > 0.0 { number::decimals(half) + 1 } else { 6 };
    let written = |value: f64| number::rounded(value, places);
    vec![
        named(check),
        written(check.theory),
        written(check.estimate),
        format!("{} to {}", written(check.low), written(check.high)),
        number::whole(check.n as f64),
        verdict(check),
    ]
}

fn identity_row(check: &Check) -> Vec<String> {
    vec![
        check.name.clone(),
        format!("{} {}", number::exact(check.estimate), check.unit),
        number::whole(check.n as f64),
        verdict(check),
    ]
}

fn named(check: &Check) -> String {
    match check.unit {
        "" => check.name.clone(),
        unit => format!("{} ({unit})", check.name),
    }
}

fn verdict(check: &Check) -> String {
    if check.passes { "ok" } else { "FAILED" }.into()
}

fn legend(checks: &[Check], seed: u64) -> String {
    let uncertain = checks.iter().filter(|check| !check.is_identity).count();
    format!(
        "Seed {seed}. A check passes if theory lies in the interval. Each interval has a level of 1 - {FAMILY_WISE_ERROR} / \
         {uncertain} (Bonferroni), so that the chance of any failure in a program that is right is at most \
         {FAMILY_WISE_ERROR}. Identities must hold exactly."
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::{Measurement, Part, Sample, judge};

    const PART: Part = Part {
        title: "Part",
        what: "What is done.",
        source: "A book",
    };

    fn checks(theory: f64) -> Vec<Check> {
        judge(&[Measurement {
            part: &PART,
            name: "mean wait".into(),
            unit: "h",
            theory,
            sample: Sample::Values(vec![1.0, 1.1, 0.9, 1.0, 1.05, 0.95]),
        }])
    }

    const STYLE: Style = Style {
        unicode: false,
        colour: false,
        width: 100,
    };

    #[test]
    fn what_passes_is_printed_with_its_source() {
        let checks = checks(1.0);
        let text = tables(&checks, 3, STYLE);
        assert!(text.contains("mean wait (h)") && text.contains("Theory: A book"));
        assert!(text.ends_with("All 1 checks passed.\n") && text.contains("Seed 3."));
        assert_eq!(failures(&checks), None);
    }

    #[test]
    fn what_fails_is_told_by_name_and_size() {
        let checks = checks(9.0);
        assert!(tables(&checks, 3, STYLE).contains("FAILED"));
        let told = failures(&checks).expect("the theory is wrong");
        assert!(told.starts_with("1 of 1 checks failed:\n  Part: mean wait: theory 9.000000 h lies outside"));
    }
}
