//! How long machines take to install after they were told: two laws, for installs that are pushed and for those that people
//! make at will.
//!
//! *Forced*, in working days: straight lines through the shares within 2, 7 and 15 working days, then an exponential tail
//! whose median is the middle of the days from 15 to 40, so that no machine installs at a date of ours. *Voluntary*, in
//! calendar days: `F(t) = (1 - never) (1 - exp(-ln 2 (t / median)^0.55))`, a Weibull distribution of shape 0.55 with the
//! median of those who ever do. Ten releases of a server product, each followed for two years by a monthly census of its
//! installations (the long-term support releases of Jenkins from 2.46.1 to 2.204.1, stats.jenkins.io), follow it.
//!
//! Both are quantiles of the same uniform, so whoever is patient is so under either law, and whoever never installs at a
//! small `never` never does at a larger one.

use super::{Draw, Mark, Setting};
use crate::kernel::distribution;
use crate::mutant;

/// Shape of the voluntary law.
const SHAPE: f64 = 0.55;
/// Working days from which on a machine is a straggler.
pub const STRAGGLES: f64 = 15.0;
/// Median of the working days that a straggler takes beyond those.
const TAIL_MEDIAN: f64 = 12.5;

/// A machine that never installs by itself takes so long.
pub const NEVER: f64 = f64::INFINITY;

/// The laws of a world.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Laws {
    points: [(f64, f64); 4],
    never: f64,
    median: f64,
    voluntary_never: f64,
    factor: f64,
}

impl Laws {
    /// The laws with these parameters. Shares that contradict each other are raised to the one before.
    pub fn new(value: impl Fn(Setting) -> f64) -> Laws {
        let two = value(Setting::LagTwoDays);
        let seven = value(Setting::LagSevenDays).max(two);
        let fifteen = (1.0 - value(Setting::Stragglers)).max(seven);
        Laws {
            points: [(0.0, 0.0), (two, 2.0), (seven, 7.0), (fifteen, STRAGGLES)],
            never: value(Setting::Never),
            median: value(Setting::VoluntaryMedian),
            voluntary_never: value(Setting::VoluntaryNever),
            factor: value(Setting::LagFactor),
        }
    }

    /// Share of the machines that never install by themselves when told to.
    pub fn never(&self) -> f64 {
        self.never
    }

    /// Share of the machines that never install by themselves at will.
    pub fn voluntary_never(&self) -> f64 {
        self.voluntary_never
    }

    /// Working days until a pushed install of the machine with the uniform `u`; [`NEVER`] for those that wait for a
    /// technician.
    ///
    /// # Panics
    /// If `u` is not strictly between 0 and 1.
    pub fn forced(&self, u: f64) -> f64 {
        let come = 1.0 - self.never;
        let fifteen = self.points[3].0;
        if u >= come {
            NEVER
        } else if u <= fifteen {
            self.factor * distribution::piecewise_linear_quantile(u, &self.points)
        } else {
            let beyond = distribution::exponential(
                within((u - fifteen) / (come - fifteen)),
                TAIL_MEDIAN / std::f64::consts::LN_2,
            );
            let most = if mutant::is("lags-end") { 25.0 } else { NEVER };
            self.factor * (STRAGGLES + beyond.min(most))
        }
    }

    /// Calendar days until the user of the machine with the uniform `u` installs at will; [`NEVER`] for those who never do.
    ///
    /// # Panics
    /// If `u` is not strictly between 0 and 1.
    pub fn voluntary(&self, u: f64) -> f64 {
        let come = 1.0 - self.voluntary_never;
        if u >= come {
            return NEVER;
        }
        let scale = self.median / libm::pow(std::f64::consts::LN_2, 1.0 / SHAPE);
        self.factor * distribution::weibull(within(u / come), scale, SHAPE)
    }
}

/// A quotient of a number and a larger one, kept below 1 where rounding would make it 1.
fn within(share: f64) -> f64 {
    share.min(1.0 - f64::EPSILON / 2.0)
}

/// A kind of package, with the usual shares of its installs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Package {
    /// A silent client that its user only restarts: a browser.
    Browser,
    /// A client or add-in that is pushed, with a deadline.
    Pushed,
    /// An operating system with a deadline, in rings.
    OperatingSystem,
    /// Anything that people upgrade when they please.
    Voluntary,
    /// A mode or setting, which needs no install.
    Setting,
}

impl Package {
    /// Words of the kinds in files.
    pub const ALL: [(&str, Package); 5] = [
        ("browser", Package::Browser),
        ("pushed", Package::Pushed),
        ("operating_system", Package::OperatingSystem),
        ("voluntary", Package::Voluntary),
        ("setting", Package::Setting),
    ];

    /// The parameters that the kind sets, each with its 90 % interval (uniform; a fixed value where both ends are equal).
    pub fn ranges(self) -> &'static [(Setting, f64, f64)] {
        use Setting::{LagSevenDays, LagTwoDays, Never, Stragglers, VoluntaryMedian, VoluntaryNever};
        match self {
            Package::Browser => &[
                (LagTwoDays, 0.50, 0.70),
                (LagSevenDays, 0.82, 0.93),
                (Stragglers, 0.03, 0.08),
                (Never, 0.01, 0.03),
            ],
            Package::Pushed => &[
                (LagTwoDays, 0.30, 0.65),
                (LagSevenDays, 0.75, 0.93),
                (Stragglers, 0.03, 0.10),
                (Never, 0.01, 0.03),
            ],
            Package::OperatingSystem => &[
                (LagTwoDays, 0.10, 0.35),
                (LagSevenDays, 0.45, 0.80),
                (Stragglers, 0.05, 0.15),
                (Never, 0.01, 0.05),
            ],
            Package::Voluntary => &[(VoluntaryMedian, 40.0, 150.0), (VoluntaryNever, 0.2, 0.5)],
            Package::Setting => &[
                (LagTwoDays, 0.95, 1.0),
                (LagSevenDays, 1.0, 1.0),
                (Stragglers, 0.0, 0.0),
                (Never, 0.0, 0.0),
            ],
        }
    }

    /// Where the figures come from, and what they are.
    pub fn source(self) -> (Mark, &'static str) {
        match self {
            Package::Browser => (Mark::Derived, "DECADE, CHITIKA"),
            Package::OperatingSystem => (Mark::Derived, "W10MS, W11MS"),
            Package::Voluntary => (Mark::Derived, "CENSUS, ODUINN"),
            Package::Pushed | Package::Setting => (Mark::Estimated, ""),
        }
    }

    /// How worlds draw one of the parameters that the kind sets.
    pub fn draw(low: f64, high: f64) -> Draw {
        match low == high {
            true => Draw::Fixed(low),
            false => Draw::Uniform { low, high },
        }
    }
}
