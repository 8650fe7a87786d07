//! What `optimize` prints.

use super::{Source, directed, standing};
use crate::analysis::optimize::{Fate, Finalist, Found, Standing};
use crate::report::number;
use crate::report::table::{Style, item, paragraph};
use crate::report::words::{self, explained, noun};
use crate::scenario::Scenario;
use std::fmt::Write;

/// Most dropped candidates that are listed; the others are in the files.
const LISTED: usize = 12;

const LEGEND: &str = "Finalists are estimated in worlds that neither the search nor `run` uses. The ± of the means hold \
    together with 95 %, and so do those of the paired differences to the plan as written. Surely on the front: against \
    every other finalist the intervals show it better on some metric, or both are equal in all worlds. Apparently: by the \
    means only.";

/// Everything that the command prints; `place` is where the files are.
pub fn print(scenario: &Scenario, found: &Found, style: Style, place: Option<&str>) -> String {
    let from = Source { scenario, found };
    let mut out = String::new();
    let _ = writeln!(out, "{}", style.bold(&scenario.facts.title));
    out.push_str(&paragraph(&from.search(), style));
    from.dropped(style, &mut out);
    out.push('\n');
    from.finalists(style, &mut out);
    from.warnings(style, &mut out);
    from.pick(style, &mut out);
    from.again(style, &mut out);
    out.push('\n');
    out.push_str(&paragraph(LEGEND, style));
    out.push_str(&explained(&out, style));
    if let Some(place) = place {
        let _ = writeln!(out, "Wrote {place}");
    }
    out
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

    fn dropped(&self, style: Style, out: &mut String) {
        let reason = |candidate| self.reason(candidate, |limit| words::limit(limit, self.scenario));
        let dropped: Vec<_> = (self.found.candidates.iter().enumerate())
            .filter(|(_, candidate)| !reason(candidate).is_empty())
            .collect();
        for (number, candidate) in dropped.iter().take(LISTED) {
            let round = match candidate.fate {
                Fate::Beaten { round, .. } | Fate::BreaksLimit { round, .. } => format!(" in round {round}"),
                _ => String::new(),
            };
            let values = candidate.values.join(", ");
            let name = format!("{} {values}", self.name(*number));
            let text = format!("{}: {}{round}", name.trim_end(), reason(candidate));
            out.push_str(&item(&text, style));
        }
        if dropped.len() > LISTED {
            let more = format!("and {} more, in candidates.csv", dropped.len() - LISTED);
            out.push_str(&item(&more, style));
        }
    }

    fn finalists(&self, style: Style, out: &mut String) {
        for (place, &metric) in self.found.question.metrics.iter().enumerate() {
            let title = directed(metric, self.scenario);
            out.push_str(&style.bold(paragraph(&title, style).trim_end()));
            out.push('\n');
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
            let rows: Vec<Vec<String>> = self.found.finalists.iter().map(row).collect();
            let header = ["Finalist", "mean", "against as written", "on the front?"];
            out.push_str(&style.table(&header, &rows, true));
        }
        for (place, limit) in self.scenario.goals.limits.iter().enumerate() {
            out.push_str(&paragraph(
                &format!("Limit: {}", words::limit(limit, self.scenario)),
                style,
            ));
            for one in &self.found.finalists {
                let held = &one.limits[place];
                let (worlds, ends) = (number::worlds(held.count, held.n), number::ends(held.interval));
                let name = self.name(one.candidate);
                out.push_str(&item(&format!("{name}: holds in {worlds} ({ends})"), style));
            }
        }
    }

    fn warnings(&self, style: Style, out: &mut String) {
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
                    out.push_str(&paragraph(&text, style));
                }
            }
        }
    }

    /// Whoever picks the best of these numbers picks its luck as well.
    fn pick(&self, style: Style, out: &mut String) {
        let front = self.found.finalists.iter().filter(|one| one.standing.is_front());
        if front.count() > 1 {
            let text = "Choosing the best of these numbers flatters it again, the more finalists, the more: the interval of the \
                        chosen one is that of any, not of the best. A run with another seed would say what it is worth.";
            out.push_str(&paragraph(text, style));
        }
    }

    /// What reproduces the finalists.
    fn again(&self, style: Style, out: &mut String) {
        out.push_str("To have them again:\n");
        for one in &self.found.finalists {
            let options = self.options(&self.found.candidates[one.candidate]);
            let text = format!("{}: {options}", self.name(one.candidate));
            out.push_str(&item(text.trim_end().trim_end_matches(':'), style));
        }
        let first = (self.found.finalists.iter())
            .find(|one| one.standing == Standing::Surely)
            .or_else(|| self.found.finalists.iter().find(|one| one.standing.is_front()));
        if let Some(first) = first {
            let options = self.options(&self.found.candidates[first.candidate]);
            let (path, strategy) = (crate::shell::quoted(&self.scenario.path), self.strategy());
            let _ = writeln!(out, "coexist run {path} {options} --strategy {strategy}");
        }
    }
}
