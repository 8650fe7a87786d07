//! Keyed random numbers.
//!
//! **The guarantee.** A draw is a function of `(seed, replication, purpose, entity, index)` and of its place
//! within that stream, and of nothing else: not of what was drawn elsewhere, in which order, or on which
//! thread. Two strategies replayed in the same replication therefore meet the same world, and a change in what
//! one part of a model draws leaves every other part as it was.
//!
//! Each such tuple names one ChaCha8 stream (D. J. Bernstein, "ChaCha, a variant of Salsa20", 2008, with eight
//! rounds). The 32-byte key is, in little-endian order, the seed (8 bytes), the replication (8), the purpose's
//! code (4) with [`GENERATOR_VERSION`] (4), and the entity (8); the index is ChaCha's 64-bit stream number. No
//! part is hashed, so different tuples never share a key and stream number.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use xxhash_rust::xxh3::xxh3_64;

use super::distribution;

/// The version of the rules that turn a key into numbers. It is part of every key, and grows whenever those
/// rules change, so that results made under different rules are never taken for the same world.
pub const GENERATOR_VERSION: u32 = 1;

/// Names one replication of one experiment: the root of all its random numbers.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Hash)]
pub struct Key {
    /// The experiment's seed.
    pub seed: u64,
    /// The replication's number.
    pub replication: u64,
}

/// What a random number is for. Distinct purposes need distinct codes; a code must never be reused for
/// another meaning, or old and new results would silently share numbers.
pub trait Purpose: Copy {
    /// The code that stands for this purpose in the key.
    fn code(self) -> u32;
}

impl Key {
    /// The stream of a purpose, for one entity, at one index (a counter of occasions, say). The stream starts
    /// at its beginning whenever and however often it is asked for.
    pub fn stream<P: Purpose>(self, purpose: P, entity: u64, index: u64) -> Stream {
        let mut key = [0_u8; 32];
        key[0..8].copy_from_slice(&self.seed.to_le_bytes());
        key[8..16].copy_from_slice(&self.replication.to_le_bytes());
        key[16..20].copy_from_slice(&purpose.code().to_le_bytes());
        key[20..24].copy_from_slice(&GENERATOR_VERSION.to_le_bytes());
        key[24..32].copy_from_slice(&entity.to_le_bytes());
        let mut generator = ChaCha8Rng::from_seed(key);
        generator.set_stream(index);
        Stream { generator }
    }

    /// A counter-based generator for a purpose and entity. Its key is the first number of the stream at index 0, made
    /// odd; nothing else should read that stream.
    pub fn counter<P: Purpose>(self, purpose: P, entity: u64) -> Counter {
        Counter {
            key: self.stream(purpose, entity, 0).u64() | 1,
        }
    }

    /// The first uniform of [`Key::stream`] with the same arguments: strictly between 0 and 1.
    pub fn uniform<P: Purpose>(self, purpose: P, entity: u64, index: u64) -> f64 {
        self.stream(purpose, entity, index).uniform()
    }
}

/// A counter-based generator, made by [`Key::counter`]: any of its numbers costs the same, a few nanoseconds.
///
/// "Squares" with four rounds for 64 bits (B. Widynski, "Squares: a fast counter-based RNG", arXiv 2004.06278, 2022).
/// For draws that are made by the million and whose index is a counter or a mixed identity.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Counter {
    key: u64,
}

impl Counter {
    /// The 64 bits at an index.
    #[inline]
    pub fn u64(self, index: u64) -> u64 {
        let y = index.wrapping_mul(self.key);
        let z = y.wrapping_add(self.key);
        let round = |x: u64, add: u64| x.wrapping_mul(x).wrapping_add(add);
        let x = round(y, y).rotate_left(32);
        let x = round(x, z).rotate_left(32);
        let x = round(x, y).rotate_left(32);
        let t = round(x, z);
        t ^ (round(t.rotate_left(32), y) >> 32)
    }

    /// A uniform number strictly between 0 and 1 at an index, as [`Stream::uniform`] makes it from the same bits.
    #[inline]
    pub fn uniform(self, index: u64) -> f64 {
        unit(self.u64(index))
    }
}

/// The top 52 bits `k` as `(k + 1/2) / 2^52`.
#[inline]
fn unit(bits: u64) -> f64 {
    const UNIT: f64 = 1.0 / (1_u64 << 53) as f64;
    ((bits >> 11) | 1) as f64 * UNIT
}

/// A sequence of random numbers, made by [`Key::stream`].
#[derive(Clone, Debug)]
pub struct Stream {
    generator: ChaCha8Rng,
}

impl Stream {
    /// The next 64 uniform bits.
    #[inline]
    pub fn u64(&mut self) -> u64 {
        self.generator.next_u64()
    }

    /// A uniform number strictly between 0 and 1, from one draw: the top 52 bits `k` give
    /// `(k + 1/2) / 2^52`.
    ///
    /// With 52 bits that value is exact. With 53 the sum `k + 1/2` would need 54 bits for the upper half of
    /// the range, and its largest value would round to 1.
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        unit(self.u64())
    }

    /// A uniform whole number below `n`, without bias: multiplication with rejection (Lemire, "Fast random
    /// integer generation in an interval", ACM TOMACS 29, 2019). Takes one draw, rarely more.
    ///
    /// # Panics
    ///
    /// If `n` is 0.
    pub fn below(&mut self, n: u64) -> u64 {
        assert!(n > 0, "there is no whole number below 0 to draw");
        let mut product = u128::from(self.u64()) * u128::from(n);
        if (product as u64) < n {
            let rejected = n.wrapping_neg() % n;
            while (product as u64) < rejected {
                product = u128::from(self.u64()) * u128::from(n);
            }
        }
        (product >> 64) as u64
    }

    /// True with probability `p`: whether one uniform is below `p`. Always takes one draw; never true for
    /// `p <= 0` or not-a-number, always for `p >= 1`. With the same stream a larger `p` is true whenever a
    /// smaller one is.
    #[inline]
    pub fn chance(&mut self, p: f64) -> bool {
        self.uniform() < p
    }

    /// An exponential number with this mean, in the mean's unit; one draw through
    /// [`distribution::exponential`].
    ///
    /// # Panics
    ///
    /// If the mean is negative or not finite.
    pub fn exponential(&mut self, mean: f64) -> f64 {
        distribution::exponential(self.uniform(), mean)
    }

    /// A standard normal number; one draw through [`distribution::standard_normal_quantile`].
    pub fn standard_normal(&mut self) -> f64 {
        distribution::standard_normal_quantile(self.uniform())
    }

    /// A lognormal number with this median, in the median's unit, and this standard deviation of the natural
    /// logarithm; one draw through [`distribution::lognormal`].
    ///
    /// # Panics
    ///
    /// If the median or sigma is negative or not finite.
    pub fn lognormal(&mut self, median: f64, sigma: f64) -> f64 {
        distribution::lognormal(self.uniform(), median, sigma)
    }

    /// A Poisson number: how many points of a unit-rate Poisson process fall in `[0, mean]`, that is, how many
    /// cumulative sums of unit exponentials are at most the mean.
    ///
    /// The numbers are nested: with the same stream, a larger mean never gives a smaller count, because it
    /// counts the same points in a longer interval. The price is `count + 1` draws.
    ///
    /// # Panics
    ///
    /// If the mean is negative or not finite.
    pub fn poisson(&mut self, mean: f64) -> u64 {
        assert!(
            mean.is_finite() && mean >= 0.0,
            "a Poisson mean must be finite and not negative: {mean}"
        );
        let mut count = 0;
        let mut reached = self.exponential(1.0);
        while reached <= mean {
            count += 1;
            reached += self.exponential(1.0);
        }
        count
    }

    /// The place of one weight, drawn with probability proportional to it; one draw. A weight of zero is
    /// never drawn.
    ///
    /// # Panics
    ///
    /// If a weight is negative or not-a-number, or if their sum is not positive and finite (so also of no
    /// weights).
    pub fn choose_weighted(&mut self, weights: &[f64]) -> usize {
        assert!(
            weights.iter().all(|&weight| weight >= 0.0),
            "a weight is negative or not a number"
        );
        let total: f64 = weights.iter().sum();
        assert!(
            total > 0.0 && total.is_finite(),
            "the sum of the weights must be positive and finite: {total}"
        );
        let target = self.uniform() * total;
        let mut sum = 0.0;
        let mut chosen = 0;
        for (place, &weight) in weights.iter().enumerate() {
            if weight > 0.0 {
                // Kept if rounding leaves the target at or above the last sum.
                chosen = place;
                sum += weight;
                if target < sum {
                    break;
                }
            }
        }
        chosen
    }

    /// Puts the items in a uniformly random order: the Fisher-Yates shuffle in Durstenfeld's form
    /// (Algorithm 235, CACM 7, 1964), from the end to the start.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = self.below(last as u64 + 1) as usize;
            items.swap(last, other);
        }
    }
}

/// An entity's number from its name: XXH3-64 of the name's bytes. Names and not positions make keys, so that
/// adding an entity to a scenario leaves the numbers of the others as they were. Two of `n` names collide with
/// probability about `n^2 / 2^65`.
pub fn entity_id(name: &str) -> u64 {
    xxh3_64(name.as_bytes())
}

/// An entity's number from two others, for something that exists for each pair; the order matters.
///
/// The value is `mix(mix(a + g) + b + g)`, all modulo 2^64, where `mix` is the finaliser of SplitMix64
/// (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014; constants from
/// Stafford's variant 13) and `g` is 2^64 over the golden ratio. For either argument held fixed it is a
/// bijection of the other.
pub const fn combine(a: u64, b: u64) -> u64 {
    const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
    mix(mix(a.wrapping_add(GOLDEN)).wrapping_add(b).wrapping_add(GOLDEN))
}

const fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}
