//! The program's checks against theory: all pass, a wrong theory or a wrong program does not, and nothing depends on
//! the number of threads.

use coexist::report::checks;
use coexist::verify::theory::Pool;
use coexist::verify::{Check, Options, Sample, desk, judge, measure, verify};

fn named<'a>(checks: &'a [Check], name: &str) -> &'a Check {
    checks
        .iter()
        .find(|check| check.name == name)
        .unwrap_or_else(|| panic!("no check is called {name}"))
}

/// The checks as `coexist verify` makes them; and that they can tell right from wrong.
#[test]
fn every_check_passes_and_none_would_pass_anything() {
    let measurements = measure(&Options::default()).expect("threads start");
    let checks = judge(&measurements);
    assert_eq!(checks::failures(&checks), None);
    let uncertain = checks.iter().filter(|check| !check.is_identity).count();
    assert!(uncertain > 80 && checks.len() > uncertain + 10);

    // The intervals are narrow beside what they bound, but for the two rarest things and variances.
    for check in checks.iter().filter(|check| !check.is_identity) {
        let half = (check.high - check.low) / 2.0;
        let rare = ["c = 20, load 0.5", "closed", "variance"]
            .iter()
            .any(|word| check.name.contains(word));
        let widest = if rare { 0.3 } else { 0.15 } * check.theory;
        assert!(half > 0.0 && half < widest, "{}: ± {half}", check.name);
    }
    assert!(
        checks
            .iter()
            .filter(|check| check.is_identity)
            .all(|check| check.n > 10)
    );

    // A theory that is wrong by five half-widths fails, and it alone is named; a promise if it is so far above what was seen.
    for (place, check) in checks.iter().enumerate().filter(|(_, check)| !check.is_identity) {
        let mut wrong = measurements.clone();
        let right = match measurements[place].sample {
            Sample::AtLeast { .. } => check.estimate.max(check.theory),
            _ => check.theory,
        };
        wrong[place].theory = right + 2.5 * (check.high - check.low);
        let failed: Vec<Check> = judge(&wrong).into_iter().filter(|check| !check.passes).collect();
        assert_eq!(failed.len(), 1, "{}", check.name);
        let told = checks::failures(&failed).expect("one failed");
        assert!(
            told.contains(&check.name) && told.contains("half-widths"),
            "{told}"
        );
    }

    // So does an identity that is violated once.
    let mut wrong = measurements.clone();
    let identity = wrong
        .iter_mut()
        .find_map(|measurement| match &mut measurement.sample {
            Sample::Identity { violation, .. } => Some(violation),
            _ => None,
        });
    *identity.expect("there are identities") += 1.0;
    assert_eq!(judge(&wrong).iter().filter(|check| !check.passes).count(), 1);

    // And the quorum's numbers are told from their neighbours.
    for (name, rule) in [
        ("new-03: serve 2 of 3, start 3", [3, 3, 2, 2]),
        ("new-06: serve 3 of 6, start 5", [6, 6, 3, 4]),
        ("new-08: serve 4 of the first 7 of 8, start 6", [8, 8, 4, 6]),
        ("new-12: serve 5 of the first 9 of 12, start 10", [12, 9, 5, 9]),
    ] {
        let [front_ends, of_first, serve, start] = rule;
        let (mtbf, mttr) = (24.0, 8.0);
        let other = Pool {
            front_ends,
            of_first,
            serve,
            start,
            mtbf,
            mttr,
        }
        .availability();
        let check = named(&checks, name);
        assert!(other < check.low || other > check.high, "{name}: {other}");
    }
}

/// One server more than theory is told of is noticed in every queue, by the waits if not by their number.
#[test]
fn a_desk_with_a_server_too_many_fails() {
    let options = Options {
        effort: 0.2,
        ..Options::default()
    };
    for queue in desk::QUEUES.iter().filter(|queue| queue.servers < 20) {
        let right = judge(&desk::measure(&options, &[*queue]));
        assert!(right.iter().all(|check| check.passes), "{queue:?}");
        let wrong = judge(&desk::measure_with(&options, &[*queue], 1));
        for check in &wrong {
            // Little's law holds whatever the station does.
            assert_eq!(check.passes, check.is_identity, "{queue:?}: {check:?}");
        }
    }
}

#[test]
fn the_checks_are_the_same_for_any_number_of_threads_and_another_seed_passes_too() {
    let options = |threads, seed| Options {
        threads,
        seed,
        effort: 0.1,
    };
    let one = verify(&options(1, 5)).expect("threads start");
    let three = verify(&options(3, 5)).expect("threads start");
    assert_eq!(one, three);
    assert_eq!(checks::failures(&one), None);
    let other = verify(&options(0, 6)).expect("threads start");
    assert_ne!(one, other);
}
