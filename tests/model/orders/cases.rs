//! A company, a sound plan, and one way to violate each order among tasks of both profiles.

use coexist::outcome::Metric;

/// Tables of tasks: name, and what stands in the table beside it.
pub(crate) type Lines = &'static [(&'static str, &'static str)];

/// How one order is violated, and what that harms.
pub(crate) struct Case {
    pub(crate) before: &'static str,
    pub(crate) after: &'static str,
    /// What differs from the sound plan in either plan: tasks, and pieces of text.
    pub(crate) setting: Lines,
    pub(crate) changes: Lines,
    /// What differs in the plan that violates the order.
    pub(crate) tasks: Lines,
    pub(crate) change: Option<(&'static str, &'static str)>,
    /// Orders that no plan can keep that violates this one.
    pub(crate) also: Lines,
    /// What is worse then.
    pub(crate) harm: Metric,
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
pub(crate) const SHARED: (&str, &str) = ("edge_names = \"separate\"", "edge_names = \"shared\"");
pub(crate) const SHARED_TASKS: Lines = &[("legacy_edge", "start_day = 30")];

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
pub(crate) const CASES: [Case; 32] = [
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

impl Case {
    /// The scenario that violates the order.
    pub(crate) fn harmful(&self, release: &str) -> String {
        let changes: Vec<_> = self.changes.iter().copied().chain(self.change).collect();
        text(release, &[self.setting, self.tasks], &changes)
    }
}

/// The scenario of a plan: the sound one with these tasks and pieces of text in place of its own.
pub(crate) fn text(release: &str, tasks: &[Lines], changes: &[(&str, &str)]) -> String {
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
