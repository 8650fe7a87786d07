//! What each keyed draw is for. Codes are part of the record: a code never changes its meaning.

macro_rules! purposes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal,)*) => {
        /// Purpose of a draw, the third part of its key.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        #[repr(u32)]
        pub enum Purpose { $($(#[doc = $doc])+ $name = $code,)* }

        impl Purpose {
            /// All purposes, by code.
            pub const ALL: &[Purpose] = &[$(Purpose::$name,)*];
        }
    };
}

purposes! {
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
    /// A lot: places in random orders; entity = user, department or team (the key has the seed and number of the lot).
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
    /// Number of defects of a class; entity = class.
    DefectCount = 29,
    /// Properties of a defect; entity = defect.
    Defect = 30,
    /// Does a defect break an occurrence? entity = defect, index = series and occurrence, mixed.
    DefectHits = 31,
    /// Tickets about a defect; entity = defect and user, index = twice the number: gap on the user's clock, then time
    /// of the day.
    DefectTickets = 32,
    /// Is a broken occurrence reported? entity = series, index = occurrence.
    Reports = 33,
    /// Number of tickets after a move or install; entity = source, user, direction and attempt.
    TicketCount = 34,
    /// When each is opened; same entity, index = number.
    TicketTime = 35,
    /// When a stranded user calls; entity = user, index = how many times stranded.
    StrandedCall = 36,
    /// Work on a ticket; entity = what caused it, index = which one of those.
    ServiceTime = 37,
    /// Patience of its caller; same key.
    Patience = 38,
    /// Time that a decision takes; entity = name of the wave that waits, or place of the trigger; index = attempt,
    /// evaluation that asked.
    DecisionDelay = 39,
    /// Mean number of configuration faults; entity = kind and place.
    FaultMean = 50,
    /// Does a fault exist? Gap to the next one; entity = kind and place, index = fault.
    FaultExists = 51,
    /// Time to fix a fault; entity = kind and place, index = fault.
    FaultFix = 52,
    /// Does a test run find a fault? entity = fault, index = run.
    FaultFound = 53,
    /// Does a fault strike an occurrence? entity = fault with series, index = occurrence.
    FaultHits = 54,
    /// Does a fault make a move's try fail? entity = fault with user, index = direction, attempt, try.
    FaultStopsMove = 55,
    /// When somebody leaves; entity = user.
    Leaves = 56,
    /// Time from one joiner to the next; one entity, index = joiner.
    Joins = 57,
    /// Whose department, site, team and pool a joiner shares; entity = joiner.
    Joiner = 58,
    /// Days outside the office; entity = user, index = block of days.
    RemoteDays = 70,
    /// Up and down times of a pool's back end; entity = pool.
    BackEnd = 71,
    /// Up and down times of a site; entity = site.
    SiteFailure = 72,
    /// Up and down times of the edge of a side; entity = side.
    EdgeFailure = 73,
    /// Number of everyday tickets at the help desk; one entity, index = day.
    BackgroundCount = 80,
    /// Where and when each is opened; entity = day, index = number.
    BackgroundTime = 81,
    /// A trajectory of a screening; replication of the key = trajectory.
    Screening = 100,
}

impl crate::kernel::Purpose for Purpose {
    fn code(self) -> u32 {
        self as u32
    }
}
