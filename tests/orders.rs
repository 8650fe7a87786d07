//! Every order among tasks of both profiles: a plan that violates it is refused, and, where it owns up to it, does a
//! measured harm that the same plan does not do when it keeps the order, in the same worlds.

use coexist::kernel::{Key, Nothing};
use coexist::outcome::Metric;
use coexist::plan::tasks::{Violation, schedule, violations};
use coexist::scenario::{Scenario, load};
use coexist::simulate::simulate;
use coexist::world::{Step, World};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Tables of tasks: name, and what stands in the table beside it.
type Lines = &'static [(&'static str, &'static str)];

/// How one order is violated, and what that harms.
struct Case {
    before: &'static str,
    after: &'static str,
    /// What differs from the sound plan in either plan: tasks, and pieces of text.
    setting: Lines,
    changes: Lines,
    /// What differs in the plan that violates the order.
    tasks: Lines,
    change: Option<(&'static str, &'static str)>,
    /// Orders that no plan can keep that violates this one.
    also: Lines,
    /// What is worse then.
    harm: Metric,
}

impl Case {
    const fn new(before: &'static str, after: &'static str, tasks: Lines, harm: Metric) -> Case {
        Case {
            before,
            after,
            setting: &[],
            changes: &[],
            tasks,
            change: None,
            also: &[],
            harm,
        }
    }

    const fn in_setting(mut self, setting: Lines) -> Case {
        self.setting = setting;
        self
    }

    const fn with(mut self, changes: Lines) -> Case {
        self.changes = changes;
        self
    }

    const fn by(mut self, change: (&'static str, &'static str)) -> Case {
        self.change = Some(change);
        self
    }

    const fn also(mut self, also: Lines) -> Case {
        self.also = also;
        self
    }
}

/// A company with everything that tasks move: 80 people in two pools, moved in two waves.
const COMPANY: &str = r#"
schema = 1
name = "orders"
profile = "PROFILE"
seed = 4

[switches]
edge_names = "separate"

[calendar]
start = "2013-03-04"
weeks = 14

[[sites]]
name = "leeds"
hours = "09:00-17:00"
share = 0.5

[[sites]]
name = "york"
hours = "09:00-17:00"
share = 0.5

[edge]

[[pools]]
name = "old-1"
release = "RELEASE"
site = "leeds"
front_ends = 1

[[pools]]
name = "old-2"
release = "RELEASE"
site = "york"
front_ends = 1

[[pools]]
name = "new"
release = "lync2013"
site = "leeds"
front_ends = 3

[[outages]]
pool = "new"
front_end = 1
day = 30
hours = 24

[population]
users = 80
team_size = 10
teams_per_department = 1

[people]
remote = 0.3

[meetings]
dial_in_share = 0.5
federated_guests = 0.3

[parameters]
pools.mtbf_hours = 1000000

[[applications]]
name = "agents"
kind = "response_group"
pool = "old-1"
departments = ["leeds-d01", "york-d01"]

[[applications]]
name = "calls"
kind = "contact_centre"
pool = "old-1"
departments = ["leeds-d01", "york-d01"]

[[applications]]
name = "mailboxes"
kind = "voicemail"
pool = "old-1"
departments = ["leeds-d01", "york-d01"]

[[applications]]
name = "rooms"
kind = "group_chat"
pool = "old-1"
moved_by = "group_chat"
departments = ["leeds-d01", "york-d01"]
PARKED
[[strategies]]
name = "plan"
allow_unsafe = true
tasks = [
TASKS]

[strategies.waves]
start_day = 21
size = 40
order = "site"

[strategies.rollout]
client = "lync2013"

[strategies.retirement]
day = 56
# end
"#;

const PARKED: &str = r#"
[[applications]]
name = "parked"
kind = "call_park"
pool = "old-1"
departments = ["leeds-d01", "york-d01"]
"#;

/// What a sound plan does when: for OCS 2007 R2, for Lync 2010, or for both.
const SOUND: [(&str, &str, &str); 19] = [
    ("back_up", "start_day = 1", ""),
    ("patch_legacy", "start_day = 1", "ocs2007r2"),
    ("deploy_pool", "start_day = 1", ""),
    ("merge_topologies", "start_day = 8", "ocs2007r2"),
    ("replicate_users", "start_day = 9", "ocs2007r2"),
    ("configure_pool", "start_day = 10", "ocs2007r2"),
    ("deploy_edge", "start_day = 11", ""),
    ("validate_edge", "start_day = 12", ""),
    ("federation", "start_day = 35", ""),
    ("response_groups", "start_day = 44", ""),
    ("call_park", "start_day = 44", "lync2010"),
    ("access_numbers", "start_day = 45", ""),
    ("voicemail", "start_day = 46", ""),
    ("trusted_applications", "start_day = 46", ""),
    ("central_management", "start_day = 47", "lync2010"),
    ("conference_directories", "start_day = 48", ""),
    ("legacy_edge", "start_day = 60", ""),
    ("back_compat_site", "start_day = 62", "ocs2007r2"),
    ("group_chat", "start_day = 52", ""),
];

/// One name for all services of the legacy edge, which is then removed before the cutover.
const SHARED: (&str, &str) = ("edge_names = \"separate\"", "edge_names = \"shared\"");
const SHARED_TASKS: Lines = &[("legacy_edge", "start_day = 30")];

/// Everybody is to go back instead of the retirement.
const ROLLBACK: Lines = &[(
    "[strategies.retirement]\nday = 56\n",
    "[strategies.rollback]\nday = 40\n",
)];

/// The rooms need not be moved before the retirement.
const ROOMS_APART: (&str, &str) = ("pool = \"old-1\"\nmoved_by", "pool = \"new\"\nmoved_by");

const LATE_ROOMS: Lines = &[("group_chat", "start_day = 75")];

/// The pool of the first wave is retired while the people of the other one still move.
const EARLY_RETIREMENT: Lines = &[("day = 56\n", "day = 27\npools = [\"old-1\"]\n"), ROOMS_APART];
const EARLY_TASKS: Lines = &[
    ("response_groups", "start_day = 24"),
    ("call_park", "start_day = 24"),
    ("access_numbers", "start_day = 24"),
    ("voicemail", "start_day = 24"),
    ("trusted_applications", "start_day = 24"),
    ("central_management", "start_day = 24"),
    ("conference_directories", "start_day = 25"),
];

/// Everything that Group Chat comes after is done before the first wave.
const ALL_FIRST: Lines = &[
    ("federation", "start_day = 18"),
    ("response_groups", "start_day = 18"),
    ("call_park", "start_day = 18"),
    ("access_numbers", "start_day = 18"),
    ("voicemail", "start_day = 18"),
    ("trusted_applications", "start_day = 18"),
    ("conference_directories", "start_day = 19"),
];
const LATE_EDGE: Lines = &[
    ("legacy_edge", "start_day = 80"),
    ("back_compat_site", "start_day = 85"),
];

use Metric::{
    ApplicationHours as Applications, FailedConversations as Talks, FederationLost as Federation,
    FixedForward, LimitedHours, LostHours, MovesFailed, OutageHours, TaskHoursInVain as InVain,
};

/// One case for each order of either profile; what a profile does not have is left out.
const CASES: [Case; 32] = [
    Case::new(
        "back_up",
        "first_move",
        &[("back_up", "skip = true")],
        FixedForward,
    )
    .with(ROLLBACK)
    .in_setting(&[
        ("conference_directories", "skip = true"),
        ("group_chat", "skip = true"),
        ("back_compat_site", "skip = true"),
    ]),
    Case::new(
        "patch_legacy",
        "first_move",
        &[("patch_legacy", "start_day = 40")],
        Talks,
    ),
    Case::new(
        "deploy_pool",
        "merge_topologies",
        &[("merge_topologies", "start_day = 2")],
        InVain,
    ),
    Case::new(
        "merge_topologies",
        "replicate_users",
        &[("replicate_users", "start_day = 7")],
        InVain,
    ),
    Case::new(
        "deploy_pool",
        "first_move",
        &[
            ("deploy_pool", "start_day = 22"),
            ("merge_topologies", "start_day = 25"),
            ("replicate_users", "start_day = 26"),
        ],
        MovesFailed,
    )
    .also(&[
        ("merge_topologies", "first_move"),
        ("replicate_users", "first_move"),
    ]),
    Case::new(
        "merge_topologies",
        "first_move",
        &[
            ("merge_topologies", "start_day = 22"),
            ("replicate_users", "start_day = 23"),
        ],
        MovesFailed,
    )
    .also(&[("replicate_users", "first_move")]),
    Case::new(
        "replicate_users",
        "first_move",
        &[("replicate_users", "start_day = 22")],
        MovesFailed,
    ),
    Case::new(
        "configure_pool",
        "first_move",
        &[("configure_pool", "start_day = 40")],
        OutageHours,
    ),
    Case::new("front_ends_up", "first_move", &[], LimitedHours).by(("front_ends = 3", "front_ends = 2")),
    Case::new(
        "deploy_edge",
        "validate_edge",
        &[("validate_edge", "start_day = 11")],
        InVain,
    ),
    Case::new(
        "validate_edge",
        "federation",
        &[("validate_edge", "start_day = 36")],
        Federation,
    ),
    Case::new(
        "federation",
        "legacy_edge",
        &[("legacy_edge", "start_day = 33")],
        Federation,
    ),
    Case::new(
        "last_move",
        "legacy_edge",
        &[("legacy_edge", "start_day = 22")],
        OutageHours,
    )
    .in_setting(SHARED_TASKS)
    .with(&[SHARED]),
    Case::new(
        "legacy_edge",
        "federation",
        &[("legacy_edge", "start_day = 40")],
        Federation,
    )
    .in_setting(SHARED_TASKS)
    .with(&[SHARED]),
    Case::new(
        "last_move",
        "response_groups",
        &[("response_groups", "start_day = 22")],
        Applications,
    ),
    Case::new(
        "response_groups",
        "retirement",
        &[("response_groups", "start_day = 60")],
        Applications,
    )
    .in_setting(LATE_ROOMS)
    .with(&[ROOMS_APART]),
    Case::new(
        "call_park",
        "retirement",
        &[("call_park", "start_day = 60")],
        Applications,
    )
    .in_setting(LATE_ROOMS)
    .with(&[ROOMS_APART]),
    Case::new(
        "access_numbers",
        "retirement",
        &[("access_numbers", "start_day = 60")],
        LostHours,
    )
    .in_setting(LATE_ROOMS)
    .with(&[ROOMS_APART]),
    Case::new(
        "voicemail",
        "retirement",
        &[("voicemail", "start_day = 60")],
        Applications,
    )
    .in_setting(LATE_ROOMS)
    .with(&[ROOMS_APART]),
    Case::new(
        "trusted_applications",
        "retirement",
        &[("trusted_applications", "start_day = 60")],
        Applications,
    )
    .in_setting(LATE_ROOMS)
    .with(&[ROOMS_APART]),
    Case::new(
        "conference_directories",
        "retirement",
        &[("conference_directories", "start_day = 60")],
        LostHours,
    )
    .in_setting(LATE_ROOMS)
    .with(&[ROOMS_APART]),
    Case::new(
        "central_management",
        "retirement",
        &[("central_management", "start_day = 30")],
        MovesFailed,
    )
    .in_setting(EARLY_TASKS)
    .with(EARLY_RETIREMENT),
    Case::new(
        "retirement",
        "back_compat_site",
        &[("back_compat_site", "start_day = 22")],
        Talks,
    )
    .in_setting(&[
        ("federation", "start_day = 15"),
        ("legacy_edge", "start_day = 18"),
    ]),
    Case::new(
        "legacy_edge",
        "back_compat_site",
        &[("back_compat_site", "start_day = 58")],
        LostHours,
    )
    .in_setting(&[
        ("federation", "start_day = 66"),
        ("legacy_edge", "start_day = 70"),
        ("back_compat_site", "start_day = 75"),
        ("group_chat", "start_day = 75"),
    ])
    .with(&[ROOMS_APART]),
    Case::new(
        "last_move",
        "group_chat",
        &[("group_chat", "start_day = 22")],
        Applications,
    )
    .in_setting(ALL_FIRST),
    Case::new(
        "federation",
        "group_chat",
        &[("federation", "start_day = 70")],
        Applications,
    )
    .in_setting(LATE_EDGE),
    Case::new(
        "response_groups",
        "group_chat",
        &[
            ("response_groups", "start_day = 53"),
            ("group_chat", "start_day = 50"),
        ],
        Applications,
    ),
    Case::new(
        "call_park",
        "group_chat",
        &[("call_park", "start_day = 53"), ("group_chat", "start_day = 50")],
        Applications,
    ),
    Case::new(
        "access_numbers",
        "group_chat",
        &[
            ("access_numbers", "start_day = 53"),
            ("group_chat", "start_day = 50"),
        ],
        Applications,
    ),
    Case::new(
        "voicemail",
        "group_chat",
        &[("voicemail", "start_day = 53"), ("group_chat", "start_day = 50")],
        Applications,
    ),
    Case::new(
        "trusted_applications",
        "group_chat",
        &[
            ("trusted_applications", "start_day = 53"),
            ("group_chat", "start_day = 50"),
        ],
        Applications,
    ),
    Case::new(
        "conference_directories",
        "group_chat",
        &[
            ("conference_directories", "start_day = 53"),
            ("group_chat", "start_day = 50"),
        ],
        Applications,
    ),
];

/// The scenario of a plan: the sound one with these tasks and pieces of text in place of its own.
fn text(release: &str, tasks: &[Lines], changes: &[(&str, &str)]) -> String {
    let of_profile = |line: &&(&str, &str, &str)| line.2.is_empty() || line.2 == release;
    let mut lines = String::new();
    for (name, when, _) in SOUND.iter().filter(of_profile) {
        let own = tasks
            .iter()
            .rev()
            .flat_map(|lines| lines.iter())
            .find(|line| line.0 == *name);
        let when = own.map_or(*when, |line| line.1);
        lines += &format!("  {{ name = \"{name}\", {when} }},\n");
    }
    let parked = if release == "lync2010" { PARKED } else { "" };
    let mut text = COMPANY
        .replace("PROFILE", &format!("{release}-to-lync2013"))
        .replace("RELEASE", release)
        .replace("PARKED", parked)
        .replace("TASKS", &lines);
    for (old, new) in changes {
        assert!(text.contains(old), "the scenario has no {old:?}");
        text = text.replace(old, new);
    }
    text
}

fn read(text: &str) -> Result<Scenario, String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("orders.toml");
    std::fs::write(&path, text).expect("a temporary file");
    load(&path).map_err(|rejected| rejected.to_string())
}

fn word(scenario: &Scenario, step: Step) -> &str {
    match step {
        Step::Task(task) => &scenario.facts.profile.tasks[usize::from(task)].name,
        Step::FirstMove => "first_move",
        Step::LastMove => "last_move",
        Step::Retirement => "retirement",
        Step::FrontEnds(_) => "front_ends_up",
    }
}

/// The orders that the plan violates.
fn violated(scenario: &Scenario) -> BTreeSet<(String, String)> {
    let (facts, plan) = (&scenario.facts, &scenario.plans[1]);
    let tasks = plan.tasks.as_ref().expect("tasks");
    let times = schedule(facts, plan, tasks).expect("no task waits for itself");
    let names = |violation: &Violation| {
        let edge = &facts.profile.edges[violation.edge];
        let names = [edge.before, edge.after].map(|step| word(scenario, step).to_string());
        names.into()
    };
    violations(facts, plan, tasks, &times).iter().map(names).collect()
}

/// The metric of the plan, added up over some worlds.
fn measure(scenario: &Scenario, metric: Metric) -> f64 {
    let seed = scenario.seed;
    let of = |replication: u64| {
        let world = World::draw(Arc::clone(&scenario.facts), Key { seed, replication }, false);
        let (outcome, _) = simulate(&world, &scenario.plans[1], Nothing);
        outcome.row.get(metric).expect("never missing")
    };
    (0..2).map(of).sum()
}

fn pairs(lines: Lines) -> impl Iterator<Item = (String, String)> {
    lines.iter().map(|line| (line.0.to_string(), line.1.to_string()))
}

/// Tries one case with one profile; is it an order of that profile?
fn try_case(case: &Case, release: &str) -> bool {
    let at = format!("{release}: {} before {}", case.before, case.after);
    let sound =
        read(&text(release, &[case.setting], case.changes)).unwrap_or_else(|what| panic!("{at}: {what}"));
    let is_known = |edge: &coexist::world::Edge| {
        word(&sound, edge.before) == case.before && word(&sound, edge.after) == case.after
    };
    if !sound.facts.profile.edges.iter().any(is_known) {
        return false;
    }
    let own_up = "allow_unsafe = true\n";
    let sound_text = text(release, &[case.setting], case.changes).replace(own_up, "");
    read(&sound_text).unwrap_or_else(|what| panic!("{at}, kept: {what}"));
    let changes: Vec<_> = case.changes.iter().copied().chain(case.change).collect();
    let harmful = text(release, &[case.setting, case.tasks], &changes);
    let unsafe_plan = read(&harmful).unwrap_or_else(|what| panic!("{at}: {what}"));
    let before = violated(&sound);
    let new: BTreeSet<_> = violated(&unsafe_plan).difference(&before).cloned().collect();
    let of_profile = |pair: &(String, String)| {
        let names = |step: Step, name: &str| word(&sound, step) == name;
        let edges = &sound.facts.profile.edges;
        edges
            .iter()
            .any(|edge| names(edge.before, &pair.0) && names(edge.after, &pair.1))
    };
    let own = (case.before.to_string(), case.after.to_string());
    let expected: BTreeSet<_> = pairs(case.also).filter(of_profile).chain([own]).collect();
    assert_eq!(new, expected, "{at}");
    // Without owning up to it the plan is refused, or warned of where the order is only recommended.
    let edge = sound
        .facts
        .profile
        .edges
        .iter()
        .find(|edge| is_known(edge))
        .expect("known");
    let said = match read(&harmful.replace(own_up, "")) {
        Ok(scenario) => {
            assert!(edge.recommended, "{at} is not refused");
            scenario.warnings
        }
        Err(said) => said,
    };
    assert!(said.contains(&edge.breaks), "{at}: {said}");
    let (kept, broken) = (measure(&sound, case.harm), measure(&unsafe_plan, case.harm));
    assert!(
        broken > kept + 0.5,
        "{at}: {:?} is {broken}, with the order kept {kept}",
        case.harm
    );
    true
}

#[test]
fn every_order_of_both_profiles_does_its_harm() {
    for release in ["ocs2007r2", "lync2010"] {
        let mut tried = BTreeSet::new();
        for case in &CASES {
            if try_case(case, release) {
                assert!(tried.insert((case.before, case.after)), "{} twice", case.before);
            }
        }
        // Every order of the profile is tried, under whatever switch it holds.
        let mut known = BTreeSet::new();
        for changes in [&[][..], &[SHARED]] {
            let setting = if changes.is_empty() { &[] } else { SHARED_TASKS };
            let scenario = read(&text(release, &[setting], changes)).unwrap_or_else(|what| panic!("{what}"));
            assert_eq!(violated(&scenario), BTreeSet::new(), "the sound plan");
            let edges = &scenario.facts.profile.edges;
            known.extend(edges.iter().map(|edge| {
                let name = |step| word(&scenario, step).to_string();
                (name(edge.before), name(edge.after))
            }));
        }
        let tried: BTreeSet<_> = tried
            .iter()
            .map(|pair| (pair.0.to_string(), pair.1.to_string()))
            .collect();
        assert_eq!(known, tried, "a new order needs a case of its own here");
    }
}
