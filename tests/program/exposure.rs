//! Rollback exposure: what branches add up to, points of no return, and the command.

use crate::common::{self, shipped, start, told};
use coexist::analysis::branch::{Branched, Followed, Stuck, Study};
use coexist::analysis::exposure::{Exposure, Question, plans_that_can_roll_back, run};
use coexist::analysis::no_return::{Branches, Kind, Last, NoReturn, no_return};
use coexist::experiment::{self, Options};
use coexist::kernel::{Nothing, Span, Time};
use coexist::outcome::{Metric, Quantity, Row, Toll};
use coexist::plan::course::{Course, Point};
use coexist::plan::{Plan, Scripted};
use coexist::scenario::exposure::{Asked, StuckLimits, When};
use coexist::scenario::{self, Scenario};
use coexist::simulate::simulate;
use coexist::world::{Trouble, World};
use std::fs;
use std::ops::Range;
use std::sync::atomic::AtomicBool;

fn load(name: &str) -> Scenario {
    common::load(shipped(name))
}

fn options<'a>(
    scenario: &Scenario,
    replications: Range<u64>,
    threads: usize,
    stop: &'a AtomicBool,
) -> Options<'a> {
    Options {
        strategies: (0..scenario.plans.len()).collect(),
        replications,
        seed: scenario.seed,
        threads,
        fix_uncertain: false,
        stop,
    }
}

fn exposure(scenario: &Scenario, asked: &Asked, replications: Range<u64>, threads: usize) -> Exposure {
    let question = Question::new(scenario, asked).unwrap_or_else(|(what, help)| panic!("{what}; {help}"));
    let stop = AtomicBool::new(false);
    run(
        scenario,
        question,
        &options(scenario, replications, threads, &stop),
        &|| {},
    )
    .expect("nobody stops it")
}

fn days(days: &[u32]) -> Vec<When> {
    days.iter().copied().map(When::Day).collect()
}

#[test]
fn the_result_is_the_same_for_any_number_of_threads_and_each_world_is_the_same_alone() {
    let scenario = load("bad-week.toml");
    let asked = Asked {
        at: days(&[30, 60]),
        trouble: Some(Trouble::PoolLoss(None, Span::HOUR * 24)),
        ahead_days: Some(10),
        ..Asked::default()
    };
    let one = exposure(&scenario, &asked, 0..4, 1);
    let two = exposure(&scenario, &asked, 0..4, 2);
    assert_eq!(one.found, two.found);
    let alone = exposure(&scenario, &asked, 3..4, 1);
    assert_eq!(alone.found[0][1][0], one.found[0][1][3]);
}

#[test]
fn going_on_from_the_first_day_to_the_horizon_is_the_plain_run() {
    let scenario = load("bad-week.toml");
    let asked = Asked {
        at: days(&[0]),
        ahead_days: Some(scenario.facts.calendar.days()),
        ..Asked::default()
    };
    let found = exposure(&scenario, &asked, 0..3, 2);
    let stop = AtomicBool::new(false);
    let plain = experiment::run(&scenario, &options(&scenario, 0..3, 2, &stop), &|| {}).unwrap();
    for (place, strategy) in found.question.strategies.iter().enumerate() {
        let strategy = plain.strategies.iter().position(|own| own == strategy).unwrap();
        for (quantity, metric) in [
            (Quantity::Broken, Metric::Broken),
            (Quantity::LostHours, Metric::LostHours),
            (Quantity::StrandedHours, Metric::StrandedHours),
            (Quantity::Downgraded, Metric::Downgraded),
            (Quantity::RolledBack, Metric::RolledBack),
            (Quantity::Tickets, Metric::Tickets),
        ] {
            let branch = found.values(place, 0, Course::GoOn, quantity);
            let plain = plain.values(strategy, metric);
            assert_eq!(branch.len(), plain.len());
            // Values of branches are multiples of 1/65,536; what is counted is whole.
            let most = match quantity {
                Quantity::LostHours | Quantity::StrandedHours => 1.0 / 131_072.0,
                _ => 0.0,
            };
            for (branch, plain) in branch.into_iter().zip(plain) {
                let difference = branch.unwrap() - plain.unwrap();
                assert!(difference.abs() <= most, "{}", quantity.word());
            }
        }
    }
}

#[test]
fn the_day_before_the_first_wave_costs_nothing() {
    let scenario = load("people.toml");
    let found = exposure(&scenario, &Asked::default(), 0..5, 2);
    for strategy in 0..found.question.strategies.len() {
        for quantity in Quantity::ALL {
            let differences = found.differences(strategy, 0, Course::GoOn, quantity);
            assert!(
                differences.iter().all(|&difference| difference == 0.0),
                "{}",
                quantity.word()
            );
        }
    }
}

#[test]
fn whoever_cannot_go_back_is_fixed_forward_and_counted() {
    let mut scenario = load("bad-week.toml");
    let (index, legacy) = (nobody_watches(&scenario), old_pools(&scenario));
    scenario.plans[index].retirement = Some(coexist::plan::Retirement {
        at: Time(95 * Span::DAY.0),
        pools: legacy,
    });
    let asked = Asked {
        strategies: vec!["nobody-watches".into()],
        at: days(&[90, 100]),
        ahead_days: Some(20),
        ..Asked::default()
    };
    let found = exposure(&scenario, &asked, 0..2, 1);
    let of = |point: usize, quantity: Quantity| found.values(0, point, Course::RollBack, quantity);
    // People leave while the way back is being prepared: nobody waits for them.
    let nearly_all_of = |point: usize, counted: Vec<Option<f64>>| {
        for ((_, branched), counted) in found.worlds(0, point).zip(counted) {
            let (moved, counted) = (f64::from(branched.moved), counted.unwrap());
            assert!(
                moved > 1000.0 && counted <= moved && counted >= 0.95 * moved,
                "{counted} of {moved}"
            );
        }
    };
    assert_eq!(of(0, Quantity::FixedForward), [Some(0.0); 2]);
    nearly_all_of(0, of(0, Quantity::RolledBack));
    nearly_all_of(1, of(1, Quantity::FixedForward));
    assert_eq!(found.left_behind(0, 0), (0, 0.0));
    assert_eq!(found.left_behind(0, 1).0, 2);
    // Once nearly all are there and the pools are gone, the day of the retirement is the first without a way back.
    let answer = no_return(&found, 0);
    assert_eq!(answer.technical.last(), Last::Day(94));
    assert_eq!((answer.technical.count, answer.technical.ever), (2, 2));
    assert_eq!(answer.binding(), Some((Kind::Technical, Last::Day(94))));
    assert_eq!(of(1, Quantity::RolledBack), [Some(0.0); 2]);
}

/// Three worlds and four days with these costs of turning back; going on costs 100 everywhere.
fn made_up(prices: [[f64; 4]; 3], budget: f64, quantile: Option<f64>) -> Exposure {
    let followed = |cost: f64| {
        let mut toll = Toll::default();
        toll.set(Quantity::Cost, Some(cost));
        Followed { toll, digest: 0 }
    };
    let points: Vec<u32> = vec![10, 20, 30, 40];
    let branched = |world: usize, day: usize| Branched {
        at: Some(Time(i64::from(points[day]) * Span::DAY.0)),
        moved: 1,
        followed: vec![followed(100.0), followed(100.0 + prices[world][day])],
    };
    let of_day = |day: usize| (0..3).map(|world| branched(world, day)).collect();
    Exposure {
        question: Question {
            strategies: vec![1],
            whens: vec![days(&points)],
            points: vec![points.iter().copied().map(Point::Day).collect()],
            study: Study {
                trouble: Trouble::None,
                courses: vec![Course::GoOn, Course::RollBack],
                decision: Span::ZERO,
                ahead: Span::DAY,
            },
            measure: Quantity::Cost,
            budget: Some(budget),
            quantile,
            against: Course::GoOn,
            window_days: None,
            stuck: StuckLimits::default(),
        },
        first: 7,
        replications: 3,
        seed: 1,
        fix_uncertain: false,
        found: vec![(0..4).map(of_day).collect()],
        stuck: vec![vec![vec![Stuck::default(); 50]; 3]],
        works: vec![true; 50],
    }
}

const PRICES: [[f64; 4]; 3] = [
    [0.0, 2.0, 20.0, 4.0],
    [0.0, 4.0, 10.0, 4.0],
    [0.0, 6.0, 60.0, 4.0],
];

fn answer(budget: f64, quantile: Option<f64>) -> NoReturn {
    no_return(&made_up(PRICES, budget, quantile), 0)
}

fn price(answer: &NoReturn) -> &Branches {
    answer.price.as_ref().expect("there is a budget")
}

#[test]
fn points_of_no_return_by_hand() {
    // Means 0, 4, 30, 4. With 5, the second day is the last up to which all are within; that the fourth is again is too late.
    let five = answer(5.0, None);
    let values: Vec<f64> = (price(&five).measured.iter())
        .map(|price| price.value.unwrap())
        .collect();
    assert_eq!(values, [0.0, 4.0, 30.0, 4.0]);
    assert_eq!(price(&five).last, Some(1));
    assert_eq!(five.last(Kind::Price), Some(Last::Between(20, 30)));
    assert_eq!(five.binding(), Some((Kind::Price, Last::Between(20, 30))));
    // World 9 is over 5 on the second day, 7 and 8 on the third.
    assert_eq!(five.hindsight, [(7, Some(1)), (8, Some(1)), (9, Some(0))]);
    assert_eq!(five.hindsight_quantile(0.5), Some(1));
    assert_eq!(five.hindsight_quantile(0.1), Some(0));
    // The interval of the second day reaches above 5, the lower end of the third below it.
    assert_eq!(price(&five).surely, Some(Some(0)));
    assert_eq!(price(&five).possibly, Some(Some(3)));
    let large = answer(60.0, None);
    assert_eq!(
        (price(&large).last, large.hindsight_ends()),
        (Some(3), (0.0, 1.0))
    );
    assert_eq!(
        (large.last(Kind::Price), large.binding()),
        (Some(Last::NotBefore(40)), None)
    );
    // The median of the third day is 20.
    assert_eq!(price(&answer(20.0, Some(0.5))).last, Some(3));
    assert_eq!(price(&answer(19.9, Some(0.5))).last, Some(1));
}

#[test]
fn too_few_worlds_bound_no_quantile_and_it_is_said_how_many_do() {
    let median = answer(20.0, Some(0.5));
    let median = price(&median);
    assert_eq!((median.surely, median.possibly), (None, None));
    // Four intervals at once at 95 %: each tail has 0.05 / 8, and 2^-8 is the first power of a half below.
    assert_eq!(median.needed, Some(8));
}

#[test]
fn a_larger_budget_moves_no_point_of_no_return_forward() {
    let scenario = load("bad-week.toml");
    let asked = Asked {
        strategies: vec!["nobody-watches".into()],
        every_days: Some(14),
        budget: Some(0.0),
        ..Asked::default()
    };
    let mut found = exposure(&scenario, &asked, 0..6, 2);
    let mut before: Option<NoReturn> = None;
    for budget in [0.0, 1e3, 1e4, 3e4, 1e5, 1e9] {
        found.question.budget = Some(budget);
        let now = no_return(&found, 0);
        if let Some(before) = &before {
            assert!(price(&now).last >= price(before).last && price(&now).surely >= price(before).surely);
            assert!(
                now.hindsight
                    .iter()
                    .zip(&before.hindsight)
                    .all(|(now, before)| now.1 >= before.1)
            );
        }
        before = Some(now);
    }
    assert_eq!(
        price(&before.unwrap()).last,
        Some(found.question.sequence(0).len() - 1)
    );
}

#[test]
fn days_on_which_both_sides_are_run_are_counted_from_midnight_to_midnight() {
    // Five people move on day 2; nothing costs anything but the days on which both sides are run, 500 each. From day 5 on three
    // days are followed: going on runs both sides on all of them, and so does holding; rolling back takes no time.
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("both-sides.toml");
    fs::write(&file, BOTH_SIDES).unwrap();
    let scenario = common::load(&file);
    let asked = Asked {
        at: days(&[5]),
        ahead_days: Some(3),
        ..Asked::default()
    };
    let found = exposure(&scenario, &asked, 0..2, 1);
    let of = |course| found.values(0, 0, course, Quantity::Cost);
    assert_eq!(of(Course::GoOn), [Some(1500.0); 2]);
    assert_eq!(of(Course::Hold), [Some(1500.0); 2]);
    assert_eq!(of(Course::RollBack), [Some(0.0); 2]);
    assert_eq!(found.prices(0, 0), [-1500.0; 2]);
    assert_eq!(
        found.parts(0, 0, Course::GoOn, Quantity::Cost),
        [[-1500.0, 0.0]; 2]
    );
    assert_eq!(
        found.values(0, 0, Course::RollBack, Quantity::DaysToGoBack),
        [Some(0.0); 2]
    );
}

const BOTH_SIDES: &str = r#"
schema = 1
name = "both-sides"
profile = "yardstick"
replications = 2
seed = 1
[calendar]
days = 20
flat = true
[[pools]]
name = "old"
release = "old"
front_ends = 1
[[pools]]
name = "new"
release = "new"
front_ends = 1
[population]
users = 5
paired_share = 0.0
[meetings]
starts_per_user_day = 0.0
sizes = [[2, 1.0]]
large_per_user_week = 0.0
warm_start = false
[moves]
failure = 0.0
retry_failure = 0.0
batch_failure = 0.0
interruption_low_minutes = 0.0
interruption_high_minutes = 0.0
[installs]
lag_factor = 0.0
failure = 0.0
downgrade_failure = 0.0
[cost]
both_sides_day = 500.0
[[strategies]]
name = "go"
[strategies.waves]
start_day = 2
all = true
[strategies.moves]
threads = 0
timed = false
[strategies.rollout]
client = "new"
"#;

#[test]
fn a_price_is_the_difference_of_two_runs_and_its_parts_add_up() {
    for (file, days, worlds) in [
        ("bad-week.toml", &[40, 60, 85, 110][..], 3),
        ("contoso.toml", &[120, 200][..], 1),
    ] {
        let scenario = load(file);
        let whole = scenario.facts.calendar.days();
        let asked = |day: u32| Asked {
            at: self::days(&[day]),
            ahead_days: Some(whole - day),
            ..Asked::default()
        };
        let question = Question::new(&scenario, &asked(days[0])).expect("it can be asked");
        let plans = plans_that_can_roll_back(&scenario, &question);
        let world = |replication| experiment::draw(&scenario, scenario.seed, replication, false);
        let worlds: Vec<World> = (0..worlds).map(world).collect();
        let row = |world: &World, plan: &Plan| simulate(world, plan, Nothing).0.row;
        let plain: Vec<Vec<Row>> = (plans.iter())
            .map(|plan| worlds.iter().map(|world| row(world, plan)).collect())
            .collect();
        for &day in days {
            let found = exposure(&scenario, &asked(day), 0..worlds.len() as u64, 2);
            for (place, plan) in plans.iter().enumerate() {
                let mut back = plan.clone();
                back.rollback.as_mut().unwrap().scripted =
                    Some(Scripted::At(Time(i64::from(day) * Span::DAY.0)));
                for (replication, branched) in found.worlds(place, 0) {
                    let on = &plain[place][replication as usize];
                    let back = row(&worlds[replication as usize], &back);
                    for quantity in Quantity::ALL {
                        // What is no metric is counted by the branch alone.
                        let Some(metric) = Metric::named(quantity.word()) else {
                            continue;
                        };
                        let price = found.price_in(branched, Course::GoOn, quantity).unwrap();
                        let brute = back.get(metric).unwrap() - on.get(metric).unwrap();
                        let text = format!("{file} {} day {day}: {}", plan.name, quantity.word());
                        assert!((price - brute).abs() < 1e-4, "{text}: {price}, {brute}");
                    }
                }
                for quantity in Quantity::ALL
                    .into_iter()
                    .filter(|quantity| !quantity.may_be_missing())
                {
                    let prices = found.differences(place, 0, Course::GoOn, quantity);
                    let parts = found.parts(place, 0, Course::GoOn, quantity);
                    let sums: Vec<f64> = (parts.iter())
                        .map(|[itself, meanwhile]| itself + meanwhile)
                        .collect();
                    assert_eq!(prices, sums, "{file} {}", quantity.word());
                }
            }
        }
    }
}

#[test]
fn a_point_is_asked_for_in_these_words() {
    let scenario = load("bad-week.toml");
    let start = scenario.facts.calendar.start;
    let when = |text: &str| scenario::exposure::when(text, start);
    assert_eq!(when("60"), Ok(When::Day(60)));
    assert_eq!(when("2013-06-10"), Ok(When::Day(7)));
    assert_eq!(when("after:pilot"), Ok(When::After("pilot".into(), 1)));
    assert_eq!(when("after:wave 3+7"), Ok(When::After("wave 3".into(), 7)));
    assert_eq!(when("soon").unwrap_err().0, "`soon` is neither a day nor a stage");
    assert_eq!(
        when("2013-01-01").unwrap_err().0,
        "2013-01-01 is before the scenario's start, 2013-06-03"
    );
}

#[test]
fn the_command_writes_tables_files_and_charts() {
    let place = tempfile::tempdir().unwrap();
    let file = shipped("bad-week.toml");
    let arguments = [
        "exposure",
        &file,
        "--strategy",
        "nobody-watches",
        "--at",
        "30,2013-07-23,after:wave 2",
        "--trouble",
        "pool-loss:lync13",
        "--loss-hours",
        "12",
        "--budget",
        "20000",
        "--replications",
        "3",
    ];
    let output = start(place.path(), &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(
        printed.contains("loss of lync13 for 12 h, beginning at every branch"),
        "{printed}"
    );
    assert!(
        printed.contains("Followed   30 days from every branch"),
        "{printed}"
    );
    assert!(printed.contains("| wave 2 + 1 d"), "{printed}");
    assert!(
        printed.contains("In the 30 days after the branch, broken meetings when")
            && printed.contains("| rolling back | going on | holding | fixing forward |"),
        "{printed}"
    );
    assert!(
        printed.contains("In hindsight (one point of the price"),
        "{printed}"
    );
    assert!(
        printed.lines().all(|line| line.chars().count() <= 80),
        "{printed}"
    );
    let dir = place.path().join("output/bad-week-exposure");
    let text = |name: &str| fs::read_to_string(dir.join(name)).unwrap_or_else(|_| panic!("{name}"));
    let manifest: serde_json::Value = serde_json::from_str(&text("manifest.json")).unwrap();
    assert_eq!(manifest["analysis"], "exposure");
    assert_eq!(manifest["settings"]["trouble"], "pool-loss:lync13");
    assert_eq!(manifest["settings"]["loss_hours"], 12.0);
    assert_eq!(manifest["settings"]["ahead_days"], 30.0);
    let document: serde_json::Value = serde_json::from_str(&text("exposure.json")).unwrap();
    assert_eq!(document["result_digest"], manifest["result_digest"]);
    // Three points; four courses, three differences of rolling back and one of holding, of eleven quantities each.
    assert_eq!(text("exposure.csv").lines().count(), 1 + 3 * 8 * 11);
    assert_eq!(text("worlds.csv").lines().count(), 1 + 3 * 3 * 4);
    assert_eq!(text("no-return.csv").lines().count(), 1 + 3);
    assert_eq!(text("hindsight.csv").lines().count(), 1 + 3);
    // Nobody has looked between branch days that are 20 days apart, so no line joins them.
    for kind in ["svg", "png"] {
        assert!(dir.join(format!("charts/price-nobody-watches.{kind}")).is_file());
    }
    assert!(!dir.join("charts/courses-nobody-watches.svg").exists());
    let again = start(place.path(), &arguments);
    assert_eq!(String::from_utf8(again.stdout).unwrap(), printed);
}

fn nobody_watches(scenario: &Scenario) -> usize {
    let mut plans = scenario.plans.iter();
    plans.position(|plan| plan.name == "nobody-watches").unwrap()
}

fn old_pools(scenario: &Scenario) -> Vec<u16> {
    let pools = 0..scenario.facts.pools.len() as u16;
    pools.filter(|&pool| scenario.facts.is_legacy(pool)).collect()
}

/// Whatever the budget and the day: if anybody in any world cannot go back, the sentences say how many in how many worlds.
#[test]
fn nobody_without_a_way_back_goes_unsaid() {
    let mut scenario = load("bad-week.toml");
    let (index, legacy) = (nobody_watches(&scenario), old_pools(&scenario));
    let style = coexist::report::terminal::Style {
        unicode: false,
        colour: false,
        width: 400,
    };
    let mut seen = Vec::new();
    for (pools, day) in [(legacy.clone(), 90), (legacy[..1].to_vec(), 80), (Vec::new(), 0)] {
        scenario.plans[index].retirement = (!pools.is_empty()).then(|| coexist::plan::Retirement {
            at: Time(day * Span::DAY.0),
            pools,
        });
        let asked = Asked {
            strategies: vec!["nobody-watches".into()],
            at: days(&[60, 100]),
            ahead_days: Some(10),
            ..Asked::default()
        };
        let mut found = exposure(&scenario, &asked, 0..3, 2);
        let technical = no_return(&found, 0).technical;
        let anybody = (0..2).any(|point| found.left_behind(0, point).0 > 0);
        assert!(!anybody || technical.ever > 0, "branches and days agree");
        seen.push(technical.ever);
        for budget in [None, Some(0.0), Some(1e9)] {
            found.question.budget = budget;
            let printed = coexist::report::exposure::study(&scenario, &found, false).print(style, "x");
            let said = format!("in {} of 3 worlds", technical.ever);
            if technical.ever > 0 {
                assert!(printed.contains(&said), "{said}\n{printed}");
                assert!(!printed.contains("no point of no return"), "{printed}");
            } else {
                assert!(
                    printed.contains("works for everybody in all 3 worlds"),
                    "{printed}"
                );
            }
        }
    }
    assert_eq!([seen[0], seen[2]], [3, 0]);
}

#[test]
fn what_cannot_be_asked_is_refused_with_what_to_write_instead() {
    let place = tempfile::tempdir().unwrap();
    let file = shipped("bad-week.toml");
    let cases: [(&[&str], &str); 9] = [
        (
            &["--at", "after:wave 77"],
            "strategy `nobody-watches` has no stage `wave 77`; did you mean `wave 1`?",
        ),
        (
            &["--at", "130"],
            "from day 130 nobody can look 30 days ahead: the horizon is day 140; branch on day 110 at the latest, or look \
             less far ahead",
        ),
        (
            &["--trouble", "flood"],
            "--trouble flood: `flood` is no trouble; write `none`, `defect:everyone`, `defect:department:NAME`, `pool-loss` \
             or `pool-loss:POOL`",
        ),
        (
            &["--trouble", "pool-loss:lync10-bern"],
            "--trouble pool-loss:lync10-bern: there is no new pool `lync10-bern`; write one of `lync13`",
        ),
        (
            &["--trouble", "defect:application:contact-center"],
            "--trouble defect:application:contact-center: there is no application `contact-center`; did you mean \
             `contact-centre`?",
        ),
        (
            &["--loss-hours", "4"],
            "--loss-hours says how long a lost pool is down, but none is lost; add --trouble pool-loss",
        ),
        (
            &["--trouble", "none", "--against", "fix-forward"],
            "without a trouble there is nothing to fix; name a trouble, or compare with `go-on`",
        ),
        (
            &["--strategy", "stay"],
            "strategy `stay` moves nobody, so there is nothing to turn back; name a strategy with waves",
        ),
        (
            &["--measure", "hours_until_served"],
            "there is no measure `hours_until_served`; write one of",
        ),
    ];
    for (options, expected) in cases {
        let arguments: Vec<&str> = ["exposure", &file]
            .into_iter()
            .chain(options.iter().copied())
            .collect();
        let output = start(place.path(), &arguments);
        assert_eq!(output.status.code(), Some(2), "{options:?}");
        assert!(told(&output).contains(expected), "{options:?}: {}", told(&output));
    }
    assert!(fs::read_dir(place.path()).unwrap().next().is_none());
}
