//! Keyed draws by their description in `docs/formats.md`, with a generator of its own.

use coexist::kernel::Key;
use statrs::distribution::{ContinuousCDF, Normal};
use xxhash_rust::xxh3::xxh3_64;

/// Codes of the purposes.
pub(crate) const DEFECT_HITS: u32 = 31;
pub(crate) const DEFECT_TICKETS: u32 = 32;
pub(crate) const REPORTS: u32 = 33;
pub(crate) const TICKET_COUNT: u32 = 34;
pub(crate) const TICKET_TIME: u32 = 35;
pub(crate) const STRANDED_CALL: u32 = 36;
pub(crate) const SERVICE_TIME: u32 = 37;
pub(crate) const PATIENCE: u32 = 38;
pub(crate) const DECISION: u32 = 39;
pub(crate) const BACKGROUND_TIME: u32 = 81;
pub(crate) const FAULT_FOUND: u32 = 53;
pub(crate) const FAULT_HITS: u32 = 54;

/// The seed and number of a world.
#[derive(Clone, Copy)]
pub(crate) struct Chance(pub(crate) Key);

/// The numbers of one stream, one after another.
pub(crate) struct Stream {
    state: [u32; 16],
    /// Eight numbers of 64 bits to a block.
    next: u64,
}

impl Chance {
    pub(crate) fn stream(self, purpose: u32, entity: u64, index: u64) -> Stream {
        let halves = |value: u64| [value as u32, (value >> 32) as u32];
        let [seed, world] = [halves(self.0.seed), halves(self.0.replication)];
        let [entity, index] = [halves(entity), halves(index)];
        Stream {
            state: [
                0x6170_7865,
                0x3320_646e,
                0x7962_2d32,
                0x6b20_6574,
                seed[0],
                seed[1],
                world[0],
                world[1],
                purpose,
                1,
                entity[0],
                entity[1],
                0,
                0,
                index[0],
                index[1],
            ],
            next: 0,
        }
    }

    pub(crate) fn uniform(self, purpose: u32, entity: u64, index: u64) -> f64 {
        self.stream(purpose, entity, index).uniform()
    }

    /// A draw of the counter of a purpose.
    pub(crate) fn counted(self, purpose: u32, entity: u64, index: u64) -> f64 {
        let key = self.stream(purpose, entity, 0).bits() | 1;
        let y = index.wrapping_mul(key);
        let z = y.wrapping_add(key);
        let mut x = y;
        for add in [y, z, y] {
            x = x.wrapping_mul(x).wrapping_add(add).rotate_left(32);
        }
        let t = x.wrapping_mul(x).wrapping_add(z);
        let s = t.rotate_left(32);
        unit(t ^ (s.wrapping_mul(s).wrapping_add(y) >> 32))
    }
}

impl Stream {
    fn bits(&mut self) -> u64 {
        let mut start = self.state;
        let block = self.next / 8;
        (start[12], start[13]) = (block as u32, (block >> 32) as u32);
        let mut words = start;
        for _ in 0..4 {
            for column in 0..4 {
                quarter(&mut words, [column, column + 4, column + 8, column + 12]);
            }
            for column in 0..4 {
                let diagonal = |row: usize| row * 4 + (column + row) % 4;
                quarter(&mut words, [0, 1, 2, 3].map(diagonal));
            }
        }
        let place = (self.next % 8) as usize * 2;
        self.next += 1;
        let word = |place: usize| u64::from(words[place].wrapping_add(start[place]));
        word(place) | word(place + 1) << 32
    }

    pub(crate) fn uniform(&mut self) -> f64 {
        unit(self.bits())
    }

    /// How many running sums of exponentials of mean 1 are at most the mean.
    pub(crate) fn poisson(&mut self, mean: f64) -> i64 {
        let (mut count, mut sum) = (0, exponential(self.uniform(), 1.0));
        while sum <= mean {
            count += 1;
            sum += exponential(self.uniform(), 1.0);
        }
        count
    }
}

fn quarter(words: &mut [u32; 16], [a, b, c, d]: [usize; 4]) {
    for (to, by, with, turn) in [(a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)] {
        words[to] = words[to].wrapping_add(words[by]);
        words[with] = (words[with] ^ words[to]).rotate_left(turn);
    }
}

fn unit(bits: u64) -> f64 {
    ((bits >> 11) | 1) as f64 / (1_u64 << 53) as f64
}

pub(crate) fn exponential(u: f64, mean: f64) -> f64 {
    -mean * libm::log1p(-u)
}

pub(crate) fn lognormal(u: f64, median: f64, sigma: f64) -> f64 {
    let normal = Normal::new(0.0, 1.0).expect("a normal distribution");
    median * libm::exp(sigma * normal.inverse_cdf(u))
}

/// Entity of a name.
pub(crate) fn named(name: &str) -> u64 {
    xxh3_64(name.as_bytes())
}

/// Entity of a pair.
pub(crate) fn combine(a: u64, b: u64) -> u64 {
    const G: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |mut v: u64| {
        v = (v ^ (v >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        v = (v ^ (v >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        v ^ (v >> 31)
    };
    mix(mix(a.wrapping_add(G)).wrapping_add(b).wrapping_add(G))
}
