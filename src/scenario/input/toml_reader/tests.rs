use super::super::key::Notated;
use super::super::key::{
    Count, Day, Flag, Key, Name, Notation, NumberOr, Parsed, Real, Sub, Subs, Texts, Whole, Words,
};
use super::*;
use std::ops::Bound;

/// Keys of the tests, declared where they are read.
impl<'d> Table<'d> {
    fn integer(&self, key: &'static str, least: i64) -> Option<Located<i64>> {
        self.require(&Key::new(key, Whole(Some(least), None), ""))
    }

    fn opt_integer(&self, key: &'static str) -> Option<Located<i64>> {
        self.get(&Key::new(key, Whole(None, None), ""))
    }

    fn count_from_1(&self, key: &'static str) -> Option<Located<u32>> {
        self.require(&Key::new(key, Count::from(1), ""))
    }

    fn share(&self, key: &'static str) -> Option<Located<f64>> {
        self.require(&Key::new(key, Real(0.0, 1.0), ""))
    }

    fn date(&self, key: &'static str) -> Option<Located<civil::Date>> {
        self.require(&Key::new(key, Day, ""))
    }

    fn one(&self, key: &'static str) -> Option<Table<'d>> {
        self.table(&Key::new(key, Sub(&NONE), ""))
    }

    fn several(&self, key: &'static str) -> Vec<Table<'d>> {
        self.tables(&Key::new(key, Subs(&NONE), ""))
    }
}

static NONE: super::super::key::Section = super::super::key::Section {
    about: "",
    keys: &[],
    others: None,
    parameters: None,
};

fn shown(text: &str, read: impl FnOnce(&Table<'_>)) -> String {
    let reader = Reader::new();
    let document = reader.document("s.toml", text);
    read(&document.root(&reader));
    let (sources, faults) = reader.into_parts();
    faults.render(&sources, false)
}

#[test]
fn all_syntax_faults_are_reported_and_cause_no_others() {
    let shown = shown("seed = \nname = coexist\nusers = 0\nruns = 1,5\n", |t| {
        t.integer("seed", 0);
        t.integer("name", 0);
        t.integer("users", 1);
        t.integer("absent", 1);
        t.finish();
    });
    let expected = "\
error: a value is missing here
 --> s.toml:1:8
  |
1 | seed = 
  |        ^
  |
  = help: write a value after `=`

error: `coexist` is not a value; text must stand between quotes
 --> s.toml:2:8
  |
2 | name = coexist
  |        ^^^^^^^
  |
  = help: write it between quotes: `\"coexist\"`

error: `users` is 0; it must be at least 1
 --> s.toml:3:9
  |
3 | users = 0
  |         ^
  |
  = key: users
  = help: write a whole number that is at least 1

error: something follows the value on the same line
 --> s.toml:4:9
  |
4 | runs = 1,5
  |         ^
  |
  = help: write decimal numbers with a point: `runs = 1.5`

4 errors
";
    assert_eq!(shown, expected);
}

#[test]
fn unknown_keys_get_a_suggestion_or_the_list() {
    let shown = shown("[strategy]\nsise = 5\ncolour = 1\nuntil = 2\n", |t| {
        let strategy = t.one("strategy").expect("a table");
        strategy.opt_integer("size");
        strategy.opt_integer("until");
        strategy.finish();
        t.finish();
    });
    let expected = "\
error: unknown key `sise` in [strategy]
 --> s.toml:2:1
  |
2 | sise = 5
  | ^^^^
  |
  = key: strategy.sise
  = help: did you mean `size`?

error: unknown key `colour` in [strategy]
 --> s.toml:3:1
  |
3 | colour = 1
  | ^^^^^^
  |
  = key: strategy.colour
  = help: the keys allowed here are `size`, `until`

2 errors
";
    assert_eq!(shown, expected);
}

#[test]
fn wrong_types_say_what_to_write() {
    let text = "users = \"many\"\nruns = \"12\"\non = 3\nnames = [\"a\", 4]\nshare = \"x\"\n";
    let shown = shown(text, |t| {
        assert_eq!(t.integer("users", 1), None);
        assert_eq!(
            t.get_or_default(&Key::new("runs", Count::from(1), "").default(7)),
            7
        );
        t.require(&Key::new("on", Flag, ""));
        assert_eq!(
            t.require(&Key::new("names", Texts(Notated::Text), ""))
                .expect("an array")
                .len(),
            1
        );
        assert!(
            t.require_number_or_table(&Key::new("share", NumberOr(0.0, 1.0, &NONE), ""))
                .is_none()
        );
        t.finish();
    });
    let expected = "\
error: `users` must be a whole number, found a string
 --> s.toml:1:9
  |
1 | users = \"many\"
  |         ^^^^^^
  |
  = key: users
  = help: write for example `users = 5`

error: `runs` must be a whole number, found a string
 --> s.toml:2:8
  |
2 | runs = \"12\"
  |        ^^^^
  |
  = key: runs
  = help: write `runs = 12`, without quotes

error: `on` must be true or false, found a whole number
 --> s.toml:3:6
  |
3 | on = 3
  |      ^
  |
  = key: on
  = help: write for example `on = true`

error: `names[1]` must be a string, found a whole number
 --> s.toml:4:15
  |
4 | names = [\"a\", 4]
  |               ^
  |
  = key: names[1]
  = help: write for example `\"text\"`

error: `share` must be a table or a number, found a string
 --> s.toml:5:9
  |
5 | share = \"x\"
  |         ^^^
  |
  = key: share
  = help: write for example `share = 0.5`

5 errors
";
    assert_eq!(shown, expected);
}

#[test]
fn nested_arrays_of_tables_have_paths_and_headers() {
    let text = "\
[[strategy]]
name = \"a\"

[[strategy]]
name = \"b\"
window = { from = 2025-03-10 }

[[strategy.wave]]
size = 5

[[strategy.wave]]
size = -5
";
    let shown = shown(text, |t| {
        t.integer("seed", 0);
        t.one("world");
        for strategy in t.several("strategy") {
            strategy.require(&Key::new("name", Name, ""));
            if let Some(window) = strategy.opt_table(&Key::new("window", Sub(&NONE), "")) {
                assert_eq!(window.path(), "strategy[1].window");
                window.date("until");
                window.finish();
            }
            for wave in strategy.opt_tables(&Key::new("wave", Subs(&NONE), "")) {
                wave.count_from_1("size");
                wave.share("share");
                wave.finish();
            }
            strategy.finish();
        }
        t.finish();
    });
    let expected = "\
error: missing key `seed` at the top level
 --> s.toml:1:1
  |
1 | [[strategy]]
  | ^
  |
  = key: seed
  = help: add `seed = ...` with a whole number of at least 0, such as `5`

error: missing table `world` at the top level
 --> s.toml:1:1
  |
1 | [[strategy]]
  | ^
  |
  = key: world
  = help: add a section `[world]`

error: missing key `until` in `window`
 --> s.toml:6:10
  |
6 | window = { from = 2025-03-10 }
  |          ^^^^^^^^^^^^^^^^^^^^^
  |
  = key: strategy[1].window.until
  = help: add `until = ...` with a date, such as `2025-03-10`

error: unknown key `from` in `window`
 --> s.toml:6:12
  |
6 | window = { from = 2025-03-10 }
  |            ^^^^
  |
  = key: strategy[1].window.from
  = help: the keys allowed here are `until`

error: missing key `share` in [[strategy.wave]]
 --> s.toml:8:1
  |
8 | [[strategy.wave]]
  | ^^^^^^^^^^^^^^^^^
  |
  = key: strategy[1].wave[0].share
  = help: add `share = ...` with a number between 0 and 1, such as `0.5`

error: missing key `share` in [[strategy.wave]]
  --> s.toml:11:1
   |
11 | [[strategy.wave]]
   | ^^^^^^^^^^^^^^^^^
   |
   = key: strategy[1].wave[1].share
   = help: add `share = ...` with a number between 0 and 1, such as `0.5`

error: `size` is -5; it must be at least 1
  --> s.toml:12:8
   |
12 | size = -5
   |        ^^
   |
   = key: strategy[1].wave[1].size
   = help: write a whole number that is at least 1

7 errors
";
    assert_eq!(shown, expected);
}

#[test]
fn ranges_words_and_strange_numbers() {
    let text = "a = 1.5\nb = nan\nc = 99999999999999999999\nd = 0\nmode = \"fist\"\nkind = \"zebra\"\ne = 1\nf = 5000000000\ng = true\n";
    let shown = shown(text, |t| {
        t.share("a");
        t.node("b").map(|b| b.float(..));
        t.opt_integer("c");
        t.node("d")
            .map(|d| d.float((Bound::Excluded(0.0), Bound::Unbounded)));
        t.require(&Key::new("mode", Words(&[("first", 1), ("last", 2)]), ""));
        t.require(&Key::new("kind", Words(&[("first", 1), ("last", 2)]), ""));
        t.count_from_1("f");
        t.count_from_1("g");
        assert_eq!(
            t.node("e").and_then(|e| e.float(0.0..)).map(|e| e.value),
            Some(1.0)
        );
        t.finish();
    });
    let titles: Vec<&str> = shown.lines().filter(|line| line.starts_with("error")).collect();
    let expected = [
        "error: `a` is 1.5; it must be between 0 and 1",
        "error: `b` is not a finite number",
        "error: `c` is too large a number",
        "error: `d` is 0; it must be more than 0",
        "error: `mode` is \"fist\", which is not one of the words allowed",
        "error: `kind` is \"zebra\", which is not one of the words allowed",
        "error: `f` is 5000000000; it must be at most 4294967295",
        "error: `g` must be a whole number, found `true`",
    ];
    assert_eq!(titles, expected);
    let helps: Vec<&str> = shown.lines().filter(|line| line.contains("= help")).collect();
    let expected = [
        "  = help: write a number that is between 0 and 1",
        "  = help: write an ordinary number, such as `0.5` or `100`",
        "  = help: write an ordinary number, such as `0.5` or `100`",
        "  = help: write a number that is more than 0",
        "  = help: did you mean `first`?",
        "  = help: write one of `first`, `last`",
        "  = help: write a smaller number",
        "  = help: write for example `g = 5`",
    ];
    assert_eq!(helps, expected);
}

#[test]
fn dates_and_times_are_read_bare_or_quoted() {
    let text = "a = 2025-03-10\nb = \"2025-03-10\"\nc = 2025-03-10T08:30:00\nd = \"2025-03-10 08:30\"\n\
                e = 08:30\nf = \"08:30:15\"\ng = 2025-03-10T08:30:00Z\nh = \"10.3.2025\"\n";
    let shown = shown(text, |t| {
        let date = civil::date(2025, 3, 10);
        assert_eq!(t.date("a").map(|d| d.value), Some(date));
        assert_eq!(t.get(&Key::new("b", Day, "")).map(|d| d.value), Some(date));
        assert_eq!(
            t.node("c").and_then(|c| c.datetime()).map(|d| d.value),
            Some(date.at(8, 30, 0, 0))
        );
        assert_eq!(
            t.node("d").and_then(|d| d.datetime()).map(|d| d.value),
            Some(date.at(8, 30, 0, 0))
        );
        assert_eq!(
            t.node("e").and_then(|e| e.time_of_day()).map(|d| d.value),
            Some(civil::time(8, 30, 0, 0))
        );
        assert_eq!(
            t.node("f").and_then(|f| f.time_of_day()).map(|d| d.value),
            Some(civil::time(8, 30, 15, 0))
        );
        t.date("c");
        t.node("g").map(|g| g.datetime());
        t.date("h");
        t.finish();
    });
    let titles: Vec<&str> = shown.lines().filter(|line| line.starts_with("error")).collect();
    let expected = [
        "error: `c` must be a date, found a date and time",
        "error: `g` must be a date and time, found a date and time with an offset",
        "error: `h` must be a date, found \"10.3.2025\"",
    ];
    assert_eq!(titles, expected);
}

#[test]
fn strings_in_a_notation_of_their_own() {
    let shown = shown("a = \"5 days\"\nb = \"5\"\nc = 5\n", |t| {
        let parse: fn(&str) -> Result<usize, String> = |text| {
            text.strip_suffix(" days")
                .ok_or("the unit is missing".to_owned())
                .map(str::len)
        };
        let duration = Parsed {
            notation: Notation::Clock,
            wanted: "a duration",
            example: "5 days",
            parse,
        };
        assert_eq!(t.require(&Key::new("a", duration, "")).map(|a| a.value), Some(1));
        t.require(&Key::new("b", duration, ""));
        t.get(&Key::new("c", duration, ""));
        t.require(&Key::new("d", duration, ""));
    });
    let titles: Vec<&str> = shown.lines().filter(|line| line.starts_with("error")).collect();
    let expected = [
        "error: missing key `d` at the top level",
        "error: `b` must be a duration, found \"5\": the unit is missing",
        "error: `c` must be a duration, found a whole number",
    ];
    assert_eq!(titles, expected);
    assert!(
        shown.contains("= help: add `d = ...` with a duration, such as `\"5 days\"`"),
        "{shown}"
    );
}

#[test]
fn documents_that_are_not_utf8() {
    let reader = Reader::new();
    let document = reader.document("s.toml", b"a = 1\nname = \"Caf\xe9\"\n");
    document.root(&reader).integer("b", 0);
    let (sources, faults) = reader.into_parts();
    let expected = "\
error: this character is not valid UTF-8
 --> s.toml:2:12
  |
2 | name = \"Caf\u{fffd}\"
  |            ^
  |
  = help: save the file with the encoding UTF-8, in Excel as \"CSV UTF-8\"

1 error
";
    assert_eq!(faults.render(&sources, false), expected);
}

#[test]
fn no_text_makes_the_reader_panic() {
    let pieces = [
        "[", "]", "a", "=", "\"", "'", "{", "}", "\n", ",", "1", ".", "é", "\\", "#", "\r", "[[",
    ];
    let mut state = 7_u64;
    for _ in 0..4000 {
        let mut text = String::new();
        for _ in 0..12 {
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            text.push_str(pieces[(state >> 33) as usize % pieces.len()]);
        }
        shown(&text, |t| {
            t.integer("a", 0);
            t.several("a");
            t.finish();
        });
    }
}
