//! Arguments.

use crate::analysis::gate::{AROUND, LEVELS};
use crate::analysis::occasion::Occasion;
use crate::analysis::rounds::{Wanted, can_be_wanted};
use crate::outcome::Metric;
use crate::outcome::metric::{self, MOST};
use crate::plan::course::Course;
use crate::plan::pilot::Composition;
use crate::report::Extras;
use crate::scenario::MOST_REPLICATIONS;
use crate::scenario::gate_study::{self, HarmLimit};
use crate::stats::Target;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::{Path, PathBuf};

/// Simulates side-by-side migrations: strategies replayed in the same simulated worlds.
#[derive(Debug, Parser)]
#[command(version, about, propagate_version = true, max_term_width = 100)]
pub(super) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(super) command: Command,
}

/// Commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Replay all strategies of a scenario in many worlds and compare them
    Run(Run),
    /// Write a small scenario into this folder and run it, to see what comes out
    Demo(Demo),
    /// Run all strategies and what the first page for the change board needs beside, and write the page
    Packet(Packet),
    /// Put the results of a run and of studies of the same scenario on one page for the change board
    Report(Report),
    /// Branch strategies at days and stages: what would turning back take, and until when can one?
    Exposure(Exposure),
    /// Read a scenario and report everything that is wrong with it
    Check(Check),
    /// Replay one strategy in one world: its story and its event log
    Replay(Replay),
    /// Write the world of one replication as CSV files
    World(World),
    /// Find what drives the result: risks switched off, ranges tried, assumptions that turn the verdict
    Sensitivity(Sensitivity),
    /// Try other pilots: what would they find and save, and where does the next pilot user stop paying?
    Pilot(Pilot),
    /// Try the gates of a strategy: how often do they let a bad release go on, and stop a good one?
    Gate(Gate),
    /// Search over declared values of a plan: which are best, with intervals from worlds that no candidate has seen
    Optimize(Optimize),
    /// List the metrics and what they mean
    Metrics {
        /// Only those with all of these words in their name or meaning
        words: Vec<String>,
    },
    /// Write a scenario to begin with, every line explained: from options, or from questions in a terminal
    New(New),
    /// Explain a key or a table of the scenario file: what it takes, its range, its default, where that comes from
    Explain(Explain),
    /// Say in words how two scenarios differ, or two strategies of one
    Diff(Diff),
    /// Print the JSON Schema of the scenario file, by which editors complete and check it
    Schema(Schema),
    /// Check the program against queueing theory, reliability theory and bookkeeping
    Verify(Verify),
}

/// Arguments of all commands that replay strategies in many worlds.
#[derive(Debug, Args)]
pub(super) struct Common {
    /// Put a value in the place of the file's own (repeat for several; a table of a list is chosen by its name)
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) set: Vec<String>,
    /// Seed of all chance [default: from the scenario]
    #[arg(long, value_name = "N")]
    pub(super) seed: Option<u64>,
    /// Threads; changes the speed, never the results [default: one per processor]
    #[arg(long, value_name = "N", value_parser = threads)]
    pub(super) threads: Option<usize>,
    /// Directory for results; they go into a directory named after the scenario
    #[arg(long, value_name = "DIR", default_value = "output")]
    pub(super) out: PathBuf,
    /// If another run is writing into the same directory of results, wait for it
    #[arg(long)]
    pub(super) wait: bool,
    /// No progress bar
    #[arg(long, short)]
    pub(super) quiet: bool,
    /// Write no charts, and none into results.xlsx
    #[arg(long)]
    pub(super) no_charts: bool,
    /// Form of the CSV files: plain, or excel = every table once more in the folder `excel`, with the marks, semicolons and
    /// decimal commas that a German Excel reads on a double click
    #[arg(long, value_name = "FORM", value_enum, default_value_t = CsvForm::Plain, hide_possible_values = true)]
    pub(super) csv: CsvForm,
}

/// Form of the CSV files of results.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum CsvForm {
    /// Commas, decimal points, UTF-8.
    Plain,
    /// The same, and beside it files for a German Excel.
    Excel,
}

impl Common {
    /// What is written beside the tables.
    pub(super) fn extras(&self) -> Extras {
        Extras {
            charts: !self.no_charts,
            excel: self.csv == CsvForm::Excel,
            names: false,
        }
    }
}

/// Arguments of `packet`.
#[derive(Debug, Args)]
pub(super) struct Packet {
    /// Scenario file
    pub(super) file: PathBuf,
    /// A quick look: at most 40 worlds
    #[arg(long)]
    pub(super) quick: bool,
    /// Number of worlds [default: from the scenario]
    #[arg(long, value_name = "N", value_parser = replications)]
    pub(super) replications: Option<u32>,
    /// Name departments and sites under five people on the page, too
    #[arg(long)]
    pub(super) names: bool,
    /// What analyses have in common.
    #[command(flatten)]
    pub(super) common: Common,
}

/// Arguments of `report`.
#[derive(Debug, Args)]
pub(super) struct Report {
    /// Directories of results: one of `run`, and those of studies
    #[arg(required = true, value_name = "DIR")]
    pub(super) dirs: Vec<PathBuf>,
    /// Directory for the page; it goes into a directory named after the scenario
    #[arg(long, value_name = "DIR", default_value = "output")]
    pub(super) out: PathBuf,
    /// If another command is writing into the same directory, wait for it
    #[arg(long)]
    pub(super) wait: bool,
}

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Directory for results; they go into `demo` below it
    #[arg(long, value_name = "DIR", default_value = "output")]
    pub(super) out: PathBuf,
}

impl Run {
    /// A plain run of a file.
    ///
    /// # Panics
    /// Never: these are arguments that `run` takes.
    pub(super) fn of(file: &Path, out: &Path) -> Run {
        let words = [
            "coexist".as_ref(),
            "run".as_ref(),
            file.as_os_str(),
            "--out".as_ref(),
            out.as_os_str(),
        ];
        match Arguments::try_parse_from(words).map(|arguments| arguments.command) {
            Ok(Command::Run(run)) => run,
            other => panic!("a plain run is one: {other:?}"),
        }
    }
}

/// Arguments of `run`.
#[derive(Debug, Args)]
pub(super) struct Run {
    /// Scenario file
    pub(super) file: PathBuf,
    /// Run only this strategy beside the base (repeat for several) [default: all]
    #[arg(long, value_name = "NAME")]
    pub(super) strategy: Vec<String>,
    /// Strategy that the others are compared with [default: the base of the scenario]
    #[arg(long, value_name = "NAME")]
    pub(super) base: Option<String>,
    /// Also print a table of every strategy, every plan against every other, and what intervals rest on
    #[arg(long)]
    pub(super) details: bool,
    /// Print these metrics of every strategy, in this order (repeat, or separate by commas; `coexist metrics` lists
    /// them)
    #[arg(long, value_name = "METRIC", value_delimiter = ',', value_parser = metric)]
    pub(super) metric: Vec<Metric>,
    /// Number of worlds [default: from the scenario]
    #[arg(long, value_name = "N", value_parser = replications)]
    pub(super) replications: Option<u32>,
    /// Uncertain parameters take their medians in every world
    #[arg(long)]
    pub(super) fix_uncertain: bool,
    /// Add worlds in rounds of 100 until these means are known so well, at 95 %: METRIC=SHARE% of the mean, or METRIC=SIZE in
    /// the unit of the metric, such as meetings_broken=2%,completion=0.5d
    #[arg(long, value_name = "METRIC=SIZE", value_delimiter = ',', value_parser = wanted, conflicts_with = "replications")]
    pub(super) precision: Vec<Wanted>,
    /// The most worlds for --precision
    #[arg(long, value_name = "N", requires = "precision", default_value_t = 2000, value_parser = most)]
    pub(super) max_replications: u32,
    /// Add worlds to the earlier results of the same command: up to --replications, or until --precision is reached
    #[arg(long)]
    pub(super) extend: bool,
    /// Name departments and sites under five people on the page and in results.xlsx, too, and there also people
    #[arg(long)]
    pub(super) names: bool,
    /// Exit with code 3 if a strategy other than the base does not keep every limit of the scenario as often as wanted
    #[arg(long)]
    pub(super) require: bool,
    /// What analyses have in common.
    #[command(flatten)]
    pub(super) common: Common,
}

/// Arguments of `exposure`; those that the table `[exposure]` of the scenario has, too, come first.
#[derive(Debug, Args)]
pub(super) struct Exposure {
    /// Scenario file
    pub(super) file: PathBuf,
    /// Branch only this strategy (repeat for several) [default: all that move anybody]
    #[arg(long, value_name = "NAME")]
    pub(super) strategy: Vec<String>,
    /// Where to branch: a date, a day number, or `after:WAVE` with `+DAYS` (repeat, or separate by commas) [default: every
    /// week from the day before the first wave]
    #[arg(long, value_name = "POINT", value_delimiter = ',')]
    pub(super) at: Vec<String>,
    /// Days from one branch to the next, without --at [default: 7, or 1 in a short programme]
    #[arg(long, value_name = "DAYS", conflicts_with = "at", value_parser = days)]
    pub(super) every: Option<u32>,
    /// Trouble that begins at every branch: none, defect:SCOPE[:NAME] or pool-loss[:POOL] [default: none]
    #[arg(long, value_name = "TROUBLE")]
    pub(super) trouble: Option<String>,
    /// Hours that a lost pool is down [default: 24]
    #[arg(long, value_name = "HOURS", value_parser = hours)]
    pub(super) loss_hours: Option<f64>,
    /// Hours from the trouble to the order to roll back or to fix forward [default: 0]
    #[arg(long, value_name = "HOURS", value_parser = hours)]
    pub(super) decision_hours: Option<f64>,
    /// Days that every course is followed from its branch [default: the look-ahead of the strategies]
    #[arg(long, value_name = "DAYS", value_parser = days)]
    pub(super) ahead: Option<u32>,
    /// What the budget is about, such as cost or meetings_broken [default: cost]
    #[arg(long, value_name = "MEASURE")]
    pub(super) measure: Option<String>,
    /// The most that turning back may take more than the other course; gives the point of no return by price
    #[arg(long, value_name = "AMOUNT", value_parser = budget)]
    pub(super) budget: Option<f64>,
    /// The quantile over worlds that must be within the budget [default: the mean]
    #[arg(long, value_name = "SHARE", value_parser = quantile)]
    pub(super) quantile: Option<f64>,
    /// The other course: go-on, fix-forward or hold [default: go-on]
    #[arg(long, value_name = "COURSE", value_parser = course)]
    pub(super) against: Option<Course>,
    /// The most days that turning back may take; gives the point of no return by time
    #[arg(long, value_name = "DAYS", value_parser = window_days)]
    pub(super) window_days: Option<f64>,
    /// Number of worlds [default: from the scenario]
    #[arg(long, value_name = "N", value_parser = replications)]
    pub(super) replications: Option<u32>,
    /// Uncertain parameters take their medians in every world
    #[arg(long)]
    pub(super) fix_uncertain: bool,
    /// What analyses have in common.
    #[command(flatten)]
    pub(super) common: Common,
}

/// Arguments of `check`.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// Scenario file
    pub(super) file: PathBuf,
    /// Put a value in the place of the file's own (repeat for several; a table of a list is chosen by its name)
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) set: Vec<String>,
}

/// Arguments of `new`. What is not said is asked in a terminal, or has its default.
#[derive(Debug, Args)]
pub(super) struct New {
    /// The scenario to write
    pub(super) file: PathBuf,
    /// Profile: which migration [default: ocs2007r2-to-lync2013]
    #[arg(long, value_name = "NAME")]
    pub(super) profile: Option<String>,
    /// Date on which the simulated time begins [default: 2027-03-01]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) start: Option<jiff::civil::Date>,
    /// Weeks to simulate [default: 40]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(20..=520))]
    pub(super) weeks: Option<u32>,
    /// People, if there is no list of them [default: 1000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(10..=10_000_000), conflicts_with = "people")]
    pub(super) users: Option<u32>,
    /// List of people, such as an export of Get-CsUser or Active Directory
    #[arg(long, value_name = "FILE")]
    pub(super) people: Option<PathBuf>,
    /// List of contacts
    #[arg(long, value_name = "FILE")]
    pub(super) contacts: Option<PathBuf>,
    /// Ask nothing
    #[arg(long, short)]
    pub(super) yes: bool,
}

fn date(text: &str) -> Result<jiff::civil::Date, String> {
    text.parse()
        .map_err(|_| "not a date; write for example --start 2027-03-01".into())
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// A key such as strategies.pilot.size or size, or a table such as strategies.pilot [default: all tables]
    #[arg(value_name = "KEY")]
    pub(super) key: Option<String>,
}

/// Arguments of `diff`.
#[derive(Debug, Args)]
pub(super) struct Diff {
    /// Scenario file
    pub(super) file: PathBuf,
    /// Another scenario file; or, with a third word, a strategy of the file
    #[arg(value_name = "FILE or STRATEGY")]
    pub(super) second: String,
    /// The strategy of the file to compare that one with
    #[arg(value_name = "STRATEGY")]
    pub(super) third: Option<String>,
}

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub(super) struct Schema {
    /// The schema of the profile file instead
    #[arg(long)]
    pub(super) profile: bool,
}

/// Arguments of `replay`.
#[derive(Debug, Args)]
pub(super) struct Replay {
    /// Scenario file
    pub(super) file: PathBuf,
    /// Put a value in the place of the file's own (repeat for several; a table of a list is chosen by its name)
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) set: Vec<String>,
    /// Strategy
    #[arg(long, value_name = "NAME")]
    pub(super) strategy: String,
    /// Which world: a number from 0 (also one beyond the worlds of a run), or by what it meant in the recorded run:
    /// worst:METRIC, best:METRIC, p90:METRIC (or another percentile), first:METRIC (the first world in which it is not
    /// zero, or is reached), missed:gate (defects escaped and nobody turned back). Short names of metrics: broken, lost,
    /// stranded, downgrades, rollback, completion, cost
    #[arg(long, value_name = "WORLD", required_unless_present = "world", value_parser = which)]
    pub(super) replication: Option<Which>,
    /// Seed of all chance [default: from the scenario]
    #[arg(long, value_name = "N")]
    pub(super) seed: Option<u64>,
    /// Directory of results: the recorded run is looked up there, the event log is written there
    #[arg(long, value_name = "DIR", default_value = "output")]
    pub(super) out: PathBuf,
    /// Replay the world in this directory, written by `coexist world`, instead of drawing one
    #[arg(long, value_name = "DIR", conflicts_with_all = ["seed", "replication", "fix_uncertain"])]
    pub(super) world: Option<PathBuf>,
    /// If another run is writing into the same directory of results, wait for it
    #[arg(long)]
    pub(super) wait: bool,
    /// Uncertain parameters take their medians
    #[arg(long)]
    pub(super) fix_uncertain: bool,
    /// Compare with an earlier replay of the same world and strategy in this directory, perhaps from another machine: names the
    /// first day and the first event that differ
    #[arg(long, value_name = "DIR")]
    pub(super) against: Option<PathBuf>,
    /// Form of the event log: plain, or excel = once more in the folder `excel`, as a German Excel reads it
    #[arg(long, value_name = "FORM", value_enum, default_value_t = CsvForm::Plain, hide_possible_values = true)]
    pub(super) csv: CsvForm,
}

/// Arguments of `world`.
#[derive(Debug, Args)]
pub(super) struct World {
    /// Scenario file
    pub(super) file: PathBuf,
    /// Put a value in the place of the file's own (repeat for several; a table of a list is chosen by its name)
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) set: Vec<String>,
    /// Which world, from 0
    #[arg(long, value_name = "K")]
    pub(super) replication: u64,
    /// Seed of all chance [default: from the scenario]
    #[arg(long, value_name = "N")]
    pub(super) seed: Option<u64>,
    /// Directory for the files; new, empty or with an exported world of this scenario, which is replaced
    #[arg(long, value_name = "DIR")]
    pub(super) out: PathBuf,
    /// If another run is writing into the same directory of results, wait for it
    #[arg(long)]
    pub(super) wait: bool,
    /// Uncertain parameters take their medians
    #[arg(long)]
    pub(super) fix_uncertain: bool,
}

/// Arguments of `sensitivity`.
#[derive(Debug, Args)]
pub(super) struct Sensitivity {
    /// Scenario file
    pub(super) file: PathBuf,
    /// Look at this strategy only (repeat for several) [default: all]
    #[arg(long, value_name = "NAME")]
    pub(super) strategy: Vec<String>,
    /// Strategy that the others are compared with [default: the base of the scenario]
    #[arg(long, value_name = "NAME")]
    pub(super) base: Option<String>,
    /// Look at these metrics (repeat, or separate by commas; `coexist metrics` lists them) [default:
    /// lost_attendee_hours]
    #[arg(long, value_name = "METRIC", value_delimiter = ',', value_parser = metric)]
    pub(super) metric: Vec<Metric>,
    /// Number of worlds of each variation [default: from the scenario, at most 50]
    #[arg(long, value_name = "N", value_parser = replications)]
    pub(super) replications: Option<u32>,
    /// Number of trajectories of the screening; 0 = no screening
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = trajectories)]
    pub(super) trajectories: u32,
    /// What analyses have in common.
    #[command(flatten)]
    pub(super) common: Common,
}

/// Arguments of `pilot`.
#[derive(Debug, Args)]
pub(super) struct Pilot {
    /// Scenario file
    pub(super) file: PathBuf,
    /// Whose pilot [default: the only strategy that has one]
    #[arg(long, value_name = "NAME")]
    pub(super) strategy: Option<String>,
    /// Try pilots of so many people (repeat, or separate by commas) [default, without --days and --choose: half, twice and
    /// four times as many]
    #[arg(long, value_name = "N", value_delimiter = ',', value_parser = people)]
    pub(super) size: Vec<u32>,
    /// Try so many days from the start of the pilot to the first production wave (repeat, or separate by commas) [default,
    /// without --size and --choose: half, twice and four times as many]
    #[arg(long, value_name = "DAYS", value_delimiter = ',', value_parser = days)]
    pub(super) days: Vec<u32>,
    /// Try these ways to choose: random, departments, volunteers, teams (repeat, or separate by commas) [default, without
    /// --size and --days: all four]
    #[arg(long, value_name = "WAY", value_delimiter = ',', value_parser = composition)]
    pub(super) choose: Vec<Composition>,
    /// What a pilot user costs beyond what the scenario counts, such as briefing and care, in its currency
    #[arg(long, value_name = "AMOUNT", default_value_t = 0.0, value_parser = amount)]
    pub(super) user_cost: f64,
    /// Number of worlds [default: from the scenario]
    #[arg(long, value_name = "N", value_parser = replications)]
    pub(super) replications: Option<u32>,
    /// What analyses have in common.
    #[command(flatten)]
    pub(super) common: Common,
}

/// Arguments of `gate`.
#[derive(Debug, Args)]
pub(super) struct Gate {
    /// Scenario file
    pub(super) file: PathBuf,
    /// Whose gates [default: the only strategy that has some]
    #[arg(long, value_name = "NAME")]
    pub(super) strategy: Option<String>,
    /// A release is bad if it adds more than this to the metric when there are no gates, for example
    /// lost_attendee_hours=500 [default: the table [gate_study] of the scenario]
    #[arg(long, value_name = "METRIC=VALUE", value_parser = limit)]
    pub(super) limit: Option<HarmLimit>,
    /// True defect levels: multiples of the mean numbers of defects that the scenario states (repeat, or separate by commas)
    #[arg(long, value_name = "FACTOR", value_delimiter = ',', default_values_t = LEVELS, value_parser = factor)]
    pub(super) levels: Vec<f64>,
    /// Thresholds: multiples of those of the plan (repeat, or separate by commas); those of 0 move up by 1 with each
    /// multiple above 1
    #[arg(long, value_name = "FACTOR", value_delimiter = ',', default_values_t = AROUND, value_parser = factor)]
    pub(super) around: Vec<f64>,
    /// Number of worlds at every level [default: from the scenario]
    #[arg(long, value_name = "N", value_parser = replications)]
    pub(super) replications: Option<u32>,
    /// What analyses have in common.
    #[command(flatten)]
    pub(super) common: Common,
}

/// Arguments of `optimize`.
#[derive(Debug, Args)]
pub(super) struct Optimize {
    /// Scenario file
    pub(super) file: PathBuf,
    /// Vary the plan of this strategy [default: from the scenario, or its only strategy]
    #[arg(long, value_name = "NAME")]
    pub(super) strategy: Option<String>,
    /// Two or three metrics of the front (repeat, or separate by commas) [default: from the scenario, or its first two
    /// objectives]
    #[arg(long, value_name = "METRIC", value_delimiter = ',', value_parser = metric)]
    pub(super) metric: Vec<Metric>,
    /// Try these values of a key of the strategy, such as pilot.size=50,100 (repeat for several keys) [default: from the
    /// scenario]
    #[arg(long, value_name = "KEY=VALUE,VALUE")]
    pub(super) vary: Vec<String>,
    /// Most combinations that are tried; of more, a subset is
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = candidates)]
    pub(super) max_candidates: u32,
    /// Number of worlds of the search [default: from the scenario, at most 200]
    #[arg(long, value_name = "N", value_parser = replications)]
    pub(super) replications: Option<u32>,
    /// Most finalists
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = candidates)]
    pub(super) finalists: u32,
    /// Number of worlds of the confirmation, which no candidate has seen [default: from the scenario]
    #[arg(long, value_name = "N", value_parser = replications)]
    pub(super) confirm: Option<u32>,
    /// What analyses have in common.
    #[command(flatten)]
    pub(super) common: Common,
}

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub(super) struct Verify {
    /// Seed of all chance
    #[arg(long, value_name = "N", default_value_t = crate::verify::SEED)]
    pub(super) seed: u64,
    /// Threads; changes the speed, never the results [default: one per processor]
    #[arg(long, value_name = "N", value_parser = threads)]
    pub(super) threads: Option<usize>,
    /// Multiplies the replications: 4 halves the intervals, in four times the time
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = effort)]
    pub(super) effort: f64,
}

fn replications(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(0) => Err("no world, no result; write at least 1, for example --replications 400".into()),
        Ok(number @ 1..=MOST_REPLICATIONS) => Ok(number),
        _ => Err(format!(
            "not a whole number from 1 to {MOST_REPLICATIONS}; write for example --replications 400"
        )),
    }
}

fn candidates(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(number @ 1..=10_000) => Ok(number),
        _ => Err("not a whole number from 1 to 10000".into()),
    }
}

fn trajectories(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(number @ 0..=10_000) => Ok(number),
        _ => Err("not a whole number from 0 to 10000; write for example --trajectories 20".into()),
    }
}

/// A world, by number or by meaning.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Which {
    /// Its number.
    Number(u64),
    /// Its meaning in a recorded run.
    Occasion(Occasion),
}

/// Short names of metrics.
const SHORT: [(&str, Metric); 7] = [
    ("broken", Metric::Broken),
    ("lost", Metric::LostHours),
    ("stranded", Metric::StrandedHours),
    ("downgrades", Metric::Downgraded),
    ("rollback", Metric::Rollbacks),
    ("completion", Metric::CompletionDay),
    ("cost", Metric::Cost),
];

fn which(text: &str) -> Result<Which, String> {
    if let Ok(number) = text.parse() {
        return Ok(Which::Number(number));
    }
    let odd = "not a world; write a number from 0, or for example worst:broken, p50:cost, first:rollback, missed:gate";
    let Some((kind, name)) = text.split_once(':') else {
        return Err(odd.into());
    };
    if (kind, name) == ("missed", "gate") {
        return Ok(Which::Occasion(Occasion::MissedGate));
    }
    let metric = short_or_full(name);
    let percent = kind.strip_prefix('p').and_then(|percent| percent.parse().ok());
    let occasion: fn(Metric) -> Occasion = match kind {
        "worst" => Occasion::Worst,
        "best" => Occasion::Best,
        "first" => Occasion::First,
        _ => match percent {
            Some(percent) if (0.0..=100.0).contains(&percent) => {
                return Ok(Which::Occasion(Occasion::Quantile(percent, metric?)));
            }
            _ => return Err(odd.into()),
        },
    };
    Ok(Which::Occasion(occasion(metric?)))
}

/// A metric by its short or its full name.
fn short_or_full(name: &str) -> Result<Metric, String> {
    let short = SHORT.iter().find(|(short, _)| *short == name);
    short.map_or_else(|| metric(name), |&(_, metric)| Ok(metric))
}

fn most(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(number @ 100..=MOST_REPLICATIONS) => Ok(number),
        _ => Err(format!(
            "not a whole number from 100, the size of a round, to {MOST_REPLICATIONS}; write for example --max-replications 2000"
        )),
    }
}

fn wanted(text: &str) -> Result<Wanted, String> {
    let Some((name, size)) = text.split_once('=') else {
        return Err("write METRIC=SIZE, such as meetings_broken=2% or completion=0.5d".into());
    };
    let metric = short_or_full(name.trim())?;
    let definition = metric.definition();
    if !can_be_wanted(metric) {
        let name = definition.name;
        return Err(format!(
            "{name} has a value only in worlds with a rollback, so there is no mean over worlds; choose another metric"
        ));
    }
    let size = size.trim();
    let (number, is_share) = match size.strip_suffix('%') {
        Some(number) => (number, true),
        None => (size.strip_suffix(definition.unit).unwrap_or(size), false),
    };
    match number.trim().parse::<f64>() {
        Ok(number) if number > 0.0 && number <= MOST => Ok(Wanted {
            metric,
            target: if is_share {
                Target::Relative(number / 100.0)
            } else {
                Target::Absolute(number)
            },
        }),
        _ => Err(format!(
            "`{size}` is no size; write a share such as 2%, or a number above 0 in {}",
            definition.unit
        )),
    }
}

fn metric(text: &str) -> Result<Metric, String> {
    let likeness = |name: &str| strsim::jaro_winkler(text, name);
    Metric::named(text).ok_or_else(|| {
        let names = metric::DEFINITIONS.iter().map(|definition| definition.name);
        match names.max_by(|a, b| likeness(a).total_cmp(&likeness(b))) {
            Some(near) if likeness(near) > 0.7 => format!("no such metric; did you mean `{near}`?"),
            _ => "no such metric; `coexist metrics` lists them".into(),
        }
    })
}

fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number @ 1..=1024) => Ok(number),
        _ => Err("not a whole number from 1 to 1024; leave --threads out to use every processor".into()),
    }
}

fn people(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(people @ 1..=10_000_000) => Ok(people),
        _ => {
            Err("not a whole number of people from 1 to 10000000; write for example --size 50,100,200".into())
        }
    }
}

fn composition(text: &str) -> Result<Composition, String> {
    let named = Composition::ALL.into_iter().find(|one| one.word() == text);
    named.ok_or_else(|| "write random, departments, volunteers or teams".into())
}

fn amount(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(amount) if (0.0..=1e6).contains(&amount) => Ok(amount),
        _ => Err("not an amount from 0 to 1000000; write for example --user-cost 40".into()),
    }
}

fn factor(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(factor) if (0.0..=1000.0).contains(&factor) => Ok(factor),
        _ => Err("not a number from 0 to 1000".into()),
    }
}

fn limit(text: &str) -> Result<HarmLimit, String> {
    let odd = || "write a metric and a number, for example lost_attendee_hours=500".to_string();
    let (name, value) = text.split_once('=').ok_or_else(odd)?;
    let metric = gate_study::harm(name).map_err(|(what, help)| format!("{what}; {help}"))?;
    match value.parse() {
        Ok(limit) if (0.0..=MOST).contains(&limit) => Ok(HarmLimit { metric, limit }),
        Ok(limit) if limit > MOST => Err("at most 1e15; write a smaller number".into()),
        _ => Err(odd()),
    }
}

fn days(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(days @ 1..=3640) => Ok(days),
        _ => Err("not a whole number of days from 1 to 3640".into()),
    }
}

fn hours(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(hours) if (0.0..=8760.0).contains(&hours) => Ok(hours),
        _ => Err("not a number of hours from 0 to 8760".into()),
    }
}

fn budget(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(budget) if (0.0..=MOST).contains(&budget) => Ok(budget),
        _ => Err("not an amount from 0 to 1e15; write for example --budget 20000".into()),
    }
}

fn quantile(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(share) if (0.01..=0.99).contains(&share) => Ok(share),
        _ => Err("not a share from 0.01 to 0.99; write for example --quantile 0.9".into()),
    }
}

fn course(text: &str) -> Result<Course, String> {
    let courses = [Course::GoOn, Course::FixForward, Course::Hold];
    let named = courses.into_iter().find(|course| course.word() == text);
    named.ok_or_else(|| "write go-on, fix-forward or hold".into())
}

fn window_days(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(days) if (0.01..=3640.0).contains(&days) => Ok(days),
        _ => Err("not a number of days from 0.01 to 3640; write for example --window-days 3".into()),
    }
}

fn effort(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(factor) if (0.1..=1000.0).contains(&factor) => Ok(factor),
        _ => Err("not a number from 0.1 to 1000; write for example --effort 4".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_commands_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn zero_is_refused_with_advice() {
        assert!(replications("0").unwrap_err().contains("--replications 400"));
        assert_eq!(replications("500"), Ok(500));
        assert!(threads("0").is_err());
        assert!(effort("0").unwrap_err().contains("--effort 4"));
        assert_eq!(effort("0.5"), Ok(0.5));
    }

    #[test]
    fn worlds_go_by_number_or_meaning() {
        assert_eq!(which("17"), Ok(Which::Number(17)));
        let occasion = |text: &str| match which(text) {
            Ok(Which::Occasion(occasion)) => occasion,
            other => panic!("{other:?}"),
        };
        assert_eq!(occasion("worst:broken"), Occasion::Worst(Metric::Broken));
        assert_eq!(occasion("best:meetings_held"), Occasion::Best(Metric::Held));
        assert_eq!(occasion("p50:cost"), Occasion::Quantile(50.0, Metric::Cost));
        assert_eq!(occasion("first:rollback"), Occasion::First(Metric::Rollbacks));
        assert_eq!(occasion("missed:gate"), Occasion::MissedGate);
        assert!(which("worst").unwrap_err().contains("worst:broken"));
        assert!(which("p101:cost").unwrap_err().contains("p50:cost"));
        assert!(
            which("worst:meetings_brokn")
                .unwrap_err()
                .contains("`meetings_broken`")
        );
        assert!(which("-1").is_err());
    }

    #[test]
    fn metrics_go_by_their_names() {
        assert_eq!(metric("mixed_meetings"), Ok(Metric::Mixed));
        assert!(metric("mixed_meeting").unwrap_err().contains("`mixed_meetings`"));
        assert!(metric("zzz").unwrap_err().contains("coexist metrics"));
    }
}
