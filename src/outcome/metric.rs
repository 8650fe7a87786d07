//! The table of metrics: name, unit, direction, definition.

/// Which direction is better.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Better {
    /// Less is better.
    Lower,
    /// More is better.
    Higher,
    /// Neither: it describes.
    Neither,
}

/// Definition of a metric.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    /// Name in files.
    pub name: &'static str,
    /// Unit.
    pub unit: &'static str,
    /// Direction.
    pub better: Better,
    /// Can it be missing (a day not reached by the horizon, something that needs a rollback)?
    pub may_be_missing: bool,
    /// Meaning.
    pub meaning: &'static str,
}

macro_rules! metrics {
    ($($id:ident, $name:literal, $unit:literal, $better:ident, $missing:literal, $meaning:literal;)*) => {
        /// A metric; the table of definitions is [`DEFINITIONS`].
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        #[repr(usize)]
        pub enum Metric { $(#[doc = $meaning] $id,)* }

        /// All metrics, in the order of files.
        pub const ALL: &[Metric] = &[$(Metric::$id,)*];

        /// Definitions, in the order of [`Metric`].
        pub const DEFINITIONS: &[Definition] = &[$(Definition {
            name: $name, unit: $unit, better: Better::$better, may_be_missing: $missing, meaning: $meaning,
        },)*];
    };
}

metrics! {
    Judged, "meetings_judged", "occurrences", Neither, false, "Occurrences that started before the horizon, each judged once: held + broken";
    Held, "meetings_held", "occurrences", Higher, false, "Occurrences that took place: ok + impaired";
    Ok, "meetings_ok", "occurrences", Higher, false, "Occurrences in which everybody expected joined with everything";
    Impaired, "meetings_impaired", "occurrences", Lower, false, "Occurrences that took place with somebody blocked or reduced";
    Broken, "meetings_broken", "occurrences", Lower, false, "Occurrences that did not take place or were cut off";
    BrokenCannotSchedule, "broken_cannot_schedule", "occurrences", Lower, false, "Broken because the organiser could not create the meeting with the client and pool of that moment";
    BrokenStaleRollback, "broken_stale_after_rollback", "occurrences", Lower, false, "Broken because a move back made the series stale";
    BrokenStaleMove, "broken_stale_after_move", "occurrences", Lower, false, "Broken because a move to the new side made the series stale";
    BrokenOutage, "broken_pool_outage", "occurrences", Lower, false, "Broken because the host pool was out of service at the start or stopped before the end";
    BrokenBlocked, "broken_attendees_blocked", "occurrences", Lower, false, "Broken because too many of the expected people could not join";
    Dropped, "meetings_dropped", "occurrences", Lower, false, "Occurrences cut off by a pool that stopped before their end (part of broken_pool_outage)";
    Pending, "meetings_pending", "occurrences", Neither, false, "Occurrence slots of series created before the horizon that start at or after it";
    Created, "series_created", "series", Neither, false, "Series and single meetings created before the horizon, warm start and ad hoc included";
    Repaired, "series_repaired", "series", Neither, false, "Times that an organiser sent a dead or unscheduled series again";
    LostHours, "lost_attendee_hours", "h", Lower, false, "Time lost by people who were blocked, reduced or cut off: at most the fallback time each, and the reduced part before a cut-off";
    FullHours, "full_scheduled_attendee_hours_affected", "h", Lower, false, "Full scheduled time of all people who were blocked or reduced";
    Upgraded, "clients_upgraded", "installs", Neither, false, "Machines on which the new client was installed";
    Downgraded, "clients_downgraded", "installs", Lower, false, "Machines taken back to the old client";
    DowngradeDays, "downgrade_days_to_clear", "d", Lower, true, "From the order to roll back until the last downgrade is done";
    TechnicianHours, "technician_hours", "h", Lower, false, "Working time of technicians on failed installs and downgrades";
    StrandedHours, "stranded_user_hours", "h", Lower, false, "Working hours of active users whose client cannot sign in to their home pool";
    LimitedHours, "limited_user_hours", "h", Lower, false, "Working hours of active users whose client is limited on their home pool, or whom another pool serves in its place";
    OutageHours, "outage_user_hours", "h", Lower, false, "Working hours of active users without service because of an outage of their pool, or of the edge while they are outside, or a move's interruption";
    Moved, "users_moved", "users", Neither, false, "Moves to the new side that succeeded";
    MovesFailed, "moves_failed", "tries", Lower, false, "Tries that failed, in both directions";
    RolledBack, "users_rolled_back", "users", Lower, false, "Moves back to the old side that succeeded";
    ContactsLost, "contact_lists_lost", "users", Lower, false, "Users whose contact list was lost by a forced move or a skipped contact-store rollback";
    Rollbacks, "rollbacks", "count", Lower, false, "Rollbacks ordered";
    FirstRollbackDay, "first_rollback_day", "d", Neither, true, "Day of the first rollback";
    CompletionDay, "completion_day", "d", Lower, true, "Start of the final uninterrupted state in which every user is homed on the new side with a client that works fully there";
    Day98, "day_98pct_complete", "d", Lower, true, "First day on which 98 % of the users are so";
    RetirementDay, "retirement_day", "d", Lower, true, "Day on which the last legacy pool was retired";
    CoexistenceUserDays, "coexistence_user_days", "user-d", Lower, false, "Active users times working days with users homed on both releases";
    Mixed, "mixed_meetings", "occurrences", Lower, false, "Judged occurrences with internal people of both releases";
    PeakExposureMeetings, "peak_rollback_exposure_meetings", "occurrences", Lower, false, "Most occurrences that a full rollback ordered on one day would have left stale within the look-ahead";
    PeakExposureClients, "peak_rollback_exposure_clients", "installs", Lower, false, "Most machines that a full rollback ordered on one day would have had to downgrade";
}

impl Metric {
    /// The definition.
    pub fn definition(self) -> &'static Definition {
        &DEFINITIONS[self as usize]
    }

    /// The metric of that name.
    pub fn named(name: &str) -> Option<Metric> {
        ALL.iter()
            .copied()
            .find(|metric| metric.definition().name == name)
    }
}

/// One value per metric; `None` where it is missing.
#[derive(Clone, PartialEq, Debug)]
pub struct Row(pub Vec<Option<f64>>);

impl Row {
    /// A row with every metric missing.
    pub fn new() -> Row {
        Row(vec![None; ALL.len()])
    }

    /// Value of a metric.
    pub fn get(&self, metric: Metric) -> Option<f64> {
        self.0[metric as usize]
    }

    /// Sets a metric.
    pub fn set(&mut self, metric: Metric, value: Option<f64>) {
        self.0[metric as usize] = value;
    }
}

impl Default for Row {
    fn default() -> Self {
        Row::new()
    }
}
