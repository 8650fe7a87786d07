//! Axis scales, round tick values and numbers as text.

/// Maps values to the unit interval, linearly or logarithmically with a place for zero.
#[derive(Clone, Debug)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    /// The value up to which a logarithmic scale is linear; `None` for all others.
    linear_to: Option<f64>,
    /// Do lengths grow with the square root?
    is_root: bool,
    ticks: Vec<f64>,
}

/// The width of the linear part of a logarithmic scale, counted in decades.
const LINEAR_PART: f64 = 0.6;
/// The largest number of decades shown.
const DECADES: i32 = 6;

impl Scale {
    /// A linear scale that shows all finite values and zero, with about `count` ticks.
    pub(super) fn linear(values: impl IntoIterator<Item = f64>, count: usize) -> Scale {
        let (low, high) = extent(values);
        let (low, high, count) = if high > low {
            (low, high, count)
        } else {
            (0.0, 1.0, 1)
        };
        let step = round_step((high - low) / count.max(1) as f64);
        let mut first = (low / step).floor();
        if first == 0.0 {
            first = 0.0; // no negative zero
        }
        let last = (high / step - 1e-9).ceil().max(first + 1.0);
        let number = (last - first).min(200.0) as usize;
        let ticks: Vec<f64> = (0..=number).map(|index| (first + index as f64) * step).collect();
        Scale {
            low: first * step,
            high: last * step,
            linear_to: None,
            is_root: false,
            ticks,
        }
    }

    /// A scale between two ends that are kept as they are, without ticks of its own.
    pub(super) fn between(low: f64, high: f64) -> Scale {
        Scale {
            low,
            high: if high > low { high } else { low + 1.0 },
            linear_to: None,
            is_root: false,
            ticks: Vec::new(),
        }
    }

    /// A scale from zero on which lengths grow with the square root, so that small values are seen beside large ones.
    pub(super) fn root(values: impl IntoIterator<Item = f64>) -> Scale {
        const APART: f64 = 0.13;
        let (_, high) = extent(values);
        if high <= 0.0 {
            return Scale::linear([0.0, 1.0], 1);
        }
        let top = high;
        let decades = decade_below(high) - DECADES..=decade_below(high);
        let steps: Vec<f64> = decades
            .flat_map(|decade| [1.0, 2.0, 5.0].map(|factor| factor * power_of_ten(decade)))
            .filter(|&step| step <= top * 1.000_001)
            .collect();
        let mut ticks: Vec<f64> = Vec::new();
        for &step in steps.iter().rev() {
            let place = (step / top).sqrt();
            let next = ticks.last().map_or(2.0, |last| (last / top).sqrt());
            if next - place >= APART && place >= APART {
                ticks.push(step);
            }
        }
        ticks.push(0.0);
        ticks.reverse();
        Scale {
            low: 0.0,
            high: top,
            linear_to: None,
            is_root: true,
            ticks,
        }
    }

    /// A logarithmic scale on which zero keeps a place at the left.
    pub(super) fn logarithmic(values: impl IntoIterator<Item = f64>) -> Scale {
        let values: Vec<f64> = values.into_iter().filter(|value| value.is_finite()).collect();
        let (low, high) = extent(values.iter().copied());
        let largest = high.max(-low);
        if largest <= 0.0 {
            return Scale::linear([0.0, 1.0], 1);
        }
        let smallest = values
            .iter()
            .map(|value| value.abs())
            .filter(|&value| value > 0.0)
            .fold(largest, f64::min);
        let top = decade_above(largest);
        let bottom = decade_below(smallest).max(top - DECADES).min(top - 1);
        let linear_to = power_of_ten(bottom);
        let mut ticks = vec![0.0];
        let fine: &[f64] = match top - bottom {
            ..=2 => &[1.0, 2.0, 5.0],
            3 => &[1.0, 3.0],
            _ => &[1.0],
        };
        // The axis ends at the first tick that shows the largest value.
        'all: for decade in bottom..=top {
            for factor in fine {
                let tick = power_of_ten(decade) * factor;
                if high > 0.0 {
                    ticks.push(tick);
                }
                if tick >= high * 0.999_999 {
                    break 'all;
                }
            }
        }
        let mut scale = Scale {
            low: 0.0,
            high: *ticks.last().unwrap_or(&1.0),
            linear_to: Some(linear_to),
            is_root: false,
            ticks,
        };
        if low < 0.0 {
            let mut negative = Vec::new();
            for decade in bottom..=top {
                negative.push(-power_of_ten(decade));
                if power_of_ten(decade) >= -low * 0.999_999 {
                    break;
                }
            }
            scale.low = *negative.last().unwrap_or(&0.0);
            negative.reverse();
            negative.append(&mut scale.ticks);
            scale.ticks = negative;
        }
        scale
    }

    /// The same scale, ending a little beyond the smallest and the largest value instead of at the next tick.
    pub(super) fn ending_at_data(mut self, values: impl IntoIterator<Item = f64>) -> Scale {
        let (low, high) = extent(values);
        let end = match self.linear_to {
            None => high + (high - self.low) * 0.03,
            Some(_) => high * 1.25,
        };
        if high > 0.0 && end < self.high {
            let kept = self.ticks.iter().filter(|&&tick| tick <= end).count();
            if kept >= 2 {
                self.ticks.truncate(kept);
                self.high = end;
            }
        }
        let start = low - (self.high - low) * 0.03;
        if self.linear_to.is_none() && low < 0.0 && start > self.low {
            let kept = self.ticks.iter().filter(|&&tick| tick >= start).count();
            if kept >= 2 {
                self.ticks.drain(..self.ticks.len() - kept);
                self.low = start;
            }
        }
        self
    }

    /// Where the value lies between the ends of the axis (0 to 1); values outside are moved to the end.
    pub(super) fn place(&self, value: f64) -> f64 {
        let (low, high) = (self.bend(self.low), self.bend(self.high));
        let place = (self.bend(value) - low) / (high - low);
        if place.is_nan() {
            0.0
        } else {
            place.clamp(0.0, 1.0)
        }
    }

    fn bend(&self, value: f64) -> f64 {
        match self.linear_to {
            None if self.is_root => value.max(0.0).sqrt(),
            None => value,
            Some(linear_to) => {
                let size = value.abs() / linear_to;
                let bent = if size <= 1.0 {
                    size * LINEAR_PART
                } else {
                    LINEAR_PART + libm::log10(size)
                };
                if value < 0.0 { -bent } else { bent }
            }
        }
    }

    /// The tick values with their texts.
    pub(super) fn ticks(&self) -> Vec<(f64, String)> {
        self.ticks.iter().map(|&tick| (tick, number(tick))).collect()
    }

    /// Values from the first tick to the end of the axis, several between neighbouring ticks and as round as these.
    pub(super) fn steps(&self) -> Vec<f64> {
        let ticks = &self.ticks;
        let mut steps: Vec<f64> = Vec::new();
        for pair in ticks.windows(2) {
            // Between powers of ten, nine steps are the digits.
            let parts = if self.linear_to.is_some() && pair[0] != 0.0 && pair[1] / pair[0] > 9.0 {
                9
            } else {
                5
            };
            let step = (pair[1] - pair[0]) / f64::from(parts);
            steps.extend((0..parts).map(|part| pair[0] + f64::from(part) * step));
        }
        if let [.., before, last] = ticks[..] {
            let step = (last - before) / 5.0;
            let rest = (0..25).map(|part| last + f64::from(part) * step);
            steps.extend(rest.take_while(|value| *value <= self.high));
        }
        steps
    }

    /// Whether this is a logarithmic scale.
    pub(super) fn is_logarithmic(&self) -> bool {
        self.linear_to.is_some()
    }
}

/// The smallest and the largest finite value, zero included.
fn extent(values: impl IntoIterator<Item = f64>) -> (f64, f64) {
    values
        .into_iter()
        .filter(|value| value.is_finite() && value.abs() < 1e15)
        .fold((0.0, 0.0), |(low, high): (f64, f64), value| {
            (low.min(value), high.max(value))
        })
}

/// Round ticks between two ends that are kept as they are, such as days.
pub(super) fn ticks_between(first: f64, last: f64, count: usize) -> Vec<(f64, String)> {
    let step = round_step((last - first) / count.max(1) as f64).max(1.0);
    let from = (first / step - 1e-9).ceil();
    let to = (last / step + 1e-9).floor();
    let number_of = (to - from).clamp(0.0, 200.0) as usize;
    (0..=number_of)
        .map(|index| (from + index as f64) * step)
        .filter(|tick| *tick <= last + 1e-9)
        .map(|tick| (tick + 0.0, number(tick)))
        .collect()
}

fn round_step(raw: f64) -> f64 {
    if !(raw.is_finite() && raw > 0.0) {
        return 1.0;
    }
    let decade = power_of_ten(decade_below(raw));
    for factor in [1.0, 2.0, 2.5, 5.0] {
        // Ticks at 2.5 and 7.5 would be the only ones of a small count that are no whole numbers.
        let halves = decade == 1.0 && factor == 2.5;
        if decade * factor >= raw * 0.999_999 && !halves {
            return decade * factor;
        }
    }
    decade * 10.0
}

fn power_of_ten(exponent: i32) -> f64 {
    let mut power = 1.0;
    for _ in 0..exponent.abs() {
        power *= 10.0;
    }
    if exponent < 0 { 1.0 / power } else { power }
}

/// The largest exponent whose power of ten is not above the value (limited to -15 to 15).
fn decade_below(value: f64) -> i32 {
    let mut exponent = -15;
    while exponent < 15 && power_of_ten(exponent + 1) <= value * 1.000_000_001 {
        exponent += 1;
    }
    exponent
}

fn decade_above(value: f64) -> i32 {
    let below = decade_below(value);
    if power_of_ten(below) >= value * 0.999_999 {
        below
    } else {
        below + 1
    }
}

/// A number as written in a chart: thousands separators, as few decimals as it needs.
pub(super) fn number(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_string();
    }
    let size = value.abs();
    let sign = if value < 0.0 { "−" } else { "" };
    if size >= 1e15 {
        return format!("{value:.1e}");
    }
    for (unit, name) in [(1e12, " tn"), (1e9, " bn"), (1e6, " M")] {
        if size >= unit {
            return format!("{sign}{}{name}", plain(trim(size / unit, 2)));
        }
    }
    let decimals = match size {
        s if s >= 100.0 => 0,
        s if s >= 1.0 => 1,
        s if s >= 0.01 => 3,
        _ => 9,
    };
    let text = plain(trim(size, decimals));
    if text == "0" {
        text
    } else {
        format!("{sign}{text}")
    }
}

fn trim(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_string()
    } else {
        text
    }
}

fn plain(text: String) -> String {
    let (whole, fraction) = text
        .split_once('.')
        .map_or((text.as_str(), None), |(a, b)| (a, Some(b)));
    let mut out = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// The quantile of a sorted sample (nearest rank); `None` for an empty one.
pub(super) fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    if sorted.is_empty() {
        return None;
    }
    let rank = (share * sorted.len() as f64).ceil().max(1.0) as usize;
    sorted.get(rank.min(sorted.len()) - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_short() {
        let texts: Vec<String> = [0.0, -0.0, 0.25, 1.5, 999.0, 1240.0, 12_000.0, 2.5e6, -1200.0, 3e9]
            .map(number)
            .to_vec();
        assert_eq!(
            texts,
            [
                "0", "0", "0.25", "1.5", "999", "1,240", "12,000", "2.5 M", "−1,200", "3 bn"
            ]
        );
    }

    #[test]
    fn linear_scales_end_on_a_tick() {
        let scale = Scale::linear([3.0, 11_840.0], 5);
        assert_eq!(
            scale.ticks().last().map(|tick| tick.1.clone()),
            Some("12,500".to_string())
        );
        assert_eq!(scale.place(0.0), 0.0);
        assert_eq!(scale.place(12_500.0), 1.0);
    }

    #[test]
    fn small_counts_have_whole_ticks() {
        let texts = |top: f64| -> Vec<String> {
            let ticks = Scale::linear([0.0, top], 5).ticks();
            ticks.into_iter().map(|tick| tick.1).collect()
        };
        assert_eq!(texts(11.0), ["0", "5", "10", "15"]);
        assert_eq!(texts(7.0), ["0", "2", "4", "6", "8"]);
    }

    #[test]
    fn logarithmic_scales_keep_zero_and_order() {
        let scale = Scale::logarithmic([0.0, 12.0, 450.0, 98_000.0]);
        let texts: Vec<String> = scale.ticks().into_iter().map(|tick| tick.1).collect();
        assert_eq!(texts, ["0", "10", "100", "1,000", "10,000", "100,000"]);
        let places: Vec<f64> = [0.0, 12.0, 450.0, 98_000.0]
            .map(|value| scale.place(value))
            .to_vec();
        assert!(places.windows(2).all(|pair| pair[0] < pair[1]), "{places:?}");
        assert_eq!(places[0], 0.0);
    }

    #[test]
    fn steps_reach_from_end_to_end_of_the_axis() {
        let steps = Scale::linear([0.0, 11.0], 5).ending_at_data([11.0]).steps();
        assert_eq!(steps[..7], [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        assert_eq!(steps.last(), Some(&11.0));
        let steps = Scale::logarithmic([0.0, 12.0, 450.0, 98_000.0]).steps();
        assert_eq!(steps[..7], [0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 20.0]);
        assert_eq!(steps.last(), Some(&100_000.0));
    }

    #[test]
    fn a_root_scale_keeps_zero_and_shows_a_hundredth_as_a_tenth() {
        let scale = Scale::root([0.0, 3.0, 1000.0]);
        let texts: Vec<String> = scale.ticks().into_iter().map(|tick| tick.1).collect();
        assert_eq!(texts, ["0", "20", "100", "200", "500", "1,000"]);
        assert_eq!(
            [0.0, 10.0, 1000.0].map(|value| scale.place(value)),
            [0.0, 0.1, 1.0]
        );
    }

    #[test]
    fn odd_values_give_an_axis_all_the_same() {
        for values in [
            vec![],
            vec![f64::NAN],
            vec![0.0],
            vec![f64::INFINITY],
            vec![1e300, -1e300],
            vec![-5.0],
        ] {
            for scale in [
                Scale::linear(values.clone(), 5),
                Scale::logarithmic(values.clone()),
                Scale::root(values.clone()),
            ] {
                assert!(scale.ticks().len() >= 2, "{values:?}");
                assert!(scale.place(1.0).is_finite());
                assert!(scale.place(f64::NAN) >= 0.0);
            }
        }
    }
}
