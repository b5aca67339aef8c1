//! Processes, threads and signals; what a process can say about itself.

use std::os::fd::AsRawFd as _;

use sandbox_tests::args;
use sandbox_tests::sys::{Errno, call};

use crate::attempt::Attempt;
use crate::sys;
use crate::world::Under;

/// `CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM`.
const THREAD: u64 = 0x5_0f00;
const CLONE_FILES: u64 = 0x400;
const CLONE_NEWUSER: u64 = 0x1000_0000;
const CLONE_UNTRACED: u64 = 0x80_0000;
const CHILD: u64 = libc::SIGCHLD as u64;

pub(crate) fn attempts() -> Vec<Attempt> {
    vec![
        Attempt::new("fork", |_| {
            let child = call(libc::SYS_fork, args![])?;
            if child == 0 {
                call(libc::SYS_exit_group, args![0])?;
            }
            Ok(child)
        }),
        Attempt::new("vfork", |_| sys::vfork_that_exits()),
        Attempt::new("clone a process", |_| sys::clone_that_exits(CHILD)),
        Attempt::new("clone a process that shares descriptors", |_| sys::clone_that_exits(CLONE_FILES | CHILD)),
        Attempt::new("clone into a new user namespace", |_| sys::clone_that_exits(CLONE_NEWUSER | CHILD)),
        Attempt::new("clone a thread", |_| sys::clone_that_exits(THREAD)).not_under(&[Under::Threads]),
        Attempt::new("clone a thread that nobody traces", |_| sys::clone_that_exits(THREAD | CLONE_UNTRACED)),
        Attempt::new("clone with flags in memory", |_| {
            let arguments = [CLONE_FILES, 0, 0, 0, CHILD, 0, 0, 0];
            let child = call(libc::SYS_clone3, args![&arguments, 64])?;
            if child == 0 {
                call(libc::SYS_exit_group, args![0])?;
            }
            Ok(child)
        })
        .with(&[Errno::ENOSYS]),
        Attempt::new("signal the parent", |w| call(libc::SYS_kill, args![w.parent, 0])),
        Attempt::new("signal everybody", |_| {
            // As nobody, alone in its group, it would reach no other process either: signal 0 asks.
            call(libc::SYS_kill, args![-1, 0])
        }),
        Attempt::new("signal its group", |_| call(libc::SYS_kill, args![0, 0])),
        Attempt::new("signal a thread of the parent", |w| call(libc::SYS_tkill, args![w.parent, 0])),
        Attempt::new("queue a signal", |w| {
            let mut info = [0_i32; 32];
            info[2] = libc::SI_QUEUE;
            call(libc::SYS_rt_sigqueueinfo, args![w.pid, libc::SIGCHLD, &info])
        }),
        Attempt::new("open a process descriptor", |w| call(libc::SYS_pidfd_open, args![w.pid, 0])),
        Attempt::new("signal by a process descriptor", |_| {
            const PIDFD_SELF_THREAD_GROUP: i32 = -10001;
            call(libc::SYS_pidfd_send_signal, args![PIDFD_SELF_THREAD_GROUP, 0, 0, 0])
        }),
        Attempt::new("take a descriptor of a process", |w| {
            let process = call(libc::SYS_pidfd_open, args![w.pid, 0]).unwrap_or(w.held.as_raw_fd().into());
            call(libc::SYS_pidfd_getfd, args![process, w.held.as_raw_fd(), 0])
        }),
        Attempt::new("be traced", |_| call(libc::SYS_ptrace, args![libc::PTRACE_TRACEME, 0, 0, 0])),
        Attempt::new("compare with another process", |w| {
            call(libc::SYS_kcmp, args![w.pid, w.pid, 0, w.held.as_raw_fd(), w.held.as_raw_fd()])
        }),
        Attempt::new("wait for a child", |_| match call(libc::SYS_wait4, args![-1, 0, libc::WNOHANG, 0]) {
            Err(Errno::ECHILD) => Ok(0),
            other => other,
        }),
        Attempt::new("ask for the parent", |_| call(libc::SYS_getppid, args![])),
        Attempt::new("start a session", |_| call(libc::SYS_setsid, args![])),
        Attempt::new("change the group of processes", |_| call(libc::SYS_setpgid, args![0, 0])),
        Attempt::new("become another user", |_| {
            let user = call(libc::SYS_getuid, args![]).unwrap_or(0);
            call(libc::SYS_setuid, args![user])
        }),
        Attempt::new("set capabilities", |_| {
            const VERSION_3: u32 = 0x2008_0522;
            call(libc::SYS_capset, args![&[VERSION_3, 0], &[0_u32; 6]])
        }),
        Attempt::new("unshare a namespace", |_| call(libc::SYS_unshare, args![CLONE_NEWUSER])),
        Attempt::new("raise its limit on descriptors", |_| {
            let limits = limits();
            call(libc::SYS_prlimit64, args![0, libc::RLIMIT_NOFILE, &limits, 0])
        }),
        Attempt::new("raise it by the older call", |_| {
            let limits = limits();
            call(libc::SYS_setrlimit, args![libc::RLIMIT_NOFILE, &limits])
        }),
        Attempt::new("ask for the parent's limits", |w| {
            call(libc::SYS_prlimit64, args![w.parent, libc::RLIMIT_NOFILE, 0, &mut [0_u64; 2]])
        }),
        Attempt::new("be dumpable", |_| call(libc::SYS_prctl, args![libc::PR_SET_DUMPABLE, 1, 0, 0, 0])),
        Attempt::new("ask whether it is confined", |_| call(libc::SYS_prctl, args![libc::PR_GET_SECCOMP, 0, 0, 0, 0])),
        Attempt::new("have its children reaped", |_| {
            call(libc::SYS_prctl, args![libc::PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0])
        }),
        Attempt::new("be signalled at the parent's end", |_| {
            call(libc::SYS_prctl, args![libc::PR_SET_PDEATHSIG, libc::SIGTERM, 0, 0, 0])
        }),
        Attempt::new("dispatch calls to itself", |_| {
            const PR_SET_SYSCALL_USER_DISPATCH: i32 = 59;
            const PR_SYS_DISPATCH_OFF: i32 = 0;
            call(libc::SYS_prctl, args![PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_OFF, 0, 0, 0])
        }),
        Attempt::new("switch off the time stamp counter", |_| {
            const PR_TSC_ENABLE: i32 = 1;
            call(libc::SYS_prctl, args![libc::PR_SET_TSC, PR_TSC_ENABLE, 0, 0, 0])
        }),
        Attempt::new("change its priority", |_| call(libc::SYS_setpriority, args![0, 0, 19])),
        Attempt::new("schedule another process", |w| {
            call(libc::SYS_sched_getaffinity, args![w.parent, 128, &mut [0_u64; 16]])
        }),
        Attempt::new("read another process's clock", |w| {
            call(libc::SYS_clock_gettime, args![!w.parent << 3 | 2, &mut [0_i64; 2]])
        }),
    ]
}

/// The limits as they are, so that setting them changes nothing; within the sandbox they cannot be asked for.
fn limits() -> [u64; 2] {
    let mut limits = [0; 2];
    let _ = call(libc::SYS_prlimit64, args![0, libc::RLIMIT_NOFILE, 0, &mut limits]);
    limits
}
