//! The help desk of the rules, from the ticket to the agent.

use super::{Measurement, Options, Part, Sample, embedded, theory};
use crate::kernel::{Key, Log, Span, Time};
use crate::outcome::{Action, Entry};
use crate::plan::desk::Desk;
use crate::scenario::Scenario;
use crate::simulate::simulate;
use crate::world::{Draw, Setting, World};
use rayon::prelude::*;
use std::sync::Arc;

const DESK: Part = Part {
    title: "Help desk of the rules (M/M/c and M/M/c+M)",
    what: "One defect about which a hundred people open tickets, each by a Poisson process; agents always on duty, \
           exponential work of 60 minutes on average, patience exponential or endless. The first ten of a hundred days are \
           left out. Waits are in units of the mean work.",
    source: "A. K. Erlang, Elektroteknikeren 13 (1917) 5-13 (Erlang C); O. Garnett, A. Mandelbaum and M. Reiman, \
             Manufacturing and Service Operations Management 4 (2002) 208-227 (Erlang A)",
};

const GENERAL: Part = Part {
    title: "Help desk of the rules, one agent and lognormal work (M/G/1)",
    what: "As before, with lognormal work: none of it varies at a sigma of 0, and 0.8 is the default.",
    source: "F. Pollaczek, Mathematische Zeitschrift 32 (1930) 64-100; A. Khinchine, Matematicheskii Sbornik 39 (1932) 73-84",
};

const PRIORITIES: Part = Part {
    title: "Help desk of the rules, one agent and priorities that do not interrupt (M/G/1)",
    what: "Four defects of severity 1 to 4, whose tickets have these priorities, with lognormal work of sigma 0.8; each takes a \
           fifth of the agent's time.",
    source: "A. Cobham, Operations Research 2 (1954) 70-76",
};

/// Loads of one agent, and sigmas of lognormal work.
const GENERALS: [(f64, f64); 4] = [(0.5, 0.0), (0.8, 0.0), (0.5, 0.8), (0.8, 0.8)];
/// Loads of the priorities.
const CLASSES: [f64; 4] = [0.2; 4];

const REPLICATIONS: u64 = 100;
/// Mean work, in minutes.
const WORK: f64 = 60.0;
/// Days that are left out.
const WARM: i64 = 10;

/// Agents, load of each, mean patience in units of the mean work.
const DESKS: [(u32, f64, Option<f64>); 5] = [
    (1, 0.5, None),
    (4, 0.8, None),
    (10, 0.7, None),
    (4, 0.9, Some(1.0)),
    (10, 1.1, Some(0.5)),
];

pub(super) fn measure(options: &Options) -> Vec<Measurement> {
    let base = embedded("life.toml", include_str!("life.toml"));
    let mut all: Vec<Measurement> = DESKS
        .into_iter()
        .flat_map(|(agents, load, patience)| measure_desk(&base, options, agents, load, patience))
        .collect();
    let replications = options.replications(3 * REPLICATIONS);
    for (load, sigma) in GENERALS {
        let scenario = with_lognormal_work(&base, load, sigma);
        let seen: Vec<Seen> = (0..replications)
            .into_par_iter()
            .map(|replication| replicate(&scenario, options.seed, replication, 1)[0])
            .collect();
        all.push(Measurement {
            part: &GENERAL,
            name: format!("mean wait, load {load}, sigma {sigma}"),
            unit: "",
            theory: theory::pollaczek_khinchine(load, libm::expm1(sigma * sigma)),
            sample: Sample::Ratios(seen.iter().map(|seen| [seen.waited, seen.tickets]).collect()),
        });
    }
    let sigma = 0.8;
    let scenario = with_lognormal_work(&base, CLASSES[0], sigma);
    let seen: Vec<Vec<Seen>> = (0..replications)
        .into_par_iter()
        .map(|replication| replicate(&scenario, options.seed, replication, CLASSES.len()))
        .collect();
    let waits = theory::cobham(&CLASSES, libm::expm1(sigma * sigma));
    for (class, theory) in waits.into_iter().enumerate() {
        let of_class = |seen: &Vec<Seen>| [seen[class].waited, seen[class].tickets];
        all.push(Measurement {
            part: &PRIORITIES,
            name: format!("mean wait, priority {}", class + 1),
            unit: "",
            theory,
            sample: Sample::Ratios(seen.iter().map(of_class).collect()),
        });
    }
    all
}

/// One agent without end of patience, and defects each of whose tickets make this load.
fn with_lognormal_work(base: &Scenario, load: f64, sigma: f64) -> Scenario {
    let mut scenario = with_tickets(base, load);
    let facts = Arc::make_mut(&mut scenario.facts);
    facts.parameters[Setting::ServiceSigma as usize].draw = Draw::Fixed(sigma);
    scenario.plans[1].desk = Some(Desk::always(1));
    scenario
}

/// Many defects, about each of which people open tickets that make this load, in agents.
fn with_tickets(base: &Scenario, load: f64) -> Scenario {
    let mut scenario = base.clone();
    let facts = Arc::make_mut(&mut scenario.facts);
    let mut set = |setting: Setting, value: f64| facts.parameters[setting as usize].draw = Draw::Fixed(value);
    set(Setting::ServiceMinutes, WORK);
    set(Setting::Patience, 0.0);
    // Tickets a day of one person: load x (work a day of an agent) / people.
    let a_day = load * 1440.0 / WORK / facts.users.len() as f64;
    facts.defects[0].tickets = [a_day * 100.0; 4];
    facts.defects[0].count = Draw::Fixed(40.0);
    facts.defects[0].discovery_user_days = 1e9;
    scenario
}

/// What one replication showed: tickets that found no agent free, given up, in all; and the sum of waits.
#[derive(Clone, Copy, Default)]
struct Seen {
    delayed: f64,
    given_up: f64,
    tickets: f64,
    waited: f64,
}

fn measure_desk(
    base: &Scenario,
    options: &Options,
    agents: u32,
    load: f64,
    patience: Option<f64>,
) -> Vec<Measurement> {
    let mut scenario = with_tickets(base, load * f64::from(agents));
    let facts = Arc::make_mut(&mut scenario.facts);
    facts.parameters[Setting::Patience as usize].draw = Draw::Fixed(patience.unwrap_or(0.0) * WORK / 60.0);
    let plan = &mut scenario.plans[1];
    let work = plan.desk.as_ref().map_or_else(Default::default, |desk| desk.work);
    plan.desk = Some(Desk {
        work,
        ..Desk::always(agents)
    });
    let seen: Vec<Seen> = (0..options.replications(REPLICATIONS))
        .into_par_iter()
        .map(|replication| replicate(&scenario, options.seed, replication, 1)[0])
        .collect();
    let offered = load * f64::from(agents);
    let mut all = Vec::new();
    let mut push = |what: &str, theory: f64, value: fn(&Seen) -> [f64; 2]| {
        let who = if agents == 1 {
            "1 agent".into()
        } else {
            format!("{agents} agents")
        };
        let until = patience.map_or(String::new(), |patience| format!(", patience {patience}"));
        all.push(Measurement {
            part: &DESK,
            name: format!("{what}, {who}, load {load}{until}"),
            unit: "",
            theory,
            sample: Sample::Ratios(seen.iter().map(value).collect()),
        });
    };
    match patience {
        None => {
            push("P(wait)", theory::erlang_c(agents, offered), |seen| {
                [seen.delayed, seen.tickets]
            });
            push("mean wait", theory::erlang_c_mean_wait(agents, offered), |seen| {
                [seen.waited, seen.tickets]
            });
        }
        Some(patience) => {
            let known = theory::erlang_a(agents, offered, patience);
            push("P(give up)", known.abandons, |seen| [seen.given_up, seen.tickets]);
            push("mean wait", known.mean_wait, |seen| [seen.waited, seen.tickets]);
        }
    }
    all
}

/// What became of the tickets about so many defects, the first of severity 1, the next of severity 2, and so on.
fn replicate(scenario: &Scenario, seed: u64, replication: u64, defects: usize) -> Vec<Seen> {
    let key = Key { seed, replication };
    let mut world = World::draw(Arc::clone(&scenario.facts), key, true);
    // Exactly so many defects, so that the rate of tickets is known.
    world.defects.truncate(defects);
    for (defect, severity) in world.defects.iter_mut().zip(1..) {
        defect.severity = severity;
    }
    let (_, log) = simulate(&world, &scenario.plans[1], Log::new());
    let warm = Time(WARM * Span::DAY.0);
    let mut all = vec![Seen::default(); defects];
    for entry in log.records() {
        // A ticket counts where it was opened; its fate is known unless it was opened in the last hours.
        let waited = match entry.action {
            Action::TicketTaken | Action::TicketGivenUp => waited(entry),
            _ => continue,
        };
        if entry.at - waited < warm {
            continue;
        }
        let seen = &mut all[entry.detail[0] as usize];
        seen.tickets += 1.0;
        seen.waited += waited.minutes() / WORK;
        seen.delayed += f64::from(u8::from(waited > Span::ZERO));
        seen.given_up += f64::from(u8::from(entry.action == Action::TicketGivenUp));
    }
    all
}

/// How long the ticket of an entry had waited.
fn waited(entry: &Entry) -> Span {
    Span(entry.detail[2])
}
