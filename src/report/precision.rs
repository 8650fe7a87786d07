//! How well means are known: what was asked for, and what was reached.

use super::records::{Cell, Records};
use super::words::noun;
use super::{number, strategy_name, tables};
use crate::analysis::rounds::{Judged, ROUND, Reached, Wanted};
use crate::experiment::Results;
use crate::scenario::Scenario;
use crate::stats::{Precision, Target};

/// As on the command line: `meetings_broken=2%`, `completion_day=0.5d`.
pub(super) fn word(wanted: &Wanted) -> String {
    let definition = wanted.metric.definition();
    let unit = match definition.unit {
        unit @ ("d" | "h") => unit,
        _ => "",
    };
    match wanted.target {
        Target::Relative(share) => format!("{}={}%", definition.name, number::exact(share * 100.0)),
        Target::Absolute(size) => format!("{}={}{unit}", definition.name, number::exact(size)),
    }
}

/// What a run prints about it, one sentence each.
pub(super) fn sentences(scenario: &Scenario, results: &Results, reached: &Reached) -> Vec<String> {
    let worlds = number::whole(results.replications as f64);
    let asked: Vec<String> = reached.wanted.iter().map(word).collect();
    let asked = asked.join(", ");
    let looked = format!("looked at after every {ROUND}");
    if reached.is_all_known() {
        return vec![format!(
            "Precision {asked}: reached after {worlds} worlds, {looked}."
        )];
    }
    let most = number::whole(reached.most as f64);
    let mut sentences = vec![format!(
        "Precision {asked}: not reached in the {most} worlds allowed, {looked}."
    )];
    let open = reached.judged.iter().filter(|judged| !judged.is_known());
    sentences.extend(open.map(|judged| open_sentence(scenario, results, judged)));
    sentences
}

fn open_sentence(scenario: &Scenario, results: &Results, judged: &Judged) -> String {
    let name = noun(judged.wanted.metric);
    let of = format!("{}, {name}", strategy_name(scenario, results, judged.strategy));
    match judged.precision {
        Precision::Known { .. } => format!("{of}: known."),
        Precision::NotYet {
            half_width,
            wanted,
            needed,
        } => {
            let needed = needed.map_or("more worlds than anybody can run".into(), |needed| {
                format!("about {} worlds in all", number::three_digits(needed as f64))
            });
            let (half_width, wanted) = (number::three_digits(half_width), number::three_digits(wanted));
            format!("{of}: ± {half_width}, not yet {wanted}; it takes {needed}.")
        }
        Precision::Refused(refusal) => format!("{of}: not known; {refusal}."),
    }
}

/// `precision.csv`.
pub(super) fn records(scenario: &Scenario, results: &Results, reached: &Reached) -> Records {
    let mut records = Records::of(&tables::PRECISION);
    for judged in &reached.judged {
        let definition = judged.wanted.metric.definition();
        let (half_width, wanted, needed, why) = match judged.precision {
            Precision::Known { half_width } => (Some(half_width), None, None, String::new()),
            Precision::NotYet {
                half_width,
                wanted,
                needed,
            } => (Some(half_width), Some(wanted), needed, String::new()),
            Precision::Refused(refusal) => (None, None, None, refusal.to_string()),
        };
        records.push(vec![
            strategy_name(scenario, results, judged.strategy).into(),
            definition.name.into(),
            scenario.unit(definition.unit).into(),
            word(&judged.wanted).into(),
            Cell::Count(results.replications),
            Cell::Number(judged.mean),
            Cell::Number(half_width),
            Cell::Number(wanted),
            Cell::Truth(judged.is_known()),
            Cell::Number(needed.map(|needed| needed as f64)),
            why.into(),
        ]);
    }
    records
}
