//! What the consumers need unsafe code for.

#![allow(unsafe_code, reason = "each block states its condition")]

use std::alloc::{GlobalAlloc as _, Layout};
use std::ffi::{CString, c_void};
use std::os::unix::ffi::OsStringExt as _;

use mimalloc::MiMalloc;
use sandbox_policy::linux::bpf::Program;
use sandbox_tests::args;
use sandbox_tests::sys::{End, Errno, call};

/// Puts the filter in force.
pub(crate) fn load(program: &Program) {
    let filter = libc::sock_fprog {
        len: u16::try_from(program.instructions().len()).expect("a program"),
        filter: program.instructions().as_ptr().cast_mut().cast(),
    };
    call(libc::SYS_prctl, args![libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0]).expect("no_new_privs");
    call(libc::SYS_seccomp, args![libc::SECCOMP_SET_MODE_FILTER, 0, &raw const filter]).expect("load the filter");
}

/// Asks mimalloc for a block so large that it maps memory.
pub(crate) fn allocate_by_mimalloc() {
    let layout = Layout::from_size_align(64 << 20, 16).expect("a layout");
    // SAFETY: the layout's size is not 0.
    let block = unsafe { MiMalloc.alloc(layout) };
    assert!(!block.is_null());
    // SAFETY: it was allocated by the same allocator with the same layout.
    unsafe { MiMalloc.dealloc(block, layout) };
}

/// Handles a signal that it sends to itself.
pub(crate) fn raise_and_handle() {
    extern "C" fn nothing(_: libc::c_int) {}
    // SAFETY: the handler does nothing.
    let before = unsafe { libc::signal(libc::SIGUSR1, nothing as *const () as libc::sighandler_t) };
    assert_ne!(before, libc::SIG_ERR);
    // SAFETY: takes a number.
    assert_eq!(unsafe { libc::raise(libc::SIGUSR1) }, 0);
}

/// Sleeps by the interface of C that std does not use.
pub(crate) fn sleep_by_libc() {
    // SAFETY: takes a number.
    assert_eq!(unsafe { libc::usleep(1) }, 0);
}

/// The time of day by the older interfaces of C.
pub(crate) fn time_of_day() {
    let mut time = libc::timeval { tv_sec: 0, tv_usec: 0 };
    // SAFETY: `time` is live, and no zone is asked for.
    assert_eq!(unsafe { libc::gettimeofday(&raw mut time, std::ptr::null_mut()) }, 0);
    assert!(time.tv_sec > 0);
}

/// The time in seconds.
pub(crate) fn seconds() {
    // SAFETY: nothing is stored.
    assert!(unsafe { libc::time(std::ptr::null_mut()) } > 0);
}

/// The processor that this thread runs on.
pub(crate) fn processor() {
    // SAFETY: takes nothing.
    assert!(unsafe { libc::sched_getcpu() } >= 0);
}

/// Starts a child that stops this process and lets it go on, again and again, for a while.
pub(crate) fn be_stopped() {
    let this = std::process::id();
    // SAFETY: this process has one thread.
    let child = unsafe { libc::fork() };
    assert_ne!(child, -1, "fork: {}", Errno::last());
    if child == 0 {
        for _ in 0..60 {
            for signal in [libc::SIGSTOP, libc::SIGCONT] {
                // It may be gone.
                let _ = call(libc::SYS_kill, args![this, signal]);
                std::thread::sleep(std::time::Duration::from_millis(3));
            }
        }
        // SAFETY: takes a number and does not return.
        unsafe { libc::_exit(0) };
    }
}

/// Runs this program again with a variable of the environment set, as on a machine and a libc that know no shortcuts:
/// without a vDSO (its entry of the auxiliary vector is made one that is ignored before the program's first instruction),
/// and without the processor's number in the thread's own memory (glibc since 2.35).
pub(crate) fn run_without_vdso(variable: &str, value: &str) -> End {
    const IGNORED: u64 = 1;
    let program = CString::new(std::env::current_exe().expect("a path").into_os_string().into_vec()).expect("a path");
    let variable = CString::new(format!("{variable}={value}")).expect("a variable");
    let arguments = [program.as_ptr(), std::ptr::null()];
    let environment = [variable.as_ptr(), c"GLIBC_TUNABLES=glibc.pthread.rseq=0".as_ptr(), std::ptr::null()];
    // SAFETY: this process has one thread.
    let child = unsafe { libc::fork() };
    assert_ne!(child, -1, "fork: {}", Errno::last());
    if child == 0 {
        call(libc::SYS_ptrace, args![libc::PTRACE_TRACEME, 0, 0, 0]).expect("ptrace");
        // SAFETY: the path and both lists end with null and live until the call replaces this program.
        unsafe { libc::execve(program.as_ptr(), arguments.as_ptr(), environment.as_ptr()) };
        // SAFETY: takes a number and does not return.
        unsafe { libc::_exit(126) };
    }
    let wait = || {
        let mut status = 0;
        // SAFETY: `status` is live, and the child is ours.
        assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
        status
    };
    assert!(libc::WIFSTOPPED(wait()), "the child did not start");
    // SAFETY: all zeros are valid registers.
    let mut registers: libc::user_regs_struct = unsafe { std::mem::zeroed() };
    call(libc::SYS_ptrace, args![libc::PTRACE_GETREGS, child, 0, &raw mut registers]).expect("its registers");
    let peek = |address: u64| {
        let mut word = 0_u64;
        call(libc::SYS_ptrace, args![libc::PTRACE_PEEKDATA, child, address, &raw mut word]).expect("its stack");
        word
    };
    // The number of arguments, the arguments, null, the environment, null, then pairs.
    let mut at = registers.rsp + 8 * (peek(registers.rsp) + 2);
    while peek(at) != 0 {
        at += 8;
    }
    at += 8;
    while peek(at) != libc::AT_SYSINFO_EHDR {
        assert_ne!(peek(at), libc::AT_NULL, "there is no vDSO");
        at += 16;
    }
    call(libc::SYS_ptrace, args![libc::PTRACE_POKEDATA, child, at, IGNORED]).expect("its auxiliary vector");
    call(libc::SYS_ptrace, args![libc::PTRACE_DETACH, child, 0, std::ptr::null::<c_void>()]).expect("let it run");
    let status = wait();
    if libc::WIFSIGNALED(status) {
        End::Signalled(libc::WTERMSIG(status))
    } else {
        End::Exited(libc::WEXITSTATUS(status))
    }
}
