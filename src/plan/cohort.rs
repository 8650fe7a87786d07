//! Cohorts: who is in the pilot, in what order the others follow, and how the order is cut into waves.
//!
//! What chance decides in a plan is a *lot*. It is keyed by a seed, its number and the person, the same for all strategies
//! and attempts, so that a new colleague changes nobody else's place. A world has the lot of its own seed and number, unless
//! the plan names one; see [`Lottery`].

use super::community::{Graph, communities, order_nodes};
use crate::kernel::{Key, Span, Stream, Time};
use crate::mutant;
use crate::world::{Facts, ListedCalendar, Purpose, User, UserId};
use std::cell::OnceCell;
use std::collections::BTreeMap;

/// Past meetings sampled per person to find meeting communities when there are no contacts.
pub const HISTORY_MEETINGS: u32 = 12;

/// How a pilot is chosen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Choice {
    /// At random from everybody.
    Random,
    /// Spread over the departments in proportion to their size, at random within each.
    Volunteers,
    /// People of one department, by name.
    Department(u32),
    /// Whole departments, at random, until there are enough people (the last one may be cut).
    Departments,
    /// Whole teams, at random, until there are enough people (the last team may be cut).
    Teams,
    /// The people of a list, in its order.
    Listed(Vec<UserId>),
}

/// In what order people follow in waves.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Order {
    /// At random.
    Random,
    /// By site in the scenario's order, then by name.
    Site,
    /// By department in the scenario's order, then by name.
    Department,
    /// By meeting community, and within each so that people who meet each other follow each other.
    Community,
    /// By a list.
    Listed(Vec<UserId>),
}

/// How an order is cut into waves.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Cut {
    /// There are no waves behind the pilot.
    Nothing,
    /// By size: the last one holds for all later waves, too.
    Sizes(Vec<usize>),
    /// Each list is a wave.
    Lists(Vec<Vec<UserId>>),
}

impl Cut {
    /// People of a wave, by its place from 0 among those behind the pilot; `usize::MAX`: all who are left, or a list.
    pub fn people(&self, number: usize) -> usize {
        match self {
            Cut::Sizes(sizes) => sizes.get(number).or(sizes.last()).copied().unwrap_or(usize::MAX),
            Cut::Nothing | Cut::Lists(_) => usize::MAX,
        }
    }

    /// [`Cut::people`] as written; `None`: all who are left, or a list.
    pub fn size(&self, number: usize) -> Option<u32> {
        match self.people(number) {
            usize::MAX => None,
            people => u32::try_from(people).ok(),
        }
    }
}

/// How a lot decides who is in which wave. The people follow from facts and lot alone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lottery {
    /// The scenario file's own seed, of which the lots are that a plan names.
    pub seed: u64,
    /// Number of the lot that the plan names; `None`: each world has its own.
    pub number: Option<u64>,
    /// How the pilot is chosen, and how many people.
    pub pilot: Option<(Choice, usize)>,
    /// In what order the others follow.
    pub order: Order,
    /// How that order is cut.
    pub cut: Cut,
}

impl Lottery {
    /// Does a lot decide who is in the pilot?
    pub fn has_random_pilot(&self) -> bool {
        matches!(
            self.pilot,
            Some((
                Choice::Random | Choice::Volunteers | Choice::Departments | Choice::Teams,
                _
            ))
        )
    }

    /// Does any of it depend on a lot?
    pub fn is_random(&self) -> bool {
        self.has_random_pilot() || (self.order == Order::Random && matches!(self.cut, Cut::Sizes(_)))
    }

    /// The lot in a world of this key.
    pub fn lot(&self, world: Key) -> Key {
        let number = self.number.or(mutant::is("one-lot-for-ever").then_some(0));
        number.map_or(world, |replication| Key {
            seed: self.seed,
            replication,
        })
    }

    /// The lot that lists of people are made from: the one that the plan names, or lot 0 of the file's seed.
    pub fn shown(&self) -> Key {
        Key {
            seed: self.seed,
            replication: self.number.unwrap_or(0),
        }
    }

    /// Who is in the pilot, if there is one, and in each wave.
    pub fn cohorts(&self, facts: &Facts, lot: Key) -> Vec<Vec<UserId>> {
        let cohorts = Cohorts::of_lot(facts, lot);
        let mut taken = vec![false; facts.residents()];
        let mut waves = Vec::new();
        if let Some((choice, size)) = &self.pilot {
            let pilot = cohorts.pilot(choice, *size);
            pilot.iter().for_each(|&user| taken[user as usize] = true);
            waves.push(pilot);
        }
        match &self.cut {
            Cut::Nothing => {}
            Cut::Sizes(_) => {
                let size = |number| self.cut.people(number);
                waves.extend(cohorts.waves(&cohorts.order(&self.order), size, &mut taken));
            }
            Cut::Lists(lists) => {
                for list in lists {
                    let wave = cohorts.waves(list, |_| usize::MAX, &mut taken);
                    waves.push(wave.into_iter().next().unwrap_or_default());
                }
            }
        }
        waves
    }
}

/// Chooses and orders people of one scenario.
#[derive(Debug)]
pub struct Cohorts<'a> {
    facts: &'a Facts,
    /// The lot: its number is the replication.
    key: Key,
    groups: BTreeMap<u32, Vec<UserId>>,
    communities: OnceCell<Vec<UserId>>,
}

impl<'a> Cohorts<'a> {
    /// For the people of a scenario with this seed: lot 0.
    pub fn new(facts: &'a Facts, seed: u64) -> Cohorts<'a> {
        Cohorts::of_lot(facts, Key { seed, replication: 0 })
    }

    /// For the people of a scenario: a lot, whose number is the replication of its key. A sample of past meetings, where
    /// one is needed, is that of lot 0 of its seed.
    pub fn of_lot(facts: &'a Facts, lot: Key) -> Cohorts<'a> {
        let mut groups: BTreeMap<u32, Vec<UserId>> = BTreeMap::new();
        for (user, person) in (0..).zip(&facts.users[..facts.residents()]) {
            if let Some(group) = person.group {
                groups.entry(group).or_default().push(user);
            }
        }
        Cohorts {
            facts,
            key: lot,
            groups,
            communities: OnceCell::new(),
        }
    }

    /// The people of a pilot, groups kept whole: at least `size` people if there are so many.
    pub fn pilot(&self, choice: &Choice, size: usize) -> Vec<UserId> {
        let order = match choice {
            Choice::Random => self.order(&Order::Random),
            Choice::Volunteers => self.volunteers(),
            Choice::Department(department) => self
                .all()
                .filter(|&user| self.facts.users[user as usize].department == *department)
                .collect(),
            Choice::Departments => self.whole(&self.facts.departments, |person| person.department),
            Choice::Teams => self.whole(&self.facts.teams, |person| person.team),
            Choice::Listed(list) => list.clone(),
        };
        let mut taken = vec![false; self.facts.residents()];
        self.waves(&order, |_| size.max(1), &mut taken)
            .into_iter()
            .next()
            .unwrap_or_default()
    }

    /// Everybody in an order (or those listed).
    pub fn order(&self, order: &Order) -> Vec<UserId> {
        let mut users: Vec<UserId> = self.all().collect();
        let person = |user: UserId| &self.facts.users[user as usize];
        match order {
            Order::Random => users.sort_by_cached_key(|&user| (self.dice(person(user).id), user)),
            Order::Site => users.sort_by_key(|&user| (person(user).site, user)),
            Order::Department => users.sort_by_key(|&user| (person(user).department, user)),
            Order::Community => users.clone_from(self.communities.get_or_init(|| self.community_order())),
            Order::Listed(list) => users.clone_from(list),
        }
        users
    }

    /// Cuts an order into waves, each of about the size of its number from 0, leaving out those already taken and marking those it takes. The
    /// people of a group go with its first member, so that a wave may be a little larger.
    pub fn waves(
        &self,
        order: &[UserId],
        size: impl Fn(usize) -> usize,
        taken: &mut [bool],
    ) -> Vec<Vec<UserId>> {
        let mut waves: Vec<Vec<UserId>> = Vec::new();
        for &user in order {
            if taken[user as usize] {
                continue;
            }
            let full = waves
                .last()
                .is_none_or(|wave| wave.len() >= size(waves.len() - 1));
            if full {
                waves.push(Vec::new());
            }
            let wave = waves.last_mut().expect("there is a wave");
            wave.push(user);
            taken[user as usize] = true;
            let group = self.facts.users[user as usize]
                .group
                .and_then(|group| self.groups.get(&group));
            for &member in group.into_iter().flatten() {
                if !std::mem::replace(&mut taken[member as usize], true) {
                    wave.push(member);
                }
            }
        }
        waves
    }

    fn all(&self) -> std::ops::Range<UserId> {
        0..self.facts.residents() as UserId
    }

    fn dice(&self, entity: u64) -> u64 {
        self.key.stream(Purpose::WaveOrder, entity, 0).u64()
    }

    /// Everybody by groups of these names in a random order, and within each by name.
    fn whole(&self, names: &[String], group: impl Fn(&User) -> u32) -> Vec<UserId> {
        let dice: Vec<u64> = (names.iter())
            .map(|name| self.dice(crate::kernel::random::entity_id(name)))
            .collect();
        let mut order: Vec<UserId> = self.all().collect();
        order.sort_by_key(|&user| {
            let group = group(&self.facts.users[user as usize]);
            (dice[group as usize], group, user)
        });
        order
    }

    /// Everybody, so that each beginning of the order holds about the same share of every department.
    fn volunteers(&self) -> Vec<UserId> {
        let mut by_department: Vec<Vec<(u64, UserId)>> = vec![Vec::new(); self.facts.departments.len()];
        for user in self.all() {
            let person = &self.facts.users[user as usize];
            by_department[person.department as usize].push((self.dice(person.id), user));
        }
        let mut order: Vec<(u64, u64, UserId)> = Vec::new();
        for mut people in by_department {
            people.sort_unstable();
            let size = people.len() as u64;
            // Place of the person in the department, as a share of its size in units of 2^-32.
            let place = |rank: usize| ((2 * rank as u64 + 1) << 32) / (2 * size);
            order.extend(
                people
                    .iter()
                    .enumerate()
                    .map(|(rank, &(dice, user))| (place(rank), dice, user)),
            );
        }
        order.sort_unstable();
        order.into_iter().map(|(_, _, user)| user).collect()
    }

    fn community_order(&self) -> Vec<UserId> {
        let graph = self.meeting_graph();
        let labels = communities(&graph);
        order_nodes(&graph, &labels)
    }

    /// Who meets whom, as a planner can know it: the contacts, else the calendar that was read, else a sample of past
    /// meetings.
    pub fn meeting_graph(&self) -> Graph {
        let users = self.facts.users.len();
        if let Some(contacts) = &self.facts.contacts {
            let edges = (0..users).flat_map(|user| {
                let row = contacts.start[user] as usize..contacts.start[user + 1] as usize;
                contacts.to[row].iter().map(move |&to| (user as UserId, to, 1))
            });
            return Graph::from_edges(users, edges);
        }
        if let Some(listed) = &self.facts.calendar_file {
            return Graph::from_edges(users, listed_edges(listed, self.facts.calendar.horizon));
        }
        let levels = Levels::new(self.facts);
        let sizes: Vec<f64> = self.facts.meetings.sizes.iter().map(|size| size.1).collect();
        let mut edges = Vec::new();
        let mut attendees = Vec::new();
        for user in self.all() {
            let seed = self.key.seed;
            let mut stream =
                Key { seed, replication: 0 }.stream(Purpose::History, self.facts.users[user as usize].id, 0);
            for _ in 0..HISTORY_MEETINGS {
                let size = self.facts.meetings.sizes[stream.choose_weighted(&sizes)].0;
                levels.draw(&mut stream, user, size.saturating_sub(1) as usize, &mut attendees);
                edges.extend(attendees.iter().map(|&attendee| (user, attendee, 1)));
            }
        }
        Graph::from_edges(users, edges)
    }
}

/// Organiser and attendee of each series, weighed by its occurrences in the simulated time.
fn listed_edges(listed: &ListedCalendar, horizon: Time) -> impl Iterator<Item = (UserId, UserId, u64)> {
    let before = |at: Time| at - Span::MILLISECOND;
    listed.series.iter().flat_map(move |series| {
        let organiser = series.id.organiser;
        let weight = u64::from(series.slots_between(before(Time::ZERO), before(horizon)));
        let attendees = &listed.attendees[series.attendees as usize..][..usize::from(series.attendee_count)];
        attendees
            .iter()
            .map(move |&attendee| (organiser, attendee, weight))
    })
}

/// Members of each level, to draw attendees from.
struct Levels<'a> {
    facts: &'a Facts,
    teams: Vec<Vec<UserId>>,
    departments: Vec<Vec<UserId>>,
    sites: Vec<Vec<UserId>>,
    everyone: Vec<UserId>,
}

impl<'a> Levels<'a> {
    fn new(facts: &'a Facts) -> Levels<'a> {
        let mut teams = vec![Vec::new(); facts.teams.len()];
        let mut departments = vec![Vec::new(); facts.departments.len()];
        let mut sites = vec![Vec::new(); facts.calendar.sites.len()];
        for (user, person) in (0..).zip(&facts.users) {
            teams[person.team as usize].push(user);
            departments[person.department as usize].push(user);
            sites[usize::from(person.site)].push(user);
        }
        Levels {
            facts,
            teams,
            departments,
            sites,
            everyone: (0..facts.users.len() as UserId).collect(),
        }
    }

    /// Distinct attendees; a repeat or the organiser is drawn anew, level included. Gives fewer when the levels in
    /// use do not hold enough people.
    fn draw(&self, stream: &mut Stream, organiser: UserId, count: usize, attendees: &mut Vec<UserId>) {
        attendees.clear();
        let person = &self.facts.users[organiser as usize];
        let lists = [
            &self.teams[person.team as usize],
            &self.departments[person.department as usize],
            &self.sites[usize::from(person.site)],
            &self.everyone,
        ];
        let weights = self.facts.meetings.levels;
        let widest = (0..4).rev().find(|&level| weights[level] > 0.0).unwrap_or(3);
        let count = count.min(lists[widest].len().saturating_sub(1));
        let mut tries = 0;
        while attendees.len() < count && tries < 1000 {
            tries += 1;
            let list = lists[stream.choose_weighted(&weights)];
            let attendee = list[stream.below(list.len() as u64) as usize];
            if attendee != organiser && !attendees.contains(&attendee) {
                attendees.push(attendee);
            }
        }
    }
}
