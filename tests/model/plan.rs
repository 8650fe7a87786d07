//! Plans: every finding of the plan check, from a sound plan with one thing wrong; who is in the pilot, and in what
//! order the others follow.

use coexist::kernel::{Span, Time};
use coexist::plan::check::{Problem, Topic, check};
use coexist::plan::cohort::{Choice, Cohorts, Order};
use coexist::plan::{
    Choreography, Extent, Plan, Regime, Retirement, Rollback, Rollout, RolloutMode, Scripted, Wave,
};
use coexist::scenario;
use coexist::world::{ClientId, Contacts, Facts, UserId};

/// Eight people in three departments at two sites; who knows whom cuts across both.
const PEOPLE: &str = "\
user,site,department,pool
ann,south,ops,old-a
bob,north,lab,old-a
cyd,south,ops,old-a
dee,north,lab,old-a
eli,south,law,old-a
fay,north,ops,old-b
gus,south,lab,old-b
hal,north,law,old-b
";

/// Bob, Cyd, Fay and Gus all know each other; of Ann, Dee, Eli and Hal one pair does not.
const CONTACTS: &str = "\
from,to
ann,dee
ann,eli
ann,hal
dee,eli
dee,hal
bob,cyd
bob,fay
bob,gus
cyd,fay
cyd,gus
fay,gus
ann,bob
";

const SCENARIO: &str = r#"
schema = 1
name = "plans"
profile = "ocs2007r2-to-lync2013"
[calendar]
start = "2013-03-04"
days = 20
flat = true
[[sites]]
name = "north"
[[sites]]
name = "south"
[[pools]]
name = "old-a"
release = "ocs2007r2"
site = "north"
front_ends = 1
[[pools]]
name = "old-b"
release = "ocs2007r2"
site = "south"
front_ends = 1
[[pools]]
name = "new"
release = "lync2013"
site = "north"
front_ends = 2
"#;

const LISTED: &str = r#"
[population]
people = "people.csv"
contacts = "contacts.csv"
"#;

const GENERATED: &str = r#"
[population]
users = 40
team_size = 5
teams_per_department = 2
paired_share = 0.0
"#;

fn facts(population: &str) -> Facts {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("plans.toml");
    std::fs::write(folder.path().join("people.csv"), PEOPLE).expect("people");
    std::fs::write(folder.path().join("contacts.csv"), CONTACTS).expect("contacts");
    std::fs::write(&path, format!("{SCENARIO}{population}")).expect("a scenario");
    let scenario = scenario::load(&path).unwrap_or_else(|rejected| panic!("{}", rejected.report));
    (*scenario.facts).clone()
}

fn day(day: i64) -> Time {
    Time(day * Span::DAY.0)
}

fn wave(name: &str, start: i64, users: std::ops::Range<UserId>) -> Wave {
    Wave::new(name, day(start), users.collect())
}

/// Two people on day 2, the others on day 4, clients with the move: nothing is wrong with it.
fn sound(facts: &Facts) -> Plan {
    let mut plan = Plan::stay(facts.pools.len(), facts.calendar.sites.len());
    plan.name = "p".into();
    plan.waves = vec![wave("pilot", 2, 0..2), wave("wave 1", 4, 2..8)];
    plan.target = vec![Some(2), Some(2), None];
    plan.moves.windows = vec![(Time::ZERO, facts.calendar.horizon)];
    plan.rollout = Some(Rollout {
        client: client(facts, "lync2013"),
        mode: RolloutMode::With,
        installs_per_day: vec![None; 2],
        staged: false,
        regime: Regime::Forced,
        deadline: None,
    });
    plan
}

fn client(facts: &Facts, name: &str) -> ClientId {
    let names: Vec<&str> = facts
        .profile
        .clients
        .iter()
        .map(|client| client.name.as_str())
        .collect();
    names.iter().position(|known| *known == name).expect("a client") as ClientId
}

fn rollback(facts: &Facts, at: i64) -> Rollback {
    Rollback {
        scripted: Some(Scripted::At(day(at))),
        attempts: 1,
        remediation: Span::ZERO,
        extent: Extent::Everyone,
        choreography: Choreography::Paired,
        windows: vec![(Time::ZERO, facts.calendar.horizon)],
        contact_store: true,
    }
}

/// What the check finds when something is changed in the sound plan, or in the facts.
fn findings(change: impl FnOnce(&mut Facts, &mut Plan)) -> Vec<Problem> {
    let mut facts = facts(LISTED);
    let mut plan = sound(&facts);
    change(&mut facts, &mut plan);
    plan.note_dues();
    check(&facts, &[plan])
}

/// The only finding about the plan.
#[track_caller]
fn finding(change: impl FnOnce(&mut Facts, &mut Plan)) -> Problem {
    let mut found = findings(change);
    assert_eq!(found.len(), 1, "{found:#?}");
    let found = found.remove(0);
    assert_eq!(found.plan, Some(0));
    found
}

/// The change makes the plan impossible, in these words.
#[track_caller]
fn impossible(topic: Topic, what: &str, help: &str, change: impl FnOnce(&mut Facts, &mut Plan)) {
    let found = finding(change);
    assert_eq!(found.what, format!("strategy `p`: {what}"));
    assert_eq!(found.help, help);
    assert_eq!((found.topic, found.harmful), (topic, false));
}

/// The change makes the plan harmful, in these words; the help adds how to run it all the same.
#[track_caller]
fn harmful(topic: Topic, what: &str, help: &str, change: impl FnOnce(&mut Facts, &mut Plan)) {
    let found = finding(change);
    assert_eq!(found.what, format!("strategy `p`: {what}"));
    let all_the_same = "; to see the harm simulated, write `allow_unsafe = true` in this strategy";
    assert_eq!(found.help, format!("{help}{all_the_same}"));
    assert_eq!((found.topic, found.harmful), (topic, true));
}

/// The change makes the pools wrong, whatever the plan.
#[track_caller]
fn wrong_pool(pool: u16, what: &str, help: &str, change: impl FnOnce(&mut Facts)) {
    let mut facts = facts(LISTED);
    change(&mut facts);
    let expected = Problem {
        plan: None,
        topic: Topic::Pool(pool),
        harmful: false,
        harmless: false,
        what: what.into(),
        help: help.into(),
    };
    assert_eq!(check(&facts, &[]), [expected]);
}

#[test]
fn a_sound_plan_and_staying_have_no_finding() {
    assert_eq!(findings(|_, _| ()), []);
    assert_eq!(
        findings(|facts, plan| *plan = Plan::stay(facts.pools.len(), facts.calendar.sites.len())),
        []
    );
    assert_eq!(
        findings(|facts, plan| {
            plan.rollback = Some(rollback(facts, 8));
            plan.retirement = None;
        }),
        []
    );
    let retired = Retirement {
        at: day(6),
        pools: vec![0, 1],
    };
    assert_eq!(findings(|_, plan| plan.retirement = Some(retired)), []);
}

#[test]
fn pools_have_a_size_that_their_release_knows() {
    let range = "write `front_ends` between 1 and 12, or add another pool";
    wrong_pool(
        2,
        "pool `new` has 0 front ends, but a pool of Lync Server 2013 has 1 to 12",
        range,
        |facts| facts.pools[2].front_ends = 0,
    );
    wrong_pool(
        2,
        "pool `new` has 13 front ends, but a pool of Lync Server 2013 has 1 to 12",
        range,
        |facts| facts.pools[2].front_ends = 13,
    );
    wrong_pool(
        2,
        "pool `new` has 2 front ends, for which the profile's quorum table of Lync Server 2013 has no row, so nobody \
         could say when it serves",
        "write one of 1, 3, or add a row `2` to the profile",
        |facts| {
            let server = usize::from(facts.pools[2].server);
            facts.profile.quorum[server].retain(|row| [1, 3].contains(&row.front_ends));
        },
    );
    wrong_pool(
        0,
        "5 users are homed on pool `old-a` at the start, but its 1 front end carries 3",
        "write `front_ends = 2`, or home some of the users on another pool",
        |facts| {
            let server = usize::from(facts.pools[0].server);
            facts.profile.servers[server].users_per_front_end = 3;
        },
    );
}

#[test]
fn every_wave_starts_within_the_simulated_time() {
    impossible(
        Topic::Waves,
        "1 of 2 waves start too late, the first (`wave 1`) on 2013-03-24 (day 20): the simulated time ends on \
         2013-03-24 (day 20), and 6 users would never move",
        "write an earlier start, a larger `size`, a shorter `every_days`, or `weeks = 4` in [calendar]",
        |_, plan| plan.waves[1].start = day(20),
    );
    impossible(
        Topic::Pilot,
        "its only wave starts on 2013-03-29 (day 25): the simulated time ends on 2013-03-24 (day 20), and 8 users \
         would never move",
        "write an earlier start, a larger `size`, a shorter `every_days`, or `weeks = 4` in [calendar]",
        |_, plan| plan.waves = vec![wave("pilot", 25, 0..8)],
    );
    impossible(
        Topic::Pilot,
        "`pilot` starts on 2013-03-03 (day -1), before the simulated time begins",
        "write a later start, or an earlier `start` in [calendar]",
        |_, plan| plan.waves[0].start = day(-1),
    );
    impossible(
        Topic::Waves,
        "`wave 1` starts on 2013-03-03 18:30 (day -1), before the simulated time begins",
        "write a later start, or an earlier `start` in [calendar]",
        |_, plan| {
            plan.waves.remove(0);
            plan.waves[0].start = day(-1) + Span(37 * Span::HOUR.0 / 2);
        },
    );
}

#[test]
fn the_change_window_opens_after_every_wave() {
    impossible(
        Topic::Windows,
        "its change window never opens, so nobody would ever move",
        "write more `days` or `hours` in [windows], or shorten the freezes",
        |_, plan| plan.moves.windows.clear(),
    );
    impossible(
        Topic::Windows,
        "the change window does not open again after `wave 1` on 2013-03-08 (day 4): 6 users would never move",
        "write an earlier start, more `days` in [windows], or shorter freezes",
        |_, plan| plan.moves.windows = vec![(day(1), day(4))],
    );
    impossible(
        Topic::Windows,
        "the change window does not open again after `wave 1` on 2013-03-08 (day 4): 6 users would never move",
        "write an earlier start, more `days` in [windows], or shorter freezes",
        |_, plan| {
            plan.moves.windows = vec![(day(1), day(4))];
            plan.cadence.catch_up = true;
        },
    );
    for catch_up in [false, true] {
        let found = findings(|_, plan| {
            plan.moves.windows = vec![(day(1), day(2)), (day(5), day(7))];
            plan.cadence.catch_up = catch_up;
        });
        assert_eq!(found, [], "waiting for the window is no fault");
    }
}

#[test]
fn the_target_carries_everybody() {
    let small = |facts: &mut Facts| {
        let server = usize::from(facts.pools[2].server);
        facts.profile.servers[server].users_per_front_end = 3;
    };
    impossible(
        Topic::Target,
        "after all waves 8 users are homed on pool `new`, but its 2 front ends carry 6: 2 would have no place",
        "write `front_ends = 3` for `new`, or send some pools elsewhere in [strategies.target]",
        |facts, _| small(facts),
    );
    assert_eq!(
        findings(|facts, plan| {
            small(facts);
            plan.target[1] = None;
            plan.rollout = None;
        }),
        [],
        "those who stay need no place"
    );
}

#[test]
fn clients_can_sign_in_before_and_after_the_move() {
    harmful(
        Topic::Rollout,
        "client `oc2007` cannot sign in to the pools that 8 users move to: they would be stranded from the install on",
        "write a client that can sign in there",
        |facts, plan| plan.rollout.as_mut().expect("a rollout").client = client(facts, "oc2007"),
    );
    harmful(
        Topic::Rollout,
        "client `lync2013` is installed up to 3 days before the move, but cannot sign in to the pools that 8 users \
         live on until then: they could not work in the meantime, 24 user-days in all",
        "write `mode = \"with\"`",
        |_, plan| plan.rollout.as_mut().expect("a rollout").mode = RolloutMode::Before(Span(3 * Span::DAY.0)),
    );
    let two_old = |facts: &mut Facts| {
        for user in [1, 6] {
            facts.users[user].client = client(facts, "oc2007");
        }
    };
    harmful(
        Topic::Rollout,
        "2 users have client `oc2007`, which cannot sign in to the pool they move to, and get no other client: they \
         could not sign in from the move on",
        "write `mode = \"with\"` and the new `client` in [strategies.rollout]",
        |facts, plan| {
            two_old(facts);
            plan.rollout = None;
        },
    );
    harmful(
        Topic::Rollout,
        "2 users have client `oc2007`, which cannot sign in to the pool they move to, and are told to install another \
         one only 1 day after the move: until then they cannot sign in",
        "write `mode = \"with\"`",
        |facts, plan| {
            two_old(facts);
            // Days are rounded up.
            plan.rollout.as_mut().expect("a rollout").mode = RolloutMode::After(Span::HOUR);
        },
    );
    assert_eq!(
        findings(|_, plan| plan.rollout = None),
        [],
        "who can sign in, limited or not, is not stranded"
    );
}

#[test]
fn a_rollback_has_somebody_to_take_back() {
    for (at, date) in [(20, "2013-03-24 (day 20)"), (-1, "2013-03-03 (day -1)")] {
        impossible(
            Topic::Rollback,
            &format!(
                "its rollback on {date} lies outside the simulated time, which ends on 2013-03-24 (day 20)"
            ),
            "write an earlier day, or more `weeks` in [calendar]",
            |facts, plan| plan.rollback = Some(rollback(facts, at)),
        );
    }
    let nobody = "write a day after the first wave, or leave out [strategies.rollback]";
    impossible(
        Topic::Rollback,
        "its rollback on 2013-03-06 (day 2) has nobody to take back: nobody has moved by then",
        nobody,
        |facts, plan| plan.rollback = Some(rollback(facts, 2)),
    );
    // The pilot holds nobody of the second pool.
    impossible(
        Topic::Rollback,
        "its rollback on 2013-03-07 (day 3) has nobody to take back: nobody has moved by then",
        nobody,
        |facts, plan| {
            plan.rollback = Some(Rollback {
                extent: Extent::Pool(1),
                ..rollback(facts, 3)
            });
        },
    );
}

#[test]
fn a_rollback_keeps_people_signed_in_and_their_contacts() {
    let careless = |extent, choreography, contact_store| {
        move |facts: &mut Facts, plan: &mut Plan| {
            for user in [1, 6, 7] {
                facts.users[user].client = client(facts, "oc2007");
            }
            plan.rollback = Some(Rollback {
                extent,
                choreography,
                contact_store,
                ..rollback(facts, 8)
            });
        }
    };
    for (extent, users) in [
        (Extent::Everyone, "8 users"),
        (Extent::LastWave, "6 users"),
        (Extent::Pool(1), "3 users"),
    ] {
        harmful(
            Topic::Choreography,
            &format!(
                "the rollback moves up to {users} back before their clients: `lync2013` cannot sign in to the old \
                 pools, so they would be stranded until each machine is downgraded"
            ),
            "write `choreography = \"paired\"`",
            careless(extent, Choreography::MoveFirst, true),
        );
    }
    harmful(
        Topic::Choreography,
        "the rollback downgrades all clients before anybody moves back: up to 3 users get a client that cannot sign \
         in to the new pools and would be stranded until the last machine is done",
        "write `choreography = \"paired\"`",
        careless(Extent::Everyone, Choreography::DowngradeFirst, true),
    );
    harmful(
        Topic::ContactStore,
        "the rollback leaves out the contact store: up to 2 users would lose their contact lists",
        "write `contact_store = true`",
        |facts, plan| {
            careless(Extent::Everyone, Choreography::Paired, false)(facts, plan);
            plan.rollback.as_mut().expect("a rollback").scripted = Some(Scripted::At(day(3)));
        },
    );
}

#[test]
fn a_pool_is_retired_when_it_is_empty_and_stays_so() {
    let retire = |at, pools: &[u16]| {
        Some(Retirement {
            at: day(at),
            pools: pools.to_vec(),
        })
    };
    impossible(
        Topic::Retirement,
        "its retirement on 2013-03-24 (day 20) lies outside the simulated time, which ends on 2013-03-24 (day 20)",
        "write an earlier day, or more `weeks` in [calendar]",
        |_, plan| plan.retirement = retire(20, &[0]),
    );
    impossible(
        Topic::Retirement,
        "pool `old-a` is retired on 2013-03-08 (day 4), but 3 of its 5 users would still live there: 0 in no wave, 3 \
         in later waves",
        "write a day after 2013-03-08 (day 4), the last of their waves",
        |_, plan| plan.retirement = retire(4, &[0]),
    );
    impossible(
        Topic::Retirement,
        "pool `old-b` is retired on 2013-03-10 (day 6), but 2 of its 3 users would still live there: 2 in no wave, 0 \
         in later waves",
        "put all its users into waves, or leave the pool out of `pools`",
        |_, plan| {
            plan.waves[1].users.truncate(4);
            plan.retirement = retire(6, &[1]);
        },
    );
    let found = findings(|_, plan| {
        plan.moves.windows = vec![(day(1), day(4))];
        plan.retirement = retire(10, &[1]);
    });
    let helps: Vec<&str> = found.iter().map(|problem| problem.help.as_str()).collect();
    assert_eq!(
        helps[1..],
        ["write an earlier start of their waves, or leave the pool out of `pools`"],
        "no day comes after waves that never start"
    );
    harmful(
        Topic::Retirement,
        "the rollback on 2013-03-12 (day 8) comes after the retirement on 2013-03-10 (day 6): 5 users could not go \
         back to their pools, which are gone",
        "write a retirement after the rollback could still be needed",
        |facts, plan| {
            plan.rollback = Some(rollback(facts, 8));
            plan.retirement = retire(6, &[0]);
        },
    );
    impossible(
        Topic::Retirement,
        "the rollback on 2013-03-12 (day 8) puts 3 users back on pools that are to be retired on 2013-03-14 (day 10)",
        "leave out [strategies.retirement] or [strategies.rollback]",
        |facts, plan| {
            plan.rollback = Some(rollback(facts, 8));
            plan.retirement = retire(10, &[1]);
        },
    );
}

#[test]
fn a_plan_that_owns_up_to_its_harm_is_not_told_how() {
    let change = |allow: bool| {
        move |facts: &mut Facts, plan: &mut Plan| {
            plan.allow_unsafe = allow;
            plan.rollback = Some(Rollback {
                contact_store: false,
                ..rollback(facts, 8)
            });
        }
    };
    let (asks, owns_up) = (finding(change(false)), finding(change(true)));
    assert!(asks.help.contains("allow_unsafe = true"));
    assert_eq!(owns_up.help, "write `contact_store = true`");
    assert!(owns_up.harmful, "it does harm all the same");
}

#[test]
fn findings_name_their_plan_in_the_order_of_plans() {
    let facts = facts(LISTED);
    let (good, mut bad) = (sound(&facts), sound(&facts));
    bad.moves.windows.clear();
    bad.rollback = Some(rollback(&facts, 30));
    let found: Vec<_> = check(&facts, &[bad.clone(), good, bad])
        .into_iter()
        .map(|problem| (problem.plan, problem.topic))
        .collect();
    let both = |plan| [(Some(plan), Topic::Windows), (Some(plan), Topic::Rollback)];
    assert_eq!(found, [both(0), both(2)].concat());
}

/// Initials of people, for those of the list.
fn initials(facts: &Facts, users: &[UserId]) -> String {
    users
        .iter()
        .map(|&user| facts.users[user as usize].name.chars().next().expect("a name"))
        .collect()
}

fn order(facts: &Facts, order: &Order) -> String {
    initials(facts, &Cohorts::new(facts, 1).order(order))
}

#[test]
fn people_follow_by_site_by_department_or_by_a_list() {
    let facts = facts(LISTED);
    assert_eq!(order(&facts, &Order::Site), "bdfhaceg");
    assert_eq!(order(&facts, &Order::Department), "acfbdgeh");
    assert_eq!(order(&facts, &Order::Listed(vec![6, 0, 3])), "gad");
}

/// The community with more contacts comes first, and in it Bob, the first by name. The other begins with Ann, whom Bob
/// knows; Eli, half of whose contacts Ann is, comes before Dee.
#[test]
fn communities_follow_each_other_and_are_not_mixed() {
    let facts = facts(LISTED);
    assert_eq!(order(&facts, &Order::Community), "bcfgaedh");
}

#[test]
fn without_contacts_communities_are_found_in_past_meetings() {
    let mut facts = facts(GENERATED);
    // Only members of a team meet.
    facts.meetings.levels = [1.0, 0.0, 0.0, 0.0];
    let order = Cohorts::new(&facts, 1).order(&Order::Community);
    let mut teams: Vec<u32> = order
        .iter()
        .map(|&user| facts.users[user as usize].team)
        .collect();
    teams.dedup();
    assert_eq!(
        teams.len(),
        facts.teams.len(),
        "every team in one piece: {teams:?}"
    );
}

#[test]
fn a_random_order_depends_on_the_seed_and_on_each_person_alone() {
    let mut facts = facts(GENERATED);
    let by_lot = |facts: &Facts, seed| {
        let order = Cohorts::new(facts, seed).order(&Order::Random);
        order
            .iter()
            .map(|&user| facts.users[user as usize].name.clone())
            .collect::<Vec<_>>()
    };
    let all = by_lot(&facts, 1);
    assert_eq!(all, by_lot(&facts, 1));
    assert_ne!(all, by_lot(&facts, 2));
    let mut sorted = all.clone();
    sorted.sort_unstable();
    assert_ne!(all, sorted);
    assert!(sorted.iter().eq(facts.users.iter().map(|user| &user.name)));
    // Somebody leaves: the others keep their order.
    let gone = facts.users.remove(11).name;
    let others: Vec<String> = all.into_iter().filter(|name| *name != gone).collect();
    assert_eq!(by_lot(&facts, 1), others);
}

#[test]
fn waves_are_of_the_size_and_take_everybody_once() {
    let facts = facts(GENERATED);
    let cohorts = Cohorts::new(&facts, 1);
    for order in [Order::Random, Order::Site, Order::Department, Order::Community] {
        let mut taken = vec![false; 40];
        taken[7] = true;
        let waves = cohorts.waves(&cohorts.order(&order), |_| 6, &mut taken);
        let sizes: Vec<usize> = waves.iter().map(Vec::len).collect();
        assert_eq!(sizes, [6, 6, 6, 6, 6, 6, 3], "{order:?}");
        let mut users = waves.concat();
        users.sort_unstable();
        let expected: Vec<UserId> = (0..40).filter(|&user| user != 7).collect();
        assert_eq!(users, expected, "{order:?}: who is taken already is left out");
        assert!(taken.into_iter().all(|taken| taken));
    }
}

#[test]
fn groups_move_together_with_their_first_member() {
    let mut facts = facts(LISTED);
    for user in [1, 4, 7] {
        facts.users[user].group = Some(0);
    }
    for user in [0, 2] {
        facts.users[user].group = Some(1);
    }
    let cohorts = Cohorts::new(&facts, 1);
    let cut = |order: &Order, size| {
        let waves = cohorts.waves(&cohorts.order(order), |_| size, &mut [false; 8]);
        let text: Vec<String> = waves.iter().map(|wave| initials(&facts, wave)).collect();
        text.join(" ")
    };
    // By site: Bob brings Eli and Hal, and the wave is larger than its size; Ann brings Cyd.
    assert_eq!(cut(&Order::Site, 2), "beh df ac g");
    assert_eq!(cut(&Order::Department, 3), "acf beh dg");
    // People who are not in the order go with their group all the same.
    assert_eq!(cut(&Order::Listed(vec![7, 2]), 1), "hbe ca");
    for order in [Order::Random, Order::Community] {
        for size in 1..8 {
            let waves = cohorts.waves(&cohorts.order(&order), |_| size, &mut [false; 8]);
            for group in [&[1, 4, 7][..], &[0, 2]] {
                let together = waves
                    .iter()
                    .any(|wave| group.iter().all(|user| wave.contains(user)));
                assert!(together, "{order:?}, {size}: {waves:?}");
            }
        }
    }
    // A pilot keeps groups whole too.
    assert_eq!(
        initials(&facts, &cohorts.pilot(&Choice::Listed(vec![3, 7, 0]), 2)),
        "dhbe"
    );
}

#[test]
fn a_pilot_has_its_size() {
    let facts = facts(GENERATED);
    let cohorts = Cohorts::new(&facts, 1);
    let listed = Choice::Listed((0..40).rev().collect());
    for choice in [Choice::Random, Choice::Volunteers, Choice::Teams, listed] {
        for (asked, size) in [(0, 1), (1, 1), (13, 13), (40, 40), (99, 40)] {
            let mut pilot = cohorts.pilot(&choice, asked);
            assert_eq!(pilot.len(), size, "{choice:?}, {asked}");
            pilot.sort_unstable();
            pilot.dedup();
            assert_eq!(pilot.len(), size, "{choice:?}: somebody is in it twice");
        }
    }
    // A list or a department may hold fewer people.
    assert_eq!(cohorts.pilot(&Choice::Listed(vec![5, 3]), 4), [5, 3]);
    assert_eq!(cohorts.pilot(&Choice::Listed(vec![5, 3]), 1), [5]);
}

#[test]
fn a_pilot_is_of_the_people_asked_for() {
    let facts = facts(GENERATED);
    let cohorts = Cohorts::new(&facts, 1);
    let departments = facts.departments.len();
    assert!(departments >= 4, "{departments}");
    let count = |pilot: &[UserId], department: u32| {
        let is_in = |user: &&UserId| facts.users[**user as usize].department == department;
        pilot.iter().filter(is_in).count()
    };
    // Ten people in each department: volunteers are spread evenly.
    let volunteers = cohorts.pilot(&Choice::Volunteers, 2 * departments);
    for department in 0..departments as u32 {
        assert_eq!(count(&volunteers, department), 2, "department {department}");
    }
    let second = cohorts.pilot(&Choice::Department(1), 7);
    assert_eq!(count(&second, 1), 7);
    assert!(second.is_sorted());
    assert_eq!(cohorts.pilot(&Choice::Department(1), 99).len(), 10);
    // Teams of five: two whole ones, and two of a third.
    let teams = cohorts.pilot(&Choice::Teams, 12);
    let mut sizes = vec![0; facts.teams.len()];
    for &user in &teams {
        sizes[facts.users[user as usize].team as usize] += 1;
    }
    sizes.retain(|&size| size > 0);
    sizes.sort_unstable();
    assert_eq!(sizes, [2, 5, 5]);
}

#[test]
fn contacts_count_in_both_directions() {
    let facts = facts(LISTED);
    let graph = Cohorts::new(&facts, 1).meeting_graph();
    let ties: Vec<u32> = graph.neighbours(0).iter().map(|tie| tie.0).collect();
    assert_eq!(ties, [1, 3, 4, 7], "Ann knows Bob, Dee, Eli and Hal");
    let mut alone = facts.clone();
    alone.contacts = Some(Contacts {
        start: vec![0; 9],
        to: vec![],
    });
    assert_eq!(
        order(&alone, &Order::Community),
        "abcdefgh",
        "nobody knows anybody"
    );
}
