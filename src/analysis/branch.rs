//! Strategies cloned at points of their way through a world, each clone on a course of its own.
//!
//! The strategy itself, the *trunk*, is simulated once; all clones go through the same windows of the world with it, so
//! that neither the way to a branch nor the world is paid for twice.

use crate::kernel::{Nothing, Span, Time};
use crate::mutant;
use crate::outcome::Toll;
use crate::plan::Plan;
use crate::plan::course::{Course, Point};
use crate::simulate::{Options, Simulation};
use crate::world::reader::Memory;
use crate::world::{Trouble, Window, World};
use std::collections::VecDeque;

/// What happens at a branch.
#[derive(Clone, PartialEq, Debug)]
pub struct Study {
    /// The trouble that begins there, alike on all courses.
    pub trouble: Trouble,
    /// The courses taken, without repeats.
    pub courses: Vec<Course>,
    /// From the trouble to the order.
    pub decision: Span,
    /// How long every course is followed from the branch on.
    pub ahead: Span,
}

impl Study {
    /// When the order is given at a branch at an instant. A trouble comes first: the order follows a millisecond later
    /// even if the decision takes no time.
    pub fn ordered(&self, at: Time) -> Time {
        match self.trouble {
            Trouble::None => at,
            _ => at + self.decision.max(Span::MILLISECOND),
        }
    }
}

/// What came of one course.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Followed {
    /// Counted from the branch on.
    pub toll: Toll,
    /// Digest of the event log from the start of the scenario to the end of the look-ahead.
    pub digest: u64,
}

/// What came of one point in one world.
#[derive(Clone, PartialEq, Debug)]
pub struct Branched {
    /// When the point was; `None` if it did not come early enough to look ahead from it.
    pub at: Option<Time>,
    /// Users on the new side then.
    pub moved: u32,
    /// By course, in the order of the study; empty if there is nothing to decide, because the programme was going back
    /// already or had gone back.
    pub followed: Vec<Followed>,
}

/// Who has no way back at the end of a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Stuck {
    /// People who moved from the old side and whom a full rollback ordered then would leave on the new side.
    pub people: u32,
    /// The same as a share of all who moved from the old side and are still employed, in whole per mille, rounded down.
    pub per_mille: u32,
}

/// What came of one strategy in one world.
#[derive(Clone, PartialEq, Debug)]
pub struct Strand {
    /// By point.
    pub found: Vec<Branched>,
    /// By day, if the plan is carried out as it is.
    pub stuck: Vec<Stuck>,
}

impl Branched {
    const UNREACHED: Branched = Branched {
        at: None,
        moved: 0,
        followed: Vec::new(),
    };
}

/// How far plans are followed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// To the end of the world, so that every day is known.
    Horizon,
    /// Until every branch has been followed; days after that are not known.
    Branches,
}

/// Follows every plan through a world and branches at its points (`points[plan]`). A plan must say how to roll back, or rolling
/// back is going on.
pub fn follow(
    world: &World,
    plans: &[&Plan],
    points: &[Vec<Point>],
    study: &Study,
    reach: Reach,
    memory: &mut Memory,
) -> Vec<Strand> {
    let mut trees: Vec<Tree> = plans
        .iter()
        .zip(points)
        .map(|(plan, points)| Tree::new(world, plan, points, study))
        .collect();
    let mut reader = world.reader_with(std::mem::take(memory));
    while let Some(window) = reader.next() {
        for tree in &mut trees {
            tree.carry(window, reach);
        }
        if reach == Reach::Branches && trees.iter().all(Tree::is_complete) {
            break;
        }
    }
    *memory = reader.into_memory();
    trees.into_iter().map(Tree::into_strand).collect()
}

/// A clone on its way.
struct Live<'w> {
    /// The point and the course, as places.
    place: (usize, usize),
    end: Time,
    simulation: Simulation<'w, Nothing>,
}

/// One strategy with its clones.
struct Tree<'w> {
    study: &'w Study,
    horizon: Time,
    trunk: Simulation<'w, Nothing>,
    points: &'w [Point],
    /// Points that have not been come to.
    open: Vec<usize>,
    /// Places and ends of the courses that the trunk itself is followed on, the earliest first.
    own: VecDeque<((usize, usize), Time)>,
    live: Vec<Live<'w>>,
    found: Vec<Branched>,
}

impl<'w> Tree<'w> {
    fn new(world: &'w World, plan: &'w Plan, points: &'w [Point], study: &'w Study) -> Tree<'w> {
        Tree {
            study,
            horizon: world.facts.calendar.horizon,
            trunk: Simulation::new(world, plan, Nothing, Options::default()),
            points,
            open: (0..points.len()).collect(),
            own: VecDeque::new(),
            live: Vec::new(),
            found: vec![Branched::UNREACHED; points.len()],
        }
    }

    fn is_complete(&self) -> bool {
        self.open.is_empty() && self.own.is_empty() && self.live.is_empty()
    }

    fn into_strand(self) -> Strand {
        let stuck = |(people, per_mille)| Stuck { people, per_mille };
        Strand {
            stuck: self.trunk.no_way_back().map(stuck).collect(),
            found: self.found,
        }
    }

    /// Carries trunk and clones through a window.
    fn carry(&mut self, window: &Window, reach: Reach) {
        if reach == Reach::Horizon || !self.open.is_empty() || !self.own.is_empty() {
            self.carry_trunk(window);
        }
        let mut live = std::mem::take(&mut self.live);
        live.retain_mut(|branch| {
            branch.simulation.advance_until(window, branch.end);
            let is_over = is_over(branch.end, window, self.horizon);
            if is_over {
                let toll = branch.simulation.toll(window, branch.end);
                let digest = branch.simulation.digest();
                self.note(branch.place, toll, digest);
            }
            !is_over
        });
        self.live = live;
    }

    /// Stops at midnights, too: a wave may have started that a point waits for.
    fn carry_trunk(&mut self, window: &Window) {
        let mut now = window.from;
        loop {
            self.trunk.advance_until(window, now);
            self.end_own(window, now);
            if now >= window.to {
                if now == self.horizon {
                    self.trunk.end_day_at(window, now);
                }
                return;
            }
            self.branch_at(window, now);
            let midnight = Time((now.day() + 1) * Span::DAY.0);
            let own = self.own.front().map(|&(_, end)| end);
            let midnight = Some(midnight).filter(|_| !self.open.is_empty());
            let stops = [self.next_point(now), own, midnight];
            now = stops.into_iter().flatten().fold(window.to, Time::min);
        }
    }

    fn instant(&self, point: usize) -> Option<Time> {
        self.points[point].at(|wave| self.trunk.wave_start(wave as usize))
    }

    fn next_point(&self, after: Time) -> Option<Time> {
        let instants = self.open.iter().filter_map(|&point| self.instant(point));
        instants.filter(|&at| at > after).min()
    }

    fn branch_at(&mut self, window: &Window, now: Time) {
        let due: Vec<usize> = (self.open.iter().copied())
            .filter(|&point| self.instant(point).is_some_and(|at| at <= now))
            .collect();
        self.open.retain(|point| !due.contains(point));
        // Whoever has not come to a point by now cannot look ahead from it as far as asked.
        if now + self.study.ahead > self.horizon {
            self.open.clear();
            return;
        }
        self.trunk.end_day_at(window, now);
        for point in due {
            self.found[point] = Branched {
                at: Some(now),
                moved: self.trunk.users_on_new_side(),
                followed: Vec::new(),
            };
            if self.trunk.can_turn_back() {
                self.found[point].followed = vec![Followed::default(); self.study.courses.len()];
                self.branch(window, now, point);
            }
        }
    }

    fn branch(&mut self, window: &Window, now: Time, point: usize) {
        let Study {
            trouble, ref courses, ..
        } = *self.study;
        let (end, ordered) = (now + self.study.ahead, self.study.ordered(now));
        for (place, &course) in courses.iter().enumerate() {
            let place = (point, place);
            if course == Course::GoOn && trouble == Trouble::None {
                self.trunk.watch(window, now, ordered);
                self.own.push_back((place, end));
                continue;
            }
            let mut simulation = self.trunk.clone();
            simulation.watch_nothing();
            let fixed = simulation.strike(trouble, now);
            let now = if mutant::is("branch-forgets") {
                Time::ZERO
            } else {
                now
            };
            simulation.watch(window, now, ordered);
            simulation.set_course(course, ordered, fixed);
            self.live.push(Live {
                place,
                end,
                simulation,
            });
        }
    }

    /// Notes what came of going on where the trunk is followed itself.
    fn end_own(&mut self, window: &Window, now: Time) {
        while let Some(&(place, end)) = self.own.front()
            && end <= now
            && is_over(end, window, self.horizon)
        {
            self.own.pop_front();
            let toll = self.trunk.toll(window, now);
            self.note(place, toll, self.trunk.digest());
        }
    }

    fn note(&mut self, (point, course): (usize, usize), toll: Option<Toll>, digest: u64) {
        let toll = toll.unwrap_or_default();
        self.found[point].followed[course] = Followed { toll, digest };
    }
}

/// Is an instant one of this window? The end of a window is the beginning of the next one, in which the day is ended; only the
/// horizon has none after it.
fn is_over(end: Time, window: &Window, horizon: Time) -> bool {
    end < window.to || (end == window.to && end == horizon)
}
