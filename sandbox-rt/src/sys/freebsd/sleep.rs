//! `std::thread::sleep` in capability mode.
//!
//! std sleeps by clock_nanosleep(2), which capability mode refuses, and panics when it is refused. nanosleep(2) is
//! permitted. The definition below takes the place of libc's in every program that contains this crate: outside of
//! capability mode it makes the same system call, inside it sleeps by nanosleep. Nothing else of a program changes.

use std::time::Duration;

/// `SYS_clock_nanosleep` (sys/syscall.h).
const CLOCK_NANOSLEEP: libc::c_int = 244;

/// clock_nanosleep(2): 0, or an error's number.
///
/// # Safety
///
/// As with libc's: `request` points to a time, `remaining` to room for one or is null.
#[unsafe(no_mangle)]
unsafe extern "C" fn clock_nanosleep(
    clock: libc::clockid_t,
    flags: libc::c_int,
    request: *const libc::timespec,
    remaining: *mut libc::timespec,
) -> libc::c_int {
    // SAFETY: takes nothing; one system call that capability mode permits.
    if !unsafe { libc::cap_sandboxed() } {
        // SAFETY: the caller's arguments, which the kernel checks.
        let result = unsafe { libc::syscall(CLOCK_NANOSLEEP, clock, flags, request, remaining) };
        // The kernel returns the error's number as the result.
        return if result < 0 { errno() } else { libc::c_int::try_from(result).unwrap_or(libc::EINVAL) };
    }
    if !matches!(clock, libc::CLOCK_REALTIME | libc::CLOCK_MONOTONIC | libc::CLOCK_UPTIME) {
        return libc::ENOTSUP;
    }
    if flags & libc::TIMER_ABSTIME == 0 {
        // A relative sleep takes as long on every clock.
        // SAFETY: the caller's arguments, which the kernel checks.
        return if unsafe { libc::nanosleep(request, remaining) } == 0 { 0 } else { errno() };
    }
    // SAFETY: the caller promises that it points to a time.
    until(clock, unsafe { &*request })
}

/// Sleeps until the clock shows this time, or a signal comes.
fn until(clock: libc::clockid_t, deadline: &libc::timespec) -> libc::c_int {
    loop {
        let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: `now` is live; clock_gettime needs no right.
        if unsafe { libc::clock_gettime(clock, &raw mut now) } != 0 {
            return errno();
        }
        let Some(left) = difference(deadline, &now) else { return 0 };
        // SAFETY: `left` is a live time; what remains is not asked for.
        if unsafe { libc::nanosleep(&raw const left, std::ptr::null_mut()) } != 0 {
            return errno();
        }
    }
}

/// What is left until `deadline`; none if it has passed.
fn difference(deadline: &libc::timespec, now: &libc::timespec) -> Option<libc::timespec> {
    let duration = |time: &libc::timespec| {
        Some(Duration::new(u64::try_from(time.tv_sec).ok()?, u32::try_from(time.tv_nsec).ok()?))
    };
    let left = duration(deadline)?.checked_sub(duration(now)?).filter(|left| !left.is_zero())?;
    Some(libc::timespec {
        tv_sec: libc::time_t::try_from(left.as_secs()).unwrap_or(libc::time_t::MAX),
        tv_nsec: libc::c_long::from(left.subsec_nanos().cast_signed()),
    })
}

fn errno() -> libc::c_int {
    std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EINVAL)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn time_is_left_until_a_deadline() {
        let time = |tv_sec, tv_nsec| libc::timespec { tv_sec, tv_nsec };
        let left = difference(&time(5, 100), &time(3, 200)).expect("left");
        assert_eq!((left.tv_sec, left.tv_nsec), (1, 999_999_900));
        assert!(difference(&time(3, 0), &time(3, 0)).is_none());
        assert!(difference(&time(2, 0), &time(3, 0)).is_none());
    }

    #[test]
    fn threads_sleep_confined_and_not() {
        let slept = || {
            let start = Instant::now();
            std::thread::sleep(Duration::from_millis(20));
            start.elapsed() >= Duration::from_millis(20)
        };
        assert!(slept());
        let outcome = crate::testing::confined(move || -> Result<(), crate::Error> {
            crate::Sandbox::new("sleep").enter()?;
            assert!(slept());
            Ok(())
        });
        outcome.assert_success();
    }
}
