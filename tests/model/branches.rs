//! Branches: a clone has the future of its original, a course taken in a clone is the future of a fresh run that scripts
//! it, and a declared trouble is one that the scenario could have told.

use crate::common::{plan, shipped, world};
use coexist::analysis::branch::{Branched, Reach, Study, follow};
use coexist::kernel::{Log, Nothing, Span, Time};
use coexist::outcome::{Action, Measure, Outcome, Quantity, Subject};
use coexist::plan::course::{Course, Point};
use coexist::plan::{Plan, Rollback, Scripted};
use coexist::scenario::Scenario;
use coexist::simulate::{Options, Simulation, simulate};
use coexist::world::defects::Scope;
use coexist::world::reader::Memory;
use coexist::world::{ScriptedOutage, Struck, Trouble, World};
use std::sync::Arc;

fn days(days: i64) -> Time {
    Time(days * Span::DAY.0)
}

fn plain(world: &World, plan: &Plan) -> Outcome {
    simulate(world, plan, Nothing).0
}

/// Clones a strategy at instants, changes each clone, and carries all to the horizon.
fn branches<'w>(
    world: &'w World,
    plan: &'w Plan,
    instants: &[Time],
    change: impl Fn(&mut Simulation<'w, Nothing>, Time),
) -> Vec<Outcome> {
    let mut trunk = Simulation::new(world, plan, Nothing, Options::default());
    let mut clones = Vec::new();
    let mut reader = world.reader();
    while let Some(window) = reader.next() {
        let within = |at: &&Time| (window.from..window.to).contains(*at);
        for &at in instants.iter().filter(within) {
            trunk.advance_until(window, at);
            let mut clone = trunk.clone();
            change(&mut clone, at);
            clones.push(clone);
        }
        trunk.advance(window);
        clones.iter_mut().for_each(|clone| clone.advance(window));
    }
    clones.into_iter().map(|clone| clone.finish().0).collect()
}

fn rolls_back_at(plan: &Plan, horizon: Time, at: Time) -> Plan {
    let mut plan = plan.clone();
    let rollback = plan.rollback.get_or_insert_with(|| Rollback::usual(horizon));
    rollback.scripted = Some(Scripted::At(at));
    plan
}

fn can_roll_back(plan: &Plan, horizon: Time) -> Plan {
    let mut plan = plan.clone();
    plan.rollback.get_or_insert_with(|| Rollback::usual(horizon));
    plan
}

/// Midnights, and odd instants between them.
fn instants(scenario: &Scenario, every: i64) -> Vec<Time> {
    let odd = Span::HOUR * 13 + Span::MILLISECOND * 12_345;
    let last = i64::from(scenario.facts.calendar.days());
    let step = usize::try_from(every).unwrap();
    (0..last)
        .step_by(step)
        .flat_map(|day| [days(day), days(day) + odd])
        .collect()
}

#[test]
fn a_clone_that_goes_on_is_the_original() {
    for (file, every) in [
        ("five-users.toml", 1),
        ("bad-week.toml", 1),
        ("tasks.toml", 3),
        ("failures.toml", 3),
        ("contoso.toml", 70),
    ] {
        let scenario = shipped(file);
        let world = world(&scenario, 2);
        for plan in &scenario.plans {
            let original = plain(&world, plan);
            for outcome in branches(&world, plan, &instants(&scenario, every), |_, _| {}) {
                assert!(outcome == original, "{file} {}", plan.name);
            }
        }
    }
}

#[test]
fn rolling_back_in_a_branch_is_a_fresh_run_that_rolls_back_then() {
    for (file, every) in [("five-users.toml", 1), ("bad-week.toml", 13), ("tasks.toml", 17)] {
        let scenario = shipped(file);
        let horizon = scenario.facts.calendar.horizon;
        let world = world(&scenario, 1);
        for plan in scenario.plans.iter().filter(|plan| {
            // A rollback that the plan scripts itself would come first.
            !plan.waves.is_empty() && plan.rollback.as_ref().is_none_or(|own| own.scripted.is_none())
        }) {
            let plan = can_roll_back(plan, horizon);
            let instants = instants(&scenario, every);
            let branched = branches(&world, &plan, &instants, |clone, at| {
                clone.set_course(Course::RollBack, at, None);
            });
            for (at, outcome) in instants.into_iter().zip(branched) {
                let fresh = plain(&world, &rolls_back_at(&plan, horizon, at));
                assert!(outcome == fresh, "{file} {} at {}", plan.name, at.days());
            }
        }
    }
}

#[test]
fn a_rollback_that_a_scenario_writes_is_the_one_of_the_branch() {
    let scenario = shipped("five-users.toml");
    let world = world(&scenario, 0);
    let plan = can_roll_back(plan(&scenario, "in-turn"), scenario.facts.calendar.horizon);
    let branched = branches(&world, &plan, &[days(7)], |clone, at| {
        clone.set_course(Course::RollBack, at, None);
    });
    assert!(branched[0] == plain(&world, self::plan(&scenario, "turn-back")));
}

/// The world of a scenario that tells of an outage.
fn with_outage(scenario: &Scenario, outages: &[ScriptedOutage], replication: u64) -> World {
    let mut told = scenario.clone();
    Arc::make_mut(&mut told.facts).outages.extend(outages);
    world(&told, replication)
}

#[test]
fn a_declared_loss_of_pools_is_an_outage_that_a_scenario_tells() {
    for file in ["bad-week.toml", "failures.toml"] {
        let mut scenario = shipped(file);
        // Front ends that fail every few days, so that declared and drawn outages overlap.
        let facts = Arc::make_mut(&mut scenario.facts);
        facts.parameters[coexist::world::Setting::Mtbf as usize].draw = coexist::world::Draw::Fixed(200.0);
        facts.parameters[coexist::world::Setting::Mttr as usize].draw = coexist::world::Draw::Fixed(20.0);
        let world = world(&scenario, 3);
        let trouble = Trouble::PoolLoss(None, Span::HOUR * 30);
        for plan in &scenario.plans {
            let instants = instants(&scenario, 19);
            let branched = branches(&world, plan, &instants, |clone, at| {
                assert_eq!(clone.strike(trouble, at), Some(at + Span::HOUR * 30));
            });
            for (at, outcome) in instants.into_iter().zip(branched) {
                let outage = |pool| ScriptedOutage {
                    place: Struck::Pool(pool),
                    down: at,
                    up: at + Span::HOUR * 30,
                    planned: false,
                };
                let outages: Vec<ScriptedOutage> =
                    trouble.pools(&scenario.facts).into_iter().map(outage).collect();
                let fresh = plain(&with_outage(&scenario, &outages, 3), plan);
                assert!(outcome == fresh, "{file} {} at {}", plan.name, at.days());
            }
        }
    }
}

/// A scenario and a world that are ready for a defect.
fn declared(scenario: &Scenario, scope: Scope, replication: u64) -> World {
    let trouble = Trouble::Defect(scope);
    let mut ready = scenario.clone();
    trouble.declare(Arc::make_mut(&mut ready.facts));
    let mut world = world(&ready, replication);
    world.declare(trouble);
    world
}

#[test]
fn a_declared_defect_changes_nothing_until_it_begins_and_is_then_one_that_the_world_holds() {
    for file in ["bad-week.toml", "tasks.toml"] {
        let scenario = shipped(file);
        for scope in [
            Scope::Everyone,
            Scope::Department(2),
            Scope::Client(1),
            Scope::Remote,
        ] {
            let world = declared(&scenario, scope, 4);
            let fixed = world.defects.last().unwrap().fix_days;
            for plan in &scenario.plans {
                let untroubled = plain(&self::world(&scenario, 4), plan);
                assert_eq!(
                    plain(&world, plan).digest,
                    untroubled.digest,
                    "{file} {}",
                    plan.name
                );
                let instants = instants(&scenario, 41);
                let branched = branches(&world, plan, &instants, |clone, at| {
                    let over = clone.strike(Trouble::Defect(scope), at);
                    assert_eq!(over, Some(at + Span::from_days_f64(fixed)));
                });
                for (at, outcome) in instants.into_iter().zip(branched) {
                    let mut held = world.clone();
                    held.defects.last_mut().unwrap().begins = Some(at);
                    assert!(
                        outcome == plain(&held, plan),
                        "{file} {} at {}",
                        plan.name,
                        at.days()
                    );
                }
            }
        }
    }
}

fn study(trouble: Trouble, ahead: i64) -> Study {
    Study {
        trouble,
        courses: Course::ALL.to_vec(),
        decision: Span::ZERO,
        ahead: Span::DAY * ahead,
    }
}

fn followed(world: &World, plan: &Plan, points: &[Point], study: &Study) -> Vec<Branched> {
    let points = [points.to_vec()];
    let found = follow(
        world,
        &[plan],
        &points,
        study,
        Reach::Branches,
        &mut Memory::default(),
    );
    found.into_iter().next().unwrap().found
}

/// The digest of a fresh run at an instant, with the day that ends then.
fn digest_at(world: &World, plan: &Plan, at: Time, change: impl Fn(&mut Simulation<'_, Nothing>)) -> u64 {
    let mut run = Simulation::new(world, plan, Nothing, Options::default());
    change(&mut run);
    let mut reader = world.reader();
    while let Some(window) = reader.next() {
        run.advance_until(window, at);
        if window.to > at || window.to == world.facts.calendar.horizon {
            run.end_day_at(window, at);
            break;
        }
    }
    run.digest()
}

#[test]
fn every_course_of_a_tree_is_the_fresh_run_up_to_the_end_of_its_look_ahead() {
    let scenario = shipped("bad-week.toml");
    let horizon = scenario.facts.calendar.horizon;
    let world = world(&scenario, 6);
    let plan = can_roll_back(plan(&scenario, "nobody-watches"), horizon);
    let points: Vec<Point> = [3, 20, 43, 50, 51, 56, 70, 100, 115].map(Point::Day).into();
    let study = study(Trouble::None, 25);
    for (point, branched) in points.iter().zip(followed(&world, &plan, &points, &study)) {
        let at = branched.at.expect("early enough");
        assert_eq!(Point::Day(at.day() as u32), *point);
        let end = at + study.ahead;
        let [on, back, forward, hold] = branched.followed[..] else {
            panic!()
        };
        let digest = |plan: &Plan| digest_at(&world, plan, end, |_| {});
        assert_eq!(on.digest, digest(&plan), "{}", at.days());
        let fresh = rolls_back_at(&plan, horizon, at);
        assert_eq!(back.digest, digest(&fresh), "{}", at.days());
        let held = digest_at(&world, &plan, end, |run| run.set_course(Course::Hold, at, None));
        assert_eq!(hold.digest, held, "{}", at.days());
        assert_eq!(forward, on, "without a trouble there is nothing to fix");
    }
}

#[test]
fn before_anybody_has_moved_turning_back_costs_nothing() {
    let scenario = shipped("bad-week.toml");
    let plan = can_roll_back(plan(&scenario, "nobody-watches"), scenario.facts.calendar.horizon);
    for trouble in [Trouble::None, Trouble::PoolLoss(None, Span::HOUR * 24)] {
        let points = [Point::Day(0), Point::Day(7)];
        for branched in followed(&world(&scenario, 8), &plan, &points, &study(trouble, 1)) {
            assert_eq!(branched.moved, 0);
            assert_eq!(branched.followed[0].toll, branched.followed[1].toll);
        }
    }
}

#[test]
fn a_point_behind_a_wave_follows_the_wave() {
    let scenario = shipped("bad-week.toml");
    let horizon = scenario.facts.calendar.horizon;
    let plan = can_roll_back(plan(&scenario, "gates"), horizon);
    let world = world(&scenario, 0);
    let points = [Point::After(0, 1), Point::After(2, 3), Point::Day(130)];
    let found = followed(&world, &plan, &points, &study(Trouble::None, 20));
    let pilot = plan.opening(plan.waves[0].start).expect("a window");
    assert_eq!(found[0].at, Some(pilot + Span::DAY));
    assert_eq!(found[2].at, None, "ten days are left, too few to look ahead");
    let at = found[1].at.expect("the second wave starts in time");
    assert!(at >= plan.waves[2].start + Span::DAY * 3);
    let mut scripted = plan.clone();
    scripted.rollback.as_mut().unwrap().scripted = Some(Scripted::AfterWave(2, Span::DAY * 3));
    let fresh = digest_at(&world, &scripted, at + Span::DAY * 20, |_| {});
    assert_eq!(found[1].followed[1].digest, fresh);
}

#[test]
fn fixing_forward_starts_no_wave_until_the_defect_is_fixed() {
    let scenario = shipped("bad-week.toml");
    let horizon = scenario.facts.calendar.horizon;
    let plan = can_roll_back(plan(&scenario, "nobody-watches"), horizon);
    let mut world = declared(&scenario, Scope::Everyone, 5);
    // Found in the night before the third wave (day 57), fixed after 12 days: waves are due every 7 days.
    world.defects.last_mut().unwrap().fix_days = 12.5;
    let at = days(56);
    let change = |clone: &mut Simulation<'_, Nothing>, at| {
        let fixed = clone.strike(Trouble::Defect(Scope::Everyone), at);
        clone.set_course(Course::FixForward, at + Span::MILLISECOND, fixed);
    };
    let outcome = branches(&world, &plan, &[at], change).remove(0);
    let slip = outcome.row.get(coexist::outcome::Metric::WaveSlip).unwrap();
    let due = plan
        .waves
        .iter()
        .map(|wave| wave.start)
        .find(|&start| start >= at)
        .unwrap();
    // Both at the first opening of a change window.
    let opening = |at: Time| plan.opening(at).expect("a window");
    assert_eq!(
        slip,
        (opening(at + Span::from_days_f64(12.5)) - opening(due)).days()
    );
    // In the end everyone who is still here is on the new side, as without the trouble.
    let plain = plain(&world, &plan);
    let at_the_end = |outcome: &Outcome| {
        let measures = Measure::all(scenario.facts.pools.len(), scenario.facts.profile.clients.len());
        let column = measures
            .iter()
            .position(|&own| own == Measure::UsersMoved)
            .unwrap();
        let timeline = &outcome.timeline;
        timeline.values[timeline.values.len() - timeline.measures + column]
    };
    assert!(at_the_end(&outcome) > 1100);
    assert_eq!(at_the_end(&outcome), at_the_end(&plain));
}

#[test]
fn holding_ends_what_is_under_way_and_starts_nothing() {
    let scenario = shipped("bad-week.toml");
    let horizon = scenario.facts.calendar.horizon;
    let plan = can_roll_back(plan(&scenario, "nobody-watches"), horizon);
    let world = world(&scenario, 5);
    // Ten seconds after the first wave behind the pilot has started its moves are under way.
    let second = plan.opening(plan.waves[1].start).expect("a window");
    let at = second + Span::from_seconds_f64(10.0);
    let outcome = branches(&world, &plan, &[at], |clone, at| {
        clone.set_course(Course::Hold, at, None);
    })
    .remove(0);
    // The same course in a run that logs: no wave starts afterwards, and only people of the two waves, and who joined before, move.
    let mut run = Simulation::new(&world, &plan, Log::new(), Options::default());
    run.set_course(Course::Hold, at, None);
    let mut reader = world.reader();
    while let Some(window) = reader.next() {
        run.advance(window);
    }
    let (logged, log) = run.finish();
    assert_eq!(logged.digest, outcome.digest);
    let log = log.into_records();
    let of = |action: Action| log.iter().filter(move |entry| entry.action == action);
    assert!(of(Action::WaveStarted).all(|entry| entry.at <= at));
    assert_eq!(of(Action::WaveStarted).count(), 2);
    let cohorts = plan.cohorts(&scenario.facts, world.key);
    let listed: Vec<u32> = cohorts[..2].concat();
    let mut moved = 0;
    for entry in of(Action::Moved) {
        let Subject::User(user) = entry.subject else {
            panic!("{entry:?}")
        };
        let joined = of(Action::Joined).find(|entry| entry.subject == Subject::User(user));
        assert!(listed.contains(&user) || joined.is_some_and(|entry| entry.at < at));
        moved += usize::from(entry.at > at);
    }
    assert!(moved > 100, "what is under way ends: {moved}");
}

#[test]
fn nobody_can_turn_back_twice() {
    let scenario = shipped("bad-week.toml");
    let plan = plan(&scenario, "trigger");
    let world = world(&scenario, 0);
    let points: Vec<Point> = (0..110).step_by(5).map(Point::Day).collect();
    let found = followed(&world, plan, &points, &study(Trouble::None, 20));
    let outcome = plain(&world, plan);
    let first = outcome
        .row
        .get(coexist::outcome::Metric::FirstRollbackDay)
        .expect("the trigger fires");
    for (point, branched) in points.iter().zip(&found) {
        let Point::Day(day) = *point else { panic!() };
        if f64::from(day) <= first {
            assert_eq!(branched.followed.len(), 4, "day {day}");
        }
    }
    assert!(
        found
            .iter()
            .any(|branched| branched.at.is_some() && branched.followed.is_empty())
    );
}

#[test]
fn five_users_by_hand() {
    // u00001 moves on day 2, two more on days 4 and 5. On day 6 all five are on the new side with the new client, whose
    // machines are taken back at once: five users, five machines (nobody has a second), nobody without service for any time.
    let scenario = shipped("five-users.toml");
    let plan = can_roll_back(plan(&scenario, "in-turn"), scenario.facts.calendar.horizon);
    let points = [Point::Day(2), Point::Day(3), Point::Day(5), Point::Day(6)];
    let moved = [0.0, 1.0, 3.0, 5.0];
    let found = followed(&world(&scenario, 0), &plan, &points, &study(Trouble::None, 3));
    for (branched, moved) in found.iter().zip(moved) {
        let back = branched.followed[1].toll;
        assert_eq!(f64::from(branched.moved), moved);
        assert_eq!(back.get(Quantity::RolledBack), Some(moved));
        assert_eq!(back.get(Quantity::Downgraded), Some(moved));
        assert_eq!(back.get(Quantity::HoursUntilServed), Some(0.0));
        assert_eq!(back.get(Quantity::FixedForward), Some(0.0));
        assert_eq!(branched.followed[0].toll.get(Quantity::RolledBack), Some(0.0));
    }
}

#[test]
fn after_the_loss_of_the_pool_everyone_is_served_when_it_is_back() {
    let scenario = shipped("five-users.toml");
    let plan = can_roll_back(plan(&scenario, "in-turn"), scenario.facts.calendar.horizon);
    let trouble = Trouble::PoolLoss(None, Span::HOUR * 30);
    for branched in followed(&world(&scenario, 0), &plan, &[Point::Day(6)], &study(trouble, 3)) {
        let hours = |course: usize| branched.followed[course].toll.get(Quantity::HoursUntilServed);
        assert_eq!(hours(0), Some(30.0));
        // The plan waits with moves while a pool is down.
        assert_eq!(hours(1), Some(30.0));
        assert_eq!(hours(2), Some(30.0));
    }
}
