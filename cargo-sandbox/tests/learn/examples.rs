//! The example programs from nothing, in one run of tests of theirs; what was learned against what their authors declare;
//! and the same tests confined by it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::desk::{Desk, changed, copy, root};

const EXAMPLES: [&str; 3] = ["dhclient", "gzip", "tcpdump"];
const TESTS: &str =
    "cargo test -p sandbox-examples --test dhclient_servers --test gzip --test tcpdump_files --test tcpdump_net";
/// Those that expect no refusal: nothing is refused where a program learns.
const CHOSEN: &str = "dnsmasq_from_the_first_message_to_the_last options:: round_trip:: endings";

#[test]
fn the_examples_from_nothing() {
    let desk = copied();
    let path = |example: &str| format!("examples/{example}/confined.rs");
    let authors = EXAMPLES.map(|example| declarations(&desk.read(&path(example))));
    for example in EXAMPLES {
        desk.write(&path(example), &reduced(&desk.read(&path(example))));
    }

    desk.succeed(&format!("cargo sandbox learn --file learned -- {TESTS} -- {CHOSEN}"));
    // What was learned is kept, and is said without the tests' own lines after a command that adds nothing.
    let said = desk.succeed("cargo sandbox learn --file learned --apply -- true");
    assert!(said.ends_with("3 files changed\n") && !said.contains("cannot be granted"), "{said}");
    insta::assert_snapshot!("examples", steady(&said));
    let learned = EXAMPLES.map(|example| declarations(&desk.read(&path(example))));
    assert_eq!(learned, authors, "{said}");
    desk.succeed(&format!("{TESTS} -- {CHOSEN}"));

    // The tests can tell: without one of the rights they fail.
    let gzip = desk.read(&path("gzip")).replace("fds(input = read, out = write)", "fds(input = read, out = hold)");
    desk.write(&path("gzip"), &gzip);
    desk.fail("cargo test -p sandbox-examples --test gzip -- round_trip::files", 101);
}

/// Without numbers that differ from run to run, or move with every change of an example.
fn steady(said: &str) -> String {
    let mut text = String::new();
    for line in said.lines() {
        if line.starts_with("@@ ") {
            text += "@@";
        } else if let Some((place, _)) = line.split_once(", entered ") {
            let (file, _) = place.rsplit_once(':').expect("a line's number");
            text.extend([file, ":LINE, entered N times"]);
        } else {
            text += line;
        }
        text.push('\n');
    }
    text
}

/// A copy of the examples, as a workspace of their own.
fn copied() -> Desk {
    let mut desk = Desk::new();
    desk.here.push("workspace");
    copy(&root().join("examples"), &desk.here.join("examples"));
    let workspace = fs::read_to_string(root().join("Cargo.toml")).expect("the manifest");
    let (before, rest) = workspace.split_once("members = [").expect("its members");
    let (_, after) = rest.split_once("]\n").expect("their end");
    // What is built for other programs is built with the default profile.
    let (after, _) = after.split_once("[profile.").expect("profiles");
    let path = format!("path = \"{}/", root().display());
    desk.write("Cargo.toml", &format!("{before}members = [\"examples\"]\n{}", after.replace("path = \"", &path)));
    desk.lock();
    desk
}

/// What stands before a declaration that is for FreeBSD alone, but for white space.
const FREEBSD: &str = "target_os=\"freebsd\",";

fn dense(text: &str) -> String {
    text.split_whitespace().collect()
}

/// The source with declarations that say nothing.
fn reduced(source: &str) -> String {
    let declared = "sandboxed(fds(";
    let mut parts = source.split(declared);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |reduced, part| {
        let (_, after) = part.split_once("))").expect("the end of a declaration");
        if dense(&reduced).ends_with(FREEBSD) {
            reduced + declared + part
        } else {
            reduced + "sandboxed(learn)" + after
        }
    })
}

/// The resources of each declaration, with their rights by one name each.
fn declarations(source: &str) -> Vec<BTreeMap<String, BTreeSet<String>>> {
    let source = dense(source);
    let parts: Vec<&str> = source.split("sandboxed(fds(").collect();
    let declared = parts.windows(2).filter(|pair| !pair[0].ends_with(FREEBSD)).map(|pair| pair[1]);
    let one_name = |right: &str| right.replace("recv", "read").replace("send", "write");
    let set = |rights: &str| rights.split('+').map(one_name).collect();
    declared
        .map(|text| {
            let (entries, _) = text.split_once(')').expect("the end of a declaration");
            let entries = entries.split(',').filter_map(|entry| entry.split_once('='));
            entries.map(|(name, rights)| (name.to_owned(), set(rights))).collect()
        })
        .collect()
}

#[test]
fn declarations_are_taken_away_and_read() {
    let source = "use x;\n#[sandboxed(fds(a = recv + seek, b.c = hold))]\nfn f() {}\n#[cfg_attr(\n    target_os = \"freebsd\",\n    \
        sandboxed(fds(a = read))\n)]\nfn g() {}\n#[sandboxed(fds(\n    d = write,\n))]\nfn h() {}\n";
    let expected = changed(source, "sandboxed(fds(a = recv + seek, b.c = hold))", "sandboxed(learn)");
    assert_eq!(reduced(source), changed(&expected, "sandboxed(fds(\n    d = write,\n))", "sandboxed(learn)"));
    let read: Vec<Vec<String>> = declarations(source)
        .iter()
        .map(|all| all.iter().map(|(name, rights)| format!("{name}{rights:?}")).collect())
        .collect();
    assert_eq!(read, [vec!["a{\"read\", \"seek\"}", "b.c{\"hold\"}"], vec!["d{\"write\"}"]]);
}
