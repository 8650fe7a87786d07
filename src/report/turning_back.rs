//! Points of no return in words, for every output that names one.

use super::{dates, number};
use crate::analysis::no_return::{Kind, Last, NoReturn, Technical};
use crate::scenario::exposure::StuckLimits;
use crate::world::Calendar;

/// A day of the scenario as a date.
pub(super) fn date(calendar: &Calendar, day: u32) -> String {
    dates::long(calendar.date(day.into()))
}

/// Where a point lies: `27 Oct 2013`, `between 30 Sep 2013 and 7 Oct 2013`.
pub(super) fn place(calendar: &Calendar, last: Last) -> String {
    let date = |day: u32| date(calendar, day);
    match last {
        Last::Before(day) => format!("before {}", date(day)),
        Last::Day(day) => date(day),
        Last::Between(from, to) if to == from + 1 => date(from),
        Last::Between(from, to) => format!("between {} and {}", date(from), date(to)),
        Last::NotBefore(day) => format!("not before {}", date(day)),
    }
}

/// What is over behind a point.
pub(super) fn what_ends(kind: Kind) -> &'static str {
    match kind {
        Kind::Technical => "after it not everybody has a way back",
        Kind::Price => "after it the price is over the budget",
        Kind::Time => "after it going back takes longer than the window",
    }
}

/// `200 of 200 worlds (98 to 100 %)`
fn share(technical: &Technical) -> String {
    let percent = |share: f64| number::percent(share).replace(" %", "");
    format!(
        "{} of {} worlds ({} to {} %)",
        number::whole(technical.count as f64),
        number::whole(technical.worlds as f64),
        percent(technical.interval.low),
        percent(technical.interval.high)
    )
}

/// Who has no way back at all, and in how many worlds: `at most 12 people, in 3 of 200 worlds`. `None` if nobody in any.
pub(super) fn stuck(technical: &Technical) -> Option<String> {
    (technical.ever > 0).then(|| {
        let most = f64::from(technical.most);
        let people = if technical.most == 1 { "person" } else { "people" };
        format!(
            "{}{} {people}, in {} of {} worlds",
            if technical.ever > 1 { "at most " } else { "" },
            number::whole(most),
            number::whole(technical.ever as f64),
            number::whole(technical.worlds as f64)
        )
    })
}

/// The technical point as a sentence without its end.
pub(super) fn technical(calendar: &Calendar, technical: &Technical, limits: StuckLimits) -> String {
    let people = number::exact(limits.per_mille() as f64 / 10.0);
    match (technical.first, stuck(technical)) {
        (Some(first), Some(stuck)) => {
            let until = match technical.last() {
                Last::Day(day) => format!("turning back works until {}", date(calendar, day)),
                _ => "turning back never works as a whole".into(),
            };
            format!(
                "{until}; at the end of {} at least {people} % of the people moved have no way back in {}; later {stuck}",
                date(calendar, first),
                share(technical)
            )
        }
        (_, Some(stuck)) => format!(
            "turning back works up to {} for all but {stuck}",
            date(calendar, technical.days.saturating_sub(1))
        ),
        (_, None) => format!(
            "turning back works for everybody in {} up to {}",
            match technical.worlds {
                1 => "the only world".into(),
                worlds => format!("all {} worlds", number::whole(worlds as f64)),
            },
            date(calendar, technical.days.saturating_sub(1))
        ),
    }
}

/// The finding about a strategy in one clause, which titles have: the point that binds, or that there is none and for whom
/// turning back does not work all the same.
pub(super) fn finding(calendar: &Calendar, answer: &NoReturn) -> String {
    match (answer.binding(), stuck(&answer.technical)) {
        (Some((kind, Last::Before(day))), _) => {
            let what = match kind {
                Kind::Technical => "not everybody has a way back",
                Kind::Price => "the price of turning back is over the budget",
                Kind::Time => "going back takes longer than the window",
            };
            format!("{what} already on {}", date(calendar, day))
        }
        (Some((kind, last)), _) => {
            format!(
                "the last day to turn back is {}; {}",
                place(calendar, last),
                what_ends(kind)
            )
        }
        (None, stuck) => {
            let until = date(calendar, answer.looked_until());
            match stuck {
                Some(stuck) => format!("up to {until} turning back works for all but {stuck}"),
                None => format!("no point of no return up to {until}"),
            }
        }
    }
}
