//! Distributions as pure functions of a uniform number (their quantile functions).
//!
//! One uniform gives one value, and a larger uniform never gives a smaller value. So replications that share
//! uniforms share luck even when their parameters differ, which is what makes their comparison sharp.
//! Every transcendental function is `libm`'s, hence the same bits on every platform.
//!
//! Each function panics if `u` does not lie strictly between 0 and 1, or if a parameter is outside the range
//! given; [`Stream::uniform`](super::random::Stream::uniform) always gives a valid `u`.

/// The exponential quantile `-mean ln(1 - u)`, in the mean's unit.
///
/// # Panics
///
/// If `u` is not strictly between 0 and 1, or the mean is negative or not finite.
#[inline]
pub fn exponential(u: f64, mean: f64) -> f64 {
    check_uniform(u);
    check_scale(mean, "mean");
    -mean * libm::log1p(-u)
}

/// [`exponential`] for the time until something that may be so rare that its mean is infinite: then it never happens, and
/// the time is infinite.
///
/// # Panics
///
/// If `u` is not strictly between 0 and 1, or the mean is negative or not a number.
#[inline]
pub fn waiting_time(u: f64, mean: f64) -> f64 {
    if mean == f64::INFINITY {
        check_uniform(u);
        return mean;
    }
    exponential(u, mean)
}

/// The quantile of the standard normal distribution: algorithm AS 241, routine PPND16, of relative accuracy
/// about 1e-16 (M. J. Wichura, "The percentage points of the normal distribution", Applied Statistics 37
/// (1988) 477-484).
///
/// # Panics
///
/// If `u` is not strictly between 0 and 1.
pub fn standard_normal_quantile(u: f64) -> f64 {
    check_uniform(u);
    let centred = u - 0.5;
    if centred.abs() <= 0.425 {
        let r = 0.180_625 - centred * centred;
        return centred * polynomial(r, &coefficients::CENTRE_ABOVE)
            / polynomial(r, &coefficients::CENTRE_BELOW);
    }
    let tail = if centred < 0.0 { u } else { 1.0 - u };
    let r = libm::sqrt(-libm::log(tail));
    let value = if r <= 5.0 {
        polynomial(r - 1.6, &coefficients::MIDDLE_ABOVE) / polynomial(r - 1.6, &coefficients::MIDDLE_BELOW)
    } else {
        polynomial(r - 5.0, &coefficients::TAIL_ABOVE) / polynomial(r - 5.0, &coefficients::TAIL_BELOW)
    };
    if centred < 0.0 { -value } else { value }
}

/// The normal quantile, in the mean's unit.
///
/// # Panics
///
/// If `u` is not strictly between 0 and 1, the mean is not finite, or the standard deviation is negative or
/// not finite.
pub fn normal(u: f64, mean: f64, standard_deviation: f64) -> f64 {
    assert!(mean.is_finite(), "the mean must be finite: {mean}");
    check_scale(standard_deviation, "standard deviation");
    mean + standard_deviation * standard_normal_quantile(u)
}

/// The lognormal quantile `median exp(sigma z)`, in the median's unit, where `z` is the standard normal
/// quantile and `sigma` the standard deviation of the natural logarithm. The mean is
/// `median exp(sigma^2 / 2)`.
///
/// # Panics
///
/// If `u` is not strictly between 0 and 1, or the median or sigma is negative or not finite.
pub fn lognormal(u: f64, median: f64, sigma: f64) -> f64 {
    check_scale(median, "median");
    check_scale(sigma, "sigma");
    median * libm::exp(sigma * standard_normal_quantile(u))
}

/// The Weibull quantile `scale (-ln(1 - u))^(1 / shape)`, in the scale's unit. A shape of 1 is exponential.
///
/// # Panics
///
/// If `u` is not strictly between 0 and 1, the scale is negative or not finite, or the shape is not positive
/// and finite.
pub fn weibull(u: f64, scale: f64, shape: f64) -> f64 {
    check_uniform(u);
    check_scale(scale, "scale");
    assert!(
        shape > 0.0 && shape.is_finite(),
        "the shape must be positive and finite: {shape}"
    );
    scale * libm::pow(-libm::log1p(-u), 1.0 / shape)
}

/// The gamma quantile with this mean, in the mean's unit; the variance is `mean^2 / shape`. A shape of 1 is exactly
/// [`exponential`].
///
/// Halley's iteration on the incomplete gamma function from a close start, as in W. H. Press et al., Numerical Recipes, 3rd ed.
/// 2007, sections 6.2 and 6.2.1; the series and the continued fraction there are those of M. Abramowitz and I. A. Stegun,
/// Handbook of Mathematical Functions, 1964, 6.5.29 and 6.5.31.
///
/// # Panics
///
/// If `u` is not strictly between 0 and 1, the mean is negative or not finite, or the shape is not positive and finite.
pub fn gamma(u: f64, mean: f64, shape: f64) -> f64 {
    check_uniform(u);
    check_scale(mean, "mean");
    assert!(
        shape > 0.0 && shape.is_finite(),
        "the shape must be positive and finite: {shape}"
    );
    if shape == 1.0 {
        return exponential(u, mean);
    }
    mean / shape * unit_gamma(u, shape)
}

/// The gamma quantile with scale 1.
fn unit_gamma(u: f64, shape: f64) -> f64 {
    let below = shape - 1.0;
    let log_gamma = libm::lgamma(shape);
    let mut x = if shape > 1.0 {
        let z = standard_normal_quantile(u);
        let root = 1.0 - 1.0 / (9.0 * shape) + z / (3.0 * libm::sqrt(shape));
        (shape * root * root * root).max(1e-3)
    } else {
        let share = 1.0 - shape * (0.253 + shape * 0.12);
        if u < share {
            libm::pow(u / share, 1.0 / shape)
        } else {
            1.0 - libm::log1p(-(u - share) / (1.0 - share))
        }
    };
    for _ in 0..50 {
        if x <= 0.0 {
            return 0.0;
        }
        let density = libm::exp(below * libm::log(x) - x - log_gamma);
        let (lower, upper) = incomplete_gamma(shape, x, log_gamma);
        // Of the two tails the smaller one has the digits.
        let error = if u < 0.5 { lower - u } else { (1.0 - u) - upper };
        let step = error / density;
        if !step.is_finite() {
            return x;
        }
        let step = step / (1.0 - 0.5 * (step * (below / x - 1.0)).min(1.0));
        let next = x - step;
        let next = if next <= 0.0 { 0.5 * x } else { next };
        let done = libm::fabs(next - x) < 1e-13 * x;
        x = next;
        if done {
            break;
        }
    }
    x
}

/// The regularised incomplete gamma functions P and Q, `P + Q = 1`.
fn incomplete_gamma(shape: f64, x: f64, log_gamma: f64) -> (f64, f64) {
    let front = libm::exp(-x + shape * libm::log(x) - log_gamma);
    if x < shape + 1.0 {
        let (mut term, mut sum, mut at) = (1.0 / shape, 1.0 / shape, shape);
        while term > sum * 1e-17 {
            at += 1.0;
            term *= x / at;
            sum += term;
        }
        let lower = front * sum;
        return (lower, 1.0 - lower);
    }
    // Lentz's method.
    const TINY: f64 = 1e-300;
    let mut b = x + 1.0 - shape;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / b;
    let mut fraction = d;
    for step in 1..100_000 {
        let step = f64::from(step);
        let a = -step * (step - shape);
        b += 2.0;
        let not_zero = |value: f64| if libm::fabs(value) < TINY { TINY } else { value };
        d = 1.0 / not_zero(a * d + b);
        c = not_zero(b + a / c);
        fraction *= c * d;
        if libm::fabs(c * d - 1.0) < 1e-16 {
            break;
        }
    }
    let upper = front * fraction;
    (1.0 - upper, upper)
}

/// The quantile drawn by straight lines through points `(probability, value)`, in the values' unit. Below the
/// first probability it is the first value, above the last the last. Points with equal probabilities make a
/// jump, and points with equal values an atom.
///
/// # Panics
///
/// If `u` is not strictly between 0 and 1, if there are no points, or if probabilities or values decrease or
/// are not finite.
pub fn piecewise_linear_quantile(u: f64, points: &[(f64, f64)]) -> f64 {
    check_uniform(u);
    assert!(
        points
            .iter()
            .all(|&(probability, value)| probability.is_finite() && value.is_finite())
            && points.is_sorted_by(|left, right| left.0 <= right.0 && left.1 <= right.1),
        "the points of a quantile function must be finite, and never decrease"
    );
    let (Some(&first), Some(&last)) = (points.first(), points.last()) else {
        panic!("a quantile function needs at least one point");
    };
    let above = points.partition_point(|&(probability, _)| probability < u);
    if above == 0 {
        return first.1;
    }
    let Some(&(right_probability, right)) = points.get(above) else {
        return last.1;
    };
    let (left_probability, left) = points[above - 1];
    // The probabilities differ: the left one is below u, the right one is not.
    let share = (u - left_probability) / (right_probability - left_probability);
    // Weights of both ends, clamped, so that rounding cannot leave the interval.
    (left * (1.0 - share) + right * share).clamp(left, right)
}

/// The lognormal's sigma from its median and its 90th percentile, both in one unit:
/// `ln(p90 / median) / z`, where `z` is the standard normal quantile of 0.9.
///
/// # Panics
///
/// If the median is not positive and finite, or `p90` is below the median or not finite.
pub fn sigma_from_p90(median: f64, p90: f64) -> f64 {
    assert!(
        median > 0.0 && median.is_finite(),
        "the median must be positive and finite: {median}"
    );
    assert!(
        p90 >= median && p90.is_finite(),
        "p90 must be finite and not below the median: {p90}"
    );
    libm::log(p90 / median) / standard_normal_quantile(0.9)
}

#[inline]
fn check_uniform(u: f64) {
    assert!(
        u > 0.0 && u < 1.0,
        "a uniform number must lie strictly between 0 and 1: {u}"
    );
}

#[inline]
fn check_scale(value: f64, name: &str) {
    assert!(
        value >= 0.0 && value.is_finite(),
        "the {name} must be finite and not negative: {value}"
    );
}

/// Horner's rule; the coefficients start with the constant.
fn polynomial(x: f64, coefficients: &[f64; 8]) -> f64 {
    coefficients
        .iter()
        .rev()
        .fold(0.0, |sum, &coefficient| sum * x + coefficient)
}

/// The coefficients of PPND16, numerators (above) and denominators (below) of its three regions.
#[allow(clippy::excessive_precision, reason = "the digits are kept as published")]
mod coefficients {
    pub(super) const CENTRE_ABOVE: [f64; 8] = [
        3.387_132_872_796_366_608,
        133.141_667_891_784_377_45,
        1_971.590_950_306_551_442_7,
        13_731.693_765_509_461_125,
        45_921.953_931_549_871_457,
        67_265.770_927_008_700_853,
        33_430.575_583_588_128_105,
        2_509.080_928_730_122_672_7,
    ];
    pub(super) const CENTRE_BELOW: [f64; 8] = [
        1.0,
        42.313_330_701_600_911_252,
        687.187_007_492_057_908_3,
        5_394.196_021_424_751_107_7,
        21_213.794_301_586_595_867,
        39_307.895_800_092_710_61,
        28_729.085_735_721_942_674,
        5_226.495_278_852_854_561,
    ];
    pub(super) const MIDDLE_ABOVE: [f64; 8] = [
        1.423_437_110_749_683_577_34,
        4.630_337_846_156_545_295_9,
        5.769_497_221_460_691_405_5,
        3.647_848_324_763_204_605_04,
        1.270_458_252_452_368_382_58,
        0.241_780_725_177_450_611_77,
        0.022_723_844_989_269_184_583_5,
        7.745_450_142_783_414_076_4e-4,
    ];
    pub(super) const MIDDLE_BELOW: [f64; 8] = [
        1.0,
        2.053_191_626_637_758_821_87,
        1.676_384_830_183_803_849_4,
        0.689_767_334_985_100_004_55,
        0.148_103_976_427_480_074_59,
        0.015_198_666_563_616_457_197,
        5.475_938_084_995_344_946e-4,
        1.050_750_071_644_416_843_24e-9,
    ];
    pub(super) const TAIL_ABOVE: [f64; 8] = [
        6.657_904_643_501_103_777_2,
        5.463_784_911_164_114_369_9,
        1.784_826_539_917_291_335_8,
        0.296_560_571_828_504_891_23,
        0.026_532_189_526_576_123_093,
        0.001_242_660_947_388_078_438_6,
        2.711_555_568_743_487_578_15e-5,
        2.010_334_399_292_288_132_65e-7,
    ];
    pub(super) const TAIL_BELOW: [f64; 8] = [
        1.0,
        0.599_832_206_555_887_937_69,
        0.136_929_880_922_735_805_31,
        0.014_875_361_290_850_615_025,
        7.868_691_311_456_132_591e-4,
        1.846_318_317_510_054_681_8e-5,
        1.421_511_758_316_445_888_7e-7,
        2.044_263_103_389_939_785_64e-15,
    ];
}
