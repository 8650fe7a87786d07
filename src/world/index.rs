//! Who can be invited by whom: members of each team, department and site, and how attendees are drawn from them.

use super::turnover::Stays;
use super::{Facts, UserId};
use crate::kernel::{Stream, Time};

/// Futile draws after which attendees are drawn from everyone.
const PATIENCE: u32 = 64;

/// Users by group, as compressed rows.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Groups {
    start: Vec<u32>,
    members: Vec<UserId>,
}

impl Groups {
    fn new(group: &[u32]) -> Groups {
        let count = group.iter().max().map_or(0, |&last| last as usize + 1);
        let mut start = vec![0_u32; count + 1];
        group.iter().for_each(|&group| start[group as usize + 1] += 1);
        for place in 0..count {
            start[place + 1] += start[place];
        }
        let mut next = start.clone();
        let mut members = vec![0; group.len()];
        for (user, &group) in group.iter().enumerate() {
            members[next[group as usize] as usize] = user as UserId;
            next[group as usize] += 1;
        }
        Groups { start, members }
    }

    #[inline]
    fn members(&self, group: u32) -> &[UserId] {
        &self.members[self.start[group as usize] as usize..self.start[group as usize + 1] as usize]
    }
}

/// Members of each team, department and site. Depends on the facts alone: build it once and share it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Index {
    teams: Groups,
    departments: Groups,
    sites: Groups,
    everyone: Vec<UserId>,
}

impl Index {
    /// The index of a scenario's users.
    pub fn new(facts: &Facts) -> Index {
        let groups =
            |of: fn(&super::User) -> u32| Groups::new(&facts.users.iter().map(of).collect::<Vec<_>>());
        Index {
            teams: groups(|user| user.team),
            departments: groups(|user| user.department),
            sites: groups(|user| u32::from(user.site)),
            everyone: (0..facts.users.len() as UserId).collect(),
        }
    }
}

/// Draws the attendees of meetings.
#[derive(Clone, Debug)]
pub(super) struct Invitations {
    /// Cumulative weights in units of 2^-32: a draw is of the level that as many of them as its number do not exceed.
    levels: [u64; 3],
}

impl Invitations {
    /// `weights` of team, department, site, everyone.
    pub(super) fn new(weights: &[f64; 4]) -> Invitations {
        let total: f64 = weights.iter().sum();
        let mut sum = 0.0;
        let levels = [0, 1, 2].map(|level: usize| {
            sum += weights[level];
            if total > 0.0 {
                (sum / total * 4_294_967_296.0) as u64
            } else {
                0
            }
        });
        Invitations { levels }
    }

    /// Appends `wanted` distinct attendees other than the organiser, each employed at the instant by the own date
    /// (fewer if the company is too small); returns how many.
    pub(super) fn draw(
        &self,
        facts: &Facts,
        (index, stays): (&Index, &Stays),
        (organiser, at): (UserId, Time),
        wanted: u32,
        stream: &mut Stream,
        out: &mut Vec<UserId>,
    ) -> u16 {
        let first = out.len();
        let wanted = (wanted as usize)
            .min(stays.fewest(facts.users.len()).saturating_sub(1))
            .min(usize::from(u16::MAX));
        let guests = Guests {
            organiser,
            first,
            end: first + wanted,
            at,
            facts,
            stays,
        };
        match &facts.contacts {
            Some(contacts) => {
                let user = organiser as usize;
                let known = &contacts.to[contacts.start[user] as usize..contacts.start[user + 1] as usize];
                guests.among_contacts(known, stream, out);
            }
            None => self.among_levels(facts, index, &guests, stream, out),
        }
        guests.among_everyone(facts.users.len(), stream, out);
        wanted as u16
    }

    /// One draw of 64 bits gives level (upper half) and member (lower half, by multiplication; its bias is below
    /// the number of members times 2^-32).
    fn among_levels(
        &self,
        facts: &Facts,
        index: &Index,
        guests: &Guests<'_>,
        stream: &mut Stream,
        out: &mut Vec<UserId>,
    ) {
        let user = &facts.users[guests.organiser as usize];
        let lists = [
            index.teams.members(user.team),
            index.departments.members(user.department),
            index.sites.members(u32::from(user.site)),
            &index.everyone,
        ];
        let mut futile = 0;
        while out.len() < guests.end && futile < PATIENCE {
            let bits = stream.u64();
            let level: usize = self
                .levels
                .iter()
                .map(|&end| usize::from(bits >> 32 >= end))
                .sum();
            let list = lists[level];
            let person = list[(((bits & 0xffff_ffff) * list.len() as u64) >> 32) as usize];
            if guests.accept(person, out) {
                futile = 0;
            } else {
                futile += 1;
            }
        }
    }
}

/// The people to be invited to one meeting: those in the list from `first` on are invited already.
struct Guests<'a> {
    organiser: UserId,
    first: usize,
    end: usize,
    at: Time,
    facts: &'a Facts,
    stays: &'a Stays,
}

impl Guests<'_> {
    #[inline]
    fn is_employed(&self, person: UserId) -> bool {
        self.stays.are_all_always() || self.stays.covers(person, self.facts.date_of(person, self.at))
    }

    #[inline]
    fn accept(&self, person: UserId, out: &mut Vec<UserId>) -> bool {
        // A short search: the plain loop beats the library's wide one.
        let is_new = person != self.organiser
            && out[self.first..].iter().all(|&other| other != person)
            && self.is_employed(person);
        if is_new {
            out.push(person);
        }
        is_new
    }

    /// Known people, uniformly; all of them if they are too few.
    fn among_contacts(&self, known: &[UserId], stream: &mut Stream, out: &mut Vec<UserId>) {
        let employed = |person: &UserId| self.is_employed(*person);
        let wanted = self.end - self.first;
        let count = if self.stays.are_all_always() {
            known.len()
        } else {
            known.iter().copied().filter(employed).count()
        };
        if count <= wanted {
            out.extend(known.iter().copied().filter(employed));
            return;
        }
        while out.len() < self.end {
            let person = known[stream.below(known.len() as u64) as usize];
            self.accept(person, out);
        }
    }

    /// Fills up from everyone.
    fn among_everyone(&self, users: usize, stream: &mut Stream, out: &mut Vec<UserId>) {
        while out.len() < self.end {
            let person = stream.below(users as u64) as UserId;
            self.accept(person, out);
        }
    }
}
