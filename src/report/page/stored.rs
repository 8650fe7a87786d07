//! What a folder of results says, kept so that several of them can be put together on one page.

use crate::bounded;
use crate::mutant;
use crate::report::document::{Answer, Document};
use crate::store::{Listing, NotWritten, Unlike, at, manifest_text};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::Path;

/// Name of the file.
pub const STORED: &str = "report.json.gz";
/// No document of ours is larger, packed or not.
const LARGEST: u64 = 256 << 20;

/// What a folder of results says.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Stored {
    /// All that is said.
    pub document: Document,
    /// What it answers on the first page of a packet.
    pub answers: Vec<Answer>,
}

/// What results must have in common to stand on one page, and what tells them apart.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct About {
    /// Version of the program.
    pub version: String,
    /// Name of the scenario.
    pub scenario: String,
    /// Digest of all input files and overrides.
    pub input_digest: String,
    /// Values put in the place of the scenario file's own.
    #[serde(default)]
    pub set: Vec<String>,
    /// Seed.
    pub seed: u64,
    /// Were uncertain parameters at their medians?
    pub fix_uncertain: bool,
    /// The command.
    pub analysis: String,
    /// Number of worlds.
    pub replications: u64,
    /// Digest of what it found.
    pub result_digest: String,
}

impl About {
    /// How these results differ from others, one reason each.
    pub fn differences(&self, other: &About) -> Vec<String> {
        let set = |about: &About| match about.set[..] {
            [] => "no --set".to_string(),
            _ => format!("--set {}", about.set.join(" --set ")),
        };
        let fixed = |about: &About| {
            if about.fix_uncertain {
                "--fix-uncertain"
            } else {
                "no --fix-uncertain"
            }
            .to_string()
        };
        let short = |digest: &str| digest.chars().take(12).collect::<String>();
        if mutant::is("mixed-studies") {
            return Vec::new();
        }
        let pairs = [
            ["version".into(), self.version.clone(), other.version.clone()],
            ["scenario".into(), self.scenario.clone(), other.scenario.clone()],
            [
                "input digest".into(),
                short(&self.input_digest),
                short(&other.input_digest),
            ],
            ["seed".into(), self.seed.to_string(), other.seed.to_string()],
            [String::new(), set(self), set(other)],
            [String::new(), fixed(self), fixed(other)],
        ];
        let differing = pairs.into_iter().filter(|[_, own, others]| own != others);
        differing
            .map(|[what, own, others]| format!("{what} {own}, not {others}").trim_start().to_string())
            .collect()
    }
}

impl Stored {
    /// Writes it into a directory.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&self, dir: &Path) -> Result<(), NotWritten> {
        let path = dir.join(STORED);
        let write = || -> std::io::Result<()> {
            let file = BufWriter::new(File::create(&path)?);
            // The header of a new encoder holds neither a time nor the name of a system.
            let mut encoder = GzEncoder::new(file, Compression::default());
            serde_json::to_writer(&mut encoder, self)?;
            encoder.finish()?.flush()
        };
        write().map_err(at(&path))
    }

    /// Reads what a folder of results says, and what it is about.
    ///
    /// # Errors
    /// If it holds no results of this program, or its document is missing or not as it was written; why, in words that follow the
    /// place.
    pub fn read(dir: &Path) -> Result<(About, Stored), String> {
        let listing = Listing::read(dir).map_err(|unlike| match unlike {
            Unlike::Missing => "holds no results: there is no manifest.json".to_string(),
            Unlike::Layout(schema) => format!("has results of another version (layout {schema})"),
            _ => "has a manifest.json that is not one of this program".into(),
        })?;
        let about = manifest_text(dir)
            .ok()
            .and_then(|text| serde_json::from_str::<About>(&text).ok());
        let about =
            about.ok_or_else(|| format!("has results of `{}`, which has no page", listing.kind.analysis))?;
        if !listing.files.contains_key(STORED) {
            return Err(format!(
                "has results of `{}` without {STORED}; run it again",
                about.analysis
            ));
        }
        if !listing.is_as_written(dir, STORED) {
            return Err(format!(
                "has a {STORED} that is not as it was written; run it again"
            ));
        }
        let read = || -> std::io::Result<Stored> {
            let file = bounded::open(&dir.join(STORED), LARGEST)?;
            Ok(serde_json::from_reader(GzDecoder::new(file).take(LARGEST))?)
        };
        let stored = read().map_err(|error| format!("has a {STORED} that cannot be read: {error}"))?;
        Ok((about, stored))
    }
}

/// One document of that of a run and of studies of the same scenario: what they answer stands on the first page, and all that they
/// say behind the calendar.
pub fn together(run: Document, studies: &[Stored]) -> Document {
    let mut document = run;
    let mut behind = Vec::new();
    for study in studies {
        study.answers.iter().for_each(|answer| document.answer(answer));
        behind.extend(study.document.first.iter().chain(&study.document.behind).cloned());
    }
    let place = document.behind.len().min(1);
    document.behind.splice(place..place, behind);
    document
}
