//! The example programs, as they are built.

use std::path::PathBuf;

use crate::{run, run_on};

/// An example's binary, beside which cargo puts this test's.
fn example(name: &str) -> PathBuf {
    let this = std::env::current_exe().expect("this program");
    let path = this.ancestors().nth(2).expect("the folder of the profile").join(name);
    assert!(path.exists(), "{} is not there: build it with `cargo build -p sandbox-examples --bins`", path.display());
    path
}

/// Lines move with every change of an example.
fn without_lines(text: &str) -> String {
    let mut shown = String::new();
    for line in text.lines() {
        let end = line.rfind(".rs:").filter(|at| line[at + 4..].bytes().all(|byte| byte.is_ascii_digit()));
        shown += &end.map_or_else(|| line.to_owned(), |at| format!("{}.rs:LINE", &line[..at]));
        shown.push('\n');
    }
    shown
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

#[test]
fn questions_about_gzip() {
    let mut text = String::new();
    for call in ["write(out)", "read(out)", "openat(\"/etc/passwd\")", "seek(out)"] {
        text += &run_on(&example("gzip"), &["why", "BINARY", call, "--function", "compress"]).text();
    }
    insta::assert_snapshot!(text);
}

#[test]
fn a_build_does_not_differ_from_itself() {
    let gzip = example("gzip");
    let gzip = gzip.to_str().expect("text");
    let ran = run(&["diff", gzip, gzip]);
    assert!(ran.code == 0 && ran.out.starts_with("no difference in "), "{ran:?}");
    let attacker = example("attacker");
    let ran = run(&["diff", gzip, attacker.to_str().expect("text")]);
    assert_eq!(ran.code, 1, "{ran:?}");
}
