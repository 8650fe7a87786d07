//! Waves: the plan that is written is the plan that is simulated. When waves start behind closed windows, holds and
//! leftovers; who is in them by which lot; where joiners go; the calendar of a plan.

use crate::common::{file, plan, shipped};
use coexist::kernel::{Key, Log, Span, Time};
use coexist::outcome::{Action, Cause, Entry, Metric, Subject};
use coexist::plan::Plan;
use coexist::report::agenda;
use coexist::scenario::{self, Scenario};
use coexist::simulate::simulate;
use coexist::stats;
use coexist::world::{UserId, World};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A Monday is day 0; Fridays are days 4, 11, 18, 25, 32, ...
const COMPANY: &str = r#"
schema = 1
name = "waves"
profile = "lync2010-to-lync2013"
seed = 11

[calendar]
start = "2013-03-04"
weeks = 20

[[sites]]
name = "here"
hours = "09:00-17:00"

[[sites]]
name = "there"
hours = "09:00-17:00"

[[pools]]
name = "old"
release = "lync2010"
site = "here"
front_ends = 1

[[pools]]
name = "new"
release = "lync2013"
site = "here"
front_ends = 1

[meetings]
starts_per_user_day = 0.0

[moves]
failure = 0.0
batch_failure = 0.0

[programme]
decision_hours = 0.0
"#;

const SIXTY: &str = "[population]\nusers = 60\nteam_size = 5\nteams_per_department = 2\n";
const FRIDAYS: &str = "[windows]\ndays = [\"Fri\"]\nfrom = \"18:00\"\nhours = 10\n";
const GO: &str = "[[strategies]]\nname = \"go\"\n";

fn load(text: &str, files: &[(&str, &str)]) -> Result<Scenario, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("waves.toml");
    std::fs::write(&path, text).expect("a scenario");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("a list");
    }
    scenario::load(&path).map_err(|rejected| rejected.report)
}

fn sound(parts: &[&str]) -> Scenario {
    load(&format!("{COMPANY}{}", parts.concat()), &[]).unwrap_or_else(|report| panic!("{report}"))
}

fn world(scenario: &Scenario, seed: u64, replication: u64) -> World {
    World::draw(Arc::clone(&scenario.facts), Key { seed, replication }, false)
}

fn go(scenario: &Scenario) -> &Plan {
    &scenario.plans[1]
}

fn replay(scenario: &Scenario) -> Vec<Entry> {
    let world = world(scenario, scenario.seed, 0);
    simulate(&world, go(scenario), Log::new()).1.into_records()
}

fn of(log: &[Entry], action: Action) -> Vec<&Entry> {
    log.iter().filter(|entry| entry.action == action).collect()
}

/// Days on which waves start, with the time of day as a fraction.
fn starts(log: &[Entry]) -> Vec<f64> {
    of(log, Action::WaveStarted)
        .iter()
        .map(|entry| entry.at.days())
        .collect()
}

fn sizes(log: &[Entry]) -> Vec<i64> {
    of(log, Action::WaveStarted)
        .iter()
        .map(|entry| entry.detail[0])
        .collect()
}

const WEEKLY: &str = "[strategies.waves]\nstart_day = 32\nsize = 10\nevery_weeks = 1\norder = \"site\"\n";
const FROZEN: &str = "[[freezes]]\nfrom = \"2013-04-15\"\nto = \"2013-04-21\"\n";

/// Wave 3 of Friday 19 April meets a freeze and starts a week later, in the evening on which wave 4 was due. Ten people a
/// week stay ten people a week.
#[test]
fn a_freeze_puts_the_waves_behind_it_off_by_whole_steps() {
    let scenario = sound(&[SIXTY, FRIDAYS, FROZEN, GO, WEEKLY]);
    let log = replay(&scenario);
    let expected = [32.75, 39.75, 53.75, 60.75, 67.75, 74.75];
    assert_eq!(starts(&log), expected);
    assert_eq!(sizes(&log), [10; 6]);
    let due: Vec<f64> = go(&scenario).waves.iter().map(|wave| wave.due.days()).collect();
    assert_eq!(due, expected, "the plan knows them before");
    let piled = sound(&[SIXTY, FRIDAYS, FROZEN, GO, WEEKLY, "catch_up = true\n"]);
    let dates = [32.0, 39.0, 46.0, 53.0, 60.0, 67.0];
    assert_eq!(starts(&replay(&piled)), dates, "they pile up");
}

/// The window opens on Mondays; the dates are Thursdays or Fridays. Each wave starts on a Monday, a week behind the one before.
#[test]
fn a_start_that_leaves_half_a_step_moves_nothing() {
    let mondays = "[windows]\ndays = [\"Mon\"]\nfrom = \"18:00\"\nhours = 10\n";
    for day in [31, 32] {
        let weekly = WEEKLY.replace("32", &day.to_string());
        let scenario = sound(&[SIXTY, mondays, GO, &weekly]);
        let expected: Vec<f64> = (0..6).map(|wave| 35.75 + 7.0 * f64::from(wave)).collect();
        assert_eq!(starts(&replay(&scenario)), expected, "from day {day}");
    }
}

/// A stage lasts ten days: the gate is looked at in the night of the tenth day, and the wave starts on the Friday after.
/// From then on the distance is two weeks, because each wave waits for its gate.
#[test]
fn what_a_gate_holds_keeps_its_distance() {
    let gates = "[strategies.gates]\nstage_days = 10\nfailed_moves = 0.5\n";
    let scenario = sound(&[SIXTY, FRIDAYS, GO, WEEKLY, gates]);
    let expected: Vec<f64> = (0..6).map(|wave| 32.75 + 14.0 * f64::from(wave)).collect();
    assert_eq!(starts(&replay(&scenario)), expected);
}

/// The new pool is down from day 36 to 50. Wave 2 starts, but nobody of it moves: its gate is not even looked at until
/// somebody has.
#[test]
fn no_gate_passes_a_stage_whose_moves_are_blocked() {
    let outage = "[[outages]]\npool = \"new\"\nat = \"2013-04-09\"\nhours = 336\n";
    let gates = "[strategies.gates]\nstage_days = 1\nfailed_moves = 0.5\n";
    let scenario = sound(&[SIXTY, outage, GO, WEEKLY, gates]);
    let log = replay(&scenario);
    assert_eq!(starts(&log), [32.0, 39.0, 51.0, 58.0, 65.0, 72.0]);
    let looked = of(&log, Action::Evaluated);
    assert!(
        !looked.is_empty()
            && looked
                .iter()
                .all(|entry| !(40.0..51.0).contains(&entry.at.days()))
    );
}

/// Ten minutes for a move and an hour a week: of eight people six are moved, and two are left for the next Friday. They go
/// first, and wave 2 starts when the last of them is on the way.
#[test]
fn leftovers_go_first() {
    let slow = "[windows]\ndays = [\"Fri\"]\nfrom = \"18:00\"\nhours = 1\n";
    let rate = "rate_one_thread = 0.0016666666666666668\n";
    let text = COMPANY.replace("[moves]\n", &format!("[moves]\n{rate}"));
    let people = SIXTY.replace("60", "16");
    let waves = WEEKLY.replace("10", "8");
    let text = format!("{text}{people}{slow}{GO}{waves}[strategies.moves]\nthreads = 1\n");
    let scenario = load(&text, &[]).unwrap_or_else(|report| panic!("{report}"));
    let log = replay(&scenario);
    let minutes = |minutes: f64| 39.75 + minutes / 1440.0;
    let started = starts(&log);
    assert_eq!(started[0], 32.75);
    assert!((started[1] - minutes(10.0)).abs() < 1e-6, "{started:?}");
    let held = of(&log, Action::WaveHeld);
    assert_eq!(held.len(), 1);
    assert_eq!((held[0].at.days(), held[0].cause), (39.75, Cause::Unfinished));
    assert_eq!(of(&log, Action::Moved).len(), 16);
}

/// Nobody of wave 2 is there to be moved: it is no stage, and wave 3 comes on its date.
#[test]
fn a_wave_with_nobody_left_is_skipped() {
    let gates = "[strategies.gates]\nstage_days = 1\nfailed_moves = 0.5\n";
    let scenario = sound(&[&SIXTY.replace("60", "30"), GO, WEEKLY, gates]);
    let mut plan = go(&scenario).clone();
    plan.waves[1].users.clear();
    let log = simulate(&world(&scenario, 11, 0), &plan, Log::new())
        .1
        .into_records();
    assert_eq!(starts(&log), [32.0, 46.0]);
    let skipped: Vec<(f64, Subject)> = of(&log, Action::WaveSkipped)
        .iter()
        .map(|entry| (entry.at.days(), entry.subject))
        .collect();
    assert_eq!(skipped, [(39.0, Subject::Wave(1))]);
    assert_eq!(sizes(&log), [10, 10]);
}

/// A gate that looks at tickets without a help desk lets everything pass.
#[test]
fn a_gate_on_tickets_needs_a_desk() {
    let gates = "[strategies.gates]\ntickets_per_100 = 10\n";
    let report = load(&format!("{COMPANY}{SIXTY}{GO}{WEEKLY}{gates}"), &[]).expect_err("no desk");
    let told = "strategy `go`: its gates look at `tickets_per_100`, but there is no help desk: nobody opens a ticket, and \
                that passes always";
    assert!(report.contains(told), "{report}");
    assert!(
        report.contains("add a table [desk] with `agents`, or leave out `tickets_per_100`"),
        "{report}"
    );
    let desk = "[desk]\nagents = 2\n";
    assert!(load(&format!("{COMPANY}{SIXTY}{desk}{GO}{WEEKLY}{gates}"), &[]).is_ok());
}

/// The retirement lies behind the written date of the last wave, and before the one that a freeze puts it off to.
#[test]
fn a_date_that_leaves_people_behind_is_refused() {
    let retirement = "[strategies.retirement]\nat = \"2013-05-13\"\n";
    assert!(load(&format!("{COMPANY}{SIXTY}{FRIDAYS}{GO}{WEEKLY}{retirement}"), &[]).is_ok());
    let report = load(
        &format!("{COMPANY}{SIXTY}{FRIDAYS}{FROZEN}{GO}{WEEKLY}{retirement}"),
        &[],
    )
    .expect_err("too early");
    assert!(
        report.contains("10 of its 60 users would still live there"),
        "{report}"
    );
    assert!(
        report.contains("write a day after 2013-05-17 18:00 (day 74)"),
        "{report}"
    );
}

const RANDOM: &str = "[[strategies]]\nname = \"go\"\n[strategies.pilot]\nstart_day = 20\nsize = 7\nchoose = \"volunteers\"\n\
                      [strategies.waves]\nstart_day = 32\nsize = 10\norder = \"random\"\n";

/// World k has lot k of its seed; a lot with a number is the same in all worlds of all seeds, and is that of the file's seed.
#[test]
fn a_world_has_a_lot_and_a_plan_may_name_one() {
    let scenario = sound(&[SIXTY, RANDOM]);
    let facts = &scenario.facts;
    let key = |seed, replication| Key { seed, replication };
    let free = |seed, replication| go(&scenario).cohorts(facts, key(seed, replication));
    let shown: Vec<Vec<UserId>> = go(&scenario)
        .waves
        .iter()
        .map(|wave| wave.users.clone())
        .collect();
    assert_eq!(free(11, 0), shown, "lot 0 of the file's seed is shown");
    assert_ne!(free(11, 0), free(11, 3));
    assert_ne!(free(11, 3), free(12, 3), "`--seed` redraws it");
    for lot in [0, 3] {
        let named = sound(&[
            SIXTY,
            &RANDOM.replace("\"go\"\n", &format!("\"go\"\nlot = {lot}\n")),
        ]);
        let plan = go(&named);
        for (seed, replication) in [(11, 0), (11, 9), (12, 3)] {
            assert_eq!(
                plan.cohorts(facts, key(seed, replication)),
                free(11, lot),
                "lot {lot}"
            );
        }
        let log = simulate(&world(&named, 12, 9), plan, Log::new()).1.into_records();
        let drawn = of(&log, Action::LotDrawn);
        assert_eq!(drawn.len(), 1);
        assert_eq!(drawn[0].detail[..2], [lot as i64, 11]);
    }
    let fixed = sound(&[SIXTY, GO, WEEKLY]);
    assert!(go(&fixed).lottery.is_none() && of(&replay(&fixed), Action::LotDrawn).is_empty());
}

/// The people of the log are those of the lot, in its order.
#[test]
fn people_move_as_their_lot_says() {
    let scenario = sound(&[SIXTY, RANDOM, "[strategies.moves]\nthreads = 1\n"]);
    for replication in [0, 1, 5] {
        let world = world(&scenario, 99, replication);
        let log = simulate(&world, go(&scenario), Log::new()).1.into_records();
        let moved: Vec<UserId> = of(&log, Action::Moved)
            .iter()
            .map(|entry| match entry.subject {
                Subject::User(user) => user,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(moved, go(&scenario).cohorts(&scenario.facts, world.key).concat());
        assert_eq!(moved.len(), 60);
    }
}

/// Two hundred that a pool cannot hold in some lots: the check says in how many, and does not refuse it.
#[test]
fn what_fails_in_some_lots_is_warned_of() {
    let retirement = "[strategies.retirement]\nat = \"2013-03-25\"\npools = [\"small\"]\n";
    let pool = "[[pools]]\nname = \"small\"\nrelease = \"lync2010\"\nsite = \"there\"\nfront_ends = 1\n";
    let mut people = String::from("user,pool\n");
    (0..20).for_each(|user| {
        people.push_str(&format!(
            "p{user:02},{}\n",
            if user == 0 { "small" } else { "old" }
        ))
    });
    let strategy = "[population]\npeople = \"people.csv\"\n[[strategies]]\nname = \"go\"\n[strategies.pilot]\nstart_day = 10\nsize = 10\n\
                    choose = \"random\"\n[strategies.waves]\nstart_day = 32\nall = true\n";
    let text = format!("{COMPANY}{pool}{strategy}{retirement}");
    let scenario = load(&text, &[("people.csv", &people)]).unwrap_or_else(|report| panic!("{report}"));
    let said = scenario
        .warnings
        .split(" of 20 lots, ")
        .next()
        .expect("some text");
    let count: u32 = said
        .rsplit("(in ")
        .next()
        .expect("a count")
        .parse()
        .expect("a number");
    assert!((1..20).contains(&count), "{}", scenario.warnings);
    assert!(
        scenario.warnings.contains("pool `small` is retired"),
        "{}",
        scenario.warnings
    );
}

/// A pilot of two by lot, of whom one or both have a client that cannot sign in to the new pool: the words differ from
/// lot to lot.
#[test]
fn harm_in_every_lot_is_refused_in_whatever_words() {
    let company = COMPANY
        .replace("lync2010-to-lync2013", "ocs2007r2-to-lync2013")
        .replace("\"lync2010\"", "\"ocs2007r2\"");
    let people = "[population]\nusers = 60\nteam_size = 5\nclients = { oc2007 = 0.95, oc2007r2 = 0.05 }\n";
    let pilot = "[strategies.pilot]\nstart_day = 10\nsize = 2\nchoose = \"random\"\n";
    let owned = format!("{company}{people}{GO}allow_unsafe = true\n{pilot}");
    let scenario = load(&owned, &[]).unwrap_or_else(|report| panic!("{report}"));
    let facts = &scenario.facts;
    let stranded = |replication: u64| {
        let cohorts = go(&scenario).cohorts(
            facts,
            Key {
                seed: 11,
                replication,
            },
        );
        let client = |user: &UserId| usize::from(facts.users[*user as usize].client);
        let is_stranded = |user: &&UserId| facts.profile.clients[client(user)].name == "oc2007";
        cohorts[0].iter().filter(is_stranded).count()
    };
    let counts: BTreeSet<usize> = (0..20).map(stranded).collect();
    // People who move together may make it more than two.
    assert!(
        !counts.contains(&0) && counts.len() > 1,
        "they differ from lot to lot: {counts:?}"
    );
    let report = load(&format!("{company}{people}{GO}{pilot}"), &[]).expect_err("it strands people");
    assert!(
        report.contains("error: strategy `go`: ")
            && report.contains("which cannot sign in to the pool they move to"),
        "{report}"
    );
    assert!(!report.contains(" of 20 lots"), "{report}");
    // Who strands nobody in some lots is only warned.
    let few = people.replace("0.95", "0.2").replace("0.05", "0.8");
    let scenario =
        load(&format!("{company}{few}{GO}{pilot}"), &[]).unwrap_or_else(|report| panic!("{report}"));
    assert_eq!(
        scenario.warnings.matches(" of 20 lots, ").count(),
        1,
        "{}",
        scenario.warnings
    );
}

/// Two pools whose names differ by a digit are two faults.
#[test]
fn what_fails_in_every_lot_is_told_of_each_pool() {
    let company = COMPANY.replace("name = \"old\"", "name = \"old-1\"");
    let pool = "[[pools]]\nname = \"old-2\"\nrelease = \"lync2010\"\nsite = \"there\"\nfront_ends = 1\n";
    let pilot = "[strategies.pilot]\nstart_day = 10\nsize = 2\nchoose = \"random\"\n";
    let retirement = "[strategies.retirement]\nat = \"2013-03-25\"\n";
    let text = format!("{company}{pool}{SIXTY}{GO}{pilot}{retirement}");
    let report = load(&text, &[]).expect_err("both pools are full");
    for pool in ["old-1", "old-2"] {
        let what = format!("error: strategy `go`: pool `{pool}` is retired on 2013-03-25");
        assert!(report.contains(&what), "{pool}: {report}");
    }
    assert!(!report.contains(" of 20 lots"), "{report}");
}

/// Who never upgrades works fully with the old client all the same, so nothing is said of it.
#[test]
fn old_clients_that_work_fully_are_complete() {
    let rollout = "[strategies.rollout]\nclient = \"lync2013\"\nregime = \"voluntary\"\n";
    let scenario = sound(&[SIXTY, GO, WEEKLY, rollout]);
    assert_eq!(scenario.warnings, "");
}

/// Sizes written are those assigned, up to groups and the rest; who is assigned has moved, left or failed for good; first tries of a wave
/// begin before the next one starts, and starts are half a step apart.
#[test]
fn what_is_written_is_what_happens() {
    let orders = ["random", "site", "department", "community"];
    let mut seen = BTreeSet::new();
    for (number, order) in (0..12_u64).zip(orders.iter().cycle()) {
        let weeks = 1 + number % 2;
        let size = 7 + 6 * (number % 3);
        let population = "[population]\nusers = 90\nteam_size = 6\nteams_per_department = 3\npaired_share = 0.2\nturnover = true\n";
        let windows = if number % 2 == 0 { FRIDAYS } else { "" };
        let freezes = if number % 3 == 0 { FROZEN } else { "" };
        let text = COMPANY
            .replace("weeks = 20", "weeks = 60")
            .replace("failure = 0.0", "failure = 0.25")
            .replace("[moves]\n", "[moves]\nretry_failure = 0.5\n");
        let strategy = format!(
            "joiners_from_day = 70\n[strategies.pilot]\nstart_day = 18\nsize = 9\n[strategies.waves]\nstart_day = 32\nsize = {size}\n\
             every_weeks = {weeks}\norder = \"{order}\"\n[strategies.moves]\nmax_attempts = 2\nthreads = 2\n"
        );
        let text = format!(
            "{text}[people]\njoiners_per_week = 0.02\nleavers_per_week = 0.02\n{population}{windows}{freezes}{GO}{strategy}"
        );
        let scenario = load(&text, &[]).unwrap_or_else(|report| panic!("{report}"));
        let plan = go(&scenario);
        for replication in 0..4 {
            let world = world(&scenario, 5, replication);
            let log = simulate(&world, plan, Log::new()).1.into_records();
            let at = format!("plan {number}, world {replication}");
            let cohorts = plan.cohorts(&scenario.facts, world.key);
            written_is_assigned(plan, &cohorts, &scenario, &at);
            assigned_is_done(&cohorts, &log, &scenario, &at, &mut seen);
            no_overlap(plan, &cohorts, &log, &at);
        }
    }
    for fate in ["moved", "left", "failed", "joined"] {
        assert!(seen.contains(fate), "nobody has {fate}");
    }
}

fn written_is_assigned(plan: &Plan, cohorts: &[Vec<UserId>], scenario: &Scenario, at: &str) {
    let mut all: BTreeSet<UserId> = BTreeSet::new();
    for (wave, users) in cohorts.iter().enumerate() {
        let group = |user: &UserId| scenario.facts.users[*user as usize].group;
        let written = plan
            .waves
            .get(wave)
            .map_or(plan.cadence.further, |wave| wave.size);
        let written = written.expect("a size") as usize;
        let along = users.len().saturating_sub(written);
        // Whoever comes along shares a group with the one who fills the wave.
        let last = users.len() - along;
        assert!(
            users[last..]
                .iter()
                .all(|user| group(user).is_some() && group(user) == group(&users[last - 1])),
            "{at}: wave {wave} has {} of {written}",
            users.len()
        );
        let is_last = wave + 1 == cohorts.len();
        assert!(users.len() >= written || is_last, "{at}: wave {wave}");
        all.extend(users);
    }
    assert_eq!(
        all.len(),
        scenario.facts.residents(),
        "{at}: everybody is in one wave"
    );
}

fn user(entry: &Entry) -> Option<UserId> {
    match entry.subject {
        Subject::User(user) => Some(user),
        _ => None,
    }
}

fn assigned_is_done(
    cohorts: &[Vec<UserId>],
    log: &[Entry],
    scenario: &Scenario,
    at: &str,
    seen: &mut BTreeSet<&'static str>,
) {
    let mut fates: BTreeMap<UserId, &'static str> = BTreeMap::new();
    for entry in log {
        let fate = match entry.action {
            Action::Moved => "moved",
            Action::Left => "left",
            Action::MoveException => "failed",
            _ => continue,
        };
        fates.entry(user(entry).expect("a user")).or_insert(fate);
    }
    for (wave, users) in cohorts.iter().enumerate() {
        let of = |fate: &str| users.iter().filter(|user| fates.get(user) == Some(&fate)).count();
        assert_eq!(
            of("moved") + of("left") + of("failed"),
            users.len(),
            "{at}: wave {wave}"
        );
    }
    seen.extend(fates.values());
    // Who joined on the old side has moved with a further wave, or with the own department.
    let started = of(log, Action::WaveStarted);
    let joined: i64 = started.iter().map(|entry| entry.detail[1]).sum();
    if joined > 0 {
        seen.insert("joined");
    }
    let residents = scenario.facts.residents() as UserId;
    let called = fates
        .iter()
        .filter(|(user, fate)| **user >= residents && **fate != "left")
        .count();
    assert_eq!(joined as usize, called, "{at}: joiners");
}

fn no_overlap(plan: &Plan, cohorts: &[Vec<UserId>], log: &[Entry], at: &str) {
    let started: BTreeMap<u32, Time> = of(log, Action::WaveStarted)
        .iter()
        .map(|entry| match entry.subject {
            Subject::Wave(wave) => (wave, entry.at),
            other => panic!("{other:?}"),
        })
        .collect();
    let starts: Vec<Time> = started.values().copied().collect();
    let half = plan.cadence.every / 2;
    assert!(
        starts.windows(2).all(|pair| pair[1] - pair[0] >= half),
        "{at}: {starts:?}"
    );
    let mut first_tries: BTreeMap<UserId, Time> = BTreeMap::new();
    for entry in log
        .iter()
        .filter(|entry| matches!(entry.action, Action::Moved | Action::MoveFailed))
    {
        first_tries
            .entry(user(entry).expect("a user"))
            .or_insert(entry.at);
    }
    for (wave, users) in (0..).zip(cohorts) {
        let Some(&start) = started.get(&wave) else {
            continue;
        };
        let next = started
            .range(wave + 1..)
            .next()
            .map_or(Time::NEVER, |next| *next.1);
        for user in users {
            let Some(&tried) = first_tries.get(user) else {
                continue;
            };
            assert!(tried >= start, "{at}: wave {wave}");
            assert!(
                next == Time::NEVER || tried - next < Span::MINUTE,
                "{at}: wave {wave} overlaps"
            );
        }
    }
}

/// The interval of a mean over worlds covers the mean over lots: it would not if every world had the same lot.
#[test]
fn intervals_cover_the_mean_over_lots() {
    const WORLDS: u64 = 15;
    let text = COMPANY
        .replace(
            "starts_per_user_day = 0.0",
            "starts_per_user_day = 0.5\nwarm_start = false",
        )
        .replace("weeks = 20", "weeks = 2");
    let strategy = "[population]\nusers = 24\nteam_size = 4\nteams_per_department = 2\n[[strategies]]\nname = \"go\"\n\
                    [strategies.waves]\nstart_day = 2\nsize = 6\nevery_days = 2\norder = \"random\"\n";
    let scenario = load(&format!("{text}{strategy}"), &[]).unwrap_or_else(|report| panic!("{report}"));
    let value = |seed: u64, replication: u64| {
        let world = world(&scenario, seed, replication);
        let outcome = simulate(&world, go(&scenario), coexist::kernel::Nothing).0;
        outcome.row.get(Metric::Mixed).expect("a number")
    };
    let truth = (0..6000).map(|replication| value(1, replication)).sum::<f64>() / 6000.0;
    let covers = |run: u64| {
        let values: Vec<f64> = (0..WORLDS)
            .map(|replication| value(1000 + run, replication))
            .collect();
        let interval = stats::mean_interval(&values, 0.95)
            .interval
            .expect("fifteen values");
        (interval.low..=interval.high).contains(&truth)
    };
    let covered = (0..400).filter(|run| covers(*run)).count();
    assert!(covered >= 372, "{covered} of 400 intervals cover {truth}");
}

#[test]
fn the_calendar_of_contoso_says_why_waves_start_when_they_do() {
    let scenario = shipped("contoso.toml");
    let calendar = agenda::calendar(&scenario, plan(&scenario, "pilot-by-community"));
    for told in [
        "wave 10: 500 users",
        "put off 7 d by stages that start late",
        "planned Fri 28 Jun 2013, 00:00; no change window opens before",
        "behind a gate",
        "freeze",
        "retirement",
        "further waves",
    ] {
        assert!(calendar.contains(told), "`{told}` is missing:\n{calendar}");
    }
}

/// A size that is no size is the only fault: what would follow if everybody moved at once is not told.
#[test]
fn nothing_follows_from_a_size_that_is_refused() {
    let text = std::fs::read_to_string(file("contoso.toml")).expect("a scenario");
    let faulty = text.replace("\nsize = 500", "\nsize = -500");
    let report = load(&faulty, &[]).expect_err("a size below 0");
    let errors: Vec<&str> = report
        .lines()
        .filter(|line| line.starts_with("error: "))
        .collect();
    let said = "error: `size` is -500; it must be between 1 and 10000000";
    assert!(
        errors.len() > 1 && errors.iter().all(|error| *error == said),
        "{report}"
    );
}
