//! Memory is estimated before it is spent: fewer threads, or a refusal.

use super::failure::Failure;
use super::terminal;
use crate::experiment::memory::Need;
use crate::report::number;
use crate::scenario::Scenario;

/// Share of the free memory that may be used: estimates are not exact, and others need some, too.
const USABLE: f64 = 0.9;

/// The number of threads for `plans` strategies in `replications` worlds: as many as asked for, or one per processor, if their
/// worlds fit into memory.
///
/// # Errors
/// If not even one world fits.
pub(super) fn threads(
    scenario: &Scenario,
    plans: usize,
    replications: u64,
    asked: Option<usize>,
) -> Result<usize, Failure> {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let wanted = asked.unwrap_or(processors);
    // A thread without a world takes no memory.
    let busy = usize::try_from(replications)
        .unwrap_or(usize::MAX)
        .clamp(1, wanted);
    let Some(free) = free() else {
        return Ok(wanted);
    };
    let need = Need::of(scenario, plans, replications);
    let people = scenario.facts.residents();
    match fitting(need, busy, free, people, plans)? {
        Some((threads, note)) => {
            terminal::tell(&note);
            Ok(threads)
        }
        None => Ok(wanted),
    }
}

/// How many of the wanted threads fit, and what is told of it; nothing if all fit.
fn fitting(
    need: Need,
    wanted: usize,
    free: u64,
    people: usize,
    plans: usize,
) -> Result<Option<(usize, String)>, Failure> {
    let usable = (free as f64 * USABLE) as u64;
    let threads = need.threads(wanted, usable);
    if threads == wanted {
        return Ok(None);
    }
    let (free, thread, shared) = (bytes(free), bytes(need.thread), bytes(need.shared));
    if threads == 0 {
        let all = bytes(((need.thread + need.shared) as f64 / USABLE) as u64);
        return Err(Failure::Usage(format!(
            "not enough memory: a world of {} people takes about {thread} for {plans} strategies, the results take about {shared}, and {free} \
             are free; run fewer strategies (--strategy) or worlds (--replications), or use a machine with {all} free",
            number::whole(people as f64)
        )));
    }
    let note = format!(
        "note: {threads} of {wanted} threads are used, because each takes about {thread} of memory and {free} are free; the results \
         are the same"
    );
    Ok(Some((threads, note)))
}

/// An amount of memory in words.
fn bytes(amount: u64) -> String {
    let amount = amount as f64;
    if amount < 1e9 {
        format!("{} MB", number::three_digits(amount / 1e6))
    } else {
        format!("{} GB", number::three_digits(amount / 1e9))
    }
}

/// Bytes of memory that this process may still take, if the system tells: those of the machine, of its group of processes
/// (a container), and of its own limit, whichever are the fewest.
fn free() -> Option<u64> {
    let mut system = sysinfo::System::new();
    system.refresh_memory();
    let machine = Some(system.available_memory()).filter(|free| *free > 0);
    let group = system.cgroup_limits().map(|limits| limits.free_memory);
    [machine, group, limit()].into_iter().flatten().min()
}

/// Addresses that the program takes for itself: its code, stacks and the reserves of its allocator.
#[cfg(unix)]
const ADDRESSES: u64 = 64 << 20;

/// What the limit of this process leaves (`ulimit -v`): it counts addresses, and a third of them has no memory behind it.
#[cfg(unix)]
fn limit() -> Option<u64> {
    let limit = rustix::process::getrlimit(rustix::process::Resource::As).current?;
    Some((limit / 3 * 2).saturating_sub(ADDRESSES))
}

/// No such limit is known.
#[cfg(not(unix))]
fn limit() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEED: Need = Need {
        thread: 3_300_000_000,
        shared: 20_000_000,
    };

    #[test]
    fn threads_that_fit_are_used_without_a_word() {
        assert_eq!(fitting(NEED, 2, 8_000_000_000, 1_000_000, 2).unwrap(), None);
    }

    #[test]
    fn fewer_threads_are_said_with_the_reason() {
        let (threads, note) = fitting(NEED, 8, 8_000_000_000, 1_000_000, 2).unwrap().unwrap();
        assert_eq!(threads, 2);
        assert_eq!(
            note,
            "note: 2 of 8 threads are used, because each takes about 3.3 GB of memory and 8 GB are free; the results are the same"
        );
    }

    #[test]
    fn what_does_not_fit_is_refused_with_what_would() {
        let Err(Failure::Usage(told)) = fitting(NEED, 8, 3_000_000_000, 1_000_000, 2) else {
            panic!("it fits");
        };
        assert_eq!(
            told,
            "not enough memory: a world of 1,000,000 people takes about 3.3 GB for 2 strategies, the results take about 20 MB, and \
             3 GB are free; run fewer strategies (--strategy) or worlds (--replications), or use a machine with 3.69 GB free"
        );
        let fits = fitting(NEED, 8, 3_690_000_000, 1_000_000, 2).unwrap();
        assert_eq!(fits.map(|(threads, _)| threads), Some(1));
    }
}
