//! The calendar of a plan as a chart, with what the worlds make of it.

use super::over_time::end_at;
use super::{Source, range_word};
use crate::analysis::no_return::Last;
use crate::experiment::summary::LEVEL;
use crate::kernel::Time;
use crate::outcome::Metric;
use crate::plan::agenda::{What, agenda};
use crate::plan::check::counted;
use crate::report::figure::{Gantt, GanttKind, GanttRow};
use crate::report::number;
use crate::stats;

/// Rows of one chart at most.
const ROWS: usize = 55;
/// Days shown before the first and behind the last thing.
const AROUND: f64 = 5.0;

impl Source<'_> {
    /// What the plan that the page is about does, and when its waves start in the worlds. As many charts as it takes.
    pub(super) fn programme(&self, strategies: &[usize]) -> Vec<Gantt> {
        let movers = self.candidates_of(strategies);
        let Some(lead) = self.lead(&movers).filter(|&one| !self.plan(one).waves.is_empty()) else {
            return Vec::new();
        };
        let carries = stats::carries_quantile(self.results.replications, 0.9, LEVEL);
        let mut rows = self.waves(lead, carries);
        let last = rows.len();
        rows.extend(self.dated(lead));
        let title = self.programme_title(lead, &rows[..last], carries);
        rows.sort_by(|a, b| a.from.total_cmp(&b.from));
        let no_return = self.no_return(lead, carries);
        let mut axis = self.axis(&[lead]);
        axis.marks.extend(self.wanted_days());
        let line = self.judgement.headlines.iter().find(|line| line.strategy == lead);
        if let Some(Last::Day(day)) = line.map(|line| line.technical.last()) {
            axis.marks.push((
                f64::from(day),
                format!("way back until {}", self.date(day as usize)),
            ));
        }
        axis.label = "date".into();
        let ends = rows
            .iter()
            .map(|row| row.range.map_or(row.to, |range| range.1.max(row.to)));
        let marks: Vec<f64> = axis.marks.iter().map(|mark| mark.0).collect();
        let band = no_return.iter().map(|band| band.1);
        end_at(
            &mut axis,
            ends.chain(marks.iter().copied()).chain(band).fold(0.0, f64::max) + AROUND,
        );
        let first = marks.iter().copied().fold(rows[0].from, f64::min);
        axis.first_day = (first - AROUND).max(0.0);
        axis.spans.retain(|span| span.1 > axis.first_day);
        for span in &mut axis.spans {
            span.0 = span.0.max(axis.first_day);
        }
        let each = rows.chunks(ROWS).map(|rows| Gantt {
            frame: self.frame(
                title.clone(),
                &format!(
                    "Calendar of {} if nothing holds it, and when its waves start",
                    self.name(lead)
                ),
            ),
            axis: axis.clone(),
            rows: rows.to_vec(),
            range: format!("starts, {}", range_word(carries)),
            no_return: no_return.clone(),
        });
        each.collect()
    }

    fn waves(&self, strategy: usize, carries: bool) -> Vec<GanttRow> {
        let plan = self.plan(strategy);
        let found = &self.results.breakdowns[strategy].waves;
        let worlds = self.results.replications;
        let row = |(number, wave): (usize, &crate::plan::Wave)| {
            let slip = found
                .get(number)
                .map(|found| &found.slip)
                .filter(|slip| !slip.is_empty());
            let written = wave.start.days();
            let range = slip.map(|slip| {
                let ends = if carries { [0.1, 0.9] } else { [0.0, 1.0] };
                let [low, high] = ends.map(|p| written + slip.quantile(p) as f64);
                (low, high)
            });
            let started = slip.map_or(0, |slip| slip.count());
            let note = match started {
                all if all == worlds => String::new(),
                some => format!("starts in {}", number::worlds(some, worlds)),
            };
            GanttRow {
                name: format!("{}: {}", wave.name, counted(wave.users.len(), "user")),
                kind: GanttKind::Wave,
                from: if wave.due < Time::NEVER {
                    wave.due.days()
                } else {
                    written
                },
                to: written,
                range: range.filter(|range| range.1 > range.0 || range.0 > written),
                has_gate: plan.gate_before(number).is_some(),
                note,
            }
        };
        let mut rows: Vec<GanttRow> = plan.waves.iter().enumerate().map(row).collect();
        rows.iter_mut().for_each(|row| row.to = row.from);
        rows
    }

    /// Tasks, and what holds from a day on.
    fn dated(&self, strategy: usize) -> Vec<GanttRow> {
        let items = agenda(&self.scenario.facts, self.plan(strategy), &self.scenario.freezes);
        let row = |item: &crate::plan::agenda::Item| {
            let from = item.at?.days();
            let (kind, name, to) = match &item.what {
                What::Task { name, end } => (GanttKind::Task, format!("task {name}"), end.days()),
                What::Tests { .. } => (GanttKind::Event, "coexistence tests".into(), from),
                What::Rollback => (GanttKind::Event, "rollback".into(), from),
                What::Retirement(_) => (GanttKind::Event, "retirement of the old side".into(), from),
                What::JoinersFrom => (GanttKind::Event, "joiners on the new side".into(), from),
                What::Joiners { .. } => (GanttKind::Event, "further waves for joiners".into(), from),
                What::Stage(_) | What::Freeze { .. } => return None,
            };
            Some(GanttRow {
                name,
                kind,
                from,
                to,
                range: None,
                has_gate: false,
                note: String::new(),
            })
        };
        items.iter().filter_map(row).collect()
    }

    fn programme_title(&self, strategy: usize, waves: &[GanttRow], carries: bool) -> String {
        let (first, last) = (&waves[0], &waves[waves.len() - 1]);
        let slip = self.results.breakdowns[strategy]
            .waves
            .last()
            .map(|found| &found.slip);
        let worlds = self.results.replications;
        let started = slip.map_or(0, |slip| slip.count());
        let late = slip.and_then(|slip| slip.quantile_of(worlds, if carries { 0.9 } else { 1.0 }));
        let written = self
            .plan(strategy)
            .waves
            .last()
            .map_or(0, |wave| wave.start.day());
        let often = if carries {
            "nine worlds of ten"
        } else {
            "all worlds"
        };
        let on_time = |late: u64| written + late as i64 <= last.from as i64;
        let found = match late {
            Some(late) if on_time(late) => format!("starts on time in {often}"),
            Some(late) => format!(
                "starts by {} in {often}",
                self.date((written + late as i64).max(0) as usize)
            ),
            None => format!("starts in {}", number::worlds(started, worlds)),
        };
        if waves.len() == 1 {
            return format!(
                "The only wave of {}, planned for {}, {found}",
                self.name(strategy),
                self.date(first.from as usize)
            );
        }
        format!(
            "The last of {} waves of {}, planned for {}, {found}",
            waves.len(),
            self.name(strategy),
            self.date(last.from as usize)
        )
    }

    /// When it may become too late to turn back: from the first to the last tenth of the worlds; where it comes in fewer, to the
    /// latest.
    fn no_return(&self, strategy: usize, carries: bool) -> Option<(f64, f64, String)> {
        let values = self.results.values(strategy, Metric::NoReturnDay);
        let reached: Vec<f64> = values.iter().flatten().copied().collect();
        let latest = reached.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (low, high) = if carries { (0.1, 0.9) } else { (0.0, 1.0) };
        let first = stats::quantile_with_missing(&values, low)?;
        let last = stats::quantile_with_missing(&values, high).unwrap_or(latest);
        let share = number::worlds(reached.len() as u64, values.len() as u64);
        Some((
            first,
            last,
            format!(
                "technical point of no return, {} (it comes in {share})",
                range_word(carries)
            ),
        ))
    }
}
