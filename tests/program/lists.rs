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
    let (_, others) = people(b"user,phone,fax\nada,1,2\n");
    assert_eq!(others[0], "warning: 2 columns are not read: `phone`, `fax`");
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
    let organiser = calendar("ada,2013-03-05 10:00,60,Ada;ben;BEN,\n");
    assert_eq!(
        organiser[0],
        "warning: 2 names among the attendees are there twice, or are the organiser's: everybody counts once"
    );
    assert_eq!(
        organiser[2],
        "= help: for example BEN, Ada; nothing need be done, if that is what was meant"
    );
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

/// A company with the lists of a migration tool: what is read of it, and the scenario.
fn company(files: &[(&str, &str)], more: &str) -> Result<coexist::scenario::Scenario, String> {
    let dir = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        fs::write(dir.path().join(name), text).expect("a list");
    }
    let path = dir.path().join("c.toml");
    fs::write(&path, format!("{SCENARIO}{more}")).expect("a scenario");
    coexist::scenario::load(&path).map_err(|rejected| rejected.report)
}

/// The exports of migration tools, each with the program that is told and the columns that are used.
const EXPORTS: [(&str, &str, &str); 8] = [
    (
        "Get-CsUser",
        "Identity,SipAddress,RegistrarPool,Department\nx,sip:Ada@contoso.com,old.contoso.local,Sales\ny,sip:ben@contoso.com,OLD.contoso.local,Sales\n",
        "user = SipAddress",
    ),
    (
        "Active Directory",
        "DistinguishedName,SamAccountName,UserPrincipalName,Office\nx,ada,ada@contoso.com,elsewhere\ny,ben,ben@contoso.com,elsewhere\n",
        "user = UserPrincipalName",
    ),
    (
        "Exchange recipients",
        "DisplayName,PrimarySmtpAddress,RecipientTypeDetails\nAda,ada@contoso.com,UserMailbox\nBen,Ben@contoso.com,UserMailbox\n",
        "user = PrimarySmtpAddress",
    ),
    (
        "Quest On Demand Migration, collections",
        "UserPrincipalName,Collection\nada@contoso.com,Wave 1\nben@contoso.com,Wave 2\n",
        "user = UserPrincipalName",
    ),
    (
        "BitTitan MigrationWiz",
        "Source Email,Destination Email\nada@contoso.com,ada@fabrikam.com\nben@contoso.com,ben@fabrikam.com\n",
        "user = Source Email",
    ),
    (
        "ShareGate",
        "Source mailbox,Destination mailbox\nada@contoso.com,ada@fabrikam.com\nben@contoso.com,ben@fabrikam.com\n",
        "user = Source mailbox",
    ),
    (
        "Azure Migrate, waves",
        "Machine name,Wave name\nada@contoso.com,1\nben@contoso.com,2\n",
        "user = Machine name",
    ),
    (
        "Exchange migration batch",
        "EmailAddress\nada@contoso.com\nBEN@contoso.com\n",
        "user = EmailAddress",
    ),
];

#[test]
fn exports_are_known_by_their_header() {
    for (program, list, column) in EXPORTS {
        let scenario =
            company(&[("people.csv", list)], "").unwrap_or_else(|report| panic!("{program}: {report}"));
        let read = &scenario.lists[0];
        assert_eq!(read.export, Some(program));
        let used: Vec<String> = read
            .used
            .iter()
            .map(|(name, written)| format!("{name} = {written}"))
            .collect();
        assert!(used.iter().any(|used| used == column), "{program}: {used:?}");
        assert_eq!(read.found[0].1, 2, "{program}");
    }
}

#[test]
fn an_export_and_the_same_list_with_renamed_columns_are_one() {
    let export = "Identity,SipAddress,RegistrarPool,Department\n1,sip:ada@contoso.com,old.contoso.local,Sales\n2,sip:ben@contoso.com,old.contoso.local,IT\n";
    let renamed = "user,pool,department\nada@contoso.com,old,Sales\nben@contoso.com,old,IT\n";
    let mapped = "columns = { user = \"Who\", pool = \"Where\" }\n";
    let other = "department,Who,Where\nIT,SIP:Ben@contoso.com,old\nSales,smtp:ada@contoso.com,OLD\n";
    let facts = |list: &str, more: &str| {
        let scenario = company(&[("people.csv", list)], more).unwrap_or_else(|report| panic!("{report}"));
        let person =
            |user: &coexist::world::User| (user.id, user.department, user.team, user.pool, user.client);
        scenario.facts.users.iter().map(person).collect::<Vec<_>>()
    };
    assert_eq!(facts(export, ""), facts(renamed, ""));
    assert_eq!(facts(other, mapped), facts(renamed, ""));
}

#[test]
fn columns_that_are_not_there_point_at_the_scenario() {
    let report = company(
        &[("people.csv", "user,Where\nada,old\n")],
        "columns = { pool = \"Wheer\" }\n",
    )
    .expect_err("no such column");
    assert!(report.contains("has no column `Wheer`"), "{report}");
    assert!(
        report.contains("c.toml:28:20") && report.contains("did you mean `Where`?"),
        "{report}"
    );
}

#[test]
fn a_key_of_their_own_names_people_whatever_their_names_are() {
    let with = "id,user,department\n7,Zoe,a\n3,Ada,b\n5,ben,a\n";
    let renamed = "id,user,department\n7,Anna,a\n3,Cid,b\n5,Bob,a\n";
    let without = "department,id\na,5\na,7\nb,3\n";
    let facts = |list: &str| {
        let scenario = company(&[("people.csv", list)], "").unwrap_or_else(|report| panic!("{report}"));
        let person = |user: &coexist::world::User| (user.id, user.department, user.pool);
        scenario.facts.users.iter().map(person).collect::<Vec<_>>()
    };
    assert_eq!(facts(with), facts(renamed));
    assert_eq!(facts(with), facts(without));
    let contacts = "from,to\nzoe,ada\n";
    let scenario = company(
        &[("people.csv", with), ("contacts.csv", contacts)],
        "contacts = \"contacts.csv\"\n",
    );
    let scenario = scenario.unwrap_or_else(|report| panic!("{report}"));
    assert_eq!(
        scenario.facts.user_named("ZOE"),
        Some(2),
        "they are in the order of their keys"
    );
    assert_eq!(scenario.facts.user_named("nobody"), None);
}

#[test]
fn two_people_of_one_name_need_more_than_keys() {
    let report =
        company(&[("people.csv", "id,user\n1,Ada\n2,ben\n3,ADA\n")], "").expect_err("one name twice");
    assert!(
        report.contains("two people with different `id` are called `Ada`")
            && report.contains("people.csv:4:3"),
        "{report}"
    );
    assert!(report.ends_with("1 error\n"), "{report}");
    let report = company(&[("people.csv", "user\nsip:=1+1@x.org\n")], "").expect_err("a formula");
    assert!(report.contains("`=1+1@x.org` begins like a formula"), "{report}");
}

const FOUR: &str = "user\nada@contoso.com\nben@contoso.com\ncid@contoso.com\ndora@contoso.com\n";

#[test]
fn outsiders_are_faults_or_counted_and_domains_may_differ() {
    let contacts = "from,to\nsip:ada@contoso.com,SMTP:Ben@contoso.com\nada@contoso.com,supplier@example.net\nroom-4@contoso.com,ben@contoso.com\ncid@contoso.com,dora@contoso.com\n";
    let files = [("people.csv", FOUR), ("contacts.csv", contacts)];
    let report = company(&files, "contacts = \"contacts.csv\"\n").expect_err("outsiders");
    assert!(
        report.contains("there is no user `supplier@example.net`") && report.ends_with("2 errors\n"),
        "{report}"
    );
    let ignored = company(&files, "contacts = \"contacts.csv\"\noutsiders = \"ignore\"\n")
        .unwrap_or_else(|report| panic!("{report}"));
    let read = &ignored.lists[1];
    assert_eq!((read.rows, read.found[0].1), (4, 2));
    let outside = &read.notes[0];
    assert_eq!(
        (outside.what.1, outside.count),
        ("rows with outsiders skipped", 2)
    );
    assert_eq!(outside.examples, ["supplier@example.net", "room-4@contoso.com"]);
    // Another domain, or none, is the company's own if most of its names are.
    let elsewhere = "from,to\nada@contoso.local,ben\nCID@contoso.local,dora@contoso.local\nada@contoso.local,ada@gmail.example\n";
    let files = [("people.csv", FOUR), ("contacts.csv", elsewhere)];
    let matched = company(&files, "contacts = \"contacts.csv\"\noutsiders = \"ignore\"\n")
        .unwrap_or_else(|report| panic!("{report}"));
    let read = &matched.lists[1];
    let note = read
        .notes
        .iter()
        .find(|note| note.what.1 == "names matched without their domain")
        .expect("a note");
    assert!(note.count >= 5, "{note:?}");
}

#[test]
fn one_outsider_with_the_name_of_somebody_is_an_outsider() {
    let people: String = std::iter::once("user\n".to_owned())
        .chain((0..40).map(|n| format!("u{n}@contoso.com\n")))
        .collect();
    let mut contacts = String::from("from,to\nu1@contoso.com,u2@gmail.example\n");
    for n in 0..39 {
        contacts.push_str(&format!("u{n}@contoso.com,u{}@contoso.com\n", n + 1));
    }
    let files = [
        ("people.csv", people.as_str()),
        ("contacts.csv", contacts.as_str()),
    ];
    let scenario = company(&files, "contacts = \"contacts.csv\"\noutsiders = \"ignore\"\n")
        .unwrap_or_else(|report| panic!("{report}"));
    let note = &scenario.lists[1].notes[0];
    assert_eq!(
        (note.what.0, note.count),
        ("row with an outsider skipped", 1),
        "{:?}",
        scenario.lists[1]
    );
}

/// The sizes of the waves of the only strategy, and when they start in days.
fn waves(files: &[(&str, &str)], waves: &str) -> Vec<(usize, i64)> {
    let more = format!(
        "[[strategies]]\nname = \"go\"\n[strategies.waves]\n{waves}\n[strategies.rollout]\nclient = \"lync2013\"\n"
    );
    let scenario = company(files, &more).unwrap_or_else(|report| panic!("{report}"));
    scenario.plans[1]
        .waves
        .iter()
        .map(|wave| (wave.users.len(), wave.start.day()))
        .collect()
}

#[test]
fn waves_grow_or_are_shares_or_are_listed() {
    let people: String = std::iter::once("user\n".to_owned())
        .chain((0..100).map(|n| format!("u{n}\n")))
        .collect();
    let files = [("people.csv", people.as_str())];
    let start = "start = \"2013-03-11\"\nevery_days = 2\n";
    let sizes = |size: &str| waves(&files, &format!("{start}size = {size}"));
    assert_eq!(
        sizes("[5, 10, 20, 40]"),
        [(5, 7), (10, 9), (20, 11), (40, 13), (25, 15)]
    );
    assert_eq!(sizes("\"30 %\""), [(30, 7), (30, 9), (30, 11), (10, 13)]);
    assert_eq!(sizes("[\"5 %\", 50]"), [(5, 7), (50, 9), (45, 11)]);
    let named = "user,wave\nada,1\nben,2\ncid,2\n";
    let list = [("people.csv", "user\nada\nben\ncid\n"), ("waves.csv", named)];
    assert_eq!(
        waves(&list, &format!("{start}order = \"listed\"\nlist = \"waves.csv\"")),
        [(1, 7), (2, 9)]
    );
    let dated = [(
        "people.csv",
        "user,wave\nada,2013-03-14\nben,2013-03-12\ncid,2013-03-14\n",
    )];
    assert_eq!(waves(&dated, "order = \"wave\""), [(1, 8), (2, 10)]);
    let by_date = [(
        "people.csv",
        "user,date\nada,2013-03-14\nben,2013-03-12\ncid,2013-03-14\n",
    )];
    assert_eq!(waves(&by_date, "order = \"wave\""), [(1, 8), (2, 10)]);
    let files = [
        ("people.csv", "user\nada\nben\ncid\n"),
        ("a.csv", "EmailAddress\nben\n"),
        ("b.csv", "user\nada\ncid\n"),
    ];
    assert_eq!(
        waves(
            &files,
            &format!("{start}order = \"listed\"\nlists = [\"a.csv\", \"b.csv\"]")
        ),
        [(1, 7), (2, 9)]
    );
}

#[test]
fn waves_that_cannot_be_are_refused_in_these_words() {
    let people = [("people.csv", "user\nada\nben\ncid\n")];
    let said = |waves: &str| {
        let more = format!(
            "[[strategies]]\nname = \"go\"\n[strategies.waves]\nstart = \"2013-03-11\"\n{waves}\n[strategies.rollout]\nclient = \"lync2013\"\n"
        );
        company(&people, &more).expect_err("faulty waves")
    };
    for (waves, words) in [
        (
            "size = \"120 %\"",
            "`size` must be a share of all people, found \"120 %\": it must be more than 0 % and at most 100 %",
        ),
        ("size = []", "there is no size in this list"),
        (
            "size = [5, 0]",
            "`size[1]` is 0; it must be between 1 and 10000000",
        ),
        ("size = true", "`size` must be a whole number, found `true`"),
        (
            "order = \"wave\"",
            "strategy `go`: its waves are those of the list of people, which has no column `wave`",
        ),
        (
            "order = \"wave\"\nsize = 2",
            "the waves are listed, so there is no `size`",
        ),
        ("", "missing key `size`: how many people are in a wave?"),
    ] {
        let report = said(waves);
        assert!(report.contains(words), "{waves}: {report}");
        assert!(report.ends_with("1 error\n"), "{waves}: {report}");
    }
}
