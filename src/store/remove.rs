//! Results that are not needed any more.

use super::{Kind, Listing, MANIFEST};
use std::fs;
use std::path::Path;

/// Removes the results of a command of a scenario, if they are at this place: all files that are as they were written, and the
/// folder if nothing else lies in it. What cannot be removed stays.
pub fn remove(place: &Path, kind: &Kind, scenario: &str) {
    let Ok(listing) = Listing::of(place, kind, scenario) else {
        return;
    };
    for name in listing.files.keys().filter(|name| listing.owns(name)) {
        if listing.is_as_written(place, name) {
            let _ = fs::remove_file(place.join(name));
        }
    }
    let _ = fs::remove_file(place.join(MANIFEST));
    let _ = fs::remove_dir(place);
}

#[cfg(test)]
mod tests {
    use super::super::kind::GATE;
    use super::super::listing;
    use super::*;

    #[test]
    fn only_what_is_ours_and_unchanged_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().join("x");
        let fill = |notes: bool| {
            fs::create_dir_all(&place).unwrap();
            fs::write(place.join("levels.csv"), "level\n").unwrap();
            let digest = listing::digest(&place.join("levels.csv")).unwrap();
            let text = format!(
                r#"{{"schema":2,"program":"coexist","analysis":"gate","scenario":"x",
                "files":{{"levels.csv":"{digest}","gate.json":"00"}}}}"#
            );
            fs::write(place.join(MANIFEST), text).unwrap();
            if notes {
                fs::write(place.join("gate.json"), "edited").unwrap();
                fs::write(place.join("notes.txt"), "mine").unwrap();
            }
        };
        fill(false);
        remove(&place, &GATE, "y");
        assert!(place.join("levels.csv").exists());
        remove(&place, &GATE, "x");
        assert!(!place.exists());
        fill(true);
        remove(&place, &GATE, "x");
        let left = ["levels.csv", "gate.json", "notes.txt"].map(|name| place.join(name).exists());
        assert_eq!(left, [false, true, true]);
    }
}
