//! Linux: a seccomp filter bound to descriptors, Landlock, and the kernel's other limits.

mod capabilities;
mod descriptors;
mod engine;
mod entry;
mod inert;
mod io_uring;
mod isolation;
mod landlock;
mod lazy;
#[cfg(feature = "learn")]
mod learn;
mod limits;
mod mappings;
mod objects;
mod procfs;
mod procmap;
mod seccomp;
mod trap;

use std::fmt::Display;
use std::os::fd::{AsRawFd as _, BorrowedFd, IntoRawFd as _, OwnedFd, RawFd};

use sandbox_policy::vocabulary::{Enforcement, Row};

pub(crate) use entry::{Details, enter};
#[cfg(feature = "learn")]
pub(crate) use learn::learn;
#[cfg(feature = "fuzz")]
pub use trap::fuzz;

use crate::{Error, ErrorKind};

/// The errnos of a refused call: the filter's, and Landlock's.
pub(crate) const DENIED: &[i32] = &[libc::EPERM, libc::EACCES];

/// How exactly this system enforces a right.
pub(crate) fn enforcement(row: &Row) -> Enforcement {
    row.on_linux
}

/// Writes out what C's streams hold.
pub(crate) fn flush_c_streams() {
    // SAFETY: a null stream means all of them (fflush(3)); no pointer is passed.
    let _ = unsafe { libc::fflush(std::ptr::null_mut()) };
}

/// The result of a call through libc, or its errno as an error of entry, with the operation as text.
fn checked(result: libc::c_long, operation: impl Display) -> Result<libc::c_long, Error> {
    if result < 0 {
        return Err(Error::system(operation.to_string(), errno()));
    }
    Ok(result)
}

/// An answer that the kernel does not give.
fn pretended(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Unverified, message)
        .help("an outer sandbox answers for the kernel: make it refuse, not pretend")
}

/// A descriptor that the kernel has just made has a number that was free: `open` are those that were not.
fn fresh(made: OwnedFd, operation: &str, open: &[RawFd]) -> Result<OwnedFd, Error> {
    if open.binary_search(&made.as_raw_fd()).is_err() {
        return Ok(made);
    }
    // It is somebody else's, who goes on using it.
    let number = made.into_raw_fd();
    Err(pretended(format!("{operation} gave descriptor {number}, which was open already")))
}

/// What fstat(2) says about the descriptor with this number.
///
/// A number that is not open is an error, `EBADF`.
fn stat(number: RawFd) -> Result<libc::stat, Error> {
    // SAFETY: all zeros is a valid stat.
    let mut stat: libc::stat = unsafe { std::mem::zeroed() };
    stat.st_ino = libc::ino_t::MAX;
    // SAFETY: `stat` is live and of the right size; any number may be asked about.
    let asked = unsafe { libc::fstat(number, &raw mut stat) };
    checked(asked.into(), "fstat")?;
    if stat.st_ino == libc::ino_t::MAX {
        return Err(pretended("fstat tells nothing"));
    }
    Ok(stat)
}

/// An error of rustix as an error of entry.
fn failed(operation: &str) -> impl Fn(rustix::io::Errno) -> Error + '_ {
    move |errno| Error::system(operation, errno.raw_os_error())
}

fn errno() -> i32 {
    std::io::Error::last_os_error().raw_os_error().unwrap_or(0)
}

/// A descriptor that is only looked at.
///
/// # Errors
///
/// If the number is not open.
fn borrow(number: RawFd) -> Result<BorrowedFd<'static>, Error> {
    // SAFETY: F_GETFD takes no pointer and changes nothing, whatever the number is.
    let flags = unsafe { libc::fcntl(number, libc::F_GETFD) };
    checked(flags.into(), format_args!("fcntl(F_GETFD) on descriptor {number}"))?;
    // SAFETY: the number is open, and entry, which runs in the only thread, closes none that it borrows.
    Ok(unsafe { BorrowedFd::borrow_raw(number) })
}
