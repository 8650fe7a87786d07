//! Who moves when, and on whom what falls: `waves.csv` with every person, `wave-sizes.csv`, `departments.csv` and `sites.csv`. All of
//! it is of the plan in the lot shown, for that is what will be carried out.

use super::column::Table;
use super::csv_file::Tables;
use super::records::{Cell, Records};
use super::strategy_name;
use super::tables;
use crate::experiment::Results;
use crate::experiment::breakdowns::{Breakdowns, DivisionFound, WaveFound};
use crate::experiment::summary::LEVEL;
use crate::kernel::Time;
use crate::plan::Plan;
use crate::scenario::Scenario;
use crate::stats::{self, CountHistogram};
use crate::store::NotWritten;
use crate::world::{Facts, User, UserId};

/// One strategy with what became of its people.
struct Told<'a> {
    scenario: &'a Scenario,
    name: &'a str,
    plan: &'a Plan,
    found: &'a Breakdowns,
    /// The lot that decides who is in which wave, if one does.
    lot: Cell,
}

/// What falls on a department or site with one strategy: means over worlds.
pub(super) struct Line {
    pub(super) name: String,
    pub(super) people: usize,
    /// Day of its last wave as written.
    pub(super) planned: Option<i64>,
    /// Day at whose end 98 % of its people have moved: median, empty if too many worlds lack it.
    pub(super) moved: Option<i64>,
    pub(super) broken: f64,
    pub(super) stranded_hours: f64,
    pub(super) limited_hours: f64,
    pub(super) worst_day: Option<i64>,
}

/// Departments, then sites, with one strategy.
pub(super) fn of_strategy(scenario: &Scenario, results: &Results, strategy: usize) -> [Vec<Line>; 2] {
    let told = Told::new(scenario, results, strategy);
    let facts = told.facts();
    let worst = told.found.worst_days();
    let lines = |names: Vec<&str>, first: usize, of: &dyn Fn(&User) -> usize| -> Vec<Line> {
        let (people, last) = told.people(names.len(), of);
        (names.into_iter().enumerate())
            .map(|(place, name)| {
                let found = &told.found.divisions[first + place];
                let hours = |values: &CountHistogram| values.mean().unwrap_or(0.0) / 60.0;
                Line {
                    name: name.into(),
                    people: people[place],
                    planned: last[place].map(|at| at.day()),
                    moved: told.quantile(&found.moved, 0.5).map(|day| day as i64),
                    broken: found.broken.mean().unwrap_or(0.0),
                    stranded_hours: hours(&found.stranded),
                    limited_hours: hours(&found.limited),
                    worst_day: worst[first + place].map(i64::from),
                }
            })
            .collect()
    };
    let departments = facts.departments.iter().map(String::as_str).collect();
    let sites = facts.calendar.sites.iter().map(|site| site.name.as_str());
    [
        lines(departments, 0, &|user| user.department as usize),
        lines(sites.collect(), facts.departments.len(), &|user| {
            usize::from(user.site)
        }),
    ]
}

/// Writes the four tables.
pub(super) fn write(tables: Tables<'_>, scenario: &Scenario, results: &Results) -> Result<(), NotWritten> {
    let told: Vec<Told<'_>> = (0..results.breakdowns.len())
        .map(|strategy| Told::new(scenario, results, strategy))
        .collect();
    people(tables, &told)?;
    tables.write_all("wave-sizes.csv", &sizes(&told))?;
    let facts = &scenario.facts;
    let departments = facts.departments.iter().map(String::as_str).collect();
    let of_department = |user: &User| user.department as usize;
    tables.write_all(
        "departments.csv",
        &divisions(&told, &tables::DEPARTMENTS, departments, 0, of_department),
    )?;
    let sites: Vec<&str> = facts
        .calendar
        .sites
        .iter()
        .map(|site| site.name.as_str())
        .collect();
    let of_site = |user: &User| usize::from(user.site);
    tables.write_all(
        "sites.csv",
        &divisions(&told, &tables::SITES, sites, facts.departments.len(), of_site),
    )
}

impl<'a> Told<'a> {
    fn new(scenario: &'a Scenario, results: &'a Results, strategy: usize) -> Told<'a> {
        let plan = &scenario.plans[results.strategies[strategy]];
        Told {
            scenario,
            name: strategy_name(scenario, results, strategy),
            plan,
            found: &results.breakdowns[strategy],
            lot: plan.lot_shown().map_or(Cell::Number(None), Cell::Count),
        }
    }

    /// Of each of so many divisions how many people it has at the start, and the written date of its last wave.
    fn people(&self, count: usize, of: impl Fn(&User) -> usize) -> (Vec<usize>, Vec<Option<Time>>) {
        let mut people = vec![0; count];
        let mut last: Vec<Option<Time>> = vec![None; count];
        for (user, wave) in (0..).zip(self.waves()) {
            let division = of(&self.facts().users[user as UserId as usize]);
            people[division] += 1;
            last[division] = last[division].max(wave.map(|wave| self.plan.waves[wave].start));
        }
        (people, last)
    }

    fn facts(&self) -> &Facts {
        &self.scenario.facts
    }

    fn date(&self, at: Time) -> Cell {
        self.facts().calendar.date(at.day()).to_string().into()
    }

    /// The wave of each person who is there at the start; `None` if the person is in none.
    fn waves(&self) -> Vec<Option<usize>> {
        let mut waves = vec![None; self.facts().residents()];
        for (number, wave) in self.plan.waves.iter().enumerate() {
            wave.users
                .iter()
                .for_each(|&user| waves[user as usize] = Some(number));
        }
        waves
    }

    /// A quantile of something that not every world has; empty if too many lack it, or there are too few worlds to tell.
    fn quantile(&self, values: &CountHistogram, p: f64) -> Option<u64> {
        let carried = stats::carries_quantile(self.found.replications, p, LEVEL);
        carried
            .then(|| values.quantile_of(self.found.replications, p))
            .flatten()
    }

    fn days(&self, wave: &WaveFound, p: f64) -> Cell {
        self.quantile(&wave.slip, p)
            .map_or(Cell::Number(None), Cell::Count)
    }
}

/// `waves.csv`: every person who is there at the start, for each strategy that moves anybody.
fn people(tables: Tables<'_>, told: &[Told<'_>]) -> Result<(), NotWritten> {
    let columns = tables::WAVES.keys();
    tables.write("waves.csv", &columns, |table| {
        for told in told.iter().filter(|told| told.plan.moves_anybody()) {
            let facts = told.facts();
            let of_wave: Vec<[Cell; 5]> = (told.plan.waves.iter().zip(&told.found.waves))
                .map(|(wave, found)| {
                    [
                        wave.name.as_str().into(),
                        told.date(wave.start),
                        told.days(found, 0.1),
                        told.days(found, 0.9),
                        Cell::Count(found.slip.count()),
                    ]
                })
                .collect();
            let nothing = [(); 5].map(|()| Cell::Number(None));
            for (user, wave) in told.waves().into_iter().enumerate() {
                let person = &facts.users[user];
                let mut line: Vec<Cell> = vec![
                    told.name.into(),
                    person.name.as_str().into(),
                    facts.departments[person.department as usize].as_str().into(),
                    facts.calendar.sites[usize::from(person.site)]
                        .name
                        .as_str()
                        .into(),
                ];
                line.extend(wave.map_or(&nothing, |wave| &of_wave[wave]).iter().cloned());
                line.push(told.lot.clone());
                table.row(&line)?;
            }
        }
        Ok(())
    })
}

/// `wave-sizes.csv`: people as written and as assigned, and what became of them.
fn sizes(told: &[Told<'_>]) -> Records {
    let mut records = Records::of(&tables::WAVE_SIZES);
    for told in told {
        for (wave, found) in told.plan.waves.iter().zip(&told.found.waves) {
            let mean = |sum: u64| Cell::Number(Some(sum as f64 / told.found.replications.max(1) as f64));
            let mut row = vec![
                told.name.into(),
                wave.name.as_str().into(),
                told.date(wave.start),
                wave.size
                    .map_or(Cell::Number(None), |size| Cell::Count(size.into())),
                Cell::Count(wave.users.len() as u64),
            ];
            row.extend(found.people.map(mean));
            row.push(Cell::Count(found.slip.count()));
            row.extend([0.1, 0.5, 0.9].map(|p| told.days(found, p)));
            row.push(told.lot.clone());
            records.push(row);
        }
    }
    records
}

/// `departments.csv` or `sites.csv`. `first` is the place of the first of them among the divisions of the organisation.
fn divisions(
    told: &[Told<'_>],
    table: &'static Table,
    names: Vec<&str>,
    first: usize,
    of: impl Fn(&User) -> usize,
) -> Records {
    let mut records = Records::of(table);
    for told in told {
        let (people, last) = told.people(names.len(), &of);
        let worst = told.found.worst_days();
        for (place, &name) in names.iter().enumerate() {
            let found = &told.found.divisions[first + place];
            let planned = last[place].map_or(Cell::Number(None), |at| told.date(at));
            let mut row = vec![
                told.name.into(),
                name.into(),
                Cell::Count(people[place] as u64),
                planned,
            ];
            row.extend(found_in(told, found));
            row.push(worst[first + place].map_or(Cell::Number(None), |day| {
                told.facts().calendar.date(day.into()).to_string().into()
            }));
            let stranded = told.quantile(&found.worst, 0.9);
            row.push(stranded.map_or(Cell::Number(None), Cell::Count));
            row.push(told.lot.clone());
            records.push(row);
        }
    }
    records
}

fn found_in(told: &Told<'_>, found: &DivisionFound) -> Vec<Cell> {
    let date = |p: f64| match told.quantile(&found.moved, p) {
        Some(day) => told.facts().calendar.date(day as i64).to_string().into(),
        None => Cell::Number(None),
    };
    let count = |p: f64| {
        told.quantile(&found.broken, p)
            .map_or(Cell::Number(None), Cell::Count)
    };
    let hours = |values: &CountHistogram| {
        [
            Cell::Number(values.mean().map(|minutes| minutes / 60.0)),
            Cell::Number(told.quantile(values, 0.9).map(|minutes| minutes as f64 / 60.0)),
        ]
    };
    let mut cells = vec![date(0.1), date(0.5), date(0.9), Cell::Count(found.moved.count())];
    cells.extend([Cell::Number(found.broken.mean()), count(0.1), count(0.9)]);
    cells.extend(hours(&found.stranded));
    cells.extend(hours(&found.limited));
    cells
}
