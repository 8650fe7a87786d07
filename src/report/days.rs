//! `days.csv`: a digest of each simulated day of a replay, and what two replays say of where they part.

use super::csv_file::Tables;
use super::records::{Cell, Records};
use super::tables as declared;
use crate::bounded;
use crate::kernel::Key;
use crate::outcome::Day;
use crate::store::kind::REPLAY;
use crate::store::{Listing, NotWritten, manifest_text};
use crate::world::Calendar;
use serde::Deserialize;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

const NAME: &str = "days.csv";
const EVENTS: &str = "events.csv";
/// No table of a replay is larger, in bytes.
const LARGEST: u64 = 16 << 30;

/// Writes the table.
pub(super) fn write(tables: Tables<'_>, calendar: &Calendar, days: &[Day]) -> Result<(), NotWritten> {
    let mut records = Records::of(&declared::DAYS);
    for (number, day) in days.iter().enumerate() {
        records.push(vec![
            Cell::Count(number as u64),
            calendar.date(number as i64).to_string().into(),
            Cell::Count(day.entries),
            format!("{:016x}", day.digest).into(),
        ]);
    }
    tables.write_all(NAME, &records)
}

/// What a manifest says was replayed.
#[derive(Deserialize)]
struct Replayed {
    strategy: String,
    seed: u64,
    replication: u64,
}

/// Refuses a folder that holds no replay of a strategy of a scenario in a world, as it was written.
///
/// # Errors
/// A sentence that begins with the folder.
pub fn check_record(place: &Path, scenario: &str, strategy: &str, key: Key) -> Result<(), String> {
    let shown = place.display();
    let listing = Listing::read(place)
        .ok()
        .filter(|listing| *listing.kind == REPLAY);
    let manifest = manifest_text(place).ok();
    let manifest = manifest.and_then(|text| serde_json::from_str::<Replayed>(&text).ok());
    let (Some(listing), Some(of)) = (listing, manifest) else {
        return Err(format!(
            "{shown} holds no replay; give a directory that `coexist replay` wrote"
        ));
    };
    if (
        listing.scenario.as_str(),
        of.strategy.as_str(),
        of.seed,
        of.replication,
    ) != (scenario, strategy, key.seed, key.replication)
    {
        return Err(format!(
            "{shown} holds the replay of strategy `{}` of scenario `{}` in world {} of seed {}; compare with one of the same",
            of.strategy, listing.scenario, of.replication, of.seed
        ));
    }
    match [NAME, EVENTS]
        .iter()
        .find(|name| !listing.is_as_written(place, name))
    {
        None => Ok(()),
        Some(name) => Err(format!(
            "{shown} cannot be compared with: its {name} was changed since it was written"
        )),
    }
}

/// Where two replays part: the first day that differs, and the first event, each in words. `None` if all days are the same.
///
/// # Errors
/// If a file cannot be read. A sentence.
pub fn parting(one: &Path, other: &Path) -> Result<Option<String>, String> {
    let Some((line, mine, theirs)) = first_difference(&one.join(NAME), &other.join(NAME))? else {
        return Ok(None);
    };
    let date = |row: &str| row.split(',').nth(1).unwrap_or("the end").to_owned();
    let day = if line == 0 {
        "the header".into()
    } else {
        format!(
            "day {}, {}",
            line - 1,
            date(if mine.is_empty() { &theirs } else { &mine })
        )
    };
    let event = match first_difference(&one.join(EVENTS), &other.join(EVENTS))? {
        None => "the event logs are the same".into(),
        Some((line, mine, theirs)) => format!(
            "the first event that differs is on line {} of {EVENTS}:\n  here:  {}\n  there: {}",
            line + 1,
            or_nothing(&mine),
            or_nothing(&theirs)
        ),
    };
    Ok(Some(format!("the first day that differs is {day}; {event}")))
}

fn or_nothing(line: &str) -> &str {
    if line.is_empty() { "(nothing more)" } else { line }
}

/// The lines of a file.
fn lines(path: &Path) -> Result<impl Iterator<Item = Result<String, String>>, String> {
    let failed = |error: io::Error| format!("{}: {error}", path.display());
    let file = bounded::open_text(path, LARGEST).map_err(failed)?;
    Ok(BufReader::new(file).lines().map(move |line| line.map_err(failed)))
}

/// The first line, from 0, on which two files differ, and what stands there; nothing where one of them has ended.
fn first_difference(one: &Path, other: &Path) -> Result<Option<(usize, String, String)>, String> {
    let (mut mine, mut theirs) = (lines(one)?, lines(other)?);
    let mut number = 0;
    loop {
        let (mine, theirs) = (mine.next().transpose()?, theirs.next().transpose()?);
        if mine != theirs {
            return Ok(Some((
                number,
                mine.unwrap_or_default(),
                theirs.unwrap_or_default(),
            )));
        }
        if mine.is_none() {
            return Ok(None);
        }
        number += 1;
    }
}
