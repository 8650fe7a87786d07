//! The plan check: refuses plans that cannot be carried out, and plans that do harm unless they say so.
//!
//! Pure: it sees facts and compiled plans, not files. The caller knows where each [`Topic`] was written.

use super::cohort::Lottery;
use super::gate::Observed;
use super::tasks::{self, Planned, Start};
use super::{Choreography, Extent, Plan, Regime, Rollout, RolloutMode, Wave, WhenDown};
use crate::kernel::{Key, Span, Time};
use crate::world::{ClientId, Edge, Facts, PoolId, Setting, SignIn, Step, TaskId, UserId};
use core::panic::Location;

/// What a problem is about, so that the caller can point at it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Topic {
    /// A pool of the scenario, whatever the plan.
    Pool(PoolId),
    /// The strategy as a whole.
    Strategy,
    /// The pilot.
    Pilot,
    /// The waves.
    Waves,
    /// Where users go.
    Target,
    /// Change windows of the moves.
    Windows,
    /// The client rollout.
    Rollout,
    /// The rollback's instant or extent.
    Rollback,
    /// The rollback's order of downgrade and move.
    Choreography,
    /// The contact store in a rollback.
    ContactStore,
    /// The retirement.
    Retirement,
    /// The tasks as a whole.
    Tasks,
    /// A table of a task, by its number.
    Task(u32),
    /// Coexistence testing.
    Testing,
    /// The rule of failover.
    Failover,
    /// What moves do when a pool is down.
    WhenDown,
    /// The gates.
    Gates,
    /// A trigger, by its place.
    Trigger(u16),
}

/// Something wrong with a plan, or with the facts all plans share.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// Which plan; `None` if it concerns them all.
    pub plan: Option<usize>,
    /// What it is about.
    pub topic: Topic,
    /// Can it be carried out, with the harm described? Then `allow_unsafe` lets it run.
    pub harmful: bool,
    /// Is it only against a recommendation? Then it is warned of and never refused.
    pub harmless: bool,
    /// What is wrong, with numbers and consequence.
    pub what: String,
    /// What to write instead.
    pub help: String,
}

/// A problem, with what makes it the same one in another lot, where its numbers and its words may differ.
struct Found {
    /// The place in this file that tells it.
    rule: &'static Location<'static>,
    about: About,
    problem: Problem,
}

impl Found {
    /// Is it the same problem, in another lot?
    fn is_same(&self, other: &Found) -> bool {
        (self.rule, self.about) == (other.rule, other.about)
    }
}

/// What a problem is about: its topic, and which pool, order or application, where a rule can tell it of several.
#[derive(Clone, Copy, PartialEq, Eq)]
struct About(Topic, Option<usize>);

impl From<Topic> for About {
    fn from(topic: Topic) -> About {
        About(topic, None)
    }
}

/// The most weeks that a calendar can have.
pub const MOST_WEEKS: i64 = 520;

/// A number with thousands separators.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number with its noun, such as `1 user` or `2,000 users`.
pub fn counted(number: usize, noun: &str) -> String {
    format!(
        "{} {noun}{}",
        grouped(number as u64),
        if number == 1 { "" } else { "s" }
    )
}

/// `carries 500` or `carry 1,000`.
fn carrying(front_ends: u32, users: u64) -> String {
    let verb = if front_ends == 1 { "carries" } else { "carry" };
    format!("{verb} {}", grouped(users))
}

/// An instant as people say it: `2013-04-08 (day 35)`, with the time of day unless it is midnight.
pub fn instant(facts: &Facts, at: Time) -> String {
    let date = facts.calendar.date(at.day());
    let of_day = at.0.rem_euclid(Span::DAY.0) / Span::MINUTE.0;
    if of_day == 0 {
        format!("{date} (day {})", at.day())
    } else {
        format!("{date} {:02}:{:02} (day {})", of_day / 60, of_day % 60, at.day())
    }
}

/// Lots in which a plan is looked at when each world has its own.
const LOTS: u64 = 20;

/// Every problem of the facts and of each plan, in the order of plans, which know when their waves start
/// ([`Plan::note_dues`]). Where each world has a lot of its own, what fails in all of 20 lots is told as any other problem;
/// what fails in the lot shown, or in some, is only warned of.
pub fn check(facts: &Facts, plans: &[Plan]) -> Vec<Problem> {
    let mut problems = Vec::new();
    check_pools(facts, &mut problems);
    for (number, plan) in plans.iter().enumerate() {
        let shown = check_lot(facts, plan, number);
        let own_lots = plan.lottery.as_ref().filter(|lottery| lottery.number.is_none());
        problems.extend(match own_lots {
            Some(lottery) => over_lots(facts, plan, number, lottery, shown),
            None => shown.into_iter().map(|found| found.problem).collect(),
        });
        let fixed = check_fixed(facts, plan, number);
        problems.extend(fixed.into_iter().map(|found| found.problem));
    }
    problems
}

/// What is the same in every lot.
fn check_fixed(facts: &Facts, plan: &Plan, number: usize) -> Vec<Found> {
    let mut checker = Checker::new(facts, plan, number);
    checker.testing();
    checker.observed();
    checker.found
}

/// What may be another in each lot: it depends on who is in which wave, or on how many waves there are.
fn check_lot(facts: &Facts, plan: &Plan, number: usize) -> Vec<Found> {
    let mut checker = Checker::new(facts, plan, number);
    checker.waves();
    checker.windows();
    checker.capacity();
    checker.rollout();
    checker.rollback();
    checker.retirement();
    checker.tasks();
    checker.applications();
    checker.failover();
    checker.found
}

/// The plan as it is in a lot.
fn in_lot(facts: &Facts, plan: &Plan, lottery: &Lottery, lot: Key) -> Plan {
    let mut other = plan.clone();
    other.waves.iter_mut().for_each(|wave| wave.users.clear());
    for (place, users) in lottery.cohorts(facts, lot).into_iter().enumerate() {
        match other.waves.get_mut(place) {
            Some(wave) => wave.users = users,
            None => {
                let wave = Wave::new(plan.wave_name(place), plan.date(place), users);
                other.waves.push(wave);
            }
        }
    }
    other.note_dues();
    other
}

/// The problems of a plan in several lots: those of the lot shown, then those that others have.
fn over_lots(
    facts: &Facts,
    plan: &Plan,
    number: usize,
    lottery: &Lottery,
    shown: Vec<Found>,
) -> Vec<Problem> {
    let seed = lottery.seed;
    // A problem, in how many lots it is, and whether the one shown is among them.
    let mut kinds: Vec<(Found, u64, bool)> = shown.into_iter().map(|found| (found, 1, true)).collect();
    for replication in 1..LOTS {
        let other = in_lot(facts, plan, lottery, Key { seed, replication });
        let here = check_lot(facts, &other, number);
        for (kind, count, _) in &mut kinds {
            *count += u64::from(here.iter().any(|found| found.is_same(kind)));
        }
        let is_new = |found: &Found| !kinds.iter().any(|kind| kind.0.is_same(found));
        let new: Vec<Found> = here.into_iter().filter(is_new).collect();
        kinds.extend(new.into_iter().map(|found| (found, 1, false)));
    }
    let told = kinds.into_iter().map(|(found, count, is_shown)| {
        let mut problem = found.problem;
        if count < LOTS {
            let among = if is_shown {
                "the one shown"
            } else {
                "not the one shown"
            };
            problem.what = format!("{} (in {count} of {LOTS} lots, {among})", problem.what);
            problem.harmless = true;
        }
        problem
    });
    told.collect()
}

fn check_pools(facts: &Facts, problems: &mut Vec<Problem>) {
    let mut homed = vec![0_u64; facts.pools.len()];
    for user in &facts.users {
        homed[usize::from(user.pool)] += 1;
    }
    for (id, pool) in (0..).zip(&facts.pools) {
        let server = &facts.profile.servers[usize::from(pool.server)];
        let mut push = |what, help| {
            problems.push(Problem {
                plan: None,
                topic: Topic::Pool(id),
                harmful: false,
                harmless: false,
                what,
                help,
            })
        };
        let ends = pool.front_ends;
        if ends == 0 || ends > server.max_front_ends {
            push(
                format!(
                    "pool `{}` has {}, but a pool of {} has 1 to {}",
                    pool.name,
                    counted(ends as usize, "front end"),
                    server.title,
                    server.max_front_ends
                ),
                format!(
                    "write `front_ends` between 1 and {}, or add another pool",
                    server.max_front_ends
                ),
            );
            continue;
        }
        if facts.profile.quorum_of(pool.server, ends).is_none() {
            let rows: Vec<String> = facts.profile.quorum[usize::from(pool.server)]
                .iter()
                .map(|row| row.front_ends.to_string())
                .collect();
            push(
                format!(
                    "pool `{}` has {}, for which the profile's quorum table of {} has no row, so nobody could say \
                     when it serves",
                    pool.name,
                    counted(ends as usize, "front end"),
                    server.title
                ),
                format!(
                    "write one of {}, or add a row `{ends}` to the profile",
                    rows.join(", ")
                ),
            );
        }
        let capacity = facts.capacity(id);
        let here = homed[usize::from(id)];
        if here > capacity {
            push(
                format!(
                    "{} users are homed on pool `{}` at the start, but its {} {}",
                    grouped(here),
                    pool.name,
                    counted(ends as usize, "front end"),
                    carrying(ends, capacity)
                ),
                format!(
                    "write `front_ends = {}`, or home some of the users on another pool",
                    here.div_ceil(u64::from(server.users_per_front_end).max(1))
                ),
            );
        }
    }
}

struct Checker<'a> {
    facts: &'a Facts,
    plan: &'a Plan,
    number: usize,
    found: Vec<Found>,
}

impl<'a> Checker<'a> {
    fn new(facts: &'a Facts, plan: &'a Plan, number: usize) -> Checker<'a> {
        Checker {
            facts,
            plan,
            number,
            found: Vec::new(),
        }
    }
}

impl Checker<'_> {
    #[track_caller]
    fn impossible(&mut self, about: impl Into<About>, what: String, help: impl Into<String>) {
        self.push(about.into(), false, what, help.into());
    }

    #[track_caller]
    fn harmful(&mut self, about: impl Into<About>, what: String, help: impl Into<String>) {
        let help = if self.plan.allow_unsafe {
            help.into()
        } else {
            format!(
                "{}; to see the harm simulated, write `allow_unsafe = true` in this strategy",
                help.into()
            )
        };
        self.push(about.into(), true, what, help);
    }

    /// Says what may be meant, but is more likely not.
    #[track_caller]
    fn odd(&mut self, about: impl Into<About>, what: String, help: impl Into<String>) {
        self.push(about.into(), false, what, help.into());
        if let Some(last) = self.found.last_mut() {
            last.problem.harmless = true;
        }
    }

    #[track_caller]
    fn push(&mut self, about: About, harmful: bool, what: String, help: String) {
        let problem = Problem {
            plan: Some(self.number),
            topic: about.0,
            harmful,
            harmless: false,
            what: format!("strategy `{}`: {what}", self.plan.name),
            help,
        };
        self.found.push(Found {
            rule: Location::caller(),
            about,
            problem,
        });
    }

    fn at(&self, at: Time) -> String {
        instant(self.facts, at)
    }

    /// Everybody in some wave, with the wave's start.
    fn movers(&self) -> Vec<(UserId, Time)> {
        self.plan
            .waves
            .iter()
            .flat_map(|wave| wave.users.iter().map(move |&user| (user, wave.due)))
            .collect()
    }

    fn target(&self, user: UserId) -> PoolId {
        let pool = self.facts.users[user as usize].pool;
        self.plan.target[usize::from(pool)].unwrap_or(pool)
    }

    fn sign_in(&self, client: ClientId, pool: PoolId) -> SignIn {
        self.facts.profile.sign_in[usize::from(client)][usize::from(self.facts.release(pool))]
    }

    fn client(&self, client: ClientId) -> &str {
        &self.facts.profile.clients[usize::from(client)].name
    }

    fn pool(&self, pool: PoolId) -> &str {
        &self.facts.pools[usize::from(pool)].name
    }

    fn waves(&mut self) {
        let horizon = self.facts.calendar.horizon;
        let total = self.plan.waves.len();
        let late: Vec<_> = self
            .plan
            .waves
            .iter()
            .filter(|wave| wave.shifted >= horizon)
            .collect();
        if let (Some(first), Some(last)) = (late.first(), late.last()) {
            let people: usize = late.iter().map(|wave| wave.users.len()).sum();
            let weeks = (last.shifted.day() + 1).div_euclid(7) + 1;
            let topic = if first.name == "pilot" {
                Topic::Pilot
            } else {
                Topic::Waves
            };
            let what = if total == 1 {
                format!("its only wave starts on {}", self.shifted(first))
            } else {
                let late = late.len();
                format!(
                    "{late} of {} start too late, the first (`{}`) on {}",
                    counted(total, "wave"),
                    first.name,
                    self.shifted(first)
                )
            };
            let what = format!(
                "{what}: the simulated time ends on {}, and {} would never move",
                self.at(horizon),
                counted(people, "user")
            );
            self.impossible(
                topic,
                what,
                if weeks <= MOST_WEEKS {
                    format!("write an earlier start, a larger `size`, a shorter `every_days`, or `weeks = {weeks}` in [calendar]")
                } else {
                    "write an earlier start, a larger `size`, or a shorter `every_days`".into()
                },
            );
        }
        if let Some(early) = self.plan.waves.iter().find(|wave| wave.start < Time::ZERO) {
            let topic = if early.name == "pilot" {
                Topic::Pilot
            } else {
                Topic::Waves
            };
            let what = format!(
                "`{}` starts on {}, before the simulated time begins",
                early.name,
                self.at(early.start)
            );
            self.impossible(
                topic,
                what,
                "write a later start, or an earlier `start` in [calendar]",
            );
        }
    }

    /// The date of a wave, with the one that was written if late starts put it off.
    fn shifted(&self, wave: &super::Wave) -> String {
        if wave.shifted == wave.start {
            return self.at(wave.start);
        }
        format!(
            "{}, put off from {} by waves that start late",
            self.at(wave.shifted),
            self.at(wave.start)
        )
    }

    fn windows(&mut self) {
        if self.plan.waves.is_empty() {
            return;
        }
        let windows = &self.plan.moves.windows;
        if windows.is_empty() {
            self.impossible(
                Topic::Windows,
                "its change window never opens, so nobody would ever move".into(),
                "write more `days` or `hours` in [windows], or shorten the freezes",
            );
            return;
        }
        let horizon = self.facts.calendar.horizon;
        // Waves that catch up start on their dates whatever the window does, but their people wait for it.
        let never_opens =
            |wave: &Wave| wave.due == Time::NEVER || tasks::next_open(windows, wave.shifted).is_none();
        let stuck: Vec<_> = self
            .plan
            .waves
            .iter()
            .filter(|wave| wave.shifted < horizon && never_opens(wave))
            .collect();
        if let Some(first) = stuck.first() {
            let people: usize = stuck.iter().map(|wave| wave.users.len()).sum();
            let what = format!(
                "the change window does not open again after `{}` on {}: {} would never move",
                first.name,
                self.shifted(first),
                counted(people, "user")
            );
            self.impossible(
                Topic::Windows,
                what,
                "write an earlier start, more `days` in [windows], or shorter freezes",
            );
        }
    }

    /// Users homed on each pool after all waves.
    fn homed_after_all(&self) -> Vec<u64> {
        let mut homed = vec![0_u64; self.facts.pools.len()];
        for user in &self.facts.users {
            homed[usize::from(user.pool)] += 1;
        }
        for (user, _) in self.movers() {
            homed[usize::from(self.facts.users[user as usize].pool)] -= 1;
            homed[usize::from(self.target(user))] += 1;
        }
        homed
    }

    fn capacity(&mut self) {
        let homed = self.homed_after_all();
        let mut start = vec![0_u64; homed.len()];
        for user in &self.facts.users {
            start[usize::from(user.pool)] += 1;
        }
        for (id, &here) in (0..).zip(&homed) {
            let capacity = self.facts.capacity(id);
            if here > capacity && here > start[usize::from(id)] {
                let pool = &self.facts.pools[usize::from(id)];
                let server = &self.facts.profile.servers[usize::from(pool.server)];
                let need = here.div_ceil(u64::from(server.users_per_front_end).max(1));
                let what = format!(
                    "after all waves {} users are homed on pool `{}`, but its {} {}: {} would have no place",
                    grouped(here),
                    pool.name,
                    counted(pool.front_ends as usize, "front end"),
                    carrying(pool.front_ends, capacity),
                    grouped(here - capacity)
                );
                self.impossible(
                    About(Topic::Target, Some(id.into())),
                    what,
                    format!("write `front_ends = {need}` for `{}`, or send some pools elsewhere in [strategies.target]", pool.name),
                );
            }
        }
    }

    fn rollout(&mut self) {
        if self.plan.waves.is_empty() {
            return;
        }
        let movers = self.movers();
        if let Some(rollout) = &self.plan.rollout {
            let client = rollout.client;
            let has_it = |&(user, _): &(UserId, Time)| self.facts.users[user as usize].client == client;
            if !self.facts.turnover && movers.iter().all(has_it) {
                let what = format!(
                    "its rollout upgrades nobody: all {} who move have the client `{}` already",
                    counted(movers.len(), "user"),
                    self.client(client)
                );
                self.odd(Topic::Rollout, what, "leave it out, or write another `client`");
            }
            let outside = movers
                .iter()
                .filter(|&&(user, _)| self.sign_in(client, self.target(user)) == SignIn::None)
                .count();
            if outside > 0 {
                let what = format!(
                    "client `{}` cannot sign in to the pools that {} move to: they would be stranded from the install on",
                    self.client(client),
                    counted(outside, "user")
                );
                self.harmful(Topic::Rollout, what, "write a client that can sign in there");
            }
            self.never_complete(rollout);
            if let RolloutMode::Before(lead) = rollout.mode {
                let stranded = movers
                    .iter()
                    .filter(|&&(user, _)| {
                        self.sign_in(client, self.facts.users[user as usize].pool) == SignIn::None
                    })
                    .count();
                if stranded > 0 {
                    let what = format!(
                        "client `{}` is installed up to {} before the move, but cannot sign in to the pools that {} live on \
                         until then: they could not work in the meantime, {} in all",
                        self.client(client),
                        counted(lead.day_count(), "day"),
                        counted(stranded, "user"),
                        counted(stranded * lead.day_count(), "user-day"),
                    );
                    self.harmful(Topic::Rollout, what, "write `mode = \"with\"`");
                }
            }
        }
        let wait = match &self.plan.rollout {
            None => Some(None),
            Some(rollout) => match rollout.mode {
                RolloutMode::After(wait) => Some(Some(wait)),
                _ => None,
            },
        };
        if let Some(wait) = wait {
            let mut names: Vec<&str> = Vec::new();
            let mut stranded = 0;
            for &(user, _) in &movers {
                let client = self.facts.users[user as usize].client;
                if self.sign_in(client, self.target(user)) == SignIn::None {
                    stranded += 1;
                    if !names.contains(&self.client(client)) {
                        names.push(self.client(client));
                    }
                }
            }
            if stranded > 0 {
                names.sort_unstable();
                let names = names
                    .iter()
                    .map(|name| format!("`{name}`"))
                    .collect::<Vec<_>>()
                    .join(", ");
                let until = match wait {
                    None => "and get no other client: they could not sign in from the move on".into(),
                    Some(wait) => format!(
                        "and are told to install another one only {} after the move: until then they cannot sign in",
                        counted(wait.day_count(), "day")
                    ),
                };
                let what = format!(
                    "{} have client {names}, which cannot sign in to the pool they move to, {until}",
                    counted(stranded, "user")
                );
                let help = match wait {
                    None => "write `mode = \"with\"` and the new `client` in [strategies.rollout]",
                    Some(_) => "write `mode = \"with\"`",
                };
                self.harmful(Topic::Rollout, what, help);
            }
        }
    }

    /// Whom nobody visits, and who never upgrades, is never complete, unless the client of the start works fully there.
    fn never_complete(&mut self, rollout: &Rollout) {
        let (setting, how) = match rollout.regime {
            Regime::Forced => (Setting::Never, "pushed"),
            Regime::Voluntary => (Setting::VoluntaryNever, "at will"),
        };
        let share = self.facts.parameters[setting as usize].draw.value(0.5);
        let needs_it = |&(user, _): &(UserId, Time)| {
            let client = self.facts.users[user as usize].client;
            self.sign_in(client, self.target(user)) != SignIn::Full
        };
        if share <= 0.0 || rollout.deadline.is_some() || !self.movers().iter().any(needs_it) {
            return;
        }
        let what = format!(
            "completion cannot be reached by everybody: its rollout is {how}, `{}` is {} %, and no technician visits those who \
             never upgrade by themselves",
            setting.definition().key,
            libm::round(share * 1e4) / 1e2,
        );
        self.odd(
            Topic::Rollout,
            what,
            "write a deadline, such as `deadline_days = 30`, in [strategies.rollout]",
        );
    }

    /// Users that a scripted rollback takes back.
    fn returning(&self) -> Vec<UserId> {
        let Some(rollback) = &self.plan.rollback else {
            return Vec::new();
        };
        let at = rollback.planned(&self.plan.waves);
        let before: Vec<_> = self
            .plan
            .waves
            .iter()
            .filter(|wave| at.is_some_and(|at| wave.due < at))
            .collect();
        let users = |waves: &[&super::Wave]| {
            waves
                .iter()
                .flat_map(|wave| wave.users.iter().copied())
                .collect::<Vec<_>>()
        };
        match rollback.extent {
            Extent::Everyone => users(&before),
            Extent::LastWave => users(&before[before.len().saturating_sub(1)..]),
            Extent::Pool(pool) => users(&before)
                .into_iter()
                .filter(|&user| self.facts.users[user as usize].pool == pool)
                .collect(),
        }
    }

    fn rollback(&mut self) {
        let Some(rollback) = &self.plan.rollback else {
            return;
        };
        let Some(at) = rollback.planned(&self.plan.waves) else {
            return;
        };
        let horizon = self.facts.calendar.horizon;
        if at >= horizon || at < Time::ZERO {
            let what = format!(
                "its rollback on {} lies outside the simulated time, which ends on {}",
                self.at(at),
                self.at(horizon)
            );
            self.impossible(
                Topic::Rollback,
                what,
                "write an earlier day, or more `weeks` in [calendar]",
            );
            return;
        }
        let returning = self.returning();
        if returning.is_empty() {
            let what = format!(
                "its rollback on {} has nobody to take back: nobody has moved by then",
                self.at(at)
            );
            self.impossible(
                Topic::Rollback,
                what,
                "write a day after the first wave, or leave out [strategies.rollback]",
            );
            return;
        }
        let legacy_cannot = match &self.plan.rollout {
            Some(rollout) => returning
                .iter()
                .filter(|&&user| {
                    self.sign_in(rollout.client, self.facts.users[user as usize].pool) == SignIn::None
                })
                .count(),
            None => 0,
        };
        if rollback.choreography == Choreography::MoveFirst && legacy_cannot > 0 {
            let client = self
                .plan
                .rollout
                .as_ref()
                .map_or("", |rollout| self.client(rollout.client))
                .to_owned();
            let what = format!(
                "the rollback moves up to {} back before their clients: `{client}` cannot sign in to the old pools, so \
                 they would be stranded until each machine is downgraded",
                counted(legacy_cannot, "user")
            );
            self.harmful(Topic::Choreography, what, "write `choreography = \"paired\"`");
        }
        if rollback.choreography == Choreography::DowngradeFirst && self.plan.rollout.is_some() {
            let stranded = returning
                .iter()
                .filter(|&&user| {
                    self.sign_in(self.facts.users[user as usize].client, self.target(user)) == SignIn::None
                })
                .count();
            if stranded > 0 {
                let what = format!(
                    "the rollback downgrades all clients before anybody moves back: up to {} get a client that cannot \
                     sign in to the new pools and would be stranded until the last machine is done",
                    counted(stranded, "user")
                );
                self.harmful(Topic::Choreography, what, "write `choreography = \"paired\"`");
            }
        }
        if !rollback.contact_store {
            let what = format!(
                "the rollback leaves out the contact store: up to {} would lose their contact lists",
                counted(returning.len(), "user")
            );
            self.harmful(Topic::ContactStore, what, "write `contact_store = true`");
        }
    }

    fn retirement(&mut self) {
        let Some(retirement) = &self.plan.retirement else {
            return;
        };
        let horizon = self.facts.calendar.horizon;
        if retirement.at >= horizon || retirement.at < Time::ZERO {
            let what = format!(
                "its retirement on {} lies outside the simulated time, which ends on {}",
                self.at(retirement.at),
                self.at(horizon)
            );
            self.impossible(
                Topic::Retirement,
                what,
                "write an earlier day, or more `weeks` in [calendar]",
            );
        }
        let mut leaves: Vec<Option<Time>> = vec![None; self.facts.users.len()];
        for (user, start) in self.movers() {
            leaves[user as usize] = Some(start);
        }
        for &pool in &retirement.pools {
            let people: Vec<_> = self
                .facts
                .users
                .iter()
                .zip(&leaves)
                .filter(|(user, _)| user.pool == pool)
                .collect();
            let never = people.iter().filter(|(_, start)| start.is_none()).count();
            let late = people
                .iter()
                .filter(|(_, start)| start.is_some_and(|start| start >= retirement.at))
                .count();
            if never + late > 0 {
                let what = format!(
                    "pool `{}` is retired on {}, but {} of its {} would still live there: {} in no wave, {} in later waves",
                    self.pool(pool),
                    self.at(retirement.at),
                    grouped((never + late) as u64),
                    counted(people.len(), "user"),
                    grouped(never as u64),
                    grouped(late as u64)
                );
                let last = people.iter().filter_map(|&(_, start)| *start).max();
                let help = match last {
                    Some(Time::NEVER) if never == 0 => {
                        "write an earlier start of their waves, or leave the pool out of `pools`".into()
                    }
                    Some(last) if never == 0 => {
                        format!("write a day after {}, the last of their waves", self.at(last))
                    }
                    _ => "put all its users into waves, or leave the pool out of `pools`".into(),
                };
                self.impossible(About(Topic::Retirement, Some(pool.into())), what, help);
            }
        }
        let Some(rollback) = &self.plan.rollback else {
            return;
        };
        let back = self
            .returning()
            .into_iter()
            .filter(|&user| retirement.pools.contains(&self.facts.users[user as usize].pool))
            .count();
        let Some(at) = rollback.planned(&self.plan.waves) else {
            return;
        };
        if back > 0 && at >= retirement.at {
            let what = format!(
                "the rollback on {} comes after the retirement on {}: {} could not go back to their pools, which are gone",
                self.at(at),
                self.at(retirement.at),
                counted(back, "user")
            );
            self.harmful(
                Topic::Retirement,
                what,
                "write a retirement after the rollback could still be needed",
            );
        } else if back > 0 && rollback.attempts <= 1 {
            let what = format!(
                "the rollback on {} puts {} back on pools that are to be retired on {}",
                self.at(at),
                counted(back, "user"),
                self.at(retirement.at)
            );
            self.impossible(
                Topic::Retirement,
                what,
                "leave out [strategies.retirement] or [strategies.rollback]",
            );
        }
    }
}

impl Checker<'_> {
    fn tasks(&mut self) {
        let facts = self.facts;
        let Some(tasks) = &self.plan.tasks else { return };
        let required = facts.profile.tasks.iter().zip(0..);
        let silent: Vec<String> = required
            .filter(|(task, id)| !task.optional && !tasks.states(*id))
            .map(|(task, _)| format!("`{}`", task.name))
            .collect();
        if !silent.is_empty() {
            let what = format!(
                "it states tasks, but says nothing about {}, which the profile requires",
                silent.join(", ")
            );
            let help = "state when each is done, or write `skip = true` with its name";
            self.impossible(Topic::Tasks, what, help);
        }
        let times = match tasks::schedule(facts, self.plan, tasks) {
            Ok(times) => times,
            Err(job) => {
                let job = &tasks.jobs[job];
                let what = format!("the task `{}` waits for itself", tasks::name(facts, job));
                let help = "follow its `after` from task to task, and write a `start` for one of them";
                return self.impossible(Topic::Task(job.written), what, help);
            }
        };
        let horizon = facts.calendar.horizon;
        let mut told = None;
        for (job, planned) in tasks.jobs.iter().zip(&times) {
            let name = tasks::name(facts, job);
            let what = match *planned {
                _ if told == Some(job.written) => continue,
                Planned::Between(start, end) if start < Time::ZERO || end >= horizon => format!(
                    "the task `{name}` lasts from {} to {}, outside the simulated time, which ends on {}",
                    self.at(start),
                    self.at(end),
                    self.at(horizon)
                ),
                Planned::Between(..) => continue,
                _ => match job.start {
                    Start::At(_) => format!("the task `{name}` never starts: no change window opens for it"),
                    _ => format!("the task `{name}` never starts: what it comes `after` does not happen"),
                },
            };
            told = Some(job.written);
            self.impossible(
                Topic::Task(job.written),
                what,
                "write another `start` or `after` for it",
            );
        }
        let violations = tasks::violations(facts, self.plan, tasks, &times);
        for of_edge in violations.chunk_by(|one, other| one.edge == other.edge) {
            self.violation(tasks, of_edge);
        }
    }

    /// Names the applications that a retirement would leave behind, unless an order among tasks says so already. A plan
    /// without tasks does all of them in time.
    fn applications(&mut self) {
        let facts = self.facts;
        let plan = self.plan;
        let Some(retirement) = &plan.retirement else {
            return;
        };
        let tasks = plan.tasks.as_ref();
        let times = tasks.map(|tasks| tasks::schedule(facts, plan, tasks));
        if matches!(times, Some(Err(_))) {
            return;
        }
        let times = times.and_then(Result::ok).unwrap_or_default();
        for (number, application) in facts.applications.iter().enumerate() {
            let is_told = |task: TaskId| {
                let edge = |edge: &Edge| edge.before == Step::Task(task) && edge.after == Step::Retirement;
                tasks.is_none_or(|tasks| tasks.states(task) && facts.profile.edges.iter().any(edge))
            };
            if !retirement.pools.contains(&application.pool) || application.moved_by.is_some_and(is_told) {
                continue;
            }
            match tasks.and_then(|tasks| tasks::leaves(facts, tasks, &times, number)) {
                Some(done) if done <= retirement.at => {}
                done => self.left_behind(number, retirement, done),
            }
        }
    }

    fn left_behind(&mut self, number: usize, retirement: &super::Retirement, done: Option<Time>) {
        let application = &self.facts.applications[number];
        let state = match done {
            Some(done) => format!("is moved only on {}", self.at(done)),
            None => "nothing moves it".into(),
        };
        let what = format!(
            "pool `{}` is retired on {}, but the application `{}` lives there and {state}: its users lose it",
            self.pool(application.pool),
            self.at(retirement.at),
            application.name
        );
        let task = application.moved_by;
        let help = match task.map(|task| &self.facts.profile.tasks[usize::from(task)].name) {
            Some(task) => format!("plan the task `{task}` so that it ends before the retirement"),
            None => "name a task of the profile as `moved_by` of the application, or another `pool`".into(),
        };
        self.harmful(About(Topic::Retirement, Some(number)), what, help);
    }

    /// Names an order that the plan does not keep, with what follows from it.
    fn violation(&mut self, tasks: &tasks::Tasks, violations: &[tasks::Violation]) {
        let facts = self.facts;
        let violation = violations[0];
        let edge = &facts.profile.edges[violation.edge];
        let title = |step: Step| match step {
            Step::Task(task) => format!("the task `{}`", facts.profile.tasks[usize::from(task)].name),
            Step::FirstMove => "the first move".into(),
            Step::LastMove => "the last move".into(),
            Step::Retirement => "the retirement".into(),
            Step::FrontEnds(least) => format!("a pool with {least} front ends"),
        };
        let (before, after) = (title(edge.before), title(edge.after));
        let pools: Vec<String> = violations
            .iter()
            .filter_map(|violation| violation.pool)
            .map(|pool| format!("`{}`", self.pool(pool)))
            .collect();
        let place = match pools.len() {
            0 => String::new(),
            1 => format!(" of pool {}", pools[0]),
            _ => format!(" of pools {}", pools.join(", ")),
        };
        let starts = self.at(violation.starts);
        let state = match (violation.done, edge.before) {
            (_, Step::FrontEnds(_)) => "users move to a smaller one".into(),
            (None, _) => "it is never done".into(),
            (Some(done), Step::LastMove) => format!("the last wave starts only on {}", self.at(done)),
            (Some(done), _) => format!("it is done only on {}", self.at(done)),
        };
        let because = if edge.source.is_empty() {
            String::new()
        } else {
            format!(" [{}]", edge.source)
        };
        let verb = if edge.recommended {
            "should come"
        } else {
            "must come"
        };
        let what = format!(
            "{before} {verb} before {after}{place} on {starts}, but {state}: {}{because}",
            edge.breaks
        );
        let written = |step| tasks.written(step, violation.pool);
        let table = written(edge.before).or(written(edge.after));
        let topic = table.map_or(Topic::Tasks, Topic::Task);
        let help = match edge.before {
            Step::FrontEnds(least) => format!("write `front_ends = {least}` or more for the new pools"),
            _ => format!("plan {before} so that it ends before {after}"),
        };
        let about = About(topic, Some(violation.edge));
        if edge.recommended {
            self.odd(about, what, help);
        } else {
            self.harmful(about, what, help);
        }
    }

    fn testing(&mut self) {
        let Some(testing) = &self.plan.testing else { return };
        let horizon = self.facts.calendar.horizon;
        if testing.start >= testing.end {
            let what = format!(
                "its coexistence tests start on {} and end on {}: no run takes place in the simulated time, which ends on {}",
                self.at(testing.start),
                self.at(testing.end),
                self.at(horizon)
            );
            self.impossible(Topic::Testing, what, "write an earlier start, or a later `end`");
        }
        if self.facts.faults.is_empty() {
            let what = "its coexistence tests find nothing: there are no tables [[faults]]".into();
            self.odd(
                Topic::Testing,
                what,
                "add what may be wrong, or leave out the tests",
            );
        }
        let first = self.plan.waves.first().map(|wave| wave.due);
        if let (true, Some(first)) = (testing.required && testing.run(0).is_some(), first)
            && testing.start > first
        {
            let what = format!(
                "its first wave on {} waits for a clean test run, but the first run is on {}: all waves slip by {} at least",
                self.at(first),
                self.at(testing.start),
                counted((testing.start - first).day_count(), "day")
            );
            self.odd(Topic::Testing, what, "start the tests before the first wave");
        }
    }
}

impl Checker<'_> {
    /// Gates and triggers must have something to look at: without it they let everything pass.
    fn observed(&mut self) {
        let gates = self.plan.gates.first().map(|gate| (Topic::Gates, &gate.criteria));
        let triggers = (0..).zip(&self.plan.triggers);
        let triggers = triggers.map(|(number, trigger)| (Topic::Trigger(number), &trigger.criteria));
        for (topic, criteria) in gates.into_iter().chain(triggers) {
            let who = match topic {
                Topic::Gates => "its gates look",
                _ => "its trigger looks",
            };
            let looks_at = |what: Observed| criteria.iter().any(|criterion| criterion.observed == what);
            if looks_at(Observed::Tickets) && self.plan.desk.is_none() {
                let what = format!(
                    "{who} at `tickets_per_100`, but there is no help desk: nobody opens a ticket, and that passes always"
                );
                self.impossible(
                    topic,
                    what,
                    "add a table [desk] with `agents`, or leave out `tickets_per_100`",
                );
            }
            if looks_at(Observed::OpenSeverity1) && self.facts.defects.is_empty() {
                let what = format!(
                    "{who} at `open_severity_1`, but there are no tables [[defects]]: none is ever found, and that passes always"
                );
                self.odd(
                    topic,
                    what,
                    "add what the new release may bring, or leave out `open_severity_1`",
                );
            }
        }
    }

    /// A rule of failover needs pairs, and each pool of a pair should carry the users of both.
    fn failover(&mut self) {
        let facts = self.facts;
        if self.plan.failover.is_none() {
            if self.plan.moves.when_down == WhenDown::Failover {
                self.impossible(
                    Topic::WhenDown,
                    "its moves wait until a pool that is down has failed over, but no pool ever does".into(),
                    "add a table [strategies.failover], or write `when_down = \"wait\"`",
                );
            }
            return;
        }
        if facts.pools.iter().all(|pool| pool.pair.is_none()) {
            self.impossible(
                Topic::Failover,
                "its pools fail over to their pairs, but no pool has a pair".into(),
                "write `pair` for two pools of the new side, or leave out [strategies.failover]",
            );
            return;
        }
        let homed = self.homed_after_all();
        for (id, pool) in (0..).zip(&facts.pools) {
            let Some(pair) = pool.pair.filter(|&pair| pair > id) else {
                continue;
            };
            let both = homed[usize::from(id)] + homed[usize::from(pair)];
            for (one, other) in [(id, pair), (pair, id)] {
                let capacity = facts.capacity(other);
                if both > capacity {
                    let what = format!(
                        "when pool `{}` fails over, `{}` has to carry the {} of both, but with {} it has room \
                         for {}",
                        self.pool(one),
                        self.pool(other),
                        counted(both as usize, "user"),
                        counted(facts.pools[usize::from(other)].front_ends as usize, "front end"),
                        grouped(capacity)
                    );
                    let about = About(Topic::Failover, Some(one.into()));
                    self.odd(about, what, "write more `front_ends` for it");
                }
            }
        }
    }
}

/// Whole days of a span, rounded up.
trait DayCount {
    fn day_count(self) -> usize;
}

impl DayCount for Span {
    fn day_count(self) -> usize {
        ((self.0 + Span::DAY.0 - 1) / Span::DAY.0).max(0) as usize
    }
}
