//! What `pilot` prints.

use super::{Source, signed};
use crate::analysis::pilot::{Design, Found, describe};
use crate::report::number;
use crate::report::table::{Style, item, paragraph};
use crate::scenario::Scenario;
use std::fmt::Write;

/// Everything that the command prints; `place` is where the files are.
pub fn print(scenario: &Scenario, found: &Found, style: Style, place: Option<&str>) -> String {
    let from = Source { scenario, found };
    let mut out = String::new();
    let _ = writeln!(out, "{}", style.bold(&scenario.facts.title));
    out.push_str(&paragraph(&from.worlds(), style));
    out.push('\n');
    out.push_str(&from.pilots(style));
    for sentence in from.refused() {
        out.push_str(&item(&sentence, style));
    }
    out.push('\n');
    out.push_str(&from.steps(style));
    out.push('\n');
    out.push_str(&paragraph(LEGEND, style));
    if let Some(place) = place {
        let _ = writeln!(out, "Wrote {place}");
    }
    out
}

const LEGEND: &str = "\"Hours avoided\" are lost attendee-hours that defects cause without a pilot, less those that they cause with it: \
    each is the run with defects minus the run without any, in the same world. \"Saves\" is the cost of everything without a \
    pilot less that with it, at the rates of the scenario; a programme that ends later runs both sides for longer, which is \
    in it, and what lies beyond the horizon is not. \"Days lost\" compares days of completion; one that is not reached counts with the horizon. All three are paired \
    differences to no pilot. The ± of one column hold together with 95 %, those of found and escaped each on its own.";

impl Source<'_> {
    fn worlds(&self) -> String {
        let found = self.found;
        let worlds = number::whole(found.worlds as f64);
        let design = match found.question.design {
            Design::Crossed => "every size with every length and way to choose",
            Design::OneAtATime => "one of size, length and way to choose at a time, the others as written",
        };
        let mut text = format!(
            "Pilots of {}: {worlds} worlds (seed {}), the same for every pilot; {design}; without a pilot production \
             begins on the day on which the pilot would",
            self.strategy(),
            found.seed
        );
        if found.question.user_cost > 0.0 {
            let cost = number::exact(found.question.user_cost);
            let _ = write!(text, "; a pilot user costs {cost} more than the scenario counts");
        }
        for written in &self.scenario.overrides {
            let _ = write!(text, "; with {written}");
        }
        text
    }

    fn pilots(&self, style: Style) -> String {
        let header = ["Pilot", "found", "escaped", "hours avoided", "days lost", "saves"];
        let variants = &self.found.question.variants;
        let mut rows = Vec::new();
        for (place, (variant, answer)) in variants.iter().zip(&self.found.answers).enumerate() {
            let mut name = self.name(place).replace(", ", "\n");
            if variant.as_written {
                name.push_str(" (the plan)");
            }
            let mean =
                |one: &crate::experiment::Interval| number::with_half_width(one.mean, one.half_width());
            let mut row = vec![name, mean(&answer.found), mean(&answer.escaped)];
            if place == 0 {
                row.extend([String::new(), String::new(), String::new()]);
            } else {
                row.extend([&answer.avoided, &answer.days_lost, &answer.saved].map(signed));
            }
            rows.push(row);
        }
        let mut text = style.table(&header, &rows, true);
        text.push_str(&paragraph(&self.completed(), style));
        text
    }

    /// In how many worlds the programme completes, if not in all of them always.
    fn completed(&self) -> String {
        let worlds = self.found.worlds;
        let answers = || self.found.answers.iter().enumerate();
        if answers().all(|(_, answer)| answer.completed.0 == worlds) {
            return "The programme completes in every world with every pilot.".into();
        }
        let one = |(place, answer): (usize, &crate::analysis::pilot::Answer)| {
            format!("{}: {}", self.name(place), answer.completed.0)
        };
        let all: Vec<String> = answers().map(one).collect();
        format!(
            "Worlds of {} in which the programme completes: {}.",
            number::whole(worlds as f64),
            all.join("; ")
        )
    }

    /// Pilots left out.
    fn refused(&self) -> Vec<String> {
        let reason = |report: &str| {
            let first = report.lines().next().unwrap_or_default();
            first.trim_start_matches("error: ").to_string()
        };
        let all = self.found.question.refused.iter();
        all.map(|(trial, report)| format!("Left out: {}: {}", describe(*trial), reason(report)))
            .collect()
    }

    fn steps(&self, style: Style) -> String {
        if self.found.steps.is_empty() {
            return paragraph(
                "No two pilots differ in size alone or in length alone, so there is no next user or day to ask about.",
                style,
            );
        }
        let heading = "Where the next pilot user, or day, stops paying";
        let mut text = format!("{}\n", style.bold(heading));
        for step in &self.found.steps {
            let completed = |place: usize| self.found.answers[place].completed.0;
            let put_off = if completed(step.to) < completed(step.from) {
                "; fewer worlds complete, so part of it is only put off beyond the horizon"
            } else {
                ""
            };
            let sentence = format!(
                "{}: {} (saves {} each{put_off}).",
                self.step(step),
                self.decision(step),
                signed(&step.each)
            );
            text.push_str(&item(&sentence, style));
        }
        text
    }
}
