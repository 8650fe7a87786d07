//! Working hours without service or without an application, and what follows from them.

use super::{Book, DAY, Line};
use coexist::world::Setting;
use coexist::world::defects::Scope;

/// How somebody is served.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Service {
    Full,
    Limited,
    Stranded,
    /// The pool does not serve, or the user is being moved.
    Out,
}

/// Sums in milliseconds, and what they are made of.
pub(super) struct Accounts {
    /// In the office, and outside it.
    service: Vec<[Service; 2]>,
    since: Vec<i64>,
    /// Was each user on the new side since then?
    on_new: Vec<bool>,
    pub(super) times_stranded: Vec<i64>,
    limited: i64,
    stranded: i64,
    out: i64,
    /// Working days without service.
    days_without: f64,
    /// Stretches that made up those days; the program may cut each to a millionth of a day.
    pieces: i64,
    applications: i64,
    /// By application: who goes without it today whatever the service.
    lost_today: Vec<Vec<bool>>,
    pub(super) technicians: i64,
    pub(super) exceptions: i64,
    pub(super) days_of_both_sides: i64,
    /// Days at whose end an old pool still runs, those of them behind the end of support, and working days of people on the
    /// new side.
    days_of_old_side: i64,
    days_unsupported: i64,
    days_on_new_side: i64,
    pub(super) retired: Option<i64>,
    /// Who is homed on the new side with a client that works fully there, and how many they are.
    complete: Vec<bool>,
    completes: usize,
    never: Vec<bool>,
    nevers: usize,
    complete_since: Option<i64>,
    nearly_complete: Option<i64>,
    came_over: Option<i64>,
    told_to_go_back: bool,
    /// Active people on working days with people homed on both sides.
    coexistence: i64,
}

impl Accounts {
    pub(super) fn new(users: usize, applications: usize) -> Accounts {
        Accounts {
            service: vec![[Service::Full; 2]; users],
            since: vec![0; users],
            on_new: vec![false; users],
            times_stranded: vec![0; users],
            limited: 0,
            stranded: 0,
            out: 0,
            days_without: 0.0,
            pieces: 0,
            applications: 0,
            lost_today: vec![vec![false; users]; applications],
            technicians: 0,
            exceptions: 0,
            days_of_both_sides: 0,
            days_of_old_side: 0,
            days_unsupported: 0,
            days_on_new_side: 0,
            retired: None,
            complete: vec![false; users],
            completes: 0,
            never: vec![false; users],
            nevers: 0,
            complete_since: None,
            nearly_complete: None,
            came_over: None,
            told_to_go_back: false,
            coexistence: 0,
        }
    }
}

impl Book<'_> {
    fn service(&self, user: usize, at: i64) -> [Service; 2] {
        if !self.is_here(user) {
            return [Service::Full; 2];
        }
        let home = self.home[user];
        let host = self.host_of(home);
        let client = self.client[user][0];
        let interrupted = self.interrupted_until[user].is_some_and(|until| until > at);
        let inside = match self.rules.sign_in(client, self.server[home]) {
            "none" => Service::Stranded,
            _ if !self.serving[host] || interrupted => Service::Out,
            _ if host != home && !self.rules.signs_in_at_the_pair(client) => Service::Out,
            "full" if host == home && !self.lacks_copies(home) => Service::Full,
            _ => Service::Limited,
        };
        let legacy = self.rules.legacy[self.server[home]];
        let outside = match inside {
            Service::Full | Service::Limited if self.keeps_out(legacy) => Service::Out,
            other => other,
        };
        [inside, outside]
    }

    pub(super) fn open_accounts(&mut self) {
        for user in 0..self.home.len() {
            self.accounts.service[user] = self.service(user, 0);
            self.accounts.on_new[user] = self.on_new(user);
        }
    }

    pub(super) fn is_stranded(&self, user: usize) -> bool {
        self.accounts.service[user][0] == Service::Stranded
    }

    pub(super) fn stranded_users(&self) -> i64 {
        let stranded = |service: &&[Service; 2]| service[0] == Service::Stranded;
        self.accounts.service.iter().filter(stranded).count() as i64
    }

    /// A line may have changed how people are served.
    pub(super) fn account_for_line(&mut self, line: &Line<'_>) {
        let concerned: Vec<usize> = match line.event {
            "moved" | "interrupted" | "served" | "joined" | "left" => {
                self.user(line.subject).into_iter().collect()
            }
            "installed" => {
                let user = line.subject.rsplit_once(':').map_or("", |machine| machine.0);
                self.user(user).into_iter().collect()
            }
            "pool_up" | "pool_down" | "failed_over" | "failed_back" | "edge_up" | "edge_down"
            | "edge_in_use" => (0..self.home.len()).collect(),
            "server_up" | "server_down" if self.script.jobs.is_some() => (0..self.home.len()).collect(),
            _ => return,
        };
        for user in concerned {
            self.account(user, line.at);
            self.note_completion(user, line.at);
            let now = self.service(user, line.at);
            let before = std::mem::replace(&mut self.accounts.service[user], now);
            if now[0] == Service::Stranded && before[0] != Service::Stranded {
                self.accounts.times_stranded[user] += 1;
                self.stranded_somebody(user, line.at);
            }
        }
    }

    /// Who is outside the office may be served in another way now.
    pub(super) fn reopen_accounts(&mut self, at: i64) {
        for user in 0..self.home.len() {
            if self.accounts.service[user][0] != Service::Stranded {
                self.accounts.service[user][1] = self.service(user, at)[1];
            }
        }
    }

    /// Whoever is not there and waits for an install that never comes cannot be.
    fn note_coming(&mut self, user: usize) {
        let (client, server) = (self.client[user][0], self.server[self.home[user]]);
        let complete = self.is_here(user) && self.on_new(user) && self.rules.signs_in_fully(client, server);
        let never = self.is_here(user) && !complete && self.never_installs(user);
        let accounts = &mut self.accounts;
        let before = std::mem::replace(&mut accounts.complete[user], complete);
        accounts.completes = accounts.completes + usize::from(complete) - usize::from(before);
        let before = std::mem::replace(&mut accounts.never[user], never);
        accounts.nevers = accounts.nevers + usize::from(never) - usize::from(before);
    }

    pub(super) fn note_everybodys_coming(&mut self) {
        (0..self.home.len()).for_each(|user| self.note_coming(user));
    }

    /// Are 98 of 100 of those who can be on the new side?
    fn have_nearly_come(&self) -> bool {
        let can = self.employees() - self.accounts.nevers;
        self.accounts.completes > 0 && self.accounts.completes * 100 >= can * 98
    }

    pub(super) fn note_completion(&mut self, user: usize, at: i64) {
        self.note_coming(user);
        let users = self.employees();
        let near = self.have_nearly_come();
        let accounts = &mut self.accounts;
        if accounts.completes < users || users == 0 {
            accounts.complete_since = None;
        } else {
            accounts.complete_since.get_or_insert(at);
        }
        if near {
            accounts.nearly_complete.get_or_insert(at);
        }
        self.note_course(at);
    }

    /// Since when 98 of 100 of those who can be have been on the new side: the first time, or the last one if anybody was told to go back.
    fn note_course(&mut self, at: i64) {
        let near = self.have_nearly_come();
        let accounts = &mut self.accounts;
        if near {
            accounts.came_over.get_or_insert(at);
        } else if accounts.told_to_go_back {
            accounts.came_over = None;
        }
    }

    pub(super) fn turn_back(&mut self) {
        self.accounts.told_to_go_back = true;
        self.accounts.came_over = None;
    }

    fn course_end(&self) -> Option<i64> {
        if self.plan.waves.is_empty() {
            return Some(0);
        }
        let over = self.accounts.came_over?;
        match self.plan.retirement {
            Some(_) => Some(over.max(self.accounts.retired?)),
            None => Some(over),
        }
    }

    pub(super) fn account_for_everybody(&mut self, at: i64) {
        for user in 0..self.home.len() {
            self.account(user, at);
        }
    }

    pub(super) fn account(&mut self, user: usize, to: i64) {
        let from = std::mem::replace(&mut self.accounts.since[user], to);
        self.lose_since(user, from, to);
        self.accounts.on_new[user] = self.on_new(user);
    }

    fn lose_since(&mut self, user: usize, from: i64, to: i64) {
        let ways = self.accounts.service[user];
        let all_work = self.tasks.effects.down.iter().all(|down| *down == [false; 2]);
        if (ways == [Service::Full; 2] && all_work) || from >= to {
            return;
        }
        let site = &self.facts.calendar.sites[usize::from(self.facts.users[user].site)];
        let date = |at: i64| (at + site.offset.0).div_euclid(DAY);
        let (opens, closes) = (site.hours.0.0, site.hours.1.0);
        for date in date(from)..=date(to) {
            if site.is_working_day(date) && !self.is_away(user as u32, date) {
                let midnight = date * DAY - site.offset.0;
                let hours = ((midnight + closes).min(to) - (midnight + opens).max(from)).max(0);
                let way = ways[usize::from(self.is_outside(user as u32, date))];
                self.lose_hours(user, way, hours, closes - opens);
            }
        }
    }

    /// Adds time that somebody did not have everything.
    fn lose_hours(&mut self, user: usize, way: Service, hours: i64, day: i64) {
        match way {
            Service::Full => {}
            Service::Limited => self.accounts.limited += hours,
            Service::Stranded => self.accounts.stranded += hours,
            Service::Out => self.accounts.out += hours,
        }
        self.lose_for_divisions(user, way, hours);
        let served = matches!(way, Service::Full | Service::Limited);
        if day > 0 && !served {
            self.accounts.days_without += hours as f64 / day as f64;
            self.accounts.pieces += 1;
        }
        for application in 0..self.script.applications.len() {
            let down = self.tasks.effects.down[application][usize::from(self.accounts.on_new[user])];
            let goes_without = self.uses(user, application) && (!served || down);
            if goes_without && !self.accounts.lost_today[application][user] {
                self.accounts.applications += hours;
            }
        }
    }

    /// Who goes without an application on this day, because it does not work on the new side.
    pub(super) fn lose_applications(&mut self, at: i64, working: &[bool]) {
        for application in 0..self.script.applications.len() {
            let taken = (self.tables.defects.iter().zip(&self.lurking)).any(|(defect, lurking)| {
                let here = defect.scope == Scope::Application(application as u32);
                here && defect.severity == 1 && lurking.fixed.is_none()
            });
            let from = self.script.applications[application].works_from;
            let unfit = from.is_none_or(|from| from > at);
            let for_all = unfit && !self.rules.legacy[self.server[self.tasks.home_of(application)]];
            let fails = taken || unfit;
            for (user, works) in working.iter().enumerate() {
                let lost = fails && *works && (for_all || self.on_new(user)) && self.uses(user, application);
                self.accounts.lost_today[application][user] = lost;
                if lost {
                    let site = &self.facts.calendar.sites[usize::from(self.facts.users[user].site)];
                    self.accounts.applications += site.hours.1.0 - site.hours.0.0;
                }
            }
        }
    }

    /// Both sides are run on a day if there has been a wave and no retirement, and not everybody is back for good.
    pub(super) fn end_of_day(&mut self, at: i64) {
        self.note_course(at);
        let begun = self.programme.last_wave.is_some() && self.accounts.retired.is_none();
        let users = 0..self.home.len();
        let moved = users.clone().filter(|user| self.on_new(*user)).count();
        let both = begun && (self.programme.is_going_forward() || moved > 0);
        self.accounts.days_of_both_sides += i64::from(both);
        let day = at / DAY - 1;
        let is_old = |pool: usize| self.rules.legacy[self.server[pool]];
        if (0..self.server.len()).any(|pool| is_old(pool) && !self.retired[pool]) {
            self.accounts.days_of_old_side += 1;
            let supported = self.script.last_day_of_support.is_none_or(|last| day <= last);
            self.accounts.days_unsupported += i64::from(!supported);
        }
        let on_new = users
            .clone()
            .filter(|user| self.on_new(*user) && self.works_on(*user, day));
        self.accounts.days_on_new_side += on_new.count() as i64;
        if moved > 0 && moved < self.employees() {
            let working = users.filter(|user| self.works_on(*user, at / DAY - 1)).count();
            self.accounts.coexistence += working as i64;
        }
    }

    pub(super) fn count_progress(&self) -> [(&'static str, Option<f64>); 5] {
        let days = |ms: i64| ms as f64 / DAY as f64;
        let accounts = &self.accounts;
        [
            ("completion_day", accounts.complete_since.map(days)),
            ("day_98pct_complete", accounts.nearly_complete.map(days)),
            ("retirement_day", accounts.retired.map(days)),
            ("course_end_day", self.course_end().map(days)),
            ("coexistence_user_days", Some(accounts.coexistence as f64)),
        ]
    }

    /// Metrics that are sums of hours, with how far each may be off.
    pub(crate) fn sums(&self) -> Vec<(&'static str, f64, f64)> {
        let hours = |ms: i64| ms as f64 / 3_600_000.0;
        let rate = |setting: Setting| self.value(setting);
        let accounts = &self.accounts;
        let without = hours(accounts.stranded + accounts.out);
        let limited = hours(accounts.limited);
        let count = |name: &str| self.counts.get(name).copied().unwrap_or(0);
        let lost = hours(count("lost_ms"));
        let talks = 2.0 * rate(Setting::Conversations);
        let hour = rate(Setting::CostUserHour);
        let kinds = [
            (
                "cost_labour",
                rate(Setting::CostException) * accounts.exceptions as f64,
            ),
            ("cost_stranded", hour * hours(accounts.stranded)),
            ("cost_limited", hour * rate(Setting::CostLimited) * limited),
            ("cost_outage", hour * hours(accounts.out)),
            ("cost_meetings", hour * lost),
            (
                "cost_technicians",
                rate(Setting::CostTechnicianHour) * hours(accounts.technicians),
            ),
            (
                "cost_desk",
                rate(Setting::CostAgentHour) * hours(self.desk.worked),
            ),
            (
                "cost_both_sides",
                rate(Setting::CostBothSides) * accounts.days_of_both_sides as f64,
            ),
            (
                "cost_old_side",
                rate(Setting::CostOldSide) * accounts.days_of_old_side as f64
                    + rate(Setting::CostUnsupported) * accounts.days_unsupported as f64,
            ),
            (
                "cost_benefit",
                -rate(Setting::Benefit) * accounts.days_on_new_side as f64,
            ),
        ];
        let cost: f64 = kinds.iter().map(|kind| kind.1).sum();
        let gross: f64 = kinds.iter().map(|kind| kind.1.abs()).sum();
        let close = |name: &'static str, value: f64| (name, value, 1e-9 * value.abs().max(1.0));
        let by_kind = kinds.map(|(name, value)| close(name, value));
        let mut sums = vec![
            close("lost_attendee_hours", lost),
            close("full_scheduled_attendee_hours_affected", hours(count("full_ms"))),
            close("stranded_user_hours", hours(accounts.stranded)),
            close("limited_user_hours", limited),
            close("outage_user_hours", hours(accounts.out)),
            close("technician_hours", hours(accounts.technicians)),
            close("desk_hours", hours(self.desk.worked)),
            (
                "failed_conversations",
                talks * accounts.days_without + talks / 2.0 * self.cut_off_share(),
                talks
                    * (1e-6 * accounts.pieces as f64
                        + 1e-9 * (accounts.days_without + self.cut_off_share()).max(1.0)),
            ),
            close(
                "voice_user_hours_lost",
                rate(Setting::VoiceShare) * (without + limited),
            ),
            close("application_user_hours_lost", hours(accounts.applications)),
            ("cost", cost, 1e-9 * gross.max(1.0)),
        ];
        sums.extend(by_kind);
        sums
    }
}
