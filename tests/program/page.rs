//! The page for a change board in a real browser: nothing is loaded, nothing is cut or lies on something else, keys and pointer
//! work, charts say their numbers, and the first page is one sheet of paper with the signatures on it.
//!
//! It needs Chromium (`chromium`, or what `CHROMIUM` names). Without it nothing is looked at, unless `CHROMIUM_REQUIRED` is set. If
//! `AXE_CORE` names the script of axe-core, that looks for what people with other senses cannot use, too.

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
addEventListener("load", async () => {
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
  const narrow = () => [...document.querySelectorAll("h1,h2,p,li,dd,dt,code,figcaption,footer,button,summary,.key div,.key span")]
    .filter((one) => getComputedStyle(one).display !== "inline" && one.scrollWidth > one.clientWidth + 1).map(name);
  const cut = narrow();
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
  const wait = (time) => new Promise((done) => setTimeout(done, time));
  const levels = (colour) => colour.match(/[\d.]+/g).slice(0, 3).map(Number).map((level) => level / 255)
    .map((level) => level <= 0.04045 ? level / 12.92 : ((level + 0.055) / 1.055) ** 2.4);
  const light = (colour) => { const [red, green, blue] = levels(colour); return 0.2126 * red + 0.7152 * green + 0.0722 * blue; };
  const back = text.backgroundColor;
  const contrast = (colour) => {
    const [low, high] = [light(colour), light(back)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const least = (elements, colour) => [...elements].map((one) => [contrast(colour(getComputedStyle(one))), name(one) + one.outerHTML.slice(0, 80)])
    .reduce((a, b) => (b[0] < a[0] ? b : a), [99, ""]);
  const marks = ".drawing :is([class^=s-],[class^=f-]):not(text,[opacity],.s-grid,.f-shade,.f-grid,.f-back,.s-back)";
  const contrasts = [
    // What lies on a fill is not seen against the page; the colours themselves are compared where they are declared.
    least(document.querySelectorAll(".drawing text:not(.on text)"), (style) => style.fill),
    least(document.querySelectorAll(".readout *,.numbers summary,.numbers td,.numbers th,figcaption,p"), (style) => style.color),
    least(document.querySelectorAll(marks), (style) => style.stroke === "none" ? style.fill : style.stroke),
  ];
  const chartsSay = [];
  for (const chart of document.querySelectorAll(".chart")) {
    const find = (what) => chart.querySelector(what);
    const area = find(".scroll"), svg = find(".drawing"), told = find(".told"), place = find(".at b"), buttons = [...chart.querySelectorAll(".key button")];
    const press = (key) => area.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    const said = () => place.textContent + " " + [...chart.querySelectorAll(".at span,.key span")].map((one) => one.textContent).join("|");
    // The calendar of a plan is a drawing alone: its numbers are the table above it.
    if (!find(".readout") || getComputedStyle(find(".readout")).display === "none") continue;
    area.focus();
    press("End"); press("Home");
    for (let step = 0; step < 30; step++) press("ArrowRight");
    const byKey = said(), at = place.textContent;
    const height = chart.clientHeight;
    await wait(500);
    const listened = told.textContent;
    const [x, y, size] = find(".cursor").getAttribute("d").match(/-?[\d.]+/g).map(Number);
    const box = svg.getBoundingClientRect(), unit = box.width / 4000;
    const isRow = x === 0, plot = svg.querySelector(".plot").getBBox();
    const spot = isRow ? [2000, y + plot.height / 100] : [x, y + 9];
    press("Escape");
    const hidden = place.textContent;
    const idle = chart.clientHeight;
    const target = { clientX: box.left + spot[0] * unit, clientY: box.top + spot[1] * unit, pointerType: "mouse", bubbles: true };
    svg.dispatchEvent(new PointerEvent("pointermove", target));
    const byPointer = said();
    const parts = [...svg.querySelectorAll('[data-group="0"]')];
    const seen = () => parts.filter((part) => getComputedStyle(part).display !== "none").length;
    const before = seen();
    if (buttons.length) buttons[0].click();
    const off = seen(), offSaid = find(".key span")?.textContent ?? "", offNote = chart.dataset.off ?? "";
    if (buttons.length) buttons[0].click();
    const again = seen(), states = buttons.map((one) => one.getAttribute("aria-pressed"));
    svg.dispatchEvent(new PointerEvent("pointerleave", { pointerType: "mouse" }));
    const left = place.textContent;
    find("details").open = true;
    const rows = [...chart.querySelectorAll("details tr")].map((row) => [...row.cells].map((cell) => cell.textContent));
    const names = buttons.map((one) => one.textContent);
    chartsSay.push({ at, byKey, listened, hidden, byPointer, before, off, offSaid, offNote, again, states, left, rows, names, jump: height - idle, note: find("details p").textContent });
  }
  const cutLater = narrow(), neededLater = document.documentElement.scrollWidth;
  const unusable = typeof axe === "undefined" ? [] : (await axe.run(document, { resultTypes: ["violations"] })).violations
    .filter((one) => ["serious", "critical"].includes(one.impact)).map((one) => one.id + ": " + one.nodes.map((node) => node.html.slice(0, 200)).join(" / "));
  parent.postMessage(JSON.stringify({
    wrong, requests: performance.getEntriesByType("resource").length, width: innerWidth, needed: document.documentElement.scrollWidth,
    cut, wide, on, charts, before, after, pointed, height: first.height, signs: sign.bottom - first.top, small, ink: text.color, back,
    contrasts, chartsSay, cutLater, neededLater, unusable,
  }), '*');
});
</script>"#;

/// What is found on a page of this width.
fn look(browser: &str, place: &Path, page: &str, width: u32, more: &[&str]) -> Value {
    // A window cannot be as narrow as a telephone, but a frame can.
    let inner = place.join("looked-at.html");
    let page = page.replacen("<main>", &format!("{LISTEN}<main>"), 1);
    let axe = std::env::var_os("AXE_CORE").map_or(String::new(), |path| {
        let script = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        format!("<script>{script}</script>")
    });
    let page = page.replacen("</body>", &format!("{axe}{LOOK}</body>"), 1);
    fs::write(&inner, page).unwrap();
    let path = place.join("frame.html");
    let frame = format!(
        "<!doctype html><style>:root{{color-scheme:light dark}}</style><pre id=\"found\"></pre><script>addEventListener('message',(e)=>found.textContent=e.data)</script>\
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
            "--virtual-time-budget=20000",
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
    assert_eq!(
        found["cutLater"],
        serde_json::json!([]),
        "with open tables, at {width}"
    );
    assert!(
        found["neededLater"].as_u64() <= Some(u64::from(width)),
        "{width}: with open tables"
    );
    assert_eq!(found["unusable"], serde_json::json!([]), "{width}: axe-core");
    for (contrast, least) in found["contrasts"].as_array().unwrap().iter().zip([4.5, 4.5, 3.0]) {
        assert!(contrast[0].as_f64() >= Some(least), "{width}: {contrast}");
    }
    let charts = found["chartsSay"].as_array().unwrap();
    assert!(charts.len() >= 3, "{found}");
    for chart in charts {
        check_chart(chart);
    }
}

fn text<'v>(of: &'v Value, what: &str) -> &'v str {
    of[what].as_str().unwrap_or_else(|| panic!("{what}: {of}"))
}

/// Keyboard and pointer say the same, a listener hears it, the key hides and shows, and nothing moves meanwhile.
fn check_chart(chart: &Value) {
    let [at, by_key, listened] = ["at", "byKey", "listened"].map(|what| text(chart, what));
    assert!(!at.is_empty() && by_key.len() > at.len() + 1, "{chart}");
    assert!(listened.starts_with(&format!("{at}: ")), "{chart}");
    assert_eq!(by_key, text(chart, "byPointer"), "{chart}");
    assert_eq!([text(chart, "hidden"), text(chart, "left")], ["", ""], "{chart}");
    // A pixel is rounding.
    assert!(
        chart["jump"].as_i64().unwrap().abs() <= 1,
        "what is below would jump: {chart}"
    );
    // Where each row is another pair of plans there is nothing to hide.
    if let Some(name) = chart["names"].as_array().unwrap().first() {
        assert!(chart["before"].as_u64() > Some(0), "{chart}");
        assert_eq!(
            [&chart["off"], &chart["again"]],
            [&Value::from(0), &chart["before"]],
            "{chart}"
        );
        assert_eq!(text(chart, "offSaid"), "", "{chart}");
        let name = name.as_str().unwrap();
        assert_eq!(text(chart, "offNote"), format!("Not shown: {name}."));
    }
    assert!(
        chart["states"]
            .as_array()
            .unwrap()
            .iter()
            .all(|state| state == "true"),
        "{chart}"
    );
    let rows = chart["rows"].as_array().unwrap();
    assert!(rows.len() > 2 && rows.len() <= 41, "{}", rows.len());
    // What the cursor says stands in the table too, if the table has that place.
    if let Some(row) = rows.iter().find(|row| row[0] == at) {
        for cell in row.as_array().unwrap() {
            assert!(listened.contains(cell.as_str().unwrap()), "{cell}: {chart}");
        }
    }
}

/// The numbers of meetings exposed to a rollback that a chart says are those of the table of each day.
fn check_numbers(place: &Path, charts: &Value) {
    let mut told = 0;
    let table = fs::read_to_string(place.join("output/bad-week/timeline.csv")).unwrap();
    let charts = charts.as_array().unwrap();
    let chart = charts
        .iter()
        .find(|chart| text(chart, "note").contains(", median"))
        .expect("a chart of medians and bands");
    let rows = chart["rows"].as_array().unwrap();
    let mut lines = csv::Reader::from_reader(table.trim_start_matches('\u{feff}').as_bytes());
    for line in lines.records() {
        let line = line.unwrap();
        if &line[3] != "exposure_meetings" {
            continue;
        }
        let date: jiff::civil::Date = line[2].parse().unwrap();
        let month = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ];
        let date = format!(
            "{} {} {}",
            date.day(),
            month[date.month() as usize - 1],
            date.year()
        );
        // mean, p05, p10, p25, p50, p75, p90, p95: of few worlds, the outer quantiles are not known.
        let ends = [(5, 11), (6, 10), (7, 9)]
            .into_iter()
            .find(|(low, _)| !line[*low].is_empty());
        let expected = match ends.map(|(low, high)| (&line[low], &line[high])) {
            Some((low, high)) if (low, high) != (&line[8], &line[8]) => {
                format!("{} ({low} to {high})", &line[8])
            }
            _ => line[8].to_string(),
        };
        let names = rows[0].as_array().unwrap();
        // A plan that moves nobody has no line.
        let Some(column) = names.iter().position(|name| *name == line[0]) else {
            continue;
        };
        if text(chart, "at") == date {
            assert!(
                text(chart, "listened").contains(&format!("{} {expected}", &line[0])),
                "{expected}: {chart}"
            );
            told += 1;
        }
        if let Some(row) = rows.iter().find(|row| row[0] == date.as_str()) {
            assert_eq!(row[column], expected.as_str(), "{date}");
            told += 1;
        }
    }
    assert!(told > 40, "{told}");
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
            assert_eq!(found["back"], "rgb(255, 255, 255)");
            if page.contains("nobody-watches") {
                check_numbers(dir.path(), &found["chartsSay"]);
            }
        }
        let dark = look(
            &browser,
            dir.path(),
            &page,
            1280,
            &["--blink-settings=preferredColorScheme=0"],
        );
        check_screen(&dark, 1280);
        assert_eq!(dark["back"], "rgb(21, 27, 33)", "it is dark");
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
            assert_eq!(
                found["chartsSay"],
                serde_json::json!([]),
                "{sheet}: nothing to press"
            );
        }
    }
}
