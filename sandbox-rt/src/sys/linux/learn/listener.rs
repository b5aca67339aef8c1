//! The listener of a filter: calls come from it, and wait until they are answered (seccomp_unotify(2)).

use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd, RawFd};

use sandbox_policy::linux::bpf::Program;

use super::super::{checked, errno};
use crate::Error;

/// A call that waits.
pub(super) struct Notification {
    id: u64,
    /// The thread that makes it.
    pub(super) thread: u32,
    pub(super) number: i32,
    pub(super) arguments: [u64; 6],
}

/// Puts the filter in force for this thread, and for those that it starts. Others go on unwatched.
pub(super) fn load(program: &Program) -> Result<OwnedFd, Error> {
    let mut instructions: Vec<libc::sock_filter> =
        program.instructions().iter().map(|i| libc::sock_filter { code: i.code, jt: i.jt, jf: i.jf, k: i.k }).collect();
    let len = u16::try_from(instructions.len()).map_err(|_| Error::system("seccomp", libc::E2BIG))?;
    let filter = libc::sock_fprog { len, filter: instructions.as_mut_ptr() };
    // SAFETY: `filter` points to `len` instructions that live until the call returns.
    let listener = unsafe {
        libc::syscall(
            libc::SYS_seccomp,
            libc::SECCOMP_SET_MODE_FILTER,
            libc::SECCOMP_FILTER_FLAG_NEW_LISTENER,
            &raw const filter,
        )
    };
    let listener = checked(listener, "seccomp(SECCOMP_FILTER_FLAG_NEW_LISTENER)")?;
    let listener = RawFd::try_from(listener).map_err(|_| Error::system("seccomp", libc::EBADF))?;
    // SAFETY: the kernel has just made it, and nobody else knows its number.
    Ok(unsafe { OwnedFd::from_raw_fd(listener) })
}

/// The next call that waits; none when nobody is left who could make one.
pub(super) fn receive(listener: &OwnedFd) -> Option<Notification> {
    loop {
        // SAFETY: all zeros is a valid notification, and what the kernel wants to be given.
        let mut notification: libc::seccomp_notif = unsafe { std::mem::zeroed() };
        // SAFETY: `notification` is live and of the size that the request names.
        let received =
            unsafe { libc::ioctl(listener.as_raw_fd(), libc::SECCOMP_IOCTL_NOTIF_RECV, &raw mut notification) };
        if received == 0 {
            let libc::seccomp_notif { id, pid, data, .. } = notification;
            return Some(Notification { id, thread: pid, number: data.nr, arguments: data.args });
        }
        // Whoever made it was killed meanwhile.
        if !matches!(errno(), libc::EINTR | libc::ENOENT) {
            return None;
        }
    }
}

/// Lets a call happen, or has it fail with an errno.
pub(super) fn answer(listener: &OwnedFd, notification: &Notification, errno: Option<i32>) {
    let flags = if errno.is_none() { libc::SECCOMP_USER_NOTIF_FLAG_CONTINUE } else { 0 };
    let response = libc::seccomp_notif_resp {
        id: notification.id,
        val: 0,
        error: errno.map_or(0, std::ops::Neg::neg),
        flags: u32::try_from(flags).unwrap_or(0),
    };
    // It fails only where nobody waits for it any more.
    // SAFETY: `response` is live and of the size that the request names.
    unsafe { libc::ioctl(listener.as_raw_fd(), libc::SECCOMP_IOCTL_NOTIF_SEND, &raw const response) };
}
