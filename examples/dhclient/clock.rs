//! The clock that leases are measured by: it goes on while the machine sleeps, where the system has one that does.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

#[cfg(target_os = "linux")]
const CLOCK: ClockId = ClockId::Boottime;
#[cfg(not(target_os = "linux"))]
const CLOCK: ClockId = ClockId::Monotonic;

/// Makes the clock ready: the first time that it is read, the fast way to do it is looked for in files. To be called
/// before confinement.
pub(crate) fn ready() -> Duration {
    now()
}

/// The time since some moment in the past.
pub(crate) fn now() -> Duration {
    let now = clock_gettime(CLOCK);
    let nanoseconds = u32::try_from(now.tv_nsec).unwrap_or(0);
    Duration::new(now.tv_sec.cast_unsigned(), nanoseconds)
}
