//! The horizon: in how many worlds a course ends by it, and what can be compared then.
//!
//! A course has ended when nearly all people who can be are on the new side and the old side is retired where that is planned (see
//! [`Metric::CourseEnd`]); a strategy that moves nobody has ended from the start. What adds up while a course is under way -
//! money, hours, things that are counted - is that of a part of it if the horizon comes first. So it makes a strategy neither
//! better nor worse: most of what it saves, it saves only because people have not moved yet.

use crate::experiment::Results;
use crate::experiment::summary::{FEW_WORLDS, LEVEL};
use crate::kernel::{Span, Time};
use crate::outcome::Metric;
use crate::plan::{Plan, Regime, Rollout, RolloutMode};
use crate::scenario::Scenario;
use crate::stats::{self, Interval};
use crate::world::lag::Laws;
use crate::world::{Facts, SignIn, User};

/// In so large a share of the worlds a course must end by the horizon for what adds up to be compared.
pub const ENOUGH: f64 = 0.95;

/// A share of the people that counts as all of them.
const NEARLY_ALL: f64 = 0.98;

/// How often a course ends by the horizon.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Ending {
    /// Worlds in which it does.
    pub count: u64,
    /// All worlds.
    pub of: u64,
    /// Exact interval of the probability (Clopper and Pearson).
    pub interval: Interval,
}

impl Ending {
    /// From worlds in which it does or does not.
    pub fn new(count: u64, of: u64) -> Ending {
        Ending {
            count,
            of,
            interval: stats::exact_proportion_interval(count, of, LEVEL),
        }
    }

    /// The share of the worlds.
    pub fn share(&self) -> f64 {
        self.count as f64 / self.of.max(1) as f64
    }

    /// Does it end often enough for what adds up to be compared?
    pub fn is_enough(&self) -> bool {
        self.share() >= ENOUGH
    }
}

/// How often the course of a strategy, a position in [`Results::strategies`], ends by the horizon.
pub fn ending(results: &Results, strategy: usize) -> Ending {
    Ending::new(ends_in(results, strategy), results.replications)
}

fn ends_in(results: &Results, strategy: usize) -> u64 {
    let rows = results.rows[strategy].iter();
    rows.filter(|row| row.get(Metric::CourseEnd).is_some()).count() as u64
}

/// Can metrics that add up be compared of this strategy, a position in [`Results::strategies`]?
pub fn comparable(results: &Results, strategy: usize) -> bool {
    ends_in(results, strategy) as f64 >= ENOUGH * results.replications as f64
}

/// The strategies of a pair for whose sake a metric of the two cannot be compared; none if it can be.
pub fn obstacles(results: &Results, pair: [usize; 2], metric: Metric) -> Vec<usize> {
    if !metric.is_accumulated() {
        return Vec::new();
    }
    let bad = |strategy: &usize| !comparable(results, *strategy);
    pair.into_iter().filter(bad).collect()
}

/// Weeks from time zero after which the course of a plan has ended if nothing holds it up: all waves start as planned, people
/// install as they usually do, and the old side is retired as planned. `None` for a plan that moves nobody, turns back, or leaves
/// clients as they are that do not work fully on the new side.
pub fn weeks_without_holds(facts: &Facts, plan: &Plan) -> Option<u32> {
    let end = planned_end(facts, plan)?;
    let week = 7 * Span::DAY.0;
    u32::try_from((end.0 + week - 1) / week).ok()
}

/// [`weeks_without_holds`], if the calendar is shorter than that.
pub fn weeks_missing(facts: &Facts, plan: &Plan) -> Option<u32> {
    let is_behind = planned_end(facts, plan)? > facts.calendar.horizon;
    weeks_without_holds(facts, plan).filter(|_| is_behind)
}

/// When the course of a plan ends without holds: the moves of the last wave and the installs that follow from it, or the
/// retirement.
fn planned_end(facts: &Facts, plan: &Plan) -> Option<Time> {
    let last = plan.waves.iter().map(|wave| wave.start).max()?;
    if turns_back(plan) || leaves_clients(facts, plan) {
        return None;
    }
    let told = plan.rollout.as_ref().map(|rollout| match rollout.mode {
        RolloutMode::Before(ahead) => last - ahead,
        RolloutMode::With => last,
        RolloutMode::After(behind) => last + behind,
    });
    let installed = match told.zip(plan.rollout.as_ref()) {
        Some((told, rollout)) if waits_for_clients(facts, plan) > 0 => {
            Some(told + time_to_install(facts, rollout)?)
        }
        _ => None,
    };
    // In the next window if the wave starts outside one.
    let moves = plan.moves.windows.iter().find(|window| window.1 > last);
    let moved = moves.map_or(last, |window| window.0.max(last)) + Span::DAY;
    let retired = plan.retirement.as_ref().map(|retirement| retirement.at);
    [Some(moved), installed, retired].into_iter().flatten().max()
}

fn turns_back(plan: &Plan) -> bool {
    let rollback = plan.rollback.as_ref();
    rollback.is_some_and(|rollback| rollback.scripted.is_some())
}

/// How many of the people of the start who are to move have a client that does not work fully on the new side.
fn waits_for_clients(facts: &Facts, plan: &Plan) -> usize {
    let waits = |user: &&User| {
        let target = plan.target[usize::from(user.pool)];
        target.is_some_and(|pool| {
            let server = usize::from(facts.release(pool));
            facts.profile.sign_in[usize::from(user.client)][server] != SignIn::Full
        })
    };
    facts.users.iter().filter(waits).count()
}

/// Does nobody install the clients that so many need that the course cannot end?
fn leaves_clients(facts: &Facts, plan: &Plan) -> bool {
    let most = (1.0 - NEARLY_ALL) * facts.users.len() as f64;
    plan.rollout.is_none() && waits_for_clients(facts, plan) as f64 > most
}

/// How long nearly all of the machines that do so at all take to install after they were told, with the parameters at their
/// medians; `None` if none does.
fn time_to_install(facts: &Facts, rollout: &Rollout) -> Option<Span> {
    let laws = Laws::new(|setting| facts.parameters[setting as usize].draw.value(0.5));
    // Five working days are a week, unless every day is one.
    let site = &facts.calendar.sites[0];
    let is_flat = (0..7).all(|date| site.is_working_day(date));
    let never = match (rollout.deadline, rollout.regime) {
        // Whoever never would is visited.
        (Some(_), _) => 0.0,
        (None, Regime::Forced) => laws.never(),
        (None, Regime::Voluntary) => laws.voluntary_never(),
    };
    let share = NEARLY_ALL * (1.0 - never);
    let days = match rollout.regime {
        Regime::Forced => laws.forced(share) * if is_flat { 1.0 } else { 1.4 },
        Regime::Voluntary => laws.voluntary(share),
    };
    let by_themselves = days.is_finite().then(|| Span::from_days_f64(days));
    [by_themselves, rollout.deadline].into_iter().flatten().min()
}

/// Why nothing that adds up is said about a strategy, a position in [`Results::strategies`]; `None` if its course ends often
/// enough. "not comparable: ends in 63 %; `weeks = 52` would do". The number is that of the calendar without holds, and what
/// waves slipped in the worlds besides; where the written calendar is long enough for that, none is given.
pub fn sentence(scenario: &Scenario, results: &Results, strategy: usize) -> Option<String> {
    let ending = ending(results, strategy);
    if ending.is_enough() {
        return None;
    }
    let plan = &scenario.plans[results.strategies[strategy]];
    let slips = results.values(strategy, Metric::WaveSlip);
    let mut slips: Vec<f64> = slips.into_iter().flatten().collect();
    slips.sort_by(f64::total_cmp);
    let slip = if slips.is_empty() {
        0.0
    } else {
        stats::quantile(&slips, ENOUGH)
    };
    let weeks = weeks_without_holds(&scenario.facts, plan).map(|weeks| weeks + libm::ceil(slip / 7.0) as u32);
    let written = scenario.facts.calendar.days().div_ceil(7);
    let share = share(&ending);
    Some(match weeks {
        Some(weeks) if weeks > written => {
            format!("not comparable: ends in {share}; `weeks = {weeks}` would do")
        }
        Some(_) => {
            format!("not comparable: ends in {share}, although the calendar is long enough for the plan")
        }
        None if turns_back(plan) => format!("not comparable: ends in {share}, for it turns back"),
        None if leaves_clients(&scenario.facts, plan) => {
            format!(
                "not comparable: ends in {share}, for it installs no client that works fully on the new side"
            )
        }
        None => format!("not comparable: ends in {share}, for nobody installs by themselves"),
    })
}

/// Per cent, rounded down: what is called 95 % is at least that. Of few worlds how many.
fn share(ending: &Ending) -> String {
    match libm::floor(ending.share() * 100.0 + 1e-9) {
        _ if ending.of < FEW_WORLDS => format!("{} of {} worlds", ending.count, ending.of),
        0.0 if ending.count > 0 => "less than 1 %".into(),
        whole => format!("{whole} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_few_worlds_the_number_is_said() {
        let said = |count, of| share(&Ending::new(count, of));
        assert_eq!(said(2, 4), "2 of 4 worlds");
        assert_eq!(said(19, 20), "95 %");
        assert_eq!(said(1, 1_000), "less than 1 %");
        assert_eq!(said(0, 20), "0 %");
    }
}
