//! The life of a migration: defects, gates, decisions, triggers, further attempts, and the help desk.

use crate::common::{self, value, world, written};
use coexist::kernel::{Span, Time};
use coexist::outcome::log::Label;
use coexist::outcome::{Action, Entry, Measure, Metric, Outcome, Subject};
use coexist::plan::gate::Choice;
use coexist::scenario::Scenario;

/// A company of 400 people in four departments on a flat calendar: two old pools, one new.
const COMPANY: &str = r#"
schema = 1
name = "life"
title = "Life"
profile = "lync2010-to-lync2013"

[calendar]
start = "2013-03-04"
days = 120
flat = true

[[sites]]
name = "here"

[[pools]]
name = "old-1"
release = "lync2010"
front_ends = 1

[[pools]]
name = "old-2"
release = "lync2010"
front_ends = 1

[[pools]]
name = "new"
release = "lync2013"
front_ends = 3

[population]
users = 400
team_size = 10
teams_per_department = 10
clients = { lync2010 = 1.0 }

[people]
active = 1.0

[meetings]
warm_start = false
"#;

const STRATEGY: &str = r#"
[[strategies]]
name = "go"

[strategies.pilot]
size = 100
start_day = 10
choose = "department"
department = "here-d01"

[strategies.waves]
start_day = 40
size = 100
every_days = 10
order = "department"

[strategies.rollout]
client = "lync2013"
mode = "with"
"#;

fn replay(scenario: &Scenario, name: &str, replication: u64) -> (Outcome, Vec<Entry>) {
    common::replay(scenario, &world(scenario, replication), name)
}

fn days(count: i64) -> Time {
    Time(count * Span::DAY.0)
}

fn starts(log: &[Entry]) -> Vec<Time> {
    let wave = |entry: &&Entry| entry.action == Action::WaveStarted;
    log.iter().filter(wave).map(|entry| entry.at).collect()
}

#[test]
fn without_defects_and_desk_there_is_none_of_it() {
    let scenario = written(&format!("{COMPANY}{STRATEGY}"));
    let (outcome, _) = replay(&scenario, "go", 1);
    for metric in [
        Metric::BrokenDefect,
        Metric::DefectsInPilot,
        Metric::DefectsEscaped,
        Metric::DefectsOpen,
        Metric::Tickets,
        Metric::TicketsAbandoned,
        Metric::BacklogPeak,
        Metric::DeskHours,
        Metric::Rollbacks,
    ] {
        assert_eq!(value(&outcome, metric), 0.0, "{metric:?}");
    }
    assert_eq!(outcome.row.get(Metric::TicketWaitP95), None);
    assert_eq!(value(&outcome, Metric::Attempts), 1.0);
}

/// Everybody has moved on day 0 and is active every day, so that after d days the exposure is 400 d. With a mean of
/// 12 defects and a mean exposure of 8,000 the number found is Poisson with mean 12 (1 - exp(-400 d / 8000)).
#[test]
fn discoveries_are_the_process_of_goel_and_okumoto() {
    let text = format!(
        r#"{COMPANY}
[[defects]]
name = "core"
count = 12
discovery_user_days = 8000
fix_days = [3000, 3000, 3000, 3000]
hit = [0, 0, 0, 0]

[[strategies]]
name = "go"

[strategies.waves]
start_day = 0
all = true

[strategies.moves]
timed = false
"#
    );
    let mut scenario = written(&text);
    let facts = std::sync::Arc::make_mut(&mut scenario.facts);
    facts.meetings.starts_per_user_day = Some(0.0);
    for setting in [
        coexist::world::Setting::MoveFailure,
        coexist::world::Setting::BatchFailure,
    ] {
        facts.parameters[setting as usize].draw = coexist::world::Draw::Fixed(0.0);
    }
    let worlds = 1500_u32;
    let horizons = [5_i64, 20, 60];
    let mut sums = [0.0; 3];
    let mut squares = [0.0; 3];
    for replication in 1..=worlds {
        let (_, log) = replay(&scenario, "go", replication.into());
        let found: Vec<Time> = log
            .iter()
            .filter(|entry| entry.action == Action::DefectFound)
            .map(|entry| entry.at)
            .collect();
        for (place, &day) in horizons.iter().enumerate() {
            // Everybody moves as day 0 begins, and that day counts; what a day comes to is known at its end.
            let count = found.iter().filter(|&&at| at <= days(day)).count() as f64;
            sums[place] += count;
            squares[place] += count * count;
        }
    }
    let n = f64::from(worlds);
    for (place, &day) in horizons.iter().enumerate() {
        let theory = 12.0 * (1.0 - libm::exp(-400.0 * day as f64 / 8000.0));
        let mean = sums[place] / n;
        let variance = (squares[place] - n * mean * mean) / (n - 1.0);
        // Four standard errors; the fourth central moment of a Poisson number is m + 3 m^2.
        assert!(
            (mean - theory).abs() < 4.0 * (theory / n).sqrt(),
            "day {day}: {mean} for {theory}"
        );
        let error = ((theory + 2.0 * theory * theory) / n).sqrt();
        assert!(
            (variance - theory).abs() < 4.0 * error,
            "day {day}: variance {variance} for {theory}"
        );
    }
}

const DEPARTMENTS: &str = r#"
[[defects]]
name = "departments"
count = 10
scope = "department"
of = "here-d03"
discovery_user_days = 200
fix_days = [5, 5, 5, 5]
"#;

#[test]
fn a_pilot_without_a_department_finds_none_of_its_defects() {
    let scenario = written(&format!("{COMPANY}{DEPARTMENTS}{STRATEGY}"));
    let mut later = 0.0;
    for replication in 1..=20 {
        let (outcome, _) = replay(&scenario, "go", replication);
        assert_eq!(value(&outcome, Metric::DefectsInPilot), 0.0);
        later += value(&outcome, Metric::DefectsEscaped);
    }
    assert!(later > 20.0 * 5.0, "they escape instead: {later}");
}

#[test]
fn a_longer_pilot_leaves_no_more_undiscovered() {
    let defects = DEPARTMENTS
        .replace("here-d03", "here-d01")
        .replace("= 200", "= 4000");
    let longer = STRATEGY
        .replace("name = \"go\"", "name = \"longer\"")
        .replace("start_day = 40", "start_day = 70");
    let scenario = written(&format!("{COMPANY}{defects}{STRATEGY}{longer}"));
    let (mut short_sum, mut long_sum) = (0.0, 0.0);
    for replication in 1..=40 {
        let short = value(&replay(&scenario, "go", replication).0, Metric::DefectsEscaped);
        let long = value(
            &replay(&scenario, "longer", replication).0,
            Metric::DefectsEscaped,
        );
        assert!(long <= short, "world {replication}: {long} after {short}");
        short_sum += short;
        long_sum += long;
    }
    assert!(long_sum < short_sum, "{long_sum} {short_sum}");
}

/// A gate on tickets that can never pass at first: with a mean of a ticket per user and day of one defect, until its
/// fix. The board meets on Tuesdays at 10:00; day 0 is a Monday.
#[test]
fn a_gate_holds_a_wave_until_the_board_lets_it_go() {
    let text = format!(
        r#"{COMPANY}
[programme]
decision_hours = 0

[board]
days = ["Tue"]
at = "10:00"

[[defects]]
name = "one"
count = 50
discovery_user_days = 300
severity = [1, 0, 0, 0]
fix_days = [12, 12, 12, 12]
hit = [0, 0, 0, 0]
tickets_per_100_user_days = [0, 0, 0, 0]
{STRATEGY}
[strategies.gates]
after = "pilot"
pilot_days = 20
open_severity_1 = 0
max_hold_days = 200
"#
    );
    let scenario = written(&text);
    let mut held = 0;
    for replication in 1..=10 {
        let (_, log) = replay(&scenario, "go", replication);
        let decided: Vec<&Entry> = log
            .iter()
            .filter(|entry| entry.action == Action::Decided)
            .collect();
        let passed = decided
            .iter()
            .find(|entry| entry.to == Label::Choice(Choice::GoOn));
        let waves = starts(&log);
        assert_eq!(waves[0], days(10));
        let Some(passed) = passed else {
            assert_eq!(waves.len(), 1);
            continue;
        };
        assert_eq!(
            (passed.at.day() % 7, passed.at - days(passed.at.day())),
            (1, Span::HOUR * 10)
        );
        // Until the decision no defect of severity 1 is open at the evaluation that passed.
        let open = |at: Time| {
            let count = |action: Action| {
                log.iter()
                    .filter(|entry| entry.action == action && entry.at <= at)
                    .count()
            };
            count(Action::DefectFound) - count(Action::DefectFixed)
        };
        let evaluated = log
            .iter()
            .rfind(|entry| entry.action == Action::Evaluated && entry.at <= passed.at)
            .expect("an evaluation");
        assert_eq!(open(evaluated.at), 0);
        let first = passed.at.max(days(40));
        assert_eq!(
            waves[1..],
            [first, first + Span::DAY * 10, first + Span::DAY * 20]
        );
        held += u32::from(passed.at > days(40));
    }
    assert!(held > 0, "no wave was held in any world");
}

/// The first attempt is rolled back by a trigger on the first open defect of severity 1; four weeks later the second
/// one completes.
#[test]
fn a_trigger_rolls_back_and_a_second_attempt_completes() {
    let text = format!(
        r#"{COMPANY}
[programme]
decision_hours = 0

[[defects]]
name = "one"
count = 3
discovery_user_days = 1500
severity = [1, 0, 0, 0]
fix_days = [10, 10, 10, 10]
{STRATEGY}
[[strategies.triggers]]
open_severity_1 = 0

[strategies.rollback]
attempts = 10
remediation_days = 7
"#
    );
    let scenario = written(&text);
    let mut rolled_back = 0;
    for replication in 1..=10 {
        let (outcome, log) = replay(&scenario, "go", replication);
        let rollbacks = value(&outcome, Metric::Rollbacks);
        let resumed: Vec<&Entry> = log
            .iter()
            .filter(|entry| entry.action == Action::Resumed)
            .collect();
        let done: Vec<&Entry> = log
            .iter()
            .filter(|entry| entry.action == Action::RolledBack)
            .collect();
        let ordered: Vec<&Entry> = log
            .iter()
            .filter(|entry| entry.action == Action::RollbackOrdered)
            .collect();
        assert_eq!(ordered.len() as f64, rollbacks);
        assert_eq!(value(&outcome, Metric::Attempts), 1.0 + resumed.len() as f64);
        for (done, resumed) in done.iter().zip(&resumed) {
            assert_eq!(resumed.at, done.at + Span::DAY * 7);
        }
        // A trigger acts on the day's observation; nothing is decided while another rollback is on its way.
        for (ordered, done) in ordered.iter().zip(&done) {
            assert!(ordered.at <= done.at);
        }
        // Users are on one side each: moved less rolled back are there at the end.
        let there = value(&outcome, Metric::Moved) - value(&outcome, Metric::RolledBack);
        let last = outcome.timeline.days() - 1;
        assert_eq!(f64::from(outcome.timeline.get(last, 2)), there);
        if outcome.row.get(Metric::CompletionDay).is_some() {
            assert_eq!(there, 400.0);
        }
        rolled_back += rollbacks as u32;
    }
    assert!(rolled_back > 0);
}

const DESK: &str = r#"
[desk]
agents = 1
report_share = 0
background_utilisation = 0
stranded_call_hours = 1
move_tickets_per_100 = 100
service_minutes = 300
patience_hours = 0
"#;

fn tickets(log: &[Entry], action: Action) -> Vec<(Subject, i64, i64, i64)> {
    log.iter()
        .filter(|entry| entry.action == action)
        .map(|entry| (entry.subject, entry.detail[0], entry.detail[1], entry.detail[2]))
        .collect()
}

#[test]
fn every_ticket_is_closed_given_up_or_open() {
    for (name, desk) in [
        ("always", DESK.to_string()),
        (
            "shifts",
            DESK.replace("agents = 1", "hours = \"08:00-12:00\"\nagents = 3"),
        ),
        (
            "impatient",
            DESK.replace("patience_hours = 0", "patience_hours = 20"),
        ),
    ] {
        let scenario = written(&format!("{COMPANY}{desk}{STRATEGY}"));
        let (outcome, log) = replay(&scenario, "go", 3);
        let count = |action: Action| log.iter().filter(|entry| entry.action == action).count() as f64;
        let last = outcome.timeline.days() - 1;
        let facts = &scenario.facts;
        let measures = Measure::all(facts.pools.len(), facts.profile.clients.len());
        let column = measures.iter().position(|&own| own == Measure::OpenTickets);
        let open = f64::from(outcome.timeline.get(last, column.unwrap()));
        assert_eq!(
            count(Action::TicketOpened),
            value(&outcome, Metric::Tickets),
            "{name}"
        );
        assert_eq!(
            count(Action::TicketOpened),
            count(Action::TicketClosed) + count(Action::TicketGivenUp) + open,
            "{name}"
        );
        assert!(count(Action::TicketOpened) > 300.0, "{name}");
        if name == "impatient" {
            assert!(count(Action::TicketGivenUp) > 0.0);
        }
        // A desk that is open for four hours of a weekday begins no work outside them.
        if name == "shifts" {
            for entry in log.iter().filter(|entry| entry.action == Action::TicketTaken) {
                let hour = (entry.at - days(entry.at.day())).hours();
                assert!((8.0..12.0).contains(&hour) && entry.at.day() % 7 < 5, "{entry:?}");
            }
        }
    }
}

/// A desk that always has somebody free: every ticket is taken the moment it is opened.
#[test]
fn nobody_waits_at_an_endless_desk() {
    let desk = DESK.replace("agents = 1", "agents = 10000");
    let scenario = written(&format!("{COMPANY}{desk}{STRATEGY}"));
    let (outcome, log) = replay(&scenario, "go", 3);
    let taken = tickets(&log, Action::TicketTaken);
    assert!(taken.len() > 300);
    assert!(taken.iter().all(|ticket| ticket.3 == 0));
    assert_eq!(taken.len() as f64, value(&outcome, Metric::Tickets));
    assert_eq!(value(&outcome, Metric::TicketWaitP95), 0.0);
    assert_eq!(value(&outcome, Metric::TicketsAbandoned), 0.0);
}

/// With one class of tickets, first come first served, nobody giving up and the same tickets and work in the same
/// world, a further agent makes no ticket wait longer.
#[test]
fn more_agents_make_nobody_wait_longer() {
    let waits = |agents: u32| {
        let desk = DESK
            .replace("agents = 1", &format!("agents = {agents}"))
            .replace("client_tickets", "x");
        let scenario = written(&format!("{COMPANY}{desk}client_tickets_per_100 = 0\n{STRATEGY}"));
        let (_, log) = replay(&scenario, "go", 2);
        let mut waits = tickets(&log, Action::TicketTaken);
        waits.sort_unstable();
        waits
    };
    let runs = [waits(1), waits(2), waits(3)];
    let total = |waits: &[(Subject, i64, i64, i64)]| waits.iter().map(|wait| wait.3).sum::<i64>();
    for pair in runs.windows(2) {
        for wait in &pair[0] {
            let same = pair[1]
                .iter()
                .find(|other| (other.0, other.1, other.2) == (wait.0, wait.1, wait.2))
                .expect("more agents take every ticket that fewer take");
            assert!(same.3 <= wait.3);
        }
        assert!(total(&pair[1]) < total(&pair[0]));
    }
}
