//! Charts of a run over time: a line for each strategy.

use super::{Source, first_highest, range_word};
use crate::experiment::summary::LEVEL;
use crate::outcome::{Measure, Metric};
use crate::report::figure::{Line, Lines, TimeAxis};
use crate::report::{dates, number};
use crate::stats;

/// More bands than these hide each other: then only the strategy that the title names has one.
const BANDS: usize = 2;
/// What ends of a line differ by less than this share of the highest value is not shown at length.
const STILL: f64 = 0.005;
/// Days shown beyond the last change.
const AFTER: f64 = 5.0;
/// Lines whose heights differ more than this are drawn on a scale of square roots.
const UNEQUAL: f64 = 12.0;
/// Lines that never reach this share of the highest value are not drawn.
const SEEN: f64 = 0.02;
/// Days of a week.
const WEEK: usize = 7;

impl Source<'_> {
    /// The share of the people on the new side.
    pub(super) fn share_moved(&self, strategies: &[usize]) -> Option<Lines> {
        let movers = self.candidates_of(strategies);
        let lead = self.lead(&movers)?;
        let line = |&one: &usize| {
            let share = |moved: Vec<f64>, left: Vec<f64>| -> Vec<f64> {
                let each = moved.into_iter().zip(left);
                each.map(|(moved, left)| 100.0 * moved / (moved + left).max(1.0))
                    .collect()
            };
            let values = share(
                self.means(one, Measure::UsersMoved),
                self.on_old_side(one, |measure| self.means(one, measure)),
            );
            let end = values.last().map_or(String::new(), |&share| {
                format!("{} at the end", number::percent(share / 100.0))
            });
            // Of the share itself only the mean is counted: many have moved where few are left, and the other way about.
            let left = |p: f64| self.on_old_side(one, |measure| self.quantile(one, measure, 1.0 - p));
            let band = |p: f64| share(self.quantile(one, Measure::UsersMoved, p), left(p));
            self.line(one, lead, movers.len(), values, band, end)
        };
        let lines: Vec<Line> = movers.iter().map(line).collect();
        let nine_in_ten = |one: usize| {
            let place = movers.iter().position(|&own| own == one)?;
            lasting(&lines[place].values, 90.0)
        };
        let share = |one: usize| {
            let place = movers.iter().position(|&own| own == one).unwrap_or(0);
            lines[place].values.last().copied().unwrap_or(0.0) / 100.0
        };
        let told = |one: usize| {
            (
                nine_in_ten(one).map(|day| self.date(day)),
                number::percent(share(one)),
            )
        };
        let rival = self.rival(&movers);
        let title = moved_title(
            (&self.name(lead), told(lead)),
            rival.map(|other| (self.name(other), told(other))),
        );
        let mut figure = self.lines_of(
            title,
            "Mean share of the people who are on the new side at the end of each day",
            lines,
            lead,
        );
        figure.y_label = "% of the people employed".into();
        figure.band.insert_str(0, "about ");
        end_with_data(&mut figure);
        Some(figure)
    }

    /// In what share of the worlds 98 % are done by each day.
    pub(super) fn done_by(&self, strategies: &[usize]) -> Option<Lines> {
        let movers = self.candidates_of(strategies);
        let lead = self.lead(&movers)?;
        let worlds = self.results.replications.max(1);
        let days = self.daily(lead).days;
        let by = |one: usize, end: f64| {
            let done = self.results.values(one, Metric::Day98).into_iter().flatten();
            done.filter(|&at| at <= end).count() as u64
        };
        let line = |&one: &usize| {
            let values = (0..days).map(|day| 100.0 * by(one, day as f64 + 1.0) as f64 / worlds as f64);
            let never = worlds - by(one, f64::INFINITY);
            let note = match never {
                0 => String::new(),
                never => format!("not by the horizon in {}", number::worlds(never, worlds)),
            };
            self.line(one, lead, usize::MAX, values.collect(), |_| Vec::new(), note)
        };
        let lines: Vec<Line> = movers.iter().map(line).collect();
        if lines
            .iter()
            .all(|line| line.values.iter().all(|&share| share == 0.0))
        {
            return None;
        }
        let (end, date) = match self.last_day() {
            Some(day) => (day + 1.0, self.date(day as usize)),
            None => (f64::INFINITY, "the horizon".into()),
        };
        let told = |one: usize| number::worlds(by(one, end), worlds);
        let mut title = format!(
            "98 % are done by {date} in {} with {}",
            told(lead),
            self.name(lead)
        );
        if let Some(other) = self.rival(&movers) {
            title.push_str(&format!(
                ", in {} with {}",
                number::share(by(other, end), worlds),
                self.name(other)
            ));
        }
        let mut figure = self.lines_of(
            title,
            "Share of the worlds in which 98 % of those who can be are done by the end of a day",
            lines,
            lead,
        );
        figure.y_label = "% of worlds".into();
        end_with_data(&mut figure);
        Some(figure)
    }

    /// People who cannot sign in at the end of each day.
    pub(super) fn stranded(&self, strategies: &[usize]) -> Option<Lines> {
        let measure = "People who cannot sign in at the end of each day, mean";
        let title = |worst: &str, day: &str, name: &str| {
            format!("Most people cannot sign in on {day} with {name}: {worst} on average")
        };
        self.counts_of(strategies, Measure::Stranded, measure, "people", title)
    }

    /// People who have moved and have no way back, at the end of each day.
    pub(super) fn no_way_back(&self, strategies: &[usize]) -> Option<Lines> {
        let measure = "People who have moved and have no way back at the end of each day, mean";
        let title = |worst: &str, day: &str, name: &str| {
            format!("Up to {worst} people have no way back on average with {name}, on {day}")
        };
        self.counts_of(strategies, Measure::NoWayBack, measure, "people", title)
    }

    /// Tickets that are open at the end of each day.
    pub(super) fn backlog(&self, strategies: &[usize]) -> Option<Lines> {
        let with_desk: Vec<usize> = strategies
            .iter()
            .copied()
            .filter(|&one| self.plan(one).desk.is_some())
            .collect();
        let measure = "Tickets of the migration open at the end of each day, mean";
        let title = |worst: &str, day: &str, name: &str| {
            format!("Most tickets are open on {day} with {name}: {worst} on average")
        };
        self.counts_of(&with_desk, Measure::OpenTickets, measure, "tickets", title)
    }

    fn counts_of(
        &self,
        strategies: &[usize],
        measure: Measure,
        words: &str,
        unit: &str,
        title: impl Fn(&str, &str, &str) -> String,
    ) -> Option<Lines> {
        let peak = |one: usize| first_highest(&self.means(one, measure)).0;
        let most = strategies.iter().map(|&one| peak(one)).fold(0.0, f64::max);
        let (shown, low): (Vec<usize>, Vec<usize>) =
            strategies.iter().partition(|&&one| peak(one) > most * SEEN);
        let low: Vec<String> = low
            .into_iter()
            .filter(|&one| peak(one) > 0.0)
            .map(|one| self.name(one))
            .collect();
        let words = match low.len() {
            0 => words.to_string(),
            _ => format!(
                "{words} (not shown: {}, at most {})",
                low.join(", "),
                about(most * SEEN)
            ),
        };
        let lead = self.lead(&shown)?;
        let line = |&one: &usize| {
            let values = self.means(one, measure);
            let (most, day) = first_highest(&values);
            let note = format!("most {} on {}", about(most), self.date(day));
            self.line(
                one,
                lead,
                shown.len(),
                values,
                |p| self.quantile(one, measure, p),
                note,
            )
        };
        let lines: Vec<Line> = shown.iter().map(line).collect();
        let (most, day) = first_highest(&self.means(lead, measure));
        let mut title = title(&about(most), &self.date(day), &self.name(lead));
        if let Some(other) = self.rival(&shown) {
            let (most, _) = first_highest(&self.means(other, measure));
            title.push_str(&format!(", at most {} with {}", about(most), self.name(other)));
        }
        let mut figure = self.lines_of(title, &words, lines, lead);
        figure.y_label = unit.into();
        figure.axis.marks.clear();
        figure.is_root = are_unequal(&figure.lines);
        end_with_data(&mut figure);
        Some(figure)
    }

    /// Broken meetings of each whole week.
    pub(super) fn broken_by_week(&self, strategies: &[usize]) -> Option<Lines> {
        let lead = self.lead(strategies)?;
        let weeks = |one: usize| -> Vec<f64> {
            let days = self.means(one, Measure::Broken);
            days.chunks_exact(WEEK).map(|week| week.iter().sum()).collect()
        };
        let monday = |week: usize| self.date(week * WEEK);
        let line = |&one: &usize| {
            let values = weeks(one);
            let (most, week) = first_highest(&values);
            let note = format!("most {} in the week of {}", about(most), monday(week));
            self.line(one, lead, usize::MAX, values, |_| Vec::new(), note)
        };
        let lines: Vec<Line> = strategies.iter().map(line).collect();
        let (most, week) = first_highest(&weeks(lead));
        if lines
            .iter()
            .all(|line| line.values.iter().all(|&count| count == 0.0))
        {
            return None;
        }
        let base = self.results.base;
        let usual = match strategies.contains(&base) && base != lead {
            true => {
                let of_base = weeks(base).get(week).copied().unwrap_or(0.0);
                format!(", against {} with {}", about(of_base), self.name(base))
            }
            false => String::new(),
        };
        let title = format!(
            "In its worst week, that of {}, {} breaks {} meetings on average{usual}",
            monday(week),
            self.name(lead),
            about(most)
        );
        let mut figure = self.lines_of(title, "Broken meetings of each week, mean", lines, lead);
        // A week stands at its middle.
        figure.days = (0..weeks(lead).len())
            .map(|week| (week * WEEK) as f64 + 3.0)
            .collect();
        figure.axis.label = "week".into();
        figure.axis.marks.clear();
        figure.y_label = "meetings a week".into();
        figure.is_root = are_unequal(&figure.lines);
        end_with_data(&mut figure);
        Some(figure)
    }

    /// People homed on the old side at the end of each day, added up over its pools.
    fn on_old_side(&self, strategy: usize, count: impl Fn(Measure) -> Vec<f64>) -> Vec<f64> {
        let facts = &self.scenario.facts;
        let old = (0..facts.pools.len() as u16).filter(|&pool| facts.is_legacy(pool));
        let mut sum = vec![0.0; self.daily(strategy).days];
        for pool in old {
            let own = count(Measure::UsersOnPool(pool));
            sum.iter_mut().zip(own).for_each(|(sum, own)| *sum += own);
        }
        sum
    }

    /// A line of a strategy; with a band if there are few lines, or it is that of the title, and the worlds carry one.
    fn line(
        &self,
        strategy: usize,
        lead: usize,
        lines: usize,
        values: Vec<f64>,
        band: impl Fn(f64) -> Vec<f64>,
        note: String,
    ) -> Line {
        let carries = stats::carries_quantile(self.results.replications, 0.9, LEVEL);
        let has_band = carries && (lines <= BANDS || lines < usize::MAX && strategy == lead);
        let band = |p: f64| if has_band { band(p) } else { Vec::new() };
        Line {
            name: self.name(strategy),
            colour: self.colour(strategy),
            values,
            low: band(0.1),
            high: band(0.9),
            note,
        }
    }

    fn lines_of(&self, title: String, measure: &str, lines: Vec<Line>, lead: usize) -> Lines {
        let shown: Vec<usize> = (0..self.results.strategies.len()).collect();
        let mut axis = self.axis(&shown);
        axis.marks = self.wanted_days();
        let band = match lines.len() {
            ..=BANDS => range_word(true).to_string(),
            _ => format!("{}, with {}", range_word(true), self.name(lead)),
        };
        Lines {
            frame: self.frame(title, measure),
            days: (0..self.daily(lead).days).map(|day| day as f64).collect(),
            axis,
            lines,
            band,
            ..Lines::default()
        }
    }

    /// The last day by which a limit wants 98 % to be done.
    fn last_day(&self) -> Option<f64> {
        let limits = self.scenario.goals.limits.iter();
        let ends = limits.filter(|limit| limit.metric == Metric::Day98 && limit.share_of.is_none());
        // The end of a day is the beginning of the next one.
        ends.map(|limit| (libm::ceil(limit.at_most) - 1.0).max(0.0))
            .min_by(f64::total_cmp)
    }

    /// Days that people have set: of the decision, and by which 98 % are to be done.
    pub(super) fn wanted_days(&self) -> Vec<(f64, String)> {
        let calendar = &self.scenario.facts.calendar;
        let decision = self.scenario.packet.decide_by.and_then(|date| {
            let day = calendar.start.until(date).ok()?.get_days();
            (day >= 0).then(|| (f64::from(day), format!("decision by {}", dates::long(date))))
        });
        let done = self
            .last_day()
            .map(|day| (day, format!("98 % wanted by {}", self.date(day as usize))));
        decision.into_iter().chain(done).collect()
    }
}

/// Ends the axis a little after the last change of a line or the last mark, whichever is later.
pub(in crate::report) fn end_with_data(figure: &mut Lines) {
    let last = last_change(figure).max(figure.axis.marks.iter().map(|mark| mark.0).fold(0.0, f64::max));
    end_at(&mut figure.axis, last + AFTER);
    let days = &figure.days;
    let shown = days
        .iter()
        .take_while(|&&day| day <= figure.axis.last_day)
        .count();
    for line in &mut figure.lines {
        for values in [&mut line.values, &mut line.low, &mut line.high] {
            values.truncate(shown);
        }
    }
    figure.days.truncate(shown);
}

/// Ends an axis at a day, if it is longer.
pub(super) fn end_at(axis: &mut TimeAxis, day: f64) {
    axis.last_day = axis.last_day.min(day);
    axis.ticks.retain(|tick| tick.0 <= axis.last_day);
    axis.spans.retain(|span| span.0 < axis.last_day);
    for span in &mut axis.spans {
        span.1 = span.1.min(axis.last_day);
    }
}

/// A mean over worlds as it is told: of small ones the first decimal.
pub(in crate::report) fn about(mean: f64) -> String {
    match mean {
        0.0 => "0".into(),
        ..0.05 => "< 0.1".into(),
        ..9.95 => number::rounded(mean, 1),
        ..99.5 => number::whole(mean),
        _ => number::three_digits(mean),
    }
}

/// By when nine of ten people have moved, or how many have at the end, with one plan and another.
fn moved_title(
    lead: (&str, (Option<String>, String)),
    rival: Option<(String, (Option<String>, String))>,
) -> String {
    let first = match &lead.1 {
        (Some(date), _) => format!("90 % of the people are on the new side by {date} with {}", lead.0),
        (None, share) => format!(
            "{share} of the people are on the new side at the end with {}",
            lead.0
        ),
    };
    match rival {
        Some((name, (Some(date), _))) if lead.1.0.is_some() => format!("{first}, by {date} with {name}"),
        Some((name, (Some(date), _))) => format!("{first}, 90 % by {date} with {name}"),
        Some((name, (None, share))) => format!("{first}, {share} at the end with {name}"),
        None => first,
    }
}

/// The last day on which any line or band is not yet what it ends at.
fn last_change(figure: &Lines) -> f64 {
    let all = || {
        figure
            .lines
            .iter()
            .flat_map(|line| [&line.values, &line.low, &line.high])
    };
    let most = all().flatten().copied().fold(0.0, f64::max);
    let last = |values: &Vec<f64>| {
        let end = values.last().copied().unwrap_or(0.0);
        values
            .iter()
            .rposition(|value| (value - end).abs() > STILL * most)
    };
    let last = all().filter_map(last).max().unwrap_or(0);
    figure
        .days
        .get(last + 1)
        .or(figure.days.last())
        .copied()
        .unwrap_or(0.0)
}

/// The first day from which on the values are at least so high.
fn lasting(values: &[f64], level: f64) -> Option<usize> {
    let below = values.iter().rposition(|&value| value < level);
    let first = below.map_or(0, |day| day + 1);
    (first < values.len()).then_some(first)
}

/// Are some lines so low beside others that they would not be seen?
fn are_unequal(lines: &[Line]) -> bool {
    let peaks = lines
        .iter()
        .map(|line| first_highest(&line.values).0)
        .filter(|&peak| peak > 0.0);
    let (low, high) = peaks.fold((f64::INFINITY, 0.0f64), |(low, high), peak| {
        (low.min(peak), high.max(peak))
    });
    high > UNEQUAL * low
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::figure::strategy_colour;

    fn line(values: &[f64]) -> Line {
        Line {
            name: String::new(),
            colour: strategy_colour(1),
            values: values.to_vec(),
            low: Vec::new(),
            high: Vec::new(),
            note: String::new(),
        }
    }

    #[test]
    fn a_share_counts_from_the_day_on_which_it_lasts() {
        assert_eq!(lasting(&[0.0, 95.0, 20.0, 91.0, 99.0], 90.0), Some(3));
        assert_eq!(lasting(&[95.0, 95.0], 90.0), Some(0));
        assert_eq!(lasting(&[95.0, 89.0], 90.0), None);
    }

    #[test]
    fn the_title_says_when_nine_in_ten_have_moved_or_how_many_have() {
        let by = |date: &str| (Some(date.to_string()), "97 %".to_string());
        let never = || (None, "41 %".to_string());
        assert_eq!(
            moved_title(("a", by("1 May 2013")), Some(("b".into(), by("2 May 2013")))),
            "90 % of the people are on the new side by 1 May 2013 with a, by 2 May 2013 with b"
        );
        assert_eq!(
            moved_title(("a", never()), Some(("b".into(), by("2 May 2013")))),
            "41 % of the people are on the new side at the end with a, 90 % by 2 May 2013 with b"
        );
        assert_eq!(
            moved_title(("a", by("1 May 2013")), Some(("b".into(), never()))),
            "90 % of the people are on the new side by 1 May 2013 with a, 41 % at the end with b"
        );
        assert_eq!(
            moved_title(("a", never()), None),
            "41 % of the people are on the new side at the end with a"
        );
    }

    #[test]
    fn means_are_told_without_false_precision() {
        assert_eq!(
            [0.0, 0.033, 4.77, 9.97, 52.1, 1534.0].map(about),
            ["0", "< 0.1", "4.8", "10", "52", "1,530"]
        );
    }

    #[test]
    fn an_axis_ends_after_the_last_change() {
        let mut figure = Lines {
            days: (0..9).map(f64::from).collect(),
            lines: vec![line(&[0.0, 5.0, 90.0, 99.9, 100.0, 100.0, 100.0, 100.0, 100.0])],
            ..Lines::default()
        };
        assert_eq!(last_change(&figure), 3.0);
        figure.axis.last_day = 8.0;
        figure.axis.spans = vec![(2.0, 6.0, "freeze".into()), (7.0, 8.0, "freeze".into())];
        end_at(&mut figure.axis, 5.0);
        assert_eq!(
            (
                figure.axis.last_day,
                figure.axis.spans.len(),
                figure.axis.spans[0].1
            ),
            (5.0, 1, 5.0)
        );
    }

    #[test]
    fn low_lines_beside_high_ones_need_another_scale() {
        assert!(are_unequal(&[line(&[1.0, 3.0]), line(&[40.0, 0.0])]));
        assert!(!are_unequal(&[line(&[4.0]), line(&[40.0]), line(&[0.0])]));
    }
}
