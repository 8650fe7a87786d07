//! The one loop over worlds in parallel: results in the order of the worlds, an end when somebody says so, and a fault of
//! the program that strikes in one world kept to that world.

use super::Stopped;
use crate::mutant;
use crate::world::reader::Memory;
use rayon::prelude::*;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// A fault of the program that struck while a world was simulated.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Broken {
    /// The world.
    pub replication: u64,
    /// What the program said, and where in its code.
    pub what: String,
}

/// A loop that ended early.
#[derive(Debug)]
pub struct Halted<T> {
    /// What was done before the first world, in their order, that was not.
    pub done: Vec<T>,
    /// Why that one was not.
    pub why: Stopped,
}

impl<T> From<Halted<T>> for Stopped {
    fn from(halted: Halted<T>) -> Stopped {
        halted.why
    }
}

/// So many threads; 0 = one per processor.
///
/// # Errors
/// If they could not be started.
pub fn thread_pool(threads: usize) -> Result<rayon::ThreadPool, Stopped> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|error| Stopped::Threads(error.to_string()))
}

/// Does `one` with every task, each of which is about the world that `world` says, and gives what came of them in their order.
/// After a fault of the program, tasks that come later in the order are not begun any more, so that the task it is said to be in
/// is the same for any number of threads.
///
/// # Errors
/// When it was stopped, or a fault of the program struck in a world; with all that was done before that world.
pub fn each<I: Sync, T: Send>(
    pool: &rayon::ThreadPool,
    tasks: &[I],
    stop: &AtomicBool,
    world: impl Fn(&I) -> u64 + Sync,
    one: impl Fn(&mut Memory, &I) -> T + Sync,
) -> Result<Vec<T>, Halted<T>> {
    let first_broken = AtomicUsize::new(usize::MAX);
    let guarded = |memory: &mut Memory, (place, task): (usize, &I)| {
        if stop.load(Ordering::Relaxed) || place > first_broken.load(Ordering::Relaxed) {
            return Err(Stopped::Interrupted);
        }
        guard(|| one(memory, task)).map_err(|what| {
            first_broken.fetch_min(place, Ordering::Relaxed);
            *memory = Memory::default();
            let replication = world(task);
            Stopped::Broken(Broken { replication, what })
        })
    };
    let all: Vec<Result<T, Stopped>> = pool.install(|| {
        let tasks = tasks.par_iter().enumerate();
        tasks.map_init(Memory::default, guarded).collect()
    });
    let mut done = Vec::with_capacity(all.len());
    for result in all {
        if mutant::is("broken-world-skipped") && matches!(result, Err(Stopped::Broken(_))) {
            continue;
        }
        match result {
            Ok(result) => done.push(result),
            Err(why) => return Err(Halted { done, why }),
        }
    }
    Ok(done)
}

thread_local! {
    /// Is a panic of this thread caught? It only decides who tells of it.
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
    /// What the last one said.
    static HEARD: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Does some work; a panic is caught, and told in words instead of on standard error (there as well, if a backtrace is asked
/// for).
///
/// # Errors
/// What the panic said, and where.
pub fn guard<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    listen();
    let outer = IS_GUARDED.replace(true);
    HEARD.take();
    let done = panic::catch_unwind(AssertUnwindSafe(work));
    IS_GUARDED.set(outer);
    done.map_err(|payload| match HEARD.take() {
        heard if heard.is_empty() => words(payload.as_ref()).into(),
        heard => heard,
    })
}

/// The words of a panic.
fn words(payload: &(dyn std::any::Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("it did not say why")
}

fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !IS_GUARDED.get() || std::env::var_os("RUST_BACKTRACE").is_some_and(|wanted| wanted != "0") {
                usual(panic);
            }
            let place = panic.location().map_or(String::new(), |place| {
                let file = place.file().replace('\\', "/");
                format!(" ({file}:{})", place.line())
            });
            HEARD.replace(format!("{}{place}", words(panic.payload())));
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(threads: usize, broken: &[u64], stop: &AtomicBool) -> Result<Vec<u64>, Halted<u64>> {
        let tasks: Vec<u64> = (0..100).collect();
        let one = |_: &mut Memory, task: &u64| {
            assert!(!broken.contains(task), "world {task} is odd");
            task * 2
        };
        each(&thread_pool(threads).unwrap(), &tasks, stop, |task| *task, one)
    }

    #[test]
    fn results_come_in_order() {
        let found = numbers(3, &[], &AtomicBool::new(false)).unwrap();
        assert_eq!(found, (0..100).map(|task| task * 2).collect::<Vec<_>>());
    }

    #[test]
    fn the_first_broken_world_is_named_with_all_before_it_for_any_number_of_threads() {
        for threads in [1, 2, 7] {
            for _ in 0..20 {
                let halted = numbers(threads, &[90, 17, 55], &AtomicBool::new(false)).unwrap_err();
                assert_eq!(halted.done, (0..17).map(|task| task * 2).collect::<Vec<_>>());
                let Stopped::Broken(broken) = halted.why else {
                    panic!("{:?}", halted.why);
                };
                assert_eq!(broken.replication, 17);
                let expected = "world 17 is odd (src/experiment/parallel.rs:";
                assert!(broken.what.starts_with(expected), "{}", broken.what);
            }
        }
    }

    #[test]
    fn whoever_says_stop_is_heard() {
        let halted = numbers(2, &[], &AtomicBool::new(true)).unwrap_err();
        assert_eq!((halted.done.len(), halted.why), (0, Stopped::Interrupted));
    }
}
