//! Topology tasks, their order and coexistence tests: every order is checked, and its violation does the harm it should.

use crate::common::{at, replay, times, value, world, written};
use coexist::kernel::{Span, Time};
use coexist::outcome::{Action, Cause, Entry, Metric, Outcome, Subject};
use coexist::report::{self, world_files};
use coexist::scenario::{Scenario, load};
use coexist::store::kind::WORLD;
use coexist::world::{Step, World};
use std::path::Path;
use std::sync::Arc;

const SCENARIO: &str = include_str!("../../scenarios/tasks.toml");

/// The shipped scenario with pieces of its text replaced.
fn scenario(changes: &[(&str, &str)]) -> Scenario {
    let mut text = SCENARIO.to_string();
    if !changes.is_empty() {
        // What is changed may well do harm.
        for name in ["in-order", "late-return"] {
            let name = format!("name = \"{name}\"");
            text = text.replace(&name, &format!("{name}\nallow_unsafe = true"));
        }
    }
    for (old, new) in changes {
        assert!(text.contains(old), "the scenario has no {old:?}");
        text = text.replace(old, new);
    }
    written(&text)
}

fn run(changes: &[(&str, &str)], strategy: &str) -> (Outcome, Vec<Entry>) {
    let scenario = scenario(changes);
    replay(&scenario, &world(&scenario, 0), strategy)
}

/// People blocked in meetings judged in a time.
fn blocked(log: &[Entry], from: Time, to: Time) -> i64 {
    log.iter()
        .filter(|entry| entry.action == Action::Judged && (from..to).contains(&entry.at))
        .map(|entry| entry.detail[1])
        .sum()
}

const FIRST_WAVE: i64 = 19;
const RETIREMENT: i64 = 77;
const HORIZON: i64 = 140;

/// Each order of both profiles, under both values of the switch, is named with its consequence by the check.
#[test]
fn every_order_is_named_in_an_invalid_scenario() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (profile, texts) in [
        (
            "ocs2007r2-to-lync2013",
            ["tasks-out-of-order", "tasks-shared-edge"],
        ),
        ("lync2010-to-lync2013", ["tasks-2010", "tasks-2010-shared-edge"]),
    ] {
        for (names, text) in ["separate", "shared"].into_iter().zip(texts) {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let path = folder.path().join("any.toml");
            let scenario = format!(
                "schema = 1\nname = \"any\"\nprofile = \"{profile}\"\n[switches]\nedge_names = \"{names}\"\n\
                 [calendar]\nflat = true\ndays = 2\n\
                 [[pools]]\nname = \"old\"\nrelease = \"{}\"\nfront_ends = 1\n\
                 [[pools]]\nname = \"new\"\nrelease = \"lync2013\"\nfront_ends = 3\n[population]\nusers = 2\n",
                profile.split_once('-').expect("two releases").0
            );
            std::fs::write(&path, scenario).expect("a temporary file");
            let facts = load(&path).unwrap_or_else(|rejected| panic!("{rejected}")).facts;
            let said = std::fs::read_to_string(root.join(format!("scenarios/invalid/{text}.stderr")))
                .expect("the expected text");
            let title = |step: Step| match step {
                Step::Task(task) => {
                    format!("the task `{}`", facts.profile.tasks[usize::from(task)].name)
                }
                Step::FirstMove => "the first move".into(),
                Step::LastMove => "the last move".into(),
                Step::Retirement => "the retirement".into(),
                Step::FrontEnds(least) => format!("a pool with {least} front ends"),
            };
            assert!(facts.profile.edges.len() > 15);
            for edge in &facts.profile.edges {
                let verb = if edge.recommended { "should" } else { "must" };
                let order = format!("{} {verb} come before {}", title(edge.before), title(edge.after));
                let line = said
                    .lines()
                    .find(|line| line.contains(&format!("{order} ")) && line.contains(&edge.breaks));
                let line = line.unwrap_or_else(|| panic!("{text} does not say: {order}: {}", edge.breaks));
                assert_eq!(line.starts_with("warning"), edge.recommended, "{line}");
                assert!(line.ends_with(&format!("[{}]", edge.source)), "{line}");
            }
        }
    }
}

#[test]
fn moves_fail_until_the_topologies_are_merged_and_users_replicated() {
    for late in ["merge_topologies", "replicate_users", "deploy_pool"] {
        let name = format!("{{ name = \"{late}\", ");
        let place = SCENARIO.find(&name).expect("a task");
        let line = SCENARIO[place..].lines().next().expect("a line");
        let (outcome, log) = run(
            &[
                (line, &format!("{name}start = \"2013-04-02\" }},")),
                ("required = true", "required = false"),
            ],
            "in-order",
        );
        let failed = |entry: &&Entry| entry.action == Action::MoveFailed && entry.cause == Cause::NotReady;
        assert_eq!(
            log.iter().find(failed).expect(late).at.day(),
            FIRST_WAVE,
            "{late}"
        );
        let first = times(&log, Action::Moved)[0];
        assert!(first >= at(29, 0), "{late}: {first:?}");
        let after = log.iter().filter(failed).filter(|entry| entry.at > first);
        assert_eq!(after.count(), 0, "{late}");
        assert!(value(&outcome, Metric::MovesFailed) >= 120.0, "{late}");
        assert_eq!(value(&outcome, Metric::Moved), 240.0, "{late}");
    }
}

/// Directories, or numbers, left behind: from the retirement on nobody dials in to any meeting that was migrated.
#[test]
fn dial_in_stops_with_the_retirement() {
    let done = (
        "{ name = \"conference_directories\", skip = true }",
        "{ name = \"conference_directories\", after = \"access_numbers\" }",
    );
    let numbers = (
        "{ name = \"access_numbers\", after = \"last_move\", days = 7 },\n  { name = \"conference_directories\", skip",
        "{ name = \"access_numbers\", skip = true },\n  { name = \"conference_directories\", skip",
    );
    let (_, kept) = run(&[done], "forgetful");
    let at_retirement = vec![at(RETIREMENT, 0); 2];
    for change in [vec![], vec![numbers]] {
        let (_, lost) = run(&change, "forgetful");
        let from = at(RETIREMENT, 0);
        let down: Vec<Time> = times(&lost, Action::DialInDown)
            .into_iter()
            .filter(|&down| down >= from)
            .collect();
        assert_eq!(down, at_retirement);
        assert!(times(&lost, Action::DialInUp).iter().all(|&up| up < from));
        let (with, without) = (
            blocked(&kept, from, at(HORIZON, 0)),
            blocked(&lost, from, at(HORIZON, 0)),
        );
        assert!(
            without > with + 50,
            "{without} people are blocked, with dial-in {with}"
        );
    }
}

#[test]
fn federation_is_out_for_the_cutover_and_until_the_edge_is_validated() {
    let (outcome, log) = run(&[], "in-order");
    assert_eq!(times(&log, Action::FederationDown), [at(61, 6)]);
    assert_eq!(times(&log, Action::FederationUp), [at(61, 9)]);
    assert_eq!(value(&outcome, Metric::FederationLost), 3.0);
    let (outcome, log) = run(&[], "forgetful");
    assert_eq!(times(&log, Action::FederationUp), [at(64, 17)]);
    assert_eq!(value(&outcome, Metric::FederationLost), 83.0);
    let (_, kept) = run(&[], "in-order");
    let window = (at(63, 0), at(64, 17));
    assert!(blocked(&log, window.0, window.1) > blocked(&kept, window.0, window.1));
}

/// Before the cutover federated guests need the legacy edge, afterwards the new one. Nobody else is outside here.
#[test]
fn federated_guests_change_the_edge_with_the_cutover() {
    let out = |edge: &str, day: i64| {
        let down = format!("[edge]\n[[outages]]\nedge = \"{edge}\"\nday = {day}\nhours = 24\n\n[windows]");
        let changes = [
            ("[windows]", down.as_str()),
            ("[people]", "[people]\nremote = 0.0"),
            (
                "[meetings]",
                "[meetings]\nanonymous_share = 0.0\nanonymous_guests = 0.0\nfederated_guests = 0.5",
            ),
        ];
        let (_, log) = run(&changes, "in-order");
        assert_eq!(times(&log, Action::EdgeDown), [at(day, 0)]);
        blocked(&log, at(day, 0), at(day + 1, 0))
    };
    for (day, needed, other) in [(58, "legacy", "new"), (65, "new", "legacy")] {
        assert!(out(needed, day) > out(other, day), "day {day}");
    }
}

#[test]
fn the_legacy_edge_goes_after_the_cutover_or_before_it_with_one_name() {
    // A name for each service: federated guests lose the legacy edge before they have the new one.
    let early = (
        "{ name = \"legacy_edge\", after = \"last_move\", days = 28 }",
        "{ name = \"legacy_edge\", start = \"2013-05-02\" }",
    );
    let (_, log) = run(&[early], "forgetful");
    assert_eq!(times(&log, Action::FederationDown), [at(59, 0)]);
    // One name: the new edge works only when the legacy one is gone, four hours after the start of that.
    let shared = ("[calendar]", "[switches]\nedge_names = \"shared\"\n\n[calendar]");
    let late = (
        "{ name = \"legacy_edge\", after = \"last_move\", days = 28 }",
        "{ name = \"legacy_edge\", start = \"2013-06-01\" }",
    );
    let (_, log) = run(&[shared, late], "in-order");
    assert_eq!(times(&log, Action::FederationDown), [at(61, 6)]);
    assert_eq!(times(&log, Action::FederationUp), [at(89, 4)]);
}

#[test]
fn voicemail_left_behind_is_lost_for_everybody_who_lived_there() {
    let skip = (
        "{ name = \"conference_directories\", skip = true },",
        "{ name = \"conference_directories\", skip = true },\n  { name = \"voicemail\", skip = true },",
    );
    let (_, log) = run(&[skip], "forgetful");
    let lost = log.iter().filter(|entry| entry.action == Action::VoicemailLost);
    assert_eq!(lost.map(|entry| entry.detail[0]).sum::<i64>(), 240);
    let (_, log) = run(&[], "forgetful");
    assert!(times(&log, Action::VoicemailLost).is_empty());
}

#[test]
fn the_first_moves_wait_for_three_front_ends() {
    let outage = (
        "[windows]",
        "[[outages]]\npool = \"lync\"\nfront_end = 1\nat = \"2013-03-22\"\nhours = 60\n\n[windows]",
    );
    let (_, log) = run(&[outage], "forgetful");
    assert_eq!(times(&log, Action::WaveStarted)[0].day(), FIRST_WAVE);
    assert!(times(&log, Action::Moved)[0] >= at(26, 6), "the next window");
}

#[test]
fn a_rollback_takes_tasks_back_in_reverse_and_nobody_to_a_pool_past_its_return() {
    let scenario = scenario(&[]);
    let world = world(&scenario, 0);
    let (outcome, log) = replay(&scenario, &world, "late-return");
    let plan = &scenario.plans[3];
    let tasks = plan.tasks.as_ref().expect("tasks");
    let name = |entry: &Entry| match entry.subject {
        Subject::Task(job) => coexist::plan::tasks::name(&scenario.facts, &tasks.jobs[job as usize]),
        other => panic!("{other:?}"),
    };
    let undone = log.iter().filter(|entry| entry.action == Action::TaskUndone);
    assert_eq!(
        undone.map(name).collect::<Vec<_>>(),
        [
            "federation",
            "access_numbers@ocs-2",
            "access_numbers@ocs-1",
            "configure_pool",
            "merge_topologies"
        ]
    );
    // What the moves need stays until everybody is back.
    let last_back = times(&log, Action::Moved).pop().expect("moves");
    let merged = log
        .iter()
        .find(|entry| entry.action == Action::TaskUndoStarted && name(entry) == "configure_pool");
    assert!(merged.expect("taken back").at >= last_back);
    // The other pool takes them all.
    assert_eq!(outcome.row.get(Metric::NoReturnDay), None);
    assert_eq!(value(&outcome, Metric::PeakNoWayBack), 0.0);
    assert_eq!(value(&outcome, Metric::RolledBack), 240.0);
    assert_eq!(value(&outcome, Metric::FixedForward), 0.0);
    assert_eq!(
        value(&outcome, Metric::FederationLost),
        6.0,
        "the cutover and its undoing"
    );
    let to_first = log
        .iter()
        .filter(|entry| entry.action == Action::Moved && entry.to == coexist::outcome::log::Label::Pool(0));
    assert_eq!(to_first.count(), 0);
    // Without a pool to go back to, everybody stays, client and all.
    let both = (
        "{ name = \"conference_directories\", pool = \"ocs-1\",",
        "{ name = \"conference_directories\",",
    );
    let (outcome, log) = run(&[both], "late-return");
    assert_eq!(value(&outcome, Metric::FixedForward), 240.0);
    assert_eq!(value(&outcome, Metric::RolledBack), 0.0);
    assert_eq!(value(&outcome, Metric::Downgraded), 0.0);
    assert_eq!(times(&log, Action::FixedForward).len(), 240);
    assert_eq!(value(&outcome, Metric::NoReturnDay), 70.0);
    assert_eq!(value(&outcome, Metric::PeakNoWayBack), 240.0);
}

#[test]
fn waves_wait_for_a_clean_run_and_keep_their_distance() {
    let many = ("mean = 2.0", "mean = 30.0");
    let rare = ("found = 0.4", "found = 0.3");
    let scenario = scenario(&[many, rare]);
    let mut slipped = 0;
    for replication in 0..5 {
        let world = world(&scenario, replication);
        let (outcome, log) = replay(&scenario, &world, "in-order");
        let Some(&passed) = times(&log, Action::GatePassed).first() else {
            assert!(times(&log, Action::WaveStarted).is_empty());
            continue;
        };
        let slip = value(&outcome, Metric::WaveSlip);
        let starts = times(&log, Action::WaveStarted);
        let plan = scenario
            .plans
            .iter()
            .find(|plan| plan.name == "in-order")
            .unwrap();
        let opening = |at: Time| plan.opening(at).expect("a window");
        assert_eq!(starts[0], opening(at(FIRST_WAVE, 0).max(passed)));
        for pair in starts.windows(2) {
            assert_eq!(pair[1] - pair[0], Span(7 * Span::DAY.0));
        }
        assert_eq!(slip, (starts[0] - opening(at(FIRST_WAVE, 0))).days());
        slipped += i32::from(slip > 0.0);
        // However late the moves are, nothing is retired before what has to move away from it has moved.
        let retired = times(&log, Action::Retired);
        let down = times(&log, Action::DialInDown);
        assert!(
            down.iter()
                .all(|down| retired.first().is_none_or(|gone| down < gone))
        );
        if !retired.is_empty() {
            assert_eq!(down.len(), 2, "the two outages of the access numbers");
            let completed = log
                .iter()
                .filter(|entry| entry.action == Action::TaskCompleted && entry.at <= retired[0]);
            assert!(completed.count() >= 10);
        }
        // The run that opened the gate found nothing and nothing was open; the one before was not so.
        let runs: Vec<&Entry> = log
            .iter()
            .filter(|entry| entry.action == Action::TestRun && entry.at <= passed)
            .collect();
        let (last, before) = runs.split_last().expect("a run");
        assert_eq!(last.detail[2], 0);
        assert!(before.iter().all(|run| run.detail[2] > 0));
    }
    assert!(slipped > 0, "no wave was ever held");
}

/// With clients told two weeks ahead of their wave, they are told two weeks ahead of the wave that slipped.
#[test]
fn people_told_ahead_slip_with_their_wave() {
    let scenario = scenario(&[
        ("mean = 2.0", "mean = 30.0"),
        (
            "[strategies.rollout]\nclient = \"lync2013\"",
            "[strategies.rollout]\nclient = \"lync2013\"\nmode = \"before\"\ndays = 5",
        ),
    ]);
    let world = world(&scenario, 0);
    let (outcome, log) = replay(&scenario, &world, "in-order");
    assert!(value(&outcome, Metric::WaveSlip) > 5.0);
    let waves = times(&log, Action::WaveStarted);
    let ordered: Vec<Time> = times(&log, Action::InstallOrdered);
    for (number, start) in waves.iter().enumerate().skip(1) {
        let told = *start - Span(5 * Span::DAY.0);
        assert!(ordered.contains(&told), "wave {}: {told:?}", number + 1);
    }
    assert!(ordered.iter().all(|&at| at >= times(&log, Action::GatePassed)[0]));
}

#[test]
fn more_faults_are_the_same_and_more_and_survive_the_files() {
    let (few, many) = (scenario(&[]), scenario(&[("mean = 2.0", "mean = 6.0")]));
    for replication in 0..20 {
        let (few, many) = (world(&few, replication), world(&many, replication));
        assert!(few.faults.iter().all(|fault| many.faults.contains(fault)));
        assert!(many.faults.len() >= few.faults.len());
    }
    let world = world(&many, 1);
    assert!(!world.faults.is_empty());
    let folder = tempfile::tempdir().expect("a temporary folder");
    let to = folder.path().join("world");
    let claim = report::claim(&to, &many, &WORLD).expect("a free place");
    world_files::write(&world, &many, false, claim).unwrap_or_else(|error| panic!("{error}"));
    let again = world_files::read(&to, Arc::clone(&many.facts)).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(world.faults, again.faults);
    for plan in &many.plans {
        let digest = |world: &World| replay(&many, world, &plan.name).0.digest;
        assert_eq!(digest(&world), digest(&again), "{}", plan.name);
    }
}

/// A fault that nobody looks for goes live: moves fail and meetings are impaired.
#[test]
fn untested_faults_go_live() {
    let scenario = scenario(&[]);
    let world = world(&scenario, 0);
    let (tested, _) = replay(&scenario, &world, "in-order");
    let (untested, log) = replay(&scenario, &world, "forgetful");
    assert!(value(&tested, Metric::FaultsLive) < value(&untested, Metric::FaultsLive));
    assert_eq!(value(&untested, Metric::FaultsLive), world.faults.len() as f64);
    assert!(value(&untested, Metric::MovesFailed) > value(&tested, Metric::MovesFailed));
    assert!(value(&untested, Metric::Impaired) > value(&tested, Metric::Impaired));
    assert!(!times(&log, Action::FaultStruck).is_empty());
}

/// A company of two people with a profile of its own, which adds `tasks` to the yardstick's.
fn own_profile(tasks: &str, stated: &str) -> Result<Scenario, String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let yardstick = include_str!("../../scenarios/profiles/yardstick.toml");
    let (head, rest) = yardstick.split_once("servers = [").expect("the servers");
    let profile = format!("{head}{tasks}\nservers = [{rest}");
    std::fs::write(folder.path().join("own.toml"), profile).expect("a temporary file");
    let scenario = format!(
        "schema = 1\nname = \"own\"\nprofile = \"own.toml\"\n[calendar]\nflat = true\ndays = 20\n\
         [[pools]]\nname = \"a\"\nrelease = \"old\"\nfront_ends = 1\n\
         [[pools]]\nname = \"b\"\nrelease = \"new\"\nfront_ends = 1\n[population]\nusers = 2\n\
         [[strategies]]\nname = \"go\"\n{stated}\n[strategies.waves]\nstart_day = 5\nall = true\n"
    );
    let path = folder.path().join("own-scenario.toml");
    std::fs::write(&path, scenario).expect("a temporary file");
    load(&path).map_err(|rejected| rejected.report)
}

const COPY: &str = r#"
tasks = [
  { name = "copy", title = "Copy the mailboxes", phase = "1", owner = "mail", hours = 30, undo = { hours = 1 }, mark = "EST", note = "a guess" },
]
edges = [
  { before = "copy", after = "first_move", effect = "moves", breaks = "nobody can move", mark = "EST", note = "a guess" },
]
"#;

#[test]
fn a_profile_of_ones_own_has_tasks_in_the_same_way() {
    let sound = own_profile(COPY, "tasks = [{ name = \"copy\", start_day = 3 }]").expect("sound");
    assert_eq!(sound.facts.profile.tasks.len(), 1);
    assert_eq!(sound.facts.profile.edges.len(), 1);
    let report = own_profile(COPY, "tasks = [{ name = \"copy\", start_day = 4 }]").expect_err("too late");
    assert!(
        report.contains("`copy` must come before the first move"),
        "{report}"
    );
    // Without a word about tasks, all is taken to be done in time.
    let silent = own_profile(COPY, "").expect("sound");
    let (outcome, _) = replay(&silent, &world(&silent, 0), "go");
    assert_eq!(value(&outcome, Metric::Moved), 2.0);
}

#[test]
fn a_faulty_task_or_order_is_refused() {
    let faulty = COPY
        .replace("undo = { hours = 1 }", "undo = { hours = 1 }, stays = true")
        .replace("before = \"copy\"", "before = \"copi\"");
    let report = own_profile(&faulty, "").expect_err("faulty");
    for what in [
        "a task says in exactly one way how it is taken back",
        "`before` is \"copi\"",
    ] {
        assert!(report.contains(what), "{what} is not in\n{report}");
    }
}

/// Everybody goes back in the third week of moving; after two weeks the whole programme begins anew: what was taken back
/// is done again before the first wave, whose moves therefore succeed.
#[test]
fn a_further_attempt_does_again_what_was_taken_back() {
    let (outcome, log) = run(
        &[(
            "[strategies.retirement]\nat = \"2013-05-20\"\n\n# The new edge",
            "[strategies.rollback]\nat = \"2013-04-10\"\nattempts = 2\nremediation_days = 14\n\n\
             [strategies.retirement]\nat = \"2013-05-20\"\n\n# The new edge",
        )],
        "in-order",
    );
    let undone = |action: Action| -> Vec<(Time, Subject)> {
        let entries = log.iter().filter(|entry| entry.action == action);
        entries.map(|entry| (entry.at, entry.subject)).collect()
    };
    let back = undone(Action::TaskUndone);
    assert!(!back.is_empty(), "nothing was taken back");
    let resumed = times(&log, Action::Resumed);
    assert_eq!(resumed.len(), 1);
    for (at, task) in back {
        let again = undone(Action::TaskCompleted)
            .into_iter()
            .find(|done| done.1 == task && done.0 > at);
        let again = again.unwrap_or_else(|| panic!("{task:?} was not done again")).0;
        assert!(
            again <= resumed[0],
            "{task:?} was done again after the attempt began"
        );
    }
    let moved = value(&outcome, Metric::Moved) - value(&outcome, Metric::RolledBack);
    assert_eq!(moved, 240.0, "everybody is on the new side in the end");
    let not_ready = |entry: &&Entry| entry.action == Action::MoveFailed && entry.cause == Cause::NotReady;
    assert_eq!(log.iter().filter(not_ready).count(), 0);
}
