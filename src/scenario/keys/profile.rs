//! Keys of profiles: what works with what.

use super::super::input::key::*;
use crate::world::profile::{Join, SignIn};
use crate::world::{Effect, Mark, TaskOutage};

section! {
    top, "The profile: what works with what";
    SCHEMA: Whole = Key::new("schema", Whole(Some(1), Some(1)), "Version of this format").required();
    NAME: Name = Key::new("name", Name, "Profile").required();
    TITLE: Name = Key::new("title", Name, "Title shown to people").required();
    SOURCES: Sub = Key::new("sources", Sub(&sources::SECTION), "Where figures come from");
    SWITCHES: Sub = Key::new("switches", Sub(&switches::SECTION), "What the sources contradict each other about");
    SERVERS: Subs = Key::new("servers", Subs(&server::SECTION), "Server releases, on both sides").required().limits("at most 200");
    CLIENTS: Subs = Key::new("clients", Subs(&client::SECTION), "Client releases").required().limits("at most 200");
    FORMATS: Subs = Key::new("formats", Subs(&format::SECTION), "Formats of meetings").required().limits("at most 200; not `none`, `carried` or `stale`");
    SIGN_IN: Subs = Key::new("sign_in", Subs(&sign_in::SECTION), "Signing in; `none`: the user is stranded").required();
    SCHEDULES: Subs = Key::new("schedules", Subs(&schedules::SECTION), "Format of a new meeting").required();
    HOSTS: Subs = Key::new("hosts", Subs(&hosts::SECTION), "May such a meeting be created there?").required();
    CARRIES: Subs = Key::new("carries", Subs(&carries::SECTION), "What a move does to a series").required();
    RESTORES: Subs = Key::new("restores", Subs(&restores::SECTION), "Does a move bring a stale series back?").absent("false, also where no cell applies");
    JOINS: Subs = Key::new("joins", Subs(&joins::SECTION), "Joining with the own client").required();
    WEB: Subs = Key::new("web", Subs(&web::SECTION), "Joining by browser").required();
    PHONE: Subs = Key::new("phone", Subs(&phone::SECTION), "Joining by phone; other than `none` is full where the meeting offers dial-in").required();
    QUORUM: Subs = Key::new("quorum", Subs(&quorum::SECTION), "How many front ends a pool needs: one row for each number of front ends from 1 to `max_front_ends`").required();
    PAIRS: Subs = Key::new("pairs", Subs(&pairs::SECTION), "May pools of these releases take over from each other?").absent("false, also where no cell applies");
    FAILOVER_SIGN_IN: Subs = Key::new("failover_sign_in", Subs(&failover_sign_in::SECTION), "Can the client sign in while the pair serves its user?").absent("true, also where no cell applies");
    DOWNGRADE_ON_ROLLBACK: Subs = Key::new("downgrade_on_rollback", Subs(&downgrade_on_rollback::SECTION), "Must clients be downgraded when users go back?").required();
    TASKS: Subs = Key::new("tasks", Subs(&task::SECTION), "What is to be done beside moving users");
    EDGES: Subs = Key::new("edges", Subs(&order::SECTION), "The order among tasks and moves");
}

section! {
    sources, "Where figures come from";
    * SOURCE: Name = Key::new("<source>", Name, "Words and address of the source").absent("");
}

section! {
    switches, "What the sources contradict each other about";
    * SWITCH: Sub = Key::new("<switch>", Sub(&switch::SECTION), "A switch");
}

section! {
    switch, "A switch";
    VALUES: Texts = Key::new("values", Texts(Notated::Text), "Its values").required();
    DEFAULT: NameOf = Key::new("default", NameOf("values"), "The value unless a scenario chooses").required();
    MEANING: Name = Key::new("meaning", Name, "What it is about").required();
}

shared! {
    origin, "Where a figure comes from";
    MARK: Words<Mark> = Key::new("mark", Words(&[("S", Mark::Stated), ("D", Mark::Derived), ("EST", Mark::Estimated)]), "Stated by the source, derived from stated figures, or estimated").required();
    SOURCE: Text = Key::new("source", Text, "Keys of `[sources]`, separated by commas").required_when("required unless `EST`");
    NOTE: Text = Key::new("note", Text, "The reason in a few words").required_when("required if `EST`");
}

shared! {
    condition, "When a cell applies";
    WHEN: Text = Key::new("when", Text, "It applies only if a switch has this value: `switch=value`").absent("always");
}

section! {
    figure, "A figure with its origin", also [origin::MARK, origin::SOURCE, origin::NOTE];
    VALUE: Count = Key::new("value", Count::from(1), "The figure").required();
}

shared! {
    named, "What something is called";
    NAME: Name = Key::new("name", Name, "What cells call it").required().limits("unique, not `*`");
    TITLE: Name = Key::new("title", Name, "Title shown to people").required();
}

section! {
    server, "A server release", also [named::NAME, named::TITLE];
    LEGACY: Flag = Key::new("legacy", Flag, "Is it on the side that is retired?").required();
    USERS_PER_FRONT_END: Sub = Key::new("users_per_front_end", Sub(&figure::SECTION), "Users that one front end serves").required();
    MAX_FRONT_ENDS: Sub = Key::new("max_front_ends", Sub(&figure::SECTION), "Most front ends of a pool").required();
}

section! {
    client, "A client release", also [named::NAME, named::TITLE];
    LEGACY: Flag = Key::new("legacy", Flag, "Is it a client of the old side?").required();
}

section! {
    format, "A format of meetings", also [named::NAME, named::TITLE];
}

shared! {
    axis, "Where a cell applies; `*` stands for every name";
    CLIENT: NameOf = Key::new("client", NameOf("clients"), "Client release, or `*`").required();
    SERVER: NameOf = Key::new("server", NameOf("servers"), "Server release, or `*`").required();
    FORMAT: NameOf = Key::new("format", NameOf("formats"), "Format, or `*`").required();
    KIND: NameOf = Key::new("kind", NameOf("`web`, `audio`"), "Kind of the meeting, or `*`").required();
    FROM: NameOf = Key::new("from", NameOf("servers"), "Server release that a user leaves, or `*`").required();
    TO: NameOf = Key::new("to", NameOf("servers"), "Server release that a user comes to, or `*`").required();
    PAIR: NameOf = Key::new("pair", NameOf("servers"), "Server release of the other pool, or `*`").required();
}

shared! {
    value, "What a cell says";
    TRUTH: Flag = Key::new("value", Flag, "Yes or no").required();
    SIGN_IN: Words<SignIn> = Key::new("value", Words(&[("full", SignIn::Full), ("limited", SignIn::Limited), ("none", SignIn::None)]), "How one can sign in").required();
    JOIN: Words<Join> = Key::new("value", Words(&[("full", Join::Full), ("reduced", Join::Reduced), ("none", Join::None)]), "How one can join").required();
    FORMAT: NameOf = Key::new("value", NameOf("formats"), "A format, or `none`").required();
    CARRY: NameOf = Key::new("value", NameOf("formats"), "`carried`, `stale`, or a format (converted)").required();
}

/// Declares an array of cells: its axes and what they say.
macro_rules! cells {
    ($($module:ident, $about:literal, [$($axis:ident),*], $value:ident;)*) => {$(
        section! {
            $module, $about, also [$(axis::$axis,)* value::$value, origin::MARK, origin::SOURCE, origin::NOTE, condition::WHEN];
        }
    )*};
}

cells! {
    sign_in, "Signing in", [CLIENT, SERVER], SIGN_IN;
    schedules, "Format of a new meeting", [CLIENT, SERVER, KIND], FORMAT;
    hosts, "May such a meeting be created there?", [FORMAT, SERVER], TRUTH;
    carries, "What a move does to a series", [FROM, TO, FORMAT], CARRY;
    restores, "Does a move bring a stale series back?", [FROM, TO, FORMAT], TRUTH;
    joins, "Joining with the own client", [CLIENT, SERVER, FORMAT], JOIN;
    web, "Joining by browser", [SERVER, FORMAT], JOIN;
    phone, "Joining by phone", [SERVER, FORMAT], JOIN;
    pairs, "May pools of these releases take over from each other?", [SERVER, PAIR], TRUTH;
    failover_sign_in, "Can the client sign in while the pair serves its user?", [CLIENT], TRUTH;
    downgrade_on_rollback, "Must clients be downgraded when users go back?", [], TRUTH;
}

section! {
    quorum, "How many front ends a pool needs", also [origin::MARK, origin::SOURCE, origin::NOTE];
    SERVER: NameOf = Key::new("server", NameOf("servers"), "Server release; no `*`").required();
    FRONT_ENDS: Count = Key::new("front_ends", Count::from(1), "Front ends of the pool").required().limits("at most `max_front_ends`, each once");
    OF_FIRST: Count = Key::new("of_first", Count::from(1), "The first so many front ends count").required().limits("at most `front_ends`");
    SERVE: Count = Key::new("serve", Count::from(1), "The pool serves while so many of those are up").required().limits("at most `of_first`");
    START: Count = Key::new("start", Count::from(1), "After a stop it starts again when so many of all are up").required().limits("at most `front_ends`");
}

section! {
    undo, "What taking a task back takes";
    HOURS: Real = Key::new("hours", Real(0.0, 8760.0), "How long it takes to take it back").unit("h").required();
    OUTAGE_MINUTES: Real = Key::new("outage_minutes", Real(0.0, 525_600.0), "For how long something is out of service meanwhile").unit("min").default(0.0);
}

section! {
    task, "A task beside moving users", also [origin::MARK, origin::SOURCE, origin::NOTE];
    NAME: Name = Key::new("name", Name, "Task").required().limits("unique");
    TITLE: Name = Key::new("title", Name, "Title shown to people").required();
    PHASE: Name = Key::new("phase", Name, "Its phase in the guide").required();
    OWNER: Name = Key::new("owner", Name, "The role that carries it out").required();
    HOURS: Real = Key::new("hours", Real(0.0, 8760.0), "How long it takes").unit("h").required();
    PER: Words<bool> = Key::new("per", Words(&[("migration", false), ("legacy_pool", true)]), "Is it done once, or once for each legacy pool?").default(false);
    OPTIONAL: Flag = Key::new("optional", Flag, "May a company do without it?").default(false);
    OUTAGE: Words<TaskOutage> = Key::new("outage", Words(&[("dial_in", TaskOutage::DialIn), ("federation", TaskOutage::Federation)]), "What is out of service while it is carried out or taken back: joining by phone the meetings of people who came from the pool, or federated access");
    OUTAGE_MINUTES: Real = Key::new("outage_minutes", Real(0.0, 525_600.0), "For how long from its start").unit("min").absent("all of `hours`").limits("only with `outage`");
    UNDO: Sub = Key::new("undo", Sub(&undo::SECTION), "What taking it back takes").required_when("one of `undo`, `stays`, `irreversible`");
    STAYS: Flag = Key::new("stays", Flag, "It may remain when everything else goes back").default(false);
    IRREVERSIBLE: Flag = Key::new("irreversible", Flag, "It cannot be taken back: its start is a point of no return").default(false);
}

section! {
    order, "An order: what must be completed before something else starts", also [origin::MARK, origin::SOURCE, origin::NOTE, condition::WHEN];
    BEFORE: NameOf = Key::new("before", NameOf("tasks, `first_move`, `last_move`, `retirement`, `front_ends_up`"), "Completed before ...").required();
    AFTER: NameOf = Key::new("after", NameOf("tasks, `first_move`, `last_move`, `retirement`"), "... this starts").required();
    FRONT_ENDS: Count = Key::new("front_ends", Count::from(1), "So many front ends of a pool of several are up when its first user comes; until then moves to it wait").required_when("required for `front_ends_up`, else not allowed");
    EFFECT: Words<Effect> = Key::new("effect", Words(&Effect::ALL), "What is simulated from the start of `after` until `before` is completed").default(Effect::Told);
    BREAKS: Name = Key::new("breaks", Name, "The consequence in words").required();
    RECOMMENDED: Flag = Key::new("recommended", Flag, "A violation is harmless and only warned of").default(false);
}
