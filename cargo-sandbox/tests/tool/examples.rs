//! The example programs, as they are built.

use std::fmt::Write as _;
use std::path::PathBuf;

use crate::{run, run_on};

/// An example's binary, beside which cargo puts this test's.
pub(crate) fn example(name: &str) -> PathBuf {
    let this = std::env::current_exe().expect("this program");
    let path = this.ancestors().nth(2).expect("the folder of the profile").join(name);
    assert!(path.exists(), "{} is not there: build it with `cargo build -p sandbox-examples --bins`", path.display());
    path
}

/// Lines move with every change of an example.
fn without_lines(text: &str) -> String {
    let mut parts = text.split(".rs:");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |shown, part| shown + ".rs:LINE" + part.trim_start_matches(|mark: char| mark.is_ascii_digit()))
}

#[test]
fn each_is_explained() {
    for name in ["gzip", "attacker", "dhclient", "tcpdump"] {
        let ran = run_on(&example(name), &["explain", "BINARY"]);
        insta::assert_snapshot!(format!("example_{name}"), without_lines(&ran.text()));
        let ran = run_on(&example(name), &["explain", "BINARY", "--plan", "--system", "freebsd"]);
        insta::assert_snapshot!(format!("example_{name}_freebsd"), without_lines(&ran.text()));
    }
}

/// What one function of each becomes, instruction by instruction.
#[test]
fn filters_are_disassembled() {
    for (name, function) in [("gzip", "compress"), ("dhclient", "lease"), ("tcpdump", "capture")] {
        let ran = run_on(&example(name), &["explain", "BINARY", function, "--bpf"]);
        insta::assert_snapshot!(format!("example_{name}_bpf"), without_lines(&ran.text()));
    }
}

/// For other programs.
#[test]
fn each_is_explained_to_programs() {
    for (name, function) in [("gzip", "compress"), ("dhclient", "lease"), ("tcpdump", "capture")] {
        let ran = run_on(&example(name), &["explain", "BINARY", "--json", "--system", "freebsd"]);
        insta::assert_snapshot!(format!("example_{name}_json"), without_lines(&ran.text()));
        let ran = run_on(&example(name), &["explain", "BINARY", function, "--json"]);
        insta::assert_snapshot!(format!("example_{name}_linux_json"), a_line_each(&without_lines(&ran.text())));
    }
}

/// JSON with a line for each call, and for whatever else is as deep.
fn a_line_each(json: &str) -> String {
    let deep = |line: &str| line.len() - line.trim_start().len() > 10;
    let mut text = String::new();
    let mut lines = json.lines().peekable();
    let mut joined = false;
    while let Some(line) = lines.next() {
        text += if joined { line.trim_start() } else { line };
        joined =
            lines.peek().is_some_and(|next| deep(next) || (deep(line) && next.trim_start().starts_with(['}', ']'])));
        text += if joined { " " } else { "\n" };
    }
    text
}

#[test]
fn questions_about_each() {
    let mut text = String::new();
    for (name, function, calls) in [
        ("gzip", "compress", &["write(out)", "read(out)", "openat(\"/etc/passwd\")", "seek(out)"][..]),
        ("dhclient", "lease", &["read(link)", "write(reports)", "read(reports)", "connect", "execve(\"/bin/sh\")"]),
        (
            "tcpdump",
            "capture",
            &["read(capture)", "write(capture)", "sendto(capture)", "write(stop.wake)", "write(out)"],
        ),
    ] {
        for system in ["linux", "freebsd"] {
            for call in calls {
                let ran = run_on(&example(name), &["why", "BINARY", call, "--function", function, "--system", system]);
                writeln!(text, "$ why {name} '{call}' --system {system}\n{}", ran.text()).unwrap();
            }
        }
        let ran = run_on(&example(name), &["why", "BINARY", calls[0], "--function", function, "--json"]);
        writeln!(text, "$ why {name} '{}' --json\n{}", calls[0], ran.text()).unwrap();
    }
    insta::assert_snapshot!(text);
}

#[test]
fn each_differs_from_the_others() {
    let mut text = String::new();
    for (old, new) in [("gzip", "dhclient"), ("dhclient", "tcpdump"), ("tcpdump", "gzip"), ("gzip", "attacker")] {
        for format in ["text", "markdown", "json"] {
            let [from, to] = [old, new].map(|name| example(name).into_os_string().into_string().expect("text"));
            let ran = run(&["diff", &from, &to, "--format", format]);
            let said = ran.text().replace(&from, old).replace(&to, new);
            writeln!(text, "$ diff {old} {new} --format {format}\n{said}").unwrap();
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn a_build_does_not_differ_from_itself() {
    for name in ["gzip", "dhclient", "tcpdump"] {
        let path = example(name);
        let path = path.to_str().expect("text");
        let ran = run(&["diff", path, path]);
        assert!(ran.code == 0 && ran.out.starts_with("no difference in "), "{ran:?}");
    }
}
