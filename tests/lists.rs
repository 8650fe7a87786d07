//! Lists as they come: read, or one clear message at the right line.

use std::fs;
use std::path::Path;

const SCENARIO: &str = r#"schema = 1
name = "c"
profile = "ocs2007r2-to-lync2013"
replications = 2

[calendar]
start = "2013-03-04"
weeks = 4

[[sites]]
name = "hq"
hours = "09:00-17:00"

[[pools]]
name = "old"
release = "ocs2007r2"
site = "hq"
front_ends = 1

[[pools]]
name = "new"
release = "lync2013"
site = "hq"
front_ends = 1

[population]
people = "people.csv"
"#;

const PEOPLE: &[u8] = b"user\nada\nben\ncid\n";

/// Reads a company: its people, and what else it has, each a key below a table, a file name and its bytes.
fn read(people: &[u8], others: &[(&str, &str, &[u8])]) -> (Result<usize, String>, String) {
    let dir = tempfile::tempdir().expect("a folder");
    let mut text = SCENARIO.to_owned();
    fs::write(dir.path().join("people.csv"), people).expect("a list");
    for (key, name, bytes) in others {
        text.push_str(&format!("{key} = \"{name}\"\n"));
        fs::write(dir.path().join(name), bytes).expect("a list");
    }
    let path = dir.path().join("c.toml");
    fs::write(&path, text).expect("a scenario");
    let folder = format!("{}/", dir.path().display()).replace('\\', "/");
    match coexist::scenario::load(Path::new(&path)) {
        Ok(scenario) => (
            Ok(scenario.facts.users.len()),
            scenario.warnings.replace(&folder, ""),
        ),
        Err(rejected) => {
            let report = rejected.report.replace(&folder, "");
            (Err(report.clone()), report)
        }
    }
}

/// Titles, places and remedies.
fn said(report: &str) -> Vec<String> {
    let wanted = ["error: ", "warning: ", "--> ", "= help: "];
    let lines = report.lines().map(str::trim_start);
    lines
        .filter(|line| wanted.iter().any(|mark| line.starts_with(mark)))
        .map(str::to_owned)
        .collect()
}

fn people(bytes: &[u8]) -> (Option<usize>, Vec<String>) {
    let (users, report) = read(bytes, &[]);
    (users.ok(), said(&report))
}

#[test]
fn lists_are_read_as_programs_write_them() {
    let wide = |text: &str, mark: bool| -> Vec<u8> {
        let text = if mark {
            format!("\u{feff}{text}")
        } else {
            text.to_owned()
        };
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    };
    let plain = "user,site\nada,hq\nben,hq\n";
    for bytes in [
        plain.as_bytes().to_vec(),
        plain.replace('\n', "\r\n").into_bytes(),
        plain.replace('\n', "\r").into_bytes(),
        format!("sep=;\r{}", plain.replace('\n', "\r").replace(',', ";")).into_bytes(),
        format!("\u{feff}{plain}").into_bytes(),
        wide(plain, true),
        wide(plain, false),
        plain.replace(',', "\t").into_bytes(),
        // Rows of a spreadsheet without content, above and below the header.
        format!(",\n,\n{plain},\n\n").into_bytes(),
        // Empty cells at the end that were left out, or are too many.
        b"user,site\nada\nben,hq,,\n".to_vec(),
    ] {
        assert_eq!(
            people(&bytes),
            (Some(2), Vec::new()),
            "{}",
            String::from_utf8_lossy(&bytes)
        );
    }
}

#[test]
fn one_person_in_several_shapes_is_one() {
    for (one, other) in [
        ("zo\u{eb}", "zoe\u{308}"),
        ("ada", "ada\u{200b}"),
        ("ada", "\u{feff}ada\u{a0}"),
        ("ada.quell@example.com", "Ada.Quell@Example.com"),
    ] {
        let list = format!("user,site\n{one},hq\n{other},hq\n");
        let (users, said) = people(list.as_bytes());
        assert_eq!(users, Some(1), "{other:?}");
        let expected = [
            "warning: this row says the same as line 2; the two count once",
            "--> people.csv:3:1",
            "= help: remove them, if they were meant to be others",
        ];
        assert_eq!(said, expected);
    }
    let (_, said) = people(b"user,department\nada,it\nADA,hr\n");
    let expected = [
        "error: user `ADA` is already on line 2 as `ada`, with other cells: capitals tell nobody from another",
        "--> people.csv:3:1",
        "= help: keep one of the two rows",
    ];
    assert_eq!(said, expected);
}

#[test]
fn names_lead_to_the_same_chance_in_every_shape() {
    let ids = |list: &str| {
        let dir = tempfile::tempdir().expect("a folder");
        fs::write(dir.path().join("people.csv"), list).expect("a list");
        let path = dir.path().join("c.toml");
        fs::write(&path, SCENARIO).expect("a scenario");
        let scenario =
            coexist::scenario::load(&path).unwrap_or_else(|rejected| panic!("{}", rejected.report));
        scenario
            .facts
            .users
            .iter()
            .map(|user| user.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        ids("user\nada\nBen\nzo\u{eb}\n"),
        ids("user\nZOE\u{308}\n ADA\nben\u{200b}\n")
    );
}

#[test]
fn columns_that_are_not_read_are_named() {
    let (users, slip) = people(b"user,departement\nada,it\n");
    assert_eq!(users, Some(1));
    let expected = [
        "warning: the column `departement` is not read",
        "--> people.csv:1:1",
        "= help: did you mean `department`?",
    ];
    assert_eq!(slip, expected);
    let (_, others) = people(b"user,phone,wave\nada,1,2\n");
    assert_eq!(others[0], "warning: 2 columns are not read: `phone`, `wave`");
    let (_, export) = people(b"DisplayName,SipAddress,RegistrarPool\nAda,sip:ada@x.com,old\n");
    assert_eq!(export[0], "error: missing column `user`");
    assert_eq!(export[2], "= help: rename the column `SipAddress` to `user`");
}

#[test]
fn twenty_thousand_equal_faults_are_one_with_three_examples() {
    let rows: String = (0..20_000).map(|row| format!("u{row},nowhere-{row}\n")).collect();
    let (_, said) = people(format!("user,site\n{rows}").as_bytes());
    let titles: Vec<&String> = said.iter().filter(|line| line.starts_with("error")).collect();
    assert_eq!(
        titles,
        [
            "error: there is no site `nowhere-0`",
            "error: there is no site `nowhere-1`",
            "error: there is no site `nowhere-2`",
            "error: people.csv: and 19,997 more like this one",
        ]
    );
}

#[test]
fn names_that_steer_a_terminal_or_begin_like_formulas_are_refused() {
    for (name, what) in [
        (
            "a\u{1b}[31m",
            "this cell holds a letter that is not shown but steers the terminal (U+001B)",
        ),
        (
            "a\u{202e}b",
            "this cell holds a letter that is not shown but steers the terminal (U+202E)",
        ),
        (
            "a\u{9b}b",
            "this cell holds a letter that is not shown but steers the terminal (U+009B)",
        ),
        (
            "=cmd|' /C calc'!A0",
            "`=cmd|' /C calc'!A0` begins like a formula: a spreadsheet would compute it, not show it",
        ),
        (
            "+49",
            "`+49` begins like a formula: a spreadsheet would compute it, not show it",
        ),
    ] {
        let (_, said) = people(format!("user\n{name}\n").as_bytes());
        assert_eq!(said.len(), 3, "{said:?}");
        assert_eq!(said[0], format!("error: {what}"));
        assert_eq!(said[1], "--> people.csv:2:1");
    }
}

#[test]
fn contacts_that_say_nothing_are_refused() {
    for (list, what) in [
        ("from,to\n", "error: the list holds no contact"),
        (
            "from,to\nada,Ada\nben,ben\n",
            "error: the list holds no contact but those of people with themselves",
        ),
        ("from,to\nada,ben\nada,\n", "error: this row has no to"),
        ("from,to\nada,ben\nada,eva\n", "error: there is no user `eva`"),
    ] {
        let (_, report) = read(PEOPLE, &[("contacts", "contacts.csv", list.as_bytes())]);
        let said = said(&report);
        assert_eq!((said.len(), said[0].as_str()), (3, what), "{list}");
    }
    assert_eq!(
        read(PEOPLE, &[("contacts", "contacts.csv", b"from,to\nADA,ben\n")]).1,
        ""
    );
}

#[test]
fn calendars_tell_what_never_takes_place_and_what_is_there_twice() {
    let calendar = |rows: &str| {
        let list = format!("organiser,start,minutes,attendees,every_days\n{rows}");
        let key = "\n[meetings]\ncalendar";
        said(&read(PEOPLE, &[(key, "cal.csv", list.as_bytes())]).1)
    };
    assert_eq!(calendar("ada,2013-03-05 10:00,60,ben,\n"), [""; 0]);
    let twice = calendar("ada,2013-03-05 10:00,60,ben;cid,\nADA,2013-03-05T10:00,60,cid;BEN,0\n");
    assert_eq!(
        twice[0],
        "warning: this row says the same as line 2; the two count once"
    );
    let saturdays = calendar("ada,2013-03-09 10:00,60,ben,7\n");
    assert_eq!(
        saturdays[0],
        "warning: 1 series of the calendar never takes place: all its days are days off at the organiser's site"
    );
    let february = calendar("ada,2013-02-29 10:00,60,ben,\n");
    assert_eq!(
        february[0],
        "error: there is no date `2013-02-29 10:00`: that month has 28 days"
    );
    let organiser = calendar("ada,2013-03-05 10:00,60,Ada;ben,\n");
    assert_eq!(organiser[0], "error: the organiser `Ada` is among the attendees");
}

#[cfg(unix)]
#[test]
fn pipes_devices_folders_and_holes_are_refused_at_once() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("c.toml");
    let hole = dir.path().join("hole.csv");
    fs::File::create(&hole)
        .and_then(|file| file.set_len(1 << 29))
        .expect("a file of holes");
    for (list, why) in [
        ("/dev/zero", "it is no ordinary file, but a pipe or a device"),
        (".", "it is a folder"),
        ("hole.csv", "it holds zeros, and no text"),
        ("none.csv", "there is no such file"),
    ] {
        fs::write(&path, SCENARIO.replace("people.csv", list)).expect("a scenario");
        let Err(rejected) = coexist::scenario::load(&path) else {
            panic!("{list} is read");
        };
        let title = rejected.report.lines().next().unwrap_or_default();
        assert!(title.ends_with(&format!("cannot be read: {why}")), "{title}");
    }
}
