//! Telling a refusal from other errors.

use std::io;

/// Whether this may be the sandbox's refusal: the errnos with which a confined call fails.
///
/// Linux: EPERM (the filter) and EACCES (Landlock). FreeBSD: ENOTCAPABLE and ECAPMODE. The kernel uses the first two
/// for refusals of its own as well, so `true` does not prove that the sandbox refused. A few refusals have other errnos: a
/// rename or link across the border of a declared directory (EXDEV), and calls that libc falls back from (ENOSYS).
///
/// ```
/// let missing = std::fs::File::open("/nonexistent/file").unwrap_err();
/// assert!(!sandbox_rt::is_denied(&missing));
/// ```
#[must_use]
pub fn is_denied(error: &io::Error) -> bool {
    error.raw_os_error().is_some_and(|errno| crate::sys::DENIED.contains(&errno))
}
