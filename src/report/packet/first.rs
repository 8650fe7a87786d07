//! The first page: what is asked, whether it is recommended, who suffers, until when it can be taken back, what else there is.

use super::super::divisions_csv::{self, Line};
use super::super::document::{Block, Section, Strip, Topic};
use super::super::estimates::Estimates;
use super::super::run::{carries_p90, what_cost_is, who_can};
use super::super::verdict::{Words, often};
use super::super::words::{amount, capital, limit as limit_in_words};
use super::super::{dates, drivers, headline, number, turning_back};
use super::proposal::Proposal;
use super::{NAMED_FROM, Source};
use crate::analysis::exposure;
use crate::analysis::headline::{Headline, Spread};
use crate::analysis::limits::Standing;
use crate::analysis::sensitivity::{self, Question};
use crate::experiment::summary::LEVEL;
use crate::kernel::Time;
use crate::outcome::{Measure, Metric};
use crate::plan::Plan;
use crate::plan::check::counted;
use crate::scenario::exposure::Asked;
use crate::scenario::packet::EvidenceKind;
use crate::shell::quoted;
use crate::stats;

/// Most rows of alternatives, and most risks.
const ALTERNATIVES: usize = 6;
const RISKS: usize = 4;
/// Departments that are hit hardest.
const HARDEST: usize = 3;

impl Source<'_> {
    pub(super) fn first_page(&self) -> Vec<Section> {
        let mut sections = vec![self.asked(), self.verdict(), self.tested()];
        sections.extend(self.subject().map(|subject| self.affected(subject)));
        sections.extend(self.subject().map(|subject| self.turning_back(subject)));
        sections.extend([
            self.alternatives(),
            self.risks(),
            self.conditions(),
            self.signatures(),
        ]);
        sections
    }

    /// The plan that the page is about.
    pub(super) fn subject(&self) -> Option<usize> {
        self.proposal.subject(self.results, &self.judgement.verdict)
    }

    pub(super) fn plan(&self, strategy: usize) -> &Plan {
        &self.scenario.plans[self.results.strategies[strategy]]
    }

    fn line(&self, strategy: usize) -> &Headline {
        &self.judgement.headlines[strategy]
    }

    pub(super) fn words(&self) -> Words<'_> {
        Words::new(self.scenario, self.results, &self.judgement.verdict)
    }

    fn date(&self, day: usize) -> String {
        dates::long(self.scenario.facts.calendar.date(day as i64))
    }

    fn asked(&self) -> Section {
        let packet = &self.scenario.packet;
        let calendar = &self.scenario.facts.calendar;
        let decision = packet.decision.as_deref().unwrap_or("approve or reject the plan");
        let by = packet
            .decide_by
            .map_or(String::new(), |date| format!(", by {}", dates::long(date)));
        let mut facts: Vec<(String, String)> =
            vec![("Decision".into(), format!("{}{by}", capital(decision)))];
        let proposed = match self.proposal {
            Proposal::NotSimulated => "a plan that was not simulated".into(),
            _ => self
                .proposal
                .strategy()
                .map_or("no plan".into(), |one| self.title(one)),
        };
        facts.push(("Proposed".into(), proposed));
        let people = self.scenario.facts.residents();
        facts.push((
            "Simulated".into(),
            format!(
                "{}, {} to {}, {} (simulated runs)",
                counted(people, "user"),
                dates::long(calendar.start),
                self.date(calendar.days().saturating_sub(1) as usize),
                counted(self.results.replications as usize, "world")
            ),
        ));
        Section::new("What is asked").narrow().with(Block::Facts(facts))
    }

    /// The first sentence: it says so if the proposal is not what is recommended, or does not keep every limit.
    fn lead(&self) -> String {
        let standing = |strategy: usize| match self.judgement.verdict.standing(strategy) {
            Standing::Kept => None,
            Standing::Broken => Some("breaks a limit"),
            Standing::AtLimit => Some("stands at the edge of a limit"),
            Standing::Undecided => Some("may break a limit"),
        };
        let although = |strategy: usize| {
            let why = standing(strategy);
            why.map_or(String::new(), |why| format!(" although it {why}"))
        };
        match self.proposal {
            Proposal::Agreed(one) => format!(
                "{} is proposed, and the simulation recommends it.",
                self.name(one)
            ),
            Proposal::ByVerdict(one) => {
                format!(
                    "{} is proposed, because the simulation recommends it.",
                    self.name(one)
                )
            }
            Proposal::Against {
                proposed,
                recommended,
            } => format!(
                "{} is proposed{}, but the simulation recommends {}.",
                self.name(proposed),
                although(proposed),
                self.name(recommended)
            ),
            Proposal::Alone(one) => format!(
                "{} is proposed{}; the simulation recommends no plan.",
                self.name(one),
                although(one)
            ),
            Proposal::NotSimulated => "The plan that is proposed was not simulated here.".into(),
            Proposal::Nobody => "No plan is proposed, for the simulation recommends none.".into(),
        }
    }

    fn verdict(&self) -> Section {
        let estimates = Estimates::count(&self.scenario.facts);
        let mut said = self.words().sentence();
        if let Some(subject) = self.subject() {
            let limits = self.judgement.verdict.limits.get(subject);
            let name = self.name(subject);
            said.push(' ');
            said.push_str(&match limits.filter(|_| !self.scenario.goals.limits.is_empty()) {
                Some(judged) => match &self.scenario.goals.limits[..] {
                    [limit] => format!(
                        "{name} keeps the limit ({}) in {}.",
                        limit_in_words(limit, self.scenario),
                        often(&judged.all)
                    ),
                    _ => format!("{name} keeps all limits together in {}.", often(&judged.all)),
                },
                None => "The scenario states no limits, so no plan can break one.".into(),
            });
            if self.proposal.strategy().is_none() {
                said.push_str(&format!(" What follows is about {name}."));
            }
        }
        let basis = format!(
            "{} of {} parameters and {} of {} profile cells are estimates that nobody published. Nothing was calibrated on records of \
             this organisation.",
            estimates.parameters, estimates.of_parameters, estimates.cells, estimates.of_cells
        );
        Section::new("Verdict")
            .narrow()
            .with(Block::Lead(self.lead()))
            .with(Block::Text(said))
            .with(Block::Remark(basis))
    }

    fn tested(&self) -> Section {
        let simulated = match self.subject() {
            Some(subject)
                if self.plan(subject).testing.is_some() && !self.scenario.facts.faults.is_empty() =>
            {
                let mean = |metric| number::three_digits(self.mean(subject, metric));
                format!(
                    "Simulated tests find {} configuration faults in a world and leave {} at the first move (means).",
                    mean(Metric::FaultsFound),
                    mean(Metric::FaultsLive)
                )
            }
            _ => "No test is simulated.".into(),
        };
        Section::new("Tested").with(Block::Text(format!("{} {simulated}", self.evidence())))
    }

    /// What was really tested, in a sentence.
    fn evidence(&self) -> String {
        let all = &self.scenario.packet.evidence;
        let is_test = |kind| matches!(kind, EvidenceKind::Test | EvidenceKind::Pilot);
        let tests: Vec<_> = all.iter().filter(|one| is_test(one.kind)).collect();
        let problems = all.iter().filter(|one| one.kind == EvidenceKind::Problem).count();
        let mut said = if tests.is_empty() {
            "No real test is recorded.".to_string()
        } else {
            let passed = tests.iter().filter(|test| test.passed == Some(true)).count();
            let last = tests.iter().filter_map(|test| test.date).max();
            let last = last.map_or(String::new(), |date| {
                format!(", the last on {}", dates::long(date))
            });
            format!(
                "Really tested: {}{last}, of which {passed} passed.",
                counted(tests.len(), "test")
            )
        };
        if problems > 0 {
            said.push_str(&format!(" Known: {}.", counted(problems, "problem")));
        }
        said
    }

    /// Is a quantile at nine tenths carried by so many worlds?
    fn carries_tenths(&self) -> bool {
        carries_p90(self.results)
    }

    fn tenth(&self) -> &'static str {
        if self.carries_tenths() { "P90" } else { "the most" }
    }

    /// The count of a day that is not exceeded in nine worlds of ten, or in any.
    fn by_day(&self, strategy: usize, measure: Measure) -> Vec<f64> {
        let daily = &self.results.daily[strategy];
        let column = daily.column(measure);
        let p = if self.carries_tenths() { 0.9 } else { 1.0 };
        (0..daily.days)
            .map(|day| daily.histogram(day, column).quantile(p) as f64)
            .collect()
    }

    fn affected(&self, subject: usize) -> Section {
        let line = self.line(subject);
        let found = &line.found;
        let stranded = self.by_day(subject, Measure::Stranded);
        let worst = highest(&stranded);
        let mut said = match worst {
            Some((_, day)) => format!(
                "Up to {} people cannot sign in at the end of the worst day of a world ({}); over all worlds the worst day is {}.",
                number::three_digits(found.stranded),
                self.tenth(),
                self.date(day)
            ),
            None if found.stranded > 0.0 => format!(
                "Up to {} people cannot sign in at the end of the worst day of a world ({}), never so many on the same day.",
                number::three_digits(found.stranded),
                self.tenth()
            ),
            None if self.carries_tenths() => {
                "In nine worlds of ten nobody is left without sign-in at the end of any day.".into()
            }
            None => "Nobody is left without sign-in at the end of any day, in any world.".into(),
        };
        let digits = |spread| range(spread, number::three_digits);
        said.push_str(&format!(
            " Meetings broken: {}, {} of all.",
            digits(found.broken),
            range(found.broken_share, number::percent)
        ));
        if let Some(stay) = self.judgement.headlines.iter().find(|line| !line.moves) {
            said.push_str(&format!(" If nobody moves: {}.", digits(stay.found.broken)));
        }
        let hardest = self.hardest(subject);
        let (values, what) = match worst {
            Some(_) => (stranded, "People who cannot sign in at the end of the day"),
            None => (
                self.by_day(subject, Measure::Broken),
                "Meetings broken on the day",
            ),
        };
        let peak = highest(&values).map_or("none on any day".into(), |(most, day)| {
            format!("highest {} on {}", number::three_digits(most), self.date(day))
        });
        let description = format!("{what}, {}: {peak}", self.tenth());
        Section::new("Who is affected")
            .with(Block::Text(said))
            .maybe(hardest.map(Block::Text))
            .with(Block::Strip(self.strip(values, description)))
    }

    fn strip(&self, values: Vec<f64>, description: String) -> Strip {
        let calendar = &self.scenario.facts.calendar;
        let last = f64::from(calendar.days());
        let freezes = self.scenario.freezes.iter();
        let within = |(from, to): &(Time, Time)| [from, to].map(|at| at.days().clamp(0.0, last));
        Strip {
            description,
            values,
            ticks: dates::ticks(calendar),
            freezes: freezes
                .map(within)
                .filter(|[from, to]| to > from)
                .map(Into::into)
                .collect(),
        }
    }

    /// The departments that are hit hardest, in a sentence; `None` if none is hit at all.
    fn hardest(&self, subject: usize) -> Option<String> {
        let [mut departments, _] = divisions_csv::of_strategy(self.scenario, self.results, subject);
        departments.retain(|line| {
            let is_hit = line.stranded_hours > 0.0 || line.broken > 0.0;
            is_hit && (self.shown.names || line.people >= NAMED_FROM)
        });
        departments.sort_by(|a, b| {
            let by_hours = b.stranded_hours.total_cmp(&a.stranded_hours);
            by_hours.then(b.broken.total_cmp(&a.broken))
        });
        let told = |line: &Line| {
            let mut harms = vec![format!(
                "{} {}",
                number::whole(line.people as f64),
                if line.people == 1 { "person" } else { "people" }
            )];
            if line.stranded_hours > 0.0 {
                let hours = number::three_digits(line.stranded_hours);
                harms.push(format!("{hours} h without sign-in"));
            }
            if line.broken > 0.0 {
                harms.push(format!("{} broken meetings", number::three_digits(line.broken)));
            }
            if let Some(day) = line.worst_day {
                harms.push(format!("worst on {}", self.date(day as usize)));
            }
            format!("{} ({})", line.name, harms.join(", "))
        };
        let told: Vec<String> = departments.iter().take(HARDEST).map(told).collect();
        (!told.is_empty()).then(|| format!("Hit hardest (means): {}.", told.join("; ")))
    }

    fn turning_back(&self, subject: usize) -> Section {
        let calendar = &self.scenario.facts.calendar;
        let asked = &self.scenario.exposure;
        let line = self.line(subject);
        let technical = turning_back::technical(calendar, &line.technical, asked.stuck);
        let mut said = format!("{}.", capital(&technical));
        if line.technical.ever == 0 {
            said.push_str(" That is the end of the simulation.");
        }
        let days = self.results.values(subject, Metric::DowngradeDays);
        let mut days: Vec<f64> = days.into_iter().flatten().collect();
        days.sort_by(f64::total_cmp);
        if let Some(&longest) = days.last() {
            let carried = stats::carries_quantile(days.len() as u64, 0.9, LEVEL);
            let (days, what) = match carried {
                true => (stats::quantile(&days, 0.9), "P90"),
                false => (longest, "the most"),
            };
            said.push_str(&format!(
                " Where it turned back, downgrades took up to {} days ({what}).",
                number::three_digits(days)
            ));
        }
        Section::new("Turning back")
            .with(Block::Text(said))
            .with(Block::Open(Topic::TurningBack, self.not_studied(subject)))
    }

    /// What the page says of turning back where nobody has asked.
    fn not_studied(&self, subject: usize) -> String {
        let asked = &self.scenario.exposure;
        let unstated: Vec<&str> = [("budget", asked.budget), ("window", asked.window_days)]
            .into_iter()
            .filter_map(|(what, stated)| stated.is_none().then_some(what))
            .collect();
        let unstated = match unstated[..] {
            [] => String::new(),
            _ => format!(" No {} is stated.", unstated.join(" and no ")),
        };
        let command = format!(
            "coexist exposure {} --strategy {}{}",
            self.file(),
            quoted(self.name(subject)),
            self.same()
        );
        let named = Asked {
            strategies: vec![self.name(subject).into()],
            ..asked.clone()
        };
        let question = exposure::Question::new(self.scenario, &named).ok();
        let effort =
            self.effort(question.map(|asked| asked.replays(self.scenario, self.results.replications)));
        format!("Its price and days are not studied: `{command}`{effort}.{unstated}")
    }

    fn alternatives(&self) -> Section {
        let mut order: Vec<usize> = self.subject().into_iter().collect();
        let all = &self.judgement.headlines;
        order.extend(all.iter().filter(|line| !line.moves).map(|line| line.strategy));
        for line in all {
            if !order.contains(&line.strategy) {
                order.push(line.strategy);
            }
        }
        let lines = order
            .iter()
            .take(ALTERNATIVES)
            .map(|&strategy| self.line(strategy));
        let grid = headline::table(self.scenario, self.results, &lines.collect::<Vec<_>>());
        let ranges = if self.carries_tenths() {
            "P10 to P90; dates: P50, P90."
        } else {
            "Least to most; dates: P50, last."
        };
        let more = order.len().saturating_sub(ALTERNATIVES);
        let more = match more {
            0 => String::new(),
            more => format!(" {} behind this page.", counted(more, "further plan")),
        };
        Section::new("Alternatives, doing nothing among them")
            .with(Block::Table(grid))
            .with(Block::Remark(format!(
                "{ranges}{}{} Shut out: on the worst day, {}. Rolled back: share of worlds, 95 % interval.{}{}{more}",
                self.who_is_no_candidate(),
                who_can(self.scenario, self.results, self.judgement),
                self.tenth(),
                what_cost_is(self.scenario, self.results, self.judgement),
                self.harmful()
            )))
    }

    /// Which strategies move nobody, and so are compared but never recommended; a sentence behind a space, or nothing.
    fn who_is_no_candidate(&self) -> String {
        let stays = self.judgement.headlines.iter().filter(|line| !line.moves);
        let names: Vec<&str> = stays.map(|line| self.name(line.strategy)).collect();
        match names[..] {
            [] => String::new(),
            [one] => format!(" {one} is no candidate."),
            _ => format!(" {} are no candidates.", names.join(", ")),
        }
    }

    /// Which plans run although the check calls them harmful; a sentence behind a space, or nothing.
    fn harmful(&self) -> String {
        let all = 0..self.results.strategies.len();
        let names: Vec<&str> = all
            .filter(|&one| self.plan(one).allow_unsafe)
            .map(|one| self.name(one))
            .collect();
        if names.is_empty() {
            return String::new();
        }
        format!(
            " Harmful, and run only because the scenario allows it (allow_unsafe): {}.",
            names.join(", ")
        )
    }

    fn risks(&self) -> Section {
        let turns = self.what_would_turn_it();
        let mut risks: Vec<String> = turns.clone().ok().into_iter().collect();
        let named = &self.scenario.packet.risks;
        risks.extend(named.iter().map(|risk| {
            let owner = risk
                .owner
                .as_ref()
                .map_or(String::new(), |owner| format!(" Owner: {owner}."));
            format!("{}.{owner}", risk.risk.trim_end_matches('.'))
        }));
        if let Some(subject) = self.subject() {
            let chance = &self.line(subject).found.rollback;
            let name = self.name(subject);
            if chance.count > 0 {
                risks.push(format!(
                    "{name} turns back in {} ({}).",
                    number::worlds(chance.count, self.results.replications),
                    number::ends(chance.interval)
                ));
            }
            let cost = &self.line(subject).found.cost;
            let unit = Metric::Cost.definition().unit;
            risks.push(format!(
                "{name} costs up to {} ({}).",
                amount(&number::three_digits(cost.high), unit, self.scenario),
                self.tenth()
            ));
        }
        let room = RISKS - usize::from(turns.is_err());
        let more = risks.len().saturating_sub(room);
        risks.truncate(room);
        let more =
            (more > 0).then(|| Block::Remark(format!("{} behind this page.", counted(more, "further risk"))));
        Section::new("Risks, first what would turn it")
            .narrow()
            .maybe(turns.err().map(|open| Block::Open(Topic::TurnsVerdict, open)))
            .with(Block::Items(risks))
            .maybe(more)
    }

    /// The estimate that carries the comparison of the plan that the page is about, in a sentence; or that it is not studied.
    pub(super) fn what_would_turn_it(&self) -> Result<String, String> {
        let spoken = self.judgement.spoken;
        let about = spoken.filter(|pair| self.subject().is_none_or(|one| pair.0 == one || pair.1 == one));
        let sentences = about.map_or(Vec::new(), |pair| {
            drivers::sentences(self.scenario, self.results, pair, &self.judgement.drivers)
        });
        let turns = sentences.iter().find(|sentence| sentence.contains("turns at"));
        turns.or(sentences.first()).cloned().ok_or_else(|| {
            let strategies: Vec<usize> = (self.subject().into_iter())
                .map(|subject| self.results.strategies[subject])
                .filter(|&plan| plan != self.scenario.base)
                .collect();
            let question = Question::usual(strategies, self.results.replications as u32);
            let effort = self.effort(Some(sensitivity::replays(&self.scenario.facts, &question)));
            let command = format!("coexist sensitivity {}{}", self.file(), self.same());
            format!("Which estimate would turn the verdict is not studied: `{command}`{effort}.")
        })
    }

    fn conditions(&self) -> Section {
        let conditions = &self.scenario.packet.conditions;
        let block = if conditions.is_empty() {
            Block::Text("None is stated.".into())
        } else {
            Block::Items(conditions.clone())
        };
        Section::new("Conditions").narrow().with(block)
    }

    fn signatures(&self) -> Section {
        let packet = &self.scenario.packet;
        let mut who: Vec<String> = packet.owner.iter().cloned().collect();
        who.extend(packet.approvers.iter().cloned());
        if packet.approvers.is_empty() {
            who.push("Change board".into());
        }
        Section::new("Signatures").with(Block::Signatures(who))
    }
}

/// From low to high, once if both read the same: `3,550 to 12,000`.
fn range(spread: Spread, text: impl Fn(f64) -> String) -> String {
    let (low, high) = (text(spread.low), text(spread.high));
    if low == high {
        return low;
    }
    format!("{low} to {high}")
}

/// The highest value above 0 and its place, the first of equals.
fn highest(values: &[f64]) -> Option<(f64, usize)> {
    let mut best: Option<(f64, usize)> = None;
    for (place, &value) in values.iter().enumerate() {
        if value > 0.0 && best.is_none_or(|(most, _)| value > most) {
            best = Some((value, place));
        }
    }
    best
}
