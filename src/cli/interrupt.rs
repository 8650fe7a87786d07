//! Signals: Ctrl-C, and being told to end.
//!
//! Loops over worlds look at [`flag`] and end by themselves while somebody has said so ([`patiently`]); everything else is ended
//! here, after what was being written is removed. A second signal does not wait.

use super::terminal;
use crate::store::clean_up;
use std::process;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering};
use std::time::Duration;

/// Set by the first signal.
static STOP: AtomicBool = AtomicBool::new(false);
/// The first signal.
static SIGNAL: AtomicI32 = AtomicI32::new(SIGINT);
/// How many loops look at the flag.
static PATIENT: AtomicUsize = AtomicUsize::new(0);
/// How long a loop that looks at the flag may take to end.
const PATIENCE: Duration = Duration::from_secs(5);
/// Number of the signal that Ctrl-C sends, on every system.
const SIGINT: i32 = 2;

/// Becomes true when the process is told to end.
pub(super) fn flag() -> &'static AtomicBool {
    &STOP
}

/// Was the process told to end?
pub(super) fn is_set() -> bool {
    STOP.load(Ordering::Relaxed)
}

/// The exit code of a process that was told to end: 128 and the number of the signal.
pub(super) fn exit_code() -> u8 {
    u8::try_from(128 + SIGNAL.load(Ordering::Relaxed)).unwrap_or(130)
}

/// While it lives, somebody looks at the flag.
pub(super) struct Patient(());

/// Says that somebody looks at the flag from now on.
pub(super) fn patiently() -> Patient {
    PATIENT.fetch_add(1, Ordering::Relaxed);
    Patient(())
}

impl Drop for Patient {
    fn drop(&mut self) {
        PATIENT.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Takes in a signal; `is_next` tells whether another one has come meanwhile.
fn take(signal: i32, mut is_next: impl FnMut() -> bool) {
    SIGNAL.store(signal, Ordering::Relaxed);
    STOP.store(true, Ordering::Relaxed);
    let step = Duration::from_millis(20);
    let mut waited = Duration::ZERO;
    while PATIENT.load(Ordering::Relaxed) > 0 && waited < PATIENCE && !is_next() {
        std::thread::sleep(step);
        waited += step;
    }
    // A loop that has just ended by itself says the rest.
    if waited > Duration::ZERO && waited < PATIENCE {
        std::thread::sleep(10 * step);
    }
    clean_up();
    terminal::tell(INTERRUPTED);
    process::exit(exit_code().into());
}

/// What is told to whoever interrupted.
pub(super) const INTERRUPTED: &str = "interrupted; earlier results are as they were";

/// Listens for signals from now on. SIGHUP stays ignored where it is: `nohup` wants that.
#[cfg(unix)]
pub(super) fn listen() -> std::io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mut wanted = vec![SIGINT, SIGTERM];
    if !is_ignored(SIGHUP) {
        wanted.push(SIGHUP);
    }
    let mut signals = signal_hook::iterator::Signals::new(wanted)?;
    std::thread::Builder::new()
        .name("signals".into())
        .spawn(move || {
            let first = signals.forever().next();
            if let Some(signal) = first {
                take(signal, || signals.pending().next().is_some());
            }
        })?;
    Ok(())
}

/// Was this process started with the signal ignored, as far as the system tells?
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

/// Listens for signals from now on.
#[cfg(windows)]
pub(super) fn listen() -> std::io::Result<()> {
    let again = AtomicBool::new(false);
    let handler = move || {
        if !again.swap(true, Ordering::Relaxed) {
            take(SIGINT, || false);
        }
    };
    ctrlc::set_handler(handler).map_err(std::io::Error::other)
}

/// Listens for nothing where there are no signals.
#[cfg(not(any(unix, windows)))]
pub(super) fn listen() -> std::io::Result<()> {
    Ok(())
}
