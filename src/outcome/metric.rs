//! The table of metrics: name, unit, direction, definition.

use crate::mutant;

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

/// Largest amount of any metric that can be asked for, in its unit.
pub const MOST: f64 = 1e15;

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
    Judged, "meetings_judged", "occurrences", Neither, false, "Occurrences (single meetings, and each meeting of a series) that started before the horizon, each judged once: held + broken";
    Held, "meetings_held", "occurrences", Higher, false, "Occurrences that took place and were not cut off: ok + impaired";
    Ok, "meetings_ok", "occurrences", Higher, false, "Occurrences in which everybody expected joined in full";
    Impaired, "meetings_impaired", "occurrences", Lower, false, "Occurrences that took place although somebody expected could not join (blocked) or joined with less than usual (reduced)";
    Broken, "meetings_broken", "occurrences", Lower, false, "Occurrences that did not take place or were cut off";
    BrokenCannotSchedule, "broken_cannot_schedule", "occurrences", Lower, false, "Broken because the organiser could not create the meeting with the client and pool of that moment, and had not sent it again since";
    BrokenStaleRollback, "broken_stale_after_rollback", "occurrences", Lower, false, "Broken because a move back had made the meeting stale (its link was dead) and it had not been sent again";
    BrokenStaleMove, "broken_stale_after_move", "occurrences", Lower, false, "Broken because a move to the new side had made the meeting stale (its link was dead) and it had not been sent again";
    BrokenOutage, "broken_pool_outage", "occurrences", Lower, false, "Broken because the host pool was out of service at the start or stopped before the end";
    BrokenBlocked, "broken_attendees_blocked", "occurrences", Lower, false, "Broken because fewer than two people, or too few of the expected (meetings.break_threshold), could join";
    BrokenDefect, "broken_defect", "occurrences", Lower, false, "Broken because an unfixed defect of the new release hit the organiser's meeting";
    Dropped, "meetings_dropped", "occurrences", Lower, false, "Occurrences cut off by a pool that stopped before their end (part of broken_pool_outage)";
    Pending, "meetings_pending", "occurrences", Neither, false, "Occurrences of meetings arranged before the horizon that would start at or after it, not judged; days off are not taken out";
    Created, "series_created", "series", Neither, false, "Series and single meetings created before the horizon, warm start and ad hoc included";
    Repaired, "series_repaired", "series", Neither, false, "Times that an organiser sent a stale or unscheduled meeting again";
    LostHours, "lost_attendee_hours", "h", Lower, false, "Time lost by people expected in broken occurrences, and by people blocked, reduced or cut off in others: for each at most the length of the occurrence and at most meetings.fallback_minutes";
    FullHours, "full_scheduled_attendee_hours_affected", "h", Lower, false, "Full scheduled length of the occurrence for everybody expected in a broken one, and for people blocked, reduced or cut off in others";
    Upgraded, "clients_upgraded", "installs", Neither, false, "Installs of the new client that were done; a person may have two machines";
    Downgraded, "clients_downgraded", "installs", Lower, false, "Installs of the old client that were done to take a machine back";
    NeverUpgraded, "clients_never_upgraded", "machines", Lower, false, "Machines at the horizon that were told to install the new client, do not do it by themselves, and are visited by no technician";
    DowngradeDays, "downgrade_days_to_clear", "d", Lower, true, "Days from an order to roll back until its last downgrade is done, the longest of several; missing while one of them is not done";
    TechnicianHours, "technician_hours", "h", Lower, false, "Working time of technicians on failed installs and downgrades";
    StrandedHours, "stranded_user_hours", "h", Lower, false, "Working hours of active users whose client cannot sign in to their home pool";
    LimitedHours, "limited_user_hours", "h", Lower, false, "Working hours of active users whose client signs in to their home pool with limited service only, or whom another pool serves in its place";
    OutageHours, "outage_user_hours", "h", Lower, false, "Working hours of active users without service because of an outage of their pool, or of the edge while they are outside the office, or a move's interruption";
    Moved, "users_moved", "users", Neither, false, "Moves of a user to the new side that succeeded";
    MovesFailed, "moves_failed", "tries", Lower, false, "Tries to move a user that failed, in both directions";
    RolledBack, "users_rolled_back", "users", Lower, false, "Moves of a user back to the old side that succeeded";
    Joined, "users_joined", "users", Neither, false, "People who joined, on either side";
    Left, "users_left", "users", Neither, false, "People who left, joiners among them";
    ContactsLost, "contact_lists_lost", "users", Lower, false, "Users whose contact list was lost by a forced move or a skipped contact-store rollback";
    Rollbacks, "rollbacks", "count", Lower, false, "Rollbacks ordered";
    FirstRollbackDay, "first_rollback_day", "d", Neither, true, "Day on which the first rollback was ordered";
    CompletionDay, "completion_day", "d", Lower, true, "Start of the final uninterrupted state in which every user is homed on the new side with a client that works fully there";
    Day98, "day_98pct_complete", "d", Lower, true, "First day on which 98 % of the users who can be are homed on the new side with a client that works fully there; who was told to install it on a machine that never does by itself and is visited by no technician cannot";
    RetirementDay, "retirement_day", "d", Lower, true, "Day on which the legacy pools of the plan were retired";
    CourseEnd, "course_end_day", "d", Neither, true, "When the course ended: 98 % of the users who can be (see `day_98pct_complete`) are homed on the new side with a client that works fully there, for good if there was a rollback, and the old side is retired where that is planned; 0 for a strategy that moves nobody";
    CoexistenceUserDays, "coexistence_user_days", "user-d", Lower, false, "Active users, added up over the working days on which users are homed on both releases";
    Mixed, "mixed_meetings", "occurrences", Lower, false, "Judged occurrences whose internal people are homed on both releases";
    PeakExposureMeetings, "peak_rollback_exposure_meetings", "occurrences", Lower, false, "Largest number, over the ends of days, of coming occurrences within the look-ahead that a full rollback ordered then would have left stale; those of people who have no way back are left out";
    PeakExposureClients, "peak_rollback_exposure_clients", "installs", Lower, false, "Largest number, over the ends of days, of machines that a full rollback ordered then would have had to downgrade; those of people who have no way back are left out";
    Attempts, "attempts", "count", Lower, false, "Attempts at the programme, the first included";
    DefectsInPilot, "defects_found_in_pilot", "defects", Higher, false, "Defects discovered before production began with the first wave that is no pilot, or at all if it never did";
    DefectsEscaped, "defects_escaped", "defects", Lower, false, "Defects undiscovered when production began, to which somebody was exposed before the horizon";
    DefectsOpen, "defects_open_at_end", "defects", Lower, false, "Defects to which somebody was exposed and which are not fixed at the horizon";
    Tickets, "tickets", "tickets", Lower, false, "Tickets opened at the help desk because of the migration";
    TicketsAbandoned, "tickets_abandoned", "tickets", Lower, false, "Tickets of the migration whose callers gave up waiting";
    TicketWaitP95, "ticket_wait_p95", "h", Lower, true, "Wait for an agent that 95 % of the migration's tickets taken up did not exceed, nights and weekends included";
    BackgroundTickets, "background_tickets", "tickets", Neither, false, "Everyday tickets opened at the help desk, which the migration has no part in; no other metric counts them";
    BacklogPeak, "desk_backlog_peak", "tickets", Lower, false, "Most tickets of the migration open at the same time";
    DeskHours, "desk_hours", "h", Lower, false, "Work of agents on tickets of the migration that were closed";
    FailedConversations, "failed_conversations", "expected count", Lower, false, "Conversations that fail because one of the two has no service, or because a violated order of tasks cuts the sides off from each other, expected from the working days of it";
    VoiceHours, "voice_user_hours_lost", "h", Lower, false, "Working hours of people who telephone with the system, without service or with a limited client, expected from their share";
    ApplicationHours, "application_user_hours_lost", "h", Lower, false, "Working hours of people without an application that they use, counted for each application: no service, its pool out of service or retired, a violated order of tasks, not yet compatible, or a defect of severity 1 in it";
    Cost, "cost", "currency", Lower, false, "What the course costs, at the rates of the scenario: the costs by kind from cost_labour to cost_benefit, added up in that order";
    CostLabour, "cost_labour", "currency", Lower, false, "Moves by hand: users whose tries all failed (cost.move_exception)";
    CostStranded, "cost_stranded", "currency", Lower, false, "Working hours of people who cannot sign in (stranded_user_hours at cost.user_hour)";
    CostLimited, "cost_limited", "currency", Lower, false, "Working hours with limited service (limited_user_hours at cost.user_hour times cost.limited_weight)";
    CostOutage, "cost_outage", "currency", Lower, false, "Working hours without service (outage_user_hours at cost.user_hour)";
    CostMeetings, "cost_meetings", "currency", Lower, false, "Time lost in meetings (lost_attendee_hours at cost.user_hour)";
    CostTechnicians, "cost_technicians", "currency", Lower, false, "Technicians on failed installs and downgrades (technician_hours at cost.technician_hour)";
    CostDesk, "cost_desk", "currency", Lower, false, "Agents of the help desk (desk_hours at cost.agent_hour)";
    CostBothSides, "cost_both_sides", "currency", Lower, false, "Days on which both sides are run (cost.both_sides_day)";
    CostOldSide, "cost_old_side", "currency", Lower, false, "Days on which a legacy pool runs (cost.old_side_day, and after the end of support cost.old_side_day_after_support besides)";
    CostBenefit, "cost_benefit", "currency", Lower, false, "What working on the new side is worth, as a negative cost: active users homed there, added up over working days (cost.benefit_user_day)";
    PeakStranded, "stranded_peak", "users", Lower, false, "Largest number, over the ends of days, of people whose client cannot sign in to their home pool";
    NoReturnDay, "technical_no_return_day", "d", Neither, true, "First day at the end of which at least 1 % of the people who had moved from the old side, and were still employed, had no way back";
    PeakNoWayBack, "no_way_back_peak", "users", Lower, false, "Largest number, over the ends of days, of people who had moved from the old side and whom a full rollback ordered then would have left on the new side";
    FixedForward, "users_fixed_forward", "users", Lower, false, "Users whom a rollback left on the new side because no legacy pool was left to go back to";
    FederationLost, "federation_outage_hours", "h", Lower, false, "Hours in which federated guests were shut out by a task or a violated order";
    FaultsFound, "faults_found", "count", Neither, false, "Configuration faults found by coexistence tests";
    FaultsLive, "faults_live", "count", Lower, false, "Configuration faults not fixed when the first user moved";
    WaveSlip, "wave_slip_days", "d", Lower, false, "By how much waves start later than planned at the end: put off behind late starts, held by gates or tests, or a further attempt";
    TaskHoursInVain, "task_hours_in_vain", "h", Lower, false, "Hours of topology tasks that were done before what they need, and had to be done again";
    WorstWeek, "broken_share_worst_week", "share", Lower, false, "Share of the meetings of the worst week that broke: of the seven days, counted from the first day of the calendar, in which most meetings break, the earliest of equals; 0 if none break";
}

impl Metric {
    /// The definition.
    pub fn definition(self) -> &'static Definition {
        &DEFINITIONS[self as usize]
    }

    /// Is it a day of the calendar, and no length of time?
    pub fn is_date(self) -> bool {
        matches!(
            self,
            Metric::FirstRollbackDay
                | Metric::CompletionDay
                | Metric::Day98
                | Metric::RetirementDay
                | Metric::NoReturnDay
                | Metric::CourseEnd
        )
    }

    /// Does it grow while a course is under way: money, hours, things that are counted? Such metrics of a course that has not
    /// ended by the horizon are those of a part of it.
    pub fn is_accumulated(self) -> bool {
        use Metric as M;
        match self {
            // Largest values, quantiles and what stands at the end.
            M::PeakExposureMeetings | M::PeakExposureClients | M::BacklogPeak | M::TicketWaitP95 => false,
            M::PeakStranded | M::PeakNoWayBack | M::WorstWeek => false,
            M::DefectsOpen | M::FaultsLive => false,
            other => !other.definition().may_be_missing && other.definition().unit != "d",
        }
    }

    /// The metric of that name.
    pub fn named(name: &str) -> Option<Metric> {
        ALL.iter()
            .copied()
            .find(|metric| metric.definition().name == name)
    }
}

/// The kinds of which [`Metric::Cost`] is made, in the order in which they are added up and shown: `cost` is their sum to the
/// last bit.
pub const COST_KINDS: [Metric; 10] = [
    Metric::CostLabour,
    Metric::CostStranded,
    Metric::CostLimited,
    Metric::CostOutage,
    Metric::CostMeetings,
    Metric::CostTechnicians,
    Metric::CostDesk,
    Metric::CostBothSides,
    Metric::CostOldSide,
    Metric::CostBenefit,
];

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

    /// Sets the cost by kind, in the order of [`COST_KINDS`], and with it [`Metric::Cost`], their sum.
    pub fn set_costs(&mut self, by_kind: [f64; COST_KINDS.len()]) {
        let mut sum = 0.0;
        for (kind, cost) in COST_KINDS.into_iter().zip(by_kind) {
            self.set(kind, Some(cost));
            if !(kind == Metric::CostBenefit && mutant::is("benefit-forgotten")) {
                sum += cost;
            }
        }
        self.set(Metric::Cost, Some(sum));
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
