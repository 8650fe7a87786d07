//! Earlier results, read back so that further worlds can be added: rows and digests from `replications.csv`, daily
//! histograms from `daily.json.gz`, departments, sites and waves from `divisions.json.gz`.

use super::files;
use super::manifest::{Manifest, VERSION};
use super::recorded::{NoRecord, Record, Recorded};
use crate::experiment::breakdowns::{DayFound, DivisionFound, WaveFound};
use crate::experiment::{Breakdowns, Daily, InLot, Options, Results, results, with_base};
use crate::outcome::Row;
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
/// The same of departments, sites and waves.
const DIVISIONS: &str = "divisions.json.gz";

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

/// Departments, sites and waves of a strategy: the histograms of each part, what happened on which day in which part, and each
/// wave.
#[derive(Serialize, Deserialize)]
struct KeptDivisions {
    replications: u64,
    divisions: Vec<[Kept; 5]>,
    days: Vec<(u32, u32, u64, u64)>,
    waves: Vec<(Kept, [u64; 4])>,
}

impl KeptDivisions {
    fn of(found: &Breakdowns) -> KeptDivisions {
        let division = |division: &DivisionFound| {
            [
                &division.moved,
                &division.broken,
                &division.stranded,
                &division.limited,
                &division.worst,
            ]
            .map(Kept::of)
        };
        let days = found.days.iter();
        KeptDivisions {
            replications: found.replications,
            divisions: found.divisions.iter().map(division).collect(),
            days: days
                .map(|(&(day, division), found)| (day, division, found.stranded, found.broken))
                .collect(),
            waves: found
                .waves
                .iter()
                .map(|wave| (Kept::of(&wave.slip), wave.people))
                .collect(),
        }
    }

    /// What was kept, if it has the shape of `like`.
    fn found(self, like: &Breakdowns) -> Option<Breakdowns> {
        let division = |kept: [Kept; 5]| {
            let [moved, broken, stranded, limited, worst] = kept.map(Kept::histogram);
            Some(DivisionFound {
                moved: moved?,
                broken: broken?,
                stranded: stranded?,
                limited: limited?,
                worst: worst?,
            })
        };
        let wave = |(slip, people): (Kept, [u64; 4])| {
            let slip = slip.histogram()?;
            Some(WaveFound { slip, people })
        };
        let days = self.days.into_iter();
        let found = Breakdowns {
            replications: self.replications,
            divisions: self.divisions.into_iter().map(division).collect::<Option<_>>()?,
            days: days
                .map(|(day, division, stranded, broken)| ((day, division), DayFound { stranded, broken }))
                .collect(),
            waves: self.waves.into_iter().map(wave).collect::<Option<_>>()?,
        };
        let is_alike = found.divisions.len() == like.divisions.len() && found.waves.len() == like.waves.len();
        is_alike.then_some(found)
    }
}

/// Writes the daily histograms, by strategy, day and measure, and what fell on whom into a directory of results.
pub(super) fn write(dir: &Path, results: &Results) -> Result<(), NotWritten> {
    let kept: Vec<Vec<Kept>> = (results.daily.iter())
        .map(|daily| daily.histograms().iter().map(Kept::of).collect())
        .collect();
    pack(&dir.join(DAILY), &kept)?;
    let kept: Vec<KeptDivisions> = results.breakdowns.iter().map(KeptDivisions::of).collect();
    pack(&dir.join(DIVISIONS), &kept)
}

fn pack(path: &Path, kept: &impl Serialize) -> Result<(), NotWritten> {
    let write = || -> std::io::Result<()> {
        let file = BufWriter::new(File::create(path)?);
        // The header of a new encoder holds neither a time nor the name of a system.
        let mut encoder = GzEncoder::new(file, Compression::default());
        serde_json::to_writer(&mut encoder, kept)?;
        encoder.finish()?.flush()
    };
    write().map_err(at(path))
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
        breakdowns: breakdowns(&record, scenario, &strategies).map_err(broken)?,
        in_lot: Vec::new(),
        strategies,
        strategy_digests: Vec::new(),
        digest: String::new(),
    };
    let has_lots = |index: &usize| scenario.plans[*index].has_own_lots();
    let in_lots: Vec<bool> = earlier.strategies.iter().map(has_lots).collect();
    let lots = in_lots.iter().filter(|has_lot| **has_lot).count();
    let columns = |worlds: Vec<Recorded>| -> (Vec<u64>, Vec<Row>) {
        worlds.into_iter().map(|world| (world.digest, world.row)).unzip()
    };
    for (name, has_lot) in names.into_iter().zip(in_lots) {
        let (digests, rows) = columns(record.worlds(name).map_err(broken)?);
        earlier.digests.push(digests);
        earlier.rows.push(rows);
        let shown = has_lot.then(|| record.worlds_in_lot(name, lots));
        let shown = shown.transpose().map_err(broken)?.map(|worlds| {
            let (digests, rows) = columns(worlds);
            InLot { rows, digests }
        });
        earlier.in_lot.push(shown);
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

fn unpack<T: serde::de::DeserializeOwned>(record: &Record, name: &str, most: u64) -> Result<T, String> {
    let file = BufReader::new(record.file(name, most)?);
    // What was packed tightly by somebody else is not unpacked beyond what a run can have written.
    let decoder = BufReader::new(GzDecoder::new(file).take(most));
    serde_json::from_reader(decoder).map_err(|error: serde_json::Error| format!("{name}: {error}"))
}

fn breakdowns(record: &Record, scenario: &Scenario, strategies: &[usize]) -> Result<Vec<Breakdowns>, String> {
    let worlds = record.manifest.replications;
    let none: Vec<Breakdowns> = (strategies.iter())
        .map(|&index| Breakdowns::new(scenario, &scenario.plans[index]))
        .collect();
    let days = u64::from(scenario.facts.calendar.days());
    let histogram = worlds.saturating_mul(BUCKET).saturating_add(HISTOGRAM);
    let cells = |none: &Breakdowns| {
        let divisions = none.divisions.len() as u64;
        (5 * divisions + none.waves.len() as u64).saturating_mul(histogram) + divisions * days * HISTOGRAM
    };
    let most = none.iter().map(cells).fold(HISTOGRAM, u64::saturating_add);
    let kept: Vec<KeptDivisions> = unpack(record, DIVISIONS, most)?;
    let found: Option<Vec<Breakdowns>> = (kept.len() == none.len())
        .then(|| {
            kept.into_iter()
                .zip(&none)
                .map(|(kept, none)| kept.found(none))
                .collect()
        })
        .flatten();
    found
        .filter(|found| found.iter().all(|found| found.replications == worlds))
        .ok_or_else(|| format!("{DIVISIONS} does not fit the scenario and {worlds} worlds"))
}

fn daily(record: &Record, scenario: &Scenario, strategies: usize) -> Result<Vec<Daily>, String> {
    let (days, measures) = (
        scenario.facts.calendar.days() as usize,
        results::measures(scenario),
    );
    let worlds = record.manifest.replications;
    let cells = (strategies * days * measures.len()) as u64;
    let most = cells.saturating_mul(worlds.saturating_mul(BUCKET).saturating_add(HISTOGRAM)) + HISTOGRAM;
    let kept: Vec<Vec<Kept>> = unpack(record, DAILY, most)?;
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
