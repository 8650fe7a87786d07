//! Claims: a place that will be written to, found fit for it before the work begins.

use super::carry::{Foreign, beside, leaves};
use super::kind::Kind;
use super::listing::{self, Listing, Unlike, manifest_text};
use super::scratch::{Live, Made, Scratch, undisturbed};
use super::swap::{self, FILLING, NEW, NotPut};
use super::{CHARTS, EXCEL, MANIFEST, NotWritten, at, write_json};
use crate::mutant;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Who will write, and what.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    /// The command.
    pub kind: &'static Kind,
    /// Name of the scenario.
    pub scenario: &'a str,
    /// Files that are read and so must never be replaced.
    pub inputs: &'a [PathBuf],
}

/// Why nothing can be written to a place; everything is as it was.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refused {
    /// Another process is writing there.
    Busy(PathBuf),
    /// Any other reason, with what to do.
    Because(String),
}

impl std::fmt::Display for Refused {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refused::Busy(place) => {
                let place = place.display();
                let what =
                    "is being written by another run; add --wait to wait for it, or choose another --out";
                write!(formatter, "{place} {what}")
            }
            Refused::Because(reason) => formatter.write_str(reason),
        }
    }
}

/// A place that this process alone will write to.
pub struct Claim {
    /// The place as given.
    shown: PathBuf,
    /// The place, without links.
    place: PathBuf,
    kind: &'static Kind,
    scenario: String,
    /// What is at the place.
    earlier: Option<Listing>,
    scratch: Scratch,
    /// Dropped after the scratch folder, which lies in them.
    _made: Vec<Made>,
}

/// What was written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Written {
    /// Where, as given.
    pub place: PathBuf,
    /// What people should know about it, in sentences.
    pub notes: Vec<String>,
}

/// Claims a place: everything that could refuse results there is looked for now. What dead processes left beside it is mended
/// and removed.
///
/// # Errors
/// If the place is of somebody else, holds foreign files with names that will be written, is being written by another process,
/// or cannot be written.
pub fn claim(place: &Path, owner: Owner<'_>) -> Result<Claim, Refused> {
    let cannot = |error: io::Error| Refused::Because(format!("could not write {}: {error}", place.display()));
    let (resolved, made) = resolve(place)?;
    let parent = resolved.parent().expect("a resolved place lies in a folder");
    let name = resolved.file_name().expect("a resolved place has a name");
    let name = name.to_str().ok_or_else(|| {
        Refused::Because(format!(
            "{}: choose a name that is plain text for --out",
            place.display()
        ))
    })?;
    let scratch = Scratch::take(parent, name).map_err(cannot)?;
    let scratch = scratch.ok_or_else(|| Refused::Busy(place.into()))?;
    let mut claim = Claim {
        shown: place.into(),
        place: resolved.clone(),
        kind: owner.kind,
        scenario: owner.scenario.into(),
        earlier: None,
        scratch,
        _made: made,
    };
    claim.mend()?;
    for (name, mut abandoned) in Scratch::abandoned(parent) {
        // What cannot be rescued now stays until somebody writes to that place, who is then told.
        if swap::rescue(&abandoned.dir, &parent.join(name)).is_err() {
            abandoned.keep(&mut undisturbed());
        }
    }
    if !mutant::is("refused-late") {
        claim.look(owner.inputs)?;
    }
    Ok(claim)
}

/// A place without links, in a folder that is there.
fn resolve(place: &Path) -> Result<(PathBuf, Vec<Made>), Refused> {
    let shown = place.display();
    let cannot = |error: io::Error| Refused::Because(format!("could not write {shown}: {error}"));
    let is_link = fs::symlink_metadata(place).is_ok_and(|found| found.is_symlink());
    let (resolved, made) = match fs::canonicalize(place) {
        Ok(resolved) => (resolved, Vec::new()),
        Err(error) if error.kind() == io::ErrorKind::NotFound && is_link => {
            let what = "is a link to a folder that is not there; make that folder, or choose another --out";
            return Err(Refused::Because(format!("{shown} {what}")));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let name = place
                .file_name()
                .ok_or_else(|| cannot(io::ErrorKind::InvalidInput.into()))?;
            let above = place.parent().filter(|above| !above.as_os_str().is_empty());
            let above = above.unwrap_or(Path::new("."));
            let made = Made::all(above).map_err(|error| Refused::Because(not_made(above, &error)))?;
            (fs::canonicalize(above).map_err(cannot)?.join(name), made)
        }
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return Err(Refused::Because(not_made(place, &error)));
        }
        Err(error) => return Err(cannot(error)),
    };
    if resolved.exists() && !resolved.is_dir() {
        return Err(Refused::Because(format!(
            "{shown} is a file, not a folder; choose another --out"
        )));
    }
    if resolved.parent().is_none() {
        return Err(Refused::Because(format!(
            "{shown} is the root of the disk; choose another --out"
        )));
    }
    Ok((resolved, made))
}

fn not_made(dir: &Path, error: &io::Error) -> String {
    let file = dir.ancestors().find(|above| above.exists() && !above.is_dir());
    match file {
        Some(file) => format!("{} is a file, not a folder; choose another --out", file.display()),
        None => format!("could not make {}: {error}; choose another --out", dir.display()),
    }
}

impl Claim {
    /// Mends what a process left that ended while it wrote here.
    fn mend(&mut self) -> Result<(), Refused> {
        swap::rescue(&self.scratch.dir, &self.place).map_err(|error| {
            self.scratch.keep(&mut undisturbed());
            let scratch = self.scratch.dir.display();
            let what = "an interrupted run left files that cannot be moved back";
            Refused::Because(format!(
                "{scratch}: {what}: {error}; move them by hand, or choose another --out"
            ))
        })
    }

    /// Looks at what is at the place: whose it is, and what stands in the way.
    fn look(&mut self, inputs: &[PathBuf]) -> Result<(), Refused> {
        let found = leaves(&self.place);
        let found = match found {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            found => found.map_err(|error| Refused::Because(format!("{}: {error}", self.shown.display())))?,
        };
        if found.is_empty() {
            self.earlier = None;
            return Ok(());
        }
        let listing = Listing::of(&self.place, self.kind, &self.scenario);
        let listing = listing.map_err(|why| Refused::Because(self.not_ours(&why)))?;
        self.in_the_way(&found, &listing, inputs)?;
        self.earlier = Some(listing);
        Ok(())
    }

    fn not_ours(&self, why: &Unlike) -> String {
        let (place, kind, scenario) = (self.shown.display(), self.kind.analysis, &self.scenario);
        let choose = "choose another --out";
        match why {
            Unlike::Missing => {
                format!("{place} holds files, but no {MANIFEST}: not written by this program; {choose}")
            }
            Unlike::Foreign => {
                format!("{place} holds files, and its {MANIFEST} is not one of this program; {choose}")
            }
            Unlike::Layout(schema) => format!(
                "{place} holds results of another version (layout {schema}, this one writes {}); move or delete them, or {choose}",
                listing::SCHEMA
            ),
            Unlike::Other(analysis, of) => format!(
                "{place} holds the results of `{analysis}` of scenario `{of}`, not those of `{kind}` of `{scenario}`; {choose}"
            ),
        }
    }

    /// Refuses foreign files with names that will be written, and files that are being read.
    fn in_the_way(&self, found: &[String], listing: &Listing, inputs: &[PathBuf]) -> Result<(), Refused> {
        let foreign = Foreign(listing);
        let is_folder = |name: &str| [CHARTS, EXCEL].contains(&name);
        let is_needed = |name: &str| {
            let head = name.split('/').next().unwrap_or(name);
            self.kind.writes(name) || (name != head && self.kind.writes(head)) || is_folder(name)
        };
        let is_input = |name: &str| {
            let path = fs::canonicalize(self.place.join(name)).ok();
            path.is_some() && inputs.iter().any(|input| fs::canonicalize(input).ok() == path)
        };
        let is_folder_already =
            |name: &str| is_folder(name) && self.place.join(name).is_dir() && !self.is_link(name);
        let mut names: Vec<&str> = (found.iter().map(String::as_str))
            .filter(|name| foreign.is_foreign(name) && is_needed(name) && !is_folder_already(name))
            .collect();
        names.extend(
            found
                .iter()
                .map(String::as_str)
                .filter(|name| !foreign.is_foreign(name) && is_input(name)),
        );
        if names.is_empty() {
            return Ok(());
        }
        let (place, names) = (self.shown.display(), names.join(", "));
        let what = "not written by this program, and needed for a file of that name";
        Err(Refused::Because(format!(
            "{place} holds {names}: {what}; move it, or choose another --out"
        )))
    }

    fn is_link(&self, name: &str) -> bool {
        fs::symlink_metadata(self.place.join(name)).is_ok_and(|found| found.is_symlink())
    }

    /// Fills a folder with new results and puts it in the place: all of them or none. The filling gives the manifest, which gets
    /// the list of the files.
    /// Charts of earlier results that are the same in all that their manifest says are kept if the new ones have none.
    ///
    /// # Errors
    /// If anything cannot be written: earlier results are then as they were. If they are complete and only cannot be put in the
    /// place, they stay whole beside it, and the error says where.
    pub fn write<M: Serialize>(
        mut self,
        fill: impl FnOnce(&Path) -> Result<M, NotWritten>,
    ) -> Result<Written, NotWritten> {
        let dir = self.scratch.dir.join(FILLING);
        fs::create_dir(&dir).map_err(at(&dir))?;
        let manifest = &fill(&dir).map_err(|error| self.named(error))?;
        let mut notes = Vec::new();
        self.charts(&dir, manifest, &mut notes)?;
        let files = listed(&dir, self.kind)?;
        write_json(
            &dir.join(MANIFEST),
            &Listed {
                manifest,
                files: &files,
            },
        )?;
        settle(&dir).map_err(at(&dir))?;
        self.put(&dir, &mut notes)?;
        Ok(Written {
            place: self.shown.clone(),
            notes,
        })
    }

    /// An error about a file in the scratch folder, by the name that the file would have had.
    fn named(&self, error: NotWritten) -> NotWritten {
        let inside = error
            .path
            .strip_prefix(self.scratch.dir.join(FILLING))
            .map(Path::to_path_buf);
        NotWritten {
            path: inside.map_or(error.path, |inside| self.shown.join(inside)),
            reason: error.reason,
        }
    }

    /// Keeps charts of earlier results if they still fit, or says that they go.
    fn charts<M: Serialize>(
        &self,
        dir: &Path,
        manifest: &M,
        notes: &mut Vec<String>,
    ) -> Result<(), NotWritten> {
        let Some(earlier) = &self.earlier else {
            return Ok(());
        };
        let charts: Vec<&String> = (earlier.files.keys())
            .filter(|name| name.starts_with("charts/") && earlier.owns(name))
            .collect();
        if charts.is_empty() || dir.join(CHARTS).exists() {
            return Ok(());
        }
        if !is_unchanged(&self.place, manifest) {
            let place = self.shown.join(CHARTS);
            notes.push(format!(
                "{} are gone: they showed earlier results; leave out --no-charts to draw new ones",
                place.display()
            ));
            return Ok(());
        }
        fs::create_dir(dir.join(CHARTS)).map_err(at(dir))?;
        for name in charts {
            let from = self.place.join(name);
            let is_as_written = fs::symlink_metadata(&from).is_ok_and(|found| found.is_file())
                && earlier.is_as_written(&self.place, name);
            if is_as_written {
                fs::copy(&from, dir.join(name)).map_err(at(&from))?;
            }
        }
        Ok(())
    }

    /// Puts a complete folder in the place.
    fn put(&mut self, dir: &Path, notes: &mut Vec<String>) -> Result<(), NotWritten> {
        let live = &mut undisturbed();
        // Others may have written here meanwhile, who know no lock: a synchronised folder, a person.
        let before = self.earlier.clone();
        if let Err(why) = self.look(&[]) {
            return Err(self.keep_beside(dir, &why.to_string(), live));
        }
        if let Some(earlier) = &self.earlier {
            Foreign(earlier).link(&self.place, dir);
        }
        let new = self.scratch.dir.join(NEW);
        fs::rename(dir, &new).map_err(at(dir))?;
        match swap::put(&self.scratch.dir, &self.place) {
            Ok(None) => Ok(()),
            Ok(Some(away)) => self.carry(&away, before, notes, live),
            Err(NotPut::AsBefore(error)) => Err(self.keep_beside(&new, &error.to_string(), live)),
            Err(NotPut::Away(error)) => {
                self.scratch.keep(live);
                let scratch = self.scratch.dir.display();
                let reason = format!(
                    "{error}; nothing is lost: the earlier results are in {scratch}/{}, the new ones in {scratch}/{NEW}",
                    swap::OLD
                );
                Err(NotWritten {
                    path: self.shown.clone(),
                    reason,
                })
            }
        }
    }

    /// Carries foreign files from the earlier results to the new ones, then removes the earlier ones.
    fn carry(
        &mut self,
        away: &Path,
        before: Option<Listing>,
        notes: &mut Vec<String>,
        live: &mut Live,
    ) -> Result<(), NotWritten> {
        let Some(earlier) = self.earlier.take().or(before) else {
            return Ok(());
        };
        match Foreign(&earlier).carry(away, &self.place) {
            Ok(renamed) => {
                let place = self.shown.display();
                let say = |name| format!("{place}/{name} was kept: it had been changed since it was written");
                notes.extend(renamed.into_iter().map(say));
                swap::discard(&self.scratch.dir, away)
            }
            Err(error) => {
                self.scratch.keep(live);
                let reason = format!("{}; it is still in {}", error.reason, away.display());
                Err(NotWritten {
                    path: error.path,
                    reason,
                })
            }
        }
    }

    /// Keeps complete results beside a place where they cannot be put.
    fn keep_beside(&mut self, dir: &Path, why: &str, live: &mut Live) -> NotWritten {
        let free = |path: &PathBuf| {
            let is_ours = Listing::of(path, self.kind, &self.scenario);
            let has_foreign = |listing: &Listing| {
                leaves(path).is_ok_and(|names| names.iter().any(|name| !listing.owns(name)))
            };
            match is_ours {
                Ok(listing) if !has_foreign(&listing) => fs::remove_dir_all(path).is_ok(),
                _ => fs::symlink_metadata(path).is_err(),
            }
        };
        let beside = (1..100).map(|number| beside(&self.place, number)).find(free);
        let moved = beside.filter(|beside| fs::rename(dir, beside).is_ok());
        let kept = moved.unwrap_or_else(|| {
            self.scratch.keep(live);
            dir.to_path_buf()
        });
        let name = kept.file_name().unwrap_or_default();
        let shown = if kept.parent() == self.place.parent() {
            self.shown.with_file_name(name)
        } else {
            kept.clone()
        };
        let reason = format!(
            "{why}. The new results are whole in {}: close what holds files of the old ones open, then rename it, or run again",
            shown.display()
        );
        NotWritten {
            path: self.shown.clone(),
            reason,
        }
    }
}

/// A manifest with the list of the files.
#[derive(Serialize)]
struct Listed<'a, M> {
    #[serde(flatten)]
    manifest: &'a M,
    files: &'a BTreeMap<String, String>,
}

/// The files of a folder with their digests.
fn listed(dir: &Path, kind: &Kind) -> Result<BTreeMap<String, String>, NotWritten> {
    let names = leaves(dir).map_err(at(dir))?;
    let listed = |name: String| {
        assert!(
            kind.writes(&name),
            "`{}` is not known to write {name}",
            kind.analysis
        );
        let path = dir.join(&name);
        let digest = listing::digest(&path).map_err(at(&path))?;
        Ok((name, digest))
    };
    names.into_iter().map(listed).collect()
}

/// Says the manifest at a place the same as this one, but for the list of files?
fn is_unchanged<M: Serialize>(place: &Path, manifest: &M) -> bool {
    let read = |text: String| serde_json::from_str::<serde_json::Value>(&text).ok();
    let earlier = manifest_text(place).ok().and_then(read);
    let earlier = earlier.map(|mut earlier| {
        if let Some(keys) = earlier.as_object_mut() {
            keys.remove("files");
        }
        earlier
    });
    earlier.is_some() && earlier == serde_json::to_value(manifest).ok()
}

/// Waits until the disk has what was written, so that a machine that stops has all of it at the place or nothing.
fn settle(dir: &Path) -> io::Result<()> {
    for name in leaves(dir)? {
        fs::OpenOptions::new()
            .write(true)
            .open(dir.join(name))?
            .sync_all()?;
    }
    Ok(())
}
