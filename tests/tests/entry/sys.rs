//! What the cases of entry need unsafe code for.

#![allow(unsafe_code, reason = "each block states its condition")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::ffi::{CStr, c_char, c_void};
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd, RawFd};
use std::sync::atomic::{AtomicBool, Ordering};

use sandbox_tests::args;
use sandbox_tests::sys::{Errno, call};

/// Takes over a descriptor that a raw call has just made.
pub(crate) fn owned(number: i64) -> OwnedFd {
    let number = RawFd::try_from(number).expect("a descriptor");
    // SAFETY: the caller has the number from the kernel, and nobody else has seen it.
    unsafe { OwnedFd::from_raw_fd(number) }
}

/// Whether the number is open.
pub(crate) fn is_open(number: RawFd) -> bool {
    // SAFETY: the command takes no pointer and changes nothing, whatever the number is.
    unsafe { libc::fcntl(number, libc::F_GETFD) >= 0 }
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

/// Makes a program speak the language of this locale.
pub(crate) fn set_locale(name: &CStr) {
    // SAFETY: the name is a C string, and a case has one thread.
    let locale = unsafe { libc::setlocale(libc::LC_ALL, name.as_ptr()) };
    assert!(!locale.is_null(), "this libc has no locale {name:?}");
}

/// Lets glibc look for the translations of its texts in this folder.
#[cfg(target_env = "gnu")]
pub(crate) fn translate_libc_from(folder: &std::path::Path) {
    unsafe extern "C" {
        fn bindtextdomain(domain: *const c_char, folder: *const c_char) -> *mut c_char;
    }
    let folder = std::ffi::CString::new(folder.as_os_str().as_encoded_bytes()).expect("a path");
    // SAFETY: both are C strings, of which it takes copies (bindtextdomain(3)); a case has one thread.
    assert!(!unsafe { bindtextdomain(c"libc".as_ptr(), folder.as_ptr()) }.is_null());
}

/// Asks libc what a signal is called.
pub(crate) fn signal_text(signal: libc::c_int) {
    // SAFETY: takes a number; the text it gives is not looked at.
    assert!(!unsafe { libc::strsignal(signal) }.is_null());
}

/// Writes a word of mapped memory, and reads it back.
pub(crate) fn write_word(address: i64, value: u64) -> u64 {
    let address = usize::try_from(address).expect("an address");
    let pointer = std::ptr::with_exposed_provenance_mut::<u64>(address);
    // SAFETY: the caller has just mapped a page there, readable and writable.
    unsafe { pointer.write_volatile(value) };
    // SAFETY: as above.
    unsafe { pointer.read_volatile() }
}

/// A process that shares this one's memory and does nothing, until it is killed.
pub(crate) struct Sharer(libc::pid_t);

impl Sharer {
    pub(crate) fn start() -> Self {
        extern "C" fn wait(_: *mut libc::c_void) -> libc::c_int {
            loop {
                // SAFETY: takes nothing.
                unsafe { libc::pause() };
            }
        }
        const STACK: usize = 65536;
        let stack = Box::leak(vec![0_u8; STACK].into_boxed_slice());
        let top = stack.as_mut_ptr().wrapping_add(STACK).cast();
        // SAFETY: the child runs on a stack of its own that is never freed, and touches nothing else.
        let child = unsafe { libc::clone(wait, top, libc::CLONE_VM | libc::SIGCHLD, std::ptr::null_mut()) };
        assert_ne!(child, -1, "clone: {}", Errno::last());
        Self(child)
    }

    pub(crate) fn end(self) {
        call(libc::SYS_kill, args![self.0, libc::SIGKILL]).expect("kill");
        call(libc::SYS_wait4, args![self.0, 0, 0, 0]).expect("wait");
    }
}

/// A child with this process's descriptor table: what it opens and closes, this process sees.
pub(crate) fn fork_with_table(body: impl FnOnce()) {
    let flags = libc::c_long::from(libc::CLONE_FILES | libc::SIGCHLD);
    if call(libc::SYS_clone, args![flags, 0, 0, 0, 0]).expect("fork") == 0 {
        body();
        // SAFETY: takes a number and does not return.
        unsafe { libc::_exit(0) };
    }
}

/// Prints through C's buffered stream, without flushing it.
pub(crate) fn print_in_c(text: &std::ffi::CStr) {
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

/// Buffers a line in a stream of C whose output starts a thread that lasts.
pub(crate) fn stream_that_starts_a_thread() {
    /// `cookie_io_functions_t` (fopencookie(3)).
    #[repr(C)]
    struct Functions {
        read: usize,
        write: extern "C" fn(*mut c_void, *const c_char, usize) -> isize,
        seek: usize,
        close: usize,
    }
    unsafe extern "C" {
        fn fopencookie(cookie: *mut c_void, mode: *const c_char, functions: Functions) -> *mut libc::FILE;
    }
    extern "C" fn write(_: *mut c_void, _: *const c_char, length: usize) -> isize {
        std::thread::spawn(|| {
            loop {
                std::thread::park();
            }
        });
        length.cast_signed()
    }
    let functions = Functions { read: 0, write, seek: 0, close: 0 };
    // SAFETY: the mode is a C string, and functions that are null are not called (fopencookie(3)).
    let stream = unsafe { fopencookie(std::ptr::null_mut(), c"w".as_ptr(), functions) };
    assert!(!stream.is_null(), "{}", Errno::last());
    // SAFETY: the stream is open, and nobody else has it.
    assert!(unsafe { libc::fputs(c"buffered".as_ptr(), stream) } >= 0, "{}", Errno::last());
}

/// The system's allocator, which can be made to start a thread when entry is under way.
struct Allocator;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

/// Whether it will.
static STARTS_A_THREAD: AtomicBool = AtomicBool::new(false);

// SAFETY: memory is the system's.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        extern "C" fn wait(_: *mut c_void) -> *mut c_void {
            loop {
                // SAFETY: takes nothing.
                unsafe { libc::pause() };
            }
        }
        let due = || rustix::thread::no_new_privs() == Ok(true) && STARTS_A_THREAD.swap(false, Ordering::Relaxed);
        if STARTS_A_THREAD.load(Ordering::Relaxed) && due() {
            let mut thread = std::mem::MaybeUninit::uninit();
            // SAFETY: `thread` is live; null attributes are the usual ones, and the function uses no argument.
            unsafe { libc::pthread_create(thread.as_mut_ptr(), std::ptr::null(), wait, std::ptr::null_mut()) };
        }
        // SAFETY: as this function's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as this function's.
        unsafe { System.dealloc(pointer, layout) };
    }
}

/// Lets the allocator start a thread that lasts, when it is first asked for memory after entry's first irreversible step.
pub(crate) fn allocator_that_starts_a_thread() {
    assert_eq!(rustix::thread::no_new_privs(), Ok(false), "an allocation could not tell that entry is under way");
    STARTS_A_THREAD.store(true, Ordering::Relaxed);
}

/// Calls a handler of SIGALRM as often as the clock permits, from now on.
pub(crate) fn at_each_tick(handler: extern "C" fn(libc::c_int)) {
    // SAFETY: all zeros is a valid sigaction (no flags, empty mask).
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = handler as *const () as libc::sighandler_t;
    action.sa_flags = libc::SA_RESTART;
    // SAFETY: `action` is initialised and lives until the call returns.
    assert_eq!(unsafe { libc::sigaction(libc::SIGALRM, &raw const action, std::ptr::null_mut()) }, 0);
    // `struct itimerval`: seconds and microseconds, between ticks and until the first.
    let ticks = [0_i64, 20, 0, 20];
    call(libc::SYS_setitimer, args![libc::ITIMER_REAL, &ticks, 0]).expect("setitimer");
}
