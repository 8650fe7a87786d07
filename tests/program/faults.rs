//! One slip of the pen in a scenario is one message: at its place, in words, with a remedy that is accepted.

use crate::common::file;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

/// A copy of the shipped scenarios with one of them changed.
struct Copy {
    dir: TempDir,
    path: PathBuf,
}

fn shipped(name: &str) -> String {
    fs::read_to_string(file(name)).expect("a shipped scenario")
}

fn copy(bytes: &[u8]) -> Copy {
    let dir = tempfile::tempdir().expect("a folder");
    fs::create_dir(dir.path().join("people")).expect("a folder");
    for list in fs::read_dir(file("people")).expect("lists") {
        let list = list.expect("a list");
        fs::copy(list.path(), dir.path().join("people").join(list.file_name())).expect("a copy");
    }
    let path = dir.path().join("s.toml");
    fs::write(&path, bytes).expect("a scenario");
    Copy { dir, path }
}

/// The report on a text, without the folder in paths; empty if it is sound.
fn report(text: impl AsRef<[u8]>) -> String {
    let copy = copy(text.as_ref());
    let folder = format!("{}/", copy.dir.path().display()).replace('\\', "/");
    match coexist::scenario::load(&copy.path) {
        Ok(_) => String::new(),
        Err(rejected) => rejected.report.replace(&folder, ""),
    }
}

/// The titles, places and remedies of a report.
fn said(report: &str) -> Vec<String> {
    let mark = |line: &&str| {
        let line = line.trim_start();
        line.starts_with("error: ") || line.starts_with("--> ") || line.starts_with("= help: ")
    };
    report
        .lines()
        .filter(mark)
        .map(|line| line.trim_start().to_owned())
        .collect()
}

/// A shipped scenario with something in the place of something else, once.
fn changed(name: &str, there: &str, instead: &str) -> String {
    let text = shipped(name);
    assert!(text.contains(there), "{name} has no {there:?}");
    text.replacen(there, instead, 1)
}

/// The line on which something stands first, from 1.
fn line(text: &str, of: &str) -> usize {
    let at = text.find(of).unwrap_or_else(|| panic!("no {of:?}"));
    text[..at].matches('\n').count() + 1
}

/// Slips in `people.toml`: what stood there, what was written, what is said, and what is offered.
const SLIPS: [(&str, &str, &str, &str); 27] = [
    (
        "people = \"people/people.csv\"",
        "people = \"people\\new.csv\"",
        "`people` holds a letter that is not shown but steers the terminal (U+000A)",
        "write `/` in paths: `\"people/new.csv\"`",
    ),
    (
        "people = \"people/people.csv\"",
        "people = \"C:\\Users\\people.csv\"",
        "a backslash between double quotes begins a special character",
        "write `/` in paths: `\"C:/Users/people.csv\"`",
    ),
    (
        "weeks = 16",
        "weeks 16",
        "between a key and its value stands `=`",
        "write `weeks = 16`",
    ),
    (
        "weeks = 16",
        "weeks = 5%",
        "`5%` is not a value",
        "a share is a number, such as `weeks = 0.05`; a count has no `%`",
    ),
    (
        "days = [\"Mon\", \"Tue\", \"Wed\", \"Thu\"]",
        "days = [\"Mno\"]",
        "\"Mno\" is not a day of the week",
        "write `Mon`, `Tue`, `Wed`, `Thu`, `Fri`, `Sat` or `Sun`",
    ),
    (
        "name = \"people\"",
        "name = “people”",
        "text stands between straight quotes, not curly ones",
        "write `name = \"people\"`",
    ),
    (
        "name = \"people\"",
        "name = people",
        "`people` is not a value; text must stand between quotes",
        "write it between quotes: `\"people\"`",
    ),
    (
        "name = \"people\"",
        "name: \"people\"",
        "between a key and its value stands `=`, not `:`",
        "write `name = \"people\"`",
    ),
    (
        "name = \"people\"",
        "name\u{a0}= \"people\"",
        "a blank of another kind stands in this line (U+00A0)",
        "write an ordinary blank instead",
    ),
    (
        "name = \"people\"",
        "name = \"people\";",
        "nothing stands behind a value, not even `;`",
        "write `name = \"people\"`",
    ),
    (
        "name = \"people\"",
        "name = \"people\" // ours",
        "a comment begins with `#`, not with `//`",
        "write `name = \"people\" # ...`",
    ),
    (
        "name = \"people\"",
        "my name = \"people\"",
        "the key `my name` holds a blank",
        "write `my_name = ...`",
    ),
    (
        "name = \"people\"",
        "name = people\"",
        "this text has no quote at its beginning",
        "write `name = \"people\"`",
    ),
    (
        "name = \"people\"",
        "name = \"people",
        "this text is never closed",
        "end it with the quote it begins with",
    ),
    (
        "name = \"people\"",
        "name = \"people\" seed = 1",
        "something follows the value on the same line",
        "write one key a line",
    ),
    (
        "name = \"people\"",
        "name = \"-people\"",
        "scenario name `-people` begins with `-`, as options do",
        "write `people`",
    ),
    (
        "name = \"people\"",
        "name = \"nul\"",
        "scenario name `nul` is a device on Windows, where no file can have it",
        "write for example `nul-1`",
    ),
    (
        "name = \"people\"",
        "name = \"a\\u001b[31m\"",
        "`name` holds a letter that is not shown but steers the terminal (U+001B)",
        "leave that letter out",
    ),
    (
        "start = \"2013-03-04\"",
        "start = 2013-02-30",
        "`2013-02-30` is not a date",
        "write year, month and day, such as `2025-03-10`",
    ),
    (
        "start = \"2013-03-04\"",
        "start = \"2013-02-30\"",
        "there is no date \"2013-02-30\": that month has 28 days",
        "write for example `start = 2025-03-10`",
    ),
    (
        "start = \"2013-03-04\"",
        "start = 03/18/2013",
        "`03/18/2013` is not a date",
        "write year, month and day: `start = 2013-03-18`",
    ),
    (
        "start = \"2013-03-04\"",
        "start = \"18.3.2013\"",
        "`start` must be a date, found \"18.3.2013\"",
        "write year, month and day: `start = 2013-03-18`",
    ),
    (
        "start = \"2013-03-04\"",
        "start = 9999-12-28",
        "112 days from 9999-12-28 end behind the year 9999, where the calendar ends",
        "write a date of this century",
    ),
    (
        "[calendar]",
        "[calender]",
        "unknown key `calender` at the top level",
        "did you mean `calendar`?",
    ),
    (
        "[calendar]",
        "[calendar",
        "this header is never closed",
        "write `[calendar]`",
    ),
    (
        "[calendar]",
        "[[calendar]]",
        "`[[calendar]]` is a list of tables, and only one is wanted here",
        "write `[calendar]`, once",
    ),
    (
        "[calendar]",
        "[calendar.]",
        "this is not the name of a table",
        "write `[calendar]`",
    ),
];

#[test]
fn one_slip_is_one_message_at_its_line_with_what_to_write() {
    for (there, instead, what, help) in SLIPS {
        let text = changed("people.toml", there, instead);
        let said = said(&report(&text));
        let [title, place, remedy] = &said[..] else {
            panic!("{instead}: {said:?}");
        };
        assert_eq!(title, &format!("error: {what}"));
        let expected = format!("--> s.toml:{}:", line(&text, instead));
        assert!(place.starts_with(&expected), "{instead}: {place}");
        assert_eq!(remedy, &format!("= help: {help}"));
    }
}

#[test]
fn what_is_offered_is_accepted() {
    for (there, instead, _, help) in SLIPS {
        let Some((_, offered)) = help.split_once("write `").or(help.split_once(": `")) else {
            continue;
        };
        if there.starts_with("people") || there.starts_with("days") {
            continue;
        }
        let Some((offered, _)) = offered.split_once('`') else {
            panic!("{help}");
        };
        // A part of the line, or all of it.
        let line = match offered {
            name if there.starts_with("name") && !name.contains('=') => {
                format!("name = \"{}\"", name.trim_matches('"'))
            }
            other => other.to_owned(),
        };
        if line.contains("...") {
            continue;
        }
        let text = changed("people.toml", there, &line);
        assert_eq!(report(text), "", "{instead}: {line}");
    }
}

#[test]
fn what_swallows_the_rest_is_told_where_it_begins_and_nothing_else_is() {
    let all = shipped("contoso.toml");
    let array = changed(
        "contoso.toml",
        "departments = [\"london-d01\", \"london-d02\"]",
        "departments = [\"london-d01\", \"london-d02\"",
    );
    let pools = all.replace("[[pools]]", "[pools]");
    let strategy = all.replace("[[strategies]]", "[[strategy]]");
    let calendar = format!("{all}\n[calendar]\nweeks = 3\n");
    let text = changed("people.toml", "title = \"", "title = \"\"\"");
    for (text, what, place, help) in [
        (
            &array,
            "this array is never closed".to_owned(),
            line(&array, "departments = [\"london-d01\""),
            "before line".to_owned(),
        ),
        (
            &pools,
            format!("`[pools]` is written 7 times, first on line {}", line(&pools, "[pools]")),
            0,
            "keep one of them; if they are several, begin each with `[[pools]]`".to_owned(),
        ),
        (
            &strategy,
            "the tables `[[strategy]]` and those below them, such as `[strategies.waves]`, have different names".to_owned(),
            line(&strategy, "[[strategy]]"),
            "write `[[strategies]]` for all of them".to_owned(),
        ),
        (
            &calendar,
            format!("`[calendar]` is written twice, first on line {}", line(&calendar, "[calendar]")),
            calendar.lines().count() - 1,
            "keep one of them; if they are several, begin each with `[[calendar]]`".to_owned(),
        ),
        (
            &text,
            "this text is never closed".to_owned(),
            line(&text, "title = \"\"\""),
            "end it with `\"\"\"`".to_owned(),
        ),
    ] {
        let said = said(&report(text));
        let [title, at, remedy] = &said[..] else {
            panic!("{what}: {said:?}");
        };
        assert_eq!(title, &format!("error: {what}"));
        if place > 0 {
            assert!(at.starts_with(&format!("--> s.toml:{place}:")), "{what}: {at}");
        }
        if !help.contains("before line") {
            assert_eq!(remedy, &format!("= help: {help}"));
        } else {
            assert!(remedy.starts_with("= help: end it with `]` before line "), "{remedy}");
        }
    }
}

#[test]
fn lines_of_a_list_that_is_not_open_are_told_once() {
    let all = shipped("tasks.toml");
    let at = all.find("tasks = [").expect("a list of tasks");
    for instead in ["tasks =", "tasks = true", "tasks = [[]]"] {
        let text = format!("{}{instead}{}", &all[..at], &all[at + "tasks = [".len()..]);
        let said = said(&report(&text));
        assert_eq!(said.len(), 3, "{instead}: {said:?}");
        assert_eq!(
            said[0],
            "error: this line belongs to a list, and no list is open here"
        );
        assert_eq!(said[2], "= help: begin the list above it: `tasks = [`");
    }
}

#[test]
fn a_file_that_is_something_else_is_named() {
    let people = shipped("people/people.csv");
    let wide: Vec<u8> = shipped("people.toml")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for (bytes, what) in [
        (people.as_bytes(), "this is no TOML: it looks like a list (CSV)"),
        (
            b"{\"name\": \"x\",\n \"a\": [1, 2]}\n",
            "this is no TOML: it looks like JSON",
        ),
        (
            b"name: x\npools:\n  - name: a\n    side: old\n",
            "this is no TOML: it looks like YAML",
        ),
        (
            b"<html>\n<body>\n</body></html>\n",
            "this is no TOML: it looks like a web page, or XML",
        ),
        (
            b"PK\x03\x04rest",
            "this is no text but a workbook, a document or an archive",
        ),
        (b"\n# nothing\n", "this file holds no key and no table"),
    ] {
        let said = said(&report(bytes));
        assert_eq!(said.len(), 3, "{said:?}");
        assert_eq!(said[0], format!("error: {what}"));
    }
    // Other encodings and line ends are the same text.
    assert_eq!(report(&wide), "");
    assert_eq!(report(shipped("people.toml").replace('\n', "\r")), "");
    assert_eq!(report(shipped("people.toml").replace('\n', "\r\n")), "");
}

#[test]
fn a_wrong_key_is_told_with_the_key_that_stands_already() {
    let text = changed("people.toml", "weeks = 16", "weeks = 16\nweek = 17");
    let said = said(&report(&text));
    assert_eq!(said[0], "error: unknown key `week` in [calendar]");
    let expected = format!(
        "= help: did you mean `weeks`? It stands already on line {}; keep one of the two",
        line(&text, "weeks = 16")
    );
    assert_eq!(said[2], expected);
}

#[test]
fn a_limit_with_a_faulty_date_is_told_once() {
    let limit = "\n[[limits]]\nmetric = \"completion_day\"\nby = \"10/31/2013\"\n";
    let said = said(&report(format!("{}{limit}", shipped("people.toml"))));
    assert_eq!(said.len(), 3, "{said:?}");
    assert_eq!(said[0], "error: `by` must be a date, found \"10/31/2013\"");
    assert_eq!(said[2], "= help: write year, month and day: `by = 2013-10-31`");
}

#[test]
fn equal_faults_are_gathered_and_too_many_tables_are_refused_unread() {
    let mut text = shipped("people.toml");
    for number in 0..9_000 {
        text.push_str(&format!("\n[[outages]]\npool = \"none-{number}\"\n"));
    }
    let report_of_many = report(&text);
    assert!(report_of_many.lines().count() < 120, "{report_of_many}");
    assert!(
        report_of_many.contains("error: s.toml: and 8,997 more like this one\n"),
        "{report_of_many}"
    );
    for number in 0..1_001 {
        text.push_str(&format!("\n[[outages]]\npool = \"more-{number}\"\n"));
    }
    let said = said(&report(&text));
    assert_eq!(said.len(), 3, "{said:?}");
    assert_eq!(
        said[0],
        "error: there are 10001 tables [[outages]], and at most 10000 are read"
    );
}
