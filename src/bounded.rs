//! Files read with a bound: nothing that is read can block, or fill the memory.

use crate::mutant;
use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::path::Path;

/// Opens a file for reading.
///
/// # Errors
/// If it cannot be opened, is no ordinary file (a folder, a pipe, a device), or is larger than `most` bytes.
pub fn open(path: &Path, most: u64) -> io::Result<File> {
    check(&fs::metadata(path)?, most)?;
    let file = File::open(path)?;
    // It may have been replaced meanwhile.
    check(&file.metadata()?, most)?;
    Ok(file)
}

fn check(found: &fs::Metadata, most: u64) -> io::Result<()> {
    if found.is_dir() {
        Err(io::ErrorKind::IsADirectory.into())
    } else if !found.is_file() && !mutant::is("pipes-block") {
        Err(io::Error::other("it is no ordinary file, but a pipe or a device"))
    } else if found.len() > most {
        Err(too_large(most))
    } else {
        Ok(())
    }
}

fn too_large(most: u64) -> io::Error {
    io::Error::other(format!("it is larger than {} MB", most >> 20))
}

/// The bytes of a file.
///
/// # Errors
/// As for [`open`], and if it cannot be read to its end.
pub fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    all(open_text(path, most)?, most)
}

/// [`open`], for a file that is to hold text.
///
/// # Errors
/// As for [`open`], and if it begins with nothing but zeros.
pub fn open_text(path: &Path, most: u64) -> io::Result<File> {
    let mut file = open(path, most)?;
    let beginning = all(file.by_ref().take(BEGINNING), BEGINNING)?;
    if beginning.len() as u64 == BEGINNING && beginning.iter().all(|byte| *byte == 0) {
        return Err(io::Error::other("it holds zeros, and no text"));
    }
    file.rewind()?;
    Ok(file)
}

/// Bytes that are looked at before the rest is read: a file with holes is as large as it says, but there is nothing in it.
const BEGINNING: u64 = 64 << 10;

/// All bytes of something that is read, such as a file being unpacked.
///
/// # Errors
/// If there are more than `most`, or it cannot be read.
pub fn all(from: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(too_large(most));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ordinary_files_that_are_not_too_large_are_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("list.csv");
        fs::write(&path, "user\n").unwrap();
        assert_eq!(read(&path, 5).unwrap(), b"user\n");
        let words = |result: io::Result<Vec<u8>>| result.unwrap_err().to_string();
        fs::write(&path, vec![b'x'; (1 << 20) + 1]).unwrap();
        assert_eq!(words(read(&path, 1 << 20)), "it is larger than 1 MB");
        assert_eq!(
            read(dir.path(), 5).unwrap_err().kind(),
            io::ErrorKind::IsADirectory
        );
        assert_eq!(words(all(io::repeat(0), 1 << 20)), "it is larger than 1 MB");
    }

    #[cfg(unix)]
    #[test]
    fn pipes_and_devices_are_refused_at_once() {
        let words = read(Path::new("/dev/zero"), 5).unwrap_err().to_string();
        assert_eq!(words, "it is no ordinary file, but a pipe or a device");
    }
}
