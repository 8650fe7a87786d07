//! What stands behind the first page: the calendar, every department, all limits and pairs, costs, charts, what drives the result,
//! what it assumes and leaves out, and how to repeat it.

use super::super::document::{Block, Grid, Section, Topic};
use super::super::story::Storyteller;
use super::super::words::{self, capital, money, noun};
use super::super::{agenda, charts, dates, divisions_csv, drivers, goals, number};
use super::{NAMED_FROM, Source, again};
use crate::analysis::gate::{Question, replays};
use crate::experiment;
use crate::kernel::Span;
use crate::outcome::Metric;
use crate::outcome::metric::COST_KINDS;
use crate::plan::gate::{Choice, Gate};
use crate::scenario::packet::Evidence;
use crate::shell::quoted;
use crate::simulate::simulate;
use crate::world::{Mark, Parameter};

/// Most lines of a story, unless more of them turn it.
const STORY: usize = 40;

/// What the model leaves out, for whoever decides on what it says.
pub(super) const LEFT_OUT: [&str; 8] = [
    "Topology tasks have durations and an order, not people who are short of time; a violated order has one effect, and not every \
     one that it would have.",
    "Applications either work or do not; a pair of pools does not take them over when their pool fails.",
    "Joiners copy a colleague's place; a leaver's meetings end with the employment.",
    "Parts fail independently of each other; a failed database stops its whole pool.",
    "Gates and triggers see daily counts, not surveys or opinions.",
    "Everyday conversations, voice and the cost of lost hours are expected values from rates, not events.",
    "Daylight saving time, work outside the site's hours, and meetings moved or cancelled by their organisers are left out.",
    "A person's client is that of the first machine; further machines count as installs and downgrades only.",
];

impl Source<'_> {
    pub(super) fn behind(&self) -> Vec<Section> {
        let subject = self.subject();
        let mut sections = Vec::new();
        sections.extend(subject.map(|subject| self.calendar(subject)));
        sections.extend(subject.and_then(|subject| self.gates(subject)));
        sections.extend(self.limits());
        sections.extend(self.pairs());
        sections.push(self.costs());
        sections.extend(
            subject
                .map(|subject| self.divisions(subject))
                .into_iter()
                .flatten(),
        );
        sections.extend(self.charts());
        sections.push(self.drivers());
        sections.extend(self.named_risks());
        sections.extend(self.evidence_table());
        sections.extend(subject.map(|subject| self.stories(subject)).into_iter().flatten());
        sections.extend([self.assumptions(), self.left_out(), self.repeat()]);
        sections
    }

    fn calendar(&self, subject: usize) -> Section {
        let mut grid = Grid::new(&["when", "what", "remarks"]);
        for row in agenda::rows(self.scenario, self.plan(subject)) {
            grid.push(row.into());
        }
        Section::new(&format!(
            "Calendar of {}, if nothing holds it",
            self.name(subject)
        ))
        .with(Block::Table(grid))
    }

    /// The gates of the plan in words: what they ask, how long they hold, what is decided then, and by whom.
    fn gates(&self, subject: usize) -> Option<Section> {
        let plan = self.plan(subject);
        if plan.gates.is_empty() {
            return None;
        }
        let days = |span: Span| match number::exact(span.days()) {
            one if one == "1" => "1 day".to_string(),
            days => format!("{days} days"),
        };
        let told = |gate: &Gate| {
            let wave = &plan.waves[gate.before as usize].name;
            let asks: Vec<String> = gate.criteria.iter().map(words::fails).collect();
            let marginal = if gate.marginal_goes { "is enough" } else { "is not" };
            let then = match gate.then {
                Choice::GoOn => "it starts all the same",
                Choice::RollBack => "people go back",
                Choice::Stop => "the programme stops",
            };
            vec![
                format!("before {wave}"),
                format!("{}; a marginal result {marginal}", asks.join(", or ")),
                format!("at least {} after the stage before", days(gate.least)),
                format!(
                    "every {}; after {} {then}",
                    days(gate.recheck),
                    days(gate.max_hold)
                ),
            ]
        };
        let mut grid = Grid::new(&[
            "gate",
            "it fails with",
            "earliest",
            "if it does not pass: looked at again",
        ]);
        // Gates that differ in nothing but their wave are told once.
        let mut rows: Vec<Vec<String>> = Vec::new();
        for row in plan.gates.iter().map(told) {
            match rows.last_mut() {
                Some(last) if last[1..] == row[1..] => {
                    let first = last[0].split(" to ").next().unwrap_or_default().to_string();
                    last[0] = format!("{first} to {}", row[0].trim_start_matches("before "));
                }
                _ => rows.push(row),
            }
        }
        rows.into_iter().for_each(|row| grid.push(row));
        let board = match self.scenario.packet.owner.as_deref() {
            Some(owner) => format!("Who decides: {owner}."),
            None => "Who decides is not stated (packet.owner).".into(),
        };
        let command = format!(
            "coexist gate {} --strategy {}{}",
            self.file(),
            quoted(self.name(subject)),
            self.same()
        );
        let worlds = self.results.replications;
        let question = Question::usual(self.scenario, self.results.strategies[subject], worlds);
        let open = match question {
            Some(question) => format!(
                "How often they let a bad release go on and stop a good one is not studied: `{command}`{}.",
                self.effort(Some(replays(&question)))
            ),
            None => "How good they are cannot be studied: that takes defects and a table [gate_study], which says when a release \
                     is bad."
                .into(),
        };
        Some(
            Section::new(&format!("Gates of {}", self.name(subject)))
                .with(Block::Table(grid))
                .text(board)
                .with(Block::Open(Topic::Gates, open)),
        )
    }

    fn limits(&self) -> Option<Section> {
        if self.scenario.goals.limits.is_empty() {
            return None;
        }
        let mut grid = Grid::new(&["strategy", "limit and how often it holds"]);
        for strategy in 0..self.results.strategies.len() {
            for line in goals::limit_lines(self.scenario, self.results, self.judgement, strategy) {
                grid.push(vec![self.name(strategy).into(), line]);
            }
        }
        Some(
            Section::new("Limits")
                .with(Block::Table(grid))
                .with(Block::Remark("Table: limits.csv.".into())),
        )
    }

    fn pairs(&self) -> Option<Section> {
        let verdict = &self.judgement.verdict;
        if verdict.candidates.len() < 2 {
            return None;
        }
        let mut section = Section::new("Plan against plan");
        section.blocks = self.words().pairs();
        Some(section.with(Block::Remark(format!(
            "All {} intervals hold together at 95 %. Table: pairs.csv.",
            verdict.family
        ))))
    }

    fn costs(&self) -> Section {
        let strategies = 0..self.results.strategies.len();
        let names = strategies.clone().map(|one| self.name(one).to_string());
        let currency = money(self.scenario).map_or("mean".into(), |currency| format!("mean, {currency}"));
        let mut grid = Grid::of_numbers(&currency, names);
        for metric in COST_KINDS.into_iter().chain([Metric::Cost]) {
            let means: Vec<f64> = strategies.clone().map(|one| self.mean(one, metric)).collect();
            if metric != Metric::Cost && means.iter().all(|mean| *mean == 0.0) {
                continue;
            }
            let mut row = vec![capital(noun(metric))];
            row.extend(means.into_iter().map(number::three_digits));
            grid.push(row);
        }
        Section::new("Cost by kind")
            .with(Block::Table(grid))
            .with(Block::Remark(
                "Kinds without any cost are left out. Table: summary.csv.".into(),
            ))
    }

    fn divisions(&self, subject: usize) -> Vec<Section> {
        let facts = &self.scenario.facts;
        let [departments, sites] = divisions_csv::of_strategy(self.scenario, self.results, subject);
        let counts = [facts.departments.len(), facts.calendar.sites.len()];
        [("Departments", departments, counts[0]), ("Sites", sites, counts[1])]
            .into_iter()
            .filter(|(.., count)| *count > 1)
            .map(|(title, lines, _)| {
                let mut grid = Grid::new(&[
                    title.trim_end_matches('s'),
                    "#people",
                    "#planned",
                    "#moved, P50",
                    "#meetings broken",
                    "#hours without sign-in",
                    "#hours with limited service",
                    "#worst day",
                ]);
                let mut unnamed = 0;
                for line in lines {
                    if line.people < NAMED_FROM && !self.shown.names {
                        unnamed += 1;
                        continue;
                    }
                    let date = |day: Option<i64>| {
                        day.map_or_else(String::new, |day| dates::long(facts.calendar.date(day)))
                    };
                    grid.push(vec![
                        line.name,
                        number::whole(line.people as f64),
                        date(line.planned),
                        date(line.moved),
                        number::three_digits(line.broken),
                        number::three_digits(line.stranded_hours),
                        number::three_digits(line.limited_hours),
                        date(line.worst_day),
                    ]);
                }
                let hidden = match unnamed {
                    0 => String::new(),
                    count => format!(" {count} with fewer than five people not shown (--names shows them)."),
                };
                Section::new(&format!("{title} with {}", self.name(subject)))
                    .with(Block::Table(grid))
                    .with(Block::Remark(format!(
                        "Means over worlds; planned: its last wave; moved: 98 % of its people.{hidden} Table: {}.csv.",
                        title.to_lowercase()
                    )))
            })
            .collect()
    }

    fn charts(&self) -> Option<Section> {
        if !self.shown.charts {
            return None;
        }
        let mut section = Section::new("Charts");
        for (_, figure) in charts::for_page(self.scenario, self.results, self.judgement) {
            section = section.with(Block::Chart(Box::new(figure)));
        }
        Some(section.with(Block::Remark(
            "The numbers of each day are in timeline.csv, those of each world in replications.csv.".into(),
        )))
    }

    fn drivers(&self) -> Section {
        let spoken = self.judgement.spoken;
        let sentences = spoken.map_or(Vec::new(), |pair| {
            drivers::sentences(self.scenario, self.results, pair, &self.judgement.drivers)
        });
        let section = Section::new("What drives the result");
        if sentences.is_empty() {
            let command = format!("coexist sensitivity {}{}", self.file(), self.same());
            return section
                .with(Block::Text("Not studied here:".into()))
                .with(Block::Command(command));
        }
        section
            .with(Block::Items(sentences))
            .with(Block::Remark("Table: drivers.csv.".into()))
    }

    fn named_risks(&self) -> Option<Section> {
        let risks = &self.scenario.packet.risks;
        let mut grid = Grid::new(&["risk", "what is done about it", "owner"]);
        for risk in risks {
            let or_none = |text: &Option<String>| text.clone().unwrap_or_default();
            grid.push(vec![
                risk.risk.clone(),
                or_none(&risk.answer),
                or_none(&risk.owner),
            ]);
        }
        (!risks.is_empty()).then(|| Section::new("Risks that people have named").with(Block::Table(grid)))
    }

    fn evidence_table(&self) -> Option<Section> {
        let evidence = &self.scenario.packet.evidence;
        let mut grid = Grid::new(&["what", "kind", "date", "by", "passed"]);
        let row = |one: &Evidence| {
            let passed = one.passed.map_or("", |passed| if passed { "yes" } else { "no" });
            vec![
                one.what.clone(),
                one.kind.word().into(),
                one.date.map_or_else(String::new, dates::long),
                one.by.clone().unwrap_or_default(),
                passed.into(),
            ]
        };
        for one in evidence {
            grid.push(row(one));
        }
        (!evidence.is_empty()).then(|| {
            Section::new("Really tested, found and agreed")
                .with(Block::Text(
                    "As the scenario states it; nothing of this was simulated.".into(),
                ))
                .with(Block::Table(grid))
        })
    }

    fn assumptions(&self) -> Section {
        let facts = &self.scenario.facts;
        let mut parameters: Vec<&Parameter> = facts.parameters.iter().collect();
        parameters.sort_by_key(|parameter| parameter.mark != Mark::Estimated);
        let mut grid = Grid::new(&["parameter", "#value", "#90 % range", "unit", "mark", "source"]);
        for parameter in parameters {
            let definition = parameter.setting.definition();
            let range = parameter.draw.range().map_or(String::new(), |[low, high]| {
                format!("{} to {}", number::three_digits(low), number::three_digits(high))
            });
            grid.push(vec![
                definition.key.into(),
                number::three_digits(parameter.draw.value(0.5)),
                range,
                self.scenario.unit(definition.unit),
                parameter.mark.word().into(),
                parameter.source.clone(),
            ]);
        }
        let mut cells: Vec<_> = facts.profile.cells.iter().collect();
        cells.sort_by_key(|cell| cell.mark != Mark::Estimated);
        let mut table = Grid::new(&["profile cell", "value", "mark", "source"]);
        for cell in cells {
            table.push(vec![
                cell.key.clone(),
                cell.value.clone(),
                cell.mark.word().into(),
                cell.source.clone(),
            ]);
        }
        Section::new("Assumptions, estimates first")
            .with(Block::Table(grid))
            .with(Block::Text(format!(
                "What releases can do with each other, by the profile {}.",
                facts.profile.name
            )))
            .with(Block::Table(table))
            .with(Block::Remark(
                "`coexist explain KEY` says what a parameter means.".into(),
            ))
    }

    fn left_out(&self) -> Section {
        let items = LEFT_OUT.iter().map(|text| (*text).to_string()).collect();
        Section::new("What the model leaves out").with(Block::Items(items))
    }

    /// The story of the world in which as many meetings break as in the middle of all, and of the worst one.
    fn stories(&self, subject: usize) -> Vec<Section> {
        let values = self.results.values(subject, Metric::Broken);
        let broken = |place: usize| values[place].unwrap_or(0.0);
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|&a, &b| broken(a).total_cmp(&broken(b)).then(b.cmp(&a)));
        let middle = order.get(order.len().saturating_sub(1) / 2);
        let mut told: Vec<(&str, usize)> = Vec::new();
        for (which, place) in [("median", middle), ("worst", order.last())] {
            told.extend(
                place
                    .filter(|&place| told.iter().all(|(_, other)| other != place))
                    .map(|&place| (which, place)),
            );
        }
        let plan = self.plan(subject);
        let section = |(which, place): (&str, usize)| {
            let number = self.results.first + place as u64;
            let world = experiment::draw(
                self.scenario,
                self.results.seed,
                number,
                self.results.fix_uncertain,
            );
            let teller = Storyteller::new(&world.facts, plan);
            let teller = match self.shown.names {
                true => teller,
                false => teller.without_names(NAMED_FROM),
            };
            let (outcome, teller) = simulate(&world, plan, teller);
            let story = teller.finish_within(STORY, &outcome);
            let title = format!(
                "With {}, in the {which} world: {} meetings break",
                self.name(subject),
                number::whole(broken(place))
            );
            Section::new(&title)
                .with(Block::Items(
                    story.lines().map(|line| line.trim().into()).collect(),
                ))
                .with(Block::Command(self.replay(subject, number)))
        };
        told.into_iter().map(section).collect()
    }

    fn repeat(&self) -> Section {
        let section = Section::new("How to repeat and to check it")
            .with(Block::Text("All of it, with the same digests:".into()))
            .with(Block::Command(again(self.scenario, self.results)));
        section
            .with(Block::Text("The program against theory:".into()))
            .with(Block::Command("coexist verify".into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guide_says_what_is_left_out_too() {
        let guide = include_str!("../../../docs/guide/how-it-is-checked.md");
        assert!(guide.contains("## What the model leaves out"));
        for word in [
            "Topology tasks",
            "Applications either work",
            "Joiners copy",
            "Parts fail independently",
            "Gates and triggers see daily counts",
            "Daylight saving",
            "first machine",
        ] {
            assert!(guide.contains(word), "{word}");
            assert!(LEFT_OUT.iter().any(|text| text.contains(word)), "{word}");
        }
    }
}
