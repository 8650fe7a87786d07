//! A scenario to begin with: every line with what its key means.

use crate::scenario::keys::{self, Found};
use crate::scenario::lists::Survey;
use crate::world::Profile;
use std::fmt::Write;

/// What a planner says of the company.
#[derive(Clone, Debug)]
pub struct Company {
    /// Name of the scenario.
    pub name: String,
    /// Name of the profile, and the profile.
    pub profile: (String, Profile),
    /// Date of time zero.
    pub start: jiff::civil::Date,
    /// Weeks to simulate.
    pub weeks: u32,
    /// How many people there are.
    pub users: u32,
    /// The list of people, as it is written in the scenario, and what is in it.
    pub people: Option<(String, Survey)>,
    /// The list of contacts.
    pub contacts: Option<String>,
}

/// Column in which comments begin.
const COMMENTS: usize = 40;

/// Writes the lines of a scenario.
struct Writer {
    keys: Vec<Found>,
    out: String,
}

impl Writer {
    /// A header, with what such a table is.
    fn table(&mut self, path: &str) {
        let found = self.found(path);
        let is_list = matches!(found.key.form(), keys::Form::Tables(..));
        let meaning = super::words::unlinked(super::words::first_sentence(found.key.about().meaning));
        let header = if is_list {
            format!("[[{path}]]")
        } else {
            format!("[{path}]")
        };
        self.out.push('\n');
        self.commented(&header, &meaning);
    }

    /// A key of the table `path`, with what it means.
    fn key(&mut self, path: &str, value: &str) {
        let found = self.found(path);
        let about = found.key.about();
        let meaning = super::words::first_sentence(about.meaning).to_owned();
        let unit = match about.unit {
            "" | "share" => String::new(),
            unit => format!(", {unit}"),
        };
        let line = format!("{} = {value}", found.key.name());
        self.commented(&line, &format!("{}{unit}", super::words::unlinked(&meaning)));
    }

    fn commented(&mut self, line: &str, comment: &str) {
        let space = COMMENTS.saturating_sub(line.chars().count()).max(2);
        let _ = writeln!(self.out, "{line}{}# {comment}", " ".repeat(space));
    }

    fn remark(&mut self, text: &str) {
        let _ = writeln!(self.out, "\n# {text}");
    }

    fn found(&self, path: &str) -> Found {
        let found = self.keys.iter().find(|found| found.path == path);
        found
            .unwrap_or_else(|| panic!("`{path}` is a declared key"))
            .clone()
    }
}

/// A name as TOML text.
fn quoted(text: &str) -> String {
    format!("{text:?}")
}

/// The scenario, sound as it is for the company that was described.
///
/// # Panics
/// If the profile has no release or no client on one side, which its reader refuses.
pub fn scenario(company: &Company) -> String {
    let mut writer = Writer {
        keys: keys::all(keys::scenario()),
        out: String::new(),
    };
    let w = &mut writer;
    let (profile_name, profile) = &company.profile;
    w.out.push_str("#:schema ./coexist.schema.json\n");
    w.out.push_str("# A scenario to begin with. `coexist check` says whether it is sound, `coexist explain KEY` what a key is,\n");
    w.out
        .push_str("# `coexist run` replays its strategies. Whatever is not written has a default.\n\n");
    w.key("schema", "1");
    w.key("name", &quoted(&company.name));
    w.key("profile", &quoted(profile_name));
    w.key("replications", "200");
    w.key("uncertain", "\"all\"");
    w.table("calendar");
    w.key("calendar.start", &quoted(&company.start.to_string()));
    w.key("calendar.weeks", &company.weeks.to_string());
    let sites = sites(company);
    for site in &sites {
        w.table("sites");
        w.key("sites.name", &quoted(site));
        w.key("sites.hours", "\"09:00-17:00\"");
        if company.people.is_none() && sites.len() > 1 {
            w.key("sites.share", &(1.0 / sites.len() as f64).to_string());
        }
    }
    for pool in pools(company, &sites) {
        w.table("pools");
        w.key("pools.name", &quoted(&pool.name));
        w.key("pools.release", &quoted(&pool.release));
        if sites.len() > 1 {
            w.key("pools.site", &quoted(&pool.site));
        }
        w.key("pools.front_ends", &pool.front_ends.to_string());
    }
    w.table("population");
    match &company.people {
        Some((path, _)) => w.key("population.people", &quoted(path)),
        None => w.key("population.users", &company.users.to_string()),
    }
    if let Some(contacts) = &company.contacts {
        w.key("population.contacts", &quoted(contacts));
        w.key("population.outsiders", "\"ignore\"");
    }
    w.remark("An estimate may be a number, or an interval from which every world draws its own value.");
    w.out.push_str("[installs]\n");
    w.key(
        "installs.failure",
        "{ low = 0.025, high = 0.1, distribution = \"lognormal\" }",
    );
    strategies(w, company, profile);
    w.remark("What must hold in most worlds; the report says how often it does.");
    w.out.push_str("[[limits]]\n");
    w.key("limits.metric", "\"meetings_broken\"");
    w.key("limits.share_of", "\"meetings_judged\"");
    w.key("limits.at_most", "0.05");
    writer.out
}

fn sites(company: &Company) -> Vec<String> {
    let listed = company
        .people
        .as_ref()
        .map(|(_, survey)| survey.sites.clone())
        .unwrap_or_default();
    if listed.is_empty() {
        vec!["head-office".into()]
    } else {
        listed
    }
}

struct Pool {
    name: String,
    release: String,
    site: String,
    front_ends: u32,
}

/// Old pools as the list has them, or as many as the people need; new ones of the same size, and with a front end more.
fn pools(company: &Company, sites: &[String]) -> Vec<Pool> {
    let profile = &company.profile.1;
    let side = |legacy: bool| {
        let server = profile.servers.iter().find(|server| server.legacy == legacy);
        server.expect("a release on each side")
    };
    let (old, new) = (side(true), side(false));
    let listed = company
        .people
        .as_ref()
        .map(|(_, survey)| survey.pools.clone())
        .unwrap_or_default();
    let needed = |users: u32, per: u32| users.div_ceil(per.max(1)).max(1);
    let mut pools: Vec<Pool> = Vec::new();
    let add = |name: String,
               server: &crate::world::profile::Server,
               site: &str,
               front_ends: u32,
               pools: &mut Vec<Pool>| {
        pools.push(Pool {
            name,
            release: server.name.clone(),
            site: site.into(),
            front_ends: front_ends.min(server.max_front_ends),
        });
    };
    for (name, site, users) in &listed {
        let front_ends = needed(*users, old.users_per_front_end);
        add(
            name.clone(),
            old,
            site.as_deref().unwrap_or(&sites[0]),
            front_ends,
            &mut pools,
        );
    }
    if listed.is_empty() {
        // With people who are spread over sites, every site may hold most of them.
        let most = needed(
            company.users,
            old.users_per_front_end.saturating_mul(old.max_front_ends),
        );
        for site in sites {
            for number in 1..=most {
                let name = numbered("old", site, sites, number, most);
                let front_ends = needed(company.users.div_ceil(most), old.users_per_front_end);
                add(name, old, site, front_ends, &mut pools);
            }
        }
    }
    let most = needed(
        company.users,
        new.users_per_front_end.saturating_mul(new.max_front_ends).max(1),
    );
    for site in sites {
        for number in 1..=most {
            let name = numbered("new", site, sites, number, most);
            let front_ends = (needed(company.users.div_ceil(most), new.users_per_front_end) + 1).max(3);
            add(name, new, site, front_ends, &mut pools);
        }
    }
    pools
}

fn numbered(side: &str, site: &str, sites: &[String], number: u32, most: u32) -> String {
    let site = if sites.len() > 1 {
        format!("-{site}")
    } else {
        String::new()
    };
    let number = if most > 1 {
        format!("-{number}")
    } else {
        String::new()
    };
    format!("{side}{site}{number}")
}

fn strategies(w: &mut Writer, company: &Company, profile: &Profile) {
    let client = (0..profile.clients.len()).find(|client| !profile.client_legacy[*client]);
    let client = quoted(&profile.clients[client.expect("a new client")].name);
    let day = |weeks: i64, days: i64| {
        let date = company
            .start
            .saturating_add(jiff::Span::new().weeks(weeks).days(days));
        quoted(&date.to_string())
    };
    let pilot = (company.users / 50).clamp(1, 200);
    let going = company.users.saturating_sub(pilot);
    // Three weeks before the pilot, four for it, and eight behind the last wave.
    let weeks = i64::from(company.weeks).saturating_sub(3 + 4 + 8).max(1);
    let size = going.div_ceil(u32::try_from(weeks).unwrap_or(1)).max(1);
    w.remark("Strategies, all replayed in the same worlds; `stay`, in which nobody moves, always exists.");
    w.out.push_str("[[strategies]]\n");
    w.key("strategies.name", "\"big-bang\"");
    w.key("strategies.title", "\"Everybody in one weekend\"");
    w.table("strategies.waves");
    w.key("strategies.waves.start", &day(3, 4));
    w.key("strategies.waves.all", "true");
    w.table("strategies.rollout");
    w.key("strategies.rollout.client", &client);
    w.table("strategies");
    w.key("strategies.name", "\"pilot-by-department\"");
    w.key("strategies.title", "\"A pilot, then department by department\"");
    w.table("strategies.pilot");
    w.key("strategies.pilot.start", &day(3, 0));
    w.key("strategies.pilot.size", &pilot.to_string());
    w.key("strategies.pilot.choose", "\"volunteers\"");
    w.table("strategies.waves");
    w.key("strategies.waves.start", &day(7, 0));
    w.key("strategies.waves.size", &size.to_string());
    w.key("strategies.waves.every_weeks", "1");
    w.key("strategies.waves.order", "\"department\"");
    w.table("strategies.rollout");
    w.key("strategies.rollout.client", &client);
    w.table("strategies");
    w.key("strategies.name", "\"pilot-by-community\"");
    w.key(
        "strategies.title",
        "\"A pilot, then people who meet each other together\"",
    );
    w.key("strategies.like", "\"pilot-by-department\"");
    w.table("strategies.waves");
    w.key("strategies.waves.order", "\"community\"");
}
