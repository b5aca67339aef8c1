//! What needs the C library by hand.
#![allow(unsafe_code, reason = "getrusage(2) has no safe interface in the libraries used here")]

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

fn duration(time: libc::timeval) -> Duration {
    let microseconds = time.tv_sec * 1_000_000 + time.tv_usec;
    Duration::from_micros(u64::try_from(microseconds).unwrap_or_default())
}
