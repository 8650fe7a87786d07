//! A planner's own calendar: what is read from it, checked against the calendar on the wall.

use crate::common::file;
use coexist::kernel::{Key, Span, Time};
use coexist::plan::cohort::Cohorts;
use coexist::scenario::{self, Scenario};
use coexist::world::{Category, Kind, ListedCalendar, Series, World};

/// Four weeks from a Monday; Tokyo's clock is nine hours ahead of the scenario's.
const SCENARIO: &str = r#"
schema = 1
name = "listed"
profile = "ocs2007r2-to-lync2013"
replications = 1

[calendar]
start = "2013-03-04"
weeks = 4

[[sites]]
name = "leeds"
utc_offset = "+00:00"
hours = "09:00-17:00"

[[sites]]
name = "tokyo"
utc_offset = "+09:00"
hours = "09:00-17:00"

[[pools]]
name = "old"
release = "ocs2007r2"
site = "leeds"
front_ends = 1

[[pools]]
name = "new"
release = "lync2013"
site = "leeds"
front_ends = 1

[population]
people = "people.csv"

[people]
active = 1.0

[meetings]
calendar = "calendar.csv"
"#;

const PEOPLE: &str = "user,site\nann,leeds\nbob,leeds\ncy,leeds\nkei,tokyo\n";

const HEADER: &str = "organiser,start,minutes,attendees,created,every_days,occurrences,kind,category,anonymous,federated,dial_in";

const ROWS: [&str; 7] = [
    "kei,2013-03-06 09:30,45,ann;bob,,,,,,,,",
    "ann,2013-03-05 14:15,15,kei,,,,audio,ad_hoc,,,",
    "ann,2013-02-18 10:00,30,bob,2013-02-11 08:00,7,6,,,,,yes",
    "ann,2013-03-20 11:00:30,60,,2013-03-13T9:00,,,,anonymous,2,4,",
    "bob,2013-03-04 08:00,15,kei;ann,2013-03-01 08:00,1,,,,,,no",
    "bob,2013-02-01 09:00,60,cy,,,,,closed,,,",
    "cy,2013-05-01 09:00,60,bob,2013-04-01 00:00,,,,,,,",
];

fn list(rows: &[&str]) -> String {
    rows.iter()
        .fold(format!("{HEADER}\n"), |text, row| text + row + "\n")
}

fn load_with(scenario: &str, calendar: &str) -> Result<Scenario, String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("scenario.toml");
    for (name, text) in [
        ("scenario.toml", scenario),
        ("people.csv", PEOPLE),
        ("calendar.csv", calendar),
    ] {
        std::fs::write(folder.path().join(name), text).expect("a temporary file");
    }
    scenario::load(&path).map_err(|rejected| rejected.report)
}

fn load(calendar: &str) -> Scenario {
    load_with(SCENARIO, calendar).unwrap_or_else(|report| panic!("{report}"))
}

fn listed(scenario: &Scenario) -> &ListedCalendar {
    scenario.facts.calendar_file.as_ref().expect("a calendar")
}

fn at(day: i64, hours: i64, minutes: i64) -> Time {
    Time::ZERO + Span::DAY * day + Span::HOUR * hours + Span::MINUTE * minutes
}

/// The series of an organiser by number, with the names of its attendees.
fn series(scenario: &Scenario, organiser: &str, number: u32) -> (Series, Vec<String>) {
    let (listed, users) = (listed(scenario), &scenario.facts.users);
    let found = listed
        .series
        .iter()
        .find(|series| series.id.number == number && users[series.id.organiser as usize].name == organiser)
        .unwrap_or_else(|| panic!("no series {number} of {organiser}"));
    let attendees = &listed.attendees[found.attendees as usize..][..usize::from(found.attendee_count)];
    let names = attendees.iter().map(|&user| users[user as usize].name.clone());
    (*found, names.collect())
}

#[test]
fn times_are_those_of_the_organisers_site() {
    let scenario = load(&list(&ROWS));
    // Wednesday 09:30 in Tokyo is 00:30 on the scenario's clock; arranged the median lead of three days before.
    let (kei, attendees) = series(&scenario, "kei", 0);
    assert_eq!((kei.first, kei.created), (at(2, 0, 30), at(-1, 0, 30)));
    assert_eq!((kei.period, kei.occurrences), (Span::ZERO, 1));
    assert_eq!(kei.duration, Span::MINUTE * 45);
    assert_eq!(
        (kei.kind, kei.category, kei.dial_in),
        (Kind::Web, Category::Open, false)
    );
    assert_eq!(attendees, ["ann", "bob"]);
    // An ad hoc meeting is created when it starts.
    let (chat, _) = series(&scenario, "ann", 1);
    assert_eq!((chat.first, chat.created), (at(1, 14, 15), at(1, 14, 15)));
    assert_eq!((chat.kind, chat.category), (Kind::Audio, Category::AdHoc));
    // Seconds and a `T` are understood; of six guests nine in ten can join by browser.
    let (guests, attendees) = series(&scenario, "ann", 2);
    assert_eq!(guests.first, at(16, 11, 0) + Span::SECOND * 30);
    assert_eq!(guests.created, at(9, 9, 0));
    assert_eq!(guests.category, Category::Anonymous);
    assert_eq!(
        (guests.anonymous, guests.federated, guests.guests_with_browser),
        (2, 4, 5)
    );
    assert!(attendees.is_empty());
}

#[test]
fn series_that_began_before_go_on() {
    let scenario = load(&list(&ROWS));
    let (weekly, _) = series(&scenario, "ann", 0);
    assert_eq!((weekly.created, weekly.first), (at(-21, 8, 0), at(-14, 10, 0)));
    assert_eq!((weekly.period, weekly.occurrences), (Span::WEEK, 6));
    assert!(weekly.dial_in);
    // The meeting of the first of February is over, but it was the first that bob arranged.
    let (daily, _) = series(&scenario, "bob", 1);
    assert_eq!((daily.created, daily.first), (at(-3, 8, 0), at(0, 8, 0)));
    // 28 days are simulated; without an end it goes on for another 364.
    assert_eq!((daily.period, daily.occurrences), (Span::DAY, 392));
    let key = Key {
        seed: 1,
        replication: 0,
    };
    let world = World::draw(scenario.facts.clone(), key, false);
    let mut taking_place: Vec<(String, u32, u32, Time)> = Vec::new();
    let mut reader = world.reader();
    while let Some(window) = reader.next() {
        for occurrence in &window.occurrences {
            let id = window.series[occurrence.slot as usize].id;
            let name = scenario.facts.users[id.organiser as usize].name.clone();
            taking_place.push((name, id.number, occurrence.number, occurrence.start));
        }
    }
    let weekly: Vec<(u32, Time)> = taking_place
        .iter()
        .filter(|row| row.0 == "ann" && row.1 == 0)
        .map(|row| (row.2, row.3))
        .collect();
    assert_eq!(
        weekly,
        [
            (2, at(0, 10, 0)),
            (3, at(7, 10, 0)),
            (4, at(14, 10, 0)),
            (5, at(21, 10, 0))
        ]
    );
    // Every day, but not at weekends.
    let daily: Vec<u32> = taking_place
        .iter()
        .filter(|row| row.0 == "bob")
        .map(|row| row.2)
        .collect();
    assert_eq!(daily, (0..28).filter(|day| day % 7 < 5).collect::<Vec<u32>>());
    assert_eq!(taking_place.len(), 4 + 20 + 3);
}

#[test]
fn rows_without_effect_are_counted() {
    let scenario = load(&list(&ROWS));
    assert_eq!(listed(&scenario).series.len(), 5);
    for what in [
        "warning: 1 row of the calendar is over before the start on 2013-03-04; it is left out\n",
        "warning: 1 row of the calendar is arranged only after the simulated time; it is left out\n",
        ":40:12\n",
        "= key: meetings.calendar\n",
        "2 warnings\n",
    ] {
        assert!(scenario.warnings.contains(what), "{}", scenario.warnings);
    }
    let two = format!("{}{}\n", list(&ROWS), ROWS[5].replace("bob", "ann"));
    let warnings = load(&two).warnings;
    assert!(
        warnings
            .contains("2 rows of the calendar are over before the start on 2013-03-04; they are left out"),
        "{warnings}"
    );
}

#[test]
fn keys_that_generate_meetings_have_no_effect() {
    let extra = "sizes = [[400, 1.0]]\nlead_median_days = 30\nlead_p90_days = 2\n\
                 [parameters]\nmeetings.busy_share = 0.5\n";
    let scenario = load_with(&format!("{SCENARIO}{extra}"), &list(&ROWS[..3]));
    let scenario = scenario.unwrap_or_else(|report| panic!("{report}"));
    let warning = |key: &str| {
        format!("warning: `{key}` has no effect: the meetings are not generated but read from `calendar`\n")
    };
    for key in ["sizes", "lead_p90_days", "busy_share"] {
        assert!(scenario.warnings.contains(&warning(key)), "{}", scenario.warnings);
    }
    assert!(
        scenario.warnings.ends_with("3 warnings\n"),
        "{}",
        scenario.warnings
    );
    // The median lead counts where the list does not say when a meeting was arranged.
    assert_eq!(series(&scenario, "kei", 0).0.created, at(2 - 30, 0, 30));
}

#[test]
fn the_order_of_rows_and_the_spreadsheet_do_not_matter() {
    let scenario = load(&list(&ROWS));
    // Twins differ in nothing but their attendees, named in another order.
    let twins = [
        "ann,2013-03-20 10:00,30,bob;cy,,,,,,,,",
        "ann,2013-03-20 10:00,30,kei;bob,,,,,,,,",
    ];
    let mut rows = ROWS.to_vec();
    rows.extend(twins);
    let forward = load(&list(&rows));
    rows.reverse();
    let swapped = list(&rows)
        .replace("kei;bob", "bob;kei")
        .replace("bob;cy", "cy; bob;");
    let backward = load(&swapped);
    assert_eq!(listed(&forward), listed(&backward));
    assert_ne!(
        forward.digest, backward.digest,
        "the bytes of the calendar are part of the digest"
    );
    // As a spreadsheet writes it where lists are separated by semicolons.
    let cell = |cell: &str| match cell.contains(';') {
        true => format!("\"{cell}\""),
        false => cell.to_owned(),
    };
    let line = |line: &str| line.split(',').map(cell).collect::<Vec<_>>().join(";") + "\r\n";
    let exported: String = list(&ROWS).lines().map(line).collect();
    assert_eq!(listed(&load(&format!("\u{feff}{exported}"))), listed(&scenario));
}

#[test]
fn a_column_that_is_almost_known_gives_a_warning() {
    let text = "organiser,start,minutes,attendees,every-day\nann,2013-03-05 09:00,30,bob,7\n";
    let scenario = load(text);
    let expected = "warning: the column `every-day` is not read\n";
    assert!(scenario.warnings.starts_with(expected), "{}", scenario.warnings);
    let expected = "= key: column every-day\n  = help: did you mean `every_days`?\n\n1 warning\n";
    assert!(scenario.warnings.ends_with(expected), "{}", scenario.warnings);
}

#[test]
fn communities_are_found_in_the_calendar() {
    let scenario = load(&list(&ROWS));
    let graph = Cohorts::new(&scenario.facts, 1).meeting_graph();
    // ann (0) with bob (1): four weekly meetings, 28 daily ones, days off included; with kei (3): one chat, one meeting.
    assert_eq!(graph.neighbours(0), [(1, 32), (3, 2)]);
    assert_eq!(graph.neighbours(2), []);
    assert_eq!(graph.neighbours(3), [(0, 2), (1, 29)]);
}

#[test]
fn faults_of_a_calendar_as_a_whole() {
    let report = load(&list(&ROWS)).warnings;
    assert!(!report.contains("error"));
    let report =
        load_with(SCENARIO, "organiser,begin,minutes\nann,2013-03-05 09:00,30\n").expect_err("columns");
    assert!(
        report.starts_with("error: missing columns `start`, `attendees`\n"),
        "{report}"
    );
    let report = load_with(SCENARIO, HEADER).expect_err("no meeting");
    assert!(
        report.starts_with("error: the calendar holds no meeting\n"),
        "{report}"
    );
    // Numbers and dates are checked even if the population is faulty.
    let faulty = SCENARIO.replace("people = \"people.csv\"", "people = \"nobody.csv\"");
    let report =
        load_with(&faulty, &list(&["zed,2013-13-05 09:00,0,ann,,,,,,,,"])).expect_err("three faults");
    for what in [
        "there is no such file",
        "`start` must be a date and a time",
        "`minutes` is 0",
    ] {
        assert!(report.contains(what), "{report}");
    }
    assert!(report.ends_with("3 errors\n"), "{report}");
    let report = load_with(&SCENARIO.replace("calendar.csv", "none.csv"), "").expect_err("no file");
    assert!(report.contains("there is no such file"), "{report}");
    assert!(file("calendar.toml").exists());
}
