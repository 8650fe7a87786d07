//! Observers: what each keeps of the same records.

use coexist::kernel::{Digest, Log, Nothing, Observer, Record};
use xxhash_rust::xxh3::xxh3_64;

#[derive(Copy, Clone, PartialEq, Debug)]
struct Step(u64, u64);

impl Record for Step {
    fn words(&self) -> [u64; 8] {
        [self.0, self.1, 0, 0, 0, 0, 0, u64::MAX]
    }
}

fn run<O: Observer<Step>>(mut observer: O, count: u64) -> O {
    for number in 0..count {
        observer.record(Step(number, number * number));
    }
    observer
}

#[test]
fn a_digest_is_the_hash_of_all_words_at_every_length() {
    let mut bytes = Vec::new();
    let mut digest = Digest::new();
    assert_eq!(digest.finish(), xxh3_64(&[]));
    for number in 0..1000 {
        let step = Step(number, number * number);
        digest.record(step);
        bytes.extend(step.words().iter().flat_map(|word| word.to_le_bytes()));
        assert_eq!(digest.finish(), xxh3_64(&bytes), "after {} records", number + 1);
        assert_eq!(digest.clone().finish(), digest.finish());
        assert_eq!(digest.count(), number + 1);
    }
}

#[test]
fn a_digest_depends_on_order_and_content() {
    let digest = |steps: &[Step]| {
        let mut digest = Digest::new();
        steps.iter().for_each(|&step| digest.record(step));
        digest.finish()
    };
    let (a, b, c) = (Step(1, 2), Step(2, 1), Step(1, 3));
    let all = [
        digest(&[a, b]),
        digest(&[b, a]),
        digest(&[a, c]),
        digest(&[a]),
        digest(&[a, a]),
    ];
    for (place, one) in all.iter().enumerate() {
        assert!(!all[..place].contains(one));
    }
}

#[test]
fn a_pair_feeds_both_and_a_reference_its_target() {
    let (digest, log) = run((Digest::new(), Log::new()), 300);
    assert_eq!(digest.finish(), run(Digest::new(), 300).finish());
    assert_eq!(log.records().len(), 300);
    let mut other = Log::new();
    run(&mut other, 300);
    assert_eq!(other.into_records(), log.into_records());
}

#[test]
fn only_nothing_does_not_listen() {
    const {
        assert!(!<Nothing as Observer<Step>>::LISTENS);
        assert!(<Digest as Observer<Step>>::LISTENS && <Log<Step> as Observer<Step>>::LISTENS);
        assert!(!<(Nothing, Nothing) as Observer<Step>>::LISTENS);
        assert!(<(Nothing, Log<Step>) as Observer<Step>>::LISTENS);
        assert!(!<&mut Nothing as Observer<Step>>::LISTENS);
    }
    assert_eq!(run(Nothing, 3), Nothing);
}
