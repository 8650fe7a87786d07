//! `report`: results of a run and of studies of the same scenario, on one page.

use super::args::Report;
use super::claim::{claim_for, written};
use super::failure::Failure;
use super::terminal;
use crate::report::packet;
use crate::report::page::{self, About, Stored};
use crate::store::Owner;
use crate::store::kind::{PACKET, RUN};

/// Reads what the folders say, refuses what does not belong together, and writes the page.
pub(super) fn report(arguments: &Report) -> Result<(), Failure> {
    let (mut runs, mut studies) = (Vec::new(), Vec::new());
    let mut faults = Vec::new();
    for dir in &arguments.dirs {
        match Stored::read(dir) {
            Ok(found) if found.0.analysis == RUN.analysis => runs.push((dir, found)),
            Ok(found) => studies.push((dir, found)),
            Err(why) => faults.push(format!("{} {why}", dir.display())),
        }
    }
    let refused = |faults: Vec<String>| Failure::Usage(faults.join("\n"));
    if runs.len() != 1 && faults.is_empty() {
        faults.push(match runs.len() {
            0 => "none of these directories has results of `run`; add that of one".into(),
            _ => {
                let dirs: Vec<String> = runs.iter().map(|(dir, _)| dir.display().to_string()).collect();
                format!(
                    "a page is about one run, not {}: leave out all of {} but one",
                    runs.len(),
                    dirs.join(", ")
                )
            }
        });
    }
    if !faults.is_empty() {
        return Err(refused(faults));
    }
    let (place, (about, run)) = runs.remove(0);
    for (dir, (other, _)) in &studies {
        let differences = other.differences(&about);
        if !differences.is_empty() {
            let differences = differences.join(", ");
            faults.push(format!(
                "{} is not about the same as {}: {differences}; run `{}` again for it",
                dir.display(),
                place.display(),
                other.analysis
            ));
        }
    }
    if !faults.is_empty() {
        return Err(refused(faults));
    }
    studies.sort_by(|(_, (one, _)), (_, (other, _))| one.analysis.cmp(&other.analysis));
    let (abouts, stored): (Vec<About>, Vec<Stored>) = studies.into_iter().map(|(_, found)| found).unzip();
    let document = page::together(run.document, &stored);
    let owner = Owner {
        kind: &PACKET,
        scenario: &about.scenario,
        inputs: &[],
    };
    let place = arguments
        .out
        .join(format!("{}-{}", about.scenario, PACKET.analysis));
    let claim = claim_for(&place, owner, arguments.wait)?;
    let place = written(packet::write(&document, &about, &abouts, claim))?;
    terminal::print(&packet::told(&document, &place))
}
