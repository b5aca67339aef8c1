//! What a body would try first. Each attempt succeeds without a sandbox; the cases see to that.

use std::fs::{self, File};
use std::io::Read as _;
use std::os::fd::AsRawFd as _;

use sandbox_rt::{Error, ErrorKind};
use sandbox_tests::args;
use sandbox_tests::check::{expect_denied, expect_ok};
use sandbox_tests::sys::{Errno, call, is_root};

/// A file that is open at entry and not declared.
pub(crate) struct Probe {
    undeclared: File,
}

impl Probe {
    /// Opens the file, and shows that nothing is refused yet.
    pub(crate) fn new() -> Self {
        let probe = Self { undeclared: File::open("/etc/passwd").expect("a file to read") };
        probe.assert_free();
        probe
    }

    pub(crate) fn assert_free(&self) {
        drop(expect_ok("open", File::open("/etc/passwd")));
        expect_ok("socket", call(libc::SYS_socket, args![libc::AF_UNIX, libc::SOCK_STREAM, 0]).map(crate::sys::owned));
        expect_ok("read", (&self.undeclared).read(&mut [0; 4]));
        expect_ok("stat", fs::metadata("/etc/passwd"));
        expect_ok("uname", call(libc::SYS_uname, args![&mut [0_u8; 400]]));
    }

    /// Every attempt is refused by the filter.
    pub(crate) fn assert_refused(&self) {
        expect_denied("open", File::open("/etc/passwd"));
        expect_denied("socket", call(libc::SYS_socket, args![libc::AF_UNIX, libc::SOCK_STREAM, 0]));
        let number = self.undeclared.as_raw_fd();
        match call(libc::SYS_read, args![number, &mut [0_u8; 4], 4]) {
            Err(Errno::EPERM) => {}
            other => panic!("read of an undeclared descriptor: {other:?}"),
        }
        expect_denied("stat", fs::metadata("/etc/passwd"));
        expect_denied("uname", call(libc::SYS_uname, args![&mut [0_u8; 400]]));
    }
}

/// Whether entry has set no_new_privs. Outer filters of ordinary users need it, so that only root can tell; and some
/// refuse the question.
fn no_new_privs() -> Option<bool> {
    let asked = || call(libc::SYS_prctl, args![libc::PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0]);
    is_root().then(|| asked().ok().map(|on| on == 1)).flatten()
}

/// What every failed entry has in common.
pub(crate) fn assert_failed(error: &Error) {
    assert!(sandbox_rt::status().is_none(), "a failed entry has a status");
    assert!(!error.operation().is_empty());
    let text = error.to_string();
    assert!(text.starts_with("cannot confine `entry`: "), "{text}");
    assert_eq!(text.contains("note: the process stays partly confined"), error.is_partial(), "{text}");
    assert_eq!(error.is_partial(), !error.in_force().is_empty());
    if let Some(on) = no_new_privs() {
        assert!(error.is_partial() || !on, "no_new_privs is on, and the error says that nothing is in force: {error}");
    }
}

/// A further entry after one that failed halfway.
pub(crate) fn assert_no_second(error: &Error) {
    assert_eq!(error.kind(), ErrorKind::Confined, "{error}");
    assert!(!error.is_partial() && error.help_line().is_some(), "{error}");
}
