//! Scenarios: everything a planner writes, read and checked before any world is drawn.
//!
//! [`load`] reads a scenario with its profile and lists, gathers every fault in all of them, and compiles the
//! strategies into [`Plan`]s. What it gives depends on nothing but the bytes of those files.

mod applications;
mod background;
mod calendar;
mod effects;
pub mod exposure;
mod failures;
pub mod gate_study;
mod goals;
pub mod input;
pub mod keys;
mod life;
pub mod lists;
pub mod optimize;
pub mod packet;
mod people;
pub mod profile;
mod settings;
mod strategies;
mod tasks;
mod testing;
mod times;
mod waves;

use crate::bounded;
use crate::kernel::{Span, Time};
use crate::plan::Plan;
use crate::plan::check::{Topic, check};
use crate::plan::cohort::Cohorts;
use crate::plan::pilot::Trial;
use crate::world::{Facts, ListedCalendar, Profile, Setting, User};
use input::{Columns, CsvTable, Document, Faults, Located, Reader, Sources, Table};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// No scenario file is larger, in bytes.
const LARGEST: u64 = 64 << 20;
/// No list or profile is larger, in bytes.
const LARGEST_LIST: u64 = 1 << 30;

/// The most worlds of an experiment: more would not fit into memory, and no answer needs them.
pub const MOST_REPLICATIONS: u32 = 1_000_000;

/// A scenario, read and checked.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What neither chance nor a plan changes.
    pub facts: Arc<Facts>,
    /// The strategies, `stay` first.
    pub plans: Vec<Plan>,
    /// Index in `plans` of the strategy that the others are compared with.
    pub base: usize,
    /// Number of replications.
    pub replications: u32,
    /// Seed of all chance.
    pub seed: u64,
    /// Path of the scenario file, as given.
    pub path: String,
    /// BLAKE3 of the bytes of all files read (scenario, profile, lists) and of the overrides, in hexadecimal digits.
    pub digest: String,
    /// What is odd but no fault, ready to be shown; empty if nothing is.
    pub warnings: String,
    /// What strategies are judged by, and what must hold.
    pub goals: crate::outcome::goal::Goals,
    /// Times in which nobody is moved.
    pub freezes: Vec<(Time, Time)>,
    /// Values of the profile's switches.
    pub switches: Vec<(String, String)>,
    /// What money is counted in: a word such as "EUR".
    pub currency: String,
    /// What is asked about turning back.
    pub exposure: exposure::Asked,
    /// When a release is bad, if it is stated.
    pub gate_study: Option<gate_study::HarmLimit>,
    /// What is asked of a search over plans.
    pub optimize: optimize::Asked,
    /// What is put before the change board.
    pub packet: packet::Packet,
    /// Values put in the place of the file's own, as written: `key=value`.
    pub overrides: Vec<String>,
    /// The files read: the scenario, and all that it names.
    pub inputs: Vec<PathBuf>,
    /// What was read of the planner's own lists.
    pub lists: Vec<lists::ListRead>,
}

/// A scenario that cannot be used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rejected {
    /// Every fault with its file, line and column, and what to write instead.
    pub report: String,
}

impl std::fmt::Display for Rejected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.report)
    }
}

impl std::error::Error for Rejected {}

/// The files that belong to a scenario: where they lie, and a digest of what was read.
struct Files {
    folder: PathBuf,
    /// The folders of the files that are extended, by the number of their text.
    others: Vec<(usize, PathBuf)>,
    hasher: blake3::Hasher,
    read: Vec<PathBuf>,
    /// What was read of the lists.
    lists: Vec<lists::ListRead>,
}

impl Files {
    /// Those of the scenario at a path.
    fn beside(path: &Path) -> Files {
        Files {
            folder: path.parent().map(Path::to_path_buf).unwrap_or_default(),
            others: Vec::new(),
            hasher: blake3::Hasher::new(),
            read: vec![path.to_path_buf()],
            lists: Vec::new(),
        }
    }

    /// Adds the bytes of a file to the digest, with their number, so that files cannot run into each other.
    fn add(&mut self, bytes: &[u8]) {
        self.hasher.update(&(bytes.len() as u64).to_le_bytes());
        self.hasher.update(bytes);
    }

    /// The path of a file named in a scenario, which is relative to the file that names it.
    fn path(&self, written: &Located<String>) -> PathBuf {
        let other = self.others.iter().find(|(file, _)| *file == written.place.file);
        other.map_or(&self.folder, |other| &other.1).join(&written.value)
    }

    /// The bytes of a file named in the scenario; a fault if it cannot be read.
    fn read(&mut self, reader: &Reader, written: &Located<String>) -> Option<(String, Vec<u8>)> {
        let path = self.path(written);
        let shown = shown(&path);
        match bounded::read(&path, LARGEST_LIST) {
            Ok(bytes) => {
                self.add(&bytes);
                self.read.push(path);
                Some((shown, bytes))
            }
            Err(error) => {
                let what = format!("the file `{shown}` cannot be read: {}", reason(&error));
                reader.error_at(written, what, "write a path relative to the scenario file");
                None
            }
        }
    }

    /// Reads a list named in the scenario.
    fn csv(&mut self, reader: &Reader, path: &Located<String>, wanted: &Columns<'_>) -> Option<CsvTable> {
        let (shown, bytes) = self.read(reader, path)?;
        let list = reader.csv(&shown, bytes, wanted);
        (wanted.required.iter().all(|column| list.has(column))).then_some(list)
    }

    /// A file named in the scenario as it is shown.
    fn shown(&self, written: &Located<String>) -> String {
        shown(&self.path(written))
    }
}

/// A path with forward slashes.
fn shown(path: &Path) -> String {
    path.display().to_string().replace('\\', "/")
}

/// Why a file cannot be read, in the same words on every system.
fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".into(),
        std::io::ErrorKind::PermissionDenied => "permission denied".into(),
        std::io::ErrorKind::IsADirectory => "it is a folder".into(),
        _ => error.to_string(),
    }
}

/// Advice for a name that is not known: the nearest one, or some of those there are.
fn closest<'n>(written: &str, names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.collect();
    let wanted = written.to_lowercase();
    let nearest = names
        .iter()
        .map(|name| (strsim::osa_distance(&wanted, &name.to_lowercase()), *name))
        .min();
    match nearest {
        Some((distance, name)) if distance * 3 <= wanted.chars().count().max(3) => {
            format!("did you mean `{name}`?")
        }
        _ => {
            let some: Vec<String> = names.iter().take(8).map(|name| format!("`{name}`")).collect();
            let more = if names.len() > 8 {
                format!(" (and {} more)", names.len() - 8)
            } else {
                String::new()
            };
            format!("write one of {}{more}", some.join(", "))
        }
    }
}

/// Reads and checks a scenario with everything it names.
///
/// # Errors
/// If anything in the scenario, its profile or its lists is faulty, or a strategy is impossible or harmful: the
/// report holds all faults found, not the first.
pub fn load(path: &Path) -> Result<Scenario, Rejected> {
    load_with(path, &[])
}

/// [`load`] after values of the scenario file were replaced: each override is `key=value`, such as
/// `strategies.NAME.waves.size=50`. A table of an array is chosen by its `name`. Later overrides go over earlier ones, and
/// all checks see the values that result.
///
/// # Errors
/// As for [`load`]; a fault in an override points at the override.
pub fn load_with(path: &Path, overrides: &[String]) -> Result<Scenario, Rejected> {
    load_trial(path, overrides, None)
}

/// [`load_with`], with another pilot for one strategy.
fn load_trial(path: &Path, overrides: &[String], trial: Option<(&str, Trial)>) -> Result<Scenario, Rejected> {
    let reader = Reader::new();
    let Some(bytes) = read_scenario(&reader, path) else {
        return Err(Rejected {
            report: report(reader),
        });
    };
    let (files, shown) = (Files::beside(path), shown(path));
    compile(reader, files, shown, &bytes, overrides, trial)
}

impl Scenario {
    /// A unit as people read it: with what the scenario counts money in.
    pub fn unit(&self, unit: &str) -> String {
        unit.replace("currency", &self.currency)
    }

    /// The plan of a strategy under other values of its keys, each written relative to it: `pilot.size=50`,
    /// `waves.order="community"`. People, meetings and all else that strategies share stay as they are, so the plan can be
    /// replayed in the worlds of this scenario.
    ///
    /// # Errors
    /// If the file can no longer be read, or a value makes the strategy faulty: with the same report as for `--set`.
    ///
    /// # Panics
    /// If there is no such strategy.
    pub fn plan_with(&self, strategy: &str, values: &[String]) -> Result<Plan, Rejected> {
        let mut overrides = self.overrides.clone();
        overrides.extend(
            values
                .iter()
                .map(|value| format!("strategies.{strategy}.{value}")),
        );
        let mut read = load_with(Path::new(&self.path), &overrides)?;
        let place = read.plans.iter().position(|plan| plan.name == strategy);
        Ok(read
            .plans
            .swap_remove(place.expect("a strategy of this scenario")))
    }

    /// The plan of a strategy with another pilot, or without one; see [`put_off`](crate::plan::pilot::put_off) for what
    /// moves with its length. It can be replayed in the worlds of this scenario.
    ///
    /// # Errors
    /// If the file can no longer be read, or the strategy is impossible or harmful with this pilot.
    ///
    /// # Panics
    /// If there is no such strategy.
    pub fn plan_with_pilot(&self, strategy: &str, trial: Trial) -> Result<Plan, Rejected> {
        let mut read = load_trial(Path::new(&self.path), &self.overrides, Some((strategy, trial)))?;
        let place = read.plans.iter().position(|plan| plan.name == strategy);
        Ok(read
            .plans
            .swap_remove(place.expect("a strategy of this scenario")))
    }
}

/// Reads and checks a scenario that is not a file but a text of the program itself. It may name a shipped profile, and
/// no other files; `name` is what faults call it.
///
/// # Errors
/// As for [`load`].
pub fn from_text(name: &str, text: &str) -> Result<Scenario, Rejected> {
    let files = Files {
        folder: PathBuf::new(),
        others: Vec::new(),
        hasher: blake3::Hasher::new(),
        read: Vec::new(),
        lists: Vec::new(),
    };
    compile(Reader::new(), files, name.into(), text.as_bytes(), &[], None)
}

/// All values of a scenario file, with what it takes over from others, whether or not they make a sound scenario.
///
/// # Errors
/// If a file cannot be read or understood, or takes over what is not there.
pub fn lines(path: &Path) -> Result<Vec<input::Line>, Rejected> {
    let reader = Reader::new();
    let mut files = Files::beside(path);
    let Some(bytes) = read_scenario(&reader, path) else {
        return Err(rejected(reader, &[]));
    };
    let document = document(&reader, &mut files, &shown(path), &bytes, &[]);
    match reader.has_errors() {
        true => Err(rejected(reader, &[])),
        false => Ok(document.lines()),
    }
}

/// Reads the file of a scenario; a fault if it cannot be read.
fn read_scenario(reader: &Reader, path: &Path) -> Option<Vec<u8>> {
    match bounded::read(path, LARGEST) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            let what = format!(
                "the scenario `{}` cannot be read: {}",
                shown(path),
                reason(&error)
            );
            let help = "write the path of a scenario file, such as `scenarios/contoso.toml`";
            reader.error("", what, help);
            None
        }
    }
}

/// A scenario as a document, with all that it takes over from other files, and the overrides in place.
fn document(reader: &Reader, files: &mut Files, shown: &str, bytes: &[u8], overrides: &[String]) -> Document {
    files.add(bytes);
    let mut document = reader.document(shown, bytes);
    extend(reader, files, &mut document);
    for written in overrides {
        files.add(format!("--set {written}").as_bytes());
        document.set(reader, written);
    }
    document.carry_out_likes(reader, keys::top::STRATEGIES.name());
    document
}

/// Compiles the bytes of a scenario, which faults call `shown`.
fn compile(
    reader: Reader,
    mut files: Files,
    shown: String,
    bytes: &[u8],
    overrides: &[String],
    trial: Option<(&str, Trial)>,
) -> Result<Scenario, Rejected> {
    let document = document(&reader, &mut files, &shown, bytes, overrides);
    let found = read(&document.root(&reader), &mut files, trial);
    if reader.has_errors() {
        return Err(rejected(reader, overrides));
    }
    let Some(mut scenario) = found else {
        reader.error(
            "",
            format!("the scenario `{shown}` is incomplete"),
            "compare it with `scenarios/contoso.toml`",
        );
        return Err(rejected(reader, overrides));
    };
    scenario.path = shown;
    scenario.overrides = overrides.to_vec();
    scenario.digest = files.hasher.finalize().to_hex().to_string();
    scenario.inputs = files.read;
    scenario.lists = files.lists;
    scenario.warnings = report(reader);
    Ok(scenario)
}

/// Takes over the file that a scenario extends, and whatever that one extends.
fn extend(reader: &Reader, files: &mut Files, document: &mut Document) {
    let mut chain: Vec<Document> = Vec::new();
    let mut paths: Vec<PathBuf> = files.read.clone();
    while let Some(named) = chain.last().unwrap_or(document).extends() {
        let path = files.path(&named);
        let is_same = |earlier: &PathBuf| match (earlier.canonicalize(), path.canonicalize()) {
            (Ok(earlier), Ok(path)) => earlier == path,
            _ => *earlier == path,
        };
        if paths.iter().any(is_same) {
            let what = format!("`{}` takes over itself", named.value);
            reader.error_at(&named, what, "leave `extends` out of one of the files");
            break;
        }
        let Some((shown, bytes)) = files.read(reader, &named) else {
            break;
        };
        let base = reader.document(&shown, bytes);
        let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        files.others.push((base.file(), folder));
        paths.push(path);
        chain.push(base);
    }
    while let Some(base) = chain.pop() {
        match chain.last_mut() {
            Some(own) => own.take_over(reader, base),
            None => document.take_over(reader, base),
        }
    }
}

/// The report on a scenario that cannot be used. A fault may stand in a line that is sound without the overrides, so
/// they are named.
fn rejected(reader: Reader, overrides: &[String]) -> Rejected {
    let mut report = report(reader);
    for written in overrides {
        report.push_str(&format!("read with --set {written}\n"));
    }
    Rejected { report }
}

fn report(reader: Reader) -> String {
    let (sources, faults): (Sources, Faults) = reader.into_parts();
    faults.render(&sources, false)
}

/// Number of errors so far.
fn errors(reader: &Reader) -> usize {
    let is_error = |fault: &&&input::Fault| fault.severity == input::Severity::Error;
    reader.with_faults(|faults| faults.sorted().iter().filter(is_error).count())
}

/// Reads a scenario; with a trial, of its strategies only the one that tries another pilot.
fn read(root: &Table, files: &mut Files, trial: Option<(&str, Trial)>) -> Option<Scenario> {
    let reader = root.reader();
    if let Some(schema) = root.require(&keys::top::SCHEMA)
        && schema.value != 1
    {
        reader.error_at(
            &schema,
            format!("this is not schema 1 but {}", schema.value),
            "write `schema = 1`",
        );
    }
    let name = root.require(&keys::top::NAME);
    if let Some(name) = &name {
        strategies::refuse_odd_name(root.reader(), "scenario", name);
    }
    let title = root.get(&keys::top::TITLE).map_or_else(
        || name.as_ref().map_or_else(String::new, |name| name.value.clone()),
        |title| title.value,
    );
    strategies::refuse_without(root, &keys::top::EXTENDS, &keys::top::WITHOUT);
    let base = root.get(&keys::top::BASE);
    let replications = root.get_or_default(&keys::top::REPLICATIONS);
    let seed = root.get_or_default(&keys::top::SEED) as u64;

    let profile = read_profile(root, files);
    let place = people::places(root);
    let pools = people::pools(root, profile.as_ref(), place.as_ref());
    let known = match (&profile, &place, &pools) {
        (Some(profile), Some(place), Some(pools)) => Some(people::Known {
            profile,
            place,
            pools,
            seed,
        }),
        _ => None,
    };
    let before = errors(reader);
    let people = people::population(root, known.as_ref(), files).filter(|_| errors(reader) == before);
    let settings = settings::read(root, people.as_ref().map_or(0, |people| people.users.len()));
    let users = people.as_ref().map_or(&[][..], |people| &people.users[..]);
    let calendar_file = read_calendar(reader, &settings, users, place.as_ref(), files);
    let start = place.as_ref().map(|place| place.calendar.start);
    let sites = place.as_ref().map(|place| place.calendar.sites.as_slice());
    let edges = failures::edge(root, start);
    let known = failures::Known {
        pools: pools.as_deref(),
        sites,
        edges: edges.is_some(),
        calendar: place.as_ref().map(|place| &place.calendar),
    };
    let outages = failures::outages(root, &known);
    let faults = testing::read_faults(root, pools.as_deref(), sites);
    let freezes = read_freezes(root, start);
    let windows = root
        .opt_table(&keys::top::WINDOWS)
        .map(|table| (table.here(), times::windows(&table)));
    let mut drafts: Vec<strategies::Draft> = Vec::new();
    for table in root.opt_tables(&keys::top::STRATEGIES) {
        let Some(mut draft) = strategies::read(&table, files) else {
            continue;
        };
        let tried = trial.filter(|(name, _)| *name == draft.name.value);
        draft.trial = tried.map(|(_, trial)| trial);
        if drafts
            .iter()
            .any(|earlier| earlier.name.value == draft.name.value)
        {
            let what = format!("there are two strategies `{}`", draft.name.value);
            reader.error_at(&draft.name, what, "give each strategy a name of its own");
        }
        drafts.push(draft);
    }
    let mut names: Vec<&str> = vec!["stay"];
    names.extend(
        drafts
            .iter()
            .map(|draft| draft.name.value.as_str())
            .filter(|name| *name != "stay"),
    );
    let base = match &base {
        None => None,
        Some(base) => names.iter().position(|name| *name == base.value).or_else(|| {
            if !root.is_damaged() {
                let what = format!("there is no strategy `{}`", base.value);
                reader.error_at(base, what, closest(base, names.iter().copied()));
            }
            None
        }),
    };
    let applications = applications::read(
        root,
        (profile.as_ref(), pools.as_deref()),
        people.as_ref().map(|people| people.departments.as_slice()),
        start,
    );
    let board = life::board(root);
    let goals = goals::read(root, place.as_ref().map(|place| &place.calendar));
    let defect_tables = root.opt_tables(&keys::top::DEFECTS);
    let exposure = exposure::read(root);
    let gate_study = gate_study::read(root);
    let optimize = optimize::read(root);
    let packet = packet::read(root);
    root.finish();

    let (profile, place, pools, people) = (profile?, place?, pools?, people?);
    let waves_of_people = people.waves;
    let switches = profile.switches.clone();
    let mut facts = Facts {
        name: name?.value,
        title,
        calendar: place.calendar,
        profile,
        departments: people.departments,
        teams: people.teams,
        pools,
        users: people.users,
        joiners: 0,
        turnover: people.turnover,
        contacts: people.contacts,
        meetings: settings.meetings,
        parameters: settings.parameters,
        outages,
        edges,
        faults,
        applications,
        defects: Vec::new(),
        background: None,
        calendar_file,
        unsupported_from: settings
            .end_of_support
            .zip(start)
            .map(|(date, start)| times::days_from(start, date) + 1)
            .map(|day| Time(day * Span::DAY.0)),
    };
    facts.defects = life::defects(&defect_tables, &facts);
    facts.background = settings
        .desk
        .as_ref()
        .and_then(|desk| background::compile(desk, reader, &facts.calendar, &facts.users, files));
    let cohorts = Cohorts::new(&facts, seed);
    let directory = lists::Directory::new(&facts.users);
    let shared = strategies::Shared {
        reader,
        facts: &facts,
        directory: &directory,
        met: lists::Matched::default(),
        waves_of_people: waves_of_people.as_ref(),
        cohorts: &cohorts,
        seed,
        windows: windows.as_ref().map(|windows| &windows.1),
        freezes: &freezes,
        technicians: &place.technicians,
        desk: settings.desk.as_ref().map(|desk| desk.compile(&facts.calendar)),
        board: life::meetings(board.as_ref(), &facts.calendar),
        installs_per_day: &place.installs_per_day,
    };
    let mut plans = vec![shared.stay()];
    let mut written: Vec<Option<&strategies::Draft>> = vec![None];
    for draft in (drafts.iter()).filter(|draft| trial.is_none() || draft.trial.is_some()) {
        match shared.compile(draft) {
            Some(plan) if plan.name == "stay" => plans[0] = plan,
            Some(plan) => {
                plans.push(plan);
                written.push(Some(draft));
            }
            None => {}
        }
    }
    let first_that_moves = plans.iter().position(|plan| !plan.waves.is_empty());
    let packet = packet.compile(&plans, &names);
    let base = base.or(packet.proposal).or(first_that_moves).unwrap_or(0);
    lists::tell_of_users(&mut files.lists, &shared.met);
    if waves_of_people.is_some()
        && !drafts.iter().any(strategies::Draft::follows_the_people)
        && let Some(population) = root.opt_table(&keys::top::POPULATION)
    {
        let what = "the column `wave` of the list of people has no effect: no strategy has waves with `order = \"wave\"`";
        population.warn(
            keys::population::PEOPLE.name(),
            what,
            "write `order = \"wave\"` in [strategies.waves], if the list shall say who goes when",
        );
    }
    let exposure = exposure.filter(|_| trial.is_none());
    let exposure = exposure.map_or_else(exposure::Asked::default, |draft| {
        draft.compile(reader, &facts, &plans)
    });
    let optimize = optimize.map_or_else(optimize::Asked::default, |draft| draft.compile(reader, &plans));
    report_problems(root, &facts, &plans, &written, windows.map(|windows| windows.0));
    if trial.is_none() && !reader.has_errors() {
        let read = effects::Read {
            root,
            facts: &facts,
            plans: &plans,
            limits: &goals.limits,
        };
        read.warn();
    }
    // Plans and their check know the people of time zero only.
    facts.add_joiners(seed);
    Some(Scenario {
        facts: Arc::new(facts),
        plans,
        base,
        replications,
        seed,
        path: String::new(),
        digest: String::new(),
        warnings: String::new(),
        goals,
        freezes,
        switches,
        currency: settings.currency.unwrap_or_else(|| "currency".into()),
        exposure,
        gate_study,
        optimize,
        packet,
        overrides: Vec::new(),
        inputs: Vec::new(),
        lists: Vec::new(),
    })
}

/// Points the plan check's problems at the lines they come from.
fn report_problems(
    root: &Table,
    facts: &Facts,
    plans: &[Plan],
    written: &[Option<&strategies::Draft>],
    windows: Option<Located<()>>,
) {
    let reader = root.reader();
    let pools = root.opt_tables(&keys::top::POOLS);
    for problem in check(facts, plans) {
        let here = match (problem.topic, problem.plan.and_then(|plan| written[plan])) {
            (Topic::Pool(pool), _) => {
                let table = &pools[usize::from(pool)];
                Located {
                    value: (),
                    place: table.place_of("front_ends"),
                    key: table.path_of("front_ends"),
                }
            }
            (topic, Some(draft)) => {
                let own = draft.place(topic);
                match (&windows, topic) {
                    (Some(windows), Topic::Windows) if own == &draft.here => windows.clone(),
                    _ => own.clone(),
                }
            }
            (_, None) => root.here(),
        };
        let allowed = problem.plan.is_some_and(|plan| plans[plan].allow_unsafe);
        if problem.harmless || (problem.harmful && allowed) {
            reader.warning_at(&here, problem.what, problem.help);
        } else {
            reader.error_at(&here, problem.what, problem.help);
        }
    }
}

/// Reads the list that the meetings come from, if the scenario names one.
fn read_calendar(
    reader: &Reader,
    settings: &settings::Settings,
    users: &[User],
    place: Option<&people::Place>,
    files: &mut Files,
) -> Option<ListedCalendar> {
    let path = settings.calendar.as_ref()?;
    let wanted = Columns {
        named: &settings.columns,
        ..calendar::COLUMNS
    };
    let list = files.csv(reader, path, &wanted)?;
    let directory = lists::Directory::new(users);
    let middle = |setting: Setting| setting.cut(settings.parameters[setting as usize].draw.value(0.5));
    let known = calendar::Known {
        directory: &directory,
        skips_outsiders: settings.skips_outsiders,
        calendar: place.map(|place| &place.calendar),
        lead: Span::from_days_f64(middle(Setting::LeadMedian)),
        browser: middle(Setting::BrowserAble),
    };
    let mut read = lists::ListRead::of(&files.shown(path), "calendar", &list);
    let calendar = calendar::read(reader, path, &known, &list, &mut read);
    files.lists.push(read);
    calendar
}
fn read_freezes(root: &Table, start: Option<jiff::civil::Date>) -> Vec<(Time, Time)> {
    let mut freezes = Vec::new();
    for table in root.opt_tables(&keys::top::FREEZES) {
        let from = table.require(&keys::freeze::FROM);
        let to = table.require(&keys::freeze::TO);
        table.finish();
        let (Some(from), Some(to), Some(start)) = (from, to, start) else {
            continue;
        };
        if to.value < from.value {
            let what = format!(
                "the freeze ends on {}, before it begins on {}",
                to.value, from.value
            );
            reader_error(
                &table,
                &to,
                what,
                "write a `to` on or after `from`; the last day belongs to the freeze",
            );
            continue;
        }
        let midnight = |days: i64| Time(days * Span::DAY.0);
        let days = (
            times::days_from(start, from.value),
            times::days_from(start, to.value),
        );
        freezes.push((midnight(days.0), midnight(days.1 + 1)));
    }
    freezes.sort_unstable();
    freezes
}

fn reader_error<T>(table: &Table, value: &Located<T>, what: String, help: &str) {
    table.reader().error_at(value, what, help);
}

/// Reads the profile: a shipped one by its name, or a file of the planner's own.
fn read_profile(root: &Table, files: &mut Files) -> Option<Profile> {
    let reader = root.reader();
    let mut chosen: Vec<(String, Located<String>)> = Vec::new();
    if let Some(table) = root.opt_table(&keys::top::SWITCHES) {
        for key in table.keys() {
            let value = table.get_named(&keys::switches::VALUE, key);
            chosen.extend(value.map(|value| (key.to_owned(), value)));
        }
        table.finish();
    }
    let written = root.require(&keys::top::PROFILE)?;
    if let Some(text) = profile::shipped(&written) {
        files.add(text.as_bytes());
        return compile_profile(
            reader,
            &format!("scenarios/profiles/{}.toml", written.value),
            text.as_bytes(),
            &chosen,
        );
    }
    if !written.ends_with(".toml") {
        let what = format!("there is no profile `{}`", written.value);
        let help = closest(&written, profile::shipped_names());
        reader.error_at(
            &written,
            what,
            format!("{help} (a profile of your own is written as a path ending in `.toml`)"),
        );
        return None;
    }
    let (shown, bytes) = files.read(reader, &written)?;
    compile_profile(reader, &shown, &bytes, &chosen)
}

/// Compiles a profile. If only the choice of switches is faulty, its defaults serve to check the rest of the scenario.
fn compile_profile(
    reader: &Reader,
    path: &str,
    text: &[u8],
    chosen: &[(String, Located<String>)],
) -> Option<Profile> {
    profile::read(reader, path, text, chosen).or_else(|| {
        if chosen.is_empty() {
            None
        } else {
            profile::read(&Reader::new(), path, text, &[])
        }
    })
}
