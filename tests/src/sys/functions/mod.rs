//! Functions of libc that neither std nor rustix has, on both systems or under a name of our own, for
//! [`crate::conformance`].

#[cfg(target_os = "freebsd")]
mod freebsd;
#[cfg(target_os = "linux")]
mod linux;

#[cfg(target_os = "freebsd")]
use freebsd::ioctl_to;
#[cfg(target_os = "linux")]
use linux::ioctl_to;

#[cfg(target_os = "freebsd")]
pub(crate) use freebsd::*;
#[cfg(target_os = "linux")]
pub(crate) use linux::*;

use std::ffi::CString;
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::{AsFd, FromRawFd as _, OwnedFd, RawFd};
use std::ptr;

use libc::c_int;
use rustix::fs::{Mode, OFlags};
use rustix::mm::{MapFlags, ProtFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use super::{Errno, checked};

/// The errno of a call of rustix.
fn errno(error: rustix::io::Errno) -> Errno {
    Errno(error.raw_os_error())
}

fn sized(result: isize) -> Result<i64, Errno> {
    checked(i64::try_from(result).expect("a size"))
}

/// The discard service of this machine, where nobody listens.
#[must_use]
pub fn nowhere() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 9).into()
}

/// What a function of libc says when it fails. musl's isatty(3) and pthread_create(3) say the same whatever the kernel
/// said; here it stands for a refusal.
#[must_use]
pub fn said_by_libc(errno: Errno) -> Errno {
    match errno {
        Errno::ENOTTY | Errno::EAGAIN if cfg!(target_env = "musl") => Errno::EPERM,
        errno => errno,
    }
}

/// One byte to [`nowhere`].
pub(crate) fn send_to_nowhere(socket: impl AsFd) -> Result<i64, Errno> {
    let sent = rustix::net::sendto(socket, b"w", rustix::net::SendFlags::NOSIGNAL, &nowhere());
    sent.map(|_| 1).map_err(errno)
}

/// One byte from a file's position to another's.
pub(crate) fn copy_file_range(from: RawFd, to: RawFd) -> Result<i64, Errno> {
    // SAFETY: no offset is passed; the call takes numbers.
    sized(unsafe { libc::copy_file_range(from, ptr::null_mut(), to, ptr::null_mut(), 1, 0) })
}

/// One byte from an offset to a file's position.
pub(crate) fn copy_file_range_at(from: RawFd, to: RawFd) -> Result<i64, Errno> {
    let mut offset = 3;
    // SAFETY: the offset is live.
    sized(unsafe { libc::copy_file_range(from, &raw mut offset, to, ptr::null_mut(), 1, 0) })
}

/// Reserves the file's first byte.
pub(crate) fn fallocate(file: RawFd) -> Result<i64, Errno> {
    // SAFETY: takes numbers.
    match unsafe { libc::posix_fallocate(file, 0, 1) } {
        0 => Ok(0),
        // With zig's musl, as system calls answer.
        -1 => Err(Errno::last()),
        errno => Err(Errno(errno)),
    }
}

/// How many links a file may have.
pub(crate) fn fpathconf(file: RawFd) -> Result<i64, Errno> {
    if cfg!(target_env = "musl") {
        // It knows without asking; this is what others ask.
        // SAFETY: all zeros is a value.
        let mut answer: libc::statfs = unsafe { std::mem::zeroed() };
        // SAFETY: the answer is live.
        return checked(unsafe { libc::fstatfs(file, &raw mut answer) });
    }
    // SAFETY: takes numbers.
    checked(unsafe { libc::fpathconf(file, libc::_PC_LINK_MAX) })
}

/// Makes a FIFO.
pub(crate) fn mkfifoat(directory: RawFd, name: &str) -> Result<i64, Errno> {
    let name = CString::new(name).expect("a name");
    // SAFETY: the name is a C string.
    checked(unsafe { libc::mkfifoat(directory, name.as_ptr(), 0o600) })
}

/// Executes a file, which must not be a program: the call would not return.
pub(crate) fn fexecve(file: RawFd) -> Result<i64, Errno> {
    let (arguments, environment) = ([c"x".as_ptr(), ptr::null()], [ptr::null()]);
    // SAFETY: both lists end with null, and their strings live as long as the program.
    checked(unsafe { libc::fexecve(file, arguments.as_ptr(), environment.as_ptr()) })
}

/// Draws 16 random bytes.
pub(crate) fn random() -> Result<i64, Errno> {
    let mut bytes = [0_u8; 16];
    // SAFETY: the buffer has that size.
    sized(unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), bytes.len(), 0) })
}

/// Sends signals about the descriptor to nobody.
pub(crate) fn set_owner(file: RawFd) -> Result<i64, Errno> {
    // SAFETY: the command takes a number.
    checked(unsafe { libc::fcntl(file, libc::F_SETOWN, 0) })
}

/// Makes an ioctl request that has no argument.
///
/// # Errors
///
/// The errno.
pub fn ioctl(file: RawFd, request: u32) -> Result<i64, Errno> {
    ioctl_to(file, request, ptr::null_mut())
}

/// Makes an ioctl request that writes no more than 128 bytes. A terminal's settings have 36 on Linux, 44 on FreeBSD.
pub(crate) fn ask(file: RawFd, request: u32) -> Result<i64, Errno> {
    ioctl_to(file, request, [0_u64; 16].as_mut_ptr())
}

/// Who gets signals about the descriptor.
pub(crate) fn get_owner(file: RawFd) -> Result<i64, Errno> {
    // SAFETY: the command takes nothing.
    checked(unsafe { libc::fcntl(file, libc::F_GETOWN) })
}

/// Sets the status flags.
pub(crate) fn set_flags(file: RawFd, flags: c_int) -> Result<i64, Errno> {
    // SAFETY: the command takes a number.
    checked(unsafe { libc::fcntl(file, libc::F_SETFL, flags) })
}

/// Whether the descriptor can be read, asked by select(2), without waiting.
pub(crate) fn select(file: RawFd) -> Result<i64, Errno> {
    // SAFETY: all zeros is an empty set.
    let mut set: libc::fd_set = unsafe { std::mem::zeroed() };
    // SAFETY: the number is below FD_SETSIZE: a case has few descriptors.
    unsafe { libc::FD_SET(file, &raw mut set) };
    let mut at_once = libc::timeval { tv_sec: 0, tv_usec: 0 };
    // SAFETY: the set and the time are live.
    checked(unsafe { libc::select(file + 1, &raw mut set, ptr::null_mut(), ptr::null_mut(), &raw mut at_once) })
}

/// Maps the first page of a file, and unmaps it.
pub(crate) fn map(file: &File, protection: ProtFlags, flags: MapFlags) -> Result<(), Errno> {
    const PAGE: usize = 4096;
    // SAFETY: a new mapping where the kernel finds room disturbs nothing.
    let mapped = unsafe { rustix::mm::mmap(ptr::null_mut(), PAGE, protection, flags, file, 0) }.map_err(errno)?;
    // SAFETY: mapped above, and nothing refers to it.
    unsafe { rustix::mm::munmap(mapped, PAGE) }.map_err(errno)
}

/// A terminal, and the side that controls it. By the calls that libc itself has: FreeBSD's openpty(3) is in libutil, whose
/// number changed with release 15, so that a program that needs it starts on one side of that only.
///
/// # Panics
///
/// If there is none.
#[must_use]
pub fn terminal() -> (File, File) {
    let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&controller).expect("grant it");
    unlockpt(&controller).expect("unlock it");
    let name = ptsname(&controller, Vec::new()).expect("its name");
    let terminal = rustix::fs::open(name.as_c_str(), OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).expect("open it");
    (terminal.into(), controller.into())
}

/// Takes over a descriptor that a call has just made.
#[must_use]
pub fn owned(number: RawFd) -> OwnedFd {
    // SAFETY: the caller has the number from the kernel, and nobody else has seen it.
    unsafe { OwnedFd::from_raw_fd(number) }
}

/// Runs `body` in a child that nobody waits for.
///
/// # Errors
///
/// The errno.
pub fn fork(body: impl FnOnce()) -> Result<i64, Errno> {
    // SAFETY: a case has one thread, so that the child finds every lock and the allocator in order.
    let child = checked(unsafe { libc::fork() })?;
    if child == 0 {
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(body)).is_err();
        // SAFETY: takes a number and does not return.
        unsafe { libc::_exit(i32::from(panicked)) };
    }
    Ok(child)
}
