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
