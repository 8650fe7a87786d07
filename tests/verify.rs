//! Tests.
use coexist::verify::{Options, verify};

#[test]
fn every_check_passes() {
    let checks = verify(&Options::default()).unwrap();
    for check in &checks {
        println!("{:50} {:.6} {:.6} [{:.6} {:.6}] {} {}", check.name, check.theory, check.estimate, check.low, check.high, check.n, check.passes);
    }
    assert!(checks.iter().all(|check| check.passes));
}
