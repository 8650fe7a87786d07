//! Writes the results of a run into a directory, all of them or none.
//!
//! Everything is first written beside the final place and then swapped in by renaming, so that earlier results
//! stay whole until the new ones are complete.

use super::figure::{self, Figure};
use super::manifest::{MANIFEST, Manifest};
use super::{charts, goals, summary_files, tables_csv};
use super::{precision, resume};
use crate::analysis::rounds::Reached;
use crate::experiment::Results;
use crate::scenario::Scenario;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Why files could not be written: where, and what went wrong.
#[derive(Debug)]
pub struct NotWritten {
    /// The file or directory.
    pub path: PathBuf,
    /// What went wrong.
    pub reason: String,
}

impl std::fmt::Display for NotWritten {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", self.path.display(), self.reason)
    }
}

/// Attaches a path to an error.
pub(super) fn at<E: std::fmt::Display>(path: &Path) -> impl FnOnce(E) -> NotWritten {
    let path = path.to_path_buf();
    move |error| NotWritten {
        path,
        reason: error.to_string(),
    }
}

/// Where the results of a scenario lie below `out`.
pub fn place(out: &Path, scenario: &Scenario) -> PathBuf {
    out.join(&scenario.facts.name)
}

/// Writes all result files below `out`, charts too if asked for; returns their directory.
///
/// # Errors
/// If anything cannot be written; earlier results are then untouched.
pub fn write_results(
    scenario: &Scenario,
    results: &Results,
    reached: Option<&Reached>,
    out: &Path,
    with_charts: bool,
) -> Result<PathBuf, NotWritten> {
    let place = place(out, scenario);
    check_is_ours(&place, MANIFEST)?;
    let judgement = goals::Judgement::new(scenario, results);
    replace_directory(&place, |dir| {
        goals::comparisons_csv(&dir.join("comparisons.csv"), scenario, results, &judgement)?;
        goals::limits_csv(&dir.join("limits.csv"), scenario, results, &judgement)?;
        tables_csv::replications(&dir.join("replications.csv"), scenario, results)?;
        summary_files::csv(&dir.join("summary.csv"), scenario, results)?;
        summary_files::json(&dir.join("summary.json"), scenario, results, &judgement)?;
        tables_csv::timeline(&dir.join("timeline.csv"), scenario, results)?;
        if with_charts {
            write_charts(
                &dir.join("charts"),
                &charts::figures(scenario, results, &judgement.comparisons),
            )?;
        }
        if let Some(reached) = reached {
            precision::records(scenario, results, reached).write_csv(&dir.join("precision.csv"))?;
        }
        resume::write(dir, results)?;
        Manifest::new(scenario, results, reached).write(&dir.join(MANIFEST))
    })?;
    Ok(place)
}

/// Refuses to replace a directory that holds files, but not the one that every directory of ours holds.
pub(super) fn check_is_ours(place: &Path, sign: &str) -> Result<(), NotWritten> {
    let holds_files = match fs::read_dir(place) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(at(place)(error)),
    };
    if holds_files && !place.join(sign).is_file() {
        let reason = format!("holds files, but no {sign}: not written by this program; choose another --out");
        return Err(NotWritten {
            path: place.to_path_buf(),
            reason,
        });
    }
    Ok(())
}

/// Fills a new directory and puts it in the place of an earlier one, which stays as it was if anything fails.
pub(super) fn replace_directory(
    place: &Path,
    fill: impl FnOnce(&Path) -> Result<(), NotWritten>,
) -> Result<(), NotWritten> {
    let parent = place
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(at(parent))?;
    let scratch = tempfile::Builder::new()
        .prefix(".coexist-")
        .tempdir_in(parent)
        .map_err(at(parent))?;
    let new = scratch.path().join("new");
    fs::create_dir(&new).map_err(at(&new))?;
    fill(&new)?;
    let old = scratch.path().join("old");
    let had_old = place.exists();
    if had_old {
        fs::rename(place, &old).map_err(at(place))?;
    }
    if let Err(error) = fs::rename(&new, place) {
        if had_old {
            fs::rename(&old, place).map_err(at(place))?;
        }
        return Err(at(place)(error));
    }
    Ok(())
}

/// Writes every chart as SVG and PNG into a new directory.
pub(super) fn write_charts(dir: &Path, figures: &[(String, Figure)]) -> Result<(), NotWritten> {
    use rayon::prelude::*;
    fs::create_dir(dir).map_err(at(dir))?;
    figures.par_iter().try_for_each(|(name, figure)| {
        let svg = figure::svg(figure);
        let path = dir.join(format!("{name}.svg"));
        fs::write(&path, &svg).map_err(at(&path))?;
        let path = dir.join(format!("{name}.png"));
        let png = figure::png(&svg).map_err(at(&path))?;
        fs::write(&path, png).map_err(at(&path))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn earlier_results_stay_when_writing_fails_and_go_when_it_succeeds() {
        let root = tempfile::tempdir().unwrap();
        let place = root.path().join("a/b");
        let fill = |text: &'static str| {
            move |dir: &Path| fs::write(dir.join("manifest.json"), text).map_err(at(dir))
        };
        replace_directory(&place, fill("one")).unwrap();
        let failed = replace_directory(&place, |dir| {
            fs::write(dir.join("half"), "x").map_err(at(dir))?;
            Err(NotWritten {
                path: dir.to_path_buf(),
                reason: "disk full".into(),
            })
        });
        assert!(failed.is_err());
        assert_eq!(fs::read_to_string(place.join("manifest.json")).unwrap(), "one");
        replace_directory(&place, fill("two")).unwrap();
        assert_eq!(fs::read_to_string(place.join("manifest.json")).unwrap(), "two");
        assert_eq!(
            fs::read_dir(place.parent().unwrap()).unwrap().count(),
            1,
            "nothing is left beside the results"
        );
    }

    #[test]
    fn a_directory_of_somebody_else_is_not_replaced() {
        let root = tempfile::tempdir().unwrap();
        assert!(check_is_ours(root.path(), MANIFEST).is_ok());
        fs::write(root.path().join("thesis.txt"), "").unwrap();
        assert!(check_is_ours(root.path(), MANIFEST).is_err());
        fs::write(root.path().join(MANIFEST), "").unwrap();
        assert!(check_is_ours(root.path(), MANIFEST).is_ok());
    }
}
