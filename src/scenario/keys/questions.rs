//! Keys of what is asked of a scenario: objectives, limits, and the tables of the analyses.

use super::super::input::key::*;
use super::super::packet::EvidenceKind;
use crate::outcome::metric::MOST;
use crate::plan::course::Course;

section! {
    objectives, "What strategies are judged by: each key is a metric";
    * INDIFFERENCE: Real = Key::new("<metric>", Real(0.0, MOST), "The difference not worth naming, in the unit of the metric. For an objective above 0 the best strategy is selected")
        .absent("without the table `meetings_broken`, `lost_attendee_hours`, `stranded_user_hours` and `clients_downgraded`, each with 0");
}

section! {
    limit, "What must hold in most worlds";
    METRIC: NameOf = Key::new("metric", NameOf("metrics"), "What is limited").required_when("required");
    SHARE_OF: NameOf = Key::new("share_of", NameOf("metrics"), "Limits the share of this metric instead; of nothing it is 0");
    AT_MOST: Real = Key::new("at_most", Real(0.0, MOST), "Largest value allowed").required_when("one of `at_most`, `by`").limits("of a day at most the horizon; of a part of its whole below 1");
    BY: Day = Key::new("by", Day, "Last date allowed; a day that is missing is later").required_when("one of `at_most`, `by`").limits("only for days, in the simulated time, without `share_of`");
    PROBABILITY: Real = Key::new("probability", Real(0.0, 1.0), "In what share of the worlds it must hold").default(0.9);
}

section! {
    gate_study, "When a release is bad";
    HARM: NameOf = Key::new("harm", NameOf("metrics"), "What a bad release adds to").required().limits("metrics of which less is better and which no world lacks");
    LIMIT: Real = Key::new("limit", Real(0.0, MOST), "The most that a good release adds, in the unit of `harm`").required();
}

fn points() -> Form {
    let day = Form::Whole(Some(0), Some(36_500));
    let point = Form::Either(Box::new(day), Box::new(Form::Text));
    Form::List(Box::new(point), 0, None)
}

section! {
    exposure, "What turning back would take";
    STRATEGIES: Texts = Key::new("strategies", Texts(Notated::NamesOf("strategies")), "Which strategies are branched").absent("all that move anybody").option("--strategy");
    AT: Shaped = Key::new("at", Shaped(points), "Where. A point is a date, a day number, or a stage: `\"after:pilot\"`, `\"after:wave 3+7\"`, so many days (1 or more, without `+` 1) after the start of that wave in the first attempt, whenever that is. A day begins at its midnight, before anything happens on it").absent("see `every_days`").option("--at");
    EVERY_DAYS: Count = Key::new("every_days", Count::within(1, 3640), "Without `at`: from one branch to the next, from the day before the first planned wave until the look-ahead behind the last one, as far as there is time to look ahead").unit("d").absent("7; 1 if they span less than 56 days").option("--every");
    AHEAD_DAYS: Count = Key::new("ahead_days", Count::within(1, 3640), "How long each course is followed from its branch. It is the same for all branches, so that they can be compared; a day from which the horizon is nearer, or a stage that is so near by its planned date, is refused").unit("d").absent("longest `look_ahead_days` of the strategies, at most half of the horizon").option("--ahead");
    TROUBLE: Text = Key::new("trouble", Text, "What begins at every branch, alike on all courses, see below").absent("`none`").option("--trouble");
    LOSS_HOURS: Real = Key::new("loss_hours", Real(0.001, 8760.0), "How long a lost pool is down").unit("h").absent("24").estimated().limits("only with a lost pool").option("--loss-hours");
    DECISION_HOURS: Real = Key::new("decision_hours", Real(0.0, 8760.0), "From the trouble to the order. Without a trouble the order is given at once, with one at least a millisecond after it has begun").unit("h").absent("0").option("--decision-hours");
    MEASURE: NameOf = Key::new("measure", NameOf("quantities"), "What the budget is about").absent("`cost`").limits("a quantity of [exposure.csv](#results-of-exposure) but `hours_until_served` and `days_to_go_back`").option("--measure");
    BUDGET: Real = Key::new("budget", Real(0.0, MOST), "The most that turning back may take more than the other course. Without it there is no point of no return by price").absent("none").option("--budget");
    QUANTILE: Real = Key::new("quantile", Real(0.01, 0.99), "The quantile over worlds that must be within the budget").absent("the mean").option("--quantile");
    AGAINST: Words<Course> = Key::new("against", Words(&[("go-on", Course::GoOn), ("fix-forward", Course::FixForward), ("hold", Course::Hold)]), "The other course").absent("`go-on`").option("--against");
    WINDOW_DAYS: Real = Key::new("window_days", Real(0.01, 3640.0), "The most days that turning back may take, from the order until 98 % of those who go back are served and one test run has followed, in nine worlds of ten. Without it there is no point of no return by time").unit("d").absent("none").option("--window-days");
    NO_RETURN_SHARE: Real = Key::new("no_return_share", Real(0.001, 1.0), "A programme as a whole cannot be taken back once so large a share of the people who have moved has no way back, in whole per mille").unit("share").default(0.01);
    NO_RETURN_WORLDS: Real = Key::new("no_return_worlds", Real(0.001, 1.0), "In so large a share of all worlds").unit("share").default(0.1);
}

section! {
    optimize, "What is varied";
    STRATEGY: Name = Key::new("strategy", Name, "Whose plan is varied").absent("the only strategy beside `stay`").option("--strategy");
    METRICS: Texts = Key::new("metrics", Texts(Notated::NamesOf("metrics")), "Two or three metrics of the front, each with a better direction and a value in every world; days that are not reached count as the horizon").absent("the first two objectives").option("--metric");
    VARY: Subs = Key::new("vary", Subs(&vary::SECTION), "What is varied; an option replaces the table of the same key").required_when("required, or `--vary`").option("--vary 'KEY=VALUE,VALUE'");
}

section! {
    vary, "A key and the values to try";
    KEY: Text = Key::new("key", Text, "A key relative to the strategy: `pilot.size`, `pilot.start_day`, `waves.size`, `waves.order`, `rollout.mode`, `gates.stage_days`, ...").required();
    VALUES: Shaped = Key::new("values", Shaped(|| Form::List(Box::new(Form::Any), 2, None)), "Values as for that key").required().limits("at least 2");
}

section! {
    packet, "What is put before the change board. It changes no result, but for the base: that is the proposal unless `base` says otherwise";
    PROPOSAL: NameOf = Key::new("proposal", NameOf("strategies"), "The strategy that is proposed").absent("what the verdict recommends").limits("moves people");
    DECISION: Name = Key::new("decision", Name, "What the board is to decide, such as \"approve the pilot\"").absent("approve or reject the plan").limits("at most 80 letters");
    DECIDE_BY: Day = Key::new("decide_by", Day, "By when").absent("no date stated");
    OWNER: Name = Key::new("owner", Name, "Who answers for the change").absent("nobody").limits("at most 40 letters");
    APPROVERS: Texts = Key::new("approvers", Texts(Notated::Text), "Who signs").absent("the change board").limits("at most 5, each at most 40 letters");
    CONDITIONS: Texts = Key::new("conditions", Texts(Notated::Text), "Under which conditions").absent("none").limits("at most 3, each at most 90 letters");
    RISKS: Subs = Key::new("risks", Subs(&packet_risk::SECTION), "Risks that people have named").absent("none");
}

section! {
    packet_risk, "A risk that people have named";
    RISK: Name = Key::new("risk", Name, "What may happen").required().limits("at most 90 letters");
    OWNER: Name = Key::new("owner", Name, "Who watches it").absent("nobody").limits("at most 40 letters");
    ANSWER: Name = Key::new("answer", Name, "What is done about it").absent("nothing").limits("at most 90 letters");
}

section! {
    evidence, "Something that was really done or found, shown beside what was simulated and never mixed with it";
    KIND: Words<EvidenceKind> = Key::new("kind", Words(&EvidenceKind::ALL), "What it is").default(EvidenceKind::Test);
    WHAT: Name = Key::new("what", Name, "What was done or found").required();
    DATE: Day = Key::new("date", Day, "When").absent("no date");
    BY: Name = Key::new("by", Name, "By whom").absent("nobody named");
    PASSED: Flag = Key::new("passed", Flag, "Did it pass?").absent("not said").limits("only of tests and pilots");
}
