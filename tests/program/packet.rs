//! The page that a change board signs: its first sentence follows from the verdict, its numbers stand in the files, and it asks
//! nothing of anybody.

use crate::common::{self, program, start, succeeds};
use std::fs;
use std::path::{Path, PathBuf};

/// Three departments, one of two people. Everybody moves at once with the new client, or in waves, with a client that does not work
/// on the old side and comes two weeks before the move.
const COMPANY: &str = r#"
schema = 1
name = "company"
title = "Moving <b>us</b> & them"
profile = "ocs2007r2-to-lync2013"
replications = 40
seed = 5

[calendar]
start = "2026-03-02"
weeks = 20

[[sites]]
name = "leeds"
hours = "09:00-17:00"

[population]
people = "people.csv"

[[pools]]
name = "old"
release = "ocs2007r2"
front_ends = 1

[[pools]]
name = "new"
release = "lync2013"
front_ends = 3

[objectives]
meetings_broken = 1

LIMIT

PACKET

[[strategies]]
name = "at-once"
[strategies.waves]
start = "2026-03-09"
all = true
[strategies.rollout]
client = "lync2013"
mode = "with"

[[strategies]]
name = "slowly"
allow_unsafe = true
[strategies.waves]
start = "2026-03-09"
size = 30
every_days = 14
[strategies.rollout]
client = "lync2013"
mode = "before"
days = 14
"#;

fn people() -> String {
    let department = |number: usize| match number {
        0..2 => "secret",
        2..50 => "sales",
        _ => "research",
    };
    let lines = (0..90).map(|number| format!("p{number}@example.com,{},old\n", department(number)));
    std::iter::once("user,department,pool\n".to_string())
        .chain(lines)
        .collect()
}

fn write(place: &Path, limit: &str, packet: &str) -> PathBuf {
    let text = COMPANY.replace("LIMIT", limit).replace("PACKET", packet);
    fs::write(place.join("people.csv"), people()).unwrap();
    let path = place.join("company.toml");
    fs::write(&path, text).unwrap();
    path
}

/// Runs it; its page and its text.
fn run(place: &Path, limit: &str, packet: &str, more: &[&str]) -> [String; 2] {
    let path = write(place, limit, packet);
    succeeds(program(place, &["run", "--quiet"]).arg(path).args(more));
    ["report.html", "summary.md"]
        .map(|name| fs::read_to_string(place.join("output/company").join(name)).unwrap())
}

/// The paragraph of the first sentence of a page.
fn lead(page: &str) -> &str {
    let (_, rest) = page.split_once("<p class=\"lead\">").expect("a first sentence");
    rest.split_once("</p>").expect("its end").0
}

fn limit(at_most: f64) -> String {
    format!("[[limits]]\nmetric = \"stranded_peak\"\nat_most = {at_most}\nprobability = 0.5")
}

#[test]
fn the_first_sentence_says_how_the_proposal_stands_to_the_verdict() {
    let dir = tempfile::tempdir().unwrap();
    let of = |limit: &str, packet: &str| {
        let [page, text] = run(dir.path(), limit, packet, &["--no-charts"]);
        let said = lead(&page).to_string();
        assert!(
            text.contains(&format!("**{}**", said.replace('_', "\\_"))),
            "{text}"
        );
        let summary = fs::read_to_string(dir.path().join("output/company/summary.json")).unwrap();
        let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
        (said, summary["verdict"]["answer"].as_str().unwrap().to_string())
    };
    // Nobody who moves with the new client is ever without sign-in; who gets it before is.
    let (said, answer) = of(&limit(5.0), "");
    assert_eq!(answer, "only one keeps all limits");
    assert_eq!(said, "at-once is proposed, because the simulation recommends it.");
    let (said, _) = of(&limit(5.0), "[packet]\nproposal = \"at-once\"");
    assert_eq!(said, "at-once is proposed, and the simulation recommends it.");
    let (said, _) = of(&limit(5.0), "[packet]\nproposal = \"slowly\"");
    assert_eq!(
        said,
        "slowly is proposed although it breaks a limit, but the simulation recommends at-once."
    );
    let none = "[[limits]]\nmetric = \"users_moved\"\nat_most = 1\nprobability = 0.5";
    let (said, answer) = of(none, "[packet]\nproposal = \"slowly\"");
    assert_eq!(answer, "no strategy keeps all limits");
    assert_eq!(
        said,
        "slowly is proposed although it breaks a limit; the simulation recommends no plan."
    );
    let (said, _) = of(none, "");
    assert_eq!(said, "No plan is proposed, for the simulation recommends none.");
}

#[test]
fn a_plan_that_was_not_simulated_is_not_judged() {
    let dir = tempfile::tempdir().unwrap();
    let packet = "[packet]\nproposal = \"slowly\"";
    let [page, _] = run(
        dir.path(),
        "",
        packet,
        &["--no-charts", "--strategy", "at-once", "--base", "stay"],
    );
    assert_eq!(lead(&page), "The plan that is proposed was not simulated here.");
}

#[test]
fn the_page_loads_nothing_and_takes_nothing_for_markup() {
    let dir = tempfile::tempdir().unwrap();
    let packet = "[packet]\ndecision = \"<script>alert(1)</script>\"\nconditions = [\"a & b\", \"\\\"quoted\\\" | piped\"]\n\
                  [[packet.risks]]\nrisk = \"<img src=x onerror=alert(1)>\"\nowner = \"Ann\"";
    let [page, text] = run(dir.path(), "", packet, &[]);
    assert!(page.contains("Moving &lt;b&gt;us&lt;/b&gt; &amp; them"));
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(!page.contains("<img"), "what people write is text");
    for word in ["<link", "src=", "url(", "@import", "<iframe", "fetch("] {
        assert!(!page.replace("&lt;img src=x", "").contains(word), "{word}");
    }
    // Of other places only the name of the format of drawings.
    let without = page.replace("http://www.w3.org/2000/svg", "");
    assert!(!without.contains("http://") && !without.contains("https://"));
    assert_eq!(page.matches("<script>").count(), 1);
    assert!(page.contains("default-src 'none'"));
    assert!(page.len() < 500_000, "{}", page.len());
    assert_eq!(page.matches("<svg").count(), page.matches("</svg>").count());
    assert!(page.matches("<svg").count() >= 5, "a strip and the charts");
    assert!(
        text.contains("\\<script\\>") && !text.contains("<script>"),
        "{text}"
    );
    assert!(text.contains("\"quoted\" \\| piped"));
}

#[test]
fn small_departments_and_people_are_named_only_where_that_is_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let [page, text] = run(dir.path(), "", "", &["--no-charts"]);
    assert!(page.contains("research") && page.contains("sales"));
    assert!(!page.contains("secret") && !text.contains("secret"));
    assert!(page.contains("1 with fewer than five people not shown"));
    assert!(!page.contains("@example.com"), "no person is named");
    let [page, _] = run(dir.path(), "", "", &["--no-charts", "--names"]);
    assert!(page.contains("secret"));
}

#[test]
fn what_was_really_done_stands_beside_what_was_simulated() {
    let dir = tempfile::tempdir().unwrap();
    let [page, _] = run(dir.path(), "", "", &["--no-charts"]);
    assert!(page.contains("No real test is recorded. No test is simulated."));
    let evidence = "[packet]\nowner = \"Ann\"\napprovers = [\"Bob\", \"Cleo\"]\n[[evidence]]\nwhat = \"Sign-in\"\ndate = \"2026-02-10\"\nby = \"Ann\"\npassed = true\n\
                    [[evidence]]\nkind = \"pilot\"\nwhat = \"Ten people\"\ndate = \"2026-02-20\"\npassed = false\n\
                    [[evidence]]\nkind = \"problem\"\nwhat = \"Delegates\"";
    let [page, text] = run(dir.path(), "", evidence, &["--no-charts"]);
    assert!(
        page.contains(
            "Really tested: 2 tests, the last on 20 Feb 2026, of which 1 passed. Known: 1 problem."
        )
    );
    assert!(page.contains("<td>Ten people</td><td>pilot</td><td>20 Feb 2026</td><td></td><td>no</td>"));
    assert!(text.contains("- [ ] Ann\n- [ ] Bob\n- [ ] Cleo"), "{text}");
}

/// The cells of a table of a page: of the section with this heading, by the first cell of a row.
fn table(page: &str, heading: &str) -> Vec<Vec<String>> {
    let (_, rest) = page.split_once(heading).unwrap_or_else(|| panic!("no {heading}"));
    let body = rest.split_once("<tbody>").expect("a table").1;
    let body = body.split_once("</tbody>").expect("its end").0;
    let rows = body.split("<tr>").skip(1);
    let cell = |cell: &str| {
        cell.split_once('>')
            .expect("a cell")
            .1
            .replace("</td>", "")
            .replace("</tr>", "")
    };
    rows.map(|row| row.split("<td").skip(1).map(cell).collect())
        .collect()
}

/// About three digits, as people read them.
fn near(shown: &str, exact: &str) -> bool {
    let shown: f64 = shown
        .replace(',', "")
        .parse()
        .unwrap_or_else(|_| panic!("{shown}"));
    let exact: f64 = exact.parse().unwrap_or_else(|_| panic!("{exact}"));
    (shown - exact).abs() <= 0.006 * exact.abs() + 1e-9
}

#[test]
fn numbers_of_the_page_stand_in_the_files_that_it_names() {
    let dir = tempfile::tempdir().unwrap();
    let [page, _] = run(
        dir.path(),
        "",
        "[packet]\nproposal = \"slowly\"",
        &["--no-charts", "--names"],
    );
    let place = dir.path().join("output/company");
    let mut compared = 0;
    let departments = common::table(&place.join("departments.csv"));
    for row in table(&page, "Departments with slowly") {
        let line = departments
            .iter()
            .find(|line| line["strategy"] == "slowly" && line["department"] == row[0])
            .expect("a department");
        assert_eq!(row[1], line["people"]);
        for (shown, column) in [
            (4, "broken_mean"),
            (5, "stranded_hours_mean"),
            (6, "limited_hours_mean"),
        ] {
            assert!(near(&row[shown], &line[column]), "{row:?} {line:?}");
            compared += 1;
        }
    }
    let summary = common::table(&place.join("summary.csv"));
    for row in table(&page, "Cost by kind") {
        let metric = match row[0].as_str() {
            "Cost" => "cost",
            "Cost of people who cannot sign in" => "cost_stranded",
            "Cost of limited service" => "cost_limited",
            "Cost of time lost in meetings" => "cost_meetings",
            _ => continue,
        };
        for (place, strategy) in ["stay", "at-once", "slowly"].iter().enumerate() {
            let line = summary
                .iter()
                .find(|line| line["strategy"] == *strategy && line["metric"] == metric)
                .expect("a metric");
            assert!(near(&row[place + 1], &line["mean"]), "{row:?} {line:?}");
            compared += 1;
        }
    }
    assert!(compared >= 20, "{compared}");
    // The worlds that it says can be replayed have so many broken meetings.
    let worlds = common::table(&place.join("replications.csv"));
    let broken = |replication: &str| {
        let line = worlds
            .iter()
            .find(|line| line["strategy"] == "slowly" && line["replication"] == replication)
            .expect("a world");
        line["meetings_broken"].clone()
    };
    let [_, worst] = ["median", "worst"].map(|which| {
        let told = page
            .split_once(&format!("With slowly, in the {which} world: "))
            .expect("a story")
            .1;
        let (number, rest) = told.split_once(" meetings break").expect("how many");
        let world = rest.split_once("--replication ").expect("a command").1;
        let own = broken(world.split(' ').next().unwrap());
        assert_eq!(number.replace(',', ""), own, "{which}");
        // Its story says the same, in at most forty lines.
        let (story, _) = rest.split_once("<code>").expect("a command");
        assert!(story.contains(&format!("judged, {number} broken")), "{story}");
        assert!((3..=40).contains(&story.matches("<li>").count()), "{story}");
        own
    });
    let most = worlds
        .iter()
        .filter(|line| line["strategy"] == "slowly")
        .map(|line| line["meetings_broken"].parse::<f64>().unwrap());
    assert_eq!(worst.parse::<f64>().unwrap(), most.fold(0.0, f64::max));
}

#[test]
fn the_demo_is_a_scenario_of_its_own_and_takes_nobody_elses_place() {
    let dir = tempfile::tempdir().unwrap();
    let demo = || start(dir.path(), &["demo"]);
    let first = demo();
    let said = String::from_utf8_lossy(&first.stdout).replace('\n', " ");
    assert!(
        first.status.success(),
        "{}",
        String::from_utf8_lossy(&first.stderr)
    );
    assert!(
        said.contains("Recommended: pilot-by-department, which keeps the limit; in both objectives"),
        "{said}"
    );
    let page = dir.path().join("output/demo/report.html");
    let page = fs::read_to_string(page).unwrap();
    assert_eq!(
        lead(&page),
        "pilot-by-department is proposed, because the simulation recommends it."
    );
    let text = fs::read_to_string(dir.path().join("demo.toml")).unwrap();
    assert_eq!(demo().stdout, first.stdout, "again, the same");
    fs::write(dir.path().join("demo.toml"), format!("{text}# mine\n")).unwrap();
    let refused = demo();
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        String::from_utf8_lossy(&refused.stderr).contains("demo.toml is there already, and is not the demo")
    );
    assert!(
        fs::read_to_string(dir.path().join("demo.toml"))
            .unwrap()
            .ends_with("# mine\n")
    );
}

#[test]
fn a_packet_studies_turning_back_with_the_plan_that_it_is_about() {
    let dir = tempfile::tempdir().unwrap();
    let path = write(
        dir.path(),
        "",
        "[packet]\nproposal = \"at-once\"\n[exposure]\nat = [10, 20]\nbudget = 1000",
    );
    let packet = |more: &[&str]| {
        let mut program = program(dir.path(), &["packet", "--quick", "--replications", "6"]);
        program.arg(&path).args(more).output().expect("it starts")
    };
    let output = packet(&[]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");
    for said in [
        "this takes less than a minute with ",
        "all strategies in 6 worlds",
        "turning back with at-once at 2 points",
    ] {
        assert!(told.contains(said), "{said}: {told}");
    }
    let place = dir.path().join("output/company-packet");
    let mut names: Vec<String> = fs::read_dir(&place)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["manifest.json", "report.html", "summary.md"]);
    let page = fs::read_to_string(place.join("report.html")).unwrap();
    assert!(page.contains(
        "In 6 worlds, cost of turning back instead of going on (mean), and days that it takes: on "
    ));
    assert!(page.contains("What turning back would take"));
    assert!(
        !page.contains("not studied: <kbd>coexist exposure"),
        "it was studied"
    );
    // The price is split, and what was not asked is said beside what was.
    let examples = page.split_once("and days that it takes: on ").unwrap().1;
    let examples = examples.split_once("</p>").unwrap().0;
    for said in [
        " (means: turning back itself ",
        ", not going on ",
        "Price: ",
        "Time: no window stated.",
    ] {
        assert!(examples.contains(said), "{said}: {examples}");
    }
    assert!(!examples.contains("no budget stated"), "{examples}");
    // Costs stand beside that of staying, about which nothing is assumed; and one plan is known to be harmful.
    for said in [
        "Cost: of the programme; nothing is assumed about what staying costs.",
        "Harmful, and run only because the scenario allows it (allow_unsafe): slowly.",
    ] {
        assert!(page.contains(said), "{said}");
    }
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.starts_with(lead(&page)), "{said}");
    // The same again, with any number of threads.
    assert!(packet(&["--threads", "1", "--quiet"]).status.success());
    assert_eq!(fs::read_to_string(place.join("report.html")).unwrap(), page);
}

/// A packet is its run and its studies put together: from stored results comes the same page, and what does not belong together is
/// refused by name.
#[test]
fn a_page_is_put_together_from_stored_results() {
    let dir = tempfile::tempdir().unwrap();
    let path = write(
        dir.path(),
        "",
        "[packet]\nproposal = \"at-once\"\n[exposure]\nat = [10, 20]\nbudget = 1000\nstrategies = [\"at-once\"]",
    );
    let done = |arguments: &[&str]| {
        common::succeed(dir.path(), arguments);
    };
    let start = |arguments: &[&str]| start(dir.path(), arguments);
    let path = path.to_str().expect("a path");
    let worlds = ["--quiet", "--no-charts", "--replications", "6"];
    done(&[&["packet", path], &worlds[..]].concat());
    let page = || fs::read_to_string(dir.path().join("output/company-packet/report.html")).unwrap();
    let at_once = page();
    done(&[&["run", path], &worlds[..]].concat());
    done(&[&["exposure", path], &worlds[..]].concat());
    done(&["report", "output/company", "output/company-exposure"]);
    assert!(page() == at_once, "the pages differ");
    // The run alone says what is open.
    done(&["report", "output/company"]);
    assert!(page().contains("are not studied: <kbd>coexist exposure "));
    let kept = page();
    for (arguments, words) in [
        (
            &["exposure", path, "--seed", "99", "--out", "other"][..],
            "other/company-exposure is not about the same as output/company: seed 99, not 5; run `exposure` again for it",
        ),
        (
            &["exposure", path, "--set", "cost.user_hour=7", "--out", "other"],
            "--set cost.user_hour=7, not no --set; run `exposure` again for it",
        ),
    ] {
        done(&[arguments, &worlds[..]].concat());
        let refused = start(&["report", "output/company", "other/company-exposure"]);
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(2), "{told}");
        assert!(told.contains(words), "{told}");
    }
    for (dirs, words) in [
        (
            &["output/company-exposure"][..],
            "none of these directories has results of `run`; add that of one",
        ),
        (&["output"], "output holds no results: there is no manifest.json"),
        (
            &["output/company", "output/company-packet"],
            "output/company-packet has results of `packet` without report.json.gz; run it again",
        ),
    ] {
        let refused = start(&[&["report"], dirs].concat());
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(2), "{told}");
        assert!(told.contains(words), "{told}");
    }
    let stored = dir.path().join("output/company-exposure/report.json.gz");
    fs::write(&stored, b"nonsense").unwrap();
    let refused = start(&["report", "output/company", "output/company-exposure"]);
    assert_eq!(refused.status.code(), Some(2));
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        told.contains("has a report.json.gz that is not as it was written; run it again"),
        "{told}"
    );
    assert_eq!(page(), kept, "a refusal writes nothing");
}
