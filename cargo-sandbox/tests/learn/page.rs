//! The page `docs/five-minutes.md`: every command of it is run, in its order, by somebody who has nothing yet, and what it
//! shows is what they print. `BLESS=1 cargo test -p cargo-sandbox --test learn page` writes what they print into it.
//!
//! A line `…` of the page stands for lines that differ from machine to machine; a block that has one is not written anew.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::desk::{Desk, Said, builds, root, runtime};

/// Where this repository is found by those who read the page.
const REPOSITORY: &str = "https://github.com/sandbox-rs/sandbox";

#[test]
fn every_command_of_the_page_prints_what_it_shows() {
    let path = root().join("docs/five-minutes.md");
    let page = fs::read_to_string(&path).expect("the page");
    let bless = std::env::var_os("BLESS").is_some();
    let mut desk = Desk::empty();
    let (mut new, mut said, mut commands) = (String::new(), String::new(), 0);
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        writeln!(new, "{line}").expect("memory");
        let Some(kind) = line.strip_prefix("```") else { continue };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        let mut text = block.iter().fold(String::new(), |text, line| text + line + "\n");
        match kind {
            "rust" => desk.write("src/main.rs", &text),
            "sh" => {
                said.clear();
                for line in block {
                    said += &command(&mut desk, line);
                    commands += 1;
                }
            }
            "text" if bless && !text.contains('…') => text.clone_from(&said),
            "text" => assert!(
                shows(&text, &said),
                "the page shows this, which BLESS=1 writes anew:\n{text}\nand this was printed:\n{said}"
            ),
            other => panic!("a block of `{other}`"),
        }
        new += &text;
        new += "```\n";
    }
    assert!(commands > 10, "{commands}");
    if bless {
        fs::write(path, new).expect("the page");
    }
}

/// Whether a block of the page shows what was printed, where `…` stands for any lines.
fn shows(block: &str, said: &str) -> bool {
    let mut parts = block.split("…\n");
    let first = parts.next().unwrap_or_default();
    let Some(mut left) = said.strip_prefix(first) else { return false };
    let mut last = first;
    for part in parts {
        let Some((_, rest)) = left.split_once(part) else { return false };
        (left, last) = (rest, part);
    }
    // A block that ends in `…` ends anywhere.
    left.is_empty() || (last.is_empty() && block.ends_with("…\n"))
}

#[test]
fn what_is_not_printed_is_not_shown() {
    assert!(shows("a\nb\n", "a\nb\n") && shows("a\n…\nc\n", "a\nb\nc\n") && shows("a\n…\n", "a\nb\n"));
    assert!(shows("…\nb\n…\n", "a\nb\nc\n"));
    assert!(!shows("a\n", "a\nb\n") && !shows("b\n", "a\nb\n") && !shows("a\n…\nc\n", "a\nb\n") && !shows("", "a\n"));
    assert!(!shows("a\n…\nb\n", "a\nb\nc\n"));
}

/// Runs a line of the page, with this repository for the one that it names; gives what it printed.
#[track_caller]
fn command(desk: &mut Desk, line: &str) -> String {
    let (line, comment) = line.split_once(" # ").unwrap_or((line, ""));
    if let Some(folder) = line.strip_prefix("cd ") {
        desk.here.push(folder.trim());
        return String::new();
    }
    let expected = comment.rsplit_once("exit code ").map_or(Some(0), |(_, code)| code.trim().parse().ok());
    let run = if line.starts_with("cargo install") {
        // Built where and as this test's own program was: its dependencies are there.
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder");
        let here = format!("--path {} --debug", root().join("cargo-sandbox").display());
        let line = line.replace(&format!("--git {REPOSITORY} cargo-sandbox"), &here);
        let (own, target) = (desk.folder.path().display(), target.display());
        format!("env -u CARGO_PROFILE_DEV_DEBUG {line} --root {own} --target-dir {target}")
    } else {
        let here = format!("--path {}", runtime().display());
        line.replace(&format!("--git {REPOSITORY} sandbox-rt"), &here)
    };
    assert!(!run.contains("://"), "{run}");
    let Said { code, out, err } = desk.run(&run);
    assert_eq!(code, expected, "{run}:\n{out}{err}");
    // Nothing that the program does is refused: what its debug build explains would puzzle the reader.
    assert!(!err.contains(" refused: "), "{run}:\n{err}");
    if line.starts_with("cargo new") {
        let made = desk.here.join(line.rsplit(' ').next().expect("a name"));
        fs::copy(root().join("Cargo.lock"), made.join("Cargo.lock")).expect("a lock");
        // What it depends on may be built already. What is learned stays there.
        for folder in ["debug", "sandbox-learn/build"] {
            let (ours, shared) = (made.join("target").join(folder), builds().join(folder));
            for folder in [ours.parent().expect("a folder"), &shared] {
                fs::create_dir_all(folder).expect("a folder");
            }
            symlink(shared, ours).expect("a link");
        }
    }
    out
}
