//! What people could know at the end of a day, and how gates and triggers judge it.

use super::Simulation;
use crate::kernel::{Observer, Time};
use crate::outcome::log::Label;
use crate::outcome::{Action, Cause, Entry, Subject};
use crate::plan::gate::{Criterion, Observed, Verdict};

/// Counts of one day that gates look back on.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Knowledge {
    /// Users homed on the new side at the end of the day.
    pub(crate) moved: u32,
    /// Users who cannot sign in, at that very instant.
    pub(crate) stranded: u32,
    /// Tickets opened by users homed on the new side.
    pub(crate) tickets: u32,
    /// Occurrences judged, by the organiser's side: legacy, new.
    pub(crate) judged: [u32; 2],
    /// Broken ones that were reported.
    pub(crate) reported: [u32; 2],
    /// Tries to move to the new side.
    pub(crate) tries: u32,
    /// Those that failed.
    pub(crate) failed: u32,
}

impl<O: Observer<Entry>> Simulation<'_, O> {
    pub(super) fn knowledge(&mut self, at: Time) -> &mut Knowledge {
        let last = self.state.knowledge.len() - 1;
        &mut self.state.knowledge[(at.day().max(0) as usize).min(last)]
    }

    /// The worst verdict of the criteria on the days up to this one; each is logged.
    pub(super) fn judge_criteria(
        &mut self,
        now: Time,
        day: u32,
        window: u32,
        criteria: &[Criterion],
        subject: Subject,
    ) -> Verdict {
        let mut worst = Verdict::Pass;
        for criterion in criteria {
            let (value, sample) = self.observed(criterion.observed, day, window);
            let verdict = criterion.judge(value, sample);
            worst = worst.max(verdict);
            let gate = matches!(subject, Subject::Gate(_));
            if gate || verdict == Verdict::Fail {
                let entry = Entry::new(
                    now,
                    Action::Evaluated,
                    subject,
                    Label::Observed(criterion.observed),
                    Label::Verdict(verdict),
                    Cause::None,
                );
                let millionths = (value * 1e6).round() as i64;
                let sample = if sample.is_finite() {
                    sample.round() as i64
                } else {
                    0
                };
                self.log(entry.with([millionths, sample, 0, 0]));
            }
        }
        worst
    }

    /// Value and size of the sample of something observed at the end of a day, over a trailing window.
    fn observed(&self, observed: Observed, day: u32, window: u32) -> (f64, f64) {
        let last = day as usize;
        let first = (last + 1).saturating_sub(window.max(1) as usize);
        // Tries are those of the stage: in quiet days after a wave there are none.
        let first = match observed {
            Observed::FailedMoves => (self.stage_start().day().max(0) as usize).min(last),
            _ => first,
        };
        let days = &self.state.knowledge[first..=last];
        let sum = |count: fn(&Knowledge) -> u32| days.iter().map(|day| f64::from(count(day))).sum::<f64>();
        let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
        let moved = f64::from(self.state.knowledge[last].moved);
        match observed {
            Observed::OpenSeverity1 => (f64::from(self.open_severity_1()), f64::INFINITY),
            Observed::Tickets => {
                let user_weeks = sum(|day| day.moved) / 7.0;
                (share(sum(|day| day.tickets) * 100.0, user_weeks), moved)
            }
            Observed::ReportedBroken => {
                let new = share(sum(|day| day.reported[1]), sum(|day| day.judged[1]));
                let old = share(sum(|day| day.reported[0]), sum(|day| day.judged[0]));
                (new - old, sum(|day| day.judged[1]))
            }
            Observed::FailedMoves => {
                let tries = sum(|day| day.tries);
                (share(sum(|day| day.failed), tries), tries)
            }
            Observed::Stranded => {
                let stranded = f64::from(self.state.knowledge[last].stranded);
                (share(stranded * 100.0, moved), moved)
            }
        }
    }
}
