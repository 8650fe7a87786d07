//! A reader of profile files of its own: nothing of the program's compiled profile is used.

use crate::programmes;
use std::path::Path;
use toml::{Table, Value};

/// How well somebody joins, worst first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Way {
    Blocked,
    Reduced,
    Full,
}

/// A profile as dense tables of words, under the switches that a scenario chose.
pub(crate) struct Rules {
    pub(crate) servers: Vec<String>,
    pub(crate) legacy: Vec<bool>,
    pub(crate) clients: Vec<String>,
    pub(crate) formats: Vec<String>,
    sign_in: Vec<String>,
    schedules: Vec<String>,
    hosts: Vec<String>,
    carries: Vec<String>,
    restores: Vec<String>,
    joins: Vec<String>,
    web: Vec<String>,
    phone: Vec<String>,
    failover_sign_in: Vec<String>,
    quorum: Vec<Value>,
    /// Is each client one of the old side?
    pub(crate) legacy_client: Vec<bool>,
    /// Must clients be downgraded when users go back?
    pub(crate) downgrades: bool,
    /// Tasks that interrupt federation: they cut it over.
    cutovers: Vec<String>,
    pub(crate) tasks: Vec<programmes::Task>,
    pub(crate) edges: Vec<programmes::Edge>,
    /// The scenario file itself.
    scenario: Table,
}

const KINDS: [&str; 2] = ["web", "audio"];

/// A file as it is meant: with what it takes over from another one, and strategies with what they take over from others.
pub(crate) fn file(path: &Path) -> Table {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut root: Table = text
        .parse()
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    if let Some(base) = root.get("extends").and_then(Value::as_str) {
        let under = file(&path.parent().expect("a folder").join(base));
        root = taken_over(under, &root);
    }
    let written = root.get("strategies").and_then(Value::as_array).cloned();
    if let (Some(written), Some(Value::Array(strategies))) = (written, root.get_mut("strategies")) {
        for strategy in strategies {
            *strategy = Value::Table(with_likes(&written, strategy.as_table().expect("a table")));
        }
    }
    root
}

fn with_likes(all: &[Value], own: &Table) -> Table {
    let Some(like) = own.get("like") else {
        return own.clone();
    };
    let base = all.iter().filter_map(Value::as_table);
    let base = base
        .clone()
        .find(|table| table.get("name") == Some(like))
        .expect("the strategy that it is like");
    taken_over(with_likes(all, base), own)
}

/// One table over another one, which loses its name and what is left out.
fn taken_over(mut under: Table, own: &Table) -> Table {
    for key in ["name", "title", "like", "without", "extends"] {
        under.remove(key);
    }
    for left_out in own.get("without").and_then(Value::as_array).into_iter().flatten() {
        let left_out = left_out.as_str().expect("a key");
        match left_out.split_once('.') {
            Some((table, key)) => under[table].as_table_mut().expect("a table").remove(key),
            None => under.remove(left_out),
        };
    }
    laid_over(under, own)
}

fn laid_over(mut under: Table, own: &Table) -> Table {
    for (key, value) in own {
        let over = match (under.remove(key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => Value::Table(laid_over(below, above)),
            (Some(Value::Array(below)), Value::Array(above)) if key == "tasks" => {
                Value::Array(by_name(below, above))
            }
            (_, value) => value.clone(),
        };
        under.insert(key.clone(), over);
    }
    under
}

/// Tasks are written in braces: one of the same name takes the place of another.
fn by_name(mut below: Vec<Value>, above: &[Value]) -> Vec<Value> {
    for task in above {
        match below.iter_mut().find(|below| below["name"] == task["name"]) {
            Some(below) => below.clone_from(task),
            None => below.push(task.clone()),
        }
    }
    below
}

fn names(root: &Table, key: &str) -> Vec<String> {
    let entries = root[key].as_array().expect("an array");
    entries
        .iter()
        .map(|entry| entry["name"].as_str().expect("a name").to_string())
        .collect()
}

/// The word of a cell: text as it is, a truth value as `true` or `false`.
fn word(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

impl Rules {
    /// The profile that a scenario file names.
    pub(crate) fn of(scenario: &Path) -> Rules {
        let root = file(scenario);
        let name = root["profile"].as_str().expect("the scenario names a profile");
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("scenarios/profiles/{name}.toml"));
        let own = scenario.parent().expect("a folder").join(name);
        let profile = file(if shipped.exists() { &shipped } else { &own });
        let chosen = |switch: &str| -> String {
            let written = root.get("switches").and_then(|switches| switches.get(switch));
            word(written.unwrap_or_else(|| &profile["switches"][switch]["default"]))
        };
        let applies = |cell: &Value| match cell.get("when").and_then(Value::as_str) {
            None => true,
            Some(when) => {
                let (switch, value) = when.split_once('=').expect("switch=value");
                chosen(switch.trim()) == value.trim()
            }
        };
        let (servers, clients, formats) = (
            names(&profile, "servers"),
            names(&profile, "clients"),
            names(&profile, "formats"),
        );
        let kinds: Vec<String> = KINDS.map(String::from).to_vec();
        let table = |key: &str, axes: &[(&str, &Vec<String>)], otherwise: Option<&str>| -> Vec<String> {
            let none = Vec::new();
            let cells: Vec<&Value> = profile
                .get(key)
                .map_or(&none, |cells| cells.as_array().expect("an array"))
                .iter()
                .filter(|cell| applies(cell))
                .collect();
            let size: usize = axes.iter().map(|axis| axis.1.len()).product();
            (0..size)
                .map(|index| {
                    let mut rest = index;
                    let mut wanted = vec![""; axes.len()];
                    for (place, axis) in axes.iter().enumerate().rev() {
                        wanted[place] = axis.1[rest % axis.1.len()].as_str();
                        rest /= axis.1.len();
                    }
                    best(&cells, axes, &wanted)
                        .or(otherwise.map(String::from))
                        .unwrap_or_else(|| panic!("{key} says nothing about {wanted:?}"))
                })
                .collect()
        };
        let (client, server, format) = (("client", &clients), ("server", &servers), ("format", &formats));
        let (from, to) = (("from", &servers), ("to", &servers));
        let legacy = |server: &Value| server["legacy"].as_bool().expect("true or false");
        Rules {
            legacy: profile["servers"]
                .as_array()
                .expect("an array")
                .iter()
                .map(legacy)
                .collect(),
            sign_in: table("sign_in", &[client, server], None),
            schedules: table("schedules", &[client, server, ("kind", &kinds)], None),
            hosts: table("hosts", &[format, server], None),
            carries: table("carries", &[from, to, format], None),
            restores: table("restores", &[from, to, format], Some("false")),
            joins: table("joins", &[client, server, format], None),
            web: table("web", &[server, format], None),
            phone: table("phone", &[server, format], None),
            legacy_client: profile["clients"]
                .as_array()
                .expect("an array")
                .iter()
                .map(legacy)
                .collect(),
            downgrades: table("downgrade_on_rollback", &[], None)[0] == "true",
            cutovers: profile
                .get("tasks")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter(|task| task.get("outage").and_then(Value::as_str) == Some("federation"))
                .map(|task| task["name"].as_str().expect("a name").to_string())
                .collect(),
            failover_sign_in: table("failover_sign_in", &[client], Some("true")),
            quorum: profile["quorum"].as_array().expect("an array").clone(),
            tasks: programmes::tasks(&profile),
            edges: programmes::edges(&profile, applies),
            scenario: root.clone(),
            servers,
            clients,
            formats,
        }
    }

    /// Can it sign in while the pair serves its user?
    pub(crate) fn signs_in_at_the_pair(&self, client: usize) -> bool {
        self.failover_sign_in[client] == "true"
    }

    /// Minutes after which a strategy decides that a pair takes over, if it ever does.
    pub(crate) fn failover_after(&self, strategy: &str) -> Option<f64> {
        let strategies = self.scenario.get("strategies")?.as_array()?;
        let own = strategies
            .iter()
            .find(|one| one["name"].as_str() == Some(strategy))?;
        let written = own.get("failover")?.get("after_minutes");
        let number = |value: &Value| value.as_float().or(value.as_integer().map(|whole| whole as f64));
        Some(written.map_or(30.0, |value| number(value).expect("a number")))
    }

    /// The pool that takes over from a pool.
    pub(crate) fn pair(&self, pool: &str) -> Option<&str> {
        let name = |pool: &'_ Value, key: &str| pool.get(key).and_then(Value::as_str).map(str::to_string);
        self.scenario["pools"].as_array()?.iter().find_map(|other| {
            let (own, pair) = (name(other, "name")?, name(other, "pair")?);
            let found = if own == pool {
                other.get("pair")
            } else if pair == pool {
                other.get("name")
            } else {
                None
            };
            found.and_then(Value::as_str)
        })
    }

    /// Has the scenario edges, and from which day on have the new pools one of their own? `None`: never.
    pub(crate) fn own_edge_from_day(&self) -> Option<i64> {
        let Some(edge) = self.scenario.get("edge") else {
            return Some(0);
        };
        if edge.get("shared").and_then(Value::as_bool) != Some(true) {
            return Some(0);
        }
        edge.get("own_from_day").and_then(Value::as_integer)
    }

    /// Is it the task that cuts federation over to the new edge?
    pub(crate) fn cuts_federation_over(&self, task: &str) -> bool {
        self.cutovers.iter().any(|name| name == task)
    }

    pub(crate) fn format(&self, name: &str) -> Option<usize> {
        self.formats.iter().position(|format| format == name)
    }

    /// `full`, `limited` or `none`.
    pub(crate) fn sign_in(&self, client: usize, server: usize) -> &str {
        &self.sign_in[client * self.servers.len() + server]
    }

    pub(crate) fn signs_in_fully(&self, client: usize, server: usize) -> bool {
        self.sign_in[client * self.servers.len() + server] == "full"
    }

    /// The format that is made there, if one can be made and hosted.
    pub(crate) fn makes(&self, client: usize, server: usize, kind: usize) -> Option<usize> {
        let made = &self.schedules[(client * self.servers.len() + server) * KINDS.len() + kind];
        let format = self.format(made)?;
        (self.hosts[format * self.servers.len() + server] == "true").then_some(format)
    }

    /// `carried`, `stale`, or the format that the series goes on in.
    pub(crate) fn carry(&self, from: usize, to: usize, format: usize) -> &str {
        &self.carries[(from * self.servers.len() + to) * self.formats.len() + format]
    }

    pub(crate) fn restores(&self, from: usize, to: usize, format: usize) -> bool {
        self.restores[(from * self.servers.len() + to) * self.formats.len() + format] == "true"
    }

    pub(crate) fn joins(&self, client: usize, host: usize, format: usize) -> Way {
        way(&self.joins[(client * self.servers.len() + host) * self.formats.len() + format])
    }

    pub(crate) fn web(&self, host: usize, format: usize) -> Way {
        way(&self.web[host * self.formats.len() + format])
    }

    pub(crate) fn phone(&self, host: usize, format: usize) -> bool {
        way(&self.phone[host * self.formats.len() + format]) != Way::Blocked
    }

    /// Does a pool serve, given which front ends are up and whether it served until now?
    pub(crate) fn serves(&self, server: usize, up: &[bool], before: bool) -> bool {
        let row = self.quorum.iter().find(|row| {
            row["server"].as_str() == Some(&self.servers[server])
                && row["front_ends"].as_integer() == Some(up.len() as i64)
        });
        let row = row.expect("a quorum row for every pool");
        let number = |key: &str| row[key].as_integer().expect("a number") as usize;
        let count = |of: usize| up.iter().take(of).filter(|is_up| **is_up).count();
        if before {
            count(number("of_first")) >= number("serve")
        } else {
            count(up.len()) >= number("start")
        }
    }
}

/// The value of the cell that fits with the fewest stars.
fn best(cells: &[&Value], axes: &[(&str, &Vec<String>)], wanted: &[&str]) -> Option<String> {
    let mut found: Option<(usize, String)> = None;
    for cell in cells {
        let written: Vec<&str> = axes
            .iter()
            .map(|axis| cell[axis.0].as_str().expect("a name"))
            .collect();
        let fits = written
            .iter()
            .zip(wanted)
            .all(|(is, want)| *is == "*" || is == want);
        let stars = written.iter().filter(|is| **is == "*").count();
        if fits && found.as_ref().is_none_or(|(fewest, _)| stars < *fewest) {
            found = Some((stars, word(&cell["value"])));
        }
    }
    found.map(|(_, value)| value)
}

fn way(word: &str) -> Way {
    match word {
        "full" => Way::Full,
        "reduced" => Way::Reduced,
        "none" => Way::Blocked,
        other => panic!("no way to join is called {other}"),
    }
}
