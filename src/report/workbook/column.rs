//! How a column is shown, by its key: the one place that decides it.

use crate::outcome::metric;
use crate::report::words::{capital, measured, money};
use crate::scenario::Scenario;

/// How the cells of a column look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    /// As they are: words, amounts with about three digits, truths.
    Plain,
    /// Numbers by which something is called, without separators.
    Id,
    /// Shares, in per cent.
    Share,
    /// Dates, written as `2013-03-04`.
    Date,
}

/// A column.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Column {
    pub(super) key: String,
    pub(super) title: String,
    pub(super) shape: Shape,
    /// What it means, where that is known.
    pub(super) note: Option<&'static str>,
}

const DATES: &str = "date planned moved_p10 moved_p50 moved_p90 worst_day done_98_p50 done_98_p90 \
    last_day_to_turn_back from_date to_date week";

const IDS: &str = "replication lot day from_day to_day time_ms round seed";

const SHARES: &str = "probability wanted low95 high95 better_in worse_in equal_in better_low95 better_high95 \
    reached_low95 reached_high95 rollback_low95 rollback_high95 held_low held_high stuck_low95 \
    stuck_high95 completed_low completed_high";

/// What a column means that its title does not say to everybody.
const NOTES: &str = "\
strategy: The plan; `stay` moves nobody
replication: Number of the world: `coexist replay` shows what happens in it
digest: Of all events in that world: a replay must give the same
lot: The lot that decides who is in which wave; empty where no lot does
wanted: In what share of the worlds the limit must hold
holds_in: Worlds in which the limit holds
of: Worlds simulated
probability: Share of the worlds in which the limit holds
low95: Lower end of the interval of that probability; 95 %, over all looks at growing numbers of worlds
high95: Upper end of that interval
answer: Against what is wanted: kept, at the limit, undecided or broken
would_hold: The smallest bound that holds as often as wanted, in the unit of the limit (a share of 1, a day from the start)
worst_week: The same for the share of broken meetings in the worst week, as a share of 1
indifference: A difference that is not worth naming
difference: The first plan less the other one in the same worlds, in the unit of the metric
further_worlds: About how many more worlds it takes to decide
better_in: Share of the worlds in which it is better
worse_in: Share of the worlds in which it is worse
variance_ratio: How many times more worlds a comparison without the same worlds would need
reached: Worlds in which there is a value
difference_to_base: The plan less the base in the same worlds
planned: Written date of the wave; of a department or site, that of its last wave
moved_p50: Day at whose end 98 % of its people are on the new side: the median over worlds
moved_worlds: Worlds in which that day comes by the horizon, the end of the simulated time
stranded_hours_mean: Working hours of people who cannot sign in
limited_hours_mean: Working hours with limited service
worst_day: The day at whose end most of its people cannot sign in, over all worlds
written: People as the plan writes it; empty: all who are left, or a list
assigned: People listed for the wave in the lot shown
starts: Worlds in which the wave starts
slip_p50: Days after its written date on which the wave starts: the median over worlds
correlation: Rank correlation of the difference with the value drawn
turns_at: Value of the quantity at which the difference changes its sign
mark: Where the figure comes from
range_from: Lower end of the 90 % range; empty for a fixed value
range_to: Upper end of the 90 % range; empty for a fixed value";

/// How the column with this key of a table is shown.
pub(super) fn column(scenario: &Scenario, key: &str) -> Column {
    let metric = metric::ALL
        .iter()
        .copied()
        .find(|one| one.definition().name == key);
    let is_in = |keys: &str| keys.split(' ').any(|own| own == key);
    let is_share = key.contains("share") || key.starts_with("p_") || is_in(SHARES);
    let shape = match key {
        _ if is_in(DATES) => Shape::Date,
        _ if is_in(IDS) => Shape::Id,
        _ if is_share && !key.ends_with("per_mille") => Shape::Share,
        _ => Shape::Plain,
    };
    let currency = money(scenario).filter(|_| key.starts_with("cost"));
    let title = match (metric, currency) {
        (Some(metric), _) => capital(&measured(metric, scenario)),
        (None, Some(currency)) => format!("{} ({currency})", readable(key)),
        (None, None) => readable(key),
    };
    let known = NOTES
        .lines()
        .find_map(|line| line.strip_prefix(key)?.strip_prefix(": "));
    Column {
        key: key.into(),
        title,
        shape,
        note: metric.map(|metric| metric.definition().meaning).or(known),
    }
}

/// A key as words: `Slip P10`, `Reached low 95 %`. What stands behind a colon is a name, and stays.
pub(super) fn readable(key: &str) -> String {
    let (words, name) = key
        .split_once(':')
        .map_or((key, None), |(words, name)| (words, Some(name)));
    let word = |word: &str| match (word, word.strip_prefix('p')) {
        ("low95", _) => "low 95 %".into(),
        ("high95", _) => "high 95 %".into(),
        ("98", _) => "98 %".into(),
        (_, Some(digits)) if digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("P{digits}")
        }
        _ => word.into(),
    };
    let words: Vec<String> = words.split(['_', '-']).map(word).collect();
    let name = name.map_or(String::new(), |name| format!(" {name}"));
    capital(&words.join(" ")) + &name
}
