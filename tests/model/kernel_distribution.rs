//! Quantile functions against an independent implementation, published values, inverses and moments.

use coexist::kernel::distribution::{
    exponential, lognormal, normal, piecewise_linear_quantile, sigma_from_p90, standard_normal_quantile,
    weibull,
};
use coexist::kernel::{Key, Purpose};
use statrs::distribution::{ContinuousCDF, Exp, LogNormal, Normal, Weibull};

#[derive(Copy, Clone)]
struct Test;

impl Purpose for Test {
    fn code(self) -> u32 {
        2
    }
}

/// A grid over the middle and far into both tails.
fn uniforms() -> Vec<f64> {
    let mut grid: Vec<f64> = (1..2000).map(|step| f64::from(step) / 2000.0).collect();
    for exponent in 2..50 {
        let tail = libm::pow(2.0, -f64::from(exponent));
        grid.extend([tail, 1.0 - tail]);
    }
    grid
}

fn assert_close(value: f64, expected: f64, tolerance: f64, what: &str) {
    let error = (value - expected).abs();
    assert!(
        error <= tolerance * expected.abs() || error < 1e-300,
        "{what}: {value:e} is not {expected:e} within {tolerance:e}"
    );
}

#[test]
fn the_normal_quantile_has_its_published_values() {
    // The check values given with AS 241.
    assert_close(
        standard_normal_quantile(0.25),
        -0.674_489_750_196_081_7,
        1e-15,
        "0.25",
    );
    assert_close(
        standard_normal_quantile(0.001),
        -3.090_232_306_167_813_6,
        1e-15,
        "0.001",
    );
    assert_close(
        standard_normal_quantile(1e-20),
        -9.262_340_089_798_408,
        1e-15,
        "1e-20",
    );
    assert_eq!(standard_normal_quantile(0.5), 0.0);
}

#[test]
fn quantiles_agree_with_another_implementation() {
    let standard = Normal::new(0.0, 1.0).unwrap();
    let shifted = Normal::new(100.0, 3.0).unwrap();
    let exponential_law = Exp::new(1.0 / 7.0).unwrap();
    let lognormal_law = LogNormal::new(libm::log(4.0), 0.8).unwrap();
    let weibull_law = Weibull::new(1.7, 9.0).unwrap();
    for u in uniforms() {
        assert_close(
            standard_normal_quantile(u),
            standard.inverse_cdf(u),
            1e-12,
            "standard normal",
        );
        assert_close(normal(u, 100.0, 3.0), shifted.inverse_cdf(u), 1e-12, "normal");
        assert_close(
            lognormal(u, 4.0, 0.8),
            lognormal_law.inverse_cdf(u),
            1e-12,
            "lognormal",
        );
        // In the lower tail the other implementation loses digits to 1 - u; the test of inverses covers it.
        if u > 1e-3 {
            assert_close(
                exponential(u, 7.0),
                exponential_law.inverse_cdf(u),
                1e-12,
                "exponential",
            );
            assert_close(weibull(u, 9.0, 1.7), weibull_law.inverse_cdf(u), 1e-12, "Weibull");
        }
    }
}

#[test]
fn quantiles_invert_their_distribution_functions() {
    for u in uniforms() {
        assert_close(-libm::expm1(-exponential(u, 7.0) / 7.0), u, 1e-13, "exponential");
        assert_close(
            -libm::expm1(-libm::pow(weibull(u, 9.0, 1.7) / 9.0, 1.7)),
            u,
            1e-13,
            "Weibull",
        );
        let z = standard_normal_quantile(u);
        assert_close(
            0.5 * libm::erfc(-z / std::f64::consts::SQRT_2),
            u,
            1e-13,
            "normal",
        );
    }
}

#[test]
fn quantiles_never_decrease_and_the_normal_is_symmetric() {
    let mut grid = uniforms();
    // Points on both sides of the joints between the normal quantile's regions.
    for joint in [
        0.075,
        0.925,
        1.388_794_386_496_402e-11,
        1.0 - 1.388_794_386_496_402e-11,
    ] {
        grid.extend([joint - 1e-15, joint, joint + 1e-15]);
    }
    grid.sort_by(f64::total_cmp);
    for pair in grid.windows(2) {
        for quantile in [
            standard_normal_quantile,
            |u| exponential(u, 3.0),
            |u| lognormal(u, 3.0, 1.0),
            |u| weibull(u, 3.0, 0.5),
        ] {
            assert!(quantile(pair[0]) <= quantile(pair[1]), "{pair:?}");
        }
    }
    for step in 1..1024 {
        let u = f64::from(step) / 1024.0;
        assert_eq!(standard_normal_quantile(u), -standard_normal_quantile(1.0 - u));
    }
}

#[test]
fn moments_are_those_of_theory() {
    const COUNT: u64 = 200_000;
    let key = Key {
        seed: 5,
        replication: 0,
    };
    let check = |what: &str, mean: f64, quantile: &dyn Fn(f64) -> f64| {
        let values: Vec<f64> = (0..COUNT)
            .map(|index| quantile(key.uniform(Test, 0, index)))
            .collect();
        let count = COUNT as f64;
        let found = values.iter().sum::<f64>() / count;
        let variance = values.iter().map(|x| (x - found) * (x - found)).sum::<f64>() / (count - 1.0);
        let error = (variance / count).sqrt();
        assert!(
            (found - mean).abs() < 4.0 * error,
            "{what}: {found} is not {mean} within 4 x {error}"
        );
    };
    check("exponential", 3.0, &|u| exponential(u, 3.0));
    check("exponential square", 18.0, &|u| {
        exponential(u, 3.0) * exponential(u, 3.0)
    });
    check("normal", -2.0, &|u| normal(u, -2.0, 5.0));
    check("normal variance", 25.0, &|u| {
        (normal(u, -2.0, 5.0) + 2.0) * (normal(u, -2.0, 5.0) + 2.0)
    });
    check("lognormal", 4.0 * libm::exp(0.18), &|u| lognormal(u, 4.0, 0.6));
    check("Weibull", 2.0 * libm::tgamma(1.5), &|u| weibull(u, 2.0, 2.0));
    // Half of the mass uniform on 0..2, half uniform on 2..10.
    check("piecewise", 3.5, &|u| {
        piecewise_linear_quantile(u, &[(0.0, 0.0), (0.5, 2.0), (1.0, 10.0)])
    });
}

#[test]
fn a_piecewise_quantile_interpolates_clamps_jumps_and_rests() {
    let points = [(0.1, 1.0), (0.3, 2.0), (0.3, 4.0), (0.6, 4.0), (0.9, 10.0)];
    for (u, expected) in [
        (0.05, 1.0),
        (0.1, 1.0),
        (0.2, 1.5),
        (0.3, 2.0),
        (0.31, 4.0),
        (0.5, 4.0),
        (0.75, 7.0),
        (0.95, 10.0),
    ] {
        let value = piecewise_linear_quantile(u, &points);
        assert!((value - expected).abs() < 1e-12, "{u}: {value} is not {expected}");
    }
    assert_eq!(piecewise_linear_quantile(0.7, &[(0.5, 3.0)]), 3.0);
}

#[test]
#[should_panic(expected = "never decrease")]
fn decreasing_points_are_refused() {
    piecewise_linear_quantile(0.5, &[(0.1, 2.0), (0.9, 1.0)]);
}

#[test]
#[should_panic(expected = "at least one point")]
fn no_points_are_refused() {
    piecewise_linear_quantile(0.5, &[]);
}

#[test]
#[should_panic(expected = "strictly between")]
fn a_uniform_of_one_is_refused() {
    standard_normal_quantile(1.0);
}

#[test]
fn sigma_gives_back_the_ninetieth_percentile() {
    for (median, p90) in [(1.0, 1.0), (2.0, 3.0), (30.0, 400.0)] {
        assert_close(
            lognormal(0.9, median, sigma_from_p90(median, p90)),
            p90,
            1e-14,
            "p90",
        );
        assert_close(
            lognormal(0.5, median, sigma_from_p90(median, p90)),
            median,
            1e-15,
            "median",
        );
    }
}
