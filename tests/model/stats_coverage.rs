//! How often intervals, stopping and selection are right, each measured by 10,000 experiments at a fixed seed: within 3.5
//! standard errors of what theory says, or of what is promised at least. `coexist verify` shows the same experiments.

use coexist::verify::{Measurement, Options, Sample, intervals, selection};

/// Prints and judges: theory, estimate, and how many standard errors lie between.
fn judge(measurements: &[Measurement]) {
    let mut wrong = Vec::new();
    for Measurement {
        name, theory, sample, ..
    } in measurements
    {
        let (hits, of, promise) = match *sample {
            Sample::Share { hits, of } => (hits, of, false),
            Sample::AtLeast { hits, of } => (hits, of, true),
            _ => panic!("{name} is not a share"),
        };
        assert_eq!(of, 10_000, "{name}");
        let estimate = hits as f64 / of as f64;
        let errors = (estimate - theory) / (theory * (1.0 - theory) / of as f64).sqrt();
        let kind = if promise { "at least" } else { "exactly" };
        println!("{name:<60} {kind:>8} {theory:.5} estimate {estimate:.4} ({errors:+.1} standard errors)");
        // Written so that what is not a number fails.
        if !(errors >= -3.5 && (promise || errors <= 3.5)) {
            wrong.push(name);
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn intervals_cover_as_often_as_they_say() {
    let measurements = intervals::measure(&Options::default());
    judge(&measurements);
    // Stopping and comparing at once are among them, and both kinds of judgement are.
    let promises = measurements
        .iter()
        .filter(|measurement| matches!(measurement.sample, Sample::AtLeast { .. }))
        .count();
    assert!(promises >= 4 && measurements.len() - promises >= 16);
}

#[test]
fn selection_is_right_as_often_as_it_promises() {
    let measurements = selection::measure(&Options::default());
    judge(&measurements);
    assert_eq!(measurements.len(), 12);
}
