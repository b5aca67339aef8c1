//! Each system call of entry fails once, at each time it is made, or pretends to have done what it is for: entry fails, says
//! so, and leaves the process as it was or says what is in force.

use std::process;
use std::time::Instant;

use sandbox_rt::{Declared, Error, OnViolation, Sandbox, Stream};
use sandbox_tests::check::expect_ok;
use sandbox_tests::harness::Case;
use sandbox_tests::sys::{End, forked};

use crate::interposed::{Call, Fault, inject, made, watch};
use crate::probe::{Probe, assert_failed};
use crate::sys;

pub(crate) fn cases() -> Vec<Case> {
    FAULTS
        .iter()
        .map(|&(call, faults)| Case::new(format!("faults::{call:?}").to_lowercase(), move || every_time(call, faults)))
        .collect()
}

const PRETENDS: Fault = Fault::Pretends;

/// What the manual pages say of each; where nothing tells what a call that pretends has left undone, it fails only.
const FAULTS: &[(Call, &[Fault])] = &[
    (Call::Sysctl, &[Fault::Errno(libc::ENOMEM)]),
    (Call::Rfork, &[Fault::Errno(libc::ENOMEM)]),
    (Call::SignalMask, &[Fault::Errno(libc::EINVAL), PRETENDS]),
    // If no handler is there, what a refused call raises ends the process.
    (Call::SignalAction, &[Fault::Errno(libc::EINVAL)]),
    (Call::SetLimit, &[Fault::Errno(libc::EPERM)]),
    (Call::Procctl, &[Fault::Errno(libc::EPERM), Fault::Errno(libc::EINVAL), PRETENDS]),
    (Call::RightsGet, &[Fault::Errno(libc::EBADF), Fault::Errno(libc::EINVAL)]),
    (Call::RightsLimit, &[Fault::Errno(libc::EINVAL), Fault::Errno(libc::ENOTCAPABLE), PRETENDS]),
    (Call::IoctlsLimit, &[Fault::Errno(libc::EINVAL), Fault::Errno(libc::ENOTCAPABLE), PRETENDS]),
    (Call::IoctlsGet, &[Fault::Errno(libc::EBADF)]),
    (Call::FcntlsLimit, &[Fault::Errno(libc::EINVAL), Fault::Errno(libc::ENOTCAPABLE), PRETENDS]),
    (Call::FcntlsGet, &[Fault::Errno(libc::EBADF)]),
    (Call::Enter, &[Fault::Errno(libc::ENOSYS), PRETENDS]),
    (Call::GetMode, &[Fault::Errno(libc::ENOSYS), Fault::Errno(libc::EFAULT)]),
];

/// Whether entry succeeds in spite of it.
fn is_survived(call: Call, fault: Fault, time: i32, times: i32) -> bool {
    match (call, fault) {
        // The end of entry: the signals that it held arrive again, or do not.
        (Call::SignalMask, _) if time == times - 1 => true,
        // SIGTRAP was not blocked. What blocks the others, and reads that back, comes before.
        (Call::SignalMask, PRETENDS) => time >= 2,
        _ => false,
    }
}

/// An entry that makes all of the calls. The first descriptor has everything that can be limited.
fn enter() -> Result<(), Error> {
    let rights: Declared = "read + ioctl(0x4004667f) + fcntl(getfl)".parse().expect("rights");
    Sandbox::new("entry").stream(Stream::Stdin, rights).on_violation(OnViolation::Report).enter()
}

fn every_time(call: Call, faults: &[Fault]) {
    // Where time is a device of the machine's, libc asks for the mode itself before it opens that: once, and not here.
    let _ = Instant::now();
    let counted = forked(|| {
        watch(call);
        enter().expect("entry");
        process::exit(made());
    });
    let End::Exited(times @ 1..=100) = counted.end else { panic!("{call:?} is not made: {counted:?}") };
    for time in 0..times {
        for &fault in faults {
            let child = forked(|| {
                let probe = Probe::new();
                inject(call, time, fault);
                let entered = enter();
                if is_survived(call, fault, time, times) {
                    entered.expect("entry");
                    return probe.assert_refused();
                }
                let error = entered.expect_err("entry with a fault");
                assert!(made() > time, "{error}");
                assert_failed(&error);
                if error.is_partial() {
                    enter().expect_err("entry after a part of one");
                } else {
                    probe.assert_free();
                    expect_ok("stat", rustix::fs::fstat(std::io::stdin()).map_err(sys::errno));
                }
            });
            assert_eq!(child.end, End::Exited(0), "{call:?}, time {time}, {fault:?}: {child:?}");
        }
    }
}
