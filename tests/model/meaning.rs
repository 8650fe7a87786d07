//! Scenarios that are well formed but mean nothing, or reach to the ends of what can be said: what they count is right, what
//! can only be a slip is refused with what to write instead, and what may be meant is warned of.

use coexist::analysis::exposure::Question;
use coexist::kernel::{Key, Nothing, Span, Time};
use coexist::outcome::{Metric, Outcome};
use coexist::scenario::exposure::{Asked, when};
use coexist::scenario::{self, Scenario};
use coexist::simulate::simulate;
use coexist::world::World;
use std::sync::Arc;

/// A ward of four people at one site, who are always at work in their hours, on three weeks from Monday, 6 May 2013.
const WARD: &str = r#"
schema = 1
name = "ward"
profile = "ocs2007r2-to-lync2013"

[calendar]
start = "2013-05-06"
weeks = 3
utc_offset = "+00:00"

[[sites]]
name = "ward"
hours = "08:00-16:00"

[[pools]]
name = "old"
release = "ocs2007r2"
front_ends = 1

[[pools]]
name = "new"
release = "lync2013"
front_ends = 3

[[pools]]
name = "spare"
release = "lync2013"
front_ends = 3

[people]
active = 1.0

[population]
users = 4
"#;

const MOVE: &str = r#"
[[strategies]]
name = "go"
[strategies.waves]
start = "2013-05-13"
size = 2
[strategies.target]
to = "new"
"#;

fn read(more: &str) -> Result<Scenario, String> {
    scenario::from_text("ward.toml", &format!("{WARD}{more}")).map_err(|rejected| rejected.report)
}

fn sound(more: &str) -> Scenario {
    read(more).unwrap_or_else(|report| panic!("refused:\n{report}"))
}

/// The lines of a report that say what is wrong, and what to write instead.
fn said(report: &str) -> Vec<&str> {
    let says = |line: &&str| {
        ["error: ", "warning: ", "  = help: "]
            .iter()
            .any(|start| line.trim_start().starts_with(start.trim_start()))
    };
    report
        .lines()
        .filter(says)
        .map(|line| line.trim_start_matches([' ', '=']))
        .collect()
}

fn refused(more: &str) -> String {
    let report = read(more).expect_err("it is refused");
    said(&report).join("\n")
}

fn warned(more: &str) -> String {
    said(&sound(more).warnings).join("\n")
}

fn world(scenario: &Scenario) -> World {
    let key = Key {
        seed: 1,
        replication: 0,
    };
    World::draw(Arc::clone(&scenario.facts), key, false)
}

fn outcome(scenario: &Scenario, strategy: &str) -> Outcome {
    let plan = scenario.plans.iter().find(|plan| plan.name == strategy);
    simulate(&world(scenario), plan.expect("a strategy"), Nothing).0
}

fn metric(scenario: &Scenario, strategy: &str, metric: Metric) -> Option<f64> {
    outcome(scenario, strategy).row.get(metric)
}

fn outage(place: &str, at: &str, hours: u32) -> String {
    format!("[[outages]]\n{place}\nat = \"{at}\"\nhours = {hours}\n")
}

#[test]
fn only_what_lies_in_the_simulated_time_is_an_outage() {
    let hours = |text: &str| metric(&sound(text), "stay", Metric::OutageHours);
    for place in [
        "pool = \"old\"",
        "site = \"ward\"",
        "pool = \"old\"\nback_end = true",
    ] {
        // Whole days before, from the year 1, an hour that ends as time begins, and one behind the horizon.
        assert_eq!(hours(&outage(place, "2013-05-03T09:00", 10)), Some(0.0));
        assert_eq!(hours(&outage(place, "0001-01-01", 100)), Some(0.0));
        assert_eq!(hours(&outage(place, "2013-05-05T23:00", 1)), Some(0.0));
        assert_eq!(hours(&outage(place, "2014-05-06T09:00", 8)), Some(0.0));
        // From Friday to Tuesday at 10: Monday of 8 hours and 2 hours of Tuesday, for four people.
        assert_eq!(hours(&outage(place, "2013-05-03", 4 * 24 + 10)), Some(40.0));
        // From the last Friday, noon, until long after the end: 4 hours.
        assert_eq!(hours(&outage(place, "2013-05-24T12:00", 9999)), Some(16.0));
    }
}

#[test]
fn outages_of_a_world_begin_and_end_in_the_simulated_time() {
    let failing = "[parameters]\npools.mtbf_hours = 50\npools.mttr_hours = 400\nsites.mtbf_hours = 100\nsites.mttr_hours = 5000\n";
    let scenario = sound(&(outage("pool = \"new\"", "2013-05-01", 9999) + failing));
    let horizon = scenario.facts.calendar.horizon;
    let outages = world(&scenario).outages;
    assert!(outages.len() > 7);
    assert!(
        outages
            .iter()
            .all(|one| Time::ZERO <= one.down && one.down < one.up && one.up <= horizon)
    );
    assert!(outages.iter().any(|one| one.up == horizon));
}

#[test]
fn an_outage_that_can_have_no_effect_is_warned_of() {
    assert_eq!(
        warned(&outage("pool = \"old\"", "2013-05-03T09:00", 10)),
        "warning: the outage has no effect: it ends on 2013-05-03, before the simulated time begins on 2013-05-06\n\
         help: correct it, or leave the table out"
    );
    assert_eq!(
        warned(&outage("site = \"ward\"", "2014-05-03T09:00", 10)),
        "warning: the outage has no effect: it begins on 2014-05-03, behind the simulated time, which ends on 2013-05-27\n\
         help: correct it, or leave the table out"
    );
    assert!(
        warned(&outage("pool = \"old\"", "2013-05-08", 0)).starts_with("warning: an outage of no length")
    );
    assert!(
        warned(&outage("pool = \"new\"", "2013-05-08", 1)).contains("nobody is ever homed on pool `new`")
    );
    assert!(warned(&(outage("pool = \"spare\"", "2013-05-08", 1) + MOVE)).contains("on pool `spare`"));
    for has_effect in [
        outage("pool = \"new\"", "2013-05-08", 1) + MOVE,
        outage("pool = \"old\"", "2013-05-03", 100),
        outage("site = \"ward\"", "2013-05-26", 100),
    ] {
        assert_eq!(warned(&has_effect), "");
    }
}

#[test]
fn a_restart_by_groups_that_began_before_the_start_has_its_last_groups() {
    let rolling = "[[outages]]\npool = \"new\"\nat = \"2013-05-05T22:00\"\nhours = 2\nplanned = true\nupgrade_domains = 3\n";
    let scenario = sound(&format!("{rolling}{MOVE}"));
    let minutes = world(&scenario)
        .outages
        .iter()
        .map(|one| (one.down.0 / 60_000, one.up.0 / 60_000))
        .collect::<Vec<_>>();
    assert_eq!(minutes, [(20, 140), (160, 280)]);
}

#[test]
fn a_site_may_lie_more_than_a_day_behind_the_clock() {
    // The ward works 28 hours behind the clock: its Monday from 8 to 16 is Tuesday from 12 to 20.
    let far = |more: &str| {
        let text = WARD.replace("utc_offset = \"+00:00\"", "utc_offset = \"+14:00\"");
        let text = text.replace(
            "name = \"ward\"\nhours",
            "name = \"ward\"\nutc_offset = \"-14:00\"\nhours",
        );
        scenario::from_text("far.toml", &format!("{text}{more}")).expect("sound")
    };
    let hours = |down: &str, length: u32| {
        let scenario = far(&(outage("pool = \"old\"", down, length) + MOVE));
        ["stay", "go"].map(|strategy| metric(&scenario, strategy, Metric::OutageHours))
    };
    // Down in the first hour and until the first Monday is half over.
    assert_eq!(hours("2013-05-06", 24 + 16)[0], Some(16.0));
    let [stay, go] = hours("2013-05-14T16:00", 1);
    assert_eq!(stay, Some(4.0));
    assert!(go.is_some());
    let tables = world(&far(MOVE)).tables();
    assert_eq!(tables.dates, (-3, 23));
    assert_eq!(world(&sound(MOVE)).tables().dates, (-2, 23));
}

#[test]
fn where_nobody_is_left_nobody_has_arrived() {
    let leaving =
        "turnover = true\n[parameters]\npeople.leavers_per_week = 0.1\npeople.joiners_per_week = 0.0\n";
    let text = WARD
        .replace("weeks = 3", "weeks = 200")
        .replace("users = 4", "users = 1");
    let scenario = scenario::from_text("leaving.toml", &format!("{text}{leaving}")).expect("sound");
    let row = outcome(&scenario, "stay").row;
    assert_eq!(row.get(Metric::Left), Some(1.0));
    assert_eq!(row.get(Metric::CompletionDay), None);
    assert_eq!(row.get(Metric::Day98), None);
}

#[test]
fn failures_that_nobody_could_count_are_refused() {
    for (part, edge) in [
        ("pools", ""),
        ("sites", ""),
        ("edge", "[edge]\n"),
        ("pools.back_end", ""),
    ] {
        let key = if part.contains('.') {
            format!("{part}_mtbf_hours")
        } else {
            format!("{part}.mtbf_hours")
        };
        assert_eq!(
            refused(&format!("{edge}[parameters]\n{key} = 0.0001\n")),
            format!(
                "error: `{key}` is 0.0001, next to nothing but not 0\nhelp: write 0, or a number from 0.1"
            )
        );
        assert!(read(&format!("{edge}[parameters]\n{key} = 0.1\n")).is_ok());
    }
    let interval =
        "[parameters]\npools.mtbf_hours = { low = 1e-9, high = 10, distribution = \"lognormal\" }\n";
    assert!(refused(interval).contains("is 1e-9, next to nothing"));
    // Repaired in no time: none of it is seen.
    let healed = "[parameters]\npools.mtbf_hours = 0.1\npools.mttr_hours = 0\n";
    let scenario = sound(healed);
    assert!(said(&scenario.warnings)[0].contains("repaired in no time, so nothing ever fails"));
    assert_eq!(world(&scenario).outages, []);
}

#[test]
fn a_lead_has_a_median_that_can_be_measured() {
    assert_eq!(
        refused("[meetings]\nsizes = [[3, 1.0]]\nlead_median_days = 1e-308\n"),
        "error: `meetings.lead_median_days` is 1e-308, next to nothing but not 0\nhelp: write 0, or a number from 0.000001"
    );
    for median in ["0", "1e-6"] {
        let scenario = sound(&format!(
            "[meetings]\nlead_median_days = {median}\nlead_p90_days = 3640\n{MOVE}"
        ));
        assert!(metric(&scenario, "go", Metric::Judged) > Some(0.0));
    }
}

#[test]
fn what_is_as_rare_as_can_be_said_never_happens() {
    let rare = |keys: &str| {
        let scenario = sound(&format!("{MOVE}[meetings]\n{keys}\nwarm_start = false\n"));
        metric(&scenario, "go", Metric::Judged)
    };
    assert_eq!(
        rare("starts_per_user_day = 1e-308\nlarge_per_user_week = 1e-308"),
        Some(0.0)
    );
    assert_eq!(
        rare("concurrency = 1e-308\nlarge_per_user_week = 1e-308"),
        Some(0.0)
    );
    assert!(rare("recurring_share = 1e-308") > Some(0.0));
    let text = WARD.replace("users = 4", "users = 4\nturnover = true");
    let rare = "[parameters]\npeople.leavers_per_week = 1e-308\npeople.joiners_per_week = 1e-308\n";
    let scenario = scenario::from_text("rare.toml", &format!("{text}{rare}{MOVE}")).expect("sound");
    let row = outcome(&scenario, "go").row;
    assert_eq!(
        (row.get(Metric::Left), row.get(Metric::Joined)),
        (Some(0.0), Some(0.0))
    );
}

#[test]
fn a_limit_asks_for_a_day_that_is_simulated() {
    let limit = |what: &str| format!("{MOVE}[[limits]]\nmetric = \"completion_day\"\n{what}\n");
    assert_eq!(
        refused(&limit("by = \"2013-06-30\"")),
        "error: 2013-06-30 lies behind the simulated time, which ends on 2013-05-27: nothing is known about what happens \
         until then\nhelp: write `weeks = 8` in [calendar], or an earlier day"
    );
    let longer = format!("{WARD}{}", limit("by = \"2013-06-30\"")).replace("weeks = 3", "weeks = 8");
    assert!(scenario::from_text("longer.toml", &longer).is_ok());
    assert!(refused(&limit("by = \"9999-12-31\"")).ends_with("help: write an earlier day"));
    assert!(
        refused(&limit("by = \"2013-05-05\""))
            .contains("before the simulated time, which begins on 2013-05-06")
    );
    assert!(refused(&limit("at_most = 21.5")).contains("day 21.5 lies behind"));
    for sound in ["by = \"2013-05-26\"", "by = \"2013-05-06\"", "at_most = 21"] {
        assert!(read(&limit(sound)).is_ok(), "{sound}");
    }
    let length = "[[limits]]\nmetric = \"downgrade_days_to_clear\"\nby = \"2013-05-20\"\n";
    assert!(refused(&format!("{MOVE}{length}")).contains("is no day that is reached"));
}

#[test]
fn a_part_of_its_whole_is_limited_by_a_share() {
    let limit = |metric: &str, whole: &str, share: &str| {
        format!("{MOVE}[[limits]]\nmetric = \"{metric}\"\nshare_of = \"{whole}\"\nat_most = {share}\n")
    };
    assert_eq!(
        refused(&limit("meetings_broken", "meetings_judged", "5")),
        "error: `meetings_broken` is a part of `meetings_judged`, so its share is at most 1: this limit holds whatever \
         happens\nhelp: write a share of the whole: 5 % is `at_most = 0.05`"
    );
    assert!(refused(&limit("broken_defect", "meetings_broken", "1")).contains("1 % is `at_most = 0.01`"));
    assert!(refused(&limit("meetings_ok", "meetings_held", "250")).contains("`at_most = 0.03` for 3 %"));
    assert!(refused(&limit("meetings_ok", "meetings_ok", "0.5")).contains("a share of itself"));
    assert!(read(&limit("meetings_broken", "meetings_judged", "0.05")).is_ok());
    // Neither is a part of the other.
    assert!(read(&limit("lost_attendee_hours", "meetings_judged", "3")).is_ok());
}

#[test]
fn a_limit_on_what_cannot_move_is_warned_of() {
    let limit = |metric: &str| format!("[[limits]]\nmetric = \"{metric}\"\nat_most = 1\n");
    assert_eq!(
        warned(&limit("tickets")),
        "warning: `tickets` cannot move: there is no help desk, table [desk]\n\
         help: leave the limit out, or switch on what it limits"
    );
    for (metric, why) in [
        ("users_moved", "no strategy moves anybody"),
        ("defects_escaped", "no tables [[defects]]"),
        ("faults_live", "no tables [[faults]]"),
        ("users_left", "`turnover` in [population] is false"),
        ("application_user_hours_lost", "no tables [[applications]]"),
        ("rollbacks", "no strategy has a rollback"),
        ("retirement_day", "no strategy has a retirement"),
        ("no_way_back_peak", "no strategy has a retirement or states tasks"),
        ("cost_desk", "there is no help desk"),
        ("background_tickets", "there is no help desk"),
    ] {
        let said = warned(&limit(metric));
        assert!(said.contains(why), "{metric}: {said}");
    }
    assert_eq!(
        warned(&format!("{MOVE}{}[desk]\nagents = 1\n", limit("tickets"))),
        ""
    );
    // Everyday tickets come to the desk of the scenario, not to one that a strategy has.
    let own_desk = format!(
        "{MOVE}[strategies.desk]\nagents = 1\n{}",
        limit("background_tickets")
    );
    assert!(warned(&own_desk).contains("`background_tickets` cannot move: there is no help desk"));
    let share = "[[limits]]\nmetric = \"cost\"\nshare_of = \"tickets\"\nat_most = 9\n";
    assert!(warned(share).contains("`tickets` cannot move"));
}

#[test]
fn what_can_have_no_effect_is_warned_of() {
    let freeze = |from: &str, to: &str| format!("{MOVE}[[freezes]]\nfrom = \"{from}\"\nto = \"{to}\"\n");
    assert!(
        warned(&freeze("2013-06-01", "2013-06-05"))
            .contains("behind the simulated time, which ends on 2013-05-27")
    );
    assert!(
        warned(&freeze("2013-04-01", "2013-05-05"))
            .contains("ends on 2013-05-05, before the simulated time begins")
    );
    assert_eq!(warned(&freeze("2013-04-01", "2013-05-06")), "");

    let has = r#"[strategies.rollout]
client = "lync2013"
"#;
    let clients = "clients = { lync2013 = 1.0 }\n";
    let scenario = read(
        &format!("{clients}{MOVE}allow_unsafe = true\n{has}")
            .replace("name = \"go\"", "name = \"go\"\nallow_unsafe = true")
            .replace("to = \"new\"\nallow_unsafe = true", "to = \"new\""),
    );
    assert!(
        scenario
            .expect("sound")
            .warnings
            .contains("its rollout upgrades nobody: all 4 users who move have the client")
    );

    let large = MOVE.replace("size = 2", "size = 500");
    assert!(
        warned(&large)
            .contains("a wave of 500 users is larger than all waves together: 4 users are left for them")
    );

    let later = format!("[edge]\nshared = true\nown_from = \"2014-01-01\"\n{MOVE}");
    assert!(warned(&later).contains("`own_from` lies behind the simulated time"));
    assert!(warned("[parameters]\nedge.mtbf_hours = 100\n").contains("the scenario has no table [edge]"));

    let holidays = |dates: &str| {
        let text = WARD.replace(
            "hours = \"08:00-16:00\"",
            &format!("hours = \"08:00-16:00\"\nholidays = [{dates}]"),
        );
        scenario::from_text("holidays.toml", &text)
            .expect("sound")
            .warnings
    };
    assert!(
        holidays("\"2013-05-09\", \"2013-05-11\", \"2013-05-09\", \"2012-12-25\"").contains(
            "holidays of `ward` have no effect: 2013-05-11 (a day off anyway), 2013-05-09 (named twice), 2012-12-25 \
             (outside the simulated time)"
        )
    );
    assert_eq!(holidays("\"2013-05-09\", \"2013-05-20\""), "");
}

#[test]
fn tests_that_began_before_the_start_go_on() {
    let tests = |start: &str| {
        sound(&format!(
            "{MOVE}[strategies.testing]\nstart = \"{start}\"\nevery_days = 7\n[[faults]]\nkind = \"service\"\npool = \"new\"\nmean = 1\n"
        ))
    };
    let runs = |scenario: &Scenario| {
        let testing = scenario.plans[1].testing.clone().expect("tests");
        (0..)
            .map_while(|number| testing.run(number))
            .map(|at| at.0 as f64 / Span::DAY.0 as f64)
            .collect::<Vec<_>>()
    };
    // From Friday, 5 April, every week: Fridays, the first of them on day 4.
    assert_eq!(runs(&tests("2013-04-05")), [4.0, 11.0, 18.0]);
    assert_eq!(runs(&tests("2013-04-29T12:00")), [0.5, 7.5, 14.5]);
    assert_eq!(runs(&tests("2013-05-06")), [0.0, 7.0, 14.0]);
}

#[test]
fn hours_across_midnight_have_another_way_to_be_said() {
    let text = WARD.replace("08:00-16:00", "21:30-05:30");
    let report = scenario::from_text("night.toml", &text)
        .expect_err("refused")
        .report;
    assert_eq!(
        said(&report).join("\n"),
        "error: `sites[0].hours` goes across midnight, from 21:30 to 05:30 on the next day: that cannot be said yet\n\
         help: write `hours = \"00:00-08:00\"` and a `utc_offset` that is 02:30 later, with `working_days` a day later: \
         the same hours on another clock"
    );
    let other = text.replace("hours = \"21:30-05:30\"", "hours = \"00:00-08:00\"\nutc_offset = \"+02:30\"\nworking_days = [\"Tue\", \"Wed\", \"Thu\", \"Fri\", \"Sat\"]");
    let scenario = scenario::from_text("night.toml", &other).expect("the remedy is accepted");
    let ward = &scenario.facts.calendar.sites[0];
    let monday = Time(21 * Span::HOUR.0 + 30 * Span::MINUTE.0);
    assert_eq!(ward.next_working(Time::ZERO), monday);
    assert_eq!(ward.working_between(monday, monday + Span::DAY), Span::HOUR * 8);

    let night = "[desk]\nagents = 2\nhours = \"20:00-06:00\"\n";
    assert!(refused(night).contains(
        "help: write two shifts: `shifts = [{ agents = 2, hours = \"20:00-24:00\" }, { agents = 2, hours = \"00:00-06:00\" }]`"
    ));
    let shifts = "[desk]\nshifts = [{ agents = 2, hours = \"20:00-24:00\" }, { agents = 2, hours = \"00:00-06:00\" }]\n";
    assert!(read(shifts).is_ok());
}

#[test]
fn nobody_looks_ahead_past_the_horizon() {
    let scenario = sound(MOVE);
    let asked = |at: &str| {
        let at = vec![when(at, scenario.facts.calendar.start).expect("a point")];
        let ahead_days = Some(7);
        Question::new(
            &scenario,
            &Asked {
                at,
                ahead_days,
                ..Asked::default()
            },
        )
        .map(|_| ())
    };
    assert_eq!(asked("14"), Ok(()));
    assert_eq!(asked("after:wave 1+7"), Ok(()));
    for far in [
        "15",
        "4294967295",
        "9999-12-31",
        "after:wave 1+8",
        "after:wave 1+4294967295",
    ] {
        let (what, help) = asked(far).expect_err("too late");
        assert!(
            what.contains("nobody can look 7 days ahead: the horizon is day 21"),
            "{far}: {what}"
        );
        assert_eq!(help, "branch on day 14 at the latest, or look less far ahead");
    }
}
