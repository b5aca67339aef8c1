//! What the cases need unsafe code for, and what neither std nor rustix has.

#![allow(unsafe_code, reason = "each block states its condition")]

use std::ffi::CStr;
use std::os::fd::{AsFd, AsRawFd as _, OwnedFd, RawFd};
use std::ptr;

use libc::c_int;
pub(crate) use sandbox_tests::sys::functions::{fork, ioctl, nowhere, owned, terminal};
use sandbox_tests::sys::{Errno, checked};

/// The errno of a call of rustix.
pub(crate) fn errno(error: rustix::io::Errno) -> Errno {
    Errno(error.raw_os_error())
}

/// Closes a descriptor under its owner.
pub(crate) fn close(file: &OwnedFd) {
    // SAFETY: the owner is forgotten, or looked at by number only, while no other descriptor is opened.
    unsafe { rustix::io::close(file.as_raw_fd()) };
}

/// Sets a variable of the environment.
pub(crate) fn set_variable(name: &str, value: &str) {
    // SAFETY: a case has one thread.
    unsafe { std::env::set_var(name, value) };
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

/// Passes a descriptor on, with one byte.
pub(crate) fn pass(socket: impl AsFd, file: impl AsFd) -> Result<(), Errno> {
    use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags};
    let files = [file.as_fd()];
    let mut room = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut room);
    assert!(control.push(SendAncillaryMessage::ScmRights(&files)), "there is room for one");
    let sent = rustix::net::sendmsg(socket, &[std::io::IoSlice::new(b"d")], &mut control, SendFlags::empty());
    sent.map(drop).map_err(errno)
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

/// Executes a shell, which returns an error only. By the system call: execvp(3), which std calls, looks at the file when it
/// is refused, and says that there is none.
pub(crate) fn shell() -> std::io::Error {
    let (arguments, environment) = ([c"sh".as_ptr(), ptr::null()], [ptr::null()]);
    // SAFETY: the path is a string, and both lists end with null.
    unsafe { libc::execve(c"/bin/sh".as_ptr(), arguments.as_ptr(), environment.as_ptr()) };
    std::io::Error::last_os_error()
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
pub(crate) fn local_offset(seconds: i64) -> libc::c_long {
    // SAFETY: all zeros is a valid broken-down time.
    let mut time: libc::tm = unsafe { std::mem::zeroed() };
    // SAFETY: both pointers are live.
    unsafe { libc::localtime_r(&raw const seconds, &raw mut time) };
    time.tm_gmtoff
}

/// Whether the number is open.
pub(crate) fn is_open(number: RawFd) -> bool {
    // SAFETY: the command takes no pointer and changes nothing, whatever the number is.
    unsafe { libc::fcntl(number, libc::F_GETFD) >= 0 }
}

/// Lets refused calls raise SIGTRAP in a process, as who may debug it can; 0 is this one.
pub(crate) fn trap_refused_calls(process: libc::pid_t) {
    let mut on = libc::PROC_TRAPCAP_CTL_ENABLE;
    let setting: *mut c_int = &raw mut on;
    let process = process.into();
    // SAFETY: the command reads one int.
    checked(unsafe { libc::procctl(libc::P_PID, process, libc::PROC_TRAPCAP_CTL, setting.cast()) }).expect("procctl");
}
