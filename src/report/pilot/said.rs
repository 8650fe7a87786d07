//! What `pilot` says.

use super::{Source, signed};
use crate::analysis::pilot::{Design, Step, describe};
use crate::experiment::Interval;
use crate::report::document::{Block, Grid, Section};
use crate::report::number;
use crate::report::words::{amount, money as currency};
use std::fmt::Write;

/// Everything that is said, section by section.
pub(super) fn said(from: Source<'_>) -> Vec<Section> {
    let mut sections = vec![Section::new("").text(from.worlds())];
    sections.extend(from.pilots());
    sections.extend([from.steps(), Section::new("").with(Block::Remark(LEGEND.into()))]);
    sections
}

const LEGEND: &str = "\"Hours avoided\" are lost attendee-hours that defects cause without a pilot, less those that they cause with it: \
    each is the run with defects minus the run without any, in the same world; \"harm avoided\" is the same in money, at the \
    rates of the scenario. \"Price\" is what the pilot costs against no pilot in worlds without defects; it holds what a later \
    start changes by itself. \"Saves\" is the one less the other. What lies beyond the horizon is not counted. \"Days lost\" \
    compares days of completion; one that is not reached counts with the horizon. Found and escaped apart, all are paired \
    differences to no pilot. The ± of a column of differences hold together with 95 %, and so do those of the steps.";

const SPARED: &str = "* Not comparable: the course does not end by the horizon in 95 % of the worlds, or without any defect, too, \
    the pilot costs less than none. Both come from moving later, and that is no saving.";

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
            let cost = amount(
                &number::exact(found.question.user_cost),
                "currency",
                self.scenario,
            );
            let _ = write!(text, "; a pilot user costs {cost} more than the scenario counts");
        }
        for written in &self.scenario.overrides {
            let _ = write!(text, "; with {written}");
        }
        text
    }

    /// What each pilot finds, and what it saves.
    fn pilots(&self) -> [Section; 2] {
        let variants = &self.found.question.variants;
        let (mut seen, mut money) = (Vec::new(), Vec::new());
        let mut has_spared = false;
        for (place, (variant, answer)) in variants.iter().zip(&self.found.answers).enumerate() {
            let mut name = self.name(place).replace(", ", "\n");
            if variant.as_written {
                name.push_str(" (the plan)");
            }
            let mean = |one: &Interval| number::with_half_width(one.mean, one.half_width());
            let mut row = vec![name.clone(), mean(&answer.found), mean(&answer.escaped)];
            if place == 0 {
                row.extend([String::new(), String::new()]);
            } else {
                row.extend([&answer.avoided, &answer.days_lost].map(signed));
                let amounts = [&answer.cost_avoided, &answer.price, &answer.saved].map(signed);
                // Every pilot puts off the moves behind it.
                let spared = !answer.is_compared();
                let name = if spared { format!("{name} *") } else { name };
                has_spared |= spared;
                money.push(std::iter::once(name).chain(amounts).collect());
            }
            seen.push(row);
        }
        let header = ["Pilot", "found", "escaped", "hours avoided", "days lost"];
        let found = Section::new("").with(Block::Table(Grid::with_numbers(&header, seen)));
        let mut found = found.text(self.completed());
        if !self.found.question.refused.is_empty() {
            found = found.with(Block::Items(self.refused()));
        }
        let title = currency(self.scenario).map_or("In money".into(), |currency| format!("In {currency}"));
        let header = [title.as_str(), "harm avoided", "price", "saves"];
        let saved = Section::new("").with(Block::Table(Grid::with_numbers(&header, money)));
        let spared = if has_spared { SPARED } else { "" };
        [found, saved.text(spared)]
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

    /// An amount with its currency.
    fn paid(&self, one: &Interval) -> String {
        amount(&signed(one), "currency", self.scenario)
    }

    fn steps(&self) -> Section {
        if self.found.steps.is_empty() {
            return Section::new("").text(
                "No two pilots differ in size alone or in length alone, so there is no next user or day to ask about.",
            );
        }
        let sentence = |step: &Step| {
            format!(
                "{}: {} ({} {} each: harm avoided {}, price {}).",
                self.step(step),
                self.decision(step),
                if step.decision().is_some() {
                    "saves"
                } else {
                    "until the horizon"
                },
                self.paid(&step.each),
                signed(&step.each_avoided),
                signed(&step.each_price)
            )
        };
        let sentences = self.found.steps.iter().map(sentence).collect();
        Section::new("Where the next pilot user, or day, stops paying").with(Block::Items(sentences))
    }
}
