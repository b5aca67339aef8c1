//! What this kernel can enforce. What it says differs from machine to machine; that it says the same as entry does not.

#[cfg(target_os = "linux")]
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::elf::{self, FREEBSD, File, LINUX, X86_64};
#[cfg(target_os = "linux")]
use crate::examples::example;
use crate::programs::{COPY_NOTE, LEARNING_NOTE, SERVE_NOTE};

/// What entry requires on this system, and what shows it last.
const REQUIRED: &[&str] = if cfg!(target_os = "freebsd") {
    &[
        "one thread",
        "own descriptor table",
        "descriptor rights",
        "undeclared descriptors without rights",
        "capability mode",
    ]
} else {
    &["one task", "own descriptor table", "no new privileges", "undeclared descriptors gone", "seccomp"]
};
const SHOWN: &str = if cfg!(target_os = "freebsd") {
    "  holds capability mode (required): entered"
} else {
    "  holds seccomp (required): filter of "
};
/// This system, and another one.
const SYSTEMS: [u8; 2] = if cfg!(target_os = "freebsd") { [FREEBSD, LINUX] } else { [LINUX, FREEBSD] };

/// The program: where whoever runs the tests says that it is now, or where it was built.
fn program() -> PathBuf {
    let built = || env!("CARGO_BIN_EXE_cargo-sandbox").into();
    std::env::var_os("CARGO_BIN_EXE_cargo-sandbox").unwrap_or_else(built).into()
}

/// The commands that start processes run in a program of their own, which can start itself again.
fn doctor(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(program()).arg("doctor").args(arguments).output().expect("it runs");
    (output.status.code(), String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_process_is_confined_to_find_out() {
    let (code, said) = doctor(&["--json"]);
    assert_eq!(code, Some(0), "{said}");
    let answer: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(answer["attempt"]["outcome"], "entered", "{said}");
    let mechanisms = answer["attempt"]["mechanisms"].as_array().unwrap();
    let held: Vec<&str> = mechanisms
        .iter()
        .filter(|mechanism| mechanism["required"] == true && mechanism["state"] == "holds")
        .filter_map(|mechanism| mechanism["name"].as_str())
        .collect();
    for name in REQUIRED {
        assert!(held.contains(name), "{name}: {said}");
    }
    let (code, said) = doctor(&[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("a process was confined, and this holds in it\n"), "{said}");
    assert!(said.contains(SHOWN), "{said}");
}

fn about(path: &str) -> (Option<i32>, String) {
    let (code, said) = doctor(&[path]);
    let (_, about) = said.split_once(&format!("{path}\n")).unwrap_or_else(|| panic!("{said}"));
    (code, about.to_owned())
}

fn about_file(file: &File) -> (Option<i32>, String) {
    about(file.path.to_str().unwrap())
}

/// A binary that somebody made to do harm.
#[test]
fn mutations_are_answered() {
    let whole = elf::bytes(SYSTEMS[0], X86_64, &[SERVE_NOTE.bytes(), COPY_NOTE.bytes()]);
    let file = File::new(&whole);
    for at in (0..whole.len()).step_by(whole.len() / 200) {
        let mut bytes = whole.clone();
        bytes[at] = !bytes[at];
        std::fs::write(&file.path, &bytes).unwrap();
        let (code, said) = doctor(&[file.path.to_str().unwrap()]);
        assert!(matches!(code, Some(0..=2)) && !said.contains("panicked"), "{at}: {code:?} {said}");
    }
}

#[test]
fn a_binary_is_judged_by_what_was_found() {
    let [here, elsewhere] = SYSTEMS;
    let program = |notes: &[&[u8]]| File::new(&elf::bytes(here, X86_64, notes));
    let (code, said) = about_file(&program(&[COPY_NOTE.bytes(), SERVE_NOTE.bytes()]));
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("  can be confined: server::confined::copy\n  can be confined: server::confined::serve\n"),
        "{said}"
    );
    let (code, said) = about_file(&program(&[LEARNING_NOTE.bytes()]));
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("will not run: server::confined::copy: it is built to learn"), "{said}");
    let (code, said) = about_file(&File::new(&elf::bytes(elsewhere, X86_64, &[COPY_NOTE.bytes()])));
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("will not run: it is for another system than this\n"), "{said}");
}

/// What is said of the examples. What this kernel lacks is another's.
#[cfg(target_os = "linux")]
#[test]
fn the_examples_can_be_confined() {
    let mut text = String::new();
    for name in ["gzip", "dhclient", "tcpdump"] {
        let path = example(name);
        let (code, said) = about(path.to_str().unwrap());
        assert_eq!(code, Some(0), "{said}");
        let lines = said.lines().filter(|line| !line.starts_with("  runs with less underneath: "));
        writeln!(text, "$ doctor {name}").unwrap();
        lines.for_each(|line| writeln!(text, "{line}").unwrap());
    }
    insta::assert_snapshot!("example_doctor", text);
}

/// Cargo calls it with a word more.
#[test]
fn it_is_a_command_of_cargo() {
    let output = Command::new(program()).args(["sandbox", "rights", "seek"]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && said.starts_with("seek: ask for and set"), "{said}");
    assert!(!said.contains('\x1b'), "no colours outside of a terminal: {said}");
}

/// <https://no-color.org> decides over what asks for colours.
#[test]
fn colours_can_be_had_and_turned_off() {
    let said = |variables: &[(&str, &str)]| {
        let mut command = Command::new(program());
        command.args(["rights", "seek"]).env_remove("NO_COLOR").env("TERM", "xterm").envs(variables.iter().copied());
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    assert!(said(&[("CLICOLOR_FORCE", "1")]).contains('\x1b'));
    assert!(!said(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]).contains('\x1b'));
}
