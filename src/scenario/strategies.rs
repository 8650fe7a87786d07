//! Strategies: what is written, and how it becomes a [`Plan`].

use super::input::key::{Key, Plain, Texts};
use super::input::{CsvTable, Located, Reader, Table};
use super::keys;
use super::life::{self, DeskDraft, GatesDraft, TriggerDraft};
use super::lists::{self, Directory};
use super::people::resolve;
use super::times::{self, Moment, Windows};
use super::{Files, tasks, testing, waves};
use crate::kernel::{Span, Time};
use crate::plan::check::{Topic, counted, grouped};
use crate::plan::cohort::{Choice, Cohorts, Cut, Lottery, Order};
use crate::plan::desk::Desk;
use crate::plan::gate::{Board, Choice as Decision, Trigger};
use crate::plan::pilot::{self, Composition, Trial};
use crate::plan::{
    Cadence, Choreography, Extent, Failover, Moves, Plan, Regime, Retirement, Rollback, Rollout, RolloutMode,
    Scripted, Wave, WhenDown,
};
use crate::world::{ClientId, Facts, PoolId};
use std::sync::Arc;

/// A strategy as written, with the places of what the check may complain about.
pub(super) struct Draft {
    pub(super) here: Located<()>,
    pub(super) name: Located<String>,
    title: String,
    allow_unsafe: bool,
    look_ahead: u32,
    joiners_from: Option<Located<times::Moment>>,
    lot: Option<Located<u32>>,
    pilot: Option<Pilot>,
    waves: Option<waves::Waves>,
    moves: MovesDraft,
    target: Vec<(Option<Located<String>>, Located<String>)>,
    rollout: Option<RolloutDraft>,
    rollback: Option<RollbackDraft>,
    retirement: Option<RetirementDraft>,
    gates: Option<GatesDraft>,
    triggers: Vec<TriggerDraft>,
    desk: Option<DeskDraft>,
    tasks: Option<Vec<tasks::Draft>>,
    testing: Option<testing::Draft>,
    failover: Option<Failover>,
    places: Vec<(Topic, Located<()>)>,
    /// Another pilot in the place of the written one.
    pub(super) trial: Option<Trial>,
}

struct Pilot {
    here: Located<()>,
    size: Option<Located<u32>>,
    start: Option<Located<Moment>>,
    choose: Choose,
    department: Option<Located<String>>,
    list: Option<CsvTable>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Choose {
    Random,
    Volunteers,
    Department,
    Departments,
    Teams,
    Listed,
}

impl Choose {
    /// How people are chosen on trial.
    fn on_trial(self, composition: Composition) -> Choose {
        match composition {
            Composition::AsWritten => self,
            Composition::Random => Choose::Random,
            Composition::Departments => Choose::Departments,
            Composition::Volunteers => Choose::Volunteers,
            Composition::Teams => Choose::Teams,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Random,
    Site,
    Department,
    Community,
    Listed,
    /// As the list of people says.
    Wave,
}

struct MovesDraft {
    threads: u32,
    timed: bool,
    batch: u32,
    max_attempts: u32,
    when_down: WhenDown,
    windows: Option<Windows>,
}

struct RolloutDraft {
    client: Option<Located<String>>,
    mode: Mode,
    days: u32,
    staged: bool,
    installs_per_day: Option<u32>,
    regime: Regime,
    deadline_days: Option<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    With,
    Before,
    After,
    Nothing,
}

struct RollbackDraft {
    at: Option<Located<Moment>>,
    after_wave: Option<Located<u32>>,
    days: u32,
    extent: Reach,
    pool: Option<Located<String>>,
    choreography: Choreography,
    contact_store: bool,
    windows: Option<Windows>,
    attempts: u32,
    remediation: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    Everyone,
    LastWave,
    Pool,
}

struct RetirementDraft {
    at: Option<Located<Moment>>,
    pools: Option<Vec<Located<String>>>,
}

impl Draft {
    /// Are its waves those of the list of people?
    pub(super) fn follows_the_people(&self) -> bool {
        self.waves.as_ref().is_some_and(waves::Waves::follows_the_people)
    }

    /// Where a topic of the check was written; the strategy itself if nowhere.
    pub(super) fn place(&self, topic: Topic) -> &Located<()> {
        self.places
            .iter()
            .find(|place| place.0 == topic)
            .map_or(&self.here, |place| &place.1)
    }
}

/// Names become names of files and folders.
pub(super) fn refuse_odd_name(reader: &Reader, kind: &str, name: &Located<String>) {
    let written = name.value.as_str();
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let fault = if !written.chars().all(plain) {
        let help = "write letters, digits, `-` and `_` only, and the rest in `title`";
        Some((
            format!("{kind} name {written:?} does not fit into file names"),
            help.to_owned(),
        ))
    } else if written.len() > LONGEST_NAME {
        let what = format!(
            "this {kind} name has {} letters; files are named after it",
            written.len()
        );
        Some((
            what,
            format!("write at most {LONGEST_NAME} letters, and the rest in `title`"),
        ))
    } else if written.starts_with('-') {
        let what = format!("{kind} name `{written}` begins with `-`, as options do");
        Some((what, format!("write `{}`", written.trim_start_matches('-'))))
    } else if is_device(written) {
        let what = format!("{kind} name `{written}` is a device on Windows, where no file can have it");
        Some((what, format!("write for example `{written}-1`")))
    } else {
        None
    };
    if let Some((what, help)) = fault {
        reader.error_at(name, what, help);
    }
}

/// Letters of the longest name that files are named after.
const LONGEST_NAME: usize = 64;

/// Names that Windows keeps for devices (Microsoft Learn, \"Naming Files, Paths, and Namespaces\").
fn is_device(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let numbered = |kind: &str| {
        let number = name.strip_prefix(kind);
        number.is_some_and(|number| number.len() == 1 && number.bytes().all(|digit| digit.is_ascii_digit()))
    };
    ["con", "prn", "aux", "nul"].contains(&name.as_str()) || numbered("com") || numbered("lpt")
}

/// Reads what has been carried out already: which table this one is like, and without what.
pub(super) fn refuse_without<K: Plain>(table: &Table, like: &Key<K>, without: &Key<Texts>) {
    table.get(like);
    let listed = table.get(without);
    if listed.is_some() && !table.has(like.name()) {
        let what = format!(
            "`without` says what is not taken over, but there is no `{}`",
            like.name()
        );
        table.fault(without.name(), what, "leave it out");
    }
}

/// Reads one `[[strategies]]` table.
pub(super) fn read(table: &Table, files: &mut Files) -> Option<Draft> {
    let reader = table.reader();
    let name = table.require(&keys::strategy::NAME);
    if let Some(name) = &name {
        refuse_odd_name(reader, "strategy", name);
    }
    let stay = name.as_ref().filter(|name| name.value == "stay");
    // Without a title the built-in strategy keeps its own.
    let untitled = name.as_ref().filter(|_| stay.is_none());
    let title = table.get(&keys::strategy::TITLE).map_or_else(
        || untitled.map_or_else(String::new, |name| name.value.clone()),
        |title| title.value,
    );
    let mut places = Vec::new();
    if let Some(name) = stay
        && table.keys().iter().any(|key| !["name", "title"].contains(key))
    {
        reader.error_at(
            name,
            "the name `stay` is taken by the built-in strategy, in which nobody moves",
            "give this strategy another name, or keep nothing but a `title` for the built-in one",
        );
    }
    refuse_without(table, &keys::strategy::LIKE, &keys::strategy::WITHOUT);
    let allow_unsafe = table.get_or_default(&keys::strategy::ALLOW_UNSAFE);
    let look_ahead = table.get_or_default(&keys::strategy::LOOK_AHEAD_DAYS);
    let joiners_from = times::opt_moment(table, &keys::strategy::JOINERS_FROM);
    let lot = table.get(&keys::strategy::LOT);
    let pilot = table.opt_table(&keys::strategy::PILOT).map(|table| {
        places.push((Topic::Pilot, table.here()));
        read_pilot(&table, files)
    });
    let waves = table.opt_table(&keys::strategy::WAVES).map(|table| {
        places.push((Topic::Waves, table.here()));
        waves::read(&table, files)
    });
    let moves = read_moves(table, &mut places);
    let mut target = Vec::new();
    if let Some(table) = table.opt_table(&keys::strategy::TARGET) {
        places.push((Topic::Target, table.here()));
        for key in table.keys() {
            let Some(to) = table.get_named(&keys::target::OF, key) else {
                continue;
            };
            let from = Located {
                value: key.to_owned(),
                place: to.place.clone(),
                key: to.key.clone(),
            };
            target.push(((key != "to").then_some(from), to));
        }
        if target.len() > 1 && target.iter().any(|entry| entry.0.is_none()) {
            table.fault(
                "to",
                "`to` sends everybody to one pool, so no pools can be listed beside it",
                "keep one of the two",
            );
        }
        table.finish();
    } else {
        places.push((Topic::Target, table.here()));
    }
    let rollout = table.opt_table(&keys::strategy::ROLLOUT).map(|table| {
        places.push((Topic::Rollout, table.here()));
        read_rollout(&table, &mut places)
    });
    let gates = table.opt_table(&keys::strategy::GATES).map(|table| {
        places.push((Topic::Gates, table.here()));
        life::gates(&table)
    });
    let written = table.opt_tables(&keys::strategy::TRIGGERS);
    places.extend(
        (0..)
            .zip(&written)
            .map(|(number, table)| (Topic::Trigger(number), table.here())),
    );
    let triggers: Vec<TriggerDraft> = written.iter().map(life::trigger).collect();
    let desk = table.opt_table(&keys::strategy::DESK).map(|table| {
        let desk = life::desk(&table);
        table.finish();
        desk
    });
    let decides = !triggers.is_empty()
        || gates
            .as_ref()
            .is_some_and(|gates| gates.then == Decision::RollBack);
    let rollback = table
        .opt_table(&keys::strategy::ROLLBACK)
        .map(|table| read_rollback(&table, decides, &mut places));
    let retirement = table.opt_table(&keys::strategy::RETIREMENT).map(|table| {
        places.push((Topic::Retirement, table.here()));
        let at = times::moment(&table, &keys::retirement::AT);
        let pools = table.get(&keys::retirement::POOLS);
        table.finish();
        RetirementDraft { at, pools }
    });
    let tasks = tasks::read(table, &mut places);
    let testing = table.opt_table(&keys::strategy::TESTING).map(|table| {
        places.push((Topic::Testing, table.here()));
        testing::read(&table)
    });
    let failover = table.opt_table(&keys::strategy::FAILOVER).map(|table| {
        places.push((Topic::Failover, table.here()));
        let minutes = table.get_or_default(&keys::failover::AFTER_MINUTES);
        table.finish();
        Failover {
            after: Span::from_minutes_f64(minutes),
        }
    });
    table.finish();
    Some(Draft {
        here: table.here(),
        name: name?,
        title,
        allow_unsafe,
        look_ahead,
        joiners_from,
        lot,
        pilot,
        waves,
        moves,
        target,
        rollout,
        rollback,
        retirement,
        gates,
        triggers,
        desk,
        tasks,
        testing,
        failover,
        places,
        trial: None,
    })
}

fn read_pilot(table: &Table, files: &mut Files) -> Pilot {
    let choose = table.get_or_default(&keys::pilot::CHOOSE);
    let size = match choose {
        Choose::Department | Choose::Listed => table.get(&keys::pilot::SIZE),
        _ => table.require(&keys::pilot::SIZE),
    };
    let start = times::moment(table, &keys::pilot::START);
    let department = if choose == Choose::Department {
        table.require(&keys::pilot::DEPARTMENT)
    } else {
        None
    };
    let list = if choose == Choose::Listed {
        if !table.has("list") {
            table.fault(
                "list",
                "a listed pilot needs a list",
                "write `list = \"pilot.csv\"`, a list with a column `user`",
            );
        }
        waves::pilot_list(table, files)
    } else {
        None
    };
    table.finish();
    Pilot {
        here: table.here(),
        size,
        start,
        choose,
        department,
        list,
    }
}

fn read_moves(strategy: &Table, places: &mut Vec<(Topic, Located<()>)>) -> MovesDraft {
    let table = strategy.opt_table(&keys::strategy::MOVES);
    let table = table.as_ref();
    if let Some(here) = table.and_then(|table| table.located(keys::moves::WHEN_DOWN.name())) {
        places.push((Topic::WhenDown, here));
    }
    let windows = table.and_then(|table| table.opt_table(&keys::moves::WINDOWS));
    if let Some(windows) = &windows {
        places.push((Topic::Windows, windows.here()));
    }
    let draft = MovesDraft {
        threads: Table::value(table, &keys::moves::THREADS),
        timed: Table::value(table, &keys::moves::TIMED),
        batch: Table::value(table, &keys::moves::BATCH),
        max_attempts: Table::value(table, &keys::moves::MAX_ATTEMPTS),
        when_down: Table::value(table, &keys::moves::WHEN_DOWN),
        windows: windows.map(|windows| times::windows(&windows)),
    };
    if let Some(table) = table {
        table.finish();
    }
    draft
}

fn read_rollout(table: &Table, places: &mut Vec<(Topic, Located<()>)>) -> RolloutDraft {
    let mode = table.get_or_default(&keys::rollout::MODE);
    if let Some(here) = table.located(keys::rollout::MODE.name()) {
        places.retain(|place| place.0 != Topic::Rollout);
        places.push((Topic::Rollout, here));
    }
    let client = if mode == Mode::Nothing {
        table.get(&keys::rollout::CLIENT)
    } else {
        table.require(&keys::rollout::CLIENT)
    };
    let days = if matches!(mode, Mode::Before | Mode::After) {
        table.require(&keys::rollout::DAYS).map_or(0, |days| days.value)
    } else {
        if table.has("days") {
            table.fault(
                "days",
                "`days` needs `mode = \"before\"` or `mode = \"after\"`",
                "leave it out",
            );
        }
        0
    };
    let staged = table.get_or_default(&keys::rollout::STAGED);
    let installs_per_day = table
        .get(&keys::rollout::INSTALLS_PER_DAY)
        .map(|count| count.value);
    let regime = table.get_or_default(&keys::rollout::REGIME);
    let deadline_days = table.get(&keys::rollout::DEADLINE_DAYS).map(|days| days.value);
    table.finish();
    RolloutDraft {
        client,
        mode,
        days,
        staged,
        installs_per_day,
        regime,
        deadline_days,
    }
}

/// Reads who goes back, and the pool if it is one.
pub(super) fn read_extent(table: &Table) -> (Reach, Option<Located<String>>) {
    let extent = table.get_or_default(&keys::extent::EXTENT);
    let pool = if extent == Reach::Pool {
        table.require(&keys::extent::POOL)
    } else {
        None
    };
    (extent, pool)
}

/// `decides`: a gate or trigger may order the rollback, so that no moment need be written.
fn read_rollback(table: &Table, decides: bool, places: &mut Vec<(Topic, Located<()>)>) -> RollbackDraft {
    let after_wave = table.get(&keys::rollback::AFTER_WAVE);
    let mut days = 0;
    let at = if after_wave.is_some() {
        for key in ["at", "day"] {
            if table.has(key) {
                table.fault(
                    key,
                    format!("`after_wave` and `{key}` both say when"),
                    "keep one of the two",
                );
            }
        }
        days = table.get_or_default(&keys::rollback::DAYS);
        None
    } else if decides {
        times::opt_moment(table, &keys::rollback::AT)
    } else {
        times::moment(table, &keys::rollback::AT)
    };
    let (extent, pool) = read_extent(table);
    let attempts = table.get_or_default(&keys::rollback::ATTEMPTS);
    let remediation = table.get_or_default(&keys::rollback::REMEDIATION_DAYS);
    let choreography = table.get_or_default(&keys::rollback::CHOREOGRAPHY);
    let contact_store = table.get_or_default(&keys::rollback::CONTACT_STORE);
    let windows = table
        .opt_table(&keys::rollback::WINDOWS)
        .map(|table| times::windows(&table));
    let topics = [
        (Topic::Rollback, ["at", "day", "after_wave"].as_slice()),
        (Topic::Choreography, ["choreography"].as_slice()),
        (Topic::ContactStore, ["contact_store"].as_slice()),
    ];
    for (topic, keys) in topics {
        let here = keys.iter().find_map(|key| table.located(key));
        places.push((topic, here.unwrap_or_else(|| table.here())));
    }
    table.finish();
    RollbackDraft {
        at,
        after_wave,
        days,
        extent,
        pool,
        choreography,
        contact_store,
        windows,
        attempts,
        remediation,
    }
}

/// What all strategies share.
pub(super) struct Shared<'a> {
    pub(super) reader: &'a Reader,
    pub(super) facts: &'a Facts,
    pub(super) directory: &'a Directory<'a>,
    /// What was found in lists of users.
    pub(super) met: lists::Matched,
    /// The waves that the list of people names, and the one of each person.
    pub(super) waves_of_people: Option<&'a (Vec<String>, Vec<u32>)>,
    pub(super) cohorts: &'a Cohorts<'a>,
    /// The file's own seed.
    pub(super) seed: u64,
    pub(super) windows: Option<&'a Windows>,
    pub(super) freezes: &'a [(Time, Time)],
    pub(super) technicians: &'a [u32],
    pub(super) installs_per_day: &'a [Option<u32>],
    pub(super) desk: Option<Desk>,
    pub(super) board: Board,
}

impl Shared<'_> {
    /// The plan that changes nothing.
    pub(super) fn stay(&self) -> Plan {
        let facts = self.facts;
        let mut plan = Plan::stay(facts.pools.len(), facts.calendar.sites.len());
        plan.technicians = self.technicians.to_vec();
        plan.desk.clone_from(&self.desk);
        plan.board.clone_from(&self.board);
        plan
    }

    /// Compiles a strategy; nothing if it holds faults, which are reported.
    pub(super) fn compile(&self, draft: &Draft) -> Option<Plan> {
        let mut plan = self.stay();
        if !draft.title.is_empty() {
            plan.title.clone_from(&draft.title);
        }
        if draft.name.value == "stay" {
            return Some(plan);
        }
        plan.name.clone_from(&draft.name.value);
        plan.allow_unsafe = draft.allow_unsafe;
        plan.look_ahead = Span::DAY * i64::from(draft.look_ahead);
        plan.failover = draft.failover;
        self.check_joiners(draft);
        let target = self.target(draft);
        let rollout = self.rollout(draft);
        let waves = self.waves(draft);
        let calendar = &self.facts.calendar;
        let horizon = calendar.horizon;
        let windows = draft.moves.windows.as_ref().or(self.windows);
        plan.moves = Moves {
            threads: draft.moves.threads,
            timed: draft.moves.timed,
            batch: draft.moves.batch,
            max_attempts: draft.moves.max_attempts,
            windows: times::open_times(windows, calendar.start, horizon, self.freezes),
            when_down: draft.moves.when_down,
        };
        if let Some(desk) = &draft.desk {
            plan.desk = Some(desk.compile(calendar));
        }
        let retirement = self.retirement(draft);
        let (waves, cadence, lottery) = waves?;
        (plan.waves, plan.cadence) = (waves, cadence);
        plan.lottery = lottery.is_random().then(|| Arc::new(lottery));
        if let (Some(lot), None) = (&draft.lot, &plan.lottery) {
            let what = format!(
                "strategy `{}`: `lot` has no effect: nothing is random in it",
                plan.name
            );
            let help = "leave it out; a lot decides about pilots chosen as `random`, `volunteers`, `departments` or `teams`, and about `order = \"random\"`";
            self.reader.warning_at(lot, what, help);
        }
        let production = plan.waves.iter().find(|wave| !wave.is_pilot);
        plan.joiners_from = match &draft.joiners_from {
            Some(at) => Some(at.value.time(calendar.start)),
            None => production.map(|wave| wave.start),
        };
        if let Some(gates) = &draft.gates {
            plan.gates = gates.compile(&plan.waves);
            plan.cadence.gate_least = gates.least();
            if plan.gates.is_empty() {
                let what = format!(
                    "strategy `{}`: its gates have no effect: no wave has another one in front of it",
                    plan.name
                );
                let help = "leave out [strategies.gates], or write a pilot or smaller waves";
                self.reader.warning_at(&draft.here, what, help);
            }
        }
        let extent = |reach: Reach, pool: Option<&Located<String>>| self.extent(reach, pool);
        let triggers: Vec<Option<Trigger>> = draft
            .triggers
            .iter()
            .map(|trigger| trigger.compile(extent))
            .collect();
        plan.triggers = triggers.into_iter().collect::<Option<Vec<Trigger>>>()?;
        let rollback = self.rollback(draft, &plan);
        plan.target = target?;
        plan.rollout = rollout?;
        plan.rollback = rollback?;
        plan.retirement = retirement?;
        if let Some(drafts) = &draft.tasks {
            plan.tasks = Some(tasks::compile(self.reader, self.facts, &plan.name, drafts)?);
        }
        if let Some(written) = &draft.testing {
            plan.testing = Some(testing::compile(written, calendar.start, horizon)?);
        }
        if let Some((after, by)) = self.put_off(draft) {
            pilot::put_off(&mut plan, after, by);
        }
        crate::plan::tasks::note_kept(self.facts, &mut plan);
        Some(plan)
    }

    /// After which instant everything is put off by how much, if another pilot takes more or less time.
    fn put_off(&self, draft: &Draft) -> Option<(Time, Span)> {
        let days = match draft.trial? {
            Trial::Without => 0,
            Trial::With { days, .. } => i64::from(days),
        };
        let start = |at: &Option<Located<Moment>>| Some(at.as_ref()?.value.time(self.facts.calendar.start));
        let after = start(&draft.pilot.as_ref()?.start)?;
        let first = start(&draft.waves.as_ref()?.start)?;
        Some((after, Span::DAY * (after.day() + days - first.day())))
    }

    fn check_joiners(&self, draft: &Draft) {
        if let Some(from) = &draft.joiners_from
            && !self.facts.turnover
        {
            self.reader.error_at(
                from,
                "it says from when on joiners come to the new side, but nobody joins",
                "write `turnover = true` in [population], or leave out `joiners_from`",
            );
        }
    }

    fn pool_names(&self, legacy: bool) -> Vec<(&str, PoolId)> {
        let facts = self.facts;
        (0..)
            .zip(&facts.pools)
            .filter(|(id, _)| facts.is_legacy(*id) == legacy)
            .map(|(id, pool)| (pool.name.as_str(), id))
            .collect()
    }

    fn target(&self, draft: &Draft) -> Option<Vec<Option<PoolId>>> {
        let facts = self.facts;
        let (old, new) = (self.pool_names(true), self.pool_names(false));
        let mut target = vec![None; facts.pools.len()];
        // By default the new pools of the same site in turn, or else the first new pool.
        let mut turn = vec![0_usize; facts.calendar.sites.len()];
        for &(_, pool) in &old {
            let site = facts.pools[usize::from(pool)].site;
            let here: Vec<PoolId> = new
                .iter()
                .map(|pool| pool.1)
                .filter(|&pool| facts.pools[usize::from(pool)].site == site)
                .collect();
            let turn = &mut turn[usize::from(site)];
            target[usize::from(pool)] = here
                .get(*turn % here.len().max(1))
                .copied()
                .or(new.first().map(|pool| pool.1));
            *turn += 1;
        }
        let mut sound = true;
        for (from, to) in &draft.target {
            let to = resolve(to, self.reader, "pool on the new side", &new);
            let from = match from {
                None => Some(None),
                Some(from) => resolve(from, self.reader, "pool on the legacy side", &old).map(Some),
            };
            match (from, to) {
                (Some(None), Some(to)) => {
                    for &(_, pool) in &old {
                        target[usize::from(pool)] = Some(to);
                    }
                }
                (Some(Some(from)), Some(to)) => target[usize::from(from)] = Some(to),
                _ => sound = false,
            }
        }
        sound.then_some(target)
    }

    fn rollout(&self, draft: &Draft) -> Option<Option<Rollout>> {
        let Some(rollout) = &draft.rollout else {
            return Some(None);
        };
        let profile = &self.facts.profile;
        let clients: Vec<(&str, ClientId)> = (0..)
            .zip(&profile.clients)
            .filter(|(client, _)| !profile.client_legacy[usize::from(*client)])
            .map(|(client, named)| (named.name.as_str(), client))
            .collect();
        let client = match &rollout.client {
            Some(client) => resolve(client, self.reader, "new client release", &clients),
            None => None,
        };
        let lead = Span::DAY * i64::from(rollout.days);
        let mode = match rollout.mode {
            Mode::Nothing => return Some(None),
            Mode::With => RolloutMode::With,
            Mode::Before => RolloutMode::Before(lead),
            Mode::After => RolloutMode::After(lead),
        };
        let installs_per_day = match rollout.installs_per_day {
            Some(count) => vec![Some(count); self.installs_per_day.len()],
            None => self.installs_per_day.to_vec(),
        };
        Some(Some(Rollout {
            client: client?,
            mode,
            installs_per_day,
            staged: rollout.staged,
            regime: rollout.regime,
            deadline: rollout.deadline_days.map(|days| Span::DAY * i64::from(days)),
        }))
    }

    /// Pilot and waves in the lot shown, how they follow each other, and how a lot decides about them.
    fn waves(&self, draft: &Draft) -> Option<(Vec<Wave>, Cadence, Lottery)> {
        let facts = self.facts;
        let reader = self.reader;
        let start = facts.calendar.start;
        let mut taken = vec![false; facts.users.len()];
        let mut waves = Vec::new();
        let mut sound = true;
        if draft.pilot.is_none() && draft.waves.is_none() {
            let what = format!(
                "strategy `{}` moves nobody: it has neither a pilot nor waves",
                draft.name.value
            );
            reader.error_at(
                &draft.here,
                what,
                "add a table `[strategies.waves]` with `start` and `size`",
            );
            return None;
        }
        let mut lottery = Lottery {
            seed: self.seed,
            number: draft.lot.as_ref().map(|lot| lot.value.into()),
            pilot: None,
            order: Order::Site,
            cut: Cut::Nothing,
        };
        let own = lottery.number.map(|_| Cohorts::of_lot(facts, lottery.shown()));
        let cohorts = own.as_ref().unwrap_or(self.cohorts);
        let mut cadence = Cadence::default();
        let has_pilot = draft.trial != Some(Trial::Without);
        if let Some(pilot) = draft.pilot.as_ref().filter(|_| has_pilot) {
            let chosen = self.pilot(draft, pilot, cohorts);
            for &user in chosen.iter().flat_map(|chosen| &chosen.0) {
                taken[user as usize] = true;
            }
            match (chosen, &pilot.start) {
                (Some((users, choice, size)), Some(at)) => {
                    let mut wave = Wave::new("pilot", at.time(start), users);
                    let whole = matches!(choice, Choice::Department(_)) && pilot.size.is_none();
                    wave.size = u32::try_from(size).ok().filter(|_| !whole);
                    waves.push(wave);
                    lottery.pilot = Some((choice, size));
                }
                _ => sound = false,
            }
        }
        if let Some(written) = &draft.waves {
            let pilot = waves.first();
            let is_random = lottery.has_random_pilot();
            match self.production(draft, written, (pilot, is_random), cohorts, &mut taken) {
                Some(production) => {
                    waves.extend(production.waves);
                    cadence = production.cadence;
                    (lottery.order, lottery.cut) = (production.order, production.cut);
                }
                None => sound = false,
            }
        }
        sound.then_some((waves, cadence, lottery))
    }

    /// The people of a pilot, how they are chosen, and how many are wanted.
    fn pilot(
        &self,
        draft: &Draft,
        pilot: &Pilot,
        cohorts: &Cohorts<'_>,
    ) -> Option<(Vec<u32>, Choice, usize)> {
        let facts = self.facts;
        let reader = self.reader;
        let whole = facts.users.len();
        let (choose, tried) = match draft.trial {
            Some(Trial::With {
                size, composition, ..
            }) => (pilot.choose.on_trial(composition), Some(size)),
            _ => (pilot.choose, None),
        };
        let choice = match choose {
            Choose::Random => Choice::Random,
            Choose::Volunteers => Choice::Volunteers,
            Choose::Departments => Choice::Departments,
            Choose::Teams => Choice::Teams,
            Choose::Listed => Choice::Listed(self.users(pilot.list.as_ref()?)),
            Choose::Department => {
                let names: Vec<(&str, u32)> = facts.departments.iter().map(String::as_str).zip(0..).collect();
                let named = pilot.department.as_ref()?;
                Choice::Department(resolve(named, reader, "department", &names)?)
            }
        };
        let room = match &choice {
            Choice::Department(department) => facts
                .users
                .iter()
                .filter(|user| user.department == *department)
                .count(),
            Choice::Listed(list) => list.len(),
            _ => whole,
        };
        if let (Some(tried), Some(size)) = (tried, self.size_as_written(draft, pilot, room)) {
            let own = cohorts.pilot(&choice, size);
            if own.len() == tried as usize {
                // Groups are kept whole: as many as the strategy has are the same people.
                return Some((own, choice, size));
            }
        }
        let written = tried.or(pilot.size.as_ref().map(|size| size.value));
        let size = written.map_or(room, |size| size as usize);
        if size > room {
            let from = if room == whole {
                "the company has"
            } else {
                "those it is chosen from are"
            };
            let what = format!(
                "strategy `{}`: the pilot of {} is larger than it can be: {from} {}",
                draft.name.value,
                counted(size, "user"),
                grouped(room as u64)
            );
            let help = format!("write `size = {}` or less", room.max(1));
            match &pilot.size {
                Some(written) => reader.error_at(written, what, help),
                None => reader.error_at(&pilot.here, what, help),
            }
            return None;
        }
        if let (Choice::Listed(list), None) = (&choice, tried)
            && size < list.len()
            && let Some(written) = &pilot.size
        {
            let what = format!(
                "strategy `{}`: `size` leaves {} of the list out of the pilot: it takes the first {}",
                draft.name.value,
                counted(list.len() - size, "user"),
                grouped(size as u64)
            );
            reader.warning_at(written, what, "leave out `size`, or shorten the list");
        }
        if room == 0 {
            let what = format!("strategy `{}`: nobody is in the pilot", draft.name.value);
            reader.error_at(&pilot.here, what, "name a department or list that holds people");
            return None;
        }
        Some((cohorts.pilot(&choice, size), choice, size))
    }

    /// How many people the strategy wants in its pilot, if a trial chooses them as the strategy does.
    fn size_as_written(&self, draft: &Draft, pilot: &Pilot, room: usize) -> Option<usize> {
        let Some(Trial::With {
            composition: Composition::AsWritten,
            ..
        }) = draft.trial
        else {
            return None;
        };
        let size = pilot.size.as_ref().map_or(room, |size| size.value as usize);
        (size <= room).then_some(size)
    }

    fn extent(&self, reach: Reach, pool: Option<&Located<String>>) -> Option<Extent> {
        match reach {
            Reach::Everyone => Some(Extent::Everyone),
            Reach::LastWave => Some(Extent::LastWave),
            Reach::Pool => {
                let legacy = self.pool_names(true);
                resolve(pool?, self.reader, "pool on the legacy side", &legacy).map(Extent::Pool)
            }
        }
    }

    fn rollback(&self, draft: &Draft, plan: &Plan) -> Option<Option<Rollback>> {
        let calendar = &self.facts.calendar;
        let waves = &plan.waves;
        let Some(written) = &draft.rollback else {
            let rolls_back = plan.gates.iter().any(|gate| gate.then == Decision::RollBack);
            // A gate or trigger that may order a rollback takes everybody back unless the plan says more.
            let decides = rolls_back || !plan.triggers.is_empty();
            return Some(decides.then(|| Rollback::usual(calendar.horizon)));
        };
        let scripted = match (&written.after_wave, &written.at) {
            (Some(number), _) => {
                let name = if number.value == 0 {
                    "pilot".into()
                } else {
                    format!("wave {}", number.value)
                };
                match waves.iter().position(|wave| wave.name == name) {
                    Some(wave) => Some(Scripted::AfterWave(
                        wave as u32,
                        Span::DAY * i64::from(written.days),
                    )),
                    None => {
                        let last = waves.iter().filter(|wave| wave.name != "pilot").count();
                        let what = format!(
                            "strategy `{}` has no `{name}` to roll back after",
                            draft.name.value
                        );
                        self.reader.error_at(
                            number,
                            what,
                            format!("write a wave from 1 to {last}, or 0 for the pilot"),
                        );
                        return None;
                    }
                }
            }
            (None, at) => at.as_ref().map(|at| Scripted::At(at.time(calendar.start))),
        };
        let extent = self.extent(written.extent, written.pool.as_ref());
        // Moving back is an emergency: no freeze holds it up.
        let windows = times::open_times(written.windows.as_ref(), calendar.start, calendar.horizon, &[]);
        Some(Some(Rollback {
            scripted,
            extent: extent?,
            attempts: written.attempts,
            remediation: Span::DAY * i64::from(written.remediation),
            choreography: written.choreography,
            windows,
            contact_store: written.contact_store,
        }))
    }

    fn retirement(&self, draft: &Draft) -> Option<Option<Retirement>> {
        let Some(written) = &draft.retirement else {
            return Some(None);
        };
        let legacy = self.pool_names(true);
        let pools = match &written.pools {
            None => Some(legacy.iter().map(|pool| pool.1).collect()),
            Some(names) => names
                .iter()
                .map(|name| resolve(name, self.reader, "pool on the legacy side", &legacy))
                .collect::<Vec<Option<PoolId>>>()
                .into_iter()
                .collect::<Option<Vec<PoolId>>>(),
        };
        let at = written.at.as_ref()?.time(self.facts.calendar.start);
        Some(Some(Retirement { at, pools: pools? }))
    }
}
