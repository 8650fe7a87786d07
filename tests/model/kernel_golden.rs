//! The first numbers of a few streams, pinned.
//!
//! These values detect change; they say nothing about validity. If they change on purpose, raise
//! `GENERATOR_VERSION`, because every published result changes with them.

use coexist::kernel::random::{GENERATOR_VERSION, combine, entity_id};
use coexist::kernel::{Key, Purpose};

#[derive(Copy, Clone)]
struct Code(u32);

impl Purpose for Code {
    fn code(self) -> u32 {
        self.0
    }
}

fn first_four(seed: u64, replication: u64, code: u32, entity: u64, index: u64) -> [u64; 4] {
    let mut stream = Key { seed, replication }.stream(Code(code), entity, index);
    std::array::from_fn(|_| stream.u64())
}

#[test]
fn streams_start_as_they_always_did() {
    assert_eq!(GENERATOR_VERSION, 1);
    let found = [
        first_four(0, 0, 0, 0, 0),
        first_four(1, 2, 3, 4, 5),
        first_four(20_240_229, 999, 17, entity_id("db-01"), 1 << 40),
        first_four(u64::MAX, u64::MAX, u32::MAX, u64::MAX, u64::MAX),
    ];
    let expected: [[u64; 4]; 4] = [
        [
            0xb2dc_5804_4779_768d,
            0x4bfd_4dad_4ab2_795f,
            0x89e0_a985_0820_f65b,
            0x63e4_de87_6df9_124b,
        ],
        [
            0xe661_a714_8837_1245,
            0x5f6c_5417_674a_ea82,
            0xeb9d_89f8_482c_8e07,
            0x81fd_78a4_3ced_554b,
        ],
        [
            0xaf3e_89ce_ef06_adf0,
            0xa27f_66b2_5ded_4c5a,
            0xb48a_87f5_6c7b_1087,
            0xbc08_af4d_44d2_e266,
        ],
        [
            0x5124_49e5_0e90_120d,
            0xc2f9_4a5c_5774_833b,
            0x3711_a2b5_f0ac_76c4,
            0xa231_0af5_3134_498e,
        ],
    ];
    assert_eq!(found, expected, "{found:#018x?}");
}

#[test]
fn entity_numbers_are_what_they_always_were() {
    let found = [entity_id("db-01"), combine(0, 0), combine(1, 2), combine(2, 1)];
    let expected: [u64; 4] = [
        0x32fb_3d6e_2507_590a,
        0xa706_dd2f_4d19_7e6f,
        0xbcd9_dbb4_9673_066b,
        0xe06d_d043_328b_d285,
    ];
    assert_eq!(found, expected, "{found:#018x?}");
}

/// The first two draws of every purpose, for an entity and index that no scenario has.
#[test]
fn every_purpose_starts_as_it_always_did() {
    let key = Key {
        seed: 20_130_304,
        replication: 7,
    };
    let found: Vec<(u32, [u64; 2])> = coexist::world::Purpose::ALL
        .iter()
        .map(|&purpose| {
            let mut stream = key.stream(purpose, entity_id("golden"), 11);
            (purpose.code(), [stream.u64(), stream.u64()])
        })
        .collect();
    let codes: Vec<u32> = found.iter().map(|row| row.0).collect();
    assert!(codes.is_sorted_by(|a, b| a < b), "codes are unique and ascending");
    let text: String = found
        .iter()
        .map(|(code, [first, second])| format!("{code} {first:016x} {second:016x}\n"))
        .collect();
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/model/golden_purposes.txt");
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(&path, &text).expect("written");
    }
    let expected = std::fs::read_to_string(&path).expect("the pinned numbers");
    assert_eq!(text, expected, "a purpose draws other numbers than it always did");
}

/// Squares (Widynski) at a few indices, pinned; the reference computes the same by its published steps.
#[test]
fn the_counter_generator_is_squares() {
    let key = Key {
        seed: 1,
        replication: 2,
    };
    let counter = key.counter(Code(3), 4);
    let k = key.stream(Code(3), 4, 0).u64() | 1;
    for index in [0_u64, 1, 2, 1 << 40, u64::MAX] {
        let y = index.wrapping_mul(k);
        let mut x = y;
        let z = y.wrapping_add(k);
        x = x.wrapping_mul(x).wrapping_add(y);
        x = x.rotate_left(32);
        x = x.wrapping_mul(x).wrapping_add(z);
        x = x.rotate_left(32);
        x = x.wrapping_mul(x).wrapping_add(y);
        x = x.rotate_left(32);
        x = x.wrapping_mul(x).wrapping_add(z);
        let t = x;
        x = x.rotate_left(32);
        assert_eq!(counter.u64(index), t ^ (x.wrapping_mul(x).wrapping_add(y) >> 32));
        let u = counter.uniform(index);
        assert!(u > 0.0 && u < 1.0);
    }
}

/// A million draws of the counter generator: mean, variance and neighbours as of independent uniforms.
#[test]
fn the_counter_generator_is_uniform() {
    let key = Key {
        seed: 5,
        replication: 6,
    };
    let counter = key.counter(Code(7), 8);
    let n = 1_000_000_u64;
    let draws: Vec<f64> = (0..n).map(|index| counter.uniform(index) - 0.5).collect();
    let count = n as f64;
    let mean = draws.iter().sum::<f64>() / count;
    let square = draws.iter().map(|x| x * x).sum::<f64>() / count;
    let neighbours = draws.windows(2).map(|pair| pair[0] * pair[1]).sum::<f64>() / count;
    // Standard errors: sqrt(1/12/n), sqrt(1/180/n), 1/12/sqrt(n); five of each.
    assert!(mean.abs() < 5.0 * (1.0 / 12.0 / count).sqrt(), "{mean}");
    assert!(
        (square - 1.0 / 12.0).abs() < 5.0 * (1.0 / 180.0 / count).sqrt(),
        "{square}"
    );
    assert!(neighbours.abs() < 5.0 / 12.0 / count.sqrt(), "{neighbours}");
    let mut bins = [0_u32; 64];
    draws.iter().for_each(|x| bins[((x + 0.5) * 64.0) as usize] += 1);
    let expected = count / 64.0;
    let chi: f64 = bins
        .iter()
        .map(|&bin| (f64::from(bin) - expected).powi(2) / expected)
        .sum();
    // 63 degrees of freedom: mean 63, standard deviation 11.2.
    assert!((20.0..120.0).contains(&chi), "{chi}");
}
