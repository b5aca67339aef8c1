//! What needs the C library by hand.
#![allow(unsafe_code, reason = "these calls have no safe interface in the libraries used here")]

use std::io;
use std::mem::MaybeUninit;
use std::time::Duration;

/// The processor time of all children that have ended and were waited for, and of theirs (getrusage(2)).
pub(crate) fn children_time() -> io::Result<Duration> {
    let mut usage = MaybeUninit::<libc::rusage>::uninit();
    // SAFETY: `usage` is live and of the right size.
    if unsafe { libc::getrusage(libc::RUSAGE_CHILDREN, usage.as_mut_ptr()) } != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the call succeeded, so it filled all of it.
    let usage = unsafe { usage.assume_init() };
    Ok(duration(usage.ru_utime) + duration(usage.ru_stime))
}

/// Keeps to this program what it has inherited (close_range(2)): a measured process begins with its standard streams.
pub(crate) fn keep_descriptors() -> io::Result<()> {
    const FIRST: libc::c_uint = 3;
    let flags = libc::c_int::try_from(libc::CLOSE_RANGE_CLOEXEC).map_err(io::Error::other)?;
    // SAFETY: takes numbers, and closes nothing: what owns a descriptor keeps it.
    let kept = unsafe { libc::close_range(FIRST, libc::c_uint::MAX, flags) };
    if kept == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

fn duration(time: libc::timeval) -> Duration {
    let microseconds = time.tv_sec * 1_000_000 + time.tv_usec;
    Duration::from_micros(u64::try_from(microseconds).unwrap_or_default())
}
