//! What a person would use instead, each as its own introduction shows it.

mod extrasafe;
mod landlock;
mod libseccomp;
mod seccompiler;

use std::fmt::Display;
use std::io;
use std::time::Duration;

use sandbox_benchmarks::ours::Variant;
use sandbox_benchmarks::work::Others;

/// No sandbox at all.
pub(crate) const NONE: Variant = Variant {
    name: "none",
    title: "no sandbox",
    others: Others::NONE,
    run: |work, body| body.run(work, Duration::ZERO),
};

pub(crate) use extrasafe::{EXTRASAFE, EXTRASAFE_AND_LANDLOCK};
pub(crate) use landlock::LANDLOCK;
pub(crate) use libseccomp::{LIBSECCOMP, LIBSECCOMP_AND_LANDLOCK};
pub(crate) use seccompiler::{SECCOMPILER, SECCOMPILER_AND_LANDLOCK, SECCOMPILER_BY_DESCRIPTOR};

pub(crate) const ALL: [Variant; 9] = [
    NONE,
    LIBSECCOMP,
    SECCOMPILER,
    SECCOMPILER_BY_DESCRIPTOR,
    EXTRASAFE,
    LANDLOCK,
    LIBSECCOMP_AND_LANDLOCK,
    SECCOMPILER_AND_LANDLOCK,
    EXTRASAFE_AND_LANDLOCK,
];

/// The calls of a list that allows by call: what the measured process makes, and what std and the allocator need.
const ALLOWED: [(&str, libc::c_long); 18] = [
    ("read", libc::SYS_read),
    ("write", libc::SYS_write),
    ("pread64", libc::SYS_pread64),
    ("close", libc::SYS_close),
    ("fcntl", libc::SYS_fcntl),
    ("gettid", libc::SYS_gettid),
    ("getpid", libc::SYS_getpid),
    ("tgkill", libc::SYS_tgkill),
    ("brk", libc::SYS_brk),
    ("mmap", libc::SYS_mmap),
    ("munmap", libc::SYS_munmap),
    ("mprotect", libc::SYS_mprotect),
    ("madvise", libc::SYS_madvise),
    ("futex", libc::SYS_futex),
    ("sigaltstack", libc::SYS_sigaltstack),
    ("rt_sigprocmask", libc::SYS_rt_sigprocmask),
    ("clock_gettime", libc::SYS_clock_gettime),
    ("exit_group", libc::SYS_exit_group),
];

fn failed(error: impl Display) -> io::Error {
    io::Error::other(error.to_string())
}
