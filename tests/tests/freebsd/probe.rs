//! What a body would try first. Each attempt succeeds without a sandbox; the cases see to that.

use std::fs::File;
use std::io::Read as _;

use sandbox_rt::Error;
use sandbox_tests::check::{expect_denied, expect_ok};

use crate::sys;

/// A file that is open at entry and not declared.
pub(crate) struct Probe(File);

impl Probe {
    /// Opens the file, and shows that nothing is refused yet.
    pub(crate) fn new() -> Self {
        let probe = Self(File::open("/etc/passwd").expect("a file to read"));
        probe.assert_free();
        probe
    }

    pub(crate) fn assert_free(&self) {
        drop(expect_ok("open", File::open("/etc/passwd")));
        expect_ok("read", (&self.0).read(&mut [0; 4]));
        assert!(!sys::in_capability_mode());
    }

    pub(crate) fn assert_refused(&self) {
        expect_denied("open", File::open("/etc/passwd"));
        expect_denied("read", (&self.0).read(&mut [0; 4]));
        assert!(sys::in_capability_mode());
    }
}

/// What every failed entry has in common.
#[track_caller]
pub(crate) fn assert_failed(error: &Error) {
    assert!(sandbox_rt::status().is_none(), "a failed entry has a status");
    let text = error.to_string();
    assert!(text.starts_with("cannot confine `entry`: "), "{text}");
    assert_eq!(text.contains("note: the process stays partly confined"), error.is_partial(), "{text}");
    assert_eq!(error.is_partial(), !error.in_force().is_empty());
}
