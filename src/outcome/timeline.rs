//! What is counted on each day of one replication.

/// A daily count. State measures are taken at the end of the day, the others add up over it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Measure {
    /// Users homed on this pool at the end of the day.
    UsersOnPool(u16),
    /// Users with this client release at the end of the day.
    UsersWithClient(u8),
    /// Users homed on the new side at the end of the day.
    UsersMoved,
    /// Users whose client cannot sign in at the end of the day.
    Stranded,
    /// Occurrences judged on the day.
    Judged,
    /// Occurrences impaired.
    Impaired,
    /// Occurrences broken, all causes.
    Broken,
    /// Broken: the organiser could not schedule.
    BrokenCannotSchedule,
    /// Broken: stale after a rollback.
    BrokenStaleRollback,
    /// Broken: stale after a move.
    BrokenStaleMove,
    /// Broken: pool outage.
    BrokenOutage,
    /// Broken: people blocked.
    BrokenBlocked,
    /// Broken: a defect.
    BrokenDefect,
    /// Occurrences with people of both releases.
    Mixed,
    /// Exposure: users who would move back if a full rollback were ordered now; who has no way back is not among them.
    ExposureUsers,
    /// Exposure: machines to downgrade, of people who have a way back.
    ExposureMachines,
    /// Exposure: occurrences within the look-ahead that would be stale, of organisers who have a way back.
    ExposureMeetings,
    /// Exposure: estimated minutes until all are served again.
    ExposureMinutes,
    /// Tickets open at the end of the day.
    OpenTickets,
    /// Defects found and not fixed at the end of the day.
    OpenDefects,
    /// People who moved from the old side and would have no way back if a full rollback were ordered now.
    NoWayBack,
    /// The same as a share of all who moved from the old side and are still employed, in whole per mille, rounded down.
    NoWayBackShare,
}

impl Measure {
    /// All measures of a scenario with so many pools and client releases, in the order of files.
    pub fn all(pools: usize, clients: usize) -> Vec<Measure> {
        let mut all: Vec<Measure> = (0..pools).map(|pool| Measure::UsersOnPool(pool as u16)).collect();
        all.extend((0..clients).map(|client| Measure::UsersWithClient(client as u8)));
        all.extend([
            Measure::UsersMoved,
            Measure::Stranded,
            Measure::Judged,
            Measure::Impaired,
            Measure::Broken,
            Measure::BrokenCannotSchedule,
            Measure::BrokenStaleRollback,
            Measure::BrokenStaleMove,
            Measure::BrokenOutage,
            Measure::BrokenBlocked,
            Measure::BrokenDefect,
            Measure::Mixed,
            Measure::ExposureUsers,
            Measure::ExposureMachines,
            Measure::ExposureMeetings,
            Measure::ExposureMinutes,
            Measure::OpenTickets,
            Measure::OpenDefects,
            Measure::NoWayBack,
            Measure::NoWayBackShare,
        ]);
        all
    }

    /// Name in files; pools and clients by their names.
    pub fn name(self, pools: &[String], clients: &[String]) -> String {
        match self {
            Measure::UsersOnPool(pool) => format!("users_on_pool:{}", pools[usize::from(pool)]),
            Measure::UsersWithClient(client) => format!("users_with_client:{}", clients[usize::from(client)]),
            Measure::UsersMoved => "users_moved".into(),
            Measure::Stranded => "stranded".into(),
            Measure::Judged => "judged".into(),
            Measure::Impaired => "impaired".into(),
            Measure::Broken => "broken".into(),
            Measure::BrokenCannotSchedule => "broken_cannot_schedule".into(),
            Measure::BrokenStaleRollback => "broken_stale_after_rollback".into(),
            Measure::BrokenStaleMove => "broken_stale_after_move".into(),
            Measure::BrokenOutage => "broken_pool_outage".into(),
            Measure::BrokenBlocked => "broken_attendees_blocked".into(),
            Measure::BrokenDefect => "broken_defect".into(),
            Measure::Mixed => "mixed_meetings".into(),
            Measure::ExposureUsers => "exposure_users".into(),
            Measure::ExposureMachines => "exposure_machines".into(),
            Measure::ExposureMeetings => "exposure_meetings".into(),
            Measure::ExposureMinutes => "exposure_minutes_estimate".into(),
            Measure::OpenTickets => "open_tickets".into(),
            Measure::OpenDefects => "open_defects".into(),
            Measure::NoWayBack => "no_way_back".into(),
            Measure::NoWayBackShare => "no_way_back_per_mille".into(),
        }
    }
}

/// Counts by day and measure.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Timeline {
    /// Columns, as [`Measure::all`] orders them.
    pub measures: usize,
    /// `values[day * measures + column]`
    pub values: Vec<u32>,
}

impl Timeline {
    /// All zero.
    pub fn new(days: u32, measures: usize) -> Timeline {
        Timeline {
            measures,
            values: vec![0; days as usize * measures],
        }
    }

    /// The count of a day.
    pub fn get(&self, day: usize, column: usize) -> u32 {
        self.values[day * self.measures + column]
    }

    /// The count of a day, to change it.
    pub fn at(&mut self, day: usize, column: usize) -> &mut u32 {
        &mut self.values[day * self.measures + column]
    }

    /// Number of days.
    pub fn days(&self) -> usize {
        self.values.len().checked_div(self.measures).unwrap_or(0)
    }
}
