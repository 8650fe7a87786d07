//! What a stretch of time has cost, counted from an instant on.

/// Something counted from an instant on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(usize)]
pub enum Quantity {
    /// Occurrences broken.
    Broken = 0,
    /// Hours lost by attendees.
    LostHours = 1,
    /// Users who could not sign in at some time.
    Stranded = 2,
    /// Working hours of users who cannot sign in.
    StrandedHours = 3,
    /// Hours until everyone is served again.
    HoursUntilServed = 4,
    /// Machines taken back to an old client.
    Downgraded = 5,
    /// Users moved back.
    RolledBack = 6,
    /// Users whom a rollback left on the new side.
    FixedForward = 7,
    /// Tickets opened.
    Tickets = 8,
    /// Cost.
    Cost = 9,
    /// Days from the order to go back until 98 % of those who go back are served on the old side and that is validated.
    DaysToGoBack = 10,
}

impl Quantity {
    /// All, in the order of files.
    pub const ALL: [Quantity; 11] = [
        Quantity::Broken,
        Quantity::LostHours,
        Quantity::Stranded,
        Quantity::StrandedHours,
        Quantity::HoursUntilServed,
        Quantity::Downgraded,
        Quantity::RolledBack,
        Quantity::FixedForward,
        Quantity::Tickets,
        Quantity::Cost,
        Quantity::DaysToGoBack,
    ];

    /// Name in scenarios and files.
    pub fn word(self) -> &'static str {
        match self {
            Quantity::Broken => "meetings_broken",
            Quantity::LostHours => "lost_attendee_hours",
            Quantity::Stranded => "users_stranded",
            Quantity::StrandedHours => "stranded_user_hours",
            Quantity::HoursUntilServed => "hours_until_served",
            Quantity::Downgraded => "clients_downgraded",
            Quantity::RolledBack => "users_rolled_back",
            Quantity::FixedForward => "users_fixed_forward",
            Quantity::Tickets => "tickets",
            Quantity::Cost => "cost",
            Quantity::DaysToGoBack => "days_to_go_back",
        }
    }

    /// Unit.
    pub fn unit(self) -> &'static str {
        match self {
            Quantity::Broken => "occurrences",
            Quantity::LostHours | Quantity::StrandedHours | Quantity::HoursUntilServed => "h",
            Quantity::Stranded | Quantity::RolledBack | Quantity::FixedForward => "users",
            Quantity::Downgraded => "installs",
            Quantity::Tickets => "tickets",
            Quantity::Cost => "currency",
            Quantity::DaysToGoBack => "d",
        }
    }

    /// May it be missing, because it is not reached before the end, or nobody goes back?
    pub fn may_be_missing(self) -> bool {
        matches!(self, Quantity::HoursUntilServed | Quantity::DaysToGoBack)
    }

    /// The quantity of that name.
    pub fn named(name: &str) -> Option<Quantity> {
        Quantity::ALL.into_iter().find(|quantity| quantity.word() == name)
    }
}

/// One value for each quantity; `None` where it is missing.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Toll(pub [Option<f64>; Quantity::ALL.len()]);

impl Toll {
    /// Value of a quantity.
    pub fn get(&self, quantity: Quantity) -> Option<f64> {
        self.0[quantity as usize]
    }

    /// Sets a quantity.
    pub fn set(&mut self, quantity: Quantity, value: Option<f64>) {
        self.0[quantity as usize] = value;
    }
}
