//! Every order among tasks of both profiles: a plan that violates it is refused, and, where it owns up to it, does a
//! measured harm that the same plan does not do when it keeps the order, in the same worlds.

use coexist::kernel::{Key, Nothing};
use coexist::outcome::Metric;
use coexist::scenario::{Scenario, load};
use coexist::simulate::simulate;
use coexist::world::{Step, World};
use std::collections::BTreeSet;
use std::sync::Arc;

/// How one order is violated, and what that harms.
struct Case {
    /// Earlier and later step.
    edge: (&'static str, &'static str),
    /// Lines of tasks that stand in place of those of the sound plan: name and the rest of the table.
    tasks: &'static [(&'static str, &'static str)],
    /// Other changes of the text.
    changes: &'static [(&'static str, &'static str)],
    /// What is worse then.
    harm: Metric,
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

[[pools]]
name = "old-1"
release = "RELEASE"
front_ends = 1

[[pools]]
name = "old-2"
release = "RELEASE"
front_ends = 1

[[pools]]
name = "new"
release = "lync2013"
front_ends = 3

[[outages]]
pool = "new"
front_end = 1
day = 30
hours = 24

[population]
users = 80
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
departments = ["leeds-d01"]

[[applications]]
name = "calls"
kind = "contact_centre"
pool = "old-1"
departments = ["leeds-d01"]

[[applications]]
name = "mailboxes"
kind = "voicemail"
pool = "old-1"
departments = ["leeds-d01"]

[[applications]]
name = "rooms"
kind = "group_chat"
pool = "old-1"
moved_by = "group_chat"
departments = ["leeds-d01"]
PARKED
[[strategies]]
name = "plan"
allow_unsafe = true
tasks = [
TASKS]

[strategies.waves]
start_day = 21
size = 40

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
departments = ["leeds-d01"]
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
    ("group_chat", "start_day = 64", ""),
];

/// One name for all services of the legacy edge, which is then removed before the cutover.
const SHARED: (&str, &str) = ("edge_names = \"separate\"", "edge_names = \"shared\"");
const WITH_ROLLBACK: (&str, &str) = (
    "[strategies.retirement]\nday = 56\n",
    "[strategies.rollback]\nday = 40\n",
);
/// The pools that have emptied are retired while the others' people still move.
const RETIRED_EARLY: [(&str, &str); 2] = [
    ("size = 40", "size = 40\norder = \"pool-1-first\""),
    ("day = 56\n", "day = 27\npools = [\"old-1\"]\n"),
];

const CASES: [Case; 36] = [Case {
    edge: ("back_up", "first_move"),
    tasks: &[("back_up", "skip = true")],
    changes: &[WITH_ROLLBACK],
    harm: Metric::FixedForward,
}];
