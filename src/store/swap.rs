//! Puts a filled folder in its place: in one step where the system can exchange two folders, otherwise in two steps that
//! [`rescue`] can mend.

use super::carry::{Foreign, leaves};
use super::listing::Listing;
use super::{NotWritten, at};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Complete results that wait to be put in their place; after an exchange, what was there before.
pub(super) const NEW: &str = "new";
/// What was at the place before, if the system cannot exchange.
pub(super) const OLD: &str = "old";
/// Results that are not complete.
pub(super) const FILLING: &str = "filling";
/// Earlier results that hold nothing foreign any more. They are deleted under this name: a process that ends meanwhile leaves
/// half of them.
pub(super) const GONE: &str = "gone";

/// Why results could not be put in their place.
#[derive(Debug)]
pub(super) enum NotPut {
    /// Everything is as it was.
    AsBefore(io::Error),
    /// The earlier results could be taken away, but neither the new ones put there nor the earlier ones back.
    Away(io::Error),
}

/// Moves a folder, or exchanges two.
type Move = fn(&Path, &Path) -> io::Result<()>;

/// Puts `NEW` of a scratch folder in the place; gives where the earlier results are now, if there were any.
pub(super) fn put(scratch: &Path, place: &Path) -> Result<Option<PathBuf>, NotPut> {
    put_by(scratch, place, exchange, |from, to| fs::rename(from, to))
}

fn put_by(scratch: &Path, place: &Path, exchange: Move, rename: Move) -> Result<Option<PathBuf>, NotPut> {
    let (new, old) = (scratch.join(NEW), scratch.join(OLD));
    if fs::symlink_metadata(place).is_err() {
        return rename(&new, place).map(|()| None).map_err(NotPut::AsBefore);
    }
    if exchange(&new, place).is_ok() {
        return Ok(Some(new));
    }
    rename(place, &old).map_err(NotPut::AsBefore)?;
    let Err(error) = rename(&new, place) else {
        return Ok(Some(old));
    };
    match rename(&old, place) {
        Ok(()) => Err(NotPut::AsBefore(error)),
        Err(_) => Err(NotPut::Away(error)),
    }
}

/// Exchanges two folders in one step.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn exchange(_one: &Path, _other: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Mends what a process left that ended while it wrote to a place: earlier results that were taken away come back, foreign files
/// that were not carried over yet are.
///
/// # Errors
/// If something cannot be moved; it is then still in the scratch folder.
pub(super) fn rescue(scratch: &Path, place: &Path) -> Result<(), NotWritten> {
    let is_there = |path: &Path| fs::symlink_metadata(path).is_ok();
    let old = scratch.join(OLD);
    if !is_there(place) && is_there(&old) {
        fs::rename(&old, place).map_err(at(place))?;
    }
    for left in [old, scratch.join(NEW)] {
        if !is_there(&left) {
            continue;
        }
        // Without a manifest that can be read there is nothing to tell ours from foreign by: then nothing is deleted.
        let Ok(listing) = Listing::read(&left) else {
            let is_empty = fs::read_dir(&left).is_ok_and(|mut entries| entries.next().is_none());
            if is_empty {
                continue;
            }
            let reason = format!(
                "{} has no manifest that can be read; move what it holds",
                left.display()
            );
            return Err(NotWritten {
                path: place.into(),
                reason,
            });
        };
        let foreign = Foreign(&listing);
        if is_there(place) {
            foreign.carry(&left, place)?;
        } else if (leaves(&left).map_err(at(&left))?.iter()).any(|name| foreign.is_foreign(name)) {
            fs::rename(&left, place).map_err(at(place))?;
            continue;
        }
        discard(scratch, &left)?;
    }
    for left in [FILLING, GONE].map(|name| scratch.join(name)) {
        if is_there(&left) {
            fs::remove_dir_all(&left).map_err(at(&left))?;
        }
    }
    Ok(())
}

/// Deletes earlier results that hold nothing foreign any more.
///
/// # Errors
/// If they cannot be taken away.
pub(super) fn discard(scratch: &Path, left: &Path) -> Result<(), NotWritten> {
    let gone = scratch.join(GONE);
    let _ = fs::remove_dir_all(&gone);
    fs::rename(left, &gone).map_err(at(left))?;
    // What cannot be deleted now is deleted with the scratch folder, or by the next run.
    let _ = fs::remove_dir_all(&gone);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::MANIFEST;

    const OLD_NOTE: &str = "my remarks";

    /// A place with results of world `one` and a foreign file, and complete results `two` in a scratch folder beside it.
    fn before(root: &Path) -> (PathBuf, PathBuf) {
        let (scratch, place) = (root.join("scratch"), root.join("place"));
        let new = scratch.join(NEW);
        fs::create_dir_all(&new).unwrap();
        fs::create_dir_all(place.join("slides")).unwrap();
        for (dir, text) in [(&place, "one"), (&new, "two")] {
            let digest = blake3::hash(text.as_bytes()).to_hex();
            let files = format!(r#""files":{{"levels.csv":"{digest}"}}"#);
            let manifest =
                format!(r#"{{"schema":2,"program":"coexist","analysis":"gate","scenario":"x",{files}}}"#);
            fs::write(dir.join(MANIFEST), manifest).unwrap();
            fs::write(dir.join("levels.csv"), text).unwrap();
        }
        fs::write(place.join("notes.txt"), OLD_NOTE).unwrap();
        fs::write(place.join("slides/a"), OLD_NOTE).unwrap();
        (scratch, place)
    }

    fn is_there(place: &Path, text: &str) {
        assert_eq!(fs::read_to_string(place.join("levels.csv")).unwrap(), text);
        for name in ["notes.txt", "slides/a"] {
            assert_eq!(fs::read_to_string(place.join(name)).unwrap(), OLD_NOTE, "{name}");
        }
        assert_eq!(fs::read_dir(place).unwrap().count(), 4);
    }

    fn fails(_: &Path, _: &Path) -> io::Result<()> {
        Err(io::Error::other("not possible"))
    }

    fn moves(from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn takes_away_only(from: &Path, to: &Path) -> io::Result<()> {
        if to.ends_with(OLD) {
            fs::rename(from, to)
        } else {
            fails(from, to)
        }
    }

    fn does_not_put(from: &Path, to: &Path) -> io::Result<()> {
        if from.ends_with(NEW) {
            fails(from, to)
        } else {
            fs::rename(from, to)
        }
    }

    #[test]
    fn a_process_that_ends_behind_any_step_loses_nothing() {
        let root = tempfile::tempdir().unwrap();
        // Before anything was moved.
        let (scratch, place) = before(&root.path().join("a"));
        for unfinished in [FILLING, GONE] {
            fs::create_dir(scratch.join(unfinished)).unwrap();
            fs::write(scratch.join(unfinished).join("levels.csv"), "half").unwrap();
        }
        rescue(&scratch, &place).unwrap();
        is_there(&place, "one");
        assert_eq!(fs::read_dir(&scratch).unwrap().count(), 0);
        // After an exchange, and after two steps: the foreign files are not carried over yet.
        let exchanges: [Move; 2] = [exchange, fails];
        for (name, exchange) in ["b", "c"].into_iter().zip(exchanges) {
            let (scratch, place) = before(&root.path().join(name));
            put_by(&scratch, &place, exchange, moves).unwrap();
            rescue(&scratch, &place).unwrap();
            is_there(&place, "two");
            assert_eq!(fs::read_dir(&scratch).unwrap().count(), 0, "{name}");
        }
        // Between the two steps.
        let (scratch, place) = before(&root.path().join("d"));
        fs::rename(&place, scratch.join(OLD)).unwrap();
        rescue(&scratch, &place).unwrap();
        is_there(&place, "one");
    }

    #[test]
    fn what_cannot_be_put_is_as_before_or_still_there() {
        let root = tempfile::tempdir().unwrap();
        for (name, rename) in [("a", fails as Move), ("b", does_not_put)] {
            let (scratch, place) = before(&root.path().join(name));
            let put = put_by(&scratch, &place, fails, rename);
            assert!(matches!(put, Err(NotPut::AsBefore(_))), "{name}");
            is_there(&place, "one");
            assert_eq!(
                fs::read_to_string(scratch.join(NEW).join("levels.csv")).unwrap(),
                "two"
            );
        }
        let (scratch, place) = before(&root.path().join("c"));
        let put = put_by(&scratch, &place, fails, takes_away_only);
        assert!(matches!(put, Err(NotPut::Away(_))));
        is_there(&scratch.join(OLD), "one");
        assert_eq!(
            fs::read_to_string(scratch.join(NEW).join("levels.csv")).unwrap(),
            "two"
        );
        rescue(&scratch, &place).unwrap();
        is_there(&place, "one");
    }

    #[test]
    fn what_was_changed_or_saved_anew_meanwhile_is_kept_under_another_name() {
        let root = tempfile::tempdir().unwrap();
        let (scratch, place) = before(root.path());
        fs::write(place.join("levels.csv"), "edited by hand").unwrap();
        put_by(&scratch, &place, fails, moves).unwrap();
        fs::write(place.join("notes.txt"), "by a synchronised folder").unwrap();
        rescue(&scratch, &place).unwrap();
        let read = |name: &str| fs::read_to_string(place.join(name)).unwrap();
        assert_eq!(read("levels.csv"), "two");
        assert_eq!(read("levels.changed.csv"), "edited by hand");
        assert_eq!(read("notes.txt"), "by a synchronised folder");
        assert_eq!(read("notes.changed.txt"), OLD_NOTE);
    }
}
