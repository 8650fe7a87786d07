//! The edge: people outside the office and guests come in through it, and stay outside when it is down or a violated
//! order of tasks shuts them out.

use super::Simulation;
use super::event::Event;
use super::judge::Attendance;
use super::state::{JOIN, ON_LEGACY, ON_NEW, Service};
use crate::kernel::{Observer, Time};
use crate::outcome::{Action, Cause, Entry, Subject};
use crate::world::profile::Join;
use crate::world::{Facts, FormatId, Series, ServerId, Side, UserId, Window};

/// Which edges are down and who goes through which.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EdgeState {
    down: [bool; 2],
    /// Do violated orders keep the legacy edge out of use, and the outside away from the new side?
    shut: [bool; 2],
    /// Are the new pools reached by an edge of their own?
    own: bool,
    /// The edge that federated guests come through; the legacy one until it is cut over.
    pub(crate) federation: Side,
}

impl EdgeState {
    pub(crate) fn new(facts: &Facts) -> EdgeState {
        EdgeState {
            down: [false; 2],
            shut: [false; 2],
            own: facts.edges.is_none_or(|edges| edges.own_from <= Time::ZERO),
            federation: Side::Legacy,
        }
    }

    /// Does nobody come in by the edge of a side?
    fn is_out(&self, edge: Side) -> bool {
        self.down[edge as usize] || (edge == Side::Legacy && self.shut[Side::Legacy as usize])
    }

    fn is_down_somewhere(&self) -> bool {
        self.down != [false; 2] || self.shut != [false; 2]
    }

    /// Is the edge down by which the pools of a side are reached, or the side shut out?
    pub(crate) fn keeps_out(&self, side: Side) -> bool {
        let edge = if self.own { side } else { Side::Legacy };
        self.is_out(edge) || (side == Side::New && self.shut[Side::New as usize])
    }
}

impl<O: Observer<Entry>> Simulation<'_, O> {
    pub(super) fn schedule_edge(&mut self) {
        if let Some(edges) = &self.world.facts.edges
            && edges.own_from > Time::ZERO
            && edges.own_from < self.world.facts.calendar.horizon
        {
            self.state.events.push(edges.own_from, Event::EdgeInUse);
        }
    }

    pub(super) fn edge_changes(&mut self, window: &Window, now: Time, side: Side, up: bool, cause: Cause) {
        self.account_for_all(window, now);
        self.state.edge.down[side as usize] = !up;
        let action = if up { Action::EdgeUp } else { Action::EdgeDown };
        self.log_change(now, action, Subject::Edge(side as u8), cause);
    }

    pub(super) fn use_own_edge(&mut self, window: &Window, now: Time) {
        self.account_for_all(window, now);
        self.state.edge.own = true;
        self.log_change(
            now,
            Action::EdgeInUse,
            Subject::Edge(Side::New as u8),
            Cause::Plan,
        );
    }

    /// A violated order keeps the legacy edge out of use, or the outside away from the new side; or no longer.
    pub(super) fn refresh_outside(&mut self, window: &Window, now: Time, side: Side, shut: bool) {
        if self.state.edge.shut[side as usize] != shut {
            self.account_for_all(window, now);
            self.state.edge.shut[side as usize] = shut;
            let action = if shut { Action::EdgeDown } else { Action::EdgeUp };
            self.log_change(now, action, Subject::Edge(side as u8), Cause::Order);
        }
    }

    pub(super) fn account_for_all(&mut self, window: &Window, now: Time) {
        for user in 0..self.state.pool.len() as UserId {
            self.account_for(window, user, now);
        }
    }

    fn side_of(&self, user: UserId) -> Side {
        if self.world.facts.is_legacy(self.state.pool[user as usize]) {
            Side::Legacy
        } else {
            Side::New
        }
    }

    /// Is a user without service on the days outside the office?
    pub(super) fn is_kept_out(&self, user: UserId) -> bool {
        self.state.edge.is_down_somewhere() && self.state.edge.keeps_out(self.side_of(user))
    }

    /// How a user is served on a date.
    pub(super) fn service_on(&self, window: &Window, user: UserId, date: i64, kept_out: bool) -> Service {
        match self.state.service[user as usize] {
            Service::Full | Service::Limited if kept_out && window.is_remote(user, date) => Service::Out,
            service => service,
        }
    }

    fn are_federated_shut_out(&self) -> bool {
        let edge = &self.state.edge;
        edge.is_out(edge.federation) || self.state.tasks.federation_down.is_some()
    }

    /// Does it matter who is outside, or which guests are federated?
    pub(super) fn is_somebody_shut_out(&self) -> bool {
        self.state.edge.is_down_somewhere() || self.state.tasks.federation_down.is_some()
    }

    /// Who comes while an edge or federation is down: people outside the office whose own side's edge it is,
    /// anonymous guests of meetings on that side, and federated guests if it carries federation, have nothing but
    /// the phone.
    pub(super) fn attendance_of_each(
        &self,
        window: &Window,
        series: &Series,
        (host, format): (ServerId, FormatId),
        phone: bool,
        now: Time,
    ) -> Attendance {
        let facts = &self.world.facts;
        let organiser = series.id.organiser;
        let reach = self.fixed.reach(host, format);
        let edge = &self.state.edge;
        let mut attendance = Attendance::default();
        let is_active =
            |&&user: &&UserId| self.fixed.all_active || window.is_active(user, facts.date_of(user, now));
        let attendees = window.attendees_of(series).iter().filter(is_active);
        for &user in std::iter::once(&organiser).chain(attendees) {
            let way = reach[usize::from(self.state.code[user as usize])];
            let kept_out =
                edge.keeps_out(self.side_of(user)) && window.is_remote(user, facts.date_of(user, now));
            let own = if kept_out { Join::None as u8 } else { way & JOIN };
            attendance.add(own.max(u8::from(phone)), way & (ON_LEGACY | ON_NEW));
        }
        let web = facts.profile.web[usize::from(host)][usize::from(format)];
        let side = if facts.profile.servers[usize::from(host)].legacy {
            Side::Legacy
        } else {
            Side::New
        };
        let (anonymous, federated) = (edge.keeps_out(side), self.are_federated_shut_out());
        let guests = u32::from(series.anonymous) + u32::from(series.federated);
        for guest in 0..guests {
            let is_anonymous = guest < u32::from(series.anonymous);
            let kept_out = if is_anonymous { anonymous } else { federated };
            let by_web = !kept_out && has_browser(series, guest, guests);
            let own = if by_web { web as u8 } else { Join::None as u8 };
            attendance.add(own.max(u8::from(phone)), 0);
        }
        attendance
    }
}

/// The world says how many guests of a series can use a browser. Which ones they are, anonymous guests before
/// federated ones, differs from series to series: as many as there are in turn, beginning with another one each time.
fn has_browser(series: &Series, guest: u32, guests: u32) -> bool {
    (guest + series.id.number % guests) % guests < u32::from(series.guests_with_browser)
}
