//! A planner's own calendar: one row of a list for each meeting series, in place of generated meetings.

use super::closest;
use super::input::{Columns, CsvTable, Located, Reader, Row, days_of_month, names};
use super::lists::{Directory, ListRead, Met, Note, bare, warn_of_repeated};
use super::times::days_from;
use crate::kernel::{Span, Time};
use crate::plan::check::grouped;
use crate::world::{Calendar, Category, Kind, ListedCalendar, Series, SeriesId, UserId};
use jiff::civil::Date;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

/// The columns of a calendar.
pub(super) const COLUMNS: Columns<'static> = Columns {
    required: &["organiser", "start", "minutes", "attendees"],
    optional: &[
        "created",
        "every_days",
        "occurrences",
        "kind",
        "category",
        "anonymous",
        "federated",
        "guests_with_browser",
        "dial_in",
    ],
    named: &[],
    stand_in: None,
    elsewhere: &[],
};

/// Longest meeting in minutes: a week.
const LONGEST_MINUTES: u32 = 10_080;
/// Most days from one occurrence to the next.
const LONGEST_PERIOD: u32 = 3640;
/// Most occurrences that can be written.
const MOST_OCCURRENCES: u32 = 10_000;
/// Most guests of one kind.
const MOST_GUESTS: u32 = 10_000;
/// A series without an end goes on for so many days after the simulated time.
const DAYS_AFTER_HORIZON: i64 = 364;
/// Names for which the nearest one is looked for: more faults of a list are not shown.
const MOST_SUGGESTIONS: usize = super::input::CSV_FAULTS_SHOWN;

const KINDS: [(&str, Kind); 2] = [("web", Kind::Web), ("audio", Kind::Audio)];

const CATEGORIES: [(&str, Category); 5] = [
    ("ad_hoc", Category::AdHoc),
    ("recurring", Category::Recurring),
    ("open", Category::Open),
    ("anonymous", Category::Anonymous),
    ("closed", Category::Closed),
];

const ANSWERS: [(&str, bool); 4] = [("yes", true), ("no", false), ("true", true), ("false", false)];

/// What the rows of a calendar refer to.
pub(super) struct Known<'a> {
    /// The population; nobody if it is faulty, and then names are not checked.
    pub(super) directory: &'a Directory<'a>,
    /// Are people who are not in the population skipped?
    pub(super) skips_outsiders: bool,
    /// Start, horizon and sites, unless they are faulty.
    pub(super) calendar: Option<&'a Calendar>,
    /// From arranging a meeting to its first start, where the list does not say when it was arranged.
    pub(super) lead: Span,
    /// Share of guests who can join by browser, where the list does not say how many.
    pub(super) browser: f64,
}

/// A row, understood.
struct Meeting {
    series: Series,
    attendees: Vec<UserId>,
}

/// Reads a calendar; `path` is where the scenario names it. Gives nothing if anything in it is faulty.
pub(super) fn read(
    reader: &Reader,
    path: &Located<String>,
    known: &Known,
    list: &CsvTable,
    read: &mut ListRead,
) -> Option<ListedCalendar> {
    if list.is_empty() {
        reader.with_faults(|faults| {
            faults.error(
                list.header.clone(),
                "column organiser",
                "the calendar holds no meeting",
                "write a row for each meeting series, or leave `calendar` out",
            );
        });
        return None;
    }
    let mut advice = BTreeMap::new();
    let mut meetings = Vec::with_capacity(list.len());
    let names = list.rows().flat_map(|row| {
        std::iter::once(row.get("organiser")).chain(row.get("attendees").split(';').map(str::trim))
    });
    let met = Met::with(known.directory, names, reader);
    let mut notes = Notes::new();
    for row in list.rows() {
        let mut cells = Cells {
            reader,
            row,
            known,
            met: &met,
            notes: &mut notes,
            advice: &mut advice,
        };
        meetings.extend(cells.meeting().map(|meeting| (meeting, row)));
    }
    if meetings.len() + notes.foreign.count < list.len() {
        return None;
    }
    notes.warn(reader, path);
    read.found = vec![(("series", "series"), meetings.len())];
    notes.tell(&met, read);
    let calendar = known.calendar?;
    let mut meetings = each_once(reader, meetings);
    number(&mut meetings);
    warn_of_idle(reader, path, known, calendar, &meetings);
    leave_out(
        reader,
        path,
        &mut meetings,
        |series| series.last() < Time::ZERO,
        &format!("over before the start on {}", calendar.start),
        "remove them, or start the scenario earlier",
    );
    leave_out(
        reader,
        path,
        &mut meetings,
        |series| series.created >= calendar.horizon,
        "arranged only after the simulated time",
        "remove them, or simulate more weeks",
    );
    let starts = |meeting: &Meeting| {
        let series = &meeting.series;
        let within = |number: &u32| (Time::ZERO..calendar.horizon).contains(&series.start(*number));
        (0..series.occurrences).filter(within).count()
    };
    let occurrences = meetings.iter().map(starts).sum();
    read.found = vec![
        (("series", "series"), meetings.len()),
        (
            (
                "occurrence in the simulated time",
                "occurrences in the simulated time",
            ),
            occurrences,
        ),
    ];
    meetings.sort_by_key(|meeting| (meeting.series.created, meeting.series.id));
    let mut attendees: Vec<UserId> = Vec::new();
    let mut series: Vec<Series> = Vec::with_capacity(meetings.len());
    for meeting in meetings {
        let Ok(first) = u32::try_from(attendees.len()) else {
            let what = "the calendar invites more than 4 thousand million people";
            reader.error_at(path, what, "leave rows out");
            return None;
        };
        attendees.extend(meeting.attendees);
        series.push(Series {
            attendees: first,
            ..meeting.series
        });
    }
    Some(ListedCalendar {
        series: series.into(),
        attendees: attendees.into(),
    })
}

/// The order of meetings by organiser, creation and all else that they are.
fn compare(one: &Meeting, other: &Meeting) -> Ordering {
    let content = |meeting: &Meeting| {
        let series = &meeting.series;
        let size = (series.anonymous, series.federated, series.guests_with_browser);
        (
            (series.id.organiser, series.created, series.first),
            (series.period, series.occurrences, series.duration),
            (size, series.kind, series.category, series.dial_in),
        )
    };
    content(one)
        .cmp(&content(other))
        .then_with(|| one.attendees.cmp(&other.attendees))
}

/// The meetings, those of rows that say the same once.
fn each_once(reader: &Reader, mut meetings: Vec<(Meeting, Row<'_>)>) -> Vec<Meeting> {
    meetings.sort_by(|one, other| compare(&one.0, &other.0).then(one.1.index().cmp(&other.1.index())));
    let mut once: Vec<Meeting> = Vec::with_capacity(meetings.len());
    let (mut repeated, mut line) = (Vec::new(), 0);
    for (meeting, row) in meetings {
        if once.last().is_some_and(|last| compare(last, &meeting).is_eq()) {
            repeated.push((row, line));
        } else {
            line = row.line();
            once.push(meeting);
        }
    }
    repeated.sort_by_key(|(row, _)| row.index());
    warn_of_repeated(reader, &repeated, "start");
    once
}

/// Warns of series that repeat and all of whose occurrences fall on days off at the organiser's site.
fn warn_of_idle(
    reader: &Reader,
    path: &Located<String>,
    known: &Known,
    calendar: &Calendar,
    meetings: &[Meeting],
) {
    let is_idle = |meeting: &&Meeting| {
        let series = &meeting.series;
        let site = &calendar.sites[usize::from(known.directory.users()[series.id.organiser as usize].site)];
        let in_time = |start: &Time| *start >= Time::ZERO && *start < calendar.horizon;
        let mut starts = (0..series.occurrences)
            .map(|number| series.start(number))
            .skip_while(|start| *start < Time::ZERO)
            .take_while(in_time)
            .peekable();
        series.period > Span::ZERO
            && starts.peek().is_some()
            && !starts.any(|start| site.is_working_day(site.date(start)))
    };
    let what = match meetings.iter().filter(is_idle).count() {
        0 => return,
        1 => "1 series of the calendar never takes place: all its days are days off at the organiser's site"
            .to_owned(),
        count => format!(
            "{count} series of the calendar never take place: all their days are days off at the organisers' sites"
        ),
    };
    let help = "write other days, or `working_days` of the site that hold them";
    reader.warning_at(path, what, help);
}

/// Numbers the series of each organiser by creation, ties by content, so that the order of rows never matters.
fn number(meetings: &mut [Meeting]) {
    meetings.sort_by(compare);
    let mut next = (0, 0);
    for meeting in meetings {
        let id = &mut meeting.series.id;
        if next.0 != id.organiser {
            next = (id.organiser, 0);
        }
        id.number = next.1;
        next.1 += 1;
    }
}

/// Leaves series out that can have no effect, and says how many.
fn leave_out(
    reader: &Reader,
    path: &Located<String>,
    meetings: &mut Vec<Meeting>,
    is_out: impl Fn(&Series) -> bool,
    why: &str,
    help: &str,
) {
    let rows = meetings.len();
    meetings.retain(|meeting| !is_out(&meeting.series));
    let what = match rows - meetings.len() {
        0 => return,
        1 => format!("1 row of the calendar is {why}; it is left out"),
        left_out => format!("{left_out} rows of the calendar are {why}; they are left out"),
    };
    reader.warning_at(path, what, help);
}

/// The cells of one row.
struct Cells<'a> {
    reader: &'a Reader,
    row: Row<'a>,
    known: &'a Known<'a>,
    met: &'a Met<'a>,
    notes: &'a mut Notes,
    /// What to say of names that are not known.
    advice: &'a mut BTreeMap<String, String>,
}

/// What is skipped or merged in a calendar.
struct Notes {
    foreign: Note,
    outside: Note,
    twice: Note,
    themselves: Note,
}

impl Notes {
    fn new() -> Notes {
        Notes {
            foreign: Note::new("meeting of outsiders skipped", "meetings of outsiders skipped"),
            outside: Note::new(
                "outsider among attendees skipped",
                "outsiders among attendees skipped",
            ),
            twice: Note::new(
                "attendee named twice, counted once",
                "attendees named twice, counted once",
            ),
            themselves: Note::new(
                "organiser among the attendees, left out there",
                "organisers among their attendees, left out there",
            ),
        }
    }

    /// Warns of people whom a calendar names once too often.
    fn warn(&self, reader: &Reader, path: &Located<String>) {
        let what = match self.twice.count + self.themselves.count {
            0 => return,
            1 => "1 name among the attendees is there twice, or is the organiser's: everybody counts once"
                .to_owned(),
            count => format!(
                "{} names among the attendees are there twice, or are the organiser's: everybody counts once",
                grouped(count as u64)
            ),
        };
        let examples: Vec<&str> = self
            .twice
            .examples
            .iter()
            .chain(&self.themselves.examples)
            .map(String::as_str)
            .collect();
        let help = format!(
            "for example {}; nothing need be done, if that is what was meant",
            examples.join(", ")
        );
        reader.warning_at(path, what, help);
    }

    fn tell(self, met: &Met<'_>, read: &mut ListRead) {
        for note in [
            self.foreign,
            self.outside,
            self.twice,
            self.themselves,
            met.notes(),
        ] {
            read.note(note);
        }
    }
}

/// Who arranges a meeting.
enum Organiser {
    Known(UserId),
    /// Somebody who is not in the population, and is skipped.
    Outsider,
    /// A fault was reported.
    Faulty,
}

/// When a series takes place.
struct Times {
    first: Time,
    created: Time,
}

impl Cells<'_> {
    /// The meeting; nothing if a cell is faulty. Every cell is looked at before the row is given up.
    fn meeting(&mut self) -> Option<Meeting> {
        let organiser = match self.organiser() {
            Organiser::Known(user) => Some(user),
            Organiser::Faulty => None,
            Organiser::Outsider => return None,
        };
        let times = self.times(organiser);
        let minutes = self.required("minutes");
        let minutes = minutes.and_then(|_| self.count("minutes", 1..=LONGEST_MINUTES, 1));
        let outsiders = self.notes.outside.count;
        let attendees = self.attendees();
        let every_days = self.count("every_days", 0..=LONGEST_PERIOD, 0);
        let occurrences = self.count("occurrences", 1..=MOST_OCCURRENCES, 0);
        let kind = self.word("kind", &KINDS, Kind::Web);
        let category = every_days.and_then(|every_days| self.category(every_days));
        let anonymous = self.count("anonymous", 0..=MOST_GUESTS, 0);
        let federated = self.count("federated", 0..=MOST_GUESTS, 0);
        let guests = anonymous
            .zip(federated)
            .map(|(anonymous, federated)| anonymous + federated);
        let with_browser = self.with_browser(guests);
        let dial_in = self.word("dial_in", &ANSWERS, false);
        if let (Some(attendees), Some(0)) = (&attendees, guests)
            && attendees.is_empty()
        {
            if self.notes.outside.count > outsiders {
                let organiser = self.row.get("organiser").to_owned();
                self.notes.foreign.add(|| organiser);
                return None;
            }
            let help =
                "write user names separated by `;`, or the number of guests in `anonymous` or `federated`";
            self.fault("attendees", "nobody is invited", help);
            return None;
        }
        let times = times?;
        let (every_days, occurrences) = (every_days?, occurrences?);
        if every_days == 0 && occurrences > 1 {
            let what = format!("a meeting that takes place once has not {occurrences} occurrences");
            let help = "write the days from one to the next in `every_days`, or leave `occurrences` empty";
            self.fault("occurrences", what, help);
            return None;
        }
        if category == Some(Category::AdHoc) && times.created != times.first {
            let what = "an ad hoc meeting is created when it starts, not before";
            self.fault(
                "created",
                what,
                "leave `created` empty, or write another category",
            );
            return None;
        }
        let attendees = attendees?;
        let period = Span::DAY * i64::from(every_days);
        Some(Meeting {
            series: Series {
                id: SeriesId {
                    organiser: organiser?,
                    number: 0,
                },
                created: times.created,
                first: times.first,
                period,
                occurrences: match occurrences {
                    0 => self.without_end(times.first, period),
                    _ => occurrences,
                },
                duration: Span::MINUTE * i64::from(minutes?),
                attendees: 0,
                attendee_count: attendees.len() as u16,
                anonymous: anonymous? as u16,
                federated: federated? as u16,
                guests_with_browser: with_browser? as u16,
                kind: kind?,
                category: category?,
                dial_in: dial_in?,
            },
            attendees,
        })
    }

    fn fault(&self, column: &str, what: impl Into<String>, help: impl Into<String>) {
        self.reader
            .with_faults(|faults| self.row.error(faults, column, what, help));
    }

    /// The text of a cell that must not be empty.
    fn required(&self, column: &str) -> Option<&str> {
        let found = self.row.value(column);
        if found.is_none() {
            self.fault(
                column,
                format!("this row has no {column}"),
                format!("fill in the column `{column}`, or remove the row"),
            );
        }
        found
    }

    /// A whole number within a range; `otherwise` if the cell is empty.
    fn count(&self, column: &str, range: RangeInclusive<u32>, otherwise: u32) -> Option<u32> {
        let Some(text) = self.row.value(column) else {
            return Some(otherwise);
        };
        let (low, high) = (range.start(), range.end());
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            let what = format!("`{column}` must be a whole number, found `{text}`");
            self.fault(column, what, format!("write a whole number from {low} to {high}"));
            return None;
        }
        // More digits than a number holds are out of range, too.
        let found = text.parse().ok().filter(|number| range.contains(number));
        if found.is_none() {
            let what = format!("`{column}` is {text}; it must be between {low} and {high}");
            self.fault(column, what, format!("write a whole number from {low} to {high}"));
        }
        found
    }

    /// One of several words, in any case; `otherwise` if the cell is empty.
    fn word<T: Copy>(&self, column: &str, words: &[(&str, T)], otherwise: T) -> Option<T> {
        let Some(text) = self.row.value(column) else {
            return Some(otherwise);
        };
        let found = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(text));
        if found.is_none() {
            let what = format!("`{column}` is `{text}`, which is not one of the words allowed");
            self.fault(column, what, closest(text, words.iter().map(|(word, _)| *word)));
        }
        found.map(|(_, value)| *value)
    }

    fn category(&self, every_days: u32) -> Option<Category> {
        let otherwise = if every_days == 0 {
            Category::Open
        } else {
            Category::Recurring
        };
        let category = self.word("category", &CATEGORIES, otherwise)?;
        let (what, help) = match (category, every_days) {
            (Category::Recurring, 0) => (
                "a recurring meeting needs the days from one occurrence to the next".to_owned(),
                "write them in `every_days`, such as `7`, or leave `category` empty",
            ),
            (Category::Recurring, _) | (_, 0) => return Some(category),
            _ => (
                format!(
                    "a meeting of category `{}` takes place once",
                    self.row.get("category")
                ),
                "leave `category` or `every_days` empty",
            ),
        };
        self.fault("category", what, help);
        None
    }

    /// How many guests can join by browser: the expected number, rounded, if the list does not say.
    fn with_browser(&self, guests: Option<u32>) -> Option<u32> {
        let expected = guests.map_or(0, |guests| {
            libm::round(f64::from(guests) * self.known.browser) as u32
        });
        let found = self.count("guests_with_browser", 0..=2 * MOST_GUESTS, expected)?;
        let guests = guests?;
        if found > guests {
            let what = format!("{found} guests can join by browser, but only {guests} are invited");
            let help = "write a smaller number, or more guests in `anonymous` or `federated`";
            self.fault("guests_with_browser", what, help);
            return None;
        }
        Some(found)
    }

    /// A user by name. Nothing is said if the population is faulty.
    fn user(&mut self, column: &str, name: &str) -> Option<UserId> {
        let users = self.known.directory.users();
        let found = self.met.find(name);
        if found.is_none() && !users.is_empty() {
            let help = match self.advice.get(name) {
                Some(help) => help.clone(),
                None if self.advice.len() < MOST_SUGGESTIONS => {
                    let help = closest(bare(name), users.iter().map(|user| user.name.as_str()));
                    self.advice.insert(name.to_owned(), help.clone());
                    help
                }
                None => "write the name of somebody in the population".into(),
            };
            self.fault(column, format!("there is no user `{name}`"), help);
        }
        found
    }

    /// Is this somebody from outside, who is skipped?
    fn is_outsider(&self, name: &str) -> bool {
        self.known.skips_outsiders && self.known.directory.len() > 0 && self.met.find(name).is_none()
    }

    fn organiser(&mut self) -> Organiser {
        let Some(name) = self.required("organiser").map(str::to_owned) else {
            return Organiser::Faulty;
        };
        if self.is_outsider(&name) {
            self.notes.foreign.add(|| name);
            return Organiser::Outsider;
        }
        self.user("organiser", &name)
            .map_or(Organiser::Faulty, Organiser::Known)
    }

    /// The attendees, sorted; nobody if the cell is empty. A `;` too many is forgiven, and who is named twice, or arranges the
    /// meeting and is named, counts once.
    fn attendees(&mut self) -> Option<Vec<UserId>> {
        let row = self.row;
        let names: Vec<Cow<'_, str>> = row
            .get("attendees")
            .split(';')
            .map(names::normal)
            .filter(|name| !name.is_empty())
            .collect();
        let mut sound = true;
        let organiser = self.met.find(row.get("organiser"));
        let mut seen = BTreeSet::new();
        let mut attendees = Vec::with_capacity(names.len());
        for name in &names {
            if self.is_outsider(name) {
                self.notes.outside.add(|| name.to_string());
                continue;
            }
            match self.user("attendees", name) {
                Some(user) if organiser == Some(user) => self.notes.themselves.add(|| name.to_string()),
                Some(user) if !seen.insert(user) => self.notes.twice.add(|| name.to_string()),
                Some(user) => attendees.push(user),
                None => sound = false,
            }
        }
        if attendees.len() > usize::from(u16::MAX) {
            let what = format!(
                "{} people are invited; there can be at most 65535",
                attendees.len()
            );
            self.fault("attendees", what, "leave some out");
            sound = false;
        }
        attendees.sort_unstable();
        sound.then_some(attendees)
    }

    /// Creation and first start, at the organiser's site.
    fn times(&self, organiser: Option<UserId>) -> Option<Times> {
        let required = self.required("start");
        let start = required.and_then(|_| self.date_time("start"));
        let created = match self.row.value("created") {
            Some(_) => Some(self.date_time("created")?),
            None => None,
        };
        let start = start?;
        if created.is_some_and(|created| created > start) {
            let what = format!(
                "the meeting is created on {}, after it starts on {}",
                self.row.get("created"),
                self.row.get("start")
            );
            let help = "write when the meeting was arranged, or leave `created` empty";
            self.fault("created", what, help);
            return None;
        }
        let calendar = self.known.calendar?;
        let site = self.known.directory.users()[organiser? as usize].site;
        let offset = calendar.sites[usize::from(site)].offset;
        let instant = |(date, of_day): (Date, Span)| {
            Time(days_from(calendar.start, date) * Span::DAY.0) + of_day - offset
        };
        let first = instant(start);
        let is_ad_hoc = self.row.get("category").eq_ignore_ascii_case("ad_hoc");
        let created = match created {
            Some(created) => instant(created),
            None if is_ad_hoc => first,
            None => first - self.known.lead,
        };
        Some(Times { first, created })
    }

    /// A date and a time of day, such as `2013-03-04 09:30`.
    fn date_time(&self, column: &str) -> Option<(Date, Span)> {
        let text = self.row.get(column);
        let found = date_time(text);
        if found.is_none() {
            if let Some(days) = days_of_month(text) {
                let what = format!("there is no date `{text}`: that month has {days} days");
                self.fault(column, what, "write a date that the calendar has");
                return None;
            }
            let what = format!("`{column}` must be a date and a time, found `{text}`");
            let help = "write for example `2013-03-04 09:30`, at the organiser's site; a spreadsheet writes it so \
                        in cells of the format `yyyy-mm-dd hh:mm`";
            self.fault(column, what, help);
        }
        found
    }

    /// Occurrences of a series for which no number is written: one if it does not repeat, else so many as start
    /// until a year after the horizon.
    fn without_end(&self, first: Time, period: Span) -> u32 {
        let horizon = self
            .known
            .calendar
            .map_or(Time::ZERO, |calendar| calendar.horizon);
        if period == Span::ZERO {
            return 1;
        }
        let reach = horizon + Span::DAY * DAYS_AFTER_HORIZON - first;
        u32::try_from(reach.0.div_euclid(period.0) + 1)
            .unwrap_or(0)
            .max(1)
    }
}

/// A date as `2013-03-04` and a time of day as `09:30`, with seconds or without, with a blank or a `T` between them.
fn date_time(text: &str) -> Option<(Date, Span)> {
    let (date, clock) = text.split_once([' ', 'T'])?;
    let number = |text: &str, digits: RangeInclusive<usize>| -> Option<u32> {
        let sound = digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if sound { text.parse().ok() } else { None }
    };
    let parts: Vec<&str> = date.split('-').collect();
    let [year, month, day] = parts[..] else {
        return None;
    };
    let (year, month, day) = (number(year, 4..=4)?, number(month, 2..=2)?, number(day, 2..=2)?);
    let date = Date::new(year as i16, month as i8, day as i8).ok()?;
    let parts: Vec<&str> = clock.trim().split(':').collect();
    let (hours, minutes, seconds) = match parts[..] {
        [hours, minutes] => (hours, minutes, "00"),
        [hours, minutes, seconds] => (hours, minutes, seconds),
        _ => return None,
    };
    let (hours, minutes, seconds) = (
        number(hours, 1..=2)?,
        number(minutes, 2..=2)?,
        number(seconds, 2..=2)?,
    );
    if hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    let of_day = i64::from(hours) * 3600 + i64::from(minutes) * 60 + i64::from(seconds);
    Some((date, Span::SECOND * of_day))
}
