//! Keys of the company and what happens to it: calendar, sites, pools, people, meetings, outages, defects, the desk.

use super::super::input::key::*;
use super::super::{MOST_REPLICATIONS, times};
use super::{plans, questions};
use crate::kernel::Span;
use crate::plan::check::MOST_WEEKS;
use crate::plan::desk::{TicketSource, Work};
use crate::world::defects::ScopeKind;
use crate::world::lag::Package;
use crate::world::{ApplicationKind, DefectClass, FaultKind, Mark, Side};

/// Words for kinds of applications.
const KINDS: [(&str, ApplicationKind); ApplicationKind::ALL.len()] = {
    let mut words = [("", ApplicationKind::Other); ApplicationKind::ALL.len()];
    let mut at = 0;
    while at < words.len() {
        words[at] = (ApplicationKind::ALL[at].0, ApplicationKind::ALL[at].1);
        at += 1;
    }
    words
};

const TIME_OF_DAY: Parsed<Span> = Parsed {
    notation: Notation::Clock,
    wanted: "a time of day",
    example: "10:00",
    parse: times::time_of_day,
};

const OFFSET: Parsed<Span> = Parsed {
    notation: Notation::Offset,
    wanted: "an offset from UTC",
    example: "+01:00",
    parse: times::offset,
};

/// Hours of a day; `example` is what they look like.
const fn hours(example: &'static str) -> Parsed<(Span, Span)> {
    Parsed {
        notation: Notation::Hours,
        wanted: "hours of a day",
        example,
        parse: times::hours,
    }
}

section! {
    top, "The scenario";
    SCHEMA: Version = Key::new("schema", Version(1), "Version of this format").required();
    NAME: Name = Key::new("name", Name, "Name of the scenario; names the directory of results").required()
        .limits("at most 64 ASCII letters, digits, `-`, `_`");
    TITLE: Text = Key::new("title", Text, "Title shown to people").absent("`name`");
    EXTENDS: FilePath = Key::new("extends", FilePath, "Another scenario file: this one has all that is written there, but its name and title, and states only what is different. Tables are laid over each other key by key, arrays of named tables name by name; other arrays and values count as wholes. Paths stay relative to the file that they are written in").absent("on its own").limits("no circle");
    WITHOUT: Texts = Key::new("without", Texts(Notated::Text), "Keys of that other file that this one does not have: `limits`, `strategies.big-bang`, `meetings.calendar`").absent("none").limits("only with `extends`");
    PROFILE: Name = Key::new("profile", Name, "A profile that comes with the program (`ocs2007r2-to-lync2013`, `lync2010-to-lync2013`, `yardstick`), or a path ending in `.toml`").required();
    BASE: Name = Key::new("base", Name, "Strategy that others are compared with, unless `run --base` names another").absent("the first strategy that moves people");
    REPLICATIONS: Count = Key::new("replications", Count::within(1, MOST_REPLICATIONS), "Worlds").default(200);
    SEED: Whole = Key::new("seed", Whole(Some(0), None), "Seed of all chance").default(20_130_304);
    UNCERTAIN: Words<bool> = Key::new("uncertain", Words(&[("stated", false), ("all", true)]), "Which parameters every world draws for itself: those with a stated interval, or all that are not written here, too, each from its default range (`coexist explain KEY`). A number that is written stays fixed").default(false);
    SWITCHES: Sub = Key::new("switches", Sub(&switches::SECTION), "Values of the profile's switches");
    CALENDAR: Sub = Key::new("calendar", Sub(&calendar::SECTION), "The simulated time").required();
    SITES: Subs = Key::new("sites", Subs(&site::SECTION), "A place where people work").required_when("required unless `calendar.flat`");
    POOLS: Subs = Key::new("pools", Subs(&pool::SECTION), "A pool: there is at least one on each side").required();
    EDGE: Sub = Key::new("edge", Sub(&edge::SECTION), "How people outside the office and guests come in").absent("by ways that never fail");
    POPULATION: Sub = Key::new("population", Sub(&population::SECTION), "The people").required();
    PEOPLE: Sub = Key::new("people", Sub(&people::SECTION), "Parameters of people");
    MEETINGS: Sub = Key::new("meetings", Sub(&meetings::SECTION), "How meetings arise");
    MOVES: Sub = Key::new("moves", Sub(&moves_parameters::SECTION), "Parameters of moves");
    INSTALLS: Sub = Key::new("installs", Sub(&installs::SECTION), "Parameters of installs");
    DESK: Sub = Key::new("desk", Sub(&desk::SECTION), "The help desk").absent("there is none");
    PROGRAMME: Sub = Key::new("programme", Sub(&programme::SECTION), "Parameters of the programme");
    TRAFFIC: Sub = Key::new("traffic", Sub(&traffic::SECTION), "Parameters of traffic beside meetings");
    COST: Sub = Key::new("cost", Sub(&cost::SECTION), "What things cost");
    PARAMETERS: Sub = Key::new("parameters", Sub(&parameters::SECTION), "Any parameter, in a table of its first word");
    WINDOWS: Sub = Key::new("windows", Sub(&windows::SECTION), "Change windows for moves").absent("moves may happen at any time");
    FREEZES: Subs = Key::new("freezes", Subs(&freeze::SECTION), "Times in which nobody is moved to the new side");
    OUTAGES: Subs = Key::new("outages", Subs(&outage::SECTION), "What goes down when");
    APPLICATIONS: Subs = Key::new("applications", Subs(&application::SECTION), "Applications beside the meetings");
    DEFECTS: Subs = Key::new("defects", Subs(&defect::SECTION), "Kinds of defects that the new release may have");
    FAULTS: Subs = Key::new("faults", Subs(&fault::SECTION), "What may be wrong with the new side");
    BOARD: Sub = Key::new("board", Sub(&board::SECTION), "When the change board meets").absent("decisions are taken at any time");
    OBJECTIVES: Sub = Key::new("objectives", Sub(&questions::objectives::SECTION), "What strategies are judged by");
    DECIDE_BY: NameOf = Key::new("decide_by", NameOf("metrics"), "The objective that decides where objectives disagree").absent("none: the verdict names the trade").limits("one of `[objectives]`");
    LIMITS: Subs = Key::new("limits", Subs(&questions::limit::SECTION), "What must hold");
    EXPOSURE: Sub = Key::new("exposure", Sub(&questions::exposure::SECTION), "What `exposure` is asked");
    GATE_STUDY: Sub = Key::new("gate_study", Sub(&questions::gate_study::SECTION), "When a release is bad");
    OPTIMIZE: Sub = Key::new("optimize", Sub(&questions::optimize::SECTION), "What `optimize` varies");
    PACKET: Sub = Key::new("packet", Sub(&questions::packet::SECTION), "What is put before the change board");
    EVIDENCE: Subs = Key::new("evidence", Subs(&questions::evidence::SECTION), "What was really tested, found and agreed");
    STRATEGIES: Subs = Key::new("strategies", Subs(&plans::strategy::SECTION), "A strategy: all of them are replayed in the same worlds; `stay`, in which nobody moves, always exists");
}

section! {
    switches, "Values of the profile's switches";
    * VALUE: NameOf = Key::new("<switch>", NameOf("values of the switch"), "The value of a switch of the profile").absent("the switch's default");
}

section! {
    calendar, "The simulated time";
    START: Day = Key::new("start", Day, "Date of time zero").required_when("required; 2000-01-03 if `flat`");
    WEEKS: Count = Key::new("weeks", Count::within(1, MOST_WEEKS as u32), "Length in weeks").required_when("one of `weeks`, `days`");
    DAYS: Count = Key::new("days", Count::within(1, 3640), "Length in days").required_when("one of `weeks`, `days`");
    FLAT: Flag = Key::new("flat", Flag, "Every day is a working day of 24 hours at every site").default(false);
    UTC_OFFSET: Parsed<Span> = Key::new("utc_offset", OFFSET, "Offset of the scenario's clock").absent("the first site's").limits("at most 14:00");
}

section! {
    site, "A place where people work, with its working hours";
    NAME: Name = Key::new("name", Name, "Name of the site").required().limits("unique");
    UTC_OFFSET: Parsed<Span> = Key::new("utc_offset", OFFSET, "Local time minus UTC").absent("the calendar's, else `+00:00`").limits("at most 14:00");
    HOURS: Parsed<(Span, Span)> = Key::new("hours", hours("09:00-17:00"), "Working hours; not allowed if `flat`").required_when("required");
    BUSY: Parsed<(Span, Span)> = Key::new("busy", hours("10:00-14:00"), "Busy hours; not allowed if `flat`").absent("the middle half of `hours`").limits("inside `hours`");
    WORKING_DAYS: Texts = Key::new("working_days", Texts(Notated::Weekdays), "Days on which people work; not allowed if `flat`").absent("Mon to Fri").limits("not empty");
    HOLIDAYS: Days = Key::new("holidays", Days, "Days off; not allowed if `flat`. Those outside the simulated time or on a day off anyway give a warning").absent("none");
    SHARE: Real = Key::new("share", Real(0.0, 1.0), "Share of generated teams").absent("equal if no site has one, else 0").limits("add up to 1");
    TECHNICIANS: Count = Key::new("technicians", Count::within(1, 10_000), "People who visit machines after a failed install").default(1);
    INSTALLS_PER_DAY: Count = Key::new("installs_per_day", Count::within(1, 1_000_000), "Installs that software distribution carries in a day: one after the other, evenly over the working hours").absent("- (no limit)");
}

section! {
    pool, "A pool of the old or of the new side";
    NAME: Name = Key::new("name", Name, "Name of the pool").required().limits("unique");
    RELEASE: NameOf = Key::new("release", NameOf("servers of the profile"), "Its server release; the release's `legacy` says on which side the pool is").required();
    SITE: NameOf = Key::new("site", NameOf("sites"), "Where it stands").required_when("the only site, if there is one");
    FRONT_ENDS: Count = Key::new("front_ends", Count::within(0, 1000), "Front ends").required().limits("at most what the profile allows");
    PAIR: Name = Key::new("pair", Name, "The pool that takes over when this one is down, and this one when that is; may be written at either or both")
        .limits("another pool; both on the new side, of releases that `pairs` of the profile allows");
}

section! {
    edge, "How people outside the office and guests come in";
    SHARED: Flag = Key::new("shared", Flag, "Are the new pools reached by the legacy edge, too?").default(false);
    OWN_FROM: When = Key::new("own_from", When("own_from_day"), "From when on they have an edge of their own").absent("- (never)").limits("only with `shared`");
}

section! {
    population, "The people: generated, or read from lists";
    USERS: Count = Key::new("users", Count::within(1, 10_000_000), "People to generate").required_when("required without `people`");
    TEAM_SIZE: Count = Key::new("team_size", Count::within(1, 100_000), "People in a team; the last team of all may be smaller").default(10);
    TEAMS_PER_DEPARTMENT: Count = Key::new("teams_per_department", Count::within(1, 100_000), "Teams in a department; the last one of a site may have fewer").default(15);
    PAIRED_SHARE: Real = Key::new("paired_share", Real(0.0, 1.0), "Share of neighbouring pairs in a team who must move together").default(0.02).estimated();
    PEOPLE: FilePath = Key::new("people", FilePath, "[people.csv](#people); excludes `users`, `team_size`, `teams_per_department` and `paired_share`");
    COLUMNS: Sub = Key::new("columns", Sub(&columns::SECTION), "What the columns of `people` are called in that file: `{ user = \"SipAddress\", pool = \"RegistrarPool\" }`").absent("their own names, or those of [known exports](#exports-of-other-programs)").limits("only with `people`");
    CONTACTS: FilePath = Key::new("contacts", FilePath, "[contacts.csv](#contacts)");
    CONTACTS_COLUMNS: Sub = Key::new("contacts_columns", Sub(&columns::SECTION), "What the columns of `contacts` are called in that file").absent("their own names, or those of known exports");
    OUTSIDERS: Words<bool> = Key::new("outsiders", Words(&[("error", false), ("ignore", true)]), "People in `contacts` who are not in the population: faults, or skipped and counted").default(false);
    CLIENTS: Sub = Key::new("clients", Sub(&clients::SECTION), "Clients at the start, for whoever has none in the list; a release left out has 0").absent("all have the first legacy client").limits("add up to 1");
    TURNOVER: Flag = Key::new("turnover", Flag, "Do people join and leave (`people.joiners_per_week`, `people.leavers_per_week`)?").default(false);
}

section! {
    clients, "Shares of client releases";
    * SHARE: Real = Key::new("<client>", Real(0.0, 1.0), "Share of people who have this client release at the start").default(0.0).limits("add up to 1");
}

section! {
    columns, "What the columns of a list are called in its file";
    * NAME: Name = Key::new("<column>", Name, "What this column is called in the file").absent("its own name");
}

section! { people, "Parameters of people", parameters "people"; }
section! { moves_parameters, "Parameters of moves", parameters "moves"; }
section! {
    installs, "Parameters of installs", parameters "installs";
    LAG: Words<Package> = Key::new("lag", Words(&Package::ALL), "Kind of package, which sets the shares of those who install early, late and never as [intervals](#installs); a parameter that is written wins").absent("the defaults of the parameters");
}
section! { programme, "Parameters of the programme", parameters "programme"; }
section! { traffic, "Parameters of traffic beside meetings", parameters "traffic"; }
section! {
    cost, "What things cost", parameters "cost";
    CURRENCY: Name = Key::new("currency", Name, "What money is counted in, such as \"EUR\"; reports show it").absent("`currency`").limits("at most 12 letters");
    END_OF_SUPPORT: Day = Key::new("end_of_support", Day, "The last day on which the old side is supported; from the day after, `old_side_day_after_support` and `failure_factor_after_support` count").absent("- (never)");
}
section! { parameters, "Any parameter, in a table of its first word", parameters ""; }

/// A list of pairs of a number and a share.
fn pairs(low: i64, high: i64) -> Form {
    let pair = Form::Tuple(vec![Form::Whole(Some(low), Some(high)), Form::Real(0.0, 1.0)]);
    Form::List(Box::new(pair), 0, None)
}

section! {
    meetings, "How meetings arise", parameters "meetings";
    COLUMNS: Sub = Key::new("columns", Sub(&columns::SECTION), "What the columns of `calendar` are called in that file").absent("their own names, or those of known exports").limits("only with `calendar`");
    OUTSIDERS: Words<bool> = Key::new("outsiders", Words(&[("error", false), ("ignore", true)]), "People in `calendar` who are not in the population: faults, or skipped and counted, with the meetings that they arrange").default(false);
    CALENDAR: FilePath = Key::new("calendar", FilePath, "[calendar.csv](#calendar): all meetings. What generates meetings then has no effect and gives a warning: the other keys of this table, and of the parameters `concurrency` to `federated_guests`, `dial_in_share`, `lead_p90_days`, `busy_share` and `large_per_user_week`").absent("- (meetings are generated)");
    STARTS_PER_USER_DAY: Real = Key::new("starts_per_user_day", Real(0.0, 100.0), "Starting occurrences, or created one-time meetings, per user and day").unit("1/(user d)").absent("- (follows from `meetings.concurrency`)");
    SIZES: Shaped = Key::new("sizes", Shaped(|| pairs(2, 1000)), "Sizes, organiser and guests included: pairs of people and share").absent("`[[4, 0.85], [6, 0.10], [11, 0.05]]`").limits("2 to 1000; shares add up to 1");
    DURATIONS: Shaped = Key::new("durations", Shaped(|| pairs(1, 1440)), "Lengths: pairs of minutes and share").unit("min").absent("`[[15, 0.10], [30, 0.40], [60, 0.45], [90, 0.05]]`").limits("1 to 1440, whole; shares add up to 1");
    LEVELS: Sub = Key::new("levels", Sub(&levels::SECTION), "From where attendees are drawn when there are no contacts").absent("0.4, 0.3, 0.2, 0.1; a key left out of the table is 0").limits("add up to 1");
    WARM_START: Flag = Key::new("warm_start", Flag, "Are there meetings arranged before time zero?").default(true);
    GRID_MINUTES: Count = Key::new("grid_minutes", Count::within(0, 60), "Starts of arranged meetings are rounded down to multiples of it; 0: not rounded").unit("min").default(15);
    OCCURRENCES: Shaped = Key::new("occurrences", Shaped(|| Form::List(Box::new(Form::Whole(Some(1), Some(1000))), 2, Some(2))), "Occurrences of a weekly series: least and most").absent("`[26, 52]`").limits("1 to 1000 each");
}

section! {
    levels, "From where attendees are drawn: shares";
    TEAM: Real = Key::new("team", Real(0.0, 1.0), "Share from the own team").default(0.0);
    DEPARTMENT: Real = Key::new("department", Real(0.0, 1.0), "Share from the own department").default(0.0);
    SITE: Real = Key::new("site", Real(0.0, 1.0), "Share from the own site").default(0.0);
    EVERYONE: Real = Key::new("everyone", Real(0.0, 1.0), "Share from everybody").default(0.0);
}

/// How values are drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::scenario) enum Law {
    Lognormal,
    Normal,
    Uniform,
}

section! {
    interval, "A value that every world draws for itself, or one with its mark and source";
    VALUE: Real = Key::new("value", Real(-1e15, 1e15), "The same in every world; excludes `low`, `high` and `distribution`").limits("as for the number itself");
    LOW: Real = Key::new("low", Real(-1e15, 1e15), "5 % quantile").required_when("required without `value`").limits("as for the number itself; below `high`, above 0 for `lognormal`");
    HIGH: Real = Key::new("high", Real(-1e15, 1e15), "95 % quantile").required_when("required without `value`").limits("as for the number itself");
    DISTRIBUTION: Words<Law> = Key::new("distribution", Words(&[("lognormal", Law::Lognormal), ("normal", Law::Normal), ("uniform", Law::Uniform)]),
        "Each world draws its own value by one uniform u, cut at the bounds of the range").required_when("required with `low`");
    MARK: Words<Mark> = Key::new("mark", Words(&[("stated", Mark::Stated), ("derived", Mark::Derived), ("estimated", Mark::Estimated), ("scenario", Mark::Scenario)]),
        "Where the figure comes from").default(Mark::Scenario);
    SOURCE: Text = Key::new("source", Text, "Key or words of the source").absent("empty");
}

section! {
    windows, "Change windows on the scenario's clock";
    DAYS: Texts = Key::new("days", Texts(Notated::Weekdays), "Days on which a window opens").absent("all seven");
    FROM: Parsed<Span> = Key::new("from", Parsed { example: "18:00", ..TIME_OF_DAY }, "When it opens").absent("00:00").limits("before 24:00");
    HOURS: Real = Key::new("hours", Real(0.0, 168.0), "How long it is open; windows that overlap are joined").unit("h").default(24.0);
}

section! {
    freeze, "No moves to the new side; moving back is not held up";
    FROM: Day = Key::new("from", Day, "First day").required();
    TO: Day = Key::new("to", Day, "Last day, which belongs to the freeze").required().limits("not before `from`");
}

section! {
    outage, "Something that goes down";
    POOL: NameOf = Key::new("pool", NameOf("pools"), "All front ends of a pool").required_when("one of `pool`, `site`, `edge`");
    FRONT_END: Count = Key::new("front_end", Count::from(1), "Only this front end").absent("- (all)").limits("at most `front_ends`; only with `pool`");
    BACK_END: Flag = Key::new("back_end", Flag, "The pool's database instead").default(false).limits("only with `pool`, not with `front_end`");
    SITE: NameOf = Key::new("site", NameOf("sites"), "Power or network of a site, and with it all pools that stand there").required_when("one of `pool`, `site`, `edge`");
    EDGE: Words<Side> = Key::new("edge", Words(&[("legacy", Side::Legacy), ("new", Side::New)]), "The edge of a side").required_when("one of `pool`, `site`, `edge`").limits("needs `[edge]`");
    AT: When = Key::new("at", When("day"), "When it goes down").required();
    HOURS: Real = Key::new("hours", Real(0.0, 87_600.0), "For how long it is down").unit("h").required();
    PLANNED: Flag = Key::new("planned", Flag, "Maintenance: no move starts that could run into an outage of all its pool, its back end or its site").default(false);
    UPGRADE_DOMAINS: Count = Key::new("upgrade_domains", Count::within(2, 1000), "Rolling restart: the front ends go down in so many groups one after the other, each for `hours`; front end k is in group (k - 1) modulo this").limits("only planned, with `pool` alone");
    PAUSE_MINUTES: Real = Key::new("pause_minutes", Real(0.0, 10_000.0), "From the end of one group to the next").unit("min").default(20.0).stated("QUO").limits("only with `upgrade_domains`");
}

section! {
    application, "An application beside the meetings: where it lives, who uses it, which task moves it";
    NAME: Name = Key::new("name", Name, "Application, for example a contact centre or a bot").required().limits("unique");
    KIND: Words<ApplicationKind> = Key::new("kind", Words(&KINDS), "What it is; it decides the default of `moved_by`").default(ApplicationKind::Other);
    POOL: Name = Key::new("pool", Name, "Where it lives at the start").absent("the first legacy pool").limits("pools");
    MOVED_BY: Name = Key::new("moved_by", Name, "The task that moves it to the new side: at its completion for this pool, to the first of the new pools that the strategy moves people to. Taking the task back returns it")
        .absent("by kind: `trusted_applications` for the first three, then `response_groups`, `access_numbers`, `voicemail`, `conference_directories`, `call_park`, `group_chat`; none if the profile has no such task").limits("tasks of the profile");
    DEPARTMENTS: Texts = Key::new("departments", Texts(Notated::NamesOf("departments")), "Who uses it").required();
    COMPATIBLE: Words<bool> = Key::new("compatible", Words(&[("yes", true), ("no", false)]), "Does it work with the new release? If not, people on the new side go without it, and everybody once it has moved there").default(true);
    WORKS_FROM: When = Key::new("works_from", When("works_from_day"), "From when on it does").absent("- (never)").limits("only with `compatible = \"no\"`");
}

section! {
    defect, "A kind of defects that the new release may have";
    NAME: Name = Key::new("name", Name, "Name of the kind").required().limits("unique");
    COUNT: NumberOr = Key::new("count", NumberOr(0.0, 1000.0, &interval::SECTION), "Mean number").required();
    SCOPE: Words<ScopeKind> = Key::new("scope", Words(&[("everyone", ScopeKind::Everyone), ("site", ScopeKind::Site), ("department", ScopeKind::Department), ("application", ScopeKind::Application), ("remote", ScopeKind::Remote), ("client", ScopeKind::Client)]),
        "Whom each concerns: everybody on the new side; there, people of one site or department (drawn by its people), users of one application (drawn evenly), people who work outside the office half of the time or more; or people with one new client release").default(ScopeKind::Everyone);
    OF: Name = Key::new("of", Name, "The site, department, application or client release of all of them").absent("- (drawn for each)").limits("of the scope");
    SEVERITY: Reals = Key::new("severity", Reals(0.0, 1.0), "Severity 1 (worst) to 4: shares").default([0.05, 0.20, 0.45, 0.30]).estimated().limits("add up to 1");
    DISCOVERY_USER_DAYS: Real = Key::new("discovery_user_days", Real(0.001, 1e9), "Mean exposure until it is discovered: active people whom it reaches, summed over working days").unit("user-days").required();
    DISCOVERY_SHAPE: Real = Key::new("discovery_shape", Real(0.1, 100.0), "Shape of the distribution (gamma) of that exposure around its mean: 1 is exponential, below 1 some show at once and others very late, above 1 all need about the mean").default(1.0);
    FIX_DAYS: Reals = Key::new("fix_days", Reals(0.0, 3640.0), "Median time from discovery to the fix by severity (lognormal, sigma 0.7)").unit("d").default(DefectClass::FIX_DAYS).estimated();
    HIT: Reals = Key::new("hit", Reals(0.0, 1.0), "Probability, while unfixed, to break a meeting of an organiser whom it reaches, by severity").default(DefectClass::HIT).estimated();
    TICKETS: Reals = Key::new("tickets_per_100_user_days", Reals(0.0, 1000.0), "Tickets of 100 people whom it reaches on a working day, by severity").default(DefectClass::TICKETS).estimated();
}

const SOURCES: Words<TicketSource> = Words(&[
    ("move", TicketSource::Move),
    ("client", TicketSource::Client),
    ("meeting", TicketSource::Meeting),
    ("stranded", TicketSource::Stranded),
    ("defect", TicketSource::Defect),
]);
const WORKS: Words<Work> = Words(&[("lognormal", Work::Lognormal), ("exponential", Work::Exponential)]);

section! {
    shift, "A shift of the help desk";
    AGENTS: Count = Key::new("agents", Count::within(0, 100_000), "Agents on duty").required_when("required without `shifts`");
    HOURS: Parsed<(Span, Span)> = Key::new("hours", hours("08:00-18:00"), "When they are on duty").absent("all day");
    DAYS: Texts = Key::new("days", Texts(Notated::Weekdays), "On which days they are on duty").absent("Mon to Fri with `hours`, else all");
}

section! {
    desk_shifts, "The help desk", also [shift::AGENTS, shift::HOURS, shift::DAYS];
    SHIFTS: Subs = Key::new("shifts", Subs(&shift::SECTION), "Several shifts, each with `agents`, `hours` and `days`; where they overlap their agents add up").limits("excludes those three");
    WORK: Words<Work> = Key::new("work", WORKS, "How the work on tickets is distributed around its mean").default(Work::Lognormal);
    ONLY: Words<TicketSource> = Key::new("only", SOURCES, "Tickets of this source alone are opened, to look at it by itself").absent("every source");
}

section! {
    desk, "The help desk", also [shift::AGENTS, shift::HOURS, shift::DAYS, desk_shifts::SHIFTS, desk_shifts::WORK, desk_shifts::ONLY], parameters "desk";
    BACKGROUND: FilePath = Key::new("background", FilePath, "[Everyday tickets](#everyday-tickets) by date").absent("their number is drawn").limits("excludes `background_utilisation`, `background_per_day`, `background_dispersion`, `background_weekdays`, `background_holiday`");
    BACKGROUND_WEEKDAYS: Reals = Key::new("background_weekdays", Reals(0.0, 100.0), "Factors of the mean of everyday tickets from Monday to Sunday").absent("1 on the working days of each site, else 0").limits("seven, not all 0");
    BACKGROUND_HOLIDAY: Real = Key::new("background_holiday", Real(0.0, 100.0), "The factor on a holiday, for the people of its site, in place of the weekday's").default(0.0);
    BACKGROUND_PRIORITY: Count = Key::new("background_priority", Count::within(1, 4), "Priority of everyday tickets at the desk: 1 first, as of people who cannot sign in").default(3);
}

section! {
    board, "When the change board meets";
    DAYS: Texts = Key::new("days", Texts(Notated::Weekdays), "Days of meetings").absent("Mon to Fri");
    AT: Parsed<Span> = Key::new("at", TIME_OF_DAY, "When it meets").absent("10:00");
}

section! {
    fault, "Something that may be wrong with the new side, until a coexistence test has found it and it is fixed";
    KIND: Words<FaultKind> = Key::new("kind", Words(&FaultKind::ALL), "A service does not start on a server; a site cannot be administered; a modality does not work").required();
    POOL: NameOf = Key::new("pool", NameOf("pools"), "At which pool").required_when("required but for `administration`");
    SITE: NameOf = Key::new("site", NameOf("sites"), "At which site").required_when("required for `administration`, else not allowed");
    MEAN: NumberOr = Key::new("mean", NumberOr(0.0, 1000.0, &interval::SECTION), "Mean number of such faults; one table for each kind and place").required();
    FOUND: Real = Key::new("found", Real(0.0, 1.0), "Probability that one test run finds one of them").default(0.5).estimated();
    FIX_DAYS: Real = Key::new("fix_days", Real(0.0, 3640.0), "Time from finding one until it is fixed: median (lognormal, sigma 0.5)").unit("d").default(3.0).estimated();
    HIT: Real = Key::new("hit", Real(0.0, 1.0), "`service`: a try to move to the pool fails; `modality`: a meeting that would take place on the pool leaves everybody with part of the features (impaired); each with this probability for every fault. `administration`: a technician's job at the site takes longer by this share for every fault").default(0.1).estimated();
}
