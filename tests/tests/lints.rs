//! What the macros write adds no warning to the strictest crate. That this file compiles, also under clippy, is the
//! test; the calls below show in addition how a failed acquisition leaves a function.
#![deny(
    warnings,
    missing_docs,
    rust_2018_idioms,
    let_underscore_drop,
    missing_debug_implementations,
    non_camel_case_types,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unused_lifetimes,
    unused_qualifications,
    clippy::pedantic,
    clippy::nursery
)]
#![forbid(unsafe_code)]

use std::fs::File;
use std::hint as input;
use std::io::{self, Seek};
use std::process::Command;

use sandbox_rt::{Cap, Holds, enter, open, sandboxed, try_enter};

const fn dir(n: usize) -> usize {
    n
}

/// A parameter that is a module too, a name that the runtime uses as well, items at the beginning of the body.
#[sandboxed(fds(
    input = read + seek,
    log = open("/dev/null").create(0o600) => write,
    terminal = Cap::new(File::open("/dev/null")?) => read + ioctl(libc::TIOCGWINSZ, 0x5413) + fcntl(getfl),
    stderr = none,
))]
fn strict(mut input: Cap<File>, level: usize) -> io::Result<usize> {
    use std::io::SeekFrom;
    const ONE: usize = 1;
    let mut text = String::new();
    let n = input.read_to_string(&mut text)?;
    input.seek(SeekFrom::Start(0))?;
    log.sync_all()?;
    drop(terminal);
    Ok(input::black_box(dir(n + level + ONE)))
}

#[sandboxed(fds(file = read))]
fn single_expression(file: &File) -> u64 {
    file.metadata().map_or(0, |metadata| metadata.len())
}

fn statements() -> Result<(), sandbox_rt::Error> {
    let own = Own { file: File::open("/dev/null").ok(), name: String::new() };
    println!("{}", own.name);
    enter!(fds(own = read, stdout = write));
    enter!(fds(let word = 1, mut extra = open("/dev/null") => read + seek));
    println!("{word} {:?}", extra.rewind());
    try_enter!(fds(own.file = hold))
}

/// A type of one's own.
#[derive(Debug, Holds)]
pub struct Own<T> {
    file: T,
    #[holds(skip)]
    name: String,
}

/// An error that converts from nothing of ours but `io::Error`.
#[derive(Debug)]
struct Mine(io::Error);

impl From<io::Error> for Mine {
    fn from(error: io::Error) -> Self {
        Self(error)
    }
}

#[sandboxed(fds(missing = open("/nonexistent/file") => read))]
fn converts_from_ours() -> Result<(), Box<dyn std::error::Error>> {
    drop(missing);
    unreachable!("the body must not run")
}

#[sandboxed(fds(missing = open("/nonexistent/file") => read))]
fn is_ours() -> Result<(), sandbox_rt::Error> {
    drop(missing);
    unreachable!("the body must not run")
}

#[sandboxed(fds(missing = open("/nonexistent/file") => read))]
fn converts_from_io() -> Result<(), Mine> {
    drop(missing);
    unreachable!("the body must not run")
}

#[sandboxed(fds(missing = open("/nonexistent/file") => read))]
fn opaque() -> io::Result<impl Iterator<Item = u8>> {
    drop(missing);
    if true { unreachable!("the body must not run") } else { Ok(std::iter::empty()) }
}

#[sandboxed(fds(missing = open("/nonexistent/file") => read))]
fn returns_nothing() {
    drop(missing);
    unreachable!("the body must not run")
}

#[test]
fn a_failed_acquisition_is_returned_and_named() {
    let error = is_ours().unwrap_err();
    assert_eq!(error.kind(), sandbox_rt::ErrorKind::Acquire);
    assert_eq!(error.resource_name(), Some("missing"));
    assert!(error.operation().contains("/nonexistent/file"), "{error}");
    assert!(converts_from_ours().unwrap_err().to_string().contains("missing"));
    assert_eq!(converts_from_io().unwrap_err().0.kind(), io::ErrorKind::NotFound);
    assert_eq!(opaque().err().map(|error| error.kind()), Some(io::ErrorKind::NotFound));
}

#[test]
fn a_failed_acquisition_that_cannot_be_returned_ends_the_process() -> io::Result<()> {
    const CHILD: &str = "SANDBOX_TEST_CHILD";
    if std::env::var_os(CHILD).is_some() {
        returns_nothing();
    }
    let name = "a_failed_acquisition_that_cannot_be_returned_ends_the_process";
    let child =
        Command::new(std::env::current_exe()?).args(["--exact", name, "--nocapture"]).env(CHILD, "1").output()?;
    let printed = String::from_utf8_lossy(&child.stderr);
    assert_eq!(child.status.code(), Some(125), "{printed}");
    assert!(printed.contains("`missing`: open /nonexistent/file: No such file"), "{printed}");
    Ok(())
}

#[test]
fn the_other_functions_compile() {
    // Naming them is enough; calling them would confine the test runner.
    let _: fn(Cap<File>, usize) -> io::Result<usize> = strict;
    let _: fn(&File) -> u64 = single_expression;
    let _: fn() -> Result<(), sandbox_rt::Error> = statements;
}
