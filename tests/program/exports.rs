//! A company as its migration tools export it: read as it is, and the same as with columns renamed by hand.

use crate::common::{self, start, succeed};
use coexist::scenario::{self, Scenario};
use std::fmt::Write;
use std::fs;
use std::path::Path;

const PEOPLE: usize = 3_400;
const CONTACTS: usize = 40_000;
const OUTSIDERS: usize = 2_000;

const SCENARIO: &str = r#"schema = 1
name = "company"
profile = "ocs2007r2-to-lync2013"
replications = 3

[calendar]
start = "2013-03-04"
weeks = 12

[[sites]]
name = "Berlin"
hours = "09:00-17:00"

[[sites]]
name = "Hamburg"
hours = "09:00-17:00"

[[pools]]
name = "ocs-berlin"
release = "ocs2007r2"
site = "Berlin"
front_ends = 2

[[pools]]
name = "ocs-hamburg"
release = "ocs2007r2"
site = "Hamburg"
front_ends = 2

[[pools]]
name = "lync"
release = "lync2013"
site = "Berlin"
front_ends = 4

[population]
people = "people.csv"
contacts = "contacts.csv"
outsiders = "ignore"

[[strategies]]
name = "go"

[strategies.pilot]
start = "2013-03-11"
choose = "listed"
list = "pilot.csv"

[strategies.waves]
start = "2013-03-25"
size = [100, 200, 400, 800]
order = "community"

[strategies.rollout]
client = "lync2013"
"#;

/// Numbers that look like chance.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % n
    }
}

struct Person {
    name: String,
    department: String,
    site: &'static str,
    pool: &'static str,
}

fn people() -> Vec<Person> {
    let mut dice = Dice(7);
    (0..PEOPLE)
        .map(|number| {
            let first = ["anna", "ben", "cara", "emil", "hans", "kira"][dice.below(6)];
            let last = ["meier", "wolf", "koch", "braun", "vogel"][dice.below(5)];
            let (site, pool) = [("Berlin", "ocs-berlin"), ("Hamburg", "ocs-hamburg")][dice.below(2)];
            Person {
                name: format!("{first}.{last}{number}"),
                department: format!("Department {}", dice.below(40)),
                site,
                pool,
            }
        })
        .collect()
}

/// A name with a capital in front of each part.
fn titled(name: &str) -> String {
    let part = |part: &str| format!("{}{}", part[..1].to_uppercase(), &part[1..]);
    name.split('.').map(part).collect::<Vec<_>>().join(".")
}

/// Contacts in addresses of several shapes; of some rows one end is outside.
fn contacts(people: &[Person]) -> String {
    let mut dice = Dice(11);
    let mut text = String::from("SenderAddress,RecipientAddress\n");
    for row in 0..CONTACTS {
        let from = &people[dice.below(PEOPLE)].name;
        let to = &people[dice.below(PEOPLE)].name;
        let to = match row % (CONTACTS / OUTSIDERS) {
            0 => [
                "supplier@example.net".into(),
                format!("room-{row}@contoso.com"),
                "news@list.example".into(),
            ][dice.below(3)]
            .clone(),
            n if n % 3 == 0 => format!("sip:{to}@CONTOSO.com"),
            n if n % 3 == 1 => format!("{}@contoso.com", to.to_uppercase()),
            _ => format!("smtp:{to}@contoso.com"),
        };
        let _ = writeln!(text, "SMTP:{}@contoso.com,{to}", titled(from));
    }
    text
}

/// The export of a tool: its name, its header, and a row.
type Export = (&'static str, &'static str, fn(&Person) -> String);

const EXPORTS: [Export; 7] = [
    (
        "Get-CsUser",
        "Identity,SamAccountName,UserPrincipalName,SipAddress,Enabled,RegistrarPool,DisplayName,Department,Office",
        |p| {
            format!(
                "\"CN={0}\",{0},{0}@contoso.com,sip:{0}@contoso.com,True,{1}.contoso.local,\"{0}\",{2},{3}",
                p.name, p.pool, p.department, p.site
            )
        },
    ),
    (
        "Active Directory",
        "DistinguishedName,Enabled,GivenName,Name,ObjectClass,ObjectGUID,SamAccountName,SID,Surname,UserPrincipalName,Department,Office",
        |p| {
            format!(
                "\"CN={0},DC=contoso\",True,,{0},user,x,{0},S-1,,{0}@contoso.com,{1},{2}",
                p.name, p.department, p.site
            )
        },
    ),
    (
        "Exchange recipients",
        "DisplayName,PrimarySmtpAddress,Alias,RecipientTypeDetails,Database,Office,Department",
        |p| {
            format!(
                "{0},{1}@contoso.com,{0},UserMailbox,DB1,{2},{3}",
                p.name,
                titled(&p.name),
                p.site,
                p.department
            )
        },
    ),
    (
        "Quest On Demand Migration, collections",
        "UserPrincipalName,Collection",
        |p| format!("{}@contoso.com,{}", p.name, p.site),
    ),
    (
        "BitTitan MigrationWiz",
        "Source Email,Source Login Name,Source Password,Destination Email,Destination Login Name,Destination Password,Flags",
        |p| format!("{0}@contoso.com,,,{0}@fabrikam.com,,,0", p.name),
    ),
    ("ShareGate", "Source mailbox,Destination mailbox", |p| {
        format!("{0}@contoso.com,{0}@fabrikam.com", p.name)
    }),
    (
        "Azure Migrate, waves",
        "Machine name,Wave name,Application",
        |p| format!("{}@contoso.com,{},x", p.name, p.site),
    ),
];

fn list(export: &Export, people: &[Person]) -> String {
    let mut text = format!("{}\n", export.1);
    for person in people {
        text.push_str(&(export.2)(person));
        text.push('\n');
    }
    text
}

/// The same list with the names of columns that the program itself has; what it does not read keeps its name.
fn renamed(list: &str) -> String {
    let (header, rows) = list.split_once('\n').expect("a header");
    let names = [
        ("SipAddress", "user"),
        ("PrimarySmtpAddress", "user"),
        ("Source Email", "user"),
        ("Source mailbox", "user"),
        ("Machine name", "user"),
        ("RegistrarPool", "pool"),
        ("Office", "site"),
        ("Collection", "wave"),
        ("Wave name", "wave"),
        ("Department", "department"),
    ];
    let mut columns: Vec<String> = header.split(',').map(str::to_owned).collect();
    for (written, name) in names {
        if !columns.iter().any(|column| column == name)
            && let Some(column) = columns.iter_mut().find(|column| *column == written)
        {
            *column = name.into();
        }
    }
    if !columns.iter().any(|column| column == "user") {
        let column = columns
            .iter_mut()
            .find(|column| *column == "UserPrincipalName")
            .expect("a name");
        *column = "user".into();
    }
    // Full names of pools are cut by whoever renames by hand.
    format!("{}\n{}", columns.join(","), rows.replace(".contoso.local", ""))
}

fn load(folder: &Path, people: &str, contacts: &str) -> Scenario {
    let pilot: String = people_of_pilot();
    for (name, text) in [
        ("c.toml", SCENARIO),
        ("people.csv", people),
        ("contacts.csv", contacts),
        ("pilot.csv", &pilot),
    ] {
        fs::write(folder.join(name), text).expect("a file");
    }
    common::load(folder.join("c.toml"))
}

/// A list for a migration batch of Exchange.
fn people_of_pilot() -> String {
    let names = people()
        .into_iter()
        .take(30)
        .map(|person| format!("{}@contoso.com\n", titled(&person.name)));
    std::iter::once("EmailAddress\n".to_owned())
        .chain(names)
        .collect()
}

#[test]
fn every_export_is_read_as_it_is_and_as_with_columns_renamed_by_hand() {
    let people = people();
    let contacts = contacts(&people);
    let by_hand = contacts.replacen("SenderAddress,RecipientAddress", "from,to", 1);
    for export in &EXPORTS {
        let text = list(export, &people);
        let folder = tempfile::tempdir().expect("a folder");
        let read = load(folder.path(), &text, &contacts);
        let again = load(folder.path(), &renamed(&text), &by_hand);
        assert_eq!(read.lists[0].export, Some(export.0));
        assert_eq!(again.lists[0].export, None);
        assert_eq!(read.facts.users.len(), PEOPLE, "{}", export.0);
        let note = |scenario: &Scenario| scenario.lists[1].notes[0].clone();
        assert_eq!(
            (note(&read).what.1, note(&read).count),
            ("rows with outsiders skipped", OUTSIDERS),
            "{}",
            export.0
        );
        assert_eq!(read.lists[1].rows, CONTACTS);
        assert!(read.facts.users == again.facts.users, "{}", export.0);
        assert_eq!(read.facts.departments, again.facts.departments, "{}", export.0);
        assert!(read.facts.contacts == again.facts.contacts, "{}", export.0);
        assert!(read.plans == again.plans, "{}", export.0);
        let sizes: Vec<usize> = read.plans[1].waves.iter().map(|wave| wave.users.len()).collect();
        assert_eq!(sizes, [30, 100, 200, 400, 800, 800, 800, 270], "{}", export.0);
    }
}

#[test]
fn check_says_what_was_read_and_runs_give_the_same_bytes() {
    let people = people();
    let contacts = contacts(&people);
    let folder = tempfile::tempdir().expect("a folder");
    let text = list(&EXPORTS[0], &people);
    load(folder.path(), &text, &contacts);
    let said = succeed(folder.path(), &["check", "c.toml"]);
    for line in [
        "  people.csv (people): 3,400 rows, with the columns of Get-CsUser\n",
        "    3,400 people, 40 departments, 40 teams, 2 pools, 2 sites\n",
        "    columns used: department, user = SipAddress, site = Office, pool = RegistrarPool\n",
        "    columns not used: Identity, SamAccountName, UserPrincipalName, Enabled, DisplayName\n",
        "  contacts.csv (contacts): 40,000 rows, with the columns of another program\n",
        "    2,000 rows with outsiders skipped: ",
        "  pilot.csv (pilot): 30 rows, with the columns of Exchange migration batch\n    30 people\n",
    ] {
        assert!(said.contains(line), "{line}{said}");
    }
    let run = ["run", "c.toml", "--no-charts", "--quiet", "--replications", "2"];
    let bytes = || fs::read(folder.path().join("output/company/replications.csv")).expect("results");
    succeed(folder.path(), &run);
    let first = bytes();
    load(
        folder.path(),
        &renamed(&text),
        &contacts.replacen("SenderAddress,RecipientAddress", "from,to", 1),
    );
    succeed(folder.path(), &run);
    assert!(first == bytes());
}

#[test]
fn a_scenario_to_begin_with_runs_for_every_profile_and_for_an_export() {
    let folder = tempfile::tempdir().expect("a folder");
    for (number, profile) in scenario::profile::shipped_names().enumerate() {
        let file = format!("new-{number}.toml");
        for users in ["10", "25000"] {
            let _ = fs::remove_file(folder.path().join(&file));
            succeed(
                folder.path(),
                &["new", &file, "--profile", profile, "--users", users],
            );
            let said = start(folder.path(), &["check", &file]);
            assert_eq!(
                said.status.code(),
                Some(0),
                "{profile}: {}",
                String::from_utf8_lossy(&said.stderr)
            );
            assert_eq!(said.stderr, b"", "{profile}: no warnings");
        }
    }
    let people = people();
    load(folder.path(), &list(&EXPORTS[0], &people), &contacts(&people));
    succeed(
        folder.path(),
        &[
            "new",
            "mine.toml",
            "--people",
            "people.csv",
            "--contacts",
            "contacts.csv",
        ],
    );
    succeed(
        folder.path(),
        &[
            "run",
            "mine.toml",
            "--replications",
            "1",
            "--quiet",
            "--no-charts",
        ],
    );
    let text = fs::read_to_string(folder.path().join("mine.toml")).expect("a scenario");
    assert!(
        text.contains("name = \"ocs-berlin\"") && text.contains("name = \"Hamburg\""),
        "{text}"
    );
    let schema = fs::read_to_string(folder.path().join("coexist.schema.json")).expect("a schema");
    assert!(schema == succeed(folder.path(), &["schema"]));
    let again = start(folder.path(), &["new", "mine.toml"]);
    assert_eq!(again.status.code(), Some(2));
    assert_eq!(
        String::from_utf8_lossy(&again.stderr),
        "error: mine.toml is there already; write another name\n"
    );
    let odd = start(folder.path(), &["new", "my company.toml"]);
    assert_eq!(odd.status.code(), Some(2));
}
