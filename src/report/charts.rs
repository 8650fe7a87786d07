//! The charts of a run, built from its results. Each title states the finding.

mod against;
pub(super) mod over_time;
mod programme;

use super::figure::{
    Colour, Compare, CompareRow, Exceedance, ExceedanceCurve, Fan, FanPanel, Figure, Frame, Lines, Stack,
    StackLayer, StackPanel, TimeAxis, strategy_colour,
};
use super::goals::Judgement;
use super::manifest::VERSION;
use super::verdict::Words;
use super::{dates, number, run, strategy_name};
use crate::experiment::summary::{LEVEL, Summary};
use crate::experiment::{Daily, Interval, Results};
use crate::kernel::{Span, Time};
use crate::outcome::{Measure, Metric};
use crate::plan::Plan;
use crate::scenario::Scenario;
use crate::stats;

/// Most panels that one chart can show.
const PANELS: usize = 8;

/// All charts with the names of their files.
pub fn figures(scenario: &Scenario, results: &Results, judgement: &Judgement) -> Vec<(String, Figure)> {
    let from = Source::new(scenario, results, judgement);
    let shown: Vec<usize> = (0..results.strategies.len()).collect();
    let exposed: Vec<usize> = shown
        .iter()
        .copied()
        .filter(|&one| from.peak(one, Measure::ExposureMeetings, 0.95).0 > 0.0)
        .collect();
    // In the order of a page.
    let mut figures = numbered("programme", from.programme(&shown).into_iter().map(Figure::Gantt));
    figures.extend(some_pages("share-moved", &shown, |page| {
        from.share_moved(page).map(Figure::Lines)
    }));
    figures.extend(some_pages("done-by", &shown, |page| {
        from.done_by(page).map(Figure::Lines)
    }));
    figures.extend(numbered(
        "limits",
        shown
            .chunks(PANELS)
            .flat_map(|page| from.limits(page))
            .map(Figure::Forest),
    ));
    figures.extend(numbered(
        "plan-against-plan",
        from.pairs().into_iter().map(Figure::Forest),
    ));
    type Make<'a> = fn(&Source<'a>, &[usize]) -> Option<Lines>;
    let over_time: [(&str, Make<'_>); 4] = [
        ("stranded-per-day", Source::stranded),
        ("broken-meetings-by-week", Source::broken_by_week),
        ("no-way-back", Source::no_way_back),
        ("desk-backlog", Source::backlog),
    ];
    for (name, make) in over_time {
        figures.extend(some_pages(name, &shown, |page| {
            make(&from, page).map(Figure::Lines)
        }));
    }
    figures.extend(pages("rollback-exposure", &exposed, |page| {
        Figure::Fan(from.exposure(page))
    }));
    figures.extend(some_pages("cost-by-kind", &shown, |page| {
        from.costs(page).map(Figure::Bars)
    }));
    figures.extend(
        from.paired_loss()
            .map(|figure| ("paired-loss".into(), Figure::Exceedance(figure))),
    );
    figures.extend(pages("users-by-client", &shown, |page| {
        Figure::Stack(from.clients(page))
    }));
    figures.extend(pages("broken-meetings-per-day", &shown, |page| {
        Figure::Fan(from.broken(page))
    }));
    figures.push(("strategies-compared".into(), Figure::Compare(from.compared())));
    figures.push((
        "lost-hours-exceedance".into(),
        Figure::Exceedance(from.exceedance()),
    ));
    figures
}

/// Charts beside a page only: what they show stands there in a picture that says it better.
const BESIDE: [&str; 3] = [
    "users-by-client",
    "broken-meetings-per-day",
    "lost-hours-exceedance",
];

/// The charts that a page shows, in its order.
pub(super) fn for_page(
    scenario: &Scenario,
    results: &Results,
    judgement: &Judgement,
) -> Vec<(String, Figure)> {
    let mut figures = figures(scenario, results, judgement);
    figures.retain(|(name, _)| !BESIDE.iter().any(|beside| name.starts_with(beside)));
    figures
}

/// Where the numbers of a chart come from.
pub(super) fn footer(scenario: &Scenario, seed: u64) -> String {
    let digest = &scenario.digest;
    format!(
        "Scenario {} · seed {seed} · coexist {VERSION} · input digest {}",
        scenario.facts.name,
        &digest[..digest.len().min(12)]
    )
}

/// The colour of a strategy: the same in all charts, whichever others run.
pub(super) fn colour(scenario: &Scenario, results: &Results, strategy: usize) -> Colour {
    let (plan, base) = (results.strategies[strategy], scenario.base);
    if plan == base {
        strategy_colour(0)
    } else {
        strategy_colour(plan + usize::from(plan < base))
    }
}

/// What the chart of strategies compared finds.
pub(super) fn compared_title(scenario: &Scenario, results: &Results, judgement: &Judgement) -> String {
    Source::new(scenario, results, judgement).compared().frame.title
}

/// As many charts as the panels need; all but the first are numbered.
fn pages<F>(name: &str, strategies: &[usize], figure: impl Fn(&[usize]) -> F) -> Vec<(String, F)> {
    numbered(name, strategies.chunks(PANELS).map(figure))
}

/// Charts of one kind with their names: all but the first are numbered.
fn numbered<F>(name: &str, figures: impl Iterator<Item = F>) -> Vec<(String, F)> {
    let name_of = |page: usize| match page {
        0 => name.to_string(),
        page => format!("{name}-{}", page + 1),
    };
    figures
        .enumerate()
        .map(|(page, figure)| (name_of(page), figure))
        .collect()
}

/// The same of what may have nothing to show.
fn some_pages(
    name: &str,
    strategies: &[usize],
    figure: impl Fn(&[usize]) -> Option<Figure>,
) -> Vec<(String, Figure)> {
    let pages = pages(name, strategies, figure).into_iter();
    pages.filter_map(|(name, figure)| Some((name, figure?))).collect()
}

/// What charts are made from.
struct Source<'a> {
    /// The plan that the page is about, as a position among the strategies.
    subject: Option<usize>,
    scenario: &'a Scenario,
    results: &'a Results,
    judgement: &'a Judgement,
}

impl<'a> Source<'a> {
    fn new(scenario: &'a Scenario, results: &'a Results, judgement: &'a Judgement) -> Source<'a> {
        let subject = super::packet::subject(scenario, results, judgement);
        Source {
            scenario,
            results,
            judgement,
            subject: subject.and_then(|plan| results.strategies.iter().position(|&own| own == plan)),
        }
    }
}

impl Source<'_> {
    fn name(&self, strategy: usize) -> String {
        strategy_name(self.scenario, self.results, strategy).to_string()
    }

    fn plan(&self, strategy: usize) -> &Plan {
        &self.scenario.plans[self.results.strategies[strategy]]
    }

    fn colour(&self, strategy: usize) -> Colour {
        colour(self.scenario, self.results, strategy)
    }

    fn date(&self, day: usize) -> String {
        dates::long(self.scenario.facts.calendar.date(day as i64))
    }

    fn worlds(&self) -> String {
        let count = number::whole(self.results.replications as f64);
        if self.results.replications == 1 {
            "1 world".into()
        } else {
            format!("{count} worlds")
        }
    }

    fn frame(&self, title: String, measure: &str) -> Frame {
        Frame {
            title,
            subtitle: format!("{measure}, {}", self.worlds()),
            footer: footer(self.scenario, self.results.seed),
        }
    }

    fn axis(&self, strategies: &[usize]) -> TimeAxis {
        let calendar = &self.scenario.facts.calendar;
        let last_day = f64::from(calendar.days().saturating_sub(1));
        let day = |at: Time| at.days().clamp(0.0, last_day);
        let freezes = self
            .scenario
            .freezes
            .iter()
            .filter(|(from, to)| to.0 > 0 && *from < calendar.horizon);
        TimeAxis {
            label: "date (end of the day)".into(),
            first_day: 0.0,
            last_day,
            ticks: dates::ticks(calendar),
            marks: self.marks(strategies),
            spans: freezes
                .map(|(from, to)| (day(*from), day(*to), "freeze".into()))
                .collect(),
        }
    }

    /// A rollback, if it is ordered at one instant in all panels: marks stand in every panel.
    fn marks(&self, strategies: &[usize]) -> Vec<(f64, String)> {
        let mut instants: Vec<Option<Time>> = strategies.iter().map(|&one| self.rollback(one)).collect();
        instants.dedup();
        match instants[..] {
            [Some(at)] => vec![(at.days(), "rollback ordered".into())],
            _ => Vec::new(),
        }
    }

    fn rollback(&self, strategy: usize) -> Option<Time> {
        let plan = self.plan(strategy);
        plan.rollback.as_ref()?.planned(&plan.waves)
    }

    fn daily(&self, strategy: usize) -> &Daily {
        &self.results.daily[strategy]
    }

    fn means(&self, strategy: usize, measure: Measure) -> Vec<f64> {
        let daily = self.daily(strategy);
        let column = daily.column(measure);
        (0..daily.days).map(|day| daily.mean(day, column)).collect()
    }

    fn quantile(&self, strategy: usize, measure: Measure, p: f64) -> Vec<f64> {
        let daily = self.daily(strategy);
        let column = daily.column(measure);
        (0..daily.days)
            .map(|day| daily.histogram(day, column).quantile(p) as f64)
            .collect()
    }

    /// Highest value of a quantile of a daily count, and its day.
    fn peak(&self, strategy: usize, measure: Measure, p: f64) -> (f64, usize) {
        first_highest(&self.quantile(strategy, measure, p))
    }

    fn fan_panel(&self, strategy: usize, measure: Measure) -> FanPanel {
        // A band that the worlds do not carry is left out; the line in the middle stays.
        let quantile = |p| {
            if p == 0.5 || stats::carries_quantile(self.results.replications, p, LEVEL) {
                self.quantile(strategy, measure, p)
            } else {
                Vec::new()
            }
        };
        FanPanel {
            name: self.name(strategy),
            colour: self.colour(strategy),
            p05: quantile(0.05),
            p10: quantile(0.10),
            p25: quantile(0.25),
            p50: quantile(0.50),
            p75: quantile(0.75),
            p90: quantile(0.90),
            p95: quantile(0.95),
            note: self.note(strategy, measure),
        }
    }

    /// Remark on a panel: the peak of its median, or of its highest band if the median is always zero, and its
    /// rollback.
    fn note(&self, strategy: usize, measure: Measure) -> String {
        let mut parts = Vec::new();
        let (peak, day) = self.peak(strategy, measure, 0.5);
        let (high, _) = self.peak(strategy, measure, 0.95);
        if peak > 0.0 {
            parts.push(format!(
                "peak about {} on {}",
                number::three_digits(peak),
                self.date(day)
            ));
        } else if high > 0.0 {
            parts.push(format!("median 0, 95 % up to {}", number::three_digits(high)));
        }
        if let Some(at) = self.rollback(strategy) {
            parts.push(format!("rollback on {}", self.date(at.day().max(0) as usize)));
        }
        parts.join("; ")
    }

    fn fan(&self, title: String, measure: Measure, words: &str, y_label: &str, strategies: &[usize]) -> Fan {
        Fan {
            frame: self.frame(title, &format!("{words}, median and quantile bands")),
            axis: self.axis(strategies),
            y_label: y_label.into(),
            panels: strategies
                .iter()
                .map(|&one| self.fan_panel(one, measure))
                .collect(),
            target: None,
        }
    }

    fn clients(&self, strategies: &[usize]) -> Stack {
        let shares: Vec<(f64, usize)> = strategies
            .iter()
            .map(|&one| (self.new_client_share(one), one))
            .filter(|(_, one)| self.counts(*one))
            .collect();
        let share = |share: f64| number::percent(share);
        let title = match (min_by_value(&shares), max_by_value(&shares)) {
            (Some((low, worst)), Some((high, best))) if worst != best => format!(
                "In the end {} of users have a new client under {}, {} under {}",
                share(low),
                self.name(worst),
                share(high),
                self.name(best)
            ),
            (Some((all, one)), _) => {
                format!(
                    "In the end {} of users have a new client under {}",
                    share(all),
                    self.name(one)
                )
            }
            _ => "Users by client release".into(),
        };
        Stack {
            frame: self.frame(title, "Users by client release at the end of each day, mean"),
            axis: self.axis(strategies),
            y_label: "users".into(),
            panels: strategies.iter().map(|&one| self.stack_panel(one)).collect(),
        }
    }

    /// Those of some strategies that move people.
    fn candidates_of(&self, strategies: &[usize]) -> Vec<usize> {
        let candidates = &self.judgement.verdict.candidates;
        strategies
            .iter()
            .copied()
            .filter(|one| candidates.contains(one))
            .collect()
    }

    /// The strategy that the title of a chart of some names first: the one that the page is about, else the first that moves people;
    /// never another one because it looks worst.
    fn lead(&self, strategies: &[usize]) -> Option<usize> {
        let subject = self.subject.filter(|subject| strategies.contains(subject));
        subject
            .or(self.candidates_of(strategies).first().copied())
            .or(strategies.first().copied())
    }

    /// The strategy that it is set against: the other one of the pair that is spoken of.
    fn rival(&self, strategies: &[usize]) -> Option<usize> {
        let (one, other) = self.judgement.spoken?;
        let lead = self.lead(strategies)?;
        let rival = [(one, other), (other, one)]
            .into_iter()
            .find(|pair| pair.0 == lead)?
            .1;
        strategies.contains(&rival).then_some(rival)
    }

    /// Does a strategy count in a title? If it moves people, or nothing does.
    fn counts(&self, strategy: usize) -> bool {
        let candidates = &self.judgement.verdict.candidates;
        candidates.is_empty() || candidates.contains(&strategy)
    }

    fn new_client_share(&self, strategy: usize) -> f64 {
        let legacy = &self.scenario.facts.profile.client_legacy;
        let last = |client: usize| {
            self.means(strategy, Measure::UsersWithClient(client as u8))
                .last()
                .copied()
                .unwrap_or(0.0)
        };
        let sum = |is_new: bool| -> f64 {
            (0..legacy.len())
                .filter(|&client| !legacy[client] || !is_new)
                .map(last)
                .sum()
        };
        sum(true) / sum(false).max(1.0)
    }

    /// New releases at the bottom, releases that nobody has at any time left out.
    fn stack_panel(&self, strategy: usize) -> StackPanel {
        let profile = &self.scenario.facts.profile;
        let mut order: Vec<usize> = (0..profile.clients.len()).collect();
        order.sort_by_key(|&client| profile.client_legacy[client]);
        let (mut new, mut old) = ([Colour::Blue, Colour::Green].iter().cycle(), OLD.iter().cycle());
        let layers = order.into_iter().filter_map(|client| {
            let next = if profile.client_legacy[client] {
                old.next()
            } else {
                new.next()
            };
            let values = self.means(strategy, Measure::UsersWithClient(client as u8));
            let is_used = self.is_used(client);
            is_used.then(|| StackLayer {
                name: profile.clients[client].title.clone(),
                colour: *next.expect("a cycle does not end"),
                values,
            })
        });
        StackPanel {
            name: self.name(strategy),
            layers: layers.collect(),
        }
    }

    /// Does anybody have this client in any strategy?
    fn is_used(&self, client: usize) -> bool {
        let has_users = |one| {
            self.means(one, Measure::UsersWithClient(client as u8))
                .iter()
                .any(|&users| users > 0.0)
        };
        (0..self.results.strategies.len()).any(has_users)
    }

    fn broken(&self, strategies: &[usize]) -> Fan {
        let strategy = self.lead(strategies).unwrap_or(strategies[0]);
        let (peak, day) = self.peak(strategy, Measure::Broken, 0.5);
        let base = self.results.base;
        let is_higher = strategy == base || peak > self.peak(base, Measure::Broken, 0.5).0;
        let title = if peak > 0.0 {
            let peak = number::three_digits(peak);
            let name = self.name(strategy);
            if is_higher {
                format!(
                    "Broken meetings peak at about {peak} a day under {name}, on {}",
                    self.date(day)
                )
            } else {
                format!(
                    "Broken meetings peak at about {peak} a day under {name}, no higher than under {}",
                    self.name(base)
                )
            }
        } else {
            format!(
                "On any given day no meeting breaks in at least half of the worlds with {}",
                self.name(strategy)
            )
        };
        self.fan(
            title,
            Measure::Broken,
            "Broken meetings per day",
            "meetings a day",
            strategies,
        )
    }

    fn exposure(&self, strategies: &[usize]) -> Fan {
        let strategy = self.lead(strategies).unwrap_or(strategies[0]);
        let (peak, day) = self.peak(strategy, Measure::ExposureMeetings, 0.5);
        let ahead = number::exact(self.plan(strategy).look_ahead.0 as f64 / Span::DAY.0 as f64);
        let text = |peak| number::three_digits(peak);
        let as_high = strategies
            .iter()
            .filter(|&&one| text(self.peak(one, Measure::ExposureMeetings, 0.5).0) == text(peak))
            .count();
        let title = if peak > 0.0 && as_high > 1 {
            format!(
                "A full rollback would leave up to about {} meetings stale, in {as_high} strategies alike",
                text(peak)
            )
        } else if peak > 0.0 {
            format!(
                "A full rollback would leave up to about {} meetings stale ({}, {})",
                text(peak),
                self.name(strategy),
                self.date(day)
            )
        } else {
            format!(
                "On any given day a full rollback would leave no meeting stale in at least half of the worlds with {}",
                self.name(strategy)
            )
        };
        let words = format!(
            "Meetings of the next {ahead} days that a full rollback ordered on that day leaves stale"
        );
        self.fan(title, Measure::ExposureMeetings, &words, "meetings", strategies)
    }

    fn compared(&self) -> Compare {
        let words = Words::new(self.scenario, self.results, &self.judgement.verdict);
        let title = words.in_metric(Metric::Broken).unwrap_or_else(|| {
            let name = self.judgement.verdict.candidates.first().copied().unwrap_or(0);
            format!(
                "{} breaks {} meetings",
                self.name(name),
                self.mean_text(name, Metric::Broken)
            )
        });
        Compare {
            frame: self.frame(
                title,
                if run::carries_p90(self.results) {
                    "Broken meetings: mean, its 95 % interval, and the range of outcomes P10 to P90"
                } else {
                    "Broken meetings: mean, its 95 % interval, and the range of all outcomes"
                },
            ),
            x_label: "broken meetings up to the horizon".into(),
            rows: (0..self.results.strategies.len())
                .map(|one| self.compare_row(one))
                .collect(),
            range: range_word(run::carries_p90(self.results)).into(),
            log_scale: false,
        }
    }

    fn mean_text(&self, strategy: usize, metric: Metric) -> String {
        let mean = Summary::new(self.results, strategy, metric).mean;
        mean.map_or(String::new(), |mean| {
            number::with_half_width(mean.mean, mean.half_width())
        })
    }

    fn compare_row(&self, strategy: usize) -> CompareRow {
        let summary = Summary::new(self.results, strategy, Metric::Broken);
        let [low, high] = summary.range();
        let base = self.name(self.results.base);
        let compared = self.judgement.comparisons.of(strategy, Metric::Broken);
        let difference = compared.map(|compared| Interval::from(compared.answer.difference.estimate));
        CompareRow {
            name: self.name(strategy),
            colour: self.colour(strategy),
            mean: summary.mean.map_or(0.0, |mean| mean.mean),
            interval: summary.mean.and_then(|mean| mean.ends),
            p10: low.unwrap_or(0.0),
            p90: high.unwrap_or(0.0),
            label: self.mean_text(strategy, Metric::Broken),
            difference: difference.map_or(String::new(), |difference| {
                format!(
                    "{} against {base}",
                    number::signed(difference.mean, difference.half_width())
                )
            }),
        }
    }

    fn exceedance(&self) -> Exceedance {
        let strategies = 0..self.results.strategies.len();
        let all: Vec<usize> = strategies.clone().collect();
        let high = self.lead(&all).and_then(|lead| {
            let p90 = Summary::new(self.results, lead, Metric::LostHours).quantiles[2];
            Some((p90.ok()?.value?, lead))
        });
        let title = high.map_or("Lost attendee-hours".into(), |(hours, lead)| {
            let hours = number::three_digits(hours);
            format!(
                "In one world of ten, {} loses more than {hours} attendee-hours",
                self.name(lead)
            )
        });
        Exceedance {
            frame: self.frame(title, "Share of worlds in which more attendee-hours are lost"),
            x_label: "lost attendee-hours up to the horizon".into(),
            curves: strategies
                .map(|one| ExceedanceCurve {
                    name: self.name(one),
                    colour: self.colour(one),
                    values: self
                        .results
                        .values(one, Metric::LostHours)
                        .into_iter()
                        .flatten()
                        .collect(),
                })
                .collect(),
            log_scale: false,
            zero: String::new(),
        }
    }
}

/// Colours of legacy client releases.
const OLD: [Colour; 4] = [Colour::Orange, Colour::Vermillion, Colour::Purple, Colour::Sky];

/// What the thin bars of a comparison are.
pub(super) fn range_word(is_tenths: bool) -> &'static str {
    if is_tenths {
        "10–90 % of worlds"
    } else {
        "all worlds"
    }
}

/// The highest value and the first place where it is.
pub(super) fn first_highest(values: &[f64]) -> (f64, usize) {
    values.iter().enumerate().fold(
        (0.0, 0),
        |best, (at, &value)| if value > best.0 { (value, at) } else { best },
    )
}

fn min_by_value(values: &[(f64, usize)]) -> Option<(f64, usize)> {
    values.iter().copied().min_by(|a, b| a.0.total_cmp(&b.0))
}

fn max_by_value(values: &[(f64, usize)]) -> Option<(f64, usize)> {
    values.iter().copied().max_by(|a, b| a.0.total_cmp(&b.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_eight_panels_make_a_second_page() {
        let strategies: Vec<usize> = (0..10).collect();
        let charts = pages("x", &strategies, |_| Figure::Fan(Fan::default()));
        let names: Vec<&str> = charts.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["x", "x-2"]);
    }

    #[test]
    fn the_first_of_equal_peaks_counts() {
        assert_eq!(first_highest(&[0.0, 3.0, 3.0, 1.0]), (3.0, 1));
        assert_eq!(first_highest(&[]), (0.0, 0));
    }
}
