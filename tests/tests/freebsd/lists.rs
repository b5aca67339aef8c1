//! Rights and lists only shrink, whoever asks; and what they can hold.

use std::fs::File;

use sandbox_rt::{Declared, ErrorKind, OnViolation, Rights, Sandbox};
use sandbox_tests::check::{expect_errno, expect_ok};
use sandbox_tests::harness::Case;
use sandbox_tests::scratch;
use sandbox_tests::sys::Errno;

use crate::sys;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new("lists::shrink_only", shrink_only),
        Case::new("lists::as_long_as_the_kernel_takes", as_long_as_the_kernel_takes),
        Case::new("lists::too_long", too_long),
        Case::new("lists::never_granted", never_granted),
    ]
}

fn file() -> File {
    let path = scratch::file("content", "content");
    File::options().read(true).write(true).open(path).expect("a file")
}

fn enter(file: &File, rights: &str) {
    let rights: Declared = rights.parse().expect("rights");
    Sandbox::new("lists").grant("file", file, rights).on_violation(OnViolation::Error).enter().expect("entry");
}

fn shrink_only() {
    let (file, undeclared) = (file(), File::open("/dev/null").expect("a file"));
    enter(&file, "read + ioctl(0x4004667f) + fcntl(getfl)");
    for file in [&file, &undeclared] {
        expect_errno("more rights", sys::limit_to_all_rights(file), Errno::ENOTCAPABLE);
        expect_errno("more requests", sys::limit_ioctls(file, &[0x4004_667f, 0x8004_667e]), Errno::ENOTCAPABLE);
        expect_errno(
            "more commands",
            sys::limit_fcntls(file, libc::CAP_FCNTL_GETFL | libc::CAP_FCNTL_SETFL),
            Errno::ENOTCAPABLE,
        );
    }
    expect_ok("what it has", rustix::io::ioctl_fionread(&file));
    expect_ok("fewer requests", sys::limit_ioctls(&file, &[]));
    expect_errno("a request of before", rustix::io::ioctl_fionread(&file).map_err(sys::errno), Errno::ENOTCAPABLE);
    let copy = expect_ok("a copy", file.try_clone());
    expect_errno("more rights on a copy", sys::limit_to_all_rights(&copy), Errno::ENOTCAPABLE);
}

fn requests(count: u32) -> String {
    let requests: Vec<String> = (0..count).map(|number| format!("{:#x}", 0x2000_0000 + number)).collect();
    format!("read + ioctl({})", requests.join(", "))
}

fn as_long_as_the_kernel_takes() {
    let file = file();
    enter(&file, &requests(256));
    // One of the list reaches the file, which does not know it.
    expect_errno("a listed request", sys::ioctl(std::os::fd::AsRawFd::as_raw_fd(&file), 0x2000_00ff), Errno::ENOTTY);
    expect_errno("another", sys::ioctl(std::os::fd::AsRawFd::as_raw_fd(&file), 0x2000_0100), Errno::ENOTCAPABLE);
}

fn too_long() {
    let file = file();
    let rights: Declared = requests(257).parse().expect("rights");
    let error = Sandbox::new("lists").grant("file", &file, rights).enter().expect_err("257 requests");
    assert_eq!((error.kind(), error.resource_name()), (ErrorKind::Unenforceable, Some("file")), "{error}");
    assert!(error.operation().contains("257") && !error.is_partial(), "{error}");
    drop(File::open("/etc/passwd").expect("nothing is confined"));
}

fn never_granted() {
    let file = file();
    // TIOCSTI types into the terminal.
    let rights: Declared = "read + ioctl(0x80017472)".parse().expect("rights");
    let error = Sandbox::new("lists").grant("file", &file, rights).enter().expect_err("TIOCSTI");
    assert_eq!((error.kind(), error.is_partial()), (ErrorKind::Unenforceable, false), "{error}");
    // Rights of calls that capability mode does not have.
    let error = Sandbox::new("lists").grant("file", &file, Rights::SEM_POST).enter().expect_err("semaphores");
    assert_eq!((error.kind(), error.is_partial()), (ErrorKind::Unenforceable, false), "{error}");
}
