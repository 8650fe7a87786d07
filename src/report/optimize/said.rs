//! What `optimize` says.

use super::{Source, directed, standing};
use crate::analysis::optimize::{Candidate, Fate, Finalist, Standing};
use crate::report::document::{Block, Grid, Section};
use crate::report::number;
use crate::report::words::{self, noun};

/// Most dropped candidates that are listed; the others are in the files.
const LISTED: usize = 12;

const LEGEND: &str = "Finalists are estimated in worlds that neither the search nor `run` uses. The ± of the means hold \
    together with 95 %, and so do those of the paired differences to the plan as written. Surely on the front: against \
    every other finalist the intervals show it better on some metric, or both are equal in all worlds. Apparently: by the \
    means only.";

/// Everything that is said, section by section.
pub(super) fn said(from: Source<'_>) -> Vec<Section> {
    let search = Section::new("")
        .text(from.search())
        .with(Block::Items(from.dropped()));
    let mut sections = vec![search];
    sections.extend(from.finalists());
    let legend = Section::new("").with(Block::Remark(LEGEND.into()));
    sections.extend([from.warnings(), from.again(), legend]);
    sections.retain(|section| !section.blocks.is_empty());
    sections
}

impl Source<'_> {
    fn search(&self) -> String {
        let found = self.found;
        let tried = found.candidates.len() - 1;
        let (tried, all) = (
            number::whole(tried as f64),
            number::whole(found.combinations as f64),
        );
        let count = |is: fn(&Fate) -> bool| {
            let fates = found.candidates.iter().map(|candidate| &candidate.fate);
            fates.filter(|fate| is(fate)).count()
        };
        let ends: Vec<String> = found.rounds.iter().map(u64::to_string).collect();
        format!(
            "Plans of {}: {tried} of {all} combinations and the plan as written, in the same worlds (seed {}), rounds to {}. \
             {} impossible, {} the same as another, {} break a limit, {} beaten, {} spare, {} finalists.",
            self.strategy(),
            found.seed,
            ends.join(", "),
            count(|fate| matches!(fate, Fate::Impossible(_))),
            count(|fate| matches!(fate, Fate::Same(_))),
            count(|fate| matches!(fate, Fate::BreaksLimit { .. })),
            count(|fate| matches!(fate, Fate::Beaten { .. })),
            count(|fate| matches!(fate, Fate::Spare)),
            count(|fate| matches!(fate, Fate::Finalist)),
        )
    }

    /// Why candidates were dropped, one by one.
    fn dropped(&self) -> Vec<String> {
        let reason =
            |candidate: &Candidate| self.reason(candidate, |limit| words::limit(limit, self.scenario));
        let dropped: Vec<_> = (self.found.candidates.iter().enumerate())
            .filter(|(_, candidate)| !reason(candidate).is_empty())
            .collect();
        let line = |(number, candidate): &(usize, &Candidate)| {
            let round = match candidate.fate {
                Fate::Beaten { round, .. } | Fate::BreaksLimit { round, .. } => format!(" in round {round}"),
                _ => String::new(),
            };
            let values = candidate.values.join(", ");
            let name = format!("{} {values}", self.name(*number));
            format!("{}: {}{round}", name.trim_end(), reason(candidate))
        };
        let mut lines: Vec<String> = dropped.iter().take(LISTED).map(line).collect();
        if dropped.len() > LISTED {
            lines.push(format!("and {} more, in candidates.csv", dropped.len() - LISTED));
        }
        lines
    }

    /// A table of finalists for each metric, and how often they keep each limit.
    fn finalists(&self) -> Vec<Section> {
        let mut sections = Vec::new();
        for (place, &metric) in self.found.question.metrics.iter().enumerate() {
            let row = |one: &Finalist| {
                let mean = &one.means[place];
                let against = one.against.as_ref().map_or(String::new(), |against| {
                    number::signed(against[place].mean, against[place].half_width())
                });
                vec![
                    self.name(one.candidate),
                    number::with_half_width(mean.mean, mean.half_width()),
                    against,
                    standing(one.standing).into(),
                ]
            };
            let titles = ["Finalist", "mean", "against as written", "on the front?"];
            let grid = Grid::with_numbers(&titles, self.found.finalists.iter().map(row).collect());
            sections.push(Section::new(&directed(metric, self.scenario)).with(Block::Table(grid)));
        }
        for (place, limit) in self.scenario.goals.limits.iter().enumerate() {
            let holds = |one: &Finalist| {
                let held = &one.limits[place];
                let (worlds, ends) = (number::worlds(held.count, held.n), number::ends(held.interval));
                format!("{}: holds in {worlds} ({ends})", self.name(one.candidate))
            };
            let limit = format!("Limit: {}", words::limit(limit, self.scenario));
            let holds = self.found.finalists.iter().map(holds).collect();
            sections.push(Section::new(&limit).with(Block::Items(holds)));
        }
        sections
    }

    /// What flatters: the search, and whoever picks the best of these numbers picks its luck as well.
    fn warnings(&self) -> Section {
        let mut section = Section::new("");
        for one in &self.found.finalists {
            for (place, metric) in self.found.question.metrics.iter().enumerate() {
                if one.flattered[place] {
                    let (searched, confirmed) = (
                        self.found.candidates[one.candidate].means[place],
                        one.means[place],
                    );
                    let text = format!(
                        "The search flattered {}: {} {} there, {} in fresh worlds.",
                        self.name(one.candidate),
                        noun(*metric),
                        number::three_digits(searched),
                        number::with_half_width(confirmed.mean, confirmed.half_width())
                    );
                    section = section.text(text);
                }
            }
        }
        let front = self.found.finalists.iter().filter(|one| one.standing.is_front());
        if front.count() > 1 {
            let text = "Choosing the best of these numbers flatters it again, the more finalists, the more: the interval of the \
                        chosen one is that of any, not of the best. A run with another seed would say what it is worth.";
            section = section.text(text);
        }
        section
    }

    /// What reproduces the finalists.
    fn again(&self) -> Section {
        let again = |one: &Finalist| {
            let options = self.options(&self.found.candidates[one.candidate]);
            let text = format!("{}: {options}", self.name(one.candidate));
            text.trim_end().trim_end_matches(':').to_string()
        };
        let again = self.found.finalists.iter().map(again).collect();
        let mut section = Section::new("")
            .text("To have them again:")
            .with(Block::Items(again));
        let first = (self.found.finalists.iter())
            .find(|one| one.standing == Standing::Surely)
            .or_else(|| self.found.finalists.iter().find(|one| one.standing.is_front()));
        if let Some(first) = first {
            let options = self.options(&self.found.candidates[first.candidate]);
            let (path, strategy) = (crate::shell::quoted(&self.scenario.path), self.strategy());
            let command = format!("coexist run {path} {options} --strategy {strategy}");
            section = section.with(Block::Command(command));
        }
        section
    }
}
