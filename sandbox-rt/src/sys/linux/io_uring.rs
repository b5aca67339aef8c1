//! io_uring instances that have no descriptor any more: what they do passes every filter.

use super::errno;
use crate::{Error, ErrorKind};

/// `IORING_ENTER_REGISTERED_RING` (since Linux 5.18): the first argument is an index among the instances that the thread has
/// registered.
const REGISTERED: libc::c_uint = 1 << 4;
/// `IO_RINGFD_REG_MAX`: a thread can register so many.
const AT_MOST: libc::c_uint = 16;

/// Whether the thread may have had an io_uring instance. False where the kernel knows that it never had: then nothing that it
/// submitted is pending.
///
/// # Errors
///
/// If it has registered one, which stays although the descriptor is closed (io_uring_register(2)).
pub(super) fn may_have_been_used() -> Result<bool, Error> {
    for index in 0..AT_MOST {
        match enter_registered(index) {
            // The thread has used none. Linux before 5.18 says so of every thread, and registers none.
            Err(libc::EINVAL) if index == 0 => return Ok(false),
            Err(libc::EBADF) => {}
            // No io_uring in the kernel, or an outer sandbox that refuses to tell.
            Err(libc::ENOSYS | libc::EPERM | libc::EACCES) => return Ok(true),
            Ok(()) | Err(_) => {
                return Err(Error::new(ErrorKind::Shared, "an io_uring instance is registered by the thread")
                    .help("what io_uring does passes every filter: unregister and close it before entry"));
            }
        }
    }
    Ok(true)
}

/// io_uring_enter(2) on a registered instance, or its errno; submits nothing and waits for nothing.
fn enter_registered(index: libc::c_uint) -> Result<(), i32> {
    let nothing = std::ptr::null::<libc::c_void>();
    // SAFETY: nothing is submitted or waited for, so that no memory of an instance is read; no argument is passed.
    let entered = unsafe { libc::syscall(libc::SYS_io_uring_enter, index, 0u32, 0u32, REGISTERED, nothing, 0usize) };
    if entered < 0 { Err(errno()) } else { Ok(()) }
}
