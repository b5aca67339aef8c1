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

/// Asserts that the sandbox refused a call: EPERM, or EACCES from Landlock.
///
/// # Panics
///
/// If the call succeeded or failed otherwise.
#[track_caller]
pub fn expect_denied<T: Debug, E: Failed + Debug>(what: &str, result: Result<T, E>) {
    match result {
        Err(error) if matches!(error.errno(), Some(Errno::EPERM | Errno::EACCES)) => {}
        other => panic!("{what}: expected EPERM or EACCES, got {other:?}"),
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
