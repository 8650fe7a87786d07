//! Keys of strategies.

use super::super::input::key::*;
use super::super::strategies::{By, Choose, Mode, Reach};
use super::company::{columns, desk_shifts, windows};
use crate::plan::gate::Choice;
use crate::plan::{Choreography, Regime, WhenDown};

section! {
    strategy, "A strategy: who moves when, and what happens if it goes wrong. It has a pilot, waves or both";
    NAME: Name = Key::new("name", Name, "Name of the strategy").required().limits("ASCII letters, digits, `-`, `_`; unique");
    TITLE: Text = Key::new("title", Text, "Title shown to people").absent("`name`");
    LIKE: Name = Key::new("like", Name, "Another strategy: this one has all that is written there, but its name and title, and states only what is different. Tables are laid over each other key by key, tasks name by name; other values count as wholes").absent("on its own").limits("a strategy of this file; no circle");
    WITHOUT: Texts = Key::new("without", Texts(Notated::Text), "Keys of that other strategy that this one does not have: `rollback`, `pilot.department`, `tasks.voicemail`").absent("none").limits("only with `like`");
    ALLOW_UNSAFE: Flag = Key::new("allow_unsafe", Flag, "A harmful strategy is warned of instead of refused").default(false);
    LOOK_AHEAD_DAYS: Count = Key::new("look_ahead_days", Count::within(1, 3640), "How far exposure looks ahead").unit("d").default(30);
    JOINERS_FROM: When = Key::new("joiners_from", When("joiners_from_day"), "From when on joiners are homed on the new side (the target of the pool they would have) with its client, once the first wave has started, while the programme goes forward and the target serves and has room; before and otherwise on the old side").absent("start of the first wave that is no pilot").limits("needs `turnover`");
    LOT: Count = Key::new("lot", Count::within(0, 1_000_000), "Number of the lot that decides in all worlds who is in the pilot and in which wave, where that is random; `--seed` does not change it").absent("each world has the lot of its own number; lists of people come from lot 0").limits("only where the pilot or the order is random");
    PILOT: Sub = Key::new("pilot", Sub(&pilot::SECTION), "Who goes first");
    WAVES: Sub = Key::new("waves", Sub(&waves::SECTION), "How the rest follow");
    MOVES: Sub = Key::new("moves", Sub(&moves::SECTION), "How users are moved");
    TARGET: Sub = Key::new("target", Sub(&target::SECTION), "Where people go: `to` (a new pool) for everybody, or keys that are names of legacy pools with the new pool as value")
        .absent("also for pools left out: the new pools of the same site in turn, else the first new pool");
    ROLLOUT: Sub = Key::new("rollout", Sub(&rollout::SECTION), "How clients are upgraded").absent("clients stay as they are");
    FAILOVER: Sub = Key::new("failover", Sub(&failover::SECTION), "When the pair of a pool takes over").absent("no pool fails over");
    ROLLBACK: Sub = Key::new("rollback", Sub(&rollback::SECTION), "How people go back").absent("if a gate or trigger orders it, everybody goes back, paired, once");
    GATES: Sub = Key::new("gates", Sub(&gates::SECTION), "What must be well before the next wave starts");
    TRIGGERS: Subs = Key::new("triggers", Subs(&trigger::SECTION), "Conditions on which a rollback is asked for");
    DESK: Sub = Key::new("desk", Sub(&desk_shifts::SECTION), "The help desk under this strategy").absent("the scenario's");
    RETIREMENT: Sub = Key::new("retirement", Sub(&retirement::SECTION), "When old pools are retired").absent("never");
    TASKS: Subs = Key::new("tasks", Subs(&task::SECTION), "When the tasks of the profile are carried out").absent("all are done in order and in time");
    TESTING: Sub = Key::new("testing", Sub(&testing::SECTION), "Coexistence tests");
}

/// A size, or one for each wave.
fn sizes() -> Form {
    let one = || {
        Form::Either(
            Box::new(Form::Whole(Some(1), Some(10_000_000))),
            Box::new(Form::Notation(Notation::Percent)),
        )
    };
    Form::Either(Box::new(one()), Box::new(Form::List(Box::new(one()), 1, None)))
}

section! {
    pilot, "Who goes first";
    CHOOSE: Words<Choose> = Key::new("choose", Words(&[("random", Choose::Random), ("volunteers", Choose::Volunteers), ("department", Choose::Department), ("departments", Choose::Departments), ("teams", Choose::Teams), ("listed", Choose::Listed)]),
        "How people are chosen: at random; from all departments in proportion to their size; from one department; whole departments, or whole teams, at random until there are enough people; from a list").default(Choose::Random);
    SIZE: Count = Key::new("size", Count::within(1, 10_000_000), "People in the pilot").required_when("required, but for `department` and `listed` (all)");
    START: When = Key::new("start", When("start_day"), "When moves start").required();
    DEPARTMENT: Name = Key::new("department", Name, "Whose people").required_when("required for `department`, else not allowed");
    COLUMNS: Sub = Key::new("columns", Sub(&columns::SECTION), "What the columns of `list` are called in that file").absent("`user`, or what known exports call it");
    LIST: FilePath = Key::new("list", FilePath, "[List of users](#lists-of-users)").required_when("required for `listed`, else not allowed");
}

section! {
    waves, "How the rest follow";
    START: When = Key::new("start", When("start_day"), "When the first wave starts; may be absent if a list dates the waves").required_when("required, unless a list dates the waves").limits("not before the pilot");
    ALL: Flag = Key::new("all", Flag, "Everybody in one wave; excludes `size`").default(false);
    SIZE: Shaped = Key::new("size", Shaped(sizes), "People in a wave: a number, a share of all people such as `\"10 %\"`, or an array of those, one for each wave; the last one holds for all later waves").required_when("required without `all`, unless a list says who is in which wave").limits("at most 10,000 waves");
    EVERY_DAYS: Count = Key::new("every_days", Count::within(1, 3640), "Days from one wave to the next").unit("d").absent("7").limits("not with `every_weeks`");
    EVERY_WEEKS: Count = Key::new("every_weeks", Count::within(1, 520), "Weeks from one wave to the next").unit("weeks").absent("1").limits("not with `every_days`");
    CATCH_UP: Flag = Key::new("catch_up", Flag, "A wave starts on its date whatever became of the one before: moves that wait for a change window pile up. Otherwise waves that start late put off those behind them by whole steps").default(false);
    ORDER: Words<By> = Key::new("order", Words(&[("random", By::Random), ("site", By::Site), ("department", By::Department), ("community", By::Community), ("listed", By::Listed), ("wave", By::Wave)]),
        "Order of moving. `community`: communities found by the Louvain method, each after the one it has most ties to; in each community always the person with the largest share of contacts already taken. `wave`: as the column `wave` of the list of people says").default(By::Random);
    COLUMNS: Sub = Key::new("columns", Sub(&columns::SECTION), "What the columns of `list` are called in that file").absent("`user`, or what known exports call it");
    LISTS: Texts = Key::new("lists", Texts(Notated::Text), "One [list of users](#lists-of-users) for each wave").absent("-").limits("only with `listed`, instead of `list`");
    LIST: FilePath = Key::new("list", FilePath, "[List of users](#lists-of-users); who is not in it never moves").absent("- (by name)").limits("only with `listed`");
}

section! {
    moves, "How users are moved";
    THREADS: Count = Key::new("threads", Count::within(0, 10_000), "Moves carried out at the same time; 0 = no limit").default(24);
    TIMED: Flag = Key::new("timed", Flag, "Does a move take time?").default(true);
    BATCH: Count = Key::new("batch", Count::within(1, 1_000_000), "Users in a batch that may fail as a whole").default(50);
    MAX_ATTEMPTS: Count = Key::new("max_attempts", Count::within(1, 100), "Tries before a person has to do it").default(3);
    WHEN_DOWN: Words<WhenDown> = Key::new("when_down", Words(&[("wait", WhenDown::Wait), ("force", WhenDown::Force), ("failover", WhenDown::Failover)]),
        "Pool out of service: wait; `force`: if it is the source, move and lose meetings and contacts; `failover` (needs `[strategies.failover]`): wait until it has failed over, then move to the pair of the target, or take the user from the pair of the source").default(WhenDown::Wait);
    WINDOWS: Sub = Key::new("windows", Sub(&windows::SECTION), "Own change windows").absent("`[windows]`");
}

section! {
    target, "Where people go";
    * OF: Name = Key::new("<legacy pool>", Name, "The new pool for people of this legacy pool").absent("the new pools of the same site in turn, else the first new pool").limits("a new pool");
    TO: Name = Key::new("to", Name, "The new pool for everybody").limits("a new pool; excludes all others");
}

section! {
    rollout, "How clients are upgraded";
    MODE: Words<Mode> = Key::new("mode", Words(&[("with", Mode::With), ("before", Mode::Before), ("after", Mode::After), ("none", Mode::Nothing)]),
        "Machines are told at the move, before the wave starts, after the move, or never").default(Mode::With);
    CLIENT: Name = Key::new("client", Name, "The new client").required_when("required unless `none`").limits("clients that are not legacy");
    DAYS: Count = Key::new("days", Count::within(0, 365), "How long before or after").unit("d").required_when("required for `before` and `after`, else not allowed");
    REGIME: Words<Regime> = Key::new("regime", Words(&[("forced", Regime::Forced), ("voluntary", Regime::Voluntary)]), "Installs are pushed, or people make them [at will](#installs)").default(Regime::Forced);
    DEADLINE_DAYS: Count = Key::new("deadline_days", Count::within(1, 3640), "So long after a machine was told, a technician visits it if it has not begun by itself").unit("d").absent("nobody visits");
    STAGED: Flag = Key::new("staged", Flag, "The old client is kept beside the new one").default(false);
    INSTALLS_PER_DAY: Count = Key::new("installs_per_day", Count::within(1, 1_000_000), "Installs in a day at each site: one after the other, evenly over its working hours").absent("the sites'");
}

section! {
    failover, "When the pair of a pool takes over";
    AFTER_MINUTES: Real = Key::new("after_minutes", Real(0.0, 10_080.0), "A pool with a pair must have been down for so long before it is decided that the pair takes over").unit("min").default(30.0).estimated();
}

shared! {
    extent, "Who goes back";
    EXTENT: Words<Reach> = Key::new("extent", Words(&[("everyone", Reach::Everyone), ("last_wave", Reach::LastWave), ("pool", Reach::Pool)]), "Who goes back").default(Reach::Everyone);
    POOL: Name = Key::new("pool", Name, "Moved users that came from it").required_when("required for `pool`, else not allowed").limits("legacy pools");
}

section! {
    rollback, "How people go back", also [extent::EXTENT, extent::POOL];
    AT: When = Key::new("at", When("day"), "When it is ordered whatever happens").required_when("required without `after_wave`, unless a gate or trigger may order it");
    AFTER_WAVE: Count = Key::new("after_wave", Count::within(0, 1_000_000), "Ordered `days` after that wave's start, whenever that is").limits("a wave; 0 = the pilot");
    DAYS: Count = Key::new("days", Count::within(0, 3640), "Days after that wave's start").unit("d").default(0).limits("only with `after_wave`");
    CHOREOGRAPHY: Words<Choreography> = Key::new("choreography", Words(&[("paired", Choreography::Paired), ("downgrade_first", Choreography::DowngradeFirst), ("move_first", Choreography::MoveFirst)]), "Order of downgrading and moving back").default(Choreography::Paired);
    CONTACT_STORE: Flag = Key::new("contact_store", Flag, "Is the contact store rolled back first? If not, contact lists are lost").default(true);
    WINDOWS: Sub = Key::new("windows", Sub(&windows::SECTION), "Windows for moving back").absent("always open");
    ATTEMPTS: Count = Key::new("attempts", Count::within(1, 100), "Attempts at the programme, the first included").default(1);
    REMEDIATION_DAYS: Count = Key::new("remediation_days", Count::within(0, 3640), "From the end of a rollback to the next attempt, which begins with the first wave whose people are not all on the new side and shifts the later ones").unit("d").default(28).estimated();
}

section! {
    criterion, "What a gate or a trigger looks at";
    FAIL: Real = Key::new("fail", Real(0.0, 1e6), "Above it the criterion fails").required();
    PASS: Real = Key::new("pass", Real(0.0, 1e6), "Up to it the criterion passes; between the two it is marginal").absent("`fail`").limits("at most `fail`; of gates only");
    SAMPLE: Real = Key::new("sample", Real(0.0, 1e9), "A smaller sample is marginal").default(0.0);
}

shared! {
    criteria, "What gates and triggers look at";
    OPEN_SEVERITY_1: NumberOr = Key::new("open_severity_1", NumberOr(0.0, 1e6, &criterion::SECTION), "Criterion: defects of severity 1 that are found and not fixed. Has no sample");
    TICKETS_PER_100: NumberOr = Key::new("tickets_per_100", NumberOr(0.0, 1e6, &criterion::SECTION), "Criterion: tickets of moved users per 100 moved users and week, over the window; none without a help desk. Sample: moved users");
    REPORTED_BROKEN: NumberOr = Key::new("reported_broken", NumberOr(0.0, 1e6, &criterion::SECTION), "Criterion: share of reported broken meetings among moved organisers less that among the others, over the window. Sample: meetings of moved organisers");
    FAILED_MOVES: NumberOr = Key::new("failed_moves", NumberOr(0.0, 1e6, &criterion::SECTION), "Criterion: share of failed tries to move forward since the last wave started, or the attempt was resumed: whole days, that day included. Sample: tries");
    STRANDED_PER_100: NumberOr = Key::new("stranded_per_100", NumberOr(0.0, 1e6, &criterion::SECTION), "Criterion: users who cannot sign in, per 100 moved users. Sample: moved users");
}

section! {
    gates, "What must be well before the next wave starts", also [criteria::OPEN_SEVERITY_1, criteria::TICKETS_PER_100, criteria::REPORTED_BROKEN, criteria::FAILED_MOVES, criteria::STRANDED_PER_100];
    AFTER: Words<bool> = Key::new("after", Words(&[("every_wave", false), ("pilot", true)]), "In front of every wave but the first, or only of the one after the pilot").default(false);
    PILOT_DAYS: Count = Key::new("pilot_days", Count::within(0, 3640), "The pilot lasts at least so long").unit("d").default(30);
    STAGE_DAYS: Count = Key::new("stage_days", Count::within(0, 3640), "Every other wave lasts at least so long").unit("d").default(3);
    WINDOW_DAYS: Count = Key::new("window_days", Count::within(1, 365), "Trailing window of what is observed").unit("d").default(7);
    MARGINAL: Words<bool> = Key::new("marginal", Words(&[("hold", false), ("go_on", true)]), "What a marginal result means").default(false);
    RECHECK_DAYS: Count = Key::new("recheck_days", Count::within(0, 3640), "From one evaluation to the next").unit("d").default(1);
    MAX_HOLD_DAYS: Count = Key::new("max_hold_days", Count::within(0, 3640), "How long a wave may be held before `then` is decided").unit("d").default(28);
    THEN: Words<Choice> = Key::new("then", Words(&[("roll_back", Choice::RollBack), ("go_on", Choice::GoOn), ("stop", Choice::Stop)]), "What is decided then").default(Choice::RollBack);
}

section! {
    trigger, "Conditions on which a rollback is asked for; one criterion that fails is enough", also [extent::EXTENT, extent::POOL, criteria::OPEN_SEVERITY_1, criteria::TICKETS_PER_100, criteria::REPORTED_BROKEN, criteria::FAILED_MOVES, criteria::STRANDED_PER_100];
    WINDOW_DAYS: Count = Key::new("window_days", Count::within(1, 365), "Trailing window").unit("d").default(7);
}

section! {
    retirement, "When old pools are retired";
    AT: When = Key::new("at", When("day"), "Not before this instant").required();
    POOLS: Texts = Key::new("pools", Texts(Notated::NamesOf("legacy pools")), "Which pools").absent("all legacy pools");
}

section! {
    task, "When a task of the profile is carried out";
    NAME: Name = Key::new("name", Name, "Task; each once, or once for a pool").required().limits("tasks of the profile");
    START: When = Key::new("start", When("start_day"), "When the task starts").required_when("required without `after` and `skip`");
    AFTER: Name = Key::new("after", Name, "It starts `days` after that is completed. `last_move`: everybody in a wave has moved").limits("tasks, `first_move`, `last_move`, `retirement`");
    DAYS: Real = Key::new("days", Real(0.0, 3640.0), "Days after that").unit("d").default(0.0).limits("only with `after`");
    HOURS: Real = Key::new("hours", Real(0.0, 8760.0), "How long it takes").unit("h").absent("the profile's");
    IN_WINDOW: Flag = Key::new("in_window", Flag, "It starts in a change window of the moves only").default(false);
    POOL: Name = Key::new("pool", Name, "For which pool").absent("all legacy pools, one after the other").limits("legacy pools; tasks with `per = \"legacy_pool\"` only");
    SKIP: Flag = Key::new("skip", Flag, "The company needs it, but does not do it").default(false).limits("excludes all but `name` and `pool`");
}

fn kinds_of_faults() -> Form {
    let words = crate::world::FaultKind::ALL.iter().map(|kind| kind.0).collect();
    Form::List(Box::new(Form::Words(words)), 0, None)
}

section! {
    testing, "Coexistence tests";
    START: When = Key::new("start", When("start_day"), "First run; with a time of day, every run is at that time. Of runs that began before time zero, those after it take place").required();
    EVERY_DAYS: Count = Key::new("every_days", Count::within(1, 3640), "From one run to the next").unit("d").default(7);
    END: When = Key::new("end", When("end_day"), "No run then or later").absent("the horizon").limits("after `start`");
    CHECKS: Shaped = Key::new("checks", Shaped(kinds_of_faults), "What the runs look for").absent("all three");
    REQUIRED: Flag = Key::new("required", Flag, "The first wave waits for a clean run: one that finds nothing while no fault found is unfixed. Later waves, and people told before them, slip by the same time; a scripted rollback and dated tasks do not").default(false);
}
