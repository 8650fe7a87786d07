//! Which plans are tried.

use super::{Candidate, Fate, Question};
use crate::analysis::replay::Options;
use crate::experiment::{Stopped, thread_pool};
use crate::plan::Plan;
use crate::scenario::Scenario;
use crate::scenario::optimize::Vary;
use rayon::prelude::*;

/// Size of the cross product; `None` if no number holds it.
pub(super) fn combinations(vary: &[Vary]) -> Option<u64> {
    vary.iter()
        .try_fold(1_u64, |product, one| product.checked_mul(one.values.len() as u64))
}

/// The values of a combination; the last key changes fastest.
fn values(vary: &[Vary], mut number: u64) -> Vec<String> {
    let mut values: Vec<String> = (vary.iter().rev())
        .map(|one| {
            let count = one.values.len() as u64;
            let value = &one.values[(number % count) as usize];
            number /= count;
            format!("{}={value}", one.key)
        })
        .collect();
    values.reverse();
    values
}

/// The numbers of the combinations that are tried: all, or those whose BLAKE3 of seed and number is smallest.
fn chosen(combinations: u64, most: u64, seed: u64) -> Vec<u64> {
    if combinations <= most {
        return (0..combinations).collect();
    }
    let hash = |number: u64| {
        let bytes = [seed.to_le_bytes(), number.to_le_bytes()].concat();
        (*blake3::hash(&bytes).as_bytes(), number)
    };
    let mut all: Vec<([u8; 32], u64)> = (0..combinations).map(hash).collect();
    all.sort_unstable();
    let mut chosen: Vec<u64> = (all.into_iter().take(most as usize))
        .map(|(_, number)| number)
        .collect();
    chosen.sort_unstable();
    chosen
}

/// All candidates and their plans, the plan as written first; a candidate that is not run has its own fate already.
pub(super) fn all(
    scenario: &Scenario,
    question: &Question,
    options: Options<'_>,
) -> Result<(Vec<Candidate>, Vec<Option<Plan>>), Stopped> {
    let written = &scenario.plans[question.strategy];
    let count = combinations(&question.vary).expect("a question that was checked");
    let numbers = chosen(count, question.max_candidates.into(), options.seed);
    let read = |number: u64| {
        let values = values(&question.vary, number);
        let plan = scenario.plan_with(&written.name, &values);
        (values, plan)
    };
    let read: Vec<_> = thread_pool(options.threads)?.install(|| numbers.into_par_iter().map(read).collect());
    let candidate = |values, fate| Candidate {
        values,
        fate,
        worlds: 0,
        means: Vec::new(),
    };
    let mut candidates = vec![candidate(Vec::new(), Fate::Spare)];
    let mut plans = vec![Some(written.clone())];
    for (values, plan) in read {
        let (fate, plan) = match plan {
            Err(rejected) => {
                let line = rejected.report.lines().next().unwrap_or_default();
                let line = line.strip_prefix("error: ").unwrap_or(line);
                (Fate::Impossible(line.into()), None)
            }
            Ok(plan) => match plans.iter().position(|other| other.as_ref() == Some(&plan)) {
                Some(other) => (Fate::Same(other), None),
                None => (Fate::Spare, Some(plan)),
            },
        };
        candidates.push(candidate(values, fate));
        plans.push(plan);
    }
    Ok((candidates, plans))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subset_depends_on_the_seed_only_and_grows_by_addition() {
        let (small, large) = (chosen(1000, 10, 7), chosen(1000, 20, 7));
        assert_eq!(small, chosen(1000, 10, 7));
        assert_ne!(small, chosen(1000, 10, 8));
        assert!(small.iter().all(|number| large.contains(number)) && large.len() == 20);
        assert_eq!(chosen(3, 3, 7), [0, 1, 2]);
    }
}
