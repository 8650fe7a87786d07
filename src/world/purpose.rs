//! What each keyed draw is for. Codes are part of the record: a code never changes its meaning.

/// Purpose of a draw, the third part of its key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u32)]
pub enum Purpose {
    /// Generated population (facts of the scenario; replication 0 of the key is used).
    Population = 1,
    /// Values of uncertain parameters; entity = parameter.
    Parameter = 2,
    /// Traits of a person; entity = user.
    Traits = 3,
    /// Lag of a machine; entity = user, index = machine.
    MachineLag = 4,
    /// Active days; entity = user, index = block of days.
    Activity = 5,
    /// Meetings that a person arranges; entity = user, index = epoch.
    Calendar = 6,
    /// Up and down times of a front end; entity = pool, index = front end.
    FrontEnd = 7,
    /// A sample of past meetings, known to planners; entity = user (replication 0).
    History = 8,
    /// Random wave order; entity = user (replication 0 of the key: a plan's dice are cast once).
    WaveOrder = 9,
    /// Does a move's try fail? entity = user, index = direction, attempt, try.
    MoveFails = 20,
    /// Does a whole batch fail? entity = first user of the batch, index = direction, attempt, try.
    BatchFails = 21,
    /// Length of the interruption; entity = user, index = direction, attempt, try.
    Interruption = 22,
    /// Does an install fail? entity = machine, index = direction, attempt, try.
    InstallFails = 23,
    /// Technician's time on a machine; entity = machine, index = direction, attempt, try.
    TechnicianTime = 24,
    /// Does the organiser send a series again unasked? entity = series, index = target format, k-th time stale.
    Resends = 25,
    /// When, if so; same key.
    ResendDelay = 26,
    /// When after an occurrence that broke; entity = series, index = occurrence.
    RepairDelay = 27,
    /// Time of a person on a move that failed for good; entity = user, index = direction, attempt.
    ExceptionTime = 28,
    /// Days outside the office; entity = user, index = block of days.
    RemoteDays = 70,
    /// Up and down times of a pool's back end; entity = pool.
    BackEnd = 71,
    /// Up and down times of a site; entity = site.
    SiteFailure = 72,
    /// Up and down times of the edge of a side; entity = side.
    EdgeFailure = 73,
}

impl crate::kernel::Purpose for Purpose {
    fn code(self) -> u32 {
        self as u32
    }
}
