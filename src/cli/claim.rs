//! Places for results, claimed before any work is done.

use super::failure::Failure;
use super::terminal;
use crate::report;
use crate::scenario::Scenario;
use crate::store::{self, Claim, Kind, NotWritten, Owner, Refused, Written};
use std::path::Path;
use std::time::Duration;

/// Claims a place for what a command finds about a scenario; waits for another run that writes there, if `wait`.
pub(super) fn claim(
    place: &Path,
    scenario: &Scenario,
    kind: &'static Kind,
    wait: bool,
) -> Result<Claim, Failure> {
    claim_for(place, report::owner(scenario, kind), wait)
}

/// The same for an owner.
pub(super) fn claim_for(place: &Path, owner: Owner<'_>, wait: bool) -> Result<Claim, Failure> {
    let mut told = false;
    loop {
        match store::claim(place, owner) {
            Err(Refused::Busy(place)) if wait => {
                if !told {
                    terminal::tell(&format!(
                        "waiting for another run that writes {}",
                        place.display()
                    ));
                    told = true;
                }
                std::thread::sleep(Duration::from_millis(200));
            }
            claimed => return claimed.map_err(|refused| Failure::Usage(refused.to_string())),
        }
    }
}

/// Tells what people should know about written results; gives their place as it is printed.
pub(super) fn written(written: Result<Written, NotWritten>) -> Result<String, Failure> {
    let written = written?;
    for note in &written.notes {
        terminal::tell(note);
    }
    Ok(format!("{}/", written.place.display()))
}
