//! Whatever the corpora of the fuzz targets hold, and a bounded number of changes to it, nothing panics.

#[path = "../../fuzz/targets.rs"]
mod targets;

use std::fs;
use std::path::Path;

/// Changes of each file of a corpus.
const CHANGES: u64 = 60;

/// The next of a fixed series of numbers (SplitMix64; Steele, Lea and Flood 2014).
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

/// Words that are odd almost anywhere.
const ODD: [&[u8]; 14] = [
    b"",
    b"-1",
    b"1e308",
    b"nan",
    b"99999999999999999999",
    b"\0",
    b"\r",
    b"\"",
    b"[",
    b"}",
    b",",
    b"=",
    b"\xff\xfe",
    b"9999-12-31",
];

fn changed(bytes: &[u8], state: &mut u64) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    for _ in 0..=next(state) % 3 {
        let length = changed.len() as u64;
        let at = (next(state) % (length + 1)) as usize;
        let end = (at + (next(state) % 12) as usize).min(changed.len());
        match next(state) % 5 {
            0 => drop(changed.drain(at..end)),
            1 => drop(changed.splice(at..end, ODD[(next(state) % 14) as usize].iter().copied())),
            2 if at < changed.len() => changed[at] ^= 1 << (next(state) % 8),
            3 => {
                let part = changed[at..end].to_vec();
                let into = (next(state) % (length + 1)) as usize;
                drop(changed.splice(into..into, part));
            }
            _ => changed.truncate(at),
        }
    }
    changed
}

fn run(name: &str, target: fn(&[u8])) {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(name);
    let mut files: Vec<_> = fs::read_dir(&dir)
        .expect("a corpus")
        .map(|file| file.expect("a file").path())
        .collect();
    files.sort();
    assert!(files.len() > 3, "{} holds too little", dir.display());
    for file in files {
        let bytes = fs::read(&file).expect("a file");
        target(&bytes);
        let mut state = 7;
        for number in 0..CHANGES {
            let changed = changed(&bytes, &mut state);
            let done = std::panic::catch_unwind(|| target(&changed));
            assert!(
                done.is_ok(),
                "{}, change {number}: {:?}",
                file.display(),
                String::from_utf8_lossy(&changed)
            );
        }
    }
}

#[test]
fn no_scenario_makes_the_program_panic() {
    run("scenario", targets::scenario);
}

#[test]
fn no_list_makes_the_program_panic() {
    run("list", targets::list);
}

#[test]
fn no_world_makes_the_program_panic() {
    run("world", targets::world);
}

#[test]
fn no_results_make_the_program_panic() {
    run("results", targets::results);
}
