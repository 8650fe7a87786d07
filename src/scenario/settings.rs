//! How meetings arise, and the parameters of the rules.

use super::input::key::{Key, Shaped};
use super::input::{Item, Located, NumberOrTable, Table};
use super::keys::{self, Law};
use super::life::DeskDraft;
use super::lists;
use crate::world::lag::Package;
use crate::world::{
    Draw, Mark, MeetingModel, Parameter, Setting, parameter, parameter::DEFINITIONS, parameter::Definition,
};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Keys of `[meetings]` that only generated meetings follow.
const GENERATING: [&str; 19] = [
    "starts_per_user_day",
    "sizes",
    "durations",
    "levels",
    "warm_start",
    "grid_minutes",
    "occurrences",
    "concurrency",
    "ad_hoc_share",
    "recurring_share",
    "open_share",
    "anonymous_share",
    "web_share",
    "anonymous_guests",
    "federated_guests",
    "dial_in_share",
    "lead_p90_days",
    "busy_share",
    "large_per_user_week",
];

/// What these tables say.
pub(super) struct Settings {
    pub(super) meetings: MeetingModel,
    pub(super) parameters: Vec<Parameter>,
    /// The list that the meetings come from, unless they are generated.
    pub(super) calendar: Option<Located<String>>,
    /// What the columns of that list are called.
    pub(super) columns: Vec<(String, Located<String>)>,
    /// Are people of that list who are not in the population skipped?
    pub(super) skips_outsiders: bool,
    /// The help desk's shifts.
    pub(super) desk: Option<DeskDraft>,
    /// The last day on which the old side is supported.
    pub(super) end_of_support: Option<Date>,
    /// What money is counted in, unless it is not said.
    pub(super) currency: Option<String>,
}

/// Reads the tables `people`, `meetings`, `moves`, `installs`, `desk`, `programme`, `traffic`, `cost` and
/// `parameters`.
pub(super) fn read(root: &Table, users: usize) -> Settings {
    let mut given: BTreeMap<usize, Parameter> = BTreeMap::new();
    let mut model = model_defaults();
    let mut calendar = None;
    let (mut columns, mut skips_outsiders) = (Vec::new(), false);
    let (mut desk, mut package) = (None, None);
    let (mut end_of_support, mut currency) = (None, None);
    for name in [
        "people",
        "meetings",
        "moves",
        "installs",
        "desk",
        "programme",
        "traffic",
        "cost",
    ] {
        let Some(table) = root.table_named(name) else {
            continue;
        };
        if name == "meetings" {
            calendar = table.get(&keys::meetings::CALENDAR);
            columns = lists::called(&table, &keys::meetings::COLUMNS, &super::calendar::COLUMNS);
            skips_outsiders = table.get_or_default(&keys::meetings::OUTSIDERS);
            read_model(&table, &mut model, if calendar.is_some() { 0 } else { users });
        }
        if name == "installs" {
            package = table.get(&keys::installs::LAG);
        }
        if name == "desk" {
            let mut draft = super::life::desk(&table);
            draft.background = Some(super::background::read(&table));
            desk = Some(draft);
        }
        if name == "cost" {
            end_of_support = table.get(&keys::cost::END_OF_SUPPORT).map(|date| date.value);
            currency = read_currency(&table);
        }
        read_parameters(&table, name, &mut given);
        table.finish();
    }
    if let Some(all) = root.opt_table(&keys::top::PARAMETERS) {
        for name in keys::parameter_tables() {
            if let Some(table) = all.table_named(name) {
                read_parameters(&table, name, &mut given);
                table.finish();
            }
        }
        all.finish();
    }
    if let Some(package) = package {
        let (mark, source) = package.value.source();
        for &(setting, low, high) in package.value.ranges() {
            given.entry(setting as usize).or_insert_with(|| Parameter {
                setting,
                draw: Package::draw(low, high),
                mark,
                source: source.into(),
            });
        }
    }
    let mut parameters: Vec<Parameter> = DEFINITIONS
        .iter()
        .map(|definition| {
            given
                .get(&(definition.setting as usize))
                .cloned()
                .unwrap_or_else(|| Parameter {
                    setting: definition.setting,
                    draw: Draw::Fixed(definition.default),
                    mark: definition.mark,
                    source: definition.source.into(),
                })
        })
        .collect();
    if root.get_or_default(&keys::top::UNCERTAIN) {
        parameter::draw_all(&mut parameters, &|setting| {
            given.contains_key(&(setting as usize))
        });
    }
    check_together(root, &parameters, calendar.is_some());
    if calendar.is_some() {
        let all = root.opt_table(&keys::top::PARAMETERS);
        let tables = [
            root.opt_table(&keys::top::MEETINGS),
            all.and_then(|all| all.table_named("meetings")),
        ];
        tables.iter().flatten().for_each(warn_of_generating_keys);
    }
    Settings {
        meetings: model,
        parameters,
        calendar,
        columns,
        skips_outsiders,
        desk,
        end_of_support,
        currency,
    }
}

/// What money is counted in: a short word.
fn read_currency(table: &Table) -> Option<String> {
    let written = table.get(&keys::cost::CURRENCY)?;
    let is_word = |letter: char| !letter.is_whitespace() && !letter.is_ascii_digit();
    if written.value.chars().count() > 12 || !written.value.chars().all(is_word) {
        let what = format!("`{}` is no word for money", written.value);
        table
            .reader()
            .error_at(&written, what, "write for example `currency = \"EUR\"`");
    }
    Some(written.value)
}

/// Warns of keys that have no effect when the meetings come from a list.
fn warn_of_generating_keys(table: &Table) {
    for key in GENERATING.iter().filter(|key| table.has(key)) {
        let what = format!("`{key}` has no effect: the meetings are not generated but read from `calendar`");
        table.warn(key, what, "remove one of the two");
    }
}

fn model_defaults() -> MeetingModel {
    MeetingModel {
        starts_per_user_day: None,
        sizes: vec![(4, 0.85), (6, 0.10), (11, 0.05)],
        durations: vec![(15.0, 0.10), (30.0, 0.40), (60.0, 0.45), (90.0, 0.05)],
        levels: [0.4, 0.3, 0.2, 0.1],
        warm_start: true,
        grid_minutes: 15,
        occurrences: (26, 52),
    }
}

fn read_model(table: &Table, model: &mut MeetingModel, users: usize) {
    model.starts_per_user_day = table
        .get(&keys::meetings::STARTS_PER_USER_DAY)
        .map(|rate| rate.value);
    if let Some(pairs) = pairs(table, &keys::meetings::SIZES, (2.0, 1000.0), "people") {
        model.sizes = pairs
            .into_iter()
            .map(|(size, share)| (size as u32, share))
            .collect();
    }
    if let Some(pairs) = pairs(table, &keys::meetings::DURATIONS, (1.0, 1440.0), "minutes") {
        model.durations = pairs;
    }
    if let Some(levels) = table.opt_table(&keys::meetings::LEVELS) {
        let shares = [
            &keys::levels::TEAM,
            &keys::levels::DEPARTMENT,
            &keys::levels::SITE,
            &keys::levels::EVERYONE,
        ];
        model.levels = shares.map(|share| levels.get_or_default(share));
        levels.finish();
        shares_add_up(table, "levels", &model.levels);
    }
    model.warm_start = table.get_or_default(&keys::meetings::WARM_START);
    model.grid_minutes = table.get_or_default(&keys::meetings::GRID_MINUTES);
    if let Some(items) = table
        .item(&keys::meetings::OCCURRENCES)
        .and_then(|item| item.items())
    {
        let counts: Vec<u32> = items
            .iter()
            .filter_map(|item| Some(item.count(1..=1000)?.value))
            .collect();
        match counts[..] {
            [low, high] if low <= high => model.occurrences = (low, high),
            _ if counts.len() < items.len() => {}
            _ => table.fault(
                "occurrences",
                "`occurrences` must be the smallest and the largest number of meetings of a series",
                "write for example `occurrences = [26, 52]`",
            ),
        }
    }
    let largest = model.sizes.iter().map(|size| size.0).max().unwrap_or(0);
    if users > 0 && largest as usize > users {
        table.warn(
            "sizes",
            format!(
                "meetings of {largest} people are larger than the company of {users}; they will be smaller"
            ),
            format!("write sizes of at most {users}"),
        );
    }
}

/// Reads pairs of a whole number and a share.
fn pairs(table: &Table, key: &Key<Shaped>, (low, high): (f64, f64), unit: &str) -> Option<Vec<(f64, f64)>> {
    let items = table.item(key)?.items()?;
    let key = key.name();
    let mut pairs = Vec::new();
    let mut sound = true;
    let pair = |item: &Item| -> Option<(f64, f64)> {
        let parts = item.items()?;
        let [first, second] = &parts[..] else {
            item.fault(
                format!("an entry of `{key}` must be {unit} and a share"),
                format!("write for example `[{low}, 1.0]`"),
            );
            return None;
        };
        let first = first.integer(low as i64..=high as i64);
        let second = second.float(0.0..=1.0);
        Some((first?.value as f64, second?.value))
    };
    for item in &items {
        match pair(item) {
            Some(pair) => pairs.push(pair),
            None => sound = false,
        }
    }
    if !sound {
        return None;
    }
    let shares: Vec<f64> = pairs.iter().map(|pair| pair.1).collect();
    shares_add_up(table, key, &shares).then_some(pairs)
}

/// Reports shares that do not add up to one.
pub(super) fn shares_add_up(table: &Table, key: &str, shares: &[f64]) -> bool {
    let sum: f64 = shares.iter().sum();
    if libm::fabs(sum - 1.0) > 1e-9 {
        let sum = libm::round(sum * 1e6) / 1e6;
        table.fault(
            key,
            format!("the shares of `{key}` add up to {sum}; they must add up to 1"),
            "write shares of the whole, such as 0.7 and 0.3",
        );
        return false;
    }
    true
}

fn read_parameters(table: &Table, name: &str, given: &mut BTreeMap<usize, Parameter>) {
    for definition in DEFINITIONS {
        let Some((_, key)) = definition.key.split_once('.').filter(|split| split.0 == name) else {
            continue;
        };
        let bounds = definition.low..=definition.high;
        let Some(value) = table.parameter(key, bounds.clone()) else {
            continue;
        };
        let mut mark = Mark::Scenario;
        let mut source = String::new();
        let draw = match value {
            NumberOrTable::Number(number) => Some(Draw::Fixed(number.value)),
            NumberOrTable::Table(table) => {
                let draw;
                (draw, mark, source) = read_mark_and_draw(&table, bounds);
                draw
            }
        };
        let Some(draw) = draw else { continue };
        refuse_next_to_nothing(table, key, definition, draw);
        let parameter = Parameter {
            setting: definition.setting,
            draw,
            mark,
            source,
        };
        if given.insert(definition.setting as usize, parameter).is_some() {
            table.fault(
                key,
                format!("`{}` is given twice", definition.key),
                "keep one of the two",
            );
        }
    }
}

/// Refuses a value that is not 0 but smaller than the smallest other one.
fn refuse_next_to_nothing(table: &Table, key: &str, definition: &Definition, draw: Draw) {
    let least = definition.setting.least();
    let smallest = draw.range().map_or_else(|| draw.value(0.5), |range| range[0]);
    if smallest > 0.0 && smallest < least {
        let what = format!("`{}` is {smallest:?}, next to nothing but not 0", definition.key);
        table.fault(key, what, format!("write 0, or a number from {least}"));
    }
}

/// Reads a value or a 90 % interval with its mark and source.
pub(super) fn read_mark_and_draw(
    table: &Table,
    bounds: std::ops::RangeInclusive<f64>,
) -> (Option<Draw>, Mark, String) {
    let mark = table.get_or_default(&keys::interval::MARK);
    let source = table
        .get(&keys::interval::SOURCE)
        .map_or_else(String::new, |source| source.value);
    let draw = read_draw(table, bounds);
    table.finish();
    (draw, mark, source)
}

fn read_draw(table: &Table, bounds: std::ops::RangeInclusive<f64>) -> Option<Draw> {
    if let Some(value) = table.item(&keys::interval::VALUE) {
        let value = value.float(bounds)?.value;
        for key in ["low", "high", "distribution"] {
            if table.has(key) {
                table.fault(
                    key,
                    format!("`value` and `{key}` exclude each other"),
                    "keep either `value` or the interval",
                );
                return None;
            }
        }
        return Some(Draw::Fixed(value));
    }
    let low = table.require_within(&keys::interval::LOW, bounds.clone());
    let high = table.require_within(&keys::interval::HIGH, bounds);
    let distribution = table.require(&keys::interval::DISTRIBUTION);
    let (low, high, distribution) = (low?, high?.value, distribution?);
    if low.value >= high {
        table.fault(
            "low",
            format!("the 90 % interval from {} to {high} is empty", low.value),
            "write the 5 % quantile as `low` and the 95 % quantile, which is larger, as `high`",
        );
        return None;
    }
    let low = low.value;
    match distribution.value {
        Law::Lognormal if low <= 0.0 => {
            table.fault(
                "low",
                "a lognormal value is never 0",
                "write `low` above 0, or `distribution = \"uniform\"`",
            );
            None
        }
        Law::Lognormal => Some(Draw::Lognormal { low, high }),
        Law::Normal => Some(Draw::Normal { low, high }),
        Law::Uniform => Some(Draw::Uniform { low, high }),
    }
}

/// Reports parameters that contradict each other.
fn check_together(root: &Table, parameters: &[Parameter], listed: bool) {
    let middle = |setting: Setting| parameters[setting as usize].draw.value(0.5);
    let place = |setting: Setting, what: String, help: &str| {
        let (name, key) = setting.definition().key.split_once('.').unwrap_or_default();
        let table = root.table_named(name).filter(|table| table.has(key));
        match table.or_else(|| root.opt_table(&keys::top::PARAMETERS)?.table_named(name)) {
            Some(table) => table.fault(key, what, help),
            None => root.fault(name, what, help),
        }
    };
    let key = |setting: Setting| setting.definition().key;
    for &(low, high) in parameter::ASCENDING {
        // The spread of leads has no effect when the meetings are listed.
        if listed && low == Setting::LeadMedian {
            continue;
        }
        if middle(low) > middle(high) {
            let what = format!(
                "`{}` is {}, more than `{}` with {}",
                key(low),
                middle(low),
                key(high),
                middle(high)
            );
            place(low, what, "write a smaller number here, or a larger one there");
        }
    }
    for &(settings, most) in parameter::TOGETHER {
        let sum: f64 = settings.iter().map(|&setting| middle(setting)).sum();
        if sum > most + 1e-9 {
            let names: Vec<String> = settings
                .iter()
                .map(|&setting| format!("`{}`", key(setting)))
                .collect();
            let sum = libm::round(sum * 1e6) / 1e6;
            let what = format!(
                "{} add up to {sum}; together they are at most {most}",
                names.join(", ")
            );
            place(settings[0], what, "write smaller shares");
        }
    }
}
