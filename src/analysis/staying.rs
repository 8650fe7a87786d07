//! What a scenario says about staying: without it, the cost of a programme has nothing to be set against.

use crate::experiment::Results;
use crate::outcome::Metric;
use crate::scenario::Scenario;
use crate::world::{Draw, Setting};

/// The keys that say what staying costs and what leaving brings.
const KEYS: [Setting; 3] = [Setting::CostOldSide, Setting::CostUnsupported, Setting::Benefit];

/// Does the scenario assume anything about what staying costs: a cost of the old side, now or after the end of support, more
/// failures after it, or a benefit of the new side? While it does not, a difference in cost to a strategy that moves nobody is
/// what the programme costs, and says nothing about which of the two is better.
pub fn is_assumed(scenario: &Scenario) -> bool {
    let facts = &scenario.facts;
    let draw = |setting: Setting| facts.parameters[setting as usize].draw;
    let ends = facts
        .unsupported_from
        .is_some_and(|from| from < facts.calendar.horizon);
    let is_any = |setting: Setting| draw(setting) != Draw::Fixed(0.0);
    is_any(Setting::CostOldSide)
        || is_any(Setting::Benefit)
        || (ends && is_any(Setting::CostUnsupported))
        || (ends && draw(Setting::FailuresUnsupported) != Draw::Fixed(1.0))
}

/// Is a difference of two strategies in a metric money against a strategy that moves nobody, of which nothing is assumed? That is
/// what the programme costs, and no verdict.
pub fn hides_verdict(scenario: &Scenario, results: &Results, pair: [usize; 2], metric: Metric) -> bool {
    let moves = |one: usize| scenario.plans[results.strategies[one]].moves_anybody();
    let is_money = metric.definition().unit == Metric::Cost.definition().unit;
    is_money && moves(pair[0]) != moves(pair[1]) && !is_assumed(scenario)
}

/// What is said instead of a verdict on money against a strategy that moves nobody, while nothing is assumed.
pub fn sentence() -> String {
    let keys = KEYS.map(|setting| format!("`{}`", setting.definition().key));
    format!(
        "cost of the programme; nothing is assumed about what staying costs; {} keys would say it: {}",
        keys.len(),
        keys.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario;

    const FLAT: &str = r#"
schema = 1
name = "flat"
profile = "yardstick"
calendar = { flat = true, days = 20, start = "2026-03-02" }
meetings = { starts_per_user_day = 0, warm_start = false }
population = { users = 10 }
pools = [
    { name = "old", release = "old", front_ends = 1 },
    { name = "new", release = "new", front_ends = 1 },
]
"#;

    #[test]
    fn a_scenario_that_says_nothing_about_staying_gets_no_verdict_on_money() {
        let said = |cost: &str| {
            let read = scenario::from_text("test", &format!("{FLAT}\n[cost]\n{cost}"));
            is_assumed(&read.unwrap_or_else(|rejected| panic!("{rejected}")))
        };
        for cost in [
            "",
            "user_hour = 50\ncurrency = \"EUR\"",
            "end_of_support = \"2026-03-10\"",
            "old_side_day_after_support = 100",
            "end_of_support = \"2027-03-10\"\nold_side_day_after_support = 100",
        ] {
            assert!(!said(cost), "{cost}");
        }
        for cost in [
            "old_side_day = 10",
            "benefit_user_day = { low = 0.1, high = 0.4, distribution = \"lognormal\" }",
            "end_of_support = \"2026-03-10\"\nold_side_day_after_support = 100",
            "end_of_support = \"2026-03-10\"\nfailure_factor_after_support = 2",
        ] {
            assert!(said(cost), "{cost}");
        }
        assert_eq!(
            sentence(),
            "cost of the programme; nothing is assumed about what staying costs; 3 keys would say it: `cost.old_side_day`, \
             `cost.old_side_day_after_support`, `cost.benefit_user_day`"
        );
    }
}
