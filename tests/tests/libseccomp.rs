//! Programs whose filter the system's libseccomp compiles: they are confined as by the built-in engine, or refused.

use std::fs::File;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::process::ExitCode;

use sandbox_rt::testing::confined;
use sandbox_rt::{Error, OnViolation, Rights, Sandbox, is_denied, sandboxed};
use sandbox_tests::harness::{self, Case};
use sandbox_tests::verdicts::Subject;

/// Declarations that this engine accepts.
const ACCEPTED: &[(&str, &[&str])] = &[
    ("nothing", &[]),
    ("gzip", &["read", "write", "write"]),
    ("durable", &["read + fstat", "write + fsync"]),
    ("pread", &["pread"]),
    ("terminal", &["isatty + winsize", "ioctl(0x5413)"]),
    ("socket", &["recv + send + shutdown", "getsockopt"]),
];

fn main() -> ExitCode {
    let mut cases = vec![
        Case::new("a_compressors_declaration_is_enforced", a_compressors_declaration_is_enforced),
        Case::new("refusals_are_explained", refusals_are_explained),
        Case::new("other_declarations_are_refused_with_the_reason", other_declarations_are_refused_with_the_reason),
    ];
    // In the kernel, what libseccomp made of them says what the model says.
    for &(name, rights) in ACCEPTED {
        cases.push(Case::new(format!("verdicts::{name}"), move || {
            let compared = Subject::new(name, rights).on_violation(OnViolation::Error).compare();
            eprintln!("{compared} verdicts");
        }));
    }
    harness::main(cases)
}

#[sandboxed(fds(input = read, out = write), on_violation = error)]
fn copy(mut input: File, mut out: File) -> io::Result<usize> {
    let mut text = [0; 16];
    let read = input.read(&mut text)?;
    out.write_all(&text[..read])?;
    assert!(is_denied(&out.read(&mut text).unwrap_err()));
    assert!(is_denied(&input.write(b"no").unwrap_err()));
    assert!(is_denied(&File::open("/etc/passwd").unwrap_err()));
    assert!(is_denied(&io::stdout().write(b"no").and_then(|_| io::stdout().flush()).unwrap_err()));
    eprintln!("done");
    Ok(read)
}

fn a_compressors_declaration_is_enforced() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name| folder.path().join(name);
    std::fs::write(path("in"), "some text").unwrap();
    let outcome = confined(|| -> io::Result<()> {
        assert_eq!(copy(File::open(path("in"))?, File::create(path("out"))?)?, 9);
        Ok(())
    });
    outcome.assert_success();
    assert_eq!(outcome.stderr, "done\n");
    assert_eq!(std::fs::read(path("out")).unwrap(), b"some text");
}

#[sandboxed(fds(input = read, out = write), on_violation = report)]
fn explained(mut input: File, mut out: File) {
    assert!(is_denied(&out.read(&mut [0]).unwrap_err()));
    assert!(is_denied(&input.write(b"no").unwrap_err()));
    assert!(is_denied(&File::open("/etc/passwd").unwrap_err()));
}

fn refusals_are_explained() {
    let file = || tempfile::tempfile().unwrap();
    let outcome = confined(|| explained(file(), file()));
    outcome.assert_success();
    let lines: Vec<&str> = outcome.stderr.lines().collect();
    let [read, write, open] = lines[..] else { panic!("{}", outcome.stderr) };
    assert!(read.starts_with("sandboxed `explained`: `read` on `out` "), "{read}");
    assert!(write.starts_with("sandboxed `explained`: `write` on `input` "), "{write}");
    assert!(open.starts_with("sandboxed `explained`: `openat(\"/etc/passwd\")` refused"), "{open}");
}

/// Entry's error, in a process that is as it was.
fn refused(enter: impl FnOnce(&File) -> Result<(), Error>) -> String {
    let outcome = confined(|| {
        let file = tempfile::tempfile().unwrap();
        let error = enter(&file).unwrap_err();
        assert!(!error.is_partial());
        assert_eq!(error.kind(), sandbox_rt::ErrorKind::Unenforceable);
        assert_eq!(File::open("/etc/hostname/nothing").unwrap_err().kind(), ErrorKind::NotADirectory);
        eprintln!("{error}");
    });
    outcome.assert_success();
    outcome.stderr
}

fn other_declarations_are_refused_with_the_reason() {
    let error = Sandbox::new("seek").on_violation(OnViolation::Error);
    assert_eq!(
        refused(|file| error.grant("out", file, Rights::WRITE | Rights::SEEK).enter()),
        "cannot confine `seek`: libseccomp would not compile the rules of `pwritev2` right: they compare different \
         arguments, or different bits of one\n\
         help: build without the feature `libseccomp`: the built-in engine compiles every policy\n"
    );
}
