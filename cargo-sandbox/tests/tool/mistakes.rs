//! What is asked wrongly is answered by what to do.

use std::fmt::Write as _;

use crate::elf::{self, File, LINUX, X86_64};
use crate::programs::COPY_NOTE;
use crate::{run, run_on};

#[test]
fn mistakes_are_explained() {
    let program = File::new(&elf::bytes(LINUX, X86_64, &[COPY_NOTE.bytes()]));
    let mut text = String::new();
    for arguments in [
        &["explain"][..],
        &["explain", "/nonexistent/program"],
        &["explain", "/"],
        &["explain", "/etc/passwd"],
        &["explain", "BINARY", "cpoy"],
        &["explain", "BINARY", "zzzzzzzz"],
        &["explain", "BINARY", "copy", "--bpf", "--system", "freebsd"],
        &["explain", "BINARY", "copy", "-p", "package"],
        &["explain", "BINARY", "--freebsd", "fifteen"],
        &["explain", "--bin", "gzip"],
        &["why", "BINARY", "wirte(out)"],
        &["why", "BINARY", "write(uot)"],
        &["why", "BINARY", "write(zzzzzzzz)"],
        &["why", "BINARY", "O_RDWR(out)"],
        &["why", "BINARY", "write(3, out)"],
        &["why", "BINARY", "getpid(out)"],
        &["why", "BINARY", "write(out"],
        &["why", "BINARY", "seek(\"/x\")"],
        &["why", "BINARY", "open(\"/x\")", "--arch", "aarch64"],
        &["why", "BINARY", "kqueuex(out)", "--system", "freebsd"],
        &["diff", "BINARY", "/nonexistent/program"],
        &["rights", "raed"],
        &["rights", "O_RDWR"],
        &["rights", "zzzzzzzz"],
        &["man", "/nonexistent/folder"],
        &["exlpain", "BINARY"],
        &["doctor", "/etc/passwd"],
        &["doctor", "/"],
        &["learn", "--runs", "0", "--", "true"],
    ] {
        let said = run_on(&program.path, arguments);
        assert_eq!(said.code, 2, "{arguments:?}: {said:?}");
        assert!(said.out.is_empty(), "{arguments:?}: {said:?}");
        writeln!(text, "$ {}\n{}", arguments.join(" "), said.err).unwrap();
    }
    insta::assert_snapshot!(text);
}

#[test]
fn binaries_that_cannot_be_read_are_named() {
    let with = |place: usize, byte: u8| {
        let mut bytes = elf::bytes(LINUX, X86_64, &[COPY_NOTE.bytes()]);
        bytes[place] = byte;
        run_on(&File::new(&bytes).path, &["explain", "BINARY"]).err
    };
    assert!(with(4, 1).contains("`BINARY` is a binary for 32 bits"), "{}", with(4, 1));
    assert!(with(5, 2).contains("big-endian"), "{}", with(5, 2));
    assert!(with(18, 8).contains("a machine of type 8"), "{}", with(18, 8));
    // The offset of the notes.
    assert!(with(64 + 8 + 3, 1).contains("its notes lie outside of it"), "{}", with(64 + 8 + 3, 1));
    // The type of the note, and the byte of the reaction.
    assert!(with(120 + 8, 2).contains("form 2, and this version knows 1: use a newer"), "{}", with(120 + 8, 2));
    assert!(with(120 + 25, 7).contains("the reaction `7`"), "{}", with(120 + 25, 7));
    let nothing = run_on(&File::new(&elf::bytes(LINUX, X86_64, &[])).path, &["explain", "BINARY"]).err;
    assert!(nothing.contains("nothing in `BINARY` is confined"), "{nothing}");
}

#[test]
fn completions_and_manuals_are_made() {
    for shell in ["bash", "zsh", "fish"] {
        let made = run(&["completions", shell]);
        assert_eq!(made.code, 0);
        for word in ["explain", "why", "learn", "diff", "doctor", "rights"] {
            assert!(made.out.contains(word), "{shell}: {word}");
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let made = run(&["man", folder.path().to_str().unwrap()]);
    assert_eq!(made.code, 0, "{made:?}");
    let page = std::fs::read_to_string(folder.path().join("cargo-sandbox-explain.1")).unwrap();
    assert!(page.contains("FUNCTION") && page.contains(".SH"), "{page}");
}
