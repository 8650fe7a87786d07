//! Reading a compatibility profile: cells with wildcards and switches become the dense tables of [`Profile`].
//!
//! For every combination exactly one cell must apply. A cell limited by `when` to a switch value that was not
//! chosen is left aside; among the others, the one with the fewest `"*"` wins.

use std::collections::{BTreeMap, BTreeSet};

use super::input::key::{Key, NameOf, Sub, Subs, Text};
use super::input::{Item, Located, Reader, Table};
use super::keys;
use crate::world::profile::{Carry, Cell, Named, Profile, Quorum, Server};
use crate::world::{FormatId, Mark};

/// The profiles that come with the program, by name.
const SHIPPED: [(&str, &str); 3] = [
    (
        "ocs2007r2-to-lync2013",
        include_str!("../../scenarios/profiles/ocs2007r2-to-lync2013.toml"),
    ),
    (
        "lync2010-to-lync2013",
        include_str!("../../scenarios/profiles/lync2010-to-lync2013.toml"),
    ),
    (
        "yardstick",
        include_str!("../../scenarios/profiles/yardstick.toml"),
    ),
];

/// Most releases or formats that a profile may name.
const MOST_NAMES: usize = 200;

/// The text of a profile that comes with the program.
pub fn shipped(name: &str) -> Option<&'static str> {
    SHIPPED
        .iter()
        .find(|(shipped, _)| *shipped == name)
        .map(|(_, text)| *text)
}

/// The names of the profiles that come with the program.
pub fn shipped_names() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|(name, _)| *name)
}

/// Reads a profile under the switch values that a scenario chose, each the name of a switch with its located
/// value; the other switches have their defaults. The path is only shown.
///
/// Reports every fault to the reader, and gives a profile only if there was none in it or in the choices.
pub fn read(
    reader: &Reader,
    path: &str,
    text: impl AsRef<[u8]>,
    chosen: &[(String, Located<String>)],
) -> Option<Profile> {
    // The faults of this profile are told apart from those found before.
    let before = reader.with_faults(std::mem::take);
    let document = reader.document(path, text);
    let profile = compile(&document.root(reader), chosen);
    let sound = !reader.has_errors();
    reader.with_faults(|faults| {
        let own = std::mem::replace(faults, before);
        faults.extend(own);
    });
    profile.filter(|_| sound)
}

/// Compiles a parsed profile; it may be incomplete if faults were reported.
fn compile(root: &Table<'_>, chosen: &[(String, Located<String>)]) -> Option<Profile> {
    root.require(&keys::profile::top::SCHEMA);
    let name = root.require(&keys::profile::top::NAME);
    let title = root.require(&keys::profile::top::TITLE);
    let mut cells = Cells {
        switches: BTreeMap::new(),
        sources: Vec::new(),
        done: Vec::new(),
    };
    if let Some(sources) = root.opt_table(&keys::profile::top::SOURCES) {
        for key in sources.keys() {
            sources.get_named(&keys::profile::sources::SOURCE, key);
            cells.sources.push(key.to_owned());
        }
    }
    let switches = read_switches(root, chosen, &mut cells);

    let mut servers: Vec<Server> = Vec::new();
    for table in root.tables(&keys::profile::top::SERVERS) {
        let named = read_named(&table);
        let legacy = table.require(&keys::profile::server::LEGACY);
        let users = cells.figure(
            &table,
            &keys::profile::server::USERS_PER_FRONT_END,
            named.as_ref(),
        );
        let most = cells.figure(&table, &keys::profile::server::MAX_FRONT_ENDS, named.as_ref());
        table.finish();
        if let (Some(named), Some(legacy)) = (named, legacy) {
            let (users_per_front_end, max_front_ends) = (users.unwrap_or(1), most.unwrap_or(1));
            let (name, title) = (named.name, named.title);
            servers.push(Server {
                name,
                title,
                legacy: legacy.value,
                users_per_front_end,
                max_front_ends,
            });
        }
    }
    let (mut clients, mut client_legacy) = (Vec::new(), Vec::new());
    for table in root.tables(&keys::profile::top::CLIENTS) {
        let named = read_named(&table);
        let legacy = table.require(&keys::profile::client::LEGACY);
        table.finish();
        if let (Some(named), Some(legacy)) = (named, legacy) {
            clients.push(named);
            client_legacy.push(legacy.value);
        }
    }
    let mut formats = Vec::new();
    for table in root.tables(&keys::profile::top::FORMATS) {
        let named = read_named(&table);
        table.finish();
        formats.extend(named);
    }
    let server_names: Vec<&str> = servers.iter().map(|server| server.name.as_str()).collect();
    let client_names: Vec<&str> = clients
        .iter()
        .map(|client: &Named| client.name.as_str())
        .collect();
    let format_names: Vec<&str> = formats
        .iter()
        .map(|format: &Named| format.name.as_str())
        .collect();
    for (key, names) in [
        ("servers", &server_names),
        ("clients", &client_names),
        ("formats", &format_names),
    ] {
        check_names(root, key, names);
    }
    for word in ["none", "carried", "stale"] {
        if format_names.contains(&word) {
            root.fault(
                "formats",
                format!("a format cannot be named `{word}`"),
                "choose another name",
            );
        }
    }
    if !servers.is_empty() && servers.iter().all(|server| server.legacy == servers[0].legacy) {
        let what = "the servers are all on one side of the migration";
        root.fault(
            "servers",
            what,
            "write `legacy = true` for what is retired and `legacy = false` for the rest",
        );
    }
    if servers.is_empty() || clients.is_empty() || formats.is_empty() {
        return None;
    }

    let (s, c, f) = (
        server_names.as_slice(),
        client_names.as_slice(),
        format_names.as_slice(),
    );
    use keys::profile::axis;
    let (client, server, format): (Axis<'_>, Axis<'_>, Axis<'_>) =
        ((&axis::CLIENT, c), (&axis::SERVER, s), (&axis::FORMAT, f));
    let (from, to, kind): (Axis<'_>, Axis<'_>, Axis<'_>) =
        ((&axis::FROM, s), (&axis::TO, s), (&axis::KIND, &["web", "audio"]));
    let (sign, join) = (
        keys::profile::value::SIGN_IN.kind.0,
        keys::profile::value::JOIN.kind.0,
    );
    let ids = || f.iter().zip(0..).map(|(name, id): (&&str, FormatId)| (*name, id));
    let mut made = vec![("none", None)];
    made.extend(ids().map(|(name, id)| (name, Some(id))));
    let mut carried = vec![("carried", Carry::Carried), ("stale", Carry::Stale)];
    carried.extend(ids().map(|(name, id)| (name, Carry::Converted(id))));
    let truth = [("false", false), ("true", true)];

    let sign_in = cells.table(root, &keys::profile::top::SIGN_IN, &[client, server], sign, None);
    let schedules = cells.table(
        root,
        &keys::profile::top::SCHEDULES,
        &[client, server, kind],
        &made,
        None,
    );
    let hosts = cells.table(root, &keys::profile::top::HOSTS, &[format, server], &truth, None);
    let carries = cells.table(
        root,
        &keys::profile::top::CARRIES,
        &[from, to, format],
        &carried,
        None,
    );
    let restores = cells.table(
        root,
        &keys::profile::top::RESTORES,
        &[from, to, format],
        &truth,
        Some(false),
    );
    let joins = cells.table(
        root,
        &keys::profile::top::JOINS,
        &[client, server, format],
        join,
        None,
    );
    let web = cells.table(root, &keys::profile::top::WEB, &[server, format], join, None);
    let phone = cells.table(root, &keys::profile::top::PHONE, &[server, format], join, None);
    let quorum = read_quorum(root, &servers, &mut cells);
    let pair: Axis<'_> = (&axis::PAIR, s);
    let pairs = cells.table(
        root,
        &keys::profile::top::PAIRS,
        &[server, pair],
        &truth,
        Some(false),
    );
    let failover_sign_in = cells.table(
        root,
        &keys::profile::top::FAILOVER_SIGN_IN,
        &[client],
        &truth,
        Some(true),
    );
    let downgrade = cells.table(
        root,
        &keys::profile::top::DOWNGRADE_ON_ROLLBACK,
        &[],
        &truth,
        None,
    );
    let (tasks, edges) = super::tasks::read_profile(root, &mut cells);
    root.finish();

    let (schedules, carries, restores) = (schedules?, carries?, restores?);
    let mut in_order = cells.done;
    in_order.sort_by_key(|(at, _)| *at);
    Some(Profile {
        name: name?.value,
        title: title?.value,
        switches,
        sign_in: rows(&sign_in?, s.len()),
        schedules: rows(
            &schedules
                .chunks(2)
                .map(|pair| [pair[0], pair[1]])
                .collect::<Vec<_>>(),
            s.len(),
        ),
        hosts: rows(&hosts?, s.len()),
        carries: rows(&rows(&carries, f.len()), s.len()),
        restores: rows(&rows(&restores, f.len()), s.len()),
        joins: rows(&rows(&joins?, f.len()), s.len()),
        web: rows(&web?, f.len()),
        phone: rows(&phone?, f.len()),
        quorum,
        pairs: rows(&pairs?, s.len()),
        failover_sign_in: failover_sign_in?,
        downgrade_on_rollback: *downgrade?.first()?,
        tasks,
        edges,
        cells: in_order.into_iter().map(|(_, cell)| cell).collect(),
        servers,
        clients,
        client_legacy,
        formats,
    })
}

/// The key of a dimension and the names along it.
type Axis<'a> = (&'static Key<NameOf>, &'a [&'a str]);

fn rows<T: Clone>(flat: &[T], width: usize) -> Vec<Vec<T>> {
    flat.chunks(width).map(<[T]>::to_vec).collect()
}

fn list(words: &[&str]) -> String {
    words
        .iter()
        .map(|word| format!("`{word}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn read_named(table: &Table<'_>) -> Option<Named> {
    let (name, title) = (
        table.require(&keys::profile::named::NAME),
        table.require(&keys::profile::named::TITLE),
    );
    Some(Named {
        name: name?.value,
        title: title?.value,
    })
}

fn check_names(root: &Table<'_>, key: &str, names: &[&str]) {
    if names.len() > MOST_NAMES {
        root.fault(
            key,
            format!("`{key}` has {} entries", names.len()),
            format!("write at most {MOST_NAMES}"),
        );
    }
    let mut seen = BTreeSet::new();
    for name in names {
        if *name == "*" {
            root.fault(
                key,
                "`*` is not a name, it stands for every name",
                "choose another name",
            );
        } else if !seen.insert(name) {
            root.fault(
                key,
                format!("`{key}` names `{name}` twice"),
                "rename or remove one of the two",
            );
        }
    }
}

/// A switch: the values it may have.
struct Switch {
    values: Vec<String>,
    chosen: String,
}

fn read_switches(
    root: &Table<'_>,
    chosen: &[(String, Located<String>)],
    cells: &mut Cells,
) -> Vec<(String, String)> {
    let mut order = Vec::new();
    if let Some(table) = root.opt_table(&keys::profile::top::SWITCHES) {
        for name in table.keys() {
            let Some(switch) = table.table_named(name) else {
                continue;
            };
            let values: Vec<String> = switch
                .require(&keys::profile::switch::VALUES)
                .unwrap_or_default()
                .into_iter()
                .map(|value| value.value)
                .collect();
            let words: Vec<&str> = values.iter().map(String::as_str).collect();
            let pairs: Vec<(&str, &str)> = words.iter().map(|word| (*word, *word)).collect();
            let default = switch
                .require_one_of(&keys::profile::switch::DEFAULT, &pairs)
                .map(|value| value.value.to_owned());
            switch.require(&keys::profile::switch::MEANING);
            switch.finish();
            order.push(name.to_owned());
            cells.switches.insert(
                name.to_owned(),
                Switch {
                    chosen: default.unwrap_or_default(),
                    values,
                },
            );
        }
    }
    let known: Vec<&str> = order.iter().map(String::as_str).collect();
    for (name, value) in chosen {
        let Some(switch) = cells.switches.get_mut(name) else {
            root.reader().error_at(
                value,
                format!("the profile has no switch `{name}`"),
                meant(name, &known),
            );
            continue;
        };
        if switch.values.contains(&value.value) {
            switch.chosen.clone_from(&value.value);
        } else {
            let values: Vec<&str> = switch.values.iter().map(String::as_str).collect();
            let what = format!("the switch `{name}` has no value `{}`", value.value);
            root.reader().error_at(value, what, meant(value, &values));
        }
    }
    order
        .into_iter()
        .map(|name| (name.clone(), cells.switches[&name].chosen.clone()))
        .collect()
}

/// Help for a name that is none of the known ones.
fn meant(written: &str, known: &[&str]) -> String {
    let near = known
        .iter()
        .map(|word| (strsim::osa_distance(written, word), *word))
        .min();
    match near {
        Some((distance, word)) if distance * 3 <= written.len().max(word.len()) => {
            format!("did you mean `{word}`?")
        }
        Some(_) => format!("write one of {}", list(known)),
        None => "remove it; there is none".to_owned(),
    }
}

/// What cells are checked against, and the cells read so far with their positions in the file.
pub(super) struct Cells {
    switches: BTreeMap<String, Switch>,
    sources: Vec<String>,
    done: Vec<(usize, Cell)>,
}

/// A cell as written: the chosen name along each axis, `None` for every name.
struct Written<V> {
    at: Vec<Option<usize>>,
    value: V,
    word: String,
    here: Located<()>,
}

impl Cells {
    /// Reads mark, source and note of a cell or figure.
    pub(super) fn origin(&self, table: &Table<'_>) -> Option<(Mark, String)> {
        let mark = table.require(&keys::profile::origin::MARK)?.value;
        let text = |key: &Key<Text>| table.get(key).map_or_else(String::new, |text| text.value);
        let source = text(&keys::profile::origin::SOURCE).trim().to_owned();
        let note = text(&keys::profile::origin::NOTE);
        if mark == Mark::Estimated && note.trim().is_empty() {
            table.fault(
                "note",
                "an estimate needs a note",
                "add `note = \"...\"` with the reason in a few words",
            );
        }
        if mark != Mark::Estimated && source.is_empty() {
            let help = "add `source = \"...\"` with a key of [sources], or mark it `EST` with a note";
            table.fault("source", "a figure that is not an estimate needs a source", help);
        }
        let known: Vec<&str> = self.sources.iter().map(String::as_str).collect();
        for key in source.split(',').map(str::trim).filter(|key| !key.is_empty()) {
            if !known.contains(&key) {
                table.fault(
                    "source",
                    format!("[sources] has no key `{key}`"),
                    meant(key, &known),
                );
            }
        }
        Some((mark, source))
    }

    /// Does the switch value that the cell is limited to hold? `None` after a fault.
    pub(super) fn applies(&self, table: &Table<'_>) -> Option<bool> {
        if !table.has("when") {
            return Some(true);
        }
        let when = table.require(&keys::profile::condition::WHEN)?;
        let Some((name, value)) = when
            .split_once('=')
            .map(|(name, value)| (name.trim(), value.trim()))
        else {
            table.fault(
                "when",
                format!("`when` is {:?}, without a value", when.value),
                "write `when = \"switch=value\"`",
            );
            return None;
        };
        let Some(switch) = self.switches.get(name) else {
            let known: Vec<&str> = self.switches.keys().map(String::as_str).collect();
            table.fault(
                "when",
                format!("the profile has no switch `{name}`"),
                meant(name, &known),
            );
            return None;
        };
        let values: Vec<&str> = switch.values.iter().map(String::as_str).collect();
        if !values.contains(&value) {
            table.fault(
                "when",
                format!("the switch `{name}` has no value `{value}`"),
                meant(value, &values),
            );
            return None;
        }
        Some(switch.chosen == value)
    }

    pub(super) fn keep(
        &mut self,
        table: &Table<'_>,
        key: String,
        value: String,
        origin: Option<(Mark, String)>,
    ) {
        if let Some((mark, source)) = origin {
            self.done.push((
                table.place().span.start,
                Cell {
                    key,
                    value,
                    mark,
                    source,
                },
            ));
        }
    }

    /// Reads a figure `{ value, mark, source }` of a server.
    fn figure(&mut self, table: &Table<'_>, key: &Key<Sub>, server: Option<&Named>) -> Option<u32> {
        let figure = table.table(key)?;
        let key = key.name();
        let value = figure.require(&keys::profile::figure::VALUE);
        let origin = self.origin(&figure);
        figure.finish();
        let value = value?.value;
        let server = server.map_or("", |server| server.name.as_str());
        self.keep(&figure, format!("{key}[{server}]"), value.to_string(), origin);
        Some(value)
    }

    /// Reads a table of cells into a flat list, the last axis running fastest.
    fn table<V: Copy>(
        &mut self,
        root: &Table<'_>,
        key: &Key<Subs>,
        axes: &[Axis<'_>],
        words: &[(&str, V)],
        default: Option<V>,
    ) -> Option<Vec<V>> {
        let name = key.name();
        let item = if default.is_some() {
            root.item(key)
        } else {
            root.require_item(key, "an array of cells")
        };
        let tables = match item {
            Some(item) if is_empty(&item) => Vec::new(),
            Some(item) => item.tables()?,
            None if default.is_some() => Vec::new(),
            None => return None,
        };
        let mut sound = true;
        let mut written: Vec<Written<V>> = Vec::new();
        for table in &tables {
            let read = self.cell(table, name, axes, words);
            table.finish();
            match read {
                Some((cell, true)) => written.push(cell),
                Some((_, false)) => {}
                None => sound = false,
            }
        }
        let size = axes.iter().map(|(_, names)| names.len()).product();
        let mut values = Vec::with_capacity(size);
        let mut reported = BTreeSet::new();
        for flat in 0..size {
            let mut rest = flat;
            let mut at: Vec<usize> = Vec::new();
            for (_, names) in axes.iter().rev() {
                at.insert(0, rest % names.len());
                rest /= names.len();
            }
            let weight = |cell: &Written<V>| cell.at.iter().flatten().count();
            let fits = |cell: &&(usize, &Written<V>)| {
                cell.1
                    .at
                    .iter()
                    .zip(&at)
                    .all(|(wanted, here)| wanted.is_none_or(|wanted| wanted == *here))
            };
            let fitting: Vec<(usize, &Written<V>)> =
                written.iter().enumerate().filter(|cell| fits(&cell)).collect();
            let most = fitting.iter().map(|(_, cell)| weight(cell)).max();
            let best: Vec<_> = fitting
                .into_iter()
                .filter(|(_, cell)| Some(weight(cell)) == most)
                .collect();
            let pairs: Vec<String> = axes
                .iter()
                .zip(&at)
                .map(|((key, names), here)| format!("{} `{}`", key.name(), names[*here]))
                .collect();
            let combination = if pairs.is_empty() {
                "it".to_owned()
            } else {
                pairs.join(", ")
            };
            if let [(first, one), (second, other), ..] = best.as_slice()
                && reported.insert((*first, *second))
            {
                sound = false;
                let line = root.reader().describe(&one.here.place);
                let what = if one.word == other.word {
                    format!("`{name}` has two cells for {combination}, both `{}`", one.word)
                } else {
                    format!(
                        "`{name}` has two cells for {combination}: `{}` and `{}`",
                        one.word, other.word
                    )
                };
                let help = if one.at == other.at {
                    format!("keep one of the two; the other is at {line}")
                } else {
                    format!(
                        "neither is more specific; add a cell for exactly this combination, \
 or narrow the one at {line}"
                    )
                };
                root.reader().error_at(&other.here, what, help);
            }
            match (best.first(), default) {
                (Some((_, cell)), _) => values.push(cell.value),
                (None, Some(default)) => values.push(default),
                (None, None) => {
                    if sound {
                        let keys: String = axes
                            .iter()
                            .zip(&at)
                            .map(|((key, names), here)| format!("{} = {:?}, ", key.name(), names[*here]))
                            .collect();
                        let word = words.first().map_or("", |(word, _)| *word);
                        let value = if word == "false" {
                            word.to_owned()
                        } else {
                            format!("{word:?}")
                        };
                        let help = format!(
                            "add for example `{{ {keys}value = {value}, mark = \"EST\", note = \"why\" }}`"
                        );
                        root.fault(name, format!("`{name}` has no cell for {combination}"), help);
                    }
                }
            }
        }
        (sound && values.len() == size).then_some(values)
    }

    /// Reads one cell, and whether it applies.
    fn cell<V: Copy>(
        &mut self,
        table: &Table<'_>,
        name: &str,
        axes: &[Axis<'_>],
        words: &[(&str, V)],
    ) -> Option<(Written<V>, bool)> {
        let mut at = Vec::new();
        let mut key = name.to_owned();
        for (axis, names) in axes {
            let mut choices: Vec<(&str, Option<usize>)> = names
                .iter()
                .enumerate()
                .map(|(index, name)| (*name, Some(index)))
                .collect();
            choices.push(("*", None));
            let chosen = table.require_one_of(axis, &choices);
            if let Some(chosen) = &chosen {
                key.push_str(&format!("[{}]", chosen.value.map_or("*", |index| names[index])));
            }
            at.push(chosen.map(|chosen| chosen.value));
        }
        let value = if words.first().is_some_and(|(word, _)| *word == "false") {
            table
                .require(&keys::profile::value::TRUTH)
                .map(|value| usize::from(value.value))
        } else {
            let indexed: Vec<(&str, usize)> = words
                .iter()
                .enumerate()
                .map(|(i, (word, _))| (*word, i))
                .collect();
            table
                .require_one_of(&keys::profile::value::FORMAT, &indexed)
                .map(|value| value.value)
        };
        let origin = self.origin(table);
        let applies = self.applies(table);
        let at: Option<Vec<Option<usize>>> = at.into_iter().collect();
        let ((word, value), at, applies) = (words[value?], at?, applies?);
        if applies {
            self.keep(table, key, word.to_owned(), origin);
        }
        Some((
            Written {
                at,
                value,
                word: word.to_owned(),
                here: table.here(),
            },
            applies,
        ))
    }
}

fn is_empty(item: &Item<'_>) -> bool {
    item.is_array() && item.items().is_some_and(|items| items.is_empty())
}

fn read_quorum(root: &Table<'_>, servers: &[Server], cells: &mut Cells) -> Vec<Vec<Quorum>> {
    let mut quorum = vec![Vec::new(); servers.len()];
    let names: Vec<(&str, usize)> = servers
        .iter()
        .enumerate()
        .map(|(i, s)| (s.name.as_str(), i))
        .collect();
    let mut sound = true;
    for table in root.tables(&keys::profile::top::QUORUM) {
        let server = table.require_one_of(&keys::profile::quorum::SERVER, &names);
        let front_ends = table.require(&keys::profile::quorum::FRONT_ENDS);
        let most = front_ends.as_ref().map_or(u32::MAX, |count| count.value);
        let of_first = table.require_count_within(&keys::profile::quorum::OF_FIRST, 1..=most);
        let least = of_first.as_ref().map_or(most, |count| count.value);
        let serve = table.require_count_within(&keys::profile::quorum::SERVE, 1..=least);
        let start = table.require_count_within(&keys::profile::quorum::START, 1..=most);
        let origin = cells.origin(&table);
        table.finish();
        let (Some(server), Some(front_ends), Some(of_first), Some(serve), Some(start)) =
            (server, front_ends, of_first, serve, start)
        else {
            sound = false;
            continue;
        };
        let row = Quorum {
            front_ends: front_ends.value,
            of_first: of_first.value,
            serve: serve.value,
            start: start.value,
        };
        let Server {
            name, max_front_ends, ..
        } = &servers[server.value];
        let size = row.front_ends;
        let rows: &mut Vec<Quorum> = &mut quorum[server.value];
        if size > *max_front_ends {
            let what = format!(
                "`quorum` has a row for {size} front ends of `{name}`, which has at most {max_front_ends}"
            );
            table.fault("front_ends", what, "remove the row, or raise `max_front_ends`");
        } else if rows.iter().any(|other| other.front_ends == size) {
            let what = format!("`quorum` has two rows for {size} front ends of `{name}`");
            table.fault("front_ends", what, "keep one of the two");
        }
        let value = format!("{} of first {}, start {}", row.serve, row.of_first, row.start);
        cells.keep(&table, format!("quorum[{name}][{size}]"), value, origin);
        rows.push(row);
    }
    for (server, rows) in servers.iter().zip(&mut quorum) {
        rows.sort_by_key(|row| row.front_ends);
        let absent = (1..=server.max_front_ends).find(|size| rows.iter().all(|row| row.front_ends != *size));
        if let (Some(size), true, true) = (absent, sound, root.has("quorum")) {
            let what = format!("`quorum` has no row for {size} front ends of `{}`", server.name);
            let help = format!(
                "add for example `{{ server = {:?}, front_ends = {size}, of_first = {size}, \
 serve = 1, start = 1, mark = \"EST\", note = \"why\" }}`",
                server.name
            );
            root.fault("quorum", what, help);
        }
    }
    quorum
}

#[cfg(test)]
mod tests {
    use super::super::input::Place;
    use super::*;
    use crate::world::profile::{Join, SignIn};

    /// The profile, and the titles and helps of all faults.
    fn outcome(text: &str, chosen: &[(&str, &str)]) -> (Option<Profile>, String) {
        let reader = Reader::new();
        let place = || Place { file: 0, span: 0..1 };
        let choices: Vec<(String, Located<String>)> = chosen
            .iter()
            .map(|(name, value)| {
                let located = Located {
                    value: (*value).to_owned(),
                    place: place(),
                    key: (*name).to_owned(),
                };
                ((*name).to_owned(), located)
            })
            .collect();
        let profile = read(&reader, "p.toml", text, &choices);
        let (sources, faults) = reader.into_parts();
        let shown = faults.render(&sources, false);
        let told = |line: &&str| line.starts_with("error") || line.contains("= help");
        (
            profile,
            shown
                .lines()
                .filter(told)
                .map(str::trim)
                .collect::<Vec<_>>()
                .join("\n"),
        )
    }

    fn sound(name: &str, chosen: &[(&str, &str)]) -> Profile {
        let (profile, faults) = outcome(shipped(name).expect("a shipped profile"), chosen);
        assert_eq!(faults, "");
        profile.expect("a profile without faults")
    }

    #[test]
    fn from_ocs() {
        let p = sound("ocs2007r2-to-lync2013", &[]);
        assert_eq!(p.sign_in[0], [SignIn::Full, SignIn::Limited]);
        assert_eq!(p.sign_in[1], [SignIn::Full, SignIn::None]);
        assert_eq!(p.sign_in[2], [SignIn::None, SignIn::Full]);
        assert_eq!(p.schedules[0], [[Some(1), Some(0)], [None, None]]);
        assert_eq!(p.schedules[2], [[None, None], [Some(2), Some(2)]]);
        assert_eq!(p.hosts, [[true, false], [true, false], [false, true]]);
        assert_eq!(p.carries[0][1], [Carry::Stale, Carry::Stale, Carry::Carried]);
        assert_eq!(p.carries[1][0], [Carry::Carried, Carry::Carried, Carry::Stale]);
        assert_eq!(p.joins[2][0], [Join::Reduced, Join::Reduced, Join::None]);
        assert_eq!(p.joins[0][1], [Join::Reduced, Join::Reduced, Join::None]);
        assert_eq!(p.web[1], [Join::Full; 3]);
        let row = |front_ends, of_first, serve, start| {
            Some(Quorum {
                front_ends,
                of_first,
                serve,
                start,
            })
        };
        assert_eq!(p.quorum_of(1, 9), row(9, 7, 4, 7));
        assert_eq!(p.quorum_of(0, 8), row(8, 8, 1, 1));
        assert_eq!(
            (p.servers[0].users_per_front_end, p.servers[1].max_front_ends),
            (12_500, 12)
        );
        assert!(p.downgrade_on_rollback && !p.restores[1][0][0]);
        assert_eq!(p.cells[0].key, "users_per_front_end[ocs2007r2]");
        let key = "joins[lync2013][ocs2007r2][conf]";
        let cell = p.cells.iter().find(|cell| cell.key == key).expect("a cell");
        assert_eq!(
            (cell.value.as_str(), cell.mark, cell.source.as_str()),
            ("reduced", Mark::Stated, "IOP-E")
        );

        let chosen = [
            ("legacy_meetings", "carried"),
            ("legacy_after_rollback", "restored"),
        ];
        let p = sound("ocs2007r2-to-lync2013", &chosen);
        assert_eq!(p.carries[0][1], [Carry::Carried; 3]);
        assert_eq!(p.restores[1][0], [true, true, false]);
    }

    #[test]
    fn from_lync_2010() {
        let p = sound("lync2010-to-lync2013", &[]);
        let chosen = [("rollback", "as_guide"), ("edge_names", "separate")];
        assert_eq!(
            p.switches,
            chosen.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
        assert_eq!(p.carries[1][0], [Carry::Carried, Carry::Stale]);
        assert_eq!(p.schedules[1], [[Some(0); 2], [Some(1); 2]]);
        assert!(p.downgrade_on_rollback);
        let p = sound("lync2010-to-lync2013", &[("rollback", "soft")]);
        assert_eq!(p.carries[1][0], [Carry::Carried; 2]);
        assert!(!p.downgrade_on_rollback);
    }

    #[test]
    fn the_yardstick() {
        let p = sound("yardstick", &[]);
        assert_eq!(p.carries[0], vec![vec![Carry::Carried; 2]; 2]);
        assert_eq!(
            p.carries[1],
            [[Carry::Carried, Carry::Stale], [Carry::Carried, Carry::Carried]]
        );
        assert_eq!(p.joins[0], vec![vec![Join::Full, Join::None]; 2]);
        assert_eq!(p.joins[1], vec![vec![Join::Full; 2]; 2]);
        assert_eq!(p.phone, vec![vec![Join::None; 2]; 2]);
        assert_eq!(shipped_names().count(), 3);
    }

    /// The faults of the yardstick with a line replaced.
    fn with(old: &str, new: &str) -> String {
        let text = shipped("yardstick").expect("a shipped profile");
        assert!(text.contains(old));
        let (profile, faults) = outcome(&text.replacen(old, new, 1), &[]);
        assert!(profile.is_none());
        faults
    }

    #[test]
    fn faults_say_what_to_write() {
        let cell = "  { client = \"new\", server = \"old\", kind = \"*\", value = \"old\", ";
        let narrow = cell.replace("\"*\"", "\"web\"");
        let missing = "error: `schedules` has no cell for client `new`, server `old`, kind `audio`\n\
                       = help: add for example `{ client = \"new\", server = \"old\", kind = \"audio\", \
 value = \"none\", mark = \"EST\", note = \"why\" }`";
        assert_eq!(with(cell, &narrow), missing);

        let cell = "  { format = \"new\", server = \"old\", value = false, ";
        let other = format!(
            "{}mark = \"EST\", note = \"x\" }},\n{cell}",
            cell.replace("false", "true")
        );
        let twice = "error: `hosts` has two cells for format `new`, server `old`: `true` and `false`\n\
                     = help: keep one of the two; the other is at p.toml:37";
        assert_eq!(with(cell, &other), twice);

        let cell = "  { client = \"old\", server = \"*\", format = \"new\",";
        let unknown =
            "error: `client` is \"odl\", which is not one of the words allowed\n= help: did you mean `old`?";
        assert_eq!(with(cell, &cell.replacen("old", "odl", 1)), unknown);

        let cell = "  { client = \"old\", server = \"*\", format = \"new\", ";
        let equal = "error: `joins` has two cells for client `old`, server `old`, format `old`: \
 `full` and `none`\n\
                     = help: neither is more specific; add a cell for exactly this combination, \
                     or narrow the one at p.toml:47";
        let wide = cell.replace("format = \"new\"", "format = \"*\"");
        assert_eq!(
            with(cell, &wide).lines().take(2).collect::<Vec<_>>().join("\n"),
            equal
        );

        assert_eq!(
            with("note = \"by definition of the yardstick\"", "note = \"\""),
            "error: an estimate needs a note\n= help: add `note = \"...\"` with the reason in a few words"
        );
        assert_eq!(
            with("source = \"\"", "source = \"IOP\""),
            "error: [sources] has no key `IOP`\n= help: remove it; there is none"
        );
    }

    #[test]
    fn switches_are_checked() {
        let text = shipped("ocs2007r2-to-lync2013").expect("a shipped profile");
        let (profile, faults) = outcome(
            text,
            &[("legacy_meeting", "stale"), ("legacy_after_rollback", "gone")],
        );
        assert!(profile.is_none());
        let expected = "error: the profile has no switch `legacy_meeting`\n\
 = help: did you mean `legacy_meetings`?\n\
                        error: the switch `legacy_after_rollback` has no value `gone`\n\
                        = help: write one of `lost`, `restored`";
        assert_eq!(faults, expected);
        let (profile, faults) = outcome(
            &text.replacen("legacy_meetings=stale", "legacy_metings=stale", 1),
            &[],
        );
        assert!(profile.is_none());
        let expected =
            "error: the profile has no switch `legacy_metings`\n= help: did you mean `legacy_meetings`?";
        assert_eq!(faults, expected);
    }
}
