//! What each command says, word for word.

use std::fmt::Write as _;

use crate::elf::{self, AARCH64, FREEBSD, File, LINUX, X86_64};
use crate::programs::{
    COPY_AND_SEEK_NOTE, COPY_NOTE, LEARNING_NOTE, MOVED_STATEMENT_NOTE, RUN_NOTE, SERVE_NOTE, STATEMENT_NOTE,
};
use crate::{run, run_on};

fn linux(notes: &[&[u8]]) -> File {
    File::new(&elf::bytes(LINUX, X86_64, notes))
}

/// The words of a command line; a call may hold spaces.
fn golden(name: &str, binary: &File, arguments: &[&str]) {
    insta::assert_snapshot!(name, run_on(&binary.path, arguments).text());
}

#[test]
fn explain() {
    let server = linux(&[SERVE_NOTE.bytes(), COPY_NOTE.bytes()]);
    golden("explain", &server, &["explain", "BINARY"]);
    golden("explain_function", &server, &["explain", "BINARY", "serve"]);
    golden("explain_bpf", &server, &["explain", "BINARY", "copy", "--bpf"]);
    golden("explain_json", &server, &["explain", "BINARY", "copy", "--json"]);
    golden("explain_for_freebsd", &server, &["explain", "BINARY", "--plan", "--system", "freebsd"]);
    golden("explain_without_landlock", &server, &["explain", "BINARY", "--landlock", "0"]);
}

/// Binaries of the other system and of other machines are explained for themselves.
#[test]
fn explain_elsewhere() {
    let freebsd = File::new(&elf::bytes(FREEBSD, AARCH64, &[COPY_NOTE.bytes(), RUN_NOTE.bytes()]));
    golden("explain_of_freebsd", &freebsd, &["explain", "BINARY", "--plan"]);
    golden("explain_of_freebsd_json", &freebsd, &["explain", "BINARY", "copy", "--json"]);
    golden("explain_of_freebsd_for_linux", &freebsd, &["explain", "BINARY", "run", "--system", "linux"]);
    let aarch64 = File::new(&elf::bytes(LINUX, AARCH64, &[COPY_NOTE.bytes()]));
    let said = run_on(&aarch64.path, &["explain", "BINARY", "copy"]).out;
    assert!(said.contains("on Linux, aarch64"), "{said}");
}

#[test]
fn explain_a_build_to_learn_by() {
    golden("explain_learning", &linux(&[LEARNING_NOTE.bytes()]), &["explain", "BINARY"]);
}

#[test]
fn why() {
    let server = linux(&[SERVE_NOTE.bytes(), COPY_NOTE.bytes()]);
    let mut text = String::new();
    for (system, calls) in [
        (
            "linux",
            &[
                "write(out)",
                "read(out)",
                "write(listener)",
                "accept(listener)",
                "newfstatat(pages)",
                "openat(pages, \"index.html\")",
                "openat(\"/etc/hosts\")",
                "openat(\"/etc/hosts\", 1)",
                "ioctl(self.terminal, 0x5413)",
                "ioctl(self.terminal, 0x5412)",
                "ioctl(out, 0x1234)",
                "fcntl(self.terminal, 4, 0x800)",
                "fcntl(out, 8)",
                "sendfile(out, input)",
                "mmap(_, _, 4)",
                "read(lock)",
                "read(stdin)",
                "write(stderr)",
                "read",
                "close(out)",
                "getpid",
                "clone",
                "clone3",
                "connect",
                "execve(\"/bin/sh\")",
                "seek(out)",
                "fexecve(out)",
            ][..],
        ),
        (
            "freebsd",
            &[
                "write(out)",
                "pread(input)",
                "openat(\"/etc/hosts\")",
                "openat(pages, \"x\")",
                "bind(out)",
                "kevent(out)",
                "mmap",
                "seek(out)",
                "read",
            ],
        ),
    ] {
        for call in calls {
            let said = run_on(&server.path, &["why", "BINARY", call, "--system", system]).text();
            writeln!(text, "$ why BINARY '{call}' --system {system}\n{said}").unwrap();
        }
    }
    insta::assert_snapshot!(text);
    golden("why_json", &server, &["why", "BINARY", "read(out)", "--json"]);
}

#[test]
fn diff() {
    let old = linux(&[COPY_NOTE.bytes()]);
    let new = linux(&[COPY_AND_SEEK_NOTE.bytes()]);
    let other = linux(&[SERVE_NOTE.bytes()]);
    let learning = linux(&[LEARNING_NOTE.bytes()]);
    let statement = linux(&[STATEMENT_NOTE.bytes()]);
    let moved = linux(&[MOVED_STATEMENT_NOTE.bytes()]);
    let nothing = linux(&[]);
    let mut text = String::new();
    for (what, old, new, options) in [
        ("the same", &old, &old, &[][..]),
        ("one right more", &old, &new, &[]),
        ("one right less", &new, &old, &[]),
        ("one right less, and any change fails", &new, &old, &["--fail-on", "change"]),
        ("one right more, markdown", &old, &new, &["--format", "markdown"]),
        ("one right more, json", &old, &new, &["--format", "json"]),
        ("another function", &old, &other, &[]),
        ("another function, markdown", &old, &other, &["--format", "markdown"]),
        ("a build to learn by", &old, &learning, &[]),
        ("a statement that moved", &statement, &moved, &[]),
        ("no longer confined", &old, &nothing, &[]),
        ("newly confined", &nothing, &old, &[]),
    ] {
        let paths = [&old.path, &new.path].map(|path| path.to_str().expect("text"));
        let said = run(&[&["diff", paths[0], paths[1]], options].concat()).text();
        writeln!(text, "# {what}\n{said}").unwrap();
    }
    insta::assert_snapshot!(text);
}

#[test]
fn rights() {
    insta::assert_snapshot!("rights", run(&["rights"]).text());
    let words = ["seek", "pread", "accept", "ioctl", "mkdirat", "fexecve", "sem_wait", "inotify_add", "isatty"];
    let each: String = words.iter().map(|word| run(&["rights", word]).text() + "\n").collect();
    insta::assert_snapshot!("rights_of_one", each);
    insta::assert_snapshot!("rights_json", run(&["rights", "seek", "--json"]).text());
}

#[test]
fn help() {
    let commands = ["explain", "why", "learn", "diff", "doctor", "rights", "completions", "man"];
    let each: String = commands.iter().map(|command| run(&[command, "--help"]).text() + "\n").collect();
    insta::assert_snapshot!("help", run(&["--help"]).text() + "\n" + &each);
}
