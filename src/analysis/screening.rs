//! Trajectories and elementary effects.
//!
//! M. D. Morris, "Factorial sampling plans for preliminary computational experiments", Technometrics 33 (1991) 161-174,
//! with the measure `mu*` of F. Campolongo, J. Cariboni and A. Saltelli, "An effective screening design for sensitivity
//! analysis of large models", Environmental Modelling & Software 22 (2007) 1509-1518. Every trajectory is walked in a
//! world of its own, the same at each of its points, so that an effect is what the quantity does and not what chance does:
//! a quantity that nothing depends on has effects of exactly 0.

use crate::kernel::Key;
use crate::stats;
use crate::world::Purpose;

/// Levels of the grid.
const LEVELS: u64 = 4;

/// Length of a step as a share of the range, `p / (2 (p - 1))` for `p` levels: every level is as likely as any other.
pub const STEP: f64 = 2.0 / 3.0;

/// One step of a trajectory.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Step {
    /// Which factor changes.
    pub factor: usize,
    /// Does it rise?
    pub up: bool,
}

/// A way through the grid on which every factor changes once.
#[derive(Clone, PartialEq, Debug)]
pub struct Trajectory {
    /// Where it begins: a place in the unit cube.
    pub start: Vec<f64>,
    /// The steps, in their order.
    pub steps: Vec<Step>,
}

impl Trajectory {
    /// A trajectory of `factors`, keyed by seed and number.
    pub fn draw(seed: u64, number: u64, factors: usize) -> Trajectory {
        let key = Key {
            seed,
            replication: number,
        };
        let mut stream = key.stream(Purpose::Screening, 0, 0);
        let mut steps = Vec::with_capacity(factors);
        let mut start = Vec::with_capacity(factors);
        for factor in 0..factors {
            let low = stream.below(LEVELS / 2) as f64 / (LEVELS - 1) as f64;
            let up = stream.below(2) == 0;
            start.push(if up { low } else { low + STEP });
            steps.push(Step { factor, up });
        }
        stream.shuffle(&mut steps);
        Trajectory { start, steps }
    }

    /// The points in their order, one more than there are factors.
    pub fn points(&self) -> Vec<Vec<f64>> {
        let mut points = vec![self.start.clone()];
        for step in &self.steps {
            let mut next = points[points.len() - 1].clone();
            next[step.factor] += if step.up { STEP } else { -STEP };
            points.push(next);
        }
        points
    }

    /// The elementary effect of each factor: the change of the value from point to point, per whole range of the factor.
    /// `apart` takes the difference of two values.
    ///
    /// # Panics
    /// Unless there is one value for each point.
    pub fn effects(&self, values: &[f64], apart: impl Fn(f64, f64) -> f64) -> Vec<f64> {
        assert_eq!(values.len(), self.steps.len() + 1, "one value for each point");
        let mut effects = vec![0.0; self.steps.len()];
        for (step, pair) in self.steps.iter().zip(values.windows(2)) {
            let change = apart(pair[1], pair[0]);
            effects[step.factor] = stats::settle((if step.up { change } else { -change }) / STEP);
        }
        effects
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trajectories_stay_in_the_cube_and_change_every_factor_once() {
        for number in 0..50 {
            let trajectory = Trajectory::draw(7, number, 5);
            let points = trajectory.points();
            assert_eq!(points.len(), 6);
            let levels = [0.0, 1.0 / 3.0, 2.0 / 3.0, 1.0];
            for x in points.iter().flatten() {
                assert!(levels.iter().any(|level| (level - x).abs() < 1e-12), "{x}");
            }
            let mut changed: Vec<usize> = trajectory.steps.iter().map(|step| step.factor).collect();
            changed.sort_unstable();
            assert_eq!(changed, [0, 1, 2, 3, 4]);
        }
        assert_eq!(Trajectory::draw(7, 3, 5), Trajectory::draw(7, 3, 5));
        assert_ne!(Trajectory::draw(7, 3, 5), Trajectory::draw(7, 4, 5));
    }

    /// For `y = 3 x0 - 2 x1 + 0 x2` every effect is the coefficient, wherever the trajectory goes.
    #[test]
    fn effects_of_a_linear_function_are_its_coefficients() {
        for number in 0..20 {
            let trajectory = Trajectory::draw(1, number, 3);
            let value = |x: &Vec<f64>| 3.0 * x[0] - 2.0 * x[1];
            let values: Vec<f64> = trajectory.points().iter().map(value).collect();
            let effects = trajectory.effects(&values, |a, b| a - b);
            for (effect, expected) in effects.iter().zip([3.0, -2.0, 0.0]) {
                assert!((effect - expected).abs() < 1e-9, "{effects:?}");
            }
        }
    }

    /// All levels are visited equally often: half of the points of a factor lie below the middle, and so on.
    #[test]
    fn every_level_is_as_likely() {
        let mut counts = [0_u32; 4];
        for number in 0..4000 {
            let x = Trajectory::draw(5, number, 1).start[0];
            counts[(x * 3.0).round() as usize] += 1;
        }
        // 4,000 draws of 1/4: within four standard deviations (27.4) of 1,000.
        assert!(
            counts.iter().all(|&count| (890..=1110).contains(&count)),
            "{counts:?}"
        );
    }
}
