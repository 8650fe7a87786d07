//! The drawn world: rates, shares, windows, identity.

use coexist::kernel::random::entity_id;
use coexist::kernel::{Key, Span, Time};
use coexist::world::parameter::{DEFINITIONS, Definition};
use coexist::world::{
    Calendar, Category, Draw, Facts, Mark, MeetingModel, Occurrence, Parameter, Pool, Profile, Series,
    Setting, Site, User, UserId, Window, World,
};
use std::sync::Arc;

fn empty_profile() -> Profile {
    Profile {
        name: String::new(),
        title: String::new(),
        switches: vec![],
        servers: vec![],
        clients: vec![],
        client_legacy: vec![],
        formats: vec![],
        sign_in: vec![],
        schedules: vec![],
        hosts: vec![],
        carries: vec![],
        restores: vec![],
        joins: vec![],
        web: vec![],
        phone: vec![],
        quorum: vec![],
        tasks: vec![],
        edges: vec![],
        downgrade_on_rollback: false,
        pairs: Vec::new(),
        failover_sign_in: Vec::new(),
        cells: vec![],
    }
}

fn parameters(fixed: &[(Setting, f64)]) -> Vec<Parameter> {
    let value = |setting, default| {
        fixed
            .iter()
            .find(|row| row.0 == setting)
            .map_or(default, |row| row.1)
    };
    let parameter = |definition: &Definition| Parameter {
        setting: definition.setting,
        draw: Draw::Fixed(value(definition.setting, definition.default)),
        mark: Mark::Scenario,
        source: String::new(),
    };
    DEFINITIONS.iter().map(parameter).collect()
}

fn user(name: String, site: u16, department: u32, team: u32) -> User {
    User {
        id: entity_id(&name),
        name,
        site,
        department,
        team,
        pool: 0,
        client: 0,
        group: None,
    }
}

fn facts(sites: Vec<Site>, days: i64, users: Vec<User>, meetings: MeetingModel) -> Facts {
    Facts {
        name: "test".into(),
        title: String::new(),
        calendar: Calendar {
            start: jiff::civil::date(2026, 3, 2),
            utc_offset: Span::ZERO,
            horizon: Time(days * Span::DAY.0),
            sites,
        },
        profile: empty_profile(),
        departments: vec![],
        teams: vec![],
        pools: vec![Pool {
            name: "pool".into(),
            id: entity_id("pool"),
            server: 0,
            site: 0,
            front_ends: 3,
            pair: None,
        }],
        users,
        joiners: 0,
        turnover: false,
        contacts: None,
        meetings,
        parameters: parameters(&[]),
        outages: vec![],
        applications: Vec::new(),
        defects: Vec::new(),
        faults: vec![],
        background: None,
        edges: None,
        unsupported_from: None,
        calendar_file: None,
    }
}

fn yardstick(count: u32) -> Facts {
    let day = (Span::ZERO, Span::DAY);
    let site = Site::new("all".into(), Span::ZERO, day, day, -7..=120, |_| true);
    let users = (0..count)
        .map(|number| user(format!("u{number:05}"), 0, 0, number / 20))
        .collect();
    let meetings = MeetingModel {
        starts_per_user_day: Some(0.5),
        sizes: vec![(6, 1.0)],
        durations: vec![(45.0, 1.0)],
        levels: [0.8, 0.0, 0.0, 0.2],
        warm_start: false,
        grid_minutes: 0,
        occurrences: (26, 52),
    };
    let mut facts = facts(vec![site], 120, users, meetings);
    facts.parameters = parameters(&[
        (Setting::Active, 1.0),
        (Setting::AdHocShare, 0.0),
        (Setting::RecurringShare, 0.0),
        (Setting::OpenShare, 1.0),
        (Setting::AnonymousShare, 0.0),
        (Setting::GuestAnonymous, 0.0),
        (Setting::GuestFederated, 0.0),
        (Setting::LeadMedian, 5.0),
        (Setting::LeadP90, 5.0 * libm::exp(1.281_551_565_544_600_4)),
        (Setting::LargePerUserWeek, 0.0),
    ]);
    facts
}

const HOURS: (Span, Span) = (Span(8 * Span::HOUR.0), Span(16 * Span::HOUR.0));
const BUSY: (Span, Span) = (Span(9 * Span::HOUR.0), Span(13 * Span::HOUR.0));
const WEEKS: i64 = 12;

/// Three sites in three time zones, with weekends; eight hours of work, half of them busy.
fn company(count: u32) -> Facts {
    let site = |(name, hours): (&str, i64)| {
        let offset = Span::HOUR * hours;
        Site::new(name.into(), offset, HOURS, BUSY, -728..=7 * WEEKS + 364, |date| {
            date.rem_euclid(7) < 5
        })
    };
    let sites = [("dublin", 0), ("berlin", 1), ("boston", -5)].map(site).into();
    let member = |number: u32| {
        let (team, department) = (number / 10, number / 50);
        user(format!("u{number:05}"), (department % 3) as u16, department, team)
    };
    let meetings = MeetingModel {
        starts_per_user_day: None,
        sizes: vec![(4, 0.85), (6, 0.1), (11, 0.05)],
        durations: vec![(30.0, 0.6), (60.0, 0.35), (90.0, 0.05)],
        levels: [0.5, 0.3, 0.1, 0.1],
        warm_start: true,
        grid_minutes: 15,
        occurrences: (26, 52),
    };
    facts(sites, 7 * WEEKS, (0..count).map(member).collect(), meetings)
}

fn key(replication: u64) -> Key {
    Key { seed: 7, replication }
}

fn draw(facts: &Facts, replication: u64) -> World {
    World::draw(Arc::new(facts.clone()), key(replication), false)
}

/// A series with its attendees.
type Meeting = (Series, Vec<UserId>);

/// A held occurrence: start and identity.
type Held = (Time, coexist::world::SeriesId, u32);

/// All that the windows tell: meetings created and occurrences held.
fn read(world: &World) -> (Vec<Meeting>, Vec<Held>) {
    let (mut meetings, mut held) = (Vec::new(), Vec::new());
    let mut reader = world.reader();
    while let Some(window) = reader.next() {
        for slot in window.created.clone() {
            let series = window.series[slot as usize];
            meetings.push((
                Series {
                    attendees: 0,
                    ..series
                },
                window.attendees_of(&series).to_vec(),
            ));
        }
        let id = |row: &Occurrence| (row.start, window.series[row.slot as usize].id, row.number);
        held.extend(window.occurrences.iter().map(id));
    }
    (meetings, held)
}

#[test]
fn the_yardstick_has_the_stated_rate_and_lead() {
    let count = 2_000;
    let world = draw(&yardstick(count), 0);
    let (meetings, held) = read(&world);
    let expected = f64::from(count) * 0.5 * 120.0;
    assert!((meetings.len() as f64 - expected).abs() < 4.0 * expected.sqrt());
    let pending = meetings
        .iter()
        .filter(|row| row.0.first >= world.facts.calendar.horizon)
        .count();
    assert_eq!(meetings.len(), held.len() + pending);
    let early: Vec<f64> = meetings
        .iter()
        .filter(|row| row.0.created < Time(60 * Span::DAY.0))
        .map(|row| (row.0.first - row.0.created).days())
        .collect();
    let below = |days: f64| early.iter().filter(|&&lead| lead <= days).count() as f64 / early.len() as f64;
    for (days, share) in [
        (5.0, 0.5),
        (5.0 * libm::exp(1.0), 0.841_344_7),
        (5.0 * libm::exp(-1.0), 0.158_655_3),
    ] {
        assert!(
            (below(days) - share).abs() < 4.0 * (0.25 / early.len() as f64).sqrt(),
            "{days} d"
        );
    }
    for (series, attendees) in &meetings {
        let mut distinct = attendees.clone();
        distinct.push(series.id.organiser);
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), 6);
    }
    let pairs = meetings
        .iter()
        .flat_map(|row| row.1.iter().map(move |other| (row.0.id.organiser, *other)));
    let same_team = pairs.filter(|pair| pair.0 / 20 == pair.1 / 20).count() as f64;
    // 4 of 5 draws are of the team, minus repeats, plus everyone's draws that hit the team.
    let share = same_team / (5.0 * meetings.len() as f64);
    assert!((0.75..0.81).contains(&share), "{share}");
}

/// Sums per replication: seat time in working and busy hours, occurrences by category, guests, people.
#[derive(Clone, Copy, Default)]
struct Week {
    seats: f64,
    busy_seats: f64,
    by_category: [f64; 5],
    guests: [f64; 2],
    people: f64,
}

/// Measures the given weeks without the calibration's formulas: each occurrence adds its seats, over the time that
/// lies in the working hours of its organiser's site.
fn measure(world: &World, weeks: &[i64]) -> Vec<Week> {
    let mut sums = vec![Week::default(); weeks.len()];
    let mut reader = world.reader();
    while let Some(window) = reader.next() {
        for occurrence in &window.occurrences {
            let series = &window.series[occurrence.slot as usize];
            let organiser = &world.facts.users[series.id.organiser as usize];
            let site = &world.facts.calendar.sites[usize::from(organiser.site)];
            let date = site.date(occurrence.start);
            let Some(place) = weeks.iter().position(|&week| week == date.div_euclid(7)) else {
                continue;
            };
            let present = window
                .attendees_of(series)
                .iter()
                .filter(|&&other| window.is_active(other, date))
                .count();
            let end = occurrence.start + series.duration;
            let overlap = |(from, to): (Span, Span)| {
                let midnight = site.midnight(date);
                ((midnight + to).min(end) - (midnight + from).max(occurrence.start))
                    .0
                    .max(0) as f64
            };
            let week = &mut sums[place];
            week.seats += (1 + present) as f64 * overlap(HOURS);
            week.busy_seats += (1 + present) as f64 * overlap(BUSY);
            week.by_category[series.category as usize] += 1.0;
            week.guests[0] += f64::from(series.anonymous);
            week.guests[1] += f64::from(series.federated);
            let guests = series.anonymous + series.federated;
            week.people += f64::from(1 + series.attendee_count + guests);
        }
    }
    sums
}

/// Is the target within `z` standard errors of the mean over replications?
fn check(name: &str, values: &[f64], target: f64, z: f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values
        .iter()
        .map(|value| (value - mean) * (value - mean))
        .sum::<f64>()
        / (n - 1.0);
    let error = (variance / n).sqrt();
    println!("{name}: {mean:.5} +- {error:.5}, wanted {target:.5}");
    assert!(
        (mean - target).abs() < z * error,
        "{name}: {mean} +- {error}, wanted {target}"
    );
    assert!(
        error < (0.05 * target).max(0.004),
        "{name}: too imprecise to tell"
    );
}

#[test]
fn a_company_shows_concurrency_and_shares_from_the_first_week_to_the_last() {
    const REPLICATIONS: u64 = 12;
    let users = 2_000;
    let facts = company(users);
    let weeks = [0, WEEKS / 2, WEEKS - 1];
    let measured: Vec<Vec<Week>> = (0..REPLICATIONS)
        .map(|replication| measure(&draw(&facts, replication), &weeks))
        .collect();
    let hours = 5.0 * Span::HOUR.0 as f64 * 0.8 * f64::from(users);
    for (place, week) in weeks.iter().enumerate() {
        let check = |name: &str, of: &dyn Fn(&Week) -> f64, target: f64| {
            let values: Vec<f64> = measured.iter().map(|weeks| of(&weeks[place])).collect();
            check(&format!("week {week}, {name}"), &values, target, 4.5);
        };
        let scheduled = |week: &Week| week.by_category[1..].iter().sum::<f64>();
        check("concurrency", &|week| week.seats / (8.0 * hours), 0.05);
        check("busy concurrency", &|week| week.busy_seats / (4.0 * hours), 0.075);
        check(
            "ad hoc",
            &|week| week.by_category[0] / (week.by_category[0] + scheduled(week)),
            0.4,
        );
        for (category, share) in [(1, 0.8), (2, 0.1), (3, 0.08), (4, 0.02)] {
            check(
                &format!("category {category}"),
                &|week| week.by_category[category] / scheduled(week),
                share,
            );
        }
        check("anonymous guests", &|week| week.guests[0] / week.people, 0.15);
        check("federated guests", &|week| week.guests[1] / week.people, 0.10);
    }
}

#[test]
fn meetings_lie_in_working_hours_on_the_grid() {
    let world = draw(&company(200), 0);
    let (meetings, held) = read(&world);
    for (series, _) in &meetings {
        assert!(series.first >= series.created);
        assert_eq!(
            series.category == Category::AdHoc,
            series.first == series.created && series.first.0 % 900_000 != 0
        );
    }
    for (start, id, _) in held {
        let site = &world.facts.calendar.sites[usize::from(world.facts.users[id.organiser as usize].site)];
        assert_eq!(site.next_working(start), start);
    }
}

#[test]
fn meetings_lie_on_the_grid_of_a_flat_calendar_too() {
    let mut facts = yardstick(200);
    facts.meetings.grid_minutes = 15;
    let quarter = 15 * Span::MINUTE.0;
    let (meetings, _) = read(&draw(&facts, 1));
    assert!(meetings.len() > 5_000);
    for (series, _) in &meetings {
        assert_eq!(series.first.0 % quarter, 0, "{series:?}");
        assert!(series.first >= series.created, "{series:?}");
    }
}

#[test]
fn the_same_key_gives_the_same_world() {
    let facts = company(300);
    assert_eq!(read(&draw(&facts, 3)), read(&draw(&facts, 3)));
    assert_ne!(read(&draw(&facts, 3)).0, read(&draw(&facts, 4)).0);
}

/// Every occurrence of the series, held or not, by definition: no windows, no sorting tricks.
fn oracle(world: &World, meetings: &[Meeting], absent: &dyn Fn(UserId, i64) -> bool) -> Vec<Held> {
    let mut held = Vec::new();
    for (series, attendees) in meetings {
        let site =
            &world.facts.calendar.sites[usize::from(world.facts.users[series.id.organiser as usize].site)];
        for number in 0..series.occurrences {
            let start = series.start(number);
            let date = site.date(start);
            let guests = usize::from(series.anonymous + series.federated);
            let expected =
                |date| 1 + guests + attendees.iter().filter(|&&other| !absent(other, date)).count();
            let inside = start >= Time::ZERO && start < world.facts.calendar.horizon;
            if inside && site.is_working_day(date) && expected(date) >= 2 {
                held.push((start, series.id, number));
            }
        }
    }
    held.sort_unstable();
    held
}

#[test]
fn windows_agree_with_one_look_at_everything() {
    for facts in [company(300), yardstick(60)] {
        let world = draw(&facts, 1);
        let tables = world.tables();
        let (meetings, held) = read(&world);
        let absent = |user, date| {
            tables
                .absences
                .binary_search_by_key(&(date, user), |row| (row.date, row.user))
                .is_ok()
        };
        assert_eq!(held, oracle(&world, &meetings, &absent));
    }
}

#[test]
fn windows_are_consistent() {
    let world = draw(&company(300), 1);
    let mut reader = world.reader();
    let mut before: Vec<Series> = Vec::new();
    while let Some(window) = reader.next() {
        assert_eq!(window.remap.len(), before.len());
        for (old, &slot) in before.iter().zip(&window.remap) {
            match window.series.get(slot as usize) {
                Some(new) => assert_eq!((new.id, new.created), (old.id, old.created)),
                None => assert!(old.last() < window.from),
            }
        }
        let carried = window.remap.iter().filter(|&&slot| slot != u32::MAX).count() as u32;
        assert_eq!(window.created, carried..window.series.len() as u32);
        let created = &window.series[carried as usize..];
        assert!(created.is_sorted_by_key(|series| (series.created, series.id)));
        for user in 0..world.facts.users.len() as UserId {
            let numbers: Vec<u32> = window
                .series_of(user)
                .iter()
                .map(|&slot| window.series[slot as usize].id.number)
                .collect();
            assert!(numbers.is_sorted() && numbers.windows(2).all(|pair| pair[0] < pair[1]));
        }
        for (slot, series) in window.series.iter().enumerate() {
            let scheduled = series.category != Category::AdHoc;
            assert_eq!(window.slot_of(series.id), scheduled.then_some(slot as u32));
        }
        before.clone_from(&window.series);
    }
}

#[test]
fn a_new_user_shifts_nobody_elses_meetings() {
    // Above the size of a large meeting: below it, the rates depend on the number of people.
    let few = company(300);
    let mut more = few.clone();
    more.users.insert(0, user("a-newcomer".into(), 0, 3, 15));
    let properties = |facts: &Facts| {
        let world = draw(facts, 0);
        let mut rows: Vec<_> = read(&world)
            .0
            .into_iter()
            .filter(|(series, _)| series.category != Category::AdHoc)
            .map(|(series, _)| {
                let Series {
                    created,
                    first,
                    occurrences,
                    duration,
                    kind,
                    category,
                    ..
                } = series;
                let name = world.facts.users[series.id.organiser as usize].name.clone();
                let guests = (series.anonymous, series.federated, series.guests_with_browser);
                (
                    name,
                    series.id.number,
                    created,
                    first,
                    occurrences,
                    duration,
                    kind,
                    category,
                    guests,
                    series.attendee_count,
                )
            })
            .filter(|row| row.0 != "a-newcomer")
            .collect();
        rows.sort_unstable();
        rows
    };
    assert!(
        properties(&few) == properties(&more),
        "somebody else's meetings changed"
    );
}

/// The same in everything but the places of the attendees.
fn assert_same(left: &Window, right: &Window) {
    let meetings = |window: &Window| -> Vec<Meeting> {
        let meeting = |series: &Series| {
            (
                Series {
                    attendees: 0,
                    ..*series
                },
                window.attendees_of(series).to_vec(),
            )
        };
        window.series.iter().map(meeting).collect()
    };
    assert_eq!(meetings(left), meetings(right));
    assert_eq!(
        (left.from, left.to, &left.created),
        (right.from, right.to, &right.created)
    );
    assert_eq!(
        (&left.remap, &left.occurrences),
        (&right.remap, &right.occurrences)
    );
    assert_eq!(
        (&left.organiser_start, &left.by_organiser),
        (&right.organiser_start, &right.by_organiser)
    );
    assert_eq!((left.first_date, &left.active), (right.first_date, &right.active));
}

#[test]
fn a_world_survives_its_tables() {
    for mut facts in [company(300), yardstick(60)] {
        facts.parameters[Setting::Mtbf as usize].draw = Draw::Fixed(100.0);
        let world = draw(&facts, 2);
        let copy = World::from_tables(world.facts.clone(), key(99), world.tables());
        assert_eq!(copy.tables(), world.tables());
        assert!(!world.outages.is_empty());
        // The memory of another world leaves no trace.
        let other = draw(&facts, 5);
        let mut used = other.reader();
        while used.next().is_some() {}
        let (mut left, mut right) = (world.reader(), copy.reader_with(used.into_memory()));
        loop {
            let (left, right) = (left.next(), right.next());
            match (&left, &right) {
                (Some(left), Some(right)) => assert_same(left, right),
                _ => assert!(left.is_none() && right.is_none()),
            }
            if left.is_none() {
                break;
            }
        }
    }
}

#[test]
fn traits_machines_and_outages_follow_their_parameters() {
    let mut facts = company(4_000);
    facts.parameters[Setting::Mtbf as usize].draw = Draw::Fixed(50.0);
    facts.parameters[Setting::Mttr as usize].draw = Draw::Fixed(10.0);
    facts.calendar.horizon = Time(2_000 * Span::DAY.0);
    let world = draw(&facts, 0);
    let mean = |of: &dyn Fn(&coexist::world::Traits) -> f64| {
        world.traits.iter().map(of).sum::<f64>() / world.traits.len() as f64
    };
    assert!((mean(&|row| row.remote_share) - 0.3).abs() < 0.02);
    assert!((mean(&|row| f64::from(u8::from(row.browser))) - 0.9).abs() < 0.02);
    assert!((mean(&|row| f64::from(row.machines)) - 1.3).abs() < 0.03);
    let within = |days: f64| {
        world.machines.iter().filter(|row| row.lag_days <= days).count() as f64 / world.machines.len() as f64
    };
    for (days, share) in [(2.0, 0.6), (7.0, 0.9), (15.0, 0.95), (40.0, 1.0)] {
        assert!((within(days) - share).abs() < 0.03, "{days}");
    }
    for (user, traits) in world.traits.iter().enumerate() {
        assert_eq!(
            world.machines_of(user as UserId).len(),
            usize::from(traits.machines)
        );
    }
    assert!(world.outages.is_sorted());
    let down: f64 = world.outages.iter().map(|row| (row.up - row.down).hours()).sum();
    let share = down / (3.0 * world.facts.calendar.horizon.days() * 24.0);
    assert!((share - 1.0 / 6.0).abs() < 0.02, "{share}");
}

/// A part that is up for 50 hours and down for 10 in the mean is down for a sixth of the time: over a long time in one
/// world, and at time zero over many worlds.
#[test]
fn back_ends_sites_and_edges_are_down_as_often_at_the_start_as_later() {
    let mut facts = company(10);
    facts.edges = Some(coexist::world::Edges { own_from: Time::ZERO });
    for (mtbf, mttr) in [
        (Setting::BackEndMtbf, Setting::BackEndMttr),
        (Setting::SiteMtbf, Setting::SiteMttr),
        (Setting::EdgeMtbf, Setting::EdgeMttr),
    ] {
        facts.parameters[mtbf as usize].draw = Draw::Fixed(50.0);
        facts.parameters[mttr as usize].draw = Draw::Fixed(10.0);
    }
    // One back end, three sites, two edges; no front ends.
    let parts = 6.0;
    let mut long = facts.clone();
    long.calendar.horizon = Time(2_000 * Span::DAY.0);
    let world = draw(&long, 0);
    assert!(world.outages.is_sorted());
    let down: f64 = world.outages.iter().map(|row| (row.up - row.down).hours()).sum();
    let share = down / (parts * long.calendar.horizon.days() * 24.0);
    assert!((share - 1.0 / 6.0).abs() < 0.01, "{share}");
    let worlds = 2_000;
    let first = |replication| {
        let outages = draw(&facts, replication).outages;
        outages.iter().filter(|row| row.down == Time::ZERO).count()
    };
    let share = (0..worlds).map(first).sum::<usize>() as f64 / (parts * worlds as f64);
    assert!((share - 1.0 / 6.0).abs() < 0.015, "{share}");
    // Without an edge none can be down, and the others do not change.
    let edges = |row: &&coexist::world::Outage| matches!(row.part, coexist::world::Part::Edge(_));
    let others = |facts: &Facts| -> Vec<coexist::world::Outage> {
        let outages = draw(facts, 1).outages;
        outages.iter().filter(|row| !edges(row)).copied().collect()
    };
    let without = Facts {
        background: None,
        edges: None,
        unsupported_from: None,
        ..facts.clone()
    };
    assert_eq!(others(&facts), others(&without));
    assert!(draw(&without, 1).outages.iter().all(|row| !edges(&row)));
}

#[test]
fn days_outside_the_office_follow_each_share_and_survive_the_tables() {
    let mut facts = company(300);
    assert!(draw(&facts, 1).tables().remote_days.is_empty());
    facts.edges = Some(coexist::world::Edges { own_from: Time::ZERO });
    let world = draw(&facts, 1);
    let tables = world.tables();
    let days = (tables.dates.1 - tables.dates.0 + 1) as f64;
    let mut outside = vec![0.0; 300];
    for day in &tables.remote_days {
        outside[day.user as usize] += 1.0 / days;
    }
    for (share, traits) in outside.iter().zip(&world.traits) {
        let sigma = (traits.remote_share * (1.0 - traits.remote_share) / days).sqrt();
        assert!((share - traits.remote_share).abs() <= 4.5 * sigma + 1e-9);
    }
    let copy = World::from_tables(world.facts.clone(), key(99), tables.clone());
    assert_eq!(copy.tables(), tables);
}

#[test]
fn uncertain_parameters_are_drawn_once_per_world() {
    let mut facts = company(20);
    let draw_of = Draw::Lognormal { low: 0.02, high: 0.5 };
    facts.parameters[Setting::MoveFailure as usize].draw = draw_of;
    let facts = Arc::new(facts);
    let value =
        |replication, fixed| World::draw(facts.clone(), key(replication), fixed).value(Setting::MoveFailure);
    assert_eq!(value(1, true), draw_of.value(0.5));
    assert_eq!(value(1, true), value(2, true));
    let drawn: Vec<f64> = (0..400).map(|replication| value(replication, false)).collect();
    let low = drawn.iter().filter(|&&value| value < 0.02).count();
    assert!((8..36).contains(&low), "{low}");
}
