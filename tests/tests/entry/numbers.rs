//! Descriptor numbers at entry: closed streams, low limits, high numbers.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::fd::{AsRawFd as _, OwnedFd};

use sandbox_rt::{Declared, ErrorKind, Rights, Sandbox, Stream};
use sandbox_tests::check::{expect_denied, expect_ok};
use sandbox_tests::harness::Case;
use sandbox_tests::sys::{End, as_ordinary_user, call, forked};
use sandbox_tests::{args, scratch};

use crate::probe::{Probe, assert_failed};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new("numbers::streams_closed", streams_closed),
        Case::new("numbers::streams_closed::minting", streams_closed_minting),
        Case::new("numbers::stream_declared_and_closed", declared_and_closed),
        Case::new("numbers::limit_low", limit_low),
        Case::new("numbers::limit_low::soft", soft_limit_is_as_it_was),
        Case::new("numbers::limit_exhausted", limit_exhausted),
        Case::new("numbers::above_limit", || above_limit(50)),
        Case::new("numbers::above_limit::ordinary", || {
            as_ordinary_user();
            above_limit(50);
        }),
        Case::new("numbers::above_limit::minting", above_limit_minting),
        Case::new("numbers::too_high", too_high),
        Case::new("numbers::high", high),
        Case::new("numbers::hundreds", hundreds),
    ]
}

fn listener() -> TcpListener {
    TcpListener::bind(("127.0.0.1", 0)).expect("a listener")
}

fn minting() -> Declared {
    "accept(read + write)".parse().expect("rights")
}

fn limit(soft: u64, hard: u64) {
    let limit = [soft, hard];
    call(libc::SYS_prlimit64, args![0, libc::RLIMIT_NOFILE, &limit, 0]).expect("setrlimit");
}

fn limits() -> [u64; 2] {
    let mut found = [0; 2];
    call(libc::SYS_prlimit64, args![0, libc::RLIMIT_NOFILE, 0, &mut found]).expect("getrlimit");
    found
}

/// A copy of the descriptor under this number, or above.
fn copy_to(descriptor: impl Into<OwnedFd>, number: i32) -> File {
    let copied = call(libc::SYS_fcntl, args![descriptor.into().as_raw_fd(), libc::F_DUPFD_CLOEXEC, number]);
    crate::sys::owned(copied.expect("dup")).into()
}

fn granted() -> File {
    File::open(scratch::file("granted", "granted")).expect("a file")
}

#[track_caller]
fn assert_readable(mut file: &File) {
    let mut text = String::new();
    expect_ok("read", file.read_to_string(&mut text));
    assert_eq!(text, "granted");
}

/// What closes the standard streams does not see why a case fails: its status must do.
fn without_streams(then: impl FnOnce()) {
    let child = forked(|| {
        for number in 0..3 {
            call(libc::SYS_close, args![number]).expect("close");
        }
        then();
    });
    assert_eq!(child.end, End::Exited(0));
}

fn streams_closed() {
    without_streams(|| {
        let probe = Probe::new();
        let file = copy_to(granted(), 3);
        Sandbox::new("entry").grant("file", &file, Rights::READ).enter().expect("entry");
        assert_readable(&file);
        probe.assert_refused();
    });
}

fn streams_closed_minting() {
    without_streams(|| {
        let probe = Probe::new();
        let listener = listener();
        Sandbox::new("entry").grant("listener", &listener, minting()).enter().expect("entry");
        probe.assert_refused();
    });
}

fn declared_and_closed() {
    let probe = Probe::new();
    call(libc::SYS_close, args![0]).expect("close");
    let error = Sandbox::new("entry").stream(Stream::Stdin, Rights::READ).enter().expect_err("stdin is closed");
    assert_failed(&error);
    assert_eq!((error.kind(), error.resource_name()), (ErrorKind::Mismatch, Some("stdin")), "{error}");
    assert_eq!(error.raw_os_error(), Some(libc::EBADF));
    assert!(!error.is_partial() && error.help_line().is_some());
    probe.assert_free();
}

fn limit_low() {
    let probe = Probe::new();
    let file = granted();
    let next = u64::try_from(file.as_raw_fd()).expect("a number") + 1;
    // Entry opens a few of its own.
    limit(next + 3, next + 3);
    Sandbox::new("entry").grant("file", &file, Rights::READ).enter().expect("entry");
    assert_readable(&file);
    probe.assert_refused();
    // A confined program cannot ask; entry read it back.
    let status = sandbox_rt::status().expect("a status");
    let numbers = status.mechanisms().iter().find(|mechanism| mechanism.name == "descriptor numbers");
    assert!(format!("{numbers:?}").contains("(limit 0)"), "{numbers:?}");
}

/// The soft limit is raised for the moment of replacing, and only then.
fn soft_limit_is_as_it_was() {
    let hard = limits()[1];
    limit(100, hard);
    let write_only = File::create(scratch::path("output")).expect("a file");
    let error = Sandbox::new("entry").grant("output", &write_only, Rights::READ).enter().expect_err("a mismatch");
    assert!(!error.is_partial(), "{error}");
    assert_eq!(limits(), [100, hard]);
}

fn limit_exhausted() {
    let probe = Probe::new();
    let before = limits();
    limit(0, before[1]);
    let error = Sandbox::new("entry").enter().expect_err("no descriptor is left");
    assert_failed(&error);
    assert_eq!((error.raw_os_error(), error.is_partial()), (Some(libc::EMFILE), false), "{error}");
    limit(before[0], before[1]);
    probe.assert_free();
    Sandbox::new("entry").enter().expect("entry");
    probe.assert_refused();
}

/// A declared descriptor above the limit stays what it is; an undeclared one is closed, since nothing can replace it.
fn above_limit(hard: u64) {
    let probe = Probe::new();
    let file = copy_to(granted(), 100);
    let other = copy_to(granted(), 200);
    limit(hard, hard);
    Sandbox::new("entry").grant("file", &file, Rights::READ).enter().expect("entry");
    assert_readable(&file);
    expect_denied("read", (&other).read(&mut [0; 4]));
    probe.assert_refused();
    // Closing it is what its owner does.
    std::mem::forget(other);
}

fn above_limit_minting() {
    let probe = Probe::new();
    let listener = copy_to(listener(), 100);
    limit(50, 50);
    let error = Sandbox::new("entry").grant("listener", &listener, minting()).enter().expect_err("a low limit");
    assert_failed(&error);
    assert_eq!((error.kind(), error.is_partial()), (ErrorKind::Unenforceable, false), "{error}");
    assert!(error.operation().contains("50") && error.help_line().is_some(), "{error}");
    probe.assert_free();
}

fn too_high() {
    let probe = Probe::new();
    limit(4096, 4096);
    let listener = copy_to(listener(), 2000);
    let error = Sandbox::new("entry").grant("listener", &listener, minting()).enter().expect_err("a high number");
    assert_failed(&error);
    assert_eq!((error.kind(), error.is_partial()), (ErrorKind::Unenforceable, false), "{error}");
    assert!(error.operation().contains("2000") && error.help_line().is_some(), "{error}");
    probe.assert_free();
}

/// Where nothing is minted, numbers need not be pinned.
fn high() {
    let probe = Probe::new();
    limit(4096, 4096);
    let file = copy_to(granted(), 2000);
    Sandbox::new("entry").grant("file", &file, Rights::READ).enter().expect("entry");
    assert_readable(&file);
    probe.assert_refused();
}

fn hundreds() {
    let probe = Probe::new();
    limit(4096, 4096);
    let undeclared: Vec<File> = (0..1500).map(|_| copy_to(granted(), 3)).collect();
    let mut output = File::create(scratch::path("output")).expect("a file");
    Sandbox::new("entry").grant("output", &output, Rights::WRITE).enter().expect("entry");
    output.write_all(b"written").expect("write");
    for mut file in &undeclared {
        expect_denied("read", file.read(&mut [0; 4]));
    }
    probe.assert_refused();
}
