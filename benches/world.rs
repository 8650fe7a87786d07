//! How long it takes to draw and read the world of the speed yardstick.

use coexist::kernel::random::entity_id;
use coexist::kernel::{Key, Span, Time};
use coexist::world::parameter::DEFINITIONS;
use coexist::world::{
    Calendar, Draw, Facts, Index, Mark, MeetingModel, Memory, Parameter, Profile, Setting, Site, User, World,
};
use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::sync::Arc;

fn profile() -> Profile {
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
    let parameter = |definition: &coexist::world::parameter::Definition| Parameter {
        setting: definition.setting,
        draw: Draw::Fixed(value(definition.setting, definition.default)),
        mark: Mark::Scenario,
        source: String::new(),
    };
    DEFINITIONS.iter().map(parameter).collect()
}

fn users(count: u32) -> Vec<User> {
    let user = |number: u32| {
        let name = format!("user{number:05}");
        let id = entity_id(&name);
        User {
            name,
            id,
            site: 0,
            department: 0,
            team: number / 20,
            pool: 0,
            client: 0,
            group: None,
        }
    };
    (0..count).map(user).collect()
}

/// Facts of the yardstick: a flat calendar of 120 days, one-time meetings of six people.
fn yardstick(count: u32, days: i64) -> Facts {
    let day = (Span::ZERO, Span::DAY);
    Facts {
        name: "yardstick".into(),
        title: String::new(),
        calendar: Calendar {
            start: jiff::civil::date(2026, 3, 2),
            utc_offset: Span::ZERO,
            horizon: Time(days * Span::DAY.0),
            sites: vec![Site::new("all".into(), Span::ZERO, day, day, -7..=days, |_| true)],
        },
        profile: profile(),
        departments: vec!["all".into()],
        teams: (0..count.div_ceil(20))
            .map(|team| format!("team{team}"))
            .collect(),
        pools: vec![],
        users: users(count),
        joiners: 0,
        turnover: false,
        contacts: None,
        meetings: MeetingModel {
            starts_per_user_day: Some(0.5),
            sizes: vec![(6, 1.0)],
            durations: vec![(45.0, 1.0)],
            levels: [0.8, 0.0, 0.0, 0.2],
            warm_start: false,
            grid_minutes: 0,
            occurrences: (26, 52),
        },
        parameters: parameters(&[
            (Setting::Active, 1.0),
            (Setting::AdHocShare, 0.0),
            (Setting::RecurringShare, 0.0),
            (Setting::OpenShare, 1.0),
            (Setting::AnonymousShare, 0.0),
            (Setting::WebShare, 1.0),
            (Setting::GuestAnonymous, 0.0),
            (Setting::GuestFederated, 0.0),
            (Setting::DialInShare, 0.0),
            (Setting::SecondMachine, 0.0),
            (Setting::LeadMedian, 5.0),
            (Setting::LeadP90, 5.0 * libm::exp(1.281_551_565_544_600_4)),
            (Setting::LargePerUserWeek, 0.0),
        ]),
        outages: vec![],
        applications: Vec::new(),
        defects: Vec::new(),
        faults: vec![],
        edges: None,
        background: None,
        unsupported_from: None,
        calendar_file: None,
    }
}

fn read(world: &World, memory: &mut Memory) -> usize {
    let mut reader = world.reader_with(std::mem::take(memory));
    let mut occurrences = 0;
    while let Some(window) = reader.next() {
        occurrences += window.occurrences.len();
    }
    *memory = reader.into_memory();
    occurrences
}

fn worlds(criterion: &mut Criterion) {
    let facts = Arc::new(yardstick(10_000, 120));
    let index = Arc::new(Index::new(&facts));
    let mut company = yardstick(10_000, 120);
    company.meetings.starts_per_user_day = None;
    company.meetings.warm_start = true;
    company.meetings.grid_minutes = 15;
    company.meetings.sizes = vec![(4, 0.85), (6, 0.1), (11, 0.05)];
    company.parameters = parameters(&[]);
    let company = Arc::new(company);
    let key = Key {
        seed: 1,
        replication: 0,
    };
    let mut group = criterion.benchmark_group("world");
    group.sample_size(20);
    group.bench_function("draw", |bencher| {
        bencher.iter(|| World::draw_with(black_box(facts.clone()), index.clone(), key, false));
    });
    group.bench_function("yardstick", |bencher| {
        let mut memory = Memory::default();
        bencher.iter(|| {
            read(
                &World::draw_with(black_box(facts.clone()), index.clone(), key, false),
                &mut memory,
            )
        });
    });
    group.bench_function("company", |bencher| {
        let mut memory = Memory::default();
        bencher.iter(|| {
            read(
                &World::draw_with(black_box(company.clone()), index.clone(), key, false),
                &mut memory,
            )
        });
    });
    group.finish();
}

criterion_group!(benches, worlds);
criterion_main!(benches);
