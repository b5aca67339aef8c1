//! FreeBSD: Capsicum (capsicum(4)). Every declared descriptor is limited to its rights, every other one to none, and the
//! process enters capability mode.

mod descriptors;
mod entry;
mod isolation;
mod lazy;
mod limits;
mod listing;
mod objects;
mod procctl;
mod rights;
mod sleep;
mod sysctl;
mod trap;

use std::os::fd::{BorrowedFd, RawFd};

use sandbox_policy::vocabulary::{Enforcement, Row};

pub(crate) use entry::{Details, enter};
pub(crate) use listing::Listing;

use crate::{Error, ErrorKind};

/// The errnos of a refused call: a descriptor without the right (93), a call that capability mode does not have (94).
pub(crate) const DENIED: &[i32] = &[libc::ENOTCAPABLE, libc::ECAPMODE];

/// How exactly this system enforces a right.
pub(crate) fn enforcement(row: &Row) -> Enforcement {
    row.on_freebsd
}

/// Writes out what C's streams hold.
pub(crate) fn flush_c_streams() {
    // SAFETY: a null stream means all of them (fflush(3)); no pointer is passed.
    let _ = unsafe { libc::fflush(std::ptr::null_mut()) };
}

/// The result of a call through libc, or its errno as an error of entry.
fn checked(result: libc::c_int, operation: &str) -> Result<libc::c_int, Error> {
    if result < 0 { Err(last_error(operation)) } else { Ok(result) }
}

/// The errno of the call that has just failed, as an error of entry.
fn last_error(operation: &str) -> Error {
    failed(operation)(std::io::Error::last_os_error())
}

/// An error of a call as an error of entry.
fn failed<E: Into<std::io::Error>>(operation: &str) -> impl Fn(E) -> Error + '_ {
    move |error| Error::system(operation, error.into().raw_os_error().unwrap_or(0))
}

/// A test shows that something does not hold although the kernel said that it does.
fn unverified(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Unverified, message)
}

/// A descriptor that is only looked at, or limited.
///
/// # Errors
///
/// If the number is not open.
fn borrow(number: RawFd) -> Result<BorrowedFd<'static>, Error> {
    // SAFETY: F_GETFD takes no pointer and changes nothing, whatever the number is.
    checked(unsafe { libc::fcntl(number, libc::F_GETFD) }, &format!("fcntl(F_GETFD) on descriptor {number}"))?;
    // SAFETY: the number is open, and entry, which runs in the only thread, closes none that it borrows.
    Ok(unsafe { BorrowedFd::borrow_raw(number) })
}
