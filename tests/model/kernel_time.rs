//! Simulated time: units, rounding, days, arithmetic.

use coexist::kernel::{Span, Time};

#[test]
fn units_nest() {
    assert_eq!(Span::MILLISECOND * 1000, Span::SECOND);
    assert_eq!(Span::SECOND * 60, Span::MINUTE);
    assert_eq!(Span::MINUTE * 60, Span::HOUR);
    assert_eq!(Span::HOUR * 24, Span::DAY);
    assert_eq!(Span::DAY * 7, Span::WEEK);
    assert_eq!(Span::WEEK / 7, Span::DAY);
}

#[test]
fn numbers_become_the_nearest_span_halves_away_from_zero() {
    assert_eq!(Span::from_seconds_f64(0.0005), Span(1));
    assert_eq!(Span::from_seconds_f64(-0.0005), Span(-1));
    assert_eq!(Span::from_seconds_f64(0.0004), Span::ZERO);
    assert_eq!(Span::from_minutes_f64(1.5), Span::SECOND * 90);
    assert_eq!(Span::from_hours_f64(-0.25), -(Span::MINUTE * 15));
    assert_eq!(Span::from_days_f64(2.0), Span::DAY * 2);
    assert_eq!(Span::from_days_f64(f64::INFINITY), Span(i64::MAX));
    assert_eq!(Span::from_days_f64(-1e300), Span(i64::MIN));
    assert_eq!(Span::from_days_f64(f64::NAN), Span::ZERO);
}

#[test]
fn days_are_floored() {
    for (milliseconds, day) in [
        (0, 0),
        (86_399_999, 0),
        (86_400_000, 1),
        (-1, -1),
        (-86_400_000, -1),
        (-86_400_001, -2),
    ] {
        assert_eq!(Time(milliseconds).day(), day, "{milliseconds} ms");
    }
    assert_eq!(Time(-43_200_000).days(), -0.5);
}

#[test]
fn points_and_durations_combine() {
    let mut at = Time::ZERO + Span::HOUR;
    at += Span::HOUR;
    at -= Span::MINUTE;
    assert_eq!(at - Time::ZERO, Span::MINUTE * 119);
    assert_eq!(at - Span::MINUTE * 119, Time::ZERO);
    let mut span = Span::DAY;
    span += Span::HOUR;
    span -= Span::DAY;
    assert_eq!(span, Span::HOUR);
    assert_eq!([Span(1), Span(2), Span(-4)].into_iter().sum::<Span>(), Span(-1));
    assert_eq!(std::iter::empty::<Span>().sum::<Span>(), Span::ZERO);
    assert_eq!(
        (
            Span::HOUR.minutes(),
            Span::MINUTE.hours() * 60.0,
            Span::WEEK.days()
        ),
        (60.0, 1.0, 7.0)
    );
    assert_eq!(Span(-7) / 2, Span(-3));
}

#[test]
#[should_panic(expected = "overflowed")]
fn the_clock_does_not_wrap() {
    let _ = Time(i64::MAX) + Span::MILLISECOND;
}
