//! What a course costs and what staying does, when a course ends, default ranges, and what a difference rests on.

use crate::common::shipped;
use coexist::analysis::drivers::Drawn;
use coexist::analysis::spread::Spread;
use coexist::analysis::vary::Quantity;
use coexist::analysis::{horizon, staying};
use coexist::experiment::{self, Options, Results};
use coexist::kernel::{Key, Nothing, Span, Time};
use coexist::outcome::metric::COST_KINDS;
use coexist::outcome::{Metric, Row};
use coexist::report::drivers;
use coexist::scenario::{self, Scenario};
use coexist::simulate::simulate;
use coexist::world::outages::{Part, Side};
use coexist::world::parameter::{DEFINITIONS, Mark};
use coexist::world::{Draw, Setting, World};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Ten people, twenty days that are all working days; they move at the start of day 5, and the old pool is retired at the start
/// of day 10.
const CASE: &str = r#"
schema = 1
name = "case"
profile = "lync2010-to-lync2013"
seed = 11
calendar = { flat = true, days = 20, start = "2026-03-02" }
population = { users = 10, paired_share = 0.0 }
pools = [
    { name = "old", release = "lync2010", front_ends = 1 },
    { name = "new", release = "lync2013", front_ends = 3 },
]

[people]
active = 1.0
remote = 0.0
second_machine = 0.0

[meetings]
starts_per_user_day = 0.0
warm_start = false
sizes = [[2, 1.0]]
large_per_user_week = 0.0

[moves]
failure = 0.0
retry_failure = 0.0
batch_failure = 0.0

[installs]
lag_factor = 0.0
failure = 0.0

[[strategies]]
name = "all"
[strategies.waves]
start_day = 5
all = true
[strategies.moves]
threads = 0
timed = false
[strategies.rollout]
client = "lync2013"
mode = "with"
[strategies.retirement]
day = 10
"#;

fn read(text: &str) -> Scenario {
    scenario::from_text("case", text).unwrap_or_else(|rejected| panic!("{rejected}"))
}

fn with_cost(cost: &str) -> Scenario {
    read(&CASE.replace("[[strategies]]", &format!("[cost]\n{cost}\n[[strategies]]")))
}

fn row(scenario: &Scenario, strategy: usize) -> Row {
    let key = Key {
        seed: scenario.seed,
        replication: 0,
    };
    let world = World::draw(Arc::clone(&scenario.facts), key, false);
    simulate(&world, &scenario.plans[strategy], Nothing).0.row
}

fn run(scenario: &Scenario, worlds: u64) -> Results {
    let stop = AtomicBool::new(false);
    let options = Options {
        strategies: (0..scenario.plans.len()).collect(),
        replications: 0..worlds,
        seed: scenario.seed,
        threads: 2,
        fix_uncertain: false,
        stop: &stop,
    };
    experiment::run(scenario, &options, &|| {}).expect("it runs to its end")
}

fn value(row: &Row, metric: Metric) -> f64 {
    row.get(metric).expect("it is never missing")
}

#[test]
fn staying_and_leaving_cost_what_the_scenario_says_day_by_day() {
    let scenario = with_cost(
        "old_side_day = 100\nold_side_day_after_support = 50\nend_of_support = \"2026-03-08\"\nbenefit_user_day = 2\nboth_sides_day = 7",
    );
    let (stay, all) = (row(&scenario, 0), row(&scenario, 1));
    // The last day with support is day 6.
    assert_eq!(value(&stay, Metric::CostOldSide), 20.0 * 100.0 + 13.0 * 50.0);
    assert_eq!(value(&stay, Metric::CostBenefit), 0.0);
    assert_eq!(value(&stay, Metric::Cost), 2650.0);
    // The old pool runs at the ends of days 0 to 9, three of which have no support; ten people are on the new side from day 5
    // on; both sides run on days 5 to 9.
    assert_eq!(value(&all, Metric::CostOldSide), 10.0 * 100.0 + 3.0 * 50.0);
    assert_eq!(value(&all, Metric::CostBenefit), -15.0 * 10.0 * 2.0);
    assert_eq!(value(&all, Metric::CostBothSides), 5.0 * 7.0);
    let kinds = COST_KINDS.map(|kind| value(&all, kind));
    assert_eq!(value(&all, Metric::Cost), kinds.iter().sum::<f64>());
    assert!(staying::is_assumed(&scenario));
    assert_eq!(scenario.unit("currency/d"), "currency/d");
    assert_eq!(with_cost("currency = \"EUR\"").unit("currency"), "EUR");
}

#[test]
fn money_that_is_no_word_is_refused_and_a_benefit_nobody_states_costs_nothing() {
    let rejected = scenario::from_text(
        "case",
        &CASE.replace("[[strategies]]", "[cost]\ncurrency = \"1 000\"\n[[strategies]]"),
    )
    .expect_err("that is no word");
    assert!(
        rejected.report.contains("`1 000` is no word for money"),
        "{rejected}"
    );
    let all = row(&read(CASE), 1);
    assert!(value(&all, Metric::CostBenefit).is_sign_positive(), "0, never -0");
}

#[test]
fn the_old_side_fails_more_often_after_the_end_of_support_and_nothing_else_changes() {
    let outages = |cost: &str, factor: f64| {
        let text = CASE
            .replace("days = 20", "days = 700")
            .replace("[[strategies]]", &format!("[cost]\n{cost}\nfailure_factor_after_support = {factor}\n[[strategies]]"))
            .replace("[people]", "[edge]\n[parameters]\npools.mtbf_hours = 400\npools.back_end_mtbf_hours = 500\nedge.mtbf_hours = 600\n[people]");
        let scenario = read(&text);
        let key = Key {
            seed: 5,
            replication: 3,
        };
        World::draw(Arc::clone(&scenario.facts), key, false).outages
    };
    let end = "end_of_support = \"2027-01-30\"";
    let plain = outages("", 1.0);
    assert_eq!(plain, outages(end, 1.0), "a factor of 1");
    assert_eq!(plain, outages("", 5.0), "no end of support");
    let more = outages(end, 3.0);
    let is_old = |part: Part| {
        matches!(
            part,
            Part::FrontEnd(0, _) | Part::BackEnd(0) | Part::Edge(Side::Legacy)
        )
    };
    // Day 335 is the first one without support.
    let from = Time(335 * Span::DAY.0);
    let of = |all: &[coexist::world::Outage], keep: &dyn Fn(&coexist::world::Outage) -> bool| {
        all.iter()
            .copied()
            .filter(|outage| keep(outage))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        of(&plain, &|outage| !is_old(outage.part)),
        of(&more, &|outage| !is_old(outage.part))
    );
    let before = |outage: &coexist::world::Outage| is_old(outage.part) && outage.down < from;
    assert_eq!(of(&plain, &before), of(&more, &before));
    let after = |outage: &coexist::world::Outage| is_old(outage.part) && outage.down >= from;
    let (few, many) = (of(&plain, &after).len(), of(&more, &after).len());
    // Expected three times as many; 365 days hold about 50 failures of three parts.
    assert!(few > 25 && many > 2 * few && many < 4 * few, "{few} and {many}");
}

#[test]
fn a_course_ends_when_nearly_all_are_over_and_the_old_side_is_retired() {
    let scenario = read(CASE);
    assert_eq!(row(&scenario, 0).get(Metric::CourseEnd), Some(0.0));
    assert_eq!(row(&scenario, 1).get(Metric::CourseEnd), Some(10.0));
    let without = read(&CASE.replace("[strategies.retirement]\nday = 10", ""));
    assert_eq!(row(&without, 1).get(Metric::CourseEnd), Some(5.0));
    // Back on day 12: it was over, and is no more.
    let back = without_retirement("[strategies.rollback]\nday = 12");
    assert_eq!(row(&back, 1).get(Metric::Day98), Some(5.0));
    assert_eq!(row(&back, 1).get(Metric::CourseEnd), None);
    let results = run(&back, 20);
    assert!(horizon::comparable(&results, 0) && !horizon::comparable(&results, 1));
    assert_eq!(horizon::obstacles(&results, [1, 0], Metric::Cost), [1]);
    assert!(horizon::obstacles(&results, [1, 0], Metric::CompletionDay).is_empty());
    assert_eq!(
        horizon::sentence(&back, &results, 1).as_deref(),
        Some("not comparable: ends in 0 %, for it turns back")
    );
    assert_eq!(horizon::sentence(&back, &results, 0), None);
}

fn without_retirement(instead: &str) -> Scenario {
    read(&CASE.replace("[strategies.retirement]\nday = 10", instead))
}

#[test]
fn weeks_that_would_do_are_those_of_the_calendar_without_holds() {
    let plan_of = |text: &str| {
        let scenario = read(text);
        horizon::weeks_without_holds(&scenario.facts, &scenario.plans[1])
    };
    // Retired on day 10: two weeks. Without it the moves of day 5, and a day for them: one.
    assert_eq!(plan_of(CASE), Some(2));
    let without = CASE.replace("[strategies.retirement]\nday = 10", "");
    assert_eq!(plan_of(&without), Some(1));
    // All take 15 working days and then an exponential time with median 12.5, so 98 % are done after 15 + 12.5 log2(50) = 85.5
    // days: 90.5 days after the start.
    let late = "share_2_days = 0.0\nshare_7_days = 0.0\nstragglers = 1.0";
    let slow = without.replace("lag_factor = 0.0", late);
    // The old client of this release works on the new side, so nobody waits for the new one.
    assert_eq!(plan_of(&slow), Some(1));
    let slow = slow
        .replace("lync2010-to-lync2013", "ocs2007r2-to-lync2013")
        .replace("lync2010", "ocs2007r2");
    assert_eq!(plan_of(&slow), Some(13));
    // A technician visits whoever has not begun after 30 days: 35 days.
    let visited = slow.replace(
        "[strategies.rollout]\n",
        "[strategies.rollout]\ndeadline_days = 30\n",
    );
    assert_eq!(plan_of(&visited), Some(5));
    // With 5 % who never install by themselves, 98 % are there once a technician has visited. Without a visit those who never
    // install are left out: 0.98 * 0.95 = 0.931 of the exponential's 0.95, again 85.5 days.
    let some_never = |text: &str| text.replace("stragglers = 1.0", "stragglers = 1.0\nnever = 0.05");
    assert_eq!(plan_of(&some_never(&visited)), Some(5));
    assert_eq!(plan_of(&some_never(&slow)), Some(13));
    let all_never = |text: &str| text.replace("stragglers = 1.0", "stragglers = 1.0\nnever = 1.0");
    assert_eq!(plan_of(&all_never(&slow)), None);
    // At will, 98 % of all with a median of 10 days: 10 (log2 50)^(1 / 0.55) = 232.5 days, 237.5 after the start.
    let at_will = slow
        .replace(
            "[strategies.rollout]\n",
            "[strategies.rollout]\nregime = \"voluntary\"\n",
        )
        .replace(late, "voluntary_median_days = 10\nvoluntary_never = 0");
    assert_eq!(plan_of(&at_will), Some(34));
    let scenario = read(&slow);
    let results = run(&scenario, 20);
    assert_eq!(
        horizon::sentence(&scenario, &results, 1).as_deref(),
        Some("not comparable: ends in 0 %; `weeks = 13` would do")
    );
}

/// The case with everything drawn that is not written.
fn uncertain() -> Scenario {
    read(&CASE.replace("seed = 11", "seed = 11\nuncertain = \"all\""))
}

fn drawn(scenario: &Scenario, replication: u64) -> Vec<f64> {
    let key = Key { seed: 1, replication };
    scenario.facts.drawn_parameters(key)
}

#[test]
fn what_is_not_written_is_drawn_around_its_default_and_what_is_written_stays() {
    let scenario = uncertain();
    let plain = read(CASE);
    let key = Key {
        seed: 1,
        replication: 0,
    };
    let medians = World::draw(Arc::clone(&scenario.facts), key, true).values;
    assert_eq!(
        medians,
        World::draw(Arc::clone(&plain.facts), key, true).values,
        "the median is the default"
    );
    assert_eq!(
        World::draw(Arc::clone(&scenario.facts), key, false).values,
        drawn(&scenario, 0)
    );
    let worlds: Vec<Vec<f64>> = (0..2000).map(|world| drawn(&scenario, world)).collect();
    let mut ours = 0;
    for definition in DEFINITIONS {
        let place = definition.setting as usize;
        let draw = scenario.facts.parameters[place].draw;
        let values = worlds.iter().map(|world| world[place]);
        if let Draw::Fixed(fixed) = draw {
            assert!(values.clone().all(|value| value == fixed), "{}", definition.key);
            continue;
        }
        ours += 1;
        assert_eq!(
            plain.facts.parameters[place].draw,
            Draw::Fixed(definition.default)
        );
        assert!(
            values
                .clone()
                .all(|value| (definition.low..=definition.high).contains(&value))
        );
        let below = |limit: f64| values.clone().filter(|value| *value < limit).count() as f64 / 2000.0;
        let (low, high) = definition.default_range().expect("it is drawn from one");
        assert!(
            (below(definition.default) - 0.5).abs() < 0.05,
            "{}",
            definition.key
        );
        // Those that stand behind others vary with them, too.
        let is_free = !BEHIND_OTHERS.contains(&definition.setting);
        if is_free && high < definition.high {
            for tail in [below(low), 1.0 - below(high)] {
                assert!((tail - 0.05).abs() < 0.02, "{}: {tail}", definition.key);
            }
        }
    }
    let spread = Spread::of(&scenario.facts);
    assert_eq!((spread.ranges, spread.ours), (ours, ours));
    assert_eq!(spread.sentence(), format!("{ours} of {ours} ranges are ours"));
    assert!(ours > 40, "{ours}");
    let fixed = plain.facts.parameters.iter().filter(|parameter| {
        let is_one = parameter.mark == Mark::Estimated && parameter.setting != Setting::RepairOnBreak;
        is_one && parameter.draw != Draw::Fixed(0.0)
    });
    assert_eq!(
        Spread::of(&plain.facts).sentence(),
        format!(
            "spread too small: {} estimates held fixed (`uncertain = \"all\"` draws them)",
            fixed.count()
        )
    );
}

const BEHIND_OTHERS: [Setting; 9] = [
    Setting::LeadP90,
    Setting::InterruptionHigh,
    Setting::TechnicianHigh,
    Setting::MoveRateMany,
    Setting::LagSevenDays,
    Setting::Stragglers,
    Setting::OpenShare,
    Setting::AnonymousShare,
    Setting::GuestFederated,
];

#[test]
fn no_draw_breaks_an_order_whatever_is_written() {
    let with = |parameters: &str| {
        let text = CASE.replace("seed = 11", "seed = 11\nuncertain = \"all\"");
        read(&text.replace(
            "[[strategies]]",
            &format!("[parameters]\n{parameters}\n[[strategies]]"),
        ))
    };
    for written in [
        "",
        "moves.interruption_high_minutes = 1.2\nmeetings.lead_p90_days = 4",
        "meetings.open_share = 0.05\nmeetings.anonymous_guests = 0.6",
        "installs.share_7_days = 0.7\ninstalls.stragglers = 0.25",
        "installs.share_2_days = 0.85\ninstalls.technician_low_minutes = { low = 10, high = 60, distribution = \"uniform\" }",
    ] {
        let scenario = with(written);
        for world in 0..3000 {
            let values = drawn(&scenario, world);
            let value = |setting: Setting| values[setting as usize];
            for (low, high) in [
                (Setting::LeadMedian, Setting::LeadP90),
                (Setting::InterruptionLow, Setting::InterruptionHigh),
                (Setting::TechnicianLow, Setting::TechnicianHigh),
                (Setting::MoveRateOne, Setting::MoveRateMany),
                (Setting::LagTwoDays, Setting::LagSevenDays),
            ] {
                assert!(value(low) <= value(high), "{written}: {low:?} in world {world}");
            }
            let sum = |settings: &[Setting]| settings.iter().map(|&setting| value(setting)).sum::<f64>();
            let scheduled = [
                Setting::RecurringShare,
                Setting::OpenShare,
                Setting::AnonymousShare,
            ];
            assert!(sum(&scheduled) <= 1.0 + 1e-12, "{written}: world {world}");
            assert!(sum(&[Setting::GuestAnonymous, Setting::GuestFederated]) <= 0.95 + 1e-12);
            assert!(sum(&[Setting::LagSevenDays, Setting::Stragglers]) <= 1.0 + 1e-12);
        }
    }
}

#[test]
fn the_estimate_that_carries_a_difference_is_named_without_another_world() {
    // Five days of both sides are all that the course costs but for a hand's turn.
    let scenario = uncertain();
    let results = run(&scenario, 60);
    let found = Drawn::of(&scenario, &results)
        .and_then(|drawn| drawn.drivers(&scenario, &results, (1, 0), Metric::Cost))
        .expect("worlds were drawn from default ranges");
    let leading = found.leading().expect("one estimate is all of it");
    assert_eq!(leading.quantity, Quantity::Setting(Setting::CostBothSides));
    assert_eq!(leading.range, [250.0, 1000.0]);
    assert!(leading.correlation.mean > 0.99);
    for (end, expected) in leading.at_ends.iter().zip([5.0 * 250.0, 5.0 * 1000.0]) {
        assert!(
            (end.mean - expected).abs() < 0.04 * expected,
            "{end:?} against {expected}"
        );
    }
    assert_eq!(leading.turns_at, None);
    let found = drivers::find(
        &scenario,
        &results,
        &[(1, 0)],
        &[Metric::Cost, Metric::StrandedHours],
    );
    let said = drivers::sentences(&scenario, &results, (1, 0), &found);
    assert_eq!(said.len(), 2);
    assert!(
        said[0].starts_with(
            "all against stay, cost: over the 90 % range of cost.both_sides_day (250 to 1,000), an estimate nobody published, \
             the difference runs from 1,2"
        ),
        "{}",
        said[0]
    );
    assert_eq!(
        said[1],
        format!(
            "all against stay, stranded user-hours: of {} estimates with a range, none alone was shown to carry it.",
            found[1].all.len()
        )
    );
    // Nothing is said where the estimates were held fixed.
    let plain = read(CASE);
    assert!(drivers::find(&plain, &run(&plain, 30), &[(1, 0)], &[Metric::Cost]).is_empty());
}

#[test]
fn shipped_scenarios_that_answer_for_a_company_draw_all_that_they_do_not_write() {
    for name in [
        "contoso.toml",
        "contoso-2010.toml",
        "contoso-2010-soft.toml",
        "bad-week.toml",
    ] {
        let spread = Spread::of(&shipped(name).facts);
        assert_eq!(spread.held_fixed, 0, "{name}");
        assert!(spread.ours > 50, "{name}");
    }
}
