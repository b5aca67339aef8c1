//! FreeBSD's.

use std::ffi::CStr;
use std::os::fd::{AsFd, AsRawFd as _, OwnedFd, RawFd};
use std::ptr;
use std::time::Duration;

use libc::{c_char, c_int};
use rustix::event::kqueue::{Event, EventFilter, EventFlags, kevent, kqueue};

use super::{Errno, checked, errno, owned, sized};

/// Makes an ioctl request with this argument.
pub(super) fn ioctl_to(file: RawFd, request: u32, argument: *mut u64) -> Result<i64, Errno> {
    // SAFETY: the argument is null where the request has none, else as large as what it writes.
    checked(unsafe { libc::ioctl(file, request.into(), argument) })
}

/// One byte of a file to a socket.
pub(crate) fn sendfile(file: RawFd, socket: RawFd) -> Result<i64, Errno> {
    // SAFETY: neither headers nor a place for the count are passed.
    checked(unsafe { libc::sendfile(file, socket, 0, 1, ptr::null_mut(), ptr::null_mut(), 0) })
}

/// Sets no flags.
pub(crate) fn fchflags(file: RawFd) -> Result<i64, Errno> {
    // SAFETY: takes numbers.
    checked(unsafe { libc::fchflags(file, 0) })
}

unsafe extern "C" {
    fn chflagsat(directory: c_int, path: *const c_char, flags: libc::c_ulong, at: c_int) -> c_int;
    fn getdirentries(file: c_int, buffer: *mut c_char, size: usize, base: *mut libc::off_t) -> isize;
    fn bindat(directory: c_int, socket: c_int, address: *const libc::sockaddr, length: libc::socklen_t) -> c_int;
    fn connectat(directory: c_int, socket: c_int, address: *const libc::sockaddr, length: libc::socklen_t) -> c_int;
    fn __acl_get_fd(file: c_int, kind: c_int, acl: *mut Acl) -> c_int;
    fn __acl_set_fd(file: c_int, kind: c_int, acl: *mut Acl) -> c_int;
    fn __acl_aclcheck_fd(file: c_int, kind: c_int, acl: *mut Acl) -> c_int;
    fn __acl_delete_fd(file: c_int, kind: c_int) -> c_int;
}

/// Sets no flags of what lies beneath a directory.
pub(crate) fn chflagsat_none(directory: RawFd, name: &CStr) -> Result<i64, Errno> {
    // SAFETY: the name is a C string.
    checked(unsafe { chflagsat(directory, name.as_ptr(), 0, 0) })
}

/// The address of a unix socket: its length, its family, and the path (sys/un.h).
fn unix_address(name: &str) -> (libc::sockaddr_un, libc::socklen_t) {
    // SAFETY: all zeros is an address without a path.
    let mut address: libc::sockaddr_un = unsafe { std::mem::zeroed() };
    let length =
        u8::try_from(std::mem::offset_of!(libc::sockaddr_un, sun_path) + name.len() + 1).expect("a short name");
    address.sun_len = length;
    address.sun_family = libc::sa_family_t::try_from(libc::AF_UNIX).expect("a small number");
    for (place, byte) in address.sun_path.iter_mut().zip(name.bytes()) {
        *place = c_char::from_ne_bytes([byte]);
    }
    (address, length.into())
}

/// Binds a socket to a name beneath a directory.
pub(crate) fn bind_beneath(directory: RawFd, socket: impl AsFd, name: &str) -> Result<i64, Errno> {
    let (address, length) = unix_address(name);
    // SAFETY: the address is live, and has that length.
    checked(unsafe { bindat(directory, socket.as_fd().as_raw_fd(), (&raw const address).cast(), length) })
}

/// Connects a socket to a name beneath a directory.
pub(crate) fn connect_beneath(directory: RawFd, socket: impl AsFd, name: &str) -> Result<i64, Errno> {
    let (address, length) = unix_address(name);
    // SAFETY: the address is live, and has that length.
    checked(unsafe { connectat(directory, socket.as_fd().as_raw_fd(), (&raw const address).cast(), length) })
}

/// The first entries of a directory (getdirentries(2)).
pub(crate) fn entries(directory: RawFd) -> Result<i64, Errno> {
    let mut buffer = [0_u8; 4096];
    // SAFETY: the buffer has that size, and no base is asked for.
    sized(unsafe { getdirentries(directory, buffer.as_mut_ptr().cast(), buffer.len(), ptr::null_mut()) })
}

/// `struct acl` (sys/acl.h): two counts, four spare numbers and 254 entries of 16 bytes, with some to spare.
#[repr(C, align(8))]
pub(crate) struct Acl {
    most: u32,
    count: u32,
    spare: [u8; 8192],
}

impl Acl {
    /// Without entries. The kernel wants to know for how many there is room (`ACL_MAX_ENTRIES`).
    fn empty() -> Self {
        Self { most: 254, count: 0, spare: [0; 8192] }
    }
}

/// `ACL_TYPE_ACCESS` (sys/acl.h).
const ACCESS: c_int = 2;

pub(crate) fn acl_get(file: RawFd) -> Result<i64, Errno> {
    let mut acl = Acl::empty();
    // SAFETY: the list is larger than the kernel's.
    checked(unsafe { __acl_get_fd(file, ACCESS, &raw mut acl) })
}

pub(crate) fn acl_set(file: RawFd) -> Result<i64, Errno> {
    let mut acl = Acl::empty();
    // SAFETY: as above.
    checked(unsafe { __acl_set_fd(file, ACCESS, &raw mut acl) })
}

pub(crate) fn acl_check(file: RawFd) -> Result<i64, Errno> {
    let mut acl = Acl::empty();
    // SAFETY: as above.
    checked(unsafe { __acl_aclcheck_fd(file, ACCESS, &raw mut acl) })
}

pub(crate) fn acl_delete(file: RawFd) -> Result<i64, Errno> {
    // SAFETY: takes numbers.
    checked(unsafe { __acl_delete_fd(file, ACCESS) })
}

const USER: c_int = libc::EXTATTR_NAMESPACE_USER;
const NAME: &CStr = c"sandbox";

pub(crate) fn extended_get(file: RawFd) -> Result<i64, Errno> {
    let mut value = [0_u8; 8];
    // SAFETY: the name is a C string, the buffer has that size.
    sized(unsafe { libc::extattr_get_fd(file, USER, NAME.as_ptr(), value.as_mut_ptr().cast(), value.len()) })
}

pub(crate) fn extended_set(file: RawFd) -> Result<i64, Errno> {
    // SAFETY: the name is a C string, the value has that size.
    sized(unsafe { libc::extattr_set_fd(file, USER, NAME.as_ptr(), b"v".as_ptr().cast(), 1) })
}

pub(crate) fn extended_list(file: RawFd) -> Result<i64, Errno> {
    let mut names = [0_u8; 256];
    // SAFETY: the buffer has that size.
    sized(unsafe { libc::extattr_list_fd(file, USER, names.as_mut_ptr().cast(), names.len()) })
}

pub(crate) fn extended_delete(file: RawFd) -> Result<i64, Errno> {
    // SAFETY: the name is a C string.
    checked(unsafe { libc::extattr_delete_fd(file, USER, NAME.as_ptr()) })
}

/// An event queue.
pub(crate) fn queue() -> OwnedFd {
    kqueue().expect("a queue")
}

/// Lets a queue wait for a descriptor, and then no longer.
pub(crate) fn watch(queue: impl AsFd, watched: impl AsFd) -> Result<i64, Errno> {
    let mut nothing: [Event; 0] = [];
    for flags in [EventFlags::ADD, EventFlags::DELETE] {
        let change = Event::new(EventFilter::Read(watched.as_fd().as_raw_fd()), flags, ptr::null_mut());
        // SAFETY: the descriptor that the change names is open. The kernel answers with the errno of a change that it
        // refuses.
        unsafe { kevent(&queue, &[change], &mut nothing, None) }.map_err(errno)?;
    }
    Ok(0)
}

/// Asks a queue what has happened, without waiting.
pub(crate) fn wait_at_once(queue: impl AsFd) -> Result<i64, Errno> {
    let mut events = Vec::with_capacity(1);
    let spare = rustix::buffer::spare_capacity(&mut events);
    // SAFETY: no descriptor is named.
    unsafe { kevent(queue, &[], spare, Some(Duration::ZERO)) }.map(|_| 0).map_err(errno)
}

/// A child that does nothing until its descriptor is closed, which ends it (pdfork(2)).
pub(crate) fn process() -> OwnedFd {
    let mut descriptor = -1;
    // SAFETY: the place is live; a case has one thread, so that the child finds everything in order.
    let child = checked(unsafe { libc::pdfork(&raw mut descriptor, 0) }).expect("a child");
    if child == 0 {
        loop {
            // SAFETY: takes nothing.
            unsafe { libc::pause() };
        }
    }
    owned(descriptor)
}

pub(crate) fn pdgetpid(process: RawFd) -> Result<i64, Errno> {
    let mut pid = 0;
    // SAFETY: the place is live.
    checked(unsafe { libc::pdgetpid(process, &raw mut pid) })
}

pub(crate) fn signal(process: RawFd) -> Result<i64, Errno> {
    // SAFETY: takes numbers.
    checked(unsafe { libc::pdkill(process, 0) })
}
