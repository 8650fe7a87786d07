//! Every table of results, column by column.

use super::column::{DATE, DIGEST, NAME, NUMBER, SHARE, TEXT, TRUTH, Table, WHOLE, cols, word};

const STRATEGY: &[&str] = &["strategy"];
const METRIC_UNIT: &str = "Metric; its unit, of money the scenario's currency";
const BETTER_OR_WORSE: &[&str] = &["better", "worse", "lower", "higher", "no clear difference"];
const RANKS: &str =
    "Ranks by size, from 1; they differ where intervals overlap: nothing between them is ranked";

/// `replications.csv`; a column for each metric follows.
pub static REPLICATIONS: Table = Table {
    command: "run",
    name: "replications",
    columns: &[
        cols(&["replication"], WHOLE, "World"),
        cols(STRATEGY, NAME, "Strategy"),
        cols(
            &["digest"],
            DIGEST,
            "[Digest of the event log](#digests), 16 digits",
        ),
    ],
};

/// `summary.csv`.
pub static SUMMARY: Table = Table {
    command: "run",
    name: "summary",
    columns: &[
        cols(STRATEGY, NAME, "Strategy"),
        cols(&["metric"], NAME, "Metric"),
        cols(
            &["unit"],
            TEXT,
            "Its unit; of money, here and in every column or key `unit` of results, the scenario's `cost.currency`, or the word \
             `currency` if it has none",
        ),
        cols(
            &["better"],
            word(&["lower", "higher"]).or_empty(),
            "Which direction is better",
        ),
        cols(
            &["n"],
            WHOLE,
            "Worlds it is about: all; for `downgrade_days_to_clear` and `first_rollback_day` those with a rollback",
        ),
        cols(&["reached"], WHOLE, "In how many of them it has a value"),
        cols(
            &["reached_low95", "reached_high95"],
            SHARE.or_empty(),
            "Exact 95 % interval of the probability that it has a value (Clopper and Pearson)",
        ),
        cols(
            &["mean"],
            NUMBER.or_empty(),
            "Mean; empty if any of the n values is missing, or n = 0",
        ),
        cols(
            &["mean_low95", "mean_high95"],
            NUMBER.or_empty(),
            "Ends of its 95 % interval (Student's t); empty with fewer than two values",
        ),
        cols(
            &[
                "p10",
                "p10_low95",
                "p10_high95",
                "p50",
                "p50_low95",
                "p50_high95",
                "p90",
                "p90_low95",
                "p90_high95",
                "p95",
                "p95_low95",
                "p95_high95",
            ],
            NUMBER.or_empty(),
            "Quantiles over worlds, each with the ends of its 95 % interval by order statistics, free of any distribution (Conover \
             1999, section 3.2); an end is empty where it is later than the horizon. All are empty with too few worlds to bound the \
             quantile on both sides at 95 %: below 6 for `p50`, 36 for `p10` and `p90`, 72 for `p95`. For a metric that cannot be \
             missing: linear between order statistics at position (n - 1) p. For one that can: the value of rank ceil(n p), at least \
             1, with missing values last; empty if that is missing",
        ),
        cols(
            &["difference_to_base"],
            NUMBER.or_empty(),
            "Mean of the differences to the base in the same worlds, strategy minus base; empty for the base, or if any value of \
             either is missing",
        ),
        cols(
            &["diff_low95", "diff_high95"],
            NUMBER.or_empty(),
            "Ends of its 95 % interval",
        ),
        cols(
            &["share_lower", "share_higher"],
            SHARE.or_empty(),
            "Share of all worlds in which the strategy's value is lower, higher than the base's; a missing value counts as higher \
             than any number; empty for the base",
        ),
    ],
};

/// `comparisons.csv`.
pub static COMPARISONS: Table = Table {
    command: "run",
    name: "comparisons",
    columns: &[
        cols(&["strategy", "metric"], NAME, "What is compared with the base"),
        cols(
            &["measure"],
            word(&["mean", "min_day_horizon", "probability_reached"]),
            "Of what the difference is taken: the metric; the smaller of day and horizon; the probability of reaching the day",
        ),
        cols(
            &["objective"],
            TRUTH,
            "Does the interval hold together with those of all objectives?",
        ),
        cols(&["indifference"], NUMBER, "Difference not worth naming"),
        cols(
            &["difference", "low", "high"],
            NUMBER.or_empty(),
            "Strategy minus base in the same worlds; its interval (paired t; for a probability method 10 of Newcombe 1998)",
        ),
        cols(
            &["level"],
            SHARE,
            "Level of this interval: 0.95, or for an objective 1 - 0.05 / number of intervals that hold together",
        ),
        cols(
            &["verdict"],
            word(&["better", "worse", "tied", "undecided", "lower", "higher"]),
            "What the interval decides; `lower` and `higher` where that is neither better nor worse: a metric without direction, \
             something that adds up while one of the two courses ends in fewer than 95 % of worlds, or money against a strategy that \
             moves nobody while nothing is assumed about what staying costs",
        ),
        cols(
            &["further_worlds"],
            WHOLE.or_empty(),
            "Estimate of the further worlds until it is decided",
        ),
        cols(
            &["better_in", "worse_in", "equal_in"],
            SHARE.or_empty(),
            "Worlds in which the strategy is better, worse, equal; empty for `probability_reached`",
        ),
        cols(
            &["better_low95", "better_high95"],
            SHARE.or_empty(),
            "Wilson's interval of `better_in`",
        ),
        cols(
            &["variance_ratio"],
            NUMBER.or_empty(),
            "How many times more worlds a comparison without pairing would need",
        ),
    ],
};

/// `limits.csv`.
pub static LIMITS: Table = Table {
    command: "run",
    name: "limits",
    columns: &[
        cols(STRATEGY, NAME, "Strategy"),
        cols(&["limit"], TEXT, "The limit in words, or `all` together"),
        cols(&["wanted"], SHARE, "In what share of the worlds it must hold"),
        cols(&["holds_in", "of"], WHOLE, "Worlds in which it holds, of so many"),
        cols(
            &["probability", "low95", "high95"],
            SHARE,
            "That share, and the interval of the probability (Clopper and Pearson)",
        ),
        cols(
            &["answer"],
            word(&["kept", "at the limit", "undecided", "broken"]),
            "Against `wanted`: `kept` if `low95` is at or above it, `broken` if `high95` is below; `at the limit` if the whole \
             interval lies within 0.05 of it (above it, within half of the room up to 1), so that more worlds decide nothing; else \
             `undecided`",
        ),
        cols(
            &["would_hold"],
            NUMBER.or_empty(),
            "The smallest bound that holds in the wanted share of these worlds, in the unit of the metric or as a share; empty if \
             none does by the horizon, and for `all`",
        ),
        cols(
            &["worst_week"],
            SHARE.or_empty(),
            "Where broken meetings are limited as a share of those judged: what holds likewise for `broken_share_worst_week`",
        ),
    ],
};

/// `pairs.csv`.
pub static PAIRS: Table = Table {
    command: "run",
    name: "pairs",
    columns: &[
        cols(&["objective"], NAME, "The metric"),
        cols(&["indifference"], NUMBER, "The difference not worth naming"),
        cols(&["strategy", "against"], NAME, "The pair"),
        cols(
            &["difference", "low", "high"],
            NUMBER.or_empty(),
            "The first minus the second in the same worlds, and its interval (paired t)",
        ),
        cols(&["level"], SHARE, "The level of this interval"),
        cols(
            &["verdict"],
            word(&["better", "worse", "tied", "undecided", "not comparable"]),
            "What it decides about the first; `not comparable`: something that is counted up, and one of the two comes to its end by \
             the horizon in fewer than 95 % of worlds",
        ),
        cols(
            &["further_worlds"],
            WHOLE.or_empty(),
            "Estimate of the further worlds until it is decided",
        ),
        cols(
            &["better_in", "worse_in"],
            SHARE,
            "Worlds in which the first is better, worse",
        ),
    ],
};

/// `headline.csv`.
pub static HEADLINE: Table = Table {
    command: "run",
    name: "headline",
    columns: &[
        cols(STRATEGY, NAME, "Strategy"),
        cols(
            &["moves_people"],
            TRUTH,
            "A strategy that moves nobody is no candidate",
        ),
        cols(
            &["limits_kept", "limits"],
            WHOLE.or_empty(),
            "Limits `kept`, of so many",
        ),
        cols(
            &["limits_answer"],
            word(&["kept", "at the limit", "undecided", "broken"]).or_empty(),
            "The worst `answer` among them",
        ),
        cols(
            &["done_98_p50", "done_98_p90"],
            DATE.or_empty(),
            "`day_98pct_complete`: P50, P90 (or the latest), empty if later than the horizon",
        ),
        cols(&["done_98_reached"], WHOLE, "Worlds that reach it"),
        cols(
            &[
                "meetings_broken_low",
                "meetings_broken_mean",
                "meetings_broken_high",
            ],
            NUMBER,
            "Broken meetings",
        ),
        cols(
            &["broken_share_low", "broken_share_mean", "broken_share_high"],
            SHARE,
            "Broken meetings as a share of all judged",
        ),
        cols(
            &["stranded_worst_day"],
            NUMBER,
            "P90 (or the most) of `stranded_peak`",
        ),
        cols(
            &["last_day_to_turn_back"],
            DATE.or_empty(),
            "The technical point, as in [no-return.csv](#results-of-exposure), at 1 % of people and 10 % of worlds unless \
             `[exposure]` says otherwise",
        ),
        cols(&["turn_back"], TEXT.or_empty(), "The same in words"),
        cols(
            &["no_way_back_worlds", "no_way_back_most"],
            WHOLE.or_empty(),
            "Worlds in which anybody has no way back at the end of a day, and most people on one of them",
        ),
        cols(&["rollback_worlds"], WHOLE, "Worlds with a rollback"),
        cols(
            &["rollback_low95", "rollback_high95"],
            SHARE,
            "Exact interval of the probability of one (Clopper and Pearson)",
        ),
        cols(&["cost_low", "cost_mean", "cost_high"], NUMBER, "Cost"),
        cols(
            &["low_and_high"],
            word(&["P10 and P90", "least and most"]),
            "What *low* and *high* are",
        ),
        cols(
            &["lot"],
            TEXT.or_empty(),
            "Where each world has a [lot](#lots) of its own, there is a second line for the lot shown, in the same worlds: `each \
             world its own` in the first, the number of the lot in the second, of which limits and the last day to turn back are not \
             asked",
        ),
        cols(
            &[
                "worst_week_share_low",
                "worst_week_share_mean",
                "worst_week_share_high",
            ],
            SHARE,
            "`broken_share_worst_week`",
        ),
        cols(
            &["machines_never_done_mean"],
            NUMBER,
            "Mean of `clients_never_upgraded`: their users are left out of the 98 %",
        ),
    ],
};

/// `timeline.csv`.
pub static TIMELINE: Table = Table {
    command: "run",
    name: "timeline",
    columns: &[
        cols(STRATEGY, NAME, "Strategy"),
        cols(&["day"], WHOLE, "Day, from 0"),
        cols(&["date"], DATE, "Its date"),
        cols(&["measure"], NAME, "Measure"),
        cols(&["mean"], NUMBER, "Mean over worlds"),
        cols(
            &["p05", "p10", "p25", "p50", "p75", "p90", "p95"],
            WHOLE.or_empty(),
            "Quantiles over worlds: rank ceil(n p); exact below 1024, within 1/1024 above. Empty where there are too few worlds: \
             below 72 for `p05` and `p95`, 36 for `p10` and `p90`, 13 for `p25` and `p75`, 6 for `p50`",
        ),
    ],
};

const LOT: &str = "The lot that decides who is in which wave";

/// `waves.csv`.
pub static WAVES: Table = Table {
    command: "run",
    name: "waves",
    columns: &[
        cols(&["strategy", "user", "department", "site"], NAME, "Who"),
        cols(
            &["wave"],
            NAME.or_empty(),
            "In which wave; empty: the plan moves this person in none",
        ),
        cols(&["planned"], DATE.or_empty(), "Its written date"),
        cols(
            &["slip_p10", "slip_p90"],
            WHOLE.unit("d").or_empty(),
            "Days after it on which the wave starts for the first time, P10 and P90 over worlds; empty where it does not start in so \
             many worlds, or there are too few worlds",
        ),
        cols(&["starts"], WHOLE.or_empty(), "Worlds in which it starts"),
        cols(&["lot"], WHOLE.or_empty(), LOT),
    ],
};

/// `wave-sizes.csv`.
pub static WAVE_SIZES: Table = Table {
    command: "run",
    name: "wave-sizes",
    columns: &[
        cols(&["strategy", "wave"], NAME, "Which"),
        cols(&["planned"], DATE, "Its written date"),
        cols(
            &["written"],
            WHOLE.or_empty(),
            "People as written; empty: all who are left, or a list",
        ),
        cols(
            &["assigned"],
            WHOLE,
            "People listed for it in this lot: more than written where groups move together, fewer where people run out",
        ),
        cols(
            &["moved"],
            NUMBER,
            "Mean over worlds: who was moved to the new side at least once",
        ),
        cols(&["left"], NUMBER, "Who left before that"),
        cols(
            &["failed"],
            NUMBER,
            "Who is employed and was not moved by the horizon, though the wave started",
        ),
        cols(
            &["waiting"],
            NUMBER,
            "Who is employed and was not moved, for the wave did not start",
        ),
        cols(&["starts"], WHOLE, "Worlds in which it starts"),
        cols(
            &["slip_p10", "slip_p50", "slip_p90"],
            WHOLE.unit("d").or_empty(),
            "As in waves.csv",
        ),
        cols(&["lot"], WHOLE.or_empty(), LOT),
    ],
};

/// A table of departments or sites.
macro_rules! divisions {
    ($name:literal, $division:literal) => {
        Table {
            command: "run",
            name: $name,
            columns: &[
                cols(&["strategy", $division], NAME, "Which"),
                cols(&["people"], WHOLE, "People at the start"),
                cols(
                    &["planned"],
                    DATE.or_empty(),
                    "Written date of the last wave in which somebody of it is",
                ),
                cols(
                    &["moved_p10", "moved_p50", "moved_p90"],
                    DATE.or_empty(),
                    "First day at whose end 98 % of its employed people are on the new side; empty where that does not come in so \
                     many worlds",
                ),
                cols(&["moved_worlds"], WHOLE, "Worlds in which it comes"),
                cols(
                    &["broken_mean", "broken_p10", "broken_p90"],
                    NUMBER.or_empty(),
                    "Broken meetings",
                ),
                cols(
                    &["stranded_hours_mean", "stranded_hours_p90"],
                    NUMBER.unit("h").or_empty(),
                    "Working hours of people who cannot sign in; each world rounded down to minutes",
                ),
                cols(
                    &["limited_hours_mean", "limited_hours_p90"],
                    NUMBER.unit("h").or_empty(),
                    "Working hours with limited clients; likewise",
                ),
                cols(
                    &["worst_day"],
                    DATE.or_empty(),
                    "The day on which, over all worlds, most of its people cannot sign in at the end of the day; if that never \
                     happens, the one on which most meetings break",
                ),
                cols(
                    &["stranded_worst_day_p90"],
                    WHOLE.or_empty(),
                    "People who cannot sign in at the end of the worst day of a world, P90",
                ),
                cols(&["lot"], WHOLE.or_empty(), LOT),
            ],
        }
    };
}

/// `departments.csv`.
pub static DEPARTMENTS: Table = divisions!("departments", "department");
/// `sites.csv`.
pub static SITES: Table = divisions!("sites", "site");

/// `drivers.csv`.
pub static DRIVERS: Table = Table {
    command: "run",
    name: "drivers",
    columns: &[
        cols(
            &["strategy", "against"],
            NAME,
            "The difference is the first one's less the second one's, in the same worlds",
        ),
        cols(&["metric"], NAME, "Metric"),
        cols(
            &["quantity"],
            NAME,
            "Key of the quantity that every world draws for itself",
        ),
        cols(&["mark"], TEXT, "Where its figure comes from"),
        cols(
            &["range"],
            word(&["stated", "ours"]),
            "Is its range stated by the scenario, or a default one?",
        ),
        cols(
            &["correlation", "correlation_low", "correlation_high"],
            NUMBER.or_empty(),
            "Rank correlation (Spearman) of the difference with the value drawn, with Fisher's interval, variance 1.06 / (n - 3); \
             those of all quantities hold together at 95 % (Bonferroni). Ends are empty where nothing varies",
        ),
        cols(&["shown"], TRUTH, "Does the interval leave 0 out?"),
        cols(
            &["leading"],
            TRUTH,
            "Is it shown, and surely stronger than every other that is? Then the difference is said to rest on it",
        ),
        cols(
            &["range_low", "range_high"],
            NUMBER,
            "The 90 % range of the quantity",
        ),
        cols(
            &[
                "at_low",
                "at_low_low95",
                "at_low_high95",
                "at_high",
                "at_high_low95",
                "at_high_high95",
            ],
            NUMBER.or_empty(),
            "The mean difference at both ends by a straight line (least squares), with Student's 95 % interval, in the unit of the \
             metric",
        ),
        cols(
            &["turns_at"],
            NUMBER.or_empty(),
            "Where in the range that line crosses 0",
        ),
    ],
};

/// `precision.csv`.
pub static PRECISION: Table = Table {
    command: "run",
    name: "precision",
    columns: &[
        cols(
            &["strategy", "metric"],
            NAME,
            "Which mean; of min(day, horizon) for a day that may not be reached",
        ),
        cols(&["unit"], TEXT, "Unit of the metric"),
        cols(
            &["asked"],
            TEXT,
            "As in the manifest: `meetings_broken=2%`, `completion_day=0.5d`",
        ),
        cols(&["worlds"], WHOLE, "Worlds of the run"),
        cols(
            &["mean", "half_width"],
            NUMBER.or_empty(),
            "Mean and half-width of its 95 % interval (Student's t)",
        ),
        cols(
            &["wanted_half_width"],
            NUMBER.or_empty(),
            "What the half-width should be at most: the size asked for, or g / (1 + g) of the mean for a share g (Law 2015, section \
             9.4.1); empty once it is reached",
        ),
        cols(
            &["known"],
            TRUTH,
            "Is the mean known so well? Never where the metric is the same in all worlds or other than zero in fewer than ten; never \
             by a share where the interval contains zero",
        ),
        cols(
            &["worlds_needed"],
            WHOLE.or_empty(),
            "Estimate of the worlds it takes in all",
        ),
        cols(
            &["why_not"],
            TEXT.or_empty(),
            "Why the worlds say nothing about it",
        ),
    ],
};

/// `exposure.csv`.
pub static EXPOSURE: Table = Table {
    command: "exposure",
    name: "exposure",
    columns: &[
        cols(&["strategy", "point"], NAME, "Where"),
        cols(
            &["day"],
            NUMBER.or_empty(),
            "When in the plan, in days; a stage may be later in a world",
        ),
        cols(&["date"], DATE.or_empty(), "The same as a date"),
        cols(
            &["moved_mean"],
            NUMBER.or_empty(),
            "Mean users on the new side then",
        ),
        cols(
            &["course"],
            TEXT,
            "`go-on`, `roll-back`, `hold`, `fix-forward`, or a paired difference of two: `roll-back - go-on`, `roll-back - hold` \
             (turning back itself), `hold - go-on` (not having gone on meanwhile). The last two add up to the first exactly, in every \
             world",
        ),
        cols(&["quantity"], NAME, "See below"),
        cols(&["unit"], TEXT, "Its unit; of money the scenario's currency"),
        cols(&["worlds"], WHOLE, "Worlds that the line rests on"),
        cols(&["reached"], WHOLE, "Those in which the quantity has a value"),
        cols(
            &["mean", "mean_low95", "mean_high95"],
            NUMBER.or_empty(),
            "Mean and its 95 % interval, for this line alone; missing if a value is",
        ),
        cols(
            &["p05", "p10", "p25", "p50", "p75", "p90", "p95"],
            NUMBER.or_empty(),
            "Quantiles over worlds; a missing value counts as later than all. Empty where there are [too few worlds](#summarycsv) for \
             them",
        ),
    ],
};

/// `worlds.csv`; a column for each quantity follows.
pub static WORLDS: Table = Table {
    command: "exposure",
    name: "worlds",
    columns: &[
        cols(&["strategy", "point"], NAME, "Where"),
        cols(&["replication"], WHOLE, "World"),
        cols(&["time_ms"], WHOLE.unit("ms").or_empty(), "Time of the branch"),
        cols(&["moved"], WHOLE, "Users on the new side then"),
        cols(
            &["course"],
            word(&["go-on", "roll-back", "hold", "fix-forward"]),
            "Course",
        ),
        cols(
            &["digest"],
            DIGEST,
            "Digest of the event log from time zero to the end of the look-ahead",
        ),
    ],
};

/// `prices.csv`.
pub static PRICES: Table = Table {
    command: "exposure",
    name: "prices",
    columns: &[
        cols(&["strategy", "point"], NAME, "Where"),
        cols(&["worlds"], WHOLE, "Worlds that it rests on"),
        cols(
            &["price"],
            NUMBER.or_empty(),
            "Mean or quantile of roll-back less the other course; empty without a budget",
        ),
        cols(
            &["low_all95", "high_all95"],
            NUMBER.or_empty(),
            "An interval that holds together with those of all points at 95 % (Bonferroni; Student's t for the mean, order statistics \
             for a quantile); empty with too few worlds",
        ),
        cols(&["within"], TRUTH.or_empty(), "Is the price within the budget?"),
        cols(
            &["itself_mean", "meanwhile_mean"],
            NUMBER,
            "Means of its two parts: turning back itself (roll-back less hold) and not having gone on meanwhile (hold less the other \
             course)",
        ),
        cols(
            &["no_way_back_worlds", "no_way_back_most"],
            WHOLE,
            "Worlds in which rolling back leaves anybody on the new side, and most people in one of them",
        ),
        cols(
            &["days_p90"],
            NUMBER.unit("d").or_empty(),
            "P90 over worlds of `days_to_go_back`; empty if later than the look-ahead or with too few worlds",
        ),
        cols(
            &["days_within"],
            TRUTH.or_empty(),
            "Is it within the window (`window_days`)?",
        ),
    ],
};

/// `no-return.csv`.
pub static NO_RETURN: Table = Table {
    command: "exposure",
    name: "no-return",
    columns: &[
        cols(STRATEGY, NAME, "Strategy"),
        cols(
            &["kind"],
            word(&["technical", "price", "time"]),
            "Which of the three points",
        ),
        cols(&["binds"], TRUTH, "Is it the earliest of the three?"),
        cols(
            &["limit"],
            NUMBER.or_empty(),
            "`no_return_share`, the budget, the window",
        ),
        cols(
            &["answer"],
            word(&["day", "between", "before", "not before", "not asked"]),
            "`day`: that day; `between`: on the first of two days or later, but before the second; `before`: before the first that was \
             looked at; `not before`: the last that was looked at",
        ),
        cols(
            &["from_day"],
            WHOLE.or_empty(),
            "The day, or the first of the two",
        ),
        cols(&["from_date"], DATE.or_empty(), "Its date"),
        cols(&["to_day"], WHOLE.or_empty(), "A day that is too late"),
        cols(&["to_date"], DATE.or_empty(), "Its date"),
        cols(
            &["surely", "possibly"],
            NAME.or_empty(),
            "The last points up to which the upper, and the lower, ends of all intervals are within the limit",
        ),
        cols(
            &["worlds_needed"],
            WHOLE.or_empty(),
            "Worlds that carry these intervals, if there are too few",
        ),
        cols(
            &["worlds", "stuck_worlds"],
            WHOLE.or_empty(),
            "Technical: all worlds, and those with too many people without a way back on `to_day` (or on the day with most such \
             worlds)",
        ),
        cols(
            &["stuck_low95", "stuck_high95"],
            SHARE.or_empty(),
            "Clopper and Pearson's interval of their share",
        ),
        cols(
            &["ever_stuck_worlds", "ever_stuck_most"],
            WHOLE.or_empty(),
            "Worlds in which anybody has no way back at the end of any day, and most people on one of them",
        ),
    ],
};

/// `hindsight.csv`.
pub static HINDSIGHT: Table = Table {
    command: "exposure",
    name: "hindsight",
    columns: &[
        cols(STRATEGY, NAME, "Strategy"),
        cols(&["replication"], WHOLE, "World"),
        cols(
            &["hindsight_point"],
            NAME.or_empty(),
            "The last point up to which the price in that world was within the budget at every point; empty: not even at the first",
        ),
        cols(&["up_to_the_last"], TRUTH, "Is that the last of all?"),
    ],
};

/// `risks.csv`.
pub static RISKS: Table = Table {
    command: "sensitivity",
    name: "risks",
    columns: &[
        cols(&["strategy", "metric", "unit"], NAME, METRIC_UNIT),
        cols(
            &["risk"],
            NAME,
            "One of the names below; `all` = all of them together, without a rank",
        ),
        cols(&["without_it"], TEXT, "What is so without it"),
        cols(
            &["estimated"],
            TRUTH,
            "Does its size rest on an estimate that nobody published?",
        ),
        cols(
            &["adds", "adds_low", "adds_high"],
            NUMBER.or_empty(),
            "Metric of the strategy with it minus without it",
        ),
        cols(&["rank_from", "rank_to"], WHOLE.or_empty(), RANKS),
    ],
};

/// `ranges.csv`.
pub static RANGES: Table = Table {
    command: "sensitivity",
    name: "ranges",
    columns: &[
        cols(&["strategy", "metric", "unit"], NAME, METRIC_UNIT),
        cols(
            &["quantity"],
            NAME,
            "Key of the quantity: a parameter, `defects.<name>.count` or `faults.<place>.<kind>.mean`",
        ),
        cols(
            &["quantity_unit", "mark"],
            TEXT,
            "Its unit; where its range comes from",
        ),
        cols(
            &["low", "high"],
            NUMBER,
            "The ends, cut at the bounds of the quantity",
        ),
        cols(
            &["at_low", "at_low_low", "at_low_high"],
            NUMBER.or_empty(),
            "Metric of the strategy at the lower end minus as stated",
        ),
        cols(
            &["at_high", "at_high_low", "at_high_high"],
            NUMBER.or_empty(),
            "The same at the upper end",
        ),
        cols(
            &["across", "across_low", "across_high"],
            NUMBER.or_empty(),
            "At the upper end minus at the lower end",
        ),
        cols(&["rank_from", "rank_to"], WHOLE, RANKS),
    ],
};

/// `screening.csv`.
pub static SCREENING: Table = Table {
    command: "sensitivity",
    name: "screening",
    columns: &[
        cols(&["strategy", "metric", "unit"], NAME, METRIC_UNIT),
        cols(&["quantity"], NAME, "As in ranges.csv"),
        cols(
            &["mu_star", "mu_star_low", "mu_star_high"],
            NUMBER.or_empty(),
            "Mean size of the effects (Campolongo, Cariboni and Saltelli 2007)",
        ),
        cols(
            &["mu", "mu_low", "mu_high"],
            NUMBER.or_empty(),
            "Mean of the effects with their signs",
        ),
        cols(&["sigma"], NUMBER.or_empty(), "Standard deviation of the effects"),
        cols(&["rank_from", "rank_to"], WHOLE, RANKS),
    ],
};

/// `assumptions.csv`.
pub static ASSUMPTIONS: Table = Table {
    command: "sensitivity",
    name: "assumptions",
    columns: &[
        cols(&["strategy", "metric", "unit"], NAME, METRIC_UNIT),
        cols(
            &["assumption"],
            NAME,
            "`as-stated`, `without <risk>`, `without all`, or a quantity",
        ),
        cols(
            &["value"],
            NUMBER.or_empty(),
            "Value of the quantity in every world",
        ),
        cols(
            &["estimated"],
            TRUTH,
            "Does it rest on an estimate that nobody published?",
        ),
        cols(
            &["difference_to_base", "diff_low", "diff_high"],
            NUMBER.or_empty(),
            "Strategy minus base in the same worlds",
        ),
        cols(
            &["verdict"],
            word(BETTER_OR_WORSE),
            "`lower` and `higher` where neither is better",
        ),
        cols(
            &["turns"],
            word(&["reverses", "undoes", "decides"]).or_empty(),
            "`reverses`: from better to worse or back; `undoes`: no clear difference any more; `decides`: a clear difference where \
             there was none; empty if the verdict stays",
        ),
    ],
};

/// `pilots.csv`.
pub static PILOTS: Table = Table {
    command: "pilot",
    name: "pilots",
    columns: &[
        cols(STRATEGY, NAME, "Strategy"),
        cols(&["pilot"], TEXT, "The pilot in words"),
        cols(
            &["choose"],
            word(&[
                "none",
                "random",
                "departments",
                "volunteers",
                "teams",
                "as-written",
            ]),
            "How its people are chosen; `as-written` if in none of these ways",
        ),
        cols(
            &["people", "days"],
            WHOLE,
            "People in the pilot; days from its start to the first production wave. Without a pilot production begins on the day on \
             which the pilot would",
        ),
        cols(&["as_written"], TRUTH, "Is it the pilot of the strategy?"),
        cols(
            &["found", "found_low", "found_high"],
            NUMBER.or_empty(),
            "`defects_found_in_pilot`",
        ),
        cols(
            &["more_found", "more_found_low", "more_found_high"],
            NUMBER.or_empty(),
            "The same, less than without a pilot *",
        ),
        cols(
            &["escaped", "escaped_low", "escaped_high"],
            NUMBER.or_empty(),
            "`defects_escaped`",
        ),
        cols(
            &["harm_hours", "harm_hours_low", "harm_hours_high"],
            NUMBER.unit("h").or_empty(),
            "Lost attendee-hours with the defects of the world minus those without any, in the same world",
        ),
        cols(
            &["hours_avoided", "hours_avoided_low", "hours_avoided_high"],
            NUMBER.unit("h").or_empty(),
            "`harm_hours` without a pilot minus with it *",
        ),
        cols(
            &[
                "meetings_avoided",
                "meetings_avoided_low",
                "meetings_avoided_high",
            ],
            NUMBER.or_empty(),
            "The same for broken meetings *",
        ),
        cols(
            &["completed"],
            WHOLE,
            "Worlds in which the programme completes before the horizon",
        ),
        cols(
            &["completed_share", "completed_low", "completed_high"],
            SHARE,
            "Their share, Wilson's interval",
        ),
        cols(
            &["ended"],
            WHOLE,
            "Worlds in which the [course ends](#replicationscsv) by the horizon",
        ),
        cols(
            &["comparable"],
            TRUTH,
            "Can it be said what the pilot saves? Not if this course or that without a pilot ends in fewer than 95 % of the worlds, \
             nor if the pilot surely costs less without any defect, too: that is saved only because people move later",
        ),
        cols(
            &["days_lost", "days_lost_low", "days_lost_high"],
            NUMBER.unit("d").or_empty(),
            "Completion day minus that without a pilot; one not reached counts as the horizon *",
        ),
        cols(
            &["cost_avoided", "cost_avoided_low", "cost_avoided_high"],
            NUMBER.unit("currency").or_empty(),
            "What defects cost (with minus without them) without a pilot, minus with it *",
        ),
        cols(
            &["price", "price_low", "price_high"],
            NUMBER.unit("currency").or_empty(),
            "Cost with the pilot minus without it, in worlds without defects; `--user-cost` included *",
        ),
        cols(
            &["cost", "cost_low", "cost_high"],
            NUMBER.unit("currency").or_empty(),
            "Cost; `--user-cost` included",
        ),
        cols(
            &["saved", "saved_low", "saved_high"],
            NUMBER.unit("currency").or_empty(),
            "Cost without a pilot minus `cost`; it is `cost_avoided` minus `price` *",
        ),
    ],
};

/// `steps.csv`.
pub static STEPS: Table = Table {
    command: "pilot",
    name: "steps",
    columns: &[
        cols(STRATEGY, NAME, "Strategy"),
        cols(
            &["along"],
            word(&["size", "length"]),
            "In what the two pilots differ",
        ),
        cols(&["smaller", "larger"], TEXT, "`pilot` of pilots.csv"),
        cols(&["from", "to"], WHOLE, "People, or days"),
        cols(
            &["more_found", "more_found_low", "more_found_high"],
            NUMBER.or_empty(),
            "More defects found before production",
        ),
        cols(
            &["saves", "saves_low", "saves_high"],
            NUMBER.unit("currency").or_empty(),
            "Cost of the smaller minus cost of the larger",
        ),
        cols(
            &["each", "each_low", "each_high"],
            NUMBER.unit("currency").or_empty(),
            "The same for each additional user or day",
        ),
        cols(
            &["each_avoided", "each_avoided_low", "each_avoided_high"],
            NUMBER.unit("currency").or_empty(),
            "Of that, what defects cost less",
        ),
        cols(
            &["each_price", "each_price_low", "each_price_high"],
            NUMBER.unit("currency").or_empty(),
            "What the user or day costs without defects; `each` is `each_avoided` minus this",
        ),
        cols(
            &["decision"],
            word(&[
                "pays",
                "does-not-pay",
                "no-difference",
                "undecided",
                "not-comparable",
            ]),
            "`no-difference`: no world differs; `not-comparable`: the course of one of the two ends in fewer than 95 % of the worlds, \
             or the longer pilot surely costs less without any defect, too: only because people move later",
        ),
        cols(
            &["further_worlds"],
            WHOLE.or_empty(),
            "If undecided: about how many further worlds decide; empty if none would",
        ),
    ],
};

/// `levels.csv`.
pub static LEVELS: Table = Table {
    command: "gate",
    name: "levels",
    columns: &[
        cols(STRATEGY, NAME, "Strategy"),
        cols(
            &["level", "mean_defects"],
            NUMBER,
            "Multiple of the mean number of defects of every class (the median of a range); mean number of all classes",
        ),
        cols(&["harm"], NAME, "The metric that says when a release is bad"),
        cols(
            &["limit"],
            NUMBER,
            "A release is bad if, without gates and triggers, the metric is larger by more than this than in the same world without \
             defects",
        ),
        cols(&["bad", "worlds"], WHOLE, "Bad releases, of so many worlds"),
        cols(
            &["share_bad", "share_bad_low", "share_bad_high"],
            SHARE.or_empty(),
            "Their share, with its interval",
        ),
    ],
};

const GO_ON: &str = "Worlds in which nothing stops, of so many";
const STOP: &str = "Worlds in which a gate stops, among good releases";
const ITS_SHARE: &str = "The share of these, with its interval";

/// `characteristic.csv`.
pub static CHARACTERISTIC: Table = Table {
    command: "gate",
    name: "characteristic",
    columns: &[
        cols(STRATEGY, NAME, "Strategy"),
        cols(
            &["gates"],
            word(&["first", "any"]),
            "`first`: the one between pilot and production",
        ),
        cols(
            &["stop_means"],
            word(&["stopped", "held"]),
            "`stopped`: in the first attempt the gate decided a rollback or an end, or held until the horizon; `held`: its criteria \
             did not let a wave pass that was due; waiting for a decision or the board is no hold",
        ),
        cols(&["threshold"], NUMBER, "Multiple of the thresholds of the plan"),
        cols(
            &["criteria"],
            TEXT,
            "The criteria in words, with the value above which each fails",
        ),
        cols(&["level", "mean_defects"], NUMBER, "As in levels.csv"),
        cols(&["go_on", "worlds"], WHOLE, GO_ON),
        cols(
            &["p_go_on", "p_go_on_low", "p_go_on_high"],
            SHARE.or_empty(),
            ITS_SHARE,
        ),
        cols(&["go_on_bad", "bad"], WHOLE, "The same among bad releases"),
        cols(
            &["p_go_on_if_bad", "p_go_on_if_bad_low", "p_go_on_if_bad_high"],
            SHARE.or_empty(),
            ITS_SHARE,
        ),
        cols(&["stop_good", "good"], WHOLE, STOP),
        cols(
            &["p_stop_if_good", "p_stop_if_good_low", "p_stop_if_good_high"],
            SHARE.or_empty(),
            ITS_SHARE,
        ),
        cols(
            &["days_if_good"],
            NUMBER.unit("d").or_empty(),
            "By how much the waves of the good releases that stop start later than without gates, on average; those that are stopped \
             for good are left out",
        ),
        cols(
            &["few_worlds"],
            TRUTH,
            "Does one of the last two shares rest on fewer than 10 worlds?",
        ),
    ],
};

/// `candidates.csv`.
pub static CANDIDATES: Table = Table {
    command: "optimize",
    name: "candidates",
    columns: &[
        cols(&["candidate"], NAME, "Candidate"),
        cols(
            &["values"],
            TEXT.or_empty(),
            "`key=value` for each key, separated by `; `",
        ),
        cols(
            &["fate"],
            word(&[
                "impossible",
                "same",
                "breaks-limit",
                "beaten",
                "spare",
                "finalist",
            ]),
            "`impossible`: its plan is faulty; `same`: the plan of another; `spare`: left over, but no finalist",
        ),
        cols(&["round"], WHOLE.or_empty(), "When it was dropped"),
        cols(&["by", "reason"], TEXT.or_empty(), "By whom, and why"),
        cols(&["metric", "unit"], NAME, METRIC_UNIT),
        cols(
            &["worlds"],
            WHOLE,
            "Worlds of the search in which it was replayed",
        ),
        cols(&["search_mean"], NUMBER.or_empty(), "The mean in them"),
    ],
};

const CANDIDATE: &str = "Candidate; the options that reproduce it";
const STANDING: &str =
    "`surely`, `apparently`: on the front; `dropped in the search`: the plan as written, for comparison";
const STANDINGS: &[&str] = &[
    "surely",
    "apparently",
    "surely behind",
    "apparently behind",
    "surely breaks a limit",
    "apparently breaks a limit",
    "dropped in the search",
];

/// `front.csv`.
pub static FRONT: Table = Table {
    command: "optimize",
    name: "front",
    columns: &[
        cols(&["candidate", "options"], TEXT.or_empty(), CANDIDATE),
        cols(&["standing"], word(STANDINGS), STANDING),
        cols(&["by"], NAME.or_empty(), "Who is ahead of it"),
        cols(&["metric", "unit"], NAME, METRIC_UNIT),
        cols(
            &["mean", "mean_low", "mean_high"],
            NUMBER.or_empty(),
            "Mean and interval; all of the table hold together with 95 %",
        ),
        cols(
            &["against_written", "against_low", "against_high"],
            NUMBER.or_empty(),
            "Paired difference to the plan as written, likewise",
        ),
        cols(&["search_mean"], NUMBER.or_empty(), "Mean of the search"),
        cols(&["flattered"], TRUTH, "Is it better than the whole interval?"),
    ],
};

/// `limits.csv` of `optimize`.
pub static FINALISTS_LIMITS: Table = Table {
    command: "optimize",
    name: "limits",
    columns: &[
        cols(&["candidate", "options"], TEXT.or_empty(), CANDIDATE),
        cols(&["standing"], word(STANDINGS), STANDING),
        cols(&["by"], NAME.or_empty(), "Who is ahead of it"),
        cols(&["limit"], TEXT, "The limit in words"),
        cols(&["wanted"], SHARE, "The probability wanted"),
        cols(&["held", "worlds"], WHOLE, "Worlds in which it held, of so many"),
        cols(
            &["held_low", "held_high"],
            SHARE,
            "The Clopper-Pearson interval, all of the table together 95 %",
        ),
    ],
};

/// `days.csv`.
pub static DAYS: Table = Table {
    command: "replay",
    name: "days",
    columns: &[
        cols(&["day"], WHOLE, "The day from 0"),
        cols(&["date"], DATE, "Its date on the scenario's clock"),
        cols(
            &["events"],
            WHOLE,
            "Number of entries of the event log on this day; what happened before time zero belongs to day 0",
        ),
        cols(
            &["digest"],
            DIGEST,
            "XXH3-64 of these entries alone, as for the [event log](#digests)",
        ),
    ],
};

/// A sheet of the workbook: mean cost by kind; a column for each kind follows.
pub(super) static COST_BY_KIND: Table = Table {
    command: "run",
    name: "cost-by-kind",
    columns: &[cols(STRATEGY, NAME, "Strategy")],
};

/// A sheet of the workbook: broken meetings by week; a column for each strategy follows.
pub(super) static WEEKS: Table = Table {
    command: "run",
    name: "broken-by-week",
    columns: &[
        cols(&["week"], DATE, "The first day of the week"),
        cols(&["days"], WHOLE, "How many days it has"),
    ],
};

/// A sheet of the workbook, and `parameters` of summary.json.
pub(super) static INPUTS: Table = Table {
    command: "run",
    name: "inputs",
    columns: &[
        cols(&["parameter"], NAME, "Key of the parameter"),
        cols(&["value"], NUMBER.or_empty(), "Its value, of a range the median"),
        cols(
            &["range_from", "range_to"],
            NUMBER.or_empty(),
            "Ends of its 90 % range; empty for a fixed value",
        ),
        cols(&["unit"], TEXT.or_empty(), "Unit"),
        cols(&["distribution"], TEXT, "How its value is drawn for each world"),
        cols(
            &["range"],
            word(&["stated", "ours"]).or_empty(),
            "Is its range stated by the scenario, or a default one?",
        ),
        cols(
            &["mark", "source"],
            TEXT.or_empty(),
            "Where the figure comes from",
        ),
        cols(&["meaning"], TEXT, "What it means"),
    ],
};

/// A sheet of the workbook, and `profile_cells` of summary.json.
pub(super) static PROFILE: Table = Table {
    command: "run",
    name: "profile",
    columns: &[
        cols(&["cell"], NAME, "Cell of the profile"),
        cols(&["value"], TEXT, "What it says"),
        cols(&["mark", "source"], TEXT.or_empty(), "Where that comes from"),
    ],
};

/// The table that a file with these headers is; further columns may follow the declared ones.
pub(super) fn of(file: &str, keys: &[&str]) -> Option<&'static Table> {
    let name = file.strip_suffix(".csv")?.trim_end_matches("-in-lot");
    let mut named = ALL.iter().filter(|table| table.name == name);
    named.find(|table| keys.starts_with(&table.keys())).copied()
}

/// All of them.
pub static ALL: &[&Table] = &[
    &REPLICATIONS,
    &SUMMARY,
    &COMPARISONS,
    &LIMITS,
    &PAIRS,
    &HEADLINE,
    &TIMELINE,
    &WAVES,
    &WAVE_SIZES,
    &DEPARTMENTS,
    &SITES,
    &DRIVERS,
    &PRECISION,
    &EXPOSURE,
    &WORLDS,
    &PRICES,
    &NO_RETURN,
    &HINDSIGHT,
    &RISKS,
    &RANGES,
    &SCREENING,
    &ASSUMPTIONS,
    &PILOTS,
    &STEPS,
    &LEVELS,
    &CHARACTERISTIC,
    &CANDIDATES,
    &FRONT,
    &FINALISTS_LIMITS,
    &DAYS,
];
