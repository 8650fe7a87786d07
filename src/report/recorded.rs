//! The record of an earlier run: read only after its program, layout, version, scenario and the digests of its files agree.

use super::csv_file::meant;
use super::files;
use super::manifest::Manifest;
use crate::bounded;
use crate::mutant;
use crate::outcome::{Row, metric};
use crate::scenario::Scenario;
use crate::store::kind::RUN;
use crate::store::{Listing, Unlike};
use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

/// The table of all worlds.
pub(super) const REPLICATIONS: &str = "replications.csv";
/// The table of all worlds in which plans with a lot in each world have the lot shown.
pub(super) const IN_LOT: &str = "replications-in-lot.csv";
/// No cell of it is longer: names of strategies, numbers.
const LONGEST_CELL: u64 = 64;

/// The record of a run.
#[derive(Clone, PartialEq, Debug)]
pub struct Record {
    dir: PathBuf,
    /// What was run.
    pub manifest: Manifest,
    listing: Listing,
}

/// Why there is no record that can be used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NoRecord {
    /// Nothing was recorded.
    Nothing,
    /// It is not to be believed or not of this scenario; why, in words that follow the place.
    Unusable(String),
}

/// One world of one strategy.
pub struct Recorded {
    /// Its number.
    pub replication: u64,
    /// Digest of its event log.
    pub digest: u64,
    /// Its metrics.
    pub row: Row,
}

impl Record {
    /// The record of the run of a scenario below `out`.
    ///
    /// # Errors
    /// If there is none, or one of another program, layout, command or scenario, or one that cannot have been written by a run.
    pub fn open(out: &Path, scenario: &Scenario) -> Result<Record, NoRecord> {
        Record::open_at(&files::place(out, scenario, &RUN), scenario)
    }

    /// The record of a run of a scenario in this folder.
    ///
    /// # Errors
    /// As for [`Record::open`].
    pub fn open_at(dir: &Path, scenario: &Scenario) -> Result<Record, NoRecord> {
        let unusable = |what: String| Err(NoRecord::Unusable(what));
        let listing = match Listing::of(dir, &RUN, &scenario.facts.name) {
            Ok(listing) => listing,
            Err(Unlike::Missing) => return Err(NoRecord::Nothing),
            Err(Unlike::Foreign) => {
                return unusable("has a manifest.json that is not one of this program".into());
            }
            Err(Unlike::Layout(schema)) => {
                return unusable(format!("has results of another version (layout {schema})"));
            }
            Err(Unlike::Other(analysis, of)) => {
                return unusable(format!("has the results of `{analysis}` of scenario `{of}`"));
            }
        };
        let Some(manifest) = Manifest::read(dir) else {
            return unusable("has a manifest.json that lacks something".into());
        };
        if let Some(what) = manifest.impossible() {
            return unusable(format!("has a manifest.json that no run wrote: {what}"));
        }
        Ok(Record {
            dir: dir.into(),
            manifest,
            listing,
        })
    }

    /// Where it lies.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// A file of the record, if its bytes are those that the run wrote; no larger than `most` bytes.
    ///
    /// # Errors
    /// A sentence that begins with the name of the file.
    pub(super) fn file(&self, name: &str, most: u64) -> Result<File, String> {
        let path = self.dir.join(name);
        let listed = self.listing.files.get(name);
        let listed = listed.ok_or_else(|| format!("{name} is not listed in manifest.json"))?;
        let unreadable = |error: io::Error| format!("{name} cannot be read: {error}");
        let mut hasher = blake3::Hasher::new();
        let mut file = bounded::open(&path, most).map_err(unreadable)?;
        io::copy(&mut file, &mut hasher).map_err(unreadable)?;
        if hasher.finalize().to_hex().as_str() != listed && !mutant::is("record-trusted") {
            return Err(format!("{name} was changed since the run wrote it"));
        }
        bounded::open(&path, most).map_err(unreadable)
    }

    /// All recorded worlds of a strategy, ascending. Every world of the run must be there, once.
    ///
    /// # Errors
    /// If the table was changed, or is not one that a run of so many worlds writes.
    pub fn worlds(&self, strategy: &str) -> Result<Vec<Recorded>, String> {
        self.worlds_in(REPLICATIONS, strategy, self.manifest.strategies.len())
    }

    /// As [`Record::worlds`], in the lot shown; `strategies` have a lot of their own in each world.
    ///
    /// # Errors
    /// As for [`Record::worlds`].
    pub(super) fn worlds_in_lot(&self, strategy: &str, strategies: usize) -> Result<Vec<Recorded>, String> {
        self.worlds_in(IN_LOT, strategy, strategies)
    }

    fn worlds_in(&self, name: &str, strategy: &str, strategies: usize) -> Result<Vec<Recorded>, String> {
        let manifest = &self.manifest;
        let lines = manifest.replications.saturating_mul(strategies as u64);
        let columns = metric::DEFINITIONS.len() as u64 + 3;
        let most = lines.saturating_add(1).saturating_mul(columns * LONGEST_CELL);
        let file = self.file(name, most)?;
        let mut file = csv::Reader::from_reader(BufReader::new(file));
        let broken = |what: &str| format!("{name}: {what}");
        let unreadable = |error: csv::Error| broken(&error.to_string());
        let header = file.headers().map_err(unreadable)?;
        let names = metric::DEFINITIONS.iter().map(|definition| definition.name);
        if !header
            .iter()
            .eq(["replication", "strategy", "digest"].into_iter().chain(names))
        {
            return Err(broken("its columns are not those of this version"));
        }
        let mut worlds = Vec::new();
        let mut count = 0;
        for line in file.records() {
            let line = line.map_err(unreadable)?;
            count += 1;
            if line.get(1).map(meant) != Some(strategy) {
                continue;
            }
            let world = world(&line).ok_or_else(|| broken(&format!("line {} cannot be read", count + 1)))?;
            let expected = manifest.first_replication + worlds.len() as u64;
            if world.replication != expected {
                let what = format!(
                    "world {expected} of {strategy} is missing, {} stands there",
                    world.replication
                );
                return Err(broken(&what));
            }
            worlds.push(world);
        }
        if count != lines || worlds.len() as u64 != manifest.replications {
            let what = format!(
                "it has {count} rows, a run of {} worlds writes {lines}",
                manifest.replications
            );
            return Err(broken(&what));
        }
        Ok(worlds)
    }
}

/// A line of the table; `None` if it cannot be one.
fn world(line: &csv::StringRecord) -> Option<Recorded> {
    let value = |text: &str| match text {
        "" => Some(None),
        text => text
            .parse()
            .ok()
            .filter(|value: &f64| value.is_finite())
            .map(Some),
    };
    Some(Recorded {
        replication: line.get(0)?.parse().ok()?,
        digest: u64::from_str_radix(line.get(2)?, 16).ok()?,
        row: Row(line.iter().skip(3).map(value).collect::<Option<_>>()?),
    })
}
