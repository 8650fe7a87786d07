//! Exported worlds: read back they give the same outcome; damaged ones are refused in these words and never panic.

use crate::common::{self, file};
use coexist::kernel::Key;
use coexist::report::{self, world_files};
use coexist::scenario::Scenario;
use coexist::simulate::replay_all;
use coexist::store::kind::WORLD;
use coexist::world::World;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn load(name: &str) -> Scenario {
    common::load(file(name))
}

fn draw(scenario: &Scenario, replication: u64) -> World {
    let seed = scenario.seed;
    World::draw(scenario.facts.clone(), Key { seed, replication }, false)
}

fn export(world: &World, scenario: &Scenario, place: &Path) {
    let claim = report::claim(place, scenario, &WORLD).expect("a free place");
    world_files::write(world, scenario, false, claim).expect("a world");
}

/// An exported world, to be damaged.
struct Exported {
    scenario: Scenario,
    folder: TempDir,
}

impl Exported {
    fn new() -> Exported {
        let scenario = load("people.toml");
        let exported = Exported {
            folder: tempfile::tempdir().expect("a temporary folder"),
            scenario,
        };
        export(
            &draw(&exported.scenario, 0),
            &exported.scenario,
            &exported.place(),
        );
        exported
    }

    fn place(&self) -> PathBuf {
        self.folder.path().join("world")
    }

    fn lines(&self, file: &str) -> Vec<String> {
        let text = fs::read_to_string(self.place().join(file)).expect(file);
        text.lines().map(String::from).collect()
    }

    /// What is said of the world while a file has these lines instead; nothing if it is accepted.
    fn said(&self, file: &str, lines: &[String]) -> Result<World, String> {
        let path = self.place().join(file);
        let whole = fs::read(&path).expect(file);
        fs::write(&path, lines.join("\n") + "\n").expect(file);
        let world = world_files::read(&self.place(), self.scenario.facts.clone());
        fs::write(&path, whole).expect(file);
        let place = format!("{}/", self.place().display());
        world.map_err(|error| error.to_string().replace(&place, "").replace('\\', "/"))
    }

    /// The same with one cell of a line (from 2) replaced.
    fn with_cell(&self, file: &str, line: usize, column: &str, value: &str) -> Result<World, String> {
        let mut lines = self.lines(file);
        let at = lines[0].split(',').position(|name| name == column).expect(column);
        let mut cells: Vec<&str> = lines[line - 1].split(',').collect();
        cells[at] = value;
        lines[line - 1] = cells.join(",");
        self.said(file, &lines)
    }

    fn refused(&self, file: &str, column: &str, value: &str) -> String {
        let said = self.with_cell(file, 2, column, value);
        said.err()
            .unwrap_or_else(|| panic!("{file}: {column} = {value} is accepted"))
    }
}

#[test]
fn worlds_read_back_give_the_same_outcome() {
    for name in ["people.toml", "calendar.toml"] {
        let scenario = load(name);
        let plans: Vec<_> = scenario.plans.iter().collect();
        let folder = tempfile::tempdir().expect("a temporary folder");
        for replication in [0, 11] {
            let world = draw(&scenario, replication);
            let place = folder.path().join("world");
            export(&world, &scenario, &place);
            let read = world_files::read(&place, scenario.facts.clone());
            let read = read.unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(replay_all(&read, &plans), replay_all(&world, &plans), "{name}");
            assert_eq!(read.tables(), world.tables(), "{name}");
        }
    }
}

#[test]
fn a_faulty_cell_is_named_with_what_is_expected() {
    let exported = Exported::new();
    let ms = "a number from -300000000000000 to 300000000000000";
    for (file, column, value, expected) in [
        ("key.csv", "first_date", "0", "-2, as the scenario's days have it"),
        ("key.csv", "last_date", "9", "114, as the scenario's days have it"),
        ("parameters.csv", "value", "2", "a number from 0.01 to 1"),
        ("traits.csv", "remote_share", "NaN", "a number from 0 to 1"),
        ("traits.csv", "machines", "0", "a number from 1 to 255"),
        (
            "machines.csv",
            "number",
            "1",
            "machine 0 of ada; users and numbers ascend, as in traits.csv",
        ),
        (
            "machines.csv",
            "user",
            "ben",
            "machine 0 of ada; users and numbers ascend, as in traits.csv",
        ),
        ("machines.csv", "lag_days", "inf", "a number from 0 to 1000000000"),
        ("series.csv", "organiser", "zed", "a user of the scenario"),
        ("series.csv", "created_ms", "9223372036854775807", ms),
        ("series.csv", "occurrences", "0", "a number from 1 to 4294967295"),
        ("series.csv", "duration_ms", "0", "a number from 1 to 604800000"),
        (
            "series.csv",
            "period_ms",
            "60000",
            "0 or at least a day, 86400000",
        ),
        ("series.csv", "first_ms", "-290000000000000", ""),
        (
            "series.csv",
            "category",
            "weekly",
            "ad_hoc or recurring or open or anonymous or closed",
        ),
        ("attendees.csv", "attendee", "zed", "a user of the scenario"),
        ("absences.csv", "user", "zed", "a user of the scenario"),
        ("absences.csv", "date", "115", "a number from -2 to 114"),
        ("absences.csv", "date", "-3", "a number from -2 to 114"),
    ] {
        let said = exported.refused(file, column, value);
        if expected.is_empty() {
            // Now the series is created after its first start.
            let end = "`, expected an instant that is not after first_ms";
            assert!(
                said.starts_with("series.csv:2: created_ms is `") && said.ends_with(end),
                "{said}"
            );
        } else {
            assert_eq!(
                said,
                format!("{file}:2: {column} is `{value}`, expected {expected}")
            );
        }
    }
}

#[test]
fn lines_must_fit_together() {
    let exported = Exported::new();
    let said = |file: &str, change: &dyn Fn(&mut Vec<String>)| {
        let mut lines = exported.lines(file);
        change(&mut lines);
        exported
            .said(file, &lines)
            .err()
            .unwrap_or_else(|| panic!("{file} is accepted"))
    };
    let count = exported.lines("machines.csv").len() - 1;
    assert_eq!(
        said("machines.csv", &|lines| drop(lines.pop())),
        format!(
            "machines.csv: has {} lines below the header, expected {count}",
            count - 1
        )
    );
    assert_eq!(
        said("machines.csv", &|lines| lines.push("zoe,7,1,1".into())),
        format!(
            "machines.csv:{}: user is `zoe`, expected no further machine, as in traits.csv",
            count + 2
        )
    );
    let count = exported.lines("absences.csv").len();
    assert_eq!(
        said("absences.csv", &|lines| lines.push(lines[1].clone())),
        format!(
            "absences.csv:{}: clashes with line 2; a user is absent on a date once",
            count + 1
        )
    );
    assert_eq!(
        said("key.csv", &|lines| lines.push(lines[1].clone())),
        "key.csv: has 2 lines below the header, expected 1"
    );
    let said_of_series = said("series.csv", &|lines| lines.swap(1, 2));
    assert!(
        said_of_series.ends_with("expected lines in the order of created_ms, organiser and number"),
        "{said_of_series}"
    );
    let organiser = exported.lines("attendees.csv")[1]
        .split(',')
        .next()
        .map(String::from);
    let organiser = organiser.expect("an organiser");
    assert_eq!(
        exported.refused("attendees.csv", "attendee", &organiser),
        format!("attendees.csv:2: attendee is `{organiser}`, expected somebody other than the organiser")
    );
}

#[test]
fn outages_of_a_part_follow_one_another() {
    let exported = Exported::new();
    let said = |rows: &[&str]| {
        let mut lines = exported.lines("outages.csv");
        lines.truncate(1);
        lines.extend(rows.iter().map(|row| (*row).to_string()));
        exported.said("outages.csv", &lines)
    };
    assert!(
        said(&[
            "1000,2000,front_end,lync,0",
            "1500,2500,front_end,lync,1",
            "2001,2500,front_end,lync,0",
            "1500,2500,back_end,lync,"
        ])
        .is_ok()
    );
    for (rows, expected) in [
        (
            &["1500,2500,front_end,lync,0", "1000,1500,front_end,lync,0"],
            "outages.csv:3: clashes with line 2; the outages of a part must neither overlap nor touch",
        ),
        (
            &["2000,2000,front_end,lync,0", ""],
            "outages.csv:2: up_ms is `2000`, expected a number from 2001 to 2305843009213693951",
        ),
        (
            &["1000,2000,front_end,lync,2", ""],
            "outages.csv:2: front_end is `2`, expected a number from 0 to 1",
        ),
        (
            &["1000,2000,front_end,link,0", ""],
            "outages.csv:2: name is `link`, expected a pool of the scenario",
        ),
        (
            &["1000,2000,edge,new,", ""],
            "outages.csv:2: part is `edge`, expected another part: the scenario has no edge",
        ),
        (
            &["1000,2000,switch,new,", ""],
            "outages.csv:2: part is `switch`, expected front_end or back_end or site or edge",
        ),
    ] {
        assert_eq!(said(rows).err().as_deref(), Some(expected));
    }
}

#[test]
fn no_cell_makes_the_program_panic() {
    let exported = Exported::new();
    let plans: Vec<_> = exported.scenario.plans.iter().collect();
    let values = [
        "",
        "0",
        "1",
        "-1",
        "0.5",
        "NaN",
        "-inf",
        "1e300",
        "true",
        "zed",
        "ada",
        "65535",
        "4294967295",
        "9223372036854775807",
        "-9223372036854775808",
        "99999999999999999999",
        "ad_hoc",
    ];
    for file in [
        "key.csv",
        "parameters.csv",
        "traits.csv",
        "machines.csv",
        "series.csv",
        "attendees.csv",
        "absences.csv",
    ] {
        let lines = exported.lines(file);
        for column in lines[0].split(',') {
            for (line, value) in values.iter().flat_map(|value| [(2, value), (lines.len(), value)]) {
                if let Ok(world) = exported.with_cell(file, line, column, value) {
                    replay_all(&world, &plans);
                }
            }
        }
    }
}
