//! What the life of a migration needs beside meetings and moves: defects, the help desk, the board,
//! gates and triggers.

use super::background::BackgroundDraft;
use super::input::key::{Count, Key, NumberOr, Reals};
use super::input::{Located, NumberOrTable, Table};
use super::keys;
use super::settings::{read_mark_and_draw, shares_add_up};
use super::strategies::Reach;
use super::times;
use crate::kernel::random::entity_id;
use crate::kernel::{Span, Time};
use crate::plan::desk::{Desk, TicketSource, Work};
use crate::plan::gate::{Board, Choice, Criterion, Gate, Observed, Trigger};
use crate::plan::{Extent, Wave};
use crate::world::defects::{Scope, ScopeKind};
use crate::world::{Calendar, DefectClass, Draw, Facts, Mark};
use jiff::civil::Weekday;

/// Reads `[[defects]]`.
pub(super) fn defects(tables: &[Table], facts: &Facts) -> Vec<DefectClass> {
    let mut classes: Vec<DefectClass> = Vec::new();
    for table in tables {
        let name = table.require(&keys::defect::NAME);
        let (count, mark) = read_count(table);
        let scope = table.get_or_default(&keys::defect::SCOPE);
        let named = read_named(table, scope, facts);
        let severity = four(table, &keys::defect::SEVERITY);
        if table.has("severity") {
            shares_add_up(table, "severity", &severity);
        }
        let class = DefectClass {
            id: name.as_ref().map_or(0, |name| entity_id(&name.value)),
            name: name.as_ref().map_or(String::new(), |name| name.value.clone()),
            count: count.unwrap_or(Draw::Fixed(0.0)),
            mark,
            scope,
            named,
            severity,
            discovery_user_days: table
                .require(&keys::defect::DISCOVERY_USER_DAYS)
                .map_or(1.0, |days| days.value),
            discovery_shape: table.get_or_default(&keys::defect::DISCOVERY_SHAPE),
            fix_days: four(table, &keys::defect::FIX_DAYS),
            hit: four(table, &keys::defect::HIT),
            tickets: four(table, &keys::defect::TICKETS),
        };
        if scope == ScopeKind::Application && facts.applications.is_empty() {
            table.fault(
                "scope",
                "defects of applications need applications",
                "add a table `[[applications]]` with `name` and `departments`",
            );
        }
        table.finish();
        if classes.iter().any(|earlier| earlier.name == class.name) && name.is_some() {
            let what = format!("there are two kinds of defects `{}`", class.name);
            table.fault("name", what, "give each kind a name of its own");
        }
        classes.push(class);
    }
    classes
}

fn read_count(table: &Table) -> (Option<Draw>, Mark) {
    match table.require_number_or_table(&keys::defect::COUNT) {
        Some(NumberOrTable::Number(number)) => (Some(Draw::Fixed(number.value)), Mark::Scenario),
        Some(NumberOrTable::Table(inner)) => {
            let (draw, mark, _) = read_mark_and_draw(&inner, 0.0..=1000.0);
            (draw, mark)
        }
        None => (None, Mark::Scenario),
    }
}

/// A particular site, department, application or client that all defects of a class concern.
fn read_named(table: &Table, scope: ScopeKind, facts: &Facts) -> Option<Scope> {
    let named = table.get(&keys::defect::OF)?;
    let reader = table.reader();
    let index = |kind: &str, names: Vec<&str>| -> Option<usize> {
        let names: Vec<(&str, usize)> = names.into_iter().zip(0..).collect();
        super::people::resolve(&named, reader, kind, &names)
    };
    match scope {
        ScopeKind::Site => {
            let names = facts
                .calendar
                .sites
                .iter()
                .map(|site| site.name.as_str())
                .collect();
            index("site", names).map(|site| Scope::Site(site as u16))
        }
        ScopeKind::Department => {
            let names = facts.departments.iter().map(String::as_str).collect();
            index("department", names).map(|department| Scope::Department(department as u32))
        }
        ScopeKind::Application => {
            let names = facts
                .applications
                .iter()
                .map(|application| application.name.as_str())
                .collect();
            index("application", names).map(|application| Scope::Application(application as u32))
        }
        ScopeKind::Client => {
            let names = facts
                .profile
                .clients
                .iter()
                .map(|client| client.name.as_str())
                .collect();
            index("client release", names).map(|client| Scope::Client(client as u8))
        }
        ScopeKind::Everyone | ScopeKind::Remote => {
            table.fault("of", "this scope names nothing in particular", "leave out `of`");
            None
        }
    }
}

/// Four numbers for severities 1 to 4.
fn four(table: &Table, key: &Key<Reals>) -> [f64; 4] {
    let default = key.usual();
    let Some(numbers) = table.get(key) else {
        return default;
    };
    let key = key.name();
    match numbers[..] {
        [ref a, ref b, ref c, ref d] => [a.value, b.value, c.value, d.value],
        _ => {
            table.fault(
                key,
                format!("`{key}` must have four numbers, for severity 1 to 4"),
                format!("write for example `{key} = {default:?}`"),
            );
            default
        }
    }
}

/// Shifts as written.
#[derive(Clone, Debug)]
pub(super) struct DeskDraft {
    shifts: Vec<Shift>,
    work: Work,
    only: Option<TicketSource>,
    /// Everyday tickets, if it is the desk of the scenario.
    pub(super) background: Option<BackgroundDraft>,
}

/// A shift as written.
#[derive(Clone, Debug)]
struct Shift {
    days: Vec<Weekday>,
    /// From, to; none are all day.
    hours: Option<(Span, Span)>,
    agents: u32,
}

/// Reads the shifts of `[desk]` or `[strategies.desk]`.
pub(super) fn desk(table: &Table) -> DeskDraft {
    let mut shifts = Vec::new();
    if table.has("shifts") {
        for key in ["agents", "hours", "days"] {
            if table.has(key) {
                table.fault(
                    key,
                    format!("`shifts` and `{key}` exclude each other"),
                    "keep one of the two",
                );
            }
        }
        for shift in table.tables(&keys::desk_shifts::SHIFTS) {
            shifts.push(read_shift(&shift));
            shift.finish();
        }
        if shifts.is_empty() && !table.is_damaged() {
            let what = "a help desk without shifts never answers";
            table.fault("shifts", what, "write a shift, or `agents` in its place");
        }
    } else {
        shifts.push(read_shift(table));
    }
    DeskDraft {
        shifts: shifts.into_iter().flatten().collect(),
        work: table.get_or_default(&keys::desk_shifts::WORK),
        only: table.get(&keys::desk_shifts::ONLY).map(|only| only.value),
        background: None,
    }
}

fn read_shift(table: &Table) -> Option<Shift> {
    let agents = table.require(&keys::shift::AGENTS);
    let hours = times::opt_hours(table, &keys::shift::HOURS, times::Whose::Shift);
    let days = times::weekdays(
        table,
        &keys::shift::DAYS,
        if hours.is_some() {
            &times::WORKING_DAYS
        } else {
            &times::WEEK
        },
    );
    if days.is_empty() && !table.is_damaged() {
        table.fault(
            "days",
            "nobody is ever on duty",
            "write days such as [\"Mon\", \"Tue\"]",
        );
    }
    Some(Shift {
        days,
        hours: hours.map(|hours| hours.value),
        agents: agents?.value,
    })
}

impl DeskDraft {
    /// Minutes of all agents together in an ordinary week.
    pub(super) fn week_minutes(&self) -> f64 {
        let minutes = |shift: &Shift| {
            let (from, to) = shift.hours.unwrap_or((Span::ZERO, Span::DAY));
            (to - from).minutes() * shift.days.len() as f64 * f64::from(shift.agents)
        };
        self.shifts.iter().map(minutes).sum()
    }

    /// The number of agents over time; shifts that overlap add up.
    pub(super) fn compile(&self, calendar: &Calendar) -> Desk {
        let mut changes: std::collections::BTreeMap<Time, i64> = std::collections::BTreeMap::new();
        for Shift { days, hours, agents } in &self.shifts {
            let (from, to) = hours.unwrap_or((Span::ZERO, Span::DAY));
            for day in -1..=calendar.horizon.day() {
                let midnight = Time(day * Span::DAY.0);
                if days.contains(&calendar.date(day).weekday()) {
                    *changes.entry(midnight + from).or_default() += i64::from(*agents);
                    *changes.entry(midnight + to).or_default() -= i64::from(*agents);
                }
            }
        }
        let mut agents = 0;
        let mut duty: Vec<(Time, u32)> = Vec::new();
        for (at, change) in changes {
            agents += change;
            if change != 0 {
                duty.push((at, agents as u32));
            }
        }
        Desk {
            duty,
            work: self.work,
            only: self.only,
        }
    }
}

/// Reads `[board]`: the days on which decisions are taken.
pub(super) fn board(root: &Table) -> Option<(Vec<Weekday>, Span)> {
    let table = root.opt_table(&keys::top::BOARD)?;
    let days = times::weekdays(&table, &keys::board::DAYS, &times::WORKING_DAYS);
    if days.is_empty() && !table.is_damaged() {
        table.fault(
            "days",
            "the board never meets",
            "write days such as [\"Tue\"], or leave the table out",
        );
    }
    let at = table.get(&keys::board::AT).map_or(Span::HOUR * 10, |at| at.value);
    table.finish();
    Some((days, at))
}

/// The instants at which a board meets.
pub(super) fn meetings(board: Option<&(Vec<Weekday>, Span)>, calendar: &Calendar) -> Board {
    let Some((days, at)) = board else {
        return Board::default();
    };
    let meets = (0..calendar.horizon.day() + 1)
        .filter(|&day| days.contains(&calendar.date(day).weekday()))
        .map(|day| Time(day * Span::DAY.0) + *at)
        .collect();
    Board { meets }
}

/// Gates as written.
pub(super) struct GatesDraft {
    only_after_pilot: bool,
    pilot: Span,
    stage: Span,
    window: u32,
    recheck: Span,
    max_hold: Span,
    marginal_goes: bool,
    pub(super) then: Choice,
    criteria: Vec<Criterion>,
}

/// Reads `[strategies.gates]`.
pub(super) fn gates(table: &Table) -> GatesDraft {
    let days = |key: &Key<Count>| Span::DAY * i64::from(table.get_or_default(key));
    let draft = GatesDraft {
        only_after_pilot: table.get_or_default(&keys::gates::AFTER),
        pilot: days(&keys::gates::PILOT_DAYS),
        stage: days(&keys::gates::STAGE_DAYS),
        window: table.get_or_default(&keys::gates::WINDOW_DAYS),
        recheck: days(&keys::gates::RECHECK_DAYS).max(Span::DAY),
        max_hold: days(&keys::gates::MAX_HOLD_DAYS),
        marginal_goes: table.get_or_default(&keys::gates::MARGINAL),
        then: table.get_or_default(&keys::gates::THEN),
        criteria: criteria(table, true),
    };
    if draft.criteria.is_empty() && !table.is_damaged() {
        table.fault_here(
            "gates without a criterion let everything pass",
            "write for example `tickets_per_100 = { pass = 15, fail = 25, sample = 50 }`",
        );
    }
    table.finish();
    draft
}

/// The key of a criterion.
fn key_of(observed: Observed) -> &'static Key<NumberOr> {
    match observed {
        Observed::OpenSeverity1 => &keys::criteria::OPEN_SEVERITY_1,
        Observed::Tickets => &keys::criteria::TICKETS_PER_100,
        Observed::ReportedBroken => &keys::criteria::REPORTED_BROKEN,
        Observed::FailedMoves => &keys::criteria::FAILED_MOVES,
        Observed::Stranded => &keys::criteria::STRANDED_PER_100,
    }
}

/// Reads the criteria of a gate, or of a trigger, whose numbers all mean fail.
fn criteria(table: &Table, is_gate: bool) -> Vec<Criterion> {
    let mut criteria = Vec::new();
    for observed in Observed::ALL {
        let Some(written) = table.number_or_table(key_of(observed)) else {
            continue;
        };
        let key = observed.word();
        let criterion = match written {
            NumberOrTable::Number(number) => Some((number.value, number.value, 0.0)),
            NumberOrTable::Table(inner) => {
                let fail = inner.require(&keys::criterion::FAIL);
                let pass = if is_gate {
                    inner.get(&keys::criterion::PASS).map(|pass| pass.value)
                } else {
                    None
                };
                let sample = inner.get_or_default(&keys::criterion::SAMPLE);
                inner.finish();
                fail.map(|fail| (pass.unwrap_or(fail.value), fail.value, sample))
            }
        };
        let Some((pass, fail, sample)) = criterion else {
            continue;
        };
        if pass > fail {
            table.fault(
                key,
                format!("`{key}` passes up to {pass} and fails above {fail}"),
                "write a `pass` that is at most `fail`",
            );
        }
        criteria.push(Criterion {
            observed,
            pass,
            fail,
            sample,
        });
    }
    criteria
}

impl GatesDraft {
    /// How long a stage in front of a further wave lasts at least; `None` if only the pilot has a gate behind it.
    pub(super) fn least(&self) -> Option<Span> {
        (!self.only_after_pilot).then_some(self.stage)
    }

    /// A gate in front of each wave but the first, or only in front of the one after the pilot.
    pub(super) fn compile(&self, waves: &[Wave]) -> Vec<Gate> {
        let is_pilot = |before: usize| waves[before - 1].is_pilot;
        (1..waves.len())
            .filter(|&before| !self.only_after_pilot || is_pilot(before))
            .map(|before| Gate {
                before: before as u32,
                least: if is_pilot(before) { self.pilot } else { self.stage },
                window: self.window,
                criteria: self.criteria.clone(),
                marginal_goes: self.marginal_goes,
                recheck: self.recheck,
                max_hold: self.max_hold,
                then: self.then,
            })
            .collect()
    }
}

/// A trigger as written.
pub(super) struct TriggerDraft {
    window: u32,
    criteria: Vec<Criterion>,
    extent: Reach,
    pool: Option<Located<String>>,
}

/// Reads one `[[strategies.triggers]]`.
pub(super) fn trigger(table: &Table) -> TriggerDraft {
    let (extent, pool) = super::strategies::read_extent(table);
    let draft = TriggerDraft {
        window: table.get_or_default(&keys::trigger::WINDOW_DAYS),
        criteria: criteria(table, false),
        extent,
        pool,
    };
    if draft.criteria.is_empty() && !table.is_damaged() {
        table.fault_here(
            "a trigger needs a condition",
            "write for example `open_severity_1 = 0`, which orders a rollback when there is more than none",
        );
    }
    table.finish();
    draft
}

impl TriggerDraft {
    /// The trigger, once its extent is known.
    pub(super) fn compile(
        &self,
        extent: impl Fn(Reach, Option<&Located<String>>) -> Option<Extent>,
    ) -> Option<Trigger> {
        Some(Trigger {
            window: self.window,
            criteria: self.criteria.clone(),
            extent: extent(self.extent, self.pool.as_ref())?,
        })
    }
}
