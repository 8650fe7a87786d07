//! Applications beside the meetings: what lives on a pool, who uses it, and which task moves it.

use super::{PoolId, TaskId};
use crate::kernel::Time;

/// What an application is; it decides which task of the profile moves it unless the scenario names one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ApplicationKind {
    /// A trusted application of any other sort.
    Other,
    /// A bot.
    Bot,
    /// A contact centre.
    ContactCentre,
    /// Response groups: calls that are handed out among agents.
    ResponseGroup,
    /// Dial-in access numbers.
    AccessNumber,
    /// Contacts of the voicemail system.
    Voicemail,
    /// Conference directories.
    ConferenceDirectory,
    /// Calls parked to be picked up elsewhere.
    CallPark,
    /// Rooms of the group chat.
    GroupChat,
}

impl ApplicationKind {
    /// All kinds: word used in files, kind, and name of the task that usually moves it.
    pub const ALL: [(&'static str, ApplicationKind, &'static str); 9] = [
        ("application", ApplicationKind::Other, "trusted_applications"),
        ("bot", ApplicationKind::Bot, "trusted_applications"),
        (
            "contact_centre",
            ApplicationKind::ContactCentre,
            "trusted_applications",
        ),
        (
            "response_group",
            ApplicationKind::ResponseGroup,
            "response_groups",
        ),
        ("access_number", ApplicationKind::AccessNumber, "access_numbers"),
        ("voicemail", ApplicationKind::Voicemail, "voicemail"),
        (
            "conference_directory",
            ApplicationKind::ConferenceDirectory,
            "conference_directories",
        ),
        ("call_park", ApplicationKind::CallPark, "call_park"),
        ("group_chat", ApplicationKind::GroupChat, "group_chat"),
    ];

    /// Name of the task that usually moves applications of this kind.
    pub fn usual_task(self) -> &'static str {
        ApplicationKind::ALL[self as usize].2
    }
}

/// An application that departments use beside the meetings.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Application {
    /// Stable name; unique.
    pub name: String,
    /// Stable id for keyed draws.
    pub id: u64,
    /// What it is.
    pub kind: ApplicationKind,
    /// The pool that it lives on at the start.
    pub pool: PoolId,
    /// The task that moves it to the new side; `None` if the profile knows of none.
    pub moved_by: Option<TaskId>,
    /// Departments that use it.
    pub departments: Vec<u32>,
    /// From when on it works with the new release; `None` = never.
    pub works_from: Option<Time>,
}
