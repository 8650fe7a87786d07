//! Shipped scenarios load and say what they should; invalid ones are refused with the expected words.

use crate::common::{root, toml_files};
use coexist::kernel::{Key, Span, Time};
use coexist::plan::{Extent, RolloutMode, Scripted};
use coexist::scenario::{Scenario, from_text, load, load_with};
use coexist::world::{Draw, Setting};
use std::path::Path;

/// Loads a scenario by its path in the repository, shown as given.
fn scenario(path: &str) -> Result<Scenario, String> {
    std::env::set_current_dir(root()).expect("the repository is there");
    load(Path::new(path)).map_err(|rejected| rejected.report)
}

fn shipped(name: &str) -> Scenario {
    scenario(&format!("scenarios/{name}.toml"))
        .unwrap_or_else(|report| panic!("{name} is refused:\n{report}"))
}

fn day(day: i64) -> Time {
    Time(day * Span::DAY.0)
}

#[test]
fn all_shipped_scenarios_load() {
    let mut names = Vec::new();
    for path in toml_files("scenarios") {
        let name = path
            .file_stem()
            .and_then(|name| name.to_str())
            .expect("a plain name")
            .to_owned();
        let scenario = shipped(&name);
        assert_eq!(scenario.facts.name, name);
        assert_eq!(scenario.plans[0].name, "stay");
        assert_eq!(scenario.digest.len(), 64);
        let unsafe_plans = scenario.plans.iter().filter(|plan| plan.allow_unsafe).count();
        assert_eq!(
            scenario.warnings.is_empty(),
            unsafe_plans == 0,
            "{name}: {}",
            scenario.warnings
        );
        for plan in &scenario.plans {
            let mut seen = vec![false; scenario.facts.users.len()];
            for &user in plan.waves.iter().flat_map(|wave| &wave.users) {
                assert!(
                    !std::mem::replace(&mut seen[user as usize], true),
                    "{name}: {user} is in two waves"
                );
            }
            assert!(plan.waves.is_sorted_by_key(|wave| wave.start));
            assert!(plan.moves.windows.is_sorted_by(|a, b| a.0 < a.1 && a.1 < b.0));
        }
        let facts = &scenario.facts;
        let (residents, joiners) = facts.users.split_at(facts.residents());
        assert!(residents.is_sorted_by(|a, b| a.name < b.name));
        assert!(joiners.is_sorted_by(|a, b| a.name < b.name));
        let named = |user: u32| facts.user_named(&facts.users[user as usize].name) == Some(user);
        assert!((0..facts.users.len() as u32).all(named));
        assert_eq!(facts.user_named("nobody"), None);
        names.push(name);
    }
    assert_eq!(
        names,
        [
            "bad-week",
            "best-day",
            "by-hand",
            "by-hand-gate",
            "calendar",
            "contoso",
            "contoso-2010",
            "contoso-2010-soft",
            "failures",
            "five-users",
            "people",
            "tasks",
            "yardstick"
        ]
    );
}

#[test]
fn the_yardstick_is_the_yardstick() {
    let scenario = shipped("yardstick");
    let facts = &scenario.facts;
    assert_eq!(
        (facts.users.len(), facts.teams.len(), facts.pools.len()),
        (10_000, 500, 5)
    );
    for (index, user) in (0..).zip(&facts.users) {
        assert_eq!(
            (user.team, u32::from(user.pool), user.group),
            (index / 20, index / 20 % 4, None)
        );
    }
    assert_eq!(facts.calendar.horizon, day(120));
    assert_eq!((scenario.replications, scenario.plans.len()), (400, 2));
    assert_eq!(facts.meetings.levels, [0.8, 0.0, 0.0, 0.2]);
    let plan = &scenario.plans[1];
    assert_eq!(plan.waves.len(), 50);
    for (number, wave) in (0_u32..).zip(&plan.waves) {
        assert_eq!(wave.start, day(20 + i64::from(number)));
        assert_eq!(
            wave.users,
            (number * 200..number * 200 + 200).collect::<Vec<u32>>()
        );
    }
    let rollback = plan.rollback.as_ref().expect("a rollback");
    assert_eq!(
        (rollback.scripted, rollback.extent),
        (Some(Scripted::At(day(60))), Extent::Everyone)
    );
    assert_eq!(plan.target, [Some(4), Some(4), Some(4), Some(4), None]);
    assert_eq!(plan.moves.windows, [(Time::ZERO, day(120))]);
    assert_eq!((plan.moves.threads, plan.moves.timed), (0, false));
    assert_eq!(
        plan.rollout.as_ref().map(|rollout| rollout.mode),
        Some(RolloutMode::With)
    );
    let value = |setting: Setting| facts.parameters[setting as usize].draw.value(0.5);
    let sigma = libm::log(value(Setting::LeadP90) / value(Setting::LeadMedian)) / 1.281_551_565_544_600_4;
    assert!((sigma - 1.0).abs() < 1e-15, "{sigma}");
}

#[test]
fn contoso_is_as_described() {
    let scenario = shipped("contoso");
    let facts = &scenario.facts;
    let names: Vec<&str> = scenario.plans.iter().map(|plan| plan.name.as_str()).collect();
    let expected = [
        "stay",
        "big-bang",
        "pilot-by-department",
        "pilot-by-community",
        "clients-first",
        "rollback-week-13",
    ];
    assert_eq!(names, expected);
    let residents = &facts.users[..facts.residents()];
    let at: Vec<usize> = (0..3)
        .map(|site| residents.iter().filter(|user| user.site == site).count())
        .collect();
    assert_eq!(at, [5000, 3000, 2000]);
    assert_eq!(facts.users[0].name, "u00001");
    assert_eq!(
        (facts.departments[0].as_str(), facts.teams[2].as_str()),
        ("london-d01", "london-d01-t03")
    );
    let modern = residents.iter().filter(|user| user.client == 0).count() as f64 / 10_000.0;
    assert!((modern - 0.7).abs() < 0.02, "{modern}");
    let grouped = residents.iter().filter(|user| user.group.is_some()).count() as f64 / 10_000.0;
    assert!((grouped - 0.02).abs() < 0.008, "{grouped}");
    assert_eq!(facts.calendar.horizon, day(308));
    // Frankfurt's clock is an hour ahead of the scenario's, and Good Friday is a day off.
    let frankfurt = &facts.calendar.sites[1];
    assert_eq!(frankfurt.offset, Span::HOUR);
    assert!(frankfurt.is_working_day(24) && !frankfurt.is_working_day(25));
    assert_eq!(scenario.plans[2].waves[0].users.len() / 10, 15);
    assert_eq!(scenario.plans[3].waves[0].users.len() / 10, 20);
    // Volunteers come from every department, three of the 150 in each, or as few as the company's edge leaves.
    let mut volunteers = vec![0; facts.departments.len()];
    for &user in &scenario.plans[3].waves[0].users {
        volunteers[facts.users[user as usize].department as usize] += 1;
    }
    assert!(
        volunteers.iter().all(|count| (1..=6).contains(count)),
        "{volunteers:?}"
    );
    // No window is open in a freeze; the first of all opens on Friday evening.
    let windows = &scenario.plans[1].moves.windows;
    assert_eq!(windows[0].0, day(4) + Span::HOUR * 18);
    for freeze in &scenario.freezes {
        assert!(
            windows
                .iter()
                .all(|window| window.1 <= freeze.0 || window.0 >= freeze.1)
        );
    }
    // Everybody moves, in waves of 500 or a little more.
    for plan in &scenario.plans[2..] {
        let moved: usize = plan.waves.iter().map(|wave| wave.users.len()).sum();
        assert_eq!(moved, 10_000);
        assert!(
            plan.waves[1..plan.waves.len() - 1]
                .iter()
                .all(|wave| (500..=501).contains(&wave.users.len()))
        );
    }
    assert!(matches!(
        facts.parameters[Setting::ResendCompliance as usize].draw,
        Draw::Uniform { .. }
    ));
    assert!(scenario.warnings.contains("strategy `clients-first`"));
}

#[test]
fn communities_tear_fewer_teams_than_chance() {
    let scenario = shipped("contoso");
    let torn = |plan: usize| {
        let mut first = vec![None; scenario.facts.teams.len()];
        let mut torn = vec![false; scenario.facts.teams.len()];
        for (number, wave) in scenario.plans[plan].waves.iter().enumerate().skip(1) {
            for &user in &wave.users {
                let team = scenario.facts.users[user as usize].team as usize;
                torn[team] |= *first[team].get_or_insert(number) != number;
            }
        }
        torn.into_iter().filter(|&torn| torn).count()
    };
    assert!(torn(3) < 200, "{} of 1,000 teams are torn", torn(3));
}

#[test]
fn lists_are_read() {
    let scenario = shipped("people");
    let facts = &scenario.facts;
    assert_eq!(facts.users.len(), 24);
    let contacts = facts.contacts.as_ref().expect("contacts");
    assert_eq!(contacts.start.len(), 25);
    assert_eq!(
        *contacts.start.last().expect("an end") as usize,
        contacts.to.len()
    );
    let of = |name: &str| {
        let index = facts
            .users
            .iter()
            .position(|user| user.name == name)
            .expect("somebody");
        (index as u32, &facts.users[index])
    };
    assert_eq!(of("gina").1.group, of("hugo").1.group);
    assert!(of("gina").1.group.is_some());
    let pilot = &scenario.plans[1].waves[0];
    // In the order of the list, and the group of the last one goes with her.
    assert_eq!(
        pilot.users,
        ["kim", "ada", "rosa", "gina", "hugo"].map(|name| of(name).0)
    );
    assert_eq!(pilot.start, day(29));
    let plan = |name: &str| {
        let mut plans = scenario.plans.iter();
        plans.find(|plan| plan.name == name).expect("a strategy")
    };
    let rollback = plan("turn-back").rollback.as_ref().expect("a rollback");
    assert_eq!(
        (rollback.extent, rollback.planned(&scenario.plans[2].waves)),
        // The wave starts when its window opens, at 19:00.
        (Extent::LastWave, Some(day(57 + 7 + 6) + Span::HOUR * 19))
    );
    // Three strategies differ in the order of the waves only.
    let [community, lot, department] = ["by-community", "by-lot", "by-department"].map(plan);
    for other in [lot, department] {
        assert_ne!(other.waves, community.waves);
        let mut twin = other.clone();
        twin.name.clone_from(&community.name);
        twin.title.clone_from(&community.title);
        twin.lottery.clone_from(&community.lottery);
        twin.cadence.by_department = community.cadence.by_department;
        for (wave, model) in twin.waves.iter_mut().zip(&community.waves) {
            wave.users.clone_from(&model.users);
        }
        assert_eq!(&twin, community);
    }
}

#[test]
fn the_same_bytes_give_the_same_digest() {
    assert_eq!(shipped("people").digest, shipped("people").digest);
    assert_ne!(
        shipped("contoso-2010").digest,
        shipped("contoso-2010-soft").digest
    );
}

/// The shipped scenario of people, with parameters of its own.
fn with_parameters(parameters: &str) -> Result<Scenario, String> {
    std::env::set_current_dir(root()).expect("the repository is there");
    let overrides: Vec<String> = parameters.split_whitespace().map(str::to_owned).collect();
    load_with(Path::new("scenarios/people.toml"), &overrides).map_err(|rejected| rejected.report)
}

#[test]
fn parameters_that_contradict_each_other_are_refused() {
    for (written, what) in [
        (
            "moves.rate_one_thread=5 moves.rate_24_threads=4",
            "`moves.rate_one_thread` is 5, more than `moves.rate_24_threads` with 4",
        ),
        (
            "installs.share_2_days=0.95",
            "`installs.share_2_days` is 0.95, more than `installs.share_7_days` with 0.9",
        ),
        (
            "installs.never=0.3",
            "`installs.share_7_days`, `installs.never` add up to 1.2; together they are at most 1",
        ),
    ] {
        let report = with_parameters(written).expect_err("they contradict each other");
        assert!(report.contains(what), "{written}: {report}");
    }
    with_parameters("moves.rate_one_thread=4 moves.rate_24_threads=4").expect("they may be equal");
}

#[test]
fn drawn_shares_leave_room_for_those_that_are_stated() {
    let scenario =
        with_parameters("uncertain=\"all\" installs.never=0.08").unwrap_or_else(|report| panic!("{report}"));
    for replication in 0..2000 {
        let values = scenario.facts.drawn_parameters(Key { seed: 1, replication });
        let value = |setting: Setting| values[setting as usize];
        assert!(value(Setting::LagTwoDays) <= value(Setting::LagSevenDays));
        assert!(value(Setting::LagSevenDays) + value(Setting::Never) <= 1.0 + 1e-12);
    }
}

/// The yardstick with one more strategy, which has the name of the built-in one.
fn with_a_table_named_stay(rest: &str) -> Result<Scenario, String> {
    let text = std::fs::read_to_string("scenarios/yardstick.toml").expect("the yardstick is there");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("scenario.toml");
    let table = format!("{text}\n[[strategies]]\nname = \"stay\"\n{rest}");
    std::fs::write(&path, table).expect("a temporary file");
    load(&path).map_err(|rejected| rejected.report)
}

#[test]
fn a_table_named_stay_only_gives_the_built_in_strategy_its_title() {
    std::env::set_current_dir(root()).expect("the repository is there");
    let built_in = shipped("yardstick").plans.swap_remove(0);
    for (rest, title) in [
        ("", built_in.title.as_str()),
        ("title = \"Leave all as it is\"", "Leave all as it is"),
    ] {
        let scenario = with_a_table_named_stay(rest).unwrap_or_else(|report| panic!("{report}"));
        assert_eq!(scenario.plans.len(), 2);
        let mut expected = built_in.clone();
        expected.title = title.into();
        assert_eq!(scenario.plans[0], expected);
    }
    let report = with_a_table_named_stay("[strategies.waves]\nstart_day = 30\nall = true")
        .expect_err("a strategy of one's own cannot be called `stay`");
    assert!(
        report.contains("error: the name `stay` is taken by the built-in strategy, in which nobody moves"),
        "{report}"
    );
    assert!(report.contains("give this strategy another name"), "{report}");
    assert!(report.ends_with("\n1 error\n"), "{report}");
}

#[test]
fn an_override_is_as_good_as_an_edit_of_the_file() {
    std::env::set_current_dir(root()).expect("the repository is there");
    let path = Path::new("scenarios/bad-week.toml");
    let text = std::fs::read_to_string(path).expect("a shipped scenario");
    let text = text
        .replace("stage_days = 5", "stage_days = 6")
        .replace("agents = 3", "agents = 2");
    let edited = from_text("edited", &text).unwrap_or_else(|report| panic!("{report}"));
    let changes = [
        "strategies.gates.gates.stage_days=6".into(),
        "desk.agents=2".into(),
    ];
    let overridden = load_with(path, &changes).unwrap_or_else(|report| panic!("{report}"));
    assert_eq!(overridden.plans, edited.plans);
    assert_eq!(overridden.facts, edited.facts);
    let plain = load(path).unwrap_or_else(|report| panic!("{report}"));
    assert_ne!(overridden.plans, plain.plans);
    assert_ne!(overridden.digest, plain.digest);
}

#[test]
fn a_plan_under_other_values_is_that_of_the_override() {
    std::env::set_current_dir(root()).expect("the repository is there");
    let path = Path::new("scenarios/bad-week.toml");
    let agents = "desk.agents=2".to_string();
    let scenario = load_with(path, std::slice::from_ref(&agents)).unwrap_or_else(|report| panic!("{report}"));
    let plan = scenario
        .plan_with("gates", &["gates.stage_days=6".into()])
        .unwrap_or_else(|report| panic!("{report}"));
    let changes = [agents, "strategies.gates.gates.stage_days=6".into()];
    let overridden = load_with(path, &changes).unwrap_or_else(|report| panic!("{report}"));
    assert_eq!(overridden.facts, scenario.facts);
    assert!(overridden.plans.contains(&plan));
    assert!(!scenario.plans.contains(&plan));
    let refused = scenario.plan_with("gates", &["gates.stage_days=-1".into()]);
    let report = refused.expect_err("a negative time").report;
    assert!(
        report.contains("strategies.gates.gates.stage_days=-1"),
        "{report}"
    );
}

#[test]
fn a_fault_that_an_override_causes_elsewhere_names_the_override() {
    std::env::set_current_dir(root()).expect("the repository is there");
    let late = "strategies.in-turn.waves.size=1".to_string();
    let also = "calendar.days=5".to_string();
    let rejected = load_with(Path::new("scenarios/five-users.toml"), &[late, also]).expect_err("too late");
    let (faults, named) = rejected
        .report
        .split_once("\nread with ")
        .expect("the overrides are named");
    assert!(
        faults.contains("strategy `in-turn`: 3 of 5 waves start too late"),
        "{faults}"
    );
    assert_eq!(
        named,
        "--set strategies.in-turn.waves.size=1\nread with --set calendar.days=5\n"
    );
}

#[test]
fn a_scenario_that_is_not_there_is_named() {
    let report = scenario("scenarios/no-such.toml").expect_err("there is none");
    assert!(
        report.starts_with(
            "error: the scenario `scenarios/no-such.toml` cannot be read: there is no such file"
        )
    );
}

/// With `UPDATE_EXPECTED=1` in the environment the expected texts are written anew, to be read before they are kept.
#[test]
fn invalid_scenarios_are_refused_in_these_words() {
    let paths = toml_files("scenarios/invalid");
    assert_eq!(paths.len(), 26);
    for path in paths {
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .expect("a plain name");
        let report = scenario(&format!("scenarios/invalid/{name}")).expect_err(name);
        let expected = path.with_extension("stderr");
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            std::fs::write(&expected, &report).expect("the expected text can be written");
        }
        let expected = std::fs::read_to_string(&expected)
            .unwrap_or_default()
            .replace("\r\n", "\n");
        assert_eq!(report, expected, "{name}");
    }
}
