//! What cases assert about refusals.

use std::fmt::Debug;
use std::io;

use crate::sys::Errno;

/// A failed call of any kind, as its errno.
pub trait Failed {
    /// The errno, if the failure was a system call's.
    fn errno(&self) -> Option<Errno>;
}

impl Failed for Errno {
    fn errno(&self) -> Option<Errno> {
        Some(*self)
    }
}

impl Failed for io::Error {
    fn errno(&self) -> Option<Errno> {
        self.raw_os_error().map(Errno)
    }
}

/// What a refused call answers: EPERM from the filter, EACCES from Landlock.
#[cfg(target_os = "linux")]
const DENIED: [Errno; 2] = [Errno::EPERM, Errno::EACCES];
/// What a refused call answers: for want of a right, and for want of a way out of capability mode.
#[cfg(target_os = "freebsd")]
const DENIED: [Errno; 2] = [Errno::ENOTCAPABLE, Errno::ECAPMODE];

/// Asserts that the sandbox refused a call.
///
/// # Panics
///
/// If the call succeeded or failed otherwise.
#[track_caller]
pub fn expect_denied<T: Debug, E: Failed + Debug>(what: &str, result: Result<T, E>) {
    match result {
        Err(error) if error.errno().is_some_and(|errno| DENIED.contains(&errno)) => {}
        other => panic!("{what}: expected one of {DENIED:?}, got {other:?}"),
    }
}

/// Asserts that a call failed with exactly this errno.
///
/// # Panics
///
/// If it did not.
#[track_caller]
pub fn expect_errno<T: Debug, E: Failed + Debug>(what: &str, result: Result<T, E>, errno: Errno) {
    match result {
        Err(error) if error.errno() == Some(errno) => {}
        other => panic!("{what}: expected {errno}, got {other:?}"),
    }
}

/// Asserts that a call succeeded, and gives its result.
///
/// # Panics
///
/// If it failed.
#[track_caller]
pub fn expect_ok<T, E: Debug>(what: &str, result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("{what}: expected success, got {error:?}"))
}
