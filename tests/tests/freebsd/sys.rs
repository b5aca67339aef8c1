//! What the cases need unsafe code for, and what neither std nor rustix has.

#![allow(unsafe_code, reason = "each block states its condition")]

use std::ffi::{CStr, CString};
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::{AsFd, AsRawFd as _, FromRawFd as _, OwnedFd, RawFd};
use std::ptr;

use libc::{c_char, c_int};
use rustix::event::kqueue::Event;
use rustix::mm::{MapFlags, ProtFlags};
use sandbox_tests::sys::{Errno, checked};

/// The errno of a call of rustix.
pub(crate) fn errno(error: rustix::io::Errno) -> Errno {
    Errno(error.raw_os_error())
}

/// What a call of rustix answered.
pub(crate) fn answer<T>(result: rustix::io::Result<T>) -> Result<i64, Errno> {
    result.map(|_| 0).map_err(errno)
}

fn sized(result: isize) -> Result<i64, Errno> {
    checked(i64::try_from(result).expect("a size"))
}

/// The discard service of this machine, where nobody listens.
pub(crate) fn nowhere() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 9).into()
}

/// One byte to [`nowhere`].
pub(crate) fn send_to_nowhere(socket: impl AsFd) -> Result<i64, Errno> {
    answer(rustix::net::sendto(socket, b"w", rustix::net::SendFlags::NOSIGNAL, &nowhere()))
}

/// Sets a variable of the environment.
pub(crate) fn set_variable(name: &str, value: &str) {
    // SAFETY: a case has one thread.
    unsafe { std::env::set_var(name, value) };
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

/// One byte of a file to a socket.
pub(crate) fn sendfile(file: RawFd, socket: RawFd) -> Result<i64, Errno> {
    // SAFETY: neither headers nor a place for the count are passed.
    checked(unsafe { libc::sendfile(file, socket, 0, 1, ptr::null_mut(), ptr::null_mut(), 0) })
}

pub(crate) fn fallocate(file: RawFd) -> Result<i64, Errno> {
    // SAFETY: takes numbers.
    match unsafe { libc::posix_fallocate(file, 0, 1) } {
        0 => Ok(0),
        errno => Err(Errno(errno)),
    }
}

pub(crate) fn fpathconf(file: RawFd) -> Result<i64, Errno> {
    // SAFETY: takes numbers.
    checked(unsafe { libc::fpathconf(file, libc::_PC_LINK_MAX) })
}

pub(crate) fn fchflags(file: RawFd) -> Result<i64, Errno> {
    // SAFETY: takes numbers.
    checked(unsafe { libc::fchflags(file, 0) })
}

unsafe extern "C" {
    fn chflagsat(directory: c_int, path: *const c_char, flags: libc::c_ulong, at: c_int) -> c_int;
    fn getdirentries(file: c_int, buffer: *mut c_char, size: usize, base: *mut libc::off_t) -> isize;
    fn __acl_get_fd(file: c_int, kind: c_int, acl: *mut Acl) -> c_int;
    fn __acl_aclcheck_fd(file: c_int, kind: c_int, acl: *mut Acl) -> c_int;
    fn __acl_delete_fd(file: c_int, kind: c_int) -> c_int;
}

pub(crate) fn chflagsat_none(directory: RawFd, name: &CStr) -> Result<i64, Errno> {
    // SAFETY: the name is a C string.
    checked(unsafe { chflagsat(directory, name.as_ptr(), 0, 0) })
}

/// The first entries of a directory (getdirentries(2)).
pub(crate) fn entries(directory: RawFd) -> Result<i64, Errno> {
    let mut buffer = [0_u8; 4096];
    // SAFETY: the buffer has that size, and no base is asked for.
    sized(unsafe { getdirentries(directory, buffer.as_mut_ptr().cast(), buffer.len(), ptr::null_mut()) })
}

pub(crate) fn mkfifoat(directory: RawFd, name: &str) -> Result<(), Errno> {
    let name = CString::new(name).expect("a name");
    // SAFETY: the name is a C string.
    checked(unsafe { libc::mkfifoat(directory, name.as_ptr(), 0o600) }).map(drop)
}

/// `struct acl` (sys/acl.h): two counts and 254 entries of 20 bytes, with some to spare.
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

pub(crate) fn extattr_get(file: RawFd) -> Result<i64, Errno> {
    let mut value = [0_u8; 8];
    // SAFETY: the name is a C string, the buffer has that size.
    sized(unsafe { libc::extattr_get_fd(file, USER, NAME.as_ptr(), value.as_mut_ptr().cast(), value.len()) })
}

pub(crate) fn extattr_set(file: RawFd) -> Result<i64, Errno> {
    // SAFETY: the name is a C string, the value has that size.
    sized(unsafe { libc::extattr_set_fd(file, USER, NAME.as_ptr(), b"v".as_ptr().cast(), 1) })
}

pub(crate) fn extattr_list(file: RawFd) -> Result<i64, Errno> {
    let mut names = [0_u8; 256];
    // SAFETY: the buffer has that size.
    sized(unsafe { libc::extattr_list_fd(file, USER, names.as_mut_ptr().cast(), names.len()) })
}

pub(crate) fn extattr_delete(file: RawFd) -> Result<i64, Errno> {
    // SAFETY: the name is a C string.
    checked(unsafe { libc::extattr_delete_fd(file, USER, NAME.as_ptr()) })
}

/// Executes a file, which must not be a program: the call would not return.
pub(crate) fn fexecve(file: RawFd) -> Result<i64, Errno> {
    let (arguments, environment) = ([c"x".as_ptr(), ptr::null()], [ptr::null()]);
    // SAFETY: both lists end with null, and their strings live as long as the program.
    checked(unsafe { libc::fexecve(file, arguments.as_ptr(), environment.as_ptr()) })
}

pub(crate) fn ioctl(file: RawFd, request: u32) -> Result<i64, Errno> {
    // SAFETY: the requests that the cases make have no argument.
    checked(unsafe { libc::ioctl(file, request.into()) })
}

pub(crate) fn set_owner(file: RawFd) -> Result<i64, Errno> {
    // SAFETY: the command takes a number.
    checked(unsafe { libc::fcntl(file, libc::F_SETOWN, 0) })
}

pub(crate) fn get_owner(file: RawFd) -> Result<i64, Errno> {
    // SAFETY: the command takes nothing.
    checked(unsafe { libc::fcntl(file, libc::F_GETOWN) })
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

/// Changes what a queue waits for. The kernel answers with the errno of the first change that it refuses.
pub(crate) fn watch(queue: impl AsFd, changes: &[Event]) -> Result<i64, Errno> {
    let mut nothing: [Event; 0] = [];
    // SAFETY: the descriptors that the changes name are open.
    answer(unsafe { rustix::event::kqueue::kevent(queue, changes, &mut nothing, None) })
}

/// Asks a queue what has happened, without waiting.
pub(crate) fn wait_at_once(queue: impl AsFd) -> Result<i64, Errno> {
    let mut events = Vec::with_capacity(1);
    let spare = rustix::buffer::spare_capacity(&mut events);
    // SAFETY: no descriptor is named.
    answer(unsafe { rustix::event::kqueue::kevent(queue, &[], spare, Some(std::time::Duration::ZERO)) })
}

/// Maps the first page of a file, and unmaps it.
pub(crate) fn map(file: &File, protection: ProtFlags, flags: MapFlags) -> Result<(), Errno> {
    const PAGE: usize = 4096;
    // SAFETY: a new mapping where the kernel finds room disturbs nothing.
    let mapped = unsafe { rustix::mm::mmap(ptr::null_mut(), PAGE, protection, flags, file, 0) }.map_err(errno)?;
    // SAFETY: mapped above, and nothing refers to it.
    unsafe { rustix::mm::munmap(mapped, PAGE) }.map_err(errno)
}

/// A terminal, and the side that controls it.
pub(crate) fn terminal() -> (File, File) {
    let (mut controller, mut terminal) = (-1, -1);
    // SAFETY: both places are live; no name, settings or size are passed.
    let made = unsafe {
        libc::openpty(&raw mut controller, &raw mut terminal, ptr::null_mut(), ptr::null_mut(), ptr::null_mut())
    };
    checked(made).expect("a terminal");
    (owned(terminal).into(), owned(controller).into())
}

/// A child that does nothing until its descriptor is closed.
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

pub(crate) fn pdkill(process: RawFd, signal: c_int) -> Result<i64, Errno> {
    // SAFETY: takes numbers.
    checked(unsafe { libc::pdkill(process, signal) })
}

/// Takes over a descriptor that a call has just made.
pub(crate) fn owned(number: RawFd) -> OwnedFd {
    // SAFETY: the caller has the number from the kernel, and nobody else has seen it.
    unsafe { OwnedFd::from_raw_fd(number) }
}

/// Whether the process is in capability mode.
pub(crate) fn in_capability_mode() -> bool {
    // SAFETY: takes nothing.
    unsafe { libc::cap_sandboxed() }
}

/// Enters capability mode, without anything else.
pub(crate) fn enter_capability_mode() {
    // SAFETY: takes nothing.
    checked(unsafe { libc::cap_enter() }).expect("cap_enter");
}

/// Whether the descriptor has no right at all.
pub(crate) fn is_without_rights(file: impl AsFd) -> bool {
    // SAFETY: two integers, of which zeros are a value.
    let mut rights: libc::cap_rights_t = unsafe { std::mem::zeroed() };
    // SAFETY: the place is live, and of this version.
    let read = unsafe { libc::__cap_rights_get(libc::CAP_RIGHTS_VERSION, file.as_fd().as_raw_fd(), &raw mut rights) };
    checked(read).expect("cap_rights_get");
    // SAFETY: as above.
    let mut nothing: libc::cap_rights_t = unsafe { std::mem::zeroed() };
    // SAFETY: the place is live; the list of rights ends with 0.
    unsafe { libc::__cap_rights_init(libc::CAP_RIGHTS_VERSION, &raw mut nothing, 0_u64) };
    // SAFETY: both are sets of the same version.
    unsafe { libc::cap_rights_contains(&raw const nothing, &raw const rights) }
}

/// Asks for all rights of a file: more than a limited descriptor has.
pub(crate) fn limit_to_all_rights(file: impl AsFd) -> Result<i64, Errno> {
    use capsicum::{CapRights as _, FileRights, Right};
    let mut rights = FileRights::new();
    for right in [Right::Read, Right::Write, Right::Seek, Right::Fstat, Right::Ioctl, Right::Fcntl] {
        rights.allow(right);
    }
    answered(rights.limit(&file.as_fd()))
}

/// Limits the ioctl requests.
pub(crate) fn limit_ioctls(file: impl AsFd, requests: &[libc::c_ulong]) -> Result<i64, Errno> {
    // SAFETY: the list has that many numbers.
    checked(unsafe { libc::cap_ioctls_limit(file.as_fd().as_raw_fd(), requests.as_ptr(), requests.len()) })
}

/// Limits the fcntl commands.
pub(crate) fn limit_fcntls(file: impl AsFd, commands: u32) -> Result<i64, Errno> {
    // SAFETY: takes numbers.
    checked(unsafe { libc::cap_fcntls_limit(file.as_fd().as_raw_fd(), commands) })
}

/// Leaves a descriptor these rights.
pub(crate) fn limit(file: impl AsFd, rights: &[capsicum::Right]) {
    use capsicum::{CapRights as _, FileRights};
    let mut set = FileRights::new();
    for right in rights {
        set.allow(*right);
    }
    set.limit(&file.as_fd()).expect("cap_rights_limit");
}

fn answered(result: std::io::Result<()>) -> Result<i64, Errno> {
    result.map(|()| 0).map_err(|error| Errno(error.raw_os_error().expect("an errno")))
}

/// Runs `body` in a child that nobody waits for.
pub(crate) fn fork(body: impl FnOnce()) {
    // SAFETY: a case has one thread, so that the child finds every lock and the allocator in order.
    let child = checked(unsafe { libc::fork() }).expect("fork");
    if child == 0 {
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(body)).is_err();
        // SAFETY: takes a number and does not return.
        unsafe { libc::_exit(i32::from(panicked)) };
    }
}

/// Passes a descriptor on, with one byte.
pub(crate) fn pass(socket: impl AsFd, file: impl AsFd) -> Result<i64, Errno> {
    use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags};
    let files = [file.as_fd()];
    let mut room = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut room);
    assert!(control.push(SendAncillaryMessage::ScmRights(&files)), "there is room for one");
    answer(rustix::net::sendmsg(socket, &[std::io::IoSlice::new(b"d")], &mut control, SendFlags::empty()))
}

/// Receives a descriptor that was passed on.
pub(crate) fn receive(socket: impl AsFd) -> Result<OwnedFd, Errno> {
    use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags};
    let mut room = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut room);
    let mut byte = [0];
    let mut bytes = [std::io::IoSliceMut::new(&mut byte)];
    rustix::net::recvmsg(socket, &mut bytes, &mut control, RecvFlags::empty()).map_err(errno)?;
    let received = control.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut files) => files.next(),
        _ => None,
    });
    Ok(received.expect("a descriptor came with it"))
}

/// Lets its parent trace this process.
pub(crate) fn trace_me() {
    // SAFETY: takes no pointer.
    checked(unsafe { libc::ptrace(libc::PT_TRACE_ME, 0, ptr::null_mut(), 0) }).expect("ptrace");
}

/// Raises a signal in this process.
pub(crate) fn raise(signal: c_int) {
    // SAFETY: takes a number.
    checked(unsafe { libc::raise(signal) }).expect("raise");
}

/// Prints through C's buffered stream, without flushing it.
pub(crate) fn print_in_c(text: &CStr) {
    // SAFETY: the text is a string, and as the only argument it is printed by a constant format.
    unsafe { libc::printf(c"%s".as_ptr(), text.as_ptr()) };
}

/// The local hour offset of a moment, as libc's time zone says.
pub(crate) fn local_offset(seconds: libc::time_t) -> libc::c_long {
    // SAFETY: all zeros is a valid broken-down time.
    let mut time: libc::tm = unsafe { std::mem::zeroed() };
    // SAFETY: both pointers are live.
    unsafe { libc::localtime_r(&raw const seconds, &raw mut time) };
    time.tm_gmtoff
}

/// The numbers of the open descriptors below 256.
pub(crate) fn open_numbers() -> Vec<RawFd> {
    // SAFETY: the command takes no pointer and changes nothing, whatever the number is.
    (0..256).filter(|&number| unsafe { libc::fcntl(number, libc::F_GETFD) } >= 0).collect()
}

/// Lets refused calls raise SIGTRAP, as a parent may have done.
pub(crate) fn trap_refused_calls() {
    let mut on = libc::PROC_TRAPCAP_CTL_ENABLE;
    let setting: *mut c_int = &raw mut on;
    // SAFETY: the command reads one int.
    checked(unsafe { libc::procctl(libc::P_PID, 0, libc::PROC_TRAPCAP_CTL, setting.cast()) }).expect("procctl");
}
