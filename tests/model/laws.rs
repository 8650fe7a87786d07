//! The laws by which machines install, everyday tickets come and defects show: their quantiles, means and variances, and
//! what must not change when a parameter does.

use coexist::kernel::{Key, Log, Span, Time, distribution};
use coexist::outcome::{Action, Metric, Row, Subject};
use coexist::scenario::{self, Scenario};
use coexist::simulate::simulate;
use coexist::stats;
use coexist::world::lag::{Laws, NEVER, Package};
use coexist::world::parameter::DEFINITIONS;
use coexist::world::{Draw, Setting, World};
use std::sync::Arc;

/// Mean share, over ten long-term support releases of Jenkins from 2.46.1 (March 2017) to 2.204.1 (January 2020), of the
/// installations at that release or a later one, so many days after it came out: monthly census of the Jenkins project
/// (stats.jenkins.io), interpolated between its dates. People upgrade it when they please.
const ADOPTED: [(f64, f64); 12] = [
    (30.0, 0.362),
    (45.0, 0.418),
    (60.0, 0.459),
    (90.0, 0.522),
    (120.0, 0.573),
    (150.0, 0.614),
    (180.0, 0.651),
    (240.0, 0.712),
    (300.0, 0.760),
    (365.0, 0.799),
    (540.0, 0.873),
    (690.0, 0.907),
];

/// The laws of the defaults, but for these parameters.
fn laws(changed: &[(Setting, f64)]) -> Laws {
    Laws::new(|setting| {
        let changed = changed.iter().find(|changed| changed.0 == setting);
        changed.map_or(DEFINITIONS[setting as usize].default, |changed| changed.1)
    })
}

/// Share of machines that have installed by `days`, by bisection on a quantile function.
fn share_by(days: f64, quantile: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if quantile(middle) <= days {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

#[test]
fn upgrades_at_will_follow_a_published_census() {
    let laws = laws(&[(Setting::VoluntaryNever, 0.0)]);
    let squares = ADOPTED.map(|(days, share)| {
        let miss = share_by(days, |u| laws.voluntary(u)) - share;
        miss * miss
    });
    let rms = libm::sqrt(squares.iter().sum::<f64>() / squares.len() as f64);
    assert!(rms <= 0.02, "{rms}");
}

#[test]
fn pushed_installs_are_lines_up_to_15_working_days_and_then_a_tail_without_end() {
    let usual = laws(&[]);
    for (u, days) in [
        (0.3, 1.0),
        (0.6, 2.0),
        (0.66, 3.0),
        (0.75, 4.5),
        (0.9, 7.0),
        (0.925, 11.0),
        (0.95, 15.0),
        // Half of the stragglers within 12.5 days more, half of the rest within 12.5 more, and so on.
        (0.975, 27.5),
        (0.9875, 40.0),
        (0.99375, 52.5),
    ] {
        assert!((usual.forced(u) - days).abs() < 1e-9, "{u}: {}", usual.forced(u));
    }
    assert!(usual.forced(1.0 - f64::EPSILON) > 500.0);
    // Those who never come are taken from the stragglers.
    let some_never = laws(&[(Setting::Never, 0.02)]);
    for place in 1..=95 {
        let u = f64::from(place) / 100.0;
        assert_eq!(some_never.forced(u).to_bits(), usual.forced(u).to_bits(), "{u}");
    }
    assert!((some_never.forced(0.965) - 27.5).abs() < 1e-9);
    assert_eq!(some_never.forced(0.98), NEVER);
}

#[test]
fn the_shares_of_those_who_ever_upgrade_at_will() {
    let laws = laws(&[
        (Setting::VoluntaryNever, 0.2),
        (Setting::VoluntaryMedian, 30.0),
        (Setting::LagFactor, 2.0),
    ]);
    // Half of eight tenths by the median, which the factor doubles.
    assert!((laws.voluntary(0.4) - 60.0).abs() < 1e-9);
    // Three quarters: twice the logarithm of two, so 2^(1/0.55) medians.
    assert!((laws.voluntary(0.6) / (60.0 * libm::pow(2.0, 1.0 / 0.55)) - 1.0).abs() < 1e-12);
    assert_eq!(laws.voluntary(0.8), NEVER);
}

#[test]
fn who_never_upgrades_never_does_where_more_never_do_and_a_larger_uniform_is_never_earlier() {
    let few = laws(&[(Setting::Never, 0.01), (Setting::VoluntaryNever, 0.1)]);
    let more = laws(&[(Setting::Never, 0.04), (Setting::VoluntaryNever, 0.4)]);
    let mut before = [0.0; 4];
    for place in 1..10_000 {
        let u = f64::from(place) / 10_000.0;
        assert!(few.forced(u) < NEVER || more.forced(u) == NEVER);
        assert!(few.voluntary(u) < NEVER || more.voluntary(u) == NEVER);
        let now = [few.forced(u), few.voluntary(u), more.forced(u), more.voluntary(u)];
        for (now, before) in now.iter().zip(before) {
            assert!(*now >= before, "{u}");
        }
        before = now;
    }
}

#[test]
fn every_kind_of_package_gives_laws() {
    for (word, package) in Package::ALL {
        for end in [0, 1] {
            let ranges: Vec<(Setting, f64)> = package
                .ranges()
                .iter()
                .map(|&(setting, low, high)| (setting, if end == 0 { low } else { high }))
                .collect();
            assert!(
                ranges.iter().all(|&(setting, value)| setting.cut(value) == value),
                "{word}"
            );
            let laws = laws(&ranges);
            assert!(laws.forced(0.5) <= 15.0 && laws.voluntary(0.1) > 0.0, "{word}");
        }
    }
}

/// A company of 600, everybody at the office of one site, nobody moved back; `ROLLOUT` and `MORE` are added.
const COMPANY: &str = r#"
schema = 1
name = "laws"
profile = "ocs2007r2-to-lync2013"

[calendar]
start = "2013-03-04"
weeks = 20

[[sites]]
name = "leeds"
hours = "09:00-17:00"
holidays = ["2013-03-29"]

[[pools]]
name = "old"
release = "ocs2007r2"
front_ends = 1

[[pools]]
name = "new"
release = "lync2013"
front_ends = 3

[population]
users = 600

[meetings]
starts_per_user_day = 0.0
warm_start = false

[installs]
failure = 0.0
downgrade_failure = 0.0
INSTALLS

[[strategies]]
name = "at-once"

[strategies.waves]
start = "2013-03-05T10:00"
all = true

[strategies.moves]
timed = false
threads = 0

[strategies.rollout]
client = "lync2013"
mode = "with"
ROLLOUT
MORE
"#;

fn company(installs: &str, rollout: &str, more: &str) -> Scenario {
    let text = COMPANY
        .replace("INSTALLS", installs)
        .replace("ROLLOUT", rollout)
        .replace("MORE", more);
    scenario::from_text("laws.toml", &text).unwrap_or_else(|rejected| panic!("{rejected}"))
}

fn world(scenario: &Scenario, replication: u64) -> World {
    let seed = scenario.seed;
    World::draw(Arc::clone(&scenario.facts), Key { seed, replication }, true)
}

/// The row of the only strategy beside `stay`, and its log.
fn run(scenario: &Scenario, world: &World) -> (Row, Log<coexist::outcome::Entry>) {
    let (outcome, log) = simulate(world, &scenario.plans[1], Log::new());
    (outcome.row, log)
}

fn metric(row: &Row, metric: Metric) -> f64 {
    row.get(metric).expect("it is there")
}

/// How many of all machines have installed by an instant lies where the law says, in 4 worlds of 600 people.
#[test]
fn installs_come_by_the_law_of_the_rollout() {
    let start = Time(34 * Span::HOUR.0);
    let check = |scenario: &Scenario, points: &[(Time, f64)]| {
        let (mut by, mut machines) = (vec![0; points.len()], 0);
        for replication in 0..4 {
            let world = world(scenario, replication);
            machines += world.machines.len() as u64;
            let (_, log) = run(scenario, &world);
            let installed = log
                .records()
                .iter()
                .filter(|entry| entry.action == Action::Installed);
            for entry in installed {
                for (by, point) in by.iter_mut().zip(points) {
                    *by += u64::from(entry.at <= point.0);
                }
            }
        }
        for (&(at, share), &by) in points.iter().zip(&by) {
            let interval = stats::exact_proportion_interval(by, machines, 0.9999);
            assert!(
                interval.low <= share && share <= interval.high,
                "{at:?}: {by} of {machines}, {share}"
            );
        }
    };
    let at_will = company(
        "voluntary_never = 0.3\nvoluntary_median_days = 20",
        "regime = \"voluntary\"",
        "",
    );
    let law = |days: f64| 0.7 * -libm::expm1(-std::f64::consts::LN_2 * libm::pow(days / 20.0, 0.55));
    let points = [1.0, 5.0, 20.0, 60.0, 120.0].map(|days| (start + Span::from_days_f64(days), law(days)));
    check(&at_will, &points);
    // Two working days from Tuesday 10:00 end on Thursday 10:00; seven on Thursday the week after.
    let pushed = company("", "", "");
    let days = |days: i64| start + Span(days * Span::DAY.0);
    check(&pushed, &[(days(2), 0.6), (days(9), 0.9), (days(21), 0.95)]);
}

#[test]
fn a_technician_visits_whoever_has_not_begun_by_the_deadline() {
    let without = company("voluntary_never = 0.3", "regime = \"voluntary\"", "");
    let with = company(
        "voluntary_never = 0.3",
        "regime = \"voluntary\"\ndeadline_days = 30",
        "",
    );
    let world = world(&without, 0);
    let never = world
        .machines
        .iter()
        .filter(|machine| machine.voluntary_days > 3640.0)
        .count();
    assert!(never > 100);
    let (row, _) = run(&without, &world);
    assert_eq!(metric(&row, Metric::NeverUpgraded), never as f64);
    assert_eq!(row.get(Metric::CompletionDay), None);
    let (row, log) = run(&with, &world);
    assert_eq!(metric(&row, Metric::NeverUpgraded), 0.0);
    assert_eq!(metric(&row, Metric::Upgraded), world.machines.len() as f64);
    assert!(row.get(Metric::CompletionDay).is_some());
    // Told on Tuesday 5 March at 10:00, visited on Thursday 4 April at 10:00.
    let due = Time(34 * Span::HOUR.0) + Span::DAY * 30;
    let mut visits = 0;
    for entry in log.records() {
        if let (Action::DeadlinePassed, Subject::Machine(user, number)) = (entry.action, entry.subject) {
            visits += 1;
            assert_eq!(entry.at, due);
            assert!(world.machines_of(user)[usize::from(number)].voluntary_days > 30.0);
        }
    }
    let late = world
        .machines
        .iter()
        .filter(|machine| machine.voluntary_days > 30.0)
        .count();
    assert_eq!(visits, late);
    // Whoever comes in time does so as without a deadline.
    let in_time = |scenario: &Scenario| {
        let (_, log) = run(scenario, &world);
        let early = |entry: &&coexist::outcome::Entry| entry.action == Action::Installed && entry.at < due;
        let early: Vec<_> = log
            .records()
            .iter()
            .filter(early)
            .map(|entry| (entry.at, entry.subject))
            .collect();
        early
    };
    assert_eq!(in_time(&without), in_time(&with));
}

/// 98 % are of those who can come: machines that never install, and that nobody visits, are left out once they are told to.
#[test]
fn nearly_all_are_nearly_all_of_those_who_can_come() {
    let laws = "voluntary_never = 0.3\nvoluntary_median_days = 2";
    let scenario = company(laws, "regime = \"voluntary\"", "");
    let world = world(&scenario, 0);
    let (row, log) = run(&scenario, &world);
    let firsts = || world.machines.iter().filter(|machine| machine.number == 0);
    let never = firsts().filter(|machine| machine.voluntary_days > 3640.0).count();
    let can = firsts().count() - never;
    let mut installed: Vec<Time> = (log.records().iter())
        .filter(|entry| entry.action == Action::Installed && matches!(entry.subject, Subject::Machine(_, 0)))
        .map(|entry| entry.at)
        .collect();
    installed.sort();
    let last = (98 * can).div_ceil(100) - 1;
    assert!(
        can > installed.len() || installed[last] < installed[can - 1],
        "all at once"
    );
    assert_eq!(metric(&row, Metric::Day98), installed[last].days());
    assert_eq!(row.get(Metric::CourseEnd), row.get(Metric::Day98));
    assert_eq!(
        row.get(Metric::CompletionDay),
        None,
        "who never installs is not complete"
    );
    // Where a technician visits them they can, and are waited for.
    let visited = company(laws, "regime = \"voluntary\"\ndeadline_days = 30", "");
    let (row, _) = run(&visited, &world);
    assert!(metric(&row, Metric::Day98) > 30.0);
    // Where none ever installs nobody has come.
    let none = company("voluntary_never = 1", "regime = \"voluntary\"", "");
    let none_world = World::draw(
        Arc::clone(&none.facts),
        Key {
            seed: none.seed,
            replication: 0,
        },
        true,
    );
    assert_eq!(run(&none, &none_world).0.get(Metric::Day98), None);
}

#[test]
fn the_way_back_ends_although_some_never_install_by_themselves() {
    let back = "[strategies.rollback]\nat = \"2013-04-15T10:00\"\n";
    let scenario = company("never = 0.04\nstragglers = 0.05", "deadline_days = 21", back);
    let world = world(&scenario, 0);
    let (row, _) = run(&scenario, &world);
    assert_eq!(metric(&row, Metric::Downgraded), world.machines.len() as f64);
    let voluntary = company(
        "voluntary_never = 0.3\nnever = 0.04",
        "regime = \"voluntary\"",
        back,
    );
    let (row, _) = run(&voluntary, &world);
    assert!(row.get(Metric::DowngradeDays).is_some());
    assert_eq!(row.get(Metric::Downgraded), row.get(Metric::Upgraded));
}

#[test]
fn the_check_says_that_not_everybody_will_be_upgraded() {
    let never = "completion cannot be reached by everybody: its rollout is at will, `installs.voluntary_never` is 35 %, and no \
                 technician visits those who never upgrade by themselves";
    assert!(company("", "regime = \"voluntary\"", "").warnings.contains(never));
    assert!(
        !company("", "regime = \"voluntary\"\ndeadline_days = 60", "")
            .warnings
            .contains("completion")
    );
    assert!(
        !company("voluntary_never = 0", "regime = \"voluntary\"", "")
            .warnings
            .contains("completion")
    );
    assert!(!company("", "", "").warnings.contains("completion"));
    assert!(
        company("never = 0.02", "", "")
            .warnings
            .contains("its rollout is pushed, `installs.never` is 2 %")
    );
}

#[test]
fn a_kind_of_package_sets_what_is_not_written() {
    let scenario = company("lag = \"operating_system\"\nstragglers = 0.2", "", "");
    let draw = |setting: Setting| scenario.facts.parameters[setting as usize].draw;
    assert_eq!(
        draw(Setting::LagTwoDays),
        Draw::Uniform {
            low: 0.10,
            high: 0.35
        }
    );
    assert_eq!(draw(Setting::Stragglers), Draw::Fixed(0.2));
    assert_eq!(draw(Setting::VoluntaryNever), Draw::Fixed(0.35));
}

const SHIFT: &str = "[desk]\nagents = 3\nhours = \"09:00-17:00\"\n";

/// Everyday tickets by day of many worlds of the same company.
fn background(desk: &str, worlds: u64) -> Vec<Vec<f64>> {
    let scenario = company("", "", &format!("{SHIFT}{desk}"));
    let of = |replication| {
        world(&scenario, replication)
            .background
            .iter()
            .map(|&count| f64::from(count))
            .collect()
    };
    (0..worlds).map(of).collect()
}

#[test]
fn everyday_tickets_have_the_mean_and_variance_that_are_written() {
    // Three agents for 480 minutes at 60 % and 20 minutes a ticket: 43.2 a day.
    for (desk, mean, dispersion) in [
        ("", 43.2, 5.0),
        ("background_per_day = 12\nbackground_dispersion = 1\n", 12.0, 1.0),
        (
            "background_per_day = 7.5\nbackground_dispersion = 12\n",
            7.5,
            12.0,
        ),
        ("background_utilisation = 0.3\nservice_minutes = 10\n", 43.2, 5.0),
    ] {
        // Wednesdays of 40 worlds, 20 each.
        let seen: Vec<f64> = background(desk, 40)
            .iter()
            .flat_map(|days| days.iter().skip(2).step_by(7).copied())
            .collect();
        let of_mean = stats::mean_interval(&seen, 0.9999).interval.expect("many days");
        assert!(of_mean.low <= mean && mean <= of_mean.high, "{desk}: {of_mean:?}");
        let squares: Vec<f64> = seen.iter().map(|count| (count - mean) * (count - mean)).collect();
        let of_variance = stats::mean_interval(&squares, 0.9999)
            .interval
            .expect("many days");
        let variance = dispersion * mean;
        assert!(
            of_variance.low <= variance && variance <= of_variance.high,
            "{desk}: {of_variance:?}"
        );
    }
}

#[test]
fn more_everyday_work_is_never_fewer_tickets_and_days_off_have_their_own() {
    let [some, more] =
        ["0.3", "0.5"].map(|share| background(&format!("background_utilisation = {share}\n"), 3));
    for (some, more) in some.iter().flatten().zip(more.iter().flatten()) {
        assert!(some <= more);
    }
    // Saturdays, Sundays and the holiday of 29 March, which is day 25, are quiet unless it is written.
    for (day, count) in some.iter().flat_map(|days| days.iter().enumerate()) {
        assert_eq!(*count == 0.0, day % 7 >= 5 || day == 25, "day {day}");
    }
    let own = "background_weekdays = [2, 1, 1, 1, 0, 1, 0]\nbackground_holiday = 3\n";
    for (day, count) in background(own, 2).iter().flat_map(|days| days.iter().enumerate()) {
        let quiet = matches!(day % 7, 4 | 6) && day != 25;
        assert_eq!(*count == 0.0, quiet, "day {day}");
    }
}

#[test]
fn everyday_tickets_make_others_wait_and_are_counted_apart() {
    let tickets = "patience_hours = 0\nmove_tickets_per_100 = 30\n";
    let quiet = company("", "", &format!("{SHIFT}{tickets}background_utilisation = 0\n"));
    let busy = company("", "", &format!("{SHIFT}{tickets}background_utilisation = 0.8\n"));
    let first = company(
        "",
        "",
        &format!("{SHIFT}{tickets}background_utilisation = 0.8\nbackground_priority = 1\n"),
    );
    let rows = [&quiet, &busy, &first].map(|scenario| run(scenario, &world(scenario, 0)).0);
    for row in &rows[1..] {
        for same in [
            Metric::Tickets,
            Metric::Moved,
            Metric::Upgraded,
            Metric::StrandedHours,
            Metric::TechnicianHours,
        ] {
            assert_eq!(row.get(same), rows[0].get(same), "{same:?}");
        }
        let drawn: u32 = world(&busy, 0).background.iter().sum();
        assert_eq!(metric(row, Metric::BackgroundTickets), f64::from(drawn));
    }
    assert_eq!(metric(&rows[0], Metric::BackgroundTickets), 0.0);
    let waits = rows.map(|row| metric(&row, Metric::TicketWaitP95));
    assert!(waits[0] < waits[1] && waits[1] < waits[2], "{waits:?}");
}

#[test]
fn a_list_says_how_many_everyday_tickets_there_are() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let list = "date,count\n2013-03-05,17\n2013-03-04,3\n2013-03-09,5\n2013-02-28,99\n";
    std::fs::write(folder.path().join("incidents.csv"), list).expect("a list");
    let path = folder.path().join("laws.toml");
    let load = |desk: &str| {
        let text = COMPANY
            .replace("INSTALLS", "")
            .replace("ROLLOUT", "")
            .replace("MORE", &format!("{SHIFT}{desk}"));
        std::fs::write(&path, text).expect("a scenario");
        scenario::load(&path)
    };
    let listed = load("background = \"incidents.csv\"\n").unwrap_or_else(|rejected| panic!("{rejected}"));
    assert!(
        listed
            .warnings
            .contains("137 of 140 days have no row in `incidents.csv`"),
        "{}",
        listed.warnings
    );
    for replication in 0..2 {
        let world = world(&listed, replication);
        assert_eq!(world.background[..6], [3, 17, 0, 0, 0, 5]);
        assert_eq!(metric(&run(&listed, &world).0, Metric::BackgroundTickets), 25.0);
    }
    let both = load("background = \"incidents.csv\"\nbackground_utilisation = 0.5\n");
    let rejected = both.expect_err("one excludes the other").to_string();
    assert!(
        rejected.contains("`background` and `background_utilisation` exclude each other"),
        "{rejected}"
    );
}

#[test]
fn gamma_quantiles_are_those_of_tables() {
    // Chi-square with n degrees of freedom is a gamma distribution of shape n / 2 and mean n.
    for (n, u, value) in [
        (1.0, 0.95, 3.841_458_820_694_124),
        (10.0, 0.05, 3.940_299_136_074_11),
        (10.0, 0.95, 18.307_038_053_275_146),
        (100.0, 0.5, 99.334_129_235_988_46),
        (30.0, 0.999, 59.703_064_304_427_58),
    ] {
        let found = distribution::gamma(u, n, n / 2.0);
        assert!((found / value - 1.0).abs() < 1e-9, "{n} {u}: {found}");
    }
    for place in 1..1000 {
        let u = f64::from(place) / 1000.0;
        assert_eq!(
            distribution::gamma(u, 7.0, 1.0).to_bits(),
            distribution::exponential(u, 7.0).to_bits()
        );
        // Shape 2: P(x) = 1 - exp(-x) (1 + x).
        let x = distribution::gamma(u, 2.0, 2.0);
        assert!((1.0 - libm::exp(-x) * (1.0 + x) - u).abs() < 1e-12, "{u}");
        // Small and large shapes come close to where they must.
        assert!(distribution::gamma(u, 1.0, 1e6) > 0.99 && distribution::gamma(u, 1.0, 1e6) < 1.01);
        assert!(distribution::gamma(u, 1.0, 0.1) >= 0.0);
    }
}

/// The exposure of defects has its mean, and a variance of the square of the mean over the shape; a shape of 1 changes nothing.
#[test]
fn defects_show_after_a_gamma_distributed_exposure() {
    let hidden = |shape: &str| {
        let defects = format!("[[defects]]\nname = \"d\"\ncount = 60\ndiscovery_user_days = 500\n{shape}\n");
        let scenario = company("", "", &defects);
        let worlds = (0..40).map(|replication| world(&scenario, replication));
        worlds
            .flat_map(|world| {
                world
                    .defects
                    .into_iter()
                    .map(|defect| (defect.hidden_user_days, defect.fix_days))
            })
            .collect::<Vec<_>>()
    };
    let usual = hidden("");
    assert_eq!(usual, hidden("discovery_shape = 1"));
    for shape in [0.5, 3.0] {
        let seen = hidden(&format!("discovery_shape = {shape}"));
        assert!(usual.iter().zip(&seen).all(|(usual, seen)| usual.1 == seen.1));
        let values: Vec<f64> = seen.iter().map(|seen| seen.0).collect();
        let mean = stats::mean_interval(&values, 0.9999).interval.expect("many");
        assert!(mean.low <= 500.0 && 500.0 <= mean.high, "{shape}: {mean:?}");
        let squares: Vec<f64> = values
            .iter()
            .map(|value| (value - 500.0) * (value - 500.0))
            .collect();
        let variance = stats::mean_interval(&squares, 0.9999).interval.expect("many");
        let theory = 500.0 * 500.0 / shape;
        assert!(
            variance.low <= theory && theory <= variance.high,
            "{shape}: {variance:?}"
        );
    }
}
