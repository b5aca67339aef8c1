//! Binaries that somebody made to do harm: every command ends with an answer or an error.

use std::cell::Cell;
use std::fs;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::elf::{self, File, LINUX, X86_64};
use crate::programs::{COPY_NOTE, SERVE_NOTE};
use crate::{Ran, run};

/// Explains the file; a panic ends the test.
fn explain(file: &File) -> Ran {
    checked(run(&["explain", file.path.to_str().unwrap(), "--json"]))
}

/// What the other commands do that read a binary.
fn ask_all(file: &File, original: &File) {
    let (path, original) = (file.path.to_str().unwrap(), original.path.to_str().unwrap());
    for arguments in [
        &["explain", path, "--plan", "--system", "freebsd"][..],
        &["explain", path, "--bpf"],
        &["why", path, "read(listener)"],
        &["diff", original, path, "--format", "markdown"],
    ] {
        checked(run(arguments));
    }
}

/// There is an answer or an error, and nothing that reaches for the terminal.
fn checked(ran: Ran) -> Ran {
    let Ran { code, out, err } = &ran;
    assert!(*code <= 2 && (*code == 2) == out.is_empty() && out.is_empty() != err.is_empty(), "{code} {out} {err}");
    assert!(!out.contains('\x1b') && !err.contains('\x1b'), "{out} {err}");
    ran
}

#[test]
fn every_truncation_is_answered() {
    let whole = elf::bytes(LINUX, X86_64, &[SERVE_NOTE.bytes(), COPY_NOTE.bytes()]);
    let original = File::new(&whole);
    for length in 0..whole.len() {
        let file = File::new(&whole[..length]);
        let explained = explain(&file);
        assert_eq!(explained.code, 2, "{length}: {explained:?}");
        ask_all(&file, &original);
    }
    assert_eq!(explain(&File::new(&whole)).code, 0);
}

#[test]
fn ten_thousand_mutations_are_answered() {
    let whole = elf::bytes(LINUX, X86_64, &[SERVE_NOTE.bytes(), COPY_NOTE.bytes()]);
    let (original, file) = (File::new(&whole), File::new(&whole));
    let change = (0..whole.len(), any::<u8>());
    let answered = [const { Cell::new(0_u32) }; 2];
    let mut runner = TestRunner::new(Config { cases: 10_000, failure_persistence: None, ..Config::default() });
    let done = runner.run(&prop::collection::vec(change, 1..4), |changes| {
        let mut bytes = whole.clone();
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        fs::write(&file.path, &bytes).unwrap();
        let compared = checked(run(&["diff", original.path.to_str().unwrap(), file.path.to_str().unwrap()]));
        let count = &answered[usize::from(compared.code == 2)];
        count.set(count.get() + 1);
        explain(&file);
        ask_all(&file, &original);
        Ok(())
    });
    done.unwrap();
    // The mutations reach what lies behind the checks, and the checks.
    assert!(answered.iter().all(|count| count.get() > 500), "{answered:?}");
}

/// A note may claim as many resources as it has room for.
#[test]
fn many_resources_are_answered() {
    let mut content = vec![0, 0, 0];
    let string = |text: &str| [&u16::try_from(text.len()).unwrap().to_le_bytes()[..], text.as_bytes()].concat();
    for text in ["many", "m", "src/m.rs"] {
        content.extend(string(text));
    }
    content.extend(1_u32.to_le_bytes());
    content.extend(u16::MAX.to_le_bytes());
    for _ in 0..u16::MAX {
        content.extend([&string("r")[..], &[0, 0, 1], &string("READ"), &[0, 0, 0]].concat());
    }
    while !content.len().is_multiple_of(8) {
        content.push(0);
    }
    let mut note = [11_u32, u32::try_from(content.len()).unwrap(), 1].map(u32::to_le_bytes).concat();
    note.extend(b"sandbox-rs\0\0");
    note.extend(content);
    let file = File::new(&elf::bytes(LINUX, X86_64, &[&note]));
    let ran = run(&["explain", file.path.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.err);
}
