//! Properties of random companies: whatever planners may write, the program's bookkeeping adds up, a replay is its run, an exported world
//! comes back as it was, and what can only help does not hurt.

use crate::common::{value, world};
use coexist::experiment::{self, Options};
use coexist::kernel::Nothing;
use coexist::outcome::{Metric, Outcome};
use coexist::report::{self, world_files};
use coexist::scenario::{self, Scenario};
use coexist::simulate::{replay_all, simulate};
use coexist::store::kind::WORLD;
use coexist::world::World;
use proptest::prelude::*;
use std::fmt::Write;
use std::sync::atomic::AtomicBool;

/// A small company and its plan.
#[derive(Clone, Debug)]
struct Company {
    users: u32,
    sites: u32,
    old_pools: u32,
    weeks: u32,
    profile: &'static str,
    turnover: bool,
    pilot: Option<u32>,
    wave: u32,
    every_days: u32,
    order: &'static str,
    mode: &'static str,
    rollback_day: Option<u32>,
    outage_hours: Option<u32>,
    mtbf: u32,
    defects: f64,
    agents: u32,
    seed: u32,
}

fn company() -> impl Strategy<Value = Company> {
    let shape = (
        4u32..40,
        1u32..4,
        1u32..3,
        6u32..12,
        prop::sample::select(vec!["ocs2007r2-to-lync2013", "lync2010-to-lync2013"]),
        any::<bool>(),
    );
    let plan = (
        prop::option::of(1u32..4),
        1u32..20,
        1u32..10,
        prop::sample::select(vec!["random", "department", "community", "site"]),
        prop::sample::select(vec!["with", "after"]),
        prop::option::of(20u32..40),
    );
    let trouble = (
        prop::option::of(1u32..60),
        prop::sample::select(vec![0u32, 200, 2_000]),
        prop::sample::select(vec![0.0, 0.5, 6.0]),
        0u32..3,
        any::<u32>(),
    );
    (shape, plan, trouble).prop_map(|(shape, plan, trouble)| Company {
        users: shape.0,
        sites: shape.1,
        old_pools: shape.2,
        weeks: shape.3,
        profile: shape.4,
        turnover: shape.5,
        pilot: plan.0,
        wave: plan.1,
        every_days: plan.2,
        order: plan.3,
        mode: plan.4,
        rollback_day: plan.5,
        outage_hours: trouble.0,
        mtbf: trouble.1,
        defects: trouble.2,
        agents: trouble.3,
        seed: trouble.4,
    })
}

impl Company {
    fn release(&self) -> &'static str {
        if self.profile.starts_with("ocs") {
            "ocs2007r2"
        } else {
            "lync2010"
        }
    }

    /// The scenario, as a planner would write it.
    fn text(&self) -> String {
        let mut text = format!(
            "schema = 1\nname = \"random\"\nprofile = \"{}\"\nreplications = 3\nseed = {}\n\n[calendar]\nstart = \"2013-03-04\"\nweeks = {}\n",
            self.profile, self.seed, self.weeks
        );
        for site in 0..self.sites {
            let offset = ["+00:00", "+09:30", "-08:00"][site as usize];
            write!(
                text,
                "\n[[sites]]\nname = \"s{site}\"\nhours = \"09:00-17:00\"\nutc_offset = \"{offset}\"\n"
            )
            .unwrap();
        }
        for pool in 0..self.old_pools {
            let site = pool % self.sites;
            write!(
                text,
                "\n[[pools]]\nname = \"old-{pool}\"\nrelease = \"{}\"\nsite = \"s{site}\"\nfront_ends = 2\n",
                self.release()
            )
            .unwrap();
        }
        text.push_str("\n[[pools]]\nname = \"new\"\nrelease = \"lync2013\"\nsite = \"s0\"\nfront_ends = 3\n");
        write!(
            text,
            "\n[population]\nusers = {}\nturnover = {}\nteam_size = 4\nteams_per_department = 2\n\n[parameters]\npools.mtbf_hours = {}\n",
            self.users, self.turnover, self.mtbf
        )
        .unwrap();
        if let Some(hours) = self.outage_hours {
            write!(
                text,
                "\n[[outages]]\npool = \"old-0\"\nday = 10\nhours = {hours}\n"
            )
            .unwrap();
        }
        if self.defects > 0.0 {
            write!(text, "\n[[defects]]\nname = \"release\"\ncount = {}\nscope = \"everyone\"\ndiscovery_user_days = 20\n", self.defects).unwrap();
        }
        if self.agents > 0 {
            write!(
                text,
                "\n[desk]\nagents = {}\nhours = \"08:00-18:00\"\n",
                self.agents
            )
            .unwrap();
        }
        text.push_str("\n[[strategies]]\nname = \"moves\"\n");
        if let Some(size) = self.pilot {
            write!(
                text,
                "\n[strategies.pilot]\nstart_day = 3\nsize = {size}\nchoose = \"random\"\n"
            )
            .unwrap();
        }
        write!(
            text,
            "\n[strategies.waves]\nstart_day = 14\nsize = {}\nevery_days = {}\norder = \"{}\"\n\n[strategies.rollout]\nclient = \"lync2013\"\nmode = \"{}\"\n",
            self.wave, self.every_days, self.order, self.mode
        )
        .unwrap();
        if let Some(day) = self.rollback_day {
            write!(text, "\n[strategies.rollback]\nday = {day}\n").unwrap();
        }
        text
    }
}

/// The scenario; nothing if its plan is refused, which is an answer in words and no panic.
fn load(text: &str) -> Option<Scenario> {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("random.toml");
    std::fs::write(&path, text).expect("a scenario");
    match scenario::load(&path) {
        Ok(scenario) => Some(scenario),
        Err(rejected) => {
            assert!(rejected.report.contains("error: "), "{}", rejected.report);
            None
        }
    }
}

fn all(world: &World, scenario: &Scenario) -> Vec<Outcome> {
    replay_all(world, &scenario.plans.iter().collect::<Vec<_>>())
}

fn cases(number: u32) -> ProptestConfig {
    ProptestConfig {
        cases: number,
        failure_persistence: Some(Box::new(proptest::test_runner::FileFailurePersistence::Direct(
            "tests/model/properties-kept.txt",
        ))),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(cases(128))]

    /// What is judged is held or broken, each for one cause; nobody is moved who is not there.
    #[test]
    fn the_books_of_a_random_company_balance(company in company()) {
        let Some(scenario) = load(&company.text()) else {
            return Ok(());
        };
        for replication in 0..2 {
            for (plan, outcome) in scenario.plans.iter().zip(all(&world(&scenario, replication), &scenario)) {
                let of = |metric| value(&outcome, metric);
                prop_assert_eq!(of(Metric::Judged), of(Metric::Held) + of(Metric::Broken));
                prop_assert_eq!(of(Metric::Held), of(Metric::Ok) + of(Metric::Impaired));
                let causes = [
                    Metric::BrokenCannotSchedule,
                    Metric::BrokenStaleRollback,
                    Metric::BrokenStaleMove,
                    Metric::BrokenOutage,
                    Metric::BrokenBlocked,
                    Metric::BrokenDefect,
                ];
                prop_assert_eq!(of(Metric::Broken), causes.map(of).iter().sum::<f64>());
                prop_assert!(of(Metric::LostHours) >= 0.0 && of(Metric::LostHours) <= of(Metric::FullHours) + 1e-6);
                if plan.waves.is_empty() {
                    prop_assert_eq!(of(Metric::Moved), 0.0);
                }
                for value in outcome.row.0.iter().flatten() {
                    prop_assert!(value.is_finite() && *value >= 0.0);
                }
            }
        }
    }

    /// A run is its replays, on any number of threads.
    #[test]
    fn a_replay_of_a_random_company_is_its_run(company in company()) {
        let Some(scenario) = load(&company.text()) else {
            return Ok(());
        };
        let stop = AtomicBool::new(false);
        let run = |threads, replications| {
            let options = Options {
                strategies: (0..scenario.plans.len()).collect(),
                replications,
                seed: scenario.seed,
                threads,
                fix_uncertain: false,
                stop: &stop,
            };
            experiment::run(&scenario, &options, &|| {}).expect("nobody stops it")
        };
        let results = run(2, 0..3);
        prop_assert_eq!(&results.digest, &run(1, 0..3).digest);
        for (strategy, plan) in scenario.plans.iter().enumerate() {
            let (alone, _) = simulate(&world(&scenario, 2), plan, Nothing);
            prop_assert_eq!(&alone.row, &results.rows[strategy][2]);
            prop_assert_eq!(alone.digest, results.digests[strategy][2]);
        }
    }

    /// A world that is exported and read back gives the same outcomes.
    #[test]
    fn an_exported_world_of_a_random_company_comes_back(company in company()) {
        let Some(scenario) = load(&company.text()) else {
            return Ok(());
        };
        let dir = tempfile::tempdir().expect("a folder");
        let place = dir.path().join("world");
        let world = world(&scenario, 1);
        let claim = report::claim(&place, &scenario, &WORLD).expect("a free place");
        world_files::write(&world, &scenario, false, claim).expect("a world");
        let read = world_files::read(&place, scenario.facts.clone()).expect("the world again");
        prop_assert_eq!(all(&read, &scenario), all(&world, &scenario));
    }

    /// An outage that lasts longer takes no less from anybody, in the same world, while nobody moves.
    #[test]
    fn a_longer_outage_of_a_random_company_takes_no_less(company in company(), more in 1u32..48) {
        let hours = company.outage_hours.unwrap_or(4);
        let lost = |hours| {
            let company = Company { outage_hours: Some(hours), ..company.clone() };
            let scenario = load(&company.text())?;
            let (outcome, _) = simulate(&world(&scenario, 0), &scenario.plans[scenario.base], Nothing);
            Some(value(&outcome, Metric::OutageHours))
        };
        if let (Some(short), Some(long)) = (lost(hours), lost(hours + more)) {
            prop_assert!(long >= short - 1e-6, "{} h take {}, {} h take {}", hours, short, hours + more, long);
        }
    }
}

/// Most random companies are sound; else the properties would say little.
#[test]
fn most_random_companies_are_sound() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut sound = 0;
    let mut last = String::new();
    for _ in 0..60 {
        let text = company()
            .new_tree(&mut runner)
            .expect("a company")
            .current()
            .text();
        match load(&text) {
            Some(_) => sound += 1,
            None => last = text,
        }
    }
    assert!(sound >= 20, "{sound} of 60 are sound; one that is not:\n{last}");
}
