//! The meetings that one person arranges in one epoch.
//!
//! All numbers of a person and epoch come from one stream: first the times and properties of the meetings, one
//! after the other in order of creation, then their attendees. So neither other people nor the attendees drawn
//! can shift when a meeting is arranged or what it is like.

use super::calibrate::{self, LARGE, LARGE_PLACE, Places};
use super::choice::Choice;
use super::clock::Clock;
use super::index::{Index, Invitations};
use super::lead::Lead;
use super::turnover::Stays;
use super::{Category, Facts, Kind, Purpose, Series, SeriesId, Setting, Site, Stay, UserId};
use crate::kernel::{Key, Span, Stream, Time, distribution};

/// Length of an epoch, and of a window.
pub(super) const EPOCH: Span = Span(14 * Span::DAY.0);
/// Series numbers of one epoch.
const NUMBERS: u32 = 100_000;
/// Longest lead in days.
const LONGEST_LEAD: f64 = 364.0;
/// Days that clocks cover beyond the longest lead, for holidays.
const MARGIN: i64 = 400;

/// What arises next in a stream: a category, or a large meeting.
type Place = usize;

/// One site's clock and rates.
#[derive(Clone, Debug)]
struct SiteModel {
    clock: Clock,
    /// Everything that arises in an epoch.
    all: Choice<Place>,
    /// Only what is arranged before time zero: scheduled meetings.
    scheduled: Choice<Place>,
    /// Only recurring series.
    recurring: Choice<Place>,
    /// Load at which the warm start of recurring series, and of all scheduled ones, begins.
    warm: (f64, f64),
}

/// The law by which meetings arise in a world.
#[derive(Clone, Debug)]
pub(super) struct Arrangement {
    sites: Vec<SiteModel>,
    sizes: Choice<u32>,
    durations: Choice<Span>,
    slots: (u32, u32),
    lead: Lead,
    places: Places,
    browser: f64,
    web: f64,
    dial_in: f64,
    grid: i64,
    warm_start: bool,
    invitations: Invitations,
}

/// A span of epochs' load, and what arises in it.
struct Phase<'a> {
    from: f64,
    to: f64,
    arising: &'a Choice<Place>,
}

/// An epoch, and its phases at each site.
pub(super) struct Epochs<'a> {
    epoch: Epoch,
    phases: Vec<[Option<Phase<'a>>; 2]>,
}

/// Part of the past or future in which one stream per person draws.
#[derive(Clone, Copy, Debug)]
pub(super) struct Epoch {
    /// 0 is the warm start.
    pub(super) number: u32,
    pub(super) from: Time,
    pub(super) to: Time,
}

impl Arrangement {
    pub(super) fn new(facts: &Facts, value: impl Fn(Setting) -> f64) -> Arrangement {
        let model = &facts.meetings;
        let places = calibrate::places(model, &value);
        let durations = model
            .durations
            .iter()
            .map(|&(minutes, share)| (Span::from_minutes_f64(minutes), share));
        Arrangement {
            sites: facts
                .calendar
                .sites
                .iter()
                .map(|site| SiteModel::new(facts, site, places, &value))
                .collect(),
            sizes: Choice::new(model.sizes.iter().copied()),
            durations: Choice::new(durations),
            slots: model.occurrences,
            lead: Lead::new(value(Setting::LeadMedian), value(Setting::LeadP90)),
            places,
            browser: value(Setting::BrowserAble),
            web: value(Setting::WebShare),
            dial_in: value(Setting::DialInShare),
            grid: Span::MINUTE.0 * i64::from(model.grid_minutes),
            warm_start: model.warm_start,
            invitations: Invitations::new(&model.levels),
        }
    }

    pub(super) fn warm_start(&self) -> bool {
        self.warm_start
    }

    /// An epoch in the clocks of all sites.
    pub(super) fn epoch(&self, epoch: Epoch) -> Epochs<'_> {
        Epochs {
            epoch,
            phases: self.sites.iter().map(|site| site.phases(epoch)).collect(),
        }
    }

    /// Appends the meetings that `user` arranges in an epoch, ascending by creation, with their attendees.
    /// `is_active` tells who is active on a date.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn draw(
        &self,
        facts: &Facts,
        (index, stays): (&Index, &Stays),
        key: Key,
        user: UserId,
        epoch: &Epochs<'_>,
        is_active: impl Fn(UserId, i64) -> bool,
        series: &mut Vec<Series>,
        attendees: &mut Vec<UserId>,
    ) {
        let person = &facts.users[user as usize];
        let site = &facts.calendar.sites[usize::from(person.site)];
        let model = &self.sites[usize::from(person.site)];
        if !model.clock.runs() {
            return;
        }
        if !overlaps(stays.of(user), site, epoch.epoch) {
            return;
        }
        let mut stream = key.stream(Purpose::Calendar, person.id, u64::from(epoch.epoch.number));
        let first = series.len();
        let mut number = 0;
        for phase in epoch.phases[usize::from(person.site)].iter().flatten() {
            self.describe_all(
                model,
                site,
                user,
                epoch.epoch,
                phase,
                &is_active,
                &mut stream,
                &mut number,
                series,
            );
        }
        forget_unemployed(series, first, |at| stays.covers(user, site.date(at)));
        for meeting in &mut series[first..] {
            let invited = u32::from(meeting.attendee_count);
            meeting.attendees = attendees.len() as u32;
            meeting.attendee_count = self.invitations.draw(
                facts,
                (index, stays),
                (user, meeting.created),
                invited,
                &mut stream,
                attendees,
            );
        }
        drop_deserted(series, first, attendees, |other, start| {
            is_active(other, facts.date_of(other, start))
        });
    }

    #[allow(clippy::too_many_arguments)]
    fn describe_all(
        &self,
        model: &SiteModel,
        site: &Site,
        user: UserId,
        epoch: Epoch,
        phase: &Phase<'_>,
        is_active: &impl Fn(UserId, i64) -> bool,
        stream: &mut Stream,
        number: &mut u32,
        series: &mut Vec<Series>,
    ) {
        let rate = phase.arising.total();
        if rate <= 0.0 {
            return;
        }
        let mut load = phase.from;
        loop {
            load += distribution::waiting_time(stream.uniform(), 1.0 / rate);
            if load >= phase.to {
                return;
            }
            let place = phase.arising.draw(stream);
            let created = model
                .clock
                .at(load)
                .clamp(epoch.from, epoch.to - Span::MILLISECOND);
            let mut meeting = self.describe(place, stream);
            meeting.created = created;
            meeting.first = match meeting.category {
                Category::AdHoc => created,
                _ => self.first_start(&model.clock, site, created, load, stream),
            };
            let kept = match meeting.category {
                Category::AdHoc => is_active(user, site.date(created)),
                _ => meeting.last() >= epoch.to.min(Time::ZERO),
            };
            if kept {
                assert!(
                    *number < NUMBERS,
                    "more than {NUMBERS} meetings of one person in one epoch"
                );
                meeting.id = SeriesId {
                    organiser: user,
                    number: epoch.number * NUMBERS + *number,
                };
                *number += 1;
                series.push(meeting);
            }
        }
    }

    /// First start: a lead in working time after the creation, rounded down to the grid of the working hours, but
    /// never before the creation.
    fn first_start(&self, clock: &Clock, site: &Site, created: Time, load: f64, stream: &mut Stream) -> Time {
        let lead = self.lead.draw(stream);
        let drawn = clock
            .at(load + lead.min(LONGEST_LEAD) * clock.share())
            .max(created);
        let rounded = round_down(site, self.grid, drawn);
        if rounded >= created {
            rounded
        } else {
            next_line(site, self.grid, created)
        }
    }

    /// Category, size, duration, guests, and whatever else does not depend on time. The number of attendees is
    /// that of the people to be invited.
    #[inline]
    fn describe(&self, place: Place, stream: &mut Stream) -> Series {
        let category = CATEGORIES[place];
        let size = if place == LARGE_PLACE {
            LARGE
        } else {
            self.sizes.draw(stream)
        };
        let mut series = Series {
            id: SeriesId {
                organiser: 0,
                number: 0,
            },
            created: Time::ZERO,
            first: Time::ZERO,
            period: Span::ZERO,
            occurrences: 1,
            duration: self.durations.draw(stream),
            attendees: 0,
            attendee_count: 0,
            anonymous: 0,
            federated: 0,
            guests_with_browser: 0,
            kind: if chance(self.web, stream) {
                Kind::Web
            } else {
                Kind::Audio
            },
            category,
            dial_in: chance(self.dial_in, stream),
        };
        if category == Category::Recurring {
            let (low, high) = self.slots;
            series.period = Span::WEEK;
            series.occurrences = low + stream.below(u64::from(high - low) + 1) as u32;
        }
        let beside = size.saturating_sub(1);
        self.invite_guests(&mut series, beside, stream);
        let guests = u32::from(series.anonymous) + u32::from(series.federated);
        series.attendee_count = (beside - guests) as u16;
        series
    }

    fn invite_guests(&self, series: &mut Series, beside: u32, stream: &mut Stream) {
        let Places { anonymous, federated } = self.places;
        let anonymous = if series.category == Category::Closed {
            0.0
        } else {
            anonymous
        };
        if anonymous + federated > 0.0 {
            let certain = u32::from(series.category == Category::Anonymous);
            for _ in certain..beside {
                let u = stream.uniform();
                series.anonymous += u16::from(u < anonymous);
                series.federated += u16::from(u >= anonymous && u < anonymous + federated);
            }
        }
        if series.category == Category::Anonymous && beside > 0 {
            series.anonymous += 1;
        }
        for _ in 0..series.anonymous + series.federated {
            series.guests_with_browser += u16::from(chance(self.browser, stream));
        }
    }
}

/// Is somebody employed on a date of an epoch?
fn overlaps(stay: Stay, site: &Site, epoch: Epoch) -> bool {
    stay == Stay::ALWAYS || (stay.from <= site.date(epoch.to) && site.date(epoch.from) < stay.until)
}

/// Takes out what somebody would have arranged on dates before joining or after leaving.
fn forget_unemployed(series: &mut Vec<Series>, first: usize, is_employed: impl Fn(Time) -> bool) {
    let mut kept = first;
    for place in first..series.len() {
        if is_employed(series[place].created) {
            series[kept] = series[place];
            kept += 1;
        }
    }
    series.truncate(kept);
}

/// The category of each place.
const CATEGORIES: [Category; 6] = [
    Category::AdHoc,
    Category::Recurring,
    Category::Open,
    Category::Anonymous,
    Category::Closed,
    Category::Open,
];

/// Takes out the ad hoc meetings to which nobody comes: they do not arise.
fn drop_deserted(
    series: &mut Vec<Series>,
    first: usize,
    attendees: &[UserId],
    is_active: impl Fn(UserId, Time) -> bool,
) {
    let is_deserted = |meeting: &Series| {
        let from = meeting.attendees as usize;
        meeting.category == Category::AdHoc
            && meeting.anonymous + meeting.federated == 0
            && !attendees[from..from + usize::from(meeting.attendee_count)]
                .iter()
                .any(|&other| is_active(other, meeting.first))
    };
    if series[first..].iter().any(is_deserted) {
        let mut kept = first;
        for place in first..series.len() {
            if !is_deserted(&series[place]) {
                series[kept] = series[place];
                kept += 1;
            }
        }
        series.truncate(kept);
    }
}

/// A chance that takes a draw only if it is uncertain.
#[inline]
fn chance(probability: f64, stream: &mut Stream) -> bool {
    if probability <= 0.0 {
        false
    } else {
        probability >= 1.0 || stream.chance(probability)
    }
}

fn round_down(site: &Site, grid: i64, at: Time) -> Time {
    if grid == 0 {
        return at;
    }
    let midnight = site.midnight(site.date(at));
    midnight + Span(calibrate::round_down(site, grid, (at - midnight).0))
}

/// The first line of the grid at or after an instant, in working hours.
fn next_line(site: &Site, grid: i64, at: Time) -> Time {
    let midnight = site.midnight(site.date(at));
    let of_day = (at - midnight).0;
    site.next_working(midnight + Span(of_day + (-of_day).rem_euclid(grid.max(1))))
}

impl SiteModel {
    fn new(facts: &Facts, site: &Site, places: Places, value: &impl Fn(Setting) -> f64) -> SiteModel {
        let rates = calibrate::rates(facts, site, places, value);
        let longest = i64::from(facts.meetings.occurrences.1.max(1) - 1) * 7;
        let reach = LONGEST_LEAD as i64 + MARGIN;
        let last = i64::from(facts.calendar.days()) + reach;
        let clock = Clock::new(site, rates.busy_share, -(longest + reach)..=last);
        let lead = LONGEST_LEAD * clock.share();
        let past = Time(-longest * Span::DAY.0);
        let warm = (clock.load(past) - lead, clock.load(Time::ZERO) - lead);
        let among = |wanted: fn(Place) -> bool| {
            Choice::new(
                rates
                    .creation
                    .iter()
                    .copied()
                    .enumerate()
                    .filter(|row| wanted(row.0)),
            )
        };
        SiteModel {
            all: among(|_| true),
            scheduled: among(|place| CATEGORIES[place] != Category::AdHoc),
            recurring: among(|place| CATEGORIES[place] == Category::Recurring),
            clock,
            warm,
        }
    }

    /// The warm start has two phases: long ago only recurring series are arranged that still matter.
    fn phases(&self, epoch: Epoch) -> [Option<Phase<'_>>; 2] {
        if epoch.number == 0 {
            let zero = self.clock.load(Time::ZERO);
            let (long_ago, year_ago) = (self.warm.0.max(0.0), self.warm.1.max(0.0));
            return [
                Some(Phase {
                    from: long_ago,
                    to: year_ago,
                    arising: &self.recurring,
                }),
                Some(Phase {
                    from: year_ago,
                    to: zero,
                    arising: &self.scheduled,
                }),
            ];
        }
        let (from, to) = (self.clock.load(epoch.from), self.clock.load(epoch.to));
        [
            Some(Phase {
                from,
                to,
                arising: &self.all,
            }),
            None,
        ]
    }
}

impl Epoch {
    /// The warm start: all of the past.
    pub(super) const PAST: Epoch = Epoch {
        number: 0,
        from: Time(i64::MIN / 4),
        to: Time::ZERO,
    };
}
