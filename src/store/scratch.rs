//! Scratch folders: one beside each place that is being written to, held by a lock of the process.
//!
//! The lock is the operating system's: it ends with the process that holds it, however that ends, on every machine that sees
//! the folder. A scratch folder whose lock can be taken belongs to nobody any more.

use crate::mutant;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What the names of all scratch folders begin with; the name of the place follows.
const PREFIX: &str = ".coexist-";
/// The file that is locked.
const LOCK: &str = "lock";

/// What this process has on the disk that is no result: scratch folders, then folders made for results that were still empty.
static LIVE: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// What [`clean_up`] would remove; while somebody holds it, it waits.
pub(super) type Live = MutexGuard<'static, Vec<PathBuf>>;

/// Keeps [`clean_up`] away while results are put in their place.
pub(super) fn undisturbed() -> Live {
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What was left after [`clean_up`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Left {
    /// Something was being written, and was removed.
    EarlierResults,
    /// Nothing was being written.
    Nothing,
}

/// Removes what this process has left to write; for a process that is told to end. Waits for results that are just being
/// put in their place. Does not return the lock, so that nothing is written afterwards.
pub fn clean_up() -> Left {
    let live = undisturbed();
    for path in live.iter().rev() {
        // Somebody may be writing into it still: what appears meanwhile goes, too.
        for _ in 0..20 {
            let gone = if is_scratch(path) {
                fs::remove_dir_all(path)
            } else {
                fs::remove_dir(path)
            };
            match gone {
                Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty && is_scratch(path) => {}
                _ => break,
            }
        }
    }
    let left = if live.is_empty() {
        Left::Nothing
    } else {
        Left::EarlierResults
    };
    std::mem::forget(live);
    left
}

fn is_scratch(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with(PREFIX))
}

/// A folder that this process made for results. It goes with the claim if it is still empty.
pub(super) struct Made(PathBuf);

impl Made {
    /// Makes a folder and those above it, as far as they are missing; gives the innermost first, so that they go in this order.
    ///
    /// # Errors
    /// If one cannot be made.
    pub(super) fn all(dir: &Path) -> io::Result<Vec<Made>> {
        let missing = |dir: &&Path| !dir.as_os_str().is_empty() && !dir.exists();
        let mut above: Vec<&Path> = dir.ancestors().take_while(missing).collect();
        above.reverse();
        let mut made = Vec::new();
        for dir in above {
            match fs::create_dir(dir) {
                Ok(()) => {
                    undisturbed().push(dir.to_path_buf());
                    made.push(Made(dir.to_path_buf()));
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && dir.is_dir() => {}
                Err(error) => return Err(error),
            }
        }
        made.reverse();
        Ok(made)
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        undisturbed().retain(|path| *path != self.0);
        let _ = fs::remove_dir(&self.0);
    }
}

/// What came of locking a scratch folder.
enum Lock {
    /// It is ours now.
    Taken(Scratch),
    /// Another process holds it.
    Held,
    /// It went away meanwhile.
    Gone,
}

/// A scratch folder that this process holds.
pub(super) struct Scratch {
    /// The folder.
    pub(super) dir: PathBuf,
    /// Held until the end.
    lock: Option<File>,
    kept: bool,
}

impl Scratch {
    /// Takes the scratch folder of the place of this name in a folder; `None` while another process holds it.
    ///
    /// # Errors
    /// If it cannot be made.
    pub(super) fn take(parent: &Path, name: &str) -> io::Result<Option<Scratch>> {
        let dir = parent.join(format!("{PREFIX}{name}"));
        loop {
            match fs::create_dir(&dir) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => {}
            }
            if !fs::symlink_metadata(&dir).is_ok_and(|found| found.is_dir()) {
                return Err(io::Error::other(format!("{} is not a folder", dir.display())));
            }
            match Scratch::lock(&dir, true)? {
                Lock::Taken(scratch) => return Ok(Some(scratch)),
                Lock::Held => return Ok(None),
                Lock::Gone => {}
            }
        }
    }

    /// The scratch folders in a folder whose processes are gone, and the names of their places.
    pub(super) fn abandoned(parent: &Path) -> Vec<(String, Scratch)> {
        let Some(entries) = fs::read_dir(parent).ok().filter(|_| !mutant::is("scratch-stays")) else {
            return Vec::new();
        };
        let name = |entry: fs::DirEntry| entry.file_name().to_str()?.strip_prefix(PREFIX).map(String::from);
        let take = |name: String| {
            let dir = parent.join(format!("{PREFIX}{name}"));
            let is_one =
                dir.join(LOCK).is_file() && fs::symlink_metadata(&dir).is_ok_and(|found| found.is_dir());
            let lock = if is_one {
                Scratch::lock(&dir, false).ok()?
            } else {
                Lock::Gone
            };
            match lock {
                Lock::Taken(scratch) => Some((name, scratch)),
                Lock::Held | Lock::Gone => None,
            }
        };
        entries
            .filter_map(|entry| name(entry.ok()?))
            .filter_map(take)
            .collect()
    }

    /// Locks a scratch folder; `anyway`, if its file system knows no locks.
    fn lock(dir: &Path, anyway: bool) -> io::Result<Lock> {
        let path = dir.join(LOCK);
        let lock = match OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
        {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Lock::Gone),
            opened => opened?,
        };
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) if mutant::is("two-write-at-once") => {}
            Err(TryLockError::WouldBlock) => return Ok(Lock::Held),
            Err(TryLockError::Error(error)) if anyway && error.kind() == io::ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(error),
        }
        if !is_same(&lock, &path) {
            return Ok(Lock::Gone);
        }
        undisturbed().push(dir.to_path_buf());
        Ok(Lock::Taken(Scratch {
            dir: dir.to_path_buf(),
            lock: Some(lock),
            kept: false,
        }))
    }

    /// Leaves what it holds on the disk, whatever happens: for what could not be put anywhere else.
    pub(super) fn keep(&mut self, live: &mut Live) {
        live.retain(|path| *path != self.dir);
        self.kept = true;
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        undisturbed().retain(|path| *path != self.dir);
        let Ok(entries) = fs::read_dir(&self.dir) else {
            return;
        };
        // The lock goes last: until then nobody else takes the folder for its own.
        for entry in entries.flatten().filter(|entry| entry.file_name() != LOCK) {
            let path = entry.path();
            let _ = fs::remove_dir_all(&path).or_else(|_| fs::remove_file(&path));
        }
        let lock = self.dir.join(LOCK);
        let _ = fs::remove_file(&lock);
        if cfg!(windows) {
            // There, a folder is not empty while somebody holds a file of it.
            self.lock.take();
            let _ = fs::remove_file(&lock);
        }
        let _ = fs::remove_dir(&self.dir);
        if let Some(lock) = self.lock.take() {
            let _ = lock.unlock();
        }
    }
}

/// Is the file that is open the one at this path still?
#[cfg(unix)]
fn is_same(open: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let (Ok(open), Ok(there)) = (open.metadata(), fs::symlink_metadata(path)) else {
        return false;
    };
    (open.dev(), open.ino()) == (there.dev(), there.ino())
}

#[cfg(not(unix))]
fn is_same(_open: &File, path: &Path) -> bool {
    path.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scratch_folder_is_held_by_one_and_goes_with_it() {
        let parent = tempfile::tempdir().unwrap();
        let first = Scratch::take(parent.path(), "x")
            .unwrap()
            .expect("nobody holds it");
        assert!(Scratch::take(parent.path(), "x").unwrap().is_none());
        assert!(Scratch::take(parent.path(), "y").unwrap().is_some());
        assert!(Scratch::abandoned(parent.path()).is_empty());
        fs::create_dir(first.dir.join("filling")).unwrap();
        drop(first);
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
        assert!(Scratch::take(parent.path(), "x").unwrap().is_some());
    }

    #[test]
    fn what_a_dead_process_left_is_found_and_a_folder_without_a_lock_is_not_touched() {
        let parent = tempfile::tempdir().unwrap();
        fs::create_dir(parent.path().join(".coexist-notes")).unwrap();
        let mut left = Scratch::take(parent.path(), "x")
            .unwrap()
            .expect("nobody holds it");
        left.keep(&mut undisturbed());
        drop(left);
        let names: Vec<String> = (Scratch::abandoned(parent.path()).into_iter())
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names, ["x"]);
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 1);
    }

    #[test]
    fn folders_made_for_results_go_if_nothing_came_into_them() {
        let parent = tempfile::tempdir().unwrap();
        let (a, b) = (parent.path().join("a"), parent.path().join("a/b"));
        drop(Made::all(&b).unwrap());
        assert!(!a.exists());
        let made = Made::all(&b).unwrap();
        fs::write(b.join("file"), "").unwrap();
        drop(made);
        assert!(b.join("file").exists());
    }
}
