//! A reader of exported files that knows nothing but `docs/formats.md`.
//!
//! It uses none of the program's code: it runs the program, reads the files of `run`, `world` and `replay` with a CSV parser
//! and the standard library, and derives from them where everybody is homed, in what format each series exists,
//! who joins each meeting how, guests included, and the verdict with its numbers. Only then does it look at what the program says.

use crate::common::{command, file, succeeds, table};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const DAY: i64 = 86_400_000;

type Row = BTreeMap<String, String>;

fn run(arguments: &[&str], out: &Path) {
    succeeds(command().args(arguments).arg("--out").arg(out));
}

fn whole(row: &Row, key: &str) -> i64 {
    row[key]
        .parse()
        .unwrap_or_else(|_| panic!("{key} is `{}`", row[key]))
}

/// A file of this name below a folder.
fn find(folder: &Path, name: &str) -> PathBuf {
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|file| file == name) {
                return path;
            }
        }
    }
    panic!("no {name} in {}", folder.display())
}

/// The cells of the profile that held: `joins[oc2007][lync2013][https]` and the like, from `summary.json`.
fn cells(summary: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(summary).expect("summary.json");
    let cells = &text[text.find("\"profile_cells\"").expect("profile_cells")..];
    let quoted = |line: &str| {
        let value = line.split_once(": \"").map(|parts| parts.1);
        value
            .and_then(|value| value.rsplit_once('"'))
            .map(|parts| parts.0.to_string())
    };
    let (mut all, mut key) = (BTreeMap::new(), None);
    for line in cells.lines() {
        if line.trim_start().starts_with("\"key\"") {
            key = quoted(line);
        } else if line.trim_start().starts_with("\"value\"")
            && let (Some(key), Some(value)) = (key.take(), quoted(line))
        {
            all.insert(key, value);
        }
    }
    all
}

/// `name` and another key of every table of a kind in a scenario file.
fn named(text: &str, kind: &str, wanted: &str) -> BTreeMap<String, String> {
    let (mut all, mut name, mut here) = (BTreeMap::new(), String::new(), false);
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            here = line.starts_with(&format!("[[{kind}]]"));
        } else if let Some((key, value)) = line.split_once('=').filter(|_| here) {
            let value = value.split('"').nth(1).unwrap_or_default().to_string();
            if key.trim() == "name" {
                name = value;
            } else if key.trim() == wanted {
                all.insert(name.clone(), value);
            }
        }
    }
    all
}

/// `+05:30` in ms.
fn offset(text: &str) -> i64 {
    let (hours, minutes) = text[1..].split_once(':').expect("hours and minutes");
    let ms = (hours.parse::<i64>().expect("hours") * 60 + minutes.parse::<i64>().expect("minutes")) * 60_000;
    if text.starts_with('-') { -ms } else { ms }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Way {
    Blocked,
    Reduced,
    Full,
}

struct Series {
    row: Row,
    attendees: Vec<String>,
    /// The format in which it exists; none if it could not be scheduled.
    format: Option<String>,
    /// The cause that the move which made it stale leaves.
    stale: Option<&'static str>,
    exists: bool,
}

/// What the files say about one world, and what has become of it.
struct Reader {
    cells: BTreeMap<String, String>,
    release: BTreeMap<String, String>,
    legacy: BTreeSet<String>,
    offset: BTreeMap<String, i64>,
    site: BTreeMap<String, String>,
    browser: BTreeMap<String, bool>,
    absent: BTreeSet<(String, i64)>,
    stays: BTreeMap<String, (Option<i64>, Option<i64>)>,
    joiners: BTreeSet<String>,
    parameters: BTreeMap<String, f64>,
    series: BTreeMap<String, Series>,
    home: BTreeMap<String, String>,
    client: BTreeMap<String, String>,
    without_service_until: BTreeMap<String, i64>,
    down: BTreeSet<String>,
}

impl Reader {
    fn new(scenario: &str, summary: &Path, world: &Path) -> Reader {
        let file = |name: &str| table(&world.join(name));
        let column = |rows: &[Row], key: &str| -> BTreeMap<String, String> {
            rows.iter()
                .map(|row| (row["user"].clone(), row[key].clone()))
                .collect()
        };
        let users = file("users.csv");
        let mut attendees: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for row in file("attendees.csv") {
            let id = format!("{}#{}", row["organiser"], row["number"]);
            attendees.entry(id).or_default().push(row["attendee"].clone());
        }
        let series = file("series.csv").into_iter().map(|row| {
            let id = format!("{}#{}", row["organiser"], row["number"]);
            let attendees = attendees.remove(&id).unwrap_or_default();
            let series = Series {
                row,
                attendees,
                format: None,
                stale: None,
                exists: false,
            };
            (id, series)
        });
        let date = |text: &str| text.parse().ok();
        let release = named(scenario, "pools", "release");
        let sites = named(scenario, "sites", "utc_offset");
        let mut offset: BTreeMap<String, i64> = sites
            .iter()
            .map(|(site, text)| (site.clone(), self::offset(text)))
            .collect();
        // A flat calendar has one place.
        for row in &users {
            offset.entry(row["site"].clone()).or_insert(0);
        }
        Reader {
            cells: cells(summary),
            legacy: release
                .values()
                .filter(|name| *name != "lync2013")
                .cloned()
                .collect(),
            release,
            offset,
            site: column(&users, "site"),
            browser: file("traits.csv")
                .iter()
                .map(|row| (row["user"].clone(), row["browser"] == "true"))
                .collect(),
            absent: file("absences.csv")
                .iter()
                .map(|row| (row["user"].clone(), whole(row, "date")))
                .collect(),
            stays: file("stays.csv")
                .iter()
                .map(|row| (row["user"].clone(), (date(&row["from"]), date(&row["until"]))))
                .collect(),
            joiners: users
                .iter()
                .filter(|row| row["joiner"] == "true")
                .map(|row| row["user"].clone())
                .collect(),
            parameters: file("parameters.csv")
                .iter()
                .map(|row| (row["key"].clone(), row["value"].parse().expect("a number")))
                .collect(),
            series: series.collect(),
            home: column(&users, "pool"),
            client: column(&users, "client"),
            without_service_until: BTreeMap::new(),
            down: BTreeSet::new(),
        }
    }

    /// A cell of the profile; `*` stands for all.
    fn cell(&self, table: &str, keys: &[&str]) -> &str {
        let one = |mask: usize| {
            let inner: String = (keys.iter().enumerate())
                .map(|(place, key)| format!("[{}]", if mask >> place & 1 == 1 { "*" } else { key }))
                .collect();
            self.cells.get(&format!("{table}{inner}")).map(String::as_str)
        };
        let found = (0..1 << keys.len()).find_map(one);
        found.unwrap_or_else(|| panic!("the profile has no {table}{keys:?}"))
    }

    fn server(&self, pool: &str) -> &str {
        &self.release[pool]
    }

    fn way(word: &str) -> Way {
        match word {
            "full" => Way::Full,
            "reduced" => Way::Reduced,
            _ => Way::Blocked,
        }
    }

    fn is_expected(&self, user: &str, at: i64) -> bool {
        let date = (at + self.offset[&self.site[user]]).div_euclid(DAY);
        let (from, until) = self.stays.get(user).copied().unwrap_or_default();
        let never = self.joiners.contains(user) && !self.stays.contains_key(user);
        !never
            && from.is_none_or(|from| from <= date)
            && until.is_none_or(|until| date < until)
            && !self.absent.contains(&(user.to_string(), date))
    }

    /// The format in which a series can be made now, if any.
    fn makes(&self, id: &str) -> Option<String> {
        let row = &self.series[id].row;
        let user = &row["organiser"];
        let pool = &self.home[user];
        if self.down.contains(pool) && row["category"] != "ad_hoc" {
            return None;
        }
        let server = self.server(pool);
        let format = self.cell("schedules", &[&self.client[user], server, &row["kind"]]);
        (format != "none" && self.cell("hosts", &[format, server]) == "true").then(|| format.to_string())
    }

    fn moved(&mut self, user: &str, to: &str, at: i64) {
        let from = self
            .home
            .insert(user.to_string(), to.to_string())
            .expect("a home");
        let (source, target) = (self.server(&from).to_string(), self.server(to).to_string());
        let cause = if self.legacy.contains(&target) {
            "stale_after_rollback"
        } else {
            "stale_after_move"
        };
        let ids: Vec<String> = self.series.keys().cloned().collect();
        for id in ids {
            let series = &self.series[&id];
            let last = whole(&series.row, "first_ms")
                + whole(&series.row, "period_ms") * (whole(&series.row, "occurrences") - 1);
            let concerns = series.row["organiser"] == user && series.row["category"] != "ad_hoc";
            let Some(format) = series
                .format
                .clone()
                .filter(|_| concerns && series.exists && last >= at)
            else {
                continue;
            };
            let becomes = self.cell("carries", &[&source, &target, &format]).to_string();
            let is_dead = series.stale.is_some_and(|killer| killer != cause);
            let restored = is_dead
                && self
                    .cells
                    .get(&format!("restores[{source}][{target}][{format}]"))
                    .map(String::as_str)
                    == Some("true");
            let series = self.series.get_mut(&id).expect("it is there");
            match (series.stale, becomes.as_str()) {
                (None, "stale") => series.stale = Some(cause),
                (None, "carried") => {}
                (None, other) => series.format = Some(other.to_string()),
                (Some(_), _) if restored => series.stale = None,
                (Some(_), _) => {}
            }
        }
    }

    /// How the expected people come: expected, blocked, reduced.
    fn people(&self, id: &str, at: i64) -> [i64; 3] {
        let series = &self.series[id];
        let organiser = &series.row["organiser"];
        let host = self.server(&self.home[organiser]);
        let format = series.format.as_deref();
        let phone = format.is_some_and(|format| {
            series.row["dial_in"] == "true" && self.cell("phone", &[host, format]) != "none"
        });
        let web = format.map_or(Way::Blocked, |format| {
            Self::way(self.cell("web", &[host, format]))
        });
        let mut ways = Vec::new();
        let attendees = series.attendees.iter().filter(|user| self.is_expected(user, at));
        for user in std::iter::once(organiser).chain(attendees) {
            let (client, pool) = (&self.client[user], &self.home[user]);
            let is_served = self.cell("sign_in", &[client, self.server(pool)]) == "full"
                && !self.down.contains(pool)
                && self
                    .without_service_until
                    .get(user)
                    .is_none_or(|until| *until <= at);
            let own = match format {
                Some(format) if is_served => Self::way(self.cell("joins", &[client, host, format])),
                _ => Way::Blocked,
            };
            // Browser and phone are less than one's own client.
            let other = (self.browser[user] && web != Way::Blocked) || phone;
            ways.push(own.max(if other { Way::Reduced } else { Way::Blocked }));
        }
        let guests = whole(&series.row, "anonymous") + whole(&series.row, "federated");
        let able = whole(&series.row, "guests_with_browser");
        for guest in 0..guests {
            // For guests the browser is the whole way in.
            let by_web = if guest < able { web } else { Way::Blocked };
            ways.push(by_web.max(if phone && by_web == Way::Blocked {
                Way::Reduced
            } else {
                Way::Blocked
            }));
        }
        let count = |wanted: Way| ways.iter().filter(|way| **way == wanted).count() as i64;
        match format {
            Some(_) => [ways.len() as i64, count(Way::Blocked), count(Way::Reduced)],
            None => [ways.len() as i64, 0, 0],
        }
    }

    fn verdict(&self, id: &str, [expected, blocked, reduced]: [i64; 3]) -> (&'static str, &'static str) {
        let series = &self.series[id];
        let most = self.parameters["meetings.break_threshold"] * expected as f64;
        if series.format.is_none() {
            ("broken", "cannot_schedule")
        } else if let Some(cause) = series.stale {
            ("broken", cause)
        } else if self.down.contains(&self.home[&series.row["organiser"]]) {
            ("broken", "pool_outage")
        } else if expected - blocked < 2 || blocked as f64 > most {
            ("broken", "attendees_blocked")
        } else if blocked + reduced > 0 {
            ("impaired", "")
        } else {
            ("ok", "")
        }
    }

    fn lost(&self, id: &str, verdict: &str, [expected, blocked, reduced]: [i64; 3]) -> i64 {
        let minutes = self.parameters["meetings.fallback_minutes"];
        let each = whole(&self.series[id].row, "duration_ms").min((minutes * 60_000.0).round() as i64);
        if verdict == "broken" {
            return each * expected;
        }
        let weight = self.parameters["meetings.reduced_weight"];
        each * blocked + (each as f64 * weight).round() as i64 * reduced
    }

    /// Follows one line; of a verdict, what the reader finds and what the program says.
    fn line(&mut self, line: &Row) -> Option<(String, String)> {
        let (at, subject) = (whole(line, "time_ms"), line["subject"].as_str());
        let number = |key: &str| -> i64 {
            let found = line["detail"]
                .split(';')
                .filter_map(|pair| pair.split_once('='))
                .find(|pair| pair.0 == key);
            found
                .and_then(|pair| pair.1.parse().ok())
                .unwrap_or_else(|| panic!("no {key}"))
        };
        match line["event"].as_str() {
            "moved" => self.moved(subject, &line["to"], at),
            "joined" => {
                self.home.insert(subject.into(), line["to"].clone());
            }
            "left" => {
                let own = |series: &&mut Series| series.row["organiser"] == subject;
                self.series
                    .values_mut()
                    .filter(own)
                    .for_each(|series| series.exists = false);
            }
            "installed" => {
                if let Some(user) = subject.strip_suffix(":0") {
                    self.client.insert(user.into(), line["to"].clone());
                }
            }
            "interrupted" => {
                self.without_service_until
                    .insert(subject.into(), at + number("length_ms"));
            }
            "pool_down" => {
                self.down.insert(subject.into());
            }
            "pool_up" => {
                self.down.remove(subject);
            }
            "series_created" => {
                let format = self.makes(subject);
                let series = self.series.get_mut(subject).expect("a series");
                (series.format, series.exists) = (format, true);
            }
            "series_repaired" => {
                let format = self.makes(subject);
                let series = self.series.get_mut(subject).expect("a series");
                (series.format, series.stale) = (format, None);
            }
            "judged" => {
                let id = subject.rsplit_once('/').expect("an occurrence").0;
                let people = self.people(id, at);
                let (verdict, cause) = self.verdict(id, people);
                let format = self.series[id].format.as_deref().unwrap_or("unscheduled");
                let lost = self.lost(id, verdict, people);
                let found = format!("{format} {verdict} {cause} {people:?} {lost}");
                let told = ["expected", "blocked", "reduced"].map(number);
                let said = format!(
                    "{} {} {} {told:?} {}",
                    line["from"],
                    line["to"],
                    line["cause"],
                    number("lost_ms")
                );
                return Some((found, said));
            }
            _ => {}
        }
        None
    }
}

/// Reads one world of a shipped scenario; how many verdicts of each kind it found.
fn read(name: &str, strategy: &str) -> BTreeMap<String, usize> {
    let scenario = file(name);
    let path = scenario.to_str().expect("a plain path");
    let folder = tempfile::tempdir().expect("a folder");
    let [results, world] = ["results", "world"].map(|name| folder.path().join(name));
    run(&["run", path, "--replications", "1", "--no-charts"], &results);
    run(
        &["replay", path, "--strategy", strategy, "--replication", "0"],
        &results,
    );
    run(&["world", path, "--replication", "0"], &world);
    let text = fs::read_to_string(&scenario).expect("the scenario");
    let mut reader = Reader::new(&text, &find(&results, "summary.json"), &world);
    let mut verdicts = BTreeMap::new();
    for line in table(&find(&results, "events.csv")) {
        if let Some((found, said)) = reader.line(&line) {
            assert_eq!(found, said, "{name}, {strategy}: {line:?}");
            *verdicts.entry(line["cause"].clone()).or_insert(0) += 1;
        }
    }
    // With one world the timeline is that world: people on each pool at the end of the last day.
    let timeline = table(&find(&results, "timeline.csv"));
    let of_strategy = || timeline.iter().filter(|row| row["strategy"] == strategy);
    let last = of_strategy().map(|row| whole(row, "day")).max().expect("days");
    for pool in reader.release.keys() {
        let homed = reader.home.values().filter(|home| *home == pool).count();
        let measure = format!("users_on_pool:{pool}");
        let row = of_strategy().find(|row| row["measure"] == measure && whole(row, "day") == last);
        assert_eq!(row.expect("a line")["mean"], homed.to_string(), "{name}: {pool}");
    }
    verdicts
}

#[test]
fn the_smallest_scenario_is_derived_from_its_files() {
    let verdicts = read("five-users.toml", "turn-back");
    assert!(
        verdicts["stale_after_rollback"] > 0 && verdicts["stale_after_move"] > 0,
        "{verdicts:?}"
    );
}

#[test]
fn a_company_from_its_own_lists_is_derived_from_its_files() {
    let verdicts = read("people.toml", "by-community");
    assert!(
        verdicts["cannot_schedule"] > 0 && verdicts["stale_after_move"] > 0,
        "{verdicts:?}"
    );
}

#[test]
fn a_calendar_of_ones_own_is_derived_from_its_files() {
    let verdicts = read("calendar.toml", "turn-back");
    assert!(verdicts["stale_after_rollback"] > 0, "{verdicts:?}");
}
