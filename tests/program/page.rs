//! The page for a change board in a real browser: nothing is loaded, nothing is cut or lies on something else, keys and pointer
//! work, and the first page is one sheet of paper with the signatures on it.
//!
//! It needs Chromium (`chromium`, or what `CHROMIUM` names). Without it nothing is looked at, unless `CHROMIUM_REQUIRED` is set.

use crate::common::{file, program, succeeds};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The browser that there is.
fn browser() -> Option<String> {
    let name = std::env::var("CHROMIUM").unwrap_or_else(|_| "chromium".into());
    let is_there = Command::new(&name).arg("--version").output().is_ok();
    if !is_there {
        assert!(
            std::env::var_os("CHROMIUM_REQUIRED").is_none(),
            "there is no {name}"
        );
        eprintln!("not looked at: there is no {name}");
    }
    is_there.then_some(name)
}

/// A text of so many letters.
fn filled(text: &str, letters: usize) -> String {
    let words = " and so on, as far as there is room for words that people write about such a change";
    format!("{text}{words}")
        .chars()
        .take(letters)
        .collect::<String>()
        .trim_end()
        .to_string()
}

/// As much as a page may have to show: six plans with titles of forty letters, forty departments, thirty waves, and all that can be
/// written for the board, at its full length.
fn crowded(place: &Path) -> PathBuf {
    let users: String = (0..400)
        .map(|number| {
            format!(
                "p{number}@example.com,department of things {:02},old\n",
                number % 40
            )
        })
        .collect();
    fs::write(place.join("people.csv"), format!("user,department,pool\n{users}")).unwrap();
    let risks: String = (0..4)
        .map(|number| {
            let risk = filled(&format!("Risk {number} may well happen"), 90);
            let answer = filled("This is done", 90);
            let owner = filled(&format!("Somebody {number}"), 40);
            format!("[[packet.risks]]\nrisk = \"{risk}\"\nanswer = \"{answer}\"\nowner = \"{owner}\"\n")
        })
        .collect();
    let list = |count: usize, what: &str, letters: usize| -> String {
        let texts = (0..count).map(|number| format!("\"{}\"", filled(&format!("{what} {number}"), letters)));
        texts.collect::<Vec<_>>().join(", ")
    };
    let strategies: String = (0..6)
        .map(|number| {
            let title = filled(&format!("Plan {number}, wave by wave"), 40);
            format!(
                "[[strategies]]\nname = \"plan-{number}-by-department\"\ntitle = \"{title}\"\n[strategies.waves]\n\
                 start = \"2026-03-09\"\nsize = {}\nevery_days = {}\n[strategies.rollout]\nclient = \"lync2013\"\nmode = \"with\"\n",
                14 + number,
                3 + number % 2
            )
        })
        .collect();
    let text = format!(
        r#"
schema = 1
name = "crowded"
title = "{title}"
profile = "ocs2007r2-to-lync2013"
seed = 5
uncertain = "all"
calendar = {{ start = "2026-03-02", weeks = 44 }}
sites = [{{ name = "leeds", hours = "09:00-17:00" }}]
population = {{ people = "people.csv" }}
pools = [
    {{ name = "old", release = "ocs2007r2", front_ends = 1 }},
    {{ name = "new", release = "lync2013", front_ends = 3 }},
]
objectives = {{ meetings_broken = 1, cost = 1000 }}
cost = {{ currency = "EUR" }}
limits = [
    {{ metric = "meetings_broken", share_of = "meetings_judged", at_most = 0.03 }},
    {{ metric = "day_98pct_complete", by = "2026-12-20" }},
]

[packet]
proposal = "plan-5-by-department"
decision = "{decision}"
decide_by = "2026-03-01"
owner = "{owner}"
approvers = [{approvers}]
conditions = [{conditions}]
{risks}
[[evidence]]
what = "Sign-in"
date = "2026-02-10"
passed = true
{strategies}"#,
        title = filled("The move of a company", 80),
        decision = filled("Approve the plan", 80),
        owner = filled("Owner", 40),
        approvers = list(5, "Person", 40),
        conditions = list(3, "Condition", 90),
    );
    let path = place.join("crowded.toml");
    fs::write(&path, text).unwrap();
    path
}

fn page(place: &Path, file: &Path, worlds: &str) -> String {
    succeeds(program(place, &["run", "--quiet", "--replications", worlds]).arg(file));
    let name = file.file_stem().unwrap();
    fs::read_to_string(place.join("output").join(name).join("report.html")).unwrap()
}

/// Listens to errors, before anything else runs.
const LISTEN: &str = "<script>const wrong=[];addEventListener('error',(e)=>wrong.push(e.message));\
                      addEventListener('securitypolicyviolation',(e)=>wrong.push(e.violatedDirective));</script>";

/// Looks around, and writes what it found.
const LOOK: &str = r#"<script>
addEventListener("load", () => {
  const name = (element) => element.tagName + " " + element.textContent.slice(0, 60);
  const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1.5 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1.5;
  const overlaps = (elements) => {
    const boxes = [...elements].map((one) => [one, one.getBoundingClientRect()]).filter(([, box]) => box.width > 0);
    const found = [];
    boxes.forEach(([a, first], i) => boxes.slice(i + 1).forEach(([b, second]) => {
      if (meet(first, second)) found.push(name(a) + " / " + name(b));
    }));
    return found;
  };
  const cut = [...document.querySelectorAll("h1,h2,p,li,dd,dt,code,figcaption,footer")]
    .filter((one) => one.scrollWidth > one.clientWidth + 1).map(name);
  const wide = [...document.querySelectorAll(".scroll")].filter((one) => one.scrollWidth > one.clientWidth + 1).length;
  const on = [...document.querySelectorAll(".ticks")].flatMap((ticks) => overlaps(ticks.children));
  const beyond = (svg) => [...svg.querySelectorAll("text")].filter((text) => {
    const box = text.getBoundingClientRect(), edge = svg.getBoundingClientRect();
    return box.left < edge.left - 1 || box.right > edge.right + 1;
  }).map(name);
  const charts = [...document.querySelectorAll(".chart svg")].flatMap((svg) => [...overlaps(svg.querySelectorAll("text")), ...beyond(svg)]);
  const strip = document.querySelector(".strip"), told = strip.querySelector("output");
  strip.focus();
  const before = told.textContent;
  strip.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft" }));
  const after = told.textContent;
  const bars = strip.querySelector(".bars"), box = bars.getBoundingClientRect();
  bars.dispatchEvent(new PointerEvent("pointermove", { clientX: box.left + 1 }));
  const pointed = told.textContent;
  strip.blur();
  const sign = document.querySelector(".sign").getBoundingClientRect();
  const first = document.querySelector(".first").getBoundingClientRect();
  const small = [...document.querySelectorAll(".first *")].filter((one) => one.childElementCount === 0 && one.textContent.trim() && !one.closest(".ticks"))
    .map((one) => parseFloat(getComputedStyle(one).fontSize)).reduce((a, b) => Math.min(a, b));
  const text = getComputedStyle(document.body);
  parent.postMessage(JSON.stringify({
    wrong, requests: performance.getEntriesByType("resource").length, width: innerWidth, needed: document.documentElement.scrollWidth,
    cut, wide, on, charts, before, after, pointed, height: first.height, signs: sign.bottom - first.top, small, ink: text.color, back: text.backgroundColor,
  }), '*');
});
</script>"#;

/// What is found on a page of this width.
fn look(browser: &str, place: &Path, page: &str, width: u32, more: &[&str]) -> Value {
    // A window cannot be as narrow as a telephone, but a frame can.
    let inner = place.join("looked-at.html");
    let page = page.replacen("<main>", &format!("{LISTEN}<main>"), 1);
    let page = page.replacen("</body>", &format!("{LOOK}</body>"), 1);
    fs::write(&inner, page).unwrap();
    let path = place.join("frame.html");
    let frame = format!(
        "<!doctype html><pre id=\"found\"></pre><script>addEventListener('message',(e)=>found.textContent=e.data)</script>\
         <iframe src=\"looked-at.html\" style=\"border:0\" width=\"{width}\" height=\"1200\"></iframe>"
    );
    fs::write(&path, frame).unwrap();
    let output = Command::new(browser)
        .args([
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--virtual-time-budget=3000",
            "--dump-dom",
        ])
        .arg(format!("--user-data-dir={}", place.join("browser").display()))
        .arg("--window-size=1400,1300")
        .args(more)
        .arg(format!("file://{}", path.display()))
        .output()
        .expect("a browser");
    let dom = String::from_utf8_lossy(&output.stdout).into_owned();
    let found = dom
        .split_once("<pre id=\"found\">")
        .and_then(|(_, rest)| rest.split_once("</pre>"));
    let (found, _) = found.unwrap_or_else(|| {
        panic!(
            "{}\n{}",
            String::from_utf8_lossy(&output.stderr),
            &dom[..dom.len().min(2000)]
        )
    });
    let plain = [("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    let found = plain
        .into_iter()
        .fold(found.to_string(), |text, (escaped, plain)| {
            text.replace(escaped, plain)
        });
    serde_json::from_str(&found).unwrap_or_else(|error| panic!("{error}: {found}"))
}

fn check_screen(found: &Value, width: u32) {
    assert_eq!(found["width"], width, "{found}");
    assert_eq!(found["wrong"], serde_json::json!([]), "no error");
    assert_eq!(found["requests"], 0, "no request");
    assert!(
        found["needed"].as_u64() <= Some(u64::from(width)),
        "{width}: {}",
        found["needed"]
    );
    for what in ["cut", "on", "charts"] {
        assert_eq!(found[what], serde_json::json!([]), "{what} at {width}");
    }
    let [before, after, pointed] = ["before", "after", "pointed"].map(|what| found[what].as_str().unwrap());
    assert!(
        before.contains(": ") && after.contains(": ") && before != after,
        "{before} {after}"
    );
    assert!(
        pointed.starts_with(char::is_numeric) && pointed != after,
        "{pointed}"
    );
}

/// The page as it is printed, on a screen: what is said for paper holds, and what is said for screens does not.
fn printed(page: &str) -> String {
    assert!(page.contains("@media print{") && page.contains("@media screen and"));
    page.replace("@media print{", "@media all{")
        .replace("@media screen and", "@media not all and")
}

/// Points of CSS in a millimetre, at 96 to the inch.
const DOTS: f64 = 96.0 / 25.4;

#[test]
fn pages_are_whole_on_screens_and_the_first_is_one_sheet() {
    let Some(browser) = browser() else { return };
    let dir = tempfile::tempdir().unwrap();
    let file = crowded(dir.path());
    let shipped = self::file("bad-week.toml");
    for page in [page(dir.path(), &file, "40"), page(dir.path(), &shipped, "12")] {
        assert!(page.len() < 500_000, "{}", page.len());
        for width in [1280, 390] {
            let found = look(&browser, dir.path(), &page, width, &[]);
            check_screen(&found, width);
        }
        let margin = |style: &str| page.contains(style);
        assert!(
            margin("@page{margin:8mm 11mm}"),
            "what the sheets below are made from"
        );
        for (sheet, width, height) in [("A4", 210.0, 297.0), ("Letter", 215.9, 279.4)] {
            let width = ((width - 22.0) * DOTS) as u32;
            let found = look(&browser, dir.path(), &printed(&page), width, &[]);
            let room = (height - 16.0) * DOTS;
            let taken = found["height"].as_f64().unwrap();
            assert!(taken <= room, "{sheet}: {taken} of {room}");
            assert!(found["signs"].as_f64().unwrap() > 0.0);
            let smallest = found["small"].as_f64().unwrap() * 72.0 / 96.0;
            assert!(smallest >= 8.99, "{sheet}: {smallest} points");
            assert_eq!(found["wide"], 0, "{sheet}: a table is wider than the sheet");
            assert_eq!(found["cut"], serde_json::json!([]), "{sheet}");
        }
    }
}
