//! Selection of the best of several strategies, measured in the same worlds.

use super::{Direction, Tally};

/// What is to be selected, and how surely.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SelectionRule {
    /// Which means are better.
    pub direction: Direction,
    /// The indifference zone: the smallest difference of two means that matters, in the unit of the values; positive.
    pub indifference: f64,
    /// Probability of selecting the best that is promised when it leads by the indifference at least.
    pub confidence: f64,
    /// Replications from which the variances are estimated, and before which nothing is dropped; at least 2. Fewer than ten
    /// make the procedure needlessly careful.
    pub first_stage: u64,
}

/// Where a selection stands after the replications that there are.
#[derive(Clone, PartialEq, Debug)]
pub struct Selection {
    /// The best, by its place; `None` as long as it is open.
    pub selected: Option<usize>,
    /// Those still in the running, by their places, ascending. If more than one is left at the end, their means are equal but
    /// for rounding, and the first of the best is selected: a tie.
    pub survivors: Vec<usize>,
    /// For every system, after how many replications it was dropped.
    pub dropped_after: Vec<Option<u64>>,
    /// Replications used: those until the decision, however many more there are.
    pub replications: u64,
    /// So many replications decide at the latest; `None` before the first stage is complete.
    pub at_most: Option<u64>,
}

impl SelectionRule {
    /// What the promise rests on, in words to be printed with the answer.
    pub fn assumptions(&self, systems: usize) -> Vec<String> {
        let SelectionRule {
            direction,
            indifference,
            confidence,
            first_stage,
        } = self;
        let best = match direction {
            Direction::Lower => "lowest",
            Direction::Higher => "highest",
        };
        vec![
            format!(
                "Kim and Nelson's fully sequential procedure: of {systems} systems the one with the {best} mean is selected with \
                 probability {confidence} at least, if it leads all others by {indifference} or more."
            ),
            format!(
                "Where others come nearer than {indifference}, one of those is as good an answer; that such a one is selected \
                 just as surely is known from experiments, not proved."
            ),
            "The values of one replication have a joint normal distribution, nearly at least; any correlation among the \
             systems is allowed and none is assumed."
                .into(),
            "Replications are independent, and are looked at one by one in the order of their numbers, so that the answer does \
             not depend on the size of rounds."
                .into(),
            format!("Variances of differences are those of the first {first_stage} replications."),
            "The promise is about one measure. A mean of the selected system from the same replications flatters it; new \
             worlds do not."
                .into(),
        ]
    }

    fn check(&self, systems: usize) {
        assert!(systems > 0, "nothing to select from");
        assert!(
            self.indifference > 0.0 && self.indifference.is_finite(),
            "an indifference zone is a positive number, not {}",
            self.indifference
        );
        assert!(
            self.confidence < 1.0 && self.confidence > 1.0 / systems as f64 && self.confidence > 0.0,
            "the confidence lies between that of a blind guess among {systems} and 1, not {}",
            self.confidence
        );
        assert!(
            self.first_stage >= 2,
            "a variance needs two replications at least"
        );
    }

    /// `h^2` of the procedure, from `g(eta) = (1 + 2 eta)^(-(n0 - 1)/2) / 2 = (1 - confidence) / (k - 1)` with `c = 1`.
    fn scale(&self, systems: usize) -> f64 {
        let freedom = (self.first_stage - 1) as f64;
        let error = (1.0 - self.confidence) / (systems - 1) as f64;
        let eta = 0.5 * (libm::pow(2.0 * error, -2.0 / freedom) - 1.0);
        2.0 * eta * freedom
    }
}

/// Selects the system with the best mean from replications in which all systems met the same worlds.
///
/// S.-H. Kim and B. L. Nelson, "A fully sequential procedure for indifference-zone selection in simulation", ACM
/// Transactions on Modeling and Computer Simulation 11 (2001) 251-273, procedure KN with `c = 1` and the error shared out by
/// Bonferroni, as common random numbers ask for. After the first stage, and after every replication from there, system
/// `i` is dropped if for another `l` still in the running the sum of the values of `i` falls short of that of `l` by more
/// than `max(0, (h^2 S_il^2 / d - d r) / 2)`, with `d` the indifference, `r` the replications so far and `S_il^2` the variance
/// of the difference of the two in the first stage. One remains after `1 + max_il floor(h^2 S_il^2 / d^2)` replications at
/// the latest, so the more alike the systems' luck, the sooner.
///
/// `rows[r][i]` is the value of system `i` in replication `r`, in any number of rounds: give all rows there are, again
/// from the first, and run more while `selected` is `None`. Values of a system after it was dropped are not read, and may
/// be anything. Of a single system nothing is read at all.
///
/// # Panics
///
/// If there is no system, if a row has not `systems` values, if a value that is read is not finite, if the indifference is
/// not positive, if the first stage is below 2, or unless `1/systems < confidence < 1`.
pub fn select_best<R: AsRef<[f64]>>(rows: &[R], systems: usize, rule: &SelectionRule) -> Selection {
    if systems == 1 {
        return Selection {
            selected: Some(0),
            survivors: vec![0],
            dropped_after: vec![None],
            replications: 0,
            at_most: Some(0),
        };
    }
    rule.check(systems);
    let first_stage = usize::try_from(rule.first_stage).unwrap_or(usize::MAX);
    if rows.len() < first_stage {
        return Selection {
            selected: None,
            survivors: (0..systems).collect(),
            dropped_after: vec![None; systems],
            replications: rows.len() as u64,
            at_most: None,
        };
    }
    let (first, rest) = rows.split_at(first_stage);
    let mut race = Race::new(first, systems, rule);
    for row in rest {
        if race.over() {
            break;
        }
        race.take(row.as_ref());
    }
    race.standing()
}

/// The state of the procedure after some replications.
struct Race {
    /// Sum of the values of each system, the better the higher.
    sums: Vec<f64>,
    sign: f64,
    indifference: f64,
    /// `h^2 S_il^2` of each pair, row by row.
    reach: Vec<f64>,
    survivors: Vec<usize>,
    dropped_after: Vec<Option<u64>>,
    replications: u64,
}

impl Race {
    fn new<R: AsRef<[f64]>>(first: &[R], systems: usize, rule: &SelectionRule) -> Race {
        let scale = rule.scale(systems);
        let whole = first.iter().all(|row| row.as_ref().len() == systems);
        assert!(whole, "a row has a value for every system");
        let variance = |one: usize, other: usize| {
            let differences = first.iter().map(|row| row.as_ref()[one] - row.as_ref()[other]);
            let variance = differences.collect::<Tally>().variance();
            variance.expect("the first stage has two replications at least")
        };
        let reach = (0..systems * systems)
            .map(|pair| (pair / systems, pair % systems))
            .map(|(one, other)| scale * variance(one.min(other), one.max(other)))
            .collect();
        let mut race = Race {
            sums: vec![0.0; systems],
            sign: match rule.direction {
                Direction::Lower => -1.0,
                Direction::Higher => 1.0,
            },
            indifference: rule.indifference,
            reach,
            survivors: (0..systems).collect(),
            dropped_after: vec![None; systems],
            replications: 0,
        };
        first.iter().for_each(|row| race.add(row.as_ref()));
        race.drop_behind();
        race
    }

    fn add(&mut self, row: &[f64]) {
        assert_eq!(row.len(), self.sums.len(), "a row has a value for every system");
        for &system in &self.survivors {
            let value = row[system];
            assert!(
                value.is_finite(),
                "system {system} has no finite value in row {}: {value}",
                self.replications
            );
            self.sums[system] += self.sign * value;
        }
        self.replications += 1;
    }

    fn take(&mut self, row: &[f64]) {
        self.add(row);
        self.drop_behind();
    }

    fn drop_behind(&mut self) {
        let running = &self.survivors;
        let (dropped, survivors) = running
            .iter()
            .partition(|&&one| running.iter().any(|&other| self.behind(one, other)));
        self.survivors = survivors;
        let dropped: Vec<usize> = dropped;
        for system in dropped {
            self.dropped_after[system] = Some(self.replications);
        }
    }

    /// Is system `one` so far behind `other` that it is dropped?
    fn behind(&self, one: usize, other: usize) -> bool {
        self.sums[one] < self.sums[other] - self.slack(one, other)
    }

    /// By how much the sum of one may fall short of the other's.
    fn slack(&self, one: usize, other: usize) -> f64 {
        let reach = self.reach[one * self.sums.len() + other];
        (0.5 * (reach / self.indifference - self.indifference * self.replications as f64)).max(0.0)
    }

    /// The replication after which no two survivors have slack.
    fn last(&self) -> u64 {
        let systems = self.sums.len();
        let pairs = self
            .survivors
            .iter()
            .flat_map(|&one| self.survivors.iter().map(move |&other| one * systems + other));
        let longest = pairs.map(|pair| self.reach[pair]).fold(0.0, f64::max);
        // A quotient beyond the range becomes the largest number, which is late enough.
        (libm::floor(longest / (self.indifference * self.indifference)) as u64)
            .saturating_add(1)
            .max(self.replications)
    }

    /// One is left, or those left are equal and have no slack.
    fn over(&self) -> bool {
        self.survivors.len() == 1 || self.replications >= self.last()
    }

    /// The survivor with the best sum, the first of equals.
    fn leader(&self) -> usize {
        let better = |one: usize, other: usize| {
            if self.sums[other] > self.sums[one] {
                other
            } else {
                one
            }
        };
        let leader = self.survivors.iter().copied().reduce(better);
        leader.expect("the best is never dropped")
    }

    fn standing(self) -> Selection {
        let over = self.over();
        let at_most = if over { self.replications } else { self.last() };
        Selection {
            selected: over.then(|| self.leader()),
            replications: self.replications,
            at_most: Some(at_most),
            survivors: self.survivors,
            dropped_after: self.dropped_after,
        }
    }
}
