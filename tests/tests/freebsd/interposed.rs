//! The system calls of entry, of which one can be made to fail: the linker takes these definitions in the place of libc's.
//! Nothing of it is in shipped code.

#![allow(unsafe_code, reason = "each block states its condition")]

use std::sync::atomic::{AtomicI32, Ordering};

use libc::{c_int, c_long, c_uint, c_ulong, c_void, size_t, ssize_t};

/// A system call that entry makes, by its number (sys/syscall.h).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub(crate) enum Call {
    SetLimit = 195,
    Sysctl = 202,
    Rfork = 251,
    SignalMask = 340,
    SignalAction = 416,
    RightsGet = 515,
    Enter = 516,
    GetMode = 517,
    RightsLimit = 533,
    IoctlsLimit = 534,
    IoctlsGet = 535,
    FcntlsLimit = 536,
    FcntlsGet = 537,
    Procctl = 544,
}

/// What happens to one call instead of what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It fails with this errno.
    Errno(c_int),
    /// It does nothing, and says that it has.
    Pretends,
}

/// The number of the call that is watched, or 0.
static WATCHED: AtomicI32 = AtomicI32::new(0);
/// How often it was made.
static MADE: AtomicI32 = AtomicI32::new(0);
/// Which time it has its fault, from 0 on.
static FAULTY: AtomicI32 = AtomicI32::new(-1);
/// The errno, or 0 where it pretends.
static ERRNO: AtomicI32 = AtomicI32::new(0);

/// Counts this call from now on.
pub(crate) fn watch(call: Call) {
    WATCHED.store(call as i32, Ordering::Relaxed);
}

/// How often the watched call was made.
pub(crate) fn made() -> i32 {
    MADE.load(Ordering::Relaxed)
}

/// Counts this call from now on, and gives it a fault at one of the times it is made.
pub(crate) fn inject(call: Call, time: i32, fault: Fault) {
    let errno = match fault {
        Fault::Errno(errno) => errno,
        Fault::Pretends => 0,
    };
    ERRNO.store(errno, Ordering::Relaxed);
    FAULTY.store(time, Ordering::Relaxed);
    watch(call);
}

unsafe extern "C" {
    /// syscall(2), for results of 64 bits.
    fn __syscall(number: i64, ...) -> i64;
}

/// Makes the call, or what takes its place.
fn make(call: Call, arguments: [usize; 6]) -> c_long {
    if WATCHED.load(Ordering::Relaxed) == call as i32
        && MADE.fetch_add(1, Ordering::Relaxed) == FAULTY.load(Ordering::Relaxed)
    {
        let errno = ERRNO.load(Ordering::Relaxed);
        if errno == 0 {
            return 0;
        }
        // SAFETY: takes nothing.
        let own = unsafe { libc::__error() };
        // SAFETY: errno is this thread's own.
        unsafe { *own = errno };
        return -1;
    }
    let [first, second, third, fourth, fifth, sixth] = arguments;
    // SAFETY: the arguments are the caller's, who meant them for this call; it reads no more of them than it has.
    unsafe { __syscall(i64::from(call as i32), first, second, third, fourth, fifth, sixth) }
}

#[allow(clippy::cast_possible_truncation, reason = "these calls return 0 or -1")]
fn make_small(call: Call, arguments: [usize; 6]) -> c_int {
    make(call, arguments) as c_int
}

/// A number as an argument: its low half counts.
fn number(value: c_int) -> usize {
    value.cast_unsigned() as usize
}

// SAFETY, of all that follow: each has the type that its manual page gives it, and does what libc's does.

#[unsafe(no_mangle)]
extern "C" fn setrlimit(resource: c_int, limit: *const libc::rlimit) -> c_int {
    make_small(Call::SetLimit, [number(resource), limit.expose_provenance(), 0, 0, 0, 0])
}

#[unsafe(no_mangle)]
extern "C" fn sysctl(
    name: *const c_int,
    length: c_uint,
    old: *mut c_void,
    old_length: *mut size_t,
    new: *const c_void,
    new_length: size_t,
) -> c_int {
    make_small(
        Call::Sysctl,
        [
            name.expose_provenance(),
            length as usize,
            old.expose_provenance(),
            old_length.expose_provenance(),
            new.expose_provenance(),
            new_length,
        ],
    )
}

#[unsafe(no_mangle)]
extern "C" fn rfork(flags: c_int) -> c_int {
    make_small(Call::Rfork, [number(flags), 0, 0, 0, 0, 0])
}

#[unsafe(no_mangle)]
extern "C" fn sigprocmask(how: c_int, signals: *const libc::sigset_t, before: *mut libc::sigset_t) -> c_int {
    make_small(Call::SignalMask, [number(how), signals.expose_provenance(), before.expose_provenance(), 0, 0, 0])
}

#[unsafe(no_mangle)]
extern "C" fn sigaction(signal: c_int, action: *const libc::sigaction, before: *mut libc::sigaction) -> c_int {
    make_small(Call::SignalAction, [number(signal), action.expose_provenance(), before.expose_provenance(), 0, 0, 0])
}

#[unsafe(no_mangle)]
extern "C" fn __cap_rights_get(version: c_int, file: c_int, rights: *mut libc::cap_rights_t) -> c_int {
    make_small(Call::RightsGet, [number(version), number(file), rights.expose_provenance(), 0, 0, 0])
}

#[unsafe(no_mangle)]
extern "C" fn cap_enter() -> c_int {
    make_small(Call::Enter, [0; 6])
}

#[unsafe(no_mangle)]
extern "C" fn cap_getmode(mode: *mut c_uint) -> c_int {
    make_small(Call::GetMode, [mode.expose_provenance(), 0, 0, 0, 0, 0])
}

#[unsafe(no_mangle)]
extern "C" fn cap_rights_limit(file: c_int, rights: *const libc::cap_rights_t) -> c_int {
    make_small(Call::RightsLimit, [number(file), rights.expose_provenance(), 0, 0, 0, 0])
}

#[unsafe(no_mangle)]
extern "C" fn cap_ioctls_limit(file: c_int, requests: *const c_ulong, count: size_t) -> c_int {
    make_small(Call::IoctlsLimit, [number(file), requests.expose_provenance(), count, 0, 0, 0])
}

#[unsafe(no_mangle)]
extern "C" fn cap_ioctls_get(file: c_int, requests: *mut c_ulong, most: size_t) -> ssize_t {
    let count = make(Call::IoctlsGet, [number(file), requests.expose_provenance(), most, 0, 0, 0]);
    ssize_t::try_from(count).unwrap_or(-1)
}

#[unsafe(no_mangle)]
extern "C" fn cap_fcntls_limit(file: c_int, commands: u32) -> c_int {
    make_small(Call::FcntlsLimit, [number(file), commands as usize, 0, 0, 0, 0])
}

#[unsafe(no_mangle)]
extern "C" fn cap_fcntls_get(file: c_int, commands: *mut u32) -> c_int {
    make_small(Call::FcntlsGet, [number(file), commands.expose_provenance(), 0, 0, 0, 0])
}

#[unsafe(no_mangle)]
extern "C" fn procctl(of: libc::idtype_t, id: libc::id_t, command: c_int, data: *mut c_void) -> c_int {
    let id = usize::try_from(id).unwrap_or(usize::MAX);
    make_small(Call::Procctl, [number(of.cast_signed()), id, number(command), data.expose_provenance(), 0, 0])
}
