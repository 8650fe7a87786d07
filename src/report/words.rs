//! What planners read instead of names in files: metrics and limits in words, with the scenario's currency; and the line that
//! explains the words of the trade that an output has.

use super::{dates, number};
use crate::outcome::goal::Limit;
use crate::outcome::{Metric, Quantity};
use crate::plan::gate::{Criterion, Observed};
use crate::scenario::Scenario;

/// A metric as people say it.
pub(super) fn noun(metric: Metric) -> &'static str {
    match metric {
        Metric::WorstWeek => "share of broken meetings in the worst week",
        Metric::Judged => "judged meetings",
        Metric::Held => "meetings held",
        Metric::Ok => "meetings that everybody joined in full",
        Metric::Impaired => "impaired meetings",
        Metric::Broken => "broken meetings",
        Metric::BrokenCannotSchedule => "broken meetings that nobody could schedule",
        Metric::BrokenStaleRollback => "broken meetings with a link dead after a move back",
        Metric::BrokenStaleMove => "broken meetings with a link dead after a move",
        Metric::BrokenOutage => "broken meetings whose pool was out of service",
        Metric::BrokenBlocked => "broken meetings that too few could join",
        Metric::BrokenDefect => "broken meetings hit by a defect",
        Metric::Dropped => "meetings cut off",
        Metric::Pending => "meetings still to come at the end",
        Metric::Created => "meeting series created",
        Metric::Repaired => "meeting series sent again",
        Metric::LostHours => "lost attendee-hours",
        Metric::FullHours => "scheduled attendee-hours affected",
        Metric::Upgraded => "machines upgraded",
        Metric::Downgraded => "machines downgraded",
        Metric::NeverUpgraded => "machines never upgraded",
        Metric::DowngradeDays => "days until all are downgraded",
        Metric::TechnicianHours => "technician-hours",
        Metric::StrandedHours => "stranded user-hours",
        Metric::LimitedHours => "limited user-hours",
        Metric::OutageHours => "user-hours without service",
        Metric::Moved => "users moved",
        Metric::MovesFailed => "failed tries to move",
        Metric::RolledBack => "users moved back",
        Metric::Joined => "people who joined",
        Metric::Left => "people who left",
        Metric::ContactsLost => "contact lists lost",
        Metric::Rollbacks => "rollbacks",
        Metric::FirstRollbackDay => "first rollback",
        Metric::CompletionDay => "completion",
        Metric::Day98 => "98 % done",
        Metric::RetirementDay => "retirement of the old side",
        Metric::CourseEnd => "end of the course",
        Metric::CoexistenceUserDays => "user-days with both sides in use",
        Metric::Mixed => "meetings of people from both sides",
        Metric::PeakExposureMeetings => "meetings that a rollback would break, at most",
        Metric::PeakExposureClients => "machines that a rollback would downgrade, at most",
        Metric::Attempts => "attempts",
        Metric::DefectsInPilot => "defects found in the pilot",
        Metric::DefectsEscaped => "defects that escaped",
        Metric::DefectsOpen => "defects open at the end",
        Metric::Tickets => "tickets",
        Metric::TicketsAbandoned => "tickets given up",
        Metric::TicketWaitP95 => "ticket wait, P95",
        Metric::BackgroundTickets => "everyday tickets",
        Metric::BacklogPeak => "tickets open at the same time, at most",
        Metric::DeskHours => "agent-hours",
        Metric::FailedConversations => "failed conversations",
        Metric::VoiceHours => "telephone user-hours lost",
        Metric::ApplicationHours => "application user-hours lost",
        Metric::Cost => "cost",
        Metric::CostLabour => "cost of moves by hand",
        Metric::CostStranded => "cost of people who cannot sign in",
        Metric::CostLimited => "cost of limited service",
        Metric::CostOutage => "cost of outages",
        Metric::CostMeetings => "cost of time lost in meetings",
        Metric::CostTechnicians => "cost of technicians",
        Metric::CostDesk => "cost of the help desk",
        Metric::CostBothSides => "cost of running both sides",
        Metric::CostOldSide => "cost of the old side",
        Metric::CostBenefit => "benefit of the new side, as a negative cost",
        Metric::PeakStranded => "people who cannot sign in, at most",
        Metric::NoReturnDay => "technical point of no return",
        Metric::PeakNoWayBack => "people without a way back, at most",
        Metric::FixedForward => "users fixed forward",
        Metric::FederationLost => "hours without federation",
        Metric::FaultsFound => "configuration faults found",
        Metric::FaultsLive => "configuration faults at the first move",
        Metric::WaveSlip => "slip of the waves",
        Metric::TaskHoursInVain => "task-hours in vain",
    }
}

/// The same with its unit, where the words do not say it: `lost attendee-hours`, `cost (EUR)`, `completion (day)`.
pub(super) fn measured(metric: Metric, scenario: &Scenario) -> String {
    with_unit(noun(metric), metric.definition().unit, metric.is_date(), scenario)
}

/// What is counted from a branch on, likewise.
pub(super) fn counted(quantity: Quantity, scenario: &Scenario) -> String {
    with_unit(super::exposure::noun(quantity), quantity.unit(), false, scenario)
}

/// A metric that somebody has asked for by its name: `Broken meetings (meetings_broken)`. Where both are the same word, once.
pub(super) fn asked(metric: Metric) -> String {
    let (noun, name) = (noun(metric), metric.definition().name);
    if noun == name {
        return capital(noun);
    }
    format!("{} ({name})", capital(noun))
}

fn with_unit(noun: &str, unit: &str, is_date: bool, scenario: &Scenario) -> String {
    match unit {
        "currency" => money(scenario).map_or(noun.into(), |currency| format!("{noun} ({currency})")),
        "d" if is_date => format!("{noun} (day)"),
        "h" if !noun.contains("hours") => format!("{noun} (h)"),
        "d" if !noun.contains("days") => format!("{noun} (d)"),
        _ => noun.into(),
    }
}

/// What money is counted in; `None` if the scenario does not say.
pub(super) fn money(scenario: &Scenario) -> Option<&str> {
    match scenario.currency.as_str() {
        "currency" => None,
        currency => Some(currency),
    }
}

/// An amount with its unit, where the words of the metric do not say it: `5,000 EUR`, `12 h`, `3`.
pub(super) fn amount(amount: &str, unit: &str, scenario: &Scenario) -> String {
    match unit {
        "currency" => money(scenario).map_or(amount.into(), |currency| format!("{amount} {currency}")),
        "h" | "d" => format!("{amount} {unit}"),
        _ => amount.into(),
    }
}

/// A limit in words: `broken meetings at most 3 % of judged meetings in 90 % of the worlds`.
pub(super) fn limit(limit: &Limit, scenario: &Scenario) -> String {
    let what = noun(limit.metric);
    let often = format!("in {} % of the worlds", libm::round(limit.probability * 100.0));
    if let Some(whole) = limit.share_of {
        let share = number::exact(limit.at_most * 100.0);
        return format!("{what} at most {share} % of {} {often}", noun(whole));
    }
    // The end of a date is the beginning of the next day.
    if limit.metric.is_date() && limit.at_most >= 1.0 && limit.at_most == libm::floor(limit.at_most) {
        let date = scenario.facts.calendar.date(limit.at_most as i64 - 1);
        return format!("{what} by {} {often}", dates::long(date));
    }
    let bound = amount(
        &number::exact(limit.at_most),
        limit.metric.definition().unit,
        scenario,
    );
    format!("{what} at most {bound} {often}")
}

/// Something observed as people say it.
pub(super) fn observed(observed: Observed) -> &'static str {
    match observed {
        Observed::OpenSeverity1 => "open defects of severity 1",
        Observed::Tickets => "tickets per 100 moved users and week",
        Observed::ReportedBroken => "reported broken meetings",
        Observed::FailedMoves => "failed tries to move",
        Observed::Stranded => "people who cannot sign in per 100 moved users",
    }
}

/// A value of something observed: a share in per cent, else a number.
pub(super) fn observed_value(observed: Observed, value: f64) -> String {
    match observed {
        Observed::ReportedBroken | Observed::FailedMoves => {
            format!("{} %", number::three_digits(value * 100.0))
        }
        Observed::OpenSeverity1 => number::exact(value),
        Observed::Tickets | Observed::Stranded => number::three_digits(value),
    }
}

/// When a criterion fails: `more than 45 tickets per 100 moved users and week`.
pub(super) fn fails(criterion: &Criterion) -> String {
    format!(
        "more than {} {}",
        observed_value(criterion.observed, criterion.fail),
        observed(criterion.observed)
    )
}

/// A text with its first letter large.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// Words that not every planner knows, and what they mean. No meaning has another one of these words.
pub const EXPLAINED: [(&str, &str); 4] = [
    ("horizon", "the end of the simulated time"),
    (
        "stranded",
        "cannot sign in, because the own client does not fit the own pool",
    ),
    ("stale", "a meeting whose link is dead until it is sent again"),
    (
        "attempt",
        "one go at the whole programme; a rollback ends it, and another one may follow",
    ),
];

/// A sentence that explains those of [`EXPLAINED`] that a text has, in the order in which they appear; `None` if it has none.
pub fn glossary(text: &str) -> Option<String> {
    let text = text.to_lowercase();
    let mut found: Vec<(usize, String)> = EXPLAINED
        .iter()
        .filter_map(|(word, meaning)| Some((place(&text, word)?, format!("{word} = {meaning}"))))
        .collect();
    found.sort();
    let each: Vec<String> = found.into_iter().map(|(_, said)| said).collect();
    (!each.is_empty()).then(|| format!("Words: {}.", each.join("; ")))
}

/// Where a text has a word, or several of it; not as a part of another word or of a name in files.
fn place(text: &str, word: &str) -> Option<usize> {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.match_indices(word).map(|(at, _)| at).find(|&at| {
        let behind = &text[at + word.len()..];
        let behind = behind.strip_prefix('s').unwrap_or(behind);
        !text[..at].ends_with(is_part) && !behind.starts_with(is_part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::metric;

    #[test]
    fn every_metric_has_words_of_its_own() {
        let mut nouns: Vec<&str> = metric::ALL.iter().map(|&metric| noun(metric)).collect();
        assert!(nouns.iter().all(|noun| !noun.contains('_')), "{nouns:?}");
        nouns.sort_unstable();
        nouns.dedup();
        assert_eq!(nouns.len(), metric::ALL.len());
        assert_eq!(asked(Metric::Broken), "Broken meetings (meetings_broken)");
        assert_eq!(asked(Metric::Tickets), "Tickets");
    }

    #[test]
    fn words_are_explained_if_they_are_there_and_only_then() {
        assert_eq!(glossary("Nothing odd."), None);
        assert_eq!(
            glossary("Attempts end\nbefore the Horizon.").expect("two words"),
            "Words: attempt = one go at the whole programme; a rollback ends it, and another one may follow; \
             horizon = the end of the simulated time."
        );
        for name in [
            "stale_after_move",
            "broken_stale",
            "stalemate",
            "attempted",
            "horizontal",
        ] {
            assert_eq!(glossary(name), None, "{name}");
        }
        for (word, meaning) in EXPLAINED {
            let said = glossary(&format!("({word})")).expect("it is explained");
            assert!(said.contains(meaning));
            assert_eq!(glossary(meaning), None, "{meaning}");
        }
    }
}
