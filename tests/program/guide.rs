//! The README and the guide: what they show of a command is what it prints, and every link leads somewhere.

use crate::common::{files, program, root};
use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Set to write what commands print anew into the pages.
const RENEW: &str = "COEXIST_RENEW_GUIDE";

/// The README and the chapters of the guide.
fn pages() -> Vec<PathBuf> {
    let chapters = files(&root().join("docs/guide")).into_keys();
    let chapters = chapters.map(|name| Path::new("docs/guide").join(name));
    std::iter::once(PathBuf::from("README.md"))
        .chain(chapters)
        .collect()
}

/// Are these the lines printed? A line `...` stands for any lines.
fn fits(shown: &[&str], printed: &[&str]) -> bool {
    match shown.split_first() {
        None => printed.is_empty(),
        Some((&"...", rest)) => (0..=printed.len()).any(|from| fits(rest, &printed[from..])),
        Some((line, rest)) => printed
            .split_first()
            .is_some_and(|(first, left)| first.trim_end() == *line && fits(rest, left)),
    }
}

/// What a page should show in place of what it does: as many lines as before, those between two `...` from their first line on;
/// all, if that is gone.
fn anew(shown: &[&str], printed: &[&str]) -> String {
    let parts: Vec<&[&str]> = shown.split(|line| *line == "...").collect();
    let last = parts.len() - 1;
    let mut lines = Vec::new();
    let mut from = 0;
    for (number, part) in parts.iter().enumerate() {
        let start = match number {
            _ if last == 0 => None,
            0 => Some(0),
            _ if number == last => printed.len().checked_sub(part.len()),
            _ => (from..printed.len()).find(|at| part.first() == Some(&printed[*at])),
        };
        let found = start.filter(|start| *start >= from && start + part.len() <= printed.len());
        let Some(start) = found else {
            lines = printed.to_vec();
            break;
        };
        from = start + part.len();
        lines.extend((number > 0).then_some("..."));
        lines.extend(&printed[start..from]);
    }
    lines
        .iter()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect()
}

/// What a terminal shows of a command, results and messages in their order, and its exit code.
fn seen(place: &Path, arguments: &[&str]) -> (String, i32) {
    let (mut reader, writer) = std::io::pipe().expect("a pipe");
    let mut command = program(place, arguments);
    command.stdout(writer.try_clone().expect("a pipe")).stderr(writer);
    let mut child = command.spawn().expect("the program starts");
    drop(command); // it holds the pipe open
    let mut text = String::new();
    reader.read_to_string(&mut text).expect("text");
    let status = child.wait().expect("its end");
    (text, status.code().expect("it ended by itself"))
}

/// A page with the output of its commands as it is now, what differed, and how many commands there are. The commands of a page
/// run one after another in a folder of their own that has the shipped scenarios.
fn renewed(page: &str) -> (String, Vec<String>, usize) {
    let place = tempfile::tempdir().expect("a temporary folder");
    for (name, bytes) in files(&root().join("scenarios")) {
        let path = place.path().join("scenarios").join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }
    let (mut out, mut differs, mut commands) = (String::new(), Vec::new(), 0);
    let mut status = 0;
    let mut lines = page.lines().peekable();
    let mut is_console = false;
    while let Some(line) = lines.next() {
        out += &format!("{line}\n");
        is_console = line == "```console" || is_console && line != "```";
        let Some(words) = line.strip_prefix("$ ").filter(|_| is_console) else {
            assert!(
                !is_console || line == "```console",
                "`{line}` is not below a command"
            );
            continue;
        };
        let mut shown = Vec::new();
        while let Some(next) = lines.next_if(|next| *next != "```" && !next.starts_with("$ ")) {
            shown.push(next);
        }
        let text = if words == "echo $?" {
            format!("{}\n", std::mem::take(&mut status))
        } else {
            assert_eq!(
                status, 0,
                "what stands before `{words}` failed, and the page does not say so"
            );
            assert!(
                !words.contains(['"', '\'', '|', '>', '\\']),
                "`{words}` needs a shell"
            );
            let mut words = words.split_whitespace();
            assert_eq!(words.next(), Some("coexist"), "`{line}` is another command");
            let arguments: Vec<&str> = words.collect();
            commands += 1;
            let text;
            (text, status) = seen(place.path(), &arguments);
            text
        };
        let text: Vec<&str> = text.lines().collect();
        if fits(&shown, &text) {
            shown.iter().for_each(|line| out += &format!("{line}\n"));
        } else {
            differs.push(format!("{line}\n{}", text.join("\n")));
            out += &anew(&shown, &text);
        }
    }
    assert_eq!(status, 0, "the last command failed, and the page does not say so");
    (out, differs, commands)
}

#[test]
fn pages_show_what_commands_print() {
    let (mut wrong, mut commands) = (String::new(), 0);
    for name in pages() {
        let path = root().join(&name);
        let page = fs::read_to_string(&path).expect("a page");
        let (wanted, differs, run) = renewed(&page);
        commands += run;
        if !differs.is_empty() {
            wrong += &format!("{}:\n{}\n", name.display(), differs.join("\n"));
            if std::env::var_os(RENEW).is_some() {
                fs::write(&path, wanted).expect("a page can be written");
            }
        }
    }
    assert!(commands > 0, "no page shows what a command prints");
    assert!(
        wrong.is_empty(),
        "{wrong}\n{RENEW}=1 cargo test --test program guide writes this into the pages; then look at them"
    );
}

#[test]
fn three_dots_stand_for_any_lines_and_nothing_else_does() {
    let printed = ["one", "two", "three"];
    for shown in [
        &["one", "two", "three"][..],
        &["...", "three"],
        &["one", "...", "two", "..."],
    ] {
        assert!(fits(shown, &printed), "{shown:?}");
    }
    for shown in [
        &["one", "three"][..],
        &["one", "two"],
        &["...", "two"],
        &["...", "three", "one", "..."],
    ] {
        assert!(!fits(shown, &printed), "{shown:?}");
    }
    for (shown, wanted) in [
        (&["1", "...", "3"][..], "one\n...\nthree\n"),
        (&["...", "two", "4", "..."], "...\ntwo\nthree\n...\n"),
        (&["...", "gone", "..."], "one\ntwo\nthree\n"),
        (&["1"], "one\ntwo\nthree\n"),
    ] {
        assert_eq!(anew(shown, &printed), wanted, "{shown:?}");
    }
}

/// The name of a heading in a link, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let letters = heading.trim().chars().filter_map(|letter| match letter {
        ' ' => Some('-'),
        '-' | '_' => Some(letter),
        _ => letter
            .is_alphanumeric()
            .then(|| letter.to_lowercase().next().unwrap_or(letter)),
    });
    letters.collect()
}

/// The lines of a page that are not in a block of code.
fn prose(page: &str) -> impl Iterator<Item = &str> {
    let mut is_code = false;
    page.lines().filter(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    })
}

#[test]
fn every_link_leads_somewhere_and_every_page_is_linked() {
    let docs = files(&root().join("docs")).into_keys();
    let docs = docs.filter(|name| name.extension().is_some_and(|end| end == "md"));
    let docs: Vec<PathBuf> = docs.map(|name| Path::new("docs").join(name)).collect();
    let others = ["README.md", "ARCHITECTURE.md", "CHANGELOG.md"].map(PathBuf::from);
    let mut linked = BTreeSet::new();
    let mut dead = Vec::new();
    for page in docs.iter().chain(&others) {
        let text = fs::read_to_string(root().join(page)).expect("a page");
        for target in prose(&text).flat_map(|line| line.split("](").skip(1)) {
            let target = target.split(')').next().expect("the end of a link");
            let (path, place) = target.split_once('#').unwrap_or((target, ""));
            if target.contains("://") {
                continue;
            }
            let folder = root().join(page);
            let folder = folder.parent().expect("a folder");
            let path = match path {
                "" => root().join(page),
                path => folder.join(path),
            };
            let Ok(path) = path.canonicalize() else {
                dead.push(format!("{}: {target}", page.display()));
                continue;
            };
            if !place.is_empty() {
                let text = fs::read_to_string(&path).expect("a page");
                let is_there = prose(&text)
                    .filter(|line| line.starts_with('#'))
                    .any(|line| anchor(line.trim_start_matches('#')) == place);
                if !is_there {
                    dead.push(format!("{}: {target}", page.display()));
                }
            }
            linked.insert(path);
        }
    }
    assert!(dead.is_empty(), "these lead nowhere:\n{}", dead.join("\n"));
    for page in docs {
        let path = root().join(&page).canonicalize().expect("a page");
        assert!(linked.contains(&path), "no page links to {}", page.display());
    }
}
