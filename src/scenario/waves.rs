//! Waves: what is written about them, and who is in which.

use super::input::key::{FilePath, Key, Sub};
use super::input::{Columns, CsvTable, Item, Located, Table, names};
use super::lists::{self, ListRead};
use super::strategies::{By, Draft, Shared};
use super::times::{self, Moment};
use super::{Files, keys};
use crate::kernel::{Span, Time};
use crate::plan::check::{counted, instant};
use crate::plan::cohort::{self, Cohorts, Order};
use crate::plan::{Cadence, Wave};
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::str::FromStr;

/// Most waves of one strategy.
const MOST: usize = 10_000;

/// Most people in a wave.
const LARGEST: u32 = 10_000_000;

/// Waves as written.
pub(super) struct Waves {
    here: Located<()>,
    pub(super) start: Option<Located<Moment>>,
    cut: Option<Cut>,
    every: Span,
    catch_up: bool,
    order: By,
    list: Option<CsvTable>,
    lists: Vec<CsvTable>,
}

/// Waves behind a pilot, and what a lot decides about them.
pub(super) struct Production {
    pub(super) waves: Vec<Wave>,
    pub(super) cadence: Cadence,
    pub(super) order: Order,
    pub(super) cut: cohort::Cut,
}

impl Waves {
    /// Are they those of the list of people?
    pub(super) fn follows_the_people(&self) -> bool {
        self.order == By::Wave
    }
}

/// How people are cut into waves.
enum Cut {
    /// Everybody at once.
    All,
    /// By size: the last one holds for all later waves, too.
    Sizes(Vec<Size>),
    /// As a list says.
    AsListed,
}

/// The size of a wave.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Size {
    /// So many people.
    People(u32),
    /// A share of all people of the start.
    Share(f64),
}

impl Size {
    /// In people, at least one.
    fn people(self, users: usize) -> usize {
        match self {
            Size::People(people) => people as usize,
            Size::Share(share) => (libm::ceil(share * users as f64 - 1e-9) as usize).max(1),
        }
    }
}

/// Waves of which a list says who is in which: a moment, if the list gives one, and the people.
type Listed = Vec<(Option<Date>, Vec<u32>)>;

/// People in waves, and how they came there.
struct Ordered {
    cut: Listed,
    order: Order,
    pieces: cohort::Cut,
}

/// Reads a list of users.
pub(super) fn read_list(
    table: &Table,
    list: &Key<FilePath>,
    columns: &Key<Sub>,
    kind: &'static str,
    files: &mut Files,
) -> Option<CsvTable> {
    let path = table.get(list)?;
    let named = lists::called(table, columns, &lists::USERS);
    one_list(table, &path, &named, kind, files)
}

fn one_list(
    table: &Table,
    path: &Located<String>,
    named: &[(String, Located<String>)],
    kind: &'static str,
    files: &mut Files,
) -> Option<CsvTable> {
    let wanted = Columns {
        named,
        ..lists::USERS
    };
    let list = files.csv(table.reader(), path, &wanted)?;
    let read = ListRead::of(&files.shown(path), kind, &list);
    // Strategies that are like each other have the same lists.
    if !files.lists.iter().any(|other| other.path == read.path) {
        files.lists.push(read);
    }
    Some(list)
}

/// Reads `[strategies.waves]`.
pub(super) fn read(table: &Table, files: &mut Files) -> Waves {
    let all = table.get_or_default(&keys::waves::ALL);
    let order = table.get_or_default(&keys::waves::ORDER);
    let (mut list, mut several) = (None, Vec::new());
    if order == By::Listed {
        list = read_list(table, &keys::waves::LIST, &keys::waves::COLUMNS, "waves", files);
        if let Some(paths) = table.get(&keys::waves::LISTS) {
            if table.has(keys::waves::LIST.name()) {
                let what = "`list` and `lists` both say who is in the waves";
                table.fault(keys::waves::LISTS.name(), what, "keep one of the two");
            }
            let named = lists::called(table, &keys::waves::COLUMNS, &lists::USERS);
            several = paths
                .iter()
                .filter_map(|path| one_list(table, path, &named, "wave", files))
                .collect();
        }
    }
    let has_size = table.has(keys::waves::SIZE.name());
    let in_list = list.as_ref().is_some_and(|list| lists::when(list).is_some());
    let says_who = order == By::Wave || in_list || table.has(keys::waves::LISTS.name());
    let cut = if all {
        if has_size {
            table.fault(
                "size",
                "`all = true` moves everybody at once, so there is no `size`",
                "keep one of the two",
            );
        }
        Some(Cut::All)
    } else if has_size {
        if order == By::Wave || !several.is_empty() {
            let what = "the waves are listed, so there is no `size`";
            table.fault(keys::waves::SIZE.name(), what, "keep one of the two");
        } else if in_list {
            let what = "`size` cuts the waves, so the column `wave` of the list is not used";
            table.warn(
                keys::waves::SIZE.name(),
                what,
                "leave `size` out, if the list shall say who is in which wave",
            );
        }
        table
            .item(&keys::waves::SIZE)
            .and_then(|item| sizes(&item))
            .map(Cut::Sizes)
    } else if says_who {
        Some(Cut::AsListed)
    } else if table.is_damaged() {
        table.item(&keys::waves::SIZE);
        None
    } else {
        table.fault(
            "size",
            "missing key `size`: how many people are in a wave?",
            "write `size = 500`, or `all = true` for everybody at once",
        );
        None
    };
    // Waves that a list dates need no start.
    let start = match order == By::Wave || in_list {
        true => times::opt_moment(table, &keys::waves::START),
        false => times::moment(table, &keys::waves::START),
    };
    let days = table.get(&keys::waves::EVERY_DAYS);
    let weeks = table.get(&keys::waves::EVERY_WEEKS);
    if days.is_some() && weeks.is_some() {
        table.fault(
            "every_weeks",
            "`every_days` and `every_weeks` say the same thing",
            "keep one of the two",
        );
    }
    let every = days.map_or(weeks.map_or(7, |weeks| weeks.value * 7), |days| days.value);
    let catch_up = table.get_or_default(&keys::waves::CATCH_UP);
    table.finish();
    Waves {
        here: table.here(),
        start,
        cut,
        every: Span::DAY * i64::from(every),
        catch_up,
        order,
        list,
        lists: several,
    }
}

/// Reads one size, or one for each wave.
fn sizes(item: &Item<'_>) -> Option<Vec<Size>> {
    if !item.is_array() {
        return Some(vec![size(item)?]);
    }
    let items = item.items()?;
    if items.is_empty() {
        item.fault(
            "there is no size in this list",
            "write for example `size = [50, 100, 200]`",
        );
        return None;
    }
    let sizes: Vec<Option<Size>> = items.iter().map(size).collect();
    sizes.into_iter().collect()
}

/// Reads a number of people, or a share such as `"10 %"`.
fn size(item: &Item<'_>) -> Option<Size> {
    if item.is_string() && item.written().contains('%') {
        let share = item.parsed("a share of all people", "10 %", share)?;
        return Some(Size::Share(share.value));
    }
    Some(Size::People(item.count(1..=LARGEST)?.value))
}

/// A share written as `10 %`.
fn share(text: &str) -> Result<f64, String> {
    let number = text.trim().strip_suffix('%').unwrap_or(text).trim();
    match number.parse::<f64>() {
        Ok(share) if share > 0.0 && share <= 100.0 => Ok(share / 100.0),
        Ok(_) => Err("it must be more than 0 % and at most 100 %".into()),
        Err(_) => Err("there is no number in front of the `%`".into()),
    }
}

/// The order of the names of waves: by number, if all have one; by date, if all are dates; else as they are met first.
fn in_order(labels: Vec<&str>) -> Vec<(usize, Option<Date>)> {
    let dates: Option<Vec<Date>> = labels.iter().map(|label| Date::from_str(label).ok()).collect();
    let numbers: Option<Vec<u64>> = labels.iter().map(|label| number_of(label)).collect();
    let mut order: Vec<(usize, Option<Date>)> = match &dates {
        Some(dates) => dates.iter().map(|date| Some(*date)).enumerate().collect(),
        None => (0..labels.len()).map(|place| (place, None)).collect(),
    };
    match (&dates, &numbers) {
        (Some(dates), _) => order.sort_by_key(|(place, _)| dates[*place]),
        (None, Some(numbers)) => order.sort_by_key(|(place, _)| numbers[*place]),
        _ => {}
    }
    order
}

/// The number at the end of a name: 12 of `Wave 12`.
fn number_of(label: &str) -> Option<u64> {
    let digits = label.trim_end_matches(|letter: char| letter.is_ascii_digit());
    label[digits.len()..].parse().ok()
}

/// People by the name of their wave; those without one are in none.
fn by_label<'l>(people: impl Iterator<Item = (u32, &'l str)>) -> Listed {
    let mut labels: Vec<&str> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut waves: Vec<Vec<u32>> = Vec::new();
    for (user, label) in people.filter(|(_, label)| !label.is_empty()) {
        let place = *places.entry(names::folded(label)).or_insert_with(|| {
            labels.push(label);
            waves.push(Vec::new());
            labels.len() - 1
        });
        waves[place].push(user);
    }
    in_order(labels)
        .into_iter()
        .map(|(place, date)| (date, std::mem::take(&mut waves[place])))
        .collect()
}

impl Shared<'_> {
    /// The waves of a strategy behind its pilot; nothing after a fault. Marks whom they take. `is_random` if a lot decides who
    /// is in the pilot.
    pub(super) fn production(
        &self,
        draft: &Draft,
        written: &Waves,
        (pilot, is_random): (Option<&Wave>, bool),
        cohorts: &Cohorts<'_>,
        taken: &mut [bool],
    ) -> Option<Production> {
        let (facts, reader) = (self.facts, self.reader);
        let start = facts.calendar.start;
        let strategy = &draft.name.value;
        let mut sound = true;
        if let (Some(pilot), Some(first)) = (pilot, &written.start)
            && pilot.start > first.time(start)
        {
            let what = format!(
                "strategy `{strategy}`: the waves start on {}, before the pilot on {}",
                instant(facts, first.time(start)),
                instant(facts, pilot.start)
            );
            reader.error_at(first, what, "write a start of the waves after the pilot's");
            sound = false;
        }
        let Ordered { cut, order, pieces } = self.cut(draft, written, is_random, cohorts, taken)?;
        if cut.len() > MOST {
            let what = format!("{} are too many", counted(cut.len(), "wave"));
            reader.error_at(&written.here, what, "write a larger `size`");
            return None;
        }
        let going: usize = cut.iter().map(|wave| wave.1.len()).sum();
        if let Some(Cut::Sizes(sizes)) = &written.cut
            && let [size] = sizes[..]
            && size.people(facts.users.len()) > going
            && going > 0
        {
            let what = format!(
                "strategy `{strategy}`: a wave of {} is larger than all waves together: {} are left for them",
                counted(size.people(facts.users.len()), "user"),
                counted(going, "user")
            );
            reader.warning_at(&written.here, what, "write `all = true`, or a smaller `size`");
        }
        if going == 0 && sound {
            let what = format!("strategy `{strategy}`: nobody is left for the waves");
            reader.error_at(
                &written.here,
                what,
                "leave out [strategies.waves], or make the pilot smaller",
            );
            sound = false;
        }
        let mut waves = Vec::new();
        for (number, (date, users)) in (1..).zip(cut) {
            let Some(at) = self.begins(written, number, date) else {
                if written.start.is_none() && date.is_none() {
                    let what = format!("strategy `{strategy}`: nothing says when the waves start");
                    let help =
                        "write `start` with a date such as \"2013-04-08\", or dates in the column `wave`";
                    reader.error_at(&written.here, what, help);
                }
                return None;
            };
            let mut wave = Wave::new(format!("wave {number}"), at, users);
            wave.size = pieces.size(number as usize - 1);
            waves.push(wave);
        }
        if let (Some(pilot), Some(first), None) = (pilot, waves.first(), &written.start)
            && pilot.start > first.start
        {
            let what = format!(
                "strategy `{strategy}`: the waves start on {}, before the pilot on {}",
                instant(facts, first.start),
                instant(facts, pilot.start)
            );
            reader.error_at(&written.here, what, "write an earlier pilot, or later dates");
            sound = false;
        }
        let left = taken.iter().filter(|&&taken| !taken).count();
        let says_who = written.list.is_some() || !written.lists.is_empty() || written.order == By::Wave;
        if says_who && left > 0 {
            let what = format!(
                "strategy `{strategy}`: {} are in no wave and never move",
                counted(left, "user")
            );
            reader.warning_at(&written.here, what, "add them to the list, if they shall move");
        }
        let cadence = Cadence {
            every: written.every,
            further: Some(pieces.size(usize::MAX).unwrap_or(u32::MAX)),
            gate_least: None,
            by_department: written.order == By::Department,
            catch_up: written.catch_up,
        };
        sound.then_some(Production {
            waves,
            cadence,
            order,
            cut: pieces,
        })
    }

    /// When a wave begins: at its own date, with the time of day of the first one, or so long after the first one.
    fn begins(&self, written: &Waves, number: i64, date: Option<Date>) -> Option<Time> {
        let start = self.facts.calendar.start;
        let first = written.start.as_ref().map(|first| first.time(start));
        match date {
            Some(date) => {
                let of_day = first.map_or(Span::ZERO, |first| first - Time(first.day() * Span::DAY.0));
                Some(Moment::Date(date).time(start) + of_day)
            }
            None => Some(first? + written.every * (number - 1)),
        }
    }

    /// Who goes together, and on which date if a list gives one; `is_random` if a lot decides who is in the pilot.
    fn cut(
        &self,
        draft: &Draft,
        written: &Waves,
        is_random: bool,
        cohorts: &Cohorts<'_>,
        taken: &mut [bool],
    ) -> Option<Ordered> {
        let users = self.facts.users.len();
        if let Some(listed) = self.listed(draft, written)? {
            // In another lot somebody may be left of a wave that is all taken in the one shown.
            let (mut waves, mut lists): (Listed, Vec<Vec<u32>>) = (Vec::new(), Vec::new());
            for (date, people) in listed {
                let mut wave = cohorts.waves(&people, |_| usize::MAX, taken);
                if is_random || !wave.is_empty() {
                    waves.push((date, wave.pop().unwrap_or_default()));
                    lists.push(people);
                }
            }
            return Some(Ordered {
                cut: waves,
                order: Order::Listed(Vec::new()),
                pieces: cohort::Cut::Lists(lists),
            });
        }
        let order = match written.order {
            By::Random | By::Wave => Order::Random,
            By::Site => Order::Site,
            By::Department => Order::Department,
            // What no lot has a say in is found once.
            By::Community => Order::Listed(self.cohorts.order(&Order::Community)),
            By::Listed => Order::Listed(match &written.list {
                Some(list) => self.users(list),
                None => (0..users as u32).collect(),
            }),
        };
        // Nobody knows who is in which wave after a fault in the sizes, and nothing that follows from it is told.
        let pieces = cohort::Cut::Sizes(match written.cut.as_ref()? {
            Cut::Sizes(sizes) => sizes.iter().map(|size| size.people(users)).collect(),
            Cut::All | Cut::AsListed => vec![usize::MAX],
        });
        let cut = cohorts.waves(&cohorts.order(&order), |number| pieces.people(number), taken);
        Some(Ordered {
            cut: cut.into_iter().map(|people| (None, people)).collect(),
            order,
            pieces,
        })
    }

    /// The waves that a list names; nothing at all after a fault.
    fn listed(&self, draft: &Draft, written: &Waves) -> Option<Option<Listed>> {
        if !written.lists.is_empty() {
            let read = |list: &CsvTable| (None, self.users(list));
            return Some(Some(written.lists.iter().map(read).collect()));
        }
        if !matches!(written.cut, Some(Cut::AsListed)) {
            return Some(None);
        }
        if let (By::Listed, Some(list)) = (written.order, &written.list) {
            return Some(Some(self.of_list(list)));
        }
        let Some((labels, of)) = self.waves_of_people else {
            let what = format!(
                "strategy `{}`: its waves are those of the list of people, which has no column `wave`",
                draft.name.value
            );
            let help =
                "add the column, say what it is called in `population.columns`, or write another `order`";
            self.reader.error_at(&written.here, what, help);
            return None;
        };
        let people = of
            .iter()
            .zip(0..)
            .map(|(wave, user)| (user, labels[*wave as usize].as_str()));
        Some(Some(by_label(people)))
    }

    /// The users of a list.
    pub(super) fn users(&self, list: &CsvTable) -> Vec<u32> {
        lists::users(self.reader, self.directory, list, &self.met)
    }

    /// The waves of a list with a column that names them.
    fn of_list(&self, list: &CsvTable) -> Listed {
        let users = lists::users_with(
            self.reader,
            self.directory,
            list,
            lists::when(list).unwrap_or("wave"),
            &self.met,
        );
        by_label(users.iter().map(|(user, label)| (*user, label.as_str())))
    }
}

/// Reads what the pilot's list says, for whoever is in it.
pub(super) fn pilot_list(table: &Table, files: &mut Files) -> Option<CsvTable> {
    read_list(table, &keys::pilot::LIST, &keys::pilot::COLUMNS, "pilot", files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_read() {
        assert_eq!(share("10 %"), Ok(0.1));
        assert_eq!(share("2.5%"), Ok(0.025));
        for wrong in ["0 %", "101 %", "%", "ten %"] {
            assert!(share(wrong).is_err(), "{wrong}");
        }
        assert_eq!(Size::Share(0.1).people(3400), 340);
        assert_eq!(Size::Share(0.1).people(3401), 341);
        assert_eq!(Size::Share(0.001).people(10), 1);
    }

    #[test]
    fn names_of_waves_have_an_order() {
        let order =
            |labels: &[&str]| -> Vec<usize> { in_order(labels.to_vec()).iter().map(|wave| wave.0).collect() };
        assert_eq!(order(&["Wave 10", "Wave 9", "Wave 1"]), [2, 1, 0]);
        assert_eq!(order(&["2013-05-01", "2013-04-01"]), [1, 0]);
        assert_eq!(order(&["early", "late"]), [0, 1], "as they are met");
        assert_eq!(
            in_order(vec!["2013-05-01"])[0].1,
            Some(jiff::civil::date(2013, 5, 1))
        );
    }
}
