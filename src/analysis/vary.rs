//! Variations: what can be changed in the worlds of a scenario while every other draw stays the same.
//!
//! A variation changes facts and nothing else. Chance is keyed by what it decides, so a world drawn from changed facts
//! with the same key has the same people, meetings, failures and dice as before, but for what the change is about: these
//! are common random numbers (A. M. Law, Simulation Modeling and Analysis, 5th ed., section 11.2), and differences
//! between variations are paired.

use crate::kernel::{Key, Time};
use crate::stats::settle;
use crate::world::{Carry, Draw, Facts, Mark, Setting};

/// A quantity that a scenario may be uncertain about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quantity {
    /// A parameter of the rules.
    Setting(Setting),
    /// Mean number of defects of a class, as a place in [`Facts::defects`].
    Defects(usize),
    /// Mean number of configuration faults of a kind at a place, as a place in [`Facts::faults`].
    Faults(usize),
}

impl Quantity {
    /// The quantities that the scenario gives a range instead of a value, in the order of the tables of parameters,
    /// defects and faults.
    pub fn uncertain(facts: &Facts) -> Vec<Quantity> {
        let settings = facts
            .parameters
            .iter()
            .map(|parameter| Quantity::Setting(parameter.setting));
        let defects = (0..facts.defects.len()).map(Quantity::Defects);
        let faults = (0..facts.faults.len()).map(Quantity::Faults);
        settings
            .chain(defects)
            .chain(faults)
            .filter(|quantity| !matches!(quantity.draw(facts), Draw::Fixed(_)))
            .collect()
    }

    /// How worlds get their value.
    ///
    /// # Panics
    /// If the facts have no such class or kind.
    pub fn draw(self, facts: &Facts) -> Draw {
        match self {
            Quantity::Setting(setting) => facts.parameters[setting as usize].draw,
            Quantity::Defects(class) => facts.defects[class].count,
            Quantity::Faults(model) => facts.faults[model].mean,
        }
    }

    /// The values of some quantities in the world of a key.
    ///
    /// # Panics
    /// If the facts have no such class or kind.
    pub fn drawn(of: &[Quantity], facts: &Facts, key: Key) -> Vec<f64> {
        let parameters = facts.drawn_parameters(key);
        let value = |quantity: &Quantity| match *quantity {
            Quantity::Setting(setting) => parameters[setting as usize],
            Quantity::Defects(class) => facts.drawn_mean_of_defects(class, key),
            Quantity::Faults(model) => facts.drawn_mean_of_faults(model, key),
        };
        of.iter().map(value).collect()
    }

    /// Where the range comes from.
    ///
    /// # Panics
    /// If the facts have no such class or kind.
    pub fn mark(self, facts: &Facts) -> Mark {
        match self {
            Quantity::Setting(setting) => facts.parameters[setting as usize].mark,
            Quantity::Defects(class) => facts.defects[class].mark,
            Quantity::Faults(model) => facts.faults[model].mark,
        }
    }

    /// Its name in files: the key of a scenario, such as `installs.failure`, `defects.release.count` or
    /// `faults.lync-london.service.mean`.
    ///
    /// # Panics
    /// If the facts have no such class or kind.
    pub fn key(self, facts: &Facts) -> String {
        match self {
            Quantity::Setting(setting) => setting.definition().key.into(),
            Quantity::Defects(class) => format!("defects.{}.count", facts.defects[class].name),
            Quantity::Faults(model) => {
                let model = &facts.faults[model];
                format!("faults.{}.{}.mean", model.place_name(facts), model.kind.word())
            }
        }
    }

    /// Its unit; empty for a count.
    pub fn unit(self) -> &'static str {
        match self {
            Quantity::Setting(setting) => setting.definition().unit,
            Quantity::Defects(_) | Quantity::Faults(_) => "",
        }
    }

    /// The value at the probability `p` in (0, 1) of what the scenario states, cut at the bounds of the quantity as a
    /// world cuts it, in twelve digits: 0.05 and 0.95 are the ends of the stated 90 % interval.
    ///
    /// # Panics
    /// If the facts have no such class or kind.
    pub fn at(self, facts: &Facts, p: f64) -> f64 {
        let value = settle(self.draw(facts).value(p));
        match self {
            Quantity::Setting(setting) => setting.cut(value),
            Quantity::Defects(_) | Quantity::Faults(_) => value.max(0.0),
        }
    }
}

macro_rules! risks {
    ($($id:ident, $name:literal, $meaning:literal;)*) => {
        /// Something that goes wrong by chance or by circumstance and can be switched off.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        pub enum Risk { $(#[doc = $meaning] $id,)* }

        impl Risk {
            /// All risks.
            pub const ALL: &[Risk] = &[$(Risk::$id,)*];

            /// Its name in files.
            pub fn name(self) -> &'static str {
                match self { $(Risk::$id => $name,)* }
            }

            /// What is so when it is switched off.
            pub fn meaning(self) -> &'static str {
                match self { $(Risk::$id => $meaning,)* }
            }
        }
    };
}

risks! {
    Defects, "defects", "The new release has no defects";
    Faults, "configuration-faults", "The new side has no configuration faults";
    Applications, "incompatible-applications", "All applications work on the new side from the start";
    StaleMeetings, "stale-meetings", "Meetings go on working after their organiser was moved, unless the move was forced";
    FailedMoves, "failed-moves", "No move fails by chance";
    Interruptions, "interruptions", "Moved users are served without interruption";
    FailedInstalls, "failed-installs", "No install or downgrade fails";
    LateInstalls, "late-installs", "Everybody installs as soon as told to";
    Tickets, "extra-tickets", "Moves, new clients and moves back lead to no tickets of their own";
    FrontEnds, "front-end-failures", "Front ends do not fail at random";
    BackEnds, "back-end-failures", "Back ends do not fail at random";
    Sites, "site-failures", "Sites do not fail at random";
    Edges, "edge-failures", "Edges do not fail at random";
    ToldOutages, "told-outages", "The outages that the scenario tells do not happen, but for planned maintenance";
    SlowDecisions, "slow-decisions", "Decisions take no time, but wait for the board";
}

impl Risk {
    /// Is there anything to switch off?
    pub fn is_present(self, facts: &Facts) -> bool {
        vary(facts, &[Change::Off(self)]) != *facts
    }

    /// Does its size rest on an estimate that nobody published?
    pub fn is_estimated(self, facts: &Facts) -> bool {
        let estimated = |mark: Mark| mark == Mark::Estimated;
        let by_settings = self.settings().iter().any(|&setting| {
            let parameter = &facts.parameters[setting as usize];
            parameter.draw != Draw::Fixed(0.0) && estimated(parameter.mark)
        });
        by_settings
            || match self {
                Risk::Defects => facts.defects.iter().any(|class| estimated(class.mark)),
                Risk::Faults => facts.faults.iter().any(|model| estimated(model.mark)),
                Risk::StaleMeetings => (facts.profile.cells.iter())
                    .any(|cell| cell.key.starts_with("carries") && estimated(cell.mark)),
                _ => false,
            }
    }

    /// The parameters that are 0 when it is switched off.
    fn settings(self) -> &'static [Setting] {
        match self {
            Risk::FailedMoves => &[
                Setting::MoveFailure,
                Setting::MoveRetryFailure,
                Setting::BatchFailure,
            ],
            Risk::Interruptions => &[Setting::InterruptionLow, Setting::InterruptionHigh],
            Risk::FailedInstalls => &[Setting::InstallFailure, Setting::DowngradeFailure],
            Risk::LateInstalls => &[Setting::LagFactor, Setting::Never],
            Risk::Tickets => &[
                Setting::MoveTickets,
                Setting::ClientTickets,
                Setting::RollbackTickets,
            ],
            Risk::FrontEnds => &[Setting::Mtbf],
            Risk::BackEnds => &[Setting::BackEndMtbf],
            Risk::Sites => &[Setting::SiteMtbf],
            Risk::Edges => &[Setting::EdgeMtbf],
            Risk::SlowDecisions => &[Setting::DecisionHours],
            Risk::Defects | Risk::Faults | Risk::Applications | Risk::StaleMeetings | Risk::ToldOutages => {
                &[]
            }
        }
    }

    fn switch_off(self, facts: &mut Facts) {
        for &setting in self.settings() {
            facts.parameters[setting as usize].draw = Draw::Fixed(0.0);
        }
        match self {
            Risk::Defects => facts
                .defects
                .iter_mut()
                .for_each(|class| class.count = Draw::Fixed(0.0)),
            Risk::Faults => facts
                .faults
                .iter_mut()
                .for_each(|model| model.mean = Draw::Fixed(0.0)),
            Risk::Applications => {
                let from_the_start = Some(Time::ZERO);
                (facts.applications.iter_mut())
                    .for_each(|application| application.works_from = from_the_start);
            }
            Risk::StaleMeetings => {
                let cells = facts.profile.carries.iter_mut().flatten().flatten();
                cells
                    .filter(|cell| **cell == Carry::Stale)
                    .for_each(|cell| *cell = Carry::Carried);
            }
            Risk::ToldOutages => facts.outages.retain(|outage| outage.planned),
            _ => {}
        }
    }
}

/// One change of a variation.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Change {
    /// The quantity has this value in every world.
    Fix(Quantity, f64),
    /// The risk is switched off.
    Off(Risk),
}

/// The facts after the changes, in their order. The key of a world drawn from them keeps its meaning: everything that
/// the changes are not about is drawn as before.
///
/// # Panics
/// If a change names a class of defects or a kind of faults that the facts do not have.
pub fn vary(facts: &Facts, changes: &[Change]) -> Facts {
    let mut facts = facts.clone();
    for &change in changes {
        match change {
            Change::Fix(Quantity::Setting(setting), value) => {
                facts.parameters[setting as usize].draw = Draw::Fixed(value);
            }
            Change::Fix(Quantity::Defects(class), value) => facts.defects[class].count = Draw::Fixed(value),
            Change::Fix(Quantity::Faults(model), value) => facts.faults[model].mean = Draw::Fixed(value),
            Change::Off(risk) => risk.switch_off(&mut facts),
        }
    }
    facts
}
