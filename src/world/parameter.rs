//! Every parameter of the rules in one table: key, default, unit, source mark, meaning.
//!
//! A scenario overrides a parameter by its key, with a number or with a 90 % interval, from which every world draws
//! its own value (rule R3 of the model).

use crate::kernel::distribution;
use crate::mutant;

/// Where a figure comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mark {
    /// Stated by the source.
    Stated,
    /// Arithmetic on stated figures.
    Derived,
    /// An estimate that nobody published.
    Estimated,
    /// Set by the scenario's author.
    Scenario,
}

impl Mark {
    /// Word used in files and reports.
    pub fn word(self) -> &'static str {
        match self {
            Mark::Stated => "stated",
            Mark::Derived => "derived",
            Mark::Estimated => "estimated",
            Mark::Scenario => "scenario",
        }
    }
}

/// How the value of a parameter comes about in a world.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Draw {
    /// The same in every world.
    Fixed(f64),
    /// Normal with this 90 % interval, cut at the bounds of the parameter.
    Normal {
        /// 5 % quantile.
        low: f64,
        /// 95 % quantile.
        high: f64,
    },
    /// Lognormal with this 90 % interval.
    Lognormal {
        /// 5 % quantile, above zero.
        low: f64,
        /// 95 % quantile.
        high: f64,
    },
    /// Uniform with this 90 % interval (a tenth of the density lies outside), cut at the bounds of the parameter.
    Uniform {
        /// 5 % quantile.
        low: f64,
        /// 95 % quantile.
        high: f64,
    },
    /// Around the default, in a range for which there is no source.
    Usual(Usual),
}

/// 95 % quantile of the standard normal distribution.
const Z95: f64 = 1.644_853_626_951_472_2;

impl Draw {
    /// Value at the probability `u` in (0, 1), by inverse distribution function; the median is `value(0.5)`.
    pub fn value(self, u: f64) -> f64 {
        match self {
            Draw::Fixed(value) => value,
            Draw::Normal { low, high } => {
                (low + high) / 2.0 + (high - low) / (2.0 * Z95) * distribution::standard_normal_quantile(u)
            }
            Draw::Lognormal { low, high } => {
                let (low, high) = (libm::log(low), libm::log(high));
                libm::exp(
                    (low + high) / 2.0
                        + (high - low) / (2.0 * Z95) * distribution::standard_normal_quantile(u),
                )
            }
            Draw::Uniform { low, high } => low + (high - low) * (u - 0.05) / 0.9,
            Draw::Usual(usual) => usual.value(u),
        }
    }

    /// The 5 % and the 95 % quantile; `None` of a value that is the same in every world.
    pub fn range(self) -> Option<[f64; 2]> {
        match self {
            Draw::Fixed(_) => None,
            Draw::Normal { low, high } | Draw::Lognormal { low, high } | Draw::Uniform { low, high } => {
                Some([low, high])
            }
            Draw::Usual(usual) => Some(usual.range()),
        }
    }

    /// Is the range a convention of this program, because no source gives one?
    pub fn is_usual(self) -> bool {
        matches!(self, Draw::Usual(_))
    }
}

/// A range for which there is no source, in which the median is the default and the 90 % interval goes from half to double: of
/// a share the odds, of anything else the value itself (lognormal). Where other parameters bound it, the distance to the lower
/// bound, or the odds of the place between the bounds, is what is halved and doubled, so that no draw breaks the order.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Usual {
    /// The default, which is the median.
    pub median: f64,
    /// The lower bound, with all others at their medians.
    low: f64,
    /// The upper one; `None` of what is no share and has none.
    high: Option<f64>,
    /// What these bounds come from; other parameters do not matter, whatever becomes of them.
    by: [Option<Setting>; MOST_BOUNDS],
}

/// More parameters do not bound another one.
const MOST_BOUNDS: usize = 3;

impl Usual {
    /// Around a value that nothing else bounds.
    fn around(median: f64, is_share: bool) -> Usual {
        Usual {
            median,
            low: 0.0,
            high: is_share.then_some(1.0),
            by: [None; MOST_BOUNDS],
        }
    }

    /// The 5 % and the 95 % quantile.
    fn range(self) -> [f64; 2] {
        [self.times(0.5), self.times(2.0)]
    }

    /// The value if the odds, or the distance to the lower bound, are so many times those of the median.
    fn times(self, factor: f64) -> f64 {
        if factor == 1.0 {
            return self.median;
        }
        let above = (self.median - self.low).max(0.0);
        match self.high {
            None => self.low + above * factor,
            Some(high) => {
                let below = (high - self.median).max(0.0);
                match above + below {
                    0.0 => self.low,
                    _ => self.low + (high - self.low) * (above * factor / (above * factor + below)),
                }
            }
        }
    }

    fn value(self, u: f64) -> f64 {
        let z = distribution::standard_normal_quantile(u);
        self.times(libm::exp(core::f64::consts::LN_2 / Z95 * z))
    }

    /// The same place between other bounds.
    fn between(self, low: f64, high: Option<f64>) -> Usual {
        if (low, high) == (self.low, self.high) || mutant::is("orders-broken") {
            return self;
        }
        let median = match self.high.zip(high) {
            None => low + (self.median - self.low).max(0.0),
            Some((own, high)) => {
                let room = own - self.low;
                let place = if room > 0.0 {
                    (self.median - self.low) / room
                } else {
                    0.0
                };
                low + (high - low).max(0.0) * place.clamp(0.0, 1.0)
            }
        };
        Usual {
            median,
            low,
            high: high.map(|high| high.max(low)),
            ..self
        }
    }
}

/// Pairs of which the first is at most the second, in the order in which they are drawn. A parameter is in one pair at most.
pub const ASCENDING: &[(Setting, Setting)] = &[
    (Setting::LeadMedian, Setting::LeadP90),
    (Setting::InterruptionLow, Setting::InterruptionHigh),
    (Setting::TechnicianLow, Setting::TechnicianHigh),
    (Setting::MoveRateOne, Setting::MoveRateMany),
    (Setting::LagTwoDays, Setting::LagSevenDays),
];

/// Those that together are at most so much, in the order in which they are drawn, behind the pairs.
pub const TOGETHER: &[(&[Setting], f64)] = &[
    (
        &[
            Setting::RecurringShare,
            Setting::OpenShare,
            Setting::AnonymousShare,
        ],
        1.0,
    ),
    (&[Setting::GuestAnonymous, Setting::GuestFederated], 0.95),
    (&[Setting::LagSevenDays, Setting::Stragglers], 1.0),
    (&[Setting::LagSevenDays, Setting::Never], 1.0),
];

/// What a parameter is at least.
fn lower_of(setting: Setting) -> Option<Setting> {
    let pair = ASCENDING.iter().find(|pair| pair.1 == setting);
    pair.map(|pair| pair.0)
}

/// What a parameter is at most.
fn upper_of(setting: Setting) -> Option<Setting> {
    let pair = ASCENDING.iter().find(|pair| pair.0 == setting);
    pair.map(|pair| pair.1)
}

/// What leaves room for a parameter, or for the one that it is at most: the whole, and the others that share it.
fn wholes_of(setting: Setting) -> impl Iterator<Item = (f64, impl Iterator<Item = Setting>)> {
    let upper = upper_of(setting);
    TOGETHER.iter().filter_map(move |&(parts, most)| {
        let is_own = move |part: Setting| part == setting || Some(part) == upper;
        let others = parts.iter().copied().filter(move |&part| !is_own(part));
        parts.iter().any(|&part| is_own(part)).then_some((most, others))
    })
}

/// The bounds of a parameter, from the values that are known: those that the scenario states, and those drawn before. What
/// is no share and has no other bound has no upper one.
fn bounds_of(setting: Setting, known: &dyn Fn(Setting) -> Option<f64>) -> (f64, Option<f64>) {
    let low = lower_of(setting).and_then(known).unwrap_or(0.0);
    let is_share = setting.definition().unit == "share";
    let room = |(most, others): (f64, _)| {
        Iterator::fold(others, most, |left, other| left - known(other).unwrap_or(0.0))
    };
    let high = [upper_of(setting).and_then(known), is_share.then_some(1.0)];
    let high = high.into_iter().flatten().chain(wholes_of(setting).map(room));
    (low, high.reduce(f64::min))
}

/// Those that bound a parameter, of the known ones.
fn bounding(setting: Setting, is_known: &dyn Fn(Setting) -> bool) -> [Option<Setting>; MOST_BOUNDS] {
    let pairs = [lower_of(setting), upper_of(setting)];
    let parts = wholes_of(setting).flat_map(|(_, others)| others);
    let mut known = pairs
        .into_iter()
        .flatten()
        .chain(parts)
        .filter(|&other| is_known(other));
    core::array::from_fn(|_| known.next())
}

/// All parameters, those that bound others before them.
fn in_order() -> impl Iterator<Item = Setting> {
    let pairs = ASCENDING.iter().flat_map(|&(low, high)| [low, high]);
    let parts = TOGETHER.iter().flat_map(|&(parts, _)| parts.iter().copied());
    let all = DEFINITIONS.iter().map(|definition| definition.setting);
    let mut seen = [false; DEFINITIONS.len()];
    pairs
        .chain(parts)
        .chain(all)
        .filter(move |&setting| !core::mem::replace(&mut seen[setting as usize], true))
}

/// Gives every parameter that the scenario does not state its range around the default, where it has one. `is_stated` says
/// which ones are.
pub fn draw_all(parameters: &mut [Parameter], is_stated: &dyn Fn(Setting) -> bool) {
    let mut known: Vec<Option<f64>> = parameters
        .iter()
        .map(|parameter| is_stated(parameter.setting).then(|| parameter.draw.value(0.5)))
        .collect();
    for setting in in_order() {
        let definition = setting.definition();
        if known[setting as usize].is_some() || !definition.may_vary() {
            continue;
        }
        let (low, high) = bounds_of(setting, &|other| known[other as usize]);
        let median = definition.default;
        // What is bounded so that its default is no longer possible stays as it is: the scenario is refused for it.
        if median >= low && high.is_none_or(|high| median <= high) {
            let by = bounding(setting, &|other| known[other as usize].is_some());
            let usual = Usual {
                median,
                low,
                high,
                by,
            };
            parameters[setting as usize].draw = Draw::Usual(usual);
        }
        known[setting as usize] = Some(median);
    }
}

/// The value of every parameter in a world, by uniform numbers: one that bounds another is drawn before it.
pub fn values(parameters: &[Parameter], u: &dyn Fn(&Definition) -> f64) -> Vec<f64> {
    let mut known: Vec<Option<f64>> = vec![None; parameters.len()];
    let draw = |parameter: &Parameter, draw: Draw| {
        let definition = parameter.setting.definition();
        definition.setting.cut(draw.value(u(definition)))
    };
    for parameter in parameters.iter().filter(|parameter| !parameter.draw.is_usual()) {
        known[parameter.setting as usize] = Some(draw(parameter, parameter.draw));
    }
    for setting in in_order() {
        let parameter = &parameters[setting as usize];
        if let Draw::Usual(usual) = parameter.draw {
            let of = |other: Setting| known[other as usize].filter(|_| usual.by.contains(&Some(other)));
            let (low, high) = bounds_of(setting, &of);
            known[setting as usize] = Some(draw(parameter, Draw::Usual(usual.between(low, high))));
        }
    }
    known
        .into_iter()
        .map(|value| value.expect("every parameter has a value"))
        .collect()
}

/// A parameter as a scenario uses it.
#[derive(Clone, PartialEq, Debug)]
pub struct Parameter {
    /// Which one.
    pub setting: Setting,
    /// How worlds get their value.
    pub draw: Draw,
    /// Where the figure comes from.
    pub mark: Mark,
    /// Source key, or empty.
    pub source: String,
}

/// Definition of a parameter.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    /// Which one.
    pub setting: Setting,
    /// Table and key in a scenario file, for example `installs.failure`.
    pub key: &'static str,
    /// Default value.
    pub default: f64,
    /// Smallest value allowed.
    pub low: f64,
    /// Largest value allowed.
    pub high: f64,
    /// Unit.
    pub unit: &'static str,
    /// Mark of the default.
    pub mark: Mark,
    /// Source key of the default, or empty.
    pub source: &'static str,
    /// Meaning.
    pub meaning: &'static str,
}

impl Definition {
    /// The range of the default: the 5 % and the 95 % quantile that `uncertain = "all"` draws it from while all others are at
    /// their medians; nothing of one that the scenario has to set, and of what cannot vary. It is ours: a convention, so that
    /// nobody takes a figure for known that nobody published.
    pub fn default_range(&self) -> Option<(f64, f64)> {
        if !self.may_vary() {
            return None;
        }
        let before = in_order().take_while(|&setting| setting != self.setting);
        let before: Vec<Setting> = before.collect();
        let known = |setting: Setting| before.contains(&setting).then(|| setting.definition().default);
        let (low, high) = bounds_of(self.setting, &known);
        let median = self.default;
        let by = [None; MOST_BOUNDS];
        let usual = Usual {
            median,
            low,
            high,
            by,
        };
        let [low, high] = usual.range().map(|value| value.clamp(self.low, self.high));
        Some((low, high))
    }

    /// Can the default be drawn around? Not of what the scenario has to set, of 0, and of a share of 1.
    pub fn may_vary(&self) -> bool {
        self.mark != Mark::Scenario && has_usual_range(self.default, self.unit == "share")
    }
}

/// Can a figure for which no source gives a range be drawn around? Not 0, and not a share of 1.
fn has_usual_range(value: f64, is_share: bool) -> bool {
    value != 0.0 && !(is_share && value >= 1.0)
}

/// The 90 % range of a figure for which no source gives one, within bounds: a share whose odds are halved and doubled, and half
/// to double of anything else; nothing of 0, and of a share of 1.
pub fn usual_range(value: f64, is_share: bool, (least, most): (f64, f64)) -> Option<(f64, f64)> {
    let [low, high] = has_usual_range(value, is_share).then(|| Usual::around(value, is_share).range())?;
    Some((low.max(least), high.min(most)))
}

macro_rules! settings {
    ($($name:ident, $key:literal, $default:expr, $low:expr, $high:expr, $unit:literal, $mark:ident, $source:literal, $meaning:literal;)*) => {
        /// Name of a parameter; the table of definitions is [`DEFINITIONS`].
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        #[repr(usize)]
        pub enum Setting { $(#[doc = $meaning] $name,)* }

        /// All parameters, in the order of [`Setting`].
        pub const DEFINITIONS: &[Definition] = &[$(Definition {
            setting: Setting::$name, key: $key, default: $default, low: $low, high: $high, unit: $unit,
            mark: Mark::$mark, source: $source, meaning: $meaning,
        },)*];
    };
}

settings! {
    Active, "people.active", 0.80, 0.01, 1.0, "share", Stated, "UM-E", "Share of people who are signed in on a working day";
    RemoteShare, "people.remote", 0.30, 0.0, 1.0, "share", Stated, "UM-E", "Mean share of working time spent outside the office; matters where there is an edge, and to defects that people outside meet";
    Joiners, "people.joiners_per_week", 0.005, 0.0, 0.1, "share", Stated, "UM-E", "Joiners in a week, as a share of the people at the start; only with population.turnover";
    Leavers, "people.leavers_per_week", 0.005, 0.0, 0.1, "share", Stated, "UM-E", "Rate at which people leave, in a week; only with population.turnover";
    BrowserAble, "people.browser_able", 0.90, 0.0, 1.0, "share", Estimated, "", "Share of people, and of guests, who can join by browser";
    SecondMachine, "people.second_machine", 0.30, 0.0, 1.0, "share", Estimated, "", "Share of people with a second machine (1.3 machines a head)";

    Concurrency, "meetings.concurrency", 0.05, 0.0, 1.0, "share", Stated, "UM-E", "Share of the active users who are in a meeting, mean over working hours; how many meetings there are follows from it";
    AdHocShare, "meetings.ad_hoc_share", 0.40, 0.0, 1.0, "share", Stated, "UM-E", "Share of occurrences that are ad hoc, without an invitation; the others are scheduled";
    RecurringShare, "meetings.recurring_share", 0.80, 0.0, 1.0, "share", Stated, "UM-E", "Share of scheduled occurrences that belong to recurring series";
    OpenShare, "meetings.open_share", 0.10, 0.0, 1.0, "share", Stated, "UM-E", "Share of scheduled occurrences that are one-time and open";
    AnonymousShare, "meetings.anonymous_share", 0.08, 0.0, 1.0, "share", Stated, "UM-E", "Share of scheduled occurrences that are one-time with anonymous guests; the rest is one-time closed";
    WebShare, "meetings.web_share", 0.75, 0.0, 1.0, "share", Stated, "UM-E", "Share of meetings that are web conferences; the others are audio";
    GuestAnonymous, "meetings.anonymous_guests", 0.15, 0.0, 0.9, "share", Stated, "UM-E", "Share of participants who are anonymous guests";
    GuestFederated, "meetings.federated_guests", 0.10, 0.0, 0.9, "share", Stated, "UM-E", "Share of participants who are federated guests";
    DialInShare, "meetings.dial_in_share", 0.25, 0.0, 1.0, "share", Derived, "UM-E", "Share of meetings that offer dial-in, by which people who would be blocked join reduced";
    LeadMedian, "meetings.lead_median_days", 3.0, 0.0, 364.0, "d", Estimated, "", "Time from arranging a meeting to its first start (lognormal): median";
    LeadP90, "meetings.lead_p90_days", 21.0, 0.0, 3640.0, "d", Estimated, "", "Time from arranging a meeting to its first start (lognormal): 90 % quantile";
    BusyShare, "meetings.busy_share", 0.75, 0.0, 1.0, "share", Stated, "UM-E", "Share of the seat time (people times time in meetings) that falls into the busy hours of a site; share of starts if `starts_per_user_day` is given";
    LargePerUserWeek, "meetings.large_per_user_week", 0.0000125, 0.0, 0.1, "1/week", Estimated, "UM-E", "Meetings of 250 people per user and week (one a week per 80,000 users)";
    BreakThreshold, "meetings.break_threshold", 0.5, 0.0, 1.0, "share", Estimated, "", "An occurrence is broken when more than this share of the expected people is blocked";
    Fallback, "meetings.fallback_minutes", 20.0, 0.0, 1440.0, "min", Estimated, "", "Time after which people pick up a phone instead: the most that anybody loses in one occurrence";
    ReducedWeight, "meetings.reduced_weight", 0.3, 0.0, 1.0, "share", Estimated, "", "Lost time of somebody who joins reduced, relative to somebody blocked";
    ResendCompliance, "meetings.resend_compliance", 0.60, 0.0, 1.0, "share", Estimated, "MEET-E", "Share of dead or unscheduled series that their organisers, told to, send again once they can";
    ResendDelay, "meetings.resend_delay_days", 2.0, 0.0, 364.0, "d", Estimated, "", "Median time from when they can until they do (lognormal, sigma 1)";
    RepairOnBreak, "meetings.repair_on_break", 1.0, 0.0, 1.0, "share", Estimated, "", "Share of occurrences broken by a dead or unscheduled series after which the organiser sends it again";
    RepairDelay, "meetings.repair_delay_hours", 4.0, 0.0, 8760.0, "h", Estimated, "", "Median time from such an occurrence, or from when sending again became possible if that is later, until it is done (lognormal, sigma 1)";

    MoveRateOne, "moves.rate_one_thread", 1.2, 0.000001, 1e9, "users/s", Derived, "SPEED", "Users that one thread moves in a second";
    MoveRateMany, "moves.rate_24_threads", 4.9, 0.000001, 1e9, "users/s", Derived, "SPEED", "Users that 24 threads together move in a second";
    MoveFailure, "moves.failure", 0.01, 0.0, 1.0, "share", Estimated, "", "Share of first tries that fail";
    MoveRetryFailure, "moves.retry_failure", 0.15, 0.0, 1.0, "share", Estimated, "", "Share of retries that fail again";
    BatchFailure, "moves.batch_failure", 0.005, 0.0, 1.0, "share", Estimated, "", "Share of batches that fail as a whole (directory lag)";
    InterruptionLow, "moves.interruption_low_minutes", 1.0, 0.0, 1440.0, "min", Estimated, "", "Shortest time without service for a moved user";
    InterruptionHigh, "moves.interruption_high_minutes", 5.0, 0.0, 1440.0, "min", Estimated, "", "Longest time without service for a moved user (uniform)";
    ExceptionHours, "moves.exception_hours", 8.0, 0.0, 8760.0, "h", Estimated, "", "Median working hours until a person has moved a user whose tries all failed (lognormal, sigma 0.5)";

    LagTwoDays, "installs.share_2_days", 0.60, 0.0, 1.0, "share", Estimated, "", "Share of machines that install within 2 working days of being told";
    LagSevenDays, "installs.share_7_days", 0.90, 0.0, 1.0, "share", Estimated, "", "Share of machines that install within 7 working days of being told";
    Stragglers, "installs.stragglers", 0.05, 0.0, 1.0, "share", Estimated, "", "Share of machines that take more than 3 weeks (15 working days), half of them more than 12.5 working days more";
    Never, "installs.never", 0.0, 0.0, 1.0, "share", Estimated, "", "Share of machines on which a pushed install never happens unless a technician visits; part of the stragglers";
    VoluntaryMedian, "installs.voluntary_median_days", 78.0, 0.0, 3640.0, "d", Derived, "CENSUS", "Where people upgrade at will: calendar days from being told until half of those who ever do have installed";
    VoluntaryNever, "installs.voluntary_never", 0.35, 0.0, 1.0, "share", Estimated, "ODUINN", "Share of machines whose people never upgrade at will";
    LagFactor, "installs.lag_factor", 1.0, 0.0, 100.0, "factor", Estimated, "", "Multiplies every machine's time to install";
    ForcedFactor, "installs.forced_factor", 0.3, 0.0, 100.0, "factor", Estimated, "", "Multiplies it once more for a downgrade in a rollback";
    InstallFailure, "installs.failure", 0.05, 0.0, 1.0, "share", Estimated, "", "Share of upgrades that fail and need a technician";
    DowngradeFailure, "installs.downgrade_failure", 0.075, 0.0, 1.0, "share", Estimated, "", "Share of downgrades that fail and need a technician";
    TechnicianLow, "installs.technician_low_minutes", 20.0, 0.0, 10000.0, "min", Estimated, "", "Shortest technician time on a machine";
    TechnicianHigh, "installs.technician_high_minutes", 40.0, 0.0, 10000.0, "min", Estimated, "", "Longest technician time on a machine (uniform)";
    StagedSwitch, "installs.staged_switch_minutes", 5.0, 0.0, 10000.0, "min", Estimated, "", "Time to switch back to an old client kept beside the new one";

    Mtbf, "pools.mtbf_hours", 0.0, 0.0, 1e9, "h", Scenario, "", "Mean time between failures of a front end; 0 = front ends do not fail at random";
    Mttr, "pools.mttr_hours", 4.0, 0.0, 1e6, "h", Estimated, "", "Mean time to repair of a front end (exponential)";
    BackEndMtbf, "pools.back_end_mtbf_hours", 0.0, 0.0, 1e9, "h", Scenario, "", "Mean time between failures of a pool's back end; 0 = back ends do not fail at random";
    BackEndMttr, "pools.back_end_mttr_hours", 4.0, 0.0, 1e6, "h", Estimated, "", "Mean time to repair of a back end (exponential)";
    FailoverMinutes, "pools.failover_minutes", 30.0, 0.0, 10000.0, "min", Stated, "RTO-E", "From the decision to fail over until the pair serves the users";
    FailoverLoss, "pools.failover_loss_minutes", 30.0, 0.0, 10000.0, "min", Stated, "RTO-E", "What was arranged or sent again so shortly before a pool stopped is unknown to its pair";
    FailbackRate, "pools.failback_users_per_hour", 20000.0, 1.0, 1e9, "users/h", Stated, "RTO-E", "Users that a pool takes back from its pair in an hour";

    SiteMtbf, "sites.mtbf_hours", 0.0, 0.0, 1e9, "h", Scenario, "", "Mean time between failures of a site's power or network; 0 = sites do not fail at random";
    SiteMttr, "sites.mttr_hours", 4.0, 0.0, 1e6, "h", Estimated, "", "Mean time to repair of a site (exponential)";

    EdgeMtbf, "edge.mtbf_hours", 0.0, 0.0, 1e9, "h", Scenario, "", "Mean time between failures of the edge of a side; 0 = edges do not fail at random";
    EdgeMttr, "edge.mttr_hours", 4.0, 0.0, 1e6, "h", Estimated, "", "Mean time to repair of an edge (exponential)";

    ServiceMinutes, "desk.service_minutes", 20.0, 0.0, 10000.0, "min", Estimated, "", "Mean work of an agent on a ticket (lognormal)";
    ServiceSigma, "desk.service_sigma", 0.8, 0.0, 3.0, "", Estimated, "", "Standard deviation of the logarithm of that work";
    Patience, "desk.patience_hours", 16.0, 0.0, 1e6, "h", Estimated, "", "Mean time that a caller waits for an agent before giving up (exponential); 0 = nobody gives up";
    MoveTickets, "desk.move_tickets_per_100", 4.5, 0.0, 1000.0, "tickets", Estimated, "", "Tickets of 100 moved users in the first week after the move";
    ClientTickets, "desk.client_tickets_per_100", 7.0, 0.0, 1000.0, "tickets", Estimated, "", "Further tickets of 100 users in the first week with a new client";
    RollbackTickets, "desk.rollback_tickets_per_100", 22.5, 0.0, 1000.0, "tickets", Estimated, "", "Tickets of 100 users in the first week after they were moved back";
    TicketHalfLife, "desk.ticket_half_life_days", 7.0, 0.01, 3640.0, "d", Estimated, "", "Time in which the rate of those tickets halves";
    TicketSpread, "desk.ticket_spread", 0.5, 0.0, 3.0, "", Estimated, "", "How much people differ in the tickets they open (standard deviation of the logarithm)";
    ReportShare, "desk.report_share", 0.20, 0.0, 1.0, "share", Estimated, "", "Broken meetings that the organiser reports";
    StrandedCallHours, "desk.stranded_call_hours", 1.0, 0.0, 8760.0, "h", Estimated, "", "Median time until somebody who cannot sign in calls (lognormal, sigma 0.7)";

    BackgroundUtilisation, "desk.background_utilisation", 0.6, 0.0, 10.0, "share", Estimated, "", "Share of the agents' time in an ordinary week that everyday tickets take; agents as in `[desk]`";
    BackgroundPerDay, "desk.background_per_day", 0.0, 0.0, 100_000.0, "tickets", Scenario, "", "Mean number of everyday tickets on a working day, in place of `background_utilisation`";
    BackgroundDispersion, "desk.background_dispersion", 5.0, 1.0, 1000.0, "factor", Estimated, "INCIDENTS", "Variance of the everyday tickets of a day over their mean, day of the week and holidays apart; 1 = Poisson";

    DecisionHours, "programme.decision_hours", 8.0, 0.0, 8760.0, "h", Estimated, "", "Median time from an evaluation to a decision (lognormal, sigma 0.5), before the board's next meeting";

    Conversations, "traffic.conversations_per_user_day", 6.0, 0.0, 10000.0, "1/d", Stated, "UM-E", "Conversations that a person begins on a working day";
    VoiceShare, "traffic.voice_share", 0.5, 0.0, 1.0, "share", Stated, "UM-E", "Share of people who telephone with the system";

    CostUserHour, "cost.user_hour", 40.0, 0.0, 1e6, "currency/h", Estimated, "", "A lost working hour of a person";
    CostLimited, "cost.limited_weight", 0.2, 0.0, 1.0, "share", Estimated, "", "What an hour with a limited client costs, relative to a lost one";
    CostTechnicianHour, "cost.technician_hour", 60.0, 0.0, 1e6, "currency/h", Estimated, "", "An hour of a technician";
    CostAgentHour, "cost.agent_hour", 40.0, 0.0, 1e6, "currency/h", Estimated, "", "An hour of a help desk agent";
    CostException, "cost.move_exception", 60.0, 0.0, 1e6, "currency", Estimated, "", "A user whom a person has to move by hand";
    CostBothSides, "cost.both_sides_day", 500.0, 0.0, 1e9, "currency/d", Estimated, "", "A day on which both sides are run, from the first wave until the old side is retired or everybody is back";
    CostOldSide, "cost.old_side_day", 0.0, 0.0, 1e9, "currency/d", Scenario, "", "A day on which the old side runs: until all legacy pools are retired";
    CostUnsupported, "cost.old_side_day_after_support", 0.0, 0.0, 1e9, "currency/d", Scenario, "", "What such a day costs besides after `cost.end_of_support`";
    FailuresUnsupported, "cost.failure_factor_after_support", 1.0, 0.01, 1000.0, "factor", Scenario, "", "Multiplies the rates at which front ends, back ends and edge of the old side fail after `cost.end_of_support`";
    Benefit, "cost.benefit_user_day", 0.0, 0.0, 1e6, "currency/d", Scenario, "", "What a working day of an active person on the new side is worth; lowers the cost";
}

impl Setting {
    /// The smallest value but 0: a mean time between failures, or a median, that is not 0 and yet next to nothing would be
    /// a slip of the pen, and take forever to simulate or have no logarithm.
    pub fn least(self) -> f64 {
        match self {
            Setting::Mtbf | Setting::BackEndMtbf | Setting::SiteMtbf | Setting::EdgeMtbf => 0.1,
            Setting::LeadMedian => 1e-6,
            _ => 0.0,
        }
    }

    /// A value that was drawn, cut at the bounds of the range.
    pub fn cut(self, value: f64) -> f64 {
        let definition = self.definition();
        let value = value.clamp(definition.low, definition.high);
        if value > 0.0 {
            value.max(self.least())
        } else {
            value
        }
    }

    /// The definition.
    pub fn definition(self) -> &'static Definition {
        &DEFINITIONS[self as usize]
    }
}
