//! Earlier results, read back so that further worlds can be added: rows and digests from `replications.csv`, daily
//! histograms from `daily.json.gz`.

use super::files;
use super::manifest::{Manifest, VERSION};
use super::recorded::{NoRecord, Record};
use crate::experiment::{Daily, Options, Results, results, with_base};
use crate::scenario::Scenario;
use crate::stats::{CountHistogram, HistogramParts};
use crate::store::kind::RUN;
use crate::store::{NotWritten, at};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

/// Name of the file.
const DAILY: &str = "daily.json.gz";

/// Buckets and how many values they hold, sum, least and greatest value.
#[derive(Serialize, Deserialize)]
struct Kept(Vec<(u32, u64)>, u128, u64, u64);

impl Kept {
    fn of(histogram: &CountHistogram) -> Kept {
        let parts = histogram.parts();
        Kept(parts.buckets, parts.sum, parts.min, parts.max)
    }

    fn histogram(self) -> Option<CountHistogram> {
        let Kept(buckets, sum, min, max) = self;
        CountHistogram::from_parts(HistogramParts {
            buckets,
            sum,
            min,
            max,
        })
    }
}

/// Writes the daily histograms, by strategy, day and measure, into a directory of results.
pub(super) fn write(dir: &Path, results: &Results) -> Result<(), NotWritten> {
    let path = dir.join(DAILY);
    let kept: Vec<Vec<Kept>> = (results.daily.iter())
        .map(|daily| daily.histograms().iter().map(Kept::of).collect())
        .collect();
    let write = || -> std::io::Result<()> {
        let file = BufWriter::new(File::create(&path)?);
        // The header of a new encoder holds neither a time nor the name of a system.
        let mut encoder = GzEncoder::new(file, Compression::default());
        serde_json::to_writer(&mut encoder, &kept)?;
        encoder.finish()?.flush()
    };
    write().map_err(at(&path))
}

/// Reads the recorded results of a scenario if they are of the strategies and the seed that `options` would give.
///
/// # Errors
/// A sentence that says why they cannot be extended, and what to do.
pub fn read(out: &Path, scenario: &Scenario, options: &Options<'_>) -> Result<Results, String> {
    let place = files::place(out, scenario, &RUN);
    let unfinished = files::unfinished_place(out, scenario);
    let strategies = with_base(&options.strategies, scenario.base);
    let base = (strategies.iter().position(|&index| index == scenario.base)).unwrap_or(0);
    let names: Vec<&str> = (strategies.iter())
        .map(|&index| scenario.plans[index].name.as_str())
        .collect();
    let same = |place: &Path| {
        let record = Record::open_at(place, scenario).ok()?;
        let differs = difference(&record.manifest, scenario, options, &names, base);
        differs.is_none().then_some(record.manifest.replications)
    };
    // What a fault of the program left goes on if it is of the same run and goes further.
    let place = if same(&unfinished) > same(&place) {
        unfinished
    } else {
        place
    };
    let (at, place) = (&place, place.display());
    let anew = "repeat the options of that run, or leave out --extend to run anew";
    let record = Record::open_at(at, scenario).map_err(|why| match why {
        NoRecord::Nothing => format!("{place} has no earlier results; leave out --extend to run anew"),
        NoRecord::Unusable(what) => format!("{place} {what}; leave out --extend to run anew"),
    })?;
    let manifest = &record.manifest;
    if let Some(differs) = difference(manifest, scenario, options, &names, base) {
        return Err(format!("{place} has results of another run: {differs}; {anew}"));
    }
    let broken = |what: String| format!("{place} cannot be extended: {what}; leave out --extend to run anew");
    let mut earlier = Results {
        base,
        first: manifest.first_replication,
        replications: manifest.replications,
        seed: manifest.seed,
        fix_uncertain: manifest.fix_uncertain,
        rows: Vec::new(),
        digests: Vec::new(),
        daily: daily(&record, scenario, strategies.len()).map_err(broken)?,
        strategies,
        strategy_digests: Vec::new(),
        digest: String::new(),
    };
    for name in names {
        let worlds = record.worlds(name).map_err(broken)?.into_iter();
        let (digests, rows) = worlds.map(|world| (world.digest, world.row)).unzip();
        earlier.digests.push(digests);
        earlier.rows.push(rows);
    }
    earlier.close();
    if earlier.digest != manifest.result_digest {
        return Err(broken("its files are not those that the run wrote".into()));
    }
    Ok(earlier)
}

/// What tells the earlier run from the one that is asked for.
fn difference(
    manifest: &Manifest,
    scenario: &Scenario,
    options: &Options<'_>,
    names: &[&str],
    base: usize,
) -> Option<String> {
    let word = |is_fixed: bool| if is_fixed { "with" } else { "without" };
    if manifest.version != VERSION {
        Some(format!("version {}, not {VERSION}", manifest.version))
    } else if manifest.input_digest != scenario.digest {
        Some("the scenario, a file that it names, or --set has changed since".into())
    } else if manifest.seed != options.seed {
        Some(format!("seed {}, not {}", manifest.seed, options.seed))
    } else if manifest.fix_uncertain != options.fix_uncertain {
        Some(format!("{} --fix-uncertain", word(manifest.fix_uncertain)))
    } else if manifest.strategies != names {
        Some(format!("strategies {}", manifest.strategies.join(", ")))
    } else if manifest.base != names[base] {
        Some(format!("base {}, not {}", manifest.base, names[base]))
    } else {
        None
    }
}

/// Characters of one bucket in JSON, and of all else that a histogram has: none needs more.
const BUCKET: u64 = 40;
const HISTOGRAM: u64 = 120;

fn daily(record: &Record, scenario: &Scenario, strategies: usize) -> Result<Vec<Daily>, String> {
    let (days, measures) = (
        scenario.facts.calendar.days() as usize,
        results::measures(scenario),
    );
    let worlds = record.manifest.replications;
    let cells = (strategies * days * measures.len()) as u64;
    let most = cells.saturating_mul(worlds.saturating_mul(BUCKET).saturating_add(HISTOGRAM)) + HISTOGRAM;
    let unreadable = |error: serde_json::Error| format!("{DAILY}: {error}");
    let file = BufReader::new(record.file(DAILY, most)?);
    // What was packed tightly by somebody else is not unpacked beyond what a run can have written.
    let decoder = BufReader::new(GzDecoder::new(file).take(most));
    let kept: Vec<Vec<Kept>> = serde_json::from_reader(decoder).map_err(unreadable)?;
    let of_strategy = |kept: Vec<Kept>| {
        let histograms: Option<Vec<CountHistogram>> = kept.into_iter().map(Kept::histogram).collect();
        let histograms = histograms?;
        let are_whole = histograms.iter().all(|histogram| histogram.count() == worlds);
        Daily::of_histograms(days, measures.clone(), histograms).filter(|_| are_whole)
    };
    let daily: Option<Vec<Daily>> = kept.into_iter().map(of_strategy).collect();
    daily
        .filter(|daily| daily.len() == strategies)
        .ok_or_else(|| format!("{DAILY} does not fit the scenario and {worlds} worlds"))
}
