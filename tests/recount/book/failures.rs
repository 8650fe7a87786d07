//! Parts that go down and come up, edges, and pools that hand their users over to their pair.

use super::{Book, DAY, Line, MINUTE, Result};
use coexist::world::{Facts, Part, Setting, Side, Struck, Tables};
use std::collections::BTreeSet;

/// Stage of a pool that may hand its users over to its pair.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) enum Stage {
    /// It serves them itself, or nobody does.
    #[default]
    Own,
    Ordered,
    Over,
    Back,
}

#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Failover {
    stage: Stage,
    /// When the pool stopped.
    stopped: i64,
    /// When the failover or fail-back under way is done.
    done: i64,
    /// Since when the pool could take over from its pair.
    ready_since: i64,
}

/// What can be down beside front ends, and who stands in.
pub(super) struct Failing {
    back_end_up: Vec<bool>,
    site_up: Vec<bool>,
    failover: Vec<Failover>,
    /// Edges that are down: legacy, new.
    edge_down: [bool; 2],
    /// Have the new pools an edge of their own?
    own_edge: bool,
    /// Has federation been cut over to the new edge?
    cut_over: bool,
    /// Who is outside the office on which date.
    remote: BTreeSet<(u32, i64)>,
    /// Time after which a strategy decides that a pair takes over, in ms.
    after: Option<i64>,
}

impl Failing {
    pub(super) fn new(facts: &Facts, tables: &Tables, own_edge: bool, minutes: Option<f64>) -> Failing {
        let remote = tables.remote_days.iter().map(|day| (day.user, day.date));
        Failing {
            back_end_up: vec![true; facts.pools.len()],
            site_up: vec![true; facts.calendar.sites.len()],
            failover: vec![Failover::default(); facts.pools.len()],
            edge_down: [false; 2],
            own_edge,
            cut_over: false,
            remote: remote.collect(),
            after: minutes.map(|minutes| (minutes * MINUTE).round() as i64),
        }
    }
}

impl Book<'_> {
    /// The lines of this file; `None` for any other.
    pub(super) fn failing(&mut self, line: &Line<'_>) -> Option<Result<()>> {
        match line.event {
            "server_down" | "server_up" | "back_end_down" | "back_end_up" | "site_down" | "site_up"
            | "edge_down" | "edge_up" => Some(self.part(line)),
            "edge_in_use" => {
                self.failing.own_edge = true;
                let due = self.rules.own_edge_from_day().map(|day| day * DAY);
                Some(if due == Some(line.at) {
                    Ok(())
                } else {
                    Err("the scenario says otherwise".into())
                })
            }
            "failover_ordered" | "failed_over" | "failback_started" | "failed_back" => {
                Some(self.hand_over(line))
            }
            "pool_down" | "pool_up" => Some(self.pool(line)),
            _ => None,
        }
    }

    /// A task is completed or begins to be taken back: the one that cuts federation over decides the edge.
    pub(super) fn cut_over(&mut self, task: &str, done: bool) {
        let task = task.split('@').next().unwrap_or(task);
        if self.rules.cuts_federation_over(task) {
            self.failing.cut_over = done;
        }
    }

    /// Is a user outside the office on a date?
    pub(super) fn is_outside(&self, user: u32, date: i64) -> bool {
        self.failing.remote.contains(&(user, date))
    }

    /// Is the edge down by which the pools of a side are reached?
    pub(super) fn keeps_out(&self, legacy: bool) -> bool {
        let own = !legacy && self.failing.own_edge;
        self.is_closed(own) || (!legacy && self.tasks.effects.shut[1])
    }

    /// Can federated guests not come in?
    pub(super) fn keeps_federated_out(&self) -> bool {
        self.tasks.effects.federation_down || self.is_closed(self.failing.cut_over)
    }

    /// Does nobody come in by the legacy edge, or by the new one?
    fn is_closed(&self, new: bool) -> bool {
        self.failing.edge_down[usize::from(new)] || (!new && self.tasks.effects.shut[0])
    }

    /// The pool that serves the users of a pool.
    pub(super) fn host_of(&self, pool: usize) -> usize {
        match self.failing.failover[pool].stage {
            Stage::Over | Stage::Back => self.pair_of(pool).expect("only pairs fail over"),
            _ => pool,
        }
    }

    /// Is a pool in service, whoever serves its users?
    pub(super) fn serves_itself(&self, pool: usize) -> bool {
        self.serving[pool]
    }

    fn pair_of(&self, pool: usize) -> Option<usize> {
        let name = self.rules.pair(&self.facts.pools[pool].name)?;
        self.pools.get(name).copied()
    }

    /// Was a series arranged, or sent again, too shortly before its pool stopped for the pair to know it?
    pub(super) fn is_unknown(&self, index: usize) -> bool {
        let series = &self.tables.series[index];
        let home = self.home[series.id.organiser as usize];
        let loss = (self.value(Setting::FailoverLoss) * MINUTE).round() as i64;
        self.host_of(home) != home && self.state[index].sent > self.failing.failover[home].stopped - loss
    }

    /// No pool is down for longer than the rule says without handing its users over.
    pub(super) fn failovers_are_in_time(&self, at: i64) -> Result<()> {
        let Some(after) = self.failing.after else {
            return Ok(());
        };
        let failover = &self.failing.failover;
        for pool in 0..self.serving.len() {
            let Some(pair) = self.pair_of(pool) else { continue };
            let own = failover[pool];
            let ready = self.serving[pair] && matches!(failover[pair].stage, Stage::Own);
            let late = match own.stage {
                Stage::Own => {
                    !self.serving[pool] && ready && (own.stopped + after).max(failover[pair].ready_since) < at
                }
                Stage::Ordered => ready && own.done < at,
                Stage::Back => own.done < at,
                Stage::Over => false,
            };
            if late {
                return Err(format!("{} should have failed over", self.facts.pools[pool].name));
            }
        }
        Ok(())
    }

    fn part(&mut self, line: &Line<'_>) -> Result<()> {
        let down = line.event.ends_with("_down");
        let part = self.part_named(line)?;
        match part {
            Part::FrontEnd(pool, number) => self.up[usize::from(pool)][number as usize] = !down,
            Part::BackEnd(pool) => self.failing.back_end_up[usize::from(pool)] = !down,
            Part::Site(site) => self.failing.site_up[usize::from(site)] = !down,
            Part::Edge(side) => self.failing.edge_down[side as usize] = down,
        }
        let changes = |outage: &&coexist::world::Outage| {
            let at = if down { outage.down.0 } else { outage.up.0 };
            outage.part == part && at == line.at
        };
        let Some(outage) = self.tables.outages.iter().find(changes) else {
            return Err("the world says otherwise".into());
        };
        let strikes = |told: &coexist::world::ScriptedOutage| match (told.place, part) {
            (Struck::Part(own), _) => own == part,
            (Struck::Pool(own), Part::FrontEnd(of, _)) => own == of,
            _ => false,
        };
        let told = self.facts.outages.iter().filter(|told| strikes(told));
        let is_planned = |told: &&coexist::world::ScriptedOutage| {
            told.planned && told.down <= outage.down && outage.down < told.up
        };
        let is_scripted = |told: &&coexist::world::ScriptedOutage| {
            // What lies before time zero is not simulated: such an outage is there from the first instant.
            let (from, until) = (told.down.0.max(0), told.up.0);
            from < until && line.at == if down { from } else { until }
        };
        let cause = if told.clone().any(|told| is_planned(&told)) {
            "planned"
        } else if told.clone().any(|told| is_scripted(&told)) {
            "script"
        } else {
            "chance"
        };
        Self::has_cause(line, cause)
    }

    fn part_named(&self, line: &Line<'_>) -> Result<Part> {
        Ok(match line.event.rsplit_once('_').map_or("", |parts| parts.0) {
            "server" => {
                let (pool, number) = line.subject.rsplit_once(':').ok_or("no front end")?;
                let number = number.parse::<u32>().map_err(|_| "no front end")?;
                Part::FrontEnd(self.pool_named(pool)? as u16, number)
            }
            "back_end" => Part::BackEnd(self.pool_named(line.subject)? as u16),
            "site" => {
                let mut sites = self.facts.calendar.sites.iter();
                let site = sites.position(|site| site.name == line.subject);
                Part::Site(site.ok_or("no site")? as u16)
            }
            _ => Part::Edge(Side::ALL[usize::from(line.subject == "new")]),
        })
    }

    fn pool(&mut self, line: &Line<'_>) -> Result<()> {
        let pool = self.pool_named(line.subject)?;
        let quorum = self
            .rules
            .serves(self.server[pool], &self.up[pool], self.serving[pool]);
        let site = usize::from(self.facts.pools[pool].site);
        let serves = quorum && self.failing.back_end_up[pool] && self.failing.site_up[site];
        if serves != (line.event == "pool_up") || serves == self.serving[pool] {
            return Err("quorum, back end or site say otherwise".into());
        }
        self.serving[pool] = serves;
        let own = &mut self.failing.failover[pool];
        match (serves, own.stage) {
            (true, Stage::Own | Stage::Ordered) => (own.stage, own.ready_since) = (Stage::Own, line.at),
            (false, Stage::Own) => own.stopped = line.at,
            _ => {}
        }
        if !serves {
            self.cut_off(pool, line.at);
        }
        Ok(())
    }

    /// A pool hands its users over or takes them back, when the rule says so.
    fn hand_over(&mut self, line: &Line<'_>) -> Result<()> {
        let pool = self.pool_named(line.subject)?;
        let pair = self.pair_of(pool).ok_or("a pool without a pair")?;
        let named = if line.to.is_empty() { line.from } else { line.to };
        let (own, other) = (self.failing.failover[pool], self.failing.failover[pair]);
        let ready = self.serving[pair] && other.stage == Stage::Own;
        let after = self.failing.after.ok_or("nobody decides that here")?;
        let (next, done, is_right) = match line.event {
            "failover_ordered" => {
                let minutes = self.value(Setting::FailoverMinutes);
                let due = (own.stopped + after).max(other.ready_since);
                let in_time = due == line.at && matches!(own.stage, Stage::Own | Stage::Ordered);
                let done = line.at + (minutes * MINUTE).round() as i64;
                (Stage::Ordered, done, in_time && ready && !self.serving[pool])
            }
            "failed_over" => {
                let prepared = own.stage == Stage::Ordered && own.done == line.at && ready;
                let again = own.stage == Stage::Back && !self.serving[pool];
                (Stage::Over, 0, prepared || again)
            }
            "failback_started" => {
                let here = (0..self.home.len()).filter(|user| self.is_here(*user));
                let users = here.filter(|user| self.home[*user] == pool).count() as f64;
                let hours = users / self.value(Setting::FailbackRate);
                let both = self.serving[pool] && self.serving[pair];
                let done = line.at + (hours * 60.0 * MINUTE).round() as i64;
                (Stage::Back, done, own.stage == Stage::Over && both)
            }
            _ => {
                let over = own.stage == Stage::Over && self.serving[pool] && !self.serving[pair];
                let back = own.stage == Stage::Back && (own.done == line.at || !self.serving[pair]);
                (Stage::Own, 0, over || back)
            }
        };
        if !is_right || named != self.facts.pools[pair].name {
            return Err(format!("not now, or not there: {own:?}"));
        }
        if done > 0 && line.number("done_ms")? != done {
            return Err(format!("it is done at {done}"));
        }
        let own = &mut self.failing.failover[pool];
        (own.stage, own.done) = (next, done);
        if next == Stage::Own {
            own.ready_since = line.at;
        }
        Ok(())
    }
}
