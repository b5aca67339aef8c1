//! Child processes of a case, and the user that a case runs as.

use std::io::Read as _;
use std::os::fd::AsRawFd as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{Errno, checked};
use crate::scratch;

/// nobody, and the group of that number.
const ORDINARY: u32 = 65534;
/// The exit status of a child whose body panicked.
const PANICKED: i32 = 101;

/// How a child ended, and what it printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Child {
    /// How it ended.
    pub end: End,
    /// What it wrote to standard output.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
}

/// How a child ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// With this status: 0 if the body returned, 101 if it panicked.
    Exited(i32),
    /// By this signal.
    Signalled(i32),
}

/// Runs `body` in a child of this process, which must have one thread only, and waits for its end.
///
/// # Panics
///
/// If the child cannot be started or watched.
#[must_use]
pub fn forked(body: impl FnOnce()) -> Child {
    forked_beside(body, |_| {})
}

/// The same; `beside` runs meanwhile in this process, and is given the child's number.
///
/// # Panics
///
/// As [`forked`].
#[must_use]
pub fn forked_beside(body: impl FnOnce(), beside: impl FnOnce(i32)) -> Child {
    let (mut out, child_out) = std::io::pipe().expect("a pipe");
    let (mut err, child_err) = std::io::pipe().expect("a pipe");
    // SAFETY: a case has one thread, so that the child finds every lock and the allocator in order.
    let pid = unsafe { libc::fork() };
    assert_ne!(pid, -1, "fork: {}", Errno::last());
    if pid == 0 {
        for (end, stream) in [(&child_out, libc::STDOUT_FILENO), (&child_err, libc::STDERR_FILENO)] {
            // SAFETY: both numbers are open, and what the stream was, only this process forgets.
            unsafe { libc::dup2(end.as_raw_fd(), stream) };
        }
        drop((out, err, child_out, child_err));
        let status = if catch_unwind(AssertUnwindSafe(body)).is_ok() { 0 } else { PANICKED };
        // SAFETY: takes a number and does not return; what the parent holds in buffers is not flushed twice.
        unsafe { libc::_exit(status) };
    }
    drop((child_out, child_err));
    beside(pid);
    // Standard output fits the pipe: the children of cases print little.
    let mut stderr = Vec::new();
    err.read_to_end(&mut stderr).expect("read the child's stderr");
    let mut stdout = Vec::new();
    out.read_to_end(&mut stdout).expect("read the child's stdout");
    let mut status = 0;
    // SAFETY: `status` is a live int, and the child is ours.
    let waited = unsafe { libc::waitpid(pid, &raw mut status, 0) };
    assert_eq!(waited, pid, "waitpid: {}", Errno::last());
    let end = if libc::WIFSIGNALED(status) {
        End::Signalled(libc::WTERMSIG(status))
    } else {
        End::Exited(libc::WEXITSTATUS(status))
    };
    Child {
        end,
        stdout: String::from_utf8_lossy(&stdout).into_owned(),
        stderr: String::from_utf8_lossy(&stderr).into_owned(),
    }
}

/// Whether this process runs as root.
#[must_use]
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Whether this process runs as root of the machine, and not of a user namespace only (user_namespaces(7)).
///
/// # Panics
///
/// Without procfs.
#[must_use]
pub fn is_root_of_the_machine() -> bool {
    let map = std::fs::read_to_string("/proc/self/uid_map").expect("/proc/self/uid_map");
    is_root() && map.split_whitespace().eq(["0", "0", "4294967295"])
}

/// Makes this case, if it runs as root, run as nobody from here on, so that the kernel's ordinary checks apply. The
/// case's folder goes to nobody too.
///
/// # Panics
///
/// If the kernel refuses it.
pub fn as_ordinary_user() {
    if !is_root() {
        return;
    }
    std::os::unix::fs::chown(scratch::folder(), Some(ORDINARY), Some(ORDINARY)).expect("chown the case's folder");
    // SAFETY: no group is passed, so that no pointer is read.
    checked(unsafe { libc::setgroups(0, std::ptr::null()) }).expect("setgroups");
    // SAFETY: takes numbers.
    checked(unsafe { libc::setresgid(ORDINARY, ORDINARY, ORDINARY) }).expect("setresgid");
    // SAFETY: takes numbers.
    checked(unsafe { libc::setresuid(ORDINARY, ORDINARY, ORDINARY) }).expect("setresuid");
}
