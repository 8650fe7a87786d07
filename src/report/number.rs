//! Numbers for people: thousands separated, and no more digits than the interval supports.

use crate::experiment::summary::FEW_WORLDS;
use crate::stats::Interval;

/// Decimal places that a number with this uncertainty deserves; negative ones round to tens, hundreds and so on.
/// The uncertainty keeps two digits if they are at most 35, else one (the rule of the Particle Data Group).
pub fn decimals(uncertainty: f64) -> i32 {
    if uncertainty <= 0.0 || !uncertainty.is_finite() {
        return 3;
    }
    let exponent = libm::floor(libm::log10(uncertainty)) as i32;
    let leading = uncertainty / libm::pow(10.0, f64::from(exponent));
    let digits = if !(3.55..9.5).contains(&leading) { 2 } else { 1 };
    let carry = i32::from(leading >= 9.5);
    digits - 1 - exponent - carry
}

/// Differences smaller than this share of a number are due to rounding.
pub const ROUNDING: f64 = 1e-9;

/// A number rounded to decimal places, thousands separated.
pub fn rounded(value: f64, decimals: i32) -> String {
    let places = decimals.max(0) as usize;
    let value = if decimals < 0 {
        let unit = libm::pow(10.0, f64::from(-decimals));
        (value / unit).round() * unit
    } else {
        value
    };
    grouped(&format!("{value:.places$}"))
}

/// A whole number, thousands separated.
pub fn whole(value: f64) -> String {
    rounded(value, 0)
}

/// A number without uncertainty: at most three decimal places, no trailing zeros.
pub fn exact(value: f64) -> String {
    let text = rounded(value, 3);
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_string()
    } else {
        text
    }
}

/// `978 ± 41`; without an uncertainty, the number alone. What rounding left of an exact number is no uncertainty.
pub fn with_half_width(mean: f64, half_width: Option<f64>) -> String {
    match half_width {
        Some(half) if half > mean.abs() * ROUNDING => {
            let places = decimals(half);
            format!("{} ± {}", rounded(mean, places), rounded(half, places))
        }
        Some(_) => format!("{} ± 0", exact(mean)),
        None => three_digits(mean),
    }
}

/// The same with the sign always written.
pub fn signed(mean: f64, half_width: Option<f64>) -> String {
    let text = with_half_width(mean, half_width);
    if text.starts_with('-') || mean <= 0.0 {
        text
    } else {
        format!("+{text}")
    }
}

/// A number rounded to about three digits.
pub fn three_digits(value: f64) -> String {
    if value == 0.0 {
        return "0".into();
    }
    let exponent = libm::floor(libm::log10(value.abs())) as i32;
    let text = rounded(value, 2 - exponent);
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_string()
    } else {
        text
    }
}

/// A number rounded up to about three digits: what holds for the number holds for what is written.
pub fn three_digits_up(value: f64) -> String {
    if value == 0.0 {
        return "0".into();
    }
    let step = libm::pow(10.0, libm::floor(libm::log10(value.abs())) - 2.0);
    three_digits(libm::ceil(value / step - ROUNDING) * step)
}

/// A share as per cent; only exactly none and all are written as 0 and 100.
pub fn percent(share: f64) -> String {
    if share > 0.0 && share < 0.005 {
        "< 1 %".into()
    } else if (0.995..1.0).contains(&share) {
        "> 99 %".into()
    } else {
        format!("{:.0} %", share * 100.0)
    }
}

/// The ends of an interval of a share: `94 to 99 %`.
pub fn ends(interval: Interval) -> String {
    let low = percent(interval.low);
    format!("{} to {}", low.trim_end_matches(" %"), percent(interval.high))
}

/// In how many of so many worlds: `97 %`, of few `3 of 4`.
pub fn share(count: u64, of: u64) -> String {
    if of < FEW_WORLDS {
        format!("{count} of {of}")
    } else {
        percent(count as f64 / of as f64)
    }
}

/// The same with what it is of: `97 % of the worlds`, of few `3 of 4 worlds`.
pub fn worlds(count: u64, of: u64) -> String {
    let few = of < FEW_WORLDS;
    format!(
        "{} {}",
        share(count, of),
        if few { "worlds" } else { "of the worlds" }
    )
}

fn grouped(text: &str) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    let (whole, fraction) = digits
        .split_once('.')
        .map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
    let mut out = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    let is_zero = out.chars().all(|letter| matches!(letter, '0' | '.' | ','));
    if is_zero { out } else { format!("{sign}{out}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_follow_the_uncertainty() {
        assert_eq!(with_half_width(1_234.567, Some(12.3)), "1,235 ± 12");
        assert_eq!(with_half_width(978.4, Some(41.0)), "980 ± 40");
        assert_eq!(with_half_width(1_210.0, Some(163.0)), "1,210 ± 160");
        assert_eq!(with_half_width(51.23, Some(0.5)), "51.2 ± 0.5");
        assert_eq!(with_half_width(51.234, Some(0.097)), "51.23 ± 0.10");
        assert_eq!(with_half_width(8_000.0, Some(0.0)), "8,000 ± 0");
        assert_eq!(with_half_width(0.5, Some(0.0)), "0.5 ± 0");
        assert_eq!(with_half_width(100.000_000_000_01, Some(1e-10)), "100 ± 0");
        assert_eq!(with_half_width(12_345.0, None), "12,300");
    }

    #[test]
    fn signs_and_groups() {
        assert_eq!(signed(310.2, Some(12.0)), "+310 ± 12");
        assert_eq!(signed(-310.2, Some(12.0)), "-310 ± 12");
        assert_eq!(signed(0.0, Some(0.0)), "0 ± 0");
        assert_eq!(whole(1_234_567.0), "1,234,567");
        assert_eq!(whole(-0.2), "0");
        assert_eq!(three_digits(0.01234), "0.0123");
        assert_eq!(
            [0.01231, 1231.0, 1230.0, 12.0, 0.0].map(three_digits_up),
            ["0.0124", "1,240", "1,230", "12", "0"]
        );
        assert_eq!(three_digits(61.0), "61");
    }

    #[test]
    fn of_few_worlds_the_count_is_said() {
        assert_eq!(share(2, 2), "2 of 2");
        assert_eq!(share(0, 19), "0 of 19");
        assert_eq!(share(20, 20), "100 %");
        assert_eq!(share(50, 200), "25 %");
        assert_eq!(worlds(1, 4), "1 of 4 worlds");
        assert_eq!(worlds(50, 200), "25 % of the worlds");
    }

    #[test]
    fn only_all_is_all() {
        assert_eq!(percent(0.9999), "> 99 %");
        assert_eq!(percent(1.0), "100 %");
        assert_eq!(percent(0.001), "< 1 %");
        assert_eq!(percent(0.0), "0 %");
        assert_eq!(percent(0.314), "31 %");
    }
}
