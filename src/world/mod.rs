//! The world: everything that chance decides, and the fixed facts it rests on.
//!
//! A world depends on the scenario's facts and on the [`Key`](crate::kernel::Key) (seed, replication) alone,
//! never on a plan. It is immutable while strategies are replayed in it: the calendar is read in time windows
//! through a [`Reader`], so that a large world never lies in memory whole and all strategies share one copy.

pub mod applications;
mod arrange;
pub mod background;
pub mod calendar;
mod calibrate;
mod choice;
mod clock;
pub mod defects;
pub mod draw;
pub mod facts;
mod footprint;
mod index;
pub mod lag;
mod lead;
pub mod outages;
pub mod parameter;
mod presence;
pub mod profile;
pub mod purpose;
pub mod reader;
mod remote;
pub mod series;
mod sorting;
pub mod tables;
pub mod tasks;
pub mod trouble;
mod turnover;

pub use applications::{Application, ApplicationKind};
pub use background::Background;
pub use calendar::{Calendar, Site};
pub use defects::{Defect, DefectClass};
pub use draw::World;
pub use facts::{Contacts, Facts, ListedCalendar, Machine, MeetingModel, Pool, Traits, User};
pub use index::Index;
pub use outages::{Edges, Outage, Part, ScriptedOutage, Side, Struck};
pub use parameter::{Draw, Mark, Parameter, Setting};
pub use profile::{Carry, Join, Profile, SignIn};
pub use purpose::Purpose;
pub use reader::{Memory, Reader};
pub use series::{Category, Kind, Occurrence, Series, SeriesId, Window};
pub use tables::{Absence, RemoteDay, Tables};
pub use tasks::{
    Edge, Effect, Fault, FaultKind, FaultModel, Outage as TaskOutage, Place, Step, Task, TaskId, Undo,
};
pub use trouble::Trouble;
pub use turnover::Stay;

/// Index of a user in [`Facts::users`] (users are sorted by name, so the index is a fact of content).
pub type UserId = u32;
/// Index of a pool in [`Facts::pools`].
pub type PoolId = u16;
/// Index of a server release in [`Profile::servers`].
pub type ServerId = u8;
/// Index of a client release in [`Profile::clients`].
pub type ClientId = u8;
/// Index of a meeting format in [`Profile::formats`].
pub type FormatId = u8;
/// Index of a site in [`Calendar::sites`].
pub type SiteId = u16;
