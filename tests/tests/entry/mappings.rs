//! Memory that was mapped before entry.

use std::fs::File;
use std::os::fd::{AsFd, AsRawFd as _};

use sandbox_rt::{Declared, Error, ErrorKind, Sandbox};
use sandbox_tests::check::expect_denied;
use sandbox_tests::harness::Case;
use sandbox_tests::sys::call;
use sandbox_tests::{args, scratch};

use crate::probe::{Probe, assert_failed};
use crate::sys::write_word;

const READ: i32 = libc::PROT_READ;
const WRITE: i32 = libc::PROT_READ | libc::PROT_WRITE;
const PAGE: usize = 4096;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new("mappings::shared::written", || refused(WRITE, libc::MAP_SHARED, &read_write())),
        Case::new("mappings::shared::may_be_written", || refused(READ, libc::MAP_SHARED, &read_write())),
        Case::new("mappings::shared::inaccessible", || refused(libc::PROT_NONE, libc::MAP_SHARED, &read_write())),
        Case::new("mappings::shared::anonymous", anonymous),
        Case::new("mappings::shared::memfd", memfd),
        Case::new("mappings::shared::read", shared_read),
        Case::new("mappings::shared::declared", declared),
        Case::new("mappings::shared::declared_for_reading", declared_for_reading),
        Case::new("mappings::shared::another_declared", another_declared),
        Case::new("mappings::private", private),
    ]
}

fn content() -> std::path::PathBuf {
    scratch::file("content", [b'x'; PAGE])
}

fn read_write() -> File {
    File::options().read(true).write(true).open(content()).expect("a file")
}

fn map(protection: i32, flags: i32, file: &impl AsFd) -> i64 {
    call(libc::SYS_mmap, args![0, PAGE, protection, flags, file.as_fd().as_raw_fd(), 0]).expect("mmap")
}

#[track_caller]
fn assert_refused(entered: Result<(), Error>, name: &str) {
    let error = entered.expect_err("a shared mapping");
    assert_failed(&error);
    assert_eq!((error.kind(), error.is_partial()), (ErrorKind::Shared, false), "{error}");
    assert!(error.operation().contains("shared mapping") && error.operation().contains(name), "{error}");
    assert!(error.help_line().is_some_and(|help| help.contains("mmap_w")), "{error}");
}

fn refused(protection: i32, flags: i32, file: &impl AsFd) {
    let probe = Probe::new();
    let mapped = map(protection, flags, file);
    assert_refused(Sandbox::new("entry").enter(), "content");
    probe.assert_free();
    call(libc::SYS_munmap, args![mapped, PAGE]).expect("unmap");
    Sandbox::new("entry").enter().expect("entry, after it was unmapped");
    probe.assert_refused();
}

fn anonymous() {
    call(libc::SYS_mmap, args![0, PAGE, WRITE, libc::MAP_SHARED | libc::MAP_ANONYMOUS, -1, 0]).expect("mmap");
    assert_refused(Sandbox::new("entry").enter(), "");
}

fn memfd() {
    let memory = crate::sys::owned(call(libc::SYS_memfd_create, args![c"memory", 0]).expect("memfd_create"));
    call(libc::SYS_ftruncate, args![memory.as_raw_fd(), PAGE]).expect("ftruncate");
    let _ = map(WRITE, libc::MAP_SHARED, &memory);
    drop(memory);
    assert_refused(Sandbox::new("entry").enter(), "memfd:memory");
}

/// What was opened for reading only can never be written through.
fn shared_read() {
    let file = File::open(content()).expect("a file");
    let mapped = map(READ, libc::MAP_SHARED, &file);
    drop(file);
    let probe = Probe::new();
    Sandbox::new("entry").enter().expect("entry");
    probe.assert_refused();
    call(libc::SYS_mprotect, args![mapped, PAGE, WRITE]).expect_err("the mapping cannot be made writable");
}

fn declared() {
    let file = read_write();
    let mapped = map(WRITE, libc::MAP_SHARED, &file);
    let probe = Probe::new();
    Sandbox::new("entry")
        .grant("file", &file, "mmap_w".parse::<Declared>().expect("rights"))
        .enter()
        .expect("entry with a declared mapping");
    probe.assert_refused();
    assert_eq!(write_word(mapped, 7), 7);
    expect_denied("remap", call(libc::SYS_mprotect, args![mapped, PAGE, WRITE | libc::PROT_EXEC]));
}

fn declared_for_reading() {
    let file = read_write();
    let _ = map(WRITE, libc::MAP_SHARED, &file);
    let rights = "mmap_r".parse::<Declared>().expect("rights");
    assert_refused(Sandbox::new("entry").grant("file", &file, rights).enter(), "content");
}

fn another_declared() {
    let _ = map(WRITE, libc::MAP_SHARED, &read_write());
    let path = scratch::file("another", [b'y'; PAGE]);
    let other = File::options().read(true).write(true).open(path).expect("a file");
    let rights = "mmap_w".parse::<Declared>().expect("rights");
    assert_refused(Sandbox::new("entry").grant("file", &other, rights).enter(), "content");
}

fn private() {
    let file = read_write();
    let mapped = map(WRITE, libc::MAP_PRIVATE, &file);
    drop(file);
    Sandbox::new("entry").enter().expect("entry");
    assert_eq!(write_word(mapped, 7), 7);
}
