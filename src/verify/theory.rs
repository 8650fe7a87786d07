//! The closed forms and small exact chains that the program is checked against.
//!
//! Nothing here knows the rules of the simulator, nor uses its code: a formula takes plain numbers. The recursions are
//! those that are known not to lose digits.

/// Erlang's B formula: the probability that all of `servers` are busy when nobody waits, at `offered` erlangs.
///
/// The recursion `1/B(c) = 1 + c / (a B(c - 1))` (A. A. Jagers and E. A. van Doorn, "On the continued Erlang loss
/// function", Operations Research Letters 5 (1986) 43-46).
pub fn erlang_b(servers: u32, offered: f64) -> f64 {
    let inverse = (1..=servers).fold(1.0, |inverse, server| 1.0 + f64::from(server) / offered * inverse);
    1.0 / inverse
}

/// Erlang's C formula: the probability of having to wait in M/M/c, at `offered` erlangs below the number of servers
/// (A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in automatic telephone
/// exchanges", Elektroteknikeren 13 (1917) 5-13).
pub fn erlang_c(servers: u32, offered: f64) -> f64 {
    let blocked = erlang_b(servers, offered);
    let load = offered / f64::from(servers);
    blocked / (1.0 - load * (1.0 - blocked))
}

/// Mean wait in M/M/c, in units of the mean service; of everybody, those who do not wait included.
pub fn erlang_c_mean_wait(servers: u32, offered: f64) -> f64 {
    erlang_c(servers, offered) / (f64::from(servers) - offered)
}

/// What Palm's queue (Erlang A) does in the long run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Patient {
    /// Probability of having to wait.
    pub waits: f64,
    /// Probability of leaving without service.
    pub abandons: f64,
    /// Mean time in the queue, in units of the mean service; of everybody, those who leave included.
    pub mean_wait: f64,
    /// Mean share of the servers that are busy.
    pub busy: f64,
}

/// Erlang A: M/M/c with exponential patience of mean `patience` (in units of the mean service), at `offered` erlangs, by
/// its birth-death chain (C. Palm, "Research on telephone traffic carried by full availability groups", Tele 1 (1957);
/// O. Garnett, A. Mandelbaum and M. Reiman, "Designing a call center with impatient customers", Manufacturing and
/// Service Operations Management 4 (2002) 208-227).
pub fn erlang_a(servers: u32, offered: f64, patience: f64) -> Patient {
    let present = number_present(servers, offered, Some(patience));
    let (mut waits, mut queue, mut busy) = (0.0, 0.0, 0.0);
    for (number, probability) in present.iter().enumerate() {
        let waiting = number.saturating_sub(servers as usize);
        waits += if number >= servers as usize {
            *probability
        } else {
            0.0
        };
        queue += waiting as f64 * probability;
        busy += (number - waiting) as f64 * probability;
    }
    Patient {
        waits,
        // In the long run as many leave as are lost to the waiting: rate 1/patience each.
        abandons: queue / patience / offered,
        // Little's law for the queue.
        mean_wait: queue / offered,
        busy: busy / f64::from(servers),
    }
}

/// Distribution of the number present in M/M/c, with exponential patience or without (then at less than `servers`
/// erlangs), by the balance of each pair of neighbours. What is left out at the end is below 1e-18 of the whole.
pub fn number_present(servers: u32, offered: f64, patience: Option<f64>) -> Vec<f64> {
    assert!(
        patience.is_some() || offered < f64::from(servers),
        "a queue without end has no long run"
    );
    let leaving = |number: u32| {
        let waiting = number.saturating_sub(servers);
        f64::from(number - waiting) + patience.map_or(0.0, |patience| f64::from(waiting) / patience)
    };
    // Weights relative to that of all servers busy and nobody waiting, which is never far from the largest.
    let mut below = Vec::new();
    let mut weight = 1.0;
    for number in (1..=servers).rev() {
        weight *= leaving(number) / offered;
        below.push(weight);
    }
    let mut weights: Vec<f64> = below.into_iter().rev().collect();
    weights.push(1.0);
    let mut total: f64 = weights.iter().sum();
    let (mut number, mut weight) = (servers, 1.0);
    loop {
        number += 1;
        let ratio = offered / leaving(number);
        weight *= ratio;
        weights.push(weight);
        total += weight;
        // Ratios never grow, so that the rest is at most a geometric series.
        if ratio < 1.0 && weight * ratio / (1.0 - ratio) < 1e-18 * total {
            break;
        }
    }
    weights.iter().map(|weight| weight / total).collect()
}

/// Probability that at least `k` of `n` are up, each with probability `up` and on its own (R. E. Barlow and F. Proschan,
/// Statistical Theory of Reliability and Life Testing, 1975, section 2.1).
pub fn at_least(k: u32, n: u32, up: f64) -> f64 {
    (k..=n)
        .map(|number| {
            choose(n, number) * libm::pow(up, f64::from(number)) * libm::pow(1.0 - up, f64::from(n - number))
        })
        .sum()
}

/// How many ways there are to choose `k` of `n`; 0 if there are not so many. Exact up to 2^53.
pub fn choose(n: u32, k: u32) -> f64 {
    if k > n {
        return 0.0;
    }
    (0..k.min(n - k)).fold(1.0, |ways, taken| {
        // The product is a binomial coefficient times `taken + 1`, so the division leaves no remainder.
        ways * f64::from(n - taken) / f64::from(taken + 1)
    })
}

/// Probability that a meeting of `size` people is mixed when `moved` of `everybody` have moved, chosen at random
/// whoever meets whom: not all of them stayed, nor all of them moved. The hypergeometric distribution (W. Feller, An
/// Introduction to Probability Theory and Its Applications, volume 1, section II.6).
pub fn mixed_share(everybody: u32, moved: u32, size: u32) -> f64 {
    let all = choose(everybody, size);
    1.0 - choose(moved, size) / all - choose(everybody - moved, size) / all
}

/// Goel and Okumoto's mean number of defects found by exposure `t`, of `a` expected in all and each found at rate `b`:
/// `m(t) = a (1 - exp(-b t))` (A. L. Goel and K. Okumoto, "Time-dependent error-detection rate model for software
/// reliability and other performance measures", IEEE Transactions on Reliability R-28 (1979) 206-211).
pub fn goel_okumoto_mean(a: f64, b: f64, t: f64) -> f64 {
    -a * libm::expm1(-b * t)
}

/// The variance of that number. There is a Poisson number of defects, and each is found by `t` on its own, so the number
/// found is Poisson, too: the variance equals the mean.
pub fn goel_okumoto_variance(a: f64, b: f64, t: f64) -> f64 {
    goel_okumoto_mean(a, b, t)
}

/// Mean wait in M/G/1, in units of the mean service, at a load below 1 and with services of this squared coefficient of
/// variation: the formula of Pollaczek and Khinchine (F. Pollaczek, Mathematische Zeitschrift 32 (1930) 64-100; A. Khinchine,
/// Matematicheskii Sbornik 39 (1932) 73-84).
pub fn pollaczek_khinchine(load: f64, scv: f64) -> f64 {
    load * (1.0 + scv) / 2.0 / (1.0 - load)
}

/// Mean waits in M/G/1 with priorities that do not interrupt, in units of the mean service, which is the same for all classes:
/// `loads` are those of the classes, the first one served first, together below 1 (A. Cobham, "Priority assignment in waiting
/// line problems", Operations Research 2 (1954) 70-76).
pub fn cobham(loads: &[f64], scv: f64) -> Vec<f64> {
    // What is left of the service that an arrival meets, on average.
    let residual = loads.iter().sum::<f64>() * (1.0 + scv) / 2.0;
    let mut before = 0.0;
    loads
        .iter()
        .map(|load| {
            let with = before + load;
            let wait = residual / ((1.0 - before) * (1.0 - with));
            before = with;
            wait
        })
        .collect()
}

/// Mean and variance of the time until `end` that a part is down which fails and is repaired after exponential times of these
/// means, as likely to be down at the start as later: twice the integral of the covariance `A U exp(-(f + r) t)` of being down at
/// two instants (D. R. Cox, Renewal Theory, 1962, section 7.4).
pub fn time_down(mtbf: f64, mttr: f64, end: f64) -> (f64, f64) {
    let both = 1.0 / mtbf + 1.0 / mttr;
    let down = 1.0 / mtbf / both;
    let gone = -libm::expm1(-both * end);
    let variance = 2.0 * down * (1.0 - down) * (end / both - gone / (both * both));
    (down * end, variance)
}

/// The same of a part that is up at the start: down at `s` with probability `U (1 - exp(-(f + r) s))`, and from there on as a
/// part that is down at the start.
pub fn time_down_from_up(mtbf: f64, mttr: f64, end: f64) -> (f64, f64) {
    let both = 1.0 / mtbf + 1.0 / mttr;
    let down = 1.0 / mtbf / both;
    let gone = -libm::expm1(-both * end);
    let mean = down * (end - gone / both);
    let settled = down * (end * end / 2.0 - end / both + gone / (both * both));
    let early = (1.0 - down) / both * (end - 2.0 * gone / both + end * (1.0 - gone));
    (mean, 2.0 * down * (settled + early) - mean * mean)
}

/// Probability that `k` exponential times of mean 1, one after the other, are over by `t`: at least `k` points of a Poisson
/// process (W. Feller, An Introduction to Probability Theory and Its Applications, volume 2, section I.3).
pub fn erlang_distribution(k: u32, t: f64) -> f64 {
    let (mut term, mut fewer) = (libm::exp(-t), 0.0);
    for number in 0..k {
        fewer += term;
        term *= t / f64::from(number + 1);
    }
    1.0 - fewer
}

/// A pool that serves by a quorum: a Markov chain when its front ends fail and are repaired at constant rates, each on
/// its own.
///
/// A state is how many of the first front ends are up, how many of the others, and whether the pool serves. Front ends
/// beyond `of_first` do not count while the pool serves, but all count for it to start again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pool {
    /// Front ends.
    pub front_ends: u32,
    /// How many of them count while the pool serves.
    pub of_first: u32,
    /// It serves while so many of those are up.
    pub serve: u32,
    /// It starts again when so many of all are up.
    pub start: u32,
    /// Mean time between failures of a front end.
    pub mtbf: f64,
    /// Mean time to repair, in the same unit.
    pub mttr: f64,
}

/// A state of a [`Pool`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct State {
    first: u32,
    others: u32,
    serves: bool,
}

impl Pool {
    /// Share of the time in service in the long run, from the stationary distribution of the chain, by the elimination
    /// of W. K. Grassmann, M. I. Taksar and D. P. Heyman, "Regenerative analysis and steady state distributions for
    /// Markov chains", Operations Research 33 (1985) 1107-1116, which never subtracts.
    pub fn availability(&self) -> f64 {
        let states = self.states();
        let mut rate = vec![vec![0.0; states.len()]; states.len()];
        for (from, row) in rate.iter_mut().enumerate() {
            for (to, rate) in self.leaving(&states, from) {
                row[to] += rate;
            }
        }
        // Take out the last state, sending those who came to it on to where it leads; and so on.
        for out in (1..states.len()).rev() {
            let total: f64 = rate[out][..out].iter().sum();
            for from in 0..out {
                rate[from][out] /= total;
                for to in 0..out {
                    rate[from][to] += rate[from][out] * rate[out][to];
                }
            }
        }
        let mut share = vec![1.0];
        for state in 1..states.len() {
            let known = share.iter().zip(&rate);
            share.push(known.map(|(share, row)| share * row[state]).sum());
        }
        let served = states
            .iter()
            .zip(&share)
            .filter(|(state, _)| state.serves)
            .map(|(_, share)| share);
        served.sum::<f64>() / share.iter().sum::<f64>()
    }

    /// Mean share of the time in service from a start with everything up until `end`, by uniformisation (A. Jensen,
    /// "Markoff chains as an aid in the study of Markoff processes", Skandinavisk Aktuarietidskrift 36 (1953) 87-91): of
    /// the jumps of a Poisson process of rate `r`, the time until `end` holds on average `P(more than k by end) / r`
    /// between the k-th and the next.
    pub fn availability_until(&self, end: f64) -> f64 {
        let states = self.states();
        let (failure, repair) = (1.0 / self.mtbf, 1.0 / self.mttr);
        let rate = f64::from(self.front_ends) * failure.max(repair);
        let mut share = vec![0.0; states.len()];
        share[0] = 1.0;
        let mean = rate * end;
        // P(exactly k by end), and P(at most k).
        let mut log_exactly = -mean;
        let (mut at_most, mut served, mut jumps) = (0.0, 0.0, 0.0);
        loop {
            let exactly = libm::exp(log_exactly);
            at_most += exactly;
            let more = 1.0 - at_most;
            let serving: f64 = states
                .iter()
                .zip(&share)
                .filter(|(state, _)| state.serves)
                .map(|(_, share)| share)
                .sum();
            served += serving * more.max(0.0) / rate;
            if exactly < 1e-17 && jumps > mean {
                return served / end;
            }
            let mut next = share.clone();
            for (from, &here) in share.iter().enumerate() {
                for (to, leaving) in self.leaving(&states, from) {
                    next[to] += here * leaving / rate;
                    next[from] -= here * leaving / rate;
                }
            }
            share = next;
            jumps += 1.0;
            log_exactly += libm::log(mean / jumps);
        }
    }

    /// All states that can be; everything up and serving is the first.
    fn states(&self) -> Vec<State> {
        let everything = State {
            first: self.of_first,
            others: self.front_ends - self.of_first,
            serves: true,
        };
        let mut states = vec![everything];
        let mut looked_at = 0;
        while looked_at < states.len() {
            for (state, _) in self.changes(states[looked_at]) {
                if !states.contains(&state) {
                    states.push(state);
                }
            }
            looked_at += 1;
        }
        states
    }

    /// Where a state leads, as positions, and at which rates.
    fn leaving<'a>(&'a self, states: &'a [State], from: usize) -> impl Iterator<Item = (usize, f64)> + 'a {
        self.changes(states[from]).into_iter().map(|(state, rate)| {
            let to = states
                .iter()
                .position(|&known| known == state)
                .expect("all states are known");
            (to, rate)
        })
    }

    /// Every failure and repair that can come next, with its rate and the state that the quorum leaves.
    fn changes(&self, state: State) -> Vec<(State, f64)> {
        let (failure, repair) = (1.0 / self.mtbf, 1.0 / self.mttr);
        let State { first, others, .. } = state;
        let beyond = self.front_ends - self.of_first;
        let mut changes = Vec::new();
        let mut change = |first: u32, others: u32, count: u32, rate: f64| {
            if count > 0 {
                let serves = if state.serves {
                    first >= self.serve
                } else {
                    first + others >= self.start
                };
                let after = State {
                    first,
                    others,
                    serves,
                };
                changes.push((after, f64::from(count) * rate));
            }
        };
        change(first.saturating_sub(1), others, first, failure);
        change(first, others.saturating_sub(1), others, failure);
        change(first + 1, others, self.of_first - first, repair);
        change(first, others + 1, beyond - others, repair);
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(value: f64, expected: f64, tolerance: f64) {
        assert!(
            (value - expected).abs() <= tolerance,
            "{value} is not {expected} within {tolerance}"
        );
    }

    /// The usual table of traffic at one per cent blocking: 1.36 erlangs on 5 lines, 4.46 on 10, 12.0 on 20.
    #[test]
    fn erlang_b_has_the_values_of_the_tables() {
        for (servers, offered) in [(1, 0.0101), (2, 0.153), (5, 1.361), (10, 4.461), (20, 12.031)] {
            close(erlang_b(servers, offered), 0.01, 0.0001);
        }
        close(erlang_b(0, 3.0), 1.0, 0.0);
    }

    #[test]
    fn erlang_c_has_known_values() {
        close(erlang_c(1, 0.8), 0.8, 1e-15);
        close(erlang_c_mean_wait(1, 0.8), 4.0, 1e-14);
        // Two servers: C = 2 r^2 / (1 + r).
        close(erlang_c(2, 1.5), 2.0 * 0.5625 / 1.75, 1e-15);
        // And a queue of thousands of servers does not overflow.
        assert!((0.0..1.0).contains(&erlang_c(5_000, 4_900.0)));
    }

    /// A. Mandelbaum and S. Zeltyn, "Service engineering in action: the Palm/Erlang-A queue, with applications to call
    /// centers", in Advances in Services Innovations, Springer 2007: 50 agents, 48 calls a minute, services of one
    /// minute, patience of two. Published: waits of 20.8 s without abandonment, 3.7 s with; 3.1 % abandon; agents busy
    /// 96 % and 93 %; queues of 17 and 3.
    #[test]
    fn the_published_call_centre_is_found_again() {
        let (servers, offered) = (50, 48.0);
        close(60.0 * erlang_c_mean_wait(servers, offered), 20.8, 0.05);
        close(offered * erlang_c_mean_wait(servers, offered), 17.0, 0.5);
        let patient = erlang_a(servers, offered, 2.0);
        close(100.0 * patient.abandons, 3.1, 0.05);
        close(60.0 * patient.mean_wait, 3.7, 0.05);
        close(offered * patient.mean_wait, 3.0, 0.5);
        close(100.0 * patient.busy, 93.0, 0.5);
    }

    #[test]
    fn erlang_a_with_endless_patience_is_erlang_c() {
        let patient = erlang_a(5, 4.0, 1e9);
        close(patient.waits, erlang_c(5, 4.0), 1e-6);
        close(patient.mean_wait, erlang_c_mean_wait(5, 4.0), 1e-6);
        close(patient.abandons, 0.0, 1e-8);
        // Patience as long as a service: M/M/infinity, a Poisson number present.
        let poisson = number_present(3, 2.0, Some(1.0));
        close(poisson[0], libm::exp(-2.0), 1e-15);
        close(poisson[7], libm::exp(-2.0) * 128.0 / 5_040.0, 1e-15);
    }

    /// Exponential services are M/M/1, services without spread wait half as long.
    #[test]
    fn waits_with_general_services() {
        close(pollaczek_khinchine(0.8, 1.0), erlang_c_mean_wait(1, 0.8), 1e-14);
        close(pollaczek_khinchine(0.8, 0.0), 2.0, 1e-14);
        close(cobham(&[0.8], 0.9)[0], pollaczek_khinchine(0.8, 0.9), 1e-14);
        // Kleinrock's conservation law: loads times waits add up to what they are without priorities.
        let loads = [0.1, 0.4, 0.3];
        let waits = cobham(&loads, 2.0);
        let sum: f64 = loads.iter().zip(&waits).map(|(load, wait)| load * wait).sum();
        close(sum, 0.8 * pollaczek_khinchine(0.8, 2.0), 1e-13);
        assert!(waits.is_sorted());
    }

    #[test]
    fn time_down_has_its_limits() {
        let (u, d) = (24.0, 8.0);
        let end = 1e6;
        let rate = 2.0 * u * u * d * d / ((u + d) * (u + d) * (u + d));
        for (mean, variance) in [time_down(u, d, end), time_down_from_up(u, d, end)] {
            close(mean / end, 0.25, 1e-4);
            close(variance / end, rate, 1e-3);
        }
        // Over a time too short for two changes: down all the time or not at all.
        let (mean, variance) = time_down(u, d, 1e-3);
        close(variance / (mean * (1e-3 - mean)), 1.0, 1e-3);
        // From a start with it up, at most one failure and no repair: f t^3 / 3.
        let (mean, variance) = time_down_from_up(u, d, 1e-1);
        close(mean, 1e-2 / 48.0, 1e-5);
        close(variance, 1e-3 / 72.0, 2e-7);
        // The mean is that of the chain of one front end.
        let up = pool([1, 1, 1, 1]).availability_until(48.0);
        close(time_down_from_up(u, d, 48.0).0, 48.0 * (1.0 - up), 1e-9);
    }

    #[test]
    fn tasks_in_a_row_are_erlang() {
        close(erlang_distribution(1, 0.7), 1.0 - libm::exp(-0.7), 1e-15);
        close(erlang_distribution(2, 1.0), 1.0 - 2.0 * libm::exp(-1.0), 1e-15);
        close(erlang_distribution(4, 0.0), 0.0, 0.0);
    }

    #[test]
    fn ways_to_choose_are_exact() {
        assert_eq!(choose(52, 5), 2_598_960.0);
        assert_eq!(choose(60, 30), 118_264_581_564_861_424.0);
        assert_eq!((choose(5, 6), choose(5, 0), choose(5, 5)), (0.0, 1.0, 1.0));
    }

    /// Two of four have moved: of the six pairs, one is all old and one all new.
    #[test]
    fn the_mixed_share_can_be_counted_on_fingers() {
        close(mixed_share(4, 2, 2), 4.0 / 6.0, 1e-15);
        close(mixed_share(4, 2, 3), 1.0, 1e-15);
        close(mixed_share(4, 0, 3), 0.0, 1e-15);
    }

    fn pool([front_ends, of_first, serve, start]: [u32; 4]) -> Pool {
        Pool {
            front_ends,
            of_first,
            serve,
            start,
            mtbf: 24.0,
            mttr: 8.0,
        }
    }

    #[test]
    fn without_hysteresis_the_chain_is_binomial() {
        close(at_least(2, 3, 0.75), 0.84375, 1e-15);
        for (n, k) in [(1, 1), (2, 1), (3, 2), (5, 3), (12, 7)] {
            close(pool([n, n, k, k]).availability(), at_least(k, n, 0.75), 1e-13);
        }
    }

    /// Three front ends, serving with two and starting with three. Cut between serving and not: from a stop with one up,
    /// the pool is out until all three are up. Mean times by first-step analysis: with failure rate f and repair rate r,
    /// from 1 up to 3 up and, serving, from 3 up to 1 up; the availability is the second over their sum.
    #[test]
    fn hysteresis_of_three_front_ends_by_hand() {
        let (f, r) = (1.0 / 24.0, 1.0 / 8.0);
        // Up: T2 = (1 + 2 f T1) / (r + 2 f), T1 = (1 + f T0 + 2 r T2) / (f + 2 r), T0 = 1 / (3 r) + T1.
        // Substitute T0: (f + 2 r) T1 = 1 + f / (3 r) + f T1 + 2 r T2, so T1 = (1 + f / (3 r)) / (2 r) + T2.
        let rise = (1.0 + f / (3.0 * r)) / (2.0 * r);
        let two = (1.0 + 2.0 * f * rise) / r;
        let out = rise + two;
        // Down: S3 = 1 / (3 f) + S2, S2 = (1 + r S3) / (r + 2 f).
        let two = (1.0 + r / (3.0 * f)) / (2.0 * f);
        let serving = 1.0 / (3.0 * f) + two;
        close(
            pool([3, 3, 2, 3]).availability(),
            serving / (serving + out),
            1e-14,
        );
    }

    #[test]
    fn the_start_with_everything_up_wears_off() {
        for rule in [[3, 3, 2, 3], [9, 7, 4, 7], [12, 9, 5, 10]] {
            let pool = pool(rule);
            let stationary = pool.availability();
            assert!(pool.availability_until(10.0) > stationary);
            // The time after 50 days, for which nothing of the start may be left.
            let (early, late) = (1_200.0, 1_300.0);
            let sum = |end: f64| end * pool.availability_until(end);
            close((sum(late) - sum(early)) / (late - early), stationary, 1e-9);
        }
        // One front end: up with probability A + (1 - A) exp(-(f + r) t), averaged.
        let rate: f64 = 1.0 / 24.0 + 1.0 / 8.0;
        let expected = 0.75 + 0.25 * -libm::expm1(-rate * 48.0) / (rate * 48.0);
        close(pool([1, 1, 1, 1]).availability_until(48.0), expected, 1e-12);
    }

    /// Goel and Okumoto's limits: nothing at the start, everything in the end, half when `b t = ln 2`.
    #[test]
    fn defects_are_found_at_a_falling_rate() {
        close(goel_okumoto_mean(34.0, 0.00579, 0.0), 0.0, 0.0);
        close(goel_okumoto_mean(34.0, 0.00579, 1e6), 34.0, 1e-12);
        close(
            goel_okumoto_mean(10.0, 0.1, 10.0 * std::f64::consts::LN_2),
            5.0,
            1e-12,
        );
        close(
            goel_okumoto_variance(34.0, 0.00579, 250.0),
            goel_okumoto_mean(34.0, 0.00579, 250.0),
            0.0,
        );
    }
}
