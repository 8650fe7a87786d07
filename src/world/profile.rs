//! The compatibility profile of a migration, compiled to dense tables. Data, not code: see `scenarios/profiles`.

use super::{ClientId, FormatId, ServerId};

/// What a client may do on a server release.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum SignIn {
    /// Cannot sign in: its user is stranded.
    None,
    /// Instant messages and presence, no conferencing.
    Limited,
    /// Everything.
    Full,
}

/// How well somebody joins a meeting, worst first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Join {
    /// Cannot join.
    None,
    /// Joins with part of the features.
    Reduced,
    /// Joins with everything.
    Full,
}

/// What a user's move does to a scheduled series of that user.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Carry {
    /// The series goes on working.
    Carried,
    /// The series no longer works until its organiser sends it again.
    Stale,
    /// The series goes on in another format.
    Converted(FormatId),
}

/// Where a figure comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cell {
    /// Place in the profile, for example `joins[lync2013][ocs2007r2][conf]`.
    pub key: String,
    /// Value as written in the profile.
    pub value: String,
    /// Stated, derived or estimated.
    pub mark: super::Mark,
    /// Source key, for example `IOP-E`.
    pub source: String,
}

/// One row of the quorum table of a server release.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Quorum {
    /// The row holds for pools of this many front ends.
    pub front_ends: u32,
    /// Only the first this many front ends count while serving.
    pub of_first: u32,
    /// The pool serves while at least this many of those are up.
    pub serve: u32,
    /// A pool that stopped serves again when at least this many of all its front ends are up.
    pub start: u32,
}

impl Quorum {
    /// Does the pool serve, given which of its front ends are up and whether it served until now? One that serves
    /// goes on while enough of its first front ends are up; one that stopped needs more of them to start.
    pub fn serves(&self, up: &[bool], serving: bool) -> bool {
        let count = |of: &[bool]| of.iter().filter(|&&is_up| is_up).count();
        if serving {
            let first = up.len().min(self.of_first as usize);
            count(&up[..first]) >= self.serve as usize
        } else {
            count(up) >= self.start as usize
        }
    }
}

/// Name and title of a release or format.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Named {
    /// Stable name used in files.
    pub name: String,
    /// Title shown to people.
    pub title: String,
}

/// A server release.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Server {
    /// Stable name used in files.
    pub name: String,
    /// Title shown to people.
    pub title: String,
    /// Is this the side being retired?
    pub legacy: bool,
    /// Users that one front end carries.
    pub users_per_front_end: u32,
    /// Front ends that one pool may have.
    pub max_front_ends: u32,
}

/// The compiled profile. Tables are indexed as their names say; `kind` is 0 for web conference, 1 for audio.
#[derive(Clone, PartialEq, Debug)]
pub struct Profile {
    /// Stable name.
    pub name: String,
    /// Title shown to people.
    pub title: String,
    /// Chosen values of the profile's switches, in the order of the profile.
    pub switches: Vec<(String, String)>,
    /// Server releases.
    pub servers: Vec<Server>,
    /// Client releases.
    pub clients: Vec<Named>,
    /// Is this client release of the legacy side?
    pub client_legacy: Vec<bool>,
    /// Meeting formats.
    pub formats: Vec<Named>,
    /// `sign_in[client][server]`
    pub sign_in: Vec<Vec<SignIn>>,
    /// `schedules[client][server][kind]`
    pub schedules: Vec<Vec<[Option<FormatId>; 2]>>,
    /// `hosts[format][server]`: may such a meeting be created there?
    pub hosts: Vec<Vec<bool>>,
    /// `carries[from server][to server][format]`
    pub carries: Vec<Vec<Vec<Carry>>>,
    /// `restores[from server][to server][format]`: does a series made stale by the opposite move work again?
    pub restores: Vec<Vec<Vec<bool>>>,
    /// `joins[client][server][format]`
    pub joins: Vec<Vec<Vec<Join>>>,
    /// `web[server][format]`
    pub web: Vec<Vec<Join>>,
    /// `phone[server][format]`
    pub phone: Vec<Vec<Join>>,
    /// `quorum[server]`, rows by front ends; a pool larger than the last row is refused by the check.
    pub quorum: Vec<Vec<Quorum>>,
    /// Must upgraded clients be downgraded in a rollback?
    pub downgrade_on_rollback: bool,
    /// Topology tasks, in the order of the profile.
    pub tasks: Vec<super::Task>,
    /// Orders among tasks and the rest of the plan that hold under the chosen switches.
    pub edges: Vec<super::Edge>,
    /// `pairs[server][server]`: may pools of these releases take over from each other?
    pub pairs: Vec<Vec<bool>>,
    /// `failover_sign_in[client]`: can it sign in while another pool serves its user?
    pub failover_sign_in: Vec<bool>,
    /// Every cell with its source mark, in file order, for the report.
    pub cells: Vec<Cell>,
}

impl Profile {
    /// The format in which `client` on `server` creates a meeting of `kind`, if it can and the server hosts it.
    pub fn creates(&self, client: ClientId, server: ServerId, kind: super::Kind) -> Option<FormatId> {
        let format = self.schedules[usize::from(client)][usize::from(server)][kind as usize]?;
        self.hosts[usize::from(format)][usize::from(server)].then_some(format)
    }

    /// The quorum row of a pool of `front_ends` on `server`; `None` when the table has no row for that size.
    pub fn quorum_of(&self, server: ServerId, front_ends: u32) -> Option<Quorum> {
        self.quorum[usize::from(server)]
            .iter()
            .copied()
            .find(|row| row.front_ends == front_ends)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published rows: front ends, of the first, serving, starting.
    const PUBLISHED: [(u32, u32, u32, u32); 11] = [
        (2, 2, 1, 1),
        (3, 3, 2, 3),
        (4, 4, 2, 3),
        (5, 5, 3, 4),
        (6, 6, 3, 5),
        (7, 7, 4, 5),
        (8, 7, 4, 6),
        (9, 7, 4, 7),
        (10, 9, 5, 8),
        (11, 9, 5, 9),
        (12, 9, 5, 10),
    ];

    /// `up` front ends are up, beginning with the first or with the last.
    fn some(front_ends: u32, up: u32, from_the_end: bool) -> Vec<bool> {
        let mut list: Vec<bool> = (0..front_ends).map(|number| number < up).collect();
        if from_the_end {
            list.reverse();
        }
        list
    }

    #[test]
    fn every_published_row_serves_and_starts_at_its_threshold() {
        for (front_ends, of_first, serve, start) in PUBLISHED {
            let row = Quorum {
                front_ends,
                of_first,
                serve,
                start,
            };
            assert!(row.serves(&some(front_ends, serve, false), true), "{row:?}");
            assert!(!row.serves(&some(front_ends, serve - 1, false), true), "{row:?}");
            // Front ends beyond the first ones do not count while serving, but they do for a start.
            let beyond = front_ends - of_first;
            assert!(
                row.serves(&some(front_ends, serve + beyond, true), true),
                "{row:?}"
            );
            assert!(
                !row.serves(&some(front_ends, serve + beyond - 1, true), true),
                "{row:?}"
            );
            for from_the_end in [false, true] {
                assert!(
                    row.serves(&some(front_ends, start, from_the_end), false),
                    "{row:?}"
                );
                assert!(
                    !row.serves(&some(front_ends, start - 1, from_the_end), false),
                    "{row:?}"
                );
            }
        }
    }
}
