//! Foreign files: linked into the results that will take the place, and carried over from those that were there.

use super::listing::{self, Listing};
use super::{NotWritten, at};
use std::fs::{self, DirEntry, Metadata};
use std::io;
use std::path::{Path, PathBuf};

/// Everything in a folder that is no folder itself, and empty folders: names relative to it, with `/`, in their order. Links
/// are not followed.
///
/// # Errors
/// If a folder cannot be read.
pub(super) fn leaves(dir: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    leaves_below(dir, "", &mut found)?;
    found.sort_unstable();
    Ok(found)
}

fn leaves_below(dir: &Path, above: &str, found: &mut Vec<String>) -> io::Result<()> {
    let mut is_empty = true;
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        is_empty = false;
        let name = format!("{above}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            leaves_below(&entry.path(), &format!("{name}/"), found)?;
        } else {
            found.push(name);
        }
    }
    if is_empty && !above.is_empty() {
        found.push(above.trim_end_matches('/').into());
    }
    Ok(())
}

/// What lies in a results folder that is not ours: not in this listing.
pub(super) struct Foreign<'a>(pub(super) &'a Listing);

impl Foreign<'_> {
    /// Is this entry foreign? A link is ours if its name is; what it points to is not looked at.
    pub(super) fn is_foreign(&self, name: &str) -> bool {
        !self.0.owns(name)
    }

    /// Was a file of ours changed since it was written? Links were not written by us: they only go.
    fn is_changed(&self, name: &str, path: &Path) -> bool {
        let listed = self.0.files.get(name);
        let is_file = fs::symlink_metadata(path).is_ok_and(|found| found.is_file());
        is_file && listed.is_some_and(|listed| listing::digest(path).is_ok_and(|digest| digest != *listed))
    }

    /// The entries of a folder with their names.
    fn entries(dir: &Path, above: &str) -> io::Result<Vec<(DirEntry, String)>> {
        let named = |entry: io::Result<DirEntry>| {
            let entry = entry?;
            let name = format!("{above}{}", entry.file_name().to_string_lossy());
            Ok((entry, name))
        };
        fs::read_dir(dir)?.map(named).collect()
    }

    /// Links everything foreign of one folder into another, as far as its file system can; what cannot be linked is left
    /// out.
    pub(super) fn link(&self, from: &Path, into: &Path) {
        self.link_below(from, into, "");
    }

    fn link_below(&self, from: &Path, into: &Path, above: &str) {
        for (entry, name) in Foreign::entries(from, above).unwrap_or_default() {
            let (path, target) = (entry.path(), into.join(entry.file_name()));
            if !entry.file_type().is_ok_and(|found| found.is_dir()) {
                if self.is_foreign(&name) {
                    let _ = fs::hard_link(&path, &target);
                }
            } else if target.is_dir()
                || self.holds_foreign(&path, &name) && copy_folder(&path, &target).is_ok()
            {
                self.link_below(&path, &target, &format!("{name}/"));
            }
        }
    }

    /// Is anything foreign below this folder, or is it foreign and empty?
    fn holds_foreign(&self, dir: &Path, name: &str) -> bool {
        let below = leaves(dir).unwrap_or_default();
        below.is_empty()
            || below
                .iter()
                .any(|leaf| self.is_foreign(&format!("{name}/{leaf}")))
    }

    /// Moves everything foreign of one folder into another, where it is not there already, and files of ours that were changed
    /// since they were written, under another name. Gives the names of those.
    ///
    /// # Errors
    /// If anything cannot be moved; it is then where it was.
    pub(super) fn carry(&self, from: &Path, into: &Path) -> Result<Vec<String>, NotWritten> {
        let mut renamed = Vec::new();
        self.carry_below(from, into, "", &mut renamed)?;
        Ok(renamed)
    }

    fn carry_below(
        &self,
        from: &Path,
        into: &Path,
        above: &str,
        renamed: &mut Vec<String>,
    ) -> Result<(), NotWritten> {
        for (entry, name) in Foreign::entries(from, above).map_err(at(from))? {
            let (path, target) = (entry.path(), into.join(entry.file_name()));
            let there = fs::symlink_metadata(&target).ok();
            let own = entry.metadata().map_err(at(&path))?;
            if own.is_dir() {
                match there {
                    None if !self.holds_foreign(&path, &name) => {}
                    None if self.is_whole(&path, &name) => fs::rename(&path, &target).map_err(at(&target))?,
                    Some(there) if !there.is_dir() => {
                        move_beside(&path, &target, above, renamed)?;
                    }
                    there => {
                        if there.is_none() {
                            copy_folder(&path, &target).map_err(at(&target))?;
                        }
                        self.carry_below(&path, &target, &format!("{name}/"), renamed)?;
                    }
                }
            } else if self.is_foreign(&name) {
                match there {
                    None => fs::rename(&path, &target).map_err(at(&target))?,
                    Some(there) if is_same(&own, &there) => {}
                    Some(_) => move_beside(&path, &target, above, renamed)?,
                }
            } else if self.is_changed(&name, &path) {
                move_beside(&path, &target, above, renamed)?;
            }
        }
        Ok(())
    }

    /// Is everything in this folder foreign?
    fn is_whole(&self, dir: &Path, name: &str) -> bool {
        let below = leaves(dir).unwrap_or_default();
        below
            .iter()
            .all(|leaf| self.is_foreign(&format!("{name}/{leaf}")))
    }
}

/// Makes a folder with the permissions of another.
fn copy_folder(from: &Path, into: &Path) -> io::Result<()> {
    fs::create_dir(into)?;
    fs::set_permissions(into, fs::metadata(from)?.permissions())
}

/// Moves a file to a free name beside its target: `summary.changed.csv`, then `summary.changed-2.csv`.
fn move_beside(from: &Path, target: &Path, above: &str, renamed: &mut Vec<String>) -> Result<(), NotWritten> {
    let stem = target.file_stem().unwrap_or_default().to_string_lossy();
    let extension = target
        .extension()
        .map(|extension| format!(".{}", extension.to_string_lossy()));
    let name = |number: usize| {
        let number = if number < 2 {
            String::new()
        } else {
            format!("-{number}")
        };
        format!(
            "{stem}.changed{number}{}",
            extension.as_deref().unwrap_or_default()
        )
    };
    let free = (1..)
        .map(name)
        .find(|name| fs::symlink_metadata(target.with_file_name(name)).is_err())
        .expect("some number is free");
    let target = target.with_file_name(&free);
    fs::rename(from, &target).map_err(at(&target))?;
    renamed.push(format!("{above}{free}"));
    Ok(())
}

/// Are these the same file, linked twice?
#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Links of one file have all this in common; a file that was saved anew has not.
#[cfg(not(unix))]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    one.len() == other.len()
        && one.modified().ok() == other.modified().ok()
        && one.is_file()
        && other.is_file()
}

/// A name for a folder beside a place.
pub(super) fn beside(place: &Path, number: usize) -> PathBuf {
    let mut name = place.file_name().unwrap_or_default().to_os_string();
    name.push(".new");
    if number > 1 {
        name.push(format!("-{number}"));
    }
    place.with_file_name(name)
}
