//! Other pilots for the same plan: more or fewer people, chosen another way, for a longer or shorter time.

use super::tasks::Start;
use super::{Plan, Scripted};
use crate::kernel::{Span, Time};

/// How the people of a pilot are chosen on trial.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Composition {
    /// As the strategy says.
    AsWritten,
    /// At random from everybody.
    Random,
    /// Whole departments, at random, until there are enough people (the last one may be cut).
    Departments,
    /// Volunteers from everywhere: from all departments in proportion to their size.
    Volunteers,
    /// Whole teams, at random, until there are enough people (the last one may be cut).
    Teams,
}

impl Composition {
    /// Those that a strategy need not name.
    pub const ALL: [Composition; 4] = [
        Composition::Random,
        Composition::Departments,
        Composition::Volunteers,
        Composition::Teams,
    ];

    /// Its word on the command line and in files.
    pub fn word(self) -> &'static str {
        match self {
            Composition::AsWritten => "as-written",
            Composition::Random => "random",
            Composition::Departments => "departments",
            Composition::Volunteers => "volunteers",
            Composition::Teams => "teams",
        }
    }
}

/// Another pilot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trial {
    /// No pilot: production begins on the day on which the pilot would have begun.
    Without,
    /// A pilot of so many people, chosen so, for so many days.
    With {
        /// People.
        size: u32,
        /// How they are chosen.
        composition: Composition,
        /// Days from its start to the first production wave.
        days: u32,
    },
}

/// Days from the start of the pilot to the start of the first production wave; `None` if the plan lacks one of the two.
pub fn length(plan: &Plan) -> Option<u32> {
    let pilot = plan.waves.first().filter(|wave| wave.is_pilot)?;
    let production = plan.waves.get(1)?;
    u32::try_from(production.start.day() - pilot.start.day()).ok()
}

/// Puts off what a plan dates after the start of its pilot, so that it keeps its distance to the first production wave:
/// the waves, from when on joiners come to the new side, a scripted rollback, the retirement, dated tasks and the
/// coexistence tests. The gate behind the pilot lets it last as much longer. Nothing comes to lie before time zero. Freezes,
/// change windows, outages, holidays and the board's days belong to the calendar and stay.
pub fn put_off(plan: &mut Plan, after: Time, by: Span) {
    let later = |at: &mut Time| {
        if *at > after && *at != Time::NEVER {
            *at = (*at + by).max(Time::ZERO);
        }
    };
    for wave in plan.waves.iter_mut().filter(|wave| !wave.is_pilot) {
        later(&mut wave.start);
    }
    plan.joiners_from.iter_mut().for_each(later);
    if let Some(Scripted::At(at)) = plan.rollback.as_mut().and_then(|back| back.scripted.as_mut()) {
        later(at);
    }
    plan.retirement.iter_mut().for_each(|one| later(&mut one.at));
    for job in plan.tasks.iter_mut().flat_map(|tasks| &mut tasks.jobs) {
        if let Start::At(at) = &mut job.start {
            later(at);
        }
    }
    if let Some(testing) = &mut plan.testing {
        later(&mut testing.start);
        later(&mut testing.end);
    }
    let waves = &plan.waves;
    let behind_pilot = |before: u32| waves[before as usize - 1].is_pilot;
    for gate in plan.gates.iter_mut().filter(|gate| behind_pilot(gate.before)) {
        gate.least = (gate.least + by).max(Span::ZERO);
    }
}
