//! Linux's.

use std::ffi::CStr;
use std::fs::File;
use std::os::fd::{AsFd, AsRawFd as _, OwnedFd, RawFd};
use std::ptr;

use rustix::event::epoll;

use super::{Errno, checked, errno, owned, sized};
use crate::args;
use crate::sys::call;

/// Makes an ioctl request with this argument.
pub(super) fn ioctl_to(file: RawFd, request: u32, argument: *mut u64) -> Result<i64, Errno> {
    call(libc::SYS_ioctl, args![file, request, argument])
}

/// One byte of a file to a socket.
pub(crate) fn sendfile(file: RawFd, socket: RawFd) -> Result<i64, Errno> {
    let mut offset = 0;
    // SAFETY: the offset is live.
    sized(unsafe { libc::sendfile(socket, file, &raw mut offset, 1) })
}

/// The first entries of a directory.
pub(crate) fn entries(directory: RawFd) -> Result<i64, Errno> {
    call(libc::SYS_getdents64, args![directory, &mut [0_u64; 512], 4096])
}

const NAME: &CStr = c"user.sandbox";

/// Reads an extended attribute.
pub(crate) fn extended_get(file: RawFd) -> Result<i64, Errno> {
    let mut value = [0_u8; 8];
    // SAFETY: the name is a C string, the buffer has that size.
    sized(unsafe { libc::fgetxattr(file, NAME.as_ptr(), value.as_mut_ptr().cast(), value.len()) })
}

/// Sets it.
pub(crate) fn extended_set(file: RawFd) -> Result<i64, Errno> {
    // SAFETY: the name is a C string, the value has that size.
    checked(unsafe { libc::fsetxattr(file, NAME.as_ptr(), b"v".as_ptr().cast(), 1, 0) })
}

/// Lists them.
pub(crate) fn extended_list(file: RawFd) -> Result<i64, Errno> {
    let mut names = [0; 256];
    // SAFETY: the buffer has that size.
    sized(unsafe { libc::flistxattr(file, names.as_mut_ptr(), names.len()) })
}

/// Removes it.
pub(crate) fn extended_delete(file: RawFd) -> Result<i64, Errno> {
    // SAFETY: the name is a C string.
    checked(unsafe { libc::fremovexattr(file, NAME.as_ptr()) })
}

/// An event queue.
pub(crate) fn queue() -> OwnedFd {
    epoll::create(epoll::CreateFlags::CLOEXEC).expect("an epoll instance")
}

/// Lets a queue wait for a descriptor, and then no longer.
pub(crate) fn watch(queue: impl AsFd, watched: impl AsFd) -> Result<i64, Errno> {
    epoll::add(&queue, &watched, epoll::EventData::new_u64(0), epoll::EventFlags::IN).map_err(errno)?;
    epoll::delete(&queue, &watched).map(|()| 0).map_err(errno)
}

/// Asks a queue what has happened, without waiting.
pub(crate) fn wait_at_once(queue: impl AsFd) -> Result<i64, Errno> {
    let mut events = Vec::with_capacity(1);
    let at_once = rustix::event::Timespec { tv_sec: 0, tv_nsec: 0 };
    epoll::wait(queue, rustix::buffer::spare_capacity(&mut events), Some(&at_once)).map(|_| 0).map_err(errno)
}

/// A child that has ended, and waits to be asked for.
pub(crate) fn process() -> OwnedFd {
    // SAFETY: a case has one thread, so that the child finds everything in order.
    let child = checked(unsafe { libc::fork() }).expect("a child");
    if child == 0 {
        // SAFETY: takes a number and does not return.
        unsafe { libc::_exit(0) };
    }
    let number = call(libc::SYS_pidfd_open, args![child, 0]).expect("a process descriptor");
    let descriptor = owned(i32::try_from(number).expect("a descriptor"));
    wait_for(descriptor.as_raw_fd()).expect("wait for the child");
    descriptor
}

/// Waits for the end of a process, and leaves it to be waited for again.
pub(crate) fn wait_for(process: RawFd) -> Result<i64, Errno> {
    call(libc::SYS_waitid, args![libc::P_PIDFD, process, 0, libc::WEXITED | libc::WNOWAIT, 0])
}

/// Sends no signal to a process.
pub(crate) fn signal(process: RawFd) -> Result<i64, Errno> {
    call(libc::SYS_pidfd_send_signal, args![process, 0, ptr::null::<u8>(), 0])
}

/// An inotify instance with one watch, of number 1.
pub(crate) fn inotify(watched: &std::path::Path) -> File {
    use rustix::fs::inotify::{CreateFlags, WatchFlags, add_watch, init};
    let instance = init(CreateFlags::CLOEXEC).expect("an inotify instance");
    let watch = add_watch(&instance, watched, WatchFlags::CREATE).expect("a watch");
    assert_eq!(watch, 1, "the first watch");
    instance.into()
}

/// Removes the watch of number 1.
pub(crate) fn remove_watch(instance: RawFd) -> Result<i64, Errno> {
    // SAFETY: takes numbers.
    checked(unsafe { libc::inotify_rm_watch(instance, 1) })
}
