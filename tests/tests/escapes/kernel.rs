//! Objects of the kernel that no descriptor rights describe, and numbers that no table has.

use std::os::fd::AsRawFd as _;

use sandbox_policy::linux::{Action, Arch, Target, lower};
use sandbox_policy::{Allow, Policy};
use sandbox_tests::args;
use sandbox_tests::sys::{End, Errno, call, forked};

use crate::attempt::Attempt;
use crate::world::Under;

const PAGE: usize = 4096;
// Not in libc yet.
const SYS_LISTMOUNT: i64 = 458;
const SYS_LSM_LIST_MODULES: i64 = 461;

/// What makes a descriptor, and what moves or closes one.
pub(crate) fn descriptors() -> Vec<Attempt> {
    vec![
        Attempt::new("an event counter", |_| call(libc::SYS_eventfd2, args![0, 0])),
        Attempt::new("a timer", |_| call(libc::SYS_timerfd_create, args![libc::CLOCK_MONOTONIC, 0])),
        Attempt::new("a timer without a descriptor", |_| {
            call(libc::SYS_timer_create, args![libc::CLOCK_MONOTONIC, 0, &mut [0_i32]])
        }),
        Attempt::new("a set of descriptors to watch", |_| call(libc::SYS_epoll_create1, args![0])),
        Attempt::new("a queue of signals", |_| call(libc::SYS_signalfd4, args![-1, &[1_u64], 8, 0])),
        Attempt::new("a queue of changes", |_| call(libc::SYS_inotify_init1, args![0])),
        Attempt::new("a pipe", |_| call(libc::SYS_pipe2, args![&mut [0_i32; 2], 0])),
        Attempt::new("a copy of a descriptor", |w| call(libc::SYS_dup, args![w.out.as_raw_fd()])),
        Attempt::new("a copy under another number", |w| {
            call(libc::SYS_dup2, args![w.out.as_raw_fd(), w.input.as_raw_fd()])
        }),
        Attempt::new("a copy under another number with flags", |w| {
            call(libc::SYS_dup3, args![w.out.as_raw_fd(), w.input.as_raw_fd(), libc::O_CLOEXEC])
        }),
        Attempt::new("a copy above a number", |w| {
            call(libc::SYS_fcntl, args![w.out.as_raw_fd(), libc::F_DUPFD_CLOEXEC, 0])
        }),
        Attempt::new("close a range", |_| call(libc::SYS_close_range, args![60_000, -1, 0])),
    ]
}

pub(crate) fn attempts() -> Vec<Attempt> {
    vec![
        Attempt::new("a ring for calls", |_| {
            let mut parameters = [0_u32; 30];
            call(libc::SYS_io_uring_setup, args![4, &mut parameters])
        }),
        Attempt::new("submit to a ring", |w| {
            let mut parameters = [0_u32; 30];
            let ring = call(libc::SYS_io_uring_setup, args![4, &mut parameters]).unwrap_or(w.held.as_raw_fd().into());
            call(libc::SYS_io_uring_enter, args![ring, 0, 0, 0, 0, 0])
        }),
        Attempt::new("register with a ring", |w| {
            const IORING_REGISTER_EVENTFD: i32 = 4;
            let mut parameters = [0_u32; 30];
            let ring = call(libc::SYS_io_uring_setup, args![4, &mut parameters]).unwrap_or(w.held.as_raw_fd().into());
            let event = call(libc::SYS_eventfd2, args![0, 0]).unwrap_or(0);
            let event = [i32::try_from(event).expect("a descriptor")];
            call(libc::SYS_io_uring_register, args![ring, IORING_REGISTER_EVENTFD, &event, 1])
        }),
        Attempt::new("asynchronous calls", |_| call(libc::SYS_io_setup, args![1, &mut [0_usize]])),
        Attempt::new("a semaphore", |_| {
            let set = call(libc::SYS_semget, args![libc::IPC_PRIVATE, 1, libc::IPC_CREAT | 0o600])?;
            call(libc::SYS_semctl, args![set, 0, libc::IPC_RMID, 0])
        }),
        Attempt::new("a message queue", |_| {
            let queue = call(libc::SYS_msgget, args![libc::IPC_PRIVATE, libc::IPC_CREAT | 0o600])?;
            call(libc::SYS_msgctl, args![queue, libc::IPC_RMID, 0])
        }),
        Attempt::new("a named message queue", |w| {
            let name = std::ffi::CString::new(format!("mine{}", w.pid)).expect("a name");
            let flags = libc::O_CREAT | libc::O_RDWR;
            let queue = call(libc::SYS_mq_open, args![name.as_c_str(), flags, 0o600, 0])?;
            call(libc::SYS_mq_unlink, args![name.as_c_str()])?;
            Ok(queue)
        }),
        Attempt::new("a keyring", |_| {
            const JOIN_SESSION_KEYRING: i32 = 1;
            call(libc::SYS_keyctl, args![JOIN_SESSION_KEYRING, 0])
        }),
        Attempt::new("a key", |_| {
            const PROCESS_KEYRING: i32 = -2;
            call(libc::SYS_add_key, args![c"user", c"mine", b"x", 1, PROCESS_KEYRING])
        }),
        Attempt::new("a further filter", |_| {
            let allow: u64 = 0x7fff_0000_0000_0006;
            let program = [1_usize, std::ptr::from_ref(&allow).expose_provenance()];
            call(libc::SYS_prctl, args![libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0])?;
            call(libc::SYS_seccomp, args![libc::SECCOMP_SET_MODE_FILTER, 0, &program])
        }),
        Attempt::new("a filter whose calls it answers itself", |_| {
            let allow: u64 = 0x7fff_0000_0000_0006;
            let program = [1_usize, std::ptr::from_ref(&allow).expose_provenance()];
            call(libc::SYS_prctl, args![libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0]).ok();
            let flags = libc::SECCOMP_FILTER_FLAG_NEW_LISTENER;
            call(libc::SYS_seccomp, args![libc::SECCOMP_SET_MODE_FILTER, flags, &program])
        }),
        Attempt::new("a ruleset", |_| {
            let handled = [1_u64];
            call(libc::SYS_landlock_create_ruleset, args![&handled, 8, 0])
        }),
        Attempt::new("measure performance", |w| {
            // A software clock of its own, in user mode: what an ordinary user may at the strictest common setting.
            let mut attributes = [0_u64; 16];
            attributes[0] = 1 | (128 << 32);
            attributes[1] = 1;
            attributes[5] = 0b110_0000;
            call(libc::SYS_perf_event_open, args![&attributes, w.pid, -1, -1, 0])
        }),
        Attempt::new("the host's name", |_| call(libc::SYS_uname, args![&mut [0_u8; 400]])),
        Attempt::new("the machine's load", |_| call(libc::SYS_sysinfo, args![&mut [0_u64; 16]])),
        Attempt::new("the mounts", |_| {
            let request = [24_u64, u64::MAX, 0];
            call(SYS_LISTMOUNT, args![&request, &mut [0_u64; 8], 8, 0])
        }),
        Attempt::new("the security modules", |_| call(SYS_LSM_LIST_MODULES, args![&mut [0_u64; 8], &mut [64_u32], 0])),
        Attempt::new("write all file systems", |_| call(libc::SYS_sync, args![])),
        Attempt::new("segments of the processor", |_| call(libc::SYS_modify_ldt, args![0, &mut [0_u8; 64], 64])),
        Attempt::new("barriers", |_| call(libc::SYS_membarrier, args![0, 0, 0])),
        Attempt::new("wait by poll", |w| {
            let set = [w.input.as_raw_fd().unsigned_abs(), 1];
            call(libc::SYS_poll, args![&set, 1, 0])
        })
        .not_under(&[Under::Event]),
        Attempt::new("wait by select", |_| call(libc::SYS_select, args![0, 0, 0, 0, &[0_u64; 2]]))
            .not_under(&[Under::Event]),
    ]
}

/// What only root can do, so that only root can show it without the sandbox.
pub(crate) fn privileged() -> Vec<Attempt> {
    vec![
        Attempt::new("a program for the kernel", |_| {
            // An array map with one element.
            let attributes = [2_u32, 4, 8, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
            call(libc::SYS_bpf, args![0, &attributes, 72])
        }),
        Attempt::new("mount", |_| {
            call(libc::SYS_unshare, args![libc::CLONE_NEWNS])?;
            call(libc::SYS_mount, args![c"none", c"/", 0, libc::MS_REC | libc::MS_PRIVATE, 0])
        }),
        Attempt::new("another root directory", |_| call(libc::SYS_chroot, args![c"/"])),
        Attempt::new("open a file by its handle", |w| {
            let mut handle = [0_u32; 36];
            handle[0] = 128;
            let at = libc::AT_FDCWD;
            call(libc::SYS_name_to_handle_at, args![at, c"/", &mut handle, &mut [0_i32; 1], 0]).ok();
            call(libc::SYS_open_by_handle_at, args![w.directory.as_raw_fd(), &handle, libc::O_RDONLY])
        }),
        Attempt::new("the kernel's log", |_| call(libc::SYS_syslog, args![10, 0, 0])),
        Attempt::new("the clock", |_| {
            let mut clock = [0_u64; 32];
            call(libc::SYS_clock_adjtime, args![libc::CLOCK_REALTIME, &mut clock])
        }),
        Attempt::new("the host's new name", |_| {
            call(libc::SYS_unshare, args![libc::CLONE_NEWUTS])?;
            call(libc::SYS_sethostname, args![b"mine", 4])
        }),
        Attempt::new("a file system", |_| call(libc::SYS_fsopen, args![c"tmpfs", 0])),
        Attempt::new("watch a file system", |_| call(libc::SYS_fanotify_init, args![0, 0])),
        Attempt::new("a namespace of another process", |w| {
            let network = call(libc::SYS_openat, args![libc::AT_FDCWD, c"/proc/self/ns/net", libc::O_RDONLY])
                .unwrap_or(w.held.as_raw_fd().into());
            call(libc::SYS_setns, args![network, 0])
        }),
        Attempt::new("more priority", |_| call(libc::SYS_setpriority, args![0, 0, -5])),
        Attempt::new("become nobody", |_| call(libc::SYS_setresuid, args![65534, 65534, 65534])),
        Attempt::new("trace its parent", |w| {
            const PTRACE_SEIZE: i32 = 0x4206;
            call(libc::SYS_ptrace, args![PTRACE_SEIZE, w.parent, 0, 0])
        }),
        Attempt::new("read its parent's memory", |w| {
            let mut into = [0_u8; PAGE];
            let local = [into.as_mut_ptr().expose_provenance(), 8];
            // The child is a fork: what is here is there too.
            let remote = local;
            call(libc::SYS_process_vm_readv, args![w.parent, &local, 1, &remote, 1, 0])
        }),
    ]
}

/// Every number up to 1,500, of calls that exist, and of calls that no kernel has yet: the kernel answers as the rules
/// say, for all that they refuse.
pub(crate) fn every_other_number() {
    let child = forked(|| {
        let policy = Policy {
            name: "numbers",
            resources: &[],
            allow: Allow::NONE,
            on_violation: sandbox_rt::OnViolation::Error,
        };
        let arch = Arch::X86_64;
        let target = Target { arch, landlock: 0, pid: std::process::id(), inert: 3, debug_build: false };
        let rules = lower(&policy, &[], &target).expect("a plan").filter;
        sandbox_rt::Sandbox::new(policy.name).on_violation(policy.on_violation).enter().expect("enter");
        let mut refused = 0;
        // The trampolines of uretprobe and uprobe (335, 336) pass every filter since Linux 6.14: that is the kernel's
        // decision. Called from elsewhere they end the process with SIGILL.
        for number in (0..1500).filter(|number| ![335, 336].contains(number)) {
            let verdict = rules.verdict(arch.audit(), number, &[0; 6]);
            if verdict == Action::Allow {
                continue;
            }
            let Action::Errno(errno) = verdict else { panic!("call {number}: {verdict}") };
            assert_eq!(call(number.into(), args![0, 0, 0, 0, 0, 0]), Err(Errno(errno.into())), "call {number}");
            refused += 1;
        }
        assert!(refused > 1400, "only {refused} numbers are refused");
    });
    assert_eq!(child.end, End::Exited(0), "{}", child.stderr);
}
